"""A real LibreOffice with the add-in in it, put there by ``xl-infusion calc install``.

The add-in is installed for all users, which root must do; "all users" are those that see a folder of the test's own.
Tests open workbooks to edit them: Calc lets no one change a document that is open to read only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests import libreoffice
from xl_infusion.cli import app
from xl_infusion.errors import ExcelError


@contextlib.contextmanager
def shared_extensions(folder: Path) -> Iterator[None]:
    """Extensions for all users are in ``folder``, for every LibreOffice that is started meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("UNO_SHARED_PACKAGES", "UNO_SHARED_PACKAGES_CACHE"):
            patch.setenv(variable, folder.as_uri())
        yield


@contextlib.contextmanager
def office_with_addin(folder: Path) -> Iterator[libreoffice.Office]:
    """A running LibreOffice with a new profile, in which Calc has the functions."""
    libreoffice.soffice()
    with shared_extensions(folder):
        done = CliRunner().invoke(app, ["calc", "install", "--shared"])
        assert done.exit_code == 0, done.output
        with libreoffice.office() as running:
            yield running


def recalculated(office: libreoffice.Office, path: Path, looks: int = 2) -> dict[str, list[list[libreoffice.Value]]]:
    """Every cell of a workbook opened to be edited, hard recalculated, and looked after by the add-in.

    ``looks``: how often its formulas are calculated; once will do where no result outgrows its cells.
    """
    found: dict[str, list[list[libreoffice.Value]]] = {}
    for name, rows, errors in office.run(READ + RECALCULATED, str(path.resolve()), looks):
        for row, column, number in errors:
            rows[row][column] = ExcelError(libreoffice.CALC_ERRORS.get(number, f"Err:{number}"))
        found[name] = rows
    return found


def formulas(office: libreoffice.Office, cells: dict[str, Any], wanted: list[str]) -> list[Any]:
    """What formulas give in a new document: a cell, or the rows of ``range=array formula``, errors as such.

    ``cells``: cell -> number, text or formula, typed into the document before.
    """
    found = office.run(READ + TYPED, cells, wanted)
    return [_told(value) for value in found]


def _told(value: Any) -> Any:
    if isinstance(value, list):
        return [_told(one) for one in value]
    if isinstance(value, dict):
        return ExcelError(libreoffice.CALC_ERRORS.get(value["error"], f"Err:{value['error']}"))
    return value


#: What the scripts share: a cell's value; and the moment in which LibreOffice does what it put off.
READ = """
import time

def value(cell):
    if cell.getError():
        return {"error": cell.getError()}
    return cell.String if cell.FormulaResultType2 == 2 or cell.Type.value == "TEXT" else cell.Value

def settled(document, looks=2):
    # formulas are calculated when they are looked at; what the add-in changes then, it changes afterwards
    for _ in range(looks):
        document.calculateAll()
        time.sleep(0.3)
        context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", context).processEventsToIdle()
"""

RECALCULATED = """
path, looks = arguments
document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, properties(Hidden=True))
try:
    settled(document, looks)
    result = []
    for sheet in document.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(True)
        end = cursor.RangeAddress
        data = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).getDataArray()
        rows = [["" if cell is None else cell for cell in row] for row in data]
        errors = [
            (row, column, sheet.getCellByPosition(column, row).getError())
            for area in sheet.queryFormulaCells(4).RangeAddresses
            for row in range(area.StartRow, area.EndRow + 1)
            for column in range(area.StartColumn, area.EndColumn + 1)
        ]
        result.append((sheet.Name, rows, errors))
finally:
    document.close(True)
"""

TYPED = """
typed, wanted = arguments
document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
try:
    sheet = document.Sheets.getByIndex(0)
    for place, content in typed.items():
        cell = sheet.getCellRangeByName(place)
        if isinstance(content, str):
            cell.Formula = content
        else:
            cell.Value = content
    places = []
    for i, formula in enumerate(wanted):
        place, _, array = formula.partition("=")
        if place:
            area = sheet.getCellRangeByName(place)
            area.setArrayFormula("=" + array)
            places.append(area)
        else:
            cell = sheet.getCellByPosition(200, i)
            cell.Formula = formula
            places.append(cell)
    document.calculateAll()
    result = []
    for place in places:
        if hasattr(place, "getError"):
            result.append(value(place))
        else:
            area = place.getRangeAddress()
            height, width = area.EndRow - area.StartRow + 1, area.EndColumn - area.StartColumn + 1
            result.append([[value(place.getCellByPosition(x, y)) for x in range(width)] for y in range(height)])
finally:
    document.close(True)
"""
