"""A worksheet function: one Python signature that is all its metadata.

Name, parameters, defaults, docstring and ``Annotated[..., {"doc": ...}]`` are read by every host, by the help
and by the workbook's Functions sheet; nothing of a function is described twice.
"""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xl_infusion.errors import BillingError, ExcelError, ReferenceTableError, WrongInput
from xl_infusion.functions.docstring import Docstring, parse
from xl_infusion.functions.faults import fault
from xl_infusion.functions.ranges import broadcast


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a worksheet function: its name, what it takes, whether it may be left out."""

    name: str
    doc: str
    optional: bool


@dataclass(frozen=True, slots=True)
class WorksheetFunction:
    """A function as the worksheet has it. ``call`` takes cells and ranges and never raises, whatever they are."""

    name: str
    call: Callable[..., object]
    category: str
    spills: bool
    example: str

    @property
    def doc(self) -> Docstring:
        """What the docstring says: summary, what it takes and gives, errors, authority, examples."""
        return parse(self.call.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring: what the function gives."""
        return self.doc.summary

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters in their order."""
        hints = typing.get_type_hints(self.call, include_extras=True)
        return tuple(
            Parameter(name, hints[name].__metadata__[0]["doc"], parameter.default is not inspect.Parameter.empty)
            for name, parameter in inspect.signature(self.call).parameters.items()
        )

    @property
    def usage(self) -> str:
        """``JUNITS(drug, dose, [date])``."""
        names = (f"[{p.name}]" if p.optional else p.name for p in self.parameters)
        return f"{self.name}({', '.join(names)})"


#: Every worksheet function by its name, in the order of the Functions sheet.
FUNCTIONS: dict[str, WorksheetFunction] = {}

F = typing.TypeVar("F", bound=Callable[..., Any])


def _complete(
    rule: Callable[..., Any], defaults: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Sequence[Any]:
    """The arguments with the ``defaults`` of those left out; the last ones left out is what most formulas do."""
    rest = defaults[len(args) :]
    if not kwargs and rest and inspect.Parameter.empty not in rest:
        return (*args, *rest)
    bound = inspect.signature(rule).bind(*args, **kwargs)
    bound.apply_defaults()
    return list(bound.arguments.values())


def _net(name: str, rule: Callable[..., Any]) -> Callable[..., Any]:
    """``rule``, where what it raises and no rule foresaw is that one cell's `fault`."""

    def netted(*args: Any, **kwargs: Any) -> Any:
        try:
            return rule(*args, **kwargs)
        except (BillingError, ReferenceTableError):
            raise
        except Exception as error:
            raise _Fault(fault(name, error)) from None

    return netted


class _Fault(BillingError):
    """A fault of the program on its way to the cell."""

    def __init__(self, told: ExcelError) -> None:
        super().__init__(told.message)
        self.excel = str(told)


def _publish(
    rule: Callable[..., Any],
    over: Callable[[Callable[..., Any], tuple[Any, ...]], Any],
    category: str,
    spills: bool,
    example: str,
) -> Callable[..., Any]:
    """Puts a function among `FUNCTIONS`, and gives it as Python has it. ``over``: the rule over its arguments.

    In Python a wrong number of arguments is a TypeError, and what no rule foresaw is raised. In a cell neither is: the
    one is #VALUE! with what is missing, the other a `fault`.
    """
    name = rule.__name__
    parameters = list(inspect.signature(rule).parameters.values())
    defaults = [parameter.default for parameter in parameters]
    needed = sum(default is inspect.Parameter.empty for default in defaults)

    @functools.wraps(rule)
    def python(*args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != len(defaults):
            args = tuple(_complete(rule, defaults, args, kwargs))
        return over(rule, args)

    netted = _net(name, rule)

    @functools.wraps(rule)
    def call(*cells: Any) -> Any:
        try:
            if not needed <= len(cells) <= len(defaults):
                raise _wrong_count(FUNCTIONS[name], len(cells))
            return over(netted, (*cells, *defaults[len(cells) :]))
        except BillingError as error:
            return ExcelError.of(error)
        except Exception as error:
            return fault(name, error)

    FUNCTIONS[name] = WorksheetFunction(name, call, category, spills, example)
    return python


def _wrong_count(function: WorksheetFunction, given: int) -> WrongInput:
    """Too few or too many arguments: which is missing, or how many there may be."""
    parameters = function.parameters
    if given > len(parameters):
        most = len(parameters)
        what = f"{given} arguments, and takes {f'at most {most}' if most else 'none'}"
    else:
        missing = [parameter.name for parameter in parameters[given:] if not parameter.optional]
        what = f"no {' and no '.join(missing)}"
    return WrongInput(f"{function.name} has {what}: write ={function.usage}")


def scalar(category: str, example: str, wide: int = 1, blocks: tuple[str, ...] = ()) -> Callable[[F], F]:
    """A function of single cells: it also takes ranges and gives one of their shape.

    ``wide``: how many cells one result takes, side by side. ``blocks``: the last parameters, where a range is
    one argument and not one for each cell. ``example``: a formula that shows it.
    """

    def over(rule: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        if not blocks:
            return broadcast(rule, args, wide)
        cells = len(args) - len(blocks)
        whole = dict(zip(blocks, args[cells:], strict=True))
        return broadcast(functools.partial(rule, **whole), args[:cells], wide)

    def publish(rule: F) -> F:
        return _publish(rule, over, category, wide > 1, example)  # type: ignore[return-value]

    return publish


def table(category: str, example: str) -> Callable[[F], F]:
    """A function of whole ranges: a failure of the whole call is one error value."""

    def over(rule: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        try:
            return rule(*args)
        except (BillingError, ReferenceTableError) as error:
            return ExcelError.of(error)

    def publish(rule: F) -> F:
        return _publish(rule, over, category, True, example)  # type: ignore[return-value]

    return publish
