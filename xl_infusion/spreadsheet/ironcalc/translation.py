"""A formula as the embedded engine is given it: with Excel's result, or a reason why that cannot be had.

The engine departs from Excel in known ways, and a formula is written so that they do not matter: a function
that does not go through an array element by element stands in a MAP, a number that becomes a text is rounded
to Excel's 15 digits, and single functions are spelt otherwise (`departures`). Where an ordinary formula needs
one value and is given a range, Excel takes the one in the formula's row or column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    Place,
    Size,
    cells_of,
    crossing,
    joined,
    listed,
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


#: Functions that look through cells one by one: in the engine through all of a whole column, which takes seconds.
_LOOKUPS = frozenset({"VLOOKUP", "HLOOKUP", "MATCH"})

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
        self._depth += 1
        if self._depth > _DEPTH:
            raise NotCalculable("is nested too deeply for the embedded engine")
        part = self._part(node, arrays, keep)
        self._depth -= 1
        return part

    def _part(self, node: Node | None, arrays: bool, keep: bool) -> Part:
        if node is None:
            return Part([""])
        if isinstance(node, Literal):
            written = not isinstance(node.value, float) or _SHORT.fullmatch(node.text) is not None
            return Part([node.text], text=written)
        if isinstance(node, Constants):
            return Part([node.text], multi=True, size=(len(node.rows), len(node.rows[0])))
        if isinstance(node, Reference):
            if node.single:
                return Part([same_cells(node)], cells=True)
            if keep or arrays:
                return Part([same_cells(node)], multi=True, cells=True, size=size_of(node))
            return Part([crossing(node)], cells=True)
        if isinstance(node, SpillOf):
            part = Part([spill(node)], multi=True, cells=True)
            return part if keep or arrays else self.one(part)
        if isinstance(node, Single):
            if isinstance(node.of, Reference):
                return Part([crossing(node.of)], cells=True)
            return self.one(self.part(node.of, arrays, keep=True))
        if isinstance(node, Variable):
            known = self._variables.get(node.name)
            if known is None:
                raise NotCalculable("uses a variable of a LAMBDA")
            return known if keep or arrays or not known.cells else self.one(known)
        if isinstance(node, Operation):
            return self.operation(node, arrays)
        if isinstance(node, Call):
            part = self.ours(node) if node.ours else self.native(node, arrays)
            return self.one(part) if part.cells and not (keep or arrays) else part
        assert isinstance(node, Foreign)
        raise NotCalculable(node.reason)

    def ours(self, node: Call) -> Part:
        size = self.results[node]
        return Part([lambda place: place.bound(node)], multi=size is not None, cells=False, size=size)

    def operation(self, node: Operation, arrays: bool) -> Part:
        if len(node.operands) == 1:
            part = self.part(node.operands[0], arrays)
            text = joined("(", part, "%)") if node.sign == "%" else joined("(", node.sign, part, ")")
            return Part(text, part.multi, size=part.size)
        # a long sum is a tree that leans to the left: its terms are put side by side
        spine, first = [node], node.operands[0]
        while isinstance(first, Operation) and len(first.operands) == 2:
            if _RANK[first.sign] != _RANK[node.sign]:
                break
            spine.append(first)
            first = first.operands[0]
        if len(spine) > _TERMS:
            raise NotCalculable("is too long for the embedded engine")
        operands = [first, *(one.operands[1] for one in reversed(spine))]
        parts = [self.part(operand, arrays) for operand in operands]
        if node.sign == "&":
            parts = [self.written(part) for part in parts]
        text = ["(", *parts[0].pieces]
        for one, part in zip(reversed(spine), parts[1:], strict=True):
            text += [one.sign, *part.pieces]
        multi = [part for part in parts if part.multi]
        size = multi[0].size if multi and all(part.size == multi[0].size for part in multi) else None
        return Part([*text, ")"], bool(multi), size=size, text=node.sign == "&")

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
        if special is not None:
            done = special(self, node, arrays)
            if done is not None:
                return done
        args, lifted = [], []
        for kind, arg in zip(kinds, node.args, strict=True):
            part = self.argument(node.name, kind, arg, arrays)
            args.append(part)
            if part.multi and kind in "vtc":
                lifted.append(len(args) - 1)
        if node.name == "IF" and args[0].multi and arrays and not self.arrays:
            raise NotCalculable("goes through cells with IF, which Excel does in array formulas only")
        result = self.called(node, kinds, args, lifted)
        if node.name in ARRAYS or (node.name in ("ROW", "COLUMN") and args[0].multi):
            result.multi = True
        elif node.name in REFERENCES:
            if lifted:
                raise NotCalculable(f"gives {node.name} an array in the place of a value")
            result.multi, result.cells = _several(node, args), _from_cells(node.name, args)
        result.text = node.name in TEXTS
        return result

    def argument(self, name: str, kind: str, arg: Node | None, arrays: bool) -> Part:
        if arg is None:
            return Part([""])
        if kind == "a":
            return self.part(arg, True, keep=True)
        if kind in "xRrp":
            part = self.part(arg, arrays, keep=True)
            if name in _LOOKUPS and isinstance(arg, Reference):
                part = Part([used_cells(arg)], part.multi, part.cells, part.size)
            if kind == "x" and not part.cells and not (isinstance(arg, Call) and arg.ours and part.multi):
                raise NotCalculable(f"gives {name} an array in the place of cells")
            if kind == "r" and part.multi and not part.cells and not (isinstance(arg, Call) and arg.ours):
                raise NotCalculable(f"gives {name} an array that it computes")
            return part
        return self.part(arg, arrays)

    def called(self, node: Call, kinds: str, args: Sequence[Part], lifted: Sequence[int]) -> Part:
        """The call, element by element where an array stands in the place of a value."""
        if lifted and node.name in ARRAYS:
            raise NotCalculable(f"gives {node.name} an array in the place of a value")
        sizes = {args[at].size for at in lifted}
        if len(lifted) > 1 and (len(sizes) > 1 or None in sizes):
            raise NotCalculable(f"gives {node.name} arrays of different sizes")
        names = {at: self.fresh() for at in lifted}
        inner = [Part([names[at]]) if at in names else part for at, part in enumerate(args)]
        inner = [self.written(part) if kind == "t" else part for kind, part in zip(kinds, inner, strict=True)]
        call = self.spelt(node, kinds, inner)
        if not lifted:
            # IF, IFERROR and IFNA take arrays as they are
            through = [part for kind, part in zip(kinds, args, strict=True) if kind in "lp" and part.multi]
            if len({part.size for part in through}) > 1:
                raise NotCalculable(f"gives {node.name} arrays of different sizes")
            return Part(call.pieces, bool(through), size=through[0].size if through else None)
        arrays = listed(args[at] for at in lifted)
        text = joined("MAP(", arrays, ",LAMBDA(", ",".join(names.values()), ",", call, "))")
        return Part(text, True, size=args[lifted[0]].size)

    def spelt(self, node: Call, kinds: str, args: Sequence[Part]) -> Part:
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


def _kinds(signature: tuple[str, str], given: int, name: str) -> str:
    fixed, repeated = signature
    if not repeated and given > len(fixed):
        raise NotCalculable(f"gives {name} too many arguments")
    while repeated and len(fixed) < given:
        fixed += repeated
    return fixed[:given]


def _several(node: Call, args: Sequence[Part]) -> bool:
    """Whether a function that can give cells may give several of them."""
    if node.name in ("IF", "CHOOSE"):
        return any(part.multi for part in args)
    if node.name != "INDEX" or len(node.args) < 2:
        return True
    size = args[0].size
    wanted = node.args[1:] if len(node.args) == 3 or size is None or 1 not in size else node.args[1:2]
    if len(wanted) == 1 and (size is None or 1 not in size):
        return True
    return not all(
        (isinstance(arg, Literal) and isinstance(arg.value, float) and arg.value >= 1)
        or (isinstance(arg, Call) and arg.name in ("MATCH", "XMATCH"))
        for arg in wanted
    )


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
    base, wanted = node.args[0] if node.args else None, [_whole(arg) for arg in node.args[1:]]
    if not isinstance(base, Reference | SpillOf) or len(wanted) != 2 or None in wanted:
        return None
    down, across = (number or 0 for number in wanted)

    def text(place: Place) -> str:
        area = cells_of(place, base)
        if area is None:
            return "#REF!" if isinstance(base, SpillOf) else "#VALUE!"
        sheet, top, left, bottom, right = area
        if down > bottom - top + 1 or across > right - left + 1:
            return "#REF!"
        if down:
            top = bottom = top + down - 1
        if across:
            left = right = left + across - 1
        return Area(sheet, top, left, bottom, right).text()

    size = size_of(base) if isinstance(base, Reference) else None
    if size is not None:
        size = (1 if down else size[0], 1 if across else size[1])
    several = size != (1, 1) and not (down and across)
    return Part([text], multi=several, cells=True, size=size if several else None)


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
