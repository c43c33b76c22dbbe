"""HCPCS releases for tests, in the words of the reference itself: whole, and saying what it says."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from tests.reference.cms.made import RELEASE, Code, rows, write
from xl_infusion.reference import DrugRow, Reference
from xl_infusion.reference.cms.release import HcpcsRelease, read

#: The last day of what `release` governs by its name.
OCTOBER = dt.date(2025, 12, 31)
NAME = "HCPC2025_OCT_ANWEB.csv"


def codes_of(reference: Reference, through: dt.date = OCTOBER) -> list[Code]:
    """The codes of a reference as a release that governs the days up to ``through`` would list them."""
    found: dict[str, Code] = {one.code: one for one in RELEASE}
    tables = (reference.drugs, reference.per_diem, reference.visits, reference.hit, reference.modifiers)
    for row in sorted((row for table in tables for row in table), key=lambda one: one.first_day or dt.date.min):
        first = row.first_day or dt.date(2000, 1, 1)
        if row.code[:2].isdigit() or first > through:
            continue
        last = row.last_day if row.last_day and row.last_day < through else None
        known = found.get(row.code)
        found[row.code] = Code(
            row.code,
            descriptor(row) if isinstance(row, DrugRow) else f"Home infusion therapy, {row.meaning}",
            "",
            known.first if known else f"{first:%Y%m%d}",
            f"{last:%Y%m%d}" if last else "",
            f"{last + dt.timedelta(1) if last else first:%Y%m%d}",
        )
    return sorted(found.values(), key=lambda one: (not one.modifier, one.code))


def descriptor(row: DrugRow) -> str:
    """A drug code's descriptor as CMS writes them."""
    name = f"Injection, {row.drug.lower()}{f' ({row.product.lower()})' if row.product else ''}"
    rule = "" if row.unit_rule == "exact" else f"{row.unit_rule} "
    return name if row.amount is None else f"{name}, {rule}{row.amount} {row.unit} {row.component}".strip()


def drug(code: str, name: str, first: str, last: str = "", **fields: str) -> Code:
    """A drug's code: ``name`` as it stands behind "Injection, "."""
    after = (dt.datetime.strptime(last, "%Y%m%d") + dt.timedelta(1)).strftime("%Y%m%d") if last else first
    given = {"acted": after, "action": "D" if last else "A", **fields}
    return Code(code, f"Injection, {name}", first=first, last=last, **given)


def ended(codes: list[Code], code: str, last: str) -> list[Code]:
    """The codes, one of them ended on a day."""
    after = (dt.datetime.strptime(last, "%Y%m%d") + dt.timedelta(1)).strftime("%Y%m%d")
    return [replace(one, last=last, acted=after, action="D") if one.code == code else one for one in codes]


def file(folder: Path, codes: list[Code], name: str = NAME) -> Path:
    """The release as a file."""
    in_order = sorted({one.code: one for one in codes}.values(), key=lambda one: (not one.modifier, one.code))
    return write(folder / name, rows(in_order))


def release(folder: Path, codes: list[Code], name: str = NAME) -> HcpcsRelease:
    """The release, read from a file."""
    found = read(file(folder, codes, name))
    assert isinstance(found, HcpcsRelease)
    return found
