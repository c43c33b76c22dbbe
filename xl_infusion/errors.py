"""What can go wrong, and the Excel error that each failure shows in a cell.

Below the worksheet a failure is a `BillingError`; at the worksheet it is an `ExcelError`, a text that equals
the code Excel knows and carries the sentence for the biller in ``message``.

>>> error = NotInForce("J3370 ended on 2025-06-30; its successor is J3373")
>>> cell = ExcelError.of(error)
>>> cell == "#N/A", cell.message
(True, 'J3370 ended on 2025-06-30; its successor is J3373')
"""

from __future__ import annotations

#: The error values a cell of an .xlsx file can hold.
EXCEL_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!",
     "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!"}
)  # fmt: skip


class BillingError(ValueError):
    """Something cannot be billed as it is written. The text says what, which value, and what to do."""

    excel = "#VALUE!"


class WrongInput(BillingError):
    """The wrong type or unit: a text for a number, mg for units, an Excel time for hours (``#VALUE!``)."""

    excel = "#VALUE!"


class OutOfRange(BillingError):
    """A number of the right type that cannot be: a dose of 0, a rank of -1 (``#NUM!``)."""

    excel = "#NUM!"


class NotFound(BillingError):
    """The reference, or a table of the workbook, has no such entry (``#N/A``)."""

    excel = "#N/A"


class NotInForce(NotFound):
    """The entry exists and is not in force on that day (``#N/A``)."""


class CellError(BillingError):
    """An error value that stood in a cell already: it comes out as it is."""

    def __init__(self, error: ExcelError, what: str) -> None:
        super().__init__(f"{what} is {error}" + (f" ({error.message})" if error.message else ""))
        self.excel = str(error)


class ReferenceTableError(Exception):
    """A row of the code reference is malformed, overlaps or contradicts another: file, line and remedy."""


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
    def of(cls, error: BillingError) -> ExcelError:
        """The cell's error for a failure below the worksheet."""
        return cls(error.excel, str(error))
