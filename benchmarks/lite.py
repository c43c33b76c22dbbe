"""What the functions cost in xlwings Lite: `python -m benchmarks.lite` runs main.py in Pyodide, beside CPython.

It needs node and npm (the packages in tests/hosts/lite) and fetches xlwings' wheel from PyPI. Where
XLWINGS_LICENSE_KEY is set, calls go through xlwings' own half of Office.js; else the functions are called as main.py
publishes them.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.orders import orders
from tests.hosts.pyodide import LICENSED, VERSIONS, Pyodide, packages, wheel
from xl_infusion import CLAIM_GRID, JUNITS
from xl_infusion.hosts.single_file import REQUIREMENTS, single_file

ROWS = (1_000, 10_000)


def _python(function: object, *arguments: object) -> float:
    began = time.perf_counter()
    function(*arguments)  # type: ignore[operator]
    return time.perf_counter() - began


def main() -> None:
    """Measures and prints the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.py").write_text(single_file().text, encoding="utf-8")
        (folder / "requirements.txt").write_text(REQUIREMENTS)
        (folder / "node").mkdir()
        node, xlwings = packages(folder / "node"), wheel(folder / "requirements.txt", folder)
        print(f"calls go through {'xlwings' if LICENSED else 'the published functions'}\n")
        print("| what | seconds | |\n|---|---:|---|")
        size = (folder / "main.py").stat().st_size
        for version in VERSIONS:
            started = []
            for _ in range(3):
                with Pyodide(node, version, folder / "main.py", xlwings, LICENSED) as lite:
                    started.append(lite.about["seconds"])
            python = f"Python {lite.about['python']}"
            for part, what in (
                ("pyodide", f"{version}: start"), ("xlwings", "unpack and import xlwings"),
                ("main", f"import main.py ({size / 1000:.0f} kB)"),
            ):  # fmt: skip
                print(f"| {what} | {statistics.median(one[part] for one in started):.2f} | {python} |")
            with Pyodide(node, version, folder / "main.py", xlwings, LICENSED) as lite:
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
                    table = orders(rows, rows // 3)
                    there = lite.timed("CLAIM_GRID", table, *[None] * 5)["seconds"]
                    here = _python(CLAIM_GRID, table)
                    lines = len(CLAIM_GRID(table)) - 1
                    print(
                        f"| `CLAIM_GRID`, {rows:,} orders, {lines:,} lines | {there:.2f} "
                        f"| CPython {here:.3f}: {there / here:.1f} x |"
                    )


if __name__ == "__main__":
    main()
