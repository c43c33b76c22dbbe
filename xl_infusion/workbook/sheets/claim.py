"""The sheet Claim: one spilled grid, and above it the totals by kind of line.

The totals are native formulas over the columns below the grid's header, so they hold however far it spills.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim import GRID
from xl_infusion.functions import FUNCTIONS
from xl_infusion.reference import Reference
from xl_infusion.workbook._grid import letters
from xl_infusion.workbook.style import (
    BAD,
    BAD_SOFT,
    BODY,
    BRAND,
    BRAND_MID,
    BRAND_PALE,
    COUNT,
    DATE,
    DOLLARS,
    FLAG,
    FLAG_LOOK,
    HEADER,
    LINE,
    LINK,
    MONEY,
    MUTED,
    RATE,
    TOTAL,
    WARN,
    WARN_SOFT,
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

#: The row of the grid's header, where its formula stands; its first line, and the last row that totals count.
ANCHOR, FIRST, LAST = 10, 11, 20_000
#: The rows of the totals.
HEAD, PER_DIEM, DRUGS, VISITS, NO_CODE, ALL = 3, 4, 5, 6, 7, 8
#: The formula of the grid.
FORMULA: str = FUNCTIONS["CLAIM_GRID"].example

#: The errors that a code can be; counted by their names, which every program does alike.
_ERRORS = ("#N/A", "#VALUE!", "#NUM!", "#REF!", "#NAME?", "#DIV/0!", "#NULL!")

#: Column of the grid -> its width and its look.
_COLUMNS: dict[str, tuple[float, Look]] = {
    "Patient": (12, BODY.but(indent=1)),
    "Payer": (20, BODY),
    "Line": (6, BODY.but(across="center", ink=MUTED)),
    "From": (11, BODY.but(across="center", format=DATE)),
    "To": (11, BODY.but(across="center", format=DATE)),
    "Place": (6.5, BODY.but(across="center", ink=MUTED)),
    "Code": (8.5, BODY.but(bold=True, ink=BRAND)),
    "Modifier 1": (10.5, BODY.but(across="center")),
    "Modifier 2": (10.5, BODY.but(across="center")),
    "Units": (9, BODY.but(across="right", format=COUNT)),
    "Rate": (11, BODY.but(across="right", format=RATE)),
    "Charge": (13, BODY.but(across="right", format=MONEY)),
    "Order": (10.5, BODY.but(indent=1)),
    "Drug": (22, BODY),
    "Why": (72, BODY),
}


def column(name: str) -> str:
    """The letter of a column of the grid: ``column("Charge")`` is L."""
    return letters(GRID.index(name) + 1)


def below(name: str, to: str = "") -> str:
    """The cells of a column of the grid (or of the columns up to another), as another sheet names them."""
    return f"Claim!${column(name)}${FIRST}:${column(to or name)}${LAST}"


def cell(name: str, row: int) -> str:
    """A cell of Claim, as another sheet names it."""
    return f"Claim!${column(name)}${row}"


def prefixes(reference: Reference) -> dict[str, list[str]]:
    """What the codes of each kind of line begin with, as short as still tells the kinds apart.

    >>> from xl_infusion.reference import current
    >>> prefixes(current())["per diem"]
    ['S5', 'S9']
    """
    codes = {
        "per diem": {row.code for row in reference.per_diem},
        "drug": {row.code for row in reference.drugs},
        "visit": {row.code for row in reference.visits},
    }
    found: dict[str, list[str]] = {}
    for kind, own in codes.items():
        others = [code for other, these in codes.items() if other != kind for code in these]
        found[kind] = sorted({_shortest(code, others) for code in own})
    return found


def _shortest(code: str, others: list[str]) -> str:
    return next(code[:n] for n in range(1, 6) if not any(other.startswith(code[:n]) for other in others))


def add_claim(sheet: Worksheet, reference: Reference) -> None:
    """Lays out Claim: title, totals, the grid's formula, the looks of what will be spilled."""
    last = column("Why")
    widths(sheet, *(_COLUMNS[name][0] for name in GRID))
    for number, name in enumerate(GRID, start=1):
        column_look(sheet, number, _COLUMNS[name][1])
    heading(
        sheet,
        "Claim",
        f"One row a claim line, computed from Orders, Visits, Payers and Rates by the one formula in A{ANCHOR}. "
        "Nothing is typed here; Why says how each line came about.",
        last,
    )
    _totals(sheet, reference)
    for number in range(1, len(GRID) + 1):
        head(_COLUMNS[GRID[number - 1]][1]).apply(sheet.cell(ANCHOR, number))
    spill(sheet, f"A{ANCHOR}", FORMULA, head(_COLUMNS["Patient"][1]))
    sheet.row_dimensions[ANCHOR].height = 20
    sheet.freeze_panes = f"A{FIRST}"
    _line_looks(sheet)
    page(sheet, repeat=f"{ANCHOR}:{ANCHOR}")


def _sums(function: str, values: str, patterns: list[str]) -> str:
    """A sum (or count) of the lines whose codes begin so, one plain term for each beginning."""
    codes = f"${column('Code')}${FIRST}:${column('Code')}${LAST}"
    head = f"{function}({values}," if values else f"{function}("
    return "+".join(f'{head}{codes},"{pattern}*")' for pattern in patterns)


