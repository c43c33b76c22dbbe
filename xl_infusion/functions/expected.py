"""What the claim is worth: expected payment line by line, and any grid added up."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

from xl_infusion.claim import ORDERS, PAYERS, VISITS, is_called
from xl_infusion.functions.arguments import (
    FIRST_TABLES,
    LAST_TABLES,
    MODEL,
    Holds,
    Orders,
    OwnCodes,
    PayerCodes,
    Payers,
    Rates,
    Visits,
    lone,
)
from xl_infusion.functions.cells import shown
from xl_infusion.functions.cells import text as cell_text
from xl_infusion.functions.ranges import headings, records, rows_of
from xl_infusion.functions.tables import Tables
from xl_infusion.functions.worksheet import table
from xl_infusion.model.columns import COSTS, EXPECTED, IF_PATIENT_SHARE
from xl_infusion.spreadsheet.undisturbed import undisturbed

if TYPE_CHECKING:
    from xl_infusion.model.expected import ExpectedLine

Costs = Annotated[Any, {"doc": "Costs with their header row: Drug or code, Cost, Per, From, To. Left out: no costs"}]
Grid = Annotated[Any, {"doc": "A spilled grid with its headings: EXPECTED_GRID's, VARIANCE_GRID's, CLAIM_GRID's: A4#"}]
By = Annotated[
    Any, {"doc": "What to group by: a heading of the grid (Payer, Therapy, Drug, Kind, Patient, Code, ...), or Month"}
]
Across = Annotated[Any, {"doc": "A second heading, for a cross table: its groups stand side by side. Left out: none"}]
Value = Annotated[Any, {"doc": "What a cross table adds up: Expected (left out), Charge, Paid, Variance, ..."}]


@table(
    MODEL,
    f"=EXPECTED_GRID({FIRST_TABLES},Costs[#All],{LAST_TABLES})",
)
def EXPECTED_GRID(
    orders: Orders,
    visits: Visits = None,
    payers: Payers = None,
    rates: Rates = None,
    costs: Costs = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """What every claim line is expected to bring, spilled: charge, allowed, adjustment, patient share, margin.

    In: the tables of CLAIM_GRID, with Rates, and Costs if you like. Out: a header row and one row a claim line, US
    dollars. Charge is the usual charge where Rates has one, else the contract's amount; Allowed and Expected are what
    the contract comes to, 0 of a line that is sent to be denied; Expected + Adjustment = Charge. Patient share and
    Payer pays stand there where Payers has a column of what patients owe, Drug cost and Drug margin with Costs.
    Errors (of the whole grid): #N/A no rates; #VALUE! a table that lacks a column. A line that cannot be priced has
    the error in its amounts, and its Why says the reason.
    Authority: the payer's contract; deductible, coinsurance and copay as an 835 has them (CARC 1, 2, 3).

    >>> grid = EXPECTED_GRID([["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
    ...                       [1, "P1", "ceftriaxone", "2 g", "daily", "2025-09-01", 10]], None, None,
    ...                      [["Code", "Rate", "Basis"], ["S9500", 100, "fee"], ["S9500", 150, "usual charge"],
    ...                       ["J0696", 0.65, "fee"]])
    >>> for row in [grid[0], *grid[1:]]:
    ...     print(row[9], *row[12:17])
    Code Units Charge Allowed Expected Adjustment
    S9500 10 1500 1000 1000 500
    J0696 80 52 52 52 0
    """
    from xl_infusion.model.costs import Costs as CostTable
    from xl_infusion.model.expected import expected_lines

    tables = Tables(orders, visits, payers, rates, payer_codes, own_codes, holds)
    with undisturbed(), tables.claims() as found:
        bought = CostTable(found.work.reference, records(costs, COSTS))
        columns = {of.name: headings(value, of) for of, value in ((ORDERS, orders), (VISITS, visits), (PAYERS, payers))}
        shows = _Shown(
            further=[name for name in ("Modifier 3", "Modifier 4") if is_called(name, columns)],
            patient=not columns[PAYERS.name].isdisjoint(IF_PATIENT_SHARE),
            costs=bool(headings(costs, COSTS)),
        )
        return [shows.header, *(shows.row(line) for line in expected_lines(found.work, found.all, bought))]


class _Shown:
    """Expected lines as rows, with the columns that the given tables call for."""

    def __init__(self, further: list[str], patient: bool, costs: bool) -> None:
        without = {
            *{"Modifier 3", "Modifier 4"}.difference(further),
            *(() if patient else ("Patient share", "Payer pays")),
            *(() if costs else ("Drug cost", "Drug margin")),
        }
        self.header = [name for name in EXPECTED if name not in without]

    def row(self, expected: ExpectedLine) -> list[object]:
        """A line in the order of the header."""
        from xl_infusion.claim.modifiers import filled
        from xl_infusion.claim.order import Order

        line, claim = expected.line, expected.claim
        order = line.source if isinstance(line.source, Order) else None
        modifiers = filled(line.modifiers)
        cells: dict[str, object] = {
            "Patient": claim.patient,
            "Payer": claim.payer,
            "Line": expected.number,
            "From": dt.date.fromordinal(line.first) if line.first else "",
            "To": dt.date.fromordinal(line.last) if line.last else "",
            "Kind": expected.kind,
            "Therapy": expected.therapy,
            "Drug": order.rx.shown_drug if order else "",
            "Order": order.number if order else "",
            "Code": line.code,
            "Modifier 1": modifiers[0],
            "Modifier 2": modifiers[1],
            "Modifier 3": modifiers[2],
            "Modifier 4": modifiers[3],
            "Units": line.units,
            "Charge": expected.charge,
            "Allowed": expected.allowed,
            "Expected": expected.expected,
            "Adjustment": expected.adjustment,
            "Patient share": 0 if expected.patient_share is None else expected.patient_share,
            "Payer pays": expected.payer_pays,
            "Drug cost": expected.cost,
            "Drug margin": expected.margin,
            "Why": expected.why,
        }
        return [shown(cells[name]) for name in self.header]


@table(MODEL, '=CLAIM_SUMMARY(Remittance[#All],"Payer","Code","Paid")')
def CLAIM_SUMMARY(grid: Grid, by: By, across: Across = None, value: Value = None) -> Any:
    """A grid added up, spilled: by payer, therapy, drug, month, kind of line or patient, or by two of them crosswise.

    In: a grid with its headings, and one of them, or Month. Out: a header row, the total, and one row a group, with the
    number of lines and every amount that the grid has, US dollars; with across a cross table of one amount. A blank is
    the group (none). A column that is blank on every line stays blank. Month is that of service: a line's money is
    spread evenly over its days from From to To, to the cent, and adds up to it exactly; lines and units count in the
    month of From.
    Errors: #N/A a heading that the grid does not have, a cross table of a blank column; a group with an error in
    it is that error, and so is the total; the grid's own error.
    Authority: plain addition, exact to the cent.

    >>> for row in CLAIM_SUMMARY([["Payer", "Kind", "Expected"], ["A", "drug", 1.1], ["A", "visit", 2.2]], "Kind"):
    ...     print(*row)
    Kind Lines Expected
    Total 2 3.3
    drug 1 1.1
    visit 1 2.2
    >>> for row in CLAIM_SUMMARY([["From", "To", "Expected"], ["2025-12-30", "2026-01-01", 100]], "Month"):
    ...     print(*row)
    Month Lines Expected
    Total 1 100
    2025-12 1 66.66
    2026-01 0 33.34
    """
    with undisturbed():
        from xl_infusion.model.summary import Grid as Summed
        from xl_infusion.model.summary import cross, summary

        summed = Summed(rows_of(grid))
        first, second, amount = lone(by, "by"), lone(across, "across"), lone(value, "value")
        name = cell_text(first, "by")
        if second is None:
            rows = summary(summed, name)
        else:
            added = _main(summed) if amount is None else cell_text(amount, "value")
            rows = cross(summed, name, cell_text(second, "across"), added)
        return [[shown(cell) for cell in row] for row in rows]


def _main(grid: Any) -> str:
    """The amount that a cross table adds up where none is named."""
    for name in ("Variance", "Expected", "Charge"):
        if grid.at(name) is not None:
            return name
    return "Expected"
