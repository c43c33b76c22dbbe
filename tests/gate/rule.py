"""What a rule of the gate is: a small function that yields what breaks it, kept in one table with its source.

A rule looks at the whole book, or at one sheet, table, ... at a time: ``each`` says what of a book it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from tests.gate.book import Book

Check = Callable[[Any], Iterator[str]]
#: What of a book a rule is given, with the name by which a finding calls it.
Each = Callable[[Book], Iterable[tuple[str, Any]]]


class Finding(NamedTuple):
    rule: str
    where: str
    what: str


class Rule(NamedTuple):
    """``guards``: what must hold, in one line; ``source``: who says so (a section of ECMA-376, or what Excel does)."""

    name: str
    guards: str
    source: str
    each: Each
    check: Check
    first: bool

    def findings(self, book: Book) -> Iterator[Finding]:
        for where, thing in self.each(book):
            for what in self.check(thing):
                yield Finding(self.name, where, what)


RULES: dict[str, Rule] = {}


def whole(book: Book) -> Iterable[tuple[str, Book]]:
    return [(book.name, book)]


def rule(source: str, each: Each = whole, *, first: bool = False) -> Callable[[Check], Check]:
    """Puts a function into the table of rules. ``first``: the others can only read a book that keeps this one."""

    def put(check: Check) -> Check:
        name = check.__name__
        assert name not in RULES, name
        RULES[name] = Rule(name, (check.__doc__ or "").strip(), source, each, check, first)
        return check

    return put


def findings(book: Book) -> list[Finding]:
    """What is wrong with a book. Where it does not hold together as a package nothing behind that is looked at."""
    package = [found for one in RULES.values() if one.first for found in one.findings(book)]
    return package or [found for one in RULES.values() if not one.first for found in one.findings(book)]


def twice(values: Iterable[Any]) -> list[Any]:
    """Those that come more than once."""
    seen: set[Any] = set()
    return [value for value in values if value in seen or seen.add(value)]  # type: ignore[func-returns-value]


def words(text: str) -> list[str]:
    """The words of a text, for a list that is long and plain."""
    return text.split()
