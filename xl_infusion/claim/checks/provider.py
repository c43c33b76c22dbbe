"""Who bills, and when: the provider's accreditations, the day on which the claims are filed."""

from __future__ import annotations

from collections.abc import Iterator

from xl_infusion.claim.checks.check import ERROR, Checked, Wrong, check, wrong_at
from xl_infusion.claim.checks.sources import by_source
from xl_infusion.claim.columns import PROVIDER
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.order import Order
from xl_infusion.claim.spans import day_of
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import BillingError


@check(
    "accreditation missing",
    ERROR,
    "If you had it on those days, add it to Provider; else this payer cannot be billed for them.",
    (PROVIDER,),
)
def _accreditation(checked: Checked) -> Iterator[Wrong]:
    """The provider is accredited on every day of service; each order and visit once for every gap."""
    provider = checked.provider
    for claim in checked.claims if not provider.unsure else ():
        bodies = claim.terms.accreditation
        billed = (line for line in claim.lines if bodies and not isinstance(line.code, BillingError))
        for source, (_, first, last) in by_source(billed).items():
            asks = f"{claim.payer} asks for {' or '.join(bodies)}, and none is in force on"
            for start, end in provider.gaps(bodies, first, last):
                yield wrong_at(source, start, end, f"{asks} {day_of(start)}", f"{asks} all of these days")


@check("filed before the service", ERROR, "File after the last day of service, or mend a date that is wrong.")
def _early(checked: Checked) -> Iterator[Wrong]:
    filed = checked.provider.filed
    for claim in checked.claims if filed else ():
        for source, first, last in _served(checked, claim):
            if filed < last:
                what = f"the claims are filed on {day_of(filed)}, and the service ends on {day_of(last)}"
                cause = f"the claims are filed on {day_of(filed)}, before the service ends"
                yield wrong_at(source, first, last, what, cause)


@check("past the filing limit", ERROR, "File at once, with proof of why it is late.")
def _late(checked: Checked) -> Iterator[Wrong]:
    filed = checked.provider.filed
    for claim in checked.claims if filed else ():
        limit = claim.terms.days_to_file
        for source, first, last in _served(checked, claim) if limit is not None else ():
            if limit is not None and filed - last > limit:
                gives = f"{claim.payer} gives {limit}"
                what = f"from {day_of(last)} to {day_of(filed)} are {filed - last} days, and {gives}"
                cause = f"the claims are filed on {day_of(filed)}, and {gives} days from the service"
                yield wrong_at(source, first, last, what, cause)


def _served(checked: Checked, claim: Claim) -> Iterator[tuple[Order | Visit, int, int]]:
    """The orders and visits of a claim, with the first and the last of the days that are billed."""
    days = checked.work.payer(claim.payer).maker.days
    yield from ((order, first, last) for order in claim.dated for first, last in days.given(order))
    yield from ((visit, visit.day, visit.day) for visit in claim.visits if visit.ours and visit.day)
