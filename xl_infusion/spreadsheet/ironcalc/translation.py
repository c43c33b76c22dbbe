"""A formula as the embedded engine is given it: with Excel's result, or a reason why that cannot be had.

The engine departs from Excel in known ways, and a formula is written so that they do not matter: a function
that does not go through an array element by element stands in a MAP, a number that becomes a text is rounded
to Excel's 15 digits, and single functions are spelt otherwise (`departures`). Where an ordinary formula needs
one value and is given a range, Excel takes the one in the formula's row or column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from xl_infusion.spreadsheet.formula.tree import (
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
    Variable,
    walk,
)
from xl_infusion.spreadsheet.ironcalc.departures import SPELLING
from xl_infusion.spreadsheet.ironcalc.functions import ARRAYS, DAYS, REFERENCES, SIGNATURES, TEXTS, unknown
from xl_infusion.spreadsheet.ironcalc.text import (
    MARK,
    NotCalculable,
    Part,
    Piece,
    Place,
    Size,
    cells_of,
    crossing,
    joined,
    listed,
    occupied_cells,
    plain_call,
    same_cells,
    size_of,
    spill,
    used_cells,
)

#: A number with the 15 digits of the text that Excel makes of it; one that takes an exponent is marked.
_WRITTEN = (
    f"IF(ISNUMBER({{0}}),IF({{0}}=0,0,IF(ABS({{0}})<0.0001,{MARK},IF(ABS({{0}})>=1E15,{MARK},"
    "ROUND({0},14-INT(LOG10(ABS({0}))))))),{0})"
)
_SIGNS = ("= <> < > <= >=", "&", "+ -", "* /", "^")
_RANK = {sign: rank for rank, signs in enumerate(_SIGNS) for sign in signs.split()}
#: The engine breaks off at formulas that are much longer, or nested much deeper.
_TERMS, _DEPTH = 1000, 70


#: Functions that look through cells one by one, and as far as which: in the engine through all of a whole column, which
#: takes seconds.
_CELL_BY_CELL: dict[str, Callable[[Reference], Piece]] = {
    "VLOOKUP": used_cells,
    "HLOOKUP": used_cells,
    "MATCH": used_cells,
    "COUNTA": occupied_cells,
}

#: A number that is written out as it stands.
_SHORT = re.compile(r"[1-9]\d{0,13}|0|\d\.\d{0,2}[1-9]")


@dataclass(slots=True)
class Translator:
    """Writes formulas for the engine.

    ``results``: whether a call of ours gave several values, and how many; ``arrays``: the formula is an array
    formula; ``today`` and ``now`` as numbers.
    """

    results: Mapping[Call, Size]
    arrays: bool
    date1904: bool
    today: float
    now: float
    _variables: dict[str, Part] = field(default_factory=dict)
    _depth: int = 0
    _fresh: Iterator[int] = field(default_factory=lambda: count(1))

    def whole(self, node: Node) -> Part:
        """The text of a formula, without ``=``. An ordinary one gives one value, but for what ours give."""
        part = self.part(node, self.arrays, keep=self.arrays)
        if self.arrays or any(isinstance(one, Call) and one.ours for one in walk(node)):
            return part
        return self.one(part)

    def one(self, part: Part) -> Part:
        """Of several values the first, of several cells the one in the formula's row or column."""
        return Part(joined("@(", part, ")"), text=part.text) if part.multi else part

    # -- nodes -----------------------------------------------------------------------------------------------

    def part(self, node: Node | None, arrays: bool, keep: bool = False) -> Part:
        """``arrays``: what is done is done to every cell of a range; ``keep``: a range stays one."""
        if node is None:
            return Part([""])
        self._depth += 1
        if self._depth > _DEPTH:
            raise NotCalculable("is nested too deeply for the embedded engine")
        part = self._part(node, arrays, keep or arrays)
        self._depth -= 1
        return part

    def _part(self, node: Node, arrays: bool, several: bool) -> Part:
        """``several``: whether more than one value has a place here."""
        if isinstance(node, Literal):
            return self.literal(node)
        if isinstance(node, Constants):
            return Part([node.text], multi=True, size=(len(node.rows), len(node.rows[0])))
        if isinstance(node, Reference):
            return self.reference(node, several)
        if isinstance(node, SpillOf):
            return self.settled(Part([spill(node)], multi=True, cells=True), several)
        if isinstance(node, Single):
            return self.single(node, arrays)
        if isinstance(node, Variable):
            return self.variable(node, several)
        if isinstance(node, Operation):
            return self.operation(node, arrays)
        if isinstance(node, Call):
            return self.call(node, arrays, several)
        assert isinstance(node, Foreign)
        raise NotCalculable(node.reason)

    def settled(self, part: Part, several: bool) -> Part:
        """A part in its place: of cells the one in the formula's row or column, where several have none."""
        return part if several or not part.cells else self.one(part)

    def literal(self, node: Literal) -> Part:
        written = not isinstance(node.value, float) or _SHORT.fullmatch(node.text) is not None
        return Part([node.text], text=written)

    def reference(self, node: Reference, several: bool) -> Part:
        if node.single:
            return Part([same_cells(node)], cells=True)
        if several:
            return Part([same_cells(node)], multi=True, cells=True, size=size_of(node))
        return Part([crossing(node)], cells=True)

    def single(self, node: Single, arrays: bool) -> Part:
        if isinstance(node.of, Reference):
            return Part([crossing(node.of)], cells=True)
        return self.one(self.part(node.of, arrays, keep=True))

    def variable(self, node: Variable, several: bool) -> Part:
        known = self._variables.get(node.name)
        if known is None:
            raise NotCalculable("uses a variable of a LAMBDA")
        return self.settled(known, several)

    def call(self, node: Call, arrays: bool, several: bool) -> Part:
        return self.settled(self.ours(node) if node.ours else self.native(node, arrays), several)

    def ours(self, node: Call) -> Part:
        size = self.results[node]
        return Part([lambda place: place.bound(node)], multi=size is not None, cells=False, size=size)

    def operation(self, node: Operation, arrays: bool) -> Part:
        if len(node.operands) == 1:
            return self.unary(node, arrays)
        first, others = _side_by_side(node)
        parts = [self.part(operand, arrays) for operand in (first, *(operand for _, operand in others))]
        if node.sign == "&":
            parts = [self.written(part) for part in parts]
        text = ["(", *parts[0].pieces]
        for (sign, _), part in zip(others, parts[1:], strict=True):
            text += [sign, *part.pieces]
        sizes = _sizes(parts)
        size = next(iter(sizes)) if len(sizes) == 1 else None
        return Part([*text, ")"], bool(sizes), size=size, text=node.sign == "&")

    def unary(self, node: Operation, arrays: bool) -> Part:
        part = self.part(node.operands[0], arrays)
        text = joined("(", part, "%)") if node.sign == "%" else joined("(", node.sign, part, ")")
        return Part(text, part.multi, size=part.size)

    def written(self, part: Part) -> Part:
        """A part that becomes a text."""
        if part.text:
            return part
        name = self.fresh()
        written = _WRITTEN.format(name)
        if part.multi:
            return Part(joined("MAP(", part, f",LAMBDA({name},{written}))"), True, size=part.size)
        return Part(joined(f"LET({name},", part, f",{written})"))

    def fresh(self) -> str:
        return f"_w{next(self._fresh)}"

    # -- functions -------------------------------------------------------------------------------------------

    def native(self, node: Call, arrays: bool) -> Part:
        signature = SIGNATURES.get(node.name)
        if signature is None:
            raise NotCalculable(unknown(node.name))
        if self.date1904 and node.name in DAYS:
            raise NotCalculable(f"uses {node.name}, and the workbook counts days from 1904")
        if node.name == "LET":
            return self.let(node, arrays)
        kinds = _kinds(signature, len(node.args), node.name)
        special = _SPECIAL.get(node.name)
        done = special(self, node, arrays) if special else None
        return self.with_arguments(node, kinds, arrays) if done is None else done

    def with_arguments(self, node: Call, kinds: str, arrays: bool) -> Part:
        """A call that is put together of its arguments; ``kinds``: what it takes for each."""
        given = zip(kinds, node.args, strict=True)
        args = [self.argument(node.name, kind, arg, arrays) for kind, arg in given]
        if node.name == "IF" and args[0].multi and arrays and not self.arrays:
            raise NotCalculable("goes through cells with IF, which Excel does in array formulas only")
        lifted = _lifted(kinds, args)
        result = self.called(node, kinds, args, lifted)
        if node.name in REFERENCES:
            if lifted:
                raise NotCalculable(f"gives {node.name} an array in the place of a value")
            result.multi, result.cells = _several(node, args), _from_cells(node.name, args)
        elif node.name in ARRAYS or (node.name in ("ROW", "COLUMN") and args[0].multi):
            result.multi = True
        result.text = node.name in TEXTS
        return result

    def argument(self, name: str, kind: str, arg: Node | None, arrays: bool) -> Part:
        if arg is None:
            return Part([""])
        if kind == "a":
            return self.part(arg, True, keep=True)
        if kind not in "xRrp":
            return self.part(arg, arrays)
        part = self.part(arg, arrays, keep=True)
        if name in _CELL_BY_CELL and isinstance(arg, Reference):
            return Part([_CELL_BY_CELL[name](arg)], part.multi, part.cells, part.size)
        if not part.cells and not (part.multi and isinstance(arg, Call) and arg.ours):
            _check_no_cells(name, kind, part)
        return part

    def called(self, node: Call, kinds: str, args: Sequence[Part], lifted: Sequence[int]) -> Part:
        """The call, element by element where an array stands in the place of a value: in the arguments ``lifted``."""
        if not lifted:
            as_given = [part for kind, part in zip(kinds, args, strict=True) if kind in "lp"]
            return _through(node.name, self.spelt(node, kinds, args), as_given)
        if node.name in ARRAYS:
            raise NotCalculable(f"gives {node.name} an array in the place of a value")
        arrays = [args[at] for at in lifted]
        sizes = _sizes(arrays)
        if len(arrays) > 1 and (len(sizes) > 1 or None in sizes):
            raise NotCalculable(f"gives {node.name} arrays of different sizes")
        names = {at: self.fresh() for at in lifted}
        elements = [Part([names[at]]) if at in names else part for at, part in enumerate(args)]
        call = self.spelt(node, kinds, elements)
        text = joined("MAP(", listed(arrays), ",LAMBDA(", ",".join(names.values()), ",", call, "))")
        return Part(text, True, size=arrays[0].size)

    def spelt(self, node: Call, kinds: str, args: Sequence[Part]) -> Part:
        args = [self.written(part) if kind == "t" else part for kind, part in zip(kinds, args, strict=True)]
        write = SPELLING.get(node.name)
        return write(node, args) if write else plain_call(node.name, args)

    def let(self, node: Call, arrays: bool) -> Part:
        if len(node.args) % 2 == 0:
            raise NotCalculable("has a LET without a result")
        outer, text = dict(self._variables), []
        try:
            for variable, value in zip(node.args[:-1:2], node.args[1::2], strict=True):
                if not isinstance(variable, Variable):
                    raise NotCalculable("has a LET without a name")
                part, name = self.part(value, arrays, keep=True), self.fresh()
                text.append(Part(joined(name, ",", part)))
                self._variables[variable.name] = Part([name], part.multi, part.cells, part.size, part.text)
            body = self.part(node.args[-1], arrays, keep=True)
        finally:
            self._variables = outer
        return Part(joined("LET(", listed([*text, body]), ")"), body.multi, body.cells, body.size, body.text)


