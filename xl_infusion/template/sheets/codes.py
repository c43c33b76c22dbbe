"""The sheet Codes: the code reference, spilled by one formula, and a cell to find any other drug's code by.

What home infusion mostly bills stands there as it is; the many drugs beside it are there for what is typed to be found.
Its many pages are no part of a workbook that is printed: only what fits one is, mostly all that was looked for.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.functions import CODES
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.sheets.claim import SCALE
from xl_infusion.template.style import (
    BODY,
    BRAND,
    BRAND_MID,
    BRAND_SOFT,
    DATE,
    LINE,
    MUTED,
    NOTE,
    TYPED,
    Look,
    column_look,
    head,
    heading,
    page,
    put,
    spill,
    when,
    widths,
)

#: Column of CODES -> its width and its look.
_COLUMNS: dict[str, tuple[float, Look]] = {
    "Kind": (11.5, NOTE.but(indent=1)),
    "Code": (8.5, BODY.but(bold=True, ink=BRAND)),
    "Meaning": (58, BODY.but(wrap=True)),
    "Therapy": (34, BODY.but(wrap=True)),
    "Drug": (26, BODY.but(wrap=True)),
    "Product": (18, BODY),
    "Amount": (8, BODY.but(across="right", format="General", indent=1)),
    "Unit": (13, BODY),
    "First day": (11, BODY.but(across="center", format=DATE)),
    "Last day": (11, BODY.but(across="center", format=DATE)),
    "Successor": (10, BODY),
    "Medicare": (25, BODY),
    "Source": (70, NOTE.but(wrap=True)),
}
_OTHER = (16.0, BODY)
#: The cell of the text that is looked for; the row of the header, where the formula stands.
FIND, ANCHOR = "$C$3", 5
FORMULA = f'=CODES("",{FIND})'
#: On paper, in 8 points: what a code means, then how it counts and since when, with `KEYS` before both.
PAGE_END, KEYS = "Product", "A:B"
#: The last row that is printed: so many rows of three lines fit a page.
LAST_PRINTED = 30


def add_codes(sheet: Worksheet) -> None:
    """Lays out Codes: the cell of what is looked for, the formula, the looks of what will be spilled."""
    names = [str(name) for name in CODES("visit")[0]]
    looks = [(width, look.but(down="top")) for width, look in (_COLUMNS.get(name, _OTHER) for name in names)]
    widths(sheet, *(width for width, _ in looks))
    for number, (_, look) in enumerate(looks, start=1):
        column_look(sheet, number, look)
        head(look).apply(sheet.cell(ANCHOR, number))
    last = letters(len(names))
    page_end = letters(names.index(PAGE_END) + 1)
    heading(
        sheet,
        "Codes",
        "The code reference that every formula uses, a row for each code and period: what home infusion mostly bills. "
        "Type a drug, a brand, a code or a therapy to find it among every drug code that CMS lists. First and last day "
        "both count; codes in grey have a last day. Of a long list the first page is printed: clear the print area "
        "(Page Layout) for all of it.",
        page_end,
        beside="C",
    )
    put(sheet, "A3", "Find", NOTE.but(ground=BRAND_SOFT, across="right", indent=1), "B3")
    put(sheet, FIND.replace("$", ""), None, TYPED)
    none = f'IF(ISERROR($A${ANCHOR}),"Nothing has that text: type less of it, or another name.",XL_INFUSION_VERSION())'
    put(sheet, "D3", f"={none}", NOTE.but(indent=1))
    spill(sheet, f"A{ANCHOR}", FORMULA, head(looks[0][1]))
    sheet.row_dimensions[4].height = 8
    sheet.row_dimensions[ANCHOR].height = 20
    first = ANCHOR + 1
    sheet.freeze_panes = f"C{first}"
    area = f"A{first}:{last}5000"
    ended = letters(names.index("Last day") + 1)
    for rule in (
        when(f'AND($B{first}<>"",$A{first}<>$A{first - 1})', top=BRAND_MID, bottom=LINE),
        when(f"ISNUMBER(${ended}{first})", ink=MUTED, bottom=LINE),
        when(f'$B{first}<>""', bottom=LINE),
    ):
        sheet.conditional_formatting.add(area, rule)
    page(sheet, repeat=f"{ANCHOR}:{ANCHOR}", columns=KEYS, scale=SCALE, ends=[page_end])
    sheet.page_setup.pageOrder = "overThenDown"
    sheet.print_area = f"A1:{last}{LAST_PRINTED}"
