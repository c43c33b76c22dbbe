"""What a unit of a listed code counts, as a row has it: also of nutrition, and in words where there is no amount."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.reference.cms.descriptor import UnitAmount, unit_of
from xl_infusion.reference.tables import UNITS

_CALORIES = re.compile(r"\b([0-9]+) calories = 1 unit")
_PROTEIN = re.compile(r"(over )?([0-9]+)(?: to ([0-9]+))? grams of protein")
_EACH = re.compile(
    r"\bper ((?:study |therapeutic |single (?:dose |use ))?(?:dose|vial|treatment|implant|instillation|infusion|patch"
    r"|bottle|day|visit|ounce)|centimeter length|source)\b|\b(each)\b|\b([0-9]+-day supply)|([0-9]+ capsules)"
)
#: Amounts in units of which no dose is given.
_ODD = re.compile(r"\b([0-9][0-9,.]*(?: million| billion)?) (kiu|plaque forming units|vector genomes?)\b")
#: Why a text has no amount, in words that a biller is told.
_BANDS = re.compile(r"(less than or equal to|greater than|over) ([0-9.]+ ?(?:mg|cc|days)\b)")
_BAND_WORDS = {"less than or equal to": "up to", "greater than": "over", "over": "over"}


@dataclass(frozen=True, slots=True)
class Counted:
    """The columns of a row that say what a unit counts."""

    amount: Decimal | None
    unit: str = ""
    unit_rule: str = "exact"
    dose_basis: str = ""
    unit_note: str = ""


def counted(text: str) -> Counted:
    """What the long text of a code says that a unit counts.

    >>> counted("Enteral formula, made-up, 100 calories = 1 unit")
    Counted(amount=Decimal('100'), unit='kcal', unit_rule='exact', dose_basis='', unit_note='')
    >>> counted("Made-up solution, any strength, 10 to 51 grams of protein - premix").dose_basis
    '10 to 51 g protein a day'
    """
    low = " ".join(text.lower().split())
    if calories := _CALORIES.search(low):
        return Counted(Decimal(calories[1]), "kcal")
    if protein := _PROTEIN.search(low):
        band = f"over {protein[2]}" if protein[1] else f"{protein[2]} to {protein[3]}"
        # payers count the day's solution: HMSA's published example, and CMS's limit of one a day
        return Counted(None, dose_basis=f"{band} g protein a day", unit_note="a unit is one day")
    unit = unit_of(text)
    if unit.amount is None:
        return Counted(None, unit_note=_note(low, unit))
    if unit.unit not in UNITS:
        return Counted(None, unit_note=f"a unit is {_plain(unit.amount)} {unit.unit}")
    return Counted(_plain(unit.amount), unit.unit, unit.rule, _basis(low, unit))


def _basis(text: str, unit: UnitAmount) -> str:
    if unit.parts:
        return f"total ({' + '.join(f'{part:f}' for part in unit.parts)})"
    if unit.component:
        return f"counted as {unit.component}"
    if re.search(r" and hyaluronidase", text):
        return "hyaluronidase is not counted"
    return ""


def _note(text: str, unit: UnitAmount) -> str:
    if each := _EACH.search(text):
        what = next(filter(None, each.groups()))
        return (
            "a unit is one piece"
            if what == "each"
            else f"a unit is {'' if what.endswith('capsules') else 'one '}{what}"
        )
    if "premix" in text:  # payers count the day's solution: HMSA's published example, and CMS's limit of one a day
        return "a unit is one day"
    if odd := _ODD.search(text):
        return f"a unit is {odd[1]} {odd[2]}".replace("kiu", "KIU")
    if band := _BANDS.search(text):
        return f"the code is that of {_BAND_WORDS[band[1]]} {band[2]}"
    return unit.reason.replace("it states no", "its text states no")


def _plain(amount: Decimal) -> Decimal:
    """Without trailing zeros, and not in the form 1E+3."""
    return Decimal(f"{amount.normalize():f}")
