"""What a program makes is what it would make now: one test for all of it, and one command where it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT
from tools.regenerate import MAKERS

#: Made in a copy of the tree; the pictures of commands take LibreOffice, and `tests/test_pictures.py` has them.
KINDS = [
    pytest.param(kind, marks=pytest.mark.slow if kind in ("workbooks", "pages") else ())
    for kind in MAKERS
    if kind != "terminal"
]
#: What stands in the tree and nothing is made of or in.
LEFT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")


def files(folder: Path) -> Iterator[str]:
    """The files of a tree, as paths from it on, but for what a run leaves behind."""
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        yield from (str((Path(where) / name).relative_to(folder)) for name in names if not name.startswith("."))


def content(path: Path) -> object:
    """What a file says: a workbook its parts, for two builds of zlib may pack the same bytes differently."""
    if not path.exists():
        return None
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def stale(made: Path, there: Path) -> list[str]:
    """The files that are not what was made now."""
    names = sorted({*files(made), *files(there)})
    return [name for name in names if not name.endswith(".pyc") and content(made / name) != content(there / name)]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree as it stands here."""
    return Path(shutil.copytree(ROOT, tmp_path / "copy", ignore=LEFT))


def regenerate(copy: Path, kind: str) -> str:
    """Makes one kind anew in a copy; what that says."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.regenerate", kind],
        cwd=copy, env={**os.environ, "PYTHONPATH": str(copy)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_is_made_is_stale(copy: Path, kind: str) -> None:
    said = regenerate(copy, kind)
    assert stale(copy, ROOT) == [], "run: python -m tools.regenerate"
    assert said.endswith(f"{kind}: made\n")
    assert kind != "workbooks" or "is ready: add a row on its sheet Scenarios" in said  # of new --model


def test_what_is_stale_is_found(copy: Path) -> None:
    """A code that came with a release: the tables say so, and what is made of them does not yet."""
    drugs = copy / "xl_infusion" / "reference" / "tables" / "drugs.csv"
    row = 'no such drug,,name,Z0000,10,mg,,exact,,anti-infective,b,2026-01-01,,,,C,,"CMS",stated in the source\n'
    drugs.write_text(drugs.read_text("utf-8") + row, "utf-8", newline="")
    assert stale(copy, ROOT) == [str(drugs.relative_to(copy))]
    regenerate(copy, "edition")
    assert stale(copy, ROOT) == ["tests/edition.json", str(drugs.relative_to(copy))]
    assert '"no such drug"' in (copy / "tests" / "edition.json").read_text("utf-8")
