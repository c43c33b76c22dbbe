"""Orders that stand twice: one order typed again, one drug on one day, one volume of one day's fluid."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from xl_infusion.claim.checks.check import ERROR, WARNING, Checked, Wrong, check, wrong_at
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.order import Order, Prescription
from xl_infusion.errors import brief, table_row
from xl_infusion.rules.number import plain


class Twice(NamedTuple):
    """An order, the one before it that has a day in common with it, and the last of these days."""

    order: Order
    before: Order
    last: int

    def wrong(self, what: str) -> Wrong:
        """What is wrong with the second of them, on the days that they share."""
        return wrong_at(self.order, self.order.first, self.last, what)


# What stands twice is told once: as an order typed again, else as a volume, else as a drug.


@check(
    "order billed twice", ERROR, "Take one of the two rows out; if both were ordered, mend the number that is wrong."
)  # fmt: skip
def _typed_again(checked: Checked) -> Iterator[Wrong]:
    for twice in checked.once(_same_orders):
        order, before, _ = twice
        what = f"order {brief(order.label)} stands in {table_row('Orders', before.at)} too, with the same "
        what += f"{'drug' if order.rx.drug is not None else 'therapy'}: these days are billed twice"
        yield twice.wrong(what)


@check(
    "same volume twice", WARNING, "Take the volume out of one of them, if both are of one bag; two bags do add up."
)  # fmt: skip
def _volumes(checked: Checked) -> Iterator[Wrong]:
    for twice in checked.once(_same_volumes):
        order, before, _ = twice
        volume = order.rx.volume_l
        assert order.rx.therapy is not None and isinstance(volume, Decimal)
        yield twice.wrong(
            f"order {brief(before.label)} has {plain(volume)} L a day of {order.rx.therapy.name} too, and the "
            f"volumes of a day add up: together they count {plain(2 * volume)} L"
        )


@check(
    "same drug twice", WARNING,
    "End the first order before the second begins, if it was replaced; if both are of one dose, one bag or one day, "
    "name the first in Per diem with of the second.",
)  # fmt: skip
def _drugs(checked: Checked) -> Iterator[Wrong]:
    told = {twice.order for twice in (*checked.once(_same_orders), *checked.once(_same_volumes))}
    names = checked.once(_names)
    of_drug: dict[tuple[str, str], list[Order]] = defaultdict(list)
    for order in _readable(checked.claims):
        if order.rx.drug is not None:
            of_drug[order.patient, names[order.rx]].append(order)
    for orders in of_drug.values():
        for twice in _overlaps(orders):
            order, before, _ = twice
            if order not in told:
                what = f"{order.rx.shown_drug} runs already, through {dt.date.fromordinal(before.last)}: "
                yield twice.wrong(f"{what}order {brief(before.label)}")


def _same_orders(checked: Checked) -> list[Twice]:
    """Orders of one number, drug and therapy; without a drug, of one volume: two bags are no order typed twice."""
    names = checked.once(_names)
    typed: dict[tuple[object, ...], list[Order]] = defaultdict(list)
    for order in _readable(checked.claims):
        if order.label:
            volume = order.rx.volume_l if order.rx.drug is None else None
            typed[order.patient, order.label.casefold(), names[order.rx], volume].append(order)
    return [twice for orders in typed.values() for twice in _overlaps(orders)]


def _same_volumes(checked: Checked) -> list[Twice]:
    """Orders of one claim, therapy and volume, where the volumes of a day are one fluid."""
    told = {twice.order for twice in checked.once(_same_orders)}
    found: list[Twice] = []
    for claim in checked.claims:
        fluids: dict[tuple[str, Decimal], list[Order]] = defaultdict(list)
        for order in _readable([claim]):
            therapy, volume = order.rx.therapy, order.rx.volume_l
            if therapy is not None and therapy.shared and isinstance(volume, Decimal) and order not in told:
                fluids[therapy.therapy, volume].append(order)
        found += [twice for orders in fluids.values() for twice in _overlaps(orders)]
    return found


def _names(checked: Checked) -> dict[Prescription, str]:
    """The drug and the therapy of each prescription that can be billed."""
    found: dict[Prescription, str] = {}
    for rx in {order.rx for order in _readable(checked.claims)}:
        assert rx.therapy is not None
        drug = "" if rx.drug is None else checked.work.payer_codes.name_of(rx.drug)
        found[rx] = f"{drug}, {rx.therapy.therapy}"
    return found


def _readable(claims: list[Claim]) -> Iterator[Order]:
    """The orders that can be billed and have a per diem of their own; those inside another's stand for themselves."""
    return (order for claim in claims for order in claim.orders if order.problem is None and not order.inside)


def _overlaps(orders: list[Order]) -> Iterator[Twice]:
    """Each order with the one before it, of those that have a day in common."""
    latest: Order | None = None
    for order in sorted(orders, key=lambda order: (order.first, order.last, order.key, order)) if orders[1:] else ():
        if latest is not None and order.first <= latest.last:
            yield Twice(order, latest, min(order.last, latest.last))
        if latest is None or order.last > latest.last:
            latest = order
