"""Changes that nothing can notice, each with its reason: what no test can kill is no hole in the tests."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from tools.mutants.changes import Change

FILE = Path(__file__).with_name("known.csv")


def known(file: Path = FILE) -> dict[tuple[str, str, str], str]:
    """The reasons by the file, and the line before and after: wherever that line moves to."""
    with file.open(encoding="utf-8", newline="") as rows:
        return {(row["file"], row["before"], row["after"]): row["reason"] for row in csv.DictReader(rows)}


def key(change: Change) -> tuple[str, str, str]:
    """What a change is known by."""
    return change.file, change.before, change.after


def stale(rows: Iterable[tuple[str, str, str]]) -> list[str]:
    """The rows whose line is no longer in its file, in words."""
    return [f"{file}: {before}" for file, before, _ in rows if before not in _lines(file)]


def _lines(file: str) -> set[str]:
    path = Path(file)
    return {line.strip() for line in path.read_text("utf-8").splitlines()} if path.exists() else set()
