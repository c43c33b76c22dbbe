"""Who is concurrent on which day, in which order: the therapies of one patient and payer, day by day.

Days are never walked one by one: the days on which an order starts or stops cut the calendar into stretches
in which the same therapies run, and each stretch is ranked once. The order is the payer's term Rank by; its
default is that of the IDSA Home Infusion FAQ (2013), the more frequent therapy first; ties go by start, then
by Order.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter

from xl_infusion.claim.codes import Codes, PerDiem
from xl_infusion.claim.columns import DAYS_COUNTED, RANK_BY
from xl_infusion.claim.contract import Terms
from xl_infusion.claim.orders import Order
from xl_infusion.claim.rates import Price, Pricing
from xl_infusion.claim.spans import Spans
from xl_infusion.errors import BillingError, OutOfRange
from xl_infusion.reference import Reference
from xl_infusion.rules import per_diem

#: The rank of what is not ranked: after all others.
UNRANKED = per_diem.MOST_RANK + 1

#: What a therapy beyond the last rank has in place of a code.
CROWDED = OutOfRange(
    f"more than {per_diem.MOST_RANK} therapies of one patient run on one day: "
    "check Patient, Start and End of the orders"
)

#: The per diem code of a therapy with its days, or why it has none.
Code = Spans[PerDiem | BillingError] | BillingError


@dataclass(slots=True, eq=False)
class Stretch:
    """Consecutive days on which one therapy has one per diem answer.

    ``most`` and ``least``: how many therapies ran at once on those days (it may change without changing the
    answer). ``code`` is the per diem code with its days, or why there is none.
    """

    lead: Order
    first: int
    last: int
    rank: int
    ranked: bool
    code: Code
    volume_l: Decimal | BillingError | None
    least: int
    most: int


@dataclass(slots=True, eq=False)
class Course:
    """A therapy of one patient: an order's own, or the one that several orders share.

    ``ranks``: (first day, rank) from one change to the next; ``rank`` and ``latest``: its rank and stretch so far.
    """

    ranks: list[tuple[int, int]] = field(default_factory=list)
    rank: int = 0
    latest: Stretch | None = None


@dataclass(slots=True, eq=False)
class Running:
    """Days on which a therapy takes part in the ranking as one order of it stands, with what it is ordered by.

    ``volume_l``: the liters a day of all its orders. No two of one course have a day in common.
    """

    key: tuple[object, ...]
    first: int
    last: int
    lead: Order
    course: Course
    volume_l: Decimal | BillingError | None
    code: Code


_KEY, _FIRST = attrgetter("key"), attrgetter("first")


@dataclass(slots=True)
class Ranking:
    """The stretches of a group of orders, and where each order ranked."""

    stretches: list[Stretch]
    #: the therapy of each ranked order
    courses: dict[Order, Course] = field(default_factory=dict)

    def rank(self, order: Order, day: int) -> int:
        """The rank of an order's therapy on a day; after all others where it is not ranked."""
        course = self.courses.get(order)
        if course is None:
            return UNRANKED
        rank = UNRANKED
        for start, found in course.ranks:
            if start > day:
                break
            rank = found
        return rank


Key = tuple[object, ...]


def _by_frequency(order: Order) -> Key:
    """More frequent first, then the earlier start, then Order; the rest only makes equal rows comparable."""
    return (order.rx.hours, order.first, order.key, order.last, order)


def _by_start(order: Order) -> Key:
    """The earlier start first, then the more frequent."""
    return (order.first, order.rx.hours, order.key, order.last, order)


