"""The VBA that xlwings generates for its worksheet functions, made to show true errors.

An xlwings wrapper hands a result on as it comes: "#N/A" stays a text, and a failure puts its description, a text
again, into the cell. SUM skips text and ISERROR does not see it, so a claim's total is short and nobody is warned.
`harden` rewrites each wrapper so that a text which reads as an error becomes that error (CVErr), alone or in an
array, and so that a failure is #VALUE! with its description in the Immediate window.

The error numbers are those of Excel's XlCVError. They are written as numbers, because an older Excel does not
compile the names of the newer ones.
"""

from __future__ import annotations

import re

#: What CVErr makes each error of (XlCVError).
CVERR = {
    "#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042,
    "#GETTING_DATA": 2043, "#SPILL!": 2045, "#CONNECT!": 2046, "#BLOCKED!": 2047, "#UNKNOWN!": 2048, "#FIELD!": 2049,
    "#CALC!": 2050,
}  # fmt: skip


class UnknownWrapper(ValueError):
    """A wrapper that does not look as xlwings writes it: it would be left soft, so nothing is hardened at all."""


def harden(text: str) -> str:
    """The module ``text`` with every function in it showing true errors; macros (Sub) stay as they are.

    In: what ``xlwings.udfs`` generates, hardened before or not. Out: the same text hardened, with its helper
    functions once, at the end; hardening it again changes nothing. Errors: `UnknownWrapper` for a function that
    is neither as xlwings writes it nor hardened.

    >>> soft = '''Function JCODE(drug, Optional date_)
    ...     #If App = "Microsoft Excel" Then
    ...         If TypeOf Application.Caller Is Range Then On Error GoTo failed
    ...         JCODE = XLPy.CallUDF("billing", "JCODE", Array(drug, date_), ThisWorkbook, Application.Caller)
    ...         Exit Function
    ...     #Else
    ...         JCODE = XLPy.CallUDF("billing", "JCODE", Array(drug, date_))
    ...         Exit Function
    ...     #End If
    ... failed:
    ...     JCODE = Err.Description
    ... End Function
    ... '''
    >>> for line in harden(soft).splitlines()[3:12]:
    ...     print(line.strip())
    JCODE = XliErrors(XLPy.CallUDF("billing", "JCODE", Array(drug, date_), ThisWorkbook, Application.Caller))
    Exit Function
    #Else
    JCODE = XliErrors(XLPy.CallUDF("billing", "JCODE", Array(drug, date_)))
    Exit Function
    #End If
    failed:
    Debug.Print "JCODE: " & Err.Description
    JCODE = CVErr(2015)
    >>> harden(harden(soft)) == harden(soft)
    True
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").rstrip("\n") + "\n"
    bare = _HELPER_BLOCK.sub("\n", lines).rstrip("\n") + "\n"
    hardened = _FUNCTION.sub(_hardened, bare)
    if left := _LEFT_SOFT.search(hardened):
        raise _unknown(left["name"])
    return (hardened + "\n" + HELPERS).replace("\n", newline)


def _unknown(name: str) -> UnknownWrapper:
    return UnknownWrapper(
        f"the VBA of {name} is not as xlwings writes it, so its errors would stay text: "
        "generate it with a version of xlwings that this one was tested with (0.37)"
    )


def _hardened(match: re.Match[str]) -> str:
    wrapper = match[0]
    for shape in (_SOFT, _HARD):
        if found := shape.fullmatch(wrapper):
            break
    else:
        raise _unknown(match["name"])
    name, indent = found["name"], found["indent"]
    return (
        f"{found['head']}"
        f"{found['guard']}{name} = XliErrors({found['call']}){found['turn']}{name} = XliErrors({found['plain']})"
        f"{found['close']}"
        f'{indent}Debug.Print "{name}: " & Err.Description\n'
        f"{indent}{name} = CVErr({CVERR['#VALUE!']})\n"
        "End Function\n"
    )


#: A function of the module, from its first line to its last: what must have one of the two shapes below.
_FUNCTION = re.compile(
    r"^[ \t]*((Public|Private|Static|Friend)[ \t]+)*Function[ \t]+(?P<name>\w+).*?(^[ \t]*End Function[ \t]*\n|\Z)",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)

#: What no module may have after it, in whatever function: a result or a failure handed on as it came.
_LEFT_SOFT = re.compile(r"^\s*(?P<name>\w+) = (XLPy\.CallUDF|Err\.Description)", re.MULTILINE | re.IGNORECASE)


def _shape(first: str, second: str, failure: str) -> re.Pattern[str]:
    """The wrapper with the two calls and the failure branch given; each part of it that is kept has a name."""
    return re.compile(
        r"(?P<head>Function (?P<name>\w+)\((?P<parameters>[\w, ]*)\)\n"
        r"(?P<indent>[ ]+)?"
        r'(If \(Not Application\.CommandBars\("Standard"\)\.Controls\(1\)\.Enabled\) Then Exit Function\n[ ]+)?'
        r"(Application\.Volatile\n[ ]+)?"
        r'#If App = "Microsoft Excel" Then\n)'
        r"(?P<guard>[ ]+If TypeOf Application\.Caller Is Range Then On Error GoTo failed\n[ ]+)"
        rf"(?P=name) = {first}"
        r"(?P<turn>\n[ ]+Exit Function\n[ ]+#Else\n[ ]+)"
        rf"(?P=name) = {second}"
        r"(?P<close>\n[ ]+Exit Function\n[ ]+#End If\nfailed:\n)"
        rf"{failure}"
        r"End Function\n"
    )


_IN_EXCEL = r'(?P<call>XLPy\.CallUDF\("[\w.]+", "(?P=name)", Array\([\w, ]*\), \w+, Application\.Caller\))'
_ELSEWHERE = r'(?P<plain>XLPy\.CallUDF\("[\w.]+", "(?P=name)", Array\([\w, ]*\)\))'

#: As xlwings writes it, and as `harden` leaves it.
_SOFT = _shape(_IN_EXCEL, _ELSEWHERE, r"[ ]+(?P=name) = Err\.Description\n")
_HARD = _shape(
    rf"XliErrors\({_IN_EXCEL}\)",
    rf"XliErrors\({_ELSEWHERE}\)",
    r'[ ]+Debug\.Print "(?P=name): " & Err\.Description\n[ ]+(?P=name) = CVErr\(2015\)\n',
)

_BEGIN, _END = "'True errors (begin): written by xl_infusion", "'True errors (end)"
_HELPER_BLOCK = re.compile(rf"\n*^{re.escape(_BEGIN)}\n.*?^{re.escape(_END)}\n", re.MULTILINE | re.DOTALL)
_CASES = "\n".join(f'        Case "{error}": XliError = CVErr({number})' for error, number in CVERR.items())

#: The VBA that turns texts into errors: XliErrors for a whole result, XliError for one cell.
HELPERS = f"""{_BEGIN}
Private Function XliErrors(ByVal result As Variant) As Variant
    'A result with every text that reads as an error made that error: a scalar, a row, or rows of cells.
    Dim i As Long, j As Long
    If Not IsArray(result) Then
        result = XliError(result)
    ElseIf XliIsGrid(result) Then
        For i = LBound(result, 1) To UBound(result, 1)
            For j = LBound(result, 2) To UBound(result, 2)
                result(i, j) = XliError(result(i, j))
            Next j
        Next i
    Else
        For i = LBound(result) To UBound(result)
            result(i) = XliError(result(i))
        Next i
    End If
    XliErrors = result
End Function

Private Function XliError(ByVal cell As Variant) As Variant
    XliError = cell
    If VarType(cell) <> vbString Then Exit Function
    Select Case cell
{_CASES}
    End Select
End Function

Private Function XliIsGrid(ByRef result As Variant) As Boolean
    'An array of one dimension fails when it is asked for the bounds of its second.
    On Error GoTo oneRow
    XliIsGrid = (UBound(result, 2) >= LBound(result, 2))
oneRow:
End Function
{_END}
"""
