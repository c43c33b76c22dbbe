"""The claims of a workbook priced under changed terms; what a change does not touch is not worked out again.

A change of shares or rates prices the stretches that are ranked already; only a change of days, of the ranking or
(where the payer ranks by rate) of per diem rates ranks the claims of that payer again. Amounts are those of
`ExpectedLine`: what the contract comes to, nothing of a line that is sent to be denied.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar, get_args

from xl_infusion.claim.grid import Claim, Work, drug_lines, lines_of_visits, per_diem_lines
from xl_infusion.claim.inputs import sort_key
from xl_infusion.claim.lines import Line, LineMaker
from xl_infusion.claim.price import Price
from xl_infusion.claim.ranking import Ranker, Ranking
from xl_infusion.claim.rates import RateRow, Rates
from xl_infusion.claim.spans import LAST, Spans
from xl_infusion.claim.term import Decides
from xl_infusion.claim.terms import IN_SCENARIO, Terms
from xl_infusion.claim.words import BASES, PER, RANK_BY, TIE_BY
from xl_infusion.errors import BillingError, NoRate, NotFound, OutOfRange, quoted
from xl_infusion.model.changes import (
    AMOUNT,
    CHANGE,
    DRUGS,
    GROWTH,
    PART,
    RATE,
    Changes,
    Value,
    as_payer,
)
from xl_infusion.model.expected import NOTHING, therapy_of
from xl_infusion.reference import DrugRow, PerDiemRow, Reference
from xl_infusion.rules.number import CENT, plain

T = TypeVar("T")
Number = Fraction | BillingError
BY_FREQUENCY, BY_RATE, _ = RANK_BY
#: How many pricings of a kind and payer are kept: a table of values asks for each once, a break-even for few again.
_KEPT = 64
#: What a payer's terms decide -> their fields, each with its column in Scenarios.
_DECIDING: dict[Decides, dict[str, str]] = {
    decides: {name: term.name for name, (term, of) in IN_SCENARIO.items() if decides in of.decides}
    for decides in get_args(Decides)
}


@dataclass(slots=True)
class Sums:
    """Days and US dollars of one therapy of one payer, each with the first failure that is part of it."""

    claims: Fraction = Fraction(0)
    days: int = 0
    dollars: Decimal = NOTHING
    problem: BillingError | None = None
    #: why the days are not known
    undated: BillingError | None = None


#: The sums of each therapy; "" has those of visits, and of what has no therapy.
ByTherapy = dict[str, Sums]


class Answer(NamedTuple):
    """What a payer's claims come to: claims and days, and US dollars rounded to the cent."""

    claims: Number
    days: Number
    per_diem: Decimal | BillingError
    drugs: Decimal | BillingError
    visits: Decimal | BillingError

    @property
    def total(self) -> Decimal | BillingError:
        """Per diem, drugs and visits; the first of their failures."""
        return _added((self.per_diem, self.drugs, self.visits))

    @property
    def problem(self) -> BillingError | None:
        """The first failure."""
        return next((part for part in self if isinstance(part, BillingError)), None)


def all_payers(answers: Iterable[Answer]) -> Answer:
    """The answers of all payers added up."""
    each = list(answers)
    return Answer(
        _added([one.claims for one in each], Fraction(0)),
        _added([one.days for one in each], Fraction(0)),
        _added([one.per_diem for one in each]),
        _added([one.drugs for one in each]),
        _added([one.visits for one in each]),
    )


Amount = TypeVar("Amount", Decimal, Fraction)


def _added(parts: Sequence[Amount | BillingError], start: Amount = NOTHING) -> Amount | BillingError:  # type: ignore[assignment]
    total = start
    for part in parts:
        if isinstance(part, BillingError):
            return part
        total += part
    return total


