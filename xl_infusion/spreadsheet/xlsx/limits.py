"""How much is unpacked of a zip archive that somebody else made: inflating a bomb costs the memory of the machine."""

from __future__ import annotations

MAX_MEMBERS = 1_000
MAX_TOTAL = 100 * 1024 * 1024
MAX_RATIO = 100
#: Up to this size no ratio harms anybody: a part of one repeated tag compresses well, and is honest.
_HARMLESS = 1024 * 1024


def is_bomb(size: int, packed: int) -> bool:
    """Whether so many bytes, packed into so few, are more than an honest file has.

    >>> is_bomb(50_000_000, 400_000), is_bomb(50_000_000, 600_000), is_bomb(1_000_000, 1)
    (True, False, False)
    """
    return size > _HARMLESS and size > MAX_RATIO * packed
