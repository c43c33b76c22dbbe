"""Tries changes: does a test notice?

The tests are collected once. For each change the process forks: the copy puts the changed code into the functions that
run, and runs the tests that reach the place, those of rare cases first (`reach`), until one fails. What runs on import
(a table, a decorator) is made before the first test: there a copy imports the changed module anew, which takes longer.
"""

from __future__ import annotations

import ast
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import multiprocessing
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

from tools.mutants.changes import Change
from tools.mutants.reach import Reached


class Outcome(StrEnum):
    """What became of a change."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNDECIDED = "undecided"


class Tried(NamedTuple):
    """A change, and what became of it."""

    change: Change
    outcome: Outcome


#: How long the tests of one change may take, in seconds of a processor; what none of them has noticed then survived.
SECONDS = 20
#: How many times that long a change may take before it is told as undecided: it may have made a loop endless.
MORE = 2
#: What importing the package and its tests may take, in the same seconds.
ON_IMPORT = 5
#: How many tests are collected where a module is imported anew: to collect all of them takes longer than they do.
ANEW = 1500
#: No change makes the machine stand still.
BYTES = 8 << 30

#: Pytest rewrites the asserts of a module whose docstrings it runs: it would import that from its file, unchanged.
_PLAIN = "--assert=plain"
_OPTIONS = ("--fast", "-qq", "--no-header", "--no-summary", "-s", _PLAIN, "-p", "no:cacheprovider", "-p", "no:cov")
#: What takes long to import, and knows nothing of the code that is changed.
_SLOW_IMPORTS = ("numpy", "pandas", "openpyxl", "typer", "rich.console", "lxml.etree")


def trials(
    changes: Sequence[Change], reached: Reached, tests: Sequence[str], seconds: float = SECONDS
) -> Iterator[Tried]:
    """Tries each change, those of running functions first."""
    for name in _SLOW_IMPORTS:
        if importlib.util.find_spec(name.partition(".")[0]):
            importlib.import_module(name)
    gc.freeze()
    at_once = [change for change in changes if inside_a_function(change)]
    outcomes = dict(zip(at_once, _in_one_session(at_once, reached, tests, seconds), strict=True))
    for change in changes:
        outcome = outcomes.get(change)
        on_import = reached.on_import(change.file, lines(change))
        if outcome is None or (outcome is Outcome.SURVIVED and on_import):
            outcome = imported_anew(change, reached, seconds)
        yield Tried(change, outcome)


def _in_one_session(
    changes: list[Change], reached: Reached, tests: Sequence[str], seconds: float
) -> list[Outcome | None]:
    """The outcomes, out of a process that has collected the tests: this one stays without the code."""
    if not changes:
        return []
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as apart:
        return apart.submit(_session, changes, reached, tests, seconds).result()


def _session(changes: list[Change], reached: Reached, tests: Sequence[str], seconds: float) -> list[Outcome | None]:
    session = _Session(changes, reached, seconds)
    ended = pytest.main([*_OPTIONS, *tests], plugins=[session])
    if len(session.outcomes) < len(changes):
        raise RuntimeError(f"the trials ended early: {ended!r}")
    return session.outcomes


class _Plugin:
    """What holds in every trial."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Hypothesis asks for the same examples each time, and does not look for a smaller one than what failed."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("trial", settings(), phases=phases, database=None, derandomize=True)
        settings.load_profile("trial")


class _Session(_Plugin):
    """Collects, then tries every change in a copy of itself; None stands for what cannot be put into a function."""

    def __init__(self, changes: list[Change], reached: Reached, seconds: float) -> None:
        self.changes, self.reached, self.seconds = changes, reached, seconds
        self.outcomes: list[Outcome | None] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:  # a file that cannot be collected would notice everything
            return True
        running = [found for found in gc.get_objects() if type(found) is FunctionType]
        gc.freeze()  # else every copy goes through all that there is, and has it anew
        for change in self.changes:
            outcome = self._tried(session, change, running)
            self.outcomes.append(outcome)
            told = "." if outcome is Outcome.KILLED else f"\n{outcome or 'not in a running function'}  {change}\n"
            print(told, end="", file=sys.stderr, flush=True)  # minutes pass before the list is told
        return True

    def _tried(self, session: pytest.Session, change: Change, running: list[FunctionType]) -> Outcome | None:
        pairs = list(functions(change, running))
        if not pairs:
            return None

        def work() -> bool:
            for function, code in pairs:
                function.__code__ = code
            tests = self.reached.tests(change.file, lines(change), near(change))
            return noticed(session, tests, self.seconds)

        return forked(work, self.seconds)


class _Anew(_Plugin):
    """Runs the tests of one change."""

    def __init__(self, tests: list[str], seconds: float) -> None:
        self.tests, self.seconds = tests, seconds

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not session.testsfailed:  # a file that could not be imported has noticed
            noticed(session, self.tests, self.seconds)
        return True


def imported_anew(change: Change, reached: Reached, seconds: float) -> Outcome:
    """The outcome where the changed module is imported anew, and the tests after it."""
    tests = reached.tests(change.file, lines(change), near(change))
    if reached.on_import(change.file, lines(change)):  # what it made then, any test of its room may look at
        of_statement = reached.tests(change.file, range(lines(change).start, _end(change) + 1))
        every = dict.fromkeys([*tests, *of_statement, *reached.tests(change.file), *reached.of_room(change.file)])
        tests = sorted(every, key=lambda test: not _is_of(test, change.file))
    tests = tests[:ANEW]
    files = list(dict.fromkeys(map(_file, tests)))
    if not files:
        return Outcome.SURVIVED

    def work() -> bool:
        sys.meta_path.insert(0, _Changed(change))
        ended = pytest.main([*_OPTIONS, *files], plugins=[_Anew(tests, seconds)])
        return ended not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)

    return forked(work, seconds)


