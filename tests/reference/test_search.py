"""The drugs of the reference by any part of a name, and those that only an imported release lists."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from tests.frozen_reference import FROZEN
from tests.reference.editions import quarter, with_imported
from xl_infusion.reference import DrugName, using
from xl_infusion.reference.imported import HCPCS
from xl_infusion.reference.search import called, released, rows_of


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Zosyn", {"J2543"}), ("zos", {"J2543"}), ("Prolia", {"J0897"}), ("jubb", {"Q5136"}),
        ("vancomycin Mylan", {"J3371", "J3374"}),  # of its product alone
        ("vancomycin xel", {"J3372", "J3375"}), ("zo", set()), ("", set()), ("no such name", set()),
        ("Gammagard", {"J1569", "J1566"}),  # a name that may be one of two drugs
        ("ustekinumab", {"J3357", "J3358"}),
    ],
)  # fmt: skip
def test_a_name_or_a_part_of_one_finds_the_rows_of_its_drug(text: str, codes: set[str]) -> None:
    assert {row.code for row in called(FROZEN, text)} == codes


def test_fewer_letters_than_three_are_looked_for_as_a_whole_name() -> None:
    reference = copy.copy(FROZEN)
    reference._drugs = replace(FROZEN._drugs, names={**FROZEN.names, "ns": DrugName("naloxone")})
    assert {row.drug for row in called(reference, "NS")} == {"naloxone"} and called(reference, "va") == frozenset()


def test_the_rows_that_a_name_may_mean() -> None:
    assert [row.code for row in rows_of(FROZEN, DrugName("naloxone"))] == ["J2310", "J2312"]
    assert rows_of(FROZEN, DrugName("no such drug")) == ()


def test_what_only_an_imported_release_lists_is_read_out_of_its_texts() -> None:
    row = {"kind": "code", "first_day": "2026-04-01", "coverage": "D", "unit_rule": "exact", "action": "A"}
    new = row | {"code": "J9998", "long": "Injection, examplomab, 5 mg", "short": "Inj", "amount": "5", "unit": "mg"}
    known = row | {
        "code": "J2185",
        "long": "Injection, meropenem, 100 mg",
        "short": "Meropenem",
        "first_day": "2004-01-01",
    }
    none = row | {"code": "L0112", "long": "Cranial orthosis", "short": "Cranial"}
    reference = with_imported((HCPCS, quarter(2026, 4), [new, known, none]))
    with using(reference):
        assert [(one.code, one.drug, str(one.amount)) for one in released(reference)] == [("J9998", "examplomab", "5")]
    assert list(released(FROZEN)) == []
