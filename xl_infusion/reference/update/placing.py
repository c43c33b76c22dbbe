"""Which drug of the reference a new code bills, and from when: what follows from descriptor and dates, no more.

A code bills a drug of the reference where its descriptor names the same as the descriptor of a code that the
reference has, or as the drug's own name. What does not follow is told and left to somebody: a unit that cannot be
read, a name that fits several drugs, two codes of one drug in force at once of which neither ends.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from xl_infusion.reference.cms.descriptor import UnitAmount, unit_of
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.naming import ingredients
from xl_infusion.reference.listing.said import titled
from xl_infusion.reference.listing.tables import Tables
from xl_infusion.reference.look_up import Reference
from xl_infusion.reference.names import fold
from xl_infusion.reference.periods import meets
from xl_infusion.reference.rows import DrugRow
from xl_infusion.reference.tables import UNITS
from xl_infusion.reference.update.change import ADDED, ENDED, UNDECIDED, Change, change

DAY = dt.timedelta(1)
#: Codes that a home infusion provider bills drugs with; C codes are of hospitals' outpatient departments.
_LETTERS = "JQS"
#: Of two codes of a drug in force at once, temporary codes (Q, S) give way to a permanent one (J).
_TEMPORARY = "QSC"
#: Words in a drug's name of the reference that shut out what makers have codes of their own for.
_UNSPECIFIED = "NOS"


class Placing:
    """Puts codes of a release among the drug rows ``rows``, which it changes, and keeps the ``changes``."""

    def __init__(self, reference: Reference, records: Mapping[str, HcpcsRecord], rows: list[DrugRow], source: str):
        self.reference, self.rows, self.source = reference, rows, source
        self.changes: list[Change] = []
        self._makers = Tables.bundled().makers
        #: of codes that are listed beside the rows already: the drugs that they are listed as
        self._listed: dict[str, set[str]] = defaultdict(set)
        for row in reference.read_listed():
            self._listed[row.code].add(row.drug)
        #: of drugs that turn out to be another one of the reference under a second name: that one's
        self.renamed: dict[str, str] = {}
        named = _named(rows, records)
        self._unite({name: drugs | self._by_name(name) for name, drugs in named.items()})
        self._drugs = _named(self.rows, records)

    def drugs_named(self, record: HcpcsRecord) -> set[str]:
        """The drugs of the reference that a descriptor may name."""
        name = ingredients(record.long)
        if found := self._drugs.get(name):
            return found
        return self._by_name(name)

    def _by_name(self, name: str) -> set[str]:
        """The drug of the reference that a descriptor's name is a name of."""
        target = self.reference.curated(name)
        return {self.renamed.get(target.drug, target.drug)} if target is not None and not target.product else set()

    def _unite(self, named: Mapping[str, Collection[str]]) -> None:
        """Makes one drug of two whose texts name the same, where the code of the one takes over from the other's."""
        for drugs in named.values():
            for old, new in pairwise(sorted(drugs, key=lambda drug: _begins(self._generic(drug)))):
                if self._is_followed(self.renamed.get(old, old), new):
                    self._rename(new, self.renamed.get(old, old))

    def _generic(self, drug: str) -> list[DrugRow]:
        return [row for row in self.rows if row.drug == drug and not row.product]

    def _is_followed(self, old: str, new: str) -> bool:
        """Whether the codes of one drug's name go on as those of another's."""
        before, after = ([row for row in self.rows if row.drug == drug] for drug in (old, new))
        if not before or not after or before[0].therapy != after[0].therapy or _share_product(before, after):
            return False
        return _goes_on(self._generic(old), self._generic(new))

    def _rename(self, drug: str, name: str) -> None:
        """Puts the rows of a drug under the name of another one, whose old codes give way to them."""
        self.renamed[drug] = name
        moved = [replace(row, drug=name) for row in self.rows if row.drug == drug]
        self.rows[:] = [row for row in self.rows if row.drug != drug]
        for row in moved:
            for rival in self._rivals(row):
                self._take_over(rival, row)
            note = f"it stood under {drug}, which CMS's texts do not tell apart"
            self.changes.append(change(ADDED, row.code, row.name, day=row.first_day, after=row.unit_text, note=note))
        self.rows += moved

    def _rivals(self, row: DrugRow) -> list[DrugRow]:
        """The rows of the same drug and product in force in the days of a row."""
        same = [one for one in self.rows if (one.drug, one.product) == (row.drug, row.product)]
        return [one for one in same if meets(one, row.first_day, row.last_day)]

    def place(self, records: Iterable[HcpcsRecord], known_through: Callable[[str], dt.date]) -> None:
        """Places each code that names a drug of the reference; every other one is listed beside them.

        ``known_through``: the day through which the reference was verified for a code; what began before and cannot
        be placed was left out of the reference already.
        """
        for record in sorted(records, key=lambda one: (one.first_day, one.code)):
            if record.is_modifier or record.code[0] not in _LETTERS or self._has(record):
                continue
            drugs = self.drugs_named(record)
            if not drugs or drugs & self._listed[record.code]:
                continue
            reason = f"it may be {' or '.join(sorted(drugs))}" if len(drugs) > 1 else self._place(record, *drugs)
            if reason and record.first_day > known_through(record.code):
                self.changes.append(change(UNDECIDED, record.code, record.short, day=record.first_day, note=reason))

    def _has(self, record: HcpcsRecord) -> bool:
        """Whether a row has the code in these days."""
        return any(meets(row, record.first_day, record.last_day) for row in self.rows if row.code == record.code)

    def _place(self, record: HcpcsRecord, drug: str) -> str:
        """Adds the row of a code; or why it cannot be said which row."""
        unit = unit_of(record.long)
        known = [row for row in self.rows if row.drug == drug]
        product = self._product(known, unit)
        if reason := _unfit(drug, known, unit, product):
            return reason
        row = self._row(record, drug, product, known)
        rivals = self._rivals(row)
        if reason := next(filter(None, (_stays(rival, row) for rival in rivals)), ""):
            return reason
        for rival in rivals:
            self._take_over(rival, row)
        self.rows.append(row)
        self.changes.append(
            change(ADDED, row.code, row.name, day=row.first_day, after=row.unit_text,
                   note=f"ended on {row.last_day}" if row.last_day else "")
        )  # fmt: skip
        return ""

    def _row(self, record: HcpcsRecord, drug: str, product: str, known: Sequence[DrugRow]) -> DrugRow:
        """The row of a code that bills a drug, beside the rows that are known of it."""
        unit = unit_of(record.long)
        like = max(known, key=lambda row: (row.product == product, row.first_day or dt.date.min))
        return DrugRow(
            drug=drug, product=product, answers_to="product" if product else "name", code=record.code,
            amount=plain(unit.amount), unit=unit.unit, component="", unit_rule=unit.rule,
            dose_basis="total of the components" if unit.parts or _total(known) else "",
            therapy=like.therapy, therapy_basis=like.therapy_basis, first_day=record.first_day,
            last_day=record.last_day, successor="", successor_basis="", medicare=record.coverage,
            note=f"placed by its descriptor beside {like.code}", source=self.source, dates_basis="stated in the source",
        )  # fmt: skip

    def _product(self, known: Iterable[DrugRow], unit: UnitAmount) -> str:
        """The product as the reference spells it, of this drug or another, else as the descriptor does."""
        if not unit.products:
            return ""
        rows = [*self.rows, *known]
        spelled = {fold(row.product): row.product for row in rows}
        spelled |= {fold(part): row.product for row in known for part in row.product.split(" / ")}
        whole = spelled.get(fold(" / ".join(unit.products)))
        return whole or " / ".join(dict.fromkeys(self._spelled(product, spelled) for product in unit.products))

    def _spelled(self, product: str, spelled: Mapping[str, str]) -> str:
        """A maker or brand as the reference spells it."""
        maker = self._makers.get(fold(product), product)
        return spelled.get(fold(maker)) or (maker if maker != product else titled(product))

    def _take_over(self, old: DrugRow, new: DrugRow) -> None:
        """From its first day the new code bills the drug; the old one, while it is in force, when it is named."""
        assert new.first_day is not None
        at = self.rows.index(old)
        self.rows[at] = replace(
            old, last_day=new.first_day - DAY, successor=new.code, successor_basis="inferred from ingredient and dates"
        )
        rest = replace(
            old, first_day=new.first_day, product=f"{old.product} {old.unit_text}".strip(), answers_to="product",
            note=f"in force beside {new.code}, which bills the drug from {new.first_day}",
        )  # fmt: skip
        self.rows.insert(at + 1, rest)
        self.changes.append(
            change(ENDED, old.code, old.name, day=new.first_day - DAY, before=old.unit_text, after=new.unit_text,
                   successor=new.code,
                   note="the old code itself is in force " + (f"until {old.last_day}" if old.last_day else "still"))
        )  # fmt: skip


