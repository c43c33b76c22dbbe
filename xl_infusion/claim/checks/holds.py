"""Holds: days of them that a biller has to look at, visits within them, and the care of a line beside a therapy."""

from __future__ import annotations

from collections.abc import Iterator

from xl_infusion.claim.checks.check import (
    ERROR,
    WARNING,
    Checked,
    Wrong,
    check,
    wrong_at,
    wrong_order,
    wrong_row,
    wrong_visit,
)
from xl_infusion.claim.columns import HOLDS
from xl_infusion.claim.counted_days import joined, within
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.holds import Hold
from xl_infusion.claim.line_care import is_care, through_line
from xl_infusion.claim.order import Order
from xl_infusion.claim.spans import LAST, day_of
from xl_infusion.claim.visits import Visit
from xl_infusion.claim.words import HELD
from xl_infusion.errors import table_row

#: The method of the care of a device that is not in use.
_IMPLANTED = "implanted"


@check("hold cannot be used", ERROR, "Mend the row of Holds: until then no order that it may be of is billed.")
def _unreadable(checked: Checked) -> Iterator[Wrong]:
    for hold in checked.work.holds.all:
        if hold.problem is not None:
            yield wrong_row(HOLDS, hold.at, hold.problem)


@check("hold of nobody", WARNING, "Mend Patient or Order of the row, or its days: it holds no day of an order.")
def _idle(checked: Checked) -> Iterator[Wrong]:
    orders = [order for claim in checked.claims for order in claim.orders if order.dated]
    for hold in checked.work.holds.all:
        if hold.problem is None and not any(_holds(hold, order) for order in orders):
            yield wrong_row(HOLDS, hold.at, f"no order of this patient runs on days from {day_of(hold.first)} on")


def _holds(hold: Hold, order: Order) -> bool:
    return hold.is_of(order) and hold.first <= order.last and hold.last >= order.first


@check("visit during a hold", ERROR, "Mend the day of the visit or of the hold: a nurse does not come on those days.")
def _visits(checked: Checked) -> Iterator[Wrong]:
    for visit in checked.work.visits:  # each once, whoever is billed for it and whoever denies it
        hold = _amid(checked, visit)
        if hold is not None:
            since = f"from {day_of(hold.first)}, {table_row(HOLDS.name, hold.at)}"
            yield wrong_visit(visit, f"the patient is on hold ({hold.reason}) {since}")


def _amid(checked: Checked, visit: Visit) -> Hold | None:
    """The hold in whose middle a visit of ours is, None where there is none; a visit may be on its ends."""
    found = (one for one in checked.work.holds.of_all(visit.patient) if one.first < visit.day < one.last)
    return next(found, None) if visit.ours else None


@check(
    "day of admission or discharge", WARNING,
    "Ask the payer whether these days are billed, and say it in Day of admission and Day of discharge.",
)  # fmt: skip
def _ends(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        for order in claim.dated:
            for hold in checked.work.holds.of(order):
                goes_on = hold.reason == HELD and claim.terms.while_held
                if days := [] if goes_on else [*_unsaid(hold, order, claim)]:
                    shown = " and ".join(str(day_of(day)) for day in days)
                    yield wrong_at(
                        order, days[0], days[-1], f"{shown}: not billed, for no term of the payer says that it is"
                    )


def _unsaid(hold: Hold, order: Order, claim: Claim) -> Iterator[int]:
    """The days of admission and discharge on which an order would run, and of which the payer's row says nothing."""
    said = claim.terms.stated
    if order.first <= hold.first <= order.last and "admission_day" not in said:
        yield hold.first
    ends = hold.last < LAST and hold.last > hold.first
    if ends and order.first <= hold.last <= order.last and "discharge_day" not in said:
        yield hold.last


@check(
    "catheter device not named",
    WARNING,
    "Type single lumen (S5498), double lumen (S5501) or port (S5502) as the therapy.",
)
def _devices(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        for order in claim.orders:
            if order.problem is None and is_care(order) and not order.rx.method:
                yield wrong_order(
                    order, "catheter care without its device is S5497; S5498, S5501 and S5502 are for one each"
                )


@check("device in use", ERROR, "End the care of the port on those days, or name the line that is cared for.")
def _in_use(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        cared = [order for order in claim.dated if is_care(order) and order.rx.method == _IMPLANTED]
        if cared:
            payer = checked.work.payer(claim.payer)
            days = joined((*through_line(claim.dated, payer.maker.days, claim.visited), *claim.line_days))
            for order in cared:
                for first, last in within(days, order.first, order.last):
                    what = "S5502 is for a device not in use, and a therapy is given through a line on these days"
                    yield wrong_at(order, first, last, what)
