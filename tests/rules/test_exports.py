"""Words of pharmacy systems' exports: read where they mean one thing, else told with what to type."""

from __future__ import annotations

import datetime as dt

import pytest

from xl_infusion.errors import BillingError
from xl_infusion.reference import current
from xl_infusion.rules import day, dose, fluid, interval, visit
from xl_infusion.rules.number import whole


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("IV q24h", "q24h"), ("q24h IV", "q24h"), ("IVPB every 8 hours", "q8h"), ("q12h IV push", "q12h"), ("SubQ weekly", "weekly"),
        ("24 hr continuous", "continuous"), ("24-hour continuous infusion", "continuous"), ("over 24 hours", "continuous"),
        ("continuous over 24 hours", "continuous"), ("IV over 24 hrs", "continuous"), ("infuse over 24h", "continuous"),
        ("IV once", "once"),
    ],
)  # fmt: skip
def test_the_route_and_a_day_long_infusion_are_no_part_of_an_interval(typed: str, same: str) -> None:
    assert interval.parse(typed) == interval.parse(same)


@pytest.mark.parametrize("typed", ["IV", "over 2 hours", "infuse over 30 minutes", "24 hours or so", "IV IV IV"])
def test_how_long_a_dose_runs_is_no_interval(typed: str) -> None:
    with pytest.raises(BillingError, match="is not understood"):
        interval.parse(typed)


@pytest.mark.parametrize("typed", ["q12h x 14 days", "every 12 hours for 14 days", "IV BID x14d"])
def test_a_number_of_days_is_asked_for_in_its_own_column(typed: str) -> None:
    with pytest.raises(BillingError, match="type every 12 hours alone, and 14 into Days, or End") as error:
        interval.parse(typed)
    assert error.type is not None and interval.parse("every 12 hours").hours == 12
    with pytest.raises(BillingError, match="'soon' is not understood"):
        interval.parse("soon x 14 days")


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("2 gm/100 mL NS", "2 g"), ("1.25 g/250 mL D5W", "1.25 g"), ("1 g in 100 mL of normal saline", "1 g"),
        ("1 g in NS 100 mL", "1 g"), ("500 mg/100 mL 0.9% NaCl", "500 mg"), ("1 g/50 mL sterile water", "1 g"),
        ("3 g/0.375 g/100 mL NS", "3 g/0.375 g"),
    ],
)  # fmt: skip
def test_what_a_drug_is_diluted_in_is_no_part_of_its_dose(typed: str, same: str) -> None:
    assert dose.parse(typed) == dose.parse(same)


@pytest.mark.parametrize(
    "typed", ["100 mg/mL", "100 mg / ml", "50 mg per mL", "10 mg/mL NS", "1 g/100 mL/h NS", "0.9% NaCl", "100 mL NS"]
)
def test_a_strength_is_no_dose(typed: str) -> None:
    with pytest.raises(BillingError):
        dose.parse(typed)


def test_a_strength_is_told_what_to_type() -> None:
    with pytest.raises(BillingError, match="is a rate or a strength: type the amount of one dose"):
        dose.parse("100 mg/mL")


@pytest.mark.parametrize(
    "typed", ["1-Dec-25", "01-DEC-2025", "1 December 2025", "Dec 1, 2025", "December 1 2025", "1-Dec.-25"]
)
def test_a_day_with_its_month_in_letters(typed: str) -> None:
    assert day.parse(typed) == dt.date(2025, 12, 1)


@pytest.mark.parametrize("typed", ["1-Dez-25", "31-Feb-25", "Foo 1, 2025", "Dec 2025", "Dec-25", "25-12-Dec"])
def test_what_is_no_day_is_none(typed: str) -> None:
    with pytest.raises(BillingError, match="is not a date"):
        day.parse(typed)


def test_the_short_name_of_normal_saline_is_a_bag_too() -> None:
    assert current().drug(fluid.bag(current(), "0.9% NaCl", "500 mL")).code == "J7040"


def test_the_example_of_a_message_is_what_its_cell_takes() -> None:
    with pytest.raises(
        BillingError, match="type minutes alone, 105 for 1:45, or in Visits its Start time and End time"
    ):
        visit.minutes("1:45")
    assert visit.minutes("105") == 105
    with pytest.raises(BillingError, match="Days '7 days' is not a number: write a whole number alone: 7"):
        whole("7 days", "Days", 1, 3660)
    assert whole("7", "Days", 1, 3660) == 7
