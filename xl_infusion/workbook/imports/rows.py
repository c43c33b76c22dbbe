"""Putting the rows of a CSV file into a table of a workbook: orders, visits, or what a payer paid.

The table grows as far as it has to, in the look of its first row. Its sheet and the table itself change, and the
workbook is marked, so that formulas over the rows are calculated; every other part of the file stays byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from pathlib import Path

from xl_infusion.errors import BillingError
from xl_infusion.functions.ranges import records
from xl_infusion.rules.number import exact
from xl_infusion.spreadsheet.xlsx.errors import WorkbookError
from xl_infusion.spreadsheet.xlsx.formulas import FormulaCell
from xl_infusion.spreadsheet.xlsx.grid import MAX_ROW, Ref, place
from xl_infusion.spreadsheet.xlsx.package import Package, check_not_locked, write
from xl_infusion.spreadsheet.xlsx.table_rows import TableRows, meet, rectangle
from xl_infusion.spreadsheet.xlsx.values import Content
from xl_infusion.workbook.fill import check_dates
from xl_infusion.workbook.imports.csv_file import Export, LacksColumn, UnreadableExport, lines_named, read_export
from xl_infusion.workbook.imports.kinds import Cells, Kind
from xl_infusion.workbook.target import check_target, leave_as_it_is

__all__ = ["LacksColumn", "NoRoom", "Put", "UnreadableExport", "lines_named", "put"]


class NoRoom(WorkbookError):
    """The table cannot take the rows without going over something else: nothing was written."""

    status = 6


@dataclass(frozen=True, slots=True)
class Put:
    """What was put into the table of ``path``.

    ``range``: where its rows stand now, ``grown``: by how many rows the table was extended; ``cleared``: rows that
    went. ``sums`` and ``totals``: column -> the sum of the file, and how many of its cells are no number; ``distinct``:
    column -> how many different cells. ``left_out``: headings without a column in the workbook, and how many cells each
    has; ``unknown``: those that no such table has. ``texts``: column -> lines kept as text. ``unplaced``: lines that
    cannot be used as they are. ``already``: rows of the file that the table had before.
    """

    path: Path
    kind: Kind
    range: str
    rows: int
    columns: int
    grown: int
    cleared: int
    sums: dict[str, tuple[Decimal, int]]
    totals: dict[str, tuple[Decimal, int]]
    distinct: dict[str, int]
    left_out: dict[str, int]
    unknown: dict[str, int]
    texts: dict[str, list[int]]
    unplaced: list[int]
    already: int
    notes: tuple[str, ...] = field(default=())


def put(
    export: str | Path, workbook: str | Path, kind: Kind, output: str | Path | None = None, *, replace: bool = False
) -> Put:
    """Puts the rows of a CSV file below those of its table, or with ``replace`` in their place.

    Errors: OSError and `UnreadableExport` for the file, `LacksColumn` for a column that it or the table lacks, `NoRoom`
    where something is in the way, `WorkbookError` and its kinds as with `fill`; the workbook is then as it was.
    """
    source = Path(workbook)
    destination = Path(output) if output is not None else source
    read = read_export(Path(export), kind)
    with Package.open(source) as package:
        check_dates(package)
        package.check_unsigned()
        check_target(package, destination)
        check_not_locked(destination)
        there = _There(package, kind)
        fitted, left_out = kind.fitted([cells for _, cells in read.rows], there.columns, read.columns)
        typed = there.rows()
        before = {} if replace else typed
        again = _again(before, fitted, kind)
        new = fitted if kind.again else _without(fitted, again)
        first = max(before) + 1 if before else there.body[0]
        last = max(first + len(new) - 1, there.body[0])
        there.check_room(first, last, new)
        if new:
            there.write(destination, first, new, clear=replace)
        else:
            leave_as_it_is(package, destination)
    return Put(
        path=destination,
        kind=kind,
        range=rectangle(there.table.sheet, (first, there.body[1], last, there.body[3])) if new else "",
        rows=len(new),
        columns=sum(name not in left_out for name in read.columns),
        grown=max(0, last - there.body[2]),
        cleared=len(typed) - len(before),
        sums=_sums(read, kind.sums),
        totals=_sums(read, kind.totals),
        distinct=_distinct(read, kind.distinct),
        left_out=left_out,
        unknown=read.unknown,
        texts=read.texts,
        unplaced=kind.unplaced([(line, cells) for (line, _), cells in zip(read.rows, fitted, strict=True)]),
        already=len(again),
        notes=read.notes,
    )


class _There(TableRows):
    """The table of a kind as the workbook has it. ``columns``: name -> column of the sheet."""

    def __init__(self, package: Package, kind: Kind) -> None:
        label, name = package.path.name, kind.table.name
        found = package.tables.get(name.casefold())
        if found is None:
            raise LacksColumn(
                f"{label}: has no table named {name}; xl-infusion new writes a workbook that has, or name one so in "
                "Excel (Table Design, Table Name)"
            )
        if found.header_rows != 1:
            raise LacksColumn(f"{label}: its table {found.name} shows no headings; in Excel, Table Design, Header Row")
        super().__init__(package, found)
        left, right = self.body[1::2]
        try:
            [(_, at)] = records([list(found.columns), list(range(left, right + 1))], kind.columns)
        except BillingError as error:
            raise LacksColumn(f"{label}, table {found.name}: {error}; give the column that heading in Excel") from None
        self.columns = {name: col for name, col in at.items() if isinstance(col, int)}
        self.values = package.values(found.sheet)

    def _value(self, row: int, col: int) -> object:
        line = self.values[row - 1] if row <= len(self.values) else []
        return line[col - 1] if col <= len(line) else ""

    def write(self, destination: Path, first: int, rows: Sequence[Cells], *, clear: bool) -> None:
        """Writes the workbook with the rows of a file from row ``first`` on; ``clear``: nothing typed before stays."""
        last = first + len(rows) - 1
        lines = [self._put(row, cells) for row, cells in enumerate(rows, first)]
        edit = self.edit(first, lines, self._typed() if clear else ())
        reaching = {self.table_part: self.reaching(last)} if last > self.body[2] else {}
        write(self.package, destination, {self.table.sheet: edit}, parts=reaching | self.package.outdated())

    def _put(self, row: int, cells: Cells) -> list[Content]:
        """A row of a file in the table's columns, with the table's formulas where it goes below its end."""
        formulas = self.continued(row) if row > self.body[2] else {}
        return self.line({**formulas, **{self.columns[name]: value for name, value in cells.items()}})

    def _typed(self) -> list[Ref]:
        """The rectangles of the table's own cells that hold no formula."""
        found = []
        for col in sorted(self.columns.values()):
            start = self.body[0]
            for row in [*sorted(row for row, at in self.calculated if at == col), self.body[2] + 1]:
                if start < row <= self.body[2] + 1:
                    found.append((start, col, row - 1, col))
                start = max(start, row + 1)
        return found

    def rows(self) -> dict[int, dict[str, object]]:
        """The rows in which something was typed, by their number; formulas do not count."""
        found = {}
        for row in range(self.body[0], self.body[2] + 1):
            cells = {name: value for name, col in self.columns.items()
                     if (row, col) not in self.calculated and not _blank(value := self._value(row, col))}  # fmt: skip
            if cells:
                found[row] = cells
        return found

    def check_room(self, first: int, last: int, rows: Sequence[Cells]) -> None:
        """Errors: `NoRoom`, which names the cell in the way."""
        end = self.body[2]
        needs = f"and needs {last - end:,} more row{'s' if last > end + 1 else ''}"
        if self.table.totals_rows and last > end:
            raise self._refused(f"has a row of totals below it, {needs}: switch it off (Table Design, Total Row)")
        self._check_formulas(first, rows)
        if last <= end:
            return
        if last > MAX_ROW:
            raise NoRoom(f"{self.label}: {len(rows):,} rows go beyond the sheet's last; split the file")
        if at := self.fixed():
            raise self._refused(f"has a formula of several cells at {place(self.table.sheet, *at)}, {needs}")
        new: Ref = (end + 1, self.body[1], last, self.body[3])
        for ref, what in chain(self._obstacles(), self._values_in(new)):
            if meet(ref, new):
                raise self._in_the_way(max(ref[0], new[0]), max(ref[1], new[1]), what)

    def _check_formulas(self, first: int, rows: Sequence[Cells]) -> None:
        """Errors: `NoRoom` where a row of the file would go over a formula of the table."""
        for row, cells in enumerate(rows, first):
            for name in cells:
                if (row, self.columns[name]) in self.calculated:
                    raise self._in_the_way(row, self.columns[name], f"a formula, where the file has {name}")

    def _obstacles(self) -> Iterator[tuple[Ref, str]]:
        """What of the sheet no row can go over: where it stands, and what it is."""
        for other in self.package.tables.values():
            if other != self.table and other.sheet == self.table.sheet:
                yield other.ref, f"the table {other.name}"
        for cell in self.of_sheet:
            yield _filled_by(cell), "a formula"
        for ref in self.merged():
            yield ref, "a merged cell"

    def _values_in(self, ref: Ref) -> Iterator[tuple[Ref, str]]:
        """The cells of a rectangle with something in them."""
        top, left, bottom, right = ref
        for row in range(top, min(bottom, len(self.values)) + 1):
            for col in range(left, right + 1):
                if not _blank(self._value(row, col)):
                    yield (row, col, row, col), "something"

    def _refused(self, why: str) -> NoRoom:
        return NoRoom(f"{self.label}: the table {self.table.name} {why}, and read the file again; nothing was changed")

    def _in_the_way(self, row: int, col: int, what: str) -> NoRoom:
        where = place(self.table.sheet, row, col)
        return self._refused(f"cannot take the rows, {where} has {what}: move it away")


