"""Orders, visits and a contract in; the lines of every claim out: sorted, numbered, nothing dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from xl_infusion.claim.contract import Payers, Rates
from xl_infusion.claim.inputs import Order, OrderReader, Row, Visit, fold_name, sort_key
from xl_infusion.claim.lines import Line, LineMaker
from xl_infusion.claim.ranking import Ranker
from xl_infusion.errors import NotFound
from xl_infusion.reference import Reference


@dataclass(slots=True)
class Claim:
    """The lines of one patient to one payer, in their order."""

    patient: str
    payer: str
    lines: list[Line]


@dataclass(slots=True)
class _Group:
    patient: str
    payer: str
    orders: list[Order] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)


NumberedRows = Sequence[tuple[int, Row]]


def claims(
    reference: Reference,
    orders: NumberedRows,
    visits: NumberedRows = (),
    payers: NumberedRows = (),
    rates: NumberedRows = (),
) -> Iterator[Claim]:
    """The claims of the rows of Orders, Visits, Payers and Rates.

    In: rows with their number in the table (blank rows already left out). Out: a claim for each patient and
    payer, patients in order; within a claim the lines by day, then by rank, each per diem before its drug,
    then the visits. The same rows give the same lines in whatever order they stand. Never raises for a row:
    one that cannot be billed has a line that says why.
    """
    reader = OrderReader(reference)
    terms = Payers(reference, payers)
    schedule = Rates(rates)
    ranker = Ranker(reference)
    found = _groups([reader.order(row) for _, row in orders], [reader.visit(row) for _, row in visits])
    for group in found:
        payer = terms.terms(group.payer)
        maker = LineMaker(reference, schedule, payer)
        if payer.problem is not None:
            for order in group.orders:
                order.problem = order.problem or payer.problem
            for visit in group.visits:
                visit.problem = visit.problem or payer.problem
        lines = sorted(_lines(group, maker, ranker), key=lambda line: line.sort)
        visit_lines = [line for visit in group.visits for line in maker.visit(visit)]
        lines += sorted(visit_lines, key=lambda line: line.sort)
        yield Claim(group.patient, payer.name or group.payer, lines)


def _lines(group: _Group, maker: LineMaker, ranker: Ranker) -> Iterator[Line]:
    ranking = ranker.rank(order for order in group.orders if order.dated)
    for stretch in ranking.stretches:
        yield from maker.per_diem(stretch)
    for order in group.orders:
        if order.problem is None:
            yield from maker.drug(order, ranking)
        else:
            yield maker.failed(order, order.first, order.last, ranking.rank(order, order.first), order.problem)


def _groups(orders: list[Order], visits: list[Visit]) -> list[_Group]:
    """By patient and payer, sorted; a payer shows with the first of its spellings."""
    groups: dict[tuple[str, str], _Group] = {}

    def group(patient: str, payer: str) -> _Group:
        found = groups.setdefault((patient, fold_name(payer)), _Group(patient, payer))
        found.payer = min(found.payer, payer)
        return found

    payers_of: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        group(order.patient, order.payer).orders.append(order)
        payers_of[order.patient].append(order)
    for visit in visits:
        payer = visit.payer or _payer_of(visit, payers_of[visit.patient])
        group(visit.patient, payer).visits.append(visit)
    return sorted(groups.values(), key=lambda found: (sort_key(found.patient), sort_key(found.payer), found.patient))


def _payer_of(visit: Visit, orders: list[Order]) -> str:
    """The payer of a visit that names none: that of the patient's orders, of that day where they differ."""
    payers = {fold_name(order.payer): order.payer for order in orders}
    if len(payers) > 1:
        running = {fold_name(order.payer): order.payer for order in orders if order.first <= visit.day <= order.last}
        payers = running or payers
    if len(payers) > 1 and visit.problem is None:
        names = " and ".join(sorted(payers.values()))
        visit.problem = NotFound(
            f"the patient's orders have several payers ({names}): name the visit's in a Payer column"
        )
        return ""
    return min(payers.values(), default="")
