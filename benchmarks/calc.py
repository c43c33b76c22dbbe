"""How fast LibreOffice Calc is with the add-in, beside the engine, in one run: ``python -m benchmarks.calc``.

10,000 orders through CLAIM_GRID, as one spilled formula in a real LibreOffice; the best of a few runs each:
- the engine's own call over the same cells, in Python without Calc;
- the host's own conversion of the same cells: in Calc, reading the orders, handing them to Python and the rows back,
  with the claims kept from before, so that the engine has next to nothing to do;
- the grid as a document has it while it is open, hard recalculated after an order was changed;
- putting the formula into the one around it, as when a document is opened or was saved;
- 10,000 formulas of one cell each, a call for each.
It needs the test extra and LibreOffice.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.claim_grid import RUNS, SIZE, best
from benchmarks.orders import orders
from tests.hosts.calc import office_with_addin
from xl_infusion import CLAIM_GRID
from xl_infusion.hosts.calc.arrays import wrapped


def main() -> None:
    rows = [[_serial(cell) for cell in row] for row in orders(SIZE, SIZE // 20)]
    grid = CLAIM_GRID(rows)
    height, width = len(grid), len(grid[0])
    engine = best(lambda: CLAIM_GRID(rows))
    formula = f"CLAIM_GRID(A1:H{len(rows)})"
    with tempfile.TemporaryDirectory() as folder, office_with_addin(Path(folder)) as office:
        conversion, grid_in_calc, entered, single = office.run(
            _MEASURE, rows, height, width, formula, wrapped(formula, height, width), RUNS
        )
    table = Table("what", "seconds", "")
    for what, seconds, against in (
        (f"CLAIM_GRID in Python, {SIZE:,} orders, {height - 1:,} lines of {width} cells", engine, 0),
        ("the host's own conversion: the same cells to Python and back", conversion, 0),
        ("the grid in Calc, an order changed, hard recalculation", grid_in_calc, engine + conversion),
        ("the formula entered into its range, once when a document is opened", entered, 0),
        (f"{SIZE:,} formulas JUNITS in Calc, one cell each", single, 0),
    ):
        ratio = f"{seconds / against:.1f} x the two above" if against else ""
        table.add_row(what, f"{seconds:.3f}", ratio)
    Console(width=120).print(table)


def _serial(cell: object) -> object:
    return float((cell - dt.date(1899, 12, 30)).days) if isinstance(cell, dt.date) else cell


_MEASURE = """
import time
rows, height, width, formula, inside, runs = arguments
document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
sheet = document.Sheets.getByIndex(0)
sheet.getCellRangeByPosition(0, 0, len(rows[0]) - 1, len(rows) - 1).setDataArray(tuple(map(tuple, rows)))

def measured(change=False):
    times = []
    for run in range(runs):
        if change:  # an order is another: no run has the claims that the last one left
            sheet.getCellByPosition(0, 1).Value = 100000.0 + run
        start = time.perf_counter()
        document.calculateAll()
        times.append(time.perf_counter() - start)
    return min(times)

scratch = sheet.getCellByPosition(9, 0)
scratch.Formula = f"=ROWS({formula})"
assert scratch.Value == height
result = [measured()]
scratch.Formula = ""
place = sheet.getCellRangeByPosition(10, 0, 10 + width - 1, height - 1)
start = time.perf_counter()
place.setArrayFormula(inside)
assert place.getCellByPosition(9, height - 1).Value > 0
entered = time.perf_counter() - start
result += [measured(change=True), entered]
place.setArrayFormula("")
lines = tuple((f"=JUNITS(D{i};E{i})",) for i in range(2, len(rows) + 1))
sheet.getCellRangeByPosition(40, 1, 40, len(rows) - 1).setFormulaArray(lines)
result.append(measured())
document.close(True)
"""


if __name__ == "__main__":
    main()
