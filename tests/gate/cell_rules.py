"""Rules of a sheet's rows, cells, and the areas that formulas and merges take."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator

from tests.gate.book import MAIN, SPACE, Book, Cell, Sheet, area
from tests.gate.rule import rule, twice, words

CELL = "ECMA-376-1 18.3.1.4"
ROW = "ECMA-376-1 18.3.1.73"
ROWS, COLUMNS = 1_048_576, 16_384
ERRORS = frozenset(
    words(
        "#N/A #NUM! #VALUE! #NAME? #REF! #DIV/0! #NULL! #SPILL! #CALC! #GETTING_DATA #FIELD! #BUSY! #CONNECT! "
        "#BLOCKED! #UNKNOWN!"
    )
)
KINDS = frozenset(words("b d e inlineStr n s str"))
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def sheets(book: Book) -> Iterable[tuple[str, Sheet]]:
    return [(sheet.label, sheet) for sheet in book.sheets]


# -- rows and columns ------------------------------------------------------------------------------------------


@rule(f"{ROW}: Excel repairs the file, and loses the rows that come too late", sheets)
def rows_ascend(sheet: Sheet) -> Iterator[str]:
    """Rows have numbers, ascending, that Excel has."""
    last = 0
    for row in sheet.rows:
        number = int(row.get("r") or 0)
        if not last < number <= ROWS:
            yield f"row {row.get('r')} after {last}"
        last = number


@rule(f"{ROW}: a row is at most 409.5 points high", sheets)
def rows_are_not_too_high(sheet: Sheet) -> Iterator[str]:
    """A row is as high as a row can be."""
    for row in sheet.rows:
        if not 0 <= float(row.get("ht") or 0) <= 409.5:
            yield f"row {row.get('r')}: {row.get('ht')}"


@rule("ECMA-376-1 18.3.1.13: Excel repairs overlapping columns; at most 255 characters wide", sheets)
def columns_ascend(sheet: Sheet) -> Iterator[str]:
    """Descriptions of columns do not overlap, ascend, and are not too wide."""
    last = 0
    for one in sheet.all("col"):
        first, end = int(str(one.get("min"))), int(str(one.get("max")))
        if not last < first <= end <= COLUMNS or not 0 <= float(one.get("width") or 0) <= 255:
            yield f"columns {first} to {end}, width {one.get('width')}"
        last = end


@rule(f"{CELL}, s; {ROW}, s; 18.3.1.13, style: numbers of cellXfs, from 0", sheets)
def styles_are_there(sheet: Sheet) -> Iterator[str]:
    """The style of a cell, row or column is there."""
    count = sheet.book.style_count("cellXfs")
    yield from (cell.ref for cell in sheet.cells if int(cell.element.get("s") or 0) >= count)
    yield from (f"row {row.get('r')}" for row in sheet.rows if int(row.get("s") or 0) >= count)
    yield from (f"column {one.get('min')}" for one in sheet.all("col") if int(one.get("style") or 0) >= count)


@rule(f"{CELL}, r: Excel repairs the file, and loses cells", sheets)
def cells_ascend(sheet: Sheet) -> Iterator[str]:
    """Cells stand in their row, from left to right, each once."""
    for row in sheet.rows:
        number, last = int(row.get("r") or 0), 0
        for element in row:
            cell = sheet.by_ref[element.get("r") or ""]
            if cell.row != number or not last < cell.col <= COLUMNS:
                yield f"{element.get('r')} in row {number}"
            last = cell.col


@rule("ECMA-376-1 18.3.1.35; readers that believe it stop there", sheets)
def dimension_holds_the_cells(sheet: Sheet) -> Iterator[str]:
    """What a sheet says of its size holds all cells with a value."""
    for one in sheet.all("dimension"):
        size = area(str(one.get("ref")))
        yield from (
            f"{cell.ref} outside {one.get('ref')}"
            for cell in sheet.cells
            if (cell.value is not None or cell.inline is not None) and not size.holds(cell.row, cell.col)
        )


# -- values ----------------------------------------------------------------------------------------------------


@rule(f"{CELL}, 18.18.11 ST_CellType", sheets)
def kinds_are_known(sheet: Sheet) -> Iterator[str]:
    """A cell's type is one that there is."""
    yield from (f"{cell.ref}: {cell.kind}" for cell in sheet.cells if cell.kind not in KINDS)


