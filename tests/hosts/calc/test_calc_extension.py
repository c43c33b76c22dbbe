"""The add-in for LibreOffice Calc as a file: what is in it, and that all of it comes from the signatures."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import io
import shutil
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import etree

from tests import ROOT, libreoffice
from xl_infusion.errors import ExcelError
from xl_infusion.functions import FUNCTIONS
from xl_infusion.hosts.calc import typelib
from xl_infusion.hosts.calc.addin import call_of
from xl_infusion.hosts.calc.cells import NUMBERS, from_calc, to_calc
from xl_infusion.hosts.calc.extension import CARRIED, build, members
from xl_infusion.hosts.calc.interface import SERVICE, identifier, methods
from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS
from xl_infusion.version import __version__

OOR = "{http://openoffice.org/2001/registry}"


def test_the_same_bytes_every_time_and_nothing_else_is_left(tmp_path: Path) -> None:
    for name in ("one.oxt", "two.oxt"):
        build(tmp_path / name)
    assert (tmp_path / "one.oxt").read_bytes() == (tmp_path / "two.oxt").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.oxt", "two.oxt"]
    with zipfile.ZipFile(tmp_path / "one.oxt") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == members()


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "folder.oxt").mkdir()
    with pytest.raises(OSError):
        build(tmp_path / "folder.oxt")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.oxt"]


def test_calc_is_told_what_the_signatures_say() -> None:
    found = etree.fromstring(members()["functions.xcu"])
    (service,) = found.findall("node/node")
    assert service.get(f"{OOR}name") == SERVICE

    def text(node: etree._Element, prop: str) -> str | None:
        return node.findtext(f"prop[@{OOR}name='{prop}']/value")

    told = {
        node.get(f"{OOR}name"): (
            text(node, "DisplayName"), text(node, "CompatibilityName"), text(node, "Description"),
            text(node, "CategoryDisplayName"),
            [
                (p.get(f"{OOR}name"), text(p, "DisplayName"), text(p, "Description"))
                for p in node.findall(f"node[@{OOR}name='Parameters']/node")
            ],
        )
        for node in service.findall("node/node")
    }  # fmt: skip
    assert told == {
        name: (name, name, f.summary, f.category, [(identifier(p.name), p.name, p.doc) for p in f.parameters])
        for name, f in FUNCTIONS.items()
    }


def test_the_other_parts_are_well_formed_and_name_files_that_are_there() -> None:
    parts = members()
    manifest = etree.fromstring(parts["META-INF/manifest.xml"])
    named = {value for node in manifest for key, value in node.items() if key.endswith("full-path")}
    assert named == {"functions.rdb", "functions.components", "functions.xcu"} and named <= parts.keys()
    component = etree.fromstring(parts["functions.components"])[0]
    assert component.get("uri") in parts
    assert etree.fromstring(parts["description.xml"]).find("{*}version").get("value") == __version__


@pytest.mark.office
def test_the_type_library_is_the_one_that_libreoffices_own_tool_makes(tmp_path: Path) -> None:
    program = Path(libreoffice.soffice()).resolve().parent
    writer = shutil.which("unoidl-write") or shutil.which(str(program.parent / "sdk" / "bin" / "unoidl-write"))
    if writer is None:
        libreoffice.missing("unoidl-write of LibreOffice's SDK is not on this machine: install libreoffice-dev")
    source, made = tmp_path / "functions.idl", tmp_path / "functions.rdb"
    source.write_text(typelib.idl(methods()) + "\n")
    subprocess.run(
        [writer, program / "types.rdb", program / "types" / "offapi.rdb", source, made],
        check=True, capture_output=True, env={"LD_LIBRARY_PATH": str(program), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    theirs = made.read_bytes()
    banner = theirs[16 : theirs.index(b"**\0") + 3]  # its version, which ours does not have
    assert banner.startswith(b"\0** Created by LibreOffice ")
    assert typelib.library(methods(), banner) == theirs


def test_no_name_is_refused_by_the_type_library() -> None:
    names = [name for method in methods() for name in (method.name, *(name for name, _ in method.parameters))]
    assert all(name.isascii() and name.isidentifier() for name in names)
    for method in methods():
        assert len({name for name, _ in method.parameters}) == len(method.parameters)


def test_what_it_carries_runs_with_the_standard_library_alone(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(built(tmp_path))) as archive:
        archive.extractall(tmp_path / "oxt")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import xl_infusion, xl_infusion.hosts.calc.addin, xl_infusion.hosts.calc.arrays\n"
        "from xl_infusion.functions import FUNCTIONS\n"
        "assert xl_infusion.__file__.startswith(sys.argv[1])\n"
        "print(FUNCTIONS['JUNITS'].call('vanco', '1 g', 45838), FUNCTIONS['XL_INFUSION_VERSION'].call())\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, str(tmp_path / "oxt" / "pythonpath")],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"2 {FUNCTIONS['XL_INFUSION_VERSION'].call()}"


@pytest.mark.slow
def test_what_it_carries_is_python_3_10_too(tmp_path: Path) -> None:
    """LibreOffice 25.2 for Windows and the Mac brings its own, older Python: checked by mypy, which knows its library."""
    places = [str(ROOT / "xl_infusion" / name) for name in CARRIED]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--python-version", "3.10", "--cache-dir", str(tmp_path), *places],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def built(folder: Path) -> bytes:
    build(folder / "made.oxt")
    return (folder / "made.oxt").read_bytes()


class Document:
    """A document as the add-in asks it: for the day that it counts from."""

    def getPropertyValue(self, name: str) -> object:
        assert name == "NullDate"
        return SimpleNamespace(Year=1899, Month=12, Day=30)


@pytest.mark.faulty
def test_what_no_rule_foresaw_is_an_error_and_no_cell_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fails(drug: object) -> object:
        raise KeyError(drug)

    for spills, name in ((False, "JCODE"), (True, "CODES")):
        function = dataclasses.replace(FUNCTIONS[name], call=functools.wraps(FUNCTIONS[name].call)(fails))
        assert function.spills is spills
        found = call_of(function, lambda rows: rows, lambda document: None)(None, "a patient's name", Document())
        assert from_calc(found) == ([["#VALUE!"]] if spills else "#VALUE!")
    assert "JCODE shows #VALUE!: KeyError at test_calc_extension.py" in caplog.text
    assert "patient" not in caplog.text


def test_errors_that_calc_does_not_have_and_kinds_that_fit_into_no_cell() -> None:
    for error in EXCEL_ERRORS:
        assert from_calc(to_calc(ExcelError(error))) == (error if error in NUMBERS else "#VALUE!")
    assert [from_calc(to_calc(float(text))) for text in ("inf", "nan")] == ["#NUM!", "#NUM!"]
    assert to_calc(Decimal("1.5")) == 1.5
    assert to_calc(dt.datetime(2025, 7, 1, 12)) == 45839.5
    assert to_calc([1, None]) == ((1.0, ""),)
    with pytest.raises(TypeError, match="a set does not fit"):
        to_calc(set())
