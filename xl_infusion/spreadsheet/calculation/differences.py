"""From results to edits: what differs from the values that the file has."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from xl_infusion.spreadsheet.calculation.results import Calculation, Spill
from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.undisturbed import undisturbed
from xl_infusion.spreadsheet.xlsx.edit import Block, SheetEdit
from xl_infusion.spreadsheet.xlsx.grid import Ref
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.spreadsheet.xlsx.values import STORED_ERRORS, CellValue, in_cell

#: A date that was read is exact to a millisecond.
_MOMENT = 1.2e-8
_MOMENTS = (dt.date, dt.time, dt.timedelta)
_NUMBERS = {float, int}
_SIMPLE = ({str}, {dt.date}, {bool})


def edits(package: Package, calculation: Calculation) -> dict[str, SheetEdit]:
    """What has to be written so that the file has the results: only what differs from it, by sheet."""
    found: dict[str, SheetEdit] = defaultdict(SheetEdit)
    differences = _Differences(package, calculation)
    with undisturbed():
        for spill in calculation.spills:
            differences.spilled(spill, found)
        for sheet, cells in calculation.values.items():
            for (row, col), value in cells.items():
                if not differences.has(sheet, row, col, value):
                    found[sheet].cells[row, col] = cast(CellValue, value)
        for left in calculation.unresolved:
            differences.left(left.sheet, left.row, left.col, found)
    return {sheet: edit for sheet, edit in found.items() if edit}


class _Differences:
    def __init__(self, package: Package, calculation: Calculation) -> None:
        self.date1904, self.before = package.date1904, calculation.before
        self._cells: dict[str, dict[tuple[int, int], tuple[bool, Ref]]] = {}

    def stored(self, sheet: str, row: int, col: int) -> tuple[bool, Ref]:
        """Whether a formula's result is stored, and the range that it fills."""
        if sheet not in self._cells:
            found = self._cells[sheet] = {}
            for cell in self.before.formulas(sheet):
                ref = cell.ref if cell.kind in ("array", "dataTable") else None
                found[cell.row, cell.col] = cell.has_value, ref or (cell.row, cell.col, cell.row, cell.col)
        return self._cells[sheet][row, col]

    def has(self, sheet: str, row: int, col: int, value: object) -> bool:
        """Whether the file has this value for a formula."""
        grid = self.before.stored(sheet)
        if not self.stored(sheet, row, col)[0] or row > len(grid) or col > len(grid[row - 1]):
            return False
        return self._same(grid[row - 1][col - 1], value)

    def _same(self, old: object, new: object) -> bool:
        before, after = self._canonical(old), self._canonical(new)
        if isinstance(old, _MOMENTS) and isinstance(before, float) and isinstance(after, float):
            return abs(before - after) < _MOMENT
        return type(before) is type(after) and before == after

    def _canonical(self, value: object) -> object:
        if isinstance(value, ExcelError):
            return ExcelError(value if value in STORED_ERRORS else "#VALUE!")
        return "" if value is None else in_cell(value, self.date1904)

    def left(self, sheet: str, row: int, col: int, found: dict[str, SheetEdit]) -> None:
        """Nothing stale stays beside what is new."""
        has, ref = self.stored(sheet, row, col)
        top, left, bottom, right = ref
        lines = self.before.stored(sheet)[top - 1 : bottom]
        if has or any(value not in (None, "") for line in lines for value in line[left - 1 : right]):
            found[sheet].clear.append(ref)

    def spilled(self, spill: Spill, found: dict[str, SheetEdit]) -> None:
        row, col, rows = spill.row, spill.col, spill.rows
        new = (row, col, row + len(rows) - 1, col + len(rows[0]) - 1)
        old = spill.old_ref
        if old == new and self.stored(spill.sheet, row, col)[0] and self._same_rows(spill):
            return
        edit = found[spill.sheet]
        edit.blocks.append(Block(row, col, cast(Sequence[Sequence[CellValue]], rows)))
        if old != new or not spill.was_array:
            edit.array_refs[row, col] = new
        if old and old[2] > new[2]:
            edit.clear.append((new[2] + 1, old[1], old[2], old[3]))
        if old and old[3] > new[3]:
            edit.clear.append((old[0], new[3] + 1, min(old[2], new[2]), old[3]))

    def _same_rows(self, spill: Spill) -> bool:
        """Compares column by column: below the first row most hold one type only, which is fast."""
        left, right = spill.col - 1, spill.col - 1 + len(spill.rows[0])
        stored = self.before.stored(spill.sheet)[spill.row - 1 :][: len(spill.rows)]
        if len(stored) < len(spill.rows) or min(map(len, stored)) < right:
            return False
        if not all(map(self._same, stored[0][left:right], spill.rows[0])):
            return False
        columns = list(zip(*stored[1:], strict=False))[left:right]
        for old, new in zip(columns, zip(*spill.rows[1:], strict=True), strict=True):
            kinds = {*map(type, old), *map(type, new)}
            if kinds <= _NUMBERS or kinds in _SIMPLE:
                if old != new:
                    return False
                continue
            pairs = set(zip(map(type, old), old, map(type, new), new, strict=True))
            if not all(self._same(before, after) for _, before, _, after in pairs):
                return False
        return True
