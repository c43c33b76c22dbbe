"""The next months, out of the past ones: patient-days, revenue and cash, with how far chance alone moves them.

A bootstrap. For each run and each month to come, one month of the history is drawn, and as many orders of each
therapy start as started in it: all therapies of one month together, so that a busy month is busy for all of them, and
the band of the total is not narrower than the past was. Each start is one of that therapy's own orders (its length,
its payer, its amounts by day), on a day of the month that is as likely as any other. Orders that began in the history
and run on, and cash that is still to come from it, are known, and the same in every run.

Percentiles are by nearest rank: P10 of 500 runs is the 50th smallest. All sums are whole cents. The draws use nothing
of `random.Random` but the seed and ``random()``, whose sequence Python promises to keep: equal on every machine.

What a start brings to the months is one integer that holds all figures of all months side by side (`_Fields`), added at
once. The draws of a month are made run by run and added start by start, so that nothing is looked up in a table that
grows out of the processor's cache: ten times the orders take ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from xl_infusion.model.history import History, Start
from xl_infusion.model.months import month_of, month_start
from xl_infusion.rules.number import CENT

MONTHS, MOST_MONTHS = 12, 36
RUNS, LEAST_RUNS, MOST_RUNS = 500, 100, 5000
SEED, MOST_SEED = 1, 2**31 - 1

#: Starts, patient-days, cents of revenue, cents of cash: of one month in one run, or what is known of it.
Figures = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Band:
    """What the runs come to: the tenth, fiftieth and ninetieth percentile, and the mean."""

    p10: Decimal
    p50: Decimal
    p90: Decimal
    mean: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """One month, or all of them; US dollars. ``first``: the first day of the month (ordinal), 0 for the total.

    ``revenue_known`` and ``cash_known``: the part that is the same in every run.
    """

    first: int
    starts: Decimal
    patient_days: Band
    revenue_known: Decimal
    revenue: Band
    cash_known: Decimal
    cash: Band
    why: str


def forecast(past: History, months: int = MONTHS, runs: int = RUNS, seed: int = SEED) -> list[Forecast]:
    """The total of all months, then each month. The same history and seed give the same figures everywhere.

    More months leave those before them as they are.
    """
    known, simulated = drawn(past, months, runs, seed)
    totals = [_added(run) for run in simulated]
    told = f"{past.told}; {runs} runs, seed {seed}; percentiles of the sums of the runs, not sums of percentiles"
    out = [_row(0, _added(known), totals, told)]
    for at in range(months):
        month = past.begins + at
        out.append(_row(month_start(month), known[at], [run[at] for run in simulated], _why(past, month)))
    return out


def drawn(past: History, months: int, runs: int, seed: int) -> tuple[list[Figures], list[list[Figures]]]:
    """What is known of each month; and of each run what is drawn for each month, without what is known."""
    begin = [month_start(past.begins + at) for at in range(months + 1)]
    counts = [past.counts(pool) for pool in past.pools.values()]
    starts = [*past.orders, *past.visits]
    fields = _Fields(months * max(map(sum, zip(*counts, strict=True))) + len(starts), starts)
    ends = [day - begin[0] for day in begin[1:]]
    known = sum(fields.by_month(fields.sums(start), start.first - begin[0], ends) for start in starts)
    random = Random(seed).random
    totals = [0] * runs
    plans = list(zip(*counts, strict=True))
    for at in range(months):
        ends = [day - begin[at] for day in begin[at + 1 :]]
        draws = [_Draws(pool, ends[0]) for pool in past.pools.values()]
        _draw(draws, plans, runs, random)
        brought = [0] * runs
        for each in draws:
            each.add(brought, fields, ends, past.known_through + 1 - begin[at])
        shift = fields.month_bits * at
        totals = [total + (month << shift) for total, month in zip(totals, brought, strict=True)]
    return fields.read(known, months), [fields.read(total, months) for total in totals]


def _draw(draws: Sequence[_Draws], plans: Sequence[tuple[int, ...]], runs: int, random: Callable[[], float]) -> None:
    """One month of every run: a month of the past says how many start of each pool, and each of them is drawn."""
    of_month = [[(each.found, each.size, count) for each, count in zip(draws, plan, strict=True)] for plan in plans]
    for run in range(runs):
        for found, size, count in of_month[int(random() * len(plans))]:
            for _ in range(count):
                found.append(int(random() * size) * runs + run)


class _Fields:
    """Figures of many months side by side in one integer, so that one addition adds them all.

    A field is as wide as the largest sum that ``most`` starts can come to: none ever runs over into the next.
    """

    def __init__(self, most: int, starts: Sequence[Start]) -> None:
        largest = most * max(max(start.amount, start.days, 1) for start in starts)
        self.size = largest.bit_length() // 8 + 1  # bytes of a field
        self.month_bits = 4 * 8 * self.size
        self._sums: dict[Start, list[int]] = {}

    def sums(self, start: Start) -> list[int]:
        """The fields of a start added up: of its first 0, 1, 2, ... days."""
        found = self._sums.get(start)
        if found is None:
            bits = 8 * self.size
            found = self._sums[start] = [0]
            for day in range(max(start.days, 1 + max(start.cash, default=0))):
                figures = (
                    int(day == 0 < start.days),
                    int(start.own_from <= day < start.days),
                    start.revenue.get(day, 0),
                    start.cash.get(day, 0),
                )
                found.append(found[-1] + sum(figure << bits * at for at, figure in enumerate(figures)))
        return found

    def by_month(self, sums: Sequence[int], day: int, ends: Sequence[int]) -> int:
        """What days that begin on a day bring to each month, out of their `sums`.

        ``day``: 0 is the first of the months; before it, less. ``ends``: on which day each month has ended.
        """
        last = len(sums) - 1
        total = shift = 0
        before = sums[min(-day, last)] if day < 0 else 0
        for end in ends:
            until = end - day
            if until >= last:
                return total + (sums[last] - before << shift)
            after = sums[until] if until > 0 else 0
            total += after - before << shift
            before = after
            shift += self.month_bits
        return total

    def read(self, packed: int, months: int) -> list[Figures]:
        """The figures of each month."""
        size = self.size
        cells = packed.to_bytes(4 * size * months, "little")
        numbers = [int.from_bytes(cells[at : at + size], "little") for at in range(0, len(cells), size)]
        return list(zip(*(numbers[at::4] for at in range(4)), strict=True))


class _Draws:
    """The starts that are drawn from a pool in one month, in every run.

    ``found``: (place of the start in the pool x days of the month + day) x runs + run, one for each draw.
    """

    def __init__(self, starts: Sequence[Start], days: int) -> None:
        self.size = len(starts) * days
        self.found: list[int] = []
        self._starts, self._days = starts, days

    def add(self, runs: list[int], fields: _Fields, ends: Sequence[int], known_days: int) -> None:
        """Adds to each run what its starts bring.

        ``ends``: the days from the first of the month to the end of it, and of each later one.
        ``known_days``: on this many days of the month the starts are known: one drawn for them brings nothing more.
        """
        self.found.sort()
        latest, brings = -1, 0
        for draw in self.found:
            which, run = divmod(draw, len(runs))
            if which != latest:
                latest = which
                at, day = divmod(which, self._days)
                brings = fields.by_month(fields.sums(self._starts[at]), day, ends) if day >= known_days else 0
            runs[run] += brings


def _added(months: Sequence[Figures]) -> Figures:
    starts, days, revenue, cash = (sum(figures) for figures in zip(*months, strict=True))
    return starts, days, revenue, cash


def _row(first: int, known: Figures, runs: Sequence[Figures], why: str) -> Forecast:
    one, cent = Decimal(1), Decimal(100)
    starts, days, revenue, cash = (
        _band([of_known + figure for figure in of_runs], unit)
        for of_known, of_runs, unit in zip(known, zip(*runs, strict=True), (one, one, cent, cent), strict=True)
    )
    return Forecast(first, starts.mean, days, known[2] / cent, revenue, known[3] / cent, cash, why)


def _band(runs: list[int], unit: Decimal) -> Band:
    runs.sort()
    mean = (sum(runs) / unit / len(runs)).quantize(CENT, ROUND_HALF_UP)
    p10, p50, p90 = (percentile(runs, percent) / unit for percent in (10, 50, 90))
    return Band(p10, p50, p90, mean)


def percentile(ordered: Sequence[int], percent: int) -> int:
    """The nearest rank: the smallest of the values that ``percent`` percent of them do not exceed.

    >>> percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 10), percentile([1, 2, 3, 4], 50)
    (2, 2)
    """
    return ordered[-(-len(ordered) * percent // 100) - 1]


def _why(past: History, month: int) -> str:
    """What is known of a month."""
    first, after = month_start(month), month_start(month + 1)
    running = sum(start.first < after and start.first + start.days > first for start in past.orders)
    paid = sum(any(first <= start.first + day < after for day in start.cash) for start in (*past.orders, *past.visits))
    says = [f"known orders that run in it: {running}", f"known orders and visits paid in it: {paid}"]
    if past.cut and month == month_of(past.known_through):
        says.append("starts are drawn for the days after the last known one")
    return "; ".join(says)
