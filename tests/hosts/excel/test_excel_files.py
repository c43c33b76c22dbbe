"""The workbook and the add-in for Excel on Windows: read back by oletools and by LibreOffice, held against the real
import_udfs, and as they are shipped."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import olefile
import openpyxl
import pytest
from oletools.olevba import VBA_Parser

from tests import ROOT, billing, libreoffice
from tests.hosts.conftest import UDF_MODULE
from tests.hosts.standins.excel import Book
from tests.hosts.standins.variants import Error
from tests.setup.addins import made_with
from xl_infusion.hosts.excel import files, generate, vba, vba_help
from xl_infusion.hosts.excel.files import ADDIN, WORKBOOK
from xl_infusion.hosts.excel.vba_project import modules_in, packed, with_vba
from xl_infusion.spreadsheet.xlsx.package import LockedWorkbook, Package
from xl_infusion.workbook.fill import fill

pytestmark = pytest.mark.slow

EACH = pytest.mark.parametrize("name", [WORKBOOK, ADDIN])
SHIPPED = ROOT / "workbook"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both files."""
    folder = tmp_path_factory.mktemp("excel")
    files.build_workbook(folder / WORKBOOK)
    files.build_addin(folder / ADDIN)
    return folder


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def opened(path: Path) -> openpyxl.Workbook:
    has = parts(path)  # openpyxl opens no add-in as such
    types = has["[Content_Types].xml"].replace(b"ms-excel.addin.macroEnabled", b"ms-excel.sheet.macroEnabled")
    return openpyxl.load_workbook(io.BytesIO(packed({**has, "[Content_Types].xml": types})))


def project(path: Path) -> olefile.OleFileIO:
    return olefile.OleFileIO(io.BytesIO(parts(path)["xl/vbaProject.bin"]))


def read_back(path: Path) -> dict[str, str]:
    """The modules of a file as oletools reads them."""
    parser = VBA_Parser(str(path))
    try:
        found = {stream.rpartition("/")[2]: code for _, stream, _, code in parser.extract_all_macros()}
    finally:
        parser.close()
    return {name: code.replace("\r\n", "\n") for name, code in found.items()}


# -- what is in them ----------------------------------------------------------------------------------------------


@EACH
def test_oletools_reads_every_module_as_its_source(built: Path, name: str) -> None:
    found = read_back(built / name)
    sources = files.vba_modules(name)
    assert {module: found[module] for module in sources} == sources
    documents = set(found) - set(sources)
    assert found["ThisWorkbook"].endswith("Attribute VB_Customizable = True\n" + vba_help.ON_OPEN)
    assert documents == {"ThisWorkbook", *(f"Sheet{at}" for at in range(1, len(documents)))}
    assert modules_in((built / name).read_bytes(), name) == found


@EACH
def test_import_udfs_over_our_module_generates_exactly_what_is_in_the_file(
    windows: Any, excel: Any, built: Path, name: str
) -> None:
    book = Book(name)
    windows.udfs.import_udfs(UDF_MODULE, book)
    assert read_back(built / name)["xlwings_udfs"] == book.vba_text
    told = dict(generate.generated(name).options)
    assert told == book.macro_options


@EACH
def test_cells_calculate_by_the_vba_of_the_file(windows: Any, excel: Any, built: Path, name: str) -> None:
    book = Book(name)
    book.host["ActiveWorkbook"] = book
    book.load(read_back(built / name)["xlwings_udfs"])
    assert book.sheet.enter("A1", '=JUNITS("meropenem","1 g")') == 10
    book.sheet.enter("A2", '=JUNITS("meropenum","1 g")')
    assert book.sheet.enter("B1", "=SUM(A1:A2)") == Error.named("#N/A")


def test_an_add_in_calls_with_the_workbook_that_asks(built: Path) -> None:
    assert "ActiveWorkbook, Application.Caller" in read_back(built / ADDIN)["xlwings_udfs"]
    assert "ActiveWorkbook" not in read_back(built / WORKBOOK)["xlwings_udfs"]


