"""What typing into the tables of finance and of orders is checked for is what the reader of the cell refuses."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.claim.claims import claim, order, visit
from xl_infusion.claim.column import Limits
from xl_infusion.claim.columns import ORDERS, VISITS
from xl_infusion.claim.orders import OrderReader
from xl_infusion.errors import BillingError, WrongInput
from xl_infusion.model.changes import TERMS, ChangeReader
from xl_infusion.model.columns import COSTS, REMITTANCE, SCENARIOS
from xl_infusion.model.costs import Costs
from xl_infusion.reference import current

#: Reads a cell of a column: what is wrong with it, None for nothing.
Reads = Callable[[object], BillingError | None]


def of_order(name: str) -> Reads:
    def read(cell: object) -> BillingError | None:
        end = {"End": None} if name == "Days" else {}
        row = {**order(1, "meropenem", "1 g", 8, "2025-07-01", "2025-07-02"), "Dispensed": 87840, **end, name: cell}
        return OrderReader(current()).orders([(2, row)])[0].problem

    return read


def of_visit(cell: object) -> BillingError | None:
    line = claim([], [visit("2025-07-01", cell)])[0]
    return WrongInput(line["Why"]) if line["Code"] == "#NUM!" else None


def of_cost(cell: object) -> BillingError | None:
    found = Costs(current(), [(2, {"Drug or code": "J2185", "Cost": cell})])._rows["J2185"]
    return next((one for one in found if isinstance(one, BillingError)), None)


def of_scenario(name: str) -> Reads:
    def read(cell: object) -> BillingError | None:
        try:
            ChangeReader(current()).value(name, cell)
        except BillingError as error:
            return error
        return None

    return read


READERS: dict[tuple[str, str], Reads] = {
    **{(ORDERS.name, name): of_order(name) for name in ("Days", "Dispensed", "Unused")},
    (VISITS.name, "Minutes"): of_visit,
    (COSTS.name, "Cost"): of_cost,
    **{(SCENARIOS.name, name): of_scenario(name) for name in TERMS if isinstance(SCENARIOS[name].checked, Limits)},
}
TABLES = {table.name: table for table in (ORDERS, VISITS, COSTS, SCENARIOS)}


@pytest.mark.parametrize(("table", "column"), READERS)
def test_the_sheet_refuses_what_the_reader_refuses(table: str, column: str) -> None:
    checked, read = TABLES[table][column].checked, READERS[table, column]
    assert isinstance(checked, Limits)
    least, most = checked.least, checked.most
    within = [limit for limit in (least, most) if limit is not None]
    beyond = [limit + by for limit, by in ((least, -1), (most, 1)) if limit is not None]
    assert within and [read(cell) for cell in within] == [None] * len(within)
    for cell in [*beyond, *(cell + Decimal("0.5") for cell in within if checked.kind == "whole")]:
        assert read(cell) is not None, f"{table}, {column}: {cell} cannot be typed, and is read"


@pytest.mark.parametrize("name", ["Units", "Charge", "Allowed", "Paid", "Patient share"])
def test_of_a_remittance_as_much_may_be_taken_back_as_may_be_paid(name: str) -> None:
    """Ten million either way: a takeback is as large as what it takes back, and a slip of the hand is larger."""
    checked = REMITTANCE[name].checked
    assert isinstance(checked, Limits) and (checked.least, checked.most) == (-10_000_000, 10_000_000)


def test_what_is_typed_of_a_remittance_in_letters_is_as_long_as_payers_write_it() -> None:
    modifiers, reasons = REMITTANCE["Modifiers"].checked, REMITTANCE["Adjustments"].checked
    assert isinstance(modifiers, Limits) and isinstance(reasons, Limits)
    for checked, written in (
        (modifiers, ("SH", "SH 59 GY KX", "SH, 59, GY, KX")),
        (reasons, ("1", "CO-45 12.50 " * 20)),
    ):
        assert checked.kind == "letters" and checked.least is not None and checked.most is not None
        assert all(checked.least <= len(text) <= checked.most for text in written)
