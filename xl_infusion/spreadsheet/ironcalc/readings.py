"""Texts that Excel reads as numbers and the embedded engine does not: ``2-JUL-2025``, ``1:30 PM``, ``(5)``.

Which of them Excel reads hangs on the user's region too: what a formula makes of one is named, not guessed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from xl_infusion.spreadsheet.formula.tree import Call, Literal, Node, Operation, Reference, walk
from xl_infusion.spreadsheet.ironcalc.functions import Failure
from xl_infusion.spreadsheet.ironcalc.model import Model
from xl_infusion.spreadsheet.ironcalc.text import MARK

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: A text without its digits.
_NO_DIGITS = functools.reduce(lambda text, digit: f'SUBSTITUTE({text},"{digit}","")', "0123456789", "_u")
_HAS_MONTH = ",".join(f'ISNUMBER(FIND("{month}",_u))' for month in _MONTHS)
_HAS_HALF_DAY = ",".join(f'RIGHT(_u,2)="{end}"' for end in ("am", "pm", " a", " p"))
#: Whether Excel may read a text (_u, in small letters) as a number that the engine does not read: a day, a time, a
#: fraction, (5). One with letters that are no month's, and no AM or PM, is none for certain.
_MAY_BE_READ = (
    f"IF(LEN({_NO_DIGITS})=LEN(_u),FALSE,IF(EXACT(_u,UPPER(_u)),TRUE,"
    f'OR(ISNUMBER(FIND(":",_u)),{_HAS_HALF_DAY},{_HAS_MONTH})))'
)


def read_as_number(name: str, otherwise: str) -> str:
    """The number that Excel reads in the text of a variable; ``otherwise`` where it is none, `MARK` where it may be.

    The engine reads days with points, which Excel does not in the United States.
    """
    dotted = f'LEN({name})-LEN(SUBSTITUTE({name},".",""))>1'
    failed = f"LET(_u,LOWER(TRIM({name})),IF({_MAY_BE_READ},{MARK},{otherwise}))"
    return f"IF(ISERROR(VALUE({name})),{failed},IF({dotted},{MARK},VALUE({name})))"


_ENDS = re.compile(rf"[:]|(?:[ap]m| [ap])$|{'|'.join(_MONTHS)}")


def may_be_read(text: str) -> bool:
    """Whether Excel may read a text as a number that the engine does not read.

    >>> [may_be_read(text) for text in ("2-JUL-2025", "7/2", "5 pm", "J2185", "500 mg", "n/a", "-")]
    [True, True, True, False, False, False, False]
    """
    if not re.search("[0-9]", text):
        return False
    lower = text.strip(" ").lower()
    return lower == lower.upper() or _ENDS.search(lower) is not None


def counts_in_excel(value: object) -> bool:
    """Whether Excel may calculate with a value that is no number: a text that it may read as one, TRUE, FALSE."""
    return type(value) is bool or (type(value) is str and may_be_read(value))


def literal_in_doubt(node: Node) -> Failure | None:
    """Why a formula's #VALUE! is not to be trusted: a text in it that it calculates with, as Excel may."""
    if any(may_be_read(text) for one in walk(node) for text in _as_numbers(one)):
        return Failure("calculates with a text that Excel may read as a day or a number")
    return None


def _as_numbers(node: Node) -> Iterator[str]:
    """The texts that stand in the place of a number, in sums and in parts of texts."""
    places: tuple[Node | None, ...] = ()
    if isinstance(node, Operation) and node.sign in "+-*/^%":
        places = node.operands
    elif isinstance(node, Call) and node.name in ("LEFT", "RIGHT", "MID"):
        places = node.args[1:]
    yield from (one.value for one in places if isinstance(one, Literal) and isinstance(one.value, str))


def read_from_cells(node: Node) -> Iterator[Reference]:
    """The cells whose texts a formula reads as numbers, in TEXT and VALUE."""
    for one in walk(node):
        if isinstance(one, Call) and one.name in ("TEXT", "VALUE") and one.args:
            what, form = one.args[0], one.args[-1]
            kept = one.name == "TEXT" and isinstance(form, Literal) and form.value == "@"
            if isinstance(what, Reference) and not kept:
                yield what


class Readings:
    """Which texts Excel may read otherwise than the engine does: each is tried once."""

    def __init__(self) -> None:
        self._doubtful: dict[str, bool] = {}

    def doubtful(self, text: object) -> bool:
        """Whether a value is a text that Excel may read as a number, and the engine does not, or as another."""
        if type(text) is not str or not may_be_read(text):
            return False
        if text not in self._doubtful:
            self._doubtful[text] = text.count(".") > 1 or not _engine_reads(text)
        return self._doubtful[text]


def _engine_reads(text: str) -> bool:
    model = Model(["S"], False)
    model.put(0, 1, 1, text)
    model.formula(0, 1, 2, "VALUE(A1)")
    model.calculate()
    return isinstance(model.value(0, 1, 2), float)
