"""docs/hosts.md says of each finding what the program says."""

from __future__ import annotations

import re

from typer.testing import CliRunner

from tests import ROOT
from xl_infusion.cli import app
from xl_infusion.setup.findings import KINDS

PAGE = (ROOT / "docs" / "hosts.md").read_text("utf-8")


def test_every_finding_stands_with_what_one_sees_and_what_to_do() -> None:
    part = PAGE.partition("### What doctor finds")[2].partition("\n\nIt reads")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:2] == "| "]
    assert rows[1:] == [[kind, *says] for kind, says in KINDS.items()]


def test_every_command_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(?:xl-infusion )?(install|doctor|excel build|excel renew)((?: --[\w-]+)*)", PAGE))
    assert {command for command, _ in named} == {"install", "doctor", "excel build", "excel renew"}
    for command, options in named:
        shown = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
        assert all(option in shown for option in options.split()), (command, options)


def test_at_most_five_steps() -> None:
    steps = PAGE.partition("## Excel on Windows in five steps")[2].partition("\n## ")[0]
    assert re.findall(r"^(\d)\. ", steps, re.MULTILINE) == ["1", "2", "3", "4", "5"]
