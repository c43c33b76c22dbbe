"""Who pays, and what the payer has to have given before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from xl_infusion.claim.checks.check import ERROR, Checked, Wrong, check, wrong_order, wrong_visit
from xl_infusion.claim.columns import ORDERS
from xl_infusion.claim.grid import Claim
from xl_infusion.claim.inputs import Memory, good, text
from xl_infusion.claim.order import Order
from xl_infusion.errors import BillingError, CellError


@check("no payer", ERROR, "Name the payer; of a visit, compare its Patient with those of Orders first.", (ORDERS,))
def _no_payer(checked: Checked) -> Iterator[Wrong]:
    """Nobody to bill; where the payer cannot be read or told, that is said already."""
    of_patient = checked.once(orders_of_patients)
    for claim in checked.claims if checked.work.names_payers else ():
        if not claim.payer:
            for order in claim.orders:
                if order.row.get("Payer") is None:
                    yield wrong_order(order, "Payer is blank: no payer to bill")
            yield from _of_visits(claim, of_patient)


def _of_visits(claim: Claim, of_patient: dict[str, list[Order]]) -> Iterator[Wrong]:
    for visit in claim.visits:
        orders = of_patient.get(visit.patient, [])
        unsure = any(isinstance(problem, CellError) for problem in visit.problems)
        if visit.ours and not unsure and all(order.row.get("Payer") is None for order in orders):
            of = "" if orders else ", and Orders has no order of the patient of this visit"
            yield wrong_visit(visit, f"Payer is blank{of}: no payer to bill")


@check("authorization missing", ERROR, "Type the number that the payer gave; if it gave none, ask for it.")
def _no_authorization(checked: Checked) -> Iterator[Wrong]:
    for order, cell in checked.once(authorizations):
        if not isinstance(cell, CellError):
            what = str(cell) if cell else "the payer needs an authorization, and the order has none"
            yield wrong_order(order, what)


def authorizations(checked: Checked) -> list[tuple[Order, BillingError | None]]:
    """The orders without an authorization that their payer needs: None for a blank, or why it cannot be read."""
    memory = Memory()
    found: list[tuple[Order, BillingError | None]] = []
    for claim in checked.claims:
        for order in claim.orders if claim.terms.authorization else ():
            cell = memory.read(_authorization, order.row.get("Authorization"))
            if isinstance(cell, BillingError):
                found.append((order, cell))
            elif not cell:
                found.append((order, None))
    return found


def _authorization(cell: object) -> str:
    return text(good(cell, "Authorization"), "Authorization")


def orders_of_patients(checked: Checked) -> dict[str, list[Order]]:
    """The orders of each patient, where there are visits to go with them."""
    found: dict[str, list[Order]] = defaultdict(list)
    for order in checked.work.orders if checked.work.visits else ():
        found[order.patient].append(order)
    return found
