"""What was worked out of cells, kept until they are others: one notion of the same cells, and one keeper.

The functions of a workbook ask for the same work again and again: the grid, its checks and its explanations for the
same claims, thousands of single cells for the same Own codes. A `Keeper` has the latest of one kind of work.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from xl_infusion.errors import ExcelError
from xl_infusion.functions.ranges import is_range

T = TypeVar("T")

#: Kinds of cells that no cell of another kind is equal to; nor is a text, but where an error looks like it.
_ALONE = frozenset({type(None), dt.date, dt.datetime})
_ROWS = frozenset({list, tuple})


class Cells:
    """What stands in a range at one moment: whoever gave it may change it afterwards.

    The same cells are equal values of the same kinds in the same places, whether rows come as lists or as tuples: TRUE
    and 1 are equal in Python and yet not one cell. An error is the same where its reason is. What is no single cell
    (a list within a row) is never the same: it may change without a trace.

    >>> Cells([["Dose"], [1]]).are((("Dose",), (1,))), Cells([["Dose"], [1]]).are([["Dose"], [True]])
    (True, False)
    """

    __slots__ = ("_change", "_doubtful", "_looks", "_values")

    def __init__(self, of: object) -> None:
        self._values = _copy(of)
        lines = _lines(of)
        #: the places where a cell of another kind may be equal, and what tells them apart
        self._doubtful = [
            (at, place)
            for at, line in enumerate(lines)
            for place, kind in enumerate(map(type, line))
            if kind not in _ALONE and (kind is not str or line[place][:1] == "#")  # type: ignore[index]
        ]
        self._looks = _looks(lines, self._doubtful)
        self._change = any(map(_may_change, set().union(*(map(type, line) for line in lines))))

    def are(self, of: object) -> bool:
        """True where the very same cells stand in ``of``."""
        if self._change or (self._values != of and self._values != _copy(of)):
            return False
        return _looks(_lines(of), self._doubtful) == self._looks


def _copy(of: object) -> object:
    """A range as it is now, in lists; a single cell as it is."""
    if not is_range(of):
        return of
    rows: Sequence[object] = of  # type: ignore[assignment]
    return [[*row] if is_range(row) else row for row in rows]  # type: ignore[misc]


def _lines(of: object) -> Sequence[Sequence[object]]:
    """The rows of a range; what is a cell of its own is a row of one."""
    rows: Sequence[object] = of if is_range(of) else (of,)  # type: ignore[assignment]
    if _ROWS.issuperset(map(type, rows)):
        return rows  # type: ignore[return-value]
    return [row if is_range(row) else (row,) for row in rows]  # type: ignore[misc]


def _looks(lines: Sequence[Sequence[object]], places: Sequence[tuple[int, int]]) -> tuple[list[type], list[str]]:
    """The kinds of some cells, and the reasons of the errors among them."""
    cells = [lines[at][place] for at, place in places]
    kinds = [*map(type, cells)]
    return kinds, [cell.message for cell in cells if isinstance(cell, ExcelError)] if ExcelError in kinds else []


def _may_change(kind: type) -> bool:
    """True of what is no single cell."""
    return kind.__hash__ is None or issubclass(kind, tuple)


class _Kept(Generic[T]):
    """One piece of work: what it is made of, and what it came to as soon as it is made."""

    __slots__ = ("_ranges", "made", "over", "turn")

    def __init__(self, over: object, ranges: Sequence[object]) -> None:
        self.over = over
        self._ranges = [*map(Cells, ranges)]
        #: who has the turn makes it, or uses it
        self.turn = threading.RLock()
        self.made: tuple[T, ...] = ()

    def is_of(self, over: object, ranges: Sequence[object]) -> bool:
        return self.over is over and all(map(Cells.are, self._ranges, ranges))


_KEEPERS: list[Keeper[object]] = []


class Keeper(Generic[T]):
    """Keeps the latest pieces of one kind of work, at most ``most`` of them. Any number of threads may ask.

    A piece is named by the ranges that it is made of, and by what it is made ``over`` besides: the very same object
    for the same work (a reference). Who asks for one that another thread makes waits for it; who asks for others does
    not.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[_Kept[T]] = []
        self._changing = threading.Lock()
        _KEEPERS.append(self)  # type: ignore[arg-type]

    @contextmanager
    def lent(self, over: object, ranges: Sequence[object], make: Callable[[], T]) -> Iterator[T]:
        """What ``make`` makes of the ranges, for the length of the block: no other thread has it meanwhile.

        It is for work that goes on: what a claim is asked once is known from then on. Errors: as `got`.
        """
        kept = self._of(over, ranges)
        with kept.turn:
            yield self._made(kept, make)

    def got(self, over: object, ranges: Sequence[object], make: Callable[[], T]) -> T:
        """What ``make`` makes of the ranges, where it only answers: threads may have it at once.

        Errors: those of ``make``; nothing is kept of it then.
        """
        kept = self._of(over, ranges)
        return kept.made[0] if kept.made else self._made(kept, make)

    def forget(self) -> None:
        """Lets go of all that is kept."""
        with self._changing:
            self._kept = []

    def _of(self, over: object, ranges: Sequence[object]) -> _Kept[T]:
        """The piece of the same cells, from now on the latest; else a new one, in place of that of longest ago."""
        with self._changing:
            for kept in self._kept:
                if kept.is_of(over, ranges):
                    break
            else:
                kept = _Kept(over, ranges)
            if not self._kept or kept is not self._kept[0]:
                others = [other for other in self._kept if other is not kept]
                self._kept = [kept, *others[: self._most - 1]]
            return kept

    def _made(self, kept: _Kept[T], make: Callable[[], T]) -> T:
        with kept.turn:
            if not kept.made:
                try:
                    kept.made = (make(),)
                except BaseException:
                    self._drop(kept)
                    raise
            return kept.made[0]

    def _drop(self, kept: _Kept[T]) -> None:
        with self._changing:
            self._kept = [other for other in self._kept if other is not kept]


def forget() -> None:
    """Lets go of all that any keeper keeps."""
    for keeper in _KEEPERS:
        keeper.forget()
