"""Holds, and the care of a line beside, between and without therapies."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from tests.claim.claims import PAYER, VISIT, Row, order, table, visit
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, EXPLAIN, ExcelError
from xl_infusion.claim import HOLDS

MARCH = ("2025-03-01", "2025-03-28")
STAY = {"Patient": "P1", "From": "2025-03-10", "To": "2025-03-16"}
HOLD_COLUMNS = tuple(column.name for column in HOLDS.columns)


def lines(orders: list[Row], holds: list[Row] | None = None, **terms: Any) -> list[tuple[str, str, Any]]:
    """Code, days and units of the lines under the terms of payer A."""
    payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}]
    given = [{"Payer": "A"} | one for one in orders]
    found = CLAIM_GRID(table(given), None, table(payers, PAYER), holds=table(holds or [], HOLD_COLUMNS))
    assert not isinstance(found, ExcelError), found.message
    header, *rows = found
    named = [dict(zip(header, row, strict=True)) for row in rows]
    return [
        (str(one["Code"]), f"{one['From']:%m/%d}-{one['To']:%m/%d}" if one["From"] else "", one["Units"])
        for one in named
    ]


def ceftriaxone(**more: Any) -> Row:
    return order(1, "ceftriaxone", "2 g", "daily", *MARCH, **more)


@pytest.mark.parametrize(
    ("terms", "before", "after"),
    [
        ({}, ("03/01-03/09", 9), ("03/17-03/28", 12)),
        ({"Day_of_admission": "billed"}, ("03/01-03/10", 10), ("03/17-03/28", 12)),
        ({"Day_of_discharge": "billed"}, ("03/01-03/09", 9), ("03/16-03/28", 13)),
        ({"Day_of_admission": "billed", "Day_of_discharge": "billed"}, ("03/01-03/10", 10), ("03/16-03/28", 13)),
    ],
)  # fmt: skip
def test_a_stay_pauses_per_diem_and_doses(terms: Row, before: Any, after: Any) -> None:
    assert lines([ceftriaxone()], [STAY], **terms) == [
        ("S9500", *before), ("J0696", before[0], 8 * before[1]), ("S9500", *after), ("J0696", after[0], 8 * after[1]),
    ]  # fmt: skip


def test_a_therapy_that_is_held_at_home() -> None:
    held = STAY | {"Reason": "held"}
    drugs = [("J0696", "03/01-03/09", 72), ("J0696", "03/17-03/28", 96)]
    assert lines([ceftriaxone()], [held])[1::2] == drugs
    assert lines([ceftriaxone()], [held], Per_diem_while_held="yes") == [("S9500", "03/01-03/28", 28), *drugs]
    # in hospital nothing goes on
    assert len(lines([ceftriaxone()], [STAY], Per_diem_while_held="yes")) == 4


def test_a_hold_of_one_order_and_a_patient_who_died() -> None:
    both = [ceftriaxone(), order(2, "ertapenem", "1 g", "daily", *MARCH)]
    found = lines(both, [STAY | {"Order": 2}])
    assert [line for line in found if line[0] == "J0696"] == [("J0696", "03/01-03/28", 224)]
    assert [line[1] for line in found if line[0] == "J1335"] == ["03/01-03/09", "03/17-03/28"]
    died = {"Patient": "P1", "From": "2025-03-10", "To": None, "Reason": "deceased"}
    assert lines([ceftriaxone()], [died]) == [("S9500", "03/01-03/09", 9), ("J0696", "03/01-03/09", 72)]
    assert lines([ceftriaxone()], [died | {"To": "2025-03-12"}]) == lines([ceftriaxone()], [died])
    assert lines([ceftriaxone()], [STAY | {"Patient": "P2"}]) == lines([ceftriaxone()])
    undated = ceftriaxone() | {"Start": "soon"}
    assert lines([undated], [STAY])[0][0] == lines([undated])[0][0] == "#VALUE!"


def test_holds_that_meet_and_one_that_holds_all_days() -> None:
    parts = [STAY | {"To": "2025-03-12"}, STAY | {"From": "2025-03-13"}]
    assert lines([ceftriaxone()], parts) == lines([ceftriaxone()], [STAY])
    assert lines([ceftriaxone()], [STAY | {"From": "2025-02-01", "To": "2025-04-30"}]) == []


def test_doses_dispensed_are_those_of_the_days_on_which_they_were_given() -> None:
    found = lines([ceftriaxone(Dispensed=21)], [STAY])
    assert [units for code, _, units in found if code == "J0696"] == [72, 96]
    found = lines([ceftriaxone(Unused=2)], [STAY])  # of the 21 doses that the other days have
    assert [units for code, _, units in found if code == "J0696"] == [72, 80, 16]


def test_infusions_within_a_hold_are_not_billed() -> None:
    weekly = order(1, "Privigen", "40 g", "weekly", *MARCH)
    assert [days for code, days, _ in lines([weekly], [STAY]) if code == "J1459"] == [
        "03/01-03/01",
        "03/08-03/08",
        "03/22-03/22",
    ]


WRONG = [
    ({"To": None}, "#VALUE!"),
    ({"To": "2025-03-01"}, "#NUM!"),
    ({"From": "soon"}, "#VALUE!"),
    ({"Reason": "ill"}, "#VALUE!"),
    ({"Patient": None}, "#VALUE!"),
    ({"Order": True}, "#VALUE!"),
]


@pytest.mark.parametrize(("cells", "shows"), WRONG)
def test_a_hold_that_cannot_be_read_keeps_its_orders_from_being_billed(cells: Row, shows: str) -> None:
    assert [code for code, *_ in lines([ceftriaxone()], [STAY | cells])] == [shows]
    if cells != {"Patient": None}:  # which may be anybody's
        assert len(lines([ceftriaxone(Patient="P2")], [STAY | cells])) == 2


def test_an_explanation_says_when_an_order_pauses() -> None:
    steps = EXPLAIN(1, table([ceftriaxone()]), holds=table([STAY], HOLD_COLUMNS))
    (pause,) = [step[-3:] for step in steps if step[-3] == "When does it pause?"]
    assert pause[1] == "2025-03-10 to 2025-03-16: hospital" and pause[2].startswith("Holds table row 2; default:")
    never = EXPLAIN(
        1, table([ceftriaxone()]), holds=table([STAY | {"From": "2025-02-01", "To": "2025-04-30"}], HOLD_COLUMNS)
    )
    assert ["What is its per diem?", "none: no day of it is billed", "Holds"] in [step[-3:] for step in never]
    port = [ceftriaxone(), order(2, None, None, None, *MARCH, Therapy="port")]
    assert ["What is its per diem?", "none: no day of it is billed"] in [
        step[-3:-1] for step in EXPLAIN(2, table(port))
    ]


def findings(
    orders: list[Row], holds: list[Row], visits: list[Row] | None = None, **terms: Any
) -> list[tuple[str, str]]:
    """Finding and day of what the checks find of holds and of what was dispensed, under the terms of payer A."""
    payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}, {"Payer": "B"}]
    given = [{"Payer": "A"} | one for one in orders]
    tables = (table(given), table(visits or [], VISIT), table(payers, PAYER))
    found = CLAIM_CHECKS(*tables, holds=table(holds, HOLD_COLUMNS))
    assert not isinstance(found, ExcelError), found.message
    header, *rows = found
    told = [dict(zip(header, row, strict=True)) for row in rows]
    kinds = ("visit during a hold", "day of admission or discharge", "dispensed", "outside the other's per diem")
    return [
        (one["What is wrong"], str(one["From"])[5:]) for one in told if any(kind in one["Finding"] for kind in kinds)
    ]


def test_what_was_dispensed_of_an_order_that_is_held_on_all_days_is_compared_with_nothing() -> None:
    days = ("2025-03-10", "2025-03-14")
    held = {"Patient": "P1", "From": "2025-03-04", "To": "2025-03-30"}
    all_days = order(1, "ceftriaxone", "2 g", "daily", *days, Dispensed=0)
    assert findings([all_days], [held]) == []
    assert len(findings([all_days], [])) == 1  # none of five doses


@pytest.mark.parametrize("reason", ["hospital", "held", "clinic", "traveling", "deceased"])
def test_a_visit_amid_a_hold_is_told_once_also_where_it_is_to_be_denied(reason: str) -> None:
    hold = STAY | {"Reason": reason}
    terms: Row = {"Kind": "Medicare", "Covers": "deny first", "Day_of_admission": "not billed"}
    why = f"the patient is on hold ({reason}) from 2025-03-10, Holds table row 2"
    for more in ({}, {"Second_payer": "B"}):
        for day in ("03-10", "03-12", "03-16"):
            found = findings([ceftriaxone(**more)], [hold], [visit(f"2025-{day}", 60)], **terms)
            amid = day == "03-12" or (day == "03-16" and reason == "deceased")  # who died has no day of discharge
            assert [one for one in found if one[0].startswith("the patient")] == [(why, day)] * amid
    # while one order is on hold a nurse may come for the others
    said = {"Day_of_admission": "billed", "Day_of_discharge": "billed"}
    assert findings([ceftriaxone()], [STAY | {"Order": 1}], [visit("2025-03-12", 60)], **said) == []


def test_the_ends_of_a_hold_are_told_unless_its_per_diem_goes_on() -> None:
    says = "2025-03-10 and 2025-03-16: not billed, for no term of the payer says that it is"
    for reason, goes_on, told in [("held", "no", 1), ("held", "yes", 0), ("hospital", "yes", 1)]:
        found = findings([ceftriaxone()], [STAY | {"Reason": reason}], Per_diem_while_held=goes_on)
        assert [one[0] for one in found] == [says] * told


def test_a_dose_that_is_held_has_no_day_of_its_infusion_after_the_hold() -> None:
    pump = order(1, "fluorouracil", "4,200 mg over 46 h", "every 2 weeks", *MARCH)
    terms: Row = {"Days_counted": "infusion days"}

    def per_diem(holds: list[Row], **more: Any) -> list[str]:
        return [days for code, days, _ in lines([pump], holds, **terms, **more) if code.startswith("S")]

    assert per_diem([]) == ["03/01-03/02", "03/15-03/16"]
    begun = {"Patient": "P1", "From": "2025-03-14", "To": "2025-03-15"}
    assert per_diem([begun]) == ["03/01-03/02"]
    assert per_diem([begun | {"Reason": "held"}], Per_diem_while_held="yes") == per_diem([])
    assert per_diem([begun | {"From": "2025-03-16", "To": "2025-03-18"}]) == ["03/01-03/02", "03/15-03/15"]
    assert per_diem([STAY | {"From": "2025-02-01", "To": "2025-03-15"}]) == []


# -- the care of a line --------------------------------------------------------------------------------------------


def care(therapy: str = "single lumen", first: str = "2025-03-01", last: str = "2025-03-10", **more: Any) -> Row:
    return order(2, None, None, None, first, last, Therapy=therapy, **more)


SHORT = order(1, "ceftriaxone", "2 g", "daily", "2025-03-03", "2025-03-06")


@pytest.mark.parametrize(
    ("therapy", "code"),
    [
        ("single lumen", "S5498"), ("double lumen", "S5501"), ("port", "S5502"), ("PICC", "S5497"), ("S5501", "S5501"),
        ("catheter care", "S5497"), ("catheter care implanted", "S5502"),
    ],
)  # fmt: skip
def test_the_device_chooses_the_code(therapy: str, code: str) -> None:
    assert lines([care(therapy)]) == [(code, "03/01-03/10", 10)]


def test_care_on_days_without_a_therapy() -> None:
    gaps = [("S5498", "03/01-03/02", 2), ("S5498", "03/07-03/10", 4)]
    assert [line for line in lines([SHORT, care()]) if line[0] == "S5498"] == gaps
    # a therapy that no line is needed for leaves it its days; one at another payer does not
    enteral = order(1, None, None, None, "2025-03-03", "2025-03-06", Therapy="enteral pump")
    assert [line for line in lines([enteral, care()]) if line[0] == "S5498"] == [("S5498", "03/01-03/10", 10)]
    payers = table([{"Payer": "A"}, {"Payer": "B"}], PAYER)
    found = CLAIM_GRID(table([SHORT | {"Payer": "B"}, care() | {"Payer": "A"}]), None, payers)
    assert [(line[3].day, line[4].day) for line in found[1:] if line[6] == "S5498"] == [(1, 2), (7, 10)]
    # an order inside another's per diem has none itself
    inside = SHORT | {"Per diem with": "none"}
    assert [line for line in lines([inside, care()]) if line[0] == "S5498"] == [("S5498", "03/01-03/10", 10)]


def test_care_as_the_contract_pays_it() -> None:
    def cared(term: str, holds: list[Row] | None = None, **terms: Any) -> list[tuple[str, Any]]:
        found = lines([ceftriaxone(), care("port", *MARCH)], holds, Catheter_care=term, **terms)
        return [(days, units) for code, days, units in found if code == "S5502"]

    assert cared("beside therapies") == [("03/01-03/28", 28)]
    assert cared("never") == cared("during a hold") == cared("days without a therapy") == []
    held = STAY | {"Reason": "held"}
    assert cared("during a hold", [held]) == [("03/10-03/16", 7)]
    assert cared("during a hold", [held], Catheter_care_days=3) == [("03/10-03/12", 3)]
    # in hospital nobody comes for the line
    assert cared("during a hold", [STAY]) == []
    assert cared("days without a therapy", [held]) == [("03/10-03/16", 7)]


# -- day by day ----------------------------------------------------------------------------------------------------

FIRST = dt.date(2025, 3, 1)
SPANS = st.tuples(st.integers(0, 30), st.integers(0, 12))


def days_of(span: tuple[int, int]) -> set[dt.date]:
    start, length = span
    return {FIRST + dt.timedelta(start + day) for day in range(length + 1)}


@given(
    SPANS,
    SPANS,
    st.lists(st.tuples(SPANS, st.sampled_from(["hospital", "held", "clinic"])), max_size=3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
@times(3)
def test_days_one_by_one(
    therapy: tuple[int, int],
    line: tuple[int, int],
    holds: list[tuple[tuple[int, int], str]],
    admitted: bool,
    discharged: bool,
    goes_on: bool,
) -> None:
    given_, unpaid, cared = days_of(therapy), set(), days_of(line)
    paused: set[dt.date] = set()
    for span, reason in holds:
        days = sorted(days_of(span))
        days = days[1:] if admitted else days
        days = days[:-1] if discharged else days
        paused |= {*days}
        if reason != "held" or not goes_on:
            unpaid |= {*days}
        if reason != "held":
            cared -= {*days}

    def cells(number: int, days: set[dt.date], **more: Any) -> Row:
        return order(
            number,
            more.pop("Drug", None),
            more.pop("Dose", None),
            more.pop("Interval", None),
            min(days),
            max(days),
            **more,
        )

    orders = [
        cells(1, given_, Drug="ceftriaxone", Dose="2 g", Interval="daily"),
        cells(2, days_of(line), Therapy="port"),
    ]
    rows = [
        {"Patient": "P1", "From": min(days_of(span)), "To": max(days_of(span)), "Reason": reason}
        for span, reason in holds
    ]
    said = {True: "billed", False: "not billed"}
    found = CLAIM_GRID(
        table([{"Payer": "A"} | one for one in orders]), None,
        table([{"Payer": "A", "Day of admission": said[admitted], "Day of discharge": said[discharged],
                "Per diem while held": goes_on}]),
        holds=table(rows, HOLD_COLUMNS),
    )  # fmt: skip
    billed: dict[str, list[dt.date]] = {}
    for row in found[1:]:
        billed.setdefault(row[6], []).extend(row[3] + dt.timedelta(day) for day in range((row[4] - row[3]).days + 1))
    assert billed.get("S9500", []) == sorted(given_ - unpaid)
    assert billed.get("J0696", []) == sorted(given_ - paused)
    assert billed.get("S5502", []) == sorted(cared - (given_ - unpaid))
