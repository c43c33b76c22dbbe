"""How a workbook spells calls of an add-in's functions: plain, as Excel does over COM, or as it stores Office.js's.

An Office.js function stands in the file as ``_xldudf_PERDIEM_CODE(...)``, with the add-in's namespace in between
where it has one: ``_xldudf_HINF_PERDIEM_CODE(...)``. Excel shows ``PERDIEM_CODE`` and ``HINF.PERDIEM_CODE``.

A function of an add-in on Windows stands there as one of another workbook, ``[1]!PERDIEM_CODE(...)``, or with the
add-in's path before the ``!``. It is ours where the link leads to one of our files, in whatever folder that is.

A namespace is ours where a workbook calls one of our functions in it whose name is nobody else's; ``CODES`` and
``EXPLAIN`` alone could be another add-in's ``OTHER_CODES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import unquote

from xl_infusion.spreadsheet.xlsx.formulas import ENTITY, character
from xl_infusion.spreadsheet.xlsx.package import Package

#: What Excel writes before the name of an Office.js function.
OFFICE_JS = "_xldudf_"
#: What Excel puts before the name of a function that it does not know, or that is newer than the file's format.
_PREFIX = re.compile(r"(?:_xlfn\.|_xlws\.|_xludf\.)+", re.IGNORECASE)
#: What stands before the name of a function of an add-in written in C.
_XLL = "_XLL."
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_ITSELF = "[0]"
#: A link to another file by its number, with or without a sheet of it.
_LINK = re.compile(r"\[([1-9][0-9]*)\]")
_FILE = re.compile(r"(?<![^\\/:*?\"<>|\[\]])[^\\/:*?\"<>|\[\]]+\.xl\w{1,2}", re.IGNORECASE)
#: What a formula is made of, as far as calls are concerned: texts, quoted sheet names and [...] stay; then what stands
#: before an ! (1), a whole word (2), and the bracket behind it, which makes a call of it (3).
_WORDS = re.compile(
    r""""(?:[^"]|"")*"|(?:('(?:[^']|'')*'|\[[^\[\]]*\][\w.\\?$]*|[\w.\\?$]+)!)?([\w.\\?$]+)(\()?"""
    r"""|'(?:[^']|'')*'|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]|![\w.\\?$]+""",
    re.DOTALL,
)


class WrongName(ValueError):
    """A name that an add-in, or its server, cannot have."""

    status = 2


def checked_namespace(text: str) -> str:
    """A namespace as the file spells it. Errors: `WrongName` for one that no add-in can have.

    >>> checked_namespace("hinf")
    'HINF'
    """
    if text and not _NAMESPACE.fullmatch(text):
        raise WrongName(f"namespace {text!r}: it begins with a letter and has letters, digits and _ only: HINF")
    return text.upper()


def unprefixed(word: str) -> str:
    """A function's name without what Excel puts before those it does not know: ``_xlfn._xlws.SORT`` is ``SORT``."""
    found = _PREFIX.match(word)
    return word[found.end() :] if found else word


@dataclass(frozen=True)
class AddIn:
    """An add-in whose functions are calculated here.

    ``functions``: their names in upper case; ``namespace``: the one that is its own in every workbook; ``files``: those
    that a workbook can have the functions from, in small letters; ``common``: names of its functions that are words of
    many trades, so that another add-in can have them too.
    """

    functions: frozenset[str]
    namespace: str = ""
    files: frozenset[str] = frozenset()
    common: frozenset[str] = frozenset()

    def only(self, *functions: str) -> AddIn:
        """The same add-in as if it had these functions alone."""
        return replace(self, functions=frozenset(functions))


