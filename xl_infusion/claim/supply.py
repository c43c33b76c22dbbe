"""How much of a drug a line bills: its doses, their units as the payer rounds them, what was discarded or not used.

The doses of the parts of an order add up to those of the whole. Sources: Medicare Claims Processing Manual ch.
17 s. 10 (a dose rounds up to the next whole unit) and s. 40 (JW, JZ); HCPCS modifier SV (CMS). How a payer
rounds, and whether it wants waste reported, are terms of its contract.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import NamedTuple

from xl_infusion.claim.counted_days import CountedDays
from xl_infusion.claim.doses import Doses
from xl_infusion.claim.order import Order, Prescription
from xl_infusion.claim.spans import Spans
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import ROUNDING
from xl_infusion.errors import BillingError, OutOfRange, WrongInput, kept
from xl_infusion.reference import DrugRow, Reference
from xl_infusion.rules import drug_units, waste
from xl_infusion.rules import ndc as ndc_rule
from xl_infusion.rules.dose import Dose, amount_in
from xl_infusion.rules.interval import Every
from xl_infusion.rules.number import plain
from xl_infusion.rules.ordered_dose import Ordered

#: A unit, and the least part of one where a payer takes fractions (837P SV104: three decimals).
_WHOLE, _PART = Decimal(1), Decimal("0.001")
DRUG, DISCARDED, UNUSED = 1, 2, 3


class Part(NamedTuple):
    """A line that a drug has on some days: of what was given, discarded or not used, with its modifiers."""

    kind: int
    modifiers: tuple[str, ...]


class Bag(NamedTuple):
    """One dose that stands in several orders: the part of each, and which of them is asked for."""

    parts: tuple[Dose, ...]
    mine: int

    def units(self, row: DrugRow, doses: int = 1) -> int:
        """The units of the part of so many doses: the whole is rounded up once."""
        assert row.amount is not None
        return drug_units.shared([amount_in(one, row.unit) * doses for one in self.parts], row.amount)[self.mine]

    def part(self, row: DrugRow) -> tuple[int, str]:
        """The units of the part of one dose, and why."""
        each = drug_units.shared([amount_in(one, row.unit) for one in self.parts], row.amount or Decimal(0))
        return each[self.mine], f"{self} = {sum(each)} units of {row.unit_text}, {each[self.mine]} of them here"

    def __str__(self) -> str:
        """``1.2 g + 300 mg``."""
        return " + ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Given:
    """The units of a part on some days, the doses that were given and the days with one, the NDC, and why.

    ``units`` None: no such line. What was discarded or not used is no dose given: ``doses`` and ``days`` are None.
    """

    units: int | Decimal | BillingError | None
    doses: int | None
    days: int | None
    ndc: tuple[str, str, Decimal | None] | None
    why: str


@dataclass(frozen=True, slots=True)
class _Opened:
    """What one dose opens: its vials in words, the units given and discarded."""

    vials: str
    billed: waste.Billed


_NOTHING = Given(None, None, None, None, "")


class _Days(NamedTuple):
    """Some days of an order: how many come before them, and how many they are.

    ``whole``: the days of an order through the last with a line, where it counts what was dispensed or not used, else
    0. ``last``: the last of them (an ordinal) of what was not used, else 0: SV has a first day of its own.
    ``skipped``: the days (first, last, from 0) on which a hold kept such an order from being given.
    """

    before: int
    length: int
    whole: int
    last: int
    skipped: tuple[tuple[int, int], ...] = ()


class _Doses(NamedTuple):
    """A number of doses, and how it is counted: ``3 doses x 14 days``."""

    number: int
    counted: str


class Supplies:
    """The drug's side of the claims to one payer."""

    def __init__(self, reference: Reference, terms: Terms) -> None:
        self.reference = reference
        self.terms = terms
        self._days = CountedDays(terms)
        self.doses = Doses(terms)
        self._known: dict[object, Given] = {}
        self._opened: dict[tuple[Prescription, DrugRow], _Opened | BillingError | None] = {}
        #: by category of Medicare's DME benefit ("": any other line) and whether something is discarded
        self._parts: dict[tuple[str, bool], tuple[Spans[Part], Spans[Part]]] = {}
        self._dose, self._day, _ = ROUNDING
        self._step = _PART if terms.fractional else _WHOLE

    # -- which lines there are ---------------------------------------------------------------------------------

    def parts(
        self, order: Order, row: DrugRow, first: int, last: int, category: str = ""
    ) -> Iterator[tuple[Part, int, int]]:
        """The lines that a drug may have on some days, each with its days: cut where its own modifier begins.

        ``category``: the one in which Medicare's DME benefit pays it, whose modifiers of waste have days of their own.
        """
        rx = order.rx
        if rx.vials is None and not rx.unused:
            yield _GIVEN, first, last
            return
        opened = self._open(rx, row)
        if isinstance(opened, _Opened):
            for parts in self._of_waste(category, opened.billed.discarded > 0):
                yield from ((part, start, end) for start, end, part in parts.cut(first, last) if part is not None)
        else:
            yield _GIVEN, first, last
        if rx.unused and last == self._last(order):
            # what was not used is of the last day, not of a span
            yield Part(UNUSED, (waste.NOT_USED,)), last, last

    def _of_waste(self, category: str, discarded: bool) -> tuple[Spans[Part], Spans[Part]]:
        """The lines of what is given and of what is discarded, with their days."""
        found = self._parts.get((category, discarded))
        if found is None:
            found = self._parts[category, discarded] = _parts(self.reference, category, int(discarded))
        return found

    def given(self, order: Order, row: DrugRow, part: Part, first: int, last: int, bag: Bag | None = None) -> Given:
        """The units of a part on the days from ``first`` through ``last``; ``bag``: the dose that it is part of."""
        rx = order.rx
        # the doses that were dispensed are spread over all the days of an order
        whole = 0 if rx.dispensed is None and not rx.unused else self._last(order) - order.first + 1
        skipped = tuple((start - order.first, end - order.first) for start, end in order.paused) if whole else ()
        days = _Days(first - order.first, last - first + 1, whole, last if part.kind == UNUSED else 0, skipped)
        key = (rx, row, part, days, bag)
        found = self._known.get(key)
        if found is None:
            try:
                found = self._given(rx, row, part, days, bag)
            except BillingError as error:
                found = Given(kept(error), None, None, None, str(error))
            self._known[key] = found
        return found

    def _last(self, order: Order) -> int:
        """The last of the days for which a drug has lines."""
        _, last = self._days.given(order)[-1]
        return last

    # -- how much ----------------------------------------------------------------------------------------------

    def _given(self, rx: Prescription, row: DrugRow, part: Part, days: _Days, bag: Bag | None) -> Given:
        self.doses.of(rx, row)  # a dose that cannot be told is said before anything else
        doses = self._unused(rx, days) if part.kind == UNUSED else _used_in(rx, days)
        if not doses.number:
            return _NOTHING
        units, why = self._units(rx, row, part, days, doses, bag)
        if not units:
            return _NOTHING
        if units > drug_units.MOST_UNITS:
            raise OutOfRange(f"{units} units of {row.code} do not fit a claim line: check dose and dates")
        ndc = self._ndc(rx, part, doses.number)
        if part.kind != DRUG:
            return Given(units, None, None, ndc, why)
        return Given(units, doses.number, _days_with_dose(rx, days), ndc, why)

    def _unused(self, rx: Prescription, days: _Days) -> _Doses:
        """The doses that were not used. Errors: `NotInForce` for SV, `OutOfRange` for more than the order has."""
        self.reference.code(waste.NOT_USED, dt.date.fromordinal(days.last))
        _used(rx, days, days.whole)
        return _Doses(rx.unused, f"{_doses(rx.unused)} delivered and not used")

    def _units(
        self, rx: Prescription, row: DrugRow, part: Part, days: _Days, doses: _Doses, bag: Bag | None
    ) -> tuple[int | Decimal, str]:
        """The units of some doses, and why."""
        dose = self.doses.of(rx, row)
        opened = self._open(rx, row)
        if isinstance(opened, BillingError):
            raise opened
        if row.ranges and rx.hours < 24:
            raise WrongInput(f"{row.code} is of a day: type the dose of 24 hours, and the Interval q24h")
        one = drug_units.of_dose(row, dose)
        if row.ranges:
            return one.units * doses.number, f"{one.why} x {doses.counted}"
        if opened is None:
            return self._in_units(rx, row, part, days, doses, bag)
        billed = opened.billed
        if part.kind == DISCARDED:
            of = f"{billed.discarded} unit{'s' if billed.discarded > 1 else ''} of {row.unit_text}"
            why = f"{of} discarded of each dose out of {opened.vials} x {doses.counted}"
            return doses.number * billed.discarded, why
        return doses.number * billed.administered, f"{one.why} x {doses.counted}; each dose out of {opened.vials}"

    def _in_units(
        self, rx: Prescription, row: DrugRow, part: Part, days: _Days, doses: _Doses, bag: Bag | None
    ) -> tuple[int | Decimal, str]:
        """The units of doses that are not counted by the vials which they open, and why."""
        if not self._in_whole_units(rx):
            return self._rounded(rx, row, part, days, doses, None if self.terms.fractional else bag)
        one = drug_units.of_dose(row, self.doses.of(rx, row))
        each, why = (one.units, one.why) if bag is None else bag.part(row)
        return each * doses.number, f"{why} x {doses.counted}"

    def _in_whole_units(self, rx: Prescription) -> bool:
        """True where each dose is rounded up to whole units; one out of single-dose vials is never a fraction."""
        if self.terms.fractional:
            return rx.vials is not None
        return self.terms.rounding == self._dose

    def _rounded(
        self, rx: Prescription, row: DrugRow, part: Part, days: _Days, doses: _Doses, bag: Bag | None
    ) -> tuple[int | Decimal, str]:
        """Units as a payer rounds them that does not want each dose in whole units."""
        assert row.amount is not None
        dose, amount = self.doses.of(rx, row), row.amount
        one = amount_in(dose, row.unit)

        def up(doses: int) -> Decimal:
            return self._up(one * doses, amount) if bag is None else Decimal(bag.units(row, doses))

        if self.terms.rounding == self._dose:
            units, over = up(1) * doses.number, "dose"
        elif self.terms.rounding == self._day and part.kind == DRUG:
            each_day = _doses_a_day(rx, days).items()
            units, over = sum((up(n) * times for n, times in each_day), Decimal(0)), "day"
        else:
            units, over = up(doses.number), "line"
        how = f"rounded up {'at the third decimal ' if self.terms.fractional else ''}for each {over}"
        how += "" if bag is None else f" of {bag}"
        why = f"{dose.said} x {doses.counted} = {plain(units)} units of {row.unit_text}, {how}"
        return (units if self.terms.fractional else int(units)), why

    def _up(self, amount: Decimal, unit: Decimal) -> Decimal:
        return (amount / unit).quantize(self._step, ROUND_CEILING)

    # -- vials and NDC -----------------------------------------------------------------------------------------

    def _wasted(self, rx: Prescription) -> bool:
        """True where waste is worked out: the payer wants it, and the vials are known."""
        return self.terms.waste and rx.vials is not None and rx.problem is None

    def _open(self, rx: Prescription, row: DrugRow) -> _Opened | BillingError | None:
        """What a dose opens, None where waste is not worked out."""
        if not self._wasted(rx) or rx.dose is None or row.ranges:
            return None
        key = (rx, row)
        if key not in self._opened:
            try:
                self._opened[key] = self._worked_out(rx, row)
            except BillingError as error:
                self._opened[key] = kept(error)
        return self._opened[key]

    def _worked_out(self, rx: Prescription, row: DrugRow) -> _Opened:
        one = self.doses.of(rx, row)
        drug_units.of_dose(row, one)
        assert row.amount is not None
        dose = waste.measured(amount_in(one, row.unit))
        opened = waste.vials(dose, waste.sizes(rx.vials, row))
        sizes = Counter(opened)
        shown = " + ".join(f"{count} x {plain(size)} {row.unit}" for size, count in sizes.items())
        return _Opened(shown, waste.billed(dose, row.amount, sum(opened, Decimal(0))))

    @staticmethod
    def _ndc(rx: Prescription, part: Part, doses: int) -> tuple[str, str, Decimal | None] | None:
        """The NDC of a line; what was discarded came out of the vials that the given line counts."""
        if not rx.ndc:
            return None
        quantity = None if rx.ndc_quantity is None or part.kind == DISCARDED else rx.ndc_quantity * doses
        return ndc_rule.hyphenated(rx.ndc), rx.ndc_unit, quantity


