"""Which code follows one that ended, among the records of one release.

CMS states it in XREF for one ended code in six. Else the texts say it: what follows names the same drug, and begins on
the day after. Where several codes do, the one of the same maker's product follows, or else none is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from xl_infusion.reference.cms.descriptor import unit_of
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.naming import ingredients
from xl_infusion.reference.periods import DAY


def successors(records: Iterable[HcpcsRecord]) -> Mapping[str, str]:
    """The code that follows each ended one, for those of which one alone is known."""
    known = {record.code: record for record in records}
    begun = _begun(known.values())
    found = {record.code: _after(record, known, begun) for record in known.values() if not record.is_modifier}
    return {code: after[0] for code, after in found.items() if len(after) == 1}


def _begun(records: Iterable[HcpcsRecord]) -> Mapping[object, list[HcpcsRecord]]:
    """By name and first day, the codes that begin where another one ends."""
    records = list(records)
    ends = {record.last_day for record in records}
    begun: dict[object, list[HcpcsRecord]] = defaultdict(list)
    for record in records:
        if record.first_day - DAY in ends and (name := ingredients(record.long)):
            begun[name, record.first_day].append(record)
    return begun


def _after(
    record: HcpcsRecord, known: Mapping[str, HcpcsRecord], begun: Mapping[object, list[HcpcsRecord]]
) -> list[str]:
    """The codes that may follow one that ended."""
    if record.last_day is None:
        return []
    stated = [code for code in record.cross_references if code in known and code != record.code]
    return stated or _alike(record, begun.get((ingredients(record.long), record.last_day + DAY), []))


def _alike(record: HcpcsRecord, others: list[HcpcsRecord]) -> list[str]:
    """Of the codes that may follow, where they are several, those of the same product."""
    if len(others) > 1:
        products = unit_of(record.long).products
        others = [one for one in others if unit_of(one.long).products == products]
    return [one.code for one in others]
