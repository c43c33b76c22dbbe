"""The claims that are kept between the functions of one workbook: the same cells, and nothing but the same cells."""

from __future__ import annotations

import gc
from typing import Any

from xl_infusion import CLAIM_GRID, ExcelError
from xl_infusion.functions.claim_grid import forget, work_of
from xl_infusion.spreadsheet.undisturbed import undisturbed

HEADER = ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"]


def table(**cells: Any) -> list[list[Any]]:
    row = {"Order": 1, "Patient": "P1", "Drug": "meropenem", "Dose": "1 g", "Interval": 8, "Start": "2025-05-01"}
    return [HEADER, [({**row, "Days": 1} | cells)[column] for column in HEADER]]


def work(orders: list[list[Any]]) -> object:
    return work_of(orders, None, None, None, None)[0]


def test_equal_tables_share_their_claims_until_they_are_forgotten() -> None:
    first = work(table())
    assert work(table()) is first
    assert work([tuple(row) for row in table()]) is first
    forget()
    assert work(table()) is not first


def test_another_cell_is_another_claim_even_where_python_calls_it_equal() -> None:
    first = work(table())
    assert work(table(Days=1.0)) is not first
    grid = CLAIM_GRID(table())
    assert CLAIM_GRID(table(Days=True)) != grid and CLAIM_GRID(table()) == grid


def test_the_reason_of_an_error_cell_is_its_own() -> None:
    one = CLAIM_GRID(table(Dose=ExcelError("#N/A", "no dose in the chart")))
    other = CLAIM_GRID(table(Dose=ExcelError("#N/A", "another reason")))
    assert "no dose in the chart" in one[2][-1] and "another reason" in other[2][-1]


def test_a_table_changed_afterwards_is_read_again() -> None:
    orders = table()
    assert CLAIM_GRID(orders)[2][9] == 30
    orders[1][3] = "2 g"
    assert CLAIM_GRID(orders)[2][9] == 60


def test_objects_that_somebody_froze_stay_frozen() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with undisturbed():
            pass
        assert gc.get_freeze_count() == frozen
    finally:
        gc.unfreeze()
