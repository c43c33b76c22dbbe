"""How fast names are looked up: ``python -m benchmarks.names``, beside difflib for those that nobody knows.

In one run, processor seconds: 100,000 cells with names of drugs that home infusion mostly bills, the same with any
drug that CMS lists, names with a slip of the pen, and the first answer of either kind in a fresh interpreter.
"""

from __future__ import annotations

import difflib
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from xl_infusion.errors import NotFound
from xl_infusion.reference import Reference, load

CELLS, MISSPELLED, STARTS = 100_000, 1_000, 20
SEED = 1


def seconds(run: Callable[[], object]) -> float:
    """Processor seconds of a run."""
    start = time.process_time()
    run()
    return time.process_time() - start


def looked_up(reference: Reference, names: Sequence[str]) -> int:
    """How many of some names are a drug's with a code in force."""
    found = 0
    for name in names:
        try:
            reference.drug(name)
        except NotFound:
            continue
        found += 1
    return found


def started(drug: str) -> float:
    """Processor seconds of a fresh interpreter up to the code of a drug, the median of some."""
    code = f"from xl_infusion import JCODE; assert str(JCODE({drug!r})) != '#N/A'"
    times = []
    for _ in range(STARTS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(times)


def main() -> None:
    """Measures, and prints a table."""
    chance = random.Random(SEED)
    reference = load()
    mine = sorted({row.drug for row in reference.drugs})
    reading = seconds(reference.read_listed)
    every = sorted({row.drug for row in reference.every_drug})
    misspelled = [f"{name[:-1]}x" for name in chance.sample(every, MISSPELLED)]
    reference.near(misspelled[0])
    rows = {
        f"{CELLS:,} names of {len(mine)} drugs of drugs.csv": lambda: looked_up(
            reference, chance.choices(mine, k=CELLS)
        ),
        f"{CELLS:,} names of any drug": lambda: looked_up(reference, chance.choices(every, k=CELLS)),
        f"{MISSPELLED:,} misspelled names, what each may mean": lambda: [reference.near(name) for name in misspelled],
        "a tenth of them by difflib.get_close_matches": lambda: [
            difflib.get_close_matches(name, every, 1, 0.85) for name in misspelled[: MISSPELLED // 10]
        ],
    }
    took = {what: seconds(run) for what, run in rows.items()} | {
        "the listed drugs read": reading,
        "a first answer in a fresh interpreter, vancomycin": started("vancomycin"),
        "a first answer in a fresh interpreter, pembrolizumab": started("pembrolizumab"),
    }
    table = Table("what", "processor seconds", title=f"{len(every):,} drugs")
    for what, spent in took.items():
        table.add_row(what, f"{spent:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
