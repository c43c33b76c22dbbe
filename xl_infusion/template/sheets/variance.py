"""The sheet Variance: what was paid against what was expected, one spilled grid, and above it the likely causes.

Its sums stand to the right of the grid: by cause, and by payer and cause.
"""

from __future__ import annotations

from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.functions import FUNCTIONS
from xl_infusion.model.columns import VARIANCE
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.sheets import charts
from xl_infusion.template.sheets.charts import Block
from xl_infusion.template.sheets.claim import SCALE
from xl_infusion.template.sheets.model_grids import READY as MODEL_READY
from xl_infusion.template.sheets.model_grids import STATUS as MODEL_STATUS
from xl_infusion.template.sheets.model_grids import there
from xl_infusion.template.sheets.panels import CALCULATED, CENTS, Spilled, block, field, section, total_rows, typed
from xl_infusion.template.style import (
    BAD,
    BAD_SOFT,
    BODY,
    BRAND,
    BRAND_PALE,
    BRAND_SOFT,
    COUNT,
    DATE,
    DOLLARS,
    LINE,
    NOTE,
    WARN,
    WARN_SOFT,
    WHITE,
    Look,
    column_look,
    heading,
    page,
    put,
    when,
    widths,
)

#: The row of the grid's headings, and the last row that is counted.
LAST = 20_000
GRID = Spilled("Variance", 30, "A", VARIANCE, LAST)
#: The causes that the chart shows, the last of them all others; and how many there may be in all.
CAUSES, MOST_CAUSES = 10, 40
BLOCK, CHART, CHART_ROWS = 17, 4, 11
#: Whether there is something to compare, and in words why not: cells of this sheet.
READY, _READY, _STATUS = "Variance!$B$5", "$B$5", "$B$6"
_CALL: str = FUNCTIONS["VARIANCE_GRID"].example.removeprefix("=")

_LOOKS: dict[str, tuple[float, Look]] = {
    "Patient": (25.5, BODY.but(indent=1)),
    "Payer": (17.5, BODY.but(indent=1)),
    "Order": (10.5, BODY.but(indent=1)),
    "Code": (7.5, BODY.but(bold=True, ink=BRAND)),
    "Modifiers": (11, BODY.but(across="center")),
    "From": (10.5, BODY.but(across="center", format=DATE)),
    "To": (10.5, BODY.but(across="center", format=DATE)),
    "Units expected": (14, BODY.but(across="right", format=COUNT)),
    "Units paid": (10.5, BODY.but(across="right", format=COUNT)),
    "Cause": (28, BODY.but(indent=1)),
    "Match": (58, NOTE),
    "Remittance row": (13.5, BODY.but(across="center")),
    "Claim": (12.5, BODY.but(indent=1)),
    "Adjustments": (12.5, NOTE),
    "Why": (126, BODY.but(indent=1)),
}
#: On paper, in 8 points: the line, its cause, and why, each on a page of its own with `KEYS` before it.
PAGE_ENDS, KEYS = ("Variance", "Adjustments"), "A:B"
_END = column_index_from_string(GRID.right)
BY_CAUSE = Spilled(
    "Variance", 30, letters(_END + 2), ("Cause", "Lines", "Expected", "Paid", "Variance"), 30 + MOST_CAUSES
)
BY_PAYER = Spilled("Variance", 30, letters(_END + 10), ("Payer", "Total", *map(str, range(1, 13))), 1000)
#: Beside the sums by cause: how far each goes, and its place by that.
_REACH, _PLACE = letters(_END + 7), letters(_END + 8)


