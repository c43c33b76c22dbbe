"""``xl-infusion calc``: the add-in put into LibreOffice and taken out, and what is said where that fails."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests import libreoffice
from tests.hosts.calc.in_office import formulas, shared_extensions
from xl_infusion.cli import app
from xl_infusion.hosts.calc.office import NoOffice, extension_manager, program_folders, version_of


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["calc", *map(str, arguments)], env={"COLUMNS": "200", "NO_COLOR": "1"})


@pytest.mark.office
def test_installed_over_itself_and_taken_out(tmp_path: Path) -> None:
    libreoffice.soffice()
    version = ["=XL_INFUSION_VERSION()"]
    with shared_extensions(tmp_path):
        for _ in range(2):
            done = run("install", "--shared")
            assert done.exit_code == 0 and "from its next start" in done.output and "needs" not in done.output
        with libreoffice.office() as office:
            assert str(formulas(office, {}, version)[0]).startswith("xl_infusion ")
        assert run("uninstall", "--shared").exit_code == 0
        with libreoffice.office() as office:
            assert formulas(office, {}, version) == ["#NAME?"]
        done = run("uninstall", "--shared")
        assert done.exit_code == 1 and "was it installed with --shared, or into another --profile?" in done.output


@pytest.mark.office
def test_into_a_profile_but_root_is_told_to_share(tmp_path: Path) -> None:
    libreoffice.soffice()
    done = run("install", "--profile", tmp_path / "profile")
    if os.geteuid():
        assert done.exit_code == 0
        assert run("uninstall", "--profile", tmp_path / "profile").exit_code == 0
    else:
        assert done.exit_code == 1 and "add --shared, or run this as the user who works with LibreOffice" in done.output


def test_without_libreoffice_it_says_what_to_install(tmp_path: Path) -> None:
    done = run("install", "--office", tmp_path)
    assert done.exit_code == 1 and "install LibreOffice 25.2 or newer" in done.output
    with pytest.raises(NoOffice):
        extension_manager([])


def test_wrong_command_lines(tmp_path: Path) -> None:
    assert run("install", "--shared", "--profile", tmp_path).exit_code == 2
    assert run("build", tmp_path / "functions.zip").exit_code == 2
    done = run("build", tmp_path / "no such folder" / "functions.oxt")
    assert done.exit_code == 3 and "no such folder" in done.output


def test_build_writes_the_file(tmp_path: Path) -> None:
    done = run("build", tmp_path / "functions.oxt")
    assert done.exit_code == 0 and "functions.oxt is ready" in done.output
    assert "description.xml" in zipfile.ZipFile(tmp_path / "functions.oxt").namelist()


def program(folder: Path, name: str, script: str) -> Path:
    """A small program in the place of one of LibreOffice's, for what the one on this machine does not do."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_an_older_libreoffice_is_told_and_the_profile_is_handed_on(tmp_path: Path) -> None:
    program(tmp_path / "program", "unopkg", f'printf "%s\\n" "$@" > "{tmp_path}/asked"')
    program(tmp_path / "program", "soffice", "echo 'LibreOffice 7.4.7.2 40(Build:2)'")
    done = run("install", "--office", tmp_path, "--profile", tmp_path / "my profile")
    assert done.exit_code == 0 and "This is LibreOffice 7.4" in done.output and "need 25.2 or newer" in done.output
    command, profile, *options, file = (tmp_path / "asked").read_text().splitlines()
    assert (command, profile) == ("add", f"-env:UserInstallation={(tmp_path / 'my profile').as_uri()}")
    assert "--force" in options and file.endswith(".oxt")


@pytest.mark.parametrize(
    ("says", "remedy"),
    [
        ("ERROR: a lock file is there: LibreOffice is already running", "close LibreOffice"),
        ("ERROR: permission denied", "administrator's rights"),
        ("something else", "failed: something else"),
        ("", "it said nothing"),
    ],
)
def test_what_libreoffice_says_is_handed_on_with_the_remedy(tmp_path: Path, says: str, remedy: str) -> None:
    program(tmp_path, "unopkg", f'echo "{says}" >&2; exit 1')
    done = run("install", "--office", tmp_path)
    assert done.exit_code == 1 and remedy in done.output and "Traceback" not in done.output


def test_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    (tmp_path / "unopkg").write_text("no program")
    done = run("uninstall", "--office", tmp_path)
    assert done.exit_code == 1 and "cannot be run" in done.output


def test_where_it_looks(tmp_path: Path) -> None:
    real = program(tmp_path / "program", "unopkg", "exit 0")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "soffice").symlink_to(program(tmp_path / "program", "soffice", "echo LibreOffice 25.2.3.2 x"))
    assert extension_manager(program_folders({"PATH": str(tmp_path / "bin")}, "linux")) == real
    assert version_of(real) == (25, 2, 3, 2)
    assert program_folders({"PATH": ""}, "darwin")[0].as_posix() == "/Applications/LibreOffice.app/Contents/MacOS"
