"""What a dose by the body is worked out with: weight, height, the surface they come to, and what a drug's fluid holds.

A pound is 0.45359237 kg and an inch 2.54 cm, exactly (NIST Special Publication 811); at the bedside pounds are divided
by 2.2, and a contract may do so too (`POUNDS`). Body surface in m2 (`SURFACES`): Mosteller, the square root of
cm x kg / 3600 (N Engl J Med 1987;317:1098), or DuBois, 0.007184 x kg^0.425 x cm^0.725 (Arch Intern Med 1916;17:863).

A dose may be by another weight than the body's own. Ideal: a man 50 kg and a woman 45.5 kg at 60 inches, and 2.3 kg for
each inch more (Devine, Drug Intell Clin Pharm 1974;8:650). Adjusted: the ideal weight and a share of what the body
weighs beyond it, 0.4 where none is said, as protocols of immune globulin have it (one hospital's of daptomycin 0.6).

>>> weight("154 lb").kg(POUNDS[1]), height("5 ft 7 in").cm
(Fraction(70, 1), Fraction(8509, 50))
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import lru_cache

from xl_infusion.errors import BillingError, OutOfRange, WrongInput
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules.number import as_typed, exact, plain, short, written

#: What a pound is, and the formula of the body surface; the first is what holds where nothing is said.
POUNDS = ("0.45359237 kg", "1/2.2 kg")
SURFACES = ("Mosteller", "DuBois")
_A_POUND = dict(zip(POUNDS, (Fraction("0.45359237"), Fraction(10, 22)), strict=True))
_AN_INCH = Fraction("2.54")

#: Devine's ideal weight: kg at 60 inches, and kg for each inch more; what of the rest an adjusted weight has.
_IDEAL = {"man": Fraction(50), "woman": Fraction("45.5")}
_IDEAL_FROM, _AN_INCH_MORE, _ADJUSTED = 60, Fraction("2.3"), "0.4"

#: From the smallest newborn to more than the heaviest and tallest patient: beyond it a unit slipped.
_LEAST_KG, _MOST_KG = Fraction("0.2"), 650
_LEAST_CM, _MOST_CM = 20, 280

#: So many decimals of a body surface, which has no last one.
_SURFACE = Decimal(1).scaleb(-18)
_DIGITS = Context(prec=40)

_NUMBER = r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
_WEIGHT = re.compile(rf"({_NUMBER}) ?(kg|kgs|kilos?|kilograms?|lbs?|pounds?|g|grams?)?\.?", re.IGNORECASE)
_DOSING = re.compile(
    rf"(?:(?P<own>[^,]+?),? )?(?P<kind>ideal|IBW|adjusted)(?: (?:by )?(?P<share>{_NUMBER}))?,? (?:(?:of|for) )?(?:a )?"
    r"(?P<sex>man|male|woman|female)",
    re.IGNORECASE,
)
_FEET = re.compile(
    rf"([0-9]+) ?(?:ft|feet|foot|')\.? ?(?:({_NUMBER}) ?(?:in|inch|inches|\"|'')?\.?)?",
    re.IGNORECASE,
)
_HEIGHT = re.compile(rf"({_NUMBER}) ?(cm|cms|centimeters?|in|inch|inches|\"|m|meters?)?\.?", re.IGNORECASE)
_PERCENT = re.compile(rf"({_NUMBER}) ?%")
_HOLDS = re.compile(r"(.+?) ?(?:/| in | per ) ?(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight as it is typed: ``number`` in kg or lb.

    ``sex``: man or woman, where the dose is by the ideal weight. ``share``: of what the body weighs beyond it, None
    where the dose is by the ideal weight alone.
    """

    number: Fraction
    unit: str
    sex: str = ""
    share: Fraction | None = None

    def kg(self, pound: str = POUNDS[0]) -> Fraction:
        """In kg, a pound being one of `POUNDS`."""
        return self.number * (_A_POUND[pound] if self.unit == "lb" else 1)

    def said(self, pound: str = POUNDS[0]) -> str:
        """``70 kg``, ``135 lb of 0.45359237 kg``."""
        return f"{decimal(self.number)} {self.unit}" + (f" of {pound}" if self.unit == "lb" else "")


@dataclass(frozen=True, slots=True)
class Height:
    """A height, exactly in cm; ``said`` as it is typed."""

    cm: Fraction
    said: str


@dataclass(frozen=True, slots=True)
class Concentration:
    """What one mL holds, in ``unit``."""

    amount: Fraction
    unit: str

    def __str__(self) -> str:
        return f"{decimal(self.amount)} {self.unit}/mL"


