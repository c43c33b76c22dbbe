"""What xlwings' Windows half takes hold of when it is imported, for a Python that has no pywin32: the build of the
VBA runs anywhere. Nothing here does anything; only generating VBA over it makes sense, in a process of its own.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
from types import ModuleType
from typing import Any

#: The modules of pywin32 that xlwings imports.
MODULES = (
    "pythoncom", "pywintypes", "win32api", "win32com", "win32com.client", "win32com.server",
    "win32com.server.dispatcher", "win32com.server.exception", "win32com.server.policy", "win32com.server.util",
    "win32con", "win32event", "win32gui", "win32process", "win32timezone",
)  # fmt: skip

#: What the standard library has other parts of on Windows: imported as this platform has them before it is claimed.
_AS_HERE = ("asyncio", "concurrent.futures", "locale", "shlex", "subprocess", "tempfile", "xl_infusion.functions")


class _Names(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent

    def __getitem__(cls, key: object) -> Any:
        return Absent


class Absent(Exception, metaclass=_Names):
    """A part of Windows that is not there: a class to derive from, an exception to catch, anything to call."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent

    def __call__(self, *args: object, **options: object) -> Absent:
        return self


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent


def claim_windows() -> None:
    """Makes this process import xlwings as Windows does, for the rest of its life."""
    for name in _AS_HERE:
        importlib.import_module(name)
    for name in MODULES:
        sys.modules[name] = module = _Module(name)
        module.__path__, module.__file__ = [], f"<no {name}>"
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    sys.modules["win32com.client"].Dispatch = lambda thing: thing  # type: ignore[attr-defined]
    for name in ("windll", "oledll", "PyDLL"):
        setattr(ctypes, name, Absent())
    sys.platform = "win32"
