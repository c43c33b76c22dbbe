"""xlwings' configuration: ``xlwings.conf``, lines of ``"KEY","value"`` that its VBA reads.

Its VBA compares keys without regard to case, takes the first that fits, reads pairs and not lines, and knows no
escape for a quotation mark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PureWindowsPath

from xl_infusion.setup.machine import Machine

FILE = "xlwings.conf"
#: The Python that Excel starts, and its older name, which still counts where the first is not set.
INTERPRETER, LEGACY = "INTERPRETER_WIN", "INTERPRETER"

_PAIR = re.compile(r'[ \t]*"([^"\r\n]*)"[ \t]*,[ \t]*(?:"([^"\r\n]*)"|([^",\r\n]*))[ \t]*\r?\n?')


class Unwritable(ValueError):
    """A value that VBA could not read back from the file; the message says which and what to do."""


def user_file(machine: Machine) -> str:
    """Where xlwings looks for the user's configuration."""
    return str(PureWindowsPath(machine.environment.get("USERPROFILE", ""), ".xlwings", FILE))


def parsed(text: str) -> dict[str, str]:
    """The settings of a file, by their names in capitals.

    >>> parsed('"Interpreter_Win","C:\\\\py\\\\python.exe"\\n"SHOW CONSOLE","True"\\n')
    {'INTERPRETER_WIN': 'C:\\\\py\\\\python.exe', 'SHOW CONSOLE': 'True'}
    """
    found: dict[str, str] = {}
    for match in _PAIR.finditer(text):
        found.setdefault(match[1].upper(), match[2] if match[2] is not None else match[3].strip())
    return found


def changed(text: str, settings: Mapping[str, str | None]) -> str:
    """The text of a file with these settings in it, without those that are None; all others stay, in their order.

    Errors: `Unwritable`.

    >>> changed('"LICENSE_KEY","abc"\\n\\n"interpreter_win","old.exe"\\n', {"INTERPRETER_WIN": "new.exe"})
    '"LICENSE_KEY","abc"\\n"INTERPRETER_WIN","new.exe"\\n'
    """
    new = {name: value for name, value in settings.items() if value is not None}
    for name, value in new.items():
        if set('"\r\n') & set(value):
            raise Unwritable(f"{name} = {value!r} has a quotation mark or a line end, which {FILE} cannot have")
    kept = [line for line in text.splitlines() if line.strip() and _name_in(line) not in settings]
    return "".join(f"{line}\n" for line in [*kept, *(f'"{name}","{value}"' for name, value in new.items())])


def _name_in(line: str) -> str | None:
    """The name of a line's setting, in capitals; None where it has none."""
    found = _PAIR.match(line)
    return found[1].upper() if found else None


def encoded(machine: Machine, text: str) -> bytes:
    """A text as VBA reads it. Errors: `Unwritable`."""
    try:
        return text.replace("\n", "\r\n").encode(machine.encoding)
    except UnicodeEncodeError as error:
        raise Unwritable(
            f"the path of this Python has {text[error.start]!r}, which Windows' code page for programs like Excel's "
            f"VBA does not have ({machine.python})"
        ) from None


def read(machine: Machine, path: str) -> str:
    """The text of a configuration; nothing where there is none. Errors: OSError."""
    return (machine.read(path) or b"").decode(machine.encoding, "replace")


def expanded(machine: Machine, value: str) -> str:
    """A value with ``%NAMES%`` replaced as Windows does."""
    return re.sub(r"%([^%]+)%", lambda name: machine.environment.get(name[1].upper(), name[0]), value)


def interpreter(machine: Machine, settings: Mapping[str, str]) -> str:
    """The Python that Excel starts by these settings: a path, or a bare name, as it is without any."""
    return expanded(machine, settings.get(INTERPRETER) or settings.get(LEGACY) or "pythonw")


def same_python(one: str, other: str) -> bool:
    """Whether two paths are of one Python: ``python.exe`` and ``pythonw.exe`` of one folder are.

    >>> same_python(r"C:\\Py\\python.exe", r"c:\\py\\pythonw.exe"), same_python(r"C:\\Py\\python.exe", "pythonw")
    (True, False)
    """
    a, b = PureWindowsPath(one), PureWindowsPath(other)
    names = {path.name.lower().removesuffix(".exe") for path in (a, b)}
    return a.parent == b.parent and (a == b or names <= {"python", "pythonw"})
