"""How fast LibreOffice Calc is with the add-in, beside the engine, in one run: ``python -m benchmarks.calc``.

10,000 orders through CLAIM_GRID, as one spilled formula in a real LibreOffice; medians of a few runs in turn:
- the engine's own call over the same cells, in LibreOffice's Python;
- the host's own conversion of the same cells: an add-in as one would write it, with one function, which reads the
  orders and gives the same rows into the same cells, and does nothing;
- the grid as a document has it while it is open, hard recalculated, no claims kept;
and the best of a few runs of
- putting the formula into the one around it, as when a document is opened or was saved;
- 10,000 formulas of one cell each, a call for each.
It needs the test extra and LibreOffice.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.turns import SIZE, Seconds, as_numbers, the_orders
from tests import libreoffice
from tests.hosts.calc.in_office import office_with_addin, shared_extensions
from xl_infusion import CLAIM_GRID
from xl_infusion.hosts.calc.arrays import wrapped
from xl_infusion.hosts.calc.extension import members
from xl_infusion.hosts.calc.interface import ANY, CALLER, DOCUMENT, RANGE, ROWS, Method
from xl_infusion.hosts.calc.office import extension_manager, program_folders
from xl_infusion.hosts.calc.typelib import library

RUNS = 5


class Calc:
    """A LibreOffice with two documents of the same orders: under one the grid, under the other the same cells."""

    name = "LibreOffice Calc: hard recalculation"

    def __init__(self, office: libreoffice.Office, rows: list[list[object]]) -> None:
        grid = CLAIM_GRID(rows)
        self._office, self._rows, self.lines, self.width = office, as_numbers(rows), len(grid), len(grid[0])
        self._formula = f"CLAIM_GRID(A1:H{len(rows)})"
        inside = wrapped(self._formula, self.lines, self.width)
        self.entered: float = office.run(_SCRIPT + _OPEN, self._rows, self.lines, self.width, inside)

    def turn(self) -> Seconds:
        """The three times."""
        return Seconds(**self._office.run(_SCRIPT + _TURN, len(self._rows)))

    def single(self) -> float:
        """Seconds of the best recalculation of as many formulas as there are orders, one cell each."""
        seconds: float = self._office.run(_SCRIPT + _SINGLE, len(self._rows), RUNS)
        return seconds


@contextlib.contextmanager
def in_calc(rows: list[list[object]]) -> Iterator[Calc]:
    """A LibreOffice with a new profile, our add-in and the plain one, for the length of the block."""
    libreoffice.soffice()
    with tempfile.TemporaryDirectory() as name, shared_extensions(extensions := Path(name, "extensions")):
        plain = Path(name, "plain.oxt")
        with zipfile.ZipFile(plain, "w") as archive:
            for member, content in _plain_addin().items():
                archive.writestr(member, content)
        command = [extension_manager(program_folders()), "add", "--shared", "--suppress-license", plain]
        subprocess.run(command, check=True, capture_output=True)
        with office_with_addin(extensions) as office:
            yield Calc(office, rows)


def _plain_addin() -> dict[str, str | bytes]:
    """An add-in of two functions as one would write it by hand, in the package that ours is in.

    SAME_CELLS reads the orders and gives rows, those that it is given are kept; ENGINE_SECONDS times CLAIM_GRID alone.
    """
    functions = (
        Method("SAME_CELLS", ROWS, (("orders", RANGE), (CALLER, DOCUMENT))),
        Method("ENGINE_SECONDS", ANY, (("orders", RANGE), (CALLER, DOCUMENT))),
    )
    ours = members()
    names = "".join(
        f'<node oor:name="{one.name}" oor:op="replace">'
        + "".join(
            f'<prop oor:name="{prop}"><value xml:lang="en-US">{one.name}</value></prop>'
            for prop in ("DisplayName", "CompatibilityName", "Description")
        )
        + "</node>"
        for one in functions
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return {
        "META-INF/manifest.xml": ours["META-INF/manifest.xml"],
        "description.xml": ours["description.xml"].replace(b"xlinfusion", _PLAIN),
        "functions.components": ours["functions.components"].replace(b"xlinfusion", _PLAIN),
        "functions.rdb": library(functions).replace(b"xlinfusion", _PLAIN),  # a name as long as the other one
        "functions.xcu": f'{head}<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
        'oor:name="CalcAddIns" oor:package="org.openoffice.Office"><node oor:name="AddInInfo">'
        f'<node oor:name="org.{_PLAIN.decode()}.Functions" oor:op="replace"><node oor:name="AddInFunctions">{names}'
        "</node></node></node></oor:component-data>",
        "functions.py": _COMPONENT,
    }


_PLAIN = b"plainaddin"
_COMPONENT = """
import time
import uno
import unohelper
from com.sun.star.lang import XServiceInfo

