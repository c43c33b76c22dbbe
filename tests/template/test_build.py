"""The billing workbook as it is built: the file, its tables, lists and examples, what each sheet shows."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from openpyxl.formula import Tokenizer
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

from tests import billing
from xl_infusion.claim import GRID, TABLES
from xl_infusion.errors import ExcelError
from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.functions.arguments import Code
from xl_infusion.model import MODEL_TABLES
from xl_infusion.reference import current
from xl_infusion.rules import interval, ndc
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.template.build import build
from xl_infusion.template.examples import INTENDED, ROWS
from xl_infusion.template.model_examples import MODEL_ROWS
from xl_infusion.template.sheets import (
    checks,
    claim,
    codes,
    expected,
    explain,
    functions,
    inputs,
    lists,
    model,
    model_grids,
    variance,
)
from xl_infusion.template.style import fits

_EVERY = (*TABLES, *MODEL_TABLES)
_TABLES = {table.name: table for table in _EVERY}
_ROWS = {**ROWS, **MODEL_ROWS}
#: Sheets whose lines are printed at a scale that can be read: the columns that end a page.
READABLE = {
    **{table.name: inputs.ends(table) for table in _EVERY if inputs.ends(table)},
    "Remittance": [],
    "Own codes": [],
    "Claim": [claim.PAGE_ENDS],
    "Explain": [],
    "Codes": ["F"],
    "Checks": [letters(checks.LEFT + checks.HEADER.index(checks.PAGE_END))],
    **{sheet.GRID.sheet: [sheet.GRID.letter(name) for name in sheet.PAGE_ENDS] for sheet in (expected, variance)},
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("build") / "billing.xlsx"
    build(path)
    return path


@pytest.fixture(scope="module")
def book(built: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(built)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    return openpyxl.load_workbook(billing.built(tmp_path_factory.mktemp("build") / "empty.xlsx", examples=False))


# -- the file ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_builds_are_the_same_bytes_and_nothing_else_is_left(built: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    again.write_bytes(b"what stood there before")
    build(again)
    assert again.read_bytes() == built.read_bytes()
    assert list(tmp_path.iterdir()) == [again]


def test_a_folder_that_is_not_there_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        build(tmp_path / "no" / "such.xlsx")
    assert not list(tmp_path.iterdir())


def test_nothing_in_the_package_is_of_today(built: Path) -> None:
    with zipfile.ZipFile(built) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    day = current().edition.verified_through
    assert set(re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", core)) == {f"{day}T"}


def test_sheets_stand_in_their_order_and_the_lists_are_hidden(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [
        "Start", "Orders", "Visits", "Holds", "Payers", "Payer codes", "Own codes", "Rates", "Provider", "Claim", "Checks",
        "Explain", "Costs", "Expected", "Scenarios", "Model", "Remittance", "Variance", "Codes", "Functions", "Lists",
    ]  # fmt: skip
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["Lists"]
    assert book.active.title == "Start"


def test_spills_are_dynamic_and_every_call_is_understood(built: Path) -> None:
    with Package.open(built) as package:
        assert package.dynamic_cms == (1,)
        spills = {
            (sheet.name, formula.text)
            for sheet in package.sheets
            for formula in package.formulas(sheet.name)
            if formula.kind == "array" and formula.dynamic
        }
        every = [formula for sheet in package.sheets for formula in package.formulas(sheet.name)]
    own = [
        (sheet, FUNCTIONS[name].example[1:]) for sheet, name in (("Claim", "CLAIM_GRID"), ("Checks", "CLAIM_CHECKS"))
    ]
    assert {*own, ("Explain", explain.FORMULA[1:]), ("Codes", codes.FORMULA[1:])} <= spills
    assert sum(formula.kind == "array" for formula in every) == len(spills)


def _formulas(book: openpyxl.Workbook) -> Iterator[tuple[str, str]]:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, ArrayFormula):
                    yield f"{sheet.title}!{cell.coordinate}", cell.value.text
                elif cell.data_type == "f":
                    yield f"{sheet.title}!{cell.coordinate}", cell.value
        for area in sheet.conditional_formatting:
            for rule in area.rules:
                yield f"{sheet.title}!{area.sqref} conditional", "=" + rule.formula[0]
        for check in sheet.data_validations.dataValidation:
            for formula in filter(None, (check.formula1, check.formula2)):
                yield f"{sheet.title}!{check.sqref} validation", "=" + formula


def test_every_formula_reads_and_uses_plain_functions(book: openpyxl.Workbook) -> None:
    plain = {
        "ABS", "AND", "COLUMNS", "COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "DATE", "FIND", "HYPERLINK", "IF", "IFERROR", "INDEX",
        "INT", "ISBLANK", "MID", "SEARCH",
        "ISERROR", "ISNUMBER", "ISTEXT", "LEFT", "LOG10", "MATCH", "MAX", "MIN", "MOD", "NA", "NOT", "OR", "POWER", "RANK",
        "ROUND", "ROUNDDOWN", "ROW", "ROWS", "SUM", "SUMIF", "SUMIFS", "SUMPRODUCT", "TEXT",
    }  # fmt: skip
    seen = 0
    for place, formula in _formulas(book):
        tokens = Tokenizer(formula).items
        opened = [token.value[:-1] for token in tokens if token.type == "FUNC" and token.subtype == "OPEN"]
        assert len(opened) == sum(token.type == "FUNC" and token.subtype == "CLOSE" for token in tokens), place
        assert set(opened) <= plain | set(FUNCTIONS), f"{place}: {formula}"
        seen += 1
    assert seen > 1000


def test_sheets_are_ready_to_print(book: openpyxl.Workbook) -> None:
    wide = [table.name for table in _EVERY if inputs.ends(table)]
    assert wide == ["Orders", "Payers", "Scenarios"]
    for sheet in book:
        if sheet.title == "Lists":
            continue
        assert sheet.oddFooter.right.text == "Page &P of &N"
        assert sheet.title == "Start" or sheet.print_title_rows, sheet.title
        assert sheet.title == "Start" or sheet.freeze_panes, sheet.title
        assert (sheet.title in ("Checks", "Codes", "Model", "Variance")) == bool(sheet.print_area), sheet.title
        # a fixed scale: Excel passes over the ends of pages where it fits a sheet to them
        scaled = sheet.title in (*READABLE, "Model")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage is not scaled, sheet.title
        assert scaled or sheet.page_setup.fitToWidth == 1
        assert [letters(one.id) for one in sheet.col_breaks.brk] == READABLE.get(sheet.title, []), sheet.title


def test_of_the_codes_one_page_is_printed_with_the_workbook(book: openpyxl.Workbook) -> None:
    sheet = book["Codes"]
    left, top, right, bottom = range_boundaries(sheet.print_area.rpartition("!")[2].replace("$", ""))
    assert (left, top, right) == (1, 1, 13)
    high = sum(sheet.row_dimensions[row].height or 15 for row in range(1, codes.ANCHOR + 1))
    points = high + 20 * (bottom - codes.ANCHOR)  # of rows of one or two lines
    assert points * sheet.page_setup.scale / 100 < (8.5 - sheet.page_margins.top - sheet.page_margins.bottom) * 72


@pytest.mark.parametrize(
    ("name", "keys", "right"),
    [
        ("Claim", "A:C", claim.column("Why")),
        ("Checks", "B:F", letters(checks.LEFT + len(checks.HEADER) - 1)),
        ("Explain", "", letters(4)),
        ("Codes", "A:B", letters(13)),
        ("Expected", "A:C", expected.GRID.right),
        ("Variance", "A:B", variance.GRID.right),
        *((table.name, {"Payers": "A:A", "Remittance": "", "Own codes": ""}.get(table.name, "A:B"),
           letters(len(table.columns))) for table in _EVERY if table.name in READABLE),
    ],
)  # fmt: skip
def test_lines_are_printed_in_eight_points_and_no_page_is_wider_than_paper(
    book: openpyxl.Workbook, name: str, keys: str, right: str
) -> None:
    sheet = book[name]
    assert sheet.page_setup.orientation == "landscape" and (sheet.print_title_cols or "").replace("$", "") == keys
    first, last = [column_index_from_string(one) for one in keys.split(":")] if keys else [1, 0]
    ends = [0, *(column_index_from_string(end) for end in (*READABLE[name], right))]
    sizes = {
        sheet.column_dimensions[letters(at)].font.sz or sheet.cell(inputs.FIRST, at).font.sz
        for at in range(first, ends[-1] + 1)
    }
    assert min(sizes) * sheet.page_setup.scale / 100 >= 8
    for before, end in pairwise(ends):
        printed = {*range(first, last + 1), *range(max(before + 1, first), end + 1)}
        points = sum(sheet.column_dimensions[letters(at)].width for at in printed) * 7 * 0.75
        # LibreOffice has columns wider by 6 percent
        assert points * 1.06 * sheet.page_setup.scale / 100 < (11 - 2 * sheet.page_margins.left) * 72, end
    # what stands over the columns that are on every page, or over the end of one, is not cut off there
    for area in sheet.merged_cells.ranges:
        for end in (last, *ends[1:-1]):
            assert not area.min_col <= end < area.max_col, area
    if keys:
        assert sheet["A2"].value is None and sheet[f"{letters(last + 1)}1"].value


def test_each_panel_of_the_model_is_printed_and_none_is_wider_than_a_page(book: openpyxl.Workbook) -> None:
    sheet = book["Model"]
    areas = [range_boundaries(area) for area in model.AREAS]
    assert 10 * sheet.page_setup.scale / 100 >= 8 and sheet.page_setup.orientation == "landscape"
    high = (8.5 - sheet.page_margins.top - sheet.page_margins.bottom) * 72
    for left, top, right, bottom in areas:
        wide = sum(sheet.column_dimensions[letters(at)].width for at in range(left, right + 1))
        assert wide < fits(sheet.page_setup.scale), letters(left)
        if bottom < 1000:  # no grid of unknown length: one page
            points = sum(sheet.row_dimensions[row].height or 15 for row in range(top, bottom + 1))
            assert points * sheet.page_setup.scale / 100 < high, (letters(left), top)
    # what is printed: every cell but the forecast's block, which its chart shows, and Why; headings on every page
    grids = (
        model_grids.SCENARIO_GRID, model_grids.BRIDGE, model_grids.SENSITIVITY, model_grids.FORECAST_GRID,
        model_grids.SUMMARY, model_grids.BASIS,
    )  # fmt: skip
    assert {f"${grid.anchor}:${grid.anchor}" for grid in grids} == {sheet.print_title_rows}
    unprinted = {column_index_from_string(grid.letter("Why")) for grid in grids if "Why" in grid.columns}
    for row in sheet.iter_rows(min_row=4):
        for cell in row:
            inside = any(a <= cell.column <= c and b <= cell.row <= d for a, b, c, d in areas)
            if cell.value is not None and cell.column not in unprinted and cell.row < model.FORECAST_BLOCK - 1:
                assert inside, cell.coordinate
    for grid in grids:
        printed = {at for a, b, c, d in areas if b <= grid.anchor <= d for at in range(a, c + 1)}
        columns = {column_index_from_string(grid.letter(name)) for name in grid.columns if name != "Why"}
        assert columns <= printed, grid.left


def test_titles_areas_merges_and_looks_are_as_excel_writes_them(built: Path) -> None:
    with zipfile.ZipFile(built) as package:
        parts = {name: package.read(name).decode() for name in package.namelist() if name.endswith(".xml")}
    titles = re.findall(r'_xlnm\.Print_Titles"[^>]*>([^<]*)<', parts["xl/workbook.xml"])
    both = [title for title in titles if "," in title]
    assert len(both) == 8 and all(re.fullmatch(r"'\w+'!\$[AB]:\$[A-F],'\w+'!\$\d+:\$\d+", title) for title in both)
    assert "'Variance'!$A$1:$R$1048576<" in parts["xl/workbook.xml"], "whole columns: as far as its rows go"
    for name, text in parts.items():
        assert not re.search(r'<mergeCell ref="([A-Z]+\d+)(:\1)?"', text), name
        for rule in re.findall(r"<cfRule.*?</cfRule>", text, re.DOTALL):
            assert "!" not in rule, f"{name}: {rule}"
    frames = [one for name, text in parts.items() if "/drawing" in name for one in re.findall(r"<cNvPr [^>]*>", text)]
    assert len(frames) == 5 and all(re.search(r' descr="Chart: \w[^"]{20,}"', one) for one in frames)


def _contrast(one: str, other: str) -> float:
    def light(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_text_has_contrast(book: openpyxl.Workbook) -> None:
    pairs = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    ground = cell.fill.start_color.rgb[2:] if cell.fill.fill_type else "FFFFFF"
                    pairs.add((cell.font.color.rgb[2:], ground))
        for area in sheet.conditional_formatting:
            for rule in area.rules:
                ink = rule.dxf.font.color.rgb[2:] if rule.dxf.font and rule.dxf.font.color else "1F2933"
                ground = rule.dxf.fill.start_color.rgb[2:] if rule.dxf.fill else "FFFFFF"
                pairs.add((ink, ground))
    assert len(pairs) > 10
    assert {pair for pair in pairs if _contrast(*pair) < 4.5} == set()


def test_opening_does_not_calculate_what_is_there(built: Path) -> None:
    with zipfile.ZipFile(built) as package:
        (calculation,) = re.findall(r"<calcPr[^>]*>", package.read("xl/workbook.xml").decode())
    assert 'fullCalcOnLoad="0"' in calculation and 'calcId="191029"' in calculation


# -- the tables --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", _TABLES)
@pytest.mark.parametrize("examples", [True, False])
def test_a_table_has_its_columns_its_rows_and_blank_rows(
    name: str, examples: bool, book: openpyxl.Workbook, empty: openpyxl.Workbook
) -> None:
    sheet = (book if examples else empty)[name]
    excel = sheet.tables[inputs.excel_name(name)]
    rows = [[cell.value for cell in row] for row in sheet[excel.ref]]
    names = [column.name for column in _TABLES[name].columns]
    assert rows[0] == names == [column.name for column in excel.tableColumns]
    typed = [{key: value for key, value in zip(names, row, strict=True) if value is not None} for row in rows[1:]]
    shown = [
        {key: value.date() if isinstance(value, dt.datetime) else value for key, value in row.items()} for row in typed
    ]
    assert [row for row in shown if row] == (list(_ROWS[name]) if examples else [])
    assert shown[-1] == {} and len(shown) >= 3


@pytest.mark.parametrize("table", _EVERY, ids=lambda table: table.name)
def test_every_heading_has_its_note_and_every_column_is_checked(table: object, book: openpyxl.Workbook) -> None:
    sheet, terms = book[table.name], current().terms  # type: ignore[attr-defined]
    checked = {str(check.sqref).split(":")[0]: check for check in sheet.data_validations.dataValidation}
    free = {"Order", "Patient", "Scenario", "Claim"} | ({"Payer"} if sheet.title == "Payers" else set())
    for number, column in enumerate(table.columns, start=1):  # type: ignore[attr-defined]
        heading = sheet.cell(inputs.HEAD, number)
        assert heading.comment.text.startswith(column.doc)
        if column.term:
            assert terms[column.term].source in heading.comment.text
        if column.choices:
            offered = _offered(book, checked[sheet.cell(inputs.FIRST, number).coordinate].formula1)
            assert tuple(map(str, offered)) == column.choices
        first = sheet.cell(inputs.FIRST, number).coordinate
        assert (first in checked) != (column.name in free), f"{sheet.title}, {column.name}: declare what is checked"


def test_a_list_warns_and_a_limit_stops_and_both_say_why(book: openpyxl.Workbook) -> None:
    checks = [check for sheet in book for check in sheet.data_validations.dataValidation]
    warned = [check for check in checks if check.showErrorMessage]
    styles = {(check.type == "list", check.errorStyle) for check in warned}
    assert styles == {(True, "warning"), (True, "stop"), (False, "stop")}
    stops = {check.formula1 for check in checks if check.type == "list" and check.errorStyle == "stop"}
    words = {lists.choices_name(column) for table in _EVERY for column in table.columns if column.choices}
    # only where another word cannot be understood: workers comp is read, too, and any percentage of a dose
    assert stops == (words | {"NdcUnits"}) - {"Words_kind", "Words_rounding_to_vials"}
    for check in checks:
        assert check.allow_blank and len(check.prompt or "") <= 255
    for check in warned:
        assert 10 < len(check.error) <= 225 and len(check.errorTitle) <= 32
    for check in checks:
        if check.type == "list":
            assert check.formula1 in book.defined_names


def test_a_list_of_the_usual_drugs_takes_every_other_one_and_says_that_it_does(book: openpyxl.Workbook) -> None:
    """Keytruda is no error for not being among those that the list has room for."""
    quiet = {
        (sheet.title, str(check.sqref).split(":")[0]): check
        for sheet in book
        for check in sheet.data_validations.dataValidation
        if not check.showErrorMessage
    }
    assert {(name, check.formula1) for (name, _), check in quiet.items()} == {
        ("Orders", "DrugNames"), ("Payer codes", "DrugOrTherapyNames"), ("Own codes", "DrugNames"), ("Costs", "DrugNames"),
    }  # fmt: skip
    assert all(
        check.type == "list" and "Every drug that CMS lists is known" in check.prompt for check in quiet.values()
    )
    names = [cell for cell in _offered(book, "DrugNames")]
    assert len(names) == len({row.name for row in current().drugs}) and "pembrolizumab" not in names


def test_end_is_checked_against_start_and_to_against_from(book: openpyxl.Workbook) -> None:
    later = {
        (sheet.title, str(check.sqref).split(":")[0]): check.formula1
        for sheet in book
        for check in sheet.data_validations.dataValidation
        if check.formula1.startswith("MAX")
    }
    assert later == {
        ("Orders", "I5"): "MAX(36526,$H5)", ("Holds", "C5"): "MAX(36526,$B5)", ("Payer codes", "G5"): "MAX(36526,$F5)",
        ("Own codes", "G5"): "MAX(36526,$F5)", ("Rates", "I5"): "MAX(36526,$H5)",
        ("Provider", "D5"): "MAX(36526,$C5)", ("Costs", "E5"): "MAX(36526,$D5)", ("Remittance", "H5"): "MAX(36526,$G5)",
    }  # fmt: skip


def test_what_the_lists_offer_is_understood(book: openpyxl.Workbook) -> None:
    reference = current()

    drugs = {reference.name(str(drug)).drug for drug in _offered(book, "DrugNames")}
    assert drugs == {row.drug for row in reference.drugs}
    assert {reference.therapy(str(name)).therapy for name in _offered(book, "TherapyNames")} == set(
        reference.therapies.values()
    )
    assert all(interval.parse(text).hours > 0 for text in _offered(book, "IntervalNames"))
    assert _offered(book, "PlaceNames") == [12, 49, 11]
    codes = _offered(book, "CodeNames")
    assert all(reference.code_rows(str(code)) for code in codes)
    assert {row.code for row in reference.hit} < set(codes)
    assert all(code in codes for code in _offered(book, "PerDiemNames"))
    assert set(map(str, _offered(book, "ModifierNames"))) == {row.modifier for row in reference.modifiers}
    assert set(_offered(book, "DenialNames")) == {"GA", "GY", "GZ"}
    assert all(reference.accreditor(str(name)) == name for name in _offered(book, "AccreditorNames"))
    assert all(ndc.unit(str(unit)) == unit for unit in _offered(book, "NdcUnits"))
    products = {row.product: row.drug for row in reference.drugs}
    for product in _offered(book, "ProductNames"):
        assert reference.name(f"{products[str(product)]} {product}").product == product


def _offered(book: openpyxl.Workbook, name: str) -> list[object]:
    """What a list offers."""
    area = book.defined_names[name].attr_text.removeprefix("Lists!").replace("$", "")
    return [cell.value for (cell,) in book["Lists"][area]]


def test_subjects_stand_over_the_headings_of_wide_tables(book: openpyxl.Workbook) -> None:
    for name, first in (("Orders", "The order"), ("Payers", "The payer")):
        subjects = [cell.value for cell in book[name][inputs.BAND] if cell.value]
        assert subjects[0] == first and len(subjects) == len(set(subjects)) > 6
        assert book[name].freeze_panes == ("C5" if name == "Orders" else "B5")


# -- the examples ------------------------------------------------------------------------------------------------


def test_the_examples_bill_without_an_error_or_a_stale_day() -> None:
    grid = billing.grid()
    assert list(GRID) == grid[0] and len(grid) > 30
    assert not [cell for row in grid for cell in row if isinstance(cell, ExcelError)]
    assert not [row for row in grid if "STALE" in row[-1]]


def test_one_thing_alone_is_wrong_in_the_examples() -> None:
    _, *found = billing.findings()
    assert [[*row[:3], row[4]] for row in found] == [["error", "accreditation missing", "Orders", "RX-114"]]
    assert all(text in INTENDED for text in ("RX-114", "10/31/2025", "ACHC"))


def _lines(patient: str) -> list[tuple[str, ...]]:
    """The lines of a patient of the examples: payer, code with its modifiers, units."""
    at = {name: GRID.index(name) for name in GRID}
    return [
        (row[at["Payer"]], "-".join(filter(None, row[at["Code"] : at["Code"] + 4])), row[at["Units"]])
        for row in billing.grid()[1:]
        if row[0] == patient
    ]


def test_the_examples_show_the_worked_example_and_the_end_of_its_code() -> None:
    assert [line[1:] for line in _lines("PT-1001")] == [
        ("S9502", 1), ("J2185", 30), ("S9501-SH", 1), ("J3370", 4)
    ]  # fmt: skip
    assert [line[1:] for line in _lines("PT-1002")][-2:] == [("J3370", 28), ("J3373", 1400)]
    third = _lines("PT-1003")
    assert ("Example Health Plan", "S9500-SJ", 6) in third and ("Example Health Plan", "99602", 1) in third


def test_the_examples_show_contracts_that_differ() -> None:
    assert [line[1:] for line in _lines("PT-1006") if "S9500" in line[1]] == [("S9500-SH-59-SS", 5)] * 2  # by month
    assert [line[1:] for line in _lines("PT-1008") if "S9500" in line[1]] == [("S9500-SS", 1)] * 3  # infusion days
    assert [line[1:] for line in _lines("PT-1009") if "SV" in line[1]] == [("J1335-SV", 6)]  # not used
    assert [line[1:] for line in _lines("PT-1010")] == [("S9494", 14), ("J3490", 84)]  # a payer's own codes
    assert [line[1] for line in _lines("PT-1012")] == ["S9503"]  # an outside pharmacy bills the drug
    assert [line[1:] for line in _lines("PT-1013") if "JW" in line[1]] == [("J0878-JW", 700)]  # waste
    first = _lines("PT-1011")
    assert [line[1] for line in first if line[0] == "Medicare"] == ["99601-GY", "99602-GY", "99601-GY"]
    assert {line[0] for line in first} == {"Medicare", "Example Commercial"}
    assert {"vancomycin (Mylan)", "vancomycin"} < {row[GRID.index("Drug")] for row in billing.grid()}  # by NDC


# -- Claim and Functions -----------------------------------------------------------------------------------------


def test_the_kinds_of_line_share_no_code_and_miss_none() -> None:
    reference = current()
    found = claim.prefixes(reference)
    visits = (*reference.visits, *reference.hit)
    kinds = {"per diem": reference.per_diem, "drug": reference.drugs, "visit": visits}
    for kind, rows in kinds.items():
        for row in rows:
            counted = [other for other, starts in found.items() for start in starts if row.code.startswith(start)]
            assert counted == [kind], row.code


def test_every_function_is_shown_with_what_it_takes_and_gives(book: openpyxl.Workbook) -> None:
    sheet = book["Functions"]
    texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    for function in FUNCTIONS.values():
        assert texts.count(function.usage) == 1
        assert function.summary in texts
        assert set(parameter.doc for parameter in function.parameters) <= set(texts)
        (shown,) = (cell for cell in sheet[functions.EXAMPLE] if cell.value == function.example)
        assert shown.data_type == "s"
        live = sheet[f"{functions.RESULT}{shown.row}"].value
        live = live.text if isinstance(live, ArrayFormula) else live
        own_sheet = {
            "CLAIM_GRID": "COUNT(ClaimLine)", "CLAIM_CHECKS": "Checks!", "EXPLAIN": "Explain!",
            "EXPECTED_GRID": "COUNT(ExpectedLine)", "VARIANCE_GRID": "Variance!",
        }  # fmt: skip
        elsewhere = own_sheet.get(function.name, "Model!" if function.category == "Model" else function.example)
        assert elsewhere in live


def test_a_function_that_is_added_appears_by_itself() -> None:
    def NEW_ONE(code):  # type: ignore[no-untyped-def]
        """Something new of a code.

        In: a code. Out: a text. Errors: #N/A none.
        """

    NEW_ONE.__annotations__["code"] = Code
    sheet = openpyxl.Workbook().active
    added = WorksheetFunction("NEW_ONE", NEW_ONE, "Claim", True, "=NEW_ONE(1)")
    functions.add_functions(sheet, [*FUNCTIONS.values(), added])
    texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {"NEW_ONE(code)", "Something new of a code.", "a text.", "#N/A none.", "=NEW_ONE(1)"} <= set(texts)
