"""A written file as it stands in the zip, for the rules of the gate: parts, links between them, sheets, tables.

It reads the package itself, so that nothing of ours and no library stands between a rule and the bytes.
"""

from __future__ import annotations

import contextlib
import gc
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from lxml import etree
from openpyxl.utils import column_index_from_string

Element = etree._Element

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = f"{{{_OFFICE}}}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
VML = "{urn:schemas-microsoft-com:vml}"
EXCEL_VML = "{urn:schemas-microsoft-com:office:excel}"
COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

TYPES = "[Content_Types].xml"
#: What Excel takes: no entity is resolved, and a DOCTYPE is a rule's finding.
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")


class Link(NamedTuple):
    """A relationship: its id, the last word of its type, the part (or address) that it leads to."""

    id: str
    kind: str
    target: str
    external: bool


class Area(NamedTuple):
    """A range of cells, all counted from 1, both ends inclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Area) -> bool:
        sideways = self.left <= other.right and other.left <= self.right
        return sideways and self.top <= other.bottom and other.top <= self.bottom

    def holds(self, row: int, col: int) -> bool:
        return self.left <= col <= self.right and self.top <= row <= self.bottom


class Cell(NamedTuple):
    """A cell as its sheet has it. ``row`` and ``col`` are 0 where ``ref`` is no reference."""

    ref: str
    row: int
    col: int
    kind: str
    element: Element
    value: Element | None
    formula: Element | None
    inline: Element | None

    @property
    def text(self) -> str | None:
        """What it shows if it is text: "" for none."""
        if self.kind == "inlineStr":
            return "" if self.inline is None else "".join(self.inline.itertext(f"{MAIN}t"))
        return (self.value.text or "") if self.kind == "str" and self.value is not None else None


class Array(NamedTuple):
    """An array formula: its cell, and the area that it fills."""

    cell: Cell
    area: Area


class Table(NamedTuple):
    part: str
    root: Element
    area: Area
    columns: list[str]

    @property
    def name(self) -> str:
        return str(self.root.get("displayName"))


def area(ref: str) -> Area:
    """The cells of ``A1``, ``A1:B2`` or ``$A$1:$B$2``. Errors: ValueError for anything else."""
    first, _, last = ref.replace("$", "").partition(":")
    (top, left), (bottom, right) = place(first), place(last or first)
    return Area(left, top, right, bottom)


def place(ref: str) -> tuple[int, int]:
    """Row and column of ``B4``. Errors: ValueError.

    >>> place("B4")
    (4, 2)
    """
    found = _PLACE.match(ref)
    if found is None:
        raise ValueError(f"{ref!r} is no cell")
    return int(found[2]), column_index_from_string(found[1])


def areas(refs: str | None) -> list[Area]:
    """The areas of a list with blanks between, as ``sqref`` has it."""
    return [area(ref) for ref in (refs or "").split()]


class Book:
    """A package. ``members`` is its zip directory, ``parts`` its bytes by name.

    Errors: `zipfile.BadZipFile`; of a part that is no XML `lxml.etree.XMLSyntaxError`, when it is asked for.
    """

    def __init__(self, data: bytes, name: str = "book.xlsx") -> None:
        self.name = name
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self.members = self.archive.infolist()
        self.parts = {member.filename: self.archive.read(member) for member in self.members}
        self._trees: dict[str, Element] = {}

    def with_parts(self, parts: Mapping[str, bytes]) -> Book:
        """The same package with parts replaced or added, and those of None left out; what stays is not read anew."""
        out = object.__new__(Book)
        out.name, out.archive, out.members = self.name, self.archive, self.members
        out.parts = {name: data for name, data in {**self.parts, **parts}.items() if data is not None}
        out._trees = {name: tree for name, tree in self._trees.items() if name not in parts}
        return out

    def tree(self, part: str) -> Element:
        """The root of a part. Errors: KeyError, `lxml.etree.XMLSyntaxError`."""
        if part not in self._trees:
            self._trees[part] = etree.fromstring(self.parts[part], _PARSER)
        return self._trees[part]

    @property
    def xml_parts(self) -> list[str]:
        return [name for name in self.parts if name.endswith((".xml", ".rels", ".vml"))]

    @cached_property
    def types(self) -> dict[str, str]:
        """Content types by part; "" where there is none."""
        root = self.tree(TYPES)
        defaults = {
            str(one.get("Extension")).lower(): str(one.get("ContentType")) for one in root if "Ext" in str(one.attrib)
        }
        own = {str(one.get("PartName")): str(one.get("ContentType")) for one in root if one.get("PartName")}
        return {
            name: own.get(f"/{name}") or defaults.get(name.rpartition(".")[2].lower(), "")
            for name in self.parts if name != TYPES
        }  # fmt: skip

    def links(self, part: str) -> list[Link]:
        """Where a part (the package itself: "") leads to."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        return [self._link(part, one) for one in self.tree(rels)] if rels in self.parts else []

    def _link(self, part: str, one: Element) -> Link:
        target, external = str(one.get("Target")), one.get("TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
        return Link(str(one.get("Id")), str(one.get("Type")).rpartition("/")[2], target, external)

    def linked(self, part: str, kind: str) -> list[str]:
        """The parts of one kind that a part leads to."""
        return [link.target for link in self.links(part) if link.kind == kind]

    @cached_property
    def main(self) -> str:
        """The workbook's part."""
        return self.linked("", "officeDocument")[0]

    @property
    def workbook(self) -> Element:
        return self.tree(self.main)

    @cached_property
    def styles(self) -> Element:
        return self.tree(self.linked(self.main, "styles")[0])

    def style_count(self, name: str) -> int:
        """How many ``cellXfs``, ``dxfs``, ... there are."""
        found = self.styles.find(MAIN + name)
        return 0 if found is None else len(found)

    @cached_property
    def sheets(self) -> list[Sheet]:
        targets = {link.id: link.target for link in self.links(self.main)}
        found = self.workbook.find(f"{MAIN}sheets")
        return [Sheet(self, one, targets[one.get(f"{LINK}id")]) for one in ([] if found is None else found)]

    @cached_property
    def names(self) -> list[Element]:
        """The defined names."""
        found = self.workbook.find(f"{MAIN}definedNames")
        return [] if found is None else list(found)

    @cached_property
    def tables(self) -> list[Table]:
        return [table for sheet in self.sheets for table in sheet.tables]


class Sheet:
    """A worksheet. ``label`` is what a finding names it by."""

    def __init__(self, book: Book, entry: Element, part: str) -> None:
        self.book, self.entry, self.part = book, entry, part
        self.name, self.state = str(entry.get("name")), str(entry.get("state") or "visible")

    @property
    def label(self) -> str:
        return self.name

    @property
    def root(self) -> Element:
        return self.book.tree(self.part)

    def all(self, name: str) -> Iterator[Element]:
        """Its elements of that name, wherever they stand but in its rows."""
        for child in self.root:
            if child.tag != f"{MAIN}sheetData":
                yield from child.iter(MAIN + name)

    @cached_property
    def rows(self) -> list[Element]:
        found = self.root.find(f"{MAIN}sheetData")
        return [] if found is None else list(found)

    @cached_property
    def cells(self) -> list[Cell]:
        with _without_collector():
            return [_cell(element) for row in self.rows for element in row]

    @cached_property
    def by_ref(self) -> dict[str, Cell]:
        return {cell.ref: cell for cell in self.cells}

    @cached_property
    def by_place(self) -> dict[tuple[int, int], Cell]:
        return {(cell.row, cell.col): cell for cell in self.cells}

    @cached_property
    def formulas(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.formula is not None]

    @cached_property
    def arrays(self) -> list[Array]:
        return [
            Array(cell, area(cell.formula.get("ref", cell.ref)))
            for cell in self.formulas
            if cell.formula is not None and cell.formula.get("t") == "array"
        ]

    @cached_property
    def merges(self) -> list[Area]:
        return [area(str(one.get("ref"))) for one in self.all("mergeCell")]

    @cached_property
    def tables(self) -> list[Table]:
        return [self._table(part) for part in self.book.linked(self.part, "table")]

    def _table(self, part: str) -> Table:
        root = self.book.tree(part)
        columns = [str(one.get("name")) for one in root.iter(f"{MAIN}tableColumn")]
        return Table(part, root, area(str(root.get("ref"))), columns)

    def linked(self, kind: str) -> list[str]:
        return self.book.linked(self.part, kind)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """No search for garbage while half a million cells come to be, of which none is."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _cell(element: Element) -> Cell:
    ref = element.get("r") or ""
    found = _PLACE.match(ref)
    row, col = (int(found[2]), column_index_from_string(found[1])) if found else (0, 0)
    value = formula = inline = None
    for child in element:
        if child.tag == f"{MAIN}v":
            value = child
        elif child.tag == f"{MAIN}f":
            formula = child
        elif child.tag == f"{MAIN}is":
            inline = child
    return Cell(ref, row, col, element.get("t") or "n", element, value, formula, inline)
