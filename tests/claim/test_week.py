"""A week's rows together: what one order, hold or rate alone does not show."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claim.claims import OWN_CODE, PAYER, Row, claim, order, table
from tests.claim.test_holds import HOLD_COLUMNS
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, DOSE_AMOUNT
from xl_infusion.errors import WrongInput
from xl_infusion.rules import interval

DAYS = ("2025-09-02", "2025-09-11")


def findings(orders: list[Row], **tables: Any) -> list[tuple[str, str]]:
    return [(row[1], row[7]) for row in CLAIM_CHECKS(table(orders), **tables)[1:]]


def test_both_ends_of_a_stay_are_told_where_no_term_says_what_they_are() -> None:
    stays = table([{"Patient": "P1", "From": "2025-09-04", "To": "2025-09-06"}], HOLD_COLUMNS)
    found = findings([order(1, "ertapenem", "1 g", "daily", *DAYS)], holds=stays)
    says = "2025-09-04 and 2025-09-06: not billed, for no term of the payer says that it is"
    assert ("day of admission or discharge", says) in found


def test_a_visit_while_a_therapy_rests_at_home_and_an_order_without_days() -> None:
    rests = table(
        [{"Patient": "P1", "From": "2025-09-04", "To": "2025-09-06", "Reason": "held", "Order": 1}], HOLD_COLUMNS
    )
    orders = [order(1, "ertapenem", "1 g", "daily", *DAYS), order(2, "ertapenem", "1 g", "daily", "soon", None)]
    visits = table([{"Patient": "P1", "Date": "2025-09-05", "Minutes": 60}])
    found = CLAIM_GRID(table(orders), visits, holds=rests)
    assert [row[6] for row in found[1:]].count("99601") == 1
    assert CLAIM_CHECKS(table(orders), visits, holds=rests)[1:]


def test_orders_without_a_number_lead_nothing() -> None:
    orders = [order(None, "ertapenem", "1 g", "daily", *DAYS), order(1, "ceftriaxone", "1 g", "daily", *DAYS),
              order(2, "ertapenem", "1 g", "daily", *DAYS, Per_diem_with=1)]  # fmt: skip
    assert [line["Code"] for line in claim(orders)].count("S9500") == 2


def test_two_patients_have_the_same_two_doses_a_day() -> None:
    orders = [order(n, "vancomycin", "1 g", time, *DAYS, Patient=patient, Per_diem_with=lead)
              for patient, n, time, lead in (("P1", 1, "AM", None), ("P1", 2, "PM", 1), ("P2", 3, "AM", None), ("P2", 4, "PM", 3))]  # fmt: skip
    assert [line["Code"] for line in claim(orders)].count("S9501") == 2


def test_two_rates_for_two_modifiers_of_one_line_are_told_apart() -> None:
    orders = [
        order(1, "meropenem", "1 g", 8, *DAYS, Payer="A", Place=49),
        order(2, "ertapenem", "1 g", 24, *DAYS, Payer="A", Place=49),
    ]
    rates = [{"Code": "S9500", "Modifier": "SH", "Rate": 60}, {"Code": "S9500", "Modifier": "SS", "Rate": 80}]
    (line,) = [one for one in claim(orders, payers=[{"Payer": "A"}], rates=rates) if one["Code"] == "S9500"]
    assert line["Rate"] == "#VALUE!" and "are for SH and SS, and the line has both" in line["Why"]


def test_waste_of_two_orders_of_one_payer_and_a_bulk_package_without_a_unit() -> None:
    orders = [
        order(n, "daptomycin", "450 mg", "daily", *DAYS, Payer="A", Vials="500 mg", Patient=f"P{n}") for n in (1, 2)
    ]
    lines = claim(orders, payers=[{"Payer": "A", "Waste": "JW and JZ"}])
    assert [(line["Modifier 1"], line["Units"]) for line in lines if line["Code"] == "J0878"] == [
        ("", 4500),
        ("JW", 500),
    ] * 2
    unlisted = table([{"Drug": "ceftriaxone", "Code": "J3490", "Amount": None, "Unit": None}], OWN_CODE)
    bulk = [order(1, "ceftriaxone", "1 g", "daily", *DAYS, Payer="A", Vials="10 g")]
    found = findings(bulk, payers=table([{"Payer": "A", "Waste": "JW and JZ"}], PAYER), own_codes=unlisted)
    assert "waste of a bulk package" not in [kind for kind, _ in found]
    unlisted = table([{"Drug": "heparin", "Code": "J3490", "Amount": None, "Unit": None}], OWN_CODE)
    found = findings([order(1, "heparin", "500 units", "q12h", *DAYS)], own_codes=unlisted)
    assert "flush as therapy" in [kind for kind, _ in found]


@pytest.mark.parametrize("text", ["daily 25:00", "daily 9:75", "daily 13 pm", "daily 9"])
def test_a_time_that_no_day_has_is_told(text: str) -> None:
    with pytest.raises(WrongInput, match="no time of day"):
        interval.parse(text)


def test_a_premedication_needs_no_therapy_of_its_own() -> None:
    premedication = order(2, "methylprednisolone acetate", "80 mg", "once", "2025-09-02", None, Per_diem_with=1)
    lines = claim([order(1, "Privigen", "40 g", "weekly", *DAYS), premedication])
    assert [line["Code"] for line in lines if line["Order"] == 2] == ["J1010"]
    (alone,) = claim([premedication | {"Per diem with": None}])
    assert alone["Code"] == "#VALUE!" and "name the order's Therapy" in alone["Why"]


@pytest.mark.parametrize("dose", ["100 mg over 0 h", "1 g over 0 min"])
def test_a_dose_over_no_time_is_its_rows_error(dose: str) -> None:
    orders = [
        order(1, "milrinone", dose, "continuous", *DAYS),
        order(2, "ertapenem", "1 g", "daily", *DAYS, Patient="P2"),
    ]
    lines = claim(orders)
    assert [line["Units"] for line in lines if line["Code"] == "J1335"] == [20]
    assert "takes no time: type the hours or minutes" in next(
        line["Why"] for line in lines if str(line["Units"]) == "#NUM!"
    )


@pytest.mark.parametrize("dose", ["5 mg/0 h", "5 mg/kg/0 min", "30 mg/0 weeks"])
def test_a_rate_for_each_of_no_time_is_its_rows_error(dose: str) -> None:
    orders = [order(1, "milrinone", dose, "continuous", *DAYS, Weight="70 kg"),
              order(2, "ertapenem", "1 g", "daily", *DAYS, Patient="P2")]  # fmt: skip
    lines = claim(orders)
    assert [line["Units"] for line in lines if line["Code"] == "J1335"] == [20]
    assert "a rate of no time: type its hours" in next(line["Why"] for line in lines if str(line["Units"]) == "#NUM!")


def test_a_clock_without_its_colon_is_no_number_of_hours() -> None:
    with pytest.raises(WrongInput, match="looks like a time of day"):
        interval.parse("0800")


@pytest.mark.parametrize("interval", ["monthly", "every 2 months"])
def test_months_end_with_the_calendar(interval: str) -> None:
    lines = claim([order(1, "ceftriaxone", "1 g", interval, "9999-12-20", None, Days=5)])
    assert [line["Units"] for line in lines if line["Code"] == "J0696"] == [4]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("0 % of 400 mg/m2", "70 kg", "170 cm"), "dose has the number 0"),
        (("5 mg/kg x 0", "70 kg"), "dose has the number 0"),
        (("5 mg", None, None, None, "0 mg"), "unit has the number 0"),
        (("5 mg/h", "70 kg", None, "20 mg/0 mL", "mL/h"), "Concentration: dose 0 mL"),
    ],
)
def test_nothing_is_no_amount(asked: tuple[Any, ...], says: str) -> None:
    found = DOSE_AMOUNT(*asked)
    assert found == "#NUM!" and found.message.startswith(says)


def test_an_order_that_has_no_line_is_told() -> None:
    def nothing(orders: list[Row], **tables: Any) -> list[str]:
        return [says for kind, says in findings(orders, **tables) if kind == "nothing is billed"]

    one = order(1, "ertapenem", "1 g", "daily", *DAYS)
    stay = table([{"Patient": "P1", "From": "2025-09-01", "To": "2025-09-30"}], HOLD_COLUMNS)
    assert nothing([one], holds=stay) == ["a hold has all of its days"]
    assert nothing([one, order(2, None, None, None, *DAYS, Therapy="single lumen")]) == [
        "the contract pays no care of a line on these days: see Catheter care in Payers"
    ]
    small = [order(n, "cefazolin", "100 mg", "q8h", *DAYS, Per_diem_with=1 if n > 1 else None) for n in (1, 2)]
    assert nothing(small) == [
        "the units of its dose are on the lines of the other orders of that dose, or its drug is billed elsewhere"
    ]
    # a second bag of TPN has its per diem with the first; a dose that nobody dispensed is said to be none
    bags = [order(n, "total parenteral nutrition", None, None, *DAYS, Volume="1 L") for n in (1, 2)]
    assert (
        nothing(bags)
        == nothing([one, order(2, "ceftriaxone", "1 g", "daily", *DAYS, Per_diem_with=1, Dispensed=0)])
        == []
    )
