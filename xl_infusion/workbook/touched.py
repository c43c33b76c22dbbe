"""Which orders of a workbook another edition of the codes would bill otherwise."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from xl_infusion.reference import Reference, using
from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.xlsx.package import Package
from xl_infusion.workbook.fill import Grid, fill


@dataclass(frozen=True, slots=True)
class Touched:
    """An order whose lines differ: in words, as they are and as they would be. No patient is named."""

    order: str
    drug: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def touched(file: str | Path, old: Reference, new: Reference) -> list[Touched]:
    """The orders (and visits, as one) of every claim grid in the workbook whose lines the editions make differently.

    The workbook is computed with both, in copies; it stays as it is. Errors: those of `fill`.
    """
    with Package.open(file) as package:
        name = f"copy{package.ending}"
    with disk.workspace() as folder:
        copy = folder / name
        grids = []
        for reference in (old, new):
            with using(reference):
                grids.append([_lines(grid) for grid in fill(file, copy).grids])
    found = []
    for before, after in zip(*grids, strict=True):
        for order in dict.fromkeys([*before, *after]):
            if (was := before.get(order, _NONE)) != (would := after.get(order, _NONE)):
                found.append(Touched(order[0], order[1], tuple(was), tuple(would)))
    return found


_NONE: list[str] = []


def _lines(grid: Grid) -> dict[tuple[str, str], list[str]]:
    """The lines of each order and drug, in words."""
    header, *lines = grid.rows
    at = {str(name): i for i, name in enumerate(header)}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in lines:
        code = "-".join(
            str(line[at[name]])
            for name in ("Code", "Modifier 1", "Modifier 2", "Modifier 3", "Modifier 4")
            if name in at and line[at[name]] != ""
        )
        days = " to ".join(str(day) for day in (line[at["From"]], line[at["To"]]) if isinstance(day, dt.date))
        charge = f" = {line[at['Charge']]}" if grid.priced else ""
        found[str(line[at["Order"]]), str(line[at["Drug"]])].append(f"{code} x {line[at['Units']]}{charge} ({days})")
    return found
