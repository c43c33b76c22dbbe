"""Steps are few and have pictures; pictures are used, ask for nothing from elsewhere, and say what commands say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.pictures import terminal
from tests import ROOT

PICTURES = ROOT / "docs" / "pictures"
PAGES = [ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")]
#: The pages with steps, the headings that have them, and the pictures beneath each.
STEPS = {
    "README.md": {
        "Excel on Windows": {"doctor.svg"},
        "Excel on a Mac, or only a browser": {"lite.svg"},
        "LibreOffice": {"calc_claim.png"},
        "No spreadsheet program": {"fill.svg"},
    },
    "docs/hosts.md": {"Excel on Windows in five steps": {"install.svg", "doctor.svg"}},
    "docs/lite.md": {"Five steps": {"lite.svg", "start.png"}},
    "docs/calc.md": {"Four steps": {"calc_install.svg", "calc_claim.png", "calc_wizard.png"}},
}  # fmt: skip


def pictures_in(text: str) -> list[str]:
    """The targets of the pictures of a page."""
    return re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)


def test_every_picture_is_in_a_document_and_every_one_that_is_named_is_there() -> None:
    named = [(page.parent / target).resolve() for page in PAGES for target in pictures_in(page.read_text("utf-8"))]
    there = {path for kind in ("png", "svg", "jpg", "gif") for path in PICTURES.glob(f"*.{kind}")}
    assert set(named) == there and len(there) > 8
    for path in there:
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n" if path.suffix == ".png" else b"<svg ") and len(data) < 250_000


@pytest.mark.parametrize("page", STEPS)
def test_steps_are_five_at_most_and_have_their_pictures(page: str) -> None:
    sections = dict(
        section.split("\n", 1) for section in re.split(r"^##+ ", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE)
    )
    for heading, pictures in STEPS[page].items():
        numbers = [int(number) for number in re.findall(r"^(\d+)\. ", sections[heading], re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1)) and 3 <= len(numbers) <= 5, heading
        assert {Path(target).name for target in pictures_in(sections[heading])} == pictures


def test_pictures_of_the_terminal_bring_all_that_they_show() -> None:
    assert {path.stem for path in PICTURES.glob("*.svg")} == set(terminal.PICTURES)
    for path in PICTURES.glob("*.svg"):
        text = path.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|@font-face|@import|<script|<image|href", text), path.name
        assert re.search(r'^<svg width="\d+" height="\d+" viewBox=', text)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["install", "doctor", "fill"])
def test_pictures_of_the_terminal_say_what_the_commands_say(name: str) -> None:
    """Where this fails the commands say something else now: ``python -m docs.pictures.make terminal``."""
    drawn = (PICTURES / f"{name}.svg").read_text("utf-8")
    assert terminal.words(drawn) == terminal.words(terminal.PICTURES[name].svg(name))
