"""A claim and what its checks find, as the terminal shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table

from xl_infusion.claim.checks import ERROR, WARNING
from xl_infusion.cli._out import MOST_SHOWN, cell, days, money, out, spill_again
from xl_infusion.errors import ExcelError, brief
from xl_infusion.spreadsheet.ironcalc.functions import FROM_GOOGLE

if TYPE_CHECKING:
    from xl_infusion.workbook.fill import Filled, Grid
    from xl_infusion.workbook.findings import Findings


#: From so many columns on a table has room for all of a claim line, below them each claim is a block.
_WIDE = 120
#: What a claim has in common, named once.
_CLAIM = ("Patient", "Payer")
_CODE = ("Code", "Modifier 1", "Modifier 2", "Modifier 3", "Modifier 4")

#: How much of a kind is told: lines that cannot be billed, and whatever else.
_MOST_FAILED, _MOST = 20, 10


def print_claim(filled: Filled, found: list[Findings]) -> None:
    """The claims of a workbook, and what their checks found."""
    for grid in filled.grids:
        print_grid(grid)
    for checks in found:
        print_findings(checks)


def print_grid(grid: Grid) -> None:
    """The claim as wide as the terminal, nothing of it cut off: a table, or in a narrow one a block a claim."""
    header, *lines = grid.rows
    at = {str(name): i for i, name in enumerate(header)}
    shown = [(line, number == 0 or lines[number - 1][:2] != line[:2]) for number, line in enumerate(lines[:MOST_SHOWN])]
    if not _fits(table := _table(shown, at, grid.priced)):
        _print_blocks(shown, at, grid.priced)
    else:
        out.print(table)
    if len(lines) > MOST_SHOWN:
        out.print(f"... and {len(lines) - MOST_SHOWN:,} more lines in the workbook")


def _fits(table: Table) -> bool:
    """Whether the terminal is wide enough for a table with nothing of it cut off."""
    return out.width >= _WIDE and Measurement.get(out, out.options.update(width=10_000), table).minimum <= out.width


def _table(shown: list[tuple[list[object], bool]], at: dict[str, int], priced: bool) -> Table:
    """A claim's patient and payer are named once."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    names = [*_CLAIM, "Order", "Days", "Code", "Units", *(["Rate", "Charge"] if priced else []), "Drug"]
    for name in names:
        right = name in ("Units", "Rate", "Charge")
        # a day, a code, an amount is read whole; any other text goes on in the next line
        table.add_column(
            name, justify="right" if right else "left", no_wrap=right or name in ("Days", "Code"), overflow="fold"
        )
    table.add_column("Why", min_width=24, overflow="fold")
    for number, (line, first) in enumerate(shown):
        if first and number:
            table.add_section()
        told = names if first else names[len(_CLAIM) :]
        table.add_row(*[""] * (len(names) - len(told)), *(_read(line, at, name) for name in told), _why(line, at))
    return table


def _print_blocks(shown: list[tuple[list[object], bool]], at: dict[str, int], priced: bool) -> None:
    for line, first in shown:
        if first:
            out.print(f"\n[bold]{', '.join(filter(None, (_read(line, at, name) for name in _CLAIM)))}[/]")
        out.print(Padding("  ".join(filter(None, _parts(line, at, priced))), (0, 0, 0, 2)))
        if why := _why(line, at):
            out.print(Padding(why, (0, 0, 0, 6)))
    out.print()


def _parts(line: list[object], at: dict[str, int], priced: bool) -> Iterator[str]:
    """What stands in the first line of a claim line's block; a blank part is left out there."""
    yield _read(line, at, "Days")
    yield f"[bold]{_read(line, at, 'Code')}[/] x {_read(line, at, 'Units')}"
    if priced:
        rate = _read(line, at, "Rate")
        yield _read(line, at, "Charge") + (f" (rate {rate})" if rate else "")
    yield _read(line, at, "Drug")
    if order := _read(line, at, "Order"):
        yield f"order {order}"


