"""The sheet Explain: the number of an order, and one spilled account of how its claim lines came to be."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.functions import FUNCTIONS
from xl_infusion.functions.explain import HEADER
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.sheets import claim
from xl_infusion.template.sheets.claim import SCALE
from xl_infusion.template.style import (
    BAD,
    BODY,
    BRAND,
    BRAND_PALE,
    BRAND_SOFT,
    COUNT,
    DOLLARS,
    LINE,
    MUTED,
    NOTE,
    THREE_LINES,
    TYPED,
    WHITE,
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

#: The cell of the order's number; the row of the header, where the formula stands; the first step.
ORDER, ANCHOR, FIRST, LAST = "$B$4", 6, 7, 2000
#: The cells of the steps' numbers, as another sheet names them.
STEPS = f"Explain!$A${FIRST}:$A${LAST}"
_EXAMPLE: str = FUNCTIONS["EXPLAIN"].example
#: The function's example with the cell in place of its order; nothing is explained until an order is named.
FORMULA = f'=IF({ORDER}="","Type the number of an order in B4",EXPLAIN({ORDER},{_EXAMPLE.split(",", 1)[1]})'
#: The order that the example explains.
EXAMPLE = _EXAMPLE.split('"')[1]

#: Column of the steps -> its width and its look.
_COLUMNS: dict[str, tuple[float, Look]] = {
    "Step": (7, BODY.but(across="center", ink=MUTED)),
    "Question": (40, BODY.but(bold=True, ink=BRAND, wrap=True)),
    "Answer": (59, BODY.but(wrap=True)),
    "Decided by": (63, NOTE.but(wrap=True)),
}


def add_explain(sheet: Worksheet, *, order: str) -> None:
    """Lays out Explain; ``order`` is the number of the order that it explains, "" for none."""
    last = letters(len(HEADER))
    widths(sheet, *(_COLUMNS[name][0] for name in HEADER))
    for number, name in enumerate(HEADER, start=1):
        look = _COLUMNS[name][1]
        column_look(sheet, number, look)
        head(look).apply(sheet.cell(ANCHOR, number))
    heading(
        sheet,
        "Explain",
        "How every line of one order came to be, step by step, with the row of a table or the source that decided it: "
        "what you read to an auditor on the phone. Rows are counted from a table's headings, which are its row 1.",
        last,
    )
    gap = {"lines": "left right", "rule": WHITE, "weight": "thick"}
    small = NOTE.but(ground=BRAND_SOFT, across="center", **gap)
    big = BODY.but(size=14, bold=True, ink=BRAND, ground=BRAND_PALE, across="center", **gap)
    lines = f"COUNTIFS({claim.below('Order')},{ORDER})"
    charge = f"SUMIFS({claim.below('Charge')},{claim.below('Order')},{ORDER})"
    for at, name, value, look in (
        ("B", "Order: type its number, or choose it", order or None,
         TYPED.but(size=14, bold=True, across="center", **gap)),
        ("C", "Its claim lines", f'=IF({ORDER}="","",{lines})', big.but(format=COUNT)),
        ("D", "Their charge, US $", f'=IF({ORDER}="","",IF({claim.PRICED},{charge},""))', big.but(format=DOLLARS)),
    ):  # fmt: skip
        put(sheet, f"{at}3", name, small)
        put(sheet, f"{at}4", value, look)
    sheet.conditional_formatting.add("C4:D4", when("ISERROR(C4)", ink=BAD, bold=True))
    check = DataValidation(type="list", formula1="OrderNumbers", allow_blank=True, showErrorMessage=True,
                           errorStyle="warning", errorTitle="Not in the list",
                           error="No order of that number is on the sheet Orders. Keep it?")  # fmt: skip
    check.promptTitle, check.prompt = "Order", "The number of an order, as its row in Orders has it."
    check.showInputMessage = True
    check.add(ORDER.replace("$", ""))
    sheet.add_data_validation(check)
    # from the left, so that what it says while no order is named runs on over the headings that are not there then
    spill(sheet, f"A{ANCHOR}", FORMULA, head(_COLUMNS["Step"][1]).but(across="left"))
    for row, points in {3: 18, 4: 28, 5: 8, ANCHOR: 20}.items():
        sheet.row_dimensions[row].height = points
    sheet.freeze_panes = f"A{FIRST}"
    area = f"A{FIRST}:{last}{LAST}"
    sheet.conditional_formatting.add(area, when(f'COUNTIF($B{FIRST},"Line *")>0', ground=BRAND_PALE, bottom=LINE))
    sheet.conditional_formatting.add(area, when(f'$A{FIRST}<>""', bottom=LINE))
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = THREE_LINES, True
    page(sheet, repeat=f"{ANCHOR}:{ANCHOR}", scale=SCALE)
