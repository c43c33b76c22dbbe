"""Calculating workbooks: real files, with the values that Excel gives written in the tests."""

from __future__ import annotations

import datetime as dt
import random
import re
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.worksheet.formula import ArrayFormula

from tests.chance import times
from tests.spreadsheet.calculated import FUNCTIONS, NA, Cells, Done, build
from xl_infusion.spreadsheet.calculation.calculate import calculate
from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.formula.tree import Reference
from xl_infusion.spreadsheet.ironcalc.text import occupied_cells, used_cells
from xl_infusion.spreadsheet.undisturbed import undisturbed
from xl_infusion.spreadsheet.xlsx.grid import MAX_ROW
from xl_infusion.spreadsheet.xlsx.package import Package, SheetEdit, write


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Done]:
    def make(sheets: Mapping[str, Cells], **more: Any) -> Done:
        return Done(build(tmp_path / "book.xlsx", sheets, **more))

    return make


Made = Callable[..., Done]
ORDERS = {
    "A1": "Drug",
    "B1": "Dose",
    "A2": "meropenem",
    "B2": 3,
    "A3": "vancomycin",
    "B3": 2.5,
    "A4": "cefazolin",
    "B4": 1,
}


# ---------------------------------------------------------------------------------------------- calls of ours


def test_arguments_arrive_as_excel_hands_them_over(made: Made) -> None:
    cells = {
        "A1": 1.5, "A2": "text", "A3": True, "A4": dt.date(2025, 6, 30), "A5": dt.datetime(2025, 6, 30, 8, 30),
        "A6": dt.time(8, 30), "A7": dt.timedelta(hours=30), "A8": ExcelError("#N/A"), "A10": '=""', "A11": "#N/A?",
    }  # fmt: skip
    calls = {f"C{row}": f"=SHOW(A{row})" for row in range(1, 12)}
    more = {
        "D1": '=SHOW("a ""b""",-2,TRUE,#DIV/0!,)', "D2": "=WHOLE({1,2;3,4})", "D3": "=WHOLE(A1:B5)", "D4": "=WHOLE(A:B)",
        "D5": "=WHOLE($1:$3)", "D6": "=WHOLE(A1)", "D7": "=SHOW(Other!B2,'It''s'!$A$1)", "D8": "=SHOW(nowhere)",
        "D9": "=SHOW(Z99)", "D10": "=WHOLE(rate)", "D11": "=SHOW(ADD(A1,ADD(1,2)))", "D12": "=WHOLE(X90:Y95)",
    }  # fmt: skip
    done = made(
        {"Sheet": {**cells, **calls, **more}, "Other": {"B2": 7}, "It's": {"A1": "quoted"}},
        names={"rate": "Sheet!$A$1:$A$4"},
    )
    assert [done[f"Sheet!C{row}"] for row in range(1, 12)] == [
        "float:1.5", "str:text", "bool:True", "date:2025-06-30", "datetime:2025-06-30 08:30:00", "time:08:30:00",
        "float:1.25", "ExcelError:#N/A", "NoneType:None", "str:", "str:#N/A?",
    ]  # fmt: skip
    assert done["Sheet!D1"] == 'str:a "b" float:-2.0 bool:True ExcelError:#DIV/0! NoneType:None'
    assert [done[f"Sheet!D{row}"] for row in (2, 3, 4, 5, 6, 10, 12)] == [
        "2x2",
        "5x2",
        "12x2",
        "3x4",
        "1.5",
        "4x1",
        "6x2",
    ]
    assert done["Sheet!D7"] == "float:7.0 str:quoted"
    assert done["Sheet!D8"] == "ExcelError:#NAME?"
    assert done["Sheet!D9"] == "NoneType:None"
    assert done["Sheet!D11"] == "float:4.5"
    assert not done.left()
    assert done.found.called == 11 + 12 + 2  # two more stand in others


def test_calls_are_found_in_any_spelling_and_nowhere_else(made: Made) -> None:
    done = made(
        {
            "S": {
                **ORDERS,
                "D2": "=junits(A2,B2)", "D3": "=_xldudf_JUNITS(A2,B2)", "D4": "=_xldudf_OWN_Junits(A2,B2)",
                "D5": "=@JUNITS(A2:A4,B2:B4)", "D6": "=_xlfn.SINGLE(JUNITS(A2:A4,B2:B4))", "D7": '="JUNITS(A2,B2)"',
                "D8": "=+JUNITS(A2,B2)", "D9": "=MY_JUNITS(A2,B2)",
            }
        }
    )  # fmt: skip
    assert [done[f"S!D{row}"] for row in range(2, 9)] == [30, 30, 30, 30, 30, "JUNITS(A2,B2)", 30]
    assert done.left() == {"S!D9": "uses MY_JUNITS, which is not calculated outside Excel"}
    assert done.found.called == 6


def test_calls_within_native_formulas_and_native_formulas_within_calls(made: Made) -> None:
    done = made(
        {
            "S": {
                **ORDERS,
                "D2": '=IF(A2="","",JUNITS(A2,B2))', "D3": '=IF(A9="","",JUNITS(A9,B9))', "D4": "=SUM(JUNITS(A2:A4,B2:B4))",
                "D5": "=INDEX(CLAIM_GRID(A2:B4),3,2)", "D6": '=SHOW("x",DATE(2025,6,30))', "D7": '=SHOW(B2&"h")',
                "D8": "=JUNITS(A2,B2)*2+1", "D9": "=ROUND(JUNITS(A3,B3)/7,2)", "D10": "=IFERROR(JUNITS(A9,1),-1)",
                "D11": "=SHOW(INDEX(A1:B9,8,1))", "D12": "=SHOW(INDEX(A1:B9,2,2))", "D13": "=WHOLE(OFFSET(A1,1,0,3,2))",
                "D14": "=LET(_xlpm.x,B2,JUNITS(A2,_xlpm.x)+_xlpm.x)", "D15": "=SHOW(1=1)", "D16": "=SHOW(1/0)",
                "D17": '=JUNITS(A2,IF(B2>5,1,2))&"/"&JUNITS(A3,B3)', "D18": "=SUMPRODUCT(JUNITS(A2:A4,B2:B4),B2:B4)",
                "D19": "=JUNITS(JUNITS(A2,B2)&A2,MAX(B2:B4))", "D20": "=ISNA(JUNITS(A9))", "D21": "=SHOW(A2=\"MEROPENEM\")",
            }
        }
    )  # fmt: skip
    expected = [30, "", 65, 25, "str:x float:45838.0", "str:3h", 61, 3.57, -1, "NoneType:None", "float:3.0", "3x2", 33,
                "bool:True", "ExcelError:#DIV/0!", "20/25", 162.5, 30, True, "bool:True"]  # fmt: skip
    assert [done[f"S!D{row}"] for row in range(2, 22)] == expected
    assert not done.left()


