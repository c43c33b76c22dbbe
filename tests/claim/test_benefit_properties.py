"""Medicare's own benefit against a calculator that goes from day to day and knows its rules alone."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from tests.claim.claims import ORDER, RATE, Row, modifiers, order, table, visit
from xl_infusion import EXPECTED_GRID

#: Drug -> dose, and its category of the benefit.
DRUGS = {"milrinone": ("40 mg", 1), "fluorouracil": ("500 mg", 3), "cefazolin": ("1 g", 0)}
CODES = {1: ("G0088", "G0068"), 3: ("G0090", "G0070")}
START = dt.date(2025, 1, 1).toordinal()
PAYERS: list[Row] = [{"Payer": "HIT", "Covers": "deny first", "Home infusion benefit": "yes"}, {"Payer": "Plan"}]
RATES: list[Row] = [{"Code": code, "Rate": 50} for codes in CODES.values() for code in codes] + [
    {"Code": "99601", "Rate": 150}
]


@dataclass(frozen=True)
class Plain:
    """An order in plain numbers; ``every``: days from one dose to the next."""

    drug: str
    every: int
    first: int
    last: int
    second: bool

    def runs(self, day: int) -> bool:
        return self.first <= day <= self.last

    def row(self, number: int) -> Row:
        first, last = (dt.date.fromordinal(day) for day in (self.first, self.last))
        dose, _ = DRUGS[self.drug]
        return order(number, self.drug, dose, 24 * self.every, first, last, Payer="HIT",
                     Second_payer="Plan" if self.second else None)  # fmt: skip


def billed(orders: list[Plain], visits: list[tuple[int, int]]) -> list[tuple[int, str, str, object, object]]:
    """(day, code, modifier, units, expected dollars) of each visit, in the order of the days and the longer first."""
    found: list[tuple[int, str, str, object, object]] = []
    latest: dict[int, int] = {}
    of_benefit = [order for order in orders if DRUGS[order.drug][1]]
    came: set[int] = set()
    for day, minutes in sorted(visits, key=lambda one: (one[0], -one[1])):
        categories = {DRUGS[one.drug][1] for one in of_benefit if one.runs(day) and (day - one.first) % one.every == 0}
        again = day in came
        came.add(day)
        if not categories:
            found.append((day, "99601", "GY", 1, 0))
            continue
        if again or len(categories) > 1 or minutes % 15:
            found.append((day, "#N/A", "", "#N/A", "#N/A"))
            continue
        (category,) = categories
        first = category not in latest
        if not first and day - latest[category] > 60:
            between = range(latest[category] + 1, day)
            first = any(not any(one.runs(other) for one in of_benefit) for other in between)
        latest[category] = day
        units = minutes // 15
        found.append((day, CODES[category][0 if first else 1], "", units, 50 * units))
    return found


@given(st.integers(0, 10**6))
def test_the_benefit_as_a_plain_calculator_has_it(seed: int) -> None:
    draw = random.Random(seed)
    orders = []
    for _ in range(draw.randint(1, 3)):
        first = START + draw.randrange(120)
        orders.append(Plain(draw.choice([*DRUGS]), draw.choice([1, 1, 2]), first, first + draw.randrange(100),
                            draw.random() < 0.7))  # fmt: skip
    # days of doses and days between them, and often more than 60 days later
    days = [draw.choice(orders).first + draw.choice([0, 1, 2, 61, 62, 70, 99]) for _ in range(draw.randint(1, 6))]
    visits = [(day, draw.choice([30, 60, 60, 50])) for day in days]
    header, *rows = EXPECTED_GRID(
        table([one.row(number) for number, one in enumerate(orders, start=1)], ORDER),
        table([visit(dt.date.fromordinal(day), minutes) for day, minutes in visits]),
        table(PAYERS), table(RATES, RATE),
    )  # fmt: skip
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    found = [
        (line["From"].toordinal(), str(line["Code"]), modifiers(line), line["Units"], line["Expected"])
        for line in lines
        if line["Payer"] == "HIT" and line["Order"] == ""
    ]
    assert found == billed(orders, visits)
