"""What stands below a table's end is counted on Start, however the table and the sheet were changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from tests import billing, libreoffice
from xl_infusion.claim import ORDERS, TABLES
from xl_infusion.model import MODEL_TABLES
from xl_infusion.reference import current
from xl_infusion.spreadsheet.calculation.calculate import calculate
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.template.sheets import below, inputs, start
from xl_infusion.template.sheets.inputs import add_inputs, excel_name
from xl_infusion.template.style import FLAG
from xl_infusion.workbook.fill import fill

pytestmark = pytest.mark.slow

_TABLES = (*TABLES, *MODEL_TABLES)


def _made(path: Path, change: Callable[[Workbook], object]) -> Path:
    """The sheets with tables, and on Lists what stands below them, as a file."""
    book = Workbook()
    book.remove(book.active)
    for table in _TABLES:
        add_inputs(book.create_sheet(table.name), table, [], current())
    below.add_below(book, book.create_sheet("Lists"))
    change(book)
    book.save(path)
    return path


def _counts(lists: list[list[object]]) -> tuple[dict[object, object], object]:
    """Table -> cells below it, and the last cell of the names."""
    at = lists[0].index(below.TYPED)
    rows = [row[at : at + 3] for row in lists[1 : len(_TABLES) + 1]]
    return {name: count for name, count, _ in rows if count}, rows[-1][2]


def _filled(path: Path) -> tuple[dict[object, object], object]:
    with Package.open(path) as package:
        values = calculate(package, {}).values["Lists"]
        head = package.values("Lists")[0]
    at = head.index(below.TYPED) + 1
    rows = [[table.name, values[row, at + 1], values[row, at + 2]] for row, table in enumerate(_TABLES, 2)]
    return _counts([[below.TYPED], *rows])


def _nothing(book: Workbook) -> None:
    pass


def _one_each(book: Workbook) -> None:
    for table in _TABLES:
        book[table.name].cell(40, 1, "typed")


def _in_other_columns(book: Workbook) -> None:
    last = len(ORDERS.columns)
    book["Orders"].cell(17, last, "100 mg")  # the last column, right below the table
    book["Orders"].cell(17, last + 1, "beside the table")
    book["Visits"].cell(below.LAST, 2, 45_000)


def _grown(book: Workbook) -> None:
    book["Orders"].cell(17, 1, "RX-1")
    book["Orders"].cell(18, 1, "RX-2")
    book["Orders"].tables["Orders"].ref = f"A4:{letters(len(ORDERS.columns))}17"


def _beyond(book: Workbook) -> None:
    book["Rates"].tables["Rates"].ref = f"A4:I{below.LAST + 5}"


def _with_a_column_more(book: Workbook) -> None:
    sheet = book["Visits"]
    sheet.cell(4, 10, "Remark")
    sheet.cell(5, 10, "seen")
    sheet.cell(17, 1, "P-1")
    sheet.tables["Visits"].ref = "A4:J16"


CASES: list[tuple[Callable[[Workbook], object], dict[str, int]]] = [
    (_nothing, {}),
    (_one_each, {table.name: 1 for table in _TABLES}),
    (_in_other_columns, {"Orders": 1, "Visits": 1}),
    (_grown, {"Orders": 1}),
    (_beyond, {}),
    (_with_a_column_more, {"Visits": 1}),
]


@pytest.mark.parametrize(("change", "expected"), CASES, ids=lambda one: getattr(one, "__name__", ""))
def test_cells_below_a_table_are_counted(
    change: Callable[[Workbook], object], expected: dict[str, int], tmp_path: Path
) -> None:
    assert _filled(_made(tmp_path / "b.xlsx", change)) == (expected, ", ".join(expected))


@pytest.mark.office
def test_libreoffice_counts_the_same(tmp_path: Path, office: libreoffice.Office) -> None:
    for number, (change, expected) in enumerate(CASES):
        found = libreoffice.values_in(office, _made(tmp_path / f"{number}.xlsx", change))
        assert _counts(found["Lists"]) == (expected, ", ".join(expected)), change.__name__


def test_the_ends_of_the_tables_are_those_that_the_check_looks_below() -> None:
    assert below.LAST > inputs.LAST
    assert {excel_name(table.name) for table in _TABLES} >= {"Orders", "PayerCodes", "Remittance"}


def test_rows_below_a_gap_stop_the_flag_and_the_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "billing.xlsx"
    billing.built(path, examples=False)
    book = openpyxl.load_workbook(path)
    for column, value in enumerate(("RX-1", "P-1", "", "", "meropenem", "1 g", "q8h"), start=1):
        book["Orders"].cell(40, column, value or None)
    book["Model"]["B5"] = "no"
    book.save(path)
    fill(path)
    sheet = openpyxl.load_workbook(path, data_only=True)["Start"]
    checks = {row[1].value: row for row in sheet.iter_rows(min_row=start.CHECK_ROW + 1)}
    row = checks["Cells typed below a table's end"]
    assert (row[4].value, row[5].value) == (5, "CHECK") and row[6].value.endswith("Look at: Orders")
    assert sheet[FLAG.replace("$", "")].value == "STOP"