class Spellings:
    """The spellings of an add-in's functions. ``namespaces``: those that are its own in a workbook; ``links``: where
    the workbook's links to other files lead, by their numbers.
    """

    def __init__(self, addin: AddIn, namespaces: Iterable[str] = (), links: Mapping[int, str] | None = None) -> None:
        self.functions, self.files = addin.functions, addin.files
        self.namespaces = {name.upper() for name in (addin.namespace, *namespaces) if name}
        self.links = links or {}

    @cached_property
    def _begun(self) -> list[str]:
        """The beginnings of calls."""
        return [f"{name}(" for name in self.functions]

    def _mentions(self, text: str) -> bool:
        """Whether one of the functions may be called: asked of every formula, so in the quickest way."""
        upper = text.upper()
        return any(begun in upper for begun in self._begun)

    def prefix(self, word: str) -> int | None:
        """How much of a word stands before one of the names: 0 for a plain one, None where the word is no name.

        >>> spellings = Spellings(AddIn(frozenset({"CODES", "JUNITS", "XL_VERSION"})), ["HINF"])
        >>> words = ["junits", "_xldudf_JUNITS", "_xldudf_HINF_CODES", "_xldudf_XL_VERSION"]
        >>> [spellings.prefix(word) for word in words]
        [0, 8, 13, 8]
        >>> [spellings.prefix(word) for word in ("MYJUNITS", "_xldudf_OTHER_CODES", "_xldudf_MY.JUNITS")]
        [None, None, None]
        >>> [spellings.prefix(word) for word in ("_xlfn.CODES", "_xlfn._xlws.junits", "_xludf.OTHER")]
        [6, 12, None]
        """
        if (name := unprefixed(word)) != word:
            further = self.prefix(name)
            return None if further is None else len(word) - len(name) + further
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
        return bool(self.called(text))

    def called(self, text: str) -> set[str]:
        """The functions that a formula calls.

        >>> Spellings(AddIn(frozenset({"JUNITS", "CODES"}))).called('SUM(_xldudf_junits(A1))&"CODES("')
        {'JUNITS'}
        """
        if not self._mentions(text):
            return set()
        names = ((self._name(found), found.end(2)) for found in _WORDS.finditer(text))
        return {text[begin:end].upper() for begin, end in names if begin is not None}

    def _name(self, found: re.Match[str]) -> int | None:
        """Where in its text the name of a function of ours begins that a word calls; None where it calls none."""
        before = self.prefix(found[2]) if found[3] else None
        if before is None or (found[1] and not self._leads_to_us(found[1])):
            return None
        return found.start(2) + before

    def _leads_to_us(self, qualifier: str) -> bool:
        """Whether what stands before an ! means this workbook itself, or a file of ours."""
        return qualifier == _ITSELF or self._file(qualifier).casefold() in self.files

    def _file(self, qualifier: str) -> str:
        """The name of the file that stands before an !, or "" for a sheet.

        >>> spellings = Spellings(AddIn(frozenset()), links={1: "file:///C:\\\\XLSTART\\\\my%20own.xlam"})
        >>> [spellings._file(text) for text in ("[1]", "[2]", "'C:\\\\a b\\\\ours.xlam'", "Sheet1")]
        ['my own.xlam', 'link 2, which leads nowhere', 'ours.xlam', '']
        """
        inside = "" if qualifier == _ITSELF else qualifier.strip("'")
        if link := _LINK.match(inside):
            inside = unquote(self.links.get(int(link[1]), ""))
            if not inside:
                return f"link {link[1]}, which leads nowhere"
            return re.split(r"[\\/]", inside)[-1]
        found = _FILE.search(re.split(r"[\\/]", inside)[-1])
        return found[0] if found else ""

    def others(self, text: str) -> Iterator[tuple[str, str]]:
        """The calls of functions of the same names that another add-in has: the name, and its file.

        >>> ours = AddIn(frozenset({"CODES"}), files=frozenset({"ours.xlam"}))
        >>> spellings = Spellings(ours, links={1: "C:\\\\ours.xlam", 2: "C:\\\\theirs.xlam"})
        >>> list(spellings.others("[1]!CODES()+[2]!codes()+[2]!Other()+Sheet1!CODES()+_xll.CODES()"))
        [('CODES', 'theirs.xlam'), ('CODES', 'an XLL')]
        """
        if not self._mentions(text):
            return
        for found in _WORDS.finditer(text):
            name = (found[2] or "").upper()
            file = "an XLL" if name.startswith(_XLL) else self._file(found[1] or "")
            if found[3] and name.removeprefix(_XLL) in self.functions and file and file.casefold() not in self.files:
                yield name.removeprefix(_XLL), file

    def unlinked(self, text: str) -> str:
        """A formula with its calls of ours through a link to a file of ours as plain ones.

        >>> ours = AddIn(frozenset({"CODES"}), files=frozenset({"ours.xlam"}))
        >>> Spellings(ours).unlinked("SUM('C:\\\\it''s\\\\ours.xlam'!CODES(Sheet1!A1))")
        'SUM(CODES(Sheet1!A1))'
        """
        if "!" not in text or not self._mentions(text):
            return text

        def plain(found: re.Match[str]) -> str:
            linked = found[1] and self._name(found) is not None
            return text[found.start(2) : found.end()] if linked else found[0]

        return _WORDS.sub(plain, text)

    def respelt(self, raw: str, before: str) -> tuple[str, int, int]:
        """A formula with ``before`` in front of every name of ours that it calls; letters keep their case.

        In: the formula as XML has it (``&quot;`` for a quote) or as it is. Out: the same, how many names changed,
        and how many were spelt so. Nothing else of it changes.

        >>> ours = AddIn(frozenset({"JUNITS", "CODES"}), files=frozenset({"ours.xlam"}))
        >>> spellings = Spellings(ours, ["HINF"])
        >>> spellings.respelt('SUM(JUNITS(A1,B1),1)&"JUNITS("', "_xldudf_")
        ('SUM(_xldudf_JUNITS(A1,B1),1)&"JUNITS("', 1, 0)
        >>> spellings.respelt("_xldudf_HINF_CODES()+MYCODES()+ours.xlam!CODES()", "")
        ('CODES()+MYCODES()+CODES()', 2, 0)
        """
        if not self._mentions(raw if "&" not in raw else ENTITY.sub(character, raw)):
            return raw, 0, 0
        text, at = _unescaped(raw)
        out: list[str] = []
        copied = changed = same = 0
        for found in _WORDS.finditer(text):
            begins = self._name(found)
            if begins is None:
                continue
            first, name = at(found.start()), at(begins)
            if raw[first:name].upper() == before.upper():
                same += 1
                continue
            out += (raw[copied:first], before)
            copied = name
            changed += 1
        return "".join((*out, raw[copied:])), changed, same


