"""What other contracts would bring: scenarios, the bridge to one of them, one term at a time."""

from __future__ import annotations

from collections.abc import Sequence

from xl_infusion.errors import ExcelError
from xl_infusion.functions import BRIDGE, SENSITIVITY
from xl_infusion.workbook.report.ask import ALL_PAYERS, AS_IT_IS, BASE, Ask
from xl_infusion.workbook.report.grids import Grid, amount, dollars, error_of, is_number, kinds, reason, share
from xl_infusion.workbook.report.parts import (
    COUNT,
    MONEY,
    NUMBER,
    SHARE,
    SIGNED,
    TEXT,
    UNDER,
    Cell,
    Column,
    Lying,
    Pairs,
    Section,
    ShownTable,
    Tile,
    Tornado,
    Waterfall,
)

#: What is tried of each term, low and high.
TRIED: tuple[tuple[str, float, float], ...] = (
    ("Second share", 0.4, 0.6), ("Third share", 0, 0.5), ("Per diem change", -0.05, 0.05), ("Per diem amount", -5, 5),
    ("Drugs at % of charge", 0.45, 0.55), ("Volume growth", -0.05, 0.05),
)  # fmt: skip


def scenarios(ask: Ask, tiles: list[Tile]) -> Section:
    """Every scenario, and the one that is shown by payer."""
    section = Section(
        "scenarios", "Scenarios", "Scenarios",
        "The same orders under the terms of each scenario, against the contracts as they are (Base).",
    )  # fmt: skip
    grid = ask.grid(section, ask.scenarios, "Scenarios")
    if grid is None:
        return section
    for row in grid.rows:
        row[-1] = "" if row[-1] == AS_IT_IS else row[-1]
    whole = Grid([grid.names, *(row for row in grid.rows if grid.of(row, "Payer") == ALL_PAYERS)])
    names = [str(name) for name in whole.column("Scenario")]
    at = names.index(ask.scenario)
    columns = [("Scenario", TEXT), ("Claims", COUNT), ("Days", COUNT), *kinds(("Per diem", "Drugs", "Visits", "Total")),
               ("Difference", SIGNED), ("Difference %", SHARE), ("Why", UNDER)]  # fmt: skip
    rows = _by_payer(grid, ask.scenario)
    by = (Column("Payer", TEXT), Column("Current"), Column("Proposed"), Column("Difference", SIGNED),
          Column("Difference %", SHARE), Column("What changes", UNDER))  # fmt: skip
    section.tables = [
        ShownTable(f"{ask.scenario}, by payer", by, rows),
        whole.table("Every scenario, all payers together", columns, marked=at),
    ]
    section.charts = [
        _now_and_then(ask.scenario, rows[1:]),
        Lying(
            "Every scenario: difference to the contracts as they are", names[1:], whole.column("Difference", 1), True,
            at - 1,
        ),
    ]  # fmt: skip
    section.finding = _against(ask.scenario, rows[0])
    about = f"{share(rows[0][4], signed=True)} of what the contracts bring now" if is_number(rows[0][4]) else ""
    tiles.append(Tile(f"{ask.scenario} against current", rows[0][3], SIGNED, about))
    return section


def _now_and_then(scenario: str, rows: list[list[Cell]]) -> Pairs:
    """What each payer brings now and then, of the rows by payer."""
    payers, now, then, difference, *_ = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    title, names = f"Current against {scenario}, by payer", ("Current", scenario)
    return Pairs(title, [str(name) for name in payers], names, now, then, difference)


def _by_payer(grid: Grid, scenario: str) -> list[list[Cell]]:
    """All payers, then each, the largest first: what it brings now and then, the difference, what changes."""
    base, then = (
        {str(grid.of(row, "Payer")): row for row in grid.rows if grid.of(row, "Scenario") == name}
        for name in (BASE, scenario)
    )
    rest = ("Total", "Difference", "Difference %", "Why")
    rows = [
        [payer, grid.of(base[payer], "Total"), *(grid.of(row, name) for name in rest)] for payer, row in then.items()
    ]
    return [rows[0], *sorted(rows[1:], key=lambda row: (is_number(row[1]), -amount(row[1])))]


