"""What was dispensed against what interval and days give: a dose that is counted twice, or a number of vials."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from xl_infusion.claim.codes import DrugCode
from xl_infusion.claim.grid import Work
from xl_infusion.claim.order import Order
from xl_infusion.claim.supply import Supplies
from xl_infusion.claim.terms import Terms
from xl_infusion.rules.number import plain


def unlike_the_days(work: Work, terms: Terms, order: Order) -> str:
    """Why Dispensed is far from the doses of an order that can be billed, with what it does to the units, or "".

    More of them used than interval and days give is told at all times, fewer where they are below the share of
    check_limits.csv. A single dose may be given again as it is needed.
    """
    rx = order.rx
    assert rx.interval is not None
    if rx.dispensed is None or rx.interval.single:
        return ""
    if not work.payer(terms.name).maker.days.given(order):
        return ""  # nothing of it is billed, as where all its days are on hold
    days = order.last - order.first + 1
    planned = rx.interval.doses(0, days)
    enough = planned * work.reference.check_limit("least dispensed") <= rx.dispensed
    if rx.dispensed - rx.unused <= planned and enough:
        return ""
    by_days = replace(order, rx=replace(rx, dispensed=None, unused=0))
    (codes, billed), (_, due) = _units(work, terms, order), _units(work, terms, by_days)
    told = f"Dispensed is {rx.dispensed}, and {rx.interval} for {days} day{'s' if days > 1 else ''} gives {planned}"
    if billed is None or due is None:
        return told
    return f"{told}: {plain(billed)} units of {codes} are billed, where these days have {plain(due)}"


def _units(work: Work, terms: Terms, order: Order) -> tuple[str, Decimal | None]:
    """The codes of an order's drug and the units that are billed of it, None where a part of them fails."""
    supplies = Supplies(work.reference, terms)
    codes: list[str] = []
    total = Decimal(0)
    for first, last, answer in work.payer(terms.name).codes.drug(order.rx).cut(order.first, order.last):
        if not isinstance(answer, DrugCode):
            return "", None
        part, _, _ = next(supplies.parts(order, answer.row, first, last))
        units = supplies.given(order, answer.row, part, first, last).units
        if not isinstance(units, int | Decimal | None):
            return "", None
        total += units or 0
        codes.append(answer.row.code)
    return " and ".join(dict.fromkeys(codes)), total
