"""Putting a payer's remittance into a workbook: the rows of a CSV file into its table Remittance.

The table grows as far as it has to, in the look of its first row; only its sheet and the table itself change, every
other part of the file stays byte for byte.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from xl_infusion.errors import BillingError
from xl_infusion.functions.ranges import records
from xl_infusion.model.columns import REMITTANCE, REMITTANCE_EXPORT
from xl_infusion.model.remittance import adjustments, remits
from xl_infusion.rules.number import exact
from xl_infusion.workbook._errors import REPAIR, SAVE_ANEW, DamagedWorkbook, NotPlain, WorkbookError
from xl_infusion.workbook._export import DAYS, NUMBERS, Export, LacksColumn, UnreadableExport, lines_named, read_export
from xl_infusion.workbook._grid import MAX_ROW, Ref, cell_name, format_ref, parse_ref
from xl_infusion.workbook._plain import attributes, patterns, plain, position, rows_of
from xl_infusion.workbook._values import CellValue
from xl_infusion.workbook.fill import check_dates, place
from xl_infusion.workbook.package import Block, Package, SheetEdit, check_not_locked, write_parts
from xl_infusion.workbook.sheet_xml import patched
from xl_infusion.workbook.target import check_target

__all__ = ["LacksColumn", "NoRoom", "Remitted", "UnreadableExport", "lines_named", "remit"]

#: The amounts whose sums a user can hold against the file's own.
SUMS = ("Charge", "Allowed", "Paid")
_FURTHER = ("Modifiers", "Modifier 2", "Modifier 3", "Modifier 4")
_REASON = ("Adjustment group", "Adjustment amount")
_TABLE_REF = re.compile(rb'(<(?:[\w.-]+:)?(?:table|autoFilter)(?=\s)[^<>]*?\sref=")([^"]*)')
_STYLE = re.compile(rb'\ss="[^"]*"')
_MERGED = re.compile(rb'<(?:[\w.-]+:)?mergeCell\s[^<>]*?ref="([^"]*)"')


class NoRoom(WorkbookError):
    """The table cannot take the rows without going over something else: nothing was written."""


@dataclass(frozen=True, slots=True)
class Remitted:
    """What was put into the table of ``path``.

    ``range``: where its rows stand now, ``grown``: by how many rows the table was extended; ``cleared``: rows that
    went. ``sums``: column -> the sum of the file (US dollars), and how many of its cells are no amount. ``left_out``:
    headings without a column in the workbook, and how many cells each has; ``unknown``: those that no remittance
    has. ``texts``: column -> lines kept as text. ``unplaced``: lines that Variance cannot match, and says why.
    ``already``: rows that the table had before.
    """

    path: Path
    range: str
    rows: int
    columns: int
    grown: int
    cleared: int
    sums: dict[str, tuple[Decimal, int]]
    left_out: dict[str, int]
    unknown: dict[str, int]
    texts: dict[str, list[int]]
    unplaced: list[int]
    already: int
    notes: tuple[str, ...]


def remit(
    export: str | Path, workbook: str | Path, output: str | Path | None = None, *, replace: bool = False
) -> Remitted:
    """Puts the rows of a CSV file below those of the table Remittance, or with ``replace`` in their place.

    Errors: OSError and `UnreadableExport` for the file, `LacksColumn` for a column that it or the table lacks, `NoRoom`
    where something is in the way, `WorkbookError` and its kinds as with `fill`; the workbook is then as it was.
    """
    source = Path(workbook)
    destination = Path(output) if output is not None else source
    read = read_export(Path(export))
    with Package.open(source) as package:
        check_dates(package)
        package.check_unsigned()
        check_target(package, destination)
        check_not_locked(destination)
        there = _There(package)
        joined, left_out = _fitted(read, there.columns)
        before = there.rows()
        first = there.body[0] if replace or not before else max(before) + 1
        already = 0 if replace else _repeated(before, joined)
        last = first + len(joined) - 1
        there.check_room(first, last, joined)
        edit = SheetEdit(clear=there.typed() if replace else [])
        for row, cells in enumerate(joined, first):
            for name, value in cells.items():
                edit.cells[row, there.columns[name]] = value
        parts = {there.sheet_part: there.written(edit, first, last)}
        grown = max(0, last - there.body[2])
        if grown:
            parts[there.table_part] = there.extended(last)
        write_parts(package, destination, parts)
        at = place(there.table.sheet, first, there.body[1]) + f":{cell_name(last, there.body[3])}"
    numbered = [(line, dict(cells)) for (line, _), cells in zip(read.rows, joined, strict=True)]
    return Remitted(
        path=destination,
        range=at,
        rows=len(joined),
        columns=sum(name not in left_out for name in read.columns),
        grown=grown,
        cleared=len(before) if replace else 0,
        sums={name: _sum(read, name) for name in SUMS if name in read.columns},
        left_out=left_out,
        unknown=read.unknown,
        texts=read.texts,
        unplaced=[one.at for one in remits(numbered) if one.problem is not None],
        already=already,
        notes=read.notes,
    )


class _There:
    """The table Remittance as the workbook has it. ``columns``: name -> column of the sheet."""

    def __init__(self, package: Package) -> None:
        label = package.path.name
        found = package.tables.get(REMITTANCE.name.casefold())
        if found is None:
            raise LacksColumn(
                f"{label}: has no table named {REMITTANCE.name}; xl-infusion new writes a workbook that has, or name "
                "one so in Excel (Table Design, Table Name)"
            )
        if found.header_rows != 1:
            raise LacksColumn(f"{label}: its table {found.name} shows no headings; in Excel, Table Design, Header Row")
        self.package, self.table, self.label = package, found, label
        first, left, last, right = found.ref
        #: The rows below the headings and above the totals.
        self.body: Ref = (first + 1, left, last - found.totals_rows, right)
        try:
            [(_, at)] = records([list(found.columns), list(range(left, right + 1))], REMITTANCE_EXPORT)
        except BillingError as error:
            raise LacksColumn(f"{label}, table {found.name}: {error}; give the column that heading in Excel") from None
        self.columns = {name: col for name, col in at.items() if isinstance(col, int)}
        member = package.archive.find(package.sheet(found.sheet).part)
        # the parts of the tables are the last of those with formulas, in the order of the tables
        named = dict(zip(package.tables, package.formula_parts[-len(package.tables) :], strict=True))
        table_member = package.archive.find(named[found.name.casefold()])
        if member is None or table_member is None:
            raise DamagedWorkbook(f"{label}: lacks the part of its table {found.name}; {REPAIR}")
        self.sheet_part, self.table_part = member.name, table_member.name
        self.values = package.values(found.sheet)
        self.formulas = package.formulas(found.sheet)
        self.calculated = {(cell.row, cell.col) for cell in self.formulas}

    def _value(self, row: int, col: int) -> object:
        line = self.values[row - 1] if row <= len(self.values) else []
        return line[col - 1] if col <= len(line) else ""

    def rows(self) -> dict[int, dict[str, object]]:
        """The rows in which something was typed, by their number; formulas do not count."""
        found = {}
        for row in range(self.body[0], self.body[2] + 1):
            cells = {name: value for name, col in self.columns.items()
                     if (row, col) not in self.calculated and not _blank(value := self._value(row, col))}  # fmt: skip
            if cells:
                found[row] = cells
        return found

    def check_room(self, first: int, last: int, rows: Sequence[dict[str, CellValue]]) -> None:
        """Errors: `NoRoom`, which names the cell in the way."""
        for row, cells in enumerate(rows, first):
            for name in cells:
                if (row, self.columns[name]) in self.calculated:
                    raise self._in_the_way(row, self.columns[name], f"a formula, where the file has {name}")
        end = self.body[2]
        if last <= end:
            return
        new: Ref = (end + 1, self.body[1], last, self.body[3])
        table, more = self.table, f"{last - end:,} more row{'s' if last > end + 1 else ''}"
        if last > MAX_ROW:
            raise NoRoom(f"{self.label}: {len(rows):,} rows go beyond the sheet's last; split the file")
        if table.totals_rows:
            raise self._refused(f"has a totals row below it, and needs {more}: switch the totals row off")
        for row, col in sorted(self.calculated):
            if _meet((row, col, row, col), self.body):
                raise self._refused(
                    f"has a formula at {self._place(row, col)}, and needs {more}: in Excel, drag the table's lower "
                    "right corner down that far, so that its formulas go along"
                )
        for other in self.package.tables.values():
            if other is not table and other.sheet == table.sheet and _meet(other.ref, new):
                raise self._in_the_way(max(other.ref[0], new[0]), max(other.ref[1], new[1]), f"the table {other.name}")
        for cell in self.formulas:
            ref = cell.ref if cell.kind == "array" and cell.ref else (cell.row, cell.col, cell.row, cell.col)
            if _meet(ref, new):
                raise self._in_the_way(max(ref[0], new[0]), max(ref[1], new[1]), "a formula")
        for merged in _MERGED.findall(self.package.behind_rows(table.sheet)):
            ref = parse_ref(merged.decode()) or new
            if _meet(ref, new):
                raise self._in_the_way(max(ref[0], new[0]), max(ref[1], new[1]), "a merged cell")
        for row in range(new[0], min(last, len(self.values)) + 1):
            for col in range(new[1], new[3] + 1):
                if not _blank(self._value(row, col)):
                    raise self._in_the_way(row, col, "something")

    def _place(self, row: int, col: int) -> str:
        return place(self.table.sheet, row, col)

    def _refused(self, why: str) -> NoRoom:
        return NoRoom(f"{self.label}: the table {self.table.name} {why}, and read the file again; nothing was changed")

    def _in_the_way(self, row: int, col: int, what: str) -> NoRoom:
        return self._refused(f"cannot take the rows, {self._place(row, col)} has {what}: move it away")

    def typed(self) -> list[Ref]:
        """The rectangles of the table's own cells that hold no formula."""
        found = []
        for col in sorted(self.columns.values()):
            start = self.body[0]
            for row in [*sorted(row for row, at in self.calculated if at == col), self.body[2] + 1]:
                if start < row <= self.body[2] + 1:
                    found.append((start, col, row - 1, col))
                start = max(start, row + 1)
        return found

    def written(self, edit: SheetEdit, first: int, last: int) -> bytes:
        """The sheet with ``edit`` done, and cells in the look of the table's first row where there were none."""
        data = self.package.read(self.sheet_part)
        where = f"{self.label}, sheet {self.table.sheet!r}"
        try:
            rows_of(data)
        except NotPlain:
            data = plain([data], where)
        left, right, end = self.body[1], self.body[3], self.body[2]
        try:
            styles = {col: style for row, col, style, _ in _cells(data, self.body[0], self.body[0])}
            had = {(row, col) for row, col, *_ in _cells(data, first, last) if row <= end}
            lacking = [(row, col) for row in range(first, last + 1) for col in range(left, right + 1)
                       if (row, col) not in had]  # fmt: skip
            if lacking:
                # made first with any value, then emptied: a blank cell has its look too
                blocks = _stacked(lacking)
                new = SheetEdit(
                    blocks=[Block(top, at, [[0] * (to - at + 1)] * (low - top + 1)) for top, at, low, to in blocks]
                )
                data = b"".join(patched([data], new, place=where))
                data = _styled(data, first, last, frozenset(lacking), styles)
                edit.clear += blocks
            return b"".join(patched([data], edit, place=where))
        except NotPlain as error:
            raise DamagedWorkbook(f"{where}: is written in a form that no program writes; {SAVE_ANEW}") from error

    def extended(self, last: int) -> bytes:
        """The part of the table, which reaches to row ``last``."""
        data = self.package.read(self.table_part)
        old, new = self.table.ref, format_ref((*self.table.ref[:2], last, self.table.ref[3])).encode()
        whole = [found for found in _TABLE_REF.finditer(data) if parse_ref(found[2].decode("latin-1")) == old]
        if not whole or b"\0" in data[:4] or b"<!" in data:
            raise DamagedWorkbook(f"{self.label}: its table {self.table.name} is written strangely; {SAVE_ANEW}")
        for found in reversed(whole):
            data = data[: found.start(2)] + new + data[found.end(2) :]
        return data


