"""The amount that an ordered dose comes to, worked out with the patient's measures and what the fluid holds.

The amount is exact, a fraction where it has to be, until a code's unit rounds it. Of a continuous infusion it is that
of 24 hours; a dose a day or a week is shared by the doses that the interval has in it; a rate that neither is
continuous nor says how long it runs has no amount. Source: dimensional arithmetic as labels and nursing texts print it
(mL/h = mcg/kg/min x kg x 60 / (mcg/mL)).

>>> from xl_infusion.rules import interval, ordered_dose
>>> ordered = ordered_dose.parse("0.375 mcg/kg/min", Patient(measures.weight("70 kg")))
>>> dose_of(ordered, "mg", interval.parse("continuous")).said
'0.375 mcg/kg/min x 70 kg x 24 h = 37.8 mg a day'
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from xl_infusion.errors import WrongInput, WrongUnit
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import measures
from xl_infusion.rules.dose import Dose
from xl_infusion.rules.interval import Every
from xl_infusion.rules.measures import decimal
from xl_infusion.rules.number import as_typed, plain
from xl_infusion.rules.ordered_dose import BY_WEIGHT, DAY, Measure, Ordered, Part, Patient, period_named


class Formulas(NamedTuple):
    """What a pound is, and how the body surface is worked out."""

    pound: str = measures.POUNDS[0]
    surface: str = measures.SURFACES[0]


USUAL = Formulas()


class Working:
    """One part on its way to what it comes to: its value in its measure by now, and the steps in words."""

    def __init__(self, part: Part, patient: Patient, formulas: Formulas = USUAL) -> None:
        self.part, self.patient, self.formulas = part, patient, formulas
        self.value, self.unit = part.amount, part.measure.unit
        self.body, self.period = part.measure.body, part.measure.period
        self.said = part.said

    def whole_body(self) -> None:
        """For the whole body, no more for each kg or m2 of it. Errors: `WrongInput` where that is not known."""
        if self.body:
            size, said = self._size(self.body)
            self.value, self.said, self.body = self.value * size, f"{self.said} x {said}", ""

    def for_each(self, body: str) -> None:
        """For each kg or m2, no more for the whole body."""
        size, said = self._size(body)
        self.value, self.said, self.body = self.value / size, f"{self.said} / {said}", body

    def lasting(self, hours: Fraction, lasts: str = "") -> None:
        """What a rate comes to in so many hours."""
        assert self.period is not None
        self.value *= hours / self.period
        self.said, self.period = f"{self.said} x {lasts or f'{decimal(hours)} h'}", None

    def a_rate(self, hours: Fraction, lasts: str = "") -> None:
        """The rate of an amount that runs so many hours."""
        self.said, self.period = f"{self.said} / {lasts or f'{decimal(hours)} h'}", hours

    def shared(self, doses: Fraction) -> None:
        """One of so many doses that share an amount."""
        self.value, self.period = self.value / doses, None
        if doses != 1:
            self.said += f" / {decimal(doses)} doses"

    def in_dimension(self, unit: str) -> None:
        """In the dimension of a unit, by what the fluid holds. Errors: `WrongUnit`, `WrongInput`."""
        now, wanted = dose_rule.dimension(self.unit), dose_rule.dimension(unit)
        if now == wanted:
            return
        holds = self.patient.concentration
        if "volume" not in (now, wanted):
            raise WrongUnit(f"dose {self.part.said} is in {self.unit} and {unit} is wanted: give the dose in {unit}")
        if holds is None:
            raise WrongInput(
                f"dose {self.part.said} is in {self.unit} and {unit} is wanted: type what the fluid holds into "
                "Concentration, 1 mg/mL or 500 mg/100 mL"
            )
        if dose_rule.dimension(holds.unit) != (wanted if now == "volume" else now):
            raise WrongUnit(f"Concentration is in {holds.unit} and {unit if now == 'volume' else self.unit} is wanted")
        size = Fraction(dose_rule.size(self.unit))
        if now == "volume":
            self.value, self.unit = self.value * size * holds.amount, holds.unit
            self.said += f" x {holds}"
        else:
            self.value = self.value * size / (holds.amount * Fraction(dose_rule.size(holds.unit)))
            self.unit, self.said = "mL", f"{self.said} / ({holds})"

    def _size(self, body: str) -> tuple[Fraction, str]:
        return _sized(self.patient, body, self.formulas, f"dose {self.part.said} needs")


def body_size(patient: Patient, body: str, formulas: Formulas = USUAL) -> Fraction:
    """The patient's weight in kg, or the body surface in m2. Errors: `WrongInput` where weight or height is missing."""
    return _sized(patient, body, formulas, f"{body} needs")[0]


