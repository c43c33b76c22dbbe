"""A line's money by the calendar months of its service: spread evenly over its days, to the cent.

One running total for whatever adds up by month, a summary and a forecast alike: what the days of a line have brought so
far, rounded down to the cent. So its months, and its days, add up to the line exactly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal


def month_of(ordinal: int) -> int:
    """The month of a day, counted from the year 0.

    >>> month_text(month_of(dt.date(2025, 9, 30).toordinal()) + 1)
    '2025-10'
    """
    day = dt.date.fromordinal(ordinal)
    return day.year * 12 + day.month - 1


def month_start(month: int) -> int:
    """The first day of a month, an ordinal."""
    return dt.date(month // 12, month % 12 + 1, 1).toordinal()


def month_text(month: int) -> str:
    """A month as people write it: 2025-09."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def brought(cents: int, days: int, day: int) -> int:
    """What the first ``day`` of ``days`` days have brought of an amount that is spread over them evenly.

    >>> [brought(100, 3, day) for day in range(4)]
    [0, 33, 66, 100]
    """
    return cents * day // days


def by_month(first: int, last: int, amount: Decimal) -> Iterator[tuple[int, Decimal]]:
    """The months from a line's first day to its last one, each with its part of the amount; they add up to it exactly.

    What is finer than a cent is the last month's.

    >>> start, end = (dt.date(2025, *day).toordinal() for day in ((12, 30), (12, 31)))
    >>> [(month_text(month), str(part)) for month, part in by_month(start, end + 1, Decimal("100"))]
    [('2025-12', '66.66'), ('2026-01', '33.34')]
    """
    days = last - first + 1
    cents = int(amount.scaleb(2).to_integral_value(ROUND_FLOOR))
    before = Decimal(0)
    for month in range(month_of(first), month_of(last)):
        after = Decimal(brought(cents, days, month_start(month + 1) - first)).scaleb(-2)
        yield month, after - before
        before = after
    yield month_of(last), amount - before
