"""Codes on a claim: those that may not stand on one day, and days that the reference is not verified for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations

from xl_infusion.claim.checks.check import ERROR, WARNING, Checked, Wrong, check, wrong_at
from xl_infusion.claim.checks.sources import by_source
from xl_infusion.claim.columns import ORDERS, PAYER_CODES, PAYERS
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.lines import PER_DIEM, Line
from xl_infusion.claim.orders import Order
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import table_row

Pairs = set[tuple[str, str]]


@check("codes exclude each other", ERROR, "Bill one of the two for those days.", (PAYERS, PAYER_CODES))
def _exclude(checked: Checked) -> Iterator[Wrong]:
    known: dict[frozenset[str], Pairs] = {}
    for claim in checked.claims:
        codes = frozenset({one.code for one in claim.lines if one.kind == PER_DIEM and isinstance(one.code, str)})
        if codes not in known:
            known[codes] = _exclusions(checked.work, codes)
        if known[codes]:
            yield from _excluded(claim, known[codes])


def _exclusions(work: Work, codes: frozenset[str]) -> Pairs:
    return {pair for pair in combinations(sorted(codes), 2) if work.reference.excludes(*pair)}


def _excluded(claim: Claim, pairs: Pairs) -> Iterator[Wrong]:
    """Per diem codes that exclude each other on one day, each two orders once."""
    found: dict[tuple[Order | Visit, Order | Visit, str, str], tuple[int, int]] = {}
    for line, other in _meeting(claim, pairs):
        key = (line.source, other.source, str(line.code), str(other.code))
        first, last = found.get(key, (other.first, 0))
        found[key] = (first, max(last, min(line.last, other.last)))
    for (source, other_source, code, other_code), (first, last) in found.items():
        where = table_row(ORDERS.name, source.at)
        yield wrong_at(other_source, first, last, f"{other_code} and {code} ({where}) may not be billed for one day")


def _meeting(claim: Claim, pairs: Pairs) -> Iterator[tuple[Line, Line]]:
    """Each two per diem lines with a day in common whose codes are a pair, the earlier line first."""
    barred = {code for pair in pairs for code in pair}
    lines = [line for line in claim.lines if line.kind == PER_DIEM and line.code in barred]
    for i, line in enumerate(lines):
        for other in lines[i + 1 :]:
            if other.first > line.last:
                break  # lines stand by their first day
            one, two = sorted((str(line.code), str(other.code)))
            if (one, two) in pairs:
                yield line, other


@check("after the verified day", WARNING, "Compare the codes with CMS's release of that quarter.")
def _stale(checked: Checked) -> Iterator[Wrong]:
    """Days of service that the releases of the edition do not reach; each order and visit once."""
    verified = checked.work.reference.edition.verified_through
    after = verified.toordinal() + 1
    cause = f"the reference is verified through {verified}, and the service goes beyond: its lines say STALE"
    for claim in checked.claims:
        late = (line for line in claim.lines if line.last >= after and isinstance(line.code, str) and not line.stated)
        for source, (_, first, last) in by_source(late).items():
            to = dt.date.fromordinal(last)
            what = f"the reference is verified through {verified}, and the service goes to {to}"
            yield wrong_at(source, max(first, after), last, what, cause)
