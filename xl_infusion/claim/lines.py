"""The lines of a claim: per diem and drug lines, each with its units, its charge and its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from xl_infusion.claim import dme, supply
from xl_infusion.claim.codes import Codes, DrugCode, PerDiem
from xl_infusion.claim.counted_days import CountedDays, Run, within
from xl_infusion.claim.inputs import SortKey
from xl_infusion.claim.inside import cut_by, same_dose
from xl_infusion.claim.modifiers import EXCLUDED, ON_DRUG, ON_PER_DIEM, Marked, Marker, noted
from xl_infusion.claim.order import Order, Prescription
from xl_infusion.claim.price import Price
from xl_infusion.claim.ranking import Ranking, Stretch
from xl_infusion.claim.rates import Pricing
from xl_infusion.claim.reasons import WITH_CLAIM, not_billed, place_of, ranked, selected
from xl_infusion.claim.spans import LAST, Spans, line_spans
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.visits import Visit
from xl_infusion.claim.words import NOT_OURS, RANK_BY, SPANS
from xl_infusion.errors import BillingError, WrongInput, brief, kept
from xl_infusion.reference import DrugRow, PerDiemRow, Reference
from xl_infusion.reference.check_tables import DmeDrugRow
from xl_infusion.rules import drug_units, per_diem, waste
from xl_infusion.rules.dose import Dose

#: What stands in a cell of a line: a value, or the failure that it shows; None for blank.
Text = str | BillingError
Count = int | Decimal | BillingError | None
Money = Decimal | BillingError | None
#: NDC, its unit, and the quantity.
Ndc = tuple[str, str, Decimal | None]

#: The kinds of lines; beside a drug stands what is paid for a day on which it is given.
PER_DIEM, DRUG, BESIDE, VISIT = 0, supply.DRUG, supply.UNUSED + 1, supply.UNUSED + 2
#: The kind, to sort by, of all lines of an order that is inside another one's per diem.
_INSIDE = VISIT + 1
ONE = Decimal(1)
_, BY_RATE, _ = RANK_BY
#: What the reason of a line ends with that has days after the one through which its code is verified.
STALE = "; STALE"


@dataclass(slots=True, eq=False)
class Line:
    """One claim line. ``first`` and ``last`` are ordinals, 0 where the days are not known.

    ``sort``: day, rank, order, kind: the place of the line within its claim. ``waits``: what has to come before
    it is paid. ``stated``: a row of Own codes with its source states all that a release would say of it. ``days`` and
    ``doses``: what else a rate may pay for, None where the line has none. ``denied``: it is sent to be denied, and paid
    nothing.
    """

    source: Order | Visit
    kind: int
    first: int
    last: int
    place: str
    code: Text
    modifiers: tuple[str, ...]
    units: Count
    rate: Money
    charge: Money
    ndc: Ndc | None
    why: str
    sort: tuple[int, int, SortKey, int, object]
    waits: str = ""
    stated: bool = False
    days: int | None = None
    doses: int | None = None
    denied: bool = False


class LineMaker:
    """Makes the lines of claims to one payer. What many lines of a workbook say alike is worked out once."""

    def __init__(self, reference: Reference, terms: Terms, codes: Codes, rates: Pricing) -> None:
        self.reference = reference
        self.terms = terms
        self.codes = codes
        self.rates = rates
        self._verified: dict[str, int] = {}
        self._said: dict[object, tuple[Count, str]] = {}
        self._ranks: dict[tuple[Prescription, int], tuple[tuple[str, ...], Decimal]] = {}
        self._prices: dict[tuple[str, tuple[str, ...], Decimal], Spans[Price | BillingError]] = {}
        self.days = CountedDays(terms)
        self._supplies = supply.Supplies(reference, terms)
        self.doses = self._supplies.doses
        self._whole = terms.span == SPANS[0]
        self.marker = Marker(reference, terms.modifier_order)

    # -- per diem ----------------------------------------------------------------------------------------------

    def per_diem(self, stretch: Stretch) -> list[Line]:
        """The lines of a stretch: cut where its code ends, the rate changes, or the payer's span of a line does."""
        code, first, last, lead = stretch.code, stretch.first, stretch.last, stretch.lead
        if isinstance(code, BillingError):
            return [self.failed(lead, first, last, place_of(stretch), code)]
        lines = []
        for start, end, answer in code.cut(first, last):
            if isinstance(answer, PerDiem):
                lines += self._per_diem_lines(stretch, answer, start, end)
                continue
            if answer is None:
                assert not isinstance(stretch.volume_l, BillingError)
                answer = self.codes.no_per_diem(stretch.rx, stretch.volume_l, start)
            lines.append(self.failed(lead, start, end, place_of(stretch), answer))
        return lines

    def _per_diem_lines(self, stretch: Stretch, answer: PerDiem, first: int, last: int) -> list[Line]:
        order, place, code = stretch.lead, place_of(stretch), answer.row.code
        modifiers, share = self._rank_says(order.rx, stretch.rank)
        lines = []
        for start, end, marks, wrong, price in self._marked(order.rx, PER_DIEM, code, modifiers, first, last, share):
            days = end - start + 1
            units, why = (wrong, str(wrong)) if wrong else self._per_diem_said(stretch, answer, start, end)
            rate = charge = None
            if price is not None:
                rate, charge, note = self.priced(price, units, days)
                why += note
            lines.append(
                self._line(
                    order,
                    PER_DIEM,
                    start,
                    end,
                    place,
                    code,
                    marks,
                    units,
                    rate,
                    charge,
                    None,
                    why,
                    days=days,
                )
            )
        return lines

    def _rank_says(self, rx: Prescription, rank: int) -> tuple[tuple[str, ...], Decimal]:
        """The modifiers of a per diem at a rank, and the share of the full rate that it earns."""
        found = self._ranks.get((rx, rank))
        if found is None:
            terms = self.terms
            modifiers = [per_diem.modifier(rank), terms.extra_modifier] if rank > 1 else []
            if self._place(rx) in terms.suites:
                modifiers.append("SS")
            share = ONE if self._exempt(rx) else per_diem.share(rank, terms.shares)
            found = self._ranks[rx, rank] = (tuple(filter(None, modifiers)), share)
        return found

    def _exempt(self, rx: Prescription) -> bool:
        return rx.therapy is not None and rx.therapy.therapy in self.terms.exempt

    def _per_diem_said(self, stretch: Stretch, answer: PerDiem, first: int, last: int) -> tuple[Count, str]:
        """The units of a per diem line, and why."""
        rx, row, days = stretch.rx, answer.row, last - first + 1
        # only a count of doses depends on where in the order the days are
        offset = 0 if row.per == "day" else first - stretch.lead.first
        key = (rx, answer, days, offset, stretch.rank, stretch.ranked, stretch.least, stretch.most, stretch.volume_l,
               stretch.tied)  # fmt: skip
        said = self._said.get(key)
        if said is None:
            units, counted = self._per_diem_units(stretch.lead, row, first, last)
            why = f"{selected(stretch, row)}, {ranked(stretch)}; {counted}" if row.per == "day" else counted
            said = self._said[key] = (units, "; ".join([why, *self._remarks(stretch, answer)]))
        return said

    def _remarks(self, stretch: Stretch, answer: PerDiem) -> Iterator[str]:
        """What is to be said of a per diem line beside what chose its code and how its days are counted."""
        rx, terms = stretch.lead.rx, self.terms
        if answer.by:
            yield f"{answer.row.code} by {answer.by}"
        if self._place(rx) in terms.suites:
            yield "in the infusion suite"
        if stretch.rank > 1 and self._exempt(rx):
            yield f"{brief(terms.name)} pays it in full"
        if stretch.most > 1 and terms.rank_by == BY_RATE and not self.rates.given:
            yield "ranked by frequency, for there are no rates to rank by"
        if said := not_billed(rx, terms):
            yield said

    def _per_diem_units(self, order: Order, row: PerDiemRow, first: int, last: int) -> tuple[Count, str]:
        """The units of a per diem code and how they are counted.

        Days; a code that counts kits or insertions has one for each dose.
        """
        days = last - first + 1
        if row.per == "day":
            return days, supply.days_text(days)
        interval = order.rx.interval
        if row.per == "hour" or interval is None:
            error = WrongInput(
                f"{row.code} is counted per {row.per}, and the order does not say how many: bill it by hand"
            )
            return error, str(error)
        doses = interval.doses(first - order.first, days)
        return doses, f"{row.meaning}: one {row.per} for each of {supply.doses_text(interval, doses, days)}"

    # -- drugs -------------------------------------------------------------------------------------------------

    def drug(
        self, order: Order, ranking: Ranking, of_days: Iterable[Run] | None = None, said_elsewhere: str = ""
    ) -> list[Line]:
        """The drug lines of an order: of the days on which it is given, cut where its code or rate
        changes, or the payer's span of a line ends. ``of_days``: of these days alone.
        ``said_elsewhere``: a typed modifier that is for another payer's lines.
        """
        rx = order.rx
        if not self._bills_drug(rx):
            return []
        days = self.days.given(order)
        if of_days is not None:
            days = [run for first, last in of_days for run in within(days, first, last)]
        lines: list[Line] = []
        for first, last, answer in self.codes.drug(rx).cut(order.first, order.last):
            given = list(within(days, first, last))
            if isinstance(answer, DrugCode):
                lines += self._coded(order, answer, given, ranking, said_elsewhere)
            elif given:
                if answer is None:
                    answer = self.codes.no_drug(rx, first)
                first, last = given[0][0], given[-1][1]
                lines.append(self.failed(order, first, last, ranking.rank(order, first), answer, DRUG))
        return lines if self.days.every_day(order) else _failing_once(lines)

    def _bills_drug(self, rx: Prescription) -> bool:
        """True where a drug is billed on this claim, and by us."""
        ours = rx.drug is not None and rx.supplier not in NOT_OURS and rx.dispensed != 0
        return ours and self.terms.drugs_billed == WITH_CLAIM

    def _coded(
        self, order: Order, answer: DrugCode, days: Iterable[Run], ranking: Ranking, said_elsewhere: str
    ) -> Iterator[Line]:
        """The lines of one code of a drug, and what Medicare pays beside it for a day."""
        for start, end, row in self._paid(order.rx, answer.row.code, days):
            for one in self._pieces(order, answer.row, [(start, end)]):
                lines = self._drug_lines(order, answer, *one, ranking, row, said_elsewhere)
                yield from lines
                beside = dme.a_day(self.reference, row, start)
                if beside and any(line.kind == DRUG for line in lines):
                    yield self._beside(order, beside, start, ranking.rank(order, start))

    def _paid(self, rx: Prescription, code: str, days: Iterable[Run]) -> Iterable[dme.Paid]:
        """Days cut where Medicare pays the drug with its pump, or no longer does; at another payer as they are."""
        if self.terms.dme:
            return dme.paid(self.reference, rx, code, days)
        return [(first, last, None) for first, last in days]

    def _pieces(self, order: Order, row: DrugRow, days: Iterable[Run]) -> Iterator[tuple[int, int, supply.Bag | None]]:
        """Days cut where the orders change that an order is one dose with."""
        alone = not order.leads and not order.covers
        for first, last in days:
            yield from ((first, last, None),) if alone else self._bags(order, row, first, last)

    def _bags(self, order: Order, row: DrugRow, first: int, last: int) -> Iterable[tuple[int, int, supply.Bag | None]]:
        """Days cut where the orders change that an order is one dose with, and the parts of that dose."""
        parts = {one: part for one in same_dose(order) if (part := self._part(order, one, row, first)) is not None}
        if len(parts) < 2 or order not in parts:
            return ((first, last, None),)
        return [(start, end, _bag(order, parts, start)) for start, end in cut_by(parts, first, last)]

    def _part(self, order: Order, other: Order, row: DrugRow, day: int) -> Dose | None:
        """The dose of another order that is billed with the same code, None where its units are its own affair."""
        rx = other.rx
        by_vials = self.terms.waste and rx.vials is not None
        if other.problem is not None or not self._bills_drug(rx) or by_vials:
            return None
        answer = self.codes.drug(rx).on(day)
        alike = isinstance(answer, DrugCode) and answer.row is row and rx.interval == order.rx.interval
        return self._countable(rx, row) if alike and row.amount is not None else None

    def _countable(self, rx: Prescription, row: DrugRow) -> Dose | None:
        """The dose of an order, None where it is no amount of a code: its own line says why."""
        try:
            dose = self.doses.of(rx, row)
            drug_units.of_dose(row, dose)
        except BillingError:
            return None
        return dose

    def _drug_lines(
        self, order: Order, answer: DrugCode, first: int, last: int, bag: supply.Bag | None, ranking: Ranking,
        paid: DmeDrugRow | None, said_elsewhere: str,
    ) -> list[Line]:  # fmt: skip
        lines = []
        code, stated = answer.row.code, _is_stated(answer)
        category = "" if paid is None else paid.category
        for part, since, until in self._supplies.parts(order, answer.row, first, last, category):
            own = self.marker.together(part.modifiers, dme.route(paid), ON_DRUG)
            for start, end, marks, wrong, price in self._marked(
                order.rx, part.kind, code, own, since, until, without=said_elsewhere
            ):
                given = self._supplies.given(order, answer.row, part, start, end, bag)
                if given.units is None:
                    continue  # nothing of it falls on these days
                units, why = (wrong, str(wrong)) if wrong else (given.units, given.why)
                why += f"; {code} by {answer.by}" if answer.by else ""
                rate, charge, note = self.priced(_of_that_unit(price, answer), units, given.days, given.doses)
                rank = ranking.rank(order, start)
                lines.append(
                    self._line(order, part.kind, start, end, rank, code, marks, units, rate, charge,
                               given.ndc, why + note, stated and not marks, given.days, given.doses)
                )  # fmt: skip
        return lines

    def _beside(self, order: Order, code: str, day: int, rank: int) -> Line:
        """What Medicare pays beside a drug for a day on which it is given: one unit, on a line of that day."""
        price = self.prices(code).on(day) if self.rates.given else None
        rate, charge, note = self.priced(price, 1, 1)
        why = f"services and supplies of a day on which {order.rx.shown_drug} is given{note}"
        return self._line(order, BESIDE, day, day, rank, code, (), 1, rate, charge, None, why, days=1)

    # -- what all lines share ----------------------------------------------------------------------------------

    def failed(self, order: Order, first: int, last: int, rank: int, error: BillingError, kind: int = 0) -> Line:
        """The line of something that cannot be billed: its code and units are the error, its Why the reason."""
        none = error if self.rates.given else None
        return Line(order, kind, first, last, self._place(order.rx), error, (), error, none, none, None, str(error),
                    _sort(order, kind, first or LAST, rank))  # fmt: skip

    def _place(self, rx: Prescription) -> str:
        return rx.place or self.terms.place

    def _cut(
        self, code: str, modifiers: tuple[str, ...], first: int, last: int, share: Decimal = ONE
    ) -> Iterable[tuple[int, int, Price | BillingError | None]]:
        """The days cut where what is paid changes, and into the payer's spans of a line."""
        spans: Iterable[tuple[int, int, Price | BillingError | None]] = ((first, last, None),)
        if self.rates.given:
            spans = self._earned(code, modifiers, share).cut(first, last)
        if self._whole:
            return spans
        return [(a, b, price) for start, end, price in spans for a, b in line_spans(self.terms.span, start, end)]

    def _marked(
        self,
        rx: Prescription,
        kind: int,
        code: str,
        own: tuple[str, ...],
        first: int,
        last: int,
        share: Decimal = ONE,
        without: str = "",
    ) -> Iterator[tuple[int, int, tuple[str, ...], BillingError | None, Price | BillingError | None]]:
        """The days of lines as `_cut` has them, with the modifiers of each, and why typed ones cannot be put."""
        for start, end, modifiers, wrong in self._typed(rx, kind, code, own, first, last, without):
            for a, b, price in self._cut(code, modifiers, start, end, share):
                yield a, b, modifiers, wrong, price

    def _typed(
        self, rx: Prescription, kind: int, code: str, own: tuple[str, ...], first: int, last: int, without: str
    ) -> Iterable[Marked]:
        """The modifiers of a line and those typed beside them; what cannot be read fails the drug lines alone."""
        given, line = rx.modifiers, ON_PER_DIEM if kind == PER_DIEM else ON_DRUG
        if isinstance(given, BillingError):
            told = kind != PER_DIEM or rx.drug is None or rx.supplier in NOT_OURS
            return ((first, last, own, given if told else None),)
        if not given:
            return ((first, last, own, None),)
        # that nothing is discarded is said of what was given
        not_here = {without, waste.NOTHING_DISCARDED if kind in (supply.DISCARDED, supply.UNUSED) else ""}
        return self.marker.marked(tuple(one for one in given if one not in not_here), line, code, own, first, last)

    def prices(self, code: str, modifiers: tuple[str, ...] = ()) -> Spans[Price | BillingError]:
        """What a unit of a code with its modifiers earns at this payer, with its days."""
        return self.rates.prices(self.terms.name, code, modifiers)

    def _earned(self, code: str, modifiers: tuple[str, ...], share: Decimal) -> Spans[Price | BillingError]:
        """A share of what a unit of a code earns, with the days on which a line earns the same."""
        key = (code, modifiers, share)
        found = self._prices.get(key)
        if found is None:
            shared: Spans[Price | BillingError] = self.prices(code, modifiers).joined([], partial(_at_share, share))
            found = self._prices[key] = shared.merged(_earns)
        return found

    def priced(
        self,
        price: Price | BillingError | None,
        units: Count,
        days: int | None,
        doses: int | None = None,
    ) -> tuple[Money, Money, str]:
        """Rate and charge of a line, and what its reason adds: nothing where no rates are given."""
        if price is None:
            return None, None, ""
        if isinstance(price, BillingError):
            return price, price, f"; {price}"
        if units is None or isinstance(units, BillingError):
            return price.amount, units, ""
        try:
            return price.of(units, days, doses)
        except BillingError as error:
            return kept(error), error, f"; {error}"

    def _line(
        self, order: Order, kind: int, first: int, last: int, rank: int, code: str, modifiers: tuple[str, ...],
        units: Count, rate: Money, charge: Money, ndc: Ndc | None, why: str, stated: bool = False,
        days: int | None = None, doses: int | None = None,
    ) -> Line:  # fmt: skip
        if not stated:
            why += self.stale(code, last)
        why += noted(modifiers)
        return Line(order, kind, first, last, order.rx.place or self.terms.place, code, modifiers, units, rate, charge,
                    ndc, why, _sort(order, kind, first, rank), stated=stated, days=days, doses=doses,
                    denied=bool(self.terms.dme) and EXCLUDED in modifiers)  # fmt: skip

    def stale(self, code: str, last: int) -> str:
        """The mark of days beyond the one through which a code is verified; the checks say which that is."""
        verified = self._verified.get(code)
        if verified is None:
            verified = self._verified[code] = self.reference.verified_through(code).toordinal()
        return STALE if last > verified else ""


