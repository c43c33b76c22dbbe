"""How fast a claim grid is, beside its peers, in one run: ``python -m benchmarks.claim_grid``.

In one process, on one core, the best of a few runs each, every one without the claims that the last one left:
- CLAIM_GRID over 2,500, 10,000 and 40,000 orders: claim-days ranked a second, and how the time grows;
- the same 10,000 orders under five contracts with rates, and their checks, beside the plain grid in turn;
- fill of a workbook of 10,000 orders, beside reading it with calamine and writing the same cells back;
- LibreOffice recalculating a workbook of native look-up formulas of the same size;
- importing the functions in a fresh interpreter.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl.worksheet.table import Table
from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table as Rows

from benchmarks.orders import DRUGS, PAYERS, PROVIDER, RATES, orders, under_contracts
from benchmarks.turns import SIZE, Seconds
from tests import libreoffice
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, CODES, JCODE
from xl_infusion.functions import FUNCTIONS
from xl_infusion.functions.kept import forget
from xl_infusion.spreadsheet.calculation.calculate import calculate, edits
from xl_infusion.spreadsheet.xlsx.package import Package, write
from xl_infusion.workbook.fill import fill

RUNS = 5


def best(run: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds of the fastest of some runs: the one that the machine disturbed least."""
    times = []
    for _ in range(runs):
        forget()
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def contracts_and_checks() -> tuple[float, float, float, int]:
    """Seconds of the plain grid, of the grid under contracts with rates, of that and its checks; how many lines."""
    plain = orders(SIZE, SIZE // 20)
    contracted = under_contracts(plain)

    def both() -> object:
        CLAIM_GRID(contracted, None, PAYERS, RATES)
        return CLAIM_CHECKS(contracted, None, PAYERS, RATES, PROVIDER)

    runs = [
        (
            best(lambda: CLAIM_GRID(plain), 1),
            best(lambda: CLAIM_GRID(contracted, None, PAYERS, RATES), 1),
            best(both, 1),
        )
        for _ in range(RUNS)
    ]
    assert len(CLAIM_CHECKS(contracted, None, PAYERS, RATES, PROVIDER)) == 1  # nothing is wrong with them
    lines = len(CLAIM_GRID(contracted, None, PAYERS, RATES)) - 1
    alone, grid, all_ = (min(run[i] for run in runs) for i in range(3))
    return alone, grid, all_, lines


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """The orders as a table, and one grid over them; no value cached."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Orders"
    for row in rows:
        sheet.append(row)
    sheet.add_table(Table(displayName="Orders", ref=f"A1:H{len(rows)}"))
    book.create_sheet("Claim")["A1"] = "=CLAIM_GRID(Orders[#All])"
    book.save(path)
    return path


def yesterday(folder: Path, fresh: Path) -> Path:
    """The workbook as it comes back every day: other orders typed under a grid that was computed before."""
    path = workbook(folder / "old.xlsx", orders(SIZE, SIZE // 20, seed=2))
    fill(path)
    typed = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"}
    with ZipFile(fresh) as new, ZipFile(path) as old, ZipFile(folder / "changed.xlsx", "w", ZIP_DEFLATED) as target:
        for part in old.infolist():
            target.writestr(part, (new if part.filename in typed else old).read(part.filename))
    return folder / "changed.xlsx"


class Fill:
    """``fill`` of a workbook, beside reading it with calamine and writing its results back."""

    name = "fill: file to file"

    def __init__(self, source: Path, folder: Path, rows: list[list[object]]) -> None:
        self._source, self._folder, self._rows = source, folder, rows
        with Package.open(source) as package:
            self._changes = edits(package, calculate(package, {name: f.call for name, f in FUNCTIONS.items()}))
        self.cells = sum(len(row) for edit in self._changes.values() for block in edit.blocks for row in block.rows)

    def turn(self) -> Seconds:
        """The three times, in turn, so that all have the machine as it is."""
        return Seconds(best(lambda: CLAIM_GRID(self._rows), 1), best(self._peer, 1), best(self._fill, 1))

    def _peer(self) -> None:
        book = CalamineWorkbook.from_path(str(self._source))
        for sheet in book.sheet_names:
            book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        with Package.open(self._source) as again:
            write(again, self._folder / "peer.xlsx", self._changes)

    def _fill(self) -> None:
        [grid] = fill(self._source, self._folder / "filled.xlsx").grids
        assert len(grid.rows) > len(self._rows)


@contextlib.contextmanager
def in_a_file(rows: list[list[object]]) -> Iterator[Fill]:
    """A workbook of the orders, for the length of the block, without a value of the grid."""
    with tempfile.TemporaryDirectory() as folder:
        yield Fill(workbook(Path(folder, "orders.xlsx"), rows), Path(folder), rows)


def lookups(path: Path, rows: list[list[object]]) -> Path:
    """What a biller's workbook does today: look-ups of code and unit, doses a day, units, days, for each order."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Orders"
    for n, row in enumerate(rows, start=1):
        sheet.append(row if n == 1 else [*row, *(formula.replace("#", str(n)) for formula in (
            '=VLOOKUP(D#,Codes!$A$2:$C$20,2,FALSE)', '=VLOOKUP(D#,Codes!$A$2:$C$20,3,FALSE)',
            '=VLOOKUP(F#,Intervals!$A$2:$C$10,2,FALSE)', '=VLOOKUP(F#,Intervals!$A$2:$C$10,3,FALSE)',
            '=H#-G#+1', '=VALUE(LEFT(E#,FIND(" ",E#)-1))*IF(RIGHT(E#,2)="mg",1,1000)', '=ROUNDUP(N#/J#,0)*L#*M#',
            '=COUNTIFS($B$2:$B$10001,B#,$G$2:$G$10001,"<="&G#,$H$2:$H$10001,">="&G#)',
        ))])  # fmt: skip
    codes = book.create_sheet("Codes")
    codes.append(["Drug", "Code", "Amount"])
    for i, (drug, _, _) in enumerate(DRUGS):
        codes.append([drug, JCODE(drug), 100 + i])
    intervals = book.create_sheet("Intervals")
    intervals.append(["Interval", "Code", "Doses"])
    for hours, code in ((4, "S9504"), (6, "S9503"), (8, "S9502"), (12, "S9501"), (24, "S9500")):
        intervals.append([f"q{hours}h", code, 24 // hours])
    intervals.append(["daily", "S9500", 1])
    book.save(path)
    return path


def main() -> None:
    """Runs everything and prints one table."""
    CODES()  # the reference is read once, and not timed below
    out = Rows("what", "seconds", "and", title="Claim grid, best of runs, one core")
    seconds = {}
    for size in (SIZE // 4, SIZE, SIZE * 4):
        rows = orders(size, size // 20)
        seconds[size] = best(lambda rows=rows: CLAIM_GRID(rows), 3)
        lines = len(CLAIM_GRID(rows)) - 1
        out.add_row(f"CLAIM_GRID, {size:,} orders, {lines:,} lines", f"{seconds[size]:.2f}",
                    f"{size * 30 / seconds[size]:,.0f} claim-days a second")  # fmt: skip
    out.add_row(
        "growth, 4 x the orders",
        "",
        f"{seconds[SIZE] / seconds[SIZE // 4]:.1f} x, then {seconds[4 * SIZE] / seconds[SIZE]:.1f} x the time",
    )

    alone, contracted, checked, lines = contracts_and_checks()
    out.add_row(f"CLAIM_GRID, {SIZE:,} orders, plain, in turn with the next two", f"{alone:.2f}", "")
    out.add_row(f"CLAIM_GRID under five contracts with rates, {lines:,} lines", f"{contracted:.2f}",
                f"{contracted / alone:.1f} x that")  # fmt: skip
    out.add_row("CLAIM_GRID under contracts, and CLAIM_CHECKS", f"{checked:.2f}", f"{checked / alone:.1f} x that")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = orders(SIZE, SIZE // 20)
        fresh = workbook(folder / "fresh.xlsx", rows)
        for what, source in (("no grid cached yet", fresh), ("last week's grid cached", yesterday(folder, fresh))):
            filling = Fill(source, folder, rows)
            turns = [filling.turn() for _ in range(RUNS)]
            alone, filled = min(turn.conversion for turn in turns), min(turn.host for turn in turns)
            out.add_row(f"calamine read + patcher write of {filling.cells:,} cells, {what}", f"{alone:.2f}", "")
            out.add_row(f"fill, {what}", f"{filled:.2f}", f"{filled / alone:.1f} x that")

        native = lookups(folder / "lookups.xlsx", rows)
        with libreoffice.office() as running:
            calc = min(running.run(_RECALCULATE, str(native)) for _ in range(2))
        out.add_row(
            f"LibreOffice, {SIZE:,} rows x 8 native look-ups",
            f"{calc:.2f}",
            "hard recalculation alone, without load and save",
        )

    code = "import time; t = time.perf_counter(); import xl_infusion; print(time.perf_counter() - t)"
    took = min(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(RUNS)
    )
    out.add_row("import xl_infusion, fresh interpreter", f"{took:.3f}", "")
    Console(width=120).print(out)


_RECALCULATE = """
import time
document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(arguments[0]), "_blank", 0, properties(Hidden=True))
start = time.perf_counter()
document.calculateAll()
result = time.perf_counter() - start
document.close(True)
"""

if __name__ == "__main__":
    main()
