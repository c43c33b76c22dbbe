"""The tables in pages that are facts of the package: each stands between two marks, and what is around it is by hand.

A new one is an entry of `TABLES` and the two marks in its page; ``python -m tools.regenerate pages`` writes them all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from tests.worked import index
from tools import columns, listed
from xl_infusion.claim.checks import CHECKS
from xl_infusion.claim.columns import OWN_CODES, PAYER_CODES, RATES
from xl_infusion.help.pages import overview
from xl_infusion.reference import tables as reference

ROOT = Path(__file__).parent.parent


def checks() -> str:
    """The findings of every family of checks: severity and what to do, under what the family says of itself."""
    parts = []
    for family, found in groupby(CHECKS.values(), key=lambda check: check.family):
        about = (sys.modules[family].__doc__ or "").partition("\n")[0]
        rows = [f"| {check.kind} | {check.severity} | {check.remedy} |" for check in found]
        parts.append("\n".join([about, "", "| finding | severity | what to do |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


#: Page, and the name of the table in it -> what stands there.
TABLES: dict[tuple[str, str], Callable[[], str]] = {
    ("README.md", "functions"): lambda: overview("docs/functions/"),
    ("docs/worked_examples/README.md", "examples"): index.index,
    ("docs/contracts.md", "payers"): columns.contract,
    ("docs/contracts.md", "payer codes"): lambda: columns.takes(PAYER_CODES.columns),
    ("docs/contracts.md", "rates"): lambda: columns.takes(RATES.columns),
    ("docs/contracts.md", "supply"): columns.supply,
    ("docs/own_codes.md", "own codes"): lambda: columns.takes(OWN_CODES.columns),
    ("docs/reference.md", "reference"): lambda: _counted("docs/reference.md", "reference"),
    ("docs/listed.md", "uncounted"): listed.uncounted,
    ("docs/tables.md", "tables"): columns.every,
    ("docs/checks.md", "checks"): checks,
}


def between(text: str, name: str, table: str) -> str:
    """A page's text with a table between the marks of its name.

    Errors: ValueError, for a page without the marks.

    >>> print(between("<!-- codes: written -->\\nold\\n<!-- end of codes -->\\n", "codes", "| new |"))
    <!-- codes: written -->
    | new |
    <!-- end of codes -->
    <BLANKLINE>
    """
    head, mark, rest = text.partition(f"<!-- {name}: ")
    first, line_end, rest = rest.partition("-->\n")
    _, end, tail = rest.partition(f"<!-- end of {name} -->")
    if not (mark and line_end and end):
        raise ValueError(f"the page has no two lines '<!-- {name}: ... -->' and '<!-- end of {name} -->'")
    return f"{head}{mark}{first}{line_end}{table.rstrip()}\n{end}{tail}"


def _counted(page: str, name: str) -> str:
    """The tables of the reference, each with how many rows it has now; the rest of their rows is by hand."""
    return columns.counted(now(page, name), reference.TABLES)


def now(page: str, name: str) -> str:
    """What stands in a page between the marks of a name."""
    _, _, rest = (ROOT / page).read_text("utf-8").partition(f"<!-- {name}: ")
    return rest.partition("-->\n")[2].partition(f"<!-- end of {name} -->")[0]


def made(page: str) -> str:
    """The text of a page with its tables as they would be made now."""
    text = (ROOT / page).read_text("utf-8")
    for (of_page, name), table in TABLES.items():
        if of_page == page:
            text = between(text, name, table())
    return text


def write() -> None:
    """Writes the tables of all pages."""
    for page in dict.fromkeys(page for page, _ in TABLES):
        (ROOT / page).write_text(made(page), "utf-8", newline="\n")
