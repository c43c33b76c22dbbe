"""How the lines of one order came to be, step by step, each with the row that decided it: for an auditor.

The steps stand as one would tell them on the phone: what was ordered, who pays, which days and codes the per diem
has, at which rank; the drug's code, doses and units; the rates; and then every line, and why it ends where it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xl_infusion.claim.codes import PerDiem
from xl_infusion.claim.columns import HOLDS, OWN_CODES
from xl_infusion.claim.counted_days import within
from xl_infusion.claim.explain_dme import a_line_a_day, billed_to_dme, typed
from xl_infusion.claim.explain_drug import DrugSteps
from xl_infusion.claim.grid import DENY_FIRST, YES, Claim, Work
from xl_infusion.claim.inside import added_on, time_of
from xl_infusion.claim.line_care import is_care
from xl_infusion.claim.lines import PER_DIEM, Line
from xl_infusion.claim.order import Order
from xl_infusion.claim.price import Price
from xl_infusion.claim.ranking import CROWDED, Stretch
from xl_infusion.claim.spans import day_of
from xl_infusion.claim.step import (
    Step,
    amount_of,
    code_of,
    coded_days,
    contents_of,
    days_of,
    how_often,
    line_text,
    meaning_of,
    name_of,
    narrowed_by,
    runs,
    source_of,
)
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import DAYS_COUNTED, NOT_OURS, RANK_BY
from xl_infusion.errors import BillingError, brief, table_row
from xl_infusion.reference import DrugName, products
from xl_infusion.rules import ndc as ndc_rule
from xl_infusion.rules import per_diem
from xl_infusion.rules.number import dollars, plain

EVERY_DAY, _, _ = DAYS_COUNTED
_, BY_RATE, _ = RANK_BY


def explain(work: Work, claims: list[Claim], label: str) -> Iterator[Step]:
    """The steps of every order of that number; none where no order has it."""
    found = [(claim, order) for claim in claims for order in claim.orders if order.label == label]
    for claim, order in found:
        if len(found) > 1:
            rows, this = table_row("Orders", *(one.at for _, one in found)), table_row("Orders", order.at)
            yield Step("Which order?", f"{brief(label)} is in {rows}: this is table row {order.at}", this)
        yield from _Explained(work, claims, claim, order).steps()
        for at_dme in claims:
            if order in at_dme.supplied:
                yield from _Explained(work, claims, at_dme, order).at_dme()


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
            if self.claim.drug_days.get(self.order) != []:
                yield from DrugSteps(self.work, self.payer, self.order).steps()
            yield from typed(self.order, self.claims, self.reference, self.at)
            yield from self._rates()
        yield from self._claimed()

    def at_dme(self) -> Iterator[Step]:
        """The steps of the drug lines that Medicare's DME contractor is billed for."""
        yield from billed_to_dme(self.work, self.claim, self.order)
        yield from (*DrugSteps(self.work, self.payer, self.order).steps(), *self._rates(), *self._claimed())

    # -- what is ordered, and who pays -----------------------------------------------------------------------------

    def _ordered(self) -> Iterator[Step]:
        order, drug = self.order, self.order.rx.drug
        yield Step("What is ordered?", contents_of(order) or "nothing that can be read", self.at)
        if order.problem is not None:
            for problem in dict.fromkeys(map(str, (order.problem, *order.problems))):
                yield Step("Can it be billed?", f"no: {problem}", self.at)
        elif drug is not None:
            yield from self._which_drug(drug)
            yield from self._whose_product(drug)

    def _which_drug(self, drug: DrugName | str) -> Iterator[Step]:
        """What a name is read as that is not the reference's own."""
        shown = self.order.rx.shown_drug
        typed = " ".join(str(self.order.row.get("Drug") or "").split())
        names = {shown, drug.drug if isinstance(drug, DrugName) else drug}
        if typed.casefold() not in map(str.casefold, names):
            yield Step("Which drug is that?", f"{brief(typed)} is {shown}", f"{self.at}; the reference's names")

    def _whose_product(self, drug: DrugName | str) -> Iterator[Step]:
        """Whose product it is, where makers have codes of their own."""
        rx = self.order.rx
        if not isinstance(drug, DrugName) or rx.supplier in NOT_OURS:
            return
        if rx.maker or self.reference.has_products(drug.drug):
            billed = f"billed as {rx.shown_drug}"
            yield Step("Whose product is it?", f"{billed}: {rx.maker}" if rx.maker else billed, self._product_by())

    def _product_by(self) -> str:
        """The cell that says whose product it is, and what reads it."""
        ndc = self.order.rx.ndc
        if self.order.row.get("Product") is not None:
            return f"{self.at}, Product"
        if not ndc:
            return f"{self.at}, Drug"
        if told := products.nearest(self.reference, ndc):
            return f"{self.at}, NDC: {told.text}"
        return f"{self.at}, NDC {ndc}: labeler {ndc_rule.labeler(ndc)}; labelers of the reference"

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
            f"{code_of(line)} of {days_of(line.first, line.last)} ({table_row('Visits', line.source.at)})"
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
        yield Step("Which therapy is it?", rx.therapy.name, self._therapy_by())
        if rx.interval is not None:
            yield Step("How often?", how_often(rx.interval), f"{self.at}, Interval")
        yield self._days_with_per_diem()
        yield from self._held()
        place = rx.place or terms.place
        if place in terms.suites:
            by = f"{self.at}, Place" if rx.place else self._by(terms, "place")
            yield Step(
                "Where?", f"{place}, the infusion suite: SS on the per diem", f"{by}; {self._by(terms, 'suites')}"
            )

    def _held(self) -> Iterator[Step]:
        """The days on which it pauses, with the rows of Holds that say so."""
        for hold in self.work.holds.of(self.order):
            first, last = hold.days(self.terms)
            for start, end in within(self.order.paused, first, last):
                by = f"{table_row(HOLDS.name, hold.at)}; {self._by(self.terms, 'admission_day')}"
                yield Step("When does it pause?", f"{days_of(start, end)}: {hold.reason}", by)

    def _therapy_by(self) -> str:
        """The cell that names the therapy, or the row of the drug that it is the one of."""
        drug = self.order.rx.drug
        if self.order.row.get("Therapy") is not None:
            return f"{self.at}, Therapy"
        if drug is None:  # the therapy stands in the Drug column, as pharmacy systems export it
            return f"{self.at}, Drug"
        row = self.reference.row_of(drug)
        if row.therapy_basis.startswith(OWN_CODES.name):  # as a new drug's does
            return row.therapy_basis
        return f"code reference, {row.drug}: {row.therapy_basis}"

    def _days_with_per_diem(self) -> Step:
        question, terms = "Which days have a per diem?", self.terms
        if is_care(self.order):
            return Step(question, terms.catheter_care, self._by(terms, "catheter_care"))
        if terms.days_counted == EVERY_DAY and self.order.rx.gap > terms.longest_interval:
            answer = f"infusion days alone, beyond every {terms.longest_interval} hours"
            return Step(question, answer, self._by(terms, "longest_interval"))
        return Step(question, terms.days_counted, self._by(terms, "days_counted"))

    def _per_diem(self) -> Iterator[Step]:
        if not self.stretches:
            yield self._led()
        yield from self._shared()
        yield from self._together()
        for first, last, answer in self._per_diem_codes():
            yield Step(f"Which per diem code, {days_of(first, last)}?", meaning_of(answer.row), source_of(answer))
        told = set()
        for stretch in self.stretches:
            for step in self._ranked(stretch):
                if (step.answer, step.decided_by) not in told:
                    told.add((step.answer, step.decided_by))
                    yield step

    def _per_diem_codes(self) -> list[tuple[int, int, PerDiem]]:
        """First and last day of each per diem code; one that goes on into the next stretch stands once."""
        codes: list[tuple[int, int, PerDiem]] = []
        for stretch in self.stretches:
            for first, last, answer in coded_days(stretch):
                if codes and codes[-1][2] is answer:
                    first, _, _ = codes.pop()
                codes.append((first, last, answer))
        return codes

    def _led(self) -> Step:
        """The per diem of an order that has none of its own: another one of a therapy that shares it leads."""
        order = self.order
        if order.lead is not None:
            answer = f"that of order {brief(order.lead.label)}, which covers this one: drug lines alone"
            return Step("What is its per diem?", answer, f"{self.at}, Per diem with")
        if order.inside:
            return Step("What is its per diem?", "none: drug lines alone", f"{self.at}, Per diem with")
        sharing = [one.lead for one in self.claim.ranking.stretches if one.lead.rx.therapy is order.rx.therapy]
        lead = next((one for one in sharing if one.first <= order.last and order.first <= one.last), None)
        if lead is None:
            by = self._by(self.terms, "catheter_care") if is_care(order) else HOLDS.name
            return Step("What is its per diem?", "none: no day of it is billed", by)
        answer = f"that of order {brief(lead.label)}: orders of {name_of(lead)} share one"
        return Step("What is its per diem?", answer, f"{table_row('Orders', lead.at)}; code reference, therapies")

    def _ranked(self, stretch: Stretch) -> Iterator[Step]:
        """The rank of some days, and what it does to the line: modifiers, and the share of the rate."""
        days = days_of(stretch.first, stretch.last)
        if not stretch.ranked:
            yield Step(f"Which rank, {days}?", "it takes none: it stands beside the ranked therapies",
                       "code reference, therapies")  # fmt: skip
            return
        by = self._by(self.terms, "rank_by")
        by += f"; {self._by(self.terms, 'tie_by')}" if stretch.tied else ""
        yield Step(f"Which rank, {days}?", self._running(stretch), by)
        if stretch.rank == 1 or stretch.code is CROWDED:
            return
        yield from self._modifiers(stretch)
        yield from self._share(stretch)

    def _modifiers(self, stretch: Stretch) -> Iterator[Step]:
        modifier = per_diem.modifier(stretch.rank)
        meaning = next(row for row in self.reference.modifiers if row.modifier == modifier)
        yield Step("Which modifier?", f"{modifier}, {meaning.meaning}", f"code reference: {meaning.source}")
        if self.terms.extra_modifier:
            yield Step("Another beside it?", self.terms.extra_modifier, self._by(self.terms, "extra_modifier"))

    def _share(self, stretch: Stretch) -> Iterator[Step]:
        """The share of its rate that it earns; of a rate for its rank none is taken."""
        question, terms, therapy = "Which share of the rate?", self.terms, stretch.lead.rx.therapy
        if therapy is not None and therapy.therapy in terms.exempt:
            yield Step(question, f"all: {therapy.name} is exempt", self._by(terms, "exempt"))
        elif not self._priced_for_its_rank(stretch):
            share = per_diem.share(stretch.rank, terms.shares)
            yield Step(question, f"{plain(share * 100)} %", self._by(terms, "second" if stretch.rank == 2 else "third"))

    def _priced_for_its_rank(self, stretch: Stretch) -> bool:
        prices = (self._price(line) for _, line in self.lines if line.first == stretch.first)
        return any(isinstance(price, Price) and price.ranked for price in prices)

    def _shared(self) -> Iterator[Step]:
        """The other orders that a per diem is of, and the volume that they come to together."""
        for stretch in self.stretches:
            therapy, orders = stretch.lead.rx.therapy, self._orders_of(stretch)
            if therapy is None or not therapy.shared or len(orders) < 2:
                continue
            named = [f"{brief(order.label)} ({table_row('Orders', order.at)})" for order in orders]
            answer = f"one for the orders {' and '.join(named)}"
            if isinstance(stretch.volume_l, Decimal):
                answer += f", {plain(stretch.volume_l)} L a day together"
            days = days_of(stretch.first, stretch.last)
            yield Step(f"Whose per diem, {days}?", answer, f"code reference, therapies: {therapy.basis}")

    def _together(self) -> Iterator[Step]:
        """The doses that orders inside this one add to its day."""
        for stretch in self.stretches:
            if stretch.rx is not stretch.lead.rx:
                added = added_on(self.order, stretch.first)
                doses = [f"{one.rx.dose} {time_of(one)} (order {brief(one.label)})" for one in (self.order, *added)]
                where = " and ".join(table_row("Orders", one.at) for one in added)
                days = days_of(stretch.first, stretch.last)
                yield Step(f"How often together, {days}?", f"{stretch.rx.interval}: {', '.join(doses)}",
                           f"{where}, Per diem with")  # fmt: skip

    def _orders_of(self, stretch: Stretch) -> list[Order]:
        """The orders of the therapy of a stretch that run on its first day."""
        of_therapy = (order for order in self.claim.orders if order.rx.therapy is stretch.lead.rx.therapy)
        return [order for order in of_therapy if order.problem is None and runs(order, stretch.first)]

    def _running(self, stretch: Stretch) -> str:
        """The therapies of the first day of a stretch in their order: ``2 of: 1 meropenem ...; 2 vancomycin ...``."""
        day, ranking = stretch.first, self.claim.ranking
        leads = [one.lead for one in ranking.stretches if one.ranked and runs(one, day)]
        leads += [order for order in ranking.courses if order.problem is not None and runs(order, day)]
        ranks = sorted((ranking.rank(order, day), order) for order in leads)
        shown = [f"{rank} {self._course(order, day)}" for rank, order in ranks]
        return f"{stretch.rank} of: {'; '.join(shown)}" if len(shown) > 1 else "1, the only therapy"

    def _course(self, order: Order, day: int) -> str:
        what = " ".join(filter(None, (name_of(order), str(order.rx.interval or ""))))
        return f"{what} (order {brief(order.label)}{self._full_rate(order, day)})"

    def _full_rate(self, order: Order, day: int) -> str:
        """The full rate that an order ranks by, where rates rank."""
        if self.terms.rank_by != BY_RATE or not self.work.rates.given:
            return ""
        for one in self.claim.ranking.stretches:
            if one.lead is order and runs(one, day) and not isinstance(one.code, BillingError):
                answer = one.code.on(day)
                price = self.payer.maker.prices(answer.row.code).on(day) if isinstance(answer, PerDiem) else None
                return f", {dollars(price.amount)}" if isinstance(price, Price) else ", no rate"
        return ", no rate"

    # -- rates and lines ---------------------------------------------------------------------------------------------

    def _rates(self) -> Iterator[Step]:
        """The row of Rates that prices each code, with what it is of and its days."""
        asked = set()
        for _, line in self.lines if self.work.rates.given else ():
            price = self._price(line)
            if isinstance(price, Price):
                step = self._priced(line, price)
            elif price is not None:
                days = days_of(line.first, line.last)
                step = Step(f"Which rate of {code_of(line)}, {days}?", f"none: {price}", "Rates")
            else:
                continue  # its code or units are an error: the line says so
            if step not in asked:
                asked.add(step)
                yield step

    def _priced(self, line: Line, price: Price) -> Step:
        where, _, of = price.note.partition(": ")
        payer, row = next((payer, row) for payer, row in self.work.rates.all if row.where == where)
        answer = [amount_of(line, price) + (f", {of}" if of else "")]
        if price.ranked:
            answer.append(f"it is for {row.modifier}, and no share is taken of it")
        if price.cap is not None:
            answer.append(f"the usual charge, ${plain(price.cap[0])} for each {price.cap[1]}, where that is less")
        by = [where, "of this payer" if payer else "of any payer", *narrowed_by(row)]
        return Step(f"Which rate of {code_of(line)}?", "; ".join(answer), ", ".join(by))

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
                yield Step(f"Why a new line on {day_of(line.first)}?", *broken)
            before[line.kind] = line
            yield Step(
                f"Line {number}, {days_of(line.first, line.last)}", line_text(line, self.work.rates.given), line.why
            )

    def _break(self, before: Line, line: Line) -> tuple[str, str] | None:
        """Why two lines of one kind are not one line: the answer, and what decided it."""
        if isinstance(line.code, BillingError) or isinstance(before.code, BillingError):
            return None  # a line without a code says itself why
        if line.first > before.last + 1:
            return "the days between do not count", f"{self.at}, Interval; {self._by(self.terms, 'days_counted')}"
        if line.kind == PER_DIEM and any(stretch.first == line.first for stretch in self.stretches):
            return self._changes(line.first)
        of_its_term = a_line_a_day(self.work, self.claim, line) or (
            f"a line is for one {self.terms.span}", self._by(self.terms, "span"))  # fmt: skip
        return self._code_changes(before, line) or self._rate_changes(before, line) or of_its_term

    def _code_changes(self, before: Line, line: Line) -> tuple[str, str] | None:
        """What another code, unit or modifier begins, where one does."""
        if line.code != before.code:
            return f"{before.code} bills the days through {day_of(before.last)}", "the days of its row, above"
        codes = None if line.kind == PER_DIEM else self.payer.codes.drug(self.order.rx)
        if codes is not None and codes.on(line.first) != codes.on(before.last):
            return f"another row says what a unit of {line.code} is", "the days of the rows, above"
        if line.modifiers != before.modifiers:
            return f"{' '.join((*before.modifiers, *line.modifiers))} begins", "code reference, modifiers"
        return None

    def _rate_changes(self, before: Line, line: Line) -> tuple[str, str] | None:
        prices = (self._price(before), self._price(line))
        if prices[0] == prices[1]:
            return None
        by_limit = any(isinstance(price, Price) and price.dosage is not None for price in prices)
        days = "quarter of the payment limit" if by_limit else "days of its row in Rates"
        return "the rate changes", f"the {days}, above"

    def _changes(self, day: int) -> tuple[str, str]:
        """What changes the rank or the volume of a per diem from one day to the next."""
        others = [one for one in self.claim.dated if one is not self.order]
        found = [(one, f"starts on {day_of(day)}") for one in others if one.first == day]
        found += [(one, f"ends on {day_of(day - 1)}") for one in others if one.last == day - 1]
        if not found:
            return "other therapies have a per diem on these days", self._by(self.terms, "days_counted")
        answer = " and ".join(f"order {brief(one.label)} ({name_of(one)}) {does}" for one, does in found)
        return answer, "; ".join(table_row("Orders", one.at) for one, _ in found)

    def _by(self, terms: Terms, name: str) -> str:
        """The row of Payers that says a term, or the source of its default."""
        return terms.by(name, self.reference)