class Functions(unohelper.Base, uno.getClass("org.plainaddin.XFunctions"), XServiceInfo):
    kept = None

    def __init__(self, context):
        pass

    def getImplementationName(self):
        return "org.plainaddin.Functions"

    def supportsService(self, name):
        return name == "org.plainaddin.Functions"

    def getSupportedServiceNames(self):
        return ("org.plainaddin.Functions",)

    def SAME_CELLS(self, orders, document):
        orders.getDataArray()
        return Functions.kept

    def ENGINE_SECONDS(self, orders, document):
        from xl_infusion.functions.claim_grid import CLAIM_GRID
        from xl_infusion.functions.kept import forget
        from xl_infusion.hosts.calc.cells import to_calc
        rows = [list(row) for row in orders.getDataArray()]
        forget()
        start = time.perf_counter()
        grid = CLAIM_GRID(rows)
        seconds = time.perf_counter() - start
        Functions.kept = to_calc(grid)
        forget()
        return seconds

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, "org.plainaddin.Functions", ("org.plainaddin.Functions",))
"""


def main() -> None:
    """Measures and prints the table."""
    with in_calc(the_orders()) as calc:
        turns = [calc.turn() for _ in range(RUNS)]
        single = calc.single()
        lines, width, entered = calc.lines, calc.width, calc.entered
    engine, conversion, host, ratio = (
        statistics.median(getattr(turn, what) for turn in turns) for what in ("engine", "conversion", "host", "ratio")
    )
    table = Table("what", "seconds", "")
    for what, seconds, note in (
        (f"CLAIM_GRID in LibreOffice's Python, {SIZE:,} orders, {lines - 1:,} lines of {width} cells", engine, ""),
        ("the host's own conversion: the same cells to Python and back", conversion, ""),
        ("the grid in Calc, hard recalculation", host, f"{ratio:.1f} x the two above"),
        ("the formula entered into its range, once when a document is opened", entered, ""),
        (f"{SIZE:,} formulas JUNITS in Calc, one cell each", single, ""),
    ):
        table.add_row(what, f"{seconds:.3f}", note)
    Console(width=120).print(table)


#: What the scripts share: the documents, by the name of their sheet; and a hard recalculation with all that follows.
_SCRIPT = """
import time

def opened(name, rows):
    document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
    sheet = document.Sheets.getByIndex(0)
    sheet.Name = name
    sheet.getCellRangeByPosition(0, 0, len(rows[0]) - 1, len(rows) - 1).setDataArray(tuple(map(tuple, rows)))
    return document

def found(name):
    return next(one for one in desktop.Components if one.Sheets.hasByName(name))

def settled():
    context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", context).processEventsToIdle()

def recalculated(document):
    start = time.perf_counter()
    document.calculateAll()
    settled()  # what the add-in does when a document was calculated
    return time.perf_counter() - start

def place(document, height, width):
    return document.Sheets.getByIndex(0).getCellRangeByPosition(10, 0, 10 + width - 1, height - 1)
"""

_OPEN = """
rows, height, width, inside = arguments
ours = opened("ours", rows)
start = time.perf_counter()
place(ours, height, width).setArrayFormula(inside)
result = time.perf_counter() - start
plain = opened("plain", rows)
scratch = plain.Sheets.getByIndex(0).getCellByPosition(9, 0)
scratch.Formula = f"=ENGINE_SECONDS(A1:H{len(rows)})"  # it keeps the rows
assert scratch.Value > 0, scratch.String
scratch.Formula = ""
place(plain, height, width).setArrayFormula(f"=SAME_CELLS(A1:H{len(rows)})")
settled()
lines = [place(document, height, width).getDataArray() for document in (plain, ours)]
assert lines[0] == lines[1] and lines[0][-1][9] > 0, "not the same cells"
"""

_TURN = """
count, = arguments
plain, ours = found("plain"), found("ours")
scratch = plain.Sheets.getByIndex(0).getCellByPosition(9, 0)
scratch.Formula = f"=ENGINE_SECONDS(A1:H{count})"  # it forgets the claims: the grid finds none
result = {"engine": scratch.Value}
scratch.Formula = ""
settled()
result["conversion"] = recalculated(plain)
result["host"] = recalculated(ours)
"""

_SINGLE = """
count, runs = arguments
document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
sheet = document.Sheets.getByIndex(0)
orders = found("plain").Sheets.getByIndex(0).getCellRangeByPosition(0, 0, 7, count - 1).getDataArray()
sheet.getCellRangeByPosition(0, 0, 7, count - 1).setDataArray(orders)
lines = tuple((f"=JUNITS(D{i};E{i})",) for i in range(2, count + 1))
sheet.getCellRangeByPosition(10, 1, 10, count - 1).setFormulaArray(lines)
result = min(recalculated(document) for _ in range(runs))
document.close(True)
"""


if __name__ == "__main__":
    main()