def weight(value: object) -> Weight:
    """A weight with its unit, kg or lb; a bare number is kg. Errors: `WrongInput`, `OutOfRange`.

    A dose by another weight than the body's own says so behind it: ``ideal, man``, ``100 kg, adjusted, woman``,
    ``100 kg, adjusted 0.6, man``.

    >>> weight("135 lbs") == Weight(Fraction(135), "lb"), weight(70) == Weight(Fraction(70), "kg")
    (True, True)
    >>> weight("100 kg, adjusted, woman") == Weight(Fraction(100), "kg", "woman", Fraction(2, 5))
    True
    """
    remedy = "type it with its unit, 70 kg or 154 lb"
    text = _text(value, "Weight", remedy)
    if match := _DOSING.fullmatch(text):
        return _by_ideal(match, text)
    return _own_weight(text, remedy)


def _by_ideal(match: re.Match[str], text: str) -> Weight:
    """A weight by the ideal one. Errors: `WrongInput` where an adjusted one has no weight, `OutOfRange`."""
    remedy = "type 100 kg, adjusted, man, or ideal, woman"
    sex = "woman" if match["sex"].lower() in ("woman", "female") else "man"
    own = Weight(Fraction(0), "kg") if match["own"] is None else _own_weight(match["own"], remedy)
    if match["kind"].lower() != "adjusted":
        return Weight(own.number, own.unit, sex)
    share = Fraction(written(match["share"] or _ADJUSTED))
    if match["own"] is None or not 0 < share < 1:
        raise WrongInput(f"Weight {as_typed(text)} is not understood: {remedy}")
    return Weight(own.number, own.unit, sex, share)


def _own_weight(text: str, remedy: str) -> Weight:
    """The weight of the body itself."""
    match = _WEIGHT.fullmatch(text)
    if match is None:
        raise WrongInput(f"Weight {as_typed(text)} is not understood: {remedy}")
    unit = (match[2] or "kg")[0].lower()
    number = Fraction(written(match[1]))
    found = {"l": Weight(number, "lb"), "p": Weight(number, "lb"), "g": Weight(number / 1000, "kg")}.get(
        unit, Weight(number, "kg")
    )
    if not _LEAST_KG <= found.kg() <= _MOST_KG:
        raise OutOfRange(f"Weight {as_typed(text)} is no patient's, from 200 g to {_MOST_KG} kg: {remedy}")
    return found


def height(value: object) -> Height:
    """A height with its unit, cm or inches; a bare number is cm. Errors: `WrongInput`, `OutOfRange`.

    >>> height("170 cm"), height("61 in").cm, height("5'7\\"").said
    (Height(cm=Fraction(170, 1), said='170 cm'), Fraction(7747, 50), '67 in')
    """
    remedy = "type it with its unit, 170 cm or 67 in"
    text = _text(value, "Height", remedy)
    if feet := _FEET.fullmatch(text):
        inches = 12 * Fraction(feet[1]) + Fraction(written(feet[2] or "0"))
        found = Height(inches * _AN_INCH, f"{decimal(inches)} in")
    elif match := _HEIGHT.fullmatch(text):
        unit = (match[2] or "cm").lower()
        size, name = (_AN_INCH, "in") if unit[0] in 'i"' else (100, "m") if unit in _METERS else (1, "cm")
        found = Height(Fraction(written(match[1])) * size, f"{decimal(Fraction(written(match[1])))} {name}")
    else:
        raise WrongInput(f"Height {as_typed(text)} is not understood: {remedy}")
    if not _LEAST_CM <= found.cm <= _MOST_CM:
        raise OutOfRange(f"Height {as_typed(text)} is no patient's, from {_LEAST_CM} to {_MOST_CM} cm: {remedy}")
    return found


_METERS = frozenset({"m", "meter", "meters"})


