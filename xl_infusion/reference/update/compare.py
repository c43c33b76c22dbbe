"""A HCPCS release held against the tables of an edition: which rows end, begin, or count otherwise.

CMS's ADD DT is the first day of a code and TERM DT its last, both inclusive; ACT EFF DT is the day of the last
action, ACTION CD what it was. A release is the authority for every day up to the end of its quarter.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from xl_infusion.reference.cms.descriptor import UnitAmount, unit_of
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.release import HcpcsRelease
from xl_infusion.reference.imported import ListedCode
from xl_infusion.reference.look_up import Reference
from xl_infusion.reference.rows import DrugRow, HitRow, ModifierRow, PerDiemRow, VisitRow
from xl_infusion.reference.update.change import (
    DAYS,
    ENDED,
    NOT_LISTED,
    REWORDED,
    UNDECIDED,
    UNIT_CHANGED,
    Change,
    change,
)
from xl_infusion.reference.update.order import in_order
from xl_infusion.reference.update.placing import DAY, Placing, plain

#: ACTION CD: the long description was changed, alone or with other fields.
_REWORDED = frozenset({"B", "C"})
#: CPT codes and modifiers, which CMS's release does not hold.
_CPT = re.compile(r"[0-9]{5}|[0-9]{2}")
_HOME_INFUSION = re.compile(r"home (?:infusion )?therapy|home infusion")

Row = TypeVar("Row", PerDiemRow, DrugRow, ModifierRow, VisitRow, HitRow)


@dataclass(frozen=True, slots=True)
class Compared:
    """The changes that a release makes, and the rows as they are after it.

    ``renamed``: drugs that turned out to be another one of the reference under a second name, with that one's name.
    """

    changes: list[Change]
    drugs: list[DrugRow]
    per_diem: list[PerDiemRow]
    modifiers: list[ModifierRow]
    visits: list[VisitRow]
    hit: list[HitRow]
    renamed: Mapping[str, str]


def compare(reference: Reference, release: HcpcsRelease) -> Compared:
    """What ``release`` changes in the tables of ``reference``; both stay as they are.

    Nothing ends because a release that is not whole lacks it, or because its own row there is damaged.
    """
    return _Comparison(reference, release).run()


class _Comparison:
    def __init__(self, reference: Reference, release: HcpcsRelease) -> None:
        assert release.quarter is not None
        self.reference, self.release = reference, release
        self.source = f"CMS HCPCS Level II release, {release.quarter}"
        self.through = release.quarter.last_day
        self.known_through = reference.verified_through
        self.records = {record.code: record for record in release.records}
        self.damaged = {finding.code for finding in release.left_out}
        self.before = _before(reference, release)
        self.changes: list[Change] = []

    def run(self) -> Compared:
        dated = self._dated(self.reference.drugs, lambda row: row.name)
        drugs = [new for row in dated for new in self._unit(row, dated)]
        per_diem = self._dated(self.reference.per_diem, lambda row: row.meaning)
        modifiers = self._dated(self.reference.modifiers, lambda row: row.meaning)
        visits = self._dated(self.reference.visits, lambda row: row.meaning)
        hit = self._dated(self.reference.hit, lambda row: row.meaning)
        placing = Placing(self.reference, self.records, drugs, self.source)
        placing.place(self.records.values(), self.known_through)
        self.changes += placing.changes
        self._succeeded(drugs)
        self._reworded()
        self._new()
        self.changes = in_order(self.changes, self.release.records)
        return Compared(self.changes, drugs, per_diem, modifiers, visits, hit, placing.renamed)

    # -- days --------------------------------------------------------------------------------------------------

    def _dated(self, rows: Iterable[Row], name: Callable[[Row], str]) -> list[Row]:
        """The rows of a table with the days that the release gives them."""
        rows = list(rows)
        ends = {row.code: row for row in sorted(rows, key=_begins)}
        starts = {row.code: row for row in sorted(rows, key=_begins, reverse=True)}
        return [self._days(row, row is starts[row.code], row is ends[row.code], name(row)) for row in rows]

    def _days(self, row: Row, is_first: bool, is_last: bool, what: str) -> Row:
        """One row; its first day is the code's only where it is the code's earliest row, its last day likewise."""
        record = self.records.get(row.code)
        if record is None:
            if is_last and self._newer(row) and self._should_list(row):
                self._tell(NOT_LISTED, row.code, what, note="the release does not have it, nor since when: look it up")
            return row
        if _other_life(row, record):
            return row
        if is_first and record.first_day != row.first_day:
            row = self._first(row, record, what)
        if is_last and record.last_day != row.last_day:
            row = self._last(row, record, what)
        return row

    def _should_list(self, row: Row) -> bool:
        """Whether the release would have a code that is still in force: it holds no CPT, and may be damaged."""
        if _CPT.fullmatch(row.code) or row.code in self.damaged or not self.release.whole:
            return False
        return _begins(row) <= self.through and (row.last_day is None or row.last_day > self.through)

    def _first(self, row: Row, record: HcpcsRecord, what: str) -> Row:
        if row.first_day is None:
            return replace(row, first_day=record.first_day)
        if (self._newer(row) or not self._sure(row)) and record.first_day <= (row.last_day or dt.date.max):
            self._tell(DAYS, row.code, what, note=f"first day {record.first_day}, not {row.first_day}")
            return replace(row, first_day=record.first_day)
        self._differ(row.code, what, "first day", row.first_day, record.first_day)
        return row

    def _last(self, row: Row, record: HcpcsRecord, what: str) -> Row:
        last = record.last_day
        if row.last_day is None:
            self._tell(ENDED, row.code, what, day=last, before=_unit_text(row))
            return replace(row, last_day=last)
        if last is None and row.last_day >= self.through:
            return row  # the release does not know yet how it ends
        if self._newer(row) or not self._sure(row):
            told = f"last day {last}, not {row.last_day}" if last else f"still in force, no last day {row.last_day}"
            self._tell(DAYS, row.code, what, note=told)
            return replace(row, last_day=last)
        self._differ(row.code, what, "last day", row.last_day, last)
        return row

    def _newer(self, row: Row) -> bool:
        """Whether the release says of a code what the reference could not know."""
        return self.through > self.known_through(row.code)

    @staticmethod
    def _sure(row: object) -> bool:
        """Whether the days of a row are stated, and not inferred."""
        return "inferred" not in getattr(row, "dates_basis", "")

    def _differ(self, code: str, what: str, field: str, mine: object, its: object) -> None:
        self._tell(
            UNDECIDED, code, what, note=f"{field} {mine} here and {its or 'none'} in the release: this one is kept"
        )

    # -- units -------------------------------------------------------------------------------------------------

    def _unit(self, row: DrugRow, rows: list[DrugRow]) -> list[DrugRow]:
        """The row, or two where the release counts otherwise from some day on."""
        record = self.records.get(row.code)
        latest = max((one for one in rows if one.code == row.code), key=_begins)
        if record is None or row is not latest or _other_life(row, record):
            return [row]
        unit = unit_of(record.long)
        if unit.amount is None or row.amount is None or same_unit(row, unit):
            return [row]
        day = self._counts_so_since(row, record) if _comparable(row, unit) else None
        after = f"{unit.amount.normalize():f} {unit.unit}"
        if day is None:
            note = "the release counts otherwise, and not since when: this one is kept"
            self._tell(UNDECIDED, row.code, row.name, before=row.unit_text, after=after, note=note)
            return [row]
        new = replace(
            row, amount=plain(unit.amount), unit=unit.unit, unit_rule=unit.rule, first_day=day, source=self.source,
            note="",
        )  # fmt: skip
        whole = day == row.first_day
        note = "its text has said so since the code began" if whole else ""
        self._tell(UNIT_CHANGED, row.code, row.name, day=day, before=row.unit_text, after=after, note=note)
        return [new] if whole else [replace(row, last_day=day - DAY), new]

    def _counts_so_since(self, row: DrugRow, record: HcpcsRecord) -> dt.date | None:
        """Since when the text of a code says what it says: the day on which it was last changed, if that is known."""
        day = record.action_day
        if record.action in _REWORDED and self._since(row, day):
            return day
        old = self.before.get(row.code)
        reworded = old is not None and old.long != record.long
        return day if day == record.first_day == row.first_day and not reworded else None

    def _since(self, row: DrugRow, day: dt.date | None) -> bool:
        """Whether an action on ``day`` is one of the row's days, and new to the reference."""
        return day is not None and max(self.known_through(row.code), _begins(row)) < day <= (row.last_day or day)

    # -- successors, wordings, what is new ---------------------------------------------------------------------

    def _succeeded(self, drugs: list[DrugRow]) -> None:
        """Names the code that bills a drug after its own code ended."""
        codes = {row.code for row in drugs}
        for at, row in enumerate(drugs):
            if row.last_day is not None and not row.successor:
                drugs[at] = self._with_successor(row, drugs, codes)
        self._tell_successors(drugs)

    def _with_successor(self, row: DrugRow, drugs: Iterable[DrugRow], codes: Collection[str]) -> DrugRow:
        """A row with the code that follows it, where CMS states one, or else one alone can be inferred."""
        stated = [code for code in _cross(self.records.get(row.code)) if code in codes and code != row.code]
        found = stated or _follows(row, drugs)
        if len(found) != 1:
            return row
        (code,) = found
        basis = "stated by CMS" if stated else "inferred from ingredient and dates"
        return replace(row, successor=code, successor_basis=basis)

    def _tell_successors(self, drugs: Iterable[DrugRow]) -> None:
        """Names in the changes what bills a drug whose code ended, and its unit."""
        successors = {row.code: row.successor for row in drugs if row.successor}
        units = {row.code: row.unit_text for row in drugs if row.amount is not None}
        for at, one in enumerate(self.changes):
            if one.kind == ENDED and not one.successor and (successor := successors.get(one.code)):
                self.changes[at] = replace(one, successor=successor, after=units.get(successor, ""))

    def _reworded(self) -> None:
        codes = {row.code: _what(row) for rows in self._tables() for row in rows}
        for code, what in codes.items():
            record, old = self.records.get(code), self.before.get(code)
            if record is None:
                continue
            if old is not None and old.first_day == record.first_day:
                if old.long != record.long:
                    self._tell(REWORDED, code, what, before=old.long, after=record.long)
            elif record.action in _REWORDED and record.action_day and record.action_day > self.known_through(code):
                self._tell(REWORDED, code, what, day=record.action_day, note=f"now {record.long!r}")

    def _tables(self) -> tuple[Iterable[PerDiemRow | DrugRow | ModifierRow | VisitRow | HitRow], ...]:
        of = self.reference
        return (of.drugs, of.per_diem, of.modifiers, of.visits, of.hit)

    def _new(self) -> None:
        known = {row.code for row in self.reference.per_diem}
        for code, record in self.records.items():
            home = code[0] == "S" and not record.is_modifier and _HOME_INFUSION.search(record.long.lower())
            if home and code not in known and (record.last_day is None or record.last_day > self.known_through(code)):
                note = "a code of home infusion that per_diem.csv does not have"
                self._tell(UNDECIDED, code, record.short, day=record.first_day, note=note)

    def _tell(self, kind: str, code: str, what: str, *, day: dt.date | None = None, before: str = "", after: str = "",
              note: str = "") -> None:  # fmt: skip
        self.changes.append(change(kind, code, what, day=day, before=before, after=after, note=note))


