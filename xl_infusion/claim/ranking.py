"""Who is concurrent on which day, in which order: the therapies of one patient and payer, day by day.

Days are never walked one by one: the days on which an order starts or stops cut the calendar into stretches in which
the same therapies run, and on such a day only what has another modifier from then on is looked at, so that the work
grows with the orders and not with their pairs. The order is the payer's term Rank by; its
default is that of the IDSA Home Infusion FAQ (2013), the more frequent therapy first; ties go by the term Tie by, then
by start, then by Order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from operator import attrgetter

from xl_infusion.claim.codes import Codes, PerDiem
from xl_infusion.claim.counted_days import CountedDays, Run
from xl_infusion.claim.inside import added_on, added_to, cut_by, time_of
from xl_infusion.claim.line_care import LineCare
from xl_infusion.claim.order import Order, Prescription, hours_of
from xl_infusion.claim.price import Price
from xl_infusion.claim.rates import Pricing
from xl_infusion.claim.spans import Spans
from xl_infusion.claim.standing import Extremes, Standing, enter, leave, placed, stands, turns
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import RANK_BY, TIE_BY
from xl_infusion.errors import BillingError, OutOfRange
from xl_infusion.reference import Reference
from xl_infusion.rules import per_diem
from xl_infusion.rules.interval import Interval

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
    answer). ``code`` is the per diem code with its days, or why there is none. ``rx``: what is given, with the doses
    that other orders add. ``tied``: it ranks by its rate among equally frequent therapies.
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
    rx: Prescription
    tied: bool


@dataclass(slots=True, eq=False)
class Course:
    """A therapy of one patient: an order's own, or the one that several orders share.

    ``ranked``: the days on which it takes part in the ranking, the first ones first; ``latest``: its stretch so far.
    """

    ranked: list[Running] = field(default_factory=list)
    latest: Stretch | None = None


@dataclass(slots=True, eq=False)
class Running:
    """Days on which a therapy takes part in the ranking as one order of it stands, with what it is ordered by.

    ``volume_l``: the liters a day of all its orders. No two of one course have a day in common. What the ranking finds:
    ``place`` among all that are ranked, ``rank`` on the first day, ``stretch`` now and ``since`` when it is that one.
    """

    key: tuple[object, ...]
    first: int
    last: int
    lead: Order
    course: Course
    volume_l: Decimal | BillingError | None
    code: Code
    rx: Prescription
    tied: bool = False
    place: int = 0
    rank: int = 0
    stretch: Stretch | None = None
    since: int = 0


_FIRST = attrgetter("first")


@dataclass(slots=True)
class Ranking:
    """The stretches of a group of orders, and where each order ranked."""

    stretches: list[Stretch]
    #: the therapy of each ranked order
    courses: dict[Order, Course] = field(default_factory=dict)
    #: all that is ranked
    ranked: list[Running] = field(default_factory=list)
    #: whether rates decide between equally frequent therapies
    tied: bool = False
    _standing: Standing | None = None

    def rank(self, order: Order, day: int) -> int:
        """The rank of an order's therapy on a day, between its days the last one; after all others before them."""
        course = self.courses.get(order.leading(day) if order.leads else order)
        at = bisect_right(course.ranked, day, key=_FIRST) if course is not None else 0
        if course is None or not at:
            return UNRANKED
        item = course.ranked[at - 1]
        if item.first == day:
            return item.rank
        if self._standing is None:
            self._standing = Standing((one.first, one.last, one.place) for one in self.ranked)
        return 1 + self._standing.before(item.place, min(day, item.last))


@dataclass(slots=True)
class _Therapies:
    """The therapies of one patient: those that are ranked, and those of which each stands for itself."""

    courses: dict[Order, Course] = field(default_factory=dict)
    ranked: list[Running] = field(default_factory=list)
    apart: list[list[Running]] = field(default_factory=list)

    def add(self, running: list[Running], ranked: bool) -> None:
        """Adds the days of a therapy."""
        if ranked:
            self.ranked += running
        else:
            self.apart.append(running)


Key = tuple[object, ...]


def _by_frequency(order: Order, hours: int | Fraction) -> Key:
    """More frequent first, then the earlier start, then Order; the rest only makes equal rows comparable."""
    return (hours, order.first, order.key, order.last, order)


def _by_start(order: Order, hours: int | Fraction) -> Key:
    """The earlier start first, then the more frequent."""
    return (order.first, hours, order.key, order.last, order)


def _is_ranked(order: Order, terms: Terms) -> bool:
    therapy = order.rx.therapy
    return therapy is None or (therapy.ranked and therapy.therapy not in terms.unranked)


