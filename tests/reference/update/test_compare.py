"""What a HCPCS release changes in the reference: which rows end, begin and count otherwise, and what is only told."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reference.cms.made import Code, changed
from tests.reference.editions import as_csv, cut_off, reading
from tests.reference.update.releases import codes_of, descriptor, drug, ended, release
from xl_infusion.reference import DrugRow, Reference, current, load
from xl_infusion.reference.tables import bundled
from xl_infusion.reference.update.change import (
    ADDED,
    DAYS,
    ENDED,
    NOT_LISTED,
    REWORDED,
    UNDECIDED,
    UNIT_CHANGED,
    Change,
)
from xl_infusion.reference.update.compare import Compared, compare

#: The reference as it would have been at the end of 2024: vancomycin is J3370, 500 mg.
THEN = load(reading(cut_off(dt.date(2024, 12, 31))))
MADE_UP = {"J0002", "J0003"}


def changes(found: Compared) -> list[Change]:
    return [one for one in found.changes if one.code not in MADE_UP]


def rows(found: Compared, code: str) -> list[DrugRow]:
    return [row for row in found.drugs if row.code == code]


def compared(folder: Path, codes: list[Code], reference: Reference = THEN, name: str | None = None) -> Compared:
    return compare(reference, release(folder, codes, **({"name": name} if name else {})))


@pytest.mark.parametrize("reference", [THEN, current()], ids=["2024", "bundled"])
def test_a_release_that_says_what_the_reference_says_changes_nothing(reference: Reference, tmp_path: Path) -> None:
    found = compared(tmp_path, codes_of(reference), reference)
    assert changes(found) == []
    for mine, its in (
        (reference.drugs, found.drugs), (reference.per_diem, found.per_diem), (reference.modifiers, found.modifiers),
        (reference.visits, found.visits), (reference.hit, found.hit),
    ):  # fmt: skip
        assert [(row.code, row.last_day) for row in mine] == [(row.code, row.last_day) for row in its]


def test_a_code_ends_and_its_successor_counts_otherwise(tmp_path: Path) -> None:
    codes = [
        *ended(codes_of(THEN), "J3370", "20250630"),
        drug("J3373", "vancomycin hydrochloride, 10 mg", "20250701"),
        drug("J3374", "vancomycin hydrochloride (mylan) not therapeutically equivalent to j3373, 10 mg", "20250701"),
    ]
    found = compared(tmp_path, ended(codes, "J3371", "20250630"))
    (old,), (new,), (maker,) = rows(found, "J3370"), rows(found, "J3373"), rows(found, "J3374")
    assert (old.last_day, old.successor, old.amount) == (dt.date(2025, 6, 30), "J3373", 500)
    assert old.successor_basis == "inferred from ingredient and dates"
    assert (new.drug, new.product, new.answers_to) == ("vancomycin", "", "name")
    assert (new.amount, new.unit, new.first_day, new.therapy) == (10, "mg", dt.date(2025, 7, 1), old.therapy)
    assert new.source == "CMS HCPCS Level II release, October 2025" and new.medicare == "C"
    assert (maker.product, maker.answers_to) == ("Mylan", "product")
    assert rows(found, "J3371")[0].successor == "J3374"
    texts = {one.code: (one.kind, one.text) for one in changes(found)}
    assert texts["J3370"] == (
        ENDED, "vancomycin: last day 2025-06-30, then J3373; a unit was 500 mg and is 10 mg"
    )  # fmt: skip
    assert texts["J3373"] == (ADDED, "vancomycin: from 2025-07-01; a unit is 10 mg")


def test_a_successor_that_cms_names_goes_before_one_that_is_inferred(tmp_path: Path) -> None:
    codes = ended(codes_of(THEN), "S0028", "20250331")
    codes = [replace(one, more={"XREF1": "J3370"}) if one.code == "S0028" else one for one in codes]
    (row,) = rows(compared(tmp_path, codes), "S0028")
    assert (row.successor, row.successor_basis) == ("J3370", "stated by CMS")


def test_a_products_code_is_followed_by_one_of_its_drug_that_came_up_in_its_days(tmp_path: Path) -> None:
    codes = ended(ended(codes_of(THEN), "J2185", "20250630"), "J2184", "20250930")
    found = compared(tmp_path, [*codes, drug("J9901", "meropenem, 50 mg", "20250701")])
    (row,) = rows(found, "J2184")
    assert (row.product, row.last_day, row.successor) == ("B. Braun", dt.date(2025, 9, 30), "J9901")


def test_a_code_that_ends_without_a_successor_has_none(tmp_path: Path) -> None:
    found = compared(tmp_path, ended(codes_of(THEN), "J2185", "20250930"))
    (row,) = rows(found, "J2185")
    assert (row.last_day, row.successor) == (dt.date(2025, 9, 30), "")
    assert [one.text for one in changes(found)] == ["meropenem: last day 2025-09-30, no successor is known"]


def test_a_permanent_code_takes_over_from_a_temporary_one_still_in_force(tmp_path: Path) -> None:
    codes = [*ended(codes_of(THEN), "S0028", "20250630"), drug("J1308", "famotidine, 0.25 mg", "20250401")]
    found = compared(tmp_path, codes)
    first, rest = rows(found, "S0028")
    assert (first.product, first.last_day, first.successor) == ("", dt.date(2025, 3, 31), "J1308")
    assert (rest.product, rest.first_day, rest.last_day) == ("20 mg", dt.date(2025, 4, 1), dt.date(2025, 6, 30))
    assert rest.answers_to == "product"
    (new,) = rows(found, "J1308")
    assert (new.drug, new.product, new.first_day) == ("famotidine", "", dt.date(2025, 4, 1))
    taken = next(one for one in changes(found) if one.kind == ENDED and one.successor == "J1308")
    assert "the old code itself is in force until 2025-06-30" in taken.text


def test_a_code_takes_over_from_one_that_ends_later(tmp_path: Path) -> None:
    codes = [*ended(codes_of(THEN), "J2185", "20250930"), drug("J9901", "meropenem, 50 mg", "20250701")]
    found = compared(tmp_path, codes)
    first, rest = rows(found, "J2185")
    assert (first.last_day, first.successor) == (dt.date(2025, 6, 30), "J9901")
    assert (rest.product, rest.last_day) == ("100 mg", dt.date(2025, 9, 30))


def test_a_code_that_began_with_the_temporary_one_takes_nothing_over(tmp_path: Path) -> None:
    (temporary,) = rows(compared(tmp_path, codes_of(THEN)), "S0028")
    assert temporary.first_day is not None
    found = compared(tmp_path, [*codes_of(THEN), drug("J1308", "famotidine, 0.25 mg", f"{temporary.first_day:%Y%m%d}")])
    assert changes(found) == [] == rows(found, "J1308")


def test_a_temporary_code_still_open_stays_in_force_by_its_code(tmp_path: Path) -> None:
    found = compared(tmp_path, [*codes_of(THEN), drug("J1308", "famotidine, 0.25 mg", "20250401")])
    _, rest = rows(found, "S0028")
    assert rest.last_day is None
    assert "the old code itself is in force still" in changes(found)[0].text


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (drug("J9901", "meropenem, 50 mg", "20250401"), "J2185 is in force at the same time, a unit 100 mg"),
        (drug("S9901", "meropenem, 50 mg", "20250401"), "J2185 bills the drug in those days"),
        (drug("Q9901", "famotidine, 0.25 mg", "20250401"), "S0028 is in force at the same time, a unit 20 mg"),
        (drug("J9901", "meropenem, per dose", "20250401"), "its unit cannot be read: it counts by the dose"),
        (drug("J9901", "meropenem, 1 mci", "20250401"), "it counts mCi, which no dose is given in"),
        (drug("J9901", "meropenem, not therapeutically equivalent to j2185, 100 mg", "20250401"), "names no maker"),
        (drug("J9901", "immune globulin iv nos liquid (brand), 500 mg", "20250401"), "no product's own code is for"),
        (drug("J9901", "meropenem 5 mg/5 mg", "20250401"), "it counts the sum of its components"),
    ],
)  # fmt: skip
def test_what_does_not_follow_is_told_and_not_placed(code: Code, says: str, tmp_path: Path) -> None:
    found = compared(tmp_path, [*codes_of(THEN), code])
    (told,) = changes(found)
    assert (told.kind, told.code) == (UNDECIDED, code.code) and says in told.text
    assert rows(found, code.code) == []


def test_a_component_that_counts_alone_is_not_placed(tmp_path: Path) -> None:
    code = drug("J9901", "sulfamethoxazole-trimethoprim, 3 mg", "20260401")
    found = compared(tmp_path, [*codes_of(current(), dt.date(2026, 6, 30)), code], current(), "HCPC2026_APR_ANWEB.csv")
    (told,) = (one for one in changes(found) if one.code == "J9901")
    assert told.kind == UNDECIDED and "it counts one component alone" in told.text


def test_a_name_that_fits_several_drugs_is_told(tmp_path: Path) -> None:
    codes = codes_of(THEN)
    one, other = (next(row for row in THEN.drugs if row.drug == name) for name in ("meropenem", "ertapenem"))
    shared = "Injection, madeupenem, 100 mg"
    codes = [replace(code, long=shared, short=shared[:28]) if code.code in (one.code, other.code) else code
             for code in codes]  # fmt: skip
    found = compared(tmp_path, [*codes, drug("J9901", "madeupenem (maker), 100 mg", "20250401")])
    told = next(change for change in changes(found) if change.code == "J9901")
    assert told.kind == UNDECIDED and "it may be ertapenem or meropenem" in told.text


def test_a_combination_is_placed_where_its_codes_count_the_sum(tmp_path: Path) -> None:
    name = "ceftazidime-avibactam"
    old = next(row for row in THEN.drugs if row.drug == name)
    codes = [
        *ended(codes_of(THEN), old.code, "20250630"), drug("J9901", f"{name}, 5 mg/1.25 mg", "20250701")
    ]  # fmt: skip
    (row,) = rows(compared(tmp_path, codes), "J9901")
    assert (str(row.amount), row.unit, row.counts_total) == ("6.25", "mg", True)


def test_a_new_product_is_spelled_as_its_descriptor_or_as_the_reference_does(tmp_path: Path) -> None:
    codes = [
        *codes_of(THEN),
        drug("J9901", "ertapenem (wg critical care), not therapeutically equivalent to j1335, 500 mg", "20250101"),
        drug("J9902", "ertapenem (abc pharma), not therapeutically equivalent to j1335, 500 mg", "20250101"),
        drug("J9903", "ertapenem (bcd), not therapeutically equivalent to j1335, 500 mg", "20250101"),
    ]
    found = compared(tmp_path, codes)
    assert [rows(found, code)[0].product for code in ("J9901", "J9902", "J9903")] == [
        "WG Critical Care", "Abc Pharma", "BCD"
    ]  # fmt: skip


def test_history_that_the_reference_lacks_is_placed(tmp_path: Path) -> None:
    found = compared(tmp_path, [*codes_of(THEN), drug("J9901", "ertapenem, 1 gm", "19990101", "20011231")])
    (row,) = rows(found, "J9901")
    assert (row.drug, row.unit_text, row.last_day) == ("ertapenem", "1 g", dt.date(2001, 12, 31))
    assert "ended on 2001-12-31" in changes(found)[0].text


def test_old_codes_that_cannot_be_placed_are_no_news(tmp_path: Path) -> None:
    assert changes(compared(tmp_path, [*codes_of(THEN), drug("J9901", "meropenem, 50 mg", "20100101")])) == []


def test_a_new_home_infusion_code_is_told(tmp_path: Path) -> None:
    codes = [*codes_of(THEN), Code("S9900", "Home infusion therapy, made-up, per diem", first="20250401"),
             Code("S9901", "Home infusion therapy, old, per diem", first="20040401", last="20051231")]  # fmt: skip
    (told,) = changes(compared(tmp_path, codes))
    assert (told.kind, told.code) == (UNDECIDED, "S9900") and "per_diem.csv does not have" in told.text


def test_a_unit_that_is_changed_by_a_dated_action_opens_a_new_row(tmp_path: Path) -> None:
    codes = [
        replace(one, long="Injection, ertapenem, 250 mg", acted="20250701", action="C") if one.code == "J1335" else one
        for one in codes_of(THEN)
    ]
    found = compared(tmp_path, codes)
    old, new = rows(found, "J1335")
    assert (old.amount, old.last_day) == (500, dt.date(2025, 6, 30))
    assert (new.amount, new.first_day, new.last_day) == (250, dt.date(2025, 7, 1), None)
    assert {one.kind: one.text for one in changes(found)} == {
        UNIT_CHANGED: "ertapenem: from 2025-07-01; a unit was 500 mg and is 250 mg",
        REWORDED: "ertapenem: from 2025-07-01; now 'Injection, ertapenem, 250 mg'",
    }


def test_a_unit_that_is_changed_before_a_code_ends_holds_until_then(tmp_path: Path) -> None:
    fields = {"long": "Injection, ertapenem, 250 mg", "acted": "20250701", "action": "C", "last": "20250930"}
    old, new = rows(compared(tmp_path, changed(codes_of(THEN), "J1335", **fields)), "J1335")
    assert (old.amount, old.last_day) == (500, dt.date(2025, 6, 30))
    assert (new.amount, new.first_day, new.last_day) == (250, dt.date(2025, 7, 1), dt.date(2025, 9, 30))


@pytest.mark.parametrize(
    ("long", "acted", "action"),
    [
        ("Injection, ertapenem, 250 mg", "20250701", "N"),
        ("Injection, ertapenem, 250 mg", "20230701", "C"),
        ("Injection, ertapenem, 250 units", "20250701", "C"),
    ],
)
def test_a_unit_that_differs_and_not_since_when_is_told_and_kept(
    long: str, acted: str, action: str, tmp_path: Path
) -> None:
    codes = changed(codes_of(THEN), "J1335", long=long, acted=acted, action=action)
    found = compared(tmp_path, codes)
    (row,) = rows(found, "J1335")
    assert row.amount == 500
    told = next(one for one in changes(found) if one.kind == UNDECIDED)
    assert "a unit was 500 mg and is 250" in told.text and "this one is kept" in told.text


def test_a_code_that_a_whole_release_lacks_is_told_and_stays(tmp_path: Path) -> None:
    without = [one for one in codes_of(THEN) if one.code not in ("J2185", "S9502", "SH")]
    found = compared(tmp_path, without)
    assert sorted((one.kind, one.code) for one in changes(found)) == [
        (NOT_LISTED, "J2185"), (NOT_LISTED, "S9502"), (NOT_LISTED, "SH")
    ]  # fmt: skip
    assert [row.last_day for row in rows(found, "J2185")] == [None]


def test_a_code_that_ended_long_ago_is_not_missed(tmp_path: Path) -> None:
    """CMS takes an ended code out of its releases after four years."""
    (old,) = rows(compared(tmp_path, codes_of(THEN)), "S0030")
    assert old.last_day == dt.date(2023, 6, 30)
    assert changes(compared(tmp_path, [one for one in codes_of(THEN) if one.code != "S0030"])) == []


def test_a_product_s_code_that_ends_is_not_followed_by_one_that_was_there_before_it(tmp_path: Path) -> None:
    """Nor by one that ended with it: only what came up in its days takes over."""
    text = "ertapenem (abc pharma), not therapeutically equivalent to j1335, 500 mg"
    found = compared(tmp_path, [*codes_of(THEN), drug("J9901", text, "20250101", "20250630")])
    (row,) = rows(found, "J9901")
    assert (row.product, row.last_day, row.successor) == ("Abc Pharma", dt.date(2025, 6, 30), "")


def test_a_new_row_is_placed_beside_the_latest_of_its_drug(tmp_path: Path) -> None:
    text = "vancomycin hcl (abc pharma), not therapeutically equivalent to j3373, 10 mg"
    codes = [*codes_of(current(), dt.date(2026, 6, 30)), drug("J9901", text, "20260401")]
    (row,) = rows(compared(tmp_path, codes, current(), "HCPC2026_APR_ANWEB.csv"), "J9901")
    assert (row.drug, row.product, row.note) == ("vancomycin", "Abc Pharma", "placed by its descriptor beside J3376")


def test_nothing_is_said_to_be_missing_from_a_part_of_a_release(tmp_path: Path) -> None:
    part = [one for one in codes_of(THEN) if one.code[0] == "J" and one.code != "J2185"]
    made = release(tmp_path, part)
    assert not made.whole
    assert changes(compare(THEN, made)) == []


def test_nothing_is_said_of_a_code_whose_row_in_the_release_is_damaged(tmp_path: Path) -> None:
    codes = [replace(one, first="2025") if one.code == "J2185" else one for one in codes_of(THEN)]
    made = release(tmp_path, codes)
    assert [finding.code for finding in made.left_out] == ["J2185"]
    assert changes(compare(THEN, made)) == []


def test_days_that_were_inferred_are_corrected(tmp_path: Path) -> None:
    """As J0200's end with 2025 and J3376's beginning with 2026 were, until the lines of January 2026 stated them."""
    name, through = "HCPC2026_APR_ANWEB.csv", dt.date(2026, 6, 30)
    drugs = [
        row | {"dates_basis": "inferred"} if row["code"] in ("J0200", "J3376") else row
        for row in csv.DictReader(io.StringIO(bundled("drugs.csv")))
    ]
    inferred = load(reading({"drugs.csv": as_csv(drugs)}))
    codes = [
        replace(one, last="") if one.code == "J0200"
        else replace(one, first="20251215", acted="20251215") if one.code == "J3376" else one
        for one in codes_of(inferred, through)
    ]  # fmt: skip
    found = compared(tmp_path, codes, inferred, name)
    assert [row.last_day for row in rows(found, "J0200")] == [None]
    assert [row.first_day for row in rows(found, "J3376")] == [dt.date(2025, 12, 15)]
    texts = {one.code: one.text for one in changes(found) if one.kind == DAYS}
    assert texts["J0200"] == "alatrofloxacin: still in force, no last day 2025-12-31"
    assert texts["J3376"] == "vancomycin (Hikma): first day 2025-12-15, not 2026-01-01"


def test_days_that_a_source_states_are_kept_against_a_release_of_the_same_quarter(tmp_path: Path) -> None:
    codes = changed(codes_of(current()), "J3370", last="20250531", acted="20250601")
    codes = changed(codes, "J2185", first="20050101", acted="20050101")
    found = compared(tmp_path, codes, current())
    assert rows(found, "J3370")[0].last_day == dt.date(2025, 6, 30)
    assert sorted(one.text for one in changes(found) if one.kind == UNDECIDED) == [
        "meropenem: first day 2004-01-01 here and 2005-01-01 in the release: this one is kept",
        "vancomycin: last day 2025-06-30 here and 2025-05-31 in the release: this one is kept",
    ]


def test_a_later_release_corrects_a_last_day(tmp_path: Path) -> None:
    name, through = "HCPC2026_APR_ANWEB.csv", dt.date(2026, 6, 30)
    codes = changed(codes_of(current(), through), "J3370", last="20250531", acted="20250601")
    codes.append(drug("J9901", "madeupomab, 1 mg", "20260401"))  # the newest day is what tells the quarter
    found = compared(tmp_path, codes, current(), name)
    assert rows(found, "J3370")[0].last_day == dt.date(2025, 5, 31)
    assert "vancomycin: last day 2025-05-31, not 2025-06-30" in [one.text for one in changes(found)]


def test_a_code_that_was_given_to_something_else_is_a_code_of_its_own(tmp_path: Path) -> None:
    """CMS uses codes again: what the code was before stays as it is."""
    codes = [one for one in codes_of(current(), dt.date(2026, 3, 31)) if one.code != "J1170"]
    again = drug("J1170", "ertapenem (again), not therapeutically equivalent to j1335, 250 mg", "20260101")
    found = compared(tmp_path, [*codes, again], current(), "HCPC2026_JAN_ANWEB.csv")
    old, new = rows(found, "J1170")
    assert (old.drug, old.last_day) == ("hydromorphone", dt.date(2024, 9, 30))
    assert (new.drug, new.product, new.first_day) == ("ertapenem", "Again", dt.date(2026, 1, 1))


def test_a_record_of_an_earlier_life_of_a_code_changes_nothing(tmp_path: Path) -> None:
    codes = [one for one in codes_of(THEN) if one.code not in ("J1335", "S0030")]
    codes += [drug(code, "something else, 1 mg", "19900101", "19951231") for code in ("J1335", "S0030")]
    found = compared(tmp_path, codes)
    (row,), (ended_row,) = rows(found, "J1335"), rows(found, "S0030")
    assert (row.drug, row.last_day) == ("ertapenem", None)
    assert (ended_row.drug, ended_row.last_day) == ("metronidazole", dt.date(2023, 6, 30))
    assert changes(found) == []


def test_a_code_without_a_known_first_day_gets_it(tmp_path: Path) -> None:
    tables = {"drugs.csv": bundled("drugs.csv").replace('2004-01-01,,,,D,,"CMS HCPCS', ',,,,D,,"CMS HCPCS', 1)}
    reference = load(reading(tables))
    (changed_row,) = (row for row in reference.drugs if row.first_day is None)
    codes = changed(codes_of(reference), changed_row.code, first="20040101", acted="20040101")
    assert rows(compared(tmp_path, codes, reference), changed_row.code)[0].first_day == dt.date(2004, 1, 1)


def test_rewordings_are_found_by_the_release_imported_before(tmp_path: Path) -> None:
    from xl_infusion.reference.update.edition import update

    codes = codes_of(THEN)
    before = update(THEN, [release(tmp_path, codes, "HCPC2025_APR_ANWEB.csv")]).reference
    words = "Injection, meropenem for infusion, 100 mg"
    found = compared(tmp_path, changed(codes, "J2185", long=words), before)
    (told,) = (one for one in changes(found) if one.kind == REWORDED)
    assert told.text == f"meropenem: was 'Injection, meropenem, 100 mg', is now {words!r}"
    assert changes(compared(tmp_path, codes, before, "HCPC2025_JUL_ANWEB.csv")) == []


def test_descriptors_of_these_tests_read_back_to_the_rows_they_were_made_of() -> None:
    from xl_infusion.reference.cms.descriptor import unit_of

    read = 0
    for row in current().drugs:
        unit = unit_of(descriptor(row))
        if unit.amount is not None:  # a bag's size is part of a name: D5W 500 mL
            assert (unit.amount, unit.unit) == (row.amount, row.unit)
            read += 1
    assert read > 200
