"""The sheet Expected: what every claim line is expected to bring, one spilled grid, and above it its sums."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.functions import FUNCTIONS
from xl_infusion.model.columns import EXPECTED
from xl_infusion.template.sheets.claim import SCALE
from xl_infusion.template.sheets.panels import CENTS, Spilled
from xl_infusion.template.style import (
    BODY,
    BRAND,
    BRAND_PALE,
    BRAND_SOFT,
    COUNT,
    DATE,
    DOLLARS,
    MUTED,
    NOTE,
    WHITE,
    Look,
    column_look,
    heading,
    page,
    put,
    when,
    widths,
)

#: The last row that is counted.
LAST = 20_000
#: Columns that are there only where a table has what they are of.
_APART = {"Modifier 3": "modifier", "Modifier 4": "typed", "Patient share": "patient", "Payer pays": "patient",
          "Drug cost": "cost", "Drug margin": "cost"}  # fmt: skip
GRID = Spilled("Expected", 7, "A", EXPECTED, LAST, _APART)
#: The columns that have a name of their own in the workbook, found by their headings.
NAMED = ("Line", "Payer", "Charge", "Expected", "Adjustment", "Patient share", "Payer pays", "Drug cost", "Drug margin")
_EXAMPLE: str = FUNCTIONS["EXPECTED_GRID"].example

_LOOKS: dict[str, tuple[float, Look]] = {
    "Patient": (12, BODY.but(indent=1)),
    "Payer": (20, BODY.but(indent=1)),
    "Line": (6, BODY.but(across="center", ink=MUTED)),
    "From": (11, BODY.but(across="center", format=DATE)),
    "To": (11, BODY.but(across="center", format=DATE)),
    "Kind": (9, BODY),
    "Therapy": (18, BODY),
    "Drug": (22, BODY.but(indent=1)),
    "Order": (11, BODY.but(indent=1)),
    "Code": (8.5, BODY.but(bold=True, ink=BRAND)),
    "Modifier 1": (7.5, BODY.but(across="center")),
    "Modifier 2": (7.5, BODY.but(across="center")),
    "Modifier 3": (7.5, BODY.but(across="center")),
    "Modifier 4": (7.5, BODY.but(across="center")),
    "Units": (9, BODY.but(across="right", format=COUNT)),
    "Why": (131, BODY.but(indent=1)),
}
#: The sums over the grid: the columns that each stands over, its name, the column of the grid that it adds up.
_SUMS = (
    ("A", "C", "Charge", "Charge"), ("D", "F", "Expected", "Expected"), ("G", "G", "Written off", "Adjustment"),
    ("H", "H", "Patients owe", "Patient share"), ("I", "J", "Payers pay", "Payer pays"),
    ("K", "L", "Drugs cost", "Drug cost"), ("M", "N", "Drug margin", "Drug margin"),
)  # fmt: skip
#: On paper, in 8 points: what a line is of, what it brings, and why, each on a page of its own with `KEYS` before it.
PAGE_ENDS, KEYS = ("Units", "Drug margin"), "A:C"


def below(name: str) -> str:
    """The cells of a column of the grid, wherever it stands, by their name in the workbook: ``ExpectedCharge``."""
    assert name in NAMED
    return f"Expected{name.title().replace(' ', '')}"


def names() -> dict[str, str]:
    """The names of the grid's columns in the workbook, each with the formula of what it means."""
    return {below(name): GRID.found(name) for name in NAMED}


def add_expected(sheet: Worksheet, ready: str, status: str) -> None:
    """Lays out Expected. ``ready``: the cell that says whether the model is worked out, ``status``: why not."""
    widths(sheet, *(_LOOKS.get(name, (13, CENTS))[0] for name in EXPECTED))
    for number, name in enumerate(EXPECTED, start=1):
        column_look(sheet, number, _LOOKS.get(name, (13, CENTS))[1])
    heading(
        sheet,
        "Expected",
        "One row a claim line: what is billed, what the contract comes to, what is written off, who pays it, what the "
        f"drug cost. Computed by the one formula in {GRID.at}; nothing is typed here. Expected + Adjustment = Charge.",
        GRID.letter(PAGE_ENDS[0]),
        beside="D",
    )
    _sums(sheet)
    looks = {name: look for name, (_, look) in _LOOKS.items()}
    failed = f"SUMPRODUCT(ISERROR(${GRID.left}{GRID.first}:${GRID.right}{GRID.first})*1)>0"
    line = f"${GRID.letter('Line')}{GRID.first}"
    GRID.lay(sheet, f"=IF(NOT({ready}),{status},{_EXAMPLE.removeprefix('=')})", looks, (
        (failed, {"ink": "B3261E", "ground": "FBE3E1", "bottom": "D3DCE2"}),
        (f"{line}=1", {"ground": BRAND_PALE, "top": "3B7080", "bottom": "D3DCE2"}),
    ))  # fmt: skip
    sheet.row_dimensions[GRID.anchor].height = 20
    sheet.row_dimensions[GRID.anchor - 1].height = 8
    sheet.freeze_panes = f"A{GRID.first}"
    ends = [GRID.letter(name) for name in PAGE_ENDS]
    page(sheet, repeat=f"{GRID.anchor}:{GRID.anchor}", columns=KEYS, scale=SCALE, ends=ends)


def _sums(sheet: Worksheet) -> None:
    gap = {"lines": "left right", "rule": WHITE, "weight": "thick"}
    for left, right, name, column in _SUMS:
        put(sheet, f"{left}3", name, NOTE.but(ground=BRAND_SOFT, across="center", **gap), f"{right}3")
        top = f"{GRID.at}"
        total = f'=IF(ISERROR({top}),{top},IF(COUNT({below("Line")})=0,"",SUM({below(column)})))'
        put(sheet, f"{left}4", total,
            BODY.but(size=14, bold=True, ink=BRAND, ground=BRAND_PALE, across="center", format=DOLLARS, **gap),
            f"{right}5")  # fmt: skip
    sheet.conditional_formatting.add("A4:N5", when("ISERROR(A4)", ink="B3261E", ground="FBE3E1", bold=True))
    for row, points in {3: 18, 4: 14, 5: 14}.items():
        sheet.row_dimensions[row].height = points
