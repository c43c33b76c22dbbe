"""``xl-infusion orders`` and ``visits``: a CSV export into the tables, every other part of the workbook kept."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from typer.testing import CliRunner, Result

from tests import billing
from xl_infusion.cli import app
from xl_infusion.template.sheets import start
from xl_infusion.workbook.fill import fill
from xl_infusion.workbook.imports.csv_file import read_export
from xl_infusion.workbook.imports.kinds import ORDER_ROWS, REMIT_ROWS, VISIT_ROWS, Kind

pytestmark = pytest.mark.slow

#: Orders as a pharmacy's program exports them: other headings, columns that the sheet has not, a patient's name.
EXPORT = [
    ["Rx number", "MRN", "Patient name", "Medication", "Dosage", "Frequency", "Start date", "Stop date", "Days supply",
     "Payor", "Prescriber NPI", "NDC", "POS", "Diagnosis"],
    ["0012", "00345", "Ann Example", "meropenem", "1 g", "q8h", "03/01/2025", "3/7/25", "", "Example Commercial",
     "1234567893", "00409653321", "12", "A41.9"],
    ["0013", "00345", "Ann Example", "vancomycin", "1000", "12", "2025-03-01", "", "7", "Example Commercial",
     "1234567893", "", "", ""],
    ["0014", "00346", "Bob Example", "ertapenem", "1 g", "daily", "20250301", "", "two weeks", "", "", "", "", ""],
]  # fmt: skip
SEEN = [
    ["MRN", "Date of service", "Time in", "Time out", "Comment"],
    ["00345", "3/1/2025", "9:30 AM", "11:45", "late"],
    ["00345", "3/2/2025", "03/02/2025 22:30", "2025-03-03 00:15", ""],
    ["00346", "3/3/2025", "0900", "noon", ""],
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "300", "NO_COLOR": "1"})


def written(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("new") / "billing.xlsx"
    billing.new(path, examples=False)
    return path.read_bytes()


@pytest.fixture
def book(empty: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "billing.xlsx"
    path.write_bytes(empty)
    return path


def table(path: Path, name: str) -> list[dict[str, object]]:
    """The rows of a table of the shipped workbook, without their blank cells."""
    heads, *rows = openpyxl.load_workbook(path)[name].iter_rows(min_row=4, values_only=True)
    found = [{str(head): cell for head, cell in zip(heads, row, strict=False) if cell is not None} for row in rows]
    return [row for row in found if row]


def test_orders_come_under_their_headings_each_cell_as_what_it_is(book: Path, tmp_path: Path) -> None:
    done = run("orders", written(tmp_path / "orders.csv", EXPORT), book)
    assert done.exit_code == 0, done.output
    march = dt.datetime(2025, 3, 1)
    assert table(book, "Orders") == [
        {"Order": "0012", "Patient": "00345", "Payer": "Example Commercial", "Drug": "meropenem", "Dose": "1 g",
         "Interval": "q8h", "Start": march, "End": dt.datetime(2025, 3, 7), "Place": "12", "Prescriber": "1234567893",
         "NDC": "00409653321"},
        {"Order": "0013", "Patient": "00345", "Payer": "Example Commercial", "Drug": "vancomycin", "Dose": "1000",
         "Interval": "12", "Start": march, "Days": 7, "Prescriber": "1234567893"},
        {"Order": "0014", "Patient": "00346", "Drug": "ertapenem", "Dose": "1 g", "Interval": "daily", "Start": march,
         "Days": "two weeks"},
    ]  # fmt: skip
    said = done.output
    assert "3 rows of 12 columns at Orders!A5:AB7" in said and "Example" not in said.replace("Example Commercial", "")
    assert (
        "to hold against the file's own: 3 rows, 3 different in Order, 2 different in Patient, Days 7 without 1 cell"
        in said
    )
    assert "kept as text: Days is no number in line 4; Checks says so" in said
    assert "left out: Patient name, 3 cells: Orders knows no such column" in said
    assert "left out: Diagnosis, 1 cell: Orders knows no such column" in said


@pytest.mark.parametrize(
    ("dose", "unit", "typed", "told"),
    [
        ("1", "g", "1 g", False), ("1,250", "mg", "1,250 mg", False), (".5", "g", ".5 g", False), ("2", "", "2", False),
        ("1 g", "g", "1 g", False), ("1g", "G", "1g", False), ("1 g", "mg", "1 g", True), ("500mg", "mL", "500mg", True), ("", "g", None, True),
    ],
)  # fmt: skip
def test_a_dose_whose_unit_stands_apart_has_it(
    book: Path, tmp_path: Path, dose: str, unit: str, typed: str | None, told: bool
) -> None:
    """1 in a column Dose and g in another was a dose of 1 mg."""
    export = [["Rx number", "MRN", "Drug", "Dose", "Dose UOM", "Interval", "Start", "Days"],
              ["1", "2", "meropenem", dose, unit, "q8h", "2025-07-01", "3"]]  # fmt: skip
    done = run("orders", written(tmp_path / "orders.csv", export), book)
    assert done.exit_code == 0, done.output
    assert [row.get("Dose") for row in table(book, "Orders")] == [typed]
    assert ("left out: Dose unit, 1 cell" in done.output) is told


def test_visits_have_their_times_and_days(book: Path, tmp_path: Path) -> None:
    done = run("visits", written(tmp_path / "visits.csv", SEEN), book)
    assert done.exit_code == 0, done.output
    assert table(book, "Visits") == [
        {"Patient": "00345", "Date": dt.datetime(2025, 3, 1), "Start time": dt.time(9, 30), "End time": dt.time(11, 45)},
        {"Patient": "00345", "Date": dt.datetime(2025, 3, 2), "Start time": dt.datetime(2025, 3, 2, 22, 30),
         "End time": dt.datetime(2025, 3, 3, 0, 15)},
        {"Patient": "00346", "Date": dt.datetime(2025, 3, 3), "Start time": dt.time(9), "End time": "noon"},
    ]  # fmt: skip
    assert "End time is no time of day in line 4; Checks says so" in done.output
    assert "3 rows, 2 different in Patient" in done.output


def test_minutes_are_added_up(book: Path, tmp_path: Path) -> None:
    rows = [["Patient", "Visit date", "Duration"], ["P-1", "3/1/25", "1,200"], ["P-1", "3/2/25", "52.5"]]
    done = run("visits", written(tmp_path / "visits.csv", rows), book)
    assert "2 rows, 1 different in Patient, Minutes 1,252.5" in done.output, done.output
    assert [row["Minutes"] for row in table(book, "Visits")] == [1200, 52.5]


def orders(count: int) -> list[list[str]]:
    head = ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"]
    return [head, *[[f"RX-{at:02}", f"PT-{at:02}", "meropenem", "1 g", "q8h", "3/3/2025", "7"] for at in range(count)]]


def test_25_orders_out_of_a_file_are_all_billed_and_nothing_else_changes(book: Path, tmp_path: Path) -> None:
    before = {name: zipfile.ZipFile(book).read(name) for name in zipfile.ZipFile(book).namelist()}
    done = run("orders", written(tmp_path / "orders.csv", orders(25)), book)
    assert done.exit_code == 0 and "the table grew by 13 rows" in done.output
    after = {name: zipfile.ZipFile(book).read(name) for name in zipfile.ZipFile(book).namelist()}
    differ = {name for name in before if before[name] != after[name]}
    differ.remove("xl/workbook.xml")  # it asks that formulas over the orders are calculated
    assert len(differ) == 2 and all("worksheets/" in name or "tables/" in name for name in differ)
    [grid] = fill(book).grids
    at = grid.rows[0].index("Order")
    assert {row[at] for row in grid.rows[1:]} == {f"RX-{number:02}" for number in range(25)}
    assert not grid.failed
    sheet = openpyxl.load_workbook(book, data_only=True)["Start"]
    checks = {row[1].value: row[4].value for row in sheet.iter_rows(min_row=start.CHECK_ROW + 1)}
    assert checks["Orders without a claim line"] == 0 and checks["Cells typed below a table's end"] == 0


def test_rows_that_are_there_already_are_told_and_not_doubled(book: Path, tmp_path: Path) -> None:
    week, more = written(tmp_path / "week.csv", orders(3)), written(tmp_path / "more.csv", orders(5))
    run("orders", week, book)
    digest = hashlib.sha256(book.read_bytes()).digest()
    again = run("orders", week, book)
    assert again.exit_code == 0 and hashlib.sha256(book.read_bytes()).digest() == digest
    assert "0 rows of 7 columns" in again.output and "3 rows, 3 different in Order" in again.output
    assert "twice: 3 rows of the file stood in the table already, and were not put there again" in again.output
    assert "twice: 3 rows" in run("orders", more, book).output
    assert [row["Order"] for row in table(book, "Orders")] == [f"RX-0{at}" for at in range(5)]
    copy = tmp_path / "copy.xlsx"
    assert run("orders", more, book, "--output", copy).exit_code == 0 and copy.read_bytes() == book.read_bytes()
    replaced = run("orders", week, book, "--replace")
    assert "5 rows cleared before" in replaced.output and len(table(book, "Orders")) == 3


def test_a_visit_twice_in_the_file_is_two_visits(book: Path, tmp_path: Path) -> None:
    one = ["P-1", "3/1/2025", "60"]
    run("visits", written(tmp_path / "one.csv", [["Patient", "Date", "Minutes"], one]), book)
    done = run("visits", written(tmp_path / "two.csv", [["Patient", "Date", "Minutes"], one, one]), book)
    assert "twice: 1 row of the file stood in the table already, and was not put there again" in done.output
    assert len(table(book, "Visits")) == 2


@pytest.mark.parametrize(
    ("command", "rows", "status", "said"),
    [
        ("orders", [["Order", "Patient", "Drug"], ["1", "Ann Example", "x"]], 8, "Orders lacks the column Dose"),
        ("orders", [["one", "two"], ["Ann Example", "2"]], 8, "has the headings of a list of orders, such as Order,"),
        ("visits", [["Patient", "Date"], ["Ann Example", "2"]], 8, "Visits lacks the column Minutes or End time"),
        ("orders", [*orders(1), ["a", "Ann Example", *"cdefgh"]], 4, "line 3 has 8 cells under 7 headings"),
        ("orders", [[*orders(0)[0], "Rx number", "Script number"], ["1"]], 4, "no rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_changes_nothing_and_names_nobody(
    command: str, rows: list[list[str]], status: int, said: str, book: Path, tmp_path: Path
) -> None:
    if said == "no rows":
        rows = rows[:1]
    before = book.read_bytes()
    done = run(command, written(tmp_path / "a.csv", rows), book)
    assert done.exit_code == status and said in done.output and "Ann" not in done.output, done.output
    assert book.read_bytes() == before


@pytest.mark.parametrize("kind", [ORDER_ROWS, VISIT_ROWS, REMIT_ROWS], ids=lambda kind: kind.table.name)
def test_every_synonym_of_a_column_is_read(kind: Kind, tmp_path: Path) -> None:
    """Each heading of the notes is found, with every other column under its own name."""
    columns = kind.columns.columns
    for column in columns:
        for synonym in column.synonyms:
            heads = [synonym if one is column else one.name for one in columns]
            read = read_export(written(tmp_path / "a.csv", [heads, ["1"] * len(heads)]), kind)
            assert set(read.columns) == {one.name for one in columns} and not read.unknown, (column.name, synonym)


def test_a_formula_of_the_table_goes_on_into_the_new_rows(tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    head = [*orders(0)[0][:6], "End"]
    for row, cells in enumerate([head, ["RX-9", "PT-9", "meropenem", "1 g", "q8h", dt.datetime(2025, 3, 1)]], start=1):
        for col, value in enumerate(cells, start=1):
            sheet.cell(row, col, value)
    sheet["G2"] = "=F2+6"
    sheet.add_table(Table(displayName="Orders", name="Orders", ref="A1:G2"))
    book.create_sheet("Claim")["A1"] = "=CLAIM_GRID(Orders[#All])"
    book.save(path)
    file = written(tmp_path / "orders.csv", [row[:6] + ([""] if at else ["End"]) for at, row in enumerate(orders(2))])
    done = run("orders", file, path)
    assert done.exit_code == 0, done.output
    sheet = openpyxl.load_workbook(path).active
    assert [sheet.cell(row, 7).value for row in (2, 3, 4)] == ["=F2+6", "=F3+6", "=F4+6"]
    [grid] = fill(path).grids
    at = grid.rows[0].index("To")
    assert {row[at] for row in grid.rows[1:]} == {dt.date(2025, 3, 7), dt.date(2025, 3, 9)}
