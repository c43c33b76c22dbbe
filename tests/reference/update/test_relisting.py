"""Listed drugs and names made anew of an import: every new drug code by its code and names, curated ones untouched."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from tests.frozen_reference import FROZEN
from tests.reference.cms.made import RELEASE, Code, changed, crosswalk, write
from tests.reference.editions import cut_off, reading
from tests.reference.listing.records import crosswalk as sold_as
from tests.reference.update.releases import NAME, OCTOBER, drug, ended, file, release
from xl_infusion import JCODE, JUNITS
from xl_infusion.errors import NotFound, NotInForce
from xl_infusion.reference import Reference, load, using
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.cms.quarters import Quarter
from xl_infusion.reference.cms.release import HcpcsRelease, read
from xl_infusion.reference.listing.rows import ListedName
from xl_infusion.reference.update.change import DAYS as REDATED
from xl_infusion.reference.update.change import ENDED, NEW_DRUG, UNDECIDED, UNIT_CHANGED
from xl_infusion.reference.update.edition import Update, update
from xl_infusion.reference.update.relisting import Relisting

THEN = load(reading(cut_off(dt.date(2024, 12, 31))))
NOW = dt.date(2025, 11, 1)
JANUARY = "HCPC2026_JAN_ANWEB.csv"
NOT_EQUIVALENT = "not therapeutically equivalent to j9900"
#: The text of a code in the words of CMS, when it began, and what a unit of it counts.
NEW = [
    Code("A4218", "Sterile saline or water, metered dose dispenser, 10 ml", first="20250401"),
    Code("B4198", "Omegamade, 10 grams lipids", first="20250401"),
    Code("B4163", "Enteral formula, made-up, administered through an enteral feeding tube, 100 calories = 1 unit",
         first="20250701"),
    Code("C9399", "Injection, hospitalmab, 1 mg", first="20250701"),
    Code("P9049", "Infusion, albumin (human), 4%, 50 ml", first="20250401"),
    Code("S0199", "Injection, oldstylecillin, 500 mg", first="20250701"),
    drug("J9900", "madecillin, 10 mg", "20250401"),
    drug("J9901", f"madecillin (b braun), {NOT_EQUIVALENT}, 10 mg", "20250401"),
    drug("J9902", f"madecillin (par pharm), {NOT_EQUIVALENT}, 5 mg", "20250401"),
    drug("J9903", "made-up treatment, per treatment dose", "20250701"),
    Code("Q5199", "Injection, infliximab-made, biosimilar, (brandnew), 10 mg", first="20250701"),
    Code("Q4399", "Skinmade, per square centimeter", first="20250401"),
    Code("A9990", "Walker, made-up", first="20250401"), Code("E0799", "Pump, made-up", first="20250401"),
    Code("Q3014", "Telehealth originating site facility fee", first="20250401"),
]  # fmt: skip


def codes(*more: Code) -> list[Code]:
    found = {one.code: one for one in (*RELEASE, *NEW, *more)}
    return sorted(found.values(), key=lambda one: (not one.modifier, one.code))


def made(folder: Path, *more: Code, base: Reference = THEN, name: str = NAME) -> Update:
    return update(base, [release(folder, codes(*more), name)])


def unit(reference: Reference, typed: str, day: dt.date = NOW) -> tuple[str, str]:
    row = reference.drug(typed, day)
    return row.code, row.unit_text if row.amount is not None else row.note


@pytest.mark.parametrize(
    ("typed", "code", "counts"),
    [
        ("A4218", "A4218", "10 mL"), ("B4198", "B4198", "10 g"), ("omegamade", "B4198", "10 g"),
        ("B4163", "B4163", "100 kcal"), ("C9399", "C9399", "1 mg"), ("P9049", "P9049", "50 mL"),
        ("oldstylecillin", "S0199", "500 mg"), ("madecillin", "J9900", "10 mg"), ("J9901", "J9901", "10 mg"),
        ("madecillin B. Braun", "J9901", "10 mg"), ("madecillin Par", "J9902", "5 mg"),
        ("J9903", "J9903", "a unit is one treatment"), ("infliximab-made", "Q5199", "10 mg"),
        ("Brandnew", "Q5199", "10 mg"), ("Q4399", "Q4399", "a unit is 1 sq cm"),
    ],
)  # fmt: skip
def test_a_drug_of_a_release_is_billed_by_code_and_name(typed: str, code: str, counts: str, tmp_path: Path) -> None:
    assert unit(made(tmp_path).reference, typed) == (code, counts)


def test_what_is_new_is_told_whatever_its_letter_home_infusion_s_first(tmp_path: Path) -> None:
    told = [one for one in made(tmp_path).changes if one.kind == NEW_DRUG]
    assert [one.code for one in told] == [
        "A4218", "B4198", "J0002", "J0003", "J9900", "J9901", "J9902", "J9903", "P9049", "Q5199", "S0199", "C9399",
        "B4163", "Q4399",
    ]  # fmt: skip
    texts = {one.code: one.text for one in told}
    assert texts["J9901"] == "madecillin (B. Braun): from 2025-04-01; a unit is 10 mg"
    assert texts["J9903"] == "made-up treatment: from 2025-07-01"
    assert not {"A9990", "E0799", "Q3014"} & {one.code for one in told}
    for code in ("A9990", "E0799", "Q3014"):
        with pytest.raises(NotFound):
            made(tmp_path).reference.code(code)


def test_a_new_code_that_is_to_be_decided_is_told_once_and_billed_by_itself(tmp_path: Path) -> None:
    found = made(tmp_path, drug("J9920", "ertapenem sodium, per vial", "20250401"))
    assert [one.kind for one in found.changes if one.code == "J9920"] == [UNDECIDED]
    assert unit(found.reference, "J9920") == ("J9920", "a unit is one vial")


def test_a_code_with_other_days_is_told_by_its_name_and_not_by_the_text(tmp_path: Path) -> None:
    before = made(tmp_path).reference
    found = made(tmp_path, Code("S0199", "X", first="20250601"), base=before, name=JANUARY)
    told = [one.text for one in found.changes if (one.kind, one.code) == (REDATED, "S0199")]
    assert told == ["oldstylecillin: first day 2025-06-01, it was 2025-07-01"]


def test_a_code_that_ends_and_one_that_counts_otherwise_are_told(tmp_path: Path) -> None:
    before = made(tmp_path).reference
    later = ended([drug("J9900", "madecillin, 10 mg", "20250401")], "J9900", "20251231")
    after = changed(NEW, "Q5199", long="Injection, infliximab-made, biosimilar, (brandnew), 1 mg", acted="20260101")
    codes_now = (*later, drug("J9910", "madecillin, 1 mg", "20260101"), *(one for one in after if one.code == "Q5199"))
    found = made(tmp_path, *codes_now, base=before, name=JANUARY)
    told = {(one.kind, one.code): one.text for one in found.changes}
    assert told[ENDED, "J9900"] == "madecillin: last day 2025-12-31, then J9910"
    assert told[NEW_DRUG, "J9910"] == "madecillin: from 2026-01-01; a unit is 1 mg"
    assert (UNIT_CHANGED, "Q5199") in told
    assert unit(found.reference, "madecillin", dt.date(2025, 12, 31)) == ("J9900", "10 mg")
    assert unit(found.reference, "madecillin", dt.date(2026, 1, 1)) == ("J9910", "1 mg")


def test_curated_rows_and_their_names_stay_as_they_are(tmp_path: Path) -> None:
    """A text that calls another code by a curated name or alias changes neither."""
    thief = Code("Q5198", "Injection, something, biosimilar, (zosyn), 10 mg", first="20250701")
    found = made(tmp_path, thief)
    assert found.tables["drugs.csv"] == THEN.table("drugs.csv")
    assert found.reference.named("Zosyn") == THEN.named("Zosyn")
    assert unit(found.reference, "something") == ("Q5198", "10 mg")


def test_a_code_in_force_that_a_whole_release_lacks_is_known_no_further(tmp_path: Path) -> None:
    before = made(tmp_path).reference
    without = [one for one in codes() if one.code not in ("J9902", "S0199")]
    later = [*without, drug("J9911", "newcillin, 1 mg", "20260101")]
    found = update(before, [release(tmp_path, later, JANUARY)])
    assert "J9902, S0199): they are known through the days of before" in found.notes[0]
    assert not {"J9902", "S0199"} & {one.code for one in found.changes}
    assert unit(found.reference, "J9902", OCTOBER) == ("J9902", "5 mg")
    with pytest.raises(NotInForce):
        found.reference.drug("J9902", dt.date(2026, 1, 1))
    damaged = [replace(one, first="2025") if one.code == "J9902" else one for one in [*later, *codes()]]
    kept = update(before, [release(tmp_path, [one for one in damaged if one.code != "S0199"], JANUARY)])
    assert unit(kept.reference, "J9902", dt.date(2026, 1, 1)) == ("J9902", "5 mg")  # its row there is damaged


def test_a_code_that_is_not_in_force_yet_and_gone_from_the_next_release_never_was(tmp_path: Path) -> None:
    announced = drug("J9912", "futurecillin, 1 mg", "20260401")
    before = made(tmp_path, announced).reference
    assert unit(before, "J9912", dt.date(2026, 4, 1)) == ("J9912", "1 mg")
    found = made(tmp_path, drug("J9911", "newcillin, 1 mg", "20260101"), base=before, name=JANUARY)
    assert all(row.code != "J9912" for row in found.reference.read_listed())


def test_what_a_code_was_before_stays_and_gives_way_in_name(tmp_path: Path) -> None:
    """CMS uses codes again, and takes ended codes out of its releases after four years."""
    old = [
        drug("J9913", "agedcillin, 5 mg", "20000101", "20041231"),
        drug("J9914", "agedcillin, 9 mg", "20000101", "20250930"),
    ]
    before = made(tmp_path, *old).reference
    again = [drug("J9913", "youngcillin, 1 mg", "20260101"), drug("J9915", "agedcillin, 1 mg", "20250701")]
    found = made(tmp_path, *again, base=before, name=JANUARY).reference
    assert unit(found, "J9913", dt.date(2003, 1, 1)) == ("J9913", "5 mg")
    assert unit(found, "youngcillin", dt.date(2026, 1, 1)) == ("J9913", "1 mg")
    assert unit(found, "agedcillin", dt.date(2025, 8, 1)) == ("J9915", "1 mg")  # as the newest release says
    assert unit(found, "J9914", dt.date(2025, 8, 1)) == ("J9914", "9 mg")


def test_a_part_of_a_release_among_what_there_is(tmp_path: Path) -> None:
    """A known code keeps its product; a new one takes the name from a hospital's; the rest stays as it was."""
    hospital = Code("C9398", "Injection, latemab-made, 1 mg", first="20250701")
    before = made(tmp_path, hospital).reference
    part = [
        drug("J9901", f"madecillin (b braun), {NOT_EQUIVALENT}, 10 mg", "20250401", "20251231"),
        drug("J9920", "latemab-made, 1 mg", "20260101"),
        drug("J9921", f"madecillin (accord), {NOT_EQUIVALENT}, 2 mg", "20260101"),
    ]  # fmt: skip
    found = update(before, [release(tmp_path, part, JANUARY)], part=True)
    day = dt.date(2026, 1, 1)
    now = found.reference
    assert [unit(now, "latemab-made", one)[0] for one in (OCTOBER, day)] == ["C9398", "J9920"]
    assert unit(now, "C9398", day) == ("C9398", "1 mg")
    assert unit(now, "madecillin Accord", day) == ("J9921", "2 mg") and unit(now, "madecillin", day)[0] == "J9900"
    assert unit(now, "madecillin B. Braun", OCTOBER)[0] == "J9901"
    with pytest.raises(NotInForce):
        now.drug("madecillin B. Braun", day)
    again = update(
        now, [release(tmp_path, [*part, drug("J9922", "x, 1 mg", "20260101")], JANUARY)], part=True
    ).reference
    for code in ("C9398", "J9920", "J9901"):
        assert [row for row in map(answered, again.code_rows(code))] == [
            row for row in map(answered, now.code_rows(code))
        ]
    assert unit(now, "Brandnew", day)[0] == "Q5199" and found.reference.edition.verified_through == OCTOBER
    assert {row.code for row in now.read_listed()} >= {one.code for one in NEW[:12]}


