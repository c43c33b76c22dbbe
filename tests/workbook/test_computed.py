"""The billing workbook as fill computes it: totals, checks, flag; as LibreOffice works it out; as it is shipped."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from tests import billing, libreoffice
from xl_infusion import CLAIM_GRID, CODES, XL_INFUSION_VERSION
from xl_infusion.claim import GRID, TABLES
from xl_infusion.functions import FUNCTIONS
from xl_infusion.reference import current
from xl_infusion.workbook.build import build
from xl_infusion.workbook.examples import ROWS
from xl_infusion.workbook.fill import fill
from xl_infusion.workbook.new import new_workbook
from xl_infusion.workbook.sheets import claim, functions, inputs, start
from xl_infusion.workbook.style import FLAG

_FLAG = FLAG.replace("$", "")
_TABLES = {table.name: table for table in TABLES}


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    return billing.computed(tmp_path_factory.mktemp("fill") / "billing.xlsx")


def _rows(sheet: Worksheet, top: int, width: int) -> list[list[object]]:
    rows = [list(row[:width]) for row in sheet.iter_rows(min_row=top, values_only=True)]
    return [row for row in rows if any(cell not in (None, "") for cell in row)]


def _start(book: openpyxl.Workbook) -> dict[object, tuple[object, object]]:
    """The checks of Start: name -> figure and status."""
    rows = book["Start"].iter_rows(min_row=start.CHECK_ROW + 1, max_row=start.CHECK_ROW + 5)
    return {row[1].value: (row[4].value, row[5].value) for row in rows}


def test_the_computed_workbook_is_in_order(computed: openpyxl.Workbook) -> None:
    grid = CLAIM_GRID(*billing.tables())
    sheet = computed["Claim"]
    shown = _rows(sheet, claim.ANCHOR, len(GRID))
    assert [[cell if cell is not None else "" for cell in row] for row in shown] == [
        [dt.datetime.combine(cell, dt.time()) if isinstance(cell, dt.date) else cell for cell in row] for row in grid
    ]
    first = computed["Start"]
    assert first[_FLAG].value == "OK"
    assert {status for _, status in _start(computed).values()} == {"OK"}
    assert first["D8"].value == len(ROWS["Orders"]) and first["F8"].value == len(grid) - 1
    assert first["H8"].value == sum(row[9] for row in grid[1:] if row[6].startswith("S"))
    assert first["J8"].value == pytest.approx(sum(row[11] for row in grid[1:]), abs=0.001)
    assert first["G3"].value == XL_INFUSION_VERSION()
    kinds = [sheet[f"C{row}"].value for row in range(claim.PER_DIEM, claim.ALL + 1)]
    assert kinds[3] == 0 and sum(kinds[:4]) == kinds[4] == len(grid) - 1


def test_the_code_reference_is_spilled_and_nothing_stands_in_error(computed: openpyxl.Workbook) -> None:
    codes = CODES()
    assert len(_rows(computed["Codes"], 5, len(codes[0]))) == len(codes)
    errors = [f"{s.title}!{c.coordinate}" for s in computed for row in s.iter_rows() for c in row if c.data_type == "e"]
    assert errors == []


def test_spilled_cells_have_the_look_of_their_column(computed: openpyxl.Workbook) -> None:
    sheet = computed["Claim"]
    last = sheet.max_row
    assert sheet[f"D{last}"].number_format == "mm/dd/yyyy" and sheet[f"L{last}"].number_format == "#,##0.00"


def test_examples_that_spill_have_room(computed: openpyxl.Workbook, tmp_path: Path) -> None:
    build(tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    shown = {
        formula.value.text: cell
        for formula in book["Functions"][functions.RESULT]
        if isinstance(formula.value, ArrayFormula)
        for cell in [computed["Functions"][formula.coordinate]]
    }
    rank, visit = shown['=PERDIEM_RANK({"q12h";"q8h";"q24h"})'], shown["=VISIT_UNITS(210)"]
    assert [rank.offset(row, 0).value for row in range(3)] == [2, 1, 3]
    assert [visit.offset(0, column).value for column in range(2)] == [1, 1]


def test_a_line_that_cannot_be_billed_makes_the_total_an_error_and_raises_the_flag(tmp_path: Path) -> None:
    book = billing.computed(tmp_path / "b.xlsx", Orders_E5="meropenum")
    assert book["Start"][_FLAG].value == "CHECK" and book["Start"]["J8"].value == "#N/A"
    checks = _start(book)
    assert checks["Lines that cannot be billed"] == (1, "CHECK")
    assert checks["Total less the sum of its kinds"] == ("#N/A", "CHECK")
    assert book["Claim"][f"C{claim.NO_CODE}"].value == 1


@pytest.mark.parametrize("drug", ["meropenem", "meropenum"])
def test_libreoffice_works_out_the_same_totals_and_checks(tmp_path: Path, drug: str) -> None:
    shown = billing.computed(tmp_path / "b.xlsx", Orders_E5=drug)
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    ours, native = re.compile("|".join(rf"\b{name}\(" for name in FUNCTIONS)), []
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            value = shown[sheet.title][cell.coordinate].value
            if isinstance(cell.value, ArrayFormula) or (cell.data_type == "f" and ours.search(cell.value)):
                cell.value = value
            elif cell.data_type == "f":
                native.append((sheet.title, cell.row, cell.column, value))
    book.save(tmp_path / "values.xlsx")
    found = libreoffice.recalculated_values(tmp_path / "values.xlsx")
    differ = [
        (sheet, row, column, value, there)
        for sheet, row, column, value in native
        if (there := found[sheet][row - 1][column - 1]) != ("" if value is None else value)
        and not (isinstance(value, float) and there == pytest.approx(value, abs=1e-6))
    ]
    assert len(native) > 1000 and differ == []


def test_a_code_without_a_rate_raises_the_flag(tmp_path: Path) -> None:
    row = inputs.FIRST + next(i for i, rate in enumerate(ROWS["Rates"]) if rate["Code"] == "J2185")
    book = billing.computed(tmp_path / "b.xlsx", **{f"Rates_B{row}": "J0000"})
    assert _start(book)["Lines that cannot be billed"] == (2, "CHECK")
    assert book["Claim"][f"L{claim.DRUGS}"].value == "#N/A" == book["Claim"][f"L{claim.ALL}"].value


def test_the_list_of_payers_ends_before_the_blank_rows(tmp_path: Path) -> None:
    build(tmp_path / "b.xlsx")
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    book["Lists"]["K1"] = f"=ROWS({book.defined_names['PayerNames'].attr_text})"
    book.save(tmp_path / "b.xlsx")
    assert libreoffice.recalculated_values(tmp_path / "b.xlsx")["Lists"][0][10] == len(ROWS["Payers"])


def test_a_stale_day_raises_the_flag(tmp_path: Path) -> None:
    day = current().edition.verified_through + dt.timedelta(1)
    row = inputs.FIRST + len(ROWS["Orders"]) - 1
    book = billing.computed(tmp_path / "b.xlsx", **{f"Orders_I{row}": day})
    assert book["Start"][_FLAG].value == "CHECK"
    assert {name: status for name, (_, status) in _start(book).items() if status != "OK"} == {"Stale lines": "CHECK"}


def test_a_table_that_lacks_a_column_raises_the_flag(tmp_path: Path) -> None:
    book = billing.computed(tmp_path / "b.xlsx", Orders_E4="Nothing")
    assert book["Claim"][f"A{claim.ANCHOR}"].value == "#VALUE!"
    assert book["Start"][_FLAG].value == "CHECK" and book["Start"]["J8"].value == "#VALUE!"


def test_an_empty_workbook_says_so(tmp_path: Path, computed: openpyxl.Workbook) -> None:
    book = billing.computed(tmp_path / "b.xlsx", examples=False)
    speaks = ["examples" in str(cell.value) for one in (book, computed) for (cell,) in one["Start"]["D11:D17"]]
    assert (any(speaks[:7]), any(speaks[7:])) == (False, True)
    assert book["Start"][_FLAG].value == "EMPTY"
    assert book["Start"]["J8"].value == "no rates" and book["Start"]["F8"].value == 0
    assert _rows(book["Claim"], claim.ANCHOR, len(GRID)) == [
        [name for name in GRID if name not in ("Rate", "Charge")] + [None, None]
    ]


def test_orders_without_rates_are_counted_and_in_order(tmp_path: Path) -> None:
    typed = {"A5": "RX-1", "B5": "PT-1", "E5": "meropenem", "F5": "1 g", "G5": "q8h", "J5": "1"}
    book = billing.computed(
        tmp_path / "b.xlsx",
        examples=False,
        **{f"Orders_{cell}": value for cell, value in typed.items()},
        Orders_H5=dt.date(2025, 7, 1),
    )
    assert book["Start"][_FLAG].value == "OK" and book["Start"]["F8"].value == 2
    assert book["Start"]["J8"].value == "no rates"


# -- as it is shipped -----------------------------------------------------------------------------------------


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_the_shipped_workbook_is_what_the_package_makes(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "workbook" / "home_infusion_billing.xlsx"
    new_workbook(tmp_path / "new.xlsx")
    made, there = _parts(tmp_path / "new.xlsx"), _parts(shipped)
    # compared unpacked: two builds of zlib may pack the same bytes differently
    assert list(made) == list(there)
    assert [name for name in made if made[name] != there[name]] == [], (
        "make it again with: xl-infusion new workbook/home_infusion_billing.xlsx"
    )


def test_the_shipped_copy_of_values_is_that_of_the_shipped_workbook(tmp_path: Path) -> None:
    folder = Path(__file__).parents[2] / "workbook"
    fill(folder / "home_infusion_billing.xlsx", tmp_path / "values.xlsx", values=True)
    made, there = _parts(tmp_path / "values.xlsx"), _parts(folder / "home_infusion_billing_values.xlsx")
    assert [name for name in made if made[name] != there[name]] == [], (
        "make it again with: xl-infusion fill workbook/home_infusion_billing.xlsx --values "
        "--output workbook/home_infusion_billing_values.xlsx"
    )


def test_a_second_fill_changes_nothing(tmp_path: Path) -> None:
    new_workbook(tmp_path / "new.xlsx")
    before = (tmp_path / "new.xlsx").read_bytes()
    assert fill(tmp_path / "new.xlsx").changed == 0
    assert (tmp_path / "new.xlsx").read_bytes() == before
