"""Checks of the claims as they come out: lines that fail, codes that do not go together, the contract, the days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from xl_infusion.claim.checks.finding import Finding, at, of_error
from xl_infusion.claim.codes import PerDiem
from xl_infusion.claim.columns import PAYERS
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.lines import PER_DIEM, Line
from xl_infusion.claim.orders import Order
from xl_infusion.claim.provider import Provider
from xl_infusion.claim.ranking import Code, Ranker
from xl_infusion.claim.rates import Price
from xl_infusion.claim.spans import LAST
from xl_infusion.claim.visits import Visit
from xl_infusion.claim.words import RANK_BY
from xl_infusion.errors import BillingError, table_row
from xl_infusion.rules import visit as visit_rule

_, MEDICARE, _, _ = PAYERS["Kind"].choices
_, BY_RATE, BY_START = RANK_BY

VISIT_CODES = (visit_rule.FIRST, visit_rule.FURTHER)
_NO_RATE = Decimal(-1)

Pairs = set[tuple[str, str]]


def checks(work: Work, claims: list[Claim], provider: Provider) -> Iterator[Finding]:
    """What is wrong with the lines of the claims, and with what they come to together."""
    said = work.problems()  # a row of a table that cannot be used is told once, not for every line it fails
    verified = work.reference.edition.verified_through
    pairs: dict[frozenset[str], Pairs] = {}
    rates = _FullRates(work)
    money = work.rates.given
    for claim in claims:
        lines, terms = claim.lines, claim.terms
        # a line whose units fail has no charge either
        failed = [one for one in lines if isinstance(one.charge if money else one.units, BillingError)]
        if failed:
            yield from _failures(failed, said)
        codes = frozenset({line.code for line in lines if line.kind == PER_DIEM and isinstance(line.code, str)})
        if codes not in pairs:
            pairs[codes] = _exclusions(work, codes)
        if pairs[codes]:
            yield from _excluded(claim, pairs[codes])
        if terms.kind == MEDICARE:
            yield from _medicare(claim)
        if terms.accreditation and not provider.unsure:
            yield from _accreditation(claim, provider)
        if provider.filed:
            yield from _filed(claim, provider.filed)
        if money and terms.rank_by != BY_RATE:
            yield from _by_rate(work, claim, rates)
        if lines and max([line.last for line in lines]) > verified.toordinal():
            yield from _stale(claim, verified)


def _by_source(lines: Iterable[Line]) -> dict[Order | Visit, tuple[Line, int, int]]:
    """The first line of each order and visit, with the first and the last day of all its lines."""
    found: dict[Order | Visit, tuple[Line, int, int]] = {}
    for line in lines:
        known, first, last = found.get(line.source, (line, line.first, line.last))
        found[line.source] = (known, min(first, line.first), max(last, line.last))
    return found


def _failures(failed: Iterable[Line], said: set[int]) -> Iterator[Finding]:
    """Each failure of an order or visit once, however many lines it has, with the days of all of them."""
    found: dict[tuple[Order | Visit, str], tuple[BillingError, int, int]] = {}
    for line in failed:
        for error in _errors(line):
            if id(error) not in said:
                key = (line.source, str(error))
                known, first, last = found.get(key, (error, line.first, line.last))
                found[key] = (known, min(first, line.first), max(last, line.last))
    for (source, _), (error, first, last) in found.items():
        yield of_error(error, *at(source), first, last)


def _errors(line: Line) -> Iterator[BillingError]:
    """Everything that fails a line: a row that cannot be billed is told with all that is wrong in it."""
    source = line.source
    values: list[object] = [line.code, line.units, line.rate, line.charge]
    if isinstance(source, Visit):
        values += (source.problem, *source.problems, source.minutes)
    elif source.problem is not None:
        values += (*source.problems, source.rx.dose, source.rx.volume_l)
    yield from (value for value in values if isinstance(value, BillingError))


# -- codes ---------------------------------------------------------------------------------------------------------


def _exclusions(work: Work, codes: frozenset[str]) -> Pairs:
    return {pair for pair in combinations(sorted(codes), 2) if work.reference.excludes(*pair)}


def _excluded(claim: Claim, pairs: Pairs) -> Iterator[Finding]:
    """Per diem codes that exclude each other on one day, each two orders once."""
    barred = {code for pair in pairs for code in pair}
    lines = [line for line in claim.lines if line.kind == PER_DIEM and line.code in barred]
    found: dict[tuple[Order | Visit, Order | Visit, str, str], tuple[int, int]] = {}
    for i, line in enumerate(lines):
        for other in lines[i + 1 :]:
            if other.first > line.last:
                break  # lines stand by their first day
            one, two = sorted((str(line.code), str(other.code)))
            if (one, two) in pairs:
                key = (line.source, other.source, str(line.code), str(other.code))
                first, last = found.get(key, (other.first, 0))
                found[key] = (first, max(last, min(line.last, other.last)))
    for (source, other_source, code, other_code), (first, last) in found.items():
        _, row, _ = at(source)
        what = f"{other_code} and {code} ({table_row('Orders', row)}) may not be billed for one day"
        yield Finding("codes exclude each other", *at(other_source), first, last, what)


def _medicare(claim: Claim) -> Iterator[Finding]:
    """Medicare pays no S code, nor visits by 99601 and 99602, which are billed to it for a denial alone."""
    of_kind: dict[str, list[Line]] = {"S code billed to Medicare": [], "visit billed to Medicare": []}
    s_codes, visits = of_kind.values()
    for line in claim.lines:
        if isinstance(line.code, str) and line.code.startswith("S"):
            s_codes.append(line)
        elif line.code in VISIT_CODES and not claim.denial:
            visits.append(line)
    for kind, lines in of_kind.items():
        for source, (line, first, last) in _by_source(lines).items():
            what = f"{line.code} is billed to {claim.payer}, and Medicare does not pay it"
            yield Finding(kind, *at(source), first, last, what)


# -- days ----------------------------------------------------------------------------------------------------------


def _accreditation(claim: Claim, provider: Provider) -> Iterator[Finding]:
    """The provider is accredited on every day of service; each order and visit once for every gap."""
    bodies = claim.terms.accreditation
    billed = (line for line in claim.lines if not isinstance(line.code, BillingError))
    for source, (_, first, last) in _by_source(billed).items():
        for start, end in provider.gaps(bodies, first, last):
            what = f"{claim.payer} asks for {' or '.join(bodies)}, and none is in force on {_day(start)}"
            cause = f"{claim.payer} asks for {' or '.join(bodies)}, and none is in force on all of these days"
            yield Finding("accreditation missing", *at(source), start, end, what, cause)


def _filed(claim: Claim, filed: int) -> Iterator[Finding]:
    """The claims are filed after the service, and within the payer's limit."""
    limit = claim.terms.days_to_file
    spans: list[tuple[Order | Visit, int, int]] = [(order, order.first, order.last) for order in claim.dated]
    spans += [(visit, visit.day, visit.day) for visit in claim.visits if visit.ours and visit.day]
    for source, first, last in spans:
        if filed < last:
            what = f"the claims are filed on {_day(filed)}, and the service ends on {_day(last)}"
            cause = f"the claims are filed on {_day(filed)}, before the service ends"
            yield Finding("filed before the service", *at(source), first, last, what, cause)
        if limit is not None and filed - last > limit:
            what = f"from {_day(last)} to {_day(filed)} are {filed - last} days, and {claim.payer} gives {limit}"
            cause = f"the claims are filed on {_day(filed)}, and {claim.payer} gives {limit} days from the service"
            yield Finding("past the filing limit", *at(source), first, last, what, cause)