def _filled_by(cell: FormulaCell) -> Ref:
    """The cells that a formula fills: those of its array, or its own."""
    return cell.ref if cell.kind == "array" and cell.ref else (cell.row, cell.col, cell.row, cell.col)


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _again(before: dict[int, dict[str, object]], rows: Sequence[Cells], kind: Kind) -> set[int]:
    """Which of the rows say what a row of the table says already, each row of the table once."""
    if not before:
        return set()
    known = Counter(_content(cells, kind) for cells in before.values())
    found = set()
    for at, cells in enumerate(rows):
        content = _content(cells, kind)
        if known[content]:
            known[content] -= 1
            found.add(at)
    return found


def _without(rows: Sequence[Cells], these: set[int]) -> list[Cells]:
    """The rows but for ``these``, by their numbers from 0."""
    return [row for at, row in enumerate(rows) if at not in these]


def _content(cells: dict[str, object] | Cells, kind: Kind) -> frozenset[tuple[str, object]]:
    return frozenset((name, _said(name, value, kind)) for name, value in cells.items())


def _said(name: str, value: object, kind: Kind) -> object:
    """What a cell says, however a workbook stores it."""
    if name in kind.numbers and isinstance(value, (int, float, Decimal)):
        return exact(value, name)
    return str(value)[:10] if name in kind.days else str(value).strip().removesuffix(".0").casefold()


def _distinct(read: Export, names: Sequence[str]) -> dict[str, int]:
    """How many different cells columns of the file have."""
    return {name: len({row[name] for _, row in read.rows if name in row}) for name in names if name in read.columns}


def _sums(read: Export, names: Sequence[str]) -> dict[str, tuple[Decimal, int]]:
    """The sums of columns of the file, and how many cells of each are no number."""
    found = {}
    for name in names:
        if name in read.columns:
            cells = [row[name] for _, row in read.rows if name in row]
            numbers = [value for value in cells if isinstance(value, Decimal)]
            found[name] = sum(numbers, Decimal(0)), len(cells) - len(numbers)
    return found
