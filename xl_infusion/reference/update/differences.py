"""What differs between two editions of the reference, or between two HCPCS releases of CMS."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xl_infusion.reference.cms.descriptor import UnitAmount, unit_of
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.release import HcpcsRelease
from xl_infusion.reference.imported import HCPCS
from xl_infusion.reference.indexing import CodeRow
from xl_infusion.reference.listing.rows import ListedDrug
from xl_infusion.reference.look_up import Reference
from xl_infusion.reference.periods import DAY
from xl_infusion.reference.rows import DrugRow
from xl_infusion.reference.update.change import (
    ADDED,
    DAYS,
    ENDED,
    NOT_LISTED,
    REWORDED,
    UNIT_CHANGED,
    Change,
    change,
)
from xl_infusion.reference.update.order import in_order
from xl_infusion.reference.update.successors import successors

#: The letters of codes that count an amount of something; elsewhere an amount in a text is another thing.
_COUNTED = "ABCJKPQS"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A code in one period; ``unit`` None where it is not known, or none of an amount."""

    what: str
    first_day: dt.date | None
    last_day: dt.date | None
    unit: UnitAmount | None
    successor: str
    wording: str

    @property
    def begins(self) -> dt.date:
        return self.first_day or dt.date.min

    @property
    def ends(self) -> dt.date:
        return self.last_day or dt.date.max

    @property
    def unit_text(self) -> str:
        """What a unit is, its rule left aside."""
        unit = self.unit
        return f"{unit.amount:f} {unit.unit} {unit.component}".strip() if unit and unit.amount is not None else ""

    def counts_otherwise(self, other: _Entry) -> bool:
        """Whether a unit of another period is known to count another amount, or another thing."""
        if self.unit is None or other.unit is None:
            return False
        return not self.unit.same_amount(other.unit) or self.unit.component != other.unit.component


_Entries = Mapping[str, Sequence[_Entry]]


def differences(old: Reference, new: Reference) -> list[Change]:
    """What is otherwise in ``new``: codes of the tables, and the wording of those that both editions list."""
    return in_order(_compared(_of_reference(old), _of_reference(new)), ())


def between(old: HcpcsRelease, new: HcpcsRelease) -> list[Change]:
    """What is otherwise in a later HCPCS release: every code and modifier of it; where one of the two is a part, those
    that both have, and what began after all that the older one has."""
    before, after = _of_release(old), _of_release(new)
    records = [*old.records, *new.records]
    if not old.whole:
        newest = old.first_days[1]
        after = {code: entries for code, entries in after.items() if code in before or entries[0].begins > newest}
    if not new.whole:
        before = {code: entries for code, entries in before.items() if code in after}
    return in_order(_compared(before, after), records)


def of_listed(before: Iterable[ListedDrug], after: Iterable[ListedDrug]) -> list[Change]:
    """What is otherwise with the codes of listed drugs, without their texts."""
    return _compared(_of_rows(before), _of_rows(after))


def _of_rows(rows: Iterable[ListedDrug]) -> _Entries:
    entries: dict[str, list[_Entry]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: one.first_day):
        unit = UnitAmount(row.amount, row.unit, "") if row.amount is not None else None
        what = f"{row.drug} ({row.product})" if row.product else row.drug
        entries[row.code].append(_Entry(what, row.first_day, row.last_day, unit, row.successor, ""))
    return entries


def _of_reference(reference: Reference) -> _Entries:
    entries: dict[str, list[_Entry]] = defaultdict(list)
    latest = reference.file_of(HCPCS, None)
    listed = reference.listed_in(latest) if latest else {}
    rows: list[CodeRow] = [
        *reference.every_drug, *reference.per_diem, *reference.visits, *reference.hit, *reference.modifiers
    ]  # fmt: skip
    for row in sorted(rows, key=lambda one: one.first_day or dt.date.min):
        wording = listed[row.code].long if row.code in listed else ""
        if isinstance(row, DrugRow):
            unit = UnitAmount(row.amount, row.unit, "", component=row.component) if row.amount is not None else None
            entry = _Entry(row.name, row.first_day, row.last_day, unit, row.successor, wording)
        else:
            entry = _Entry(row.meaning, row.first_day, row.last_day, None, "", wording)
        entries[row.code].append(entry)
    return entries