def _side_by_side(node: Operation) -> tuple[Node, list[tuple[str, Node]]]:
    """The first term of a sum or of its like, and the others with their signs: as a tree it leans to the left.

    Errors: `NotCalculable`.
    """
    spine, first = [node], node.operands[0]
    while isinstance(first, Operation) and len(first.operands) == 2 and _RANK[first.sign] == _RANK[node.sign]:
        spine.append(first)
        first = first.operands[0]
    if len(spine) > _TERMS:
        raise NotCalculable("is too long for the embedded engine")
    return first, [(one.sign, one.operands[1]) for one in reversed(spine)]


def _kinds(signature: tuple[str, str], given: int, name: str) -> str:
    fixed, repeated = signature
    if not repeated and given > len(fixed):
        raise NotCalculable(f"gives {name} too many arguments")
    while repeated and len(fixed) < given:
        fixed += repeated
    return fixed[:given]


def _check_no_cells(name: str, kind: str, part: Part) -> None:
    """Refuses an argument that is no cells where a function takes nothing else. Errors: `NotCalculable`."""
    if kind == "x":
        raise NotCalculable(f"gives {name} an array in the place of cells")
    if kind == "r" and part.multi:
        raise NotCalculable(f"gives {name} an array that it computes")


def _lifted(kinds: str, args: Sequence[Part]) -> list[int]:
    """Which arguments are arrays where the function takes a value."""
    return [at for at, kind in enumerate(kinds) if kind in "vtc" and args[at].multi]


