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

from xl_infusion.errors import BillingError, ExcelError, ReferenceTableError
from xl_infusion.functions.docstring import Docstring, parse
from xl_infusion.functions.ranges import broadcast


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a worksheet function: its name, what it takes, whether it may be left out."""

    name: str
    doc: str
    optional: bool


@dataclass(frozen=True, slots=True)
class WorksheetFunction:
    """A function as the worksheet has it. ``call`` takes cells and ranges and never raises for what is in them."""

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


def scalar(category: str, example: str, wide: int = 1, blocks: tuple[str, ...] = ()) -> Callable[[F], F]:
    """A function of single cells: it also takes ranges and gives one of their shape.

    ``wide``: how many cells one result takes, side by side. ``blocks``: the last parameters, where a range is
    one argument and not one for each cell. ``example``: a formula that shows it.
    """

    def publish(rule: F) -> F:
        defaults = [parameter.default for parameter in inspect.signature(rule).parameters.values()]
        count = len(defaults)
        cells = count - len(blocks)

        @functools.wraps(rule)
        def call(*args: Any, **kwargs: Any) -> Any:
            if kwargs or len(args) != count:
                args = tuple(_complete(rule, defaults, args, kwargs))
            if not blocks:
                return broadcast(rule, args, wide)
            return broadcast(
                functools.partial(rule, **dict(zip(blocks, args[cells:], strict=True))), args[:cells], wide
            )

        FUNCTIONS[rule.__name__] = WorksheetFunction(rule.__name__, call, category, wide > 1, example)
        return call  # type: ignore[return-value]

    return publish


def table(category: str, example: str) -> Callable[[F], F]:
    """A function of whole ranges: a failure of the whole call is one error value."""

    def publish(rule: F) -> F:
        @functools.wraps(rule)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return rule(*args, **kwargs)
            except (BillingError, ReferenceTableError) as error:
                return ExcelError.of(error)

        FUNCTIONS[rule.__name__] = WorksheetFunction(rule.__name__, call, category, True, example)
        return call  # type: ignore[return-value]

    return publish
