"""Rules of the workbook part, its defined names and its styles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tests.gate.book import LINK, MAIN, Book, Element
from tests.gate.rule import rule, twice, words

CALCULATED = "ECMA-376-1 18.2"
STYLES = "ECMA-376-1 18.8"
#: The order in which a schema has the children of an element; others than these may stand anywhere.
ORDER = {
    "workbook": words(
        "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences "
        "definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing "
        "fileRecoveryPr webPublishObjects extLst"
    ),
    "styleSheet": words("numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"),
    "dxf": words("font numFmt fill alignment border protection extLst"),
    "xf": ["alignment", "protection", "extLst"],
    "border": words("start left end right top bottom diagonal vertical horizontal"),
}
_NAME = re.compile(r"[^\W\d]|[_\\]", re.UNICODE)
_NAME_REST = re.compile(r"[\w.\\?]*", re.UNICODE)
_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]{1,7}\Z")
_R1C1 = re.compile(r"(?i)r[0-9]*(c[0-9]*)?\Z|c[0-9]*\Z")


def in_order(element: Element, order: list[str]) -> Iterator[str]:
    """The children that stand before one that should precede them."""
    last = -1
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        if name in order:
            if order.index(name) < last:
                yield f"{name} stands too late"
            last = max(last, order.index(name))


def legal_name(name: str) -> bool:
    """Whether a name may be that of a defined name or of a table.

    >>> [legal_name(name) for name in ("ClaimLine", "AB12", "R1C1", "two words", "1st", "x" * 256)]
    [True, False, False, False, False, False]
    """
    whole = bool(_NAME.match(name)) and bool(_NAME_REST.fullmatch(name, 1)) and len(name) <= 255
    return whole and not _CELL.match(name) and not _R1C1.match(name)


# -- sheets ----------------------------------------------------------------------------------------------------


@rule(f"{CALCULATED}.27, CT_Workbook is a sequence")
def workbook_is_in_order(book: Book) -> Iterator[str]:
    """The elements of the workbook come in the schema's order."""
    yield from in_order(book.workbook, ORDER["workbook"])


@rule("Excel: at most 31 characters, none of \\ / ? * [ ] :, no ' at an end, not History")
def sheet_names_are_legal(book: Book) -> Iterator[str]:
    """A sheet has a name that Excel allows."""
    for sheet in book.sheets:
        name = sheet.name
        odd = re.search(r"[\\/?*\[\]:\x00-\x1f]", name) or name.startswith("'") or name.endswith("'")
        if not 1 <= len(name) <= 31 or odd or name.lower() == "history":
            yield repr(name)


@rule(f"{CALCULATED}.19, name and sheetId are unique; letters' case does not tell two names apart")
def sheets_are_distinct(book: Book) -> Iterator[str]:
    """No two sheets have one name, one number or one part."""
    yield from twice(sheet.name.lower() for sheet in book.sheets)
    yield from twice(sheet.entry.get("sheetId") for sheet in book.sheets)
    yield from twice(sheet.entry.get(f"{LINK}id") for sheet in book.sheets)


@rule(f"{CALCULATED}.30: Excel does not open a workbook whose active sheet is hidden")
def a_seen_sheet_is_active(book: Book) -> Iterator[str]:
    """The sheet in front is there and seen, and so is the first tab."""
    for view in book.workbook.iter(f"{MAIN}workbookView"):
        for name in ("activeTab", "firstSheet"):
            at = int(view.get(name) or 0)
            if at >= len(book.sheets) or (
                name == "activeTab" and book.sheets[at].state != "visible" and not _addin(book)
            ):
                yield f"{name} {at}"


def _addin(book: Book) -> bool:
    return book.name.endswith(".xlam")


@rule("Excel: what is typed goes into every sheet that is selected")
def one_sheet_is_selected(book: Book) -> Iterator[str]:
    """At most one sheet is selected, so that nobody types into several."""
    chosen = [s.name for s in book.sheets for view in s.all("sheetView") if view.get("tabSelected") in ("1", "true")]
    if len(chosen) > 1:
        yield ", ".join(chosen)


# -- defined names ---------------------------------------------------------------------------------------------


@rule(f"{CALCULATED}.5; Excel repairs a file with a name that it does not allow")
def names_are_legal(book: Book) -> Iterator[str]:
    """A defined name is no cell, has no blanks, and begins with a letter."""
    for one in book.names:
        name = str(one.get("name"))
        if not name.startswith("_xlnm.") and not legal_name(name):
            yield name


@rule(f"{CALCULATED}.5, a name is unique within its scope")
def names_are_distinct(book: Book) -> Iterator[str]:
    """No two names of one scope are the same."""
    yield from (str(one) for one in twice((str(n.get("name")).lower(), n.get("localSheetId")) for n in book.names))


