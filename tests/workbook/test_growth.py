"""Rows typed below a table: fill makes the table reach over them, or says which it cannot take in."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner, Result

from tests import billing, libreoffice
from tests.chance import times
from xl_infusion.claim import ORDERS
from xl_infusion.cli import app
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.spreadsheet.xlsx.package import Package, SheetEdit, WorkbookError, write
from xl_infusion.template.sheets import start
from xl_infusion.template.sheets.inputs import FIRST, HEAD
from xl_infusion.workbook.fill import Filled, fill
from xl_infusion.workbook.report.tables import tables_of

#: The last column of Orders.
LAST_COLUMN = letters(len(ORDERS.columns))
HEADINGS = ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"]
DAY = dt.datetime(2025, 3, 3)


def order(number: int) -> list[Any]:
    return [f"RX-{number:02}", f"PT-{number:02}", "meropenem", "1 g", "q8h", DAY, 7]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "300", "NO_COLOR": "1"})


def own(
    path: Path, change: Callable[[Workbook], object] | None = None, formula: str = "CLAIM_GRID(Mine[#All])"
) -> Path:
    """A user's own workbook: four orders in a table Mine from B3 on, and five more right below it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "My orders"
    for row, cells in enumerate([HEADINGS, *(order(number) for number in range(1, 10))], start=3):
        for col, value in enumerate(cells, start=2):
            sheet.cell(row, col, value)
    sheet.add_table(Table(displayName="Mine", name="Mine", ref="B3:H7"))
    claim = book.create_sheet("Claim")
    claim["A2"] = f"={formula}"
    claim["A1"] = "=ROWS(Mine)"
    if change:
        change(book)
    book.save(path)
    return path


def orders_of(filled: Filled) -> set[object]:
    [grid] = filled.grids
    at = grid.rows[0].index("Order")
    return {row[at] for row in grid.rows[1:]}


def numbers(last: int) -> set[str]:
    return {f"RX-{number:02}" for number in range(1, last + 1)}


def ref(path: Path, name: str) -> str:
    book = openpyxl.load_workbook(path)
    return next(sheet.tables[name].ref for sheet in book if name in sheet.tables)


@pytest.mark.slow
def test_25_orders_typed_by_a_program_below_the_empty_table_are_all_billed(tmp_path: Path) -> None:
    path = tmp_path / "billing.xlsx"
    assert run("new", path, "--empty").exit_code == 0
    book = openpyxl.load_workbook(path)
    sheet = book["Orders"]
    heads = [cell.value for cell in sheet[HEAD]]
    for row in range(25):
        for name, value in zip(HEADINGS, order(row + 1), strict=True):
            sheet.cell(FIRST + row, heads.index(name) + 1, value)
    book.save(path)
    done = run("fill", path)
    assert done.exit_code == 0
    assert f"the table Orders grew over 13 rows below it: Orders!A17:{LAST_COLUMN}29" in done.output.replace("\n", "")
    shown = openpyxl.load_workbook(path, data_only=True)
    assert {cell for row in shown["Claim"].iter_rows(values_only=True) for cell in row} >= numbers(25)
    checks = {row[1].value: row for row in shown["Start"].iter_rows(min_row=start.CHECK_ROW + 1)}
    assert checks["Cells typed below a table's end"][4].value == 0
    assert checks["Orders without a claim line"][4].value == 0
    assert shown["Start"]["D8"].value == 25
    assert "grew" not in run("fill", path).output and ref(path, "Orders") == f"A4:{LAST_COLUMN}29"


def test_every_call_reads_the_table_as_it_has_grown_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = own(tmp_path / "own.xlsx")
    before = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    filled = fill(path)
    [grown] = filled.grown
    assert (grown.table, grown.place, grown.rows) == ("Mine", "'My orders'!B8:H12", 5)
    assert orders_of(filled) == numbers(9) and filled.outside == []
    shown = openpyxl.load_workbook(path, data_only=True)
    assert shown["Claim"]["A1"].value == 9
    after = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    marks = {"[Content_Types].xml", "xl/_rels/workbook.xml.rels"}  # a grid that spills says so
    changed = {name for name in before if before[name] != after[name]} - marks
    assert changed == {"xl/tables/table1.xml", "xl/worksheets/sheet2.xml"}
    assert re.findall(rb'ref="([^"]*)"', after["xl/tables/table1.xml"]) == [b"B3:H12", b"B3:H12"]
    digest = hashlib.sha256(path.read_bytes()).digest()
    again = fill(path)
    assert again.grown == [] and again.changed == 0 and hashlib.sha256(path.read_bytes()).digest() == digest


