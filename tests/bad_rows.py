"""Every kind of wrong cell in every column of every table of a workbook, one at a time."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

from tests.claim.test_checks import CLEAN, Book, sheet
from xl_infusion import ExcelError
from xl_infusion.claim import TABLES
from xl_infusion.model import MODEL_TABLES

#: What a cell may hold that most columns cannot read, by the name of its kind.
BAD: dict[str, object] = {
    "blank": None, "a text": "no such thing", "zero": 0, "a negative number": -3, "a fraction": 0.3, "a large number": 1e12,
    "TRUE": True, "a day": dt.date(2031, 7, 1), "a time": dt.time(8, 30), "#N/A": ExcelError("#N/A", "not there"),
    "a drug": "meropenum", "a code": "S9500", "an interval": "q5h", "a dose": "10 units", "a day as text": "2024-02-30",
    "another payer": "Plan Z", "many digits": "9" * 400,
}  # fmt: skip

#: Rows for the tables of the model, under the orders of `CLEAN`.
MODEL: Book = {
    "Costs": [{"Drug or code": "ceftriaxone", "Cost": 0.2, "Per": "unit", "From": "2025-01-01", "To": "2026-01-01"}],
    "Scenarios": [{"Scenario": "Proposed", "Payer": "Blue", "Second share": 0.4, "Per diem change": 0.03}],
    "Remittance": [
        {"Order": 2, "Patient": "P1", "Payer": "Blue", "Code": "S9500", "From": "2025-08-01", "To": "2025-08-10", "Units": 10,
         "Paid": 600}
    ],
}  # fmt: skip
#: A row of Holds, which `CLEAN` has none of: of no order that there is.
HOLD: Book = {"Holds": [{"Patient": "P1", "From": "2025-08-05", "To": "2025-08-06", "Reason": "hospital", "Order": 99}]}


def wrong_cells(name: str, row: int = 0) -> Iterator[tuple[str, str, Book]]:
    """(column, kind of wrong cell, the clean book with it in a row of the table)."""
    clean = CLEAN | MODEL | (HOLD if name == "Holds" else {})
    for column in next(table for table in (*TABLES, *MODEL_TABLES) if table.name == name).columns:
        for kind, cell in BAD.items():
            book = copy.deepcopy(clean)
            book[name][row][column.name] = cell
            yield column.name, kind, book


def model_sheet(name: str, book: Book) -> list[list[Any]]:
    """The model's table with its header row: the columns that its rows have."""
    columns = list(dict.fromkeys(column for row in book[name] for column in row))
    return [columns, *([row.get(column) for column in columns] for row in book[name])]


def given(book: Book, *names: str) -> list[list[list[Any]]]:
    """The tables of those names as arguments."""
    return [sheet(name, book) if name in CLEAN else model_sheet(name, book) for name in names]
