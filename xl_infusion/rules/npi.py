"""The National Provider Identifier: ten digits, the last of them a check digit.

The check digit is Luhn's over the number behind the prefix 80840 (health, United States), whether the prefix
is written or not; the first digit is 1 or 2. Sources: 45 CFR 162.406 (ten digits, the tenth a check digit);
CMS, Requirements for National Provider Identifier (NPI) and NPI Check Digit; 69 FR 3434 (the first digit).

>>> parse("1234567893"), parse(1234567893)
('1234567893', '1234567893')
"""

from __future__ import annotations

import re
from functools import lru_cache

from xl_infusion.errors import WrongInput
from xl_infusion.rules.number import as_typed, exact, short

_CARD_PREFIX = "80840"
_TEN = re.compile(r"[0-9]{10}")
_REMEDY = "compare it with the NPI Registry"


def parse(value: object) -> str:
    """The ten digits of the NPI that a cell's text or number says.

    Errors: `WrongInput` for what is no NPI (letters, another length, another first digit, a check digit that
    does not fit), `OutOfRange` for a number beyond 1e15.

    >>> parse("1234567890")
    Traceback (most recent call last):
    xl_infusion.errors.WrongInput: NPI '1234567890' has a digit wrong (its check digit does not fit): compare it with \
the NPI Registry
    """
    if isinstance(value, str):
        return _of_text(short(value, "NPI"))
    if value is None:
        raise WrongInput("NPI is blank: type its ten digits")
    number = exact(value, "NPI")
    return _of_text(f"{number:.15g}" if number % 1 else str(int(number)))


@lru_cache(maxsize=4096)
def _of_text(value: str) -> str:
    text = value.strip()
    shown = as_typed(value)
    if not text:
        raise WrongInput(f"NPI {shown} is blank: type its ten digits")
    if not _TEN.fullmatch(text):
        raise WrongInput(f"NPI {shown} is not ten digits: {_REMEDY}")
    if text[0] not in "12":
        raise WrongInput(f"NPI {shown} does not begin with 1 or 2: {_REMEDY}")
    if not _fits(_CARD_PREFIX + text):
        raise WrongInput(f"NPI {shown} has a digit wrong (its check digit does not fit): {_REMEDY}")
    return text


def _fits(digits: str) -> bool:
    """True where the last digit is Luhn's check digit of those before it."""
    kept = sum(int(digit) for digit in digits[-1::-2])
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (kept + doubled) % 10 == 0
