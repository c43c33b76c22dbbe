"""``xl-infusion excel``: the files for Excel on Windows; ``install`` and ``doctor``: Excel on this machine."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from xl_infusion.cli._help import Commands
from xl_infusion.cli._out import Force, check_free, fail, failed, out, table
from xl_infusion.cli.exits import NO, NO_FILE, WRONG_LINE
from xl_infusion.errors import ReferenceTableError

if TYPE_CHECKING:
    from xl_infusion.setup.machine import Machine

app = typer.Typer(
    cls=Commands, no_args_is_help=True, help="The files for Excel on Windows: the workbook with macros, the add-in."
)


Workbooks = Annotated[list[Path] | None, typer.Argument(help="Workbooks to look at too.", show_default=False)]


@app.command()
def build(
    to: Annotated[Path, typer.Option("--to", help="The folder to write them into.")] = Path(),
    empty: Annotated[bool, typer.Option("--empty", help="Tables without the example orders.")] = False,
    force: Force = False,
) -> None:
    """Write home_infusion_billing.xlsm, whose functions are in it, and xl_infusion.xlam, the add-in.

    Beside each stands the file that shows the functions' help while one types (Excel-DNA IntelliSense), with the help
    pages. The two need this package's Python on the machine with Excel: [bold]xl-infusion install[/] there. They are
    the same on every machine.
    """
    from xl_infusion.hosts.excel import files
    from xl_infusion.hosts.excel.generate import CannotGenerate
    from xl_infusion.spreadsheet import disk
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError, check_not_locked
    from xl_infusion.workbook.ours import ADDIN, WORKBOOK

    workbook, addin = to / WORKBOOK, to / ADDIN
    beside = files.help_files(to)
    check_free([workbook, addin, *beside], force=force, otherwise="choose another folder with --to")
    if not to.is_dir():
        raise fail(NO_FILE, f"{to} is no folder: make it, or choose another one with --to")
    try:
        for path in (workbook, addin):
            check_not_locked(path)
        files.build_workbook(workbook, examples=not empty)
        files.build_addin(addin)
        for path, text in beside.items():
            path.parent.mkdir(exist_ok=True)
            disk.write(path, text.encode())
    except (ReferenceTableError, WorkbookError, OSError, CannotGenerate) as error:
        raise failed(error, to) from None
    out.print(f"[green]{escape(str(workbook))}[/] and [green]{escape(str(addin))}[/] are ready", soft_wrap=True)


@app.command()
def renew(
    files: Annotated[list[Path], typer.Argument(help="Workbooks (.xlsm) and add-ins (.xlam).", show_default=False)],
) -> None:
    """Put this version's functions into workbooks that were made by an earlier one; everything else in them stays.

    [bold]Exit status:[/] 0 done, or nothing was old; 3 no such file or no permission; 4 no functions of ours in it;
    5 open in another program.
    """
    from xl_infusion.hosts.excel.files import renew as renew_file
    from xl_infusion.hosts.excel.generate import CannotGenerate
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError

    for file in files:
        try:
            old = renew_file(file)
        except (WorkbookError, OSError, ValueError, CannotGenerate) as error:
            raise failed(error, file) from None
        out.print(f"{escape(str(file))}: {'renewed' if old else 'is of this version already'}", soft_wrap=True)


def install(
    replace: Annotated[bool, typer.Option("--replace", help="Also where another Python is configured.")] = False,
    beside: Annotated[
        Path | None,
        typer.Option(
            "--beside", help="For the workbooks of this folder alone, without the add-in.", show_default=False
        ),
    ] = None,
    addin: Annotated[bool, typer.Option("--addin/--no-addin", help="The add-in, for every workbook.")] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Also over a file of the add-in's name that is none of ours.")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Undo it: the add-in goes, xlwings' configuration is as it was before.")
    ] = False,
) -> None:
    """Set Excel on this Windows machine up: tell xlwings where this Python is, and put the add-in where Excel opens it.

    For this user alone; nothing needs an administrator. What is then still wrong is told, as by [bold]doctor[/].

    [bold]Exit status:[/] 0 done, or nothing to do; 2 wrong command line, or no Windows; 3 refused, or cannot write;
    5 the add-in is open in Excel. A file of the add-in's name that another program or somebody's VBA made is refused.
    """
    from xl_infusion.hosts.excel import files
    from xl_infusion.hosts.excel.generate import CannotGenerate
    from xl_infusion.setup.install import NotInstalled
    from xl_infusion.setup.install import install as set_up

    here = _windows()
    folder = str(beside.absolute()) if beside else None
    try:
        if remove:
            _remove(here, addin, replace, folder)
            return
        data = files.addin() if addin and not beside else None
        done = set_up(here, data, _Files(), replace=replace, beside=folder, force=force)
    except NotInstalled as error:
        raise failed(error) from None
    except CannotGenerate as error:
        raise fail(NotInstalled.status, str(error)) from None
    out.print(f"[green]{escape(done.configuration)}[/] names {escape(done.python)}", soft_wrap=True)
    if done.before:
        out.print(f"before: {escape(done.before)}", soft_wrap=True)
    if done.copy:
        out.print(
            f"as it was before it was first installed: {escape(done.copy)}; [bold]install --remove[/] puts it back",
            soft_wrap=True,
        )
    if done.addin:
        out.print(f"[green]{escape(done.addin)}[/]: start Excel anew, and every workbook has the functions")
    _examine(here, [])


def _remove(here: Machine, addin: bool, replace: bool, beside: str | None) -> None:
    """Undoes an installation and says what was done. Errors: `NotInstalled`."""
    from xl_infusion.setup.remove import remove

    found = remove(here, _Files(), addin=addin, replace=replace, beside=beside)
    for one in found.done:
        out.print(f"[green]{escape(one)}[/]", soft_wrap=True)
    for one in found.left:
        out.print(escape(one), soft_wrap=True)
    if not found.done:
        out.print("nothing was installed for this user: nothing was changed", soft_wrap=True)


def doctor(workbooks: Workbooks = None) -> None:
    """Find what keeps the functions from calculating in Excel on this Windows machine, and say the remedy.

    [bold]Exit status:[/] 0 nothing does; 1 something does.
    """
    if _examine(_windows(), [str(path.absolute()) for path in workbooks or ()]):
        raise typer.Exit(NO)


def machine() -> Machine | None:
    """This machine, where it is one with Windows."""
    from xl_infusion.setup.machine import ThisMachine

    return ThisMachine() if sys.platform == "win32" else None


def _windows() -> Machine:
    here = machine()
    if here is None:
        raise fail(
            WRONG_LINE,
            "this is for Excel on Windows; on a Mac or in a browser the functions come with xl-infusion lite, and "
            "without Excel xl-infusion fill computes a workbook",
        )
    return here


class _Files:
    """The files for Excel as this package makes them."""

    def modules_in(self, data: bytes, name: str) -> Mapping[str, str]:
        from xl_infusion.hosts.excel.vba_project import modules_in

        return modules_in(data, name)

    def made(self, name: str) -> Mapping[str, str]:
        from xl_infusion.hosts.excel.files import vba_modules

        return vba_modules(name)


def _examine(here: Machine, workbooks: list[str]) -> bool:
    """Tells what is wrong; whether any of it keeps functions from calculating."""
    from xl_infusion.setup.doctor import examine
    from xl_infusion.setup.findings import ERROR

    found = examine(here, workbooks, _Files(), dt.date.today())
    if not found:
        out.print("[green]Nothing is wrong: the functions calculate in Excel.[/]")
        return False
    shown = table(("", "What", "Remedy"), wraps=("What", "Remedy"))
    for one in found:
        color = "red" if one.severity == ERROR else "yellow"
        shown.add_row(f"[bold {color}]{one.severity}[/]", escape(f"{one.kind}: {one.what}"), escape(one.remedy))
    out.print(shown)
    return any(one.severity == ERROR for one in found)
