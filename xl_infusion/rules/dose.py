"""The dose: an amount with its unit, and its exact conversion into the unit that a code counts.

Conversion stays inside one dimension: mass (g, mg, mcg), activity (units, IU), milliequivalents, volume
(mL, L), calories of a formula (kcal), protein of a nutrition solution (g protein). Anything else is an error
that names both sides. A bare number counts in mg where the code counts mass, and the explanation says so.
Sources: the units of the HCPCS descriptors (CMS, October 2025); the abbreviations are those of US prescriptions,
less the one that ISMP warns of (mU).

>>> amount_in(parse("1 g"), "mg"), amount_in(parse("2.5 million units"), "units")
(Decimal('1000'), Decimal('2500000.0'))
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from xl_infusion.errors import OutOfRange, WrongInput, WrongUnit
from xl_infusion.rules.number import as_typed, exact, plain, short, written

_MILLION = Decimal(10**6)

#: unit -> (dimension, its size in the dimension's base unit)
_UNITS: dict[str, tuple[str, Decimal]] = {
    "g": ("mass", Decimal(1000)), "mg": ("mass", Decimal(1)), "mcg": ("mass", Decimal("0.001")),
    "ng": ("mass", Decimal("0.000001")),
    "units": ("units", Decimal(1)), "IU": ("units", Decimal(1)), "million units": ("units", _MILLION),
    "mEq": ("mEq", Decimal(1)),
    "mL": ("volume", Decimal(1)), "L": ("volume", Decimal(1000)),
    "kcal": ("energy", Decimal(1)), "g protein": ("protein", Decimal(1)),
}  # fmt: skip

#: The units that a code may count in.
UNITS = frozenset(_UNITS) - {"ng"}

_SPELLINGS = {
    spelling: unit
    for unit, spellings in {
        "g": "g, gm, gms, gram, grams",
        "mg": "mg, mgs, mgm, milligram, milligrams",
        "mcg": "mcg, mcgs, ug, \u00b5g, \u03bcg, microgram, micrograms",
        "ng": "ng, nanogram, nanograms",
        "units": "units, unit, u, usp units",
        "IU": "iu, ius, i.u., international units",
        "million units": "mu, miu, million units, million unit, million u, million iu, mill units, mm units",
        "mEq": "meq, meqs, milliequivalent, milliequivalents",
        "mL": "ml, mls, cc, ccs, milliliter, milliliters, millilitre, millilitres",
        "L": "l, liter, liters, litre, litres",
        "kcal": "kcal, kcals, cal, cals, calorie, calories, kilocalorie, kilocalories",
        "g protein": "g protein, gm protein, gram protein, grams protein, g of protein, grams of protein",
    }.items()
    for spelling in spellings.split(", ")
}

#: The largest single dose that can be meant, in the base unit of each dimension: beyond it a separator slipped.
_MOST = {
    "mass": Decimal(1_000_000), "units": Decimal(10**9), "mEq": Decimal(10_000), "volume": Decimal(100_000),
    "energy": Decimal(20_000), "protein": Decimal(1_000),
}  # fmt: skip

_AMOUNT = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
_DOSE = re.compile(rf"({_AMOUNT})\s*([A-Za-z\u00b5\u03bc. ]*)")
_ROUTE = re.compile(r"\s+(iv|ivpb|im|sc|subq|sq)\.?$", re.IGNORECASE)
#: What a bag is measured in, and how its label goes on: 1 g in 100 mL.
_BAG = frozenset({"mL", "L"})
_PER_BAG = re.compile(r" (?:in|per) (?=[0-9.])", re.IGNORECASE)
_RATE = re.compile(
    r"/\s*(kg|h|hr|hour|min|m2|day|d)\b|/\s*(ml|cc)$|per (kg|hour|hr|minute|day)|per (ml|cc)$|%", re.IGNORECASE
)
#: What a drug is diluted in, behind or before the volume of its bag: 2 g/100 mL NS, 1 g in NS 100 mL.
_SALT = "nacl|sodium chloride"
_FLUIDS = rf"0\.(?:9|45) ?% (?:{_SALT})|(?:{_SALT}) 0\.(?:9|45) ?%|ns|nss|normal saline|d5w|d5ns|lr|swfi|sterile water"
_VOLUME = rf"(?:{_AMOUNT}) ?(?:ml|cc|l)\.?"
_DILUTED = re.compile(
    rf"(?P<dose>.+?)(?: ?/ ?| in )(?:(?P<bag>{_VOLUME}) (?:of )?(?:{_FLUIDS})|(?:{_FLUIDS}) (?P<other>{_VOLUME}))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount in a unit; ``unit`` is '' for a bare number. ``component`` names what alone is counted.

    A combination typed as ``3 g/0.375 g`` keeps its parts: some codes count their total. Of a premix as its label says
    (``500 mg/100 mL``, ``1 g in 50 mL``) the first amount counts. ``worked``: how an amount came to be that was worked
    out (`xl_infusion.rules.dosing`), as its explanation says it.
    """

    amount: Decimal
    unit: str
    component: str = ""
    parts: tuple[Decimal, ...] = ()
    worked: str = ""

    def __str__(self) -> str:
        text = f"{plain(self.amount)} {self.unit}".rstrip()
        return f"{text} {self.component}" if self.component else text

    @property
    def said(self) -> str:
        """The dose as the reason of a line has it, with how it came to be."""
        return self.worked or (str(self) if self.unit else f"{self} (read as mg)")


