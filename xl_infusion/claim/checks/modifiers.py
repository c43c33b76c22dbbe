"""Modifiers: typed ones that no line has, those that exclude each other, and more than a line has room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from xl_infusion.claim.checks.check import ERROR, WARNING, Checked, Wrong, check, wrong_at
from xl_infusion.claim.lines import Line
from xl_infusion.claim.modifiers import MORE, PLACES, rows_of
from xl_infusion.claim.order import Order
from xl_infusion.claim.supply import DISCARDED, DRUG
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import BillingError
from xl_infusion.reference import Reference
from xl_infusion.rules import waste

Source = Order | Visit


@check(
    "modifier on no line",
    ERROR,
    "Take it out, or bill what it is for: sheet Codes says on which lines it goes, and its days.",
)  # fmt: skip
def _on_no_line(checked: Checked) -> Iterator[Wrong]:
    """A typed modifier that would be lost: no line of its order or visit is one that it goes on."""
    lines, work = checked.once(_lines), checked.work
    sources: list[Source] = [*work.orders, *(visit for visit in work.visits if visit.ours)]
    for source in sources:
        if not _failed(lines[source]):
            for modifier in _not_put(source, lines[source]):
                goes_on = " or ".join(line for row in rows_of(work.reference, modifier) for line in row.places)
                what = f"Modifiers {modifier} goes on {goes_on} lines, and none is there"
                yield wrong_at(source, *_days(source), what)


def _not_put(source: Source, lines: list[Line]) -> list[str]:
    """The typed modifiers that no line has."""
    put = {modifier for line in lines for modifier in line.modifiers}
    return [modifier for modifier in _typed(source) if modifier not in put]


def _typed(source: Source) -> tuple[str, ...]:
    given = source.rx.modifiers if isinstance(source, Order) else source.modifiers
    return () if isinstance(given, BillingError) else given


def _days(source: Source) -> tuple[int, int]:
    return (source.first, source.last) if isinstance(source, Order) else (source.day, source.day)


def _failed(lines: list[Line]) -> bool:
    """Whether a line says already what is wrong: then what it would have had is not known."""
    return any(isinstance(cell, BillingError) for line in lines for cell in (line.code, line.units))


def _lines(checked: Checked) -> dict[Source, list[Line]]:
    """The lines of each order and visit, of all claims."""
    found: dict[Source, list[Line]] = defaultdict(list)
    for claim in checked.claims:
        for line in claim.lines:
            found[line.source].append(line)
    return found


@check(
    "modifiers not together", ERROR, "Keep the one that is true of the line: the payer takes no line with both."
)  # fmt: skip
def _not_together(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        for line in claim.lines:
            for one, other in combinations(line.modifiers, 2):
                if _excludes(checked.work.reference, one, other):
                    yield wrong_at(line.source, line.first, line.last, f"{line.code} has {one} and {other}")
    yield from _nothing_discarded(checked)


def _excludes(reference: Reference, one: str, other: str) -> bool:
    return any(other in row.not_with for row in rows_of(reference, one))


def _nothing_discarded(checked: Checked) -> Iterator[Wrong]:
    """JZ typed for a drug of which a line bills what was discarded."""
    for lines in checked.once(_lines).values():
        discarded = {(line.first, line.code) for line in lines if line.kind == DISCARDED}
        for line in lines:
            said = line.kind == DRUG and waste.NOTHING_DISCARDED in line.modifiers
            if said and (line.first, line.code) in discarded:
                what = f"{line.code} has {waste.NOTHING_DISCARDED}, and a line beside it bills what was discarded"
                yield wrong_at(line.source, line.first, line.last, what)


@check(
    "more than four modifiers",
    WARNING,
    "Ask the payer which it needs; else keep 99 in the fourth place, and write all of them into the note of the line.",
)  # fmt: skip
def _too_many(checked: Checked) -> Iterator[Wrong]:
    for claim in checked.claims:
        for line in claim.lines:
            if len(line.modifiers) > PLACES:
                all_of_them = f"{len(line.modifiers)} modifiers: {' '.join(line.modifiers)}"
                what = f"{line.code} has {all_of_them}; the fourth is {MORE}"
                yield wrong_at(line.source, line.first, line.last, what)
