"""10,000 orders through the grid in every host, beside the engine, in one run: ``python -m benchmarks.hosts [TURNS]``.

All hosts run at once and are asked in turn, TURNS times (7) after one that does not count, so that each meets the
machine as it is: a real LibreOffice with the add-in, both Pyodides with main.py, xlwings' COM server over the
stand-ins of the tests, ``fill``, and xlwings Server where XLWINGS_LICENSE_KEY is set. Beside each stand the engine in
that host's own Python, and what the host takes for a function of the same cells in and out that does nothing. No run
has the claims that the last one left.
It needs the test extra, LibreOffice, node and npm; it fails where a host gives other units than the engine.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.calc import in_calc
from benchmarks.claim_grid import in_a_file
from benchmarks.excel import over_com
from benchmarks.lite import LICENSED, in_pyodide
from benchmarks.turns import SIZE, Host, Seconds, the_orders
from xl_infusion import CLAIM_GRID

TURNS = 7
#: No host may take more than so many times the engine and its own conversion together.
MOST = 3.0
#: The three times of a turn, and how they compare.
COLUMNS = ("engine", "conversion", "host", "ratio")


def measured(hosts: Sequence[Host], turns: int) -> dict[str, list[Seconds]]:
    """The turns of each host, by its name, one host after the other in each round."""
    found: dict[str, list[Seconds]] = {host.name: [] for host in hosts}
    for round_ in range(turns + 1):
        for host in hosts:
            turn = host.turn()
            if round_:
                found[host.name].append(turn)
    return found


def _in_server(rows: list[list[object]]) -> contextlib.AbstractContextManager[Host]:
    """xlwings Server, which asks for a licence key."""
    from benchmarks.server import in_server

    return in_server(rows)


def main(turns: int = TURNS) -> None:
    """Measures and prints the table; exits with 1 where a host takes too long."""
    rows = the_orders()
    with contextlib.ExitStack() as stack:
        hosts: list[Host] = [
            stack.enter_context(in_a_file(rows)),
            stack.enter_context(in_calc(rows)),
            *stack.enter_context(in_pyodide(rows)),
            *([stack.enter_context(_in_server(rows))] if LICENSED else []),
            stack.enter_context(over_com(rows)),  # last: meanwhile xlwings is as Windows has it
        ]
        found = measured(hosts, turns)
    lines = CLAIM_GRID(rows)
    title = f"{SIZE:,} orders, {len(lines) - 1:,} lines of {len(lines[0])} cells: median (least) of {turns} turns"
    table = Table("host", *COLUMNS, title=title)
    for name, host_turns in found.items():
        values = [[getattr(turn, column) for turn in host_turns] for column in COLUMNS]
        table.add_row(name, *(f"{statistics.median(one):.2f} ({min(one):.2f})" for one in values))
    console = Console(width=140)
    console.print(table)
    console.print(f"in Pyodide calls go through {'xlwings' if LICENSED else 'the published functions'}")
    slow = [name for name, turns_ in found.items() if statistics.median(turn.ratio for turn in turns_) > MOST]
    if slow:
        sys.exit(f"more than {MOST:.0f} times the engine and the conversion: {', '.join(slow)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
