"""The lines of visits: 99601, and 99602 for the further hours, as the payer of the claim counts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from xl_infusion.claim.benefit import Benefit, failed
from xl_infusion.claim.lines import VISIT, Line, LineMaker
from xl_infusion.claim.modifiers import ON_VISIT, noted
from xl_infusion.claim.order import Order
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import BillingError, OutOfRange, brief, kept
from xl_infusion.rules import visit as visit_rule
from xl_infusion.rules.number import plain

SPECIAL = "SD"
_IDLE = "; Medicare's home infusion benefit pays the day of an infusion only, and no dose of its drug falls on that day"


def visit_lines(
    maker: LineMaker, visits: Sequence[Visit], orders: Sequence[Order] = (), denial: str | None = None
) -> Iterator[Line]:
    """The lines of one patient's visits to one payer.

    ``orders``: what the visits are for. ``denial``: the modifier ("" for none) of a claim that is sent to be denied;
    a visit that Medicare's own home infusion benefit pays is billed to it, and not for a denial.
    """
    ordered = sorted(visits, key=lambda visit: (visit.day, visit.order))
    benefit = Benefit(maker, orders)
    for day, of_day in groupby(ordered, key=lambda visit: visit.day):
        yield from _Day(maker, benefit, day, denial).lines(of_day)


class _Day:
    """The visits of one day, one after the other."""

    def __init__(self, maker: LineMaker, benefit: Benefit, day: int, denial: str | None) -> None:
        self.maker, self.benefit, self.denial = maker, benefit, denial
        self.categories = benefit.categories(day)
        #: why Medicare's benefit does not pay them, though a drug of it runs
        self.idle = "" if self.categories or not benefit.runs(day) else _IDLE
        #: a visit came before; the codes that have a line of this day already
        self.again = False
        self.billed: set[str] = set()

    def lines(self, visits: Iterable[Visit]) -> Iterator[Line]:
        """The lines of the visits that are ours, in their order."""
        for visit in visits:
            if visit.ours:
                yield from self._of(visit)
            # a payer counts the visits of a day, whoever's nurse came; Medicare's benefit those that it pays
            self.again = self.again or (visit.failure is None and (visit.ours or not self.categories))

    def _of(self, visit: Visit) -> Iterator[Line]:
        if self.categories:
            yield from self.benefit.lines(visit, self.categories, self.again)
            return
        terms = self.maker.terms
        place = visit.place or terms.place
        further_only = self.again and terms.second_visit == visit_rule.FURTHER
        try:
            units_of = _units(self.maker, visit, further_only)
            marks = {
                code: _modifiers(self.maker, visit, code, self.denial) for code, units in units_of.items() if units
            }
        except BillingError as error:
            yield failed(self.maker, visit, place, kept(error), self.denial is not None)
            return
        for kind, (code, modifiers) in enumerate(marks.items(), start=VISIT):
            why = _counted(self.maker, visit, code, units_of[code], further_only)
            yield self._line(visit, kind, place, code, modifiers, units_of[code], why)

    def _line(
        self, visit: Visit, kind: int, place: str, code: str, modifiers: tuple[str, ...], units: int, why: str
    ) -> Line:
        """The line of one code of a visit. A day is paid once: the first line of a code has it."""
        maker, denial = self.maker, self.denial
        days = 0 if code in self.billed else 1
        self.billed.add(code)
        price = maker.prices(code, modifiers).on(visit.day) if maker.rates.given else None
        rate, charge, note = maker.priced(price, units, days)
        sent = f"; billed to {brief(maker.terms.name)} for a denial" if denial else ""
        why += f"{sent}{self.idle}{note}{maker.stale(code, visit.day)}{noted(modifiers)}"
        sort = (visit.day, 0, (), VISIT, (*visit.order, kind))  # what belongs to one visit stays together
        return Line(visit, VISIT, visit.day, visit.day, place, code, modifiers, units, rate, charge, None,
                    why, sort, days=days, denied=denial is not None)  # fmt: skip


def _modifiers(maker: LineMaker, visit: Visit, code: str, denial: str | None) -> tuple[str, ...]:
    """The modifiers of a visit's line: its own, and those typed. Errors: those of `Marker.of_day`."""
    terms = maker.terms
    suite = terms.suite_on_visits and (visit.place or terms.place) in terms.suites
    own = tuple(filter(None, (SPECIAL if visit.special else "", "SS" if suite else "", denial or "")))
    return maker.marker.of_day(visit.modifiers, ON_VISIT, code, own, visit.day)


def _units(maker: LineMaker, visit: Visit, further_only: bool) -> dict[str, int]:
    """The units of each code of a visit. Errors: those of the visit, `OutOfRange` for one that comes to no unit."""
    if visit.failure is not None:
        raise visit.failure
    terms, minutes = maker.terms, visit.minutes
    assert not isinstance(minutes, BillingError)
    first, further = visit_rule.units(maker.reference, minutes, terms.further_hour_from, further_only)
    if not first and not further:
        raise OutOfRange(
            f"second visit of the day, {plain(minutes)} minutes: shorter than {terms.further_hour_from} "
            f"minutes, and {brief(terms.name)} counts no {visit_rule.FURTHER} for it"
        )
    return {code: units for code, units in ((visit_rule.FIRST, first), (visit_rule.FURTHER, further)) if units}


def _counted(maker: LineMaker, visit: Visit, code: str, units: int, further_only: bool) -> str:
    """How the units of a code are counted: ``visit of 150 minutes: 1 further hour``."""
    assert not isinstance(visit.minutes, BillingError)
    minutes, many = plain(visit.minutes), "s" if units > 1 else ""
    if further_only:
        return f"second visit of the day, {minutes} minutes: {units} hour{many}"
    if code == visit_rule.FURTHER:
        return f"visit of {minutes} minutes: {units} further hour{many}"
    covers = {row.code: row.covers_minutes for row in maker.reference.visits}
    return f"visit of {minutes} minutes: the first {covers[visit_rule.FIRST]} minutes"
