"""Writes the imports of what registers itself: the worksheet functions by their names, and the families of checks.

A function or a check is declared by its decorator in its own module. An editor, mypy and xlwings Lite's single file see
only what is imported by name: so two modules import them all, and are made here. Which modules declare some is read off
their text, so that this runs also while one of the two is stale and the package cannot be imported.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "xl_infusion"
FUNCTIONS = PACKAGE / "functions"
PUBLISHED = FUNCTIONS / "published.py"
CHECKS = PACKAGE / "claim" / "checks"
FAMILIES = CHECKS / "families.py"

#: What makes a function of a module a worksheet function (`xl_infusion.functions.worksheet`).
_DECORATORS = ("scalar", "table")
_HEAD = '''"""Every worksheet function by its name: made by ``python -m tools.regenerate names``, never edited by hand.

A function is declared in its module alone; here it is imported, so that all are registered, and that an editor and mypy
know what ``from xl_infusion import JUNITS`` is.
"""

'''


_HEAD_OF_FAMILIES = '''"""Every family of checks: made by ``python -m tools.regenerate names``, never edited by hand.

A check is declared in the module of its family alone; to import it is to put its checks among `check.CHECKS`.
"""

'''


def declared(folder: Path = FUNCTIONS) -> dict[str, list[str]]:
    """The modules of a folder that declare worksheet functions, each with their names in their order.

    >>> declared()["visits"]
    ['VISIT_UNITS']
    """
    found = {path.stem: _functions(path.read_text("utf-8")) for path in sorted(folder.glob("*.py"))}
    return {module: names for module, names in found.items() if names}


def _functions(source: str) -> list[str]:
    return [
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and any(map(_declares, node.decorator_list))
    ]


def _declares(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id in _DECORATORS


def published(folder: Path = FUNCTIONS) -> str:
    """The text of `PUBLISHED` as it would be made now, in the order and look that ruff asks for."""
    modules = declared(folder)
    lines = [f"from xl_infusion.functions.{module} import {', '.join(names)}" for module, names in modules.items()]
    names = [name for of_module in modules.values() for name in of_module]
    text = "\n".join([_HEAD, *lines, "", f"__all__ = {names}", ""])
    return _in_order(text, PUBLISHED)


def families(folder: Path = CHECKS) -> str:
    """The text of `FAMILIES` as it would be made now."""
    modules = [path.stem for path in sorted(folder.glob("*.py")) if _declares_checks(path.read_text("utf-8"))]
    lines = [f"from xl_infusion.claim.checks import {module} as {module}" for module in modules]
    return _in_order("\n".join([_HEAD_OF_FAMILIES, *lines, ""]), FAMILIES)


def _declares_checks(source: str) -> bool:
    """True for a module that imports the decorator of a check."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "xl_infusion.claim.checks.check"
        and any(alias.name == "check" for alias in node.names)
        for node in ast.parse(source).body
    )


def _in_order(text: str, path: Path) -> str:
    """The text of a module in the order and look that ruff asks for."""
    return _ruff(_ruff(text, path, "check", "--select", "I,RUF022", "--fix", "--quiet"), path, "format")


def _ruff(text: str, path: Path, *command: str) -> str:
    words = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(path), "-"]
    return subprocess.run(words, input=text, capture_output=True, encoding="utf-8", check=True).stdout


def make() -> None:
    """Writes both."""
    PUBLISHED.write_text(published(), "utf-8", newline="\n")
    FAMILIES.write_text(families(), "utf-8", newline="\n")
