"""Claims out of tables that a test writes as rows of named cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xl_infusion import CLAIM_GRID, ExcelError

Row = dict[str, Any]

#: The columns that an order of a test has whether it fills them or not.
ORDER = ("Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "End")
VISIT = ("Patient", "Date", "Minutes")
PAYER = ("Payer",)
RATE = ("Code", "Rate")
PAYER_CODE = ("Payer", "Drug or therapy", "Code")
OWN_CODE = ("Drug", "Code")


def order(number: object, drug: object, dose: object, interval: object, start: object, end: object, **more: Any) -> Row:
    """One order of patient P1; names of columns with an underscore for each space."""
    row = {"Order": number, "Patient": "P1", "Drug": drug, "Dose": dose, "Interval": interval, "Start": start,
           "End": end}  # fmt: skip
    return row | {name.replace("_", " "): cell for name, cell in more.items()}


def visit(date: object, minutes: object = None, **more: Any) -> Row:
    return {"Patient": "P1", "Date": date, "Minutes": minutes} | {
        name.replace("_", " "): cell for name, cell in more.items()
    }


def table(rows: Sequence[Row], columns: Sequence[str] = ()) -> list[list[Any]]:
    """Rows as a range with its header: the given columns, and the others in the order in which they come."""
    header = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    return [header, *([row.get(name) for name in header] for row in rows)]


def claim(
    orders: Sequence[Row],
    visits: Sequence[Any] = (),
    payers: Sequence[Any] = (),
    rates: Sequence[Any] = (),
    codes: Sequence[Any] = (),
    own_codes: Sequence[Any] = (),
) -> list[Row]:
    """The lines of the grid as rows of named cells; a table is a list of such rows, or a range with its header."""
    tables = [(orders, ORDER), (visits, VISIT), (payers, PAYER), (rates, RATE), (codes, PAYER_CODE),
              (own_codes, OWN_CODE)]  # fmt: skip
    found = CLAIM_GRID(
        *(table(rows, columns) if rows and isinstance(rows[0], dict) else rows or None for rows, columns in tables)
    )
    assert not isinstance(found, ExcelError), found.message
    header, *rows = found
    return [dict(zip(header, row, strict=True)) for row in rows]


def modifiers(line: Row) -> str:
    """The modifiers of a line as they are read: SH-59."""
    names = ("Modifier 1", "Modifier 2", "Modifier 3", "Modifier 4")
    return "-".join(str(line[name]) for name in names if line.get(name))


def short(lines: Sequence[Row]) -> list[tuple[str, str, int]]:
    """Code with modifiers, days, units: what a biller reads first."""
    out = []
    for line in lines:
        code = "-".join(filter(None, [str(line["Code"]), modifiers(line)]))
        out.append((code, f"{line['From']:%m/%d}-{line['To']:%m/%d}" if line["From"] else "", line["Units"]))
    return out