def _shared_therapy(order: Order) -> str:
    """The therapy of which an order has its per diem together with others, "" where it has one of its own."""
    therapy = order.rx.therapy
    if therapy is None or not therapy.shared or order.problem is not None:
        return ""
    return therapy.therapy


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
        frequency, rate, start = RANK_BY
        self._key = _by_start if terms.rank_by == start else _by_frequency
        self._by_rate = rates.given and (by_rate or terms.rank_by == rate)
        self._ties_by_rate = rates.given and terms.rank_by == frequency and terms.tie_by == TIE_BY[0]
        self._together: dict[tuple[Prescription, Fraction], Prescription] = {}
        self._days = CountedDays(terms)

    def rank(self, orders: Iterable[Order], visited: Collection[int] = (), elsewhere: Sequence[Run] = ()) -> Ranking:
        """Ranks the dated orders of one patient. A therapy that is not ranked stands for itself.

        ``visited``: the days (ordinals) on which a nurse came, which some payers count. ``elsewhere``: days on which
        the patient has a therapy through a line at another payer.
        An order that cannot be billed but has days and an interval is a therapy all the same: it takes its
        rank, so that the others do not change when it is mended.
        """
        therapies = self._therapies([*orders], visited, elsewhere)
        ranked = therapies.ranked
        tied = set(ranked) if self._by_rate else _equally_frequent(ranked) if self._ties_by_rate else set()
        if tied:
            ranked = [piece for item in ranked for piece in (self._priced(item) if item in tied else (item,))]
        ranking = Ranking([], therapies.courses, ranked, bool(tied) and not self._by_rate)
        self._sweep(ranked, ranking.stretches)
        for alone in therapies.apart:
            self._sweep(alone, ranking.stretches, ranked=False)
        return ranking

    def _therapies(self, orders: Sequence[Order], visited: Collection[int], elsewhere: Sequence[Run]) -> _Therapies:
        found = _Therapies()
        care = LineCare(self.terms, self._days, orders, visited, elsewhere)
        shared: dict[str, list[Running]] = defaultdict(list)
        for order in orders:
            if order.inside or (order.rx.interval is None and order.problem is not None):
                continue
            therapy = _shared_therapy(order)
            together = shared[therapy] if therapy else []
            course = together[0].course if together else Course()
            running = self._running(order, course, care.days(order, visited))
            if _is_ranked(order, self.terms):
                found.courses[order] = course
            if therapy:
                together += running
            else:
                found.add(running, _is_ranked(order, self.terms))
        for together in shared.values():
            found.add([*self._pieces(together)], _is_ranked(together[0].lead, self.terms) if together else False)
        return found

    def _running(self, order: Order, course: Course, days: Iterable[Run]) -> list[Running]:
        """An order on the days that its per diem counts."""
        volume_l = order.rx.volume_l
        return [
            Running(
                self._key(order, rx.hours), start, end, order, course, volume_l, self._code(order, rx, volume_l), rx
            )
            for first, last in days
            for start, end, rx in self._given(order, first, last)
        ]

    def _given(self, order: Order, first: int, last: int) -> Iterable[tuple[int, int, Prescription]]:
        """What is given on some days: the order's own doses, and those that others inside it add at other times."""
        added = added_to(order)
        if not added:
            return ((first, last, order.rx),)
        return [(start, end, self._with(order, start)) for start, end in cut_by((order, *added), first, last)]

    def _with(self, order: Order, day: int) -> Prescription:
        """What an order gives on a day together with the orders that run inside it: one dose for each time of day."""
        times: dict[str, Fraction] = {}
        for one in (order, *added_on(order, day)):
            assert one.rx.interval is not None
            times.setdefault(time_of(one), one.rx.interval.doses_per_day)
        if len(times) == 1:
            return order.rx
        hours = 24 / sum(times.values(), Fraction(0))
        key = order.rx, hours
        if key not in self._together:
            every = Interval(hours)
            self._together[key] = replace(order.rx, interval=every, hours=hours_of(every), gap=hours_of(every))
        return self._together[key]

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
                key = (rate, *item.key) if self._by_rate else (item.key[0], rate, *item.key[1:])
                yield Running(key, start, end, item.lead, item.course, item.volume_l, found, item.rx, not self._by_rate)

    def _sweep(self, items: list[Running], stretches: list[Stretch], ranked: bool = True) -> None:
        """Goes from one day where something starts or stops to the next: only what that changes is looked at."""
        running: list[Running] = []
        counts = Extremes()
        for day, gone, come in turns(placed(items)):
            few = len(running) + len(come) <= _FEW
            leaders = [] if few else running[:_TOLD_APART]
            for item in gone:
                leave(running, item)
                _close(item, day, counts)
            for item in come:
                enter(running, item)
            if ranked:
                _remember(come)
            count = len(running)
            for rank, item in enumerate(running, start=1) if few else _touched(running, leaders, gone, come):
                if item.first == day:
                    item.rank = rank
                elif item.stretch is not None:
                    if _modifier(item.stretch.rank) == _modifier(rank):
                        continue
                    _close(item, day, counts)
                if item.lead.problem is None:
                    item.stretch, item.since = self._stretch(item, rank, day, count, stretches, ranked), day
            counts.add(day, count)

    @staticmethod
    def _stretch(item: Running, rank: int, day: int, count: int, stretches: list[Stretch], ranked: bool) -> Stretch:
        """The stretch of a therapy from a day on: the one before, where the answer is the same, or another one."""
        before = item.course.latest
        if (
            before is not None
            and before.last == day - 1
            and before.lead is item.lead
            and _modifier(before.rank) == _modifier(rank)
            and before.volume_l == item.volume_l
            and before.rx is item.rx
        ):  # the same answer as on the days before: one line bills both
            return before
        code = CROWDED if rank > per_diem.MOST_RANK else item.code
        found = item.course.latest = Stretch(item.lead, day, day, rank, ranked, code, item.volume_l, count, count,
                                             item.rx, item.tied)  # fmt: skip
        stretches.append(found)
        return found

    def _code(self, lead: Order, rx: Prescription, volume_l: Decimal | BillingError | None) -> Code:
        if lead.problem is not None:
            return lead.problem
        return volume_l if isinstance(volume_l, BillingError) else self.codes.per_diem(rx, volume_l)

    def _pieces(self, together: list[Running]) -> Iterator[Running]:
        """The days of orders that one per diem covers: of those of a day the first leads, and their volumes add up."""
        running: list[Running] = []
        volumes = _Volumes()
        for (day, gone, come), (after, _, _) in pairwise([*turns(placed(together)), (0, [], [])]):
            for item in gone:
                leave(running, item)
                volumes.leave(item)
            for item in come:
                enter(running, item)
                volumes.enter(item)
            if running:
                lead, volume_l = running[0], volumes.together
                code = self._code(lead.lead, lead.rx, volume_l)
                yield Running(lead.key, day, after - 1, lead.lead, lead.course, volume_l, code, lead.rx)


