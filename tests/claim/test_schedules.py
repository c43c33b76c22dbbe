"""Orders as their schedules are written: doses, per diems and drug lines of four weeks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.claim.claims import Row, claim, order, table
from xl_infusion import CLAIM_CHECKS, EXPLAIN

START, END = dt.date(2025, 8, 4), dt.date(2025, 8, 31)  # a Monday, and four weeks
NHIA = "NHIA, definition of the per diem"

#: As ordered, the authority, doses and infusion days in 28 days, per diems where every day up to every 72 hours counts,
#: by infusion days, the anti-infective code (S9494 where the descriptors name no such interval).
FOUR_WEEKS: list[tuple[str, str, int, int, int, int, str]] = [
    ("daily", NHIA, 28, 28, 28, 28, "S9500"),
    ("qAM", NHIA, 28, 28, 28, 28, "S9500"),
    ("QHS", NHIA, 28, 28, 28, 28, "S9500"),
    ("BID", NHIA, 56, 28, 28, 28, "S9501"),
    ("AM and PM", NHIA, 56, 28, 28, 28, "S9501"),
    ("TID", NHIA, 84, 28, 28, 28, "S9502"),
    ("QID", NHIA, 112, 28, 28, 28, "S9503"),
    ("q4h", NHIA, 168, 28, 28, 28, "S9504"),
    ("q3h", NHIA, 224, 28, 28, 28, "S9497"),
    ("q36h", NHIA, 19, 19, 28, 19, "S9494"),
    ("QOD", NHIA, 14, 14, 28, 14, "S9494"),
    ("every 3rd day", NHIA, 10, 10, 28, 10, "S9494"),
    ("MWF", NHIA, 12, 12, 28, 12, "S9494"),
    ("TIW", NHIA, 12, 12, 28, 12, "S9494"),
    ("TThS", NHIA, 12, 12, 28, 12, "S9494"),
    ("after dialysis", "hospital guideline docslib 12837108", 12, 12, 28, 12, "S9494"),
    ("Mon Wed", NHIA, 8, 8, 8, 8, "S9494"),
    ("twice weekly", NHIA, 8, 8, 8, 8, "S9494"),
    ("5 days on 2 off", NHIA, 20, 20, 28, 20, "S9500"),
    ("M-F", NHIA, 20, 20, 28, 20, "S9500"),
    ("4 times a week", NHIA, 16, 16, 28, 16, "S9494"),
    ("weekly", NHIA, 4, 4, 4, 4, "S9494"),
    ("every Monday", NHIA, 4, 4, 4, 4, "S9494"),
    ("q2weeks", NHIA, 2, 2, 2, 2, "S9494"),
    ("q3weeks", NHIA, 2, 2, 2, 2, "S9494"),
    ("q4weeks", NHIA, 1, 1, 1, 1, "S9494"),
    ("monthly", NHIA, 1, 1, 1, 1, "S9494"),
    ("q6weeks", NHIA, 1, 1, 1, 1, "S9494"),
    ("q8weeks", NHIA, 1, 1, 1, 1, "S9494"),
    ("once", NHIA, 1, 1, 1, 1, "S9500"),
    ("days 1 and 8 every 21 days", NHIA, 3, 3, 3, 3, "S9494"),
    ("days 1 8 15 every 28 days", NHIA, 3, 3, 3, 3, "S9494"),
    ("days 1 to 5 every 28 days", NHIA, 5, 5, 5, 5, "S9500"),
    ("continuous", NHIA, 28, 28, 28, 28, "S9500"),
    ("weeks 0, 2, 6 then q8weeks", "Remicade label", 2, 2, 2, 2, "S9494"),
    ("q48h", "daptomycin label, kidneys", 14, 14, 28, 14, "S9494"),
    ("three times a week", "Octanate monograph", 12, 12, 28, 12, "S9494"),
]


def lines(one: Row, **terms: Any) -> tuple[list[Row], list[Row]]:
    """The per diem and the drug lines."""
    payers = [{"Payer": "A", "Other intervals": "S9494"} | {k.replace("_", " "): v for k, v in terms.items()}]
    found = claim([one], payers=payers)
    return [x for x in found if str(x["Code"])[0] != "J"], [x for x in found if str(x["Code"])[0] == "J"]


def ertapenem(interval: object, **more: Any) -> Row:
    end = None if interval == "once" else END
    return order(1, "ertapenem", "1 g", interval, START, end, Payer="A", **more)


@pytest.mark.parametrize(
    ("typed", "doses", "days", "by_access", "by_infusion", "code"),
    [(typed, *rest) for typed, _, *rest in FOUR_WEEKS],
    ids=[case[0] for case in FOUR_WEEKS],
)
def test_four_weeks(typed: str, doses: int, days: int, by_access: int, by_infusion: int, code: str) -> None:
    for terms, count in (({}, by_access), ({"Days_counted": "infusion days"}, by_infusion)):
        per_diems, drugs = lines(ertapenem(typed), **terms)
        assert {line["Code"] for line in per_diems} == {code}
        assert sum(line["Units"] for line in per_diems) == count
        assert sum(line["Units"] for line in drugs) == 2 * doses
        if count == days < 28:  # a drug is billed on the day on which it is given
            assert sum((line["To"] - line["From"]).days + 1 for line in drugs) == days


def test_a_drug_line_for_each_day_of_the_week() -> None:
    per_diems, drugs = lines(ertapenem("MWF"), Days_counted="infusion days")
    assert len(per_diems) == len(drugs) == 12
    assert [line["From"].weekday() for line in drugs[:3]] == [0, 2, 4]
    (per_diem,), (drug,) = lines(ertapenem("MWF"))
    assert (per_diem["Units"], drug["Units"]) == (28, 24)
    assert drug["Why"] == "1 g = 2 units of 500 mg x 12 doses in 28 days (Monday, Wednesday and Friday)"


def test_a_schedule_without_a_code_fails_its_per_diem_alone() -> None:
    (per_diem,), (drug,) = lines(ertapenem("MWF"), Other_intervals=None)
    assert per_diem["Code"] == "#N/A" and drug["Units"] == 24
    assert per_diem["Why"].startswith("no per diem code for Monday, Wednesday and Friday: only 3, 4, 6")


def test_days_are_counted_from_start_whatever_its_weekday() -> None:
    """Days 1, 3 and 5 of each week from Start; named days decide where they are named."""
    late = {"Start": dt.date(2025, 8, 6), "End": dt.date(2025, 8, 12)}
    for typed, days in (("TIW", [6, 8, 10]), ("MWF", [6, 8, 11])):
        _, drugs = lines(ertapenem(typed) | late, Days_counted="infusion days")
        assert [line["From"].day for line in drugs] == days


def test_orders_of_one_schedule_from_one_weekday_on_are_worked_out_alike() -> None:
    """And each from its own first day."""
    rows = [ertapenem("MWF") | {"Order": 1}, ertapenem("MWF") | {"Order": 2, "Patient": "P2"},
            ertapenem("MWF") | {"Order": 3, "Patient": "P3", "Start": dt.date(2025, 8, 7)}]  # fmt: skip
    payers = [{"Payer": "A", "Other intervals": "S9494", "Days counted": "infusion days"}]
    found = [line for line in claim(rows, payers=payers) if line["Code"] == "J1335"]
    first = {line["Order"]: line["From"].day for line in reversed(found)}
    assert first == {1: 4, 2: 4, 3: 8} and len(found) == 12 + 12 + 10


def kinds(one: Row, **terms: Any) -> list[str]:
    payers = [{"Payer": "A", "Other intervals": "S9494"} | {k.replace("_", " "): v for k, v in terms.items()}]
    return [row[1] for row in CLAIM_CHECKS(table([one]), None, table(payers))[1:]]


def test_days_that_nobody_named_are_a_finding_where_lines_stand_on_them() -> None:
    said = "days of the week not named"
    assert said in kinds(ertapenem("BIW")) and said in kinds(ertapenem("TIW"), Days_counted="infusion days")
    assert said not in kinds(ertapenem("TIW")) and said not in kinds(ertapenem("Mon Wed"))


def test_an_explanation_names_the_days() -> None:
    steps = EXPLAIN(1, table([ertapenem("BIW")]))
    said = "2 times a week, on days 1 and 4 of each week from Start"
    assert [step[2] for step in steps if step[1] == "How often?"] == [said]
    (counted,) = [step[2] for step in steps if step[1] == "Which days have a per diem?"]
    assert counted.startswith("infusion days alone")


def test_a_payer_may_want_a_code_for_a_schedule() -> None:
    codes = [{"Payer": "A", "Drug or therapy": "anti-infective", "Interval": "mon wed fri", "Code": "S9494"}]
    found = claim([ertapenem("MWF")], payers=[{"Payer": "A"}], codes=codes)
    assert [line["Code"] for line in found] == ["S9494", "J1335"]


def test_two_doses_of_one_drug_at_two_times_are_one_therapy() -> None:
    """1.25 g in the morning, 1 g in the evening: S9501 and each dose's own units."""
    am = order(1, "vancomycin", "1.25 g", "AM", START, END, Payer="A")
    pm = order(2, "vancomycin", "1 g", "PM", START, END, Payer="A", Per_diem_with=1)
    found = claim([am, pm])
    assert [(line["Code"], line["Units"]) for line in found] == [("S9501", 28), ("J3373", 3500), ("J3373", 2800)]


