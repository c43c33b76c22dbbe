"""A stand-in for VBA: runs the functions of a module as its text says, as far as xlwings' wrappers and ours go.

A statement or a word that it does not know is a `NotImplementedError`, so that no change of the VBA goes unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.hosts.standins.variants import MISSING, Array, Error, VbaError

_TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|[0-9]+(?:\.[0-9]+)?|\w+|<>|<=|>=|[-+&=<>().,])')
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: _equal(a, b), "<>": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip
_VB_STRING = 8
_FUNCTION = re.compile(r"(?:Private |Public )?Function (\w+)\((.*)\)(?: As \w+)?")
_PARAMETER = re.compile(r"(Optional )?(ByVal |ByRef )?(\w+)(?: As \w+)?")

#: Names of types, which no parameter can have.
_TYPES = {"boolean", "byte", "currency", "date", "double", "integer", "long", "object", "single", "string", "variant"}

Names = dict[str, Any]
Expression = Callable[[Names], Any]


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, Error) or isinstance(b, Error) or isinstance(a, str) is not isinstance(b, str):
        raise VbaError(13, "Type mismatch")
    return bool(a == b)


def _array(*items: Any) -> Array:
    return Array(list(items), 1)


def _var_type(value: Any) -> int:
    return _VB_STRING if isinstance(value, str) else 0


def _bound(array: Any, dimension: int) -> int:
    if not isinstance(array, Array):
        raise VbaError(13, "Type mismatch")
    return array.size(dimension) - 1


_BUILT_IN: dict[str, Callable[..., Any]] = {
    "Array": _array,
    "CVErr": Error,
    "IsArray": lambda value: isinstance(value, Array),
    "LBound": lambda array, dimension=1: 0 * _bound(array, dimension),
    "UBound": lambda array, dimension=1: _bound(array, dimension),
    "VarType": _var_type,
}


class Parser:
    """One line's expression, read to a function of the names it uses."""

    def __init__(self, text: str, call: Callable[[str, list[Any]], Any]) -> None:
        self.tokens, at = [], 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                raise NotImplementedError(f"VBA not understood: {text}")
            self.tokens.append(match[1])
            at = match.end()
        self.text, self.call = text, call

    def whole(self) -> Expression:
        """The expression, which must be all of the text."""
        read = self.expression()
        if self.tokens:
            raise NotImplementedError(f"VBA not understood: {self.text}")
        return read

    def take(self, *wanted: str) -> str | None:
        """The next token, where it is one of those wanted."""
        if self.tokens and (not wanted or self.tokens[0] in wanted):
            return self.tokens.pop(0)
        return None

    def need(self, *wanted: str) -> str:
        """The next token, which must be one of those wanted."""
        token = self.take(*wanted)
        if token is None:
            raise NotImplementedError(f"VBA not understood: {self.text}")
        return token

    def expression(self) -> Expression:
        """Not, then comparison, then & and + and -."""
        if self.take("Not"):
            negated = self.expression()
            return lambda names: not negated(names)
        left = self.joined()
        while operator := self.take(*_COMPARE):
            left = self._compared(left, self.joined(), _COMPARE[operator])
        return left

    @staticmethod
    def _compared(left: Expression, right: Expression, test: Callable[[Any, Any], bool]) -> Expression:
        return lambda names: test(left(names), right(names))

    def joined(self) -> Expression:
        """Operands with &, + and - between them."""
        left = self.operand()
        while operator := self.take("&", "+", "-"):
            left = self._joined(left, self.operand(), operator)
        return left

    @staticmethod
    def _joined(left: Expression, right: Expression, operator: str) -> Expression:
        if operator == "&":
            return lambda names: f"{left(names)}{right(names)}"
        sign = 1 if operator == "+" else -1
        return lambda names: left(names) + sign * right(names)

    def operand(self) -> Expression:
        """A literal, an expression in brackets, TypeOf, or a name with its members and arguments."""
        token = self.need()
        if token.startswith('"'):
            text = token[1:-1].replace('""', '"')
            return lambda names: text
        if token[0].isdigit():
            number = int(token) if token.isdigit() else float(token)
            return lambda names: number
        if token == "(":
            inner = self.expression()
            self.need(")")
            return inner
        if token == "TypeOf":
            thing = self.operand()
            self.need("Is")
            kind = self.need()
            return lambda names: type(thing(names)).__name__ == kind
        if not token.isidentifier():
            raise NotImplementedError(f"VBA not understood: {self.text}")
        return self.members(token, self.arguments())

    def arguments(self) -> list[Expression] | None:
        """What stands in brackets after a name; None where there are none."""
        if not self.take("("):
            return None
        given: list[Expression] = []
        while not self.take(")"):
            given.append(self.expression())
            if not self.take(","):
                self.need(")")
                break
        return given

    def members(self, name: str, arguments: list[Expression] | None) -> Expression:
        """``name``, ``name(...)``, ``name.member``, ``name.member(...)``."""
        if self.take("."):
            member, given = self.need(), self.arguments()
            owner = self.named(name, arguments)
            if given is None:
                return lambda names: getattr(owner(names), member)
            return lambda names: getattr(owner(names), member)(*[argument(names) for argument in given])
        return self.named(name, arguments)

    def named(self, name: str, arguments: list[Expression] | None) -> Expression:
        """A variable, an element of an array, or a call of a function."""
        if arguments is None:
            return lambda names: names[name] if name in names else self.call(name, [])
        given = arguments

        def read(names: Names) -> Any:
            values = [argument(names) for argument in given]
            if isinstance(names.get(name), Array):
                return names[name][values]
            return self.call(name, values)

        return read