def test_a_copy_has_the_grown_table_and_the_workbook_stays(tmp_path: Path) -> None:
    path = own(tmp_path / "own.xlsx")
    fill(path, tmp_path / "copy.xlsx", values=True)
    assert ref(path, "Mine") == "B3:H7" and ref(tmp_path / "copy.xlsx", "Mine") == "B3:H12"


@pytest.mark.office
def test_libreoffice_shows_the_grown_table(tmp_path: Path, office: libreoffice.Office) -> None:
    path = own(
        tmp_path / "own.xlsx", lambda book: book["Claim"].__setitem__("P1", '=SUM(Mine[Days])&"/"&ROWS(Mine[Days])')
    )
    fill(path, tmp_path / "copy.xlsx", values=True)
    assert libreoffice.values_in(office, tmp_path / "copy.xlsx")["Claim"][0][15] == "63/9"


@pytest.mark.slow
def test_a_stored_result_over_the_table_is_worked_out_again(tmp_path: Path) -> None:
    path = tmp_path / "billing.xlsx"
    billing.new(path)
    last = openpyxl.load_workbook(path)["Orders"].max_row
    with Package.open(path) as package:
        heads = [str(cell) for cell in package.values("Orders")[HEAD - 1]]
        cells = {(last + 1, heads.index(name) + 1): value for name, value in zip(HEADINGS, order(99), strict=True)}
        before = package.values("Start")[7][3]
        write(package, path, {"Orders": SheetEdit(cells=cells)})
    assert [grown.rows for grown in fill(path).grown] == [1]
    assert openpyxl.load_workbook(path, data_only=True)["Start"]["D8"].value == before + 1


@pytest.mark.parametrize(
    ("formula", "name", "text"),
    [
        ("CLAIM_GRID(Theirs)", "Theirs", "Mine[#All]"),
        ("ROWS(Lines)", "Lines", "CLAIM_GRID(mine[#All])"),
        ('IF("Mine"="",1,CLAIM_GRID(MINE[#ALL]))', "Mine2", "1"),
    ],
)
def test_the_table_is_found_through_a_name_and_in_any_case(tmp_path: Path, formula: str, name: str, text: str) -> None:
    def named(book: Workbook) -> None:
        book.defined_names[name] = DefinedName(name, attr_text=text)

    assert [grown.rows for grown in fill(own(tmp_path / "own.xlsx", named, formula)).grown] == [5]


def test_a_table_that_no_call_of_ours_reads_is_left_alone(tmp_path: Path) -> None:
    def call(book: Workbook) -> None:
        book["Claim"]["C5"] = '=JUNITS("meropenem","1 g")&"CLAIM_GRID(Mine)"'

    path = own(tmp_path / "own.xlsx", call, formula="SUM(Mine[Days])")
    filled = fill(path)
    assert filled.calls == 1 and filled.grown == [] and filled.outside == [] and ref(path, "Mine") == "B3:H7"


def test_new_rows_get_the_look_of_the_first_row_and_keep_their_own(tmp_path: Path) -> None:
    def looks(book: Workbook) -> None:
        sheet = book["My orders"]
        for col in range(2, 9):
            sheet.cell(4, col).font = openpyxl.styles.Font(bold=True)
        sheet["D9"].font = openpyxl.styles.Font(italic=True)
        sheet["H12"].value = None
        del sheet._cells[12, 8]

    path = own(tmp_path / "own.xlsx", looks)
    fill(path)
    sheet = openpyxl.load_workbook(path)["My orders"]
    assert sheet["B8"].font.bold and sheet["H12"].font.bold and sheet["H12"].value is None
    assert sheet["D9"].font.italic and not sheet["D9"].font.bold and sheet["B8"].value == "RX-05"


