"""A private LibreOffice for end-to-end tests: convert a file, recalculate a workbook, run a UNO script.

Every soffice that starts here has a profile folder of its own and is ended by the id it was started with, so
it neither meets the user's LibreOffice nor outlives its test. Where LibreOffice is not installed a test that
asks for it is skipped with the reason; where ``CI`` is set it fails.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

from xl_infusion.spreadsheet.cell_error import ExcelError

#: Seconds that a start, a conversion or a script may take on a busy machine.
PATIENCE = 120

#: Calc's error numbers, as it writes them into an .xlsx; any other is ``Err:<number>``, as Calc shows it.
CALC_ERRORS = {
    32767: "#N/A", 519: "#VALUE!", 502: "#VALUE!", 503: "#NUM!", 524: "#REF!", 525: "#NAME?", 521: "#NULL!",
    532: "#DIV/0!",
}  # fmt: skip

#: What a cell holds: a number (dates are serials), a text ("" for blank), or an error.
Value = float | str | ExcelError


@cache
def soffice() -> str:
    """The soffice on the path."""
    return shutil.which("soffice") or missing("soffice is not on the path: install LibreOffice Calc")


@cache
def python() -> str:
    """A Python that has LibreOffice's ``uno`` module: this one, the system's, or LibreOffice's own."""
    beside = Path(soffice()).resolve().parent / "python"
    for candidate in (sys.executable, "/usr/bin/python3", str(beside)):
        with contextlib.suppress(OSError):
            if subprocess.run([candidate, "-c", "import uno"], capture_output=True).returncode == 0:
                return candidate
    missing("no Python here has LibreOffice's uno module: install python3-uno")


def missing(what: str) -> NoReturn:
    """Fail where CI is set, so that nothing is left unverified in silence; skip elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


class Office:
    """A running LibreOffice, reached over its own pipe."""

    def __init__(self, pipe: str, process: subprocess.Popen[str]) -> None:
        self.pipe, self.process = pipe, process

    def run(self, script: str, *arguments: object) -> Any:
        """What a UNO script leaves in ``result``.

        In: Python source, which finds ``context``, ``desktop``, ``arguments``, ``uno`` and
        ``properties(Name=value, ...)``; arguments and result are anything that JSON can say. A script that
        fails, or takes longer than `PATIENCE`, is an `AssertionError` with what it wrote.
        """
        task = json.dumps({"pipe": self.pipe, "script": script, "arguments": arguments, "patience": PATIENCE})
        done = subprocess.run(
            [python(), "-c", _BRIDGE], input=task, capture_output=True, text=True, timeout=2 * PATIENCE
        )
        assert done.returncode == 0, f"the UNO script failed:\n{done.stderr}"
        return json.loads(done.stdout.rsplit("\n", 2)[-2])


@contextlib.contextmanager
def office() -> Iterator[Office]:
    """A LibreOffice for the length of the block: headless, with a new profile, ended by its process id."""
    python()
    with tempfile.TemporaryDirectory(prefix="xl-infusion-office-", ignore_cleanup_errors=True) as profile:
        pipe = f"xl_infusion_{uuid.uuid4().hex}"
        accept = f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext"
        process = _start([*_private(Path(profile)), "--nodefault", "--nologo", accept], subprocess.DEVNULL)
        try:
            running = Office(pipe, process)
            yield running
            with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
                running.run("desktop.terminate()")
                process.wait(20)
        finally:
            _end(process)


def convert(source: Path, target: str, folder: Path) -> Path:
    """The file that LibreOffice makes of ``source``: ``convert(book, "pdf", tmp_path)``.

    ``target`` is an extension or ``extension:filter name``. A file that has cached values is not recalculated.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="xl-infusion-office-", ignore_cleanup_errors=True) as profile:
        process = _start(
            [*_private(Path(profile)), "--convert-to", target, "--outdir", str(folder), str(source)], subprocess.PIPE
        )
        try:
            said, _ = process.communicate(timeout=PATIENCE)
        finally:
            _end(process)
    made = folder / f"{source.stem}.{target.split(':')[0]}"
    assert made.exists(), f"LibreOffice made no {made.name} of {source.name}:\n{said}"
    return made


