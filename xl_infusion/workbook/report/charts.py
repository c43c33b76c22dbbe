"""The charts of a report as SVG, drawn by matplotlib: text stays text, nothing is of today, nothing is fetched.

Text is measured in the font that comes with matplotlib, which is wider than most, and shown in the reader's own: so it
fits everywhere. An amount that is an error stands in its place as that error, in red.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from typing import Any, assert_never

import matplotlib
import matplotlib.ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xl_infusion.template.style import BAD, BRAND, GOOD, INK, LINE, MUTED
from xl_infusion.workbook.report.grids import MINUS, amount, dollars, is_number, month
from xl_infusion.workbook.report.parts import Band, Cell, Chart, Lying, Months, Pairs, Tornado, Waterfall

#: What is and what might be; the band around a line; up and down.
NOW, THEN, BAND, UP, DOWN = "9DB4BD", BRAND, "C9DBE1", GOOD, BAD

#: Points; the page shows a chart larger by half.
_WIDE, _HALF = 650.0, 316.0
_ROW, _PAIR, _TALL = 16.0, 25.0, 142.0
#: More rows than these are not drawn: the table below has them all.
MOST = 30
_FONT = "'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "text.parse_math": False, "font.family": ["DejaVu Sans"], "font.size": 8,
    "axes.edgecolor": f"#{LINE}", "axes.labelcolor": f"#{MUTED}", "text.color": f"#{INK}",
    "xtick.color": f"#{MUTED}", "ytick.color": f"#{INK}", "axes.spines.top": False, "axes.spines.right": False,
    "axes.spines.left": False, "axes.spines.bottom": False, "xtick.major.size": 0, "ytick.major.size": 0,
    "axes.unicode_minus": True, "axes.axisbelow": True, "grid.color": f"#{LINE}", "grid.linewidth": 0.6,
}  # fmt: skip


def svg(chart: Chart, name: str, *, wide: bool) -> str:
    """A chart as an SVG element. ``name``: what makes its ids its own on the page; ``wide``: alone in its row."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**_STYLE, "svg.hashsalt": name})
        width = _WIDE if wide else _HALF
        figure = Figure(figsize=(width / 72, _height(chart) / 72), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02)  # type: ignore[union-attr, call-arg]
        _draw(figure, chart)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _plain(out.getvalue(), chart.title)


def _plain(text: str, title: str) -> str:
    """The element alone: without what only a file needs, names that are on the page twice, and another font."""
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'\s*<defs>\s*<style type="text/css">[^<]*</style>\s*</defs>', "", text)
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    text = re.sub(r"'DejaVu Sans'(, sans-serif)?", _FONT.replace("'", "&#39;"), text)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.S)
    text = re.sub(r'^<svg[^>]*?viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" role="img" xmlns:xlink="http://www.w3.org/1999/xlink">'
                  + f"<title>{_escaped(title)}</title>", text, count=1)  # fmt: skip
    return text.strip()


def _escaped(text: str) -> str:
    # the other end of a substitution: a backslash stays one
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\\", "\\\\")


def _height(chart: Chart) -> float:
    if isinstance(chart, (Months, Band)):
        return _TALL
    count = min(len(chart.labels), MOST)
    per = _PAIR if isinstance(chart, Pairs) else _ROW + 6 if isinstance(chart, (Waterfall, Tornado)) else _ROW
    return max(60.0, 34 + per * count)


# -- drawing -----------------------------------------------------------------------------------------------------


