"""Rules of comments, drawings and charts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.gate.book import CHART, DRAWING, EXCEL_VML, MAIN, VML, Book, Element, Sheet, place
from tests.gate.cell_rules import sheets
from tests.gate.rule import rule, twice

_AXES = ("catAx", "valAx", "dateAx", "serAx")


@rule("ECMA-376-1 18.7: Excel shows a comment by its shape, and repairs the file without", sheets)
def comments_have_shapes(sheet: Sheet) -> Iterator[str]:
    """Every comment has its shape, at its cell, and every shape its comment; the sheet leads to both."""
    comments, shapes = sheet.linked("comments"), sheet.linked("vmlDrawing")
    if (len(comments), len(shapes), sum(1 for _ in sheet.all("legacyDrawing"))) not in ((0, 0, 0), (1, 1, 1)):
        yield f"{len(comments)} parts of comments, {len(shapes)} of shapes"
    elif comments:
        at = {
            (int(one.findtext(f"{EXCEL_VML}Row") or -1) + 1, int(one.findtext(f"{EXCEL_VML}Column") or -1) + 1)
            for one in sheet.book.tree(shapes[0]).iter(f"{EXCEL_VML}ClientData")
        }
        wanted = {place(str(one.get("ref"))) for one in sheet.book.tree(comments[0]).iter(f"{MAIN}comment")}
        yield from (str(one) for one in sorted(at ^ wanted))


def comment_parts(book: Book) -> Iterable[tuple[str, Element]]:
    return [(sheet.label, book.tree(part)) for sheet in book.sheets for part in sheet.linked("comments")]


@rule("ECMA-376-1 18.7.3, ref is unique, authorId a number of authors; 32,767 characters", comment_parts)
def comments_are_whole(root: Element) -> Iterator[str]:
    """A cell has one comment, with an author who is there, and not too long."""
    comments, authors = list(root.iter(f"{MAIN}comment")), len(list(root.iter(f"{MAIN}author")))
    yield from twice(one.get("ref") for one in comments)
    yield from (str(one.get("ref")) for one in comments if int(one.get("authorId") or 0) >= authors)
    yield from (str(one.get("ref")) for one in comments if len("".join(one.itertext())) > 32_767)


@rule("ECMA-376-1 18.3.1.55: merged cells have one comment, at their first cell", sheets)
def comments_are_seen(sheet: Sheet) -> Iterator[str]:
    """No comment stands where a merge hides it."""
    for part in sheet.linked("comments"):
        for one in sheet.book.tree(part).iter(f"{MAIN}comment"):
            row, col = place(str(one.get("ref")))
            if any(m.holds(row, col) and (row, col) != (m.top, m.left) for m in sheet.merges):
                yield str(one.get("ref"))


def shape_parts(book: Book) -> Iterable[tuple[str, Element]]:
    return [(sheet.label, book.tree(part)) for sheet in book.sheets for part in sheet.linked("vmlDrawing")]


@rule("ECMA-376-4 14.1.2.19, id is unique within the page", shape_parts)
def shapes_are_distinct(root: Element) -> Iterator[str]:
    """No two shapes of a sheet have one id."""
    yield from twice(one.get("id") for one in root.iter(f"{VML}shape"))


def drawings(book: Book) -> Iterable[tuple[str, Element]]:
    return [(part, book.tree(part)) for sheet in book.sheets for part in sheet.linked("drawing")]


@rule("ECMA-376-1 20.1.2.2.8, id is unique within the document", drawings)
def drawn_objects_are_distinct(root: Element) -> Iterator[str]:
    """No two objects of a drawing have one id."""
    yield from twice(one.get("id") for one in root.iter(f"{DRAWING}cNvPr"))


@rule("ECMA-376-1 20.1.2.2.8, descr; WCAG 1.1.1: a screen reader reads it", drawings)
def drawn_objects_are_described(root: Element) -> Iterator[str]:
    """A chart has an alternative text."""
    yield from (str(one.get("name")) for one in root.iter(f"{DRAWING}cNvPr") if not one.get("descr"))


@rule("ECMA-376-1 20.5.2.15 and .33: from stands left of and above to", drawings)
def drawn_objects_have_a_size(root: Element) -> Iterator[str]:
    """An object that lies between two cells has a size."""
    for anchor in root.iter(f"{DRAWING}twoCellAnchor"):
        first, last = (
            [int(anchor.findtext(f"{DRAWING}{end}/{DRAWING}{at}") or 0) for at in ("col", "row")]
            for end in ("from", "to")
        )
        if not (first[0] < last[0] and first[1] < last[1]):
            yield f"{first} to {last}"


def charts(book: Book) -> Iterable[tuple[str, tuple[Book, Element]]]:
    parts = [chart for sheet in book.sheets for part in sheet.linked("drawing") for chart in book.linked(part, "chart")]
    return [(part, (book, book.tree(part))) for part in parts]


@rule("ECMA-376-1 21.2.2.9 and .30: Excel drops a chart whose axes do not meet", charts)
def chart_axes_meet(given: tuple[Book, Element]) -> Iterator[str]:
    """The axes of a chart are distinct, and what is drawn and what is crossed is one of them."""
    axes = [axis for name in _AXES for axis in given[1].iter(CHART + name)]
    own = [str(axis.find(f"{CHART}axId").get("val")) for axis in axes]
    crossed = {str(axis.find(f"{CHART}crossAx").get("val")) for axis in axes}
    used = {str(one.get("val")) for one in given[1].iter(f"{CHART}axId") if one.getparent() not in axes}
    yield from twice(own)
    yield from sorted((crossed | used) - set(own))


@rule("ECMA-376-1 21.2.2.84 and .128, idx and order are unique: Excel repairs the chart", charts)
def chart_series_are_distinct(given: tuple[Book, Element]) -> Iterator[str]:
    """No two series of a chart have one number or one place."""
    for name in ("idx", "order"):
        yield from twice(one.find(CHART + name).get("val") for one in given[1].iter(f"{CHART}ser"))


@rule("ECMA-376-1 21.2.2.65: a series without its cells is an empty chart", charts)
def chart_series_have_cells(given: tuple[Book, Element]) -> Iterator[str]:
    """A series takes its values from cells."""
    for one in given[1].iter(f"{CHART}ser"):
        if not any((found.text or "").strip() for found in one.iter(f"{CHART}f")):
            yield str(one.find(f"{CHART}idx").get("val"))
