"""The rules one by one, and what holds for every dose, interval and visit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.frozen_reference import FROZEN
from xl_infusion.errors import BillingError, NoPerDiemCode, NotFound, NotInForce, OutOfRange, UnknownDrug, WrongInput
from xl_infusion.reference.periods import Periods
from xl_infusion.rules import day, dose, drug_units, fluid, interval, number, per_diem, visit

REFERENCE = FROZEN

INTERVALS = {
    3: ["q3h", "every 3 hours", "Q3H"],
    4: ["q4h", "q4", "4", "4h", "every four hours"],
    6: ["q6h", "QID", "q.i.d.", "four times a day", "4x/day", "4 times daily", "Q 6 HRS"],
    8: ["q8h", "Q 8 H", "every 8 hours", "q8", "TID", "t.i.d.", "three times daily", "every eight hours", "8 hourly", "q8hr", "3x daily", "q-8-h", "8.0", "q8h".center(56)],
    12: ["q12h", "BID", "b.i.d", "twice daily", "twice a day", "every twelve hours", "2 times per day"],
    24: ["q24h", "daily", "QD", "once daily", "every day", "every 24 hours", "q1d", "every twenty-four hours", "once a day"],
    48: ["q48h", "QOD", "every other day", "q2d", "every 2 days"],
    72: ["q72h", "every 3 days"],
    168: ["weekly", "qweek", "q7d", "once weekly", "every week", "q1w", "every 7 days"],
    336: ["every 2 weeks", "q2w", "every other week", "q14d"],
}  # fmt: skip


@pytest.mark.parametrize(("hours", "typed"), [(h, t) for h, all_ in INTERVALS.items() for t in all_])
def test_intervals_as_they_are_written(hours: int, typed: str) -> None:
    for text in (typed, typed.upper(), f"  {typed} "):
        found = interval.parse(text)
        assert found.hours == hours and not found.continuous


@pytest.mark.parametrize("typed", ["continuous", "Continuous infusion", "cont", "CIVI", "continuous over 24 hours"])
def test_continuous(typed: str) -> None:
    found = interval.parse(typed)
    assert (found.continuous, found.hours, str(found)) == (True, 24, "continuous")


@pytest.mark.parametrize(
    "typed",
    [
        "once",
        "Once only",
        "x1",
        "X 1",
        "x1 dose",
        "1x",
        "single dose",
        "Single-dose",
        "single",
        "one time",
        "one-time dose",
        "1 dose",
    ],
)
def test_a_single_dose(typed: str) -> None:
    found = interval.parse(typed)
    assert (found.single, found.hours, str(found), found.doses_per_day) == (True, 24, "single dose", 1)
    assert [found.doses(0, 1), found.doses(0, 9), found.doses(0, 0), found.doses(3, 6)] == [1, 1, 0, 0]
    assert found.days(100, 100) == [100] and found != interval.parse("daily") and found == interval.counted(typed)


@pytest.mark.parametrize(
    "typed", ["monthly", "once monthly", "every month", "once a month", "per month", "q month", "qmonth", "qmo"]
)
def test_a_month_is_read_and_has_no_number_of_doses_a_day(typed: str) -> None:
    found = interval.parse(typed)
    assert (found.monthly, str(found)) == (True, "monthly")
    with pytest.raises(NoPerDiemCode, match="months are not all as long"):
        interval.counted(typed)
    with pytest.raises(NoPerDiemCode, match="no per diem code for monthly: .* name the Therapy"):
        per_diem.code(REFERENCE, "anti-infective", interval=found)
    assert per_diem.code(REFERENCE, "hydration", interval=found).code == "S9373"


@pytest.mark.parametrize("typed", ["normal saline", "NS", "0.9% sodium chloride", "Sodium Chloride 0.9%"])
def test_normal_saline_is_billed_by_its_bag(typed: str) -> None:
    for dose_, code in (
        ("1000 mL", "J7030"),
        ("1 L", "J7030"),
        ("500mL", "J7040"),
        ("0.25 L", "J7050"),
        ("250 cc", "J7050"),
    ):
        assert REFERENCE.drug(fluid.bag(REFERENCE, typed, dose_)).code == code
    for other in ("750 mL", "1 g", 1000, None, dt.date(2025, 1, 1)):
        with pytest.raises(UnknownDrug, match=r"1000 mL \(J7030\), 500 mL \(J7040\) or 250 mL \(J7050\)"):
            fluid.bag(REFERENCE, typed, other)
    assert fluid.bag(REFERENCE, f"{typed} 500 mL", "250 mL") == f"{typed} 500 mL"


def test_other_drugs_and_codes_keep_their_names() -> None:
    for name in ("meropenem", "J7030", "no such drug", "saline"):
        assert fluid.bag(REFERENCE, name, "500 mL") == name
    assert REFERENCE.drug(fluid.bag(REFERENCE, "D5W", "500 mL")).code == "J7060"


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (0, OutOfRange), (-8, OutOfRange), (1e9, OutOfRange), (45839, OutOfRange), (0.3333, WrongInput), (0.5, WrongInput),
        (dt.time(8), WrongInput), (dt.timedelta(hours=8), WrongInput), (dt.date(2025, 1, 1), WrongInput), (None, WrongInput),
        (True, WrongInput), ("8:00", WrongInput), ("8:00 AM", WrongInput), ("prn", WrongInput), ("stat", WrongInput),
        ("three times a month", WrongInput), ("once or twice", WrongInput), ("q", WrongInput), ("every hours", WrongInput),
        ("8d", WrongInput), ("25 times a day", WrongInput), ("q8h or q12h", WrongInput), ("q٨h", WrongInput), ("3 daily", WrongInput),
        ("-8", OutOfRange), (" - 8 hours", OutOfRange),
        ("x" * 99, WrongInput), ("q8h".ljust(61), WrongInput), ("0.5", WrongInput), ("q0h", OutOfRange), (float("nan"), OutOfRange), (object(), WrongInput),
    ],
)  # fmt: skip
def test_what_is_no_interval_is_refused(value: object, error: type[BillingError]) -> None:
    with pytest.raises(error) as caught:
        interval.parse(value)
    assert len(str(caught.value)) > 20


@pytest.mark.parametrize(
    ("hours", "text"),
    [(1, "every hour"), (8, "every 8 hours"), (7.5, "every 7.5 hours"), (48, "every 48 hours"), (96, "every 4 days"),
     (168, "weekly"), (336, "every 2 weeks"), (100, "every 100 hours")],
)  # fmt: skip
def test_an_interval_says_itself(hours: float, text: str) -> None:
    assert str(interval.parse(hours)) == text


@given(st.integers(1, 400), st.integers(1, 60), st.integers(1, 60))
def test_doses_of_the_parts_are_those_of_the_whole(hours: int, first: int, second: int) -> None:
    every = interval.Interval(Fraction(hours))
    assert every.doses(0, first) + every.doses(first, second) == every.doses(0, first + second)
    times = [dose_ * hours for dose_ in range(0, 24 * 121 // hours + 1)]
    assert every.doses(0, first) == sum(time < 24 * first for time in times)


@pytest.mark.parametrize(
    ("typed", "doses"),
    [
        ("q8h", [3, 3, 3, 3, 3]), ("7.5", [4, 3, 3, 3, 3]), ("q9h", [3, 3, 2, 3, 3]),
        ("q36h", [1, 1, 0, 1, 1]), ("q48h", [1, 0, 1, 0, 1]), ("q72h", [1, 0, 0, 1, 0]), ("once", [1, 0, 0, 0, 0]),
    ],
)  # fmt: skip
def test_the_doses_of_each_day_from_the_first_hour_on(typed: str, doses: list[int]) -> None:
    every = interval.parse(typed)
    assert [every.doses(day_, 1) for day_ in range(5)] == doses
    assert every.days(100, 104) == [100 + day_ for day_ in range(5) for _ in range(doses[day_])]


@pytest.mark.parametrize(
    ("most", "beyond"),
    [("1000 g", "1,000,001 mg"), ("1000 million units", "1000000001 units"), ("10,000 mEq", "10,001 mEq"), ("100 L", "100001 mL"),
     ("20000 kcal", "20001 kcal"), ("1000 g protein", "1001 g protein")],
)  # fmt: skip
def test_the_largest_dose_that_can_be_meant(most: str, beyond: str) -> None:
    assert dose.parse(most).amount > 0
    with pytest.raises(OutOfRange, match="more than any patient gets: check the separators"):
        dose.parse(beyond)


DOSES = {
    "1 g": ("mg", 1000), "1gm": ("mg", 1000), "1,000 mg": ("mg", 1000), "500mg": ("mg", 500), "2.5 million units": ("units", 2_500_000),
    "3 MU": ("units", 3_000_000), "600000 U": ("units", 600_000), "40 mEq": ("mEq", 40), "250 mL": ("mL", 250), "250cc": ("mL", 250),
    "1 L": ("mL", 1000), "500 mcg": ("mg", "0.5"), "500 µg": ("mg", "0.5"), "500 μg": ("mg", "0.5"), ".5 g": ("mg", 500), "1 gram": ("mg", 1000),
    "2 grams IV": ("mg", 2000), "1 G IVPB": ("mg", 1000), "2,400,000 units": ("units", 2_400_000), "1000 IU": ("units", 1000),
    "1000 units": ("IU", 1000), "1 unit": ("units", 1), "3 g/0.375 g": ("mg", 3375), "1 g / 500 mg": ("mg", 1500), "1.125 g": ("g", "1.125"),
    "500 mg.": ("mg", 500), "5 i.u.": ("units", 5), "1000 kcal": ("kcal", 1000), "1,800 calories": ("kcal", 1800),
    "80 g protein": ("g protein", 80), "80 grams of protein": ("g protein", 80),
}  # fmt: skip


@pytest.mark.parametrize("typed", DOSES)
def test_doses_as_they_are_written(typed: str) -> None:
    unit, amount = DOSES[typed]
    assert dose.amount_in(dose.parse(typed), unit) == Decimal(str(amount))


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("0 mg", OutOfRange), ("-1 g", OutOfRange), (0, OutOfRange), (-5, OutOfRange), ("2 kg", WrongInput), ("1,125 g", OutOfRange),
        ("1,5 g", WrongInput), ("1.000,5 g", WrongInput), ("15 mg/kg", WrongInput), ("10 mg/h", WrongInput), ("5%", WrongInput),
        ("3 mU", WrongInput), ("mg", WrongInput), ("", WrongInput), ("one gram", WrongInput), ("1 g 2 g", WrongInput), ("٣ g", WrongInput),
        ("800/160", WrongInput), ("1/2/3/4 mg", WrongInput), ("5 mg TMP/1 mg", WrongInput), ("1 mEq/1 mg", WrongInput), (None, WrongInput),
        (dt.date(2025, 1, 1), WrongInput), (dt.time(1), WrongInput), (True, WrongInput), (1e12, OutOfRange), ("x" * 80, WrongInput),
    ],
)  # fmt: skip
def test_what_is_no_dose_is_refused(value: object, error: type[BillingError]) -> None:
    with pytest.raises(error):
        dose.parse(value)


def test_a_mismatch_names_both_units() -> None:
    for typed, unit in [
        ("5 mg", "units"), ("5 units", "mg"), ("5 mEq", "mL"), ("5 mL", "g"), ("5 mL", "kcal"), ("5 g", "g protein")
    ]:  # fmt: skip
        with pytest.raises(WrongInput, match=f"is in {typed.split()[1]} and the code counts {unit}"):
            dose.amount_in(dose.parse(typed), unit)
    with pytest.raises(WrongInput, match="5000 has no unit and the code counts units: write 5000 units"):
        dose.amount_in(dose.parse(5000), "units")


def test_volumes_a_day() -> None:
    assert [dose.liters(value) for value in ("1500 mL", "1.5 L", 1.5, 1500, 20, 50)] == [
        Decimal("1.5"), Decimal("1.5"), Decimal("1.5"), Decimal("1.5"), 20, Decimal("0.05"),
    ]  # fmt: skip
    for value in (30, "5 mg"):
        with pytest.raises(WrongInput):
            dose.liters(value)


AMOUNTS = st.decimals("0.001", "100000", places=3)


@given(AMOUNTS.filter(lambda a: a > 0), AMOUNTS.filter(lambda a: a > 0))
def test_units_cover_the_dose_and_not_one_more(given_: Decimal, amount: Decimal) -> None:
    units = drug_units.units(given_, amount)
    assert units * amount >= given_ > (units - 1) * amount


@given(st.sampled_from([row for row in REFERENCE.drugs if row.amount]), st.integers(1, 20))
def test_n_times_the_amount_of_a_code_is_n_units(row, count: int) -> None:  # type: ignore[no-untyped-def]
    typed = dose.parse(f"{number.plain(row.amount * count)} {row.unit_text.split(' ', 1)[1]}")
    assert drug_units.of_dose(row, typed).units == count


def test_an_amount_in_another_dimension_than_the_codes_counts_otherwise() -> None:
    assert drug_units.counts_otherwise(REFERENCE.drug("meropenem"), "100 UNITS")


def test_units_of_special_codes() -> None:
    with pytest.raises(NotFound, match="no unit of its own"):
        drug_units.of_dose(REFERENCE.drug("J3490"), dose.parse("1 g"))
    smx = REFERENCE.drug("sulfamethoxazole-trimethoprim")
    assert drug_units.of_dose(smx, dose.parse("160 mg TMP")).units == 160
    for typed, says in [("960 mg", "counts trimethoprim alone"), ("800 mg SMX", "counts trimethoprim alone")]:
        with pytest.raises(WrongInput, match=says):
            drug_units.of_dose(smx, dose.parse(typed))
    with pytest.raises(WrongInput, match="does not count trimethoprim alone"):
        drug_units.of_dose(REFERENCE.drug("meropenem"), dose.parse("1 g of TMP"))
    assert drug_units.of_dose(REFERENCE.drug("Zosyn"), dose.parse("3 g/0.375 g")).units == 3
    with pytest.raises(WrongInput, match="sum of two parts"):
        drug_units.of_dose(REFERENCE.drug("meropenem"), dose.parse("1 g/1 g"))
    with pytest.raises(OutOfRange, match="do not fit a claim line"):
        drug_units.of_dose(REFERENCE.drug("factor VIII recombinant NOS"), dose.parse("900000000 units"))
    assert (
        drug_units.of_dose(REFERENCE.drug("meropenem"), dose.parse(1000)).why
        == "1000 (read as mg) = 10 units of 100 mg"
    )
    assert drug_units.of_dose(REFERENCE.drug("ertapenem"), dose.parse("1 mg")).why == "1 mg = 1 unit of 500 mg"
    with pytest.raises(OutOfRange):
        drug_units.units(Decimal(0), Decimal(1))


@given(st.decimals("1", "1440", places=1), st.integers(1, 60))
def test_visit_units(minutes: Decimal, from_minute: int) -> None:
    first, further = visit.units(REFERENCE, minutes, from_minute)
    assert first == 1
    slow = 0
    rest = minutes - 120
    while rest >= from_minute:
        slow += 1
        rest -= 60
    assert further == slow


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_visit_minutes_out_of_range(minutes: int) -> None:
    with pytest.raises(OutOfRange):
        visit.units(REFERENCE, Decimal(minutes))


def test_visit_refusals() -> None:
    with pytest.raises(OutOfRange):
        visit.units(REFERENCE, Decimal(60), 0)
    for value in (0.125, dt.time(3, 30), "3:30", None):
        with pytest.raises(WrongInput):
            visit.minutes(value)


def test_per_diem_refusals() -> None:
    with pytest.raises(NotFound, match="only 3, 4, 6, 8, 12, 24 hours have one"):
        per_diem.code(REFERENCE, "anti-infective", interval=interval.parse(9))
    with pytest.raises(WrongInput, match="interval is blank"):
        per_diem.code(REFERENCE, "anti-infective")
    with pytest.raises(NotInForce, match="S9500 is in force from 2002-01-01, not on 2001-12-31"):
        per_diem.code(REFERENCE, "anti-infective", dt.date(2001, 12, 31), interval=interval.parse(24))
    with pytest.raises(OutOfRange, match="not more than 0"):
        per_diem.code(REFERENCE, "tpn", volume_l=Decimal(0))
    with pytest.raises(NotFound, match="has no per diem code for 'pump'"):
        per_diem.code(REFERENCE, "tpn", method="pump")
    for rank in (0, 100):
        with pytest.raises(OutOfRange):
            per_diem.modifier(rank)
    with pytest.raises(OutOfRange, match="is negative"):
        per_diem.rate(1, Decimal(-1), [Decimal(1)])
    with pytest.raises(OutOfRange, match="write 0.5 or 50%"):
        per_diem.rate(1, Decimal(1), [Decimal(1), Decimal(50)])


def test_a_code_that_came_twice_was_in_force_through_its_last_day() -> None:
    (row,) = per_diem.periods(REFERENCE, "chelation").rows
    begins, pause, back, ends = (dt.date(year, 1, 1) for year in (2002, 2010, 2015, 2020))
    twice = Periods([replace(row, first_day=begins, last_day=pause), replace(row, first_day=back, last_day=ends)])
    for day_ in (dt.date(2012, 1, 1), dt.date(2021, 1, 1)):
        assert str(per_diem.not_in_force(twice, day_)) == (
            f"{row.code} is in force from 2002-01-01 through 2020-01-01, not on {day_}"
        )


@given(st.decimals("0.001", "12", places=3), st.sampled_from(["tpn", "hydration"]))
def test_every_volume_has_exactly_one_code(liters: Decimal, therapy: str) -> None:
    code = per_diem.code(REFERENCE, therapy, volume_l=liters).code
    base = {"tpn": 9365, "hydration": 9374}[therapy]
    assert code == f"S{base + min(ceil(liters) - 1, 3)}"


@given(
    st.integers(1, 99),
    st.decimals("0", "5000", places=2),
    st.lists(st.decimals("0", "1", places=2), min_size=1, max_size=4),
)
def test_a_share_never_raises_a_rate(rank: int, base: Decimal, shares: list[Decimal]) -> None:
    assert 0 <= per_diem.rate(rank, base, shares) <= base


@pytest.mark.parametrize(
    ("value", "found"),
    [(45839, "2025-07-01"), (45839.75, "2025-07-01"), ("45839", None), ("2025-07-01", "2025-07-01"), ("2025/7/1", "2025-07-01"),
     ("7/1/2025", "2025-07-01"), ("07-01-2025", "2025-07-01"), (dt.datetime(2025, 7, 1, 23), "2025-07-01"), ("7/1/25", "2025-07-01"),
     ("1/2/26", "2026-01-02"), ("12-31-29", "2029-12-31"), ("1/1/30", "1930-01-01"), ("1/1/99", "1999-01-01"), ("2/29/00", "2000-02-29"),
     ("7/1/025", None), ("7/1/5", None), ("26/1/2", None), ("13/1/26", None),
     ("2025-02-30", None), (True, None), (None, None), (dt.time(1), None), (60, None), (61, "1900-03-01"), (2958465.75, "9999-12-31"), (2958466, None), (1e300, None), ("٢٠٢٥-٠٧-٠١", None),
     ("2025-07-01 00:00:00", "2025-07-01"), ("x" * 60, None)],
)  # fmt: skip
def test_days(value: object, found: str | None) -> None:
    if found is None:
        with pytest.raises(BillingError):
            day.parse(value)
    else:
        assert str(day.parse(value)) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [(0.1 + 0.2, "0.3"), ("0.30000000000000004", "0.3"), ("0.29999999999999999", "0.3"), (7, "7"), ("1,250.50", "1250.50"), ("+5", "5"), (".5", "0.5"), ("1,25", None), ("", None), ("+", None), ("1e5", None),
     ("٣", None), (float("inf"), None), (Decimal("NaN"), None), (1e15, None), (True, None), (None, None), (dt.date(2025, 1, 1), None),
     ("9" * 40, None), ("7".zfill(30), "7"), ("7".zfill(31), None), (Decimal("2.50"), "2.50"), ("y" * 50, None)],
)  # fmt: skip
def test_exact_numbers(value: object, found: str | None) -> None:
    if found is None:
        with pytest.raises(BillingError):
            number.exact(value, "it")
    else:
        assert number.exact(value, "it") == Decimal(found)


@pytest.mark.parametrize(("typed", "hours"), [("q week", 168), ("once a week", 168), ("monthly", 730)])
def test_a_week_and_a_month_in_hours(typed: str, hours: int) -> None:
    assert interval.parse(typed).hours == hours


def test_no_rank_earns_more_than_the_full_rate() -> None:
    assert per_diem.share(2, [Decimal(1), Decimal(1)]) == 1
    with pytest.raises(OutOfRange, match=r"share 1\.5 is not from 0 to 1"):
        per_diem.share(2, [Decimal(1), Decimal("1.5")])


@pytest.mark.parametrize("typed", [1.5, 2.25])
def test_a_whole_number_has_no_fraction(typed: float) -> None:
    with pytest.raises(OutOfRange, match="is not a whole number from 1 to 9"):
        number.whole(typed, "rank", 1, 9)
    with pytest.raises(OutOfRange, match="is not a whole number from -9 to 9"):
        number.whole(-typed, "rank", -9, 9)


def test_a_minute_is_no_fraction_of_a_day() -> None:
    assert visit.minutes(1) == 1 and visit.minutes(1.5) == Decimal("1.5")
    with pytest.raises(WrongInput, match="looks like an Excel time"):
        visit.minutes(0.5)
