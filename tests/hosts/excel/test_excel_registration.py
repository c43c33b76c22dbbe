"""Every worksheet function is in Excel as its signature says, and a new one is without a line here."""

from __future__ import annotations

import ast
import datetime as dt
import logging
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest

import xl_infusion
from tests import billing
from tests.hosts.conftest import UDF_MODULE
from tests.hosts.standins.excel import Book
from tests.hosts.standins.variants import Error
from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.help import vba_names
from xl_infusion.hosts.excel import vba
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.examples import ROWS
from xl_infusion.template.model_examples import MODEL_ROWS
from xl_infusion.template.sheets.inputs import excel_name
from xl_infusion.template.year import year

#: The most characters of a text in the function wizard, and of a function's argument names together with their
#: number: beyond it the wizard names no argument (xlwings issue 1489).
WIZARD_TEXT, WIZARD_NAMES = 255, 254

EVERY = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


def test_every_function_is_imported_and_nothing_else(book: Book, excel: ModuleType) -> None:
    helpers = {name for name in book.module.procedures if name.startswith("Xli")}
    assert set(book.module.procedures) - helpers == set(FUNCTIONS) == set(book.macro_options)
    assert set(excel.__all__) == set(FUNCTIONS)


@EVERY
def test_wizard_says_what_the_signature_says(book: Book, function: WorksheetFunction) -> None:
    said = book.macro_options[function.name]
    assert said["Description"] == function.summary
    assert said["Category"] == function.category
    assert (said["ArgumentDescriptions"] or []) == [parameter.doc for parameter in function.parameters]
    assert [(name, optional) for name, optional, _ in book.module.procedures[function.name].parameters] == [
        (vba_names.identifier(parameter.name), parameter.optional) for parameter in function.parameters
    ]


@EVERY
def test_texts_fit_the_wizard(function: WorksheetFunction) -> None:
    texts = [function.summary, function.category, *(parameter.doc for parameter in function.parameters)]
    assert [text for text in texts if not 0 < len(text) <= WIZARD_TEXT] == []
    names = [vba_names.identifier(parameter.name) for parameter in function.parameters]
    assert sum(map(len, names)) + len(names) <= WIZARD_NAMES


@EVERY
def test_names_are_names_in_vba_and_on_the_sheet(function: WorksheetFunction) -> None:
    assert function.name.lower() not in vba_names.RESERVED
    assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+|R|C|R[0-9]*C[0-9]*", function.name), "a cell's address"
    names = [vba_names.identifier(parameter.name).lower() for parameter in function.parameters]
    assert all(re.fullmatch(r"[a-z]\w*", name) for name in names)
    assert not {function.name.lower(), "caller", "failed"} & set(names), "xlwings or the wrapper uses it"
    assert len(set(names)) == len(names)


@EVERY
def test_arguments_arrive_as_rows_with_errors_named(excel: ModuleType, function: WorksheetFunction) -> None:
    for argument in getattr(excel, function.name).__xlfunc__["args"]:
        assert argument["options"]["ndim"] == 2 and argument["options"]["err_to_str"] is True


def _of_a_day(time: dt.time) -> float:
    """A time as a cell holds it."""
    return (time.hour * 60 + time.minute) / 1440


@EVERY
def test_example_calculates(book: Book, function: WorksheetFunction) -> None:
    top = 1
    # a forecast refuses so few orders as the examples are
    given = year() if function.name.startswith("FORECAST") else {**ROWS, **MODEL_ROWS}
    for name, rows in billing.as_ranges(given).items():
        cells = [[_of_a_day(cell) if isinstance(cell, dt.time) else cell for cell in row] for row in rows]
        book.sheet.put(f"A{top}", cells)
        last = top + len(rows) - 1
        book.tables[excel_name(name)] = f"A{top}:{letters(len(rows[0]))}{last}"
        top = last + 1
    shown = book.sheet.enter("BA1", function.example)
    rows = shown if isinstance(shown, list) else [[shown]]
    if function.name == "BREAK_EVEN":  # rates are whole cents: no value earns it to the cent, the rows below say so
        assert rows[1][1] == Error.named("#N/A")
        rows = [rows[0], *rows[2:]]
    assert not [cell for row in rows for cell in row if isinstance(cell, Error)]


