"""Finding the columns of a sheet by their headings, below whatever preamble stands above them.

A heading is compared by its letters and digits alone, so ``ADD DT``, ``ADD_DT`` and ``Add Dt`` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xl_infusion.reference.cms.files import AGAIN, Page, text
from xl_infusion.reference.cms.findings import CmsFileError, Findings

#: CMS's longest preamble has 10 rows.
_LOOK_AT = 60
#: CMS's widest file has 58 columns; a row of more cells than that many is none of headings.
_WIDEST = 1000


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one kind of file: field -> the headings it may have, as regular expressions.

    The first ``needed`` fields must be there. A row of headings is one that has ``enough`` of those.
    """

    headings: Mapping[str, str]
    needed: int
    enough: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A page whose headings were found: ``at`` is their row, ``columns`` says where each field stands."""

    page: Page
    at: int
    columns: Mapping[str, int]
    missing: tuple[str, ...]

    def preamble(self) -> list[str]:
        """The texts that stand above the headings."""
        cells = (" ".join(text(cell).split()) for row in self.page.rows[: self.at] for cell in row)
        return [cell for cell in cells if cell]

    def rows(self, findings: Findings) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row's number and its fields, spaces around them taken off; a row cut short is left out."""
        width = len(self.page.rows[self.at])
        blank: list[int] = []
        for i in range(self.at + 1, len(self.page.rows)):
            cells, number = self.page.rows[i], self.page.numbers[i]
            if not any(map(text, cells)):
                blank.append(number)
                continue
            if blank:
                findings.note(blank[0], "", f"{len(blank)} blank rows within the table")
                blank = []
            if len(cells) < width:
                findings.leave_out(number, "", f"the row is cut short: {len(cells)} of {width} cells")
            elif any(text(cell).strip() for cell in cells[width:]):
                findings.leave_out(number, "", f"the row has {len(cells)} cells, and {width} columns have a heading")
            else:
                yield number, {name: text(cells[at]).strip() for name, at in self.columns.items()}


def _fold(cell: object) -> str:
    return "".join(character for character in text(cell).lower() if character.isalnum())


def find(page: Page, wanted: Columns) -> Listing | None:
    """The table of a page, or None when no row has the headings of this kind of file.

    Errors: `CmsFileError` when a needed column is missing, or two columns have one heading.
    """
    needed = list(wanted.headings)[: wanted.needed]
    for at in range(min(_LOOK_AT, len(page.rows))):
        places = _places(page.rows[at], wanted)
        if sum(name in places for name in needed) < wanted.enough:
            continue
        where = f"{page.file} row {page.numbers[at]}"
        if lacking := [name for name in needed if name not in places]:
            raise CmsFileError(f"{where}: the column {' and '.join(lacking)} is missing: {AGAIN}")
        if twice := [found for found in places.values() if len(found) > 1]:
            heading = text(page.rows[at][twice[0][0]]).strip()
            raise CmsFileError(f"{where}: two columns have the heading {heading!r}: {AGAIN}")
        missing = tuple(name for name in wanted.headings if name not in places)
        return Listing(page, at, {name: found[0] for name, found in places.items()}, missing)
    return None


def _places(row: Sequence[object], wanted: Columns) -> dict[str, list[int]]:
    """Where the headings of a row stand, by field; a row that is too wide has none."""
    if len(row) > _WIDEST:
        return {}
    folded = [_fold(cell) for cell in row]
    places = {
        name: [i for i, heading in enumerate(folded) if re.fullmatch(pattern, heading)]
        for name, pattern in wanted.headings.items()
    }
    return {name: found for name, found in places.items() if found}
