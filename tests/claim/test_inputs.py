"""Cells as they are compared and put in order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from xl_infusion.claim.inputs import Memory, sort_key
from xl_infusion.errors import NotANumber
from xl_infusion.rules.number import exact


def test_only_digits_of_a_keyboard_are_a_number_in_the_order_of_names() -> None:
    assert sorted(["PO²", "²", "10", "PO-10", "2", "PO-2"], key=sort_key) == ["2", "10", "PO-2", "PO-10", "PO²", "²"]
    # what is longer than a number of Excel's is a text
    assert sorted(["9" * 19, "1" + "0" * 18, "2"], key=sort_key) == ["2", "1" + "0" * 18, "9" * 19]


@pytest.mark.parametrize("cells", [(1, True), (True, 1), (0, False), (False, 0)])
def test_a_truth_value_is_not_the_number_that_it_is_equal_to(cells: tuple[int, int]) -> None:
    def number(cell: object) -> Decimal:
        return exact(cell, "it")

    memory = Memory()
    found = {repr(cell): memory.read(number, cell) for cell in (*cells, *cells)}
    for cell in cells:
        assert isinstance(found[repr(cell)], NotANumber) == isinstance(cell, bool)


def test_a_number_within_a_text_is_one_through_18_digits() -> None:
    long = "PO-" + "0" * 18 + "9"
    assert sorted([long, "PO-10", "PO-" + "0" * 17 + "9"], key=sort_key) == ["PO-" + "0" * 17 + "9", "PO-10", long]