@EACH
def test_xlwings_module_is_as_xlwings_ships_it_with_its_licence(built: Path, name: str) -> None:
    import xlwings

    text = read_back(built / name)["xlwings"]
    assert text == Path(xlwings.__file__).with_name("xlwings.bas").read_text()
    assert "'xlwings is distributed under a BSD 3-clause license." in text
    assert f'XLWINGS_VERSION As String = "{xlwings.__version__}"' in text


@EACH
def test_no_wrapper_is_soft(built: Path, name: str) -> None:
    text = read_back(built / name)["xlwings_udfs"]
    assert vba.harden(text) == text and not re.search(r"= (Err|XLPy)\.", text)


# -- the project and the package ----------------------------------------------------------------------------------


@EACH
def test_every_sheet_and_the_workbook_have_the_code_name_of_their_module(built: Path, name: str) -> None:
    book = opened(built / name)
    names = [book.code_name, *(sheet.sheet_properties.codeName for sheet in book.worksheets)]
    told = project(built / name).openstream("PROJECT").read().decode("cp1252")
    assert re.findall(r"^Document=(\w+)/&H00000000\r$", told, re.MULTILINE) == names
    assert re.findall(r"^Module=(\w+)\r$", told, re.MULTILINE) == ["xlwings", "xlwings_udfs", "xl_infusion_help"]


@EACH
def test_nothing_is_compiled_and_no_text_names_a_machine(built: Path, name: str) -> None:
    compound = project(built / name)
    assert compound.openstream("VBA/_VBA_PROJECT").read() == b"\xcc\x61\xff\xff\x00\x00\x00"
    assert not [entry for entry in compound.listdir() if entry[-1].startswith("__SRP")]
    for stream in compound.listdir():
        if len(stream) == 2 and not stream[1].startswith(("_", "dir")):
            assert compound.openstream(stream).read()[0] == 1, "the source begins at the stream's first byte"
    every = b"".join(parts(built / name).values()) + "".join(read_back(built / name).values()).encode()
    for text in (str(Path.home()), str(Path(sys.prefix)), str(built), os.getcwd(), "xl-infusion-"):
        for encoded in (text.encode(), text.encode("utf-16-le")):
            assert len(text) < 4 or encoded not in every


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (WORKBOOK, "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        (ADDIN, "application/vnd.ms-excel.addin.macroEnabled.main+xml"),
    ],
)
def test_the_package_says_what_it_is(built: Path, name: str, kind: str) -> None:
    has = parts(built / name)
    types = has["[Content_Types].xml"].decode()
    assert f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/>' in types
    assert '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>' in types
    links = has["xl/_rels/workbook.xml.rels"].decode()
    assert re.search(
        r'Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"', links
    )
    assert len(re.findall(r'\bId="([^"]+)"', links)) == len(set(re.findall(r'\bId="([^"]+)"', links)))


def test_the_workbook_is_the_plain_one_with_code_names_and_settings(built: Path, tmp_path: Path) -> None:
    billing.new(tmp_path / "plain.xlsx")
    plain, has = parts(tmp_path / "plain.xlsx"), parts(built / WORKBOOK)
    changed = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
    assert list(has) == [*plain, "xl/worksheets/settings.xml", "xl/vbaProject.bin"]
    for name, data in plain.items():
        if name.startswith("xl/worksheets/sheet"):
            assert re.sub(rb' codeName="\w+"', b"", has[name], count=1).replace(b"<sheetPr/>", b"") == data.replace(
                b"<sheetPr/>", b""
            )
        elif name not in changed:
            assert has[name] == data, name
    assert b' cm="1"' in has["xl/worksheets/sheet9.xml"] + has["xl/worksheets/sheet10.xml"]


@EACH
def test_xlwings_is_told_not_to_look_beside_the_workbook(built: Path, name: str) -> None:
    sheet = opened(built / name)[files.SETTINGS_SHEET]
    assert [cell.value for cell in sheet[1]] == ["ADD_WORKBOOK_TO_PYTHONPATH", "False"] and sheet.max_row == 1
    assert sheet.sheet_state == ("visible" if name == ADDIN else "veryHidden")
    assert (
        f'PROJECT_NAME As String = "{files.SETTINGS_SHEET.partition(".")[0]}"' in read_back(built / name)["xlwings"]
    ), "the sheet that xlwings' VBA looks for"


