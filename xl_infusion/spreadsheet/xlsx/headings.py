"""Tables that say ``headerRowCount="1"``: what every table has that does not say otherwise.

openpyxl writes it into every table. ONLYOFFICE then takes the heading for a row: it counts an order more than there
is, and a formula over a column reads each row's neighbour. Without it all programs agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from xl_infusion.spreadsheet.xlsx.package import Package, Table

_SAID = re.compile(rb"""(<(?:[\w.-]+:)?table(?=\s)[^<>]*?)\sheaderRowCount\s*=\s*(?:"1"|'1')""")


def unsaid(part: bytes) -> bytes:
    """The part of a table without the number of its heading rows, if that is one.

    >>> unsaid(b'<table id="1" headerRowCount="1" ref="A1:B2"/>')
    b'<table id="1" ref="A1:B2"/>'
    """
    return _SAID.sub(rb"\1", part, count=1)


def plain_headings(package: Package, tables: Iterable[Table]) -> tuple[Package, list[str]]:
    """The workbook in memory with these tables as every program reads them, and the names of those that change.

    One with a digital signature stays as it is.
    """
    parts: dict[str, bytes] = {}
    names: list[str] = []
    for table in () if package.signed else tables:
        part = package.table_part(table)
        before = package.read(part)
        after = unsaid(before)
        if after != before:
            parts[part] = after
            names.append(table.name)
    return (package.with_parts(parts) if parts else package), names
