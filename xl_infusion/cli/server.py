"""``xl-infusion server``: a project folder for xlwings Server, for an organisation that hosts the functions itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from xl_infusion.cli._out import fail, failed, out
from xl_infusion.cli.exits import WRONG_LINE
from xl_infusion.errors import ReferenceTableError


def server(
    folder: Annotated[Path, typer.Argument(help="The folder to write into; made if need be.", show_default=False)],
    namespace: Annotated[
        str, typer.Option(help="What stands before the functions in formulas: HINF for =HINF.JUNITS(...).")
    ] = "XL_INFUSION",
    hostname: Annotated[
        str,
        typer.Option(
            help="The server's name as Excel reaches it, for the help links: xl.example.org", show_default=False
        ),
    ] = "",
    workbook: Annotated[
        Path | None,
        typer.Option(
            "--workbook", "-w", help="A copy of this one, respelt, instead of a fresh one.", show_default=False
        ),
    ] = None,
    no_workbook: Annotated[bool, typer.Option("--no-workbook", help="The project alone.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the files that are there, the workbook too; .env stays.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")] = False,
) -> None:
    """Write a project for xlwings Server that has our functions and their help pages, and a workbook for its add-in.

    xlwings Server takes a licence key of yours (PolyForm Noncommercial, or paid); none comes along, and it is not
    installed with this package. Not verified in Excel: docs/server.md says what is.

    [bold]Exit status:[/] 0 done; 2 wrong command line; 3 no such file, no permission, or files that are there already;
    4 the workbook cannot be used; 5 open in another program; 8 the codes in use cannot be read.
    """
    from xl_infusion.hosts.server.workbook import write_server
    from xl_infusion.reference import current
    from xl_infusion.spreadsheet.formula.addin_names import WrongName
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError

    if workbook is not None and no_workbook:
        raise fail(WRONG_LINE, "--workbook names one to be copied, --no-workbook wants none: give one of them")
    try:
        current()
        done = write_server(folder, namespace, hostname, workbook, workbook=not no_workbook, replace=force)
    except (ReferenceTableError, WrongName, WorkbookError, OSError) as error:
        raise failed(error, folder) from None
    if quiet:
        return
    out.print(
        f"[green]{escape(str(done.folder))}[/]: a project for xlwings Server, {len(done.files)} files, functions as "
        f"[bold]{done.namespace}.JUNITS[/]. Its README.md has the steps; the first is your own licence key",
        soft_wrap=True,
    )
    if done.workbook:
        out.print(
            f"[green]{escape(str(done.workbook))}[/] is spelt for its add-in ([yellow]not verified in Excel[/])",
            soft_wrap=True,
        )
