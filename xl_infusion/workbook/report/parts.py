"""What a report is made of: sections with a finding, charts and tables. Plain data, to be drawn and set elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from xl_infusion.errors import ExcelError

#: What a function gave for a cell; an `ExcelError` has its reason.
Cell = object
#: How a column is shown; `UNDER`: as a line of text under the row, with no column of its own.
TEXT, MONEY, SIGNED, COUNT, SHARE, MONTH, NUMBER = "text", "money", "signed", "count", "share", "month", "number"
UNDER = "under"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and how its cells are shown."""

    name: str
    kind: str = MONEY


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table; ``totals``: rows (from 0) that stand out. ``marked``: a row that is spoken of above."""

    caption: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]]
    totals: frozenset[int] = frozenset({0})
    marked: int | None = None


@dataclass(frozen=True, slots=True)
class Months:
    """Upright bars, one a month; the last axis label is all that is said of their unit."""

    title: str
    labels: Sequence[str]
    values: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Lying:
    """Bars that lie, one a row; ``signed``: to both sides of nothing."""

    title: str
    labels: Sequence[str]
    values: Sequence[Cell]
    signed: bool = False
    marked: int | None = None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two bars a row, now and then, and what they differ by."""

    title: str
    labels: Sequence[str]
    names: tuple[str, str]
    now: Sequence[Cell]
    then: Sequence[Cell]
    difference: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A whole bar, a step a row, a whole bar. The steps' contributions and the totals after them."""

    title: str
    labels: Sequence[str]
    contributions: Sequence[Cell]
    totals: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Tornado:
    """Bars to both sides of nothing: what each of two values of a term changes."""

    title: str
    labels: Sequence[str]
    values: Sequence[tuple[str, str]]
    differences: Sequence[tuple[Cell, Cell]]


@dataclass(frozen=True, slots=True)
class Band:
    """A line in its band, month by month; ``known``: what is sure of it already, as bars."""

    title: str
    months: Sequence[dt.date]
    low: Sequence[float]
    middle: Sequence[float]
    high: Sequence[float]
    known: Sequence[float]


Chart = Months | Lying | Pairs | Waterfall | Tornado | Band


@dataclass(slots=True)
class Section:
    """A section: what it says in words, its charts (side by side), its tables; or why it could not be made."""

    key: str
    title: str
    short: str
    about: str
    finding: str = ""
    charts: list[Chart] = field(default_factory=list)
    tables: list[ShownTable] = field(default_factory=list)
    problem: ExcelError | None = None
    missing: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure at the top of the page."""

    name: str
    value: Cell
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. ``facts``: what it rests on, name and figure."""

    workbook: str
    span: str
    facts: list[tuple[str, str]]
    tiles: list[Tile]
    sections: list[Section]
    version: str
