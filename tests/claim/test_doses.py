"""Doses by the body, as rates and out of a fluid, as claims bill them, with the payer's terms that decide."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.claim.claims import Row, claim, modifiers, order, table
from xl_infusion import CLAIM_CHECKS, EXPLAIN, ExcelError

#: What a pound is in kg, as the payer's term has it.
POUNDS = {"0.45359237 kg": Fraction("0.45359237"), "1/2.2 kg": 1 / Fraction("2.2")}


def ordered(drug: str, dose: object, interval: object, end: object = "2025-08-07", **more: Any) -> Row:
    return order(1, drug, dose, interval, "2025-08-01", end, Payer="A", **more)


def drug_lines(one: Row, **terms: Any) -> list[tuple[str, Any]]:
    payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}]
    return [
        ("-".join(filter(None, [str(line["Code"]), modifiers(line)])), line["Units"])
        for line in claim([one], payers=payers)
        if not str(line["Code"]).startswith("S")
    ]


MILRINONE = {"drug": "milrinone", "dose": "0.375 mcg/kg/min", "interval": "continuous", "Weight": "70 kg"}

#: Case, authority, order, terms, lines: what the published amounts come to in units.
BILLED: list[tuple[str, str, dict[str, Any], dict[str, Any], list[tuple[str, Any]]]] = [
    ("milrinone by day", "label rate; arithmetic", MILRINONE, {}, [("J2260", 56)]),
    ("milrinone in one sum", "label rate; arithmetic", MILRINONE, {"Unit_rounding": "line"}, [("J2260", 53)]),
    ("milrinone for each day", "label rate; arithmetic", MILRINONE, {"Unit_rounding": "day"}, [("J2260", 56)]),
    ("dobutamine", "studyquestionhub.com, textbook problem 21", {"drug": "dobutamine", "dose": "30 mL/h", "interval": "continuous", "Concentration": "500 mg in 500 mL", "end": "2025-08-01"}, {}, [("J1250", 3)]),
    ("heparin", "calculator7.snowdaycalculatornow.com", {"drug": "heparin", "dose": "18 units/kg/h", "interval": "continuous", "Weight": 70, "end": "2025-08-01"}, {}, [("J1644", 31)]),
    ("immune globulin on two days", "droracle.ai 668661", {"drug": "Privigen", "dose": "1 g/kg", "interval": "daily", "Weight": "65 kg", "end": "2025-08-02"}, {}, [("J1459", 260)]),
    ("factor VIII", "studylib.net 7951115", {"drug": "factor VIII recombinant NOS", "dose": "rise of 30 % x 0.5 IU/kg", "interval": "once", "Weight": "50 kg", "end": None}, {}, [("J7192", 750)]),
    ("Gammagard out of vials", "Noridian, Gammagard 2011", {"drug": "immune globulin", "Product": "Gammagard liquid", "dose": "1,500 mg", "interval": "once", "end": None, "Vials": "1 g, 2.5 g"}, {"Waste": "JW and JZ"}, [("J1569", 3), ("J1569-JW", 1)]),
    ("infliximab of 400 mg", "the-rheumatologist.org, key facts", {"drug": "infliximab", "dose": "360 mg", "interval": "once", "end": None, "Vials": "100 mg"}, {"Waste": "JW and JZ"}, [("J1745", 36), ("J1745-JW", 4)]),
    ("infliximab as ordered", "Triple-S MP.001.001 (2024)", {"drug": "infliximab", "dose": "5 mg/kg", "interval": "once", "end": None, "Vials": "100 mg", "Weight": "84 kg"}, {"Waste": "JW and JZ"}, [("J1745", 42), ("J1745-JW", 8)]),
    ("infliximab rounded down", "Triple-S MP.001.001 (2024)", {"drug": "infliximab", "dose": "5 mg/kg", "interval": "once", "end": None, "Vials": "100 mg", "Weight": "84 kg"}, {"Waste": "JW and JZ", "Rounding_to_vials": "down within 10%"}, [("J1745-JZ", 40)]),
    ("daptomycin rounded down", "docslib 12837108", {"drug": "daptomycin", "dose": "6 mg/kg", "interval": "daily", "end": "2025-08-01", "Vials": "500 mg", "Weight": "90 kg"}, {"Rounding_to_vials": "down within 10%"}, [("J0878", 500)]),
    ("fluorouracil of a pump", "drugs.com regimen; Mosteller", {"drug": "fluorouracil", "dose": "2,400 mg/m2 over 46 h", "interval": "once", "end": None, "Weight": "80 kg", "Height": "170 cm"}, {}, [("J9190", 10)]),
    ("cefazolin for two weeks", "prc.hmsa.com, anti-microbial", {"drug": "cefazolin", "dose": "1 g", "interval": "q8h", "end": "2025-08-14"}, {}, [("J0690", 84)]),
    ("immune globulin under the skin", "drugs.com, Hizentra", {"drug": "Hizentra", "dose": "30 g/4 weeks x 1.37", "interval": "weekly"}, {}, [("J1559", 103)]),
    ("heparin by pounds", "registerednursern.com; NIST SP 811", {"drug": "heparin", "dose": "12 units/kg/h", "interval": "continuous", "Weight": "190 lb"}, {"Unit_rounding": "line"}, [("J1644", 174)]),
    ("heparin by pounds, by 2.2", "registerednursern.com", {"drug": "heparin", "dose": "12 units/kg/h", "interval": "continuous", "Weight": "190 lb"}, {"Unit_rounding": "line", "Pound": "1/2.2 kg"}, [("J1644", 175)]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "terms", "lines"), [case[2:] for case in BILLED], ids=[case[0] for case in BILLED])
def test_published_doses_in_units(one: dict[str, Any], terms: dict[str, Any], lines: list[tuple[str, Any]]) -> None:
    assert drug_lines(ordered(**one), **terms) == lines


def why(one: Row, **terms: Any) -> str:
    (line,) = [line for line in claim([one], payers=[{"Payer": "A"} | terms]) if not str(line["Code"]).startswith("S")]
    return str(line["Why"])


def test_why_shows_each_step_of_a_rate() -> None:
    steps = "0.375 mcg/kg/min x 70 kg x 24 h = 37.8 mg a day"
    assert why(ordered(**MILRINONE)) == f"{steps} = 8 units of 5 mg x 7 days"
    by_line = f"{steps} x 7 days = 53 units of 5 mg, rounded up for each line"
    assert why(ordered(**MILRINONE), **{"Unit rounding": "line"}) == by_line


def test_why_says_what_vials_change() -> None:
    one = ordered("infliximab", "5 mg/kg", "once", None, Weight="84 kg", Vials="100 mg")
    said = (
        "5 mg/kg x 84 kg = 420 mg, rounded to 400 mg of whole vials (nearest: 4.8 % less) = 40 units of 10 mg x 1 dose"
    )
    assert why(one, **{"Rounding to vials": "nearest"}).startswith(said)
    up = "5 mg/kg x 84 kg = 420 mg, rounded to 500 mg of whole vials (up: 19 % more)"
    assert why(one, **{"Rounding to vials": "up"}).startswith(up)


def test_what_vials_do_not_change() -> None:
    """No Vials, a dose of whole vials, one beyond the share, a component: nothing is rounded."""
    terms = {"Rounding to vials": "nearest within 5%"}
    for dose, vials in (("420 mg", None), ("400 mg", "100 mg"), ("450 mg", "100 mg")):
        assert "rounded" not in why(ordered("infliximab", dose, "once", None, Vials=vials), **terms)
    assert drug_lines(ordered("infliximab", "420 mg", "once", None), Rounding_to_vials="up") == [("J1745", 42)]
    sulfa = order(1, "Bactrim", "160 mg TMP", "q12h", "2025-08-01", "2025-08-01", Payer="A", Vials="80 mg TMP")
    assert "rounded" not in why(sulfa, **terms)


def test_dubois_is_a_term() -> None:
    one = ordered("fluorouracil", "2,400 mg/m2", "once", None, Weight="50 kg", Height="180 cm")
    assert "x 1.5811 m2 (Mosteller, 50 kg, 180 cm) = 3794.7332 mg" in why(one)
    assert "x 1.6349 m2 (DuBois, 50 kg, 180 cm) = 3923.8499 mg" in why(one, **{"Body surface": "DuBois"})


@pytest.mark.parametrize(
    ("one", "says"),
    [
        ({"dose": "5 mg/kg", "interval": "once", "end": None}, "needs the patient's weight: type it into Weight"),
        ({"dose": "5 mg/m2", "interval": "once", "end": None, "Weight": 70}, "needs the patient's height"),
        ({"dose": "5 mg/kg", "interval": "once", "end": None, "Weight": "heavy"}, "Weight 'heavy' is not understood"),
        ({"dose": "500 mg", "interval": "once", "end": None, "Height": "tall"}, "Height 'tall' is not understood"),
        ({"dose": "5 mL", "interval": "once", "end": None, "Concentration": "5 units/mL"}, "Concentration is in units and mg"),
        ({"dose": "5 mL", "interval": "once", "end": None, "Concentration": ExcelError("#REF!")}, "Concentration is #REF!"),
        ({"dose": "5 mg/h", "interval": "q8h"}, "dose 5 mg/h is a rate"),
    ],
)  # fmt: skip
def test_the_drug_line_names_what_is_missing_and_the_per_diem_stands(one: dict[str, Any], says: str) -> None:
    per_diem, drug = claim([ordered("infliximab", **one)])
    assert per_diem["Code"] == "S9359"
    assert isinstance(drug["Units"], ExcelError) and says in drug["Why"]


def test_a_dose_for_a_code_without_a_unit_is_said_as_ever() -> None:
    assert "has no unit of its own" in why(ordered("J3490", "5 mg/kg", "once", None, Weight=70))


def test_an_explanation_has_the_steps_and_the_terms_that_decided() -> None:
    payers = [{"Payer": "A", "Rounding to vials": "down within 10%"}]
    one = ordered("infliximab", "5 mg/kg", "once", None, Weight="185 lb", Vials="100 mg")
    found = EXPLAIN(1, table([one]), None, table(payers))
    (step,) = [step for step in found if step[1] == "How much is one dose?"]
    assert step[2].startswith("5 mg/kg x 185 lb of 0.45359237 kg = 419.57294225 mg, rounded to 400 mg of whole vials")
    assert step[3].startswith("Orders table row 2, Dose and Weight and Vials; default: NIST")
    assert step[3].endswith("Payers table row 2, Rounding to vials")


def test_a_dose_that_is_not_worked_out_or_cannot_be_has_no_such_step() -> None:
    for one in (ordered("infliximab", "420 mg", "once", None), ordered("infliximab", "5 mg/kg", "once", None)):
        assert "How much is one dose?" not in [step[1] for step in EXPLAIN(1, table([one]))]
    ended = order(1, "J3370", "15 mg/kg", "q12h", "2025-08-01", "2025-08-02", Weight=70)
    assert "How much is one dose?" not in [step[1] for step in EXPLAIN(1, table([ended]))]


def test_an_unusual_amount_is_told_with_its_steps() -> None:
    (found,) = [row for row in CLAIM_CHECKS(table([ordered("vancomycin", "150 mg/kg", "q12h", Weight=70)]))[1:]
                if row[1] == "dose unusual"]  # fmt: skip
    assert str(found[7]).endswith("not 150 mg/kg x 70 kg = 10500 mg")


def findings(one: Row) -> list[str]:
    return [row[1] for row in CLAIM_CHECKS(table([one]))[1:]]


def test_checks_look_at_the_amount_that_a_dose_comes_to() -> None:
    assert "dose unusual" in findings(ordered("vancomycin", "150 mg/kg", "q12h", Weight=70))
    assert "dose unusual" not in findings(ordered("vancomycin", "15 mg/kg", "q12h", Weight=70))
    assert "dose unusual" not in findings(ordered("vancomycin", "15 mg/kg", "q12h"))


def test_a_fluid_by_the_hour_is_its_volume_a_day() -> None:
    one = order(1, "J7030", "125 mL/h", "continuous", "2025-08-01", "2025-08-02", Therapy="hydration", Volume="2 L")
    (found,) = [row for row in CLAIM_CHECKS(table([one]))[1:] if row[1] == "volume unlike the doses"]
    assert "the doses come to 3 L a day" in " ".join(map(str, found))


def test_a_package_for_many_doses_is_not_looked_for_where_a_code_has_no_unit() -> None:
    """A payer's own code for unlisted drugs counts what the payer says: nothing comes of the vials."""
    one = order(1, "cefazolin", "1 g", "q8h", "2025-08-01", "2025-08-02", Payer="A", Vials="10 g", NDC="0143-9924-90")
    payers = [{"Payer": "A", "Waste": "JW and JZ"}]
    codes = [{"Payer": "A", "Drug or therapy": "cefazolin", "Code": "J3490"}]
    found = CLAIM_CHECKS(table([one]), None, table(payers), None, None, table(codes))
    assert "waste of a bulk package" not in [row[1] for row in found[1:]]


