"""No pattern over a workbook's parts looks at a text again and again: twice the text, twice the work."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from xl_infusion.spreadsheet.formula import addin_names
from xl_infusion.spreadsheet.xlsx import patch, plain
from xl_infusion.workbook import growth

#: What a pattern finds in a text of n signs that it almost fits, everywhere and nowhere.
LOOKED_FOR: dict[str, Callable[[int], object]] = {
    "attributes": lambda n: plain._ATTR.findall(b"a" * n),
    "a cell's mark": lambda n: patch._CELL_META.sub(b"", b" " * n + b"c"),
    "a cell's look": lambda n: patch._STYLE.sub(b"", b" " * n + b"s"),
    "a row's span": lambda n: patch._SPANS.sub(b"", b" " * n + b"s"),
    "the file of a link": lambda n: addin_names._FILE.search("a" * n),
    "a range": lambda n: list(growth._RANGE.finditer("a" * n)),
}


@pytest.mark.parametrize("what", LOOKED_FOR)
def test_twice_the_text_is_twice_the_work(what: str) -> None:
    """Eight times the text, in one run: linear is 8 times the work, quadratic 64."""
    look = LOOKED_FOR[what]
    small, large = (min(_work(look, n) for _ in range(5)) for n in (2_000, 16_000))
    assert large < 30 * max(small, 20_000)


def _work(look: Callable[[int], object], n: int) -> int:
    """Processor time in nanoseconds."""
    before = time.process_time_ns()
    look(n)
    return time.process_time_ns() - before
