"""Rows that stand right below a table that our functions read: the table grows over them, as Excel's does.

Excel makes a table reach further while somebody types below it; a program that writes rows there does not, and what
stands below the end is billed nowhere. A row that the table cannot take in is told, never passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from xl_infusion.claim.column import Table as Columns
from xl_infusion.claim.columns import TABLES
from xl_infusion.errors import BillingError
from xl_infusion.functions.ranges import headings
from xl_infusion.model import MODEL_TABLES
from xl_infusion.spreadsheet.formula.addin_names import AddIn, spellings_of
from xl_infusion.spreadsheet.formula.tree import Area
from xl_infusion.spreadsheet.xlsx.errors import DamagedWorkbook
from xl_infusion.spreadsheet.xlsx.formulas import FormulaCell
from xl_infusion.spreadsheet.xlsx.grid import MAX_ROW, Ref, cell_name, parse_ref
from xl_infusion.spreadsheet.xlsx.package import Package, Table
from xl_infusion.spreadsheet.xlsx.plain import patterns, position
from xl_infusion.spreadsheet.xlsx.table_rows import Cell, TableRows, meet, rectangle, rows_named
from xl_infusion.spreadsheet.xlsx.values import Content

#: Texts, quoted names and what stands in brackets: no name of a table is in them.
_ASIDE = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|\[(?:\'.|[^\[\]\']|\[(?:\'.|[^\[\]\'])*\])*\]', re.DOTALL)
_WORD = re.compile(r"[^\W\d][\w.\\]*")
_ROWS_READ = re.compile(r"(?<![\w!])\$?[A-Za-z]{1,3}\$?([0-9]{1,7}):\$?[A-Za-z]{1,3}\$?([0-9]{1,7})")
#: A range by its cells (2) with its sheet (1); neither in a text.
_RANGE = re.compile(
    r""""(?:[^"]|"")*"|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]"""
    r"""|(?:('(?:[^']|'')*'|(?<![\w.])[\w.]+)!)?(?<![\w.$])(\$?[A-Za-z]{1,3}\$?[0-9]{1,7}:\$?[A-Za-z]{1,3}\$?[0-9]{1,7})(?![\w(])""",
    re.DOTALL,
)
_VALIDATED = re.compile(rb'<(?:[\w.-]+:)?dataValidation\s[^<>]*?\ssqref="([^"]*)"')
#: A call that adds up what it reads, and nothing more; _xlfn. and the like are what Excel puts before newer ones.
_ADDS_UP = re.compile(
    r"(?:_xlfn\.|_xlws\.)*(?:SUM|SUBTOTAL|AGGREGATE|COUNT|COUNTA|COUNTBLANK|AVERAGE|MEDIAN|MODE|MIN|MAX|PRODUCT|SUMPRODUCT"
    r"|SUMIFS?|COUNTIFS?|AVERAGEIFS?|MINIFS|MAXIFS|(?:STDEV|VAR)(?:\.?[SP])?)\([^()]*\)",
    re.IGNORECASE,
)
_ROUNDS = re.compile(r"(?:IFERROR|ROUND)\(", re.IGNORECASE)
#: Functions that bring something from another row, as a row of data has them and no line of totals.
_BRINGS = re.compile(r"(?:LOOKUP|INDEX|FILTER|OFFSET|INDIRECT|CHOOSE)\(", re.IGNORECASE)
#: A line of totals has a label beside its formulas; a range with fewer columns than this holds no orders.
_LABELS = 1
_FEWEST_COLUMNS = 2
_CELL_ROW = re.compile(r"(?<![\w.$])\$?[A-Za-z]{1,3}\$?([0-9]{1,7})(?![\w(])")


@dataclass(frozen=True, slots=True)
class Grown:
    """A table that took in rows which stood right below it: ``first`` to ``last`` of its sheet."""

    table: str
    sheet: str
    ref: Ref

    @property
    def rows(self) -> int:
        return self.ref[2] - self.ref[0] + 1

    @property
    def place(self) -> str:
        """Where the rows stand: ``Orders!A17:W41``."""
        return rectangle(self.sheet, self.ref)