def parse(value: object) -> Dose:
    """The dose that a cell's number or text says.

    Errors: `WrongInput` for what is no dose (a rate, an unknown unit, a date), `OutOfRange` for 0, a negative
    amount or one that no patient gets.

    >>> str(parse("1,000 mg")), str(parse("3 MU")), str(parse(500)), str(parse("160 mg TMP"))
    ('1000 mg', '3 million units', '500', '160 mg trimethoprim')
    >>> str(parse("500mg/100mL")), str(parse("3 g/0.375 g/50 mL"))
    ('500 mg', '3.375 g')
    >>> parse("15 mg/kg")
    Traceback (most recent call last):
    xl_infusion.errors.WrongInput: dose '15 mg/kg' is a rate or a strength: type the amount of one dose, 1 g or 1,250 mg
    """
    if isinstance(value, str):
        return _parse_text(short(value, "dose"))
    if value is None:
        raise WrongInput("dose is blank: type an amount with its unit, 1 g or 500 mg")
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        raise WrongInput("dose is a date or time of day: type an amount with its unit, 1 g or 500 mg")
    return checked(Dose(exact(value, "dose"), ""), str(value))


@lru_cache(maxsize=8192)
def _parse_text(value: str) -> Dose:
    text = " ".join(_ROUTE.sub("", value.strip()).split())
    shown = as_typed(value)
    if diluted := _DILUTED.fullmatch(text):
        text = f"{diluted['dose']}/{diluted['bag'] or diluted['other']}"
    if _RATE.search(text):
        raise WrongInput(f"dose {shown} is a rate or a strength: type the amount of one dose, 1 g or 1,250 mg")
    pieces = [piece.strip() for piece in _PER_BAG.sub("/", text).split("/")]
    if not 1 <= len(pieces) <= 3 or len(value) > 60:
        raise WrongInput(f"dose {shown} is not understood: type an amount with its unit, 1 g or 500 mg")
    doses = _without_bag([_parse_piece(piece, shown) for piece in pieces])
    return doses[0] if len(doses) == 1 else _combined(doses, value)


def _without_bag(doses: list[Dose]) -> list[Dose]:
    """The amounts of a premix as its label says, 500 mg/100 mL: the volume of the bag is no part of the dose."""
    *drugs, last = doses
    is_premix = drugs and _is_volume(last) and all(dose.unit and not _is_volume(dose) for dose in drugs)
    return drugs if is_premix else doses


def _combined(doses: list[Dose], value: str) -> Dose:
    """The total of a combination that is typed as its parts, 3 g/0.375 g."""
    unit = doses[-1].unit
    if not unit or any(_is_volume(dose) or dose.component for dose in doses):
        raise WrongInput(f"dose {as_typed(value)} is not understood: type both parts with their unit, 3 g/0.375 g")
    parts = tuple(_convert(dose.amount, dose.unit or unit, unit, as_typed(value)) for dose in doses)
    return checked(Dose(sum(parts, Decimal(0)), unit, "", parts), value)


def _is_volume(dose: Dose) -> bool:
    return dose.unit in _BAG


