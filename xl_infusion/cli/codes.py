"""``xl-infusion codes``: the code reference searched, brought up to date, compared, chosen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from xl_infusion.cli import _codes, _find
from xl_infusion.cli._help import Commands
from xl_infusion.cli._out import fail, failed, out
from xl_infusion.cli.exits import NO, WRONG_LINE
from xl_infusion.errors import BillingError, NotFound, ReferenceTableError, WrongInput

app = typer.Typer(
    cls=Commands, no_args_is_help=True, help="The code reference: search it, bring it up to date, choose an edition."
)


Into = Annotated[
    Path | None,
    typer.Option(
        "--into", help="A folder of editions other than your own: a team's share. XL_INFUSION_CODES then names it.",
        show_default=False,
    ),
]  # fmt: skip


@app.command()
def find(
    query: Annotated[
        str | None,
        typer.Argument(
            help="A code, drug, brand, therapy, NDC (by an imported crosswalk), or any words.", show_default=False
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="per diem, drug, listed drug, modifier, visit or HIT visit.", show_default=False)
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Only codes in force on this day (2025-07-01).", show_default=False)
    ] = None,
) -> None:
    """List and search the codes: those that home infusion mostly bills, then every drug's that CMS lists.

    Of a few drugs it tells what billed them before and after, and which releases list that.
    """
    day = _day(date, "--date") if date else None
    try:
        found = _find.find(query or "", kind or "", day)
    except ReferenceTableError as error:
        raise failed(error) from None
    except NotFound as error:
        raise fail(NO, str(error)) from None
    except WrongInput as error:
        raise fail(WRONG_LINE, str(error)) from None
    _find.print_found(found)


@app.command()
def update(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CMS's files as downloaded: HCPCS release, ASP pricing, ASP NDC-HCPCS crosswalk (.zip, .xlsx, .csv, "
            ".txt), or a folder of them.",
            show_default=False,
        ),
    ],
    into: Into = None,
    workbook: Annotated[
        Path | None,
        typer.Option("--workbook", "-w", help="Tell which orders of this workbook it touches.", show_default=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only: write nothing.")] = False,
    part: Annotated[bool, typer.Option("--part", help="Take a file that is not whole for what its rows say.")] = False,
    quarter: Annotated[
        list[str] | None,
        typer.Option(
            help="The quarter of a file whose name does not say it, by its first month: 2025-10, or FILE=2025-10 for "
            "each of several.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Print every change and every row left out.")] = False,
) -> None:
    """Bring the codes up to date with files of CMS: report what changes, write a new edition, put it in use.

    An edition is never overwritten: the one before stays, and [bold]xl-infusion codes use[/] goes back to it.

    [bold]Exit status:[/] 0 done, or nothing new; 2 wrong command line; 3 no such file, or no permission; 4 a file is
    refused (none of CMS's, damaged, a part of one), or the codes would contradict each other; 8 the codes in use are
    damaged.
    """
    from xl_infusion.reference.update.edition import NothingNew

    where = str(into) if into else None
    try:
        base = _codes.to_update(where)
    except ReferenceTableError as error:
        raise failed(error) from None
    try:
        _codes.update(base, files, where, workbook, dry_run, part, quarter or (), every)
    except NothingNew as error:
        out.print(escape(str(error)), soft_wrap=True)
    except (ReferenceTableError, OSError) as error:
        raise failed(error, into, "; the codes in use stay as they were") from None


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="An edition (2025-10, bundled, a folder), or a HCPCS release.")],
    new: Annotated[str, typer.Argument(help="Another one of the same kind.")],
    into: Into = None,
    every: Annotated[bool, typer.Option("--all", help="Print every change.")] = False,
) -> None:
    """What differs between two editions, or between two HCPCS releases of CMS."""
    try:
        _codes.diff(old, new, str(into) if into else None, every)
    except ReferenceTableError as error:
        raise failed(error) from None


@app.command()
def history(
    code: Annotated[str, typer.Argument(help="A HCPCS code or modifier: J3370.", show_default=False)],
) -> None:
    """What has been known of a code: its periods, units and successors, and how CMS's imported files list it."""
    try:
        found = _codes.history(code)
    except ReferenceTableError as error:
        raise failed(error) from None
    if not found:
        raise fail(NO, f"no code {code!r} in the reference, nor in an imported release: see xl-infusion codes find")


@app.command()
def check(
    date: Annotated[str | None, typer.Option(help="Another day than today (2026-01-15).", show_default=False)] = None,
) -> None:
    """Whether the codes in use are whole, and verified through today.

    [bold]Exit status:[/] 0 they are; 1 they are older: CMS has published since; 8 the edition is damaged.
    """
    try:
        fresh = _codes.check(_day(date, "--date") if date else dt.date.today())
    except ReferenceTableError as error:
        raise failed(error) from None
    if not fresh:
        raise typer.Exit(NO)


@app.command()
def editions(into: Into = None) -> None:
    """List the editions that are there, and which is in use."""
    try:
        _codes.editions(str(into) if into else None)
    except ReferenceTableError as error:
        raise failed(error) from None


@app.command()
def use(
    edition: Annotated[str, typer.Argument(help="The edition: 2025-10, or bundled.", show_default=False)],
    into: Into = None,
) -> None:
    """Choose the edition that every function and [bold]fill[/] answer from; go back to an earlier one."""
    try:
        _codes.use(edition, str(into) if into else None)
    except (ReferenceTableError, OSError) as error:
        raise failed(error) from None


@app.command()
def units(
    files: Annotated[
        list[Path], typer.Argument(help="A HCPCS release, and an ASP pricing file to compare with.", show_default=False)
    ],
    every: Annotated[bool, typer.Option("--all", help="Print every code that cannot be read.")] = False,
) -> None:
    """How many drug codes of a release have a unit that can be read, and where it differs from the reference's."""
    try:
        _codes.units(files, every)
    except ReferenceTableError as error:
        raise failed(error) from None


def _day(text: str, what: str) -> dt.date:
    from xl_infusion.rules.day import parse

    try:
        return parse(text, what)
    except BillingError as error:
        raise fail(WRONG_LINE, str(error)) from None