@dataclass(frozen=True, slots=True)
class Outside:
    """Rows below a table, or below a range that a formula reads, that are no part of it.

    ``rows``: how many of them have something in them. ``why`` it cannot take them in, and what to do.
    """

    what: str
    sheet: str
    first: int
    last: int
    rows: int
    why: str

    def __str__(self) -> str:
        verb, are = ("stands", "is") if self.rows == 1 else ("stand", "are")
        many = "" if self.rows == self.last - self.first + 1 else f" ({self.rows:,} of them used)"
        return (
            f"{rows_named(self.first, self.last)} of {self.sheet}{many} {verb} below {self.what} and {are} no part of "
            f"it: {self.why}"
        )


@dataclass(frozen=True, slots=True)
class Growth:
    """A workbook whose tables reach over the rows below them: ``package``, the very one where none grew."""

    package: Package
    grown: list[Grown] = field(default_factory=list)
    outside: list[Outside] = field(default_factory=list)

    @property
    def areas(self) -> list[Area]:
        """The cells that the tables took in."""
        return [Area(one.sheet, *one.ref) for one in self.grown]


@dataclass(frozen=True, slots=True)
class Read:
    """What calls of our functions read: tables, and ranges by their cells, each with where its formula stands."""

    tables: list[Table] = field(default_factory=list)
    ranges: dict[tuple[str, Ref], str] = field(default_factory=dict)


def read_by(package: Package, addin: AddIn) -> Read:
    """What calls of the add-in's functions name, in a formula or through a defined name."""
    defined: dict[str, list[str]] = defaultdict(list)
    for (_, name), text in package.defined_names.items():
        defined[name].append(text)
    texts = list(_calls(package, addin))
    found = Read()
    named: set[str] = set()
    while texts:
        text, own, where = texts.pop()
        for sheet_name, ref in _ranges(text, own):
            found.ranges.setdefault((sheet_name, ref), where)
        words = {word.casefold() for word in _WORD.findall(_ASIDE.sub(" ", text))} - named
        named |= words
        texts += [(text, own, where) for word in words for text in defined.get(word, ())]
    found.tables.extend(table for name, table in package.tables.items() if name in named)
    return found


def _calls(package: Package, addin: AddIn) -> Iterator[tuple[str, str, str]]:
    """The formulas that call the add-in's functions, each with its sheet, "" for a defined name's, and its place."""
    spellings = spellings_of(package, addin)
    for text in package.defined_names.values():
        if spellings.calls(text):
            yield text, "", "a defined name"
    for sheet in package.sheets:
        for cell in package.formulas(sheet.name):
            if spellings.calls(cell.text):
                yield cell.text, sheet.name, rectangle(sheet.name, (cell.row, cell.col, cell.row, cell.col))


def _ranges(text: str, own: str) -> Iterator[tuple[str, Ref]]:
    """The ranges of several rows and columns that a formula names by their cells, by sheet.

    >>> list(_ranges("CLAIM_GRID('My orders'!$A$4:W9,Visits[#All],B2:E3,A1:A9)", "S"))
    [('My orders', (4, 1, 9, 23)), ('S', (2, 2, 3, 5))]
    """
    for found in _RANGE.finditer(text):
        ref = parse_ref(found[2]) if found[2] else None
        if ref and ref[2] > ref[0] and ref[3] - ref[1] >= _FEWEST_COLUMNS:
            yield (found[1] or own).strip("'").replace("''", "'"), ref


def _like_tables(package: Package, read: Read) -> list[tuple[Table, str]]:
    """The ranges that calls read as tables without columns, each with where its formula stands."""
    known = {one.name.casefold(): one.name for one in package.sheets if one.part}
    return [
        (Table(f"the range {rectangle(sheet, ref)}", known[sheet.casefold()], ref, 1, 0, ()), where)
        for (sheet, ref), where in read.ranges.items()
        if sheet.casefold() in known
    ]


def _headed(package: Package, table: Table) -> bool:
    """Whether the first row of a range has the headings that one of our tables must have."""
    top, left, _, right = table.ref
    cells = [line[left - 1 : right] for line in package.values(table.sheet)[top - 1 : top]]
    return any(_has_columns(cells, one) for one in (*TABLES, *MODEL_TABLES))


def _has_columns(cells: list[list[object]], table: Columns) -> bool:
    try:
        return bool(headings(cells, table))
    except BillingError:
        return False


