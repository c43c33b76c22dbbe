"""The sheet Checks: one spilled list of findings, errors first, and above it how many there are."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.checks import ERROR, WARNING
from xl_infusion.functions import FUNCTIONS
from xl_infusion.functions.claim_checks import HEADER
from xl_infusion.workbook._grid import letters
from xl_infusion.workbook.sheets import inputs
from xl_infusion.workbook.style import (
    BAD,
    BAD_SOFT,
    BODY,
    BRAND_MID,
    BRAND_PALE,
    BRAND_SOFT,
    COUNT,
    DATE,
    FLAG,
    FLAG_LOOK,
    GOOD,
    GOOD_SOFT,
    LINE,
    LINK,
    MUTED,
    NOTE,
    WARN,
    WARN_SOFT,
    WHITE,
    Look,
    column_look,
    flag_colors,
    head,
    heading,
    link,
    page,
    put,
    spill,
    when,
    widths,
)

#: The row of the header, where the formula stands; the first finding, and the last row that is counted.
ANCHOR, FIRST, LAST = 7, 8, 20_000
#: The row of the counts.
COUNTS = 4
#: The formula of the findings.
FORMULA: str = FUNCTIONS["CLAIM_CHECKS"].example

#: Column of the findings -> its width and its look.
_COLUMNS: dict[str, tuple[float, Look]] = {
    "Severity": (13, BODY.but(bold=True, indent=1)),
    "Finding": (26, BODY),
    "Sheet": (13, BODY),
    "Row": (8, BODY.but(across="center", ink=MUTED)),
    "Order": (12, BODY.but(indent=1)),
    "From": (12, BODY.but(across="center", format=DATE)),
    "To": (12, BODY.but(across="center", format=DATE)),
    "What is wrong": (78, BODY.but(wrap=True)),
    "What to do": (64, BODY.but(wrap=True)),
    "Count": (8, BODY.but(across="center", ink=MUTED)),
}
_BIG = Look(size=22, bold=True, ground=BRAND_PALE, across="center", format=COUNT)


def cell(name: str, row: int) -> str:
    """A cell of a column of the findings, as another sheet names it."""
    return f"Checks!${letters(HEADER.index(name) + 1)}${row}"


def below(name: str) -> str:
    """The cells of a column of the findings, as another sheet names them."""
    return f"{cell(name, FIRST)}:{cell(name, LAST).removeprefix('Checks!')}"


def count(severity: str) -> str:
    """How many findings of a severity there are; the failure itself where the findings cannot be worked out."""
    top = cell("Severity", ANCHOR)
    return f'IF(ISERROR({top}),{top},COUNTIF({below("Severity")},"{severity}"))'


def add_checks(sheet: Worksheet) -> None:
    """Lays out Checks: the counts, the formula, the looks of what will be spilled."""
    last = letters(len(HEADER))
    widths(sheet, *(_COLUMNS[name][0] for name in HEADER))
    for number, name in enumerate(HEADER, start=1):
        look = _COLUMNS[name][1]
        column_look(sheet, number, look)
        head(look).apply(sheet.cell(ANCHOR, number))
    heading(
        sheet,
        "Checks",
        "Everything that would get a claim denied, or its money wrong, before it leaves: errors first. Nothing is "
        f"typed here. Row counts from a table's headings, which are its row 1: its row 2 is row {inputs.FIRST} of the "
        "sheet.",
        last,
    )
    _counts(sheet)
    spill(sheet, f"A{ANCHOR}", FORMULA, head(_COLUMNS["Severity"][1]))
    sheet.row_dimensions[ANCHOR].height = 20
    sheet.freeze_panes = f"A{FIRST}"
    _looks(sheet, last)
    page(sheet, repeat=f"{ANCHOR}:{ANCHOR}")


def _counts(sheet: Worksheet) -> None:
    gap = {"lines": "left right", "rule": WHITE, "weight": "thick"}
    small = NOTE.but(ground=BRAND_SOFT, across="center", **gap)
    errors, warnings = f"A{COUNTS}", f"C{COUNTS}"
    for left, right, name, formula in (
        ("A", "B", "Errors", f"={count(ERROR)}"),
        ("C", "E", "Warnings", f"={count(WARNING)}"),
        ("F", "G", "Total check", f"=Start!{FLAG}"),
    ):
        look = FLAG_LOOK.but(size=14) if left == "F" else _BIG
        put(sheet, f"{left}{COUNTS - 1}", name, small, f"{right}{COUNTS - 1}")
        put(sheet, f"{left}{COUNTS}", formula, look.but(**gap), f"{right}{COUNTS + 1}")
    flag_colors(sheet, f"F{COUNTS}:G{COUNTS + 1}")
    for at, right, ink, ground in ((errors, "B", BAD, BAD_SOFT), (warnings, "E", WARN, WARN_SOFT)):
        area = f"{at}:{right}{COUNTS + 1}"
        fixed = f"${at[0]}${at[1:]}"
        sheet.conditional_formatting.add(area, when(f"ISERROR({fixed})", ink=BAD, ground=BAD_SOFT, bold=True))
        sheet.conditional_formatting.add(area, when(f"{fixed}>0", ink=ink, ground=ground, bold=True))
        sheet.conditional_formatting.add(area, when(f"{fixed}=0", ink=GOOD, ground=GOOD_SOFT, bold=True))
    said = (
        f'=IF(ISERROR({errors}),"The checks could not be worked out: nothing here says that the claims are in order.",'
        f'IF({errors}+{warnings}=0,"Nothing was found.",IF({errors}=0,"No errors. Look at each warning before the '
        f'claims leave.","Mend every error: the claim would be denied, or its money is wrong.")))'
    )
    put(sheet, f"H{COUNTS}", said, BODY.but(size=11, wrap=True, indent=1), f"H{COUNTS + 1}")
    link(sheet, f"I{COUNTS}", "what the total check counts", f"Start!{FLAG}", LINK.but(bold=False), f"I{COUNTS + 1}")
    for row, points in {COUNTS - 1: 18, COUNTS: 22, COUNTS + 1: 22, COUNTS + 2: 8}.items():
        sheet.row_dimensions[row].height = points


def _looks(sheet: Worksheet, last: str) -> None:
    """What a finding looks like by its severity; the rows are not known before they spill."""
    severity, other = f"$A{FIRST}", f"$A{FIRST - 1}"
    begins = f'AND({severity}="{WARNING}",{other}<>"{WARNING}")'
    failed = when(f"ISERROR(A{FIRST})", ink=BAD, ground=BAD_SOFT, bottom=LINE)
    marked = (
        failed,
        when(f'{severity}="{ERROR}"', ink=BAD, ground=BAD_SOFT, bottom=LINE),
        when(begins, ink=WARN, ground=WARN_SOFT, top=BRAND_MID, bottom=LINE),
        when(f'{severity}="{WARNING}"', ink=WARN, ground=WARN_SOFT, bottom=LINE),
    )
    plain = (when(begins, top=BRAND_MID, bottom=LINE), when(f'{severity}<>""', bottom=LINE))
    for area, rules in ((f"A{FIRST}:B{LAST}", marked), (f"C{FIRST}:{last}{LAST}", plain)):
        for rule in rules:
            sheet.conditional_formatting.add(area, rule)
