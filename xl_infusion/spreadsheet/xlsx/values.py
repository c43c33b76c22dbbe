"""A value as it stands in a cell of a worksheet part."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from xml.sax.saxutils import escape

from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS, ExcelError
from xl_infusion.spreadsheet.xlsx.errors import UnwritableValue
from xl_infusion.spreadsheet.xlsx.grid import letters

#: What a result can be. None and "" are the empty text that a formula may give.
CellValue = str | bool | int | float | Decimal | dt.date | dt.time | dt.timedelta | ExcelError | None


class Kept(Enum):
    """`KEPT`: a cell that stays as it is; one that is not there is made, and blank."""

    KEPT = 0


KEPT = Kept.KEPT


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula for a blank cell, without its =."""

    text: str


#: What can be put into a cell of a table beside a value.
Content = CellValue | Kept | Formula

MAX_TEXT = 32_767
#: The errors that a cell can hold as such. For each of its newer ones (#SPILL!, #CALC!) Excel itself stores
#: #VALUE! and keeps the rest elsewhere; the code itself in this place stops other readers from opening the
#: sheet at all.
STORED_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})

#: Whole numbers below this are written digit by digit, others as the nearest number a cell can hold.
_EXACT = 2**53
_CACHED = 1 << 16
_CACHED_ATTRIBUTES = 4096
_OF_VALUE = re.compile(rb'(?<!\s)\s+(?:t|vm)="[^"]*"')
_FIRST_DAY = dt.datetime(1900, 1, 1)
_LEAP_BUG = dt.datetime(1900, 3, 1)
_EPOCH_1900 = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)

# XML has no such characters, or reads \r as \n: a cell says _x000D_. A text that says so already says _x005F_
# for _.
_CONTROL = "\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
_ESCAPED = re.compile(f"[{_CONTROL}]|_(?=x[0-9A-Fa-f]{{4}}[_{_CONTROL}])")
_PRESERVED = re.compile(r"^\s|\s$|[\n\t]|\s\s")


def serial(value: dt.date, date1904: bool) -> int | float:
    """The number of a day, or of a moment, in the date system of a workbook.

    Errors: `UnwritableValue` for a day before the system's first, or a moment with a time zone.

    >>> import datetime as dt
    >>> serial(dt.date(1900, 2, 28), False), serial(dt.date(1900, 3, 1), False)
    (59, 61)
    >>> serial(dt.datetime(2025, 7, 1, 18), True)
    44377.75
    """
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    if moment.tzinfo is not None:
        raise UnwritableValue("a moment with a time zone: give it in local time without one")
    first = _EPOCH_1904 if date1904 else _FIRST_DAY
    if moment < first:
        raise UnwritableValue(f"a date before {first:%Y-%m-%d}, the workbook's first")
    passed = moment - (_EPOCH_1904 if date1904 else _EPOCH_1900)
    # Excel counts a 29 February 1900 that never was; the days before it are one lower
    days = passed.days - (not date1904 and moment < _LEAP_BUG)
    return days + _fraction(dt.timedelta(seconds=passed.seconds, microseconds=passed.microseconds))


