"""Who is concurrent on which day, in which order: the therapies of one patient and payer, day by day.

Days are never walked one by one: the days on which an order starts or stops cut the calendar into stretches
in which the same therapies run, and each stretch is ranked once. Source of the order: IDSA Home Infusion
FAQ (2013), the more frequent therapy first; ties go by start, then by Order.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from xl_infusion.claim.inputs import Order
from xl_infusion.errors import BillingError
from xl_infusion.reference import PerDiemRow, Reference
from xl_infusion.reference.periods import Periods
from xl_infusion.rules import per_diem

DAY = Fraction(24)


@dataclass(slots=True)
class Stretch:
    """Consecutive days on which one therapy has one per diem answer.

    ``most`` and ``least``: how many therapies ran at once on those days (it may change without changing the
    answer). ``code`` is the per diem code with its periods, or why there is none.
    """

    lead: Order
    first: int
    last: int
    rank: int
    ranked: bool
    code: Periods[PerDiemRow] | BillingError
    volume_l: Decimal | BillingError | None
    least: int
    most: int

    def goes_on(self, lead: Order, first: int, rank: int, volume_l: Decimal | BillingError | None) -> bool:
        """True where the days from ``first`` on have the same answer as those before: one line bills both."""
        return (
            self.last == first - 1
            and self.lead is lead
            and (self.rank == rank or per_diem.modifier(self.rank) == per_diem.modifier(rank))
            and self.volume_l == volume_l
        )


@dataclass(slots=True)
class Running:
    """Days on which an order takes part in the ranking, with what it is ordered by."""

    key: tuple[object, ...]
    first: int
    last: int
    order: Order
    therapy: object
    ranks: list[tuple[int, int]]


@dataclass(slots=True)
class Ranking:
    """The stretches of a group of orders, and where each order ranked."""

    stretches: list[Stretch]
    #: (first day, rank) of the therapy of each ranked order, from one change to the next
    ranks: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def rank(self, order: Order, day: int) -> int:
        """The rank of an order's therapy on a day; after all others where it is not ranked."""
        rank = per_diem.MOST_RANK + 1
        for start, found in self.ranks.get(id(order), ()):
            if start > day:
                break
            rank = found
        return rank


def order_key(order: Order) -> tuple[object, ...]:
    """More frequent first, then the earlier start, then Order; the rest only makes equal rows comparable."""
    hours = order.interval.hours if order.interval is not None else DAY
    whole = hours.numerator if hours.denominator == 1 else hours  # whole numbers compare faster
    return (whole, order.first, order.key, order.last, order.content)


class Ranker:
    """Ranks the therapies of one patient and payer after another, with one reference."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._longest = int(reference.term("per_diem_longest_interval"))
        self._codes: dict[object, Periods[PerDiemRow] | BillingError] = {}

    def rank(self, orders: Iterable[Order]) -> Ranking:
        """Ranks the dated orders of one patient and payer. A therapy that is not ranked stands for itself.

        An order that cannot be billed but has days and an interval is a therapy all the same: it takes its
        rank, so that the others do not change when it is mended.
        """
        ranking = Ranking([])
        ranked: list[Running] = []
        apart: dict[object, list[Running]] = {}
        for order in orders:
            if order.interval is None and order.problem is not None:
                continue
            key, therapy, ranks = order_key(order), _therapy_key(order), list[tuple[int, int]]()
            running = [Running(key, *days, order, therapy, ranks) for days in self._per_diem_days(order)]
            if order.therapy is None or order.therapy.ranked:
                ranked += running
                ranking.ranks[id(order)] = ranks
            else:
                apart.setdefault(therapy, []).extend(running)
        self._sweep(ranked, ranking)
        for alone in apart.values():
            self._sweep(alone, ranking, ranked=False)
        return ranking

    def _per_diem_days(self, order: Order) -> Iterable[tuple[int, int]]:
        """The days that an order's per diem counts, as (first, last) ordinals.

        Every day of therapy; beyond the longest interval that the per diem covers, only the days of an
        infusion (NHIA's definition of the per diem ends there).
        """
        interval = order.interval
        if interval is None or interval.hours <= self._longest:
            return ((order.first, order.last),)
        return [(day, day) for day in interval.days(order.first, order.last)]

    def _sweep(self, orders: list[Running], ranking: Ranking, ranked: bool = True) -> None:
        """Goes from one day where something starts or stops to the next, the running orders kept in order."""
        orders.sort(key=lambda item: item.first)
        cuts = sorted({day for item in orders for day in (item.first, item.last + 1)})
        running: list[Running] = []
        latest: dict[object, Stretch] = {}
        at = 0
        for cut, following in pairwise(cuts):
            running = [item for item in running if item.last >= cut]
            while at < len(orders) and orders[at].first == cut:
                insort(running, orders[at], key=lambda item: item.key)
                at += 1
            if running:
                self._stretch(running, cut, following - 1, latest, ranking, ranked)

    def _stretch(
        self,
        running: list[Running],
        first: int,
        last: int,
        latest: dict[object, Stretch],
        ranking: Ranking,
        ranked: bool,
    ) -> None:
        """Ranks the therapies of some days; a therapy whose answer stays the same goes on with its stretch."""
        therapies: dict[object, list[Order]] = {}
        for item in running:
            members = therapies.setdefault(item.therapy, [])
            members.append(item.order)
            place = len(therapies) if len(members) == 1 else [*therapies].index(item.therapy) + 1
            if ranked and (not item.ranks or item.ranks[-1][1] != place):
                item.ranks.append((first, place))
        count = len(therapies)
        for place, (key, members) in enumerate(therapies.items(), start=1):
            lead = members[0]
            if lead.problem is not None:
                continue
            volume = _volume(members)
            before = latest.get(key)
            if before is not None and before.goes_on(lead, first, place, volume):
                before.last = last
                before.least, before.most = min(before.least, count), max(before.most, count)
            else:
                stretch = Stretch(lead, first, last, place, ranked, self._code(lead, volume), volume, count, count)
                latest[key] = stretch
                ranking.stretches.append(stretch)

    def _code(self, order: Order, volume: Decimal | BillingError | None) -> Periods[PerDiemRow] | BillingError:
        assert order.therapy is not None
        if isinstance(volume, BillingError):
            return volume
        every = order.interval
        hours = every and (every.hours.numerator, every.hours.denominator, every.continuous)
        key = (order.therapy.therapy, hours, volume, order.method)
        found = self._codes.get(key)
        if found is None:
            try:
                found = per_diem.periods(
                    self.reference,
                    order.therapy.therapy,
                    interval=order.interval,
                    volume_l=volume,
                    method=order.method,
                )
            except BillingError as error:
                found = error
            self._codes[key] = found
        return found


def _therapy_key(order: Order) -> object:
    """What makes orders one therapy: each is its own, but for those that one per diem of the day covers."""
    shared = order.therapy is not None and order.therapy.shared and order.problem is None
    return order.therapy.therapy if shared and order.therapy is not None else id(order)


def _volume(members: list[Order]) -> Decimal | BillingError | None:
    """The liters a day of all orders that one per diem covers; None where none states a volume."""
    if len(members) == 1:
        return members[0].volume_l
    stated: list[Decimal] = []
    for order in members:
        if isinstance(order.volume_l, BillingError):
            return order.volume_l
        if order.volume_l is not None:
            stated.append(order.volume_l)
    return sum(stated, Decimal(0)) if stated else None
