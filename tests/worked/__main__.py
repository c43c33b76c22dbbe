"""Holds pages against what comes out: ``python -m tests.worked PAGE...``; status 1 where one differs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.worked.outcomes import OUTCOMES, as_table, check, worked_out
from tests.worked.page import PageError, read


def told(path: Path) -> list[str]:
    """What to say of a page: nothing, or its differences and the tables that come out."""
    try:
        page = read(path)
        differences = list(check(page))
    except PageError as error:
        return [str(error)]
    except OSError as error:
        return [f"{path.name}: {error.strerror or error}"]
    if not differences:
        return []
    tables = [
        as_table(OUTCOMES[heading], table.columns, worked_out(page, OUTCOMES[heading]))
        for heading, table in page.tables.items()
        if heading in OUTCOMES
    ]
    return [*differences, "", "What comes out:", "", "\n\n".join(tables)]


def main(names: Sequence[str]) -> int:
    """Prints a line or more a page; 1 where a page differs or cannot be read."""
    wrong = 0
    for name in names:
        found = told(Path(name))
        print("\n".join(found) if found else f"{Path(name).name}: comes out as it says")
        wrong |= bool(found)
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
