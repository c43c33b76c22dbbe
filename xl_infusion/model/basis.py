"""What a forecast rests on, in figures: starts a month, length of therapy, expected payment and days to pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from xl_infusion.claim.inputs import sort_key
from xl_infusion.model.forecast import percentile
from xl_infusion.model.history import OTHER_THERAPIES, History, Start
from xl_infusion.rules.number import CENT

ALL, BY_THERAPY, BY_PAYER = "all", "therapy", "payer"


@dataclass(frozen=True, slots=True)
class Basis:
    """The orders of one therapy or payer, or all of them.

    ``starts``: mean, least and most of a whole month. ``length``: P10, median, P90 and mean, days. ``an_order`` and
    ``a_day``: expected payment of an order, and of a day of therapy, US dollars. ``days_to_pay``: from the last day of
    a line until it is paid, the mean of the dollars; None where nothing is expected.
    """

    by: str
    group: str
    orders: int
    starts: tuple[Decimal, int, int]
    length: tuple[int, int, int, Decimal]
    an_order: Decimal
    a_day: Decimal
    days_to_pay: Decimal | None
    why: str


def basis(past: History) -> list[Basis]:
    """All orders first, then each therapy, then each payer."""
    pooled = {start.therapy for start in past.pools.get(OTHER_THERAPIES, ())}

    def why(therapy: str) -> str:
        return f"drawn with {OTHER_THERAPIES}" if therapy in pooled else "drawn by itself"

    out = [_basis(past, ALL, "Total", past.orders, past.told)]
    kinds: tuple[tuple[str, Callable[[Start], str], Callable[[str], str]], ...] = (
        (BY_THERAPY, lambda start: start.therapy, why),
        (BY_PAYER, lambda start: start.payer, lambda payer: "drawn with the orders of their therapies"),
    )
    for by, group_of, says in kinds:
        groups: dict[str, list[Start]] = defaultdict(list)
        for start in past.orders:
            groups[group_of(start)].append(start)
        for name in sorted(groups, key=lambda name: (sort_key(name), name)):
            out.append(_basis(past, by, name or "(none)", groups[name], says(name)))
    return out


def _basis(past: History, by: str, name: str, starts: Sequence[Start], why: str) -> Basis:
    counts = past.counts(starts)
    lengths = sorted(start.days for start in starts)
    p10, median, p90 = (percentile(lengths, percent) for percent in (10, 50, 90))
    amount = sum(start.amount for start in starts)
    waited = sum(start.waited for start in starts)
    return Basis(
        by,
        name,
        len(starts),
        (_mean(sum(counts), len(counts)), min(counts), max(counts)),
        (p10, median, p90, _mean(sum(lengths), len(lengths))),
        _mean(amount, 100 * len(starts)),
        _mean(amount, 100 * sum(lengths)),
        _mean(waited, amount) if amount else None,
        why,
    )


def _mean(total: int, count: int) -> Decimal:
    return (Decimal(total) / count).quantize(CENT, ROUND_HALF_UP)
