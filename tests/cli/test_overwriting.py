"""Nothing of a user's is overwritten unasked: every command that writes a file of its own refuses one that is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner, Result

from tests import billing
from tests.cli.test_remit_command import ODD, written
from xl_infusion.cli import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "claims.xlsx"
    billing.new(path)
    return path


#: Command -> its arguments but for the target, and what of the target must not be lost; {book}, {csv}: given.
CASES: dict[str, tuple[list[str], list[str]]] = {
    "new": (["{target}.xlsx"], ["{target}.xlsx"]),
    "fill": (["{book}", "--output", "{target}.xlsx"], ["{target}.xlsx"]),
    "convert": (["{book}", "--to", "office-js", "--output", "{target}.xlsx"], ["{target}.xlsx"]),
    "remit": (["{csv}", "{book}", "--output", "{target}.xlsx"], ["{target}.xlsx"]),
    "orders": (["{orders}", "{book}", "--output", "{target}.xlsx"], ["{target}.xlsx"]),
    "visits": (["{visits}", "{book}", "--output", "{target}.xlsx"], ["{target}.xlsx"]),
    "report": (["{book}", "--output", "{target}.html"], ["{target}.html"]),
    "lite": (["{target}", "--no-workbook"], ["{target}/main.py"]),
    "server": (["{target}", "--no-workbook"], ["{target}/README.md"]),
    "excel build": (["--to", "{target}"], ["{target}/home_infusion_billing.xlsm"]),
    "calc build": (["{target}.oxt"], ["{target}.oxt"]),
}


def commands(group: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every command, by the words that call it."""
    if not hasattr(group, "commands"):
        yield name, group
    for word, command in getattr(group, "commands", {}).items():
        yield from commands(command, f"{name} {word}".strip())


def test_every_command_that_asks_is_tried() -> None:
    options = {
        name: {word for one in command.params for word in one.opts}
        for name, command in commands(typer.main.get_command(app))
    }
    # install is for Windows alone: tests/setup/test_install.py
    assert {name for name, has in options.items() if "--force" in has} == {*CASES, "install"}
    assert all("--force" in has for has in options.values() if "--output" in has)


@pytest.mark.slow
@pytest.mark.parametrize("command", CASES)
def test_what_is_there_is_refused_and_replaced_with_force(command: str, book: Path, tmp_path: Path) -> None:
    given = {"book": book, "csv": written(tmp_path / "paid.csv", ODD), "target": tmp_path / "there"}
    given["orders"] = written(
        tmp_path / "orders.csv", [["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"], ["1", "P"]]
    )
    given["visits"] = written(tmp_path / "visits.csv", [["Patient", "Date", "Minutes"], ["P", "7/1/2025", "60"]])
    arguments, targets = ([text.format(**given) for text in texts] for texts in CASES[command])
    for target in map(Path, targets):
        target.parent.mkdir(exist_ok=True)
        target.write_text("mine")
    before = book.read_bytes()
    refused = run(*command.split(), *arguments)
    assert refused.exit_code == 3, refused.output
    assert "already: choose another" in refused.output and "--force to replace" in refused.output
    assert [Path(target).read_text() for target in targets] == ["mine"] * len(targets)
    assert list((tmp_path).rglob(".xl-infusion*")) == []
    done = run(*command.split(), *arguments, "--force")
    assert done.exit_code == 0, done.output
    assert all(Path(target).read_bytes() != b"mine" for target in targets)
    assert book.read_bytes() == before


def test_the_file_that_is_named_changes_in_place_under_any_of_its_names(book: Path, tmp_path: Path) -> None:
    mine, link = tmp_path / "mine.xlsx", tmp_path / "link.xlsx"
    shutil.copy(book, mine)
    link.symlink_to(mine)
    assert run("convert", mine, "--to", "office-js", "--output", link).exit_code == 0
    assert run("convert", mine, "--to", "excel", "--output", mine).exit_code == 0
    assert run("fill", mine, "--output", link, "--values").exit_code == 2


def test_a_folder_is_no_file_to_replace(book: Path, tmp_path: Path) -> None:
    found = run("fill", book, "--output", tmp_path, "--force")
    assert found.exit_code == 2 and "is a folder; name the file to write in it" in found.output


@pytest.mark.slow
def test_a_fill_keeps_the_workbook_as_it_was(tmp_path: Path) -> None:
    mine = tmp_path / "mine.xlsx"
    billing.built(mine)
    before = mine.read_bytes()
    found = run("fill", mine, "--backup")
    assert found.exit_code == 0 and "mine.bak.xlsx: the workbook as it was" in found.output
    assert (tmp_path / "mine.bak.xlsx").read_bytes() == before != mine.read_bytes()
    assert run("fill", mine, "--backup").exit_code == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mine.bak.xlsx", "mine.xlsx"], "nothing changed"
    billing.built(mine)
    assert run("fill", mine, "--backup", "--quiet").output == ""
    assert (tmp_path / "mine.bak2.xlsx").exists() and (tmp_path / "mine.bak.xlsx").read_bytes() == before
    wrong = run("fill", mine, "--backup", "--output", tmp_path / "new.xlsx")
    assert wrong.exit_code == 2 and "with --output it stays as it is" in wrong.output
