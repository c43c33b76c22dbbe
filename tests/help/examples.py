"""What the example workbook asks of the functions: their calls, with arguments and results as Python has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.billing import uncomputed
from xl_infusion.functions import FUNCTIONS
from xl_infusion.spreadsheet.calculation.calculate import calculate
from xl_infusion.spreadsheet.xlsx.package import Package

#: A function, its arguments, its result.
Call = tuple[str, tuple[object, ...], object]


def calls_of_the_workbook(folder: Path) -> list[Call]:
    """Every call of our functions in the example workbook, with its arguments and its result in Python.

    The sheet Functions has every function's example; Claim and Checks have their grids. The model and its forecast are
    switched on: a function that no cell shows is not called.
    """
    found: list[Call] = []

    def noted(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            result = function(*arguments)
            found.append((name, arguments, result))
            return result

        return call

    path = uncomputed(folder / "book.xlsx", Model_B5="yes", Model_AK5="yes")
    with Package.open(path) as package:
        calculate(package, {name: noted(name, function.call) for name, function in FUNCTIONS.items()})
    return found


def left_out(name: str, arguments: tuple[object, ...]) -> list[None]:
    """The arguments that a call leaves out at its end."""
    return [None] * (len(FUNCTIONS[name].parameters) - len(arguments))
