"""A dose as it is ordered, by the body or as a rate: its parts, each an amount in its measure.

``5 mg/kg``, ``2400 mg/m2 over 46 h``, ``0.375 mcg/kg/min``, ``125 mL/h``, ``2000 kcal a day``, ``30 g/4 weeks x
1.37``, ``rise of 30 % x 0.5 IU/kg``, ``50 mcg/kg + 0.375 mcg/kg/min over 24 h``. What it comes to:
`xl_infusion.rules.dosing`. The rise of a factor VIII is in percent, and its units are kg x rise x 0.5 (product labels).

>>> [(part.amount, part.measure.unit, part.measure.body) for part in parse("0.375 mcg/kg/min").parts]
[(Fraction(3, 8), 'mcg', 'kg')]
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from xl_infusion.errors import BillingError, OutOfRange, WrongInput
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules.dose import Dose
from xl_infusion.rules.measures import Concentration, Height, Weight, decimal
from xl_infusion.rules.number import as_typed, short, written

#: What a dose is given by: the body's weight or its surface, "" for neither.
BY_WEIGHT, BY_SURFACE = "kg", "m2"
DAY = Fraction(24)


class Patient(NamedTuple):
    """What a dose is worked out with, each None where it is not said."""

    weight: Weight | None = None
    height: Height | None = None
    concentration: Concentration | None = None


UNKNOWN = Patient()


@dataclass(frozen=True, slots=True)
class Measure:
    """What an amount is counted in: ``mcg/kg/min`` is mcg, by ``kg``, each hour's sixtieth; ``number`` of them are one.

    ``unit`` "": of the body itself, kg or m2. ``in_volume``: of each mL, as a concentration is.
    """

    unit: str
    body: str = ""
    period: Fraction | None = None
    number: Fraction = Fraction(1)
    in_volume: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One amount of an ordered dose, in its `Measure`; ``over``: the hours that it runs, with ``lasts`` as typed.

    ``plain``: an amount that is by no body and no time.
    """

    amount: Fraction
    measure: Measure
    said: str
    over: Fraction | None = None
    lasts: str = ""
    plain: Dose | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """A dose that is to be worked out, with what of the patient and the fluid is known."""

    parts: tuple[Part, ...]
    patient: Patient
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def over(self) -> Fraction | None:
        """The hours that one dose runs, where it says them."""
        return self.parts[-1].over

    @property
    def is_rate(self) -> bool:
        """True for an amount a minute, an hour or a day that does not say how long it runs."""
        return self.over is None and self.parts[-1].measure.period is not None


_AMOUNT = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
_HOURS: dict[str, Fraction] = {
    word: Fraction(hours)
    for hours, words in {
        Fraction(1, 60): "min mins minute minutes",
        Fraction(1): "h hr hrs hour hours",
        DAY: "d day days",
        Fraction(168): "wk wks week weeks w",
    }.items()
    for word in words.split()
}
_TIME = "|".join(sorted(_HOURS, key=len, reverse=True))
_BODY = r"kg|m2|m\u00b2|m\^2|sqm|sq m"
_EACH = rf" ?(?:/|per |an? |each ) ?(?:(?:{_BODY})|dose|(?:(?:{_AMOUNT}) ?)?(?:{_TIME}))\b"
_PIECE = re.compile(
    rf"(?P<n>{_AMOUNT}) ?(?P<unit>[a-z\u00b5\u03bc][a-z\u00b5\u03bc. ]*?)(?P<each>(?:{_EACH})+)", re.IGNORECASE
)
_MEASURE = re.compile(
    rf"(?P<n>(?:{_AMOUNT}) ?)?(?P<unit>[a-z\u00b5\u03bc][a-z\u00b5\u03bc. ]*?)(?P<each>(?:{_EACH})*)", re.IGNORECASE
)
_ONE_OF_EACH = re.compile(rf"(?P<body>{_BODY})\b|(?P<n>{_AMOUNT})? ?\b(?P<time>{_TIME})\b", re.IGNORECASE)
_OVER = re.compile(rf"(?P<rest>.+?),? (?:infused )?over (?P<n>{_AMOUNT}) ?(?P<time>{_TIME})", re.IGNORECASE)
_BY_BODY = re.compile(rf"(?:/|\bper) ?(?:{_BODY}|min|h|hr|hour|day)\b", re.IGNORECASE)
_IN_VOLUME = re.compile(r"(.+?) ?(?:/|per ) ?(?:ml|cc)", re.IGNORECASE)
_SUM = re.compile(r" ?\+ ?| then ", re.IGNORECASE)
_AFTER = re.compile(r"(.+) after (.+)", re.IGNORECASE)
_TIMES = re.compile(
    rf"(?P<rise>rise of )?(?P<n>{_AMOUNT}) ?(?P<percent>%(?P<risen> rise)?)? ?(?P<by>x|\u00d7|\*|of) (?P<rest>.+)",
    re.IGNORECASE,
)
_FACTOR = re.compile(rf"(?P<rest>.+?),? (?:x|\u00d7|\*|factor) ?(?P<n>{_AMOUNT})", re.IGNORECASE)
#: The way into the patient, and that a day's dose is in several: what Interval says.
_ROUTE = re.compile(r",? (?:iv|ivpb|im|sc|subq|sq|(?:in )?divided(?: doses)?)\.?$", re.IGNORECASE)


