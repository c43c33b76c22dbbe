"""How the lines of one order came to be, step by step, each with the row that decided it: for an auditor.

The steps stand as one would tell them on the phone: what was ordered, who pays, which days and codes the per diem
has, at which rank; the drug's code, doses and units; the rates; and then every line, and why it ends where it does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.codes import DrugCode, PerDiem
from xl_infusion.claim.columns import OWN_CODES, RATES
from xl_infusion.claim.grid import DENY_FIRST, YES, Claim, Work
from xl_infusion.claim.lines import PER_DIEM, Line
from xl_infusion.claim.orders import Order
from xl_infusion.claim.ranking import CROWDED, Stretch
from xl_infusion.claim.rates import Price
from xl_infusion.claim.spans import LAST
from xl_infusion.claim.supply import NOT_USED
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import DAYS_COUNTED, NOT_OURS, RANK_BY
from xl_infusion.errors import BillingError, brief, table_row
from xl_infusion.reference import DrugName, PerDiemRow, products
from xl_infusion.reference.own_codes import OwnRow
from xl_infusion.rules import ndc as ndc_rule
from xl_infusion.rules import per_diem
from xl_infusion.rules.number import plain

EVERY_DAY, _, _ = DAYS_COUNTED
_, BY_RATE, _ = RANK_BY
PER_UNIT = RATES["Per"].choices[0]
#: A price that is a quotient has no last decimal: it is shown so far.
_SHOWN = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was asked, what it came to, and the row of a table or the source that decided it."""

    question: str
    answer: str
    decided_by: str


def explain(work: Work, claims: list[Claim], label: str) -> Iterator[Step]:
    """The steps of every order of that number; none where no order has it."""
    found = [(claim, order) for claim in claims for order in claim.orders if order.label == label]
    for claim, order in found:
        if len(found) > 1:
            rows, this = table_row("Orders", *(one.at for _, one in found)), table_row("Orders", order.at)
            yield Step("Which order?", f"{brief(label)} is in {rows}: this is table row {order.at}", this)
        yield from _Explained(work, claims, claim, order).steps()


