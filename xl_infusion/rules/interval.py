"""The dosing interval: how many hours from one dose to the next, and so how many doses a day.

The per diem of an anti-infective names its interval (HCPCS S9497, S9500 to S9504), so ``q8h``, ``TID`` and
``every 8 hours`` must come to the same number. Days by the calendar, ``MWF`` or ``monthly``, are a `Schedule`
(`xl_infusion.rules.schedule`), which answers the same. What is neither is refused: an Excel time (08:00 is a third of a
day, not eight hours), ``as needed``. A single dose (``once``) counts as one dose of its day, at the interval of a day.
Source of the codes: CMS HCPCS Level II; the abbreviations are those of US prescriptions.

>>> parse("q8h").hours, parse("BID").hours, parse(24).doses_per_day
(Fraction(8, 1), Fraction(12, 1), Fraction(1, 1))
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

from xl_infusion.errors import BillingError, NoPerDiemCode, OutOfRange, WrongInput
from xl_infusion.rules import schedule_words
from xl_infusion.rules.number import as_typed, exact, short, written
from xl_infusion.rules.schedule import Schedule

#: A year: an interval beyond it is a typing error (a date read as hours, say).
MOST_HOURS = 8784


@dataclass(frozen=True, slots=True)
class Interval:
    """Hours from one dose to the next; a continuous infusion is one dose of 24 hours a day.

    ``single``: there is no next dose. ``lasts``: the hours that one dose runs, where they are said. ``at``: the time of
    day that tells it from another dose, AM or PM.
    """

    hours: Fraction
    continuous: bool = False
    single: bool = False
    #: The time of day of its one dose a day, "" where none is named: AM, PM or 21:00. It makes no other interval.
    at: str = field(default="", compare=False)
    lasts: Fraction = field(default=Fraction(0), compare=False)
    #: what a `Schedule` may be, and an interval never is
    monthly: bool = field(default=False, init=False, compare=False)
    assumed: bool = field(default=False, init=False, compare=False)
    #: Doses in 24 hours: 3 for every 8 hours, 1/2 for every 48 hours, 1 for a continuous infusion.
    doses_per_day: Fraction = field(init=False, compare=False)
    _text: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # worked out once: an interval is asked for every claim line
        object.__setattr__(self, "doses_per_day", 24 / self.hours)
        object.__setattr__(self, "_text", self._said())

    def _said(self) -> str:
        if self.single:
            return "single dose"
        return "continuous" if self.continuous else _words(self.hours)

    @property
    def gap(self) -> Fraction:
        """The longest time between doses, in hours: of an interval each is as long."""
        return self.hours

    def from_day(self, day: int) -> Interval:
        """The interval of an order that begins on a day (an ordinal): it is the same on any."""
        return self

    def lasting(self, hours: Fraction) -> Interval:
        """The interval of doses that run so many hours each."""
        return replace(self, lasts=hours)

    def doses(self, first_day: int, days: int) -> int:
        """The doses that fall on ``days`` days from day ``first_day`` (0-based) of the order.

        The first dose is the order's first hour; so every 48 hours gives days 0, 2, 4, ... and the doses of
        the parts of an order add up to those of the whole.

        >>> parse("q48h").doses(0, 14), parse("q48h").doses(1, 1), parse("q8h").doses(3, 2)
        (7, 0, 6)
        >>> parse("once").doses(0, 14), parse("once").doses(1, 1)
        (1, 0)
        """
        if self.single:
            return int(first_day == 0 and days > 0)
        up_to = -(-24 * (first_day + days) * self.hours.denominator // self.hours.numerator)
        before = -(-24 * first_day * self.hours.denominator // self.hours.numerator)
        return up_to - before

    def days(self, first: int, last: int) -> list[int]:
        """The days from ``first`` through ``last`` (numbers of days) that have a dose, for a dose from every day up.

        >>> parse("q48h").days(100, 105)
        [100, 102, 104]
        """
        count = self.doses(0, last - first + 1)
        return [first + dose * self.hours // 24 for dose in range(count)]

    def __str__(self) -> str:
        """``every 8 hours``, ``continuous``, ``every 4 days``, ``weekly``, ``single dose``."""
        return self._text


#: How often a dose is given, whichever of the two says it.
Every = Interval | Schedule


def _words(hours: Fraction) -> str:
    if hours > 24 and hours % 168 == 0:
        return "weekly" if hours == 168 else f"every {hours // 168} weeks"
    if hours > 72 and hours % 24 == 0:
        return f"every {hours // 24} days"
    return "every hour" if hours == 1 else f"every {float(hours):g} hours"


#: Numbers of two words come first: each has one of a word in it.
_WORDS = {"twenty four": "24", "thirty six": "36", "forty eight": "48", "seventy two": "72", "eighteen": "18"} | {
    word: str(number)
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1
    )
}

_FIXED: dict[str, int] = {
    "bid": 12, "tid": 8, "qid": 6,
    "daily": 24, "qd": 24, "qday": 24, "q day": 24, "every day": 24, "each day": 24,
    "qod": 48, "every other day": 48, "q other day": 48, "alternate days": 48,
    "weekly": 168, "qweek": 168, "q week": 168, "qwk": 168, "every week": 168, "once weekly": 168, "once a week": 168,
    "every other week": 336, "eow": 336, "hourly": 1, "qh": 1, "every hour": 1,
}  # fmt: skip

_DAY = r"24 ?(hours|hour|hrs|hr|h)"
_CONTINUOUS = re.compile(
    rf"({_DAY} )?(continuous(ly)?|cont|civi|ci)( (iv )?(infusion|inf|drip))?( over {_DAY})?"
    rf"|((infuse )?over|infuse) {_DAY}|{_DAY} a day"
)
#: The way into the patient, before or behind the interval: q24h IV.
_ROUTES = "(iv|ivpb|ivp|im|sc|subq|sq)( push)?"
_ROUTE_BEFORE, _ROUTE_BEHIND = re.compile(rf"^{_ROUTES} "), re.compile(rf" {_ROUTES}$")
#: An interval and a number of days: q12h x 14 days.
_WITH_DAYS = re.compile(r"(?P<every>.+?),? (x|for) ?(?P<days>[0-9]+) ?(days|day|d)")
_EVERY = re.compile(
    r"(?P<q>q|every|each)? ?(?P<n>[0-9]+(\.[0-9]+)?) ?"
    r"(?P<unit>hourly|hours|hour|hrs|hr|h|days|day|d|weeks|week|wks|wk|w)?"
)
_TIMES = re.compile(
    r"(?P<n>once|twice|thrice|[0-9]+) ?(?P<x>times|time|x)? ?(a|per|each|every|/)? ?(day|daily|d|24 (hours|hrs|hr|h))"
)
#: One dose, and no next one.
_SINGLE = re.compile(r"once( only)?|single( dose)?|(1 (time|dose)|x ?1|1 ?x)( (only|dose))?")
#: A time of the day, alone or behind an interval; a clock's only behind one, for alone it is a cell's time.
_AT = re.compile(
    r"((q|each|every) ?|(?P<every>.+?) (at |in the )?)?"
    r"(?P<at>am|pm|morning|evening|bedtime|night|hs|"
    r"(?P<hour>[0-9]{1,2})(:(?P<minute>[0-9]{2}))? ?(?P<half>am|pm)?)"
)
_HALVES = {"am": "AM", "morning": "AM", "pm": "PM", "evening": "PM", "bedtime": "PM", "night": "PM", "hs": "PM"}
_TWICE = re.compile(r"am ?(?:/|and|&|,)? ?pm|(?:every |each )?morning and (?:evening|night)")
_NTH = re.compile(r"(?:every|q|each) ?(?P<n>[0-9]{1,3}) ?(?:st|nd|rd|th) day")
_NTH_WORDS = {"third": "3rd", "fourth": "4th", "fifth": "5th", "second": "2nd"}
_NOT_FIXED = re.compile(r"stat|ac|pc|.*(times|x) (a|per) (week|month).*")
#: A number below 0, typed as text: a hyphen within (q-8-h) is none.
_NEGATIVE = re.compile(r"\s*-\s*[0-9]")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[ap]m)?|0[0-9]{3}")


def parse(value: object) -> Every:
    """The interval that a number of hours or a prescription's words mean, or the schedule.

    Errors: `WrongInput` for what names no interval (an Excel time, ``prn``), `OutOfRange` for a number that
    cannot be one.

    >>> str(parse("Q 8 H")), str(parse("three times daily")), str(parse("q.d.")), str(parse("every other day"))
    ('every 8 hours', 'every 8 hours', 'every 24 hours', 'every 48 hours')
    >>> parse("daily PM").at, parse("every morning").at, parse("q24h at 9:30 pm").at
    ('PM', 'AM', '21:30')
    >>> parse(8 / 24)
    Traceback (most recent call last):
    xl_infusion.errors.WrongInput: interval 0.333333333333333 is an Excel time or part of a day: type hours, 8 or q8h
    """
    if isinstance(value, str):
        return _parse_text(short(value, "interval"))
    if isinstance(value, (dt.time, dt.timedelta, dt.date)):
        raise WrongInput("interval is a date or time of day: type the hours between doses, 8 or q8h")
    if value is None:
        raise WrongInput("interval is blank: type the hours between doses, 8 or q8h")
    return _of_hours(Fraction(exact(value, "interval")))


def counted(value: object) -> Every:
    """As `parse`, for what counts the doses of any day. Errors: `NoPerDiemCode` besides for months, not all as long.

    >>> counted("monthly")
    Traceback (most recent call last):
    xl_infusion.errors.NoPerDiemCode: interval monthly: months are not all as long, and its doses have no number a day
    """
    found = parse(value)
    if found.monthly:
        raise NoPerDiemCode(f"interval {found}: months are not all as long, and its doses have no number a day")
    return found


def _of_hours(hours: Fraction) -> Interval:
    if hours <= 0 or hours > MOST_HOURS:
        raise OutOfRange(f"interval {float(hours):g} is not a number of hours from 1 to {MOST_HOURS}")
    if hours < 1:
        raise WrongInput(f"interval {float(hours):.15g} is an Excel time or part of a day: type hours, 8 or q8h")
    return Interval(hours)


@lru_cache(maxsize=4096)
def _parse_text(value: str) -> Every:
    _refuse_what_is_none(value)
    text = _in_few_words(value)
    found = (
        _read(text)
        or schedule_words.read(_in_few_words(value, dashes=" - "))
        or schedule_words.read(text)
        or _read_both(text)
    )
    if found is not None:
        return found
    if _NOT_FIXED.fullmatch(text):
        raise WrongInput(
            f"interval {value!r} has no fixed number of hours: write q8h, daily or MWF, and a single dose as once"
        )
    if match := _WITH_DAYS.fullmatch(text):
        # how many days is said by End or Days: two counts could differ, and neither is billed then unseen
        every, days = _parse_text(match["every"]), match["days"]
        raise WrongInput(f"interval {value!r} has a number of days: type {every} alone, and {days} into Days, or End")
    raise _unknown(value)


def _refuse_what_is_none(value: str) -> None:
    """Errors: of texts that are something else than an interval, a time of day or a number below 0."""
    if len(value) > 60 or not value.isascii():
        raise _unknown(value)
    if _CLOCK.fullmatch(value.strip().lower()):
        raise WrongInput(f"interval {value!r} looks like a time of day: type the hours between doses, 8 or q8h")
    if _NEGATIVE.match(value):
        raise OutOfRange(f"interval {value!r} is not a number of hours from 1 to {MOST_HOURS}")


def _read(text: str) -> Interval | None:
    """The interval that some words say."""
    return next((found for read in _READERS if (found := read(text)) is not None), None)


def _read_both(text: str) -> Schedule | None:
    """How often on each of some days, and on which: BID MWF, daily 5 days on 2 off, continuous days 1 to 5 of 28."""
    words = text.split()
    for at in range(1, len(words)):
        for often, which in ((words[:at], words[at:]), (words[at:], words[:at])):
            found = _on_days(" ".join(often), " ".join(which))
            if found is not None:
                return found
    return None


def _on_days(often: str, which: str) -> Schedule | None:
    """A schedule of days with so many doses each, None where either is none."""
    try:
        each = _read(often.rstrip(",").removeprefix("in the "))
    except BillingError:
        return None
    days = None if each is None else schedule_words.read(which.removeprefix("on ").removeprefix("x "))
    if each is None or days is None or each.single or each.doses_per_day.denominator > 1:
        return None
    return replace(days, each_day=each.doses_per_day.numerator, continuous=each.continuous, at=each.at)


def _in_few_words(value: str, dashes: str = " ") -> str:
    """An interval in small letters, without stops, dashes and the route, its numbers as digits.

    >>> _in_few_words("IV every eight hrs."), _in_few_words("Q_8-H")
    ('every 8 hrs', 'q 8 h')
    """
    text = re.sub(r"(?<![0-9])\.|\.(?![0-9])", "", value.lower())
    text = " ".join(text.replace("_", " ").replace("-", dashes).split()).replace(" - ", "-")
    text = _without_route(text)
    if not _CONTINUOUS.fullmatch(text):
        for word, digits in {**_WORDS, **_NTH_WORDS}.items():
            text = re.sub(rf"\b{word}\b", digits, text)
    return text


def _read_word(text: str) -> Interval | None:
    """An interval that is a word of its own: continuous, once, bid, every morning."""
    if _CONTINUOUS.fullmatch(text):
        return Interval(Fraction(24), continuous=True)
    if _SINGLE.fullmatch(text):
        return Interval(Fraction(24), single=True)
    if _TWICE.fullmatch(text):
        return Interval(Fraction(12))
    return Interval(Fraction(_FIXED[text])) if text in _FIXED else None


def _read_times(text: str) -> Interval | None:
    """Times a day: 3 times a day, x2 daily."""
    match = _TIMES.fullmatch(text)
    if match is None:
        return None
    times = {"once": 1, "twice": 2, "thrice": 3}.get(match["n"]) or int(match["n"])
    said = match["x"] or not match["n"].isdigit()
    return Interval(Fraction(24, times)) if said and 1 <= times <= 24 else None


def _read_every(text: str) -> Interval | None:
    """Hours, days or weeks between doses: q8h, every 2 days, 12."""
    if nth := _NTH.fullmatch(text):
        return _of_hours(24 * Fraction(nth["n"]))
    match = _EVERY.fullmatch(text)
    if match is None:
        return None
    unit = (match["unit"] or "h")[0]
    hours = Fraction(written(match["n"])) * {"h": 1, "d": 24, "w": 168}[unit]
    return _of_hours(hours) if match["q"] or unit == "h" else None


def _read_time_of_day(text: str) -> Interval | None:
    """A dose a day, or rarer, at a time of the day: AM, every evening, daily 9 PM, q48h 21:00."""
    match = _AT.fullmatch(text)
    if match is None:
        return None
    named = match["every"] or ("" if match["hour"] else "daily")
    every = next(filter(None, (read(named) for read in (_read_word, _read_times, _read_every))), None)
    if every is None or every.continuous or every.hours < 24:
        return None
    return replace(every, at=_HALVES.get(match["at"]) or _clock(match))


def _clock(match: re.Match[str]) -> str:
    """The hour that a text names, of 24. Errors: `WrongInput` for none of the day."""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    elif match["half"] or match["minute"] is None:
        raise WrongInput(f"{match['at']} is no time of day: write 9 AM or 21:00")
    if hour > 23 or minute > 59:
        raise WrongInput(f"{match['at']} is no time of day: write 9 AM or 21:00")
    return f"{hour:02}:{minute:02}"


_READERS = (_read_word, _read_times, _read_every, _read_time_of_day)


def _without_route(text: str) -> str:
    """
    >>> _without_route("iv q24h"), _without_route("q24h iv push"), _without_route("iv")
    ('q24h', 'q24h', 'iv')
    """
    return _ROUTE_BEHIND.sub("", _ROUTE_BEFORE.sub("", text))


def _unknown(value: str) -> WrongInput:
    return WrongInput(f"interval {as_typed(value)} is not understood: write 8, q8h, BID, daily, q48h or continuous")
