"""The worked example from a typed order to what a person sees: Python, fill, openpyxl, calamine, LibreOffice."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from python_calamine import CalamineWorkbook

from tests import libreoffice
from xl_infusion import CLAIM_GRID, ExcelError
from xl_infusion.workbook.fill import BlockedSpill, OldDateSystem, RoundedAsDisplayed, fill

HEADER = ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "End"]
EXAMPLE = {
    dt.datetime(2013, 5, 1): [("S9502", "", 1), ("J2185", "", 30), ("S9501", "SH", 1), ("J3370", "", 4)],
    dt.datetime(2025, 7, 1): [("S9502", "", 1), ("J2185", "", 30), ("S9501", "SH", 1), ("J3373", "", 200)],
}


def orders(day: dt.datetime) -> list[list[Any]]:
    return [
        HEADER,
        [1, "PT-1", None, "meropenem", "1 g", "q8h", day, day],
        [2, "PT-1", None, "vancomycin", "1 g", 12, day, day],
    ]


def typed(path: Path, day: dt.datetime, formula: str = "=CLAIM_GRID(Orders!A1:H3)") -> Path:
    """A workbook as a person (or openpyxl) makes it: a plain formula, natives beside it, no cached value."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Orders"
    for row in orders(day):
        sheet.append(row)
    sheet.add_table(Table(displayName="Orders", ref="A1:H3"))
    claim = book.create_sheet("Claim")
    claim["A3"] = formula
    claim["A1"] = "=SUM(J4:J500)"
    claim["B1"] = '=JUNITS("vancomycin","1 g",DATE(2025,6,30))+JUNITS(Orders!D2,Orders!E2)'
    claim["C1"] = '=IF(Orders!F3="","",PERDIEM_CODE(Orders!F3))'
    claim["D1"] = '=COUNTIF(G4:G500,"S*")'
    book.save(path)
    return path


def shown(rows: list[Any]) -> list[tuple[Any, ...]]:
    return [(row[6], row[7] or "", int(row[9])) for row in rows if row[0] not in (None, "")]


@pytest.mark.office
@pytest.mark.parametrize("day", EXAMPLE)
@pytest.mark.parametrize(
    "formula", ["=CLAIM_GRID(Orders!A1:H3)", "=CLAIM_GRID(Orders[#All])", "=claim_grid(Orders!$A:$H,,,)"]
)
def test_the_worked_example(tmp_path: Path, office: libreoffice.Office, day: dt.datetime, formula: str) -> None:
    book = typed(tmp_path / "book.xlsx", day, formula)
    filled = fill(book)
    assert filled.unresolved == [] and shown(filled.grids[0].rows[1:]) == EXAMPLE[day]
    assert [row[:10] for row in filled.grids[0].rows] == [row[:10] for row in CLAIM_GRID(orders(day))]

    cells = openpyxl.load_workbook(book, data_only=True)["Claim"]
    rows = [[cell.value for cell in row] for row in cells.iter_rows(min_row=4, max_row=7)]
    assert shown(rows) == EXAMPLE[day]
    units = sum(line[2] for line in EXAMPLE[day])
    assert [cells[at].value for at in ("A1", "B1", "C1", "D1")] == [units, 12, "S9501", 2]

    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("Claim").to_python(skip_empty_area=False)
    assert shown(rows[3:]) == EXAMPLE[day]

    fill(book, tmp_path / "values.xlsx", values=True)
    seen = libreoffice.displayed(office, tmp_path / "values.xlsx")["Claim"]
    assert shown(seen[3:]) == EXAMPLE[day] and seen[0][:4] == [str(units), "12", "S9501", "2"]


