"""The mark that lets an array spill: ``cm`` in its cell, which points into the part of the cell metadata.

Parts are text with elements put in at their place; whatever else they say stays.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from xl_infusion.spreadsheet.xlsx.errors import SAVE_ANEW, DamagedWorkbook
from xl_infusion.spreadsheet.xlsx.plain import plain

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
LINK_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

#: What stands right below the root, in this order.
_ORDER = (
    "metadataTypes",
    "metadataStrings",
    "mdxMetadata",
    "futureMetadata",
    "cellMetadata",
    "valueMetadata",
    "extLst",
)
_TYPE = (
    '<@metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" pasteValues="1" merge="1" '
    'splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" coerce="1" cellMeta="1"/>'
)
_DYNAMIC = (
    '<@bk><@extLst><@ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}"><xda:dynamicArrayProperties '
    'xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray" fDynamic="1" fCollapsed="0"/>'
    "</@ext></@extLst></@bk>"
)


def metadata(old: bytes | None = None, place: str = "", namespace: str = _MAIN) -> tuple[bytes, int]:
    """The part of the cell metadata with a record of an array that spills added, and the ``cm`` that points to it.

    ``old``: the part as it is, where there is one; what it has stays and keeps its numbers.

    >>> part, cm = metadata()
    >>> cm, metadata(part)[1]
    (1, 2)
    """
    text = f'{_XML}<metadata xmlns="{namespace}"></metadata>' if old is None else plain([old], place).decode()
    root = re.search(r"<((?:[\w.-]+:)?)metadata(?=[\s/>])[^<>]*?(/?)>", text)
    if root is None:
        raise DamagedWorkbook(f"{place}: holds no cell metadata; {SAVE_ANEW}")
    prefix = root[1]
    if root[2]:
        text = f"{text[: root.start(2)]}></{prefix}metadata>{text[root.end() :]}"
    kinds = re.findall(rf'<{prefix}metadataType\s[^<>]*?\bname="([^"]*)"', text)
    if "XLDAPR" not in kinds:
        text, _ = _with(text, prefix, "metadataTypes", "metadataType", _TYPE)
        kinds.append("XLDAPR")
    text, record = _with(text, prefix, "futureMetadata", "bk", _DYNAMIC, "XLDAPR")
    pointer = f'<@bk><@rc t="{kinds.index("XLDAPR") + 1}" v="{record}"/></@bk>'
    text, before = _with(text, prefix, "cellMetadata", "bk", pointer)
    return text.encode(), before + 1


def _with(text: str, prefix: str, group: str, kind: str, element: str, name: str = "") -> tuple[str, int]:
    """A part with an element at the end of a group, which is made if need be; and how many stood in it before."""
    element = element.replace("<@", f"<{prefix}").replace("</@", f"</{prefix}")
    tag, said = prefix + group, f' name="{name}"' if name else ""
    groups = list(_groups(text))
    for found, first, last in groups:
        if found == tag and said in text[first : text.index(">", first)]:
            opening, _, inside = text[first:last].partition(">")
            inside = inside.removesuffix(f"</{tag}>")
            before = len(re.findall(rf"<{prefix}{kind}[\s/>]", inside))
            opening = re.sub(r'\scount="[^"]*"', "", opening.removesuffix("/"))
            return f'{text[:first]}{opening} count="{before + 1}">{inside}{element}</{tag}>{text[last:]}', before
    behind = {prefix + one for one in _ORDER[_ORDER.index(group) + 1 :]}
    at = next((first for found, first, _ in groups if found in behind), text.rindex("</"))
    return f'{text[:at]}<{tag}{said} count="1">{element}</{tag}>{text[at:]}', 0


def _groups(text: str) -> Iterator[tuple[str, int, int]]:
    """The elements right below the root of a plain part: name, where it begins, where it ends."""
    depth = first = 0
    for tag in re.finditer(r"<(/?)([\w:.-]+)[^<>]*?(/?)>", text):
        if not tag[1] and depth == 1:
            first = tag.start()
        depth += (not tag[1]) - bool(tag[1] or tag[3])
        if depth == 1 and (tag[1] or tag[3]):
            yield tag[2], first, tag.end()


def linked(links: bytes, types: bytes, part: str, book: str, known: bool) -> tuple[bytes, bytes]:
    """The workbook's relationships and the content types, with the part of the cell metadata in them.

    ``known``: the relationship is there already. Nothing else of the two changes.
    """
    said = types.decode("utf-8-sig")
    if not re.search(rf"""PartName\s*=\s*["']/{re.escape(part)}["']""", said, re.IGNORECASE):
        types = at_end(types, "Types", f'<Override PartName="/{part}" ContentType="{CONTENT_TYPE}"/>')
    if not known:
        said = links.decode("utf-8-sig")
        ids = re.findall(r"""\sId\s*=\s*["']([^"']*)["']""", said)
        number = next(at for at in range(1, len(ids) + 2) if f"rIdMetadata{at}" not in ids)
        kind = re.search(r"""["'](http[^"']*?/relationships)/worksheet["']""", said)
        base = kind[1] if kind else posixpath.dirname(LINK_TYPE)
        target = posixpath.relpath("/" + part, "/" + posixpath.dirname(book))
        links = at_end(
            links, "Relationships",
            f'<Relationship Id="rIdMetadata{number}" Type="{base}/sheetMetadata" Target="{target}"/>',
        )  # fmt: skip
    return links, types


def at_end(data: bytes, root: str, elements: str) -> bytes:
    """An XML part with elements added at the end of its root; they take the root's namespace prefix.

    >>> at_end(b"<x:Types><x:Default/></x:Types>", "Types", '<Override PartName="/a.xml"/>')
    b'<x:Types><x:Default/><x:Override PartName="/a.xml"/></x:Types>'
    """
    text = data.decode("utf-8-sig")
    found = re.search(rf"</((?:[\w.-]+:)?){root}\s*>\s*$", text)
    if found is None:
        raise DamagedWorkbook(f"a part of the workbook has no end of {root}; {SAVE_ANEW}")
    added = re.sub(r"<(?=[A-Z])", f"<{found[1]}", elements)
    return (text[: found.start()] + added + text[found.start() :]).encode()
