"""The forecast of random pasts: equal to the one worked out day by day, and its identities."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction
from typing import Any

import pytest

from tests.model import forecast_day_by_day as slow
from xl_infusion import ExcelError
from xl_infusion.functions import CLAIM_SUMMARY, EXPECTED_GRID, FORECAST_GRID
from xl_infusion.functions.tables import Tables
from xl_infusion.model.forecast import drawn, percentile
from xl_infusion.model.history import history

DRUGS = (
    ("ceftriaxone", "2 g", "q24h"), ("vancomycin", "1 g", "q12h"), ("meropenem", "1 g", "q8h"),
    ("milrinone", "20 mg", "continuous"), ("hydromorphone", "24 mg", "continuous"),
)  # fmt: skip
RATES = [["Code", "Rate"], *([code, rate] for code, rate in (
    ("S9500", 110.37), ("S9501", 130.11), ("S9502", 150), ("S9348", 90.01), ("S9326", 80), ("S9325", 80), ("J0696", 0.65),
    ("J3370", 2.4), ("J3373", 0.05), ("J2185", 0.8), ("J2260", 7), ("J1170", 1.2), ("J1171", 0.12), ("99601", 150.55),
    ("99602", 71.01),
))]  # fmt: skip
PAYMENT_DAYS = {"A": 0, "B": 17, "C": 45}
SEEDS = range(12)


def tables(seed: int) -> dict[str, Any]:
    """Orders of some patients over three to six months, some of which begin or end within one; visits on any day."""
    chance = random.Random(seed)
    begin = dt.date(2025, chance.randint(1, 8), chance.choice((1, 1, 12)))
    span = chance.randint(110, 190)
    orders: list[list[Any]] = [["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"]]
    count = chance.randint(34, 70)
    payers = {patient: chance.choice("ABC") for patient in range(count // 2)}
    for number in range(count):
        patient = chance.choice(list(payers))
        start = begin + dt.timedelta(chance.randrange(span))
        drug = chance.choices(DRUGS, (9, 9, 9, 2, 1) if seed % 3 else (1, 1, 1, 0, 0))[0]
        orders.append([number, f"P{patient}", payers[patient], *drug, start, chance.choice((1, 2, 7, 14, 21, 45))])
    visits: list[list[Any]] = [["Patient", "Date", "Minutes", "Payer"]]
    for _ in range(chance.choice((0, 20, 40))):
        patient = chance.choice(list(payers))
        day = begin + dt.timedelta(chance.randrange(-5, span + 50))
        visits.append([f"P{patient}", day, chance.choice((60, 150)), payers[patient]])
    return {
        "orders": orders, "visits": visits, "rates": RATES,
        "payers": [["Payer", "Payment days", "Line span"], ["A", 0, None], ["B", 17, "month"], ["C", 45, "week"]],
    }  # fmt: skip


def past_of(given: dict[str, Any]) -> Any:
    with Tables(given["orders"], given["visits"], given["payers"], given["rates"]).claims() as claims:
        return history(claims.work, claims.all)


@pytest.mark.parametrize("seed", SEEDS)
def test_equal_to_the_forecast_worked_out_day_by_day(seed: int) -> None:
    given = tables(seed)
    months, runs = 1 + seed % 5, 100 + seed
    grid = FORECAST_GRID(**given, months=months, runs=runs, seed=seed + 1)
    assert not isinstance(grid, ExcelError), grid.message
    expected = slow.forecast(given, PAYMENT_DAYS, months, runs, seed + 1)
    assert len(grid) == len(expected) + 1
    for row, wanted in zip(grid[1:], expected, strict=True):
        assert row[0] == wanted[0] and row[15] == wanted[15]
        assert row[2:5] == wanted[2:5]
        for at in range(5, 15):
            assert abs(Fraction(str(row[at])) * 100 - wanted[at]) <= (Fraction(1, 2) if at in (9, 14) else 0), grid[0][
                at
            ]
        assert abs(Fraction(str(row[1])) - wanted[1]) <= Fraction(1, 200)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_known_of_a_month_is_what_the_summary_by_month_says_of_it(seed: int) -> None:
    given = tables(seed)
    header, *months = FORECAST_GRID(**given, months=6, runs=100)
    expected = EXPECTED_GRID(*(given[name] for name in ("orders", "visits", "payers", "rates")))
    names, *groups = CLAIM_SUMMARY(expected, "Month")
    of_month = {row[0]: row[names.index("Expected")] for row in groups}
    known = {f"{row[0]:%Y-%m}": row[header.index("Revenue known")] for row in months[1:]}
    assert known == {month: of_month.get(month, 0) for month in known} and any(known.values())


def test_the_random_pasts_are_of_every_kind() -> None:
    pasts = [past_of(tables(seed)) for seed in SEEDS]
    assert {past.cut for past in pasts} == {True, False}
    assert {bool(past.visits) for past in pasts} == {True, False}
    assert {"other therapies" in past.pools for past in pasts} == {True, False}
    assert all(all(past.pools.values()) for past in pasts)  # of what is not there nothing is drawn
    assert any(start.own_from > 0 for past in pasts for start in past.orders)


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_known_and_drawn_are_the_whole_and_months_the_total(seed: int) -> None:
    given, months, runs = tables(seed), 7, 120
    past = past_of(given)
    known, simulated = drawn(past, months, runs, 5)
    grid = FORECAST_GRID(**given, months=months, runs=runs, seed=5)
    for at, row in enumerate(grid[2:]):
        for column, figure in ((5, 2), (10, 3)):
            runs_of = sorted(known[at][figure] + run[at][figure] for run in simulated)
            assert round(row[column] * 100) == known[at][figure] == min(known[at][figure], runs_of[0])
            assert [round(cell * 100) for cell in row[column + 1 : column + 4]] == [
                percentile(runs_of, percent) for percent in (10, 50, 90)
            ]
    for column in (1, 9, 14):
        assert grid[1][column] == pytest.approx(sum(row[column] for row in grid[2:]), abs=0.005 * (months + 1))
    for column in (5, 10):
        assert round(grid[1][column] * 100) == sum(round(row[column] * 100) for row in grid[2:])
    for low, middle, high in (row[at : at + 3] for row in grid[1:] for at in (2, 6, 11)):
        assert low <= middle <= high


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_every_cent_of_the_history_falls_on_a_day_and_is_paid_once(seed: int) -> None:
    past = past_of(tables(seed))
    lines = slow.EXPECTED_GRID(**tables(seed))
    whole = sum(round(row[lines[0].index("Expected")] * 100) for row in lines[1:])
    starts = [*past.orders, *past.visits]
    assert (
        whole
        == sum(sum(start.revenue.values()) for start in starts)
        == sum(sum(start.cash.values()) for start in starts)
    )
    patient_days = {(row[1], row[6] + i * slow.DAY) for row in tables(seed)["orders"][1:] for i in range(row[7])}
    assert sum(max(0, start.days - start.own_from) for start in past.orders) == len(patient_days)


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 100, 101, 499])
def test_a_percentile_is_the_nearest_rank(count: int) -> None:
    chance = random.Random(count)
    values = sorted(chance.randrange(50) for _ in range(count))
    for percent in (10, 50, 90, 100):
        assert percentile(values, percent) == slow.nearest_rank(values, percent)
