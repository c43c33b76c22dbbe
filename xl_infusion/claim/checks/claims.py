"""Checks of the claims as they come out: lines that fail, codes and visits that do not go together, the contract."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from xl_infusion.claim.checks.finding import Finding, of_error
from xl_infusion.claim.columns import ORDERS, PAYERS, VISITS
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.lines import PER_DIEM, VISIT, Line
from xl_infusion.claim.orders import Order
from xl_infusion.claim.provider import Provider
from xl_infusion.claim.ranking import Ranker
from xl_infusion.claim.rates import Price
from xl_infusion.errors import BillingError
from xl_infusion.rules import visit as visit_rule
from xl_infusion.rules.number import plain

MEDICARE = PAYERS["Kind"].choices[1]
FREQUENCY = PAYERS["Rank by"].choices[0]


def checks(work: Work, claims: list[Claim], provider: Provider) -> Iterator[Finding]:
    """What is wrong with the lines of the claims, and with what they come to together."""
    said = work.problems()  # a row of a table that cannot be used is told once, not for every line it fails
    verified = work.reference.edition.verified_through
    for claim in claims:
        yield from _failures(claim, said)
        yield from _excluded(work, claim)
        if claim.terms.kind == MEDICARE:
            yield from _medicare(claim)
        if any(line.kind >= VISIT for line in claim.lines):
            yield from _visits(claim)
        if claim.terms.accreditation:
            yield from _accreditation(claim, provider)
        if work.rates.given and any(share != 1 for share in claim.terms.shares):
            yield from _by_rate(work, claim)
        last = max((line.last for line in claim.lines), default=0)
        if last > verified.toordinal():
            yield from _stale(claim, verified)
    yield from _denials(work, claims)


def _where(line: Line) -> tuple[str, int, object]:
    source = line.source
    return (ORDERS.name, source.at, source.number) if isinstance(source, Order) else (VISITS.name, source.at, "")


def _failures(claim: Claim, said: set[int]) -> Iterator[Finding]:
    """Each failure of an order or visit once, however many lines it has."""
    seen: set[tuple[int, str]] = set()
    for line in claim.lines:
        if isinstance(line.code, str) and not isinstance(line.charge, BillingError) and isinstance(line.units, int):
            continue
        for value in (line.code, line.units, line.rate, line.charge):
            if not isinstance(value, BillingError) or id(value) in said:
                continue
            key = (id(line.source), str(value))
            if key not in seen:
                seen.add(key)
                yield of_error(value, *_where(line), line.first, line.last)
            break


def _excluded(work: Work, claim: Claim) -> Iterator[Finding]:
    """Per diem codes that exclude each other on one day."""
    lines = [line for line in claim.lines if line.kind == PER_DIEM and isinstance(line.code, str)]
    codes = {str(line.code) for line in lines}
    pairs = {(one, other) for one in codes for other in codes if one < other and work.reference.excludes(one, other)}
    if not pairs:
        return
    for i, line in enumerate(lines):
        for other in lines[:i]:
            pair = tuple(sorted((str(line.code), str(other.code))))
            first, last = max(line.first, other.first), min(line.last, other.last)
            if pair in pairs and first <= last:
                what = f"{line.code} and {other.code} may not be billed for one day"
                yield Finding("codes exclude each other", *_where(line), first, last, what)


def _medicare(claim: Claim) -> Iterator[Finding]:
    """Medicare pays no S code; each order once."""
    seen = set()
    for line in claim.lines:
        if isinstance(line.code, str) and line.code.startswith("S") and line.source not in seen:
            seen.add(line.source)
            what = f"{line.code} is billed to {claim.payer}, and Medicare pays no S code"
            yield Finding("S code billed to Medicare", *_where(line), line.first, line.last, what)


def _visits(claim: Claim) -> Iterator[Finding]:
    """99602 goes with a 99601 of its day; payers count hours a day and a week (from Sunday)."""
    minutes: dict[int, Decimal] = defaultdict(Decimal)
    of_day: dict[int, list[Line]] = defaultdict(list)
    for line in claim.lines:
        if line.kind >= VISIT and line.first:
            of_day[line.first].append(line)
    for visit in claim.visits:
        if visit.ours and visit.failure is None and isinstance(visit.minutes, Decimal):
            minutes[visit.day] += visit.minutes
    for day, lines in of_day.items():
        codes = {line.code for line in lines}
        if visit_rule.FURTHER in codes and visit_rule.FIRST not in codes:
            what = f"{visit_rule.FURTHER} stands without {visit_rule.FIRST} on its day"
            yield Finding("99602 without 99601", *_where(lines[0]), day, day, what)
    for most, what, length_of in (
        (claim.terms.hours_a_day, "day", 1),
        (claim.terms.hours_a_week, "week", 7),  # day 7 of the calendar was a Sunday
    ):
        if most is None:
            continue
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for day, length in minutes.items():
            sums[day - day % length_of] += length / 60
        for first, hours in sums.items():
            if hours > most:
                days = [day for day in minutes if day - day % length_of == first]
                line = next(line for day in sorted(days) for line in of_day[day])
                shown = plain(hours.quantize(Decimal("0.01")))
                text = f"visits of {shown} hours in a {what}, and {claim.payer} pays {plain(most)}"
                yield Finding("too many hours", *_where(line), min(days), max(days), text)


def _accreditation(claim: Claim, provider: Provider) -> Iterator[Finding]:
    """The provider is accredited on every day of service; each order and visit once."""
    bodies = claim.terms.accreditation
    spans: dict[object, list[Line]] = defaultdict(list)
    for line in claim.lines:
        if line.first and not isinstance(line.code, BillingError):
            spans[line.source].append(line)
    for lines in spans.values():
        first, last = min(line.first for line in lines), max(line.last for line in lines)
        gap = provider.gap(bodies, first, last)
        if gap:
            what = f"{claim.payer} asks for {' or '.join(bodies)}, and none is in force on {dt.date.fromordinal(gap)}"
            yield Finding("accreditation missing", *_where(lines[0]), gap, last, what)


def _by_rate(work: Work, claim: Claim) -> Iterator[Finding]:
    """Ranking by rate would earn more than ranking as the contract says, with the amount."""
    if not _could_earn_more(work, claim):
        return
    payer = work.payer(claim.terms.name)
    ranker = Ranker(work.reference, payer.terms, payer.codes, work.rates, by_rate=True)
    ranking = ranker.rank(claim.dated, claim.visited)
    lines = [line for stretch in ranking.stretches for line in payer.maker.per_diem(stretch)]
    mine = [line for line in claim.lines if line.kind == PER_DIEM]
    if any(isinstance(line.charge, BillingError) for line in (*lines, *mine)):
        return
    more = sum((line.charge for line in lines if isinstance(line.charge, Decimal)), Decimal(0)) - sum(
        (line.charge for line in mine if isinstance(line.charge, Decimal)), Decimal(0)
    )
    if more > 0:
        first, last = min(line.first for line in mine), max(line.last for line in mine)
        what = f"ranked by rate, the per diems of this claim to {claim.payer} would earn ${more:,.2f} more"
        yield Finding("rank by rate pays more", *_where(mine[0]), first, last, what)


def _could_earn_more(work: Work, claim: Claim) -> bool:
    """True where a therapy that comes after another by the contract may have the higher full rate."""
    lines = [line for line in claim.lines if line.kind == PER_DIEM and isinstance(line.code, str)]
    if all(line.sort[1] == 1 for line in lines):
        return False
    maker = work.payer(claim.payer).maker
    rates: set[tuple[int | Fraction, Decimal]] = set()
    for line in lines:
        price = maker.prices(str(line.code)).on(line.first)
        if not isinstance(price, Price) or not isinstance(line.source, Order):
            return False
        rates.add((line.source.rx.hours, -price.amount))
    return claim.terms.rank_by != FREQUENCY or any(
        slower > faster for (_, faster), (_, slower) in pairwise(sorted(rates, reverse=True))
    )


def _stale(claim: Claim, verified: dt.date) -> Iterator[Finding]:
    seen = set()
    for line in claim.lines:
        if line.last > verified.toordinal() and line.source not in seen:
            seen.add(line.source)
            first = max(line.first, verified.toordinal() + 1)
            what = f"the reference is verified through {verified}, and {dt.date.fromordinal(line.last)} is later"
            yield Finding("after the verified day", *_where(line), first, line.last, what)


def _denials(work: Work, claims: list[Claim]) -> Iterator[Finding]:
    """A claim that waits for a denial needs a visit to be denied."""
    denied = {(claim.patient, claim.terms.name) for claim in claims if claim.denial and claim.lines}
    for claim in claims:
        for order in claim.waits:
            if not isinstance(order, Order) or order.problem is not None:
                continue
            payer = work.payer(order.rx.payer).terms.name
            if (claim.patient, payer) not in denied:
                what = f"the claim waits for a denial by {payer}, and no visit is there to bill for it"
                yield Finding("no visit for the denial", ORDERS.name, order.at, order.number, order.first, order.last,
                              what)  # fmt: skip
