"""The rows of the two tables that are made of CMS's files: every drug code, and the names that its texts give."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

#: What a drug is used as, as `ListedDrug.use` says it; the first two are what home infusion gives.
INFUSED, ENTERAL, INHALED, ORAL, TOPICAL = "infused", "enteral", "inhaled", "oral", "topical"
IMPLANT, SKIN, IMAGING, OTHER = "implant", "skin substitute", "imaging", "other"
USES = (INFUSED, ENTERAL, INHALED, ORAL, TOPICAL, IMPLANT, SKIN, IMAGING, OTHER)

#: The basis of a name by hand that mostly is of this one of the several products that it may be of.
USUAL = "hand, usual"


@dataclass(frozen=True, slots=True, eq=False)
class ListedDrug:
    """A drug code of CMS in one period: what it is of, and what a unit of it counts.

    ``product`` tells codes of one drug apart, "" where the drug has one code on those days, or it is the one for what
    no other names. ``amount`` is None where CMS's text states none; ``unit_note`` then says what it counts instead.
    Both days belong to the period; a last day of None is open.
    """

    code: str
    drug: str
    product: str
    use: str
    amount: Decimal | None
    unit: str
    component: str
    unit_rule: str
    dose_basis: str
    first_day: dt.date
    last_day: dt.date | None
    successor: str
    successor_basis: str
    medicare: str
    unit_note: str


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name that a drug (and product) is called by; ``basis``: CMS's text or crosswalk, by hand, or `USUAL`."""

    name: str
    drug: str
    product: str
    basis: str
