"""The tables of a workbook as one value, and the claims that they come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from xl_infusion.claim.column import Table
from xl_infusion.claim.columns import HOLDS, ORDERS, OWN_CODES, PAYER_CODES, PAYERS, RATES, VISITS
from xl_infusion.functions.kept import Keeper
from xl_infusion.functions.own_codes import reference_with
from xl_infusion.functions.ranges import records
from xl_infusion.reference import Reference

if TYPE_CHECKING:
    from xl_infusion.claim.grid import Claim, Work
    from xl_infusion.model.book import Book


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that a claim is made of, each a range with its header row; None for one that is not given."""

    orders: object
    visits: object = None
    payers: object = None
    rates: object = None
    payer_codes: object = None
    own_codes: object = None
    holds: object = None

    @contextmanager
    def claims(self) -> Iterator[Claims]:
        """The claims that the tables come to, for the length of the block; the latest are kept.

        The functions of one workbook ask for the same claims: they are made again when a cell of a table, or the
        reference, is another. Errors: `WrongInput` a table that lacks a column or has it twice, `CellError` an
        argument's own error.
        """
        reference = reference_with(self.own_codes)
        ranges = [self.orders, self.visits, self.payers, self.rates, self.payer_codes, self.holds]
        with _LATEST.lent(reference, ranges, lambda: self._worked_out(reference)) as found:
            yield found

    def _worked_out(self, reference: Reference) -> Claims:
        from xl_infusion.claim.grid import Work

        work = Work(
            reference,
            records(self.orders, ORDERS),
            records(self.visits, VISITS),
            records(self.payers, PAYERS),
            records(self.rates, RATES),
            records(self.payer_codes, PAYER_CODES),
            records(self.holds, HOLDS),
        )
        return Claims(work, list(work.claims()))


#: Which table each of `Tables` is, by its name there.
TABLES: dict[str, Table] = {
    "orders": ORDERS,
    "visits": VISITS,
    "payers": PAYERS,
    "rates": RATES,
    "payer_codes": PAYER_CODES,
    "own_codes": OWN_CODES,
    "holds": HOLDS,
}


@dataclass(eq=False)
class Claims:
    """The tables of a workbook read, the claims that they come to, and those to be priced under other terms."""

    work: Work
    all: list[Claim]

    @cached_property
    def book(self) -> Book:
        """The claims as scenarios price them; it keeps what was worked out of them. Errors: `NoRate` without Rates."""
        from xl_infusion.model.book import Book

        return Book(self.work, self.all)


#: One workbook's: those of ten thousand orders take some hundred MB.
_LATEST: Keeper[Claims] = Keeper(most=1)