def test_functions_of_another_module_are_left_as_they_are(
    windows: Any, excel: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_own_udfs.py").write_text("import xlwings\n@xlwings.func\ndef MINE(x):\n    return x\n")
    monkeypatch.syspath_prepend(tmp_path)
    book = Book()
    windows.udfs.import_udfs(f"{UDF_MODULE};my_own_udfs", book)
    assert "MINE = Err.Description" in book.vba_text
    assert "JCODE = Err.Description" not in book.vba_text
    hardened = vba.harden(book.vba_text)
    assert "Err.Description\n    MINE = CVErr(2015)" in hardened and hardened.count("Function XliErrors(") == 1
    book.load(hardened)
    assert book.sheet.enter("A1", '=MINE("#N/A")') == Error.named("#N/A")


@pytest.mark.faulty
def test_what_no_rule_foresaw_is_an_error_value_and_the_log_has_no_cell(
    windows: Any, excel: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def BROKEN(cell: Annotated[Any, {"doc": "Any cell"}]) -> Any:
        """Fails."""
        raise KeyError(cell[0][0])

    broken = WorksheetFunction("BROKEN", BROKEN, category="Drugs", spills=False, example="=BROKEN(1)")
    monkeypatch.setattr(excel, "BROKEN", excel.udfs.publish(broken), raising=False)
    book = Book()
    windows.udfs.import_udfs(UDF_MODULE, book)
    book.sheet.put("A1", "Jane Roe")
    with caplog.at_level(logging.ERROR):
        assert book.sheet.enter("B1", "=BROKEN(A1)") == Error.named("#VALUE!")
    assert "BROKEN shows #VALUE!: KeyError at test_excel_registration.py:" in caplog.text
    assert "Jane" not in caplog.text and book.module.printed == []


def run(code: str) -> subprocess.CompletedProcess[str]:
    """A new Python, which warns of nothing and writes what it is told."""
    return subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)


@pytest.mark.slow
def test_a_failure_goes_to_stderr() -> None:
    code = (
        "from xl_infusion.functions import WorksheetFunction; from xl_infusion.hosts.excel import udfs\n"
        "def BROKEN(): raise RuntimeError('Jane Roe')\n"
        "print(udfs.publish(WorksheetFunction('BROKEN', BROKEN, 'Drugs', False, ''))())"
    )
    done = run(code)
    assert done.stdout == "#VALUE!\n"
    assert done.stderr == "BROKEN shows #VALUE!: RuntimeError at <string>:2 BROKEN. Please report it with this line.\n"


def test_without_excel_the_module_is_plain_functions() -> None:
    done = run(
        "from xl_infusion.hosts.excel import udfs, JUNITS; print(udfs.IN_EXCEL, JUNITS([['meropenem']], [['1 g']]))"
    )
    assert (done.stdout, done.stderr) == ("False [[10]]\n", "")


def test_only_those_that_publish_import_xlwings() -> None:
    package = Path(xl_infusion.__file__).parent
    importing = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "xlwings" for name in names):
                importing.add(path.relative_to(package).as_posix())
    assert importing == {
        "hosts/excel/udfs.py", "hosts/lite/functions.py", "hosts/office_js.py", "hosts/server/functions.py",
    }  # fmt: skip


def test_the_stand_ins_leave_nothing_behind(windows: ModuleType) -> None:
    """Within the block xlwings is Windows'; the next process-wide import elsewhere is this platform's."""
    assert windows.func.__module__ == "xlwings.udfs"
    code = (
        "import sys, xlwings; from xl_infusion.hosts import excel\n"
        "from tests.hosts.standins.pywin32 import windows\n"
        "with windows() as inside: assert inside is not xlwings and inside is sys.modules['xlwings']\n"
        "import xl_infusion.hosts.excel as after\n"
        "assert sys.modules['xlwings'] is xlwings and after is excel and 'pythoncom' not in sys.modules\n"
        "assert sys.platform != 'win32' and not hasattr(__import__('ctypes'), 'windll')"
    )
    run(code)
