"""What fill believes of the results that a file has stored, and what it works out itself."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook.properties import CalcProperties
from typer.testing import CliRunner

from tests import billing
from tests.spreadsheet.calculated import Cells, Done, at, build, store
from tests.test_end_to_end import typed
from xl_infusion.cli import app
from xl_infusion.errors import ExcelError
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.template.build import _finished as finished
from xl_infusion.workbook.fill import fill

#: What a workbook says of its calculation, by what it says of its results.
STALE: list[dict[str, object]] = [
    {"fullCalcOnLoad": True},
    {"forceFullCalc": True},
    {"calcCompleted": False},
    {"calcMode": "manual", "calcOnSave": False},
    {"calcMode": "manual", "calcCompleted": False, "calcOnSave": False},
    {"calcMode": "autoNoTable", "fullCalcOnLoad": True, "calcCompleted": True},
    {"calcId": 0},
]
CURRENT: list[dict[str, object]] = [{}, {"calcMode": "manual"}, {"calcId": 1}, {"calcCompleted": True}]

#: Formulas through a sheet, a name and a table, and what they are; C2 reads them all.
CHAIN: dict[str, dict[str, object]] = {
    "S": {"A1": "Dose", "A2": "=Other!B1*2", "A3": "=SUM(doses)", "C2": '=JUNITS("x",A2)+JUNITS("x",Orders[[#This Row],[Dose]])'},
    "Other": {"B1": "=1+2", "B2": "=S!A2", "D9": "=JUNITS(\"x\",S!A3)"},
}  # fmt: skip
RIGHT = {"S!A2": 6, "S!A3": 9, "S!C2": 120, "Other!B1": 3, "Other!B2": 6, "Other!D9": 90}


def marked(path: Path) -> Path:
    """Gives all array formulas of a workbook the mark of those that spill."""
    saved = io.BytesIO(path.read_bytes())
    path.write_bytes(finished(saved))
    return path


def chain(path: Path, says: Mapping[str, object], stored: object) -> Path:
    build(path, CHAIN, tables={"Orders": "S!A1:A3"}, names={"doses": "Other!$B$1:$B$2"}, settings=says)
    return store(path, dict.fromkeys(RIGHT, stored))


def ids(says: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in says.items()) or "nothing"


# ---------------------------------------------------------------------------------------------- stale and current


def _rewritten(path: Path, part: str, what: bytes, by: bytes) -> Path:
    """The workbook with one place of a part written otherwise."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts[part], places = re.subn(what, by, parts[part])
    assert places == 1
    with zipfile.ZipFile(path, "w") as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return path


def _asking(path: Path, cell: str) -> Path:
    """The formula in a cell says of itself that it is to be calculated."""
    return _rewritten(path, "xl/worksheets/sheet1.xml", rb'(<c r="%b"[^>]*><f)' % cell.encode(), rb'\1 ca="1"')


def _without_settings(path: Path) -> Path:
    """The workbook says nothing of its calculation, as a program may write it that calculates nothing."""
    return _rewritten(path, "xl/workbook.xml", rb"<calcPr[^>]*/>", b"")


def test_a_cell_that_asks_to_be_calculated_is(tmp_path: Path) -> None:
    path = store(chain(tmp_path / "b.xlsx", {}, 0), {**RIGHT, "S!A2": 0})
    done = Done(_asking(path, "A2"))
    assert done["S!A2"] == 6 and done["S!C2"] == 120
    again = done.again()
    assert again["S!A2"] == 6 and not again.edits


def test_what_excel_calculates_every_time_keeps_what_it_stored(tmp_path: Path) -> None:
    """Excel marks these itself, and what they read is often nothing that is in the file."""
    path = build(tmp_path / "b.xlsx", {"S": {"A1": '=CELL("filename")', "B1": '=JUNITS("x",2)'}})
    done = Done(_asking(store(path, {"S!A1": "stored"}), "A1"))
    assert not done.left() and (1, 1) not in done.found.values.get("S", {})


