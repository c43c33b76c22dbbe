"""The lines of visits: 99601, and 99602 for the further hours, as the payer of the claim counts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def visit_lines(
    maker: LineMaker, visits: Sequence[Visit], orders: Sequence[Order] = (), denial: str = ""
) -> Iterator[Line]:
    """The lines of one patient's visits to one payer.

    ``orders``: what the visits are for. ``denial``: the modifier of a claim that is sent to be denied; a visit
    that Medicare's own home infusion benefit pays is billed to it, and not for a denial.
    """
    ordered = sorted(visits, key=lambda visit: (visit.day, visit.order))
    benefit = Benefit(maker, orders)
    for day, of_day in groupby(ordered, key=lambda visit: visit.day):
        categories = benefit.categories(day)
        again = False
        for visit in of_day:
            if visit.ours:
                yield from (
                    benefit.lines(visit, categories, again) if categories else _lines(maker, visit, again, denial)
                )
            # a payer counts the visits of a day, whoever's nurse came; Medicare's benefit those that it pays
            again = again or (visit.failure is None and (visit.ours or not categories))


def _lines(maker: LineMaker, visit: Visit, again: bool, denial: str) -> Iterator[Line]:
    """The lines of one visit; ``again``: it is not the first of its day."""
    terms = maker.terms
    place = visit.place or terms.place
    further_only = again and terms.second_visit == visit_rule.FURTHER
    try:
        units_of = _units(maker, visit, further_only)
        marks = {code: _modifiers(maker, visit, code, denial) for code, units in units_of.items() if units}
    except BillingError as error:
        yield failed(maker, visit, place, kept(error))
        return
    sent = f"; billed to {brief(terms.name)} for a denial" if denial else ""
    for kind, (code, units) in enumerate(units_of.items(), start=VISIT):
        if units:
            modifiers = marks[code]
            price = maker.prices(code, modifiers).on(visit.day) if maker.rates.given else None
            rate, charge, note = maker.priced(price, units, 1)
            why = f"{_counted(maker, visit, code, units, further_only)}{sent}{note}"
            why += maker.stale(code, visit.day) + noted(modifiers)
            sort = (visit.day, 0, (), VISIT, (*visit.order, kind))  # what belongs to one visit stays together
            yield Line(visit, VISIT, visit.day, visit.day, place, code, modifiers, units, rate, charge, None,
                       why, sort, days=1)  # fmt: skip


def _modifiers(maker: LineMaker, visit: Visit, code: str, denial: str) -> tuple[str, ...]:
    """The modifiers of a visit's line: its own, and those typed. Errors: those of `Marker.of_day`."""
    terms = maker.terms
    suite = terms.suite_on_visits and (visit.place or terms.place) in terms.suites
    own = tuple(filter(None, (SPECIAL if visit.special else "", "SS" if suite else "", denial)))
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
    return {visit_rule.FIRST: first, visit_rule.FURTHER: further}


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