def _read(line: list[object], at: dict[str, int], name: str) -> str:
    """What is shown of a claim line under a heading."""
    if name == "Days":
        return days(line[at["From"]], line[at["To"]])
    if name == "Code":
        return "-".join(cell(line[at[part]]) for part in _CODE if part in at and line[at[part]] != "")
    if name not in at:
        return ""
    return money(line[at[name]]) if name in ("Rate", "Charge") else cell(line[at[name]])


def _why(line: list[object], at: dict[str, int]) -> str:
    waits = line[at["Waits for"]] if "Waits for" in at else ""
    return cell(line[at["Why"]]) + (f"; [yellow]waits for {cell(waits)}[/]" if waits else "")


def print_findings(checks: Findings) -> None:
    """What the checks found, errors first: a table, or in a narrow terminal a block a finding."""
    if not checks.rows:
        return
    shown = checks.rows[:MOST_SHOWN]
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("Finding", "Where", "Days", "What is wrong", "What to do"):
        table.add_column(name, no_wrap=name == "Days", overflow="fold", min_width=16)
    for row in shown:
        table.add_row(
            _severity(row), _place(row, checks.place(row)), days(row["From"], row["To"]),
            cell(checks.located(str(row["What is wrong"]))),
            cell(row["What to do"]),
        )  # fmt: skip
    if _fits(table):
        out.print(table)
    else:
        for row in shown:
            when = days(row["From"], row["To"])
            where = _place(row, checks.place(row))
            out.print(f"\n{_severity(row)}  {where}" + (f"  {when}" if when else ""))
            for name in ("What is wrong", "What to do"):
                if row[name] != "":
                    out.print(Padding(cell(checks.located(str(row[name]))), (0, 0, 0, 2)))
        out.print()
    if len(checks.rows) > MOST_SHOWN:
        out.print(f"... and {len(checks.rows) - MOST_SHOWN:,} more findings in the workbook")


def _severity(row: dict[str, object]) -> str:
    color = "red" if row["Severity"] == ERROR else "yellow"
    return f"[{color}]{row['Severity']}: {cell(row['Finding'])}[/]"


def _place(row: dict[str, object], at: str) -> str:
    """``Orders table row 5 (A8), RX-104``: its row counts from the headings, ``at`` is its cell on the sheet."""
    row_of = f" table row {row['Row']}" + (f" ({at})" if at else "") if row["Row"] != "" else ""
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


def print_summary(filled: Filled, found: list[Findings], copy: str = "") -> None:
    """What a fill did, in a few lines; ``copy``: what the file is where it is not the workbook itself."""
    for grid in filled.grids:
        _print_grid(grid)
    for checks in found:
        _print_found(checks)
    _print_errors(filled)
    _print_left(filled)
    _print_mended(filled)
    _print_rows(filled)
    _print_others(filled)
    if not filled.calls and not filled.others:
        out.print("  [yellow]no cell calls one of our functions[/]: see the README for the formula of a claim grid")
    if filled.backup:
        out.print(f"[green]{escape(str(filled.backup))}[/]: the workbook as it was", soft_wrap=True)
    out.print(f"[green]{escape(str(filled.path))}[/]: {filled.calls:,} calls, {_done(filled, copy)}")


def _print_grid(grid: Grid) -> None:
    names = list(grid.rows[0])
    lines = len(grid.rows) - 1
    text = f"[bold]{grid.sheet}[/]: {lines:,} claim line{'s' if lines != 1 else ''}"
    if lines and "Charge" in names:
        text += f", {_total(grid, names.index('Charge'))}"
    out.print(text)
    for row in grid.failed[:_MOST_FAILED]:
        order, drug = (brief(row[names.index(name)]) for name in ("Order", "Drug"))
        told = _failure(order, drug, str(row[-1]))
        out.print(Padding(f"[bold red]cannot be billed[/]: {escape(told)}", (0, 0, 0, 2)))
    if len(grid.failed) > _MOST_FAILED:
        out.print(f"  [bold red]... and {len(grid.failed) - _MOST_FAILED:,} more[/]")
    if grid.stale:
        out.print(f"  [yellow]{grid.stale:,} lines are after the day that the codes are verified through[/]")


