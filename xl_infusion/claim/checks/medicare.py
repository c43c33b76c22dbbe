"""What Medicare is billed: it pays no S code, and visits by 99601 and 99602 go to it for a denial alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from xl_infusion.claim.checks.check import ERROR, Checked, Wrong, check, wrong_at, wrong_order
from xl_infusion.claim.checks.sources import by_source
from xl_infusion.claim.columns import PAYERS, VISITS
from xl_infusion.claim.grid import DENY_FIRST, Claim, Work
from xl_infusion.claim.inputs import fold_name
from xl_infusion.claim.order import Order
from xl_infusion.errors import brief
from xl_infusion.rules import visit as visit_rule

_, MEDICARE, _, _ = PAYERS["Kind"].choices

_VISIT_CODES = (visit_rule.FIRST, visit_rule.FURTHER)


@check(
    "S code billed to Medicare", ERROR, "Set the payer's Covers to deny first, and name the Second payer."
)  # fmt: skip
def _s_codes(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        yield from _billed(claim, lambda code: code.startswith("S"))


@check(
    "visit billed to Medicare", ERROR, "Set the payer's Covers to deny first: its visits then go out for a denial."
)  # fmt: skip
def _visits(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        if not claim.denial:
            yield from _billed(claim, _VISIT_CODES.__contains__)


def _billed(claim: Claim, unpaid: Callable[[str], bool]) -> Iterator[Wrong]:
    """Lines to Medicare of codes that it does not pay, each order and visit once."""
    if claim.terms.kind == MEDICARE:
        lines = (line for line in claim.lines if isinstance(line.code, str) and unpaid(line.code))
        for source, (line, first, last) in by_source(lines).items():
            what = f"{line.code} is billed to {claim.payer}, and Medicare does not pay it"
            yield wrong_at(source, first, last, what)


@check(
    "no visit for the denial",
    ERROR,
    "Type the visit if one was made on those days; if none was, there is nothing to bill: ask the payer how it denies "
    "without one.",
    (VISITS,),
)
def _no_denial(checked: Checked) -> Iterator[Wrong]:
    """A claim that waits for a denial needs a visit, within the days of its orders, to be denied."""
    denied: dict[tuple[str, str], list[int]] = defaultdict(list)
    for claim in checked.claims:
        if claim.denial:
            denied[claim.patient, fold_name(claim.terms.name)] += [line.first for line in claim.lines]
    for claim in checked.claims:
        for payer, orders in _waiting(checked.work, claim).items():
            if not _any_within(denied.get((claim.patient, fold_name(payer)), ()), orders):
                what = f"the claim waits for a denial by {brief(payer)}, and no visit is there to bill for it"
                yield from (wrong_order(order, what) for order in orders)


def _any_within(days: Iterable[int], orders: Sequence[Order]) -> bool:
    """True where a day is between the first and the last of some orders."""
    start, end = min(order.first for order in orders), max(order.last for order in orders)
    return any(start <= day <= end for day in days)


def _waiting(work: Work, claim: Claim) -> dict[str, list[Order]]:
    """The orders of a claim that wait for a denial, by the payer that has to deny."""
    found: dict[str, list[Order]] = defaultdict(list)
    for order in claim.orders if claim.waits else ():
        first = work.payer(order.rx.payer).terms
        if first.covers == DENY_FIRST and order.problem is None:
            found[first.name].append(order)
    return found
