"""Calls that cannot be, in a workbook: each is an error in its own cell, and everything else is computed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from xl_infusion.functions import FUNCTIONS
from xl_infusion.workbook.fill import fill


def wrong_calls(name: str) -> list[str]:
    """Calls of a function with every number of arguments that it does not take."""
    parameters = FUNCTIONS[name].parameters
    needed = sum(not parameter.optional for parameter in parameters)
    most = len(parameters)
    return [f"{name}({','.join(['B1'] * given)})" for given in (*range(needed), most + 1, most + 9)]


@pytest.mark.parametrize("around", ["{}", "IF(TRUE,{})", "SUM({},1)", "wrong", 'JUNITS("meropenem",{})'])
def test_calls_with_too_few_and_too_many_arguments(tmp_path: Path, around: str) -> None:
    """All functions in one workbook, plain and as arrays, in other formulas, through a name, as an argument."""
    calls = [call for name in FUNCTIONS for call in wrong_calls(name)]
    assert len(calls) >= 2 * len(FUNCTIONS)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B1"] = "q8h"
    for row, call in enumerate(calls, 2):
        if around == "wrong":
            book.defined_names[f"wrong{row}"] = openpyxl.workbook.defined_name.DefinedName(
                f"wrong{row}", attr_text=call
            )
        text = "=" + (f"wrong{row}" if around == "wrong" else around.format(call))
        sheet.cell(row, 3).value = text
        sheet.cell(row, 5).value = ArrayFormula(f"E{row}", text)
        sheet.cell(row, 7).value = '=JUNITS("meropenem","1 g")'
    book.save(tmp_path / "b.xlsx")
    found = fill(tmp_path / "b.xlsx")
    assert not found.unresolved
    shown = openpyxl.load_workbook(tmp_path / "b.xlsx", data_only=True).active
    rows = range(2, len(calls) + 2)
    assert {(shown.cell(row, 3).value, shown.cell(row, 5).value) for row in rows} == {("#VALUE!", "#VALUE!")}
    assert {shown.cell(row, 7).value for row in rows} == {10}
    told = {(row, col): error.message for _, row, col, error in found.errors}
    assert told.keys() == {(row, col) for row in rows for col in (3, 5)}
    if around in ("{}", "wrong"):
        for row, call in enumerate(calls, 2):
            name = call.partition("(")[0]
            assert told[row, 3] == told[row, 5] and told[row, 3].startswith(f"{name} has ")
            assert FUNCTIONS[name].usage in told[row, 3]
    assert fill(tmp_path / "b.xlsx").changed == 0


def test_wrong_calls_without_arguments_in_every_row_of_a_table_leave_its_totals(tmp_path: Path) -> None:
    """What reads a wrong call has its error, and what does not has its value."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, 30):
        sheet.cell(row, 1).value = "=JUNITS()" if row % 2 else f'=JUNITS("meropenem","{row} g")'
        sheet.cell(row, 2).value = f"=A{row}*2"
    sheet["D1"], sheet["D2"] = "=SUM(A2,A4)", "=SUM(A1:A4)"
    book.save(tmp_path / "b.xlsx")
    fill(tmp_path / "b.xlsx")
    shown = openpyxl.load_workbook(tmp_path / "b.xlsx", data_only=True).active
    for row in range(1, 30):
        right = "#VALUE!" if row % 2 else row * 20
        assert shown.cell(row, 2).value == right
    assert (shown["D1"].value, shown["D2"].value) == (60, "#VALUE!")