@pytest.mark.parametrize("stored", [0, 17, "", "x", ExcelError("#NAME?")], ids=repr)
@pytest.mark.parametrize("says", STALE, ids=ids)
def test_nothing_stored_is_believed_in_a_workbook_that_calls_it_stale(
    tmp_path: Path, says: Mapping[str, object], stored: object
) -> None:
    done = Done(chain(tmp_path / "b.xlsx", says, stored))
    assert {place: done[place] for place in RIGHT} == RIGHT
    again = done.again()
    assert again.edits == {}
    assert {place: again[place] for place in RIGHT} == RIGHT


def test_nothing_stored_is_believed_in_a_workbook_without_a_word_of_its_calculation(tmp_path: Path) -> None:
    """Excel takes it for one that no version calculated: a price of 0 in it is none."""
    done = Done(_without_settings(chain(tmp_path / "b.xlsx", {}, 0)))
    assert {place: done[place] for place in RIGHT} == RIGHT
    again = done.again()
    assert again.edits == {} and {place: again[place] for place in RIGHT} == RIGHT
    path = build(tmp_path / "left.xlsx", {"S": {"A1": "=AGGREGATE(9,6,B1:B2)", "C1": '=JUNITS("x",A1)'}})
    left = Done(_without_settings(store(path, {"S!A1": 0, "S!C1": 0}))).left()
    assert left.keys() == {"S!A1", "S!C1"}


@pytest.mark.parametrize("says", CURRENT, ids=ids)
def test_what_is_stored_is_believed_in_a_workbook_that_says_nothing_against_it(
    tmp_path: Path, says: Mapping[str, object]
) -> None:
    done = Done(chain(tmp_path / "b.xlsx", says, 17))
    assert done["S!C2"] == 340 and done["Other!D9"] == 170
    assert set(done.edits) == {"S", "Other"} and set(done.edits["S"].cells) == {(2, 3)}


def test_a_formula_that_cannot_be_worked_out_is_never_what_is_stored(tmp_path: Path) -> None:
    """Neither for the call that reads it nor for what reads that; and the reason names the cell where it begins."""
    cells = {
        "A1": "=LOOKUP(2,B1:B4)", "A2": "=A1+1", "A3": "=A3+1", "A4": "=[1]Prices!B2", "A5": "=NOSUCH(1)", "A6": "=2*2",
        "C1": '=JUNITS("x",A2)', "C2": "=C1*2", "C3": '=JUNITS("x",A3)', "C4": '=JUNITS("x",A4)', "C6": '=JUNITS("x",A6)',
    }  # fmt: skip
    path = build(tmp_path / "b.xlsx", {"S": cells}, settings={"fullCalcOnLoad": True})
    done = Done(store(path, {f"S!{place}": 0 for place in cells}))
    assert done.left().keys() == {f"S!{place}" for place in cells} - {"S!A6", "S!C6"}
    assert done["S!A6"] == 4 and done["S!C6"] == 40
    causes = {(one.row, one.col): one.cause for one in done.found.unresolved}
    assert causes[1, 1] == ""
    lookup = "S!A1 uses LOOKUP, which finds another row than Excel where the values hold errors"
    assert causes[2, 1] == causes[1, 3] == causes[2, 3] == lookup
    assert causes[3, 3].startswith("S!A3 goes in a circle") and causes[4, 3] == "S!A4 reads another workbook"
    again = done.again()
    assert again.edits == {} and again.left() == done.left()
    with Package.open(path) as package:
        shown = package.values("S")
    assert [shown[row][0] for row in range(6)] == ["", "", "", "", "", 4] and shown[0][2] == shown[1][2] == ""


