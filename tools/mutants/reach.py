"""Which tests reach a line, and how long they take: asked once, and kept while neither the code nor a test changes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

#: Where what was asked is kept.
FOLDER = Path("build", "mutants")
#: Seconds, with coverage, from which a test waits for the others.
LONG = 2.0


class Reached:
    """Lines with the tests that reach them, read off coverage's file, and the seconds of each test.

    A line that runs while the tests are imported or collected has the blank test among its own.
    """

    def __init__(self, path: Path, seconds: Mapping[str, float]) -> None:
        from coverage import CoverageData

        data = CoverageData(str(path))
        data.read()
        self._tests: dict[tuple[str, int], frozenset[str]] = {}
        once: dict[frozenset[str], frozenset[str]] = {}  # the lines of a function have the same tests, mostly
        for name in data.measured_files():
            file = os.path.relpath(name)
            for line, contexts in data.contexts_by_lineno(name).items():
                tests = frozenset(sys.intern(context.rpartition("|")[0]) for context in contexts)
                self._tests[file, line] = once.setdefault(tests, tests)
        self._seconds = seconds

    def tests(self, file: str, lines: Iterable[int] | None = None, near: Iterable[int] = ()) -> list[str]:
        """The tests that reach one of the lines (None: any line of the module).

        First those that reach one of the lines ``near`` them that the fewest reach: a test of a rare case runs before a
        hundred that pass by. Of those that are alike in it, the quickest. What takes more than `LONG` comes last: it
        would have the turn of all of these.
        """
        rarest: dict[str, int] = {}
        for of_line in (self._tests.get((file, line), frozenset()) for line in near):
            for test in of_line:
                rarest[test] = min(len(of_line), rarest.get(test, len(of_line)))

        def order(test: str) -> tuple[bool, int, float, str]:
            seconds = self._seconds.get(test, 0.0)
            return seconds > LONG, rarest.get(test, sys.maxsize), seconds, test

        return sorted(self._reached(file, lines) - {""}, key=order)

    def of_room(self, file: str) -> list[str]:
        """The tests of the folder that mirrors a module's: `tests/claim` of `xl_infusion/claim`. The quickest first.

        Those too that reach no line of it: a test of a table looks at what was made on import.
        """
        folder = "/".join(("tests", *Path(file).parts[1:2], ""))
        found = {test for test in self._seconds if test.startswith(folder)}
        return sorted(found, key=lambda test: (self._seconds.get(test, 0.0), test))

    def on_import(self, file: str, lines: Iterable[int]) -> bool:
        """True where one of the lines runs before the first test does: what it made then is there already."""
        return "" in self._reached(file, lines)

    def _reached(self, file: str, lines: Iterable[int] | None) -> set[str]:
        keys = [key for key in self._tests if key[0] == file] if lines is None else [(file, line) for line in lines]
        return {test for key in keys for test in self._tests.get(key, ())}


def reached(rooms: Sequence[str], tests: Sequence[str]) -> Reached:
    """What the tests of the fast lane reach of some folders, but for those that chance leads (conftest.py counts none).

    Errors: `subprocess.CalledProcessError` where a test fails.
    """
    path = FOLDER / f"reached-{_stamp([*rooms, *tests])}"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = ["-m", "pytest", "--fast", "-m", "not random", "-qq", "-p", "no:cacheprovider", *tests]
        coverage = [f"--cov={room}" for room in rooms] + ["--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
        unfinished = path.with_suffix(".unfinished")
        environment = {**os.environ, "COVERAGE_FILE": str(unfinished.absolute())}
        times = [f"--junit-xml={path.with_suffix('.xml')}", "-o", "junit_family=xunit1"]  # which names a test's file
        subprocess.run([sys.executable, *command, *coverage, *times], env=environment, check=True)
        unfinished.rename(path)
    return Reached(path, _seconds(path.with_suffix(".xml")))


def _seconds(path: Path) -> dict[str, float]:
    """How long each test took."""
    cases = ElementTree.parse(path).iter("testcase")
    return {f"{case.get('file')}::{case.get('name')}": float(case.get("time", 0)) for case in cases}


def _stamp(names: Iterable[str]) -> str:
    """What changes with the code, with a table and with a test."""
    folders = {Path(name).parts[0] for name in names}
    files = sorted(path for folder in folders for kind in ("py", "csv") for path in Path(folder).rglob(f"*.{kind}"))
    found = hashlib.sha256(repr(list(names)).encode())
    for path in files:
        found.update(path.read_bytes())
    return found.hexdigest()[:16]
