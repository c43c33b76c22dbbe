"""The care of a line: on which days it has a per diem, beside or in place of the therapies that are given through it.

HCPCS has S5502 for a device that is not in use, and the others without a word of other therapies; OAR 410-148-0300 of
Oregon pays them alone, or on days that no other per diem covers, BCBS Michigan (Record June 2016) in a hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from xl_infusion.claim.counted_days import CountedDays, Run, joined, within, without
from xl_infusion.claim.order import Order
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import CATHETER_CARE
from xl_infusion.reference.rows import LINE_CARE, THROUGH_LINE


def is_care(order: Order) -> bool:
    """True for an order of the care of a line."""
    return order.rx.therapy is not None and order.rx.therapy.line == LINE_CARE


def through_line(orders: Iterable[Order], days: CountedDays, visited: Collection[int] = ()) -> Iterator[Run]:
    """The days on which some orders have a per diem of a therapy that is given through a line."""
    for order in orders:
        if order.rx.therapy is not None and order.rx.therapy.line == THROUGH_LINE and not order.inside:
            yield from days.per_diem(order, visited)


class LineCare:
    """The days of the orders of one patient, of those of the care of a line as the payer pays it."""

    def __init__(
        self,
        terms: Terms,
        days: CountedDays,
        orders: Sequence[Order],
        visited: Collection[int],
        elsewhere: Sequence[Run],
    ) -> None:
        self.terms = terms
        self._days = days
        self._therapies: tuple[Run, ...] = ()
        self._holds: tuple[Run, ...] = ()
        if any(map(is_care, orders)):
            self._therapies = joined((*through_line(orders, days, visited), *elsewhere))
            self._holds = joined(run for order in orders if not is_care(order) for run in order.paused)

    def days(self, order: Order, visited: Collection[int]) -> Iterable[Run]:
        """The days on which an order has a per diem."""
        if not is_care(order):
            return self._days.per_diem(order, visited)
        _, beside, in_hold, never = CATHETER_CARE
        when = self.terms.catheter_care
        if when == never:
            return ()
        days = self._days.per_diem(order, visited)
        if when == in_hold:
            own = days
            days = [run for first, last in self._holds for run in within(own, first, self._longest(first, last))]
        return days if when == beside else without(days, self._therapies)

    def _longest(self, first: int, last: int) -> int:
        """The last day of a hold on which the care of its line is paid."""
        return last if self.terms.care_days is None else min(last, first + self.terms.care_days - 1)
