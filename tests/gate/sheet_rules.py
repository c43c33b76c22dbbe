"""Rules of what stands about a sheet's cells: formats, validation, links, panes, print."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.gate.book import LINK, MAIN, Element, Sheet, areas, place
from tests.gate.cell_rules import sheets
from tests.gate.rule import rule, twice, words
from tests.gate.workbook_rules import in_order

WORKSHEET = words(
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges "
    "scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr "
    "conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter "
    "rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing "
    "legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst"
)
#: What a validation may say: Excel cuts the file off where one of them is longer.
DIALOG = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 255}


@rule("ECMA-376-1 18.3.1.99, CT_Worksheet is a sequence: Excel repairs the file", sheets)
def sheet_is_in_order(sheet: Sheet) -> Iterator[str]:
    """The elements of a sheet come in the schema's order."""
    yield from in_order(sheet.root, WORKSHEET)


@rule("ECMA-376-1 18.3.1.66: a pane that is frozen begins where it is split", sheets)
def panes_begin_at_the_split(sheet: Sheet) -> Iterator[str]:
    """What is below or right of frozen rows and columns begins at or behind them."""
    for pane in sheet.all("pane"):
        row, col = place(str(pane.get("topLeftCell")))
        if pane.get("state") == "frozen" and not (
            row > float(pane.get("ySplit") or 0) and col > float(pane.get("xSplit") or 0)
        ):
            yield str(pane.get("topLeftCell"))


# -- conditional formats ---------------------------------------------------------------------------------------


@rule("ECMA-376-1 18.3.1.10, priority: which of two rules goes first", sheets)
def format_priorities_are_distinct(sheet: Sheet) -> Iterator[str]:
    """No two conditional formats of a sheet have one priority."""
    yield from twice(one.get("priority") for one in sheet.all("cfRule"))


@rule("ECMA-376-1 18.3.1.10, dxfId is a number of dxfs, from 0: Excel repairs the file", sheets)
def format_styles_are_there(sheet: Sheet) -> Iterator[str]:
    """The style of a conditional format is there."""
    count = sheet.book.style_count("dxfs")
    yield from (str(one.get("dxfId")) for one in sheet.all("cfRule") if int(one.get("dxfId") or 0) >= count)


@rule("Excel takes no table's name in a conditional format or a validation, and repairs the file", sheets)
def conditions_name_cells(sheet: Sheet) -> Iterator[str]:
    """A conditional format and a validation name cells or names, no table's columns."""
    for one in _conditions(sheet):
        if "[" in re.sub(r'"[^"]*"', "", one.text or ""):
            yield str(one.text)


def _conditions(sheet: Sheet) -> Iterator[Element]:
    for name in ("cfRule", "dataValidation"):
        for one in sheet.all(name):
            yield from (child for child in one if str(child.tag).rpartition("}")[2].startswith("formula"))


@rule("ECMA-376-1 18.3.1.43 in a format of before 2010: its own sheet, without the sheet's name", sheets)
def formats_are_of_their_sheet(sheet: Sheet) -> Iterator[str]:
    """A conditional format looks at its own sheet."""
    for one in sheet.all("cfRule"):
        for child in one.findall(f"{MAIN}formula"):
            if "!" in re.sub(r'"[^"]*"', "", child.text or ""):
                yield str(child.text)


# -- validation ------------------------------------------------------------------------------------------------


@rule("ECMA-376-1 18.3.1.32, ST_Xstring of at most 32 and 255 characters: Excel repairs the file", sheets)
def validation_texts_fit(sheet: Sheet) -> Iterator[str]:
    """What a validation says fits into Excel's dialog."""
    for one in sheet.all("dataValidation"):
        yield from (f"{one.get('sqref')}: {a}" for a, limit in DIALOG.items() if len(one.get(a) or "") > limit)


@rule("Excel: a validation's formula and its list have at most 255 characters", sheets)
def validation_formulas_fit(sheet: Sheet) -> Iterator[str]:
    """A validation's formula is not too long, and it has those that its kind needs."""
    for one in sheet.all("dataValidation"):
        first, second = (one.findtext(f"{MAIN}formula{number}") for number in (1, 2))
        kind, between = one.get("type") or "none", (one.get("operator") or "between") in ("between", "notBetween")
        needs_two = kind not in ("none", "list", "custom") and between
        if (
            max(len(first or ""), len(second or "")) > 255
            or (kind != "none" and not first)
            or (needs_two and not second)
        ):
            yield f"{one.get('sqref')}: {first}, {second}"


@rule("Excel: a cell has one validation", sheets)
def validations_do_not_meet(sheet: Sheet) -> Iterator[str]:
    """No cell has two validations."""
    taken = [one for found in sheet.all("dataValidation") for one in areas(found.get("sqref"))]
    for at, one in enumerate(taken):
        yield from (str(one) for other in taken[:at] if one.meets(other))


# -- links, print ----------------------------------------------------------------------------------------------


@rule("ECMA-376-1 18.3.1.47, location: a cell or a name of this workbook; a name with a blank is quoted", sheets)
def links_lead_somewhere(sheet: Sheet) -> Iterator[str]:
    """A link within the workbook leads to a sheet that is there, or to a name."""
    known = {f"'{one.name}'" for one in sheet.book.sheets} | {s.name for s in sheet.book.sheets if s.name.isalnum()}
    names = {str(one.get("name")) for one in sheet.book.names}
    for one in sheet.all("hyperlink"):
        target, mark, _ = (one.get("location") or "").rpartition("!")
        if one.get(f"{LINK}id") is None and (target not in known if mark else one.get("location") not in names):
            yield f"{one.get('ref')}: {one.get('location')}"


@rule("Excel: a header or footer has at most 255 characters, a screen tip too", sheets)
def headers_fit(sheet: Sheet) -> Iterator[str]:
    """Headers, footers and screen tips are not too long."""
    for one in sheet.all("headerFooter"):
        yield from (str(child.tag) for child in one if len(child.text or "") > 255)
    yield from (str(one.get("ref")) for one in sheet.all("hyperlink") if len(one.get("tooltip") or "") > 255)


@rule("ECMA-376-1 18.3.1.63: 10 to 400 percent", sheets)
def print_scales_are_legal(sheet: Sheet) -> Iterator[str]:
    """A sheet prints at a scale that there is, and is seen at one."""
    yield from (
        str(one.get("scale")) for one in sheet.all("pageSetup") if not 10 <= int(one.get("scale") or 100) <= 400
    )
    for one in sheet.all("sheetView"):
        if not 10 <= int(one.get("zoomScale") or 100) <= 400:
            yield str(one.get("zoomScale"))


@rule("ECMA-376-1 18.3.1.14 and .74: count, manualBreakCount", sheets)
def breaks_are_counted(sheet: Sheet) -> Iterator[str]:
    """As many page breaks as it says, within the sheet."""
    for name in ("rowBreaks", "colBreaks"):
        for one in sheet.all(name):
            if int(one.get("count") or 0) != len(one) or len(one) > 1026:
                yield f"{name}: {one.get('count')}"
