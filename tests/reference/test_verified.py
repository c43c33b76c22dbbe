"""The verified day is a fact of a range of codes: who is in which range, what an older edition says, what a release adds."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference.editions import cut_off, reading
from tests.reference.update.releases import codes_of, drug, release
from xl_infusion.errors import NotInForce, ReferenceTableError
from xl_infusion.reference import Reference, current, load
from xl_infusion.reference.editions import reading as reading_folder
from xl_infusion.reference.tables import EDITION, TABLES, VERIFIED, bundled
from xl_infusion.reference.update.edition import update
from xl_infusion.reference.verified import is_cpt, missing, not_verified

#: The table as it is in these tests: two ranges, modifiers, CPT, the rest.
HEAD = "first_code,last_code,through,basis,source\n"
ROWS = (
    "J0013,J9999,2026-03-31,b,s", "S9001,S9999,2026-03-31,b,s", "A1,ZC,2026-03-31,b,s", "99601,99602,2026-12-31,b,s",
    "59,59,2025-06-30,b,s", ",,2025-12-31,b,s",
)  # fmt: skip
MARCH, DECEMBER = dt.date(2026, 3, 31), dt.date(2025, 12, 31)


def with_table(*rows: str) -> Reference:
    return load(reading({VERIFIED: HEAD + "".join(f"{row}\n" for row in rows)}))


MADE = with_table(*ROWS)


@pytest.mark.parametrize(
    ("code", "through"),
    [
        ("J0013", MARCH), ("J9999", MARCH), ("J0012", DECEMBER), ("K0001", DECEMBER), ("S9500", MARCH), ("S9000", DECEMBER),
        ("A4217", DECEMBER),  # between the modifiers A1 and ZC as text, and none of them
        ("SH", MARCH), ("A1", MARCH), ("ZC", MARCH), ("ZD", DECEMBER), ("59", dt.date(2025, 6, 30)), ("58", DECEMBER),
        ("99601", dt.date(2026, 12, 31)), ("99602", dt.date(2026, 12, 31)), ("99600", DECEMBER), ("", DECEMBER),
    ],
)  # fmt: skip
def test_a_code_has_the_day_of_its_range_and_every_other_the_day_of_the_rest(code: str, through: dt.date) -> None:
    assert MADE.verified_through(code) == through


@given(st.from_regex(r"[A-Z][0-9]{4}|[0-9]{5}|[A-Z][A-Z0-9]|[0-9]{2}", fullmatch=True))
def test_one_bisect_finds_what_looking_through_all_ranges_finds(code: str) -> None:
    of_its_form = [
        row
        for row in MADE.verified.ranges
        if len(row.first_code) == len(code) and is_cpt(row.first_code) == is_cpt(code)
    ]
    found = [row for row in of_its_form if row.first_code <= code <= row.last_code]
    assert MADE.verified.row(code) is (found[0] if found else MADE.verified.rest)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ((*ROWS, "J9000,J9999,2026-03-31,b,s"), r"verified.csv line 8: J9000 is in the range of J0013 already"),
        (ROWS[:-1], r"verified.csv: 0 rows have no codes: one is for every other code"),
        ((*ROWS, ROWS[-1]), r"verified.csv: 2 rows have no codes"),
        (("J9999,J0013,2026-03-31,b,s",), r"verified.csv line 2: J9999 to J0013 is no range of codes of one form"),
        (("A1,A9999,2026-03-31,b,s",), r"A1 to A9999 is no range"),
        (("99601,J9999,2026-03-31,b,s",), r"99601 to J9999 is no range"),
        (("J0013,,2026-03-31,b,s",), r"J0013 to nothing is no range"),
        ((",J9999,2026-03-31,b,s",), r"nothing to J9999 is no range"),
        ((",,,b,s",), r"verified.csv line 2: through is blank"),
        ((",,2026-03-31,,s",), r"basis is blank"),
        ((",,2026-03-31,b,",), r"source is blank"),
    ],
)  # fmt: skip
def test_a_wrong_row_stops_the_load(rows: tuple[str, ...], says: str) -> None:
    with pytest.raises(ReferenceTableError, match=says):
        with_table(*rows)


def test_the_editions_day_is_that_of_every_code_that_home_infusion_bills() -> None:
    """CPT apart; the edition's own day is the one that XL_INFUSION_VERSION and Start show."""
    reference = load()
    rows = (*reference.drugs, *reference.per_diem, *reference.hit, *reference.modifiers, *reference.visits)
    days = {reference.verified_through(row.code) for row in rows if not is_cpt(row.code)}
    assert days == {reference.edition.verified_through}
    assert [
        row for row in rows if is_cpt(row.code) and reference.verified.row(row.code) is reference.verified.rest
    ] == []


