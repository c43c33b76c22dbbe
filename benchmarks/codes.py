"""How fast CMS's files become an edition, and what an edition costs at a start: ``python -m benchmarks.codes FILE...``.

FILE: files of CMS as published, which are no part of this project. In one run: reading each file beside calamine or
the csv module, which only give its cells; making and writing the edition; and the first answer of a function in a
fresh interpreter, with the bundled codes and with that edition in turn.
"""

from __future__ import annotations

import csv
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table

from xl_infusion.reference import load
from xl_infusion.reference.cms.release import read
from xl_infusion.reference.editions import BUNDLED, VARIABLE, Editions
from xl_infusion.reference.update.edition import named, update

RUNS = 3
STARTS = 40
_FIRST_ANSWER = "from xl_infusion import JUNITS; assert JUNITS('vanco', '1 g', '2025-07-05') == 100"


def best(run: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def cells(path: Path) -> object:
    """The cells of a file, and no more."""
    if path.suffix == ".xlsx":
        return [sheet.to_python() for sheet in map(CalamineWorkbook.from_path(str(path)).get_sheet_by_index, [0])]
    with path.open(encoding="latin-1", newline="") as file:
        return list(csv.reader(file))


def started(codes: str) -> float:
    """Processor seconds of a fresh interpreter up to its first answer."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", _FIRST_ANSWER], check=True, env={**os.environ, VARIABLE: codes})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(files: list[Path]) -> None:
    """Measures, and prints a table."""
    table = Table("what", "seconds", "")
    for path in files:
        mine, peer = best(lambda path=path: read(path)), best(lambda path=path: cells(path))  # type: ignore[misc]
        table.add_row(f"{path.name}: its cells", f"{peer:.2f}", "")
        table.add_row(f"{path.name}: read, checked, every record", f"{mine:.2f}", f"{mine / peer:.1f} x that")
    releases = [read(path) for path in files]
    base = load()
    with tempfile.TemporaryDirectory() as folder:
        store = Editions(folder)
        made = update(base, releases)
        table.add_row("the edition worked out", f"{best(lambda: update(base, releases)):.2f}", "")
        table.add_row(
            "the edition written", f"{best(lambda: store.add(store.free_name('x'), named(made, 'x'))):.2f}", ""
        )
        store.use("x")
        times: dict[str, list[float]] = {BUNDLED: [], folder: []}
        for _ in range(STARTS):
            for codes, found in times.items():
                found.append(started(codes))
        bundled, own = (statistics.median(found) for found in times.values())
        table.add_row("a first answer, bundled codes", f"{bundled:.3f}", f"median of {STARTS} interpreters, in turn")
        table.add_row("a first answer, that edition", f"{own:.3f}", f"{own / bundled:.2f} x that")
    Console(width=140).print(table)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
