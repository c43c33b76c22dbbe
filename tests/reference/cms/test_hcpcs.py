"""HCPCS releases: the same records from every form they are published in, and none from a damaged line."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from tests.reference.cms.made import DISCLAIMER, HEADINGS, LONG, RELEASE, Code, changed, csv_bytes, lines, rows, write
from xl_infusion.reference.cms.findings import CmsFileError
from xl_infusion.reference.cms.hcpcs import LAYOUT, HcpcsRecord
from xl_infusion.reference.cms.quarters import Quarter
from xl_infusion.reference.cms.release import HcpcsRelease, read

NAME = "HCPC2025_OCT_ANWEB"


def records(release: object) -> list[HcpcsRecord]:
    """The records without the rows that they stand in."""
    assert isinstance(release, HcpcsRelease)
    return [replace(record, row=0) for record in release.records]


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> list[HcpcsRecord]:
    return records(read(write(tmp_path_factory.mktemp("intact") / f"{NAME}.txt", lines(RELEASE))))


def told(path: Path) -> list[str]:
    return [str(finding) for finding in read(path).findings]


def test_the_layout_has_every_column_once() -> None:
    assert sorted(LAYOUT) == sorted(HEADINGS) and len(LAYOUT) == 48
    spans = sorted(LAYOUT.values())
    assert all(before[1] < after[0] for before, after in pairwise(spans)) and spans[-1] == (293, 293)
    of_some = {column for first, last in spans for column in range(first, last + 1)}
    assert {*range(1, 294)} - of_some == {260}  # CMS leaves one blank


def test_a_text_is_read_by_its_layout(tmp_path: Path) -> None:
    release = read(write(tmp_path / f"{NAME}.txt", [*DISCLAIMER, *lines(RELEASE)]))
    assert isinstance(release, HcpcsRelease)
    assert not release.findings and release.whole and not release.left_out
    assert len(release.records) == release.rows == len(RELEASE)
    record = next(record for record in release.records if record.code == "J0002")
    assert record.long == LONG and record.short == "Inj made-up (maker one)"
    assert (record.first_day, record.last_day) == (dt.date(2025, 1, 1), dt.date(2025, 9, 30))
    assert (record.action_day, record.action, record.coverage) == (dt.date(2025, 10, 1), "D", "C")
    assert record.cross_references == ("J0003",) and record.more == {"XREF1": "J0003"} and not record.is_modifier
    modifier = release.records[0]
    assert modifier.is_modifier and modifier.code == "A1" and modifier.last_day is None and modifier.row == 8
    assert release.quarter is not None and release.quarter.last_day == dt.date(2025, 12, 31)
    assert str(release) == (
        f"{NAME}.txt: HCPCS release, October 2025: 18 codes and 2 modifiers, added 2004-01-01 to 2025-10-01, "
        "1 with a last day"
    )


@pytest.mark.parametrize("preamble", [0, 7, 10])
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_sheet_gives_the_records_of_the_text(
    preamble: int, ending: str, tmp_path: Path, intact: list[HcpcsRecord]
) -> None:
    release = read(write(tmp_path / f"{NAME}{ending}", rows(RELEASE, preamble)))
    assert records(release) == intact and not release.findings


def test_a_text_under_dos_unix_and_old_mac_and_with_trimmed_lines(tmp_path: Path, intact: list[HcpcsRecord]) -> None:
    made = lines(RELEASE)
    head_only = [line if line[10] in "37" else line[:91] for line in made]  # as in the release of 2017
    for name, text in {
        "dos": "\r\n".join(made) + "\r\n\x1a", "unix": "\n".join(made), "mac": "\r".join(made) + "\r",
        "as then": "\r\n".join(head_only) + "\r\n", "trimmed": "\n".join(line.rstrip() for line in made) + "\n",
    }.items():  # fmt: skip
        release = read(write(tmp_path / f"{NAME} {name}.txt", text))
        assert records(release) == intact and not release.findings, name


def test_columns_are_found_by_name_wherever_they_stand(tmp_path: Path, intact: list[HcpcsRecord]) -> None:
    order = random.Random(4).sample(range(48), 48)
    table = [[row[i] for i in order] for row in rows(RELEASE)]
    table[0] = [heading.replace(" ", "_").title() for heading in table[0]]
    assert records(read(write(tmp_path / f"{NAME}.csv", table))) == intact


def test_a_sheet_may_hold_numbers_dates_and_continuation_rows(tmp_path: Path, intact: list[HcpcsRecord]) -> None:
    table: list[list[object]] = [list(row) for row in rows(RELEASE)]
    at = {heading: i for i, heading in enumerate(HEADINGS)}
    for row in table[1:]:
        row[at["RECID"]], row[at["SEQNUM"]] = int(str(row[at["RECID"]])), 10
        row[at["ADD DT"]] = float(str(row[at["ADD DT"]]))
        acted = str(row[at["ACT EFF DT"]])
        row[at["ACT EFF DT"]] = dt.date(int(acted[:4]), int(acted[4:6]), int(acted[6:]))
    i = next(i for i, row in enumerate(table) if row[0] == "J0002")
    words = LONG.split(" ")
    table[i][at["LONG DESCRIPTION"]] = " ".join(words[:9])
    further = [*([None] * 48)]
    further[:4] = ["J0002", "0020", "4", " ".join(words[9:])]
    table.insert(i + 1, further)
    release = read(write(tmp_path / f"{NAME}.xlsx", table))
    assert records(release) == intact and not release.findings


def test_a_line_with_a_few_blanks_less_or_more_is_used_and_told(tmp_path: Path, intact: list[HcpcsRecord]) -> None:
    made = lines(RELEASE)
    i = next(i for i, line in enumerate(made) if line.startswith("J0002") and line[10] == "4")
    made[0], made[i] = made[0] + "  ", made[i][:316]  # the second stood in the release of 2019
    release = read(write(tmp_path / f"{NAME}.txt", made))
    assert records(release) == intact
    assert [str(finding) for finding in release.findings] == [
        "row 1 (A1): the record has 322 columns where the layout has 320",
        f"row {i + 1} (J0002): the record has 316 columns where the layout has 320",
    ]


def test_letters_beyond_ascii_in_every_encoding(tmp_path: Path) -> None:
    long = "Made thing of Caf\u00e9 \u00ae, 5 mg"
    made = "\n".join(lines(changed(RELEASE, "B0001", long=long)))
    for encoding in ("latin-1", "cp1252", "utf-8", "utf-8-sig"):
        release = read(write(tmp_path / f"{NAME}.txt", made.encode(encoding)))
        assert next(record.long for record in records(release) if record.code == "B0001") == long
        assert len(release.findings) == (encoding == "utf-8-sig")
    windows = csv_bytes(rows(changed(RELEASE, "B0001", long="a mother\u2019s milk")), "cp1252")  # no letter of Latin-1
    assert "a mother\u2019s milk" in {record.long for record in records(read(write(tmp_path / f"{NAME}.csv", windows)))}
    table = csv_bytes(rows(changed(RELEASE, "B0001", long=long + "\u0081")), "latin-1")  # no letter of cp1252
    assert long + "\u0081" in {record.long for record in records(read(write(tmp_path / f"{NAME}.csv", table)))}


def test_a_blank_action_day_and_a_lost_character(tmp_path: Path) -> None:
    codes = changed(changed(RELEASE, "B0001", acted=""), "C0001", long="Made thing of letter \N{REPLACEMENT CHARACTER}")
    release = read(write(tmp_path / f"{NAME}.csv", csv_bytes(rows(codes), "utf-8")))
    assert isinstance(release, HcpcsRelease)
    assert next(record for record in release.records if record.code == "B0001").action_day is None
    assert [(finding.code, finding.left_out) for finding in release.findings] == [("", False), ("C0001", False)]
    assert "lost" in release.findings[0].what


@pytest.mark.parametrize(
    ("code", "fields", "what"),
    [
        ("J0003", {"first": ""}, "ADD DT is blank"),
        ("J0003", {"first": "20251301"}, "ADD DT '20251301' is no date"),
        ("J0003", {"first": "10/1/25"}, "ADD DT '10/1/25' is no date"),
        ("J0003", {"last": "20250930"}, "TERM DT 2025-09-30 is before ADD DT 2025-10-01"),
        ("J0003", {"more": {"RECID": "7"}}, "HCPC 'J0003' is no modifier"),
        ("A1", {"more": {"RECID": "3"}}, "HCPC 'A1' is no code"),
        ("J0003", {"more": {"RECID": "5"}}, "RECID '5' is not 3, 4, 7 or 8"),
        ("J0003", {"more": {"SEQNUM": "0020"}}, "SEQNUM '0020' of a first record"),
        ("J0003", {"more": {"SEQNUM": "one"}}, "SEQNUM 'one' of a first record"),
        ("J0003", {"long": " ", "short": "made"}, "a description is blank"),
        ("J0003", {"more": {"SHORT DESCRIPTION": " "}}, "a description is blank"),
        ("J0003", {"short": "twenty-nine characters are one"}, "SHORT DESCRIPTION has 30 characters"),
        ("J0003", {"code": "J0001"}, "more than one first record"),
        ("J0003", {"more": {"RECID": "4", "SEQNUM": "0020"}}, "does not stand behind its first record"),
    ],
)
def test_a_damaged_row_is_told_and_left_out(
    code: str, fields: dict[str, object], what: str, tmp_path: Path, intact: list[HcpcsRecord]
) -> None:
    path = write(tmp_path / f"{NAME}.csv", rows(changed(RELEASE, code, **fields)))
    release = read(path)
    assert release.left_out and any(what in str(finding) for finding in release.left_out)
    good = {record.code: record for record in intact}
    assert all(record == good[record.code] and record.code != code for record in records(release))


def test_a_row_without_a_code_is_told_beside_one_cut_short(tmp_path: Path) -> None:
    table = rows(changed(RELEASE, "J0003", code=" "))
    table[5] = table[5][:20]
    release = read(write(tmp_path / f"{NAME}.csv", table))
    assert [str(finding).partition(": ")[2] for finding in release.left_out] == [
        "the row is cut short: 20 of 48 cells; left out",
        "HCPC '' is no code, which RECID 3 says it is; left out",
    ]


@pytest.mark.parametrize("fields", [{"coverage": "X"}, {"action": "X"}])
def test_a_letter_that_the_layout_has_not_is_noted(fields: dict[str, object], tmp_path: Path) -> None:
    release = read(write(tmp_path / f"{NAME}.csv", rows(changed(RELEASE, "J0003", **fields))))
    assert [finding.left_out for finding in release.findings] == [False] and len(release.records) == len(RELEASE)
    assert "'X'" in release.findings[0].what and "is not in the layout" in release.findings[0].what


def test_lines_that_are_no_records(tmp_path: Path, intact: list[HcpcsRecord]) -> None:
    made = lines(RELEASE)
    i = next(i for i, line in enumerate(made) if line.startswith("J0002") and line[10] == "4")  # the second of three
    good = {record.code: record for record in intact}
    damaged: dict[str, tuple[list[str], set[str], str]] = {
        "cut head": ([*made[: i - 1], made[i - 1][:250], *made[i:]], {"J0002"}, "has 250 columns"),
        "cut text": ([*made[:i], made[i][:60], *made[i + 1 :]], {"J0002"}, "has 60 columns"),
        "joined": ([*made[: i - 2], made[i - 2] + made[i - 1], *made[i:]], {"J0001", "J0002"}, "has 640 columns"),
        "shifted": ([*made[:i], " " + made[i], *made[i + 1 :]], {"J0002"}, "is no record"),
        "behind": ([*made[:i], made[i][:200] + "9" + made[i][201:], *made[i + 1 :]], {"J0002"}, "something behind"),
        "missing": (made[:i] + made[i + 1 :], {"J0002"}, "a line is missing"),
        "swapped": ([*made[:i], made[i + 1], made[i], *made[i + 2 :]], {"J0002"}, "out of order"),
        "blank": ([*made[: i + 1], " " * 320, "", *made[i + 1 :]], {"J0002"}, "a blank line stands behind it"),
        "astray": (made[:i] + made[i + 1 :] + [made[i]], {"J0002", "V5364"}, "is not its own follows"),
        "no beginning": (
            ["x", *made],
            set(),
            "row 1: the file begins with neither a record nor CMS's disclaimers: 'x'",
        ),
        "no head": (made[i:], set(), "does not stand behind its first record"),
        "kind": ([*made[:i], made[i][:10] + "8" + made[i][11:], *made[i + 1 :]], {"J0002"}, "behind its first record"),
    }
    for name, (text, lost, what) in damaged.items():
        release = read(write(tmp_path / f"{name} {NAME}.txt", text))
        assert any(what in str(finding) for finding in release.findings), name
        assert all(record == good[record.code] and record.code not in lost for record in records(release)), name


def many(n: int = 60) -> list[Code]:
    """A whole release with enough records for shares of them to mean something."""
    made = [
        Code(f"G{i:04}", f"Made service number{i:04}", acted="20250101", last="20241231" if i % 4 == 0 else "", more={})
        for i in range(2, n)
    ]
    at = next(i for i, code in enumerate(RELEASE) if code.code == "H0001")
    return RELEASE[:at] + made + RELEASE[at:]


def swapped(codes: Sequence[Code], one: str, other: str) -> list[list[str]]:
    table = rows(codes)
    i, j = HEADINGS.index(one), HEADINGS.index(other)
    for row in table[1:]:
        row[i], row[j] = row[j], row[i]
    return table


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("HCPC", "ADD DT", "rows are damaged"),
        ("ADD DT", "TERM DT", "rows are damaged"),
        ("ADD DT", "ACT EFF DT", "ADD DT is later than ACT EFF DT"),
        ("TERM DT", "ACT EFF DT", "TERM DT is given"),
        ("COV", "ACTION CD", "COV or ACTION CD is a letter"),
        ("SEQNUM", "RECID", "rows are damaged"),
        ("LONG DESCRIPTION", "ADD DT", "rows are damaged"),
    ],
)
def test_swapped_columns_are_refused(one: str, other: str, why: str, tmp_path: Path) -> None:
    assert not read(write(tmp_path / f"{NAME}.csv", rows(many()))).findings
    with pytest.raises(CmsFileError, match=why):
        read(write(tmp_path / f"{NAME}.csv", swapped(many(), one, other)))


def test_a_column_that_was_sorted_alone_is_refused(tmp_path: Path) -> None:
    table = rows(many())
    short = HEADINGS.index("SHORT DESCRIPTION")
    for i, row in enumerate(table[1:]):
        row[short] = f"Other {i}"
    with pytest.raises(CmsFileError, match="share no word"):
        read(write(tmp_path / f"{NAME}.csv", table))
    codes = many(250)
    assert sum(code.last != "" for code in codes) >= 50
    assert len(records(read(write(tmp_path / f"{NAME}.csv", rows(codes))))) == len(codes)
    codes = [replace(code, acted="20250601") if code.last else code for code in codes]
    with pytest.raises(CmsFileError, match="TERM DT is not the day before ACT EFF DT"):
        read(write(tmp_path / f"{NAME}.csv", rows(codes)))


def test_blank_action_days_throughout_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CmsFileError, match="ACT EFF DT is blank"):
        read(write(tmp_path / f"{NAME}.csv", rows([replace(code, acted="", last="") for code in many()])))


def test_many_damaged_rows_are_refused(tmp_path: Path) -> None:
    codes = [replace(code, first="") if code.code < "G0020" else code for code in many()]
    with pytest.raises(CmsFileError, match=r"of 78 rows are damaged .*'ADD DT is blank'.*download it again"):
        read(write(tmp_path / f"{NAME}.csv", rows(codes)))


def test_a_part_of_a_release_says_so(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.txt"
    release = read(write(path, lines(RELEASE[2:12])))
    assert not release.whole and str(release).endswith("2 notes, NOT WHOLE")
    assert told(path)[0].startswith("the file: no modifiers and no L, M, P, Q, R, S, T, V codes")
    assert told(path)[1].endswith("the file ends here: its description may go on")
    assert "where releases run to V5364" in told(write(path, lines(changed(RELEASE, "V5364", code="V0001"))))[0]
    assert "not in the order of their codes" in told(write(path, lines(RELEASE[::-1])))[0]


def test_a_column_that_is_not_needed_may_be_missing_and_is_told(tmp_path: Path) -> None:
    at = HEADINGS.index("XREF1")
    release = read(write(tmp_path / f"{NAME}.csv", [row[:at] + row[at + 1 :] for row in rows(RELEASE)]))
    assert [str(finding) for finding in release.findings] == [
        "the file: the columns XREF1 are missing, and blank in every record"
    ]


@pytest.mark.parametrize("heading", [*HEADINGS[:5], "COV", "ADD DT", "ACT EFF DT", "TERM DT", "ACTION CD"])
def test_a_missing_column_and_one_that_stands_twice_are_refused(heading: str, tmp_path: Path) -> None:
    at = HEADINGS.index(heading)
    with pytest.raises(CmsFileError, match=rf"{NAME}\.csv row 1: the column {heading} is missing"):
        read(write(tmp_path / f"{NAME}.csv", [row[:at] + row[at + 1 :] for row in rows(RELEASE)]))
    with pytest.raises(CmsFileError, match=rf"row 8: two columns have the heading '{heading}'"):
        read(write(tmp_path / f"{NAME}.csv", [[*row, row[at]] for row in rows(RELEASE, 7)]))


def test_a_name_that_says_no_release_or_another_one(tmp_path: Path) -> None:
    assert told(write(tmp_path / "codes.txt", lines(RELEASE))) == [
        "the file: its name does not say which release it is; its days reach October 2025"
    ]
    assert "of which quarter it does not say" in str(read(tmp_path / "codes.txt"))
    assert told(write(tmp_path / "HCPC2019_ANWEB.txt", lines(RELEASE))) == [
        "the file: its name says 2019, and its days reach October 2025: it is taken for October 2019"
    ]
    assert (
        read(tmp_path / "codes.txt", read(write(tmp_path / f"{NAME}.txt", lines(RELEASE))).quarter).quarter is not None
    )


@pytest.mark.parametrize(
    ("name", "day", "quarter"),
    [
        ("HCPC2020_ANWEB_w_disclaimer", "20200101", "January 2020"),
        ("HCPC2020_ANWEB_w_disclaimer", "20200401", "April 2020"),
        ("HCPC2020_Corrections_Alpha", "20200701", "July 2020"),
        ("HCPC20_CONTR_ANWEB", "20201001", "October 2020"),
        ("HCPC2020_ANWEB", "20191001", "October 2019"),
        ("HCPC2020_OCT_ANWEB", "20201001", "October 2020"),
        ("HCPC2020_OCT_ANWEB", "20200101", "January 2020"),
        ("HCPC2020_JUL_ANWEB", "20200401", "April 2020"),
        ("HCPC2020_JUL_ANWEB", "20201001", "July 2020"),
    ],
)
def test_a_release_is_of_no_later_quarter_than_its_days_reach(
    name: str, day: str, quarter: str, tmp_path: Path
) -> None:
    """Three releases of 2020 have the year alone in their names; a January that somebody calls October is January's."""
    release = read(write(tmp_path / f"{name}.csv", rows(of_day(day))))
    assert str(release.quarter) == quarter
    as_named = {("HCPC2020_ANWEB_w_disclaimer", "20200101"), ("HCPC2020_OCT_ANWEB", "20201001")}
    assert bool(release.findings) is ((name, day) not in as_named)


