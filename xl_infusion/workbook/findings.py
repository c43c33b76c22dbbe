"""The findings of a filled workbook: what its cells that call CLAIM_CHECKS came to, read back from the file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xl_infusion.claim.checks import ERROR, WARNING
from xl_infusion.claim.columns import TABLES
from xl_infusion.errors import ExcelError
from xl_infusion.functions.claim_checks import HEADER
from xl_infusion.spreadsheet.formula.addin_names import Spellings, spellings_of
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.workbook.ours import OURS

#: A row of a table as a message names it (`table_row`).
_NAMED = re.compile(f"({'|'.join(table.name for table in TABLES)}) table row ([0-9]+)(?![0-9])")


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings that stand in a workbook: where, and their rows below the header.

    ``failure``: why there are none, where the checks themselves could not be worked out. ``heads``: the cell in which
    the headings of each table begin (row, column), by its name: findings count their rows from there.
    """

    sheet: str
    cell: tuple[int, int]
    rows: list[dict[str, object]]
    failure: ExcelError | None = None
    heads: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def count(self, severity: str) -> int:
        """How many findings there are of a severity."""
        return sum(row["Severity"] == severity for row in self.rows)

    def place(self, row: Mapping[str, object]) -> str:
        """Where the row of a finding begins on its sheet, ``A9``; "" where it has none, or the table is not there."""
        if row["Row"] == "" or row["Sheet"] not in self.heads:
            return ""
        top, left = self.heads[str(row["Sheet"])]
        return f"{letters(left)}{top - 1 + int(str(row['Row']))}"

    def located(self, text: str) -> str:
        """A message with the cell of each row of a table that it names: ``Rates table row 7 (A9)``."""

        def cell(told: re.Match[str]) -> str:
            at = self.place({"Sheet": told[1], "Row": told[2]})
            return told[0] + (f" ({at})" if at else "")

        return _NAMED.sub(cell, text)


def findings(source: str | Path, filled: str | Path) -> list[Findings]:
    """The findings in ``filled``; ``source`` is the workbook that it was filled from, and has the formulas.

    Errors: `WorkbookError` of a file that cannot be read.
    """
    with Package.open(source) as package:
        places = _places(package)
    if not places:
        return []
    with Package.open(filled) as package:
        cells = {name: package.values(name) for name in {sheet for sheet, _, _ in places}}
        heads = _heads(package)
    return [found for place in places if (found := _at(*place, cells[place[0]], heads)) is not None]


def _places(package: Package) -> list[tuple[str, int, int]]:
    """The cells that call CLAIM_CHECKS: sheet, row and column."""
    asked = Spellings(OURS.only("CLAIM_CHECKS"), spellings_of(package, OURS).namespaces, package.links)
    return [
        (sheet.name, cell.row, cell.col)
        for sheet in package.sheets
        for cell in package.formulas(sheet.name)
        if asked.calls(cell.text)
    ]


def _at(
    sheet: str, row: int, col: int, cells: list[list[object]], heads: Mapping[str, tuple[int, int]]
) -> Findings | None:
    """The findings that begin at a cell; None for a cell that shows something else made of them."""
    left, wide = col - 1, len(HEADER)
    top = cells[row - 1] if row <= len(cells) else []
    first = top[left] if left < len(top) else ""
    if isinstance(first, ExcelError):
        return Findings(sheet, (row, col), [], first)
    if top[left : left + wide] != HEADER:
        return None
    rows = []
    for line in cells[row:]:
        if line[left] not in (ERROR, WARNING):
            break
        rows.append(dict(zip(HEADER, map(_shown, line[left : left + wide]), strict=True)))
    return Findings(sheet, (row, col), rows, heads=heads)


def _heads(package: Package) -> dict[str, tuple[int, int]]:
    """The cell in which the headings of each of our tables begin, by the table's name."""
    tables = {table.name: package.tables.get(table.name.replace(" ", "").casefold()) for table in TABLES}
    return {name: table.ref[:2] for name, table in tables.items() if table is not None}


def _shown(value: object) -> object:
    """A cell as the function gave it: numbers whole, days without a time."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.date() if isinstance(value, dt.datetime) else value
