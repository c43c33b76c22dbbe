"""Records of invented releases, in short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from xl_infusion.reference.cms.asp import CrosswalkRecord
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.listing.made import Listing, made
from xl_infusion.reference.listing.rows import ListedDrug, ListedName
from xl_infusion.reference.listing.tables import ByHand, Tables
from xl_infusion.reference.rows import Alias, DrugRow


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def record(code: str, long: str, first: str = "2004-01-01", last: str = "", cross: Sequence[str] = ()) -> HcpcsRecord:
    more = {f"XREF{number}": to for number, to in enumerate(cross, start=1)}
    modifier = len(code) == 2
    return HcpcsRecord(
        code, modifier, long, long[:28], "C", "N", day(first), day(last) if last else None, day(first), more, 1
    )


def by_hand(
    drug: str, code: str, product: str = "", first: str = "2004-01-01", last: str = "", **more: object
) -> DrugRow:
    """A row of drugs.csv."""
    values = {
        "drug": drug, "product": product, "answers_to": "product" if product else "name", "code": code,
        "amount": Decimal(1), "unit": "mg", "component": "", "unit_rule": "exact", "dose_basis": "", "therapy": "other",
        "therapy_basis": "", "first_day": day(first) if first else None, "last_day": day(last) if last else None,
        "successor": "", "successor_basis": "", "medicare": "C", "note": "", "source": "", "dates_basis": "",
    }  # fmt: skip
    return DrugRow(**{**values, **more})  # type: ignore[arg-type]


def crosswalk(code: str, drug: str) -> CrosswalkRecord:
    one = Decimal(1)
    return CrosswalkRecord(code, "00000000000", "00000-0000-00", drug, "", "", "", one, one, one, one, 1)


def listing(
    *records: HcpcsRecord,
    curated: Sequence[DrugRow] = (),
    aliases: Iterable[Alias] = (),
    sold: Iterable[CrosswalkRecord] = (),
    names: Iterable[ByHand] = (),
    tables: Tables | None = None,
) -> Listing:
    return made(curated, aliases, records, sold, names, tables or Tables({}, {"acme": "Acme", "zenith": "Zenith"}))


def short(row: ListedDrug) -> str:
    """A row as `code drug (product) from through`."""
    through = f" {row.last_day}" if row.last_day else ""
    return f"{row.code} {row.drug}{f' ({row.product})' if row.product else ''} {row.first_day}{through}"


def drugs(found: Listing) -> list[str]:
    return [short(row) for row in found.drugs]


def names(found: Listing) -> list[str]:
    return [_named(one) for one in found.names]


def _named(one: ListedName) -> str:
    return f"{one.name}: {one.drug}{f' ({one.product})' if one.product else ''}, {one.basis}"
