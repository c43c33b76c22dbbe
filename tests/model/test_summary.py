"""Any grid added up: groups, months, cross tables, errors that stay errors."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.random_tables import tables
from xl_infusion import CLAIM_GRID, CLAIM_SUMMARY, EXPECTED_GRID
from xl_infusion.errors import ExcelError

GRID: list[list[Any]] = [
    ["Payer", "Kind", "From", "Expected", "Units"],
    ["B", "drug", dt.date(2025, 7, 31), 1.1, 5],
    ["A", "visit", 45870, "2.20", 1],
    [None, "drug", "2025-08-02", 0.3, 2],
    ["a10", "drug", dt.date(2024, 1, 1), None, 2],
    ["a9", "drug", dt.date(2024, 1, 1), 1, 2],
    [None, None, None, None, None],
]


def test_groups_in_their_order_with_the_total_first() -> None:
    assert CLAIM_SUMMARY(GRID, "payer") == [
        ["payer", "Lines", "Expected"], ["Total", 5, 4.6], ["A", 1, 2.2], ["a9", 1, 1], ["a10", 1, 0], ["B", 1, 1.1],
        ["(none)", 1, 0.3],
    ]  # fmt: skip


def test_a_month_is_that_of_from_and_a_day_is_shown_as_one() -> None:
    assert [row[0] for row in CLAIM_SUMMARY(GRID, "Month")[2:]] == ["2024-01", "2025-07", "2025-08"]
    assert CLAIM_SUMMARY(GRID[:2], "From")[2][0] == "2025-07-31"
    assert CLAIM_SUMMARY([["From", "Month", "Paid"], [dt.date(2025, 7, 1), "x", 1]], "month")[2][0] == "x"
    bad = CLAIM_SUMMARY([["From", "Paid"], ["soon", 1]], "Month")
    assert bad[2] == ["#VALUE!", 1, 1]


def test_a_cross_table_adds_up_one_amount_both_ways() -> None:
    assert CLAIM_SUMMARY(GRID, "Kind", "Payer") == [
        ["Kind", "Total", "A", "a9", "a10", "B", "(none)"], ["Total", 4.6, 2.2, 1, 0, 1.1, 0.3],
        ["drug", 2.4, 0, 1, 0, 1.1, 0.3], ["visit", 2.2, 2.2, 0, 0, 0, 0],
    ]  # fmt: skip
    assert CLAIM_SUMMARY(GRID, "Kind", "Month", "Units")[1] == ["Total", 12, 4, 5, 3]
    assert CLAIM_SUMMARY([["Kind", "Payer", "Variance", "Expected"], ["x", "y", 1, 2]], "Kind", "Payer")[1] == [
        "Total",
        1,
        1,
    ]
    assert CLAIM_SUMMARY([["Kind", "Payer", "Charge"], ["x", "y", 3]], "Kind", "Payer")[1] == ["Total", 3, 3]
    nothing = CLAIM_SUMMARY([["Kind", "Payer", "Rate"], ["x", "y", 3]], "Kind", "Payer")
    assert nothing == "#N/A" and "no column 'Expected': it has Kind, Payer, Rate" in nothing.message


def test_a_column_without_any_amount_is_no_0() -> None:
    orders = [["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
              [1, "P1", "ertapenem", "1 g", "daily", "2025-09-01", 2]]  # fmt: skip
    claim = CLAIM_GRID(orders, None, None, [["Code", "Rate"]])
    assert CLAIM_SUMMARY(claim, "Drug") == [["Drug", "Lines", "Charge"], ["Total", 2, ""], ["ertapenem", 2, ""]]
    crossed = CLAIM_SUMMARY(claim, "Drug", "Code", "Charge")
    assert crossed == "#N/A" and "no line of the grid has an amount in its column Charge" in crossed.message
    assert CLAIM_SUMMARY(claim[:1], "Drug") == [["Drug", "Lines", "Charge"], ["Total", 0, 0]]
    assert EXPECTED_GRID(orders, None, None, [["Code", "Rate"]]) == "#N/A"


def test_an_error_is_the_result_of_its_group_and_of_the_total_and_of_no_other() -> None:
    grid = [["Payer", "Kind", "Expected", "Charge"], ["A", "drug", ExcelError("#N/A", "why"), 1], ["B", "drug", 2, 3],
            [ExcelError("#REF!"), "visit", 4, 5], ["B", "visit", "two", 1]]  # fmt: skip
    assert CLAIM_SUMMARY(grid, "Payer") == [
        ["Payer", "Lines", "Expected", "Charge"], ["Total", 4, "#N/A", 10], ["#REF!", 1, 4, 5], ["A", 1, "#N/A", 1],
        ["B", 2, "#VALUE!", 4],
    ]  # fmt: skip
    assert CLAIM_SUMMARY(grid, "Kind", "Payer")[2] == ["drug", "#N/A", 0, "#N/A", 2]


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ((ExcelError("#SPILL!"), "Payer"), "#SPILL!", "the grid is #SPILL!"),
        (([[None, None]], "Payer"), "#VALUE!", "no header row"),
        ((None, "Payer"), "#VALUE!", "no header row"),
        ((GRID, None), "#VALUE!", "by is blank"),
        ((GRID, "Prayer"), "#N/A", "no column 'Prayer': it has Payer, Kind, From, Expected, Units"),
        ((GRID, [["Payer", "Kind"]]), "#VALUE!", "by is a range: give one cell"),
        ((GRID, "Payer", ExcelError("#NAME?")), "#NAME?", "across is #NAME?"),
        ((GRID, "Payer", "Kind", ExcelError("#NUM!")), "#NUM!", "value is #NUM!"),
        (([["Payer", "Rate"], ["A", 1]], "Payer"), "#N/A", "no amounts to add up"),
        (([["Payer", "Expected"], ["A", 1]], "Month"), "#N/A", "no column 'Month'"),
    ],
)
def test_what_cannot_be_added_up_says_why(arguments: tuple[Any, ...], error: str, says: str) -> None:
    found = CLAIM_SUMMARY(*arguments)
    assert found == error and says in found.message


@given(st.integers(0, 10**6), st.sampled_from(["Payer", "Kind", "Month", "Patient", "Therapy", "Drug", "Code"]))
@settings(max_examples=40, deadline=None)
def test_the_groups_add_up_to_the_total_and_the_total_to_the_lines(seed: int, by: str) -> None:
    arguments = tables(seed).arguments
    header, *lines = EXPECTED_GRID(*arguments)
    summary = CLAIM_SUMMARY([header, *lines], by)
    for at, name in enumerate(summary[0][1:], start=1):
        total = Fraction(str(summary[1][at]))
        assert sum(Fraction(str(row[at])) for row in summary[2:]) == total
        column = [1] * len(lines) if name == "Lines" else [line[header.index(name)] for line in lines]
        assert sum(Fraction(str(cell)) for cell in column) == total
    crossed = CLAIM_SUMMARY([header, *lines], by, "Payer")
    assert crossed[1][1] == summary[1][summary[0].index("Expected")]
    assert CLAIM_SUMMARY(CLAIM_GRID(*arguments), "Payer")[0][2:] == ["Charge"]
