"""Names as billers type them: matched without regard to case, spaces and punctuation.

>>> fold("Pip/Tazo") == fold("pip-tazo")
True
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODE = re.compile(r"[A-Za-z][0-9]{4}|[0-9]{5}")


@dataclass(frozen=True, slots=True)
class DrugName:
    """A drug that a name was found to mean, with its product where the name says one."""

    drug: str
    product: str = ""

    def __str__(self) -> str:
        return f"{self.drug} ({self.product})" if self.product else self.drug


def fold(name: str) -> str:
    """Only the letters and digits of ``name``, in lower case: what two spellings of one name share."""
    return "".join(filter(str.isalnum, name.casefold()))


def as_code(name: str) -> str | None:
    """``name`` as a HCPCS or CPT code (``j2185 `` is J2185), or None where it has not a code's shape.

    >>> as_code(" s9502"), as_code("99601"), as_code("vancomycin")
    ('S9502', '99601', None)
    """
    name = name.strip()
    return name.upper() if _CODE.fullmatch(name) else None


_LIKE_CODE = re.compile(r"([A-Z])\1?[0-9OIL]{3,6}[A-Z]?")


def like_code(name: str) -> bool:
    """Whether ``name`` is more like a HCPCS code with a slip in it than like a drug's name.

    >>> [like_code(name) for name in ("J9999X", "J337O", "J 3370", "J33700", "J337")], like_code("vitamin B12")
    ([True, True, True, True, True], False)
    >>> like_code("JJ3370"), [like_code(name) for name in ("B12", "D10W", "MK-3475", "J3370")]
    (True, [False, False, False, False])
    """
    key = fold(name).upper()
    return as_code(name) is None and sum(map(str.isdigit, key)) > 2 and _LIKE_CODE.fullmatch(key) is not None


def spellings(product: str) -> list[str]:
    """``Xellia / Tyzavan`` is found as a whole and by each name in it."""
    if not product:
        return []
    parts = [part.strip() for part in product.split("/")]
    return [product, *parts] if len(parts) > 1 else [product]
