"""NPIs, the prescriber's of an order and the provider's own."""

from __future__ import annotations

from collections.abc import Iterator

from xl_infusion.claim.checks.check import ERROR, WARNING, Checked, Wrong, check, wrong_order, wrong_row
from xl_infusion.claim.columns import ORDERS, PROVIDER
from xl_infusion.claim.inputs import Memory, good
from xl_infusion.claim.order import Order
from xl_infusion.errors import BillingError, CellError
from xl_infusion.rules import npi


@check(
    "no prescriber", WARNING, "Type the prescriber's NPI before a claim is written: an order is billed without it."
)  # fmt: skip
def _no_prescriber(checked: Checked) -> Iterator[Wrong]:
    orders = checked.work.orders
    if orders and "Prescriber" not in orders[0].row:
        yield wrong_row(ORDERS, 1, "Orders has no column Prescriber")
    for order, cell in checked.once(prescribers):
        if cell is None:
            yield wrong_order(order, "Prescriber is blank")


@check("wrong NPI", ERROR, "Compare the NPI with the NPI Registry.")
def _wrong_npi(checked: Checked) -> Iterator[Wrong]:
    for order, cell in checked.once(prescribers):
        if isinstance(cell, BillingError) and not isinstance(cell, CellError):
            yield wrong_order(order, str(cell))
    for row, problem in checked.provider.problems:
        if checked.provider.is_of_npi(row, problem):
            yield wrong_row(PROVIDER, row, problem)


@check("no NPI", ERROR, "Add a row NPI to Provider.")
def _no_npi(checked: Checked) -> Iterator[Wrong]:
    if checked.provider.given and not checked.provider.npi_row:
        yield wrong_row(PROVIDER, 1, "Provider has no row NPI")


def prescribers(checked: Checked) -> list[tuple[Order, str | BillingError | None]]:
    """What stands in Prescriber of the orders: an NPI, None for a blank, or why it is none."""
    orders = checked.work.orders
    if not orders or "Prescriber" not in orders[0].row:
        return []
    memory = Memory()
    return [
        (order, memory.read(_prescriber, order.row["Prescriber"])) for claim in checked.claims for order in claim.orders
    ]


def _prescriber(cell: object) -> str | None:
    return None if cell is None else npi.parse(good(cell, "Prescriber"))
