"""What a name that is not known is a misspelling of.

>>> closest("meropenum", {"meropenem": "meropenem", "ertapenem": "ertapenem"})
'meropenem'
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

_Words = tuple[str, ...]


def closest(name: str, known: Mapping[str, str]) -> str:
    """`Names.closest` among a few names."""
    return Names(known).closest(name)


class Names:
    """Names as they are written, each with the name that it is shown as."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = [(_words(name), shown) for name, shown in known.items()]
        self._known.sort(key=lambda one: one[0])
        #: by the number of words and of all their letters, with the set of these: a slip adds one and takes one away
        self._sizes: dict[tuple[int, int], list[tuple[int, _Words, str]]] = defaultdict(list)
        for words, shown in self._known:
            letters = "".join(words)
            self._sizes[len(words), len(letters)].append((_set(letters), words, shown))
        self._long: frozenset[str] | None = None
        self._asked: dict[str, str] = {}

    def closest(self, name: str) -> str:
        """The one known name that ``name`` misspells or begins, or "" where it is none, or not one alone.

        Every word has to be there: a suffix (-dyyb), a salt, a product, a strength more or another is another thing,
        with a code of its own. A word is meant where it is the same but for a slip of the pen (see `_slips`), or begun
        as one name alone begins.

        >>> known = Names({"infliximab": "infliximab", "penicillin G potassium": "penicillin G potassium"})
        >>> known.closest("inflixmab"), known.closest("Penicilin G potasium"), known.closest("inflix")
        ('infliximab', 'penicillin G potassium', 'infliximab')
        >>> known.closest("infliximab-dyyb"), known.closest("penicillin G sodium")
        ('', '')
        """
        if len(name) > _MOST_LETTERS:
            return ""
        found = self._asked.get(name)
        if found is None:
            if len(self._asked) >= _MOST_ASKED:
                self._asked.clear()
            found = self._asked[name] = self._closest(name)
        return found

    def _closest(self, name: str) -> str:
        words = _words(name)
        if not words:
            return ""
        slips: dict[int, set[str]] = defaultdict(set)
        for theirs, shown in self._of_about(words):
            count = _slips_in_all(words, theirs)
            if count is not None:
                slips[count].add(shown)
        found = slips[min(slips)] if slips else set(self._begun(words))
        return next(iter(found)) if len(found) == 1 else ""

    def shares_a_word(self, name: str) -> bool:
        """True where a long word of ``name`` is one of a known name.

        >>> Names({"infliximab": ""}).shares_a_word("infliximab-dyyb"), Names({"NaCl NOS": ""}).shares_a_word("x NOS")
        (True, False)
        """
        if self._long is None:
            self._long = frozenset(word for words, _ in self._known for word in words if _is_long(word))
        return any(word in self._long for word in _words(name))

    def _of_about(self, words: _Words) -> Iterator[tuple[_Words, str]]:
        """The names of as many words, and about as many letters and the same ones: only they can be slips apart."""
        letters, most = "".join(words), _MOST_SLIPS * len(words)
        mine, size = _set(letters), len(letters)
        for near in range(size - most, size + most + 1):
            for its, theirs, shown in self._sizes.get((len(words), near), ()):
                if (mine ^ its).bit_count() <= 2 * most:
                    yield theirs, shown

    def _begun(self, words: _Words) -> Iterator[str]:
        """The names that stop within the last word of ``words``, and not too early to tell."""
        *first, last = words
        if len(last) < _SHORT:
            return
        for at in range(bisect_left(self._known, words, key=lambda one: one[0]), len(self._known)):
            theirs, shown = self._known[at]
            if list(theirs[: len(first)]) != first or not theirs[len(first)].startswith(last):
                return
            if len(theirs) == len(words):
                yield shown


#: A word of so many letters is a suffix, a number or a short form: in it every letter counts.
_SHORT = 4
#: From so many letters on a word may have a second slip.
_LONG = 8
#: No word may have more of them.
_MOST_SLIPS = 2
#: So many answers are kept: a name that nobody knows is asked for in every recalculation, and by several checks.
_MOST_ASKED = 1000
#: No name is longer.
_MOST_LETTERS = 60


@lru_cache(maxsize=8192)
def _words(name: str) -> _Words:
    return tuple(re.findall(r"[^\W_]+", name.casefold()))


def _set(letters: str) -> int:
    """The letters that there are, as the bits of a number."""
    found = 0
    for letter in letters:
        found |= 1 << (ord(letter) & 63)
    return found


def _is_long(word: str) -> bool:
    """False for what is in many names (of, mL, NOS), and for numbers."""
    return len(word) >= _SHORT and word.isalpha()


def _slips_in_all(words: Sequence[str], theirs: Sequence[str]) -> int | None:
    """The slips between two names of as many words, None where a word is another one."""
    total = 0
    for word, other in zip(words, theirs, strict=True):
        count = _slips(word, other)
        if count is None:
            return None
        total += count
    return total


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
    most = _MOST_SLIPS if max(len(word), len(other)) >= _LONG and word[:_SHORT] == other[:_SHORT] else 1
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
