"""Names as billers type them: matched without regard to case, spaces and punctuation.

>>> fold("Pip/Tazo") == fold("pip-tazo")
True
>>> closest("meropenum", {"meropenem": "meropenem", "ertapenem": "ertapenem"})
'meropenem'
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

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


def closest(name: str, known: Mapping[str, str]) -> str:
    """What a name that is not known is a misspelling of: one known name, or "" where it is none, or not one alone.

    ``known`` maps names as they are written to the names as they are shown. Every word has to be there: a suffix
    (-dyyb), a salt, a product, a strength more or another is another thing, with a code of its own. A word is meant
    where it is the same but for a slip of the pen (see `_slips`), or begun as one name alone begins.

    >>> known = {"infliximab": "infliximab", "penicillin G potassium": "penicillin G potassium"}
    >>> closest("inflixmab", known), closest("Penicilin G potasium", known)
    ('infliximab', 'penicillin G potassium')
    >>> closest("infliximab-dyyb", known), closest("penicillin G sodium", known)
    ('', '')
    """
    words = _words(name)
    if not words or len(name) > _MOST_LETTERS:
        return ""
    slips: dict[int, set[str]] = defaultdict(set)
    begun: set[str] = set()
    for other, shown in known.items():
        theirs = _words(other)
        if len(theirs) != len(words):
            continue
        count = _slips_in_all(words, theirs)
        if count is not None:
            slips[count].add(shown)
        elif _begins(words, theirs):
            begun.add(shown)
    found = slips[min(slips)] if slips else begun
    return next(iter(found)) if len(found) == 1 else ""


#: A word of so many letters is a suffix, a number or a short form: in it every letter counts.
_SHORT = 4
#: From so many letters on a word may have a second slip.
_LONG = 8
#: No name is longer.
_MOST_LETTERS = 60


@lru_cache(maxsize=8192)
def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", name.casefold()))


def _slips_in_all(words: Sequence[str], theirs: Sequence[str]) -> int | None:
    """The slips between two names of as many words, None where a word is another one."""
    total = 0
    for word, other in zip(words, theirs, strict=True):
        count = _slips(word, other)
        if count is None:
            return None
        total += count
    return total


def _begins(words: Sequence[str], theirs: Sequence[str]) -> bool:
    """True where a name stops within the last word of another one, and not too early to tell."""
    *first, last = words
    return first == list(theirs[:-1]) and len(last) >= _SHORT and theirs[-1].startswith(last)


def _slips(word: str, other: str) -> int | None:
    """How many slips of the pen lie between two words, None where they are two words.

    A slip is a letter more, fewer or other, or two changed round. One is allowed in a word without a number that is not
    short, a second one in a long word that begins rightly: amoxicillin is not ampicillin.

    >>> _slips("meropenum", "meropenem"), _slips("vnacomycin", "vancomycin"), _slips("ceftriaxom", "ceftriaxone")
    (1, 1, 2)
    >>> _slips("amoxicillin", "ampicillin"), _slips("viii", "vii"), _slips("b12", "b1")
    (None, None, None)
    """
    if word == other:
        return 0
    shorter = min(len(word), len(other))
    most = 2 if max(len(word), len(other)) >= _LONG and word[:_SHORT] == other[:_SHORT] else 1
    if shorter <= _SHORT or not (word + other).isalpha() or abs(len(word) - len(other)) > most:
        return None
    count = _distance(word, other)
    return count if count <= most else None


def _distance(word: str, other: str) -> int:
    """The slips from one word to another, as few as do it."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        before, above, row = row, before, [i]
        for j, its in enumerate(other, start=1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and its == word[i - 2]:
                least = min(least, above[j - 2] + 1)
            row.append(least)
    return row[-1]


def spellings(product: str) -> list[str]:
    """``Xellia / Tyzavan`` is found as a whole and by each name in it."""
    if not product:
        return []
    parts = [part.strip() for part in product.split("/")]
    return [product, *parts] if len(parts) > 1 else [product]
