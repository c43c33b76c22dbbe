"""Holds: the days on which a patient's therapies pause, in hospital or at home, and what a payer pays of them.

A hold is no end of a therapy (NHIA's public pages); no payer's text says what the days of admission and discharge are,
so that they are terms. What is not given is not billed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xl_infusion.claim.columns import HOLDS
from xl_infusion.claim.counted_days import Run, joined
from xl_infusion.claim.inputs import Memory, Readings, Row, choice, good, patient_of, text
from xl_infusion.claim.line_care import is_care
from xl_infusion.claim.order import Order
from xl_infusion.claim.spans import LAST
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import DECEASED, HELD, HOLD_REASONS
from xl_infusion.errors import BillingError, OutOfRange, WrongInput, table_row
from xl_infusion.rules import day as day_rule


@dataclass(frozen=True, slots=True)
class Hold:
    """One row of Holds: whose, from which through which day (ordinals), why, of which order ("" all of them).

    ``patient`` is "" where it cannot be read, and the row may then be anybody's.
    """

    at: int
    patient: str
    first: int
    last: int
    reason: str
    order: str
    problem: BillingError | None

    def is_of(self, order: Order) -> bool:
        """True where it holds an order."""
        return self.patient in ("", order.patient) and self.order in ("", order.label.casefold())

    def days(self, terms: Terms) -> Run:
        """The days that are not billed, as a payer counts those of admission and discharge."""
        ends = self.last < LAST and self.reason != DECEASED
        return self.first + terms.admission_day, self.last - (ends and terms.discharge_day)


class Holds:
    """The Holds table."""

    def __init__(self, rows: Sequence[tuple[int, Row]]) -> None:
        memory = Memory()
        self.all = [_read(memory, at, row) for at, row in rows]
        self._of: dict[str, list[Hold]] = defaultdict(list)
        for hold in self.all:
            self._of[hold.patient].append(hold)

    def of(self, order: Order) -> list[Hold]:
        """The holds of an order; a row whose patient cannot be read may be anybody's."""
        return [hold for hold in (*self._of.get(order.patient, ()), *self._of.get("", ())) if hold.is_of(order)]

    def of_all(self, patient: str) -> Iterator[Hold]:
        """The holds of all orders of a patient, whatever the reason."""
        for hold in self._of.get(patient, ()):
            if hold.problem is None and not hold.order:
                yield hold

    def pause(self, orders: Iterable[Order], terms: Terms) -> None:
        """Says to orders of one payer which of their days are on hold; a row that cannot be read fails its orders."""
        for order in orders if self.all else ():
            holds = self.of(order)
            problem = next((hold.problem for hold in holds if hold.problem is not None), None)
            if problem is not None:
                order.fails(problem)
            elif order.dated:
                _pause(order, holds, terms)


def _pause(order: Order, holds: Iterable[Hold], terms: Terms) -> None:
    paused, unpaid = [], []
    for hold in holds:
        first, last = hold.days(terms)
        first, last = max(first, order.first), min(last, order.last)
        if first > last or (hold.reason == HELD and not hold.order and is_care(order)):
            continue  # who is at home has the line cared for while the therapy is held
        paused.append((first, last))
        if hold.reason != HELD or not terms.while_held:
            unpaid.append((first, last))
    order.paused, order.unpaid = joined(paused), joined(unpaid)


def _read(memory: Memory, at: int, row: Row) -> Hold:
    cells = Readings(memory)
    patient = cells.known("", patient_of, row.get("Patient"))
    reason = cells.known(HOLD_REASONS[0], _reason, row.get("Reason"))
    order = cells.known("", _order, row.get("Order"))
    first, last = cells.known((1, LAST), _days, row.get("From"), row.get("To"), reason)
    problem = cells.problem
    return Hold(at, patient, first, last, reason, order, problem and problem.at(table_row(HOLDS.name, at)))


def _reason(value: object) -> str:
    return choice(HOLDS["Reason"], value) or HOLD_REASONS[0]


def _order(value: object) -> str:
    return text(good(value, "Order"), "Order").casefold()


def _days(since: object, through: object, reason: str) -> Run:
    """The days of a hold, of one that died to the end of all days."""
    first = day_rule.parse(good(since, "From"), "From").toordinal()
    if good(through, "To") is None:
        if reason != DECEASED:
            raise WrongInput("To is blank: type the day of discharge, or the last day of the hold")
        return first, LAST
    last = day_rule.parse(through, "To").toordinal()
    if last < first:
        raise OutOfRange("To is before From")
    return first, LAST if reason == DECEASED else last
