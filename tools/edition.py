"""What pins the edition of the codes that ships: `FILE`, written out of the tables and never typed.

A release of CMS changes tables. Whatever a test or a page says of the shipped edition as a whole (how many rows,
through which day) stands here or in a table of a page (`tools.tables`), so that ``python -m tools.regenerate`` follows
the release, and a reviewer reads in the difference what it brought.
"""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE = ROOT / "tests" / "edition.json"


def rows() -> dict[str, int]:
    """How many rows each table has."""
    from xl_infusion.reference.tables import TABLES, bundled

    return {name: len(bundled(name).splitlines()) - 1 for name in TABLES}


def facts() -> dict[str, object]:
    """The edition, its days, its rows, and the drugs that no usual dose is known of."""
    from xl_infusion.reference import load

    reference = load()
    drugs = sorted({row.drug for row in reference.drugs})
    return {
        "edition": reference.edition.edition,
        "verified_through": str(reference.edition.verified_through),
        "rows": rows(),
        "without_usual_dose": [drug for drug in drugs if reference.usual_dose(drug) is None],
    }


def text() -> str:
    """The file's text."""
    return json.dumps(facts(), indent=2) + "\n"


def make() -> None:
    """Writes the file."""
    FILE.write_text(text(), "utf-8", newline="\n")
