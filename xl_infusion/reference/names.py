"""Names as billers type them: matched without regard to case, spaces and punctuation.

>>> fold("Pip/Tazo") == fold("pip-tazo")
True
>>> closest("meropenum", {"meropenem": "meropenem", "ertapenem": "ertapenem"})
['meropenem']
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_CODE = re.compile(r"[A-Za-z][0-9]{4}|[0-9]{5}")


def fold(name: str) -> str:
    """Only the letters and digits of ``name``, in lower case: what two spellings of one name share."""
    return "".join(c for c in name.casefold() if c.isalnum())


def as_code(name: str) -> str | None:
    """``name`` as a HCPCS or CPT code (``j2185 `` is J2185), or None where it has not a code's shape.

    >>> as_code(" s9502"), as_code("99601"), as_code("vancomycin")
    ('S9502', '99601', None)
    """
    name = name.strip()
    return name.upper() if _CODE.fullmatch(name) else None


def _pairs(folded: str) -> set[str]:
    return {folded[i : i + 2] for i in range(len(folded) - 1)}


def closest(name: str, known: Mapping[str, str], most: int = 3) -> list[str]:
    """What a name that is not known may have meant: at most ``most`` of the known names, the nearest first.

    ``known`` maps folded names to the names as they are shown.
    """
    folded = fold(name)
    if not 2 <= len(folded) <= 60:
        return []
    from difflib import SequenceMatcher

    mine = _pairs(folded)
    near = []
    for other in known:
        theirs = _pairs(other)
        shared = len(mine & theirs)
        if other.startswith(folded):
            near.append((-1.0, other))
        elif len(folded) > 2 and shared and 2 * shared >= 0.45 * (len(mine) + len(theirs)):
            ratio = SequenceMatcher(None, folded, other).ratio()
            if ratio >= 0.72:
                near.append((-ratio, other))
    found = dict.fromkeys(known[other] for _, other in sorted(near))
    return list(found)[:most]


def spellings(product: str) -> list[str]:
    """``Xellia / Tyzavan`` is found as a whole and by each name in it."""
    if not product:
        return []
    parts = [part.strip() for part in product.split("/")]
    return [product, *parts] if len(parts) > 1 else [product]