def test_a_call_in_the_branch_that_is_not_taken_is_not_made(tmp_path: Path) -> None:
    asked: list[object] = []
    functions = {**FUNCTIONS, "ASKED": lambda name: asked.append(name) or name}
    cells = {
        "A1": True, "A2": False, "A3": "x", "B1": '=IF(A1,ASKED("a"),ASKED("b"))', "B2": '=IF(NOT(A1),A3,ASKED("c"))',
        "B3": '=IF(A2,ASKED("d"),A3)', "B4": '=IF(A2,ASKED("e"),A9)', "B5": '=IF(NOT(NOT(A2)),1,"no")&ASKED("f")',
        "B6": '=IF(A2,ASKED("g"),IF(A1,"inner",ASKED("h")))', "B7": '=IF(A1,UPPER(A3),ASKED("i"))',
        "B8": '=IF(A2,ASKED("j"),@ASKED("k"))', "B9": '=IF(NOT(A1),ASKED("l"),"text")',
    }  # fmt: skip
    done = Done(build(tmp_path / "book.xlsx", {"S": cells}), functions)
    assert [done[f"S!B{row}"] for row in range(1, 10)] == ["a", "c", "x", 0, "nof", "inner", "X", "k", "text"]
    assert sorted(map(str, asked)) == ["a", "c", "f", "k"]


@pytest.mark.parametrize("cell", [True, False, 2, 0, "TRUE", "yes", None, NA])
@pytest.mark.parametrize("formula", ["=IF({},ADD(1,1),ADD(1,2))", "=IF(NOT({}),ADD(1,1),ADD(1,2))", "=IF({},,ADD(1,2))",
                                     "=IF({},ADD(1,1))", "=IF({},ADD(1,1),D9)"])  # fmt: skip
def test_a_branch_is_taken_as_the_engine_takes_it(made: Made, cell: object, formula: str) -> None:
    """A condition that is more than a cell is the engine's."""
    cells = {"C2": formula.format("A1"), "C3": formula.format("IF(1,A1)")}
    done = made({"S": cells if cell is None else {"A1": cell, **cells}})
    assert repr(done["S!C2"]) == repr(done["S!C3"])


def test_tables_are_read_by_name(made: Made) -> None:
    done = made(
        {
            "S": {**ORDERS, "C1": "Units", "C2": "=JUNITS([@Drug],[@Dose])", "C3": "=JUNITS(Orders[@Drug],Orders[@Dose])",
                  "C4": "=JUNITS(orders[[#This Row],[drug]],[@[Dose]])"},
            "T": {"A1": "=SUM(Orders[Units])", "A2": "=WHOLE(Orders[#All])", "A3": "=WHOLE(Orders)",
                  "A4": '=SUMIFS(Orders[Units],Orders[Drug],"v*")', "A5": "=JUNITS(Orders[Nope])", "A6": "=SHOW(Orders[@Drug])"},
        },
        tables={"Orders": "S!A1:C4"},
    )  # fmt: skip
    assert [done[f"S!C{row}"] for row in (2, 3, 4)] == [30, 25, 10]
    assert [done[f"T!A{row}"] for row in range(1, 7)] == [65, "4x3", "3x3", 25, "#REF!", "ExcelError:#VALUE!"]


# ---------------------------------------------------------------------------------------------- spills


def test_an_array_fills_its_cells_and_grows_and_shrinks(made: Made, tmp_path: Path) -> None:
    sheets: dict[str, dict[str, object]] = {
        "S": {**ORDERS},
        "C": {
            "A5:B6": "{=CLAIM_GRID(S!A2:B9)}",
            "D1": "=SUM(B6:B100)",
            "D2": "=ROWS(A5#)",
            "D3": "=_xlfn.ANCHORARRAY(A5)",
        },
    }
    done = made(sheets)
    rows = [["Drug", "Units"], ["meropenem", 30], ["vancomycin", 25], ["cefazolin", 10]]
    assert done.spill("C!A5") == rows
    [spill] = [one for one in done.found.spills if one.col == 1]
    assert (spill.old_ref, spill.was_array) == ((5, 1, 6, 2), True)
    assert (done["C!D1"], done["C!D2"]) == (65, 4)
    edit = done.edits["C"]
    assert edit.array_refs[5, 1] == (5, 1, 8, 2)
    assert [list(row) for row in edit.blocks[0].rows] == rows
    done = done.again()
    assert done.edits == {}
    assert done.spill("C!A5") == rows
    # the same workbook with fewer orders: what is left over goes
    book = openpyxl.load_workbook(done.path)
    book["S"]["A3"] = book["S"]["A4"] = None
    book.save(done.path)
    with Package.open(done.path) as package:
        write(package, done.path, {"C": SheetEdit(cells={(row, col): "old" for row in range(5, 9) for col in (1, 2)})})
    done = Done(done.path)
    assert done.spill("C!A5") == rows[:2]
    assert done.edits["C"].clear == [(7, 1, 8, 2)]
    assert done["C!D1"] == 30
    assert done.again().edits == {}


def test_what_an_array_grows_over_is_read_again(made: Made) -> None:
    """A formula beside it read blank cells, and was right until then."""
    done = made(
        {"S": {**ORDERS}, "C": {"A5:B6": "{=CLAIM_GRID(S!A2:B9)}", "D1": "=B8*2", "D2": "=D1+1", "D3": '=B20&"x"'}}
    )
    with Package.open(done.path) as package:
        write(package, done.path, {"C": SheetEdit(cells={(1, 4): 0, (2, 4): 1, (3, 4): "x"})})
    done = Done(done.path)
    assert (done["C!D1"], done["C!D2"]) == (20, 21) and (3, 4) not in done.found.values["C"]
    assert done.again().edits == {}


