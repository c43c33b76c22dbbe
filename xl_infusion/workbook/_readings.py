"""Texts that Excel reads as numbers and the embedded engine does not: ``2-JUL-2025``, ``1:30 PM``, ``(5)``.

Which of them Excel reads hangs on the user's region too: what a formula makes of one is named, not guessed.
"""

from __future__ import annotations

import functools
import re

from xl_infusion.workbook._text import MARK

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
