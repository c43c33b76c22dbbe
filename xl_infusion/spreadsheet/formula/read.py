"""Formulas as they stand in a workbook: read into a tree, with every name and structured reference resolved.

A tree is read once for all cells that share a formula's shape; relative references are kept as distances, and
`Reference.at` gives the cells that one of them means for the formula in a given cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS, ExcelError
from xl_infusion.spreadsheet.formula.addin_names import AddIn, Spellings, unprefixed
from xl_infusion.spreadsheet.formula.structured import NoSuchReference, TableLike, resolve
from xl_infusion.spreadsheet.formula.tree import (
    PYTHON,
    Area,
    Call,
    Constants,
    Expression,
    Foreign,
    Literal,
    Node,
    Operation,
    Reference,
    Single,
    SpillOf,
    Variable,
)
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, number

__all__ = ["Area", "Expression", "Names", "shape"]


_VARIABLE = re.compile(r"^_xlpm\.", re.IGNORECASE)
_SHEET = re.compile(r"('(?:[^']|'')*'|(?:\[[^\[\]]+\])?[^'!\s\[\]]*)!")
_CELLS = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?::(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7}))?")
_COLUMNS = re.compile(r"(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})")
_ROWS = re.compile(r"(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})")
#: ``A5#`` outside texts and quoted names, which the tokenizer does not know.
_SPILL = re.compile(
    r"""("(?:[^"]|"")*"|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\])"""
    r"""|(?<![\w.$])((?:(?:'(?:[^']|'')*'|[\w.]+)!)?\$?[A-Za-z]{1,3}\$?[0-9]{1,7})\#|'(?:[^']|'')*'"""
)
_BRACKETS = re.compile(
    r""""(?:[^"]|"")*"|'(?:[^']|'')*'"""
    r"""|(\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\])""",
    re.DOTALL,
)
_BINDING = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
_UNARY = 7
#: The parts of a formula that move when it is copied, and those in which nothing moves.
_MOVING = re.compile(
    r""""(?:[^"]|"")*"|'(?:[^']|'')*'!?|\[(?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*\]"""
    r"""|(?<![\w.$\\?])(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![\w.(!\[\\?])"""
    r"""|(?<![\w.$\\?])(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})(?![\w.(!\[\\?$])"""
    r"""|(?<![\w.$\\?])(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})(?![\w.(!\[\\?])"""
)


def shape(text: str, row: int, col: int) -> str:
    """A formula with the parts that move written as distances: equal for formulas that were copied from one
    cell.

    >>> shape('JUNITS(A2,$B$1)&"A2"', 2, 3) == shape('JUNITS(A9,$B$1)&"A2"', 9, 3)
    True
    >>> shape("SUM(A2:A3)", 2, 3) == shape("SUM(A2:A3)", 3, 3)
    False
    """

    def moved(found: re.Match[str]) -> str:
        if found[2]:
            return f"\x00{place(found[1], found[2], col)}\x01{place(found[3], found[4], row)}"
        if found[6]:
            return f"\x00{place(found[5], found[6], col)}\x02{place(found[7], found[8], col)}"
        if found[10]:
            return f"\x00{place(found[9], found[10], row)}\x03{place(found[11], found[12], row)}"
        return found[0]

    def place(fixed: str, spelt: str, here: int) -> str:
        at = int(spelt) if spelt.isdigit() else number(spelt.upper())
        return f"${at}" if fixed else str(at - here)

    return _MOVING.sub(moved, text)


