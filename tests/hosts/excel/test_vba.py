"""`harden` over what the real xlwings generates, and over what it must refuse."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.conftest import UDF_MODULE, soft_wrappers
from tests.hosts.standins.excel import Book
from tests.hosts.standins.variants import Error
from xl_infusion.hosts.excel import vba
from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS

WRAPPER = """\
Function JCODE(drug, Optional date_)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        JCODE = XLPy.CallUDF("billing", "JCODE", Array(drug, date_), ThisWorkbook, Application.Caller)
        Exit Function
    #Else
        JCODE = XLPy.CallUDF("billing", "JCODE", Array(drug, date_))
        Exit Function
    #End If
failed:
    JCODE = Err.Description
End Function
"""


@pytest.fixture
def soft(windows: Any, excel: Any) -> str:
    return soft_wrappers(windows, excel, Book())


def test_import_functions_gives_the_hardened_text(soft: str, book: Book) -> None:
    assert vba.harden(soft).split("\n", 1)[1] in book.vba_text
    assert not re.search(r"= (Err|XLPy)\.", book.vba_text)


def test_an_add_in_is_hardened_too(windows: Any, excel: Any) -> None:
    addin = Book("Claims.xlam")
    windows.udfs.import_udfs(UDF_MODULE, addin)
    assert "XliErrors(XLPy.CallUDF(" in addin.vba_text and ", ActiveWorkbook, " in addin.vba_text


def test_hardening_again_changes_nothing(soft: str) -> None:
    once = vba.harden(soft)
    assert once != soft and vba.harden(once) == once
    assert vba.harden(once.rstrip("\n")) == once


def test_helpers_of_an_earlier_version_are_replaced(soft: str) -> None:
    older = vba.harden(soft).replace("CVErr(2042)", "CVErr(1)")
    assert vba.harden(older) == vba.harden(soft)


def test_line_ends_stay_those_of_the_text() -> None:
    windows_text = vba.harden(WRAPPER.replace("\n", "\r\n"))
    assert "\n" not in windows_text.replace("\r\n", "")
    assert windows_text.replace("\r\n", "\n") == vba.harden(WRAPPER)


@pytest.mark.parametrize("line", range(1, len(WRAPPER.splitlines())))
def test_a_wrapper_that_lacks_a_line_is_refused(line: int) -> None:
    for text in (WRAPPER, vba.harden(WRAPPER)):
        lines = text.splitlines(keepends=True)
        with pytest.raises(vba.UnknownWrapper, match="JCODE"):
            vba.harden("".join(lines[:line] + lines[line + 1 :]))


OTHERS = {
    "another call": ("XLPy.CallUDF(", "XLPy.Call("),
    "another function's result": ('"JCODE", Array', '"JUNITS", Array'),
    "another failure": ("Err.Description", "Err.Number"),
    "no handler": ("On Error GoTo failed", "On Error Resume Next"),
    "a later assignment": ("End Function", "    JCODE = JCODE\nEnd Function"),
    "a line that goes on in the next": (", ThisWorkbook", " _\n, ThisWorkbook"),
    "many arguments": ("Optional date_", "ParamArray dates()"),
    "lower case": ("JCODE = Err.Description", "jcode = err.description"),
    "modifiers": ("Function JCODE", "Public Function JCODE"),
    "no first line": ("Function JCODE(drug, Optional date_)\n", ""),
}


@pytest.mark.parametrize(("old", "new"), OTHERS.values(), ids=OTHERS)
def test_a_wrapper_of_another_shape_is_refused(old: str, new: str) -> None:
    assert old in WRAPPER
    with pytest.raises(vba.UnknownWrapper, match="JCODE"):
        vba.harden(WRAPPER.replace(old, new))


def test_what_xlwings_can_add_is_understood(windows: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other_udfs.py").write_text(
        "import xlwings\n"
        "@xlwings.func(volatile=True, call_in_wizard=False)\ndef ALWAYS(x): return [['#NUM!', x]]\n"
        "@xlwings.func\ndef NOTHING(): return 'text'\n"
        "@xlwings.script\ndef rebuild(): pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    book = Book()
    hardened = vba.harden(soft_wrappers(windows, importlib.import_module("other_udfs"), book))
    wizard = 'If (Not Application.CommandBars("Standard").Controls(1).Enabled) Then Exit Function'
    assert wizard in hardened and "Application.Volatile" in hardened
    functions, macro = hardened.split("Sub rebuild()")
    macro, helpers = macro.split("End Sub")
    assert "XliErrors" not in macro
    book.load((functions + helpers).replace(wizard, "").replace("Application.Volatile", ""))
    assert book.sheet.enter("A1", "=ALWAYS(1)") == [[Error.named("#NUM!"), 1.0]]
    assert book.sheet.enter("A1", "=NOTHING()") == "text"


def test_every_error_that_a_cell_can_hold_has_its_number() -> None:
    assert set(vba.CVERR) >= EXCEL_ERRORS - {"#BUSY!"}, "only #BUSY! has no number that is documented"
    assert len(set(vba.CVERR.values())) == len(vba.CVERR)


def test_only_the_whole_text_is_an_error(book: Book) -> None:
    for text in ("#n/a", "#N/A ", " #N/A", "#N/A: see order 7", "N/A", "#", ""):
        assert book.module.call("XliErrors", [text]) == text
    for name, number in vba.CVERR.items():
        assert book.module.call("XliErrors", [name]) == Error(number)