class _Explained:
    """One order of one claim."""

    def __init__(self, work: Work, claims: list[Claim], claim: Claim, order: Order) -> None:
        self.work, self.claims, self.claim, self.order = work, claims, claim, order
        self.reference = work.reference
        self.payer = work.payer(claim.payer)
        self.terms = self.payer.terms
        self.at = table_row("Orders", order.at)
        self.lines = [(n, one) for n, one in enumerate(claim.lines, start=1) if one.source is order]
        self.stretches = [one for one in claim.ranking.stretches if one.lead is order]

    def steps(self) -> Iterator[Step]:
        yield from self._ordered()
        yield from self._billed_to()
        if self.order.problem is None:
            yield from self._therapy()
            yield from self._per_diem()
            yield from self._drug()
            yield from self._rates()
        yield from self._claimed()

    # -- what is ordered, and who pays -----------------------------------------------------------------------------

    def _ordered(self) -> Iterator[Step]:
        order, rx = self.order, self.order.rx
        what = [_named(order)]
        what += [str(one) for one in (rx.dose, rx.interval) if one is not None and not isinstance(one, BillingError)]
        if order.dated:
            what.append(f"{_day(order.first)} through {_day(order.last)}")
        yield Step("What is ordered?", ", ".join(filter(None, what)) or "nothing that can be read", self.at)
        if order.problem is not None:
            for problem in dict.fromkeys(map(str, (order.problem, *order.problems))):
                yield Step("Can it be billed?", f"no: {problem}", self.at)
            return
        typed = " ".join(str(order.row.get("Drug") or "").split())
        if rx.drug is None:
            return
        names = {rx.shown_drug, rx.drug.drug if isinstance(rx.drug, DrugName) else rx.drug}
        if typed.casefold() not in map(str.casefold, names):
            yield Step("Which drug is that?", f"{brief(typed)} is {rx.shown_drug}", f"{self.at}; the reference's names")
        if not isinstance(rx.drug, DrugName) or rx.supplier in NOT_OURS:
            return
        if rx.maker or self.reference.has_products(rx.drug.drug):
            by = f"{self.at}, Drug"
            if order.row.get("Product") is not None:
                by = f"{self.at}, Product"
            elif rx.ndc and (told := products.nearest(self.reference, rx.ndc)):
                by = f"{self.at}, NDC: {told.text}"
            elif rx.ndc:
                by = f"{self.at}, NDC {rx.ndc}: labeler {ndc_rule.labeler(rx.ndc)}; labelers of the reference"
            sure = f"billed as {rx.shown_drug}"
            yield Step("Whose product is it?", f"{sure}: {rx.maker}" if rx.maker else sure, by)

    def _billed_to(self) -> Iterator[Step]:
        first = self.work.payer(self.order.rx.payer).terms
        if first.covers == YES:
            by = table_row("Payers", first.row) if first.row else "no row of Payers: the default terms"
            yield Step("Who is billed?", brief(first.name) or "a payer without a name", f"{self.at}, Payer; {by}")
            return
        question = "Who is billed first?" if first.covers == DENY_FIRST else "Does the first payer cover it?"
        covers = f"{brief(first.name)}, covers home infusion: {first.covers}"
        yield Step(question, covers, f"{self.at}, Payer; {self._by(first, 'covers')}")
        if not self.order.rx.second_payer:
            return
        if first.covers == DENY_FIRST:
            yield from self._denied(first)
        by = table_row("Payers", self.terms.row) if self.terms.row else "no row of Payers: the default terms"
        yield Step("Who is billed then?", brief(self.terms.name), f"{self.at}, Second payer; {by}")
        if waits := self.claim.waits.get(self.order):
            yield Step("What does that claim wait for?", waits, self._by(first, "covers"))

    def _denied(self, first: Terms) -> Iterator[Step]:
        """What goes to the first payer: visits, for a denial, or by its own benefit."""
        lines = [
            line
            for claim in self.claims
            if claim.denial and claim.patient == self.order.patient and claim.terms is first
            for line in claim.lines
        ]
        billed = [
            f"{_coded(line)} of {_days(line.first, line.last)} ({table_row('Visits', line.source.at)})"
            for line in lines
        ]
        by = self._by(first, "denial_modifier")
        by += f"; {self._by(first, 'hit_benefit')}" if first.hit_benefit else ""
        yield Step(
            f"What is billed to {brief(first.name)}?", "; ".join(billed) or "nothing: there is no visit to bill", by
        )

    # -- per diem --------------------------------------------------------------------------------------------------

    def _therapy(self) -> Iterator[Step]:
        rx, terms = self.order.rx, self.terms
        assert rx.therapy is not None
        if self.order.row.get("Therapy") is not None:
            yield Step("Which therapy is it?", rx.therapy.name, f"{self.at}, Therapy")
        elif rx.drug is None:  # the therapy stands in the Drug column, as pharmacy systems export it
            yield Step("Which therapy is it?", rx.therapy.name, f"{self.at}, Drug")
        else:
            row = self.reference.row_of(rx.drug)
            by = row.therapy_basis
            if not by.startswith(OWN_CODES.name):  # as a new drug's does
                by = f"code reference, {row.drug}: {by}"
            yield Step("Which therapy is it?", rx.therapy.name, by)
        if rx.interval is not None:
            doses = rx.interval.doses_per_day
            many = "" if doses.numerator == 1 else "s"
            count = f"{doses.numerator} dose{many} in {24 * doses.denominator} hours"
            if rx.interval.single:
                count = "1 dose on Start"
            yield Step("How often?", f"{rx.interval}: {count}", f"{self.at}, Interval")
        if terms.days_counted == EVERY_DAY and rx.hours > terms.longest_interval:
            answer = f"infusion days alone, beyond every {terms.longest_interval} hours"
            yield Step("Which days have a per diem?", answer, self._by(terms, "longest_interval"))
        else:
            yield Step("Which days have a per diem?", terms.days_counted, self._by(terms, "days_counted"))
        place = rx.place or terms.place
        if place in terms.suites:
            by = f"{self.at}, Place" if rx.place else self._by(terms, "place")
            yield Step(
                "Where?", f"{place}, the infusion suite: SS on the per diem", f"{by}; {self._by(terms, 'suites')}"
            )

    def _per_diem(self) -> Iterator[Step]:
        if not self.stretches:
            yield self._led()
        yield from self._shared()
        codes: list[tuple[int, int, PerDiem]] = []
        for stretch in self.stretches:
            code = stretch.code
            for first, last, answer in () if isinstance(code, BillingError) else code.cut(stretch.first, stretch.last):
                if isinstance(answer, PerDiem):
                    start = codes.pop()[0] if codes and codes[-1][2] is answer else first
                    codes.append((start, last, answer))
        for first, last, answer in codes:
            yield Step(f"Which per diem code, {_days(first, last)}?", _meaning(answer.row), _source(answer))
        told = set()
        for stretch in self.stretches:
            for step in self._ranked(stretch):
                if (step.answer, step.decided_by) not in told:
                    told.add((step.answer, step.decided_by))
                    yield step

    def _led(self) -> Step:
        """The per diem of an order that has none of its own: another one of a therapy that shares it leads."""
        order = self.order
        lead = next(
            one.lead
            for one in self.claim.ranking.stretches
            if one.lead.rx.therapy is order.rx.therapy and one.first <= order.last and order.first <= one.last
        )
        answer = f"that of order {brief(lead.label)}: orders of {_named(lead)} share one"
        return Step("What is its per diem?", answer, f"{table_row('Orders', lead.at)}; code reference, therapies")

    def _ranked(self, stretch: Stretch) -> Iterator[Step]:
        """The rank of some days, and what it does to the line: modifiers, and the share of the rate."""
        days, rx = _days(stretch.first, stretch.last), stretch.lead.rx
        if not stretch.ranked:
            yield Step(f"Which rank, {days}?", "it takes none: it stands beside the ranked therapies",
                       "code reference, therapies")  # fmt: skip
            return
        yield Step(f"Which rank, {days}?", self._running(stretch), self._by(self.terms, "rank_by"))
        if stretch.rank == 1 or stretch.code is CROWDED:
            return
        modifier = per_diem.modifier(stretch.rank)
        meaning = next(row for row in self.reference.modifiers if row.modifier == modifier)
        yield Step("Which modifier?", f"{modifier}, {meaning.meaning}", f"code reference: {meaning.source}")
        if self.terms.extra_modifier:
            yield Step("Another beside it?", self.terms.extra_modifier, self._by(self.terms, "extra_modifier"))
        if rx.therapy is not None and rx.therapy.therapy in self.terms.exempt:
            yield Step("Which share of the rate?", f"all: {rx.therapy.name} is exempt", self._by(self.terms, "exempt"))
            return
        if any(one.first == stretch.first and _for_a_rank(self._price(one)) for _, one in self.lines):
            return  # its rate is for that rank: no share is taken of it
        share = per_diem.share(stretch.rank, self.terms.shares)
        which = "second" if stretch.rank == 2 else "third"
        yield Step("Which share of the rate?", f"{plain(share * 100)} %", self._by(self.terms, which))

    def _shared(self) -> Iterator[Step]:
        """The other orders that a per diem is of, and the volume that they come to together."""
        for stretch in self.stretches:
            therapy = stretch.lead.rx.therapy
            orders = [
                one
                for one in self.claim.orders
                if one.problem is None and one.rx.therapy is therapy and one.first <= stretch.first <= one.last
            ]
            if therapy is not None and therapy.shared and len(orders) > 1:
                answer = "one for the orders " + " and ".join(
                    f"{brief(one.label)} ({table_row('Orders', one.at)})" for one in orders
                )
                if isinstance(stretch.volume_l, Decimal):
                    answer += f", {plain(stretch.volume_l)} L a day together"
                days = _days(stretch.first, stretch.last)
                yield Step(f"Whose per diem, {days}?", answer, f"code reference, therapies: {therapy.basis}")

    def _running(self, stretch: Stretch) -> str:
        """The therapies of the first day of a stretch in their order: ``2 of: 1 meropenem ...; 2 vancomycin ...``."""
        day, ranking = stretch.first, self.claim.ranking
        leads = [one.lead for one in ranking.stretches if one.ranked and one.first <= day <= one.last]
        leads += [one for one in ranking.courses if one.problem is not None and one.first <= day <= one.last]
        shown = []
        for rank, order in sorted((ranking.rank(order, day), order) for order in leads):
            rx = order.rx
            what = " ".join(filter(None, (str(rank), _named(order), str(rx.interval or ""))))
            shown.append(f"{what} (order {brief(order.label)}{self._full_rate(order, day)})")
        return f"{stretch.rank} of: {'; '.join(shown)}" if len(shown) > 1 else "1, the only therapy"

    def _full_rate(self, order: Order, day: int) -> str:
        """The full rate that an order ranks by, where rates rank."""
        if self.terms.rank_by != BY_RATE or not self.work.rates.given:
            return ""
        for one in self.claim.ranking.stretches:
            if one.lead is order and one.first <= day <= one.last and not isinstance(one.code, BillingError):
                answer = one.code.on(day)
                price = self.payer.maker.prices(answer.row.code).on(day) if isinstance(answer, PerDiem) else None
                return f", ${price.amount:,.2f}" if isinstance(price, Price) else ", no rate"
        return ", no rate"

    # -- the drug --------------------------------------------------------------------------------------------------

    def _drug(self) -> Iterator[Step]:
        rx, terms = self.order.rx, self.terms
        if rx.drug is None:
            return
        if rx.supplier in NOT_OURS:
            yield Step("Who bills the drug?", f"the {rx.supplier}, which supplied it", f"{self.at}, Supplied by")
            return
        for first, last, answer in self.payer.codes.drug(rx).cut(self.order.first, self.order.last):
            if isinstance(answer, DrugCode):
                unit = f"a unit is {answer.row.unit_text}" if answer.row.amount is not None else "which has no unit"
                what = f"{answer.row.code}, {unit}"
                yield Step(f"Which drug code, {_days(first, last)}?", what, _source(answer))
        doses = [] if rx.dispensed is None else [f"{rx.dispensed} dispensed"]
        doses += [f"{rx.unused} delivered and not used, on a line with {NOT_USED}"] if rx.unused else []
        if doses:
            yield Step("How many doses?", ", ".join(doses), f"{self.at}, Dispensed and Unused")
        if terms.waste and rx.vials is None:
            yield Step("Is waste billed?", "no: Vials is blank", f"{self.at}; {self._by(terms, 'waste')}")
        elif terms.waste or rx.vials is not None:
            waste = f"JW and JZ, out of vials of {rx.vials}" if terms.waste else "no"
            yield Step("Is waste billed?", waste, self._by(terms, "waste"))
        if not (terms.waste and rx.vials is not None):
            up = "at the third decimal" if terms.fractional else "to the next whole unit"
            by = self._by(terms, "rounding")
            by += f"; {self._by(terms, 'fractional')}" if terms.fractional else ""
            yield Step("How are units rounded?", f"up {up}, for each {terms.rounding}", by)
        if rx.ndc:
            ndc = ndc_rule.hyphenated(rx.ndc)
            if rx.ndc_quantity is not None:
                ndc += f", {' '.join((plain(rx.ndc_quantity), rx.ndc_unit)).strip()} for each dose"
            yield Step("Which NDC?", ndc, f"{self.at}, NDC")

    # -- rates and lines ---------------------------------------------------------------------------------------------

    def _rates(self) -> Iterator[Step]:
        """The row of Rates that prices each code, with what it is of and its days."""
        asked = set()
        for _, line in self.lines if self.work.rates.given else ():
            price = self._price(line)
            if isinstance(price, Price):
                step = self._priced(line, price)
            elif price is not None:
                days = _days(line.first, line.last)
                step = Step(f"Which rate of {_coded(line)}, {days}?", f"none: {price}", "Rates")
            else:
                continue  # its code or units are an error: the line says so
            if step not in asked:
                asked.add(step)
                yield step

    def _priced(self, line: Line, price: Price) -> Step:
        where, _, of = price.note.partition(": ")
        payer, row = next((payer, row) for payer, row in self.work.rates.all if row.where == where)
        unit = ("day" if line.kind == PER_DIEM else "unit") if price.per == PER_UNIT else price.per
        amount = price.amount if price.quotient is None else price.amount.quantize(_SHOWN)
        answer = [f"${plain(amount)} for each {unit}" + (f", {of}" if of else "")]
        if price.ranked:
            answer.append(f"it is for {row.modifier}, and no share is taken of it")
        if price.cap is not None:
            answer.append(f"the usual charge, ${plain(price.cap[0])} for each {price.cap[1]}, where that is less")
        by = [where, "of this payer" if payer else "of any payer"]
        by += [f"with {row.modifier}"] if row.modifier else []
        by += [f"from {_day(row.first)}"] if row.first > 1 else []
        by += [f"through {_day(row.last)}"] if row.last < LAST else []
        return Step(f"Which rate of {_coded(line)}?", "; ".join(answer), ", ".join(by))

    def _price(self, line: Line) -> Price | BillingError | None:
        if not isinstance(line.code, str) or isinstance(line.units, BillingError) or not self.work.rates.given:
            return None
        return self.payer.maker.prices(line.code, line.modifiers).on(line.first)

    def _claimed(self) -> Iterator[Step]:
        """Every line, with the reason that it shows, and before it why it does not go on from the last one."""
        before: dict[int, Line] = {}
        told = set()
        for number, line in self.lines:
            broken = self._break(before[line.kind], line) if line.kind in before else None
            if broken is not None and broken not in told:
                told.add(broken)
                yield Step(f"Why a new line on {_day(line.first)}?", *broken)
            before[line.kind] = line
            yield Step(f"Line {number}, {_days(line.first, line.last)}", _shown(line, self.work.rates.given), line.why)

    def _break(self, before: Line, line: Line) -> tuple[str, str] | None:
        """Why two lines of one kind are not one line: the answer, and what decided it."""
        terms = self.terms
        if isinstance(line.code, BillingError) or isinstance(before.code, BillingError):
            return None  # a line without a code says itself why
        if line.first > before.last + 1:
            return "the days between do not count", f"{self.at}, Interval; {self._by(terms, 'days_counted')}"
        if line.kind == PER_DIEM and any(one.first == line.first for one in self.stretches):
            return self._changes(line.first)
        if line.code != before.code:
            return f"{before.code} bills the days through {_day(before.last)}", "the days of its row, above"
        codes = None if line.kind == PER_DIEM else self.payer.codes.drug(self.order.rx)
        if codes is not None and codes.on(line.first) != codes.on(before.last):
            return f"another row says what a unit of {line.code} is", "the days of the rows, above"
        if line.modifiers != before.modifiers:
            return f"{' '.join((*before.modifiers, *line.modifiers))} begins", "code reference, modifiers"
        prices = (self._price(before), self._price(line))
        if prices[0] != prices[1]:
            by_limit = any(isinstance(price, Price) and price.dosage is not None for price in prices)
            days = "quarter of the payment limit" if by_limit else "days of its row in Rates"
            return "the rate changes", f"the {days}, above"
        return f"a line is for one {terms.span}", self._by(terms, "span")

    def _changes(self, day: int) -> tuple[str, str]:
        """What changes the rank or the volume of a per diem from one day to the next."""
        others = [one for one in self.claim.dated if one is not self.order]
        found = [(one, f"starts on {_day(day)}") for one in others if one.first == day]
        found += [(one, f"ends on {_day(day - 1)}") for one in others if one.last == day - 1]
        if not found:
            return "other therapies have a per diem on these days", self._by(self.terms, "days_counted")
        answer = " and ".join(f"order {brief(one.label)} ({_named(one)}) {does}" for one, does in found)
        return answer, "; ".join(table_row("Orders", one.at) for one, _ in found)

    def _by(self, terms: Terms, name: str) -> str:
        """The row of Payers that says a term, or the source of its default."""
        return terms.by(name, self.reference)


