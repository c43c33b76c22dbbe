"""Schedules as they are written: MWF, TIW, 5 days on 2 off, days 1, 8 of 21, weeks 0, 2, 6 then every 8 weeks, monthly.

Three times a week without its days is days 1, 3 and 5 of each week from the first day, twice a week 1 and 4, four times
1, 2, 4 and 5: then the longest time between doses is that of the usual named days. A hyphen joins Monday to Friday
alone: between other days it may mean two days or all of them.

>>> str(read("mwf")), str(read("3 times a week")), read("q8h")
('Monday, Wednesday and Friday', '3 times a week, on days 1, 3 and 5 of each week from Start', None)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

from xl_infusion.errors import WrongInput
from xl_infusion.rules.schedule import WEEK, Cycle, Months, Schedule

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_NAMES: dict[str, int] = {
    name: number
    for number, names in enumerate(
        ["m mo mon monday mondays", "t tu tue tues tuesday tuesdays", "w we wed weds wednesday wednesdays",
         "th thu thur thurs thursday thursdays", "f fr fri friday fridays", "sa sat saturday saturdays",
         "su sun sunday sundays"]
    )
    for name in names.split()
}  # fmt: skip
_A_DAY = "|".join(sorted(_DAY_NAMES, key=len, reverse=True))
_BETWEEN = r"(?: ?[,/&+] ?(?:and )?| and |-| )"
_LIST = re.compile(rf"(?:every |each |on |q )?((?:{_A_DAY})(?:{_BETWEEN}(?:{_A_DAY}))*)")
_RANGE = re.compile(rf"(?:on )?({_A_DAY})(?: to | through | thru |-)({_A_DAY})")
#: Letters together: MWF, TTh, TThS (of which S is Saturday), MTThF.
_LETTERS = re.compile(r"(?:m|tu|th|t|w|f|sa|su)+")
_LETTER = re.compile(r"th|tu|sa|su|m|t|w|f")
_COUNTS = {"once": 1, "twice": 2, "thrice": 3}
_A_WEEK = re.compile(
    r"(?P<n>once|twice|thrice|[1-7]) ?(?:times|time|x|doses|days)? ?(?:(?:a|per|each|every|/) ?(?:week|wk)|weekly)"
)
_WORDS = {"tiw": 3, "biw": 2, "after dialysis": 3, "with dialysis": 3, "post dialysis": 3, "semiweekly": 2}
#: The days of so many doses a week whose days nobody named.
_ASSUMED = {
    2: (0, 3),
    3: (0, 2, 4),
    4: (0, 1, 3, 4),
    5: (0, 1, 2, 3, 4),
    6: (0, 1, 2, 3, 4, 5),
    7: (0, 1, 2, 3, 4, 5, 6),
}
_ON_OFF = re.compile(
    r"(?P<on>[1-9][0-9]{0,2}) ?(?P<unit>days?|d|weeks?|wks?|w)? on,? ?(?:and |then )?(?P<off>[1-9][0-9]{0,2}) ?"
    r"(?P<other>days?|d|weeks?|wks?|w)? off"
)
_NUMBERS = r"[0-9]{1,3}(?:(?: ?, ?(?:and )?| and | ?& ?| ?to ?| ?through ?| ?- ?| )[0-9]{1,3})*"
_DAYS_OF = re.compile(
    rf"(?:days?|d) ?(?P<days>{_NUMBERS}),? ?(?:of|every|each|q) ?(?:an? |each |every )?(?P<length>[0-9]{{1,3}})[ -]?"
    r"(?:days?|d)?(?: cycles?)?"
)
_LOADING = re.compile(
    rf"(?P<unit>weeks?|wks?|days?) (?P<days>{_NUMBERS})(?:,? ?(?:and )?(?:then )?(?:every|q) ?"
    r"(?P<n>[1-9][0-9]{0,2}) ?(?P<of>weeks?|wks?|w|days?|d))?"
)
_MONTHS = re.compile(
    r"(?:once )?(?:monthly|(?:a|per|every|each|q) ?month)|qmonth|qmo"
    r"|(?:every|q|each) ?(?P<n>[1-9][0-9]?|other) ?(?:months|month|mo)|(?P<quarter>quarterly)"
)
_PRN = re.compile(r"(?:.* )?(?:prn|as needed|as required)(?: .*)?")
_WHICH = re.compile(r"bi ?weekly|every 2 a week")


def read(text: str) -> Schedule | None:
    """The schedule that a text in small letters says, None where it says none.

    Errors: `WrongInput` for one that says no days (``prn``) or may be read in two ways (``biweekly``).

    """
    if _PRN.fullmatch(text):
        raise WrongInput(
            "interval PRN says no days: type a row for each day on which it was used, Interval once, or one for the "
            "delivery"
        )
    if _WHICH.fullmatch(text):
        raise WrongInput(f"interval {text!r} may be twice a week or every 2 weeks: write BIW, or every 2 weeks")
    found = (reader(text) for reader in _READERS)
    return next((one for one in found if one is not None), None)


def _working_days(text: str) -> Schedule | None:
    """Weekdays, the five."""
    return _named(range(5)) if text in ("weekdays", "on weekdays", "every weekday") else None


def _from_to(text: str) -> Schedule | None:
    """Days of the week from one to another. Errors: `WrongInput` for M-Th, which may be two days."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    first, last = (_DAY_NAMES[name] for name in match.groups())
    if "-" in text and (first, last) != (0, 4):
        raise WrongInput(
            f"interval {text!r} may be two days or all from one to the other: write Tue and Thu, or Tue to Thu"
        )
    return _named((first + day) % WEEK for day in range((last - first) % WEEK + 1))