def _against(scenario: str, row: Sequence[Cell]) -> str:
    """The finding in words, of the row of all payers."""
    _, now, then, difference, part, _ = row
    if error := error_of(difference):
        return f"{scenario} cannot be worked out: {reason(error)}"
    if not amount(difference):
        return f"{scenario} brings what the contracts bring as they are, {dollars(now)}."
    more = "more" if amount(difference) > 0 else "less"
    parts = f" ({share(part, signed=True)})" if is_number(part) else ""
    return f"{scenario} brings {dollars(abs(amount(difference)))} {more}{parts}: {dollars(then)} after {dollars(now)}."


def bridge(ask: Ask) -> Section:
    """What each changed term contributes to the difference."""
    section = Section(
        "bridge", f"Bridge to {ask.scenario}" if ask.scenario else "Bridge", "Bridge",
        "What each changed term contributes after those above it; together they are the difference exactly.",
    )  # fmt: skip
    found = ask.of(BRIDGE, ask.tables["Scenarios"], ask.scenario, None) if ask.tables.rows("Scenarios") else None
    grid = ask.grid(section, found, "Scenarios")
    if grid is None:
        return section
    steps, contributions, totals = (grid.column(name) for name in ("Step", "Contribution", "Total"))
    labels = [str(step) for step in steps]
    columns = [("Step", TEXT), ("Contribution", SIGNED), ("Total", MONEY)]
    section.tables = [grid.table("Step by step", columns, totals=(0, len(steps) - 1))]
    section.charts = [Waterfall(f"From current to {ask.scenario}", labels, contributions, totals)]
    parts = list(zip(labels, contributions, strict=True))[1:-1]
    wrong = next(filter(None, map(error_of, totals)), None)
    if wrong is not None:
        section.finding = f"The bridge has a step that cannot be worked out: {reason(wrong)}"
    elif parts:
        name, most = max(parts, key=lambda part: abs(amount(part[1])))
        section.finding = f"The largest step is {name}: {dollars(most, signed=True)}."
    else:
        section.finding = f"{ask.scenario} changes nothing: there is no step between the two."
    return section


def terms(ask: Ask) -> Section:
    """What two values of each term would change."""
    section = Section(
        "terms", "One term at a time", "Terms",
        "What all payers together would bring if one term had another value with every payer, all else as it is.",
    )  # fmt: skip
    asked = [[term] for term, _, _ in TRIED], [[low, high] for _, low, high in TRIED]
    grid = ask.grid(section, ask.of(SENSITIVITY, *asked, None))
    if grid is None:
        return section
    rows = sorted(grid.rows, key=_reach)
    shown = [
        [term, _value(str(term), low), less, _value(str(term), high), more] for term, low, less, high, more in rows
    ]
    columns = (Column("Term", TEXT), Column("Low", NUMBER), Column("With low", SIGNED), Column("High", NUMBER),
               Column("With high", SIGNED))  # fmt: skip
    section.tables = [ShownTable("Each term with both values", columns, shown, frozenset())]
    section.charts = [
        Tornado(
            "What each value changes, the widest first",
            [str(row[0]) for row in shown],
            [(str(row[1]), str(row[3])) for row in shown],
            [(row[2], row[4]) for row in shown],
        )
    ]
    section.finding = _widest(shown)
    return section


def _widest(rows: Sequence[Sequence[Cell]]) -> str:
    """The finding in words, of each term with both values, the widest first."""
    for term, low, less, high, more in rows:
        if is_number(less) and is_number(more):
            return f"{term} moves most: {low} is {dollars(less, signed=True)}, {high} is {dollars(more, signed=True)}."
    error = next(cell for row in rows for cell in row if isinstance(cell, ExcelError))
    return f"No term can be worked out: {reason(error)}"


def _reach(row: Sequence[Cell]) -> tuple[bool, float]:
    """How far a term goes, to sort by: errors first, then the widest."""
    ends = (row[2], row[4])
    return all(map(is_number, ends)), -max(abs(amount(end)) for end in ends)


def _value(term: str, value: Cell) -> Cell:
    """A term's value as it is read: dollars, or a share; of what changes, with its sign. An error stays one."""
    if not is_number(value):
        return value
    if "amount" in term:
        return dollars(value, signed=True)
    return share(value, signed="change" in term or "growth" in term)
