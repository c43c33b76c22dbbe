"""Writes the names of the worksheet functions where an editor, mypy and xlwings Lite see them.

A function is declared by its decorator in its own module; which modules have some is read off their text, so that this
runs also while `xl_infusion/functions/published.py` is stale and the package cannot be imported.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "xl_infusion"
FUNCTIONS = PACKAGE / "functions"
PUBLISHED = FUNCTIONS / "published.py"

#: What makes a function of a module a worksheet function (`xl_infusion.functions.worksheet`).
_DECORATORS = ("scalar", "table")
_HEAD = '''"""Every worksheet function by its name: made by ``python -m tools.regenerate names``, never edited by hand.

A function is declared in its module alone; here it is imported, so that all are registered, and that an editor and mypy
know what ``from xl_infusion import JUNITS`` is.
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
    return _ruff(_ruff(text, "check", "--select", "I,RUF022", "--fix", "--quiet"), "format")


def _ruff(text: str, *command: str) -> str:
    words = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(PUBLISHED), "-"]
    return subprocess.run(words, input=text, capture_output=True, encoding="utf-8", check=True).stdout


def make() -> None:
    """Writes `PUBLISHED`."""
    PUBLISHED.write_text(published(), "utf-8", newline="\n")
