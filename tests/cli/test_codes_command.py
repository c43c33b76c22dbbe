"""``xl-infusion codes`` as a biller uses it, from CMS's file to the claim that it changes."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.frozen_reference import curated
from tests.reference.cms.made import CROSSED, PRICED, Code, crosswalk, prices, write
from tests.reference.editions import cut_off, quarter, with_imported
from tests.reference.update.releases import codes_of, drug, ended, file
from tests.test_end_to_end import typed
from xl_infusion.cli import _out, app
from xl_infusion.reference import current, load, look_up, using
from xl_infusion.reference import editions as editions_module
from xl_infusion.reference.editions import VARIABLE, Editions, chosen
from xl_infusion.reference.imported import NDC
from xl_infusion.reference.tables import TABLES

CODES_THAT_SHIP = load()
SHIPPED = CODES_THAT_SHIP.edition


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editions:
    """The user's folder, in which the codes of the end of 2024 are in use."""
    found = Editions(str(tmp_path / "codes"))
    found.add("2024-12", {**{name: curated(name) for name in TABLES}, **cut_off(dt.date(2024, 12, 31))})
    found.use("2024-12")
    monkeypatch.setenv(VARIABLE, found.where)
    return found


def run(*arguments: object) -> Result:
    return CliRunner().invoke(
        app, ["codes", *(str(argument) for argument in arguments)], env={"COLUMNS": "200", "NO_COLOR": "1"}
    )


def vancomycin(store: Editions) -> list[Code]:
    return [
        *ended(codes_of(load(chosen(store.where))), "J3370", "20250630"),
        drug("J3373", "vancomycin hydrochloride, 10 mg", "20250701"),
    ]


def program(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The program itself, which reads the codes in use anew."""
    return subprocess.run(
        [sys.executable, "-m", "xl_infusion.cli", *map(str, arguments)], capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
    )  # fmt: skip


def anew(*arguments: object) -> Result:
    """The same in this process, which has read other codes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(look_up, "_chosen", cache(lambda: load(chosen())))  # read once, as by a process
        return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "200", "NO_COLOR": "1"})