def _sized(patient: Patient, body: str, formulas: Formulas, needs: str) -> tuple[Fraction, str]:
    """The patient's weight or surface, with how it came to be."""
    (weight, height, _), (pound, formula) = patient, formulas
    if weight is None:
        raise WrongInput(f"{needs} the patient's weight: type it into Weight, 70 kg or 154 lb")
    if body == BY_WEIGHT:
        return measures.dosing_weight(weight, height, pound)
    if height is None:
        raise WrongInput(f"{needs} the patient's height: type it into Height, 170 cm or 67 in")
    if not weight.number:
        raise WrongInput(f"{needs} the body's own weight: type it before ideal, 70 kg, ideal, man")
    m2 = measures.surface(weight.kg(pound), height.cm, formula)
    return m2, f"{decimal(m2)} m2 ({formula}, {weight.said(pound)}, {height.said})"


@lru_cache(maxsize=8192)
def dose_of(ordered: Ordered, unit: str, interval: Every, formulas: Formulas = USUAL) -> Dose:
    """The amount of one dose, of 24 hours of a continuous infusion, in the dimension of the ``unit`` that is billed.

    Errors: `WrongInput` where weight, height, concentration or the length of a rate is missing, and for a loading dose
    together with what follows it on further days; `WrongUnit`, `OutOfRange`.
    """
    if len(ordered.parts) > 1 and not interval.single:
        raise WrongInput(
            f"dose {as_typed(ordered.text)} is a loading dose and what follows it: type the loading dose as an order "
            "of its own, Interval once"
        )
    workings = [_of_interval(Working(part, ordered.patient, formulas), unit, interval) for part in ordered.parts]
    first = workings[0].part
    if first.plain is not None and workings[0].said == first.said and len(workings) == 1:
        return first.plain
    total, found = readable(*_added(workings))
    a_day = " a day" if interval.continuous else ""
    worked = f"{' + '.join(one.said for one in workings)} = {decimal(total)} {found}{a_day}"
    return dose_rule.checked(Dose(cut_off(total), found, worked=worked), ordered.text)


def amount_of(ordered: Ordered, unit: str, interval: Every, formulas: Formulas) -> Fraction:
    """As `dose_of`, exactly and in that unit."""
    amount, found = _added(
        [_of_interval(Working(part, ordered.patient, formulas), unit, interval) for part in ordered.parts]
    )
    return amount * size_in(found, unit)


def _of_interval(working: Working, unit: str, interval: Every) -> Working:
    working.whole_body()
    _in_time(working, interval)
    working.in_dimension(unit)
    return working


def _added(workings: list[Working]) -> tuple[Fraction, str]:
    """The sum of some amounts, in the unit of the first."""
    unit = workings[0].unit
    return sum((one.value * size_in(one.unit, unit) for one in workings), Fraction(0)), unit


def _in_time(working: Working, interval: Every) -> None:
    """One dose of a rate, by how long it runs or how often it is given."""
    part, period = working.part, working.period
    _fits(part, interval)
    if period is None:
        if interval.continuous and part.over is not None and part.over != DAY:
            working.a_rate(part.over, part.lasts)
            working.lasting(DAY)
    elif part.over is not None:
        working.lasting(part.over, part.lasts)
    elif interval.continuous:
        working.lasting(DAY)
    else:
        _share(working, period, interval)


def _fits(part: Part, interval: Every) -> None:
    """Errors: `WrongInput` for a dose that runs on when the next one begins, or a rate of hours that is continuous."""
    if part.over is None or interval.single:
        return
    if interval.continuous:
        if part.measure.period is not None and part.over != DAY:
            raise WrongInput(f"dose {part.said} over {part.lasts} is not continuous: type daily into Interval, or once")
    elif part.over * interval.doses_per_day > DAY:
        raise WrongInput(f"dose {part.said} over {part.lasts} runs longer than the time between doses, {interval}")


