"""``xl-infusion remit``: a CSV file into the table Remittance, every other part of the workbook kept."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from tests import billing
from xl_infusion.cli import app
from xl_infusion.model.columns import REMITTANCE
from xl_infusion.spreadsheet.xlsx.package import Package, SheetEdit, write
from xl_infusion.template.model_examples import REMITTANCE as PAID
from xl_infusion.workbook.fill import fill

pytestmark = pytest.mark.slow

HEADINGS = [column.name for column in REMITTANCE.columns]
#: An export as a clearinghouse writes it: other headings, and more columns than the sheet has.
ODD = [
    ["ICN", "Rx Number", "Patient Control Number", "Payer Name", "Procedure Code", "Modifier 1", "Modifier 2",
     "Service Date From", "Service Date To", "Paid Units", "Charge Amount", "Allowed Amount", "Payment Amount",
     "Reason Code", "Group Code", "CAS amount", "Check no"],
    ["0012", "RX-1", "PT-1", "Example", "HC:S9500", "SH", "59", "20250701", "7/9/2025", "9", "$1,250.50", "900",
     "(12.30)", "45", "CO", "350.50", "991"],
    ["0013", "RX-2", "PT-1", "Example", "J0696", "", "", "2025-07-01", "soon", "9", "n/a", "900.25", "12.31", "", "",
     "", ""],
]  # fmt: skip


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "300", "NO_COLOR": "1"})


def written(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(before: Path, after: Path) -> set[str]:
    old, new = parts(before), parts(after)
    assert list(old) == list(new)
    return {name for name in old if old[name] != new[name]}


def paid() -> list[list[object]]:
    """The examples' remittance as a file has it."""
    days = {"From", "To"}
    return [
        [f"{row[name]:%m/%d/%Y}" if name in days and name in row else row.get(name, "") for name in HEADINGS]
        for row in PAID
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("books")
    books = {"full": folder / "full.xlsx", "empty": folder / "empty.xlsx"}
    billing.new(books["full"])
    billing.new(books["empty"], examples=False)
    return books


@pytest.fixture
def book(made: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: Path(shutil.copyfile(made[name], tmp_path / f"{name}.xlsx"))


def test_rows_fill_the_spare_ones_and_the_table_grows(book: Callable[[str], Path], tmp_path: Path) -> None:
    path, export = book("full"), written(tmp_path / "odd.csv", ODD + ODD[1:] * 2)
    before = shutil.copyfile(path, tmp_path / "before.xlsx")
    done = run("remit", export, path)
    first = 5 + len(PAID)  # three spare rows, and three more rows than that
    assert done.exit_code == 0, done.output
    assert f"6 rows of 16 columns at Remittance!A{first}:N{first + 5}; the table grew by 3 rows" in done.output
    assert "Charge 3,751.50 without 3 cells of text, Allowed 5,400.75, Paid 0.03" in done.output
    assert "To is no day in lines 3, 5, 7" in done.output and "left out: Check no, 3 cells" in done.output
    assert "Modifier 2" not in done.output and "CAS amount" not in done.output

    with Package.open(path) as package:
        sheet, table = package.sheet("Remittance").part, package.formula_parts[-1]
    assert changed(before, path) == {sheet, table, "xl/workbook.xml"}
    opened = openpyxl.load_workbook(path)["Remittance"]
    ref = f"A4:N{first + 5}"
    assert opened.tables["Remittance"].ref == opened.tables["Remittance"].autoFilter.ref == ref
    assert opened.dimensions == f"A1:N{first + 5}"
    rows = list(opened.iter_rows(min_row=first, values_only=True))
    one = ("0012", "RX-1", "PT-1", "Example", "HC:S9500", "SH 59", dt.datetime(2025, 7, 1), dt.datetime(2025, 7, 9), 9,
           1250.5, 900, -12.3, None, "CO-45 350.50")  # fmt: skip
    two = ("0013", "RX-2", "PT-1", "Example", "J0696", None, dt.datetime(2025, 7, 1), "soon", 9, "n/a", 900.25, 12.31,
           None, None)  # fmt: skip
    assert rows == [one, two] * 3
    for row in range(first, first + 6):
        assert [cell.style_id for cell in opened[row]] == [cell.style_id for cell in opened[5]]
    by_calamine = CalamineWorkbook.from_path(path).get_sheet_by_name("Remittance").to_python()
    assert len(by_calamine) == first + 5 and by_calamine[-2][6:10] == [
        dt.date(2025, 7, 1),
        dt.date(2025, 7, 9),
        9,
        1250.5,
    ]
    # all that was there before is where it was
    assert (
        by_calamine[: first - 1]
        == CalamineWorkbook.from_path(before).get_sheet_by_name("Remittance").to_python()[: first - 1]
    )


def test_fill_after_it_compares(book: Callable[[str], Path], tmp_path: Path) -> None:
    path, export = book("full"), written(tmp_path / "paid.csv", [HEADINGS, *paid()])
    with Package.open(path) as package:
        as_it_was = package.values("Variance"), package.values("Remittance")
        write(package, path, {"Remittance": SheetEdit(clear=[(5, 1, 5 + len(PAID) + 2, 14)])})
    fill(path)
    with Package.open(path) as package:
        assert package.values("Variance")[29:] != as_it_was[0][29:]
    done = run("remit", export, path)
    assert done.exit_code == 0 and f"at Remittance!A5:N{4 + len(PAID)}\n" in done.output
    assert f"Paid {sum(row['Paid'] for row in PAID):,.2f}" in done.output  # type: ignore[misc]
    assert "cannot be matched" not in done.output and "left out" not in done.output
    fill(path)
    with Package.open(path) as package:
        assert package.values("Remittance") == as_it_was[1]
        grid = [row[:18] for row in package.values("Variance")[29:]]
    assert grid == [row[:18] for row in as_it_was[0][29:]]


def test_an_empty_table_grows_and_variance_names_what_it_cannot_match(
    book: Callable[[str], Path], tmp_path: Path
) -> None:
    path, out = book("empty"), tmp_path / "out.xlsx"
    export = written(tmp_path / "paid.csv", [HEADINGS, *paid(), ["Total", *[""] * 10, "34109.05"]])
    before = path.read_bytes()
    done = run("remit", export, path, "--output", out)
    assert done.exit_code == 0, done.output
    assert path.read_bytes() == before
    assert f"cannot be matched: line {len(PAID) + 2}; Variance says why" in done.output
    with Package.open(out) as package:
        assert package.tables["remittance"].ref == (4, 1, 5 + len(PAID), 14)
        assert package.values("Remittance")[4 + len(PAID)][0] == "Total"


def test_replace_and_twice(book: Callable[[str], Path], tmp_path: Path) -> None:
    path, export = book("full"), written(tmp_path / "odd.csv", ODD)
    assert run("remit", export, path, "--quiet").output == ""
    again = run("remit", export, path)
    assert "twice: 2 rows stood in the table already" in again.output
    done = run("remit", export, path, "--replace")
    assert f"2 rows of 16 columns at Remittance!A5:N6; {len(PAID) + 4} rows cleared before" in done.output
    assert "  twice" not in done.output
    opened = openpyxl.load_workbook(path)["Remittance"]
    assert [cell.value for cell in opened[6]][:2] == ["0013", "RX-2"]
    assert all(cell.value is None for row in opened.iter_rows(min_row=7) for cell in row)
    assert opened["G40"].number_format == opened["G5"].number_format  # the look of the cleared rows stays
    whole = path.read_bytes()
    run("remit", export, path, "--replace")
    assert path.read_bytes() == whole


ROW = ["PT-1", "S9500", "07/01/2025", "9", "900"]
HEAD = ["Patient", "Code", "From", "Units", "Paid"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Patient;Code;From;Units;Paid\r\nPT-1;S9500;07/01/2025;9;900\r\n", ""),
        ("Patient\tCode\tFrom\tUnits\tPaid\nPT-1\tS9500\t07/01/2025\t9\t900".encode("utf-16"), ""),
        ("\ufeffPatient|Code|From|Units|Paid\n\n||||\nPT-1|S9500|20250701|9|900".encode(), ""),
        (b'Patient,Code,"From",Units,Paid\nPT-1,="S9500",7/1/2025 12:00:00 AM,9.0,$900.00', ""),
        (b"Payments of July, 2025\n\nPatient,Code,From,Units,Paid\nPT-1,S9500,2025-07-01,9,900", "stand in line 3"),
        (b"Patient,Code,From,Units,Paid,Note\nPT-1,S9500,2025-07-01,9,900\n,,,,,end", "line 2 end before"),
        (b"Patient,Code,From,Units,Paid,Payer\nPT-1,S9500,2025-07-01,9,900", "line 2 end before the last heading"),
        ("Patient,Code,From,Units,Paid,Größe\nPT-1,S9500,2025-07-01,9,900,".encode("cp1252"), "read as Windows-1252"),
    ],
)  # fmt: skip
def test_odd_files_are_read(book: Callable[[str], Path], tmp_path: Path, content: bytes, said: str) -> None:
    path, export = book("empty"), tmp_path / "a.csv"
    export.write_bytes(content)
    done = run("remit", export, path)
    assert done.exit_code == 0, done.output
    assert "1 row of " in done.output and "sums, to hold against the file's own: Paid 900.00\n" in done.output
    assert said in done.output and ("note" in done.output) == bool(said)
    with Package.open(path) as package:
        row = package.values("Remittance")[4]
    assert (row[2], row[4], row[6], row[8], row[11]) == ("PT-1", "S9500", dt.date(2025, 7, 1), 9, 900)


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 4, "is empty"),
        (b"PK\3\4...", 4, "is a workbook or an archive"),
        (b"ISA*00*   ", 4, "is the 835 itself"),
        (b"Patient,Code,From,Units,Paid\n", 4, "has no rows below its headings (line 1)"),
        (b"Patient,Code,From,Units,Paid\nPT-1,S9500,7/1/2025,9,1,250.50", 4, "line 2 has 6 cells under 5 headings, from Paid"),
        (b'Patient,Code,From,Units,Paid\nPT-1,S9500,7/1/2025,9,"900\nPT', 4, "line 2: cannot be read as CSV"),
        (b"Patient,Code,From,Units,Paid\nPT-1,S95\0,7/1/2025,9,900", 4, "line 2: has bytes that are no text"),
        (b"Patient,Code,From,Units,Paid\n\x81,S9500,7/1/2025,9,900", 4, "line 2: has a byte that is no character"),
        (b"Patient,Code,From,Units,Paid\n" + b"P" * 32768 + b",S9500,7/1/2025,9,900", 4, "line 2, Patient: has 32,768"),
        (b"Patient,Code,From,Paid\nPT-1,S9500,7/1/2025,900", 8, "a.csv line 1: Remittance lacks the column Units"),
        (b"Code,From,Units,Paid\nS9500,7/1/2025,1,900", 8, "lacks the column Order or Patient"),
        (b"Patient,Code,From,Units,Paid,Paid\nPT-1,S9500,7/1/2025,1,9,8", 8, "has the column Paid twice"),
        (b"Patient,Code,From,Units,Paid\nPT-1,S9500,7/1/2025,9,900,x", 4, "from Paid on they are not where"),
        (b"x" * 140_000, 8, "none of its first 20 lines has the headings"),
        (b"one,two\n1,2", 8, "none of its first 20 lines has the headings"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_changes_nothing(
    book: Callable[[str], Path], tmp_path: Path, content: bytes, status: int, said: str
) -> None:
    path, export = book("full"), tmp_path / "a.csv"
    before = path.read_bytes()
    export.write_bytes(content)
    done = run("remit", export, path, "--replace")
    assert (done.exit_code, path.read_bytes() == before) == (status, True), done.output
    assert "a.csv" in done.output and said in done.output and "PT-1" not in done.output


def own(path: Path, rows: int = 2, more: Mapping[str, object] | None = None) -> Path:
    """A workbook of somebody's own, whose table stands in B3, in another order, with a column more."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "From payers"
    for col, name in enumerate(["Paid amount", "MRN", "HCPCS", "DOS", "Days", "Mine"], 2):
        sheet.cell(3, col, name)
    sheet["B4"].number_format = "0.00"
    sheet["E4"].number_format = "m/d/yyyy"
    sheet["C9"] = "a note"
    sheet["G4"] = "kept"
    table = Table(displayName="Remittance", name="Remittance", ref=f"B3:G{3 + rows}")
    sheet.add_table(table)
    for cell, value in (more or {}).items():
        sheet[cell] = value
    book.save(path)
    return path


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    path, export = own(tmp_path / "own.xlsx"), written(tmp_path / "a.csv", [[*HEAD, "Payer"], *[[*ROW, "Example"]] * 5])
    done = run("remit", export, path)
    assert done.exit_code == 0, done.output
    assert "5 rows of 5 columns at 'From payers'!B4:G8; the table grew by 3 rows" in done.output
    assert "left out: Payer, 5 cells: the workbook's table has no such column" in done.output
    sheet = openpyxl.load_workbook(path).active
    for row in range(4, 9):
        assert [cell.value for cell in sheet[row]][1:6] == [900, "PT-1", "S9500", dt.datetime(2025, 7, 1), 9]
    assert (sheet["B8"].number_format, sheet["E8"].number_format) == ("0.00", "m/d/yyyy")
    assert sheet["C9"].value == "a note" and sheet["G4"].value == "kept"
    assert sheet.tables["Remittance"].ref == "B3:G8"


@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        (6, {}, "'From payers'!C9 has something"),
        (4, {"D7": "=1+1"}, "'From payers'!D7 has a formula, where the file has Code: move it away"),
        (2, {"G8": '=""'}, "'From payers'!G8 has a formula: move it away"),
        (2, {"B5": "=1+1"}, "'From payers'!B5 has a formula, where the file has Paid"),
    ],
)
def test_nothing_is_gone_over(tmp_path: Path, rows: int, more: dict[str, object], said: str) -> None:
    path = own(tmp_path / "own.xlsx", more=more)
    before = path.read_bytes()
    export = written(tmp_path / "a.csv", [HEAD, *[ROW] * (5 if "G8" in more else rows)])
    done = run("remit", export, path)
    assert done.exit_code == 6 and said in done.output, done.output
    assert path.read_bytes() == before


def test_merged_cells_another_table_and_totals_are_in_the_way(tmp_path: Path) -> None:
    export = written(tmp_path / "a.csv", [HEAD, *[ROW] * 4])
    for number, said in enumerate(("F7 has a merged cell", "G6 has the table Other", "has a row of totals below it")):
        path = own(tmp_path / f"{number}.xlsx")
        book = openpyxl.load_workbook(path)
        sheet = book.active
        if number == 0:
            sheet.merge_cells("F7:H7")
        elif number == 1:
            sheet["G6"], sheet["H6"] = "x", "y"
            sheet.add_table(Table(displayName="Other", name="Other", ref="G6:H8"))
        else:
            sheet.tables["Remittance"].totalsRowCount = 1
        book.save(path)
        done = run("remit", export, path)
        assert done.exit_code == 6 and said in done.output, done.output


def test_formulas_in_the_table_stay_when_it_is_replaced(tmp_path: Path) -> None:
    path = own(tmp_path / "own.xlsx", 4, {"B4": 5, "C4": "PT-9", "F5": "=1+1", "C6": "PT-9"})
    export = written(tmp_path / "a.csv", [HEAD, ROW])
    done = run("remit", export, path, "--replace")
    assert done.exit_code == 0 and "2 rows cleared before" in done.output, done.output
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[4]][1:7] == [900, "PT-1", "S9500", dt.datetime(2025, 7, 1), 9, "kept"]
    assert (sheet["F5"].value, sheet["C6"].value) == ("=1+1", None)


def test_files_that_are_not_there_open_or_something_else(book: Callable[[str], Path], tmp_path: Path) -> None:
    path, export = book("full"), written(tmp_path / "a.csv", [HEAD, ROW])
    gone = run("remit", tmp_path / "gone.csv", path)
    assert gone.exit_code == 3 and "gone.csv" in gone.output
    assert run("remit", export, tmp_path / "gone.xlsx").exit_code == 3
    assert run("remit", export, export).exit_code == 4
    plain = tmp_path / "plain.xlsx"
    openpyxl.Workbook().save(plain)
    without = run("remit", export, plain)
    assert without.exit_code == 8 and "no table named Remittance" in without.output
    lock = tmp_path / f"~${path.name}"
    lock.write_bytes(b"")
    before = path.read_bytes()
    assert run("remit", export, path).exit_code == 5 and path.read_bytes() == before
    lock.unlink()
    assert not [file for file in tmp_path.iterdir() if file.suffix in (".tmp", ".part")]


def test_what_stands_apart_is_joined_only_where_it_reads_the_same(book: Callable[[str], Path], tmp_path: Path) -> None:
    head = [*HEAD, "CARC", "Group code", "CAS amount", "Mod 3"]
    reasons = [
        (["45", "CO", "12.5", ""], "CO-45 12.50", None),
        (["PR-2", "", "20", "xu"], "PR-2 20.00", "xu"),
        (["2", "PR", "", ""], "PR-2", None),
        (["45, 253", "CO", "12.50", ""], "45, 253", None),  # whose amount it is, nobody knows
        (["45", "CO", "some", ""], "45", None),
        (["", "CO", "1.00", ""], None, None),
    ]
    export = written(tmp_path / "a.csv", [head, *[ROW + cells for cells, *_ in reasons]])
    done = run("remit", export, book("empty"))
    assert "left out: Adjustment group, 3 cells" in done.output, done.output
    assert "left out: Adjustment amount, 3 cells" in done.output and "Modifier 3" not in done.output
    rows = openpyxl.load_workbook(tmp_path / "empty.xlsx")["Remittance"].iter_rows(
        min_row=5, max_row=10, values_only=True
    )
    assert [(row[13], row[5]) for row in rows] == [(said, modifier) for _, said, modifier in reasons]


def test_what_is_no_number_and_no_day_stays_text(book: Callable[[str], Path], tmp_path: Path) -> None:
    odd = ["7/1/0025", "7/1/125", "45839", "2025-13-01", "20251301", "20250701-20250702"]
    amounts = ["1,25", "1.250,50", "USD 5", "12345.67.89", "=1+1", "12.30-"]
    head = [*HEAD, "Claim"]
    lines = [["PT-1", "99601", day, "1", amount, "=A1"] for day, amount in zip(odd, amounts, strict=True)]
    done = run("remit", written(tmp_path / "a.csv", [head, *lines]), book("empty"))
    assert "From is no day in lines 2, 3, 4, ... (6)" in done.output, done.output
    assert "Paid -12.30 without 5 cells of text" in done.output and "Paid is no number in lines 2, 3, 4" in done.output
    with Package.open(tmp_path / "empty.xlsx") as package:
        rows = package.values("Remittance")[4:10]
        assert [cell.text for cell in package.formulas("Remittance")] == []
    assert [row[6] for row in rows] == odd and [row[11] for row in rows] == [*amounts[:5], -12.3]
    assert [(row[0], row[4], row[8]) for row in rows] == [("=A1", "99601", 1)] * 6


def rewritten(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with something in one part written otherwise."""
    contents = parts(path)
    assert old in contents[part]
    contents[part] = contents[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


TABLE, SHEET = "xl/tables/table1.xml", "xl/worksheets/sheet1.xml"


def test_a_sheet_in_another_form_is_read(tmp_path: Path) -> None:
    path = rewritten(own(tmp_path / "own.xlsx"), SHEET, b"<sheetData>", b"<sheetData><!-- rows -->")
    done = run("remit", written(tmp_path / "a.csv", [HEAD, *[ROW] * 3]), path)
    assert done.exit_code == 0 and "grew by 1 row\n" in done.output, done.output
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[6]][1:6] == [900, "PT-1", "S9500", dt.datetime(2025, 7, 1), 9]
    assert sheet["E6"].number_format == "m/d/yyyy"


@pytest.mark.parametrize(
    ("part", "old", "new", "status", "said"),
    [
        (TABLE, b'ref="B3:G5"', b"ref='B3:G5'", 4, "its table Remittance is written strangely"),
        (TABLE, b"<table ", b'<table headerRowCount="0" ', 8, "shows no headings"),
        (TABLE, b'name="Days"', b'name="Dayz"', 8, "lacks the column Units"),
        ("xl/workbook.xml", b"<workbookPr/>", b'<workbookPr date1904="1"/>', 4, "from 1904"),
    ],
)
def test_a_table_that_cannot_take_them(
    tmp_path: Path, part: str, old: bytes, new: bytes, status: int, said: str
) -> None:
    path = own(tmp_path / "own.xlsx")
    if b"headerRowCount" in new:
        rewritten(path, TABLE, b' headerRowCount="1"', b"")
    path = rewritten(path, part, old, new)
    before = path.read_bytes()
    done = run("remit", written(tmp_path / "a.csv", [HEAD, *[ROW] * 3]), path)
    assert done.exit_code == status and said in done.output and "own.xlsx" in done.output, done.output
    assert path.read_bytes() == before
