"""Visits of nurses, read out of the rows of their table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.columns import VISITS
from xl_infusion.claim.inputs import (
    Memory,
    Readings,
    Row,
    choice,
    good,
    patient_of,
    payer_of,
    place_of_service,
    with_problem,
)
from xl_infusion.claim.modifiers import ON_VISIT, typed
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
    another visit of its day: the time it began, and where that is not known the longer one first; the rest only
    makes sure that the place of a row in the table never matters. ``problem`` is the first of its ``problems``.
    """

    at: int
    patient: str
    payer: str
    day: int
    minutes: Decimal | BillingError
    place: str
    ours: bool
    special: bool
    modifiers: tuple[str, ...]
    problem: BillingError | None
    problems: tuple[BillingError, ...]
    order: tuple[Decimal, Decimal, str, bool, str, tuple[str, ...]]

    @property
    def failure(self) -> BillingError | None:
        """Why the visit cannot be billed."""
        return self.problem or (self.minutes if isinstance(self.minutes, BillingError) else None)

    def fails(self, problem: BillingError) -> None:
        """The visit cannot be billed for that, beside what is wrong with it already."""
        self.problem, self.problems = self.problem or problem, with_problem(self.problems, problem)


class VisitReader(Memory):
    """Reads the rows of Visits with one reference."""

    def __init__(self, reference: Reference) -> None:
        super().__init__()
        self.reference = reference

    def visit(self, at: int, row: Row) -> Visit:
        """One row of Visits."""
        cells = Readings(self)
        patient = cells.known("", patient_of, row.get("Patient"))
        payer = cells.known("", payer_of, row.get("Payer"))
        place = cells.known("", self._place, row.get("Place"))
        day = cells.known(0, _day, row.get("Date"))
        ours = cells.known(True, _ours, row.get("Nurse"))
        special = cells.known(False, _special, row.get("Special training"))
        none: tuple[str, ...] = ()
        modifiers = cells.known(none, self._modifiers, row.get("Modifiers"))
        minutes = self.read(_minutes, *map(row.get, ("Minutes", "Start time", "End time")))
        length = minutes if isinstance(minutes, Decimal) else Decimal(0)
        start = self.read(_since_midnight, row.get("Start time"))
        wrong = cells.problem or (minutes if isinstance(minutes, BillingError) else "")
        order = (start if isinstance(start, Decimal) else Decimal(0), -length, place, special, str(wrong), modifiers)
        return Visit(
            at,
            patient,
            payer,
            day,
            minutes,
            place,
            ours,
            special,
            modifiers,
            cells.problem,
            tuple(cells.problems),
            order,
        )

    def _place(self, value: object) -> str:
        return place_of_service(self.reference, value, "Place")

    def _modifiers(self, value: object) -> tuple[str, ...]:
        return typed(self.reference, value, (ON_VISIT,))


def _day(value: object) -> int:
    return day_rule.parse(good(value, "Date"), "Date").toordinal()


def _ours(value: object) -> bool:
    return choice(VISITS["Nurse"], value) in ("", VISITS["Nurse"].choices[0])


def _special(value: object) -> bool:
    return choice(VISITS["Special training"], value) == "yes"


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
