"""The sheet Functions: every worksheet function, what it takes and gives, and an example that is live.

All of it is read from the functions themselves: a function that is added appears here by itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.checks import ERROR, WARNING
from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.template.sheets import checks, claim, expected, explain, model_grids, variance
from xl_infusion.template.sheets.panels import Spilled
from xl_infusion.template.style import (
    BAD,
    BODY,
    BRAND,
    BRAND_SOFT,
    DATE,
    HEADER,
    NOTE,
    SECTION,
    Look,
    heading,
    height,
    link,
    literal,
    page,
    put,
    spill,
    when,
    widths,
)

HEAD = 4
#: The columns of an example's text and of its result, which may spill down and to the right.
EXAMPLE, RESULT, LAST = "E", "F", "H"
#: Rows that a block has at least, so that a small column of results has room.
ROOM = 4
_WIDTH, _EXAMPLE_WIDTH = 92, 58
_RESULT = BODY.but(size=11, bold=True, ink=BRAND)


def _rows(sheet: str, grid: Spilled, column: str) -> str:
    """Says how many rows of a grid have a number in a column."""
    return f'="{sheet}: "&COUNT({grid.below(column)})&" rows"'


#: Function whose answer has a sheet of its own -> where it stands, and what its block shows of it.
_STANDS = {
    "CLAIM_GRID": (f"Claim!A{claim.ANCHOR}", f'="Claim: "&COUNT({claim.below("Line")})&" lines"'),
    "CLAIM_CHECKS": (
        f"Checks!A{checks.ANCHOR}",
        f'="Checks: errors "&{checks.count(ERROR)}&", warnings "&{checks.count(WARNING)}',
    ),
    "EXPLAIN": (f"Explain!A{explain.ANCHOR}", f'="Explain: "&COUNT({explain.STEPS})&" steps"'),
    "EXPECTED_GRID": (f"Expected!{expected.GRID.at}", f'="Expected: "&COUNT({expected.below("Line")})&" lines"'),
    "VARIANCE_GRID": (f"Variance!{variance.GRID.at}", _rows("Variance", variance.GRID, "Variance")),
    "CLAIM_SUMMARY": (f"Model!{model_grids.SUMMARY.at}", _rows("Model", model_grids.SUMMARY, "Lines")),
    "SCENARIO_GRID": (f"Model!{model_grids.SCENARIO_GRID.at}", _rows("Model", model_grids.SCENARIO_GRID, "Claims")),
    "SENSITIVITY": (f"Model!{model_grids.SENSITIVITY.at}", _rows("Model", model_grids.SENSITIVITY, "Value 1")),
    "BREAK_EVEN": (f"Model!{model_grids.BREAK_EVEN.at}", _rows("Model", model_grids.BREAK_EVEN, "Target")),
    "BRIDGE": (f"Model!{model_grids.BRIDGE.at}", _rows("Model", model_grids.BRIDGE, "Total")),
    "FORECAST_GRID": (f"Model!{model_grids.FORECAST_GRID.at}", _rows("Model", model_grids.FORECAST_GRID, "Starts")),
    "FORECAST_BASIS": (f"Model!{model_grids.BASIS.at}", _rows("Model", model_grids.BASIS, "Orders")),
}


def add_functions(sheet: Worksheet, functions: Iterable[WorksheetFunction] = FUNCTIONS.values()) -> None:
    """Lays out Functions, one block a function, by category."""
    widths(sheet, 2, 16, _WIDTH, 2, _EXAMPLE_WIDTH, 20, 20, 22)
    heading(
        sheet,
        "Functions",
        "Each takes a cell or a whole range and answers in the same shape. Wrong input is a true Excel error: #N/A not "
        "found or not in force, #NUM! out of range, #VALUE! wrong type or unit.",
        LAST,
    )
    row = HEAD
    for column, title in (("B", "Function"), ("C", None), ("D", None), (EXAMPLE, "Example"), (RESULT, "gives"),
                          ("G", None), (LAST, None)):  # fmt: skip
        put(sheet, f"{column}{row}", title, HEADER)
    sheet.row_dimensions[row].height = 20
    sheet.freeze_panes = f"A{row + 1}"
    category = ""
    for function in sorted(functions, key=_category):
        if function.category != category:
            category = function.category
            row += 2
            put(sheet, f"B{row}", category, SECTION)
            for column in "CDEFGH":
                SECTION.apply(sheet[f"{column}{row}"])
            sheet.row_dimensions[row].height = 22
        row = _block(sheet, row + 1, function)
    page(sheet, repeat=f"{HEAD}:{HEAD}")


def _category(function: WorksheetFunction) -> int:
    """The place of a function's category: in the order in which the functions come."""
    return list(dict.fromkeys(other.category for other in FUNCTIONS.values())).index(function.category)


