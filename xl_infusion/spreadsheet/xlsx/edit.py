"""What is to change on a sheet, and the same row by row."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from xl_infusion.spreadsheet.xlsx.errors import UnwritableCell
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, Ref, cell_name, inside, spanning
from xl_infusion.spreadsheet.xlsx.values import CellValue, Content

#: a column behind the last of a sheet
_NONE = MAX_COL + 1

#: cells side by side: the first column, and the values from there on
Run = tuple[int, Sequence[Content]]


@dataclass(frozen=True)
class Block:
    """A rectangle of results whose first cell is in ``row`` and ``col`` (from 1)."""

    row: int
    col: int
    rows: Sequence[Sequence[Content]]


@dataclass
class SheetEdit:
    """What changes on a sheet. A later block goes before an earlier, a single cell before a block.

    ``clear``: rectangles whose stored values go; what ``blocks`` and ``cells`` put there stays.
    ``array_refs``: the range that the array formula of a cell fills from now on. ``values_only``: cells whose
    formula goes, so that their value is all that stays. ``styles``: the look of a column's cells that are written or
    made, where they have none of their own: its number, or nothing for the plain one.
    """

    blocks: list[Block] = field(default_factory=list)
    cells: dict[tuple[int, int], CellValue] = field(default_factory=dict)
    clear: list[Ref] = field(default_factory=list)
    array_refs: dict[tuple[int, int], Ref] = field(default_factory=dict)
    values_only: set[tuple[int, int]] = field(default_factory=set)
    styles: Mapping[int, bytes] = field(default_factory=dict)

    def __bool__(self) -> bool:
        written = self.cells or any(any(block.rows) for block in self.blocks)
        return bool(written or self.clear or self.array_refs or self.values_only)


class Plan:
    """An edit by rows."""

    def __init__(self, edit: SheetEdit, place: str) -> None:
        self.place = place
        self.runs: dict[int, list[Run]] = defaultdict(list)
        self.clear = edit.clear
        self.styles = edit.styles
        #: the range of a cell's array formula; None where the formula goes
        self.arrays: dict[int, dict[int, Ref | None]] = defaultdict(dict)
        #: the rectangle around all that is written
        self.extent: Ref | None = None
        for block in edit.blocks:
            for row, values in enumerate(block.rows, block.row):
                if values:
                    self.runs[row].append((block.col, values))
            width = max(map(len, block.rows), default=0)
            if width:
                self._reach((block.row, block.col, block.row + len(block.rows) - 1, block.col + width - 1))
        for (row, col), value in edit.cells.items():
            self.runs[row].append((col, (value,)))
            self._reach((row, col, row, col))
        for (row, col), ref in edit.array_refs.items():
            if not inside(ref) or (row, col) != ref[:2]:
                raise UnwritableCell(f"{place}: an array at {cell_name(row, col)} cannot fill {ref}")
            self.arrays[row][col] = ref
        for row, col in edit.values_only:
            self.arrays[row][col] = None
        #: rows that something is written to, in order
        self.rows = sorted({*self.runs, *self.arrays})

    def _reach(self, ref: Ref) -> None:
        if not inside(ref):
            raise UnwritableCell(
                f"{self.place}: the result would fill rows {ref[0]}-{ref[2]}, columns {ref[1]}-{ref[3]}, "
                f"more than the sheet has; give it a place with room"
            )
        self.extent = spanning(self.extent or ref, ref)

    def of(self, row: int) -> list[Run]:
        """The runs of a row from left to right, none over another."""
        runs = self.runs.get(row, [])
        if len(runs) < 2:
            return runs
        in_order = sorted(runs, key=lambda run: run[0])
        if all(left[0] + len(left[1]) <= right[0] for left, right in pairwise(in_order)):
            return in_order
        cells = {col: value for first, values in runs for col, value in enumerate(values, first)}
        return [(col, (cells[col],)) for col in sorted(cells)]

    def cleared(self, row: int) -> list[tuple[int, int]]:
        """The columns of a row whose values go: first and last."""
        return [(ref[1], ref[3]) for ref in self.clear if ref[0] <= row <= ref[2]]

    def clears(self, first: int, last: int) -> bool:
        return any(ref[0] <= last and first <= ref[2] for ref in self.clear)

    def gives_values_alone(self, rows: Sequence[int]) -> bool:
        """Whether values are all that rows get: no look of a column, no array."""
        return not self.styles and not any(row in self.arrays for row in rows)

    def row(self, number: int) -> RowPlan:
        return RowPlan(number, self.of(number), self.arrays.get(number, {}), self.cleared(number))


class RowPlan:
    """What is to change in one row. What a cell has taken is no longer there.

    ``arrays``: by column, the range of its array formula; None where the formula goes. ``cleared``: the columns whose
    values go, first and last.
    """

    def __init__(
        self, number: int, runs: Sequence[Run], arrays: Mapping[int, Ref | None], cleared: list[tuple[int, int]]
    ) -> None:
        self.number = number
        self.arrays = dict(arrays)
        self.cleared = cleared
        #: the cells that are written to, from left to right, with what they get
        self.values = deque((col, value) for first, values in runs for col, value in enumerate(values, first))
        #: the first of their columns; one that no sheet has when there are none
        self.next_col = self.values[0][0] if self.values else _NONE

    def take(self) -> Content:
        """Takes the value for the next column."""
        _, value = self.values.popleft()
        self.next_col = self.values[0][0] if self.values else _NONE
        return value

    def clears(self, col: int) -> bool:
        for first, last in self.cleared:  # noqa: SIM110 - asked of every cell, where `any` takes twice as long
            if first <= col <= last:
                return True
        return False
