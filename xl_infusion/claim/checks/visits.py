"""Visits: 99602 alone, too many hours, one typed twice, of no therapy, hardly of that length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from xl_infusion.claim.checks.check import ERROR, WARNING, Checked, Wrong, check, wrong_at, wrong_visit
from xl_infusion.claim.checks.payers import orders_of_patients
from xl_infusion.claim.columns import ORDERS
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.lines import VISIT, Line
from xl_infusion.claim.order import Order
from xl_infusion.claim.spans import day_of
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import brief, table_row
from xl_infusion.rules import visit as visit_rule
from xl_infusion.rules.number import plain


@check("99602 without 99601", ERROR, "Bill the day's first visit if your nurse made it, or ask the payer.")
def _further_alone(checked: Checked) -> Iterator[Wrong]:
    """99602 goes with a 99601 of its day; a visit of that day that fails is told as such."""
    what = f"{visit_rule.FURTHER} stands without {visit_rule.FIRST}: the day's first visit is not ours to bill"
    for claim in checked.claims:
        for day, lines in _of_days(claim).items():
            codes = [line.code for line in lines]
            readable = all(isinstance(code, str) for code in codes)
            if visit_rule.FURTHER in codes and visit_rule.FIRST not in codes and readable:
                yield wrong_at(lines[0].source, day, day, what)


@check(
    "same visit twice",
    WARNING,
    "Take one of the rows out; if both visits were made, give each its Start time and End time.",
)
def _twice(checked: Checked) -> Iterator[Wrong]:
    """Two rows of one day with the same times, or the same length and no times."""
    for claim in checked.claims:
        visits = sorted(
            (visit for visit in claim.visits if visit.ours and visit.failure is None),
            key=lambda visit: (visit.day, visit.order, visit.at),
        )
        for visit, other in pairwise(visits):
            if (visit.day, visit.order) == (other.day, other.order):
                yield wrong_visit(other, f"this visit is the same as that of {table_row('Visits', visit.at)}")


@check(
    "visit length unlikely",
    WARNING,
    "Compare AM and PM (an End time before Start time is on the next day), and Minutes: it counts no hours.",
)
def _length(checked: Checked) -> Iterator[Wrong]:
    limit = checked.work.reference.check_limit
    shortest, longest = limit("shortest visit"), limit("longest visit")
    usual = f"visits are mostly of {plain(shortest)} minutes to {plain(longest / 60)} hours"
    for visit in checked.work.visits:
        minutes = visit.minutes
        if not visit.ours or not isinstance(minutes, Decimal):
            continue
        if 1 <= minutes < shortest:  # others are an error
            yield wrong_visit(visit, f"the visit lasts {plain(minutes)} minutes, and {usual}")
        elif longest < minutes <= visit_rule.MOST_MINUTES:
            yield wrong_visit(visit, f"the visit lasts {_hours(minutes)} hours, and {usual}")


@check("visit without an order", WARNING, "Compare the Patient of the visit with those of Orders.", (ORDERS,))
def _without_order(checked: Checked) -> Iterator[Wrong]:
    of_patient = checked.once(orders_of_patients)
    for visit in _read(checked):
        # a visit that names no payer where others do is billed to nobody, which is told as that
        if visit.patient not in of_patient and (visit.payer or not checked.work.names_payers):
            yield wrong_visit(visit, "Orders has no order of the patient of this visit")


@check(
    "visit outside the therapy",
    WARNING,
    "Compare the Date with the days of the orders; else ask the payer whether it pays a visit without therapy.",
)
def _outside(checked: Checked) -> Iterator[Wrong]:
    """A visit on a day on which no order of the patient runs; days that cannot be read may be any."""
    of_patient = checked.once(orders_of_patients)
    for visit in _read(checked):
        orders, day = of_patient.get(visit.patient, []), visit.day
        unsure = not all(order.dated for order in orders)
        if not orders or unsure or any(order.first <= day <= order.last for order in orders):
            continue
        what = f"no order of the patient runs on {day_of(day)}: {', '.join(_around(orders, day))}"
        yield wrong_visit(visit, what, "no order of the patient runs on the day of the visit")


def _around(orders: Sequence[Order], day: int) -> Iterator[str]:
    """The last of some orders before a day, and the first after it."""
    ended = [order.last for order in orders if order.last < day]
    begin = [order.first for order in orders if order.first > day]
    if ended:
        yield f"one ended on {day_of(max(ended))}"
    if begin:
        yield f"one begins on {day_of(min(begin))}"


@check("too many hours", WARNING, "Expect the hours beyond to be denied, or get them authorized.")
def _too_many_hours(checked: Checked) -> Iterator[Wrong]:
    """Payers count hours a day, and a week from Sunday."""
    for claim in checked.claims:
        terms = claim.terms
        if terms.hours_a_day is not None:
            yield from _beyond(claim, terms.hours_a_day, "day", 1)
        if terms.hours_a_week is not None:
            yield from _beyond(claim, terms.hours_a_week, "week", 7)  # day 7 of the calendar was a Sunday


def _beyond(claim: Claim, most: Decimal, name: str, length: int) -> Iterator[Wrong]:
    """Where the visits of so many days together are longer than the payer pays."""
    spans: dict[int, list[Visit]] = defaultdict(list)
    for visit, day in _billed(claim).items():
        spans[day - day % length].append(visit)
    for visits in spans.values():
        minutes = sum((one.minutes for one in visits if isinstance(one.minutes, Decimal)), Decimal(0))
        if minutes / 60 > most:
            days = [visit.day for visit in visits]
            what = f"visits of {_hours(minutes)} hours in a {name}, and {brief(claim.payer)} pays {plain(most)}"
            yield wrong_at(visits[0], min(days), max(days), what)


def _billed(claim: Claim) -> dict[Visit, int]:
    """The visits of a claim that have a line with a code, each with its day."""
    return {
        line.source: day
        for day, lines in _of_days(claim).items()
        for line in lines
        if isinstance(line.code, str) and isinstance(line.source, Visit)
    }


def _read(checked: Checked) -> Iterator[Visit]:
    """The visits that are ours and can be read."""
    return (visit for visit in checked.work.visits if visit.ours and visit.problem is None)


def _of_days(claim: Claim) -> dict[int, list[Line]]:
    """The visit lines of each day of a claim."""
    found: dict[int, list[Line]] = defaultdict(list)
    for line in claim.lines if claim.visits else ():
        if line.kind >= VISIT and line.first:
            found[line.first].append(line)
    return found


def _hours(minutes: Decimal) -> str:
    return plain((minutes / 60).quantize(Decimal("0.01")))
