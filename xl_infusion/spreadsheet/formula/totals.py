"""Rows of totals that end tables: with ``[#All]`` Excel hands them over as rows, and they are none.

A function does not learn where its rows stand, so that in Excel each such row is one that cannot be read. Here they
come to our functions as blank rows, and are told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xl_infusion.spreadsheet.formula.structured import TableLike
from xl_infusion.spreadsheet.formula.tree import Area, Call, Expression, Node, Reference, walk
from xl_infusion.spreadsheet.xlsx.grid import Ref
from xl_infusion.spreadsheet.xlsx.table_rows import rows_named

#: A range of one column is no table: its cells are answered one by one.
_FEWEST_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Totals:
    """The row of totals of a table: ``ref`` is its cells, ``head`` the row in which the table begins."""

    table: str
    sheet: str
    head: int
    ref: Ref

    def in_table(self, area: Area) -> bool:
        """Whether an area is the table, or rows of it with its headings, and takes the totals in."""
        top, left, _, right = self.ref
        reaches = area.top <= self.head and area.bottom >= top
        met = min(area.right, right) - max(area.left, left) + 1
        return area.sheet == self.sheet and reaches and met >= _FEWEST_COLUMNS

    def __str__(self) -> str:
        rows = rows_named(self.ref[0], self.ref[2])
        return (
            f"{rows} of {self.sheet} adds up the table {self.table} and is left out here; Excel hands it to our "
            "functions as a row that cannot be read: switch it off (Table Design, Total Row), and add up above or "
            "beside the table"
        )


def totals_of(tables: Iterable[TableLike]) -> dict[str, list[Totals]]:
    """The rows of totals of some tables, by their sheets."""
    found: dict[str, list[Totals]] = defaultdict(list)
    for table in tables:
        if table.totals_rows and table.header_rows:
            top, left, bottom, right = table.ref
            ref = (bottom - table.totals_rows + 1, left, bottom, right)
            found[table.sheet].append(Totals(table.name, table.sheet, top, ref))
    return found


def read_by(expression: Expression, row: int, col: int, known: Mapping[str, list[Totals]]) -> set[Totals]:
    """The rows of totals that calls of ours in a formula read, which stands in ``row`` and ``col``."""
    calls = (node for node in walk(expression.root) if isinstance(node, Call) and node.ours)
    read = (node for call in calls for node in walk(call) if isinstance(node, Reference))
    return {one for reference in read for one in _in(reference, row, col, known)}


def _in(reference: Node | None, row: int, col: int, known: Mapping[str, list[Totals]]) -> list[Totals]:
    area = reference.at(row, col) if isinstance(reference, Reference) else None
    return [one for one in known.get(area.sheet, ()) if one.in_table(area)] if area else []


def blanked(rows: object, argument: Node | None, row: int, col: int, known: Mapping[str, list[Totals]]) -> object:
    """What an argument hands over, its rows of totals blank: the rows below them keep their numbers."""
    found = _in(argument, row, col, known)
    if not found or not isinstance(argument, Reference) or not isinstance(rows, list):
        return rows
    area = argument.at(row, col)
    assert area is not None
    rows = [list(line) for line in rows]
    for totals in found:
        top, left, bottom, right = totals.ref
        for line in rows[top - area.top : bottom - area.top + 1]:
            first, last = max(left - area.left, 0), min(right - area.left + 1, len(line))
            line[first:last] = [None] * (last - first)
    return rows