def _parse_piece(text: str, shown: str) -> Dose:
    match = _DOSE.fullmatch(text)
    if match is None:
        if text.startswith("-"):
            raise OutOfRange(f"dose {shown} is not more than 0")
        raise WrongInput(f"dose {shown} is not understood: type an amount with its unit, 1 g or 500 mg")
    words = match[2].strip()
    if words.rstrip(".") == "mU":
        raise WrongInput(f"dose {shown}: mU is read as thousandths and as millions of units: write 3 million units")
    unit, component = _unit_of(words.lower())
    if unit is None:
        raise WrongInput(f"dose {shown}: unit {words!r} is not one of {', '.join(_UNITS)}")
    return checked(Dose(written(match[1]), unit, component), text)


def dimension(unit: str) -> str:
    """What a unit measures: mass, units, mEq, volume, energy, protein. KeyError for another unit."""
    return _UNITS[unit][0]


def size(unit: str) -> Decimal:
    """How large a unit is in the one that its dimension counts in: mg, units, mEq, mL, kcal, g protein."""
    return _UNITS[unit][1]


def unit_named(words: str) -> str | None:
    """The unit that some words spell, None where they spell none.

    >>> unit_named("ug"), unit_named("International units"), unit_named("kg")
    ('mcg', 'IU', None)
    """
    unit, component = _unit_of(words.lower())
    return None if component or words.rstrip(".") == "mU" else unit or None


_COMPONENTS = {"tmp": "trimethoprim", "trimethoprim": "trimethoprim", "smx": "sulfamethoxazole",
               "sulfamethoxazole": "sulfamethoxazole"}  # fmt: skip


def _unit_of(words: str) -> tuple[str | None, str]:
    """The unit of the words behind the amount, and the component where one is named."""
    words = words.strip()
    if not words:
        return "", ""
    for spelling in (words, words.rstrip(".")):
        if spelling in _SPELLINGS:
            return _SPELLINGS[spelling], ""
    head, _, tail = words.partition(" ")
    component = _COMPONENTS.get(tail.removeprefix("of ").strip())
    if component and head.rstrip(".") in _SPELLINGS:
        return _SPELLINGS[head.rstrip(".")], component
    return None, ""


def checked(dose: Dose, shown: str) -> Dose:
    """A dose that a patient may get. Errors: `OutOfRange` for 0, and for more than any patient gets."""
    if dose.amount <= 0:
        raise OutOfRange(f"dose {shown} is not more than 0")
    measures, base = _UNITS[dose.unit] if dose.unit else ("units", Decimal(1))
    if dose.amount * base > _MOST[measures]:
        raise OutOfRange(f"dose {plain(dose.amount)} {dose.unit} is more than any patient gets: check the separators")
    return dose


def _convert(amount: Decimal, unit: str, into: str, shown: str) -> Decimal:
    (measures, one), (wanted, base) = _UNITS[unit], _UNITS[into]
    if measures != wanted:
        raise WrongUnit(f"dose {shown} is in {unit} and the code counts {into}: give the dose in {into}")
    return amount * one / base


def amount_in(dose: Dose, unit: str) -> Decimal:
    """The dose in ``unit`` (one that the reference knows), exactly; a bare number counts in mg.

    Errors: `WrongUnit` when the dimensions differ; it names both.

    >>> amount_in(parse("500 mcg"), "mg"), amount_in(parse(250), "g")
    (Decimal('0.500'), Decimal('0.25'))
    >>> amount_in(parse("600 mg"), "units")
    Traceback (most recent call last):
    xl_infusion.errors.WrongUnit: dose '600 mg' is in mg and the code counts units: give the dose in units
    """
    if not dose.unit and _UNITS[unit][0] != "mass":
        raise WrongUnit(f"dose {dose} has no unit and the code counts {unit}: write {dose} {unit}")
    return _convert(dose.amount, dose.unit or "mg", unit, repr(str(dose)))


def liters(value: object) -> Decimal:
    """A volume a day in liters: ``1.5 L``, ``1500 mL``, or a bare number that only one of the two can mean.

    No day's fluid is under 50 mL or over 20 L, so a bare number up to 20 is liters and one from 50 is mL;
    between them it is refused. Errors: `WrongInput`, `OutOfRange`.

    >>> liters("1500 mL"), liters(2), liters(2000)
    (Decimal('1.5'), Decimal('2'), Decimal('2'))
    """
    dose = parse(value)
    if dose.unit:
        return _convert(dose.amount, dose.unit, "L", repr(str(dose)))
    if dose.amount <= 20:
        return dose.amount
    if dose.amount < 50:
        raise WrongInput(f"volume {dose} has no unit and may be mL or L: write {dose} mL or {dose} L")
    return dose.amount / 1000
