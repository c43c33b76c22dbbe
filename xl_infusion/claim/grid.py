"""Orders, visits and contracts in; the lines of every claim out: sorted, numbered, nothing dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from xl_infusion.claim.benefit import Benefit
from xl_infusion.claim.codes import Codes, PayerCodes
from xl_infusion.claim.columns import PAYER_CODES, RATES
from xl_infusion.claim.contract import Payers
from xl_infusion.claim.inputs import Row, fold_name, sort_key
from xl_infusion.claim.lines import Line, LineMaker
from xl_infusion.claim.orders import Order, OrderReader
from xl_infusion.claim.ranking import Ranker, Ranking
from xl_infusion.claim.rates import Rates
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.visit_lines import visit_lines
from xl_infusion.claim.visits import Visit, VisitReader
from xl_infusion.claim.words import COVERS
from xl_infusion.errors import BillingError, NotCovered, NotFound, brief
from xl_infusion.reference import DrugRow, Reference
from xl_infusion.reference.own_codes import own_problems

NumberedRows = Sequence[tuple[int, Row]]

YES, DENY_FIRST, NO = COVERS
_SORT = attrgetter("sort")


@dataclass(slots=True, eq=False)
class Claim:
    """One patient's claim to one payer: its orders and visits, their ranking, and its lines in their order.

    ``denial``: it is sent to be denied, and has visits alone; ``behind`` are the orders that they are for.
    ``waits``: what has to come before an order (or visit) of it is paid.
    """

    patient: str
    payer: str
    denial: bool
    terms: Terms
    orders: list[Order] = field(default_factory=list)
    behind: list[Order] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    waits: dict[Order | Visit, str] = field(default_factory=dict)
    ranking: Ranking = field(default_factory=lambda: Ranking([]))
    lines: list[Line] = field(default_factory=list)

    @property
    def dated(self) -> list[Order]:
        """Its orders whose days are known."""
        return [order for order in self.orders if order.dated]

    @property
    def visited(self) -> set[int]:
        """The days on which a nurse of the provider came."""
        return {visit.day for visit in self.visits if visit.ours and visit.day}


@dataclass(slots=True)
class Payer:
    """What makes the claims to one payer."""

    terms: Terms
    codes: Codes
    ranker: Ranker
    maker: LineMaker


class Work:
    """The tables of a workbook, read once: what the claim grid, its checks and its explanation are made from."""

    def __init__(
        self,
        reference: Reference,
        orders: NumberedRows,
        visits: NumberedRows = (),
        payers: NumberedRows = (),
        rates: NumberedRows = (),
        payer_codes: NumberedRows = (),
    ) -> None:
        self.reference = reference
        self.payers = Payers(reference, payers)
        self.payer_codes = PayerCodes(reference, payer_codes)
        self.rates = Rates(rates, reference)
        self.orders = OrderReader(reference).orders(orders)
        reader = VisitReader(reference)
        self.visits = [reader.visit(at, row) for at, row in visits]
        self._of: dict[str, Payer] = {}
        named = {name for rx in {order.rx for order in self.orders} for name in (rx.payer, rx.second_payer)}
        named |= {visit.payer for visit in self.visits}
        #: whether it is said who pays: where nobody is named, the default terms are those of all
        self.names_payers = bool(self.payers.all) or named > {""}

    def payer(self, name: str) -> Payer:
        """What makes the claims to a payer: one for all spellings of a name that Payers has, else one for each."""
        found = self._of.get(name)
        if found is None:
            terms = self.payers.terms(name)
            found = self._of[name] = self._of.get(terms.name) or self._payer(terms)
            self._of[terms.name] = found
        return found

    def _payer(self, terms: Terms) -> Payer:
        codes = Codes(self.reference, terms, self.payer_codes)
        ranker = Ranker(self.reference, terms, codes, self.rates)
        return Payer(terms, codes, ranker, LineMaker(self.reference, terms, codes, self.rates))

    def problems(self) -> set[int]:
        """The failures (by identity) that are of a row of Payers, Payer codes, Own codes or Rates, not of a claim."""
        return {
            id(problem)
            for problem in (
                *(terms.problem for terms in self.payers.all),
                *(wanted.problem for wanted in self.payer_codes.all),
                *(problem for _, problem in own_problems(self.reference)),
                *(problem for _, problem in self.rates.problems),
                *(problem for _, problem in self.rates.conflicts()),
            )
            if problem is not None
        }

    def named_payers(self) -> Iterator[tuple[str, int, str]]:
        """(payer, row, table) of every row of Rates and Payer codes that names a payer."""
        yield from ((payer, row.number, RATES.name) for payer, row in self.rates.all if payer)
        yield from ((payer, row.number, PAYER_CODES.name) for payer, row in self.payer_codes.named if payer)

    def is_unlisted(self, code: str) -> bool:
        """True for a code of drugs that have none of their own: it names no amount."""
        try:
            row = self.reference.code_rows(code)[-1]
        except NotFound:
            return False
        return isinstance(row, DrugRow) and row.amount is None

    def claims(self) -> Iterator[Claim]:
        """A claim for each patient and payer, patients in order; within a claim the lines by day, then by rank,
        each per diem before its drug, then the visits.

        The same rows give the same lines in whatever order they stand. Never raises for a row: one that cannot
        be billed has a line that says why.
        """
        for claim in self._routed():
            self._made(claim)
            yield claim

    def _made(self, claim: Claim) -> None:
        payer = self.payer(claim.payer)
        if payer.terms.problem is not None:
            for order in claim.orders:
                order.fails(payer.terms.problem)
            for visit in claim.visits:
                if visit.ours:
                    visit.fails(payer.terms.problem)
        ranking = claim.ranking = payer.ranker.rank(claim.dated, claim.visited)
        lines = claim.lines
        lines += per_diem_lines(claim, payer.maker, ranking)
        lines += drug_lines(claim, payer.maker, ranking)
        lines.sort(key=_SORT)
        lines += sorted(lines_of_visits(claim, payer.maker), key=_SORT)
        if claim.waits:
            for line in lines:
                line.waits = claim.waits.get(line.source, "")

    # -- who is billed -----------------------------------------------------------------------------------------

    def _routed(self) -> list[Claim]:
        """By patient and payer, sorted; a payer shows with the first of its spellings, a denial claim comes first."""
        claims: dict[tuple[str, str, bool], Claim] = {}

        def claim(patient: str, payer: str, denial: bool = False) -> Claim:
            key = (patient, fold_name(payer), denial)
            found = claims.get(key)
            if found is None:
                found = claims[key] = Claim(patient, payer, denial, self.payer(payer).terms)
            elif payer < found.payer:
                found.payer, found.terms = payer, self.payer(payer).terms
            return found

        of_patient: dict[str, list[Order]] = defaultdict(list)
        for order in self.orders:
            payer, waits = self._billed(order)
            target = claim(order.patient, payer)
            target.orders.append(order)
            if waits:
                target.waits[order] = waits
        for order in self.orders if self.visits else ():
            of_patient[order.patient].append(order)
        for visit in self.visits:
            named, second = self._payers_of(visit, of_patient[visit.patient])
            covers = self.payer(named).terms.covers
            if covers == DENY_FIRST:
                denied = claim(visit.patient, named, denial=True)
                denied.visits.append(visit)
                denied.behind = [order for order in of_patient[visit.patient] if _pays_first(order, named)]
                if Benefit(self.payer(named).maker, denied.behind).categories(visit.day):
                    continue  # the first payer's own benefit pays the visit
            if covers == YES or second:
                target = claim(visit.patient, named if covers == YES else second)
                if covers != YES and not self._covers(second):
                    # of this claim alone: the denial is billed all the same
                    visit = replace(visit)
                    visit.fails(self._not_covered(second))
                target.visits.append(visit)
                if covers == DENY_FIRST:
                    target.waits[visit] = self._waits_for(named)
            elif covers == NO:
                visit.fails(self._not_covered(named))
                claim(visit.patient, named).visits.append(visit)

        def place(found: Claim) -> tuple[object, ...]:
            return sort_key(found.patient), found.patient, not found.denial, sort_key(found.payer)

        found = sorted(claims.values(), key=place)
        for one in found:
            one.payer = one.terms.name if one.terms.row else one.payer
        return found

    def _billed(self, order: Order) -> tuple[str, str]:
        """The payer whose claim has the order, and what that claim waits for."""
        payer, second = order.rx.payer, order.rx.second_payer
        covers = self.payer(payer).terms.covers
        if covers == YES:
            return payer, ""
        if not second:
            order.fails(self._not_covered(payer))
            return payer, ""
        if self.payer(second).terms.covers != YES:
            order.fails(self._not_covered(second))
        return second, self._waits_for(payer) if covers == DENY_FIRST else ""

    def _waits_for(self, payer: str) -> str:
        return waits_for(self.payer(payer).terms.name)

    def _not_covered(self, payer: str) -> BillingError:
        """A payer that does not cover home infusion, and nobody else to bill."""
        name = brief(self.payer(payer).terms.name)
        return NotCovered(f"{name} does not cover home infusion: name the Second payer of the order, one that does")

    def _payers_of(self, visit: Visit, orders: list[Order]) -> tuple[str, str]:
        """The payer of a visit and the second one: of the patient's orders, of that day where they differ.

        A visit that names its payer has the orders of that payer, also of one that comes second to a denial.
        """
        if visit.payer:
            first = [order for order in orders if _pays_first(order, visit.payer)]
            orders = first or [order for order in orders if self._pays_second(order, visit.payer)]
        if len({_payers(order) for order in orders}) > 1:
            orders = [order for order in orders if order.first <= visit.day <= order.last] or orders
        payers = sorted({order.rx.payer for order in orders})
        seconds = sorted({order.rx.second_payer for order in orders} - {""})
        for names in (payers, [] if payers and self._covers(payers[0]) else seconds):
            if len(set(map(fold_name, names))) > 1:
                several = f"the patient's orders have several payers ({' and '.join(map(brief, names))}): "
                visit.fails(NotFound(several + "name the visit's in a Payer column"))
                return "", ""
        return payers[0] if payers else visit.payer, seconds[0] if seconds else ""

    def _covers(self, payer: str) -> bool:
        return self.payer(payer).terms.covers == YES

    def _pays_second(self, order: Order, payer: str) -> bool:
        """True where a payer is billed in place of, or after, the first one of an order."""
        return fold_name(order.rx.second_payer) == fold_name(payer) and not self._covers(order.rx.payer)


def per_diem_lines(claim: Claim, maker: LineMaker, ranking: Ranking) -> Iterator[Line]:
    """The per diem lines of a claim, and a line for each order that cannot be billed."""
    for stretch in ranking.stretches:
        yield from maker.per_diem(stretch)
    for order in claim.orders:
        if order.problem is not None:
            rank = ranking.rank(order, order.first)
            yield maker.failed(order, order.first, order.last, rank, order.problem)


def drug_lines(claim: Claim, maker: LineMaker, ranking: Ranking) -> Iterator[Line]:
    """The drug lines of the orders of a claim that can be billed."""
    for order in claim.orders:
        if order.problem is None:
            yield from maker.drug(order, ranking)


def lines_of_visits(claim: Claim, maker: LineMaker) -> Iterator[Line]:
    """The lines of a claim's visits."""
    denial = maker.terms.denial_modifier if claim.denial else ""
    return visit_lines(maker, claim.visits, claim.behind if claim.denial else claim.orders, denial)


def _pays_first(order: Order, payer: str) -> bool:
    return fold_name(order.rx.payer) == fold_name(payer)


def waits_for(payer: str) -> str:
    """What a claim to a second payer waits for."""
    return f"denial by {brief(payer)}"


def _payers(order: Order) -> tuple[str, str]:
    return fold_name(order.rx.payer), fold_name(order.rx.second_payer)
