"""Single-dose vials: which ones a dose opens, and the units of it that are given and discarded.

Vials are chosen for the least waste (CGS: three of 100 mg for 300 mg, and not one of 400 mg). Where several
choices waste the same, what is wasted comes out of the smallest vial that it can come out of (CGS: the smallest
vial available; 305 mg opens four of 100 mg); then the fewest vials are opened (400 mg opens one of 400 mg), the
larger ones first. The given units are the dose rounded up; the discarded units are the whole units of the vials
that this line does not cover already, so that both together never bill more than the vials hold, but for one
unit that covers the end of the dose and the rest of its vial.

Sources: CGS Medicare, JW and JZ modifier guidelines (June 2023); Noridian JD DME, modifier JZ (March 2024); NGS
Medicare (the dose rounds up, the waste down); Medicare Claims Processing Manual ch. 17 s. 40. They hold for
single-dose containers alone: what is left of a multiple-dose vial is not billed.

>>> opened = vials(Decimal(305), [Decimal(100), Decimal(400)])
>>> opened == (100, 100, 100, 100), billed(Decimal(305), Decimal(10), sum(opened, Decimal(0)))
(True, Billed(administered=31, discarded=9))
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from math import gcd

from xl_infusion.errors import BillingError, NotInForce, OutOfRange, WrongInput
from xl_infusion.reference import DrugRow, Reference, dme
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import drug_units
from xl_infusion.rules.number import as_typed, exact, short

DISCARDED, NOTHING_DISCARDED = "JW", "JZ"
#: Delivered, and not used.
NOT_USED = "SV"

#: No dose takes more vials, no drug comes in more sizes: beyond them a size is a typing error.
MOST_VIALS, MOST_SIZES = 999, 12
#: The bound of the search: the different amounts that vials make up to the dose and one small vial more. Where
#: every size is a multiple of a hundredth of the largest, no dose up to 999 of the largest comes to more.
MOST_AMOUNTS = 100_000

_DECIMALS = 12
_LEAST, _TOO_MUCH = Decimal(1).scaleb(-_DECIMALS), Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Billed:
    """Whole units of a code: those of the administered line and those of the discarded line (0: no such line)."""

    administered: int
    discarded: int


def vials(dose: Decimal, sizes: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """The vials that ``dose`` opens, the larger first; ``sizes`` are what one vial of each kind holds.

    Dose and sizes are in one unit. Errors: `OutOfRange` for amounts that are not more than 0 or have more
    than 12 decimals, for more than 999 vials or 12 sizes, and for sizes with too little in common (the search
    is bounded by `MOST_AMOUNTS`); `WrongInput` without a size.

    >>> vials(Decimal(300), [Decimal(400), Decimal(100)])
    (Decimal('100'), Decimal('100'), Decimal('100'))
    >>> vials(Decimal("1250"), [Decimal(250), Decimal(500), Decimal(1000)])
    (Decimal('1000'), Decimal('250'))
    """
    _check(dose, "dose")
    kinds = _kinds(sizes)
    amounts = [_whole(size) for size in kinds]
    step = gcd(*amounts)
    needed, rest = divmod(_whole(dose), step)
    counts = _fewest(needed + bool(rest), not rest, tuple(amount // step for amount in amounts))
    if not counts:
        shown = ", ".join(f"{kind:.9g}" for kind in kinds)
        raise OutOfRange(f"dose {dose:.9g} is too many vials of {shown}, sizes with too little in common: check them")
    if sum(counts) > MOST_VIALS:
        raise OutOfRange(f"dose {dose:.9g} opens {sum(counts)} vials, more than {MOST_VIALS}: check the vial sizes")
    return tuple(kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count))


def holdings(most: Decimal, sizes: Sequence[Decimal]) -> list[Decimal]:
    """All amounts up to ``most`` that vials of some sizes hold exactly, the smallest first. Errors: as `vials`.

    >>> [int(amount) for amount in holdings(Decimal(500), [Decimal(200), Decimal(100)])]
    [100, 200, 300, 400, 500]
    """
    _check(most, "dose")
    amounts = [_whole(size) for size in _kinds(sizes)]
    step = gcd(*amounts)
    found = _fewest_for_each(_whole(most) // step, tuple(amount // step for amount in amounts))
    if not found:
        raise OutOfRange(f"dose {most:.9g} is too many vials, of sizes with too little in common: check them")
    return [Decimal(amount * step).scaleb(-_DECIMALS) for amount in sorted(found) if amount]


def measured(dose: Decimal) -> Decimal:
    """A dose as vials are chosen for it: what it has beyond 12 decimals, as a dose by the body may, is cut off.

    >>> measured(Decimal("1.0000000000009")), measured(Decimal("0.5"))
    (Decimal('1.000000000000'), Decimal('0.5'))
    """
    return dose if dose == (cut := dose.quantize(_LEAST, ROUND_FLOOR)) else cut


def _kinds(sizes: Sequence[Decimal]) -> list[Decimal]:
    """The sizes, the larger first, each once."""
    for size in sizes:
        _check(size, "vial size")
    kinds = sorted(set(sizes), reverse=True)
    if not kinds:
        raise WrongInput("vial sizes are blank: type what one vial holds, 100 mg, 400 mg")
    if len(kinds) > MOST_SIZES:
        raise OutOfRange(f"{len(kinds)} vial sizes are more than a drug comes in: type at most {MOST_SIZES}")
    return kinds


@lru_cache(maxsize=4096)
def _fewest(needed: int, exact_fit: bool, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """How many vials of each size (whole numbers, the largest first) to open for ``needed``; () beyond the bound."""
    # the smallest vials alone waste less than one of them
    fewest = _fewest_for_each(needed + sizes[-1] - 1, sizes)
    if not fewest:
        return ()
    rest = min(amount for amount in fewest if amount >= needed)
    counts = [0] * len(sizes)
    if rest > needed or not exact_fit:
        smallest = max(i for i, size in enumerate(sizes) if rest - size in fewest)
        counts[smallest] = 1
        rest -= sizes[smallest]
    while rest:
        larger = next(i for i, size in enumerate(sizes) if fewest.get(rest - size) == fewest[rest] - 1)
        counts[larger] += 1
        rest -= sizes[larger]
    return tuple(counts)


def _fewest_for_each(most: int, sizes: tuple[int, ...]) -> dict[int, int]:
    """Every amount up to ``most`` that vials hold exactly -> the fewest of them that do; {} beyond the bound."""
    fewest = {0: 0}
    last, count = [0], 0
    while last:
        count += 1
        found = {amount + size for amount in last for size in sizes if amount + size <= most}
        last = [amount for amount in found if amount not in fewest]
        fewest.update(dict.fromkeys(last, count))
        if len(fewest) > MOST_AMOUNTS:
            return {}
    return fewest


def billed(dose: Decimal, amount: Decimal, opened: Decimal) -> Billed:
    """The units given and discarded of a ``dose`` out of vials that hold ``opened``; a unit is ``amount``.

    All three are in one unit. Errors: `OutOfRange` for what is not more than 0 or has more than 12 decimals,
    for vials that hold less than the dose, and for units that no claim line can carry.

    >>> billed(Decimal(70), Decimal(100), Decimal(100)), billed(Decimal(350), Decimal(10), Decimal(400))
    (Billed(administered=1, discarded=0), Billed(administered=35, discarded=5))
    """
    _check(dose, "dose")
    _check(amount, "amount of a unit")
    _check(opened, "what the vials hold")
    if opened < dose:
        raise OutOfRange(f"the vials hold {opened:.9g} and the dose is {dose:.9g}: open more vials")
    administered = drug_units.units(dose, amount)
    discarded = max(int(opened // amount) - administered, 0)
    if max(administered, discarded) > drug_units.MOST_UNITS:
        raise OutOfRange(f"{max(administered, discarded)} units do not fit a claim line: check the dose {dose:.9g}")
    return Billed(administered, discarded)


def modifiers(reference: Reference, discarded: int, day: dt.date | None = None, category: str = "") -> tuple[str, str]:
    """The modifiers of the administered and of the discarded line on ``day`` (None: in the edition).

    JW goes on the discarded line, and the administered line then has none; where there is no discarded line,
    JZ goes on the administered one, also when its last unit covers a rest that was discarded. '' is none: a
    modifier that is not in force on that day is not put. Errors: `NotFound` where the reference lacks one.

    ``category``: the one in which Medicare pays the drug as durable medical equipment, on a day that is given. Its
    contractors have days of their own: before JW is wanted what is discarded is not reported, and JZ stands there.

    >>> from xl_infusion.reference import current
    >>> modifiers(current(), 9), modifiers(current(), 0), modifiers(current(), 0, dt.date(2022, 12, 31))
    (('', 'JW'), ('JZ', ''), ('', ''))
    >>> [modifiers(current(), 1, dt.date(year, 2, 1), "pump") for year in (2023, 2024, 2025)]
    [('', ''), ('JZ', ''), ('', 'JW')]
    """
    if category and day is not None:
        given, thrown = (_wanted(reference, category, rule, day) for rule in (dme.NOTHING_DISCARDED, dme.DISCARDED))
        return ("", thrown) if discarded and thrown else (given, "")
    if discarded:
        return "", _in_force(reference, DISCARDED, day)
    return _in_force(reference, NOTHING_DISCARDED, day), ""


def turns(reference: Reference, category: str = "") -> list[int]:
    """The days (ordinals) on which a modifier of waste begins or ends, the first day of all before them.

    >>> from xl_infusion.reference import current
    >>> [str(dt.date.fromordinal(day)) for day in turns(current(), "pump")]
    ['0001-01-01', '2024-01-01', '2025-01-01']
    """
    if category:
        rules = (dme.NOTHING_DISCARDED, dme.DISCARDED)
        return [day for day, _ in reference.dme.turns(category, rules, 1, dt.date.max.toordinal())]
    rows = [row for code in (DISCARDED, NOTHING_DISCARDED) for row in reference.code_rows(code)]
    return sorted({1, *(row.first_day.toordinal() for row in rows if row.first_day is not None)})


def _wanted(reference: Reference, category: str, rule: str, day: dt.date) -> str:
    """The modifier that a rule of Medicare's DME contractors wants, "" where none is in force."""
    return next((says for one in reference.dme.rule(category, rule, day.toordinal()) for says in one), "")


