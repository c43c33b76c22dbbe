"""The clock of a visit, and a second visit on one day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.frozen_reference import FROZEN
from xl_infusion.errors import BillingError, OutOfRange, WrongInput
from xl_infusion.rules import clock, visit

REFERENCE = FROZEN
CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(0, 60_000), st.floats(), st.floats(0, 60_000), st.floats(0, 1), st.text(max_size=60),
    st.text("0123456789: apmAPM.", max_size=12), st.decimals(), st.dates(), st.times(), st.times(timezones=st.just(dt.UTC)), st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)), st.timedeltas(), st.binary(max_size=3),
)  # fmt: skip


def spellings(minute: int) -> list[object]:
    """A minute of the day in every way that a cell may say it."""
    time = dt.time(minute // 60, minute % 60)
    twelve = time.strftime("%I:%M %p")
    return [
        time, minute / 1440, float(format(minute / 1440, ".15g")), Decimal(minute) / 1440, dt.timedelta(minutes=minute), f"{minute // 60}:{minute % 60:02}",
        time.strftime("%H:%M"), time.strftime("%H:%M:%S"), time.strftime("%H%M"), twelve, twelve.lower(), twelve.replace(" ", ""), twelve.lstrip("0"),
        f" {twelve[:-2]}{twelve[-2].lower()}.m. ", twelve.replace(" ", "\u202f"), dt.datetime.combine(dt.date(1899, 12, 30), time),
        dt.datetime.combine(dt.date(1904, 1, 1), time), time.replace(tzinfo=dt.UTC),
    ]  # fmt: skip


@given(st.integers(0, 1439), st.integers(1, 1439), st.data())
def test_every_spelling_across_midnight(start: int, minutes: int, data: st.DataObject) -> None:
    first = data.draw(st.sampled_from(spellings(start)))
    last = data.draw(st.sampled_from(spellings((start + minutes) % 1440)))
    found = clock.minutes_between(first, last)
    assert found == minutes and isinstance(found, Decimal)


@given(st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2040, 1, 1)), st.integers(1, 1440))
def test_dates_count_where_both_cells_have_one(start: dt.datetime, minutes: int) -> None:
    start = start.replace(second=0, microsecond=0)
    end = start + dt.timedelta(minutes=minutes)
    if start.time() == dt.time(0) or end.time() == dt.time(0):
        with pytest.raises(WrongInput, match="is a date without a time"):
            clock.minutes_between(start, end)
        return
    serials = [(moment - dt.datetime(1899, 12, 30)) / dt.timedelta(1) for moment in (start, end)]
    for first in (start, serials[0]):
        for last in (end, serials[1]):
            assert clock.minutes_between(first, last) == minutes
    if minutes < 1440:
        assert clock.minutes_between(start, end.time()) == clock.minutes_between(start.time(), end) == minutes
    with pytest.raises(OutOfRange, match="end is before start"):
        clock.minutes_between(end, start)
    with pytest.raises(OutOfRange, match="more than a day"):
        clock.minutes_between(start, end + dt.timedelta(1))


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (0.9375, 1 / 48, 120), ("22:30", "0:30", 120), ("2230", "0030", 120), (2230, 30 / 1440, 120), (930, 1130.0, 120), (100, 230, 90), (0, "1:00", 60), ("930", "11:30", 120), ("10 pm", "12 am", 120),
        ("10PM", "24:00", 120), ("22:00", "2400", 120), (2200, 2400, 120), ("12:00 am", "12:00 pm", 720), ("8:00:30", "9:00", 59), ("8:00:59", "8:00", 1439),
        (dt.time(8, 0, 0, 499_999), dt.time(9), 60), (dt.datetime(1899, 12, 30, 7, 59, 59, 999_987), "8:31", 31), (dt.time(23, 59, 59, 900_000), "1:00", 60),
        (0.999999999, "1:00", 60), (dt.datetime(2025, 7, 1, 23, 59, 59, 900_000), dt.datetime(2025, 7, 2, 1), 60), (1 / 3, 0.5, 240),
        (dt.timedelta(hours=8), dt.timedelta(hours=9), 60), (45839.9375, 45840.0625, 180), (10_000.5, 10_000.75, 360), (dt.datetime(2025, 7, 1, 22, 30), 45840.0625, 180),
    ],
)  # fmt: skip
def test_times_as_they_are_written(start: object, end: object, minutes: int) -> None:
    assert clock.minutes_between(start, end) == minutes


@pytest.mark.parametrize(
    ("start", "end", "error", "says"),
    [
        ("8:00", "8:00", OutOfRange, "same minute"), ("8:00", dt.time(8), OutOfRange, "same minute"), ("8:00:00", "8:00:59", OutOfRange, "same minute"),
        (dt.datetime(2025, 7, 1, 8), dt.datetime(2025, 7, 1, 8), OutOfRange, "same minute"), ("0:00", "24:00", OutOfRange, "same minute"),
        (45840.25, 45839.9375, OutOfRange, "end is before start"), (45839.25, 45840.9375, OutOfRange, "2430 minutes apart, more than a day"),
        (None, "8:00", WrongInput, "start is blank"), ("8:00", "", WrongInput, "end '' is not a time"), ("8", "9:00", WrongInput, "start '8' is not a time of day"),
        (9, 10, WrongInput, "start 9 is not a time of day: type 10:30 pm"), (1.25, 0.5, WrongInput, "start 1.25"), (1, 0.5, WrongInput, "start 1 is not"), (99, 0.5, WrongInput, "start 99 is not"), (-0.5, 0.5, WrongInput, "start -0.5"), (930.5, 0.5, WrongInput, "930.5"),
        (965, 0.5, WrongInput, "'0965' is not"), (2430, 0.5, WrongInput, "2430 is not"), (45839, 0.5, WrongInput, "start is a date without a time"),
        (10_000, 0.5, WrongInput, "start is a date without a time"), (9_999.5, 0.5, WrongInput, "start 9999.5 is not a time of day"),
        (dt.date(2025, 7, 1), "8:00", WrongInput, "date without a time"), (dt.datetime(2025, 7, 1), "8:00", WrongInput, "midnight as 0:00 alone"),
        (dt.timedelta(hours=25), "8:00", WrongInput, "length of time"), (dt.timedelta(hours=-1), "8:00", WrongInput, "length of time"), (True, "8:00", WrongInput, "TRUE"),
        ("13:30 pm", "8:00", WrongInput, "'13:30 pm'"), ("0:30 am", "8:00", WrongInput, "'0:30 am'"), ("8:60", "9:00", WrongInput, "'8:60'"), ("8:00:60", "9:00", WrongInput, "'8:00:60'"),
        ("24:01", "9:00", WrongInput, "'24:01'"), ("25:00", "9:00", WrongInput, "'25:00'"), ("8.30", "9:00", WrongInput, "'8.30'"), ("٨:٠٠", "9:00", WrongInput, "is not a time"),
        ("0.9375", "9:00", WrongInput, "'0.9375'"), ("x" * 99, "9:00", WrongInput, r"\.\.\.' is not"), (1e12 + 0.5, "9:00", OutOfRange, "is no day"), (float("nan"), "9:00", OutOfRange, "finite"),
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(start: object, end: object, error: type[BillingError], says: str) -> None:
    with pytest.raises(error, match=says):
        clock.minutes_between(start, end)


@given(CELLS, CELLS)
def test_any_cell(start: object, end: object) -> None:
    try:
        found = clock.minutes_between(start, end)
    except BillingError as error:
        assert len(str(error)) > 15
    else:
        assert 1 <= found <= visit.MOST_MINUTES and found == int(found)


@given(st.decimals("1", "1440", places=1), st.integers(1, 60))
def test_a_further_visit_is_further_hours_alone(minutes: Decimal, from_minute: int) -> None:
    first, further = visit.units(REFERENCE, minutes, from_minute, further_only=True)
    assert first == 0
    assert 60 * (further - 1) + from_minute <= minutes or further == 0
    assert minutes < 60 * further + from_minute
    # two hours more are a first visit with the same further hours
    if minutes + 120 <= visit.MOST_MINUTES:
        assert visit.units(REFERENCE, minutes + 120, from_minute) == (1, further)


@pytest.mark.parametrize(
    ("minutes", "from_minute", "units"),
    [(30, None, 0), (31, None, 1), (60, None, 1), (90, None, 1), (91, None, 2), (1, 1, 1), (61, 1, 2), (59, 60, 0), (1440, None, 24)],
)  # fmt: skip
def test_hours_of_a_further_visit(minutes: int, from_minute: int | None, units: int) -> None:
    assert visit.units(REFERENCE, Decimal(minutes), from_minute, further_only=True) == (0, units)


def test_a_further_visit_is_refused_as_any_other() -> None:
    for minutes, from_minute in [(0, None), (1441, None), (60, 0), (60, 61)]:
        with pytest.raises(OutOfRange):
            visit.units(REFERENCE, Decimal(minutes), from_minute, further_only=True)
