"""What the orders say of the past: how many start in a month, how long they run, what each of their days brings.

A forecast draws from it, and says what it rests on. Nothing is left out: a line that cannot be priced, or an order
without days, is an error that names its row.

- **Months of the history**: the calendar months from the first start to the last one, both counted as whole unless
  they look cut: where the days without a start at the edge (from the first of the month, or through its last) are
  more than any pause between two starts. A cut month gives no count; its orders are drawn from all the same.
- **A line's amount** is spread evenly over its days, to the cent (`months`), and is paid by its payer's payment days
  after the last of them.
- **A day of a patient** is counted once, for the order that began first.
- **A visit** belongs to the order of its claim that runs on that day, else to another order of the patient, the one
  that began first; where none runs, it is drawn by itself.
- **Small therapies**: those of fewer than `LEAST_OF_A_THERAPY` orders are one pool.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.inputs import sort_key
from xl_infusion.claim.lines import Line
from xl_infusion.claim.order import Order
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import BillingError, NotFound, OutOfRange, table_row
from xl_infusion.model.expected import expected_lines
from xl_infusion.model.months import brought, month_of, month_start, month_text

#: Fewer say too little of how much the next months differ from each other.
LEAST_ORDERS, LEAST_MONTHS = 30, 3
#: A therapy of fewer orders is drawn together with others like it.
LEAST_OF_A_THERAPY = 20
OTHER_THERAPIES, VISITS_ALONE = "other therapies", "visits without an order"
#: Orders that start later are a typing error, and their months might not be in the calendar any more.
_LATEST = dt.date(9900, 1, 1).toordinal()


@dataclass(slots=True, eq=False)
class Start:
    """An order as a forecast draws it (or a visit without one): what its days bring, counted from its first day.

    ``days``: the length of therapy, 0 for a visit. ``own_from``: from this day on its days are days of the patient
    that no order counts that began before. ``revenue`` and ``cash``: cents by day; ``waited``: cents x days to pay.
    """

    source: Order | Visit
    therapy: str
    payer: str
    first: int
    days: int
    own_from: int = 0
    revenue: Counter[int] = field(default_factory=Counter)
    cash: Counter[int] = field(default_factory=Counter)
    waited: int = 0

    @property
    def amount(self) -> int:
        """All that it is expected to bring, cents."""
        return sum(self.revenue.values())

    def add(self, line: Line, cents: int, payment_days: int) -> None:
        """A line of it, with its amount."""
        offset, days = line.first - self.first, line.last - line.first + 1
        assert offset >= 0 and offset + days <= max(self.days, 1)
        for day in range(days):
            self.revenue[offset + day] += brought(cents, days, day + 1) - brought(cents, days, day)
        self.cash[offset + days - 1 + payment_days] += cents
        self.waited += cents * payment_days

    @property
    def place(self) -> tuple[object, ...]:
        """Where it stands among others: by what it is, never by where its row is."""
        key = self.source.key if isinstance(self.source, Order) else ()
        patient = self.source.patient
        return (self.first, key, sort_key(patient), patient, self.days, self.own_from, sorted(self.revenue.items()),
                sorted(self.cash.items()))  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """What a forecast rests on.

    ``months``: the whole months of the starts, as `month_of` counts them. ``known_through``: the day (ordinal) after
    which starts are not known yet. ``pools``: what is drawn from, by name.
    """

    orders: Sequence[Start]
    visits: Sequence[Start]
    months: range
    known_through: int
    pools: Mapping[str, Sequence[Start]]

    @property
    def begins(self) -> int:
        """The first month of a forecast: the one in which the first day falls whose starts are not known."""
        return month_of(self.known_through + 1)

    @property
    def cut(self) -> bool:
        """True where the first month of the forecast has begun already."""
        return month_start(self.begins) <= self.known_through

    def counts(self, starts: Iterable[Start]) -> list[int]:
        """How many begin in each of the whole months."""
        found = Counter(month_of(start.first) for start in starts)
        return [found[month] for month in self.months]

    @property
    def told(self) -> str:
        """The history in words."""
        says = [
            f"{len(self.orders)} orders, starts of {len(self.months)} whole months, {month_text(self.months[0])} to "
            f"{month_text(self.months[-1])}"
        ]
        if self.cut:
            says.append(f"starts are known through {dt.date.fromordinal(self.known_through)}")
        if idle := self.counts(self.orders).count(0):
            says.append(f"in {idle} of the months nothing started: check the dates")
        if pooled := self.pools.get(OTHER_THERAPIES):
            sizes = Counter(start.therapy for start in pooled)
            says.append(
                f"{OTHER_THERAPIES}, of fewer than {LEAST_OF_A_THERAPY} orders each: "
                + ", ".join(f"{name} ({sizes[name]})" for name in sorted(sizes))
            )
        if self.visits:
            says.append(f"{VISITS_ALONE}: {len(self.visits)}")
        return "; ".join(says)


def history(work: Work, claims: Sequence[Claim]) -> History:
    """What a workbook's orders say of the past.

    Errors: that of the first row that cannot be priced, with the row; `NotFound` for too few orders or months;
    `NoRate` without Rates.
    """
    orders, visits = _starts(work, claims)
    days = [start.first for start in orders]
    if days and max(days) >= _LATEST:
        raise OutOfRange(f"an order starts on {dt.date.fromordinal(max(days))}: check the dates of Orders")
    months, known_through = whole_months(days)
    if len(orders) < LEAST_ORDERS or len(months) < LEAST_MONTHS:
        raise NotFound(
            f"a forecast rests on {LEAST_ORDERS} orders or more, and on {LEAST_MONTHS} whole months of starts or more; "
            f"here are {len(orders)} and {len(months)}: give a longer history"
        )
    sizes = Counter(start.therapy for start in orders)
    pools: dict[str, list[Start]] = {name: [] for name in sorted(sizes) if sizes[name] >= LEAST_OF_A_THERAPY}
    for start in orders:
        pools.setdefault(start.therapy if start.therapy in pools else OTHER_THERAPIES, []).append(start)
    if visits:
        pools[VISITS_ALONE] = visits
    return History(orders, visits, months, known_through, pools)


def whole_months(starts: Iterable[int]) -> tuple[range, int]:
    """The whole months of a history, and the day through which its starts are known, out of the days of the starts.

    >>> day = dt.date(2025, 1, 1).toordinal()
    >>> months, known = whole_months(range(day, day + 100, 3))
    >>> [month_text(month) for month in months], dt.date.fromordinal(known)
    (['2025-01', '2025-02', '2025-03'], datetime.date(2025, 4, 10))
    """
    days = sorted(set(starts))
    if not days:
        return range(0), 0
    pause = max((after - before for before, after in pairwise(days)), default=1)
    first, last = month_of(days[0]), month_of(days[-1])
    if days[0] - month_start(first) >= pause:
        first += 1
    ends = month_start(last + 1) - 1
    if ends - days[-1] >= pause:
        return range(first, last), days[-1]
    return range(first, last + 1), ends


def _starts(work: Work, claims: Sequence[Claim]) -> tuple[list[Start], list[Start]]:
    """Every order with what it brings, and the visits that no order has; sorted by what they are."""
    lines = list(expected_lines(work, claims))
    _all_priced((line.line.source, line.expected) for line in lines)
    found = {order: _of_order(order, claim) for claim in claims for order in claim.orders}
    of_patient: dict[str, list[Start]] = defaultdict(list)
    for order, start in found.items():
        of_patient[order.patient].append(start)
    for starts in of_patient.values():
        starts.sort(key=_began)
        _own_days(starts)
    alone: dict[Visit, Start] = {}
    for line in lines:
        assert not isinstance(line.expected, BillingError)
        if not line.expected:
            continue
        source, claim = line.line.source, line.claim
        if isinstance(source, Order):
            start = found[source]
        else:
            start = _of_visit(source, claim, of_patient[source.patient]) or alone.setdefault(
                source, Start(source, VISITS_ALONE, claim.payer, source.day, 0)
            )
        start.add(line.line, int(line.expected.scaleb(2)), claim.terms.payment_days)
    orders, visits = (sorted(starts.values(), key=_place) for starts in (found, alone))
    return orders, visits


def _of_order(order: Order, claim: Claim) -> Start:
    assert order.rx.therapy is not None  # else the order has a problem, and its line too
    return Start(order, order.rx.therapy.name, claim.payer, order.first, order.last - order.first + 1)


def _own_days(starts: Iterable[Start]) -> None:
    """From which of its days on each start of a patient has the patient for itself: a patient-day counts once."""
    covered = 0
    for start in starts:
        start.own_from = max(0, covered + 1 - start.first)
        covered = max(covered, start.first + start.days - 1)


def _all_priced(amounts: Iterable[tuple[Order | Visit, object]]) -> None:
    """Raises for the first row, Orders before Visits, one of whose lines cannot be priced."""
    failed: dict[tuple[bool, int], BillingError] = {}
    for source, amount in amounts:
        if isinstance(amount, BillingError):
            failed.setdefault((isinstance(source, Visit), source.at), amount)
    if failed:
        (of_visits, at), problem = min(failed.items(), key=lambda item: item[0])
        more = f" (and {len(failed) - 1} more that cannot be priced)" if len(failed) > 1 else ""
        raise problem.at(table_row("Visits" if of_visits else "Orders", at) + more)


def _of_visit(visit: Visit, claim: Claim, starts: Sequence[Start]) -> Start | None:
    """The order that a visit belongs to: of its claim, else another of the patient; the one that began first."""
    running = [start for start in starts if 0 <= visit.day - start.first < start.days]
    of_claim = set(claim.orders)
    return next((start for start in running if start.source in of_claim), next(iter(running), None))


def _began(start: Start) -> tuple[object, ...]:
    assert isinstance(start.source, Order)
    return start.first, start.source.key, start.source


def _place(start: Start) -> tuple[object, ...]:
    return start.place
