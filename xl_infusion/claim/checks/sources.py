"""The orders and visits behind lines of a claim, each with the days of all its lines."""

from __future__ import annotations

from collections.abc import Iterable

from xl_infusion.claim.lines import Line
from xl_infusion.claim.order import Order
from xl_infusion.claim.visits import Visit


def by_source(lines: Iterable[Line]) -> dict[Order | Visit, tuple[Line, int, int]]:
    """The first line of each order and visit, with the first and the last day of all its lines."""
    found: dict[Order | Visit, tuple[Line, int, int]] = {}
    for line in lines:
        known, first, last = found.get(line.source, (line, line.first, line.last))
        found[line.source] = (known, min(first, line.first), max(last, line.last))
    return found
