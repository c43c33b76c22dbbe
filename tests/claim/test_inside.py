"""Orders inside the per diem of another one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.claim.claims import Row, claim, modifiers, order, short, table
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, EXPLAIN
from xl_infusion.claim import ORDERS
from xl_infusion.rules.drug_units import shared

DAYS = ("2025-09-02", "2025-09-11")
SPAN = "09/02-09/11"


def findings(*orders: Row, **tables: Any) -> list[tuple[str, Any, str]]:
    header, *rows = CLAIM_CHECKS(table(orders), **tables)
    found = [dict(zip(header, row, strict=True)) for row in rows]
    return [(one["Finding"], one["Order"], one["What is wrong"]) for one in found if one["Finding"] != "no prescriber"]


def test_vial_sizes_of_one_dose_have_one_per_diem() -> None:
    # vial sizes: units are added over the sizes (Noridian, Gammagard article 2011); no second per diem for a vial
    dose = ("every 4 weeks", "2025-06-02", "2025-06-20")
    found = claim([
        order(1, "Privigen", "20 g", *dose, NDC="44206-0438-20"),
        order(2, "Privigen", "10 g", *dose, NDC="44206-0437-10", Per_diem_with=1),
        order(3, "Privigen", "5 g", *dose, NDC="44206-0436-05", Per_diem_with="1"),
        order(4, "methylprednisolone sodium succinate", "125 mg", "once", "2025-06-02", None, Per_diem_with=1),
    ])  # fmt: skip
    day = "06/02-06/02"
    assert short(found) == [
        ("S9338", day, 1), ("J1459", day, 40), ("J1459", day, 20), ("J1459", day, 10), ("J2919", day, 25),
    ]  # fmt: skip
    assert [line["NDC"][-2:] for line in found if line["NDC"]] == ["20", "10", "05"]


def test_doses_of_two_times_count_together() -> None:
    found = claim([
        order(1, "vancomycin", "1.25 g", "AM", *DAYS), order(2, "vancomycin", "1 g", "PM", *DAYS, Per_diem_with=1),
    ])  # fmt: skip
    assert short(found) == [("S9501", SPAN, 10), ("J3373", SPAN, 1250), ("J3373", SPAN, 1000)]
    assert found[0]["Why"].startswith("every 12 hours, the only therapy")


def test_doses_that_are_added_for_some_days_cut_the_per_diem() -> None:
    # a second row at a time that is there already is more of that dose
    found = short(claim([
        order(1, "vancomycin", "1 g", "daily 8 am", *DAYS),
        order(2, "vancomycin", "1 g", "daily 20:00", "2025-09-05", "2025-09-06", Per_diem_with=1),
        order(3, "vancomycin", "250 mg", "daily 8 pm", "2025-09-05", "2025-09-06", Per_diem_with=1),
    ]))  # fmt: skip
    assert [line for line in found if line[0].startswith("S")] == [
        ("S9500", "09/02-09/04", 3), ("S9501", "09/05-09/06", 2), ("S9500", "09/07-09/11", 5),
    ]  # fmt: skip


def held(*orders: Row, order: object, first: str = "2025-09-03", last: str = "2025-09-04", **more: Any) -> list[Any]:
    """Code, days and units of orders of which one is on hold on some days."""
    holds = table([{"Patient": "P1", "From": first, "To": last, "Order": order} | more])
    header, *rows = CLAIM_GRID(table([one | {"Payer": "A"} for one in orders]), None,
                               table([{"Payer": "A", "Per diem while held": "yes"}]), holds=holds)  # fmt: skip
    return short([dict(zip(header, row, strict=True)) for row in rows])


TWICE = [order(1, "vancomycin", "1.25 g", "AM", *DAYS), order(2, "vancomycin", "1 g", "PM", *DAYS, Per_diem_with=1)]
BAG = [order(n, "cefazolin", dose, "q8h", *DAYS, Per_diem_with=1 if n > 1 else None)
       for n, dose in enumerate(("1.2 g", "300 mg"), start=1)]  # fmt: skip
BOTH_HELD = {"Reason": "held", "order": None}


def test_a_dose_that_is_held_does_not_count_together_with_the_others() -> None:
    assert [line for line in held(*TWICE, order=2) if line[0].startswith("S")] == [
        ("S9501", "09/02-09/02", 1), ("S9500", "09/03-09/04", 2), ("S9501", "09/05-09/11", 7),
    ]  # fmt: skip
    # of a therapy that is held as a whole the per diem goes on as it was, where the payer pays it
    assert [line for line in held(*TWICE, **BOTH_HELD) if line[0].startswith("S")] == [("S9501", SPAN, 10)]
    holds = table([{"Patient": "P1", "From": "2025-09-03", "To": "2025-09-04", "Order": 2}])
    steps = [step[-3:] for step in EXPLAIN(1, table(TWICE), holds=holds)]
    assert [question for question, *_ in steps if question.startswith("How often together")] == [
        "How often together, 2025-09-02?", "How often together, 2025-09-05 to 2025-09-11?",
    ]  # fmt: skip


def test_a_part_of_a_bag_that_is_not_given_leaves_the_others_their_own_units() -> None:
    drug = [line for line in held(*BAG, order=2) if line[0] == "J0690"]
    assert drug == [
        ("J0690", "09/02-09/02", 6), ("J0690", "09/02-09/02", 3), ("J0690", "09/03-09/04", 18),
        ("J0690", "09/05-09/11", 42), ("J0690", "09/05-09/11", 21),
    ]  # fmt: skip
    drug = [line for line in held(*BAG, order=1) if line[0] == "J0690"]
    assert ("J0690", "09/03-09/04", 6) in drug and len(drug) == 5
    none_of_it = [BAG[0], BAG[1] | {"Dispensed": 0}]
    assert [line for line in short(claim(none_of_it)) if line[0] == "J0690"] == [("J0690", SPAN, 90)]


def test_days_on_which_the_order_that_leads_is_on_hold_have_no_per_diem() -> None:
    def told(**cells: Any) -> list[str]:
        holds = table([{"Patient": "P1", "From": "2025-09-03", "To": "2025-09-04"} | cells])
        return [says for kind, _, says in findings(*TWICE, holds=holds) if kind == "outside the other's per diem"]

    says = "order 1, whose per diem covers it, does not run on 2025-09-03: these days have no per diem"
    assert told(Order=1) == [says] and told() == told(Order=2) == []


def test_as_many_doses_as_no_interval_has_are_the_error_that_they_were() -> None:
    times = ["daily 6:00", "daily 10:00", "daily 14:00", "daily 18:00", "daily 22:00"]
    orders = [order(1, "ampicillin", "1 g", times[0], *DAYS)]
    orders += [order(n, "ampicillin", "1 g", time, *DAYS, Per_diem_with=1) for n, time in enumerate(times[1:], start=2)]
    first, *others = claim(orders)
    assert str(first["Code"]) == "#N/A" and first["Why"].startswith("no per diem code for every 4.8 hours")
    assert [line["Code"] for line in others] == ["J0290"] * 5


@pytest.mark.parametrize(
    ("doses", "rounding", "units"),
    [
        (["1.2 g", "300 mg"], "dose", [60, 30]),  # 3 units of 500 mg a dose, three doses on ten days
        (["300 mg", "1.2 g"], "dose", [30, 60]),
        (["1.2 g", "200 mg"], "day", [70, 20]),  # 3.6 g and 0.6 g a day: 7 whole units and the rest of 9
        (["1.2 g", "200 mg"], "line", [72, 12]),
        (["100 mg", "100 mg"], "dose", [30]),  # one unit covers both: one line
    ],
)
def test_units_of_one_dose_are_rounded_once(doses: list[str], rounding: str, units: list[int]) -> None:
    orders = [order(n, "cefazolin", dose, "q8h", *DAYS, Payer="A", Per_diem_with=1 if n > 1 else None)
              for n, dose in enumerate(doses, start=1)]  # fmt: skip
    found = claim(orders, payers=[{"Payer": "A", "Unit rounding": rounding}])
    assert [line["Units"] for line in found if line["Code"] == "J0690"] == units
    assert f"{doses[0]} + {doses[1]}" in found[1]["Why"]


def test_a_part_that_is_billed_otherwise_rounds_by_itself() -> None:
    def units(payer: Row, *more: Row) -> list[Any]:
        orders = [order(1, "cefazolin", "1.2 g", "q8h", *DAYS, Payer="A"),
                  order(2, "cefazolin", "300 mg", "q8h", *DAYS, Payer="A", Per_diem_with=1)]  # fmt: skip
        return [line["Units"] for line in claim([one | extra for one, extra in zip(orders, more, strict=True)],
                                                payers=[{"Payer": "A"} | payer]) if line["Code"] == "J0690"]  # fmt: skip

    assert units({}, {}, {}) == [60, 30]
    assert units({}, {}, {"Supplied by": "outside pharmacy"}) == [90]
    assert units({}, {}, {"Interval": "q12h"}) == [90, 20]
    assert units({}, {}, {"Dose": "a spoon"})[0] == 90
    assert units({}, {}, {"Payer": "A", "Place": "nowhere"})[0] == 90
    assert units({"Waste": "JW and JZ"}, {}, {"Vials": "300 mg"})[0] == 90
    assert units({"Fractional units": "yes"}, {}, {}) == [72, 18]


def test_orders_inside_others_stand_behind_the_order_that_leads() -> None:
    # an order inside one that is inside another is in the outermost; of two rows of one number each leads on its days
    found = claim([
        order(1, "meropenem", "1 g", "q8h", "2025-09-02", "2025-09-04"),
        order(1, "meropenem", "1 g", "q12h", "2025-09-05", "2025-09-11"),
        order(3, "ertapenem", "1 g", "q24h", "2025-09-05", "2025-09-11", Per_diem_with=4),
        order(4, "ceftriaxone", "1 g", "q24h", *DAYS, Per_diem_with=1),
        order(2, "vancomycin", "1 g", "q8h", *DAYS),
    ])  # fmt: skip
    assert [(line["Order"], line["Code"], modifiers(line)) for line in found] == [
        (1, "S9502", ""), (1, "J2185", ""), (4, "J0696", ""), (2, "S9502", "SH"), (2, "J3373", ""),
        (2, "S9502", ""), (1, "S9501", "SH"), (1, "J2185", ""), (3, "J1335", ""),
    ]  # fmt: skip


def test_of_two_rows_of_one_number_the_one_that_is_inside_another_leads_nothing() -> None:
    found = claim([
        order(1, "ertapenem", "1 g", "q24h", *DAYS, Per_diem_with=2),
        order(1, "meropenem", "1 g", "q8h", *DAYS),
        order(2, "vancomycin", "1 g", "q12h", *DAYS),
        order(3, "ceftriaxone", "1 g", "q24h", *DAYS, Per_diem_with=1),
    ])  # fmt: skip
    assert [(line["Order"], line["Code"]) for line in found] == [
        (1, "S9502"), (1, "J2185"), (3, "J0696"), (2, "S9501"), (2, "J3373"), (1, "J1335"),
    ]  # fmt: skip


def test_an_order_without_a_per_diem() -> None:
    assert short(claim([order(1, "methylprednisolone sodium succinate", "125 mg", "once", "2025-09-02", None, Per_diem_with="None")])) == [
        ("J2919", "09/02-09/02", 25),
    ]  # fmt: skip


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"Per_diem_with": 9}, "Per diem with 9: no order has that number: name one of this patient, none, or"),
    ({"Per_diem_with": 2}, "Per diem with 2 is the order itself"),
    ({"Per_diem_with": 3}, "Per diem with 3: that order is of another patient"),
    ({"Per_diem_with": 4}, "Per diem with 4: that order goes to another payer"),
    ({"Per_diem_with": 5}, "Per diem with 5: that order has no per diem itself"),
    ({"Per_diem_with": 6}, "Per diem with goes in a circle, over Orders table row 3"),
    ({"Per_diem_with": 7}, "Per diem with 9: no order has that number"),
    ({"Per_diem_with": True}, "Per diem with is TRUE"),
]


@pytest.mark.parametrize(("cells", "says"), WRONG)
def test_an_order_that_cannot_be_inside_another_says_why(cells: dict[str, Any], says: str) -> None:
    found = claim([
        order(1, "meropenem", "1 g", "q8h", *DAYS),
        order(2, "ertapenem", "1 g", "q24h", *DAYS, **cells),
        order(3, "meropenem", "1 g", "q8h", *DAYS, Patient="P2"),
        order(4, "meropenem", "1 g", "q8h", *DAYS, Payer="B"),
        order(5, "meropenem", "1 g", "q8h", *DAYS, Per_diem_with="none"),
        order(6, "ertapenem", "1 g", "q24h", *DAYS, Per_diem_with=2),
        order(7, "ertapenem", "1 g", "q24h", *DAYS, Per_diem_with=9),
    ])  # fmt: skip
    assert next(line["Why"] for line in found if line["Order"] == 2).startswith(says)


def test_what_such_orders_leave_open_is_told() -> None:
    covered = {"Per_diem_with": 1}
    days = ("2025-09-02", "2025-09-11")
    assert findings(order(1, "ceftriaxone", "1 g", "q24h", *days), order(2, "ceftriaxone", "1 g", "q24h", *days, **covered)) == [
        ("one dose or two", 2, "ceftriaxone is one dose with that of order 1, for no time of day tells them apart"),
    ]  # fmt: skip
    ndc = {"NDC": "0409-7332-01"}
    assert not [one for one in findings(order(1, "ceftriaxone", "1 g", "q24h", *days, **ndc),
                                        order(2, "ceftriaxone", "1 g", "q24h", *days, **covered, **ndc))
                if one[0] in ("one dose or two", "same drug twice")]  # fmt: skip
    found = findings(order(1, "ceftriaxone", "1 g", "q24h", "2025-09-04", "2025-09-09"),
                     order(2, "ertapenem", "1 g", "q24h", *days, **covered))  # fmt: skip
    assert [(kind, says) for kind, _, says in found] == [
        ("outside the other's per diem",
         f"order 1, whose per diem covers it, does not run on 2025-09-{day}: these days have no per diem")
        for day in ("02", "10")
    ]  # fmt: skip
    for cells in ({"Drug": None, "Therapy": "TPN", "Dose": None}, {"Supplied by": "outside pharmacy"}):
        found = findings(
            order(1, "ceftriaxone", "1 g", "q24h", *days),
            order(2, "ertapenem", "1 g", "q24h", *days, **covered) | cells,
        )
        assert ("nothing is billed", 2, "Per diem with is 1, and it has no drug of ours to bill") in found


def test_an_explanation_says_whose_per_diem_it_is() -> None:
    orders = table([
        order(1, "vancomycin", "1.25 g", "AM", *DAYS), order(2, "vancomycin", "1 g", "PM", *DAYS, Per_diem_with=1),
        order(3, "ertapenem", "1 g", "q24h", *DAYS, Per_diem_with="none"),
    ])  # fmt: skip
    _, *steps = EXPLAIN(1, orders)
    assert ["How often together, 2025-09-02 to 2025-09-11?", "every 12 hours: 1.25 g AM (order 1), 1 g PM (order 2)",
            "Orders table row 3, Per diem with"] in [step[-3:] for step in steps]  # fmt: skip
    for number, answer in (
        (2, "that of order 1, which covers this one: drug lines alone"),
        (3, "none: drug lines alone"),
    ):
        _, *steps = EXPLAIN(number, orders)
        assert [answer, f"Orders table row {number + 1}, Per diem with"] in [step[-2:] for step in steps]


def test_the_column_is_blank_where_nothing_is_said() -> None:
    assert ORDERS["Per diem with"].needed is False
    bare = [order(1, "meropenem", "1 g", "q8h", *DAYS), order(2, "ertapenem", "1 g", "q24h", *DAYS)]
    assert claim(bare) == claim([one | {"Per diem with": None} for one in bare])


AMOUNTS = st.lists(st.integers(1, 4000), min_size=1, max_size=6)


@given(AMOUNTS, st.integers(1, 700))
def test_parts_of_a_dose_come_to_the_units_of_the_whole(doses: list[int], amount: int) -> None:
    found = shared([Decimal(dose) for dose in doses], Decimal(amount))
    whole = -(-sum(doses) // amount)
    assert sum(found) == whole and min(found) >= 0
    assert whole < len(doses) or min(found) > 0


@st.composite
def splits(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """A dose in one order, and the same dose in several orders of which the first leads."""
    parts = draw(st.lists(st.integers(1, 3000), min_size=2, max_size=4))
    hours, length = draw(st.sampled_from([4, 6, 8, 12, 24, 48, 168])), draw(st.integers(1, 20))
    start = dt.date(2025, 6, 20)
    days = (hours, start, start + dt.timedelta(length - 1))
    others = [order(9, "ertapenem", "1 g", 24, *days[1:])]
    whole = [order(1, "ceftriaxone", f"{sum(parts)} mg", *days, Therapy="anti-infective"), *others]
    return whole, [
        *(order(n, "ceftriaxone", f"{part} mg", *days, Per_diem_with=1 if n > 1 else None, Therapy="anti-infective")
          for n, part in enumerate(parts, start=1)), *others,
    ]  # fmt: skip


@given(splits())
def test_a_dose_in_several_orders_is_billed_as_in_one(both: tuple[list[Row], list[Row]]) -> None:
    def sums(orders: list[Row]) -> dict[tuple[Any, ...], Any]:
        found: dict[tuple[Any, ...], Any] = {}
        for line in claim(orders):
            key = (str(line["Code"]), modifiers(line), line["From"], line["To"])
            found[key] = str(line["Units"]) if str(line["Code"]) == "#N/A" else found.get(key, 0) + line["Units"]
        return found

    whole, several = map(sums, both)
    assert whole == several
