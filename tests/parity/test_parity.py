"""Every function gives one result in every host: to the cent, to the day and to the error."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts.lite import pyodide
from tests.hosts.server.running import Server
from tests.parity import hosts
from tests.parity.cases import ODD, TOO_FEW, TOO_MANY, cases
from tests.parity.hosts import Result
from xl_infusion.functions import FUNCTIONS
from xl_infusion.hosts.lite.single_file import REQUIREMENTS, single_file


def differences(other: dict[hosts.Case, Result], mine: dict[hosts.Case, Result] | None = None) -> list[str]:
    """The cases whose cells are others than Python's, in words."""
    mine = mine or hosts.python()
    assert other.keys() <= mine.keys()
    assert all(case.odd in (TOO_FEW, TOO_MANY) for case in mine.keys() - other.keys())
    return [
        f"={case.formula} ({case.odd}): {mine[case]} in Python, {other[case]} here"
        for case in other
        if mine[case] != other[case]
    ]


@pytest.mark.slow
def test_every_function_and_every_argument_is_in_the_table() -> None:
    found = {case.function for case in cases()}
    assert found == FUNCTIONS.keys()
    for function in FUNCTIONS.values():
        odd = {case.odd for case in cases() if case.function == function.name}
        for parameter in function.parameters:
            assert any(one.startswith(f"{parameter.name}: ") for one in odd), (function.name, parameter.name)
    assert sum(len(row) for rows in hosts.python().values() for row in rows) > 300 and len(cases()) > 300


def test_the_table_holds_every_kind_of_result() -> None:
    cells = [cell for rows in hosts.python().values() for row in rows for cell in row]
    for kind in ("#N/A", "#VALUE!", "#NUM!", "#DIV/0!", "", "S9502"):
        assert kind in cells
    assert any(isinstance(cell, float) and cell % 1 for cell in cells)
    assert len({case.odd.split(": ")[1] for case in cases() if ": " in case.odd} & ODD.keys()) == len(ODD)


@pytest.mark.slow
def test_fill(tmp_path: Path) -> None:
    assert differences(hosts.filled(tmp_path)) == []


@pytest.mark.slow
def test_excel_over_com() -> None:
    assert differences(hosts.over_com()) == []


@pytest.mark.office
def test_libreoffice(tmp_path: Path) -> None:
    """Compared with what Python gives for single cells as LibreOffice hands them over, in all but those few equal."""
    found = hosts.in_libreoffice(tmp_path)
    for case in [case for case in found if case.odd in (TOO_FEW, TOO_MANY)]:
        cells = [cell for row in found.pop(case) for cell in row]  # Calc's own Err:504 for too many
        assert str(cells[0]).startswith(("Err:", "#")), case
    assert differences(found, hosts.python(hosts.a_number)) == []
    apart = [case for case, rows in found.items() if rows != hosts.python()[case]]
    assert {case.odd.split(": ")[1] for case in apart} <= {"blank", "TRUE", "FALSE", "a day"}


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Node's packages, the main.py of xlwings Lite, and xlwings' wheel."""
    folder = tmp_path_factory.mktemp("lite")
    (folder / "main.py").write_text(single_file().text, encoding="utf-8")
    (folder / "requirements.txt").write_text(REQUIREMENTS)
    return (
        pyodide.packages(tmp_path_factory.mktemp("node")),
        folder / "main.py",
        pyodide.wheel(folder / "requirements.txt", folder),
    )


@pytest.mark.node
@pytest.mark.parametrize("version", pyodide.VERSIONS)
def test_pyodide(version: str, lite: tuple[Path, Path, Path]) -> None:
    """Compared with what Python gives for single cells as Office.js hands them over."""
    node, main, wheel = lite
    with pyodide.Pyodide(node, version, main, wheel, licensed=False) as running:
        found = hosts.over_office_js(running)
    as_office_js_has_it(found)


@pytest.mark.licensed
def test_server(running_server: Server) -> None:
    """Over HTTP, from the folder that `xl-infusion server` writes."""
    as_office_js_has_it(hosts.over_office_js(running_server))


def as_office_js_has_it(found: dict[hosts.Case, Result]) -> None:
    """Equal to what Python gives for single cells as Office.js hands them over, in all but those few to Python's."""
    assert differences(found, hosts.python(hosts.days_are_numbers)) == []
    apart = [case for case, rows in found.items() if rows != hosts.python()[case]]
    assert {case.odd.split(": ")[1] for case in apart} <= {"a day"}


def test_a_difference_is_seen() -> None:
    """The comparison itself: one cell that is another."""
    mine = hosts.python()
    changed = {case: [[*row] for row in rows] for case, rows in mine.items()}
    case = next(case for case, rows in mine.items() if rows == [["S9502"]])
    changed[case] = [["S9501"]]
    assert len(differences(changed)) == 1