@rule(f"{CELL}, t; 18.3.1.53 is", sheets)
def inline_texts_are_inline(sheet: Sheet) -> Iterator[str]:
    """An inline text has its text and nothing else; no other type has one."""
    for cell in sheet.cells:
        if cell.kind == "inlineStr":
            if cell.inline is None or cell.value is not None or cell.formula is not None:
                yield cell.ref
        elif cell.inline is not None:
            yield cell.ref


@rule(f"{CELL}, v; ST_Xstring that is a double", sheets)
def numbers_are_finite(sheet: Sheet) -> Iterator[str]:
    """A number is one, and neither infinite nor NaN."""
    for cell in sheet.cells:
        if cell.kind == "n" and cell.value is not None and not _finite(cell.value.text or ""):
            yield f"{cell.ref}: {cell.value.text}"


def _finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


@rule(f"{CELL}, t=b: 0 or 1; t=e: one of Excel's errors; else Excel repairs the file", sheets)
def switches_and_errors_are_excels(sheet: Sheet) -> Iterator[str]:
    """TRUE and FALSE are 1 and 0, an error one of Excel's."""
    for cell in sheet.cells:
        allowed = {"b": ("0", "1"), "e": ERRORS}.get(cell.kind)
        if allowed is not None and (cell.value is None or cell.value.text not in allowed):
            yield f"{cell.ref}: {None if cell.value is None else cell.value.text}"


@rule("ECMA-376-1 18.4.9, the shared texts count from 0", sheets)
def shared_texts_are_there(sheet: Sheet) -> Iterator[str]:
    """A shared text is there."""
    strings = sheet.book.linked(sheet.book.main, "sharedStrings")
    count = len(sheet.book.tree(strings[0])) if strings else 0
    for cell in sheet.cells:
        if cell.kind == "s" and (cell.value is None or not 0 <= int(cell.value.text or -1) < count):
            yield cell.ref


@rule("Excel: 32,767 characters and 253 line feeds a cell", sheets)
def texts_fit_a_cell(sheet: Sheet) -> Iterator[str]:
    """A text is no longer than a cell's, in characters and in lines."""
    for cell, text in _texts(sheet):
        if len(text.encode("utf-16-le")) // 2 > 32_767 or text.count("\n") > 253:
            yield f"{cell.ref}: {len(text)} characters"


@rule("XML 1.0 2.10: without xml:space a reader may drop outer blanks, as Excel does", sheets)
def outer_blanks_are_kept(sheet: Sheet) -> Iterator[str]:
    """A text with blanks at an end says that they are to be kept."""
    for cell in sheet.cells:
        for one in (cell.value, *([] if cell.inline is None else cell.inline.iter(f"{MAIN}t"))):
            text = "" if one is None else one.text or ""
            if text != text.strip() and one is not None and one.get(SPACE) != "preserve":
                yield f"{cell.ref}: {text[:20]!r}"


@rule("ECMA-376-1 22.9.2.19 ST_Xstring: _xHHHH_ is the character of that number", sheets)
def escapes_are_meant(sheet: Sheet) -> Iterator[str]:
    """``_xHHHH_`` stands for a character that XML cannot have, or for an underline that would make one."""
    for cell, text in _texts(sheet):
        for found in _ESCAPE.finditer(text):
            number = int(found[1], 16)
            if number != 0x5F and (number > 0x1F or number in (9, 10)):
                yield f"{cell.ref}: {found[0]}"


def _texts(sheet: Sheet) -> Iterator[tuple[Cell, str]]:
    for cell in sheet.cells:
        text = cell.text
        if text:
            yield cell, text


# -- areas -----------------------------------------------------------------------------------------------------


@rule("ECMA-376-1 18.3.1.40, ref of an array formula begins at its cell", sheets)
def arrays_begin_at_their_cell(sheet: Sheet) -> Iterator[str]:
    """An array formula fills an area from its cell on."""
    for array in sheet.arrays:
        if (array.area.top, array.area.left) != (array.cell.row, array.cell.col):
            yield array.cell.ref


@rule("Excel: two array formulas over one cell make the file unreadable", sheets)
def arrays_do_not_meet(sheet: Sheet) -> Iterator[str]:
    """No two array formulas fill one cell."""
    for at, array in enumerate(sheet.arrays):
        yield from (
            f"{array.cell.ref}, {other.cell.ref}" for other in sheet.arrays[:at] if array.area.meets(other.area)
        )


