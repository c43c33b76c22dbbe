"""What each host makes of the table of formulas: the cells of every case, in one form, so that they can be compared.

A number is rounded to nine digits behind the point, a day is its serial number, TRUE and FALSE are 1 and 0 (a cell of
LibreOffice does not tell them apart), a blank cell is "", an error is its name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

from tests.hosts.calc import in_office as calc
from tests.hosts.lite import pyodide
from tests.hosts.server import running as server
from tests.hosts.standins import pywin32
from tests.hosts.standins.excel import Book, split
from tests.hosts.standins.variants import Error
from tests.parity.cases import COLUMN, TOO_FEW, TOO_MANY, Case, cases, sheet
from xl_infusion.errors import ExcelError
from xl_infusion.functions import FUNCTIONS
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.workbook.fill import fill

#: The cells of a case, by rows.
Result = list[list[object]]
_EPOCH = dt.datetime(1899, 12, 30)
_REFERENCE = re.compile(r"[A-Z]{1,3}[0-9]+(?::[A-Z]{1,3}[0-9]+)?")


def one_form(value: object) -> object:
    """A cell in the form in which hosts are compared."""
    if isinstance(value, (ExcelError, Error)):
        return str(value) if isinstance(value, ExcelError) else repr(value).strip("<>")
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
        return (moment - _EPOCH) / dt.timedelta(1)
    if isinstance(value, (int, float)):
        return round(float(value), 9)
    return "" if value is None else str(value)


def rows(value: object) -> Result:
    """A result as rows of comparable cells."""
    given: Sequence[Any] = value if isinstance(value, (list, tuple)) else [[value]]
    if given and not isinstance(given[0], (list, tuple)):
        given = [given]
    return [[one_form(cell) for cell in row] for row in given]


# -- Python ----------------------------------------------------------------------------------------------------


def as_it_is(cell: object) -> object:
    """A single cell as Python has it."""
    return cell


def values(formula: str, lone: Callable[[object], object] = as_it_is) -> tuple[str, list[Any]]:
    """The function of a formula, and its arguments as Python values; ``lone``: what a host makes of a single cell."""
    name, inside = re.fullmatch(r"(\w+)\((.*)\)", formula, re.DOTALL).groups()  # type: ignore[union-attr]
    return name, [_value(part.strip(), lone) for part in split(inside)]


def _value(text: str, lone: Callable[[object], object]) -> Any:
    if not text:
        return None
    if text.startswith('"'):
        return text[1:-1]
    if text.startswith("{"):
        return [[_value(cell, lone) for cell in row.split(",")] for row in text[1:-1].split(";")]
    if day := re.fullmatch(r"DATE\((\d+),(\d+),(\d+)\)", text):
        return dt.date(*map(int, day.groups()))
    if _REFERENCE.fullmatch(text):
        left, top, right, bottom = range_boundaries(text)
        cells = [[sheet().get((row, column)) for column in range(left, right + 1)] for row in range(top, bottom + 1)]
        return cells if ":" in text else lone(cells[0][0])
    return float(text)


@cache
def python(lone: Callable[[object], object] = as_it_is) -> dict[Case, Result]:
    """The functions themselves; ``lone``: what a host makes of a single cell before Python sees it.

    A case in whose cells it changes nothing is what it is without it.
    """
    found: dict[Case, Result] = {}
    for case in cases():
        name, arguments = values(case.formula, lone)
        if lone is not as_it_is and repr(arguments) == repr(values(case.formula)[1]):
            found[case] = python()[case]
        else:
            found[case] = rows(FUNCTIONS[name].call(*arguments))
    return found


def a_number(cell: object) -> object:
    """A single cell as LibreOffice hands it over: a blank one is 0, TRUE is 1, a day its serial number.

    It keeps no other word of them, so that no add-in can tell them from the number.
    """
    return 0.0 if cell is None else one_form(cell) if isinstance(cell, (bool, dt.date)) else cell


def places(results: dict[Case, Result]) -> dict[Case, int]:
    """The row of each formula on the sheet: one below the other, each with the rows of its result."""
    found, row = {}, 2
    for case, result in results.items():
        found[case] = row
        row += len(result) + 1
    return found


def days_are_numbers(cell: object) -> object:
    """A single cell as Office.js hands it over: a day is its serial number, and nothing else of it comes along."""
    return one_form(cell) if isinstance(cell, dt.date) else cell


# -- workbooks -------------------------------------------------------------------------------------------------


def workbook(path: Path, results: dict[Case, Result]) -> Path:
    """The table as a workbook without values; each formula has the cells that its result takes."""
    at = places(results)
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Parity"
    for (row, column), value in sheet().items():
        cell = page.cell(row, column)
        cell.value = str(value) if isinstance(value, ExcelError) else value
        if isinstance(value, str) and not isinstance(value, ExcelError):
            cell.data_type = "s"
    for case, result in results.items():
        row = at[case]
        formula, place = f"={case.formula}", f"{get_column_letter(COLUMN)}{row}"
        height, width = len(result), len(result[0])
        if height * width > 1:
            last = f"{get_column_letter(COLUMN + width - 1)}{row + height - 1}"
            page[place] = ArrayFormula(f"{place}:{last}", formula)
        else:
            page[place] = formula
    book.save(path)
    return path


def _read(cells: Sequence[Sequence[object]], results: dict[Case, Result]) -> dict[Case, Result]:
    """The results as they stand in the cells of a sheet, where ``results`` would stand."""
    rows_at = places(results)

    def at(row: int, column: int) -> object:
        line = cells[row - 1] if row <= len(cells) else []
        return one_form(line[column - 1] if column <= len(line) else "")

    return {
        case: [[at(rows_at[case] + i, COLUMN + j) for j in range(len(result[0]))] for i in range(len(result))]
        for case, result in results.items()
    }


def filled(folder: Path) -> dict[Case, Result]:
    """``xl-infusion fill``, read back from the file."""
    path = workbook(folder / "parity.xlsx", python())
    fill(path)
    with Package.open(path) as package:
        return _read(package.values("Parity"), python())


def over_com() -> dict[Case, Result]:
    """xlwings' own COM server, converters and wrappers, hardened, over stand-ins for pywin32 and Excel's grid."""
    found = {}
    with pywin32.windows() as xlwings:
        book = Book()
        xlwings.udfs.import_udfs("xl_infusion.hosts.excel", book)
        for (row, column), value in sheet().items():
            book.sheet.held[row, column] = Error.named(str(value)) if isinstance(value, ExcelError) else value
        for case in cases():
            found[case] = rows(book.sheet.enter(f"{get_column_letter(COLUMN)}2", f"={case.formula}"))
            book.sheet.held = {at: held for at, held in book.sheet.held.items() if at[1] < COLUMN}
    return found


def in_libreoffice(folder: Path) -> dict[Case, Result]:
    """A LibreOffice with a new profile in which the add-in is installed, after a hard recalculation."""
    path = workbook(folder / "parity.xlsx", python(a_number))
    with calc.office_with_addin(folder / "extensions") as running:
        return _read(calc.recalculated(running, path, looks=1)["Parity"], python(a_number))


def over_office_js(running: pyodide.Pyodide | server.Server) -> dict[Case, Result]:
    """The main.py of xlwings Lite in Pyodide, or xlwings Server over HTTP: a call for each formula, as Excel makes it.

    Office.js hands over every argument that the function has, no more and no less: such a case is not there.
    """
    found = {}
    for case in cases():
        if case.odd in (TOO_FEW, TOO_MANY):
            continue
        name, arguments = values(case.formula)
        left_out = [None] * (len(FUNCTIONS[name].parameters) - len(arguments))
        found[case] = rows(running.call(name, *arguments, *left_out))
    return found