_GIVEN = Part(DRUG, ())


def _used(rx: Prescription, days: _Days, count: int) -> int:
    """The doses used on the first ``count`` days of an order; of those dispensed, as far as they go.

    Doses beyond those that interval and days come to are of the last day; those not used are the last ones.
    """
    assert rx.interval is not None
    planned = _planned(rx.interval, days, count)
    if not days.whole:
        return planned
    dispensed = _planned(rx.interval, days, days.whole) if rx.dispensed is None else rx.dispensed
    if rx.unused > dispensed:
        raise OutOfRange(f"Unused {rx.unused} is more than the {_doses(dispensed)} of the order")
    used = dispensed - rx.unused
    return used if count == days.whole else min(planned, used)


def _planned(interval: Every, days: _Days, count: int) -> int:
    """The doses that interval and days come to on the first ``count`` days of an order, but for those on hold."""
    planned = interval.doses(0, count) if count else 0
    for first, last in days.skipped:
        if first < count:
            planned -= interval.doses(first, min(last + 1, count) - first)
    return planned


def _used_in(rx: Prescription, days: _Days) -> _Doses:
    """The doses used on some days of an order."""
    assert rx.interval is not None
    number = _used(rx, days, days.before + days.length) - _used(rx, days, days.before)
    if rx.dispensed is None and not rx.unused:
        return _Doses(number, _counted(rx, number, days.length))
    done = "dispensed" if rx.dispensed is not None else "used"
    return _Doses(number, f"{_doses(number)} {done} in {days_text(days.length)}")