def _months(figure: Figure, chart: Months) -> None:
    axes = figure.subplots()
    count = len(chart.labels)
    axes.bar(range(count), [amount(value) for value in chart.values], color=f"#{BRAND}", width=0.62)
    for at, value in enumerate(chart.values):
        said = _short(value)
        axes.annotate(said, (at, max(0.0, amount(value))), (0, 2), textcoords="offset points", ha="center", va="bottom",
                      fontsize=7, color=_ink(value))  # fmt: skip
    step = -(-count // 14)
    axes.set_xticks(range(0, count, step), [*chart.labels][::step])
    axes.set_xlim(-0.6, max(count - 0.4, 5.4))
    _value_axis(axes)


def _lying(figure: Figure, chart: Lying) -> None:
    axes = figure.subplots()
    values = [*chart.values][:MOST]
    colors = [f"#{_tone(value) if chart.signed else BRAND}" for value in values]
    bars = axes.barh(range(len(values)), [amount(value) for value in values], color=colors, height=0.62)
    for at, (bar, value) in enumerate(zip(bars, values, strict=True)):
        if chart.marked is not None and at != chart.marked:
            bar.set_alpha(0.45)
        _end(axes, at, value, dollars(value, signed=chart.signed, cents=False))
    _names(axes, chart.labels)
    _room(axes, values, chart.signed, 0.2 if figure.get_figwidth() * 72 > _HALF else 0.42)
    if chart.signed:
        axes.axvline(0, color=f"#{MUTED}", linewidth=0.8)
    _quiet(axes)


def _pairs(figure: Figure, chart: Pairs) -> None:
    axes = figure.subplots()
    count = min(len(chart.labels), MOST)
    for side, values, color, name in (
        (-0.19, chart.now, NOW, chart.names[0]),
        (0.19, chart.then, THEN, chart.names[1]),
    ):
        axes.barh([at + side for at in range(count)], [amount(value) for value in values[:count]], height=0.36,
                  color=f"#{color}", label=_cut(name, 40))  # fmt: skip
    for at in range(count):
        now, then, difference = chart.now[at], chart.then[at], chart.difference[at]
        _end(axes, at - 0.19, now, dollars(now, cents=False), small=True)
        said = dollars(then, cents=False)
        _end(axes, at + 0.19, then, said, small=True)
        if is_number(difference) and amount(difference):
            said = dollars(difference, signed=True, cents=False)
            axes.annotate(
                said, (amount(then), at + 0.19), (57, 0), textcoords="offset points", va="center", fontsize=7,
                color=f"#{_tone(difference)}", fontweight="bold",
            )  # fmt: skip
    _names(axes, chart.labels)
    _room(axes, [*chart.now, *chart.then], False, 0.24)
    _quiet(axes)
    figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=7.5, handlelength=1, handleheight=0.8)


def _waterfall(figure: Figure, chart: Waterfall) -> None:
    axes = figure.subplots()
    start, high = _steps_between(chart.totals)
    last = len(chart.labels) - 1
    for at, (change, total) in enumerate(zip(chart.contributions, chart.totals, strict=True)):
        if not is_number(total):
            _text(axes, (start, at), str(total), BAD, "left", bold=True)
            continue
        if at in (0, last):
            axes.barh(at, amount(total) - start, left=start, color=f"#{BRAND}", height=0.62)
            _text(axes, (amount(total), at), dollars(total, cents=False), INK, "left", bold=True)
        else:
            _step(axes, at, change, total)
        if at < last:
            axes.plot([amount(total)] * 2, [at - 0.31, at + 1.31], color=f"#{MUTED}", linewidth=0.6, zorder=0.5)
    _names(axes, chart.labels, 46)
    axes.set_xlim(start, high + 0.18 * ((high - start) or 1.0))
    _quiet(axes)
    if start > 0:
        axes.set_xlabel(f"The bars begin at {dollars(start, cents=False)}", fontsize=7, loc="left")


def _steps_between(totals: Sequence[Cell]) -> tuple[float, float]:
    """Where the axis of a waterfall begins, such that its steps can be seen, and the largest total."""
    figures = [amount(total) for total in totals if is_number(total)]
    low, high = (min(figures), max(figures)) if figures else (0.0, 1.0)
    span = (high - low) or abs(high) or 1.0
    start = low - 0.45 * span
    return (max(0.0, start) if low >= 0 else start), high


def _step(axes: Axes, at: int, change: Cell, total: Cell) -> None:
    """A step of a waterfall, which ends at ``total``."""
    before = amount(total) - amount(change)
    color = _tone(change)
    axes.barh(at, amount(change), left=before, color=f"#{color}", height=0.62)
    _text(axes, (max(before, amount(total)), at), dollars(change, signed=True, cents=False), color, "left")


def _tornado(figure: Figure, chart: Tornado) -> None:
    axes = figure.subplots()
    for at, (values, ends) in enumerate(zip(chart.values, chart.differences, strict=True)):
        one_side = all(map(is_number, ends)) and amount(ends[0]) * amount(ends[1]) > 0
        for side, (value, end) in enumerate(zip(values, ends, strict=True)):
            _swing(axes, at, side, value, end, one_side=one_side)
    _names(axes, chart.labels)
    _room(axes, [end for ends in chart.differences for end in ends], True, 0.34)
    axes.axvline(0, color=f"#{MUTED}", linewidth=0.8)
    _quiet(axes)


def _swing(axes: Axes, at: int, side: int, value: str, end: Cell, *, one_side: bool) -> None:
    """The bar of a term's first value (``side`` 0) or second; above each other where both go to one side."""
    row, height = (at + (-0.16, 0.16)[side], 0.3) if one_side else (at, 0.62)
    axes.barh(row, amount(end), color=f"#{(NOW, THEN)[side]}", height=height)
    said = f"{value}: {dollars(end, signed=True, cents=False)}" if is_number(end) else str(end)
    left = amount(end) < 0 or (side == 0 and not amount(end))  # a change of nothing: each value on its own side
    _text(axes, (amount(end), row), said, INK if is_number(end) else BAD, "right" if left else "left")