def _equally_frequent(items: Sequence[Running]) -> set[Running]:
    """Those among which a rate can decide: as frequent as another one, whose code is another."""
    alike: dict[object, list[Running]] = defaultdict(list)
    for item in items:
        alike[item.key[0]].append(item)
    return {item for some in alike.values() if some[1:] and _differ(some) for item in some}


def _differ(items: Sequence[Running]) -> bool:
    first, *others = (None if isinstance(item.code, BillingError) else item.code.values for item in items)
    return any(values != first for values in others)


#: So few are looked at one and all.
_FEW = 8


def _touched(
    running: list[Running], leaders: list[Running], gone: Sequence[Running], come: Sequence[Running]
) -> Iterator[tuple[int, Running]]:
    """Whose modifier can be another than before so many went and came, and all that came, with their ranks."""
    at = {*range(min(len(running), _TOLD_APART)), *(stands(running, item) for item in come)}
    at |= {stands(running, item) for item in leaders if item not in gone}
    last = per_diem.MOST_RANK
    at |= {*range(max(last - len(gone), 0), min(last + len(come), len(running)))}
    return ((one + 1, running[one]) for one in sorted(at))


def _remember(come: Iterable[Running]) -> None:
    """Tells their courses which of them are ranked from that day on."""
    for item in come:
        item.course.ranked.append(item)


def _close(item: Running, day: int, counts: Extremes) -> None:
    """Ends the stretch of a therapy before a day, with how many ran on its days."""
    stretch = item.stretch
    if stretch is not None:
        stretch.last = day - 1
        stretch.least = min(stretch.least, counts.least(item.since))
        stretch.most = max(stretch.most, counts.most(item.since))
        item.stretch = None


def _modifier(rank: int) -> str | None:
    """The modifier of a rank, None beyond the last one."""
    return _MODIFIERS[rank] if rank < len(_MODIFIERS) else None


_MODIFIERS = (None, *map(per_diem.modifier, range(1, UNRANKED)))
#: The first ranks, each with a modifier of its own (none and SH); all after them have that of the last one (SJ).
_TOLD_APART = _MODIFIERS.index(_MODIFIERS[-1]) - 1


class _Volumes:
    """The liters a day of all orders that one per diem covers."""

    def __init__(self) -> None:
        self._total, self._stated = Decimal(0), 0
        self._wrong: list[Running] = []

    def enter(self, item: Running) -> None:
        self._count(item, 1)
        if isinstance(item.volume_l, BillingError):
            enter(self._wrong, item)

    def leave(self, item: Running) -> None:
        self._count(item, -1)
        if isinstance(item.volume_l, BillingError):
            leave(self._wrong, item)

    def _count(self, item: Running, times: int) -> None:
        if isinstance(item.volume_l, Decimal):
            self._total = _EXACT.fma(item.volume_l, times, self._total)
            self._stated += times

    @property
    def together(self) -> Decimal | BillingError | None:
        """Their sum, None where none states a volume; the first error of one."""
        if self._wrong:
            return self._wrong[0].volume_l
        return self._total if self._stated else None


#: No sum of volumes is rounded: what was added can be taken out again.
_EXACT = Context(prec=1000)
