"""The forecast: hand-made pasts whose future is certain, the edges of the history, and what it refuses."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest

from tests import ROOT
from xl_infusion import ExcelError
from xl_infusion.functions import FORECAST_BASIS, FORECAST_GRID
from xl_infusion.model import forecast, history

ORDERS = ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"]
VISITS = ["Patient", "Date", "Minutes"]
#: 2 g of ceftriaxone are 8 units of 250 mg: a day of it brings 100 + 4; of vancomycin, 2 x 100 units, 130 + 10.
RATES = [["Code", "Rate"], ["S9500", 100], ["J0696", 0.5], ["S9501", 130], ["J3373", 0.05], ["99601", 150]]
CEFTRIAXONE, VANCOMYCIN = ("ceftriaxone", "2 g", "q24h"), ("vancomycin", "1 g", "q12h")
QUARTER = ("2025-07-01", "2025-08-01", "2025-09-01")


def order(number: int, start: str, days: object = 1, drug: tuple[str, str, str] = CEFTRIAXONE, patient: str = "",
          payer: str = "A") -> list[Any]:  # fmt: skip
    return [number, patient or f"P{number}", payer, *drug, start, days]


def ten_a_month(days: int = 1, months: tuple[str, ...] = QUARTER, **more: Any) -> list[list[Any]]:
    """Ten orders on the first day of each month, of as many patients."""
    return [ORDERS, *(order(10 * m + i, month, days, **more) for m, month in enumerate(months) for i in range(10))]


def lag(days: int, *payers: str) -> list[list[Any]]:
    return [["Payer", "Payment days"], *([payer, days] for payer in payers or ("A",))]


def rows(grid: Any) -> list[dict[str, Any]]:
    assert not isinstance(grid, ExcelError), grid.message
    return [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]


def band(row: dict[str, Any], what: str) -> list[Any]:
    return [row[f"{what} {name}"] for name in ("P10", "P50", "P90")]


def refused(result: Any) -> tuple[str, str]:
    assert isinstance(result, ExcelError)
    return str(result), result.message


# -- certain futures ----------------------------------------------------------------------------------------------


def test_orders_of_one_day_bring_the_same_in_every_run() -> None:
    total, *months = rows(FORECAST_GRID(ten_a_month(), None, lag(0), RATES))
    assert [row["Month"] for row in months] == [dt.date(2025 + (9 + i) // 12, (9 + i) % 12 + 1, 1) for i in range(12)]
    for row in months:
        assert (row["Starts"], row["Rests on"]) == (10, 30)
        assert band(row, "Patient-days") == [10] * 3
        assert (row["Revenue known"], row["Cash known"]) == (0, 0)
        for what in ("Revenue", "Cash"):
            assert [*band(row, what), row[f"{what} mean"]] == [1040] * 4
    assert (total["Month"], total["Starts"], band(total, "Patient-days")) == ("Total", 120, [120] * 3)
    assert [*band(total, "Revenue"), total["Cash mean"]] == [12480] * 4


def test_cash_comes_the_payment_days_after_the_last_day_of_a_line() -> None:
    # what starts in September is paid in October, 30 days later; of October's, the first day's is paid on the 31st
    orders = ten_a_month()
    _, october, *_ = rows(FORECAST_GRID(orders, None, lag(30), RATES))
    assert october["Cash known"] == 1040 and october["Cash P90"] >= 1040
    [total, october] = rows(FORECAST_GRID(orders, None, lag(60), RATES, 1))
    assert (october["Cash known"], october["Cash mean"]) == (2 * 1040 - 1040, 1040)  # 1 August + 60 days: 30 September
    assert total["Cash mean"] == 1040 and total["Month"] == "Total"


def test_without_a_row_of_its_payer_a_line_is_paid_after_the_default_thirty_days() -> None:
    by_default, stated = (FORECAST_GRID(ten_a_month(), None, payers, RATES) for payers in (None, lag(30)))
    assert by_default == stated


def test_known_orders_run_on_and_their_cash_is_still_to_come() -> None:
    orders = ten_a_month()
    orders.append(order(99, "2025-09-21", 20))  # ten days of September, ten of October
    total, october, november = rows(FORECAST_GRID(orders, None, lag(14), RATES, 2))
    assert (october["Revenue known"], october["Cash known"]) == (1040, 2080)  # paid on 24 October
    assert (november["Revenue known"], november["Cash known"]) == (0, 0)
    assert (total["Revenue known"], total["Cash known"], total["Rests on"]) == (1040, 2080, 31)
    assert band(october, "Revenue")[0] >= 1040 + 1040
    assert october["Why"] == "known orders that run in it: 1; known orders and visits paid in it: 1"
    assert november["Why"] == "known orders that run in it: 0; known orders and visits paid in it: 0"
    _, october, november = rows(FORECAST_GRID(orders, None, lag(45), RATES, 2))  # September's on 16 October, it later
    assert [row["Why"].rpartition("paid in it: ")[2] for row in (october, november)] == ["10", "1"]


def test_two_therapies_of_a_patient_are_one_patient_day() -> None:
    orders = ten_a_month()
    for row in orders[1:]:
        row[1] = f"P{row[0] // 2}"  # two orders a patient
    [total, month] = rows(FORECAST_GRID(orders, None, lag(0), RATES, 1, 100))
    assert (month["Starts"], total["Starts"]) == (10, 10)
    assert 0 <= month["Patient-days P10"] < month["Patient-days P90"] <= 10  # an order that began second counts none
    [total] = rows(FORECAST_GRID(orders, None, lag(0), RATES, 36, 500))[:1]
    assert abs(total["Patient-days P50"] - 36 * 5) < 10


def test_visits_go_with_the_order_that_runs_on_their_day() -> None:
    visits = [VISITS, *([f"P{i}", QUARTER[i // 10], 60] for i in range(30))]
    [_, month] = rows(FORECAST_GRID(ten_a_month(), visits, lag(0), RATES, 1))
    assert [*band(month, "Revenue"), month["Cash mean"]] == [10 * (104 + 150)] * 4
    assert "visits without" not in month["Why"]


def test_a_visit_belongs_to_an_order_of_its_claim_before_one_that_began_earlier() -> None:
    """Two payers: what the visit brings is drawn with the order of the payer that it names."""
    orders = [ORDERS]
    for i in range(30):
        orders.append(order(2 * i, QUARTER[i % 3], 1, patient=f"P{i}", payer="A"))
        orders.append(order(2 * i + 1, QUARTER[i % 3], 1, VANCOMYCIN, f"P{i}", "B"))
    visits = [["Patient", "Date", "Minutes", "Payer"], *([f"P{i}", QUARTER[i % 3], 60, "B"] for i in range(30))]
    basis = {row["Group"]: row for row in rows(FORECAST_BASIS(orders, visits, lag(7, "A", "B"), RATES))}
    assert (basis["A"]["Expected an order"], basis["B"]["Expected an order"]) == (104, 140 + 150)


def test_the_length_of_one_order_in_ten_in_two_and_of_nine_in_ten() -> None:
    orders = [ORDERS, *(order(days, QUARTER[days % 3], days) for days in range(1, 101))]
    total, *_ = rows(FORECAST_BASIS(orders, None, lag(0), RATES))
    assert [total[f"Days {name}"] for name in ("P10", "median", "P90", "mean")] == [10, 50, 90, 50.5]


def test_a_visit_without_an_order_is_drawn_by_itself_and_is_no_start() -> None:
    visits = [VISITS, *(["P99", day, 60] for day in QUARTER)]
    total, month = rows(FORECAST_GRID(ten_a_month(), visits, lag(0), RATES, 1))
    assert month["Starts"] == 10 and band(month, "Patient-days") == [10] * 3
    assert [*band(month, "Revenue"), month["Revenue mean"]] == [1040 + 150] * 4
    assert "; visits without an order: 3;" in total["Why"] and total["Rests on"] == 30


def test_a_visit_of_a_month_to_come_without_an_order_is_known() -> None:
    visits = [VISITS, ["P99", "2025-12-05", 60]]
    found = rows(FORECAST_GRID(ten_a_month(), visits, lag(40), RATES, 4))
    assert [row["Revenue known"] for row in found] == [150, 0, 0, 150, 0]
    assert [row["Cash known"] for row in found] == [1040 + 150, 1040, 0, 0, 150]


def test_a_claim_that_is_sent_for_a_denial_brings_nothing() -> None:
    orders = ten_a_month()
    visits = [VISITS, *(["P99", day, 60] for day in QUARTER)]
    header = [*ORDERS, "Second payer"]
    table = [header, *([*row, ""] for row in orders[1:]), [*order(50, "2025-09-02", 1, patient="P99", payer="M"), "A"]]
    payers = [["Payer", "Payment days", "Covers"], ["A", 0, "yes"], ["M", 0, "deny first"]]
    total, month = rows(FORECAST_GRID(table, visits, payers, RATES, 1))
    assert "visits without an order: 3" in total["Why"]  # those to the second payer; the denials are no money
    assert month["Revenue mean"] > 1040


def test_an_amount_that_does_not_divide_is_spread_to_the_cent() -> None:
    # 7 days for 100.01 in one line: 14.28 or 14.29 a day; two of the days are October's, the last two
    orders = ten_a_month()
    orders.append(order(99, "2025-09-26", 7))
    rates = [["Code", "Rate", "Per"], ["S9500", 100.01, "line"], ["J0696", 0, None]]
    [total, _] = rows(FORECAST_GRID(orders, None, lag(0), rates, 1))
    assert total["Revenue known"] == pytest.approx(100.01 - 71.43)  # 10001 x 5 // 7 = 7143 cents are September's
    assert total["Cash known"] == 100.01


# -- the edges of the history -------------------------------------------------------------------------------------


def daily(first: str, last: str) -> list[list[Any]]:
    """An order of one day on each day."""
    start, end = map(dt.date.fromisoformat, (first, last))
    days = [start + dt.timedelta(i) for i in range((end - start).days + 1)]
    return [ORDERS, *(order(i, str(day)) for i, day in enumerate(days))]


@pytest.mark.parametrize(
    ("first", "last", "months", "begins"),
    [
        ("2025-04-01", "2025-09-30", "6 whole months, 2025-04 to 2025-09", dt.date(2025, 10, 1)),
        ("2025-04-02", "2025-09-30", "5 whole months, 2025-05 to 2025-09", dt.date(2025, 10, 1)),
        ("2025-04-01", "2025-09-29", "5 whole months, 2025-04 to 2025-08", dt.date(2025, 9, 1)),
        ("2025-04-20", "2025-09-10", "4 whole months, 2025-05 to 2025-08", dt.date(2025, 9, 1)),
        ("2025-04-01", "2025-09-01", "5 whole months, 2025-04 to 2025-08", dt.date(2025, 9, 1)),
    ],
)
def test_a_month_that_is_cut_gives_no_count(first: str, last: str, months: str, begins: dt.date) -> None:
    total, month, *_ = rows(FORECAST_GRID(daily(first, last), None, lag(0), RATES))
    assert months in total["Why"] and month["Month"] == begins
    cut = begins <= dt.date.fromisoformat(last)
    assert (f"starts are known through {last}" in total["Why"]) == cut
    assert ("drawn for the days after the last known one" in month["Why"]) == cut


def test_a_pause_as_long_as_one_before_does_not_cut_a_month() -> None:
    orders = [row for row in daily("2025-04-01", "2025-09-29") if row[6] != "2025-06-15"]
    total, *_ = rows(FORECAST_GRID(orders, None, lag(0), RATES))
    assert "6 whole months, 2025-04 to 2025-09" in total["Why"]


def test_in_a_month_that_has_begun_only_the_days_after_the_last_known_start_are_drawn() -> None:
    # a start a day: through 10 September known, after it 20 days of about one a day
    _, september, october = rows(FORECAST_GRID(daily("2025-04-01", "2025-09-10"), None, lag(0), RATES, 2, 1000))
    assert september["Revenue known"] == 10 * 104
    assert abs(september["Starts"] - (10 + 30.6 * 20 / 30)) < 0.5 and abs(october["Starts"] - 30.6) < 0.2
    assert "known orders that run in it: 10;" in september["Why"] and "drawn for the days" not in october["Why"]


def test_months_in_which_nothing_started_count_as_none_and_are_told() -> None:
    total, *_ = rows(FORECAST_GRID(ten_a_month(months=("2025-06-01", "2025-08-01", "2025-09-01")), None, None, RATES))
    assert "in 1 of the months nothing started: check the dates" in total["Why"]
    assert abs(total["Starts"] - 12 * 7.5) < 2


def test_small_therapies_are_drawn_together_and_named() -> None:
    orders = ten_a_month(months=(*QUARTER, "2025-10-01"))
    pain = ("hydromorphone", "24 mg", "continuous")
    orders += [order(100 + i, "2025-08-01", 1, pain) for i in range(19)]
    rates = [*RATES, ["S9326", 80], ["S9325", 80], ["J1170", 1], ["J1171", 1]]
    total, *_ = rows(FORECAST_GRID(orders, None, None, rates))
    assert "other therapies, of fewer than 20 orders each: pain management (19);" in total["Why"]
    orders.append(order(200, "2025-08-01", 1, pain))
    assert "other therapies" not in rows(FORECAST_GRID(orders, None, None, rates))[0]["Why"]


# -- seeds --------------------------------------------------------------------------------------------------------


def varied() -> list[list[Any]]:
    chance = random.Random(6)
    first = dt.date(2025, 1, 1)
    return [ORDERS, *(order(i, str(first + dt.timedelta(chance.randrange(181))), chance.choice((5, 14, 28)),
                            chance.choice((CEFTRIAXONE, VANCOMYCIN))) for i in range(80))]  # fmt: skip


RATES_ALL = [*RATES, ["J3370", 2]]


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    one = FORECAST_GRID(varied(), None, None, RATES_ALL, 6, 200, 7)
    assert FORECAST_GRID(varied(), None, None, RATES_ALL, 6, 200, 7) == one
    assert FORECAST_GRID(varied(), None, None, RATES_ALL, 6, 200, 8) != one
    assert FORECAST_GRID(varied(), None, None, RATES_ALL) == FORECAST_GRID(varied(), None, None, RATES_ALL, 12, 500, 1)


def test_more_months_leave_those_before_them_as_they_are() -> None:
    few, many = (FORECAST_GRID(varied(), None, None, RATES_ALL, months, 200) for months in (3, 9))
    assert few[2:] == many[2:5]


def test_the_place_of_a_row_changes_nothing() -> None:
    header, *body = varied()
    shuffled = random.Random(1).sample(body, len(body))
    assert shuffled != body
    for function in (FORECAST_GRID, FORECAST_BASIS):
        assert function([header, *shuffled], None, None, RATES_ALL) == function([header, *body], None, None, RATES_ALL)


def test_starts_come_close_to_the_mean_of_the_history() -> None:
    [basis] = rows(FORECAST_BASIS(varied(), None, None, RATES_ALL))[:1]
    total, *months = rows(FORECAST_GRID(varied(), None, None, RATES_ALL, 6, 5000))
    assert basis["Starts mean"] == pytest.approx(80 / 6, abs=0.01)
    assert [row["Starts"] for row in months] == pytest.approx([80 / 6] * 6, rel=0.02)
    assert total["Starts"] == pytest.approx(80, rel=0.01)


@pytest.mark.parametrize("blank", [None, "", 0, 0.0, [[None]], [[0]]])
def test_a_blank_number_is_its_default(blank: Any) -> None:
    given = FORECAST_GRID(ten_a_month(), None, None, RATES, blank, blank, blank)
    assert given == FORECAST_GRID(ten_a_month(), None, None, RATES)


@pytest.mark.parametrize(
    ("numbers", "error", "says"),
    [
        ((37,), "#NUM!", "months 37 is not a whole number from 1 to 36"),
        ((-1,), "#NUM!", "months -1 is not"),
        ((1.5,), "#NUM!", "months 1.5 is not"),
        ((None, 99), "#NUM!", "runs 99 is not a whole number from 100 to 5000"),
        ((None, 5001), "#NUM!", "runs 5001"),
        ((None, None, -3), "#NUM!", "seed -3 is not a whole number from 1 to 2147483647"),
        (("a year",), "#VALUE!", "months 'a year' is not a number"),
        ((True,), "#VALUE!", "months is TRUE"),
        (([[1, 2]],), "#VALUE!", "months is a range"),
        ((None, ExcelError("#DIV/0!")), "#DIV/0!", "runs is #DIV/0!"),
    ],
)
def test_numbers_that_cannot_be_meant(numbers: tuple[Any, ...], error: str, says: str) -> None:
    found, message = refused(FORECAST_GRID(ten_a_month(), None, None, RATES, *numbers))
    assert found == error and says in message


# -- what it refuses ----------------------------------------------------------------------------------------------

BOTH = pytest.mark.parametrize("function", [FORECAST_GRID, FORECAST_BASIS])


@BOTH
@pytest.mark.parametrize(
    ("orders", "there"),
    [
        (ten_a_month()[:30], "here are 29 and 3"),
        (ten_a_month(months=("2025-07-01", "2025-07-02", "2025-08-01", "2025-08-02")), "here are 40 and 2"),
        (daily("2025-06-20", "2025-09-10"), "here are 83 and 2"),
        ([ORDERS], "here are 0 and 0"),
    ],
)
def test_too_few_orders_or_months_are_refused(function: Any, orders: Any, there: str) -> None:
    error, message = refused(function(orders, None, None, RATES))
    assert error == "#N/A" and there in message
    assert message.startswith("a forecast rests on 30 orders or more, and on 3 whole months of starts or more")


@BOTH
def test_a_row_that_cannot_be_priced_is_named_and_never_left_out(function: Any) -> None:
    def found(orders: Any = None, visits: Any = None, rates: Any = RATES, payers: Any = None) -> tuple[str, str]:
        return refused(function(orders or ten_a_month(), visits, payers, rates))

    no_days, no_drug = ten_a_month(), ten_a_month()
    no_days[7][7] = None
    no_drug[30][3] = "meropenum"
    assert found(no_days) == ("#VALUE!", "Orders table row 8: End is blank: type the last day, or the number of Days")
    error, message = found(no_drug)
    assert error == "#N/A" and message.startswith("Orders table row 31: drug 'meropenum' is not in the reference")
    no_drug[2][3] = "meropenum"
    assert found(no_drug)[1].startswith("Orders table row 3 (and 1 more that cannot be priced): drug 'meropenum'")
    bad_visit = [VISITS, ["P1", "2025-07-01", 60], ["P1", "2025-07-02", -60]]
    assert found(visits=bad_visit)[1].startswith("Visits table row 3: ")
    assert found(no_days, bad_visit)[1].startswith(
        "Orders table row 8 (and 1 more that cannot be priced): End is blank"
    )
    error, message = found(rates=[["Code", "Rate"], ["S9500", 100]])
    assert error == "#N/A" and message.startswith("Orders table row 2 (and 29 more that cannot be priced)")
    assert found(payers=lag(30, "B"))[1].startswith("Orders table row 2 (and 29 more")
    error, message = found(rates=None)
    assert error == "#N/A" and "needs Rates" in message


@BOTH
def test_a_start_at_the_end_of_the_calendar_is_a_typing_error(function: Any) -> None:
    orders = [*ten_a_month(), order(77, "9999-12-01", 2)]
    error, message = refused(function(orders, None, None, RATES))
    assert error == "#NUM!" and "an order starts on 9999-12-01" in message


# -- what it rests on ---------------------------------------------------------------------------------------------


def test_basis_is_what_the_orders_say() -> None:
    orders = [ORDERS]
    for i in range(24):  # eight a month at A: lengths of 1 to 24 days
        orders.append(order(i, QUARTER[i % 3], i + 1))
    for i in range(6):  # pain at B, all in July
        orders.append(order(100 + i, "2025-07-01", 10, ("hydromorphone", "24 mg", "continuous"), payer="B"))
    rates = [*RATES, ["S9326", 80], ["S9325", 80], ["J1170", 0], ["J1171", 0]]
    payers = [["Payer", "Payment days"], ["A", 15], ["B", 45]]
    found = rows(FORECAST_BASIS(orders, None, payers, rates))
    assert [list(row.values())[:-1] for row in found] == [
        # 24 orders of 300 days at 104, 6 of 60 days at 80
        ["all", "Total", 30, 10, 8, 14, 3, 10, 21, 12, 1200, 100, 19.0],
        ["therapy", "anti-infective", 24, 8, 8, 8, 3, 12, 22, 12.5, 1300, 104, 15],
        ["therapy", "pain management", 6, 2, 0, 6, 10, 10, 10, 10, 800, 80, 45],
        ["payer", "A", 24, 8, 8, 8, 3, 12, 22, 12.5, 1300, 104, 15],
        ["payer", "B", 6, 2, 0, 6, 10, 10, 10, 10, 800, 80, 45],
    ]
    assert [row["Why"] for row in found[1:]] == [
        "drawn by itself", "drawn with other therapies", "drawn with the orders of their therapies",
        "drawn with the orders of their therapies",
    ]  # fmt: skip


def test_what_brings_nothing_is_no_cash_and_no_lone_visit() -> None:
    visits = [VISITS, ["P99", "2025-09-05", 60]]
    total, month = rows(
        FORECAST_GRID(ten_a_month(days=40), visits, None, [RATES[0], *([row[0], 0] for row in RATES[1:])], 1)
    )
    assert "visits without" not in total["Why"]
    assert month["Why"] == "known orders that run in it: 10; known orders and visits paid in it: 0"


def test_groups_stand_as_people_sort_them() -> None:
    orders = [ORDERS, *(order(i, QUARTER[i % 3], payer=f"Plan {12 - i % 12}") for i in range(36))]
    found = [row["Group"] for row in rows(FORECAST_BASIS(orders, None, None, RATES)) if row["By"] == "payer"]
    assert found == [f"Plan {i}" for i in range(1, 13)]


def test_a_payer_without_a_name_or_without_money_stands_all_the_same() -> None:
    rates = [["Code", "Rate"], ["S9500", 0], ["J0696", 0]]
    total, therapy, payer = rows(FORECAST_BASIS(ten_a_month(payer=""), None, None, rates))
    assert (payer["By"], payer["Group"], payer["Expected an order"]) == ("payer", "(none)", 0)
    assert total["Days to pay"] == therapy["Days to pay"] == ""  # nothing is expected, so nothing is waited for


def test_the_page_says_the_numbers_that_hold() -> None:
    page = (ROOT / "docs" / "forecast.md").read_text("utf-8")
    for name, default, least, most in (
        ("months", forecast.MONTHS, 1, forecast.MOST_MONTHS),
        ("runs", forecast.RUNS, forecast.LEAST_RUNS, forecast.MOST_RUNS),
    ):
        assert f"| {name} | {default} | {least} to {most} |" in page
    assert f"| seed | {forecast.SEED} |" in page
    assert f"**{history.LEAST_ORDERS} orders**" in page and f"**{history.LEAST_MONTHS} whole months**" in page
    assert f"fewer than **{history.LEAST_OF_A_THERAPY} orders**" in page
