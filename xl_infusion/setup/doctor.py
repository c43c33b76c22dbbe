"""``xl-infusion doctor``: what keeps the functions from calculating in Excel on this machine, and the remedy."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PureWindowsPath

from xl_infusion.errors import ReferenceTableError
from xl_infusion.hosts.excel.generate import only_ours
from xl_infusion.reference import current
from xl_infusion.reference.verified import not_verified
from xl_infusion.setup import configuration, office, pythons
from xl_infusion.setup.addin import Files, addin_file
from xl_infusion.setup.findings import ERROR, Diagnosis, diagnosis
from xl_infusion.setup.machine import Machine, Process

_VERSION = re.compile(r'^Public Const XLWINGS_VERSION As String = "([^"]*)"', re.MULTILINE)
#: The mark of a file that comes from the internet, or from a site that is not trusted.
_FROM_THE_WEB = re.compile(r"^\s*ZoneId\s*=\s*[34]", re.MULTILINE)
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
    yield from _answering(machine, python, excel, files)


def _answering(machine: Machine, python: str, excel: office.Excel | None, files: Files) -> Iterator[Diagnosis]:
    """What is wrong with a Python by its own answers."""
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
        if _is_excel(process) and "/automation" in process.command.lower():
            yield diagnosis("hidden Excel", f"Excel runs without a window, as process {process.pid}")
        serves = _PYTHON.fullmatch(process.name) and _SERVES in process.command
        if serves and not _has_excel(process, by_id):
            yield diagnosis(
                "zombie server",
                f"process {process.pid} ({process.path or process.name}) serves an Excel that is gone",
                f"run taskkill /F /PID {process.pid}",
            )


def _is_excel(process: Process) -> bool:
    return process.name.upper() == "EXCEL.EXE"


def _has_excel(process: Process, by_id: Mapping[int, Process]) -> bool:
    """Whether an Excel is among the processes that a process was started by, one by the other."""
    seen: set[int] = set()
    while not _is_excel(process) and process.parent in by_id and process.pid not in seen:
        seen.add(process.pid)
        process = by_id[process.parent]
    return _is_excel(process)


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
    if not workbooks or not all(office.trusted(machine, path) for path in workbooks):
        yield from _disabled_macros(machine)
    yield from _disabled_addins(machine)


#: What is said of a setting that the user cannot change.
_MANAGED = ": your organisation says so"


def _disabled_macros(machine: Machine) -> Iterator[Diagnosis]:
    """Whether Excel runs no macros of a file that is in no trusted location."""
    level, managed = office.setting(machine, r"Excel\Security", "VBAWarnings") or (office.ASK, False)
    disabled = {office.ONLY_SIGNED: "unsigned ones", office.NEVER: "all"}
    if level in disabled:
        yield diagnosis(
            "macros off",
            f"Excel disables macros ({disabled[level]}) outside trusted locations without a word"
            + (_MANAGED if managed else ""),
            "put the workbook in a trusted location, or ask who administers Office" if managed else "",
        )


def _disabled_addins(machine: Machine) -> Iterator[Diagnosis]:
    """Whether Excel opens no add-ins, or not ours."""
    for name, what in (("DisableAllAddins", "all add-ins"), ("RequireAddinSig", "add-ins without a signature")):
        value, managed = office.setting(machine, r"Excel\Security", name) or (0, False)
        if value == 1:
            yield diagnosis(
                "add-ins off",
                f"Excel disables {what} ({name})" + (_MANAGED if managed else ""),
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
    if _FROM_THE_WEB.search(machine.mark_of_the_web(path)) and not office.trusted(machine, path):
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
    yield from _age(path, modules, files.made(PureWindowsPath(path).name), renew)


def _age(path: str, modules: Mapping[str, str], made: Mapping[str, str], renew: str) -> Iterator[Diagnosis]:
    """Whether a file's VBA is that of another version than what would be ``made`` now; ``renew``: the remedy."""
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
    since = edition.verified_through + dt.timedelta(1)
    if today >= since:
        yield diagnosis("stale codes", f"the {edition.edition} {not_verified(since, today)}")