def _meaning(row: PerDiemRow) -> str:
    return f"{row.code}, {row.meaning}"


def _source(answer: PerDiem | DrugCode) -> str:
    """The row that decided a code, with its days and its source."""
    row = answer.row
    days = f"in force from {row.first_day or 'before the sources'}" + (
        f" through {row.last_day}" if row.last_day else ""
    )
    if not answer.by:
        return f"code reference, {row.code}: {row.source}; {days}"
    of = f": {row.source}" if isinstance(row, OwnRow) and row.by in answer.by and row.source else ""
    return f"{answer.by}{of}; {days}"


def _for_a_rank(price: Price | BillingError | None) -> bool:
    return isinstance(price, Price) and price.ranked


def _named(order: Order) -> str:
    """What an order is of: its drug, or its therapy."""
    rx = order.rx
    return brief(rx.shown_drug) or (rx.therapy.name if rx.therapy is not None else "")


def _coded(line: Line) -> str:
    code = line.code if isinstance(line.code, str) else line.code.excel
    return "-".join((code, *line.modifiers))


def _shown(line: Line, money: bool) -> str:
    """``S9501-SH x 5 = $325.00``; what cannot be told is its Excel error."""
    units = line.units.excel if isinstance(line.units, BillingError) else plain(Decimal(line.units or 0))
    charge = line.charge.excel if isinstance(line.charge, BillingError) else f"${line.charge or 0:,.2f}"
    return f"{_coded(line)} x {units}" + (f" = {charge}" if money else "")


def _day(ordinal: int) -> str:
    return str(dt.date.fromordinal(ordinal))


def _days(first: int, last: int) -> str:
    if not first:
        return "without days"
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"
