"""A file against the schemas and the rules of Microsoft's Open XML SDK, by openxml-audit, a library of others.

What it says of every file of ours and is no fault stands in `ALLOWED`, each with its reason; anything else is one.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import NamedTuple

from lxml import etree
from openxml_audit import FileFormat, OpenXmlValidator, ValidationError

from tests.gate.book import MAIN, Book


class Allowed(NamedTuple):
    part: str
    path: str
    says: str
    reason: str

    def covers(self, error: ValidationError) -> bool:
        return error.part_uri.startswith(self.part) and self.path in error.path and self.says in error.description


ALLOWED = (
    Allowed(
        "/xl/styles.xml", "font", "Unexpected element",
        "openpyxl writes what a font has in an order of its own. CT_Font is a choice without an order (ECMA-376-1 "
        "18.8.22), the SDK takes it for a sequence; Excel, LibreOffice and the two schema validators that follow the "
        "standard read it.",
    ),
    Allowed(
        "/xl/worksheets/", "", "Excel will move every inline string",
        "A warning: texts stand in their cells, so that fill changes one part for one sheet. When Excel saves the "
        "workbook it moves them into a part of their own; nothing is lost, and fill reads both.",
    ),
)  # fmt: skip


def errors(path: Path) -> list[ValidationError]:
    """All that the validator says of a file."""
    validator = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365, max_errors=0)
    return list(validator.validate(path).errors)


def thinned(book: Book, path: Path) -> Path:
    """The same file with one cell of each shape a sheet: what a schema sees of 500,000 cells, in seconds.

    A shape is all of a cell but its place, its style's number and its values: those are for the rules.
    """
    sheets = {sheet.part for sheet in book.sheets}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in book.parts.items():
            archive.writestr(name, _thin(data) if name in sheets else data)
    return path


def _thin(data: bytes) -> bytes:
    root, seen = etree.fromstring(data), set()
    for row in root.iter(f"{MAIN}row"):
        kept = []
        for cell in row:
            shape = (cell.get("t"), *cell.keys(), *((child.tag, child.get("t"), *child.keys()) for child in cell))
            if shape not in seen:
                seen.add(shape)
                kept.append(cell)
        row[:] = kept
    rows = root.find(f"{MAIN}sheetData")
    rows[:] = [row for row in rows if len(row)]
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
