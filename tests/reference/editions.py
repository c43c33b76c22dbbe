"""Editions for tests: the bundled tables, with what files of CMS would have brought in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields

from tests.frozen_reference import curated
from xl_infusion.reference import Reference, load
from xl_infusion.reference.check_tables import same_kind
from xl_infusion.reference.imported import ASP, HCPCS, NDC, AspLimit, ListedCode, NdcRow
from xl_infusion.reference.tables import EDITION, VERIFIED, bundled
from xl_infusion.reference.verified import one_range

_ROWS: dict[str, type] = {HCPCS: ListedCode, ASP: AspLimit, NDC: NdcRow}


def quarter(year: int, month: int) -> tuple[dt.date, dt.date]:
    """First and last day of the quarter that begins with a month."""
    following = dt.date(year + (month == 10), (month + 3) % 12, 1)
    return dt.date(year, month, 1), following - dt.timedelta(1)


def with_imported(*files: tuple[str, tuple[dt.date, dt.date], Iterable[Mapping[str, object]]]) -> Reference:
    """The bundled edition and, for each (kind, days it governs, rows as column -> cell), an imported file."""
    tables: dict[str, str] = {}
    imported = []
    for kind, (first, last), rows in files:
        rows = list(rows)
        names = [field.name for field in fields(_ROWS[kind])]
        out = io.StringIO()
        writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        name = f"{kind}-{first:%Y-%m}.csv"
        tables[name] = out.getvalue()
        imported.append(
            {"kind": kind, "file": f"{name}.zip", "sha256": "0" * 64, "first_day": str(first), "last_day": str(last),
             "table": name, "rows": len(rows), "left_out": 0}
        )  # fmt: skip
    tables["edition.json"] = json.dumps({**json.loads(bundled("edition.json")), "imported": imported})
    return load(reading(tables))


def cut_off(day: dt.date) -> dict[str, str]:
    """The bundled tables as they would have been on ``day``: what began later is not there, nor what ended later."""
    rows = {name: list(csv.DictReader(io.StringIO(bundled(name)))) for name in _TABLES}
    for name, table in rows.items():
        if "first_day" in table[0]:
            rows[name] = table = [row for row in table if row["first_day"] <= str(day)]
        for row in table:
            if row.get("last_day", "") > str(day):
                row |= {name: "" for name in ("last_day", "successor", "successor_basis") if name in row}
    therapies = {row["therapy"] for row in rows["per_diem.csv"]}
    for name in ("therapies.csv", "drugs.csv"):
        rows[name] = [row for row in rows[name] if row["therapy"] in therapies]
    codes = {row["code"] for name in ("drugs.csv", "per_diem.csv") for row in rows[name]}
    for row in (*rows["drugs.csv"], *rows["per_diem.csv"]):
        row["successor"] = row["successor"] if row["successor"] in codes else ""
    drugs = {(row["drug"], product) for row in rows["drugs.csv"] for product in ("", row["product"])}
    makers = {drug for drug, product in drugs if product}
    known = {"drug": drugs, "therapy": {(therapy, "") for therapy in therapies}}
    rows["aliases.csv"] = [
        row for row in rows["aliases.csv"]
        if row["kind"] in ("place", "supply") or (row["target"], row["product"]) in known[row["kind"]]
    ]  # fmt: skip
    rows["labelers.csv"] = [
        row for row in rows["labelers.csv"]
        if row["drug"] in makers and any((row["drug"], row["product"]) == (one["drug"], one["product"])
                                         for one in rows["drugs.csv"])
    ]  # fmt: skip
    for name in ("usual_doses.csv", "flushes.csv", "bulk_packages.csv"):
        rows[name] = [
            row for row in rows[name]
            if any(one["drug"] == row["drug"] and one["unit"] and same_kind(row["unit"], one["unit"])
                   for one in rows["drugs.csv"])
        ]  # fmt: skip
    edition = {**json.loads(bundled("edition.json")), "edition": f"{day:%Y-%m}", "verified_through": str(day)}
    text = json.dumps(edition)
    return {**{name: as_csv(table) for name, table in rows.items()}, EDITION: text, VERIFIED: one_range(text)}


_TABLES = (
    "drugs.csv", "therapies.csv", "per_diem.csv", "modifiers.csv", "visits.csv", "hit_benefit.csv", "hit_drugs.csv", "aliases.csv",
    "labelers.csv", "usual_doses.csv", "flushes.csv", "bulk_packages.csv",
)  # fmt: skip


def as_csv(rows: list[dict[str, str]]) -> str:
    """Rows as a table's text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def reading(tables: Mapping[str, str]) -> Callable[[str], str]:
    """A source of tables: these, and the bundled ones for the rest, with few listed drugs."""
    return lambda name: tables[name] if name in tables else curated(name)
