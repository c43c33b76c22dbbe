"""``xl-infusion remit``: a payer's remittance out of a CSV file into a workbook's table Remittance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from xl_infusion.cli._out import BLOCKED, NO_CLAIM, Force, check_output, fail, failed, out

if TYPE_CHECKING:
    from xl_infusion.workbook.remit import Remitted


def remit(
    file: Annotated[
        Path,
        typer.Argument(help="The remittance (.csv): a row a line, with headings.", show_default=False),
    ],
    workbook: Annotated[
        Path, typer.Argument(help="The workbook (.xlsx or .xlsm) with the table Remittance.", show_default=False)
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here and leave WORKBOOK as it is.", show_default=False)
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="In place of the rows that the table has.")] = False,
    force: Force = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")] = False,
) -> None:
    """Put what a payer paid, a CSV file (an 835 as exported), into the table Remittance of a workbook.

    The columns are found by their headings, the usual names of an export too. The rows go below those that are there,
    and the table grows; everything else in the workbook stays as it is, byte for byte. Run [bold]xl-infusion fill[/]
    after it: Variance then compares what was paid with what was expected. Not verified in Excel.

    [bold]Exit status:[/] 0 done; 2 wrong command line; 3 no such file or no permission; 4 not a workbook (encrypted,
    damaged, hostile), or not a CSV file; 5 open in another program; 6 something is in the way of the rows; 8 the file
    or the table lacks a column.
    """
    from xl_infusion.workbook.package import WorkbookError
    from xl_infusion.workbook.remit import LacksColumn, NoRoom
    from xl_infusion.workbook.remit import remit as put

    check_output(workbook, output, force=force)
    try:
        done = put(file, workbook, output, replace=replace)
    except LacksColumn as error:
        raise fail(NO_CLAIM, str(error)) from None
    except NoRoom as error:
        raise fail(BLOCKED, str(error)) from None
    except (WorkbookError, OSError) as error:
        raise failed(error, file) from None
    if not quiet:
        _print(done)


def _print(done: Remitted) -> None:
    from xl_infusion.workbook.remit import lines_named

    def say(words: str) -> None:
        out.print(words, soft_wrap=True)

    def many(count: int, what: str) -> str:
        return f"{count:,} {what}{'' if count == 1 else 's'}"

    extras = [f"the table grew by {many(done.grown, 'row')}"] if done.grown else []
    extras += [f"{many(done.cleared, 'row')} cleared before"] if done.cleared else []
    say(
        f"[green]{escape(str(done.path))}[/]: {many(done.rows, 'row')} of {many(done.columns, 'column')} at "
        f"{escape(done.range)}" + "".join(f"; {extra}" for extra in extras)
    )
    sums = []
    for name, (total, unread) in done.sums.items():
        sums.append(f"{name} {total:,.2f}" + (f" without {many(unread, 'cell')} of text" if unread else ""))
    say(f"  sums, to hold against the file's own: {', '.join(sums)}")
    for name, lines in done.texts.items():
        kind = "day" if name in ("From", "To") else "number"
        say(f"  [yellow]kept as text[/]: {name} is no {kind} in {lines_named(lines)}; Variance says so")
    if done.unplaced:
        say(f"  [yellow]cannot be matched[/]: {lines_named(done.unplaced)}; Variance says why")
    for name, cells in done.left_out.items():
        say(f"  [yellow]left out[/]: {name}, {many(cells, 'cell')}: the workbook's table has no such column")
    for heading, cells in done.unknown.items():
        say(f"  [yellow]left out[/]: {escape(heading)}, {many(cells, 'cell')}: Remittance knows no such column")
    if done.already:
        say(
            f"  [yellow]twice[/]: {many(done.already, 'row')} stood in the table already; if the file was read before, "
            "read it with [bold]--replace[/]"
        )
    for note in done.notes:
        say(f"  [yellow]note[/]: {escape(note)}")
    say(f"  next: [bold]xl-infusion fill {escape(str(done.path))}[/]")
