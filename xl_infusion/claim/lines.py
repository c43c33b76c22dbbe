"""The lines of a claim: per diem, drug and visit lines, each with its units, its charge and its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.contract import Rate, Rates, Terms
from xl_infusion.claim.inputs import Order, SortKey, Visit
from xl_infusion.claim.ranking import Ranking, Stretch
from xl_infusion.errors import BillingError, OutOfRange, WrongInput
from xl_infusion.reference import DrugRow, PerDiemRow, Reference
from xl_infusion.rules import drug_units, per_diem, visit
from xl_infusion.rules.dose import Dose
from xl_infusion.rules.number import cents, plain

#: What stands in a cell of a line: a value, "" for blank, or the failure that it shows.
Text = str | BillingError
Count = int | BillingError | None
Money = Decimal | BillingError | None

_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_LAST = dt.date.max.toordinal()


@dataclass(slots=True)
class Line:
    """One claim line. ``first`` and ``last`` are ordinals, 0 where the days are not known.

    ``sort``: day, rank, order, kind: the place of the line within its claim.
    """

    first: int
    last: int
    place: str
    code: Text
    modifiers: tuple[str, ...]
    units: Count
    rate: Money
    charge: Money
    order: object
    drug: str
    why: str
    sort: tuple[int, int, SortKey, int, tuple[str, ...]]


class LineMaker:
    """Makes the lines of one patient's claim to one payer."""

    def __init__(self, reference: Reference, rates: Rates, terms: Terms) -> None:
        self.reference = reference
        self.rates = rates
        self.terms = terms
        self.suites = reference.term("suite_places").split()
        verified = reference.edition.verified_through
        self._verified = verified.toordinal()
        self._stale_text = f"; STALE: codes are verified through {verified} only"

    # -- per diem ----------------------------------------------------------------------------------------------

    def per_diem(self, stretch: Stretch) -> Iterator[Line]:
        """The lines of a stretch: cut where its code ends or the rate changes."""
        order = stretch.lead
        if isinstance(stretch.code, BillingError):
            yield self.failed(order, stretch.first, stretch.last, _place(stretch), stretch.code)
            return
        spans = stretch.code.spans(dt.date.fromordinal(stretch.first), dt.date.fromordinal(stretch.last))
        for start, end, row in spans:
            if row is None:
                error = per_diem.not_in_force(stretch.code, start)
                yield self.failed(order, start.toordinal(), end.toordinal(), _place(stretch), error)
                continue
            for first, last, rate in self._rate_spans(row.code, start.toordinal(), end.toordinal()):
                yield self._per_diem_line(stretch, row, first, last, rate)

    def _per_diem_line(
        self, stretch: Stretch, row: PerDiemRow, first: int, last: int, rate: Rate | BillingError | None
    ) -> Line:
        order = stretch.lead
        units, counted = self._per_diem_units(order, row, first, last)
        why = f"{_selected(stretch, row)}, {_ranked(stretch)}; {counted}" if row.per == "day" else counted
        modifiers = [per_diem.modifier(stretch.rank)] if stretch.rank > 1 else []
        if order.place in self.suites:
            modifiers.append("SS")
            why += "; in the infusion suite"
        amount, note = _amount(rate)
        if isinstance(amount, Decimal):
            share = per_diem.share(stretch.rank, self.terms.shares)
            if share != 1:
                note = f"; {plain(amount)} x {plain(share * 100)} %{note}"
            amount = cents(amount * share)
        return self._line(order, first, last, _place(stretch), 0, row.code, tuple(modifiers), units, amount, why + note)

    def _per_diem_units(self, order: Order, row: PerDiemRow, first: int, last: int) -> tuple[Count, str]:
        """The units of a per diem code and how they are counted.

        Days; a code that counts kits or insertions has one for each dose.
        """
        days = last - first + 1
        if row.per == "day":
            return days, _days(days)
        if row.per == "hour" or order.interval is None:
            error = WrongInput(
                f"{row.code} is counted per {row.per}, and the order does not say how many: bill it by hand"
            )
            return error, str(error)
        doses = order.interval.doses(first - order.first, days)
        return doses, f"{row.meaning}: one {row.per} for each of {_doses(order, doses, days)}"

    # -- drugs -------------------------------------------------------------------------------------------------

    def drug(self, order: Order, ranking: Ranking) -> Iterator[Line]:
        """The drug lines of an order: cut where its code ends or begins, or the rate changes."""
        if order.drug is None:
            return
        spans = self.reference.drug_spans(order.drug, dt.date.fromordinal(order.first), dt.date.fromordinal(order.last))
        for start, end, row in spans:
            first, last = start.toordinal(), end.toordinal()
            if isinstance(row, BillingError):
                yield self.failed(order, first, last, ranking.rank(order, first), row, kind=1)
                continue
            for begin, until, rate in self._rate_spans(row.code, first, last):
                line = self._drug_line(order, row, begin, until, rate, ranking.rank(order, begin))
                if line is not None:
                    yield line

    def _drug_line(
        self, order: Order, row: DrugRow, first: int, last: int, rate: Rate | BillingError | None, rank: int
    ) -> Line | None:
        assert order.interval is not None
        days = last - first + 1
        doses = order.interval.doses(first - order.first, days)
        if doses == 0:
            return None  # an interval of several days: no dose falls on these days
        units: Count
        try:
            one = _dose_units(row, order.dose)
            units, why = one.units * doses, f"{one.why} x {_doses(order, doses, days)}"
            if units > drug_units.MOST_UNITS:
                raise OutOfRange(f"{units} units of {row.code} do not fit a claim line: check dose and dates")
        except BillingError as error:
            units, why = error, str(error)
        amount, note = _amount(rate)
        return self._line(order, first, last, rank, 1, row.code, (), units, amount, why + note)

    # -- visits ------------------------------------------------------------------------------------------------

    def visit(self, found: Visit, from_minute: int | None = None) -> Iterator[Line]:
        """The lines of a visit: 99601, and 99602 for the further hours."""
        problem = found.problem or (found.minutes if isinstance(found.minutes, BillingError) else None)
        sort = (found.day or _LAST, 0, (), 2, (str(found.minutes), found.place))
        try:
            if problem is not None:
                raise problem
            assert isinstance(found.minutes, Decimal)
            first, further = visit.units(self.reference, found.minutes, from_minute)
        except BillingError as error:
            yield Line(found.day, found.day, found.place, error, (), error, self._none(error), self._none(error),
                       "", "", f"visit: {error}", sort)  # fmt: skip
            return
        length = f"visit of {plain(found.minutes)} minutes"
        covers = {row.code: row.covers_minutes for row in self.reference.visits}
        reasons = {
            visit.FIRST: f"{length}: the first {covers[visit.FIRST]} minutes",
            visit.FURTHER: f"{length}: {further} further hour{'s' if further > 1 else ''}",
        }
        for kind, (code, units) in enumerate([(visit.FIRST, first), (visit.FURTHER, further)], start=2):
            if units:
                _, _, rate = next(self._rate_spans(code, found.day, found.day))
                amount, note = _amount(rate)
                yield Line(
                    found.day, found.day, found.place, code, (), units, amount, _charge(units, amount), "", "",
                    reasons[code] + note + self._stale(found.day),
                    (found.day, 0, (), kind, (str(found.minutes), found.place)),
                )  # fmt: skip

    # -- what all lines share ----------------------------------------------------------------------------------

    def failed(self, order: Order, first: int, last: int, rank: int, error: BillingError, kind: int = 0) -> Line:
        """The line of something that cannot be billed: its code and units are the error, its Why the reason."""
        none = self._none(error)
        drug = str(order.drug) if order.drug is not None else order.drug_text
        return Line(first, last, order.place, error, (), error, none, none, order.number, drug, str(error),
                    (first or _LAST, rank, order.key, kind, order.content))  # fmt: skip

    def _none(self, error: BillingError) -> Money:
        return error if self.rates.given else None

    def _rate_spans(self, code: str, first: int, last: int) -> Iterator[tuple[int, int, Rate | BillingError | None]]:
        if self.rates.given:
            yield from self.rates.spans(self.terms.name, code, first, last)
        else:
            yield first, last, None

    def _line(
        self, order: Order, first: int, last: int, rank: int, kind: int, code: str, modifiers: tuple[str, ...],
        units: Count, amount: Money, why: str,
    ) -> Line:  # fmt: skip
        drug = "" if order.drug is None else str(order.drug)
        return Line(first, last, order.place, code, modifiers, units, amount, _charge(units, amount), order.number,
                    drug, why + self._stale(last), (first, rank, order.key, kind, order.content))  # fmt: skip

    def _stale(self, last: int) -> str:
        """The finding for days that the edition's releases do not reach."""
        return self._stale_text if last > self._verified else ""


