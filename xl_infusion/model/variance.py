"""Paid against expected, line by line: what was expected, what came, the difference, its likely cause, what to do.

Nothing is dropped on either side: every expected line and every remittance row is there, and the sums of Expected and
of Paid are those of the two tables to the cent. What cannot be read or priced is its error, in the line and in every
sum that it is part of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.inputs import fold_name
from xl_infusion.errors import BillingError, table_row
from xl_infusion.model.causes import AS_EXPECTED, MISSING, Named, Prices, cause_of, live_parts, of_unmatched, units_of
from xl_infusion.model.expected import ExpectedLine, less
from xl_infusion.model.matching import matched
from xl_infusion.model.pairing import MATCHES, NONE, Part, Target
from xl_infusion.model.remittance import Maybe, Remit

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, eq=False)
class VarianceLine:
    """A line of the comparison. ``target`` is None for a row that no line expects; ``rows``: the remittance rows."""

    target: Target | None
    rows: tuple[Remit, ...]
    units: Maybe
    expected: Decimal | BillingError
    paid: Decimal | BillingError
    cause: str
    match: str
    why: str

    @property
    def variance(self) -> Decimal | BillingError:
        """Paid less expected; the error of a row that cannot be placed, for it may be anybody's."""
        for row in self.rows if self.target is None else ():
            if row.problem is not None:
                return row.problem
        return less(self.paid, self.expected)


def first_to_look_at(lines: Iterable[VarianceLine]) -> list[VarianceLine]:
    """The lines as somebody works through them: what cannot be worked out, then the widest variances, then the others
    that are not as expected; those paid as expected last. Among equals each keeps its place."""

    def place(line: VarianceLine) -> tuple[int, Decimal]:
        variance = line.variance
        if isinstance(variance, BillingError):
            return 0, NOTHING
        return (1 if line.cause != AS_EXPECTED or variance else 2), -abs(variance)

    return sorted(lines, key=place)


def variance_lines(lines: Iterable[ExpectedLine], remits: Sequence[Remit], prices: Prices) -> Iterator[VarianceLine]:
    """Every expected line in its order with what pays it, then the rows that pay none, by what they say.

    ``prices``: the rates that other amounts are compared with.
    """
    targets, unmatched = matched(lines, remits, prices.reference)
    unread: dict[str, list[int]] = defaultdict(list)
    for remit, _ in unmatched:
        if remit.problem is not None:
            for name in dict.fromkeys((remit.patient, remit.order)):
                unread[name].append(remit.at)
    unread.pop("", None)
    for target in targets:
        named = cause_of(target, prices)
        why = named.why
        if named.cause == MISSING:
            rows = sorted({*unread.get(target.patient, ()), *(unread.get(target.order, ()) if target.order else ())})
            if rows:
                why += f" {table_row('Remittance', *rows)} cannot be read and may be it."
        yield _of_target(target, named.cause, why)
    for remit, reason in unmatched:
        yield _of_row(remit, of_unmatched(remit, reason))


def _of_target(target: Target, cause: str, why: str) -> VarianceLine:
    parts = target.parts
    total = sum((part.paid for part in parts if isinstance(part.paid, Decimal)), NOTHING)
    paid = next((part.paid for part in parts if isinstance(part.paid, BillingError)), total)
    rows = tuple(sorted((part.remit for part in parts), key=lambda remit: (remit.at, remit.key)))
    return VarianceLine(target, rows, units_of(live_parts(parts)), target.expected.payer_pays, paid, cause,
                        _match(parts), why)  # fmt: skip


def _match(parts: list[Part]) -> str:
    """How sure it is, by the least sure of the rows, and how they were found."""
    if not parts:
        return f"{NONE}: no row of Remittance"
    worst = max(parts, key=lambda part: (MATCHES.index(part.grade), part.how))
    return f"{worst.grade}: {worst.how}"


def _of_row(remit: Remit, named: Named) -> VarianceLine:
    return VarianceLine(None, (remit,), remit.units, NOTHING, remit.paid, named.cause,
                        f"{NONE}: no expected line", named.why)  # fmt: skip


def payer_names(names: Iterable[str]) -> list[str]:
    """Payers, each once without regard to case, in the order of their names; the blank one left out."""
    found: dict[str, str] = {}
    for name in sorted(names):
        found.setdefault(fold_name(name), name)
    return [name for key, name in sorted(found.items()) if key]
