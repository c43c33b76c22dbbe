"""Rows as a billing system, a pharmacy's program or a clearinghouse exports them: a CSV file, read into cells.

Nothing of a row is lost: what is no amount and no day where one belongs stays the text that it is.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, pairwise
from pathlib import Path

from xl_infusion.errors import BillingError
from xl_infusion.functions.ranges import records
from xl_infusion.model.remittance import dollars
from xl_infusion.reference.csv_rows import WrongQuotes, csv_rows
from xl_infusion.reference.names import fold
from xl_infusion.rules import clock
from xl_infusion.rules import day as day_rule
from xl_infusion.spreadsheet.xlsx.errors import WorkbookError
from xl_infusion.spreadsheet.xlsx.grid import MAX_ROW
from xl_infusion.spreadsheet.xlsx.guards import read_regular
from xl_infusion.spreadsheet.xlsx.values import MAX_TEXT, CellValue
from xl_infusion.workbook.imports.kinds import Kind

#: A cell holds no day before it.
FIRST_YEAR = 1900
#: What a file may have: benchmarks/rows.py tells what memory a row takes, and a sheet ends at `MAX_ROW`.
MOST_ROWS, MOST_BYTES = 100_000, 64 << 20
#: So many different cells are kept to be found again.
_KNOWN = 10_000
_SPLIT = "split the file, and read its parts one after the other; nothing was changed"
_DELIMITERS = ",;\t|"
#: The headings stand in one of so many first lines: above them some exports have a title.
_HEAD = 20
_COMPACT = re.compile(r"(?:19|20)[0-9]{6}", re.ASCII)
_MIDNIGHT = re.compile(r"[ T](?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)$", re.ASCII | re.IGNORECASE)
#: How Excel's own exports keep a text from being taken for a number.
_AS_TEXT = re.compile(r'="([^"]*)"')
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class UnreadableExport(WorkbookError):
    """The file is no CSV that can be read: which line, what, and the remedy."""


class LacksColumn(WorkbookError):
    """A column that the rows must have is missing, or stands twice."""

    status = 8


@dataclass(frozen=True, slots=True)
class Export:
    """What a file says: its rows, each with its line in the file, column -> cell.

    ``unknown``: headings that no column of the kind has, with how many cells below them are not blank.
    ``texts``: column -> the lines where no number or day could be read and the text was kept.
    ``notes``: what a reader should know of how the file was read.
    """

    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, CellValue]]]
    unknown: dict[str, int]
    texts: dict[str, list[int]]
    notes: tuple[str, ...]


def read_export(path: Path, kind: Kind) -> Export:
    """Reads a CSV file of rows of a kind: , ; tab or | between its cells, in UTF-8, UTF-16 or Windows-1252.

    Errors: `UnreadableWorkbook`, `UnreadableExport`, `LacksColumn`, each with file, line and remedy.
    """
    data, _ = read_regular(path, MOST_BYTES, "a CSV file")
    if len(data) > MOST_BYTES:
        raise UnreadableExport(f"{path.name}: is larger than {MOST_BYTES >> 20} MB; {_SPLIT}")
    text, notes = _decoded(data, path.name)
    delimiter, before = _layout(text, path.name, kind)
    lines = _lines(text, delimiter, path.name)
    passed = list(islice(lines, before))
    at, header = next(lines)
    below = _Below(path.name, at, header, kind)
    if any(map(any, (cells for _, cells in passed))):
        notes.append(f"the headings stand in line {at}: what is above them was passed over")
    for line, cells in lines:
        if any(cells):
            below.read(line, cells)
    if not below.rows:
        raise UnreadableExport(f"{path.name}: has no rows below its headings (line {at}); nothing was changed")
    if below.short:
        notes.append(f"{lines_named(below.short)} end before the last heading: what is missing is blank")
    return Export(tuple(below.places), below.rows, below.unknown(), below.texts, tuple(notes))


class _Below:
    """What stands below the headings of a file, read line by line. Errors: `LacksColumn` of the headings.

    ``places``: column -> where it stands. ``rows``, ``texts``: as `Export` has them; ``short``: lines that end early.
    """

    def __init__(self, file: str, at: int, header: Sequence[str], kind: Kind) -> None:
        self.file, self.header, self.kind = file, header, kind
        self.places = _places(header, f"{file} line {at}", kind)
        self.rows: list[tuple[int, dict[str, CellValue]]] = []
        self.texts: dict[str, list[int]] = {}
        self.short: list[int] = []
        #: the columns by their places; the cells in other places are counted
        self._columns = {place: name for name, place in self.places.items()}
        self._left_out: Counter[int] = Counter()
        self._values = _Known(kind)

    def read(self, line: int, cells: Sequence[str]) -> None:
        """Takes a line in. Errors: `UnreadableExport`."""
        self._check_width(line, cells)
        if len(cells) < len(self.header):
            self.short.append(line)
        if row := self._row(line, cells):
            self.rows.append((line, row))
        if len(self.rows) > MOST_ROWS:
            raise UnreadableExport(f"{self.file}: has more than {MOST_ROWS:,} rows (a sheet has {MAX_ROW:,}); {_SPLIT}")

    def _check_width(self, line: int, cells: Sequence[str]) -> None:
        if any(cells[len(self.header) :]):
            raise UnreadableExport(
                f"{self.file} line {line} has {len(cells)} cells under {len(self.header)} headings, from "
                f"{_near(cells, self.header)} on they are not where they belong: an amount as 1,250.50 needs quotes; "
                "export the file anew"
            )

    def _row(self, line: int, cells: Sequence[str]) -> dict[str, CellValue]:
        """The cells of a line that are not blank, by their columns."""
        row: dict[str, CellValue] = {}
        for place, cell in enumerate(cells):
            if not cell:
                continue
            if place not in self._columns:
                self._left_out[place] += 1
                continue
            column = self._columns[place]
            row[column] = self._value(line, column, cell)
        return row

    def _value(self, line: int, column: str, cell: str) -> CellValue:
        """A cell as the workbook is to have it; a text that should be none is noted. Errors: `UnreadableExport`."""
        if len(cell) > MAX_TEXT:
            raise UnreadableExport(
                f"{self.file} line {line}, {column}: has {len(cell):,} characters, a cell holds {MAX_TEXT:,}; a "
                "quote before it may lack its other half"
            )
        value = self._values[column, cell]
        if isinstance(value, str) and self.kind.typed(column) != "text":
            self.texts.setdefault(column, []).append(line)
        return value

    def unknown(self) -> dict[str, int]:
        """The headings that no column has, and how many cells stand below each; without a heading, where any do."""
        return {
            heading or f"(column {place + 1}, no heading)": self._left_out[place]
            for place, heading in enumerate(self.header)
            if place not in self._columns and (heading or self._left_out[place])
        }


def _decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text of a file, and what is to be said of its encoding."""
    if data[:4] == b"PK\3\4" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise UnreadableExport(f"{name}: is a workbook or an archive, not a CSV file; in Excel, save it as CSV UTF-8")
    if data[:4] == b"ISA*":
        raise UnreadableExport(f"{name}: is the 835 itself; export it as CSV with the program that reads it")
    if not data.strip():
        raise UnreadableExport(f"{name}: is empty; export it anew")
    encodings = ("utf-16",) if data[:2] in _UTF16 else ("utf-8-sig", "cp1252")
    text, encoding = _first_decoded(data, name, encodings)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableExport(f"{name} line {line}: has bytes that are no text; export it anew as CSV UTF-8")
    if encoding == "cp1252":
        return text, ["the file is not UTF-8 and was read as Windows-1252: look at names with accents"]
    return text, []