def _calculated(book: Workbook) -> None:
    sheet = book["My orders"]
    sheet["I3"] = "End"
    for row in range(4, 8):
        sheet.cell(row, 9, f"=G{row}+6")
    sheet["I9"] = dt.datetime(2025, 3, 20)
    for row in range(4, 13):
        sheet.cell(row, 8).value = None
    sheet.tables["Mine"].ref = "B3:I7"


def test_a_calculated_column_goes_on_into_the_new_rows(tmp_path: Path) -> None:
    path = own(tmp_path / "own.xlsx", _calculated)
    filled = fill(path)
    [grid] = filled.grids
    order_at, to_at = grid.rows[0].index("Order"), grid.rows[0].index("To")
    to = {row[order_at]: row[to_at] for row in grid.rows[1:]}
    assert to == {**dict.fromkeys(numbers(9), dt.date(2025, 3, 9)), "RX-06": dt.date(2025, 3, 20)}
    sheet = openpyxl.load_workbook(path)["My orders"]
    assert [sheet.cell(row, 9).value for row in (8, 10)] == ["=G8+6", "=G10+6"]
    assert fill(path).changed == 0


def _gap(sheet: Worksheet) -> None:
    sheet.move_range("B10:H12", rows=3)


def _beside(sheet: Worksheet) -> None:
    sheet["I10"] = "Paul Smith"


def _beside_to_the_left(sheet: Worksheet) -> None:
    sheet["A10"] = 7


def _merged(sheet: Worksheet) -> None:
    sheet["C10"] = None
    sheet.merge_cells("B10:C10")


def _another_table(sheet: Worksheet) -> None:
    for row, values in enumerate((["a", "b"], [1, 2]), start=10):
        for col in range(2, 9):
            sheet.cell(row, col).value = values[col - 2] if col < 4 else "Paul Smith"
    sheet.add_table(Table(displayName="Other", name="Other", ref="B10:C11"))


def _array(sheet: Worksheet) -> None:
    sheet.formula_attributes = {}
    sheet["H10"] = openpyxl.worksheet.formula.ArrayFormula("H10:H11", "=B10:B11")


def _added_up(sheet: Worksheet) -> None:
    for col in range(2, 9):
        sheet.cell(10, col).value = None
    sheet["B10"], sheet["H10"] = "Total", "=SUM(H4:H9)"


@pytest.mark.parametrize(
    ("change", "taken", "rows", "says"),
    [
        (_gap, 6, "rows 13-15", "blank rows stand between"),
        (_beside, 6, "rows 10-12", "something stands beside them at I10"),
        (_beside_to_the_left, 6, "rows 10-12", "something stands beside them at A10"),
        (_merged, 6, "rows 10-12", "row 10 has merged cells"),
        (_another_table, 6, "rows 10-12", "row 10 is beside the table Other"),
        (_array, 6, "rows 10-12", "a formula fills cells of row 10"),
        (_added_up, 6, "rows 11-12", "row 10 adds up the table"),
    ],
)  # fmt: skip
def test_what_a_table_cannot_take_in_is_an_error_that_names_the_rows(
    change: Callable[[Worksheet], object], taken: int, rows: str, says: str, tmp_path: Path
) -> None:
    path = own(tmp_path / "own.xlsx", lambda book: change(book["My orders"]))
    done = run("fill", path, "--strict")
    assert done.exit_code == 7
    said = " ".join(done.output.split())
    assert f"not in the table: {rows} of My orders stand below the table Mine and are no part of it" in said
    assert says in said and "Paul" not in said and "PT-" not in said
    again = fill(path)
    assert orders_of(again) == numbers(taken) and again.grown == [] and len(again.outside) == 1


def _row_of_totals(book: Workbook) -> None:
    sheet = book["My orders"]
    for col in range(2, 9):
        sheet.cell(7, col).value = None
    sheet["B7"] = "Total"
    sheet.tables["Mine"].totalsRowCount = 1


def test_a_row_of_totals_is_in_the_way(tmp_path: Path) -> None:
    filled = fill(own(tmp_path / "own.xlsx", _row_of_totals))
    [outside] = filled.outside
    assert (outside.first, outside.last) == (8, 12) and "its row of totals stands between" in outside.why
    assert filled.grown == []


