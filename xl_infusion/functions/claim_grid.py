"""The claim grid: a workbook's orders and visits to the lines of every claim, in one spilled call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xl_infusion.claim import GRID, MONEY, ORDERS, PAYERS, RATES, VISITS, is_called
from xl_infusion.errors import BillingError
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
from xl_infusion.functions.cells import fitting, shown
from xl_infusion.functions.ranges import headings
from xl_infusion.functions.tables import Tables
from xl_infusion.functions.worksheet import table
from xl_infusion.spreadsheet.undisturbed import undisturbed

if TYPE_CHECKING:
    from xl_infusion.claim.grid import Claim


@table(CLAIM, f"=CLAIM_GRID({FIRST_TABLES},{LAST_TABLES})")
def CLAIM_GRID(
    orders: Orders,
    visits: Visits = None,
    payers: Payers = None,
    rates: Rates = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """The claim lines of all orders and visits, spilled: codes, modifiers, units, charges, and why.

    In: tables with their header row; columns are found by name, in any order. Out: a header row and one row
    a claim line: per diem units are days, drug units those of the line's whole span, Rate and Charge (US
    dollars) only when rates are given (blank while their table has no rows), Modifiers 3 and 4, the NDC and
    Waits for only where a table has a column that calls for them. A row that cannot be billed has a line whose
    Code or Units is the error and whose Why says the reason.
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
    tables = Tables(orders, visits, payers, rates, payer_codes, own_codes, holds)
    with undisturbed(), tables.claims() as found:
        given = ((ORDERS, orders), (VISITS, visits), (PAYERS, payers), (RATES, rates))
        has = {of.name: headings(value, of) for of, value in given}
        shows = _Shown(bool(has[RATES.name]), has)
        rows: list[list[object]] = [shows.header]
        for claim in found.all:
            shows.add(rows, claim)
        return rows


class _Days(dict[int, object]):
    """Ordinals as the days that the cells show; the days of a workbook repeat."""

    def __missing__(self, ordinal: int) -> object:
        day = self[ordinal] = dt.date.fromordinal(ordinal) if ordinal else ""
        return day


class _Dollars(dict[Decimal | BillingError | None, object]):
    """Amounts as the cells show them; they repeat too."""

    def __missing__(self, amount: Decimal | BillingError | None) -> object:
        found = self[amount] = shown(amount)
        return found


class _Shown:
    """Claim lines as rows of the grid, with the columns that the given tables call for."""

    def __init__(self, money: bool, columns: Mapping[str, frozenset[str]]) -> None:
        """``columns``: those that the tables have, by the table's name."""

        def has(name: str) -> bool:
            return is_called(name, columns)

        self.money = money
        self.header: list[object] = [name for name in GRID if (money or name not in MONEY) and has(name)]
        self.places = 2 + has("Modifier 3") + has("Modifier 4")
        self.ndc, self.waits = (has(name) for name in ("NDC", "Waits for"))
        self.days = _Days()
        self.dollars = _Dollars()

    def add(self, rows: list[list[object]], claim: Claim) -> None:
        """Adds the lines of a claim."""
        from xl_infusion.claim.modifiers import filled
        from xl_infusion.claim.order import Order

        patient, payer, days, dollars = claim.patient, claim.payer, self.days, self.dollars
        for at, line in enumerate(claim.lines, start=1):
            code, units, modifiers, source = line.code, line.units, filled(line.modifiers), line.source
            row = [
                patient,
                payer,
                at,
                days[line.first],
                days[line.last],
                line.place,
                code if isinstance(code, str) else shown(code),
                *modifiers[: self.places],
            ]
            row.append(units if isinstance(units, int) else shown(units))
            if self.money:
                row += (dollars[line.rate], dollars[line.charge])
            if isinstance(source, Order):
                number = source.number
                row += (number if isinstance(number, int) else shown(number), source.rx.shown_drug)
            else:
                row += ("", "")
            if self.ndc:
                row += ("", "", "") if line.ndc is None else map(shown, line.ndc)
            if self.waits:
                row.append(line.waits)
            row.append(fitting(line.why))
            rows.append(row)