def _counted(rx: Prescription, number: int, days: int) -> str:
    """The doses of some days as a reason counts them: of a continuous rate the dose is that of a day."""
    assert rx.interval is not None
    if rx.interval.continuous and isinstance(rx.dose, Ordered):
        return days_text(days)
    return doses_text(rx.interval, number, days)


def _doses_a_day(rx: Prescription, days: _Days) -> Counter[int]:
    """On how many days so many doses were used: one more than none -> days."""
    ends = [_used(rx, days, days.before + day) for day in range(days.length + 1)]
    return Counter(after - before for before, after in pairwise(ends) if after > before)


def _days_with_dose(rx: Prescription, days: _Days) -> int:
    """The days on which a dose was used."""
    if not days.whole and rx.gap <= 24:
        return days.length
    return _doses_a_day(rx, days).total()


def _parts(reference: Reference, category: str, discarded: int) -> tuple[Spans[Part], Spans[Part]]:
    """The lines of what is given and of what is discarded with their days, None on days without one."""
    days = waste.turns(reference, category)
    modifiers = [waste.modifiers(reference, discarded, dt.date.fromordinal(day), category) for day in days]
    given = [Part(DRUG, (one,) if one else ()) for one, _ in modifiers]
    return _merged(days, given), _merged(days, [Part(DISCARDED, (one,)) if one else None for _, one in modifiers])


def _merged(days: list[int], parts: Sequence[Part | None]) -> Spans[Part]:
    """Parts with the days from which they hold, those that follow each other and are the same as one."""
    return Spans(days, [*parts]).joined([], lambda part: part)


def _doses(doses: int) -> str:
    return f"{doses} dose{'' if doses == 1 else 's'}"


def days_text(days: int) -> str:
    """``14 days``."""
    return "1 day" if days == 1 else f"{days} days"


def doses_text(interval: Every, doses: int, days: int) -> str:
    """``3 doses x 14 days``; where a day has not the same doses as the next, ``7 doses in 14 days, ...``."""
    a_day = interval.doses_per_day
    if a_day.denominator == 1:
        return f"{_doses(a_day.numerator)} x {days_text(days)}"
    return f"{_doses(doses)} in {days_text(days)} ({interval})"
