"""Formulas as they stand in a workbook: read into a tree, with every name and structured reference resolved.

A tree is read once for all cells that share a formula's shape; relative references are kept as distances, and
`Reference.at` gives the cells that one of them means for the formula in a given cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS, ExcelError
from xl_infusion.spreadsheet.formula.a1 import rectangle, shape
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
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW

__all__ = ["Area", "Expression", "Names"]


_VARIABLE = re.compile(r"^_xlpm\.", re.IGNORECASE)
_SHEET = re.compile(r"('(?:[^']|'')*'|(?:\[[^\[\]]+\])?[^'!\s\[\]]*)!")
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
            return _Reader(self, _tokens(text, tuple(aside)), sheet, (row, col), table, within).whole()
        except (TokenizerError, _Unreadable, AssertionError, IndexError, ValueError, RecursionError):
            return Foreign("is not a formula that can be read")


def _put_aside(found: re.Match[str], aside: list[str]) -> str:
    if not found[1]:
        return found[0]
    aside.append(found[1])
    return f"[{len(aside) - 1}]"


@lru_cache(maxsize=4096)
def _tokens(text: str, aside: tuple[str, ...]) -> Sequence[Token]:
    """Kept: workbooks that are made of one template, filled one after the other, have the same formulas."""
    tokens: list[Token] = [token for token in Tokenizer("=" + text).items if token.type != Token.WSPACE]
    for token in tokens:
        if "[" in token.value and token.subtype != Token.TEXT:
            token.value = re.sub(r"\[(\d+)\]", lambda found: aside[int(found[1])], token.value)
    return tuple(tokens)


class _Unreadable(Exception):
    """The tokens do not make a formula."""


class _Binder:
    """The names that a LET or LAMBDA binds while its arguments are read; ``bound``: what those of LET stand for."""

    def __init__(self, function: str) -> None:
        self.function = function
        self.bound: dict[str, Node | None] = {}
        self.waiting = ""  # a name of LET whose value comes next

    def takes_name(self, position: int) -> bool:
        """Whether an argument that others follow may be a name."""
        return self.function == "LAMBDA" or (self.function == "LET" and position % 2 == 0)

    def name(self, variable: str) -> Variable:
        if self.function == "LET":
            self.waiting = variable
        else:
            self.bound[variable] = None
        return Variable(variable)

    def value(self, node: Node) -> None:
        if self.waiting:
            self.bound[self.waiting] = node
            self.waiting = ""


class _Reader:
    """Reads one formula's tokens."""

    def __init__(
        self,
        names: Names,
        tokens: Sequence[Token],
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
            longer = self.continued(left, token, binding)
            if longer is None:
                break
            left = longer
        return left

    def continued(self, left: Node, token: Token, binding: int) -> Node | None:
        """What stands left of a token, with what the token begins; None where the expression ends before it."""
        if token.type == Token.OP_POST:
            self.take()
            return Operation("%", (left,))
        if token.type == Token.OP_IN:
            return self.infix(left, token.value, binding)
        if _opens(token, Token.PAREN):
            return Foreign("calls a LAMBDA where it stands", (left, self.operand()))
        if token.type == Token.OPERAND or _opens(token, Token.FUNC):
            return Foreign("has a range operator that only Excel works out", (left, self.operand()))
        return None

    def infix(self, left: Node, sign: str, binding: int) -> Node | None:
        if sign == ",":
            if binding:
                return None
            self.take()
            return Foreign("has a union of ranges", (left, self.expression(1)))
        strength = _BINDING.get(sign)
        if strength is None:
            raise _Unreadable
        if strength <= binding:
            return None
        self.take()
        return Operation(sign, (left, self.expression(strength)))

    def operand(self) -> Node:
        token = self.take()
        if token.type == Token.OP_PRE:
            operand = self.expression(_UNARY)
            return operand if token.value == "+" else Operation(token.value, (operand,))
        if _opens(token, Token.PAREN):
            inside = self.expression(0)
            self.close(Token.PAREN)
            return inside
        if _opens(token, Token.FUNC):
            return self.function(token.value[:-1])
        if _opens(token, Token.ARRAY):
            return self.constants()
        if token.type != Token.OPERAND:
            raise _Unreadable
        return self.range(token.value) if token.subtype == Token.RANGE else _literal(token)

    def close(self, kind: str) -> None:
        if not _closes(self.take(), kind):
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
        binder = _Binder(name)
        self.scopes.append(binder.bound)
        self.in_ours += name in self.names.functions
        args = [self.argument(binder, 0)]
        while self.has_more():
            args.append(self.argument(binder, len(args)))
        self.scopes.pop()
        self.in_ours -= name in self.names.functions
        return self.known(name, [] if args == [None] else args)

    def has_more(self) -> bool:
        """Whether an argument follows; if not, the call ends here."""
        token = self.take()
        if _closes(token, Token.FUNC):
            return False
        if token.type != Token.SEP or token.subtype != Token.ARG:
            raise _Unreadable
        return True

    def argument(self, binder: _Binder, position: int) -> Node | None:
        token = self.peek()
        if token is None:
            raise _Unreadable
        if token.type == Token.SEP or token.subtype == Token.CLOSE:
            return None
        if token.subtype == Token.RANGE and binder.takes_name(position) and self.is_followed():
            return binder.name(_VARIABLE.sub("", self.take().value).casefold())
        value = self.expression(0)
        binder.value(value)
        return value

    def is_followed(self) -> bool:
        """Whether the operand ahead is all of an argument that another follows."""
        behind = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        return behind is not None and behind.type == Token.SEP

    def known(self, name: str, args: list[Node | None]) -> Node:
        """What is spelt as a call: one, or what a workbook writes so."""
        if len(args) == 1 and args[0] is not None and name == "SINGLE":
            return Single(args[0])
        if len(args) == 1 and name == "ANCHORARRAY":
            return _spill_of(args[0])
        if not args and name in ("TRUE", "FALSE"):
            return Literal(name, name == "TRUE")
        if len(args) == 3 and name in ("SUMIF", "AVERAGEIF"):
            args[2] = _as_large(args[2], args[0])
        return Call(name, tuple(args), name in self.names.functions or name in PYTHON)

    def constants(self) -> Node:
        rows: list[list[str | float | bool]] = [[]]
        spelt = []
        negative = False
        while not _closes(token := self.take(), Token.ARRAY):
            spelt.append(token.value)
            if token.type == Token.OP_PRE:
                negative = token.value == "-"
            elif token.type == Token.OPERAND:
                value = _literal(token).value
                rows[-1].append(-value if negative and isinstance(value, float) else value)
                negative = False
            elif token.type != Token.SEP:
                raise _Unreadable
            elif token.subtype == Token.ROW:
                rows.append([])
        return Constants("{" + "".join(spelt) + "}", rows)

    # -- references and names --------------------------------------------------------------------------------

    def range(self, text: str) -> Node:
        if text.startswith("@"):
            return Single(self.range(text[1:]))
        variable = self.variable(text)
        if variable is not None:
            return variable
        found = _SHEET.match(text)
        return self.qualified(found[1], text[found.end() :]) if found else self.unqualified(None, text)

    def variable(self, text: str) -> Node | None:
        name = _VARIABLE.sub("", text).casefold()
        for scope in reversed(self.scopes):
            if name in scope:
                # our functions are called apart from the LET around them: they get what the variable means
                return (scope[name] if self.in_ours else None) or Variable(name)
        return None

    def qualified(self, qualifier: str, rest: str) -> Node:
        """What a text names behind ``Sheet!``."""
        if qualifier.startswith("'"):
            qualifier = qualifier[1:-1].replace("''", "'")
        if "[" in qualifier:
            return Foreign("reads another workbook")
        if ":" in qualifier:
            return self.across(qualifier, rest)
        sheet = self.names.sheets.get(qualifier.casefold())
        return _error("#REF!") if sheet is None else self.unqualified(sheet, rest)

    def unqualified(self, sheet: str | None, text: str) -> Node:
        """What a text names on a sheet; on the formula's own where none is said."""
        if "[" in text:
            return self.structured(text)
        if text.startswith("#"):
            return _error(text)
        here = self.sheet if sheet is None else sheet
        area = self.cells(here, text)
        if area is not None:
            return area
        if ":" not in text:
            return self.named(sheet, text)
        first, _, last = text.partition(":")
        parts = (self.cells(here, first) or self.range(first), self.range(last))
        return Foreign("has a range between names", parts)

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
        """The cells that a text names; the edges that move are distances from the formula's cell."""
        found = rectangle(text)
        if found is None:
            return None
        (top, left, bottom, right), moves = found
        row, col = self.cell
        top, bottom = self.ends((top, bottom), (moves[0], moves[2]), row, MAX_ROW)
        left, right = self.ends((left, right), (moves[1], moves[3]), col, MAX_COL)
        return Reference(sheet, (top, left, bottom, right), moves)

    def ends(self, ends: tuple[int, int], moves: tuple[bool, bool], here: int, limit: int) -> tuple[int, int]:
        """The first and last row, or column: in their order if both move or none does."""
        first, last = (self.end(*end, here, limit) for end in zip(ends, moves, strict=True))
        return (last, first) if moves[0] == moves[1] and first > last else (first, last)

    def end(self, place: int, moves: bool, here: int, limit: int) -> int:
        if not moves:
            return place
        distance = place - here
        # a name's reference that goes past the sheet's end goes on at its beginning
        return distance - limit if self.within and distance > limit // 2 else distance

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


def _opens(token: Token, kind: str) -> bool:
    return bool(token.type == kind and token.subtype == Token.OPEN)


def _closes(token: Token, kind: str) -> bool:
    return bool(token.type == kind and token.subtype == Token.CLOSE)


def _spill_of(anchor: Node | None) -> Node:
    """``A5#``, as a workbook writes it."""
    return SpillOf(anchor) if isinstance(anchor, Reference) and anchor.single else _error("#REF!")


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