def add_variance(sheet: Worksheet) -> None:
    """Lays out Variance."""
    widths(sheet, *(_LOOKS.get(name, (14, CENTS))[0] for name in VARIANCE))
    for number, name in enumerate(VARIANCE, start=1):
        column_look(sheet, number, _LOOKS.get(name, (14, CENTS))[1])
    for grid in (BY_CAUSE, BY_PAYER):
        _sum_columns(sheet, grid)
    for letter, width in ((letters(_END + 1), 3), (_REACH, 14), (_PLACE, 8), (letters(_END + 9), 3)):
        sheet.column_dimensions[letter].width = width
    heading(
        sheet,
        "Variance",
        "What the payers paid (sheet Remittance) against what they owe, line by line: the difference, its likely "
        "cause, how sure the match is, and why. Nothing is dropped: what matches no line of the other side is there.",
        "L",
        beside="C",
    )
    _top(sheet)
    _causes(sheet)
    looks = {name: look for name, (_, look) in _LOOKS.items()}
    change, cause = f"${GRID.letter('Variance')}{GRID.first}", f"${GRID.letter('Cause')}{GRID.first}"
    section(sheet, GRID.anchor - 1, "A", GRID.right, "Line by line", "output")
    GRID.lay(sheet, f"=IF(NOT({_READY}),{_STATUS},{_CALL})", looks, (
        (f"AND(ISNUMBER({change}),{change}<0)", {"ink": BAD, "ground": BAD_SOFT, "bottom": LINE}),
        (f'AND(ISNUMBER({change}),OR({change}>0,{cause}<>"paid as expected"))',
         {"ink": WARN, "ground": WARN_SOFT, "bottom": LINE}),
    ))  # fmt: skip
    sheet.row_dimensions[GRID.anchor].height = 20
    sheet.freeze_panes = "A4"
    ends = [GRID.letter(name) for name in PAGE_ENDS]
    page(sheet, repeat=f"{GRID.anchor}:{GRID.anchor}", columns=KEYS, scale=SCALE, ends=ends)
    # whole columns: paper ends with what stands in them, however many rows that is
    sheet.print_area = f"A1:{GRID.right}1048576"


def _sum_columns(sheet: Worksheet, grid: Spilled) -> None:
    """The columns of a grid of sums: what they are by, then figures."""
    by, *_ = grid.columns
    looks = {by: BODY.but(indent=1), "Lines": BODY.but(across="right", format=COUNT)}
    for name in grid.columns:
        letter = grid.letter(name)
        sheet.column_dimensions[letter].width = 34 if name == by else 16
        column_look(sheet, column_index_from_string(letter), looks.get(name, CENTS))


def _top(sheet: Worksheet) -> None:
    """The inputs, the figures."""
    section(sheet, 4, "A", "B", "Paid against expected")
    model, said = there(MODEL_READY), there(MODEL_STATUS)
    field(sheet, ("A5", "B5"), "Worked out", f"=AND({model},COUNTA(Remittance[Paid])>0)",
          CALCULATED.but(across="center"))  # fmt: skip
    why = f'=IF({_READY},"ready",IF({model},"Nothing to compare: no payments on Remittance yet",{said}))'
    field(sheet, ("A6", "B6"), "Status", why, CALCULATED.but(indent=1, wrap=True))
    sheet.row_dimensions[6].height = 42  # the longest status, in three lines: a chart stands beside it
    gap = {"lines": "left right", "rule": WHITE, "weight": "thick"}
    expected, paid, variance = (GRID.below(name).replace("Variance!", "") for name in ("Expected", "Paid", "Variance"))
    top = GRID.at
    rows = (
        ("Payers owe", f"SUM({expected})", DOLLARS),
        ("Payers paid", f"SUM({paid})", DOLLARS),
        ("Paid less", f'-SUMIF({variance},"<0")', DOLLARS),
        ("Paid more", f'SUMIF({variance},">0")', DOLLARS),
        ("Lines to look at", f'COUNTIF({variance},"<0")+COUNTIF({variance},">0")', COUNT),
    )
    for row, (name, formula, shown) in enumerate(rows, start=8):
        put(sheet, f"A{row}", name, NOTE.but(ground=BRAND_SOFT, indent=1, **gap))
        look = BODY.but(size=12, bold=True, ink=BRAND, ground=BRAND_PALE, across="right", format=shown, indent=1)
        put(sheet, f"B{row}", f'=IF({_READY},IF(ISERROR({top}),{top},{formula}),"")', look)
        sheet.row_dimensions[row].height = 19
    sheet.conditional_formatting.add("B8:B12", when("ISERROR(B8)", ink=BAD, bold=True))