def _listed(text: str) -> Schedule | None:
    """Days of the week by their names."""
    match = _LIST.fullmatch(text)
    if match is None or len(text) < 3:  # a letter or two alone may be anything
        return None
    return _named(_DAY_NAMES[name] for name in re.split(_BETWEEN, match[1]))


def _letters(text: str) -> Schedule | None:
    """Days of the week by their letters, MWF."""
    letters = "tthsa" if text == "tths" else text
    if len(text) < 2 or text == "mf" or not _LETTERS.fullmatch(letters):
        return None
    return _named(_DAY_NAMES[name] for name in _LETTER.findall(letters))


def _named(weekdays: Iterable[int]) -> Schedule | None:
    """A schedule of weekdays, as often as they are named once each."""
    listed = list(weekdays)
    days = sorted(set(listed))
    if len(days) < len(listed):
        return None
    said = _joined(_NAMES[day] for day in days)
    run = days == list(range(5)) or len(days) == WEEK
    if run:
        said = "Monday to Friday" if len(days) == 5 else "every day of the week"
    return Schedule(said, Cycle(tuple(days), WEEK, weekly=True), run=run)


def _a_week(text: str) -> Schedule | None:
    """So many times a week, of which nobody named the days."""
    match = _A_WEEK.fullmatch(text)
    count = _WORDS.get(text) or (0 if match is None else _COUNTS.get(match["n"]) or int(match["n"]))
    if count not in _ASSUMED:
        return None
    days = _ASSUMED[count]
    said = f"{count} times a week, on days {_joined(str(day + 1) for day in days)} of each week from Start"
    return Schedule(said, Cycle(days, WEEK), run=count >= 5, assumed=count < WEEK)


def _on_off(text: str) -> Schedule | None:
    """Days on and days off; weeks on are those of a weekly dose."""
    match = _ON_OFF.fullmatch(text)
    if match is None:
        return None
    on, off = int(match["on"]), int(match["off"])
    units = {unit[0] for unit in (match["unit"], match["other"]) if unit}
    if units <= {"d"}:
        return Schedule(f"{on} days on, {off} off", Cycle(tuple(range(on)), on + off), run=True)
    if units == {"w"}:
        days = tuple(WEEK * week for week in range(on))
        return Schedule(f"weekly, {on} weeks on, {off} off", Cycle(days, WEEK * (on + off)))
    return None


def _days_of(text: str) -> Schedule | None:
    """Days of a cycle: days 1, 8 and 15 of 28, days 1 to 5 every 28 days."""
    match = _DAYS_OF.fullmatch(text)
    if match is None:
        return None
    days, length = _numbers(match["days"]), int(match["length"])
    if not days or days[0] < 1 or days[-1] > length:
        raise WrongInput(f"interval {text!r}: the days are 1 to {length}, the earlier ones first")
    run = len(days) > 1 and days == list(range(days[0], days[-1] + 1))
    said = f"days {days[0]} to {days[-1]}" if run else f"day{'s' if len(days) > 1 else ''} {_joined(map(str, days))}"
    return Schedule(f"{said} of {length}", Cycle(tuple(day - 1 for day in days), length), run=run)


def _loading(text: str) -> Schedule | None:
    """Doses of one amount that begin closer together: weeks 0, 2, 6 then every 8 weeks."""
    match = _LOADING.fullmatch(text)
    days = [] if match is None else _numbers(match["days"])
    if match is None or len(days) < 2 or days[0] > 1:
        return None
    name, unit = _unit(match["unit"])
    first = tuple(unit * (day - days[0]) for day in days)
    said = f"{name} {_joined(map(str, days))}"
    if match["n"] is None:
        return Schedule(said, Cycle((), 0, first))
    each, length = _unit(match["of"])
    length *= int(match["n"])
    return Schedule(f"{said}, then every {match['n']} {each}", Cycle((0,), length, first, first[-1] + length))


def _unit(word: str) -> tuple[str, int]:
    """Weeks or days, and how many days one is."""
    return ("weeks", WEEK) if word[0] == "w" else ("days", 1)


def _months(text: str) -> Schedule | None:
    """Calendar months."""
    match = _MONTHS.fullmatch(text)
    if match is None:
        return None
    each = 3 if match["quarter"] else 2 if match["n"] == "other" else int(match["n"] or 1)
    return Schedule("monthly" if each == 1 else f"every {each} months", Months(each))


_READERS: tuple[Callable[[str], Schedule | None], ...] = (
    _working_days, _from_to, _listed, _letters, _a_week, _on_off, _days_of, _loading, _months,
)  # fmt: skip


def _numbers(text: str) -> list[int]:
    """Numbers of days as they are listed, ``1 to 5`` being all of them; [] where they do not rise.

    >>> _numbers("1, 8 and 15"), _numbers("1-3, 8"), _numbers("8, 1")
    ([1, 8, 15], [1, 2, 3, 8], [])
    """
    found: list[int] = []
    for part in re.split(r" ?, ?(?:and )?| and | ?& ?|(?<=[0-9]) (?=[0-9])", text):
        ends = [int(number) for number in re.findall(r"[0-9]+", part)]
        found += range(ends[0], ends[-1] + 1)
    return found if all(day < after for day, after in pairwise(found)) else []


def _joined(names: Iterable[str]) -> str:
    """``1, 3 and 5``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