def test_what_is_left_to_excel_does_not_make_the_rest_of_a_workbook_stale(tmp_path: Path) -> None:
    """Excel is asked to calculate all when it opens the file; a second run still believes what Excel had stored."""
    cells: Cells = {
        "A1": "=LOOKUP(2,B1:B4)",
        "A2": "=TREND(B1:B4)",
        "B1": 1,
        "C1": "=AGGREGATE(9,6,D1)",
        "D1": '=JUNITS("x",1)',
    }
    path = build(tmp_path / "b.xlsx", {"S": cells})
    store(path, {"S!A1": 7, "S!A2": 8, "S!C1": 9, "S!D1": 10})
    done = Done(path)
    assert done.left().keys() == {"S!C1"}
    for again in (done.again(), done.again().again()):
        assert again.left().keys() == {"S!C1"} and again.edits == {}
    with zipfile.ZipFile(path) as file:
        assert b'fullCalcOnLoad="1"' in file.read("xl/workbook.xml")
    with Package.open(path) as package:
        assert package.values("S")[0][0] == 7 and package.values("S")[1][0] == 8


def test_what_another_program_says_after_a_fill_counts_again(tmp_path: Path) -> None:
    """The mark that fill leaves is its own: with another writer's number in it, it says that results are stale."""
    cells: Cells = {"A1": "=2*3", "C1": "=AGGREGATE(9,6,D1)", "D1": '=JUNITS("x",A1)'}
    path = build(tmp_path / "b.xlsx", {"S": cells})
    done = Done(store(path, {"S!A1": 6, "S!D1": 0})).again()
    assert not done.edits
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts["xl/workbook.xml"] = re.sub(rb'calcId="\d+"', b'calcId="171027"', parts["xl/workbook.xml"])
    with zipfile.ZipFile(path, "w") as file:
        for name, data in parts.items():
            file.writestr(name, data)
    store(path, {"S!A1": 0})
    assert Done(path)["S!D1"] == 60


@pytest.mark.parametrize("stored", ["plain", "array", "marked"])
def test_blank_cells_that_a_missing_grid_would_fill_are_not_taken_for_blank(tmp_path: Path, stored: str) -> None:
    """A total beside a claim that could not be worked out is no 0; what lies out of its reach is worked out."""
    grid = "CLAIM_GRID(S!A1:B9)"
    sheets: dict[str, dict[str, object]] = {
        "S": {"A1": "m", "B1": "=LOOKUP(2,D1:D4)", "E1": "=SUM(C!C5:C90)"},
        "C": {
            "F3": "=SUM(C4:C90)", "G9": "=SUM(F:F)", "A1": "=SUM(F4:F90)", "A2": "=SUM(B2:E2)", "A3": "=B60+1", "A4": "=SUM(C60:C90)",
            "B50": "in the way", "A5": "=SUM(A40:A90)", "H1": '=JUNITS("x",C7)', "H2": "=H1&C8",
        },
    }  # fmt: skip
    sheets["C"] |= {"B3": f"={grid}"} if stored == "plain" else {"B3:B3": f"{{={grid}}}"}
    path = build(tmp_path / "b.xlsx", sheets, settings={"fullCalcOnLoad": True})
    done = Done(marked(path) if stored == "marked" else path)
    assert done.left().keys() == {f"C!{cell}" for cell in ("B3", "F3", "G9", "H1", "H2")} | {"S!B1", "S!E1"}
    assert done.left()["C!F3"] == "depends on C!B3, which is left to Excel"
    causes = {(one.sheet, one.row, one.col): one.cause for one in done.found.unresolved}
    assert causes[at("S!E1")] == causes[at("C!G9")] == "S!B1 " + done.left()["S!B1"]
    assert [done[f"C!A{row}"] for row in range(1, 6)] == [0, 0, 1, 0, 0]
    assert done.again().edits == {}


