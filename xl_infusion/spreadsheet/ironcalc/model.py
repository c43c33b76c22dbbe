"""The embedded engine, IronCalc: a model is made for some formulas and what they read, and dropped again.

The user's file is never loaded into it, and it knows neither tables nor names nor our functions: formulas
come to it translated, with the values of the cells that they read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import ironcalc

from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.formula.tree import Area
from xl_infusion.spreadsheet.ironcalc.functions import Failure
from xl_infusion.spreadsheet.ironcalc.text import MARK, NotCalculable
from xl_infusion.spreadsheet.xlsx.grid import MAX_ROW
from xl_infusion.spreadsheet.xlsx.values import in_cell

#: The errors that the engine has too; any other becomes a ``#VALUE!``.
_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)  # fmt: skip
_FAILURES = {
    "#CIRC!": "goes in a circle",
    "#ERROR!": "cannot be read by the embedded engine",
    "#N/IMPL!": "needs what the embedded engine does not have",
    MARK: "makes a text of a very large or small number or a number of a text that may be a day, counts days before "
    "March 1900, or gives #NULL!",
}


class Model:
    """A workbook in the engine: the user's sheets by name, and sheets of its own for helper cells."""

    def __init__(self, sheets: Sequence[str], date1904: bool) -> None:
        self.date1904 = date1904
        self.model = ironcalc.create("fill", "en", "UTC", "en")
        self._names: list[str] = []
        self._reason = ""
        for name in sheets:
            self._add(name)
        #: the user's sheets
        self.sheets = {name: at for at, name in enumerate(sheets)}
        self._helpers, self._helper_rows = -1, MAX_ROW
        self._layers: list[int] = []
        self._depth: dict[tuple[int, int], int] = {}

    def _add(self, name: str) -> int:
        try:
            if self._names:
                self.model.add_sheet(name)
            else:
                self.model.rename_sheet(0, name)
        except ironcalc.WorkbookError:
            # a name that Excel does not allow: formulas would not find the sheet
            self._reason = f"cannot be calculated beside a sheet named {name!r}"
            return self._add(f"sheet {len(self._names)}")
        self._names.append(name)
        return len(self._names) - 1

    def _own(self) -> int:
        """Another sheet of the model's own, by a name that the user has not given."""
        taken = {name.casefold() for name in self.sheets}
        number = len(self._names)
        while (name := f"fill {number}") in taken:
            number += len(taken)
        return self._add(name)

    # -- what goes in ----------------------------------------------------------------------------------------

    def put(self, sheet: int, row: int, col: int, value: Any) -> None:
        """The value of a cell; None leaves it truly empty."""
        kind = type(value)
        if kind is float:
            self.model.update_cell_with_number(sheet, row, col, value)
        elif kind is str:
            self.model.update_cell_with_text(sheet, row, col, value)
        elif isinstance(value, ExcelError):
            code = str(value) if value in _ERRORS else "#VALUE!"
            self.model.update_cell_with_formula(sheet, row, col, "=" + code)
        elif isinstance(value, bool):
            self.model.update_cell_with_bool(sheet, row, col, value)
        elif isinstance(value, str):
            self.model.update_cell_with_text(sheet, row, col, str(value))
        elif value is not None:
            number = in_cell(value, self.date1904)
            assert isinstance(number, float)
            self.model.update_cell_with_number(sheet, row, col, number)

    def helper(self, rows: Sequence[Sequence[object]]) -> str:
        """Writes values into cells of the model's own. Out: their reference."""
        if self._helper_rows + len(rows) > MAX_ROW:
            self._helpers, self._helper_rows = self._own(), 0
        top = self._helper_rows + 1
        for row, line in enumerate(rows, top):
            for col, value in enumerate(line, 1):
                self.put(self._helpers, row, col, "" if value is None else value)
        self._helper_rows += len(rows)
        return Area(self._names[self._helpers], top, 1, self._helper_rows, len(rows[0])).text()

    def gathered(self, cells: Sequence[Area], places: Sequence[int]) -> tuple[str, str]:
        """Puts cells one under the other, and their places beside them. Out: the references of both."""
        self.helper([[None, float(place)] for place in places])
        top, bottom = self._helper_rows - len(cells) + 1, self._helper_rows
        for row, cell in enumerate(cells, top):
            self.formula(self._helpers, row, 1, cell.text())
        name = self._names[self._helpers]
        return Area(name, top, 1, bottom, 1).range(), Area(name, top, 2, bottom, 2).range()

    def formula(self, sheet: int, row: int, col: int, text: str) -> None:
        """Puts a formula, without ``=``, into a cell."""
        self.model.update_cell_with_formula(sheet, row, col, "=" + text)

    def alone(self, row: int, col: int, text: str, several: bool) -> int:
        """Puts a formula on a sheet of the model's own, as if it stood in ``row`` and ``col``. Out: that
        sheet.

        One that may give ``several`` values has the sheet for itself.
        """
        if several:
            sheet = self._own()
        else:
            depth = self._depth[row, col] = self._depth.get((row, col), -1) + 1
            if depth == len(self._layers):
                self._layers.append(self._own())
            sheet = self._layers[depth]
        self.formula(sheet, row, col, text)
        return sheet

    # -- what comes out --------------------------------------------------------------------------------------

    def calculate(self) -> None:
        """Errors: `NotCalculable` when the engine breaks off, or does not take the workbook's sheets."""
        if self._reason:
            raise NotCalculable(self._reason)
        try:
            self.model.evaluate()
        except BaseException as error:
            # a panic of the engine derives from BaseException alone
            if type(error).__name__ != "PanicException":
                raise
            raise NotCalculable("makes the embedded engine break off") from None

    def value(self, sheet: int, row: int, col: int) -> object:
        """The result of a formula, or a `Failure`."""
        value = self.model.get_cell_value(sheet, row, col)
        if isinstance(value, str):
            if value[:1] == "#" and self.model.get_cell_type(sheet, row, col) == ironcalc.CellType.ErrorValue:
                return Failure(_FAILURES[value]) if value in _FAILURES else ExcelError(value)
            return value
        if isinstance(value, float) and not math.isfinite(value):
            return Failure("gives a number that no cell can hold")
        return Failure("gives nothing") if value is None else value

    def values(self, sheet: int, row: int, col: int) -> list[list[object]]:
        """All that a formula alone on its sheet spills."""
        _, bottom, _, right = self.model.get_sheet_dimensions(sheet)
        return [
            [self.value(sheet, at, across) for across in range(col, max(right, col) + 1)]
            for at in range(row, max(bottom, row) + 1)
        ]
