"""Which formulas read what: groups of formulas of one shape, who reads an area, and what waits for what.

Formulas that were copied down a column are one group, and a reference of theirs is looked at once: the rows of the
group that read an area are an interval, since the reference moves with the row or does not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from xl_infusion.workbook._grid import MAX_ROW, Ref
from xl_infusion.workbook._tree import Area, Expression, Reference

#: States of a formula: its stored value stands; to be calculated; calculated; its result has no room yet;
#: left to Excel; now a group of its own.
CLEAN, PENDING, DONE, HELD, LEFT, MOVED = range(6)
_WAITING = (PENDING, HELD)
#: References over more columns than this are looked through one by one.
_WIDE = 64


class Group:
    """The formulas of one shape in one column; an array formula, and one that spills, is a group of its own.

    ``extent``: the cells that an array fills now (``array``: or filled when the file was stored).
    """

    def __init__(
        self, sheet: str, col: int, expression: Expression, array: bool = False, extent: Ref | None = None
    ) -> None:
        self.sheet, self.col, self.expression, self.array = sheet, col, expression, array
        self.extent = extent
        #: whether an array's range may change
        self.dynamic = True
        self.rows: list[int] = []
        self.texts: list[str] = []
        self.state = bytearray()
        self.again = 0

    def add(self, row: int, text: str, state: int = CLEAN) -> None:
        self.rows.append(row)
        self.texts.append(text)
        self.state.append(state)

    @property
    def isolated(self) -> bool:
        """Whether it is calculated apart from others: a call that is not the engine's, or an array."""
        return self.array or self.expression.apart

    def waiting(self) -> bool:
        return PENDING in self.state or HELD in self.state

    def within(self, first: int, last: int) -> range:
        """The indexes of the formulas that stand in these rows."""
        return range(bisect_left(self.rows, first), bisect_right(self.rows, last))

    def areas(self, indexes: Sequence[int]) -> Iterator[Area]:
        """The cells of some formulas (in their order), as few rectangles."""
        if self.extent is not None:
            yield Area(self.sheet, *self.extent)
            return
        rows = self.rows
        start = previous = -1
        for index in indexes:
            row = rows[index]
            if row != previous + 1 or start < 0:
                if start >= 0:
                    yield Area(self.sheet, start, self.col, previous, self.col)
                start = row
            previous = row
        if start >= 0:
            yield Area(self.sheet, start, self.col, previous, self.col)

    def read_areas(self, indexes: Sequence[int]) -> Iterator[Area]:
        """All that some formulas read, as rectangles around what each reference means over rows without a gap."""
        for area in (
            self.areas(indexes) if self.extent is None else [Area(self.sheet, self.rows[0], 0, self.rows[0], 0)]
        ):
            for reference in self.expression.references:
                if reference.within is not None:
                    top, bottom = max(area.top, reference.within[0]), min(area.bottom, reference.within[1])
                    if top > bottom:
                        continue
                    first, last = reference.at(top, self.col), reference.at(bottom, self.col)
                else:
                    first, last = reference.at(area.top, self.col), reference.at(area.bottom, self.col)
                assert first is not None and last is not None
                yield Area(
                    first.sheet, min(first.top, last.top), first.left, max(first.bottom, last.bottom), first.right
                )


def rows_reading(reference: Reference, top: int, bottom: int) -> tuple[int, int]:
    """The first and last row in which a formula's reference meets the rows ``top`` to ``bottom``; none: first > last.

    >>> rows_reading(Reference("S", (-1, 0, 0, 0), (True, True, True, True)), 5, 6)
    (5, 7)
    >>> rows_reading(Reference("S", (2, 0, 0, 0), (False, True, True, True)), 9, 9)
    (9, 1048576)
    """
    first, last = 1, MAX_ROW
    upper, _, lower, _ = reference.edges
    upper_moves, _, lower_moves, _ = reference.moves
    if upper_moves and lower_moves:
        first, last = top - lower, bottom - upper
    elif not upper_moves and not lower_moves:
        if upper > bottom or lower < top:
            return 1, 0
    else:
        # one end stands still: the reference meets the rows from one side
        still, moving = (lower, upper) if upper_moves else (upper, lower)
        if still > bottom:
            last = bottom - moving
        elif still < top:
            first = top - moving
    if reference.within is not None:
        first, last = max(first, reference.within[0]), min(last, reference.within[1])
    return max(first, 1), min(last, MAX_ROW)