def _causes(sheet: Worksheet) -> None:
    """The block that the chart reads, and the sums that it is made from."""
    cause, lines, change = (BY_CAUSE.below(name).replace("Variance!", "") for name in ("Cause", "Lines", "Variance"))
    right = letters(_END + 8)
    section(sheet, 29, BY_CAUSE.left, right, "By cause", "output")
    BY_CAUSE.lay(
        sheet,
        f'=IF({_READY},CLAIM_SUMMARY({_CALL},${BY_CAUSE.left}$28),{_STATUS}&"")',
        {"Cause": BODY.but(indent=1), "Lines": BODY.but(across="right", format=COUNT)},
        [total_rows(BY_CAUSE, "Cause", "Total")],
    )
    put(sheet, f"{BY_CAUSE.left}28", "Cause", typed(across="left"))
    put(sheet, f"{BY_PAYER.left}28", "Payer", typed(across="left"))
    put(sheet, f"{letters(_END + 11)}28", "Cause", typed(across="left"))
    put(sheet, f"{letters(_END + 12)}28", "Variance", typed(across="left"))
    section(sheet, 29, BY_PAYER.left, BY_PAYER.right, "By payer and cause", "output")
    cells = ",".join(f"${letters(_END + at)}$28" for at in (10, 11, 12))
    BY_PAYER.lay(
        sheet,
        f'=IF({_READY},CLAIM_SUMMARY({_CALL},{cells}),{_STATUS}&"")',
        {"Payer": BODY.but(indent=1)},
        [total_rows(BY_PAYER, "Payer", "Total")],
    )
    first, last = BY_CAUSE.first, BY_CAUSE.last
    name, amount = BY_CAUSE.letter("Cause"), BY_CAUSE.letter("Variance")
    block(sheet, BY_CAUSE.anchor, MOST_CAUSES, {
        _REACH: ("Reach", f'=IF(OR({name}{{r}}="Total",NOT(ISNUMBER({amount}{{r}}))),0,ABS({amount}{{r}}))',
                 CENTS),
        _PLACE: ("Place", f'=IF({_REACH}{{r}}=0,"",RANK({_REACH}{{r}},{_REACH}${{f}}:{_REACH}${{l}})'
                 f"+COUNTIF({_REACH}${{t}}:{_REACH}{{b}},{_REACH}{{r}}))", BODY.but(across="right", format=COUNT)),
    })  # fmt: skip
    places = f"${_PLACE}${first}:${_PLACE}${last}"
    slot, slots, count = "ROWS(A${f}:A{r})", "ROWS(A${f}:A${l})", f"MAX({places})"
    at = f"MATCH({slot},{places},0)"

    def of(cells: str) -> str:
        # what the other rows do not show: all that is not nothing
        rest = f'SUMIF({places},">="&{slot},{cells})'
        return f'=IF($A{{r}}="","",IF($A{{r}}="all others",{rest},INDEX({cells},{at})))'

    section(sheet, BLOCK - 1, "A", "L", "The causes that the chart shows", "calculation")
    which = f'IF(AND({slot}={slots},{count}>{slots}),"all others",INDEX({cause},{at}))'
    block(sheet, BLOCK, CAUSES, {
        "A": ("Cause", f'=IF({slot}>{count},"",{which})', BODY.but(indent=1)),
        "B": ("Variance", of(change), CENTS),
        "C": ("Lines", of(lines), BODY.but(across="right", format=COUNT)),
    })  # fmt: skip
    chart = charts.by_cause(Block(sheet, BLOCK, CAUSES), "A", "B")
    charts.place(sheet, chart, f"D{CHART}", "L", CHART_ROWS * 17)
