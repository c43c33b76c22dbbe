"""A stand-in for pywin32, over which the real xlwings imports and runs its Windows half anywhere.

No COM: an object that would cross the process boundary is handed over as it is. What COM does to values on the way
is in `variants`.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import datetime as dt
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

#: The modules that xlwings has different ones of on Windows, and ours, which looks at them when it is imported.
HOST_MODULES = ("xlwings", "xl_infusion.hosts.excel")


class com_error(Exception):
    """pywintypes.com_error: a call that COM refused."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.hresult = args[0] if args else 0
        self.excepinfo = args[2] if len(args) > 2 else None


class Anything:
    """A part of Windows that xlwings takes hold of when it is imported and that no test here reaches."""

    def __getattr__(self, name: str) -> Anything:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: object, **options: object) -> Anything:
        return self


class Wrapped:
    """win32com.server.util.wrap: a Python object as a COM client holds it."""

    def __init__(self, obj: object) -> None:
        self.obj = obj


def unwrap(given: object) -> object:
    """win32com.server.util.unwrap; as there, a value that is no wrapped object is an error."""
    if not isinstance(given, Wrapped):
        raise ValueError("not a wrapped object")
    return given.obj


def _nothing(*args: object, **options: object) -> None:
    return None


def _same(value: object, *args: object, **options: object) -> object:
    return value


def _kind(name: str) -> type:
    return type(name, (), {})


def modules() -> dict[str, ModuleType]:
    """The modules of pywin32 that xlwings imports, by name."""
    contents: dict[str, dict[str, Any]] = {
        "pywintypes": {
            "com_error": com_error, "error": type("error", (Exception,), {}), "IID": str,
            "TimeType": type("TimeType", (dt.datetime,), {}),
        },
        "pythoncom": {
            "com_error": com_error, "ole_error": com_error, "CoInitialize": _nothing, "IID_IDispatch": "IDispatch",
            "IID_IEnumVARIANT": "IEnumVARIANT", "TypeIIDs": {"IDispatch": _kind("PyIDispatch")},
        },
        "win32api": {}, "win32con": {}, "win32event": {}, "win32gui": {},
        "win32process": {"GetWindowThreadProcessId": lambda window: (1, 1)},
        "win32timezone": {"TimeZoneInfo": SimpleNamespace(utc=lambda: dt.UTC)},
        "win32com": {},
        "win32com.client": {
            "CDispatch": _kind("CDispatch"), "DispatchBaseClass": _kind("DispatchBaseClass"),
            "CoClassBaseClass": _kind("CoClassBaseClass"), "Dispatch": _same, "DispatchEx": Anything(),
            "gencache": SimpleNamespace(EnsureModule=_nothing),
        },
        "win32com.server": {},
        "win32com.server.util": {"wrap": lambda obj, *args, **options: Wrapped(obj), "unwrap": unwrap},
        "win32com.server.policy": {"DefaultPolicy": _kind("DefaultPolicy")},
        "win32com.server.dispatcher": {},
        "win32com.server.exception": {"COMException": com_error},
    }  # fmt: skip
    made = {}
    for name, content in contents.items():
        made[name] = module = ModuleType(name)
        module.__dict__.update(content, __file__=f"<stand-in for {name}>")
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(made[parent], child, module)
    return made


def _ours(name: str) -> bool:
    return any(name == host or name.startswith(f"{host}.") for host in HOST_MODULES) and "xlwingslib" not in name


@contextlib.contextmanager
def windows() -> Iterator[ModuleType]:
    """xlwings as Windows imports it, for the length of the block; afterwards everything is as it was.

    It does not matter whether xlwings or ``xl_infusion.hosts.excel`` were imported before: within the block both
    are imported anew.
    """
    # as this platform has it, so that all it needs of the standard library is there before Windows is claimed
    for name in ("xlwings", "xl_infusion.hosts.excel", "asyncio", "concurrent.futures", "locale", "shlex"):
        importlib.import_module(name)
    hosts = importlib.import_module("xl_infusion.hosts")
    kept = {name: module for name, module in sys.modules.items() if _ours(name)}
    kept_excel = vars(hosts).pop("excel")  # or "from xl_infusion.hosts import excel" would still find it
    standins = modules()
    try:
        for name in kept:
            del sys.modules[name]
        sys.modules.update(standins)
        with _claimed():
            xlwings = importlib.import_module("xlwings")
        atexit.unregister(xlwings._xlwindows.cleanup)  # it would look for Excel among the processes
        yield xlwings
    finally:
        if "xlwings.com_server" in sys.modules:
            sys.modules["xlwings.com_server"].loop.close()
        for name in [name for name in sys.modules if _ours(name) or name in standins]:
            del sys.modules[name]
        sys.modules.update(kept)
        hosts.excel = kept_excel  # type: ignore[attr-defined]


@contextlib.contextmanager
def _claimed() -> Iterator[None]:
    """The platform says that it is Windows, for an import."""
    platform, library = sys.platform, ctypes.PyDLL
    ctypes.windll = ctypes.oledll = Anything()  # type: ignore[attr-defined]
    ctypes.PyDLL = Anything()  # type: ignore[assignment, misc]
    sys.platform = "win32"
    try:
        yield
    finally:
        sys.platform = platform
        ctypes.PyDLL = library  # type: ignore[misc]
        del ctypes.windll, ctypes.oledll  # type: ignore[attr-defined]
