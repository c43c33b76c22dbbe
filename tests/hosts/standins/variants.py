"""Values as Excel and VBA hold them, and what pywin32 makes of them on the way to Python and back."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

#: What an argument left out is: VBA's Missing. Python sees its number (DISP_E_PARAMNOTFOUND).
MISSING = object()
_MISSING_NUMBER = -2147352572
_ERROR_NUMBER = -2146828288
_EPOCH = dt.datetime(1899, 12, 30)

ERROR_NAMES = {
    2000: "#NULL!", 2007: "#DIV/0!", 2015: "#VALUE!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!", 2042: "#N/A",
    2045: "#SPILL!", 2050: "#CALC!",
}  # fmt: skip


@dataclass(frozen=True)
class Error:
    """A true error value of a cell, what CVErr makes; no text, whatever the text reads."""

    number: int

    @classmethod
    def named(cls, name: str) -> Error:
        """The error that a cell shows as ``name``."""
        return cls(next(number for number, shown in ERROR_NAMES.items() if shown == name))

    def __repr__(self) -> str:
        return f"<{ERROR_NAMES.get(self.number, self.number)}>"


class VbaError(Exception):
    """A run-time error of VBA: its number, and its description as ``Err`` has it."""

    def __init__(self, number: int, description: str) -> None:
        super().__init__(description)
        self.number, self.description = number, description


class Array:
    """An array of Variants with one or two dimensions, counted from 0."""

    def __init__(self, cells: list[Any], dimensions: int) -> None:
        self.cells, self.dimensions = cells, dimensions

    @classmethod
    def of(cls, value: Sequence[Any]) -> Array:
        """One dimension, or two where the items are rows; rows of unequal length are no array."""
        rows = [isinstance(item, (list, tuple)) for item in value]
        if not any(rows):
            return cls(list(value), 1)
        if not all(rows) or len({len(row) for row in value}) > 1:
            raise TypeError("a jagged array does not cross")
        return cls([list(row) for row in value], 2)

    def copy(self) -> Array:
        """The array as an argument ByVal has it."""
        return Array([list(row) for row in self.cells] if self.dimensions == 2 else list(self.cells), self.dimensions)

    def size(self, dimension: int) -> int:
        """Cells along a dimension (from 1); `VbaError` where there is no such dimension."""
        if not 1 <= dimension <= self.dimensions:
            raise VbaError(9, "Subscript out of range")
        return len(self.cells if dimension == 1 else self.cells[0])

    def _line(self, at: Sequence[int]) -> list[Any]:
        if len(at) != self.dimensions or not all(0 <= i < self.size(d) for d, i in enumerate(at, start=1)):
            raise VbaError(9, "Subscript out of range")
        return self.cells if self.dimensions == 1 else self.cells[at[0]]

    def __getitem__(self, at: Sequence[int]) -> Any:
        return self._line(at)[at[-1]]

    def __setitem__(self, at: Sequence[int], value: Any) -> None:
        self._line(at)[at[-1]] = value


def to_python(value: Any) -> Any:
    """What pywin32 hands to Python for a Variant."""
    if value is MISSING:
        return _MISSING_NUMBER
    if isinstance(value, Error):
        return _ERROR_NUMBER + value.number
    if isinstance(value, Array):
        rows = value.cells if value.dimensions == 2 else [value.cells]
        crossed = tuple(tuple(to_python(cell) for cell in row) for row in rows)
        return crossed if value.dimensions == 2 else crossed[0]
    if isinstance(value, dt.time):
        value = dt.datetime.combine(_EPOCH, value)
    elif type(value) is dt.date:
        value = dt.datetime(value.year, value.month, value.day)
    if isinstance(value, dt.datetime):
        moment: Any = sys.modules["pywintypes"].TimeType
        return moment(*value.timetuple()[:6], tzinfo=dt.UTC)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)  # a cell has no integers
    return value


def from_python(value: Any) -> Any:
    """The Variant that pywin32 makes of a result; what it cannot make one of is a `TypeError`, as there."""
    if isinstance(value, (list, tuple)):
        array = Array.of(value)
        rows = array.cells if array.dimensions == 2 else [array.cells]
        for row in rows:
            row[:] = [from_python(cell) for cell in row]
        return array
    kind = type(value)
    if value is None or kind in (str, bool, float):
        return value
    if kind is int and -(2**31) <= value < 2**31:
        return float(value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.replace(tzinfo=None)
    raise TypeError(f"Objects of type '{kind.__name__}' can not be converted to a COM VARIANT")


def in_cell(value: Any) -> Any:
    """What a cell holds of a function's result: numbers, texts, booleans, errors; nothing at all is a 0."""
    if value is None:
        return 0.0
    if isinstance(value, dt.datetime):
        return (value - _EPOCH) / dt.timedelta(1)
    if isinstance(value, float) and value - value != 0:
        return Error(2036)
    return value


def as_number(value: Any) -> float | None:
    """The number that SUM adds for a cell; None for what it skips."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    return float(value)