def recalculated_values(path: Path) -> dict[str, list[list[Value]]]:
    """Every cell of a workbook after a hard recalculation: sheet name -> rows, [0][0] is A1.

    Numbers and dates are floats, blank is "", an error is an `ExcelError` (a text that reads "#N/A" is not).
    """
    with office() as running:
        return values_in(running, path)


def values_in(running: Office, path: Path) -> dict[str, list[list[Value]]]:
    """`recalculated_values` with a LibreOffice that runs already."""
    sheets = running.run(_RECALCULATE, str(path.resolve()))
    found: dict[str, list[list[Value]]] = {}
    for name, rows, errors in sheets:
        for row, column, number in errors:
            rows[row][column] = ExcelError(CALC_ERRORS.get(number, f"Err:{number}"))
        found[name] = rows
    return found


def displayed(running: Office, path: Path) -> dict[str, list[list[str]]]:
    """Every cell of a file as LibreOffice shows it when it is opened: sheet name -> rows, [0][0] is A1."""
    found: dict[str, list[list[str]]] = running.run(_DISPLAY, str(path.resolve()))
    return found


def _private(profile: Path) -> list[str]:
    return [soffice(), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]


def _start(command: list[str], output: int) -> subprocess.Popen[str]:
    # a session of its own: soffice is a script that starts the program, and both are ended together
    return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def _end(process: subprocess.Popen[str]) -> None:
    for force in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, force)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
            break
    until = time.monotonic() + 10  # the program may outlive its script for a moment
    while time.monotonic() < until:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    if process.stdout:
        process.stdout.close()


#: Runs in the Python that has uno: connects, runs the script, prints its result as the last line.
_BRIDGE = """
import json, os, sys, time, uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

task = json.load(sys.stdin)
here = uno.getComponentContext()
resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
until = time.monotonic() + task["patience"]
while True:
    try:
        context = resolver.resolve("uno:pipe,name=" + task["pipe"] + ";urp;StarOffice.ComponentContext")
        break
    except NoConnectException:
        if time.monotonic() > until:
            raise
        time.sleep(0.05)
names = {
    "uno": uno,
    "context": context,
    "desktop": context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context),
    "arguments": task["arguments"],
    "properties": lambda **given: tuple(PropertyValue(name, 0, value, 0) for name, value in given.items()),
    "result": None,
}
exec(compile(task["script"], "<UNO script>", "exec"), names)
print()
print(json.dumps(names["result"]), flush=True)
os._exit(0)  # uno may crash while the interpreter is torn down, when all is said
"""

_RECALCULATE = """
FORMULA, ERROR = 16, 4
path, = arguments
document = desktop.loadComponentFromURL(
    uno.systemPathToFileUrl(path), "_blank", 0, properties(Hidden=True, ReadOnly=True))
if document is None:
    raise SystemExit(f"LibreOffice cannot open {path}")
try:
    document.calculateAll()
    result = []
    for sheet in (document.Sheets.getByIndex(i) for i in range(document.Sheets.Count)):
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(True)
        end = cursor.RangeAddress
        data = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).getDataArray()
        rows = [["" if value is None else value for value in row] for row in data]
        errors = []
        for area in sheet.queryFormulaCells(ERROR).RangeAddresses:
            for row in range(area.StartRow, area.EndRow + 1):
                for column in range(area.StartColumn, area.EndColumn + 1):
                    errors.append((row, column, sheet.getCellByPosition(column, row).getError()))
        result.append((sheet.Name, rows, errors))
finally:
    document.close(True)
"""


#: Opens a file as a person does, and reads what its cells show.
_DISPLAY = """
document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(arguments[0]), "_blank", 0, properties(Hidden=True))
result = {}
for sheet in document.Sheets:
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.RangeAddress
    result[sheet.Name] = [
        [sheet.getCellByPosition(column, row).String for column in range(end.EndColumn + 1)]
        for row in range(end.EndRow + 1)
    ]
document.close(True)
"""
