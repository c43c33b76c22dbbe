"""A new edition out of an old one and files of CMS: its tables, and what changed.

Nothing is written here, and the old edition stays as it is: a row that ends is closed in the new tables, one that
begins is added. The files themselves become tables too, one a file and quarter, equal to them record by record.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference import rows
from xl_infusion.reference.cms.asp import CrosswalkRecord, PriceRecord
from xl_infusion.reference.cms.descriptor import dosage, unit_of
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.quarters import Quarter
from xl_infusion.reference.cms.release import AnyRelease, CrosswalkRelease, HcpcsRelease, PriceRelease
from xl_infusion.reference.editions import sha256
from xl_infusion.reference.imported import ASP, HCPCS, NDC, AspLimit, ListedCode, NdcRow
from xl_infusion.reference.listing.rows import ListedDrug, ListedName
from xl_infusion.reference.look_up import Reference, load
from xl_infusion.reference.tables import EDITION, TABLES, VERIFIED, as_text, read_aliases
from xl_infusion.reference.update.change import ADDED, NEW_DRUG, UNDECIDED, Change, change
from xl_infusion.reference.update.compare import Compared, compare
from xl_infusion.reference.update.differences import of_listed
from xl_infusion.reference.update.order import in_order
from xl_infusion.reference.update.relisting import Relisted, Relisting

#: What a listed code is that is added.
_AS_LISTED = {ADDED: NEW_DRUG}
#: So many codes stand in a note.
_FEW = 5
_NAMES = {HCPCS: "HCPCS Level II release", ASP: "ASP pricing file", NDC: "ASP NDC-HCPCS crosswalk"}

#: The tables that name drugs, with the columns that tell their rows apart, and those that hold a drug's name.
_NAMING_DRUGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "aliases.csv": (("alias", "kind"), ("target",)),
    "hit_drugs.csv": (("code", "first_day"), ("drug",)),
    "medicare_dme.csv": (("code", "category", "first_day"), ("drug",)),
    "labelers.csv": (("labeler", "drug"), ("drug",)),
    **{name: (("drug",), ("drug", "instead")) for name in ("usual_doses.csv", "flushes.csv", "bulk_packages.csv")},
}


@dataclass(frozen=True, slots=True)
class Update:
    """A new edition: its name, its tables by file name, the reference that they are, and what changed."""

    name: str
    tables: dict[str, str]
    reference: Reference
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


class Refused(ReferenceTableError):
    """Files that make no new edition."""

    status = 4


class NotWhole(Refused):
    """A file that seems to be a part of one."""


class NothingNew(Refused):
    """Files that an edition was made from already."""


def update(base: Reference, releases: Sequence[AnyRelease], *, part: bool = False) -> Update:
    """The edition that the files make of ``base``; its name is that of the quarter it is verified through.

    ``part``: files that are not whole are taken for what their rows say; the edition is verified no further.
    Errors: `NotWhole`, `NothingNew`, and `Refused` for a file without a quarter, for two of one kind and quarter, and
    where the new tables contradict each other.
    """
    _check(base, releases, part)
    try:
        made = _update(base, releases)
    except ReferenceTableError as error:
        raise Refused(str(error)) from None
    if {**made.tables, EDITION: ""} == {**_tables(base), EDITION: ""}:
        raise NothingNew(f"nothing is new: the edition {base.edition.edition} has all that these files say")
    return made


def _update(base: Reference, releases: Sequence[AnyRelease]) -> Update:
    tables = _tables(base)
    edition = json.loads(base.table(EDITION))
    made = _Made(base, tables, edition)
    for release in sorted(releases, key=lambda one: (not isinstance(one, HcpcsRelease), _quarter(one).first_day)):
        made.take(release)
    made.edition["based_on"] = base.edition.edition
    return made.finished()


def _tables(base: Reference) -> dict[str, str]:
    """The texts of an edition's tables by file name, those of imported files with them."""
    return {name: base.table(name) for name in (*TABLES, *(file.table for file in base.edition.imported))}


def _check(base: Reference, releases: Sequence[AnyRelease], part: bool) -> None:
    seen: dict[tuple[str, dt.date], str] = {}
    for release in releases:
        if release.quarter is None:
            raise Refused(f"{release.file}: it does not say of which quarter it is: say it with --quarter FILE=2025-10")
        if not release.whole and not part:
            raise NotWhole(
                f"{release.file}: {_why_not_whole(release)}: download it again, or take it as a part with --part"
            )
        key = (_kind(release), release.quarter.first_day)
        if key in seen:
            raise Refused(
                f"{release.file} and {seen[key]} are both the {_NAMES[key[0]]} of {release.quarter}: give one of them"
            )
        seen[key] = release.file
    known = {file.sha256 for file in base.edition.imported}
    if releases and all(release.sha256 in known for release in releases):
        raise NothingNew(f"nothing is new: the edition {base.edition.edition} was made from these files")


def _why_not_whole(release: AnyRelease) -> str:
    told = [finding.what for finding in release.findings if not finding.row]
    return next((text for text in told if "whole" in text), "it is not whole")


