"""The functions as xlwings Server publishes them, as far as that needs no licence key."""

from __future__ import annotations

import datetime as dt
import inspect
import os
import re
import subprocess
import sys
import tomllib
from typing import Annotated, get_args, get_origin

import pytest
import xlwings

from tests import ROOT
from xl_infusion.functions import FUNCTIONS
from xl_infusion.help.functions_json import metadata
from xl_infusion.hosts.lite.single_file import XLWINGS
from xl_infusion.hosts.office_js import TRUE_ERRORS
from xl_infusion.hosts.server import functions as server
from xl_infusion.hosts.server.help_site import site
from xl_infusion.hosts.server.project import ONE_LINE, SERVER, checked_hostname, project
from xl_infusion.reference.editions import BUNDLED, VARIABLE


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a Python of its own that has no key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XLWINGS_")}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT,
        env=kept | {VARIABLE: BUNDLED} | environment,
    )  # fmt: skip


def test_one_line_publishes_every_function_and_nothing_else() -> None:
    assert ONE_LINE.count("\n") == 1
    found: dict[str, object] = {}
    exec(ONE_LINE, found)
    del found["__builtins__"]
    assert found.keys() == FUNCTIONS.keys()
    assert found["JUNITS"]([["meropenem"], ["none such"]], [["1 g"]]) == [[10], ["#N/A"]]  # type: ignore[operator]


def test_what_is_published_says_what_our_metadata_says() -> None:
    """xlwings reads a function's name, docstring, signature and annotations; these are them."""
    for told in metadata()["functions"]:
        function = getattr(server, told["id"])
        assert (function.__name__, function.__doc__) == (told["id"], told["description"])
        parameters = inspect.signature(function).parameters.values()
        assert [
            {
                "name": one.name,
                "description": get_args(one.annotation)[1]["doc"],
                "dimensionality": "matrix",
                "type": "any",
            }
            | ({} if one.default is inspect.Parameter.empty else {"optional": True})
            for one in parameters
        ] == told["parameters"]
        for one in parameters:
            assert get_origin(one.annotation) is Annotated
            assert get_args(one.annotation)[1].items() >= {"ndim": 2, "err_to_str": True}.items()


def test_without_a_key_a_server_does_not_start() -> None:
    """xlwings itself refuses; nothing of ours takes its place."""
    done = python(ONE_LINE, XLWINGS_ON_SERVER="true", HOME="/nonexistent")
    assert done.returncode and "LicenseError: Couldn't find an xlwings license key." in done.stderr


def test_elsewhere_nothing_of_xlwings_is_changed() -> None:
    done = python(f"{ONE_LINE}\nimport xlwings.utils; print(xlwings.utils.is_jsnull.__module__)")
    assert (done.returncode, done.stdout) == (0, "xlwings.utils\n"), done.stderr


# --- answers


@pytest.mark.parametrize("error", sorted(TRUE_ERRORS))
def test_an_error_is_a_true_error_or_the_whole_answer_is_one(error: str) -> None:
    [[cell, text]] = server.answer([[error, "x"]], "1.4", None)
    assert cell["type"] == "Error" and cell["errorType"] and text == "x"
    assert server.answer(error, "1.4", None) == [[cell]]
    for older in ("1.1", "1.3"):
        with pytest.raises(xlwings.XlwingsError, match="Use Microsoft 365"):
            server.answer([["fine"], [error]], older, "m/d/yyyy")


def test_a_day_is_shown_as_a_day_where_excel_can() -> None:
    day = dt.datetime(2025, 7, 1, 12)
    formatted = {"type": "FormattedNumber", "basicValue": 45839.5, "numberFormat": "m/d/yyyy"}
    assert server.answer([[day], [day]], "1.4", "m/d/yyyy") == [[formatted], [formatted]]
    assert server.answer([[day]], "1.3", "m/d/yyyy") == server.answer([[day]], "1.4", None) == [[45839.5]]


def test_rows_cells_and_a_single_row() -> None:
    assert server.answer(1, "1.4", None) == [[1]]
    assert server.answer([1, True, "#1 of 2"], "1.4", None) == [[1, True, "#1 of 2"]]
    assert server.answer([[1.5], [""]], "1.3", None) == [[1.5], [""]]


# --- the help pages


def test_the_help_pages_link_to_each_other_and_nowhere_else() -> None:
    pages = site()
    assert set(pages) == {"index.html", *(f"{name}.html" for name in FUNCTIONS)}
    for name, text in pages.items():
        targets = set(re.findall(r'(?:href|src)="([^"]*)"', text))
        assert targets <= pages.keys(), name
        assert "<script" not in text and ".md" not in text and "<!--" not in text
        assert text.count("<h1>") == 1 and f"<title>{re.findall('<h1>(.*)</h1>', text)[0]}</title>" in text
    assert "index.html" in pages["JUNITS.html"] and "<table>" in pages["JUNITS.html"]
    assert set(re.findall(r'href="([^"]*)"', pages["index.html"])) == pages.keys() - {"index.html"}


# --- the project


def test_its_versions_are_those_of_this_package() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [line for line in project("NS", "", None)["requirements.txt"].splitlines() if not line.startswith("#")]
    assert wanted == [f"xlwings-server=={SERVER}", f"xlwings=={XLWINGS}"]
    assert told["optional-dependencies"]["server"] == wanted[:1]
    assert any(one.startswith(wanted[1]) for one in told["dependencies"])
    assert not any("server" in one for extra in ("test",) for one in told["optional-dependencies"][extra])


@pytest.mark.parametrize("name", ["https://xl.example.org", "xl.example.org/x", "a b", "-x", "x.", 'x"'])
def test_what_is_no_host_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="without https://"):
        checked_hostname(name)
