"""A line depends on its patient's rows, the contracts and the edition alone: patients billed apart have the same lines."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from tests.bad_rows import BAD, given
from tests.claim.test_checks import CLEAN, Book, order, put
from xl_infusion import CLAIM_GRID, EXPECTED_GRID, ExcelError
from xl_infusion.claim import TABLES
from xl_infusion.claim.inputs import patient_of, sort_key
from xl_infusion.errors import BillingError

_COLUMNS = {table.name: [column.name for column in table.columns] for table in TABLES}
#: Spellings of a payer that Payers does not have, each in another patient's row.
SPELLINGS = ("Plan Z", "plan z", "PLAN Z")


def patient(row: dict[str, Any]) -> str:
    """The patient of a row as the claim has it; what cannot be read is one."""
    try:
        return patient_of(row.get("Patient"))
    except BillingError:
        return ""


def lines(function: Callable[..., Any], book: Book) -> list[list[Any]]:
    orders, visits, payers, rates, *codes_and_holds = given(
        book, "Orders", "Visits", "Payers", "Rates", "Payer codes", "Own codes", "Holds"
    )
    costs = () if function is CLAIM_GRID else (None,)
    found = function(orders, visits, payers, rates, *costs, *codes_and_holds)
    assert not isinstance(found, ExcelError), found.message
    return list(found[1:])


def apart(function: Callable[..., Any], book: Book) -> list[list[Any]]:
    """The lines of each patient out of a workbook of its own, one patient after another."""
    patients = {patient(row) for name in ("Orders", "Visits") for row in book[name]}
    found = []
    for one in sorted(patients, key=lambda one: (sort_key(one), one)):
        rows = {name: [row for row in book[name] if patient(row) == one] for name in ("Orders", "Visits")}
        found += lines(function, book | rows)
    return found


def spelt_differently() -> Book:
    book = copy.deepcopy(CLEAN)
    for n, payer in enumerate(SPELLINGS):
        book["Orders"] += [
            order(f"Z{n}", f"Z{n}", payer, "ertapenem", "1 g", "daily", "2025-08-01", "2025-08-05"),
            order(f"Y{n}", f"Z{n}", "", "ceftriaxone", "1 g", "q7h", "2025-08-01", "2025-08-05"),
        ]
    return book


def test_a_payer_without_a_row_is_spelt_as_the_patients_own_rows_have_it() -> None:
    book = spelt_differently()
    for function in (CLAIM_GRID, EXPECTED_GRID):
        assert lines(function, book) == apart(function, book)
    shown = [(line[1], line[-1]) for line in lines(CLAIM_GRID, book) if line[0].startswith("Z") and line[1]]
    assert {payer for payer, _ in shown} == set(SPELLINGS)
    assert all(f"payer {payer!r} is not in the Payers table" in why for payer, why in shown)


def test_without_payers_a_rate_that_is_missing_names_the_payer_as_it_is_spelt_there() -> None:
    book = spelt_differently() | {"Payers": [], "Rates": [{"Code": "S9500", "Rate": 1, "Payer": "Blue"}]}
    assert lines(CLAIM_GRID, book) == apart(CLAIM_GRID, book)
    assert {line[1] for line in lines(CLAIM_GRID, book) if line[0].startswith("Z")} == {"", *SPELLINGS}


_WRONG = st.tuples(
    st.sampled_from(["Orders", "Visits"]), st.integers(2, 19), st.integers(0, 40), st.sampled_from(list(BAD.values()))
)


@pytest.mark.slow
@drawn(st.lists(_WRONG, max_size=8))
def test_the_lines_of_all_patients_are_those_of_each(wrong: list[tuple[str, int, int, object]]) -> None:
    book = spelt_differently()
    for name, row, column, cell in wrong:
        columns = _COLUMNS[name]
        at = 2 + (row - 2) % len(book[name])
        put(name, at, **{columns[column % len(columns)]: cell})(book)
    for function in (CLAIM_GRID, EXPECTED_GRID):
        assert lines(function, book) == apart(function, book)
