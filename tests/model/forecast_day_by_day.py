"""The forecast worked out the slow way: every draw, every order, one day after the other, in plain numbers.

It reads the rows of the tables and of EXPECTED_GRID, and knows the rules of docs/forecast.md and nothing of the package's
history, sums or packed integers. Order numbers are whole numbers and each stands once; patients are P1, P2, ...
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from xl_infusion import ExcelError
from xl_infusion.functions import EXPECTED_GRID

DAY = dt.timedelta(1)
Month = tuple[int, int]


@dataclass
class Past:
    """An order, or a visit that no order has."""

    therapy: str
    patient: int
    number: int
    first: dt.date
    days: int
    counted: set[int] = field(default_factory=set)
    revenue: Counter[int] = field(default_factory=Counter)
    cash: Counter[int] = field(default_factory=Counter)


def month_of(day: dt.date) -> Month:
    return day.year, day.month


def after(month: Month, count: int = 1) -> Month:
    for _ in range(count):
        month = (month[0] + 1, 1) if month[1] == 12 else (month[0], month[1] + 1)
    return month


def days_of(month: Month) -> list[dt.date]:
    day, out = dt.date(*month, 1), []
    while month_of(day) == month:
        out.append(day)
        day += DAY
    return out


def past_of(tables: dict[str, Any], payment_days: dict[str, int]) -> tuple[list[Past], list[Past]]:
    """Orders and lone visits with what each day of theirs brings, cents."""
    header, *rows = tables["orders"]
    orders: dict[int, Past] = {}
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        orders[cells["Order"]] = Past("", int(cells["Patient"][1:]), cells["Order"], cells["Start"], cells["Days"])
    grid = EXPECTED_GRID(**tables)
    assert not isinstance(grid, ExcelError), grid.message
    lines = [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]
    payer_of = {line["Order"]: line["Payer"] for line in lines if line["Order"] != ""}
    for order in orders.values():
        [order.therapy] = {line["Therapy"] for line in lines if line["Order"] == order.number}
    counted: set[tuple[int, dt.date]] = set()
    for order in sorted(orders.values(), key=lambda one: (one.first, one.number)):
        for at in range(order.days):
            if (order.patient, order.first + at * DAY) not in counted:
                counted.add((order.patient, order.first + at * DAY))
                order.counted.add(at)
    alone: list[Past] = []
    for line in lines:
        amount = round(Fraction(str(line["Expected"])) * 100)
        if line["Kind"] == "visit":
            mine = [one for one in orders.values() if f"P{one.patient}" == line["Patient"]]
            mine = [one for one in mine if one.first <= line["From"] < one.first + one.days * DAY]
            mine.sort(key=lambda one: (payer_of[one.number] != line["Payer"], one.first, one.number))
            if not mine:
                mine = [Past("", int(line["Patient"][1:]), 0, line["From"], 0)]
                alone += mine
            source = mine[0]
        else:
            source = orders[line["Order"]]
        at, length = (line["From"] - source.first).days, (line["To"] - line["From"]).days + 1
        for i in range(length):  # the cents that are due by the end of each day
            source.revenue[at + i] += amount * (i + 1) // length - amount * i // length
        source.cash[at + length - 1 + payment_days[line["Payer"]]] += amount
    alone.sort(key=lambda one: (one.first, one.patient, sorted(one.revenue.items()), sorted(one.cash.items())))
    return sorted(orders.values(), key=lambda one: (one.first, one.number)), alone


def whole_months(starts: list[dt.date]) -> tuple[list[Month], dt.date]:
    """The whole months, and the day through which starts are known: a longer silence at an edge than ever before."""
    seen, silence, longest = set(starts), 0, 0
    day = min(seen)
    while day <= max(seen):
        silence = 0 if day in seen else silence + 1
        longest = max(longest, silence)
        day += DAY
    months = [month_of(min(seen))]
    while months[-1] != month_of(max(seen)):
        months.append(after(months[-1]))
    if len([day for day in days_of(months[0]) if day < min(seen)]) > longest:
        del months[0]
    known = days_of(month_of(max(seen)))[-1]
    if (known - max(seen)).days > longest:
        del months[-1:]
        known = max(seen)
    return months, known


def nearest_rank(values: list[Any], percent: int) -> Any:
    """The least of the values that at least so many percent of them do not exceed."""
    return next(one for one in sorted(values) if 100 * sum(v <= one for v in values) >= percent * len(values))


def forecast(
    tables: dict[str, Any], payment_days: dict[str, int], months: int, runs: int, seed: int
) -> list[list[Any]]:
    """The rows of FORECAST_GRID without header and Why, in whole days and cents, means as fractions."""
    orders, alone = past_of(tables, payment_days)
    whole, known_through = whole_months([one.first for one in orders])
    ahead = [after(month_of(known_through + DAY), i) for i in range(months)]

    def brings(one: Past, first: dt.date) -> Counter[tuple[str, Month]]:
        """What it brings when it begins on a day, by figure and month."""
        out: Counter[tuple[str, Month]] = Counter()
        out["starts", month_of(first)] += one.days > 0
        for at in one.counted:
            out["days", month_of(first + at * DAY)] += 1
        for name, amounts in (("revenue", one.revenue), ("cash", one.cash)):
            for at, amount in amounts.items():
                out[name, month_of(first + at * DAY)] += amount
        return out

    known: Counter[tuple[str, Month]] = Counter()
    for one in (*orders, *alone):
        known.update(brings(one, one.first))
    pools: dict[str, list[Past]] = defaultdict(list)
    for name in sorted({one.therapy for one in orders}):
        mine = [one for one in orders if one.therapy == name]
        if len(mine) >= 20:
            pools[name] = mine
    for one in orders:
        if one.therapy not in pools or one.therapy == "other":
            pools["other"].append(one)
    if alone:
        pools["alone"] = alone
    chance = random.Random(seed)
    simulated: list[Counter[tuple[str, Month]]] = [Counter(known) for _ in range(runs)]
    for month in ahead:
        days = days_of(month)
        for run in range(runs):
            like = whole[int(chance.random() * len(whole))]
            for pool in pools.values():
                for _ in range(sum(month_of(one.first) == like for one in pool)):
                    which, at = divmod(int(chance.random() * (len(pool) * len(days))), len(days))
                    if days[at] > known_through:
                        simulated[run].update(brings(pool[which], days[at]))
    rows = []
    for label, of in [("Total", ahead), *((days_of(month)[0], [month]) for month in ahead)]:
        row: list[Any] = [label]
        for name in ("starts", "days", "revenue", "cash"):
            totals = [sum(run[name, month] for month in of) for run in simulated]
            mean = Fraction(sum(totals), runs)
            band = [nearest_rank(totals, percent) for percent in (10, 50, 90)]
            if name == "starts":
                row.append(mean)
            elif name == "days":
                row += band
            else:
                row += [sum(known[name, month] for month in of), *band, mean]
        rows.append([*row, len(orders)])
    return rows