def _stale(claim: Claim, verified: dt.date) -> Iterator[Finding]:
    """Days of service that the releases of the edition do not reach; each order and visit once."""
    after = verified.toordinal() + 1
    late = (line for line in claim.lines if line.last >= after and isinstance(line.code, str) and not line.stated)
    for source, (_, first, last) in _by_source(late).items():
        what = f"the reference is verified through {verified}, and the service goes to {_day(last)}"
        cause = f"the reference is verified through {verified}, and the service goes beyond: its lines say STALE"
        yield Finding("after the verified day", *at(source), max(first, after), last, what, cause)


# -- what another rank would earn ----------------------------------------------------------------------------------


class _FullRates:
    """The full rates of per diem codes on all days, worked out once for many claims."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._known: dict[Code, list[tuple[int, int, Decimal]]] = {}

    def of(self, payer: str, code: Code, first: int, last: int) -> tuple[Decimal, Decimal]:
        """The lowest and the highest full rate of a code on some days; -1 is no rate: it ranks last."""
        spans = self._known.get(code)
        if spans is None:
            spans = self._known[code] = list(self._spans(payer, code))
        found = [amount for start, end, amount in spans if start <= last and end >= first] or [_NO_RATE]
        return min(found), max(found)

    def _spans(self, payer: str, code: Code) -> Iterator[tuple[int, int, Decimal]]:
        prices = self.work.payer(payer).maker.prices
        for first, last, answer in () if isinstance(code, BillingError) else code.cut(1, LAST):
            if isinstance(answer, PerDiem):
                for start, end, price in prices(answer.row.code).cut(first, last):
                    yield start, end, price.amount if isinstance(price, Price) else _NO_RATE


def _by_rate(work: Work, claim: Claim, rates: _FullRates) -> Iterator[Finding]:
    """Ranking by rate would earn more than ranking as the contract says, with the amount."""
    if not _may_earn_more(claim, rates):
        return
    payer = work.payer(claim.payer)
    ranker = Ranker(work.reference, payer.terms, payer.codes, work.rates, by_rate=True)
    ranking = ranker.rank(claim.dated, claim.visited)
    mine = [line for line in claim.lines if line.kind == PER_DIEM]
    now, then = _earned(mine), _earned(line for one in ranking.stretches for line in payer.maker.per_diem(one))
    if now is not None and then is not None and then > now:
        first, last = min(line.first for line in mine), max(line.last for line in mine)
        to = f" to {claim.payer}" if claim.payer else ""
        what = (
            f"ranked by rate, the per diems of this claim{to} earn ${then - now:,.2f} more: "
            f"${then:,.2f} in place of ${now:,.2f}"
        )
        yield Finding("rank by rate pays more", *at(mine[0].source), first, last, what)


def _earned(lines: Iterable[Line]) -> Decimal | None:
    """What lines come to, None where one of them has no charge."""
    total = Decimal(0)
    for line in lines:
        if not isinstance(line.charge, Decimal):
            return None
        total += line.charge
    return total


def _may_earn_more(claim: Claim, rates: _FullRates) -> bool:
    """True where a therapy that the contract puts first may have a lower full rate than one after it.

    It looks at all days at once, and so at two therapies that never meet: ranking them then finds nothing.
    """
    by_start = claim.terms.rank_by == BY_START
    stretches = [one for one in claim.ranking.stretches if one.ranked]
    hours: dict[Code, int | Fraction] = {one.code: 0 if by_start else one.lead.rx.hours for one in stretches}
    if len(hours) < 2:
        return False
    first, last = min([one.first for one in stretches]), max([one.last for one in stretches])
    found = sorted([(hours[code], *rates.of(claim.payer, code, first, last)) for code in hours])
    least = found[0][1]
    for _, low, high in found[1:]:
        if high > least:
            return True
        least = min(least, low)
    return False


def _day(ordinal: int) -> dt.date:
    return dt.date.fromordinal(ordinal)
