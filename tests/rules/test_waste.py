"""Single-dose vials: the least waste against every other choice, and units that never bill more than was opened."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.frozen_reference import FROZEN
from xl_infusion.errors import BillingError, NotFound, OutOfRange, WrongInput
from xl_infusion.reference import load
from xl_infusion.reference.tables import bundled
from xl_infusion.rules import waste

REFERENCE = FROZEN
MEROPENEM = REFERENCE.drug("meropenem")

SIZES = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True)
POSITIVE = st.decimals("0.001", "100000", places=3).filter(lambda amount: amount > 0)
CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(0, 5000), st.floats(), st.floats(0, 5000), st.text(max_size=60),
    st.text("0123456789,.;+ mgG/vials", max_size=20), st.decimals(), st.dates(), st.times(), st.datetimes(), st.timedeltas(), st.binary(max_size=3),
)  # fmt: skip


def every_choice(dose: Decimal, sizes: list[Decimal]) -> list[tuple[Decimal, ...]]:
    """Every choice of vials that covers the dose and of which no vial can be left out."""
    choices = []
    for counts in product(*(range(ceil(dose / size) + 1) for size in sizes)):
        opened = sorted((size for size, n in zip(sizes, counts, strict=True) for _ in range(n)), reverse=True)
        if sum(opened) >= dose > sum(opened) - min(opened):
            choices.append(tuple(opened))
    return choices


@given(st.integers(1, 400), SIZES, st.sampled_from([1, 10]), st.sampled_from(["1", "0.1", "250"]))
def test_least_waste_against_every_choice(tenths: int, whole: list[int], part: int, scale: str) -> None:
    """Least waste; where it is the same, out of the smaller vial; then the fewest vials, the larger ones first."""
    dose = Decimal(min(tenths, 3 * max(whole) * part)) / part * Decimal(scale)
    sizes = [Decimal(size) * Decimal(scale) for size in whole]
    found = waste.vials(dose, sizes)
    best = min(
        every_choice(dose, sizes),
        key=lambda opened: (
            sum(opened), min(opened) if sum(opened) > dose else 0, len(opened), [-vial for vial in opened],
        ),
    )  # fmt: skip
    assert found == best


@settings(deadline=None)  # up to MOST_AMOUNTS amounts are looked through
@given(POSITIVE, st.lists(POSITIVE, min_size=1, max_size=5))
def test_vials_cover_the_dose_and_none_can_be_left_out(dose: Decimal, sizes: list[Decimal]) -> None:
    try:
        found = waste.vials(dose, sizes)
    except OutOfRange as error:
        assert "too little in common" in str(error) or "more than 999" in str(error)
        return
    assert sum(found) >= dose > sum(found) - min(found) and set(found) <= set(sizes)
    assert list(found) == sorted(found, reverse=True) == list(waste.vials(dose, sizes[::-1] + sizes))
    assert sum(found) - dose < min(sizes)
    # opened whole, the same vials are no waste: as many or fewer hold exactly that
    again = waste.vials(sum(found, Decimal(0)), sizes)
    assert sum(again) == sum(found) and len(again) <= len(found) and waste.vials(sum(found, Decimal(0)), again) == again


@pytest.mark.parametrize(
    ("dose", "sizes", "vials"),
    [
        ("305", "400 100", "100 100 100 100"), ("300", "400 100", "100 100 100"), ("400", "400 100", "400"), ("401", "400 100", "400 100"), ("705", "400 100", "400 100 100 100 100"),
        ("0.000001", "100", "100"), ("1000", "100 100.0 1E+2", "100 " * 10), ("237", "100 160", "160 100"), ("100", "200 300", "200"), ("16", "4 40", "4 4 4 4"),
        ("1700", "1032 517", "1032 1032"), ("2", "3 0.000000000001", None), ("999", "1", "1 " * 999), ("999", "1000 1", "1 " * 999),
    ],
)  # fmt: skip
def test_choices(dose: str, sizes: str, vials: str | None) -> None:
    given_ = [Decimal(size) for size in sizes.split()]
    if vials is None:
        with pytest.raises(OutOfRange, match="too little in common"):
            waste.vials(Decimal(dose), given_)
    else:
        assert waste.vials(Decimal(dose), given_) == tuple(Decimal(vial) for vial in vials.split())


def test_a_drug_comes_in_twelve_sizes_at_most() -> None:
    assert waste.vials(Decimal(1), [Decimal(size) for size in range(1, 13)]) == (1,)
    with pytest.raises(OutOfRange, match="13 vial sizes are more than a drug comes in: type at most 12"):
        waste.vials(Decimal(1), [Decimal(size) for size in range(1, 14)])


def test_hostile_vials_never_hang() -> None:
    for dose, sizes, says in [
        ("1E+14", ["1E-12"], "too little"), ("999999999999999", ["999999999999998", "0.000000000007"], "too little"), ("100000", ["1"], "too little"),
        ("1000000", [str(997 + 2 * i) for i in range(12)], "too little"), ("1000", ["1"], "opens 1000 vials, more than 999"), ("1", ["0.001"], "opens 1000 vials"),
    ]:  # fmt: skip
        with pytest.raises(OutOfRange, match=says):
            waste.vials(Decimal(dose), [Decimal(size) for size in sizes])
    long = "0." + "1" * 40
    for bad in ["0", "-1", "NaN", "sNaN", "Infinity", "-Infinity", "1E+15", "1E+999999", "1E-13", "1E-999999", long]:
        for arguments in [(Decimal(bad), [Decimal(1)]), (Decimal(1), [Decimal(1), Decimal(bad)])]:
            with pytest.raises(OutOfRange):
                waste.vials(*arguments)
        for place in range(3):
            with pytest.raises(OutOfRange):
                waste.billed(*(Decimal(bad) if i == place else Decimal(1) for i in range(3)))
    with pytest.raises(WrongInput, match="blank"):
        waste.vials(Decimal(1), [])
    with pytest.raises(OutOfRange, match="13 vial sizes"):
        waste.vials(Decimal(1), [Decimal(i) for i in range(1, 14)])


def test_the_bound_leaves_room_for_real_sizes() -> None:
    # factor VIII is sold by the units that each lot really holds
    assert sum(waste.vials(Decimal(10_000), [Decimal(2056), Decimal(1032), Decimal(517), Decimal(253)])) - 10_000 < 10
    # hundredths of the largest, 999 of them
    assert len(waste.vials(Decimal(99_900), [Decimal(100), Decimal(99), Decimal(1)])) == 999


@given(POSITIVE, POSITIVE.filter(lambda amount: amount >= Decimal("0.01")), st.lists(POSITIVE, min_size=1, max_size=3))
def test_units_never_bill_more_than_was_opened(dose: Decimal, amount: Decimal, sizes: list[Decimal]) -> None:
    opened = dose + sum(sizes, Decimal(0)) % 500
    found = waste.billed(dose, amount, opened)
    assert found.administered * amount >= dose > (found.administered - 1) * amount and found.discarded >= 0
    together = (found.administered + found.discarded) * amount
    # not more than the vials hold, but for the one unit that covers the end of the dose and the rest
    assert together <= opened or (not found.discarded and together - amount < dose <= opened < together)
    assert together + amount > opened  # and no whole unit of the vials is forgotten
    assert (found.administered, found.discarded) == (
        ceil(Fraction(dose) / Fraction(amount)),
        max(0, floor(Fraction(opened) / Fraction(amount)) - found.administered),
    )
    # rounded up for the dose and down for the waste, as NGS says; less where the vials are no whole units
    assert found.discarded <= floor((Fraction(opened) - Fraction(dose)) / Fraction(amount))
    if opened % amount == 0:
        assert found.discarded == floor((Fraction(opened) - Fraction(dose)) / Fraction(amount))


@given(POSITIVE, POSITIVE.filter(lambda amount: amount >= Decimal("0.01")))
def test_a_dose_that_takes_its_vials_whole_discards_nothing(dose: Decimal, amount: Decimal) -> None:
    assert waste.billed(dose, amount, dose).discarded == 0


def test_units_that_cannot_be() -> None:
    with pytest.raises(OutOfRange, match="the vials hold 300 and the dose is 305: open more vials"):
        waste.billed(Decimal(305), Decimal(10), Decimal(300))
    for dose, opened in [("100000000", "100000000"), ("1", "100000001")]:
        with pytest.raises(OutOfRange, match="100000000 units do not fit a claim line"):
            waste.billed(Decimal(dose), Decimal(1), Decimal(opened))
    assert waste.billed(Decimal(1), Decimal(1), Decimal(100_000_000)) == waste.Billed(1, 99_999_999)
    # what a rounded-up unit covers is not billed twice, and no part of a unit is billed as a whole one
    assert waste.billed(Decimal(7), Decimal(10), Decimal(10)) == waste.Billed(1, 0)
    assert waste.billed(Decimal(12), Decimal(10), Decimal(25)) == waste.Billed(2, 0)
    assert waste.billed(Decimal(12), Decimal(10), Decimal(30)) == waste.Billed(2, 1)


@pytest.mark.parametrize(
    ("day", "discarded", "given_"),
    [
        ("2002-12-31", 9, ("", "")), ("2003-01-01", 9, ("", "JW")), ("2022-12-31", 0, ("", "")), ("2023-01-01", 0, ("JZ", "")), ("2023-07-01", 0, ("JZ", "")),
        ("2023-07-01", 1, ("", "JW")), (None, 0, ("JZ", "")), (None, 2, ("", "JW")),
    ],
)  # fmt: skip
def test_modifiers_on_a_day(day: str | None, discarded: int, given_: tuple[str, str]) -> None:
    assert waste.modifiers(REFERENCE, discarded, day and dt.date.fromisoformat(day)) == given_


def test_modifiers_come_from_the_reference() -> None:
    table = bundled("modifiers.csv")
    later = table.replace(",2003-01-01,", ",2030-01-01,2030-12-31")
    reference = load(lambda name: later if name == "modifiers.csv" else bundled(name))
    assert waste.modifiers(reference, 9, dt.date(2025, 1, 1)) == ("", "")
    assert waste.modifiers(reference, 9, dt.date(2030, 1, 1)) == ("", "JW")
    assert waste.modifiers(reference, 9, dt.date(2031, 1, 1)) == ("", "")
    without = "\n".join(line for line in table.splitlines() if not line.startswith("JZ"))
    reference = load(lambda name: without if name == "modifiers.csv" else bundled(name))
    with pytest.raises(NotFound):
        waste.modifiers(reference, 0, dt.date(2025, 1, 1))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("100 mg, 400 mg", "100 400"), ("100mg + 400 mg", "100 400"), ("1 g", "1000"), ("100, 400", "100 400"), ("100 mg; 0.4 g", "100 400"), ("100 mg\n400 mg", "100 400"),
        ("500 mg and 1 g", "500 1000"), ("500 mg or 1 g", "500 1000"), ("500 mg & 1 g", "500 1000"), ("100 mg vial, 400 mg single-dose vials", "100 400"), (100, "100"),
        (100.0, "100"), (2.5, "2.5"), (1000, "1000"), (1050, "1050"), ("1,000 mg, 500 mg", "1000 500"), ("1,000", "1000"), ("1,200,000 mcg", "1200"), ("1 g, 1000 mg", "1000"),
        ("100, 400 mg", "100 400"), ("100 mg, 400", "100 400"), ("500 mcg", "0.5"), (Decimal("250"), "250"), ("100 mg ,400 mg", "100 400"),
    ],
)  # fmt: skip
def test_sizes_as_they_are_written(value: object, found: str) -> None:
    assert waste.sizes(value, MEROPENEM) == tuple(Decimal(size) for size in found.split())


@pytest.mark.parametrize(
    ("value", "error", "says"),
    [
        ("100,400", WrongInput, "'100,400' may be one size or two"), ("100,400 mg", WrongInput, "may be one size or two"), (100_400, WrongInput, "'100,400' may be one size"),
        (1250, WrongInput, "write 1250 mg without the comma, or 100 mg, 400 mg"), ("1,5 g", WrongInput, "one size or two"), ("1,000,400 mg", WrongInput, "one size or two"),
        ("500,1,000 mg", WrongInput, "one size or two"), ("100.5,050 mg", WrongInput, "one size or two"), ("600 mg/50 mL", WrongInput, "have a slash"), ("3 g/0.375 g", WrongInput, "type what one vial holds in all"),
        ("500, 1 g", WrongInput, "vial sizes '500, 1 g': say the unit of each size, 500 mg; 1 g"), ("1, 2 g", WrongInput, "say the unit of each size"), ("100, 500 mcg", WrongInput, "say the unit"),
        ("100, 400 mg, 1 g", WrongInput, "say the unit of each size"), ("100 mg,", WrongInput, "not understood"), ("100 mg, 5 mL", WrongInput, "vial sizes '100 mg, 5 mL': .* is in mL and the code counts mg"),
        ("2 x 100 mg", WrongInput, "not understood"), ("0 mg", OutOfRange, "not more than 0"), (0, OutOfRange, "not more than 0"), (-5, OutOfRange, "not more than 0"), ("x" * 201, WrongInput, r"\.\.\.' are too long"),
        ("10%", WrongInput, "rate or a strength"), (None, WrongInput, "blank"), ("  ", WrongInput, "blank"), (True, WrongInput, "TRUE"), (dt.date(2025, 7, 1), WrongInput, "a date or time of day"),
        (dt.timedelta(1), WrongInput, "a date or time of day"), (1e-200, WrongInput, "not understood"), (float("inf"), OutOfRange, "finite"), (1e300, OutOfRange, "too large"), ("٣ mg", WrongInput, "not understood"),
    ],
)  # fmt: skip
def test_what_are_no_sizes_is_refused(value: object, error: type[BillingError], says: str) -> None:
    with pytest.raises(error, match=says):
        waste.sizes(value, MEROPENEM)


def test_a_day_s_nutrition_has_no_vials() -> None:
    with pytest.raises(WrongInput, match="vial sizes '60 g protein' are no vials: B4193 counts days"):
        waste.sizes("60 g protein", FROZEN.drug("B4193"))


def test_sizes_are_counted_as_the_code_counts() -> None:
    factor = REFERENCE.drug("factor VIII recombinant NOS")
    assert waste.sizes("250, 500 units", factor) == (250, 500)
    assert waste.sizes("1000 IU; 2000 IU", factor) == (1000, 2000)
    with pytest.raises(WrongInput, match="vial sizes '250': dose 250 has no unit and the code counts"):
        waste.sizes("250", factor)
    with pytest.raises(WrongInput, match="counts trimethoprim alone"):
        waste.sizes("480 mg", REFERENCE.drug("sulfamethoxazole-trimethoprim"))
    assert waste.sizes("80 mg TMP, 160 mg TMP", REFERENCE.drug("sulfamethoxazole-trimethoprim")) == (80, 160)
    with pytest.raises(NotFound, match="no unit of its own"):
        waste.sizes("1 g", REFERENCE.drug("J3490"))
    assert waste.sizes("3.375 g; 4.5 g", REFERENCE.drug("Zosyn")) == (Decimal("3.375"), Decimal("4.5"))


@given(CELLS)
def test_any_cell(value: object) -> None:
    for row in (MEROPENEM, REFERENCE.drug("factor VIII recombinant NOS")):
        try:
            found = waste.sizes(value, row)
            waste.vials(Decimal(10), found)
        except BillingError as error:
            assert len(str(error)) > 15
        else:
            assert found and all(size > 0 for size in found)
