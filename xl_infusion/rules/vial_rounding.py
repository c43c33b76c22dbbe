"""A dose rounded to whole vials, where a payer or the pharmacy does so before anything is billed.

``nearest``: to the nearest amount that whole vials hold, the larger of two equally near; ``down``: to the next one that
is not more; ``up``: to what is opened. ``within 10%``: only where that changes the dose by no more than so much, else
it stays. Sources: HOPA, dose rounding of biologic and cytotoxic agents (2018), within 10 percent; Triple-S MP.001.001
(2024), the nearest lower vial within 10 percent.

>>> within, nearest = parse("down within 10%"), parse("nearest")
>>> int(rounded(Decimal(420), [Decimal(100)], within)), int(rounded(Decimal(450), [Decimal(100)], nearest))
(400, 500)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.errors import OutOfRange, WrongInput, quoted
from xl_infusion.rules import waste
from xl_infusion.rules.number import plain

#: The usual ways; another percentage is as good. The first is what holds where nothing is said.
WAYS = ("none", "nearest", "nearest within 10%", "down within 10%", "down within 5%", "up")
_WAY = re.compile(r"(nearest|down|up)(?: within ([0-9]{1,3}(?:\.[0-9]+)?) ?%)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VialRounding:
    """``to``: nearest, down or up; ``within``: the share of the dose by which it may change, None for any."""

    to: str
    within: Decimal | None = None

    def __str__(self) -> str:
        return self.to if self.within is None else f"{self.to} within {plain(self.within * 100)} %"


def parse(text: str, what: str = "Rounding to vials") -> VialRounding | None:
    """How doses are rounded to vials; None where they are not. Errors: `WrongInput`, `OutOfRange`.

    >>> str(parse("Nearest within 5 %")), parse("none")
    ('nearest within 5 %', None)
    """
    tidy = " ".join(text.split())
    if tidy.lower() == WAYS[0]:
        return None
    match = _WAY.fullmatch(tidy)
    if match is None:
        raise WrongInput(f"{what} {quoted(tidy)} is not one of {', '.join(WAYS)}")
    if match[2] is None:
        return VialRounding(match[1].lower())
    within = Decimal(match[2]) / 100
    if not 0 < within <= 1:
        raise OutOfRange(f"{what} {quoted(tidy)}: a share of the dose is more than 0 % and up to 100 %")
    return VialRounding(match[1].lower(), within)


def rounded(dose: Decimal, sizes: Sequence[Decimal], rounding: VialRounding) -> Decimal:
    """The dose rounded to what whole vials of some sizes hold, all in one unit; itself where none is within.

    Errors: those of `waste.vials`.
    """
    held = waste.holdings(waste.measured(dose) + min(sizes), sizes)
    below = [amount for amount in held if amount <= dose]
    above = [amount for amount in held if amount >= dose]
    candidates = {"down": below[-1:], "up": above[:1], "nearest": below[-1:] + above[:1]}[rounding.to]
    found = min(candidates, key=lambda amount: (abs(amount - dose), -amount), default=dose)
    if rounding.within is not None and abs(found - dose) > rounding.within * dose:
        return dose
    return found
