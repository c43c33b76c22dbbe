"""A table's row of totals: Excel hands it over with [#All], and it is no order, no visit, no rate and no payment."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.table import Table
from typer.testing import CliRunner, Result

from xl_infusion.cli import app
from xl_infusion.functions import FUNCTIONS
from xl_infusion.spreadsheet.calculation.calculate import calculate
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.workbook.fill import Filled, fill

DAY = dt.datetime(2025, 10, 1)
#: Each table: its headings and a row, and the row of totals below them.
TABLES: dict[str, list[list[Any]]] = {
    "Orders": [
        ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"],
        ["RX-1", "PT-1", "Acme", "meropenem", "1 g", "q8h", DAY, 7],
        ["Total", None, None, None, None, None, None, "=SUBTOTAL(109,Orders[Days])"],
    ],
    "Visits": [["Patient", "Date", "Minutes"], ["PT-1", DAY, 90], ["Total", None, "=SUBTOTAL(109,Visits[Minutes])"]],
    "Payers": [["Payer", "Second share"], ["Acme", 0.5], ["Total", 0.5]],
    "Rates": [["Payer", "Code", "Rate"], ["Acme", "S9502", 150], ["Total", None, 152]],
    "Remittance": [
        ["Patient", "Code", "From", "To", "Units", "Charge", "Paid"],
        ["PT-1", "S9502", DAY, dt.datetime(2025, 10, 7), 7, 1050, 1000],
        ["Total", None, None, None, 7, 1050, "=SUBTOTAL(109,Remittance[Paid])"],
    ],
}
CALLS = {
    "Claim": "CLAIM_GRID(Orders[#All],Visits[#All],Payers[#All],Rates[#All])",
    "Checks": "CLAIM_CHECKS(Orders[#All],Visits[#All],Payers[#All],Rates[#All])",
    "Variance": "VARIANCE_GRID(Orders[#All],Visits[#All],Payers[#All],Rates[#All],Remittance[#All])",
}


def book(path: Path, totals: tuple[str, ...] = (), calls: dict[str, str] = CALLS) -> Path:
    """A workbook with these tables from row 3 on, some with a row of totals in row 5."""
    made = Workbook()
    for name, rows in TABLES.items():
        sheet = made.create_sheet(name)
        for row, cells in enumerate(rows if name in totals else rows[:2], start=3):
            for col, value in enumerate(cells, start=1):
                sheet.cell(row, col, value)
        last = 5 if name in totals else 4
        table = Table(displayName=name, name=name, ref=f"A3:{sheet.cell(last, len(rows[0])).coordinate}")
        if name in totals:
            table.totalsRowCount = 1
        sheet.add_table(table)
    for name, text in calls.items():
        made.create_sheet(name)["A1"] = f"={text}"
    made.save(path)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "300", "NO_COLOR": "1"})


def grids(path: Path) -> dict[str, list[list[object]]]:
    with Package.open(path) as package:
        return {name: package.values(name) for name in CALLS}


@pytest.mark.parametrize("name", TABLES)
def test_the_claim_is_that_of_a_table_without_it(name: str, tmp_path: Path) -> None:
    without, with_it = book(tmp_path / "without.xlsx"), book(tmp_path / "with.xlsx", (name,))
    assert fill(without).totals == []
    filled = fill(with_it)
    assert grids(with_it) == grids(without)
    assert [str(one).split(" and is")[0] for one in filled.totals] == [f"row 5 of {name} adds up the table {name}"]
    before = with_it.read_bytes()
    again = fill(with_it)
    assert again.changed == 0 and len(again.totals) == 1 and with_it.read_bytes() == before


def test_each_is_told_once_with_the_remedy_and_strict_says_7(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", ("Orders", "Rates"))
    done = run("fill", path, "--strict", "--show")
    assert done.exit_code == 7
    assert done.output.count("row of totals: row 5 of") == 2
    assert "row 5 of Orders adds up the table Orders and is left out here" in done.output
    assert "switch it off (Table Design, Total Row)" in done.output
    assert run("fill", path).exit_code == 0


def test_a_range_that_takes_it_in_leaves_the_rows_below_their_numbers(tmp_path: Path) -> None:
    calls = {"Claim": "CLAIM_GRID(Orders!A3:H6)", "Checks": "CLAIM_CHECKS(Orders!A3:H6)"}
    path = book(tmp_path / "book.xlsx", ("Orders",), calls)
    opened = openpyxl.load_workbook(path)
    for col, value in enumerate(["RX-2", "PT-2", "Acme", "meropenum", "1 g", "q8h", DAY, 7], start=1):
        opened["Orders"].cell(6, col, value)
    opened.save(path)
    filled = fill(path)
    assert [one.table for one in filled.totals] == ["Orders"]
    [grid] = filled.grids
    assert {row[grid.rows[0].index("Order")] for row in grid.rows[1:]} == {"RX-1", "RX-2"}
    rows = openpyxl.load_workbook(path, data_only=True)["Checks"].iter_rows(values_only=True)
    assert 4 in {row[3] for row in rows if row[4] == "RX-2"}


@pytest.mark.parametrize(
    "call",
    ["CLAIM_GRID(Orders[[#Headers],[#Data]])", "CLAIM_GRID(Orders!A3:H4)", "JUNITS(Orders[Drug],Orders[Dose])",
     "JUNITS(Orders!D4:D5,Orders!E4:E5)", "ROWS(Orders[#All])+JUNITS(Orders!D4,Orders!E4)"],
)  # fmt: skip
def test_what_does_not_read_it_as_a_table_is_as_it_is(call: str, tmp_path: Path) -> None:
    filled: Filled = fill(book(tmp_path / "book.xlsx", ("Orders",), {"Claim": call}))
    assert filled.totals == [] and filled.unresolved == []


def test_native_formulas_read_it(tmp_path: Path) -> None:
    path = book(
        tmp_path / "book.xlsx", ("Orders",), {"Claim": "VSTACK(Orders[#All])", "Checks": "COUNTA(Orders[#All])"}
    )
    with Package.open(path) as package:
        functions = {name: function.call for name, function in FUNCTIONS.items()}
        found = calculate(package, functions)
    assert found.values["Checks"][1, 1] == 8 + 8 + 2 and found.totals == []


@pytest.mark.parametrize(("command", "name"), [("orders", "Orders"), ("visits", "Visits"), ("remit", "Remittance")])
def test_an_import_goes_neither_over_it_nor_below_it(command: str, name: str, tmp_path: Path) -> None:
    path, rows = book(tmp_path / "book.xlsx", (name,)), tmp_path / "rows.csv"
    said = [[value.date() if isinstance(value, dt.datetime) else value for value in row] for row in TABLES[name][:2]]
    said[1][0] = "PT-9"
    rows.write_text("\n".join(",".join(map(str, row)) for row in said))
    before = path.read_bytes()
    done = run(command, rows, path)
    assert done.exit_code == 6 and path.read_bytes() == before
    assert "has a row of totals below it, and needs 1 more row: switch it off (Table Design, Total Row)" in done.output
    assert run(command, rows, path, "--replace").exit_code == 0
    sheet = openpyxl.load_workbook(path)[name]
    assert (sheet["A4"].value, sheet["A5"].value) == ("PT-9", "Total")


def test_a_report_leaves_it_out_and_says_so(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pages = []
    for totals in ((), ("Orders", "Remittance")):
        path = book(tmp_path / "book.xlsx", totals)
        done = run("report", path, "--output", tmp_path / "page.html", "--force")
        assert done.exit_code == 0, done.output
        assert ("row 5 of Orders adds up the table Orders" in done.output) == bool(totals)
        pages.append((tmp_path / "page.html").read_bytes())
    assert pages[0] == pages[1]
