"""The add-in in a real LibreOffice: the same claim as `fill`, true errors, the function wizard's texts."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import billing, libreoffice
from tests.hosts.calc.in_office import READ, formulas, office_with_addin, recalculated
from xl_infusion import CODE_INFO, CODES, JUNITS, XL_INFUSION_VERSION, ExcelError
from xl_infusion.functions import FUNCTIONS
from xl_infusion.hosts.calc.interface import SERVICE


@pytest.fixture(scope="module")
def calc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[libreoffice.Office]:
    with office_with_addin(tmp_path_factory.mktemp("extensions")) as running:
        yield running


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "billing.xlsx"
    billing.new(path)
    return path


def differences(path: Path, found: dict[str, list[list[Any]]]) -> list[tuple[str, str, Any, Any]]:
    """The cells that show something else in Calc than what `fill` wrote into the file, to a tenth of a cent."""
    out = []
    for sheet in openpyxl.load_workbook(path, data_only=True):
        rows = found[sheet.title]
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            known = cell.row <= len(rows) and cell.column <= len(rows[0])
            shown: Any = rows[cell.row - 1][cell.column - 1] if known else ""
            if not same(cell.value, shown, error=cell.data_type == "e"):
                out.append((sheet.title, cell.coordinate, cell.value, shown))
    return out


def same(filled: Any, shown: Any, *, error: bool) -> bool:
    if error or isinstance(shown, ExcelError):
        return error and isinstance(shown, ExcelError) and shown == filled
    if isinstance(filled, dt.time):
        filled = (filled.hour * 60 + filled.minute) / 1440
    if isinstance(filled, dt.datetime):
        filled = (filled - dt.datetime(1899, 12, 30)) / dt.timedelta(1)
    if isinstance(filled, (int, float)) and isinstance(shown, (int, float)):
        return abs(filled - shown) < 0.001
    return (filled or "") == shown


@pytest.mark.office
def test_the_workbook_shows_what_fill_wrote_in_every_cell(calc: libreoffice.Office, workbook: Path) -> None:
    found = recalculated(calc, workbook)
    assert found["Claim"][9][0] == "Patient" and found["Checks"][7][1] == "error"
    assert differences(workbook, found) == []


@pytest.mark.office
def test_one_bad_order_shows_in_the_total_as_fill_has_it(calc: libreoffice.Office, tmp_path: Path) -> None:
    path = tmp_path / "bad.xlsx"
    billing.new(path)
    billing.typed_into(path, Orders_E6="vancomicin")
    found = recalculated(calc, path)
    assert isinstance(found["Claim"][7][4], ExcelError)  # E8, the claim's total
    # a grid with an error in it is not handed to an add-in: its sums are that error, all of them, and what reads them
    sums = {"Model": "B[B-F]", "Variance": "[A-CT-Z]|A[B-I]", "Functions": "F"}
    for sheet, cell, _, shown in (left := differences(path, found)):
        assert re.fullmatch(f"({sums[sheet]})[0-9]+", cell), (sheet, cell)
        assert shown == "Model: 0 rows" or isinstance(shown, ExcelError), (sheet, cell)
    assert len(left) > 100


@pytest.mark.office
def test_the_function_wizard_says_what_the_signatures_say(calc: libreoffice.Office) -> None:
    told = {
        name: (description, category, arguments)
        for name, description, category, arguments in calc.run(_DESCRIPTIONS, list(FUNCTIONS))
    }
    add_in = 11  # Calc has no categories but its own
    assert told == {name: (f.summary, add_in, [[p.name, p.doc] for p in f.parameters]) for name, f in FUNCTIONS.items()}
    assert max(len(text) for f in FUNCTIONS.values() for text in (f.summary, *(p.doc for p in f.parameters))) <= 255
    categories = calc.run(_CATEGORIES, SERVICE, list(FUNCTIONS))
    assert categories == {name: function.category for name, function in FUNCTIONS.items()}


CELLS: dict[str, Any] = {
    "A1": "meropenem", "A2": "vanco", "A3": "meropenum", "B1": "1 g", "B2": "500 mg", "B3": "1 g",
    "C1": "=NA()", "C2": "q8h", "C3": "=1/0", "D1": 45838.0, "D2": 45839.0, "E1": 8.0,
}  # fmt: skip
#: Formula -> what it gives.
SINGLE: dict[str, Any] = {
    "=PERDIEM_CODE(C2)": "S9502",
    "=PERDIEM_CODE(E1)": "S9502",
    "=PERDIEM_CODE(C2)=\"S9502\"": 1,
    "=IF(PERDIEM_CODE(C2)=\"S9502\";\"yes\";\"no\")": "yes",
    "=COUNTIFS(C1:C3;\"q8h\";C1:C3;\"<>\"&PERDIEM_CODE(C2))": 1,
    "=JUNITS(A1;B1)": 10,
    "=JUNITS(A2;B1;D1)": 2,
    "=JUNITS(A2;B1;D2)": 100,
    "=JUNITS(A2;B1;DATE(2025;6;30))": 2,
    "=JUNITS(A2;B1;;)": 100,
    "=JUNITS(A1;B9)": "#NUM!",  # Calc hands over 0 for a blank cell
    "=JUNITS(A1;B9:B9)": "#VALUE!",
    "=JUNITS(A3;B3)": "#N/A",
    "=JUNITS(A1;\"5 units\")": "#VALUE!",
    "=PERDIEM_CODE(C1)": "#N/A",
    "=PERDIEM_CODE(C3)": "#DIV/0!",
    "=PERDIEM_CODE(-1)": "#NUM!",
    "=PERDIEM_RATE(\"x\";1)": "#VALUE!",
    "=ISNA(JUNITS(A3;B3))": 1,
    "=ISERROR(JUNITS(A1;\"5 units\"))": 1,
    "=IFERROR(JUNITS(A3;B3);\"none\")": "none",
    "=JUNITS(A1;B1)+JUNITS(A3;B3)": "#N/A",
    "=SUM(JUNITS(A1:A2;B1:B2))": 60,
    "=SUM(JUNITS(A1:A3;B1:B3))": "#N/A",
    "=PERDIEM_CODE(C1:C3)": "Err:504",  # Calc does not call an add-in with an error in a range
    "=MEDICARE_PAYS(\"S9502\")": 0,
    "=MEDICARE_PAYS(\"J2185\")=TRUE()": 1,
    "=CODE_INFO(\"J3370\";\"Last day\")": 45838,
    "=TEXT(CODE_INFO(\"J3370\";\"Last day\");\"YYYY-MM-DD\")": "2025-06-30",
    "=CODE_INFO(\"J3370\";\"successor\")": "J3373",
    "=ROWS(CODES(\"per diem\"))": len(CODES("per diem")),
    '=SUMPRODUCT((INDEX(CODES();0;2)&""="S9502")*1)': 1,  # without the &"" Calc finds none: see docs/calc.md
    "=CODES(\"nothing\")": "#N/A",
    "=XL_INFUSION_VERSION()": XL_INFUSION_VERSION(),
    "=LEFT(XL_INFUSION_VERSION();11)=\"xl_infusion\"": 1,
}  # fmt: skip
#: Range=array formula -> its rows.
ARRAYS: dict[str, Any] = {
    "J1:J3=JUNITS(A1:A3;B1:B3)": [[10], [50], ["#N/A"]],
    "K1:L1=VISIT_UNITS(210)": [[1, 1]],
    "M1:M3=PERDIEM_RANK({\"q12h\"|\"q8h\"|\"q24h\"})": [[2], [1], [3]],
}  # fmt: skip


@pytest.mark.office
def test_cells_ranges_blanks_dates_booleans_and_errors(calc: libreoffice.Office) -> None:
    assert (JUNITS("vanco", "1 g", "2025-06-30"), CODE_INFO("J3370", "Last day")) == (2, dt.date(2025, 6, 30))
    wanted = SINGLE | ARRAYS
    found = dict(zip(wanted, formulas(calc, CELLS, list(wanted)), strict=True))
    assert found == wanted
    errors = [value for value in found.values() if str(value).startswith(("#", "Err"))]
    assert errors and all(isinstance(value, ExcelError) for value in errors)


ORDERS: dict[str, Any] = {
    **{f"{chr(65 + i)}1": name for i, name in enumerate(("Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"))},
    "A2": 1.0, "B2": "P1", "C2": "meropenem", "D2": "1 g", "E2": "q8h", "F2": 45839.0, "G2": 1.0,
    "A3": 2.0, "B3": "P1", "C3": "vancomycin", "D3": "=NA()", "E3": "q12h", "F3": 45839.0, "G3": 1.0,
}  # fmt: skip


@pytest.mark.office
def test_an_error_in_an_order_is_that_lines_and_the_totals(calc: libreoffice.Office) -> None:
    grid, total, array = formulas(calc, ORDERS, ["A10:J14=CLAIM_GRID(A1:G3)", "=SUM(J11:J14)", "=CLAIM_GRID({1;2})"])
    assert [(line[6], line[9]) for line in grid[1:]] == [
        ("S9502", 1), ("J2185", 30), ("S9501", 1), ("J3373", "#N/A"),
    ]  # fmt: skip
    assert total == "#N/A" and isinstance(total, ExcelError) and isinstance(grid[4][9], ExcelError)
    assert array == "Err:504"  # orders have to be a range


@pytest.mark.office
def test_grids_grow_and_shrink_their_texts_compare_and_files_have_the_plain_formula(
    calc: libreoffice.Office, tmp_path: Path
) -> None:
    files = [str(tmp_path / name) for name in ("saved.ods", "saved.xlsx")]
    cells = ORDERS | {"D3": "1 g"}
    steps = calc.run(READ + _GROWING, cells, files)
    counts = '=COUNTIF(G11:G500;"S9502")'
    assert counts in _GROWING
    assert [step[:4] for step in steps["steps"]] == [
        ["$A$10:$M$14", 1, 1, 1],  # entered over one row: as large as its result
        ["$A$10:$M$18", 2, 1, 1],  # two more orders
        ["$A$10:$M$12", 1, 1, 1],  # one order left
    ]
    assert all("LET(" in step[4] for step in steps["steps"])
    assert (steps["arrays"], steps["last"]) == (1, "Input")  # what the add-in does is no step of its own to undo
    assert "LET(" in steps["blocked"][1] and steps["blocked"][0] == [32767, 32767]
    with zipfile.ZipFile(files[0]) as archive:
        content = archive.read("content.xml").decode()
    assert f"of:={SERVICE.upper()}.CLAIM_GRID([.A1:.G5])" in content and "LET(" not in content
    formula = openpyxl.load_workbook(files[1])["Sheet1"]["A10"].value
    assert (formula.ref, formula.text) == ("A10:M12", "=CLAIM_GRID(A1:G5)")


@pytest.mark.office
def test_what_the_add_in_does_first_is_not_there_to_undo_and_no_macros_step_is_lost(calc: libreoffice.Office) -> None:
    """With nothing to undo before it there is no step that it could be a part of; one being made is left alone."""
    alone, within = calc.run(READ + _FIRST_STEPS, ORDERS | {"D3": "1 g"})
    assert alone == ["$A$10:$M$14", False, False, []]
    assert within == ["$A$10:$M$14", False, True, ["a macro's step"]]


@pytest.mark.office
def test_a_document_of_the_1904_system_shows_errors_and_no_wrong_days(calc: libreoffice.Office) -> None:
    assert calc.run(_OF_1904) == [0, 519, 519, 519]


@pytest.mark.office
def test_a_chart_is_drawn_of_what_its_cells_say(calc: libreoffice.Office, workbook: Path) -> None:
    """Calculating all tells no chart: it showed the total as a cause, and every amount beside another one's name."""
    causes, drawn = calc.run(_DRAWN, str(workbook))
    shown = [f"-${-amount:,.0f}" for _, amount in causes if amount != ""]
    assert len(shown) == 4 and [text for text in drawn if "$" in text] == shown


