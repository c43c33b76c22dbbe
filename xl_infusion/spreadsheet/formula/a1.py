"""Cells as a formula spells them (``A1:$B$2``, ``A:C``, ``3:7``), and which of them move when it is copied."""

from __future__ import annotations

import re
from typing import NamedTuple

from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, number

_CELLS = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?::(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7}))?")
_COLUMNS = re.compile(r"(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})")
_ROWS = re.compile(r"(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})")
#: The parts of a formula that move when it is copied, and those in which nothing moves.
_MOVING = re.compile(
    r""""(?:[^"]|"")*"|'(?:[^']|'')*'!?|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]"""
    r"""|(?<![\w.$\\?])(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![\w.(!\[\\?])"""
    r"""|(?<![\w.$\\?])(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})(?![\w.(!\[\\?$])"""
    r"""|(?<![\w.$\\?])(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})(?![\w.(!\[\\?])"""
)

Edges = tuple[int, int, int, int]
Moves = tuple[bool, bool, bool, bool]


class Rectangle(NamedTuple):
    """Top, left, bottom and right edge, in the order in which they are spelt, and which of them move (have no $)."""

    edges: Edges
    moves: Moves

    @property
    def on_sheet(self) -> bool:
        top, left, bottom, right = self.edges
        return min(top, bottom) >= 1 and max(top, bottom) <= MAX_ROW and max(left, right) <= MAX_COL


def rectangle(text: str) -> Rectangle | None:
    """The cells that a text names; None where it names none that a sheet has.

    >>> rectangle("A$1:$B2")
    Rectangle(edges=(1, 1, 2, 2), moves=(False, True, True, False))
    >>> rectangle("C:$D").edges, rectangle("XFE1"), rectangle("Dose")
    ((1, 3, 1048576, 4), None, None)
    """
    found = _cells(text) or _columns(text) or _rows(text)
    return found if found and found.on_sheet else None


def _cells(text: str) -> Rectangle | None:
    found = _CELLS.fullmatch(text)
    if found is None:
        return None
    top, left = int(found[4]), number(found[2].upper())
    top_moves, left_moves = not found[3], not found[1]
    if not found[6]:
        return Rectangle((top, left, top, left), (top_moves, left_moves, top_moves, left_moves))
    bottom, right = int(found[8]), number(found[6].upper())
    return Rectangle((top, left, bottom, right), (top_moves, left_moves, not found[7], not found[5]))


def _columns(text: str) -> Rectangle | None:
    found = _COLUMNS.fullmatch(text)
    if found is None:
        return None
    left, right = number(found[2].upper()), number(found[4].upper())
    return Rectangle((1, left, MAX_ROW, right), (False, not found[1], False, not found[3]))


def _rows(text: str) -> Rectangle | None:
    found = _ROWS.fullmatch(text)
    if found is None:
        return None
    return Rectangle((int(found[2]), 1, int(found[4]), MAX_COL), (not found[1], False, not found[3], False))


def shape(text: str, row: int, col: int) -> str:
    """A formula with the parts that move written as distances: equal for formulas that were copied from one
    cell.

    >>> shape('JUNITS(A2,$B$1)&"A2"', 2, 3) == shape('JUNITS(A9,$B$1)&"A2"', 9, 3)
    True
    >>> shape("SUM(A2:A3)", 2, 3) == shape("SUM(A2:A3)", 3, 3)
    False
    """

    def moved(found: re.Match[str]) -> str:
        if found[2]:
            return f"\x00{place(found[1], found[2], col)}\x01{place(found[3], found[4], row)}"
        if found[6]:
            return f"\x00{place(found[5], found[6], col)}\x02{place(found[7], found[8], col)}"
        if found[10]:
            return f"\x00{place(found[9], found[10], row)}\x03{place(found[11], found[12], row)}"
        return found[0]

    def place(fixed: str, spelt: str, here: int) -> str:
        at = int(spelt) if spelt.isdigit() else number(spelt.upper())
        return f"${at}" if fixed else str(at - here)

    return _MOVING.sub(moved, text)
