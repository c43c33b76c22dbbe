"""The real xlwings Server, started from the written folder, over HTTP and in a Chromium that opens its task pane.

Part of the run only where XLWINGS_LICENSE_KEY is set: xlwings asks for it.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import HOSTNAME
from tests.help.custom_functions import broken
from tests.help.examples import Call, calls_of_the_workbook, left_out
from tests.hosts.lite.pyodide import expected
from tests.hosts.server import running as process
from tests.hosts.server.running import Browser, Refused, Server
from xl_infusion.errors import ExcelError
from xl_infusion.functions import FUNCTIONS
from xl_infusion.help.functions_json import metadata
from xl_infusion.hosts.server.project import ONE_LINE

pytestmark = pytest.mark.licensed

HELP = f"https://{HOSTNAME}/static/help/"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[Call]:
    return calls_of_the_workbook(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return process.packages(tmp_path_factory.mktemp("node"))


@pytest.fixture(scope="module")
def browser(running_server: Server, node: Path) -> Iterator[Browser]:
    """Microsoft 365."""
    page = Browser(node, running_server, "1.4")
    yield page
    page.close()


@pytest.fixture(scope="module")
def older(running_server: Server, node: Path) -> Iterator[Browser]:
    """An Excel whose custom functions know no error in one cell of many."""
    page = Browser(node, running_server, "1.3")
    yield page
    page.close()


# --- over HTTP


def test_the_metadata_is_ours_and_keeps_microsofts_rules(running_server: Server) -> None:
    kind, text = running_server.get("/xlwings/custom-functions-meta.json")
    assert kind.startswith("application/json")
    told = json.loads(text)
    assert told == metadata(HELP, ending=".html") and broken(told) == []
    assert [one["id"] for one in told["functions"]] == sorted(FUNCTIONS)


def test_every_help_link_leads_to_a_page_that_the_server_has(running_server: Server) -> None:
    for function in metadata(HELP, ending=".html")["functions"]:
        kind, text = running_server.get(urlsplit(function["helpUrl"]).path)
        assert kind.startswith("text/html") and f"<h1>{function['id']}</h1>" in text


def test_the_manifest_has_the_namespace_and_the_name_of_the_server(running_server: Server) -> None:
    _, manifest = running_server.get("/manifest/download")
    assert '<bt:String id="Functions.Namespace" DefaultValue="HINF" />' in manifest
    assert f'"https://{HOSTNAME}/xlwings/custom-functions-meta.json"' in manifest
    assert 'DisplayName DefaultValue="Home infusion billing"' in manifest
    assert "noncommercial" not in manifest.lower() and "LICENSE" not in manifest


def test_every_example_and_every_grid_of_the_workbook_is_as_in_python(
    running_server: Server, calls: list[Call]
) -> None:
    assert {name for name, _, _ in calls} == set(FUNCTIONS)
    for name, arguments, result in calls:
        assert running_server.call(name, *arguments, *left_out(name, arguments)) == expected(result), (name, arguments)


def test_columns_of_anything_are_as_in_python(running_server: Server, calls: list[Call]) -> None:
    """Blanks, errors, booleans, texts for numbers and numbers for texts, one below the other."""
    compared = 0
    for name, arguments, _ in calls:
        if FUNCTIONS[name].spills or not arguments or any(isinstance(one, list) for one in arguments):
            continue
        for at, own in enumerate(arguments):
            # a day is a number here: Office.js hands over no dates
            column = [[cell] for cell in (own, None, ExcelError("#N/A"), True, "x", -1, 0.5, 8, "8", 45839)]
            given = [*arguments[:at], column, *arguments[at + 1 :]]
            there = running_server.call(name, *given, *left_out(name, arguments))
            assert there == expected(FUNCTIONS[name].call(*given)), (name, at)
            compared += 1
    assert compared > 10


def test_what_is_no_function_is_no_answer(running_server: Server) -> None:
    with pytest.raises(Refused) as found:
        running_server.call("NO_SUCH_FUNCTION")
    assert found.value.status >= 400


def test_no_cell_is_in_the_log(running_server: Server, server_project: Path) -> None:
    running_server.call("JUNITS", "Doe, Jane 1950", "1 g", None, None, None)
    with pytest.raises(Refused) as found:
        running_server.call("JUNITS", "Doe, Jane 1950", "1 g", None, None, None, runtime="1.3")
    assert found.value.status == 400 and "Jane" not in found.value.text
    log = server_project.with_name("server.log").read_text()
    assert 'Function "JUNITS" called by' in log and "Use Microsoft 365" in log and "Jane" not in log


def test_xlwings_asks_once_and_the_answer_is_not_copied(server_project: Path, server_python: Path) -> None:
    """What makes ten thousand orders fast: see benchmarks/server.py."""
    code = (
        "import xlwings_server.main, custom_functions, xlwings.utils\nfrom xl_infusion.hosts.server.functions import Cells\n"
        "print(xlwings.utils.is_jsnull.__module__, type(Cells.hand([[1]])).__name__)\n"
        "print(len([one for one in dir(custom_functions) if hasattr(getattr(custom_functions, one), '__xlfunc__')]))"
    )
    done = subprocess.run(
        [server_python, "-c", code], cwd=server_project, env=process.environment(), capture_output=True, text=True
    )
    assert done.stdout.split() == ["xl_infusion.hosts.office_js", "Ready", str(len(FUNCTIONS))], done.stderr
    assert (server_project / "custom_functions" / "__init__.py").read_text() == ONE_LINE


# --- in the page


def test_the_page_loads_whole_and_from_this_server_alone(browser: Browser, older: Browser) -> None:
    for page in (browser, older):
        assert page.about["functions"] == len(FUNCTIONS)
        assert page.about["failures"] == [] and page.about["elsewhere"] == []
        assert "Home infusion billing" in page.about["text"]
        assert any(link.endswith("/static/help/index.html") for link in page.about["links"])


def test_a_cell_a_range_a_spill_and_an_argument_left_out(browser: Browser) -> None:
    assert browser.cells("JUNITS", "meropenem", "1 g") == [[10]]
    assert browser.cells("PERDIEM_CODE", [["q8h"], ["q12h"], ["q24h"]]) == [["S9502"], ["S9501"], ["S9500"]]
    assert browser.cells("PERDIEM_CODE", "q8h", None, None) == [["S9502"]]
    assert browser.cells("VISIT_UNITS", 210) == expected(FUNCTIONS["VISIT_UNITS"].call(210))
    assert len(browser.cells("CODES")) == len(FUNCTIONS["CODES"].call())  # type: ignore[arg-type]


def test_an_error_a_blank_and_a_day(browser: Browser) -> None:
    answer = browser.call("JUNITS", [["meropenem"], ["none such"]], [["1 g"], ["1 g"]])
    assert answer["value"] == [[10], [{"type": "Error", "errorType": "NotAvailable"}]]
    assert browser.cells("JUNITS", ExcelError("#DIV/0!"), "1 g") == [["#DIV/0!"]]
    assert browser.cells("DOSES_PER_DAY", [["q8h"], [None], [""]]) == [[3], ["#VALUE!"], ["#VALUE!"]]
    for blank in (0, [[None]]):  # Excel hands a lone blank cell over as 0
        assert browser.cells("PERDIEM_CODE", "q8h", blank) == [["S9502"]]
    # days as serial numbers: the last on which the code is in force, and the next
    assert browser.cells("JUNITS", "J3370", "1 g", [[45838], [45839]]) == [[2], ["#N/A"]]
    assert expected(FUNCTIONS["JUNITS"].call("J3370", "1 g", [[dt.date(2025, 6, 30)], [dt.date(2025, 7, 1)]])) == [
        [2],
        ["#N/A"],
    ]


def test_the_claim_of_the_example_tables_is_as_in_python(browser: Browser, calls: list[Call]) -> None:
    arguments, grid = the_claim(calls)
    answer = browser.call("CLAIM_GRID", *arguments)
    cells = [cell for row in answer["value"] for cell in row]
    assert any(isinstance(cell, dict) and cell.get("numberFormat") == "m/d/yyyy" for cell in cells), "days are days"
    assert answer["failures"] == []
    assert browser.cells("CLAIM_GRID", *arguments) == expected(grid)


def test_an_order_that_cannot_be_billed_is_a_true_error_in_the_claim(browser: Browser, calls: list[Call]) -> None:
    arguments = with_a_bad_order(calls)
    rows = browser.call("CLAIM_GRID", *arguments)["value"]
    assert {"type": "Error", "errorType": "NotAvailable"} in [cell for row in rows for cell in row]
    assert "#N/A" not in [cell for row in rows for cell in row]
    assert browser.cells("CLAIM_GRID", *arguments) == expected(FUNCTIONS["CLAIM_GRID"].call(*arguments))


def test_an_older_excel_shows_no_text_where_an_error_belongs(older: Browser, calls: list[Call]) -> None:
    """SUM would skip a text: the whole result is one error, which says why."""
    assert older.cells("JUNITS", [["meropenem"], ["vancomycin"]], [["1 g"], ["1 g"]]) == [[10], [100]]
    for drugs in ("none such", [["meropenem"], ["none such"]]):
        answer = older.call("JUNITS", drugs, "1 g")
        assert answer["error"] == "#VALUE!" and "Use Microsoft 365" in answer["message"]
    assert older.call("CLAIM_GRID", *with_a_bad_order(calls))["error"] == "#VALUE!"
    arguments, grid = the_claim(calls)
    assert older.cells("CLAIM_GRID", *arguments) == expected(grid), "without an error it is the whole claim"


def the_claim(calls: list[Call]) -> tuple[tuple[Any, ...], Any]:
    """The arguments of the example workbook's claim grid, and the grid."""
    [found] = [(arguments, grid) for name, arguments, grid in calls if name == "CLAIM_GRID" and len(grid) > 50]  # type: ignore[arg-type]
    return found


def with_a_bad_order(calls: list[Call]) -> list[Any]:
    """The same tables, but one drug is misspelt."""
    orders, *rest = the_claim(calls)[0]
    drug = orders[0].index("Drug")
    return [[orders[0], [*orders[1][:drug], "meropenum", *orders[1][drug + 1 :]], *orders[2:]], *rest]
