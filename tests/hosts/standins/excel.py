"""A stand-in for Excel: a workbook whose cells call the functions of its VBA module, which call Python.

It evaluates a formula of calls (of such functions, SUM, DATE, ROWS and IFERROR) over cells, tables, literals and arrays,
spills its result, and records what ``Application.MacroOptions`` is told. Dates stand in cells as Excel has them: a
number that reads as a date where the cell is formatted as one.
"""

from __future__ import annotations

import datetime as dt
import re
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.hosts.standins.pywin32 import com_error
from tests.hosts.standins.variants import (
    ERROR_NAMES,
    MISSING,
    Array,
    Error,
    VbaError,
    as_number,
    from_python,
    in_cell,
    to_python,
)  # fmt: skip
from tests.hosts.standins.vba import Module

_RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)(?::\$?([A-Z]{1,3})\$?([0-9]+))?")


def column_number(letters: str) -> int:
    """A1's column from its letters, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class Range:
    """Cells of a sheet, with what xlwings asks of Excel's Range."""

    def __init__(self, sheet: Sheet, row: int, column: int, height: int = 1, width: int = 1) -> None:
        self.Worksheet, self.Row, self.Column = sheet, row, column
        self.Rows, self.Columns = SimpleNamespace(Count=height), SimpleNamespace(Count=width)
        self.Count = height * width
        kind = SimpleNamespace(GetTypeAttr=lambda: SimpleNamespace(iid=_RANGE_IID))
        self._oleobj_ = SimpleNamespace(GetTypeInfo=lambda: kind)

    @property
    def cells(self) -> list[list[Any]]:
        """What the cells hold, by rows."""
        held, row, column = self.Worksheet.held, self.Row, self.Column
        return [[held.get((row + i, column + j)) for j in range(self.Columns.Count)] for i in range(self.Rows.Count)]

    @property
    def Value(self) -> Any:
        """As COM gives it: one cell alone, more as a tuple of rows."""
        cells = self.cells
        return to_python(cells[0][0]) if self.Count == 1 else to_python(Array(cells, 2))


class Sheet:
    """A worksheet: what its cells hold, by row and column from 1."""

    def __init__(self, book: Book, name: str) -> None:
        self.Parent, self.Name = book, name
        self.held: dict[tuple[int, int], Any] = {}

    def put(self, reference: str, rows: Any) -> None:
        """Type values in: one, or rows of them from the cell on."""
        self.write(self.at(reference), rows if isinstance(rows, list) else [[rows]])

    def enter(self, reference: str, formula: str) -> Any:
        """Type a formula into a cell; what the cell then holds, or the rows that it spilled."""
        caller = self.at(reference)
        result = self.Parent.evaluate(formula.removeprefix("="), caller)
        if not isinstance(result, Array):
            self.write(caller, [[in_cell(result)]])
            return self.held[caller.Row, caller.Column]
        rows = result.cells if result.dimensions == 2 else [result.cells]
        shown = [[in_cell(cell) for cell in row] for row in rows]
        self.write(caller, shown)
        return shown

    def write(self, start: Range, rows: Sequence[Sequence[Any]]) -> None:
        """Put rows into the cells from the first cell of a range on."""
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                self.held[start.Row + i, start.Column + j] = value

    def at(self, reference: str) -> Range:
        """The cells of a reference such as A1 or A2:K5."""
        match = _REFERENCE.fullmatch(reference)
        assert match, reference
        column, row = column_number(match[1]), int(match[2])
        last_column, last_row = (column_number(match[3]), int(match[4])) if match[3] else (column, row)
        return Range(self, row, column, last_row - row + 1, last_column - column + 1)


