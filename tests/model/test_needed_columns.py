"""Which columns the tables of finance cannot do without: what lacks one is an error that names it."""

from __future__ import annotations

import pytest

from tests.model.payments import PAYERS, RATES_, THREE
from xl_infusion.errors import ExcelError, WrongInput
from xl_infusion.functions import EXPECTED_GRID, VARIANCE_GRID
from xl_infusion.functions.ranges import records
from xl_infusion.model.columns import SCENARIOS

REMITTANCE = [["Patient", "Code", "From", "Units", "Paid"], ["P1", "S9502", "2025-09-01", 10, 1450]]
COSTS = [["Drug or code", "Cost"], ["meropenem", 0.4]]


def without(table: list[list[object]], name: str) -> list[list[object]]:
    at = table[0].index(name)
    return [[*row[:at], *row[at + 1 :]] for row in table]


@pytest.mark.parametrize("name", ["Code", "From", "Units", "Paid"])
def test_a_remittance_needs_code_day_units_and_what_was_paid(name: str) -> None:
    grid = VARIANCE_GRID(THREE, None, PAYERS, RATES_, without(REMITTANCE, name))
    assert isinstance(grid, ExcelError) and f"Remittance lacks the column {name}:" in str(grid.message)


@pytest.mark.parametrize("name", ["Drug or code", "Cost"])
def test_costs_need_what_is_bought_and_its_price(name: str) -> None:
    grid = EXPECTED_GRID(THREE, None, PAYERS, RATES_, without(COSTS, name))
    assert isinstance(grid, ExcelError) and f"Costs lacks the column {name}:" in str(grid.message)


def test_every_other_column_may_be_missing() -> None:
    assert isinstance(VARIANCE_GRID(THREE, None, PAYERS, RATES_, REMITTANCE), list)
    assert isinstance(EXPECTED_GRID(THREE, None, PAYERS, RATES_, COSTS), list)


def test_a_scenario_needs_its_name_and_says_only_what_changes() -> None:
    assert len(records([["Scenario"], ["Offer"]], SCENARIOS)) == 1
    with pytest.raises(WrongInput, match="Scenarios lacks the column Scenario: "):
        records([["Payer", "Second share"], ["A", "60%"]], SCENARIOS)


@pytest.mark.parametrize("named", ["Order", "Patient"])
def test_a_remittance_names_the_order_or_the_patient(named: str) -> None:
    row = {"Order": 1, "Patient": "P1"}
    table = [[named, *REMITTANCE[0][1:]], [row[named], *REMITTANCE[1][1:]]]
    assert isinstance(VARIANCE_GRID(THREE, None, PAYERS, RATES_, table), list)
    grid = VARIANCE_GRID(THREE, None, PAYERS, RATES_, without(table, named))
    assert isinstance(grid, ExcelError) and "Remittance lacks the column Order or Patient:" in str(grid.message)