def below_used(package: Package, table: Table) -> bool:
    """Whether the sheet of a table has a row below its end, with something in it or not."""
    rows = package.rows(table.sheet)
    return any(row > table.ref[2] for row in _last_row(rows.data, rows.prefix, rows.start, rows.end))


def _last_row(data: bytes, prefix: bytes, start: int, end: int) -> Iterator[int]:
    """The number of the last row, where there is one."""
    found = patterns(prefix).row.match(data, max(data.rfind(b"<" + prefix + b"row", start, end), start))
    number = re.search(rb'\sr="([0-9]+)"', found[1]) if found else None
    if number:
        yield int(number[1])


def grow(package: Package, read: Read) -> Growth:
    """Makes tables reach over the rows that follow right below them, and tells what stands below what is read.

    The workbook is not written: what comes out is its copy in memory, in which nothing else differs.
    """
    grown: list[Grown] = []
    outside: list[Outside] = []
    parts: dict[str, bytes] = {}
    ranges = _like_tables(package, read)
    headed = [table for table, _ in ranges if _headed(package, table)]
    inputs = [*read.tables, *headed]
    for table in read.tables:
        if not below_used(package, table):
            continue
        below = _Below(package, table, inputs)
        last, left_out = below.reach()
        if last > below.end:
            try:
                parts |= below.taken_in(last, parts)
            except DamagedWorkbook as error:
                left_out = [below.told(below.end + 1, last, str(error))]
            else:
                grown.append(Grown(table.name, table.sheet, (below.end + 1, below.left, last, below.right)))
        outside += left_out
    for table, where in ranges:
        outside += _unread(package, table, where, inputs, apart=table in headed)
    return Growth(package.with_parts(parts) if parts else package, grown, outside)


def _unread(package: Package, table: Table, where: str, inputs: Collection[Table], *, apart: bool) -> list[Outside]:
    """The rows below a range that the formula at ``where`` does not read."""
    return _Below(package, table, inputs).unread(where, apart=apart) if below_used(package, table) else []


