"""The quarter that a file of CMS governs: out of what it says of itself, of its name, of the days in it.

>>> quarter_of("Effective October 1, 2025 through December 31, 2025")
Quarter(first_day=datetime.date(2025, 10, 1), last_day=datetime.date(2025, 12, 31))
>>> print(quarter_of("HCPC2025_OCT_ANWEB.xlsx"), "and", quarter_of("HCPC2020_ANWEB_w_disclaimer.txt"))
October 2025 and None
>>> year_of("HCPC2020_ANWEB_w_disclaimer.txt"), str(quarter_on(dt.date(2020, 8, 15)))
(2020, 'July 2020')
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS)
_DATE = rf"({_MONTH})\.? *([0-9]{{1,2}}), *(20[0-9]{{2}})"
_EFFECTIVE = re.compile(rf"{_DATE} *(?:through|to|-) *{_DATE}", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])|(?<=HCPC)([0-9]{2})(?![0-9])", re.IGNORECASE)
_NAMED = re.compile(rf"(?<![a-z])({_MONTH})(?![a-z])", re.IGNORECASE)


#: A release is of the quarter on whose days at least one record acts for each so many of the four quarters before:
#: that of January 2018 has 305 in its quarter, and one each for April and July, which it announced.
_ANNOUNCED = 100


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """The days that a file governs, both inclusive."""

    first_day: dt.date
    last_day: dt.date

    def __str__(self) -> str:
        return f"{_MONTHS[self.first_day.month - 1].title()} {self.first_day.year}"


def _month(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _quarter(year: int, month: int) -> Quarter:
    """The quarter that begins with ``month``, or the one it lies in."""
    first = month - (month - 1) % 3
    following = dt.date(year + (first == 10), first % 12 + 3 if first < 10 else 1, 1)
    return Quarter(dt.date(year, first, 1), following - dt.timedelta(1))


def quarter_on(day: dt.date) -> Quarter:
    """The quarter that a day lies in."""
    return _quarter(day.year, day.month)


def quarter_of(text: str) -> Quarter | None:
    """The quarter that a preamble or the name of a file states, or None; a year alone states none."""
    if effective := _EFFECTIVE.search(text):
        days = []
        for month, day, year in (effective.groups()[:3], effective.groups()[3:]):
            try:
                days.append(dt.date(int(year), _month(month), int(day)))
            except ValueError:
                return None
        return Quarter(*days) if days[0] < days[1] else None
    year_found, named = year_of(text), _NAMED.search(text.replace("_", " "))
    return _quarter(year_found, _month(named[1])) if year_found and named else None


def year_of(text: str) -> int | None:
    """The year that the name of a file states, or None."""
    found = _YEAR.search(text.replace("_", " "))
    return int(found[1] or f"20{found[2]}") if found else None


def quarter_reached(days: Iterable[dt.date]) -> Quarter:
    """The quarter that a release reaches by the newest days of its records (at least one): the last one on whose days
    more happens than a release announces of later ones.

    >>> made = [dt.date(2020, 1, 1)] * 300 + [dt.date(2020, 7, 1)] * 60 + [dt.date(2021, 1, 1)] * 3
    >>> print(quarter_reached(made))
    July 2020
    """
    acting = Counter(map(quarter_on, days))
    quarters = sorted(acting, reverse=True)
    return next(one for one in quarters if acting[one] * _ANNOUNCED >= _in_year_before(one, acting))


def _in_year_before(quarter: Quarter, acting: Mapping[Quarter, int]) -> int:
    """How much happens in the four quarters before one."""
    since = quarter.first_day - dt.timedelta(366)
    return sum(count for one, count in acting.items() if since <= one.first_day < quarter.first_day)
