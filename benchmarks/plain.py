"""Functions as a user of xlwings would write them, beside which ours are measured.

They run where xlwings does: in Excel's Python, and at the end of a main.py in Pyodide.
"""

import time

import xlwings

from xl_infusion.functions import FUNCTIONS
from xl_infusion.functions.kept import forget
from xl_infusion.hosts.publishing import given

#: The rows of the grid as xlwings takes them.
KEPT = []


@xlwings.func
@xlwings.arg("orders", ndim=2)
def ENGINE_SECONDS(orders):
    """How long CLAIM_GRID alone takes over these cells; its rows are kept, its claims are forgotten."""
    forget()
    start = time.perf_counter()
    grid = FUNCTIONS["CLAIM_GRID"].call(orders)
    seconds = time.perf_counter() - start
    KEPT[:] = given(grid)
    forget()
    return seconds


@xlwings.func
@xlwings.arg("orders", ndim=2)
def SAME_CELLS(orders):
    """As many cells in and out as the grid has, and nothing between."""
    return KEPT
