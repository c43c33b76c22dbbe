"""What a payer pays: the terms of its row in Payers, and the rates of the fee schedule in Rates.

Every term has a documented default (the reference's terms); nothing of a payer stands in code.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.inputs import Row, cell, fold_name, text
from xl_infusion.errors import BillingError, NotFound, OutOfRange, WrongInput
from xl_infusion.reference import Reference
from xl_infusion.reference.names import as_code
from xl_infusion.rules import day as day_rule
from xl_infusion.rules.number import exact, plain


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one payer. ``shares``: of the first, the second, and every further concurrent therapy."""

    name: str
    shares: tuple[Decimal, ...]
    problem: BillingError | None = None


class Payers:
    """The Payers table: terms by a payer's name. No table (or one without rows): default terms for all."""

    def __init__(self, reference: Reference, rows: Sequence[tuple[int, Row]]) -> None:
        self._defaults = reference.shares()
        self._terms: dict[str, Terms] = {}
        self._given = bool(rows)
        for number, row in rows:
            terms = self._read(number, row)
            key = fold_name(terms.name)
            if key in self._terms:
                problem = WrongInput(
                    f"payer {terms.name!r} stands twice in Payers (again in row {number}): keep one row"
                )
                terms = Terms(terms.name, self._defaults, problem)
            self._terms[key] = terms

    def _read(self, number: int, row: Row) -> Terms:
        name = ""
        try:
            name = text(row.get("Payer"), "Payer")
            if not name:
                raise WrongInput(f"Payers row {number}: Payer is blank")
            shares = (
                self._defaults[0],
                _share(row, "Second share", self._defaults[1]),
                _share(row, "Third share", self._defaults[2]),
            )
            return Terms(name, shares)
        except BillingError as error:
            return Terms(name, self._defaults, error)

    def terms(self, payer: str) -> Terms:
        """The terms of ``payer``: the defaults for a blank name, an error for one that the table lacks."""
        found = self._terms.get(fold_name(payer))
        if found is not None:
            return found
        problem = None
        if payer and self._given:
            problem = NotFound(f"payer {payer!r} is not in the Payers table: add a row for it, or mend the name")
        return Terms(payer, self._defaults, problem)


def _share(row: Row, column: str, default: Decimal) -> Decimal:
    value = cell(row, column)
    if value is None:
        return default
    if isinstance(value, str) and value.strip().endswith("%"):
        share = exact(value.strip()[:-1], column) / 100
    else:
        share = exact(value, column)
    if not 0 <= share <= 1:
        raise OutOfRange(f"{column} {plain(share)} is not from 0 to 1: write 0.5 or 50%")
    return share


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of Rates: US dollars per unit of ``code``, from the first through the last day (ordinals)."""

    row: int
    amount: Decimal | BillingError
    first: int
    last: int
    own: bool


class Rates:
    """The Rates table (fee schedule). A payer's own rate goes before the rate of every payer."""

    def __init__(self, rows: Sequence[tuple[int, Row]]) -> None:
        self.given = bool(rows)
        #: a row whose code cannot be read may be that of any line: then none has a rate
        self._unreadable: BillingError | None = None
        self._rows: dict[tuple[str, str], list[Rate]] = defaultdict(list)
        self._spans: dict[tuple[str, str], tuple[list[int], list[Rate | BillingError]]] = {}
        for number, row in rows:
            self._add(number, row)

    def _add(self, number: int, row: Row) -> None:
        payer, unread = "", None
        try:
            payer = fold_name(text(row.get("Payer"), f"Rates row {number}: Payer"))
        except BillingError as error:
            unread = error  # it may be anybody's: no payer without a rate of its own is priced past it
        try:
            code = text(row.get("Code"), f"Rates row {number}: Code")
            if not code:
                raise WrongInput(f"Rates row {number}: Code is blank: name the code that the rate is for")
        except BillingError as error:
            self._unreadable = self._unreadable or error
            return
        first, last = 1, dt.date.max.toordinal()
        amount: Decimal | BillingError
        try:
            if cell(row, "From") is not None:
                first = day_rule.parse(cell(row, "From"), f"Rates row {number}: From").toordinal()
            if cell(row, "To") is not None:
                last = day_rule.parse(cell(row, "To"), f"Rates row {number}: To").toordinal()
            if last < first:
                raise OutOfRange(f"Rates row {number}: To is before From")
            if unread is not None:
                raise unread
            amount = exact(cell(row, "Rate"), f"Rates row {number}: Rate")
            if amount < 0:
                raise OutOfRange(f"Rates row {number}: Rate {plain(amount)} is negative")
        except BillingError as error:
            amount, first, last = error, min(first, last), max(first, last)
        key = as_code(code) or code.upper()
        self._rows[payer, key].append(Rate(number, amount, first, last, own=bool(payer)))

    def spans(self, payer: str, code: str, first: int, last: int) -> Iterator[tuple[int, int, Rate | BillingError]]:
        """``first``..``last`` (ordinals) cut where the rate in force changes; a day without one has the error."""
        key = (fold_name(payer), code)
        found = self._spans.get(key)
        if found is None:
            found = self._spans[key] = self._cut(payer, code)
        starts, rates = found
        i = bisect_right(starts, first) - 1
        while first <= last:
            end = starts[i + 1] - 1 if i + 1 < len(starts) else last
            yield first, min(end, last), rates[i]
            first, i = end + 1, i + 1

    def _cut(self, payer: str, code: str) -> tuple[list[int], list[Rate | BillingError]]:
        if self._unreadable is not None:
            return [1], [self._unreadable]
        own = self._rows.get((fold_name(payer), code), []) if payer else []
        common = self._rows.get(("", code), [])
        starts = sorted({1, *(day for rate in (*own, *common) for day in (rate.first, rate.last + 1))})
        rates: list[Rate | BillingError] = []
        merged: list[int] = []
        for start in starts:
            rate = self._in_force(start, own) or self._in_force(start, common) or _no_rate(payer, code)
            if not rates or not _same(rates[-1], rate):
                merged.append(start)
                rates.append(rate)
        return merged, rates

    @staticmethod
    def _in_force(day: int, rows: Iterable[Rate]) -> Rate | BillingError | None:
        found = [rate for rate in rows if rate.first <= day <= rate.last]
        if len({rate.amount if isinstance(rate.amount, Decimal) else str(rate.amount) for rate in found}) > 1:
            numbers = " and ".join(str(rate.row) for rate in found)
            return WrongInput(f"Rates rows {numbers} are in force on one day with two rates: close one of them")
        return found[0] if found else None


def _same(one: Rate | BillingError, other: Rate | BillingError) -> bool:
    """True where two days have one answer: the same row, the same amount, or the same failure."""
    if isinstance(one, Rate) and isinstance(other, Rate):
        return one.row == other.row or (
            not isinstance(one.amount, BillingError) and one.amount == other.amount and one.own == other.own
        )
    return isinstance(one, BillingError) and isinstance(other, BillingError) and str(one) == str(other)


def _no_rate(payer: str, code: str) -> NotFound:
    whose = f"{payer} or any payer" if payer else "any payer"
    return NotFound(f"no rate for {code} of {whose} in force on that day: add a row to Rates")
