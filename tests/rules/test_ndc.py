"""The National Drug Code: every spelling to one, and nothing guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_infusion.errors import BillingError, OutOfRange, WrongInput
from xl_infusion.rules import ndc

#: Whatever a cell may hold.
CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(0, 10**12), st.floats(), st.floats(0, 1e12), st.text(max_size=60),
    st.text("0123456789-*NDC4 .:", max_size=20), st.decimals(), st.dates(), st.times(), st.datetimes(), st.timedeltas(),
    st.binary(max_size=3),
)  # fmt: skip
NDC11 = st.from_regex(r"[0-9]{11}", fullmatch=True)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("1234-5678-90", "01234567890"), ("12345-678-90", "12345067890"), ("12345-6789-0", "12345678900"), ("12345-6789-01", "12345678901"),
        ("12345678901", "12345678901"), ("NDC 0002-7266-25", "00002726625"), ("ndc: 0002-7266-25", "00002726625"), ("NDC# 00002726625", "00002726625"),
        ("N400002726625", "00002726625"), ("n4 0002-7266-25", "00002726625"), ("NDC N4 00002726625", "00002726625"), ("  0002 - 7266 - 25 ", "00002726625"),
        ("00002 7266 25", "00002726625"), ("0002\u00a07266\u00a025", "00002726625"), ("0002\u20117266\u201325", "00002726625"), ("00000-0000-00", "00000000000"),
        (50242004062, "50242004062"), (50242004062.0, "50242004062"), (Decimal("50242004062"), "50242004062"),
    ],
)  # fmt: skip
def test_spellings(value: object, found: str) -> None:
    assert ndc.parse(value) == found
    assert ndc.labeler(found) == found[:5]


@pytest.mark.parametrize(
    ("value", "error", "says"),
    [
        ("0002726625", WrongInput, "it may be 00002-7266-25, 00027-0266-25 or 00027-2662-05; type it with the hyphens"),
        (2726625, WrongInput, "2726625 is a number of fewer than 11 digits .* type it as text with its hyphens"),
        (9999999999.0, WrongInput, "may have lost its leading zeros"), (0, WrongInput, "may have lost its leading zeros"),
        (123456789012, WrongInput, "is not 10 or 11 digits"), (-50242004062, WrongInput, "is not 10 or 11 digits"), (1e300, OutOfRange, "too large"),
        (50242004062.5, WrongInput, "is not 10 or 11 digits"), (float("nan"), OutOfRange, "not a finite number"), (True, WrongInput, "TRUE"),
        (dt.date(2025, 7, 1), WrongInput, "a date"), (None, WrongInput, "blank"), ("", WrongInput, "blank"), ("NDC", WrongInput, "blank"), (" N4 ", WrongInput, "blank"),
        ("12345-*678-90", WrongInput, "asterisk"), ("1234A-5678-90", WrongInput, "more than digits"), ("1234567890l", WrongInput, "more than digits"),
        ("N400002726625UN1", WrongInput, "more than digits"), ("1.23457E+10", WrongInput, "type it as text"), ("٠٠٠٠٢٧٢٦٦٢٥", WrongInput, "more than digits"),
        ("０００２-7266-25", WrongInput, "more than digits"), ("123456-789-01", WrongInput, "4-4-2, 5-3-2, 5-4-1 or 5-4-2"), ("2-22-2", WrongInput, "4-4-2"),
        ("0002-7266", WrongInput, "4-4-2"), ("-0002-7266-25", WrongInput, "4-4-2"), ("0002--7266-25", WrongInput, "4-4-2"), ("300027266252", WrongInput, "has 12 digits"),
        ("123", WrongInput, "has 3 digits"), ("9" * 400, WrongInput, r"\.\.\.' has 400 digits"), (b"0002-7266-25", WrongInput, "of type bytes"),
    ],
)  # fmt: skip
def test_what_is_no_ndc_is_refused(value: object, error: type[BillingError], says: str) -> None:
    with pytest.raises(error, match=says):
        ndc.parse(value)


@given(NDC11)
def test_an_ndc_has_one_spelling(digits: str) -> None:
    shown = ndc.hyphenated(digits)
    assert ndc.parse(shown) == ndc.parse(ndc.parse(shown)) == digits and ndc.hyphenated(shown) == shown
    assert ndc.labeler(shown) == digits[:5] == shown[:5] and (shown[5], shown[10], len(shown)) == ("-", "-", 13)


@given(NDC11, st.integers(0, 2))
def test_the_ten_digits_of_a_package_are_its_eleven(digits: str, short: int) -> None:
    parts = [digits[:5], digits[5:9], digits[9:]]
    package = "-".join(part[1:] if i == short else part for i, part in enumerate(parts))
    assert ndc.parse(package) == "".join("0" + part[1:] if i == short else part for i, part in enumerate(parts))
    with pytest.raises(WrongInput) as caught:
        ndc.parse(package.replace("-", ""))
    assert ndc.hyphenated(ndc.parse(package)) in str(caught.value)


@given(CELLS)
def test_any_cell(value: object) -> None:
    for rule in (ndc.parse, ndc.unit, ndc.quantity):
        try:
            found = rule(value)
        except BillingError as error:
            assert len(str(error)) > 15
        else:
            assert isinstance(found, Decimal) or found in {"UN", "ML", "GR", "F2"} or len(found) == 11


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("UN", ["UN", "un", "unit", "Units", "EA", "each", "vial", "vials", " UN "]), ("ML", ["ML", "mL", "ml.", "cc", "milliliter", "Milliliters"]),
        ("GR", ["GR", "g", "gm", "gram", "grams"]), ("F2", ["F2", "IU", "i.u.", "International  Unit", "international units"]),
    ],
)  # fmt: skip
def test_units_of_measure(unit: str, words: list[str]) -> None:
    assert {ndc.unit(word) for word in words} == {unit}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("ME", "not counted in milligrams"), ("mg", "not counted in milligrams"), ("L", "not one of"), ("syringe", "not one of"), ("", "not one of"),
        ("x" * 99, r"\.\.\.' is not one of"), (None, "blank"), (1, "not a text"), (True, "not a text"),
    ],
)  # fmt: skip
def test_what_is_no_unit_of_measure_is_refused(value: object, says: str) -> None:
    with pytest.raises(WrongInput, match=says):
        ndc.unit(value)


def test_quantities() -> None:
    for value, found in [(1, "1"), ("0.6", "0.6"), (0.1 + 0.2, "0.3"), ("1,250.125", "1250.125"), ("2.5000", "2.5")]:
        assert ndc.quantity(value) == Decimal(found)
    assert ndc.quantity(99_999_999) == 99_999_999
    for says, refused in [("more than 0", [0, -1]), ("3 decimals", [0.0005, 1.2345, 1e-300]), ("8 digits", [10**8])]:
        for value in refused:
            with pytest.raises(OutOfRange, match=says):
                ndc.quantity(value)
    with pytest.raises(WrongInput):
        ndc.quantity("10 mL")


def test_quantities_of_vials() -> None:
    assert ndc.quantity_of(3) == ("UN", 3)
    assert ndc.quantity_of(3, Decimal("0.15")) == ("ML", Decimal("0.45"))
    for vials, volume in [(0, None), (-1, "1"), (1, "0"), (1, "0.1234"), (10**8, None), (10**7, "50")]:
        with pytest.raises(OutOfRange):
            ndc.quantity_of(vials, volume and Decimal(volume))


@pytest.mark.parametrize("vials", [0, -1])
def test_vials_that_are_no_number_of_vials_are_told_as_vials(vials: int) -> None:
    with pytest.raises(OutOfRange, match=f"vials {vials} is not a whole number from 1"):
        ndc.quantity_of(vials, Decimal(10))


@given(
    units=st.decimals("0.001", 10**6, places=3), item=st.decimals("0.01", 5000, places=2),
    size=st.decimals("0.001", 5000, places=3),
)  # fmt: skip
def test_the_quantity_of_billing_units_is_exact_or_rounded_half_up_once(
    units: Decimal, item: Decimal, size: Decimal
) -> None:
    exact = Fraction(units) * Fraction(size) / Fraction(item)
    if exact < Fraction(1, 2000) or exact >= 10**8 - Fraction(1, 2000):
        with pytest.raises(OutOfRange):
            ndc.of_units(units, item, size)
        return
    found = ndc.of_units(units, item, size)
    assert ndc.quantity(found) == found and -Fraction(1, 2000) < Fraction(found) - exact <= Fraction(1, 2000)
    if (exact * 1000).denominator == 1:
        assert found == exact


def test_a_tie_of_a_quantity_is_rounded_up() -> None:
    assert ndc.of_units(Decimal(1), Decimal(2), Decimal("0.001")) == Decimal("0.001")
    assert ndc.of_units(Decimal(5), Decimal(2), Decimal("0.001")) == Decimal("0.003")