@pytest.mark.slow
def test_totals_over_rows_that_a_command_typed_are_worked_out_anew(tmp_path: Path) -> None:
    """A formula of the user's own, which reads no claim and so was believed: remit adds to what it adds up."""
    path = tmp_path / "b.xlsx"
    billing.built(path, examples=False)
    book = openpyxl.load_workbook(path)
    book["Remittance"]["Z2"] = "=SUM(Remittance[Paid])"
    book["Remittance"]["Z3"] = "=TREND(Z2)"
    book.save(path)
    store(path, {"Remittance!Z2": 0, "Remittance!Z3": 5})
    export = tmp_path / "paid.csv"
    export.write_text("Patient,Code,From,Units,Paid\nPT-1,S9500,7/1/2025,9,900.50\n")
    assert run("remit", export, path)[0] == 0
    fill(path)
    sheet = openpyxl.load_workbook(path, data_only=True)["Remittance"]
    assert (sheet["Z2"].value, sheet["Z3"].value) == (900.5, None)
    assert fill(path).changed == 0
    book = openpyxl.load_workbook(path)
    book["Remittance"]["Z3"] = None
    book.save(path)
    assert not fill(path).unresolved
    with zipfile.ZipFile(path) as file:  # Excel without the functions is not asked to lose their values
        assert b'<calcPr calcId="191029" fullCalcOnLoad="0"' in file.read("xl/workbook.xml")
    before = path.read_bytes()
    assert fill(path).changed == 0 and path.read_bytes() == before


# ---------------------------------------------------------------------------------------------- the shipped workbook


def as_formulas(path: Path) -> None:
    """Every value of the input tables as a formula that was never worked out: a dose, a day, a time, a text."""
    book = openpyxl.load_workbook(path)
    formulas = {}
    for sheet in book:
        for table in sheet.tables.values():
            for row in sheet[table.ref][1:]:
                for cell in row:
                    if cell.data_type in "nsd" and cell.value is not None:
                        cell.value, _ = _spelt(cell.value), formulas.setdefault(f"{sheet.title}!{cell.coordinate}", 0)
    book.calculation = CalcProperties(fullCalcOnLoad=True)
    book.save(path)
    store(path, formulas)
    assert len(formulas) > 500


def _spelt(value: object) -> str:
    if isinstance(value, dt.datetime):
        return f"=DATE({value.year},{value.month},{value.day})"
    if isinstance(value, dt.time):
        return f"=TIME({value.hour},{value.minute},{value.second})"
    if isinstance(value, str):
        return '="' + value.replace('"', '""') + '"'
    return f"={value}*1"


@pytest.mark.slow
def test_the_workbook_of_orders_gives_the_same_claim_when_every_order_is_a_formula(tmp_path: Path) -> None:
    billing.built(tmp_path / "typed.xlsx")
    shutil.copy(tmp_path / "typed.xlsx", tmp_path / "made.xlsx")
    as_formulas(tmp_path / "made.xlsx")
    typed_in, made = fill(tmp_path / "typed.xlsx"), fill(tmp_path / "made.xlsx")
    assert made.grids == typed_in.grids and len(made.grids[0].rows) > 50
    assert not made.unresolved
    assert fill(tmp_path / "made.xlsx").changed == 0
    shown = [openpyxl.load_workbook(tmp_path / name, data_only=True) for name in ("typed.xlsx", "made.xlsx")]
    for sheet in ("Checks", "Start", "Claim", "Expected"):
        cells = [[[cell.value for cell in row] for row in book[sheet].iter_rows()] for book in shown]
        assert cells[0] == cells[1], sheet


# ---------------------------------------------------------------------------------------------- on the command line


def run(*args: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, [str(arg) for arg in args])
    return found.exit_code, " ".join(found.output.split())


def test_a_claim_that_reads_what_cannot_be_worked_out_is_a_failure_and_names_it(tmp_path: Path) -> None:
    path = typed(tmp_path / "b.xlsx", dt.datetime(2025, 7, 1))
    assert run("fill", path, "--strict")[0] == 0
    book = openpyxl.load_workbook(path)
    book["Orders"]["E2"] = '=LOOKUP(2,{1,2},{"2 g","1 g"})'
    book.save(path)
    store(path, {"Orders!E2": 0})
    why = "Orders!E2 uses LOOKUP, which finds another row than Excel where the values hold errors"
    status, says = run("fill", path)
    assert status == 8 and f"Claim!A3 has no claim: {why}" in says
    assert run("fill", path, "--quiet") == (8, f"xl-infusion: Claim!A3 has no claim: {why}")
    values = tmp_path / "values.xlsx"
    assert run("fill", path, "--values", "--output", values)[0] == 8
    shown = openpyxl.load_workbook(values, data_only=True)["Claim"]
    assert shown["A3"].value == "#N/A" and shown["A4"].value is None and shown["A1"].value is None