def _failure(order: str, drug: str, why: str) -> str:
    """A line that cannot be billed, in words; ``why``, as far as order and drug are known."""
    what = " ".join(filter(None, (f"order {order}" if order else "", drug)))
    return f"{what}: {why}" if what else why


def _print_errors(filled: Filled) -> None:
    from xl_infusion.spreadsheet.xlsx.grid import place

    if filled.errors:
        first = "; mend the lines that cannot be billed first, for Start and Model follow from them"
        failed = any(grid.failed for grid in filled.grids)
        out.print(f"[bold]Cells that show an error[/]{first if failed else ''}:")
    for sheet, at, col, error in filled.errors[:_MOST]:
        out.print(
            f"  {escape(place(sheet, at, col))}: [red]{error}[/] {escape(error.message)}".rstrip(), soft_wrap=True
        )


def _print_left(filled: Filled) -> None:
    """The formulas that Excel has to work out; one left for a reason of its own before those that depend on it."""
    from xl_infusion.spreadsheet.xlsx.grid import place

    for left in sorted(filled.unresolved, key=lambda left: left.cause != "")[:_MOST]:
        where = place(left.sheet, left.row, left.col)
        out.print(f"  [yellow]left for Excel to recalculate[/]: {escape(where)} {escape(left.reason)}", soft_wrap=True)
    if len(filled.unresolved) > _MOST:
        out.print(f"  [yellow]... and {len(filled.unresolved) - _MOST:,} more[/]")


def _print_mended(filled: Filled) -> None:
    if filled.headings:
        what = f"{', '.join(filled.headings)}: ONLYOFFICE would take the heading for a row; it does not any more"
        out.print(f"  [yellow]headings mended[/]: {escape(what)}", soft_wrap=True)
    if filled.marked:
        out.print(f"  [yellow]marked as spilling[/]: {escape(spill_again(filled.marked))}", soft_wrap=True)


def _print_rows(filled: Filled) -> None:
    """Rows that a table took in, that stand outside, that are totals."""
    for grown in filled.grown:
        rows = f"{grown.rows:,} row{'' if grown.rows == 1 else 's'}"
        out.print(f"  the table [bold]{escape(grown.table)}[/] grew over {rows} below it: {escape(grown.place)}")
    for rest in filled.outside:
        out.print(f"  [bold red]not in the table[/]: {escape(str(rest))}", soft_wrap=True)
    for totals in filled.totals:
        out.print(f"  [bold red]row of totals[/]: {escape(str(totals))}", soft_wrap=True)


def _print_others(filled: Filled) -> None:
    """Calls of other add-ins, and formulas that only Google Sheets has."""
    from xl_infusion.spreadsheet.xlsx.grid import place

    for other in filled.others[:_MOST]:
        what = escape(f"{other.where} calls {other.function} of {other.file}, which is not ours")
        out.print(f"  [yellow]not computed[/]: {what}", soft_wrap=True)
    if len(filled.others) > _MOST:
        out.print(f"  [yellow]... and {len(filled.others) - _MOST:,} more calls that are not ours[/]")
    if filled.frozen:
        more = f" and {len(filled.frozen) - 1:,} more" if len(filled.frozen) > 1 else ""
        what = escape(f"{place(*filled.frozen[0])}{more}, a formula {FROM_GOOGLE}")
        out.print(f"  [yellow]as it was when the workbook was downloaded[/]: {what}", soft_wrap=True)


def _done(filled: Filled, copy: str) -> str:
    if filled.changed:
        done = f"{filled.changed:,} cells written"
    elif filled.headings or filled.marked or filled.grown or copy:
        done = "no cell changes"
    else:
        done = "nothing to change"
    return f"{done}; {copy}" if copy else done


def _total(grid: Grid, charge: int) -> str:
    if not grid.priced:
        return "[yellow]no rates, so no charges[/]"
    amounts = [row[charge] for row in grid.rows[1:]]
    wrong = next((amount for amount in amounts if isinstance(amount, ExcelError)), None)
    if wrong is not None:
        return f"total [bold red]{wrong}[/]"
    return f"total {sum(round(amount * 100) for amount in amounts if isinstance(amount, (int, float))) / 100:,.2f}"