def test_a_loading_dose_is_an_order_of_its_own() -> None:
    """1,000 mg and 500 mg a week later (dalbavancin's label): two lines, each on its day."""
    first = order(1, "ertapenem", "1 g", "once", START, None, Payer="A")
    later = order(2, "ertapenem", "500 mg", "once", dt.date(2025, 8, 11), None, Payer="A")
    found = [line for line in claim([first, later]) if line["Code"] == "J1335"]
    assert [(line["From"].day, line["Units"]) for line in found] == [(4, 2), (11, 1)]


def test_a_taper_is_a_row_for_each_step() -> None:
    """Steps of a dose that runs on (treprostinil's label): dates joined, one therapy without a gap."""
    steps = [order(1, "milrinone", "0.375 mcg/kg/min", "continuous", START, dt.date(2025, 8, 10), Weight=70),
             order(2, "milrinone", "0.5 mcg/kg/min", "continuous", dt.date(2025, 8, 11), END, Weight=70)]  # fmt: skip
    found = claim(steps)
    assert sum(line["Units"] for line in found if line["Code"] == "S9348") == 28
    assert [line["Units"] for line in found if line["Code"] == "J2260"] == [7 * 8, 21 * 11]


@pytest.mark.parametrize(("interval", "grams"), [("weekly", 10), ("q2weeks", 20), ("twice weekly", 5), ("daily", None)])
def test_a_weeks_dose_is_shared_by_the_doses_of_the_week(interval: str, grams: int | None) -> None:
    """Immune globulin under the skin (labels): twice the week's dose every two weeks, or a share more often."""
    dose = "20 g/2 weeks" if interval == "q2weeks" else "10 g/week"
    _, drugs = lines(order(1, "immune globulin", dose, interval, START, START, Payer="A", Product="Gammagard liquid"))
    assert drugs[0]["Units"] == (3 if grams is None else 2 * grams)  # 10 g / 7 = 1.43 g


