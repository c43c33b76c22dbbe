"""The billing workbook in a test: its example tables, and the workbook computed with cells typed over."""

from __future__ import annotations

import datetime as dt
import html
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple

from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, EXPLAIN
from xl_infusion.claim import TABLES
from xl_infusion.errors import ExcelError
from xl_infusion.model import MODEL_TABLES
from xl_infusion.template.build import SHEETS, build
from xl_infusion.template.examples import ROWS
from xl_infusion.template.sheets import inputs, lists
from xl_infusion.workbook.fill import fill
from xl_infusion.workbook.new import new_workbook

#: The row of the accreditation that runs out in the examples, and the cell that mends it when it is blank.
_ENDS = next(i for i, row in enumerate(ROWS["Provider"]) if row["Value"] == "ACHC")
MENDED: dict[str, object] = {f"Provider_D{inputs.FIRST + _ENDS}": None}


def computed(path: Path, examples: bool = True, **typed: object) -> openpyxl.Workbook:
    """The workbook, with cells typed over (``Orders_E5="meropenum"``), computed; its values.

    The model is switched off as a biller would, and worked out in its own tests: it takes longer than all else.
    """
    path.write_bytes(
        _computed(examples, tuple((at, type(one), one) for at, one in ({"Model_B5": "no"} | typed).items()))
    )
    return openpyxl.load_workbook(path, data_only=True)


@cache
def _computed(examples: bool, typed: tuple[tuple[str, type, object], ...]) -> bytes:
    """Worked out once a session for what is typed; by the types too, for 0 equals FALSE, and an error its text."""
    with tempfile.TemporaryDirectory() as folder:
        path = uncomputed(Path(folder, "billing.xlsx"), examples, **{at: one for at, _, one in typed})
        _fill(path)
        return path.read_bytes()


def uncomputed(path: Path, examples: bool = True, **typed: object) -> Path:
    """The same workbook before it is computed."""
    return _typed_into(built(path, examples=examples), {"Model_B5": "no"} | typed)


@contextmanager
def few_orders() -> Iterator[None]:
    """Workbooks that are built look for 100 orders on the claim, and not for 2,000: half of the time of a fill."""
    with mock.patch.object(lists, "COUNTED", 100):
        yield


def built(path: Path, *, examples: bool = True) -> Path:
    """The workbook as it is built, before it is computed: built once a session, for few orders."""
    path.write_bytes(_made(build, examples))
    return path


def new(path: Path, *, examples: bool = True) -> Path:
    """The workbook as `xl-infusion new` writes it, computed: worked out once a session, for few orders."""
    path.write_bytes(_made(new_workbook, examples))
    return path


@cache
def _made(make: Callable[..., None], examples: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder, few_orders():
        make(Path(folder, "billing.xlsx"), examples=examples)
        return Path(folder, "billing.xlsx").read_bytes()


def clean(path: Path, **typed: object) -> openpyxl.Workbook:
    """`computed`, with the one thing mended that is wrong in the examples on purpose."""
    return computed(path, **(MENDED | typed))


def typed_into(path: Path, **typed: object) -> openpyxl.Workbook:
    """A workbook that is there, with cells typed over, computed; its values."""
    _fill(_typed_into(path, typed) if typed else path)
    return openpyxl.load_workbook(path, data_only=True)


def _fill(path: Path) -> None:
    assert not fill(path).unresolved


def _typed_into(path: Path, typed: Mapping[str, object]) -> Path:
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for place, value in typed.items():
        sheet, cell = place.split("_")
        part = f"xl/worksheets/sheet{list(SHEETS).index(sheet) + 1}.xml"
        parts[part] = _typed(parts[part], cell, value)
    with zipfile.ZipFile(path, "w") as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return path


def _typed(sheet: bytes, cell: str, value: object) -> bytes:
    """A sheet's XML with a value typed into a cell that it has."""
    content = b"" if value is None else f"<is><t>{html.escape(str(value), quote=False)}</t></is>".encode()
    kind = b"" if value is None else b' t="inlineStr"'
    if isinstance(value, dt.date):
        value = (value - dt.date(1899, 12, 30)).days
    if isinstance(value, ExcelError):
        content, kind = f"<v>{value}</v>".encode(), b' t="e"'
    elif isinstance(value, (int, float)):
        content, kind = f"<v>{value}</v>".encode(), b""
    pattern = rf'<c r="{cell}"( s="[0-9]+")?[^>]*?(/>|>.*?</c>)'.encode()
    out, count = re.subn(pattern, lambda m: b'<c r="%b"%b%b>%b</c>' % (cell.encode(), m[1], kind, content), sheet)
    assert count == 1
    return out


def tables() -> dict[str, list[list[object]]]:
    """The tables of the examples by their names, each with its header row."""
    return as_ranges(ROWS)


def as_ranges(rows: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[str, list[list[object]]]:
    """Tables as ranges, each with its header row."""
    return {
        table.name: [
            [column.name for column in table.columns],
            *([row.get(column.name) for column in table.columns] for row in rows[table.name]),
        ]
        for table in (*TABLES, *MODEL_TABLES)
        if table.name in rows
    }


_OF_CLAIM = ("Orders", "Visits", "Payers", "Rates", "Payer codes", "Own codes", "Holds")


def grid() -> Any:
    """The claim lines of the examples."""
    found = tables()
    return CLAIM_GRID(*(found[name] for name in _OF_CLAIM))


def findings(**typed: object) -> Any:
    """What the checks find in the examples, with cells of the sheets typed over."""
    found = tables()
    for place, value in typed.items():
        sheet, cell = place.split("_")
        row, column = coordinate_to_tuple(cell)
        rows = found[sheet]
        rows += [[None] * len(rows[0]) for _ in range(row - inputs.HEAD + 1 - len(rows))]
        rows[row - inputs.HEAD][column - 1] = value
    return CLAIM_CHECKS(*(found[name] for name in (*_OF_CLAIM[:4], "Provider", *_OF_CLAIM[4:])))


def steps(order: object) -> Any:
    """How the lines of an order of the examples came to be."""
    found = tables()
    return EXPLAIN(order, *(found[name] for name in _OF_CLAIM))