def test_an_array_is_read_as_it_is_shown(tmp_path: Path) -> None:
    """A cell of an array is never blank: without a value it is an empty text, and beyond the array it is blank."""
    sheets = {
        "S": {
            "A1:C3": "{=SOME()}",
            "E1": "=ISTEXT(B1)",
            "E2": "=ISBLANK(C2)",
            "E3": "=COUNTA(A1:C3)",
            "E4": "=SHOW(A1:B1)",
        }
    }
    functions = {**FUNCTIONS, "SOME": lambda: [[1.0, None], ["", 2.0]], "SHOW": repr}
    done = Done(build(tmp_path / "book.xlsx", sheets), functions)
    assert done.spill("S!A1") == [[1.0, None], ["", 2.0]]
    assert [done[f"S!E{row}"] for row in range(1, 5)] == [True, True, 4, "[[1.0, '']]"]


def test_what_was_calculated_with_goes_at_once(made: Made) -> None:
    """Nothing goes in circles: the rows of a large workbook do not wait for the garbage collector."""
    with undisturbed():
        done = made({"S": {**ORDERS, "D2": "=CLAIM_GRID(A2:B4)", "G2": "=SHOW(A2)&SUM(D2#)"}})
        values = weakref.ref(done.found.before)
        del done
        assert values() is None


def test_an_ordinary_formula_that_gives_an_array_becomes_one(made: Made) -> None:
    done = made(
        {"S": {**ORDERS, "D2": "=JUNITS(A2:A4,B2:B4)", "F2": "=JUNITS(A2:A4,B2:B4)*2", "H2": "=CLAIM_GRID(A2:B2)"}}
    )
    assert done.spill("S!D2") == [[30], [25], [10]]
    assert done.spill("S!F2") == [[60], [50], [20]]
    assert {(one.old_ref, one.was_array) for one in done.found.spills} == {(None, False)}
    assert done.edits["S"].array_refs == {(2, 4): (2, 4, 4, 4), (2, 6): (2, 6, 4, 6), (2, 8): (2, 8, 3, 9)}
    assert done.again().edits == {}


def test_an_array_of_one_cell(made: Made) -> None:
    done = made({"S": {**ORDERS, "D2": "=JUNITS(A2:A2,B2:B2)", "E2:E2": "{=JUNITS(A2:A2,B2:B2)}", "F2": "=EMPTY()"}})
    assert done["S!D2"] == 30
    assert done["S!E2"] == 30
    assert done["S!F2"] == "#CALC!"
    assert done.again().edits == {}


def test_spills_that_read_spills_are_worked_out_in_order(made: Made) -> None:
    for order in (["A", "B", "C"], ["C", "B", "A"]):
        sheets: dict[str, Cells] = {
            "A": {"A1": "=JUNITS(B!A1:A3,B!B1:B3)", "D1": "=SUM(A1:A9)"},
            "B": {"A1": "=C!A2", "B1:B3": "{=C!B2:B4*2}", "A2": "=C!A3", "A3": "=C!A4"},
            "C": {**ORDERS, "D1": "=SHOW(A!D1)"},
        }
        done = made({name: sheets[name] for name in order})
        assert done.spill("A!A1") == [[60], [50], [20]]
        assert done["C!D1"] == "float:130.0"


@pytest.mark.parametrize(
    ("extra", "tables", "reason"),
    [
        ({"E4": "mine"}, {}, "E4 is in the way, which holds a value"),
        ({"D4": "=1+1"}, {}, "D4 is in the way, which holds a formula"),
        ({"D5": "Head", "E5": "Foot", "D6": 1}, {"T": "S!D5:E6"}, "D5 is in the way, which belongs to the table T"),
        ({"E3": "=JUNITS(A2:A3,B2:B3)"}, {}, "E3 is in the way, which belongs to another array"),
        ({"E3:E4": "{=JUNITS(A2:A3,B2:B3)}"}, {}, "E3 is in the way, which belongs to another array"),
    ],
)
def test_a_spill_without_room(made: Made, extra: Cells, tables: Mapping[str, str], reason: str) -> None:
    done = made({"S": {**ORDERS, "D2": "=CLAIM_GRID(A2:B4)", "G1": "=D2", **extra}}, tables=tables)
    [blocked] = done.found.blocked
    assert (blocked.sheet, blocked.row, blocked.col, blocked.reason) == ("S", 2, 4, reason)
    assert blocked.formula == "=CLAIM_GRID(A2:B4)"
    assert done.left()["S!G1"] == "depends on S!D2, which is left to Excel"
    assert not any(one.col == 4 for one in done.found.spills)


def test_a_spill_over_merged_cells_and_over_the_edge(tmp_path: Path) -> None:
    path = build(tmp_path / "b.xlsx", {"S": {**ORDERS, "D2": "=CLAIM_GRID(A2:B4)", "XFD9": "=CLAIM_GRID(A2:B4)"}})
    book = openpyxl.load_workbook(path)
    book["S"].merge_cells("E5:F6")
    book.save(path)
    reasons = {one.col: one.reason for one in Done(path).found.blocked}
    assert reasons[4] == "E5 is in the way, which is merged"
    assert reasons[16384] == "it needs 2 columns, and the sheet ends in column XFD"


def test_two_spills_in_one_place_do_not_depend_on_chance(made: Made) -> None:
    done = made({"S": {**ORDERS, "D4": "=CLAIM_GRID(A2:B4)", "E2": "=CLAIM_GRID(A2:B4)"}})
    assert [(one.row, one.col) for one in done.found.spills] == [(2, 5)]
    assert [(one.row, one.col, one.reason) for one in done.found.blocked] == [
        (4, 4, "E4 is in the way, which belongs to another array")
    ]


