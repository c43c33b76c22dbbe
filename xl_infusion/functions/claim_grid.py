"""The claim grid: a workbook's orders and visits to the lines of every claim, in one spilled call."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from xl_infusion.claim import GRID, MONEY, ORDERS, PAYERS, RATES, VISITS, Claim, claims
from xl_infusion.functions.cells import shown
from xl_infusion.functions.ranges import records
from xl_infusion.functions.undisturbed import undisturbed
from xl_infusion.functions.worksheet import table
from xl_infusion.reference import current

CATEGORY = "Claim"


@table(CATEGORY, "=CLAIM_GRID(Orders[#All],Visits[#All],Payers[#All],Rates[#All])")
def CLAIM_GRID(
    orders: Annotated[
        Any,
        {"doc": "Orders with their header row: Order, Patient, Payer, Drug, Dose, Interval, Start, End or Days, ..."},
    ],
    visits: Annotated[Any, {"doc": "Visits with their header row: Patient, Date, Minutes"}] = None,
    payers: Annotated[Any, {"doc": "Payers with their header row: Payer, Second share, Third share"}] = None,
    rates: Annotated[Any, {"doc": "Rates with their header row: Payer (blank: any), Code, Rate, From, To"}] = None,
) -> Any:
    """The claim lines of all orders and visits, spilled: codes, modifiers, units, charges, and why.

    In: tables with their header row; columns are found by name, in any order. Out: a header row and one row
    a claim line: per diem units are days, drug units those of the line's whole span, Rate and Charge (US
    dollars) only when rates are given. A row that cannot be billed has a line whose Code or Units is the
    error and whose Why says the reason.
    Errors (of the whole grid): #VALUE! a table that lacks a column or has it twice; an argument's own error.
    Authority: HCPCS Level II (CMS); IDSA Home Infusion FAQ, 2013; the payer's contract.

    >>> grid = CLAIM_GRID([["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
    ...                    [1, "P1", "meropenem", "1 g", "q8h", "2013-05-01", 1],
    ...                    [2, "P1", "vancomycin", "1 g", "q12h", "2013-05-01", 1]])
    >>> for line in grid[1:]:
    ...     print(line[6], line[7] or "-", line[9], line[12])
    S9502 - 1 every 8 hours, first of 2 therapies; 1 day
    J2185 - 30 1 g = 10 units of 100 mg x 3 doses x 1 day
    S9501 SH 1 every 12 hours, second of 2 therapies; 1 day
    J3370 - 4 1 g = 2 units of 500 mg x 2 doses x 1 day
    """
    with undisturbed():
        rate_rows = records(rates, RATES)
        found = claims(current(), records(orders, ORDERS), records(visits, VISITS), records(payers, PAYERS), rate_rows)
        money = bool(rate_rows)
        header = [name for name in GRID if money or name not in MONEY]
        return [header, *(row for claim in found for row in _rows(claim, money))]


def _rows(claim: Claim, money: bool) -> list[list[object]]:
    patient, payer = claim.patient, claim.payer
    rows: list[list[object]] = []
    for number, line in enumerate(claim.lines, start=1):
        first, second, *_ = (*line.modifiers, "", "")
        code, units = line.code, line.units
        row = [
            patient,
            payer,
            number,
            dt.date.fromordinal(line.first) if line.first else "",
            dt.date.fromordinal(line.last) if line.last else "",
            line.place,
            code if isinstance(code, str) else shown(code),
            first,
            second,
            units if isinstance(units, int) else shown(units),
        ]
        if money:
            row += [shown(line.rate), shown(line.charge)]
        row += [shown(line.order), line.drug, line.why]
        rows.append(row)
    return rows
