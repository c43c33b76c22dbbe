"""What a host hands over for a cell, made one thing: None for blank, text, a number, a boolean, a date, an error."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

from xl_infusion.errors import BillingError, ExcelError, WrongInput
from xl_infusion.rules.number import exact, plain
from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS

#: What a worksheet function may return in a cell.
Value = str | int | float | bool | dt.date | ExcelError


def normal(value: object) -> object:
    """The cell as the floors below know it; every host's way of saying blank or error ends here.

    >>> normal("  "), normal("#N/A"), normal(8.0)
    (None, ExcelError('#N/A'), 8.0)
    """
    kind = type(value)
    if kind is str:
        if value in EXCEL_ERRORS:
            return ExcelError(value)
        return value if value.strip() else None  # type: ignore[attr-defined]
    if kind is float:
        return value if math.isfinite(value) else ExcelError("#NUM!", "not a finite number")  # type: ignore[arg-type]
    if value is None or kind is int or kind is bool:
        return value
    return _normal_object(value)


def _normal_object(value: object) -> object:
    """A cell of a kind that few hosts hand over."""
    if isinstance(value, (ExcelError, dt.time, dt.timedelta)):
        return value
    if isinstance(value, dt.date):
        return value if value == value else ExcelError("#NUM!", "not a date")  # pandas' NaT is a date of no day
    if isinstance(value, Decimal):
        return value if value.is_finite() else ExcelError("#NUM!", "not a finite number")
    for base in (str, int, float):
        if isinstance(value, base):
            return normal(base(value))
    item = getattr(value, "item", None)  # a scalar of numpy
    return normal(item()) if callable(item) and not isinstance(item(), type(value)) else value


def text(value: object, what: str) -> str:
    """A cell as text; whole numbers without their point. `WrongInput` for blank and for what is no text.

    >>> text(99601.0, "code")
    '99601'
    """
    if value is None:
        raise WrongInput(f"{what} is blank")
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise WrongInput(f"{what} is not a text: a {type(value).__name__} was given")
    return plain(exact(value, what))


#: The most characters that a cell holds; Excel refuses a file with more.
MOST_CHARACTERS = 32_767


def fitting(text: str) -> str:
    """A text of ours as it fits into a cell.

    >>> len(fitting("a reason " * 4000)), fitting("a reason")
    (32767, 'a reason')
    """
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 3]}..."


def shown(value: object) -> Value:
    """A result as a cell shows it: exact money and numbers become the cell's float, a failure its error."""
    if isinstance(value, BillingError):
        return ExcelError.of(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**31 else float(value)
    if value is None:
        return ""
    return value  # type: ignore[return-value]