class Ranker:
    """Ranks the therapies of one payer's patients, one patient after another."""

    def __init__(
        self, reference: Reference, terms: Terms, codes: Codes, rates: Pricing, *, by_rate: bool = False
    ) -> None:
        """``by_rate``: rank by rate whatever the contract says, to see what that would earn."""
        self.reference = reference
        self.terms = terms
        self.codes = codes
        self.rates = rates
        _, rate, start = RANK_BY
        self._key = _by_start if terms.rank_by == start else _by_frequency
        self._by_rate = rates.given and (by_rate or terms.rank_by == rate)
        every, _, self._or_visits = DAYS_COUNTED
        self._longest = terms.longest_interval if terms.days_counted == every else 24

    def rank(self, orders: Iterable[Order], visited: Collection[int] = ()) -> Ranking:
        """Ranks the dated orders of one patient. A therapy that is not ranked stands for itself.

        ``visited``: the days (ordinals) on which a nurse came, which some payers count.
        An order that cannot be billed but has days and an interval is a therapy all the same: it takes its
        rank, so that the others do not change when it is mended.
        """
        ranking = Ranking([])
        ranked: list[Running] = []
        apart: list[list[Running]] = []
        shared: dict[str, list[Running]] = {}
        for order in orders:
            rx = order.rx
            if rx.interval is None and order.problem is not None:
                continue
            share = rx.therapy is not None and rx.therapy.shared and order.problem is None
            together = shared.setdefault(rx.therapy.therapy, []) if share and rx.therapy is not None else []
            course = together[0].course if together else Course()
            key, code = self._key(order), self._code(order, rx.volume_l)
            running = [
                Running(key, first, last, order, course, rx.volume_l, code)
                for first, last in self._per_diem_days(order, visited)
            ]
            if rx.therapy is None or rx.therapy.ranked:
                ranking.courses[order] = course
            if share:
                together += running
            elif rx.therapy is None or rx.therapy.ranked:
                ranked += running
            else:
                apart.append(running)
        for therapy, together in shared.items():
            pieces = [*self._pieces(together)]
            if self.reference.therapies[therapy].ranked:
                ranked += pieces
            else:
                apart.append(pieces)
        if self._by_rate:
            ranked = [piece for item in ranked for piece in self._priced(item)]
        self._sweep(ranked, ranking.stretches)
        for alone in apart:
            self._sweep(alone, ranking.stretches, ranked=False)
        return ranking

    def _per_diem_days(self, order: Order, visited: Collection[int]) -> Iterable[tuple[int, int]]:
        """The days that an order's per diem counts, as (first, last) ordinals.

        Every day of therapy up to the longest interval of the contract (NHIA's definition of the per diem ends
        with 72 hours); beyond it, or where the payer counts infusion days alone, only the days of an infusion.
        """
        interval = order.rx.interval
        if interval is None or order.rx.hours <= self._longest:
            return ((order.first, order.last),)
        days = interval.days(order.first, order.last)
        if visited and self.terms.days_counted == self._or_visits:
            days = sorted({*days, *(day for day in visited if order.first <= day <= order.last)})
        return [(day, day) for day in days]

    def _priced(self, item: Running) -> Iterator[Running]:
        """The days of a therapy, cut where its full rate changes; the dearer first, one without a rate last."""
        found = item.code
        spans = (
            ((item.first, item.last, None),) if isinstance(found, BillingError) else found.cut(item.first, item.last)
        )
        for first, last, code in spans:
            prices = self.rates.prices(self.terms.name, code.row.code) if isinstance(code, PerDiem) else None
            for start, end, price in prices.cut(first, last) if prices is not None else ((first, last, None),):
                rate = (0, -price.amount) if isinstance(price, Price) else (1, Decimal(0))
                yield Running((rate, *item.key), start, end, item.lead, item.course, item.volume_l, found)

    def _sweep(self, items: list[Running], stretches: list[Stretch], ranked: bool = True) -> None:
        """Goes from one day where something starts or stops to the next, the running therapies kept in order."""
        for first, last, running in _stretches(items):
            count = len(running)
            for rank, item in enumerate(running, start=1):
                course, lead = item.course, item.lead
                if ranked and course.rank != rank:
                    course.rank = rank
                    course.ranks.append((first, rank))
                if lead.problem is not None:
                    continue
                before = course.latest
                if (
                    before is not None
                    and before.last == first - 1
                    and before.lead is lead
                    and (before.rank == rank or _modifier(before.rank) == _modifier(rank))
                    and before.volume_l == item.volume_l
                ):  # the same answer as on the days before: one line bills both
                    before.last = last
                    if count < before.least:
                        before.least = count
                    elif count > before.most:
                        before.most = count
                else:
                    code = CROWDED if rank > per_diem.MOST_RANK else item.code
                    found = Stretch(lead, first, last, rank, ranked, code, item.volume_l, count, count)
                    course.latest = found
                    stretches.append(found)

    def _code(self, lead: Order, volume_l: Decimal | BillingError | None) -> Code:
        if lead.problem is not None:
            return lead.problem
        return volume_l if isinstance(volume_l, BillingError) else self.codes.per_diem(lead.rx, volume_l)

    def _pieces(self, together: list[Running]) -> Iterator[Running]:
        """The days of orders that one per diem covers: of those of a day the first leads, and their volumes add up."""
        for first, last, running in _stretches(together):
            lead, volume_l = running[0], _volume(running)
            code = self._code(lead.lead, volume_l)
            yield Running(lead.key, first, last, lead.lead, lead.course, volume_l, code)


def _modifier(rank: int) -> str | None:
    """The modifier of a rank, None beyond the last one."""
    return per_diem.modifier(rank) if rank <= per_diem.MOST_RANK else None


def _stretches(items: list[Running]) -> Iterator[tuple[int, int, list[Running]]]:
    """(first day, last day, what runs on them, in order), from one day where something changes to the next."""
    items.sort(key=_FIRST)
    ends = {item.last + 1 for item in items}
    cuts = sorted(ends.union([item.first for item in items]))
    running: list[Running] = []
    at = 0
    for cut, following in pairwise(cuts):
        if cut in ends:
            running = [item for item in running if item.last >= cut]
        while at < len(items) and items[at].first == cut:
            insort(running, items[at], key=_KEY)
            at += 1
        if running:
            yield cut, following - 1, running


def _volume(running: list[Running]) -> Decimal | BillingError | None:
    """The liters a day of all orders that one per diem covers; None where none states a volume."""
    stated: list[Decimal] = []
    for item in running:
        if isinstance(item.volume_l, BillingError):
            return item.volume_l
        if item.volume_l is not None:
            stated.append(item.volume_l)
    return sum(stated, Decimal(0)) if stated else None
