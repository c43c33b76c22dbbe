"""The examples of a docstring as a worksheet has them: each call as a formula, with what the cell then shows."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from xl_infusion.errors import ExcelError
from xl_infusion.functions import WorksheetFunction


@dataclass(frozen=True, slots=True)
class Shown:
    """A formula, and its result by rows: one row of one cell where it does not spill."""

    formula: str
    rows: tuple[tuple[object, ...], ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why its error values are there, each reason once."""
        errors = (cell.message for row in self.rows for cell in row if isinstance(cell, ExcelError))
        return tuple(dict.fromkeys(filter(None, errors)))

    @property
    def result(self) -> str:
        """The result in one line, as Excel writes it: a cell alone, more of them as an array.

        >>> Shown("=DOSES_PER_DAY({8;48})", ((3,), (0.5,))).result
        '{3;0.5}'
        """
        if len(self.rows) == 1 and len(self.rows[0]) == 1:
            return cell_text(self.rows[0][0])
        return "{" + ";".join(",".join(map(_constant, row)) for row in self.rows) + "}"


def examples_of(function: WorksheetFunction) -> list[Shown]:
    """What the doctests of a function call, as formulas with their results, each once and in their order.

    A call is left out that no cell can make: of another function, with a value that Python worked out before, or
    with a blank in an array.

    >>> from xl_infusion.functions import FUNCTIONS
    >>> [(shown.formula, shown.result) for shown in examples_of(FUNCTIONS["JUNITS"])][:2]
    [('=JUNITS("meropenem","1 g")', '10'), ('=JUNITS("J3370","1 g","2013-05-01")', '2')]
    """
    found: dict[str, Shown] = {}
    for example in function.doc.examples:
        for call in _calls(example.source, function.name):
            if shown := _shown(function, call):
                found.setdefault(shown.formula, shown)
    return list(found.values())


def _calls(source: str, name: str) -> list[ast.Call]:
    """The calls of a function in Python code, in the order in which they stand there."""
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]
    return sorted(calls, key=lambda call: (call.lineno, call.col_offset))


def _shown(function: WorksheetFunction, call: ast.Call) -> Shown | None:
    try:
        given = [ast.literal_eval(argument) for argument in call.args]
        named = {keyword.arg or "": ast.literal_eval(keyword.value) for keyword in call.keywords}
        bound = inspect.signature(function.call).bind(*given, **named)
        bound.apply_defaults()
        formula = formula_of(function, list(bound.arguments.values()))
    except ValueError:
        return None
    return Shown(formula, tuple(_rows(function.call(*bound.args))))


def formula_of(function: WorksheetFunction, arguments: list[object]) -> str:
    """The formula that calls a function with plain values and lists of them; None is an argument left out.

    Errors: ValueError for what no formula can hold.

    >>> from xl_infusion.functions import FUNCTIONS
    >>> formula_of(FUNCTIONS["PERDIEM_CODE"], [["q8h", 12], None, "pain"])
    '=PERDIEM_CODE({"q8h",12},,"pain")'
    """
    texts = ["" if argument is None else _argument(argument) for argument in arguments]
    while texts and not texts[-1]:
        texts.pop()
    return f"={function.name}({','.join(texts)})"


def _argument(value: object) -> str:
    if not isinstance(value, (list, tuple)):
        return _constant(value)
    rows = list(_rows(value))
    if len({len(row) for row in rows}) != 1:
        raise ValueError("the rows of an array have one length")
    return "{" + ";".join(",".join(map(_constant, row)) for row in rows) + "}"


def _constant(value: object) -> str:
    """A value as it is typed into a formula."""
    if value is None or isinstance(value, (list, tuple)):
        raise ValueError(f"{value!r} cannot be typed into an array")
    if isinstance(value, str) and not isinstance(value, ExcelError):
        return '"' + value.replace('"', '""') + '"'
    return cell_text(value)


def cell_text(value: object) -> str:
    """A result as one reads it in a cell; a day as 2025-06-30, and a text of no characters as its two quotes.

    >>> cell_text(True), cell_text(105.25), cell_text(dt.date(2025, 6, 30)), cell_text("")
    ('TRUE', '105.25', '2025-06-30', '""')
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    return str(value) or '""'


def _rows(value: object) -> Iterator[tuple[object, ...]]:
    """A result, or an argument, by rows: a list of cells is one row."""
    if not isinstance(value, (list, tuple)):
        yield (value,)
    elif any(isinstance(item, (list, tuple)) for item in value):
        yield from (tuple(row) for row in value)
    else:
        yield tuple(value)
