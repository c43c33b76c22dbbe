"""xlwings' COM server as a host to be measured: its own Windows half, over the stand-ins of the tests.

What pywin32 and Excel do with the cells before and behind it is not in any of the times: neither is here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from benchmarks.turns import Seconds
from tests.hosts.standins import pywin32
from tests.hosts.standins.excel import Book, Range
from tests.hosts.standins.variants import MISSING, to_python
from xl_infusion import CLAIM_GRID
from xl_infusion.functions.kept import forget
from xl_infusion.hosts.publishing import given

_LEFT_OUT = [to_python(MISSING)] * 5


class Held(Range):
    """A range of cells that came over COM already."""

    Value: Any = None


class ExcelOverCom:
    """`CallUDF` of xlwings' COM server, as the wrappers in VBA call it."""

    name = "xlwings over COM: CallUDF (stand-ins for pywin32 and Excel)"

    def __init__(self, rows: list[list[object]]) -> None:
        from xlwings.com_server import XLPython

        from benchmarks import plain

        self._rows = rows
        plain.KEPT[:] = given(CLAIM_GRID(rows))
        self._server = XLPython()
        self._book = Book()
        self._book.sheet.put("A1", rows)
        self._orders = Held(self._book.sheet, 1, 1, len(rows), len(rows[0]))
        self._orders.Value = Range(self._book.sheet, 1, 1, len(rows), len(rows[0])).Value

    def turn(self) -> Seconds:
        """The three times."""
        found = {}
        for what, call in (
            ("engine", lambda: CLAIM_GRID(self._rows)),
            ("conversion", lambda: self._call("benchmarks.plain", "SAME_CELLS")),
            ("host", lambda: self._call("xl_infusion.hosts.excel", "CLAIM_GRID", *_LEFT_OUT)),
        ):
            found[what], rows = timed(call)
            assert len(rows) == self._lines(rows)
        return Seconds(**found)

    def _call(self, module: str, function: str, *rest: object) -> Any:
        return self._server.CallUDF(module, function, (self._orders, *rest), self._book, self._book.sheet.at("K1"))

    def _lines(self, rows: Any) -> int:
        from benchmarks import plain

        assert [row[9] for row in rows] == [row[9] for row in plain.KEPT], "not the units of the grid"
        return len(plain.KEPT)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of a call that finds no claims of another one, and its result."""
    forget()
    start = perf_counter()
    result = call()
    return perf_counter() - start, result


@contextlib.contextmanager
def over_com(rows: list[list[object]]) -> Iterator[ExcelOverCom]:
    """xlwings as Windows has it, for the length of the block."""
    with pywin32.windows():
        yield ExcelOverCom(rows)