def _share(working: Working, period: Fraction, interval: Every) -> None:
    """One of the doses of a day, a week or several weeks: 15 mg/kg/day every 8 hours is 5 mg/kg each."""
    if period < DAY:
        said = working.part.said
        raise WrongInput(
            f"dose {said} is a rate: say how long it runs, {said} over 4 h, or type continuous into Interval"
        )
    doses = period / DAY * (DAY / period if interval.single else interval.doses_per_day)
    if doses < 1 or (interval.single and period != DAY):
        raise WrongInput(
            f"dose {working.part.said} is for each {period_named(period)}, and Interval is {interval}: type the amount "
            "of one dose"
        )
    working.shared(doses)


def size_in(unit: str, into: str) -> Fraction:
    """How many of a unit another one of its dimension is: 1000 mg are a g."""
    return Fraction(dose_rule.size(unit)) / Fraction(dose_rule.size(into))


def in_measure(
    ordered: Ordered,
    wanted: Measure,
    formulas: Formulas = USUAL,
    interval: Every | None = None,
) -> Fraction:
    """An ordered dose in a measure: mL/h of mcg/kg/min, mcg/kg/min of mL/h. Errors: as `dose_of`.

    ``interval``: how often an amount without a length is given, where it is wanted a day or an hour.

    >>> from xl_infusion.rules import ordered_dose
    >>> fluid = Patient(measures.weight("70 kg"), concentration=measures.concentration("400 mg/250 mL"))
    >>> in_measure(ordered_dose.parse("5 mcg/kg/min", fluid), ordered_dose.measure("mL/h"))
    Fraction(105, 8)
    """
    workings = [Working(part, ordered.patient, formulas) for part in ordered.parts]
    return sum((_measured(working, wanted, interval) for working in workings), Fraction(0))


def _measured(working: Working, wanted: Measure, interval: Every | None) -> Fraction:
    if working.body != wanted.body:
        working.whole_body()
        if wanted.body:
            working.for_each(wanted.body)
    _in_period(working, wanted, interval)
    working.in_dimension(wanted.unit)
    return working.value * size_in(working.unit, wanted.unit) / wanted.number


def _in_period(working: Working, wanted: Measure, interval: Every | None) -> None:
    part = working.part
    if working.period is None and wanted.period is not None:
        if part.over is not None:
            working.a_rate(part.over, part.lasts)
        elif interval is not None:
            working.a_rate(DAY / interval.doses_per_day)
        else:
            raise WrongInput(f"dose {part.said} is no rate: say how long it runs, {part.said} over 4 h")
    if working.period is None:
        return
    if wanted.period is not None:
        working.value *= wanted.period / working.period
    elif part.over is None:
        raise WrongInput(f"dose {part.said} is a rate: say how long it runs, {part.said} over 4 h, or its Interval")
    else:
        working.lasting(part.over, part.lasts)


# -- numbers -------------------------------------------------------------------------------------------------------

#: So many decimals of an amount that has no last one. It is cut off, never rounded up: whole units cover both alike.
_DECIMALS = 18
_EXACT = Context(prec=60)


def cut_off(number: Fraction) -> Decimal:
    """An amount as a decimal of at most 18 places.

    >>> cut_off(Fraction(2, 3)), cut_off(Fraction(5, 2))
    (Decimal('0.666666666666666666'), Decimal('2.5'))
    """
    exact = _EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
    cut = exact.quantize(Decimal(1).scaleb(-_DECIMALS), ROUND_FLOOR, _EXACT)
    return Decimal(plain(cut))


def readable(amount: Fraction, unit: str) -> tuple[Fraction, str]:
    """An amount in the unit that one would say it in: 37,800 mcg are 37.8 mg, but 2,000 mg stay mg.

    >>> readable(Fraction(37_800), "mcg"), readable(Fraction(2000), "mg")
    ((Fraction(189, 5), 'mg'), (Fraction(2000, 1), 'mg'))
    """
    for small, large in (("ng", "mcg"), ("mcg", "mg")):
        if unit == small and amount >= 1000:
            amount, unit = amount / 1000, large
    return amount, unit
