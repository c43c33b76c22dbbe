"""The claim grid: a workbook's orders and visits to the lines of every claim, in one spilled call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from xl_infusion.claim import (
    GRID,
    IF_COLUMN,
    MONEY,
    ORDERS,
    PAYER_CODES,
    PAYERS,
    RATES,
    VISITS,
)
from xl_infusion.errors import BillingError, ExcelError
from xl_infusion.functions.cells import fitting, shown
from xl_infusion.functions.own_codes import OwnCodes, reference_with
from xl_infusion.functions.ranges import headings, records
from xl_infusion.functions.worksheet import table
from xl_infusion.reference import Reference
from xl_infusion.spreadsheet.undisturbed import undisturbed

if TYPE_CHECKING:
    from xl_infusion.claim.grid import Claim, Work

CATEGORY = "Claim"
T = TypeVar("T")


Orders = Annotated[
    Any,
    {"doc": "Orders with their header row: Order, Patient, Payer, Drug, Dose, Interval, Start, End or Days, ..."},
]
Visits = Annotated[Any, {"doc": "Visits with their header row: Patient, Date, Minutes, ..."}]
Payers = Annotated[Any, {"doc": "Payers with their header row: Payer, Covers, Second share, Third share, ..."}]
Rates = Annotated[Any, {"doc": "Rates with their header row: Payer (blank: any), Code, Modifier, Rate, From, To, ..."}]
PayerCodes = Annotated[
    Any, {"doc": "Payer codes with their header row: Payer, Drug or therapy, Interval, Code, Unit, From, To"}
]


@table(CATEGORY, "=CLAIM_GRID(Orders[#All],Visits[#All],Payers[#All],Rates[#All],PayerCodes[#All],OwnCodes[#All])")
def CLAIM_GRID(
    orders: Orders,
    visits: Visits = None,
    payers: Payers = None,
    rates: Rates = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
) -> Any:
    """The claim lines of all orders and visits, spilled: codes, modifiers, units, charges, and why.

    In: tables with their header row; columns are found by name, in any order. Out: a header row and one row
    a claim line: per diem units are days, drug units those of the line's whole span, Rate and Charge (US
    dollars) only when rates are given (blank while their table has no rows), Modifier 3, the NDC and Waits
    for only where a table has a column that calls for them. A row that cannot be billed has a line whose
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
    with undisturbed():
        _, claims = work_of(orders, visits, payers, rates, payer_codes, own_codes)
        has = {of.name: headings(value, of) for of, value in ((ORDERS, orders), (PAYERS, payers), (RATES, rates))}
        shows = _Shown(bool(has[RATES.name]), has)
        rows: list[list[object]] = [shows.header]
        for claim in claims:
            shows.add(rows, claim)
        return rows


def work_of(
    orders: object,
    visits: object,
    payers: object,
    rates: object,
    payer_codes: object,
    own_codes: object = None,
) -> tuple[Work, list[Claim]]:
    """The tables of a workbook read, and the claims that they come to.

    The grid, its checks and its explanations stand in one workbook and ask for the same claims: the latest are
    kept, and made again when a cell of a table, or the reference, is another. Own codes are in the reference.
    """
    from xl_infusion.claim.grid import Work

    values = (orders, visits, payers, rates, payer_codes)
    reference = reference_with(own_codes)
    for known in _latest:
        if known.reference is reference and known.same(values):
            return known.work, known.claims
    work = Work(reference, *(records(value, of) for of, value in zip(_TABLES, values, strict=True)))
    claims = list(work.claims())
    _latest[:] = [_Known(reference, [*map(_copy, values)], [*map(_kinds, values)], work, claims)]
    return work, claims


def beside(work: Work, make: Callable[[], T]) -> T:
    """What else is worked out of the latest claims: made once, and kept no longer than they are."""
    (known,) = (known for known in _latest if known.work is work)
    if not known.beside:
        known.beside.append(make())
    found: T = known.beside[0]
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    reference: Reference
    values: list[object]
    kinds: list[list[type]]
    work: Work
    claims: list[Claim]
    beside: list[Any] = field(default_factory=list)

    def same(self, values: Sequence[object]) -> bool:
        """Equal tables, and their cells of the same kinds: TRUE and 1 are equal and yet not one cell.

        Nor are two errors of one kind, which may have different reasons.
        """
        if any(before != _copy(after) for before, after in zip(self.values, values, strict=True)):
            return False
        return self.kinds == [*map(_kinds, values)] and not any(ExcelError in kinds for kinds in self.kinds)


def forget() -> None:
    """Lets go of the claims that are kept."""
    _latest.clear()


_TABLES = (ORDERS, VISITS, PAYERS, RATES, PAYER_CODES)
_latest: list[_Known] = []


def _copy(value: object) -> object:
    """A range as it is now: whoever gave it may change it afterwards."""
    return list(map(_row, value)) if isinstance(value, (list, tuple)) else value


def _row(row: object) -> object:
    return list(row) if isinstance(row, (list, tuple)) else row


def _kinds(value: object) -> list[type]:
    if isinstance(value, (list, tuple)) and all(isinstance(row, (list, tuple)) for row in value):
        return [kind for row in value for kind in map(type, row)]
    return list(map(type, value)) if isinstance(value, (list, tuple)) else [type(value)]


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
            table, column = IF_COLUMN.get(name, ("", ""))
            return not table or column in columns[table]

        self.money = money
        self.header: list[object] = [name for name in GRID if (money or name not in MONEY) and has(name)]
        self.third, self.ndc, self.waits = (has(name) for name in ("Modifier 3", "NDC", "Waits for"))
        self.days = _Days()
        self.dollars = _Dollars()

    def add(self, rows: list[list[object]], claim: Claim) -> None:
        """Adds the lines of a claim."""
        from xl_infusion.claim.orders import Order

        patient, payer, days, dollars = claim.patient, claim.payer, self.days, self.dollars
        for at, line in enumerate(claim.lines, start=1):
            code, units, modifiers, source = line.code, line.units, line.modifiers, line.source
            row = [
                patient,
                payer,
                at,
                days[line.first],
                days[line.last],
                line.place,
                code if isinstance(code, str) else shown(code),
                modifiers[0] if modifiers else "",
                modifiers[1] if len(modifiers) > 1 else "",
            ]
            if self.third:
                row.append(modifiers[2] if len(modifiers) > 2 else "")
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
