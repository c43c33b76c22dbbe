"""Cells that hold a text without letters and no formula: to native formulas they are not blank.

A reader of values gives them and blank cells alike.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from xl_infusion.spreadsheet.xlsx.plain import Rows, patterns, position

#: What an item of the shared texts looks like where one is empty, under any prefix.
_EMPTY = re.compile(rb"<(?:[\w.-]+:)?(?:si|t)(?:\s[^<>]*)?(?:/>|></)")


def may_be_empty(shared: bytes) -> bool:
    """Whether a part of shared texts may have an empty one: mostly not, and then it need not be parsed.

    >>> may_be_empty(b"<sst><si><t>a</t></si></sst>"), may_be_empty(b"<x:sst><x:si><x:t></x:t></x:si></x:sst>")
    (False, True)
    """
    return b"\0" in shared or _EMPTY.search(shared) is not None


def empty_texts(rows: Rows, shared: Collection[int]) -> Iterator[tuple[int, int]]:
    """The rows and columns of such cells in a plain worksheet part. ``shared``: the shared texts that are empty."""
    data, start, end = rows.data, rows.start, rows.end
    tag, opening = patterns(rows.prefix).cell_tag, b"<" + rows.prefix + b"c "
    for kind, text in _spelt(rows.prefix, tuple(sorted(shared))):
        for found in text.finditer(data, start, end):
            # the tag of the cell right before it: a formula would stand in between
            cell = tag.fullmatch(data, data.rfind(opening, start, found.start()), found.start())
            if cell is not None and kind in cell[3]:
                yield position(cell)


@cache
def _spelt(prefix: bytes, shared: tuple[int, ...]) -> list[tuple[bytes, re.Pattern[bytes]]]:
    """The types of cells, and what an empty text looks like in one of them."""
    p, nothing = re.escape(prefix), rb"(?:\s[^<>]*)?(?:/>|></%b>)"
    found = [
        (b' t="str"', b"<%bv" % p + nothing % (p + b"v")),
        (b' t="inlineStr"', rb"<%bis>\s*<%bt" % (p, p) + nothing % (p + b"t") + rb"\s*</%bis>" % p),
    ]
    if shared:
        numbers = b"|".join(b"%d" % one for one in shared)
        found.append((b' t="s"', rb"<%bv>(?:%b)</" % (p, numbers)))
    return [(kind, re.compile(text)) for kind, text in found]
