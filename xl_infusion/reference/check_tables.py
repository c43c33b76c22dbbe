"""The tables that only a claim's checks ask for: their rows, one class a table, and their readers.

Imported when one of them is first asked for (`xl_infusion.reference.trade_facts`): a start does not wait for it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xl_infusion.reference.tables import HIT_CATEGORIES, UNITS, Place, Read, Reader, bundled, read_table

#: What the checks ask for.
LIMITS = frozenset(
    {"least dispensed", "shortest visit", "longest visit", "longest order", "farthest start", "most kits"}
)
#: Containers for many doses.
PACKAGES = frozenset({"pharmacy bulk package", "multiple-dose vial"})

#: What Medicare pays as durable medical equipment, and what a row of its rules says.
DME_CATEGORIES = frozenset({"pump", "subcutaneous immune globulin", "home immune globulin", "insulin"})
DME_RULES = frozenset({"one of", "nothing discarded", "discarded", "a day"})

#: Units of one kind, of which one can be turned into the other.
_KIND = {
    "mg": "mass", "g": "mass", "mcg": "mass", "units": "activity", "IU": "activity", "mEq": "mEq", "mL": "volume",
    "kcal": "energy", "g protein": "protein",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HitDrugRow:
    """A drug's category in Medicare's home infusion therapy benefit; its drug line must carry ``modifier``."""

    code: str
    drug: str
    category: int
    modifier: str
    first_day: dt.date | None
    last_day: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class DmeDrugRow:
    """A drug that Medicare pays under its benefit for durable medical equipment, and in which category.

    ``modifier``: what its line has in that category; a code of two categories is in the other one without it.
    ``certainty``: how sure that is.
    """

    code: str
    drug: str
    category: str
    modifier: str
    first_day: dt.date | None
    last_day: dt.date | None
    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class DmeRule:
    """What Medicare's DME contractors want of the lines of a category, on the days of the row.

    ``rule``: ``one of``, the modifiers of which the line has one; ``nothing discarded`` and ``discarded``, the modifier
    of waste; ``a day``, the code that is billed beside the drug for each day on which it is given. ``says``: which.
    """

    category: str
    rule: str
    says: tuple[str, ...]
    first_day: dt.date | None
    last_day: dt.date | None
    source: str
    certainty: str

    @property
    def code(self) -> str:
        """What is told of two rows in force on one day."""
        return f"{self.category}, {self.rule} {' '.join(self.says)}"


@dataclass(frozen=True, slots=True)
class LabelerRow:
    """Whose product of a drug a labeler (the first five digits of the NDC) sells; '' is the generic code's."""

    labeler: str
    drug: str
    product: str
    source: str


@dataclass(frozen=True, slots=True)
class UsualDose:
    """One dose of a drug at home, from a small child's to the largest in use; of a continuous infusion the day's.

    ``most_a_day``: the most that a day of a continuous infusion usually has, where that is less than ``most``.
    """

    drug: str
    least: Decimal
    most: Decimal
    unit: str
    most_a_day: Decimal
    source: str

    def holds(self, amount: Decimal) -> bool:
        """Whether an amount, in this row's unit, is within."""
        return self.least <= amount <= self.most

    @property
    def text(self) -> str:
        """``25 to 12,000 mg``."""
        return f"{self.least:,} to {self.most:,} {self.unit}"

    def holds_a_day(self, amount: Decimal) -> bool:
        """Whether an amount is within what a day of a continuous infusion has."""
        return self.least <= amount <= self.most_a_day

    @property
    def text_a_day(self) -> str:
        """``1 to 480 mg``."""
        return f"{self.least:,} to {self.most_a_day:,} {self.unit}"


@dataclass(frozen=True, slots=True)
class Flush:
    """Up to which amount a drug is mostly a flush of the line, and no therapy.

    ``instead``: the drug that bills the flush, "" where it is a supply of the per diem.
    """

    drug: str
    up_to: Decimal
    unit: str
    instead: str
    source: str


@dataclass(frozen=True, slots=True)
class BulkPackage:
    """The least that a container of a drug for many doses holds; all of one dose hold less.

    ``package``: which it is, in the words of its label.
    """

    drug: str
    least: Decimal
    unit: str
    package: str
    source: str


@dataclass(frozen=True, slots=True)
class CheckLimit:
    """Beyond what a check warns: a documented default, which a pharmacy's own edition may have otherwise."""

    limit: str
    value: Decimal
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Accreditor:
    """A body that accredits home infusion providers; ``payers`` where payers' own manuals name it."""

    accreditor: str
    name: str
    also: tuple[str, ...]
    payers: bool
    source: str


def _hit_drug(row: Reader) -> dict[str, Any]:
    row.needed("drug"), row.needed("source")
    return {
        "code": row.code("code"),
        "category": int(row.one_of("category", HIT_CATEGORIES)),
        "modifier": row.one_of("modifier", frozenset({"JB", ""})),
        **row.period(),
    }


