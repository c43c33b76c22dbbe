"""The functions that look a value up: in Excel a blank cell is never what they find, in the engine it is a 0.

What is looked through is cut to where it begins and ends. Blank cells in between are no matter to MATCH of the
same value, which the others are led back to; what goes by order looks through helper cells without them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeGuard

from xl_infusion.spreadsheet.formula.tree import Area, Call, Literal, Node, Reference, SpillOf
from xl_infusion.spreadsheet.ironcalc.text import NotCalculable, Part, Place, cells_of, joined, plain_call

_AMONG_BLANKS = NotCalculable("looks by order through cells with blank ones among them")


def _literal(args: Sequence[Node | None], at: int, absent: float) -> float | None:
    """The number that an argument is: ``absent`` without it, 0 where it is left empty, None where it is computed."""
    if at >= len(args):
        return absent
    node = args[at]
    if node is None:
        return 0
    return float(node.value) if isinstance(node, Literal) and isinstance(node.value, float | bool) else None


def _vector(area: Area, down: bool) -> Area:
    return area._replace(right=area.left) if down else area._replace(bottom=area.top)


def _cut(place: Place, area: Area, down: bool) -> tuple[Area, bool] | None:
    """An area without the blank ends of its first column (or row), and whether that has blank cells in between.

    None: it is blank altogether.
    """
    found = place.filled(_vector(area, down))
    if not found:
        return None
    first, last = found[0], found[-1]
    every = last - first == len(found) - 1
    return area._replace(top=first, bottom=last) if down else area._replace(left=first, right=last), not every


def _nothing(key: Part, place: Place) -> str:
    text = key.at(place)
    return f"IF(ISERROR({text}),{text},#N/A)"


def _match(node: Call, args: Sequence[Part]) -> Part:
    plain, vector, kind = plain_call("MATCH", args), node.args[1], _literal(node.args, 2, 1)
    if kind == 0 or not args[1].cells:
        return plain
    if not isinstance(vector, Reference | SpillOf):
        raise NotCalculable("looks by order through cells that are not known ahead")

    def text(place: Place) -> str:
        area = cells_of(place, vector)
        if area is None or (area.left != area.right and area.top != area.bottom):
            return plain.at(place)
        return _match_by_order(args, kind, area).at(place)

    return Part([text])


def _match_by_order(args: Sequence[Part], kind: float | None, vector: Area) -> Part:
    """MATCH by order in a column or row; ``kind``: None where it is computed."""

    def within(cells: str) -> Part:
        return plain_call("MATCH", [args[0], Part([cells]), *args[2:]])

    def text(place: Place) -> str:
        down = vector.left == vector.right
        cut = _cut(place, vector, down)
        if cut is None:
            return _nothing(args[0], place)
        area, has_blanks = cut
        if kind is None and (has_blanks or area != vector):
            raise _AMONG_BLANKS
        if has_blanks:
            cells, places = place.gathered(vector)
            return f"INDEX({places},{within(cells).at(place)})"
        before = area.top - vector.top if down else area.left - vector.left
        found = within(area.range()).at(place)
        return f"({found}+{before})" if before else found

    return Part([text])


def _table(node: Call, args: Sequence[Part]) -> Part:
    """VLOOKUP and HLOOKUP."""
    name, down = node.name, node.name == "VLOOKUP"
    plain, table, order = plain_call(name, args), node.args[1], _literal(node.args, 3, 1)
    if not args[1].cells:
        return plain
    if not isinstance(table, Reference | SpillOf):
        raise NotCalculable(f"looks with {name} through cells that are not known ahead")

    def text(place: Place) -> str:
        area = cells_of(place, table)
        if area is None:
            return plain.at(place)
        cut = _cut(place, area, down)
        if cut is None:
            return _nothing(args[0], place)
        area, has_blanks = cut
        if not has_blanks:
            return plain_call(name, [args[0], Part([area.range()]), *args[2:]]).at(place)
        if order is None:
            raise _AMONG_BLANKS
        gathered = place.gathered(_vector(area, down)) if order else None
        return _among_blanks(args, area, down, gathered).at(place)

    return Part([text])


def _among_blanks(args: Sequence[Part], area: Area, down: bool, gathered: tuple[str, str] | None) -> Part:
    """The lookup in a table with blank cells; by order among those that are not, which ``gathered`` has."""
    index = "_f,_n" if down else "_n,_f"
    vector, size = _vector(area, down), area.right - area.left + 1 if down else area.bottom - area.top + 1
    found = f"MATCH(IF(ISBLANK(_k),0,_k),{vector.range()},0)"
    if gathered is not None:
        found = f"INDEX({gathered[1]},MATCH(IF(ISBLANK(_k),0,_k),{gathered[0]},1))"
    result = f"LET(_f,{found},INDEX({area.range()},{index}))"
    guarded = f"IF(_n<1,#VALUE!,IF(_n>{size},#REF!,{result}))"
    return Part(joined("LET(_k,", args[0], ",_n,INT(", args[2], f"),{guarded})"))


def _xmatch(node: Call, args: Sequence[Part]) -> Part:
    mode, way = _literal(node.args, 2, 0), _literal(node.args, 3, 1)
    if mode == 0 and way in (0, 1):
        return _not_zero(node, args, plain_call("XMATCH", args), plain_call("MATCH", [*args[:2], Part(["0"])]))
    return _ordered(node, args, "XMATCH", mode, 1)


def _xlookup(node: Call, args: Sequence[Part]) -> Part:
    mode, way = _literal(node.args, 4, 0), _literal(node.args, 5, 1)
    if mode == 0 and way in (0, 1) and len(args) > 2:
        found = Part(joined("INDEX(", args[2], ",", plain_call("MATCH", [*args[:2], Part(["0"])]), ")"))
        other = args[3] if len(args) > 3 and node.args[3] is not None else Part(["#N/A"])
        exact = Part(joined("IF(ISNA(", plain_call("MATCH", [*args[:2], Part(["0"])]), "),", other, ",", found, ")"))
        return _not_zero(node, args, plain_call("XLOOKUP", args), exact)
    return _ordered(node, args, "XLOOKUP", mode, 2)


def _not_zero(node: Call, args: Sequence[Part], plain: Part, exact: Part) -> Part:
    """The lookup of 0 and FALSE as MATCH does it, and of all else as it is."""
    key = node.args[0]
    if not args[1].cells or (isinstance(key, Literal) and key.value not in (0, False)):
        return plain
    zero = joined("IF(ISNUMBER(", args[0], "),", args[0], "=0,ISLOGICAL(", args[0], "))")
    return Part(joined("IF(", Part(zero), ",", exact, ",", plain, ")"))


def _ordered(node: Call, args: Sequence[Part], name: str, mode: float | None, vectors: int) -> Part:
    """The next smaller or larger one, from behind, or by halves: among cells that are not blank."""
    plain, areas = plain_call(name, args), [arg for arg in node.args[1 : 1 + vectors] if _is_area(arg)]
    if not args[1].cells or mode == 2:
        return plain
    if len(areas) < len(node.args[1 : 1 + vectors]):
        raise NotCalculable(f"looks with {name} through cells that are not known ahead")

    def text(place: Place) -> str:
        known = [area for one in areas if (area := cells_of(place, one)) is not None]
        if len(known) < len(areas) or _is_filled(place, known[0]):
            return plain.at(place)
        if name == "XMATCH":
            return _place_in(place, node, args, known[0], (2, 3)).at(place)
        found = _place_in(place, node, args, known[0], (4, 5))
        other = args[3] if len(args) > 3 and node.args[3] is not None else Part(["#N/A"])
        result = joined("IF(ISNA(_p),", other, f",INDEX({known[1].range()},_p))")
        whole = joined("IF(ISERROR(", args[0], "),", args[0], ",LET(_p,", found, ",", Part(result), "))")
        return Part(whole).at(place)

    return Part([text])


def _is_area(arg: Node | None) -> TypeGuard[Reference | SpillOf]:
    return isinstance(arg, Reference | SpillOf)


def _is_filled(place: Place, vector: Area) -> bool:
    """Whether no cell of a column or row is blank."""
    column = vector.left == vector.right
    size = vector.bottom - vector.top + 1 if column else vector.right - vector.left + 1
    return len(place.filled(vector)) == size


def _place_in(place: Place, node: Call, args: Sequence[Part], vector: Area, modes: tuple[int, int]) -> Part:
    """The place in a column or row of what is looked for among its cells that are not blank.

    ``modes``: where the arguments stand that say how it is compared, and which way it is looked through.
    """
    cells, places = place.gathered(vector)
    options = [
        args[at] if at < len(args) and node.args[at] is not None else Part([absent])
        for at, absent in zip(modes, "01", strict=True)
    ]
    return Part([f"INDEX({places},", plain_call("XMATCH", [args[0], Part([cells]), *options]).at(place), ")"])


LOOKUPS: dict[str, Callable[[Call, Sequence[Part]], Part]] = {
    "MATCH": _match,
    "VLOOKUP": _table,
    "HLOOKUP": _table,
    "XMATCH": _xmatch,
    "XLOOKUP": _xlookup,
}
