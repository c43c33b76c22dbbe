"""``xl-infusion install``: xlwings' configuration with the Python that has the functions, and the add-in where Excel
opens it by itself. Both are the user's own; nothing needs an administrator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PureWindowsPath

from xl_infusion.setup import configuration
from xl_infusion.setup.addin import Files, addin_file, stranger
from xl_infusion.setup.machine import Machine

#: The setting by which a configuration says that `install` wrote it: the name of the copy of the file as it was before,
#: beside it; `NONE` where there was no file. xlwings reads settings by their names, and this is none of its own.
BEFORE, NONE = "XL_INFUSION_BEFORE", "none"


class NotInstalled(Exception):
    """Nothing was installed (or removed), or not all; the message says what and what to do."""

    status = 3


class InUse(NotInstalled):
    """Excel has the add-in open."""

    status = 5


@dataclass(frozen=True, slots=True)
class Installed:
    """What was done: the configuration's file, the other Python that stood in it before ("" for none) and the copy of
    the file as it was before it was first installed ("" where there was none), and where the add-in is ("" without)."""

    configuration: str
    python: str
    before: str
    copy: str
    addin: str


def install(
    machine: Machine,
    addin: bytes | None,
    files: Files,
    *,
    replace: bool = False,
    beside: str | None = None,
    force: bool = False,
) -> Installed:
    """Writes the configuration, and the add-in into XLSTART.

    In: the add-in's bytes, or None for none; how modules are read; ``replace``: also where another Python is
    configured; ``beside``: a folder, whose workbooks alone are to use this Python; ``force``: also over a file of the
    add-in's name that is none of ours, or has VBA of somebody's. Errors: `NotInstalled`, and `InUse` where Excel has
    the add-in open.
    """
    if addin and not force:
        _check_addin(machine, files)
    path = configuration_file(machine, beside)
    try:
        before, copy = _configure(machine, path, replace=replace)
    except configuration.Unwritable as error:
        raise NotInstalled(f"{error}: install Python in another folder; nothing was changed") from None
    except OSError as error:
        raise NotInstalled(f"{path} cannot be written: {error.strerror or error}; nothing was changed") from None
    return Installed(
        path,
        machine.python,
        "" if configuration.same_python(before or machine.python, machine.python) else before,
        "" if copy == NONE else beside_it(path, copy),
        _addin(machine, addin) if addin else "",
    )


def _configure(machine: Machine, path: str, *, replace: bool) -> tuple[str, str]:
    """Puts this Python into a configuration, of which a copy is kept as it was before the first time.

    Out: the Python that stood in it, "" for none, and the name of the copy, or `NONE`.
    Errors: `NotInstalled` for another Python, unless it is to be replaced; `configuration.Unwritable`, OSError.
    """
    text = configuration.read(machine, path)
    settings = configuration.parsed(text)
    if (other := another(machine, settings)) and not replace:
        raise NotInstalled(
            f"{path} has another Python, which the user's other xlwings workbooks may need: {other}. "
            "Use --replace to put this one in its place, or --beside FOLDER for the workbooks of one folder; "
            "nothing was changed"
        )
    copy = settings.get(BEFORE) or (_free(machine, path) if machine.exists(path) else NONE)
    written = {configuration.INTERPRETER: machine.python, BEFORE: copy}
    data = configuration.encoded(machine, configuration.changed(text, written))
    if BEFORE not in settings and copy != NONE:
        machine.write(beside_it(path, copy), machine.read(path) or b"")
    machine.write(path, data)
    return _python_of(machine, settings), copy


_PYTHONS = {configuration.INTERPRETER, configuration.LEGACY}


def configuration_file(machine: Machine, beside: str | None) -> str:
    """The user's configuration, or that of the workbooks of a folder."""
    return str(PureWindowsPath(beside, configuration.FILE)) if beside else configuration.user_file(machine)


def beside_it(path: str, name: str) -> str:
    """The path of a file in the folder of another one."""
    return str(PureWindowsPath(path).parent / PureWindowsPath(name).name)


def another(machine: Machine, settings: Mapping[str, str]) -> str:
    """The Python of a configuration that is another one than this and may serve somebody; "" where there is none.

    One that is gone serves nobody; a bare name is found by the PATH, so it may.
    """
    python = _python_of(machine, settings)
    if not python or configuration.same_python(python, machine.python):
        return ""
    return python if machine.exists(python) or not PureWindowsPath(python).is_absolute() else ""


def _python_of(machine: Machine, settings: Mapping[str, str]) -> str:
    """The Python that a configuration names; "" for none."""
    return configuration.interpreter(machine, settings) if set(settings) & _PYTHONS else ""


def _free(machine: Machine, path: str) -> str:
    """The name of a copy beside a configuration that no file has: what a user keeps there is never written over."""
    number, name = 1, f"{configuration.FILE}.before"
    while machine.exists(beside_it(path, name)):
        number += 1
        name = f"{configuration.FILE}.before{number}"
    return name


@contextmanager
def reaching(path: str) -> Iterator[None]:
    """What the system says against reading or deleting the add-in, in words. Errors: `InUse`, `NotInstalled`."""
    try:
        yield
    except PermissionError:
        raise InUse(
            f"{path} is open in Excel: close Excel (all its windows), and run it again; nothing was changed"
        ) from None
    except OSError as error:
        raise NotInstalled(f"{path}: {error.strerror or error}; nothing was changed") from None


def _check_addin(machine: Machine, files: Files) -> None:
    """Refuses to write over a file of the add-in's name that is not the add-in."""
    path = addin_file(machine)
    if not machine.exists(path):
        return
    with reaching(path):
        why = stranger(machine, files, path)
    if why:
        raise NotInstalled(
            f"{path} {why}: move it away, or --force to replace it, or --no-addin for the configuration alone; nothing "
            "was changed"
        )


def _addin(machine: Machine, data: bytes) -> str:
    path = addin_file(machine)
    try:
        machine.write(path, data)
    except PermissionError:
        raise InUse(
            f"the configuration is written, the add-in is not: {path} is open in Excel. Close Excel (all its windows), "
            "and run it again"
        ) from None
    except OSError as error:
        raise NotInstalled(
            f"the configuration is written, the add-in is not: {path}: {error.strerror or error}. Make it somewhere "
            "else with xl-infusion excel build, and tick it under File > Options > Add-ins > Excel Add-ins > Go"
        ) from None
    return path
