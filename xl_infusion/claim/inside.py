"""Orders inside the per diem of another one: further vials or NDCs of its dose, its premedication, a second drug of its
bag, the evening dose of its morning one.

Orders says it in Per diem with. Such an order takes no rank and has no per diem of its own; its drug lines follow those
of the order that leads. HCPCS has one per diem for a therapy on a day: it is the therapy's, not a vial's or a row's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from xl_infusion.claim.counted_days import Run, joined, without
from xl_infusion.claim.order import Order
from xl_infusion.claim.words import NO_PER_DIEM
from xl_infusion.errors import BillingError, WrongInput, brief, table_row
from xl_infusion.reference import DrugName


class Member(NamedTuple):
    """An order of a claim, and whose claim that is: two orders are in one where these are equal."""

    order: Order
    claim: object


def settle(members: Iterable[Member]) -> None:
    """Finds the orders that lead each one which names another; one that cannot be found is that row's error.

    An order that is inside one which is itself inside another is inside the outermost. Where several rows have the
    number that is named, each leads on its days.
    """
    members = list(members)
    for one in members:
        one.order.leads = one.order.covers = ()
    named: dict[str, list[Member]] = defaultdict(list)
    for one in members:
        if one.order.label:
            named[one.order.label.casefold()].append(one)
    found: dict[Order, tuple[Order, ...] | BillingError] = {}
    for one in members:
        if one.order.inside not in ("", NO_PER_DIEM):
            found[one.order] = _named_by(one, named.get(one.order.inside.casefold(), ()))
    for order in found:
        leads = _outermost(order, found)
        if isinstance(leads, BillingError):
            order.fails(leads)
        else:
            order.leads = leads
            for lead in leads:
                lead.covers += (order,)


def _named_by(one: Member, candidates: Sequence[Member]) -> tuple[Order, ...] | BillingError:
    """The orders that Per diem with names, of the same patient and payer."""
    order = one.order
    others = [other for other in candidates if other.order is not order]
    mine = [other.order for other in others if other.claim is one.claim]
    if mine := [other for other in mine if not other.inside] or mine:  # further rows of one number lead nothing
        return tuple(sorted(mine, key=lambda lead: (not lead.first <= order.first <= lead.last, lead.first, lead.at)))
    return _not_found(order, [other.order for other in others], bool(candidates))


def _not_found(order: Order, others: Sequence[Order], itself: bool) -> BillingError:
    """Why no order leads one; ``others``: those of that number elsewhere, ``itself``: it is among them."""
    said = f"Per diem with {brief(order.inside)}"
    if itself and not others:
        return WrongInput(f"{said} is the order itself: name the one whose per diem covers it, or leave it blank")
    if any(other.patient == order.patient for other in others):
        return WrongInput(f"{said}: that order goes to another payer, and a per diem covers orders of one claim alone")
    if others:
        return WrongInput(f"{said}: that order is of another patient: name one of this patient, or leave it blank")
    return WrongInput(f"{said}: no order has that number: name one of this patient, {NO_PER_DIEM}, or leave it blank")


def _outermost(
    order: Order, found: Mapping[Order, tuple[Order, ...] | BillingError]
) -> tuple[Order, ...] | BillingError:
    """The orders at the end of those that are inside one another."""
    seen, leads = {order}, found[order]
    while not isinstance(leads, BillingError) and leads[0] in found:
        if leads[0] in seen:
            where = table_row("Orders", leads[0].at)
            return WrongInput(f"Per diem with goes in a circle, over {where}: leave it blank in the order that leads")
        seen.add(leads[0])
        leads = found[leads[0]]
    if not isinstance(leads, BillingError) and leads[0].inside == NO_PER_DIEM:
        return WrongInput(f"Per diem with {brief(order.inside)}: that order has no per diem itself")
    return leads


def cut_by(orders: Iterable[Order], first: int, last: int) -> list[Run]:
    """Days from ``first`` through ``last``, cut where one of some orders begins, pauses, goes on or has ended."""
    given = (run for order in orders for run in without([(order.first, order.last)], order.paused))
    turns = {day for start, end in given for day in (start, end + 1) if first < day <= last}
    starts = [first, *sorted(turns)]
    return [*zip(starts, [*(day - 1 for day in starts[1:]), last], strict=True)]


def gaps(order: Order) -> Sequence[Run]:
    """The days of an order on which none of those runs whose per diem covers it, or a hold keeps it from being paid."""
    covered = (run for lead in order.leads for run in without([(lead.first, lead.last)], lead.unpaid))
    return without([(order.first, order.last)], joined(covered))


def drug_of(order: Order) -> str:
    """What makes two orders of one drug: its name without the product, or its code."""
    drug = order.rx.drug
    return drug.drug if isinstance(drug, DrugName) else drug or ""


def same_dose(order: Order) -> list[Order]:
    """The orders that are one dose together with an order, itself among them: of its drug, at its time of the day."""
    lead = order.lead or order
    drug, time = drug_of(order), time_of(order)
    covers = sorted(lead.covers, key=lambda one: (one.key, one.at))
    found = [one for one in (lead, *covers) if drug_of(one) == drug != "" and _same_time(lead, time, one)]
    return found if order in found else [order]


def _same_time(lead: Order, time: str, other: Order) -> bool:
    """True where two orders are at one time of the day; one that names none is at that of the order that leads."""
    return (time or time_of(lead)) == (time_of(other) or time_of(lead))


def adds_doses(order: Order, lead: Order) -> bool:
    """True where an order has doses of its lead's drug at another time of the day, each of which counts."""
    times = {time_of(order), time_of(lead)}
    return drug_of(order) == drug_of(lead) != "" and "" not in times and len(times) == 2


def added_to(order: Order) -> list[Order]:
    """The orders inside an order that add doses to it at other times of the day, on some of their days."""
    return [one for one in order.covers if one.problem is None and adds_doses(one, order)]


def added_on(order: Order, day: int) -> list[Order]:
    """Those that add doses on a day: the ones that are given. A per diem that a hold lets go on goes on as it is."""
    goes_on = not order.given_on(day)
    return [one for one in added_to(order) if one.given_on(day) or (goes_on and one.first <= day <= one.last)]


def time_of(order: Order) -> str:
    """The time of day that an order's Interval names, "" where it names none."""
    return order.rx.interval.at if order.rx.interval is not None else ""