class Graph:
    """All formulas of a workbook by place, and by what they read."""

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self._located: dict[str, dict[int, list[Group]]] = defaultdict(lambda: defaultdict(list))
        self._readers: dict[str, dict[int, list[tuple[Group, Reference]]]] = defaultdict(lambda: defaultdict(list))
        self._wide: dict[str, list[tuple[Group, Reference, int, int]]] = defaultdict(list)
        self._anywhere: dict[str | None, list[Group]] = defaultdict(list)

    def add(self, group: Group) -> None:
        self.groups.append(group)
        self.locate(group)
        for reference in group.expression.references:
            area = reference.at(group.rows[0] if reference.within is None else reference.within[0], group.col)
            assert area is not None
            if area.right - area.left >= _WIDE:
                self._wide[area.sheet].append((group, reference, area.left, area.right))
            else:
                for col in range(area.left, area.right + 1):
                    self._readers[area.sheet][col].append((group, reference))
        for sheet in group.expression.anywhere:
            self._anywhere[sheet].append(group)

    def locate(self, group: Group) -> None:
        """Takes note of the columns that a group fills (again, when it has grown)."""
        left, right = (group.extent[1], group.extent[3]) if group.extent else (group.col, group.col)
        columns = self._located[group.sheet]
        for col in range(left, right + 1):
            if group not in columns[col][-1:] and group not in columns[col]:
                columns[col].append(group)

    # -- who reads an area, and what stands in it --------------------------------------------------------------

    def readers(self, area: Area) -> Iterator[tuple[Group, range]]:
        """The formulas that read a cell of the area, or that may (see `Expression.anywhere`)."""
        columns = self._readers.get(area.sheet, {})
        seen: set[tuple[int, int]] = set()
        for col in _common(columns, area):
            for group, reference in columns[col]:
                key = (id(group), id(reference))
                if key not in seen:
                    seen.add(key)
                    yield group, group.within(*rows_reading(reference, area.top, area.bottom))
        for group, reference, left, right in self._wide.get(area.sheet, ()):
            if left <= area.right and right >= area.left:
                yield group, group.within(*rows_reading(reference, area.top, area.bottom))
        for sheet in (area.sheet, None):
            for group in self._anywhere.get(sheet, ()):
                yield group, range(len(group.rows))

    def standing(self, area: Area) -> Iterator[tuple[Group, range]]:
        """The formulas that fill a cell of the area."""
        columns = self._located.get(area.sheet, {})
        seen: set[int] = set()
        for col in _common(columns, area):
            for group in columns[col]:
                if id(group) in seen:
                    continue
                seen.add(id(group))
                if group.extent is None:
                    yield group, group.within(area.top, area.bottom)
                elif _meet(group.extent, area):
                    yield group, range(1)

    def behind(
        self, seeds: Iterable[tuple[Group, Sequence[int]]], take: Callable[[int], bool]
    ) -> dict[Group, set[int]]:
        """All formulas that depend on the seeds, seeds included, through formulas in states that ``take`` accepts."""
        found: dict[Group, set[int]] = {}
        work: list[tuple[Group, list[int]]] = []

        def reach(group: Group, indexes: Iterable[int]) -> None:
            known = found.setdefault(group, set())
            if len(known) == len(group.rows):
                return
            new = [index for index in indexes if index not in known and take(group.state[index])]
            if new:
                known.update(new)
                work.append((group, new))

        for group, indexes in seeds:
            reach(group, indexes)
        while work:
            group, indexes = work.pop()
            for area in group.areas(indexes):
                for reader, rows in self.readers(area):
                    if rows:
                        reach(reader, rows)
        return {group: indexes for group, indexes in found.items() if indexes}

    # -- what waits --------------------------------------------------------------------------------------------

    def ready(self, group: Group) -> list[int]:
        """The formulas of a group that are to be calculated and read nothing that waits."""
        pending = [index for index, state in enumerate(group.state) if state == PENDING]
        if not pending:
            return []
        first, last = group.rows[pending[0]], group.rows[pending[-1]]
        stuck: list[tuple[int, int]] = []
        for reference in group.expression.references:
            ends = [area for row in (first, last) if (area := reference.at(row, group.col))]
            if reference.within is not None:
                ends = [area for row in reference.within if (area := reference.at(row, group.col))]
            if not ends:
                continue
            hull = Area(
                ends[0].sheet,
                min(area.top for area in ends),
                ends[0].left,
                max(area.bottom for area in ends),
                ends[0].right,
            )
            for source, indexes in self.standing(hull):
                waiting = [index for index in indexes if source.state[index] in _WAITING]
                for area in source.areas(waiting) if waiting else ():
                    begin, end = rows_reading(reference, area.top, area.bottom)
                    if begin <= end:
                        stuck.append((begin, end))
        return _outside(group.rows, pending, stuck)

    def sources(self, group: Group, indexes: Sequence[int]) -> Iterator[tuple[Group, list[int]]]:
        """The formulas that wait and that some formulas of a group read."""
        for area in group.read_areas(indexes):
            for source, rows in self.standing(area):
                waiting = [index for index in rows if source.state[index] in _WAITING]
                if waiting:
                    yield source, waiting


def _outside(rows: Sequence[int], indexes: list[int], intervals: list[tuple[int, int]]) -> list[int]:
    """The indexes whose rows lie in none of the intervals; both in order of rows."""
    if not intervals:
        return indexes
    found, reach, behind = [], 0, sorted(intervals, reverse=True)
    for index in indexes:
        while behind and behind[-1][0] <= rows[index]:
            reach = max(reach, behind.pop()[1])
        if rows[index] > reach:
            found.append(index)
    return found


def _common(columns: Mapping[int, object], area: Area) -> list[int]:
    """The columns of an area that are in an index."""
    if area.right - area.left < len(columns):
        return [col for col in range(area.left, area.right + 1) if col in columns]
    return [col for col in columns if area.left <= col <= area.right]


def _meet(extent: Ref, area: Area) -> bool:
    return extent[0] <= area.bottom and extent[2] >= area.top and extent[1] <= area.right and extent[3] >= area.left