def test_a_second_run_changes_nothing_and_other_parts_stay(tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", dt.datetime(2025, 7, 1))
    before = {name: zipfile.ZipFile(book).read(name) for name in zipfile.ZipFile(book).namelist()}
    assert fill(book).changed > 50
    after = {name: zipfile.ZipFile(book).read(name) for name in zipfile.ZipFile(book).namelist()}
    # openpyxl writes neither the mark of an array that spills nor a table that every program reads alike
    mark = {"[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
    table = "xl/tables/table1.xml"
    assert {name for name in before if before[name] != after[name]} == {"xl/worksheets/sheet2.xml", table, *mark}
    assert list(after) == [*before, "xl/metadata.xml"]
    assert after[table] == before[table].replace(b' headerRowCount="1"', b"")
    assert all(b"etadata" in after[name] and len(after[name]) > len(before[name]) for name in mark)
    digest, stamp = hashlib.sha256(book.read_bytes()).digest(), book.stat().st_mtime_ns
    assert fill(book).changed == 0
    assert hashlib.sha256(book.read_bytes()).digest() == digest and book.stat().st_mtime_ns == stamp


def test_the_grid_grows_and_shrinks_with_the_orders(tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", dt.datetime(2025, 6, 30), "=CLAIM_GRID(Orders!A1:H60)")
    fill(book)
    for count in (40, 3, 1, 25):
        edited = openpyxl.load_workbook(book)
        sheet = edited["Orders"]
        sheet.delete_rows(2, 100)
        for i in range(count):
            sheet.append(
                [i, f"PT-{i:02}", None, "ertapenem", "1 g", 24, dt.datetime(2025, 1, 1), dt.datetime(2025, 1, 9)]
            )
        del sheet.tables["Orders"]
        sheet.add_table(Table(displayName="Orders", ref=f"A1:H{count + 1}"))
        edited["Claim"]["B1"] = None
        edited["Claim"]["C1"] = None
        edited.save(book)
        fill(book)
        cells = openpyxl.load_workbook(book, data_only=True)["Claim"]
        found = [
            row for row in cells.iter_rows(min_row=4, values_only=True) if any(cell not in (None, "") for cell in row)
        ]
        assert len(found) == 2 * count and cells["A1"].value == count * (9 + 18)
        assert fill(book).changed == 0


@pytest.mark.office
def test_an_error_in_the_claim_reaches_the_total(tmp_path: Path, office: libreoffice.Office) -> None:
    book = typed(tmp_path / "book.xlsx", dt.datetime(2025, 7, 1))
    edited = openpyxl.load_workbook(book)
    edited["Orders"]["D3"] = "vancomicin"
    edited.save(book)
    filled = fill(book)
    assert len(filled.grids[0].failed) == 1 and "did you mean vancomycin" in str(filled.grids[0].failed[0][-1])
    assert ("Claim", 1, 1, "#N/A") in [tuple(error) for error in filled.errors]
    assert isinstance(filled.errors[0][3], ExcelError)
    fill(book, tmp_path / "values.xlsx", values=True)
    assert libreoffice.displayed(office, tmp_path / "values.xlsx")["Claim"][0][0] == "#N/A"


@pytest.mark.office
def test_a_copy_of_values_keeps_the_native_formulas_and_libreoffice_agrees_with_them(
    tmp_path: Path, office: libreoffice.Office
) -> None:
    book = typed(tmp_path / "book.xlsx", dt.datetime(2025, 7, 1))
    fill(book, tmp_path / "values.xlsx", values=True)
    assert openpyxl.load_workbook(book)["Claim"]["A3"].value == "=CLAIM_GRID(Orders!A1:H3)"
    formulas = openpyxl.load_workbook(tmp_path / "values.xlsx")["Claim"]
    assert [formulas[at].value for at in ("A1", "B1", "C1", "A3", "G4")] == [
        "=SUM(J4:J500)",
        12,
        "S9501",
        "Patient",
        "S9502",
    ]
    recalculated = libreoffice.values_in(office, tmp_path / "values.xlsx")["Claim"]
    assert recalculated[0][:4] == [232, 12, "S9501", 2]
    with pytest.raises(ValueError, match="into another file"):
        fill(book, book, values=True)


def test_output_leaves_the_source_as_it_is(tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", dt.datetime(2025, 7, 1))
    before = book.read_bytes()
    fill(book, tmp_path / "out.xlsx")
    assert book.read_bytes() == before
    assert openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)["Claim"]["A4"].value == "PT-1"
    again = fill(tmp_path / "out.xlsx", tmp_path / "again.xlsx")
    assert again.changed == 0 and (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "out.xlsx").read_bytes()


def test_a_grid_without_room_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", dt.datetime(2025, 7, 1))
    edited = openpyxl.load_workbook(book)
    edited["Claim"]["C6"] = "in the way"
    edited.save(book)
    before = book.read_bytes()
    with pytest.raises(BlockedSpill, match=r"Claim!A3 cannot spill: .*C6"):
        fill(book)
    assert book.read_bytes() == before


def test_a_workbook_of_the_1904_system_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    book.save(tmp_path / "mac.xlsx")
    with pytest.raises(OldDateSystem, match="counts its days from 1904"):
        fill(tmp_path / "mac.xlsx")


def test_numbers_that_are_rounded_as_they_show_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.calculation.fullPrecision = False
    book.save(tmp_path / "shown.xlsx")
    with pytest.raises(RoundedAsDisplayed, match="Set precision as displayed"):
        fill(tmp_path / "shown.xlsx")


@pytest.mark.slow
def test_what_the_engine_cannot_work_out_is_named_and_never_stale(tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", dt.datetime(2025, 7, 1))
    edited = openpyxl.load_workbook(book)
    edited["Claim"]["E1"] = "=NOSUCHFUNCTION(A1)"
    edited["Claim"]["F1"] = "=E1+1"
    edited.save(book)
    filled = fill(book)
    assert {(left.sheet, left.row, left.col) for left in filled.unresolved} == {("Claim", 1, 5), ("Claim", 1, 6)}
    assert openpyxl.load_workbook(book, data_only=True)["Claim"]["F1"].value is None
    assert b'fullCalcOnLoad="1"' in zipfile.ZipFile(book).read("xl/workbook.xml")
