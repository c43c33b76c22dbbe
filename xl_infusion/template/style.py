"""How the workbook looks: one palette, one font, the looks of its cells, and the page setup of every sheet.

Typed cells are blue on cream, computed cells dark on white, checks green, amber or red. Every pair of text
and ground has a contrast of at least 4.5 to 1.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeAlias
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import absolute_coordinate, column_index_from_string
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.spreadsheet.xlsx.grid import letters

FONT = "Calibri"

INK, MUTED, WHITE = "1F2933", "5A6675", "FFFFFF"
BRAND, BRAND_MID, BRAND_SOFT, BRAND_PALE = "12495C", "3B7080", "DCE9ED", "F3F7F9"
#: The tabs of what finance reads: typed, computed.
FINANCE_INPUT, FINANCE = "8C7BB8", "54408C"
LINE = "D3DCE2"
#: The ground of a calculation that stands between inputs and what is read.
CALC = "F4F4F2"
INPUT, INPUT_INK = "FFF9E8", "1B4F9C"
GOOD, GOOD_SOFT = "1B7A4B", "E2F3E9"
WARN, WARN_SOFT = "7A4B00", "FFEBC2"
AMBER = "9A5B00"
BAD, BAD_SOFT = "B3261E", "FBE3E1"

DATE = "mm/dd/yyyy"
COUNT = "#,##0"
#: A count that is no whole number.
PART = "#,##0.000#"
MONEY = "#,##0.00"
DOLLARS = "$#,##0.00"
#: A rate with the decimals it has: 210.00 and 0.045 stand under each other by their points.
RATE = "#,##0.00??"
SHARE = "0.0%"
TIME = "h:mm AM/PM"
#: A number that is a name: what is typed stays as it is, zeros in front too.
AS_TYPED = "@"

#: The height of every row of a sheet whose texts spill: no program fits a row to a text that spills into it.
THREE_LINES = 39

Value: TypeAlias = str | int | float | dt.date | dt.time | ArrayFormula | None


#: Workbook -> looks that it has, as its cells keep them: a year has a hundred thousand cells, and a few dozen looks.
_applied: WeakKeyDictionary[Workbook, dict[Look, StyleArray]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a cell; ``lines`` names the sides that have a hairline, ``rule`` the color of the lines."""

    size: float = 10
    bold: bool = False
    italic: bool = False
    ink: str = INK
    ground: str = ""
    across: str = "left"
    down: str = "center"
    wrap: bool = False
    indent: int = 0
    lines: str = ""
    rule: str = LINE
    weight: str = "thin"
    format: str = "General"

    def but(self, **changes: object) -> Look:
        """The same look with some things changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def apply(self, cell: Cell | ColumnDimension) -> None:
        """Gives the look to one cell, or to a column."""
        known = _applied.setdefault(cell.parent.parent, {}) if isinstance(cell, Cell) and not cell.has_style else None
        if known is not None and self in known:
            cell._style = copy(known[self])
            return
        cell.font = Font(name=FONT, size=self.size, bold=self.bold, italic=self.italic, color=self.ink)
        if self.ground:
            cell.fill = PatternFill("solid", start_color=self.ground, end_color=self.ground)
        cell.alignment = Alignment(
            horizontal=self.across, vertical=self.down, wrap_text=self.wrap or None, indent=self.indent
        )
        if self.lines:
            cell.border = Border(**{side: Side(self.weight, color=self.rule) for side in self.lines.split()})
        cell.number_format = self.format
        if known is not None:
            known[self] = copy(cell._style)


BODY = Look()
NOTE = Look(ink=MUTED)
TITLE = Look(size=20, bold=True, ink=BRAND)
SECTION = Look(size=12, bold=True, ink=BRAND, lines="bottom", rule=BRAND_MID)
HEADER = Look(bold=True, ink=WHITE, ground=BRAND, wrap=True)
LINK = Look(bold=True, ink=INPUT_INK)
TYPED = Look(size=11, ink=INPUT_INK, ground=INPUT, lines="bottom")
TOTAL = Look(bold=True, lines="top bottom", rule=BRAND_MID)

#: The cell of Start that has the total check: OK, STOP, LOOK AT n WARNINGS, or EMPTY while nothing is typed; and
#: how it looks.
FLAG = "$B$8"
FLAG_LOOK = Look(size=20, bold=True, ink=WHITE, ground=MUTED, across="center", wrap=True)


def head(look: Look, ground: str = BRAND, size: float = 10) -> Look:
    """The look of the heading over a column of that look."""
    return HEADER.but(across=look.across, indent=look.indent, wrap=False, ground=ground, size=size)


def put(sheet: Worksheet, at: str, value: Value, look: Look, to: str = "") -> Cell:
    """Writes a value with its look; ``to`` merges the cells from ``at`` to there, all in that look."""
    if to:
        for row in sheet[f"{at}:{to}"]:
            for one in row:
                look.apply(one)
        if to != at:  # of one cell there is nothing to merge
            sheet.merge_cells(f"{at}:{to}")
    cell: Cell = sheet[at]
    look.apply(cell)
    cell.value = value
    if cell.number_format != look.format:
        cell.number_format = look.format  # a day or a time has brought its own
    return cell


def literal(sheet: Worksheet, at: str, text: str, look: Look) -> None:
    """Writes a text that begins like a formula and is none."""
    cell = put(sheet, at, text, look)
    cell.data_type = "s"
    cell.quotePrefix = True


def link(sheet: Worksheet, at: str, text: str, target: str, look: Look = LINK, to: str = "") -> None:
    """Writes a link to a cell of this workbook: ``Claim!A1``."""
    cell = put(sheet, at, text, look, to)
    cell.hyperlink = Hyperlink(ref=at, location=target, display=text)
    look.apply(cell)


def spill(sheet: Worksheet, at: str, formula: str, look: Look) -> None:
    """Writes a formula whose answer takes more cells than its own."""
    put(sheet, at, ArrayFormula(at, formula), look)


def when(
    formula: str, *, ink: str = "", ground: str = "", bold: bool = False, top: str = "", bottom: str = "",
    number: str = "",
) -> Rule:  # fmt: skip
    """A conditional format: the look where ``formula`` (for the first cell of its range) is true.

    The first rule that is true is the whole look, as in programs that know no other way; ``top`` and ``bottom``
    are the colors of hairlines, ``number`` a number format.
    """
    sides = {side: Side("thin", color=color) for side, color in (("top", top), ("bottom", bottom)) if color}
    look = DifferentialStyle(
        font=Font(color=ink or None, bold=bold or None) if ink or bold else None,
        fill=PatternFill("solid", start_color=ground, end_color=ground) if ground else None,
        border=Border(**sides) if sides else None,
        numFmt=NumberFormat(numFmtId=_OWN_FORMATS[number], formatCode=number) if number else None,
    )
    return Rule(type="expression", formula=[formula], stopIfTrue=True, dxf=look)


#: The numbers of the number formats of conditional looks; Excel's own end at 163.
_OWN_FORMATS = {DATE: 190, PART: 191, COUNT: 192}


def flag_colors(sheet: Worksheet, area: str) -> None:
    """Green for OK, amber for warnings, grey while nothing is typed; red for anything else, an error too.

    ``area``: the cells that show the flag; the first of them has it, on whichever sheet.
    """
    flag = absolute_coordinate(area.split(":")[0])
    for formula, ground in (
        (f"ISERROR({flag})", BAD),
        (f'{flag}="OK"', GOOD),
        (f'COUNTIF({flag},"LOOK*")>0', AMBER),
        (f'{flag}<>"EMPTY"', BAD),
    ):
        sheet.conditional_formatting.add(area, when(formula, ink=WHITE, ground=ground, bold=True))


def widths(sheet: Worksheet, *of: float) -> None:
    """Widths of the columns from A on, in characters."""
    for column, width in enumerate(of, start=1):
        sheet.column_dimensions[letters(column)].width = width


def column_look(sheet: Worksheet, column: int, look: Look) -> None:
    """The look of a whole column: of every cell in it that has no look of its own, spilled ones too."""
    look.apply(sheet.column_dimensions[letters(column)])


def heading(sheet: Worksheet, title: str, hint: str, last: str, first: str = "A", beside: str = "") -> None:
    """The first two rows of a sheet: its title, what to do there, and the way back to Start.

    ``beside``: where the columns of the title stand on every page, the first one behind them: the hint begins there,
    beside the title, since it would be cut off on the other pages.
    """
    put(sheet, f"{first}1", title, TITLE)
    link(sheet, f"{last}1", "Start", "Start!A1", LINK.but(across="right"))
    end = column_index_from_string(last) - bool(beside)
    columns = range(column_index_from_string(beside or first), end + 1)
    width = sum(sheet.column_dimensions[letters(column)].width for column in columns)
    if beside:
        put(sheet, f"{beside}1", hint, NOTE.but(wrap=True), f"{letters(end)}1")
        sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = max(30, height(hint, width)), 6
    else:
        put(sheet, f"{first}2", hint, NOTE.but(wrap=True, down="top"), f"{last}2")
        sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 30, height(hint, width)


def height(text: str, width: float) -> float:
    """The height of a row whose wrapped text (10 points) stands in ``width`` characters of the default font."""
    return 13.5 * len(textwrap.wrap(text, int(width * 1.28))) + 2.5


#: The margins of a page at a fixed scale, in inches.
_MARGIN = 0.25


def fits(scale: float) -> float:
    """How many characters of columns stand side by side on a page at a scale (percent), Letter paper in landscape;
    by LibreOffice, which has columns wider by 6 percent."""
    return (11 - 2 * _MARGIN) * 72 / (scale / 100 * 7 * 0.75 * 1.06)


def page(
    sheet: Worksheet, *, repeat: str = "", columns: str = "", landscape: bool = True,
    one_page: bool = False, scale: int = 0, ends: Sequence[str] = (),
) -> None:  # fmt: skip
    """Letter paper, fitted to its width, the header row on every page, the sheet's name and page in the footer.

    ``scale``: percent, in place of fitting; a page then ends after each of the columns ``ends`` (which Excel passes
    over where it fits), and has ``columns`` first.
    """
    sheet.sheet_view.showGridLines = False
    setup = sheet.page_setup
    setup.orientation = "landscape" if landscape else "portrait"
    setup.paperSize = sheet.PAPERSIZE_LETTER
    if scale:
        setup.scale = scale
        for letter in ends:
            sheet.col_breaks.append(Break(id=column_index_from_string(letter)))
    else:
        setup.fitToWidth, setup.fitToHeight = 1, 1 if one_page else 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = _MARGIN if scale else 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.3, 0.3
    sheet.print_options.horizontalCentered = not scale
    if repeat:
        sheet.print_title_rows = repeat
    if columns:
        sheet.print_title_cols = columns
    for part, text in (("left", "&F"), ("center", "&A"), ("right", "Page &P of &N")):
        side = getattr(sheet.oddFooter, part)
        side.text, side.size, side.font, side.color = text, 8, FONT, MUTED