def test_brands_of_a_crosswalk_become_names_and_ndcs_tell_them(tmp_path: Path) -> None:
    rows = [("Q5199", "x", "Maker", "99999-0001-01", "Crossbrand 100 mg vial", "10 MG", "1", "1", "10", "10"),
            ("J9900", "x", "Maker", "99999-0002-01", "Madecillin", "10 MG", "1", "1", "50", "50"),
            ("J9900", "x", "Maker", "99999-0002-02", "Zosyn", "10 MG", "1", "1", "50", "50"),
            ("J2185", "x", "Maker", "99999-0003-01", "Meromade", "100 MG", "1", "1", "5", "5")]  # fmt: skip
    walk = read(write(tmp_path / "walk.csv", crosswalk(*rows, *((*row[:3], f"9999{i}-0004-01", *row[4:])
                                                                for i, row in enumerate(rows)))))  # fmt: skip
    found = update(THEN, [release(tmp_path, codes()), walk]).reference
    assert unit(found, "Crossbrand")[0] == "Q5199" and unit(found, "Meromade")[0] == "J2185"
    assert found.named("Zosyn") == THEN.named("Zosyn") and found.named("madecillin") is not None
    with using(found):
        assert (JCODE("", NOW, "99999-0001-01"), JUNITS("", "100 mg", NOW, "99999-0001-01")) == ("Q5199", 10)
        assert JCODE("infliximab-made", NOW, "99999-0001-01") == "Q5199"
    later = made(tmp_path, drug("J9911", "newcillin, 1 mg", "20260101"), base=found, name=JANUARY).reference
    assert unit(later, "Crossbrand", dt.date(2026, 1, 1))[0] == "Q5199"  # the crosswalk of before is known still
    moved = changed(codes(drug("J9911", "newcillin, 1 mg", "20260101")), "Q5199",
                    long="Injection, infliximab-other, biosimilar, (brandnew), 10 mg")  # fmt: skip
    renamed = update(found, [release(tmp_path, moved, JANUARY)]).reference
    assert renamed.drug("Crossbrand", dt.date(2026, 1, 1)).drug == "infliximab-other"  # the name goes with its code
    gone = [one for one in moved if one.code != "Q5199"]
    without = update(found, [release(tmp_path, gone, JANUARY)]).reference
    assert without.drug("Crossbrand", OCTOBER).code == "Q5199"