def _kind(release: AnyRelease) -> str:
    return HCPCS if isinstance(release, HcpcsRelease) else ASP if isinstance(release, PriceRelease) else NDC


def _quarter(release: AnyRelease) -> Quarter:
    assert release.quarter is not None
    return release.quarter


class _Made:
    """The tables of the new edition while files are taken in one by one."""

    def __init__(self, base: Reference, tables: dict[str, str], edition: dict[str, Any]) -> None:
        self.base, self.reference, self.tables, self.edition = base, base, tables, edition
        self.changes: list[Change] = []
        self.notes: list[str] = []

    def take(self, release: AnyRelease) -> None:
        """Takes a file in: as a table, and what a HCPCS release says of the reference's own tables."""
        quarter, kind = _quarter(release), _kind(release)
        if isinstance(release, HcpcsRelease):
            if quarter.last_day < self.reference.edition.verified_through:
                self.notes.append(
                    f"{release.file} is older than the codes, which are verified through "
                    f"{self.reference.edition.verified_through}: it is kept for their history and changes none"
                )
            else:
                self._apply(release)
        elif isinstance(release, PriceRelease):
            self._compare_units(release)
        else:
            self._listed(self._relisting(self.reference.drugs).with_crosswalk(release.records))
        name = f"{kind}-{quarter.first_day:%Y-%m}.csv"
        self.tables[name] = _table(release)
        record = rows.ImportedFile(
            kind, release.file, release.sha256, quarter.first_day, quarter.last_day, name, len(release.records),
            len({finding.row for finding in release.left_out}),
        )  # fmt: skip
        kept = [one for one in self.edition.get("imported", ()) if one["table"] != name]
        self.edition["imported"] = [*kept, {**asdict(record), "first_day": str(record.first_day),
                                            "last_day": str(record.last_day)}]  # fmt: skip
        self._load()

    def _apply(self, release: HcpcsRelease) -> None:
        quarter = _quarter(release)
        compared = compare(self.reference, release)
        self._rows(compared)
        relisted = self._relist(release, compared)
        self.changes += in_order([*compared.changes, *relisted], release.records)
        if release.whole and quarter.last_day > self.reference.verified.rest.through:
            text = f"CMS HCPCS Level II release, {quarter}"
            self.edition["also"] = [*self.edition["also"], self.edition["release"]]
            self.edition["release"] = text
            self.edition["verified_through"] = str(quarter.last_day)
            self.edition["verified_basis"] = basis = f"The last day of the quarter that the {quarter} release governs."
            ranges = self.reference.verified.after(quarter.last_day, basis, text)
            self.tables[VERIFIED] = as_text(rows.VerifiedRange, ranges)
        elif not release.whole:
            self.notes.append(f"{release.file} is a part: the codes are verified no further than before")

    def _relist(self, release: HcpcsRelease, compared: Compared) -> list[Change]:
        """Makes the tables of listed drugs anew; what changes in them, but for codes that drugs.csv has now."""
        relisting = self._relisting(compared.drugs)
        listed = relisting.with_release(release)
        self._listed(listed)
        if listed.gone:
            some = ", ".join([*listed.gone[:_FEW], *["..."][: len(listed.gone) - _FEW]])
            self.notes.append(
                f"{len(listed.gone):,} codes of drugs in force are not in {release.file} ({some}): they are known "
                "through the days of before, and no further"
            )
        apart = {row.code for row in compared.drugs} | set(listed.gone)
        apart |= {one.code for one in compared.changes if one.kind == UNDECIDED}  # told once, with what is to be done
        known = {row.code for row in relisting.drugs}
        found = [one for one in of_listed(relisting.drugs, listed.drugs) if one.code not in apart]
        return [replace(one, kind=_AS_LISTED.get(one.kind, one.kind)) for one in found if self._is_news(one, known)]

    def _is_news(self, one: Change, known: Collection[str]) -> bool:
        """Whether a change of a listed code is none of days long ago, of which the tables had not known."""
        begun = one.day is not None and one.day > self.reference.verified_through(one.code)
        return one.kind != ADDED or (begun and one.code not in known)

    def _relisting(self, curated: Sequence[rows.DrugRow]) -> Relisting:
        aliases = [row for _, row in read_aliases(self.tables.__getitem__) if row.kind == "drug"]
        return Relisting(self.reference, curated, aliases)

    def _listed(self, found: Relisted) -> None:
        self.tables["listed_drugs.csv"] = as_text(ListedDrug, found.drugs)
        self.tables["listed_names.csv"] = as_text(ListedName, found.names)

    def _rows(self, compared: Compared) -> None:
        ends = {row.code: row.last_day for row in compared.drugs}
        self.tables["drugs.csv"] = as_text(rows.DrugRow, compared.drugs)
        self.tables["per_diem.csv"] = as_text(rows.PerDiemRow, compared.per_diem)
        self.tables["modifiers.csv"] = as_text(rows.ModifierRow, compared.modifiers)
        self.tables["visits.csv"] = as_text(rows.VisitRow, compared.visits)
        self.tables["hit_benefit.csv"] = as_text(rows.HitRow, compared.hit)
        self.tables["hit_drugs.csv"] = _ended(self.tables["hit_drugs.csv"], ends)
        if compared.renamed:
            for name, (key, columns) in _NAMING_DRUGS.items():
                self.tables[name] = _renamed(self.tables[name], key, columns, compared.renamed)
            self.tables["aliases.csv"] += "".join(
                _line([drug, "drug", name, "", "the same drug by CMS's texts"])
                for drug, name in compared.renamed.items()
            )

    def _compare_units(self, release: PriceRelease) -> None:
        """Tells where CMS's price is for another amount than the reference's unit."""
        quarter = _quarter(release)
        for price in release.records:
            try:
                row = self.reference.drug_code(price.code, quarter.first_day)
            except ValueError:
                continue
            unit = dosage(price.dosage)
            mine = unit_of(f"x, {row.amount} {row.unit}")
            if row.amount is None or row.component or unit.amount is None or mine.same_amount(unit):
                continue
            if row.counts_total and not unit.parts:
                continue  # of a combination the file may name one component alone
            self.changes.append(
                change(UNDECIDED, price.code, row.name, before=row.unit_text, after=price.dosage,
                       note=f"the ASP file of {quarter} prices another amount")
            )  # fmt: skip

    def _load(self) -> None:
        self.edition.pop("sums", None)
        self.tables[EDITION] = json.dumps(self.edition, indent=2)
        self.reference = load(self.tables.__getitem__)

    def finished(self) -> Update:
        """The edition, found to be without contradiction."""
        through = self.reference.edition.verified_through
        self.edition["edition"] = f"{through.year}-{through.month - (through.month - 1) % 3:02d}"
        self._load()
        self.reference.read_listed()
        if _sound(self.base):
            self.reference.read_all()
        return Update(str(self.edition["edition"]), self.tables, self.reference, tuple(self.changes), tuple(self.notes))


