"""A claim and what its checks find, as the terminal shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table

from xl_infusion.claim.checks import ERROR, WARNING
from xl_infusion.cli._out import MOST_SHOWN, cell, days, money, out, spill_again
from xl_infusion.errors import ExcelError
from xl_infusion.workbook._native import FROM_GOOGLE

if TYPE_CHECKING:
    from xl_infusion.workbook.fill import Filled, Grid
    from xl_infusion.workbook.findings import Findings


def print_grid(grid: Grid) -> None:
    """The claim as a table as wide as the terminal: code and modifiers in one, a claim's patient named once."""
    header, *lines = grid.rows
    at = {str(name): i for i, name in enumerate(header)}
    wide = out.width
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, expand=False)
    columns: list[tuple[str, str, Callable[[list[object]], str]]] = [
        ("Patient", "left", lambda line: cell(line[at["Patient"]])),
        ("Days", "left", lambda line: days(line[at["From"]], line[at["To"]])),
        ("Code", "left", lambda line: "-".join(
            cell(line[at[name]])
            for name in ("Code", "Modifier 1", "Modifier 2", "Modifier 3")
            if name in at and line[at[name]] != ""
        )),
        ("Units", "right", lambda line: cell(line[at["Units"]])),
    ]  # fmt: skip
    if grid.priced:
        if wide >= 110:
            columns.append(("Rate", "right", lambda line: money(line[at["Rate"]])))
        columns.append(("Charge", "right", lambda line: money(line[at["Charge"]])))
    if wide >= 110:
        columns.append(("Drug", "left", lambda line: cell(line[at["Drug"]])))
    if wide >= 140:
        columns.insert(1, ("Payer", "left", lambda line: cell(line[at["Payer"]])))
        columns.append(("Order", "left", lambda line: cell(line[at["Order"]])))
    for name, side, _ in columns:
        table.add_column(name, justify="right" if side == "right" else "left", no_wrap=True)
    table.add_column("Why", min_width=16)
    for number, line in enumerate(lines[:MOST_SHOWN]):
        first = number == 0 or lines[number - 1][:2] != line[:2]
        if first and number:
            table.add_section()
        cells = [read(line) if first or name not in ("Patient", "Payer") else "" for name, _, read in columns]
        waits = line[at["Waits for"]] if "Waits for" in at else ""
        table.add_row(*cells, cell(line[at["Why"]]) + (f"; [yellow]waits for {cell(waits)}[/]" if waits else ""))
    out.print(table)
    if len(lines) > MOST_SHOWN:
        out.print(f"... and {len(lines) - MOST_SHOWN:,} more lines in the workbook")


def print_findings(checks: Findings) -> None:
    """What the checks found as a table, errors first."""
    if not checks.rows:
        return
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, expand=False)
    columns: list[tuple[str, Callable[[dict[str, object]], str]]] = [
        ("Finding", _severity),
        ("Where", lambda row: _place(row, checks.place(row))),
        ("What is wrong", lambda row: cell(row["What is wrong"])),
    ]
    if out.width >= 110:
        columns.insert(2, ("Days", lambda row: days(row["From"], row["To"])))
    if out.width >= 140:
        columns.append(("What to do", lambda row: cell(row["What to do"])))
    for name, _ in columns:
        table.add_column(name, no_wrap=not name.startswith("What"), min_width=16)
    for row in checks.rows[:MOST_SHOWN]:
        table.add_row(*(read(row) for _, read in columns))
    out.print(table)
    if len(checks.rows) > MOST_SHOWN:
        out.print(f"... and {len(checks.rows) - MOST_SHOWN:,} more findings in the workbook")


def _severity(row: dict[str, object]) -> str:
    color = "red" if row["Severity"] == ERROR else "yellow"
    return f"[{color}]{row['Severity']}: {cell(row['Finding'])}[/]"


def _place(row: dict[str, object], at: str) -> str:
    """``Orders row 5 (A8), RX-104``: its row counts from the headings, ``at`` is its cell on the sheet."""
    row_of = f" row {row['Row']}" + (f" ({at})" if at else "") if row["Row"] != "" else ""
    return escape(f"{row['Sheet']}{row_of}" + (f", {row['Order']}" if row["Order"] != "" else ""))


def _print_found(checks: Findings) -> None:
    """How many findings there are, in a line."""
    where = f"[bold]{escape(checks.sheet)}[/]"
    if checks.failure is not None:
        out.print(f"{where}: [bold red]the checks cannot be worked out[/]")
        return
    errors, warnings = checks.count(ERROR), checks.count(WARNING)
    shown = [
        f"[{color}]{count:,} {name}{'' if count == 1 else 's'}[/]" if count else f"no {name}s"
        for count, name, color in ((errors, "error", "bold red"), (warnings, "warning", "yellow"))
    ]
    out.print(f"{where}: {', '.join(shown)}")


