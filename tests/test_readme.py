"""The README says what is: every option, its two commands (its table of functions: tests/test_docs.py)."""

from __future__ import annotations

import re
from pathlib import Path

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


def pages() -> list[Path]:
    """The project's own pages: none of an environment (.venv, .nox) or of what npm installs."""
    found = [path.relative_to(ROOT) for path in ROOT.glob("**/*.md")]
    return [ROOT / path for path in found if not any(part[0] == "." or part == "node_modules" for part in path.parts)]


def anchors(path: Path) -> set[str]:
    """The names under which the headings of a page are found, as GitHub and GitLab make them."""
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_somewhere() -> None:
    for path in pages():
        for target, anchor in re.findall(r"\]\((?!http)([^)#\s]*)(?:#([^)\s]+))?\)", path.read_text("utf-8")):
            found = path.parent / target if target else path
            assert found.exists(), f"{path.name}: {target}"
            assert not anchor or anchor in anchors(found), f"{path.name}: {target}#{anchor}"


def test_the_test_command_is_the_one_of_ci() -> None:
    assert README.count("<!-- test -->") == 1
    assert re.search(r"<!-- test -->\n```sh\n.*pytest .*--cov\n```", README)
