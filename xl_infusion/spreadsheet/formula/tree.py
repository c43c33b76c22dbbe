"""A formula as a tree, and the cells that its references mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, in_quotes, letters

#: Functions of the spreadsheet program that are called here, as an add-in's are; `ironcalc.in_python` has them.
PYTHON = frozenset({"TEXTJOIN", "CONCAT"})


class Area(NamedTuple):
    """A rectangle of cells; rows and columns count from 1, both ends are inside."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def single(self) -> bool:
        return self.top == self.bottom and self.left == self.right

    def text(self) -> str:
        """The area in A1 notation, absolute, with its sheet.

        >>> Area("It's", 2, 1, 9, 3).text(), Area("S", 1, 2, MAX_ROW, 2).text()
        ("'It''s'!$A$2:$C$9", "'S'!$B:$B")
        """
        sheet = in_quotes(self.sheet) + "!"
        if self.single:
            return f"{sheet}${letters(self.left)}${self.top}"
        if self.top == 1 and self.bottom == MAX_ROW:
            return f"{sheet}${letters(self.left)}:${letters(self.right)}"
        if self.left == 1 and self.right == MAX_COL:
            return f"{sheet}${self.top}:${self.bottom}"
        return f"{sheet}${letters(self.left)}${self.top}:${letters(self.right)}${self.bottom}"

    def range(self) -> str:
        """As `text`, and one cell as a range of one: where the engine wants a range it takes no cell.

        >>> Area("S", 2, 1, 2, 1).range()
        "'S'!$A$2:$A$2"
        """
        text = self.text()
        return f"{text}:{text.rpartition('!')[2]}" if self.single else text


class Node:
    """A part of a formula; two of them are never equal."""

    __slots__ = ()

    def children(self) -> tuple[Node, ...]:
        return ()


@dataclass(eq=False, slots=True)
class Literal(Node):
    """A number, a text, TRUE, FALSE or an error; ``text`` as a formula spells it."""

    text: str
    value: str | float | bool


@dataclass(eq=False, slots=True)
class Constants(Node):
    """An array constant: ``{1,2;3,4}``."""

    text: str
    rows: list[list[str | float | bool]]


@dataclass(eq=False, slots=True)
class Reference(Node):
    """A cell or a rectangle. An edge that moves with the formula is a distance from the formula's cell.

    ``within``: the rows that the formula must stand in (``[@Dose]`` elsewhere is ``#VALUE!``).
    """

    sheet: str
    edges: tuple[int, int, int, int]
    moves: tuple[bool, bool, bool, bool]
    within: tuple[int, int] | None = None

    def at(self, row: int, col: int) -> Area | None:
        """The cells meant in a formula that stands in ``row`` and ``col``; None outside ``within``."""
        top, left, bottom, right = self.edges
        move_top, move_left, move_bottom, move_right = self.moves
        if self.within is not None and not self.within[0] <= row <= self.within[1]:
            return None
        if move_top:
            top = (top + row - 1) % MAX_ROW + 1
        if move_bottom:
            bottom = (bottom + row - 1) % MAX_ROW + 1
        if move_left:
            left = (left + col - 1) % MAX_COL + 1
        if move_right:
            right = (right + col - 1) % MAX_COL + 1
        if top > bottom:
            top, bottom = bottom, top
        if left > right:
            left, right = right, left
        return Area(self.sheet, top, left, bottom, right)

    @property
    def single(self) -> bool:
        """Whether it is one cell wherever the formula stands."""
        top, left, bottom, right = self.edges
        return (top, left, *self.moves[:2]) == (bottom, right, *self.moves[2:])


@dataclass(eq=False, slots=True)
class SpillOf(Node):
    """``A5#``: whatever the formula in A5 spills."""

    anchor: Reference

    def children(self) -> tuple[Node, ...]:
        return (self.anchor,)


@dataclass(eq=False, slots=True)
class Single(Node):
    """``@x``: the one of several that stands in the formula's row or column, or the first."""

    of: Node

    def children(self) -> tuple[Node, ...]:
        return (self.of,)


@dataclass(eq=False, slots=True)
class Variable(Node):
    """A name that LET or LAMBDA has bound."""

    name: str


@dataclass(eq=False, slots=True)
class Operation(Node):
    """``-x`` and ``x%`` have one operand, all others two."""

    sign: str
    operands: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(eq=False, slots=True)
class Call(Node):
    """A function: its name in capitals without prefixes; an omitted argument is None.

    ``ours``: it is called here and not in the engine.
    """

    name: str
    args: tuple[Node | None, ...]
    ours: bool

    def children(self) -> tuple[Node, ...]:
        return tuple(arg for arg in self.args if arg is not None)


@dataclass(eq=False, slots=True)
class Foreign(Node):
    """What can be read, and its cells known, but not calculated here; ``reason`` completes "it ..."."""

    reason: str
    parts: tuple[Node, ...] = ()

    def children(self) -> tuple[Node, ...]:
        return self.parts


#: Functions that recalculate always. CELL and INFO are left out: what they tell is Excel's to say.
VOLATILE = frozenset({"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT"})
_ALWAYS = VOLATILE | {"CELL", "INFO"}


@dataclass(eq=False, slots=True)
class Expression:
    """A formula's tree and what it takes to place it among others.

    ``calls``: how many calls of our functions it has, ``called``: of which; ``spills``: an array of it takes the
    room that it needs, since it calls ours or reads what another spills; ``apart``: whether it has any call
    that is not the engine's; ``anywhere``: sheets of which it may read any cell (None: of all), since what OFFSET
    and INDIRECT read is not known ahead; ``always``: Excel marks it to be calculated every time, whatever it stores.
    """

    root: Node
    references: list[Reference] = field(default_factory=list)
    calls: int = 0
    called: set[str] = field(default_factory=set)
    spills: bool = False
    apart: bool = False
    volatile: bool = False
    always: bool = False
    anywhere: set[str | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        for node in walk(self.root):
            if isinstance(node, Reference):
                self.references.append(node)
            elif isinstance(node, Call):
                self._take_in(node)
            self.always |= isinstance(node, Foreign)
            self.spills |= isinstance(node, SpillOf)
        self.spills |= self.calls > 0

    def _take_in(self, call: Call) -> None:
        if call.ours:
            self.apart = True
            if call.name not in PYTHON:
                self.calls += 1
                self.called.add(call.name)
        else:
            self.volatile |= call.name in VOLATILE
            self.always |= call.name in _ALWAYS
        if call.name == "OFFSET":
            base = call.args[0] if call.args else None
            self.anywhere.add(base.sheet if isinstance(base, Reference) else None)
        elif call.name == "INDIRECT":
            self.anywhere.add(None)


def walk(node: Node, into: Callable[[Node], bool] = lambda node: True) -> Iterator[Node]:
    """A node and all below it, from left to right, but for what is below nodes that ``into`` refuses."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        if into(node):
            left += reversed(node.children())