@dataclass(slots=True)
class _PayerBook:
    """The claims to one payer, and what was worked out of them."""

    name: str
    terms: Terms
    claims: list[Claim] = field(default_factory=list)
    orders: int = 0
    kept: dict[str, OrderedDict[Hashable, object]] = field(default_factory=lambda: defaultdict(OrderedDict))

    def once(self, kind: str, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for a key as long as it is kept."""
        known = self.kept[kind]
        if key in known:
            known.move_to_end(key)
        else:
            known[key] = make()
            if len(known) > _KEPT:
                known.popitem(last=False)
        return known[key]  # type: ignore[return-value]


class Book:
    """The claims of a workbook by payer, to be priced under any changes."""

    def __init__(self, work: Work, claims: Iterable[Claim]) -> None:
        """``claims``: those that ``work.claims()`` gave. Errors: `NoRate` without Rates."""
        if not work.rates.given:
            raise NoRate("what a contract earns needs Rates: give the table with its rates")
        self.work = work
        self._payers: dict[str, _PayerBook] = {}
        for claim in claims:
            book = self._payers.setdefault(as_payer(claim.payer), _PayerBook(claim.payer, claim.terms))
            book.claims.append(claim)
            book.orders += len(claim.orders)
        self._orders = sum(book.orders for book in self._payers.values())

    @property
    def payers(self) -> list[tuple[str, str]]:
        """(folded, as it is shown) of every payer that has claims, by name."""
        found = [(key, book.name) for key, book in self._payers.items()]
        return sorted(found, key=lambda one: sort_key(one[1]))

    @property
    def names(self) -> dict[str, str]:
        """Every payer's name as it is shown, by its folded one."""
        return {as_payer(terms.name): terms.name for terms in self.work.payers.all} | dict(self.payers)

    @property
    def known_payers(self) -> frozenset[str]:
        """The payers that a scenario may name: those with claims, and those of Payers; folded."""
        return frozenset({*self._payers, *(as_payer(terms.name) for terms in self.work.payers.all)} - {""})

    def answers(self, changes: Changes) -> dict[str, Answer]:
        """What the claims to each payer come to under the changes, by the payer's folded name, in its order."""
        parts = self._parts(changes)
        return {key: self._answer(key, changes, parts[key]) for key, _ in self.payers}

    # -- how much of it ----------------------------------------------------------------------------------------

    def _parts(self, changes: Changes) -> dict[str, Number]:
        """By how much the orders of each payer grow or shrink for its part of all orders."""
        stated = {
            term.payer: Fraction(value)
            for term, value in changes.items()
            if term.name == PART and isinstance(value, Decimal)
        }
        if not stated:
            return dict.fromkeys(self._payers, Fraction(1))
        rest = Fraction(1) - sum(stated.values())
        unstated = sum(book.orders for key, book in self._payers.items() if key not in stated)
        problem = self._wrong_rest(rest, unstated) or self._rests_on_none(stated)
        if problem is not None:
            return dict.fromkeys(self._payers, problem)
        of_others = rest / Fraction(unstated, self._orders) if unstated else Fraction(1)
        return {
            key: self._growth(book, stated[key]) if key in stated else of_others for key, book in self._payers.items()
        }

    def _growth(self, book: _PayerBook, part: Fraction) -> Fraction:
        """How many times its orders now a payer has with a part of all orders."""
        return part / Fraction(book.orders, self._orders) if book.orders else Fraction(1)

    @staticmethod
    def _wrong_rest(rest: Fraction, unstated: int) -> BillingError | None:
        """Why what the parts leave for the other payers cannot be. ``unstated``: the orders of those."""
        if rest < 0:
            return OutOfRange(f"the parts of orders add up to more than 100 %: {_percent(1 - rest)}")
        if rest and not unstated:
            return OutOfRange(f"the parts of orders add up to {_percent(1 - rest)}, and no payer is left for the rest")
        return None

    def _rests_on_none(self, stated: Mapping[str, Fraction]) -> BillingError | None:
        for payer, part in stated.items():
            if part and not (payer in self._payers and self._payers[payer].orders):
                return NotFound(f"payer {quoted(payer)} has no orders now: its part rests on none")
        return None

    def _answer(self, payer: str, changes: Changes, part: Number) -> Answer:
        if isinstance(part, BillingError):
            return Answer(part, part, part, part, part)
        book = self._payers[payer]
        per_diem = self._per_diem(book, payer, changes)
        drugs = self._drugs(book, payer, changes)
        visits = self._visits(book, payer, changes)

        def grown(sums: ByTherapy, of: Callable[[Sums], Number]) -> Number:
            total = Fraction(0)
            for therapy, one in sums.items():
                amount = of(one)
                if isinstance(amount, BillingError):
                    return amount
                growth = changes.of(GROWTH, payer, therapy)
                total += amount * part * (1 + Fraction(growth) if isinstance(growth, Decimal) else 1)
            return total

        def dollars(sums: ByTherapy) -> Decimal | BillingError:
            total = grown(sums, lambda one: one.problem or Fraction(one.dollars))
            return total if isinstance(total, BillingError) else _cents(total)

        return Answer(
            grown(per_diem, lambda one: one.claims),
            grown(per_diem, lambda one: one.undated or Fraction(one.days)),
            dollars(per_diem),
            dollars(drugs),
            dollars(visits),
        )

    # -- what it earns -----------------------------------------------------------------------------------------

    def _per_diem(self, book: _PayerBook, payer: str, changes: Changes) -> ByTherapy:
        rates = self._rates(payer, changes, PerDiemRow)
        ranks = _said(changes, payer, "ranks")
        prices = _said(changes, payer, "per diem")
        terms = replace(book.terms, **ranks, **prices)
        as_it_is = all(getattr(book.terms, name) == value for name, value in ranks.items())
        by_rate = rates.key if terms.rank_by == BY_RATE or _may_tie(book, terms, as_it_is) else ()

        def stays(claim: Claim) -> bool:
            return as_it_is and not (by_rate and (terms.rank_by == BY_RATE or claim.ranking.tied))

        def ranked() -> list[Ranking]:
            ranker = Ranker(self.work.reference, terms, self.work.payer(book.name).codes, rates)
            return [
                claim.ranking if stays(claim) else ranker.rank(claim.dated, claim.visited, claim.line_days)
                for claim in book.claims
            ]

        def priced() -> ByTherapy:
            rankings = book.once("ranking", (_values(terms, "ranks"), by_rate), ranked)
            maker = self._maker(book, terms, rates)
            sums: ByTherapy = defaultdict(Sums)
            for claim, ranking in zip(book.claims, rankings, strict=True):
                _add(sums, claim, per_diem_lines(claim, maker, ranking), count=True)
            return sums

        return book.once("per diem", (_values(terms, "ranks"), _values(terms, "per diem"), rates.key), priced)

    def _drugs(self, book: _PayerBook, payer: str, changes: Changes) -> ByTherapy:
        rates = self._rates(payer, changes, DrugRow)
        terms = replace(book.terms, **_said(changes, payer, "drugs"))

        def priced() -> ByTherapy:
            maker = self._maker(book, terms, rates)
            sums: ByTherapy = defaultdict(Sums)
            for claim in book.claims:
                _add(sums, claim, drug_lines(claim, maker, claim.ranking))
            return sums

        return book.once("drugs", (_values(terms, "drugs"), rates.key), priced)

    def _visits(self, book: _PayerBook, payer: str, changes: Changes) -> ByTherapy:
        rates = self._rates(payer, changes, None)
        terms = replace(book.terms, **_said(changes, payer, "visits"))

        def priced() -> ByTherapy:
            maker = self._maker(book, terms, rates)
            sums: ByTherapy = defaultdict(Sums)
            for claim in book.claims:
                _add(sums, claim, lines_of_visits(claim, maker))
            return sums

        return book.once("visits", (_values(terms, "visits"), rates.key), priced)

    def _maker(self, book: _PayerBook, terms: Terms, rates: ChangedRates) -> LineMaker:
        return LineMaker(self.work.reference, terms, self.work.payer(book.name).codes, rates)

    def _rates(self, payer: str, changes: Changes, kind: type[PerDiemRow] | type[DrugRow] | None) -> ChangedRates:
        """The rates of one kind of codes (None: visits) under the changes."""
        reference = self.work.reference
        of_codes = {
            of: value
            for of, value in changes.all_of(RATE, payer).items()
            if isinstance(value, Decimal) and _kind(reference, of.partition("-")[0]) is kind
        }
        percent = changes.of(CHANGE, payer) if kind is PerDiemRow else None
        amount = changes.of(AMOUNT, payer) if kind is PerDiemRow else None
        drugs = changes.of(DRUGS, payer) if kind is DrugRow else None
        return ChangedRates(self.work.rates, reference, of_codes, percent, amount, drugs)


def _may_tie(book: _PayerBook, terms: Terms, as_it_is: bool) -> bool:
    """True where rates may decide between equally frequent therapies; ``as_it_is``: what ranks them is not changed."""
    ties = terms.rank_by == BY_FREQUENCY and terms.tie_by == TIE_BY[0]
    return ties and (not as_it_is or any(claim.ranking.tied for claim in book.claims))


def _kind(reference: Reference, code: str) -> type[PerDiemRow] | type[DrugRow] | None:
    """The kind of a code: its per diem or drug rows, None for a visit's."""
    row = reference.code_rows(code)[-1]
    return PerDiemRow if isinstance(row, PerDiemRow) else DrugRow if isinstance(row, DrugRow) else None


def _said(changes: Changes, payer: str, decides: Decides) -> dict[str, Any]:
    """The fields of a payer's terms that the changes say, of those that decide the same thing."""
    said = {name: changes.of(column, payer) for name, column in _DECIDING[decides].items()}
    return {name: value for name, value in said.items() if value is not None}


def _values(terms: Terms, decides: Decides) -> tuple[Hashable, ...]:
    """The terms that decide something: what is worked out of equal ones is equal."""
    return tuple(getattr(terms, name) for name in _DECIDING[decides])


class ChangedRates:
    """The rates of a table with what a scenario makes of them; ``key``: what that is, () where nothing."""

    def __init__(
        self,
        rates: Rates,
        reference: Reference,
        of_codes: dict[str, Decimal],
        percent: Value | None,
        amount: Value | None,
        drugs: Value | None,
    ) -> None:
        self._rates, self._reference, self._of_codes = rates, reference, of_codes
        self._percent = percent if isinstance(percent, Decimal) else NOTHING
        self._amount = amount if isinstance(amount, Decimal) else NOTHING
        self._drugs = drugs if isinstance(drugs, tuple) else None
        changed = self._percent or self._amount or self._drugs or of_codes
        self.key: Hashable = (
            (self._percent, self._amount, self._drugs, tuple(sorted(of_codes.items()))) if changed else ()
        )

    @property
    def given(self) -> bool:
        """True: there is no model without rates."""
        return self._rates.given

    def prices(self, payer: str, code: str, modifiers: tuple[str, ...] = ()) -> Spans[Price | BillingError]:
        """As `Rates.prices`, under the scenario."""
        for of in (*(f"{code}-{modifier}" for modifier in modifiers), code):
            if of in self._of_codes:
                row = _row(self._of_codes[of], BASES[0], f"Rate {of} of the scenario", of.partition("-")[2])
                found = self._rates.priced_by(row, payer, code, modifiers)
                # a rank's own rate beside it goes up or down with the others
                return found if row.modifier else found.joined([], self._changed_of_rank)
        if self._drugs is not None and _kind(self._reference, code) is DrugRow:
            share, basis = self._drugs
            return self._rates.priced_by(_row(share, basis, "Drugs at of the scenario"), payer, code, modifiers)
        found = self._rates.prices(payer, code, modifiers)
        if not self._percent and not self._amount:
            return found
        return found.joined([], self._changed)

    def _changed_of_rank(self, price: Price | BillingError | None) -> Price | BillingError | None:
        return self._changed(price) if isinstance(price, Price) and price.ranked else price

    def _changed(self, price: Price | BillingError | None) -> Price | BillingError | None:
        """A per diem rate up or down, in whole cents as contracts state rates, or in the decimals that it has."""
        if not isinstance(price, Price):
            return price
        decimals = min(price.amount.normalize().as_tuple().exponent, CENT.as_tuple().exponent)
        changed = price.amount * (1 + self._percent) + self._amount
        amount = changed.quantize(Decimal(1).scaleb(int(decimals)), ROUND_HALF_UP)
        if amount < 0:
            return OutOfRange(
                f"Per diem amount {plain(self._amount)} makes {plain(amount)} of the rate {plain(price.amount)}: "
                "a rate is not negative"
            )
        return price.changed(amount=amount)


def _row(amount: Decimal, basis: str, of: str, modifier: str = "") -> RateRow:
    return RateRow(0, modifier, amount, basis, PER[0], False, 1, LAST, None, of)


def _add(sums: ByTherapy, claim: Claim, lines: Iterable[Line], *, count: bool = False) -> None:
    """Adds the lines of a claim; ``count``: and the claim itself, divided among its therapies by their days."""
    of_claim: dict[str, int] = defaultdict(int)
    for line in lines:
        therapy = therapy_of(line)
        one = sums[therapy]
        if isinstance(line.code, BillingError):
            one.problem = one.problem or line.code
            one.undated = one.undated or line.code
            continue
        if count and line.days is not None:
            one.days += line.days
            of_claim[therapy] += line.days
        if not line.denied:
            _add_charge(one, line)
    if count:
        _divide(sums, of_claim)


def _add_charge(one: Sums, line: Line) -> None:
    if isinstance(line.charge, BillingError):
        one.problem = one.problem or line.charge
    else:
        assert line.charge is not None
        one.dollars += line.charge


def _divide(sums: ByTherapy, of_claim: Mapping[str, int]) -> None:
    """One claim among its therapies by their days; without any day it is of no therapy."""
    days = sum(of_claim.values())
    if not days:
        sums[""].claims += 1
    for therapy, some in of_claim.items():
        sums[therapy].claims += Fraction(some, days)


def _cents(amount: Fraction) -> Decimal:
    """Exact dollars, which no contract earns less than 0 of, rounded half up to the cent, as `cents` does it."""
    return Decimal(int((amount * 200 + 1) // 2)).scaleb(-2)


def _percent(part: Fraction) -> str:
    return f"{plain(Decimal(part.numerator) / Decimal(part.denominator) * 100)} %"
