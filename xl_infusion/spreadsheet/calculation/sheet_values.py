"""The values of a workbook's cells: as they were stored, and as they are while it is calculated."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Protocol

from xl_infusion.spreadsheet.formula.tree import Area
from xl_infusion.spreadsheet.xlsx.formulas import FormulaCell
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, Ref

Grid = list[list[object]]


class Source(Protocol):
    """What an opened workbook is asked for."""

    def values(self, sheet_name: str) -> list[list[object]]: ...
    def formulas(self, sheet_name: str) -> list[FormulaCell]: ...
    def empty_texts(self, sheet_name: str) -> list[tuple[int, int]]: ...


class SheetValues:
    """Values by sheet, row and column (from 1). A blank cell is None, a text without letters is ``""``.

    What is written while calculating is kept apart from what was stored (`stored`).
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._formulas: dict[str, list[FormulaCell]] = {}
        self._stored: dict[str, Grid] = {}
        self._now: dict[str, Grid] = {}
        self._width: dict[str, int] = {}
        self._standing: dict[str, set[tuple[int, int]]] = {}
        self._last: dict[str, tuple[int, int]] = {}
        #: arrays that nobody has read yet: what each filled before, what it fills, its rows
        self._unread: dict[str, list[tuple[Area, Area, Grid]]] = defaultdict(list)

    def formulas(self, sheet: str) -> list[FormulaCell]:
        """The formula cells of a sheet."""
        if sheet not in self._formulas:
            self._formulas[sheet] = self._source.formulas(sheet)
        return self._formulas[sheet]

    def stored(self, sheet: str) -> Grid:
        """The values that the file has."""
        if sheet not in self._stored:
            self._stored[sheet] = self._read(sheet)
            self._width[sheet] = max(map(len, self._stored[sheet]), default=0)
        return self._stored[sheet]

    def _read(self, sheet: str) -> Grid:
        """The values of a sheet. Readers of values give a blank cell and an empty text alike: here they differ."""
        formulas = [cell for cell in self.formulas(sheet) if cell.has_value]
        arrays = [cell.ref for cell in formulas if cell.ref and cell.kind in ("array", "dataTable")]
        grid = self._source.values(sheet)
        _blanks_beside(grid, arrays)
        _empty_texts(grid, [(cell.row, cell.col) for cell in formulas])
        _empty_texts(grid, self._source.empty_texts(sheet))
        if len(arrays) > 1:
            for ref in arrays:
                _empty_texts_within(grid, ref)
        return grid

    def now(self, sheet: str) -> Grid:
        """The values while calculating; rows are the stored ones until something is written to them."""
        if sheet not in self._now:
            self._now[sheet] = list(self.stored(sheet))
        if sheet in self._unread:
            for before, area, rows in self._unread.pop(sheet):
                if before.bottom > area.bottom or before.right > area.right:
                    self.blank(before)
                written = [["" if value is None else value for value in line] for line in rows]
                self.put(sheet, area.top, area.left, written)
        return self._now[sheet]

    def used(self, sheet: str) -> tuple[int, int]:
        """The last row and column that hold something."""
        return len(self.now(sheet)), self._width[sheet]

    def cut(self, area: Area) -> Area:
        """An area that goes to the end of the sheet, as far as there is something."""
        if area.bottom < MAX_ROW and area.right < MAX_COL:
            return area
        rows, cols = self.used(area.sheet)
        bottom = max(area.top, rows) if area.bottom == MAX_ROW else area.bottom
        right = max(area.left, cols) if area.right == MAX_COL else area.right
        return area._replace(bottom=bottom, right=right)

    def occupied(self, area: Area) -> Area:
        """Of any area what is up to the last cell of its sheet that holds something, or a formula; at least a cell."""
        rows, cols = self.used(area.sheet)
        if area.sheet not in self._last:
            places = self._places(area.sheet)
            self._last[area.sheet] = (
                max((row for row, _ in places), default=0),
                max((col for _, col in places), default=0),
            )
        last_row, last_col = self._last[area.sheet]
        bottom, right = max(area.top, rows, last_row), max(area.left, cols, last_col)
        return area._replace(bottom=min(area.bottom, bottom), right=min(area.right, right))

    # -- reading ---------------------------------------------------------------------------------------------

    def value(self, sheet: str, row: int, col: int) -> object:
        grid = self.now(sheet)
        if row > len(grid) or col > len(grid[row - 1]):
            return None
        return _plain(grid[row - 1][col - 1])

    def rows(self, area: Area) -> Grid:
        """The values of an area; whole columns and rows are cut to what is used."""
        _, top, left, bottom, right = self.cut(area)
        width = right - left + 1
        found = [row[left - 1 : right] for row in self.now(area.sheet)[top - 1 : bottom]]
        if dt.timedelta in set(map(type, chain.from_iterable(found))):
            found = [list(map(_plain, cells)) for cells in found]
        for cells in found:
            if len(cells) < width:
                cells += [None] * (width - len(cells))
        found += [[None] * width for _ in range(bottom - top + 1 - len(found))]
        return found

    def filled_columns(self, sheet: str, row: int, left: int, right: int) -> list[int]:
        """The columns of a row's cells that are not blank; a formula's cell is not, whatever it will give."""
        places = self._places(sheet)
        line = self.rows(Area(sheet, row, left, row, right))[0]
        return [at for at, value in enumerate(line, left) if value is not None or (row, at) in places]

    def filled_rows(self, sheet: str, col: int) -> list[int]:
        """The rows of a column's cells that are not blank."""
        formulas = {row for row, at in self._places(sheet) if at == col}
        lines = enumerate(self.now(sheet), 1)
        return sorted(formulas | {row for row, line in lines if col <= len(line) and line[col - 1] is not None})

    def _places(self, sheet: str) -> set[tuple[int, int]]:
        """The cells of a sheet in which formulas stand."""
        if sheet not in self._standing:
            self._standing[sheet] = {(cell.row, cell.col) for cell in self.formulas(sheet)}
        return self._standing[sheet]

    # -- writing ---------------------------------------------------------------------------------------------

    def spill(self, before: Area, area: Area, rows: Grid) -> None:
        """Writes an array, in the place of what it filled before; once the sheet is read, as most are not."""
        self._unread[area.sheet].append((before, area, rows))

    def put(self, sheet: str, row: int, col: int, rows: Sequence[Sequence[object]]) -> None:
        """Writes a rectangle of values."""
        grid, stored = self.now(sheet), self.stored(sheet)
        self._width[sheet] = max(self._width[sheet], col - 1 + max(map(len, rows), default=0))
        while len(grid) < row + len(rows) - 1:
            grid.append([])
        for at, values in enumerate(rows, row - 1):
            line = grid[at]
            if at < len(stored) and line is stored[at]:
                line = grid[at] = list(line)
            if len(line) < col - 1:
                line += [None] * (col - 1 - len(line))
            line[col - 1 : col - 1 + len(values)] = values

    def put_one(self, sheet: str, row: int, col: int, value: object) -> object:
        """Writes the value of a cell. Out: what it held before."""
        grid = self.now(sheet)
        if row > len(grid) or col > len(grid[row - 1]):
            self.put(sheet, row, col, [[value]])
            return None
        line, stored = grid[row - 1], self._stored[sheet]
        if row <= len(stored) and line is stored[row - 1]:
            line = grid[row - 1] = list(line)
        before, line[col - 1] = line[col - 1], value
        return before

    def blank(self, area: Area) -> None:
        """Empties an area."""
        last = min(area.bottom, len(self.now(area.sheet)))
        if last >= area.top:
            empty = [None] * (area.right - area.left + 1)
            self.put(area.sheet, area.top, area.left, [empty] * (last - area.top + 1))