def test_a_call_that_is_left_to_excel_counts_when_strict(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = '=JUNITS("meropenem",B1)', '=JUNITS("meropenem","1 g")'
    book.active["B1"] = "=LOOKUP(2,C1:C4)"
    book.save(tmp_path / "b.xlsx")
    assert run("fill", tmp_path / "b.xlsx")[0] == 0
    status, says = run("fill", tmp_path / "b.xlsx", "--strict")
    assert status == 7 and "Sheet!B1 uses LOOKUP" in says and "Sheet!A1 depends on Sheet!B1" in says


# ---------------------------------------------------------------------------------------------- a grid that fails


@pytest.mark.parametrize("formula", ["=CLAIM_GRID(Orders!A1:H3)", "=SORT(CLAIM_GRID(Orders!A1:H3))",
                                     '=IFERROR(CLAIM_GRID(Orders!A1:H3),"")', "=grid"])  # fmt: skip
@pytest.mark.parametrize("before", [True, False], ids=["filled before", "first fill"])
def test_a_grid_that_fails_says_so_whatever_stood_there(tmp_path: Path, formula: str, before: bool) -> None:
    path = typed(tmp_path / "b.xlsx", dt.datetime(2025, 7, 1), formula)
    book = openpyxl.load_workbook(path)
    book.defined_names["grid"] = openpyxl.workbook.defined_name.DefinedName(
        "grid", attr_text="CLAIM_GRID(Orders!$A$1:$H$3)"
    )
    book.save(path)
    if before:
        assert fill(path).changed and not fill(path).no_claim
    store(path, {"Orders!E1": "Amount"})
    status, says = run("fill", path)
    assert status == 8 and "Claim!A3 has no claim: Orders lacks the column Dose" in says
    [(sheet, row, col, error)] = fill(path).no_claim
    assert (sheet, row, col) == ("Claim", 3, 1) and "lacks the column Dose" in error.message
    shown = openpyxl.load_workbook(path, data_only=True)["Claim"]
    assert all(shown.cell(row, col).value in (None, "") for row in range(4, 9) for col in range(1, 16))


# ---------------------------------------------------------------------------------------------- arrays in any shape


#: What reads the array in C!B3: a formula, and what it gives for a header and so many rows of drug and units.
READERS: dict[str, Callable[[int, float], object]] = {
    "=ROWS({})": lambda rows, units: rows + 1,
    "=COLUMNS({})": lambda rows, units: 2,
    "=SUM({})": lambda rows, units: units,
    "=COUNTA(INDEX({},0,1))-1": lambda rows, units: rows,
    "=SUM(INDEX({},0,2))": lambda rows, units: units,
    '=COUNTIF({},"m*")': lambda rows, units: rows,
    '=WHOLE({})': lambda rows, units: f"{rows + 1}x2",
    "=SUM({})+ADD(1,1)": lambda rows, units: units + 2,
    "=IFERROR(INDEX({},2,2),-1)": lambda rows, units: units / rows if rows else -1,
}  # fmt: skip


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, Any]:
    """A grid as some program stored it, what else stood in its cells, and formulas that read it."""
    kind = draw(st.sampled_from(["plain", "array", "marked"]))
    height, width = (1, 1) if kind == "plain" else (draw(st.integers(1, 7)), draw(st.integers(1, 4)))
    readers = draw(st.lists(st.tuples(
        st.sampled_from(list(READERS)), st.sampled_from(["B3#", "C!$B$3#", "_xlfn.ANCHORARRAY(C!B3)", "Grid", "Named"]),
        st.sampled_from(["plain", "array"]), st.sampled_from(["C", "A", "Z"]),
    ), min_size=1, max_size=5))  # fmt: skip
    return {
        "kind": kind,
        "size": (height, width),
        "orders": draw(st.integers(0, 5)),
        "stored": draw(st.sampled_from([None, 0, ExcelError("#NAME?"), "old"])),
        "readers": readers,
        "reader": draw(st.sampled_from([None, 0, 1, ExcelError("#REF!")])),
        "says": draw(st.sampled_from([*STALE, *CURRENT])),
    }


