"""What holds for every claim, whatever the orders: held against a claim worked out day by day."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from tests.claim.day_by_day import DAY, HEADER, Plain, drug_units, per_diems
from xl_infusion import CLAIM_GRID

START = dt.date(2025, 6, 20)


@st.composite
def order_lists(draw: st.DrawFn) -> list[Plain]:
    count = draw(st.integers(1, 9))
    out = []
    for number in range(1, count + 1):
        first = START + draw(st.integers(0, 20)) * DAY
        out.append(
            Plain(
                number=number,
                patient=draw(st.sampled_from(["P1", "P2"])),
                payer=draw(st.sampled_from(["", "A"])),
                drug=draw(st.sampled_from(["meropenem", "vancomycin", "ceftriaxone", "ertapenem"])),
                milligrams=draw(st.integers(1, 4000)),
                hours=draw(st.sampled_from([3, 4, 6, 8, 12, 24])),
                first=first,
                last=first + draw(st.integers(0, 15)) * DAY,
            )
        )
    return out


def lines(orders: list[Plain], rates: Any = None) -> list[dict[str, Any]]:
    header, *rows = CLAIM_GRID([HEADER, *(order.row() for order in orders)], None, None, rates)
    return [dict(zip(header, row, strict=True)) for row in rows]


def days(line: dict[str, Any]) -> list[dt.date]:
    return [line["From"] + i * DAY for i in range((line["To"] - line["From"]).days + 1)]


@given(order_lists())
@times(3)
def test_per_diem_days_are_those_of_the_day_by_day_claim(orders: list[Plain]) -> None:
    found: Counter[Any] = Counter()
    for line in lines(orders):
        if line["Code"].startswith("S"):
            assert line["Units"] == len(days(line))
            for day in days(line):
                found[line["Patient"], line["Payer"], day, line["Code"], line["Modifier 1"]] += 1
    assert found == per_diems(orders)


@given(order_lists())
@times(3)
def test_drug_units_are_those_of_the_day_by_day_claim(orders: list[Plain]) -> None:
    found: Counter[Any] = Counter()
    for line in lines(orders):
        if line["Code"].startswith("J"):
            found[line["Patient"], line["Payer"], line["Order"], line["Code"]] += line["Units"]
            assert line["Modifier 1"] == ""
    assert found == drug_units(orders)


@given(order_lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(orders: list[Plain], shuffler: random.Random) -> None:
    shuffled = list(orders)
    shuffler.shuffle(shuffled)
    assert lines(orders) == lines(shuffled)


@given(order_lists())
def test_days_with_the_same_answer_are_one_span(orders: list[Plain]) -> None:
    """No line begins the day after another one ends that says the same of the same order."""
    found = lines(orders)
    ends = {(x["Patient"], x["Payer"], x["Order"], x["Code"], x["Modifier 1"], x["To"]) for x in found}
    for x in found:
        assert (x["Patient"], x["Payer"], x["Order"], x["Code"], x["Modifier 1"], x["From"] - DAY) not in ends


@given(order_lists())
def test_each_claim_counts_its_lines_and_per_diem_precedes_its_drug(orders: list[Plain]) -> None:
    found = lines(orders)
    for patient, payer in {(x["Patient"], x["Payer"]) for x in found}:
        claim = [x for x in found if (x["Patient"], x["Payer"]) == (patient, payer)]
        assert [x["Line"] for x in claim] == list(range(1, len(claim) + 1))
        assert [x["From"] for x in claim] == sorted(x["From"] for x in claim)
        for number in {x["Order"] for x in claim}:
            kinds = [x["Code"][0] for x in claim if x["Order"] == number]
            assert kinds[:2] == ["S", "J"]


@given(order_lists(), st.integers(1, 14))
def test_an_order_cut_in_two_sums_to_the_whole(orders: list[Plain], cut: int) -> None:
    whole = orders[0]
    middle = min(whole.first + cut * DAY, whole.last)
    if middle == whole.first:
        return
    parts = [
        Plain(1, "P9", "", whole.drug, whole.milligrams, whole.hours, whole.first, middle - DAY),
        Plain(2, "P9", "", whole.drug, whole.milligrams, whole.hours, middle, whole.last),
    ]
    one = Plain(1, "P9", "", whole.drug, whole.milligrams, whole.hours, whole.first, whole.last)

    def totals(given: list[Plain]) -> Counter[str]:
        out: Counter[str] = Counter()
        for line in lines(given):
            out[line["Code"]] += line["Units"]
        return out

    assert totals(parts) == totals([one])


@given(order_lists())
def test_charges_are_units_times_rate_and_a_share_never_raises_it(orders: list[Plain]) -> None:
    rates = [["Code", "Rate"], *([code, 100.10] for code in ("S9497", "S9504", "S9503", "S9502", "S9501", "S9500")),
             ["J2185", 0.615], ["J0696", 0.4], ["J1335", 12.5], ["J3370", 2.25], ["J3373", 0.045]]  # fmt: skip
    for line in lines(orders, rates):
        assert abs(line["Charge"] - line["Units"] * line["Rate"]) < 0.005001
        if line["Code"].startswith("S"):
            assert line["Rate"] == {"": 100.10, "SH": 50.05, "SJ": 25.03}[line["Modifier 1"]]
