"""The words that say that a drug is injected or infused: beside its name, and no part of it."""

from __future__ import annotations

import pytest

from xl_infusion.reference.forms import without_form


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("vancomycin IV", "vancomycin"), ("vancomycin, i.v.", "vancomycin"), ("IVPB vancomycin", "vancomycin"),
        ("Injection of vancomycin", "vancomycin"), ("vancomycin for infusion", "vancomycin"), ("ivabradine", ""),
        (f"{'x' * 57} IV", "x" * 57), (f"{'x' * 58} IV", ""),  # 60 letters with the word, and one more
    ],
)  # fmt: skip
def test_a_name_without_the_word_that_says_how_it_is_given(typed: str, name: str) -> None:
    assert without_form(typed) == without_form(f" {typed} ") == name
