"""The worksheet functions as custom functions of xlwings Server: a project's ``custom_functions/__init__.py`` is

    from xl_infusion.hosts.server import *  # noqa

`xl-infusion server` writes such a project. xlwings publishes them only on a server and with a licence key; elsewhere
they are plain functions of cells.

>>> JUNITS([["meropenem"]], [["1 g"]], None), DOSES_PER_DAY([["q8h"], ["as needed"]])
([[10]], [[3], ['#VALUE!']])
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import xlwings
from xlwings.conversion import Accessor, Pipeline

from xl_infusion.functions import FUNCTIONS
from xl_infusion.help.pages import address
from xl_infusion.hosts.office_js import TRUE_ERRORS, as_it_comes, ask_once_for_null, to_office_js
from xl_infusion.hosts.publishing import Host, Options, published
from xl_infusion.hosts.server.help_site import HTML

#: True where xlwings publishes to xlwings Server.
ON_SERVER = xlwings.func.__module__ == "xlwings.pro.udfs_officejs"

#: Custom functions of Office.js can show an error in one cell of many, and a day as a day, from this runtime on.
_RUNTIME = 1.4
_KINDS = {
    "#DIV/0!": "Div0", "#N/A": "NotAvailable", "#NAME?": "Name", "#NULL!": "Null", "#NUM!": "Num", "#REF!": "Ref",
    "#VALUE!": "Value",
}  # fmt: skip
_ERRORS = {error: {"type": "Error", "errorType": kind} for error, kind in _KINDS.items() if error in TRUE_ERRORS}
_DAY_ZERO = dt.datetime(1899, 12, 30)


def answer(result: object, runtime: str, date_format: str | None) -> list[list[Any]]:
    """A result as Excel is sent it: rows of cells, each error a true one, each day a number that is shown as a day.

    In: what `to_office_js` gives; the calling Excel's version of the custom functions runtime, and its format of a
    day, None where it does not say. Errors: `xlwings.XlwingsError` (which makes the whole result one #VALUE!, with the
    message) where the result has an error that this Excel could only show as a text: SUM skips a text.

    >>> answer([["S9502", dt.datetime(2025, 7, 1)], ["", "#N/A"]], "1.4", "m/d/yyyy")[1]
    ['', {'type': 'Error', 'errorType': 'NotAvailable'}]
    """
    rows: Any = result if isinstance(result, list) else [[result]]
    if not rows or not isinstance(rows[0], list):
        rows = [rows]
    able = float(runtime) >= _RUNTIME
    days: dict[dt.datetime, Any] = {}
    return [[_cell(cell, able, date_format, days) if type(cell) in _TOLD else cell for cell in row] for row in rows]


_TOLD = (str, dt.datetime)


def _cell(cell: Any, able: bool, date_format: str | None, days: dict[dt.datetime, Any]) -> Any:
    if isinstance(cell, str):
        error = _ERRORS.get(cell)
        if error is None:
            return cell
        if not able:
            raise xlwings.XlwingsError(
                f"{cell} in the result: this Excel can show it only as a text, which SUM skips. Use Microsoft 365."
            )
        return error
    if cell not in days:
        number = (cell - _DAY_ZERO) / dt.timedelta(1)
        shown = {"type": "FormattedNumber", "basicValue": number, "numberFormat": date_format}
        days[cell] = shown if able and date_format else number
    return days[cell]


class Ready:
    """Rows of cells that are JSON as they are, which nobody need look through once more."""

    __slots__ = ("rows",)

    def __init__(self, rows: list[list[Any]]) -> None:
        self.rows = rows


def _spare_the_encoder() -> Callable[[list[list[Any]]], Any]:
    """How rows are handed to FastAPI: its encoder copies each cell of an answer, which takes longer than the claim.

    As `Ready` where it takes that for what it is, else as they are.
    """
    try:
        from fastapi.encoders import ENCODERS_BY_TYPE, jsonable_encoder

        ENCODERS_BY_TYPE[Ready] = lambda ready: ready.rows
        if jsonable_encoder({"result": Ready([[1]])}) == {"result": [[1]]}:
            return Ready
    except (ImportError, TypeError, ValueError):
        pass
    return lambda rows: rows


class Cells(Accessor):
    """xlwings' converter for the results: `answer`, in one pass."""

    hand: Callable[[list[list[Any]]], Any] = staticmethod(lambda rows: rows)

    @classmethod
    def writer(cls, options: dict[str, Any]) -> Pipeline:
        """The pipeline with which xlwings turns a result into what it sends."""

        def write(context: Any) -> None:
            context.value = cls.hand(answer(context.value, options["runtime"], options["date_format"]))

        return Pipeline([write])


def help_base() -> str | None:
    """The address of the help pages that the server serves itself; None where it was not told its own name."""
    try:
        from xlwings_server.config import settings
    except ImportError:
        return None
    return f"https://{settings.hostname}{settings.static_url_path}/help/" if settings.hostname else None


def _options() -> Options:
    base = help_base() if ON_SERVER else None
    return {"help_url": lambda function: address(function.name, base, HTML)} if base else {}


HOST = Host(
    func=xlwings.func, module=__package__, options=_options(), take=as_it_comes, give=to_office_js,
    result=Cells if ON_SERVER else None,
)  # fmt: skip

for _function in FUNCTIONS.values():
    globals()[_function.name] = published(_function, HOST)

__all__ = list(FUNCTIONS)


if ON_SERVER:
    ask_once_for_null()
    Cells.hand = staticmethod(_spare_the_encoder())
