"""The clock of a visit: the minutes from its start to its end, out of two cells, across midnight too.

A cell says a time of day as Excel keeps it (0.9375 of a day), as a time, as a date with a time, or as text:
22:30, 10:30 pm, 10 pm, 2230. An end earlier than the start is on the next day, unless both cells have their
dates. Seconds count to the minute that is complete: a further hour begins to count with a whole minute (see
`visit`), so that 30 minutes and 59 seconds are 30. Source: BCBSM, The Record, May 2013 (the nurse documents
start and stop times); which visits a payer takes is its contract's affair.

>>> minutes_between("22:30", "1:00 am"), minutes_between(0.9375, "2300")
(Decimal('150'), Decimal('30'))
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from xl_infusion.errors import OutOfRange, WrongInput
from xl_infusion.rules import day
from xl_infusion.rules.number import as_typed, exact, short
from xl_infusion.rules.visit import MOST_MINUTES

_MINUTE, _DAY = 60, 86_400
#: The serial numbers of the days on which a visit can have been (from 1927): a smaller one is no date.
_FIRST_SERIAL = 10_000
#: Excel gives a time alone a date of its own first days (1899-12-30, or 1904-01-01): no date at all.
_LAST_YEAR_WITHOUT_DATE = 1904

_TIME = re.compile(r"([0-9]{1,2})(?::?([0-9]{2}))?(?::([0-9]{2}))?\s*(?:([ap])\.?m\.?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Moment:
    """Seconds from the beginning of the day, or where ``dated`` from the beginning of the calendar.

    The end of a day, 24:00, is the beginning of one too: what reads them counts both as the same.
    """

    seconds: int
    dated: bool = False


def minutes_between(start: object, end: object) -> Decimal:
    """The whole minutes from ``start`` to ``end``: 1 to 1440.

    Errors: `WrongInput` for what is no time of day (a date alone, a number of minutes), `OutOfRange` for a
    start and end less than a minute apart, an end before the start where both have dates, more than a day.

    >>> import datetime as dt
    >>> minutes_between(dt.time(8), dt.time(11, 30))
    Decimal('210')
    >>> minutes_between("8:00", "8:00")
    Traceback (most recent call last):
    xl_infusion.errors.OutOfRange: start and end are the same minute: type when the visit began and when it ended
    """
    first, last = _moment(start, "start"), _moment(end, "end")
    seconds = last.seconds - first.seconds
    if not (first.dated and last.dated):
        seconds %= _DAY
    elif seconds < 0:
        raise OutOfRange("end is before start: check the two dates and times")
    minutes = seconds // _MINUTE
    if not minutes:
        raise OutOfRange("start and end are the same minute: type when the visit began and when it ended")
    if minutes > MOST_MINUTES:
        raise OutOfRange(f"start and end are {minutes} minutes apart, more than a day: check the two dates")
    return Decimal(minutes)


def parse(value: object, what: str) -> dt.time:
    """The time of day that a cell says, without the day that it may have. Errors: `WrongInput`.

    >>> parse("9:30 pm", "Start time"), parse(0.5, "Start time")
    (datetime.time(21, 30), datetime.time(12, 0))
    """
    seconds = _moment(value, what).seconds % _DAY
    return dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _moment(value: object, what: str) -> _Moment:
    if isinstance(value, str):
        return _of_text(short(value, what), what)
    if value is None:
        raise WrongInput(f"{what} is blank: type a time of day, 10:30 pm or 22:30")
    if isinstance(value, dt.datetime):
        seconds = _seconds(value.time())
        if value.year <= _LAST_YEAR_WITHOUT_DATE:
            return _Moment(seconds)
        return _dated(value.date(), seconds, what)
    if isinstance(value, dt.time):
        return _Moment(_seconds(value))
    if isinstance(value, dt.timedelta):
        if not dt.timedelta(0) <= value < dt.timedelta(1):
            raise WrongInput(f"{what} is a length of time and no time of day: type 10:30 pm or 22:30")
        return _Moment(_seconds((dt.datetime.min + value).time()))
    if isinstance(value, dt.date):
        return _dated(value, 0, what)
    return _of_number(exact(value, what), what)


def _of_number(number: Decimal, what: str) -> _Moment:
    fraction = number % 1
    if 0 <= number < 1:
        return _Moment(_rounded(fraction))
    if 100 <= number <= 2400 and not fraction:
        return _of_text(f"{int(number):04d}", what)
    if number >= _FIRST_SERIAL:
        return _dated(day.parse(number, what), _rounded(fraction), what)
    raise WrongInput(f"{what} {number:.9g} is not a time of day: type 10:30 pm or 22:30")


def _rounded(fraction: Decimal) -> int:
    """The seconds of a part of a day: Excel's 8:00 is a third of a day, and a little less in binary."""
    return int((fraction * _DAY).to_integral_value(ROUND_HALF_UP))


def _seconds(time: dt.time) -> int:
    return (time.hour * 60 + time.minute) * 60 + time.second + (time.microsecond >= 500_000)


def _dated(date: dt.date, seconds: int, what: str) -> _Moment:
    if not seconds:
        # a cell with a date alone looks the same as one at midnight: never a guess
        raise WrongInput(f"{what} is a date without a time: type the time of day, or midnight as 0:00 alone")
    return _Moment(date.toordinal() * _DAY + seconds, dated=True)


@lru_cache(maxsize=4096)
def _of_text(value: str, what: str) -> _Moment:
    match = _TIME.fullmatch(value.strip())
    seconds = _seconds_of(match) if match else None
    if seconds is None:
        raise WrongInput(f"{what} {as_typed(value)} is not a time of day: type 10:30 pm or 22:30")
    return _Moment(seconds)


def _seconds_of(written: re.Match[str]) -> int | None:
    """The seconds of a time of day, None for one that no day has, and for a number that is no time: 9."""
    hour, minute, second = int(written[1]), int(written[2] or 0), int(written[3] or 0)
    if written[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if written[4] in "pP" else 0)
    elif not written[2]:
        return None
    seconds = (hour * 60 + minute) * 60 + second
    return seconds if minute < 60 and second < 60 and seconds <= _DAY else None
