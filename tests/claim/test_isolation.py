"""A row that cannot be billed fails its own line, never another patient's; a contract's row what it is about."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from tests.bad_rows import BAD, given, wrong_cells
from tests.claim.test_checks import CLEAN, Book, put
from tests.frozen_reference import FROZEN
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, CLAIM_SUMMARY, EXPECTED_GRID, EXPLAIN, ExcelError
from xl_infusion.claim import TABLES
from xl_infusion.reference import using

TABLES_OF_A_CLAIM = ("Orders", "Visits", "Payers", "Rates", "Payer codes", "Own codes", "Holds")
#: The patients of CLEAN but the first, whose rows are made wrong, and an order of each.
OTHERS = {"P2": 4, "P3": "RX-7", "P4": 8, "P5": 9, "P6": 10, "P7": 11}
Line = dict[str, Any]


def rows(function: Callable[..., Any], *arguments: Any) -> list[Line]:
    found = function(*arguments)
    assert not isinstance(found, ExcelError), found.message
    header, *lines = found
    return [dict(zip(header, line, strict=True)) for line in lines]


def grid(book: Book) -> list[Line]:
    return rows(CLAIM_GRID, *given(book, *TABLES_OF_A_CLAIM))


def of_others(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["Patient"] in OTHERS]


with using(FROZEN):
    CLEAN_LINES = grid(CLEAN)


def everything(book: Book) -> dict[str, Any]:
    """What the other patients have in every function."""
    orders, visits, payers, rates, *codes_and_holds = given(book, *TABLES_OF_A_CLAIM)
    expected = EXPECTED_GRID(orders, visits, payers, rates, None, *codes_and_holds)
    assert isinstance(expected, list)
    added = rows(CLAIM_SUMMARY, expected, "Patient", None, "Expected")
    return {
        "grid": of_others(grid(book)),
        "expected": of_others(rows(lambda: expected)),
        "summary": [line for line in added if line["Patient"] in OTHERS],
        "explained": [EXPLAIN(order, orders, visits, payers, rates, *codes_and_holds) for order in OTHERS.values()],
    }


with using(FROZEN):
    CLEAN_EVERYTHING = everything(CLEAN)


def findings(book: Book) -> list[Line]:
    tables = given(book, "Orders", "Visits", "Payers", "Rates", "Provider", "Payer codes", "Own codes", "Holds")
    return rows(CLAIM_CHECKS, *tables)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "row"), [("Orders", 0), ("Visits", 0)])
def test_a_wrong_cell_of_a_patient_leaves_every_other_patient_alone(name: str, row: int) -> None:
    for at, (column, kind, book) in enumerate(wrong_cells(name, row)):
        assert of_others(grid(book)) == of_others(CLEAN_LINES), (column, kind)
        if at % 5 == 0:  # the kinds are 17: each of them comes by in some column
            assert everything(book) == CLEAN_EVERYTHING, (column, kind)


@pytest.mark.slow
def test_a_wrong_cell_is_a_finding_of_its_patient_alone() -> None:
    mine = {number for number, order in enumerate(CLEAN["Orders"], start=2) if order["Patient"] == "P1"}
    for column, kind, book in itertools.islice(wrong_cells("Orders"), 0, None, 3):
        found = [one for one in findings(book) if one["Sheet"] == "Orders"]
        assert {one["Row"] for one in found} <= mine, (column, kind, found)


@pytest.mark.slow
def test_a_wrong_term_of_a_payer_fails_its_claims_alone() -> None:
    for column, kind, book in wrong_cells("Payers"):
        assert of_others(grid(book)) == of_others(CLEAN_LINES), (column, kind)


def test_a_payer_that_stands_twice_fails_its_claims_alone() -> None:
    book = copy.deepcopy(CLEAN)
    book["Payers"].append(dict(book["Payers"][0]))
    found = grid(book)
    assert of_others(found) == of_others(CLEAN_LINES)
    assert all(line["Code"] == "#VALUE!" for line in found if line["Patient"] == "P1")


@pytest.mark.slow
def test_a_wrong_rate_fails_the_charge_of_its_code_and_nothing_else() -> None:
    code = CLEAN["Rates"][0]["Code"]
    money = ("Rate", "Charge", "Why")

    def bare(lines: list[Line]) -> list[Line]:
        ranked_by_rate = {"Island"}
        return [
            {column: cell for column, cell in line.items() if column not in money}
            for line in lines
            if line["Payer"] not in ranked_by_rate
        ]

    def priced_otherwise(lines: list[Line]) -> list[Line]:
        return [line for line in lines if line["Code"] != code]

    for column, kind, book in wrong_cells("Rates"):
        found = grid(book)
        assert bare(found) == bare(CLEAN_LINES), (column, kind)
        if column != "Code":  # a row whose code cannot be read may be that of any line
            assert priced_otherwise(found) == priced_otherwise(CLEAN_LINES), (column, kind)


@pytest.mark.slow
def test_a_wrong_code_of_a_payer_fails_its_claims_alone() -> None:
    concerned = {line["Patient"] for line in CLEAN_LINES if line["Payer"] == "Island"}
    for column, kind, book in wrong_cells("Payer codes"):
        if column != "Payer":  # a row whose payer cannot be read may be anybody's
            others = [
                [line for line in lines if line["Patient"] not in concerned] for lines in (grid(book), CLEAN_LINES)
            ]
            assert others[0] == others[1], (column, kind)


@pytest.mark.slow
def test_a_wrong_own_code_fails_its_drug_alone() -> None:
    for column, kind, book in wrong_cells("Own codes"):
        if column != "Drug":  # a row whose drug cannot be read may be any drug's
            assert grid(book) == CLEAN_LINES, (column, kind)


@pytest.mark.slow
def test_a_wrong_hold_fails_the_orders_of_its_patient_alone() -> None:
    for column, kind, book in wrong_cells("Holds"):
        if column != "Patient":  # a row whose patient cannot be read may be anybody's
            assert of_others(grid(book)) == of_others(CLEAN_LINES), (column, kind)


# -- too many at once ----------------------------------------------------------------------------------------------


def crowded(count: int) -> Book:
    """So many more orders of the first patient on the days of its first one, each more often than the last."""
    book = copy.deepcopy(CLEAN)
    book["Orders"] += [{**CLEAN["Orders"][0], "Order": f"more {n}"} for n in range(count)]
    return book


def test_a_therapy_beyond_the_last_rank_fails_its_own_line() -> None:
    """Of 101 at once two have no rank; their drugs, and all other lines, are billed."""
    for more, fails in ((97, 0), (98, 1), (99, 2)):
        book = crowded(more)  # and two that run beside them already
        found = grid(book)
        assert everything(book) == CLEAN_EVERYTHING
        failed = [line for line in found if line["Patient"] == "P1" and isinstance(line["Code"], ExcelError)]
        assert len(failed) == fails
        for line in failed:
            assert line["Code"] == line["Units"] == "#NUM!" and line["Charge"] == "#NUM!"
            says = "more than 99 therapies of one patient run on one day: check Patient, Start and End of the orders"
            assert line["Why"] == says
        told = [one for one in findings(book) if "more than 99" in one["What is wrong"]]
        assert bool(told) is bool(fails) and all(one["Severity"] == "error" for one in told)
        drugs = [line for line in found if line["Patient"] == "P1" and str(line["Code"]).startswith("J33")]
        assert len(drugs) == more + 2 and all(line["Units"] for line in drugs)


def test_a_therapy_beyond_the_last_rank_is_explained() -> None:
    book = crowded(99)
    failed = [line for line in grid(book) if line["Patient"] == "P1" and isinstance(line["Code"], ExcelError)]
    tables = given(book, *TABLES_OF_A_CLAIM)
    (_, *steps) = EXPLAIN(failed[0]["Order"], *tables)
    assert steps[-2][2].startswith("#NUM! x #NUM!") and "more than 99 therapies" in steps[-2][3]


def test_a_rank_beyond_the_last_one_comes_and_goes() -> None:
    """The hundredth has no line but for the days on which there are a hundred."""
    header = ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "End"]
    orders = [[n, "P1", "ceftriaxone", "1 g", "q8h", "2025-05-01", "2025-05-10"] for n in range(98)]
    orders += [["short", "P1", "meropenem", "1 g", "q8h", "2025-05-04", "2025-05-06"]]
    orders += [["last", "P1", "vancomycin", "1 g", "q24h", "2025-05-01", "2025-05-10"]]
    lines = [line for line in rows(CLAIM_GRID, [header, *orders]) if line["Order"] == "last"]
    found = [(line["From"].day, line["To"].day, str(line["Code"])) for line in lines]
    assert sorted(found) == [(1, 3, "S9500"), (1, 10, "J3370"), (4, 6, "#NUM!"), (7, 10, "S9500")]


# -- several wrong things at once ----------------------------------------------------------------------------------

_ORDER_COLUMNS, _VISIT_COLUMNS = (
    [
        column.name
        for column in next(table for table in TABLES if table.name == name).columns
        if column.name != "Patient"
    ]
    for name in ("Orders", "Visits")
)
_CELLS = st.sampled_from(list(BAD.values()))


@pytest.mark.slow
@drawn(
    st.lists(st.tuples(st.sampled_from([2, 3, 4]), st.sampled_from(_ORDER_COLUMNS), _CELLS), max_size=6),
    st.lists(st.tuples(st.sampled_from([2, 3]), st.sampled_from(_VISIT_COLUMNS), _CELLS), max_size=4),
    st.sampled_from([0, 1, 5, 99]),
    st.booleans(),
)
def test_whatever_is_wrong_with_one_patient_no_other_patient_has_it(
    orders: list[tuple[int, str, object]], visits: list[tuple[int, str, object]], more: int, twice: bool
) -> None:
    """Several wrong cells, the same order number twice, and more orders at once than there are ranks."""
    book = crowded(more)
    for table, wrong in (("Orders", orders), ("Visits", visits)):
        for row, column, cell in wrong:
            put(table, row, **{column: cell})(book)
    if twice:
        book["Orders"].append(dict(book["Orders"][0]))
    assert of_others(grid(book)) == of_others(CLEAN_LINES)
