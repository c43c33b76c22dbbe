"""The house rules that programs check: ruff, mypy --strict, and floors that import only downwards."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from radon.complexity import add_inner_blocks, cc_visit
from radon.visitors import Function

from tests import ROOT

PACKAGE = ROOT / "xl_infusion"

#: The floors, the lowest first; a module imports from its own floor and those below.
FLOORS = [
    "version",
    "spreadsheet",
    "errors",
    "reference",
    "rules",
    "claim",
    "model",
    "functions",
    "help",
    "template",
    "workbook",
    "hosts",
    "setup",
    "cli",
    "__main__",
]
#: The floors inside `spreadsheet`, in the same way.
SPREADSHEET = ["cell_error", "undisturbed", "disk", "xlsx", "formula", "ironcalc", "calculation"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join
)
def test_program(command: list[str]) -> None:
    found = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def imported(path: Path) -> set[str]:
    """The modules of ours that a file imports, as paths from the package on: ``spreadsheet.xlsx.grid``."""
    out = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "xl_infusion":
            inside = node.module.removeprefix("xl_infusion").removeprefix(".")
            out |= {f"{inside}.{alias.name}".removeprefix(".") for alias in node.names}
        elif isinstance(node, ast.Import):
            out |= {alias.name.removeprefix("xl_infusion.") for alias in node.names if "xl_infusion" in alias.name}
    return out


def upward(folder: Path, floors: list[str], inside: str = "") -> list[str]:
    """The arrows from a floor of a folder to one above it, in words."""
    found = []
    for path in folder.rglob("*.py"):
        floor = path.relative_to(folder).parts[0].removesuffix(".py")
        if floor not in floors:
            continue
        for name in imported(path):
            to = name.removeprefix(inside).split(".")[0]
            if name.startswith(inside) and to in floors and floors.index(to) > floors.index(floor):
                found.append(f"{path.relative_to(ROOT)} imports {name}")
    return found


def test_no_arrow_upwards() -> None:
    assert upward(PACKAGE, FLOORS) == []
    assert upward(PACKAGE / "spreadsheet", SPREADSHEET, "spreadsheet.") == []


def test_every_room_has_a_floor() -> None:
    entries = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert entries - {"__init__", "__pycache__"} == set(FLOORS)
    entries = {path.name.removesuffix(".py") for path in (PACKAGE / "spreadsheet").iterdir() if path.suffix != ".md"}
    assert entries - {"__init__", "__pycache__"} == set(SPREADSHEET)


def test_the_spreadsheet_engine_knows_nothing_of_infusion() -> None:
    for path in (PACKAGE / "spreadsheet").rglob("*.py"):
        others = {name for name in imported(path) if name.split(".")[0] not in ("spreadsheet", "version")}
        assert not others, path
    assert (PACKAGE / "spreadsheet" / "__init__.py").read_text("utf-8") == ""


#: What the spreadsheet engine stands on; the worksheet functions run where none of it is.
ENGINES = ("ironcalc", "python_calamine", "openpyxl", "defusedxml", "xlwings", "typer", "rich")


def test_the_core_runs_without_an_engine() -> None:
    code = f"""
import sys
sys.modules.update(dict.fromkeys({ENGINES!r}))
from xl_infusion import JUNITS
print(JUNITS("meropenem", "1 g"))
"""
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert found.stdout == "10\n", found.stderr


def test_only_hosts_import_xlwings() -> None:
    for path in PACKAGE.rglob("*.py"):
        names = {
            (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, (ast.Import, ast.ImportFrom))
        }
        if any(name.split(".")[0] == "xlwings" for name in names):
            assert path.relative_to(PACKAGE).parts[0] == "hosts", path


#: How dense a function may be, and how many may be denser than what a reader takes in at once: what there is, which falls.
#: radon counts what ruff's C901 counts, and `and`, `or`, and the loops and conditions of comprehensions too.
LIMIT, DENSE, MOST_DENSE = 15, 10, 80


def complexities() -> dict[str, int]:
    """Every function and method of the package, those within others too, and how many ways lead through it."""
    return {
        f"{path.relative_to(ROOT)}:{block.lineno} {block.name}": block.complexity
        for path in sorted(PACKAGE.rglob("*.py"))
        for block in add_inner_blocks(cc_visit(path.read_text("utf-8")))
        if isinstance(block, Function)
    }


@pytest.mark.slow
def test_functions_are_read_at_once() -> None:
    """Where this fails: name the ideas of the function, and give each a function of its own."""
    dense = {name: ways for name, ways in complexities().items() if ways > DENSE}
    assert not {name: ways for name, ways in dense.items() if ways > LIMIT}
    assert len(dense) <= MOST_DENSE, sorted(dense, key=dense.__getitem__, reverse=True)


def test_no_file_is_several_rooms() -> None:
    long = {str(path): n for path in PACKAGE.rglob("*.py") if (n := len(path.read_text("utf-8").splitlines())) > 500}
    assert not long
