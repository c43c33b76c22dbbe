"""Single orders: days, single doses and kits that are hardly meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from xl_infusion.claim.checks.check import WARNING, Checked, Wrong, check, wrong_order
from xl_infusion.claim.codes import PerDiem
from xl_infusion.claim.columns import PAYER_CODES, PAYERS
from xl_infusion.claim.counted_days import CountedDays
from xl_infusion.claim.grid import Work
from xl_infusion.claim.order import Order
from xl_infusion.claim.terms import Terms
from xl_infusion.errors import BillingError
from xl_infusion.rules.number import plain

#: Units of a therapy that count what is done once, and no days.
_EVENTS = ("kit", "insertion")


@check("dates unlikely", WARNING, "Compare the years of Start and End with the order.")
def _dates(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        for order in claim.dated:
            if said := _unlikely(checked.work, order):
                yield wrong_order(order, said)


def _unlikely(work: Work, order: Order) -> str:
    """Why the days of an order are hardly meant, or ""."""
    first, days = dt.date.fromordinal(order.first), order.last - order.first + 1
    longest, farthest = (work.reference.check_limit(name) for name in ("longest order", "farthest start"))
    verified = work.reference.edition.verified_through
    if order.first - verified.toordinal() > farthest:
        return f"Start {first} is more than {plain(farthest)} days after {verified}, through which codes are verified"
    if days > longest:
        last = dt.date.fromordinal(order.last)
        return f"from Start {first} to End {last} are {days} days, and an order of more than {plain(longest)} is rare"
    return ""


@check("days of the week not named", WARNING, "Name the days, MWF or Tue and Fri: the lines stand on them.")
def _assumed(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        days = CountedDays(claim.terms)
        for order in claim.orders:
            interval = order.rx.interval
            if order.problem is None and interval is not None and interval.assumed and not days.every_day(order):
                yield wrong_order(order, f"the lines stand on single days, and Interval names none: {interval}")


@check("many kits", WARNING, "Type once as Interval, and a row for each day on which it was done.")
def _kits(checked: Checked) -> Iterator[Wrong]:
    most = checked.work.reference.check_limit("most kits")
    for claim in checked.claims:
        for order in claim.orders:
            therapy, interval = order.rx.therapy, order.rx.interval
            if order.problem is None and therapy is not None and interval is not None and therapy.unit in _EVENTS:
                count = interval.doses(0, order.last - order.first + 1)
                if count > most:
                    what = f"{interval} gives {count} x {therapy.name}"
                    yield wrong_order(order, f"{what}, and more than {plain(most)} in one order are rare")


@check(
    "single dose by day",
    WARNING,
    "Ask the payer which code it wants for a single dose (Payer codes, Interval once).",
    (PAYERS, PAYER_CODES),
)
def _single_doses(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        for order in claim.orders:
            if order.problem is None and (code := _code_of_a_day(checked.work, claim.terms, order)):
                what = f"a single dose is billed with {code}, whose interval is 24 hours: no code is for one dose"
                yield wrong_order(order, what)


def _code_of_a_day(work: Work, terms: Terms, order: Order) -> str:
    """With which code of a day a single dose is billed, or "" where its code says nothing of an interval."""
    rx = order.rx
    if rx.interval is None or not rx.interval.single or rx.therapy is None or rx.therapy.code_by != "interval":
        return ""
    codes = work.payer(terms.name).codes.per_diem(rx, None)
    answer = None if isinstance(codes, BillingError) else codes.cut(order.first, order.first)[0][2]
    return answer.row.code if isinstance(answer, PerDiem) and not answer.by else ""