def test_room_that_another_array_gives_up_is_taken(made: Made, tmp_path: Path) -> None:
    done = made(
        {"S": {**ORDERS, "D2:E9": "{=CLAIM_GRID(A2:B2)}", "D5": None, "G2": 1, "D4:E6": "{=CLAIM_GRID(A3:B4)}"}}
    )
    assert len(done.spill("S!D2")) == 2
    assert len(done.spill("S!D4")) == 3
    assert not done.found.blocked


# ---------------------------------------------------------------------------------------------- what depends on what


def test_chains_of_native_formulas_and_calls(made: Made) -> None:
    sheets: dict[str, Cells] = {
        "A": {"A1": "=2*3", "A2": "=B!A1*2", "A3": "=ADD(B!A2,1)"},
        "B": {"A1": '=JUNITS("x",A!A1)', "A2": "=C!A1+A!A2", "A3": "=SUM(A!A1:A3)&C!A2"},
        "C": {"A1": "=ADD(A!A2,B!A1)", "A2": '=JUNITS("x",A!A3)'},
    }
    results = []
    for order in (["A", "B", "C"], ["C", "A", "B"], ["B", "C", "A"]):
        done = made({name: sheets[name] for name in order})
        assert not done.left()
        results.append({name: done.found.values[name] for name in sheets})
        assert done.again().edits == {}
    assert results[0] == results[1] == results[2]
    assert results[0]["A"] == {(1, 1): 6, (2, 1): 120, (3, 1): 301}
    assert results[0]["B"] == {(1, 1): 60, (2, 1): 300, (3, 1): "4273010"}
    assert results[0]["C"] == {(1, 1): 180, (2, 1): 3010}


def test_only_what_changed_is_written_and_what_is_current_is_left(made: Made) -> None:
    done = made({"S": {**ORDERS, "C2": "=JUNITS(A2,B2)", "D2": "=C2*2", "E2": "=B3*2", "F2": "=AGGREGATE(9,6,B2:B4)"}})
    assert set(done.found.values["S"]) == {(2, 3), (2, 4), (2, 5)}
    with Package.open(done.path) as package:
        done.edits["S"].cells[2, 6] = 6.5  # as Excel would have stored it
        done.edits["S"].cells[2, 5] = 99  # stale, but nothing of it is ours
        write(package, done.path, done.edits)
    done = Done(done.path)
    assert set(done.found.values["S"]) == {(2, 3), (2, 4)}
    assert done.edits == {}
    assert not done.left()
    book = openpyxl.load_workbook(done.path)
    book["S"]["B2"] = 4
    book.save(done.path)
    done = Done(done.path)
    assert done["S!D2"] == 80


def test_cells_that_are_not_known_ahead_are_no_circle(made: Made) -> None:
    """A call waits for what INDIRECT reads, which may be the call itself: it is left to Excel, for that reason."""
    left = made({"S": {"A1": "=INDIRECT(\"'T'!A1\")", "B1": '=JUNITS("x",A1)'}, "T": {"A1": 5}}).left()
    assert left["S!A1"].startswith("reads cells that are not known ahead (INDIRECT, OFFSET)")
    assert not any("circle" in reason for reason in left.values())


def test_a_circle_is_named_and_not_followed(made: Made) -> None:
    done = made(
        {
            "S": {"A1": "=ADD(B1,1)", "B1": "=A1*2", "C1": "=JUNITS(C1)", "D1": "=A1+1", "E1": "=E2", "E2": "=E1", "F1": "=ADD(1,2)"},
            "T": {"A1": "=JUNITS(S!D1)"},
        }
    )  # fmt: skip
    left = done.left()
    assert left["S!A1"] == left["S!B1"] == "goes in a circle: S!A1 -> S!B1 -> S!A1"
    assert left["S!C1"] == "goes in a circle: S!C1 -> S!C1"
    assert left["S!D1"] == "depends on S!A1, which is left to Excel"
    assert left["T!A1"] == "depends on S!D1, which is left to Excel"
    assert "goes in a circle" in (left["S!E1"], left["S!E2"])
    assert done.found.values == {"S": {(1, 6): 3}}


def test_a_grid_that_would_cover_what_it_reads(made: Made) -> None:
    done = made({"S": {**ORDERS, "D1": "=CLAIM_GRID(A2:E4)"}})
    assert done.left() == {"S!D1": "fills cells that it reads"}


def test_running_balances_through_calls_and_native_formulas(made: Made) -> None:
    cells: dict[str, object] = {"A1": 1, "B1": "=ADD(A1,0)"}
    for row in range(2, 60):
        cells |= {f"A{row}": row, f"B{row}": f"=ADD(C{row - 1},A{row})", f"C{row - 1}": f"=B{row - 1}*1"}
    done = made({"S": cells})
    assert done["S!B59"] == sum(range(1, 60))