def test_a_table_without_headings_grows_too(tmp_path: Path) -> None:
    def headless(book: Workbook) -> None:
        table = book["My orders"].tables["Mine"]
        table.headerRowCount, table.autoFilter, table.ref = 0, None, "B4:H7"
        table.tableColumns = [TableColumn(id=at, name=f"C{at}") for at in range(1, 8)]

    path = own(tmp_path / "own.xlsx", headless, formula="CLAIM_GRID(Mine)")
    filled = fill(path)
    assert [grown.place for grown in filled.grown] == ["'My orders'!B8:H12"]


def test_two_tables_of_one_sheet_grow_both(tmp_path: Path) -> None:
    def visits(book: Workbook) -> None:
        sheet = book["My orders"]
        for row, cells in enumerate([["Patient", "Date", "Minutes"], *[["PT-01", DAY, 60]] * 3], start=3):
            for col, value in enumerate(cells, start=11):
                sheet.cell(row, col, value)
        sheet.add_table(Table(displayName="Seen", name="Seen", ref="K3:M4"))

    path = own(tmp_path / "own.xlsx", visits, formula="CLAIM_GRID(Mine[#All],Seen[#All])")
    assert {(grown.table, grown.rows) for grown in fill(path).grown} == {("Mine", 5), ("Seen", 2)}
    assert (ref(path, "Mine"), ref(path, "Seen")) == ("B3:H12", "K3:M6")


def test_a_remark_below_a_users_own_table_is_no_row_of_it(tmp_path: Path) -> None:
    def remarks(book: Workbook) -> None:
        sheet = book["My orders"]
        sheet["B14"] = "Entered on Monday"
        sheet["B16"], sheet["H16"] = "Total", "=SUM(Mine[Days])"
        sheet["L20"] = "far away"

    filled = fill(own(tmp_path / "own.xlsx", remarks))
    assert filled.outside == [] and orders_of(filled) == numbers(9)


def test_blank_texts_below_a_table_are_no_rows(tmp_path: Path) -> None:
    def blanks(book: Workbook) -> None:
        for row in range(13, 20):
            for col in range(2, 9):
                book["My orders"].cell(row, col, " ")

    filled = fill(own(tmp_path / "own.xlsx", blanks))
    assert filled.outside == [] and [grown.rows for grown in filled.grown] == [5]


def test_rows_below_a_range_that_a_formula_names_by_its_cells_are_told(tmp_path: Path) -> None:
    def no_table(book: Workbook) -> None:
        del book["My orders"].tables["Mine"]
        book["Claim"]["A1"] = None

    filled = fill(own(tmp_path / "own.xlsx", no_table, formula="CLAIM_GRID('My orders'!B3:H7)"))
    [outside] = filled.outside
    assert str(outside).startswith(
        "rows 8-12 of My orders stand below the range 'My orders'!B3:H7 and are no part of it"
    )
    assert "Claim!A2 does not read them" in outside.why and orders_of(filled) == numbers(4)
    assert fill(own(tmp_path / "all.xlsx", no_table, formula="CLAIM_GRID('My orders'!B3:H12)")).outside == []


def test_rows_of_a_table_below_the_range_that_a_formula_reads_of_it_are_told_every_time(tmp_path: Path) -> None:
    path = own(tmp_path / "own.xlsx", formula="CLAIM_GRID('My orders'!B3:H7)")
    for _ in range(2):
        [outside] = fill(path).outside
        assert (outside.what, outside.first, outside.last) == ("the range 'My orders'!B3:H7", 8, 12)
    assert run("fill", path, "--strict").exit_code == 7


def _no_table(*moved: tuple[str, int]) -> Callable[[Workbook], object]:
    """Without the table; the rows of these ranges moved down."""

    def change(book: Workbook) -> None:
        del book["My orders"].tables["Mine"]
        book["Claim"]["A1"] = None
        for cells, rows in moved:
            book["My orders"].move_range(cells, rows=rows)

    return change


@pytest.mark.parametrize(
    ("moved", "rows"),
    [
        ([("B8:H12", 1)], "rows 9-13 of My orders stand"),
        ([("B12:H12", 9)], "rows 8-21 of My orders (5 of them used) stand"),
        ([("B12:H12", 9), ("B8:H11", 2)], "rows 10-21 of My orders (5 of them used) stand"),
    ],
)
def test_rows_apart_from_a_range_are_told(moved: list[tuple[str, int]], rows: str, tmp_path: Path) -> None:
    path = own(tmp_path / "own.xlsx", _no_table(*moved), formula="CLAIM_GRID('My orders'!B3:H7)")
    done = run("fill", path, "--strict")
    assert done.exit_code == 7 and f"{rows} below the range 'My orders'!B3:H7" in done.output
    assert orders_of(fill(path)) == numbers(4)


