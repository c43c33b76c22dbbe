"""A table on its sheet, and how it comes to have more rows: its range in its own part, and cells in its look.

Rows come to a table out of a file (`csv_rows`), or stand below it already (`_growth`); both make it reach further here.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from xl_infusion.workbook._errors import SAVE_ANEW, DamagedWorkbook, NotPlain
from xl_infusion.workbook._formulas import FormulaCell, SharedFormula
from xl_infusion.workbook._grid import Ref, format_ref, parse_ref
from xl_infusion.workbook._plain import attributes, patterns, plain, position, rows_of
from xl_infusion.workbook.package import Block, Package, SheetEdit, Table
from xl_infusion.workbook.sheet_xml import patched

Cell = tuple[int, int]

_TABLE_REF = re.compile(rb'(<(?:[\w.-]+:)?(?:table|autoFilter)(?=\s)[^<>]*?\sref=")([^"]*)')
_STYLE = re.compile(rb'\ss="[^"]*"')
_TYPE = re.compile(rb'\st="[^"]*"')
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

    def continued(self, last: int, full: Container[Cell]) -> dict[Cell, str]:
        """The formulas of the table's last row, for the cells below it that are not ``full``, down to row ``last``.

        A calculated column goes on into new rows, as Excel has it.
        """
        found: dict[Cell, str] = {}
        end = self.body[2]
        for col in range(self.body[1], self.body[3] + 1):
            cell = self.calculated.get((end, col))
            if cell is None or cell.kind not in ("normal", "shared"):
                continue
            moving = SharedFormula(cell.text, cell.row, cell.col)
            for row in range(end + 1, last + 1):
                if (row, col) not in full:
                    found[row, col] = moving.at(row, col)
        return found

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

    def dressed(self, edit: SheetEdit, first: int, last: int, formulas: Mapping[Cell, str] | None = None) -> bytes:
        """The sheet with ``edit`` done, and every cell of these rows in the look of the table's first row.

        A cell that is there and has a look of its own keeps it. ``formulas``: those of blank cells, without their =.
        Errors: `DamagedWorkbook`.
        """
        data = self.package.read(self.sheet_part)
        where = f"{self.label}, sheet {self.table.sheet!r}"
        try:
            rows_of(data)
        except NotPlain:
            data = plain([data], where)
        try:
            return self._dressed(data, edit, first, last, formulas or {}, where)
        except NotPlain as error:
            raise DamagedWorkbook(f"{where}: is written in a form that no program writes; {SAVE_ANEW}") from error

    def _dressed(
        self, data: bytes, edit: SheetEdit, first: int, last: int, formulas: Mapping[Cell, str], where: str
    ) -> bytes:
        left, right, end = self.body[1], self.body[3], self.body[2]
        styles = {col: style for _, col, style, _ in cells(data, self.body[0], self.body[0])}
        had = {(row, col): style for row, col, style, _ in cells(data, first, last) if left <= col <= right}
        lacking = [(row, col) for row in range(first, last + 1) for col in range(left, right + 1)
                   if (row, col) not in had]  # fmt: skip
        bare = {at for at, style in had.items() if at[0] > end and style in (b"", b"0")}
        blocks = _stacked(lacking)
        # made first with any value, then emptied: a blank cell has its look too
        new = SheetEdit(
            blocks=[Block(top, at, [[0] * (to - at + 1)] * (low - top + 1)) for top, at, low, to in blocks],
            cells=dict.fromkeys(formulas, 0),
        )
        if new:
            data = b"".join(patched([data], new, place=where))
        if lacking or bare:
            data = _styled(data, first, last, frozenset(lacking) | bare, styles)
        if formulas:
            data = _calculated(data, first, last, formulas)
        emptied = _stacked([at for at in lacking if at not in formulas])
        edit = SheetEdit(edit.blocks, edit.cells, [*edit.clear, *emptied], edit.array_refs, edit.values_only)
        return b"".join(patched([data], edit, place=where))


def cells(data: bytes, first: int, last: int) -> Iterator[tuple[int, int, bytes, re.Match[bytes]]]:
    """The cells of some rows of a plain sheet: row, column, style, the start tag."""
    rows = rows_of(data)
    known = patterns(rows.prefix)
    for found in known.row.finditer(data, rows.start, rows.end):
        number = attributes(found[1]).get(b"r", b"")
        if number.isdigit() and first <= int(number) <= last and not found[2]:
            end = data.find(b"</" + rows.prefix + b"row", found.end(), rows.end)
            for cell in known.cell_tag.finditer(data, found.end(), end):
                row, col = position(cell)
                yield row, col, attributes(cell[3]).get(b"s", b""), cell


def _styled(data: bytes, first: int, last: int, which: frozenset[Cell], styles: dict[int, bytes]) -> bytes:
    """The sheet with the cells ``which`` in the styles of their columns."""
    out, copied = [], 0
    for row, col, _, cell in cells(data, first, last):
        if (row, col) in which:
            style = b' s="%b"' % styles[col] if styles.get(col) else b""
            out += [data[copied : cell.start(3)], style, _STYLE.sub(b"", cell[3])]
            copied = cell.end(3)
    return b"".join([*out, data[copied:]])


def _calculated(data: bytes, first: int, last: int, formulas: Mapping[Cell, str]) -> bytes:
    """The sheet with formulas in place of the values of some cells."""
    rows = rows_of(data)
    prefix, whole = rows.prefix, patterns(rows.prefix).cell
    out, copied = [], 0
    for row, col, _, cell in cells(data, first, last):
        if (row, col) in formulas:
            found = whole.match(data, cell.start())
            if found is None:
                raise NotPlain
            text = escape(formulas[row, col]).encode()
            start = data[found.start() : found.start(3)] + _TYPE.sub(b"", found[3])
            out += [data[copied : found.start()], b"%b><%bf>%b</%bf></%bc>" % (start, prefix, text, prefix, prefix)]
            copied = found.end()
    return b"".join([*out, data[copied:]])


def _stacked(places: Sequence[Cell]) -> list[Ref]:
    """Cells, row by row, as few rectangles: those of rows that are alike and follow each other are one.

    >>> _stacked([(5, 1), (5, 2), (6, 1), (6, 2), (8, 2)])
    [(5, 1, 6, 2), (8, 2, 8, 2)]
    """
    runs: list[Ref] = []
    for row, col in places:
        if runs and runs[-1][0] == row and runs[-1][3] == col - 1:
            runs[-1] = (row, runs[-1][1], row, col)
        else:
            runs.append((row, col, row, col))
    found: list[Ref] = []
    for run in runs:
        if found and found[-1][1::2] == run[1::2] and found[-1][2] == run[0] - 1:
            found[-1] = (*found[-1][:2], run[2], run[3])
        else:
            found.append(run)
    return found


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
    quoted = sheet if sheet.isalnum() else "'" + sheet.replace("'", "''") + "'"
    return f"{quoted}!{format_ref(ref)}"
