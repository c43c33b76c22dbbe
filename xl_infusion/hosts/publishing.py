"""A worksheet function as xlwings publishes it, in every place where xlwings does: one way, with what differs named.

xlwings takes from each parameter's annotation how to hand a range over: always as rows of cells (``ndim=2``), an
error value as its text (``err_to_str``). Of its options for a function a host is given those alone that it honours.
"""

from __future__ import annotations

import datetime as dt
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any

from xl_infusion.functions import WorksheetFunction
from xl_infusion.functions.cells import normal
from xl_infusion.functions.faults import fault

#: An option of ``xlwings.func``, and what it is for a function.
Options = Mapping[str, Callable[[WorksheetFunction], object]]
CATEGORY: Options = {"category": lambda function: function.category}


@dataclass(frozen=True, slots=True)
class Host:
    """A place that xlwings publishes to.

    ``func``: its ``xlwings.func``; ``options``: those of it that the host honours; ``module``: the one that is named
    there; ``parameter``: how a parameter's name is spelt there; ``take``: an argument as xlwings hands it over, as the
    functions take it; ``give``: a result as xlwings takes it; ``result``: xlwings' converter for it, if not its own.
    """

    func: Callable[..., Any]
    module: str
    take: Callable[[object], object]
    give: Callable[[object], object]
    options: Options = field(default_factory=dict)
    parameter: Callable[[str], str] = str
    result: type | None = None


def published(function: WorksheetFunction, host: Host) -> Callable[..., object]:
    """``function`` as ``host`` calls it: its arguments are rows of cells, its result is never an exception.

    A failure on the way there or back that no rule foresaw is #VALUE! and a `fault`, as one of the function itself is.
    """
    take, give = host.take, host.give

    def call(*arguments: object) -> object:
        try:
            return give(function.call(*map(take, arguments)))
        except Exception as error:
            return str(fault(function.name, error))

    defaults = [parameter.default for parameter in inspect.signature(function.call).parameters.values()]
    parameters = [
        inspect.Parameter(
            host.parameter(parameter.name),
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=default,
            annotation=Annotated[list, {"ndim": 2, "err_to_str": True, "doc": parameter.doc}],
        )
        for parameter, default in zip(function.parameters, defaults, strict=True)
    ]
    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.summary
    call.__module__ = host.module
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    if host.result is not None:
        call.__annotations__["return"] = host.result
    options: dict[str, Any] = {name: told(function) for name, told in host.options.items()}
    made: Callable[..., object] = host.func(**options)(call)
    return made


def given(result: object) -> object:
    """A result as xlwings carries it: rows of plain cells stay rows, one row stays one row, a cell a cell.

    >>> from xl_infusion.errors import ExcelError
    >>> given([["S9502", dt.date(2025, 7, 1)], [None, ExcelError("#N/A", "no such code")]])
    [['S9502', datetime.datetime(2025, 7, 1, 0, 0)], ['', '#N/A']]
    """
    if isinstance(result, (list, tuple)):
        return [given(item) for item in result]
    return _cell(result)


def _cell(cell: object) -> object:
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
        return _cell(float(cell))
    plain = normal(cell)
    if type(plain) is kind:
        raise TypeError(f"a {kind.__name__} does not fit into a cell")
    return _cell(plain)