def _sound(base: Reference) -> bool:
    """Whether the tables that only checks ask for fit those of the codes before anything is changed."""
    try:
        base.read_all()
    except ReferenceTableError:
        return False
    return True


def named(made: Update, name: str) -> dict[str, str]:
    """The tables of an update under the edition's final name, with the sums by which a change of them is seen."""
    edition = {**json.loads(made.tables[EDITION]), "edition": name}
    edition["sums"] = {table: sha256(text) for table, text in made.tables.items() if table != EDITION}
    return {**made.tables, EDITION: json.dumps(edition, indent=2, ensure_ascii=False) + "\n"}


def _ended(text: str, ends: dict[str, dt.date | None]) -> str:
    """A table of drug codes in which no row outlives its code."""
    table = list(csv.DictReader(io.StringIO(text)))
    for row in table:
        last = ends.get(row["code"])
        if last is not None and not (row["last_day"] and row["last_day"] <= str(last)):
            row["last_day"] = str(last)
    return _text(table)


def _renamed(text: str, key: Sequence[str], columns: Sequence[str], names: Mapping[str, str]) -> str:
    """A table in which drugs have other names; of rows that then have one key, the one that had the name before."""
    table = list(csv.DictReader(io.StringIO(text)))
    kept: dict[tuple[str, ...], dict[str, str]] = {}
    for row in sorted(table, key=lambda row: any(row.get(column) in names for column in columns)):
        row |= {column: names[row[column]] for column in columns if row.get(column) in names}
        kept.setdefault(tuple(row[column] for column in key), row)
    return _text([row for row in table if any(row is one for one in kept.values())])


def _text(table: Sequence[Mapping[str, str]]) -> str:
    return _line(table[0]) + "".join(_line(row.values()) for row in table)


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _table(release: AnyRelease) -> str:
    if isinstance(release, HcpcsRelease):
        return as_text(ListedCode, [_listed(record) for record in release.records])
    if isinstance(release, CrosswalkRelease):
        return as_text(NdcRow, [_ndc(record) for record in release.records if record.ndc])
    return as_text(AspLimit, [_limit(record) for record in release.records])


def _listed(record: HcpcsRecord) -> ListedCode:
    unit = unit_of(record.long)
    return ListedCode(
        code=record.code, kind="modifier" if record.is_modifier else "code", long=record.long, short=record.short,
        coverage=record.coverage, action=record.action, first_day=record.first_day, last_day=record.last_day,
        action_day=record.action_day,
        cross_references=tuple(text for name, text in record.more.items() if name.startswith("XREF")),
        amount=unit.amount, unit=unit.unit, unit_rule=unit.rule, component=unit.component,
        unit_note=unit.reason,
    )  # fmt: skip


def _limit(record: PriceRecord) -> AspLimit:
    limits = (record.limit, record.coinsurance_percent, record.vaccine_limit, record.blood_limit)
    return AspLimit(record.code, record.dosage, *limits, record.notes)


def _ndc(record: CrosswalkRecord) -> NdcRow:
    return NdcRow(
        record.ndc, record.code, record.drug, record.labeler, record.dosage, record.package_size,
        record.package_quantity, record.units,
    )  # fmt: skip