def _of_release(release: HcpcsRelease) -> _Entries:
    after = successors(release.records)
    return {
        record.code: [
            _Entry(
                record.short, record.first_day, record.last_day, _unit(record), after.get(record.code, ""), record.long
            )
        ]
        for record in release.records
    }


def _unit(record: HcpcsRecord) -> UnitAmount | None:
    """What a unit of a drug's or a supply's code counts."""
    unit = unit_of(record.long)
    return None if unit.amount is None or record.code[0] not in _COUNTED or record.is_modifier else unit


def _compared(old: _Entries, new: _Entries) -> list[Change]:
    found: list[Change] = []
    for code in sorted(old.keys() | new.keys()):
        before, after = old.get(code, ()), new.get(code, ())
        if after:
            found += _of_code(code, before, after)
        else:
            found.append(change(NOT_LISTED, code, before[-1].what, note="the newer one does not have it"))
    return found


def _of_code(code: str, before: Sequence[_Entry], after: Sequence[_Entry]) -> list[Change]:
    """What is otherwise of a code that both have, or the newer one alone."""
    found: list[Change] = []
    was = _paired(before, after)
    for entry in after:
        if old := was.get(entry.first_day):
            found += _changed(code, old, entry)
        elif before and before[-1].counts_otherwise(entry) and _goes_on(before[-1], entry):
            found.append(_unit_changed(code, before[-1], entry))
        else:
            ended = f"ended on {entry.last_day}" if entry.last_day else ""
            found.append(change(ADDED, code, entry.what, day=entry.first_day, after=entry.unit_text, note=ended))
    for entry in before:
        if entry not in was.values():
            told = f"the newer one has it no more from {entry.first_day} through {entry.last_day or 'today'}"
            found.append(change(NOT_LISTED, code, entry.what, note=told))
    return found


def _paired(before: Sequence[_Entry], after: Sequence[_Entry]) -> dict[dt.date | None, _Entry]:
    """By its first day, what each newer period was before: of the same first day, else one that it shares days with."""
    days = {entry.first_day for entry in after}
    found = {entry.first_day: entry for entry in before if entry.first_day in days}
    left = [entry for entry in before if entry.first_day not in found]
    for entry in after:
        shared = next((one for one in left if _meet(one, entry)), None)
        if shared is not None and found.setdefault(entry.first_day, shared) is shared:
            left.remove(shared)
    return found


def _meet(one: _Entry, other: _Entry) -> bool:
    return one.begins <= other.ends and other.begins <= one.ends


def _goes_on(one: _Entry, other: _Entry) -> bool:
    """Whether a period begins in another one, or on the day after it."""
    return one.begins < other.begins and other.begins - DAY <= one.ends


def _unit_changed(code: str, old: _Entry, new: _Entry) -> Change:
    return change(UNIT_CHANGED, code, new.what, day=new.first_day, before=old.unit_text, after=new.unit_text)


def _changed(code: str, old: _Entry, new: _Entry) -> list[Change]:
    """What is otherwise in one period of a code."""
    found = [_unit_changed(code, old, new)] if old.counts_otherwise(new) else []
    found += _redated(code, old, new)
    if old.wording and new.wording and old.wording != new.wording:
        found.append(change(REWORDED, code, new.what, before=old.wording, after=new.wording))
    return found


def _redated(code: str, old: _Entry, new: _Entry) -> list[Change]:
    """What is otherwise in the days of one period, and in what follows it, under the name that is known of it."""
    found = []
    follows = bool(new.successor) and new.successor != old.successor
    if new.last_day and (old.last_day is None or (old.last_day == new.last_day and follows)):
        found.append(change(ENDED, code, old.what, day=new.last_day, successor=new.successor))
    elif old.last_day != new.last_day:
        told = f"last day {new.last_day or 'none'}, it was {old.last_day}"
        found.append(change(DAYS, code, old.what, note=told))
    if old.first_day != new.first_day:
        told = f"first day {new.first_day or 'unknown'}, it was {old.first_day or 'unknown'}"
        found.append(change(DAYS, code, old.what, note=told))
    return found
