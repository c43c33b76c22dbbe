"""``xl-infusion report``: what a workbook's model comes to, as one page for those who only read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from xl_infusion.cli._out import Force, check_free, fail, failed, out
from xl_infusion.cli.exits import NO_CLAIM, WRONG_LINE
from xl_infusion.errors import ReferenceTableError

if TYPE_CHECKING:
    from xl_infusion.workbook.report import Written


def report(
    file: Annotated[Path, typer.Argument(help="The workbook (.xlsx or .xlsm) to report on.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The page to write (.html). Left out: FILE.html.", show_default=False),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario", "-s", show_default=False,
            help="The scenario to hold against the contracts as they are. Left out: the one chosen on Model "
            "(Proposed), else the first that changes them.",
        ),
    ] = None,
    force: Force = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")] = False,
) -> None:  # fmt: skip
    """Write what the orders are worth as one HTML page: expected, scenarios, bridge, terms, forecast, paid.

    Tables and charts in one file that needs nothing else; sums only, no patient's reference. The workbook stays as it
    is. For a PDF print the page in a browser: it is laid out for paper too.

    [bold]Exit status:[/] 0 done; 2 wrong command line; 3 no such file, no permission, or a page that is there already;
    4 not a workbook, or none with a table Orders; 5 open in another program; 8 a table lacks a column (the page
    says so), or the codes in use cannot be read; 9 jinja2 or matplotlib is not installed.
    """
    from xl_infusion.reference import current
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError
    from xl_infusion.workbook.report import Missing, NoScenario, write_report

    page = output or file.with_suffix(".html")
    if page.suffix.lower() not in (".html", ".htm"):
        more = ": for a PDF print the page in a browser" if page.suffix.lower() == ".pdf" else ""
        raise fail(WRONG_LINE, f"{page.name}: a report is a page, its name ends in .html{more}")
    check_free([page], force=force, otherwise="choose another name with --output")
    try:
        current()
        done = write_report(file, page, scenario)
    except (ReferenceTableError, Missing, NoScenario, WorkbookError, OSError) as error:
        raise failed(error, file) from None
    if not quiet:
        _print(done)
    if done.wrong:
        raise fail(NO_CLAIM, f"{file.name}: {done.wrong}")


def _print(done: Written) -> None:
    for section in done.sections:
        said = escape(section.finding)
        if section.problem is not None:
            said = f"[bold red]{section.problem}[/] {escape(section.problem.message)}"
        elif section.missing:
            said = f"[yellow]none[/]: {escape(section.missing)}"
        out.print(f"[bold]{escape(section.title)}[/]: {said}", soft_wrap=True)
    for totals in done.totals:
        out.print(f"[bold red]row of totals[/]: {escape(str(totals))}", soft_wrap=True)
    out.print(f"[green]{escape(str(done.path))}[/]: {done.size / 1000:,.0f} kB", soft_wrap=True)
