"""What is ordered of a drug: its dose, its maker and NDC, what was dispensed, out of which vials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cached_property

from xl_infusion.claim.checks.check import ERROR, WARNING, Checked, Wrong, check, wrong_at, wrong_order
from xl_infusion.claim.checks.dispensed import unlike_the_days
from xl_infusion.claim.checks.vials import of_many_doses
from xl_infusion.claim.codes import DrugCode
from xl_infusion.claim.columns import OWN_CODES, PAYER_CODES, PAYERS
from xl_infusion.claim.doses import Doses
from xl_infusion.claim.grid import Work
from xl_infusion.claim.order import Order, Prescription
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import NOT_OURS
from xl_infusion.errors import BillingError, brief
from xl_infusion.reference import DrugName, DrugRow, products
from xl_infusion.reference.check_tables import UsualDose
from xl_infusion.reference.periods import ordinals
from xl_infusion.rules import waste
from xl_infusion.rules.dose import Dose, amount_in

_, _, MEDICAID, _ = PAYERS["Kind"].choices


class Prescribed:
    """A prescription that the provider bills to a payer, with its orders: what is said of it is said of all of them."""

    def __init__(self, work: Work, rx: Prescription, terms: Terms) -> None:
        assert rx.drug is not None
        self.work, self.rx, self.terms = work, rx, terms
        self.orders: list[Order] = []
        self.drug = work.payer_codes.name_of(rx.drug)

    @cached_property
    def codes(self) -> list[tuple[int, int, DrugCode]]:
        """The codes that bill its drug, with the first and the last day of each."""
        spans = self.work.payer(self.terms.name).codes.drug(self.rx).whole
        return [(first, last, answer) for first, last, answer in spans if isinstance(answer, DrugCode)]

    @cached_property
    def usual(self) -> tuple[UsualDose, Decimal] | None:
        """What one dose usually is, and the dose in its unit; None where either cannot be told."""
        usual = self.work.reference.usual_dose(self.drug)
        amount = None if usual is None else self.amount(usual.unit)
        return None if usual is None or amount is None else (usual, amount)

    def amount(self, unit: str) -> Decimal | None:
        """One dose in a unit, None where it cannot be told: its line says why."""
        try:
            return amount_in(self.doses.ordered(self.rx, unit), unit)
        except BillingError:
            return None

    def shown(self, unit: str) -> str:
        """One dose as a message tells it, with how it was worked out."""
        dose = self.doses.ordered(self.rx, unit)
        return dose.worked or str(dose)

    @property
    def doses(self) -> Doses:
        """The doses of its payer."""
        return self.work.payer(self.terms.name).maker.doses

    @cached_property
    def flush(self) -> str:
        """Why a dose is mostly no therapy but a flush of the line, and what to type in its place; or ""."""
        rx, flush = self.rx, self.work.reference.flush(self.drug)
        amount = None if flush is None else self.amount(flush.unit)
        if flush is None or amount is None or amount > flush.up_to:
            return ""
        advice = (
            f"type the drug {flush.instead}" if flush.instead else "take the row out, for the per diem pays supplies"
        )
        what = f"{self.shown(flush.unit)} of {rx.shown_drug}"
        return f"{what} is mostly a flush of the line, and is billed as a therapy: {advice}"

    @property
    def continuous(self) -> bool:
        """True where its Dose is an amount, that of 24 hours."""
        return self.rx.interval is not None and self.rx.interval.continuous and isinstance(self.rx.dose, Dose)

    def bags_explain(self, order: Order) -> bool:
        """True where Dose is a bag's for more than a day: Dispensed bags come to a usual amount for each day."""
        rx, days = self.rx, order.last - order.first + 1
        if not self.continuous or self.usual is None or rx.dispensed is None or rx.dispensed >= days:
            return False
        usual, amount = self.usual
        return usual.holds_a_day(amount * rx.dispensed / days)

    def of_several_days(self, order: Order) -> str:
        """Why the Dose of a continuous infusion is that of a bag for several days, or "": it is that of 24 hours."""
        days = order.last - order.first + 1
        if not self.continuous or days < 2 or self.bags_explain(order):
            return ""
        said = f"the Dose of a continuous infusion is that of 24 hours, and this one runs {days} days: "
        dose = self.rx.dose
        if self.usual is not None:
            usual, amount = self.usual
            if amount > usual.most_a_day and usual.holds_a_day(amount / days):
                return f"{said}{dose} is more than the usual {usual.text_a_day} a day, and within it over these days"
        return f"{said}Vials hold {dose}, which is one day's dose" if self.in_vials else ""

    @cached_property
    def in_vials(self) -> bool:
        """True where its vials hold one dose, all of them together."""
        return any(_in_vials(self.rx, answer.row) for _, _, answer in self.codes)

    def on_all_days(self, what: str) -> Iterator[Wrong]:
        """What is said of it ("" nothing), for each of its orders."""
        return (wrong_order(order, what) for order in self.orders if what)

    def on_days(self, said: Iterable[tuple[int, int, str]], cause: str = "") -> Iterator[Wrong]:
        """What is said of some days (first, last, what; the earlier ones first), for each of its orders on its own."""
        said = list(said)
        for order in self.orders if said else ():
            found: dict[str, tuple[int, int]] = {}
            for since, until, what in said:
                first, last = max(order.first, since), min(order.last, until)
                if first <= last:
                    begins, _ = found.get(what, (first, last))
                    found[what] = (begins, last)
            for what, (first, last) in found.items():
                yield wrong_at(order, first, last, what, cause)


