"""What xlwings Lite and xlwings Server have in common: the functions as Office.js calls them.

Days and times come as numbers, an error as its text; a result may be rows of plain cells, days and errors.
"""

from __future__ import annotations

from xl_infusion.hosts.publishing import given
from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS

#: The errors that xlwings makes true errors of; any other would come out as a text.
TRUE_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
_OTHERS = EXCEL_ERRORS - TRUE_ERRORS


def to_office_js(result: object) -> object:
    """A result as xlwings carries it to Office.js: an error that it does not know is #VALUE!, never a text.

    >>> to_office_js([["S9502", "#SPILL!"], [None, "#N/A"]])
    [['S9502', '#VALUE!'], ['', '#N/A']]
    """
    return _true_errors(given(result))


def _true_errors(cell: object) -> object:
    if isinstance(cell, list):
        return [_true_errors(one) for one in cell]
    return "#VALUE!" if isinstance(cell, str) and cell in _OTHERS else cell


def as_it_comes(argument: object) -> object:
    """An argument that came over Office.js, as the functions take it: the same."""
    return argument


def ask_once_for_null() -> None:
    """Answers once what xlwings asks with each cell of an argument: whether it is JavaScript's null.

    Where there is none (on a server, and in Pyodide before 0.28) it would try an import anew with each cell, which
    costs more than all the rest.
    """
    try:
        from pyodide.ffi import JsNull  # noqa: F401
    except ImportError:
        import xlwings.utils

        xlwings.utils.is_jsnull = lambda value: False
