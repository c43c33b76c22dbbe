"""Which row is in force on a day: dated rows of one thing, in order, never two on a day.

>>> import datetime as dt
>>> from collections import namedtuple
>>> Row = namedtuple("Row", "code first_day last_day")
>>> rows = Periods([Row("J3373", dt.date(2025, 7, 1), None),
...                 Row("J3370", dt.date(1986, 1, 1), dt.date(2025, 6, 30))])
>>> rows.on(dt.date(2025, 6, 30)).code, rows.on(dt.date(2025, 7, 1)).code, rows.on(dt.date(1985, 1, 1))
('J3370', 'J3373', None)
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

DAY = dt.timedelta(1)
#: The last day of the calendar as an ordinal: that of a row whose last day is open. The first one is 1.
LAST = dt.date.max.toordinal()


class Dated(Protocol):
    """A row with a code, a first and a last day (both inclusive; None is open)."""

    @property
    def code(self) -> str: ...
    @property
    def first_day(self) -> dt.date | None: ...
    @property
    def last_day(self) -> dt.date | None: ...


R = TypeVar("R", bound=Dated)


def ordinals(row: Dated) -> tuple[int, int]:
    """First and last day of a row as ordinals."""
    first, last = row.first_day, row.last_day
    return 1 if first is None else first.toordinal(), LAST if last is None else last.toordinal()


def meets(row: Dated, first: dt.date | None, last: dt.date | None) -> bool:
    """True where a row is in force on one of the days from ``first`` through ``last``; None is open."""
    return (row.first_day or dt.date.min) <= (last or dt.date.max) and (first or dt.date.min) <= (
        row.last_day or dt.date.max
    )


class Periods(Generic[R]):
    """The rows of one drug, product or code, ordered by their first day. ValueError when two overlap."""

    __slots__ = ("_ends", "_starts", "rows")

    def __init__(self, rows: Iterable[R]) -> None:
        self.rows: tuple[R, ...] = tuple(sorted(rows, key=lambda row: row.first_day or dt.date.min))
        self._starts = [row.first_day or dt.date.min for row in self.rows]
        self._ends = [row.last_day or dt.date.max for row in self.rows]
        for earlier, later in pairwise(self.rows):
            if (earlier.last_day or dt.date.max) >= (later.first_day or dt.date.min):
                raise ValueError(
                    f"{earlier.code} and {later.code} are both in force on {later.first_day}: "
                    "close the earlier row the day before the later one begins"
                )

    def on(self, day: dt.date) -> R | None:
        """The row in force on ``day``, or None: one bisect."""
        i = bisect_right(self._starts, day) - 1
        return self.rows[i] if i >= 0 and day <= self._ends[i] else None

    def newest(self, verified_through: Callable[[str], dt.date]) -> R | None:
        """The newest row, unless it ended on or before the day through which its code is verified."""
        row = self.rows[-1]
        return row if row.last_day is None or row.last_day > verified_through(row.code) else None

    def spans(self, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date, R | None]]:
        """``first``..``last`` cut where the row in force changes: (from, to, row or None), without a gap."""
        day = first
        for i in range(max(bisect_right(self._starts, day) - 1, 0), len(self.rows)):
            start, end = self._starts[i], min(self._ends[i], last)
            if start > last:
                break
            if end < day:
                continue
            if day < start:
                yield day, start - DAY, None
                day = start
            yield day, end, self.rows[i]
            if end == last:
                return
            day = end + DAY
        yield day, last, None