def parse(value: object, patient: Patient = UNKNOWN) -> Dose | Ordered:
    """The dose that a cell says: an amount alone is a `Dose`, one to be worked out `Ordered`.

    Errors: those of `xl_infusion.rules.dose.parse`, and `WrongInput` for one by the body that is not understood.

    >>> str(parse("1 g")), [part.said for part in parse("50 mcg/kg + 0.375 mcg/kg/min over 24 h").parts]
    ('1 g', ['50 mcg/kg', '0.375 mcg/kg/min'])
    """
    if isinstance(value, str) and (parts := _parts(short(value, "dose"))):
        return Ordered(parts, patient, " ".join(value.split()))
    if isinstance(value, str) and _BY_BODY.search(value):
        raise WrongInput(
            f"dose {as_typed(value)} is not understood: write 15 mg/kg, 0.375 mcg/kg/min or 5 mg/h over 4 h, and how "
            "often into Interval"
        )
    plain = dose_rule.parse(value)
    return plain if patient.concentration is None else as_ordered(plain, patient)


def as_ordered(dose: Dose, patient: Patient) -> Ordered:
    """An amount as a dose that is to be worked out: what a fluid holds may be wanted of it."""
    return Ordered((_plain(dose),), patient, str(dose))


def _plain(dose: Dose) -> Part:
    return Part(Fraction(dose.amount), Measure(dose.unit or "mg"), str(dose), plain=dose)


@lru_cache(maxsize=8192)
def _parts(value: str) -> tuple[Part, ...]:
    """The parts of a dose that is to be worked out; () where it is an amount alone, or no dose."""
    text = _ROUTE.sub("", " ".join(value.split()))
    if after := _AFTER.fullmatch(text):
        text = f"{after[2]} + {after[1]}"
    pieces = [_part(piece) for piece in _SUM.split(text)]
    found = tuple(piece for piece in pieces if piece is not None)
    if len(found) < len(pieces) or (len(found) == 1 and _is_amount_alone(found[0])):
        return ()
    return found


def _is_amount_alone(part: Part) -> bool:
    return part.plain is not None and part.over is None


def _part(text: str) -> Part | None:
    """One amount with its body, time and length; None for what is none."""
    over, lasts = None, ""
    if match := _OVER.fullmatch(text):
        lasts, text = f"{match['n']} {match['time']}", match["rest"]
        over = _number(match["n"]) * _HOURS[match["time"].lower()]
        if not over:
            raise OutOfRange(f"dose over {lasts} takes no time: type the hours or minutes that it runs")
    found = _times(text) or _by_factor(text) or _piece(text) or _amount(text)
    return None if found is None else replace(found, over=over, lasts=lasts)


def _times(text: str) -> Part | None:
    """A multiple of a dose by body or time: 80 % of 400 mg/m2, rise of 30 % x 0.5 IU/kg. 2 x 1 g may be two doses."""
    match = _TIMES.fullmatch(text)
    part = None if match is None else _piece(match["rest"])
    if match is None or part is None:
        return None
    of = "of" if match["by"].lower() == "of" else "x"
    number = _factor(match["n"]) / (100 if match["percent"] and not _is_rise(match, part) else 1)
    said = " ".join([match["n"], *("%" if match["percent"] else ""), of, part.said])
    return replace(part, amount=part.amount * number, said=said)


