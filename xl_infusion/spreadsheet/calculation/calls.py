"""Calls of our functions: each with its arguments as Excel would hand them over.

A call whose arguments are cells, constants and further calls of ours is worked out here; whatever else a
formula has around or inside a call is asked of the engine with a `Request`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

from xl_infusion.spreadsheet.calculation.sheet_values import SheetValues
from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.formula.totals import Totals, blanked
from xl_infusion.spreadsheet.formula.tree import (
    PYTHON,
    Area,
    Call,
    Constants,
    Foreign,
    Literal,
    Node,
    Operation,
    Reference,
    Single,
    SpillOf,
    walk,
)
from xl_infusion.spreadsheet.ironcalc.functions import PASSING
from xl_infusion.spreadsheet.ironcalc.text import NotCalculable

Value = Callable[[int, int], object]


@dataclass(slots=True)
class Request:
    """What the engine is asked for: the value, or the rows, of a part of the formula in a cell.

    ``results``: of the calls of ours in it; ``arrays``: it is an array formula; ``argument``: it is handed
    over whole.
    """

    node: Node
    row: int
    col: int
    arrays: bool
    argument: bool
    results: dict[Call, object] = field(default_factory=dict)


#: Yields requests, is sent their answers, and returns the result.
Solving = Generator[Request, object, object]


class Calls:
    """Works out calls of ``functions``; ``spilled`` tells what the formula in a cell spills.

    ``totals``: the rows of totals by sheet, which are handed to none of them.
    """

    def __init__(
        self,
        functions: Mapping[str, Callable[..., object]],
        values: SheetValues,
        spilled: Callable[[Area], Area | None],
        totals: Mapping[str, list[Totals]],
    ) -> None:
        self.functions, self.values, self.spilled, self.totals = functions, values, spilled, totals
        self._fixed: dict[Reference, object] = {}
        self._direct: dict[Node, Value | None] = {}
        self._inner: dict[Node, list[Call]] = {}

    def forget(self) -> None:
        """Values change: what was read is read again, and nothing here holds it any longer."""
        self._fixed.clear()
        self._direct.clear()

    # -- without the engine ----------------------------------------------------------------------------------

    def direct(self, node: Node | None) -> Value | None:
        """The value of a part for the formula in a row and column; None where it takes the engine."""
        if node is None:
            return lambda row, col: None
        if node not in self._direct:
            self._direct[node] = self._made(node)
        return self._direct[node]

    def _made(self, node: Node) -> Value | None:
        if isinstance(node, Literal):
            return _always(node.value)
        if isinstance(node, Constants):
            return lambda row, col: [list(line) for line in node.rows]
        if isinstance(node, Reference):
            return self._reference(node)
        if isinstance(node, SpillOf):
            return lambda row, col: self._spill(node, row, col)
        if isinstance(node, Single):
            return self._single(node)
        if isinstance(node, Operation):
            return _negative(node)
        return self._called(node) if isinstance(node, Call) and node.ours else None

    def _single(self, node: Single) -> Value | None:
        of = node.of
        if isinstance(of, Reference):
            return lambda row, col: self._crossing(of, row, col)
        several = self.direct(of)
        return several and (lambda row, col: _first(several(row, col)))

    def _called(self, node: Call) -> Value | None:
        function = self.functions[node.name]
        args = [self._argument(node, arg) for arg in node.args]
        known = [arg for arg in args if arg is not None]
        if len(known) < len(args):
            return None
        return lambda row, col: function(*[arg(row, col) for arg in known])

    def _argument(self, call: Call, arg: Node | None) -> Value | None:
        """As `direct`, for an argument of a call: rows of totals are no rows of a table."""
        value = self.direct(arg)
        if value is None or not self.totals or call.name in PYTHON:
            return value
        return lambda row, col: blanked(value(row, col), arg, row, col, self.totals)

    def _reference(self, reference: Reference) -> Value:
        return self._cell(reference) if reference.single and reference.within is None else self._cells(reference)

    def _cell(self, reference: Reference) -> Value:
        top, left, _, _ = reference.edges
        down, across, _, _ = reference.moves
        sheet, value = reference.sheet, self.values.value

        def at(row: int, col: int) -> object:
            row, col = top + row if down else top, left + col if across else left
            if row < 1 or col < 1:
                return self.cells(reference, row - top, col - left)
            return value(sheet, row, col)

        return at

    def _cells(self, reference: Reference) -> Value:
        if any(reference.moves):
            return lambda row, col: self.cells(reference, row, col)

        def same(row: int, col: int) -> object:
            if reference not in self._fixed:
                self._fixed[reference] = self.cells(reference, row, col)
            return self._fixed[reference]

        return same

    def cells(self, reference: Reference, row: int, col: int) -> object:
        """What a reference hands over: the value of one cell, or the rows of several."""
        area = reference.at(row, col)
        if area is None:
            return ExcelError("#VALUE!", "the formula stands outside the rows of the table")
        return self.values.value(area.sheet, area.top, area.left) if area.single else self.values.rows(area)

    def _spill(self, node: SpillOf, row: int, col: int) -> object:
        anchor = node.anchor.at(row, col)
        area = self.spilled(anchor) if anchor else None
        return self.values.rows(area) if area else ExcelError("#REF!", "there is no array to refer to")

    def _crossing(self, reference: Reference, row: int, col: int) -> object:
        area = reference.at(row, col)
        if area is None:
            return ExcelError("#VALUE!")
        at = area.top if area.top == area.bottom else row
        across = area.left if area.left == area.right else col
        if area.top <= at <= area.bottom and area.left <= across <= area.right:
            return self.values.value(area.sheet, at, across)
        return ExcelError("#VALUE!", "no cell of the range stands in the formula's row or column")

    # -- with the engine -------------------------------------------------------------------------------------

    def solve(self, root: Node, row: int, col: int, arrays: bool) -> Solving:
        """The result of a formula that calls ours. Errors: `NotCalculable`."""
        outer_calls(root)  # what cannot be told of another branch cannot be told of the formula
        root = self._taken(root, row, col)
        inner = root.of if isinstance(root, Single) else root
        if isinstance(inner, Call) and inner.ours:
            result = yield from self._call(inner, row, col, arrays)
            return _first(result) if inner is not root else result
        return (yield from self._asked(root, row, col, arrays, argument=False))

    def _taken(self, node: Node, row: int, col: int) -> Node:
        """The branch that an IF takes where a cell says it: as in Excel, the calls of the other one are not made."""
        while isinstance(node, Call) and node.name == "IF" and len(node.args) == 3:
            condition, *branches = node.args
            says = self._says(condition, row, col)
            taken = None if says is None else branches[not says]
            if not isinstance(taken, (Call, Single, Literal)) and not (isinstance(taken, Reference) and taken.single):
                break
            node = taken
        return node

    def _says(self, condition: Node | None, row: int, col: int) -> bool | None:
        """TRUE or FALSE of a cell, or of NOT of one; None for any other condition, which the engine is asked."""
        if isinstance(condition, Call) and condition.name == "NOT" and len(condition.args) == 1:
            said = self._says(condition.args[0], row, col)
            return None if said is None else not said
        value = self.direct(condition) if isinstance(condition, Reference) and condition.single else None
        cell = value(row, col) if value is not None else None
        return cell if isinstance(cell, bool) else None

    def _call(self, node: Call, row: int, col: int, arrays: bool) -> Solving:
        args = []
        for arg in node.args:
            direct = self._argument(node, arg)
            if direct is not None:
                args.append(direct(row, col))
            elif isinstance(arg, Call) and arg.ours:
                args.append((yield from self._call(arg, row, col, arrays)))
            else:
                assert arg is not None
                args.append((yield from self._asked(arg, row, col, arrays, argument=True)))
        return self.functions[node.name](*args)

    def _asked(self, node: Node, row: int, col: int, arrays: bool, argument: bool) -> Solving:
        request = Request(node, row, col, arrays, argument)
        if node not in self._inner:
            self._inner[node] = outer_calls(node)
        for call in self._inner[node]:
            request.results[call] = yield from self._call(call, row, col, arrays)
        answer = yield request
        passes = argument and isinstance(node, Call) and node.name in PASSING
        if passes and isinstance(answer, float) and answer == 0:
            # a blank cell that is passed on counts as 0, but a text that is made of it is empty
            written = Operation("&", (node, Literal('""', "")))
            if (yield Request(written, row, col, arrays, argument, request.results)) == "":
                return None
        return answer


def outer_calls(node: Node) -> list[Call]:
    """The calls of ours in a part that do not stand in one another. Errors: `NotCalculable`."""
    calls = []
    for one in walk(node, into=lambda inner: not (isinstance(inner, Call) and inner.ours)):
        if isinstance(one, Foreign):
            raise NotCalculable(one.reason)
        if isinstance(one, Call) and one.ours:
            calls.append(one)
    return calls


def _first(value: object) -> object:
    return value[0][0] if isinstance(value, list) and value and value[0] else value


def _always(value: object) -> Value:
    return lambda row, col: value


def _negative(node: Operation) -> Value | None:
    """A number with a minus before it."""
    if node.sign != "-" or len(node.operands) > 1:
        return None
    number = node.operands[0]
    return _always(-number.value) if isinstance(number, Literal) and isinstance(number.value, float) else None
