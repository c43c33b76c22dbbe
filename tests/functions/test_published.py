"""A worksheet function is its module alone: whoever declares one there finds it everywhere."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import xl_infusion
from tests import ROOT
from tools import names
from xl_infusion import functions
from xl_infusion.functions import FUNCTIONS

REMEDY = "run: python -m tools.regenerate names"


def test_the_names_are_those_that_the_modules_declare() -> None:
    of_modules = [(module, name) for module, found in names.declared().items() for name in found]
    lacking = [f"functions/{module}.py declares {name}" for module, name in of_modules if name not in vars(xl_infusion)]
    assert not lacking, f"{lacking}; {REMEDY}"
    assert names.PUBLISHED.read_text("utf-8") == names.published(), REMEDY


def test_no_module_declares_a_function_that_its_text_does_not_show() -> None:
    """Every module imported: what is then registered is what is read off the text without importing any."""
    for module in pkgutil.iter_modules(functions.__path__, "xl_infusion.functions."):
        importlib.import_module(module.name)
    assert set(FUNCTIONS) == {name for found in names.declared().values() for name in found}


def test_a_module_that_is_added_is_found(tmp_path: Path) -> None:
    for module in ("visits", "ranges"):
        (tmp_path / f"{module}.py").write_text((names.FUNCTIONS / f"{module}.py").read_text("utf-8"), "utf-8")
    before = names.published(tmp_path)
    (tmp_path / "days.py").write_text(
        '@scalar("Days", "=DAYS_OF(1)")\ndef DAYS_OF(x: Any) -> Any: ...\ndef _one(): ...'
    )
    assert names.declared(tmp_path) == {"days": ["DAYS_OF"], "visits": ["VISIT_UNITS"]}
    lines = set(names.published(tmp_path).splitlines()) - set(before.splitlines())
    assert "from xl_infusion.functions.days import DAYS_OF" in lines and len(lines) == 2


def test_names_are_made_where_the_package_cannot_be_imported() -> None:
    """The module of a function is gone, and its name still stands: what mends it imports nothing of the package."""
    for module in ("names", "regenerate"):
        tree = ast.parse((ROOT / "tools" / f"{module}.py").read_text("utf-8"))
        imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        assert not any("xl_infusion" in ast.unparse(node) for node in imports), module


@pytest.mark.slow
def test_an_editor_and_mypy_know_every_function_by_its_name(tmp_path: Path) -> None:
    used = tmp_path / "used.py"
    lines = [f"from xl_infusion import {', '.join(FUNCTIONS)}", *(f"reveal_type({name})" for name in FUNCTIONS)]
    used.write_text("\n".join([*lines, "from xl_infusion import JUNIT", ""]))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", ROOT / ".mypy_cache", used],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    said = done.stdout.splitlines()
    assert sum('Revealed type is "def (' in line for line in said) == len(FUNCTIONS), done.stdout
    errors = [line for line in said if ": error: " in line]
    assert len(errors) == 1 and 'has no attribute "JUNIT"' in errors[0], done.stdout
