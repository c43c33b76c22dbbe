"""The billing workbook in a test: its example tables, and the workbook computed with cells typed over."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

import openpyxl

from xl_infusion.claim import TABLES
from xl_infusion.workbook.build import SHEETS, build
from xl_infusion.workbook.examples import ROWS
from xl_infusion.workbook.fill import fill


def computed(path: Path, examples: bool = True, **typed: object) -> openpyxl.Workbook:
    """The workbook, with cells typed over (``Orders_E5="meropenum"``), computed; its values."""
    build(path, examples=examples)
    if typed:
        with zipfile.ZipFile(path) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        for place, value in typed.items():
            sheet, cell = place.split("_")
            part = f"xl/worksheets/sheet{list(SHEETS).index(sheet) + 1}.xml"
            parts[part] = _typed(parts[part], cell, value)
        with zipfile.ZipFile(path, "w") as target:
            for name, data in parts.items():
                target.writestr(name, data)
    found = fill(path)
    assert not found.unresolved
    return openpyxl.load_workbook(path, data_only=True)


def _typed(sheet: bytes, cell: str, value: object) -> bytes:
    """A sheet's XML with a value typed into a cell that it has."""
    content = b"" if value is None else f"<is><t>{value}</t></is>".encode()
    kind = b"" if value is None else b' t="inlineStr"'
    if isinstance(value, dt.date):
        content, kind = f"<v>{(value - dt.date(1899, 12, 30)).days}</v>".encode(), b""
    pattern = rf'<c r="{cell}"( s="[0-9]+")?[^>]*?(/>|>.*?</c>)'.encode()
    out, count = re.subn(pattern, lambda m: b'<c r="%b"%b%b>%b</c>' % (cell.encode(), m[1], kind, content), sheet)
    assert count == 1
    return out


def tables() -> list[list[list[object]]]:
    """The four tables of the examples, each with its header row: the arguments of CLAIM_GRID."""
    return [
        [[column.name for column in table.columns]]
        + [[row.get(column.name) for column in table.columns] for row in ROWS[table.name]]
        for table in TABLES
    ]
