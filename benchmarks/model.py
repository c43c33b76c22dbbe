"""How fast the model is, beside its peers, in one run: ``python -m benchmarks.model``.

In one process; processor seconds, so that what else the machine does counts little; the best of a few runs each, every
one without the claims that the last one left:
- SCENARIO_GRID over the second workbook's year of orders under 20 scenarios, and over ten times the orders;
- SENSITIVITY over 50 values, beside what a workbook without it would do: the term typed over in Payers (or Rates) and
  everything priced anew, 50 times;
- BREAK_EVEN and BRIDGE over the year;
- VARIANCE_GRID over five times the year's remittance, beside EXPECTED_GRID over the same orders;
- FORECAST_GRID over the year, and over ten times the orders.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table as Rows

from xl_infusion import (
    BREAK_EVEN,
    BRIDGE,
    CODES,
    EXPECTED_GRID,
    FORECAST_GRID,
    SCENARIO_GRID,
    SENSITIVITY,
    VARIANCE_GRID,
)
from xl_infusion.errors import ExcelError
from xl_infusion.functions.kept import forget
from xl_infusion.template.year import year

RUNS, VALUES, SCENARIOS, TIMES, REMITTED = 3, 50, 20, 10, 5
#: One row of these for each row of Scenarios that is added to the year's own, in turn.
TERMS: tuple[tuple[str, Callable[[int], object]], ...] = (
    ("Second share", lambda n: 0.3 + n / 100), ("Per diem change", lambda n: n / 200),
    ("Third share", lambda n: n / 100), ("Unit rounding", lambda n: ("day", "line")[n % 2]),
    ("Rank by", lambda n: ("start", "rate")[n % 2]),
)  # fmt: skip


def times(count: int) -> dict[str, list[dict[str, object]]]:
    """The year's tables with as many patients for one, each with the same orders, visits and payments."""
    out: dict[str, list[dict[str, object]]] = {}
    for name, rows in year().items():
        several = name in ("Orders", "Visits", "Remittance")
        out[name] = [
            {column: f"{cell}-{n}" if column in ("Order", "Patient") else cell for column, cell in row.items()}
            for n in range(count if several else 1)
            for row in rows
        ]
    return out


def ranges(tables: dict[str, list[dict[str, object]]], *names: str) -> list[list[list[object]]]:
    """Tables as the functions take them, each with its header row; the four of the claim where none is named."""
    out = []
    for name in names or ("Orders", "Visits", "Payers", "Rates"):
        header = list(dict.fromkeys(column for row in tables[name] for column in row))
        out.append([list(header), *([row.get(column) for column in header] for row in tables[name])])
    return out


def twenty() -> list[list[object]]:
    """The year's scenarios, and more of them until there are twenty."""
    [table] = ranges(times(1), "Scenarios")
    count = len({row[0] for row in table[1:]})
    for n in range(SCENARIOS - count):
        column, cell = TERMS[n % len(TERMS)]
        table.append([f"More {n}", *(cell(n) if name == column else None for name in table[0][1:])])
    return table


def with_term(payers: list[list[object]], column: str, cell: object) -> list[list[object]]:
    """Payers with one term of all of them typed over."""
    header, *rows = payers
    at = header.index(column)
    return [header, *([cell if i == at else old for i, old in enumerate(row)] for row in rows)]


def best(run: Callable[[], object], runs: int = RUNS) -> float:
    """Processor seconds of the fastest of some runs."""
    took = []
    for _ in range(runs):
        forget()
        start = time.process_time()
        run()
        took.append(time.process_time() - start)
    return min(took)


def good(grid: Any) -> Any:
    """A grid that is no error."""
    assert not isinstance(grid, ExcelError), grid.message
    return grid


def main() -> None:
    """Runs everything and prints one table."""
    CODES()  # the reference is read once, and not timed below
    out = Rows("what", "seconds", "and", title="Model, processor seconds, best of runs")
    tables = times(1)
    small, large = ranges(tables), ranges(times(TIMES))
    scenarios = twenty()
    lines = len(good(EXPECTED_GRID(*small))) - 1

    one = best(lambda: good(SCENARIO_GRID(*small, scenarios)))
    ten = best(lambda: good(SCENARIO_GRID(*large, scenarios)))
    base = best(lambda: good(SCENARIO_GRID(*small)))
    expected = best(lambda: good(EXPECTED_GRID(*small)))
    out.add_row(f"EXPECTED_GRID, {len(small[0]) - 1:,} orders, {lines:,} lines", f"{expected:.2f}", "")
    out.add_row("SCENARIO_GRID of them, the base alone", f"{base:.2f}", "")
    out.add_row(f"SCENARIO_GRID under {SCENARIOS} scenarios", f"{one:.2f}", f"{(one - base) / SCENARIOS:.3f} each")
    out.add_row(f"SCENARIO_GRID, {TIMES} x the orders", f"{ten:.2f}", f"{ten / one:.1f} x the time")

    values = [n / VALUES for n in range(VALUES)]

    def typed_over() -> None:
        orders, visits, payers, rates = small
        for value in values:
            good(SCENARIO_GRID(orders, visits, with_term(payers, "Second share", value), rates))

    peer = best(typed_over, 1)
    out.add_row(f"Second share typed over in Payers, everything anew, {VALUES} times", f"{peer:.2f}", "")
    for term in ("Second share", "Per diem change", "Drugs at % of charge", "Volume growth"):
        took = best(lambda term=term: good(SENSITIVITY(*small, term, [[value] for value in values])))
        out.add_row(f"SENSITIVITY, {term}, {VALUES} values", f"{took:.2f}", f"{took / peer:.2f} x that")
    took = best(lambda: good(SENSITIVITY(*small, "Rank by", [["frequency", "rate", "start"]])))
    out.add_row("SENSITIVITY, Rank by, 3 values: all is ranked anew", f"{took:.2f}", "")

    took = best(lambda: good(BREAK_EVEN(*small, scenarios, "Offer", "Per diem change")))
    out.add_row("BREAK_EVEN, Per diem change", f"{took:.2f}", "")
    took = best(lambda: good(BRIDGE(*small, scenarios, "Offer")))
    out.add_row("BRIDGE of five terms", f"{took:.2f}", "")

    paid = times(REMITTED)
    many, [remittance] = ranges(paid), ranges(paid, "Remittance")
    took = best(lambda: good(VARIANCE_GRID(*many, remittance)))
    alone = best(lambda: good(EXPECTED_GRID(*many)))
    out.add_row(f"VARIANCE_GRID, {len(remittance) - 1:,} lines paid", f"{took:.2f}",
                f"{took / alone:.1f} x EXPECTED_GRID of the same orders")  # fmt: skip

    one = best(lambda: good(FORECAST_GRID(*small)))
    ten = best(lambda: good(FORECAST_GRID(*large)))
    out.add_row("FORECAST_GRID, 12 months, 500 runs", f"{one:.2f}", "")
    out.add_row(f"FORECAST_GRID, {TIMES} x the orders", f"{ten:.2f}", f"{ten / one:.1f} x the time")
    Console(width=120).print(out)


if __name__ == "__main__":
    main()