@pytest.mark.office
def test_a_document_open_to_read_only_stays_as_it_is(calc: libreoffice.Office, workbook: Path) -> None:
    before, after = calc.run(READ + _READ_ONLY, str(workbook))
    assert before == after and "CLAIM_GRID" in before and "LET(" not in before


#: What a chart of Variance reads, and the texts that it has painted.
_DRAWN = """
import time

def texts(shapes):
    for shape in (shapes.getByIndex(i) for i in range(shapes.Count)):
        if hasattr(shape, "getCount"):
            yield from texts(shape)
        elif getattr(shape, "String", ""):
            yield shape.String

document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(arguments[0]), "_blank", 0, properties())
sheet = document.Sheets.getByName("Variance")
chart = sheet.Charts.getByIndex(0).EmbeddedObject
for _ in range(4):  # painted as it comes up, and again when the add-in has looked after the grids
    chart.createInstance("com.sun.star.chart2.ChartView").update()
    time.sleep(1)
result = sheet.getCellRangeByName("A18:B27").getDataArray(), list(texts(chart.DrawPage))
document.close(True)
"""

_DESCRIPTIONS = """
document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
cell = document.Sheets.getByIndex(0).getCellByPosition(0, 0)
cell.Formula = "=XL_INFUSION_VERSION()"  # Calc asks an add-in for its arguments when it first calls it
assert not cell.getError()
document.close(True)
known = context.ServiceManager.createInstance("com.sun.star.sheet.FunctionDescriptions")
result = []
for i in range(known.Count):
    told = {one.Name: one.Value for one in known.getByIndex(i)}
    if told["Name"] in arguments[0]:
        result.append(
            (told["Name"], told["Description"], told["Category"], [(a.Name, a.Description) for a in told["Arguments"] or ()])
        )
"""

