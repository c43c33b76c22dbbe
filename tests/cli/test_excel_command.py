"""``xl-infusion excel``, ``install`` and ``doctor`` as they are typed."""

from __future__ import annotations

import zipfile
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from tests.setup.machines import ADDIN, CONFIGURATION, DLL, PYTHON, Made, healthy
from xl_infusion.cli import app, excel
from xl_infusion.functions import FUNCTIONS
from xl_infusion.hosts.excel import files


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "300", "NO_COLOR": "1"})


@pytest.mark.slow
def test_build_writes_both_files_and_replaces_none_unasked(tmp_path: Path) -> None:
    done = run("excel", "build", "--to", tmp_path, "--empty")
    assert done.exit_code == 0 and "are ready" in done.output
    assert {path.name for path in tmp_path.iterdir()} == {
        files.WORKBOOK, files.ADDIN, files.HELP, "home_infusion_billing.intellisense.xml",
        "xl_infusion.intellisense.xml",
    }  # fmt: skip
    with zipfile.ZipFile(tmp_path / files.WORKBOOK) as package:
        assert b"RX-1" not in package.read("xl/worksheets/sheet2.xml")
    for name in ("home_infusion_billing", "xl_infusion"):
        tips = ElementTree.parse(tmp_path / f"{name}.intellisense.xml").getroot()
        topics = [one.get("HelpTopic", "") for one in tips.iter() if one.get("HelpTopic")]
        assert len(topics) == len(FUNCTIONS), "the link of each function leads to a page that is there"
        assert all("<h1>" in (tmp_path / topic).read_text("utf-8") for topic in topics)
    again = run("excel", "build", "--to", tmp_path)
    assert again.exit_code == 3 and "--force" in again.output
    gone = run("excel", "build", "--to", tmp_path / "gone")
    assert gone.exit_code == 3 and "is no folder" in gone.output
    (tmp_path / f"~${files.WORKBOOK}").write_bytes(b"")
    opened = run("excel", "build", "--to", tmp_path, "--force")
    assert opened.exit_code == 5 and "open in Excel" in opened.output


def test_renew(tmp_path: Path) -> None:
    files.build_addin(tmp_path / files.ADDIN)
    assert "is of this version already" in run("excel", "renew", tmp_path / files.ADDIN).output
    (tmp_path / "text.xlsm").write_text("none")
    assert run("excel", "renew", tmp_path / "text.xlsm").exit_code == 4
    assert run("excel", "renew", tmp_path / "gone.xlsm").exit_code == 3


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Made:
    """A machine with Windows and Excel, on which nothing was installed yet."""
    made = healthy(b"", version("xlwings"))
    del made.files[CONFIGURATION], made.files[ADDIN]
    monkeypatch.setattr(excel, "machine", lambda: made)
    return made


def test_install_makes_a_machine_on_which_doctor_finds_nothing_wrong(machine: Made) -> None:
    before = run("doctor")
    assert before.exit_code == 1
    assert "no configuration" in before.output and "add-in missing" in before.output and "ERROR" in before.output
    done = run("install")
    assert done.exit_code == 0 and CONFIGURATION in done.output and PYTHON in done.output and ADDIN in done.output
    assert machine.files[ADDIN] == files.addin()
    after = run("doctor")
    assert after.exit_code == 0 and "ERROR" not in after.output


def test_install_says_what_is_still_wrong(machine: Made) -> None:
    del machine.files[DLL.format(version("xlwings"))]
    done = run("install", "--no-addin")
    assert done.exit_code == 0 and "DLL missing" in done.output and ADDIN not in machine.files
    assert run("doctor").exit_code == 1


def test_install_removed_is_a_machine_as_before(machine: Made) -> None:
    before = dict(machine.files)
    assert run("install").exit_code == 0
    machine.locked = {ADDIN}
    opened = run("install", "--remove")
    assert opened.exit_code == 5 and "open in Excel" in opened.output and "nothing was changed" in opened.output
    assert run("install").exit_code == 5, "the same status when it is written"
    machine.locked = set()
    done = run("install", "--remove")
    assert done.exit_code == 0 and f"{ADDIN} is deleted" in done.output and "there was none before" in done.output
    assert machine.files == before
    again = run("install", "--remove")
    assert again.exit_code == 0 and "nothing was changed" in again.output and machine.files == before


def test_install_refuses_to_take_the_place_of_another_python(machine: Made) -> None:
    machine.files[CONFIGURATION] = b'"INTERPRETER_WIN","C:\\Other\\python.exe"\r\n'
    machine.files["C:\\Other\\python.exe"] = b"MZ"
    done = run("install")
    assert done.exit_code == 3 and "--replace" in done.output
    replaced = run("install", "--replace")
    assert replaced.exit_code == 0 and "before: C:\\Other\\python.exe" in replaced.output


def test_elsewhere_it_says_what_to_do_instead() -> None:
    if excel.machine() is None:
        for command in ("install", "doctor"):
            done = run(command)
            assert done.exit_code == 2 and "xl-infusion lite" in done.output
    else:
        assert run("doctor").exit_code in (0, 1)