def _dme_drug(row: Reader) -> dict[str, Any]:
    row.needed("drug"), row.needed("source"), row.needed("certainty"), row.one_of("category", DME_CATEGORIES)
    return {"code": row.code("code"), "modifier": row.one_of("modifier", frozenset({"JB", ""})), **row.period()}


def _dme_rule(row: Reader) -> dict[str, Any]:
    row.needed("source"), row.needed("certainty")
    row.one_of("category", DME_CATEGORIES), row.one_of("rule", DME_RULES)
    return {"says": tuple(row.needed("says").split()), **row.period()}


def _labeler(row: Reader) -> dict[str, Any]:
    if not re.fullmatch(r"[0-9]{5}", row.text("labeler")):
        raise row.place.fail(f"labeler {row.text('labeler')!r} is not the first five digits of an 11-digit NDC")
    row.needed("drug"), row.needed("source")
    return {}


def _usual_dose(row: Reader) -> dict[str, Any]:
    row.needed("drug"), row.needed("source")
    least, most = row.needed_number("least"), row.needed_number("most")
    if most <= least:
        raise row.place.fail(f"most {most} is not more than least {least}")
    if most >= 1000 * least:
        raise row.place.fail(f"most {most} is 1000 times least {least} or more: g for mg would pass")
    a_day = row.number("most_a_day") or most
    if not least < a_day <= most:
        raise row.place.fail(f"most_a_day {a_day} is not between least {least} and most {most}")
    return {"least": least, "most": most, "most_a_day": a_day, "unit": row.one_of("unit", UNITS)}


def _flush(row: Reader) -> dict[str, Any]:
    row.needed("drug"), row.needed("source")
    return {"up_to": row.needed_number("up_to"), "unit": row.one_of("unit", UNITS)}


def _bulk_package(row: Reader) -> dict[str, Any]:
    row.needed("drug"), row.needed("source"), row.one_of("package", PACKAGES)
    return {"least": row.needed_number("least"), "unit": row.one_of("unit", UNITS)}


def _check_limit(row: Reader) -> dict[str, Any]:
    row.needed("unit"), row.needed("source"), row.one_of("limit", LIMITS)
    return {"value": row.needed_number("value")}


def _accreditor(row: Reader) -> dict[str, Any]:
    row.needed("accreditor"), row.needed("name"), row.needed("source")
    also = tuple(other.strip() for other in row.text("also").split(";")) if row.text("also") else ()
    if "" in also:
        raise row.place.fail("also has an empty spelling: part them with one ;")
    return {"also": also, "payers": row.yes("payers")}


def read_labelers(read: Read = bundled) -> list[tuple[Place, LabelerRow]]:
    """Whose product a labeler sells, each drug and labeler once."""
    return read_table("labelers.csv", read, LabelerRow, _labeler)


def read_usual_doses(read: Read = bundled) -> list[tuple[Place, UsualDose]]:
    """The doses of which one is usual."""
    return read_table("usual_doses.csv", read, UsualDose, _usual_dose)


def read_check_limits(read: Read = bundled) -> list[tuple[Place, CheckLimit]]:
    """Beyond what the checks warn."""
    return read_table("check_limits.csv", read, CheckLimit, _check_limit)


def read_flushes(read: Read = bundled) -> list[tuple[Place, Flush]]:
    """What is mostly a flush of the line."""
    return read_table("flushes.csv", read, Flush, _flush)


def read_bulk_packages(read: Read = bundled) -> list[tuple[Place, BulkPackage]]:
    """The containers for many doses."""
    return read_table("bulk_packages.csv", read, BulkPackage, _bulk_package)


def read_hit_drugs(read: Read = bundled) -> list[tuple[Place, HitDrugRow]]:
    """The drugs of Medicare's home infusion therapy benefit."""
    return read_table("hit_drugs.csv", read, HitDrugRow, _hit_drug)


def read_dme_drugs(read: Read = bundled) -> list[tuple[Place, DmeDrugRow]]:
    """The drugs that Medicare pays under its benefit for durable medical equipment."""
    return read_table("medicare_dme.csv", read, DmeDrugRow, _dme_drug)


def read_dme_rules(read: Read = bundled) -> list[tuple[Place, DmeRule]]:
    """What Medicare's DME contractors want of their lines."""
    return read_table("medicare_dme_rules.csv", read, DmeRule, _dme_rule)


def read_accreditors(read: Read = bundled) -> list[tuple[Place, Accreditor]]:
    """The accreditation bodies."""
    return read_table("accreditors.csv", read, Accreditor, _accreditor)


def same_kind(unit: str, other: str) -> bool:
    """Whether an amount in one unit can be said in the other.

    >>> same_kind("g", "mcg"), same_kind("mg", "units")
    (True, False)
    """
    return _KIND[unit] == _KIND[other]