def _named(rows: Iterable[DrugRow], records: Mapping[str, HcpcsRecord]) -> dict[str, set[str]]:
    """The drugs of the rows by what the texts of their codes name."""
    named: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        record = records.get(row.code)
        if record is not None and meets(row, record.first_day, record.last_day):
            named[ingredients(record.long)].add(row.drug)
    return named


def _share_product(rows: Iterable[DrugRow], others: Iterable[DrugRow]) -> bool:
    """Whether both have a product's code."""
    return bool({row.product for row in rows} & {row.product for row in others} - {""})


def _goes_on(rows: Iterable[DrugRow], later: Sequence[DrugRow]) -> bool:
    """Whether rows end as later ones begin, or give way to those that are in force beside them."""
    rows = list(rows)
    rivals = [(row, one) for row in rows for one in later if meets(row, one.first_day, one.last_day)]
    if rivals:
        return all(one.first_day is not None and not _stays(row, one) for row, one in rivals)
    return any(row.last_day is not None and row.last_day + DAY == _begins(later) for row in rows)


def _begins(rows: Iterable[DrugRow]) -> dt.date:
    """The first day of rows; that of none is the last of all."""
    return min((row.first_day or dt.date.min for row in rows), default=dt.date.max)


def _unfit(drug: str, known: Iterable[DrugRow], unit: UnitAmount, product: str) -> str:
    """Why a code cannot be billed by what its descriptor says; '' where it can."""
    known = list(known)
    if unit.amount is None:
        return f"its unit cannot be read: {unit.reason}"
    if unit.unit not in UNITS:
        return f"it counts {unit.unit}, which no dose is given in"
    if unit.not_equivalent_to and not product:
        return "it names no maker, and another code to which it is not equivalent"
    if product and _UNSPECIFIED in drug.split():
        return f"{drug} is what no product's own code is for"
    if any(row.component for row in known) or unit.component:
        return "it counts one component alone, or the drug's other code does"
    if unit.parts and not _total(known) and any(row.amount is not None for row in known):
        return "it counts the sum of its components, and the drug's other code does not"
    return ""


def _total(known: Iterable[DrugRow]) -> bool:
    return any(row.counts_total for row in known)


def _stays(old: DrugRow, new: DrugRow) -> str:
    """Why a row in force in the days of a new one does not give way to it; '' where it does."""
    begins = old.first_day or dt.date.min
    assert new.first_day is not None
    later = new.first_day > begins
    if old.code[0] in _TEMPORARY and new.code[0] not in _TEMPORARY and later:
        return ""
    if old.code[0] not in _TEMPORARY and new.code[0] in _TEMPORARY:
        return f"{old.code} bills the drug in those days"
    if later and old.last_day is not None and (new.last_day is None or new.last_day > old.last_day):
        return ""
    return f"{old.code} is in force at the same time, a unit {old.unit_text}: which of them bills the drug?"


def plain(amount: Decimal | None) -> Decimal | None:
    """Without trailing zeros, and not in the form 1E+3."""
    return None if amount is None else Decimal(f"{amount.normalize():f}")
