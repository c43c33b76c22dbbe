"""Which columns the tables of a claim cannot do without: what lacks one is an error that names it."""

from __future__ import annotations

import pytest

from xl_infusion.claim.column import Table
from xl_infusion.claim.columns import ORDERS, OWN_CODES, PAYER_CODES, PAYERS, PROVIDER, RATES, VISITS
from xl_infusion.errors import WrongInput
from xl_infusion.functions.ranges import records

#: The least that somebody types into a table: its first row, and whichever of its last columns (None: no choice).
LEAST: list[tuple[Table, list[object], tuple[str, ...] | None]] = [
    (ORDERS, ["Order", "Patient", "Drug", "Dose", "Interval", "Start"], ("End", "Days")),
    (VISITS, ["Patient", "Date"], ("Minutes", "End time")),
    (PAYERS, ["Payer"], None),
    (PAYER_CODES, ["Payer", "Drug or therapy", "Code"], None),
    (OWN_CODES, ["Drug", "Code"], None),
    (RATES, ["Code", "Rate"], None),
    (PROVIDER, ["Item", "Value"], None),
]


@pytest.mark.parametrize(("table", "names", "one_of"), LEAST, ids=[table.name for table, *_ in LEAST])
def test_a_table_needs_its_dark_headings_and_no_other(
    table: Table, names: list[object], one_of: tuple[str, ...] | None
) -> None:
    for last in one_of or (None,):
        least = [*names, *([last] if last else [])]
        assert records([least, ["x"] * len(least)], table)[0][0] == 2
        for name in least:
            lacks = " or ".join(one_of or ()) if name == last else name
            without = [other for other in least if other != name] or ["Note"]
            with pytest.raises(WrongInput, match=f"{table.name} lacks the column {lacks}: "):
                records([without, ["x"] * len(without)], table)