def _bag(order: Order, parts: Mapping[Order, Dose], day: int) -> supply.Bag | None:
    """The dose that several orders are together on a day, None where the others are not given."""
    running = [one for one in parts if one.given_on(day)]
    return supply.Bag(tuple(map(parts.__getitem__, running)), running.index(order)) if len(running) > 1 else None


def _sort(order: Order, kind: int, first: int, rank: int) -> tuple[int, int, SortKey, int, object]:
    """The place of a line within its claim; one inside another order's per diem stands behind that order's lines."""
    if not order.leads:
        return first, rank, order.key, kind, order
    return first, rank, order.leading(first).key, _INSIDE, (order.key, kind, order)


def _failing_once(lines: Iterable[Line]) -> list[Line]:
    """Lines of single days, of which those that fail alike one after the other are one."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        fails = isinstance(line.units, BillingError) and before is not None and isinstance(before.units, BillingError)
        if before is not None and fails and (line.why, line.code, line.kind) == (before.why, before.code, before.kind):
            before.last = line.last
        else:
            found.append(line)
    return found


def _at_share(share: Decimal, price: Price | BillingError | None) -> Price | BillingError | None:
    return price.shared(share) if isinstance(price, Price) else price


def _earns(price: Price | BillingError | None) -> object:
    return price.earns if isinstance(price, Price) else price


def _of_that_unit(price: Price | BillingError | None, answer: DrugCode) -> Price | BillingError | None:
    """A price out of CMS's payment limit, or why not: a payer's or an own code may count another unit."""
    row = answer.row
    dosage = price.dosage if isinstance(price, Price) else None
    if dosage is None or not drug_units.counts_otherwise(row, dosage):
        return price
    by = f" by {answer.by}" if answer.by else ""
    return WrongInput(
        f"the ASP payment limit of {row.code} is for {dosage}, and a unit of it is {row.unit_text}{by}: "
        "price it by a fee, or by a reference price row of its own"
    )


def _is_stated(answer: DrugCode) -> bool:
    """True where a row of Own codes says the code, its unit and its days, and from where."""
    row = answer.row
    return row.by != "" and row.by in answer.by and row.source != ""
