"""What differs between two editions of the reference, or between two HCPCS releases of CMS."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xl_infusion.reference.cms.descriptor import unit_of
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.release import HcpcsRelease
from xl_infusion.reference.imported import HCPCS
from xl_infusion.reference.look_up import CodeRow, Reference
from xl_infusion.reference.rows import DrugRow
from xl_infusion.reference.update.change import (
    ADDED,
    DAYS,
    ENDED,
    KINDS,
    NOT_LISTED,
    REWORDED,
    UNIT_CHANGED,
    Change,
    change,
)

#: The letters of codes that count an amount of something; elsewhere an amount in a text is another thing.
_COUNTED = "ABCJKPQS"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A code in one period."""

    what: str
    first_day: dt.date | None
    last_day: dt.date | None
    unit: str
    successor: str
    wording: str


_Entries = Mapping[str, Sequence[_Entry]]


def differences(old: Reference, new: Reference) -> list[Change]:
    """What is otherwise in ``new``: codes of the tables, and the wording of those that both editions list."""
    return _compared(_of_reference(old), _of_reference(new))


def between(old: HcpcsRelease, new: HcpcsRelease) -> list[Change]:
    """What is otherwise in a later HCPCS release: every code and modifier of it."""
    return _compared(_of_release(old), _of_release(new))


def _of_reference(reference: Reference) -> _Entries:
    entries: dict[str, list[_Entry]] = defaultdict(list)
    latest = reference.file_of(HCPCS, None)
    listed = reference.listed_in(latest) if latest else {}
    rows: list[CodeRow] = [
        *reference.drugs, *reference.per_diem, *reference.visits, *reference.hit, *reference.modifiers
    ]  # fmt: skip
    for row in sorted(rows, key=lambda one: one.first_day or dt.date.min):
        wording = listed[row.code].long if row.code in listed else ""
        if isinstance(row, DrugRow):
            unit = row.unit_text if row.amount is not None else ""
            entry = _Entry(row.name, row.first_day, row.last_day, unit, row.successor, wording)
        else:
            entry = _Entry(row.meaning, row.first_day, row.last_day, "", "", wording)
        entries[row.code].append(entry)
    return entries


def _of_release(release: HcpcsRelease) -> _Entries:
    return {
        record.code: [_Entry(record.short, record.first_day, record.last_day, _unit(record), "", record.long)]
        for record in release.records
    }


def _unit(record: HcpcsRecord) -> str:
    """What a unit of a drug's or a supply's code counts, its rule left aside; '' where it cannot be read."""
    unit = unit_of(record.long)
    if unit.amount is None or record.code[0] not in _COUNTED or record.is_modifier:
        return ""
    return f"{unit.amount} {unit.unit} {unit.component}".strip()


def _compared(old: _Entries, new: _Entries) -> list[Change]:
    found: list[Change] = []
    for code in sorted(old.keys() | new.keys()):
        before, after = old.get(code, ()), new.get(code, ())
        if not after:
            found.append(change(NOT_LISTED, code, before[-1].what, note="the newer one does not have it"))
            continue
        known = {entry.first_day: entry for entry in before}
        for entry in after:
            if entry.first_day in known:
                found += _changed(code, known[entry.first_day], entry)
            elif before and before[-1].unit and entry.unit and before[-1].unit != entry.unit and entry is after[-1]:
                found.append(
                    change(UNIT_CHANGED, code, entry.what, day=entry.first_day, before=before[-1].unit,
                           after=entry.unit)
                )  # fmt: skip
            else:
                ended = f"ended on {entry.last_day}" if entry.last_day else ""
                found.append(change(ADDED, code, entry.what, day=entry.first_day, after=entry.unit, note=ended))
    order = {kind: number for number, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: (order[one.kind], one.code))


def _changed(code: str, old: _Entry, new: _Entry) -> list[Change]:
    """What is otherwise in one period of a code."""
    found = []
    if old.unit and new.unit and old.unit != new.unit:
        found.append(change(UNIT_CHANGED, code, new.what, day=new.first_day, before=old.unit, after=new.unit))
    if old.last_day is None and new.last_day is not None:
        found.append(change(ENDED, code, new.what, day=new.last_day, successor=new.successor))
    elif old.last_day != new.last_day:
        told = f"last day {new.last_day or 'none'}, it was {old.last_day}"
        found.append(change(DAYS, code, new.what, note=told))
    if old.wording and new.wording and old.wording != new.wording:
        found.append(change(REWORDED, code, new.what, before=old.wording, after=new.wording))
    return found
