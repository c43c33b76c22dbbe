"""What memory a row of a CSV file takes on its way into a workbook, and how long: ``python -m benchmarks.rows [ROWS]``.

Each import runs in a process of its own, into a fresh workbook, once with one row and once with many: the peak of its
resident size beyond that of one row, by row.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from xl_infusion.workbook.imports import kinds
from xl_infusion.workbook.imports.rows import put

ROWS = 50_000
FIRST = dt.date(2024, 1, 1)
KINDS = {"orders": kinds.ORDER_ROWS, "visits": kinds.VISIT_ROWS, "remit": kinds.REMIT_ROWS}
HEADINGS = {
    "orders": "Order,Patient,Payer,Drug,Dose,Interval,Start,End,Prescriber,Authorization,NDC",
    "visits": "Patient,Date,Minutes,Start time,End time,Nurse",
    "remit": "Claim,Patient,Payer,Code,Modifiers,From,To,Units,Charge,Allowed,Paid,Patient share,Adjustments",
}


def row(kind: str, at: int, dice: random.Random) -> list[object]:
    """One invented row, as an export writes it."""
    day = FIRST + dt.timedelta(at % 700)
    first, last = f"{day:%m/%d/%Y}", f"{day + dt.timedelta(6):%m/%d/%Y}"
    patient, payer = f"PT-{at // 3:05}", f"Plan {'ABCDE'[at % 5]}"
    if kind == "orders":
        drug, interval = dice.choice(("meropenem", "vancomycin", "ceftriaxone")), dice.choice(("q8h", "q12h", "q24h"))
        return [f"RX-{at:06}", patient, payer, drug, "1 g", interval, first, last, 1234567893, f"A{at:07}", "63323-9-1"]
    if kind == "visits":
        return [patient, first, 90 + at % 60, "9:30 AM", "11:00 AM", f"N{at % 20}"]
    amounts = [f"{dice.random() * most:.2f}" for most in (5000, 4000, 3000)]
    code = dice.choice(("S9502", "J2185", "S9501"))
    return [f"C{at:07}", patient, payer, code, "SH", first, last, at % 90 + 1, *amounts, "0.00", "CO-45 12.30"]


def import_one(kind: str, folder: Path) -> None:
    """Imports the file that stands in a folder; prints the seconds, and the peak of resident size in kB."""
    start = time.perf_counter()
    put(folder / f"{kind}.csv", folder / "book.xlsx", KINDS[kind], folder / "out.xlsx", replace=True)
    print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def measured(kind: str, rows: int, folder: Path) -> tuple[float, float]:
    """Seconds and peak kB of an import of so many rows, in a fresh process."""
    dice = random.Random(1)
    with (folder / f"{kind}.csv").open("w", newline="") as file:
        file.write(f"{HEADINGS[kind]}\r\n")
        csv.writer(file).writerows(row(kind, at, dice) for at in range(rows))
    command = [sys.executable, "-m", "benchmarks.rows", kind, str(folder)]
    seconds, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(peak)


def main(rows: int) -> None:
    table = Table("what", "seconds", "kB a row", "bytes a row of the file")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        # in a process of its own: one that is started has the peak of who started it
        book = str(folder / "book.xlsx")
        subprocess.run([sys.executable, "-m", "xl_infusion", "new", book, "--empty"], check=True, capture_output=True)
        for kind in KINDS:
            _, base = measured(kind, 1, folder)
            seconds, peak = measured(kind, rows, folder)
            size = (folder / f"{kind}.csv").stat().st_size
            cells = f"{seconds:.1f}", f"{(peak - base) / rows:.1f}", f"{size / rows:.0f}"
            table.add_row(f"{kind}, {rows:,} rows", *cells)
    Console().print(table)


if __name__ == "__main__":
    match sys.argv[1:]:
        case [kind, folder]:
            import_one(kind, Path(folder))
        case [rows]:
            main(int(rows))
        case _:
            main(ROWS)
