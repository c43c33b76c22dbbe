"""Cells as they are compared and put in order."""

from __future__ import annotations

from xl_infusion.claim.inputs import sort_key


def test_only_digits_of_a_keyboard_are_a_number_in_the_order_of_names() -> None:
    assert sorted(["PO²", "²", "10", "PO-10", "2", "PO-2"], key=sort_key) == ["2", "10", "PO-2", "PO-10", "PO²", "²"]
    # what is longer than a number of Excel's is a text
    assert sorted(["9" * 19, "1" + "0" * 18, "2"], key=sort_key) == ["2", "1" + "0" * 18, "9" * 19]


def test_a_number_within_a_text_is_one_through_18_digits() -> None:
    long = "PO-" + "0" * 18 + "9"
    assert sorted([long, "PO-10", "PO-" + "0" * 17 + "9"], key=sort_key) == ["PO-" + "0" * 17 + "9", "PO-10", long]
