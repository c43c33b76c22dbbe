"""The plain form of a worksheet part, which the fast readers and the patcher know, and how to bring any other
to it.

Plain means: UTF-8, attributes in double quotes, ``r=`` on every row and cell, rows and cells in order, no
comments, CDATA or processing instructions among the rows. Every program that writes workbooks in earnest
writes so, with or without a namespace prefix or line breaks. What meets another form raises `NotPlain`; the
part then goes through `plain`, a full XML parser, once, which leaves its content as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from xml.parsers import expat

from xl_infusion.spreadsheet.xlsx.errors import (
    DO_NOT_OPEN,
    REPAIR,
    SAVE_ANEW,
    DamagedWorkbook,
    HostileWorkbook,
    NotPlain,
)
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, cell_name, number

_ATTRS = rb'(?:\s+[\w:.-]+="[^"<]*")*'
_HEAD = re.compile(rb"<((?:[\w.-]+:)?)sheetData(" + _ATTRS + rb")\s*(/?)>")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_ATTR = re.compile(rb'(?<![\w:.-])([\w:.-]+)="([^"<]*)"')
_CELL_NAME = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True)
class Patterns:
    """What the elements of a plain sheet look like under one namespace prefix."""

    row: re.Pattern[bytes]
    row_end: re.Pattern[bytes]
    cell: re.Pattern[bytes]
    cell_tag: re.Pattern[bytes]
    other_cell: re.Pattern[bytes]
    strange_cell: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    dimension: re.Pattern[bytes]
    col: re.Pattern[bytes]
    end: bytes


@cache
def patterns(prefix: bytes) -> Patterns:
    """The patterns for ``<row>`` (prefix empty) or ``<x:row>`` (prefix ``x:``)."""

    def compiled(text: bytes) -> re.Pattern[bytes]:
        return re.compile(text.replace(b"@", re.escape(prefix)).replace(b"~", _ATTRS), re.DOTALL)

    return Patterns(
        # 1 attributes, 2 "/" of an empty row
        row=compiled(rb"<@row(~)\s*(/?)>"),
        row_end=compiled(rb"</@row\s*>\s*"),
        # 1 column, 2 row, 3 more attributes, 4 formula, 5 value, 6 extension
        cell=compiled(
            rb'<@c(?:\s+r="([A-Z]{1,3})([0-9]{1,7})")?(~)\s*(?:/>|>\s*'
            rb"(?:(<@f~\s*(?:/>|>[^<]*</@f\s*>))\s*)?"
            rb"(?:(<@v~\s*(?:/>|>[^<]*</@v\s*>))\s*)?"
            rb"(?:<@is~\s*(?:/>|>.*?</@is\s*>)\s*)?"
            rb"(<@extLst~\s*>.*?</@extLst\s*>)?\s*</@c\s*>)"
        ),
        cell_tag=compiled(rb'<@c(?:\s+r="([A-Z]{1,3})([0-9]{1,7})")?(~)\s*/?>\s*'),
        # a cell that does not begin with its position
        other_cell=compiled(rb'<@c(?! r="[A-Z]{1,3}[0-9]{1,7}"[ />])[\s/>]'),
        # a cell under another prefix
        strange_cell=compiled(rb"<(?!@c[\s/>])(?:[^\s<>/:]*:)?c[\s/>]"),
        # 1 attributes, 2 text, 3 tag of the value; neither 1 nor 2: not plain
        formula=compiled(rb"<@f(?=[\s/>])(?:(~)\s*(?:/>|>([^<]*)</@f\s*>)\s*(<@v(?:\s[^<>]*)?>)?)?"),
        dimension=compiled(rb'(<@dimension(?:\s+[\w:.-]+="[^"<]*")*?\s+ref=")([^"]*)'),
        col=compiled(rb"<@col(~)\s*/?>"),
        end=b"</" + prefix + b"sheetData",
    )


def attributes(text: bytes) -> dict[bytes, bytes]:
    """The attributes of a plain start tag, as they are written.

    >>> attributes(b' r="B2" t="str"')
    {b'r': b'B2', b't': b'str'}
    """
    return dict(_ATTR.findall(text))


def sheet_data(head: bytes) -> re.Match[bytes] | None:
    """The start tag of the rows, in the first bytes of a part: 1 prefix, 2 attributes, 3 "/" when there are
    none.

    `NotPlain` when it cannot be relied on; None when it is not among these bytes.
    """
    if head[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        raise NotPlain
    found = _HEAD.search(head)
    before = head if found is None else head[: found.start()]
    if b"<!" in before or before.find(b"<?", 5) >= 0:
        raise NotPlain
    if found is not None:
        encoding = _ENCODING.match(before.removeprefix(b"\xef\xbb\xbf"))
        if encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
            raise NotPlain
    return found


def columns(head: bytes, prefix: bytes) -> list[tuple[int, int, bytes]]:
    """The columns that have a look: the first, the last, and its number. `NotPlain` when they cannot be relied on.

    >>> columns(b'<cols><col min="2" max="3" width="9" style="7"/></cols>', b"")
    [(2, 3, b'7')]
    """
    tags = [attributes(found[1]) for found in patterns(prefix).col.finditer(head)]
    if len(tags) != len(re.findall(rb"<" + prefix + rb"col\s", head)):
        raise NotPlain
    return [(int(tag.get(b"min", b"0")), int(tag.get(b"max", b"0")), tag.get(b"style", b"0")) for tag in tags]


@dataclass(frozen=True, slots=True)
class Rows:
    """A plain worksheet part, and where in it the rows begin and end."""

    data: bytes
    prefix: bytes
    start: int
    end: int


def rows_of(data: bytes) -> Rows:
    """The rows of a worksheet part. `NotPlain` when it is not plain."""
    found = sheet_data(data)
    if found is None:
        raise NotPlain
    rows = Rows(
        data,
        found[1],
        found.end(),
        found.end() if found[3] else data.find(patterns(found[1]).end, found.end()),
    )
    if rows.end < 0 or has_other_markup(data, rows.start, rows.end):
        raise NotPlain
    if patterns(rows.prefix).other_cell.search(data, rows.start, rows.end):
        raise NotPlain
    # a cell under another prefix is none for us, and one for a reader that looks at the name behind it
    others = rows.prefix or data.find(b":c", rows.start, rows.end) >= 0
    if others and patterns(rows.prefix).strange_cell.search(data, rows.start, rows.end):
        raise NotPlain
    return rows


def has_other_markup(data: bytes, start: int, end: int) -> bool:
    """Whether there is a comment, CDATA or a processing instruction: what could hold tags that are none."""
    # looking for one character first is three times as fast, and mostly the answer
    marks = [mark for mark in (b"!", b"?") if data.find(mark, start, end) >= 0]
    return any(data.find(b"<" + mark, start, end) >= 0 for mark in marks)


def position(found: re.Match[bytes]) -> tuple[int, int]:
    """Row and column of a matched cell (groups 1 to 3 of a cell pattern). `NotPlain` without them."""
    if found[1] is not None:
        return int(found[2]), number(found[1])
    name = attributes(found[3]).get(b"r")
    parts = None if name is None else _CELL_NAME.fullmatch(name.decode())
    if parts is None or parts[1] != parts[1].upper():
        raise NotPlain
    return int(parts[2]), number(parts[1])


def no_doctype(pieces: Iterable[bytes], label: str, part: str) -> None:
    """Refuses an XML part that declares a document type; reads no further than its first element."""
    parser = expat.ParserCreate()
    begun: list[str] = []

    def doctype(*_: object) -> None:
        raise HostileWorkbook(f"{label}: {part} declares XML entities, which no workbook does; {DO_NOT_OPEN}")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda name, _: begun.append(name)
    try:
        for piece in pieces:
            parser.Parse(piece)
            if begun:
                return
    except expat.ExpatError:
        return  # whoever needs the part says so; what nobody reads is copied as it is


def plain(pieces: Iterable[bytes], place: str) -> bytes:
    """The plain form of a worksheet part in any correct form. ``place`` names file and part in errors.

    Errors: `HostileWorkbook` (document type), `DamagedWorkbook` (not well-formed, rows or cells out of
    order).
    """
    return _Plain(place).written(pieces)


class _Plain:
    """Hears a parser out and writes the same again, with the positions that rows and cells left unsaid."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.out: list[str] = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
        self.prefix = ""
        self.path: list[str] = []
        self.row = self.col = 0
        self.open = False

    def written(self, pieces: Iterable[bytes]) -> bytes:
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            for piece in pieces:
                parser.Parse(piece)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise DamagedWorkbook(f"{self.place}: is no correct XML ({error}); {REPAIR}") from error
        return "".join(self.out).encode()

    def _doctype(self, *_: object) -> None:
        raise HostileWorkbook(f"{self.place}: declares XML entities, which no workbook does; {DO_NOT_OPEN}")

    def _shut(self) -> None:
        if self.open:
            self.out.append(">")
            self.open = False

    def _start(self, name: str, attrs: list[str]) -> None:
        self._shut()
        if not self.path:
            self.prefix = name.removesuffix("worksheet") if name.endswith("worksheet") else ""
        if self.path[1:2] == [f"{self.prefix}sheetData"]:
            depth = len(self.path)
            if depth == 2 and name == f"{self.prefix}row":
                self._row(attrs)
            elif depth == 3 and name == f"{self.prefix}c":
                self._cell(attrs)
        self.path.append(name)
        self.out.append(f"<{name}")
        for key, value in zip(attrs[::2], attrs[1::2], strict=True):
            self.out.append(f' {key}="{_in_attribute(value)}"')
        self.open = True

    def _row(self, attrs: list[str]) -> None:
        given = _take(attrs, "r")
        row = self.row + 1 if given is None else int(given) if given.strip().isdecimal() else 0
        if not self.row < row <= MAX_ROW:
            raise self._disorder(f"row {given}")
        self.row, self.col = row, 0
        attrs[:0] = ["r", str(row)]

    def _cell(self, attrs: list[str]) -> None:
        given = _take(attrs, "r")
        row, col = self.row, self.col + 1
        if given is not None:
            parts = _CELL_NAME.fullmatch(given.strip())
            row, col = (int(parts[2]), number(parts[1].upper())) if parts else (0, 0)
        if row != self.row or not self.col < col <= MAX_COL:
            raise self._disorder(f"cell {given or cell_name(self.row, col)}")
        self.col = col
        attrs[:0] = ["r", cell_name(row, col)]

    def _disorder(self, what: str) -> DamagedWorkbook:
        return DamagedWorkbook(f"{self.place}: {what} is out of its order; {SAVE_ANEW}")

    def _end(self, name: str) -> None:
        self.path.pop()
        self.out.append("/>" if self.open else f"</{name}>")
        self.open = False

    def _text(self, text: str) -> None:
        self._shut()
        self.out.append(_in_text(text))


def _take(attrs: list[str], name: str) -> str | None:
    """Removes an attribute from the flat list of an element's names and values."""
    for at in range(0, len(attrs), 2):
        if attrs[at] == name:
            value = attrs[at + 1]
            del attrs[at : at + 2]
            return value
    return None


def _in_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _in_attribute(text: str) -> str:
    return _in_text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
