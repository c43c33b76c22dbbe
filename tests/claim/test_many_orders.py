"""Many orders of one patient at once: the work grows with them, not with their pairs, and every day is ranked right."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.claim.claims import ORDER, claim, order, table
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID
from xl_infusion.claim.standing import Extremes, Standing
from xl_infusion.functions.kept import forget

DAY = dt.date(2016, 1, 1)
DRUGS = (("meropenem", 8), ("vancomycin", 12), ("ceftriaxone", 24))


def stair(i: int, n: int) -> tuple[int, int]:
    """Each begins a day after the one before, and all run on one day."""
    return i, i + n


def nested(i: int, n: int) -> tuple[int, int]:
    """Each lies within the one before."""
    return i, 2 * n - i


def drugs(days: Callable[[int, int], tuple[int, int]]) -> Callable[[int], list[dict[str, Any]]]:
    return lambda n: [order(i, *_drug(i), *_dates(days(i, n)), Payer="A") for i in range(n)]


def _drug(i: int) -> tuple[str, str, int]:
    drug, every = DRUGS[i % 3]
    return drug, "1 g", every


def _dates(days: tuple[int, int]) -> tuple[str, str]:
    first, last = (str(DAY + dt.timedelta(day)) for day in days)
    return first, last


def nutrition(n: int) -> list[dict[str, Any]]:
    """Bags of one TPN, whose volumes add up."""
    return [order(i, None, None, None, *_dates(stair(i, n)), Therapy="TPN", Volume="0.001 L") for i in range(n)]


def fluids(n: int) -> list[dict[str, Any]]:
    """Bags of hydration, each with the fluid of its doses and no Volume."""
    return [order(i, "normal saline 250 cc", "250 mL", 24, *_dates(stair(i, n))) for i in range(n)]


MANY: dict[str, tuple[Callable[[int], list[dict[str, Any]]], list[Any]]] = {
    "one after the other": (drugs(stair), []),
    "one within the other": (drugs(nested), []),
    "ranked by rate": (
        drugs(stair),
        [[["Payer", "Rank by"], ["A", "rate"]], [["Code", "Rate"], ["S9500", 1], ["S9501", 2]]],
    ),
    "one nutrition": (nutrition, []),
    "one hydration": (fluids, []),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", MANY)
def test_eight_times_the_orders_are_about_eight_times_the_work(what: str) -> None:
    """In one run: linear is 8 times the work, quadratic 64."""
    make, more = MANY[what]
    small, large = (min(_work(table(make(n), ORDER), more) for _ in range(3)) for n in (200, 1600))
    assert large < 24 * max(small, 5_000_000)


def _work(orders: list[list[Any]], more: list[Any]) -> int:
    """Processor time in nanoseconds of the claim and its checks."""
    forget()
    before = time.process_time_ns()
    CLAIM_GRID(orders, None, *more)
    CLAIM_CHECKS(orders, None, *more)
    return time.process_time_ns() - before


def test_of_more_than_a_hundred_at_once_every_day_is_ranked_by_itself() -> None:
    """Against each day sorted anew: the more frequent first, then the earlier start, then Order."""
    days = {i: (i % 7, i % 7 + (i * 5) % 11) for i in range(150)}
    every = {i: DRUGS[i % 3][1] for i in days}
    rows = [order(i, *_drug(i), *_dates(days[i]), Payer="A", Therapy="anti-infective") for i in days]
    found = {}
    for line in claim(rows, payers=[{"Payer": "A", "Line span": "day"}]):
        if line["Code"] == "#NUM!" or line["Code"].startswith("S"):
            for day in range((line["From"] - DAY).days, (line["To"] - DAY).days + 1):
                assert (line["Order"], day) not in found
                found[line["Order"], day] = "too many" if line["Code"] == "#NUM!" else line["Modifier 1"]
    expected = {}
    for day in range(20):
        running = [i for i, (first, last) in days.items() if first <= day <= last]
        for at, i in enumerate(sorted(running, key=lambda i: (every[i], days[i][0], i))):
            expected[i, day] = "" if at == 0 else "SH" if at == 1 else "SJ" if at < 99 else "too many"
    assert set(expected.values()) == {"", "SH", "SJ", "too many"}
    assert found == expected


SPANS = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 8)), max_size=25)


@given(SPANS)
def test_who_stands_before_whom_on_a_day_is_as_if_counted(spans: list[tuple[int, int]]) -> None:
    items = [(first, first + more, place) for place, (first, more) in enumerate(spans)]
    standing = Standing(items)
    for day in range(22):
        running = [place for first, last, place in items if first <= day <= last]
        for place in range(len(items)):
            assert standing.before(place, day) == sum(other < place for other in running)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_the_least_and_the_most_since_a_day_are_as_if_looked_up(counts: list[int]) -> None:
    extremes = Extremes()
    for day, count in enumerate(counts):
        extremes.add(day, count)
        for since in range(day + 1):
            known = counts[since : day + 1]
            assert (extremes.least(since), extremes.most(since)) == (min(known), max(known))
