"""Workbooks made in a test, and what is calculated in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from xl_infusion.spreadsheet.calculation.calculate import Calculation, calculate, edits
from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.formula.addin_names import AddIn
from xl_infusion.spreadsheet.xlsx.package import Package, SheetEdit, write

NA = ExcelError("#N/A")


def elementwise(function: Callable[..., object]) -> Callable[..., object]:
    """A function of single values that also takes rows of one length."""

    def call(*args: Any) -> object:
        rows = max((len(arg) for arg in args if isinstance(arg, list)), default=0)
        if not rows:
            return function(*args)
        return [[function(*(arg[at][0] if isinstance(arg, list) else arg for arg in args))] for at in range(rows)]

    return call


def units(drug: object, dose: object = None, *rest: object) -> object:
    """Ten units a gram; an error in an argument comes out, a drug is needed."""
    for value in (drug, dose, *rest):
        if isinstance(value, ExcelError):
            return value
    return float(dose or 0) * 10 if drug else NA  # type: ignore[arg-type]


def grid(orders: list[list[object]], times: float = 1) -> object:
    """A header and, for every order with a drug, its drug and dose."""
    lines = [row for row in orders if row[0]]
    return [
        ["Drug", "Units"],
        *([row[0], units(row[0], row[1]) if times == 1 else float(row[1]) * times] for row in lines),
    ]  # type: ignore[arg-type]


FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "JUNITS": elementwise(units),
    "SHOW": elementwise(lambda *values: " ".join(type(value).__name__ + ":" + str(value) for value in values)),
    "WHOLE": lambda value: f"{len(value)}x{len(value[0])}" if isinstance(value, list) else repr(value),
    "CLAIM_GRID": grid,
    "ADD": elementwise(lambda a, b: units("x", a) if isinstance(a, ExcelError) else float(a or 0) + float(b or 0)),
    "EMPTY": lambda: [],
}

Cells = Mapping[str, object]


def build(
    path: Path,
    sheets: Mapping[str, Cells],
    tables: Mapping[str, str] = {},
    names: Mapping[str, str] = {},
    settings: Mapping[str, object] = {},
) -> Path:
    """A workbook: cells by name; ``{=...}`` with a range in front is an array formula; tables as ``Sheet!A1:B9``.

    ``settings``: what it says of its calculation; as Excel stores it, results are current.
    """
    book = openpyxl.Workbook()
    book.calculation = CalcProperties(**{"calcId": 191029, "fullCalcOnLoad": None, **settings})
    book.remove(book.active)
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for place, value in cells.items():
            first = place.split(":")[0]
            if isinstance(value, str) and value.startswith("{="):
                sheet[first] = ArrayFormula(place, value[1:-1])
            elif isinstance(value, ExcelError):
                sheet[first] = str(value)
                sheet[first].data_type = "e"
            else:
                sheet[first] = value
                if isinstance(value, str) and value.startswith("#"):
                    sheet[first].data_type = "s"
    for name, place in tables.items():
        title, ref = place.split("!")
        book[title].add_table(Table(displayName=name, ref=ref))
    for name, text in names.items():
        scope, _, bare = name.rpartition("!")
        target = book[scope].defined_names if scope else book.defined_names
        target[bare] = DefinedName(bare, attr_text=text)
    book.save(path)
    return path


class Done:
    """A workbook that was calculated, and the values found in it."""

    def __init__(self, path: Path, functions: Mapping[str, Callable[..., object]] = FUNCTIONS) -> None:
        self.path = path
        with Package.open(path) as package:
            self.found: Calculation = calculate(package, functions, addin=AddIn(frozenset(functions), namespace="OWN"))
            self.edits: dict[str, SheetEdit] = edits(package, self.found)

    def __getitem__(self, place: str) -> object:
        sheet, row, col = at(place)
        return self.found.values[sheet][row, col]

    def spill(self, place: str) -> list[list[object]]:
        [rows] = [one.rows for one in self.found.spills if (one.sheet, one.row, one.col) == at(place)]
        return [list(line) for line in rows]

    def left(self) -> dict[str, str]:
        return {
            f"{one.sheet}!{openpyxl.utils.get_column_letter(one.col)}{one.row}": one.reason
            for one in self.found.unresolved
        }

    def again(self) -> Done:
        """The same after the results were written."""
        with Package.open(self.path) as package:
            waiting = bool(self.found.unresolved)
            write(package, self.path, self.edits, full_calc_on_load=waiting, current=not package.stale)
        return Done(self.path)


def at(place: str) -> tuple[str, int, int]:
    """``S!B2`` as sheet, row and column."""
    sheet, _, cell = place.rpartition("!")
    letters, row = coordinate_from_string(cell)
    return sheet, row, column_index_from_string(letters)


def store(path: Path, results: Mapping[str, object]) -> Path:
    """Writes what the cells of a workbook hold, formulas too, as a program does that worked nothing out."""
    edit: dict[str, SheetEdit] = defaultdict(SheetEdit)
    for place, value in results.items():
        sheet, row, col = at(place)
        edit[sheet].cells[row, col] = value  # type: ignore[assignment]
    with Package.open(path) as package:
        write(package, path, edit)
    return path
