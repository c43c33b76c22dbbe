"""How the lines of one order came to be, step by step, each with the row that decided it: for an auditor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from xl_infusion.claim.codes import DrugCode, PerDiem
from xl_infusion.claim.columns import NOT_OURS, PAYERS
from xl_infusion.claim.contract import FIELDS, Terms
from xl_infusion.claim.grid import DENY_FIRST, YES, Claim, Work, waits_for
from xl_infusion.claim.lines import VISIT, Line
from xl_infusion.claim.orders import Order
from xl_infusion.claim.ranking import Stretch
from xl_infusion.errors import BillingError
from xl_infusion.reference import DrugName, DrugRow, PerDiemRow
from xl_infusion.rules import per_diem
from xl_infusion.rules.number import plain


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was asked, what it came to, and the row of a table or the source that decided it."""

    question: str
    answer: str
    decided_by: str


def explain(work: Work, claims: list[Claim], label: str) -> Iterator[Step]:
    """The steps of every order of that number; none where no order has it."""
    for claim in claims:
        for order in claim.orders:
            if order.label == label:
                yield from _Explained(work, claim, order).steps()


class _Explained:
    """One order of one claim."""

    def __init__(self, work: Work, claim: Claim, order: Order) -> None:
        self.work, self.claim, self.order = work, claim, order
        self.reference = work.reference
        self.payer = work.payer(claim.payer)
        self.terms = self.payer.terms
        self.at = f"Orders row {order.at}"

    def steps(self) -> Iterator[Step]:
        yield from self._ordered()
        yield from self._billed_to()
        if self.order.problem is None:
            yield from self._therapy()
            yield from self._ranked()
            yield from self._drug()
        yield from self._lines()

    # -- what is ordered, and who pays ---------------------------------------------------------------------------

    def _ordered(self) -> Iterator[Step]:
        order, rx = self.order, self.order.rx
        days = f"{_day(order.first)} through {_day(order.last)}" if order.dated else "days that cannot be read"
        what = [rx.shown_drug or "no drug"]
        if rx.dose is not None and not isinstance(rx.dose, BillingError):
            what.append(str(rx.dose))
        if rx.interval is not None:
            what.append(str(rx.interval))
        yield Step("What is ordered?", f"{', '.join(what)}, {days}", self.at)
        if order.problem is not None:
            yield Step("Can it be billed?", f"no: {order.problem}", self.at)
            return
        typed = " ".join(str(order.row.get("Drug") or "").split())
        if rx.drug is not None and typed.casefold() != str(rx.drug).casefold():
            yield Step("Which drug is that?", f"{typed} is {rx.shown_drug}", f"{self.at}; the reference's names")
        if isinstance(rx.drug, DrugName) and rx.ndc and self.reference.has_products(rx.drug.drug):
            by = f"{self.at}, NDC {rx.ndc}; labelers of the reference"
            yield Step("Whose product is it?", rx.maker or f"billed as {rx.shown_drug}", by)

    def _billed_to(self) -> Iterator[Step]:
        first = self.work.payer(self.order.rx.payer).terms
        name = first.name or "a payer without a name"
        if first.covers != YES:
            answer = f"{name} covers home infusion: {first.covers}"
            if self.order.rx.second_payer:
                answer += f"; the claim goes to {self.terms.name}"
                answer += f" and waits for: {waits_for(first.name)}" if first.covers == DENY_FIRST else ""
            yield Step("Who is billed?", answer, self._by(first, "covers"))
            return
        by = f"Payers row {first.row}" if first.row else "no row of Payers: the default terms"
        yield Step("Who is billed?", name, f"{self.at}; {by}")

    # -- per diem --------------------------------------------------------------------------------------------------

    def _therapy(self) -> Iterator[Step]:
        rx = self.order.rx
        assert rx.therapy is not None
        if self.order.row.get("Therapy") is not None:
            yield Step("Which therapy is it?", rx.therapy.name, f"{self.at}, Therapy")
        elif rx.drug is not None:
            row = self._drug_row()
            by = f"code reference: {row.therapy_basis}" if row is not None else "code reference"
            yield Step("Which therapy is it?", rx.therapy.name, by)
        if rx.interval is not None:
            doses = rx.interval.doses_per_day
            count = str(doses.numerator) if doses.denominator == 1 else str(doses)
            yield Step("How often?", f"{rx.interval}: {count} doses in 24 hours", f"{self.at}, Interval")
        yield Step("Which days have a per diem?", self.terms.days_counted, self._by(self.terms, "days_counted"))

    def _drug_row(self) -> DrugRow | None:
        drug = self.order.rx.drug
        name = drug.drug if isinstance(drug, DrugName) else drug
        return next((row for row in self.reference.drugs if name in (row.drug, row.code)), None)

    def _ranked(self) -> Iterator[Step]:
        mine = [stretch for stretch in self.claim.ranking.stretches if stretch.lead is self.order]
        for stretch in mine:
            yield from self._stretch(stretch)
        if not mine:
            answer = "none of its own: another order of the same therapy leads it, or no day of it counts"
            yield Step("What is its per diem?", answer, self._by(self.terms, "days_counted"))

    def _stretch(self, stretch: Stretch) -> Iterator[Step]:
        days = _days(stretch.first, stretch.last)
        code = stretch.code
        for first, last, answer in () if isinstance(code, BillingError) else code.cut(stretch.first, stretch.last):
            if isinstance(answer, PerDiem):
                yield Step(f"Which per diem code, {_days(first, last)}?", _meaning(answer.row), _source(answer))
        if not stretch.ranked:
            yield Step(f"Which rank, {days}?", "it takes none: it stands beside the ranked therapies", "code reference")
            return
        running = sorted(
            (self.claim.ranking.rank(order, stretch.first), order.label, order.rx.shown_drug or "no drug")
            for order in self.claim.ranking.courses
            if order.first <= stretch.first <= order.last
        )
        beside = "; ".join(f"{rank} {drug} ({label})" for rank, label, drug in running)
        yield Step(f"Which rank, {days}?", f"{stretch.rank} of: {beside}", self._by(self.terms, "rank_by"))
        if stretch.rank == 1:
            return
        modifier = per_diem.modifier(stretch.rank)
        yield Step("Which modifier?", modifier, f"HCPCS modifier {modifier} (CMS): rank {stretch.rank}")
        if self.terms.extra_modifier:
            yield Step("Another beside it?", self.terms.extra_modifier, self._by(self.terms, "extra_modifier"))
        therapy = self.order.rx.therapy
        if therapy is not None and therapy.therapy in self.terms.exempt:
            yield Step("Which share?", f"all of it: {therapy.name} is exempt", self._by(self.terms, "exempt"))
            return
        share = per_diem.share(stretch.rank, self.terms.shares)
        which = "second" if stretch.rank == 2 else "third"
        yield Step("Which share of the rate?", f"{plain(share * 100)} %", self._by(self.terms, which))

    # -- the drug, and the lines ---------------------------------------------------------------------------------

    def _drug(self) -> Iterator[Step]:
        rx = self.order.rx
        if rx.drug is None:
            return
        if rx.supplier in NOT_OURS:
            yield Step("Who bills the drug?", f"the {rx.supplier}, which supplied it", f"{self.at}, Supplied by")
            return
        for first, last, answer in self.payer.codes.drug(rx).cut(self.order.first, self.order.last):
            if isinstance(answer, DrugCode):
                what = f"{answer.row.code}, a unit is {answer.row.unit_text}"
                yield Step(f"Which drug code, {_days(first, last)}?", what, _source(answer))
        yield Step("How are units rounded?", self._rounding(), self._by(self.terms, "rounding"))
        if self.terms.waste or rx.vials is not None:
            yield Step("Is waste billed?", "JW and JZ" if self.terms.waste else "no", self._by(self.terms, "waste"))

    def _rounding(self) -> str:
        if self.terms.fractional:
            return f"up to the third decimal, for each {self.terms.rounding}"
        return f"up to the next whole unit, for each {self.terms.rounding}"

    def _lines(self) -> Iterator[Step]:
        money = self.work.rates.given
        for line in self.claim.lines:
            if line.source is self.order and line.kind < VISIT:
                yield Step(f"Line {_days(line.first, line.last)}", _shown(line, money), line.why)

    def _by(self, terms: Terms, name: str) -> str:
        """The row of Payers that says a term, or the source of its default."""
        column = FIELDS[name]
        if name in terms.stated:
            return f"Payers row {terms.row}, {column}"
        term = self.reference.terms[PAYERS[column].term]
        return f"default: {term.source}"


def _meaning(row: PerDiemRow) -> str:
    return f"{row.code}, {row.meaning}"


def _source(answer: PerDiem | DrugCode) -> str:
    """The row that decided a code, with its days and its source."""
    row = answer.row
    period = f"in force from {row.first_day or 'before the sources'}" + (
        f" through {row.last_day}" if row.last_day else ""
    )
    return f"{answer.by}; {period}" if answer.by else f"{row.source}; {period}"


def _shown(line: Line, money: bool) -> str:
    code = line.code if isinstance(line.code, str) else line.code.excel
    units = line.units.excel if isinstance(line.units, BillingError) else line.units
    text = (
        "-".join((code, *line.modifiers))
        + f" x {plain(units) if not isinstance(units, str | int) and units else units}"
    )
    if not money:
        return text
    charge = line.charge
    return f"{text} = " + (charge.excel if isinstance(charge, BillingError) else f"${charge:,.2f}")


def _day(ordinal: int) -> str:
    return str(dt.date.fromordinal(ordinal))


def _days(first: int, last: int) -> str:
    if not first:
        return "without days"
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"