def test_a_note_below_a_range_and_another_range_are_no_rows_of_it(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        _no_table()(book)
        sheet = book["My orders"]
        sheet.delete_rows(8, 5)
        sheet["B9"] = "typed by Jane"
        rows: list[list[Any]] = [["Patient", "Date", "Minutes"], *[["PT-01", DAY, 60]] * 3]
        for row, cells in enumerate(rows, start=11):
            for col, value in enumerate(cells, start=2):
                sheet.cell(row, col, value)

    both = "CLAIM_GRID('My orders'!B3:H7,'My orders'!B11:D{})"
    assert fill(own(tmp_path / "all.xlsx", change, formula=both.format(14))).outside == []
    [outside] = fill(own(tmp_path / "one.xlsx", change, formula=both.format(13))).outside
    assert outside.what == "the range 'My orders'!B11:D13" and (outside.first, outside.last) == (14, 14)


def test_a_list_that_a_formula_of_ours_looks_up_is_no_table(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = book["Claim"]
        for row in (4, 5, 7):
            for col, value in enumerate([f"d{row}", "meropenem", "1 g"], start=12):
                sheet.cell(row, col, value)

    look_up = 'JUNITS(VLOOKUP("d5",$L$4:$N$5,2,FALSE),"1 g")'
    filled = fill(own(tmp_path / "own.xlsx", change, formula=look_up))
    assert filled.outside == [] and filled.errors == []


@times(0.25)
@given(st.integers(0, 3), st.lists(st.booleans(), min_size=1, max_size=12))
def test_every_row_typed_is_billed_or_told(
    tmp_path_factory: pytest.TempPathFactory, inside: int, rows: list[bool]
) -> None:
    """Rows typed below a table, some left blank: each is on the claim, or among those that are told."""
    path = tmp_path_factory.mktemp("rows") / "own.xlsx"
    typed = [at for at, there in enumerate(rows) if there]

    def change(book: Workbook) -> None:
        sheet = book["My orders"]
        sheet.delete_rows(5 + inside, 20)
        sheet.tables["Mine"].ref = f"B3:H{4 + inside}"
        for at in typed:
            for col, value in enumerate(order(50 + at), start=2):
                sheet.cell(5 + inside + at, col, value)

    filled = fill(own(path, change))
    billed = orders_of(filled)
    told = {row for one in filled.outside for row in range(one.first, one.last + 1)}
    assert all((f"RX-{50 + at}" in billed) != (5 + inside + at in told) for at in typed)
    assert fill(path).changed == 0


def test_a_report_reads_the_rows_below_a_table_or_says_that_it_cannot(tmp_path: Path) -> None:
    def named(book: Workbook) -> None:
        table = book["My orders"].tables.pop("Mine")
        table.name = table.displayName = "Orders"
        book["My orders"].add_table(table)

    path = own(tmp_path / "own.xlsx", named, formula="CLAIM_GRID(Orders[#All])")
    assert tables_of(path).rows("Orders") == 9 and ref(path, "Orders") == "B3:H7"
    book = openpyxl.load_workbook(path)
    book["My orders"].move_range("B10:H12", rows=3)
    book.save(path)
    with pytest.raises(WorkbookError, match="rows 13-15 of My orders stand below the table Orders"):
        tables_of(path)


NEXT = 13  # the row below the five that are typed below the table
BROUGHT = ["=Source!A1", "=Source!B1", "=Source!C1", "=Source!D1", "=Source!E1", "=Source!F1", "=Source!G1"]
FILLED_DOWN = ["RX-77", "=C12", "meropenem", "=E12", "=F12", "=MAX(G4:G12)", "=MAX(H4:H12)"]


@pytest.mark.parametrize("gap", [0, 1])
@pytest.mark.parametrize(
    "cells",
    [
        BROUGHT,
        ['="RX-77"', '="PT-77"', '="meropenem"', '="1 g"', '="q8h"', "=G12", "=H12"],
        FILLED_DOWN,
        ["RX-77", "PT-77", "=VLOOKUP(C12,$C$3:$F$12,2,FALSE)", "=E12", "=F12", "=MAX(G4:G12)", "=H12"],
        ["=Source!A1", "=Source!B1", "meropenem", "=MAX(E4:E5)", "=F12", "=G12", "=SUM(H4:H5)"],
    ],
)  # fmt: skip
def test_an_order_whose_cells_are_formulas_is_billed_or_told(gap: int, cells: list[str], tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book.create_sheet("Source").append(order(77))
        for col, value in enumerate(cells, start=2):
            book["My orders"].cell(NEXT + gap, col, value)

    path = own(tmp_path / "own.xlsx", change)
    done = run("fill", path, "--strict")
    if gap:
        assert done.exit_code == 7 and "row 14 of My orders stands below the table Mine" in done.output
        assert "row 13 adds up" not in done.output and "blank rows stand between" in done.output
    else:
        assert ref(path, "Mine") == "B3:H13" and orders_of(fill(path)) == {*numbers(9), "RX-77"}


@pytest.mark.parametrize("reads", ["MAX(Mine[Start])", "MAX(Mine[[#Data],[Start]])+7"])
def test_an_order_that_reads_the_whole_table_is_told_as_it_would_read_itself(reads: str, tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        for col, value in enumerate(["RX-77", "=C12", "meropenem", "=E12", "=F12", f"={reads}", 7], start=2):
            book["My orders"].cell(NEXT, col, value)

    filled = fill(own(tmp_path / "own.xlsx", change))
    [outside] = filled.outside
    assert (outside.first, outside.last) == (NEXT, NEXT) and orders_of(filled) == numbers(9)
    assert "the formula in G13 reads the whole table" in outside.why


def test_formulas_below_a_range_are_told(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        del book["My orders"].tables["Mine"]
        book["Claim"]["A1"] = None
        for col, value in enumerate(['="RX-77"', '="PT-77"', '="meropenem"', "=E12", "=F12", "=G12", "=H12"], start=2):
            book["My orders"].cell(NEXT, col, value)

    path = own(tmp_path / "own.xlsx", change, formula="CLAIM_GRID('My orders'!B3:H12)")
    assert [(one.first, one.last) for one in fill(path).outside] == [(NEXT, NEXT)]
    assert run("fill", path, "--strict").exit_code == 7


@pytest.mark.parametrize(
    "cells",
    [
        {2: "Total", 8: "=SUM(H4:H12)"},
        {2: "Total", 3: "=COUNTA(Mine[Patient])", 7: "=MAX(G4:G12)", 8: "=ROUND(SUBTOTAL(109,H4:H12)/7,2)"},
        {8: "=SUM(Mine[Days])"},
        {2: '=COUNTA(B4:B12)&" orders"'},
        {2: "Days", 8: "=SUMPRODUCT(H4:H12*1)"},
        {7: '=IF(B13="","",TODAY())', 8: '=IF(B13="","",G13-F13)'},
    ],
)  # fmt: skip
def test_a_row_that_adds_up_or_only_waits_for_an_order_is_no_order(cells: dict[int, str], tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        for col, value in cells.items():
            book["My orders"].cell(NEXT, col, value)

    filled = fill(own(tmp_path / "own.xlsx", change))
    assert orders_of(filled) == numbers(9) and filled.outside == []
    assert [grown.place for grown in filled.grown] == ["'My orders'!B8:H12"]


@pytest.mark.parametrize("before", ["_xlfn.", "_xludf.", "_xlfn._xlws."])
def test_a_call_with_the_prefix_of_an_unknown_function_is_ours_throughout(before: str, tmp_path: Path) -> None:
    path = own(tmp_path / "own.xlsx", formula=f"{before}CLAIM_GRID(Mine[#All])")
    assert orders_of(fill(path)) == numbers(9) and ref(path, "Mine") == "B3:H12"
    assert "1 call" in run("convert", path, "--to", "office-js").output
    plain = tmp_path / "values.xlsx"
    assert run("fill", path, "--output", plain, "--values").exit_code == 0
    assert "CLAIM_GRID" not in str(openpyxl.load_workbook(plain)["Claim"]["A2"].value)
