"""Which formulas read what: groups of formulas of one shape, who reads an area, and what waits for what.

Formulas that were copied down a column are one group, and a reference of theirs is looked at once: the rows
of the group that read an area are an interval, since the reference moves with the row or does not.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from xl_infusion.spreadsheet.formula.tree import Area, Expression, Reference
from xl_infusion.spreadsheet.xlsx.grid import MAX_ROW, Ref

#: States of a formula: its stored value stands; to be calculated; calculated; its result has no room yet;
#: left to Excel; now a group of its own.
CLEAN, PENDING, DONE, HELD, LEFT, MOVED = range(6)
_WAITING = (PENDING, HELD)
_RUN = re.compile(b"[%c%c]+" % _WAITING)
#: References over more columns than this are looked through one by one.
_WIDE = 64
#: References are looked up by blocks of this many rows, unless they go over more rows than the other figure.
_BLOCK, _TALL = 16, 256


class Group:
    """The formulas of one shape in one column; one that fills several cells is a group of its own.

    ``array``: they are array formulas; ``extent``: the cells that one fills now, or filled when the file was
    stored.
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

    def add(self, row: int, text: str, state: int = CLEAN) -> None:
        self.rows.append(row)
        self.texts.append(text)
        self.state.append(state)

    @property
    def isolated(self) -> bool:
        """Whether it is calculated apart from others: a call that is not the engine's, or an array."""
        return self.array or self.expression.apart

    def waiting(self, indexes: range) -> Iterator[Area]:
        """The cells of those of some formulas that wait."""
        if self.extent is not None:
            if self.state[0] in _WAITING:
                yield Area(self.sheet, *self.extent)
            return
        for run in _RUN.finditer(self.state, indexes.start, indexes.stop):
            start, end = run.start(), run.end()
            if self.rows[end - 1] - self.rows[start] == end - 1 - start:
                yield Area(self.sheet, self.rows[start], self.col, self.rows[end - 1], self.col)
            else:
                yield from self.areas(range(start, end))

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
        """All that some formulas read, as rectangles around what each reference means over adjoining rows."""
        anchor = Area(self.sheet, self.rows[0], 0, self.rows[0], 0)
        for area in self.areas(indexes) if self.extent is None else [anchor]:
            for reference in self.expression.references:
                top, bottom = area.top, area.bottom
                if reference.within is not None:
                    top, bottom = max(top, reference.within[0]), min(bottom, reference.within[1])
                if top <= bottom:
                    yield read_over(reference, top, bottom, self.col)


def read_over(reference: Reference, top: int, bottom: int, col: int) -> Area:
    """The rectangle around all that a reference means in the formulas of a column between two rows."""
    first, last = reference.at(top, col), reference.at(bottom, col)
    assert first is not None and last is not None
    return first._replace(top=min(first.top, last.top), bottom=max(first.bottom, last.bottom))


