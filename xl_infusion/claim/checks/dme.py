"""What Medicare's DME contractor is billed: what the supplier attests, and a per diem beside what is paid already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from xl_infusion.claim.checks.check import ERROR, WARNING, Checked, Wrong, check, wrong_at
from xl_infusion.claim.checks.sources import by_source
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.lines import BESIDE, DRUG, PER_DIEM, Line
from xl_infusion.errors import BillingError
from xl_infusion.reference import Reference
from xl_infusion.reference.dme import ONE_OF


@check(
    "attestation missing",
    ERROR,
    "Type in Modifiers what is true: KX where the policy's criteria are met and the papers are at hand, GA with a "
    "signed notice, GZ without one, GY without a durable pump; of pump insulin JK or JL too.",
)
def _attested(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        lacking: dict[tuple[str, ...], list[Line]] = defaultdict(list)
        for line in claim.lines if claim.terms.dme else ():
            for says in _lacking(checked.work.reference, line):
                lacking[says].append(line)
        for says, lines in lacking.items():
            for source, (line, first, last) in by_source(lines).items():
                what = (
                    f"{line.code} has none of {', '.join(says)}, and Medicare's DME contractor rejects it without one"
                )
                yield wrong_at(source, first, last, what)


def _lacking(reference: Reference, line: Line) -> Iterator[tuple[str, ...]]:
    """The sets of modifiers of which a drug line has one each, and lacks all; they are wanted on its last day."""
    if not DRUG <= line.kind < BESIDE or isinstance(line.code, BillingError) or isinstance(line.units, BillingError):
        return
    for first, last, row in reference.dme.paid(line.code, line.modifiers):
        if first <= line.last <= last:
            for says in reference.dme.rule(row.category, ONE_OF, line.last):
                if not set(says) & set(line.modifiers):
                    yield says


@check(
    "per diem beside what Medicare pays",
    WARNING,
    "Ask the second payer whether it is due: a per diem includes the services and supplies that Medicare pays for.",
)
def _per_diem_beside(checked: Checked) -> Iterator[Wrong]:
    """A per diem at another payer on a day for which Medicare pays services and supplies of the same patient."""
    paid: dict[str, set[int]] = defaultdict(set)
    for claim in checked.claims:
        if claim.terms.dme:
            paid[claim.patient] |= {line.first for line in claim.lines if line.kind == BESIDE}
    for claim in checked.claims:
        if paid[claim.patient] and not claim.terms.dme:
            yield from _beside(claim, paid[claim.patient])


def _beside(claim: Claim, days: set[int]) -> Iterator[Wrong]:
    for line in claim.lines:
        both = sorted(day for day in days if line.first <= day <= line.last) if line.kind == PER_DIEM else []
        if both and isinstance(line.code, str):
            what = f"{line.code} is billed to {claim.payer} for a day on which Medicare pays services and supplies"
            yield wrong_at(line.source, both[0], both[-1], what)
