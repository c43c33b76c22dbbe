"""Rules of the package: the zip, the content types, the relationships, the XML of the parts."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator

from lxml import etree

from tests.gate.book import COMPATIBILITY, LINK, MAIN, TYPES, Book
from tests.gate.rule import rule, twice

OPC = "ECMA-376-2"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: The main part's type by the file's ending; Excel refuses a file whose ending says otherwise.
MAIN_TYPES = {
    "xlsx": f"{_SHEET}.sheet.main+xml",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
}
#: What a relationship leads to, by the last word of its type.
LED_TO = {
    "worksheet": f"{_SHEET}.worksheet+xml",
    "styles": f"{_SHEET}.styles+xml",
    "sharedStrings": f"{_SHEET}.sharedStrings+xml",
    "sheetMetadata": f"{_SHEET}.sheetMetadata+xml",
    "table": f"{_SHEET}.table+xml",
    "comments": f"{_SHEET}.comments+xml",
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
    "drawing": "application/vnd.openxmlformats-officedocument.drawing+xml",
    "chart": "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
    "vbaProject": "application/vnd.ms-office.vbaProject",
    "core-properties": "application/vnd.openxmlformats-package.core-properties+xml",
    "extended-properties": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
}
#: A whole moment of W3CDTF, as Excel writes it.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


# -- the zip ---------------------------------------------------------------------------------------------------


@rule(f"{OPC} 6.2.2.3, two names that differ in letters' case are one", first=True)
def part_names_are_distinct(book: Book) -> Iterator[str]:
    """No two parts have one name, whatever the case of its letters."""
    yield from twice(member.filename.lower() for member in book.members)


@rule(f"{OPC} 6.2.2.2, the names of parts", first=True)
def part_names_are_plain(book: Book) -> Iterator[str]:
    r"""A part's name is printable ASCII, without ``\``, empty segments, or segments that end with a dot."""
    for member in book.members:
        segments = member.filename.split("/")
        if re.search(r"[^\x21-\x7e]|[\\%?#]", member.filename) or any(not one or one.endswith(".") for one in segments):
            yield repr(member.filename)


@rule(f"{OPC} C.4, table C.1: stored or deflated, nothing else", first=True)
def parts_are_deflated(book: Book) -> Iterator[str]:
    """Every part is stored or deflated; none is encrypted."""
    for member in book.members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or member.flag_bits & 1:
            yield member.filename


# -- content types ---------------------------------------------------------------------------------------------


@rule(f"{OPC} 6.2.3, every part has a media type", first=True)
def parts_have_a_type(book: Book) -> Iterator[str]:
    """Every part has a content type, and none the one of any XML."""
    for name, kind in book.types.items():
        if not kind or (kind == "application/xml" and not name.startswith("docProps/")):
            yield f"{name}: {kind or 'none'}"


@rule(f"{OPC} 6.2.3.3: Excel says that it found unreadable content", first=True)
def types_name_parts(book: Book) -> Iterator[str]:
    """The list of content types names parts that are there, each once, and no ending twice."""
    own = [str(one.get("PartName")) for one in book.tree(TYPES) if one.get("PartName")]
    endings = [str(one.get("Extension")).lower() for one in book.tree(TYPES) if one.get("Extension")]
    yield from twice(own)
    yield from twice(endings)
    yield from (name for name in own if name.lstrip("/") not in book.parts)


@rule("Excel does not open a file whose ending and main type differ", first=True)
def ending_and_type_agree(book: Book) -> Iterator[str]:
    """The workbook's content type is that of the file's ending."""
    kind = book.types.get(book.main, "")
    if kind != MAIN_TYPES[book.name.rpartition(".")[2]]:
        yield kind