def _first_decoded(data: bytes, name: str, encodings: Sequence[str]) -> tuple[str, str]:
    """The text by the first of the encodings that can read it, and which that is."""
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as error:
            wrong = error.start
    line = data.count(b"\n", 0, wrong) + 1
    raise UnreadableExport(
        f"{name} line {line}: has a byte that is no character of {encodings[-1]}; save it as CSV UTF-8"
    )


def _layout(text: str, name: str, kind: Kind) -> tuple[str, int]:
    """What stands between cells, and how many rows are above the headings: where most headings are known."""
    headings = {fold(one) for column in kind.columns.columns for one in (column.name, *column.synonyms)}
    best, found = 0, (",", 0)
    for delimiter in _DELIMITERS:
        # not strict: with another delimiter the quotes may stand wrongly
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for number, cells in enumerate(islice(reader, _HEAD)):
                known = sum(fold(cell) in headings for cell in cells)
                if known > best:
                    best, found = known, (delimiter, number)
        except csv.Error:  # a cell beyond the module's limit: no such table
            continue
    if best < 2:
        raise LacksColumn(
            f"{name}: none of its first {_HEAD} lines has the headings of a {kind.what}, such as {kind.such_as}; give "
            "the columns these names, or those that the notes on the sheet's headings list"
        )
    return found


