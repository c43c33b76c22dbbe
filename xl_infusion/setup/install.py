"""``xl-infusion install``: xlwings' configuration with the Python that has the functions, and the add-in where Excel
opens it by itself. Both are the user's own; nothing needs an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PureWindowsPath

from xl_infusion.setup import configuration, office
from xl_infusion.setup.machine import Machine

ADDIN = "xl_infusion.xlam"


class NotInstalled(Exception):
    """Nothing was installed, or not all; the message says what and what to do."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What was done: the configuration's file, the Python that stood in it before ("" for none) and the copy of that
    file ("" where nothing was replaced), and where the add-in is ("" without one)."""

    configuration: str
    python: str
    before: str
    copy: str
    addin: str


def install(machine: Machine, addin: bytes | None, *, replace: bool = False, beside: str | None = None) -> Installed:
    """Writes the configuration, and the add-in into XLSTART.

    In: the add-in's bytes, or None for none; ``replace``: also where another Python is configured; ``beside``: a
    folder, whose workbooks alone are to use this Python. Errors: `NotInstalled`.
    """
    python = machine.python
    path = str(PureWindowsPath(beside, configuration.FILE)) if beside else configuration.user_file(machine)
    try:
        text = configuration.read(machine, path)
        settings = configuration.parsed(text)
        before = configuration.interpreter(machine, settings) if set(settings) & _PYTHONS else ""
        another = bool(before) and not configuration.same_python(before, python)
        # one that is gone serves nobody; a bare name is found by the PATH, so it may
        if another and not replace and (machine.exists(before) or not PureWindowsPath(before).is_absolute()):
            raise NotInstalled(
                f"{path} has another Python, which the user's other xlwings workbooks may need: {before}. "
                "Use --replace to put this one in its place, or --beside FOLDER for the workbooks of one folder; "
                "nothing was changed"
            )
        data = _encoded(machine, configuration.changed(text, {configuration.INTERPRETER: python}))
        copy = f"{path}.before" if another else ""
        if copy:
            machine.write(copy, machine.read(path) or b"")
        machine.write(path, data)
    except configuration.Unwritable as error:
        raise NotInstalled(f"{error}: install Python in another folder; nothing was changed") from None
    except OSError as error:
        raise NotInstalled(f"{path} cannot be written: {error.strerror or error}; nothing was changed") from None
    return Installed(path, python, before if another else "", copy, _addin(machine, addin) if addin else "")


_PYTHONS = {configuration.INTERPRETER, configuration.LEGACY}


def _encoded(machine: Machine, text: str) -> bytes:
    try:
        return text.replace("\n", "\r\n").encode(machine.encoding)
    except UnicodeEncodeError as error:
        raise configuration.Unwritable(
            f"the path of this Python has {text[error.start]!r}, which Windows' code page for programs like Excel's "
            f"VBA does not have ({machine.python})"
        ) from None


def addin_file(machine: Machine) -> str:
    """Where the add-in is to be."""
    return str(PureWindowsPath(office.start_folder(machine), ADDIN))


def _addin(machine: Machine, data: bytes) -> str:
    path = addin_file(machine)
    try:
        machine.write(path, data)
    except PermissionError:
        raise NotInstalled(
            f"the configuration is written, the add-in is not: {path} is open in Excel. Close Excel (all its windows), "
            "and run it again"
        ) from None
    except OSError as error:
        raise NotInstalled(
            f"the configuration is written, the add-in is not: {path}: {error.strerror or error}. Make it somewhere "
            "else with xl-infusion excel build, and tick it under File > Options > Add-ins > Excel Add-ins > Go"
        ) from None
    return path
