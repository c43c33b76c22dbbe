"""Checks of single orders: what they lack, and what is unlikely in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from xl_infusion.claim.checks.dispensed import unlike_the_days
from xl_infusion.claim.checks.finding import Finding, at
from xl_infusion.claim.checks.vials import of_many_doses
from xl_infusion.claim.codes import DrugCode, PerDiem
from xl_infusion.claim.columns import ORDERS, PAYERS
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.inputs import Memory, good, text
from xl_infusion.claim.orders import Order, Prescription
from xl_infusion.claim.spans import LAST
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import NOT_OURS
from xl_infusion.errors import BillingError, CellError, UnknownPayer, brief
from xl_infusion.reference import DrugRow, products
from xl_infusion.reference.check_tables import UsualDose
from xl_infusion.rules import npi as npi_rule
from xl_infusion.rules import waste
from xl_infusion.rules.dose import Dose, amount_in
from xl_infusion.rules.number import plain

_UNUSUAL, _NOT_KNOWN = "dose unusual", "product not known"
#: Units of a therapy that count what is done once, and no days.
_EVENTS = ("kit", "insertion")
_, _, MEDICAID, _ = PAYERS["Kind"].choices


def checks(work: Work, claims: list[Claim]) -> Iterator[Finding]:
    """Who pays, prescriber, authorization, usual dose, product, NDC and whose it is."""
    prescribed = bool(work.orders) and "Prescriber" in work.orders[0].row
    if work.orders and not prescribed:
        yield Finding("no prescriber", ORDERS.name, 1, "", 0, 0, "Orders has no column Prescriber")
    memory = Memory()
    about: dict[tuple[Prescription, Terms], _About] = {}
    for claim in claims:
        terms = claim.terms
        for order in claim.orders:
            rx = order.rx
            if prescribed and (wrong := memory.read(_prescriber, order.row["Prescriber"])):
                yield _found(wrong, "wrong NPI", order)
            if terms.authorization and (wrong := memory.read(_authorization, order.row.get("Authorization"))):
                yield _found(wrong, "authorization missing", order)
            if work.names_payers and not claim.payer and order.row.get("Payer") is None:
                yield Finding("no payer", *at(order), order.first, order.last, "Payer is blank: no payer to bill")
            if rx.second_payer:
                second = work.payer(rx.second_payer).terms
                if isinstance(second.problem, UnknownPayer) and second is not terms:
                    yield _found((second.problem.kind, f"Second payer: {second.problem}"), "", order)
            if order.dated and (said := _dates(work, order)):
                yield Finding("dates unlikely", *at(order), order.first, order.last, said)
            if order.problem is None and (said := _kits(work, order)):
                yield Finding("many kits", *at(order), order.first, order.last, said)
            if order.problem is None and (said := _by_day(work, terms, order)):
                yield Finding("single dose by day", *at(order), order.first, order.last, said)
            if order.problem is None and rx.drug is not None:
                known = about.get((rx, terms))
                if known is None:
                    known = about[rx, terms] = _About(work, terms, rx)
                if known.says or known.continuous or known.counted:
                    yield from known.findings(order)


class _About:
    """What is wrong with a prescription, whosever order it is.

    ``says``: (kind of finding, first and last day on which it holds, what is wrong).
    """

    def __init__(self, work: Work, terms: Terms, rx: Prescription) -> None:
        assert rx.drug is not None
        drug = work.payer_codes.name_of(rx.drug)
        self.says: list[tuple[str, int, int, str]] = []
        self.continuous = self.counted = False
        if rx.supplier in NOT_OURS:
            return
        self.continuous = rx.interval is not None and rx.interval.continuous and isinstance(rx.dose, Dose)
        self.work, self.terms = work, terms
        self.counted = rx.dispensed is not None
        self.usual, self.in_vials = _amount(work, rx, drug), False
        if flush := _flush(work, rx, drug):
            self.says.append(("flush as therapy", 1, LAST, flush))
        elif self.usual is not None and not self.usual[0].holds(self.usual[1]):
            what = f"one dose of {rx.shown_drug} is usually {self.usual[0].text}, not {rx.dose}"
            self.says.append((_UNUSUAL, 1, LAST, what))
        if said := of_many_doses(work, terms, rx, drug):
            self.says.append(("waste of a bulk package", 1, LAST, said))
        if not rx.ndc and terms.kind == MEDICAID:
            what = f"NDC is blank, and {brief(terms.name)} is a Medicaid payer"
            self.says.append(("Medicaid drug without NDC", 1, LAST, what))
        if other := _other_drug(work, rx, drug):
            self.says.append(("NDC of another drug", 1, LAST, other))
        for first, last, answer in work.payer(terms.name).codes.drug(rx).cut(1, LAST):
            if not isinstance(answer, DrugCode):
                continue
            code = answer.row.code
            self.in_vials = self.in_vials or (self.continuous and _in_vials(rx, answer.row))
            if not rx.ndc and work.is_unlisted(code):
                what = f"{code} is for drugs without a code, and NDC is blank"
                self.says.append(("unlisted drug without NDC", first, last, what))
            if answer.by == answer.row.by and not answer.row.product:
                # makers have codes of their own since a day; before it there is nothing to choose
                what = f"{rx.shown_drug} is billed with its generic code {code}: {rx.maker}"
                self.says += [(_NOT_KNOWN, max(first, start), min(last, end), what) for start, end in rx.maker_days]

    def findings(self, order: Order) -> Iterator[Finding]:
        """What it says on the days of an order, each sentence once."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        bags = self.continuous and self._bags_explain(order)
        bag = self._of_several_days(order) if self.continuous and not bags else ""
        if bag:
            yield Finding("dose of several days", *at(order), order.first, order.last, bag)
        elif self.counted and not bags and (said := unlike_the_days(self.work, self.terms, order)):
            yield Finding("dispensed unlike the days", *at(order), order.first, order.last, said)
        for kind, since, until, what in self.says:
            if (bag or bags) and kind == _UNUSUAL:
                continue  # it says why, or is a bag's
            first, last = max(order.first, since), min(order.last, until)
            if first <= last:
                known = found.get((kind, what), (first, last))
                found[kind, what] = (min(first, known[0]), max(last, known[1]))
        for (kind, what), (first, last) in found.items():
            # whichever drugs they are, one look at the packages tells it of all
            cause = f"the drug is billed with its generic code: {order.rx.maker}" if kind == _NOT_KNOWN else ""
            yield Finding(kind, *at(order), first, last, what, cause)

    def _bags_explain(self, order: Order) -> bool:
        """True where Dose is a bag's for more than a day: Dispensed bags come to a usual amount for each day."""
        rx, days = order.rx, order.last - order.first + 1
        if self.usual is None or rx.dispensed is None or rx.dispensed >= days:
            return False
        usual, amount = self.usual
        return usual.holds_a_day(amount * rx.dispensed / days)

    def _of_several_days(self, order: Order) -> str:
        """Why the Dose of a continuous infusion is that of a bag for several days, or "": it is that of 24 hours."""
        rx, days = order.rx, order.last - order.first + 1
        if days < 2:
            return ""
        said = f"the Dose of a continuous infusion is that of 24 hours, and this one runs {days} days: "
        if self.usual is not None:
            usual, amount = self.usual
            if amount > usual.most_a_day and usual.holds_a_day(amount / days):
                return f"{said}{rx.dose} is more than the usual {usual.text_a_day} a day, and within it over these days"
        return f"{said}Vials hold {rx.dose}, which is one day's dose" if self.in_vials else ""