def rows_reading(reference: Reference, top: int, bottom: int) -> tuple[int, int]:
    """The first and last row in which a formula's reference meets ``top`` to ``bottom``; none: first > last.

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
    elif upper_moves:
        first, last = _from_one_side(lower, upper, top, bottom)
    elif lower_moves:
        first, last = _from_one_side(upper, lower, top, bottom)
    elif upper > bottom or lower < top:
        return 1, 0
    if reference.within is not None:
        first, last = max(first, reference.within[0]), min(last, reference.within[1])
    return max(first, 1), min(last, MAX_ROW)


def _from_one_side(still: int, moving: int, top: int, bottom: int) -> tuple[int, int]:
    """`rows_reading` of a reference of which one end stands still, and the other is at a distance from the formula."""
    if still > bottom:
        return 1, bottom - moving
    if still < top:
        return top - moving, MAX_ROW
    return 1, MAX_ROW


class _Column:
    """The formulas of a column: runs of rows in which no two groups mix."""

    def __init__(self, groups: Sequence[Group]) -> None:
        places = [(row, at, index) for at, one in enumerate(groups) for index, row in enumerate(one.rows)]
        places.sort()
        self.starts: list[int] = []
        #: the last row of a run, its group, the first index and the one behind the last
        self.runs: list[tuple[int, Group, int, int]] = []
        for at, run in groupby(places, key=lambda place: place[1]):
            those = list(run)
            self.starts.append(those[0][0])
            self.runs.append((those[-1][0], groups[at], those[0][2], those[-1][2] + 1))

    def within(self, top: int, bottom: int) -> Iterator[tuple[Group, range]]:
        for at in range(max(bisect_right(self.starts, top) - 1, 0), bisect_right(self.starts, bottom)):
            last, group, first_index, end_index = self.runs[at]
            if last >= top:
                found = group.within(top, bottom)
                indexes = range(max(found.start, first_index), min(found.stop, end_index))
                if indexes:
                    yield group, indexes


class _Readers:
    """The references to a column, by blocks of rows; those that are too tall for it are looked at always."""

    def __init__(self) -> None:
        self.tall: list[tuple[Group, Reference]] = []
        self.blocks: dict[int, list[tuple[Group, Reference, int, int]]] = defaultdict(list)

    def add(self, group: Group, reference: Reference, top: int, bottom: int) -> None:
        if bottom - top > _TALL:
            self.tall.append((group, reference))
        else:
            for block in range(top // _BLOCK, bottom // _BLOCK + 1):
                self.blocks[block].append((group, reference, top, bottom))

    def of(self, top: int, bottom: int) -> Iterator[tuple[Group, Reference]]:
        yield from self.tall
        first, last = top // _BLOCK, bottom // _BLOCK
        near = range(first, last + 1) if last - first < len(self.blocks) else sorted(self.blocks)
        for block in near:
            for group, reference, begin, end in self.blocks.get(block, ()):
                if begin <= bottom and end >= top:
                    yield group, reference


class Graph:
    """All formulas of a workbook by place, and by what they read."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self.groups: list[Group] = []
        self._columns: dict[str, dict[int, _Column]] = defaultdict(dict)
        self._arrays: dict[str, dict[int, list[Group]]] = defaultdict(lambda: defaultdict(list))
        self._readers: dict[str, dict[int, _Readers]] = defaultdict(lambda: defaultdict(_Readers))
        self._wide: dict[str, list[tuple[Group, Reference, int, int]]] = defaultdict(list)
        self._anywhere: dict[str | None, list[Group]] = defaultdict(list)
        singles: dict[tuple[str, int], list[Group]] = defaultdict(list)
        for group in groups:
            self.add(group)
            if group.extent is None:
                singles[group.sheet, group.col].append(group)
        for (sheet, col), found in singles.items():
            self._columns[sheet][col] = _Column(found)

    def add(self, group: Group) -> None:
        """Takes in what a group reads, and the cells of an array."""
        self.groups.append(group)
        if group.extent is not None:
            self.locate(group)
        for reference in group.expression.references:
            first, last = reference.within or (group.rows[0], group.rows[-1])
            sheet, top, left, bottom, right = read_over(reference, first, last, group.col)
            if right - left >= _WIDE:
                self._wide[sheet].append((group, reference, left, right))
            else:
                for col in range(left, right + 1):
                    self._readers[sheet][col].add(group, reference, top, bottom)
        for where in group.expression.anywhere:
            self._anywhere[where].append(group)

    def locate(self, group: Group) -> None:
        """Takes note of the columns that an array fills (again, when it has grown)."""
        assert group.extent is not None
        for col in range(group.extent[1], group.extent[3] + 1):
            if group not in self._arrays[group.sheet][col]:
                self._arrays[group.sheet][col].append(group)

    # -- who reads an area, and what stands in it ------------------------------------------------------------

    def readers(self, area: Area) -> Iterator[tuple[Group, range]]:
        """The formulas that read a cell of the area, or that may (see `Expression.anywhere`)."""
        columns = self._readers.get(area.sheet, {})
        seen: set[tuple[int, int]] = set()
        for col in _common(columns, area):
            for group, reference in columns[col].of(area.top, area.bottom):
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
        singles = self._columns.get(area.sheet, {})
        for col in _common(singles, area):
            yield from singles[col].within(area.top, area.bottom)
        arrays = self._arrays.get(area.sheet, {})
        seen: set[int] = set()
        for col in _common(arrays, area):
            for group in arrays[col]:
                if id(group) not in seen and group.extent is not None and _meet(group.extent, area):
                    seen.add(id(group))
                    yield group, range(1)

    def spilled(self, anchor: Area) -> Area | None:
        """The cells that the formula in a cell fills as an array."""
        for group, indexes in self.standing(anchor):
            if group.state[indexes.start] == MOVED:
                continue
            if group.extent is not None and (group.rows[0], group.col) == anchor[1:3]:
                return Area(group.sheet, *group.extent)
            if group.extent is None and group.array:
                return anchor
        return None

    def behind(
        self, seeds: Iterable[tuple[Group, Sequence[int]]], take: Callable[[int], bool]
    ) -> dict[Group, set[int]]:
        """The seeds and all that depends on them, through formulas in states that ``take`` accepts."""
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

    # -- what waits ------------------------------------------------------------------------------------------

    def ready(self, group: Group) -> list[int]:
        """The formulas of a group that are to be calculated and read nothing that waits."""
        begin, end = group.state.find(PENDING), group.state.rfind(PENDING)
        if begin < 0:
            return []
        first, last = group.rows[begin], group.rows[end]
        stuck: list[tuple[int, int]] = []
        for reference in group.expression.references:
            read = read_over(reference, *(reference.within or (first, last)), group.col)
            stuck += [rows_reading(reference, area.top, area.bottom) for area in self._waiting_in(read)]
        found: list[int] = []
        for start, stop in _between(stuck, first, last):
            found += [index for index in group.within(start, stop) if group.state[index] == PENDING]
        return found

    def _waiting_in(self, area: Area) -> Iterator[Area]:
        """The cells in an area of formulas that wait."""
        for source, indexes in self.standing(area):
            yield from source.waiting(indexes)

    def sources(self, group: Group, indexes: Sequence[int]) -> Iterator[tuple[Group, list[int]]]:
        """The formulas that wait and that some formulas of a group read."""
        for area in group.read_areas(indexes):
            for source, rows in self.standing(area):
                waiting = [index for index in rows if source.state[index] in _WAITING]
                if waiting:
                    yield source, waiting


def _between(intervals: list[tuple[int, int]], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The parts of ``first`` to ``last`` that lie in none of the intervals.

    >>> list(_between([(4, 5), (1, 2), (7, 6), (5, 9)], 2, 12))
    [(3, 3), (10, 12)]
    """
    for begin, end in sorted(intervals):
        if begin > end or end < first:
            continue
        if begin > first:
            yield first, min(begin - 1, last)
        first = end + 1
        if first > last:
            return
    if first <= last:
        yield first, last


def _common(columns: Mapping[int, object], area: Area) -> list[int]:
    """The columns of an area that are in an index."""
    if area.right - area.left < len(columns):
        return [col for col in range(area.left, area.right + 1) if col in columns]
    return [col for col in columns if area.left <= col <= area.right]


def _meet(extent: Ref, area: Area) -> bool:
    top, left, bottom, right = extent
    return top <= area.bottom and bottom >= area.top and left <= area.right and right >= area.left
