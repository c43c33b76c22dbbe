"""One table of formulas for every host: each function with its own example, and with odd cells in every argument.

The cases come out of the signatures, so that a new function is among them by itself: its example, each argument in
turn replaced by a cell of every odd kind and by a range of some, and the last optional arguments left out. All of it
stands on one sheet: odd cells in column A, the tables of a small claim below them, and the formulas far to the right.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from openpyxl.utils import get_column_letter

from xl_infusion.claim import TABLES
from xl_infusion.errors import ExcelError
from xl_infusion.functions import FUNCTIONS
from xl_infusion.functions.worksheet import WorksheetFunction
from xl_infusion.model import MODEL_TABLES

#: What a cell of column A holds; None is blank. A text that looks like a number stays a text.
ODD: dict[str, object] = {
    "blank": None, "a text": "no such thing", "a number as text": "8", "spaces": "  ", "zero": 0, "one": 1,
    "a negative number": -3, "a half": 0.5, "a large number": 1e12, "TRUE": True, "FALSE": False,
    "a day": dt.date(2025, 7, 1), "#N/A": ExcelError("#N/A"), "#NUM!": ExcelError("#NUM!"),
    "#DIV/0!": ExcelError("#DIV/0!"), "a drug": "vancomycin", "an interval": "q8h", "a code": "J3370",
    "a dose": "1 g", "an NDC": "0409-6510-01",
}  # fmt: skip
#: What is odd about a formula that Excel lets nobody type, and a file may hold.
TOO_FEW, TOO_MANY = "an argument too few", "an argument too many"
_FIRST_ODD = 2
#: The ranges of odd cells that an argument is replaced by, from one to another.
_RANGES = (("zero", "a negative number"), ("a drug", "a code"))

#: A small claim: two concurrent drugs, one that is unknown, a visit, a payer, some rates.
SMALL: dict[str, list[dict[str, object]]] = {
    "Orders": [
        {"Order": "RX-1", "Patient": "P1", "Payer": "A", "Drug": "meropenem", "Dose": "1 g", "Interval": "q8h",
         "Start": dt.date(2025, 6, 29), "Days": 4, "Prescriber": "1234567893"},
        {"Order": "RX-104", "Patient": "P1", "Payer": "A", "Drug": "vancomycin", "Dose": "1 g", "Interval": 12,
         "Start": dt.date(2025, 6, 29), "End": dt.date(2025, 7, 2), "Prescriber": 1234567893},
        {"Order": 3, "Patient": "P2", "Payer": "A", "Drug": "meropenum", "Dose": 500, "Interval": 8,
         "Start": dt.date(2025, 7, 1), "Days": 1},
    ],
    "Visits": [{"Patient": "P1", "Payer": "A", "Date": dt.date(2025, 6, 30), "Minutes": 210}],
    "Holds": [{"Patient": "P1", "From": dt.date(2025, 6, 30), "To": dt.date(2025, 6, 30), "Reason": "hospital",
               "Order": "RX-104"}],
    "Payers": [{"Payer": "A", "Covers": "yes", "Third share": 0.25}],
    "Rates": [{"Code": "S9502", "Rate": 120.5}, {"Code": "S9501", "Rate": 100}, {"Code": "J2185", "Rate": 0.335},
              {"Code": "J3370", "Rate": 2}, {"Code": "99601", "Rate": 150}, {"Code": "99602", "Rate": 70}],
    "Payer codes": [{"Payer": "A", "Drug or therapy": "TPN", "Code": "S9364"}],
    "Own codes": [{"Drug": "examplocillin", "Code": "J0000", "Amount": 10, "Unit": "mg", "From": dt.date(2026, 1, 1),
                   "Therapy": "anti-infective", "Source": "invented"}],
    "Provider": [{"Item": "NPI", "Value": "1234567893"}],
    "Costs": [{"Drug or code": "meropenem", "Cost": 0.2}, {"Drug or code": "J3370", "Cost": 1.1, "Per": "unit"}],
    "Scenarios": [{"Scenario": "Proposed", "Payer": "A", "Second share": 0.4, "Per diem change": 0.03},
                  {"Scenario": "Proposed", "Volume growth": 0.1}, {"Scenario": "Other", "Third share": 2}],
    "Remittance": [{"Order": "RX-1", "Patient": "P1", "Payer": "A", "Code": "S9502", "From": dt.date(2025, 6, 29),
                    "To": dt.date(2025, 7, 2), "Units": 4, "Paid": 482},
                   {"Order": "RX-104", "Patient": "P1", "Payer": "A", "Code": "S9501", "Modifiers": "SH",
                    "From": dt.date(2025, 6, 29), "To": dt.date(2025, 7, 2), "Units": 4, "Paid": 400},
                   {"Order": "RX-9", "Patient": "P9", "Payer": "A", "Code": "J2185", "From": dt.date(2025, 6, 29),
                    "Units": 30, "Paid": 10.05}],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A formula, of which function it is, and what is odd about it."""

    function: str
    formula: str
    odd: str


