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

from xl_infusion.functions import FUNCTIONS
from xl_infusion.hosts.office_js import as_it_comes, ask_once_for_null, to_office_js
from xl_infusion.hosts.publishing import Host, published

#: True where Python runs in the task pane.
IN_PYODIDE = sys.platform == "emscripten"

HOST = Host(func=xlwings.func, module=__package__, take=as_it_comes, give=to_office_js)

for _function in FUNCTIONS.values():
    globals()[_function.name] = published(_function, HOST)

__all__ = list(FUNCTIONS)


if IN_PYODIDE:
    ask_once_for_null()