_CATEGORIES = """
service, names = arguments
provider = context.ServiceManager.createInstance("com.sun.star.configuration.ConfigurationProvider")
functions = provider.createInstanceWithArguments(
    "com.sun.star.configuration.ConfigurationAccess",
    properties(nodepath=f"/org.openoffice.Office.CalcAddIns/AddInInfo/{service}/AddInFunctions"))
result = {name: functions.getByName(name).CategoryDisplayName for name in names}
"""

_GROWING = """
cells, files = arguments
document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
sheet = document.Sheets.getByIndex(0)
sheet.Name = "Sheet1"

def type_in(cells):
    for place, content in cells.items():
        cell = sheet.getCellRangeByName(place)
        if isinstance(content, str):
            cell.Formula = content
        else:
            cell.Value = content

def step():
    settled(document)
    first = sheet.getCellRangeByName("A10")
    place = sheet.createCursorByRange(first)
    place.collapseToCurrentArray()
    told = [sheet.getCellRangeByName(f"P{i}").Value for i in (1, 2, 3)]
    return [place.AbsoluteName.split(".")[1], *told, first.Formula]

type_in(cells)
type_in({
    "P1": '=COUNTIF(G11:G500;"S9502")', "P2": '=IF(G11="S9502";1;0)', "P3": '=IF(ISNUMBER(MATCH("Why";A10:M10;0));1;0)',
})
undo = document.getUndoManager()
sheet.getCellRangeByName("A10:M10").setArrayFormula("=CLAIM_GRID(A1:G5)")
steps = [step()]
type_in({f"{column}{row}": cells[f"{column}2"] for row in (4, 5) for column in "ABCDEFG"})
type_in({"A4": 4.0, "A5": 5.0, "B4": "P2", "B5": "P3", "E5": "q12h"})
steps.append(step())
for row in (3, 4, 5):
    for column in "ABCDEFG":
        sheet.getCellRangeByName(f"{column}{row}").Formula = ""
steps.append(step())
titles = list(undo.getAllUndoActionTitles())
result = {"steps": steps, "arrays": sum("Array" in title for title in titles), "last": titles[0]}
document.storeToURL(uno.systemPathToFileUrl(files[0]), properties(FilterName="calc8"))
document.storeToURL(uno.systemPathToFileUrl(files[1]), properties(FilterName="Calc MS Excel 2007 XML"))
assert "LET(" in step()[4]  # and goes on after it was saved
type_in({"B14": "in the way", **{f"{column}3": cells[f"{column}2"] for column in "ABCDEFG"}, "E3": "q12h"})
settled(document)
result["blocked"] = [
    [sheet.getCellRangeByName(place).getError() for place in ("A10", "J12")], sheet.getCellRangeByName("A10").Formula
]
document.close(True)
"""

