"""A DME payer moves drug lines to another claim: nothing else of a claim changes, and no unit is lost or billed twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from tests.claim.claims import Row, claim, modifiers, order

#: Drug, dose, interval, what is typed, and the first day on which Medicare's DME contractor pays it (None: never).
DRUGS: list[tuple[str, str, object, str | None, dt.date | None]] = [
    ("milrinone", "40 mg", "continuous", "KX", dt.date(2019, 1, 1)),
    ("ceftriaxone", "1 g", 24, None, None),
    ("Hizentra", "10 g", "weekly", "KX", dt.date(2011, 8, 26)),
    ("Privigen", "40 g", 48, None, dt.date(2024, 1, 1)),
    ("immune globulin Gammagard liquid", "10 g", "weekly", "JB KX", dt.date(2011, 7, 22)),
    ("immune globulin Gammagard liquid", "10 g", "weekly", None, dt.date(2024, 1, 1)),
]
#: The days around which the tables change.
DAYS = [dt.date(2011, 8, 20), dt.date(2018, 12, 25), dt.date(2022, 12, 28), dt.date(2023, 12, 25), dt.date(2025, 7, 1)]
WITH: list[Row] = [
    {"Payer": "M", "Kind": "Medicare", "Covers": "deny first", "DME payer": "D"}, {"Payer": "D"}, {"Payer": "B"},
]  # fmt: skip
WITHOUT: list[Row] = [{**WITH[0], "DME payer": None}, *WITH[1:]]


@st.composite
def an_order(draw: st.DrawFn, number: int) -> tuple[Row, dt.date | None]:
    drug, dose, every, typed, since = draw(st.sampled_from(DRUGS))
    start = draw(st.sampled_from(DAYS)) + dt.timedelta(draw(st.integers(0, 10)))
    end = start + dt.timedelta(draw(st.integers(0, 40)))
    more = {"Payer": "M", "Second_payer": "B", "Modifiers": typed}
    return order(number, drug, dose, every, start, end, **more), since


def days(line: Row) -> list[dt.date]:
    return [line["From"] + dt.timedelta(n) for n in range((line["To"] - line["From"]).days + 1)]


def is_drug(line: Row) -> bool:
    return str(line["Code"])[0] == "J"


def units(lines: list[Row]) -> Counter[tuple[Any, ...]]:
    """The units of each order and code."""
    found: Counter[tuple[Any, ...]] = Counter()
    for line in filter(is_drug, lines):
        found[line["Order"], line["Code"]] += line["Units"]
    return found


@times(1)
@given(st.data())
def test_a_dme_payer_moves_drug_lines_and_nothing_else(data: st.DataObject) -> None:
    drawn = [data.draw(an_order(number)) for number in range(1, data.draw(st.integers(1, 3)) + 1)]
    orders, since = [row for row, _ in drawn], {row["Order"]: first for row, first in drawn}
    before, after = claim(orders, payers=WITHOUT), claim(orders, payers=WITH)
    kept = ("Payer", "From", "To", "Code", "Units", "Order", "Waits for", "Why")
    per_diems = [[[x[name] for name in kept] for x in lines if str(x["Code"])[0] == "S"] for lines in (before, after)]
    assert per_diems[0] == per_diems[1]
    assert units(before) == units(after)
    given_: set[dt.date] = set()
    for line in after:
        first = since[line["Order"]]
        if is_drug(line):
            assert (line["Payer"] == "D") == (first is not None and line["From"] >= first)
            assert first is None or line["From"] >= first or line["To"] < first
            assert line["Waits for"] == ("" if line["Payer"] == "D" else "denial by M")
            if line["Payer"] == "D" and modifiers(line) in ("",):
                given_.add(line["From"])
                assert days(line) == [line["From"]]
    # one Q2052 for each day on which immune globulin is given in a vein
    assert sorted(x["From"] for x in after if x["Code"] == "Q2052") == sorted(given_)
    assert all(x["Units"] == 1 and x["To"] == x["From"] for x in after if x["Code"] == "Q2052")
