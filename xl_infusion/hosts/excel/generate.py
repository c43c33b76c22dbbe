"""The VBA of our functions for a workbook and for an add-in, as xlwings' own ``import_udfs`` generates it, hardened:
made on any machine, with or without Excel and pywin32.

It runs in a process of its own, in which xlwings is imported as Windows has it (`_pywin32`), so that nothing of that
stays behind in the caller's.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

#: The module whose functions Excel calls, as the wrappers name it.
UDF_MODULE = "xl_infusion.hosts.excel"
_CALLED = re.compile(r'\bCallUDF\("([^"]*)"')


@dataclass(frozen=True, slots=True)
class Vba:
    """What xlwings makes of our functions: the text of the module ``xlwings_udfs``, and for the function wizard what
    it tells ``Application.MacroOptions`` of each function, in its order."""

    wrappers: str
    options: tuple[tuple[str, dict[str, Any]], ...]


class CannotGenerate(RuntimeError):
    """xlwings did not generate the VBA; the message says what it said."""


def called(wrappers: str) -> set[str]:
    """The Python modules whose functions the text of a module ``xlwings_udfs`` calls."""
    return set(_CALLED.findall(wrappers))


def only_ours(wrappers: str) -> bool:
    """Whether a module ``xlwings_udfs`` is of this package, whichever version, and has nobody else's function.

    >>> only_ours('XLPy.CallUDF("xl_infusion.hosts.excel", "JCODE", ...)'), only_ours('XLPy.CallUDF("mine", "F", ...)')
    (True, False)
    """
    return called(wrappers) == {UDF_MODULE}


@cache
def generated(name: str) -> Vba:
    """The VBA for a workbook with this file name: one that ends in ``.xlam`` calls with the active workbook.

    Errors: `CannotGenerate`. It takes a second or two; a name is asked once in a process.
    """
    path = os.pathsep.join([*filter(None, sys.path), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
    done = subprocess.run(
        [sys.executable, "-m", __name__, name],
        capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise CannotGenerate(f"xlwings generated no VBA: {said[0]}; it was tested with xlwings 0.37")
    told = json.loads(done.stdout)
    return Vba(told["wrappers"], tuple((function, options) for function, options in told["options"]))


def xlwings_module() -> str:
    """xlwings' own VBA module for workbooks that stand alone, as the installed xlwings ships it, with its licence.

    Errors: `CannotGenerate` where it is not there.
    """
    found = importlib.util.find_spec("xlwings")
    for folder in (found.submodule_search_locations or ()) if found else ():
        with contextlib.suppress(FileNotFoundError):
            return Path(folder, "xlwings.bas").read_text("ascii")
    raise CannotGenerate("xlwings.bas is not in the xlwings that is installed: pip install --force-reinstall xlwings")


class _Components:
    """A workbook's modules: xlwings removes its own, which is never there, and imports it from a file."""

    def __init__(self) -> None:
        self.imported = ""

    def __call__(self, name: str) -> None:
        raise sys.modules["pywintypes"].com_error(name)

    def Remove(self, component: object) -> None:
        raise AssertionError("there is never a module here when xlwings imports its own")

    def Import(self, path: str) -> None:
        self.imported = Path(path).read_text()


def _generate(name: str) -> dict[str, Any]:
    from xl_infusion.hosts.excel import _pywin32

    _pywin32.claim_windows()
    udfs = importlib.import_module("xlwings.udfs")
    importlib.reload(sys.modules[UDF_MODULE])  # it was imported before xlwings, and has no functions yet
    vars(udfs)["__pro__"] = False  # a key on this machine would have it look for code in sheets
    components, options = _Components(), []
    application = SimpleNamespace(
        Version="16.0",
        Hwnd=0,
        MacroOptions=lambda macro, **given: options.append((macro.removeprefix(f"'{name}'!"), given)),
    )
    book = SimpleNamespace(
        Name=name, Application=application, Worksheets=(), VBProject=SimpleNamespace(VBComponents=components)
    )
    with contextlib.redirect_stdout(sys.stderr):
        udfs.import_udfs(UDF_MODULE, book)
    return {"wrappers": components.imported, "options": options}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_generate(sys.argv[1])))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # xlwings would look for Excel among the processes as it ends
