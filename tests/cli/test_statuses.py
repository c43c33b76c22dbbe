"""One exit status for one failure, in every command: those of the README's table."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from typer.main import get_command
from typer.testing import CliRunner, Result

import xl_infusion
from tests import ROOT, billing
from tests.cli.test_remit_command import ODD, written
from tests.workbook.test_totals import book as book_with_tables
from xl_infusion.cli import app
from xl_infusion.cli.exits import EXITS
from xl_infusion.reference import look_up
from xl_infusion.reference.editions import VARIABLE
from xl_infusion.workbook.imports import csv_file


def test_the_readme_has_the_table_of_exits() -> None:
    _, _, section = (ROOT / "README.md").read_text("utf-8").partition("### Exit status\n")
    rows = re.findall(r"^\| ([0-9, ]+) \| (.+) \|$", section.partition("\n#")[0], re.MULTILINE)
    assert dict(rows) == EXITS


def test_every_failure_ends_by_a_status_of_the_table() -> None:
    for module in pkgutil.walk_packages(xl_infusion.__path__, "xl_infusion."):
        if module.name.split(".")[1] != "hosts" and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    ours = [one for one in kinds(Exception) if one.__module__.startswith("xl_infusion.")]
    stated = {one.__name__: vars(one)["status"] for one in ours if "status" in vars(one)}
    assert stated["WorkbookError"] == 4 and {str(status) for status in stated.values()} <= set(EXITS)


def kinds(of: type[Exception]) -> set[type[Exception]]:
    return {of}.union(*map(kinds, of.__subclasses__()))


@pytest.mark.parametrize("command", get_command(app).commands.values(), ids=lambda command: command.name)  # type: ignore[attr-defined]
def test_the_help_of_a_command_names_statuses_of_the_table(command: Any) -> None:
    for one in [command, *getattr(command, "commands", {}).values()]:
        _, _, told = (one.help or "").partition("[bold]Exit status:[/]")
        assert set(re.findall(r"(?:^|; )\s*([0-9]+) ", told)) <= set(EXITS), one.name


def run(command: str, folder: Path, **environment: str) -> Result:
    env = {"COLUMNS": "300", "NO_COLOR": "1", VARIABLE: str(folder / "codes"), **environment}
    return CliRunner().invoke(app, command.format(at=folder).split(), env=env)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    billing.new(path, examples=False)
    return path


@pytest.fixture
def folder(tmp_path: Path, book: Path) -> Path:
    """A workbook, a remittance, a pipe, a text, and a folder of editions in which none is in use but the bundled one."""
    shutil.copy(book, tmp_path / "book.xlsx")
    written(tmp_path / "paid.csv", ODD)
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("pipe.xlsx", "pipe.xlsm"):
        (tmp_path / name).symlink_to(tmp_path / "pipe.csv")
    for name in ("text.xlsx", "text.csv", "text.xlsm"):
        (tmp_path / name).write_text("a,b\n1,2\n")
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "in_use").write_text("bundled\n")
    return tmp_path


#: Every command that reads a file, with {file} for it; {file} ends as it says, or as the command wants.
READERS = {
    "fill {at}/{file}.xlsx": 4,
    "convert {at}/{file}.xlsx --to office-js": 4,
    "report {at}/{file}.xlsx": 4,
    "remit {at}/paid.csv {at}/{file}.xlsx": 4,
    "remit {at}/{file}.csv {at}/book.xlsx": 8,
    "orders {at}/{file}.csv {at}/book.xlsx": 8,
    "visits {at}/{file}.csv {at}/book.xlsx": 8,
    "lite {at}/new -w {at}/{file}.xlsx": 4,
    "server {at}/new -w {at}/{file}.xlsx": 4,
    "excel renew {at}/{file}.xlsm": 4,
    "codes update {at}/{file}.csv --dry-run": 4,
    "codes units {at}/{file}.csv": 4,
}


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("file", ["none", "pipe", "text"])
def test_a_file_that_is_not_there_or_none(command: str, file: str, folder: Path) -> None:
    """A pipe is not waited for. A text is none of the kind, or, as a remittance, lacks its headings."""
    found = run(command.replace("{file}", file), folder)
    assert found.exit_code == (READERS[command] if file == "text" else 3), found.output
    assert file in found.output and ".xl-infusion-" not in found.output


@pytest.mark.parametrize(
    "command",
    ["new {at}/no/a.xlsx", "fill {at}/book.xlsx --output {at}/no/a.xlsx", "calc build {at}/no/a.oxt",
     "excel build --to {at}/no", "report {at}/book.xlsx --output {at}/no/a.html", "lite {at}/text.csv",
     "convert {at}/book.xlsx --to office-js --output {at}/no/a.xlsx", "server {at}/text.csv"],
)  # fmt: skip
def test_a_place_that_cannot_be_written_to(command: str, folder: Path) -> None:
    found = run(command, folder)
    assert found.exit_code == 3, found.output
    assert ("no" if "/no" in command else "text.csv") in found.output and ".xl-infusion-" not in found.output


@pytest.mark.parametrize(
    "command",
    ["new {at}/new.xlsx", "fill {at}/book.xlsx", "report {at}/book.xlsx", "lite {at}/new", "server {at}/new",
     "excel build --to {at}", "codes find vanco", "codes history J3370", "codes check", "--version"],
)  # fmt: skip
def test_codes_that_cannot_be_read(command: str, folder: Path) -> None:
    (folder / "codes" / "in_use").write_text("2031-01\n")
    look_up._chosen.cache_clear()  # as in a process of its own
    try:
        found = run(command, folder)
    finally:
        look_up._chosen.cache_clear()
    assert found.exit_code == 8 and "the edition '2031-01' is not in" in found.output, found.output


def test_an_edition_that_is_not_there_or_damaged(folder: Path) -> None:
    for command in ("codes use 2031-01", "codes diff bundled 2031-01"):
        found = run(command, folder)
        assert found.exit_code == 3 and "'2031-01' is not in" in found.output
    (folder / "codes" / "2031-01").mkdir()
    (folder / "codes" / "2031-01" / "edition.json").write_text(json.dumps([]))
    damaged = run("codes use 2031-01", folder)
    assert damaged.exit_code == 8 and "is not the description of an edition" in damaged.output


def test_a_large_remittance_is_refused_before_it_is_worked_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "book.xlsx").read_bytes()
    limits: list[tuple[str, int, str]] = [
        ("MOST_ROWS", 1, "has more than 1 rows (a sheet has 1,048,576); split the file"),
        ("MOST_BYTES", 100, "is larger than 0 MB; split the file"),
    ]
    for name, most, says in limits:
        with monkeypatch.context() as patched:
            patched.setattr(csv_file, name, most)
            found = run("remit {at}/paid.csv {at}/book.xlsx", folder)
        assert found.exit_code == 4 and says in found.output, found.output
    assert (folder / "book.xlsx").read_bytes() == before
    endless = run("remit /dev/zero {at}/book.xlsx", folder)
    assert endless.exit_code == 3 and "is no file but a device or a pipe; name a CSV file" in endless.output


#: Calls of grids over the tables of tests/workbook/test_totals.py and a table Scenarios.
_CLAIM = "Orders[#All],Visits[#All],Payers[#All],Rates[#All]"
GRIDS = {
    "EXPLAIN": f'EXPLAIN("RX-1",{_CLAIM})',
    "EXPECTED_GRID": f"EXPECTED_GRID({_CLAIM})",
    "CLAIM_SUMMARY": f'CLAIM_SUMMARY(EXPECTED_GRID({_CLAIM}),"Payer")',
    "SCENARIO_GRID": f"SCENARIO_GRID({_CLAIM},Scenarios[#All])",
    "SENSITIVITY": f'SENSITIVITY({_CLAIM},"Second share",Payers[Second share])',
    "BREAK_EVEN": f'BREAK_EVEN({_CLAIM},Scenarios[#All],"New","Second share")',
    "BRIDGE": f'BRIDGE({_CLAIM},Scenarios[#All],"New")',
    "FORECAST_GRID": f"FORECAST_GRID({_CLAIM})",
    "FORECAST_BASIS": f"FORECAST_BASIS({_CLAIM})",
    "VARIANCE_GRID": f"VARIANCE_GRID({_CLAIM},Remittance[#All])",
}


def _grid(path: Path, formula: str, heading: tuple[str, str] = ("", "")) -> Path:
    """A workbook with one grid; ``heading``: of which table another heading stands there."""
    made = openpyxl.load_workbook(book_with_tables(path, calls={"Grid": formula}))
    sheet = made.create_sheet("Scenarios")
    for row in (["Scenario", "Payer", "Term", "Value"], ["New", "Acme", "Second share", 0.4]):
        sheet.append(row)
    sheet.add_table(Table(displayName="Scenarios", name="Scenarios", ref="A1:D2"))
    table, name = heading
    for cell in made[table][3] if table else ():
        if cell.value == name:
            cell.value = "Other"
            column = next(one for one in made[table].tables[table].tableColumns or [] if one.name == name)
            column.name = "Other"
    made.save(path)
    return path


@pytest.mark.parametrize("name", GRIDS)
def test_a_grid_over_a_table_that_lacks_a_column(name: str, folder: Path) -> None:
    """Whatever the function: what was asked cannot be, and nobody has to read the cells to learn it."""
    _grid(folder / "a.xlsx", GRIDS[name], ("Orders", "Drug"))
    found = run("fill {at}/a.xlsx", folder)
    assert found.exit_code == 8, found.output
    assert "Grid!A1 cannot be worked out: " in found.output and "Orders lacks the column Drug" in found.output


def test_a_grid_over_another_table_that_lacks_one(folder: Path) -> None:
    _grid(folder / "a.xlsx", GRIDS["VARIANCE_GRID"], ("Remittance", "Paid"))
    found = run("fill {at}/a.xlsx", folder)
    assert found.exit_code == 8 and "Grid!A1 cannot be worked out: Remittance lacks the column Paid" in found.output
    page = run("report {at}/a.xlsx", folder)
    assert page.exit_code == 8 and "a.xlsx: Remittance lacks the column Paid" in page.output
    assert (folder / "a.html").exists()


@pytest.mark.parametrize("call", ["EXPECTED_GRID()", "EXPECTED_GRID(Orders)", 'VARIANCE_GRID("Orders",1,1,1,1)'])
def test_a_grid_that_is_given_no_table(call: str, folder: Path) -> None:
    _grid(folder / "a.xlsx", call)
    assert run("fill {at}/a.xlsx", folder).exit_code == 8


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("EXPECTED_GRID(Orders[#All],Visits[#All],Payers[#All])", "needs Rates"),
        ("FORECAST_GRID(Orders[#All],,,Rates[#All])", "no rate for J2185"),
        (GRIDS["BRIDGE"].replace("New", "None such"), "None such"),
        ('EXPLAIN("RX-9",Orders[#All])', "RX-9"),
        ('CODES("x")', "kind 'x'"),
        ('JUNITS("meropenum","1 g")', "meropenum"),
        (f'IFERROR(EXPECTED_GRID({_CLAIM}),"")', ""),
    ],
)
def test_a_grid_that_has_no_answer_is_named_and_done(call: str, says: str, folder: Path) -> None:
    _grid(folder / "a.xlsx", call, ("Orders", "Drug") if call.startswith("IFERROR") else ("", ""))
    found = run("fill {at}/a.xlsx", folder)
    assert found.exit_code == 0 and says in found.output, found.output
    assert ("Grid!A1: #N/A" in found.output) == bool(says)