@rule(f"{CALCULATED}.5, localSheetId is the place of a sheet")
def names_have_a_scope(book: Book) -> Iterator[str]:
    """A name's sheet is there; what is printed of a sheet is a part of that sheet."""
    for one in book.names:
        at = one.get("localSheetId")
        if at is not None and int(at) >= len(book.sheets):
            yield str(one.get("name"))
        elif str(one.get("name")) in ("_xlnm.Print_Area", "_xlnm.Print_Titles"):
            sheet = book.sheets[int(at or 0)].name
            others = {found.strip("'") for found in re.findall(r"('[^']+'|[^,!']+)!", one.text or "")} - {sheet}
            if at is None or others:
                yield f"{one.get('name')} of {sheet}: {one.text}"


@rule("Excel: columns before rows, else it drops the print titles", lambda book: [("names", book)])
def print_titles_name_columns_first(book: Book) -> Iterator[str]:
    """Print titles of columns and of rows come in this order."""
    for one in book.names:
        if one.get("name") == "_xlnm.Print_Titles" and re.search(
            r"\$[0-9]+:\$[0-9]+,.*\$[A-Z]+:\$[A-Z]+", one.text or ""
        ):
            yield str(one.text)


# -- styles ----------------------------------------------------------------------------------------------------


def style_parts(book: Book) -> Iterable[tuple[str, Book]]:
    return [("styles", book)]


def _list(book: Book, name: str) -> list[Element]:
    found = book.styles.find(MAIN + name)
    return [] if found is None else list(found)


@rule(f"{STYLES}.39, CT_Stylesheet is a sequence; CT_Dxf, CT_Xf and CT_Border too", style_parts)
def styles_are_in_order(book: Book) -> Iterator[str]:
    """The elements of the styles come in the schema's order."""
    yield from in_order(book.styles, ORDER["styleSheet"])
    for name in ("dxf", "xf", "border"):
        for one in book.styles.iter(MAIN + name):
            yield from in_order(one, ORDER[name])


@rule(f"{STYLES}.45, fontId, fillId, borderId and xfId count from 0", style_parts)
def styles_have_their_parts(book: Book) -> Iterator[str]:
    """A style's font, fill, border and parent are there."""
    parts = {"fontId": "fonts", "fillId": "fills", "borderId": "borders", "xfId": "cellStyleXfs"}
    for one in [*_list(book, "cellXfs"), *_list(book, "cellStyleXfs")]:
        yield from (f"{a} {one.get(a)}" for a, name in parts.items() if int(one.get(a) or 0) >= book.style_count(name))


@rule(f"{STYLES}, each list's count", style_parts)
def style_counts_are_true(book: Book) -> Iterator[str]:
    """A list of styles is as long as it says."""
    for one in book.styles:
        if one.get("count") is not None and int(str(one.get("count"))) != len(one):
            yield f"{one.tag.rpartition('}')[2]}: {one.get('count')}, has {len(one)}"


@rule(f"{STYLES}.30: 0 to 163 are Excel's own; a format has at most 255 characters and four sections", style_parts)
def number_formats_are_legal(book: Book) -> Iterator[str]:
    """A number format of ours has its own number and says what Excel can read."""
    formats = _list(book, "numFmts")
    yield from twice(one.get("numFmtId") for one in formats)
    for one in formats:
        code = str(one.get("formatCode"))
        sections = re.sub(r'"[^"]*"|\\.', "", code).count(";") + 1
        if int(str(one.get("numFmtId"))) < 164 or not code or len(code) > 255 or sections > 4:
            yield code


@rule(f"{STYLES}.45, numFmtId: one of Excel's own or of ours", style_parts)
def number_formats_are_there(book: Book) -> Iterator[str]:
    """The number format of a style is there."""
    own = {int(str(one.get("numFmtId"))) for one in _list(book, "numFmts")}
    used = {int(one.get("numFmtId") or 0) for one in _list(book, "cellXfs")}
    yield from (str(one) for one in sorted(used - own) if one >= 164)


@rule(f"{STYLES}.7, a style's name is unique, its xfId a cellStyleXf", style_parts)
def named_styles_are_distinct(book: Book) -> Iterator[str]:
    """No two named styles have one name, and each is there."""
    named = _list(book, "cellStyles")
    yield from twice(str(one.get("name")).lower() for one in named)
    yield from (str(one.get("name")) for one in named if int(one.get("xfId") or 0) >= book.style_count("cellStyleXfs"))


@rule("Excel takes the first two fills for none and gray125, whatever they say", style_parts)
def first_fills_are_excels(book: Book) -> Iterator[str]:
    """The first two fills are none and gray125."""
    kinds = [one.find(f"{MAIN}patternFill") for one in _list(book, "fills")[:2]]
    found = [None if one is None else one.get("patternType") or "none" for one in kinds]
    if found != ["none", "gray125"]:
        yield str(found)


@rule(f"{STYLES}.19, ST_UnsignedIntHex is four bytes", style_parts)
def colors_have_eight_digits(book: Book) -> Iterator[str]:
    """A color has its alpha: eight hexadecimal digits."""
    for one in book.styles.iter():
        rgb = one.get("rgb")
        if rgb is not None and not re.fullmatch(r"[0-9A-Fa-f]{8}", rgb):
            yield rgb
