"""The worksheet functions in xlwings Lite, which runs Python inside Excel's task pane on Windows, Mac and the web.

Nobody names this module: `xl-infusion lite` writes it and what it needs into one ``main.py``, which ends with
``from xl_infusion.hosts.lite import *``. Outside of Lite xlwings publishes nothing, and the functions are plain
functions of cells.

>>> JUNITS([["meropenem"]], [["1 g"]], None), DOSES_PER_DAY([["q8h"], ["as needed"]])
([[10]], [[3], ['#VALUE!']])
"""

from __future__ import annotations

import sys

import xlwings

from xl_infusion.errors import EXCEL_ERRORS
from xl_infusion.functions import FUNCTIONS
from xl_infusion.hosts.publishing import Host, given, published

#: True where Python runs in the task pane.
IN_PYODIDE = sys.platform == "emscripten"

#: The errors that xlwings makes true errors of; any other would come out as a text.
_TRUE_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
_OTHERS = EXCEL_ERRORS - _TRUE_ERRORS


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


def _same(argument: object) -> object:
    """What comes over Office.js is taken as it comes: days and times are numbers, an error is its text."""
    return argument


HOST = Host(func=xlwings.func, module=__name__, take=_same, give=to_office_js)

for _function in FUNCTIONS.values():
    globals()[_function.name] = published(_function, HOST)

__all__ = list(FUNCTIONS)


if IN_PYODIDE:
    try:
        # xlwings asks for this with each cell of an argument; where it is not there (Pyodide before 0.28) the
        # import is tried anew each time, which costs more than all the rest: it is answered once
        from pyodide.ffi import JsNull  # noqa: F401
    except ImportError:
        import xlwings.utils

        xlwings.utils.is_jsnull = lambda value: False
