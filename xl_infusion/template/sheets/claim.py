"""The sheet Claim: one spilled grid, and above it the totals by kind of line and by payer.

The totals are native formulas over the columns below the grid's header, so they hold however far it spills.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim import GRID, IF_COLUMN
from xl_infusion.claim import MONEY as MONEY_COLUMNS
from xl_infusion.functions import FUNCTIONS
from xl_infusion.reference import Reference
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.style import (
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
    PART,
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
#: The rows of the totals, and their columns: how many lines, their units, their charge.
HEAD, PER_DIEM, DRUGS, VISITS, NO_CODE, ALL = 3, 4, 5, 6, 7, 8
LINES, UNITS, CHARGES = "C", "D", "E"
#: Where the totals by payer stand: the column of the name and that of the charge, to where each is merged.
BY_PAYER = (("H", "K", "L", "M"), ("O", "P", "Q", "Q"))
#: On paper: the columns of a claim line on one page, in 8 points or more; what it waits for, and why, on the next.
PAGE_ENDS, SCALE = "S", 80
#: The formula of the grid.
FORMULA: str = FUNCTIONS["CLAIM_GRID"].example

#: What codes of drugs begin with in HCPCS and CPT beside those of the reference: Own codes and Payer codes have them.
_FURTHER = {"A", "K", "P", "Q", "90"}
#: The errors that a code can be; counted by their names, which every program does alike.
_ERRORS = ("#N/A", "#VALUE!", "#NUM!", "#REF!", "#NAME?", "#DIV/0!", "#NULL!")

#: Column of the grid -> its width and its look.
_COLUMNS: dict[str, tuple[float, Look]] = {
    "Patient": (10, BODY.but(indent=1)),
    "Payer": (16.5, BODY.but(indent=1)),
    "Line": (4.5, BODY.but(across="center", ink=MUTED)),
    "From": (10, BODY.but(across="center", format=DATE)),
    "To": (10, BODY.but(across="center", format=DATE)),
    "Place": (5.5, BODY.but(across="center", ink=MUTED)),
    "Code": (7.5, BODY.but(bold=True, ink=BRAND)),
    "Modifier 1": (7, BODY.but(across="center")),
    "Modifier 2": (7, BODY.but(across="center")),
    "Modifier 3": (7, BODY.but(across="center")),
    "Modifier 4": (7, BODY.but(across="center")),
    "Units": (7.5, BODY.but(across="right", format=COUNT)),
    "Rate": (9.5, BODY.but(across="right", format=RATE)),
    "Charge": (10, BODY.but(across="right", format=MONEY)),
    "Order": (9.5, BODY.but(indent=1)),
    "Drug": (15, BODY.but(indent=1)),
    "NDC": (12.5, BODY.but(across="center", ink=MUTED)),
    "NDC unit": (5.5, BODY.but(across="center", ink=MUTED)),
    "NDC quantity": (8, BODY.but(across="right", format="#,##0.###", ink=MUTED)),
    "Waits for": (20, BODY.but(ink=WARN, indent=1)),
    "Why": (116, BODY),
}


#: The columns of the grid that have a name of their own in the workbook: found by their headings, since columns of
#: money, of NDC, of what a line waits for are there only where the tables call for them.
NAMED = ("Line", "Payer", "Code", "Units", "Charge", "Order", "Why")
_HEADINGS = f"Claim!$A${ANCHOR}:${letters(len(GRID))}${ANCHOR}"
#: True where the lines of the grid have charges: its money columns stand there blank while Rates has no rows.
PRICED = f'AND(ISNUMBER(MATCH("Charge",{_HEADINGS},0)),COUNTA(Rates[#Data])>0)'


def column(name: str) -> str:
    """The letter of a column of the whole grid: ``column("Charge")`` is M."""
    return letters(GRID.index(name) + 1)


def below(name: str) -> str:
    """The cells of a column of the grid, wherever it stands, by their name in the workbook: ``ClaimUnits``."""
    assert name in NAMED
    return f"Claim{name}"


def names() -> dict[str, str]:
    """The names of the grid's columns in the workbook, each with the formula of what it means."""
    return {below(name): _found(name) for name in NAMED}


