"""Turning a workbook's formulas from one spelling of our functions into the other, and nothing else of it.

Cells, defined names, calculated columns and totals of tables, data validation and conditional formats are respelt;
every other byte of every part stays, cached values too. There and back again is the workbook that it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.parsers import expat

from xl_infusion.spreadsheet.formula.addin_names import (
    OFFICE_JS,
    Spellings,
    checked_namespace,
    namespaces_in,
)
from xl_infusion.spreadsheet.formula.spilling import unmarked
from xl_infusion.spreadsheet.xlsx.errors import REPAIR, SAVE_ANEW, DamagedWorkbook
from xl_infusion.spreadsheet.xlsx.grid import Ref, place
from xl_infusion.spreadsheet.xlsx.package import Package, SheetEdit, check_not_locked, write_parts
from xl_infusion.workbook.ours import OURS
from xl_infusion.workbook.target import check_target, leave_as_it_is

Dialect = Literal["office-js", "excel"]

#: The elements whose text is a formula.
_ELEMENTS = ("f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula", "definedName")
_FORMULA = re.compile(
    rb"""(<((?:[\w.-]+:)?(?:%b))(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*>)([^<]+)</\2\s*>"""
    % "|".join(_ELEMENTS).encode()
)
_START_TAG = re.compile(r"""<[^\s/>]+(?:"[^"]*"|'[^']*'|[^"'>])*>""")
_LONGEST_TAG = 1 << 16
_MARKUP = re.compile(r"<!\[CDATA\[|\]\]>|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_NOBODY = "which no spreadsheet program writes"
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion did: how many calls it respelt, how many were spelt so already, in which parts.

    ``doubtful``: the namespaces in which only a function is called that could be another add-in's: left as they are.
    ``marked``: arrays that got the mark back that lets them spill.
    """

    path: Path
    calls: int
    already: int
    parts: tuple[str, ...]
    doubtful: tuple[str, ...]
    marked: tuple[str, ...]


def convert(source: str | Path, to: Dialect, output: str | Path | None = None, namespace: str = "") -> Converted:
    """Respells ``source`` in place, or into ``output``; one that is spelt so already stays as it is.

    In: ``to`` "office-js" for xlwings Lite, and with the ``namespace`` of its add-in for xlwings Server; "excel" for
    the plain spelling, where ``namespace`` names one that is ours and that no formula shows to be.

    Errors: `WrongName` for a namespace that cannot be one; `WorkbookError` and its kinds as with `fill`, each naming
    what, where and the remedy; the file is then as it was.
    """
    source = Path(source)
    destination = Path(output) if output is not None else source
    namespace = checked_namespace(namespace)
    with Package.open(source) as package:
        check_target(package, destination)
        check_not_locked(destination)
        parts = {name: package.read(name) for name in package.formula_parts}
        spellings, doubtful = _spellings(package, parts, namespace)
        calls = already = 0
        changed: dict[str, bytes] = {}
        for name, data in parts.items():
            new, respelt, same = _respelt(data, spellings, _prefix(to, namespace), _place(package, name))
            calls, already = calls + respelt, already + same
            if respelt:
                changed[name] = new
        marks = unmarked(package, OURS, package.formulas)
        changed |= _marked(package, marks, changed)
        if changed:
            write_parts(package, destination, changed)
        else:
            leave_as_it_is(package, destination)
    marked = tuple(place(sheet, *cell) for sheet, refs in marks.items() for cell in refs)
    return Converted(destination, calls, already, tuple(changed), tuple(sorted(doubtful)), marked)


def _prefix(to: Dialect, namespace: str) -> str:
    """What stands before our functions in a spelling."""
    if to == "excel":
        return ""
    return f"{OFFICE_JS}{namespace}_" if namespace else OFFICE_JS


def _place(package: Package, part: str) -> str:
    """A part as a message names it."""
    return f"{package.path.name}, {part}"


def _spellings(package: Package, parts: Mapping[str, bytes], namespace: str) -> tuple[Spellings, set[str]]:
    """How our functions are spelt in the workbook; and the namespaces that are ours or another add-in's, who knows."""
    texts = [
        text for name, data in parts.items() for *_, text in _formulas(data, _place(package, name), only=OFFICE_JS)
    ]
    spellings = Spellings(OURS, {*namespaces_in(texts, OURS), namespace}, package.links)
    return spellings, namespaces_in(texts, OURS, common=True) - spellings.namespaces


def _marked(
    package: Package, marks: Mapping[str, dict[tuple[int, int], Ref]], changed: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The parts that give arrays the mark back that they spill, after what is ``changed`` already."""
    if not marks:
        return {}
    cms, parts = package.spill_mark()
    sheets = {}
    for sheet, refs in marks.items():
        part = package.sheet(sheet).part
        sheets[part] = package.patched(sheet, SheetEdit(array_refs=refs), cms, changed.get(part))
    return sheets | parts


def _respelt(data: bytes, spellings: Spellings, before: str, place: str) -> tuple[bytes, int, int]:
    """A part with its formulas respelt, how many calls changed, and how many were spelt so."""
    out: list[bytes] = []
    copied = calls = already = 0
    for first, last, text in _formulas(data, place):
        if "<" in text and spellings.calls(_MARKUP.sub("", text)):
            raise DamagedWorkbook(f"{place}: has a comment or CDATA in a formula, {_NOBODY}; {SAVE_ANEW}")
        new, respelt, same = spellings.respelt(text, before)
        calls, already = calls + respelt, already + same
        if respelt:
            out += (data[copied:first], new.encode(_encoding(data)))
            copied = last
    return b"".join((*out, data[copied:])), calls, already


def _formulas(data: bytes, place: str, only: str = "") -> Iterator[tuple[int, int, str]]:
    """Where each formula of a part begins and ends, and its text as XML has it; none in a part without ``only``."""
    encoding = _encoding(data)
    try:
        if only.encode(encoding) not in data:
            return
        spans = (found.span(3) for found in _FORMULA.finditer(data)) if _is_plain(data) else _heard(data, encoding)
        for first, last in spans:
            yield first, last, data[first:last].decode(encoding)
    except (expat.ExpatError, LookupError, UnicodeDecodeError) as error:
        raise DamagedWorkbook(f"{place}: is no correct XML ({error}); {REPAIR}") from error


def _is_plain(data: bytes) -> bool:
    """Whether what looks like an element is one: no comment, CDATA, instruction, and an encoding that shows."""
    return _encoding(data) == "utf-8" and b"<!" not in data and data.find(b"<?", 5) < 0


def _encoding(data: bytes) -> str:
    """The encoding of a part; where a byte order mark stands it is in front of everything that is looked at."""
    if data[:2] in (b"\xff\xfe", b"<\0"):
        return "utf-16-le"
    if data[:2] in (b"\xfe\xff", b"\0<"):
        return "utf-16-be"
    found = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    name = found[1].decode("ascii", "replace").lower() if found else "utf-8"
    return {"utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8"}.get(name, name)


def _heard(data: bytes, encoding: str) -> list[tuple[int, int]]:
    """Where an XML parser finds the formulas of a part that is not plain."""
    found: list[tuple[int, int]] = []
    begun: list[int] = []
    parser = expat.ParserCreate()

    def start(name: str, _: object) -> None:
        if name.rpartition(":")[2] in _ELEMENTS:
            at = parser.CurrentByteIndex
            tag = _START_TAG.match(data[at : at + _LONGEST_TAG].decode(encoding, "ignore"))
            if tag is None:
                raise expat.ExpatError(f"a tag of more than {_LONGEST_TAG} bytes")
            begun.append(at + len(tag[0].encode(encoding)))

    def end(name: str) -> None:
        if name.rpartition(":")[2] in _ELEMENTS:
            first, last = begun.pop(), parser.CurrentByteIndex
            if first < last:
                found.append((first, last))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(data, True)
    return found
