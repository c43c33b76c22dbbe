"""The explanation of an order: how each of its lines came to be."""

from __future__ import annotations

from typing import Annotated, Any

from xl_infusion.errors import NotFound, WrongInput, quoted
from xl_infusion.functions.arguments import (
    CLAIM,
    FIRST_TABLES,
    LAST_TABLES,
    Holds,
    Orders,
    OwnCodes,
    PayerCodes,
    Payers,
    Rates,
    Visits,
)
from xl_infusion.functions.cells import fitting, normal
from xl_infusion.functions.ranges import is_range, rows_of
from xl_infusion.functions.tables import Tables
from xl_infusion.functions.worksheet import table
from xl_infusion.spreadsheet.undisturbed import undisturbed

HEADER = ["Step", "Question", "Answer", "Decided by"]


@table(CLAIM, f'=EXPLAIN("RX-104",{FIRST_TABLES},{LAST_TABLES})')
def EXPLAIN(
    order: Annotated[Any, {"doc": "The number of an order, as its row in Orders has it"}],
    orders: Orders,
    visits: Visits = None,
    payers: Payers = None,
    rates: Rates = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """How each claim line of one order came to be, spilled step by step: what one reads to an auditor.

    In: an order's number and the tables of CLAIM_GRID. Out: a header row and one row a step: its number, the
    question, the answer, and the row of Payers, Rates, Payer codes or Own codes, or the source of the reference,
    that decided it.
    Errors: #N/A no order of that number; #VALUE! a blank number, a table that lacks a column or has it twice.
    Authority: that of every step stands beside it.

    >>> steps = EXPLAIN(1, [["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
    ...                     [1, "P1", "vanco", "1 g", "q12h", "2025-07-01", 14]])
    >>> steps[2], steps[-1][2]
    ([2, 'Which drug is that?', 'vanco is vancomycin', "Orders table row 2; the reference's names"], 'J3373 x 2800')
    """
    from xl_infusion.claim.explain import explain
    from xl_infusion.claim.inputs import good
    from xl_infusion.claim.inputs import text as label_of

    with undisturbed():
        cells = [cell for row in rows_of(order) for cell in row] if is_range(order) else [normal(order)]
        if len(cells) != 1:
            raise WrongInput("order is several cells: give one order's number")
        label = label_of(good(cells[0], "order"), "order")
        if not label:
            raise WrongInput("order is blank: give the number of an order")
        with Tables(orders, visits, payers, rates, payer_codes, own_codes, holds).claims() as found:
            steps = [
                [number, *map(fitting, (step.question, step.answer, step.decided_by))]
                for number, step in enumerate(explain(found.work, found.all, label), start=1)
            ]
    if not steps:
        raise NotFound(f"order {quoted(label)} is not in Orders: give the number as its row has it")
    return [HEADER, *steps]
