"""A report as one HTML page that needs nothing beside itself: jinja2 sets `page.html`, matplotlib draws the charts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from xl_infusion.errors import ExcelError
from xl_infusion.template import style
from xl_infusion.workbook.report import charts
from xl_infusion.workbook.report.grids import amount, dollars, is_number, month, reason, share
from xl_infusion.workbook.report.parts import (
    COUNT,
    MONEY,
    MONTH,
    NUMBER,
    SHARE,
    SIGNED,
    TEXT,
    UNDER,
    Band,
    Cell,
    Lying,
    Report,
    Section,
    ShownTable,
    Tile,
)

#: Rows of a table that are shown at once; the others are one click away.
SHOWN = 40
_COLORS = ("INK", "MUTED", "BRAND", "BRAND_MID", "BRAND_SOFT", "BRAND_PALE", "LINE", "GOOD", "BAD", "BAD_SOFT", "WARN",
           "WARN_SOFT")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cell as the page has it: its text, its look, the number of the note that says its reason."""

    text: str
    look: str
    note: int = 0


def page(report: Report) -> str:
    """The page. The same report gives the same text."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files(__package__ or "").joinpath("page.html").read_text("utf-8"))
    colors = {name.lower(): f"#{getattr(style, name)}" for name in _COLORS}
    return template.render(
        report=report,
        colors=colors,
        tiles=[_tile(tile) for tile in report.tiles],
        sections=[_section(section) for section in report.sections],
        reason=reason,
    )


def _tile(tile: Tile) -> dict[str, object]:
    """A figure at the top: whole dollars; an error with its reason under it."""
    error = tile.value if isinstance(tile.value, ExcelError) else None
    signed = tile.kind == SIGNED
    tone = "bad" if error or (signed and amount(tile.value) < 0) else "good" if signed and amount(tile.value) else ""
    text = str(error) if error else dollars(tile.value, signed=signed, cents=False)
    return {"name": tile.name, "text": text, "about": error.message if error else tile.about, "tone": tone}


def _section(section: Section) -> dict[str, object]:
    """A section with its charts drawn and its tables in words."""
    rows: list[list[tuple[str, Markup]]] = []
    pair: list[tuple[str, Markup]] = []
    for at, chart in enumerate(section.charts):
        half = isinstance(chart, Band) or (isinstance(chart, Lying) and chart.marked is None)
        half = half and sum(isinstance(one, type(chart)) for one in section.charts) > 1
        drawn = Markup(charts.svg(chart, f"{section.key}-{at}", wide=not half))
        if not half:
            rows.append([(chart.title, drawn)])
            continue
        pair.append((chart.title, drawn))
        if len(pair) == 2:
            rows.append(pair)
            pair = []
    return {
        "key": section.key, "title": section.title, "short": section.short, "about": section.about,
        "finding": section.finding, "notes": section.notes, "problem": section.problem, "missing": section.missing,
        "charts": rows + ([pair] if pair else []), "tables": [_table(table) for table in section.tables],
    }  # fmt: skip


def _table(table: ShownTable) -> dict[str, object]:
    """A table in words; under it the reason of each error that stands in it."""
    notes: list[str] = []
    columns = [column for column in table.columns if column.kind != UNDER]
    rows = [_row(table, at, notes) for at in range(len(table.rows))]
    return {
        "caption": table.caption,
        "columns": [(column.name, "text" if column.kind in (TEXT, MONTH) else "") for column in columns],
        "rows": rows[:SHOWN], "more": rows[SHOWN:], "notes": notes, "narrow": len(columns) <= 5,
    }  # fmt: skip


def _row(table: ShownTable, at: int, notes: list[str]) -> dict[str, object]:
    """A row in words: its cells, and what is told under it."""
    cells = [(cell, column.kind) for cell, column in zip(table.rows[at], table.columns, strict=True)]
    under = "; ".join(str(cell) for cell, kind in cells if kind == UNDER and cell != "")
    shown = [_cell(cell, kind, notes, under) for cell, kind in cells if kind != UNDER]
    looks = {"total": at in table.totals, "marked": at == table.marked}
    return {"cells": shown, "look": " ".join(look for look, on in looks.items() if on), "under": under}


#: How a figure is written.
_FIGURES: dict[str, Callable[[Cell], str]] = {
    MONEY: dollars,
    SIGNED: lambda cell: dollars(cell, signed=True),
    SHARE: lambda cell: share(cell, signed=True, digits=2),
    COUNT: lambda cell: f"{amount(cell):,.0f}",
    NUMBER: lambda cell: f"{amount(cell):,.2f}",
}


def _cell(cell: Cell, kind: str, notes: list[str], told: str) -> _Shown:
    """A cell in words; the reason of an error goes to the notes, unless it is ``told`` under the row already."""
    if isinstance(cell, ExcelError):
        return _Shown(str(cell), "error text" if kind == TEXT else "error", _note(cell, notes, told))
    if kind == MONTH:
        return _Shown(month(f"{cell:%Y-%m}" if isinstance(cell, dt.date) else str(cell)), "text")
    if kind == TEXT:
        return _Shown(str(cell), "text")
    if not is_number(cell):
        return _Shown(str(cell), "")
    return _Shown(_FIGURES[kind](cell), _sign(cell) if kind in (SIGNED, SHARE) else "")


def _note(error: ExcelError, notes: list[str], told: str) -> int:
    """The number of the note that says an error's reason, which comes to the others; 0 for one that needs none."""
    if not error.message or error.message in told:
        return 0
    if reason(error) not in notes:
        notes.append(reason(error))
    return notes.index(reason(error)) + 1


def _sign(cell: Cell) -> str:
    """The look of a difference."""
    return "minus" if amount(cell) < 0 else "plus" if amount(cell) > 0 else "nil"
