"""``xl-infusion doctor``: what keeps the functions from calculating in Excel on this machine, and the remedy."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PureWindowsPath

from xl_infusion.errors import ReferenceTableError
from xl_infusion.hosts.excel.generate import only_ours
from xl_infusion.reference import current
from xl_infusion.setup import configuration, office, pythons
from xl_infusion.setup.addin import Files, addin_file
from xl_infusion.setup.findings import ERROR, Diagnosis, diagnosis
from xl_infusion.setup.machine import Machine, Process

_VERSION = re.compile(r'^Public Const XLWINGS_VERSION As String = "([^"]*)"', re.MULTILINE)
#: A process of this name that has this in its command line is a server that xlwings started for Excel.
_PYTHON, _SERVES = re.compile(r"pythonw?[\d.]*(\.exe)?", re.IGNORECASE), "xlwings.serve("


def examine(machine: Machine, workbooks: Sequence[str], files: Files, today: dt.date) -> list[Diagnosis]:
    """What is wrong, errors first: nothing on a machine where the functions calculate.

    In: ``workbooks`` that are to be looked at too, with their full paths; how the files for Excel are made; the day.
    """
    excel = office.excel(machine)
    found = [*_excel(excel), *_python(machine, excel, workbooks, files), *_processes(machine.processes())]
    found += [*_macros(machine, workbooks), *_addin(machine, files, wanted=not workbooks)]
    for path in workbooks:
        found += _workbook(machine, path, files)
    found += _codes(today)
    return sorted(dict.fromkeys(found), key=lambda one: one.severity != ERROR)


def _excel(excel: office.Excel | None) -> Iterator[Diagnosis]:
    if excel is None:
        yield diagnosis("no Excel", "neither a running Excel nor an installed one is found")
    elif excel.from_store:
        yield diagnosis("Excel from the Store", f"Excel comes from the Microsoft Store: {excel.path}")


# -- the Python that Excel starts ---------------------------------------------------------------------------------


def _python(
    machine: Machine, excel: office.Excel | None, workbooks: Iterable[str], files: Files
) -> Iterator[Diagnosis]:
    places = dict.fromkeys(str(PureWindowsPath(path).with_name(configuration.FILE)) for path in workbooks)
    user = configuration.user_file(machine)
    settings: dict[str, dict[str, str]] = {}
    for path in (user, *places):
        try:
            settings[path] = configuration.parsed(configuration.read(machine, path))
        except OSError as error:
            yield diagnosis("no configuration", f"{path} cannot be read: {error.strerror or error}")
    for path, told in settings.items():
        if told.get("DEBUG UDFS", "").lower() == "true":
            yield diagnosis("debug mode", f"{path} has DEBUG UDFS = {told['DEBUG UDFS']}")
        if path == user or configuration.INTERPRETER in told:
            yield from _interpreter(machine, path, told, excel, files)


def _interpreter(
    machine: Machine, path: str, settings: Mapping[str, str], excel: office.Excel | None, files: Files
) -> Iterator[Diagnosis]:
    """What is wrong with the Python of one configuration."""
    if not set(settings) & {configuration.INTERPRETER, configuration.LEGACY}:
        yield diagnosis("no configuration", f"{path} is missing or names no Python: Excel takes the first on the PATH")
        return
    python = configuration.interpreter(machine, settings)
    if not PureWindowsPath(python).is_absolute():
        yield diagnosis(
            "another interpreter", f"{path} names {python!r}, which is the first on the PATH, whichever that is"
        )
        return
    if not machine.exists(python):
        yield diagnosis("missing interpreter", f"{path} names {python}, which is not there")
        return
    if not configuration.same_python(python, machine.python):
        yield diagnosis("another interpreter", f"{path} names {python}; this is {machine.python}")
    if office.STORE_FOLDER in (part.lower() for part in PureWindowsPath(python).parts):
        yield diagnosis("Python from the Store", f"{path} names {python}")
        return
    try:
        has = pythons.ask(machine, python)
    except OSError as error:
        yield diagnosis("broken interpreter", f"{python} does not run: {error.strerror or error}")
        return
    if has.platform == "win-arm64":
        yield diagnosis(
            "Python's bits",
            f"{python} is an ARM Python, for which xlwings has no DLL, and the engine that works out native formulas "
            "(ironcalc) no wheel",
            'install the x64 Python from python.org ("Windows installer (64-bit)", not the one for ARM64: Windows on '
            "ARM runs it) and xl_infusion into it, then run xl-infusion install --replace there",
        )
        return  # what it lacks besides would not make it serve
    if has.bits == 32:
        yield diagnosis("Python's bits", f"{python} is a 32-bit Python, for which xlwings has no DLL")
        return
    for package, why in has.failed.items():
        wanted = f"xlwings=={_version(files)}" if package == "xlwings" else package
        remedy = f'run "{python}" -m pip install {wanted}'
        if package == "xl_infusion":
            remedy = "run xl-infusion install --replace, which names the Python that has it"
        yield diagnosis("missing module", f"{python} lacks {package} ({why})", remedy)
    if has.xlwings:
        yield from _dll(machine, has, excel)


def _version(files: Files) -> str:
    """The version of xlwings that the files of this package want."""
    found = _VERSION.search(files.made("book.xlsm").get("xlwings", ""))
    return found[1] if found else ""


def _dll(machine: Machine, python: pythons.Python, excel: office.Excel | None) -> Iterator[Diagnosis]:
    folders = pythons.dll_folders(python.path)

    def there(bits: int) -> bool:
        name = pythons.dll_name(bits, python.xlwings)
        return any(machine.exists(str(PureWindowsPath(folder, name))) for folder in folders)

    bits = (excel.bits if excel else None) or 64
    if there(bits):
        return
    again = f'run "{python.path}" -m pip install --force-reinstall --no-deps xlwings=={python.xlwings}'
    name = pythons.dll_name(bits, python.xlwings)
    where = f"{name} is neither in {folders[0]} nor in {folders[1]}"
    if there(96 - bits):
        yield diagnosis("DLL of other bits", f"Excel has {bits} bits, and {where}", again)
    else:
        yield diagnosis("DLL missing", where, again)


# -- what runs ----------------------------------------------------------------------------------------------------


def _processes(running: Sequence[Process]) -> Iterator[Diagnosis]:
    by_id = {process.pid: process for process in running}
    for process in running:
        name = process.name.upper()
        if name == "EXCEL.EXE" and "/automation" in process.command.lower():
            yield diagnosis("hidden Excel", f"Excel runs without a window, as process {process.pid}")
        if not _PYTHON.fullmatch(process.name) or _SERVES not in process.command:
            continue
        seen, at = set(), process
        while at.name.upper() != "EXCEL.EXE" and at.parent in by_id and at.pid not in seen:
            seen.add(at.pid)
            at = by_id[at.parent]
        if at.name.upper() != "EXCEL.EXE":
            yield diagnosis(
                "zombie server",
                f"process {process.pid} ({process.path or process.name}) serves an Excel that is gone",
                f"run taskkill /F /PID {process.pid}",
            )


# -- what Excel lets run ------------------------------------------------------------------------------------------


def _macros(machine: Machine, workbooks: Sequence[str]) -> Iterator[Diagnosis]:
    if office.vba_is_off(machine):
        yield diagnosis("VBA off", "VBA is switched off in Office (VBAOff)")
    if key := office.starts_no_python(machine, machine.python):
        yield diagnosis(
            "Defender blocks Python",
            f'the rule "Block all Office applications from creating child processes" is on, for {machine.python} too '
            f"({key}, {office.NO_CHILDREN})",
        )
    level, managed = office.setting(machine, r"Excel\Security", "VBAWarnings") or (office.ASK, False)
    if level in (office.ONLY_SIGNED, office.NEVER) and not (
        workbooks and all(office.trusted(machine, path) for path in workbooks)
    ):
        kept = "unsigned ones" if level == office.ONLY_SIGNED else "all"
        yield diagnosis(
            "macros off",
            f"Excel disables macros ({kept}) outside trusted locations without a word"
            + (": your organisation says so" if managed else ""),
            "put the workbook in a trusted location, or ask who administers Office" if managed else "",
        )
    for name, what in (("DisableAllAddins", "all add-ins"), ("RequireAddinSig", "add-ins without a signature")):
        value, managed = office.setting(machine, r"Excel\Security", name) or (0, False)
        if value == 1:
            yield diagnosis(
                "add-ins off",
                f"Excel disables {what} ({name})" + (": your organisation says so" if managed else ""),
                "use the .xlsm, or ask who administers Office" if managed else "",
            )


# -- the files ----------------------------------------------------------------------------------------------------


def _addin(machine: Machine, files: Files, *, wanted: bool) -> Iterator[Diagnosis]:
    path = addin_file(machine)
    if machine.exists(path):
        yield from _file(machine, path, files)
    elif wanted:
        yield diagnosis("add-in missing", f"{path} is not there")


def _workbook(machine: Machine, path: str, files: Files) -> Iterator[Diagnosis]:
    if not machine.exists(path):
        yield diagnosis("unreadable file", f"{path} is not there")
    else:
        yield from _file(machine, path, files)


def _file(machine: Machine, path: str, files: Files) -> Iterator[Diagnosis]:
    addin = path == addin_file(machine)
    if office.disabled(machine, path):
        yield diagnosis("disabled after a crash", f"Excel crashed with {path} and opens it no more")
    if re.search(r"^\s*ZoneId\s*=\s*[34]", machine.mark_of_the_web(path), re.MULTILINE) and not office.trusted(
        machine, path
    ):
        yield diagnosis("blocked file", f"{path} is marked as coming from the internet")
    try:
        modules = files.modules_in(machine.read(path) or b"", path)
    except (OSError, ValueError) as error:
        yield diagnosis("unreadable file", f"{path}: {error}")
        return
    if not only_ours(modules.get("xlwings_udfs", "")):
        if addin:
            remedy = "move that file away, then xl-infusion install (--force replaces it)"
            yield diagnosis("add-in missing", f"{path} is another add-in than that of xl_infusion", remedy)
        return  # a workbook that lives by the add-in, or has functions of its user's
    renew = "run xl-infusion install" if addin else f'run xl-infusion excel renew "{path}"'
    made = files.made(PureWindowsPath(path).name)
    has, wants = (_VERSION.search(text.get("xlwings", "")) for text in (modules, made))
    if has and wants and has[1] != wants[1]:
        yield diagnosis("DLL of another version", f"{path} wants xlwings {has[1]}, installed is {wants[1]}", renew)
    elif any(modules.get(name) != text for name, text in made.items()):
        yield diagnosis("out of date", f"{path} was made by another version of xl_infusion", renew)


def _codes(today: dt.date) -> Iterator[Diagnosis]:
    try:
        edition = current().edition
    except ReferenceTableError as error:
        yield diagnosis("unreadable codes", str(error))
        return
    if today > edition.verified_through:
        days = (today - edition.verified_through).days
        yield diagnosis(
            "stale codes",
            f"the codes in use ({edition.edition}) are verified through {edition.verified_through}, {days:,} days "
            f"before {today}",
        )