def as_stored(path: Path, shape: Mapping[str, Any]) -> dict[str, object]:
    """A workbook of that shape. Out: its readers and what they give."""
    height, width = shape["size"]
    last = "BCDE"[width - 1]
    grid = "CLAIM_GRID(Orders!A1:B9)"
    anchor = {"B3": f"={grid}"} if shape["kind"] == "plain" else {f"B3:{last}{2 + height}": f"{{={grid}}}"}
    sheets: dict[str, dict[str, object]] = {name: {} for name in ("A", "C", "Orders", "Z")}
    sheets["C"] |= anchor
    for row in range(1, shape["orders"] + 1):
        sheets["Orders"] |= {f"A{row}": f"m{row}", f"B{row}": "=1+1"}
    right: dict[str, object] = {}
    for row, (formula, spelt, kind, sheet) in enumerate(shape["readers"], 1):
        text = formula.format(spelt if sheet == "C" or spelt != "B3#" else "C!B3#")
        sheets[sheet][f"J{row}" if kind == "plain" else f"J{row}:J{row}"] = text if kind == "plain" else f"{{{text}}}"
        right[f"{sheet}!J{row}"] = READERS[formula](shape["orders"], shape["orders"] * 20)
    names = {"Grid": "_xlfn.ANCHORARRAY(C!$B$3)", "Named": "C!$B$3#"}
    build(path, sheets, names=names, settings=shape["says"])
    if shape["kind"] == "marked":
        marked(path)
    stored = dict.fromkeys(right, shape["reader"]) if shape["reader"] is not None else {}
    if shape["stored"] is not None:
        stored |= {f"C!{col}{row}": shape["stored"] for col in "BCDE"[:width] for row in range(3, 3 + height)}
    stored |= {f"Orders!B{row}": 2 for row in range(1, shape["orders"] + 1)}
    store(path, stored)
    return right


