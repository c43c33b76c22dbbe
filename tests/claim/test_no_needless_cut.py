"""No line ends where the next one says the same: over random orders, rates that change, shares and vials."""

from __future__ import annotations

import datetime as dt
import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.claim.claims import Row, claim, modifiers, order

#: Two months that JZ began in, and one in which a code ended and another began.
STARTS = (dt.date(2022, 12, 1), dt.date(2025, 6, 10))
DRUGS = ("meropenem", "vancomycin", "ceftriaxone", "ertapenem")
CODES = ("S9500", "S9501", "S9502", "J2185", "J3370", "J3373", "J0696", "J1335")


def rates(draw: random.Random, start: dt.date) -> list[Row]:
    """A rate of every code from ever, and some that change it for a time, a few with a usual charge."""
    found: list[Row] = []
    for code in CODES:
        days = sorted(draw.sample(range(40), draw.randint(0, 3)))
        edges = [None, *(start + dt.timedelta(day) for day in days), None]
        for since, until in pairwise(edges):
            row = {"Code": code, "Rate": draw.choice([1, 1.01, 1.02, 2, 100]), "From": since,
                   "To": until and until - dt.timedelta(1), "Lesser of charge": draw.choice([None, "yes"])}  # fmt: skip
            found += [row, {"Code": code, "Rate": draw.choice([0.5, 1.5, 200]), "Basis": "usual charge",
                            "From": row["From"], "To": row["To"]}]  # fmt: skip
    return found


@given(st.integers(0, 10**6))
def test_two_lines_that_follow_each_other_differ(seed: int) -> None:
    draw = random.Random(seed)
    start = draw.choice(STARTS)
    orders = []
    for number in range(1, draw.randint(2, 5)):
        first = start + dt.timedelta(draw.randrange(20))
        orders.append(order(number, draw.choice(DRUGS), draw.choice(["1 g", "750 mg"]), draw.choice([8, 12, 24]), first,
                            first + dt.timedelta(draw.randrange(30)), Payer="A", Vials=draw.choice([None, "1 g"])))  # fmt: skip
    payers = [{"Payer": "A", "Second share": draw.choice([0, 0.5, 1]), "Third share": draw.choice([0, 0.25]),
               "Waste": draw.choice([None, "JW and JZ"])}]  # fmt: skip
    last: dict[tuple[object, ...], Row] = {}
    for line in claim(orders, payers=payers, rates=rates(draw, start)):
        kind = (line["Order"], str(line["Code"])[0], modifiers(line) == "JW")
        before = last.get(kind)
        if before is not None and line["From"] == before["To"] + dt.timedelta(1):
            said = [(one["Code"], modifiers(one), one["Rate"]) for one in (before, line)]
            assert said[0] != said[1], (before, line)
        last[kind] = line