class _Below:
    """What stands below the end of a table, in its columns."""

    def __init__(self, package: Package, table: Table, inputs: Collection[Table]) -> None:
        self.package, self.table = package, table
        self.rows = TableRows(package, table)
        self.what = f"the table {table.name}" if table.columns else table.name
        _, self.left, self.end, self.right = table.ref
        self.calculated = self.rows.calculated
        self.arrays = [cell.ref for cell in self.rows.of_sheet if cell.kind in ("array", "dataTable") and cell.ref]
        self.others = [one for one in package.tables.values() if self._another(one)]
        self.merged = self.rows.merged()
        self.values = package.values(table.sheet)
        self.limit = self._limit(inputs)
        self.full: set[Cell] = set(self._cells(self.end + 1, self.limit))
        #: the rows in which something was entered, a value or a formula, and which of their cells have something
        self.typed = self._shown()
        for row in [*self.typed]:
            if not self._entered(row) or self._totals(row):
                del self.typed[row]

    def _shown(self) -> dict[int, set[int]]:
        """The cells of the table's columns that hold something of their own, their columns by their row."""
        shown: dict[int, set[int]] = defaultdict(set)
        for row, col in self.full:
            if self.left <= col <= self.right and self._shows(row, col) and not self._of_another(row, col):
                shown[row].add(col)
        return shown

    def taken_in(self, last: int, parts: Mapping[str, bytes]) -> dict[str, bytes]:
        """The parts of the workbook in which the table reaches to row ``last``, after what is in ``parts`` already.

        Errors: `DamagedWorkbook`.
        """
        package = self.package.with_parts(parts) if self.rows.sheet_part in parts else self.package
        rows = TableRows(package, self.table)
        lines = [self.line(row) for row in range(self.end + 1, last + 1)]
        return {
            rows.table_part: rows.reaching(last),
            rows.sheet_part: package.patched(self.table.sheet, rows.edit(self.end + 1, lines), ()),
        }

    def line(self, row: int) -> list[Content]:
        """A row as a row of the table: what stands in it, and the table's formulas in blank cells."""
        formulas = {col: text for col, text in self.rows.continued(row).items() if (row, col) not in self.full}
        return self.rows.line(formulas)

    def _limit(self, inputs: Collection[Table]) -> int:
        """The last row that is looked at: what stands below another of the tables is that table's."""
        of_sheet = [one.ref for one in inputs if one.sheet == self.table.sheet]
        tops = [ref[0] for ref in of_sheet if ref[0] > self.end and _columns_meet(ref, self.table.ref)]
        return min(tops, default=MAX_ROW + 1) - 1

    def _cells(self, first: int, last: int) -> Iterator[Cell]:
        """The cells with something in them, of some rows: of the table's columns and of those beside it."""
        rows = self.package.rows(self.table.sheet)
        known = patterns(rows.prefix)
        for cell in known.cell.finditer(rows.data, rows.start, rows.end):
            row, col = position(cell)
            near = first <= row <= last and self.left - 1 <= col <= self.right + 1
            if near and (cell[4] or cell[5] or b"<" + rows.prefix + b"is" in cell[0]):
                yield row, col

    def _another(self, table: Table) -> bool:
        """Whether a table of the sheet is another one: a range lies in the table that it reads a part of."""
        part = not self.table.columns and meet(table.ref, self.table.ref)
        return table != self.table and table.sheet == self.table.sheet and not part

    def _of_another(self, row: int, col: int) -> bool:
        at = (row, col, row, col)
        return any(meet(at, ref) for ref in [*self.arrays, *(one.ref for one in self.others)])

    def _shows(self, row: int, col: int) -> bool:
        """Whether a cell holds something: no text of blanks; of a formula without a stored result nobody knows yet."""
        formula = self.calculated.get((row, col))
        if formula and not formula.has_value:
            return True
        line = self.values[row - 1] if row <= len(self.values) else []
        return col <= len(line) and bool(str(line[col - 1]).strip())

    def _entered(self, row: int) -> bool:
        """Whether something was entered in a row: a value, or formulas that bring it from somewhere else.

        Formulas that only read the blank cells beside them are a column filled down before there is an order.
        """
        formulas = self._formulas(row)
        return len(formulas) < len(self.typed[row]) or sum(not _reads_its_row(cell) for cell in formulas) > 1

    def _formulas(self, row: int) -> list[FormulaCell]:
        return [cell for col in self.typed[row] if (cell := self.calculated.get((row, col)))]

    def _totals(self, row: int) -> bool:
        """Whether a row adds up the table's rows, or holds a grid of ours: it is none of its rows.

        It has a label and formulas that add up, and no further value: an order that takes the latest day of the
        others for its start is one.
        """
        formulas = self._formulas(row)
        sums = [cell for cell in formulas if self._reads(cell) and _only_adds_up(cell.text)]
        others = len(self.typed[row]) - len(sums)
        if sums:
            return others <= _LABELS
        return others <= _LABELS + 1 and any(self._reads(cell) and not _BRINGS.search(cell.text) for cell in formulas)

    def _reads(self, cell: FormulaCell) -> bool:
        """Whether a formula reads several rows of the table."""
        top, _, bottom, _ = self.rows.body
        text = _ASIDE.sub(" ", cell.text)
        if self._names_it(cell):
            return True
        read = ((int(found[1]), int(found[2])) for found in _ROWS_READ.finditer(text))
        return any(min(one, other) <= bottom and top <= max(one, other) for one, other in read)

    def _names_it(self, cell: FormulaCell) -> bool:
        """Whether a formula reads the table, or columns of it, by name: a row of it would read itself."""
        words = (word.casefold() for word in _WORD.findall(_ASIDE.sub(" ", cell.text)))
        return self.table.name.casefold() in words and not _reads_this_row(cell.text)

    # -- how far the table reaches ---------------------------------------------------------------------------

    def reach(self) -> tuple[int, list[Outside]]:
        """The last row that the table can take in, and the rows below that it cannot."""
        last = self.follow()
        why = self._in_the_way(last + 1) if last + 1 in self.typed else ""
        rest = sorted(row for row in self.typed if row > last)
        if not why:
            rest = [row for row in rest if self._counts(row)]
        if not rest:
            return last, []
        return last, [self.told(rest[0], rest[-1], why or self._apart(last, rest[0]), len(rest))]

    def follow(self) -> int:
        """The last of the rows that follow right below, one after the other, with nothing in the way."""
        last = self.end
        while last + 1 in self.typed and not self._in_the_way(last + 1):
            last += 1
        return last

    def unread(self, where: str, *, apart: bool) -> list[Outside]:
        """The rows below a range that the formula at ``where`` does not read: those that follow, or ``apart`` too."""
        last = self.follow()
        rows = sorted(row for row in self.typed if row <= last or (apart and self._counts(row)))
        why = f"{where} does not read them; mark the rows as a table (Insert, Table) and name that in the formula"
        return [self.told(rows[0], rows[-1], why, len(rows))] if rows else []

    def told(self, first: int, last: int, why: str, rows: int = 0) -> Outside:
        return Outside(self.what, self.table.sheet, first, last, rows or last - first + 1, why)

    def _in_the_way(self, row: int) -> str:
        """Why the table cannot take in a row that follows right below it; "" when it can."""
        if self.table.totals_rows:
            return (
                "its row of totals stands between; in Excel switch it off (Table Design, Total Row), or write above it"
            )
        if why := self._lies_over(row):
            return why
        if at := self.rows.fixed():
            return (
                f"the formula in {cell_name(*at)} fills several cells; fill it down, then make the table reach further"
            )
        for col in sorted(self.typed[row]):
            if (formula := self.calculated.get((row, col))) and self._names_it(formula):
                return f"the formula in {cell_name(row, col)} reads the whole table; put the value in its place"
        for col in (self.left - 1, self.right + 1):
            if (row, col) in self.full and not self._beside_the_body(col):
                return f"something stands beside them at {cell_name(row, col)}; put each cell below its heading"
        return ""

    def _lies_over(self, row: int) -> str:
        """What of the sheet, larger than a cell, lies over a row, and what to do; "" when nothing does."""
        line = (row, self.left, row, self.right)
        if any(meet(line, ref) for ref in self.merged):
            return f"row {row} has merged cells; unmerge them"
        if other := next((one for one in self.others if meet(line, one.ref)), None):
            return f"row {row} is beside the table {other.name}; move one of them away"
        if any(meet(line, ref) for ref in self.arrays):
            return f"a formula fills cells of row {row}; move one of them away"
        return ""

    def _beside_the_body(self, col: int) -> bool:
        top, _, bottom, _ = self.table.ref
        return any(at == col for _, at in self._cells(top, bottom))

    def _counts(self, row: int) -> bool:
        """Whether a row apart from the table is one of its kind, and no remark: of several cells, or validated."""
        if len(self.typed[row]) > 1:
            return True
        return any(meet((row, col, row, col), ref) for col in self.typed[row] for ref in self._validated())

    def _validated(self) -> Iterator[Ref]:
        for areas in _VALIDATED.findall(self.package.behind_rows(self.table.sheet)):
            for area in areas.decode("latin-1").split():
                if ref := parse_ref(area):
                    yield ref

    def _apart(self, last: int, row: int) -> str:
        if any(meet((last + 1, self.left, row, self.right), one.ref) for one in self.others):
            return "another table stands between; move them right below the last row of their table"
        if row == last + 2 and any(at == last + 1 and self._shows(at, col) for at, col in self.full):
            return f"row {last + 1} adds up the table; move it away, or write above it"
        return "blank rows stand between; move them up right below the table, or make the table reach over them"


def _only_adds_up(text: str) -> bool:
    """Whether a formula is made of calls that add up, of numbers and of what counts with them.

    >>> [_only_adds_up(text) for text in ("SUM(H4:H9)", "SUBTOTAL(109,Orders[Days])/7", "MAX(H4:H5)+H6", "1+2")]
    [True, True, False, False]
    """
    rest, calls = _ADDS_UP.subn("", _ASIDE.sub("", text))
    return calls > 0 and not _ROUNDS.sub("", rest).strip("0123456789.,+-*/()% \t\r\n")


def _reads_this_row(text: str) -> bool:
    return "@" in text or "#this row" in text.casefold()


def _reads_its_row(cell: FormulaCell) -> bool:
    """Whether a formula reads cells of its own row and nothing else."""
    if "!" in (text := _ASIDE.sub(" ", cell.text)) or "!" in cell.text:
        return False
    rows = {int(found[1]) for found in _CELL_ROW.finditer(text)}
    if "[" in cell.text and not _reads_this_row(cell.text):
        return False
    return rows == {cell.row} or (not rows and "[" in cell.text)


def _columns_meet(one: Ref, two: Ref) -> bool:
    return one[1] <= two[3] and two[1] <= one[3]
