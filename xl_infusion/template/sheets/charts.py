"""The charts of the model. Each reads a fixed block of native formulas beside it, which reads the spilled grid.

So a chart follows the spill in Excel and in LibreOffice alike (which knows no names in charts). No values are kept in
the file with a chart: whoever opens it draws what the cells say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import AreaChart, BarChart, LineChart, Reference, Series
from openpyxl.chart._chart import ChartBase
from openpyxl.chart.axis import DateAxis
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.style import BRAND, FONT, INK, LINE, MUTED

#: What is, what might be; the band around a line.
NOW, THEN, BAND = "9DB4BD", BRAND, "C9DBE1"
#: Light enough for a dark number on them.
UP, DOWN = "7FBF9C", "E59B95"
_SHORT = '[>=1000000]"$"0.0,,"M";[>=1000]"$"0,"k";"$"0'
#: Dollars or days, as is chosen; below ten nothing but 0: so little is only on the axis that a program makes up where
#: there is no line.
_PLAIN = '[>=10]#,##0;[>0]"";0'
_SIGNED = '"$"#,##0;-"$"#,##0'


@dataclass(frozen=True, slots=True)
class Block:
    """The cells that a chart reads: the row of their headings, and how many rows stand under it."""

    sheet: Worksheet
    row: int
    count: int

    def cells(self, letter: str, *, heading: bool = False) -> Reference:
        """The cells of a column, with their heading or without."""
        column = column_index_from_string(letter)
        top = self.row if heading else self.row + 1
        return Reference(self.sheet, min_col=column, min_row=top, max_row=self.row + self.count)

    def add(self, chart: ChartBase, letters: Sequence[str], names: str) -> list[Series]:
        """Adds a series for each column; ``names``: the column of their categories."""
        for letter in letters:
            chart.add_data(self.cells(letter, heading=True), titles_from_data=True)
        chart.set_categories(self.cells(names))
        return list(chart.series)


def current_and_proposed(block: Block, names: str, letters: Sequence[str]) -> BarChart:
    """Clustered columns: what each payer pays now, and in the scenario."""
    chart = _bars("Current against proposed, by payer")
    for series, color in zip(block.add(chart, letters, names), (NOW, THEN), strict=True):
        _fill(series, color)
    chart.gapWidth, chart.overlap = 60, -5
    chart.y_axis.number_format = _SHORT
    return chart


def waterfall(block: Block, names: str, letters: Sequence[str]) -> BarChart:
    """The bridge: columns on a column that is not drawn; ``letters``: blank, whole, up, down."""
    chart = _bars("From current to proposed: what each term contributes")
    blank, whole, up, down = block.add(chart, letters, names)
    for series, color in ((whole, BRAND), (up, UP), (down, DOWN)):
        _fill(series, color)
    blank.graphicalProperties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    for series, shown in ((up, '+"$"#,##0;;'), (down, '-"$"#,##0;;')):
        series.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
                                     showPercent=False, numFmt=shown, txPr=_rich(_text(8)))  # fmt: skip
    chart.grouping, chart.overlap, chart.gapWidth = "stacked", 100, 40
    chart.legend = None
    chart.y_axis.delete = True
    chart.y_axis.majorGridlines = None
    return chart


def tornado(block: Block, names: str, letters: Sequence[str]) -> BarChart:
    """Bars to both sides of nothing, the widest first."""
    chart = _bars("One term at a time: what it changes", lying=True)
    for series, color in zip(block.add(chart, letters, names), (NOW, THEN), strict=True):
        _fill(series, color)
    chart.overlap, chart.gapWidth = 100, 45
    chart.x_axis.scaling.orientation = "maxMin"  # the first on top, and the amounts below
    chart.y_axis.crosses = "max"
    chart.x_axis.tickLblPos = "low"
    chart.y_axis.number_format = _SIGNED
    return chart


def by_cause(block: Block, names: str, letter: str) -> BarChart:
    """Bars: under- and overpayment by its likely cause, the largest first."""
    chart = _bars("Paid less (or more) than expected, by likely cause", lying=True)
    (series,) = block.add(chart, [letter], names)
    _fill(series, NOW)  # neither good nor bad: it has what was paid more, too
    series.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
                                 showPercent=False, numFmt='"$"#,##0;-"$"#,##0;', txPr=_rich(_text(8)))  # fmt: skip
    chart.gapWidth = 35
    chart.legend = None
    chart.x_axis.scaling.orientation = "maxMin"  # the first on top
    chart.x_axis.tickLblPos = "low"
    # each bar says its amount; an axis would show made-up ones where there is no bar
    chart.y_axis.delete = True
    chart.y_axis.majorGridlines = None
    return chart


def forecast(block: Block, names: str, low: str, band: str, middle: str) -> AreaChart:
    """A line in its band: from the tenth to the ninetieth percentile, on an axis of days.

    The cells repeat the last month to their end, where the axis has nothing more to show.
    """
    chart = AreaChart()
    chart.grouping = "stacked"
    below, area = block.add(chart, [low, band], names)
    below.graphicalProperties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    _fill(area, BAND)
    line = LineChart()
    (series,) = block.add(line, [middle], names)
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=BRAND, w=28575))
    series.smooth = False
    chart.x_axis = DateAxis(crossAx=100)
    chart.x_axis.number_format, chart.x_axis.baseTimeUnit = "mmm yy", "months"
    chart.x_axis.majorTimeUnit = "months"
    _dress(chart, "The months to come: the middle, and eight runs of ten")
    chart.y_axis.crossAx = 500
    chart.y_axis.number_format = _PLAIN
    line.x_axis, line.y_axis = chart.x_axis, chart.y_axis
    chart += line
    chart.legend = None
    return chart


def place(sheet: Worksheet, chart: ChartBase, at: str, to: str, points: float) -> None:
    """Puts a chart over the columns from that of ``at`` to ``to``, so many points high."""
    left = "".join(filter(str.isalpha, at))
    columns = range(column_index_from_string(left), column_index_from_string(to) + 1)
    pixels = sum(int(sheet.column_dimensions[letters(column)].width * 7 + 5) for column in columns)
    chart.width, chart.height = pixels * 2.54 / 96 - 0.3, points * 2.54 / 72
    sheet.add_chart(chart, at)


def _bars(title: str, lying: bool = False) -> BarChart:
    chart = BarChart()
    chart.type = "bar" if lying else "col"
    _dress(chart, title)
    return chart


def _dress(chart: ChartBase, title: str) -> None:
    """The title, quiet axes, the legend below."""
    look = _text(12, True, BRAND)
    run = RegularTextRun(rPr=look, t=title)
    chart.title = Title(
        tx=Text(rich=RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=look), r=[run])])), overlay=False
    )
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _rich(_text(9, color=INK))
        axis.majorTickMark = axis.minorTickMark = "none"
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=MUTED, w=6350))
    chart.y_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=LINE, w=6350))
    if chart.legend is not None:
        chart.legend.position = "b"
        chart.legend.txPr = _rich(_text(9))
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=LINE, w=9525))
    chart.roundedCorners = False


def _fill(series: Series, color: str) -> None:
    series.invertIfNegative = False
    series.graphicalProperties = GraphicalProperties(solidFill=color, ln=LineProperties(noFill=True))


def _text(size: float, bold: bool = False, color: str = INK) -> CharacterProperties:
    return CharacterProperties(sz=int(size * 100), b=bold, solidFill=color, latin=Font(typeface=FONT))


def _rich(look: CharacterProperties) -> RichText:
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=look), endParaRPr=look)])