def _lines(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the file, each with the line that it begins on, their cells stripped."""
    try:
        for line, cells in csv_rows(text, delimiter):
            yield line, [_stripped(cell) for cell in cells]
    except WrongQuotes as error:
        raise UnreadableExport(
            f"{name} line {error.line}: cannot be read as CSV ({error}); a quote there lacks its other half, or stands "
            "inside of a cell without being doubled"
        ) from None


def _stripped(cell: str) -> str:
    cell = cell.strip()
    kept = _AS_TEXT.fullmatch(cell)
    return kept[1].strip() if kept else cell


def _places(header: Sequence[str], where: str, kind: Kind) -> dict[str, int]:
    """Where each column stands. Errors: `LacksColumn`."""
    if not any(header):
        raise LacksColumn(f"{where}: has no headings")
    try:
        [(_, found)] = records([list(header), list(range(len(header)))], kind.columns)
    except BillingError as error:
        raise LacksColumn(f"{where}: {error}; rename a heading of the file, and read it again") from None
    return {name: place for name, place in found.items() if isinstance(place, int)}


def _near(cells: Sequence[str], header: Sequence[str]) -> str:
    """The first heading under which two cells look like the halves of an amount; else the last."""
    for place, (one, two) in enumerate(pairwise(cells)):
        split = re.fullmatch(r"[$(-]*[0-9]{1,3}", one) and re.fullmatch(r"[0-9]{3}\.[0-9]{2}[)-]?", two)
        if split and place < len(header):
            return header[place] or f"column {place + 1}"
    return header[-1] or f"column {len(header)}"


class _Known(dict[tuple[str, str], CellValue]):
    """`_cell` of (column, text): what stands in many rows is read and kept once."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def __missing__(self, key: tuple[str, str]) -> CellValue:
        column, cell = key
        found = _cell(cell, column, self.kind)
        if len(self) < _KNOWN:
            self[key] = found
        return found


def _cell(cell: str, column: str, kind: Kind) -> CellValue:
    """A cell of the file as the workbook is to have it; its text where that says no day, no time or no number.

    >>> from xl_infusion.workbook.imports.kinds import REMIT_ROWS as kind
    >>> [_cell(text, "Paid", kind) for text in ("(1,250.50)", "n/a")], _cell("0012", "Claim", kind)
    ([Decimal('-1250.50'), 'n/a'], '0012')
    """
    try:
        if column in kind.days:
            return _day(cell, column)
        if column in kind.times:
            return _time(cell, column)
        if column in kind.numbers:
            number = dollars(cell, column)
            # a cell keeps 15 digits: a number that would lose some is no number that was meant
            return number if Decimal(format(float(number), ".15g")) == number else cell
    except BillingError:
        pass
    return cell


def _day(cell: str, column: str) -> CellValue:
    """
    >>> _day("20250701", "From"), _day("7/1/25 12:00 AM", "From")
    (datetime.date(2025, 7, 1), datetime.date(2025, 7, 1))
    """
    written = _MIDNIGHT.sub("", cell)
    if _COMPACT.fullmatch(written):
        written = f"{written[:4]}-{written[4:6]}-{written[6:]}"
    day = day_rule.parse(written, column)
    return day if day.year >= FIRST_YEAR else cell


def _time(cell: str, column: str) -> CellValue:
    """A time of day, with its day where the file has it.

    >>> _time("9:30 PM", "End time"), _time("7/1/2025 21:30", "End time")
    (datetime.time(21, 30), datetime.datetime(2025, 7, 1, 21, 30))
    """
    day, _, time = cell.replace("T", " ", 1).partition(" ")
    if "/" in day or day.count("-") == 2:
        at = clock.parse(time.strip(), column)
        # a day at midnight would look like a day alone
        return dt.datetime.combine(day_rule.parse(day, column), at) if at != dt.time() else at
    return clock.parse(cell, column)


def lines_named(lines: Sequence[int]) -> str:
    """
    >>> lines_named([3]), lines_named([3, 4, 5, 9, 12])
    ('line 3', 'lines 3, 4, 5, ... (5)')
    """
    if len(lines) == 1:
        return f"line {lines[0]}"
    return f"lines {', '.join(map(str, lines[:3]))}" + (f", ... ({len(lines):,})" if len(lines) > 3 else "")
