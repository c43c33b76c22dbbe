"""What a dose comes to in the unit that one asks for: the answer of the worksheet function DOSE_AMOUNT.

>>> from xl_infusion.rules import interval, measures
>>> ask = Question(Patient(measures.weight("65 kg")), interval=interval.parse("daily"), days=2)
>>> of_dose(ordered_dose.parse("1 g/kg", ask.patient), ask)
(Fraction(130, 1), 'g')
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from xl_infusion.errors import WrongInput, WrongUnit
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import dosing, ordered_dose, vial_rounding, waste
from xl_infusion.rules.dose import Dose
from xl_infusion.rules.dosing import USUAL, Formulas
from xl_infusion.rules.interval import Every
from xl_infusion.rules.ordered_dose import UNKNOWN, Measure, Ordered, Patient
from xl_infusion.rules.vial_rounding import VialRounding


@dataclass(frozen=True)
class Question:
    """What of a dose is asked.

    ``wanted``: what the answer counts, None for the dose's own unit. ``interval``: one of the doses that are given so;
    ``days``: all of them in so many days. ``rounding``: each dose in whole ``vials``.
    """

    patient: Patient = UNKNOWN
    formulas: Formulas = USUAL
    wanted: Measure | None = None
    interval: Every | None = None
    days: int | None = None
    vials: object = None
    rounding: VialRounding | None = None


def of_patient(ask: Question) -> Fraction:
    """What is asked without a dose: the weight in kg, the body surface in m2, or what the fluid holds in an mL.

    Errors: `WrongInput` where it is not known, or something else is asked.

    >>> from xl_infusion.rules import measures
    >>> of_patient(Question(Patient(measures.weight("154 lb")), Formulas("1/2.2 kg"), ordered_dose.measure("kg")))
    Fraction(70, 1)
    """
    wanted, concentration = ask.wanted, ask.patient.concentration
    if wanted is not None and wanted.body and not wanted.unit:
        return dosing.body_size(ask.patient, wanted.body, ask.formulas)
    if wanted is not None and wanted.in_volume and concentration is not None:
        return concentration.amount * _size(concentration.unit, wanted)
    raise WrongInput("dose is blank: type 5 mg/kg or 0.375 mcg/kg/min, or ask for the unit kg, m2 or mg/mL")


def of_dose(dose: Dose | Ordered, ask: Question) -> tuple[Fraction, str]:
    """The amount of a dose, and its unit; "" for the one that is wanted.

    Errors: those of `xl_infusion.rules.dosing` and of `vial_rounding`; `WrongInput` where the question lacks something.
    """
    ordered = ordered_dose.as_ordered(dose, ask.patient) if isinstance(dose, Dose) else dose
    if ask.wanted is not None:
        return _wanted(ordered, ask.wanted, ask), ""
    if ordered.is_rate and ask.interval is None and ask.days is None:
        _none_beside_a_rate(ask)
        return _rate(ordered, ask.formulas)
    unit = ordered.parts[0].measure.unit
    return dosing.readable(_amount(ordered, unit, ask), unit)


def _wanted(ordered: Ordered, wanted: Measure, ask: Question) -> Fraction:
    """A dose in the measure that is wanted."""
    if not wanted.unit or wanted.in_volume:
        raise WrongInput("unit is that of a body or a fluid: leave the dose blank, or ask for mg, mL/h or mcg/kg/min")
    if wanted.body or wanted.period is not None:
        _none_beside_a_rate(ask)
        return dosing.in_measure(ordered, wanted, ask.formulas, ask.interval)
    return _amount(ordered, wanted.unit, ask) / wanted.number


def _rate(ordered: Ordered, formulas: Formulas) -> tuple[Fraction, str]:
    """A rate of the whole body, in its own unit."""
    of = ordered.parts[0].measure
    return dosing.in_measure(ordered, Measure(of.unit, "", of.period), formulas), ordered_dose.named(of.unit, of.period)


def _amount(ordered: Ordered, unit: str, ask: Question) -> Fraction:
    """The amount of a dose in a unit, or of all of them in some days."""
    ordered, days = _running(ordered, ask)
    if ask.interval is None:
        found = dosing.in_measure(ordered, Measure(unit), ask.formulas)
    else:
        found = dosing.amount_of(ordered, unit, ask.interval, ask.formulas)
    return _in_vials(found, unit, ask) * _doses(ask.interval, days)


def _running(ordered: Ordered, ask: Question) -> tuple[Ordered, int | None]:
    """A rate that is given no interval runs all of the days."""
    if ask.days is None or ask.interval is not None or not ordered.is_rate:
        return ordered, ask.days
    over = Fraction(24 * ask.days)
    return replace(ordered, parts=tuple(replace(part, over=over) for part in ordered.parts)), None


def _doses(interval: Every | None, days: int | None) -> int:
    """The doses of some days. Errors: `WrongInput` where nobody says how often."""
    if days is None:
        return 1
    if interval is None:
        raise WrongInput("days are given, and no interval: type how often the dose is given, q8h or daily")
    return interval.doses(0, days)


def _in_vials(amount: Fraction, unit: str, ask: Question) -> Fraction:
    """An amount in whole vials, where they are given."""
    if ask.rounding is None:
        return amount
    exact = waste.measured(dosing.cut_off(amount))
    return Fraction(vial_rounding.rounded(exact, waste.sizes_in(ask.vials, unit), ask.rounding))


def _none_beside_a_rate(ask: Question) -> None:
    """Errors: `WrongInput` for days or vials of a rate, which is no amount."""
    if ask.days is not None or ask.rounding is not None:
        raise WrongInput(
            "a rate has no days and no vials: ask for an amount, with the unit mg or the interval continuous"
        )


def _size(unit: str, wanted: Measure) -> Fraction:
    """How many of what is wanted a unit is. Errors: `WrongUnit`."""
    if dose_rule.dimension(unit) != dose_rule.dimension(wanted.unit):
        raise WrongUnit(f"the amount is in {unit} and {wanted.unit} is wanted: ask for {unit}")
    return dosing.size_in(unit, wanted.unit) / wanted.number
