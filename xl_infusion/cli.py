"""The command line: ``xl-infusion new``, ``fill`` and ``codes``."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from xl_infusion.claim.checks import ERROR, WARNING
from xl_infusion.errors import BillingError, ExcelError
from xl_infusion.functions import CODES, XL_INFUSION_VERSION

if TYPE_CHECKING:
    from xl_infusion.workbook.fill import Filled, Grid
    from xl_infusion.workbook.findings import Findings

app = typer.Typer(
    name="xl-infusion",
    help="Home infusion billing in Excel: computes the claim grid of a workbook, in place.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
#: Into a file or a pipe the claim is as wide as it is, not as a terminal of 80 columns.
out = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 180)
err = Console(stderr=True, highlight=False)

#: Exit statuses beside 0 (done) and 2 (a wrong command line).
NO_FILE, NOT_A_WORKBOOK, LOCKED, BLOCKED, NOT_BILLABLE, NO_CLAIM = 3, 4, 5, 6, 7, 8


def _version(asked: bool) -> None:
    if asked:
        out.print(XL_INFUSION_VERSION())
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and the edition.")
    ] = False,
) -> None:
    """Home infusion billing in Excel: computes the claim grid of a workbook, in place."""


def _fail(status: int, message: str) -> typer.Exit:
    err.print(f"[bold red]xl-infusion:[/] {escape(message)}", soft_wrap=True)
    return typer.Exit(status)


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).", show_default=False)],
    empty: Annotated[bool, typer.Option("--empty", help="Tables without the example orders.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a fresh billing workbook, computed."""
    from xl_infusion.workbook.new import new_workbook
    from xl_infusion.workbook.package import WorkbookError

    if file.suffix.lower() != ".xlsx":
        raise _fail(2, f"{file.name}: a workbook's name ends in .xlsx")
    if file.exists() and not force:
        raise _fail(2, f"{file} is there already: choose another name, or --force to replace it")
    try:
        new_workbook(file, examples=not empty)
    except (WorkbookError, OSError) as error:
        raise _fail(_status(error), _message(error, file)) from None
    out.print(
        f"[green]{escape(str(file))}[/] is ready: type orders into it, then run "
        f"[bold]xl-infusion fill {escape(str(file))}[/]",
        soft_wrap=True,
    )


@app.command()
def fill(
    file: Annotated[Path, typer.Argument(help="The workbook (.xlsx or .xlsm) to compute.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here and leave FILE as it is.", show_default=False)
    ] = None,
    values: Annotated[
        bool, typer.Option("--values", help="With --output: values in place of our formulas, for other readers.")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the claim, and what its checks find, as tables.")] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help=f"Exit with {NOT_BILLABLE} when a line cannot be billed, or the checks find an error."
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")] = False,
) -> None:
    """Compute every cell of a workbook that calls our functions, and write the values into it.

    Everything else in the file stays as it is, byte for byte.

    [bold]Exit status:[/] 0 done; 2 wrong command line; 3 no such file or no permission; 4 not a workbook (encrypted,
    damaged, hostile); 5 open in another program; 6 a grid has no room to spill; 7 a line cannot be billed, or the
    checks find an error (with --strict); 8 a claim grid cannot be computed (a table lacks a column).
    """
    from xl_infusion.workbook.fill import fill as fill_workbook
    from xl_infusion.workbook.findings import findings
    from xl_infusion.workbook.package import WorkbookError

    if values and (output is None or output.resolve() == file.resolve()):
        raise _fail(2, "--values writes a copy without our formulas: name another file with --output")
    try:
        run = fill_workbook if quiet or not err.is_terminal else _with_progress
        filled = run(file, output, values=values)
        found = [] if quiet and not strict else findings(file, filled.path)
    except (WorkbookError, OSError) as error:
        raise _fail(_status(error), _message(error, file)) from None
    if show:
        for grid in filled.grids:
            _print_grid(grid)
        for checks in found:
            _print_findings(checks)
    if not quiet:
        _print_summary(filled, found)
    if filled.no_claim:
        from xl_infusion.workbook.fill import place

        sheet, row, col, wrong = filled.no_claim[0]
        raise _fail(NO_CLAIM, f"{place(sheet, row, col)} has no claim: {wrong.message}")
    if strict and (
        any(grid.failed for grid in filled.grids) or any(checks.failure or checks.count(ERROR) for checks in found)
    ):
        raise typer.Exit(NOT_BILLABLE)


def _with_progress(file: Path, output: Path | None, *, values: bool) -> Filled:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from xl_infusion.workbook.fill import fill as fill_workbook

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} cells"),
        TimeElapsedColumn(), console=err, transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task(f"computing {file.name}", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return fill_workbook(file, output, told, values=values)


def _status(error: Exception) -> int:
    from xl_infusion.workbook import fill as fill_module
    from xl_infusion.workbook import package

    if isinstance(error, fill_module.BlockedSpill):
        return BLOCKED
    if isinstance(error, (package.LockedWorkbook, package.ChangedWorkbook)):
        return LOCKED
    if isinstance(error, (package.UnreadableWorkbook, package.UnwritableWorkbook, OSError)):
        return NO_FILE
    return NOT_A_WORKBOOK


def _message(error: Exception, file: Path) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or file}: {error.strerror or error}"
    return str(error)


