"""A premix as its label says: the first amount is the dose, and no two messages send each to the other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_infusion import JUNITS
from xl_infusion.errors import BillingError, ExcelError, WrongInput
from xl_infusion.rules import dose


@pytest.mark.parametrize(
    ("typed", "amount", "unit"),
    [
        ("500mg/100mL", 500, "mg"), ("500 mg / 100 mL", 500, "mg"), ("1 g in 50 mL", 1, "g"), ("1 g IN 0.05 L IVPB", 1, "g"),
        ("750 mg per 150 ml", 750, "mg"), ("25,000 units/250 mL", 25_000, "units"), ("40 mEq/100 mL", 40, "mEq"),
        ("3.375 g/50 mL", Decimal("3.375"), "g"), ("5,000 units/1 mL", 5_000, "units"),
    ],
)  # fmt: skip
def test_the_first_amount_of_a_premix_counts(typed: str, amount: object, unit: str) -> None:
    found = dose.parse(typed)
    assert (found.amount, found.unit, found.parts) == (amount, unit, ())


def test_a_combination_in_a_bag_keeps_its_parts() -> None:
    assert dose.parse("3 g/0.375 g/50 mL") == dose.parse("3 g/0.375 g")
    assert dose.parse("3/0.375 g").parts == (3, Decimal("0.375"))


@pytest.mark.parametrize(
    "typed",
    ["10 mg/mL", "500/100 mL", "500 mL/1 L", "500 mg/100", "1 g/50 mL/h", "100 mL/500 mg", "1 g in mL", "in 50 mL"],
)
def test_a_strength_or_an_amount_without_its_unit_is_no_dose(typed: str) -> None:
    with pytest.raises(BillingError):
        dose.parse(typed)


def test_no_two_messages_send_each_to_the_other() -> None:
    """What a message asks for is taken: of a drug in mg the amount in mg, of one in mL the volume."""
    assert JUNITS("levofloxacin", "500mg/100mL") == JUNITS("levofloxacin", "500 mg")
    refused = JUNITS("normal saline 500 mL", "9 g/1000 mL")
    assert isinstance(refused, ExcelError) and refused.message.endswith("give the dose in mL")
    assert JUNITS("normal saline 500 mL", "1000 mL") == 2
    other = JUNITS("levofloxacin", "100 mL")
    assert isinstance(other, ExcelError) and other.message.endswith("give the dose in mg")


@given(st.integers(1, 5000), st.sampled_from(["mg", "g", "units", "mEq"]), st.integers(1, 1000))
def test_the_bag_is_never_added_to_the_dose(amount: int, unit: str, volume: int) -> None:
    try:
        plain = dose.parse(f"{amount} {unit}")
    except BillingError:
        with pytest.raises(BillingError):
            dose.parse(f"{amount} {unit}/{volume} mL")
        return
    assert dose.parse(f"{amount} {unit}/{volume} mL") == plain
    with pytest.raises(WrongInput):
        dose.parse(f"{volume} mL/{volume} mL")
