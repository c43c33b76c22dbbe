"""Doses as they are ordered: how they are written, and what they come to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from math import ceil, isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_infusion.errors import BillingError, OutOfRange, WrongInput
from xl_infusion.rules import dose, dosing, interval, measures, ordered_dose, vial_rounding, waste
from xl_infusion.rules.ordered_dose import Ordered, Patient

MINUTE, DAY, WEEK = Fraction(1, 60), Fraction(24), Fraction(168)

#: Written -> amount, unit, body, hours of its time, hours that it runs.
WRITTEN: dict[str, tuple[str, str, str, Fraction | None, Fraction | None]] = {
    "5 mg/kg": ("5", "mg", "kg", None, None),
    "5 mg per kg": ("5", "mg", "kg", None, None),
    "5mg/kg IV": ("5", "mg", "kg", None, None),
    "1,000 units/kg": ("1000", "units", "kg", None, None),
    "100 mg/m\u00b2": ("100", "mg", "m2", None, None),
    "0.375 mcg/kg/min": ("0.375", "mcg", "kg", MINUTE, None),
    "0.375 mcg / kg / minute": ("0.375", "mcg", "kg", MINUTE, None),
    "1.25 ng/kg/min": ("1.25", "ng", "kg", MINUTE, None),
    "18 units/kg/hr": ("18", "units", "kg", Fraction(1), None),
    "2,400 mg/m2 over 46 h": ("2400", "mg", "m2", None, Fraction(46)),
    "15 mg/kg/dose": ("15", "mg", "kg", None, None),
    "45 mg/kg/day in divided doses": ("45", "mg", "kg", DAY, None),
    "45 mg/kg/day, divided": ("45", "mg", "kg", DAY, None),
    "125 mL/h": ("125", "mL", "", Fraction(1), None),
    "1 g/24 h": ("1", "g", "", DAY, None),
    "15 mg/kg/day": ("15", "mg", "kg", DAY, None),
    "2,000 kcal a day": ("2000", "kcal", "", DAY, None),
    "1.5 g protein/kg/day": ("1.5", "g protein", "kg", DAY, None),
    "30 g/4 weeks x 1.37": ("41.1", "g", "", 4 * WEEK, None),
    "30 g per 4 weeks, factor 1.37": ("41.1", "g", "", 4 * WEEK, None),
    "rise of 30 % x 0.5 IU/kg": ("15", "IU", "kg", None, None),
    "30% rise x 0.5 units/kg": ("15", "units", "kg", None, None),
    "80 % of 400 mg/m2": ("320", "mg", "m2", None, None),
    "80 % of 50 IU/kg": ("40", "IU", "kg", None, None),
    "2 x 5 mg/kg": ("10", "mg", "kg", None, None),
    "4200 mg over 46 h": ("4200", "mg", "", None, Fraction(46)),
    "1 g in 50 mL infused over 30 min": ("1", "g", "", None, Fraction(1, 2)),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_doses_as_they_are_written(text: str) -> None:
    for typed in (text, f"  {text} "):
        found = ordered_dose.parse(typed)
        assert isinstance(found, Ordered)
        (part,) = found.parts
        of = part.measure
        assert (part.amount, of.unit, of.body, of.period, part.over) == (Fraction(WRITTEN[text][0]), *WRITTEN[text][1:])


@pytest.mark.parametrize("typed", ["1 g", 500, "500 mg/100 mL", "3 g/0.375 g", "160 mg TMP", "1 g iv"])
def test_an_amount_alone_is_read_as_it_always_was(typed: object) -> None:
    assert ordered_dose.parse(typed) == dose.parse(typed)


@pytest.mark.parametrize(
    "typed",
    ["2 x 500 mg", "500 mg x 2", "5 mg/lb", "5 mU/kg", "mg/kg", "5 mg/kg + a bit", "15 mg/kg q8h", "1 g for 46 h",
     "5 IU/dL", "x", "5 sacks/kg", "2 x 5 sacks/kg", "5 sacks over 2 h", "500 mg/dose"],
)  # fmt: skip
def test_what_may_be_read_in_two_ways_or_in_none_is_refused(typed: str) -> None:
    with pytest.raises(WrongInput):
        ordered_dose.parse(typed)


@pytest.mark.parametrize(
    "typed", ["15 mg/kg q8h", "5 mg/kg + a bit", "5 sacks/kg", "5 mg/kg/fortnight", "5 mg per hour or so"]
)
def test_a_dose_by_the_body_that_is_not_understood_says_how_it_is_written(typed: str) -> None:
    with pytest.raises(
        WrongInput, match="write 15 mg/kg, 0.375 mcg/kg/min or 5 mg/h over 4 h, and how often into Interval"
    ):
        ordered_dose.parse(typed)


def test_a_slipped_separator_is_told_of_a_dose_by_weight_too() -> None:
    with pytest.raises(OutOfRange, match="check the separators"):
        ordered_dose.parse("2,000,000 mg/kg")
    with pytest.raises(OutOfRange, match="is not more than 0"):
        ordered_dose.parse("0 mg/kg")
    with pytest.raises(OutOfRange, match="more than any patient gets"):
        worked("900 g/kg", "once")


BODY = Patient(measures.weight("70 kg"), measures.height("170 cm"), measures.concentration("10 mg/mL"))


def worked(text: str, every: str, patient: Patient = BODY, unit: str = "mg") -> str:
    ordered = ordered_dose.parse(text, patient)
    assert isinstance(ordered, Ordered)
    return dosing.dose_of(ordered, unit, interval.parse(every)).said


@pytest.mark.parametrize(
    ("text", "every", "said"),
    [
        ("0.375 mcg/kg/min", "continuous", "0.375 mcg/kg/min x 70 kg x 24 h = 37.8 mg a day"),
        ("5 mg/kg", "q8h", "5 mg/kg x 70 kg = 350 mg"),
        ("5 mg/kg/h over 30 min", "q8h", "5 mg/kg/h x 70 kg x 30 min = 175 mg"),
        ("15 mg/kg/day", "q8h", "15 mg/kg/day x 70 kg / 3 doses = 350 mg"),
        ("15 mg/kg/day", "daily", "15 mg/kg/day x 70 kg = 1050 mg"),
        ("15 mg/kg/day", "once", "15 mg/kg/day x 70 kg = 1050 mg"),
        ("15 mg/kg/day", "continuous", "15 mg/kg/day x 70 kg x 24 h = 1050 mg a day"),
        ("7 g/week", "q48h", "7 g/week / 3.5 doses = 2 g"),
        ("4600 mg over 46 h", "continuous", "4600 mg / 46 h x 24 h = 2400 mg a day"),
        ("4600 mg over 46 h", "every 2 weeks", "4600 mg"),
        ("4600 mg over 46 h", "once", "4600 mg"),
        ("2 mL/h", "continuous", "2 mL/h x 24 h x 10 mg/mL = 480 mg a day"),
        ("2 mL", "daily", "2 mL x 10 mg/mL = 20 mg"),
        ("100 mg/m2", "once", "100 mg/m2 x 1.8181 m2 (Mosteller, 70 kg, 170 cm) = 181.8119 mg"),
        ("1 mg/kg + 2 mg/kg/h over 3 h", "once", "1 mg/kg x 70 kg + 2 mg/kg/h x 70 kg x 3 h = 490 mg"),
    ],
)  # fmt: skip
def test_every_step_is_said(text: str, every: str, said: str) -> None:
    assert worked(text, every) == said


def test_milligrams_are_volumes_where_the_code_counts_them() -> None:
    assert worked("350 mg", "daily", unit="mL") == "350 mg / (10 mg/mL) = 35 mL"


def test_a_pound_is_said_and_a_contract_may_divide_by_2_2() -> None:
    ordered = ordered_dose.parse("4 mg/kg", Patient(measures.weight("135 lb")))
    assert isinstance(ordered, Ordered)
    by_rule, by_hand = (
        dosing.dose_of(ordered, "mg", interval.parse("once"), dosing.Formulas(p)) for p in measures.POUNDS
    )
    assert by_rule.said == "4 mg/kg x 135 lb of 0.45359237 kg = 244.9398798 mg"
    assert by_hand.said == "4 mg/kg x 135 lb of 1/2.2 kg = 245.4545 mg"


@pytest.mark.parametrize(
    ("text", "every", "says"),
    [
        ("15 mg/kg/day", "q48h", "is for each day, and Interval is every 48 hours: type the amount of one dose"),
        ("15 mg/kg/week", "once", "is for each week, and Interval is single dose"),
        ("15 mg/kg/6 h", "daily", "is a rate: say how long it runs"),
        ("5 mg/h over 12 h", "continuous", "is not continuous: type daily into Interval, or once"),
        ("5 mg/h over 12 h", "q8h", "over 12 h runs longer than the time between doses, every 8 hours"),
        ("1 mg/kg + 2 mg/kg/h over 3 h", "daily", "type the loading dose as an order of its own, Interval once"),
        ("5 mEq/h", "continuous", "is in mEq and mg is wanted"),
    ],
)
def test_what_has_no_amount_says_why(text: str, every: str, says: str) -> None:
    with pytest.raises(WrongInput, match=says.replace("+", r"\+")):
        worked(text, every)


def test_a_time_is_named_as_one_says_it() -> None:
    named = [ordered_dose.period_named(Fraction(text)) for text in ("1/60", "1", "6", "24", "48", "168", "672", "1/7")]
    assert named == ["min", "h", "6 h", "day", "2 days", "week", "4 weeks", "0.1429 h"]


# -- measures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kg"),
    [("70 kg", "70"), (70, "70"), (70.5, "70.5"), ("70", "70"), ("3200 g", "3.2"), ("100 lb", "45.359237"),
     ("100 pounds", "45.359237"), ("70 Kilograms", "70")],
)  # fmt: skip
def test_weights_as_they_are_typed(typed: object, kg: str) -> None:
    assert measures.weight(typed).kg() == Fraction(kg)


@pytest.mark.parametrize(
    ("typed", "cm"),
    [("170 cm", "170"), (170, "170"), ("1.7 m", "170"), ("67 in", "170.18"), ("5 ft 7 in", "170.18"), ("5'7\"", "170.18"),
     ("6 ft", "182.88"), ('67"', "170.18")],
)  # fmt: skip
def test_heights_as_they_are_typed(typed: object, cm: str) -> None:
    assert measures.height(typed).cm == Fraction(cm)


@pytest.mark.parametrize(
    ("typed", "holds"),
    [("1 mg/mL", "1 mg/mL"), ("500 mg/100 mL", "5 mg/mL"), ("500 mg in 100 mL", "5 mg/mL"), ("10 %", "100 mg/mL"),
     ("20 g per L", "0.02 g/mL"), ("25,000 units in 250 mL", "100 units/mL"), ("50 mg per 1 mL", "50 mg/mL")],
)  # fmt: skip
def test_concentrations_as_they_are_typed(typed: str, holds: str) -> None:
    assert str(measures.concentration(typed)) == holds


@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (measures.weight, "heavy"), (measures.weight, dt.date(2025, 1, 1)), (measures.weight, "70 stone"),
        (measures.weight, 0), (measures.weight, "2000 kg"), (measures.weight, True),
        (measures.height, "tall"), (measures.height, 1.7), (measures.height, dt.time(5, 7)), (measures.height, "9 ft 11 in"),
        (measures.concentration, 5), (measures.concentration, "strong"), (measures.concentration, "0 %"),
        (measures.concentration, "110 %"), (measures.concentration, "5 mL/mL"), (measures.concentration, "5/mL"),
        (measures.concentration, "5 mg/5 mg"), (measures.concentration, "5 mg/kg"),
    ],
)  # fmt: skip
def test_what_no_patient_or_fluid_has_is_refused(read: object, typed: object) -> None:
    assert callable(read)
    with pytest.raises(BillingError):
        read(typed)


@given(st.integers(2, 6000), st.integers(200, 2500))
def test_mosteller_is_the_square_root(tenths_kg: int, tenths_cm: int) -> None:
    found = measures.surface(Fraction(tenths_kg, 10), Fraction(tenths_cm, 10))
    # in whole numbers: the root of 10^36 times the square, cut off
    assert found == Fraction(isqrt(tenths_kg * tenths_cm * 10**36 // 360_000), 10**18)


# -- exact to the unit ---------------------------------------------------------------------------------------------


@given(st.integers(1, 5000), st.integers(1, 3000), st.sampled_from([1, 2, 3, 7]), st.sampled_from([1, 5, 10, 250]))
def test_no_unit_is_gained_or_lost_by_decimals(thousandths: int, pounds: int, doses: int, unit: int) -> None:
    """Of thirds, and of pounds by 2.2, units are those of the fraction itself, of one dose and of several."""
    ordered = ordered_dose.parse(
        f"{Decimal(thousandths) / 1000} mg/kg/day", Patient(measures.Weight(Fraction(pounds), "lb"))
    )
    assert isinstance(ordered, Ordered)
    one = dosing.dose_of(ordered, "mg", interval.Interval(Fraction(24, doses)), dosing.Formulas(measures.POUNDS[1]))
    exact = Fraction(thousandths, 1000) * pounds / Fraction("2.2") / doses
    for many in (1, doses, 10 * doses):
        assert ceil(dose.amount_in(one, "mg") * many / unit) == ceil(exact * many / unit)


# -- vials ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "sizes", "way", "result"),
    [(420, [100], "down within 10%", 400), (440, [100], "down within 5%", 440), (480, [100], "nearest", 500),
     (450, [100], "nearest", 500), (449, [100], "nearest", 400), (30, [100], "nearest", 100), (30, [100], "down", 30),
     (1500, [1000, 2500], "up", 2000), (1010, [100, 500], "up within 1%", 1010), (540, [500], "nearest within 10%", 500),
     (560, [500], "nearest within 10%", 560), (250, [50, 100], "down", 250)],
)  # fmt: skip
def test_doses_in_whole_vials(amount: int, sizes: list[int], way: str, result: int) -> None:
    rounding = vial_rounding.parse(way)
    assert rounding is not None
    assert vial_rounding.rounded(Decimal(amount), [Decimal(size) for size in sizes], rounding) == result


@given(st.integers(1, 2000), st.lists(st.integers(10, 500), min_size=1, max_size=2, unique=True))
def test_what_is_rounded_up_is_what_is_opened(amount: int, whole: list[int]) -> None:
    sizes = [Decimal(size) for size in whole]
    assert vial_rounding.rounded(Decimal(amount), sizes, vial_rounding.VialRounding("up")) == sum(
        waste.vials(Decimal(amount), sizes)
    )


def test_sizes_with_too_little_in_common_are_told() -> None:
    with pytest.raises(OutOfRange, match="too little in common"):
        waste.holdings(Decimal(1000), [Decimal("0.999"), Decimal("0.0001")])
