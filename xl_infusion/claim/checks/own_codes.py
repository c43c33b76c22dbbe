"""Own codes: rows that contradict the reference that they go over, or add nothing to it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property

from xl_infusion.claim.checks.check import ERROR, WARNING, Checked, Wrong, check, wrong_row
from xl_infusion.claim.columns import OWN_CODES
from xl_infusion.claim.spans import LAST, day_of
from xl_infusion.errors import BillingError, NotFound, quoted
from xl_infusion.reference import DrugName, DrugRow, Reference
from xl_infusion.reference.look_up import period_text
from xl_infusion.reference.names import spellings
from xl_infusion.reference.own_codes import OwnCode, OwnReference
from xl_infusion.reference.spelling import closest
from xl_infusion.rules.dose import Dose, amount_in

#: First and last day, as ordinals.
_Span = tuple[int, int]


@check("own code of another drug", ERROR, "Compare the code with its descriptor, and mend the row.")
def _another_drug(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(_compared):
        if one.same.others:
            yield one.wrong(f"{one.own.code} is {' and '.join(one.same.others)} in the reference")


@check("own code not in force", ERROR, "Give the row the days of its code (From, To), or the code of those days.")
def _not_in_force(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(_compared):
        if one.same.gaps:
            known = "; ".join(map(period_text, one.rows))
            yield one.wrong(f"{one.own.code} is not in force {_days(one.same.gaps)}: the reference has {known}")


@check("own code counts otherwise", WARNING, "Compare Amount and Unit with the code's descriptor.")
def _otherwise(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(_compared):
        mine = f"{one.unit} here" if one.unit else "not said here"
        for unit, spans in one.same.units.items():
            what = f"a unit of {one.own.code} is {mine} and {unit} in the reference {_days(spans)}"
            yield one.wrong(f"{what}: the row's own is used")


@check("own code in place of another", WARNING, "Ask the row's Source which of the two codes bills the drug.")
def _in_place(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(_compared):
        for code, spans in one.other_codes.items():
            yield one.wrong(f"{one.name} is {code} in the reference {_days(spans)}: {one.own.code} is used")


@check("own code not needed", WARNING, "Take the row out: the reference has the same.")
def _not_needed(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(_compared):
        if one.is_said_already:
            own = one.own
            yield one.wrong(f"the reference has {own.code} for {own.drug}, {one.unit}, on all of these days")


@check("own code without source", WARNING, "Say in Source where the code is from: a release, a notice, a letter.")
def _without_source(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(_compared):
        if not one.own.source:
            yield one.wrong("Source is blank")


@check("own name like another", WARNING, "Mend the name; a new drug's row says with its Therapy that it is one.")
def _name_like_another(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(_compared):
        if near := one.near:
            yield one.wrong(near)


class _Same:
    """What the reference has otherwise for the code of an own row: other drugs, days without it, other units."""

    def __init__(self) -> None:
        self.others: dict[str, None] = {}
        self.gaps: list[_Span] = []
        self.units: dict[str, list[_Span]] = {}


class _Compared:
    """An own row held against the reference that it goes over."""

    def __init__(self, base: Reference, own: OwnCode, since: int) -> None:
        self.base, self.own = base, own
        self.name = DrugName(own.drug, own.product or "")
        self.first = own.first if own.first > 1 else min(since, own.last)
        #: what one unit counts
        self.unit = "" if own.amount is None else str(Dose(own.amount, own.unit, own.component))
        #: the rows of its code in the reference
        self.rows = self._rows()
        #: whether the reference has the code, and not for drugs without one
        self.known = any(row.amount is not None for row in self.rows)

    def wrong(self, what: str) -> Wrong:
        """Something wrong with the row."""
        return wrong_row(OWN_CODES, self.own.number, f"{self.own.by}: {what}")

    def _rows(self) -> list[DrugRow]:
        try:
            return [row for row in self.base.code_rows(self.own.code) if isinstance(row, DrugRow)]
        except NotFound:
            return []

    @property
    def near(self) -> str:
        """What the name of a new drug or product may have been meant for: nothing would then be billed by the row."""
        own = self.own
        if self.base.named(own.drug) is None:
            near = "" if own.therapy else self.base.near(own.drug)
            return f"the reference has no drug {quoted(own.drug)}: is it {near}?" if near else ""
        near = self._product_near(own.product or "")
        return f"{own.drug} has no product {quoted(own.product)} in the reference: is it {near}?" if near else ""

    def _product_near(self, product: str) -> str:
        """The product of the drug that one may be which it does not have."""
        products = {row.product for row in self.base.rows_of_drug(self.own.drug) if row.product}
        if not product or product in products:
            return ""
        return closest(product, {name: known for known in products for name in spellings(known)})

    @cached_property
    def same(self) -> _Same:
        """Where the reference has the code too: it must be that of the drug, in force, and count the same."""
        own, found = self.own, _Same()
        spans = self.base.drug_spans(own.code, day_of(self.first), day_of(own.last)) if self.known else ()
        for first, last, row in spans:
            span = (first.toordinal(), last.toordinal())
            if not isinstance(row, DrugRow):
                found.gaps.append(span)
            elif row.drug != own.drug or (row.product and row.product != own.product):
                found.others[row.name] = None
            elif row.amount is not None and not self._counts_alike(row, row.amount):
                found.units.setdefault(row.unit_text, []).append(span)
        return found

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
        for first, end, row in self.base.drug_spans(self.name, day_of(self.first), day_of(last)):
            yield (first.toordinal(), end.toordinal()), row

    @property
    def is_said_already(self) -> bool:
        """True where the reference has the code for the drug on all days, and nothing otherwise."""
        same = self.same
        if not self.known or same.others or same.gaps or same.units:
            return False
        return all(isinstance(row, DrugRow) and row.code == self.own.code for _, row in self._named(self.own.last))

    @property
    def other_codes(self) -> dict[str, list[_Span]]:
        """The codes that the reference has for the drug in place of this one, which it does not have.

        Days after the one through which they are verified are those that Own codes are for.
        """
        found: dict[str, list[_Span]] = {}
        for (first, end), row in self._named(self.own.last) if not self.known else ():
            if isinstance(row, DrugRow) and row.amount is not None:
                last = min(end, self.base.verified_through(row.code).toordinal())
                if first <= last:
                    found.setdefault(row.code, []).append((first, last))
        return found


def _compared(checked: Checked) -> list[_Compared]:
    """The rows that can be used, each beside the reference."""
    work = checked.work
    reference = work.reference
    if not isinstance(reference, OwnReference):
        return []
    # a row without a first day is there since ever: what counts are the days of orders, and those verified
    verified = reference.edition.verified_through.toordinal()
    since = min([verified, *(order.first for order in work.orders if order.dated)])
    return [_Compared(reference.base, own, since) for own in reference.own if own.problem is None]


def _days(spans: list[_Span]) -> str:
    """Days as a message names them: ``through 2025-06-30 and from 2025-08-01``."""
    return " and ".join(map(_span, spans))


def _span(span: _Span) -> str:
    first, last = span
    if last == LAST:
        return f"from {day_of(first)}"
    return f"on {day_of(first)}" if first == last else f"from {day_of(first)} through {day_of(last)}"
