"""A table on its sheet, and how it comes to have more rows: its range in its own part, and cells in its look.

Rows come to a table out of a file , or stand below it already; both make it reach further here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xl_infusion.spreadsheet.xlsx.errors import SAVE_ANEW, DamagedWorkbook
from xl_infusion.spreadsheet.xlsx.formulas import FormulaCell, SharedFormula
from xl_infusion.spreadsheet.xlsx.grid import Ref, format_ref, of_sheet, parse_ref
from xl_infusion.spreadsheet.xlsx.package import Block, Package, SheetEdit, Table
from xl_infusion.spreadsheet.xlsx.plain import attributes, patterns, position
from xl_infusion.spreadsheet.xlsx.values import KEPT, Content, Formula

Cell = tuple[int, int]

_TABLE_REF = re.compile(rb'(<(?:[\w.-]+:)?(?:table|autoFilter)(?=\s)[^<>]*?\sref=")([^"]*)')
_MERGED = re.compile(rb'<(?:[\w.-]+:)?mergeCell\s[^<>]*?ref="([^"]*)"')


class TableRows:
    """A table of a workbook. ``body``: its rows between the headings and the totals."""

    def __init__(self, package: Package, table: Table) -> None:
        self.package, self.table, self.label = package, table, package.path.name
        top, left, bottom, right = table.ref
        self.body: Ref = (top + table.header_rows, left, bottom - table.totals_rows, right)
        #: the formulas of its sheet
        self.of_sheet = package.formulas(table.sheet)
        self.calculated: dict[Cell, FormulaCell] = {(cell.row, cell.col): cell for cell in self.of_sheet}
        self._moving: dict[int, SharedFormula] | None = None

    @property
    def sheet_part(self) -> str:
        """The part of its sheet, as the archive names it."""
        return self._member(self.package.sheet(self.table.sheet).part)

    @property
    def table_part(self) -> str:
        """The part of the table itself."""
        return self._member(self.package.table_part(self.table))

    def _member(self, part: str) -> str:
        member = self.package.archive.find(part)
        assert member is not None  # the package was read from it
        return member.name

    def merged(self) -> list[Ref]:
        """The merged cells of its sheet."""
        found = _MERGED.findall(self.package.behind_rows(self.table.sheet))
        return [ref for text in found if (ref := parse_ref(text.decode())) is not None]

    def continued(self, row: int) -> dict[int, Formula]:
        """The formulas of the table's last row by their columns, as they are in a row below it.

        A calculated column goes on into new rows, as Excel has it.
        """
        if self._moving is None:
            end, left, right = self.body[2], self.body[1], self.body[3]
            last = {col: self.calculated.get((end, col)) for col in range(left, right + 1)}
            self._moving = {
                col: SharedFormula(cell.text, cell.row, cell.col)
                for col, cell in last.items()
                if cell is not None and cell.kind in ("normal", "shared")
            }
        return {col: Formula(moving.at(row, col)) for col, moving in self._moving.items()}

    def fixed(self) -> Cell | None:
        """A cell of the table's last row whose formula cannot go on below it: one of an array."""
        end, left, right = self.body[2], self.body[1], self.body[3]
        calculated = ((end, col) for col in range(left, right + 1) if (end, col) in self.calculated)
        return next((at for at in calculated if self.calculated[at].kind not in ("normal", "shared")), None)

    def reaching(self, last: int) -> bytes:
        """The part of the table, which reaches to row ``last``. Errors: `DamagedWorkbook`."""
        data = self.package.read(self.table_part)
        old, new = self.table.ref, format_ref((*self.table.ref[:2], last, self.table.ref[3])).encode()
        whole = [found for found in _TABLE_REF.finditer(data) if parse_ref(found[2].decode("latin-1")) == old]
        if not whole or b"\0" in data[:4] or b"<!" in data:
            raise DamagedWorkbook(f"{self.label}: its table {self.table.name} is written strangely; {SAVE_ANEW}")
        for found in reversed(whole):
            data = data[: found.start(2)] + new + data[found.end(2) :]
        return data

    def line(self, contents: Mapping[int, Content]) -> list[Content]:
        """What is put into a row of the table, from its first column to its last; every other cell is kept."""
        return [contents.get(col, KEPT) for col in range(self.body[1], self.body[3] + 1)]

    def edit(self, first: int, lines: Sequence[Sequence[Content]], clear: Sequence[Ref] = ()) -> SheetEdit:
        """What changes on the sheet where rows of `line` come to stand from row ``first`` on.

        Their cells get the look of the table's first row; one that is there and has a look of its own keeps it.
        Errors: `DamagedWorkbook`.
        """
        rows = self.package.rows(self.table.sheet)
        known, styles = patterns(rows.prefix), {}
        for row in known.row.finditer(rows.data, rows.start, rows.end):
            if attributes(row[1]).get(b"r") == b"%d" % self.body[0] and not row[2]:
                end = rows.data.find(b"</" + rows.prefix + b"row", row.end(), rows.end)
                for cell in known.cell_tag.finditer(rows.data, row.end(), end):
                    styles[position(cell)[1]] = attributes(cell[3]).get(b"s", b"")
        return SheetEdit([Block(first, self.body[1], lines)], clear=list(clear), styles=styles)


def meet(one: Ref, two: Ref) -> bool:
    """Whether two rectangles have a cell in common."""
    return one[0] <= two[2] and two[0] <= one[2] and one[1] <= two[3] and two[1] <= one[3]


def rows_named(first: int, last: int) -> str:
    """
    >>> rows_named(5, 5), rows_named(5, 9)
    ('row 5', 'rows 5-9')
    """
    return f"row {first}" if first == last else f"rows {first:,}-{last:,}".replace(",", "")


def rectangle(sheet: str, ref: Ref) -> str:
    """A rectangle as Excel writes it: ``Orders!A5:W9``."""
    return of_sheet(sheet, format_ref(ref))
