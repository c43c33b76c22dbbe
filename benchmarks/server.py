"""What the functions cost in xlwings Server: `python -m benchmarks.server` asks a real one over HTTP.

Only where XLWINGS_LICENSE_KEY is set. The server has a Python of its own, in which the steps of its README were taken,
and runs in one process. The times are from the request to the last byte of the answer; what Excel does with the cells
before and behind them is in none. Medians of a few turns, each:
- the engine: CLAIM_GRID alone, in the server's Python;
- the conversion: a function as a user would write it, which takes the same cells, gives the same cells and does
  nothing, through the same server; and beside it JSON alone, the request read and the answer written;
- the grid, no claims kept.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.turns import SIZE, Seconds, as_numbers, the_orders
from tests.hosts.lite.pyodide import LICENSED
from tests.hosts.server import running as server
from xl_infusion import CLAIM_GRID
from xl_infusion.hosts.server.project import FUNCTIONS_FILE, SERVER
from xl_infusion.hosts.server.workbook import write_server

RUNS = 7
ROWS = (1_000, SIZE)
#: Not imported here: what it publishes depends on where it is.
_PLAIN = Path(__file__).with_name("plain.py")


class Server:
    """A running server with our functions, and behind their line those that a user would write."""

    name = f"xlwings Server {SERVER} over HTTP"

    def __init__(self, running: server.Server, rows: list[list[object]]) -> None:
        self._running, self._rows = running, as_numbers(rows)
        self._units = [row[9] for row in CLAIM_GRID(rows)]
        self.json = 0.0

    def turn(self) -> Seconds:
        """The three times; ``json`` then has those of JSON alone, for the same cells."""
        engine = self._running.call("ENGINE_SECONDS", self._rows)[0][0]
        assert isinstance(engine, float)
        conversion, _, same = self._asked("SAME_CELLS")
        host, sent, answer = self._asked("CLAIM_GRID", *[None] * 5)
        rows = json.loads(answer)["result"]
        assert [row[9] for row in rows] == [row[9] for row in json.loads(same)["result"]] == self._units
        self.json = timed(json.loads, sent) + timed(json.dumps, {"result": rows})
        return Seconds(engine=engine, conversion=conversion, host=host)

    def _asked(self, function: str, *rest: None) -> tuple[float, bytes, bytes]:
        body = self._running.body(function, self._rows, *rest)
        began = time.perf_counter()
        answer = self._running.sent(body)
        return time.perf_counter() - began, body, answer


@contextlib.contextmanager
def running() -> Iterator[server.Server]:
    """A server from a folder of its own, with the plain functions, for the length of the block."""
    if not LICENSED:
        sys.exit("XLWINGS_LICENSE_KEY is not set: xlwings Server asks for a licence key")
    with tempfile.TemporaryDirectory() as name:
        project, python = Path(name, "project"), Path(name, "python")
        write_server(project, workbook=False)
        with (project / FUNCTIONS_FILE).open("a") as file:
            file.write(_PLAIN.read_text("utf-8"))
        python.mkdir()
        with server.running(project, server.python(python, project)) as found:
            yield found


@contextlib.contextmanager
def in_server(rows: list[list[object]]) -> Iterator[Server]:
    """The host to be measured, for the length of the block."""
    with running() as found:
        yield Server(found, rows)


def timed(function: object, *arguments: object) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    function(*arguments)  # type: ignore[operator]
    return time.perf_counter() - began


def main() -> None:
    """Measures and prints the table."""
    with running() as found:
        print("| what | seconds | |\n|---|---:|---|")
        one = [timed(found.call, "JUNITS", "meropenem", f"{n} mg", None, None, None) for n in range(1, 201)]
        print(f"| one call of `JUNITS`, one cell | {statistics.median(one):.4f} | |")
        for size in ROWS:
            rows = the_orders(size)
            host = Server(found, rows)
            host.turn()
            turns, texts = [], []
            for _ in range(RUNS):
                turns.append(host.turn())
                texts.append(host.json)
            engine, conversion, whole, ratio = (
                statistics.median(getattr(turn, what) for turn in turns)
                for what in ("engine", "conversion", "host", "ratio")
            )
            text = statistics.median(texts)
            print(
                f"| `CLAIM_GRID`, {size:,} orders, {len(CLAIM_GRID(rows)) - 1:,} lines | {whole:.2f} "
                f"| engine {engine:.2f}, the same cells through a plain function {conversion:.2f}: {ratio:.1f} x both; "
                f"JSON of the same cells alone {text:.2f}: {whole / (engine + text):.1f} x engine and JSON |"
            )


if __name__ == "__main__":
    main()
