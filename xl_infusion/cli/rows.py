"""``xl-infusion orders``, ``visits`` and ``remit``: the rows of a CSV file into a workbook's table of that name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from xl_infusion.cli._out import Force, check_output, failed, out

if TYPE_CHECKING:
    from xl_infusion.workbook.imports.kinds import Kind
    from xl_infusion.workbook.imports.rows import Put

_File = Annotated[Path, typer.Argument(help="The rows (.csv), one a line, with headings.", show_default=False)]
_Workbook = Annotated[
    Path, typer.Argument(help="The workbook (.xlsx or .xlsm) with the table they go to.", show_default=False)
]
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write here and leave WORKBOOK as it is.", show_default=False)
]
_Replace = Annotated[bool, typer.Option("--replace", help="In place of the rows that the table has.")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")]


def orders(
    file: _File,
    workbook: _Workbook,
    output: _Output = None,
    replace: _Replace = False,
    force: Force = False,
    quiet: _Quiet = False,
) -> None:
    """Put orders, a CSV file as a pharmacy's program exports it, into the table Orders of a workbook.

    The columns are found by their headings, usual synonyms too (Rx number, MRN, Medication, Frequency, Stop date). Days
    become days, numbers numbers, and everything else the text that it is. The rows go below those that are there, and
    the table grows; one that the table has already is told and not put there again. The workbook is marked, so that
    formulas over the rows are calculated; everything else in it stays as it is, byte for byte. Run
    [bold]xl-infusion fill[/] after it.

    [bold]Exit status:[/] 0 done; 2 wrong command line; 3 no such file or no permission; 4 not a workbook (encrypted,
    damaged, hostile), or not a CSV file; 5 open in another program; 6 something is in the way of the rows; 8 the file
    or the table lacks a column.
    """
    from xl_infusion.workbook.imports.kinds import ORDER_ROWS

    check_output(workbook, output, force=force)
    _put(file, workbook, ORDER_ROWS, output, replace, quiet)


def visits(
    file: _File,
    workbook: _Workbook,
    output: _Output = None,
    replace: _Replace = False,
    force: Force = False,
    quiet: _Quiet = False,
) -> None:
    """Put nurses' visits, a CSV file, into the table Visits of a workbook.

    As [bold]xl-infusion orders[/] does it: Patient, Date, and Minutes or Start time and End time, under these headings
    or usual synonyms (MRN, Visit date, Duration, Time in, Time out).

    [bold]Exit status:[/] 0 done; 2 wrong command line; 3 no such file or no permission; 4 not a workbook (encrypted,
    damaged, hostile), or not a CSV file; 5 open in another program; 6 something is in the way of the rows; 8 the file
    or the table lacks a column.
    """
    from xl_infusion.workbook.imports.kinds import VISIT_ROWS

    check_output(workbook, output, force=force)
    _put(file, workbook, VISIT_ROWS, output, replace, quiet)


def remit(
    file: _File,
    workbook: _Workbook,
    output: _Output = None,
    replace: _Replace = False,
    force: Force = False,
    quiet: _Quiet = False,
) -> None:
    """Put what a payer paid, a CSV file (an 835 as exported), into the table Remittance of a workbook.

    The columns are found by their headings, the usual names of an export too. The rows go below those that are there,
    and the table grows. The workbook is marked, so that formulas over the rows are calculated; everything else in it
    stays as it is, byte for byte. Run [bold]xl-infusion fill[/] after it: Variance then compares what was paid with
    what was expected. Not verified in Excel.

    [bold]Exit status:[/] 0 done; 2 wrong command line; 3 no such file or no permission; 4 not a workbook (encrypted,
    damaged, hostile), or not a CSV file; 5 open in another program; 6 something is in the way of the rows; 8 the file
    or the table lacks a column.
    """
    from xl_infusion.workbook.imports.kinds import REMIT_ROWS

    check_output(workbook, output, force=force)
    _put(file, workbook, REMIT_ROWS, output, replace, quiet)


def _put(file: Path, workbook: Path, kind: Kind, output: Path | None, replace: bool, quiet: bool) -> None:
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError
    from xl_infusion.workbook.imports.rows import put

    try:
        done = put(file, workbook, kind, output, replace=replace)
    except (WorkbookError, OSError) as error:
        raise failed(error, file) from None
    if not quiet:
        _print(done)


def _print(done: Put) -> None:
    def say(words: str) -> None:
        out.print(words, soft_wrap=True)

    extras = [f"the table grew by {_many(done.grown, 'row')}"] if done.grown else []
    extras += [f"{_many(done.cleared, 'row')} cleared before"] if done.cleared else []
    where = f" at {escape(done.range)}" if done.range else ""
    say(
        f"[green]{escape(str(done.path))}[/]: {_many(done.rows, 'row')} of {_many(done.columns, 'column')}{where}"
        + "".join(f"; {extra}" for extra in extras)
    )
    if sums := _sums(done):
        say(f"  {sums}")
    _print_open(done, say)
    for note in done.notes:
        say(f"  [yellow]note[/]: {escape(note)}")
    say(f"  next: [bold]xl-infusion fill {escape(str(done.path))}[/]")


def _print_open(done: Put, say: Callable[[str], None]) -> None:
    """What was left out, could not be read, or was there before."""
    from xl_infusion.workbook.imports.rows import lines_named

    kind = done.kind
    for name, lines in done.texts.items():
        say(f"  [yellow]kept as text[/]: {name} is no {kind.typed(name)} in {lines_named(lines)}; {kind.says} says so")
    if done.unplaced:
        say(f"  [yellow]cannot be matched[/]: {lines_named(done.unplaced)}; {kind.says} says why")
    for name, cells in done.left_out.items():
        say(f"  [yellow]left out[/]: {name}, {_many(cells, 'cell')}: the workbook's table has no such column")
    for heading, cells in done.unknown.items():
        say(f"  [yellow]left out[/]: {escape(heading)}, {_many(cells, 'cell')}: {kind.table.name} knows no such column")
    if done.already and kind.again:
        say(
            f"  [yellow]twice[/]: {_many(done.already, 'row')} stood in the table already; if the file was read "
            "before, read it with [bold]--replace[/]"
        )
    elif done.already:
        say(
            f"  [yellow]twice[/]: {_many(done.already, 'row')} of the file stood in the table already, and "
            f"{'was' if done.already == 1 else 'were'} not put there again"
        )


def _sums(done: Put) -> str:
    """What a user can hold against the file: amounts of money; other numbers, and how many different cells."""
    amounts = [f"{name} {total:,.2f}{_unread(unread)}" for name, (total, unread) in done.sums.items()]
    if amounts:
        return f"sums, to hold against the file's own: {', '.join(amounts)}"
    rows = [_many(done.rows + done.already, "row")] if not done.kind.again else []
    counts = [f"{count:,} different in {name}" for name, count in done.distinct.items()]
    totals = [f"{name} {total:,f}{_unread(unread)}" for name, (total, unread) in done.totals.items()]
    return f"to hold against the file's own: {', '.join([*rows, *counts, *totals])}" if rows else ""


def _unread(cells: int) -> str:
    return f" without {_many(cells, 'cell')} of text" if cells else ""


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
