"""What a Python has that Excel is to start: asked of that Python itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PureWindowsPath

from xl_infusion.setup.machine import Machine

#: What must be importable there, by the name that pip installs it by.
NEEDED = {
    "pywin32": ("pywintypes", "pythoncom", "win32api", "win32com.client"), "xlwings": ("xlwings",),
    "xl_infusion": ("xl_infusion.functions",),
}  # fmt: skip

_ASK = f"""
import importlib, json, struct, sys
told = {{"version": list(sys.version_info[:3]), "bits": struct.calcsize("P") * 8, "failed": {{}}}}
try:
    import sysconfig
    told["platform"] = sysconfig.get_platform()
except Exception:
    told["platform"] = ""
for package, modules in {NEEDED!r}.items():
    try:
        for module in modules:
            importlib.import_module(module)
    except BaseException as error:
        told["failed"][package] = f"{{type(error).__name__}}: {{error}}"
told["xlwings"] = getattr(sys.modules.get("xlwings"), "__version__", "")
told["xl_infusion"] = getattr(sys.modules.get("xl_infusion"), "__version__", "")
print(json.dumps(told))
"""


@dataclass(frozen=True, slots=True)
class Python:
    """A Python: its version, bits (32, 64), platform (win-amd64), what it cannot import and why, and the versions of
    xlwings and xl_infusion ("" where they are not there)."""

    path: str
    version: tuple[int, int, int]
    bits: int
    platform: str
    failed: dict[str, str]
    xlwings: str
    xl_infusion: str


def ask(machine: Machine, path: str) -> Python:
    """What the Python at ``path`` has. Errors: OSError where it cannot be run or says nothing that is understood."""
    said = machine.run(path, _ASK)
    try:
        told = json.loads(said.splitlines()[-1])
        return Python(
            path, tuple(told["version"]), told["bits"], told["platform"], told["failed"], told["xlwings"],
            told["xl_infusion"],
        )  # fmt: skip
    except (IndexError, KeyError, TypeError, ValueError):
        raise OSError(f"it said {said[-200:]!r}") from None


def dll_folders(python: str) -> tuple[str, str]:
    """Where xlwings' VBA looks for its DLL: beside the Python, and one folder up, as in a virtual environment."""
    folder = PureWindowsPath(python).parent
    return str(folder), str(folder.parent)


def dll_name(bits: int, version: str) -> str:
    """The DLL of an xlwings for an Excel of so many bits.

    >>> dll_name(64, "0.37.8")
    'xlwings64-0.37.8.dll'
    """
    return f"xlwings{bits}-{version}.dll"
