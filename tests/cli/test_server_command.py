"""`xl-infusion server`: a project folder for xlwings Server, and a workbook for its add-in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import uuid
import zipfile
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests import billing
from xl_infusion.cli import app
from xl_infusion.functions import FUNCTIONS
from xl_infusion.hosts.server.project import ONE_LINE
from xl_infusion.hosts.server.workbook import REMARK, WORKBOOK
from xl_infusion.reference.editions import VARIABLE
from xl_infusion.workbook.convert import convert
from xl_infusion.workbook.fill import fill

pytestmark = pytest.mark.slow

HELP = {f"static/help/{name}.html" for name in ("index", *FUNCTIONS)}
FILES = {
    "custom_functions/__init__.py", "custom_scripts/__init__.py", "templates/taskpane.html", "pyproject.toml",
    "requirements.txt", ".env.example", ".gitignore", "README.md",
}  # fmt: skip


def run(*arguments: object, **environment: str) -> Result:
    env = {"COLUMNS": "200", "NO_COLOR": "1", **environment}
    return CliRunner().invoke(app, ["server", *map(str, arguments)], env=env)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server") / "project"
    found = run(folder, "--namespace", "hinf", "--hostname", "xl.example.org")
    assert found.exit_code == 0, found.output
    assert "functions as HINF.JUNITS" in found.output and "your own licence key" in found.output
    assert "not verified in Excel" in found.output
    return folder


def test_it_writes_a_whole_project(written: Path) -> None:
    files = contents(written)
    assert files.keys() == {*FILES, *HELP, WORKBOOK}
    assert files["custom_functions/__init__.py"].decode() == ONE_LINE
    settings = tomllib.loads(files["pyproject.toml"].decode())["tool"]["xlwings_server"]
    assert settings["functions_namespace"] == "HINF" and settings["environment"] == "prod"
    ids = [uuid.UUID(settings[name]) for name in settings if name.startswith("manifest_id_")]
    assert len(set(ids)) == 5 and {one.version for one in ids} == {4}
    assert "XLWINGS_HOSTNAME=xl.example.org\n" in files[".env.example"].decode()
    assert ".env" in files[".gitignore"].decode().split()


def test_no_key_comes_along(written: Path) -> None:
    for name, data in contents(written).items():
        for line in data.decode("utf-8", "replace").splitlines() if name != WORKBOOK else ():
            assert "LICENSE_KEY" not in line or line == "XLWINGS_LICENSE_KEY=", name


def test_the_readme_has_at_most_five_steps_and_explains_the_licence(written: Path) -> None:
    text = (written / "README.md").read_text("utf-8")
    steps = re.findall(r"^(\d)\. ", text, re.MULTILINE)
    assert steps == ["1", "2", "3", "4", "5"]
    for what in ("PolyForm Noncommercial License 1.0.0", "paid key", WORKBOOK, "https://xl.example.org/manifest/download",
                 "=HINF.JUNITS(", "Not verified in Excel", "--namespace HINF"):  # fmt: skip
        assert what in text
    assert max(map(len, text.splitlines())) <= 120


def test_the_workbook_is_spelt_for_the_add_in(written: Path, tmp_path: Path) -> None:
    book = written / WORKBOOK
    assert openpyxl.load_workbook(book)["Start"]["B41"].value == REMARK
    with zipfile.ZipFile(book) as archive:
        text = b"".join(
            archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")
        ).decode()
    assert set(re.findall(r"_xldudf_HINF_([A-Z0-9_]+)\(", text)) == FUNCTIONS.keys()
    assert text.count("_xldudf_") == text.count("_xldudf_HINF_")
    assert fill(book, tmp_path / "filled.xlsx").changed == 0, "it is computed"
    assert convert(book, "excel", tmp_path / "back.xlsx").doubtful == ()


def test_the_same_folder_twice_is_the_same(written: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert run(again, "--namespace", "HINF", "--hostname", "xl.example.org", "--quiet").output == ""
    assert contents(again) == contents(written)
    other = run(tmp_path / "other", "--no-workbook")
    assert other.exit_code == 0 and "XL_INFUSION.JUNITS" in other.output
    assert contents(tmp_path / "other").keys() == {*FILES, *HELP}
    assert contents(tmp_path / "other")["pyproject.toml"] != contents(written)["pyproject.toml"]


def test_what_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    assert run(folder, "--no-workbook").exit_code == 0
    as_written = contents(folder)
    own = f"{ONE_LINE}\nfrom custom_functions.mine import *\n"
    (folder / "custom_functions/__init__.py").write_text(own)
    (folder / "custom_scripts/__init__.py").write_text("# mine\n")
    (folder / ".env").write_text("XLWINGS_LICENSE_KEY=mine\n")
    (folder / "README.md").write_text("changed")
    before = contents(folder)
    refused = run(folder, "--no-workbook")
    assert refused.exit_code == 3 and "--force to replace what is there" in refused.output
    assert contents(folder) == before
    assert run(folder, "--no-workbook", "--force").exit_code == 0
    after = contents(folder)
    assert after.pop(".env") == b"XLWINGS_LICENSE_KEY=mine\n"
    assert after.pop("custom_functions/__init__.py").decode() == own
    assert after.pop("custom_scripts/__init__.py") == b"# mine\n"
    assert {name: as_written[name] for name in after} == after
    # one that would not publish the functions any more is written anew
    (folder / "custom_functions/__init__.py").write_text("# nothing\n")
    assert run(folder, "--no-workbook", "--force").exit_code == 0
    assert (folder / "custom_functions/__init__.py").read_text() == ONE_LINE


def test_a_copy_of_ones_own_workbook(tmp_path: Path) -> None:
    mine = tmp_path / "mine.xlsx"
    billing.built(mine)
    before = mine.read_bytes()
    found = run(tmp_path / "project", "--workbook", mine)
    assert found.exit_code == 0 and mine.read_bytes() == before
    copy = tmp_path / "project" / "mine_server.xlsx"
    assert convert(copy, "office-js", namespace="XL_INFUSION").calls == 0
    assert "`mine_server.xlsx`" in (tmp_path / "project" / "README.md").read_text("utf-8")


def test_failures(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("a,b\n")
    (tmp_path / "file").write_text("")
    for arguments, status, says in [
        ([tmp_path / "a", "-w", tmp_path / "text.xlsx"], 4, "CSV"),
        ([tmp_path / "a", "-w", tmp_path / "none.xlsx"], 3, "no such file"),
        ([tmp_path / "file"], 3, "file"),
        ([tmp_path / "a", "-w", tmp_path / "b.xlsx", "--no-workbook"], 2, "give one of them"),
        ([tmp_path / "a", "--namespace", "1X"], 2, "begins with a letter"),
        ([tmp_path / "a", "--namespace", ""], 2, "puts one before every function"),
        ([tmp_path / "a", "--hostname", "https://x"], 2, "without https://"),
        ([], 2, "Missing argument"),
    ]:
        failure = run(*arguments)
        assert failure.exit_code == status and says in failure.output, (arguments, failure.output)
    assert not (tmp_path / "a").exists()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / f"~${WORKBOOK}").write_bytes(b"\4Jane")
    locked = run(tmp_path / "b")
    assert locked.exit_code == 5 and "is open in Excel by Jane" in locked.output
    assert os.listdir(tmp_path / "b") == [f"~${WORKBOOK}"]


def test_codes_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "codes"
    folder.mkdir()
    (folder / "in_use").write_text("gone")
    done = subprocess.run(
        [sys.executable, "-m", "xl_infusion.cli", "server", tmp_path / "project"],
        env=os.environ | {VARIABLE: str(folder)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 8 and "gone" in done.stderr, done.stderr
    assert not (tmp_path / "project").exists()
