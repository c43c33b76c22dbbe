"""The amount that an order's dose comes to: by the body, as a rate, out of a fluid, in whole vials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, TypeVar

from xl_infusion.claim.columns import MOST_DAYS
from xl_infusion.claim.inputs import one_of
from xl_infusion.functions.arguments import DRUGS, blank
from xl_infusion.functions.cells import text
from xl_infusion.functions.worksheet import scalar
from xl_infusion.rules import dose_amount, measures, ordered_dose, vial_rounding
from xl_infusion.rules import interval as interval_rule
from xl_infusion.rules.dose_amount import Question
from xl_infusion.rules.dosing import Formulas
from xl_infusion.rules.number import plain, whole
from xl_infusion.rules.ordered_dose import Patient

T = TypeVar("T")


@scalar(DRUGS, '=DOSE_AMOUNT("0.375 mcg/kg/min","70 kg",,,,"continuous")')
def DOSE_AMOUNT(
    dose: Annotated[Any, {"doc": "A dose as it is ordered: 5 mg/kg, 0.375 mcg/kg/min, 2400 mg/m2 over 46 h, 125 mL/h"}],
    weight: Annotated[Any, {"doc": "The patient's weight: 70 kg, 154 lb; ideal, man; 100 kg, adjusted, woman"}] = None,
    height: Annotated[Any, {"doc": "The patient's height: 170 cm, 67 in; a bare number is cm"}] = None,
    concentration: Annotated[Any, {"doc": "What a volume of the drug holds: 1 mg/mL, 500 mg/100 mL, 10 %"}] = None,
    unit: Annotated[
        Any, {"doc": "What the answer counts, and it is then a number: mg, mL/h, mcg/kg/min, 500 mg"}
    ] = None,
    interval: Annotated[
        Any, {"doc": "How often: q8h, daily, continuous; left out: one dose, or the rate itself"}
    ] = None,
    days: Annotated[Any, {"doc": "Days of which all doses are added up; left out: one dose"}] = None,
    vials: Annotated[Any, {"doc": "Sizes of the vials that it is rounded to: 100 mg, 400 mg"}] = None,
    rounding: Annotated[Any, {"doc": "How it is rounded to vials: nearest, down within 10%, up (left out)"}] = None,
    surface: Annotated[Any, {"doc": "Body surface by Mosteller (left out) or DuBois"}] = None,
    pound: Annotated[Any, {"doc": "A pound is 0.45359237 kg (left out) or 1/2.2 kg"}] = None,
) -> Any:
    """Amount of a dose as it is ordered, worked out with weight, height, concentration, time and vials.

    In: a dose, by the body or not, a rate or not, with what it is worked out with. Out: without a unit the amount with
    its unit, as the column Dose takes it ("37.8 mg"); with a unit the number of them. Of a continuous infusion it is
    that of 24 hours, with days that of all their doses. A blank dose gives what the unit asks: kg the weight, m2 the
    body surface, mcg/mL the concentration.
    Errors: #VALUE! no dose, weight, height or concentration, or one of them missing where the dose needs it, a rate
    without a length, a unit of another dimension; #NUM! what no patient gets or has.
    Authority: arithmetic; NIST Special Publication 811 for the pound; Mosteller (1987) and DuBois (1916) for the body
    surface.

    >>> DOSE_AMOUNT("0.375 mcg/kg/min", "70 kg", None, None, None, "continuous")
    '37.8 mg'
    >>> DOSE_AMOUNT("5 mcg/kg/min", "70 kg", None, "400 mg/250 mL", "mL/h")
    13.125
    >>> DOSE_AMOUNT(None, "90.7 kg", "61 in", None, "m2")
    1.975759910065548
    >>> DOSE_AMOUNT("5 mg/kg").message
    "dose 5 mg/kg needs the patient's weight: type it into Weight, 70 kg or 154 lb"
    """
    ask = Question(
        Patient(
            _if_given(weight, measures.weight),
            _if_given(height, measures.height),
            _if_given(concentration, measures.concentration),
        ),
        Formulas(_chosen(pound, measures.POUNDS, "pound"), _chosen(surface, measures.SURFACES, "surface")),
        _if_given(unit, lambda cell: ordered_dose.measure(text(cell, "unit"))),
        _if_given(interval, interval_rule.counted),
        _if_given(days, lambda cell: whole(cell, "days", 1, MOST_DAYS)),
        vials,
        _if_given(vials, lambda _: _rounding(rounding)),
    )
    if blank(dose):
        return float(dose_amount.of_patient(ask))
    found, named = dose_amount.of_dose(ordered_dose.parse(dose, ask.patient), ask)
    return f"{_digits(found)} {named}" if named else float(found)


def _if_given(cell: object, read: Callable[[object], T]) -> T | None:
    return None if blank(cell) else read(cell)


def _rounding(cell: object) -> vial_rounding.VialRounding | None:
    return vial_rounding.parse("up" if blank(cell) else text(cell, "rounding"), "rounding")


def _chosen(cell: object, words: Sequence[str], what: str) -> str:
    return words[0] if blank(cell) else one_of(what, words, cell)


def _digits(number: Fraction) -> str:
    """A number with the significant digits that a cell's number has."""
    return plain(Decimal(f"{Decimal(number.numerator) / Decimal(number.denominator):.15g}"))