def test_unresolved_formulas_lose_their_value_with_all_that_depends_on_them(made: Made) -> None:
    cells = {
        **ORDERS,
        "C2": "=JUNITS(A2,B2)",
        "D2": "=AGGREGATE(9,6,C2:C4)",
        "E2": "=D2+1",
        "F2": "=JUNITS(A2,E2)",
        "G2": "=C2+1",
    }
    done = made({"S": cells})
    with Package.open(done.path) as package:
        write(package, done.path, {"S": SheetEdit(cells={(2, col): 7 for col in range(3, 8)})})
    done = Done(done.path)
    assert done.left() == {
        "S!D2": "uses AGGREGATE, which is missing in the embedded engine",
        "S!E2": "depends on S!D2, which is left to Excel",
        "S!F2": "depends on S!E2, which is left to Excel",
    }
    assert done.edits["S"].clear == [(2, 4, 2, 4), (2, 5, 2, 5), (2, 6, 2, 6)]
    assert done.edits["S"].cells == {(2, 3): 30, (2, 7): 31}
    again = done.again()
    assert again.edits == {}
    assert again.left() == done.left()


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("=LAMBDA(x,JUNITS(x))(A2)", "calls a LAMBDA where it stands"),
        ("=SUM(MAP(A2:A4,LAMBDA(x,JUNITS(x,1))))", "uses a variable of a LAMBDA"),
        ("=JUNITS(A2,[1]Rates!B2)", "reads another workbook"),
        ("=JUNITS(A2,SUM(S:S!B2))", "reads a range across sheets"),
        ("=JUNITS(A2,SUM((B2,B3)))", "has a union of ranges"),
        ("=JUNITS(A2,B2", "is not a formula that can be read"),
        ("=JUNITS(A2,LOOKUP(2,B2:B4))", "uses LOOKUP, which finds another row than Excel where the values hold errors"),
        ('=JUNITS(A2,TEXT(B2,"# ?/?"))', "has a TEXT with the format '# ?/?'"),
        ('=COUNTIF(A2:A4,">m")+JUNITS(A2)', "has a criterion that compares texts"),
        ("=JUNITS(A2)+NORM.DIST(1,2,3,TRUE)", "uses NORM.DIST, which is not calculated outside Excel"),
        ("=JUNITS(A2)+" + "+".join(["1"] * 1500), "is too long for the embedded engine"),
        ("=" + "ABS(" * 80 + "JUNITS(A2,1)" + ")" * 80, "is nested too deeply for the embedded engine"),
    ],
)  # fmt: skip
def test_what_is_left_to_excel_says_why(made: Made, formula: str, reason: str) -> None:
    done = made({"S": {**ORDERS, "D2": formula}})
    assert done.left() == {"S!D2": reason}
    assert done.found.values == {}


def test_formulas_that_read_anything_are_worked_out_last(made: Made) -> None:
    done = made(
        {
            "S": {**ORDERS, "C2": "=JUNITS(A2,B2)", "C3": "=JUNITS(A3,B3)", "E1": "=SUM(OFFSET(A1,1,2,2,1))",
                  "E2": '=INDIRECT("S!C"&3)*2', "E3": "=JUNITS(A2,OFFSET(C1,2,0))"},
        }
    )  # fmt: skip
    assert (done["S!E1"], done["S!E2"], done["S!E3"]) == (55, 50, 250)
    left = made({"S": {**ORDERS, "C2": '=JUNITS(A2,INDIRECT("B2"))', "C3": "=SUM(OFFSET(A1,1,1,2,1))"}}).left()
    assert left == {
        "S!C2": "has an INDIRECT that does not say Sheet!A1",
        "S!C3": "may read cells that are left to Excel",
    }


def test_what_is_added_up_is_as_large_as_what_is_tested(made: Made) -> None:
    done = made(
        {
            "S": {
                **ORDERS,
                "C2": "=JUNITS(A2,B2)",
                "C3": "=JUNITS(A3,B3)",
                "E1": '=SUMIF(A2:A4,"*in*",C2)',
                "F1": "=JUNITS(A2,E1)",
            }
        }
    )
    assert (done["S!E1"], done["S!F1"]) == (25, 250)


def test_row_and_column_of_several_cells_are_those_of_the_first(made: Made) -> None:
    """The engine would spill them, as an ordinary formula in a file does not."""
    cells = {"A9": "=ROW(C11:C14)", "A10": "=COLUMN(D1:F3)", "A11": "=ROW(2:3)", "A12": "=COLUMN(B:D)*10", "A13": 7}
    done = made({"S": {**cells, "A14": "=ADD(ROW(C11:C14),0)"}})
    assert [done[f"S!A{row}"] for row in (9, 10, 11, 12)] == [11, 4, 2, 20]


def test_a_look_up_in_whole_columns_does_not_go_through_the_whole_sheet(made: Made) -> None:
    """The engine looks at each of a million rows: the text that it is given ends a row below what is used."""
    cells = {
        **ORDERS,
        "D1": "=VLOOKUP(A3,A:B,2,FALSE)",
        "D2": "=INDEX(B:B,MATCH(A4,A:A,0))",
        "D3": "=HLOOKUP(B1,1:3,3,0)",
    }
    done = made({"S": {**cells, "E1": "=VLOOKUP(A3,F:G,2,FALSE)", "E2": "=JUNITS(A3,VLOOKUP(A3,A:B,2,FALSE))"}})
    assert [done[f"S!D{row}"] for row in (1, 2, 3)] == [2.5, 1, 2.5]
    assert (done["S!E1"], done["S!E2"]) == ("#N/A", 25)
    reference = Reference("S", (1, 1, MAX_ROW, 2), (False,) * 4)
    place = SimpleNamespace(row=1, col=1, cut=lambda area: area._replace(bottom=4))
    assert used_cells(reference)(place) == "'S'!$A$1:$B$5"  # type: ignore[arg-type, operator]


def test_counted_is_what_stands_there_and_not_every_cell_below_it(made: Made) -> None:
    """The engine looks at each cell of COUNTA's areas: the text that it is given ends where nothing stands any more."""
    cells = {
        **ORDERS,
        "D1": "=COUNTA(A1:B9000)",
        "D2": "=COUNTA(A1:B9000,A2)-COUNTA(A:A)",
        "D3": "=COUNTA(F5:G9000,A40:C9000)",
        "D4": "=COUNTA(C1:C9000)",  # a formula that has no value yet, below all that has one
        "D5": "=COUNTA(A2:H2)",
        "C30": '=IF(1,"","")',
    }
    filled = sum(one[0] in "AB" for one in ORDERS)
    in_a = sum(one[0] == "A" for one in ORDERS)
    done = made({"S": {**cells, "E1": "=JUNITS(A3,COUNTA(C1:C9000))"}})
    assert [done[f"S!D{row}"] for row in (1, 2, 3, 4)] == [filled, filled + 1 - in_a, 0, 1]
    assert done["S!D5"] == sum(one.endswith("2") and one[0] in "ABC" for one in ORDERS) + 1
    reference = Reference("S", (1, 1, 9000, 2), (False,) * 4)
    place = SimpleNamespace(row=1, col=1, occupied=lambda area: area._replace(bottom=4))
    assert occupied_cells(reference)(place) == "'S'!$A$1:$B$4"  # type: ignore[arg-type, operator]


