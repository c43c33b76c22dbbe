"""What a calculation found."""

from __future__ import annotations

from dataclasses import dataclass, field

from xl_infusion.spreadsheet.calculation.sheet_values import SheetValues
from xl_infusion.spreadsheet.formula.totals import Totals
from xl_infusion.spreadsheet.xlsx.grid import Ref


@dataclass(slots=True)
class Spill:
    """An array: its first cell, its rows, the range it filled before, and whether it was one before."""

    sheet: str
    row: int
    col: int
    rows: list[list[object]]
    old_ref: Ref | None
    was_array: bool


@dataclass(slots=True)
class Unresolved:
    """A formula that is left to Excel; ``reason`` completes the sentence "the formula ...".

    ``cause``: where it is left because another is, the cell of that one and its reason; else nothing.
    """

    sheet: str
    row: int
    col: int
    formula: str
    reason: str
    cause: str = ""


@dataclass(slots=True)
class Calculation:
    """The results of a workbook's formulas.

    ``spills``: array results; ``values``: results of single cells, by sheet, row and column; ``unresolved``:
    formulas that are left to Excel, and what depends on them; ``blocked``: arrays for which there is no room;
    ``called``: how many calls of our functions there are; ``callers``: a function of ours -> the cells whose
    formulas call it; ``before``: the workbook's values as they were; ``totals``: the rows of totals that stand in
    what calls of ours read, and were not handed to them.
    """

    spills: list[Spill]
    values: dict[str, dict[tuple[int, int], object]]
    unresolved: list[Unresolved]
    blocked: list[Unresolved]
    called: int
    callers: dict[str, set[tuple[str, int, int]]]
    before: SheetValues = field(repr=False)
    totals: list[Totals] = field(default_factory=list)