# -- an infusion over more than a day --------------------------------------------------------------------------------


def pump(interval: str = "once", end: object = None, **more: Any) -> Row:
    return order(1, "fluorouracil", "4,200 mg over 46 h", interval, START, end, Payer="A", **more)


CALENDAR, AS_ONE = "calendar days", "over 24 and under 48 hours is one"


@pytest.mark.parametrize(
    ("one", "terms", "days"),
    [
        (pump(), {}, 2),
        (pump(Days=3), {}, 3),
        (pump(), {"Day_counts": AS_ONE}, 1),
        (pump(), {"Day_counts": CALENDAR}, 3),
        (pump(end=dt.date(2025, 8, 5)), {"Day_counts": AS_ONE}, 2),
        (pump("every 2 weeks", END), {}, 4),
        (pump("every 2 weeks", END), {"Day_counts": CALENDAR}, 6),
        (pump("every 2 weeks", END), {"Day_counts": AS_ONE}, 2),
        (pump("every 2 weeks", dt.date(2025, 8, 18)), {}, 3),
    ],
)
def test_fluorouracil_over_46_hours(one: Row, terms: dict[str, Any], days: int) -> None:
    """The pump's days by the contract (BCBS North Dakota, North Carolina); the drug once, on its first day."""
    per_diems, drugs = lines(one, **terms)
    assert {line["Code"] for line in per_diems} == {"S9330"}
    assert sum(line["Units"] for line in per_diems) == days
    assert [(line["Units"], line["From"], line["To"]) for line in drugs[:1]] == [(9, START, START)]
    assert len(drugs) == (1 if one["Interval"] == "once" else 2)


def test_an_infusion_over_a_day_has_one_per_diem() -> None:
    (per_diem,), (drug,) = lines(order(1, "fluorouracil", "1 g over 24 h", "once", START, None, Payer="A"))
    assert (per_diem["Code"], per_diem["Units"], drug["Units"]) == ("S9330", 1, 2)
    (per_diem,), _ = lines(order(1, "fluorouracil", "1 g over 2 h", "once", START, None, Payer="A"))
    assert per_diem["Code"] == "S9331"


def test_more_days_than_an_infusion_takes_are_told() -> None:
    (line,) = claim([pump(Days=4)])
    assert "single dose, and the order has 4 days" in line["Why"]


def test_a_visit_day_beside_infusion_days_counts_where_the_payer_says_so() -> None:
    payers = [{"Payer": "A", "Other intervals": "S9494", "Days counted": "infusion or visit days"}]
    visits = [{"Patient": "P1", "Date": dt.date(2025, 8, 5), "Minutes": 60}]
    found = claim([ertapenem("Mon Wed")], visits, payers)
    assert sum(line["Units"] for line in found if line["Code"] == "S9494") == 9
