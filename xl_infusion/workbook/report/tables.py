"""The tables of a workbook as the worksheet functions take them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.calculation.calculate import Unresolved
from xl_infusion.spreadsheet.formula.totals import Totals, totals_of
from xl_infusion.spreadsheet.xlsx.grid import place
from xl_infusion.spreadsheet.xlsx.package import Package, Table, WorkbookError
from xl_infusion.template.sheets.model_grids import PROPOSED_LABEL, SHEET
from xl_infusion.workbook.fill import check_dates, fill
from xl_infusion.workbook.growth import Read, grow
from xl_infusion.workbook.wrong_tables import BY_PARAMETER, why_no_table

#: A table with its headings, row by row.
Range = list[list[object]]

#: The Excel tables that the model reads, by their names.
NAMES = (
    "Orders", "Visits", "Payers", "Rates", "PayerCodes", "OwnCodes", "Costs", "Scenarios", "Remittance",
)  # fmt: skip
#: The columns of each.
_COLUMNS = {name: BY_PARAMETER[parameter] for name in NAMES for parameter in BY_PARAMETER
            if parameter.replace("_", "") == name.casefold()}  # fmt: skip


class NoOrders(WorkbookError):
    """The workbook has no table Orders: there is nothing to report on."""


class Tables:
    """The tables that a workbook has; one that it lacks is None, as a function takes an argument left out.

    ``proposed``: the scenario that is chosen on its sheet Model, "" for none; ``totals``: the rows of totals of these
    tables, which are none of their rows.
    """

    def __init__(self, found: dict[str, Range], proposed: str, totals: Sequence[Totals] = ()) -> None:
        self._found, self.proposed, self.totals = found, proposed, totals

    def __getitem__(self, name: str) -> Range | None:
        return self._found.get(name)

    def rows(self, name: str) -> int:
        """How many rows of a table have something in them; 0 where there is no such table."""
        return sum(any(cell not in ("", None) for cell in row) for row in (self[name] or [])[1:])

    @property
    def wrong(self) -> str:
        """Why one of them is not the table that the functions take (it lacks a column); "" where all are."""
        return next((why for name, table in _COLUMNS.items() if (why := why_no_table(self[name], table))), "")

    def why_none(self, name: str) -> str:
        """Why there is nothing to read in a table."""
        if self[name] is None:
            return f"the workbook has no table {name}"
        return f"the table {name} has no rows yet"


def tables_of(path: Path) -> Tables:
    """The tables of a workbook, with the values that their cells show.

    Where a formula stands in one of them the workbook is computed first, in a copy: a program that wrote the formula
    may have left it without a value. Errors: those of `fill`; `NoOrders`.
    """
    with Package.open(path) as opened:
        check_dates(opened)
        package = _grown(opened)
        found = _ours(package)
        if not any(table.name.casefold() == "orders" for table in found):
            raise NoOrders(
                f"{path.name} has no table Orders: xl-infusion new FILE writes a workbook that has one; in your own, "
                "mark the orders with their headings, Insert > Table, and name it Orders"
            )
        if not any(_has_formula(package, table) for table in found):
            return _read(package, found)
    with disk.workspace() as folder:
        copy = folder / path.name
        _check_values(path, found, fill(path, copy).unresolved)
        with Package.open(copy) as opened:
            package = _grown(opened)
            return _read(package, [package.tables[table.name.casefold()] for table in found])


def _ours(package: Package) -> list[Table]:
    """Those of the model's tables that a workbook has."""
    return [package.tables[name.casefold()] for name in NAMES if name.casefold() in package.tables]


def _check_values(path: Path, tables: Sequence[Table], unresolved: Sequence[Unresolved]) -> None:
    """Errors: `WorkbookError` where a formula in one of the tables could not be worked out."""
    for left in unresolved:
        if any(_within(table, left.sheet, left.row, left.col) for table in tables):
            raise WorkbookError(
                f"{path.name}: the formula in {place(left.sheet, left.row, left.col)} has no value "
                f"({left.reason}): open the workbook in Excel and save it"
            )


def _grown(package: Package) -> Package:
    """The workbook with every table that is read reaching over the rows right below it, as `fill` has it."""
    growth = grow(package, Read(_ours(package)))
    if growth.outside:
        raise WorkbookError(f"{package.path.name}: {growth.outside[0]}")
    return growth.package


def _within(table: Table, sheet: str, row: int, col: int) -> bool:
    top, left, bottom, right = table.ref
    return sheet == table.sheet and top <= row <= bottom - table.totals_rows and left <= col <= right


def _has_formula(package: Package, table: Table) -> bool:
    return any(_within(table, table.sheet, cell.row, cell.col) for cell in package.formulas(table.sheet))


def _read(package: Package, found: list[Table]) -> Tables:
    sheets = {table.sheet: package.values(table.sheet) for table in found}
    names = {name.casefold(): name for name in NAMES}
    ranges: dict[str, Range] = {}
    for table in found:
        top, left, bottom, right = table.ref
        rows = sheets[table.sheet][top - 1 : bottom - table.totals_rows]
        ranges[names[table.name.casefold()]] = [row[left - 1 : right] for row in rows]
    totals = [one for of_sheet in totals_of(found).values() for one in of_sheet]
    return Tables(ranges, _proposed(package), totals)


def _proposed(package: Package) -> str:
    """What stands beside the label Proposed on the sheet Model, wherever the row is by now."""
    if all(sheet.name.casefold() != SHEET.casefold() for sheet in package.sheets):
        return ""
    found = (row[1] for row in package.values(SHEET) if len(row) > 1 and row[0] == PROPOSED_LABEL)
    return str(next(found, "")).strip()
