"""The lines of visits: 99601, and 99602 for the further hours, as the payer of the claim counts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from xl_infusion.claim.benefit import Benefit, failed
from xl_infusion.claim.lines import VISIT, Line, LineMaker
from xl_infusion.claim.orders import Order
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
    terms, reference = maker.terms, maker.reference
    place = visit.place or terms.place
    further_only = again and terms.second_visit == visit_rule.FURTHER
    try:
        if visit.failure is not None:
            raise visit.failure
        assert not isinstance(visit.minutes, BillingError)
        first, further = visit_rule.units(reference, visit.minutes, terms.further_hour_from, further_only)
        if not first and not further:
            raise OutOfRange(
                f"second visit of the day, {plain(visit.minutes)} minutes: shorter than {terms.further_hour_from} "
                f"minutes, and {brief(terms.name)} counts no {visit_rule.FURTHER} for it"
            )
    except BillingError as error:
        yield failed(maker, visit, place, kept(error))
        return
    length = f"visit of {plain(visit.minutes)} minutes"
    covers = {row.code: row.covers_minutes for row in reference.visits}
    hours = f"{further} {'' if further_only else 'further '}hour{'s' if further > 1 else ''}"
    reasons = {
        visit_rule.FIRST: f"{length}: the first {covers[visit_rule.FIRST]} minutes",
        visit_rule.FURTHER: f"second visit of the day, {plain(visit.minutes)} minutes: {hours}"
        if further_only
        else f"{length}: {hours}",
    }
    modifiers = tuple(name for name in (SPECIAL if visit.special else "", denial) if name)
    for kind, (code, units) in enumerate([(visit_rule.FIRST, first), (visit_rule.FURTHER, further)], start=VISIT):
        if units:
            why = reasons[code]
            if denial:
                why += f"; billed to {brief(terms.name)} for a denial"
            price = maker.prices(code, modifiers).on(visit.day) if maker.rates.given else None
            rate, charge, note = maker.priced(price, units, 1)
            sort = (visit.day, 0, (), VISIT, (*visit.order, kind))  # what belongs to one visit stays together
            yield Line(visit, VISIT, visit.day, visit.day, place, code, modifiers, units, rate, charge, None,
                       why + note + maker.stale(visit.day), sort, days=1)  # fmt: skip
