"""Orders inside the per diem of another one: what their rows leave open."""

from __future__ import annotations

from collections.abc import Iterator

from xl_infusion.claim.checks.check import WARNING, Checked, Wrong, check, wrong_at, wrong_order
from xl_infusion.claim.counted_days import within
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.inside import gaps, same_dose, time_of
from xl_infusion.claim.line_care import is_care
from xl_infusion.claim.order import Order
from xl_infusion.claim.spans import day_of
from xl_infusion.claim.words import NOT_OURS
from xl_infusion.errors import brief


@check(
    "one dose or two", WARNING,
    "Leave both as they are for one dose out of several vials; type AM and PM into Interval for two doses a day.",
)  # fmt: skip
def _untimed(checked: Checked) -> Iterator[Wrong]:
    for _, order, lead in _covered(checked):
        if order in same_dose(lead) and not (time_of(order) or time_of(lead) or order.rx.ndc):
            one = f"{order.rx.shown_drug} is one dose with that of order {brief(lead.label)}"
            yield wrong_order(order, f"{one}, for no time of day tells them apart")


@check(
    "outside the other's per diem", WARNING,
    "Mend the days of one of them, or leave Per diem with blank where it has a per diem of its own.",
)  # fmt: skip
def _beyond(checked: Checked) -> Iterator[Wrong]:
    for claim, order, lead in _covered(checked):
        days = checked.work.payer(claim.payer).maker.days.given(order)
        for first, last in gaps(order):
            for start, end in within(days, first, last):
                what = f"order {brief(lead.label)}, whose per diem covers it, does not run on {day_of(start)}"
                yield wrong_at(order, start, end, f"{what}: these days have no per diem")


@check(
    "nothing is billed", WARNING,
    "Mend the days of the order or of its hold; leave Per diem with blank where it has a per diem of its own; else the "
    "row may go.",
)  # fmt: skip
def _nothing(checked: Checked) -> Iterator[Wrong]:
    billed = {line.source for claim in checked.claims for line in claim.lines}
    for claim in checked.claims:
        for order in claim.orders:
            if order.problem is None and order not in billed and order.rx.dispensed != 0 and not _shares(claim, order):
                yield wrong_order(order, _why_not(order))


def _shares(claim: Claim, order: Order) -> bool:
    """True where a line of another order is the per diem of both: a second bag of TPN."""
    found = (one for one in claim.ranking.stretches if one.lead.rx.therapy is order.rx.therapy and not order.inside)
    return any(one.first <= order.last and order.first <= one.last for one in found)


def _why_not(order: Order) -> str:
    """Why an order that can be billed has no line."""
    if order.paused == ((order.first, order.last),):
        return "a hold has all of its days"
    if is_care(order):
        return "the contract pays no care of a line on these days: see Catheter care in Payers"
    if order.rx.drug is None or order.rx.supplier in NOT_OURS:
        return f"Per diem with is {brief(order.inside)}, and it has no drug of ours to bill"
    return "the units of its dose are on the lines of the other orders of that dose, or its drug is billed elsewhere"


def _covered(checked: Checked) -> Iterator[tuple[Claim, Order, Order]]:
    """The orders of each claim that can be billed inside another's per diem, with that one."""
    for claim in checked.claims:
        for order in claim.orders:
            if order.problem is None and order.lead is not None:
                yield claim, order, order.lead