def _in_vials(rx: Prescription, row: DrugRow) -> bool:
    """True where the vials hold one dose, all of them together."""
    if rx.vials is None or row.amount is None or not isinstance(rx.dose, Dose):
        return False
    try:
        return sum(waste.sizes(rx.vials, row)) == amount_in(rx.dose, row.unit)
    except BillingError:
        return False  # the line says so where the payer wants the waste


def _dates(work: Work, order: Order) -> str:
    """Why the days of an order are hardly meant, or ""."""
    first, days = dt.date.fromordinal(order.first), order.last - order.first + 1
    longest, farthest = (work.reference.check_limit(name) for name in ("longest order", "farthest start"))
    verified = work.reference.edition.verified_through
    if order.first - verified.toordinal() > farthest:
        return f"Start {first} is more than {plain(farthest)} days after {verified}, through which codes are verified"
    if days > longest:
        last = dt.date.fromordinal(order.last)
        return f"from Start {first} to End {last} are {days} days, and an order of more than {plain(longest)} is rare"
    return ""


def _by_day(work: Work, terms: Terms, order: Order) -> str:
    """With which code of a day a single dose is billed, or "" where its code says nothing of an interval."""
    rx = order.rx
    if rx.interval is None or not rx.interval.single or rx.therapy is None or rx.therapy.code_by != "interval":
        return ""
    codes = work.payer(terms.name).codes.per_diem(rx, None)
    answer = None if isinstance(codes, BillingError) else codes.cut(order.first, order.first)[0][2]
    if not isinstance(answer, PerDiem) or answer.by:
        return ""
    return f"a single dose is billed with {answer.row.code}, whose interval is 24 hours: no code is for one dose"


