"""What is kept between the functions of one workbook: the same cells, nothing but the same cells, in any thread."""

from __future__ import annotations

import copy
import datetime as dt
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from xl_infusion import BRIDGE, CLAIM_CHECKS, CLAIM_GRID, EXPLAIN, JUNITS, SCENARIO_GRID, ExcelError
from xl_infusion.errors import BillingError
from xl_infusion.functions.kept import Cells, Keeper, forget
from xl_infusion.functions.tables import Tables
from xl_infusion.spreadsheet.undisturbed import undisturbed

HEADER = ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"]


def table(**cells: Any) -> list[list[Any]]:
    row = {"Order": 1, "Patient": "P1", "Drug": "meropenem", "Dose": "1 g", "Interval": 8, "Start": "2025-05-01"}
    return [HEADER, [({**row, "Days": 1} | cells)[column] for column in HEADER]]


def work(orders: list[list[Any]]) -> object:
    with Tables(orders).claims() as claims:
        return claims.work


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


# -- the keeper ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True), (0, False), (2, 2.0), (Decimal(3), 3), ("#N/A", ExcelError("#N/A")), (None, ""), (None, 0),
        ("#N/B", ExcelError("#N/B")), (ExcelError("#N/A", "this"), ExcelError("#N/A", "that")),
        (dt.date(2025, 5, 1), dt.datetime(2025, 5, 1)), ([1, 2], [[1], [2]]), ([[1, 2], [3]], [[1], [2, 3]]), ([], None),
    ],
    ids=repr,
)  # fmt: skip
def test_what_python_calls_equal_may_be_two_cells(one: object, other: object) -> None:
    for first, second in ((one, other), (other, one)):
        for form in (lambda cell: cell, lambda cell: [["Dose"], [cell]], lambda cell: ["a", cell]):
            assert not Cells(form(first)).are(form(second))
            assert Cells(form(first)).are(copy.deepcopy(form(first))) or isinstance(first, list)


def test_rows_are_the_same_in_lists_and_tuples_and_as_they_were() -> None:
    rows: list[Any] = [["Dose", "Days"], ["1 g", 3], ExcelError("#N/A", "no row")]
    cells = Cells(rows)
    assert cells.are(tuple(tuple(row) if isinstance(row, list) else row for row in rows)) and cells.are([*rows])
    rows[1][1] = 4
    assert not cells.are(rows)


def test_what_is_no_single_cell_is_never_the_same() -> None:
    for cell in ([1], (1,), {"dose": 1}, bytearray(b"1")):
        rows = [["Dose"], [cell]]
        assert not Cells(rows).are(rows)


def test_the_latest_are_kept_and_no_more() -> None:
    keeper: Keeper[object] = Keeper(most=2)
    one, two = keeper.got(None, [1], object), keeper.got(None, [2], object)
    assert keeper.got(None, [1], object) is one  # 2 is the one of longest ago
    three = keeper.got(None, [3], object)
    assert (keeper.got(None, [1], object), keeper.got(None, [3], object)) == (one, three)
    assert keeper.got(None, [2], object) is not two
    assert keeper.got("another", [2], object) is not keeper.got(None, [2], object)
    kept = keeper.got(None, [2], object)
    forget()
    assert keeper.got(None, [2], object) is not kept


def test_nothing_is_kept_of_what_failed() -> None:
    keeper: Keeper[int] = Keeper(most=1)

    def fails() -> int:
        raise BillingError("not this time")

    for _ in range(2):
        with pytest.raises(BillingError), keeper.lent(None, [1], fails):
            pytest.fail("nothing was made")
    assert keeper.got(None, [1], lambda: 7) == keeper.got(None, [1], fails) == 7


# -- several threads -----------------------------------------------------------------------------------------------


@pytest.fixture
def many_switches() -> Iterator[None]:
    """Threads take turns after a few steps each; an interpreter that frees them runs them at once."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(*work: Callable[[], object]) -> list[object]:
    """What each comes to, in a thread of its own, all begun together."""
    begin = threading.Barrier(len(work))

    def begun(one: Callable[[], object]) -> object:
        begin.wait()
        return one()

    with ThreadPoolExecutor(len(work)) as pool:
        return [done.result() for done in [pool.submit(begun, one) for one in work]]


@pytest.mark.usefixtures("many_switches")
def test_threads_that_ask_for_the_same_have_it_made_once_and_one_at_a_time() -> None:
    keeper: Keeper[list[int]] = Keeper(most=1)
    made: list[list[int]] = []

    def make() -> list[int]:
        made.append([0])
        return made[-1]

    def add() -> None:
        for _ in range(200):
            with keeper.lent(None, [[["Dose"], [1]]], make) as mine:
                (before,) = mine
                mine.clear()  # who had it meanwhile would see it empty
                mine.append(before + 1)

    at_once(*[add] * 6)
    assert made == [[1200]]


@pytest.mark.usefixtures("many_switches")
def test_threads_that_ask_for_others_do_not_wait_for_each_other() -> None:
    keeper: Keeper[int] = Keeper(most=1)
    both = threading.Barrier(2)

    def use(cell: int) -> int:
        with keeper.lent(None, [cell], lambda: cell * 10) as mine:
            both.wait(timeout=60)  # the other one is in its block too
            return mine

    assert at_once(lambda: use(1), lambda: use(2)) == [10, 20]


RATES = [["Code", "Rate"], ["S9502", 100], ["J2185", 0.5]]
SCENARIOS = [["Scenario", "Per diem change"], ["Less", "-5%"], ["More", "5%"]]


@pytest.mark.slow
@pytest.mark.usefixtures("many_switches")
def test_every_grid_is_the_same_in_many_threads_as_alone() -> None:
    def ask(days: int) -> list[object]:
        orders = table(Days=days)
        own = [["Drug", "Code", "Amount", "Unit"], ["meropenem", "J9998", days, "mg"]]
        return [
            CLAIM_GRID(orders, None, None, RATES),
            SCENARIO_GRID(orders, None, None, RATES, SCENARIOS),
            BRIDGE(orders, None, None, RATES, SCENARIOS, "Less"),
            CLAIM_CHECKS(orders, None, [["Payer", "no such column"]]),
            EXPLAIN(1, orders, None, None, RATES),
            JUNITS("meropenem", "1 g", "2026-01-05", None, own),
        ]

    alone = [ask(days) for days in (1, 2, 3)]
    forget()
    rounds = at_once(*[lambda days=days: [ask(days) for _ in range(20)] for days in (1, 2, 3, 1, 2, 3)])
    assert rounds == [[of] * 20 for of in alone * 2]


def test_the_collector_rests_until_the_last_of_several_works_is_done() -> None:
    """Works of several threads end in any order."""
    one, other = undisturbed(), undisturbed()
    assert gc.isenabled()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert not gc.isenabled()
    other.__exit__(None, None, None)
    assert gc.isenabled()


def test_objects_that_somebody_froze_stay_frozen() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with undisturbed():
            pass
        assert gc.get_freeze_count() == frozen
    finally:
        gc.unfreeze()
