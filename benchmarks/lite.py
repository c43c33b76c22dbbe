"""What the functions cost in xlwings Lite: `python -m benchmarks.lite` runs main.py in Pyodide, beside CPython.

It needs node and npm (the packages in tests/hosts/lite) and fetches xlwings' wheel from PyPI. Where
XLWINGS_LICENSE_KEY is set, calls go through xlwings' own half of Office.js; else the functions are called as main.py
publishes them.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.turns import SIZE, Seconds, as_numbers, the_orders
from tests.hosts.lite.pyodide import LICENSED, VERSIONS, Pyodide, packages, wheel
from xl_infusion import CLAIM_GRID, JUNITS
from xl_infusion.hosts.lite.single_file import REQUIREMENTS, single_file

ROWS = (1_000, SIZE)
_NAMES = dict(zip(VERSIONS, ("Pyodide 0.27.5", "Pyodide 314"), strict=True))
#: Not imported here: what it publishes depends on where it is.
_PLAIN = Path(__file__).with_name("plain.py")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a Pyodide is started with: node's packages, main.py and xlwings' wheel."""

    node: Path
    main: Path
    xlwings: Path

    def start(self, version: str) -> Pyodide:
        """A Pyodide that has imported main.py; to be closed."""
        return Pyodide(self.node, version, self.main, self.xlwings, LICENSED)


class Lite:
    """A Pyodide with our functions, and at the end of main.py those that a user would write."""

    def __init__(self, running: Pyodide, version: str, rows: list[list[object]]) -> None:
        self.name = f"xlwings Lite: {_NAMES[version]}"
        self._running, self._rows = running, as_numbers(rows)
        self._units = [row[9] for row in CLAIM_GRID(rows)]

    def turn(self) -> Seconds:
        """The three times."""
        engine = self._running.timed("ENGINE_SECONDS", self._rows)["value"]
        times = {}
        for what, function in (("conversion", "SAME_CELLS"), ("host", "CLAIM_GRID")):
            left_out = [None] * (5 if what == "host" else 0)
            answer = self._running.timed(function, self._rows, *left_out)
            assert [row[9] for row in answer["value"]] == self._units, "not the units of the grid"
            times[what] = answer["seconds"]
        return Seconds(engine=engine[0][0], **times)


@contextlib.contextmanager
def setting(end: str = "") -> Iterator[Setting]:
    """The files in a folder of their own; ``end``: what stands at the end of main.py."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.py").write_text(single_file().text + end, encoding="utf-8")
        (folder / "requirements.txt").write_text(REQUIREMENTS)
        (folder / "node").mkdir()
        yield Setting(packages(folder / "node"), folder / "main.py", wheel(folder / "requirements.txt", folder))


@contextlib.contextmanager
def in_pyodide(rows: list[list[object]]) -> Iterator[list[Lite]]:
    """Both Pyodides, for the length of the block."""
    with setting(_PLAIN.read_text("utf-8")) as files, contextlib.ExitStack() as stack:
        yield [Lite(stack.enter_context(files.start(version)), version, rows) for version in VERSIONS]


def _python(function: object, *arguments: object) -> float:
    began = time.perf_counter()
    function(*arguments)  # type: ignore[operator]
    return time.perf_counter() - began


def main() -> None:
    """Measures and prints the table."""
    with setting() as files:
        print(f"calls go through {'xlwings' if LICENSED else 'the published functions'}\n")
        print("| what | seconds | |\n|---|---:|---|")
        size = files.main.stat().st_size
        for version in VERSIONS:
            started = []
            for _ in range(3):
                with files.start(version) as lite:
                    started.append(lite.about["seconds"])
            python = f"Python {lite.about['python']}"
            for part, what in (
                ("pyodide", f"{version}: start"), ("xlwings", "unpack and import xlwings"),
                ("main", f"import main.py ({size / 1000:.0f} kB)"),
            ):  # fmt: skip
                print(f"| {what} | {statistics.median(one[part] for one in started):.2f} | {python} |")
            with files.start(version) as lite:
                _functions(lite)


def _functions(lite: Pyodide) -> None:
    """Prints what calls cost there, beside CPython."""
    lite.timed("JUNITS", "meropenem", "1 g", None, None, None)
    single = statistics.median(
        lite.timed("JUNITS", "meropenem", f"{n} mg", None, None, None)["seconds"] for n in range(1, 201)
    )
    print(f"| one call of `JUNITS`, one cell | {single:.4f} | |")
    for rows in ROWS:
        drugs, doses = [["meropenem"]] * rows, [[f"{n} mg"] for n in range(1, rows + 1)]
        there = lite.timed("JUNITS", drugs, doses, None, None, None)["seconds"]
        here = _python(JUNITS, drugs, doses)
        print(f"| `JUNITS` over {rows:,} rows | {there:.2f} | CPython {here:.3f}: {there / here:.1f} x |")
    for rows in ROWS:
        table = the_orders(rows)
        there = lite.timed("CLAIM_GRID", table, *[None] * 5)["seconds"]
        here = _python(CLAIM_GRID, table)
        lines = len(CLAIM_GRID(table)) - 1
        print(
            f"| `CLAIM_GRID`, {rows:,} orders, {lines:,} lines | {there:.2f} | CPython {here:.3f}: "
            f"{there / here:.1f} x |"
        )


if __name__ == "__main__":
    main()
