"""What a file says in its own XML, and what three readers make of it: the same values, or a sentence that says where."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl
import pandas
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from python_calamine import CalamineWorkbook

from tests.gate.book import MAIN, Book, Cell, Sheet

#: A value as every reader can be brought to it: a number, a text, TRUE or FALSE, or an error as its text.
Value = float | str | bool
Values = dict[tuple[str, int, int], Value]  # by sheet, row and column

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def said(book: Book) -> Values:
    """The values of all cells that have one, as their sheets' XML has them; a text of no characters is none."""
    found = ((sheet, cell, _said(sheet, cell)) for sheet in book.sheets for cell in sheet.cells)
    return {(sheet.name, cell.row, cell.col): value for sheet, cell, value in found if value not in (None, "")}


def _said(sheet: Sheet, cell: Cell) -> Value | None:
    if cell.kind == "inlineStr":
        return _unescaped(cell.text or "")
    if cell.value is None:
        return None
    text = cell.value.text or ""
    if cell.kind == "s":
        strings = sheet.book.tree(sheet.book.linked(sheet.book.main, "sharedStrings")[0])
        return _unescaped("".join(strings[int(text)].itertext(f"{MAIN}t")))
    if cell.kind == "n":
        return float(text)
    return text == "1" if cell.kind == "b" else text if cell.kind == "e" else _unescaped(text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def by_openpyxl(path: Path, *, as_a_stream: bool = False) -> Values:
    """openpyxl hands an escape over as it stands in the file. ``as_a_stream``: it keeps no cells, in half of the time."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=as_a_stream)
    return {
        key: _unescaped(value) if isinstance(value, str) else value
        for key, value in _all((sheet.title, sheet.iter_rows(values_only=True)) for sheet in book.worksheets).items()
    }


def by_calamine(path: Path) -> Values:
    book = CalamineWorkbook.from_path(str(path))
    return _all((name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names)


def by_pandas(path: Path) -> Values:
    frames = pandas.read_excel(path, sheet_name=None, header=None, dtype=object, na_filter=False, engine="calamine")
    return _all((str(name), frame.itertuples(index=False)) for name, frame in frames.items())


READERS: dict[str, Callable[[Path], Values]] = {"openpyxl": by_openpyxl, "calamine": by_calamine, "pandas": by_pandas}


#: calamine, and so pandas, gives nothing where a cell has an error.
WITHOUT_ERRORS = ("calamine", "pandas")


def _all(sheets: Iterable[tuple[str, Iterable[Iterable[object]]]]) -> Values:
    return {
        (sheet, row, col): _value(value)
        for sheet, rows in sheets
        for row, values in enumerate(rows, 1)
        for col, value in enumerate(values, 1)
        if value is not None and value != ""
    }


def _value(value: object) -> Value:
    """What a reader gives, days and times as the numbers that the cell has."""
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return float(to_excel(value))
    raise TypeError(f"a reader gave {value!r}")


def differences(one: Values, other: Values) -> list[str]:
    """The cells in which two readings differ."""
    return [
        f"{sheet}!{get_column_letter(col)}{row}: {one.get((sheet, row, col))!r}, {other.get((sheet, row, col))!r}"
        for sheet, row, col in sorted(at for at in {*one, *other} if not _same(one.get(at), other.get(at)))
    ]


def _same(one: Value | None, other: Value | None) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1, abs(one))  # a time of day goes through seconds
    return type(one) is type(other) and one == other
