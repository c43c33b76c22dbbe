"""Cells as Calc hands them over and takes them back: the one place where its ways of saying things end.

Calc has no booleans (TRUE is the number 1), no dates (a day is its serial number), hands over 0 for a blank single
cell and "" for a blank one in a range, and tells an error by its number in a float that is not a number (NaN).
"""

from __future__ import annotations

import datetime as dt
import math
import struct
from decimal import Decimal
from typing import Any

from xl_infusion.errors import ExcelError
from xl_infusion.functions.cells import normal

#: Calc's number for each error that it has; for the others it is that of #VALUE!.
NUMBERS = {
    "#NULL!": 521, "#DIV/0!": 532, "#VALUE!": 519, "#REF!": 524, "#NAME?": 525, "#NUM!": 503, "#N/A": 32767,
}  # fmt: skip
_ERRORS = {number: error for error, number in NUMBERS.items()}
#: The upper half of a quiet NaN; the lower one is the number of the error.
_QUIET = 0x7FF80000


def nan_of(error: str) -> float:
    """An error as Calc reads it.

    >>> from_calc(nan_of("#N/A")), from_calc(nan_of("#SPILL!"))
    (ExcelError('#N/A'), ExcelError('#VALUE!'))
    """
    number = NUMBERS.get(error, NUMBERS["#VALUE!"])
    found: float = struct.unpack("<d", struct.pack("<II", number, _QUIET))[0]
    return found


_NANS = {error: nan_of(error) for error in NUMBERS}


def from_calc(argument: object) -> object:
    """An argument as the worksheet functions take it: None for one left out, errors as `ExcelError`.

    >>> from_calc((("q8h", nan_of("#N/A")), ("", 45839.0)))
    [['q8h', ExcelError('#N/A')], ['', 45839.0]]
    """
    if hasattr(argument, "getDataArray"):
        return cells_of(argument)
    if isinstance(argument, tuple):
        return [_row(row) if isinstance(row, tuple) else _cell(row) for row in argument]
    return _cell(argument)


def cells_of(found: Any) -> object:
    """The cells of a range (a UNO XCellRange) as the worksheet functions take them, each error as what it is.

    Where an error stands Calc's data has nothing; which one it is has to be asked of the cell.
    """
    rows = [list(row) for row in found.getDataArray()]
    if any(None in row for row in rows):
        area = found.getRangeAddress()
        for errors in found.queryFormulaCells(_OF_ERRORS).getRangeAddresses():
            for row in range(errors.StartRow - area.StartRow, errors.EndRow - area.StartRow + 1):
                for column in range(errors.StartColumn - area.StartColumn, errors.EndColumn - area.StartColumn + 1):
                    number = found.getCellByPosition(column, row).getError()
                    rows[row][column] = ExcelError(_ERRORS.get(number, "#VALUE!"))
    return rows


#: com.sun.star.sheet.FormulaResult.ERROR
_OF_ERRORS = 4


def _row(row: tuple[object, ...]) -> list[object]:
    cells = list(row)
    # a NaN is the one thing that is not equal to itself; hardly any row has one
    return cells if all(cell == cell for cell in cells) else [*map(_cell, cells)]


def _cell(cell: object) -> object:
    if cell == cell or not isinstance(cell, float):
        return cell
    number, _ = struct.unpack("<II", struct.pack("<d", cell))
    return ExcelError(_ERRORS.get(number, "#VALUE!"))


def to_calc(result: object) -> object:
    """A result as Calc takes it: a cell, or rows of cells; one row stays one row.

    >>> to_calc([["S9502", dt.date(2025, 7, 1)], [None, True]])
    (('S9502', 45839.0), ('', 1.0))
    """
    if isinstance(result, (list, tuple)):
        if any(isinstance(row, (list, tuple)) for row in result):
            return tuple([tuple([*map(_to_calc, row)]) for row in result])
        return (tuple([*map(_to_calc, result)]),)
    return _to_calc(result)


def _to_calc(cell: object) -> str | float:
    kind = type(cell)
    if kind is str:
        return cell  # type: ignore[return-value]
    if kind is int or kind is bool:
        return float(cell)  # type: ignore[arg-type]
    if kind is float:
        return cell if math.isfinite(cell) else _NANS["#NUM!"]  # type: ignore[arg-type, return-value]
    if cell is None:
        return ""
    if kind is ExcelError:
        return _NANS.get(cell) or nan_of(cell)  # type: ignore[call-overload, arg-type]
    if isinstance(cell, dt.date):
        days = float(cell.toordinal() - _DAY_ZERO)
        if isinstance(cell, dt.datetime):
            days += (cell - cell.replace(hour=0, minute=0, second=0, microsecond=0)) / dt.timedelta(1)
        return days
    if isinstance(cell, Decimal):
        return _to_calc(float(cell))
    plain = normal(cell)
    if type(plain) is kind:
        raise TypeError(f"a {kind.__name__} does not fit into a cell")
    return _to_calc(plain)


#: The day before Calc's first one: serial number 0.
_DAY_ZERO = dt.date(1899, 12, 30).toordinal()
