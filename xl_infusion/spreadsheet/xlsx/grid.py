"""Cells and rectangles of a worksheet: A1 names and 1-based numbers."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_ROW = 1_048_576
MAX_COL = 16_384

#: first row, first column, last row, last column; 1-based, inclusive
Ref = tuple[int, int, int, int]

_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")


@lru_cache(maxsize=MAX_COL)
def letters(col: int) -> str:
    """The letters of a column number.

    >>> letters(1), letters(28), letters(16384)
    ('A', 'AB', 'XFD')
    """
    name = ""
    while col:
        col, rest = divmod(col - 1, 26)
        name = chr(65 + rest) + name
    return name


@lru_cache(maxsize=2 * MAX_COL)
def number(name: str | bytes) -> int:
    """The number of a column's letters, whether or not a sheet is that wide.

    >>> number("A"), number(b"XFD")
    (1, 16384)
    """
    col = 0
    for letter in name.encode() if isinstance(name, str) else name:
        col = col * 26 + (letter & 0x1F)
    return col


def cell_name(row: int, col: int) -> str:
    """
    >>> cell_name(5, 2)
    'B5'
    """
    return f"{letters(col)}{row}"


def of_sheet(sheet: str, ref: str) -> str:
    """A reference with its sheet, as people and Excel write it.

    >>> of_sheet("Claim", "A6"), of_sheet("Year's end", "A5:W9")
    ('Claim!A6', "'Year''s end'!A5:W9")
    """
    return f"{sheet if sheet.isalnum() else in_quotes(sheet)}!{ref}"


def in_quotes(sheet: str) -> str:
    """A sheet's name in the quotes that every name may have in a formula."""
    return "'" + sheet.replace("'", "''") + "'"


def place(sheet: str, row: int, col: int) -> str:
    """A cell as people and Excel write it.

    >>> place("Claim", 6, 1)
    'Claim!A6'
    """
    return of_sheet(sheet, cell_name(row, col))


def parse_ref(text: str) -> Ref | None:
    """The rectangle that an A1 reference names; None when it names none on a sheet.

    >>> parse_ref("B2:$D$9"), parse_ref("C3"), parse_ref("XFE1")
    ((2, 2, 9, 4), (3, 3, 3, 3), None)
    """
    found = _REF.fullmatch(text.strip())
    if found is None:
        return None
    row, col = int(found[2]), number(found[1].upper())
    row2, col2 = (int(found[4]), number(found[3].upper())) if found[3] else (row, col)
    ref = (min(row, row2), min(col, col2), max(row, row2), max(col, col2))
    return ref if inside(ref) else None


def format_ref(ref: Ref) -> str:
    """
    >>> format_ref((2, 2, 9, 4)), format_ref((3, 3, 3, 3))
    ('B2:D9', 'C3')
    """
    first, last = cell_name(ref[0], ref[1]), cell_name(ref[2], ref[3])
    return first if first == last else f"{first}:{last}"


def spanning(one: Ref, other: Ref) -> Ref:
    """The rectangle around two.

    >>> spanning((2, 2, 3, 3), (1, 3, 1, 9))
    (1, 2, 3, 9)
    """
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def inside(ref: Ref) -> bool:
    """Whether a rectangle lies on a sheet.

    >>> inside((1, 1, 1048576, 16384)), inside((0, 1, 1, 1))
    (True, False)
    """
    return 1 <= ref[0] <= ref[2] <= MAX_ROW and 1 <= ref[1] <= ref[3] <= MAX_COL
