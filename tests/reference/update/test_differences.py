"""What differs between two releases or two editions: days, units, what follows, and parts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reference.cms.made import RELEASE, Code, changed
from tests.reference.editions import as_csv, reading
from tests.reference.update.releases import drug, ended, release
from xl_infusion.reference import Reference, load
from xl_infusion.reference.cms.release import HcpcsRelease
from xl_infusion.reference.tables import bundled
from xl_infusion.reference.update.change import ADDED, DAYS, ENDED, NOT_LISTED, REWORDED, UNIT_CHANGED
from xl_infusion.reference.update.differences import between, differences
from xl_infusion.reference.update.successors import successors

JULY, OCTOBER = "HCPC2025_JUL_ANWEB.csv", "HCPC2025_OCT_ANWEB.csv"


def found(folder: Path, old: list[Code], new: list[Code]) -> dict[tuple[str, str], str]:
    """Kind and code of what differs, with what is said of it."""
    changes = between(release(folder, old, JULY), release(folder, new, OCTOBER))
    return {(one.kind, one.code): one.text for one in changes}


def test_a_changed_first_day_is_redated_and_nothing_is_added(tmp_path: Path) -> None:
    old = [*RELEASE, drug("J9901", "made-up, 1 mg", "20040101")]
    new = changed(old, "J9901", first="20050101", acted="20250701")
    assert found(tmp_path, old, new) == {
        (DAYS, "J9901"): "Injection, made-up, 1 mg: first day 2005-01-01, it was 2004-01-01"
    }
    gone = [*RELEASE, drug("J9901", "made-up, 1 mg", "20040101", "20051231")]
    again = [*RELEASE, drug("J9901", "another thing, 5 mg", "20250701")]  # CMS uses codes again
    assert found(tmp_path, gone, again) == {
        (ADDED, "J9901"): "Injection, another thing, 5: from 2025-07-01; a unit is 5 mg",
        (
            NOT_LISTED,
            "J9901",
        ): "Injection, made-up, 1 mg: the newer one has it no more from 2004-01-01 through 2005-12-31",
    }


def test_what_follows_a_code_that_ends_is_told(tmp_path: Path) -> None:
    """By CMS's reference, by its text, of several by the maker's product; and by none of these not at all."""
    old = [
        *RELEASE, drug("S9901", "pentamadine isethionate, 300 mg", "20000101"), drug("J9901", "one, 5 mg", "20000101"),
        drug("J9902", "two (maker) not therapeutically equivalent to j0001, 5 mg", "20000101"),
        drug("J9903", "three, 5 mg", "20000101"), drug("J9904", "four, 5 mg", "20000101"),
        drug("J9910", "five (maker), 5 mg", "20000101"), drug("J9912", "six, 5 mg", "20000101"),
    ]  # fmt: skip
    new = old
    for code in ("S9901", "J9901", "J9902", "J9903", "J9904", "J9910", "J9912"):
        new = ended(new, code, "20250630")
    new = changed(new, "J9901", more={"XREF1": "J0001", "XREF2": "J9999"})
    new = changed(new, "J9912", more={"XREF1": "J9912", "XREF2": "J9913"})  # its own code is none
    new = [
        *new, drug("J9905", "pentamadine, 1 mg", "20250701"), drug("J9906", "two, 1 mg", "20250701"),
        drug("J9907", "two (maker), not therapeutically equivalent to j9906, 1 mg", "20250701"),
        drug("J9908", "three (one), 1 mg", "20250701"), drug("J9909", "three (two), 1 mg", "20250701"),
        drug("J9911", "five, 1 mg", "20250701"), drug("J9913", "seven, 1 mg", "20250701"),
    ]  # fmt: skip
    told = {code: text.partition(", ")[2].partition(": ")[2] for (kind, code), text in found(tmp_path, old, new).items()
            if kind == ENDED}  # fmt: skip
    assert told == {
        "S9901": "last day 2025-06-30, then J9905", "J9901": "last day 2025-06-30, then J0001",
        "J9902": "last day 2025-06-30, then J9907", "J9903": "last day 2025-06-30, no successor is known",
        "J9904": "last day 2025-06-30, no successor is known", "J9910": "last day 2025-06-30, then J9911",
        "J9912": "last day 2025-06-30, then J9913",
    }  # fmt: skip
    without = [one for one in new if one.code != "J9905"]
    assert found(tmp_path, without, new)[ENDED, "S9901"].endswith("last day 2025-06-30, then J9905")


def test_a_code_of_which_nothing_is_left_but_amounts_has_no_successor(tmp_path: Path) -> None:
    new = [*RELEASE, Code("J9901", "Injection, 5 mg", last="20250630", acted="20250701", action="D"),
           Code("J9902", "Injection, 1 mg", first="20250701", acted="20250701", action="A")]  # fmt: skip
    assert "J9901" not in successors(release(tmp_path, new).records)


@pytest.mark.parametrize(("old", "new"), [("10 iu", "10 units"), ("10 i.u.", "10 usp units"), ("1 g", "1,000 mg")])
def test_one_count_in_other_words_is_no_other_unit(old: str, new: str, tmp_path: Path) -> None:
    before = [*RELEASE, drug("J9901", f"made-up, {old}", "20040101")]
    assert set(found(tmp_path, before, changed(before, "J9901", long=f"Injection, made-up, {new}"))) == {
        (REWORDED, "J9901")
    }


def test_a_unit_that_goes_on_as_another_one(tmp_path: Path) -> None:
    def edition(row: dict[str, str], *more: dict[str, str]) -> Reference:
        drugs = bundled("drugs.csv") + as_csv([row, *more]).partition("\n")[2]
        return load(reading({"drugs.csv": drugs}))

    names = bundled("drugs.csv").partition("\n")[0].split(",")
    row = dict.fromkeys(names, "") | {
        "drug": "made-up", "answers_to": "name", "code": "J9901", "amount": "5", "unit": "mg", "unit_rule": "exact",
        "therapy": "anti-infective", "therapy_basis": "made", "first_day": "2020-01-01", "source": "made",
        "dates_basis": "made",
    }  # fmt: skip
    old = edition(row)
    until = row | {"last_day": "2025-06-30"}
    iron = row | {"first_day": "2025-07-01", "component": "iron"}
    (one, other) = differences(old, edition(until, iron))
    assert (one.kind, one.text) == (UNIT_CHANGED, "made-up: from 2025-07-01; a unit was 5 mg and is 5 mg iron")
    assert (other.kind, other.day) == (ENDED, dt.date(2025, 6, 30))
    same = differences(old, edition(until, row | {"first_day": "2025-07-01"}))
    assert {one.kind for one in same} == {ENDED, ADDED}
    earlier = row | {"first_day": "2019-06-01", "last_day": "2022-12-31"}
    cut = differences(old, edition(earlier, row | {"first_day": "2023-01-01"}))
    assert {(one.kind, one.day) for one in cut} == {
        (DAYS, None), (ENDED, dt.date(2022, 12, 31)), (ADDED, dt.date(2023, 1, 1))
    }  # fmt: skip
    (longer,) = differences(edition(until), old)
    assert longer.text.endswith("last day none, it was 2025-06-30")


def test_a_part_is_compared_by_the_codes_that_it_has(tmp_path: Path) -> None:
    whole = release(tmp_path, [*RELEASE, drug("J9901", "made-up, 1 mg", "20040101")], JULY)
    codes = [*ended(RELEASE, "J0001", "20250630"), drug("J9902", "new, 1 mg", "20251101")]
    part = release(tmp_path, [one for one in codes if one.code[0] == "J"], OCTOBER)
    assert isinstance(whole, HcpcsRelease) and not part.whole
    assert {(one.kind, one.code) for one in between(whole, part)} == {(ENDED, "J0001"), (ADDED, "J9902")}
    back = between(part, replace(whole))
    assert {(one.kind, one.code) for one in back} == {(DAYS, "J0001"), (NOT_LISTED, "J9902")}
