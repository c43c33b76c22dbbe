"""Medicare first: the denial claim and the second payer, Medicare's own benefit, and the terms of nurses' visits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claim.claims import Row, claim, modifiers, order, table, visit
from xl_infusion import CLAIM_GRID, ExcelError
from xl_infusion.claim import VISITS
from xl_infusion.claim.grid import Work
from xl_infusion.reference import load
from xl_infusion.reference.tables import bundled

PAYERS: list[Row] = [
    {"Payer": "Medicare", "Kind": "Medicare", "Covers": "deny first"},
    {"Payer": "Medicare HIT", "Kind": "Medicare", "Covers": "deny first", "Home infusion benefit": "yes"},
    {"Payer": "None", "Covers": "no"},
    {"Payer": "Plan", "Further hour from": 1},
    {"Payer": "Other"},
]


def meropenem(number: int = 1, **more: Any) -> Row:
    return order(number, "meropenem", "1 g", 8, "2025-08-01", "2025-08-03", **more)


def lines(orders: list[Row], visits: list[Row] = [], payers: list[Row] = PAYERS) -> list[tuple[Any, ...]]:  # noqa: B006
    """Payer, code, modifiers, units, what it waits for."""
    return [
        (x["Payer"], x["Code"], modifiers(x), x["Units"], x.get("Waits for")) for x in claim(orders, visits, payers)
    ]


# -- denial and second payer -------------------------------------------------------------------------------------


def test_a_denial_claim_and_the_claim_to_the_second_payer_that_waits_for_it() -> None:
    found = lines([meropenem(Payer="medicare", Second_payer="plan")], [visit("2025-08-01", 150)])
    denial = "denial by Medicare"
    assert found == [
        ("Medicare", "99601", "GY", 1, ""),  # the denial counts 99602 from minute 31, the Plan every started hour
        ("Plan", "S9502", "", 3, denial),
        ("Plan", "J2185", "", 90, denial),
        ("Plan", "99601", "", 1, denial),
        ("Plan", "99602", "", 1, denial),
    ]
    why = claim([meropenem(Payer="Medicare", Second_payer="Plan")], [visit("2025-08-01", 60)], PAYERS)[0]["Why"]
    assert why == "visit of 60 minutes: the first 120 minutes; billed to Medicare for a denial"


@pytest.mark.parametrize(
    ("modifier", "shown"), [(None, "GY"), ("GA", "GA"), ("gz", "GZ"), ("none", "")]
)  # fmt: skip
def test_the_denial_carries_the_modifier_of_the_row_also_beside_sd(modifier: object, shown: str) -> None:
    payers = [{"Payer": "Medicare", "Covers": "deny first", "Denial modifier": modifier}, {"Payer": "Plan"}]
    visits = [visit("2025-08-01", 200, Special_training="yes")]
    found = lines([meropenem(Payer="Medicare", Second_payer="Plan")], visits, payers)
    both = "-".join(filter(None, ["SD", shown]))
    assert [(payer, code, mods) for payer, code, mods, *_ in found if code[0] == "9"] == [
        ("Medicare", "99601", both), ("Medicare", "99602", both), ("Plan", "99601", "SD"), ("Plan", "99602", "SD"),
    ]  # fmt: skip


def test_a_payer_that_covers_does_not_look_at_the_second() -> None:
    found = lines([meropenem(Payer="Plan", Second_payer="Other")], [visit("2025-08-01", 60)])
    assert {payer for payer, *_ in found} == {"Plan"} and {waits for *_, waits in found} == {""}


def test_a_payer_that_covers_nothing_is_passed_over_without_a_denial() -> None:
    found = lines([meropenem(Payer="None", Second_payer="Other")], [visit("2025-08-01", 60)])
    assert [found[:3] for found in found] == [("Other", "S9502", ""), ("Other", "J2185", ""), ("Other", "99601", "")]
    assert {waits for *_, waits in found} == {""}


@pytest.mark.parametrize("payer", ["None", "Medicare"])
def test_nobody_to_bill_is_an_error_of_the_order_and_of_its_visits(payer: str) -> None:
    found = claim([meropenem(Payer=payer)], [visit("2025-08-01", 60)], PAYERS)
    text = f"{payer} does not cover home infusion: name the Second payer of the order, one that does"
    of_order = [line for line in found if line["Order"] == 1]
    assert [(line["Code"], line["Units"], line["Why"]) for line in of_order] == [("#N/A", "#N/A", text)]
    of_visit = [line for line in found if line["Order"] == ""]
    if payer == "Medicare":  # the visit is billed for its denial
        assert [(line["Code"], modifiers(line)) for line in of_visit] == [("99601", "GY")]
    else:
        assert [(line["Code"], line["Why"]) for line in of_visit] == [("#N/A", f"visit: {text}")]


@pytest.mark.parametrize(
    ("second", "says"), [("None", "None does not cover home infusion"), ("Medicare", "Medicare does not cover"),
                         ("Plam", "payer 'Plam' is not in the Payers table")],
)  # fmt: skip
def test_a_second_payer_that_cannot_be_billed(second: str, says: str) -> None:
    found = claim([meropenem(Payer="Medicare", Second_payer=second)], [visit("2025-08-01", 60)], PAYERS)
    assert [(line["Code"], modifiers(line)) for line in found[:1]] == [("99601", "GY")]
    assert [line["Code"] for line in found[1:]] == ["#N/A", "#N/A"] and all(says in x["Why"] for x in found[1:])
    assert {line["Payer"] for line in found[1:]} == {second}


def test_a_row_that_cannot_be_read_is_no_denial() -> None:
    payers = [{"Payer": "Medicare", "Covers": "later"}, {"Payer": "Plan"}]
    found = claim([meropenem(Payer="Medicare", Second_payer="Plan")], [visit("2025-08-01", 60)], payers)
    assert [(line["Payer"], line["Code"]) for line in found] == [("Medicare", "#VALUE!"), ("Medicare", "#VALUE!")]


# -- whose visit it is -------------------------------------------------------------------------------------------

BOTH = [meropenem(Payer="Medicare", Second_payer="Plan"), meropenem(2, Payer="Other") | {"Start": "2025-08-02"}]


def visits_of(orders: list[Row], *visits: Row) -> list[tuple[str, str, str]]:
    return [(payer, str(code), mods) for payer, code, mods, *_ in lines(orders, list(visits)) if code[0] in "9#"]


def test_a_visit_goes_to_the_payers_of_its_patients_orders() -> None:
    assert visits_of(BOTH[:1], visit("2025-12-31", 60)) == [("Medicare", "99601", "GY"), ("Plan", "99601", "")]
    # on 1 August only the first order runs, on the 2nd both: then the visit names its payer
    assert visits_of(BOTH, visit("2025-08-01", 60)) == [("Medicare", "99601", "GY"), ("Plan", "99601", "")]
    assert visits_of(BOTH, visit("2025-08-02", 60)) == [("", "#N/A", "")]
    assert visits_of(BOTH, visit("2025-08-02", 60, Payer="other")) == [("Other", "99601", "")]
    denied = [("Medicare", "99601", "GY"), ("Plan", "99601", "")]
    assert visits_of(BOTH, visit("2025-08-02", 60, Payer="Medicare")) == denied
    assert visits_of(BOTH, visit("2025-08-02", 60, Payer="Plan")) == denied  # the second payer still needs the denial
    assert visits_of([], visit("2025-08-02", 60, Payer="Plan")) == [("Plan", "99601", "")]
    assert visits_of([], visit("2025-08-02", 60, Payer="Medicare")) == [("Medicare", "99601", "GY")]


def test_an_order_of_other_days_changes_nothing_of_a_visit() -> None:
    august = meropenem(Payer="Medicare", Second_payer="Plan")
    later = [
        meropenem(2, Payer=payer, Second_payer=second) | {"Start": "2025-09-20", "End": "2025-09-25"}
        for payer, second in (("Plan", None), ("Other", None), ("Medicare", "Other"), ("Medicare", None))
    ]
    denied = [("Medicare", "99601", "GY"), ("Plan", "99601", "")]

    def billed(orders: list[Row], one: Row) -> list[tuple[str, str, str]]:
        return [found for found in visits_of(orders, one) if found[1] == "99601"]

    for other in later:
        for name in (None, "Plan", "Medicare"):
            # on a day of the order, and on the days around it, on which the nearest order says
            for day in ("2025-07-30", "2025-08-02", "2025-08-10"):
                assert billed([august, other], visit(day, 60, Payer=name)) == denied, (other, name, day)
    assert visits_of([august, later[0]], visit("2025-09-21", 60, Payer="Plan")) == [("Plan", "99601", "")]
    assert visits_of([august, later[1]], visit("2025-09-15", 60)) == [("Other", "99601", "")]
    # 27 August is 24 days from both
    assert visits_of([august, later[1]], visit("2025-08-27", 60)) == [("", "#N/A", "")]
    # an order whose days cannot be read is the nearest of none
    assert billed([august, {**later[1], "Start": "soon"}], visit("2025-08-10", 60)) == denied
    assert billed([{**august, "Start": "soon"}], visit("2025-08-10", 60, Payer="Plan")) == denied
    unread = claim([august, later[1]], [visit("then", 60)], PAYERS)
    (line,) = (line for line in unread if line["Order"] == "")
    assert (line["Payer"], line["Code"]) == ("", "#VALUE!") and "Date 'then' is not a date" in line["Why"]


def test_orders_with_one_first_payer_and_several_second_ones() -> None:
    orders = [meropenem(Payer="Medicare", Second_payer="Plan"), meropenem(2, Payer="Medicare", Second_payer="Other")]
    found = claim(orders, [visit("2025-08-01", 60)], PAYERS)
    wrong = [line for line in found if line["Order"] == ""]
    assert [line["Code"] for line in wrong] == ["#N/A"]
    assert "several payers (Other and Plan): name the visit's in a Payer column" in wrong[0]["Why"]
    assert visits_of(orders, visit("2025-08-01", 60, Payer="Plan")) == [
        ("Medicare", "99601", "GY"), ("Plan", "99601", ""),
    ]  # fmt: skip
    # an order whose second payer was forgotten does not keep the visit from the other's
    one = [orders[0], meropenem(2, Payer="Medicare")]
    assert ("Plan", "99601", "") in visits_of(one, visit("2025-08-01", 60))


def test_one_payer_in_two_spellings_is_one() -> None:
    orders = [meropenem(Payer="Medicare", Second_payer="Plan"), meropenem(2, Payer="MEDICARE", Second_payer="plan")]
    assert visits_of(orders, visit("2025-08-01", 60)) == [("Medicare", "99601", "GY"), ("Plan", "99601", "")]
    text = [claim([meropenem(Payer=name) for name in names], rates=[{"Code": "S1", "Rate": 1}])[0]["Why"]
            for names in (["b", "B"], ["B", "b"])]  # fmt: skip
    assert text[0] == text[1] and "no rate for S9502 of B or any payer" in text[0]


# -- the visits themselves ---------------------------------------------------------------------------------------


def test_an_agencys_visit_is_not_ours_to_bill() -> None:
    plan = [meropenem(Payer="Plan")]
    visits = [visit("2025-08-01", 60, Nurse="agency"), visit("2025-08-02", 60, Nurse="own"), visit("2025-08-03", 60)]
    assert visits_of(plan, *visits) == [("Plan", "99601", "")] * 2
    assert visits_of([meropenem(Payer="Medicare", Second_payer="Plan")], visits[0]) == []
    assert visits_of([meropenem(Payer="None")], visit("2025-08-01", 60, Nurse="agency"))[1:] == []


@pytest.mark.parametrize(
    ("cells", "units"),
    [
        ({"Minutes": 180}, [1, 1]),
        ({"Start time": "9:30 PM", "End time": "1:00 AM"}, [1, 1]),  # 210 minutes, across midnight
        ({"Start time": "9:30 PM", "End time": "1:01 AM"}, [1, 2]),
        ({"Start time": "21:30", "End time": "23:30", "Minutes": 120}, [1]),
        ({"Start time": 0.0, "End time": "1:00"}, [1]),
    ],
)
def test_minutes_or_start_and_end_across_midnight(cells: Row, units: list[int]) -> None:
    row = {"Patient": "P1", "Date": "2025-08-01"} | cells
    found = claim([meropenem(Payer="Other")], [row], PAYERS)
    assert [line["Units"] for line in found if line["Order"] == ""] == units
    assert {str(line["From"]) for line in found if line["Order"] == ""} == {"2025-08-01"}


def of_a_day(*visits: Row, **terms: Any) -> list[tuple[str, int]]:
    payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}]
    found = claim([meropenem(Payer="A")], visits, payers)
    return [(line["Code"], line["Units"]) for line in found if line["Order"] == ""]


def test_a_second_visit_of_one_day() -> None:
    two = [visit("2025-08-01", 90), visit("2025-08-01", 150)]
    assert of_a_day(*two) == of_a_day(*two[::-1]) == [("99601", 1), ("99601", 1)]
    # each visit by itself, the 99602 beside its 99601
    assert of_a_day(*two, Second_visit=99601, Further_hour_from=30) == [("99601", 1), ("99602", 1), ("99601", 1)]
    # the longer one is the first where no time says otherwise: 90 minutes are an hour, and not 31 of the next
    assert of_a_day(*two, Second_visit="99602") == of_a_day(*two[::-1], Second_visit="99602") == [
        ("99601", 1), ("99602", 1),
    ]  # fmt: skip
    timed = [
        visit("2025-08-01", None, Start_time="8 am", End_time="9:30 am"),
        visit("2025-08-01", None, Start_time="2 pm", End_time="4:30 pm"),
    ]
    for visits in (timed, timed[::-1]):
        assert of_a_day(*visits, Second_visit="99602") == [("99601", 1), ("99602", 2)]
    assert of_a_day(visit("2025-08-01", 90), visit("2025-08-02", 150), Second_visit="99602") == [
        ("99601", 1), ("99601", 1),
    ]  # fmt: skip
    short = of_a_day(visit("2025-08-01", 90), visit("2025-08-01", 30), Second_visit="99602")
    assert short == [("99601", 1), ("#NUM!", "#NUM!")]
    failed = of_a_day(visit("2025-08-01", "long"), visit("2025-08-01", 90), Second_visit="99602")
    assert sorted(failed) == [("#VALUE!", "#VALUE!"), ("99601", 1)]  # a visit that cannot be billed is not the first


def test_a_visit_that_cannot_be_billed_and_one_of_an_agency_between_the_others() -> None:
    def at(hour: int, **more: Any) -> Row:
        return visit("2025-08-01", None, Start_time=f"{hour}:00", End_time=f"{hour + 1}:00", **more)

    found = of_a_day(at(8), at(10, Special_training="IV"), at(14), Second_visit="99602")
    assert found == [("99601", 1), ("#VALUE!", "#VALUE!"), ("99602", 1)]
    # a payer counts the visits of a day, whoever's nurse came
    assert of_a_day(at(8, Nurse="agency"), at(14), Second_visit="99602") == [("99602", 1)]
    assert of_a_day(at(8), at(14, Nurse="agency"), Second_visit="99602") == [("99601", 1)]
    # Medicare's benefit counts those that it pays
    orders = [milrinone("2025-08-01", "2025-08-01")]
    assert benefit(orders, at(8, Nurse="agency"), at(14)) == [("08/01", "G0088", 4)]


def test_the_reason_of_a_second_visit() -> None:
    payers = [{"Payer": "A", "Second visit": "99602"}]
    found = claim([meropenem(Payer="A")], [visit("2025-08-01", 180), visit("2025-08-01", 91)], payers)
    assert [line["Why"] for line in found if line["Order"] == ""] == [
        "visit of 180 minutes: the first 120 minutes",
        "visit of 180 minutes: 1 further hour",
        "second visit of the day, 91 minutes: 2 hours",
    ]


@pytest.mark.parametrize(
    ("minute", "minutes", "further"),
    [(None, 150, 0), (None, 151, 1), (31, 210, 1), (31, 211, 2), (1, 121, 1), (1, 120, 0), (60, 179, 0), (60, 180, 1)],
)
def test_the_minute_from_which_a_further_hour_counts(minute: object, minutes: int, further: int) -> None:
    assert of_a_day(visit("2025-08-01", minutes), Further_hour_from=minute) == [
        ("99601", 1), *([("99602", further)] if further else []),
    ]  # fmt: skip


#: Column -> a cell that cannot be read, the error, what the message says.
WRONG: list[tuple[str, object, str, str]] = [
    ("Patient", None, "#VALUE!", "Patient is blank"),
    ("Date", "then", "#VALUE!", "Date 'then' is not a date"),
    ("Minutes", "long", "#VALUE!", "minutes 'long' is not a number"),
    ("Minutes", 1441, "#NUM!", "minutes 1441 is not from 1 to 1440"),
    ("Start time", "9:00", "#VALUE!", "Start time and End time go together: give both, or Minutes"),
    ("Start time", "#N/A", "#N/A", "Start time is #N/A"),
    ("End time", "9:00", "#VALUE!", "Start time and End time go together"),
    ("Payer", True, "#VALUE!", "Payer is TRUE"),
    ("Place", "there", "#VALUE!", "Place 'there' is not a place of service"),
    ("Nurse", "hers", "#VALUE!", "Nurse 'hers' is not one of own, agency"),
    ("Special training", "IV", "#VALUE!", "Special training 'IV' is not one of yes, no"),
]


@pytest.mark.parametrize(("column", "cell", "error", "says"), WRONG)
def test_a_cell_of_a_visit_that_cannot_be_read(column: str, cell: object, error: str, says: str) -> None:
    for name in (column, *VISITS[column].synonyms):
        row = {name if known == column else known: given for known, given in visit("2025-08-01", 60).items()}
        rows = [list(row | {name: cell}), list((row | {name: cell}).values())]
        found = [line for line in claim([meropenem(Payer="A")], rows) if line["Order"] == ""]
        assert len(found) == 1 and (found[0]["Code"], found[0]["Units"]) == (error, error)
        assert f"visit: {says}" in found[0]["Why"]


def test_minutes_and_times_that_differ() -> None:
    row = visit("2025-08-01", 60, Start_time="9:00", End_time="11:00")
    found = claim([meropenem(Payer="A")], [row])[-1]
    assert found["Code"] == "#VALUE!" and "from start to end it is 120 minutes; give one of them" in found["Why"]


# -- Medicare's own benefit --------------------------------------------------------------------------------------


def milrinone(start: str, end: str, number: int = 1, **more: Any) -> Row:
    return order(number, "milrinone", "40 mg", "continuous", start, end, Payer="Medicare HIT",
                 Second_payer="Plan") | more  # fmt: skip


def benefit(orders: list[Row], *visits: Row) -> list[tuple[str, str, Any]]:
    found = claim(orders, visits, PAYERS)
    assert not any(line["Order"] == "" and line["Payer"] == "Plan" for line in found)
    return [(f"{line['From']:%m/%d}", line["Code"], line["Units"]) for line in found if line["Payer"] == "Medicare HIT"]


def test_the_benefit_pays_visits_in_its_dates_for_the_drugs_that_it_names() -> None:
    found = benefit(
        [milrinone("2020-12-01", "2021-12-31")],
        visit("2020-12-01", 60),  # before 2021: one code, whichever visit it is
        visit("2020-12-20", 45),
        visit("2021-01-05", 60),  # 16 days later: a subsequent one
        visit("2021-03-06", 60),  # 60 days later: not more than 60
        visit("2021-05-06", 60),  # 61 days later: of an unbroken course none is a first one again
        visit("2021-05-07", 75),
    )
    assert found == [
        ("12/01", "G0068", 4), ("12/20", "G0068", 3), ("01/05", "G0068", 4), ("03/06", "G0068", 4),
        ("05/06", "G0068", 4), ("05/07", "G0068", 5),
    ]  # fmt: skip
    assert benefit([milrinone("2021-01-01", "2021-01-31")], visit("2021-01-02", 15)) == [("01/02", "G0088", 1)]


def course(*days: tuple[str, str], **more: Any) -> list[Row]:
    """Orders one after the other."""
    return [milrinone(start, end, number, **more) for number, (start, end) in enumerate(days, start=1)]


@pytest.mark.parametrize(
    ("days", "last", "code"),
    [
        ((("2025-01-01", "2025-06-30"),), "2025-03-15", "G0068"),
        ((("2025-01-01", "2025-02-10"), ("2025-02-11", "2025-06-30")), "2025-03-15", "G0068"),  # the next order
        ((("2025-01-01", "2025-02-10"), ("2025-02-12", "2025-06-30")), "2025-03-15", "G0088"),  # discharged
        ((("2025-01-01", "2025-02-10"), ("2025-02-12", "2025-06-30")), "2025-03-03", "G0068"),  # 60 days
        ((("2025-01-01", "2025-02-10"), ("2025-02-12", "2025-06-30")), "2025-03-04", "G0088"),  # 61 days
        ((("2025-01-01", "2025-01-02"), ("2025-03-15", "2025-06-30")), "2025-03-15", "G0088"),
    ],
)  # fmt: skip
def test_a_first_visit_comes_again_after_a_discharge_and_more_than_60_days(
    days: tuple[tuple[str, str], ...], last: str, code: str
) -> None:
    found = benefit(course(*days), visit("2025-01-02", 60), visit(last, 60))
    assert [code for _, code, _ in found] == ["G0088", code]


def test_a_drug_that_is_not_of_the_benefit_makes_no_course_of_it() -> None:
    orders = course(("2025-01-01", "2025-01-31"), ("2025-03-10", "2025-03-31"))
    bridge = order(3, "cefazolin", "1 g", 8, "2025-01-01", "2025-03-31", Payer="Medicare HIT", Second_payer="Plan")
    for given in (orders, [*orders, bridge]):
        found = benefit(given, visit("2025-01-02", 60), visit("2025-03-10", 60))
        assert [code for _, code, _ in found] == ["G0088", "G0088"]


def test_the_benefit_pays_on_the_day_of_an_infusion_only() -> None:
    every_other = [milrinone("2025-01-01", "2025-01-31", Interval="q48h")]
    day, between = visit("2025-01-03", 60), visit("2025-01-04", 60)
    found = lines(every_other, [day, between])
    assert [one[:4] for one in found if one[1][0] in "9G"] == [
        ("Medicare HIT", "G0088", "", 4), ("Medicare HIT", "99601", "GY", 1), ("Plan", "99601", "", 1),
    ]  # fmt: skip
    why = claim(every_other, [between], PAYERS)[0]["Why"]
    assert why == (
        "visit of 60 minutes: the first 120 minutes; billed to Medicare HIT for a denial; Medicare's home infusion "
        "benefit pays the day of an infusion only, and no dose of its drug falls on that day"
    )
    single = [milrinone("2025-01-03", "2025-01-03", Interval="once")]
    assert [code for _, code, _ in benefit(single, day)] == ["G0088"]
    # on that day another drug of the benefit is given: it alone says the category
    both = [*every_other, milrinone("2025-01-01", "2025-01-31", 2, Drug="fluorouracil", Dose="500 mg")]
    assert [code for _, code, _ in benefit(both, between)] == ["G0090"]


def test_a_visit_of_the_benefit_stays_with_it_where_its_order_lacks_a_second_payer() -> None:
    alone = [milrinone("2025-01-01", "2025-01-31", **{"Second payer": None})]
    found = claim(alone, [visit("2025-01-02", 60)], PAYERS)
    assert [(line["Payer"], line["Code"], line["Units"]) for line in found] == [
        ("Medicare HIT", "G0088", 4), ("Medicare HIT", "#N/A", "#N/A"),
    ]  # fmt: skip
    assert "name the Second payer of the order" in found[1]["Why"]
    undated = [{**alone[0], "Start": "soon"}]  # on which days it runs nobody knows
    assert claim(undated, [visit("2025-01-02", 60)], PAYERS)[0]["Code"] == "99601"
    unread = [{**alone[0], "Interval": "often"}]
    assert claim(unread, [visit("2025-01-02", 60)], PAYERS)[0]["Code"] == "99601"


@pytest.mark.parametrize(
    ("drug", "dose", "category"), [("milrinone", "40 mg", 8), ("Hizentra", "10 g", 9), ("fluorouracil", "500 mg", 0)]
)
def test_the_category_of_the_drug(drug: str, dose: str, category: int) -> None:
    orders = [milrinone("2025-01-01", "2025-01-31", Drug=drug, Dose=dose)]
    initial = {8: "G0088", 9: "G0089", 0: "G0090"}[category]
    later = {8: "G0068", 9: "G0069", 0: "G0070"}[category]
    assert benefit(orders, visit("2025-01-02", 30), visit("2025-01-09", 30)) == [
        ("01/02", initial, 2), ("01/09", later, 2),
    ]  # fmt: skip


def test_what_no_source_says_is_an_error_and_no_guess() -> None:
    one = milrinone("2025-01-01", "2025-01-31")
    both = [one, milrinone("2025-01-01", "2025-01-31", 2, Drug="fluorouracil", Dose="500 mg")]
    for orders, visits, says in [
        ([one], [visit("2025-01-02", 50)], "50 minutes are no whole number of 15 minutes"),
        (both, [visit("2025-01-02", 60)], "drugs of the benefit's categories 1 and 3 are given on that day"),
        ([one], [visit("2025-01-02", 60), visit("2025-01-02", 45)], "pays one visit a day and category"),
        ([one], [visit("2025-01-02", "long")], "minutes 'long' is not a number"),
    ]:
        found = [line for line in claim(orders, visits, PAYERS) if line["Payer"] == "Medicare HIT"]
        assert found[-1]["Code"] == found[-1]["Units"] and found[-1]["Code"] in ("#N/A", "#VALUE!")
        assert says in found[-1]["Why"]


def test_other_drugs_and_days_go_the_way_of_the_denial() -> None:
    denied = [("Medicare HIT", "99601", "GY"), ("Plan", "99601", "")]
    other = [order(1, "cefazolin", "1 g", 8, "2025-01-01", "2025-01-31", Payer="Medicare HIT", Second_payer="Plan")]
    assert visits_of(other, visit("2025-01-02", 60)) == denied
    one = [milrinone("2025-01-01", "2025-01-31")]
    assert visits_of(one, visit("2025-02-02", 60)) == denied  # the drug has ended
    assert visits_of([milrinone("2018-12-01", "2018-12-31")], visit("2018-12-02", 60)) == denied  # before the benefit
    no_drug = [order(1, None, None, None, "2025-01-01", "2025-01-31", Therapy="TPN", Payer="Medicare HIT",
                     Second_payer="Plan")]  # fmt: skip
    assert visits_of(no_drug, visit("2025-01-02", 60)) == denied
    unknown = [milrinone("2025-01-01", "2025-01-31", Drug="milrinome")]
    assert ("Medicare HIT", "99601", "GY") in visits_of(unknown, visit("2025-01-02", 60))


@pytest.mark.parametrize("reason", ["hospital", "held", "deceased"])
def test_a_visit_on_a_day_on_which_the_drug_is_on_hold_goes_the_way_of_the_denial(reason: str) -> None:
    hold = {"Patient": "P1", "From": "2025-01-10", "To": "2025-01-16", "Reason": reason}

    def of(day: str, **more: Any) -> list[tuple[str, str, str]]:
        tables = (table([milrinone("2025-01-01", "2025-01-31")]), table([visit(day, 60)]), table(PAYERS))
        found = CLAIM_GRID(*tables, holds=table([hold | more]))
        assert not isinstance(found, ExcelError)
        named = [dict(zip(found[0], row, strict=True)) for row in found[1:]]
        return [(line["Payer"], line["Code"], modifiers(line)) for line in named if line["Order"] == ""]

    denied = [("Medicare HIT", "99601", "GY"), ("Plan", "99601", "")]
    assert of("2025-01-12") == of("2025-01-12", Order=1) == denied
    assert of("2025-01-09") == of("2025-01-12", Order=2) == [("Medicare HIT", "G0088", "")]
    assert of("2025-01-17") == (denied if reason == "deceased" else [("Medicare HIT", "G0088", "")])


def test_the_reason_and_the_rate_of_the_benefit() -> None:
    rates = [{"Code": "G0088", "Rate": 40.5}, {"Code": "S9348", "Rate": 1}, {"Code": "J2260", "Rate": 1}]
    found = claim([milrinone("2025-01-01", "2025-01-31")], [visit("2025-01-02", 60)], PAYERS, rates)
    assert (found[0]["Code"], found[0]["Charge"]) == ("G0088", 162)
    assert found[0]["Why"] == (
        "initial visit of 60 minutes, 15 minutes a unit; Medicare's home infusion benefit, category 1; one payment a "
        "day; Rates table row 2"
    )
    by_day = [{"Code": "G0088", "Rate": 120, "Per": "day"}]
    assert claim([milrinone("2025-01-01", "2025-01-31")], [visit("2025-01-02", 60)], PAYERS, by_day)[0]["Charge"] == 120
    before = claim([milrinone("2020-01-01", "2020-01-31")], [visit("2020-01-02", 60)], PAYERS)
    assert before[0]["Why"].startswith("visit of 60 minutes, 15 minutes a unit; Medicare's")
    payer = [{"Payer": "Advantage", "Home infusion benefit": "yes"}]
    covered = claim([milrinone("2025-01-01", "2025-01-31", Payer="Advantage")], [visit("2025-01-02", 60)], payer)
    assert [line["Code"] for line in covered] == ["S9348", "J2260", "G0088"]  # a payer that covers home infusion too


def test_an_edition_without_a_code_of_the_benefit_is_an_error() -> None:
    def read(name: str) -> str:
        text = bundled(name)
        if name != "hit_benefit.csv":
            return text
        return "\n".join(line for line in text.splitlines() if not line.startswith("G0088"))

    row = milrinone("2025-01-01", "2025-01-31")
    work = Work(load(read), [(2, row)], [(2, visit("2025-01-02", 60))],
                [(at, one) for at, one in enumerate(PAYERS, start=2)])  # fmt: skip
    first = next(claim for claim in work.claims() if claim.denial)
    assert [str(line.code) for line in first.lines] == [
        "Medicare's home infusion benefit has no code for category 1 on 2025-01-02"
    ]
