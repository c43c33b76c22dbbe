"""Where the command line prints, how it fails, and how it shows cells."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from xl_infusion.cli.exits import status_of
from xl_infusion.errors import ExcelError
from xl_infusion.spreadsheet import disk

#: Into a file or a pipe the claim is as wide as it is, not as a terminal of 80 columns.
_TERMINAL = sys.stdout is not None and sys.stdout.isatty()
out = Console(highlight=False, width=None if _TERMINAL or "COLUMNS" in os.environ else 180)
err = Console(stderr=True, highlight=False)

#: What every command says that writes a file of its own: whether it may replace one that is there.
Force = Annotated[bool, typer.Option("--force", help="Replace what is there already.")]
#: At most so many rows of a table are printed.
MOST_SHOWN = 200


def fail(status: int, message: str) -> typer.Exit:
    """Prints why a command fails; to be raised."""
    err.print(f"[bold red]xl-infusion:[/] {escape(disk.told(message))}", soft_wrap=True)
    return typer.Exit(status)


def failed(error: Exception, file: Path | None = None, more: str = "") -> typer.Exit:
    """Prints why a command fails, ``more`` behind it, with the status of that kind of failure; to be raised.

    ``file``: what was typed, for an error of the system's that names none.
    """
    told = str(error)
    if isinstance(error, OSError) and not hasattr(error, "status"):
        told = f"{error.filename or file}: {error.strerror or error}"
    return fail(status_of(error), f"{told}{more}")


def check_free(paths: Iterable[Path], *, force: bool, otherwise: str = "choose another name") -> None:
    """Ends the command where it would write over what is there, unless the user said that it may."""
    try:
        disk.check_free(paths, force=force, otherwise=otherwise)
    except OSError as error:
        raise failed(error) from None


def check_output(file: Path, output: Path | None, *, force: bool) -> None:
    """`check_free` for a command that changes ``file`` in place, or writes to ``output`` where one is named.

    What killed runs left there is taken away, also where nothing turns out to be written.
    """
    disk.sweep(os.path.dirname(os.path.realpath(output or file)))
    if output is not None and not disk.same_file(file, output):
        check_free([output], force=force, otherwise="choose another name with --output")


def table(names: Sequence[str], wraps: Collection[str] = ()) -> Table:
    """A table with these headings; what stands under those in ``wraps`` may go on in the next line."""
    made = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for name in names:
        made.add_column(name, no_wrap=name not in wraps)
    return made


def cell(value: object) -> str:
    """A cell of a workbook."""
    if isinstance(value, ExcelError):
        return f"[bold red]{value}[/]"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return escape(str(value))


def money(value: object) -> str:
    """An amount of dollars with its cents."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,.2f}" if round(value, 2) == value else f"{value:,}"
    return cell(value)


def days(first: object, last: object) -> str:
    """``05/01/2013``, or ``06/24-07/07/2025`` within one year."""
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return ""
    if first == last:
        return f"{first:%m/%d/%Y}"
    return f"{first:%m/%d}-{last:%m/%d/%Y}" if first.year == last.year else f"{first:%m/%d/%Y}-{last:%m/%d/%Y}"


def spill_again(cells: Sequence[str]) -> str:
    """What is said once of arrays that got the mark back that lets them spill."""
    named = ", ".join(cells[:3]) + (f" and {len(cells) - 3:,} more" if len(cells) > 3 else "")
    return f"{named}; the file had lost the mark (openpyxl and LibreOffice drop it), and Excel would not let them grow"
