"""CMS's average sales price (ASP) files: the payment limits of a quarter, and which NDC bills under which code.

Both are published each quarter as .xlsx and as .csv ("section 508 version"): a title, the quarter, notes, the
headings, one row each. In the crosswalk a row says how many units of the code (BILLUNITS) one item of a package
holds and how many the whole package (BILLUNITSPKG, whole units): the first times PKG QTY is the second. A row in
which the two differ by more than rounding contradicts itself, and nobody can say which of them is wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from xl_infusion.reference.cms.columns import Columns, Listing
from xl_infusion.reference.cms.files import AGAIN
from xl_infusion.reference.cms.findings import FEW, MANY, Findings

#: Of a pricing file at most this part may be damaged; October 2025 has none.
DAMAGED_PRICES = 0.02
#: Of a crosswalk; 1.4 % of October 2025 contradicts itself.
DAMAGED_CROSSWALK = 0.05

PRICES = Columns(
    {
        "HCPCS Code": "hcpcs(code)?",
        "Short Description": "short(description|descriptor)",
        "HCPCS Code Dosage": "hcpcs(code)?dosage",
        "Payment Limit": "paymentlimit",
        "Co-insurance Percentage": "coinsurancepercentage",
        "Vaccine Limit": "vaccinelimit",
        "Blood limit": "bloodlimit",
        "Notes": "notes",
    },
    needed=4,
    enough=3,
)
CROSSWALK = Columns(
    {
        # _2025_CODE; in other years HCPCS Code, or "HCPCS Level II Code" and who answers for it
        "the code": "(20[0-9]{2})?code|hcpcs(levelii)?(code(?!dosage).*)?",
        "NDC2": "ndc2?",
        "HCPCS dosage": "hcpcs(code)?dosage",
        "PKG SIZE": "(pkg|package)size",
        "PKG QTY": "(pkg|package)(qty|quantity)",
        "BILLUNITS": "bill(ing)?units",
        "BILLUNITSPKG": "bill(ing)?units(per)?(pkg|package)",
        "Short Description": "short(description|descriptor).*",
        "LABELER NAME": "labeler(name)?",
        "Drug Name": "drugname",
    },
    needed=7,
    enough=4,
)

_CODE = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]")
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9}")
_DOSAGE = re.compile(r" *(?:up to |per )?[0-9.]", re.IGNORECASE)
_NDC = re.compile(r"([0-9]{5})-?([0-9]{4})-?([0-9]{2})")
_COINSURANCE = "Co-insurance Percentage"
#: What stands beside a payment limit; N/A or blank where there is none.
_OTHER_NUMBERS = (_COINSURANCE, "Vaccine Limit", "Blood limit")
#: The law's share; a price that rises faster than inflation lowers it.
_MOST_COINSURANCE = 20
#: A whole number stands at most this far from what it was rounded from.
_ROUNDING = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """The payment limit of one code in dollars a unit (None where CMS gives none), its unit as CMS writes it."""

    code: str
    short: str
    dosage: str
    limit: Decimal | None
    coinsurance_percent: Decimal | None
    vaccine_limit: Decimal | None
    blood_limit: Decimal | None
    notes: str
    row: int


@dataclass(frozen=True, slots=True)
class CrosswalkRecord:
    """One product under one code. ``ndc`` has 11 digits, or is '' for what has none (a skin substitute's number).

    ``product`` is the number as it is written. ``units`` are the units of the code in one item of the package,
    which holds ``package_quantity`` of them, ``package_size`` each (mL, or 1 for a powder).
    """

    code: str
    ndc: str
    product: str
    drug: str
    labeler: str
    short: str
    dosage: str
    package_size: Decimal
    package_quantity: Decimal
    units: Decimal
    units_per_package: Decimal
    row: int

    @property
    def exact_units_per_package(self) -> Decimal:
        """The units of the whole package, before CMS rounded them."""
        return self.units * self.package_quantity


def _number(cell: str) -> Decimal | None:
    cell = cell.removeprefix("$").replace(",", "")
    return Decimal(cell) if _NUMBER.fullmatch(cell) else None


R = TypeVar("R", PriceRecord, CrosswalkRecord)


def prices(table: Listing, findings: Findings) -> list[PriceRecord]:
    """The rows of a pricing file. Errors: `CmsFileError` when too many are damaged."""
    records = []
    for row, cells in table.rows(findings):
        code, limit = cells["HCPCS Code"].upper(), _number(cells["Payment Limit"])
        if wrong := _wrong_price(code, cells):
            findings.leave_out(row, code, wrong)
            continue
        if limit is None:
            findings.note(row, code, f"no payment limit: it says {cells['Payment Limit']!r}")
        coinsurance, vaccine, blood = (_number(cells.get(name, "")) for name in _OTHER_NUMBERS)
        short, dosage, notes = cells["Short Description"], cells["HCPCS Code Dosage"], cells.get("Notes", "")
        notes = " ".join(notes.split())
        records.append(PriceRecord(code, short, dosage, limit, coinsurance, vaccine, blood, notes, row))
    unpriced = sum(record.limit is None for record in records)
    if unpriced > len(records) // 2:
        raise findings.error(f"{unpriced} of {len(records)} rows have no payment limit: columns are swapped")
    records = _once(records, lambda record: record.code, findings)
    findings.judge(len(records), DAMAGED_PRICES)
    _amounts(records, findings)
    _whole(records, findings)
    return records


def _wrong_price(code: str, cells: Mapping[str, str]) -> str:
    """What is wrong with a row of a pricing file; '' where nothing is."""
    if not _CODE.fullmatch(code):
        return f"HCPCS Code {code!r} is no code"
    for name in _OTHER_NUMBERS:
        cell = cells.get(name, "")
        if cell.upper() not in ("", "N/A") and _number(cell) is None:
            return f"{name} {cell!r} is no number"
    share = cells.get(_COINSURANCE, "")
    return f"{_COINSURANCE} {share} is more than 20" if (_number(share) or 0) > _MOST_COINSURANCE else ""


def crosswalk(table: Listing, findings: Findings) -> list[CrosswalkRecord]:
    """The rows of a crosswalk that do not contradict themselves. Errors: as `prices`."""
    records = []
    parts_of_items = 0  # October 2025 has none
    for row, cells in table.rows(findings):
        code, product = cells["the code"].upper(), cells["NDC2"]
        size, quantity = _number(cells["PKG SIZE"]), _number(cells["PKG QTY"])
        units, per_package = _number(cells["BILLUNITS"]), _number(cells["BILLUNITSPKG"])
        if not _CODE.fullmatch(code):
            findings.leave_out(row, code, f"{code!r} is no code")
        elif not product:
            findings.leave_out(row, code, "NDC2 is blank")
        elif not (size and quantity and units and per_package):
            names = ("PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG")
            name = next(name for name in names if not _number(cells[name]))
            findings.leave_out(row, code, f"{name} {cells[name]!r} is no number above 0")
        elif quantity % 1:
            parts_of_items += 1
            findings.leave_out(row, code, f"PKG QTY {cells['PKG QTY']} is no whole number of items")
        elif wrong := _contradiction(quantity, units, per_package):
            findings.leave_out(row, code, wrong)
        else:
            found = _NDC.fullmatch(product)
            ndc = "".join(found.groups()) if found else ""
            drug, labeler = cells.get("Drug Name", ""), cells.get("LABELER NAME", "")
            short, dosage = cells.get("Short Description", ""), cells["HCPCS dosage"]
            numbers = (size, quantity, units, per_package)
            records.append(CrosswalkRecord(code, ndc, product, drug, labeler, short, dosage, *numbers, row))
    if parts_of_items > max(FEW, len(records) // 100):
        raise findings.error(f"PKG QTY is no whole number in {parts_of_items} rows: columns are swapped; {AGAIN}")
    records = _once(records, lambda record: f"{record.code} {record.product}", findings)
    findings.judge(len(records), DAMAGED_CROSSWALK)
    _amounts(records, findings)
    _whole(records, findings)
    return records


def _contradiction(quantity: Decimal, units: Decimal, per_package: Decimal) -> str:
    """What is wrong with the units of a row; '' where the package is its items, rounded to whole units."""
    if abs(units * quantity - per_package) <= _ROUNDING:
        return ""
    return (
        f"it contradicts itself: BILLUNITS {units} x PKG QTY {quantity} is "
        f"{(units * quantity).normalize():f}, and BILLUNITSPKG says {per_package}"
    )


def _once(records: list[R], key: Callable[[R], str], findings: Findings) -> list[R]:
    """The records whose key stands once; of the others nobody knows which is meant."""
    times = Counter(map(key, records))
    for record in records:
        if times[key(record)] > 1:
            findings.leave_out(record.row, record.code, f"{key(record)} has {times[key(record)]} rows")
    return [record for record in records if times[key(record)] == 1]


def _amounts(records: Sequence[PriceRecord | CrosswalkRecord], findings: Findings) -> None:
    """Refuses a file whose dosages are none: 98 and 99 % of October 2025's begin with an amount, 0 % of its names."""
    if len(records) < MANY:
        return
    none = sum(not _DOSAGE.match(record.dosage) for record in records)
    if none > len(records) // 2:
        raise findings.error(f"the dosage of {none} of {len(records)} rows has no amount: columns are swapped; {AGAIN}")


def _whole(records: Sequence[PriceRecord | CrosswalkRecord], findings: Findings) -> None:
    if missing := gaps(records):
        findings.note(0, "", f"{missing}: it is not a whole file, or was cut off")


def gaps(records: Sequence[PriceRecord | CrosswalkRecord]) -> str:
    """What a whole file has and these records have not: they run from J on into Q; '' for a whole one."""
    letters = {record.code[0] for record in records}
    missing = [letter for letter in "JQ" if letter not in letters]
    return f"no {' and no '.join(missing)} codes" if missing else ""