class Names:
    """What a formula can name: the workbook's sheets, tables and defined names, and our functions."""

    def __init__(
        self,
        sheets: Collection[str],
        tables: Mapping[str, TableLike],
        defined: Mapping[tuple[str | None, str], str],
        addin: AddIn,
        namespaces: Iterable[str] = (),
        links: Mapping[int, str] | None = None,
    ) -> None:
        self.sheets = {name.casefold(): name for name in sheets}
        self.order = list(sheets)
        self.tables = tables
        self.defined: dict[tuple[str | None, str], str] = {}
        for (scope, name), text in defined.items():
            self.defined[scope.casefold() if scope else None, name.casefold()] = text
        self.functions = addin.functions
        self.spellings = Spellings(addin, namespaces, links)
        self._shapes: dict[tuple[str, str | None, str], Expression] = {}

    def table_at(self, sheet: str, row: int, col: int) -> TableLike | None:
        """The table that a cell belongs to."""
        for table in self.tables.values():
            top, left, bottom, right = table.ref
            if table.sheet == sheet and top <= row <= bottom and left <= col <= right:
                return table
        return None

    def read(self, text: str, sheet: str, row: int, col: int) -> Expression:
        """The expression of the formula (without ``=``) in a cell; one for all cells that share its shape."""
        table = self.table_at(sheet, row, col) if "[" in text else None
        key = (sheet, table.name if table else None, shape(text, row, col))
        found = self._shapes.get(key)
        if found is None:
            found = self._shapes[key] = Expression(self.parse(text, sheet, row, col, table))
        return found

    def parse(
        self,
        text: str,
        sheet: str,
        row: int,
        col: int,
        table: TableLike | None = None,
        within: tuple[str, ...] = (),
    ) -> Node:
        """The tree of a formula; a `Foreign` node stands for what cannot be read."""
        if "#" in text:
            text = _SPILL.sub(lambda found: f"_xlfn.ANCHORARRAY({found[2]})" if found[2] else found[0], text)
        text = self.spellings.unlinked(text)
        # the tokenizer does not know that ' escapes a bracket in a column's name: brackets are put aside
        aside: list[str] = []
        if "[" in text:
            text = _BRACKETS.sub(lambda found: _put_aside(found, aside), text)
        try:
            return _Reader(self, _tokens(text, aside), sheet, (row, col), table, within).whole()
        except (TokenizerError, _Unreadable, AssertionError, IndexError, ValueError, RecursionError):
            return Foreign("is not a formula that can be read")


def _put_aside(found: re.Match[str], aside: list[str]) -> str:
    if not found[1]:
        return found[0]
    aside.append(found[1])
    return f"[{len(aside) - 1}]"


def _tokens(text: str, aside: list[str]) -> list[Token]:
    tokens: list[Token] = [token for token in Tokenizer("=" + text).items if token.type != Token.WSPACE]
    for token in tokens:
        if "[" in token.value and token.subtype != Token.TEXT:
            token.value = re.sub(r"\[(\d+)\]", lambda found: aside[int(found[1])], token.value)
    return tokens


class _Unreadable(Exception):
    """The tokens do not make a formula."""


