"""Cells of the tables as the claim reads them: text, choices, days, places, names as they are compared.

A cell that cannot be read becomes a failure of its row (or of the one thing it decides): the row stays, and
its lines say what is wrong. Rows are mappings from a column's name to a cell: None for blank, else text, a
number, a boolean, a date or an `ExcelError`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import TypeVar

from xl_infusion.claim.column import Column, Limits
from xl_infusion.claim.spans import LAST
from xl_infusion.claim.words import ALSO_WRITTEN
from xl_infusion.errors import BillingError, CellError, ExcelError, OutOfRange, WrongInput, kept, quoted
from xl_infusion.reference import Reference
from xl_infusion.reference.names import fold
from xl_infusion.rules import day as day_rule
from xl_infusion.rules.number import exact, plain, whole

#: A row of a table: column name -> cell.
Row = Mapping[str, object]
SortKey = tuple[tuple[int, object], ...]
V = TypeVar("V")


def good(value: object, what: str) -> object:
    """A cell that is no error; an error value is raised as the `CellError` it is."""
    if isinstance(value, ExcelError):
        raise CellError(value, what)
    return value


def text(value: object, what: str) -> str:
    """A cell as text, spaces tidied; whole numbers without their point (1001.0 is ``1001``).

    Errors: `CellError` for an error value, `WrongInput` for what is neither text nor number nor date.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(str(good(value, what)).split())
    if type(value) is int:
        return str(value)
    if isinstance(value, bool):
        raise WrongInput(f"{what} is {str(value).upper()}: a text or number is needed")
    if isinstance(value, (int, float, Decimal)):
        return plain(exact(value, what))
    if isinstance(value, dt.date):
        return str(value)[:10]
    raise WrongInput(f"{what} is of type {type(value).__name__}: a text or number is needed")


def sort_key(value: str) -> SortKey:
    """Orders texts as people do: numbers by their size (2 before 10), then texts, numbers inside them too.

    >>> sorted(["PO-10", "10", "PO-2", "2"], key=sort_key)
    ['2', '10', 'PO-2', 'PO-10']
    """
    if value.isascii() and value.isdigit() and len(value) < 19:
        return ((0, int(value)),)
    return tuple(
        (0, int(part)) if part.isascii() and part.isdigit() and len(part) < 19 else (1, part.casefold())
        for part in re.split(r"([0-9]+)", value)
        if part
    )


def fold_name(name: str) -> str:
    """A payer's name as it is compared: without regard to case."""
    return name.casefold()


def choice(column: Column, value: object) -> str:
    """One of the words that a column takes (`one_of`)."""
    return one_of(column.name, column.choices, value)


def one_of(what: str, words: Sequence[str], value: object) -> str:
    """One of some words, as they are spelled there; "" for blank. TRUE and FALSE are yes and no.

    Errors: `CellError`, `WrongInput` that names the words.
    """
    value = good(value, what)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    written = text(value, what)
    if not written:
        return ""
    for known in words:
        if fold(written) in map(fold, (known, *ALSO_WRITTEN.get(known, ()))):
            return known
    raise WrongInput(f"{what} {quoted(written)} is not one of {', '.join(words)}")


def whole_of(column: Column, value: object) -> int:
    """A whole number within the limits that its column declares. Errors: `CellError`, `NotANumber`, `OutOfRange`."""
    limits = column.checked
    assert isinstance(limits, Limits) and isinstance(limits.least, int) and isinstance(limits.most, int), column.name
    return whole(good(value, column.name), column.name, limits.least, limits.most)


def period(row: Row) -> tuple[int, int, BillingError | None]:
    """From and To of a dated row as ordinals, both inclusive; blank is open. With what is wrong with them."""
    first, last = 1, LAST
    problem: BillingError | None = None
    for column in ("From", "To"):
        try:
            if (cell := good(row.get(column), column)) is not None:
                day = day_rule.parse(cell, column).toordinal()
                first, last = (day, last) if column == "From" else (first, day)
        except BillingError as error:
            problem = problem or kept(error)
    if last < first:
        return last, first, problem or OutOfRange("To is before From")
    return first, last, problem


def place_of_service(reference: Reference, value: object, what: str) -> str:
    """A place of service, two digits; a word is looked up, a blank one stays blank. `WrongInput`."""
    place = text(good(value, what), what)
    code = reference.place(place) or place
    if code and not re.fullmatch(r"[0-9]{1,2}", code, re.ASCII):
        raise WrongInput(
            f"{what} {quoted(place)} is not a place of service: write 12 home, 49 infusion suite or 11 office"
        )
    return code.zfill(2) if code else ""


def patient_of(value: object) -> str:
    """The patient of a row; it must be there."""
    patient = text(good(value, "Patient"), "Patient")
    if not patient:
        raise WrongInput("Patient is blank: every row needs one")
    return patient


def payer_of(value: object, what: str = "Payer") -> str:
    """The payer that a cell names, "" for blank."""
    return text(good(value, what), what)


def with_problem(problems: tuple[BillingError, ...], problem: BillingError) -> tuple[BillingError, ...]:
    """The failures of a row and one more, each sentence once."""
    return problems if str(problem) in map(str, problems) else (*problems, problem)


class Readings:
    """The cells of one row, read one after another; why some cannot be read is among the ``problems``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.problems: list[BillingError] = []

    def known(self, otherwise: V, read: Callable[..., V], *cells: object) -> V:
        """What ``read`` makes of some cells, ``otherwise`` where it cannot."""
        found = self._memory.read(read, *cells)
        if isinstance(found, BillingError):
            self.problems.append(found)
            return otherwise
        return found

    @property
    def problem(self) -> BillingError | None:
        """The first of the problems."""
        return self.problems[0] if self.problems else None


class Memory:
    """Reads cells and remembers: those of a workbook repeat from row to row."""

    def __init__(self) -> None:
        self._read_already: dict[object, object] = {}

    def read(self, read: Callable[..., V], *cells: object) -> V | BillingError:
        """What ``read`` makes of some cells, or why it cannot."""
        key = (read.__name__, cells)
        try:
            return self._read_already[key]  # type: ignore[return-value]
        except (KeyError, TypeError):
            pass
        found: V | BillingError
        try:
            found = read(*cells)
        except BillingError as error:
            found = kept(error)
        # 1 and TRUE are equal and yet not one cell: neither is kept
        if True not in cells and False not in cells:
            with suppress(TypeError):  # a cell that has no hash is no cell of a workbook: nothing to keep
                self._read_already[key] = found
        return found
