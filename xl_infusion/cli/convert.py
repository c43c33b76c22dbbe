"""``xl-infusion convert``: a workbook's formulas from the plain spelling to that of Office.js, and back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from xl_infusion.cli._out import Force, check_output, failed, out, spill_again


class Spelling(StrEnum):
    """What a workbook can be converted to."""

    OFFICE_JS = "office-js"
    EXCEL = "excel"


def convert(
    file: Annotated[Path, typer.Argument(help="The workbook (.xlsx or .xlsm) to convert.", show_default=False)],
    to: Annotated[
        Spelling,
        typer.Option(help="office-js: xlwings Lite, xlwings Server; excel: as it was, for everywhere else."),
    ],
    namespace: Annotated[
        str, typer.Option(help="The namespace of the Server add-in, if it has one.", show_default=False)
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here and leave FILE as it is.", show_default=False)
    ] = None,
    force: Force = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but failures.")] = False,
) -> None:
    """Spell the calls of our functions as the place where the workbook is opened has them.

    Cells, defined names, table columns, data validation, conditional formats; everything else in the file stays as it
    is, byte for byte, and the way back gives the same workbook. Not verified in Excel.

    [bold]Exit status:[/] 0 done, or nothing to do; 2 wrong command line; 3 no such file or no permission; 4 not a
    workbook (encrypted, damaged, hostile); 5 open in another program.
    """
    from xl_infusion.spreadsheet.formula.addin_names import WrongName
    from xl_infusion.spreadsheet.xlsx.package import WorkbookError
    from xl_infusion.workbook.convert import convert as converted

    check_output(file, output, force=force)
    try:
        done = converted(file, to.value, output, namespace)
    except (WrongName, WorkbookError, OSError) as error:
        raise failed(error, file) from None
    if quiet:
        return
    so = "as Office.js has it" if to is Spelling.OFFICE_JS else "plainly"
    if done.calls:
        also = f", {done.already:,} were spelt so" if done.already else ""
        what = f"{done.calls:,} call{'s' if done.calls > 1 else ''} of our functions spelt {so}{also}"
    elif done.already:
        what = f"nothing to change: all {done.already:,} calls of our functions are spelt {so} already"
    else:
        what = "nothing to change: no formula calls one of our functions"
    out.print(f"[green]{escape(str(done.path))}[/]: {what}", soft_wrap=True)
    if done.marked:
        out.print(f"  [yellow]marked as spilling[/]: {escape(spill_again(done.marked))}", soft_wrap=True)
    for one in done.doubtful:
        out.print(
            f"  [yellow]left as they are[/]: calls in the namespace {one}, which may be another add-in's; if it is "
            f"ours, [bold]--namespace {one}[/]",
            soft_wrap=True,
        )