def _kits(work: Work, order: Order) -> str:
    """Why so many kits or insertions of one order are hardly meant, or ""."""
    rx = order.rx
    if rx.therapy is None or rx.interval is None or rx.therapy.unit not in _EVENTS:
        return ""
    count = rx.interval.doses(0, order.last - order.first + 1)
    most = work.reference.check_limit("most kits")
    if count <= most:
        return ""
    return f"{rx.interval} gives {count} x {rx.therapy.name}, and more than {plain(most)} in one order are rare"


def _flush(work: Work, rx: Prescription, drug: str) -> str:
    """Why a dose is mostly no therapy but a flush of the line, and what to type in its place; or ""."""
    flush = work.reference.flush(drug)
    if flush is None or not isinstance(rx.dose, Dose):
        return ""
    try:
        if amount_in(rx.dose, flush.unit) > flush.up_to:
            return ""
    except BillingError:
        return ""  # the line says that it is no amount of this drug
    remedy = f"type the drug {flush.instead}" if flush.instead else "take the row out, for the per diem pays supplies"
    return f"{rx.dose} of {rx.shown_drug} is mostly a flush of the line, and is billed as a therapy: {remedy}"


def _other_drug(work: Work, rx: Prescription, drug: str) -> str:
    """Why the NDC is not the drug's, or "": a code of unlisted drugs may be any drug's."""
    told = products.nearest(work.reference, rx.ndc) if rx.ndc else None
    if told is None or any(row.drug == drug and row.amount is None for row in work.reference.drugs):
        return ""
    other = products.other_drug(work.reference, told, drug)
    return f"{told.text}: that is {other}, and the order is of {drug}" if other else ""


def _amount(work: Work, rx: Prescription, drug: str) -> tuple[UsualDose, Decimal] | None:
    """What one dose usually is, and the dose in its unit; None where either cannot be told."""
    usual = work.reference.usual_dose(drug)
    if usual is None or rx.dose is None or isinstance(rx.dose, BillingError):
        return None
    try:
        return usual, amount_in(rx.dose, usual.unit)
    except BillingError:
        return None  # the drug is billed in another dimension: its line says so


def _found(wrong: BillingError | tuple[str, str], kind: str, order: Order) -> Finding:
    """What is wrong with a cell: as it says, an error value, or else of that kind."""
    if isinstance(wrong, BillingError):
        wrong = (wrong.kind if isinstance(wrong, CellError) else kind, str(wrong))
    kind, what = wrong
    return Finding(kind, *at(order), order.first, order.last, what)


def _prescriber(cell: object) -> tuple[str, str] | None:
    if cell is None:
        return "no prescriber", "Prescriber is blank"
    npi_rule.parse(good(cell, "Prescriber"))
    return None


def _authorization(cell: object) -> tuple[str, str] | None:
    if text(good(cell, "Authorization"), "Authorization"):
        return None
    return "authorization missing", "the payer needs an authorization, and the order has none"
