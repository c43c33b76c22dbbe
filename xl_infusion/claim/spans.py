"""What holds on which days: answers that change from one day to the next, never two on a day.

The code of a drug, the per diem of a therapy and the rate of a code are all asked the same way: cut these days
where the answer changes. Days are ordinals; first and last day are both inclusive.

>>> spans = Spans.layered([[(5, 9, "own")], [(1, 6, "common"), (8, 20, "common later")]])
>>> spans.cut(4, 10)
((4, 4, 'common'), (5, 9, 'own'), (10, 10, 'common later'))
>>> spans.cut(6, 8), spans.cut(21, 22)
(((6, 8, 'own'),), ((21, 22, None),))
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from xl_infusion.claim.words import SPANS
from xl_infusion.reference import periods

LAST = periods.LAST

T = TypeVar("T")
U = TypeVar("U")
#: First day, last day, and what holds on them.
Span = tuple[int, int, T]


def day_of(ordinal: int) -> dt.date:
    """The day that an ordinal is, to be told.

    >>> f"from {day_of(739433)}"
    'from 2025-07-01'
    """
    return dt.date.fromordinal(ordinal)


def _first_answer(
    layers: Sequence[Sequence[Span[T]]], day: int, both: Callable[[Sequence[T], int], T] | None
) -> T | None:
    """What the first layer says that holds on a day, None where none does."""
    for layer in layers:
        holding = [value for first, last, value in layer if first <= day <= last]
        if holding:
            return both(holding, day) if both is not None and len(holding) > 1 else holding[0]
    return None


class Spans(Generic[T]):
    """Answers in the order of their days, without a gap: None where nothing holds."""

    __slots__ = ("_starts", "values")

    def __init__(self, starts: list[int], values: list[T | None]) -> None:
        self._starts, self.values = starts, values

    @classmethod
    def layered(
        cls, layers: Iterable[Sequence[Span[T]]], both: Callable[[Sequence[T], int], T] | None = None
    ) -> Spans[T]:
        """The answer of the first layer that has one for a day.

        ``both``: what several answers of one layer come to on a day (ordinal); left out, the first one holds.
        """
        layers = [layer for layer in layers if layer]
        cuts = sorted({1, *(day for layer in layers for first, last, _ in layer for day in (first, last + 1))})
        starts: list[int] = []
        values: list[T | None] = []
        for cut in cuts:
            found = _first_answer(layers, cut, both)
            if not values or found != values[-1]:
                starts.append(cut)
                values.append(found)
        return cls(starts, values)

    def joined(self, others: Sequence[Spans[Any]], answer: Callable[..., U | None]) -> Spans[U]:
        """What these and others come to together, day by day: ``answer`` of all that hold."""
        days = sorted({*self._starts, *(start for other in others for start in other._starts)})
        starts: list[int] = []
        values: list[U | None] = []
        for day in days:
            value = answer(self.on(day), *(other.on(day) for other in others))
            if not values or value != values[-1]:
                starts.append(day)
                values.append(value)
        return Spans(starts, values)

    def merged(self, told_by: Callable[[Any], object]) -> Spans[T]:
        """These, those that follow each other and are the same in what they are told by as one, the first of them.

        >>> Spans([1, 5, 9], ["a", "A", "b"]).merged(lambda one: one and one.lower()).cut(1, 9)
        ((1, 8, 'a'), (9, 9, 'b'))
        """
        kept = [at for at, one in enumerate(self.values) if not at or told_by(one) != told_by(self.values[at - 1])]
        return Spans([self._starts[at] for at in kept], [self.values[at] for at in kept])

    def cut(self, first: int, last: int) -> tuple[tuple[int, int, T | None], ...]:
        """``first``..``last`` cut where the answer changes, without a gap."""
        starts = self._starts
        i = bisect_right(starts, first) - 1
        after = i + 1
        if after == len(starts) or starts[after] > last:
            return ((first, last, self.values[i]),)
        out = []
        while first <= last:
            end = starts[i + 1] - 1 if i + 1 < len(starts) else last
            out.append((first, min(end, last), self.values[i]))
            first, i = end + 1, i + 1
        return tuple(out)

    @property
    def whole(self) -> tuple[tuple[int, int, T | None], ...]:
        """All days, cut where the answer changes."""
        return self.cut(self._starts[0], LAST)

    def on(self, day: int) -> T | None:
        """What holds on one day."""
        return self.values[bisect_right(self._starts, day) - 1]


def line_spans(span: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Days cut into the spans that a payer wants a line to have: calendar months, seven days, single days.

    >>> day = dt.date(2025, 1, 30).toordinal()
    >>> [end - start + 1 for start, end in line_spans("month", day, day + 40)]
    [2, 28, 11]
    >>> [end - start + 1 for start, end in line_spans("week", day, day + 9)]
    [7, 3]
    """
    _, month, week, _ = SPANS
    while first <= last:
        if span == month:
            day = dt.date.fromordinal(first)
            after = first + monthrange(day.year, day.month)[1] - day.day + 1
        else:
            after = first + (7 if span == week else 1)
        yield first, min(after - 1, last)
        first = after