class XlPy:
    """What ``XLPy`` is in VBA: xlwings' COM server, with COM between."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def CallUDF(self, module: str, function: str, arguments: Array, book: Book, caller: Range) -> Any:
        """A call of Python; its exception is a run-time error with the traceback, last line first."""
        try:
            return from_python(self.server.CallUDF(module, function, to_python(arguments), book, caller))
        except Exception as error:
            lines = [line for line in traceback.format_exc().splitlines() if line]
            raise VbaError(-2147467259, "\n".join(reversed(lines))) from error


class Book:
    """A workbook with one sheet and one VBA module, which xlwings' import_udfs fills."""

    def __init__(self, name: str = "Claims.xlsm") -> None:
        from xlwings.com_server import XLPython

        self.Name = name
        self.sheet = Sheet(self, "Orders")
        self.Worksheets = [self.sheet]
        self.tables: dict[str, str] = {}
        self.macro_options: dict[str, dict[str, Any]] = {}
        self.Application = SimpleNamespace(Version="16.0", Hwnd=1, Caller=None, MacroOptions=self._macro_options)
        self.VBProject = SimpleNamespace(VBComponents=_Components(self))
        self.host = {"Application": self.Application, "ThisWorkbook": self, "XLPy": XlPy(XLPython())}
        self.load("")

    def load(self, text: str) -> None:
        """Take ``text`` as the VBA module."""
        self.vba_text = text
        self.module = Module(text, self.host)

    def _macro_options(self, macro: str, **options: Any) -> None:
        self.macro_options[macro.removeprefix(f"'{self.Name}'!")] = options

    def evaluate(self, text: str, caller: Range) -> Any:
        """The value of a formula's part."""
        text = text.strip()
        if not text:
            return MISSING
        if text.startswith('"'):
            return text[1:-1].replace('""', '"')
        if text in ("TRUE", "FALSE"):
            return text == "TRUE"
        if text in ERROR_NAMES.values():
            return Error.named(text)
        if text.startswith("{"):
            rows = [[self.evaluate(cell, caller) for cell in row.split(",")] for row in text[1:-1].split(";")]
            return Array(rows, 2) if len(rows) > 1 else Array(rows[0], 1)
        if _REFERENCE.fullmatch(text):
            return caller.Worksheet.at(text)
        if text.endswith("[#All]"):
            return caller.Worksheet.at(self.tables[text.removesuffix("[#All]")])
        match = re.fullmatch(r"(\w+)\((.*)\)", text)
        if match is None:
            return float(text)
        given = [self.evaluate(part, caller) for part in split(match[2])]
        own = _WORKSHEET_FUNCTIONS.get(match[1])
        return own(*given) if own else self._call(match[1], given, caller)

    def _call(self, name: str, given: list[Any], caller: Range) -> Any:
        procedure = self.module.procedures.get(name)
        if procedure is None:
            return Error.named("#NAME?")
        needed = sum(not optional for _, optional, _ in procedure.parameters)
        if not needed <= len(given) <= len(procedure.parameters):
            return Error.named("#VALUE!")
        self.Application.Caller = caller
        try:
            return self.module.call(name, given)
        except VbaError:
            return Error.named("#VALUE!")
        finally:
            self.Application.Caller = None


class _Components:
    """The VBA project's modules, of which xlwings removes its own before it imports it anew."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def __call__(self, name: str) -> Any:
        raise com_error(-2147352567, f"no module {name}", None, None)

    def Remove(self, component: object) -> None:
        raise AssertionError("there is never a module here when xlwings imports its own")

    def Import(self, path: str) -> None:
        self.book.load(Path(path).read_text())


def split(text: str) -> list[str]:
    """The arguments between a call's brackets."""
    if not text.strip():
        return []
    parts, depth, quoted = [""], 0, False
    for letter in text:
        quoted ^= letter == '"'
        depth += (letter in "({") - (letter in ")}") if not quoted else 0
        if letter == "," and not quoted and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _sum(*given: Any) -> Any:
    """SUM: an error comes out, texts and booleans in cells are passed over without a word."""
    total = 0.0
    for value in given:
        for cell in [cell for row in value.cells for cell in row] if isinstance(value, Range) else [value]:
            if isinstance(cell, Error):
                return cell
            total += as_number(cell) or 0.0
    return total


def _date(year: float, month: float, day: float) -> float:
    """DATE: the serial number of a day."""
    return float((dt.date(int(year), int(month), int(day)) - dt.date(1899, 12, 30)).days)


_WORKSHEET_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": _sum,
    "DATE": _date,
    "ROWS": lambda array: float(array.size(1)),
    "IFERROR": lambda value, instead: instead if isinstance(value, Error) else value,
}
