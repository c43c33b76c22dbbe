"""The main.py that `xl-infusion lite` writes, run in the two versions of Pyodide that xlwings Lite uses."""

from __future__ import annotations

import base64
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import ROOT
from tests.chance import times
from tests.help.examples import Call, calls_of_the_workbook
from tests.hosts.lite import pyodide
from tests.hosts.lite.pyodide import VERSIONS, Pyodide, expected
from xl_infusion.errors import ExcelError
from xl_infusion.functions import FUNCTIONS
from xl_infusion.hosts.lite.inside import Inside
from xl_infusion.hosts.lite.single_file import REQUIREMENTS, XLWINGS, literal, single_file
from xl_infusion.reference import current

#: In every run the functions as published; where there is a licence key, also through xlwings' half of Office.js.
RUNS = [
    pytest.param((version, licensed), id=f"{version}{' licensed' * licensed}", marks=[pytest.mark.licensed] * licensed)
    for version in VERSIONS
    for licensed in (False, True)
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lite")
    (folder / "main.py").write_text(single_file().text, encoding="utf-8")
    (folder / "requirements.txt").write_text(REQUIREMENTS)
    return folder


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pyodide.packages(tmp_path_factory.mktemp("node"))


@pytest.fixture(scope="module")
def xlwings(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pyodide.wheel(written / "requirements.txt", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module", params=RUNS)
def lite(request: pytest.FixtureRequest, node: Path, xlwings: Path, written: Path) -> Iterator[Pyodide]:
    version, licensed = request.param
    with Pyodide(node, version, written / "main.py", xlwings, licensed) as running:
        yield running


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[Call]:
    return calls_of_the_workbook(tmp_path_factory.mktemp("book"))


@pytest.mark.node
def test_every_example_and_every_grid_of_the_workbook_is_as_in_python(lite: Pyodide, calls: list[Call]) -> None:
    assert {name for name, _, _ in calls} == set(FUNCTIONS)
    lines = {name: len(result) for name, _, result in calls if name in ("CLAIM_GRID", "CLAIM_CHECKS")}  # type: ignore[arg-type]
    assert lines["CLAIM_GRID"] > 50 and lines["CLAIM_CHECKS"] > 1
    for name, arguments, result in calls:
        left_out = [None] * (len(FUNCTIONS[name].parameters) - len(arguments))
        assert lite.call(name, *arguments, *left_out) == expected(result), (name, arguments)


@pytest.mark.node
def test_columns_of_anything_are_as_in_python(lite: Pyodide, calls: list[Call]) -> None:
    """Blanks, errors, booleans, texts for numbers and numbers for texts, one below the other."""
    for name, arguments, _ in calls:
        if FUNCTIONS[name].spills or not arguments or any(isinstance(one, list) for one in arguments):
            continue
        for at, own in enumerate(arguments):
            # a day is a number here: Office.js hands over no dates
            column = [[cell] for cell in (own, None, ExcelError("#N/A"), True, "x", -1, 0.5, 8, "8", 45839)]
            given_now = [*arguments[:at], column, *arguments[at + 1 :]]
            left_out = [None] * (len(FUNCTIONS[name].parameters) - len(arguments))
            assert lite.call(name, *given_now, *left_out) == expected(FUNCTIONS[name].call(*given_now)), (name, at)


@pytest.mark.node
def test_a_lone_blank_is_0_or_left_out_and_an_error_comes_out_as_that_error(lite: Pyodide) -> None:
    assert lite.call("PERDIEM_CODE", "q8h", 0, None, None) == [["S9502"]]
    assert lite.call("PERDIEM_CODE", "q8h", [[None]], None, None) == [["S9502"]]
    assert lite.call("DOSES_PER_DAY", [[None]]) == [["#VALUE!"]]
    for error in ("#N/A", "#DIV/0!", "#REF!"):
        assert lite.call("JUNITS", "meropenem", ExcelError(error), None, None, None)[0] == [error]
    # Office.js knows these too, but xlwings hands them on as texts, which SUM skips
    for error in ("#SPILL!", "#CALC!", "#BUSY!"):
        assert lite.call("JUNITS", "meropenem", ExcelError(error), None, None, None)[0] == ["#VALUE!"]


@pytest.mark.node
def test_what_it_says_of_itself(lite: Pyodide) -> None:
    about: dict[str, Any] = lite.about
    assert about["xlwings"] == XLWINGS
    assert about["files"] == ["main.py", "xlwings", f"xlwings-{XLWINGS}.dist-info"]
    if about["through"] == "xlwings.pro.udfs_officejs":
        assert about["names"] == sorted(FUNCTIONS)
        assert [one["id"] for one in about["functions"]] == sorted(FUNCTIONS)
    # where Pyodide has no JsNull xlwings would try to import it once for each cell
    answers = "xlwings.utils" if about["python"].startswith("3.14") else "xl_infusion.hosts.office_js"
    assert about["is_jsnull"] == answers
    assert lite.call("XL_INFUSION_VERSION") == [[FUNCTIONS["XL_INFUSION_VERSION"].call()]]


def test_it_needs_nothing_beside_it(written: Path) -> None:
    """An isolated Python that has xlwings and finds no other xl_infusion: all of it comes out of the file."""
    code = f"""
import sys, types
sys.path[:] = [path for path in sys.path if "site-packages" not in path]
stub = types.ModuleType("xlwings"); stub.func = lambda **options: lambda function: function
sys.modules["xlwings"] = stub
sys.path.insert(0, {str(written)!r})
import main
assert all(module.__spec__.loader.__class__.__name__ == "Inside" for name, module in sys.modules.items()
           if name.split(".")[0] == "xl_infusion"), "another xl_infusion"
print(main.XL_INFUSION_VERSION(), len([name for name in dir(main) if name.isupper()]))
try:
    sys.modules["xl_infusion.rules.dose"].parse(None)
except ValueError as error:
    import traceback
    print("".join(traceback.format_exception(error)))
before = sys.modules["xl_infusion.functions"]
import importlib
importlib.reload(main)
assert sys.modules["xl_infusion.functions"] is not before
assert len([one for one in sys.meta_path if type(one).__name__ == "Inside"]) == 1
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(FUNCTIONS["XL_INFUSION_VERSION"].call()))
    assert 'raise WrongInput("dose is blank' in done.stdout, "a traceback shows the lines of the file"


def test_it_is_readable_and_in_it_stands_what_the_package_has(written: Path) -> None:
    text = (written / "main.py").read_text("utf-8")
    package = ROOT / "xl_infusion"
    for name in ("rules/dose.py", "functions/claim_grid.py", "reference/look_up.py", "hosts/lite/functions.py"):
        assert (package / name).read_text("utf-8").strip() in text
    assert current().edition.edition in text[:600] and max(map(len, text.splitlines())) < 2000
    assert "xl_infusion/workbook/" not in text and "import openpyxl" not in text


@times(3)
@given(st.text(alphabet=st.sampled_from("ab'\"\\\r\n\t\0{}\u2028é🙂"), max_size=30) | st.text(max_size=30))
def test_a_literal_is_its_text(text: str) -> None:
    assert eval(literal(text)) == text
    assert eval(literal(chr(0) + "0")) == chr(0) + "0"  # no octal number


def test_a_large_table_is_packed_and_comes_out_whole(written: Path) -> None:
    text = (written / "main.py").read_text("utf-8")
    for name in ("drugs", "listed_drugs", "listed_names"):
        _, _, call = text.partition(f'FILES["xl_infusion/reference/tables/{name}.csv"] = packed("""')
        lines, _, _ = call.partition('"""')
        table = zlib.decompress(base64.b64decode(lines)).decode()
        assert table == (ROOT / f"xl_infusion/reference/tables/{name}.csv").read_text("utf-8")


@pytest.mark.slow
def test_what_does_not_stand_in_the_file_is_not_found() -> None:
    inside = Inside({"a/__init__.py": "", "a/t/x.csv": "1"})
    assert inside.find_spec("b") is None and inside.get_data("a/t/x.csv") == b"1"
    with pytest.raises(ImportError, match=r"a\.b does not stand"):
        inside.get_filename("a.b")
    with pytest.raises(FileNotFoundError):
        inside.get_data("a/t/y.csv")
