"""What an edition holds of CMS's own files beside its tables: every listed code, ASP payment limits, NDCs.

The edition that ships with the package holds none of them; `xl-infusion codes update` brings them in, one table a
file and quarter. A table is read when it is first asked for, so that a start does not wait for it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xl_infusion.reference.rows import DrugRow, Edition, ImportedFile
from xl_infusion.reference.tables import Read, Reader, read_table

#: The kinds of files, as `ImportedFile.kind` has them.
HCPCS, ASP, NDC = "hcpcs", "asp", "ndc"


@dataclass(frozen=True, slots=True, eq=False)
class ListedCode:
    """A code or modifier as a HCPCS release lists it; a unit of it is ``amount`` ``unit`` where its text says one.

    ``action`` is CMS's letter for what was last done to it, on ``action_day``; ``cross_references`` are the codes
    that CMS names beside it. ``unit_note`` says why a text has no amount.
    """

    code: str
    kind: str
    long: str
    short: str
    coverage: str
    action: str
    first_day: dt.date
    last_day: dt.date | None
    action_day: dt.date | None
    cross_references: tuple[str, ...]
    amount: Decimal | None
    unit: str
    unit_rule: str
    component: str
    unit_note: str


@dataclass(frozen=True, slots=True, eq=False)
class AspLimit:
    """The payment limit of a code in a quarter, US dollars a unit of the code; None where CMS gives none.

    ``vaccine_limit`` and ``blood_limit`` stand where the limit is one of a vaccine or of a blood product, which is no
    average sales price.
    """

    code: str
    dosage: str
    limit: Decimal | None
    coinsurance_percent: Decimal | None
    vaccine_limit: Decimal | None
    blood_limit: Decimal | None
    notes: str


@dataclass(frozen=True, slots=True, eq=False)
class NdcRow:
    """A product (11-digit NDC) under a code in a quarter.

    ``units`` are the billing units in one item of its package, which is ``package_size`` (mL, or 1 for a powder);
    the package holds ``package_quantity`` items.
    """

    ndc: str
    code: str
    drug: str
    labeler: str
    dosage: str
    package_size: Decimal
    package_quantity: Decimal
    units: Decimal


def _listed(row: Reader) -> dict[str, Any]:
    row.needed("long")
    period = row.period()
    if period["first_day"] is None:
        raise row.place.fail("first_day is blank")
    return {
        "kind": row.one_of("kind", frozenset({"code", "modifier"})),
        "action_day": row.day("action_day"),
        "cross_references": tuple(row.text("cross_references").split()),
        "amount": row.number("amount"),
        **period,
    }


def _limit(row: Reader) -> dict[str, Any]:
    row.needed("code")
    return {name: row.number(name) for name in ("limit", "coinsurance_percent", "vaccine_limit", "blood_limit")}


def _ndc(row: Reader) -> dict[str, Any]:
    row.needed("code"), row.needed("ndc")
    return {name: row.needed_number(name) for name in ("package_size", "package_quantity", "units")}


def _drug_row(file: ImportedFile, listed: ListedCode, last: dt.date | None) -> DrugRow:
    """A listed code as a row of the reference."""
    from xl_infusion.reference.cms.naming import ingredients
    from xl_infusion.reference.listing.counted import counted

    unit = counted(listed.long)
    return DrugRow(
        drug=ingredients(listed.long) or listed.short.lower(), product="", answers_to="name", code=listed.code,
        amount=unit.amount, unit=unit.unit, component="" if unit.amount is None else listed.component,
        unit_rule=unit.unit_rule or "exact", dose_basis=unit.dose_basis, therapy="", therapy_basis="",
        first_day=listed.first_day, last_day=last, successor=next(iter(listed.cross_references), ""),
        successor_basis="", medicare=listed.coverage, note=unit.unit_note,
        source=f"CMS HCPCS Level II release: {file.file}",
        dates_basis="stated in the source",
    )  # fmt: skip


class Imported:
    """The look-ups of `Reference` into what was imported."""

    edition: Edition
    _read: Read

    def quarters(self, kind: str) -> list[ImportedFile]:
        """The imported files of a kind (`HCPCS`, `ASP`, `NDC`), the latest quarter first."""
        files = [file for file in self.edition.imported if file.kind == kind]
        return sorted(files, key=lambda file: file.first_day, reverse=True)

    def file_of(self, kind: str, day: dt.date | None) -> ImportedFile | None:
        """The imported file of a kind that governs ``day``, None where there is none; with no day the latest."""
        files = self.quarters(kind)
        if day is not None:
            files = [file for file in files if file.first_day <= day <= file.last_day]
        return files[0] if files else None

    def listed(self, code: str) -> tuple[tuple[ImportedFile, ListedCode], ...]:
        """A code in every imported HCPCS release that lists it, the latest release first."""
        found = ((file, self.listed_in(file).get(code)) for file in self.quarters(HCPCS))
        return tuple((file, row) for file, row in found if row is not None)

    def asp_limits(self, code: str) -> tuple[tuple[ImportedFile, AspLimit], ...]:
        """The payment limits of a code in every imported quarter that has the code, the earliest quarter first."""
        found = ((file, self._limits_of(file).get(code)) for file in reversed(self.quarters(ASP)))
        return tuple((file, row) for file, row in found if row is not None)

    def ndc_rows(self, ndc: str, file: ImportedFile) -> tuple[NdcRow, ...]:
        """The rows of an 11-digit NDC in one imported crosswalk: one a code, none where it is not in it."""
        return tuple(self._ndcs_of(file).get(ndc, ()))

    def release_rows(self, code: str) -> list[DrugRow]:
        """The rows of a drug code that only imported releases know, as of their texts; none for a code of no drug.

        The drug is named as its text names it, and belongs to no therapy. What the latest release does not list any
        more is known to have been in force through the last quarter that lists it.
        """
        from xl_infusion.reference.listing.scope import names_drug

        latest = self.file_of(HCPCS, None)
        rows: dict[dt.date, DrugRow] = {}
        before: dt.date | None = None
        for file, one in self.listed(code):
            if one.first_day in rows or not names_drug(code, one.long):
                continue
            last = one.last_day or (None if file is latest else file.last_day)
            if before is not None and (last is None or last >= before):
                last = before - dt.timedelta(1)
            before = one.first_day
            rows[one.first_day] = _drug_row(file, one, last)
        return list(rows.values())

    def _table(self, file: ImportedFile) -> Any:
        """What a file's table holds, read once: by code, or of a crosswalk by NDC."""
        known = self.__dict__.setdefault("_imported", {})
        if file.table not in known:
            if file.kind == NDC:
                rows: dict[str, list[NdcRow]] = defaultdict(list)
                for _, row in read_table(file.table, self._read, NdcRow, _ndc):
                    rows[row.ndc].append(row)
                known[file.table] = dict(rows)
            elif file.kind == ASP:
                known[file.table] = {row.code: row for _, row in read_table(file.table, self._read, AspLimit, _limit)}
            else:
                table = read_table(file.table, self._read, ListedCode, _listed)
                known[file.table] = {row.code: row for _, row in table}
        return known[file.table]

    def listed_in(self, file: ImportedFile) -> dict[str, ListedCode]:
        """Every code that one imported HCPCS release lists."""
        return self._table(file)  # type: ignore[no-any-return]

    def _limits_of(self, file: ImportedFile) -> dict[str, AspLimit]:
        return self._table(file)  # type: ignore[no-any-return]

    def _ndcs_of(self, file: ImportedFile) -> dict[str, list[NdcRow]]:
        return self._table(file)  # type: ignore[no-any-return]
