"""What stands in the way of an array, and which rows a total passes over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from xl_infusion.spreadsheet.calculation.dependency import Graph, Group
from xl_infusion.spreadsheet.calculation.sheet_values import SheetValues
from xl_infusion.spreadsheet.formula.structured import TableLike
from xl_infusion.spreadsheet.formula.tree import Area, Call, walk
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, Ref, cell_name, letters, parse_ref

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref=[\"']([A-Z0-9:$]+)[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\bhidden=[\"'](?:1|true)[\"'][^>]*>")
_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")


#: Row and column of a cell that is in the way, and what it is.
Obstacle = tuple[int, int, str]


class SheetLike(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def part(self) -> str: ...


class Parts(Protocol):
    """What an opened workbook is asked for."""

    @property
    def sheets(self) -> Sequence[SheetLike]: ...
    @property
    def tables(self) -> Mapping[str, TableLike]: ...
    def read(self, part: str) -> bytes: ...
    def behind_rows(self, sheet_name: str) -> bytes: ...


class Room:
    """The room on the sheets of a workbook."""

    def __init__(self, parts: Parts, values: SheetValues, graph: Graph) -> None:
        self._parts, self._values, self._graph = parts, values, graph
        self._merged: dict[str, list[Ref]] = {}
        self._hidden: dict[str, list[int]] = {}

    def obstacle(self, area: Area, group: Group) -> str | None:
        """What is in the way of the array of ``group``, in words; None when there is room."""
        if area.bottom > MAX_ROW:
            return f"it needs {area.bottom - area.top + 1:,} rows, and the sheet ends in row {MAX_ROW:,}"
        if area.right > MAX_COL:
            width = area.right - area.left + 1
            return f"it needs {width:,} columns, and the sheet ends in column {letters(MAX_COL)}"
        own = group.extent or (area.top, area.left, area.top, area.left)
        if own[0] <= area.top and own[1] <= area.left and own[2] >= area.bottom and own[3] >= area.right:
            return None
        found = min(self._obstacles(area, group, own), default=None)
        if found is None:
            return None
        row, col, what = found
        return f"{cell_name(row, col)} is in the way, which {what}"

    def _obstacles(self, area: Area, group: Group, own: Ref) -> Iterator[Obstacle]:
        """``own``: the cells that the array of ``group`` fills already."""
        yield from self._tables(area)
        yield from self._merged_in(area)
        yield from self._formulas(area, group)
        yield from self._values_in(area, own)

    def _tables(self, area: Area) -> Iterator[Obstacle]:
        for table in self._parts.tables.values():
            if table.sheet == area.sheet and (first := _first(table.ref, area)):
                yield *first, f"belongs to the table {table.name}"

    def _merged_in(self, area: Area) -> Iterator[Obstacle]:
        for merged in self._merged_cells(area.sheet):
            if first := _first(merged, area):
                yield *first, "is merged"

    def _formulas(self, area: Area, group: Group) -> Iterator[Obstacle]:
        for other, indexes in self._graph.standing(area):
            if other is group:
                continue
            if other.extent is None:
                rows = (other.rows[at] for at in indexes)
                found = next((row for row in rows if (row, other.col) != (area.top, area.left)), None)
                if found is not None:
                    yield found, other.col, "holds a formula"
            elif first := _first(other.extent, area):
                yield *first, "belongs to another array"

    def _values_in(self, area: Area, own: Ref) -> Iterator[Obstacle]:
        for row, line in enumerate(self._values.now(area.sheet)[area.top - 1 : area.bottom], area.top):
            start = max(area.left, own[3] + 1) if own[0] <= row <= own[2] else area.left
            cells = line[start - 1 : area.right]
            if cells.count(None) == len(cells):  # of most rows, and told at once
                continue
            found = _first_filled(cells, start)
            assert found is not None
            yield row, found, "holds a value"
            return

    def reach(self, group: Group, index: int) -> Area:
        """The cells that the formula in a cell may spill into: to the first that is not blank beside and below it."""
        row, col = group.rows[index], group.col
        _, _, last_row, last_col = group.extent or (row, col, row, col)
        bottom = self._next_row(Area(group.sheet, last_row + 1, col, MAX_ROW, col)) - 1
        right = self._next_col(Area(group.sheet, row, last_col + 1, row, MAX_COL)) - 1
        return Area(group.sheet, row, col, bottom, right)

    def _next_row(self, below: Area) -> int:
        """The first row of a part of a column in which something stands; the one behind it where nothing does."""
        grid = self._values.now(below.sheet)[below.top - 1 :]
        cells = (line[below.left - 1] if below.left <= len(line) else None for line in grid)
        rows = [below.bottom + 1]
        if (found := _first_filled(cells, below.top)) is not None:
            rows.append(found)
        for other, indexes in self._graph.standing(below):
            rows.append(max(other.extent[0], below.top) if other.extent else other.rows[indexes.start])
        return min(rows)

    def _next_col(self, beside: Area) -> int:
        """The same for the columns of a part of a row."""
        grid = self._values.now(beside.sheet)
        line = grid[beside.top - 1] if beside.top <= len(grid) else []
        cols = [beside.right + 1]
        if (found := _first_filled(line[beside.left - 1 :], beside.left)) is not None:
            cols.append(found)
        for other, _ in self._graph.standing(beside):
            cols.append(max(other.extent[1], beside.left) if other.extent else other.col)
        return min(cols)

    def _merged_cells(self, sheet: str) -> list[Ref]:
        if sheet not in self._merged:
            found = (parse_ref(ref.decode()) for ref in _MERGED.findall(self._parts.behind_rows(sheet)))
            self._merged[sheet] = [ref for ref in found if ref]
        return self._merged[sheet]

    def _part(self, sheet: str) -> bytes:
        return self._parts.read(next(one.part for one in self._parts.sheets if one.name == sheet))

    def no_subtotals(self, area: Area) -> bool:
        """Whether every cell of an area counts in a SUBTOTAL: no row is hidden, no cell is one itself."""
        if any(area.top <= row <= area.bottom for row in self._hidden_rows(area.sheet)):
            return False
        return not any(rows and _has_subtotal(group) for group, rows in self._graph.standing(area))

    def _hidden_rows(self, sheet: str) -> list[int]:
        if sheet not in self._hidden:
            rows = (_NUMBER.search(tag) for tag in _ROW.findall(self._part(sheet)))
            self._hidden[sheet] = [int(row[1]) for row in rows if row]
        return self._hidden[sheet]


def _has_subtotal(group: Group) -> bool:
    return any(
        isinstance(node, Call) and node.name in ("SUBTOTAL", "AGGREGATE") for node in walk(group.expression.root)
    )


def _first_filled(cells: Iterable[object], start: int) -> int | None:
    """The place of the first cell that is not blank, where the first of all has the place ``start``."""
    return next((at for at, value in enumerate(cells, start) if value is not None), None)


def _first(ref: Ref, area: Area) -> tuple[int, int] | None:
    """The first cell, from left to right and down, that both have."""
    row, col = max(ref[0], area.top), max(ref[1], area.left)
    return (row, col) if row <= min(ref[2], area.bottom) and col <= min(ref[3], area.right) else None