@rule("[MS-OFFMACRO2] 2.2.1: macros only in a macro-enabled file", first=True)
def macros_are_in_a_macro_file(book: Book) -> Iterator[str]:
    """A file has macros exactly when its type says so, and they are an OLE file."""
    macros = book.linked(book.main, "vbaProject")
    if bool(macros) != ("macroEnabled" in book.types.get(book.main, "")):
        yield ", ".join(macros) or "no macros"
    yield from (part for part in macros if not book.parts[part].startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


# -- relationships ---------------------------------------------------------------------------------------------


def _of(rels: str) -> str:
    """The part whose relationships a part has.

    >>> _of("xl/_rels/workbook.xml.rels"), _of("_rels/.rels")
    ('xl/workbook.xml', '')
    """
    folder, name = posixpath.split(rels)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def sources(book: Book) -> Iterable[tuple[str, tuple[Book, str]]]:
    """Everything that leads somewhere: the package, and parts with relationships."""
    return [(name, (book, _of(name))) for name in book.parts if name.endswith(".rels")]


@rule(f"{OPC} 6.5.2, a relationships part belongs to a part", sources, first=True)
def links_belong_to_a_part(given: tuple[Book, str]) -> Iterator[str]:
    """Relationships stand beside a part that is there."""
    book, part = given
    if part and part not in book.parts:
        yield part


@rule(f"{OPC} 6.5.3.4, ids are unique within the part", sources, first=True)
def link_ids_are_distinct(given: tuple[Book, str]) -> Iterator[str]:
    """No part has two relationships of one id."""
    book, part = given
    yield from twice(link.id for link in book.links(part))


@rule(f"{OPC} 6.5.3.4: Excel says that it found unreadable content", sources, first=True)
def links_lead_to_parts(given: tuple[Book, str]) -> Iterator[str]:
    """A relationship within the package leads to a part that is there."""
    book, part = given
    yield from (link.target for link in book.links(part) if not link.external and link.target not in book.parts)


@rule("ECMA-376-1 12.3 and 15.2, what each relationship leads to", sources, first=True)
def links_lead_to_their_type(given: tuple[Book, str]) -> Iterator[str]:
    """A relationship leads to a part of its type."""
    book, part = given
    for link in book.links(part):
        kind = book.types.get(link.target)
        if not link.external and link.kind in LED_TO and kind not in (None, LED_TO[link.kind]):
            yield f"{link.kind}: {kind}"


@rule("house rule: a workbook fetches nothing; the Trust Center warns of links to other files", sources)
def only_pages_are_outside(given: tuple[Book, str]) -> Iterator[str]:
    """What lies outside the package is a page that a person may click on, over https."""
    book, part = given
    for link in book.links(part):
        if link.external and (link.kind != "hyperlink" or not link.target.startswith("https://")):
            yield link.target


@rule(f"{OPC} 6.5.1: Excel drops on saving what no relationship leads to", first=True)
def parts_are_reached(book: Book) -> Iterator[str]:
    """Every part is led to, from the package on."""
    reached, ahead = {TYPES}, [""]
    while ahead:
        part = ahead.pop()
        reached.add(part)
        ahead += [link.target for link in book.links(part) if not link.external and link.target not in reached]
    yield from (name for name in book.parts if name not in reached and not name.endswith(".rels"))


def not_relationships(book: Book) -> Iterable[tuple[str, tuple[Book, str]]]:
    return [(name, (book, name)) for name in book.xml_parts if not name.endswith(".rels") and name != TYPES]


@rule("ECMA-376-1 22.8.2.1, r:id is the id of a relationship of its part", not_relationships, first=True)
def ids_have_links(given: tuple[Book, str]) -> Iterator[str]:
    """Every id that a part mentions is one of its relationships."""
    book, part = given
    if LINK[1:-1].encode() not in book.parts[part]:
        return
    heads = (
        one for one in book.tree(part).iter() if one.tag not in (f"{MAIN}row", f"{MAIN}c", f"{MAIN}v", f"{MAIN}is")
    )
    mentioned = {value for one in heads for key, value in one.attrib.items() if str(key).startswith(LINK)}
    yield from sorted(mentioned - {link.id for link in book.links(part)})


@rule("ECMA-376-1 12.2: exactly one main document", first=True)
def one_main_document(book: Book) -> Iterator[str]:
    """The package leads to one workbook, and at most one set of core properties."""
    kinds = [link.kind for link in book.links("")]
    if kinds.count("officeDocument") != 1:
        yield f"{kinds.count('officeDocument')} main documents"
    if kinds.count("core-properties") > 1:
        yield "core properties twice"


# -- XML -------------------------------------------------------------------------------------------------------


def raw_parts(book: Book) -> Iterable[tuple[str, bytes]]:
    return [(name, book.parts[name]) for name in book.xml_parts]


def named_parts(book: Book) -> Iterable[tuple[str, tuple[Book, str]]]:
    return [(name, (book, name)) for name in book.xml_parts]


@rule("XML 1.0 2.1; characters that XML has no place for are in it too (2.2)", named_parts, first=True)
def xml_is_well_formed(given: tuple[Book, str]) -> Iterator[str]:
    """A part is well-formed XML."""
    book, part = given
    try:
        book.tree(part)
    except etree.XMLSyntaxError as error:
        yield str(error)


@rule(f"{OPC} 6.2.5: no document type declarations; Excel refuses the file", raw_parts, first=True)
def xml_has_no_doctype(data: bytes) -> Iterator[str]:
    """A part has no DOCTYPE, and so no entity."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        yield "DOCTYPE"


@rule(f"{OPC} 6.2.5: UTF-8 or UTF-16; what we write is UTF-8 without a mark", raw_parts, first=True)
def xml_is_utf_8(data: bytes) -> Iterator[str]:
    """A part is UTF-8, without a byte order mark, and says nothing else."""
    said = re.match(rb"<\?xml[^>]*encoding=[\"']([^\"']+)", data)
    if data[:3] == b"\xef\xbb\xbf" or b"\0" in data[:4] or (said and said[1].lower() != b"utf-8"):
        yield repr(data[:20])


@rule("ECMA-376-3 7.2: an undeclared prefix makes the file unreadable", named_parts, first=True)
def ignored_prefixes_are_declared(given: tuple[Book, str]) -> Iterator[str]:
    """A prefix that may be ignored, or must be understood, is declared."""
    book, part = given
    for one in book.tree(part).iter() if COMPATIBILITY[1:-1].encode() in book.parts[part] else ():
        for name in ("Ignorable", "MustUnderstand"):
            for prefix in (one.get(COMPATIBILITY + name) or "").split():
                if prefix not in one.nsmap:
                    yield prefix


@rule(f"{OPC} 8.3.3, W3CDTF")
def core_properties_have_moments(book: Book) -> Iterator[str]:
    """The days in the core properties are whole moments."""
    for part in book.linked("", "core-properties"):
        for one in book.tree(part):
            if str(one.tag).endswith(("}created", "}modified")) and not _MOMENT.fullmatch(one.text or ""):
                yield str(one.text)
