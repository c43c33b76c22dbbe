"""Codes on a claim: those that may not stand on one day, and days that the reference is not verified for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations

from xl_infusion.claim.checks.check import ERROR, WARNING, Checked, Wrong, check, wrong_at
from xl_infusion.claim.columns import ORDERS, PAYER_CODES, PAYERS
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.lines import PER_DIEM, Line
from xl_infusion.claim.order import Order
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import table_row
from xl_infusion.reference import Reference
from xl_infusion.reference.verified import REMEDY, not_verified

Pairs = set[tuple[str, str]]
#: The finding of days on which codes are not verified.
AFTER = "after the verified day"


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


@check(AFTER, WARNING, f"{REMEDY}.")
def _stale(checked: Checked) -> Iterator[Wrong]:
    """Days of service on which codes are not verified; each order and visit once."""
    late = [pair for claim in checked.claims for pair in _late(checked.work.reference, claim)]
    if not late:
        return
    days: dict[Order | Visit, tuple[int, int]] = {}
    for line, after in late:
        first, last = days.get(line.source, (line.last, line.last))
        days[line.source] = min(first, max(line.first, after)), max(last, line.last)
    since, to = min(after for _, after in late), max(last for _, last in days.values())
    cause = not_verified(dt.date.fromordinal(since), dt.date.fromordinal(to))
    for source, (first, last) in days.items():
        yield wrong_at(source, first, last, cause, f"{cause}; lines of those days say STALE")


def _late(reference: Reference, claim: Claim) -> Iterator[tuple[Line, int]]:
    """The lines with days on which their code is not verified, each with the first such day of the code."""
    earliest = reference.verified.earliest.toordinal()
    for line in claim.lines:
        if line.last > earliest and isinstance(line.code, str) and not line.stated:
            verified = reference.verified_through(line.code).toordinal()
            if line.last > verified:
                yield line, verified + 1
