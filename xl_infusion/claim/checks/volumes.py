"""The fluid of a day: a code by the volume, and no Volume, or one that the bags of that day are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from xl_infusion.claim.checks.check import WARNING, Checked, Wrong, check, wrong_at
from xl_infusion.claim.codes import PerDiem
from xl_infusion.claim.columns import PAYER_CODES, PAYERS
from xl_infusion.claim.doses import Doses
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.order import Order, Prescription
from xl_infusion.claim.ranking import Stretch
from xl_infusion.claim.spans import Spans
from xl_infusion.claim.standing import turns
from xl_infusion.errors import BillingError
from xl_infusion.reference import Therapy
from xl_infusion.rules.dose import amount_in
from xl_infusion.rules.number import plain

_ML_A_LITER = 1000


class Fluid(NamedTuple):
    """What is stated (liters, "" nothing) and what the bags come to (None unknown) on some days of one code."""

    order: Order
    first: int
    last: int
    code: str
    stated: str
    bags: str | None

    @property
    def of_bags(self) -> str:
        """What the bags come to, as a message adds it."""
        return "" if self.bags is None else f": the doses come to {self.bags} L a day"


@check(
    "volume not stated",
    WARNING,
    "Type the fluid of a day in Volume: the code goes by it.",
    (PAYERS, PAYER_CODES),
)
def _not_stated(checked: Checked) -> Iterator[Wrong]:
    return _once_an_order(
        (one, f"Volume is blank, and {one.code} is the code of no volume{one.of_bags}")
        for one in checked.once(_fluids)
        if not one.stated
    )


@check(
    "volume unlike the doses", WARNING, "Compare Volume with Dose and Interval: it is the fluid of a whole day."
)  # fmt: skip
def _unlike(checked: Checked) -> Iterator[Wrong]:
    return _once_an_order(
        (one, f"Volume is {one.stated} L a day{one.of_bags}")
        for one in checked.once(_fluids)
        if one.stated and one.bags is not None and one.bags != one.stated
    )


def _once_an_order(said: Iterable[tuple[Fluid, str]]) -> Iterator[Wrong]:
    """Each order and what is wrong with it once, from the first of its days to the last."""
    found: dict[tuple[Order, str], tuple[int, int]] = {}
    for one, what in said:
        first, _ = found.get((one.order, what), (one.first, 0))
        found[one.order, what] = (first, one.last)
    for (order, what), (first, last) in found.items():
        yield wrong_at(order, first, last, what)


def _fluids(checked: Checked) -> list[Fluid]:
    """The fluids of the therapies whose code goes by the volume, where the code is the reference's."""
    return [one for claim in checked.claims for one in _of_claim(claim, checked.work.payer(claim.payer).maker.doses)]


def _of_claim(claim: Claim, doses: Doses) -> Iterator[Fluid]:
    bags: dict[Therapy, Spans[str]] = {}
    for stretch in claim.ranking.stretches:
        therapy = stretch.lead.rx.therapy
        if therapy is None or therapy.code_by != "volume":
            continue
        if therapy not in bags:
            bags[therapy] = _of_bags((order for order in claim.dated if order.rx.therapy is therapy), doses)
        yield from _of_stretch(stretch, bags[therapy])


def _of_stretch(stretch: Stretch, bags: Spans[str]) -> Iterator[Fluid]:
    if isinstance(stretch.code, BillingError):
        return
    answer = stretch.code.cut(stretch.first, stretch.first)[0][2]
    if isinstance(answer, PerDiem) and not answer.by:
        stated = "" if stretch.volume_l is None else plain(Decimal(str(stretch.volume_l)))
        for first, last, liters in bags.cut(stretch.first, stretch.last):
            yield Fluid(stretch.lead, first, last, answer.row.code, stated, liters)


def _of_bags(orders: Iterable[Order], doses: Doses) -> Spans[str]:
    """The liters of each day, None where one of the orders is of no fluid or is given less than daily."""
    total, unknown = Fraction(0), 0
    starts: list[int] = []
    texts: list[str | None] = []
    amounts = {order: _of_bag(order.rx, doses) for order in orders if order.problem is None}
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


def _of_bag(rx: Prescription, doses: Doses) -> Fraction | None:
    """The mL a day of one of them."""
    if rx.interval is None or rx.dose is None or rx.interval.gap > 24:
        return None
    try:
        return Fraction(amount_in(doses.ordered(rx, "mL"), "mL")) * rx.interval.doses_per_day
    except BillingError:
        return None


def _liters(ml: Fraction) -> str:
    liters = ml / _ML_A_LITER
    return plain((Decimal(liters.numerator) / liters.denominator).quantize(Decimal("0.001")))
