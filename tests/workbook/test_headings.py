"""``headerRowCount="1"`` in no table that is ours: ONLYOFFICE takes the heading for a row where it stands."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from typer.testing import CliRunner

from tests.spreadsheet.xlsx.test_package import unzipped, zipped
from xl_infusion.cli import app
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.template.build import build
from xl_infusion.version import __version__
from xl_infusion.workbook.fill import fill

SAID = b'headerRowCount="1"'
ORDERS = [
    ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "End"],
    ["RX-1", "P-1", "meropenem", "1 g", "q8h", 45839, 45845],
]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A table that a claim reads, by a defined name, and one that nobody reads; openpyxl writes both."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "Orders"
    for row in ORDERS:
        workbook.active.append(row)
    workbook.active.add_table(Table(displayName="Orders", ref="A1:G2"))
    other = workbook.create_sheet("Other")
    for row in (["a", "b"], [1, 2]):
        other.append(row)
    other.add_table(Table(displayName="Mine", ref="A1:B2"))
    workbook.create_sheet("Claim")["A1"] = "=CLAIM_GRID(Orders[#All])"
    workbook.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def tables(path: Path) -> dict[str, bytes]:
    return {name: data for name, data in unzipped(path).items() if name.startswith("xl/tables/")}


def test_a_table_that_our_calls_read_no_longer_says_it(book: Path) -> None:
    before = tables(book)
    assert [SAID in data for data in before.values()] == [True, True], "what openpyxl writes"
    filled = fill(book)
    assert filled.headings == ["Orders"] and len(filled.grids[0].rows) == 3
    after = tables(book)
    mine, theirs = sorted(after, key=lambda name: b'displayName="Mine"' in after[name])
    assert after[mine] == before[mine].replace(b" " + SAID, b"") and after[theirs] == before[theirs]
    with Package.open(book) as package:
        assert [(one.name, one.header_rows) for one in package.tables.values()] == [("Orders", 1), ("Mine", 1)]
    data = book.read_bytes()
    again = fill(book)
    assert (again.headings, again.changed) == ([], 0) and book.read_bytes() == data


def test_where_nothing_else_changes_that_alone_is_written(book: Path, tmp_path: Path) -> None:
    fill(book)
    parts = unzipped(book)
    [orders] = [name for name, data in tables(book).items() if SAID not in data]
    whole = {**parts, orders: parts[orders].replace(b"<table ", b"<table headerRowCount='1' ", 1)}
    said = CliRunner().invoke(app, ["fill", str(zipped(tmp_path / "again.xlsx", whole))])
    assert said.exit_code == 0 and "headings mended: Orders" in said.output and "no cell changes" in said.output
    assert unzipped(tmp_path / "again.xlsx") == parts
    assert "headings mended" not in CliRunner().invoke(app, ["fill", str(tmp_path / "again.xlsx")]).output


def test_a_table_without_headings_keeps_what_it_says(book: Path) -> None:
    parts = unzipped(book)
    changed = {name: data.replace(SAID, b'headerRowCount="0"') for name, data in parts.items()}
    zipped(book, changed)
    fill(book)
    assert tables(book) == {name: data for name, data in changed.items() if name.startswith("xl/tables/")}


def test_a_signed_workbook_in_which_no_cell_changes_stays(book: Path) -> None:
    fill(book)
    parts = unzipped(book)
    [orders] = [name for name, data in tables(book).items() if SAID not in data]
    parts[orders] = parts[orders].replace(b"<table ", b"<table " + SAID + b" ", 1)
    zipped(book, {**parts, "_xmlsignatures/sig1.xml": b"<Signature/>"})
    data = book.read_bytes()
    assert fill(book).headings == [] and book.read_bytes() == data


def test_our_own_workbook_says_it_nowhere_and_says_who_wrote_it(tmp_path: Path) -> None:
    build(tmp_path / "built.xlsx")
    parts = unzipped(tmp_path / "built.xlsx")
    assert len(tables(tmp_path / "built.xlsx")) == 11
    assert not any(b"headerRowCount" in data for data in tables(tmp_path / "built.xlsx").values())
    assert all(
        one.headerRowCount == 1
        for sheet in openpyxl.load_workbook(tmp_path / "built.xlsx")
        for one in sheet.tables.values()
    )
    app_part = parts["docProps/app.xml"].decode()
    assert "<Application>xl_infusion</Application>" in app_part and "Microsoft" not in app_part
    major, minor, patch = __version__.split(".")
    assert f"<AppVersion>{int(major):02}.{int(minor):02}{int(patch):02}</AppVersion>" in app_part
