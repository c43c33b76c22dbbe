"""The net at the boundary of a call: whatever a function is called with, and whatever it does, its cell is one value."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import openpyxl
import pytest

from xl_infusion import CLAIM_GRID, JUNITS, ExcelError
from xl_infusion.errors import NotFound
from xl_infusion.functions import FUNCTIONS, worksheet
from xl_infusion.workbook.fill import fill

NAMES = list(FUNCTIONS)


@pytest.mark.parametrize("name", NAMES)
def test_an_argument_too_few_is_named(name: str) -> None:
    function = FUNCTIONS[name]
    needed = [parameter.name for parameter in function.parameters if not parameter.optional]
    for given in range(len(needed)):
        found = function.call(*["q8h"] * given)
        assert found == "#VALUE!" and isinstance(found, ExcelError)
        missing = " and no ".join(needed[given:])
        assert found.message == f"{name} has no {missing}: write ={function.usage}"


@pytest.mark.parametrize("name", NAMES)
def test_an_argument_too_many_is_counted(name: str) -> None:
    function = FUNCTIONS[name]
    found = function.call(*[None] * (len(function.parameters) + 1))
    assert found == "#VALUE!" and isinstance(found, ExcelError)
    assert f"{name} has {len(function.parameters) + 1} arguments, and takes" in found.message


def test_in_python_a_wrong_number_of_arguments_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="dose"):
        JUNITS("meropenem")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        CLAIM_GRID([], None, None, None, None, None, None, None)  # type: ignore[call-arg]


@pytest.fixture
def broken() -> Iterator[None]:
    """Two functions that fail as no rule foresaw, for one cell of many and for a whole range."""

    @worksheet.scalar("Drugs", "=BROKEN(1)")
    def BROKEN(cell: Annotated[Any, {"doc": "Any cell"}]) -> Any:
        """Fails for a text."""
        if cell == "none such":
            raise NotFound("there is none such")
        return cell + 1

    @worksheet.table("Claim", "=BROKEN_GRID(1)")
    def BROKEN_GRID(orders: Annotated[Any, {"doc": "Any range"}] = None) -> Any:
        """Fails."""
        raise StopIteration("Jane Roe")

    yield
    del FUNCTIONS["BROKEN"], FUNCTIONS["BROKEN_GRID"]


@pytest.mark.faulty
@pytest.mark.usefixtures("broken")
def test_what_no_rule_foresaw_is_that_cell_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        good, wrong, foreseen = FUNCTIONS["BROKEN"].call([1, "Jane Roe", "none such"])  # type: ignore[misc]
        whole = FUNCTIONS["BROKEN_GRID"].call()
    assert (good, wrong, foreseen) == (2, "#VALUE!", "#N/A") and foreseen.message == "there is none such"
    says = "a fault of xl_infusion itself (%s), of nothing that was entered: please report this sentence"
    assert wrong.message == says % "BROKEN, TypeError"
    assert isinstance(whole, ExcelError) and whole.message == says % "BROKEN_GRID, StopIteration"
    assert "BROKEN shows #VALUE!: TypeError at test_net.py:" in caplog.text and "Jane" not in caplog.text


@pytest.mark.faulty
@pytest.mark.usefixtures("broken")
def test_a_fault_around_the_rule_is_one_value_too() -> None:
    class NoRange(list[object]):
        def __getitem__(self, at: object) -> Any:
            raise KeyError("Jane Roe")

        def __iter__(self) -> Any:
            raise KeyError("Jane Roe")

    found = FUNCTIONS["BROKEN"].call(NoRange())
    assert isinstance(found, ExcelError) and "(BROKEN, KeyError)" in found.message


@pytest.mark.usefixtures("broken")
def test_in_python_it_is_raised() -> None:
    with pytest.raises(TypeError):
        FUNCTIONS["BROKEN"].call.__wrapped__("Jane Roe")  # type: ignore[attr-defined]


def test_a_workbook_with_wrong_calls_is_computed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    formulas = ['=JUNITS("meropenem")', "=MEDICARE_PAYS()", '=DOSES_PER_DAY("q8h",1,2)', '=JUNITS("meropenem","1 g")']
    for at, formula in enumerate(formulas, start=1):
        page.cell(at, 1).value = formula
    path = tmp_path / "calls.xlsx"
    book.save(path)
    found = fill(path)
    told = {row: error.message for _, row, _, error in found.errors}
    assert sorted(told) == [1, 2, 3] and "no dose" in told[1] and "no code" in told[2] and "at most 1" in told[3]
    page = openpyxl.load_workbook(path, data_only=True).active
    assert [page.cell(at, 1).value for at in range(1, 5)] == ["#VALUE!", "#VALUE!", "#VALUE!", 10]