def test_a_name_has_the_best_authority_that_has_it_now_or_before() -> None:
    """A text or a hand of before goes before a crosswalk of now, and a crosswalk of now before one of before."""
    relisting = Relisting(FROZEN, FROZEN.drugs, [])

    def names(sold: list[tuple[str, str]], before: list[ListedName]) -> set[tuple[str, str]]:
        relisting.names = before
        found = relisting.with_crosswalk([sold_as(code, name) for code, name in sold]).names
        return {(one.name, one.drug) for one in found if one.name.startswith("Made")}

    sold = [("J0897", "Madebrand")]
    assert names(sold, []) == {("Madebrand", "denosumab")}
    for basis in ("text", "hand"):
        assert names(sold, [ListedName("Madebrand", "naloxone", "", basis)]) == {("Madebrand", "naloxone")}
    assert names(sold, [ListedName("Madebrand", "naloxone", "", "crosswalk")]) == {("Madebrand", "denosumab")}
    assert names([], [ListedName("Madebrand", "naloxone", "", "crosswalk")]) == {("Madebrand", "naloxone")}


# -- the chain -----------------------------------------------------------------------------------------------------

DAYS = [dt.date(2024, 1, 1), dt.date(2025, 4, 1), dt.date(2025, 7, 1), dt.date(2025, 10, 1)]
TEXTS = [
    "Injection, onecillin, 10 mg", "Injection, onecillin, 1 mg", "Injection, onecillin (accord), 10 mg",
    "Injection, onecillin (hikma), not therapeutically equivalent to j9930, 10 mg", "Injection, twomab-made, 5 mg",
    "Injection, twomab-made, biosimilar, (twobrand), 5 mg", "Injection, meropenem (newmaker), 50 mg",
    "Injection, meropenem, 20 mg", "Injection, three and four, 2 mg/1 mg", "Threevit, per dose",
]  # fmt: skip
#: Permanent codes and temporary ones.
CODES = ["J99", "Q51", "C93", "S01"]
ONE = st.tuples(st.sampled_from(TEXTS), st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS))