class _Reader:
    """Reads one formula's tokens."""

    def __init__(
        self,
        names: Names,
        tokens: list[Token],
        sheet: str,
        cell: tuple[int, int],
        table: TableLike | None,
        within: tuple[str, ...],
    ) -> None:
        self.names, self.sheet, self.cell, self.table, self.within = names, sheet, cell, table, within
        self.tokens, self.at = tokens, 0
        #: the variables that LET and LAMBDA have bound here, those of LET with what they stand for
        self.scopes: list[dict[str, Node | None]] = []
        self.in_ours = 0

    def whole(self) -> Node:
        node = self.expression(0)
        if self.at < len(self.tokens):
            raise _Unreadable
        return node

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> Token:
        token = self.peek()
        if token is None:
            raise _Unreadable
        self.at += 1
        return token

    def expression(self, binding: int) -> Node:
        left = self.operand()
        while (token := self.peek()) is not None:
            if token.type == Token.OP_POST:
                self.take()
                left = Operation("%", (left,))
            elif token.type == Token.OP_IN and token.value == ",":
                if binding:
                    break
                self.take()
                left = Foreign("has a union of ranges", (left, self.expression(1)))
            elif token.type == Token.OP_IN:
                strength = _BINDING.get(token.value)
                if strength is None:
                    raise _Unreadable
                if strength <= binding:
                    break
                self.take()
                left = Operation(token.value, (left, self.expression(strength)))
            elif token.type == Token.PAREN and token.subtype == Token.OPEN:
                left = Foreign("calls a LAMBDA where it stands", (left, self.operand()))
            elif token.type == Token.OPERAND or (token.type == Token.FUNC and token.subtype == Token.OPEN):
                left = Foreign("has a range operator that only Excel works out", (left, self.operand()))
            else:
                break
        return left

    def operand(self) -> Node:
        token = self.take()
        if token.type == Token.OP_PRE:
            operand = self.expression(_UNARY)
            return operand if token.value == "+" else Operation(token.value, (operand,))
        if token.type == Token.PAREN and token.subtype == Token.OPEN:
            inside = self.expression(0)
            self.close(Token.PAREN)
            return inside
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            return self.function(token.value[:-1])
        if token.type == Token.ARRAY and token.subtype == Token.OPEN:
            return self.constants()
        if token.type != Token.OPERAND:
            raise _Unreadable
        return self.range(token.value) if token.subtype == Token.RANGE else _literal(token)

    def close(self, kind: str) -> None:
        token = self.take()
        if token.type != kind or token.subtype != Token.CLOSE:
            raise _Unreadable

    def function(self, spelt: str) -> Node:
        single = spelt.startswith("@")
        first, colon, name = spelt.lstrip("@").rpartition(":")
        node = self.call(self.names.spellings.bare(unprefixed(name)).upper())
        if colon:
            parts = [self.range(first)] if first else []
            return Foreign("has a range that a function ends", (*parts, node))
        return Single(node) if single else node

    def call(self, name: str) -> Node:
        args: list[Node | None] = []
        bound: dict[str, Node | None] = {}
        self.scopes.append(bound)
        binds, binding = name in ("LET", "LAMBDA"), ""
        self.in_ours += name in self.names.functions
        while True:
            token = self.peek()
            if token is None:
                raise _Unreadable
            if binds and token.subtype == Token.RANGE and self.binding(name, len(args)):
                variable = _VARIABLE.sub("", self.take().value).casefold()
                args.append(Variable(variable))
                binding = variable
            elif token.type == Token.SEP or token.subtype == Token.CLOSE:
                args.append(None)
            else:
                args.append(self.expression(0))
                if binding:
                    bound[binding] = args[-1]
                    binding = ""
            if name == "LAMBDA" and binding:
                bound[binding] = None
                binding = ""
            token = self.take()
            if token.type == Token.FUNC and token.subtype == Token.CLOSE:
                break
            if token.type != Token.SEP or token.subtype != Token.ARG:
                raise _Unreadable
        self.scopes.pop()
        self.in_ours -= name in self.names.functions
        if args == [None]:
            args = []
        return self.known(name, args)

    def binding(self, name: str, position: int) -> bool:
        """Whether the operand ahead is the name that LET or LAMBDA binds: one that an argument follows."""
        behind = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        return behind is not None and behind.type == Token.SEP and (name == "LAMBDA" or position % 2 == 0)

    def known(self, name: str, args: list[Node | None]) -> Node:
        first = args[0] if args else None
        if name == "SINGLE" and len(args) == 1 and first is not None:
            return Single(first)
        if name == "ANCHORARRAY" and len(args) == 1:
            return SpillOf(first) if isinstance(first, Reference) and first.single else _error("#REF!")
        if name in ("TRUE", "FALSE") and not args:
            return Literal(name, name == "TRUE")
        if name in ("SUMIF", "AVERAGEIF") and len(args) == 3:
            args[2] = _as_large(args[2], args[0])
        return Call(name, tuple(args), name in self.names.functions or name in PYTHON)

    def constants(self) -> Node:
        rows: list[list[str | float | bool]] = [[]]
        spelt, sign = [], 1
        while True:
            token = self.take()
            if token.type == Token.ARRAY and token.subtype == Token.CLOSE:
                break
            spelt.append(token.value)
            if token.type == Token.SEP:
                if token.subtype == Token.ROW:
                    rows.append([])
            elif token.type == Token.OP_PRE:
                sign = -1 if token.value == "-" else 1
            elif token.type == Token.OPERAND:
                value = _literal(token).value
                rows[-1].append(sign * value if sign < 0 and isinstance(value, float) else value)
                sign = 1
            else:
                raise _Unreadable
        return Constants("{" + "".join(spelt) + "}", rows)

    # -- references and names --------------------------------------------------------------------------------

    def range(self, text: str) -> Node:
        if text.startswith("@"):
            return Single(self.range(text[1:]))
        bare = _VARIABLE.sub("", text).casefold()
        for scope in reversed(self.scopes):
            if bare in scope:
                # our functions are called apart from the LET around them: they get what the variable means
                return (scope[bare] if self.in_ours else None) or Variable(bare)
        sheet, rest = self.sheet, text
        found = _SHEET.match(text)
        if found:
            qualifier, rest = found[1], text[found.end() :]
            if qualifier.startswith("'"):
                qualifier = qualifier[1:-1].replace("''", "'")
            if "[" in qualifier:
                return Foreign("reads another workbook")
            if ":" in qualifier:
                return self.across(qualifier, rest)
            known = self.names.sheets.get(qualifier.casefold())
            if known is None:
                return _error("#REF!")
            sheet = known
        if "[" in rest:
            return self.structured(rest)
        if rest.startswith("#"):
            return _error(rest)
        area = self.cells(sheet, rest)
        if area is None and ":" in rest:
            first, _, last = rest.partition(":")
            parts = (self.cells(sheet, first) or self.range(first), self.range(last))
            return Foreign("has a range between names", parts)
        return area or self.named(sheet if found else None, rest)

    def across(self, qualifier: str, rest: str) -> Node:
        """A range on every sheet from one to another."""
        order = [name.casefold() for name in self.names.order]
        try:
            ends = sorted(order.index(end.casefold()) for end in qualifier.split(":", 1))
        except ValueError:
            return _error("#REF!")
        parts = [self.cells(sheet, rest) for sheet in self.names.order[ends[0] : ends[1] + 1]]
        return Foreign("reads a range across sheets", tuple(part for part in parts if part))

    def cells(self, sheet: str, text: str) -> Reference | None:
        if found := _CELLS.fullmatch(text):
            fixed = [bool(found[group]) for group in (3, 1, 7, 5)]
            top, left = int(found[4]), number(found[2].upper())
            bottom, right = (int(found[8]), number(found[6].upper())) if found[6] else (top, left)
            moves = [not one for one in (fixed if found[6] else fixed[:2] * 2)]
        elif found := _COLUMNS.fullmatch(text):
            top, left, bottom, right = 1, number(found[2].upper()), MAX_ROW, number(found[4].upper())
            moves = [False, not found[1], False, not found[3]]
        elif found := _ROWS.fullmatch(text):
            top, left, bottom, right = int(found[2]), 1, int(found[4]), MAX_COL
            moves = [not found[1], False, not found[3], False]
        else:
            return None
        if not (min(top, bottom) >= 1 and max(top, bottom) <= MAX_ROW and max(left, right) <= MAX_COL):
            return None
        here = self.cell * 2
        edges = [
            edge - place if move else edge
            for edge, place, move in zip((top, left, bottom, right), here, moves, strict=True)
        ]
        if self.within:
            # a name's reference that goes past the sheet's end goes on at its beginning
            limits = (MAX_ROW, MAX_COL) * 2
            edges = [
                edge - limit if move and edge > limit // 2 else edge
                for edge, move, limit in zip(edges, moves, limits, strict=True)
            ]
        if moves[0] == moves[2] and edges[0] > edges[2]:
            edges[0], edges[2] = edges[2], edges[0]
        if moves[1] == moves[3] and edges[1] > edges[3]:
            edges[1], edges[3] = edges[3], edges[1]
        top, left, bottom, right = edges
        return Reference(sheet, (top, left, bottom, right), (moves[0], moves[1], moves[2], moves[3]))

    def structured(self, text: str) -> Node:
        name, _, inside = text.partition("[")
        if not inside.endswith("]"):
            raise _Unreadable
        table = self.names.tables.get(name.casefold()) if name else self.table
        if table is None:
            return _error("#REF!")
        try:
            part = resolve(table, inside[:-1])
        except NoSuchReference:
            return _error("#REF!")
        top, left, bottom, right = part.ref
        if part.this_row:
            return Reference(table.sheet, (0, left, 0, right), (True, False, True, False), (top, bottom))
        return Reference(table.sheet, part.ref, (False,) * 4)

    def named(self, scope: str | None, text: str) -> Node:
        name = text.casefold()
        own = (scope or self.sheet).casefold()
        for key in ((own, name), (None, name)):
            if key in self.names.defined:
                if name in self.within:
                    return Foreign("goes in a circle through a defined name")
                meaning = self.names.defined[key].removeprefix("=")
                # a name's relative references count from the first cell of a sheet
                return self.names.parse(meaning, self.sheet, 1, 1, None, (*self.within, name))
        table = self.names.tables.get(name) if scope is None else None
        if table is not None:
            return Reference(table.sheet, resolve(table, "").ref, (False,) * 4)
        return _error("#NAME?")


def _as_large(node: Node | None, like: Node | None) -> Node | None:
    """SUMIF adds up as many cells as it tests, from the first of its third argument on."""
    if not isinstance(node, Reference) or not isinstance(like, Reference):
        return node
    top, left, bottom, right = like.edges
    (down, across), own = node.moves[:2], like.moves
    if own[:2] != own[2:]:
        return node
    last = (node.edges[0] + bottom - top, node.edges[1] + right - left)
    if (not down and last[0] > MAX_ROW) or (not across and last[1] > MAX_COL):
        return node
    return Reference(node.sheet, (*node.edges[:2], *last), (down, across, down, across), node.within)


def _literal(token: Token) -> Literal:
    text: str = token.value
    if token.subtype == Token.TEXT:
        return Literal(text, text[1:-1].replace('""', '"'))
    if token.subtype == Token.LOGICAL:
        return Literal(text.upper(), text.upper() == "TRUE")
    if token.subtype == Token.ERROR:
        return _error(text)
    return Literal(text, float(text))


def _error(code: str) -> Literal:
    code = code.upper() if code.upper() in EXCEL_ERRORS else "#REF!"
    return Literal(code, ExcelError(code))
