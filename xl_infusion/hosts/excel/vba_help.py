"""What Excel's function wizard says of the functions, as VBA: the module ``xl_infusion_help``, and what ThisWorkbook
does when Excel opens the file. xlwings tells Excel over COM when functions are imported; a file that is ready tells
it itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: The longest line, and the most lines that one statement may go on over, that VBA takes.
LONGEST, MOST_LINES = 1023, 24

#: What ThisWorkbook does when it is opened: told once Excel has finished opening, with nothing shown if it fails.
ON_OPEN = """\
Private Sub Workbook_Open()
    On Error Resume Next
    Application.OnTime Now, "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!XlInfusionHelp"
End Sub
"""

_HEAD = """\
Attribute VB_Name = "xl_infusion_help"
Option Explicit
'What the function wizard says of each function: written by xl_infusion from the functions' signatures.

Public Sub XlInfusionHelp()
    Dim wasAddin As Boolean, wasSaved As Boolean, wasUpdating As Boolean
    On Error GoTo failed
    wasSaved = ThisWorkbook.Saved
    wasUpdating = Application.ScreenUpdating
    wasAddin = ThisWorkbook.IsAddin
    If wasAddin Then
        'Excel describes no macro of a hidden workbook.
        Application.ScreenUpdating = False
        ThisWorkbook.IsAddin = False
    End If
    XliDescribeAll
    GoTo finished
failed:
    Debug.Print "The function wizard has no help: " & Err.Description
    Resume finished
finished:
    On Error Resume Next
    If wasAddin Then ThisWorkbook.IsAddin = True
    Application.ScreenUpdating = wasUpdating
    ThisWorkbook.Saved = wasSaved
End Sub

Private Sub XliDescribe(ByVal name As String, ByVal says As String, ByVal group As String, ByVal arguments As Variant)
    Dim macroName As String
    macroName = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & name
    If IsArray(arguments) Then
        Application.MacroOptions Macro:=macroName, Description:=says, HasMenu:=False, HasShortcutKey:=False, _
            Category:=group, ArgumentDescriptions:=arguments
    Else
        Application.MacroOptions Macro:=macroName, Description:=says, HasMenu:=False, HasShortcutKey:=False, _
            Category:=group
    End If
End Sub

"""


def module(options: Iterable[tuple[str, dict[str, Any]]]) -> str:
    """The module's text. In: what xlwings tells ``Application.MacroOptions``, by function. Errors: ValueError for a
    text that VBA cannot have.

    >>> print(module([("CODES", {"Description": 'All "codes".', "Category": "Codes",
    ...     "ArgumentDescriptions": ["Drug"]})])[len(_HEAD):])
    Private Sub XliDescribeAll()
        XliDescribe "CODES", "All ""codes"".", "Codes", Array( _
            "Drug")
    End Sub
    <BLANKLINE>
    """
    calls = "".join(_call(name, **told) for name, told in options)
    text = f"{_HEAD}Private Sub XliDescribeAll()\n{calls}End Sub\n"
    for line in text.splitlines():
        if len(line) > LONGEST:
            raise ValueError(f"VBA takes lines of up to {LONGEST} characters, this one has {len(line)}: {line[:80]}...")
    return text


def _call(name: str, Description: str, Category: str, ArgumentDescriptions: list[str] | None, **others: object) -> str:
    if not set(others.values()) <= {None, False}:
        raise ValueError(f"xlwings tells Excel more of {name} than xl_infusion knows of: {others}")
    given = ArgumentDescriptions or []
    if len(given) >= MOST_LINES:
        raise ValueError(f"{name} has {len(given)} arguments: VBA takes {MOST_LINES - 1} in one statement")
    told = ", _\n".join(f"        {_literal(text)}" for text in given)
    array = f"Array( _\n{told})" if given else "Empty"
    return f"    XliDescribe {_literal(name)}, {_literal(Description)}, {_literal(Category)}, {array}\n"


def _literal(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"a text of VBA is one printable line: {text!r}")
    return '"' + text.replace('"', '""') + '"'
