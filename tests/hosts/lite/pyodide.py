"""A real Pyodide under node, with xlwings' wheel from PyPI, that runs a main.py as xlwings Lite does.

Node's packages are named with exact versions in ``lite/package.json`` and ``package-lock.json``; `packages` installs
them with ``npm ci`` into a folder of the tests. Where XLWINGS_LICENSE_KEY is set, calls go through xlwings' own half of
Office.js, which asks for a licence; elsewhere the functions are called as main.py publishes them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

from xl_infusion.errors import ExcelError
from xl_infusion.spreadsheet.xlsx.values import serial

HERE = Path(__file__).parent
VERSIONS = ("pyodide-0.27", "pyodide-314")
LICENSED = bool(os.environ.get("XLWINGS_LICENSE_KEY"))
_TYPES = {
    "Div0": "#DIV/0!", "NotAvailable": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!",
}  # fmt: skip


def packages(folder: Path, source: Path = HERE, *scripts: str) -> Path:
    """Installs node's packages into a folder, with the scripts of ``source`` beside them (run.mjs).

    AssertionError without node or npm, or when npm fails.
    """
    for program in ("node", "npm"):
        assert shutil.which(program), (
            f"{program} is not installed: the tests of xlwings Lite run in Pyodide under node 18 or newer "
            "(Debian: apt install nodejs npm)"
        )
    for name in ("package.json", "package-lock.json", *(scripts or ["run.mjs"])):
        shutil.copy(source / name, folder)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def wheel(requirements: Path, folder: Path) -> Path:
    """Downloads what a requirements.txt names: xlwings, as Pyodide gets it from PyPI."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--implementation=py",
         "--abi=none", "--platform=any", "--dest", str(folder), "-r", str(requirements)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = folder.glob("*.whl")
    return found


class Pyodide:
    """A running Pyodide with a main.py imported. ``about``: what it says of itself."""

    def __init__(self, folder: Path, version: str, main: Path, xlwings: Path, licensed: bool) -> None:
        key = {"XLWINGS_LICENSE_KEY": os.environ["XLWINGS_LICENSE_KEY"]} if licensed else {}
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._process = subprocess.Popen(
            ["node", "run.mjs", version, str(main), str(xlwings)],
            cwd=folder, env=keep | key, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.about = self._answer()

    def call(self, function: str, *arguments: object) -> Any:
        """The cells that a call shows. Arguments as Python has them; None at the top is an argument left out."""
        return shown(self.timed(function, *arguments)["value"])

    def timed(self, function: str, *arguments: object) -> dict[str, Any]:
        """The answer as it comes, with its seconds."""
        sent = [None if one is None else sendable(one) for one in arguments]
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"function": function, "arguments": sent}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        while line := self._process.stdout.readline():
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                assert "error" not in answer, answer["error"]
                return answer
        raise AssertionError(f"node ended with {self._process.wait()}")

    def __enter__(self) -> Pyodide:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


def sendable(argument: object) -> list[list[Any]]:
    """An argument as Office.js sends it: rows of cells, days as numbers, a blank as null, an error as an object."""
    rows = argument if isinstance(argument, list) else [[argument]]
    return [[_sent(cell) for cell in (row if isinstance(row, list) else [row])] for row in rows]


def _sent(cell: object) -> Any:
    if isinstance(cell, ExcelError):
        return {"type": "Error", "errorType": "Any", "basicType": "Error", "basicValue": str(cell)}
    cell = _number(cell)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)  # JavaScript has one kind of number
    return cell


def shown(rows: list[list[Any]]) -> list[list[object]]:
    """What Excel makes of an answer: errors as their names, days as their numbers."""
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(cell: Any) -> object:
    if isinstance(cell, dict):
        return _TYPES[cell["errorType"]] if cell["type"] == "Error" else cell["basicValue"]
    return cell


def expected(result: object) -> list[list[object]]:
    """What a result of our functions in Python shows."""
    rows = result if isinstance(result, list) else [[result]]
    return [[_result(cell) for cell in (row if isinstance(row, list) else [row])] for row in _rows(rows)]


def _rows(rows: list[Any]) -> list[Any]:
    return rows if rows and isinstance(rows[0], list) else [rows]


def _result(cell: object) -> object:
    if isinstance(cell, ExcelError):
        return str(cell) if str(cell) in _TYPES.values() else "#VALUE!"
    if cell is None:
        return ""
    return float(cell) if isinstance(cell, Decimal) else _number(cell)


def _number(cell: object) -> object:
    """Days, moments and times as the numbers that cells hold."""
    if isinstance(cell, dt.date):
        return serial(cell, False)
    if isinstance(cell, dt.time):
        cell = dt.timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    return cell / dt.timedelta(days=1) if isinstance(cell, dt.timedelta) else cell
