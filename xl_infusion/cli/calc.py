"""``xl-infusion calc``: the add-in for LibreOffice Calc built, put in, taken out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from xl_infusion.cli._help import Commands
from xl_infusion.cli._out import Force, check_free, fail, failed, out
from xl_infusion.cli.exits import WRONG_LINE

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(cls=Commands, no_args_is_help=True, help="LibreOffice Calc: an add-in with the functions.")

Shared = Annotated[bool, typer.Option("--shared", help="For all users of this machine (root can do no other).")]
Profile = Annotated[
    Path | None,
    typer.Option("--profile", help="The folder of a user profile other than your own.", show_default=False),
]
Office = Annotated[
    Path | None,
    typer.Option("--office", help="The folder of soffice, where it is not found.", show_default=False),
]


@app.command()
def build(
    file: Annotated[Path, typer.Argument(help="The add-in to write (.oxt).", show_default=False)],
    force: Force = False,
) -> None:
    """Write the add-in: one file that LibreOffice installs by a double click, on any machine."""
    from xl_infusion.hosts.calc.extension import build as build_extension

    if file.suffix.lower() != ".oxt":
        raise fail(WRONG_LINE, f"{file.name}: an add-in's name ends in .oxt")
    check_free([file], force=force)
    try:
        build_extension(file)
    except OSError as error:
        raise failed(error, file) from None
    out.print(
        f"[green]{escape(str(file))}[/] is ready: open it with LibreOffice, or run [bold]xl-infusion calc install[/]",
        soft_wrap=True,
    )


@app.command()
def install(shared: Shared = False, profile: Profile = None, office: Office = None) -> None:
    """Put the add-in into LibreOffice, in place of one that is there. Close LibreOffice first.

    [bold]Exit status:[/] 0 done; 1 LibreOffice is not there, or refuses; 2 wrong command line.
    """
    from xl_infusion.hosts.calc.office import SINCE, version_of
    from xl_infusion.hosts.calc.office import install as install_extension

    manager = _manage(install_extension, shared, profile, office)
    found = version_of(manager)
    out.print("The functions are in LibreOffice Calc from its next start.")
    if found and found < SINCE:
        out.print(
            f"[yellow]This is LibreOffice {'.'.join(map(str, found[:2]))}: workbooks that call the functions by their "
            f"plain names need {'.'.join(map(str, SINCE))} or newer.[/]",
            soft_wrap=True,
        )


@app.command()
def uninstall(shared: Shared = False, profile: Profile = None, office: Office = None) -> None:
    """Take the add-in out of LibreOffice. Close LibreOffice first.

    [bold]Exit status:[/] 0 done; 1 it is not installed, or LibreOffice is not there; 2 wrong command line.
    """
    from xl_infusion.hosts.calc.office import uninstall as uninstall_extension

    _manage(uninstall_extension, shared, profile, office)
    out.print("The functions are no longer in LibreOffice Calc.")


def _manage(what: Callable[..., None], shared: bool, profile: Path | None, office: Path | None) -> Path:
    """Has LibreOffice's extension manager do it; where that is."""
    from xl_infusion.hosts.calc.office import CannotInstall, extension_manager, program_folders

    if shared and profile is not None:
        raise fail(WRONG_LINE, "--shared is for all users, --profile for one: give one of them")
    try:
        manager = extension_manager(program_folders() if office is None else [office, office / "program"])
        what(manager, shared=shared, profile=profile)
    except CannotInstall as error:
        raise failed(error) from None
    except OSError as error:
        raise fail(CannotInstall.status, f"{error.filename}: {error.strerror or error}") from None
    return manager
