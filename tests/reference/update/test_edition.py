"""A new edition out of an old one and CMS's files: its tables, what it says of itself, what is refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.reference.cms.made import CROSSED, PRICED, Code, changed, crosswalk, lines, prices, rows, write
from tests.reference.editions import cut_off, reading
from tests.reference.update.releases import NAME, codes_of, drug, ended, file, release
from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference import current, load, using
from xl_infusion.reference.cms.release import AnyRelease, read
from xl_infusion.reference.imported import ASP, HCPCS, NDC
from xl_infusion.reference.update.change import ADDED, ENDED, REWORDED, UNDECIDED, UNIT_CHANGED
from xl_infusion.reference.update.differences import between, differences
from xl_infusion.reference.update.edition import NothingNew, NotWhole, Refused, Update, named, update
from xl_infusion.reference.update.units import units_read

THEN = load(reading(cut_off(dt.date(2024, 12, 31))))
THEN.read_all()


def vancomycin(codes: list[Code]) -> list[Code]:
    """The codes with what happened to vancomycin on 1 July 2025."""
    return [
        *ended(codes, "J3370", "20250630"),
        drug("J3373", "vancomycin hydrochloride, 10 mg", "20250701"),
    ]


def all_files(folder: Path) -> list[AnyRelease]:
    return [
        read(write(folder / "asp.csv", prices(*PRICED))),
        read(write(folder / "crosswalk.csv", crosswalk(*CROSSED))),
        release(folder, vancomycin(codes_of(THEN))),
    ]


@pytest.fixture
def made(tmp_path: Path) -> Update:
    return update(THEN, all_files(tmp_path))


def test_the_edition_says_what_it_is_made_of(made: Update, tmp_path: Path) -> None:
    edition = made.reference.edition
    assert (made.name, edition.edition, edition.based_on) == ("2025-10", "2025-10", "2024-12")
    assert (edition.verified_through, edition.release) == (
        dt.date(2025, 12, 31), "CMS HCPCS Level II release, October 2025"
    )  # fmt: skip
    assert THEN.edition.release in edition.also
    assert [(one.kind, one.file, one.rows, one.left_out, one.table) for one in edition.imported] == [
        (HCPCS, NAME, len(codes_of(THEN)) + 1, 0, "hcpcs-2025-10.csv"),
        (ASP, "asp.csv", 4, 0, "asp-2025-10.csv"),
        (NDC, "crosswalk.csv", 3, 0, "ndc-2025-10.csv"),
    ]
    assert all(len(one.sha256) == 64 for one in edition.imported)
    assert THEN.edition.verified_through == dt.date(2024, 12, 31)  # the old one is as it was


def test_vancomycin_in_july_2025_is_stale_before_and_j3373_after(made: Update) -> None:
    """1 g every 12 hours bills J3370 x 4 a day until 30 June 2025 and J3373 x 200 from 1 July on."""
    from xl_infusion import CLAIM_GRID, JCODE, JUNITS, XL_INFUSION_VERSION

    orders = [["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
              [1, "P1", "vancomycin", "1 g", "q12h", "2025-07-05", 1]]  # fmt: skip
    with using(THEN):
        before = CLAIM_GRID(orders)
        assert (before[2][6], before[2][9]) == ("J3370", 4)
        assert "STALE" in before[2][-1]
        assert "2024-12-31" in XL_INFUSION_VERSION()
    with using(made.reference):
        after = CLAIM_GRID(orders)
        assert (after[2][6], after[2][9]) == ("J3373", 200)
        assert "STALE" not in after[2][-1]
        assert XL_INFUSION_VERSION().endswith("codes 2025-10, verified through 2025-12-31")
        assert (JCODE("vanco", "2025-06-30"), JUNITS("vanco", "1 g", "2025-06-30")) == ("J3370", 2)


def test_the_imported_tables_equal_the_files(made: Update) -> None:
    listed = list(csv.DictReader(io.StringIO(made.tables["hcpcs-2025-10.csv"])))
    codes = {one.code: one for one in vancomycin(codes_of(THEN))}
    assert [row["code"] for row in listed] == sorted(codes, key=lambda code: (len(code) > 2, code))
    for row in listed:
        code = codes[row["code"]]
        assert row["first_day"].replace("-", "") == code.first and row["last_day"].replace("-", "") == code.last
        assert (row["long"], row["action"]) == (code.long, code.action)
    assert made.reference.listed("J3373")[0][1].amount == 10
    ((file, limit),) = made.reference.asp_limits("J0001")
    assert (str(limit.limit), limit.notes, file.kind) == ("1.234", "Made note", ASP)
    crossed = made.reference.file_of(NDC, dt.date(2025, 11, 1))
    assert crossed is not None
    (row,) = made.reference.ndc_rows("99999000101", crossed)
    assert (row.code, row.units, row.package_quantity) == ("J0001", 5, 10)
    assert made.reference.ndc_rows("00000000000", crossed) == ()
    assert made.reference.file_of(NDC, dt.date(2026, 1, 1)) is None


@pytest.mark.slow
def test_a_text_and_a_workbook_of_one_release_make_the_same_tables(tmp_path: Path) -> None:
    codes = sorted(codes_of(THEN), key=lambda one: (not one.modifier, one.code))
    paths = [
        write(tmp_path / "HCPC2025_OCT_ANWEB.txt", lines(codes)),
        write(tmp_path / "HCPC2025_OCT_ANWEB.xlsx", rows(codes, preamble=7)),
        write(tmp_path / "HCPC2025_OCT_ANWEB.csv", rows(codes, preamble=10)),
    ]
    first, *others = (update(THEN, [read(path)]).tables for path in paths)
    for tables in others:
        assert {name: text for name, text in tables.items() if name != "edition.json"} == {
            name: text for name, text in first.items() if name != "edition.json"
        }


def test_an_update_of_an_update_keeps_what_was_imported(made: Update, tmp_path: Path) -> None:
    codes = [*vancomycin(codes_of(THEN)), drug("J9901", "ertapenem, 1 mg", "20260101")]
    codes = ended(codes, "J1335", "20251231")
    again = update(made.reference, [release(tmp_path, codes, "HCPC2026_JAN_ANWEB.csv")])
    assert again.name == "2026-01" and again.reference.edition.based_on == "2025-10"
    assert [one.table for one in again.reference.edition.imported] == [
        "hcpcs-2025-10.csv", "asp-2025-10.csv", "ndc-2025-10.csv", "hcpcs-2026-01.csv"
    ]  # fmt: skip
    assert again.tables["asp-2025-10.csv"] == made.tables["asp-2025-10.csv"]
    assert [file.first_day.month for file, _ in again.reference.listed("J1335")] == [1, 10]
    kinds = {(one.kind, one.code) for one in differences(made.reference, again.reference)}
    assert kinds == {(ADDED, "J9901"), (ENDED, "J1335")}
    assert again.reference.drug("ertapenem", dt.date(2026, 1, 1)).code == "J9901"
    assert again.reference.drug("ertapenem", dt.date(2025, 12, 31)).code == "J1335"


def test_a_corrected_file_of_a_quarter_takes_the_place_of_the_first_one(made: Update, tmp_path: Path) -> None:
    corrected = read(write(tmp_path / "asp.csv", prices(*PRICED[:1], ("J0001", "Made", "100 MG", "2", "20.000", ""),
                                                       *PRICED[3:])))  # fmt: skip
    again = update(made.reference, [corrected])
    assert len([one for one in again.reference.edition.imported if one.kind == ASP]) == 1
    assert [str(limit.limit) for _, limit in again.reference.asp_limits("J0001")] == ["2"]
    assert again.reference.edition.verified_through == dt.date(2025, 12, 31)


def test_a_release_of_the_quarter_that_is_known_verifies_no_further(made: Update, tmp_path: Path) -> None:
    again = update(made.reference, [release(tmp_path, codes_of(made.reference))])
    assert again.changes == () and again.notes == ()
    assert again.reference.edition.release == made.reference.edition.release
    assert again.reference.edition.also == made.reference.edition.also


def test_an_older_release_is_kept_for_history_and_changes_no_code(tmp_path: Path) -> None:
    made = update(
        current(), [release(tmp_path, ended(codes_of(THEN), "J2185", "20171231"), "HCPC2018_CONTR_ANWEB.csv")]
    )
    assert made.changes == () and "is older than the codes" in made.notes[0]
    assert made.reference.drug("meropenem").code == "J2185"
    assert made.reference.listed("J2185")[0][1].last_day == dt.date(2017, 12, 31)
    for name in ("drugs.csv", "per_diem.csv", "modifiers.csv"):
        assert made.tables[name] == current().table(name)


def test_a_part_of_a_release_is_refused_and_can_be_taken_as_one(tmp_path: Path) -> None:
    part = release(tmp_path, [one for one in vancomycin(codes_of(THEN)) if one.code[0] == "J"])
    with pytest.raises(
        NotWhole, match=r"no A, B, .* codes: it is not a whole release, .*download it again, or take it as a part"
    ):
        update(THEN, [part])
    made = update(THEN, [part], part=True)
    assert made.reference.edition.verified_through == dt.date(2024, 12, 31)
    assert "verified no further" in made.notes[0]
    assert made.reference.drug("vancomycin", dt.date(2025, 7, 1)).code == "J3373"


def test_files_that_make_no_edition_are_refused(made: Update, tmp_path: Path) -> None:
    nameless = release(tmp_path, codes_of(THEN), "codes.csv")
    with pytest.raises(ReferenceTableError, match=r"codes.csv: it does not say of which quarter it is: .*--quarter"):
        update(THEN, [nameless])
    one = release(tmp_path, codes_of(THEN))
    with pytest.raises(ReferenceTableError, match=r"are both the HCPCS Level II release of October 2025"):
        update(THEN, [one, replace(one, file="again.csv")])
    with pytest.raises(NothingNew, match=r"nothing is new: the edition 2025-10 was made from these files"):
        update(made.reference, all_files(tmp_path))


def test_the_same_release_in_another_file_makes_no_edition(tmp_path: Path) -> None:
    codes = sorted(vancomycin(codes_of(THEN)), key=lambda one: (not one.modifier, one.code))
    first = update(THEN, [release(tmp_path, codes)]).reference
    read_of_lines = read(write(tmp_path / "HCPC2025_OCT_ANWEB.txt", lines(codes)))
    with pytest.raises(NothingNew, match="nothing is new: the edition 2025-10 has all that these files say"):
        update(first, [read_of_lines])
    before = [one for one in codes if one.code != "J3373"]
    older = update(first, [read(write(tmp_path / "HCPC2018_CONTR_ANWEB.csv", rows(before)))]).reference
    with pytest.raises(NothingNew):
        update(older, [read(write(tmp_path / "HCPC2018_CONTR_ANWEB.txt", lines(before)))])


def test_tables_that_would_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """A second drug row of one code and day can only come from a fault in the tables before."""
    tables = cut_off(dt.date(2024, 12, 31))
    tables["hit_drugs.csv"] += "J1335,meropenem,1,,2019-01-01,,made up\n"
    broken = load(reading(tables))
    made = update(broken, [release(tmp_path, codes_of(broken))])  # what was wrong before is not this update's
    with pytest.raises(ReferenceTableError, match="J1335 is ertapenem in drugs.csv and meropenem here"):
        made.reference.read_all()


def test_a_release_whose_days_contradict_the_tables_makes_no_edition(tmp_path: Path) -> None:
    early = release(tmp_path, ended(codes_of(THEN), "J2260", "20180101"))
    with pytest.raises(Refused, match=r"hit_drugs.csv line \d+: last_day 2018-01-01 is before first_day 2019-01-01"):
        update(THEN, [early])


def test_a_drug_of_medicares_benefit_ends_with_its_code(tmp_path: Path) -> None:
    made = update(THEN, [release(tmp_path, ended(codes_of(THEN), "J2260", "20250930"))])
    hit = made.reference.hit_drug("J2260", dt.date(2025, 9, 30))
    assert hit is not None and hit.last_day == dt.date(2025, 9, 30)
    assert made.reference.hit_drug("J2260", dt.date(2025, 10, 1)) is None


def test_a_price_for_another_amount_than_the_reference_counts_is_told(tmp_path: Path) -> None:
    rows = [*PRICED, ("J2185", "Meropenem", "500 MG", "1.5", "20.000", ""), ("J0743", "Imipenem", "250 MG", "5", "20", ""),
            ("J1644", "Heparin", "1000 UNITS", "0.1", "20.000", ""),
            ("J0714", "Ceftazidime and avibactam", "0.5 GM", "9", "20", "")]  # fmt: skip
    made = update(current(), [read(write(tmp_path / "asp.csv", prices(*rows)))])
    (told,) = made.changes
    assert (told.kind, told.code) == (UNDECIDED, "J2185")
    assert told.text.endswith("a unit was 100 mg and is 500 MG; the ASP file of October 2025 prices another amount")


def test_the_tables_of_an_edition_have_their_sums(made: Update) -> None:
    tables = named(made, "2025-10.2")
    edition = json.loads(tables["edition.json"])
    assert edition["edition"] == "2025-10.2"
    assert edition["sums"].keys() == tables.keys() - {"edition.json"}
    assert load(tables.__getitem__).edition.edition == "2025-10.2"


def test_what_differs_between_two_releases(tmp_path: Path) -> None:
    codes = codes_of(THEN)
    old = release(tmp_path, codes, "HCPC2025_JUL_ANWEB.csv")
    later = changed(ended(codes, "J2185", "20250930"), "J1335", long="Injection, ertapenem, 250 mg")
    later = changed(later, "G0068", long="Made quality measure of 900 mg")
    later = changed(later, "J0690", last="20250601")
    new = release(tmp_path, [*(one for one in later if one.code != "S0028"), drug("J9901", "new, 1 mg", "20251001")])
    found = {(one.kind, one.code) for one in between(old, new)}
    assert found == {
        (ENDED, "J2185"), (UNIT_CHANGED, "J1335"), (REWORDED, "J1335"), (REWORDED, "G0068"), (ADDED, "J9901"),
        ("not listed", "S0028"), (ENDED, "J0690"),
    }  # fmt: skip
    assert ("redated", "J0690") in {(one.kind, one.code) for one in between(new, old)}
    assert between(old, old) == []


def test_what_differs_between_two_editions(made: Update) -> None:
    changes = [one for one in differences(THEN, made.reference) if one.code in ("J3370", "J3373")]
    found = {(one.kind, one.code): one.text for one in changes}
    assert found == {
        (ENDED, "J3370"): "vancomycin: last day 2025-06-30, then J3373",
        (ADDED, "J3373"): "vancomycin: from 2025-07-01; a unit is 10 mg",
    }
    assert differences(THEN, THEN) == []


def test_a_unit_changed_between_two_editions_is_told_once(tmp_path: Path) -> None:
    codes = changed(codes_of(THEN), "J1335", long="Injection, ertapenem, 250 mg", acted="20250701", action="C")
    made = update(THEN, [release(tmp_path, codes)])
    found = [(one.kind, one.code) for one in differences(THEN, made.reference)]
    assert found.count((UNIT_CHANGED, "J1335")) == 1


def test_how_many_units_of_a_release_are_read(tmp_path: Path) -> None:
    codes = changed(codes_of(current()), "J2185", long="Injection, meropenem, 50 mg")
    codes = changed(codes, "J2865", long="Injection, sulfamethoxazole 5 mg and trimethoprim 1 mg")
    codes = changed(codes, "J0714", long="Injection, ceftazidime and avibactam, 0.5 g/0.125 g")  # counted by its total
    codes += [drug("J9901", "made-up, per dose", "20240101"), drug("J9902", "one 5 mg and another 1 mg", "20240101"),
              drug("J9903", "made-up, 10 iu", "20240101"), drug("J9904", "two 5 mg and other 1 mg", "20240101")]  # fmt: skip
    asp = prices(*PRICED, ("J2185", "Made", "100 MG", "1", "20", ""), ("J9902", "Made", "1 MG", "1", "20", ""),
                 ("J9903", "Made", "10 UNITS", "1", "20", ""), ("J9904", "Made", "1 GM", "1", "20", ""))  # fmt: skip
    price = read(write(tmp_path / "asp.csv", asp))
    records = release(tmp_path, codes)
    found = units_read(current(), records, price)  # type: ignore[arg-type]
    drugs = [record.code for record in records.records if record.code.startswith("J") and len(record.code) == 5]
    assert found.codes == len(drugs) < sum(record.code[0] == "J" for record in records.records)  # JW is a modifier
    assert (found.codes - found.read, len(found.unread)) == (len(found.unread), len(found.unread))
    assert "it counts by the dose, not by an amount" in dict((one.code, why) for one, why in found.unread)["J9901"]
    assert {code: why for code, _, _, why in found.differ} == {
        "J2185": "", "J2865": "the same unit, counted by one of its components"
    }  # fmt: skip
    assert {code: why for code, _, _, why in found.priced_otherwise} == {
        "J2185": "", "J9902": "one component of the combination alone", "J9904": ""
    }  # fmt: skip
    assert (found.priced, found.read - found.known) == (6, 6)  # the made-up ones that are read
    assert units_read(current(), release(tmp_path, codes)).priced == 0


def test_a_release_read_from_its_file_again_is_the_same(tmp_path: Path) -> None:
    path = file(tmp_path, codes_of(THEN))
    assert update(THEN, [read(path)]).tables == update(THEN, [read(path)]).tables
