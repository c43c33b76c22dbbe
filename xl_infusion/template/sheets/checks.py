"""The sheet Checks: one spilled list of findings, errors first, and above it how many there are.

The function counts rows from a table's headings, for it does not learn where a range stands; beside each finding a
native formula leads to its row of the sheet.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.checks import ERROR, WARNING
from xl_infusion.functions import FUNCTIONS
from xl_infusion.functions.claim_checks import COUNTED, HEADER, OFFERED
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.sheets.below import HEADING_ROWS, TYPED
from xl_infusion.template.sheets.claim import SCALE
from xl_infusion.template.style import (
    BAD,
    BAD_SOFT,
    BODY,
    BRAND,
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
    THREE_LINES,
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
#: The first column of the findings, and how many of them have a link to their row.
LEFT, LINKED = 2, 100
#: The formula of the findings.
FORMULA: str = FUNCTIONS["CLAIM_CHECKS"].example

#: On paper, in 8 points: what is wrong on one page, what to do on the next, with `KEYS` before each.
PAGE_END, KEYS = "What is wrong", ("Severity", "Order")
#: Column of the findings -> its width and its look.
_COLUMNS: dict[str, tuple[float, Look]] = {
    "Severity": (11, BODY.but(bold=True, indent=1)),
    "Finding": (25, BODY.but(wrap=True)),
    "Sheet": (12, BODY.but(indent=1)),
    "Row": (7, BODY.but(across="center", ink=MUTED)),
    "Order": (11, BODY.but(indent=1)),
    "From": (11, BODY.but(across="center", format=DATE)),
    "To": (11, BODY.but(across="center", format=DATE)),
    "What is wrong": (80, BODY.but(wrap=True, indent=1)),
    "What to do": (64, BODY.but(wrap=True, indent=1)),
    "Count": (8, BODY.but(across="center", ink=MUTED)),
}
#: The width of the columns of a row to be copied to Own codes.
_OFFER = 21
_BIG = Look(size=22, bold=True, ground=BRAND_PALE, across="center", format=COUNT)


def cell(name: str, row: int) -> str:
    """A cell of a column of the findings, as another sheet names it."""
    return f"Checks!${_letter(name)}${row}"


def there(name: str) -> str:
    """The cell that says how many claim lines, or findings, the function gives, as another sheet names it."""
    return f"Checks!${letters(LEFT + len(HEADER) + 2 * COUNTED.index(name) + 1)}${ANCHOR}"


def _letter(name: str) -> str:
    return letters(LEFT + HEADER.index(name))


def below(name: str) -> str:
    """The cells of a column of the findings, as another sheet names them."""
    return f"{cell(name, FIRST)}:{cell(name, LAST).removeprefix('Checks!')}"


def count(severity: str) -> str:
    """How many findings of a severity there are; the failure itself where the findings cannot be worked out."""
    top = cell("Severity", ANCHOR)
    return f'IF(ISERROR({top}),{top},COUNTIF({below("Severity")},"{severity}"))'


def add_checks(sheet: Worksheet) -> None:
    """Lays out Checks: the counts, the formula, the looks of what will be spilled."""
    last = _letter(HEADER[-1])
    widths(sheet, 15, *(_COLUMNS[name][0] for name in HEADER), *([11, 8] * len(COUNTED)), *([_OFFER] * len(OFFERED)))
    for number, name in enumerate(HEADER, start=LEFT):
        look = _COLUMNS[name][1]
        column_look(sheet, number, look)
        head(look).apply(sheet.cell(ANCHOR, number))
    for at in range(len(OFFERED)):
        column_look(sheet, LEFT + len(HEADER) + 2 * len(COUNTED) + at, BODY)
    for at in range(2 * len(COUNTED)):
        head(BODY.but(across="center" if at % 2 else "right")).apply(sheet.cell(ANCHOR, LEFT + len(HEADER) + at))
    heading(
        sheet,
        "Checks",
        "Everything that would get a claim denied, or its money wrong, before it leaves: errors first. Nothing is "
        "typed here. Click the blue cell to get to the row; Row itself counts from a table's headings, which are its "
        "row 1. For a drug or code that the reference lacks, a row to be copied to Own codes stands at the right.",
        _letter("What to do"),
        _letter(KEYS[0]),
        beside=_letter("From"),
    )
    _counts(sheet)
    spill(sheet, f"{_letter('Severity')}{ANCHOR}", FORMULA, head(_COLUMNS["Severity"][1]))
    _links(sheet)
    sheet.row_dimensions[ANCHOR].height = 20
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = THREE_LINES, True
    sheet.freeze_panes = f"A{FIRST}"
    _looks(sheet, last)
    keys = ":".join(map(_letter, KEYS))
    page(sheet, repeat=f"{ANCHOR}:{ANCHOR}", columns=keys, scale=SCALE, ends=[_letter(PAGE_END)])
    sheet.page_setup.pageOrder = "overThenDown"  # what to do about a finding comes behind the page that has it
    # without the links, which lead nowhere on paper, and stand ready for more findings than there are
    sheet.print_area = f"{_letter(HEADER[0])}1:{last}1048576"


def _links(sheet: Worksheet) -> None:
    """Beside each finding the row of the sheet that it is of, and the way there; nothing where there is no finding."""
    look = LINK.but(bold=False, indent=1)
    put(sheet, f"A{ANCHOR}", "Go to", head(look))
    for row in range(FIRST, FIRST + LINKED):
        name, counted = f"${_letter('Sheet')}{row}", f"${_letter('Row')}{row}"
        own = f'INDEX({HEADING_ROWS},MATCH({name},{TYPED},0))+IF({counted}="",1,{counted})-1'
        to = f'HYPERLINK("#\'"&{name}&"\'!A"&{own},{name}&"!A"&{own})'
        put(sheet, f"A{row}", f'=IF(ISERROR({name}),"",IF({name}="","",IFERROR({to},{name})))', look)


def _counts(sheet: Worksheet) -> None:
    gap = {"lines": "left right", "rule": WHITE, "weight": "thick"}
    small = NOTE.but(ground=BRAND_SOFT, across="center", **gap)
    errors, warnings = f"B{COUNTS}", f"D{COUNTS}"
    for left, right, name, formula in (
        ("B", "C", "Errors", f"={count(ERROR)}"),
        ("D", "F", "Warnings", f"={count(WARNING)}"),
        ("G", "H", "Total check", f"=Start!{FLAG}"),
    ):
        look = FLAG_LOOK.but(size=14) if left == "G" else _BIG
        put(sheet, f"{left}{COUNTS - 1}", name, small, f"{right}{COUNTS - 1}")
        put(sheet, f"{left}{COUNTS}", formula, look.but(**gap), f"{right}{COUNTS + 1}")
    flag_colors(sheet, f"G{COUNTS}:H{COUNTS + 1}")
    for at, right, ink, ground in ((errors, "C", BAD, BAD_SOFT), (warnings, "F", WARN, WARN_SOFT)):
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
    put(sheet, f"I{COUNTS}", said, BODY.but(size=11, wrap=True, indent=1), f"I{COUNTS + 1}")
    link(sheet, f"J{COUNTS}", "what the total check counts", f"Start!{FLAG}", LINK.but(bold=False), f"J{COUNTS + 1}")
    for row, points in {COUNTS - 1: 18, COUNTS: 22, COUNTS + 1: 22, COUNTS + 2: 8}.items():
        sheet.row_dimensions[row].height = points


def _looks(sheet: Worksheet, last: str) -> None:
    """What a finding looks like by its severity, and a row to be copied; they are not known before they spill."""
    left, right = (letters(LEFT + len(HEADER) + 2 * len(COUNTED) + at) for at in (0, len(OFFERED) - 1))
    headings, rows = f"{left}{ANCHOR}:{right}{ANCHOR}", f"{left}{FIRST}:{right}{LAST}"
    sheet.conditional_formatting.add(headings, when(f'{left}{ANCHOR}<>""', ink=WHITE, ground=BRAND, bold=True))
    sheet.conditional_formatting.add(rows, when(f'COUNTIF(${left}{FIRST}:${right}{FIRST},"?*")>0', ground=BRAND_PALE))
    left = _letter("Severity")
    severity, other = f"${left}{FIRST}", f"${left}{FIRST - 1}"
    begins = f'AND({severity}="{WARNING}",{other}<>"{WARNING}")'
    failed = when(f"ISERROR({left}{FIRST})", ink=BAD, ground=BAD_SOFT, bottom=LINE)
    marked = (
        failed,
        when(f'{severity}="{ERROR}"', ink=BAD, ground=BAD_SOFT, bottom=LINE),
        when(begins, ink=WARN, ground=WARN_SOFT, top=BRAND_MID, bottom=LINE),
        when(f'{severity}="{WARNING}"', ink=WARN, ground=WARN_SOFT, bottom=LINE),
    )
    plain = (when(begins, top=BRAND_MID, bottom=LINE), when(f'{severity}<>""', bottom=LINE))
    for area, rules in (
        (f"{left}{FIRST}:{_letter('Finding')}{LAST}", marked),
        (f"A{FIRST}:A{LAST} {_letter('Sheet')}{FIRST}:{last}{LAST}", plain),
    ):
        for rule in rules:
            sheet.conditional_formatting.add(area, rule)
