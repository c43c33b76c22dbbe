"""Which changes of one place a module may have: Cosmic Ray's, drawn by a seed."""

from __future__ import annotations

import ast
import difflib
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeAlias

#: Line (from 1) and column (from 0), as Cosmic Ray and `ast` count them.
Position: TypeAlias = tuple[int, int]
#: What stands at a place.
Placed: TypeAlias = ast.expr | ast.keyword | ast.stmt


class Place(NamedTuple):
    """A place of a module, by its path from the project's folder."""

    file: str
    start: Position
    end: Position


class Kind(NamedTuple):
    """One change of a place: Cosmic Ray's operator, and which of all its places in the module this is."""

    operator: str
    occurrence: int


@dataclass(frozen=True)
class Change:
    """A module with one place changed: the line as it is and as it becomes, and the whole text that it becomes."""

    file: str
    line: int
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.before}  ->  {self.after}"


def modules(rooms: Iterable[str]) -> list[str]:
    """The modules of some folders, by their paths from the project's folder; a module may be named itself."""
    found = (Path(room).rglob("*.py") if Path(room).is_dir() else [Path(room)] for room in rooms)
    return sorted({path.as_posix() for paths in found for path in paths})


def places(file: str) -> dict[Place, list[Kind]]:
    """The places of a module that can be changed, each with its changes; what decides nothing is no such place."""
    from cosmic_ray import plugins  # only `nox -s mutants` installs it
    from cosmic_ray.ast import ast_nodes, get_ast_from_path

    nodes = list(ast_nodes(get_ast_from_path(Path(file))))
    idle = list(_deciding_nothing(ast.parse(Path(file).read_text("utf-8"))))
    found: dict[Place, list[Kind]] = defaultdict(list)
    for name in plugins.operator_names():
        operator = plugins.get_operator(name)
        if operator.arguments() or _of_identity(name):  # the first ask for names of variables
            continue
        positions = (position for node in nodes for position in operator().mutation_positions(node))
        for occurrence, (start, end) in enumerate(positions):
            if not any(first <= start < last for first, last in idle):
                found[Place(file, start, end)].append(Kind(name, occurrence))
    return found


def _of_identity(operator: str) -> bool:
    """True where `is` takes the place of another comparison, or another its: Python may keep equal things once."""
    _, _, pair = operator.partition("ReplaceComparisonOperator_")
    return len({name in ("Is", "IsNot") for name in pair.split("_")}) == 2


def _deciding_nothing(module: ast.Module) -> Iterator[tuple[Position, Position]]:
    """Where what is written decides nothing of what is billed, by its nature: no example can tell it apart."""
    for node in ast.walk(module):
        for part in (*_of_types(node), *_asserted(node), *_of_speed(node), *_of_looks(node)):
            yield _begins(part), (part.end_lineno or part.lineno, part.end_col_offset or 0)
        for decorator in filter(_keeps, getattr(node, "decorator_list", ())):
            at_sign = (decorator.lineno, decorator.col_offset - 1)  # where a decorator that is taken out begins
            yield at_sign, (decorator.end_lineno, decorator.end_col_offset)


def _begins(part: Placed) -> Position:
    """Where it begins, a function with the sign of its first decorator."""
    places = [(one.lineno, one.col_offset - 1) for one in getattr(part, "decorator_list", ())]
    return min([(part.lineno, part.col_offset), *places])


def _of_types(node: ast.AST) -> Iterator[Placed]:
    """Annotations, protocols, and what asks whether a type checker reads: the type checker's matter."""
    yield from filter(None, (getattr(node, name, None) for name in ("annotation", "returns")))
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        yield node.test
    if isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases):
        yield from node.body


def _asserted(node: ast.AST) -> Iterator[Placed]:
    """What holds whatever comes in: what ``assert`` says, and ``zip`` of things that are as many (``strict=True``)."""
    if isinstance(node, ast.Assert):
        yield node.test
    if _called(node) == "zip":
        yield from (keyword for name, keyword in _keywords(node).items() if name == "strict" and _is(keyword, True))


def _keeps(decorator: ast.expr) -> bool:
    """True of what keeps answers: asked anew, a function gives the same one, later. How many are kept is no rule."""
    return (_called(decorator) or ast.unparse(decorator)) in ("cache", "lru_cache")


def _of_speed(node: ast.AST) -> Iterator[Placed]:
    """Of a dataclass its slots, which save memory, and that it is frozen or made by names alone: the type checker
    refuses the assignment or the call before, and without a hash every use as a key fails at once, whatever of."""
    if _called(node) == "dataclass":
        yield from (keyword for name, keyword in _keywords(node).items() if name in ("slots", "frozen", "kw_only"))


def _of_looks(node: ast.AST) -> Iterator[Placed]:
    """How wide a column is drawn, and how many stay in view: the shipped workbooks are held to it, not a rule. Of a
    field whether a debugger shows it."""
    if _called(node) in ("Column", "Table", "term"):
        yield from (keyword for name, keyword in _keywords(node).items() if name in ("width", "keys"))
    if _called(node) == "field":
        yield from (keyword for name, keyword in _keywords(node).items() if name == "repr")


def _called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _keywords(node: ast.AST) -> dict[str | None, ast.keyword]:
    return {keyword.arg: keyword for keyword in node.keywords} if isinstance(node, ast.Call) else {}


def _is(keyword: ast.keyword, value: bool) -> bool:
    return isinstance(keyword.value, ast.Constant) and keyword.value.value is value


def changed(place: Place, kind: Kind) -> Change | None:
    """The change of a place. None where what comes out is no module, or the same one, or Cosmic Ray cannot do it."""
    from cosmic_ray import plugins
    from cosmic_ray.mutating import mutate_code

    text = Path(place.file).read_text("utf-8")
    try:
        after = mutate_code(text, plugins.get_operator(kind.operator)(), kind.occurrence)
    except AttributeError:  # of `except (zlib.error, OSError)` Cosmic Ray changes names without a point alone
        return None
    if after is None or not _another(text, after):
        return None
    before, becomes = text.splitlines(), after.splitlines()
    pieces = difflib.SequenceMatcher(None, before, becomes, autojunk=False).get_opcodes()
    _, start, end, first, last = next(piece for piece in pieces if piece[0] != "equal")
    idle = next((at for at, line in enumerate(before[start:end]) if line.strip() and line.lstrip()[0] != "#"), 0)
    return Change(place.file, start + idle + 1, _told(before[start:end]), _told(becomes[first:last]), after)


def _told(lines: Iterable[str]) -> str:
    return " ".join(filter(None, map(str.strip, lines)))


def _another(text: str, after: str) -> bool:
    try:
        return ast.dump(ast.parse(text)) != ast.dump(ast.parse(after))
    except SyntaxError:
        return False


def every(files: Iterable[str]) -> Iterator[Change]:
    """Every change of some modules."""
    for file in files:
        for place, kinds in places(file).items():
            yield from filter(None, (changed(place, kind) for kind in kinds))


def sample(files: Iterable[str], size: int, seed: int) -> list[Change]:
    """As many places as asked for, drawn by a seed, each with one of its changes: so that no operator with many
    variants weighs more than another. As they are drawn: those that are told first are a sample too."""
    by_place = {place: kinds for file in files for place, kinds in places(file).items()}
    drawn = random.Random(seed)
    order = drawn.sample(sorted(by_place), len(by_place))
    changes = filter(None, (changed(place, drawn.choice(by_place[place])) for place in order))
    return list(islice(changes, size))