def print_summary(filled: Filled, found: list[Findings]) -> None:
    """What a fill did, in a few lines."""
    from xl_infusion.workbook.fill import place

    for grid in filled.grids:
        names = list(grid.rows[0])
        lines = len(grid.rows) - 1
        text = f"[bold]{grid.sheet}[/]: {lines:,} claim line{'s' if lines != 1 else ''}"
        if lines and "Charge" in names:
            text += f", {_total(grid, names.index('Charge'))}"
        out.print(text)
        for row in grid.failed[:20]:
            what = " ".join(str(cell) for cell in (row[names.index("Order")], row[names.index("Drug")]) if cell != "")
            out.print(f"  [bold red]cannot be billed[/]: order {escape(what)}: {escape(str(row[-1]))}", soft_wrap=True)
        if len(grid.failed) > 20:
            out.print(f"  [bold red]... and {len(grid.failed) - 20:,} more[/]")
        if grid.stale:
            out.print(f"  [yellow]{grid.stale:,} lines are after the day that the codes are verified through[/]")
    for checks in found:
        _print_found(checks)
    for sheet, at, col, error in filled.errors[:10]:
        out.print(
            f"  {escape(place(sheet, at, col))}: [red]{error}[/] {escape(error.message)}".rstrip(), soft_wrap=True
        )
    # what is left for a reason of its own comes before what depends on it
    for left in sorted(filled.unresolved, key=lambda left: left.cause != "")[:10]:
        where = place(left.sheet, left.row, left.col)
        out.print(f"  [yellow]left for Excel to recalculate[/]: {escape(where)} {escape(left.reason)}", soft_wrap=True)
    if len(filled.unresolved) > 10:
        out.print(f"  [yellow]... and {len(filled.unresolved) - 10:,} more[/]")
    if filled.headings:
        what = f"{', '.join(filled.headings)}: said headerRowCount, which makes ONLYOFFICE take the heading for a row"
        out.print(f"  [yellow]made plain[/]: {escape(what)}", soft_wrap=True)
    if filled.marked:
        out.print(f"  [yellow]marked as spilling[/]: {escape(spill_again(filled.marked))}", soft_wrap=True)
    for grown in filled.grown:
        rows = f"{grown.rows:,} row{'' if grown.rows == 1 else 's'}"
        out.print(f"  the table [bold]{escape(grown.table)}[/] grew over {rows} below it: {escape(grown.place)}")
    for rest in filled.outside:
        out.print(f"  [bold red]not in the table[/]: {escape(str(rest))}", soft_wrap=True)
    for other in filled.others[:10]:
        what = escape(f"{other.where} calls {other.function} of {other.file}, which is not ours")
        out.print(f"  [yellow]not computed[/]: {what}", soft_wrap=True)
    if len(filled.others) > 10:
        out.print(f"  [yellow]... and {len(filled.others) - 10:,} more calls that are not ours[/]")
    if filled.frozen:
        more = f" and {len(filled.frozen) - 1:,} more" if len(filled.frozen) > 1 else ""
        what = escape(f"{place(*filled.frozen[0])}{more}, a formula {FROM_GOOGLE}")
        out.print(f"  [yellow]as it was when the workbook was downloaded[/]: {what}", soft_wrap=True)
    if not filled.calls and not filled.others:
        out.print("  [yellow]no cell calls one of our functions[/]: see the README for the formula of a claim grid")
    if filled.backup:
        out.print(f"[green]{escape(str(filled.backup))}[/]: the workbook as it was", soft_wrap=True)
    nothing = "no cell changes" if filled.headings or filled.marked or filled.grown else "nothing to change"
    done = f"{filled.changed:,} cells written" if filled.changed else nothing
    out.print(f"[green]{escape(str(filled.path))}[/]: {filled.calls:,} calls, {done}")


def _total(grid: Grid, charge: int) -> str:
    if not grid.priced:
        return "[yellow]no rates, so no charges[/]"
    amounts = [row[charge] for row in grid.rows[1:]]
    wrong = next((amount for amount in amounts if isinstance(amount, ExcelError)), None)
    if wrong is not None:
        return f"total [bold red]{wrong}[/]"
    return f"total {sum(round(amount * 100) for amount in amounts if isinstance(amount, (int, float))) / 100:,.2f}"
