"""Writes docs/parity.md: ``python -m tests.parity``."""

from __future__ import annotations

from collections import Counter

from tests import ROOT
from tests.parity import hosts
from tests.parity.cases import ODD
from xl_infusion.functions import FUNCTIONS
from xl_infusion.hosts.server.project import SERVER

PAGE = ROOT / "docs" / "parity.md"

_HEAD = """# One result in every host

The same formulas are computed by every host on every run of the tests (`tests/parity`), xlwings Server only where there
is a licence key, and compared cell by cell: to the cent, to the day and to the error. The table comes out of the signatures: each function's example, each argument in
turn replaced by a cell of every odd kind ({odd}) and by ranges of them, the last arguments left out, one too few and one
too many. A new function is in it by itself.

| host | what runs | {total} |
|---|---|---|
| Python | the functions themselves | what the others are compared with |
| `xl-infusion fill` | a workbook computed in place, read back from the file | equal |
| Excel on Windows, xlwings over COM | xlwings' own COM server, converters and wrappers, hardened, over stand-ins for pywin32 and Excel's grid | equal; not verified in Excel |
| LibreOffice Calc 25.2 | the add-in installed with `xl-infusion calc install`, after a hard recalculation | equal, but for {calc} formulas of single cells that are blank, TRUE, FALSE or a day |
| xlwings Lite | its `main.py` in Pyodide 0.27.5 and 314, under node | equal, but for {office} formulas of single cells that are a day; not verified in Excel |
| xlwings Server {server} | the folder that `xl-infusion server` writes, started, a call over HTTP for each formula; only where `XLWINGS_LICENSE_KEY` is set, for the project ships no licence key: without one this row is not compared | equal with a key, but for {office} formulas of single cells that are a day; not verified in Excel |

LibreOffice hands a single cell that is blank, TRUE, FALSE or a day over as the number 0, 1, 0 or its serial number, and
Office.js a day as its serial number; an add-in cannot tell them from a number that was typed. There the host gives what
the function gives for that number, and the tests hold it to that. In tables (Orders, Visits, ...) all hosts are equal.
A formula with an argument too few or too many can be typed nowhere, but a file may hold it: it is #VALUE! with what is
missing; in LibreOffice the error of its own (Err:504) or that of a blank argument; it never reaches Lite or Server.

| function | formulas | cells |
|---|---:|---:|
"""


def page() -> str:
    """The page."""
    results = hosts.python()
    formulas = Counter(case.function for case in results)
    cells = Counter[str]()
    for case, rows in results.items():
        cells[case.function] += len(rows) * len(rows[0])
    apart = {
        name: sum(hosts.python(lone)[case] != rows for case, rows in results.items())
        for name, lone in (("calc", hosts.a_number), ("office", hosts.days_are_numbers))
    }
    head = _HEAD.format(
        server=SERVER, odd=", ".join(ODD), total=f"{formulas.total():,} formulas, {cells.total():,} cells", **apart
    )
    lines = [f"| `{name}` | {formulas[name]:,} | {cells[name]:,} |" for name in FUNCTIONS]
    return head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