def _found(name: str) -> str:
    """The cells of a column of the grid: those below its heading, at each place where that may stand."""
    # what is there only where the tables call for it comes and goes in groups: how many columns each takes with it
    groups: dict[object, int] = {}
    for other in GRID[: GRID.index(name)]:
        group = MONEY_COLUMNS if other in MONEY_COLUMNS else IF_COLUMN.get(other)
        if group is not None:
            groups[group] = groups.get(group, 0) + 1
    gone = {0}
    for count in groups.values():
        gone |= {one + count for one in gone}
    places = [letters(GRID.index(name) + 1 - count) for count in sorted(gone)]
    found = [f"Claim!${at}${FIRST}:${at}${LAST}" for at in places]
    if len(places) == 1:
        return found[0]
    # a choice of single columns: one out of the whole grid would be copied for every cell that asks
    tests = "".join(f'IF(Claim!${at}${ANCHOR}="{name}",{cells},' for at, cells in zip(places, found, strict=True))
    return f"{tests}NA(){')' * len(places)}"


def cell(name: str, row: int) -> str:
    """A cell of Claim in the column of the whole grid, as another sheet names it."""
    return f"Claim!${column(name)}${row}"


def as_expected() -> str:
    """True where the grid has the headings that the totals look for."""
    found = (f'ISNUMBER(MATCH("{name}",{_HEADINGS},0))' for name in NAMED if name != "Charge")
    return f'AND({cell("Patient", ANCHOR)}="Patient",{",".join(found)})'