def spellings_of(package: Package, addin: AddIn) -> Spellings:
    """The spellings in a workbook, with every namespace that is the add-in's. Errors: those of `Package.formulas`."""
    return Spellings(addin, namespaces_in(_texts(package), addin), package.links)


def _texts(package: Package) -> Iterator[str]:
    yield from package.defined_names.values()
    for sheet in package.sheets:
        for cell in package.formulas(sheet.name):
            yield cell.text


def namespaces_in(texts: Iterable[str], addin: AddIn, common: bool = False) -> set[str]:
    """The namespaces in which formulas call a function of the add-in whose name is nobody else's.

    With ``common`` those in which they call one that could be another add-in's too.

    >>> ours = AddIn(frozenset({"CLAIM_GRID", "CODES"}), common=frozenset({"CODES"}))
    >>> sorted(namespaces_in(["_xldudf_HINF_CLAIM_GRID(A1)", "_xldudf_OTHER_CODES()"], ours))
    ['HINF']
    """
    own = [name for name in addin.functions if (name in addin.common) == common]
    found = set()
    for text in texts:
        for call in _office_js_calls(text):
            if call not in addin.functions:
                found |= {call[: -len(name) - 1] for name in own if call.endswith("_" + name)}
    return {name for name in found if _NAMESPACE.fullmatch(name)}


def _office_js_calls(text: str) -> Iterator[str]:
    """What a formula calls in the spelling of Office.js, in capitals: the namespace, and the function's name."""
    if OFFICE_JS not in text:
        return
    for call in _WORDS.finditer(_unescaped(text)[0]):
        word = (call[2] or "").upper()
        if call[3] and word.startswith(OFFICE_JS.upper()):
            yield word[len(OFFICE_JS) :]


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