@pytest.mark.slow
def test_an_update_from_the_file_to_the_filled_workbook_and_back(store: Editions, tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", dt.datetime(2025, 7, 5))
    before = program("fill", book, "--show").stdout
    assert "J3370" in before and "J3373" not in before and "STALE" in before
    release = file(tmp_path, vancomycin(store))
    found = run("update", release, "--workbook", book)
    assert found.exit_code == 0, found.output
    for text in (
        "HCPCS release, October 2025",
        "compared with the codes 2024-12: verified through 2025-12-31, not 2024-12-31",
        "vancomycin: last day 2025-06-30, then J3373; a unit was 500 mg and is 10 mg",
        "vancomycin: from 2025-07-01; a unit is 10 mg",
        "book.xlsx: it touches 1 order",
        "J3370 x 4 (2025-07-05 to 2025-07-05)",
        "J3373 x 200 (2025-07-05 to 2025-07-05)",
        "is in use, verified through 2025-12-31",
        "xl-infusion codes use 2024-12",
    ):
        assert text in found.output, text
    assert store.in_use == "2025-10"
    assert "codes 2025-10, verified through 2025-12-31" in program("--version").stdout
    after = program("fill", book, "--show").stdout
    assert "J3373" in after and "200" in after and "STALE" not in after
    assert "2024-12" in run("use", "2024-12").output
    assert "J3373" not in program("fill", book, "--show").stdout


def test_a_dry_run_writes_nothing(store: Editions, tmp_path: Path) -> None:
    found = run("update", file(tmp_path, vancomycin(store)), "--dry-run")
    assert found.exit_code == 0 and "the edition 2025-10 was not written" in found.output
    assert (store.names, store.in_use) == (["2024-12"], "2024-12")


def test_the_folder_of_an_unpacked_zip_is_an_update_as_its_file_is(store: Editions, tmp_path: Path) -> None:
    unpacked = tmp_path / "2025-october-hcpcs"
    unpacked.mkdir()
    file(unpacked, vancomycin(store))
    (unpacked / "recordlayout.txt").write_text("Field 1-5 the code\n")
    found = run("update", unpacked)
    assert found.exit_code == 0, found.output
    assert "recordlayout.txt is none of CMS's code files: left out" in found.output
    assert "vancomycin: last day 2025-06-30, then J3373" in found.output and store.in_use == "2025-10"


def test_a_second_import_of_a_file_says_that_nothing_is_new(store: Editions, tmp_path: Path) -> None:
    release = file(tmp_path, vancomycin(store))
    assert run("update", release).exit_code == 0
    found = run("update", release)
    assert found.exit_code == 0 and "nothing is new: the edition 2025-10 was made from these files" in found.output
    assert store.names == ["2024-12", "2025-10"]


def test_the_edition_that_was_made_before_of_the_same_is_named(store: Editions, tmp_path: Path) -> None:
    """Back at the codes before, the same update again would make the edition that is there."""
    release = file(tmp_path, vancomycin(store))
    assert run("update", release).exit_code == 0 and run("use", "2024-12").exit_code == 0
    found = run("update", release)
    said = found.output.replace("\n", " ")
    assert found.exit_code == 0 and "2025-10 was made so already: xl-infusion codes use 2025-10" in said
    assert (store.names, store.in_use) == (["2024-12", "2025-10"], "2024-12")


def test_a_part_in_a_folder_is_left_out_and_taken_with_part(store: Editions, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    codes = vancomycin(store)
    file(folder, codes)
    file(folder, [one for one in codes if one.code[0] == "J"], "HCPC2026_JAN_ANWEB_part.csv")
    found = run("update", folder, "--dry-run")
    assert found.exit_code == 0 and "HCPC2026_JAN_ANWEB_part.csv is not whole: left out; --part" in found.output
    found = run("update", folder, "--dry-run", "--part")
    assert found.exit_code == 0 and "HCPC2026_JAN_ANWEB_part.csv is a part" in found.output.replace("\n", " ")


def test_a_refused_file_among_good_ones_leaves_everything_as_it_is(store: Editions, tmp_path: Path) -> None:
    release = file(tmp_path, vancomycin(store))
    bad = tmp_path / "asp.csv"
    bad.write_text("Code,Price\nJ3373,1\n")
    cut = tmp_path / "HCPC2025_JUL_ANWEB.csv"
    whole = release.read_bytes()
    cut.write_bytes(whole[: whole.rindex(b"\n", 0, len(whole) // 2)])
    for files, status, says in [
        ([release, bad], 4, "it is no HCPCS release"),
        ([release, tmp_path / "none.zip"], 3, "none.zip: No such file"),
        ([cut], 4, "download it again, or take it as a part with --part"),
        ([release, "--workbook", bad], 4, "asp.csv"),
        ([release, "--quarter", "2025-11"], 2, "name its first month"),
        ([release, "--into", bad], 3, "the codes in use stay as they were"),
    ]:
        found = run("update", *files)
        assert (found.exit_code, store.names, store.in_use) == (status, ["2024-12"], "2024-12"), found.output
        assert says in found.output.replace("\n", " "), found.output


def test_an_update_that_is_interrupted_leaves_the_codes_in_use(
    store: Editions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(editions_module.os, "rename", failing)
    found = run("update", file(tmp_path, vancomycin(store)))
    assert (
        found.exit_code == 3
        and "No space left on device; the codes in use stay as they were" in found.output.replace("\n", " ")
    )
    assert (store.names, store.in_use) == (["2024-12"], "2024-12")


def test_a_part_and_a_file_without_its_name(store: Editions, tmp_path: Path) -> None:
    part = [one for one in vancomycin(store) if one.code[0] == "J"]
    nameless = file(tmp_path, part, "codes.csv")
    assert "say it with --quarter" in run("update", nameless, "--part").output.replace("\n", " ")
    found = run("update", nameless, "--part", "--quarter", "2025-10")
    assert found.exit_code == 0 and "the codes are verified no further than before" in found.output
    assert load(chosen(store.where)).drug("vancomycin", dt.date(2025, 7, 1)).code == "J3373"


def test_each_of_several_files_has_its_quarter(store: Editions, tmp_path: Path) -> None:
    """Prices say it of themselves; two releases without a name of CMS's are told apart by --quarter alone."""
    asp = write(tmp_path / "asp.csv", prices(*PRICED))
    one, other = (file(tmp_path, vancomycin(store), name) for name in ("one.csv", "other.csv"))
    found = run("update", one, asp, other, "--quarter", f"{one}=2025-10", "--quarter", "other.csv=2025-07", "--dry-run")
    assert found.exit_code == 0, found.output
    assert "one.csv: HCPCS release, October 2025" in found.output
    assert "other.csv: HCPCS release, July 2025" in found.output
    (tmp_path / "down").mkdir()
    for path in (one, other):
        path.rename(tmp_path / "down" / path.name)
    found = run(
        "update", tmp_path / "down", "--quarter", "one.csv=2025-10", "--quarter", "other.csv=2025-07", "--dry-run"
    )
    assert "one.csv: HCPCS release, October 2025" in found.output and "other.csv: HCPCS release, July" in found.output
    one, other = tmp_path / "down" / "one.csv", tmp_path / "down" / "other.csv"
    for given, says in [
        (["2025-10"], "--quarter '2025-10' does not say of which file: give --quarter FILE=2025-10"),
        (["third.csv=2025-10"], "names none of the 2 files"),
        (["one.csv=2025-10", "one.csv=2025-07"], "is given twice"),
        (["one.csv=2026-01"], "one.csv: the newest day in it is 2025-10-01: it is of October 2025, and not of January 2026"),
    ]:  # fmt: skip
        found = run("update", one, other, *(text for one in given for text in ("--quarter", one)))
        assert found.exit_code == (4 if "one.csv: the" in says else 2) and says in " ".join(found.output.split())
    assert store.names == ["2024-12"]


def test_a_folder_of_a_team(store: Editions, tmp_path: Path) -> None:
    team = tmp_path / "team"
    found = run("update", file(tmp_path, vancomycin(store)), "--into", team)
    assert found.exit_code == 0 and f"set {VARIABLE}={team}" in found.output.replace("\n", "")
    assert store.in_use == "2024-12" and Editions(str(team)).in_use == "2025-10"
    assert "2025-10" in run("editions", "--into", team).output
    assert run("use", "bundled", "--into", team).exit_code == 0
    assert Editions(str(team)).in_use == "bundled"


def test_what_was_read_and_left_out_is_said(store: Editions, tmp_path: Path) -> None:
    wrong = [(*CROSSED[0][:3], f"99999-1000-0{i}", *CROSSED[0][4:9], "7") for i in range(5)]
    files = [write(tmp_path / "asp.csv", prices(*PRICED)), write(tmp_path / "walk.csv", crosswalk(*CROSSED, *wrong))]
    found = run("update", *files, "--dry-run").output
    assert "4 codes, 3 with a payment limit, 1 note" in found and "5 rows left out" in found
    assert found.count("it contradicts itself") == 3 and "and 2 more rows left out: --all shows them" in found
    assert run("update", *files, "--dry-run", "--all").output.count("it contradicts itself") == 5
    assert "no code of the reference changes" in found


def test_long_reports_are_cut_and_shown_with_all(store: Editions, tmp_path: Path) -> None:
    codes = [*vancomycin(store), *(drug(f"J99{i:02}", f"newmab{i}, 5 mg", "20250401") for i in range(20))]
    path = file(tmp_path, codes)
    short, long = run("update", path, "--dry-run").output, run("update", path, "--dry-run", "--all").output
    assert "more: --all shows them" in short and "J9919" not in short and "J9919" in long
    assert "they are billed by their code or the name here" in short


def test_codes_that_are_to_be_decided_say_what_to_do(store: Editions, tmp_path: Path) -> None:
    codes = [one for one in vancomycin(store) if one.code != "J1335"]
    path = file(tmp_path, [*codes, drug("J9901", "meropenem, 50 mg", "20250401")])
    found = run("update", path, "--dry-run").output
    assert "add them to the workbook's Own codes" in found and "look up in CMS's list whether they ended" in found


def test_a_workbook_that_is_not_touched(store: Editions, tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", dt.datetime(2013, 5, 1))
    found = run("update", file(tmp_path, vancomycin(store)), "--workbook", book, "--dry-run")
    assert "book.xlsx: no line of its claims changes" in found.output


def test_diff_of_editions_and_of_releases(store: Editions, tmp_path: Path) -> None:
    release = file(tmp_path, vancomycin(store))
    run("update", release)
    for old, new in (("2024-12", "2025-10"), (os.path.join(store.where, "2024-12"), "2025-10")):
        found = run("diff", old, new)
        assert found.exit_code == 0 and "vancomycin: last day 2025-06-30, then J3373" in found.output, found.output
        assert "vancomycin: from 2025-07-01; a unit is 10 mg" in found.output and "made-up" in found.output
    assert "no code of the reference changes" in run("diff", "bundled", SHIPPED.edition).output
    older = file(tmp_path, codes_of(load(store.read("2024-12"))), "HCPC2025_JUL_ANWEB.csv")
    found = run("diff", older, release)
    assert found.exit_code == 0 and "J3373" in found.output and "HCPCS release, July 2025" in found.output
    asp = write(tmp_path / "asp.csv", prices(*PRICED))
    for arguments, says in [
        (("2024-12", release), "give two of a kind"), (("2024-12", "2030-01"), "'2030-01' is not in"),
        ((asp, release), "is no HCPCS release"),
    ]:  # fmt: skip
        found = run("diff", *arguments)
        assert found.exit_code == (3 if "is not in" in says else 4), found.output
        assert says in found.output.replace("\n", " "), found.output


def test_history_of_a_code(store: Editions, tmp_path: Path) -> None:
    assert "no imported release lists it" in run("history", "j3370").output
    asp = write(tmp_path / "asp.csv", prices(*PRICED, ("J3370", "Vancomycin", "500 MG", "2.5", "20", "Note"),
                                             ("S9502", "Made", "1 EA", "N/A", "20", "")))  # fmt: skip
    run("update", file(tmp_path, vancomycin(store)), asp)
    found = " ".join(run("history", "J3370").output.split())
    for text in ("1986-01-01", "2025-06-30", "J3373", "500 mg", "Injection, vancomycin", "limit 2.5 dollars; Note"):
        assert text in found, found
    assert "no payment limit" in run("history", "S9502").output
    assert run("history", "SH").exit_code == 0 and run("history", "99601").exit_code == 0
    assert "J0003" in run("history", "J0002").output  # a code that only the release knows
    assert run("history", "Z9").exit_code == 1


def test_check_says_how_the_codes_stand(store: Editions, tmp_path: Path) -> None:
    found = run("check", "--date", "2025-07-05")
    assert found.exit_code == 1
    for text in (
        "186 days before 2025-07-05",
        "codes are not verified since 2025-01-01: CMS's releases of January 2025, April 2025 and July 2025 are missing",
        "on the .zip or the folder as it was downloaded",
        "none imported",
        f"the package ships codes that are verified through {SHIPPED.verified_through}",
    ):
        assert text in found.output.replace("\n", " "), found.output
    asp = write(tmp_path / "asp.csv", prices(*PRICED))
    run("update", file(tmp_path, vancomycin(store)), asp)
    found = run("check", "--date", "2025-12-31")
    assert found.exit_code == 0 and "today is within" in found.output and "limits: October 2025" in found.output
    assert run("check", "--date", "soon").exit_code == 2
    assert run("check").exit_code == (1 if dt.date.today() > dt.date(2025, 12, 31) else 0)


def test_editions_are_listed_with_what_they_are_made_of(store: Editions, tmp_path: Path) -> None:
    release = file(tmp_path, vancomycin(store))
    run("update", release)
    (Path(store.where) / "2024-12" / "edition.json").write_text("{")
    found = run("editions").output
    assert f"bundled ({SHIPPED.edition})" in found and release.name in found and "in use" in found
    assert "it is not the description of an edition" in " ".join(found.split())


@pytest.mark.slow
def test_an_edition_that_was_changed_answers_nothing(store: Editions, tmp_path: Path) -> None:
    """Every cell is an error, every command says why, and no other edition answers in its place."""
    run("update", file(tmp_path, vancomycin(store)))
    table = Path(store.where) / "2025-10" / "drugs.csv"
    table.write_text(table.read_text().replace(",10,mg,", ",100,mg,"))
    book = typed(tmp_path / "book.xlsx", dt.datetime(2025, 7, 5))
    bytes_before = book.read_bytes()
    for arguments in (("fill", book), ("codes", "use", "2025-10"), ("--version",)):
        done = program(*arguments)
        assert done.returncode == 8, (arguments, done)
        assert "it was changed after the edition was made" in done.stderr.replace("\n", " ")
    for arguments in [
        ("new", tmp_path / "new.xlsx"), ("codes", "find", "J3373"), ("codes", "check"), ("codes", "history", "J3373"),
        ("codes", "update", tmp_path / "HCPC2025_OCT_ANWEB.csv"), ("codes", "update", tmp_path / "none.csv"),
        ("codes", "units", tmp_path / "HCPC2025_OCT_ANWEB.csv"), ("report", book), ("lite", tmp_path / "lite"),
        ("server", tmp_path / "server"), ("excel", "build", "--to", tmp_path),
    ]:  # fmt: skip
        found = anew(*arguments)
        assert found.exit_code == 8, (arguments, found.output)
        assert "it was changed after the edition was made" in found.output.replace("\n", " ")
    assert book.read_bytes() == bytes_before
    cell = subprocess.run(
        [sys.executable, "-c", "from xl_infusion import *; a = JCODE('vanco'); b = CODES(); print(a, b, a.message)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert cell.stdout.startswith("#N/A #N/A") and "it was changed" in cell.stdout
    assert run("use", "2024-12").exit_code == 0
    assert program("fill", book).returncode == 0


def test_units_of_a_release(store: Editions, tmp_path: Path) -> None:
    codes = [*codes_of(current()), drug("J9901", "made-up, per dose", "20240101"),
             *(drug(f"J98{i:02}", f"made-up {i}, per vial", "20240101") for i in range(15))]  # fmt: skip
    path = file(tmp_path, codes)
    asp = write(tmp_path / "asp.csv", prices(*PRICED, ("J2185", "Made", "50 MG", "1", "20", "")))
    run("use", "bundled")
    found = run("units", path, asp)
    assert found.exit_code == 0, found.output
    assert "it counts by the vial, not by an amount" in found.output and "more: --all shows them" in found.output
    assert "1 say it otherwise, 1 of them unexplained" in found.output and "the ASP file: 50 MG" in found.output
    assert "it counts by the dose" in run("units", path, "--all").output
    assert run("units", asp).exit_code == 4
    assert run("units", tmp_path / "none").exit_code == 3


def test_use_says_what_cannot_be_chosen(store: Editions) -> None:
    found = run("use", "2030-01")
    assert found.exit_code == 3 and "which has 2024-12, bundled" in found.output.replace("\n", " ")
    assert run("use", SHIPPED.edition).exit_code == 0 and store.in_use == "bundled"  # the name of the bundled edition
    store_file = Path(store.where) / "in_use"
    store_file.unlink()
    store_file.mkdir()
    assert run("use", "bundled").exit_code in (3, 8)
    assert run("editions").exit_code == 8 and run("diff", "bundled", "bundled").exit_code == 0


def test_an_edition_says_its_files_with_their_sums(store: Editions, tmp_path: Path) -> None:
    import hashlib

    release = file(tmp_path, vancomycin(store))
    run("update", release)
    edition = json.loads((Path(store.where) / "2025-10" / "edition.json").read_text())
    (imported,) = edition["imported"]
    assert imported["file"] == release.name
    assert imported["sha256"] == hashlib.sha256(release.read_bytes()).hexdigest()
    assert edition["based_on"] == "2024-12"


def find(*arguments: object, columns: int = 80) -> Result:
    """``codes find`` in a terminal, over the codes that ship."""
    with using(CODES_THAT_SHIP), pytest.MonkeyPatch.context() as patch:
        patch.setattr(_out.out, "width", columns)
        return CliRunner().invoke(app, ["codes", "find", *map(str, arguments)], env={"NO_COLOR": "1"})


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("Keytruda", ("J9271", "C9027 (1 mg) from 2015-01-01 through 2015-12-31, J9271 (1 mg) from")),  # a brand
        ("J2516", ("pentamidine: S0080 (300 mg) from 2000-01-01 through 2025-12-31, J2516 (1 mg)",)),  # what was before
        ("S0080", ("J2516 (1 mg) from 2026-01-01", "J2516: CMS HCPCS Level II release, January 2026")),  # and after
        ("anti-TNF", ("S9359", "J1745", "Q5103")),  # a therapy
        ("B4034", ("(a unit is one day) from 1986-01-01",)),
        ("ingliximab-dyyb", ("did you mean infliximab-dyyb?",)),
    ],
)  # fmt: skip
def test_find_looks_through_every_drug_and_tells_what_billed_it(query: str, texts: tuple[str, ...]) -> None:
    found = find(query)
    assert found.exit_code == ("did you mean" in texts[0])
    said = " ".join(found.output.split())
    assert [text for text in texts if text not in said] == []
    assert max(map(len, found.output.splitlines())) <= 80 or found.exit_code


def test_find_has_what_home_infusion_bills_first() -> None:
    output = find("infliximab", columns=120).output
    assert output.index("J1745") < output.index("Q5103") and "listed drug" in output
    assert find("infliximab", "--kind", "listed drug").output.count("J1745") == 0
    assert " from " not in find("an", "--kind", "drug").output  # of many drugs no history
    assert "no code of the reference" in find("+++").output
    assert find("Keytruda", "--date", "2015-06-01").output.count("J9271") == 1  # a successor; no history of a day
    assert "matches 'Keytruda' on 1999-01-01" in find("Keytruda", "--date", "1999-01-01").output
    assert find("Keytruda", "--kind", "gadget").exit_code == 2


def test_find_by_ndc_asks_the_imported_crosswalk() -> None:
    none = find("0009-0003-01")
    assert none.exit_code == 1 and "no crosswalk is imported" in none.output
    row = {"ndc": "00009000301", "drug": "Examplo", "labeler": "Example Labs", "package_size": "1", "package_quantity": "1",
           "units": "10", "dosage": "1 MG"}  # fmt: skip
    crosswalk = with_imported((NDC, quarter(2025, 10), [row | {"code": "J2185"}, row | {"code": "J9998"}]))
    with using(crosswalk):
        found = run("find", "0009-0003-01")
        other = run("find", "0009-0003-02")
    assert (
        "NDC 00009-0003-01 is under J2185 and J9998 in the crosswalk of October 2025: Examplo, Example Labs"
        in found.output
    )
    assert "meropenem, 100 mg" in found.output and found.exit_code == 0
    assert "is in no imported crosswalk" in other.output and other.exit_code == 1


def test_find_names_the_imported_releases_that_list_a_code(store: Editions, tmp_path: Path) -> None:
    run("update", file(tmp_path, vancomycin(store)))
    assert "J3370 and J3373: releases of October 2025" in anew("codes", "find", "J3373").output


def test_replaced_codes_are_listed_by_find(store: Editions, tmp_path: Path) -> None:
    codes = [replace(one, short="Vanco") if one.code == "J3373" else one for one in vancomycin(store)]
    run("update", file(tmp_path, codes))
    found = program("codes", "find", "vanco", "--date", "2025-07-01")
    assert found.returncode == 0 and "J3373" in found.stdout and "J3370" not in found.stdout
