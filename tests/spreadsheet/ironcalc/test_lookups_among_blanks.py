"""Lookups through blank cells: in Excel none of them is a 0, or found by what is not blank itself."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.libreoffice import recalculated_values
from tests.spreadsheet.calculated import Done, build
from tests.spreadsheet.ironcalc.test_native_formulas import same, stored, worked_out

#: A: tiers with blank rows among and below them (A6 is a formula), B: their fees, C: texts, D: numbers with a 0.
DATA: list[list[object]] = [
    [None, None, None, None],
    [None, "head", "Code", None],
    [5, 100, "J1", 5],
    [None, 105, None, None],
    [10, 150, "J5", 0],
    ["=A5+10", 175, "J7", False],
    [30, 200, None, 10],
    [None, None, None, None],
]
#: Formulas with what Excel gives; LibreOffice gives the same.
AGREED: dict[str, object] = {
    "VLOOKUP(14,A3:B20,2)": 150,
    "VLOOKUP(14,A:B,2,TRUE)": 150,
    "VLOOKUP(99,A1:B20,2)": 200,
    "VLOOKUP(4,A1:B20,2)": "#N/A",
    "VLOOKUP(-1,A1:B20,2)": "#N/A",
    'VLOOKUP("J6",C3:D20,2)': 0,
    "VLOOKUP(0,A1:B20,2,FALSE)": "#N/A",
    "IFERROR(VLOOKUP(0,A1:B20,2,FALSE),150)": 150,
    "VLOOKUP(0,D3:D20,1,FALSE)": 0,
    "VLOOKUP(20,A1:B20,2,FALSE)": 175,
    "MATCH(14,A1:A20)": 5,
    "MATCH(5,A3:A3)": 1,
    "INDEX(A:A,MATCH(9.99E+307,A:A))": 30,
    "MATCH(5,A4:A4)": "#N/A",
    "MATCH(0,D1:D20,0)": 5,
    "HLOOKUP(7,K1:P2,2)": "b",
    "HLOOKUP(0,K1:P2,2,FALSE)": "#N/A",
    "MATCH(7,K1:P1)": 4,
    "XLOOKUP(0,D1:D20,B1:B20)": 150,
    'XLOOKUP(0,A1:A20,B1:B20,"none")': "none",
    "XMATCH(0,D1:D20)": 5,
    'XLOOKUP(0,A1:A20,B1:B20,"none",0,-1)': "none",
}
#: Those in which LibreOffice takes a blank cell for the next one, or FALSE for 0, or names another error.
STATED: dict[str, object] = {
    "VLOOKUP(20,A1:B20,3,FALSE)": "#REF!",
    "XMATCH(1,A1:A20,-1)": "#N/A",
    "XMATCH(FALSE,D1:D20)": 6,
    "XMATCH(1,A1:A20,1)": 3,
    'XLOOKUP(1,A1:A20,B1:B20,"none",-1)': "none",
    'XLOOKUP(14,A1:A20,B1:B20,"none",-1)': 150,
}
#: Whether it goes by order is not known ahead.
LEFT = "VLOOKUP(25,A3:B20,2,1=1)"
EVERY = [*AGREED, *STATED, LEFT]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], dict[str, object], set[str]]:
    """What we give, what LibreOffice gives, and the formulas that are left to Excel."""
    book = openpyxl.Workbook()
    book.active.title = "D"
    for line in DATA:
        book.active.append(line)
    for col, (key, value) in enumerate([(None, None), (5, "a"), (None, "x"), (6, "b"), (9, "c")], 11):
        book.active.cell(1, col).value, book.active.cell(2, col).value = key, value
    sheet = book.create_sheet("O")
    for row, formula in enumerate(EVERY, 1):
        sheet.cell(row, 14).value = "=" + stored(formula)
    path = tmp_path_factory.mktemp("lookups") / "book.xlsx"
    book.save(path)
    theirs = recalculated_values(path)["O"]
    found, ours = worked_out(path)
    left = {one.row for one in found.unresolved}
    rows = list(enumerate(EVERY, 1))
    return (
        {formula: ours.get((row, 14)) for row, formula in rows},
        {formula: theirs[row - 1][13] for row, formula in rows},
        {formula for row, formula in rows if row in left},
    )


Both = tuple[dict[str, object], dict[str, object], set[str]]


@pytest.mark.parametrize(("formula", "expected"), [*AGREED.items(), *STATED.items()])
def test_a_blank_cell_is_not_found(both: Both, formula: str, expected: object) -> None:
    ours, theirs, left = both
    assert formula not in left
    assert same(ours[formula], expected)
    assert formula in STATED or same(ours[formula], theirs[formula])


def test_what_is_not_known_ahead_is_left_to_excel(both: Both) -> None:
    assert both[2] == {LEFT}


def test_a_look_up_goes_through_what_a_call_of_ours_spills(tmp_path: Path) -> None:
    orders = {"A1": "Drug", "B1": "Dose", "A2": "a", "B2": 1, "A3": "c", "B3": 2.5}
    lookups = {
        "E1": '=VLOOKUP("c",_xlfn.ANCHORARRAY(H1),2,FALSE)',
        "E2": "=MATCH(11,INDEX(_xlfn.ANCHORARRAY(H1),0,2))",
        "E4": '=VLOOKUP("b",_xlfn.ANCHORARRAY(H1),1)',
    }
    done = Done(build(tmp_path / "b.xlsx", {"S": {**orders, **lookups, "H1": "=CLAIM_GRID(A2:B3)"}}))
    assert (done["S!E1"], done["S!E4"]) == (25, "a")
    assert set(done.left()) == {"S!E2"}