def _sizes(parts: Iterable[Part]) -> set[Size]:
    """The sizes of those that are several values."""
    return {part.size for part in parts if part.multi}


def _through(name: str, call: Part, args: Sequence[Part]) -> Part:
    """A call of a function that takes some arguments as they are, arrays too: IF, IFERROR and IFNA."""
    sizes = _sizes(args)
    if len(sizes) > 1:
        raise NotCalculable(f"gives {name} arrays of different sizes")
    return Part(call.pieces, bool(sizes), size=next(iter(sizes), None))


def _several(node: Call, args: Sequence[Part]) -> bool:
    """Whether a function that can give cells may give several of them."""
    if node.name in ("IF", "CHOOSE"):
        return any(part.multi for part in args)
    if node.name != "INDEX" or len(node.args) < 2:
        return True
    size = args[0].size
    is_vector = size is not None and 1 in size
    if len(node.args) == 2 and not is_vector:
        return True
    return not all(map(_is_place, node.args[1:]))


def _is_place(arg: Node | None) -> bool:
    """Whether an argument of INDEX is one row or column, not all of them as 0 is."""
    if isinstance(arg, Literal):
        return isinstance(arg.value, float) and arg.value >= 1
    return isinstance(arg, Call) and arg.name in ("MATCH", "XMATCH")


