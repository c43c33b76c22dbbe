"""A nurse's visit: 99601 for up to two hours, 99602 for each further hour.

A further hour counts from its 31st minute by default (BCBSM, The Record, May 2013); at other payers every
started hour counts. A second visit on one day may be 99602 alone, from its first hour (BCBSM, the same page).
Sources: IDSA Home Infusion FAQ (2013) for the codes and their minutes.

>>> from xl_infusion.reference import current
>>> [units(current(), Decimal(n)) for n in (90, 210, 211)], units(current(), Decimal(210), from_minute=1)
([(1, 0), (1, 1), (1, 2)], (1, 2))
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from xl_infusion.errors import OutOfRange, WrongInput
from xl_infusion.reference import Reference
from xl_infusion.rules.number import exact, plain

#: A visit is within one day: more minutes are a typing error.
MOST_MINUTES = 1440

FIRST, FURTHER = "99601", "99602"


def units(
    reference: Reference, minutes: Decimal, from_minute: int | None = None, further_only: bool = False
) -> tuple[int, int]:
    """(99601 units, 99602 units) of one visit of ``minutes`` minutes.

    ``from_minute`` (1 to 60): the minute of a further hour from which that hour counts; None is the
    reference's default. ``further_only``: no 99601, all its hours are further hours; both may then be 0.
    Errors: `OutOfRange` for minutes outside 1 to 1440 or such a ``from_minute``.

    >>> from xl_infusion.reference import current
    >>> [units(current(), Decimal(n), further_only=True) for n in (30, 31, 90, 91)]
    [(0, 0), (0, 1), (0, 1), (0, 2)]
    """
    covers = {row.code: row.covers_minutes for row in reference.visits}
    first, hour = covers[FIRST], covers[FURTHER]
    if from_minute is None:
        from_minute = int(reference.term("additional_hour_from_minute"))
    if not 1 <= minutes <= MOST_MINUTES:
        raise OutOfRange(f"minutes {plain(minutes)} is not from 1 to {MOST_MINUTES}")
    if not 1 <= from_minute <= hour:
        raise OutOfRange(f"from_minute {from_minute} is not a whole number from 1 to {hour}")
    visits, covered = (0, 0) if further_only else (1, first)
    hours, rest = divmod(max(minutes - covered, Decimal(0)), hour)
    return visits, int(hours) + (1 if rest >= from_minute else 0)


def minutes(value: object) -> Decimal:
    """The minutes of a visit out of a cell: a number of minutes, not a time of day or a fraction of a day.

    Errors: `WrongInput`, `OutOfRange`.

    >>> minutes("210")
    Decimal('210')
    """
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        raise WrongInput("minutes is a date or time of day: type the minutes, 210 for three and a half hours")
    number = exact(value, "minutes", "type minutes alone, 105 for 1:45, or in Visits its Start time and End time")
    if 0 < number < 1:
        raise WrongInput(
            f"minutes {plain(number)} looks like an Excel time or a fraction of a day: "
            "type the minutes, 210 for three and a half hours"
        )
    return number
