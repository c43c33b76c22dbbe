"""Editions for tests: the bundled tables, with what files of CMS would have brought in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields

from xl_infusion.reference import Reference, load
from xl_infusion.reference.imported import ASP, HCPCS, NDC, AspLimit, ListedCode, NdcRow
from xl_infusion.reference.tables import bundled

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
    return load(lambda name: tables[name] if name in tables else bundled(name))
