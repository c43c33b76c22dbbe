"""The drugs that CMS lists beside drugs.csv, and their names, made anew out of what is imported.

A whole release says all of the codes that it has. What it has no more stays as it was, with the days through which it
is known: CMS takes an ended code out of its releases after four years. Names that came from elsewhere (a crosswalk,
labels, the tables that ship) stay with the code that they were of.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xl_infusion.reference.cms.asp import CrosswalkRecord
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.release import HcpcsRelease
from xl_infusion.reference.listed import read_drugs, read_names
from xl_infusion.reference.listing.after import succeeded
from xl_infusion.reference.listing.apart import Draft, apart
from xl_infusion.reference.listing.called import CROSSWALK, called
from xl_infusion.reference.listing.made import made
from xl_infusion.reference.listing.rows import INFUSED, ListedDrug, ListedName
from xl_infusion.reference.listing.said import Said, Text
from xl_infusion.reference.listing.tables import ByHand, names_by_hand
from xl_infusion.reference.look_up import Reference
from xl_infusion.reference.names import fold
from xl_infusion.reference.periods import DAY, meets
from xl_infusion.reference.rows import Alias, DrugRow

_Row = ListedDrug | DrugRow


@dataclass(frozen=True, slots=True)
class Relisted:
    """The rows of the two tables; ``gone``: codes in force that a whole release lacks, known no further than before."""

    drugs: list[ListedDrug]
    names: list[ListedName]
    gone: list[str]


class Relisting:
    """The listed drugs of a reference, beside ``curated`` rows and ``aliases``, which are never changed here."""

    drugs: list[ListedDrug]
    names: list[ListedName]

    def __init__(self, reference: Reference, curated: Sequence[DrugRow], aliases: Sequence[Alias]) -> None:
        self.curated, self.aliases = curated, aliases
        self.drugs = [row for _, row in read_drugs(reference.table)]
        self.names = [row for _, row in read_names(reference.table)]
        self._through = reference.verified_through

    def with_release(self, release: HcpcsRelease) -> Relisted:
        """The tables once a HCPCS release is taken in."""
        records = {record.code: record for record in release.records}
        kept = [row for row in self.drugs if _before(row, records.get(row.code))]
        gone: list[str] = []
        if release.whole:
            damaged = {finding.code for finding in release.left_out}
            kept, gone = _closed(kept, {*records, *damaged}, release, self._through)
            listing = made(self.curated, self.aliases, release.records)
            drugs = listing.drugs
            kept = _giving_way(kept, [*listing.drugs, *self.curated])
        else:
            listing = made([*self.curated, *map(_as_row, kept)], self.aliases, release.records)
            kept = []
            drugs = self._beside(listing.drugs, records)
        drugs = sorted([*drugs, *kept], key=lambda row: (row.code, row.first_day))
        return Relisted(drugs, self._named(drugs, listing.texts, (), names_by_hand()), gone)

    def _beside(self, drugs: Sequence[ListedDrug], records: Mapping[str, HcpcsRecord]) -> list[ListedDrug]:
        """The rows of a part of a release among those that there are: a code that is known keeps its name and product,
        and who has a name on which days is settled among all of them."""
        known = _whole_lives(self.drugs)
        of_code = {row.code: row for row in known}
        read = [_named_as(row, of_code.get(row.code)) for row in _whole_lives(drugs)]
        kept = [row for row in known if _before(row, records.get(row.code))]
        rows = apart([Draft(row, ()) for row in (*kept, *read)], self.curated)
        return succeeded(rows, self.curated, records)

    def with_crosswalk(self, records: Iterable[CrosswalkRecord]) -> Relisted:
        """The tables once an NDC-HCPCS crosswalk is taken in: its brands are names of the codes that they are under."""
        return Relisted(self.drugs, self._named(self.drugs, {}, records, ()), [])

    def _named(
        self, drugs: Sequence[ListedDrug], texts: Mapping[str, Text], crosswalk: Iterable[CrosswalkRecord],
        by_hand: Iterable[ByHand],
    ) -> list[ListedName]:  # fmt: skip
        """The names of the rows: of the texts, by hand, of a crosswalk, and those that the tables had before."""
        every: list[_Row] = [*drugs, *self.curated]
        use = {row.code: row.use for row in drugs}
        others = {row.code: Text(Said(row.drug, row.drug), use.get(row.code, INFUSED), ()) for row in every}
        found = called({**others, **texts}, drugs, self.curated, self.aliases, crosswalk, by_hand)
        return _by_authority(found, _moved(self.names, [*self.drugs, *self.curated], every))


def _before(row: ListedDrug, record: HcpcsRecord | None) -> bool:
    """Whether a row is of a code that a release does not have, or of what the code was before."""
    return record is None or (row.last_day is not None and row.last_day < record.first_day)


def _whole_lives(rows: Iterable[ListedDrug]) -> list[ListedDrug]:
    """The rows of each code as one where its days go on, under the name that it has where no other has it."""
    lives: list[ListedDrug] = []
    for row in sorted(rows, key=lambda one: (one.code, one.first_day)):
        row = replace(row, product=row.product.removesuffix(row.code).strip())
        before = lives[-1] if lives else None
        if before is not None and before.code == row.code and before.last_day == row.first_day - DAY:
            product = min(before.product, row.product, key=len)
            lives[-1] = replace(row, first_day=before.first_day, product=product)
        else:
            lives.append(row)
    return lives


def _named_as(row: ListedDrug, known: ListedDrug | None) -> ListedDrug:
    """A row under the product that its code had, where it is of the same drug."""
    return replace(row, product=known.product) if known is not None and known.drug == row.drug else row


def _closed(
    rows: Iterable[ListedDrug], has: Collection[str], release: HcpcsRelease, through: Callable[[str], dt.date]
) -> tuple[list[ListedDrug], list[str]]:
    """The rows, those of codes that a later release lacks without their having ended known no further than before."""
    assert release.quarter is not None
    kept, gone = [], []
    for row in rows:
        known = through(row.code)
        if row.code in has or known >= release.quarter.last_day or (row.last_day and row.last_day <= known):
            kept.append(row)
            continue
        gone.append(row.code)
        if row.first_day <= known:
            kept.append(replace(row, last_day=known))
    return kept, gone


def _giving_way(rows: Iterable[ListedDrug], others: Iterable[_Row]) -> list[ListedDrug]:
    """The rows on whose days another one has their name, with their code in it."""
    taken: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for one in others:
        taken[fold(one.drug), fold(one.product)].append(one)
    out = []
    for row in rows:
        key = (fold(row.drug), fold(row.product))
        if any(meets(one, row.first_day, row.last_day) for one in taken[key]):
            out.append(replace(row, product=f"{row.product} {row.code}".strip()))  # which no other row has
        else:
            taken[key].append(row)
            out.append(row)
    return out


def _as_row(row: ListedDrug) -> DrugRow:
    """A listed drug as a row that holds already."""
    return DrugRow(
        drug=row.drug, product=row.product, answers_to="", code=row.code, amount=row.amount, unit=row.unit,
        component=row.component, unit_rule=row.unit_rule, dose_basis=row.dose_basis, therapy="", therapy_basis="",
        first_day=row.first_day, last_day=row.last_day, successor=row.successor, successor_basis=row.successor_basis,
        medicare=row.medicare, note="", source="", dates_basis="",
    )  # fmt: skip


def _moved(names: Iterable[ListedName], before: Iterable[_Row], now: Sequence[_Row]) -> list[ListedName]:
    """Names of the tables before, each of what its codes are of now; without those whose codes are gone."""
    codes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in before:
        codes[row.drug, row.product].add(row.code)
        codes[row.drug, ""].add(row.code) if not row.product else None
    targets: dict[str, set[tuple[str, str]]] = defaultdict(set)
    there: set[tuple[str, str]] = set()
    for row in now:
        targets[row.code].add((row.drug, row.product))
        there |= {(row.drug, row.product), (row.drug, "")}
    out = []
    for one in names:
        key = (one.drug, one.product)
        moved = [key] if key in there else sorted({target for code in codes[key] for target in targets[code]})
        out += [ListedName(one.name, drug, product, one.basis) for drug, product in moved[:1]]
    return out


def _by_authority(now: Iterable[ListedName], before: Iterable[ListedName]) -> list[ListedName]:
    """Names, each of the best authority that has it: one new by a crosswalk is less than one of before by a text."""
    ranked: dict[str, dict[int, list[ListedName]]] = defaultdict(lambda: defaultdict(list))
    for old, names in enumerate((now, before)):
        for one in names:
            rank = 2 * (one.basis == CROSSWALK) + old
            ranked[fold(one.name)][rank].append(one)
    best = [one for ranks in ranked.values() for one in ranks[min(ranks)]]
    once = {(fold(one.name), one.drug, one.product): one for one in best}
    return [once[key] for key in sorted(once)]
