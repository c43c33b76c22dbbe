"""The lines of a grid added up: by payer, therapy, drug, month, kind of line, patient, or by two of them crosswise.

It adds up what stands in the cells of any grid that a function spilled, so that it says nothing that they do not. An
error in a group is the group's result, and the total's.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal

from xl_infusion.claim.inputs import good, sort_key, text
from xl_infusion.errors import BillingError, NotFound, WrongInput
from xl_infusion.model.columns import AMOUNTS
from xl_infusion.reference.names import fold
from xl_infusion.rules import day as day_rule
from xl_infusion.rules.number import exact

TOTAL, LINES, MONTH, NONE = "Total", "Lines", "Month", "(none)"
#: A cell of a result: a label, a count, an amount, or why it is not known; None where no line has an amount.
Cell = str | int | Decimal | BillingError | None


class Grid:
    """A grid with its header row; a column is found by its name without regard to case and spaces."""

    def __init__(self, rows: Sequence[Sequence[object]]) -> None:
        """Errors: `CellError` for a grid that is an error, `WrongInput` without a header."""
        header = [good(cell, "the grid") for cell in (rows[0] if rows else [])]
        self.rows = [row for row in rows[1:] if any(cell is not None for cell in row)]
        self.columns = {fold(text(cell, "a heading")): at for at, cell in enumerate(header) if cell is not None}
        self.names = [text(cell, "a heading") for cell in header if cell is not None]
        if not self.columns:
            raise WrongInput("the grid has no header row: give what a function spilled, with its headings")

    def at(self, name: str) -> int | None:
        """Where a column stands, None where the grid has none of that name."""
        return self.columns.get(fold(name))

    def labels(self, name: str) -> list[str | BillingError]:
        """What each row is grouped by; `Month` is that of From, ``2025-07``. Errors: `NotFound`."""
        at = self.at(name)
        if at is None and fold(name) == fold(MONTH) and (at := self.at("From")) is not None:
            return [_label(row[at], _month) for row in self.rows]
        if at is None:
            raise NotFound(f"the grid has no column {name!r}: it has {', '.join(self.names)}")
        return [_label(row[at], _text) for row in self.rows]

    def amounts(self, name: str) -> list[Decimal | BillingError | None]:
        """The amounts of a column; None for blank. Errors: `NotFound`."""
        at = self.at(name)
        if at is None:
            raise NotFound(f"the grid has no column {name!r}: it has {', '.join(self.names)}")
        return [_amount(row[at], name) for row in self.rows]

    def is_blank(self, name: str) -> bool:
        """True for a column without an amount on any line, as Charge is without rates: what it comes to is not 0."""
        return bool(self.rows) and all(amount is None for amount in self.amounts(name))

    @property
    def added_up(self) -> list[str]:
        """The columns that can be added up, in their order."""
        return [name for name in self.names if fold(name) in _ADDED_UP]


_ADDED_UP = {fold(name) for name in AMOUNTS}


def _label(cell: object, read: Callable[[object], str]) -> str | BillingError:
    try:
        return read(good(cell, "what it is grouped by")) if cell is not None else NONE
    except BillingError as error:
        return error


def _text(cell: object) -> str:
    if isinstance(cell, dt.date):
        return cell.isoformat()[:10]
    return text(cell, "what it is grouped by") or NONE


def _month(cell: object) -> str:
    return f"{day_rule.parse(cell, 'From'):%Y-%m}"


def _amount(cell: object, name: str) -> Decimal | BillingError | None:
    try:
        return None if cell is None else exact(good(cell, name), name)
    except BillingError as error:
        return error


class _Sum:
    """A sum that is an error as soon as one of its parts is."""

    __slots__ = ("amount", "problem")

    def __init__(self) -> None:
        self.amount, self.problem = Decimal(0), None

    problem: BillingError | None

    def add(self, amount: Decimal | BillingError | None) -> None:
        if isinstance(amount, BillingError):
            self.problem = self.problem or amount
        elif amount is not None:
            self.amount += amount

    @property
    def result(self) -> Decimal | BillingError:
        return self.problem or self.amount


def summary(grid: Grid, by: str) -> list[list[Cell]]:
    """A header row, the total, and a row for each group: how many lines, and every amount that the grid has.

    A column without any amount stays blank.

    >>> for row in summary(Grid([["Payer", "Charge"], ["B", 1.5], ["A", 2], ["B", 3]]), "payer"):
    ...     print(*row)
    payer Lines Charge
    Total 3 6.5
    A 1 2
    B 2 4.5
    """
    labels, names = grid.labels(by), grid.added_up
    if not names:
        raise NotFound(f"the grid has no amounts to add up: none of {', '.join(AMOUNTS)}")
    columns, blank = [grid.amounts(name) for name in names], [grid.is_blank(name) for name in names]
    counts: dict[str | None, int] = {None: len(labels)}
    sums: dict[tuple[str | None, int], _Sum] = defaultdict(_Sum)
    for i, label in enumerate(labels):
        group = label if isinstance(label, str) else label.excel
        counts[group] = counts.get(group, 0) + 1
        for at, column in enumerate(columns):
            sums[group, at].add(column[i])
            sums[None, at].add(column[i])
    out: list[list[Cell]] = [[by, LINES, *names]]
    for key in (None, *sorted((group for group in counts if group is not None), key=_place)):
        amounts = (None if empty else sums[key, at].result for at, empty in enumerate(blank))
        out.append([key or TOTAL, counts[key], *amounts])
    return out


def cross(grid: Grid, by: str, across: str, value: str) -> list[list[Cell]]:
    """A cross table of one amount: a header row and a total row; groups down, and their total, groups across.

    Errors: `NotFound` for a column without any amount.

    >>> grid = Grid([["Payer", "Kind", "Paid"], ["B", "drug", 1], ["A", "visit", 2]])
    >>> for row in cross(grid, "Payer", "Kind", "Paid"):
    ...     print(*row)
    Payer Total drug visit
    Total 3 1 2
    A 2 0 2
    B 1 1 0
    """
    down, over, amounts = grid.labels(by), grid.labels(across), grid.amounts(value)
    if grid.is_blank(value):
        raise NotFound(f"no line of the grid has an amount in its column {value}: it is blank (are there rates?)")
    sums: dict[tuple[str | None, str | None], _Sum] = defaultdict(_Sum)
    for left, top, amount in zip(down, over, amounts, strict=True):
        one, other = (label if isinstance(label, str) else label.excel for label in (left, top))
        for key in ((one, other), (one, None), (None, other), (None, None)):
            sums[key].add(amount)
    lefts = sorted({one for one, _ in sums if one is not None}, key=_place)
    tops = sorted({other for _, other in sums if other is not None}, key=_place)
    out: list[list[Cell]] = [[by, TOTAL, *tops]]
    for row in (None, *lefts):
        out.append([row or TOTAL, *(sums[row, column].result for column in (None, *tops))])
    return out


def _place(label: str) -> tuple[bool, object]:
    return label == NONE, sort_key(label)
