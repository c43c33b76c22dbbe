"""What can go wrong, and the Excel error that each failure shows in a cell.

Below the worksheet a failure is a `BillingError`; at the worksheet it is an `ExcelError`, a text that equals
the code Excel knows and carries the sentence for the biller in ``message``.

>>> error = NotInForce("J3370 ended on 2025-06-30; its successor is J3373")
>>> cell = ExcelError.of(error)
>>> cell == "#N/A", cell.message
(True, 'J3370 ended on 2025-06-30; its successor is J3373')
"""

from __future__ import annotations

from xl_infusion.spreadsheet.cell_error import ExcelError as ExcelError
from xl_infusion.spreadsheet.cell_error import kept as kept

#: A message has at most so many characters of a cell: enough to find it.
MOST_QUOTED = 60


def brief(text: object, most: int = MOST_QUOTED) -> str:
    """A text as a message has it: at most ``most`` characters of it.

    >>> brief("meropenum"), len(brief("x" * 32_767))
    ('meropenum', 60)
    """
    shown = str(text)
    return shown if len(shown) <= most else shown[: most - 3] + "..."


def quoted(text: object, most: int = MOST_QUOTED) -> str:
    """A text of a cell as a message quotes it: ``'meropenum'``. A character without a look of its own is six long.

    >>> quoted("meropenum"), len(quoted("\u200b" * 60)) <= MOST_QUOTED + 2
    ("'meropenum'", True)
    """
    shown = brief(text, most)
    while len(repr(shown)) > most + 2:
        shown = shown.removesuffix("...")[:-1] + "..."
    return repr(shown)


def table_row(table: str, *numbers: int) -> str:
    """Where something stands in a table, as every message says it: its rows, of which the headings are row 1.

    No function learns where on a sheet its range stands; the sheet Checks and the terminal add the cell.

    >>> table_row("Rates", 7), table_row("Own codes", 2, 5, 6)
    ('Rates table row 7', 'Own codes table rows 2, 5 and 6')
    """
    *most, last = map(str, numbers)
    return f"{table} table rows {', '.join(most)} and {last}" if most else f"{table} table row {last}"


class BillingError(ValueError):
    """Something cannot be billed as it is written. The text says what, which value, and what to do.

    ``kind``: what a claim check calls it.
    """

    excel = "#VALUE!"
    kind = "cannot be read"

    def at(self, where: str) -> BillingError:
        """The same failure, told with where it stands.

        >>> str(OutOfRange("share 2 is not from 0 to 1").at(table_row("Payers", 3)))
        'Payers table row 3: share 2 is not from 0 to 1'
        """
        return self._saying(f"{where}: {self}")

    def anew(self) -> BillingError:
        """The same failure, to be raised where this one is kept: what is raised holds whatever was at work.

        >>> error = OutOfRange("share 2 is not from 0 to 1")
        >>> str(error.anew()), error.anew() is error
        ('share 2 is not from 0 to 1', False)
        """
        return self._saying(str(self))

    def _saying(self, text: str) -> BillingError:
        error = type(kept(self)).__new__(type(self))
        error.args = (text,)
        error.excel = self.excel
        return error


class WrongInput(BillingError):
    """The wrong type or unit: a text for a number, mg for units, an Excel time for hours (``#VALUE!``)."""

    excel = "#VALUE!"


class NotANumber(WrongInput):
    """A text, date or boolean where a number must be."""

    kind = "not a number"


class WrongUnit(WrongInput):
    """A dose in a unit that the code does not count: mg for units."""

    kind = "unit mismatch"


class OutOfRange(BillingError):
    """A number of the right type that cannot be: a dose of 0, a rank of -1 (``#NUM!``)."""

    excel = "#NUM!"
    kind = "out of range"


class NoTherapy(WrongInput):
    """A drug that belongs to no single therapy, and an order that names none."""

    kind = "therapy not named"


class NotFound(BillingError):
    """The reference, or a table of the workbook, has no such entry (``#N/A``)."""

    excel = "#N/A"
    kind = "not found"


class TwoCodes(WrongInput):
    """Two rows of Payer codes want two codes for one thing on one day."""

    kind = "two codes on one day"


class UnknownDrug(NotFound):
    """A name that is no drug of the reference."""

    kind = "unknown drug"


class UnknownCode(NotFound):
    """A code that the reference does not have: a later release may, or a row of Own codes."""


class NoSuchBag(UnknownDrug):
    """A fluid that is billed by the bag, in an amount that is none of its bags."""

    kind = "no such bag"


class SupplyAlone(UnknownDrug):
    """A supply that the per diem pays, such as a flush of the line, typed as a drug."""

    kind = "supply as drug"


class UnknownPayer(NotFound):
    """A payer that the Payers table lacks."""

    kind = "unknown payer"


class NoPerDiemCode(NotFound):
    """An interval, volume or method that has no per diem code."""

    kind = "interval without a code"


class NoRate(NotFound):
    """A code without a rate on a day."""

    kind = "rate missing"


class NotCovered(NotFound):
    """A payer that does not cover home infusion, and nobody named to bill in its place."""

    kind = "not covered"


class NotKnown(NotFound):
    """What no source says: it is not guessed."""

    kind = "benefit not known"


class NotInForce(NotFound):
    """The entry exists and is not in force on that day (``#N/A``)."""

    kind = "code not in force"


class CellError(BillingError):
    """An error value that stood in a cell already: it comes out as it is."""

    kind = "error value"

    def __init__(self, error: ExcelError, what: str) -> None:
        super().__init__(f"{what} is {error}" + (f" ({error.message})" if error.message else ""))
        self.excel = str(error)


class ReferenceTableError(Exception):
    """A row of the code reference is malformed, overlaps or contradicts another: file, line and remedy.

    In a cell it is #N/A: of codes that cannot be read nothing is known. ``status``: the exit status of a program that
    ends by it.
    """

    excel = "#N/A"
    status = 8