_MOST_SHOWN = 200


def _print_grid(grid: Grid) -> None:
    """The claim as a table as wide as the terminal: code and modifiers in one, a claim's patient named once."""
    header, *lines = grid.rows
    at = {str(name): i for i, name in enumerate(header)}
    wide = out.width
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, expand=False)
    columns: list[tuple[str, str, Callable[[list[object]], str]]] = [
        ("Patient", "left", lambda line: _cell(line[at["Patient"]])),
        ("Days", "left", lambda line: _days(line[at["From"]], line[at["To"]])),
        ("Code", "left", lambda line: "-".join(
            _cell(line[at[name]])
            for name in ("Code", "Modifier 1", "Modifier 2", "Modifier 3")
            if name in at and line[at[name]] != ""
        )),
        ("Units", "right", lambda line: _cell(line[at["Units"]])),
    ]  # fmt: skip
    if "Charge" in at:
        if wide >= 110:
            columns.append(("Rate", "right", lambda line: _money(line[at["Rate"]])))
        columns.append(("Charge", "right", lambda line: _money(line[at["Charge"]])))
    if wide >= 110:
        columns.append(("Drug", "left", lambda line: _cell(line[at["Drug"]])))
    if wide >= 140:
        columns.insert(1, ("Payer", "left", lambda line: _cell(line[at["Payer"]])))
        columns.append(("Order", "left", lambda line: _cell(line[at["Order"]])))
    for name, side, _ in columns:
        table.add_column(name, justify="right" if side == "right" else "left", no_wrap=True)
    table.add_column("Why", min_width=16)
    for number, line in enumerate(lines[:_MOST_SHOWN]):
        first = number == 0 or lines[number - 1][:2] != line[:2]
        if first and number:
            table.add_section()
        cells = [read(line) if first or name not in ("Patient", "Payer") else "" for name, _, read in columns]
        waits = line[at["Waits for"]] if "Waits for" in at else ""
        table.add_row(*cells, _cell(line[at["Why"]]) + (f"; [yellow]waits for {_cell(waits)}[/]" if waits else ""))
    out.print(table)
    if len(lines) > _MOST_SHOWN:
        out.print(f"... and {len(lines) - _MOST_SHOWN:,} more lines in the workbook")


def _print_findings(checks: Findings) -> None:
    """What the checks found as a table, errors first."""
    if not checks.rows:
        return
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, expand=False)
    columns: list[tuple[str, Callable[[dict[str, object]], str]]] = [
        ("Finding", _severity),
        ("Where", _place),
        ("What is wrong", lambda row: _cell(row["What is wrong"])),
    ]
    if out.width >= 110:
        columns.insert(2, ("Days", lambda row: _days(row["From"], row["To"])))
    if out.width >= 140:
        columns.append(("What to do", lambda row: _cell(row["What to do"])))
    for name, _ in columns:
        table.add_column(name, no_wrap=not name.startswith("What"), min_width=16)
    for row in checks.rows[:_MOST_SHOWN]:
        table.add_row(*(read(row) for _, read in columns))
    out.print(table)
    if len(checks.rows) > _MOST_SHOWN:
        out.print(f"... and {len(checks.rows) - _MOST_SHOWN:,} more findings in the workbook")


