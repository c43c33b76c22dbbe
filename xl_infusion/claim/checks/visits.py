"""Checks of visits: 99602 alone, too many hours, a visit typed twice, of no patient, payer or therapy, a denial."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from xl_infusion.claim.checks.finding import Finding, at
from xl_infusion.claim.grid import DENY_FIRST, Claim, Work
from xl_infusion.claim.inputs import fold_name
from xl_infusion.claim.lines import VISIT, Line
from xl_infusion.claim.orders import Order
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import CellError, brief, table_row
from xl_infusion.rules import visit as visit_rule
from xl_infusion.rules.number import plain


def checks(work: Work, claims: list[Claim]) -> Iterator[Finding]:
    """What is wrong with visits, one by one, on their days, and in their weeks."""
    of_patient: dict[str, list[Order]] = defaultdict(list)
    for order in work.orders if work.visits else ():
        of_patient[order.patient].append(order)
    for visit in work.visits:
        if visit.ours and isinstance(visit.minutes, Decimal):
            yield from _length(work, visit, visit.minutes)
        if visit.ours and visit.problem is None:
            yield from _of_nothing(visit, of_patient.get(visit.patient, []), work.names_payers)
    for claim in claims:
        if claim.visits:
            if work.names_payers and not claim.payer:
                yield from _of_nobody(claim, of_patient)
            of_day: dict[int, list[Line]] = defaultdict(list)
            for line in claim.lines:
                if line.kind >= VISIT and line.first:
                    of_day[line.first].append(line)
            yield from _further_alone(of_day)
            yield from _hours(claim, of_day)
            yield from _twice(claim)
    yield from _denials(work, claims)


def _of_nothing(visit: Visit, orders: list[Order], payers: bool) -> Iterator[Finding]:
    """A visit of a patient without an order, or on a day on which none runs; days that cannot be read may be any."""
    if not orders:
        if visit.payer or not payers:  # else nobody is billed, which is told as that
            what = "Orders has no order of the patient of this visit"
            yield Finding("visit without an order", *at(visit), visit.day, visit.day, what)
        return
    if not all(order.dated for order in orders) or any(order.first <= visit.day <= order.last for order in orders):
        return
    ended = max((order.last for order in orders if order.last < visit.day), default=0)
    begins = min((order.first for order in orders if order.first > visit.day), default=0)
    said = [f"one ended on {_day(ended)}"] if ended else []
    said += [f"one begins on {_day(begins)}"] if begins else []
    cause = "no order of the patient runs on the day of the visit"
    what = f"no order of the patient runs on {_day(visit.day)}: {', '.join(said)}"
    yield Finding("visit outside the therapy", *at(visit), visit.day, visit.day, what, cause)


def _length(work: Work, visit: Visit, minutes: Decimal) -> Iterator[Finding]:
    """A visit that is longer or shorter than visits are."""
    shortest, longest = (work.reference.check_limit(name) for name in ("shortest visit", "longest visit"))
    if 1 <= minutes < shortest or longest < minutes <= visit_rule.MOST_MINUTES:  # others are an error
        hours = plain((minutes / 60).quantize(Decimal("0.01")))
        said = f"{plain(minutes)} minutes" if minutes < shortest else f"{hours} hours"
        usual = f"visits are mostly of {plain(shortest)} minutes to {plain(longest / 60)} hours"
        yield Finding("visit length unlikely", *at(visit), visit.day, visit.day, f"the visit lasts {said}, and {usual}")


def _of_nobody(claim: Claim, of_patient: dict[str, list[Order]]) -> Iterator[Finding]:
    """Visits for which nobody is billed; where the payer cannot be read or told, that is said already."""
    for visit in claim.visits:
        orders = of_patient.get(visit.patient, [])
        unsure = any(isinstance(problem, CellError) for problem in visit.problems)
        if visit.ours and not unsure and all(order.row.get("Payer") is None for order in orders):
            of = "" if orders else ", and Orders has no order of the patient of this visit"
            yield Finding("no payer", *at(visit), visit.day, visit.day, f"Payer is blank{of}: no payer to bill")


def _day(ordinal: int) -> dt.date:
    return dt.date.fromordinal(ordinal)


def _further_alone(of_day: dict[int, list[Line]]) -> Iterator[Finding]:
    """99602 goes with a 99601 of its day; a visit of that day that fails is told as such."""
    for day, lines in of_day.items():
        codes = [line.code for line in lines]
        if visit_rule.FURTHER in codes and visit_rule.FIRST not in codes and all(isinstance(one, str) for one in codes):
            what = f"{visit_rule.FURTHER} stands without {visit_rule.FIRST}: the day's first visit is not ours to bill"
            yield Finding("99602 without 99601", *at(lines[0].source), day, day, what)


def _hours(claim: Claim, of_day: dict[int, list[Line]]) -> Iterator[Finding]:
    """Payers count hours a day, and a week from Sunday."""
    billed = {line.source: day for day, lines in of_day.items() for line in lines if isinstance(line.code, str)}
    for most, name, length in (
        (claim.terms.hours_a_day, "day", 1),
        (claim.terms.hours_a_week, "week", 7),  # day 7 of the calendar was a Sunday
    ):
        spans: dict[int, list[Visit]] = defaultdict(list)
        for visit, day in billed.items() if most is not None else ():
            assert isinstance(visit, Visit)
            spans[day - day % length].append(visit)
        for visits in spans.values():
            hours = sum((one.minutes for one in visits if isinstance(one.minutes, Decimal)), Decimal(0)) / 60
            if most is not None and hours > most:
                days = [visit.day for visit in visits]
                shown = plain(hours.quantize(Decimal("0.01")))
                what = f"visits of {shown} hours in a {name}, and {brief(claim.payer)} pays {plain(most)}"
                yield Finding("too many hours", *at(visits[0]), min(days), max(days), what)


def _twice(claim: Claim) -> Iterator[Finding]:
    """Two rows of one day with the same times, or the same length and no times."""
    visits = sorted(
        (visit for visit in claim.visits if visit.ours and visit.failure is None),
        key=lambda visit: (visit.day, visit.order, visit.at),
    )
    for visit, other in pairwise(visits):
        if (visit.day, visit.order) == (other.day, other.order):
            what = f"this visit is the same as that of {table_row('Visits', visit.at)}"
            yield Finding("same visit twice", *at(other), other.day, other.day, what)


def _denials(work: Work, claims: list[Claim]) -> Iterator[Finding]:
    """A claim that waits for a denial needs a visit, within the days of its orders, to be denied."""
    denied: dict[tuple[str, str], list[int]] = defaultdict(list)
    for claim in claims:
        if claim.denial:
            denied[claim.patient, fold_name(claim.terms.name)] += [line.first for line in claim.lines]
    for claim in claims:
        waiting: dict[str, list[Order]] = defaultdict(list)
        for order in claim.orders if claim.waits else ():
            first = work.payer(order.rx.payer).terms
            if first.covers == DENY_FIRST and order.problem is None:
                waiting[first.name].append(order)
        for payer, orders in waiting.items():
            start, end = min(order.first for order in orders), max(order.last for order in orders)
            if any(start <= day <= end for day in denied.get((claim.patient, fold_name(payer)), ())):
                continue
            for order in orders:
                what = f"the claim waits for a denial by {brief(payer)}, and no visit is there to bill for it"
                yield Finding("no visit for the denial", *at(order), order.first, order.last, what)
