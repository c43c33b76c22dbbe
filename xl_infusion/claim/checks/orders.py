"""Checks of single orders: what they lack, and what is unlikely in them."""

from __future__ import annotations

from collections.abc import Iterator

from xl_infusion.claim.checks.finding import Finding, at
from xl_infusion.claim.codes import DrugCode, PerDiem
from xl_infusion.claim.columns import NOT_OURS, ORDERS, PAYERS
from xl_infusion.claim.contract import Terms
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.inputs import Memory, good, text
from xl_infusion.claim.orders import Order, Prescription
from xl_infusion.claim.spans import LAST
from xl_infusion.errors import BillingError, CellError, UnknownPayer
from xl_infusion.reference import products
from xl_infusion.rules import npi as npi_rule
from xl_infusion.rules.dose import amount_in

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
                yield Finding("no payer", *at(order), order.first, order.last, "Payer is blank: nobody is billed")
            if rx.second_payer:
                second = work.payer(rx.second_payer).terms
                if isinstance(second.problem, UnknownPayer) and second is not terms:
                    yield _found((second.problem.kind, f"Second payer: {second.problem}"), "", order)
            if order.problem is None and (said := _by_day(work, terms, order)):
                yield Finding("single dose by day", *at(order), order.first, order.last, said)
            if order.problem is None and rx.drug is not None:
                known = about.get((rx, terms))
                if known is None:
                    known = about[rx, terms] = _About(work, terms, rx)
                if known.says:
                    yield from known.findings(order)


class _About:
    """What is wrong with a prescription, whosever order it is.

    ``says``: (kind of finding, first and last day on which it holds, what is wrong).
    """

    def __init__(self, work: Work, terms: Terms, rx: Prescription) -> None:
        assert rx.drug is not None
        drug = work.payer_codes.name_of(rx.drug)
        self.says: list[tuple[str, int, int, str]] = []
        if rx.supplier in NOT_OURS:
            return
        if unusual := _unusual(work, rx, drug):
            self.says.append(("dose unusual", 1, LAST, unusual))
        if not rx.ndc and terms.kind == MEDICAID:
            what = f"NDC is blank, and {terms.name} is a Medicaid payer"
            self.says.append(("Medicaid drug without NDC", 1, LAST, what))
        if other := _other_drug(work, rx, drug):
            self.says.append(("NDC of another drug", 1, LAST, other))
        for first, last, answer in work.payer(terms.name).codes.drug(rx).cut(1, LAST):
            if not isinstance(answer, DrugCode):
                continue
            code = answer.row.code
            if not rx.ndc and work.is_unlisted(code):
                what = f"{code} is for drugs without a code, and NDC is blank"
                self.says.append(("unlisted drug without NDC", first, last, what))
            if answer.by == answer.row.by and not answer.row.product:
                # makers have codes of their own since a day; before it there is nothing to choose
                what = f"{rx.shown_drug} is billed with its generic code {code}: {rx.maker}"
                self.says += [
                    ("product not known", max(first, start), min(last, end), what) for start, end in rx.maker_days
                ]

    def findings(self, order: Order) -> Iterator[Finding]:
        """What it says on the days of an order, each sentence once."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for kind, since, until, what in self.says:
            first, last = max(order.first, since), min(order.last, until)
            if first <= last:
                known = found.get((kind, what), (first, last))
                found[kind, what] = (min(first, known[0]), max(last, known[1]))
        for (kind, what), (first, last) in found.items():
            yield Finding(kind, *at(order), first, last, what)


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


def _other_drug(work: Work, rx: Prescription, drug: str) -> str:
    """Why the NDC is not the drug's, or "": a code of unlisted drugs may be any drug's."""
    told = products.nearest(work.reference, rx.ndc) if rx.ndc else None
    if told is None or any(row.drug == drug and row.amount is None for row in work.reference.drugs):
        return ""
    other = products.other_drug(work.reference, told, drug)
    return f"{told.text}: that is {other}, and the order is of {drug}" if other else ""


def _unusual(work: Work, rx: Prescription, drug: str) -> str:
    """Why the dose is unlikely, or ""."""
    usual = work.reference.usual_dose(drug)
    if usual is None or rx.dose is None or isinstance(rx.dose, BillingError):
        return ""
    try:
        amount = amount_in(rx.dose, usual.unit)
    except BillingError:
        return ""  # the drug is billed in another dimension: its line says so
    return "" if usual.holds(amount) else f"one dose of {rx.shown_drug} is usually {usual.text}, not {rx.dose}"


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
