"""How a workbook spells calls of our functions: plain, as Excel does over COM, or as it stores an Office.js add-in's.

An Office.js function stands in the file as ``_xldudf_PERDIEM_CODE(...)``, with the add-in's namespace in between
where it has one: ``_xldudf_HINF_PERDIEM_CODE(...)``. Excel shows ``PERDIEM_CODE`` and ``HINF.PERDIEM_CODE``.

A namespace is ours where a workbook calls one of our functions in it whose name is nobody else's; ``CODES`` and
``EXPLAIN`` alone could be another add-in's ``OTHER_CODES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property

from xl_infusion.workbook._formulas import ENTITY, character
from xl_infusion.workbook.package import Package

#: What Excel writes before the name of an Office.js function.
OFFICE_JS = "_xldudf_"
#: The namespace that is ours in every workbook.
OWN_NAMESPACE = "XL_INFUSION"
#: Names that are words of many trades.
_COMMON = frozenset({"CODES", "EXPLAIN"})

_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
#: What a formula is made of, as far as calls are concerned: texts, quoted sheet names and [...] stay; then a whole
#: word (1) and the bracket behind it, which makes a call of it (2). A word behind ! is another workbook's.
_WORDS = re.compile(
    r""""(?:[^"]|"")*"|'(?:[^']|'')*'|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]|![\w.\\?$]+|([\w.\\?$]+)(\()?""",
    re.DOTALL,
)


def checked_namespace(text: str) -> str:
    """A namespace as the file spells it. Errors: ValueError for one that no add-in can have.

    >>> checked_namespace("hinf")
    'HINF'
    """
    if text and not _NAMESPACE.fullmatch(text):
        raise ValueError(f"namespace {text!r}: it begins with a letter and has letters, digits and _ only: HINF")
    return text.upper()


class Spellings:
    """The spellings of some functions' names. ``namespaces``: those that are ours in a workbook."""

    def __init__(self, functions: Collection[str], namespaces: Iterable[str] = ()) -> None:
        self.functions = frozenset(functions)
        self.namespaces = {OWN_NAMESPACE, *(name.upper() for name in namespaces)}

    @cached_property
    def _mentioned(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{'|'.join(map(re.escape, self.functions))})\(", re.IGNORECASE)

    def prefix(self, word: str) -> int | None:
        """How much of a word stands before one of the names: 0 for a plain one, None where the word is no name.

        >>> spellings = Spellings(["CODES", "JUNITS", "XL_INFUSION_VERSION"], ["HINF"])
        >>> words = ["junits", "_xldudf_JUNITS", "_xldudf_HINF_CODES", "_xldudf_XL_INFUSION_VERSION"]
        >>> [spellings.prefix(word) for word in words]
        [0, 8, 13, 8]
        >>> [spellings.prefix(word) for word in ("MYJUNITS", "_xldudf_OTHER_CODES", "_xldudf_MY.JUNITS")]
        [None, None, None]
        """
        upper = word.upper()
        if upper in self.functions:
            return 0
        if not upper.startswith("_XLDUDF_"):
            return None
        rest = upper[len(OFFICE_JS) :]
        if rest in self.functions:
            return len(OFFICE_JS)
        for namespace in self.namespaces:
            if rest.startswith(namespace + "_") and rest[len(namespace) + 1 :] in self.functions:
                return len(OFFICE_JS) + len(namespace) + 1
        return None

    def bare(self, word: str) -> str:
        """The function that a word names, in upper case; a word that is none of the names, as it is."""
        before = self.prefix(word)
        return word if before is None else word[before:].upper()

    def calls(self, text: str) -> bool:
        """Whether a formula calls one of the functions."""
        if not self._mentioned.search(text):
            return False
        return any(found[2] and self.prefix(found[1]) is not None for found in _WORDS.finditer(text))

    def respelt(self, raw: str, before: str) -> tuple[str, int, int]:
        """A formula with ``before`` in front of every name of ours that it calls; letters keep their case.

        In: the formula as XML has it (``&quot;`` for a quote) or as it is. Out: the same, how many names changed,
        and how many were spelt so. Nothing else of it changes.

        >>> spellings = Spellings(["JUNITS", "CODES"], ["HINF"])
        >>> spellings.respelt('SUM(JUNITS(A1,B1),1)&"JUNITS("', "_xldudf_")
        ('SUM(_xldudf_JUNITS(A1,B1),1)&"JUNITS("', 1, 0)
        >>> spellings.respelt("_xldudf_HINF_CODES()+MYCODES()", "")
        ('CODES()+MYCODES()', 1, 0)
        """
        if not self._mentioned.search(raw if "&" not in raw else ENTITY.sub(character, raw)):
            return raw, 0, 0
        text, at = _unescaped(raw)
        out: list[str] = []
        copied = changed = same = 0
        for found in _WORDS.finditer(text):
            length = self.prefix(found[1]) if found[2] else None
            if length is None:
                continue
            first, name = at(found.start()), at(found.start() + length)
            if raw[first:name].upper() == before.upper():
                same += 1
                continue
            out += (raw[copied:first], before)
            copied = name
            changed += 1
        return "".join((*out, raw[copied:])), changed, same


def spellings_of(package: Package, functions: Collection[str]) -> Spellings:
    """The spellings in a workbook, with every namespace that is ours in it. Errors: those of `Package.formulas`."""
    return Spellings(functions, namespaces_in(_texts(package), functions))


def _texts(package: Package) -> Iterator[str]:
    yield from package.defined_names.values()
    for sheet in package.sheets:
        for cell in package.formulas(sheet.name):
            yield cell.text


def namespaces_in(texts: Iterable[str], functions: Collection[str], common: bool = False) -> set[str]:
    """The namespaces in which formulas call a function of ours whose name is nobody else's.

    With ``common`` those in which they call one that could be another add-in's too.

    >>> sorted(namespaces_in(["_xldudf_HINF_CLAIM_GRID(A1)", "_xldudf_OTHER_CODES()"], ["CLAIM_GRID", "CODES"]))
    ['HINF']
    """
    found = set()
    own = [name for name in functions if (name in _COMMON) == common]
    for text in texts:
        if OFFICE_JS not in text:
            continue
        for call in _WORDS.finditer(_unescaped(text)[0]):
            word = (call[1] or "").upper()
            rest = word[len(OFFICE_JS) :]
            if call[2] and word.startswith("_XLDUDF_") and rest not in functions:
                found |= {rest[: -len(name) - 1] for name in own if rest.endswith("_" + name)}
    return {name for name in found if _NAMESPACE.fullmatch(name)}


def _unescaped(raw: str) -> tuple[str, Callable[[int], int]]:
    """A text without its XML entities, and where each of its characters stands in ``raw``."""
    if "&" not in raw:
        return raw, int
    out: list[str] = []
    places: list[int] = []
    copied = 0
    for found in ENTITY.finditer(raw):
        out += (raw[copied : found.start()], character(found))
        places += [*range(copied, found.start()), *[found.start()] * len(out[-1])]
        copied = found.end()
    out.append(raw[copied:])
    places += range(copied, len(raw) + 1)
    return "".join(out), places.__getitem__
