"""A schedule that is no interval: calendar days with doses, counted from an order's first day.

``TIW``, ``MWF``, ``Tue, Thu and Sat``, ``5 days on 2 off``, ``days 1, 8 of 21``, ``every 2 months``, ``weeks 0, 2, 6
then every 8 weeks``. It answers what an `xl_infusion.rules.interval.Interval` answers, so that nothing else need know
which of the two an order has. Weekdays and months need the order's first day (`Schedule.from_day`); until then a week
begins on Monday.

Two facts come of it: the doses of each day, and the longest time between them (``gap``), up to which NHIA's per diem
counts every day. A month is a calendar month: the same day of each, the last where it has none. How they are written:
`xl_infusion.rules.schedule_words`.

>>> wednesday = 3
>>> Schedule("Monday and Friday", Cycle((0, 4), WEEK, weekly=True)).from_day(wednesday).days(wednesday, 14)
[5, 8, 12]
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from xl_infusion.errors import WrongInput

#: The days of a week.
WEEK = 7
#: The hours of a calendar month on average, and of the longest.
_MONTH, _LONGEST_MONTH = Fraction(730), 744
#: The first month, counted from year 0, that the calendar does not have.
_END = (dt.MAXYEAR + 1) * 12


@dataclass(frozen=True, slots=True)
class Cycle:
    """Days (0-based) of a first course, and from ``begins`` on days of each cycle of one ``length`` (0: no cycle)."""

    on: tuple[int, ...]
    length: int
    first: tuple[int, ...] = ()
    begins: int = 0
    #: ``on`` are weekdays, Monday 0, until a first day turns them.
    weekly: bool = False

    def from_day(self, day: int) -> Cycle:
        """Counted from a day (an ordinal)."""
        if not self.weekly:
            return self
        turned = sorted((weekday - (day - 1)) % WEEK for weekday in self.on)
        return replace(self, on=tuple(turned), weekly=False)

    def before(self, day: int) -> int:
        """How many of its days come before a day."""
        count = sum(one < day for one in self.first)
        if day <= self.begins or not self.length:
            return count
        whole, rest = divmod(day - self.begins, self.length)
        return count + whole * len(self.on) + sum(one < rest for one in self.on)

    def days(self, before: int) -> list[int]:
        """Its days before a day."""
        found = [one for one in self.first if one < before]
        starts = range(self.begins, before, self.length) if self.length else ()
        return found + [start + one for start in starts for one in self.on if start + one < before]

    @property
    def gap(self) -> int:
        """The most days from one of its days to the next; 1 where there is no next one."""
        days = self.days(self.begins + 2 * self.length + 1) if self.length else list(self.first)
        return max((after - day for day, after in pairwise(days)), default=1)

    @property
    def a_day(self) -> Fraction:
        """Its days in a day, on average."""
        if not self.length:
            return Fraction(len(self.first), self.first[-1] + 1)
        return Fraction(len(self.on), self.length)


@dataclass(frozen=True, slots=True)
class Months:
    """The same day of every ``each``-th month, the last where one has none; ``start``: the first (an ordinal)."""

    each: int
    start: int = 0

    def from_day(self, day: int) -> Months:
        """Counted from a day (an ordinal)."""
        return replace(self, start=day)

    def before(self, day: int) -> int:
        """How many of its days come before a day."""
        return len(self.days(day))

    def days(self, before: int) -> list[int]:
        """Its days before a day. Errors: `WrongInput` where no first day is known."""
        if not self.start:
            raise WrongInput("a month is counted from the first day, and none is given: type the interval of the doses")
        first = dt.date.fromordinal(self.start)
        found: list[int] = []
        month = first.year * 12 + first.month - 1
        while month < _END and (day := _same_day(month, first.day) - self.start) < before:
            found.append(day)
            month += self.each
        return found

    @property
    def gap(self) -> int:
        """The most days from one of its days to the next."""
        return self.each * _LONGEST_MONTH // 24

    @property
    def a_day(self) -> Fraction:
        """Its days in a day, on average."""
        return 24 / (_MONTH * self.each)


def _same_day(month: int, day: int) -> int:
    """A day (an ordinal) of a month, counted from year 0; its last one where it has fewer."""
    year, number = month // 12, month % 12 + 1
    return dt.date(year, number, min(day, monthrange(year, number)[1])).toordinal()


@dataclass(frozen=True, slots=True)
class Schedule:
    """Days with doses: what an `Interval` answers, by the calendar. Equal are two that say the same.

    ``each_day``: the doses of each of its days. ``run``: its days follow each other, and its per diem code is that of
    such a day. ``assumed``: nobody named the days. ``lasts``: the hours that one dose runs. ``at``: AM, PM.
    """

    said: str
    pattern: Cycle | Months = field(compare=False)
    each_day: int = 1
    continuous: bool = False
    run: bool = field(default=False, compare=False)
    assumed: bool = field(default=False, compare=False)
    lasts: Fraction = field(default=Fraction(0), compare=False)
    at: str = field(default="", compare=False)
    #: a schedule goes on
    single: bool = field(default=False, init=False, compare=False)

    @property
    def monthly(self) -> bool:
        """True where the days between doses are not always as many."""
        return isinstance(self.pattern, Months)

    @property
    def doses_per_day(self) -> Fraction:
        """Doses in 24 hours, on average: 3/7 for three a week."""
        return self.pattern.a_day * self.each_day

    @property
    def hours(self) -> Fraction:
        """Hours between doses, by which therapies rank and a code is found: on average, of a run those of its days."""
        return Fraction(24, self.each_day) if self.run else 24 / self.doses_per_day

    @property
    def gap(self) -> Fraction:
        """The longest time between doses, in hours from day to day."""
        days = self.pattern.gap
        return Fraction(24 * days) if days > 1 else Fraction(24, self.each_day)

    def from_day(self, day: int) -> Schedule:
        """The schedule of an order that begins on a day (an ordinal)."""
        return replace(self, pattern=self.pattern.from_day(day))

    def lasting(self, hours: Fraction) -> Schedule:
        """The schedule of doses that run so many hours each."""
        return replace(self, lasts=hours)

    def doses(self, first_day: int, days: int) -> int:
        """The doses that fall on ``days`` days from day ``first_day`` (0-based) of the order.

        >>> three, on_off = Cycle((0, 2, 4), WEEK), Cycle((0, 1, 2, 3, 4), WEEK)
        >>> Schedule("3 times a week", three).doses(0, 28), Schedule("5 days on, 2 off", on_off).doses(5, 2)
        (12, 0)
        """
        return self.each_day * (self.pattern.before(first_day + days) - self.pattern.before(first_day))

    def days(self, first: int, last: int) -> list[int]:
        """The days from ``first`` through ``last`` (numbers of days) that have a dose, of an order from ``first`` on.

        >>> Schedule("days 1 and 8 of 21", Cycle((0, 7), 21)).days(100, 130)
        [100, 107, 121, 128]
        """
        return [first + day for day in self.pattern.days(last - first + 1)]

    def __str__(self) -> str:
        """``Monday, Wednesday and Friday``, ``every 12 hours, 5 days on, 2 off``."""
        often = f"every {24 // self.each_day} hours, " if self.each_day > 1 else ""
        return ("continuous, " if self.continuous else often) + self.said