def _is_of(test: str, file: str) -> bool:
    """True of a test of the file that is named after a module or its folder, and of the module's own docstrings."""
    path, words = Path(file), Path(_file(test)).stem.removeprefix("test_").split("_")
    return "_".join(words) == path.stem or not {path.stem, *path.parent.parts[2:]}.isdisjoint(words)


class _Changed(importlib.abc.MetaPathFinder):
    """Finds the changed module in place of the one in its file."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.name = ".".join(Path(change.file).with_suffix("").parts).removesuffix(".__init__")

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> Any:
        if name != self.name:
            return None
        file = str(Path(self.change.file).absolute())
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, file, self.change.text))


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, file: str, text: str) -> None:
        super().__init__(name, file)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        return _compiled(self.text, self.path)


def noticed(session: pytest.Session, tests: list[str], seconds: float) -> bool:
    """True where one of the tests fails, or another of their files: what one test has built, another may look at.

    The time is that of the processor.
    """
    by_name = {item.nodeid: item for item in session.items}
    files = set(map(_file, tests))
    beside = [name for name in by_name if _file(name) in files]
    items = [by_name[name] for name in dict.fromkeys([*tests, *beside]) if name in by_name]
    ends = time.process_time() + seconds
    for at, item in enumerate(items):
        following = items[at + 1] if at + 1 < len(items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return True
        if time.process_time() > ends:
            break
    return False


def _file(test: str) -> str:
    return test.partition("::")[0]


def forked(work: Callable[[], bool], seconds: float) -> Outcome:
    """What a copy of this process finds: killed where the work says so. What hangs or crashes is undecided.

    Errors: RuntimeError where the work itself fails.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which none of the work needs
        process = os.fork()
    if process == 0:
        _work(work, seconds)
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return Outcome.UNDECIDED
    if os.WEXITSTATUS(status) not in (0, 1):
        raise RuntimeError(f"a trial ended with {os.WEXITSTATUS(status)}")
    return Outcome.KILLED if os.WEXITSTATUS(status) else Outcome.SURVIVED


def _work(work: Callable[[], bool], seconds: float) -> None:
    """In the copy: does the work within its limits, says nothing, and ends."""
    ended = 2
    try:
        most = ON_IMPORT + int(MORE * seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        signal.alarm(10 * most)  # what waits takes no processor
        said = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        ended = int(work())
    except Exception:
        os.dup2(said, 2)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(ended)


def functions(change: Change, running: Iterable[FunctionType]) -> Iterator[tuple[FunctionType, CodeType]]:
    """The running functions that are another one in the change, each with its changed code."""
    file = str(Path(change.file).absolute())
    as_it_is = _codes(_compiled(Path(file).read_text("utf-8"), file))
    becomes = _codes(_compiled(change.text, file))
    other = {key: code for key, code in becomes.items() if as_it_is.get(key) != code}
    for function in running:
        if function.__code__.co_filename == file:
            code = other.get(_key(function.__code__))
            if code and code.co_freevars == function.__code__.co_freevars:
                yield function, code


def _compiled(text: str, file: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # that a change looks odd is no test's merit
        return compile(text, file, "exec")


def _codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """The functions of a module, of its classes and of its functions: an inner one may have been made on import.

    Of two that one line makes none is told from the other: neither is among them.
    """
    every = list(_inside(code))
    times = Counter(map(_key, every))
    return {_key(part): part for part in every if times[_key(part)] == 1}


def _inside(code: CodeType) -> Iterator[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            if part.co_flags & inspect.CO_OPTIMIZED:  # else it is the body of a class
                yield part
            yield from _inside(part)


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def inside_a_function(change: Change) -> bool:
    """True where the changed line stands in the body of a function, and so does not run on import."""
    return any(
        isinstance(node, ast.FunctionDef) and node.body[0].lineno <= change.line <= (node.end_lineno or 0)
        for node in ast.walk(_module(change))
    )


def lines(change: Change) -> range:
    """The lines of the statement that is changed; of one with a body those above it."""
    around = [
        node
        for node in ast.walk(_module(change))
        if isinstance(node, ast.stmt) and node.lineno <= change.line <= (node.end_lineno or 0)
    ]
    if not around:
        return range(change.line, change.line + 1)
    inmost = max(around, key=lambda node: (node.lineno, -(node.end_lineno or 0)))
    body = getattr(inmost, "body", None)
    return range(inmost.lineno, body[0].lineno if body else (inmost.end_lineno or 0) + 1)


def _end(change: Change) -> int:
    """The last line of the innermost statement around the changed line: of a function that of its body."""
    around = (
        node
        for node in ast.walk(_module(change))
        if isinstance(node, ast.stmt) and _begins(node) <= change.line <= (node.end_lineno or 0)
    )
    return max(around, key=_begins).end_lineno or change.line


def _begins(node: ast.stmt) -> int:
    """The first line of a statement: that of its first decorator."""
    decorators = getattr(node, "decorator_list", ())
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def near(change: Change) -> range:
    """The lines of the innermost function around the changed line; none where it stands in no function."""
    around = [
        node
        for node in ast.walk(_module(change))
        if isinstance(node, ast.FunctionDef) and node.lineno <= change.line <= (node.end_lineno or 0)
    ]
    inmost = max(around, key=lambda node: node.lineno, default=None)
    return range(inmost.body[0].lineno, (inmost.end_lineno or 0) + 1) if inmost else range(0)


def _module(change: Change) -> ast.Module:
    return ast.parse(Path(change.file).read_text("utf-8"))