def prefixes(reference: Reference) -> dict[str, list[str]]:
    """What the codes of each kind of line begin with, as short as still tells the kinds apart.

    >>> from xl_infusion.reference import current
    >>> prefixes(current())["per diem"]
    ['S5', 'S9']
    """
    codes: dict[str, set[str]] = {
        "per diem": {row.code for row in reference.per_diem},
        "drug": {row.code for row in reference.drugs} | _FURTHER,
        "visit": {row.code for row in reference.visits} | {row.code for row in reference.hit},
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
    assert column("NDC quantity") == PAGE_ENDS
    widths(sheet, *(_COLUMNS[name][0] for name in GRID))
    for number, name in enumerate(GRID, start=1):
        column_look(sheet, number, _COLUMNS[name][1])
    heading(
        sheet,
        "Claim",
        f"One row a claim line, computed from the tables by the one formula in A{ANCHOR}. Nothing is typed here; Why "
        "says how each line came about. It counts a table's rows from its headings: row 2 is the first below them.",
        PAGE_ENDS,
        beside="D",
    )
    _totals(sheet, reference)
    _by_payer(sheet)
    for number in range(1, len(GRID) + 1):
        head(_COLUMNS[GRID[number - 1]][1]).but(wrap=True).apply(sheet.cell(ANCHOR, number))
    spill(sheet, f"A{ANCHOR}", FORMULA, head(_COLUMNS["Patient"][1]).but(wrap=True))
    sheet.row_dimensions[ANCHOR].height = 30
    sheet.freeze_panes = f"A{FIRST}"
    _line_looks(sheet)
    page(sheet, repeat=f"{ANCHOR}:{ANCHOR}", columns="A:C", scale=SCALE, ends=[PAGE_ENDS])


def _sums(function: str, values: str, patterns: list[str]) -> str:
    """A sum (or count) of the lines whose codes begin so, one plain term for each beginning."""
    codes = below("Code")
    head = f"{function}({values}," if values else f"{function}("
    return "+".join(f'{head}{codes},"{pattern}*")' for pattern in patterns)


def _units_and_charges(sheet: Worksheet, row: int, patterns: list[str], look: Look) -> None:
    """What a kind of line comes to, by the beginnings of its codes."""
    if row != DRUGS:  # units of drugs differ from code to code: no sum of them says anything
        put(sheet, f"{UNITS}{row}", "=" + _sums("SUMIFS", below("Units"), patterns), look.but(format=COUNT))
    amount = f'=IF({PRICED},{_sums("SUMIFS", below("Charge"), patterns)},"")'
    put(sheet, f"{CHARGES}{row}", amount, look.but(format=MONEY))


def _totals(sheet: Worksheet, reference: Reference) -> None:
    found = prefixes(reference)
    patterns = {PER_DIEM: found["per diem"], DRUGS: found["drug"], VISITS: found["visit"]}
    names = {HEAD: "Kind of line", PER_DIEM: "Per diem (units are days)", DRUGS: "Drugs",
             VISITS: "Visits (and further hours)", NO_CODE: "Without a code", ALL: "All lines"}  # fmt: skip
    looks = {HEAD: HEADER, ALL: TOTAL}
    for row, name in names.items():
        look = looks.get(row, BODY.but(lines="bottom"))
        right = look.but(across="right", wrap=False)
        put(sheet, f"A{row}", name, look.but(wrap=False, indent=1), f"B{row}")
        for at, title in ((LINES, "Lines"), (UNITS, "Units"), (CHARGES, "Charge, US $")):
            put(sheet, f"{at}{row}", title if row == HEAD else None, right, f"F{row}" if at == CHARGES else "")
        if row == HEAD:
            continue
        if row in patterns:
            lines = "=" + _sums("COUNTIFS", "", patterns[row])
            _units_and_charges(sheet, row, patterns[row], right)
        elif row == NO_CODE:
            lines = "=" + "+".join(f'COUNTIF({below("Code")},"{error}")' for error in _ERRORS)
        else:
            lines = f"=COUNT({below('Line')})"
            total = f'=IF(ISERROR($A${ANCHOR}),$A${ANCHOR},IF({PRICED},SUM({below("Charge")}),"no rates"))'
            put(sheet, f"{CHARGES}{row}", total, right.but(format=DOLLARS))
        put(sheet, f"{LINES}{row}", lines, right.but(format=COUNT))
    sheet.conditional_formatting.add(f"A{NO_CODE}:F{NO_CODE}", when(f"${LINES}${NO_CODE}>0", ink=BAD, bold=True))
    area = f"{CHARGES}{PER_DIEM}:{CHARGES}{ALL}"
    sheet.conditional_formatting.add(area, when(f"ISERROR({CHARGES}{PER_DIEM})", ink=BAD))
    left, right_end = column("NDC unit"), column("NDC quantity")
    put(sheet, f"{left}{HEAD}", "Total check", HEADER.but(across="center"), f"{right_end}{HEAD}")
    put(sheet, f"{left}{PER_DIEM}", f"=Start!{FLAG}", FLAG_LOOK.but(size=14), f"{right_end}{NO_CODE}")
    flag_colors(sheet, f"{left}{PER_DIEM}:{right_end}{NO_CODE}")
    link(sheet, f"{left}{ALL}", "what it checks", f"Start!{FLAG}", LINK.but(bold=False, across="center"),
         f"{right_end}{ALL}")  # fmt: skip
    sheet.row_dimensions[ANCHOR - 1].height = 8


def _by_payer(sheet: Worksheet) -> None:
    """What each payer of the table Payers is billed, in its order; the last row is that of all others."""
    charge, payer = below("Charge"), below("Payer")
    body = BODY.but(lines="bottom")
    rows = range(HEAD + 1, ALL + 1)
    named: list[str] = []
    for block, (name, name_end, money, money_end) in enumerate(BY_PAYER):
        put(sheet, f"{name}{HEAD}", "Claims to", HEADER.but(wrap=False, indent=1),
            f"{name_end}{HEAD}")  # fmt: skip
        put(sheet, f"{money}{HEAD}", "Charge, US $", HEADER.but(across="right", wrap=False), f"{money_end}{HEAD}")
        for row in rows:
            number = block * len(rows) + row - HEAD
            last = (block, row) == (len(BY_PAYER) - 1, ALL)
            at = f"INDEX(Payers[Payer],{number})"
            shown = "all others" if last else f'=IF({number}>ROWS(Payers[Payer]),"",IF({at}="","",{at}))'
            amount = f'=IF({name}{row}="","",IF({PRICED},SUMIFS({charge},{payer},{name}{row}),""))'
            if last:
                others = f"ROUND(${CHARGES}${ALL}-({'+'.join(named)}),2)"
                amount = f'=IF(ISNUMBER(${CHARGES}${ALL}),{others},IF({PRICED},${CHARGES}${ALL},""))'
            named.append(f"SUM({money}{row})")
            put(sheet, f"{name}{row}", shown, body.but(indent=1, ink=MUTED if last else body.ink), f"{name_end}{row}")
            put(sheet, f"{money}{row}", amount, body.but(across="right", format=MONEY), f"{money_end}{row}")
        area = f"{money}{HEAD + 1}:{money}{ALL}"
        sheet.conditional_formatting.add(area, when(f"ISERROR({money}{HEAD + 1})", ink=BAD))


def _line_looks(sheet: Worksheet) -> None:
    """What a line looks like by what it says; the grid's rows are not known before it spills."""
    line, why = f"${column('Line')}{FIRST}", column("Why")
    whole = f"$A{FIRST}:${why}{FIRST}"
    failed = f"SUMPRODUCT(ISERROR({whole})*1)>0"
    stale = f'COUNTIF({whole},"*STALE*")>0'
    even = f"MOD(COUNTIF(${column('Line')}${FIRST}:{line},1),2)=0"
    # a count shows its decimals where it has some: of units at a payer that takes fractions
    for at in (f"{column(name)}{FIRST}" for name in ("Units", "NDC quantity")):
        part = when(f"IF(ISNUMBER({at}),MOD({at},1)<>0,FALSE)", number=PART, bottom=LINE)
        sheet.conditional_formatting.add(f"{at}:{at[0]}{LAST}", part)
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
