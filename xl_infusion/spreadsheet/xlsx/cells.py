"""The values that stand in a worksheet part, read by calamine from bytes that the guards have passed.

Calamine gives a blank for a true error and gives up on a sheet that has one of Excel's newer errors; a single
cell in the last row and column makes it reserve the whole sheet, and so does a number of texts that is not
true. So the rows of a sheet, and nothing that stands around them, go to it in a small archive of their own,
with their errors turned to text, once each cell's place is known to be sound; the number of the texts is held
against their bytes. Afterwards the errors are put back as errors.
"""

from __future__ import annotations

import contextlib
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import cast
from xml.parsers import expat

import python_calamine

from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.xlsx.archive import STORED, Packed, assembled, deflated
from xl_infusion.spreadsheet.xlsx.errors import DO_NOT_OPEN, SAVE_ANEW, DamagedWorkbook, HostileWorkbook, NotPlain
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, cell_name, letters, number
from xl_infusion.spreadsheet.xlsx.plain import Rows, patterns, position

#: The cells that a sheet's used range may have, blank ones included: 100 columns of 200,000 rows.
MAX_CELLS = 20_000_000

_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: The start tag of an element that names a cell, unless it is empty. A > may stand in an attribute.
_FILLED = re.compile(rb' r="([A-Z]{1,3})([0-9]{1,7})"(?!(?:\s+[\w:.-]+="[^"<>]*")*\s*/>)')
#: The root of the texts.
_TEXTS = re.compile(rb"<(?:[^\s<>/]*:)?sst[\s/>]")
#: A cell that points to a shared text with something else than its number: calamine takes it for the first text.
_NO_TEXT = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*>\s*<(?:[\w.-]+:)?v(?:\s[^<>]*)?>(?![0-9]{0,15}<)""")
_HEAD = 1 << 14
_TYPE_ERROR = re.compile(rb'(\s)t="e"')


def values(rows: Rows, place: str, *, shared: Mapping[str, Packed], date1904: bool) -> list[list[object]]:
    """The values of a plain worksheet part from A1 on.

    ``shared``: the parts "styles" and "sharedStrings", where there are any. Errors: `NotPlain`,
    `DamagedWorkbook` (a number that is none, an unknown text), `HostileWorkbook` (more than `MAX_CELLS` cells
    between A1 and the last).
    """
    _check_extent(rows, place)
    if _NO_TEXT.search(rows.data, rows.start, rows.end):
        raise DamagedWorkbook(f"{place}: has a cell that points to no text; {SAVE_ANEW}")
    errors, pieces = _errors(rows)
    try:
        file = io.BytesIO(_small(_alone(pieces), shared, date1904))
        with python_calamine.CalamineWorkbook.from_filelike(file) as book:
            grid = cast("list[list[object]]", book.get_sheet_by_index(0).to_python(skip_empty_area=False))
    except (python_calamine.CalamineError, OverflowError, ValueError) as error:
        raise DamagedWorkbook(f"{place}: has a cell that cannot be read ({error}); {SAVE_ANEW}") from error
    except BaseException as error:
        # what Rust calls a panic is no Exception, and its class cannot be imported
        if type(error).__name__ != "PanicException":
            raise
        raise DamagedWorkbook(f"{place}: has a cell that cannot be read; {SAVE_ANEW}") from error
    for row, col in errors:
        if row <= len(grid) and col <= len(grid[row - 1]):
            code = grid[row - 1][col - 1]
            if isinstance(code, str) and code:
                grid[row - 1][col - 1] = ExcelError(code)
    return grid


def check_texts(pieces: Iterable[bytes], size: int, place: str) -> None:
    """Refuses a part of shared texts that says of itself that it has more of them than fit into its bytes.

    A reader makes room for that many before it reads the first. Errors: `HostileWorkbook`.
    """
    data = b"".join(pieces)
    parser = expat.ParserCreate(namespace_separator=" ")
    begun: list[str] = []

    def start(name: str, attrs: dict[str, str]) -> None:
        begun.append(name)
        if name.rpartition(" ")[2] == "sst":
            for said in (attrs.get(key, "").strip()[:30] for key in ("count", "uniqueCount")):
                if said.isdecimal() and int(said) > size:
                    what = f"says that it holds {said} texts in {size:,} bytes"
                    raise HostileWorkbook(f"{place}: {what}; {DO_NOT_OPEN}")

    parser.StartElementHandler = start
    several = len(_TEXTS.findall(data)) > 1  # one says it at the root, and nothing behind it matters
    with contextlib.suppress(expat.ExpatError):  # who reads it says so
        for at in range(0, len(data), _HEAD):
            parser.Parse(data[at : at + _HEAD])
            if begun and not several:
                return


def _alone(pieces: list[memoryview | bytes]) -> Packed:
    """A worksheet of rows and nothing else, as it is."""
    data = b"".join([b"<worksheet><sheetData>", *pieces, b"</sheetData></worksheet>"])
    return Packed(data, zlib.crc32(data), len(data), STORED)


def _errors(rows: Rows) -> tuple[list[tuple[int, int]], list[memoryview | bytes]]:
    """The cells of type error, and the rows with their codes as text."""
    data, start, end = rows.data, rows.start, rows.end
    tag, opening = patterns(rows.prefix).cell_tag, b"<" + rows.prefix + b"c "
    found: list[tuple[int, int]] = []
    out: list[memoryview | bytes] = []
    whole, copied = memoryview(data), start
    for at in [*_in_tags(data, b"'e'", opening, start, end), *_in_tags(data, b'"e"', opening, start, end)]:
        cell = tag.match(data, data.rfind(b"<", start, at), end)
        if cell is None:
            raise NotPlain
        text, changed = _TYPE_ERROR.subn(rb'\1t="str"', cell[0])
        if changed and cell.start() >= copied:
            found.append(position(cell))
            out += [whole[copied : cell.start()], text]
            copied = cell.end()
    return found, [*out, whole[copied:end]]


def _in_tags(data: bytes, text: bytes, opening: bytes, start: int, end: int) -> Iterator[int]:
    """Where a text stands inside the tag of a cell."""
    if data.find(text[:1], start, end) < 0:
        return  # looking for one character is far faster, and the answer for apostrophes mostly
    at = data.find(text, start, end)
    while at >= 0:
        tag = data.rfind(b"<", start, at)
        if data.startswith(opening, tag) and data.find(b">", tag, at) < 0:
            yield at
        at = data.find(text, at + 1, end)


def _check_extent(rows: Rows, place: str) -> None:
    """Refuses a part whose far-off cells would make its used range larger than `MAX_CELLS`."""
    data, start, end = rows.data, rows.start, rows.end
    if not _beyond(MAX_CELLS // MAX_ROW).search(data, start, end):
        return
    # the used range ends at the last cell that is not empty; a style alone does not count
    cells = _FILLED.findall(data, start, end)
    last_row = max((int(row) for _, row in cells), default=1)
    last_col = max((number(col) for col in {col for col, _ in cells}), default=1)
    if last_row > MAX_ROW or last_col > MAX_COL:
        raise DamagedWorkbook(f"{place}: has cells beyond the sheet's edge; {SAVE_ANEW}")
    if last_row * last_col > MAX_CELLS:
        raise HostileWorkbook(
            f"{place}: reaches to {cell_name(last_row, last_col)}, {last_row * last_col:,} cells; delete"
            f" what stands far below or to the right, at most {MAX_CELLS:,} are read"
        )


@cache
def _beyond(col: int) -> re.Pattern[bytes]:
    """Finds a cell to the right of a column, or in a row of seven digits: some of them are beyond the edge."""
    last = letters(col)
    longer = [f"[A-Z]{{{len(last) + 1},}}"]
    greater = [
        f"{last[:at]}[{chr(ord(letter) + 1)}-Z][A-Z]{{{len(last) - at - 1}}}"
        for at, letter in enumerate(last)
        if letter != "Z"
    ]
    below = ["[A-Z]+[0-9]{6}"]
    return re.compile(f' r="(?:{"|".join(longer + greater + below)})[0-9]'.encode())


def _small(sheet: Packed, shared: Mapping[str, Packed], date1904: bool) -> bytes:
    """A workbook of one sheet, with the styles and texts that its cells point to."""
    kinds = ("worksheet", *shared)
    types = {"workbook": "sheet.main", **{kind: kind for kind in kinds}}
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_CONTENT_TYPE}.{kind}+xml"/>'
        for part, kind in types.items()
    )
    link = f'<Relationship Id="%s" Type="{_RELATIONSHIPS}/%s" Target="%s.xml"/>'
    links = f'<Relationships xmlns="{_PACKAGE}/relationships">%s</Relationships>'
    book = (
        f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_RELATIONSHIPS}">'
        f'<workbookPr date1904="{int(date1904)}"/>'
        f'<sheets><sheet name="sheet" sheetId="1" r:id="worksheet"/></sheets></workbook>'
    )
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{overrides}</Types>',
        "_rels/.rels": links % link % ("workbook", "officeDocument", "xl/workbook"),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": links % "".join(link % (kind, kind, kind) for kind in kinds),
    }
    parts = {name: deflated([text.encode()]) for name, text in texts.items()}
    parts["xl/worksheet.xml"] = sheet
    parts.update({f"xl/{kind}.xml": part for kind, part in shared.items()})
    return assembled(parts)
