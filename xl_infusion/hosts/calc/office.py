"""LibreOffice on this machine: where its extension manager is, and what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from xl_infusion.hosts.calc.extension import IDENTIFIER, build
from xl_infusion.spreadsheet import disk

#: Plain function names in an .xlsx file were tried with this version; 7.4 does not know them.
SINCE = (25, 2)
_PROGRAMS = ("unopkg.com", "unopkg.exe") if sys.platform == "win32" else ("unopkg",)


class CannotInstall(RuntimeError):
    """The add-in was not put in, or not taken out; the message says why and what to do."""

    status = 1


class NoOffice(CannotInstall):
    """No LibreOffice was found on this machine."""


def program_folders(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[Path]:
    """Where LibreOffice's programs may be: beside a program of it on the path, then where it is installed usually.

    >>> program_folders({"PATH": "", "ProgramFiles": "C:/Program Files"}, "win32")[0].as_posix()
    'C:/Program Files/LibreOffice/program'
    """
    found = []
    for name in ("unopkg", "soffice", "libreoffice"):
        if program := shutil.which(name, path=environment.get("PATH", "")):
            found.append(Path(program).resolve().parent)
    if platform == "win32":
        roots = [environment[name] for name in ("ProgramFiles", "ProgramFiles(x86)") if environment.get(name)]
        found += [Path(root) / "LibreOffice" / "program" for root in roots]
    elif platform == "darwin":
        found.append(Path("/Applications/LibreOffice.app/Contents/MacOS"))
    else:
        found += [Path("/usr/lib/libreoffice/program"), Path("/usr/lib64/libreoffice/program")]
        found += sorted(Path("/opt").glob("libreoffice*/program"), reverse=True)
    return found


def extension_manager(folders: Iterable[Path]) -> Path:
    """LibreOffice's ``unopkg`` in the first of ``folders`` that has it. Errors: `NoOffice`."""
    for folder in folders:
        for name in _PROGRAMS:
            if (folder / name).is_file():
                return folder / name
    raise NoOffice(
        "LibreOffice is not on this machine: install LibreOffice 25.2 or newer with Calc and its Python "
        "(Debian: libreoffice-calc, python3-uno), or say where it is with --office FOLDER, the folder of soffice"
    )


def version_of(manager: Path) -> tuple[int, ...] | None:
    """The version of the LibreOffice that a ``unopkg`` belongs to, (25, 2, 3, 2); None where nothing tells."""
    for name in ("soffice.com", "soffice"):
        program = manager.with_name(name)
        if program.is_file():
            said = _said([str(program), "--version"])[1].split()
            for word in said:
                if word[:1].isdigit() and "." in word:
                    return tuple(int(part) for part in word.split(".") if part.isdigit())
    return None


def install(manager: Path, *, shared: bool = False, profile: Path | None = None) -> None:
    """Puts the add-in into LibreOffice, in place of one that is there. Errors: `CannotInstall`, OSError.

    ``shared``: for all users of this machine. ``profile``: into the user profile in that folder.
    """
    with disk.workspace() as folder:
        file = folder / "xl_infusion.oxt"
        build(file)
        _run(manager, "add", ["--force", "--suppress-license", str(file)], shared, profile)


def uninstall(manager: Path, *, shared: bool = False, profile: Path | None = None) -> None:
    """Takes the add-in out of LibreOffice. Errors: `CannotInstall`."""
    _run(manager, "remove", [IDENTIFIER], shared, profile)


def _run(manager: Path, command: str, arguments: list[str], shared: bool, profile: Path | None) -> None:
    where = ["--shared"] if shared else []
    if profile is not None:
        where.append(f"-env:UserInstallation={profile.absolute().as_uri()}")
    status, said = _said([str(manager), command, *where, *arguments])
    if status:
        raise CannotInstall(f"LibreOffice's {manager.name} {command} failed: {_short(said)}{_remedy(said)}")


def _said(command: list[str]) -> tuple[int, str]:
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=300)
    except OSError as error:
        raise CannotInstall(f"{command[0]} cannot be run: {error.strerror or error}") from None
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{command[0]} did not answer for 5 minutes: close LibreOffice and try again") from None
    return done.returncode, done.stdout + done.stderr


def _short(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:] or ["it said nothing"]
    return errors[0].removeprefix("ERROR: ").removeprefix("Exception occurred: ").rstrip(".")


def _remedy(said: str) -> str:
    if "as root" in said:
        return "; root installs for all users only: add --shared, or run this as the user who works with LibreOffice"
    if "lock" in said.lower() or "already running" in said.lower():
        return "; close LibreOffice, its quickstarter too, and try again"
    if "no such extension" in said.lower() or "not deployed" in said.lower():
        return "; it is not installed there: was it installed with --shared, or into another --profile?"
    if "permission" in said.lower() or "access" in said.lower():
        return "; --shared needs an administrator's rights"
    return ""
