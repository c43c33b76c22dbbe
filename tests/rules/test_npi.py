"""The National Provider Identifier and its check digit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_infusion.errors import BillingError, OutOfRange, WrongInput
from xl_infusion.rules import npi

CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(10**9, 10**10), st.floats(), st.text(max_size=60), st.text("0123456789 -", max_size=12),
    st.decimals(), st.dates(), st.times(), st.datetimes(), st.timedeltas(), st.binary(max_size=3),
)  # fmt: skip


def check_digit(nine: str) -> str:
    """CMS's way without the prefix: double every other digit from the right, add their digits, and 24."""
    total = 24 + sum(sum(map(int, str(int(digit) * (2 - i % 2)))) for i, digit in enumerate(reversed(nine)))
    return str(-total % 10)


@pytest.mark.parametrize(
    "value",
    ["1234567893", " 1234567893 ", 1234567893, 1234567893.0, Decimal("1234567893.0"), "1993999998", "2000000002"],
)
def test_an_npi(value: object) -> None:
    assert npi.parse(value) == str(value).strip().removesuffix(".0")


@pytest.mark.parametrize(
    ("value", "error", "says"),
    [
        ("1234567890", WrongInput, "a digit wrong .*: compare it with the NPI Registry"), ("1243567893", WrongInput, "a digit wrong"),
        (1234567890, WrongInput, "a digit wrong"), ("3234567893", WrongInput, "does not begin with 1 or 2"), ("0234567893", WrongInput, "does not begin with 1 or 2"),
        ("123456789", WrongInput, "not ten digits"), ("12345678930", WrongInput, "not ten digits"), ("808401234567893", WrongInput, "not ten digits"),
        ("123-456-7893", WrongInput, "not ten digits"), ("123456789X", WrongInput, "not ten digits"), ("١٢٣٤٥٦٧٨٩٣", WrongInput, "not ten digits"),
        (1234567893.5, WrongInput, "not ten digits"), (-1234567893, WrongInput, "not ten digits"), (123, WrongInput, "not ten digits"), (1e300, OutOfRange, "too large"),
        (1e-300, WrongInput, "not ten digits"), ("9" * 99, WrongInput, r"\.\.\.' is not ten digits"), ("", WrongInput, "blank"), (None, WrongInput, "blank"),
        (True, WrongInput, "TRUE"), (dt.date(2025, 7, 1), WrongInput, "a date"), (float("inf"), OutOfRange, "finite"),
    ],
)  # fmt: skip
def test_what_is_no_npi_is_refused(value: object, error: type[BillingError], says: str) -> None:
    with pytest.raises(error, match=says):
        npi.parse(value)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True), st.integers(1, 9), st.integers(0, 9))
def test_the_check_digit_finds_every_single_wrong_digit(nine: str, by: int, place: int) -> None:
    good = nine + check_digit(nine)
    assert npi.parse(good) == npi.parse(int(good)) == npi.parse(npi.parse(good)) == good
    wrong = good[:place] + str((int(good[place]) + by) % 10) + good[place + 1 :]
    with pytest.raises(WrongInput):
        npi.parse(wrong)


@given(CELLS)
def test_any_cell(value: object) -> None:
    try:
        found = npi.parse(value)
    except BillingError as error:
        assert len(str(error)) > 15
    else:
        assert len(found) == 10 and found[9] == check_digit(found[:9])
