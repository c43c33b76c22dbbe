"""The command line as a biller uses it: what it prints, and its exit status for every kind of failure."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests import billing
from tests.test_end_to_end import typed
from xl_infusion import CLAIM_GRID
from xl_infusion.cli import app

DAY = dt.datetime(2013, 5, 1)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})


def test_fill_shows_the_claim(tmp_path: Path) -> None:
    found = run("fill", typed(tmp_path / "book.xlsx", DAY), "--show")
    assert found.exit_code == 0, found.output
    for text in (
        "S9502",
        "J2185",
        "S9501",
        "SH",
        "J3370",
        "1 g = 10 units of 100 mg x 3 doses x 1 day",
        "Claim: 4 claim lines",
    ):
        assert text in found.output
    assert "nothing to change" in run("fill", tmp_path / "book.xlsx").output
    assert run("fill", tmp_path / "book.xlsx", "--quiet").output == ""


def test_a_line_that_cannot_be_billed_is_named_and_counts_when_strict(tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", DAY)
    edited = openpyxl.load_workbook(book)
    edited["Orders"]["D3"] = "[bold]vancomicin"
    edited.save(book)
    found = run("fill", book, "--show")
    assert found.exit_code == 0 and "cannot be billed: order 2" in found.output
    said = " ".join(found.output.split())
    assert "Cells that show an error; mend the lines that cannot be billed first" in said
    assert said.index("Cells that show an error") < said.index("Claim!A1: #N/A")
    assert run("fill", book, "--strict", "--quiet").exit_code == 7


def test_every_failure_has_its_status_and_its_message(tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", DAY)
    text = tmp_path / "text.xlsx"
    text.write_text("Order,Patient\n")
    encrypted = tmp_path / "secret.xlsx"
    encrypted.write_bytes(
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    )
    for arguments, status, says in [
        (["fill", tmp_path / "none.xlsx"], 3, "none.xlsx"),
        (["fill", tmp_path], 3, ""),
        (["fill", text], 4, "text.xlsx"),
        (["fill", encrypted], 4, "password"),
        (["fill", book, "--output", tmp_path / "no" / "such" / "folder.xlsx"], 3, "folder"),
        (["fill", book, "--values"], 2, "name another file with --output"),
        (["new", book], 3, "is there already"),
        (["new", tmp_path / "book.xls"], 2, "ends in .xlsx"),
        (["new", tmp_path / "no" / "such.xlsx"], 3, "no"),
        (["codes", "find", "--kind", "gadget"], 2, "is not one of"),
        (["codes", "find", "--date", "soon"], 2, "is not a date"),
        (["codes", "find", "meropenum"], 1, "did you mean meropenem?"),
        (["codes", "find", "xyzzy"], 1, "no code of the reference matches"),
        (["fill"], 2, "Missing argument"),
    ]:
        found = run(*arguments)
        assert found.exit_code == status and says in found.output.replace("\n", " "), (
            arguments,
            found.exit_code,
            found.output,
        )
    edited = openpyxl.load_workbook(book)
    edited["Orders"]["D1"] = "Cure"
    del edited["Orders"].tables["Orders"]
    edited.save(tmp_path / "lacking.xlsx")
    found = run("fill", tmp_path / "lacking.xlsx")
    assert found.exit_code == 8 and "Claim!A3 has no claim: Orders lacks the column Drug" in found.output.replace(
        "\n", " "
    )
    edited = openpyxl.load_workbook(book)
    edited["Claim"]["C6"] = "in the way"
    edited.save(tmp_path / "blocked.xlsx")
    found = run("fill", tmp_path / "blocked.xlsx")
    assert found.exit_code == 6 and "cannot spill" in found.output
    empty = openpyxl.Workbook()
    empty.save(tmp_path / "empty.xlsx")
    assert "no cell calls one of our functions" in run("fill", tmp_path / "empty.xlsx").output
    (tmp_path / "~$book.xlsx").write_bytes(b"x")
    found = run("fill", book)
    assert found.exit_code == 5 and "open" in found.output


@pytest.mark.slow
def test_new_writes_a_computed_workbook(tmp_path: Path) -> None:
    assert run("new", tmp_path / "fresh.xlsx").exit_code == 0
    assert "nothing to change" in run("fill", tmp_path / "fresh.xlsx").output
    assert run("new", tmp_path / "fresh.xlsx", "--empty", "--force").exit_code == 0
    found = run("fill", tmp_path / "fresh.xlsx", "--show")
    assert found.exit_code == 0 and "0 claim lines" in found.output
    assert [path.name for path in tmp_path.iterdir()] == ["fresh.xlsx"]


@pytest.mark.slow
def test_a_copy_is_told_as_one(tmp_path: Path) -> None:
    billing.new(tmp_path / "fresh.xlsx", examples=False)
    for options, said in (
        ([], "calls, no cell changes; a copy\n"),
        (["--values"], "; a copy, with values in place of our"),
    ):
        copied = run("fill", tmp_path / "fresh.xlsx", "--output", tmp_path / "copy.xlsx", "--force", *options)
        assert said in copied.output and "nothing to change" not in copied.output


@pytest.mark.slow
def test_fill_says_that_there_are_no_rates_and_no_sum_of_nothing(tmp_path: Path) -> None:
    book = tmp_path / "first.xlsx"
    row = {"A5": "RX-1", "B5": "PT-1", "E5": "ertapenem", "F5": "1 g", "G5": "daily", "H5": DAY.date(), "J5": 2}
    billing.uncomputed(book, examples=False, **{f"Orders_{cell}": value for cell, value in row.items()})
    found = run("fill", book, "--show")
    assert "Claim: 2 claim lines, no rates, so no charges" in found.output and "0.00" not in found.output
    heading = next(line for line in found.output.splitlines() if "Units" in line)
    assert "Charge" not in heading and "Rate" not in heading


@pytest.mark.slow
def test_fill_shows_what_the_checks_find_and_counts_an_error_when_strict(tmp_path: Path) -> None:
    book = tmp_path / "fresh.xlsx"
    billing.uncomputed(book)
    found = run("fill", book, "--show")
    assert found.exit_code == 0 and "Checks: 1 error, no warnings" in found.output
    for text in (
        "error: accreditation missing",
        "Orders table row 15 (A18), RX-114",
        "11/01-11/07/2025",
        "If you had it on those days",
        "S9500-SH-59-SS",
        "waits for denial by Medicare",
    ):
        assert text in found.output
    strict = run("fill", book, "--strict")
    assert strict.exit_code == 7 and "accreditation missing" not in strict.output and "Checks: 1 error" in strict.output
    copy = tmp_path / "values.xlsx"  # the formulas are not in it
    assert "accreditation missing" in run("fill", book, "--show", "--values", "--output", copy).output

    billing.uncomputed(book, **billing.MENDED, Orders_F5="100 g")
    found = run("fill", book, "--show", "--strict")
    assert found.exit_code == 0 and "Checks: no errors, 1 warning" in found.output and "warning: dose" in found.output
    billing.uncomputed(book, **billing.MENDED)
    found = run("fill", book, "--show", "--strict")
    assert (
        found.exit_code == 0 and "Checks: no errors, no warnings" in found.output and "What to do" not in found.output
    )


def test_checks_that_cannot_be_worked_out_are_said_and_are_8(tmp_path: Path) -> None:
    book = typed(tmp_path / "book.xlsx", DAY)
    edited = openpyxl.load_workbook(book)
    edited["Claim"]["X1"] = "=CLAIM_CHECKS(Nothing)"
    edited.save(book)
    found = run("fill", book, "--show")
    assert found.exit_code == 8 and "Claim: the checks cannot be worked out" in found.output
    assert "Claim!X1 cannot be worked out: " in found.output
    edited["Claim"]["X1"] = "=ROWS(CLAIM_CHECKS(Orders!A1:H3))"
    edited.save(book)
    found = run("fill", book, "--strict")
    assert found.exit_code == 0 and "Claim: the checks" not in found.output  # a count of them is no list of them


@pytest.mark.slow
def test_findings_fit_a_narrow_terminal(tmp_path: Path) -> None:
    billing.uncomputed(tmp_path / "fresh.xlsx")
    found = CliRunner().invoke(app, ["fill", str(tmp_path / "fresh.xlsx"), "--show"], env={"COLUMNS": "80"})
    assert found.exit_code == 0 and "Checks: 1 error" in found.output


def test_codes_searches_the_reference() -> None:
    found = run("codes", "find", "vanco").output
    assert "J3373" in found and "J3370" in found and "meropenem" not in found
    assert "J3370" not in run("codes", "find", "vanco", "--date", "2025-07-01").output
    assert (
        "75 codes" not in run("codes", "find", "--kind", "modifier").output
        and "73 codes" in run("codes", "find", "--kind", "modifier").output
    )
    assert "404 codes" in run("codes", "find").output
    assert (
        "9 codes" in run("codes", "find", "--kind", "HIT visit").output
        and "G0088" in run("codes", "find", "infusion visit").output
    )


def test_the_program_itself() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "xl_infusion.cli", "--version"], capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith("xl_infusion ")


@pytest.mark.parametrize(
    "command",
    [
        "new",
        "fill",
        "codes",
        *(f"codes {name}" for name in ["find", "update", "diff", "history", "check", "editions", "use", "units"]),
    ],
)
def test_help(command: str) -> None:
    assert run(*command.split(), "--help").exit_code == 0


def test_a_line_that_cannot_be_billed_has_little_of_a_long_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Claim"
    book.active["A1"] = "=CLAIM_GRID(Orders!A1:G2)"
    sheet = book.create_sheet("Orders")
    sheet.append(["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"])
    sheet.append(["O" * 32_767, "PT-1", "A" * 32_767, "1 g", "q8h", dt.datetime(2025, 6, 1), 7])
    book.save(tmp_path / "long.xlsx")
    found = run("fill", tmp_path / "long.xlsx")
    assert "cannot be billed" in found.output and len(found.output) < 1500


def test_a_missing_column_is_told_with_little_of_long_headings() -> None:
    long = ["O" * 32_767, "Order", "Patient", "Dose", "Interval", "Start", "Days"]
    error = CLAIM_GRID([long, ["1"] * 7])
    assert error == "#VALUE!" and "lacks the column Drug" in error.message and len(error.message) < 300