def of_day(day: str) -> list[Code]:
    """A whole release in which something begins on a day, of which much happened in the year before, and which
    announces one code for the year after."""
    before, after = f"{int(day[:4]) - 1}{day[4:]}", f"{int(day[:4]) + 1}{day[4:]}"
    made = [replace(one, first="20040101", last="", acted="20040101", action="N") for one in RELEASE]
    usual = [Code(f"J7{i:03}", f"Injection, old {i}, 1 mg", first=before, acted=before) for i in range(300)]
    new = [Code(f"J8{i:03}", f"Injection, new {i}, 1 mg", first=day, acted=day) for i in range(120)]
    return sorted([*made, *usual, *new, Code("J9000", "Injection, next, 1 mg", first=after, acted=after)],
                  key=lambda one: (not one.modifier, one.code))  # fmt: skip


@pytest.mark.parametrize("above", [
    ["***Disclaimers", "", "-- Inclusion or exclusion of a procedure does not imply coverage."],
    ["Disclaimers", "", "Inclusion or exclusion of a thing does not imply coverage."],
    ['"***Disclaimers', "", "- Brand names are for indexing.\""],
    ["", "", " DISCLAIMER: Inclusion of a code is no coverage."],
    ["HCPCS 2020 Alpha-Numeric File", "A disclaimer stands here."],
    ["CPT codes, Copyright 2019 American Medical Association."],
    ["Certain codes are ADA's; copyright 2024."],
])  # fmt: skip
def test_disclaimers_in_the_words_of_several_years(above: list[str], tmp_path: Path) -> None:
    path = write(tmp_path / f"{NAME}.txt", [*above, "", *lines(RELEASE)])
    assert told(path) == [] and len(read(path).left_out) == 0


