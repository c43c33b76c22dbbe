"""To whom orders and visits are billed: by what their payer covers, and whether a second payer is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from xl_infusion.claim import dme
from xl_infusion.claim.benefit import Benefit
from xl_infusion.claim.codes import Codes
from xl_infusion.claim.counted_days import Run
from xl_infusion.claim.holds import Holds
from xl_infusion.claim.inputs import fold_name, sort_key
from xl_infusion.claim.lines import PER_DIEM, Line, LineMaker
from xl_infusion.claim.order import Order
from xl_infusion.claim.ranking import Ranker, Ranking
from xl_infusion.claim.spans import LAST
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.visits import Visit
from xl_infusion.claim.words import COVERS
from xl_infusion.errors import BillingError, NotCovered, NotFound, brief

YES, DENY_FIRST, NO = COVERS


@dataclass(slots=True, eq=False)
class Claim:
    """One patient's claim to one payer: its orders and visits, their ranking, and its lines in their order.

    ``denial``: it is sent to be denied, and has visits alone; ``behind`` are the orders that they are for.
    ``waits``: what has to come before an order (or visit) of it is paid. ``supplied``: orders of which it has drug
    lines alone, those that Medicare pays with their pump. ``drug_days``: the days of an order for which it has drug
    lines, where they are not all. ``denials``: the orders whose drug is billed to the DME payer for a denial, with what
    the line behind it waits for.
    ``line_days``: days on which the patient has a therapy through a line at another payer, where this one is asked for
    the care of the line.
    """

    patient: str
    payer: str
    denial: bool
    terms: Terms
    orders: list[Order] = field(default_factory=list)
    behind: list[Order] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    waits: dict[Order | Visit, str] = field(default_factory=dict)
    supplied: list[Order] = field(default_factory=list)
    drug_days: dict[Order, list[Run]] = field(default_factory=dict)
    denials: dict[Order, str] = field(default_factory=dict)
    ranking: Ranking = field(default_factory=lambda: Ranking([]))
    lines: list[Line] = field(default_factory=list)
    line_days: tuple[Run, ...] = ()

    @property
    def dated(self) -> list[Order]:
        """Its orders whose days are known."""
        return [order for order in self.orders if order.dated]

    def waits_for(self, line: Line) -> str:
        """What has to come before a line is paid: of a drug that the DME payer denies first, that denial."""
        source = line.source
        if isinstance(source, Order) and source in self.denials and line.kind != PER_DIEM:
            return "" if source in self.supplied else self.denials[source]
        return self.waits.get(source, "")

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


FIRST, SECOND, NOBODY = "first", "second", "nobody"


class Way(NamedTuple):
    """Who is billed for an order, and who for a visit, of the payers that are named.

    ``denied``: visits go to the first payer too, on a claim that is sent to be denied; what the second payer is billed
    waits for that denial.
    """

    order: str
    visit: str
    denied: bool = False


#: What the first payer covers, and whether a second one is named -> who is billed. One that does not cover what it is
#: billed gets it as a line that says so.
WAYS: Mapping[tuple[str, bool], Way] = {
    (YES, False): Way(FIRST, FIRST),
    (YES, True): Way(FIRST, FIRST),
    (DENY_FIRST, False): Way(FIRST, NOBODY, denied=True),
    (DENY_FIRST, True): Way(SECOND, SECOND, denied=True),
    (NO, False): Way(FIRST, FIRST),
    (NO, True): Way(SECOND, SECOND),
}


def waits_for(payer: str) -> str:
    """What a claim to a second payer waits for."""
    return f"denial by {brief(payer)}"


class Router:
    """Puts orders and visits into claims. ``payer_of``: the payer of a name. ``holds``: when orders pause."""

    def __init__(self, payer_of: Callable[[str], Payer], holds: Holds) -> None:
        self._payer_of = payer_of
        self._holds = holds
        self._claims: dict[tuple[str, str, bool], Claim] = {}

    def claims(self, orders: Iterable[Order], visits: Sequence[Visit]) -> list[Claim]:
        """By patient and payer, sorted; a payer shows with the first of its spellings, a denial claim comes first."""
        of_patient: dict[str, list[Order]] = defaultdict(list)
        for order in orders:
            self._add_order(order)
            if visits:
                of_patient[order.patient].append(order)
        for claim in self._claims.values():  # before the visits: Medicare's benefit asks what is given on their days
            self._holds.pause(claim.orders, claim.terms)
        for visit in visits:
            self._add_visit(visit, of_patient[visit.patient])
        found = sorted(self._claims.values(), key=_place)
        for claim in found:
            claim.payer = claim.terms.name if claim.terms.row else claim.payer
        return found

    def _claim(self, patient: str, payer: str, denial: bool = False) -> Claim:
        """The claim of a patient to a payer, made where it is not there yet."""
        key = (patient, fold_name(payer), denial)
        found = self._claims.get(key)
        if found is None:
            found = self._claims[key] = Claim(patient, payer, denial, self._payer_of(payer).terms)
        elif payer < found.payer:
            found.payer, found.terms = payer, self._payer_of(payer).terms
        return found

    def _way(self, first: str, second: str) -> Way:
        return WAYS[self._payer_of(first).terms.covers, bool(second)]

    # -- orders ------------------------------------------------------------------------------------------------

    def _add_order(self, order: Order) -> None:
        first, second = order.rx.payer, order.rx.second_payer
        way = self._way(first, second)
        billed = second if way.order == SECOND else first
        claim = self._claim(order.patient, billed)
        if order.problem is None:
            self._supply(order, claim)
        if not self._covers(billed):
            order.fails(self._not_covered(billed))
        claim.orders.append(order)
        if way.denied and way.order == SECOND:
            claim.waits[order] = self._denial_by(first)

    def _supply(self, order: Order, claim: Claim) -> None:
        """Puts the drug lines that a DME payer is billed for into its claim; ``claim``: where the order is billed."""
        name = self._payer_of(order.rx.payer).terms.dme_payer
        if not name:
            return
        payer = self._payer_of(name)
        days = dme.days_of(payer.maker.reference, payer.codes, order)
        to_dme = self._claim(order.patient, name) if days else claim
        if to_dme is claim:
            return
        to_dme.supplied.append(order)
        to_dme.drug_days[order] = days
        if dme.is_excluded(order):
            to_dme.denials[order] = claim.denials[order] = self._denial_by(name)
        else:
            claim.drug_days[order] = dme.others(order, days)

    # -- visits ------------------------------------------------------------------------------------------------

    def _add_visit(self, visit: Visit, orders: list[Order]) -> None:
        first, second = self._payers_of(visit, orders)
        way = self._way(first, second)
        if way.denied and self._denied(visit, first, orders):
            return
        if way.visit == FIRST:
            if not self._covers(first):
                visit.fails(self._not_covered(first))
            self._claim(visit.patient, first).visits.append(visit)
        if way.visit == SECOND:
            self._add_to_second(visit, first, second, way)

    def _denied(self, visit: Visit, payer: str, orders: list[Order]) -> bool:
        """Puts a visit into the claim that is sent to be denied. Out: whether that payer's own benefit pays it."""
        claim = self._claim(visit.patient, payer, denial=True)
        claim.visits.append(visit)
        claim.behind = [order for order in orders if _pays_first(order, payer)]
        return bool(Benefit(self._payer_of(payer).maker, claim.behind).categories(visit.day))

    def _add_to_second(self, visit: Visit, first: str, second: str, way: Way) -> None:
        if not self._covers(second):
            visit = replace(visit)  # of this claim alone: the denial is billed all the same
            visit.fails(self._not_covered(second))
        claim = self._claim(visit.patient, second)
        claim.visits.append(visit)
        if way.denied:
            claim.waits[visit] = self._denial_by(first)

    def _payers_of(self, visit: Visit, orders: list[Order]) -> tuple[str, str]:
        """The payer of a visit and the second one: of the patient's orders, of the nearest ones where they differ.

        A visit that names its payer has the orders of that payer, also of one that comes second to a denial.
        """
        orders = self._orders_of(visit, orders)
        firsts = sorted({order.rx.payer for order in orders})
        seconds = sorted({order.rx.second_payer for order in orders} - {""})
        first_pays = bool(firsts) and self._covers(firsts[0])
        for names in (firsts, [] if first_pays else seconds):
            if len(set(map(fold_name, names))) > 1:
                visit.fails(_several(names))
                return "", ""
        return firsts[0] if firsts else visit.payer, seconds[0] if seconds else ""

    def _orders_of(self, visit: Visit, orders: list[Order]) -> list[Order]:
        """The patient's orders that a visit can be for: of the payer that it names, the nearest where payers differ.

        An order of other days, before or after, then changes nothing: not whom a visit goes to, nor its denial.
        """
        if visit.payer:
            orders = [order for order in orders if self._pays(order, visit.payer)]
        if len({_payers(order) for order in orders}) > 1:
            orders = _nearest(visit, orders)
        first = [order for order in orders if visit.payer and _pays_first(order, visit.payer)]
        return first or orders

    def _pays(self, order: Order, payer: str) -> bool:
        """True where an order is billed to a payer, as the first one or the second."""
        return _pays_first(order, payer) or self._pays_second(order, payer)

    def _pays_second(self, order: Order, payer: str) -> bool:
        """True where a payer is billed in place of, or after, the first one of an order."""
        return fold_name(order.rx.second_payer) == fold_name(payer) and not self._covers(order.rx.payer)

    # -- payers ------------------------------------------------------------------------------------------------

    def _covers(self, payer: str) -> bool:
        return self._payer_of(payer).terms.covers == YES

    def _denial_by(self, payer: str) -> str:
        return waits_for(self._payer_of(payer).terms.name)

    def _not_covered(self, payer: str) -> BillingError:
        """A payer that does not cover home infusion, and nobody else to bill."""
        name = brief(self._payer_of(payer).terms.name)
        return NotCovered(f"{name} does not cover home infusion: name the Second payer of the order, one that does")


def _several(names: Sequence[str]) -> BillingError:
    shown = " and ".join(map(brief, names))
    return NotFound(f"the patient's orders have several payers ({shown}): name the visit's in a Payer column")


def _place(claim: Claim) -> tuple[object, ...]:
    """Where a claim stands among all: by patient, one that is sent to be denied first, by payer."""
    return sort_key(claim.patient), claim.patient, not claim.denial, sort_key(claim.payer)


def _pays_first(order: Order, payer: str) -> bool:
    return fold_name(order.rx.payer) == fold_name(payer)


def _nearest(visit: Visit, orders: list[Order]) -> list[Order]:
    """The orders that run on the day of a visit, else those that end or begin the fewest days from it."""
    if not visit.day:
        return orders
    least = min(_days_away(order, visit.day) for order in orders)
    return [order for order in orders if _days_away(order, visit.day) == least]


def _days_away(order: Order, day: int) -> int:
    """How far a day is from those of an order: 0 within them, beyond all others where they are not known."""
    return max(order.first - day, day - order.last, 0) if order.dated else LAST


def _payers(order: Order) -> tuple[str, str]:
    return fold_name(order.rx.payer), fold_name(order.rx.second_payer)