@rule("Excel: a cell of an array formula has no formula of its own; a spill shows #SPILL!", sheets)
def no_formula_within_an_array(sheet: Sheet) -> Iterator[str]:
    """No formula stands where another formula's values are."""
    for array in sheet.arrays:
        for cell in sheet.formulas:
            if cell is not array.cell and array.area.holds(cell.row, cell.col):
                yield f"{cell.ref} in {array.cell.ref}"


@rule("[MS-XLSX] 2.2.4.5, cm is a number of cellMetadata, from 1", sheets)
def marks_are_there(sheet: Sheet) -> Iterator[str]:
    """The mark of a cell (``cm``, ``vm``) is there in the metadata, and stands at an array formula."""
    parts = sheet.book.linked(sheet.book.main, "sheetMetadata")
    root = sheet.book.tree(parts[0]) if parts else None
    for name, kind in (("cm", "cellMetadata"), ("vm", "valueMetadata")):
        found = None if root is None else root.find(MAIN + kind)
        count = 0 if found is None else len(found)
        for cell in sheet.cells:
            mark = cell.element.get(name)
            if mark and not 1 <= int(mark) <= count:
                yield f"{cell.ref}: {name} {mark}"
            if name == "cm" and mark and (cell.formula is None or cell.formula.get("t") != "array"):
                yield f"{cell.ref}: no array formula"


@rule("Excel shows an array formula without cm as {=...} of a fixed size: the next order is cut off", sheets)
def arrays_spill(sheet: Sheet) -> Iterator[str]:
    """Every array formula has the mark of one that spills."""
    yield from (array.cell.ref for array in sheet.arrays if not array.cell.element.get("cm"))


@rule("ECMA-376-1 18.3.1.40, si: the first cell of a shared formula has its text and its area", sheets)
def shared_formulas_have_a_first(sheet: Sheet) -> Iterator[str]:
    """A shared formula is written out at its first cell."""
    shared = [cell for cell in sheet.formulas if cell.formula is not None and cell.formula.get("t") == "shared"]
    given = {c.formula.get("si") for c in shared if c.formula is not None and c.formula.text and c.formula.get("ref")}
    yield from (cell.ref for cell in shared if cell.formula is not None and cell.formula.get("si") not in given)


@rule("ECMA-376-1 18.3.1.55: Excel repairs merged cells that overlap", sheets)
def merges_do_not_meet(sheet: Sheet) -> Iterator[str]:
    """No two merges share a cell."""
    for at, one in enumerate(sheet.merges):
        yield from (str(one) for other in sheet.merges[:at] if one.meets(other))


@rule("ECMA-376-1 18.3.1.55: Excel writes no merge of one cell, and other readers repair it", sheets)
def merges_have_cells(sheet: Sheet) -> Iterator[str]:
    """A merge is of two cells or more."""
    yield from (str(one) for one in sheet.merges if (one.left, one.top) == (one.right, one.bottom))


@rule("Excel: a spill into a merged cell is #SPILL!", sheets)
def no_merge_within_an_array(sheet: Sheet) -> Iterator[str]:
    """No merged cells stand where a formula's values are."""
    for array in sheet.arrays:
        yield from (f"{one} in {array.cell.ref}" for one in sheet.merges if one.meets(array.area))


@rule("Excel hides what stands in a merged cell but for the first", sheets)
def merges_hide_nothing(sheet: Sheet) -> Iterator[str]:
    """Of merged cells only the first has anything."""
    for one in sheet.merges:
        for row, col in itertools.product(range(one.top, one.bottom + 1), range(one.left, one.right + 1)):
            cell = sheet.by_place.get((row, col))
            first = (row, col) == (one.top, one.left)
            if not first and cell is not None and (cell.value is not None or cell.inline is not None):
                yield cell.ref


@rule("ECMA-376-1 18.3.1.55, .33 and .95: count", sheets)
def counts_are_true(sheet: Sheet) -> Iterator[str]:
    """A list of a sheet is as long as it says, and not empty."""
    for name in ("mergeCells", "dataValidations", "tableParts"):
        for one in sheet.all(name):
            if not len(one) or int(one.get("count") or len(one)) != len(one):
                yield f"{name}: {one.get('count')}, has {len(one)}"
    yield from (f"merge {one} twice" for one in twice(sheet.merges))