def test_fill_computes_the_workbook_with_macros_and_leaves_its_vba(built: Path, tmp_path: Path) -> None:
    copy = tmp_path / "orders.xlsm"
    copy.write_bytes((built / WORKBOOK).read_bytes())
    assert fill(copy).changed == 0
    assert parts(copy) == parts(built / WORKBOOK)
    with Package.open(copy) as package:
        assert [sheet.name for sheet in package.sheets][-1] == files.SETTINGS_SHEET


def test_the_same_bytes_every_time(built: Path, tmp_path: Path) -> None:
    files.build_workbook(tmp_path / "other.xlsm")
    code = f"from xl_infusion.hosts.excel.files import build_addin; build_addin({str(tmp_path / 'other.xlam')!r})"
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    )
    assert (tmp_path / "other.xlsm").read_bytes() == (built / WORKBOOK).read_bytes()
    assert (tmp_path / "other.xlam").read_bytes() == (built / ADDIN).read_bytes()


# -- in LibreOffice -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office() -> Iterator[libreoffice.Office]:
    with libreoffice.office() as running:
        yield running


MODULES = """
path, = arguments
document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, properties(
    Hidden=True, MacroExecutionMode=0, FilterName="Calc MS Excel 2007 VBA XML"))
try:
    libraries = document.BasicLibraries
    result = {}
    for library in libraries.getElementNames():
        modules = libraries.getByName(library)
        result.update({name: modules.getByName(name) for name in modules.getElementNames()})
finally:
    document.close(True)
"""


@pytest.mark.office
@EACH
def test_libreoffice_reads_every_module_as_its_source(office: libreoffice.Office, built: Path, name: str) -> None:
    found = office.run(MODULES, str(built / name))
    sources = read_back(built / name)
    assert set(found) == set(sources)
    for module, text in found.items():
        head, code = text.split("\nOption VBASupport 1\n")
        kind = "VBAModule" if module in files.vba_modules(name) else "VBADocumentModule"
        assert head == f"Rem Attribute VBA_ModuleType={kind}"
        source = re.sub(r"^Attribute .*\n", "", sources[module], flags=re.MULTILINE)
        assert code.rstrip("\n") == source.rstrip("\n"), module


RUN = """
text, = arguments
document = desktop.loadComponentFromURL(
    "private:factory/scalc", "_blank", 0, properties(Hidden=True, MacroExecutionMode=4))
try:
    libraries = document.BasicLibraries
    if not libraries.hasByName("Standard"):
        libraries.createLibrary("Standard")
    libraries.getByName("Standard").insertByName("Probe", "Option VBASupport 1\\n" + text)
    script = document.getScriptProvider().getScript(
        "vnd.sun.star.script:Standard.Probe.Answer?language=Basic&location=document")
    result = script.invoke((), (), ())[0]
finally:
    document.close(True)
"""

RECORDS = """
Dim told As String

Private Sub XliDescribe(ByVal name As String, ByVal says As String, ByVal group As String, ByVal arguments As Variant)
    Dim i
    told = told & name & Chr(2) & says & Chr(2) & group
    If IsArray(arguments) Then
        For i = LBound(arguments) To UBound(arguments)
            told = told & Chr(2) & arguments(i)
        Next i
    End If
    told = told & Chr(1)
End Sub

Function Answer() As String
    XliDescribeAll
    Answer = told
End Function
"""


@pytest.mark.office
def test_the_help_that_runs_is_what_import_udfs_tells_excel(
    windows: Any, excel: Any, office: libreoffice.Office, built: Path
) -> None:
    book = Book(WORKBOOK)
    windows.udfs.import_udfs(UDF_MODULE, book)
    text = read_back(built / WORKBOOK)["xl_infusion_help"]
    calls = text[text.index("Private Sub XliDescribeAll") :]
    said = office.run(RUN, RECORDS + calls).split("\x01")[:-1]
    expected = [
        "\x02".join([name, told["Description"], told["Category"], *(told["ArgumentDescriptions"] or [])])
        for name, told in book.macro_options.items()
    ]
    assert said == expected


