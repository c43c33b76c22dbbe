"""Parts of a formula's text for the engine; what depends on the formula's place is filled in for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from xl_infusion.spreadsheet.formula.tree import Area, Call, Reference, SpillOf

#: The error that marks a result which is not to be trusted.
MARK = "#NULL!"


class NotCalculable(Exception):
    """The engine cannot be trusted with a formula; the text completes the sentence "the formula ..."."""


class Place(Protocol):
    """Where a formula stands, and what it finds there."""

    row: int
    col: int

    def spilled(self, anchor: Area) -> Area | None:
        """What the formula in a cell spills."""

    def bound(self, call: Call) -> str:
        """The helper cells that hold the result of a call of ours."""

    def value(self, area: Area) -> object:
        """What a cell holds so far."""

    def cut(self, area: Area) -> Area:
        """Of whole columns or rows the cells up to the last that holds something."""

    def occupied(self, area: Area) -> Area:
        """Of any area the cells up to the last of its sheet that holds something, or a formula; at least the first."""

    def filled(self, vector: Area) -> Sequence[int]:
        """The rows of a column's cells (or the columns of a row's) that are not blank."""

    def gathered(self, vector: Area) -> tuple[str, str]:
        """Helper cells with those cells that are not blank, one under the other, and with their places from 1."""

    def has_no_subtotals(self, area: Area) -> bool:
        """Whether every cell counts: no row is hidden, and no cell is a subtotal itself."""


#: A piece of the text: as it is, or what it is for a formula in a given place.
Piece = str | Callable[[Place], str]
Size = tuple[int, int] | None


@dataclass(slots=True)
class Part:
    """A part of the text. ``multi``: it may be several values; ``cells``: they stand in cells."""

    pieces: list[Piece]
    multi: bool = False
    cells: bool = False
    size: Size = None
    text: bool = False

    def at(self, place: Place) -> str:
        return "".join(piece if isinstance(piece, str) else piece(place) for piece in self.pieces)


def joined(*parts: Part | str) -> list[Piece]:
    pieces: list[Piece] = []
    for part in parts:
        pieces += [part] if isinstance(part, str) else part.pieces
    return pieces


def listed(parts: Iterable[Part], separator: str = ",") -> Part:
    pieces: list[Piece] = []
    for part in parts:
        pieces += [separator, *part.pieces] if pieces else part.pieces
    return Part(pieces or [""])


def area_at(place: Place, reference: Reference) -> Area | None:
    return reference.at(place.row, place.col)


def cells_of(place: Place, node: Reference | SpillOf) -> Area | None:
    """The cells that a reference means, or those that the formula in its cell spills."""
    if isinstance(node, Reference):
        return area_at(place, node)
    anchor = area_at(place, node.anchor)
    return place.spilled(anchor) if anchor else None


def same_cells(reference: Reference) -> Piece:
    def text(place: Place) -> str:
        area = area_at(place, reference)
        return area.text() if area else "#VALUE!"

    return text


def used_cells(reference: Reference) -> Piece:
    """The cells, and of whole columns and rows those as far as something stands in them, and a blank one."""

    def text(place: Place) -> str:
        area = area_at(place, reference)
        if area is None:
            return "#VALUE!"
        cut = place.cut(area)
        bottom, right = min(cut.bottom + 1, area.bottom), min(cut.right + 1, area.right)
        return area._replace(bottom=bottom, right=right).text()

    return text


def occupied_cells(reference: Reference) -> Piece:
    """The cells as far as something stands on their sheet: for what passes over blank ones."""

    def text(place: Place) -> str:
        area = area_at(place, reference)
        return place.occupied(area).range() if area else "#VALUE!"

    return text


def as_range(reference: Reference) -> Piece:
    """As `same_cells`, and one cell as a range of one: where the engine wants a range it takes no cell."""
    cells = same_cells(reference)

    def text(place: Place) -> str:
        found = cells(place) if callable(cells) else cells
        sheet, _, area = found.rpartition("!")
        return found if not sheet or ":" in area else f"{found}:{area}"

    return text


def crossing(reference: Reference) -> Piece:
    """The one cell of a range that stands in the formula's row, or column."""

    def text(place: Place) -> str:
        area = area_at(place, reference)
        if area is None:
            return "#VALUE!"
        row = area.top if area.top == area.bottom else place.row
        col = area.left if area.left == area.right else place.col
        if area.top <= row <= area.bottom and area.left <= col <= area.right:
            return Area(area.sheet, row, col, row, col).text()
        return "#VALUE!"

    return text


def size_of(reference: Reference) -> Size:
    top, left, bottom, right = reference.edges
    move_top, move_left, move_bottom, move_right = reference.moves
    if move_top != move_bottom or move_left != move_right:
        return None
    return bottom - top + 1, right - left + 1


def spill(node: SpillOf) -> Piece:
    def text(place: Place) -> str:
        area = cells_of(place, node)
        return area.text() if area else "#REF!"

    return text


def plain_call(name: str, args: Sequence[Part]) -> Part:
    return Part(joined(name, "(", listed(args), ")"))
