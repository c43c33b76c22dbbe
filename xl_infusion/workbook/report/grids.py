"""A spilled grid read by its headings, and what its cells say in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from xl_infusion.errors import ExcelError
from xl_infusion.rules.number import CENT
from xl_infusion.workbook.report.parts import MONEY, Cell, Column, ShownTable

#: The sign of a figure that is read.
MINUS = "\u2212"


class Grid:
    """What a function spilled: a header row and rows, found by name."""

    def __init__(self, rows: Sequence[Sequence[Cell]]) -> None:
        self.names = [str(name) for name in rows[0]]
        self.rows = [[own(cell) for cell in row] for row in rows[1:]]

    def has(self, name: str) -> bool:
        """Whether there is a column of that name."""
        return name in self.names

    def of(self, row: Sequence[Cell], name: str) -> Cell:
        """The cell of a row in a column."""
        return row[self.names.index(name)]

    def column(self, name: str, start: int = 0) -> list[Cell]:
        """The cells of a column, from a row on."""
        at = self.names.index(name)
        return [row[at] for row in self.rows[start:]]

    def sorted(self, name: str, fixed: int = 1) -> Grid:
        """The grid with its rows by how far an amount goes, errors first; the first ``fixed`` rows stay."""
        at = self.names.index(name)
        rest = sorted(self.rows[fixed:], key=lambda row: (is_number(row[at]), -abs(amount(row[at]))))
        return Grid([self.names, *self.rows[:fixed], *rest])

    def table(
        self,
        caption: str,
        columns: Iterable[tuple[str, str]],
        *,
        totals: Iterable[int] = (0,),
        marked: int | None = None,
    ) -> ShownTable:
        """Some of the columns as a table, as far as the grid has them; ``totals``: the rows that stand out."""
        kept = [Column(name, kind) for name, kind in columns if self.has(name)]
        rows = [[self.of(row, column.name) for column in kept] for row in self.rows]
        return ShownTable(caption, tuple(kept), rows, frozenset(totals), marked)


def is_number(cell: Cell) -> bool:
    """True for a figure: no error, no blank."""
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def amount(cell: Cell) -> float:
    """The figure in a cell, 0 for an error or a blank: to sort by, never to show."""
    return float(cell) if isinstance(cell, (int, float)) else 0.0


def error_of(cell: Cell) -> ExcelError | None:
    """The error in a cell, None for a value."""
    return cell if isinstance(cell, ExcelError) else None


def own(cell: Cell) -> Cell:
    """An error with its own reason, where a sum tells it as that of a cell that it read.

    >>> own(ExcelError("#N/A", "Expected is #N/A (no rate for J3373)")).message
    'no rate for J3373'
    """
    if isinstance(cell, ExcelError) and (found := _OF_A_CELL.fullmatch(cell.message)) and found[1] == cell:
        return ExcelError(str(cell), found[2])
    return cell


_OF_A_CELL = re.compile(r"[A-Z][a-z ]+ is (#\S+) \((.+)\)", re.S)


def reason(error: ExcelError) -> str:
    """An error with its reason: ``#N/A: no rate for J3373``."""
    return f"{error}: {error.message}" if error.message else str(error)


def dollars(cell: Cell, *, signed: bool = False, cents: bool = True) -> str:
    """An amount as it is read: ``$1,234.50``, ``-$20.00`` (with a true minus); an error is its code.

    >>> ascii((dollars(1234.5), dollars(-19.5, cents=False), dollars(20, signed=True), dollars(ExcelError("#N/A"))))
    "('$1,234.50', '\\\\u2212$20', '+$20.00', '#N/A')"
    """
    if not is_number(cell):
        return str(cell)
    value = amount(cell)
    exact = abs(Decimal(repr(value))).quantize(CENT if cents else Decimal(1), ROUND_HALF_UP)
    text = f"{exact:,}"
    none = not text.strip("0.,")
    return ("" if none else MINUS if value < 0 else "+" if signed else "") + "$" + text


def share(cell: Cell, *, signed: bool = False, digits: int = 1) -> str:
    """A share in percent.

    >>> ascii((share(0.4), share(-0.0144, signed=True), share("")))
    "('40 %', '\\\\u22121.4 %', '')"
    """
    if not is_number(cell):
        return str(cell)
    value = round(100 * amount(cell), digits)
    text = f"{abs(value):,.{digits}f}"
    text = text.removesuffix(".0")
    return (MINUS if value < 0 else "+" if signed and value > 0 else "") + text + " %"


def part_of(part: Cell, whole: Cell, what: str) -> str:
    """``58.6 % of the charge``; nothing where one of them is no figure.

    >>> part_of(60, 100, "of the charge"), part_of(ExcelError("#N/A"), 100, "of it")
    ('60 % of the charge', '')
    """
    return f"{share(amount(part) / amount(whole))} {what}" if is_number(part) and amount(whole) else ""


def month(label: str) -> str:
    """A group's month as it is read; what is none (an error) stays as it is. In English on every machine.

    >>> month("2025-07"), month("#N/A")
    ('Jul 2025', '#N/A')
    """
    year, _, number = label.partition("-")
    if not (year.isdecimal() and number.isdecimal() and 1 <= int(number) <= 12):
        return label
    return f"{MONTHS[int(number) - 1]} {year}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def kinds(names: Iterable[str], kind: str = MONEY) -> list[tuple[str, str]]:
    """Columns of one kind."""
    return [(name, kind) for name in names]
