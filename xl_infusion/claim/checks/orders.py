"""Checks of single orders: what they lack, and what is unlikely in them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from xl_infusion.claim.checks.finding import Finding
from xl_infusion.claim.codes import DrugCode
from xl_infusion.claim.columns import NOT_OURS, ORDERS
from xl_infusion.claim.contract import Terms
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.inputs import Memory, good, text
from xl_infusion.claim.orders import Order, Prescription
from xl_infusion.claim.provider import Provider
from xl_infusion.errors import BillingError
from xl_infusion.rules import npi as npi_rule
from xl_infusion.rules.dose import amount_in


def checks(work: Work, claims: list[Claim], provider: Provider) -> Iterator[Finding]:
    """Prescriber, authorization, usual dose, product, NDC of unlisted drugs, filing limit, overlapping orders."""
    prescribed = bool(work.orders) and "Prescriber" in work.orders[0].row
    if work.orders and not prescribed:
        yield Finding("no prescriber", ORDERS.name, 1, "", 0, 0, "Orders has no column Prescriber")
    memory = Memory()
    about: dict[tuple[Prescription, Terms], _About] = {}
    of_drug: dict[tuple[str, str], list[Order]] = defaultdict(list)
    for claim in claims:
        terms = claim.terms
        for order in claim.orders:
            rx, cells = order.rx, order.row
            if prescribed and (found := memory.read(_prescriber, cells["Prescriber"])):
                yield _found(*found, order) if isinstance(found, tuple) else _found("wrong NPI", str(found), order)
            if terms.authorization and (lacks := memory.read(_authorization, cells.get("Authorization"))):
                yield _found("authorization missing", str(lacks), order)
            if order.problem is None and rx.drug is not None and rx.supplier not in NOT_OURS:
                known = about.get((rx, terms))
                if known is None:
                    known = about[rx, terms] = _About(work, terms, order)
                for kind, what in known.findings:
                    yield _found(kind, what, order)
                if known.unlisted:
                    yield from known.unlisted_on(order)
                of_drug[order.patient, known.drug].append(order)
            if provider.filed and order.dated:
                yield from _late(order, provider.filed, (terms, work.payer(rx.payer).terms))
    for orders in of_drug.values():
        if len(orders) > 1:
            yield from _overlaps(orders)


class _About:
    """What is wrong with a prescription, whosever order it is."""

    def __init__(self, work: Work, terms: Terms, order: Order) -> None:
        self.work, self.terms = work, terms
        rx = order.rx
        assert rx.drug is not None
        self.drug = work.payer_codes.drug_name(rx.drug)
        self.findings: list[tuple[str, str]] = []
        if unusual := self._unusual(rx):
            self.findings.append(("dose unusual", unusual))
        self.codes = work.payer(terms.name).codes.drug(rx)
        answers = [answer for answer in self.codes.values if isinstance(answer, DrugCode)]
        if rx.maker and not any(answer.by for answer in answers):
            what = f"{rx.shown_drug} is billed with its generic code: {rx.maker}"
            self.findings.append(("product not known", what))
        #: codes of drugs that have none, which need an NDC
        self.unlisted = set() if rx.ndc else {one.row.code for one in answers if work.is_unlisted(one.row.code)}

    def unlisted_on(self, order: Order) -> Iterator[Finding]:
        """The codes of unlisted drugs that an order has on its days."""
        for first, last, answer in self.codes.cut(order.first, order.last):
            if isinstance(answer, DrugCode) and answer.row.code in self.unlisted:
                what = f"{answer.row.code} is for drugs without a code, and NDC is blank"
                yield Finding("unlisted drug without NDC", ORDERS.name, order.at, order.number, first, last, what)

    def _unusual(self, rx: Prescription) -> str:
        """Why the dose is unlikely, or ""."""
        usual = self.work.reference.usual_dose(self.drug)
        if usual is None or rx.dose is None or isinstance(rx.dose, BillingError):
            return ""
        try:
            amount = amount_in(rx.dose, usual.unit)
        except BillingError:
            return ""  # the drug is billed in another dimension: its line says so
        return "" if usual.holds(amount) else f"one dose of {rx.shown_drug} is usually {usual.text}, not {rx.dose}"


def _found(kind: str, what: str, order: Order) -> Finding:
    return Finding(kind, ORDERS.name, order.at, order.number, order.first, order.last, what)


def _prescriber(cell: object) -> tuple[str, str] | None:
    """What is wrong with a prescriber's cell: the kind of the finding, and the sentence."""
    if cell is None:
        return "no prescriber", "Prescriber is blank"
    npi_rule.parse(good(cell, "Prescriber"))
    return None


def _authorization(cell: object) -> str:
    """What is wrong with the cell of an order that needs an authorization, or ""."""
    given = text(good(cell, "Authorization"), "Authorization")
    return "" if given else "the payer needs an authorization, and the order has none"


def _late(order: Order, filed: int, terms: Sequence[Terms]) -> Iterator[Finding]:
    limits = [one.days_to_file for one in terms if one.days_to_file is not None]
    if limits and filed - order.last > min(limits):
        last, day = map(dt.date.fromordinal, (order.last, filed))
        what = f"{last} to {day} is {filed - order.last} days, and the payer gives {min(limits)}"
        yield _found("past the filing limit", what, order)


def _overlaps(orders: list[Order]) -> Iterator[Finding]:
    """Two orders of one drug for one patient with a day in common: each with the one before it."""
    orders = sorted((order for order in orders if order.dated), key=lambda order: (order.first, order.last, order.key))
    latest: Order | None = None
    for order in orders:
        if latest is not None and order.first <= latest.last:
            until = min(order.last, latest.last)
            what = f"{order.rx.shown_drug} runs in order {latest.label} already, through "
            yield Finding(
                "same drug twice", ORDERS.name, order.at, order.number, order.first, until,
                what + str(dt.date.fromordinal(latest.last)),
            )  # fmt: skip
        if latest is None or order.last > latest.last:
            latest = order
