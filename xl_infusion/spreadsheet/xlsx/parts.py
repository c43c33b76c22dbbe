"""What the parts of a package say of each other: sheets, tables, names, cell metadata."""

from __future__ import annotations

import contextlib
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from xl_infusion.spreadsheet.xlsx.archive import Archive
from xl_infusion.spreadsheet.xlsx.empty_texts import may_be_empty
from xl_infusion.spreadsheet.xlsx.errors import DO_NOT_OPEN, DamagedWorkbook, HostileWorkbook, NotAWorkbook
from xl_infusion.spreadsheet.xlsx.grid import Ref, parse_ref

#: Content types of the main part, by what a person calls the file. None: a workbook that can be read.
_OTHERS = (
    ("sheet.binary", "a binary workbook (.xlsb): in Excel, save it as .xlsx or .xlsm"),
    ("wordprocessingml", "a Word document, not a workbook"),
    ("ms-word", "a Word document, not a workbook"),
    ("presentationml", "a PowerPoint presentation, not a workbook"),
    ("ms-powerpoint", "a PowerPoint presentation, not a workbook"),
    ("visio", "a Visio drawing, not a workbook"),
)
_MIMETYPES = {
    "spreadsheet": "an OpenDocument spreadsheet (.ods): in LibreOffice, save it as .xlsx",
    "text": "an OpenDocument text, not a workbook",
    "presentation": "an OpenDocument presentation, not a workbook",
    "epub+zip": "an e-book, not a workbook",
}
#: The endings of workbooks by the content type of their main part; any other is .xlsx.
_ENDINGS = {
    "sheet.macroenabled": ".xlsm", "template.macroenabled": ".xltm", "addin.macroenabled": ".xlam",
    "template.main": ".xltx",
}  # fmt: skip
_DYNAMIC_ARRAY = "XLDAPR"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true", "on")
_FALSE = ("0", "false", "off")
#: The ``calcId`` of a workbook that was filled, where formulas without a result wait for Excel: what has one is
#: current. No Excel had that number; one that opens the file calculates anew, and writes its own.
FILLED = "104729"
#: The same where cells were typed into it by a command: what reads them is no longer current.
TYPED = "104743"


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name, its part, and whether it is "visible", "hidden" or "veryHidden"."""

    name: str
    part: str
    state: str


@dataclass(frozen=True)
class Table:
    """A table of a sheet. ``ref`` takes in header and totals; ``columns`` are the names people see."""

    name: str
    sheet: str
    ref: Ref
    header_rows: int
    totals_rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """A relationship of a part: its kind (the last word of its type) and the part it leads to."""

    kind: str
    part: str


@dataclass(frozen=True)
class Contents:
    """What a package holds."""

    book: str
    ending: str  # that a file of its kind has
    namespace: str  # of its elements
    date1904: bool
    as_displayed: bool
    sheets: tuple[Sheet, ...]
    grids: frozenset[str]  # names of the sheets that have cells
    tables: dict[str, Table]
    table_parts: tuple[str, ...]
    defined_names: dict[tuple[str | None, str], str]
    dynamic_cms: tuple[int, ...]
    metadata: str | None  # the part of the cell metadata, which may lack
    shared: dict[str, str]  # "styles", "sharedStrings" -> part
    links: dict[int, str]  # to other files, by their numbers in formulas
    signed: bool
    stale: bool
    ours: bool


class Parts:
    """Reads what an archive says of itself as a package."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.label = archive.label

    def contents(self) -> Contents:
        """Errors: `NotAWorkbook`, `DamagedWorkbook`, `HostileWorkbook`."""
        packaged = list(self._links("").values())
        book, root = self._book(packaged)
        links = self._links(book)
        sheets, grids = self._sheets(root, links)
        first = {link.kind: link.part for link in reversed(links.values())}
        tables = self._tables([sheet for sheet in sheets if sheet.name in grids])
        settings = list(_children(root, "calcPr"))  # without any it says not even that something was calculated
        return Contents(
            book=book,
            ending=self._ending(book),
            namespace=root.tag[1:].partition("}")[0],
            as_displayed=any(_false(one.get("fullPrecision")) for one in settings),
            date1904=any(_true(one.get("date1904")) for one in _children(root, "workbookPr")),
            sheets=sheets,
            grids=grids,
            tables={key: table for key, (table, _) in tables.items()},
            table_parts=tuple(part for _, part in tables.values()),
            defined_names=_defined_names(root, sheets),
            metadata=first.get("sheetMetadata"),
            dynamic_cms=self._dynamic(first.get("sheetMetadata")),
            shared={kind: first[kind] for kind in ("styles", "sharedStrings") if self._has(first.get(kind))},
            links=self._others(root, links),
            signed=self._is_signed(packaged),
            stale=not settings or any(map(_stale, settings)),
            ours=any(one.get("calcId") in (FILLED, TYPED) for one in settings),
        )

    def _book(self, packaged: Sequence[Link]) -> tuple[str, Any]:
        """The main part, by its name and as XML. Errors: `NotAWorkbook`."""
        book = next((link.part for link in packaged if link.kind == "officeDocument"), None)
        self._check_kind(book)
        if book is None:
            raise NotAWorkbook(f"{self.label}: is a zip archive without a workbook in it")
        root = self._xml(book)
        if _local(root.tag) != "workbook":
            raise NotAWorkbook(f"{self.label}: is a package without a workbook in it")
        return book, root

    def _is_signed(self, packaged: Sequence[Link]) -> bool:
        parts = (name.casefold() for name in self.archive.members)
        return any(link.kind == "origin" for link in packaged) or any(
            part.startswith("_xmlsignatures/") for part in parts
        )

    def empty_shared(self, part: str) -> frozenset[int]:
        """The numbers of the shared texts that have no letters."""
        member = self.archive.find(part)
        if member is None or not may_be_empty(self.archive.read(member)):
            return frozenset()
        texts = _children(self._xml(part), "si")
        return frozenset(at for at, text in enumerate(texts) if not _shown(text))

    def _has(self, part: str | None) -> bool:
        return part is not None and self.archive.find(part) is not None

    def _damaged(self, what: str) -> DamagedWorkbook:
        return DamagedWorkbook(f"{self.label}: {what}; open it in Excel, let it repair and save it")

    def _xml(self, part: str) -> Any:
        member = self.archive.find(part)
        if member is None:
            raise self._damaged(f"lacks its part {part}")
        try:
            return fromstring(self.archive.read(member), forbid_dtd=True)
        except DefusedXmlException as error:
            raise HostileWorkbook(
                f"{self.label}: {part} declares XML entities, which no workbook does; {DO_NOT_OPEN}"
            ) from error
        except (ParseError, LookupError, ValueError) as error:
            raise self._damaged(f"has no correct XML in {part} ({error})") from error

    def _links(self, part: str) -> dict[str, Link]:
        """The relationships of a part, or of the package itself, by their ids."""
        folder = posixpath.dirname(part)
        found = {}
        for one in self._relationships(part):
            if one.get("TargetMode") != "External" and one.get("Target"):
                kind = posixpath.basename(one.get("Type", ""))
                found[one.get("Id", "")] = Link(kind, self._target(folder, one.get("Target")))
        return found

    def _relationships(self, part: str) -> Iterator[Any]:
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        return _children(self._xml(place), "Relationship") if self._has(place) else iter(())

    def _others(self, root: Any, links: dict[str, Link]) -> dict[int, str]:
        """Where the workbook's links to other files lead, by their numbers; "" for one of which the file knows not."""
        found = {}
        for number, one in enumerate(_descendants(root, "externalReferences", "externalReference"), 1):
            link = links.get(_relationship(one))
            found[number] = ""
            with contextlib.suppress(DamagedWorkbook):  # it is copied as it is, and leads nowhere
                found[number] = self._file_behind(link.part) if link else ""
        return found

    def _file_behind(self, part: str) -> str:
        for book in _children(self._xml(part), "externalBook"):
            for one in self._relationships(part):
                if one.get("Id") == _relationship(book):
                    return str(one.get("Target", ""))
        return ""

    def _target(self, folder: str, target: str) -> str:
        part = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
        return part if self._has(part) else unquote(part)

    def _check_kind(self, book: str | None) -> None:
        mimetype = self.archive.find("mimetype")
        if mimetype is not None:
            text = self.archive.read(mimetype)[:100].decode("ascii", "replace").strip()
            kind = text.rpartition("/")[2].rpartition(".")[2].removesuffix("-template")
            what = _MIMETYPES.get(kind, "an OpenDocument file, not a workbook")
            raise NotAWorkbook(f"{self.label}: is {what}")
        if not self._has("[Content_Types].xml"):
            raise NotAWorkbook(f"{self.label}: is a zip archive without a workbook in it; unpack it first")
        for one in self._xml("[Content_Types].xml"):
            part, extension = one.get("PartName", ""), one.get("Extension")
            its = part.lstrip("/") == book if part else (book or "").endswith(f".{extension}")
            for mark, what in _OTHERS:
                if (its or book is None) and mark in one.get("ContentType", "").casefold():
                    raise NotAWorkbook(f"{self.label}: is {what}")

    def _ending(self, book: str) -> str:
        """The ending of a file with such a main part."""
        types = list(self._xml("[Content_Types].xml"))
        own = [one for one in types if one.get("PartName", "").lstrip("/").casefold() == book.casefold()]
        every = [one for one in types if book.casefold().endswith(f".{one.get('Extension', '/')}".casefold())]
        kind = next((one.get("ContentType", "").casefold() for one in own + every), "")
        return next((ending for mark, ending in _ENDINGS.items() if mark in kind), ".xlsx")

    def _sheets(self, root: Any, links: dict[str, Link]) -> tuple[tuple[Sheet, ...], frozenset[str]]:
        """The sheets, and the names of those that have cells."""
        sheets: list[Sheet] = []
        grids: set[str] = set()
        for one in _descendants(root, "sheets", "sheet"):
            name, link = one.get("name", ""), self._sheet_link(one, links)
            sheets.append(Sheet(name, link.part if link else "", one.get("state", "visible")))
            if any(_are_one(sheets[-1], before) for before in sheets[:-1]):
                raise self._damaged(f"has its sheet {name!r} twice")
            if link and link.part and link.kind == "worksheet":
                grids.add(name)
        if not sheets:
            raise self._damaged("has no sheets")
        return tuple(sheets), frozenset(grids)

    def _sheet_link(self, sheet: Any, links: dict[str, Link]) -> Link | None:
        """Where a sheet's part is; None without one: Excel keeps such a sheet for each module of an old macro."""
        target = _relationship(sheet)
        if not target:
            return None
        link = links.get(target)
        if link is None or not self._has(link.part):
            raise self._damaged(f"lacks the part of its sheet {sheet.get('name', '')!r}")
        return link

    def _tables(self, sheets: list[Sheet]) -> dict[str, tuple[Table, str]]:
        """The tables by their casefolded names, each with its part."""
        tables: dict[str, tuple[Table, str]] = {}
        for sheet in sheets:
            for link in self._links(sheet.part).values():
                if link.kind == "table":
                    table = self._table(sheet, self._xml(link.part), link.part)
                    if tables.setdefault(table.name.casefold(), (table, link.part))[0] is not table:
                        raise self._damaged(f"has its table {table.name!r} twice")
        return tables

    def _table(self, sheet: Sheet, root: Any, part: str) -> Table:
        ref = parse_ref(root.get("ref", ""))
        name = root.get("displayName") or root.get("name")
        if ref is None or not name:
            raise self._damaged(f"has a table without a range or a name in {part}")
        header, totals = (
            _count(root.get(key), default) for key, default in (("headerRowCount", 1), ("totalsRowCount", 0))
        )
        columns = _descendants(root, "tableColumns", "tableColumn")
        names = tuple(_unescaped(column.get("name", "")) for column in columns)
        return Table(name, sheet.name, ref, header, totals, names)

    def _dynamic(self, part: str | None) -> tuple[int, ...]:
        """The values of ``cm`` in a cell whose array may spill: places, from 1, in the cell metadata."""
        if part is None or not self._has(part):
            return ()
        root = self._xml(part)
        kinds = [one.get("name") for one in _descendants(root, "metadataTypes", "metadataType")]
        spilling = _spilling(root)

        def spills(rc: Any) -> bool:
            kind, value = _count(rc.get("t"), 0), _count(rc.get("v"), -1)
            return 0 < kind <= len(kinds) and kinds[kind - 1] == _DYNAMIC_ARRAY and value in spilling

        records = enumerate(_descendants(root, "cellMetadata", "bk"), 1)
        return tuple(at for at, record in records for rc in _children(record, "rc") if spills(rc))


