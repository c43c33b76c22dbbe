"""Exact numbers out of what people type: never a float beyond the cell, never a digit that was not meant.

A float of a cell counts with the 15 significant digits that Excel shows: 0.1 + 0.2 is 0.3, so that a sum
made in the workbook does not cost a unit more. A text counts with as many, for what a program wrote out of such a sum
(0.30000000000000004) says no more.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal

from xl_infusion.errors import NotANumber, OutOfRange, quoted

CENT = Decimal("0.01")
#: The longest text that a number, a dose, a date, an NDC or a list of vials may be.
MOST_LETTERS = 1000

_AS_EXCEL = Context(prec=15)
_NUMBER = re.compile(r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)?(\.[0-9]+)?", re.ASCII)


def exact(value: object, what: str, remedy: str = "write 1250.5 or 1,250.5") -> Decimal:
    """``value`` (int, float, Decimal, or a number as text) as an exact Decimal; ``what`` names it in a message.

    ``remedy``: what to do about a text that is no number.

    Errors: `NotANumber` for anything that is no number, `OutOfRange` for infinity and 1e15 upwards.

    >>> exact(0.1 + 0.2, "share"), exact("1,250.5", "rate")
    (Decimal('0.3'), Decimal('1250.5'))
    >>> exact("1,25", "rate")
    Traceback (most recent call last):
    xl_infusion.errors.NotANumber: rate '1,25' is not a number: write 1250.5 or 1,250.5
    """
    if isinstance(value, bool):
        raise NotANumber(f"{what} is {str(value).upper()}: a number is needed")
    if isinstance(value, str):
        number = _of_text(value, what, remedy)
    elif isinstance(value, (int, float, Decimal)):
        number = _of_number(value, what)
    else:
        raise NotANumber(f"{what} is {_kind(value)}: a number is needed")
    if abs(number) >= 10**15:
        raise OutOfRange(f"{what} {number:.3g} is too large to be meant")
    return number


def _of_text(value: str, what: str, remedy: str) -> Decimal:
    text = short(value, what).strip()
    if not text.isascii() or not _NUMBER.fullmatch(text) or not text.strip("+-") or len(text) > 30:
        raise NotANumber(f"{what} {as_typed(value)} is not a number: {remedy}")
    return written(text)


def written(digits: str) -> Decimal:
    """A number written out, commas between its thousands or not, with the 15 significant digits that Excel has.

    >>> written("1,250.5"), written("0.30000000000000004") == Decimal("0.3")
    (Decimal('1250.5'), True)
    """
    return _AS_EXCEL.create_decimal(digits.replace(",", ""))


def _of_number(value: int | float | Decimal, what: str) -> Decimal:
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return Decimal(format(value, ".15g"))
    elif value.is_finite():
        return value
    raise OutOfRange(f"{what} is not a finite number")


def short(value: str, what: str) -> str:
    """The text of a cell, where it is not longer than any ``what``: then nobody need look through it. `NotANumber`.

    >>> short("1 g", "dose")
    '1 g'
    """
    if len(value) > MOST_LETTERS:
        raise NotANumber(f"{what} {quoted(value)} has {len(value)} characters, and no {what} has so many")
    return value


def as_typed(text: str) -> str:
    """The text of a cell as a message quotes it, of a long one its first letters.

    >>> as_typed("1 g"), len(as_typed("1 g " * 20))
    ("'1 g'", 42)
    """
    return quoted(text, 40)


def whole(value: object, what: str, least: int, most: int) -> int:
    """``value`` as a whole number from ``least`` to ``most``. Errors: `NotANumber`, `OutOfRange`.

    >>> whole(2.0, "rank", 1, 99)
    2
    """
    number = exact(value, what, f"write a whole number alone: {max(least, min(7, most))}")
    if number != number.to_integral_value() or not least <= number <= most:
        raise OutOfRange(f"{what} {plain(number)} is not a whole number from {least} to {most}")
    return int(number)


def cents(amount: Decimal) -> Decimal:
    """Money rounded half up to the cent.

    >>> cents(Decimal("105.245"))
    Decimal('105.25')
    """
    return amount.quantize(CENT, ROUND_HALF_UP)


def dollars(amount: Decimal) -> str:
    """US dollars as a message tells them.

    >>> dollars(Decimal("1234.5"))
    '$1,234.50'
    """
    return f"${amount:,.2f}"


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no needless zeros.

    >>> plain(Decimal("1E+3")), plain(Decimal("2.50"))
    ('1000', '2.5')
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _kind(value: object) -> str:
    if value is None:
        return "blank"
    return {"datetime": "a date", "date": "a date", "time": "a time of day", "timedelta": "a time of day"}.get(
        type(value).__name__, f"of type {type(value).__name__}"
    )
