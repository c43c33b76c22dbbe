"""What every test below has: no fault of the program, and the server that the tests of hosts share.

What asks for a licence key of xlwings is marked ``licensed``: where XLWINGS_LICENSE_KEY is not set those tests are not
part of the run, and its first lines say so (docs/parity.md says what is then not compared).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT, libreoffice
from tests.hosts.lite.pyodide import LICENSED
from tests.hosts.server import running as server
from xl_infusion.functions.faults import LOG


def pytest_report_header() -> str:
    if LICENSED:
        return "xlwings Server: run, with the key in XLWINGS_LICENSE_KEY"
    return "xlwings Server: its tests are not part of this run, XLWINGS_LICENSE_KEY is not set (docs/server.md)"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [] if LICENSED else [item for item in items if item.get_closest_marker("licensed")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("licensed")]


class _Told(logging.Handler):
    """The faults that are told while a test runs."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.faults.append(record.getMessage())


@pytest.fixture(autouse=True)
def no_fault_of_the_program(request: pytest.FixtureRequest) -> Iterator[None]:
    """A cell shows what no rule foresaw as an error value; here it fails the test, but for those ``faulty`` on purpose."""
    told = _Told()
    LOG.addHandler(told)
    yield
    LOG.removeHandler(told)
    if not request.node.get_closest_marker("faulty"):
        assert told.faults == []


#: The rooms in which workbooks are made again and again. What ships is made as it is by tests/test_regenerated.py.
MAKERS = ("cli", "gate", "hosts", "parity", "template", "test_first_claim.py", "workbook")


@pytest.fixture(autouse=True, scope="module")
def few_orders(request: pytest.FixtureRequest) -> Iterator[None]:
    """Workbooks that are made there look for few orders on the claim: they are worked out in half of the time."""
    if request.path.relative_to(ROOT / "tests").parts[0] not in MAKERS:
        yield
        return
    from tests import billing

    with billing.few_orders():
        yield


@pytest.fixture(scope="session")
def office() -> Iterator[libreoffice.Office]:
    """A LibreOffice that opens one file after another, for tests that change nothing of its own."""
    with libreoffice.office() as running:
        yield running


#: The name of the server that the written project says it has.
HOSTNAME = "xl.example.org"


@pytest.fixture(scope="session")
def server_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `xl-infusion server` wrote."""
    from xl_infusion.hosts.server.workbook import write_server

    folder = tmp_path_factory.mktemp("server") / "project"
    write_server(folder, "HINF", HOSTNAME)
    return folder


@pytest.fixture(scope="session")
def server_python(server_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with what the folder's README installs."""
    return server.python(tmp_path_factory.mktemp("server_python"), server_project)


@pytest.fixture(scope="session")
def running_server(server_project: Path, server_python: Path) -> Iterator[server.Server]:
    """The server of that folder, running. Its .env is the example, filled in with the key of this process."""
    (server_project / ".env").write_text((server_project / ".env.example").read_text())
    with server.running(server_project, server_python) as found:
        yield found
