"""A check of a claim: what it calls its finding, how grave it is, what to do about it, and how it finds it.

All of a check stands where `check` declares it, above the function that finds; `CHECKS` has every one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from xl_infusion.claim.column import Table
from xl_infusion.claim.columns import ORDERS, TABLES, VISITS
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.order import Order
from xl_infusion.claim.provider import Provider
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import BillingError

T = TypeVar("T")
#: Cells of a row, each with its column.
Cells = tuple[tuple[str, str], ...]

#: An error: the claim would be denied, or its money is wrong. A warning: somebody should look.
ERROR, WARNING = "error", "warning"

_SHEETS = {table.name: at for at, table in enumerate(TABLES)}


class Wrong(NamedTuple):
    """One thing that is wrong: where (a sheet and its row, an order, the days as ordinals or 0), and what.

    ``cause``: what is wrong without what is this row's alone, "" where ``what`` has nothing of the kind: by it findings
    are joined. ``offer``: what is known of a row of Own codes that would mend it.
    """

    sheet: str
    row: int
    order: object
    first: int
    last: int
    what: str
    cause: str = ""
    offer: Cells = ()


def wrong_at(source: Order | Visit, first: int, last: int, what: str, cause: str = "") -> Wrong:
    """Something wrong with an order or a visit on some days."""
    if isinstance(source, Order):
        return Wrong(ORDERS.name, source.at, source.number, first, last, what, cause)
    return Wrong(VISITS.name, source.at, "", first, last, what, cause)


def wrong_order(order: Order, what: str) -> Wrong:
    """Something wrong with an order on all its days."""
    return wrong_at(order, order.first, order.last, what)


def wrong_visit(visit: Visit, what: str, cause: str = "") -> Wrong:
    """Something wrong with a visit on its day."""
    return wrong_at(visit, visit.day, visit.day, what, cause)


def wrong_row(table: Table, row: int, what: object) -> Wrong:
    """Something wrong with a row of a table, whatever the day."""
    return Wrong(table.name, row, "", 0, 0, str(what))


@dataclass(slots=True)
class Checked:
    """What checks look at: the tables read, the claims that they come to, who bills them.

    ``unread``: tables (by name) that cannot be read and are left out, and why.
    """

    work: Work
    claims: list[Claim]
    provider: Provider
    unread: Mapping[str, BillingError] = field(default_factory=dict)
    _known: dict[Callable[[Checked], Any], Any] = field(default_factory=dict)

    def once(self, work_out: Callable[[Checked], T]) -> T:
        """What a function makes of all this, worked out once: for what several checks look at."""
        if work_out not in self._known:
            self._known[work_out] = work_out(self)
        found: T = self._known[work_out]
        return found


#: How a check finds: what is wrong, never stopping at the first, and never raising.
Find = Callable[[Checked], Iterator[Wrong]]


@dataclass(frozen=True, slots=True)
class Check:
    """A check, by what its finding is called (``kind``).

    ``remedy``: what to do; ``needs``: the tables without which it cannot be said, since their rows would decide it;
    ``family``: the module that declares it.
    """

    kind: str
    severity: str
    remedy: str
    needs: tuple[Table, ...]
    find: Find

    @property
    def family(self) -> str:
        """The module that declares it."""
        return self.find.__module__

    def findings(self, checked: Checked) -> Iterator[Finding]:
        """What it finds, unless a table is unread that it needs."""
        if not any(table.name in checked.unread for table in self.needs):
            for wrong in self.find(checked):
                yield Finding(self.kind, *wrong)


#: Every check by its kind, family by family (`xl_infusion.claim.checks` imports them all).
CHECKS: dict[str, Check] = {}


def check(kind: str, severity: str, remedy: str, needs: tuple[Table, ...] = ()) -> Callable[[Find], Find]:
    """Declares the check that the decorated function finds. Errors: ValueError for a kind that is there already."""

    def declare(find: Find) -> Find:
        if kind in CHECKS:
            raise ValueError(f"two checks are called {kind!r}: in {CHECKS[kind].family} and in {find.__module__}")
        CHECKS[kind] = Check(kind, severity, remedy, needs, find)
        return find

    return declare


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check finds: its kind, and a `Wrong`. ``count``: the rows that it tells of."""

    kind: str
    sheet: str
    row: int
    order: object
    first: int
    last: int
    what: str
    cause: str = ""
    offer: Cells = ()
    count: int = 1

    @property
    def severity(self) -> str:
        """`ERROR` or `WARNING`."""
        return CHECKS[self.kind].severity

    @property
    def place(self) -> tuple[object, ...]:
        """What it is sorted by: errors first, then by table, row and day."""
        return (self.severity, _SHEETS[self.sheet], self.row, self.first, self.last, self.kind, self.what)

    @property
    def remedy(self) -> str:
        """What to do."""
        return CHECKS[self.kind].remedy