def releases(lives: list[tuple[str, dt.date, dt.date | None]]) -> tuple[HcpcsRelease, HcpcsRelease]:
    """The releases of July and October 2025 of codes that begin and end on such days."""
    always = HcpcsRecord("J0001", False, "Injection, made-up, 1 mg", "Made-up", "C", "N", DAYS[0], None, DAYS[0], {}, 1)
    records = [[always], [always]]
    for i, (text, first, after) in enumerate(lives):
        code = f"{CODES[i % 4]}{90 + i}"
        last = after - dt.timedelta(1) if after and after > first else None
        for number, through in enumerate((dt.date(2025, 9, 30), OCTOBER)):
            told = last if last is not None and last <= through else None
            if first <= through:
                acted = told + dt.timedelta(1) if told else first
                records[number].append(
                    HcpcsRecord(code, False, text, text[:28], "C", "D" if told else "A", first, told, acted, {}, i + 2)
                )
    july = Quarter(dt.date(2025, 7, 1), dt.date(2025, 9, 30))
    october = Quarter(dt.date(2025, 10, 1), OCTOBER)
    return tuple(  # type: ignore[return-value]
        HcpcsRelease(file=f"{quarter}", member="", sha256=str(quarter), quarter=quarter, findings=(), rows=len(of),
                     whole=True, records=tuple(of))
        for quarter, of in zip((july, october), records, strict=True)
    )  # fmt: skip