def _block(sheet: Worksheet, row: int, function: WorksheetFunction) -> int:
    """Writes the block of one function from ``row`` on; gives its last row, a blank one."""
    top = row
    for column in "BC":
        put(sheet, f"{column}{row}", function.usage if column == "B" else None,
            Look(size=11, bold=True, ink=BRAND, ground=BRAND_SOFT))  # fmt: skip
    literal(sheet, f"{EXAMPLE}{row}", function.example, BODY.but(wrap=True, down="top"))
    if len(function.example) > _EXAMPLE_WIDTH:
        sheet.merge_cells(f"{EXAMPLE}{row}:{EXAMPLE}{row + 2}")
    sheet.row_dimensions[row].height = 18
    _result(sheet, f"{RESULT}{row}", function)
    row += 1
    put(sheet, f"B{row}", function.summary, BODY.but(wrap=True), f"C{row}")
    sheet.row_dimensions[row].height = height(function.summary, _WIDTH + 16)
    for parameter in function.parameters:
        row += 1
        name = f"[{parameter.name}]" if parameter.optional else parameter.name
        _described(sheet, row, name, parameter.doc, BODY.but(bold=True, indent=1))
    for name, text in _told(function):
        row += 1
        _described(sheet, row, name, text, NOTE.but(italic=True, indent=1))
    return max(row, top + ROOM - 1) + 1


def _described(sheet: Worksheet, row: int, name: str, text: str, look: Look) -> None:
    put(sheet, f"B{row}", name, look.but(down="top"))
    put(sheet, f"C{row}", text, BODY.but(wrap=True, down="top", ink=look.ink))
    sheet.row_dimensions[row].height = height(text, _WIDTH)


def _told(function: WorksheetFunction) -> list[tuple[str, str]]:
    """What the docstring says of the answer and of the errors, in its own words."""
    doc = function.doc
    told = (("gives", doc.gives), ("errors", doc.errors), ("authority", doc.authority))
    return [(name, text) for name, text in told if text]


def _result(sheet: Worksheet, at: str, function: WorksheetFunction) -> None:
    """The example, live; one that stands in the workbook already is pointed at, not computed twice."""
    if function.name in _STANDS:
        target, shown = _STANDS[function.name]
        link(sheet, at, shown, target, _RESULT)
        return
    sheet.conditional_formatting.add(at, when(f"ISERROR({at})", ink=BAD, bold=True))
    # a day is a number far beyond every count of units
    day = when(f"AND(ISNUMBER({at}),{at}>20000)", ink=BRAND, bold=True, number=DATE)
    sheet.conditional_formatting.add(at, day)
    if not function.spills or not function.parameters or not function.example.startswith(f"={function.name}("):
        put(sheet, at, function.example, _RESULT)
        return
    spill(sheet, at, function.example, _RESULT)
    top = int(at[len(RESULT) :])
    for row in range(top, top + ROOM):
        for column in "FGH":
            if f"{column}{row}" != at:
                _RESULT.apply(sheet[f"{column}{row}"])
