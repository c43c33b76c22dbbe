"""Which code bills a drug after its own code ended: as CMS states it, or the one that follows of the same drug."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.listing.rows import ListedDrug
from xl_infusion.reference.names import fold, spellings
from xl_infusion.reference.periods import DAY, meets
from xl_infusion.reference.rows import DrugRow

_Row = ListedDrug | DrugRow


def succeeded(
    rows: Sequence[ListedDrug], curated: Sequence[DrugRow], records: Mapping[str, HcpcsRecord]
) -> list[ListedDrug]:
    """The rows with the codes that follow those that ended, where CMS states one or one alone can be inferred."""
    of_code: dict[str, list[_Row]] = defaultdict(list)
    of_drug: dict[str, list[_Row]] = defaultdict(list)
    every: list[_Row] = [*rows, *curated]
    for row in every:
        of_code[row.code].append(row)
        of_drug[fold(row.drug)].append(row)
    return [_with_successor(row, of_code, of_drug[fold(row.drug)], records.get(row.code)) for row in rows]


def _with_successor(
    row: ListedDrug, of_code: Mapping[str, list[_Row]], same: Sequence[_Row], record: HcpcsRecord | None
) -> ListedDrug:
    if row.last_day is None:
        return row
    after = row.last_day + DAY
    named = record.cross_references if record is not None and record.last_day == row.last_day else ()
    stated = [code for code in named if code != row.code and _goes_on(of_code.get(code, ()), after)]
    found = stated or _follows(row, same, after)
    if len(found) != 1:
        return row
    (code,) = found
    basis = "stated by CMS" if stated else "inferred from ingredient and dates"
    return replace(row, successor=code, successor_basis=basis)


def _goes_on(rows: Iterable[_Row], day: dt.date) -> bool:
    return any((row.last_day or dt.date.max) >= day for row in rows)


def _follows(row: ListedDrug, same: Sequence[_Row], after: dt.date) -> list[str]:
    """The codes of the same product on the day after; else the one of no product that came up in the row's days."""
    others = [one for one in same if one.code != row.code and meets(one, after, after)]
    alike = {one.code for one in others if _same_product(one, row)}
    return sorted(alike or {one.code for one in others if _came_up(one, row)})


def _same_product(one: _Row, row: ListedDrug) -> bool:
    return fold(row.product) in map(fold, [one.product, *spellings(one.product)])


def _came_up(one: _Row, row: ListedDrug) -> bool:
    return not one.product and one.first_day is not None and one.first_day > row.first_day