def _in_force(reference: Reference, modifier: str, day: dt.date | None) -> str:
    try:
        return reference.code(modifier, day).code
    except NotInForce:
        return ""


_BETWEEN = re.compile(r"\s*(?:[,;+&\n]|\band\b|\bor\b)\s*", re.IGNORECASE)
_VIAL = re.compile(r"\s+(?:single[- ](?:dose|use)\s+)?vials?$", re.IGNORECASE)
#: Digits with commas and no space between them: 1,000 and 1,200,000 are one size, 100,400 may be one or two.
_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})*,0[0-9]{2}(?![0-9,])")
_TIGHT = re.compile(r"[0-9],[0-9]")
#: The units that a bare number beside them can share: 100, 400 mg. Beside g or mcg it may be mg.
_SHARED = frozenset({"mg", "units", "IU", "mEq", "mL"})


def sizes(value: object, row: DrugRow) -> tuple[Decimal, ...]:
    """The vial sizes that a cell says, in the unit that ``row`` counts, each once.

    Sizes stand apart by a comma, a semicolon, a plus, a line break, "and" or "or"; each is written as a dose
    is. A slash is refused: 600 mg/50 mL is a strength, 3 g/0.375 g a combination, whose total is to be typed.
    So is a comma that may part thousands or two sizes (100,400). Errors: those of `drug_units.of_dose`.

    >>> from xl_infusion.reference import current
    >>> sizes("100 mg, 400 mg", current().drug("meropenem")), sizes("1 g + 500mg", current().drug("meropenem"))
    ((Decimal('100'), Decimal('400')), (Decimal('1000'), Decimal('500')))
    >>> sizes("100,400 mg", current().drug("meropenem"))
    Traceback (most recent call last):
    xl_infusion.errors.WrongInput: vial sizes '100,400 mg' may be one size or two: write 1250 mg without the \
comma, or 100 mg, 400 mg
    """
    return _sizes(_as_text(value), row)


