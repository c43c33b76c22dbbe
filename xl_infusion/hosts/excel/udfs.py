"""The worksheet functions in Excel on Windows, through xlwings, as the package around this module shows them.

Everything that Excel shows of a function (its name, what it does, its arguments, which may be left out) is read off
the function's signature. Without Excel, on Linux and macOS, xlwings publishes nothing and the functions here are
plain functions of cells.

>>> JUNITS([["meropenem"]], [["1 g"]], None), DOSES_PER_DAY([["q8h"], ["as needed"]])
([[10]], [[3], ['#VALUE!']])
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import io
from collections.abc import Callable
from typing import IO

import xlwings

from xl_infusion.errors import ExcelError
from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.help import vba_names
from xl_infusion.hosts.excel import vba
from xl_infusion.hosts.publishing import CATEGORY, Host, published
from xl_infusion.hosts.publishing import given as to_excel

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


HOST = Host(
    func=xlwings.func, options=CATEGORY if IN_EXCEL else {}, module=__package__, parameter=vba_names.identifier,
    take=from_excel, give=to_excel,
)  # fmt: skip


def publish(function: WorksheetFunction) -> Callable[..., object]:
    """``function`` as Excel calls it: its arguments are rows of cells, its result is never an exception."""
    return published(function, HOST)


for _function in FUNCTIONS.values():
    globals()[_function.name] = publish(_function)

__all__ = list(FUNCTIONS)


def harden_imports(generate: Callable[..., None]) -> Callable[..., None]:
    """xlwings' generator of VBA, so that "Import Functions" in Excel gives hardened wrappers for this module too."""

    @functools.wraps(generate)
    def generate_hardened(module_name: str, module: object, file: IO[str], book: object) -> None:
        text = io.StringIO()
        generate(module_name, module, text, book)
        file.write(vba.harden(text.getvalue()) if module_name == __package__ else text.getvalue())

    return generate_hardened


if IN_EXCEL:
    from xlwings import udfs

    udfs.generate_vba_wrapper = harden_imports(inspect.unwrap(udfs.generate_vba_wrapper))
