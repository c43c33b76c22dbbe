"""The sheet Start: what this is, what to do, the figures, and the one total check.

Every check is a native formula over Claim and Checks, so anyone can follow it; a line that cannot be billed makes
the total an error, never a short sum.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.checks import ERROR, WARNING
from xl_infusion.claim.checks.codes import AFTER
from xl_infusion.reference.verified import NOT_VERIFIED
from xl_infusion.template.examples import INTENDED
from xl_infusion.template.sheets import below, checks, claim, lists, model_checks
from xl_infusion.template.style import (
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
    "Type what was ordered and which visits were made, and this workbook works out the claim as each payer's contract "
    "has it: per diem lines, drug lines in billing units, visits, with modifiers, spans, charges and a sentence that "
    "says why; and it says what would get the claim denied. Patients are references, never names."
)
_STEPS = (
    ("Orders", "Type the orders", "Drug, dose, interval, first and last day. The note on each heading says what it "
     "takes; a blank cell has its default."),
    ("Visits", "Type the visits", "Patient, date and minutes (or start and end) of each nurse's visit."),
    ("Payers", "Set the payers", "A row for each contract; codes of a payer's own stand on Payer codes."),
    ("Rates", "Set the rates", "US dollars per unit for each code, dated; a payer's own or everyone's."),
    ("Provider", "Say who bills", "NPI, accreditations with their days, the day on which the claims are filed."),
    ("Checks", "Mend what is wrong", "Every finding says where it is and what to do: mend the errors, look at the "
     "warnings."),
    ("Claim", "Read the claim", "It fills itself as you type where the functions are installed; elsewhere the command  "
     "xl-infusion fill FILE  computes it."),
    ("Explain", "Explain a line", "Type an order's number: how each of its lines came to be, for an auditor."),
    ("Model", "See what it is worth", "For finance: expected payment, other contracts (Scenarios), the forecast, "
     "and what was paid (Remittance) against what is owed (Variance)."),
)  # fmt: skip
_LOOK_UP = (
    ("Holds", "Stays in hospital and pauses: therapies stop, and go on the day after."),
    ("Payer codes", "Codes that a payer wants in place of those of HCPCS, for a drug or a therapy."),
    ("Own codes", "Codes that the reference does not have yet, or has otherwise, with their days and source."),
    ("Codes", "The code reference: every code, its unit, its days, its successor and source."),
    ("Functions", "Every worksheet function: what it takes, what it gives, a live example."),
)
_EXAMPLES = (
    f"The rows that are there are invented examples: select them and press Delete, then type your own. {INTENDED}"
)
_YEAR = (
    "The rows are an invented year: 300 patients, six payers, no provider's figures. Add a row on Scenarios, choose "
    "it in Model B7, read the bridge."
)
_AMBER = "Amber on Claim: days after the one through which the line's code is verified."
_UPDATE = "Run xl-infusion codes update on CMS's .zip or folder as downloaded: Checks says from where."
#: What a formula shows at its longest, where it is much shorter than the formula.
_LONGEST = {
    "Stale lines": "Codes are not verified since 2026-04-01: CMS's releases of April 2026, July 2026 and October 2026 "
    f"are missing. {_UPDATE}"
}
_CARD = Look(ground=BRAND_PALE, across="center")
#: The row above the checks, and how many there are.
CHECK_ROW, CHECKS = 23, 10
_WIDE = 14.5
_LINES, _TOTAL = f"Claim!${claim.LINES}${claim.ALL}", f"Claim!${claim.CHARGES}${claim.ALL}"


def add_start(sheet: Worksheet, *, examples: bool, year: bool = False) -> None:
    """Lays out Start; ``examples`` says that the tables have example rows, ``year`` that they have an invented year."""
    widths(sheet, 2.5, *([_WIDE] * 10), 2.5)
    put(sheet, "B2", "Home infusion model" if year else "Home infusion billing", Look(size=26, bold=True, ink=BRAND))
    put(sheet, "B3", "From orders and visits to priced claim lines", Look(size=12, ink=BRAND_MID))
    put(sheet, "B5", _ABOUT, BODY.but(size=11, wrap=True, down="top"), "K5")
    put(sheet, "G3", "=XL_INFUSION_VERSION()", NOTE.but(across="right"), "K3")
    for row, points in {1: 10, 2: 36, 3: 18, 4: 8, 5: 34, 6: 8}.items():
        sheet.row_dimensions[row].height = points
    _cards(sheet)
    _steps(sheet, 11, _EXAMPLES if examples else _YEAR if year else "")
    _checks(sheet, CHECK_ROW)
    _legend(sheet, CHECK_ROW + CHECKS + 2)
    page(sheet, one_page=True, landscape=False)


def _cards(sheet: Worksheet) -> None:
    lines, charge = _LINES, _TOTAL
    cards = (
        ("B", "C", "Total check", _flag(), FLAG_LOOK),
        ("D", "E", "Orders typed", "=COUNTA(Orders[Order])", None),
        ("F", "G", "Claim lines", f"={lines}", None),
        ("H", "I", "Per diem days", f"=Claim!${claim.UNITS}${claim.PER_DIEM}", None),
        ("J", "K", "Total charge", f"={charge}", None),
    )
    for left, right, name, formula, look in cards:
        big = look or _CARD.but(size=22, bold=True, ink=BRAND, format=DOLLARS if left == "J" else COUNT)
        gap = {"lines": "left right", "rule": WHITE, "weight": "thick"}
        put(sheet, f"{left}7", name, _CARD.but(ink=MUTED, ground=BRAND_SOFT, **gap), f"{right}7")
        put(sheet, f"{left}8", formula, big.but(**gap), f"{right}9")
    for row, points in {7: 18, 8: 28, 9: 28, 10: 10}.items():
        sheet.row_dimensions[row].height = points
    flag_colors(sheet, "B8:C9")
    sheet.conditional_formatting.add("D8:K9", when("ISERROR(D8)", ink=BAD, ground=BAD_SOFT))


def _steps(sheet: Worksheet, row: int, remark: str) -> None:
    _section(sheet, row, "What to do")
    for number, (target, lead, text) in enumerate(_STEPS, start=1):
        row += 1
        link(sheet, f"B{row}", f"{number}   {lead}", f"{target}!A1", LINK.but(size=11), f"C{row}")
        put(sheet, f"D{row}", text, BODY.but(wrap=True), f"K{row}")
        sheet.row_dimensions[row].height = max(19, height(text, 8 * _WIDE))
    row += 1
    if remark:
        put(sheet, f"D{row}", remark, NOTE.but(italic=True, wrap=True, down="top"), f"K{row}")
        sheet.row_dimensions[row].height = height(remark, 9 * _WIDE)
    sheet.row_dimensions[row + 1].height = 10


def _section(sheet: Worksheet, row: int, title: str) -> None:
    put(sheet, f"B{row}", title, SECTION)
    for column in "CDEFGHIJK":
        SECTION.apply(sheet[f"{column}{row}"])
    sheet.row_dimensions[row].height = 22


def _flag() -> str:
    """STOP unless every check is in order, EMPTY while nothing is typed, then the warnings, else OK."""
    area = f"F{CHECK_ROW + 1}:F{CHECK_ROW + CHECKS}"
    fine, look = f'COUNTIF({area},"OK")', f'COUNTIF({area},"LOOK")'
    warnings = f"E{CHECK_ROW + 2}"
    said = f'"LOOK AT "&{warnings}&IF({warnings}=1," WARNING"," WARNINGS")'
    empty = f"AND(COUNTA(Orders[Order])=0,{_LINES}=0)"
    return f'=IF({fine}+{look}<{CHECKS},"STOP",IF({look}>0,{said},IF({empty},"EMPTY","OK")))'


def _not_verified(stale: str) -> str:
    """Since when codes are not verified and which releases are missing, as the one finding of it says."""
    at = f'MATCH("{AFTER}",{checks.below("Finding")},0)'
    what = f"INDEX({checks.below('What is wrong')},{at})"
    begins, ends = f'SEARCH("{NOT_VERIFIED}",{what})', f'SEARCH(" missing",{what})'
    since = f'"C"&MID({what},{begins}+1,{ends}+7-{begins})&". {_UPDATE}"'
    return f'=IFERROR(IF({stale}=0,"{_AMBER}",{since}),"{_AMBER}")'


def _checks(sheet: Worksheet, row: int) -> None:
    _section(sheet, row, "The check")
    charge, top = _TOTAL, checks.cell("Severity", checks.ANCHOR)
    head = claim.cell("Patient", claim.ANCHOR)
    beyond, further = f"Claim!$C${claim.LAST + 1}", checks.cell("Severity", checks.LAST + 1)
    kinds = f"SUM(Claim!${claim.CHARGES}${claim.PER_DIEM}:${claim.CHARGES}${claim.VISITS})"
    counted = f"SUM(Claim!${claim.LINES}${claim.PER_DIEM}:${claim.LINES}${claim.NO_CODE})"
    errors, warnings, lines, cut, failed, stale, less, absent, under, model = (
        f"E{row + at}" for at in range(1, CHECKS + 1)
    )
    rows = (
        ("Errors that Checks finds", f"={checks.count(ERROR)}",
         f'=IF(ISERROR({top}),"CHECK",IF(AND({top}="Severity",{further}="",{errors}=0),"OK","CHECK"))',
         "What would get a claim denied, or its money wrong. An error here: the checks themselves failed."),
        ("Warnings that Checks finds", f"={checks.count(WARNING)}",
         f'=IF(ISERROR({warnings}),"CHECK",IF({warnings}=0,"OK","LOOK"))',
         "What somebody should look at before the claims leave."),
        ("Claim lines counted", f"={_LINES}",
         f'=IF(ISERROR({head}),"CHECK",IF(AND({claim.as_expected()},{beyond}=""),"OK","CHECK"))',
         f"The grid is there with its usual columns and ends above row {claim.LAST:,}. #NAME?: the functions are not "
         "installed; #VALUE!: a table lacks a column."),
        ("Lines and findings that are cut off",
         f"=ABS({checks.there('Claim lines')}-{lines})+ABS({checks.there('Findings')}-{errors}-{warnings})",
         f'=IF(ISERROR({cut}),"CHECK",IF({cut}=0,"OK","CHECK"))',
         "What the functions give and the sheets do not show: a grid stored with a fixed size, {=CLAIM_GRID(...)}, "
         "does not grow. Run xl-infusion fill, or enter its formula anew in its first cell."),
        ("Lines that cannot be billed",
         f"={lines}-IF({claim.PRICED},COUNT({claim.below('Charge')}),COUNT({claim.below('Units')}))",
         f'=IF({failed}=0,"OK","CHECK")',
         "Red on Claim; Why says what to mend. Until then the total shows the error, never a short sum."),
        ("Stale lines", f'=COUNTIF({claim.below("Why")},"*STALE*")',
         f'=IF({stale}=0,"OK","LOOK")',
         _not_verified(stale)),
        ("Total less the sum of its kinds",
         f"=IF(ISERROR({charge}),{charge},IF(ISNUMBER({charge}),ROUND({charge}-{kinds},2),0))",
         f'=IF(ISERROR({less}),"CHECK",IF(AND({less}=0,{counted}={lines}),"OK","CHECK"))',
         "Per diem, drugs and visits add up to the total, in lines and in dollars."),
        ("Orders without a claim line", f"=COUNTA(Orders[Order])-({lists.ORDERS_FOUND})",
         f'=IF({absent}=0,"OK","CHECK")',
         f"Every order typed is on the claim (the first {lists.COUNTED:,} are looked for), or has no Drug and is "
         "billed with another of its patient's therapy: volumes add up."),
        ("Cells typed below a table's end", f"={below.COUNT}",
         f'=IF(ISERROR({under}),"CHECK",IF({under}=0,"OK","CHECK"))',
         '="No formula reads what stands below a table: it is billed nowhere. Drag the lower right corner of the table '
         f'down over it, or clear it."&IF({below.NAMES}="",""," Look at: "&{below.NAMES})'),
        ("Checks of the model that fail", f"={model_checks.CHECKS_FAILED}",
         f'=IF({model}=0,"OK","CHECK")',
         f'="{model_checks.CHECKS} identities on Model: what adds up to what. Each stands there with TRUE or FALSE."'
         f'&IF({failed}>0," They fail because of the lines that cannot be billed: mend those first.","")'),
    )  # fmt: skip
    assert len(rows) == CHECKS
    area = f"F{row + 1}:F{row + CHECKS}"
    for look, (ink, ground) in {"OK": (GOOD, GOOD_SOFT), "LOOK": (WARN, WARN_SOFT), "CHECK": (BAD, BAD_SOFT)}.items():
        sheet.conditional_formatting.add(area, when(f'F{row + 1}="{look}"', ink=ink, ground=ground, bold=True))
    for name, figure, status, meaning in rows:
        row += 1
        line = {"lines": "bottom"}
        put(sheet, f"B{row}", name, BODY.but(size=11, **line), f"D{row}")
        number = MONEY if "ROUND(" in figure else COUNT
        put(sheet, f"E{row}", figure, BODY.but(size=11, across="right", format=number, indent=1, **line))
        put(sheet, f"F{row}", status, BODY.but(bold=True, across="center", **line))
        put(sheet, f"G{row}", meaning, NOTE.but(wrap=True, indent=1, **line), f"K{row}")
        sheet.row_dimensions[row].height = max(20, height(_LONGEST.get(name, meaning), 5 * _WIDE) + 3)
    sheet.row_dimensions[row + 1].height = 10


def _legend(sheet: Worksheet, row: int) -> None:
    _section(sheet, row, "Look up, and what the colors say")
    row += 1
    for name, text in _LOOK_UP:
        link(sheet, f"B{row}", name, f"'{name}'!A1", LINK.but(size=11), f"C{row}")
        put(sheet, f"D{row}", text, BODY, f"K{row}")
        sheet.row_dimensions[row].height = 19
        row += 1
    swatches = (
        ("typed", BODY.but(ink=INPUT_INK, ground=INPUT)),
        ("computed", BODY.but(ground=BRAND_PALE)),
        ("needed column", HEADER.but(wrap=False)),
        ("optional column", HEADER.but(wrap=False, ground=BRAND_MID)),
        ("in order", BODY.but(ink=GOOD, ground=GOOD_SOFT)),
        ("error", BODY.but(ink=BAD, ground=BAD_SOFT)),
        ("warning, stale", BODY.but(ink=WARN, ground=WARN_SOFT)),
    )
    sheet.row_dimensions[row].height = 8
    row += 1
    for column, (name, look) in zip("BCDEFGH", swatches, strict=True):
        put(sheet, f"{column}{row}", name, look.but(across="center", lines="left right", rule=WHITE, weight="thick"))
    sheet.row_dimensions[row].height = 20
