"""What setting up and examining ask of a machine: its registry, files, processes, and Pythons."""

from __future__ import annotations

import contextlib
import locale
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from xl_infusion.spreadsheet import disk

#: Seconds that a Python may take to say what it has.
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Process:
    """A running program: its id, its parent's, its name (python.exe), its file and its command line where they can
    be seen."""

    pid: int
    parent: int
    name: str
    path: str = ""
    command: str = ""


class Machine(Protocol):
    """A Windows machine, as the user who asks sees it."""

    @property
    def python(self) -> str:
        """The full path of the Python that runs this."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables, their names in capitals."""

    @property
    def encoding(self) -> str:
        """How VBA reads text files: Windows' "ANSI" code page."""

    def registry(self, key: str) -> Mapping[str, object]:
        """The values of a registry key such as ``HKCU\\Software\\Microsoft`` by their names in lower case ("" is the
        default value); none where it is not there."""

    def subkeys(self, key: str) -> tuple[str, ...]:
        """The names of the keys within a registry key."""

    def processes(self) -> tuple[Process, ...]:
        """What runs."""

    def exists(self, path: str) -> bool:
        """Whether there is a file, also one that cannot be opened."""

    def read(self, path: str, most: int = -1) -> bytes | None:
        """What is in a file, ``most`` bytes of it; None where there is none. Errors: OSError."""

    def write(self, path: str, data: bytes) -> None:
        """Puts a file there whole, with the folders it needs. Errors: OSError."""

    def delete(self, path: str) -> None:
        """Takes a file away. Errors: OSError."""

    def mark_of_the_web(self, path: str) -> str:
        """What Windows noted of where a file came from (its Zone.Identifier); nothing for a file of this machine."""

    def run(self, python: str, code: str) -> str:
        """What a Python prints. Errors: OSError where it cannot be run or fails, with what it said."""


class ThisMachine:
    """The machine that this runs on. The registry is empty on one that is not Windows."""

    python = sys.executable

    @property
    def environment(self) -> Mapping[str, str]:
        return {name.upper(): value for name, value in os.environ.items()}

    @property
    def encoding(self) -> str:
        return "mbcs" if sys.platform == "win32" else locale.getpreferredencoding(False)

    def registry(self, key: str) -> Mapping[str, object]:
        found: dict[str, object] = {}
        for winreg, opened in _opened(key):
            _, count, _ = winreg.QueryInfoKey(opened)
            for at in range(count):
                name, value, _ = winreg.EnumValue(opened, at)
                found.setdefault(name.lower(), value)
        return found

    def subkeys(self, key: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for winreg, opened in _opened(key):
            count, _, _ = winreg.QueryInfoKey(opened)
            found.update((winreg.EnumKey(opened, at), None) for at in range(count))
        return tuple(found)

    def processes(self) -> tuple[Process, ...]:
        import psutil

        found = []
        for one in psutil.process_iter(["pid", "ppid", "name", "exe", "cmdline"]):
            told = one.info
            command = subprocess.list2cmdline(told["cmdline"] or [])
            found.append(Process(told["pid"], told["ppid"] or 0, told["name"] or "", told["exe"] or "", command))
        return tuple(found)

    def exists(self, path: str) -> bool:
        return os.path.lexists(path)

    def read(self, path: str, most: int = -1) -> bytes | None:
        try:
            with open(path, "rb") as file:
                return file.read(most)
        except FileNotFoundError:
            return None

    def write(self, path: str, data: bytes) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        disk.write(path, data)

    def delete(self, path: str) -> None:
        os.unlink(path)

    def mark_of_the_web(self, path: str) -> str:
        if sys.platform != "win32":
            return ""
        with contextlib.suppress(OSError), open(f"{path}:Zone.Identifier", encoding=self.encoding) as stream:
            return stream.read()
        return ""

    def run(self, python: str, code: str) -> str:
        try:
            done = subprocess.run(
                [python, "-c", code], capture_output=True, encoding="utf-8", errors="replace", timeout=PATIENCE,
                stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise OSError(f"it did not answer in {PATIENCE} seconds") from None
        if done.returncode:
            raise OSError((done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1])
        return done.stdout


def _opened(key: str) -> Iterator[tuple[Any, Any]]:
    """A registry key as 64-bit programs see it, and as 32-bit ones do, where it is there."""
    try:
        import winreg as module
    except ImportError:
        return
    winreg: Any = module
    hive, _, path = key.partition("\\")
    root = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}[hive]
    for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
        with contextlib.suppress(OSError), winreg.OpenKey(root, path, 0, winreg.KEY_READ | view) as opened:
            yield winreg, opened