def _cells(data: bytes, first: int, last: int) -> Iterator[tuple[int, int, bytes, re.Match[bytes]]]:
    """The cells of some rows: row, column, style, the start tag."""
    rows = rows_of(data)
    known = patterns(rows.prefix)
    for found in known.row.finditer(data, rows.start, rows.end):
        number = attributes(found[1]).get(b"r", b"")
        if number.isdigit() and first <= int(number) <= last and not found[2]:
            end = data.find(b"</" + rows.prefix + b"row", found.end(), rows.end)
            for cell in known.cell_tag.finditer(data, found.end(), end):
                row, col = position(cell)
                yield row, col, attributes(cell[3]).get(b"s", b""), cell


def _styled(data: bytes, first: int, last: int, which: frozenset[tuple[int, int]], styles: dict[int, bytes]) -> bytes:
    """The sheet with the cells ``which`` in the styles of their columns."""
    out, copied = [], 0
    for row, col, _, cell in _cells(data, first, last):
        if (row, col) in which:
            style = b' s="%b"' % styles[col] if styles.get(col) else b""
            out += [data[copied : cell.start(3)], style, _STYLE.sub(b"", cell[3])]
            copied = cell.end(3)
    return b"".join([*out, data[copied:]])


def _stacked(cells: Sequence[tuple[int, int]]) -> list[Ref]:
    """Cells, row by row, as few rectangles: those of rows that are alike and follow each other are one.

    >>> _stacked([(5, 1), (5, 2), (6, 1), (6, 2), (8, 2)])
    [(5, 1, 6, 2), (8, 2, 8, 2)]
    """
    runs: list[Ref] = []
    for row, col in cells:
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


