"""Which days of an order a payer counts: those of its per diem, and those on which its drug is given and billed.

The per diem: every day of therapy up to the longest interval of the contract (NHIA's definition of the per diem, public
pages 2024-2026, ends with 72 hours); beyond it, or where the payer counts infusion days alone, the days of an infusion.
A drug is billed on the day on which it is given: one line spans days where the per diem counts every day or where every
day has a dose, else each run of days with a dose has a line of its own.

An infusion that runs longer than 24 hours has a per diem for each 24 hours begun (BCBS North Dakota: a day is 24
hours), or as the contract counts them (BCBS North Carolina: over 24 and under 48 hours is one); its drug is of its
first day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil

from xl_infusion.claim.order import Order
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import DAY_COUNTS, DAYS_COUNTED

#: The hour at which a long infusion begins, where its calendar days are counted: nobody types it.
_BEGINS = 10

#: Days as (first, last) ordinals, both inclusive.
Run = tuple[int, int]


class CountedDays:
    """The days that one payer counts."""

    def __init__(self, terms: Terms) -> None:
        every, _, or_visits = DAYS_COUNTED
        self._longest = terms.longest_interval if terms.days_counted == every else 24
        self._with_visits = terms.days_counted == or_visits
        self._day_counts = terms.day_counts

    def every_day(self, order: Order) -> bool:
        """True where each day of an order counts, from its first through its last."""
        interval = order.rx.interval
        return interval is None or (order.rx.gap <= self._longest and not (interval.single and interval.lasts))

    def per_diem(self, order: Order, visited: Collection[int] = ()) -> Sequence[Run]:
        """The days that an order's per diem counts; ``visited``: the days of a nurse, which some count."""
        if self.every_day(order):
            return without([(order.first, order.last)], order.unpaid)
        days: Iterable[int] = self._infusions(order)
        if visited and self._with_visits:
            days = sorted({*days, *(day for day in visited if order.first <= day <= order.last)})
        return without([(day, day) for day in days], order.unpaid)

    def given(self, order: Order) -> Sequence[Run]:
        """The days for which an order's drug has lines, those that follow each other as one."""
        days = [(order.first, order.last)] if self.every_day(order) else runs(_with_dose(order))
        return without(days, order.paused)

    def _infusions(self, order: Order) -> list[int]:
        """The days on which a dose of an order runs."""
        begun = _paid_doses(order)
        interval = order.rx.interval
        if not begun or interval is None or interval.lasts <= 24:
            return begun
        if interval.single and (order.row.get("End") is not None or order.row.get("Days") is not None):
            return [*range(order.first, order.last + 1)]
        length = days_of(interval.lasts, self._day_counts)
        last = order.last if not interval.single else order.first + length
        return sorted({day for one in begun for day in range(one, min(one + length, last + 1))})


def _with_dose(order: Order) -> list[int]:
    """The days on which an order has a dose."""
    interval = order.rx.interval
    return [] if interval is None else interval.days(order.first, order.last)


def _paid_doses(order: Order) -> list[int]:
    """The days of doses that no hold keeps from being paid: one that is held has no day of its infusion after it."""
    return [day for day, _ in without([(day, day) for day in _with_dose(order)], order.unpaid)]


def days_of(hours: Fraction, day_counts: str) -> int:
    """The days of one infusion over so many hours, more than 24; by the calendar it begins at 10 in the morning.

    >>> [days_of(Fraction(46), counts) for counts in DAY_COUNTS]
    [2, 3, 1]
    """
    _, calendar, as_one = DAY_COUNTS
    if day_counts == as_one and hours < 48:
        return 1
    return ceil((hours + (_BEGINS if day_counts == calendar else 0)) / 24)


def runs(days: Iterable[int]) -> list[Run]:
    """Days in their order as runs of days that follow each other.

    >>> runs([1, 2, 3, 5, 8, 9])
    [(1, 3), (5, 5), (8, 9)]
    """
    found: list[Run] = []
    for day in days:
        if found and found[-1][1] == day - 1:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def joined(days: Iterable[Run]) -> tuple[Run, ...]:
    """Runs of days in their order, those that meet as one.

    >>> joined([(8, 9), (1, 3), (2, 5), (6, 6)])
    ((1, 6), (8, 9))
    """
    found: list[Run] = []
    for first, last in sorted(days):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def without(days: Sequence[Run], others: Sequence[Run]) -> Sequence[Run]:
    """Runs of days without those of others, which stand in their order.

    >>> without([(1, 9), (12, 12), (20, 22)], [(3, 4), (9, 20)])
    [(1, 2), (5, 8), (21, 22)]
    """
    if not others:
        return days
    found: list[Run] = []
    for first, last in days:
        for start, end in within(others, first, last):
            if first < start:
                found.append((first, start - 1))
            first = end + 1
        if first <= last:
            found.append((first, last))
    return found


def within(days: Iterable[Run], first: int, last: int) -> Iterator[Run]:
    """What of some runs of days is from ``first`` through ``last``.

    >>> [*within([(1, 3), (5, 5), (8, 9)], 2, 8)]
    [(2, 3), (5, 5), (8, 8)]
    """
    return ((max(start, first), min(end, last)) for start, end in days if start <= last and end >= first)