_FIRST_STEPS = """
result = []
for within in (False, True):
    document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
    sheet = document.Sheets.getByIndex(0)
    undo = document.getUndoManager()
    for place, content in arguments[0].items():
        cell = sheet.getCellRangeByName(place)
        if isinstance(content, str):
            cell.Formula = content
        else:
            cell.Value = content
    sheet.getCellRangeByName("A10:M10").setArrayFormula("=CLAIM_GRID(A1:G3)")
    undo.clear()
    if within:
        undo.enterUndoContext("a macro's step")
    document.setModified(False)
    settled(document)
    modified = document.isModified()
    if within:
        undo.leaveUndoContext()
    place = sheet.createCursorByRange(sheet.getCellRangeByName("A10"))
    place.collapseToCurrentArray()
    result.append([
        place.AbsoluteName.split(".")[1], modified, undo.isUndoPossible(), list(undo.getAllUndoActionTitles()),
    ])
    document.close(True)
"""

_OF_1904 = """
import uno
document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
sheet = document.Sheets.getByIndex(0)
sheet.getCellRangeByName("A1").Formula = '=JUNITS("vanco";"1 g";DATE(2025;6;30))'
sheet.getCellRangeByName("A2").Formula = '=CODE_INFO("J3370";"Last day")'
sheet.getCellRangeByName("B1:C2").setArrayFormula("=VISIT_UNITS(210)")
document.calculateAll()
result = [sheet.getCellRangeByName("A1").getError()]
day = uno.createUnoStruct("com.sun.star.util.Date")
day.Day, day.Month, day.Year = 1, 1, 1904
document.NullDate = day
document.calculateAll()
result += [sheet.getCellRangeByName(place).getError() for place in ("A1", "A2", "B1")]
document.close(True)
"""

_READ_ONLY = """
path, = arguments
document = desktop.loadComponentFromURL(
    uno.systemPathToFileUrl(path), "_blank", 0, properties(Hidden=True, ReadOnly=True))
cell = document.Sheets.getByName("Claim").getCellRangeByName("A10")
result = [cell.Formula]
settled(document)
result.append(cell.Formula)
document.close(True)
"""
