"""Names under which a workbook may not be written: another ending than its kind's, and what is no file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests import ROOT
from tests.spreadsheet.xlsx.test_package import a_book, unzipped, zipped
from xl_infusion.cli import app
from xl_infusion.spreadsheet.xlsx.package import Package

SHIPPED = ROOT / "workbook"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def book(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = '=JUNITS("meropenem","1 g")'
    workbook.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def commands(folder: Path) -> list[tuple[object, ...]]:
    """Every command that writes a copy of a workbook."""
    remittance = folder / "remit.csv"
    remittance.write_text("Order,From,Code,Units,Paid\nRX-1,2025-01-01,S9500,1,10\n")
    model = shutil.copy(SHIPPED / "home_infusion_billing.xlsx", folder / "model.xlsx")
    book = folder / "book.xlsx"
    return [
        ("fill", book), ("fill", book, "--values"), ("convert", book, "--to", "excel"),
        ("convert", book, "--to", "office-js"), ("remit", remittance, model),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["claim.csv", "claim.xls", "claim.xlsm", "claim.pdf", "claim.xlsb", "claim"])
def test_another_ending_is_refused_and_nothing_written(tmp_path: Path, book: Path, name: str) -> None:
    for command in commands(tmp_path):
        before = {path.name for path in tmp_path.iterdir()}
        said = run(*command, "--output", tmp_path / name)
        assert said.exit_code == 2, said.output
        assert name in said.output and "name it claim.xlsx" in said.output
        assert {path.name for path in tmp_path.iterdir()} == before
    taken = tmp_path / name
    taken.write_text("mine")
    assert run("fill", book, "--output", taken, "--force").exit_code == 2 and taken.read_text() == "mine"


def test_a_link_to_a_file_of_another_kind_is_refused(tmp_path: Path, book: Path) -> None:
    (tmp_path / "claim.csv").write_text("mine")
    (tmp_path / "claim.xlsx").symlink_to(tmp_path / "claim.csv")
    said = run("fill", book, "--output", tmp_path / "claim.xlsx", "--force")
    assert said.exit_code == 2 and "leads to claim.csv" in said.output.replace("\n", " ")
    assert (tmp_path / "claim.csv").read_text() == "mine"


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/null")


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices are files on POSIX alone")
@pytest.mark.parametrize(
    ("make", "says"),
    [(a_pipe, "a device or a pipe"), (a_folder, "a folder"), (a_link_to_a_device, "a device or a pipe")],
)
def test_what_is_no_file_is_refused(tmp_path: Path, book: Path, make: Callable[[Path], None], says: str) -> None:
    target = tmp_path / "out.xlsx"
    make(target)
    before = target.lstat()
    for command in commands(tmp_path):
        said = run(*command, "--output", target)
        assert (said.exit_code, f"is {'no file but ' * ('device' in says)}{says}" in said.output) == (2, True), (
            said.output
        )
    assert (target.lstat().st_mode, target.lstat().st_ino) == (before.st_mode, before.st_ino)
    assert run("fill", book, "--output", "/dev/null").exit_code == 2


def test_the_right_ending_in_any_letters_and_the_workbook_itself(tmp_path: Path, book: Path) -> None:
    assert run("fill", book, "--output", tmp_path / "OUT.XLSX").exit_code == 0
    assert run("fill", book, "--output", book).exit_code == 0
    odd = book.rename(tmp_path / "book.download")
    assert run("fill", odd).exit_code == 0, "in place whatever it is called"
    said = run("fill", odd, "--output", tmp_path / "other.download")
    assert said.exit_code == 2 and "name it other.xlsx" in said.output


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        (KIND, ".xlsx"),
        (KIND.replace("sheet.main", "template.main"), ".xltx"),
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", ".xlsm"),
        ("application/vnd.ms-excel.template.macroEnabled.main+xml", ".xltm"),
        ("application/vnd.ms-excel.addin.macroEnabled.main+xml", ".xlam"),
    ],
)
def test_the_ending_is_that_of_what_the_file_is(tmp_path: Path, kind: str, ending: str) -> None:
    parts = a_book()
    types = parts["[Content_Types].xml"]
    named = {**parts, "[Content_Types].xml": types.replace(KIND.encode(), kind.encode())}
    every = types.replace(b"application/xml", kind.encode())
    every = every.replace(f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}"/>'.encode(), b"")
    for made in (named, {**parts, "[Content_Types].xml": every}):
        with Package.open(zipped(tmp_path / "a.bin", made)) as package:
            assert package.ending == ending


def test_a_workbook_with_macros_goes_into_one_with_macros(tmp_path: Path) -> None:
    source = SHIPPED / "home_infusion_billing.xlsm"
    said = run("convert", source, "--to", "excel", "--output", tmp_path / "a.xlsx")
    assert said.exit_code == 2 and "has macros" in said.output and not (tmp_path / "a.xlsx").exists()
    assert run("convert", source, "--to", "excel", "--output", tmp_path / "a.xlsm").exit_code == 0
    assert unzipped(tmp_path / "a.xlsm") == unzipped(source)
