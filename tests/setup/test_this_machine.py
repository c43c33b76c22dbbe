"""The machine that the tests run on, asked for real; what only Windows has is empty elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from xl_infusion.setup import pythons
from xl_infusion.setup.machine import Machine, ThisMachine
from xl_infusion.version import __version__


def test_it_is_a_machine() -> None:
    machine: Machine = ThisMachine()
    assert machine.python == sys.executable
    assert machine.environment["PATH"] == os.environ["PATH"]
    "\xe9".encode(machine.encoding)


def test_a_process_that_runs_is_seen() -> None:
    code = "input('# xlwings.serve(')"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        [found] = [one for one in ThisMachine().processes() if one.pid == process.pid]
        process.communicate(b"\n")
    assert found.parent == os.getpid() and found.name.lower().startswith("python")
    assert "xlwings.serve(" in found.command and os.path.realpath(found.path) == os.path.realpath(sys.executable)


def test_files(tmp_path: Path) -> None:
    machine, path = ThisMachine(), tmp_path / "new" / "xlwings.conf"
    assert machine.read(str(path)) is None and not machine.exists(str(path))
    machine.write(str(path), b"12345")
    assert machine.read(str(path)) == b"12345" and machine.read(str(path), 2) == b"12" and machine.exists(str(path))
    assert [one.name for one in path.parent.iterdir()] == ["xlwings.conf"]
    machine.delete(str(path))
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        machine.delete(str(path))
    dangling = tmp_path / "alias"
    dangling.symlink_to(tmp_path / "nowhere")
    assert machine.exists(str(dangling)), "as an alias of the Microsoft Store, which no program can open"


def test_without_windows_there_is_no_registry_and_no_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setitem(sys.modules, "winreg", None)  # as where it cannot be imported
    machine = ThisMachine()
    assert machine.registry(r"HKCU\Software") == {} and machine.subkeys(r"HKLM\SOFTWARE") == ()
    assert machine.mark_of_the_web(str(tmp_path)) == ""


class Key(dict[str, object]):
    """An open registry key: its values, and the names of the keys in it."""

    subkeys: tuple[str, ...] = ()

    def __enter__(self) -> Key:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def test_a_key_is_read_as_64_bit_programs_see_it_and_then_as_32_bit_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a stand-in for winreg, which only Windows has."""
    views = {
        0x0100: {r"SOFTWARE\Office": Key({"Platform": "x64", "": 1})},
        0x0200: {r"SOFTWARE\Office": Key({"PLATFORM": "x86", "Path": "C:"}), r"SOFTWARE\Old": Key({"a": b"b"})},
    }
    views[0x0100][r"SOFTWARE\Office"].subkeys, views[0x0200][r"SOFTWARE\Office"].subkeys = ("L0", "L1"), ("L1", "L2")

    def open_key(root: str, path: str, reserved: int, access: int) -> Key:
        assert root == "HKLM" and access & 1
        try:
            return views[access & ~1][path]
        except KeyError:
            raise FileNotFoundError(2, "no such key") from None

    winreg = SimpleNamespace(
        HKEY_CURRENT_USER="HKCU", HKEY_LOCAL_MACHINE="HKLM", KEY_READ=1, KEY_WOW64_64KEY=0x0100, KEY_WOW64_32KEY=0x0200,
        OpenKey=open_key, QueryInfoKey=lambda key: (len(key.subkeys), len(key), 0),
        EnumValue=lambda key, at: (*list(key.items())[at], 1), EnumKey=lambda key, at: key.subkeys[at],
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "winreg", winreg)
    machine = ThisMachine()
    assert machine.registry(r"HKLM\SOFTWARE\Office") == {"platform": "x64", "": 1, "path": "C:"}
    assert machine.registry(r"HKLM\SOFTWARE\Old") == {"a": b"b"}
    assert machine.registry(r"HKLM\SOFTWARE\None") == {}
    assert machine.subkeys(r"HKLM\SOFTWARE\Office") == ("L0", "L1", "L2")


def test_this_python_says_what_it_has() -> None:
    told = pythons.ask(ThisMachine(), sys.executable)
    assert told.version == sys.version_info[:3] and told.xl_infusion == __version__
    assert told.bits == (64 if sys.maxsize > 2**32 else 32)
    assert set(told.failed) == (set() if sys.platform == "win32" else {"pywin32"})


def test_a_python_that_fails_or_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="RuntimeError: no"):
        ThisMachine().run(sys.executable, "raise RuntimeError('no')")
    with pytest.raises(OSError):
        pythons.ask(ThisMachine(), str(tmp_path / "python.exe"))
