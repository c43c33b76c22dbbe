"""A Windows machine made of what a test puts into it: registry, files, processes. Its Pythons are this one, really
run; what they lack is taken away for real."""

from __future__ import annotations

import struct
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PureWindowsPath

from xl_infusion.hosts.excel._pywin32 import MODULES
from xl_infusion.setup.machine import Process, ThisMachine

HOME = r"C:\Users\Ann"
PYTHON = HOME + r"\infusion\Scripts\python.exe"
EXCEL = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
CONFIGURATION = HOME + r"\.xlwings\xlwings.conf"
ADDIN = HOME + r"\AppData\Roaming\Microsoft\Excel\XLSTART\xl_infusion.xlam"
DLL = HOME + r"\infusion\xlwings64-{}.dll"


def program(machine: int) -> bytes:
    """The head of a Windows program for a kind of processor: 0x8664 (64 bits), 0x14C (32)."""
    return b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80) + b"\0" * 0x40 + b"PE\0\0" + struct.pack("<H", machine)


@dataclass
class Made:
    """A machine of the protocol `xl_infusion.setup.machine.Machine`."""

    python: str = PYTHON
    encoding: str = "cp1252"
    environment: Mapping[str, str] = field(
        default_factory=lambda: {
            "USERPROFILE": HOME, "APPDATA": HOME + r"\AppData\Roaming", "LOCALAPPDATA": HOME + r"\AppData\Local",
        }
    )  # fmt: skip
    keys: dict[str, dict[str, object]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    running: list[Process] = field(default_factory=list)
    lacks: set[str] = field(default_factory=set)
    says: dict[str, str] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)

    def registry(self, key: str) -> Mapping[str, object]:
        for name, values in self.keys.items():
            if name.lower() == key.lower():
                return {value.lower(): held for value, held in values.items()}
        return {}

    def subkeys(self, key: str) -> tuple[str, ...]:
        within = key.lower() + "\\"
        return tuple(name[len(within) :] for name in self.keys if name.lower().startswith(within))

    def processes(self) -> tuple[Process, ...]:
        return tuple(self.running)

    def exists(self, path: str) -> bool:
        return self._at(path) is not None

    def read(self, path: str, most: int = -1) -> bytes | None:
        if path in self.locked:
            raise PermissionError(13, "Permission denied", path)
        at = self._at(path)
        return None if at is None else self.files[at][: most if most >= 0 else None]

    def write(self, path: str, data: bytes) -> None:
        if path in self.locked:
            raise PermissionError(13, "Permission denied", path)
        self.files[self._at(path) or path] = data

    def delete(self, path: str) -> None:
        if path in self.locked:
            raise PermissionError(13, "Permission denied", path)
        at = self._at(path)
        if at is None:
            raise FileNotFoundError(2, "No such file", path)
        del self.files[at]

    def mark_of_the_web(self, path: str) -> str:
        return self.marks.get(path, "")

    def run(self, python: str, code: str) -> str:
        """This Python's answer, with stand-ins for pywin32, and without what the machine lacks."""
        if python in self.says:
            return self.says[python]
        return _answer(frozenset(self.lacks), code)

    def _at(self, path: str) -> str | None:
        return next((name for name in self.files if PureWindowsPath(name) == PureWindowsPath(path)), None)


@cache
def _answer(lacks: frozenset[str], code: str) -> str:
    """What this Python really says without some packages; asked once, for it takes a second and says the same again."""
    with tempfile.TemporaryDirectory() as folder:
        for name in MODULES:
            if "pywin32" not in lacks and name.partition(".")[2] == "":
                made = Path(folder, name)
                made.mkdir()
                (made / "__init__.py").touch()
        if "pywin32" not in lacks:
            (Path(folder, "win32com") / "client.py").touch()
        for name in lacks - {"pywin32"}:
            Path(folder, f"{name}.py").write_text(f"raise ImportError('No module named {name}')")
        return ThisMachine().run(sys.executable, f"import sys; sys.path.insert(0, {folder!r})\n{code}")


def healthy(addin: bytes, xlwings: str) -> Made:
    """A machine on which the functions calculate: Click-to-Run Excel of 64 bits, this Python, the add-in."""
    return Made(
        keys={
            r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration": {"Platform": "x64"},
            r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe": {"": EXCEL},
            r"HKCU\Software\Microsoft\Office\16.0\Excel\Security": {"VBAWarnings": 2},
        },
        files={
            EXCEL: program(0x8664), PYTHON: b"MZ", DLL.format(xlwings): b"MZ", ADDIN: addin,
            CONFIGURATION: f'"INTERPRETER_WIN","{PYTHON}"\r\n'.encode(),
        },
        running=[
            Process(4, 0, "System"),
            Process(100, 4, "EXCEL.EXE", EXCEL, f'"{EXCEL}"'),
            Process(101, 100, "cmd.exe", r"C:\Windows\System32\cmd.exe", "cmd.exe /K python -c xlwings.serve('{1}')"),
            Process(102, 101, "python.exe", PYTHON, "python.exe -B -c import xlwings; xlwings.serve('{1}')"),
        ],
    )  # fmt: skip