def test_a_sheet_whose_name_the_engine_does_not_take(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="31"):
        path = build(
            tmp_path / "b.xlsx",
            {"S" * 40: {**ORDERS, "C2": "=JUNITS(A2,B2)", "C3": "=C2*2", "C4": "=JUNITS(A3,MAX(1,2))"}},
        )
    done = Done(path)
    assert done["S" * 40 + "!C2"] == 30
    assert {reason.split(" named ")[0] for reason in done.left().values()} == {"cannot be calculated beside a sheet"}
    assert len(done.left()) == 2


def test_the_array_of_a_single_cell_is_an_array_too(made: Made) -> None:
    done = made(
        {"S": {**ORDERS, "D2:D2": "{=JUNITS(A2:A2,B2:B2)}", "E2": "=SUM(D2#)", "E3": "=SHOW(D2#)", "E4": "=SHOW(A2#)"}}
    )
    assert (done["S!E2"], done["S!E3"], done["S!E4"]) == (30, "float:30.0", "ExcelError:#REF!")


def test_a_name_with_a_call_in_it(made: Made) -> None:
    done = made(
        {"S": {**ORDERS, "D2": "=units_here*2", "D3": "=units_here"}}, names={"units_here": "JUNITS(S!$A2,S!$B2)"}
    )
    assert (done["S!D2"], done["S!D3"]) == (50, 10)  # a name's relative rows count from the first cell of a sheet


def test_today_is_asked_again_for_what_we_need(made: Made) -> None:
    done = made({"S": {"A1": "=TODAY()", "A2": "=A1+1", "A3": "=SHOW(A2)", "B1": "=NOW()"}})
    today = (dt.date.today() - dt.date(1899, 12, 30)).days
    assert done["S!A3"] == f"float:{today + 1}.0"
    with Package.open(done.path) as package:
        stale = SheetEdit(cells={(1, 1): 40000, (2, 1): 40001, (3, 1): "x", (1, 2): 40000.5})
        write(package, done.path, {"S": stale})
    done = Done(done.path)
    assert done["S!A1"] == today
    assert done["S!A3"] == f"float:{today + 1}.0"
    assert (1, 2) not in done.found.values["S"]  # nothing of ours reads it


def test_data_tables_and_subtotals(tmp_path: Path) -> None:
    path = build(
        tmp_path / "b.xlsx",
        {
            "S": {
                **ORDERS,
                "C2": "=JUNITS(A2,B2)",
                "C3": "=JUNITS(A3,B3)",
                "C5": "=SUBTOTAL(9,C2:C4)",
                "D5": "=SUBTOTAL(109,C2:C5)",
            }
        },
    )
    done = Done(path)
    assert done["S!C5"] == 55
    assert done.left() == {"S!D5": "has a SUBTOTAL over hidden rows or other subtotals"}
    book = openpyxl.load_workbook(path)
    book["S"].row_dimensions[3].hidden = True
    book.save(path)
    assert set(Done(path).left()) == {"S!C5", "S!D5"}


def test_arrays_of_excel_itself(made: Made) -> None:
    done = made(
        {
            "S": {**ORDERS, "D2:D4": "{=_xlfn._xlws.SORT(A2:A4)}", "E2:E9": "{=B2:B4*2}", "F2:G3": "{=B2}", "H2": "=SUM(E2:E4)",
                  "I2": "{=SUM((A2:A4>\"d\")*B2:B4)}", "J2:J4": "{=JUNITS(A2:A4,B2:B4+1)}", "K3": "=B2:B4*2", "L2": "=SUMPRODUCT(B2:B4*2)",
                  "M2": "{=SUM(LEN(A2:A4))}", "N2": '{=COUNT(IF(B2:B4>1,B2:B4))}', "O2": "=SUM(LARGE(B2:B4,{1,2}))",
                  "P2": "{=SUM(--ISNUMBER(B1:B4))}", "Q9": "=B2:B4*2"},
        }
    )  # fmt: skip
    assert done.spill("S!D2") == [["cefazolin"], ["meropenem"], ["vancomycin"]]
    assert done.spill("S!E2") == [[6], [5], [2], *[[NA]] * 5]
    assert done.spill("S!F2") == [[3, 3], [3, 3]]
    assert done["S!H2"] == 13
    assert done.spill("S!J2") == [[40], [35], [20]]
    assert done["S!K3"] == 5  # in an ordinary formula the cell in the same row counts
    assert done["S!Q9"] == "#VALUE!"
    assert (done["S!L2"], done["S!O2"]) == (13, 5.5)
    assert [done[f"S!{col}2"] for col in "IMNP"] == [5.5, 28, 2, 3]


