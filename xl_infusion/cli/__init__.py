"""The command line, ``xl-infusion``: one module a command or a group of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from xl_infusion.claim.checks import ERROR
from xl_infusion.cli import calc, codes, excel
from xl_infusion.cli._claim import print_claim, print_summary
from xl_infusion.cli._ending import run
from xl_infusion.cli._help import Commands
from xl_infusion.cli._out import Force, check_free, check_output, err, fail, failed, out
from xl_infusion.cli.convert import convert
from xl_infusion.cli.exits import NO_CLAIM, NOT_BILLABLE, WRONG_LINE
from xl_infusion.cli.lite import lite
from xl_infusion.cli.report import report
from xl_infusion.cli.rows import orders, remit, visits
from xl_infusion.cli.server import server
from xl_infusion.errors import ReferenceTableError
from xl_infusion.functions import XL_INFUSION_VERSION
from xl_infusion.reference import current
from xl_infusion.spreadsheet import disk

if TYPE_CHECKING:
    from xl_infusion.workbook.fill import Filled
    from xl_infusion.workbook.findings import Findings

app = typer.Typer(
    name="xl-infusion",
    cls=Commands,
    help="Home infusion billing in Excel: computes the claim grid of a workbook, in place.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(codes.app, name="codes")
app.add_typer(calc.app, name="calc")
app.add_typer(excel.app, name="excel")
app.command()(convert)
app.command()(lite)
app.command()(orders)
app.command()(visits)
app.command()(remit)
app.command()(server)
app.command()(report)
app.command()(excel.install)
app.command()(excel.doctor)


def _know_the_codes() -> None:
    """Fails where the edition of the codes in use cannot be read: no claim can be worked out."""
    try:
        current()
    except ReferenceTableError as error:
        raise failed(error) from None


def _version(asked: bool) -> None:
    if asked:
        _know_the_codes()
        out.print(XL_INFUSION_VERSION())
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and the edition.")
    ] = False,
) -> None:
    """Home infusion billing in Excel: computes the claim grid of a workbook, in place."""


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="The workbook to write (.xlsx).", show_default=False)],
    empty: Annotated[bool, typer.Option("--empty", help="Tables without the example orders.")] = False,
    force: Force = False,
    model: Annotated[
        bool, typer.Option("--model", help="With an invented year of orders, for the finance team.")
    ] = False,
) -> None:
    """Write a fresh billing workbook, computed."""
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError
    from xl_infusion.workbook.new import new_workbook

    if file.suffix.lower() != ".xlsx":
        raise fail(WRONG_LINE, f"{file.name}: a workbook's name ends in .xlsx")
    if empty and model:
        raise fail(WRONG_LINE, "--empty and --model exclude each other: no orders, or a year of them")
    check_free([file], force=force)
    _know_the_codes()
    try:
        new_workbook(file, examples=not empty, year=model)
    except (WorkbookError, OSError) as error:
        raise failed(error, file) from None
    what = "add a row on its sheet Scenarios" if model else "type orders into it"
    out.print(
        f"[green]{escape(str(file))}[/] is ready: {what}, then run [bold]xl-infusion fill {escape(str(file))}[/]",
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
            "--strict",
            help=f"Exit with {NOT_BILLABLE} when a line cannot be billed, a call has no result, a row stands below a "
            "table or adds one up, or the checks find an error.",
        ),
    ] = False,
    backup: Annotated[
        bool, typer.Option("--backup", help="Keep FILE as it was beside it: NAME.bak.xlsx, NAME.bak2.xlsx, ...")
    ] = False,
    force: Force = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")] = False,
) -> None:
    """Compute every cell of a workbook that calls our functions, and write the values into it.

    Everything else in the file stays as it is, byte for byte.

    [bold]Exit status:[/] 0 done; 2 wrong command line; 3 no such file or no permission; 4 not a workbook (encrypted,
    damaged, hostile); 5 open in another program; 6 a grid has no room to spill; 7 a line cannot be billed, a call has
    no result, a row is in no table or adds one up, or the checks find an error (with --strict); 8 a grid
    cannot be computed (a table lacks a column, a claim grid reads a formula that cannot be worked out, the codes in use
    cannot be read, or all calls are another add-in's). A grid that has no answer yet (no rates, too short a history)
    shows #N/A, which is named, and is none of these.
    """
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError
    from xl_infusion.workbook.findings import findings

    in_place = output is None or disk.same_file(file, output)
    _check_options(values=values, backup=backup, in_place=in_place)
    check_output(file, output, force=force)
    _know_the_codes()
    try:
        filled = _filled(file, output, values=values, backup=backup, quiet=quiet)
        found = [] if quiet and not strict else findings(file, filled.path)
    except (WorkbookError, OSError) as error:
        raise failed(error, file) from None
    if show:
        print_claim(filled, found)
    if not quiet:
        print_summary(filled, found, "" if in_place else _copy(values))
    _check_computed(filled)
    if strict and _needs_a_look(filled, found):
        raise typer.Exit(NOT_BILLABLE)


def _check_options(*, values: bool, backup: bool, in_place: bool) -> None:
    """Ends the command where an option says nothing of a workbook that is filled in place, or of a copy."""
    if values and in_place:
        raise fail(WRONG_LINE, "--values writes a copy without our formulas: name another file with --output")
    if backup and not in_place:
        raise fail(WRONG_LINE, "--backup is for a workbook that changes: with --output it stays as it is")


def _copy(values: bool) -> str:
    """What another file is that a fill wrote."""
    return "a copy, with values in place of our formulas" if values else "a copy"


def _filled(file: Path, output: Path | None, *, values: bool, backup: bool, quiet: bool) -> Filled:
    """Fills a workbook, and in a terminal tells how far it is."""
    from xl_infusion.workbook.fill import fill as fill_workbook

    if quiet or not err.is_terminal:
        return fill_workbook(file, output, values=values, backup=backup)

    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} cells"),
        TimeElapsedColumn(), console=err, transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task(f"computing {file.name}", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return fill_workbook(file, output, told, values=values, backup=backup)


def _check_computed(filled: Filled) -> None:
    """Ends the command where nothing was computed, or a grid as a whole was not."""
    if filled.others and not filled.calls:
        one = filled.others[0]
        raise fail(
            NO_CLAIM,
            f"{filled.path.name}: nothing was computed, {one.where} calls {one.function} of {one.file}, which is not "
            "ours; if it is, name the add-in's file xl_infusion.xlam (Data > Edit Links > Change Source)",
        )
    if wrongs := filled.no_claim or filled.no_grid:
        from xl_infusion.spreadsheet.xlsx.grid import place

        sheet, row, col, wrong = wrongs[0]
        what = "has no claim" if filled.no_claim else "cannot be worked out"
        raise fail(NO_CLAIM, f"{place(sheet, row, col)} {what}: {wrong.message}")


def _needs_a_look(filled: Filled, found: list[Findings]) -> bool:
    """Whether anything keeps a claim from being billed as it is: what ``--strict`` does not let pass."""
    return bool(
        filled.missing
        or filled.outside
        or filled.totals
        or any(grid.failed for grid in filled.grids)
        or any(checks.failure or checks.count(ERROR) for checks in found)
    )


def main() -> None:
    """The entry point of ``xl-infusion``."""
    run(app)