def _totals(sheet: Worksheet, reference: Reference) -> None:
    own = {name: f"${column(name)}${FIRST}:${column(name)}${LAST}" for name in GRID}
    line, units, charge = column("Line"), column("Units"), column("Charge")
    priced = f'${charge}${ANCHOR}="Charge"'
    found = prefixes(reference)
    patterns = {PER_DIEM: found["per diem"], DRUGS: found["drug"], VISITS: found["visit"]}
    notes = {
        PER_DIEM: "S codes; units are days",
        DRUGS: "units differ from code to code",
        VISITS: "units are visits and further hours",
        NO_CODE: "lines that have an error for a code",
    }
    names = {HEAD: "Kind of line", PER_DIEM: "Per diem", DRUGS: "Drugs", VISITS: "Visits",
             NO_CODE: "Without a code", ALL: "All lines"}  # fmt: skip
    for row, name in names.items():
        look = HEADER if row == HEAD else TOTAL if row == ALL else BODY.but(lines="bottom")
        for number in range(1, GRID.index("Charge") + 2):
            look.apply(sheet.cell(row, number))
        right = look.but(across="right", wrap=False)
        put(sheet, f"A{row}", name, look.but(wrap=False, indent=1))
        if row == HEAD:
            put(sheet, f"{line}{row}", "Lines", right)
            put(sheet, f"{units}{row}", "Units", right)
            put(sheet, f"{charge}{row}", "Charge, US $", right)
            continue
        if row in patterns:
            lines = "=" + _sums("COUNTIFS", "", patterns[row])
            if row != DRUGS:
                put(sheet, f"{units}{row}", "=" + _sums("SUMIFS", own["Units"], patterns[row]), right.but(format=COUNT))
            amount = f'=IF({priced},{_sums("SUMIFS", own["Charge"], patterns[row])},"")'
            put(sheet, f"{charge}{row}", amount, right.but(format=MONEY))
        elif row == NO_CODE:
            lines = "=" + "+".join(f'COUNTIF({own["Code"]},"{error}")' for error in _ERRORS)
        else:
            lines = f"=COUNT({own['Line']})"
            total = f'=IF(ISERROR($A${ANCHOR}),$A${ANCHOR},IF({priced},SUM({own["Charge"]}),"no rates"))'
            put(sheet, f"{charge}{row}", total, right.but(format=DOLLARS))
        put(sheet, f"{line}{row}", lines, right.but(format=COUNT))
        if row in notes:
            put(sheet, f"D{row}", notes[row], look.but(ink=MUTED, indent=1))
    claims = f'="claims: "&COUNTIFS({own["Line"]},1)'
    put(sheet, f"D{ALL}", claims, TOTAL.but(bold=False, ink=MUTED, indent=1))
    sheet.conditional_formatting.add(f"A{NO_CODE}:{charge}{NO_CODE}", when(f"${line}${NO_CODE}>0", ink=BAD, bold=True))
    sheet.conditional_formatting.add(f"{charge}{PER_DIEM}:{charge}{ALL}", when(f"ISERROR({charge}{PER_DIEM})", ink=BAD))
    flag = column("Drug")
    put(sheet, f"{flag}{HEAD}", "Total check", HEADER.but(across="center"))
    put(sheet, f"{flag}{PER_DIEM}", f"=Start!{FLAG}", FLAG_LOOK.but(size=18), f"{flag}{NO_CODE}")
    flag_colors(sheet, f"{flag}{PER_DIEM}:{flag}{NO_CODE}")
    link(sheet, f"{flag}{ALL}", "what it checks", f"Start!{FLAG}", LINK.but(bold=False, across="center"))
    sheet.row_dimensions[ANCHOR - 1].height = 8


def _line_looks(sheet: Worksheet) -> None:
    """What a line looks like by what it says; the grid's rows are not known before it spills."""

    def own(name: str) -> str:
        return f"${column(name)}{FIRST}"

    line, why = own("Line"), column("Why")
    failed = f"OR(ISERROR({own('Code')}),ISERROR({own('Units')}),ISERROR({own('Charge')}))"
    stale = f'COUNTIF({own("Rate")}:{own("Why")},"*STALE*")>0'
    even = f"MOD(COUNTIF(${column('Line')}${FIRST}:{line},1),2)=0"
    for left, right, first_look, look in (
        ("A", "B", {"ink": BRAND, "bold": True}, {"ink": MUTED}),
        ("C", why, {}, {}),
    ):
        for formula, changes in (
            (f"ISERROR({left}{FIRST})", {"ink": BAD, "ground": BAD_SOFT, "bold": True, "bottom": LINE}),
            (failed, {"ink": BAD, "ground": BAD_SOFT, "bottom": LINE}),
            (stale, {"ink": WARN, "ground": WARN_SOFT, "bottom": LINE}),
            (f"AND({line}=1,{even})", {"ground": BRAND_PALE, "top": BRAND_MID, "bottom": LINE, **first_look}),
            (f"{line}=1", {"top": BRAND_MID, "bottom": LINE, **first_look}),
            (f'AND({line}<>"",{even})', {"ground": BRAND_PALE, "bottom": LINE, **look}),
            (f'{line}<>""', {"bottom": LINE, **look}),
        ):
            sheet.conditional_formatting.add(f"{left}{FIRST}:{right}{LAST}", when(formula, **changes))
