"""The docstring of a worksheet function, read once for every place that shows help.

First a paragraph that says what the function gives; then its sections ``In:``, ``Out:``, ``Errors:`` and
``Authority:``, each where it is needed, in this order, at the start of a sentence; then examples as doctests.
"""

from __future__ import annotations

import functools
import inspect
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A doctest of a docstring: what is typed in Python, and what Python shows ("" for nothing)."""

    source: str
    shows: str


@dataclass(frozen=True, slots=True)
class Docstring:
    """What a docstring says, each part as one line of text; "" for a part that it does not have.

    ``errors_of``: what the errors are of, where that is not the cell ("of the whole grid"). ``remarks``: what
    stands between the summary and the first section.
    """

    summary: str
    remarks: str
    takes: str
    gives: str
    errors_of: str
    errors: str
    authority: str
    examples: tuple[Example, ...]


#: The head of a section, at the start of a sentence.
_SECTION = re.compile(r"(?:^|(?<=[.!?)] ))(In|Out|Errors|Authority)(?: \(([^()]+)\))?: ")
_FIRST_EXAMPLE = re.compile(r"^>>> ", re.MULTILINE)


@functools.cache
def parse(text: str) -> Docstring:
    """The parts of a docstring.

    Errors: `ValueError` for a section that stands twice, and for a doctest that cannot be read.

    >>> doc = parse('''Doses in 24 hours.
    ...
    ... In: an interval. Out: doses a day.
    ... Errors: #VALUE! not an interval.
    ...
    ... >>> DOSES_PER_DAY("q8h")
    ... 3
    ... ''')
    >>> doc.summary, doc.takes, doc.errors, doc.authority
    ('Doses in 24 hours.', 'an interval.', '#VALUE! not an interval.', '')
    >>> doc.examples
    (Example(source='DOSES_PER_DAY("q8h")', shows='3'),)
    """
    text = inspect.cleandoc(text)
    first = _FIRST_EXAMPLE.search(text)
    told, examples = (text[: first.start()], text[first.start() :]) if first else (text, "")
    summary, _, body = told.partition("\n\n")
    remarks, *parts = _SECTION.split(" ".join(body.split()))
    sections: dict[str, str] = {}
    of = dict(zip(parts[::3], parts[1::3], strict=True))
    for name, said in zip(parts[::3], parts[2::3], strict=True):
        if name in sections:
            raise ValueError(f"the docstring that begins {summary!r} has two sections {name}: keep one")
        sections[name] = said.strip()
    return Docstring(
        summary=" ".join(summary.split()),
        remarks=remarks.strip(),
        takes=sections.get("In", ""),
        gives=sections.get("Out", ""),
        errors_of=of.get("Errors") or "",
        errors=sections.get("Errors", ""),
        authority=sections.get("Authority", ""),
        examples=_examples(examples),
    )


def _examples(text: str) -> tuple[Example, ...]:
    if not text:
        return ()
    import doctest  # slow to import, and only who writes help wants examples

    found = doctest.DocTestParser().get_examples(text)
    return tuple(Example(example.source.rstrip("\n"), example.want.rstrip("\n")) for example in found)
