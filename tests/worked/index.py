"""The pages of docs/worked_examples by topic, as its README lists them (`tools.tables`)."""

from __future__ import annotations

from pathlib import Path

from tests import ROOT
from tests.worked.page import Page, read

FOLDER = ROOT / "docs" / "worked_examples"
#: Folder -> its heading, in the order of the page.
TOPICS = {
    "concurrent": "Several therapies on one day",
    "days": "Which days count, and on which line",
    "units": "Units of a drug",
    "waste": "Vials and what is discarded",
    "codes": "Codes that begin and end",
    "visits": "Nurse visits",
    "medicare": "Medicare",
    "payers": "What single payers ask for",
    "ndc": "NDC",
}


def paths() -> list[Path]:
    """Every page, by topic and name."""
    return sorted(FOLDER.glob("*/*.md"))


def index() -> str:
    """A table of the pages for each topic. Errors: `PageError` for a page that cannot be read."""
    blocks = []
    for folder, heading in TOPICS.items():
        rows = [_row(read(path)) for path in sorted((FOLDER / folder).glob("*.md"))]
        blocks.append("\n".join([f"## {heading}", "", "| example | authority | |", "|---|---|---|", *rows]))
    return "\n\n".join(blocks) + "\n"


def _row(page: Page) -> str:
    link = page.path.relative_to(FOLDER).as_posix()
    return f"| [{page.title}]({link}) | {page.source} | {page.kind} |"
