"""How many drug codes of a release have a unit that can be read, and where it differs from what else is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_infusion.errors import BillingError
from xl_infusion.reference.cms.asp import PriceRecord
from xl_infusion.reference.cms.descriptor import UnitAmount, dosage, unit_of
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.release import HcpcsRelease, PriceRelease
from xl_infusion.reference.look_up import Reference
from xl_infusion.reference.update.compare import same_unit


@dataclass(slots=True)
class UnitsRead:
    """The J codes of a release: how many there are, are read, are in the reference and in the ASP file too.

    ``unread`` with the reason; ``differ`` and ``priced_otherwise`` as (code, what, the two units, why they differ or
    '' where nothing explains it).
    """

    codes: int = 0
    read: int = 0
    known: int = 0
    priced: int = 0
    unread: list[tuple[HcpcsRecord, str]] = field(default_factory=list)
    differ: list[tuple[str, str, str, str]] = field(default_factory=list)
    priced_otherwise: list[tuple[str, str, str, str]] = field(default_factory=list)

    def compare_row(self, reference: Reference, record: HcpcsRecord, unit: UnitAmount) -> None:
        """Compares a unit with that of the reference, where it has the code."""
        try:
            row = reference.drug_code(record.code, record.first_day)
        except BillingError:
            return
        self.known += 1
        both = f"{unit}; the reference: {row.unit_text}"
        if row.amount is not None and not same_unit(row, unit):
            self.differ.append((record.code, row.name, both, ""))
        elif row.component and unit.parts:
            self.differ.append((record.code, row.name, both, "the same unit, counted by one of its components"))

    def compare_price(self, record: HcpcsRecord, unit: UnitAmount, price: PriceRecord) -> None:
        """Compares a unit with the dosage of its payment limit."""
        self.priced += 1
        other = dosage(price.dosage)
        if not unit.same_amount(other):
            both = f"{unit}; the ASP file: {price.dosage}"
            self.priced_otherwise.append((record.code, record.short, both, _why(unit, other)))


def units_read(reference: Reference, release: HcpcsRelease, prices: PriceRelease | None = None) -> UnitsRead:
    """Reads the unit of every J code, and compares it with the reference and CMS's payment limits."""
    found = UnitsRead()
    priced = {price.code: price for price in prices.records} if prices else {}
    for record in release.records:
        if record.code[0] != "J" or record.is_modifier:
            continue
        found.codes += 1
        unit = unit_of(record.long)
        if unit.amount is None:
            found.unread.append((record, unit.reason))
            continue
        found.read += 1
        found.compare_row(reference, record, unit)
        if record.code in priced:
            found.compare_price(record, unit, priced[record.code])
    return found


def _why(unit: UnitAmount, other: UnitAmount) -> str:
    """What explains that CMS says the unit of a code in two ways; '' where nothing does."""
    if other.amount in unit.parts and unit.unit == other.unit:
        return "one component of the combination alone"
    return ""