#: The column of the formulas: right of every table.
COLUMN = 40


@cache
def sheet() -> dict[tuple[int, int], object]:
    """The cells of the sheet but the formulas, by row and column from 1."""
    cells: dict[tuple[int, int], object] = {}
    for at, value in enumerate(ODD.values(), start=_FIRST_ODD):
        cells[at, 1] = value
    for name, (top, columns) in _places().items():
        for j, column in enumerate(columns, start=1):
            cells[top, j] = column
            for i, row in enumerate(SMALL[name], start=1):
                cells[top + i, j] = row.get(column)
    return {at: value for at, value in cells.items() if value is not None}


@cache
def _places() -> dict[str, tuple[int, list[str]]]:
    """Where each table stands, and its columns: those that it needs and those that the small claim uses."""
    top = _FIRST_ODD + len(ODD) + 2
    found = {}
    for table in (*TABLES, *MODEL_TABLES):
        used = {column for row in SMALL[table.name] for column in row}
        columns = [column.name for column in table.columns if column.name in used]
        found[table.name] = (top, columns)
        top += len(SMALL[table.name]) + 2
    return found


def _range(table: str) -> str:
    top, columns = _places()[table]
    return f"A{top}:{get_column_letter(len(columns))}{top + len(SMALL[table])}"


def _odd(name: str) -> str:
    return f"A{_FIRST_ODD + list(ODD).index(name)}"


@cache
def cases() -> tuple[Case, ...]:
    """Every formula once, in the order of the functions."""
    found: dict[str, Case] = {}
    for function in FUNCTIONS.values():
        for formula, odd in _formulas(function):
            found.setdefault(formula, Case(function.name, formula, odd))
    return tuple(found.values())


def _formulas(function: WorksheetFunction) -> Iterator[tuple[str, str]]:
    example = arguments(function)
    name, count = function.name, len(function.parameters)
    yield f"{name}({','.join(example)})", "its example"
    for left in range(len(example) - 1, -1, -1):
        if all(parameter.optional for parameter in function.parameters[left:]):
            yield f"{name}({','.join(example[:left])})", f"without its arguments from {left + 1} on"
    full = [*example, *[""] * (count - len(example))]
    if needed := sum(not parameter.optional for parameter in function.parameters):
        yield f"{name}({','.join(full[: needed - 1])})", TOO_FEW
    yield f"{name}({','.join([*full, '1'])})", TOO_MANY
    for at in range(count):
        here = [*full]
        for odd in ODD:
            here[at] = _odd(odd)
            yield f"{name}({','.join(here).rstrip(',')})", f"{function.parameters[at].name}: {odd}"
        if not function.spills:
            for first, last in _RANGES:
                here[at] = f"{_odd(first)}:{_odd(last)}"
                yield f"{name}({','.join(here).rstrip(',')})", f"{function.parameters[at].name}: {first} to {last}"


def arguments(function: WorksheetFunction) -> list[str]:
    """The arguments of a function's example as they stand in it; tables are the ranges of this sheet."""
    inside = function.example[function.example.index(f"{function.name}(") + len(function.name) + 1 :]
    parts, depth, quoted = [""], 0, False
    for letter in inside:
        quoted ^= letter == '"'
        if not quoted and letter in ")}" and depth == 0:
            break
        depth += (letter in "({") - (letter in ")}") if not quoted else 0
        if letter == "," and not quoted and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    tables = {table.name.replace(" ", "").casefold(): table.name for table in (*TABLES, *MODEL_TABLES)}
    return [
        _range(tables[match[1].casefold()]) if (match := re.fullmatch(r"(\w+)\[#All\]", part)) else part
        for part in parts
        if part or len(parts) > 1
    ]
