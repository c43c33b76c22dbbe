"""The quarter that a file of CMS governs: out of what it says of itself, or of its name.

>>> quarter_of("Effective October 1, 2025 through December 31, 2025")
Quarter(first_day=datetime.date(2025, 10, 1), last_day=datetime.date(2025, 12, 31))
>>> print(quarter_of("HCPC2025_OCT_ANWEB.xlsx"), "and", quarter_of("2018-Alpha-Numeric-HCPCS-File.zip"))
October 2025 and January 2018
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS)
_DATE = rf"({_MONTH})\.? *([0-9]{{1,2}}), *(20[0-9]{{2}})"
_EFFECTIVE = re.compile(rf"{_DATE} *(?:through|to|-) *{_DATE}", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])|(?<=HCPC)([0-9]{2})(?![0-9])", re.IGNORECASE)
_NAMED = re.compile(rf"(?<![a-z])({_MONTH})(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
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


def quarter_of(text: str) -> Quarter | None:
    """The quarter that a preamble or the name of a file states, or None.

    A year without a month is the annual release, in force from January; how long is said by no name, so that it
    counts as the first quarter.
    """
    if effective := _EFFECTIVE.search(text):
        days = []
        for month, day, year in (effective.groups()[:3], effective.groups()[3:]):
            try:
                days.append(dt.date(int(year), _month(month), int(day)))
            except ValueError:
                return None
        return Quarter(*days) if days[0] < days[1] else None
    spaced = text.replace("_", " ")
    if year_found := _YEAR.search(spaced):
        year = int(year_found[1] or f"20{year_found[2]}")
        named = _NAMED.search(spaced)
        return _quarter(year, _month(named[1]) if named else 1)
    return None
