"""A long day in one process: a recalculation lets go of the one before, whatever is wrong with the rows."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

import xl_infusion
from tests import ROOT
from tests.bad_rows import MODEL, given, wrong_cells
from tests.claim.test_checks import CLEAN
from xl_infusion import (
    BREAK_EVEN,
    BRIDGE,
    CLAIM_CHECKS,
    CLAIM_GRID,
    EXPECTED_GRID,
    EXPLAIN,
    SCENARIO_GRID,
    SENSITIVITY,
    VARIANCE_GRID,
)
from xl_infusion.claim.grid import Work
from xl_infusion.errors import BillingError, ReferenceTableError, kept
from xl_infusion.spreadsheet import undisturbed as module
from xl_infusion.spreadsheet.undisturbed import undisturbed

CLAIM = ("Orders", "Visits", "Payers", "Rates")
CODES = ("Payer codes", "Own codes", "Holds")


def holding() -> list[BaseException]:
    """The errors alive that still hold where they were raised."""
    errors = [one for one in gc.get_objects() if isinstance(one, (BillingError, ReferenceTableError))]
    return [one for one in errors if one.__traceback__ or one.__context__ or one.__cause__]


def alive(before: list[BaseException]) -> tuple[int, list[str]]:
    """How many workbooks' claims are alive, and the errors that hold where they were raised and did not ``before``,
    as those do that another test's pytest.raises keeps.
    """
    known = {id(one) for one in before}
    held = [f"{type(one).__name__}: {one}" for one in holding() if id(one) not in known]
    return sum(type(one) is Work for one in gc.get_objects()), held


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CLEAN, *MODEL])
def test_a_wrong_cell_keeps_no_claims_alive(name: str) -> None:
    """Every column of every table, without the garbage collector: of the 17 kinds of wrong cells each column has every
    third, the next column those that follow. That no error is kept as it was raised, the search below holds for all.
    """
    gc.collect()
    before = holding()
    gc.disable()
    row = 2 if name == "Provider" else 0
    try:
        for at, (_, _, book) in enumerate(islice(wrong_cells(name, row), None, None, 3)):
            tables, codes = given(book, *CLAIM), given(book, *CODES)
            costs, scenarios, remittance, provider = given(book, "Costs", "Scenarios", "Remittance", "Provider")
            CLAIM_GRID(*tables, *codes)
            if name == "Costs" or at % 2 == 0:
                EXPECTED_GRID(*tables, costs, *codes)
            if name == "Scenarios" or at % 7 == 0:
                SCENARIO_GRID(*tables, scenarios, *codes)
            if name == "Remittance" or at % 7 == 0:
                VARIANCE_GRID(*tables, remittance, *codes)
            if at % 3 == 0:
                CLAIM_CHECKS(*tables, provider, *codes)
                EXPLAIN(1, *tables, *codes)
            if at % 7 == 0:
                BRIDGE(*tables, scenarios, "Proposed", None, *codes)
                SENSITIVITY(*tables, [["Second share"]], [[0.4, "no such thing", 2]], "Blue", *codes)
                BREAK_EVEN(*tables, scenarios, "Proposed", "Per diem change", None, "Blue", *codes)
        works, held = alive(before)
        assert works <= 1 and held == []
    finally:
        gc.enable()


def test_a_kept_error_lets_go_of_all_that_it_was_raised_in_place_of() -> None:
    try:
        try:
            raise BillingError("first")
        except BillingError as error:
            raise error.at("Unit") from error
    except BillingError as error:
        assert error.__traceback__ and error.__context__ and error.__cause__
        found = kept(error)
    assert (found.__traceback__, found.__context__, found.__cause__, str(found)) == (None, None, None, "Unit: first")


#: What may be done with a caught error other than to keep it: to tell it, or to raise another one.
_TELLS = {"str", "isinstance", "type", "kept", "getattr", "fault"}


def keeps(handler: ast.ExceptHandler) -> list[int]:
    """The lines on which a caught error is used as a value, and not by way of `kept`."""
    fine = set()
    for node in ast.walk(handler):
        if isinstance(node, (ast.Attribute, ast.FormattedValue)):
            fine.add(id(node.value))
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in _TELLS or ast.unparse(node.func) == "ExcelError.of":
                fine |= {id(one) for one in node.args}
    if isinstance(handler.body[0], ast.Raise):
        return []
    lets_go = any(isinstance(node, ast.Call) and ast.unparse(node.func) == "kept" for node in ast.walk(handler))
    return [
        node.lineno
        for node in ast.walk(handler)
        if isinstance(node, ast.Name) and node.id == handler.name and id(node) not in fine and not lets_go
    ]


def test_no_caught_error_becomes_a_value_as_it_is() -> None:
    package = Path(xl_infusion.__file__).parent
    rooms = [package / "errors.py"]
    for room in ("reference", "rules", "claim", "model", "functions"):
        rooms += sorted((package / room).rglob("*.py"))
    found = []
    for path in rooms:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and node.name:
                found += [f"{path.relative_to(package)}:{line}" for line in keeps(node)]
    assert found == []


def test_the_search_itself_finds_one() -> None:
    (handler,) = [
        node
        for node in ast.walk(ast.parse("try:\n    read()\nexcept BillingError as error:\n    found = error\n"))
        if isinstance(node, ast.ExceptHandler)
    ]
    assert keeps(handler) == [4]


#: Twenty recalculations of 800 orders, of which one is edited; the process's resident size at its largest.
_DAY = """
import resource, sys
from benchmarks.orders import PAYERS, RATES, orders, under_contracts
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, EXPECTED_GRID
rows = under_contracts(orders(800, 40))
bad = {"Drug": "meropenum", "Interval": "every 5 hours", "Patient": None, "Dose": "10 units", "Payer": "Plan Z",
       "End": rows[1][6].replace(year=2020), "Start": "soon"}
if sys.argv[1] == "bad":
    for at, (column, cell) in enumerate(bad.items(), start=5):
        rows[at][rows[0].index(column)] = cell
for i in range(20):
    rows[1][0] = f"edited {i}"
    for function in (CLAIM_GRID, EXPECTED_GRID):
        function(rows, None, PAYERS, RATES)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no resource module")
def test_twenty_recalculations_with_bad_rows_take_no_more_than_with_clean_ones() -> None:
    def most(which: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", _DAY, which],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return int(done.stdout)

    assert most("bad") <= 1.2 * most("clean")


class Ring:
    """An object that only the garbage collector takes away."""

    def __init__(self) -> None:
        self.me = self


@pytest.mark.slow
def test_what_only_the_collector_takes_away_does_not_stay_for_ever() -> None:
    """Rings of somebody else's, made again and again while it rests: at most a few works' worth are alive."""

    def rings() -> int:
        return sum(type(one) is Ring for one in gc.get_objects())

    module._MADE.since = module._MADE.most = module._MADE.held = 0
    gc.freeze()  # what other tests have left: a collection waits until a quarter as much was made
    try:
        for _ in range(20):
            with undisturbed():
                made = [Ring() for _ in range(3000)]
            del made
            assert rings() <= 3000 * 6
    finally:
        gc.unfreeze()


def test_the_collector_waits_while_little_was_made_of_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    walks: list[int] = []
    monkeypatch.setattr(module.gc, "collect", lambda: walks.append(1) or 0)
    for held, expected in ((0, 1), (10**9, 0)):
        monkeypatch.setattr(module, "_MADE", module._Made(since=10**6, most=10, held=held))
        walks.clear()
        module._collected(10)
        assert len(walks) == expected
