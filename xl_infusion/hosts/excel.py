"""The worksheet functions in Excel on Windows, through xlwings: the module to name in ``UDF_MODULES``.

Everything that Excel shows of a function (its name, what it does, its arguments, which may be left out) is read off
the function's signature. Without Excel, on Linux and macOS, xlwings publishes nothing and the functions here are
plain functions of cells. This is the only module of the package that imports xlwings.

>>> JUNITS([["meropenem"]], [["1 g"]], None), DOSES_PER_DAY([["q8h"], ["as needed"]])
([[10]], [[3], ['#VALUE!']])
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import io
import logging
import math
import traceback
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import IO, Annotated, Any

import xlwings

from xl_infusion.errors import ExcelError, ReferenceTableError
from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.functions.cells import normal
from xl_infusion.hosts import vba

log = logging.getLogger(__name__)

#: True where xlwings publishes to Excel over COM.
IN_EXCEL = xlwings.func.__module__ == "xlwings.udfs"

#: How Excel hands over an error value: this number and the error's own (XlCVError).
_COM_ERROR = -2146828288
_ERRORS = {_COM_ERROR + number: error for error, number in vba.CVERR.items()}
#: A cell that holds a time, or a length of time, comes as a moment that many days after this.
_MIDNIGHT = dt.datetime(1899, 12, 30)
_FIRST_DATE = dt.datetime(1900, 1, 1)


def from_excel(argument: object) -> object:
    """An argument as xlwings hands it over, as the worksheet functions take it.

    In: rows of cells, or the default of an argument left out. Out: the same, but every error an `ExcelError` (the
    newer ones come as a bare number) and every time a time (it comes as a moment of 1899).

    >>> from_excel([["q8h", -2146826243], [None, dt.datetime(1899, 12, 30, 8, 30)]])
    [['q8h', ExcelError('#SPILL!')], [None, datetime.time(8, 30)]]
    """
    if isinstance(argument, list):
        return [[_from_excel(cell) for cell in row] for row in argument]
    return argument


def _from_excel(cell: object) -> object:
    kind = type(cell)
    if kind is int and _COM_ERROR <= cell < _COM_ERROR + 0x10000:  # type: ignore[operator]
        return ExcelError(_ERRORS.get(cell, "#VALUE!"))  # type: ignore[call-overload]
    if kind is dt.datetime and cell < _FIRST_DATE:  # type: ignore[operator]
        length: dt.timedelta = cell - _MIDNIGHT  # type: ignore[operator]
        return length if length >= dt.timedelta(1) else cell.time()  # type: ignore[attr-defined]
    return cell


def to_excel(result: object) -> object:
    """A result as COM carries it: rows of plain cells stay rows, one row stays one row, a cell a cell.

    >>> to_excel([["S9502", dt.date(2025, 7, 1)], [None, ExcelError("#N/A", "no such code")]])
    [['S9502', datetime.datetime(2025, 7, 1, 0, 0)], ['', '#N/A']]
    """
    if isinstance(result, (list, tuple)):
        return [to_excel(item) for item in result]
    return _to_excel(result)


def _to_excel(cell: object) -> object:
    kind = type(cell)
    if kind is str or kind is bool:
        return cell
    if kind is int:
        return cell if -(2**31) <= cell < 2**31 else float(cell)  # type: ignore[operator, arg-type]
    if kind is float:
        return cell if math.isfinite(cell) else "#NUM!"  # type: ignore[arg-type]
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell
    if isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, str):  # an ExcelError too: a subclass of str need not cross
        return str(cell)
    if isinstance(cell, Decimal):
        return _to_excel(float(cell))
    plain = normal(cell)
    if type(plain) is kind:
        raise TypeError(f"a {kind.__name__} does not fit into a cell")
    return _to_excel(plain)


def publish(function: WorksheetFunction) -> Callable[..., object]:
    """``function`` as Excel calls it: its arguments are rows of cells, its result is never an exception.

    A failure that no rule foresaw is #VALUE!; what failed and where goes to the log, without any cell's content.
    """

    def call(*arguments: object) -> object:
        try:
            return to_excel(function.call(*map(from_excel, arguments)))
        except Exception as error:
            log.error("%s", _report(function.name, error))
            return "#VALUE!"

    signature = inspect.signature(function.call)
    parameters = []
    for parameter, (name, default) in zip(
        function.parameters, ((p.name, p.default) for p in signature.parameters.values()), strict=True
    ):
        conversion = {"ndim": 2, "err_to_str": True, "doc": parameter.doc}
        parameters.append(
            inspect.Parameter(
                vba.identifier(name),
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=default,
                annotation=Annotated[list, conversion],
            )
        )
    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.summary
    call.__module__ = __name__
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    options: dict[str, Any] = {"category": function.category} if IN_EXCEL else {}
    published: Callable[..., object] = xlwings.func(**options)(call)
    return published


def _report(name: str, error: Exception) -> str:
    """What failed and where. The text of an exception may quote a cell, so only its kind is told."""
    found = traceback.extract_tb(error.__traceback__)
    frames = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in found]
    places = " < ".join(reversed(frames[1:] or frames))
    what = str(error) if isinstance(error, ReferenceTableError) else type(error).__name__
    return f"{name} shows #VALUE!: {what} at {places}. Please report it with this line."


for _function in FUNCTIONS.values():
    globals()[_function.name] = publish(_function)

__all__ = list(FUNCTIONS)


def harden_imports(generate: Callable[..., None]) -> Callable[..., None]:
    """xlwings' generator of VBA, so that "Import Functions" in Excel gives hardened wrappers for this module too."""

    @functools.wraps(generate)
    def generate_hardened(module_name: str, module: object, file: IO[str], book: object) -> None:
        text = io.StringIO()
        generate(module_name, module, text, book)
        file.write(vba.harden(text.getvalue()) if module_name == __name__ else text.getvalue())

    return generate_hardened


if IN_EXCEL:
    from xlwings import udfs

    udfs.generate_vba_wrapper = harden_imports(inspect.unwrap(udfs.generate_vba_wrapper))