@dataclass
class Procedure:
    """A function: its parameters (name, may be left out, is copied) and its steps."""

    name: str
    parameters: list[tuple[str, bool, bool]]
    steps: list[tuple[Any, ...]] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)


class Module:
    """A VBA module over the objects that its host gives it (Application, ThisWorkbook, XLPy)."""

    def __init__(self, text: str, host: Mapping[str, Any]) -> None:
        self.error = SimpleNamespace(Number=0, Description="")
        self.printed: list[str] = []
        self.host: Names = {
            **host,
            "Err": self.error,
            "vbString": _VB_STRING,
        }
        self.procedures: dict[str, Procedure] = {}
        procedure: Procedure | None = None
        blocks: list[list[Any]] = []
        for line in _compiled_lines(text):
            if match := _FUNCTION.fullmatch(line):
                parameters = [_PARAMETER.fullmatch(part.strip()) for part in match[2].split(",") if part.strip()]
                procedure = Procedure(match[1], [(p[3], bool(p[1]), p[2] == "ByVal ") for p in parameters if p])
                if kept := _TYPES & {name.lower() for name, _, _ in procedure.parameters}:
                    raise SyntaxError(f"{procedure.name}: expected an identifier, not {', '.join(kept)}")
                self.procedures[procedure.name] = procedure
            elif line == "End Function":
                procedure = None
            elif procedure is None:
                raise NotImplementedError(f"VBA outside a function: {line}")
            else:
                self._add(procedure, line, blocks)

    def _parse(self, text: str) -> Expression:
        return Parser(text, self.call).whole()

    def _add(self, into: Procedure, line: str, blocks: list[list[Any]]) -> None:
        """One statement as steps; ``blocks`` are the open If, For and Select, with the jumps to be aimed yet."""
        steps = into.steps
        if match := re.fullmatch(r"(\w+):", line):
            into.labels[match[1]] = len(steps)
        elif line.startswith("Dim "):
            pass  # a name's first value is set by the statement that uses it
        elif match := re.fullmatch(r"On Error GoTo (\w+)", line):
            steps.append(("on error", match[1]))
        elif line == "Exit Function":
            steps.append(("exit",))
        elif match := re.fullmatch(r"Debug\.Print (.+)", line):
            steps.append(("print", self._parse(match[1])))
        elif match := re.fullmatch(r"If (.+?) Then(?: (.+))?", line):
            steps.append(("unless", self._parse(match[1]), 0))
            blocks.append(["If", len(steps) - 1, []])
            if match[2]:
                self._add(into, match[2], blocks)
                self._add(into, "End If", blocks)
        elif match := re.fullmatch(r"Else(?:If (.+) Then)?", line):
            self._turn(into, blocks[-1])
            if match[1]:
                steps.append(("unless", self._parse(match[1]), 0))
                blocks[-1][1] = len(steps) - 1
        elif match := re.fullmatch(r"Select Case (.+)", line):
            steps.append(("let", "Select Case", None, self._parse(match[1])))
            blocks.append(["Select", None, []])
        elif match := re.fullmatch(r"Case (.+?)(?:: (.+))?", line):
            self._turn(into, blocks[-1])
            value = self._parse(match[1])
            steps.append(("unless", lambda names, value=value: _equal(names["Select Case"], value(names)), 0))
            blocks[-1][1] = len(steps) - 1
            if match[2]:
                self._add(into, match[2], blocks)
        elif line in ("End If", "End Select"):
            _, condition, ends = blocks.pop()
            for step in [*ends, *([condition] if condition is not None else [])]:
                steps[step] = (*steps[step][:-1], len(steps))
        elif match := re.fullmatch(r"For (\w+) = (.+) To (.+)", line):
            steps.append(("let", match[1], None, self._parse(match[2])))
            steps.append(("unless", self._parse(f"{match[1]} <= {match[3]}"), 0))
            blocks.append(["For", len(steps) - 1, match[1]])
        elif match := re.fullmatch(r"Next (\w+)", line):
            _, condition, counter = blocks.pop()
            steps.append(("let", counter, None, self._parse(f"{match[1]} + 1")))
            steps.append(("jump", condition))
            steps[condition] = (*steps[condition][:-1], len(steps))
        elif match := re.fullmatch(r"(\w+)(?:\(([\w, ]+)\))? = (.+)", line):
            at = [self._parse(index) for index in match[2].split(",")] if match[2] else None
            steps.append(("let", match[1], at, self._parse(match[3])))
        else:
            raise NotImplementedError(f"VBA not understood: {line}")

    @staticmethod
    def _turn(into: Procedure, block: list[Any]) -> None:
        """The branch so far ends with a jump behind its block; its condition, where false, comes here."""
        if block[1] is not None:
            into.steps.append(("jump", 0))
            block[2].append(len(into.steps) - 1)
            into.steps[block[1]] = (*into.steps[block[1]][:-1], len(into.steps))
            block[1] = None

    def call(self, name: str, given: list[Any]) -> Any:
        """The value of a function of VBA or of this module; `VbaError` where it fails."""
        if name in _BUILT_IN:
            return _BUILT_IN[name](*given)
        if name not in self.procedures:
            raise NotImplementedError(f"VBA has no {name} here")
        procedure = self.procedures[name]
        if len(given) > len(procedure.parameters):
            raise VbaError(450, "Wrong number of arguments or invalid property assignment")
        names = {**self.host, name: None}
        for at, (parameter, optional, copied) in enumerate(procedure.parameters):
            if at >= len(given) and not optional:
                raise VbaError(449, "Argument not optional")
            value = given[at] if at < len(given) else MISSING
            names[parameter] = value.copy() if copied and isinstance(value, Array) else value
        self._run(procedure, names)
        return names[name]

    def _run(self, procedure: Procedure, names: Names) -> None:
        at, handler = 0, None
        while at < len(procedure.steps):
            what, *rest = procedure.steps[at]
            at += 1
            try:
                if what == "exit":
                    return
                if what == "on error":
                    handler = procedure.labels[rest[0]]
                elif what == "print":
                    self.printed.append(rest[0](names))
                elif what == "jump" or (what == "unless" and not rest[0](names)):
                    at = rest[-1]
                elif what == "let":
                    target, index, value = rest
                    if index is None:
                        names[target] = value(names)
                    else:
                        names[target][[i(names) for i in index]] = value(names)
            except VbaError as error:
                if handler is None:
                    raise
                self.error.Number, self.error.Description = error.number, error.description
                at, handler = handler, None


def _compiled_lines(text: str) -> list[str]:
    """The statements that VBA compiles: without comments, attributes, and what #If leaves out."""
    lines, constants, kept = [], {}, [True]
    for line in (raw.strip() for raw in text.splitlines()):
        if not line or line.startswith(("'", "Attribute ")):
            continue
        directive = re.sub(r"\s+'.*", "", line)
        if match := re.fullmatch(r'#Const (\w+) = "(.*)"', directive):
            constants[match[1]] = match[2]
        elif match := re.fullmatch(r'#If (\w+) = "(.*)" Then', directive):
            kept.append(constants.get(match[1]) == match[2])
        elif directive == "#Else":
            kept[-1] = not kept[-1]
        elif directive == "#End If":
            kept.pop()
        elif line.startswith("#"):
            raise NotImplementedError(f"VBA not understood: {line}")
        elif all(kept):
            lines.append(line)
    return lines