def _meet(one: Ref, two: Ref) -> bool:
    return one[0] <= two[2] and two[0] <= one[2] and one[1] <= two[3] and two[1] <= one[3]


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _fitted(read: Export, columns: dict[str, int]) -> tuple[list[dict[str, CellValue]], dict[str, int]]:
    """The file's rows in the table's columns, and how many cells of which column have no place there.

    What the table keeps in one column is joined: modifiers, and a reason with its group and amount.
    """
    left: Counter[str] = Counter({name: 0 for name in read.columns if name not in columns})
    fitted = []
    joined = set()
    for _, cells in read.rows:
        row = {name: value for name, value in cells.items() if name in columns}
        loose = {name: value for name, value in cells.items() if name not in columns}
        further = [str(cells[name]) for name in _FURTHER if name in cells]
        if "Modifiers" in columns and any(name in loose for name in _FURTHER):
            row["Modifiers"] = " ".join(further)
            for name in _FURTHER:
                joined.add(name)
                loose.pop(name, None)
        if loose.keys() & set(_REASON) and "Adjustments" in row and (reason := _reason(cells)):
            row["Adjustments"] = reason
            for name in _REASON:
                joined.add(name)
                loose.pop(name, None)
        left.update(loose.keys())
        fitted.append(row)
    return fitted, {name: count for name, count in left.items() if count or name not in joined}


