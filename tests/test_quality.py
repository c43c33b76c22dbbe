"""The house rules that programs check: ruff, mypy --strict, and floors that import only downwards."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "xl_infusion"

#: The floors, the lowest first; a module imports from its own floor and those below.
FLOORS = [
    "errors",
    "version",
    "disk",
    "reference",
    "rules",
    "claim",
    "model",
    "functions",
    "hosts",
    "workbook",
    "setup",
    "cli",
]


@pytest.mark.parametrize(
    "command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join
)
def test_program(command: list[str]) -> None:
    found = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def imports(path: Path) -> set[str]:
    out = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("xl_infusion."):
            out.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "xl_infusion":
            out |= {alias.name for alias in node.names if alias.name in FLOORS}
    return out


def test_no_arrow_upwards() -> None:
    for path in PACKAGE.rglob("*.py"):
        floor = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if floor in FLOORS:
            above = {name for name in imports(path) if FLOORS.index(name) > FLOORS.index(floor)}
            assert not above, f"{path.relative_to(ROOT)} imports from {above}"


def test_only_hosts_import_xlwings() -> None:
    for path in PACKAGE.rglob("*.py"):
        names = {
            (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, (ast.Import, ast.ImportFrom))
        }
        if any(name.split(".")[0] == "xlwings" for name in names):
            assert path.relative_to(PACKAGE).parts[0] == "hosts", path


def test_no_file_is_several_rooms() -> None:
    long = {str(path): n for path in PACKAGE.rglob("*.py") if (n := len(path.read_text("utf-8").splitlines())) > 500}
    assert not long
