"""The errors that a cell can hold, with the sentence that says why.

>>> cell = ExcelError("#N/A", "no rate in force on that day")
>>> cell == "#N/A", cell.message
(True, 'no rate in force on that day')
"""

from __future__ import annotations

from typing import Protocol, TypeVar

E = TypeVar("E", bound=Exception)

#: The error values a cell of an .xlsx file can hold.
EXCEL_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
     "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!"}
)  # fmt: skip


def kept(error: E) -> E:
    """An error that becomes a value: it lets go of where it was raised, and of what it was raised in place of.

    They hold the frames of those calls, and these all that was worked out in them.

    >>> try:
    ...     raise ValueError("a dose is more than 0")
    ... except ValueError as error:
    ...     found = kept(error)
    >>> found.__traceback__ is None, str(found)
    (True, 'a dose is more than 0')
    """
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


class Told(Protocol):
    """An exception that says which error a cell shows for it."""

    excel: str


class ExcelError(str):
    """An error value of a cell: equal to its code, with the reason in ``message``.

    >>> ExcelError("#NUM!", "a dose is more than 0") == "#NUM!"
    True
    """

    __slots__ = ("message",)
    message: str

    def __new__(cls, code: str, message: str = "") -> ExcelError:
        error = super().__new__(cls, code)
        error.message = message
        return error

    def __repr__(self) -> str:
        return f"ExcelError({str(self)!r}, {self.message!r})" if self.message else f"ExcelError({str(self)!r})"

    def __reduce__(self) -> tuple[type[ExcelError], tuple[str, str]]:
        return ExcelError, (str(self), self.message)

    @classmethod
    def of(cls, error: Told) -> ExcelError:
        """The cell's error for a failure below the worksheet."""
        if isinstance(error, Exception):
            kept(error)
        return cls(error.excel, str(error))
