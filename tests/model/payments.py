"""Three therapies of one patient, what they are paid, and the comparison of the two as rows of named cells."""

from __future__ import annotations

from typing import Any

from xl_infusion.claim import RATES
from xl_infusion.claim.rates import Rates
from xl_infusion.functions import VARIANCE_GRID
from xl_infusion.functions.ranges import records
from xl_infusion.functions.tables import Tables
from xl_infusion.functions.variance import lines_of, row_of
from xl_infusion.model.causes import Prices
from xl_infusion.model.expected import expected_lines
from xl_infusion.model.pairing import LIKELY, Likeness, Target, parts_of
from xl_infusion.model.remittance import remits
from xl_infusion.model.variance import payer_names

Row = dict[str, Any]

ORDER = ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"]
THREE: list[list[object]] = [
    ORDER,
    [1, "P1", "A", "meropenem", "1 g", "q8h", "2025-09-01", 10],
    [2, "P1", "A", "cefepime", "2 g", "q12h", "2025-09-01", 10],
    [3, "P1", "A", "ceftriaxone", "2 g", "daily", "2025-09-01", 10],
]
PAYERS: list[list[object]] = [["Payer", "Exempt therapies"], ["A", None], ["B", None], ["Full", "anti-infective"]]
RATES_: list[list[object]] = [
    ["Payer", "Code", "Rate", "Basis", "From", "To", "Per"],
    [None, "S9502", 150, None, None, None, None],
    [None, "S9501", 130, None, None, None, None],
    [None, "S9500", 110, None, None, "2025-12-31", None],
    [None, "S9500", 120, None, "2026-01-01", None, None],
    ["B", "S9500", 99, None, None, None, None],
    ["A", "S9502", 145, None, None, None, None],
    [None, "S9502", 178, "usual charge", None, None, None],
    [None, "J2185", 0.8, None, None, None, None],
    [None, "J0692", 1, None, None, None, None],
    [None, "J0696", "80%", "% of charge", None, None, None],
    [None, "J0696", 1, "usual charge", None, None, None],
    [None, "J3370", 2.5, None, None, None, None],
    [None, "J3373", 0.055, None, None, None, None],
    [None, "99601", 150, None, None, None, None],
    [None, "99602", 75, None, None, None, None],
]
PAID = ["Claim", "Order", "Patient", "Payer", "Code", "Modifiers", "From", "To", "Units", "Charge", "Allowed", "Paid",
        "Patient share", "Adjustments"]  # fmt: skip


def paid(code: str, units: object, amount: object, **more: object) -> Row:
    row: Row = {"Patient": "P1", "Code": code, "From": "2025-09-01", "To": "2025-09-10", "Units": units, "Paid": amount}
    return row | {name.replace("_", " "): cell for name, cell in more.items()}


def compared(
    rows: list[Row], orders: list[list[object]] = THREE, *, visits: Any = None, payers: Any = PAYERS,
    rates: Any = RATES_, codes: Any = None,
) -> list[Row]:  # fmt: skip
    table = [PAID, *([row.get(name) for name in PAID] for row in rows)]
    return in_order(orders, visits, payers, rates, table, codes)


def in_order(*tables: Any) -> list[Row]:
    """The rows of VARIANCE_GRID in the order of the expected lines, those of no line behind them.

    The grid has the same rows, what is to be looked at first: errors, then by how far a variance goes.
    """
    given = (*tables, *[None] * (7 - len(tables)))
    grid = VARIANCE_GRID(*given)
    orders, visits, payers, rates, remittance, *codes = given
    with Tables(orders, visits, payers, rates, *codes).claims() as claims:
        rows = [row_of(line) for line in lines_of(claims, rates, remittance)]
    assert isinstance(grid, list), grid.message
    assert sorted(map(repr, grid[1:])) == sorted(map(repr, rows))
    found = [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]
    urgent = [(isinstance(row["Variance"], str), abs(row["Variance"])) if not isinstance(row["Variance"], str)
              else (True, 0) for row in found]  # fmt: skip
    assert urgent == sorted(urgent, key=lambda one: (not one[0], -one[1]))
    return [dict(zip(grid[0], row, strict=True)) for row in rows]


def line(rows: list[Row], code: str, modifiers: str = "") -> Row:
    (found,) = [row for row in rows if (row["Code"], row["Modifiers"]) == (code, modifiers)]
    return found


ALONE: list[list[object]] = [ORDER, [1, "P1", "A", "ceftriaxone", "2 g", "daily", "2025-09-01", 10]]
OLD: list[list[object]] = [ORDER, [1, "P1", "A", "vancomycin", "1 g", "q12h", "2025-06-01", 10]]
NEW: list[list[object]] = [ORDER, [1, "P1", "A", "vancomycin", "1 g", "q12h", "2025-09-01", 10]]
JUNE = {"From": "2025-06-01", "To": "2025-06-10"}


def target_of(rows: list[Row]) -> tuple[Target, Prices]:
    with Tables(THREE, None, PAYERS, RATES_).claims() as claims:
        rates = Rates(records(RATES_, RATES), claims.work.reference)
        target = Target(0, next(iter(expected_lines(claims.work, claims.all))))
    for remit in remits(list(enumerate(rows, start=2))):
        target.parts += parts_of(remit, [target], [Likeness(1, LIKELY, "code")])
    return target, Prices(rates, claims.work.reference, payer_names(["b", "B", "A", ""]))
