"""The request in a workbook's own part that everything is calculated anew when it is opened."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xl_infusion.spreadsheet.xlsx.errors import DamagedWorkbook
from xl_infusion.spreadsheet.xlsx.plain import plain

_CALCULATION = re.compile(rb'<((?:[\w.-]+:)?)calcPr((?:\s+[\w:.-]+="[^"<]*")*)\s*/?>')
#: The calculation settings of a workbook stand behind the last of these.
_BEFORE_CALCULATION = (b"definedNames", b"externalReferences", b"functionGroups", b"sheets")


#: The number of Excel's calculation engine, for years.
_EXCEL = b"191029"


def full_calculation(book: bytes, label: str, number: str = "") -> bytes:
    """The workbook part with fullCalcOnLoad set, and ``number`` as whose results they are; otherwise as it is.

    >>> full_calculation(b'<workbook><sheets/><calcPr calcId="1"/></workbook>', "")
    b'<workbook><sheets/><calcPr calcId="1" fullCalcOnLoad="1"/></workbook>'
    >>> full_calculation(b'<workbook><sheets/></workbook>', "", "104729")
    b'<workbook><sheets/><calcPr calcId="104729" fullCalcOnLoad="1"/></workbook>'
    """
    return _changed(book, label, {**({b"calcId": number.encode()} if number else {}), b"fullCalcOnLoad": b"1"})


def no_calculation(book: bytes, label: str) -> bytes:
    """The workbook part without what `full_calculation` set: all results in it are current."""
    return _changed(book, label, {b"calcId": _EXCEL, b"fullCalcOnLoad": b"0"})


def _changed(book: bytes, label: str, wanted: Mapping[bytes, bytes]) -> bytes:
    found = _CALCULATION.search(book)
    if b"\0" in book[:4] or b"<!" in book or (found is None and b"calcPr" in book):
        book = plain([book], label)
        found = _CALCULATION.search(book)
    if found is not None:
        return book[: found.start(2)] + _with_attributes(found[2], wanted) + book[found.end(2) :]
    root = re.search(rb"<((?:[\w.-]+:)?)workbook[\s>]", book)
    prefix = root[1] if root else b""
    for name in _BEFORE_CALCULATION:
        element = prefix + name
        for found in re.finditer(rb"</%b\s*>|<%b(?:\s[^<>]*)?/>" % (element, element), book):
            at = found.end()
            return book[:at] + b"<%bcalcPr%b/>" % (prefix, _with_attributes(b"", wanted)) + book[at:]
    raise DamagedWorkbook(f"{label}: has no sheets; open it in Excel, let it repair and save it")


def _with_attributes(attrs: bytes, wanted: Mapping[bytes, bytes]) -> bytes:
    """The attributes of a tag, some of them with other values; new ones come last."""
    for name, value in wanted.items():
        attrs, given = re.subn(rb'(\s%b=")[^"]*' % name, rb"\g<1>" + value, attrs)
        if not given:
            attrs += b' %b="%b"' % (name, value)
    return attrs
