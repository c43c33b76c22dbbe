"""The sheet Start: what this is, what to do, the figures, and the one total check.

Every check is a native formula over Claim, so anyone can follow it; a line that cannot be billed makes the
total an error, never a short sum.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.workbook.sheets import claim, inputs
from xl_infusion.workbook.style import (
    BAD,
    BAD_SOFT,
    BODY,
    BRAND,
    BRAND_MID,
    BRAND_PALE,
    BRAND_SOFT,
    COUNT,
    DOLLARS,
    FLAG_LOOK,
    GOOD,
    GOOD_SOFT,
    HEADER,
    INPUT,
    INPUT_INK,
    LINK,
    MONEY,
    MUTED,
    NOTE,
    SECTION,
    WARN,
    WARN_SOFT,
    WHITE,
    Look,
    flag_colors,
    height,
    link,
    page,
    put,
    when,
    widths,
)

_ABOUT = (
    "Type what was ordered and which visits were made, and this workbook works out the claim: a per diem line for "
    "the days of each therapy, a drug line in billing units, 99601 and 99602 for the visits, with modifiers, spans, "
    "charges and a sentence that says why. Patients are references, never names."
)
_STEPS = (
    ("Orders", "Type the orders", "Drug, dose, interval, first and last day. The note on each heading says what it "
     "takes; a blank cell has its default."),
    ("Visits", "Type the visits", "Patient, date and minutes of each nurse's visit."),
    ("Payers", "Set the payers", "What each pays for a second and third concurrent therapy."),
    ("Rates", "Set the rates", "US dollars per unit for each code, dated; a payer's own or everyone's."),
    ("Claim", "Read the claim", "It fills itself as you type where the functions are installed; elsewhere the command  "
     "xl-infusion fill FILE  computes it."),
)  # fmt: skip
_LOOK_UP = (
    ("Codes", "The code reference: every code, its unit, its days, its successor and source."),
    ("Functions", "Every worksheet function: what it takes, what it gives, a live example."),
)
_CARD = Look(ground=BRAND_PALE, across="center")
#: The row above the checks.
CHECK_ROW = 19
_WIDE = 14.5


def add_start(sheet: Worksheet, *, examples: bool) -> None:
    """Lays out Start; ``examples`` says that the tables have example rows."""
    widths(sheet, 2.5, *([_WIDE] * 10), 2.5)
    put(sheet, "B2", "Home infusion billing", Look(size=26, bold=True, ink=BRAND))
    put(sheet, "B3", "From orders and visits to priced claim lines", Look(size=12, ink=BRAND_MID))
    put(sheet, "B5", _ABOUT, BODY.but(size=11, wrap=True, down="top"), "K5")
    put(sheet, "G3", "=XL_INFUSION_VERSION()", NOTE.but(across="right"), "K3")
    for row, points in {1: 10, 2: 36, 3: 18, 4: 8, 5: 34, 6: 8}.items():
        sheet.row_dimensions[row].height = points
    _cards(sheet)
    _steps(sheet, 11, examples)
    _checks(sheet, CHECK_ROW)
    _legend(sheet, CHECK_ROW + 7)
    page(sheet, one_page=True)


def _cards(sheet: Worksheet) -> None:
    lines, charge = claim.cell("Line", claim.ALL), claim.cell("Charge", claim.ALL)
    cards = (
        ("B", "C", "Total check", _flag(), FLAG_LOOK),
        ("D", "E", "Orders typed", "=COUNTA(Orders[Order])", None),
        ("F", "G", "Claim lines", f"={lines}", None),
        ("H", "I", "Per diem days", f"={claim.cell('Units', claim.PER_DIEM)}", None),
        ("J", "K", "Total charge", f"={charge}", None),
    )
    for left, right, name, formula, look in cards:
        big = look or _CARD.but(size=22, bold=True, ink=BRAND, format=DOLLARS if left == "J" else COUNT)
        gap = {"lines": "left right", "rule": WHITE, "weight": "thick"}
        put(sheet, f"{left}7", name, _CARD.but(ink=MUTED, ground=BRAND_SOFT, **gap), f"{right}7")
        put(sheet, f"{left}8", formula, big.but(**gap), f"{right}9")
    for row, points in {7: 18, 8: 26, 9: 22, 10: 10}.items():
        sheet.row_dimensions[row].height = points
    flag_colors(sheet, "B8:C9")
    sheet.conditional_formatting.add("D8:K9", when("ISERROR(D8)", ink=BAD, ground=BAD_SOFT))


def _steps(sheet: Worksheet, row: int, examples: bool) -> None:
    _section(sheet, row, "What to do")
    for number, (target, lead, text) in enumerate(_STEPS, start=1):
        row += 1
        link(sheet, f"B{row}", f"{number}   {lead}", f"{target}!A1", LINK.but(size=11), f"C{row}")
        put(sheet, f"D{row}", text, BODY.but(wrap=True), f"K{row}")
        sheet.row_dimensions[row].height = max(19, height(text, 8 * _WIDE))
    row += 1
    note = "The rows that are there are invented examples: select them and press Delete, then type your own."
    if examples:
        put(sheet, f"D{row}", note, NOTE.but(italic=True), f"K{row}")
    sheet.row_dimensions[row + 1].height = 10


def _section(sheet: Worksheet, row: int, title: str) -> None:
    put(sheet, f"B{row}", title, SECTION)
    for column in "CDEFGHIJK":
        SECTION.apply(sheet[f"{column}{row}"])
    sheet.row_dimensions[row].height = 22


def _flag() -> str:
    """EMPTY while nothing is typed, OK when every check says so, else CHECK."""
    first, last = CHECK_ROW + 1, CHECK_ROW + 5
    lines, head = claim.cell("Line", claim.ALL), claim.cell("Patient", claim.ANCHOR)
    empty = f"AND(COUNTA(Orders[Order])=0,{lines}=0,NOT(ISERROR({head})))"
    return f'=IF({empty},"EMPTY",IF(COUNTIF(F{first}:F{last},"OK")=5,"OK","CHECK"))'


def _checks(sheet: Worksheet, row: int) -> None:
    _section(sheet, row, "The check")
    head, charge = claim.cell("Patient", claim.ANCHOR), claim.cell("Charge", claim.ALL)
    lines = claim.cell("Line", claim.ALL)
    beyond = f"Claim!$C${claim.LAST + 1}"
    priced = f'{claim.cell("Charge", claim.ANCHOR)}="Charge"'
    kinds = f"SUM(Claim!$L${claim.PER_DIEM}:$L${claim.VISITS})"
    counted = f"SUM(Claim!$C${claim.PER_DIEM}:$C${claim.NO_CODE})"
    one = f"E{row + 1}"
    checks = (
        ("Claim lines counted", f"={lines}",
         f'=IF(ISERROR({head}),"CHECK",IF(AND({head}="Patient",{beyond}=""),"OK","CHECK"))',
         f"The grid is there and ends above row {claim.LAST:,}. #NAME?: the functions are not installed; #VALUE!: a "
         "table lacks a column."),
        ("Lines that cannot be billed",
         f"={lines}-IF({priced},COUNT({claim.below('Charge')}),COUNT({claim.below('Units')}))",
         f'=IF(E{row + 2}=0,"OK","CHECK")',
         "Red on Claim; Why says what to mend. Until then the total shows the error, never a short sum."),
        ("Stale lines", f'=COUNTIF({claim.below("Rate", "Why")},"*STALE*")',
         f'=IF(E{row + 3}=0,"OK","CHECK")',
         "Amber on Claim: days after the one through which the codes are verified."),
        ("Total less the sum of its kinds",
         f"=IF(ISERROR({charge}),{charge},IF(ISNUMBER({charge}),ROUND({charge}-{kinds},2),0))",
         f'=IF(ISERROR(E{row + 4}),"CHECK",IF(AND(E{row + 4}=0,{counted}={one}),"OK","CHECK"))',
         "Per diem, drugs and visits add up to the total, in lines and in dollars."),
        ("Orders without a claim line", f"=COUNTA(Orders[Order])-{inputs.ORDERS_FOUND}",
         f'=IF(E{row + 5}=0,"OK","CHECK")',
         f"Every order typed is on the claim (the first {inputs.COUNTED:,} are looked for)."),
    )  # fmt: skip
    for name, figure, status, meaning in checks:
        row += 1
        line = {"lines": "bottom"}
        put(sheet, f"B{row}", name, BODY.but(size=11, **line), f"D{row}")
        number = MONEY if "ROUND(" in figure else COUNT
        put(sheet, f"E{row}", figure, BODY.but(size=11, across="right", format=number, indent=1, **line))
        put(sheet, f"F{row}", status, BODY.but(bold=True, across="center", **line))
        put(sheet, f"G{row}", meaning, NOTE.but(wrap=True, indent=1, **line), f"K{row}")
        sheet.row_dimensions[row].height = 30 if row == CHECK_ROW + 1 else 22
    area = f"F{row - 4}:F{row}"
    sheet.conditional_formatting.add(area, when(f'F{row - 4}="OK"', ink=GOOD, ground=GOOD_SOFT, bold=True))
    sheet.conditional_formatting.add(area, when(f'F{row - 4}="CHECK"', ink=BAD, ground=BAD_SOFT, bold=True))
    sheet.row_dimensions[row + 1].height = 10


def _legend(sheet: Worksheet, row: int) -> None:
    _section(sheet, row, "Look up, and what the colors say")
    row += 1
    for name, text in _LOOK_UP:
        link(sheet, f"B{row}", name, f"{name}!A1", LINK.but(size=11), f"C{row}")
        put(sheet, f"D{row}", text, BODY, f"K{row}")
        sheet.row_dimensions[row].height = 19
        row += 1
    swatches = (
        ("typed", BODY.but(ink=INPUT_INK, ground=INPUT)),
        ("computed", BODY.but(ground=BRAND_PALE)),
        ("needed column", HEADER.but(wrap=False)),
        ("optional column", HEADER.but(wrap=False, ground=BRAND_MID)),
        ("in order", BODY.but(ink=GOOD, ground=GOOD_SOFT)),
        ("cannot be billed", BODY.but(ink=BAD, ground=BAD_SOFT)),
        ("stale", BODY.but(ink=WARN, ground=WARN_SOFT)),
    )
    sheet.row_dimensions[row].height = 8
    row += 1
    for column, (name, look) in zip("BCDEFGH", swatches, strict=True):
        put(sheet, f"{column}{row}", name, look.but(across="center", lines="left right", rule=WHITE, weight="thick"))
    sheet.row_dimensions[row].height = 20
