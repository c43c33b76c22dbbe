"""Rates of a rank beside a new full rate: what a scenario does not change stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from xl_infusion import BRIDGE, SCENARIO_GRID

ORDERS = [
    ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"],
    [1, "P1", "A", "meropenem", "1 g", "q8h", "2025-09-01", 1],
    [2, "P1", "A", "ceftriaxone", "2 g", "q24h", "2025-09-01", 1],
]
PAYERS = [["Payer"], ["A"]]


def rates(*rows: list[Any]) -> list[list[Any]]:
    return [
        ["Payer", "Code", "Modifier", "Rate"],
        ["", "S9502", "", 150],
        *rows,
        ["", "J2185", "", 0],
        ["", "J0696", "", 0],
    ]


def test_the_rate_that_a_payer_has_already_changes_nothing() -> None:
    """The rank's rate of every payer comes after the payer's own full rate, in a scenario as in the contract."""
    table = rates(["A", "S9500", "", 100], ["", "S9500", "SH", 70])
    grid = SCENARIO_GRID(
        ORDERS, None, PAYERS, table, [["Scenario", "Payer", "Code", "Rate"], ["Same", "A", "S9500", 100]]
    )
    assert grid[3][7] == grid[1][7] == 200


def test_a_rate_of_a_rank_that_is_in_force_stays_beside_a_new_full_rate() -> None:
    table = rates(["", "S9500", "", 100], ["A", "S9500", "SH", 70])
    grid = SCENARIO_GRID(ORDERS, None, PAYERS, table, [["Scenario", "Code", "Rate"], ["New", "S9500", 300]])
    assert grid[3][7] == grid[1][7] == 220


def test_every_per_diem_goes_up_and_a_new_full_rate_takes_nothing_from_that_of_a_rank() -> None:
    table = rates(["", "S9500", "", 100], ["A", "S9500", "SH", 70])
    changes = [["Scenario", "Per diem change", "Code", "Rate"], ["Up", "10%", "S9500", 100]]
    assert SCENARIO_GRID(ORDERS, None, PAYERS, table, changes)[3][7] == 242
    assert [row[1] for row in BRIDGE(ORDERS, None, PAYERS, table, changes, "Up")[2:-1]] == [22, 0]


def test_the_new_rate_of_a_rank_is_not_changed_again() -> None:
    table = rates(["", "S9500", "", 100])
    changes = [["Scenario", "Per diem change", "Code", "Rate"], ["Up", "10%", "S9500-SH", 80]]
    assert SCENARIO_GRID(ORDERS, None, PAYERS, table, changes)[3][7] == 245


@pytest.mark.parametrize(("before", "after"), [("Base", "Up"), ("Up", "Base")])
def test_a_step_of_the_bridge_stands_on_the_lower_of_its_two_totals_and_goes_up_or_down(
    before: str, after: str
) -> None:
    changes = [["Scenario", "Per diem change", "Second share"], ["Up", 0.1, 0.4]]
    table = rates(["", "S9500", "", 100])
    first, *steps, _ = BRIDGE(ORDERS, None, PAYERS, table, changes, after, before)[1:]
    earlier = first[2]
    assert [step[1] > 0 for step in steps].count(True) == 1 == [step[1] < 0 for step in steps].count(True)
    for _, contribution, total, low, whole, up, down in steps:
        assert (low, whole) == (min(earlier, total), 0)
        assert (up, down) == (max(contribution, 0), max(-contribution, 0))
        earlier = total