def sizes_in(value: object, unit: str) -> tuple[Decimal, ...]:
    """The vial sizes that a cell says, in a unit, each once. Errors: as `sizes`.

    >>> sizes_in("100 mg, 0.5 g", "mg")
    (Decimal('100'), Decimal('500.0'))
    """
    text = _as_text(value)
    try:
        return tuple(dict.fromkeys(dose_rule.amount_in(size, unit) for size in _pieces(text)))
    except BillingError as error:
        raise error.at("vial sizes " + as_typed(text)) from None


def _as_text(value: object) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise WrongInput("vial sizes are blank: type what one vial holds, 100 mg, 400 mg")
    if isinstance(value, str):
        return short(value, "vial size")
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        raise WrongInput("vial sizes are a date or time of day: type what one vial holds, 100 mg, 400 mg")
    # Excel makes a number of 100,400 typed into a cell: it is as ambiguous as the text
    number = exact(value, "vial size")
    return f"{number:,f}" if abs(number.adjusted()) < 30 else f"{number:.9g}"


@lru_cache(maxsize=4096)
def _sizes(value: str, row: DrugRow) -> tuple[Decimal, ...]:
    if row.ranges:
        raise WrongInput(f"vial sizes {as_typed(value)} are no vials: {row.code} counts days; leave them out")
    found = _pieces(value)
    try:
        for size in found:
            drug_units.of_dose(row, size)  # what is no dose of this code is no vial of it either
        return tuple(dict.fromkeys(dose_rule.amount_in(size, row.unit) for size in found))
    except BillingError as error:
        raise error.at("vial sizes " + as_typed(value)) from None