def _dose_units(row: DrugRow, dose: Dose | BillingError | None) -> drug_units.DoseUnits:
    if isinstance(dose, BillingError):
        raise dose
    assert dose is not None
    return drug_units.of_dose(row, dose)


def _amount(rate: Rate | BillingError | None) -> tuple[Money, str]:
    """The dollars of a rate, and what the reason adds where there are none."""
    if rate is None:
        return None, ""
    amount = rate.amount if isinstance(rate, Rate) else rate
    return amount, f"; {amount}" if isinstance(amount, BillingError) else ""


def _charge(units: Count, amount: Money) -> Money:
    if amount is None or isinstance(amount, BillingError):
        return amount
    if isinstance(units, BillingError):
        return units
    return None if units is None else cents(amount * units)


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _doses(order: Order, doses: int, days: int) -> str:
    """``3 doses x 14 days``; where a day has not the same doses as the next, ``7 doses in 14 days, ...``."""
    assert order.interval is not None
    a_day = order.interval.doses_per_day
    if a_day.denominator == 1:
        return f"{a_day.numerator} dose{'s' if a_day.numerator > 1 else ''} x {_days(days)}"
    return f"{doses} dose{'s' if doses > 1 else ''} in {_days(days)} ({order.interval})"


def _selected(stretch: Stretch, row: PerDiemRow) -> str:
    """What chose the code: the interval, the volume, the method, or the therapy alone."""
    order = stretch.lead
    assert order.therapy is not None
    if row.interval_hours is not None and order.interval is not None:
        return str(order.interval)
    if order.therapy.code_by == "volume":
        if isinstance(stretch.volume_l, Decimal):
            return f"{order.therapy.name}, {plain(stretch.volume_l)} L a day"
        return f"{order.therapy.name}, volume not stated"
    return f"{order.therapy.name}, {row.method}" if row.method else order.therapy.name


def _place(stretch: Stretch) -> int:
    """Where the line stands among those of its day: by rank, and after them what is not ranked."""
    return stretch.rank if stretch.ranked else per_diem.MOST_RANK + 1


def _ranked(stretch: Stretch) -> str:
    if not stretch.ranked:
        return "beside the ranked therapies"
    if stretch.most == 1:
        return "the only therapy"
    ordinal = _ORDINALS[stretch.rank] if stretch.rank < len(_ORDINALS) else f"number {stretch.rank}"
    count = str(stretch.most) if stretch.least == stretch.most else f"{stretch.least} to {stretch.most}"
    return f"{ordinal} of {count} therapies"
