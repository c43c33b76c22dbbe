"""Orders, visits and contracts in; the lines of every claim out: sorted, numbered, nothing dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from xl_infusion.claim.codes import Codes, PayerCodes
from xl_infusion.claim.columns import PAYER_CODES, RATES
from xl_infusion.claim.contract import Payers
from xl_infusion.claim.counted_days import joined
from xl_infusion.claim.holds import Holds
from xl_infusion.claim.inputs import Row
from xl_infusion.claim.inside import Member, settle
from xl_infusion.claim.line_care import is_care, through_line
from xl_infusion.claim.lines import BESIDE, DRUG, Line, LineMaker
from xl_infusion.claim.modifiers import EXCLUDED
from xl_infusion.claim.orders import OrderReader
from xl_infusion.claim.ranking import UNRANKED, Ranker, Ranking
from xl_infusion.claim.rates import Rates
from xl_infusion.claim.routing import DENY_FIRST, YES, Claim, Payer, Router
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.visit_lines import visit_lines
from xl_infusion.claim.visits import VisitReader
from xl_infusion.errors import NotCovered, NotFound
from xl_infusion.reference import DrugRow, Reference
from xl_infusion.reference.own_codes import own_problems

__all__ = [
    "DENY_FIRST",
    "YES",
    "Claim",
    "NumberedRows",
    "Payer",
    "Work",
    "drug_lines",
    "lines_of_visits",
    "per_diem_lines",
]

NumberedRows = Sequence[tuple[int, Row]]

_SORT = attrgetter("sort")


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
        holds: NumberedRows = (),
    ) -> None:
        self.reference = reference
        self.payers = Payers(reference, payers)
        self.payer_codes = PayerCodes(reference, payer_codes)
        self.rates = Rates(rates, reference)
        self.orders = OrderReader(reference).orders(orders)
        reader = VisitReader(reference)
        self.visits = [reader.visit(at, row) for at, row in visits]
        self.holds = Holds(holds)
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
        """True for a code of drugs that have none of their own."""
        try:
            row = self.reference.code_rows(code)[-1]
        except NotFound:
            return False
        return isinstance(row, DrugRow) and row.unlisted

    def claims(self) -> Iterator[Claim]:
        """A claim for each patient and payer, patients in order; within a claim the lines by day, then by rank,
        each per diem before its drug, then the visits.

        The same rows give the same lines in whatever order they stand. Never raises for a row: one that cannot
        be billed has a line that says why.
        """
        claims = Router(self.payer, self.holds).claims(self.orders, self.visits)
        self._settle(claims)
        for claim in claims:
            self._made(claim)
            yield claim

    def _settle(self, claims: Sequence[Claim]) -> None:
        """Says to orders what rests on other rows: who leads them, and where a line is in use."""
        if any(order.inside for order in self.orders):
            settle(Member(order, claim) for claim in claims for order in claim.orders)
        for claim in claims:
            # a row that is wrong bills nothing; that nobody covers its per diem is no matter of its drug
            claim.supplied = [one for one in claim.supplied if all(isinstance(p, NotCovered) for p in one.problems)]
        self._line_days(claims)

    def _line_days(self, claims: Sequence[Claim]) -> None:
        """Says to claims with the care of a line on which days the patient has a therapy through it elsewhere."""
        cared = [claim for claim in claims if any(map(is_care, claim.orders))]
        for claim in cared:
            others = [one for one in claims if one.patient == claim.patient and one is not claim and not one.denial]
            days = [
                run for one in others for run in through_line(one.dated, self.payer(one.payer).maker.days, one.visited)
            ]
            claim.line_days = joined(days)

    def _made(self, claim: Claim) -> None:
        payer = self.payer(claim.payer)
        if payer.terms.problem is not None:
            for order in claim.orders:
                order.fails(payer.terms.problem)
            for visit in claim.visits:
                if visit.ours:
                    visit.fails(payer.terms.problem)
        ranking = claim.ranking = payer.ranker.rank(claim.dated, claim.visited, claim.line_days)
        lines = claim.lines
        lines += per_diem_lines(claim, payer.maker, ranking)
        lines += drug_lines(claim, payer.maker, ranking)
        lines.sort(key=_SORT)
        lines += sorted(lines_of_visits(claim, payer.maker), key=_SORT)
        if claim.waits or claim.denials:
            for line in lines:
                line.waits = claim.waits_for(line)


def per_diem_lines(claim: Claim, maker: LineMaker, ranking: Ranking) -> Iterator[Line]:
    """The per diem lines of a claim, and a line for each order that cannot be billed."""
    for stretch in ranking.stretches:
        yield from maker.per_diem(stretch)
    for order in claim.orders:
        if order.problem is not None:
            rank = ranking.rank(order, order.first)
            yield maker.failed(order, order.first, order.last, rank, order.problem)


def drug_lines(claim: Claim, maker: LineMaker, ranking: Ranking) -> Iterator[Line]:
    """The drug lines of the orders of a claim that can be billed, and of those of which it has drug lines alone."""
    lines = _drug_lines(claim, maker, ranking)
    return _once_a_day(lines) if maker.terms.dme else lines


def _once_a_day(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines, of what is paid beside a drug for a day one: several orders may be given on it."""
    beside: dict[tuple[object, int], Line] = {}
    for line in lines:
        if line.kind != BESIDE:
            yield line
        else:
            known = beside.setdefault((line.code, line.first), line)
            beside[line.code, line.first] = min(known, line, key=_SORT)
    yield from beside.values()


def _drug_lines(claim: Claim, maker: LineMaker, ranking: Ranking) -> Iterator[Line]:
    for order in claim.orders:
        if order.problem is None:
            said_there = EXCLUDED if order in claim.denials else ""
            yield from maker.drug(order, ranking, claim.drug_days.get(order), said_there)
    problem = maker.terms.problem
    for order in claim.supplied:
        days = claim.drug_days[order]
        if problem is not None:
            yield maker.failed(order, days[0][0], days[-1][1], UNRANKED, problem, DRUG)
        else:
            yield from maker.drug(order, ranking, days)


def lines_of_visits(claim: Claim, maker: LineMaker) -> Iterator[Line]:
    """The lines of a claim's visits."""
    denial = maker.terms.denial_modifier if claim.denial else None
    return visit_lines(maker, claim.visits, claim.behind if claim.denial else claim.orders, denial)
