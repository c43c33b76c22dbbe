"""A fresh billing workbook: the template, computed by the same fill that computes a user's workbook."""

from __future__ import annotations

from pathlib import Path

from xl_infusion.spreadsheet import disk
from xl_infusion.template.build import build
from xl_infusion.workbook.fill import fill


def new_workbook(path: str | Path, *, examples: bool = True, year: bool = False) -> None:
    """Writes the billing workbook to ``path``, computed; the same bytes every time.

    ``examples``: with the example orders, or with empty tables; ``year``: with an invented year of orders in their
    place. Errors: OSError when it cannot be written.
    """
    with disk.making(path) as made:
        build(made, examples=examples, year=year)
        fill(made)