def _severity(row: dict[str, object]) -> str:
    color = "red" if row["Severity"] == ERROR else "yellow"
    return f"[{color}]{row['Severity']}: {_cell(row['Finding'])}[/]"


def _place(row: dict[str, object]) -> str:
    """``Orders row 5, RX-104``: the row counts from the table's headings."""
    row_of = f" row {row['Row']}" if row["Row"] != "" else ""
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


def _cell(value: object) -> str:
    if isinstance(value, ExcelError):
        return f"[bold red]{value}[/]"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return escape(str(value))


def _money(value: object) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,.2f}" if round(value, 2) == value else f"{value:,}"
    return _cell(value)


def _days(first: object, last: object) -> str:
    """``05/01/2013``, or ``06/24-07/07/2025`` within one year."""
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return ""
    if first == last:
        return f"{first:%m/%d/%Y}"
    return f"{first:%m/%d}-{last:%m/%d/%Y}" if first.year == last.year else f"{first:%m/%d/%Y}-{last:%m/%d/%Y}"


def _print_summary(filled: Filled, found: list[Findings]) -> None:
    from xl_infusion.workbook.fill import place

    for grid in filled.grids:
        names = list(grid.rows[0])
        lines = len(grid.rows) - 1
        text = f"[bold]{grid.sheet}[/]: {lines:,} claim line{'s' if lines != 1 else ''}"
        if "Charge" in names:
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
    for left in filled.unresolved[:10]:
        where = place(left.sheet, left.row, left.col)
        out.print(f"  [yellow]left for Excel to recalculate[/]: {escape(where)} {escape(left.reason)}", soft_wrap=True)
    if not filled.calls:
        out.print("  [yellow]no cell calls one of our functions[/]: see the README for the formula of a claim grid")
    done = f"{filled.changed:,} cells written" if filled.changed else "nothing to change"
    out.print(f"[green]{escape(str(filled.path))}[/]: {filled.calls:,} calls, {done}")


def _total(grid: Grid, charge: int) -> str:
    amounts = [row[charge] for row in grid.rows[1:]]
    wrong = next((amount for amount in amounts if isinstance(amount, ExcelError)), None)
    if wrong is not None:
        return f"total [bold red]{wrong}[/]"
    return f"total {sum(round(amount * 100) for amount in amounts if isinstance(amount, (int, float))) / 100:,.2f}"


@app.command()
def codes(
    query: Annotated[
        str | None, typer.Argument(help="A code, drug, brand, therapy or any word.", show_default=False)
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="per diem, drug, modifier, visit or HIT visit.", show_default=False)
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Only codes in force on this day (2025-07-01).", show_default=False)
    ] = None,
) -> None:
    """List and search the code reference."""
    from xl_infusion.reference import current
    from xl_infusion.reference.names import fold
    from xl_infusion.rules.day import parse

    grid = CODES(kind)
    if isinstance(grid, ExcelError):
        raise _fail(2, grid.message)
    header, *rows = grid
    at = {name: i for i, name in enumerate(header)}
    try:
        day = parse(date, "--date") if date else None
    except BillingError as error:
        raise _fail(2, str(error)) from None
    if query:
        words = {fold(query)}
        with suppress(BillingError):
            words.add(fold(current().name(query).drug))
        rows = [row for row in rows if any(word in fold(" ".join(str(cell) for cell in row[:6])) for word in words)]
    if day:
        rows = [
            row for row in rows
            if (row[at["First day"]] or dt.date.min) <= day <= (row[at["Last day"]] or dt.date.max)
        ]  # fmt: skip
    if not rows:
        near = ""
        try:
            current().name(query or "")
        except BillingError as error:
            near = f": {error}" if "did you mean" in str(error) else ""
        raise _fail(1, f"no code of the reference matches {query!r}{near}")
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in ("Code", "Kind", "Meaning", "Therapy", "First day", "Last day", "Successor"):
        if out.width >= 100 or name not in {"Kind", "Therapy"}:
            table.add_column(name, no_wrap=name not in {"Meaning", "Therapy"})
    for row in rows:
        table.add_row(*(escape(str(row[at[str(column.header)]])) for column in table.columns))
    out.print(table)
    out.print(f"{len(rows)} codes; {XL_INFUSION_VERSION()}")


def main() -> None:
    """The entry point of ``xl-infusion``."""
    app()


if __name__ == "__main__":
    main()
