"""What the benchmarks of the hosts share: the orders, and the three times that stand beside each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from benchmarks.orders import orders

SIZE = 10_000


@dataclass(frozen=True, slots=True)
class Seconds:
    """One turn of a host.

    ``engine``: CLAIM_GRID alone, in the Python that the host has; ``conversion``: a function that takes the same
    cells and gives the same cells and does nothing, through the host alone, as a user of it would write one;
    ``host``: CLAIM_GRID in the host.
    """

    engine: float
    conversion: float
    host: float

    @property
    def ratio(self) -> float:
        """The host's time as a multiple of the other two together."""
        return self.host / (self.engine + self.conversion)


class Host(Protocol):
    """A host that is running."""

    name: str

    def turn(self) -> Seconds:
        """Measures once; every call without the claims that another one left."""


def the_orders(size: int = SIZE) -> list[list[object]]:
    """The orders that every host is given, as Python has them."""
    return orders(size, size // 20)


def as_numbers(rows: list[list[object]]) -> list[list[object]]:
    """The same with days as the numbers that cells hold."""
    return [[(cell - _DAY_ZERO).days if isinstance(cell, dt.date) else cell for cell in row] for row in rows]


_DAY_ZERO = dt.date(1899, 12, 30)