def test_the_1904_date_system(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet["A1"] = dt.date(2025, 6, 30)
    sheet["B1"], sheet["B2"], sheet["B3"], sheet["B4"] = "=SHOW(A1)", "=SHOW(A1+1)", "=SHOW(YEAR(A1))", "=SHOW(TODAY())"
    book.save(tmp_path / "b.xlsx")
    done = Done(tmp_path / "b.xlsx")
    assert done["Sheet!B1"] == "date:2025-06-30"
    assert done["Sheet!B2"] == f"float:{(dt.date(2025, 6, 30) - dt.date(1904, 1, 1)).days + 1}.0"
    assert done["Sheet!B4"] == f"float:{(dt.date.today() - dt.date(1904, 1, 1)).days}.0"
    assert done.left() == {"Sheet!B3": "uses YEAR, and the workbook counts days from 1904"}


def test_progress_is_told(made: Made, tmp_path: Path) -> None:
    path = build(
        tmp_path / "b.xlsx",
        {"S": {f"A{row}": f'=JUNITS("x",{row})' for row in range(1, 1202)} | {"B1": "=1+JUNITS(1)"}},
    )
    seen: list[tuple[int, int]] = []
    with Package.open(path) as package:
        calculate(package, FUNCTIONS, lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 1202)
    assert seen[-1] == (1202, 1202)
    assert seen == sorted(seen)
    assert len(seen) >= 4


def test_blank_cells_empty_texts_and_errors_are_kept_apart(made: Made) -> None:
    done = made(
        {
            "S": {"A1": '=SHOW("")&""', "A2": '=""', "A3": None, "A4": 0, "A5": ExcelError("#N/A"), "A6": "#N/A", "A7": "=EMPTY()",
                  "B1": "=COUNTA(A2:A4)", "B2": "=COUNTBLANK(A2:A4)", "B3": "=ISBLANK(A2)", "B4": "=ISBLANK(A3)", "B5": "=ISNA(A5)",
                  "B6": "=ISNA(A6)", "B7": "=COUNT(A2:A5)", "B8": "=IFERROR(A5,1)", "B9": "=ISERROR(A7)", "B10": "=A3=\"\"",
                  "B11": "=SHOW(A2)", "B12": "=SHOW(A3)"},
        }
    )  # fmt: skip
    assert [done[f"S!B{row}"] for row in range(1, 13)] == [
        2, 2, False, True, True, False, 1, 1, True, True, "str:", "NoneType:None"
    ]  # fmt: skip
    again = done.again()
    assert again.edits == {}
    assert again["S!B11"] == "str:"


# ---------------------------------------------------------------------------------------------- many rows


def test_two_thousand_lines_of_four_calls(tmp_path: Path) -> None:
    rows = 2_000
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("S")
    for row in range(1, rows + 1):
        sheet.append(
            [
                f"drug {row % 50}",
                row % 97,
                f"=JUNITS(A{row},B{row})",
                f"=JUNITS(A{row},$B$1)",
                f'=JUNITS("x",B{row})',
                f"=ADD(C{row},D{row})",
            ]
        )
    sheet.append(["", "", f"=SUM(C1:C{rows})"])
    book.save(tmp_path / "book.xlsx")
    done = Done(tmp_path / "book.xlsx")
    assert done.found.called == 4 * rows
    assert done[f"S!C{rows + 1}"] == sum(row % 97 * 10 for row in range(1, rows + 1))
    assert [done[f"S!{col}1999"] for col in "CDEF"] == [1999 % 97 * 10, 10, 1999 % 97 * 10, 1999 % 97 * 10 + 10]


def test_a_grid_of_four_thousand_lines_and_its_totals(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("S")
    for row in range(1, 1_001):
        sheet.append([f"drug {row % 50}", row % 97, *range(13)])
    claim = book.create_sheet("Claim")
    claim.append([ArrayFormula("A1", "=LINES(S!A1:O1000)"), *[None] * 19, '=SUMIFS(B2:B50000,A2:A50000,"drug 3")'])
    claim.append([*[None] * 20, '=COUNTIFS(A2:A50000,"?*",D2:D50000,">=2025-01-03")'.replace("2025-01-03", "45660")])
    book.save(tmp_path / "book.xlsx")

    def lines(rows: list[list[object]]) -> list[list[object]]:
        day = dt.date(2025, 1, 1)
        return [
            ["head"] * 15,
            *([row[0], row[1], at, day + dt.timedelta(at), None, *row[5:]] for at in range(4) for row in rows),
        ]

    functions = {"LINES": lines}
    done = Done(tmp_path / "book.xlsx", functions)
    with Package.open(done.path) as package:
        write(package, done.path, done.edits)
    again = Done(done.path, functions)
    assert again.edits == {}
    for one in (done, again):
        assert len(one.spill("Claim!A1")) == 4_001
        assert one["Claim!U1"] == 4 * sum(row % 97 for row in range(1, 1_001) if row % 50 == 3)
        assert one["Claim!U2"] == 2_000


# ---------------------------------------------------------------------------------------------- any workbook


@st.composite
def workbooks(draw: st.DrawFn) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """Formulas in an order in which each reads only those before it, and the values that they have."""
    formulas: list[tuple[str, str]] = []
    values: dict[str, int] = {}
    places = [f"{sheet}!{col}{row}" for sheet in ("One", "Two", "Three") for col in "ABCD" for row in range(1, 7)]
    for place in draw(st.permutations(places))[: draw(st.integers(4, 40))]:
        known = list(values)
        one, other = (draw(st.sampled_from(known)) if known else "" for _ in range(2))
        a, b = values.get(one, 1), values.get(other, 2)
        one, other = one or "1", other or "2"
        kind = draw(st.sampled_from(["value", "ADD", "native", "both", "sum", "let", "if"]))
        if kind == "value" or max(abs(a), abs(b)) > 10**6:
            number = draw(st.integers(-9, 9))
            formulas.append((place, str(number)))
            values[place] = number
            continue
        text, value = {
            "ADD": (f"=ADD({one},{other})", a + b),
            "native": (f"={one}-{other}", a - b),
            "both": (f"=ADD({one}*2,{other})+1", a * 2 + b + 1),
            "let": (f"=LET(_xlpm.x,{one},ADD(_xlpm.x,{other})*_xlpm.x)", (a + b) * a),
            "if": (f"=IF({one}>0,ADD({one},{other}),{other})", a + b if a > 0 else b),
            "sum": (f"=SUM({one},ADD({one},1),{other})", a + a + 1 + b),
        }[kind]
        formulas.append((place, text))
        values[place] = value
    return formulas, values


@given(book=workbooks(), seed=st.integers(0, 999))
@times(0.5)
def test_any_order_of_calls_and_native_formulas(tmp_path_factory: pytest.TempPathFactory, book: Any, seed: int) -> None:
    """Chains through three sheets come out as computed by hand, in whatever order sheets stand; then nothing is left."""
    formulas, values = book
    order = ["One", "Two", "Three"]
    random.Random(seed).shuffle(order)
    sheets: dict[str, dict[str, object]] = {name: {} for name in order}
    for place, text in formulas:
        sheet, cell = place.split("!")
        sheets[sheet][cell] = text if text.startswith("=") else int(text)
    done = Done(build(tmp_path_factory.mktemp("book") / "book.xlsx", sheets))
    assert not done.left()
    computed = {place for place, text in formulas if text.startswith("=")}
    assert {place: done[place] for place in computed} == {place: values[place] for place in computed}
    if done.edits:
        assert done.again().edits == {}


def columns_of_formulas(chance: random.Random) -> tuple[dict[str, dict[str, object]], dict[str, float], set[str]]:
    """Three sheets of formulas filled down columns: what they hold, their values, and which depend on ours.

    A formula reads columns to its left on any sheet, and what stands above it: there is no circle.
    """
    sheets: dict[str, dict[str, object]] = {name: {} for name in ("One", "Two", "Three")}
    values: dict[str, float] = {}
    ours: set[str] = set()
    rows = range(1, 13)
    for col in range(1, 6):
        letter = "ABCDE"[col - 1]
        for name, cells in sheets.items():
            other, up, down = chance.choice(list(sheets)), chance.randint(0, 3), chance.randint(0, 3)
            left = "ABCDE"[chance.randint(0, max(col - 2, 0))]
            right = "ABCDE"[max(col - 2, 0)]
            left, right = min(left, right), max(left, right)
            kind = (
                chance.choice(["values", "down", "window", "above", "fixed", "whole", "mixed"]) if col > 1 else "values"
            )
            call = chance.choice(["SUM({})", "TOTAL({})", "SUM({})+TOTAL({})", "IF(SUM({})>3,TOTAL({}),0)"])
            for row in rows:
                place = f"{name}!{letter}{row}"
                if kind == "values" or chance.random() < 0.15:
                    if chance.random() < 0.8:
                        cells[f"{letter}{row}"] = values[place] = chance.randint(-4, 9)
                    continue
                first, last = max(row - up, 1), row + down
                area = {
                    "down": f"{other}!{left}{row}",
                    "window": f"{other}!{left}{first}:{right}{last}",
                    "above": f"{name}!{letter}$1:{letter}{row - 1}" if row > 1 else f"{other}!{left}{row}",
                    "fixed": f"{other}!${left}$2:${right}$9",
                    "whole": f"{other}!{left}:{right}",
                    "mixed": f"{other}!{left}$5:{right}{row}",
                }[kind]
                cells[f"{letter}{row}"] = "=" + call.format(area, area)
                sheet, _, ref = area.partition("!")
                read = [f"{sheet}!{c}{r}" for c, r in inside(ref)]
                total = sum(values.get(one, 0) for one in read)
                values[place] = (total if total > 3 else 0) if "IF" in call else total * (2 if "+" in call else 1)
                if "TOTAL" in call or ours & set(read):
                    ours.add(place)
    return sheets, values, ours


def inside(ref: str) -> list[tuple[str, int]]:
    """The cells of a range in columns A to E and rows 1 to 15."""
    ends = [re.fullmatch(r"([A-E])(\d*)", end) for end in ref.replace("$", "").split(":")]
    first, last = ends[0], ends[-1]
    assert first and last
    rows = sorted((int(first[2] or 1), int(last[2] or 15)))
    return [(chr(col), row) for col in range(ord(first[1]), ord(last[1]) + 1) for row in range(rows[0], rows[1] + 1)]


@given(seed=st.integers(0, 10**6))
@times(0.4)
def test_what_depends_on_ours_is_worked_out_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """Columns of formulas over ranges of every kind, first without a value, then with wrong ones where it matters."""
    chance = random.Random(seed)
    sheets, values, ours = columns_of_formulas(chance)
    functions = {
        **FUNCTIONS,
        "TOTAL": lambda cells: (
            sum(value or 0 for row in cells for value in row) if isinstance(cells, list) else cells or 0
        ),
    }
    path = build(tmp_path_factory.mktemp("book") / "book.xlsx", sheets)
    formulas = {f"{name}!{at}" for name, cells in sheets.items() for at, text in cells.items() if isinstance(text, str)}
    first = Done(path, functions)
    assert not first.left()
    assert {place: first[place] for place in formulas} == {place: values[place] for place in formulas}
    wrong: dict[str, SheetEdit] = {name: SheetEdit() for name in sheets}
    for place in formulas:
        name, at = place.split("!")
        letters, row = coordinate_from_string(at)
        wrong[name].cells[row, column_index_from_string(letters)] = (
            chance.randint(50, 60) if place in ours else values[place]
        )
    with Package.open(path) as package:
        write(package, path, wrong)
    second = Done(path, functions)
    found = {
        f"{name}!{'ABCDE'[col - 1]}{row}": value
        for name, cells in second.found.values.items()
        for (row, col), value in cells.items()
    }
    assert found == {place: values[place] for place in formulas & ours}
    assert not second.left()


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["meropenem", "vancomycin", None, ""]), st.integers(1, 9)), min_size=1, max_size=8
    ),
    old=st.tuples(st.integers(1, 12), st.integers(1, 4)),
    stale=st.booleans(),
)
@times(0.5)
def test_any_grid_in_any_old_range(
    tmp_path_factory: pytest.TempPathFactory, rows: Any, old: tuple[int, int], stale: bool
) -> None:
    """Whatever range an array had, it ends with its own, what it left is blank, and totals are those of its rows."""
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    last = openpyxl.utils.get_column_letter(old[1])
    cells: dict[str, object] = {
        f"{col}{at}": value for at, row in enumerate(rows, 1) for col, value in zip("AB", row, strict=True)
    }
    build(path, {"S": cells, "G": {f"A1:{last}{old[0]}": f"{{=CLAIM_GRID(S!A1:B{len(rows)})}}", "F1": "=SUM(B:B)"}})
    if stale:
        with Package.open(path) as package:
            write(
                package,
                path,
                {"G": SheetEdit(cells={(r, c): "old" for r in range(1, old[0] + 1) for c in range(1, old[1] + 1)})},
            )
    done = Done(path)
    expected = [["Drug", "Units"], *([drug, dose * 10] for drug, dose in rows if drug)]
    assert done.spill("G!A1") == expected
    assert done["G!F1"] == sum(row[1] for row in expected[1:])  # type: ignore[misc]
    again = done.again()
    assert again.edits == {}
    with Package.open(path) as package:
        values = [[value for value in row[:5]] for row in package.values("G")]
        [formula] = [cell for cell in package.formulas("G") if cell.kind == "array"]
    assert formula.ref == (1, 1, len(expected), 2)
    assert [row[:2] for row in values[: len(expected)]] == expected
    assert all(value == "" for at, row in enumerate(values) for value in row[2 if at < len(expected) else 0 : 5])