def concentration(value: object) -> Concentration:
    """What a fluid holds: an amount in a volume, or percent, grams in 100 mL. Errors: `WrongInput`, `OutOfRange`.

    >>> str(concentration("500 mg/100 mL")), str(concentration("10%")), str(concentration("25,000 units in 250 mL"))
    ('5 mg/mL', '100 mg/mL', '100 units/mL')
    """
    remedy = "type what a volume of it holds, 1 mg/mL or 500 mg/100 mL"
    if not isinstance(value, str):
        raise WrongInput(f"Concentration has no unit: {remedy}")
    text = _text(value, "Concentration", remedy)
    if percent := _PERCENT.fullmatch(text):
        grams = Fraction(written(percent[1]))
        if not 0 < grams <= 100:
            raise OutOfRange(f"Concentration {as_typed(text)} is not more than 0 and up to 100 %")
        return Concentration(grams * 10, "mg")
    match = _HOLDS.fullmatch(text)
    if match is None:
        raise WrongInput(f"Concentration {as_typed(text)} is not understood: {remedy}")
    try:
        holds = dose_rule.parse(match[1])
        volume = dose_rule.parse(match[2] if match[2][0] in "0123456789." else f"1 {match[2]}")
    except BillingError as error:
        raise error.at("Concentration") from None
    if not holds.unit or dose_rule.dimension(holds.unit) == "volume" or dose_rule.dimension(volume.unit) != "volume":
        raise WrongInput(f"Concentration {as_typed(text)} is not an amount in a volume: {remedy}")
    ml = Fraction(volume.amount) * Fraction(dose_rule.size(volume.unit))
    return Concentration(Fraction(holds.amount) / ml, holds.unit)


def dosing_weight(weight: Weight, height: Height | None, pound: str = POUNDS[0]) -> tuple[Fraction, str]:
    """The kg by which a dose per kg is ordered, and how they came to be.

    Errors: `WrongInput` for an ideal weight without a height, `OutOfRange` for one of less than 60 inches.

    >>> dosing_weight(weight("100 kg, adjusted, man"), height("70 in"))
    (Fraction(419, 5), '83.8 kg (ideal 73 kg and 0.4 of the rest of 100 kg)')
    """
    own = weight.kg(pound)
    if not weight.sex:
        return own, weight.said(pound)
    if height is None:
        raise WrongInput("an ideal weight needs the patient's height: type it into Height, 170 cm or 67 in")
    inches = height.cm / _AN_INCH
    if inches < _IDEAL_FROM:
        raise OutOfRange(f"Height {height.said}: an ideal weight is for {_IDEAL_FROM} inches and more, type the weight")
    ideal = _IDEAL[weight.sex] + _AN_INCH_MORE * (inches - _IDEAL_FROM)
    if weight.share is None:
        return ideal, f"{decimal(ideal)} kg (ideal, {weight.sex} of {height.said})"
    adjusted = ideal + weight.share * (own - ideal)
    of = f"ideal {decimal(ideal)} kg and {decimal(weight.share)} of the rest of {weight.said(pound)}"
    return adjusted, f"{decimal(adjusted)} kg ({of})"


@lru_cache(maxsize=4096)
def surface(kg: Fraction, cm: Fraction, formula: str = SURFACES[0]) -> Fraction:
    """The body surface in m2 by one of `SURFACES`, cut off after 18 decimals.

    >>> decimal(surface(Fraction(80), Fraction(170))), decimal(surface(Fraction(70), Fraction(175), "DuBois"))
    ('1.9437', '1.8481')
    """
    weighs, tall = (_DIGITS.divide(Decimal(one.numerator), Decimal(one.denominator)) for one in (kg, cm))
    if formula == SURFACES[0]:
        m2 = _DIGITS.sqrt(_DIGITS.divide(_DIGITS.multiply(weighs, tall), Decimal(3600)))
    else:
        powers = _DIGITS.multiply(_DIGITS.power(weighs, Decimal("0.425")), _DIGITS.power(tall, Decimal("0.725")))
        m2 = _DIGITS.multiply(Decimal("0.007184"), powers)
    return Fraction(m2.quantize(_SURFACE, ROUND_FLOOR, _DIGITS))


def decimal(number: Fraction, most: int = 4) -> str:
    """A number as an explanation shows it: all of its decimals where they are few, else rounded at the fourth.

    >>> decimal(Fraction("0.000375")), decimal(Fraction(1000, 3)), decimal(Fraction(1, 30_000))
    ('0.000375', '333.3333', '0.00003333')
    """
    shown = _DIGITS.divide(Decimal(number.numerator), Decimal(number.denominator))
    if -shown.normalize(_DIGITS).as_tuple().exponent <= 8:  # type: ignore[operator]
        return plain(shown)
    places = max(most, most - 1 - shown.adjusted())
    return plain(shown.quantize(Decimal(1).scaleb(-places), context=_DIGITS))


def _text(value: object, what: str, remedy: str) -> str:
    """A cell as text. Errors: `WrongInput` for a date or a time, `NotANumber`."""
    if isinstance(value, str):
        return " ".join(short(value, what).split())
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        raise WrongInput(f"{what} is a date or time of day: {remedy}")
    return plain(exact(value, what))
