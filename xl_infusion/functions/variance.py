"""Paid against expected: what the payers paid beside what they were expected to pay, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from xl_infusion.claim import RATES
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
)
from xl_infusion.functions.cells import shown
from xl_infusion.functions.ranges import records
from xl_infusion.functions.tables import Claims, Tables
from xl_infusion.functions.worksheet import table
from xl_infusion.model.columns import REMITTANCE_EXPORT, VARIANCE
from xl_infusion.spreadsheet.undisturbed import undisturbed

if TYPE_CHECKING:
    from xl_infusion.model.pairing import Target
    from xl_infusion.model.remittance import Remit
    from xl_infusion.model.variance import VarianceLine

Remittance = Annotated[
    Any, {"doc": "Remittance with its header row: Order or Patient, Code, Modifiers, From, To, Units, Paid, ..."}
]


@table(MODEL, f"=VARIANCE_GRID({FIRST_TABLES},Remittance[#All],{LAST_TABLES})")
def VARIANCE_GRID(
    orders: Orders,
    visits: Visits,
    payers: Payers,
    rates: Rates,
    remittance: Remittance,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """Paid against expected, line by line, spilled: the variance, its likely cause, how sure the match is, what to do.

    In: the tables of CLAIM_GRID with Rates, and Remittance: what the payers paid, a row a line. Out: a header row, a
    row for each expected claim line with the remittance rows that pay it, and one for each row that no line expects:
    what is to be looked at first; Expected and Paid add up to the tables, to the cent. Expected is what the payer is
    to pay, Variance is Paid less Expected, US dollars. Sums: =CLAIM_SUMMARY(grid,"Payer","Cause","Variance").
    Errors (of the whole grid): #N/A no rates; #VALUE! a table that lacks a column. A line that cannot be priced, and a
    row that cannot be read, has the error in its amounts, and its Why says the reason.
    Authority: the payer's contract; claim adjustment group and reason codes as an 835 has them.

    >>> grid = VARIANCE_GRID([["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
    ...                       [1, "P1", "ceftriaxone", "2 g", "daily", "2025-09-01", 10]],
    ...                      None, None, [["Code", "Rate"], ["S9500", 100], ["J0696", 0.65]],
    ...                      [["Patient", "Code", "From", "To", "Units", "Paid"],
    ...                       ["P1", "S9500", "2025-09-01", "2025-09-09", 9, 900]])
    >>> for row in grid:
    ...     print(*row[3:4], *row[9:13])
    Code Expected Paid Variance Cause
    S9500 1000 900 -100 days counted short
    J0696 52 0 -52 line missing
    """
    from xl_infusion.model.variance import first_to_look_at

    tables = Tables(orders, visits, payers, rates, payer_codes, own_codes, holds)
    with undisturbed(), tables.claims() as found:
        lines = lines_of(found, rates, remittance)
        return [[*VARIANCE], *map(row_of, first_to_look_at(lines))]


def lines_of(claims: Claims, rates: object, remittance: object) -> Iterator[VarianceLine]:
    """The comparison of the tables: the expected lines in their order, then the rows that pay none of them.

    Errors: those of the tables.
    """
    from xl_infusion.claim.rates import Rates as RateTable
    from xl_infusion.model.causes import Prices
    from xl_infusion.model.expected import expected_lines
    from xl_infusion.model.remittance import remits
    from xl_infusion.model.variance import payer_names, variance_lines

    work = claims.work
    # of its own: what is asked of it is not asked for a claim, and no finding of the checks
    asked = RateTable(records(rates, RATES), work.reference)
    names = payer_names([terms.name for terms in work.payers.all] + [payer for payer, _ in asked.all])
    prices = Prices(asked, work.reference, names)
    paid = remits(records(remittance, REMITTANCE_EXPORT))
    return variance_lines(expected_lines(work, claims.all), paid, prices)


def row_of(line: VarianceLine) -> list[object]:
    """A line in the order of the header."""
    rows = line.rows
    who, first, last, units = _of_line(line.target) if line.target is not None else _of_row(rows[0])
    # the error of a row that cannot be placed stands in the cell that a reader looks at first for the line
    problem = rows[0].problem if line.target is None else None
    return [
        *map(shown, who),
        dt.date.fromordinal(first) if first else shown(problem),
        dt.date.fromordinal(last) if last else shown(problem),
        shown(units),
        shown(line.units),
        shown(line.expected),
        shown(line.paid),
        shown(line.variance),
        line.cause,
        line.match,
        ", ".join(str(row.at) for row in rows),
        ", ".join(dict.fromkeys(row.claim for row in rows if row.claim)),
        "; ".join(dict.fromkeys(row.said for row in rows if row.said)),
        line.why,
    ]


#: Whose a line is (patient, payer, order, code, modifiers), its first and last day, and its units.
_Place = tuple[list[object], int, int, object]


def _of_line(target: Target) -> _Place:
    """Where an expected line stands."""
    from xl_infusion.claim.order import Order

    line, claim = target.expected.line, target.expected.claim
    number = line.source.number if isinstance(line.source, Order) else ""
    who = [claim.patient, claim.payer, number, line.code, " ".join(line.modifiers)]
    return who, line.first, line.last, line.units


def _of_row(row: Remit) -> _Place:
    """Where a remittance row stands that pays no line."""
    cell = row.row.get
    who = [cell("Patient"), cell("Payer"), cell("Order"), row.code or cell("Code"), " ".join(row.modifiers)]
    return who, row.first, row.last, None
