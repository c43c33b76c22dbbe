"""What a report rests on, and what the contracts come to."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from xl_infusion.errors import ExcelError
from xl_infusion.functions import CLAIM_SUMMARY
from xl_infusion.reference import current
from xl_infusion.workbook.report.ask import Ask
from xl_infusion.workbook.report.grids import (
    MONTHS,
    Grid,
    amount,
    dollars,
    error_of,
    is_number,
    kinds,
    month,
    part_of,
    reason,
    share,
)
from xl_infusion.workbook.report.parts import (
    COUNT,
    MONEY,
    MONTH,
    TEXT,
    Cell,
    Column,
    Lying,
    Months,
    Section,
    ShownTable,
    Tile,
)

_AMOUNTS = ("Charge", "Expected", "Adjustment", "Patient share", "Payer pays", "Drug cost", "Drug margin")
_COLUMNS = (("Lines", COUNT), *kinds(_AMOUNTS))
#: What `CLAIM_SUMMARY` calls the group of a blank.
_NONE = "(none)"


def facts(ask: Ask) -> tuple[str, list[tuple[str, str]]]:
    """The days of service, and name and figure of all that the report rests on."""
    edition, tables = current().edition, ask.tables
    found = [("Orders", f"{tables.rows('Orders'):,}")]
    span, stale = "", 0
    lines: list[tuple[str, str]] = []
    if isinstance(ask.expected, list):
        grid = Grid(ask.expected)
        days = [cell for name in ("From", "To") for cell in grid.column(name) if isinstance(cell, dt.date)]
        span = f"{_day(min(days))} to {_day(max(days))}" if days else ""
        stale = sum("STALE" in str(why) for why in grid.column("Why"))
        found.append(("Patients", f"{len(set(map(str, grid.column('Patient')))):,}"))
        lines = [("Days of service", span or "none"), ("Claim lines", f"{len(grid.rows):,}")]
    found += [
        ("Visits", f"{tables.rows('Visits'):,}"),
        *lines,
        ("Rows of Payers and Rates", f"{tables.rows('Payers'):,} and {tables.rows('Rates'):,}"),
        ("Rows of Scenarios", f"{tables.rows('Scenarios'):,}"),
        ("Rows of Remittance", f"{tables.rows('Remittance'):,}"),
        ("Codes", f"{edition.edition}, verified through {_day(edition.verified_through)}"),
    ]
    if stale:
        found.append(("Lines after the day through which their code is verified: STALE", f"{stale:,}"))
    return span, found


def basis(ask: Ask) -> Section:
    """What the report rests on: the lines that cannot be priced, with their reasons."""
    section = Section(
        "basis", "What it rests on", "Basis",
        "The tables of the workbook as they are now, priced by the payers' contracts in it. US dollars.",
    )  # fmt: skip
    grid = ask.grid(section, ask.expected)
    if grid is None:
        return section
    wrong: Counter[tuple[str, str]] = Counter()
    for row in grid.rows:
        error = next((cell for cell in row if isinstance(cell, ExcelError)), None)
        if error is not None:
            wrong[str(error), str(grid.of(row, "Why"))] += 1
    if wrong:
        count = sum(wrong.values())
        lines, they = ("claim line", "it is") if count == 1 else ("claim lines", "they are")
        section.finding = (
            f"{count:,} {lines} cannot be priced: an error in every total that {they} part of, until the workbook is "
            "mended."
        )
        rows: list[list[Cell]] = [[ExcelError(error), many, why] for (error, why), many in wrong.most_common()]
        columns = (Column("Error", TEXT), Column("Lines", COUNT), Column("Why", TEXT))
        section.tables = [ShownTable("Lines that cannot be priced", columns, rows, frozenset())]
    else:
        section.finding = "Every claim line has its price." if grid.rows else "There are no orders yet."
    return section


def expected(ask: Ask, tiles: list[Tile]) -> Section:
    """Expected payment by payer, therapy and month."""
    section = Section(
        "expected", "Expected payment", "Expected",
        "Charge is what is billed; Expected is what the contracts come to, nothing on a claim that is sent to be "
        "denied. Expected and Adjustment make the charge. A month is one of service: its money is that of its days, "
        "and a line counts where it begins.",
    )  # fmt: skip
    whole = ask.grid(section, ask.expected)
    if whole is None:
        tiles.append(Tile("Expected payment", ask.expected, MONEY, ""))
        return section
    if not whole.rows:
        section.missing = ask.tables.why_none("Orders")
        return section
    grids = {by: Grid(CLAIM_SUMMARY(ask.expected, by)) for by in ("Payer", "Therapy", "Month")}
    months, largest = grids["Month"], {by: grids[by].sorted("Expected") for by in ("Payer", "Therapy")}
    _show(section, months, largest)
    if any(_NONE in grid.column(by) for by, grid in grids.items()):
        section.notes.append(f"{_NONE}: lines that have no such group; a nurse's visit has no therapy.")
    payers = grids["Payer"]
    charge, comes_to = (payers.of(payers.rows[0], name) for name in ("Charge", "Expected"))
    section.finding = _worth(charge, comes_to, largest["Payer"])
    tiles.append(Tile("Expected payment", comes_to, MONEY, part_of(comes_to, charge, "of the charge")))
    tiles += _margin(payers)
    return section


def _show(section: Section, months: Grid, largest: dict[str, Grid]) -> None:
    """The sums by month, and by what else with the largest first, as tables and as charts."""
    labels = [month(str(cell)) for cell in months.column("Month", 1)]
    section.charts.append(Months("Expected payment by month", labels, months.column("Expected", 1)))
    for by, grid in largest.items():
        title, names = f"By {by.lower()}", [str(cell) for cell in grid.column(by, 1)]
        section.charts.append(Lying(title, names, grid.column("Expected", 1)))
        section.tables.append(grid.table(title, [(by, TEXT), *_COLUMNS]))
    section.tables.append(months.table("By month", [("Month", MONTH), *_COLUMNS]))


def _margin(payers: Grid) -> list[Tile]:
    """The margin on drugs of all payers; none where no drug has a cost."""
    if not payers.has("Drug margin"):
        return []
    margin, cost = (payers.of(payers.rows[0], name) for name in ("Drug margin", "Drug cost"))
    if margin == "":
        return []
    return [Tile("Drug margin", margin, MONEY, f"on drugs that cost {dollars(cost, cents=False)}")]


def _worth(charge: Cell, comes_to: Cell, payers: Grid) -> str:
    """The finding in words; ``payers``: the total, then the largest first."""
    if error := error_of(comes_to) or error_of(charge):
        return f"The total cannot be worked out: {reason(error)}"
    part = f", {share(amount(comes_to) / amount(charge))}" if amount(charge) else ""
    said = f"The contracts come to {dollars(comes_to)} on charges of {dollars(charge)}{part}."
    if len(payers.rows) > 2 and is_number(comes_to) and amount(comes_to):
        first = payers.rows[1]
        brings = share(amount(payers.of(first, "Expected")) / amount(comes_to))
        said += f" {payers.of(first, 'Payer')} brings most, {brings}."
    return said


def _day(day: dt.date) -> str:
    """``Jan 5, 2025``, in English on every machine."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
