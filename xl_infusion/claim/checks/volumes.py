"""Checks of the fluid of a day: a code by the volume, and no Volume, or one that the bags of that day are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from xl_infusion.claim.checks.finding import Finding, at
from xl_infusion.claim.codes import PerDiem
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.orders import Order, Prescription
from xl_infusion.claim.ranking import Stretch
from xl_infusion.claim.spans import Spans
from xl_infusion.claim.standing import turns
from xl_infusion.errors import BillingError
from xl_infusion.reference import Therapy
from xl_infusion.rules.dose import Dose, amount_in
from xl_infusion.rules.number import plain

_ML_A_LITER = 1000


def checks(claims: list[Claim]) -> Iterator[Finding]:
    """The therapies whose code goes by the volume, each order and what is wrong with it once."""
    for claim in claims:
        found: dict[tuple[Order, str, str], tuple[int, int]] = {}
        fluids: dict[Therapy, Spans[str]] = {}
        for stretch in claim.ranking.stretches:
            therapy = stretch.lead.rx.therapy
            if therapy is None or therapy.code_by != "volume":
                continue
            if therapy not in fluids:
                fluids[therapy] = _fluids(order for order in claim.dated if order.rx.therapy is therapy)
            for first, last, kind, what in _of(stretch, fluids[therapy]):
                first, _ = found.get((stretch.lead, kind, what), (first, 0))
                found[stretch.lead, kind, what] = (first, last)
        for (order, kind, what), (first, last) in found.items():
            yield Finding(kind, *at(order), first, last, what)


def _of(stretch: Stretch, fluids: Spans[str]) -> Iterator[tuple[int, int, str, str]]:
    """What is wrong with the volume of a stretch: its code by the reference, and the volume stated for it; its days."""
    if isinstance(stretch.code, BillingError):
        return
    answer = stretch.code.cut(stretch.first, stretch.first)[0][2]
    if not isinstance(answer, PerDiem) or answer.by:
        return
    stated = "" if stretch.volume_l is None else plain(Decimal(str(stretch.volume_l)))
    for first, last, fluid in fluids.cut(stretch.first, stretch.last):
        bags = f": the doses come to {fluid} L a day" if fluid is not None else ""
        if not stated:
            what = f"Volume is blank, and {answer.row.code} is the code of no volume{bags}"
            yield first, last, "volume not stated", what
        elif fluid is not None and fluid != stated:
            yield first, last, "volume unlike the doses", f"Volume is {stated} L a day{bags}"


def _fluids(orders: Iterable[Order]) -> Spans[str]:
    """The liters of each day, None where one of the orders is of no fluid or is given less than daily."""
    total, unknown = Fraction(0), 0
    starts: list[int] = []
    texts: list[str | None] = []
    amounts = {order: _fluid(order.rx) for order in orders if order.problem is None}
    for day, gone, come in turns(amounts):
        for sign, changed in ((-1, gone), (1, come)):
            for amount in (amounts[order] for order in changed):
                if amount is None:
                    unknown += sign
                else:
                    total += sign * amount
        starts.append(day)
        texts.append(None if unknown else _liters(total))
    return Spans(starts, texts)


def _fluid(rx: Prescription) -> Fraction | None:
    """The mL a day of one of them."""
    if rx.interval is None or not isinstance(rx.dose, Dose) or rx.interval.hours > 24:
        return None
    try:
        return Fraction(amount_in(rx.dose, "mL")) * rx.interval.doses_per_day
    except BillingError:
        return None


def _liters(ml: Fraction) -> str:
    liters = ml / _ML_A_LITER
    return plain((Decimal(liters.numerator) / liters.denominator).quantize(Decimal("0.001")))
