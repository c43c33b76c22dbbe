"""Which changes are made of a module, and what is told of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import tiny
from tools.mutants.changes import every, places, sample

FILE = "tiny/hours.py"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tiny.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_same_seed_draws_the_same_places_once_each() -> None:
    drawn = sample([FILE], 8, 3)
    assert drawn == sample([FILE], 8, 3) != sample([FILE], 8, 4)
    assert len(drawn) == 8 and drawn == sorted(drawn, key=lambda change: change.line)
    assert len(sample([FILE], 10**6, 3)) <= len(places(FILE))


def test_nothing_is_changed_in_what_is_written_of_types_nor_to_an_identity() -> None:
    told = [str(change) for change in every([FILE])]
    assert f"{FILE}:14  return 0 < hours <= MOST  ->  return 0 < hours < MOST" in told
    assert f"{FILE}:10  @lru_cache  ->  " in told
    assert not any("int + None" in change or "hours is MOST" in change for change in told)


@pytest.mark.slow
def test_every_change_is_tried_and_the_share_is_told(folder: Path) -> None:
    found = tiny.run(
        folder,
        "-m",
        "tools.mutants",
        "--sample",
        "12",
        "--seed",
        "1",
        "--rooms",
        "tiny",
        "--tests",
        "tests",
        "--seconds",
        "2",
    )
    *told, summary = found.stdout.splitlines()
    assert summary.startswith("12 changes: "), found.stderr
    survived = [line for line in told if line.startswith("survived  tiny/hours.py:")]
    assert f"{len(survived)} survived" in summary and found.returncode == (1 if survived else 0)
