"""Visits of nurses, read out of the rows of their table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.columns import VISITS
from xl_infusion.claim.inputs import Memory, Row, choice, good, patient_of, payer_of, place_of_service
from xl_infusion.errors import BillingError, WrongInput
from xl_infusion.reference import Reference
from xl_infusion.rules import clock
from xl_infusion.rules import day as day_rule
from xl_infusion.rules import visit as visit_rule
from xl_infusion.rules.number import plain


@dataclass(slots=True, eq=False)
class Visit:
    """One nurse's visit; ``day`` is an ordinal, 0 where the date cannot be read; ``at`` its row in the table.

    ``ours``: False for the visit of a home health agency, which bills it itself. ``order``: what puts it before
    another visit of its day: the time it began, and where that is not known the longer one first.
    """

    at: int
    patient: str
    payer: str
    day: int
    minutes: Decimal | BillingError
    place: str
    ours: bool
    special: bool
    problem: BillingError | None
    order: tuple[Decimal, Decimal, str, bool]

    @property
    def failure(self) -> BillingError | None:
        """Why the visit cannot be billed."""
        return self.problem or (self.minutes if isinstance(self.minutes, BillingError) else None)


class VisitReader(Memory):
    """Reads the rows of Visits with one reference."""

    def __init__(self, reference: Reference) -> None:
        super().__init__()
        self.reference = reference

    def visit(self, at: int, row: Row) -> Visit:
        """One row of Visits."""
        problem: BillingError | None = None
        patient, payer, place, day, ours, special = "", "", "", 0, True, False
        try:
            patient = patient_of(row.get("Patient"))
            payer = payer_of(row.get("Payer"))
            place = place_of_service(self.reference, row.get("Place"), "Place")
            day = day_rule.parse(good(row.get("Date"), "Date"), "Date").toordinal()
            ours = choice(VISITS["Nurse"], row.get("Nurse")) in ("", VISITS["Nurse"].choices[0])
            special = choice(VISITS["Special training"], row.get("Special training")) == "yes"
        except BillingError as error:
            problem = error
        cells = [row.get(column) for column in ("Minutes", "Start time", "End time")]
        minutes = self.read(_minutes, *cells)
        length = minutes if isinstance(minutes, Decimal) else Decimal(0)
        start = self.read(_since_midnight, cells[1])
        order = (start if isinstance(start, Decimal) else Decimal(0), -length, place, special)
        return Visit(at, patient, payer, day, minutes, place, ours, special, problem, order)


def _since_midnight(start: object) -> Decimal:
    """The minute of the day at which a visit began; 0 where it is not known."""
    return Decimal(0) if start is None else clock.minutes_between(dt.time(0), good(start, "Start time"))


def _minutes(minutes: object, start: object, end: object) -> Decimal:
    """The length of a visit: its minutes, or from its start to its end; both only where they agree."""
    start, end = good(start, "Start time"), good(end, "End time")
    if start is None and end is None:
        return visit_rule.minutes(good(minutes, "Minutes"))
    if start is None or end is None:
        raise WrongInput("Start time and End time go together: give both, or Minutes")
    length = clock.minutes_between(start, end)
    if minutes is not None and visit_rule.minutes(good(minutes, "Minutes")) != length:
        raise WrongInput(f"Minutes and times differ: from start to end it is {plain(length)} minutes; give one of them")
    return length