def _is_rise(match: re.Match[str], part: Part) -> bool:
    """True for the rise of a factor: it is in percent, and the dose counts units for each of them."""
    rise = match["rise"] or match["risen"] or dose_rule.dimension(part.measure.unit) == "units"
    return bool(rise) and match["by"].lower() != "of"


def _by_factor(text: str) -> Part | None:
    """A dose by body or time with a factor behind it: 30 g/4 weeks x 1.37. Of an amount, x 2 may be two doses."""
    match = _FACTOR.fullmatch(text)
    part = None if match is None else _piece(match["rest"])
    if match is None or part is None:
        return None
    return replace(part, amount=part.amount * _factor(match["n"]), said=f"{part.said} x {match['n']}")


def _piece(text: str) -> Part | None:
    """An amount by body or time."""
    match = _PIECE.fullmatch(text)
    unit = None if match is None else dose_rule.unit_named(match["unit"].strip())
    if match is None or unit is None:
        return None
    body, period = _each(match["each"])
    if not body and period is None:
        return None  # so much a dose is an amount
    amount = _number(match["n"])
    dose_rule.checked(Dose(written(match["n"]), unit), as_typed(text))
    shown = f"{match['n']} {named(unit, period, body)}"
    return Part(amount, Measure(unit, body, period), shown)


def _each(text: str) -> tuple[str, Fraction | None]:
    """The body and the hours that a dose is for each of."""
    body, period = "", None
    for match in _ONE_OF_EACH.finditer(text):
        if match["body"]:
            body = BY_WEIGHT if match["body"].lower() == "kg" else BY_SURFACE
        else:
            period = _HOURS[match["time"].lower()] * _number(match["n"] or "1")
            if not period:
                raise OutOfRange(f"dose has {as_typed(text)}, a rate of no time: type its hours or minutes, 5 mg/h")
    return body, period


def named(unit: str, period: Fraction | None, body: str = "") -> str:
    """``mcg/kg/min``."""
    each = [unit, body, "" if period is None else period_named(period)]
    return "/".join(filter(None, each))


def period_named(hours: Fraction) -> str:
    """``min``, ``h``, ``day``, ``4 weeks``."""
    for one, word in ((Fraction(168), "week"), (DAY, "day"), (Fraction(1), "h"), (Fraction(1, 60), "min")):
        number = hours / one
        if number.denominator == 1:
            many = "s" if number > 1 and word in ("week", "day") else ""
            return word if number == 1 else f"{number} {word}{many}"
    return f"{decimal(hours)} h"


def _amount(text: str) -> Part | None:
    """An amount alone, a bag of a premix too; None where it is none (the dose's own reading says why)."""
    try:
        return _plain(dose_rule.parse(text))
    except BillingError:
        return None


def measure(text: str) -> Measure:
    """The measure that a text names: mL/h, mcg/kg/min, 500 mg, kg, m2. Errors: `WrongInput`.

    >>> measure("mcg/kg/min") == Measure("mcg", "kg", Fraction(1, 60)), measure("500 mg").number
    (True, Fraction(500, 1))
    """
    tidy = " ".join(short(text, "unit").split())
    if re.fullmatch(_BODY, tidy, re.IGNORECASE):
        return Measure("", BY_WEIGHT if tidy.lower() == "kg" else BY_SURFACE)
    in_volume = _IN_VOLUME.fullmatch(tidy)
    match = _MEASURE.fullmatch(in_volume[1] if in_volume else tidy)
    unit = None if match is None else dose_rule.unit_named(match["unit"].strip())
    if match is None or unit is None or (in_volume and match["each"]):
        raise WrongInput(f"unit {as_typed(text)} is not understood: write mg, mL/h, mcg/kg/min or 500 mg")
    body, period = _each(match["each"])
    return Measure(unit, body, period, _factor(match["n"] or "1", "unit"), in_volume is not None)


def _factor(text: str, what: str = "dose") -> Fraction:
    """What an amount is multiplied or counted by. Errors: `OutOfRange` for 0, of which nothing comes."""
    if number := _number(text):
        return number
    raise OutOfRange(f"{what} has the number {text.strip()}: type one of more than 0")


def _number(text: str) -> Fraction:
    return Fraction(written(text.strip()))