def prescribed(checked: Checked) -> list[Prescribed]:
    """The prescriptions of the orders that can be billed, of each payer."""
    found: dict[tuple[Prescription, Terms], Prescribed] = {}
    for claim in checked.claims:
        for order in claim.orders:
            rx = order.rx
            if order.problem is None and rx.drug is not None and rx.supplier not in NOT_OURS:
                one = found.get((rx, claim.terms))
                if one is None:
                    one = found[rx, claim.terms] = Prescribed(checked.work, rx, claim.terms)
                one.orders.append(order)
    return list(found.values())


# -- the dose ------------------------------------------------------------------------------------------------------


@check("dose unusual", WARNING, "Check the dose and its unit.")
def _unusual(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(prescribed):
        if one.usual is None or one.flush or one.usual[0].holds(one.usual[1]):
            continue
        what = f"one dose of {one.rx.shown_drug} is usually {one.usual[0].text}, not {one.shown(one.usual[0].unit)}"
        for order in one.orders:
            if not one.bags_explain(order) and not one.of_several_days(order):  # it is a bag's, or that is said
                yield wrong_order(order, what)


@check("flush as therapy", WARNING, "Do what the message says, if it flushes a line: a flush is no therapy of its own.")
def _flushes(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(prescribed):
        yield from one.on_all_days(one.flush)


@check(
    "dose of several days",
    WARNING,
    "Type the dose of 24 hours; or leave the bag's dose, and type in Dispensed how many bags there were.",
)
def _bags(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(prescribed):
        for order in one.orders:
            if said := one.of_several_days(order):
                yield wrong_order(order, said)


@check(
    "dispensed unlike the days",
    WARNING,
    "Compare Dispensed with the doses given: it counts doses of that Dose, no vials; bags that make one are one.",
)
def _dispensed(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(prescribed):
        for order in one.orders if one.rx.dispensed is not None else ():
            explained = one.bags_explain(order) or one.of_several_days(order)
            if not explained and (said := unlike_the_days(checked.work, one.terms, order)):
                yield wrong_order(order, said)


@check(
    "waste of a bulk package",
    WARNING,
    "Take that size out of Vials: JW and JZ are of single-dose containers alone, and what is left of one for many "
    "doses is not billed.",
)
def _bulk_packages(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(prescribed):
        yield from one.on_all_days(of_many_doses(checked.work, one.terms, one.rx, one.drug))


def _in_vials(rx: Prescription, row: DrugRow) -> bool:
    try:
        return isinstance(rx.dose, Dose) and sum(waste.sizes(rx.vials, row)) == amount_in(rx.dose, row.unit)
    except BillingError:
        return False  # Vials is blank, or the line says so where the payer wants the waste


# -- whose it is ---------------------------------------------------------------------------------------------------


@check(
    "product not known",
    WARNING,
    "Name the Product or the NDC: makers of this drug have codes of their own.",
    (PAYER_CODES, OWN_CODES),
)
def _generic(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(prescribed):
        rx = one.rx
        meant = checked.work.reference.products_meant(rx.drug) if rx.maker and isinstance(rx.drug, DrugName) else ()
        # makers have codes of their own since a day; before it there is nothing to choose
        said = [
            (
                max(first, start),
                min(last, end),
                f"{rx.shown_drug} is billed with {_which(answer.row)}: {rx.maker}",
            )
            for first, last, answer in one.codes
            if answer.by == answer.row.by and (meant or not answer.row.product)
            for start, end in _days_of_others(answer.row, meant) or rx.maker_days
        ]
        # whichever drugs they are, one look at the packages tells it of all
        yield from one.on_days(said, f"the drug is billed with its generic code: {rx.maker}")


def _which(row: DrugRow) -> str:
    """Whose code a drug is billed with, where its product is not known."""
    return f"{row.code}, that of {row.name}" if row.product else f"its generic code {row.code}"


def _days_of_others(row: DrugRow, meant: Iterable[DrugRow]) -> list[tuple[int, int]]:
    """The days on which a name may mean another product than the one that is billed."""
    return [ordinals(other) for other in meant if other.code != row.code]


@check("NDC of another drug", ERROR, "Compare the NDC with the package.")
def _other_drugs(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(prescribed):
        yield from one.on_all_days(_other_drug(checked.work, one.rx, one.drug))


def _other_drug(work: Work, rx: Prescription, drug: str) -> str:
    """Why the NDC is not the drug's, or "": a code of unlisted drugs may be any drug's."""
    told = products.nearest(work.reference, rx.ndc) if rx.ndc else None
    if told is None or any(row.unlisted for row in work.reference.rows_of_drug(drug)):
        return ""
    other = products.other_drug(work.reference, told, drug)
    return f"{told.text}: that is {other}, and the order is of {drug}" if other else ""


@check(
    "unlisted drug without NDC",
    ERROR,
    "Type the package's NDC: a code of unlisted drugs says nothing of the drug.",
    (PAYER_CODES, OWN_CODES),
)
def _unlisted(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(prescribed):
        codes = [(first, last, answer.row.code) for first, last, answer in one.codes if not one.rx.ndc]
        unlisted = ((first, last, code) for first, last, code in codes if checked.work.is_unlisted(code))
        yield from one.on_days(
            (first, last, f"{code} is for drugs without a code, and NDC is blank") for first, last, code in unlisted
        )


@check("Medicaid drug without NDC", WARNING, "Type the package's NDC: Medicaid agencies ask for it on drug lines.")
def _medicaid(checked: Checked) -> Iterator[Wrong]:
    for one in checked.once(prescribed):
        if not one.rx.ndc and one.terms.kind == MEDICAID:
            yield from one.on_all_days(f"NDC is blank, and {brief(one.terms.name)} is a Medicaid payer")
