"""Checks of the fluid of a day: a code by the volume, and no Volume, or one that the bags of that day are not."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from xl_infusion.claim.checks.finding import Finding, at
from xl_infusion.claim.codes import PerDiem
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.orders import Order
from xl_infusion.claim.ranking import Stretch
from xl_infusion.errors import BillingError
from xl_infusion.rules.dose import Dose, amount_in
from xl_infusion.rules.number import plain

_ML_A_LITER = 1000


def checks(claims: list[Claim]) -> Iterator[Finding]:
    """The therapies whose code goes by the volume, each order and what is wrong with it once."""
    for claim in claims:
        found: dict[tuple[Order, str, str], tuple[int, int]] = {}
        for stretch in claim.ranking.stretches:
            for first, last, kind, what in _of(claim, stretch):
                first, _ = found.get((stretch.lead, kind, what), (first, 0))
                found[stretch.lead, kind, what] = (first, last)
        for (order, kind, what), (first, last) in found.items():
            yield Finding(kind, *at(order), first, last, what)


def _of(claim: Claim, stretch: Stretch) -> Iterator[tuple[int, int, str, str]]:
    """What is wrong with the volume of a stretch: its code by the reference, and the volume stated for it; its days."""
    therapy = stretch.lead.rx.therapy
    if therapy is None or therapy.code_by != "volume" or isinstance(stretch.code, BillingError):
        return
    answer = stretch.code.cut(stretch.first, stretch.first)[0][2]
    if not isinstance(answer, PerDiem) or answer.by:
        return
    orders = [order for order in claim.dated if order.rx.therapy is therapy and order.problem is None]
    ends = {day for order in orders for day in (order.first, order.last + 1) if stretch.first < day <= stretch.last}
    for first, after in pairwise([stretch.first, *sorted(ends), stretch.last + 1]):
        fluid = _fluid([order for order in orders if order.first <= first <= order.last])
        bags = f": the doses come to {fluid} L a day" if fluid is not None else ""
        stated = "" if stretch.volume_l is None else plain(Decimal(str(stretch.volume_l)))
        if not stated:
            what = f"Volume is blank, and {answer.row.code} is the code of no volume{bags}"
            yield first, after - 1, "volume not stated", what
        elif fluid is not None and fluid != stated:
            what = f"Volume is {stated} L a day{bags}"
            yield first, after - 1, "volume unlike the doses", what


def _fluid(orders: list[Order]) -> str | None:
    """The liters of a day of orders that are of a fluid each, None where one of them is not or has less than daily."""
    total = Fraction(0)
    for order in orders:
        rx = order.rx
        if rx.interval is None or not isinstance(rx.dose, Dose) or rx.interval.hours > 24:
            return None
        try:
            total += Fraction(amount_in(rx.dose, "mL")) * rx.interval.doses_per_day
        except BillingError:
            return None
    liters = total / _ML_A_LITER
    return plain((Decimal(liters.numerator) / liters.denominator).quantize(Decimal("0.001")))
