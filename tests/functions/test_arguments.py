"""What functions share stands below all of them: no module of a worksheet function imports another one."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from xl_infusion.functions import FUNCTIONS


def test_no_function_imports_another_ones_module() -> None:
    modules = {function.call.__module__ for function in FUNCTIONS.values()}
    assert "xl_infusion.functions.claim_grid" in modules
    found = [
        f"{name} imports {node.module}"
        for name in modules
        for node in ast.walk(ast.parse(Path(str(sys.modules[name].__file__)).read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module in modules
    ]
    assert found == []