def _before(reference: Reference, release: HcpcsRelease) -> dict[str, ListedCode]:
    """The codes of the latest imported release before this one."""
    assert release.quarter is not None
    for file in reference.quarters("hcpcs"):
        if file.first_day < release.quarter.first_day:
            return reference.listed_in(file)
    return {}


def _other_life(row: object, record: HcpcsRecord) -> bool:
    """Whether the code stands for something else in the release: CMS gives a code that ended to another thing."""
    last = getattr(row, "last_day", None)
    return (last is not None and record.first_day > last) or (
        record.last_day is not None and record.last_day < _begins(row)
    )


def _begins(row: object) -> dt.date:
    return getattr(row, "first_day", None) or dt.date.min


def _what(row: PerDiemRow | DrugRow | ModifierRow | VisitRow | HitRow) -> str:
    return row.name if isinstance(row, DrugRow) else row.meaning


def _unit_text(row: object) -> str:
    return row.unit_text if isinstance(row, DrugRow) and row.amount is not None else ""


def _cross(record: HcpcsRecord | None) -> list[str]:
    return [text for name, text in (record.more.items() if record else ()) if name.startswith("XREF") and text]


def _follows(row: DrugRow, drugs: Iterable[DrugRow]) -> list[str]:
    """The code of the same product from the day after; else the drug's own that came up in the days of the row."""
    assert row.last_day is not None
    after = row.last_day + DAY
    same = [one for one in drugs if one.drug == row.drug and one is not row and one.code != row.code]
    found = [one.code for one in same if one.product == row.product and one.first_day == after]
    if found or not row.product:
        return found
    return [one.code for one in same if not one.product and _came_up(one, row, after)]


def _came_up(one: DrugRow, row: DrugRow, after: dt.date) -> bool:
    """Whether a code began in the days of a row, and is in force beyond the day after them."""
    began = one.first_day is not None and _begins(row) < one.first_day <= after
    return began and (one.last_day is None or one.last_day > after)


def _comparable(row: DrugRow, unit: UnitAmount) -> bool:
    """Whether both count a whole drug, and in one unit."""
    return not unit.parts and not row.component and same_unit(replace(row, amount=unit.amount), unit)


def same_unit(row: DrugRow, unit: UnitAmount) -> bool:
    """Whether both count the same; of a combination the row may count one component alone."""
    mine = UnitAmount(row.amount, row.unit, "exact")
    return any(mine.same_amount(replace(unit, amount=amount)) for amount in (unit.amount, *unit.parts))