def test_the_newest_row_is_that_of_its_codes_own_day() -> None:
    """S0080 ended on 31 December 2025: what is verified through November only cannot know it."""
    before = with_table("S0012,S0194,2025-11-30,b,s", ",,2026-03-31,b,s")
    assert before.code("S0080").code == "S0080"
    with pytest.raises(NotInForce, match="S0080 is not in force in this edition"):
        current().code("S0080")


def folder_of(edition: dict[str, str], where: Path) -> Callable[[str], str]:
    for name in (*TABLES, EDITION):
        if name != VERIFIED:
            (where / name).write_text(edition.get(name) or bundled(name))
    return reading_folder(str(where))


def test_an_edition_from_before_the_table_has_one_day_for_all_codes(tmp_path: Path) -> None:
    then = load(folder_of(cut_off(dt.date(2024, 12, 31)), tmp_path))
    assert {then.verified_through(code) for code in ("J2185", "Q4100", "99601", "SH")} == {dt.date(2024, 12, 31)}
    assert then.verified.rest.source == json.loads(bundled(EDITION))["release"]


@pytest.mark.parametrize("description", ["{}", '{"verified_through": "soon"}', "[]"])
def test_an_edition_that_does_not_say_its_day_is_damaged(description: str, tmp_path: Path) -> None:
    read = folder_of({EDITION: description}, tmp_path)
    with pytest.raises(ReferenceTableError, match="edition.json: it (does not say through which day|is not the desc)"):
        read(VERIFIED)


APRIL, JUNE = "HCPC2026_APR_ANWEB.csv", dt.date(2026, 6, 30)


def test_a_whole_release_verifies_all_codes_but_those_of_the_cpt(tmp_path: Path) -> None:
    codes = [*codes_of(MADE, JUNE), drug("J9901", "madeupomab, 1 mg", "20260401")]
    made = update(MADE, [release(tmp_path, codes, APRIL)]).reference
    assert {made.verified_through(code) for code in ("J2185", "S9500", "Q4100", "SH")} == {JUNE}
    assert made.edition.verified_through == JUNE
    assert [str(made.verified_through(code)) for code in ("99601", "59")] == ["2026-12-31", "2025-06-30"]
    assert made.verified.rest.source == "CMS HCPCS Level II release, April 2026"


def test_the_whole_release_of_the_quarter_that_ranges_are_verified_for_brings_the_rest_there(tmp_path: Path) -> None:
    made = update(MADE, [release(tmp_path, codes_of(MADE, MARCH), "HCPC2026_JAN_ANWEB.csv")]).reference
    assert {made.verified_through(code) for code in ("J2185", "Q4100", "SH")} == {MARCH}
    assert made.edition.verified_through == MARCH


def test_ranges_that_are_verified_further_than_a_release_stay_so() -> None:
    day = dt.date(2026, 1, 15)
    kept = MADE.verified.after(day, "b", "s")
    assert {row.first_code for row in kept} == {"J0013", "S9001", "A1", "99601", "59", ""}
    (rest,) = (row for row in kept if not row.first_code)
    assert rest.through == day
    (rest,) = (row for row in MADE.verified.after(dt.date(2020, 1, 1), "b", "s") if not row.first_code)
    assert rest.through == DECEMBER


def test_the_releases_that_are_missing_are_named() -> None:
    day = dt.date(2026, 4, 1)
    assert missing(day, dt.date(2026, 6, 30)) == ["April 2026"]
    assert not_verified(day, day) == "codes are not verified since 2026-04-01: CMS's release of April 2026 is missing"
    assert "releases of April 2026, July 2026, October 2026 and January 2027 are missing" in not_verified(
        day, dt.date(2027, 1, 1)
    )
    assert "releases of April 2026 to April 2027 are missing" in not_verified(day, dt.date(2027, 4, 1))
