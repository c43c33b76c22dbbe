"""A day out of a cell: a date, an Excel serial number, or a date as text; never a guess.

>>> parse(45839), parse("2025-07-01"), parse("7/1/25")
(datetime.date(2025, 7, 1), datetime.date(2025, 7, 1), datetime.date(2025, 7, 1))
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from xl_infusion.errors import OutOfRange, WrongInput
from xl_infusion.rules.number import as_typed, exact, plain, short

_EPOCH = dt.date(1899, 12, 30)
#: Before 1 March 1900 Excel's serial numbers count a day that never was; nothing was billed then anyway.
_FIRST_SERIAL = 61
_LAST_SERIAL = 2_958_465

_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_US = re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4}|[0-9]{2})")
#: 1-Dec-25, as Excel writes a day into a CSV file, and Dec 1, 2025.
_DAY_MONTH = re.compile(r"([0-9]{1,2})[- ]([A-Za-z]{3,9})\.?[- ,] ?([0-9]{4}|[0-9]{2})")
_MONTH_DAY = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
#: Years of two digits from here on are of the last century, those below of this one: as Excel reads them.
_LAST_CENTURY = 30


def parse(value: object, what: str = "date") -> dt.date:
    """The day that a cell says (a time of day within it is dropped); ``what`` names the cell in a message.

    Text is read as 2025-07-01 or, the US way, 7/1/2025 or 1-Jul-2025; a year of two digits as Excel has it,
    00 to 29 of this century and 30 to 99 of the last: 1/2/26 is 2 January 2026. Errors: `WrongInput` for what is
    no date, `OutOfRange` for a number that is no day.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        return _of_text(short(value, what), what)
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
            return dt.date(_year(match[3]), int(match[1]), int(match[2]))
        if match := _DAY_MONTH.fullmatch(text):
            return dt.date(_year(match[3]), _month(match[2]), int(match[1]))
        if match := _MONTH_DAY.fullmatch(text):
            return dt.date(int(match[3]), _month(match[1]), int(match[2]))
    except ValueError:
        pass
    raise WrongInput(f"{what} {as_typed(value)} is not a date: type it as 7/1/2025 or 2025-07-01")


def _month(name: str) -> int:
    """The number of a month, named in full or by its beginning; 0, which no date has, for another word.

    >>> _month("Dec"), _month("Sept"), _month("Dez")
    (12, 9, 0)
    """
    found = [number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name.lower())]
    return found[0] if found else 0


def _year(digits: str) -> int:
    """
    >>> _year("26"), _year("29"), _year("30"), _year("2031")
    (2026, 2029, 1930, 2031)
    """
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= _LAST_CENTURY else 2000)