@given(shape=shapes())
def test_a_first_fill_gives_what_a_second_gives_over_every_shape_of_stored_array(
    tmp_path_factory: pytest.TempPathFactory, shape: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("book") / "b.xlsx"
    right = as_stored(path, shape)
    first = Done(path)
    assert not first.left()
    assert {place: first[place] for place in right} == right
    assert first.spill("C!B3")[1:] == [[f"m{row}", 20.0] for row in range(1, shape["orders"] + 1)]
    second = first.again()
    assert second.edits == {}
    assert {place: second[place] for place in right} == right


# ---------------------------------------------------------------------------------------------- empty texts


def raw(path: Path, rows: str, shared: str = "") -> Path:
    """A workbook whose sheet S has these rows as XML, and these shared texts."""
    build(path, {"S": {"A1": "x"}})
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = re.sub(
        r"<sheetData>.*</sheetData>", lambda _: f"<sheetData>{rows}</sheetData>", sheet
    ).encode()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{shared}</sst>'.encode()
    links, kind = "xl/_rels/workbook.xml.rels", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    if b"sharedStrings" not in parts[links]:
        link = f'<Relationship Id="texts" Type="{kind}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        parts[links] = parts[links].replace(b"</Relationships>", link.encode())
    with zipfile.ZipFile(path, "w") as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


SHARED = (
    "<si><t>x</t></si><si><t></t></si><si><t/></si><si/><si><r><t>a</t></r></si><si><r><t/></r><r><t></t></r></si>"
    '<si><t xml:space="preserve"></t><rPh sb="0" eb="1"><t>read</t></rPh></si><si><t xml:space="preserve"> </t></si>'
)


@pytest.mark.parametrize(
    ("cell", "blank"),
    [
        ('<c r="A1" t="str"><v></v></c>', False),
        ('<c r="A1" s="0" t="str"><v/></c>', False),
        ('<c r="A1" t="str"><v xml:space="preserve"></v></c>', False),
        ('<c t="str" r="A1"><v></v></c>', False),
        ('<c r="A1" t="inlineStr"><is><t></t></is></c>', False),
        ('<c r="A1" t="inlineStr"><is><t/></is></c>', False),
        *[(f'<c r="A1" t="s"><v>{at}</v></c>', False) for at in (1, 2, 3, 5, 6, 7)],
        ('<c r="A1" t="s"><v>0</v></c>', False),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', False),
        ('<c r="A1"/>', True),
        ('<c r="A1" t="str"/>', True),
        ('<c r="A1" s="0"><v></v></c>', True),
        ("", True),
    ],
)
def test_a_constant_empty_text_is_no_blank_cell(tmp_path: Path, cell: str, blank: bool) -> None:
    """In Excel such a cell equals "" and is not blank; a program leaves it where a text was deleted."""
    formulas = ["ISBLANK(A1)", 'A1=""', "COUNTA(A1)", "COUNTBLANK(A1)", "ISTEXT(A1)", "LEN(A1)", "SHOW(A1)"]
    more = "".join(f'<row r="{at}"><c r="C{at}"><f>{text}</f></c></row>' for at, text in enumerate(formulas, 2))
    done = Done(raw(tmp_path / "b.xlsx", f'<row r="1">{cell}</row>{more}', SHARED))
    text = " " if ">7<" in cell else "x" if ">0<" in cell else ""
    assert [done[f"S!C{row}"] for row in range(2, 8)] == [
        blank, text == "", 0 if blank else 1, 1 if text == "" else 0, not blank, len(text)
    ]  # fmt: skip
    assert done["S!C8"] == ("NoneType:None" if blank else f"str:{text}")


def test_an_empty_text_in_the_last_column_and_row_counts(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f>COUNTA(B1:D9)</f></c><c r="D1" t="str"><v></v></c></row>'
        '<row r="9"><c r="D9" t="inlineStr"><is><t></t></is></c></row>'
    )
    assert Done(raw(tmp_path / "b.xlsx", rows))["S!A1"] == 2


# ---------------------------------------------------------------------------------------------- Google Sheets


def test_a_formula_of_google_sheets_is_named_as_that(tmp_path: Path) -> None:
    google = '=IFERROR(__xludf.DUMMYFUNCTION("IMPORTRANGE(""x"",""y"")"),17)'
    done = Done(build(tmp_path / "b.xlsx", {"S": {"A1": google, "A2": '=JUNITS("x",A1)'}}))
    assert done.left()["S!A1"].startswith("is one of Google Sheets that no other program has (__xludf.DUMMYFUNCTION): ")
    assert done.left()["S!A2"] == "depends on S!A1, which is left to Excel"


def test_a_value_of_google_sheets_that_is_read_is_told_as_one_of_another_day(tmp_path: Path) -> None:
    path = typed(tmp_path / "b.xlsx", dt.datetime(2025, 7, 1))
    fill(path)
    book = openpyxl.load_workbook(path)
    book["Orders"]["E2"] = '=IFERROR(__xludf.DUMMYFUNCTION("IMPORTRANGE(""x"",""y"")"),"1 g")'
    book.calculation.fullCalcOnLoad = False
    book.save(path)
    store(path, {"Orders!E2": "1 g"})
    status, says = run("fill", path)
    assert status == 0 and "Orders!E2, a formula of Google Sheets that no other program has" in says
    assert "Paste special > Values only" in says
    assert fill(path).frozen == [("Orders", 2, 5)]
