"""Checks of orders that stand twice: one order typed again, one drug on one day, one volume of one day's fluid."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from xl_infusion.claim.checks.finding import Finding, at
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.orders import Order, Prescription
from xl_infusion.errors import brief, table_row
from xl_infusion.rules.number import plain


def checks(work: Work, claims: list[Claim]) -> Iterator[Finding]:
    """Each order with the one before it, of those that have a day in common; what stands twice is told once."""
    told: set[Order] = set()
    readable = [order for claim in claims for order in claim.orders if order.problem is None]
    names: dict[Prescription, str] = {}

    def name_of(rx: Prescription) -> str:
        """The drug and the therapy of an order."""
        if rx not in names:
            assert rx.therapy is not None
            drug = "" if rx.drug is None else work.payer_codes.name_of(rx.drug)
            names[rx] = f"{drug}, {rx.therapy.therapy}"
        return names[rx]

    typed: dict[tuple[object, ...], list[Order]] = defaultdict(list)
    for order in readable:
        if order.label:
            # orders without a drug differ by their volume: two bags of one prescription are no order typed twice
            volume = order.rx.volume_l if order.rx.drug is None else None
            typed[order.patient, order.label.casefold(), name_of(order.rx), volume].append(order)
    for orders in typed.values():
        for order, before, last in _overlaps(orders):
            told.add(order)
            what = f"order {brief(order.label)} stands in {table_row('Orders', before.at)} too, with the same "
            what += f"{'drug' if order.rx.drug is not None else 'therapy'}: these days are billed twice"
            yield Finding("order billed twice", *at(order), order.first, last, what)
    for claim in claims:
        fluids: dict[tuple[str, Decimal], list[Order]] = defaultdict(list)
        for order in claim.orders:
            rx = order.rx
            fluid = rx.therapy is not None and rx.therapy.shared and isinstance(rx.volume_l, Decimal)
            if fluid and order.problem is None and order not in told:
                assert rx.therapy is not None and isinstance(rx.volume_l, Decimal)
                fluids[rx.therapy.therapy, rx.volume_l].append(order)
        for (_, volume), orders in fluids.items():
            for order, before, last in _overlaps(orders):
                told.add(order)
                assert order.rx.therapy is not None
                what = (
                    f"order {brief(before.label)} has {plain(volume)} L a day of {order.rx.therapy.name} too, and the "
                    f"volumes of a day add up: together they count {plain(2 * volume)} L"
                )
                yield Finding("same volume twice", *at(order), order.first, last, what)
    of_drug: dict[tuple[str, str], list[Order]] = defaultdict(list)
    for order in readable:
        if order.rx.drug is not None:
            of_drug[order.patient, name_of(order.rx)].append(order)
    for orders in of_drug.values():
        for order, before, last in _overlaps(orders):
            if order not in told:
                what = f"{order.rx.shown_drug} runs already, through {dt.date.fromordinal(before.last)}: "
                yield Finding("same drug twice", *at(order), order.first, last, what + f"order {brief(before.label)}")


def _overlaps(orders: list[Order]) -> Iterator[tuple[Order, Order, int]]:
    """(order, the one before it that has a day in common with it, the last of these days)."""
    latest: Order | None = None
    for order in sorted(orders, key=lambda order: (order.first, order.last, order.key, order)) if orders[1:] else ():
        if latest is not None and order.first <= latest.last:
            yield order, latest, min(order.last, latest.last)
        if latest is None or order.last > latest.last:
            latest = order