def answered(row: object) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in ("drug", "product", "code", "amount", "unit", "first_day", "last_day"))


def answer(reference: Reference, typed: str, day: dt.date) -> object:
    try:
        row = reference.drug(typed, day)
    except NotFound as error:
        return type(error).__name__
    return answered(row)


@pytest.mark.slow
@times(0.1)
@given(st.lists(ONE, min_size=1, max_size=8))
def test_releases_in_turn_say_what_the_newest_one_alone_says(
    lives: list[tuple[str, dt.date, dt.date | None]],
) -> None:
    """On the days of the newest release, for every code of it and every drug that it names."""
    july, october = releases(lives)
    alone = update(THEN, [october]).reference
    chain = update(update(THEN, [july]).reference, [october]).reference
    both = update(THEN, [october, july]).reference  # in whatever order they are given
    names = {record.code for record in october.records} | {row.drug for row in alone.read_listed()}
    for typed in names:
        for day in (dt.date(2025, 10, 1), OCTOBER):
            assert answer(chain, typed, day) == answer(alone, typed, day) == answer(both, typed, day), (typed, day)


def test_the_files_of_a_chain_are_whole(tmp_path: Path) -> None:
    """What the property builds is what a file says."""
    path = file(tmp_path, codes())
    assert read(path).whole
