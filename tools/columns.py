"""The tables in pages about the tables that people type in, of what their columns declare."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from xl_infusion.claim.column import Column, Table
from xl_infusion.claim.columns import ORDERS, TABLES
from xl_infusion.claim.terms import TERMS
from xl_infusion.model import MODEL_TABLES
from xl_infusion.reference.tables import bundled


def rows(headings: Iterable[str], cells: Iterable[Iterable[str]]) -> str:
    """A table of a page.

    >>> print(rows(["a", "b"], [["1", "2 | 3"]]))
    | a | b |
    |---|---|
    | 1 | 2 \\| 3 |
    """
    head, body = list(headings), [list(row) for row in cells]
    lines = [head, *body]
    shown = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines]
    return "\n".join([shown[0], "|" + "---|" * len(head), *shown[1:]])


def takes(columns: Iterable[Column], heading: str = "column") -> str:
    """What some columns take, as the notes on their headings say it."""
    return rows([heading, "takes"], ([column.name, column.doc] for column in columns))


def supply() -> str:
    """The columns of Orders that say more than what is given, to whom and when."""
    first = ORDERS.columns.index(ORDERS["Second payer"])
    return takes(ORDERS.columns[first:], "column of Orders")


def contract() -> str:
    """The terms of a contract, each with its default and where that is from."""
    headings = ["column", "takes", "blank", "the default's source"]
    said = [(one.column, one.default) for one in TERMS.values() if one.column.name]
    return rows(headings, ([column.name, column.doc, row.value, row.source] for column, row in said))


def every() -> str:
    """Every table with its columns: what each takes, whether it must be there, its other names."""
    return "\n\n".join(f"## {table.name}\n\n{table.hint}\n\n{_columns(table)}" for table in (*TABLES, *MODEL_TABLES))


def _columns(table: Table) -> str:
    headings = ["column", "needed", "takes", "also found under"]
    return rows(
        headings,
        ([one.name, _needed(table, one), one.doc, ", ".join(one.synonyms)] for one in table.columns),
    )


def _needed(table: Table, column: Column) -> str:
    if column.needed:
        return "yes"
    others = [name for name in table.one_of if name != column.name]
    return f"or {' or '.join(others)}" if column.name in table.one_of else ""


def counted(text: str, names: Iterable[str]) -> str:
    """A table of the reference's tables with the number of rows that each has now: the rest of a row is by hand.

    Errors: ValueError that names a table without a row.
    """
    found = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    if lacking := [name for name in names if name not in found]:
        raise ValueError(f"docs/reference.md has no row for {', '.join(lacking)}: say what it is and where it is from")
    head = [line for line in text.splitlines() if not line.startswith("| `")]
    return "\n".join([*head, *(_with_count(line, name) for name, line in found.items() if name in names)])


def _with_count(line: str, name: str) -> str:
    cells = line.split(" | ")
    cells[1] = str(len(list(csv.reader(bundled(name).splitlines()))) - 1)
    return " | ".join(cells)