def _from_cells(name: str, args: Sequence[Part]) -> bool:
    if name in ("IF", "CHOOSE"):
        return not args[0].multi and all(part.cells for part in args[1:] if part.multi)
    return name != "INDEX" or args[0].cells


def _here(translator: Translator, node: Call, arrays: bool) -> Part | None:
    """ROW() and COLUMN(): the formula's own."""
    if node.args:
        return None
    return Part([lambda place: str(place.row if node.name == "ROW" else place.col)])


def _moment(translator: Translator, node: Call, arrays: bool) -> Part | None:
    return Part([repr(translator.today if node.name == "TODAY" else translator.now)])


def _counted(translator: Translator, node: Call, arrays: bool) -> Part | None:
    """COUNT and AVERAGE of a computed array: the engine finds no numbers in it, or counts TRUE as one."""
    if len(node.args) != 1 or node.args[0] is None:
        return None
    part = translator.part(node.args[0], arrays, keep=True)
    if not part.multi or part.cells:
        return None
    numbers = "SUM(MAP(_a,LAMBDA(_n,IF(ISERROR(_n),0,IF(ISNUMBER(_n),1,0)))))"
    return Part(joined("LET(_a,", part, f",{numbers})" if node.name == "COUNT" else f",SUM(_a)/{numbers})"))


def _index(translator: Translator, node: Call, arrays: bool) -> Part | None:
    """INDEX of cells by numbers: written as the cells that it means, where the engine takes one for its value."""
    if len(node.args) != 3:
        return None
    base, down, across = node.args[0], _whole(node.args[1]), _whole(node.args[2])
    if not isinstance(base, Reference | SpillOf) or down is None or across is None:
        return None

    def text(place: Place) -> str:
        area = cells_of(place, base)
        if area is None:
            return "#REF!" if isinstance(base, SpillOf) else "#VALUE!"
        found = _of_area(area, down, across)
        return "#REF!" if found is None else found.text()

    size = size_of(base) if isinstance(base, Reference) else None
    if size is not None:
        size = (1 if down else size[0], 1 if across else size[1])
    several = size != (1, 1) and not (down and across)
    return Part([text], multi=several, cells=True, size=size if several else None)


def _of_area(area: Area, down: int, across: int) -> Area | None:
    """The cell of an area in a row and column, counted from 1; 0 for all of them. None: it has no such."""
    _, top, left, bottom, right = area
    if down > bottom - top + 1 or across > right - left + 1:
        return None
    if down:
        area = area._replace(top=top + down - 1, bottom=top + down - 1)
    if across:
        area = area._replace(left=left + across - 1, right=left + across - 1)
    return area


def _whole(arg: Node | None) -> int | None:
    """A number of a row or column that stands in a formula; one that is left out is 0."""
    if arg is None:
        return 0
    return int(arg.value) if isinstance(arg, Literal) and isinstance(arg.value, float) else None


_SPECIAL: dict[str, Callable[[Translator, Call, bool], Part | None]] = {
    "ROW": _here,
    "COLUMN": _here,
    "TODAY": _moment,
    "NOW": _moment,
    "COUNT": _counted,
    "AVERAGE": _counted,
    "INDEX": _index,
}