def _pieces(value: str) -> list[dose_rule.Dose]:
    """The sizes of a text, apart. Errors: `WrongInput` for what may be read in two ways, and those of a dose."""
    shown = "vial sizes " + as_typed(value)
    if len(value) > 200:
        raise WrongInput(f"{shown} are too long: type what one vial holds, 100 mg, 400 mg")
    if "/" in value:
        raise WrongInput(
            f"{shown} have a slash, of a strength or a combination: type what one vial holds in all, 600 mg or 3.375 g"
        )
    text = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), value)
    if _TIGHT.search(text):
        raise WrongInput(f"{shown} may be one size or two: write 1250 mg without the comma, or 100 mg, 400 mg")
    try:
        return _sharing([dose_rule.parse(_VIAL.sub("", piece)) for piece in _BETWEEN.split(text.strip())])
    except BillingError as error:
        raise error.at(shown) from None


def _sharing(found: list[dose_rule.Dose]) -> list[dose_rule.Dose]:
    """Sizes of which some are bare numbers, in the one unit that the others have: 100, 400 mg. `WrongInput`."""
    units = {size.unit for size in found}
    if "" not in units or len(units) == 1:
        return found
    shared, *others = units - {""}
    if others or shared not in _SHARED:
        raise WrongInput("say the unit of each size, 500 mg; 1 g")
    return [dose_rule.Dose(size.amount, shared, size.component) for size in found]


def _check(amount: Decimal, what: str) -> None:
    if not amount.is_finite() or amount <= 0:
        raise OutOfRange(f"{what} {amount:.9g} is not more than 0")
    if amount >= _TOO_MUCH or amount != amount.quantize(_LEAST):
        raise OutOfRange(f"{what} {amount:.9g} is too large, or has more than {_DECIMALS} decimals")


def _whole(amount: Decimal) -> int:
    """An amount that is checked as a whole number of the least one."""
    return int(amount.scaleb(_DECIMALS))
