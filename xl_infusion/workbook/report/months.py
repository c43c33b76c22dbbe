"""The months to come, and what was paid."""

from __future__ import annotations

import datetime as dt

from xl_infusion.functions import CLAIM_SUMMARY, FORECAST_BASIS, FORECAST_GRID, VARIANCE_GRID
from xl_infusion.workbook.report.ask import Ask
from xl_infusion.workbook.report.grids import Grid, amount, dollars, error_of, kinds, part_of, reason
from xl_infusion.workbook.report.parts import (
    COUNT,
    MONEY,
    MONTH,
    NUMBER,
    SIGNED,
    TEXT,
    Band,
    Cell,
    Lying,
    Section,
    Tile,
)

AS_EXPECTED = "paid as expected"


def forecast(ask: Ask, tiles: list[Tile]) -> Section:
    """Revenue and cash of the next twelve months with their band, and what they are drawn from."""
    section = Section(
        "forecast", "Forecast", "Forecast",
        "The months to come if they go as the past ones did: no trend, no season, no new payer. Between P10 and P90 "
        "lie eight runs of ten; what known orders still bring is in all of them.",
    )  # fmt: skip
    grid = ask.grid(section, ask.of(FORECAST_GRID, None, None, None))
    if grid is None:
        return section
    months = [cell for cell in grid.column("Month", 1) if isinstance(cell, dt.date)]
    days = [("Starts", NUMBER), *kinds((f"Patient-days {name}" for name in ("P10", "P50", "P90")), COUNT)]
    _month_by_month(section, grid, months, "Revenue", "Revenue, by day of service", days)
    _month_by_month(section, grid, months, "Cash", "Cash, by day of payment", [])
    total = grid.rows[0]
    least, median, most = (grid.of(total, f"Revenue {name}") for name in ("P10", "P50", "P90"))
    section.finding = (
        f"{len(months)} months bring {dollars(median)} in the middle of the runs, {dollars(least)} to {dollars(most)} "
        f"in eight of ten. It rests on {amount(grid.of(total, 'Rests on')):,.0f} orders."
    )
    section.notes.append(f"{grid.of(total, 'Why')}.")
    band = f"{dollars(least, cents=False)} to {dollars(most, cents=False)} in eight runs of ten"
    tiles.append(Tile(f"Revenue, next {len(months)} months", median, MONEY, band))
    columns = [("By", TEXT), ("Group", TEXT), ("Orders", COUNT), ("Starts mean", NUMBER),
               *kinds(("Days P10", "Days median", "Days P90"), COUNT), *kinds(("Expected an order", "Expected a day")),
               ("Days to pay", NUMBER)]  # fmt: skip
    drawn_from = ask.grid(section, ask.of(FORECAST_BASIS))
    if drawn_from is not None:
        section.tables.append(drawn_from.table("What it is drawn from, by therapy and by payer", columns))
    return section


def _month_by_month(
    section: Section, grid: Grid, months: list[dt.date], what: str, title: str, more: list[tuple[str, str]]
) -> None:
    """The months of what is foretold, Revenue or Cash: a table, in which ``more`` columns stand first, and a chart."""
    names = [f"{what} {name}" for name in ("known", "P10", "P50", "P90")]
    section.tables.append(grid.table(f"{what}, month by month", [("Month", MONTH), *more, *kinds(names)]))
    known, low, middle, high = ([amount(cell) for cell in grid.column(name, 1)] for name in names)
    section.charts.append(Band(title, months, low, middle, high, known))


def paid(ask: Ask, tiles: list[Tile]) -> Section:
    """What was paid against what is owed, by likely cause and by payer."""
    section = Section(
        "paid", "Paid against expected", "Paid",
        "What the payers paid against what they owe, by the likely cause of the difference. What matches no line of "
        "the other side is in it too.",
    )  # fmt: skip
    found = ask.of(VARIANCE_GRID, ask.tables["Remittance"]) if ask.tables.rows("Remittance") else None
    if ask.grid(section, found, "Remittance") is None:
        return section
    causes, payers = (Grid(CLAIM_SUMMARY(found, by)).sorted("Variance") for by in ("Cause", "Payer"))
    _compared(section, causes, "Cause", "By likely cause", "Paid less (or more) than expected, by likely cause")
    _compared(section, payers, "Payer", "By payer", "The same, by payer")
    total, owed, lines = (causes.of(causes.rows[0], name) for name in ("Variance", "Expected", "Lines"))
    wrong = sum(
        int(amount(causes.of(row, "Lines"))) for row in causes.rows[1:] if causes.of(row, "Cause") != AS_EXPECTED
    )
    section.finding = _came_to(total, lines, wrong)
    part = part_of(total, owed, "of what payers owe")
    about = f"{wrong:,} line{'' if wrong == 1 else 's'} to look at" + (f", {part}" if part else "")
    tiles.append(Tile("Paid less expected", total, SIGNED, about))
    return section


def _compared(section: Section, grid: Grid, by: str, caption: str, title: str) -> None:
    """What was paid and owed by one thing: its table, and a chart where anything differs."""
    section.tables.append(
        grid.table(caption, [(by, TEXT), ("Lines", COUNT), *kinds(("Expected", "Paid")), ("Variance", SIGNED)])
    )
    rows = [row for row in grid.rows[1:] if grid.of(row, "Variance") != 0]
    if rows:
        labels, values = [str(grid.of(row, by)) for row in rows], [grid.of(row, "Variance") for row in rows]
        section.charts.append(Lying(title, labels, values, True))


def _came_to(total: Cell, lines: Cell, wrong: int) -> str:
    """The finding in words: ``wrong`` of the lines were not paid as expected."""
    if error := error_of(total):
        return f"The total cannot be worked out: {reason(error)}"
    if wrong:
        return (
            f"{wrong:,} of {amount(lines):,.0f} lines were not paid as expected: {dollars(total, signed=True)} in all."
        )
    return "Every line was paid as expected."
