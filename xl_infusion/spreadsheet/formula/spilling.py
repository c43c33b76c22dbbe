"""Arrays that spill, and whether the file says so.

Without the mark Excel shows ``{=CLAIM_GRID(...)}``, an array of a fixed range, and cuts off what the next order adds.
openpyxl and LibreOffice drop it. An array that calls our functions, or reads ``A1#``, is calculated as one that
spills and gets its mark back, also where somebody entered it with Ctrl+Shift+Enter: a range that was right for the
orders of one day is wrong for those of the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xl_infusion.spreadsheet.formula.addin_names import AddIn, namespaces_in
from xl_infusion.spreadsheet.formula.read import Names
from xl_infusion.spreadsheet.xlsx.formulas import FormulaCell
from xl_infusion.spreadsheet.xlsx.grid import Ref
from xl_infusion.spreadsheet.xlsx.package import Package

Formulas = Callable[[str], Sequence[FormulaCell]]


def names_of(package: Package, addin: AddIn, formulas: Formulas) -> Names:
    """What the formulas of a workbook can name; ``formulas`` gives those of a sheet."""
    sheets = [sheet.name for sheet in package.sheets]
    texts = (cell.text for sheet in sheets for cell in formulas(sheet))
    namespaces = namespaces_in((*package.defined_names.values(), *texts), addin)
    return Names(sheets, package.tables, package.defined_names, addin, namespaces, package.links)


def unmarked(package: Package, addin: AddIn, formulas: Formulas) -> dict[str, dict[tuple[int, int], Ref]]:
    """The arrays that spill and are not marked so: by sheet and cell, the range that each fills."""
    arrays = [
        (sheet.name, cell)
        for sheet in package.sheets
        for cell in formulas(sheet.name)
        if cell.kind == "array" and not cell.dynamic
    ]
    found: dict[str, dict[tuple[int, int], Ref]] = {}
    names = names_of(package, addin, formulas) if arrays else None
    for sheet, cell in arrays:
        if names and names.read(cell.text, sheet, cell.row, cell.col).spills:
            _, _, bottom, right = cell.ref or (0, 0, 0, 0)
            ref = (cell.row, cell.col, max(cell.row, bottom), max(cell.col, right))
            found.setdefault(sheet, {})[cell.row, cell.col] = ref
    return found
