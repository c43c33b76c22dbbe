"""``xl-infusion lite``: what xlwings Lite needs, for Excel on Windows, Mac and the web without a Python to install."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from xl_infusion.cli._out import Force, fail, failed, out, spill_again
from xl_infusion.cli.exits import WRONG_LINE
from xl_infusion.errors import ReferenceTableError

if TYPE_CHECKING:
    from xl_infusion.hosts.lite.renew import Renewed
    from xl_infusion.hosts.lite.single_file import SingleFile


class ImportedTable(StrEnum):
    """What an edition may hold of CMS's own files."""

    NDC = "ndc"
    ASP = "asp"
    HCPCS = "hcpcs"


def lite(
    folder: Annotated[Path, typer.Argument(help="The folder to write into; made if need be.", show_default=False)],
    workbook: Annotated[
        Path | None,
        typer.Option("--workbook", "-w", help="Carry a copy of this one instead of a fresh one.", show_default=False),
    ] = None,
    no_workbook: Annotated[bool, typer.Option("--no-workbook", help="The two files only.")] = False,
    renew: Annotated[
        bool,
        typer.Option(
            "--renew",
            help="Bring main.py up to date in FOLDER and in its workbooks (or in --workbook); orders and your own "
            "functions below its marked end stay.",
        ),
    ] = False,
    force: Force = False,
    include: Annotated[
        list[ImportedTable] | None,
        typer.Option("--with", help="Imported tables that go in too: they may be large.", show_default=False),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")] = False,
) -> None:
    """Write main.py (the functions and the codes in use, readable, in one file) and requirements.txt for xlwings Lite.

    And a workbook that carries both, spelt as Office.js has it. Not verified in Excel: docs/lite.md says what is.

    [bold]Exit status:[/] 0 done; 2 wrong command line; 3 no such file, no permission, or files that are there already;
    4 the workbook cannot be used, or main.py is too large for one, or (--renew) not ours; 5 open in another program;
    8 the codes in use cannot be read.
    """
    from xl_infusion.hosts.lite.workbook import write_lite
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError

    if workbook is not None and no_workbook:
        raise fail(WRONG_LINE, "--workbook names one to carry the files, --no-workbook wants none: give one of them")
    kinds = {one.value for one in include or ()}
    try:
        if renew:
            from xl_infusion.hosts.lite.renew import renew_lite

            _print_renewed(renew_lite(folder, kinds, workbook, workbooks=not no_workbook), quiet)
            return
        done = write_lite(folder, kinds, workbook, workbook=not no_workbook, replace=force)
    except (ReferenceTableError, WorkbookError, OSError) as error:
        raise failed(error, folder) from None
    if quiet:
        return
    out.print(f"[green]{escape(str(done.main))}[/]: {_codes(done.file)}", soft_wrap=True)
    out.print(f"[green]{escape(str(done.requirements))}[/]")
    _print_left_out(done.file)
    if done.marked:
        out.print(f"  [yellow]marked as spilling[/]: {escape(spill_again(done.marked))}", soft_wrap=True)
    if done.workbook:
        out.print(
            f"[green]{escape(str(done.workbook))}[/] carries both ([yellow]not verified in Excel[/])", soft_wrap=True
        )


def _print_renewed(done: Renewed, quiet: bool) -> None:
    if quiet:
        return
    for path, old in done.files.items():
        what = "renewed" if old else "is of this version already"
        out.print(f"[green]{escape(str(path))}[/]: {what}", soft_wrap=True)
    out.print(f"main.py: {_codes(done.file)}", soft_wrap=True)
    _print_left_out(done.file)


def _codes(file: SingleFile) -> str:
    """What a main.py has in it."""
    return (
        f"{len(file.text) / 1000:,.0f} kB, with the codes {escape(file.edition)}, verified through "
        f"{file.verified_through}"
    )


def _print_left_out(file: SingleFile) -> None:
    from xl_infusion.hosts.lite.single_file import IMPORTED

    for kind, size in file.left_out.items():
        out.print(
            f"  [yellow]left out[/]: {IMPORTED[kind]} ({size / 1000:,.0f} kB); what only it knows is #N/A there. "
            f"[bold]--with {kind}[/] puts it in",
            soft_wrap=True,
        )
