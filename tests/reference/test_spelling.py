"""A name that is not known, and the one that it misspells: as many looked at as need be, and no fewer."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_infusion.reference.spelling import _MOST_ASKED, Names, _distance, _slips, _slips_in_all, _words

words = st.text("abcdeßé1", min_size=1, max_size=9)
names = st.lists(words, min_size=1, max_size=2).map(" ".join)


def looked_through(typed: str, known: dict[str, str]) -> str:
    """The same by looking at every name."""
    slips: dict[int, set[str]] = defaultdict(set)
    begun = set()
    mine = _words(typed)
    for name, shown in known.items():
        theirs = _words(name)
        if mine and len(theirs) == len(mine):
            count = _slips_in_all(mine, theirs)
            if count is not None:
                slips[count].add(shown)
            elif mine[:-1] == theirs[:-1] and len(mine[-1]) >= 4 and theirs[-1].startswith(mine[-1]):
                begun.add(shown)
    found = slips[min(slips)] if slips else begun
    return found.pop() if len(found) == 1 else ""


@given(names, st.dictionaries(names, st.sampled_from(["a", "b", "c"]), max_size=12))
def test_what_is_looked_at_is_all_that_may_be_meant(typed: str, known: dict[str, str]) -> None:
    assert Names(known).closest(typed) == looked_through(typed, known)


@given(names, st.data())
def test_one_letter_more_fewer_or_other_is_found(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name)))
    letter = data.draw(st.sampled_from(["", "a", "e"]))
    typed = name[:at] + letter + name[at + data.draw(st.integers(0, 1)) :]
    assert Names({name: "it"}).closest(typed) == looked_through(typed, {name: "it"})


@pytest.mark.parametrize("word", ["meropenem", "daptomycin", "ertapenem", "micafungin"])
def test_two_letters_changed_round_are_one_slip_wherever_they_stand(word: str) -> None:
    for at in range(len(word) - 1):
        typed = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        assert _slips(typed, word) == _slips(word, typed) == 1, typed


def test_letters_are_changed_round_with_their_neighbour_alone() -> None:
    assert _distance("abc", "cba") == 2 and _distance("abcd", "adcb") == 2
    assert _distance("ab", "ba") == 1 and _distance("abcd", "badc") == 2


def test_a_name_that_stops_early_is_the_one_that_goes_on() -> None:
    known = Names({"factor VIII human": "a", "factor VIII recombinant": "b", "factor IX": "c", "fact": "d"})
    assert known.closest("factor VIII reco") == "b" and known.closest("factor VIII re") == ""
    assert known.closest("factor") == "" and known.closest("zzzzz") == known.closest("") == ""


@pytest.mark.parametrize(
    ("typed", "name", "meant"),
    [
        ("irom", "iron", False), ("lipit", "lipid", True),  # in four letters every one counts
        ("hepaqim", "heparin", False), ("cefeqine", "cefepime", True),  # from eight on a second slip is one
        ("sefeqime", "cefepime", False), ("cifepima", "cefepime", False),  # where the word begins rightly
        ("cefeqyne", "cefepime", False),
        ("x" * 60, "x" * 59 + "y", True), ("x" * 61, "x" * 60 + "y", False),  # no name is longer
    ],
)  # fmt: skip
def test_how_many_slips_a_word_may_have(typed: str, name: str, meant: bool) -> None:
    assert Names({name: name}).closest(typed) == (name if meant else "")


def test_a_number_in_a_word_is_no_slip() -> None:
    """Carbomer 940 and 941 are two."""
    known = Names({"carbomer940": "carbomer 940", "carbomer": "carbomer"})
    assert known.closest("carbomer941") == known.closest("carbomer9400") == ""
    assert known.closest("carbomar") == "carbomer"


def test_an_answer_is_kept_and_answers_are_not_kept_for_ever() -> None:
    known = Names({"meropenem": "meropenem"})
    asked = ["meropenum", *(f"unknown {number}" for number in range(2 * _MOST_ASKED)), "meropenum", "meropenum"]
    assert [known.closest(name) for name in asked] == ["meropenem", *[""] * (2 * _MOST_ASKED), "meropenem", "meropenem"]
    assert 1 < len(known._asked) <= _MOST_ASKED
    assert known.closest("meropenum" + " " * 60) == "" and "meropenum" + " " * 60 not in known._asked