def _reason(cells: dict[str, CellValue]) -> str:
    """The reason of a row with its group and its amount, if it reads as these do where they stand apart."""
    said, group, amount = (cells.get(name) for name in ("Adjustments", *_REASON))
    alone = adjustments(str(said), str(group or "").upper())
    if len(alone) != 1 or (amount is not None and (alone[0].amount is not None or not isinstance(amount, Decimal))):
        return ""
    reason = f"{group}-{said}" if group and not adjustments(str(said))[0].group else str(said)
    if isinstance(amount, Decimal):
        reason += f" {amount:.2f}"
    again = adjustments(reason)
    same = len(again) == 1 and (again[0].group, again[0].code) == (alone[0].group, alone[0].code)
    return reason if same and again[0].amount == (alone[0].amount if amount is None else amount) else ""


def _repeated(before: dict[int, dict[str, object]], rows: Sequence[dict[str, CellValue]]) -> int:
    """How many of the rows say what a row of the table says already."""
    known = Counter(frozenset((name, _said(name, value)) for name, value in cells.items()) for cells in before.values())
    new = Counter(frozenset((name, _said(name, value)) for name, value in cells.items()) for cells in rows)
    return (known & new).total()


def _said(name: str, value: object) -> object:
    """What a cell says, however a workbook stores it."""
    if name in NUMBERS and isinstance(value, (int, float, Decimal)):
        return exact(value, name)
    return str(value)[:10] if name in DAYS else str(value).strip().removesuffix(".0").casefold()


def _sum(read: Export, name: str) -> tuple[Decimal, int]:
    """The sum of a column of the file, and how many cells of it are no amount."""
    amounts = [row[name] for _, row in read.rows if name in row]
    sums = [value for value in amounts if isinstance(value, Decimal)]
    return sum(sums, Decimal(0)), len(amounts) - len(sums)
