"""The claim checks: everything that would get a claim denied, in one spilled call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from xl_infusion.claim import OWN_CODES, PROVIDER
from xl_infusion.claim.column import Table
from xl_infusion.errors import BillingError, CellError, kept
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
from xl_infusion.functions.ranges import is_cell, records
from xl_infusion.functions.tables import TABLES, Claims, Tables
from xl_infusion.functions.worksheet import table
from xl_infusion.reference import current
from xl_infusion.spreadsheet.undisturbed import undisturbed

if TYPE_CHECKING:
    from xl_infusion.claim.checks import Finding

HEADER = ["Severity", "Finding", "Sheet", "Row", "Order", "From", "To", "What is wrong", "What to do", "Count"]
#: Beside the headings, each before its number: how many there are. A grid of a fixed size, which cuts off what it grows
#: by, shows fewer.
COUNTED = ("Claim lines", "Findings")
#: Behind them, only where a finding has one: the cells of a row of Own codes, in the order of that table, to be copied.
OFFERED = tuple(f"{OWN_CODES.name}: {column.name}" for column in OWN_CODES.columns)


@table(
    CLAIM,
    f"=CLAIM_CHECKS({FIRST_TABLES},Provider[#All],{LAST_TABLES})",
)
def CLAIM_CHECKS(
    orders: Orders,
    visits: Visits = None,
    payers: Payers = None,
    rates: Rates = None,
    provider: Annotated[
        Any, {"doc": "Provider with its header row: Item (NPI, Accreditation, Filing date), Value, From, To"}
    ] = None,
    payer_codes: PayerCodes = None,
    own_codes: OwnCodes = None,
    holds: Holds = None,
) -> Any:
    """Everything that would get a claim denied or its money wrong, spilled: what, where, and what to do.

    In: the tables of CLAIM_GRID, and the provider's. Out: a header row and one row a finding, errors first:
    severity (error or warning), kind, sheet, row of the table (its heading is row 1), order, first and last
    day, what is wrong, what to do, and how many rows it tells of: a cause that repeats is one finding, at the
    first of its rows, and names them all. No finding: the header row alone. A table that lacks a column is a
    finding too, and the rest is checked without it. Beside the headings stand how many lines the claim has, and
    how many findings there are: a sheet that shows fewer is cut off. Where a drug or a code is not in the reference,
    the columns of Own codes follow, with the row that is wanted as far as the order says it: copy it there.
    Errors: an argument's own error.
    Authority: HCPCS Level II (CMS); the payer's contract; 45 CFR 162.406 (NPI).

    >>> found = CLAIM_CHECKS([["Order", "Patient", "Prescriber", "Drug", "Dose", "Interval", "Start", "Days"],
    ...                       [1, "P1", "1234567893", "meropenum", "1 g", "q8h", "2025-05-01", 1]])
    >>> found[1][:5], found[1][7]
    (['error', 'unknown drug', 'Orders', 2, 1], "drug 'meropenum' is not in the reference: did you mean meropenem?")
    """
    from xl_infusion.claim.checks import findings, joined
    from xl_infusion.claim.provider import Provider

    with undisturbed():
        unread: dict[str, BillingError] = {}
        who = Provider.read(current(), _read(provider, PROVIDER, unread))
        with _claims(Tables(orders, visits, payers, rates, payer_codes, own_codes, holds), unread) as claims:
            found = joined(findings(claims.work, claims.all, who, unread))
            lines = sum(len(claim.lines) for claim in claims.all)
    counts = (lines, len(found))
    beside: list[object] = [cell for pair in zip(COUNTED, counts, strict=True) for cell in pair]
    offers = OFFERED if any(one.offer for one in found) else ()
    rows = [[*_row(one), *[""] * len(beside), *(_offer(one) if offers else ())] for one in found]
    return [[*HEADER, *beside, *offers], *rows]


@contextmanager
def _claims(tables: Tables, unread: dict[str, BillingError]) -> Iterator[Claims]:
    """The claims of the tables that can be read; why the others cannot is then in ``unread``."""
    with ExitStack() as stack:
        try:
            claims = stack.enter_context(tables.claims())
        except BillingError:
            given = {name: getattr(tables, name) for name in TABLES}
            blank = [name for name, of in TABLES.items() if not _read(given[name], of, unread)]
            claims = stack.enter_context(replace(tables, **dict.fromkeys(blank)).claims())
        yield claims


def _read(value: object, of: Table, unread: dict[str, BillingError]) -> list[tuple[int, dict[str, object]]]:
    """The rows of a table; none where its headings are wrong: why is then in ``unread``."""
    try:
        return records(value, of)
    except BillingError as error:
        if isinstance(error, CellError) and is_cell(value):
            raise
        unread[of.name] = kept(error)
        return []


def _row(finding: Finding) -> list[object]:
    return [
        finding.severity,
        finding.kind,
        finding.sheet,
        finding.row or "",
        shown(finding.order),
        dt.date.fromordinal(finding.first) if finding.first else "",
        dt.date.fromordinal(finding.last) if finding.last else "",
        fitting(finding.what),
        finding.remedy,
        finding.count,
    ]


def _offer(finding: Finding) -> list[str]:
    """The row of Own codes that mends a finding, blank cells where it has none."""
    known = dict(finding.offer)
    return [known.get(column.name, "") for column in OWN_CODES.columns]