def _blanks_beside(grid: Grid, arrays: Sequence[Ref]) -> None:
    """Makes blank what a reader gives as an empty text, but in an array; in a row of several in the last of them."""
    width = max(map(len, grid), default=0)
    covered = [(width, width)] * len(grid)
    for top, left, bottom, right in arrays:
        covered[top - 1 : bottom] = [(left - 1, right)] * len(covered[top - 1 : bottom])
    for row, (left, right) in zip(grid, covered, strict=True):
        if "" in row:
            _blanks(row, 0, left)
            _blanks(row, right, width)


def _blanks(row: list[object], start: int, end: int) -> None:
    if start < end:
        row[start:end] = [None if value == "" else value for value in row[start:end]]


def _empty_texts(grid: Grid, cells: Iterable[tuple[int, int]]) -> None:
    """Makes empty texts of cells that are blank."""
    for at, col in cells:
        for row in grid[at - 1 : at]:
            if col <= len(row) and row[col - 1] is None:
                row[col - 1] = ""


def _empty_texts_within(grid: Grid, ref: Ref) -> None:
    """The same for the cells of a rectangle."""
    top, left, bottom, right = ref
    for row in grid[top - 1 : bottom]:
        row[left - 1 : right] = ["" if value is None else value for value in row[left - 1 : right]]


def _plain(value: object) -> object:
    """A span of time is a number of days, as which the cell is calculated with."""
    return value / dt.timedelta(days=1) if isinstance(value, dt.timedelta) else value
