"""A day out of a cell: a date, an Excel serial number, or a date as text; never a guess.

>>> parse(45839), parse("2025-07-01"), parse("7/1/2025")
(datetime.date(2025, 7, 1), datetime.date(2025, 7, 1), datetime.date(2025, 7, 1))
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from xl_infusion.errors import OutOfRange, WrongInput
from xl_infusion.rules.number import exact, plain

_EPOCH = dt.date(1899, 12, 30)
#: Before 1 March 1900 Excel's serial numbers count a day that never was; nothing was billed then anyway.
_FIRST_SERIAL = 61
_LAST_SERIAL = 2_958_465

_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_US = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})")


def parse(value: object, what: str = "date") -> dt.date:
    """The day that a cell says (a time of day within it is dropped); ``what`` names the cell in a message.

    Text is read as 2025-07-01 or, the US way, 7/1/2025. Errors: `WrongInput` for what is no date (a year of
    two digits is refused), `OutOfRange` for a number that is no day.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        return _of_text(value, what)
    if value is None:
        raise WrongInput(f"{what} is blank: type a date")
    if isinstance(value, (dt.time, dt.timedelta, bool)):
        raise WrongInput(f"{what} is not a date: type it as 7/1/2025")
    serial = exact(value, what)
    if not _FIRST_SERIAL <= serial < _LAST_SERIAL + 1:
        raise OutOfRange(f"{what} {plain(serial)} is no day in Excel's calendar: type it as 7/1/2025")
    return _EPOCH + dt.timedelta(int(serial))


@lru_cache(maxsize=4096)
def _of_text(value: str, what: str) -> dt.date:
    text = value.strip().removesuffix(" 00:00:00").removesuffix("T00:00:00")
    try:
        if match := _ISO.fullmatch(text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _US.fullmatch(text):
            return dt.date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:
        pass
    shown = value if len(value) <= 40 else value[:37] + "..."
    raise WrongInput(f"{what} {shown!r} is not a date: type it as 7/1/2025 or 2025-07-01")