def _band(figure: Figure, chart: Band) -> None:
    axes = figure.subplots()
    at = range(len(chart.months))
    axes.bar(at, chart.known, color=f"#{NOW}", width=0.5, label="of known orders")
    axes.fill_between(at, chart.low, chart.high, color=f"#{BAND}", linewidth=0, alpha=0.8, label="eight runs of ten")
    axes.plot(at, chart.middle, color=f"#{BRAND}", linewidth=1.8, label="the middle (P50)", marker="o", markersize=2.6)
    step = -(-len(chart.months) // 6)
    axes.set_xticks([*at][::step], [month(f"{day:%Y-%m}") for day in chart.months[::step]])
    axes.set_ylim(0, 1.08 * max([1.0, *chart.high, *chart.known]))
    _value_axis(axes)
    figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=7, handlelength=1.2, handleheight=0.8,
                  columnspacing=1)  # fmt: skip


def _draw(figure: Figure, chart: Chart) -> None:
    match chart:
        case Months():
            _months(figure, chart)
        case Lying():
            _lying(figure, chart)
        case Pairs():
            _pairs(figure, chart)
        case Waterfall():
            _waterfall(figure, chart)
        case Tornado():
            _tornado(figure, chart)
        case Band():
            _band(figure, chart)
        case _:
            assert_never(chart)


# -- pieces ------------------------------------------------------------------------------------------------------


def _ink(value: Cell) -> str:
    return f"#{INK if is_number(value) else BAD}"


def _tone(change: Cell) -> str:
    return UP if amount(change) > 0 else DOWN if amount(change) < 0 else MUTED


def _short(value: Cell) -> str:
    """``$612k``; an error is its code."""
    if not is_number(value):
        return str(value)
    figure = abs(amount(value))
    sign = MINUS if amount(value) < 0 else ""
    if figure >= 999_500:
        return f"{sign}${figure / 1e6:,.2f}M" if figure < 99_950_000 else f"{sign}${figure / 1e6:,.0f}M"
    return f"{sign}${figure / 1e3:,.0f}k" if figure >= 9_999.5 else f"{sign}${figure:,.0f}"


def _end(axes: Axes, row: float, value: Cell, said: str, *, small: bool = False) -> None:
    """What a bar comes to, at its end."""
    left = amount(value) < 0
    _text(axes, (amount(value), row), said, INK if is_number(value) else BAD, "right" if left else "left", small=small)


def _text(
    axes: Axes, at: tuple[float, float], said: str, color: str, side: str, *, bold: bool = False, small: bool = False
) -> None:
    axes.annotate(said, at, (4 if side == "left" else -4, 0), textcoords="offset points", va="center", ha=side,
                  fontsize=7 if small else 7.5, color=f"#{color}", fontweight="bold" if bold else "normal")  # fmt: skip


def _names(axes: Axes, labels: Sequence[str], most: int = 34) -> None:
    """The rows' names, the first on top; those that are not drawn are counted."""
    shown = [_cut(label, most) for label in labels[:MOST]]
    axes.set_yticks(range(len(shown)), shown)
    axes.set_ylim(len(shown) - 0.45, -0.55)
    if len(labels) > MOST:
        axes.set_xlabel(f"and {len(labels) - MOST} more, in the table", fontsize=7, loc="left")


def _cut(text: str, most: int) -> str:
    """A text on one line of at most so many characters; what is left out is dots, and stands in the table."""
    return textwrap.shorten(text, most, placeholder=" …") if " " in text else text[:most]


def _room(axes: Axes, values: Sequence[Cell], signed: bool, room: float = 0.2) -> None:
    """Limits that leave room for what stands at the bars' ends."""
    figures = [amount(value) for value in values if is_number(value)]
    low, high = min([0.0, *figures]), max([0.0, *figures])
    span = (high - low) or 1.0
    axes.set_xlim(low - (room * span if low < 0 or signed else 0), high + room * span)


def _value_axis(axes: Axes) -> None:
    """An axis of amounts from nothing up."""
    axes.yaxis.set_major_formatter(lambda value, _: _short(value))
    axes.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.grid(axis="y")
    axes.tick_params(axis="y", labelcolor=f"#{MUTED}", labelsize=7)
    axes.tick_params(axis="x", labelcolor=f"#{INK}", labelsize=7.5, pad=4)


def _quiet(axes: Axes) -> None:
    """No axis of amounts: they stand at the bars."""
    axes.set_xticks([])
    axes.tick_params(axis="y", pad=3)
