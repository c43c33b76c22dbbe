"""The README says what is: every option, its two commands (its table of functions: tests/test_docs.py)."""

from __future__ import annotations

import re

from typer.main import get_command

from tests import ROOT
from xl_infusion.cli import app

README = (ROOT / "README.md").read_text("utf-8")


def test_every_option_of_fill_is_listed() -> None:
    command = get_command(app)
    options = {
        name for parameter in command.commands["fill"].params for name in parameter.opts if name.startswith("--")
    }  # type: ignore[attr-defined]
    assert options - {"--help"} == {name for name in re.findall(r"^\| `(--\w+)", README, re.MULTILINE)}


def test_every_link_leads_somewhere() -> None:
    for path in ROOT.glob("**/*.md"):
        if ".venv" not in path.parts:
            for target in re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text("utf-8")):
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_test_command_is_the_one_of_ci() -> None:
    assert README.count("<!-- test -->") == 1
    assert re.search(r"<!-- test -->\n```sh\n.*pytest .*--cov\n```", README)
