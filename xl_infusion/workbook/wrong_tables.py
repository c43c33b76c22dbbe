"""What a function was given in the place of a table: a range that lacks a column, a single cell, an error.

A grid that fails for it cannot be what was asked, whatever is typed into the workbook. One that has no answer yet (no
rates, too short a history, no such scenario), or that a row spoils, can.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence

from xl_infusion.claim.column import Table
from xl_infusion.claim.columns import TABLES
from xl_infusion.errors import BillingError
from xl_infusion.functions.ranges import records
from xl_infusion.model import MODEL_TABLES

#: The tables by the parameters that take them: ``payer_codes``.
BY_PARAMETER = {table.name.replace(" ", "_").casefold(): table for table in (*TABLES, *MODEL_TABLES)}


def why_no_table(value: object, table: Table) -> str:
    """Why a value is not the table that a function takes; "" where it is, or where nothing is given.

    >>> from xl_infusion.claim.columns import VISITS
    >>> why_no_table([["Date", "Minutes"], ["2025-10-01", 90]], VISITS)
    'Visits lacks the column Patient: its first row has Date, Minutes'
    >>> why_no_table([["Patient", "Date", "Minutes"], ["PT-1", "", "ninety"]], VISITS), why_no_table(None, VISITS)
    ('', '')
    """
    try:
        records(value[:2] if isinstance(value, (list, tuple)) else value, table)
    except BillingError as error:
        return str(error)
    return ""


def given_wrong(function: Callable[..., object], arguments: Sequence[object]) -> bool:
    """Whether a call has no table where the function takes one, or too few or too many arguments."""
    try:
        given = inspect.signature(function).bind(*arguments).arguments
    except TypeError:
        return True
    return any(name in BY_PARAMETER and why_no_table(value, BY_PARAMETER[name]) for name, value in given.items())
