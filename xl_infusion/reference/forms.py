"""How a drug is said to be given, beside its name, where that makes no other drug of it: ``vancomycin IV``.

Only what says injected or infused: a drug by mouth, inhaled or under the skin may have another code.
"""

from __future__ import annotations

import re

_FORM = r"(?:iv|i\.v\.|ivpb|inj|injection|injectable|infusion|intravenous)"
_BEFORE = re.compile(rf"{_FORM}(?!\w)[ .,]*(?:of )?(.*)", re.IGNORECASE)
_BEHIND = re.compile(rf"(.+?)[ ,]+(?:for )?{_FORM}\.?", re.IGNORECASE)
#: Words in a product that say how it is given: by it a code, and the therapy, is another one.
ROUTES = frozenset({"IV", "SC", "IM"})
#: No name is longer.
_MOST_LETTERS = 60


def without_form(name: str) -> str:
    """A name without the word before or behind it that says that it is injected or infused; "" where none does.

    >>> without_form("vancomycin IV"), without_form("Inj. ceftriaxone"), without_form("infliximab for injection")
    ('vancomycin', 'ceftriaxone', 'infliximab')
    >>> without_form("vancomycin"), without_form("vancomycin oral"), without_form("injection")
    ('', '', '')
    """
    text = name.strip()
    if len(text) > _MOST_LETTERS:
        return ""
    found = _BEFORE.fullmatch(text) or _BEHIND.fullmatch(text)
    return found[1] if found else ""