def _are_one(sheet: Sheet, other: Sheet) -> bool:
    """Whether two sheets have one name, or one part."""
    return sheet.name.casefold() == other.name.casefold() or sheet.part == other.part != ""


def _spilling(root: Any) -> set[int]:
    """The places, from 0, of the records of cell metadata that say that an array spills."""
    spilling: set[int] = set()
    for future in _children(root, "futureMetadata"):
        if future.get("name") == _DYNAMIC_ARRAY:
            records = enumerate(_children(future, "bk"))
            spilling = {at for at, record in records if any(_true(one.get("fDynamic")) for one in record.iter())}
    return spilling


def _defined_names(root: Any, sheets: tuple[Sheet, ...]) -> dict[tuple[str | None, str], str]:
    found: dict[tuple[str | None, str], str] = {}
    for one in _descendants(root, "definedNames", "definedName"):
        at = _count(one.get("localSheetId"), -1)
        scope = sheets[at].name if 0 <= at < len(sheets) else None
        found[scope, one.get("name", "").casefold()] = one.text or ""
    return found


def _stale(settings: Any) -> bool:
    """Whether the calculation settings of a workbook call its stored results not current.

    >>> def stale(text):
    ...     return _stale(fromstring(f"<calcPr {text}/>"))
    >>> stale('fullCalcOnLoad="1"'), stale('calcCompleted="0"'), stale('calcMode="manual" calcOnSave="0"')
    (True, True, True)
    >>> stale('calcId="0"'), stale('iterateCount="100"')  # by no version of Excel; as LibreOffice has it
    (True, False)
    >>> stale('calcId="191029"'), stale('calcMode="manual"'), stale(f'calcId="{FILLED}" fullCalcOnLoad="1"')
    (False, False, False)
    """
    on_load = _true(settings.get("fullCalcOnLoad")) and settings.get("calcId") != FILLED
    pending = settings.get("calcMode") == "manual" and _false(settings.get("calcOnSave"))
    never = _false(settings.get("calcCompleted")) or settings.get("calcId") == "0"
    return on_load or pending or _true(settings.get("forceFullCalc")) or never


def _shown(text: Any) -> str:
    """What a cell shows of a text: its runs without how they are read aloud."""
    runs = [*_children(text, "t"), *_descendants(text, "r", "t")]
    return "".join(one.text or "" for one in runs)


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _children(element: Any, name: str) -> Iterator[Any]:
    return (child for child in element if _local(child.tag) == name)


def _descendants(element: Any, parent: str, name: str) -> Iterator[Any]:
    return (child for group in _children(element, parent) for child in _children(group, name))


def _relationship(element: Any) -> str:
    """The id of the relationship that an element names."""
    return "".join(value for key, value in element.items() if key.endswith("/relationships}id"))


def _true(value: str | None) -> bool:
    return value is not None and value.strip().lower() in _TRUE


def _false(value: str | None) -> bool:
    return value is not None and value.strip().lower() in _FALSE


def _count(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.strip().isascii() and text.strip().isdigit() else default


def _unescaped(text: str) -> str:
    """
    >>> _unescaped("Dose_x000a_(mg)")
    'Dose\\n(mg)'
    """
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
