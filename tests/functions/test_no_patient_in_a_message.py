"""Patient columns stay out of every message: what a function says of a wrong row never has the patient's text."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.bad_rows import MODEL, given, wrong_cells
from tests.claim.test_checks import CLEAN, Book
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, EXPECTED_GRID, EXPLAIN, VARIANCE_GRID, ExcelError
from xl_infusion.workbook.fill import fill

MARK = "Jane Roe 7"
CLAIM = ("Orders", "Visits", "Payers", "Rates", "Payer codes", "Own codes", "Holds")
NAMES = [name for name in (*CLEAN, *MODEL) if name != "Scenarios"]


def marked(book: Book) -> Book:
    """Every patient with the mark in its text, apart from the others."""
    for rows in book.values():
        for row in rows:
            if row.get("Patient") is not None and not isinstance(row["Patient"], ExcelError):
                row["Patient"] = f"{MARK} {row['Patient']}"
    return book


def said(result: Any) -> Iterator[str]:
    """Every text of a result outside its Patient column, an error by its message."""
    if isinstance(result, ExcelError):
        yield result.message
        return
    header, *rows = result
    for row in rows:
        for column, cell in zip(header, row, strict=True):
            if isinstance(cell, ExcelError):
                yield cell.message
            elif isinstance(cell, str) and column != "Patient":
                yield cell


def results(book: Book) -> Iterator[Any]:
    orders, visits, payers, rates, *others = given(book, *CLAIM)
    costs, remittance, provider = given(book, "Costs", "Remittance", "Provider")
    yield CLAIM_GRID(orders, visits, payers, rates, *others)
    yield CLAIM_CHECKS(orders, visits, payers, rates, provider, *others)
    yield EXPLAIN(1, orders, visits, payers, rates, *others)
    yield EXPECTED_GRID(orders, visits, payers, rates, costs, *others)
    yield VARIANCE_GRID(orders, visits, payers, rates, remittance, *others)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_message_has_a_patient(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Every column of every table, each with kinds of wrong cells in turn."""
    with caplog.at_level(logging.DEBUG):
        for at, (column, kind, book) in enumerate(wrong_cells(name, 2 if name == "Provider" else 0)):
            if at % 4:  # the kinds are 17: over the columns each of them comes by
                continue
            for result in results(marked(book)):
                assert not [text for text in said(result) if MARK in text], (column, kind)
    assert MARK not in caplog.text


def test_fill_tells_no_patient(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    book = openpyxl.Workbook()
    page = book.active
    header = ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"]
    rows = [
        [1, f"{MARK} A", "meropenum", "1 g", "q8h", "2025-05-01", 1],
        [2, f"{MARK} B", "meropenem", "1 L", "q5h", "soon", 0],
    ]
    for row in (header, *rows):
        page.append(row)
    page["J1"] = "=CLAIM_GRID(A1:G3)"
    page["A9"] = '=JUNITS(B2,"1 g")'  # a patient's cell given as a drug is quoted: it was named as one
    page["A10"] = "=EXPLAIN(7,A1:G3)"
    page["A11"] = "=CLAIM_GRID(A2:G3)"  # without its headings
    path = tmp_path / "orders.xlsx"
    book.save(path)
    with caplog.at_level(logging.DEBUG):
        found = fill(path)
    messages = [error.message for _, row, _, error in found.errors if row != 9]
    assert len(messages) == 2 and not [text for text in messages if MARK in text] and MARK not in caplog.text
