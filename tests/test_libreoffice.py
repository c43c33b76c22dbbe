"""The private LibreOffice itself: what a test that relies on it relies on."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest

from tests import libreoffice
from xl_infusion.errors import ExcelError


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Lines"
    for row in ([1, "text"], ["=A1+1", '="#N/A"'], ["=NA()", "=NO_SUCH(1)"], ["=SUM(A1:A2)", "=SUM(A1:A3)"]):
        sheet.append(row)
    book.create_sheet("Second")["B2"] = "=1/0"
    book.save(tmp_path / "lines.xlsx")
    book.close()
    return tmp_path / "lines.xlsx"


@pytest.mark.office
def test_recalculated_values_tell_errors_from_texts(workbook: Path) -> None:
    values = libreoffice.recalculated_values(workbook)
    assert values == {
        "Lines": [[1, "text"], [2, "#N/A"], ["#N/A", "#NAME?"], [3, "#N/A"]],
        "Second": [["", ""], ["", "#DIV/0!"]],
    }
    errors = [[isinstance(cell, ExcelError) for cell in row] for row in values["Lines"]]
    assert errors == [[False, False], [False, False], [True, True], [False, True]]


@pytest.mark.office
def test_convert(workbook: Path, tmp_path: Path) -> None:
    made = libreoffice.convert(workbook, "csv", tmp_path / "made")
    assert made == tmp_path / "made" / "lines.csv"
    assert made.read_text().splitlines()[0] == "1,text"


@pytest.mark.office
def test_what_it_cannot_open_or_run_fails(tmp_path: Path) -> None:
    with libreoffice.office() as office:
        assert office.run("result = [argument * 2 for argument in arguments]", 2, "x") == [4, "xx"]
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            office.run("1 / 0")
        with pytest.raises(AssertionError, match="the UNO script failed"):
            libreoffice.values_in(office, tmp_path / "no such file.xlsx")


@pytest.mark.office
@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_libreoffice_a_test_fails_in_ci_and_is_skipped_elsewhere(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", str(tmp_path))
    for found in (libreoffice.soffice, libreoffice.python):
        found.cache_clear()
    try:
        with pytest.raises(outcome, match="install LibreOffice"), libreoffice.office():
            raise AssertionError("it started")
    finally:
        for found in (libreoffice.soffice, libreoffice.python):
            found.cache_clear()


@pytest.mark.office
def test_nothing_of_it_outlives_its_block() -> None:
    with libreoffice.office() as office:
        office.run("result = 1")
        process = office.process
        assert process.poll() is None
    assert process.poll() is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
