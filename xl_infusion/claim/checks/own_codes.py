"""Checks of the Own codes: rows that cannot be used, and those that contradict the reference that they go over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from xl_infusion.claim.checks.finding import Finding, of_error
from xl_infusion.claim.columns import OWN_CODES
from xl_infusion.claim.grid import Work
from xl_infusion.errors import BillingError, NotFound, quoted
from xl_infusion.reference import DrugName, DrugRow, Reference
from xl_infusion.reference.look_up import period_text
from xl_infusion.reference.names import closest, spellings
from xl_infusion.reference.own_codes import LAST, OwnCode, OwnReference, own_problems
from xl_infusion.rules.dose import Dose, amount_in

#: First and last day, as ordinals.
_Span = tuple[int, int]
#: Kind of finding, and what is wrong.
_Says = tuple[str, str]


def checks(work: Work) -> Iterator[Finding]:
    """Each row with everything that is wrong with it."""
    reference = work.reference
    for number, problem in own_problems(reference):
        yield of_error(problem, OWN_CODES.name, number)
    if isinstance(reference, OwnReference):
        # a row without a first day is there since ever: what counts are the days of orders, and those verified
        verified = reference.edition.verified_through.toordinal()
        since = min([verified, *(order.first for order in work.orders if order.dated)])
        for own in reference.own:
            if own.problem is None:
                for kind, what in _Compared(reference.base, own, since).says():
                    yield Finding(kind, OWN_CODES.name, own.number, "", 0, 0, f"{own.by}: {what}")


class _Compared:
    """An own row held against the reference that it goes over."""

    def __init__(self, base: Reference, own: OwnCode, since: int) -> None:
        self.base, self.own = base, own
        self.name = DrugName(own.drug, own.product or "")
        self.first = own.first if own.first > 1 else min(since, own.last)
        #: what one unit counts
        self.unit = "" if own.amount is None else str(Dose(own.amount, own.unit, own.component))

    def says(self) -> Iterator[_Says]:
        """What is wrong with the row."""
        own = self.own
        if not own.source:
            yield "own code without source", "Source is blank"
        if near := self._near():
            yield "own name like another", near
        rows = self._rows()
        if any(row.amount is not None for row in rows):
            yield from self._same_code(rows)
        else:
            yield from self._another()

    def _rows(self) -> list[DrugRow]:
        """The rows of its code in the reference."""
        try:
            return [row for row in self.base.code_rows(self.own.code) if isinstance(row, DrugRow)]
        except NotFound:
            return []

    def _near(self) -> str:
        """What the name of a new drug or product may have been meant for: nothing would then be billed by the row."""
        own = self.own
        if self.base.named(own.drug) is None:
            near = "" if own.therapy else self.base.near(own.drug)
            return f"the reference has no drug {quoted(own.drug)}: is it {near}?" if near else ""
        products = {row.product for row in self.base.drugs if row.drug == own.drug and row.product}
        if not own.product or own.product in products:
            return ""
        near = closest(own.product, {name: product for product in products for name in spellings(product)})
        return f"{own.drug} has no product {quoted(own.product)} in the reference: is it {near}?" if near else ""

    def _same_code(self, rows: list[DrugRow]) -> Iterator[_Says]:
        """The reference has the code too: it must be that of the drug, in force, and count the same."""
        own, code = self.own, self.own.code
        gaps: list[_Span] = []
        others: dict[str, None] = {}
        units: dict[str, list[_Span]] = {}
        for first, last, row in self.base.drug_spans(code, _day(self.first), _day(own.last)):
            span = (first.toordinal(), last.toordinal())
            if not isinstance(row, DrugRow):
                gaps.append(span)
            elif row.drug != own.drug or (row.product and row.product != own.product):
                others[row.name] = None
            elif row.amount is not None and not self._counts_alike(row, row.amount):
                units.setdefault(row.unit_text, []).append(span)
        if others:
            yield "own code of another drug", f"{code} is {' and '.join(others)} in the reference"
        if gaps:
            known = "; ".join(map(period_text, rows))
            yield "own code not in force", f"{code} is not in force {_days(gaps)}: the reference has {known}"
        for unit, spans in units.items():
            mine = f"{self.unit} here" if self.unit else "not said here"
            what = f"a unit of {code} is {mine} and {unit} in the reference {_days(spans)}: the row's own is used"
            yield "own code counts otherwise", what
        if not (others or gaps or units) and self._is_said_already():
            yield "own code not needed", f"the reference has {code} for {own.drug}, {self.unit}, on all of these days"

    def _counts_alike(self, row: DrugRow, amount: Decimal) -> bool:
        """True where a unit of both is the same amount, in whatever measure."""
        own = self.own
        if own.amount is None or own.component != row.component:
            return False
        try:
            return amount_in(Dose(own.amount, own.unit), row.unit) == amount
        except BillingError:
            return False  # of another dimension

    def _named(self, last: int) -> Iterator[tuple[_Span, DrugRow | NotFound]]:
        """What the reference bills the drug and product with, from the row's first day to ``last``."""
        for first, end, row in self.base.drug_spans(self.name, _day(self.first), _day(last)):
            yield (first.toordinal(), end.toordinal()), row

    def _is_said_already(self) -> bool:
        return all(isinstance(row, DrugRow) and row.code == self.own.code for _, row in self._named(self.own.last))

    def _another(self) -> Iterator[_Says]:
        """The reference does not have the code, or has it for drugs without one: does it have one for the drug?

        Days after the one that it is verified through are those that Own codes are for.
        """
        own = self.own
        last = min(own.last, self.base.edition.verified_through.toordinal())
        found: dict[str, list[_Span]] = {}
        for span, row in self._named(last) if self.first <= last else ():
            if isinstance(row, DrugRow) and row.amount is not None:
                found.setdefault(row.code, []).append(span)
        for code, spans in found.items():
            what = f"{self.name} is {code} in the reference {_days(spans)}: {own.code} is used"
            yield "own code in place of another", what


def _day(ordinal: int) -> dt.date:
    return dt.date.fromordinal(ordinal)


def _days(spans: list[_Span]) -> str:
    """Days as a message names them: ``through 2025-06-30 and from 2025-08-01``."""
    return " and ".join(map(_span, spans))


def _span(span: _Span) -> str:
    first, last = span
    if last == LAST:
        return f"from {_day(first)}"
    return f"on {_day(first)}" if first == last else f"from {_day(first)} through {_day(last)}"