def in_cell(value: object, date1904: bool) -> str | float | bool | None:
    """A value as the engine and the cells of a file know it: dates, times and decimals as numbers.

    >>> import datetime as dt
    >>> in_cell(dt.date(2025, 6, 30), False), in_cell(dt.time(6), False), in_cell(dt.timedelta(hours=30), False)
    (45838.0, 0.25, 1.25)
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float | Decimal):
        return float(value)
    if isinstance(value, dt.date):
        return float(serial(value, date1904))
    if isinstance(value, dt.time):
        value = dt.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
    if isinstance(value, dt.timedelta):
        return value / dt.timedelta(days=1)
    raise TypeError(f"a {type(value).__name__} is no value of a cell")


def _fraction(span: dt.timedelta) -> int | float:
    return span / dt.timedelta(days=1) if span else 0


def escaped(text: str) -> str:
    """The XML of a cell's text. Errors: `UnwritableValue` past 32,767 characters.

    >>> escaped("a < b"), escaped("_x0041_")
    ('a &lt; b', '_x005F_x0041_')
    """
    # Excel counts UTF-16 units, of which a character has two at most
    if len(text) * 2 > MAX_TEXT and len(text) + sum(character > "\uffff" for character in text) > MAX_TEXT:
        raise UnwritableValue(f"a text of {len(text):,} characters: a cell holds at most {MAX_TEXT:,}")
    if text.isascii() and text.isalnum():
        return text
    text = _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Rendered(dict[type, "_OfType"]):
    """``rendered[value.__class__][value]``: the rest of a cell behind ``<c r="B5"``, up to and with ``</c>``.

    Two look-ups give what was rendered before, which for the codes and drugs of a claim grid is nearly
    always. Errors: `UnwritableValue`.

    >>> rendered = Rendered(date1904=False)
    >>> rendered[str]["S9502"], rendered[float][2.0], rendered[bool][True]
    (b' t="str"><v>S9502</v></c>', b'><v>2</v></c>', b' t="b"><v>1</v></c>')
    """

    def __init__(self, date1904: bool, prefix: bytes = b"") -> None:
        self.date1904 = date1904
        self.prefix = prefix.decode()

    def __missing__(self, kind: type) -> _OfType:
        for known, render in self._known():
            if issubclass(kind, known):
                self[kind] = found = _OfType(render)
                return found
        raise UnwritableValue(f"a {kind.__name__}, which no cell can hold")

    def _known(self) -> list[tuple[type, Callable[..., bytes]]]:
        # a type before those it derives from: an ExcelError is a text, True is a number
        return [
            (ExcelError, self._error),
            (str, self._text),
            (type(None), lambda _: self._cell(' t="str"', "")),
            (bool, lambda value: self._cell(' t="b"', str(int(value)))),
            (int, self._whole),
            (float, self._number),
            (Decimal, self._decimal),
            (dt.date, lambda value: self._number(serial(value, self.date1904))),
            (dt.time, self._time),
            (dt.timedelta, lambda value: self._number(_fraction(value))),
            (Kept, lambda _: b"/>"),
            (Formula, self._formula),
        ]

    def _cell(self, attribute: str, content: str, space: str = "") -> bytes:
        p = self.prefix
        return f"{attribute}><{p}v{space}>{content}</{p}v></{p}c>".encode()

    def _text(self, value: str) -> bytes:
        space = ' xml:space="preserve"' if _PRESERVED.search(value) else ""
        return self._cell(' t="str"', escaped(value), space)

    def _formula(self, value: Formula) -> bytes:
        p = self.prefix
        return f"><{p}f>{escape(value.text)}</{p}f></{p}c>".encode()

    def _error(self, value: ExcelError) -> bytes:
        code = str(value)
        if code not in EXCEL_ERRORS:
            raise UnwritableValue("an error that Excel does not know")
        return self._cell(' t="e"', code if code in STORED_ERRORS else "#VALUE!")

    def _whole(self, value: int) -> bytes:
        if abs(value) < _EXACT:
            return self._cell("", str(int(value)))
        try:
            return self._number(float(value))
        except OverflowError as error:
            raise UnwritableValue("a number too large for a cell") from error

    def _number(self, value: float) -> bytes:
        if not math.isfinite(value):
            raise UnwritableValue("a number that is not finite")
        if value == 0:
            return self._cell("", "0")  # a cell has no -0
        return self._cell("", repr(float(value)).removesuffix(".0"))

    def _decimal(self, value: Decimal) -> bytes:
        # the shortest text that gives the cell's number: the decimal itself up to the 15 digits a cell keeps
        return self._number(float(value) if value.is_finite() else math.nan)

    def _time(self, value: dt.time) -> bytes:
        if value.tzinfo is not None:
            raise UnwritableValue("a moment with a time zone: give it in local time without one")
        return self._number(
            _fraction(
                dt.timedelta(0, value.hour * 3600 + value.minute * 60 + value.second, value.microsecond),
            )
        )


class _OfType(dict[object, bytes]):
    """What values of one type look like; of very many different ones only the first are kept."""

    def __init__(self, render: Callable[..., bytes]) -> None:
        self.render = render

    def __missing__(self, value: object) -> bytes:
        found = self.render(value)
        if len(self) < _CACHED:
            self[value] = found
        return found


class WithoutValue(dict[bytes, bytes]):
    """A cell's attributes without those of its value: its type, and what makes it a picture or a #SPILL!.

    >>> WithoutValue()[b' s="2" t="str"']
    b' s="2"'
    """

    def __missing__(self, attrs: bytes) -> bytes:
        kept = _OF_VALUE.sub(b"", attrs)
        if len(self) < _CACHED_ATTRIBUTES:
            self[attrs] = kept
        return kept


class Names(dict[int, bytes]):
    """How a cell of a column begins, up to its row: ``<c r="B``."""

    def __init__(self, prefix: bytes) -> None:
        self.prefix = prefix

    def __missing__(self, col: int) -> bytes:
        name = self[col] = b'<%bc r="%b' % (self.prefix, letters(col).encode())
        return name
