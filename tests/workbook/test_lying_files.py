"""What a file says of itself is believed as far as it is checked: counts, extents, references, names, bytes.

Each file is read in a process of its own with little memory, so that an abort in native code, or memory that is
reserved for what is not there, is a failed test and not the end of the run.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.spreadsheet.xlsx.test_package import MAIN, SHEET, Parts, a_book, a_sheet, links, unzipped, zipped
from xl_infusion.spreadsheet.xlsx.package import (
    DamagedWorkbook,
    HostileWorkbook,
    Package,
    SheetEdit,
    WorkbookError,
    write,
)
from xl_infusion.workbook.fill import fill

pytestmark = pytest.mark.slow

NEAR = '<row r="1"><c r="A1"><v>1</v></c></row>'
TEXT = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'

_CHILD = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
except ImportError:
    pass
from xl_infusion.spreadsheet.xlsx.package import Package, WorkbookError
try:
    with Package.open(sys.argv[1]) as package:
        print(type(package).__name__, package.values("Claims"))
except WorkbookError as error:
    print(type(error).__name__, error)
"""


def read(path: Path) -> str:
    """What reading a workbook's values comes to, in a process that may use three gigabytes."""
    done = subprocess.run([sys.executable, "-c", _CHILD, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def texts(says: str, more: str = "") -> bytes:
    return f'<sst xmlns="{MAIN}" {says}><si><t>a</t></si>{more}</sst>'.encode()


def with_texts(says: str, more: str = "", rows: str = TEXT) -> Parts:
    parts = a_book(rows, sharedStrings=texts(says, more))
    kinds = (("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml"))
    return {**parts, "xl/_rels/workbook.xml.rels": links(*kinds)}


def sheet(text: str) -> Parts:
    return {**a_book(), SHEET: text.replace("<worksheet", f'<worksheet xmlns="{MAIN}"', 1).encode()}


FAR = {
    "a number of texts": with_texts('uniqueCount="9000000000"'),
    "more than memory has addresses": with_texts('count="1" uniqueCount="1000000000000000000"'),
    "in apostrophes": with_texts("uniqueCount='1000000000000000000'"),
    "as an entity": with_texts('uniqueCount="&#57;000000000000000"'),
    "behind a >": with_texts('a=">" uniqueCount="1000000000000000000"'),
    "texts in texts": with_texts("", '<sst uniqueCount="900000000000"><si><t>b</t></si></sst>'),
    "texts under a prefix": with_texts("", "<y:sst xmlns:y='b' uniqueCount='900000000000'/>"),
    "a cell behind a >": a_book(NEAR + '<row r="1048576"><c r="XFD1048576" z="/>"><v>1</v></c></row>'),
    "a cell whose name is an entity": a_book(NEAR + '<row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row>'),
    "rows without numbers": a_book("<row/>" * 3 + '<row><c r="XFD1048576"><v>1</v></c></row>'),
    "a lone cell in apostrophes": a_book(NEAR + "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
    "a cell under another prefix": sheet(
        f"<worksheet xmlns:y='{MAIN}'><sheetData>{NEAR}<y:row r='1048576'><y:c r='XFD1048576'><y:v>1</y:v></y:c></y:row>"
        "</sheetData></worksheet>"
    ),
    "a cell without the sheet's prefix": {
        **a_book(),
        SHEET: f"<x:worksheet xmlns:x='{MAIN}' xmlns='{MAIN}'><x:sheetData><x:row r='1'><x:c r='A1'><x:v>1</x:v></x:c>"
        "</x:row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row></x:sheetData></x:worksheet>".encode(),
    },
    "rows that end in an attribute": sheet(
        '<worksheet><sheetData><row r="1"><c r="A1" z="</sheetData>"><v>1</v></c></row>'
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData></worksheet>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAR)
def test_a_lie_of_a_file_is_refused_before_it_costs_anything(tmp_path: Path, kind: str) -> None:
    assert read(zipped(tmp_path / "a.xlsx", FAR[kind])).split()[0] in ("HostileWorkbook", "DamagedWorkbook")


@pytest.mark.parametrize(
    "text",
    [
        "<worksheet><foo a='<sheetData></sheetData>'/><sheetData><row r='1'><c r='XFD1048576'><v>1</v></c></row></sheetData></worksheet>",
        '<worksheet><sheetData/><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
        '<worksheet><dimension ref="A1:XFD1048576"/><sheetData/></worksheet>',
    ],
)
def test_what_stands_around_the_rows_is_not_read(tmp_path: Path, text: str) -> None:
    assert read(zipped(tmp_path / "a.xlsx", sheet(text))) == "Package []"


def test_as_many_texts_as_there_are_may_be_said_or_not(tmp_path: Path) -> None:
    for says in ('count="9" uniqueCount="1"', 'uniqueCount="0"', 'uniqueCount="-1"', 'uniqueCount="many"', ""):
        with Package.open(zipped(tmp_path / "a.xlsx", with_texts(says))) as package:
            assert package.values("Claims") == [["a"]]


@pytest.mark.parametrize("number", ["99999999999999999999", "x", "-1", "1.0", " 0", "0x0"])
def test_a_cell_that_points_to_no_text_is_not_the_first_one(tmp_path: Path, number: str) -> None:
    rows = f'<row r="1"><c r="A1" t="s"><v>{number}</v></c></row>'
    with (
        Package.open(zipped(tmp_path / "a.xlsx", with_texts("", "<si><t>b</t></si>", rows))) as package,
        pytest.raises(DamagedWorkbook, match="a cell that points to no text"),
    ):
        package.values("Claims")


@pytest.mark.parametrize(
    "dimension",
    [
        'ref="1:5"',
        'ref="B:I"',
        'ref=""',
        'ref="nonsense"',
        "ref='1:5'",
        "",
        'ref="C9:A1"',
        'ref="A1:ZZZZZZZ9999999999"',
    ],
)
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_dimension_is_a_hint(tmp_path: Path, dimension: str, prefix: str) -> None:
    """LibreOffice writes whole rows and columns."""
    row = '<row r="1"><c r="A1"><f>DOSES_PER_DAY(8)</f></c><c r="B1"><v>1</v></c></row>'
    text = f"<worksheet><dimension {dimension}/><sheetData>{row}</sheetData></worksheet>"
    for name in ("worksheet", "dimension", "sheetData", "row", "c", "f", "v"):
        for mark in ("<", "</"):
            for end in (" ", ">", "/"):
                text = text.replace(f"{mark}{name}{end}", f"{mark}{prefix}{name}{end}")
    text = text.replace("worksheet", f'worksheet xmlns{":x" if prefix else ""}="{MAIN}"', 1)
    path = zipped(tmp_path / "a.xlsx", {**a_book(), SHEET: text.encode()})
    assert fill(path).calls == 1
    with Package.open(path) as package:
        assert package.values("Claims") == [[3.0, 1.0]]
    assert f"dimension {dimension}".strip().replace("'", '"').encode() in unzipped(path)[SHEET].replace(b"'", b'"')


def backslashed(path: Path, parts: Parts) -> Path:
    """The parts with names as an old .NET writes them."""
    zipped(path, parts)
    data = path.read_bytes()
    for name in parts:
        data = data.replace(name.encode(), name.replace("/", "\\").encode())
    # inside the parts nothing was changed: they are compressed
    path.write_bytes(data)
    return path


def test_names_with_a_backslash_are_those_with_a_slash(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><f>DOSES_PER_DAY(8)</f></c></row><row r="2"><c r="A2"><f>PERDIEM_RANK({8;6})</f></c></row>'
    path = backslashed(tmp_path / "a.xlsx", a_book(rows))
    assert b"xl\\worksheets\\sheet1.xml" in path.read_bytes()
    filled = fill(path)
    assert (filled.calls, filled.unresolved) == (2, [])
    with Package.open(path) as package:
        assert package.values("Claims") == [[3.0], [2.0], [1.0]]
        assert "xl/worksheets/sheet1.xml" in package.names()
    assert b"xl\\worksheets\\sheet1.xml" in path.read_bytes(), "the names stay as they were"
    assert fill(path).changed == 0
    assert not [name for name in tmp_path.iterdir() if name != path], "nothing is unpacked"


def test_one_part_under_both_kinds_of_name(tmp_path: Path) -> None:
    parts = a_book()
    holder = "xl_worksheets_sheet1.xml"
    path = zipped(tmp_path / "a.xlsx", {**parts, holder: b"<a/>"})
    path.write_bytes(path.read_bytes().replace(holder.encode(), SHEET.replace("/", "\\").encode()))
    with pytest.raises(HostileWorkbook, match="two parts named"):
        Package.open(path)


@pytest.mark.parametrize(
    "formula", [b"JUNITS(\xff)", b'"\xe9"&JCODE("vanco")', b"1+\xc3(", b"\xed\xa0\x80"], ids=range(4)
)
def test_an_invalid_byte_in_a_formula_is_a_damaged_workbook(tmp_path: Path, formula: bytes) -> None:
    rows = a_sheet('<row r="1"><c r="A1"><f>@</f><v>1</v></c></row>').replace(b"@", formula)
    path = zipped(tmp_path / "a.xlsx", {**a_book(), SHEET: rows})
    with pytest.raises(DamagedWorkbook, match=r"a\.xlsx, sheet 'Claims': has byte [0-9A-F]{2} in a formula"):
        fill(path)


def test_half_a_character_by_its_number_is_no_character(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book('<row r="1"><c r="A1"><f>DOSES_PER_DAY("&#xD800;")</f></c></row>'))
    filled = fill(path)
    assert [str(error) for *_, error in filled.errors] == ["#VALUE!"]


@pytest.mark.parametrize("value", ["1e300", "-1e18", "nan", "inf", "1e9999", "99999999999999999999999"])
@pytest.mark.parametrize("style", [0, 1, 4])
def test_a_number_beyond_reason_is_read_or_refused(tmp_path: Path, value: str, style: int) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book(f'<row r="1"><c r="A1" s="{style}"><v>{value}</v></c></row>'))
    assert read(path).split()[0] in ("Package", "DamagedWorkbook")


def test_the_old_name_of_a_part_keeps_its_letters(tmp_path: Path) -> None:
    """A part that is found under other letters is written under its own name, not added beside it."""
    parts: Any = {name.replace("sheet1", "Sheet1"): data for name, data in a_book(NEAR).items()}
    path = zipped(tmp_path / "a.xlsx", parts)
    with Package.open(path) as package:
        write(package, path, {"Claims": SheetEdit(cells={(1, 1): 2})})
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        assert archive.namelist() == list(parts)
    assert issubclass(DamagedWorkbook, WorkbookError)
