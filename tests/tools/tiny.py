"""A package of one rule with its tests, to be changed: what the tests notice of it is known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import ROOT

MODULE = '''"""A payer's hours.

>>> fits(24)
True
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

MOST = 168


@lru_cache
def fits(hours: int | None) -> bool:
    if hours is None:
        return False
    return 0 < hours <= MOST


def weeks(days: int) -> int:
    found = 0
    while days > 0:
        days -= 7
        found += 1
    return found


ALL_HOURS_FIT = fits(MOST)


def at_most(most: int) -> Callable[[int], bool]:
    def holds(hours: int) -> bool:
        return hours <= most

    return holds


fits_a_day = at_most(24)
'''
TESTS = """from tiny.hours import ALL_HOURS_FIT, fits, fits_a_day, weeks


def test_the_limits() -> None:
    assert fits(168) and not fits(169) and not fits(None) and ALL_HOURS_FIT and fits_a_day(24)


def test_a_week_that_has_begun_counts() -> None:
    assert weeks(15) == 3
"""
CONFTEST = """def pytest_addoption(parser):
    parser.addoption("--fast", action="store_true")
"""


def write(folder: Path) -> None:
    """The package, in a folder."""
    files = {
        "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
        "tiny/__init__.py": "",
        "tiny/hours.py": MODULE,
        "tests/test_hours.py": TESTS,
        "conftest.py": CONFTEST,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Python with the package and ours."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
    environment.pop("COV_CORE_SOURCE", None)
    return subprocess.run([sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True)


def outcomes(folder: Path, changes: list[tuple[str, str]]) -> dict[str, str]:
    """What becomes of changes of the module, each a line before and after it; by the line after."""
    write(folder)
    code = f"""
import json, sys
from tools.mutants.changes import Change
from tools.mutants.reach import reached
from tools.mutants.trial import trials

MODULE = open("tiny/hours.py").read()
changes = []
for before, after in {json.dumps(changes)}:
    assert MODULE.count(before) == 1
    line = MODULE[: MODULE.index(before)].count("\\n") + 1
    changes.append(Change("tiny/hours.py", line, before, after, MODULE.replace(before, after)))
found = trials(changes, reached(["tiny"], ["tests", "tiny"]), ["tests", "tiny"], 1)
print(json.dumps({{change.after: outcome for change, outcome in found}}))
"""
    found = run(folder, "-c", code)
    assert found.returncode == 0, found.stdout + found.stderr
    answer: dict[str, str] = json.loads(found.stdout.splitlines()[-1])
    return answer
