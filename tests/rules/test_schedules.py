"""Schedules by the calendar: as they are written, and on which days they have doses."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_infusion.errors import BillingError, WrongInput
from xl_infusion.rules import interval
from xl_infusion.rules.schedule import Cycle, Months, Schedule

MONDAY = dt.date(2025, 8, 4)

#: As it is said -> as it is written, its days (0-based) of the first four weeks from a Monday, the longest gap in hours.
WRITTEN: dict[str, tuple[list[str], list[int], int]] = {
    "Monday, Wednesday and Friday": (["MWF", "M W F", "M-W-F", "m/w/f", "mon wed fri", "Mon, Wed and Fri", "Monday, Wednesday & Friday", "every Mon Wed Fri", "M,W,F"], [0, 2, 4, 7, 9, 11, 14, 16, 18, 21, 23, 25], 72),
    "Tuesday, Thursday and Saturday": (["TThS", "TThSa", "Tue Thu Sat", "tues, thurs, sat", "T/Th/Sa"], [1, 3, 5, 8, 10, 12, 15, 17, 19, 22, 24, 26], 72),
    "Monday, Tuesday, Thursday and Friday": (["MTThF", "mon tue thu fri"], [0, 1, 3, 4, 7, 8, 10, 11, 14, 15, 17, 18, 21, 22, 24, 25], 72),
    "Monday and Wednesday": (["Mon Wed", "mon and wed", "MW"], [0, 2, 7, 9, 14, 16, 21, 23], 120),
    "Sunday": (["every Sunday", "Sundays", "on Sunday"], [6, 13, 20, 27], 168),
    "Monday to Friday": (["M-F", "Mon-Fri", "Mon to Fri", "Monday through Friday", "weekdays", "MTWThF"], [day for day in range(28) if day % 7 < 5], 72),
    "every day of the week": (["Mon to Sun", "MTWThFSaSu"], [*range(28)], 24),
    "3 times a week, on days 1, 3 and 5 of each week from Start": (["TIW", "3x/week", "three times a week", "3 times weekly", "thrice a week", "3 days a week", "after dialysis", "with dialysis"], [0, 2, 4, 7, 9, 11, 14, 16, 18, 21, 23, 25], 72),
    "2 times a week, on days 1 and 4 of each week from Start": (["BIW", "twice weekly", "twice a week", "2x/week"], [0, 3, 7, 10, 14, 17, 21, 24], 96),
    "4 times a week, on days 1, 2, 4 and 5 of each week from Start": (["4 times a week"], [0, 1, 3, 4, 7, 8, 10, 11, 14, 15, 17, 18, 21, 22, 24, 25], 72),
    "5 days on, 2 off": (["5 days on 2 off", "5 days on, 2 days off", "5 on 2 off", "5 days on and 2 off", "five days on two off"], [day for day in range(28) if day % 7 < 5], 72),
    "weekly, 3 weeks on, 1 off": (["3 weeks on 1 off", "3 weeks on, 1 week off"], [0, 7, 14], 336),
    "days 1 and 8 of 21": (["days 1, 8 of 21", "day 1, 8 of 21", "days 1 and 8 every 21 days", "d1,8 q21d", "D1 & 8 of a 21 day cycle", "days 1 and 8 of each 21-day cycle"], [0, 7, 21], 336),
    "days 1, 8 and 15 of 28": (["days 1 8 15 every 28 days", "days 1, 8, and 15 of 28"], [0, 7, 14], 336),
    "days 1 to 5 of 28": (["days 1 to 5 every 28 days", "days 1-5 of 28", "days 1 through 5 q28 days"], [0, 1, 2, 3, 4], 576),
    "day 3 of 14": (["day 3 of 14"], [2, 16], 336),
    "monthly": (["monthly", "qmonth", "once a month"], [0], 744),
    "every 2 months": (["every 2 months", "q2 months", "every other month"], [0], 1488),
    "every 3 months": (["quarterly", "every 3 months"], [0], 2232),
    "weeks 0, 2 and 6, then every 8 weeks": (["weeks 0, 2, 6 then every 8 weeks", "weeks 0, 2 and 6, then q8w", "weeks 0,2,6 and every 8 weeks"], [0, 14], 1344),
    "weeks 0, 2 and 6": (["weeks 0, 2, 6"], [0, 14], 672),
    "days 1 and 8, then every 14 days": (["days 1, 8 then every 14 days"], [0, 7, 21], 336),
}  # fmt: skip


@pytest.mark.parametrize(("said", "typed"), [(said, typed) for said, (all_, _, _) in WRITTEN.items() for typed in all_])
def test_schedules_as_they_are_written(said: str, typed: str) -> None:
    _, days, gap = WRITTEN[said]
    for text in (typed, f"  {typed} ", f"{typed} IV"):
        found = interval.parse(text).from_day(MONDAY.toordinal())
        assert str(found) == said
        assert found.days(100, 127) == [100 + day for day in days]
        assert (found.doses(0, 28), found.gap) == (len(days), gap)


@pytest.mark.parametrize(
    ("typed", "said", "doses"),
    [
        ("BID MWF", "every 12 hours, Monday, Wednesday and Friday", 24),
        ("MWF BID", "every 12 hours, Monday, Wednesday and Friday", 24),
        ("q12h 5 days on 2 off", "every 12 hours, 5 days on, 2 off", 40),
        ("daily, Mon to Fri", "Monday to Friday", 20),
        ("daily on weekdays", "Monday to Friday", 20),
        ("continuous days 1 to 5 of 28", "continuous, days 1 to 5 of 28", 5),
        ("MWF in the evening", "Monday, Wednesday and Friday", 12),
    ],
)
def test_doses_on_each_of_the_days(typed: str, said: str, doses: int) -> None:
    found = interval.parse(typed)
    assert (str(found), found.doses(0, 28)) == (said, doses)


def test_doses_that_end_are_counted_to_the_last_of_them() -> None:
    assert interval.parse("weeks 0, 2, 6").doses_per_day == Fraction(3, 43)


def test_a_time_of_day_stays_with_its_schedule() -> None:
    assert interval.parse("MWF PM").at == "PM" and interval.parse("MWF").at == ""


@pytest.mark.parametrize(
    ("typed", "hours", "every"),
    [("MWF", 56, False), ("TIW", 56, False), ("5 days on 2 off", 24, True), ("BID 5 days on 2 off", 12, True),
     ("M-F", 24, True), ("days 1 to 5 of 28", 24, True), ("weeks 0, 2, 6 then q8w", 1344, False), ("BIW", 84, False)],
)  # fmt: skip
def test_the_hours_by_which_a_code_is_found(typed: str, hours: int, every: bool) -> None:
    found = interval.parse(typed)
    assert isinstance(found, Schedule)
    assert (found.hours, found.run) == (hours, every)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("PRN", "type a row for each day on which it was used"), ("q8h prn", "type a row"), ("as needed", "type a row"),
        ("biweekly", "write BIW, or every 2 weeks"), ("bi-weekly", "write BIW, or every 2 weeks"),
        ("Tue-Thu", "write Tue and Thu, or Tue to Thu"), ("T-Th", "write Tue and Thu, or Tue to Thu"),
        ("days 8, 1 of 21", "the days are 1 to 21, the earlier ones first"),
        ("days 1, 29 of 28", "the days are 1 to 28"), ("days 0, 7 of 14", "the days are 1 to 14"),
        ("MF", "not understood"), ("M", "not understood"), ("Mon Mon", "not understood"), ("0 on 2 off", "not understood"),
        ("5 days on 2 weeks off", "not understood"), ("2 weeks on 5 days off", "not understood"),
        ("weeks 2, 6 then every 8 weeks", "not understood"), ("weeks 0, 2 then every 0 weeks", "not understood"),
        ("every 0 months", "not understood"), ("q0 months", "not understood"), ("8 times a week", "no fixed number"),
        ("q5h MWF", "not understood"), ("once MWF", "not understood"), ("week 0", "not understood"), ("once MWF", "not understood"),
    ],
)  # fmt: skip
def test_what_says_no_days_or_may_be_two_things_is_asked(typed: str, says: str) -> None:
    with pytest.raises(BillingError, match=says):
        interval.parse(typed)


@pytest.mark.parametrize(
    ("first", "days"),
    [
        ("2024-01-31", ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        ("2025-12-15", ["2025-12-15", "2026-01-15", "2026-02-15", "2026-03-15"]),
        ("2025-01-29", ["2025-01-29", "2025-02-28", "2025-03-29", "2025-04-29"]),
    ],
)
def test_a_month_has_the_same_day_or_its_last(first: str, days: list[str]) -> None:
    start = dt.date.fromisoformat(first).toordinal()
    found = interval.parse("monthly").from_day(start)
    assert [str(dt.date.fromordinal(day)) for day in found.days(start, start + 100)] == days


def test_a_month_needs_its_first_day() -> None:
    with pytest.raises(WrongInput, match="counted from the first day"):
        interval.parse("monthly").doses(0, 28)


def test_named_days_are_turned_to_the_first_day_of_the_order() -> None:
    wednesday = MONDAY.toordinal() + 2
    assert interval.parse("MWF").from_day(wednesday).days(wednesday, wednesday + 6) == [
        wednesday + d for d in (0, 2, 5)
    ]
    assert interval.parse("TIW").from_day(wednesday).days(0, 6) == [0, 2, 4]


def test_two_that_say_the_same_are_equal_whatever_their_first_day() -> None:
    mwf = interval.parse("MWF")
    assert mwf == interval.parse("mon wed fri").from_day(MONDAY.toordinal() + 1) != interval.parse("TIW")
    assert interval.parse("MWF").lasting(Fraction(46)).lasts == 46


def test_an_interval_is_the_same_from_any_day() -> None:
    q36h = interval.parse("q36h")
    assert q36h.from_day(5) is q36h and q36h.gap == 36 and interval.parse("every third day").hours == 72


PATTERNS = st.one_of(
    st.builds(
        lambda days, extra: Cycle(tuple(sorted(days)), max(days) + extra),
        st.sets(st.integers(0, 20), min_size=1, max_size=6),
        st.integers(1, 10),
    ),
    st.builds(
        lambda days, length: Cycle((0,), length, tuple(sorted({0, *days})), max(days) + length),
        st.sets(st.integers(1, 30), min_size=1, max_size=4),
        st.integers(1, 20),
    ),
    st.builds(Months, st.integers(1, 3), st.integers(700_000, 740_000)),
)


@given(PATTERNS, st.integers(1, 3), st.integers(0, 90), st.integers(0, 60), st.integers(0, 60))
def test_doses_of_the_parts_add_up_and_stand_on_the_days(
    pattern: Cycle | Months, each: int, first: int, length: int, more: int
) -> None:
    """The questions agree: how many doses fall on some days, and on which days they are."""
    one = Schedule("so", pattern, each)
    days = one.days(0, first + length + more - 1) if first + length + more else []
    assert one.doses(first, length) == each * sum(first <= day < first + length for day in days)
    assert one.doses(first, length) + one.doses(first + length, more) == one.doses(first, length + more)
    gaps = [after - day for day, after in pairwise(days)]
    assert max(gaps, default=0) * 24 <= max(one.gap, 24)
