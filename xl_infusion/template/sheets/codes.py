"""The sheet Codes: the bundled code reference, spilled by one formula."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.functions import CODES
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.sheets.claim import SCALE
from xl_infusion.template.style import (
    BODY,
    BRAND,
    BRAND_MID,
    DATE,
    LINE,
    MUTED,
    NOTE,
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
    "Kind": (10, NOTE.but(indent=1)),
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
    "Source": (72, NOTE.but(wrap=True)),
}
_OTHER = (16.0, BODY)
ANCHOR = 5
#: On paper, in 8 points: what a code means, then how it counts and since when, with `KEYS` before both.
PAGE_END, KEYS = "Product", "A:B"


def add_codes(sheet: Worksheet) -> None:
    """Lays out Codes: the code reference, spilled by one formula."""
    names = [str(name) for name in CODES("visit")[0]]
    looks = [(width, look.but(down="top")) for width, look in (_COLUMNS.get(name, _OTHER) for name in names)]
    widths(sheet, *(width for width, _ in looks))
    for number, (_, look) in enumerate(looks, start=1):
        column_look(sheet, number, look)
        head(look).apply(sheet.cell(ANCHOR, number))
    last = letters(len(names))
    heading(
        sheet,
        "Codes",
        "The code reference that every formula uses, a row for each code and period. First and last day both "
        "count; codes in grey have a last day.",
        letters(names.index(PAGE_END) + 1),
        beside="C",
    )
    put(sheet, "C3", "=XL_INFUSION_VERSION()", NOTE)
    spill(sheet, f"A{ANCHOR}", "=CODES()", head(looks[0][1]))
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
    page(sheet, repeat=f"{ANCHOR}:{ANCHOR}", columns=KEYS, scale=SCALE, ends=[letters(names.index(PAGE_END) + 1)])
    sheet.page_setup.pageOrder = "overThenDown"