@pytest.mark.office
def test_the_whole_help_module_compiles(office: libreoffice.Office, built: Path) -> None:
    text = read_back(built / WORKBOOK)["xl_infusion_help"]
    lines = [line for line in text.splitlines() if not line.strip().startswith(("Debug.Print", "Attribute"))]
    whole = "\n".join([*lines, "Function Answer()", "Answer = True", "End Function", ""])
    assert office.run(RUN, whole) is True
    assert office.run(RUN, whole.replace("End If", "", 1)) is None, "it would say so if it did not"


# -- the help's text ----------------------------------------------------------------------------------------------


def test_a_text_that_vba_cannot_have_is_refused() -> None:
    told = {"Description": "Says.", "Category": "Codes", "ArgumentDescriptions": ["One"]}
    for wrong in ({"Description": "two\nlines"}, {"Description": "x" * 1100}, {"ArgumentDescriptions": ["x"] * 24}):
        with pytest.raises(ValueError, match="VBA"):
            vba_help.module([("CODES", {**told, **wrong})])
    with pytest.raises(ValueError, match="xlwings tells Excel more of CODES"):
        vba_help.module([("CODES", {**told, "HelpFile": "codes.chm"})])
    with pytest.raises(ValueError, match="module xl_infusion_help has '≥'"):
        with_vba({}, {"xl_infusion_help": "'≥ 30"}, "", ".xlsm")


def test_what_xlwings_says_when_it_generates_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "xlwings").mkdir()
    (tmp_path / "xlwings" / "__init__.py").write_text("raise ImportError('this xlwings is broken')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(generate.CannotGenerate, match=r"ImportError: this xlwings is broken; it was tested with"):
        generate.generated("broken.xlsm")


# -- an older file ------------------------------------------------------------------------------------------------


@EACH
def test_renew_replaces_what_is_old_and_nothing_else(built: Path, tmp_path: Path, name: str) -> None:
    now = files.vba_modules(name)
    with pytest.MonkeyPatch.context() as patch:
        older = {**now, "xlwings_udfs": now["xlwings_udfs"].replace("JUNITS", "JUNITZ")}
        del older["xl_infusion_help"]
        patch.setattr(files, "vba_modules", lambda name: older)
        (files.build_addin if name == ADDIN else files.build_workbook)(tmp_path / name)
    assert "JUNITS" not in read_back(tmp_path / name)["xlwings_udfs"]
    before = parts(tmp_path / name)
    assert files.renew(tmp_path / name) is True
    assert read_back(tmp_path / name) == read_back(built / name)
    after = parts(tmp_path / name)
    assert [part for part in before if before[part] != after[part]] == ["xl/vbaProject.bin"]
    assert files.renew(tmp_path / name) is False


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"xl_infusion.hosts.excel"', '"mine"', "has no functions of ours"),
        ('"xl_infusion.hosts.excel", "JUNITS"', '"mine", "JUNITS"', "has functions of mine too.*nothing was changed"),
    ],
)
def test_renew_writes_over_functions_of_nobody_else(tmp_path: Path, old: str, new: str, said: str) -> None:
    theirs, data = tmp_path / "theirs.xlam", made_with("xlwings_udfs", old, new)
    theirs.write_bytes(data)
    with pytest.raises(ValueError, match=said):
        files.renew(theirs)
    assert theirs.read_bytes() == data


def test_renew_refuses_what_has_no_functions_and_what_is_open(built: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.xlsx"
    openpyxl.Workbook().save(plain)
    with pytest.raises(ValueError, match="plain.xlsx has no functions of ours in it"):
        files.renew(plain)
    (tmp_path / "text.xlsm").write_text("no workbook")
    with pytest.raises(ValueError):
        files.renew(tmp_path / "text.xlsm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "vba_modules", lambda name: {"xlwings": "'old"})
        (tmp_path / WORKBOOK).write_bytes((built / WORKBOOK).read_bytes())
        (tmp_path / f"~${WORKBOOK}").write_bytes(b"")
        with pytest.raises(LockedWorkbook):
            files.renew(tmp_path / WORKBOOK)
