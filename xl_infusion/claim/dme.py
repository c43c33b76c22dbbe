"""Medicare and the pump: which days of an order are billed to the DME contractor, and what its lines have there.

A payer's term DME payer names that contractor. It is billed for the drugs that the reference's medicare_dme.csv has;
every other drug goes where it went. KX, GA and GZ are the supplier's word and are typed; what its lines have by
themselves (JB, JW and JZ, Q2052 for each day of home immune globulin) is of the reference, with its days.
Sources: those of its rows (Noridian and CGS, DME; CMS article A52509).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xl_infusion.claim.codes import Codes, DrugCode
from xl_infusion.claim.counted_days import Run, within
from xl_infusion.claim.modifiers import EXCLUDED
from xl_infusion.claim.order import Order, Prescription
from xl_infusion.claim.words import NOT_OURS
from xl_infusion.errors import BillingError
from xl_infusion.reference import Reference
from xl_infusion.reference.check_tables import DmeDrugRow
from xl_infusion.reference.dme import A_DAY

#: Days of a drug's code, and the row by which Medicare pays it on them, None where none does.
Paid = tuple[int, int, DmeDrugRow | None]


def paid(reference: Reference, rx: Prescription, code: str, runs: Iterable[Run]) -> Iterator[Paid]:
    """Days of a drug's code, cut where Medicare's DME benefit begins or ends to pay it.

    What has a code beside it for each day (home immune globulin) has each day for itself.
    """
    typed = () if isinstance(rx.modifiers, BillingError) else rx.modifiers
    rows = reference.dme.paid(code, typed)
    for first, last in runs:
        day = first
        for begins, ends, row in rows:
            for start, end in within([(begins, ends)], day, last):
                if day < start:
                    yield day, start - 1, None
                yield from _pieces(reference, row, start, end)
                day = end + 1
        if day <= last:
            yield day, last, None


def _pieces(reference: Reference, row: DmeDrugRow, first: int, last: int) -> Iterator[Paid]:
    for start, end in reference.dme.turns(row.category, [A_DAY], first, last):
        if a_day(reference, row, start):
            yield from ((day, day, row) for day in range(start, end + 1))
        else:
            yield start, end, row


def route(row: DmeDrugRow | None) -> tuple[str, ...]:
    """The modifier that a drug's lines have by themselves, as it is paid."""
    return (row.modifier,) if row is not None and row.modifier else ()


def a_day(reference: Reference, row: DmeDrugRow | None, day: int) -> str:
    """The code that is billed beside a drug on a day on which it is given, "" for none."""
    if row is None:
        return ""
    return next((code for says in reference.dme.rule(row.category, A_DAY, day) for code in says), "")


def days_of(reference: Reference, codes: Codes, order: Order) -> list[Run]:
    """The days of an order on which its drug is one that Medicare pays so; ``codes``: those of the DME payer."""
    rx = order.rx
    if rx.drug is None or rx.supplier in NOT_OURS or not order.dated:
        return []
    found: list[Run] = []
    for first, last, answer in codes.drug(rx).cut(order.first, order.last):
        if isinstance(answer, DrugCode):
            for start, end, row in paid(reference, rx, answer.row.code, [(first, last)]):
                if row is not None:
                    since = found.pop()[0] if found and found[-1][1] == start - 1 else start
                    found.append((since, end))
    return found


def is_excluded(order: Order) -> bool:
    """True where the supplier says that Medicare excludes it, for it is not given through a durable pump."""
    typed = order.rx.modifiers
    return not isinstance(typed, BillingError) and EXCLUDED in typed


def others(order: Order, runs: Iterable[Run]) -> list[Run]:
    """The days of an order that some runs of its days do not have."""
    found, day = [], order.first
    for first, last in runs:
        if day < first:
            found.append((day, first - 1))
        day = last + 1
    return [*found, (day, order.last)] if day <= order.last else found
