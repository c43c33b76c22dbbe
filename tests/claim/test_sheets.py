"""What the sheet of a table lets somebody type is what the claim reads."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.claim.claims import Row, claim, order, visit
from xl_infusion import ExcelError
from xl_infusion.claim.column import Limits, Table
from xl_infusion.claim.columns import ORDERS, OWN_CODES, RATES


def _refused(name: str, column: str, cell: object) -> bool:
    """True where a cell of a table of a claim that is right but for it makes a line of the claim an error."""
    tables: dict[str, Row] = {
        "Orders": order(1, "ceftriaxone", "2 g", 24, "2025-09-01", None, Days=3, NDC="0409-7332-01"),
        "Visits": visit("2025-09-01", 60),
        "Rates": {"Code": "S9500", "Rate": 100},
        "Own codes": {"Drug": "ceftriaxone", "Code": "J9999", "Amount": 1, "Unit": "g", "Source": "a notice"},
    }
    tables[name] = {**tables[name], column: cell}
    orders, visits, rates, own_codes = ([row] for row in tables.values())
    lines = claim(orders, visits, rates=rates, own_codes=own_codes)
    priced = [line for line in lines if line["Code"] == "S9500"]
    return any(isinstance(line[of], ExcelError) for line in lines for of in ("Code", "Units")) or any(
        isinstance(line["Charge"], ExcelError) for line in priced
    )


@pytest.mark.parametrize(
    ("table", "name"),
    [(RATES, "Rate"), (OWN_CODES, "Amount"), (OWN_CODES, "Code"), (ORDERS, "NDC quantity")],
)
def test_the_sheet_of_a_table_refuses_what_the_claim_refuses(table: Table, name: str) -> None:
    """Those of orders, visits and finance: tests/model/test_columns.py; of payers: test_terms.py."""
    checked = table[name].checked
    assert isinstance(checked, Limits)
    least, most = checked.least, checked.most
    cells: dict[object, bool] = {}
    if checked.kind == "letters":
        cells = {f"J{'9' * (count - 1)}": not least <= count <= most for count in (least - 1, least, most, most + 1)}
    else:
        cells |= {} if checked.over is None else {checked.over: True, checked.over + Decimal("0.001"): False}
        cells |= {} if least is None else {least: False, least - 1: True}
    assert {cell: _refused(table.name, name, cell) for cell in cells} == cells


@pytest.mark.parametrize(
    ("table", "name", "taken", "refused"),
    [
        (ORDERS, "Authorization", ["7", "A" * 50], ["A" * 51]),  # as its words say
        (OWN_CODES, "Source", ["?", "x" * 250], ["x" * 251]),
        (ORDERS, "NDC", ["0409653321", "0409-6533-21", "00409-6533-21"], ["040965332", "0409-6533"]),
    ],
)
def test_a_text_may_be_as_long_as_it_is_written(table: Table, name: str, taken: list[str], refused: list[str]) -> None:
    checked = table[name].checked
    assert isinstance(checked, Limits) and checked.kind == "letters"
    assert checked.least is not None and checked.most is not None
    fits = {text: checked.least <= len(text) <= checked.most for text in (*taken, *refused)}
    assert fits == {**dict.fromkeys(taken, True), **dict.fromkeys(refused, False)}
