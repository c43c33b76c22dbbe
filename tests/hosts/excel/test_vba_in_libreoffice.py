"""The hardening's VBA run for real, by LibreOffice's Basic in its VBA mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests import libreoffice
from tests.hosts.standins.excel import Book
from xl_infusion.hosts.excel import vba

#: A function of Basic that says what it is given: an error with its number, or a type and value.
SAYS = """
Function Says(cell) As String
    If IsError(cell) Then
        Says = "error " & CLng(cell)
    Else
        Says = TypeName(cell) & " " & cell
    End If
End Function
"""

RUN = """
modules, names = arguments
document = desktop.loadComponentFromURL(
    "private:factory/scalc", "_blank", 0, properties(Hidden=True, MacroExecutionMode=4))
try:
    libraries = document.BasicLibraries
    if not libraries.hasByName("Standard"):
        libraries.createLibrary("Standard")
    for name, text in modules.items():
        libraries.getByName("Standard").insertByName(name, "Option VBASupport 1\\n" + text)
    provider = document.getScriptProvider()
    result = []
    for name in names:
        script = provider.getScript(f"vnd.sun.star.script:Standard.{name}?language=Basic&location=document")
        result.append(script.invoke((), (), ())[0])
finally:
    document.close(True)
"""


@pytest.fixture(scope="module")
def office() -> Iterator[libreoffice.Office]:
    with libreoffice.office() as running:
        yield running


def said(office: libreoffice.Office, body: str) -> Any:
    """What ``body``, which assigns to Answer, answers; None where Basic stops at an error."""
    probe = f"{vba.HELPERS}{SAYS}\nFunction Answer()\n{body}\nEnd Function\n"
    return office.run(RUN, {"Probe": probe}, ["Probe.Answer"])[0]


@pytest.mark.office
def test_a_scalar(office: libreoffice.Office) -> None:
    given = [*(f'"{name}"' for name in vba.CVERR), '"S9502"', "4.5", "True", '""', '"#n/a"', '"#N/A "', '"#N/A: x"']
    body = "\n".join(f'Answer = Answer & Says(XliErrors({value})) & "|"' for value in given)
    assert said(office, body).split("|")[:-1] == [
        *(f"error {number}" for number in vba.CVERR.values()),
        "String S9502", "Double 4.5", "Boolean True", "String ", "String #n/a", "String #N/A ", "String #N/A: x",
    ]  # fmt: skip


@pytest.mark.office
def test_a_row(office: libreoffice.Office) -> None:
    body = """
    Dim row, i
    row = XliErrors(Array("#N/A", 3, "S9501", "#VALUE!", ""))
    For i = LBound(row) To UBound(row)
        Answer = Answer & Says(row(i)) & "|"
    Next i
    """
    assert said(office, body) == "error 2042|Integer 3|String S9501|error 2015|String |"


@pytest.mark.office
@pytest.mark.parametrize("first", [0, 1])
def test_rows(office: libreoffice.Office, first: int) -> None:
    body = f"""
    Dim cells({first} To {first + 1}, {first} To {first + 2}) As Variant
    Dim grid, i, j
    cells({first}, {first}) = "Code": cells({first}, {first + 1}) = "Units": cells({first}, {first + 2}) = ""
    cells({first + 1}, {first}) = "#N/A": cells({first + 1}, {first + 1}) = 30: cells({first + 1}, {first + 2}) = "#NUM!"
    grid = XliErrors(cells)
    For i = LBound(grid, 1) To UBound(grid, 1)
        For j = LBound(grid, 2) To UBound(grid, 2)
            Answer = Answer & Says(grid(i, j)) & "|"
        Next j
    Next i
    """
    assert said(office, body) == "String Code|String Units|String |error 2042|Integer 30|error 2036|"


@pytest.mark.office
def test_a_true_error_stays_and_is_the_one_that_its_text_becomes(office: libreoffice.Office) -> None:
    body = 'Answer = Says(XliErrors(CVErr(2007))) & "|" & (XliErrors("#N/A") = CVErr(2042))'
    assert said(office, body) == "error 2007|True"


@pytest.mark.office
def test_the_whole_module_compiles(office: libreoffice.Office, book: Book) -> None:
    """LibreOffice's Basic has no Debug.Print and no attributes, and keeps the word Base for itself, which VBA does
    not; all else of the module it takes."""
    lines = [line for line in book.vba_text.splitlines() if not line.strip().startswith(("Debug.Print", "Attribute"))]
    text = re.sub(
        r"\bbase\b", "base_", "\n".join([*lines, "Function Compiled()", "Compiled = True", "End Function", ""])
    )
    assert office.run(RUN, {"Udfs": text}, ["Udfs.Compiled"]) == [True]
    broken = text.replace("End Select", "")
    assert office.run(RUN, {"Udfs": broken}, ["Udfs.Compiled"]) == [None], "it would say so if it did not"