# -- against plain arithmetic --------------------------------------------------------------------------------------


@given(
    st.integers(1, 4000), st.integers(10, 3000), st.sampled_from(["kg", "lb"]), st.sampled_from([*POUNDS]),
    st.sampled_from(["dose", "day", "line"]), st.integers(1, 9), st.sampled_from([6, 8, 12, 24]), st.booleans(),
)  # fmt: skip
def test_units_of_doses_by_weight_one_by_one(
    hundredths: int, tenths: int, unit: str, pound: str, rounding: str, days: int, hours: int, rate: bool
) -> None:
    """Vancomycin by weight, or milrinone as a rate: what each dose, day or all of them come to, in fractions."""
    kg = Fraction(tenths, 10) * (POUNDS[pound] if unit == "lb" else 1)
    amount = Fraction(hundredths, 100)
    if rate:
        each, count, size = amount / 1000 * kg * 60 * 24, 1, 5  # a day of mcg/kg/min, in mg
        written, interval, drug = f"{hundredths / 100:g} mcg/kg/min", "continuous", "milrinone"
    else:
        each, count, size = amount * kg, 24 // hours, 10
        written, interval, drug = f"{hundredths / 100:g} mg/kg", f"q{hours}h", "vancomycin"
    one = order(1, drug, written, interval, "2025-08-01", None, Days=days, Payer="A", Weight=f"{tenths / 10:g} {unit}")
    expected = {
        "dose": ceil(each / size) * count * days,
        "day": ceil(each * count / size) * days,
        "line": ceil(each * count * days / size),
    }
    payers = [{"Payer": "A", "Unit rounding": rounding, "Pound": pound}]
    assert [line["Units"] for line in claim([one], payers=payers) if line["Code"] in ("J3373", "J2260")] == [
        expected[rounding]
    ]
