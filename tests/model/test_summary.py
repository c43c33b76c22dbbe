"""Any grid added up: groups, months, cross tables, errors that stay errors."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.random_tables import tables
from xl_infusion import CLAIM_GRID, CLAIM_SUMMARY, EXPECTED_GRID
from xl_infusion.errors import ExcelError
from xl_infusion.model.months import brought, by_month, month_text

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


def test_a_line_of_one_day_is_of_its_month_and_a_day_is_shown_as_one() -> None:
    assert [row[0] for row in CLAIM_SUMMARY(GRID, "Month")[2:]] == ["2024-01", "2025-07", "2025-08"]
    assert CLAIM_SUMMARY(GRID[:2], "From")[2][0] == "2025-07-31"
    assert CLAIM_SUMMARY([["From", "Month", "Paid"], [dt.date(2025, 7, 1), "x", 1]], "month")[2][0] == "x"
    bad = CLAIM_SUMMARY([["From", "Paid"], ["soon", 1]], "Month")
    assert bad[2] == ["#VALUE!", 1, 1]


DECEMBER = [
    ["Payer", "From", "To", "Lines of", "Units", "Charge", "Expected", "Adjustment", "Drug cost", "Drug margin"],
    ["A", "2025-11-29", "2025-12-31", "x", 33, 100, 70.01, 29.99, "", ""],  # two days of November, all of December
    ["A", "2025-12-30", "2026-01-01", "x", 3, 10, 10, 0, 1, 9],
    ["B", "2025-12-05", "", "x", 1, 0.01, 0.01, 0, "", ""],
]


def test_the_money_of_a_month_is_that_of_its_days_of_service_and_lines_count_where_they_begin() -> None:
    _, *rows = CLAIM_SUMMARY(DECEMBER, "Month")
    assert rows == [
        ["Total", 3, 110.01, 80.02, 29.99, 1, 9],
        ["2025-11", 1, 6.06, 4.24, 1.82, 0, 0],  # 2 of 33 days, and what is less than a cent comes later
        ["2025-12", 2, 93.94 + 6.66 + 0.01, 65.77 + 6.66 + 0.01, 28.17, 0.66, 6],
        ["2026-01", 0, 3.34, 3.34, 0, 0.34, 3],
    ]  # fmt: skip
    assert CLAIM_SUMMARY(DECEMBER, "Payer", "Month", "Expected") == [
        ["Payer", "Total", "2025-11", "2025-12", "2026-01"], ["Total", 80.02, 4.24, 72.44, 3.34],
        ["A", 80.01, 4.24, 72.43, 3.34], ["B", 0.01, 0, 0.01, 0],
    ]  # fmt: skip
    assert CLAIM_SUMMARY(DECEMBER, "Month", "Payer", "Units")[1:] == [
        ["Total", 37, 36, 1], ["2025-11", 33, 33, 0], ["2025-12", 4, 3, 1],
    ]  # fmt: skip
    both = CLAIM_SUMMARY(DECEMBER, "Month", "Month", "Drug cost")
    assert [row[2:] for row in both[2:]] == [[0, 0, 0], [0, 0.66, 0], [0, 0, 0.34]]


def test_an_error_is_one_in_each_month_of_its_line_and_in_the_total() -> None:
    why = ExcelError("#N/A", "no rate")
    grid = [["From", "To", "Charge", "Expected", "Adjustment"], ["2025-06-30", "2025-08-01", 9, why, why],
            ["2025-09-01", "2025-09-02", 5, 4, 1]]  # fmt: skip
    assert CLAIM_SUMMARY(grid, "Month")[1:] == [
        ["Total", 2, 14, "#N/A", "#N/A"], ["2025-06", 1, 0.27, "#N/A", "#N/A"], ["2025-07", 0, 8.45, "#N/A", "#N/A"],
        ["2025-08", 0, 0.28, "#N/A", "#N/A"], ["2025-09", 1, 5, 4, 1],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "group"),
    [
        (["", "2025-07-01"], "(none)"),
        (["2025-07-02", "2025-07-01"], "#NUM!"),
        (["2025-07-02", "2225-07-01"], "#NUM!"),  # a typing error, and no group for each of 2,400 months
        (["2025-07-02", "soon"], "#VALUE!"),
        ([ExcelError("#REF!"), "2025-07-01"], "#REF!"),
        (["2025-07-02", ExcelError("#REF!")], "#REF!"),
    ],
)
def test_a_line_whose_days_are_not_known_is_a_group_of_its_own(days: list[Any], group: str) -> None:
    found = CLAIM_SUMMARY([["From", "To", "Paid"], [*days, 3], ["2025-07-01", "2025-07-31", 2]], "Month")
    assert sorted(found[2:], key=str) == sorted([[group, 1, 3], ["2025-07", 1, 2]], key=str)


def test_a_line_has_no_more_days_than_an_order_may_have() -> None:
    """3,660 days; one more is a typing error."""
    grid = [["From", "To", "Paid"], ["2025-07-01", "2035-07-08", 3], ["2025-07-01", "2035-07-09", 2]]
    totals = {str(row[0]): row[2] for row in CLAIM_SUMMARY(grid, "Month")[2:]}
    assert totals["#NUM!"] == 2 and "2035-07" in totals


#: Money as it stands in a cell; now and then finer than a cent.
MONEY = st.decimals(-(10**7), 10**7, places=2) | st.decimals(-1000, 1000, places=5)


@given(st.dates(dt.date(2019, 1, 1), dt.date(2031, 1, 1)), st.integers(1, 400), MONEY)
def test_the_months_of_a_line_add_up_to_it_exactly_and_each_has_its_days_share(
    first: dt.date, days: int, amount: Decimal
) -> None:
    last = first + dt.timedelta(days - 1)
    found = [*by_month(first.toordinal(), last.toordinal(), amount)]
    assert sum(part for _, part in found) == amount
    of_days = Counter((first + dt.timedelta(day)).strftime("%Y-%m") for day in range(days))
    assert [month_text(month) for month, _ in found] == sorted(of_days)
    for month, part in found:
        assert abs(part - amount * of_days[month_text(month)] / days) < Decimal("0.02")
    whole = int(amount * 100)
    assert sum(brought(whole, days, day + 1) - brought(whole, days, day) for day in range(days)) == whole


@given(st.integers(0, 10**6))
def test_what_holds_on_every_line_holds_in_every_month(seed: int) -> None:
    header, *rows = CLAIM_SUMMARY(EXPECTED_GRID(*tables(seed).arguments), "Month")
    for row in rows:
        cell = {name: Fraction(str(row[at])) for at, name in enumerate(header) if at}
        assert cell["Expected"] + cell["Adjustment"] == cell["Charge"]
        assert cell.get("Patient share", 0) + cell.get("Payer pays", cell["Expected"]) == cell["Expected"]


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