def test_a_quarter_that_is_said_is_not_later_than_every_day(tmp_path: Path) -> None:
    path = write(tmp_path / "codes.csv", rows(of_day("20200101")))
    assert read(path, Quarter(dt.date(2020, 1, 1), dt.date(2020, 3, 31))).findings == ()
    with pytest.raises(
        CmsFileError, match=r"codes\.csv: the newest day in it is 2021-01-01: .*January 2020, and not of"
    ):
        read(path, Quarter(dt.date(2021, 4, 1), dt.date(2021, 6, 30)))


def test_a_part_is_of_the_quarter_that_its_name_says(tmp_path: Path) -> None:
    """A part verifies nothing, and what is new in its quarter may be in the rest."""
    path = write(tmp_path / "HCPC2020_OCT_ANWEB.csv", rows([one for one in of_day("20200101") if one.code[0] == "J"]))
    assert str(read(path).quarter) == "October 2020"
    assert (
        "the file: its name says October 2020, and its days reach January 2020: it is taken for October 2020"
        in told(path)
    )


def damage(text: str, draw: Callable[[st.SearchStrategy[int]], int]) -> bytes:
    """The text of a release after one of the accidents that happen to files."""
    made = text.split("\r\n")[:-1]
    kind, i, j = draw(st.integers(0, 8)), draw(st.integers(0, len(made) - 1)), draw(st.integers(0, 319))
    if kind == 0:
        return text[: draw(st.integers(0, len(text)))].encode("latin-1")
    if kind == 1:
        random.Random(i * 320 + j).shuffle(made)
    elif kind == 2:
        k = draw(st.integers(0, len(made) - 1))
        made[i], made[k] = made[k], made[i]
    elif kind == 3:
        made[i] = made[i][:j]
    elif kind == 4:
        made[i] = made[i][:j] + made[i][j + 1 :]  # everything behind moves to the left
    elif kind == 5:
        made[i] = made[i][:j] + "\N{LATIN SMALL LETTER E WITH ACUTE}" + made[i][j:]
        return ("\r\n".join(made) + "\r\n").encode(("utf-8", "utf-16", "latin-1", "utf-8-sig")[j % 4])
    elif kind == 6:
        made.insert(i, made[draw(st.integers(0, len(made) - 1))])
    elif kind == 7:
        made = made[i:] + made[:i]
    else:
        made[i] = " " * 320
    return ("\r\n".join(made) + "\r\n").encode("latin-1")


@times(3)
@given(st.data())
def test_no_accident_gives_a_wrong_record_in_silence(
    tmp_path_factory: pytest.TempPathFactory, intact: list[HcpcsRecord], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("accident") / f"{NAME}.txt"
    path.write_bytes(damage("\r\n".join(lines(RELEASE)) + "\r\n", data.draw))
    good = {record.code: record for record in intact}
    try:
        release = read(path)
    except CmsFileError as error:
        assert path.name in str(error)
        return
    if records(release) != intact:
        assert release.findings
    if not release.findings:
        assert release.whole
    suspects = {finding.code for finding in release.findings}
    for record in records(release):
        assert record == good.get(record.code) or record.code in suspects, record
