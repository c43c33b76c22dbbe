"""Opening, reading and writing whole workbooks: hostile files are made here, results are read by other readers."""

from __future__ import annotations

import datetime as dt
import io
import os
import random
import re
import shutil
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table as OpenpyxlTable

from xl_infusion.spreadsheet.cell_error import ExcelError
from xl_infusion.spreadsheet.xlsx.package import (
    Block,
    CellValue,
    ChangedWorkbook,
    DamagedWorkbook,
    EncryptedWorkbook,
    HostileWorkbook,
    LockedWorkbook,
    NoSuchSheet,
    NotAWorkbook,
    Package,
    Sheet,
    SheetEdit,
    SignedWorkbook,
    Table,
    UnreadableWorkbook,
    UnwritableCell,
    UnwritableValue,
    UnwritableWorkbook,
    WorkbookError,
    check_not_locked,
    write,
)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "xl/worksheets/sheet1.xml"

Parts = dict[str, bytes]


def links(*targets: tuple[str, str]) -> bytes:
    """Relationships rId1, rId2, ... of (kind, target)."""
    found = "".join(
        f'<Relationship Id="rId{at}" Type="{RELS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>'.encode()


def a_sheet(rows: str, after: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{RELS}"><sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def a_book(rows: str = "", *, date1904: bool = False, more: str = "", **parts: bytes) -> Parts:
    """The parts of a workbook with one sheet, "Claims". Keyword ``parts`` are named by what stands before ".xml"."""
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><workbookPr date1904="{int(date1904)}"/>'
        f'<sheets><sheet name="Claims" sheetId="1" r:id="rId1"/></sheets>{more}</workbook>'
    )
    formats = "".join(f'<xf numFmtId="{kind}"/>' for kind in (0, 14, 22, 20, 46))
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/></Types>'
        ).encode(),
        "_rels/.rels": links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book.encode(),
        "xl/_rels/workbook.xml.rels": links(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{MAIN}"><fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>'
            f'<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs>{formats}</cellXfs>'
            f'<cellStyles><cellStyle name="Normal" xfId="0"/></cellStyles></styleSheet>'
        ).encode(),
        SHEET: a_sheet(rows),
        **{f"xl/{name}.xml": data for name, data in parts.items()},
    }


def zipped(path: Path, parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def unzipped(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def raw(path: Path) -> dict[str, tuple[bytes, tuple[object, ...]]]:
    """Each member's bytes in the file, local header included, and what the directory says of it."""
    data = path.read_bytes()
    found = {}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for info in archive.infolist():
            name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
            end = info.header_offset + 30 + name + extra + info.compress_size
            said = (
                info.date_time,
                info.external_attr,
                info.internal_attr,
                info.create_system,
                info.comment,
                info.flag_bits,
            )
            found[info.filename] = data[info.header_offset : end], said
    return found


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    """A workbook as openpyxl writes it, with what people put in workbooks."""
    book = openpyxl.Workbook()
    orders = book.active
    assert orders is not None
    orders.title = "Orders"
    orders.append(["Patient", "Drug", "Dose\n(mg)", "Code"])
    for row in range(2, 30):
        orders.append([f"ref {row}", "vancomycin", 1000.5, f"=JCODE(B{row})"])
    orders.add_table(OpenpyxlTable(displayName="Orders_1", ref="A1:D29"))
    orders["F1"] = ArrayFormula("F1:G2", "=CLAIM_GRID(Orders_1[])")
    orders["B3"].comment = Comment("as ordered", "nurse")
    charts = [BarChart(), BarChart()]
    for chart in charts:
        chart.add_data(Reference(orders, min_col=3, min_row=2, max_row=9))
    orders.add_chart(charts[0], "J2")
    hidden = book.create_sheet('It\'s <hidden> & "quoted"')
    hidden.sheet_state = "hidden"
    hidden["C4"] = "far in"
    book.create_chartsheet("Chart").add_chart(charts[1])
    book.defined_names["Rate"] = openpyxl.workbook.defined_name.DefinedName("Rate", attr_text="Orders!$C$2")
    hidden.defined_names["Rate"] = openpyxl.workbook.defined_name.DefinedName("Rate", attr_text="0.5")
    path = tmp_path / "claims.xlsx"
    book.save(path)
    return path


# -- what is no workbook -------------------------------------------------------------------------------------------

OLE2 = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", NotAWorkbook, "is empty"),
        (bytes(1000), NotAWorkbook, "zero bytes"),
        (b"Patient,Drug,Dose\n1,vancomycin,1000\n", NotAWorkbook, "CSV"),
        ("\ufeffPatient;Drug\n".encode("utf-16"), NotAWorkbook, "CSV"),
        (b"\xef\xbb\xbfjust words\n", NotAWorkbook, "a text file"),
        (b"\n <!DOCTYPE html><table>", NotAWorkbook, "HTML"),
        (b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", NotAWorkbook, "HTML"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            NotAWorkbook,
            "2003 XML",
        ),
        (b"<?xml version='1.0'?><a/>", NotAWorkbook, "an XML file"),
        (b"%PDF-1.7", NotAWorkbook, "PDF"),
        (b"\x1f\x8b\x08", NotAWorkbook, "gzip"),
        (b"\x09\x08\x10\x00", NotAWorkbook, "old Excel"),
        (OLE2 + "Workbook\0".encode("utf-16-le"), NotAWorkbook, r"\.xls\); in Excel, save it as \.xlsx"),
        (OLE2 + "WordDocument\0".encode("utf-16-le"), NotAWorkbook, "older Office"),
        (OLE2 + "EncryptedPackage\0".encode("utf-16-le"), EncryptedWorkbook, "password; .* remove the password"),
        (b"PK\5\6" + bytes(18), DamagedWorkbook, "empty or in pieces"),
        (b"PK\3\4" + bytes(200), DamagedWorkbook, "cut off"),
        (b"\0\1\2\3binary", NotAWorkbook, "no zip archive"),
    ],
)
def test_other_files(tmp_path: Path, data: bytes, error: type[WorkbookError], says: str) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(data)
    with pytest.raises(error, match=rf"^orders\.xlsx: .*{says}") as caught:
        Package.open(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"a.csv": b"1,2"}, "zip archive without a workbook"),
        (
            {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"},
            "OpenDocument spreadsheet",
        ),
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "OpenDocument text"),
        ({"mimetype": b"application/epub+zip"}, "e-book"),
    ],
)
def test_other_archives(tmp_path: Path, parts: Parts, says: str) -> None:
    with pytest.raises(NotAWorkbook, match=says):
        Package.open(zipped(tmp_path / "a.xlsx", parts))


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.main", r"\.xlsb"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "Word"),
        ("application/vnd.ms-word.document.macroEnabled.main+xml", "Word"),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", "PowerPoint"),
        ("application/vnd.ms-visio.drawing.main+xml", "Visio"),
    ],
)
def test_other_packages(tmp_path: Path, kind: str, says: str) -> None:
    parts = a_book()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        f"{TYPE}.sheet.main+xml".encode(), kind.encode()
    )
    parts["xl/workbook.xml"] = b"\0binary"
    with pytest.raises(NotAWorkbook, match=says):
        Package.open(zipped(tmp_path / "a.xlsx", parts))
    parts["[Content_Types].xml"] = f'<Types><Default Extension="bin" ContentType="{kind}"/></Types>'.encode()
    parts["_rels/.rels"] = links(("officeDocument", "xl/workbook.bin"))
    with pytest.raises(NotAWorkbook, match=says):
        Package.open(zipped(tmp_path / "a.xlsx", parts))


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWorkbook, match=r"none\.xlsx: there is no such file"):
        Package.open(tmp_path / "none.xlsx")
    with pytest.raises(UnreadableWorkbook, match="there is no such file"):
        Package.open("nul\0.xlsx")
    with pytest.raises(UnreadableWorkbook, match="is a folder"):
        Package.open(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.xlsx")
        with pytest.raises(UnreadableWorkbook, match="a pipe"):
            Package.open(tmp_path / "pipe.xlsx")


@pytest.fixture
def a_user(claims: Path) -> Iterator[Path]:
    """The workbook in a folder of a user who is not root, whoever runs the tests."""
    if os.name == "nt":
        pytest.skip("Windows has other permissions")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        path = Path(shutil.copy(claims, folder))
        root = os.geteuid() == 0
        if root:
            os.chown(path, 65534, 65534)
            os.seteuid(65534)
        try:
            yield path
        finally:
            if root:
                os.seteuid(0)


def test_no_permission(a_user: Path) -> None:
    a_user.chmod(0)
    with pytest.raises(UnreadableWorkbook, match="may not be read"):
        Package.open(a_user)


def test_a_file_that_is_read_only(a_user: Path) -> None:
    a_user.chmod(0o444)
    with Package.open(a_user) as package, pytest.raises(UnwritableWorkbook, match="is read-only"):
        write(package, a_user, {"Orders": SheetEdit(cells={(1, 1): 1})})
    assert os.listdir(a_user.parent) == ["claims.xlsx"]


# -- damaged and hostile archives ------------------------------------------------------------------------------------


def test_cut_off_anywhere(tmp_path: Path) -> None:
    data = zipped(tmp_path / "a.xlsx", a_book('<row r="1"><c r="A1"><v>1</v></c></row>')).read_bytes()
    for size in range(0, len(data), 7):
        (tmp_path / "a.xlsx").write_bytes(data[:size])
        with pytest.raises(WorkbookError):
            Package.open(tmp_path / "a.xlsx")


def test_any_damage_is_found_or_harmless(tmp_path: Path) -> None:
    """Bytes changed anywhere: a WorkbookError, or a workbook; nothing else, and never a wrong value."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="str"><f>J(B{row})</f><v>S9502</v></c></row>' for row in range(1, 9)
    )
    data = zipped(tmp_path / "a.xlsx", a_book(rows, sharedStrings=b"<sst/>")).read_bytes()
    rnd = random.Random(7)
    opened = 0
    for _ in range(600):
        broken = bytearray(data)
        for _ in range(rnd.choice([1, 1, 2, 8])):
            broken[rnd.randrange(len(broken))] = rnd.choice([0, 1, 8, 0x50, 0xFF, rnd.randrange(256)])
        path = tmp_path / "b.xlsx"
        path.write_bytes(broken)
        try:
            with Package.open(path) as package:
                assert package.values("Claims") == [["S9502"]] * 8
                assert len(package.formulas("Claims")) == 8
                write(package, tmp_path / "c.xlsx", {"Claims": SheetEdit(cells={(1, 1): 1})})
                opened += 1
        except WorkbookError as error:
            assert "\n" not in str(error)
    assert 10 < opened < 590


@pytest.mark.parametrize(
    ("place", "form", "value", "says"),
    [
        (4, "<H", 1, "several disks"),
        (10, "<H", 3, "zip directory that cannot be read"),
        (10, "<H", 65535, "zip directory that cannot be read"),
        (12, "<I", 10_000, "cut off, its zip directory lies outside"),
        (16, "<I", 1, "zip directory that cannot be read"),
    ],
)
def test_a_directory_that_contradicts_itself(tmp_path: Path, place: int, form: str, value: int, says: str) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book())
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, data.rindex(b"PK\5\6") + place, value)
    path.write_bytes(data)
    with pytest.raises(DamagedWorkbook, match=says):
        Package.open(path)


def test_a_changed_digit_is_found(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1234567</v></c></row>'
    path = zipped(tmp_path / "a.xlsx", a_book(rows), zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"1234567", b"1934567"))
    with Package.open(path) as package:
        for read in (package.values, package.formulas):
            with pytest.raises(DamagedWorkbook, match=r"is damaged in xl/worksheets/sheet1\.xml"):
                read("Claims")
        with pytest.raises(DamagedWorkbook, match="is damaged"):
            write(package, path, {"Claims": SheetEdit(cells={(1, 1): 1})})


def test_bomb_by_size(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in a_book().items():
            archive.writestr(name, data)
        with archive.open("xl/media/noise.bin", "w") as part:
            noise = random.Random(1).randbytes(20_000)
            for _ in range(5400):
                part.write(noise)
    with pytest.raises(HostileWorkbook, match="unpacks to 102 MB, at most 100 MB"):
        Package.open(tmp_path / "a.xlsx")


@pytest.mark.parametrize("size", [900_000, 1_100_000])
def test_bomb_by_ratio(tmp_path: Path, size: int) -> None:
    path = zipped(tmp_path / "a.xlsx", {**a_book(), "xl/big.xml": b"<a>" + b" " * size + b"</a>"})
    if size < 1 << 20:  # a small part of blanks is honest
        Package.open(path)
        return
    with pytest.raises(HostileWorkbook, match="100 times its size"):
        Package.open(path)


def test_bomb_by_members(tmp_path: Path) -> None:
    with pytest.raises(HostileWorkbook, match="1,006 parts, at most 1,000"):
        Package.open(zipped(tmp_path / "a.xlsx", {**a_book(), **{f"xl/{at}.bin": b"" for at in range(1000)}}))


def changed_directory(path: Path, name: str, change: Callable[[bytearray, int, int], None]) -> Path:
    """Lets ``change`` work on the bytes, given where a member's directory entry and local header begin."""
    data = bytearray(path.read_bytes())
    central = next(
        at.start()
        for at in re.finditer(re.escape(b"PK\1\2"), data)
        if data[at.start() + 46 :].startswith(name.encode())
    )
    change(data, central, struct.unpack_from("<I", data, central + 42)[0])
    path.write_bytes(data)
    return path


def test_bomb_that_lies(tmp_path: Path) -> None:
    """The directory says 500 bytes; what stands there inflates to far more."""
    parts = a_book('<row r="1"><c r="A1" t="str"><v>' + "x" * 9_000_000 + "</v></c></row>")
    path = zipped(tmp_path / "a.xlsx", parts)

    def lie(data: bytearray, central: int, local: int) -> None:
        struct.pack_into("<I", data, central + 24, 500)
        struct.pack_into("<I", data, local + 22, 500)

    with (
        pytest.raises(HostileWorkbook, match=r"sheet1\.xml is larger than the zip directory says"),
        Package.open(changed_directory(path, SHEET, lie)) as package,
    ):
        package.values("Claims")


def test_parts_that_share_bytes(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", {**a_book(), "xl/a.bin": b"x" * 50, "xl/b.bin": b"x" * 50})
    first = path.read_bytes().index(b"xl/a.bin") - 30

    def share(data: bytearray, central: int, local: int) -> None:
        struct.pack_into("<I", data, central + 42, first)

    with pytest.raises(HostileWorkbook, match="share bytes"):
        Package.open(changed_directory(path, "xl/b.bin", share))

    def longer(data: bytearray, central: int, local: int) -> None:
        struct.pack_into("<I", data, central + 20, 5000)

    path = zipped(tmp_path / "a.xlsx", {**a_book(), "xl/a.bin": b"x" * 50, "xl/b.bin": b"x" * 50})
    with pytest.raises(HostileWorkbook, match="share bytes"):
        Package.open(changed_directory(path, "xl/a.bin", longer))


def test_two_names_of_a_part(tmp_path: Path) -> None:
    def rename(data: bytearray, central: int, local: int) -> None:
        data[local + 30 : local + 38] = b"xl/b.bin"

    path = zipped(tmp_path / "a.xlsx", {**a_book(), "xl/a.bin": b"x"})
    with pytest.raises(HostileWorkbook, match=r"gives xl/a\.bin two names"):
        Package.open(changed_directory(path, "xl/a.bin", rename))


@pytest.mark.parametrize(
    "name",
    [
        "../a.xml",
        "/etc/a.xml",
        "xl/../../a.xml",
        "C:/a.xml",
        "xl/..",
        "a\x01b",
        "..\\a.xml",
        "\\\\host\\a.xml",
        "\\a.xml",
        "xl\\..\\..\\a.xml",
        "xl/..\\a.xml",
        "C:\\a.xml",
    ],
)
def test_path_tricks(tmp_path: Path, name: str) -> None:
    holder = "n" * len(name)
    path = zipped(tmp_path / "a.xlsx", {**a_book(), holder: b"<a/>"})
    path.write_bytes(path.read_bytes().replace(holder.encode(), name.encode()))
    with pytest.raises(HostileWorkbook, match="may lead elsewhere"):
        Package.open(path)


@pytest.mark.parametrize("name", [SHEET, "XL/Worksheets/SHEET1.xml"])
def test_duplicate_parts(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns() if name == SHEET else pytest.MonkeyPatch.context():
        archive.writestr(name, b"<a/>")
    with pytest.raises(HostileWorkbook, match="two parts named"):
        Package.open(path)


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "_rels/.rels", "docProps/any.xml", "xl/a.vml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities(tmp_path: Path, part: str, encoding: str) -> None:
    parts = a_book()
    bomb = f"<?xml version='1.0' encoding='{encoding}'?>{' ' * 9000}<!DOCTYPE a [<!ENTITY b 'ccc'>]>".encode(encoding)
    parts[part] = bomb + parts.get(part, b"<a>&b;</a>").decode().encode(encoding)[2 if encoding == "utf-16" else 0 :]
    with pytest.raises(HostileWorkbook, match=f"{re.escape(part)} declares XML entities"):
        Package.open(zipped(tmp_path / "a.xlsx", parts))


def test_password_of_the_archive(tmp_path: Path) -> None:
    def encrypt(data: bytearray, central: int, local: int) -> None:
        data[central + 8] |= 1
        data[local + 6] |= 1

    with pytest.raises(EncryptedWorkbook, match="zip archive with a password"):
        Package.open(changed_directory(zipped(tmp_path / "a.xlsx", a_book()), SHEET, encrypt))


def test_other_compression(tmp_path: Path) -> None:
    with pytest.raises(DamagedWorkbook, match="zip method 14"):
        Package.open(zipped(tmp_path / "a.xlsx", a_book(), zipfile.ZIP_LZMA))


def test_bytes_in_front(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book())
    path.write_bytes(b"PK\3\4 stub" + path.read_bytes())
    with pytest.raises(DamagedWorkbook):
        Package.open(path)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({SHEET: None}, DamagedWorkbook, "lacks the part of its sheet 'Claims'"),
        ({"xl/workbook.xml": None}, DamagedWorkbook, r"lacks its part xl/workbook\.xml"),
        ({"_rels/.rels": None}, NotAWorkbook, "without a workbook"),
        ({"xl/workbook.xml": b"<workbook>"}, DamagedWorkbook, r"no correct XML in xl/workbook\.xml"),
        ({"xl/workbook.xml": b"<document/>"}, NotAWorkbook, "without a workbook"),
        ({"xl/workbook.xml": b"<workbook><sheets/></workbook>"}, DamagedWorkbook, "has no sheets"),
        ({"xl/_rels/workbook.xml.rels": None}, DamagedWorkbook, "lacks the part"),
    ],
)
def test_missing_parts(tmp_path: Path, change: dict[str, bytes | None], error: type[WorkbookError], says: str) -> None:
    parts = {name: data for name, data in {**a_book(), **change}.items() if data is not None}
    with pytest.raises(error, match=says):
        Package.open(zipped(tmp_path / "a.xlsx", parts))


# -- what a workbook holds -------------------------------------------------------------------------------------------


def test_sheets_tables_and_names(claims: Path) -> None:
    with Package.open(claims) as package:
        quoted = 'It\'s <hidden> & "quoted"'
        assert package.sheets == (
            Sheet("Orders", "xl/worksheets/sheet1.xml", "visible"),
            Sheet(quoted, "xl/worksheets/sheet2.xml", "hidden"),
            Sheet("Chart", "xl/chartsheets/sheet1.xml", "visible"),
        )
        columns = ("Patient", "Drug", "Dose\n(mg)", "Code")
        assert package.tables == {"orders_1": Table("Orders_1", "Orders", (1, 1, 29, 4), 1, 0, columns)}
        assert package.defined_names == {(None, "rate"): "Orders!$C$2", (quoted, "rate"): "0.5"}
        assert (package.date1904, package.dynamic_cms) == (False, ())
        assert (package.values("Chart"), package.formulas("Chart")) == ([], [])
        assert package.sheet("ORDERS").name == "Orders"
        assert set(package.names()) == set(unzipped(claims))
        assert package.read("xl/workbook.xml") == package.read("XL/WorkBook.xml") == unzipped(claims)["xl/workbook.xml"]
        with pytest.raises(NoSuchSheet, match=r"no sheet 'Claims'; it has Orders, .*, Chart"):
            package.values("Claims")
        with pytest.raises(DamagedWorkbook, match=r"no part xl/none\.xml"):
            package.read("xl/none.xml")
    with pytest.raises(UnreadableWorkbook, match="was closed"):
        package.values("Orders")


def test_formulas_and_values(claims: Path) -> None:
    with Package.open(claims) as package:
        formulas = package.formulas("orders")
        assert [(cell.row, cell.col, cell.text, cell.kind, cell.has_value) for cell in formulas[:3]] == [
            (1, 6, "CLAIM_GRID(Orders_1[])", "array", False),
            (2, 4, "JCODE(B2)", "normal", False),
            (3, 4, "JCODE(B3)", "normal", False),
        ]
        assert (formulas[0].ref, formulas[0].dynamic) == ((1, 6, 2, 7), False)
        values = package.values("orders")
        assert (len(values), values[1][:4]) == (29, ["ref 2", "vancomycin", 1000.5, ""])
        assert package.values('It\'s <hidden> & "quoted"') == [["", "", ""]] * 3 + [["", "", "far in"]]


@pytest.mark.parametrize(
    ("main", "sheet"),
    [
        ("xl/workbook.xml", "/xl/worksheets/sheet1.xml"),
        ("/xl/workbook.xml", "../xl/worksheets/sheet1.xml"),
        ("xl/../xl/workbook.xml", "./worksheets/./sheet1.xml"),
        ("xl/workbook.xml", "Worksheets/Sheet1.xml"),
        ("xl/workbook.xml", "work%73heets/sheet1.xml"),
    ],
)
def test_targets(tmp_path: Path, main: str, sheet: str) -> None:
    parts = a_book('<row r="1"><c r="A1"><v>7</v></c></row>')
    parts["_rels/.rels"] = links(("officeDocument", main))
    parts["xl/_rels/workbook.xml.rels"] = links(("worksheet", sheet), ("styles", "styles.xml"))
    with Package.open(zipped(tmp_path / "a.xlsx", parts)) as package:
        assert package.values("Claims") == [[7.0]]
        write(package, tmp_path / "b.xlsx", {"Claims": SheetEdit(cells={(1, 1): 8})})
    assert Package.open(tmp_path / "b.xlsx").values("Claims") == [[8.0]]


def test_strict_and_prefixed(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" s="1" t="d"><v>2025-07-01</v></c><c r="B1"><f>A1</f><v>1</v></c></row>'
    strict = {
        name: data.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            RELS.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, data in a_book(rows).items()
    }
    prefixed = a_book(rows)
    for name in (SHEET, "xl/workbook.xml"):
        text = re.sub(rb"<(/?)(?=\w)", rb"<\1x:", prefixed[name]).replace(b"xmlns=", b"xmlns:x=")
        prefixed[name] = text.replace(b"r:id", b"d3p1:id").replace(b"xmlns:r=", b"xmlns:d3p1=")
    for parts in (strict, prefixed):
        with Package.open(zipped(tmp_path / "a.xlsx", parts)) as package:
            assert package.values("Claims") == [[dt.date(2025, 7, 1), 1.0]]
            assert [cell.text for cell in package.formulas("Claims")] == ["A1"]
            edit = SheetEdit(cells={(1, 2): 2, (2, 1): "new"})
            write(package, tmp_path / "b.xlsx", {"Claims": edit}, full_calc_on_load=True)
        assert Package.open(tmp_path / "b.xlsx").values("Claims") == [[dt.date(2025, 7, 1), 2.0], ["new", ""]]


def test_a_module_of_an_old_macro_is_a_sheet_without_a_part(tmp_path: Path) -> None:
    parts = a_book('<row r="1"><c r="A1"><v>7</v></c></row>')
    modules = (
        b'<sheet name="Module1" sheetId="2" state="veryHidden" r:id=""/><sheet name="Module2" sheetId="3"/></sheets>'
    )
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", modules)
    path = zipped(tmp_path / "a.xlsx", parts)
    with Package.open(path) as package:
        assert package.sheets[1:] == (Sheet("Module1", "", "veryHidden"), Sheet("Module2", "", "visible"))
        assert (package.values("Module1"), package.formulas("Module2")) == ([], [])
        with pytest.raises(UnwritableCell, match="'Module1': has no cells"):
            write(package, path, {"Module1": SheetEdit(cells={(1, 1): 1})})


METADATA = f"""<metadata xmlns="{MAIN}" xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">
<metadataTypes count="2"><metadataType name="XLRICHVALUE"/><metadataType name="XLDAPR" cellMeta="1"/></metadataTypes>
<futureMetadata name="XLRICHVALUE" count="1"><bk/></futureMetadata>
<futureMetadata name="XLDAPR" count="2"><bk><extLst><ext uri="a"><xda:dynamicArrayProperties fDynamic="0"/></ext></extLst></bk>
<bk><extLst><ext uri="a"><xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>
<cellMetadata count="3"><bk><rc t="1" v="0"/></bk><bk><rc t="2" v="0"/></bk><bk><rc t="2" v="1"/></bk></cellMetadata>
</metadata>""".encode()


def test_dynamic_arrays(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" cm="3"><f t="array" ref="A1:A2">G(C1)</f><v>1</v></c><c r="B1" cm="1"><f>1</f></c>'
        '<c r="D1"><f>G(C2)</f></c></row>'
    )
    parts = a_book(rows, metadata=METADATA)
    parts["xl/_rels/workbook.xml.rels"] = links(
        ("worksheet", "worksheets/sheet1.xml"), ("sheetMetadata", "metadata.xml")
    )
    with Package.open(zipped(tmp_path / "a.xlsx", parts)) as package:
        assert package.dynamic_cms == (3,)
        assert [cell.dynamic for cell in package.formulas("Claims")] == [True, False, False]
        edit = SheetEdit(array_refs={(1, 1): (1, 1, 5, 1), (1, 4): (1, 4, 3, 5)})
        write(package, tmp_path / "b.xlsx", {"Claims": edit})
    with Package.open(tmp_path / "b.xlsx") as package:
        found = {(cell.row, cell.col): (cell.ref, cell.dynamic) for cell in package.formulas("Claims")}
        assert found == {(1, 1): ((1, 1, 5, 1), True), (1, 2): (None, False), (1, 4): ((1, 4, 3, 5), True)}


# -- values ----------------------------------------------------------------------------------------------------------


def values_of(tmp_path: Path, rows: str, **options: Any) -> list[list[object]]:
    with Package.open(zipped(tmp_path / "v.xlsx", a_book(rows, **options))) as package:
        return package.values("Claims")


def test_kinds_of_values(tmp_path: Path) -> None:
    rows = (
        '<row r="2"><c r="B2"><v>30</v></c><c r="C2"><v>5.5</v></c><c r="D2" t="b"><v>1</v></c><c r="E2" t="str"><v>a_x000a_b</v></c>'
        '<c r="F2" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> line</t></r></is></c><c r="G2" s="1"><v>45839</v></c>'
        '<c r="H2" s="2"><v>45839.5</v></c><c r="I2" s="3"><v>0.25</v></c><c r="J2" s="4"><v>1.5</v></c><c r="K2" s="1"/>'
        '<c r="L2" t="str"><v></v></c></row>'
    )
    assert values_of(tmp_path, rows) == [
        [""] * 12,
        ["", 30.0, 5.5, True, "a\nb", "in line", dt.date(2025, 7, 1), dt.datetime(2025, 7, 1, 12), dt.time(6),
         dt.timedelta(hours=36), "", ""],
    ]  # fmt: skip
    assert values_of(tmp_path, "") == []
    assert values_of(tmp_path, '<row r="1"><c r="A1" s="1"><v>44377</v></c></row>', date1904=True) == [
        [dt.date(2025, 7, 1)]
    ]


@pytest.mark.parametrize(
    "form",
    [
        lambda rows: rows,
        lambda rows: rows.replace('"', "'"),
        lambda rows: f"<!-- t='e' -->{rows}",
        lambda rows: rows.replace('t="e"', "t='e'"),
    ],
)
def test_errors_are_errors(tmp_path: Path, form: Callable[[str], str]) -> None:
    """A true error, a text that looks like one, and Excel's newer ones, which calamine alone does not read."""
    codes = ["#N/A", "#DIV/0!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#BUSY!", "#N/A"]
    kinds = ["e", "e", "e", "e", "e", "e", "str"]
    cells = "".join(
        f'<c r="{letter}3" t="{kind}"><f>X</f><v>{code}</v></c>'
        for letter, kind, code in zip("BCDEFGH", kinds, codes, strict=True)
    )
    rows = f'<row r="1"><c r="A1" t="e"/><c r="B1" t="str"><v>say \'e\' t=&quot;e&quot;</v></c></row><row r="3">{cells}</row>'
    values = values_of(tmp_path, form(rows))
    assert values[2] == ["", *codes]
    assert [type(value) for value in values[2]] == [str, *[ExcelError] * 6, str]
    assert values[0][:2] == ["", "say 'e' t=\"e\""]


def test_values_in_every_form(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c><c r='D1'><v>2</v></c><c t='str'><v><![CDATA[a<b]]></v></c></row><row r='3'><c><v>3</v></c></row>"
    assert values_of(tmp_path, rows) == [[1.0, "", "", 2.0, "a<b"], [""] * 5, [3.0, "", "", "", ""]]


def test_texts_in_every_form(tmp_path: Path) -> None:
    texts = f'<sst xmlns="{MAIN}"><si><t>_x0041_</t></si><si><t><![CDATA[a<b]]></t></si></sst>'.encode()
    parts = a_book('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>', sharedStrings=texts)
    parts["xl/_rels/workbook.xml.rels"] = links(
        ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
    )
    with Package.open(zipped(tmp_path / "a.xlsx", parts)) as package:
        assert package.values("Claims") == [["A", "a<b"]]


@pytest.mark.parametrize(
    "rows",
    [
        "<!-- a --><row r='1'><c r='A1'><f t='array' ref='A1:A2'>J(B1)</f><v>1</v></c></row>",
        '<row r="1"><c r="A1"><f t=\'array\' ref="A1:A2">J(B1)</f><v>1</v></c></row>',
        '<row><c><f ref="A1:A2" t="array"><![CDATA[J(B1)]]></f><v>1</v></c></row>',
    ],
)
def test_forms_through_the_package(tmp_path: Path, rows: str) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book(rows))
    edit = SheetEdit([Block(1, 1, [[2], [3]])], array_refs={(1, 1): (1, 1, 5, 1)})
    for value, ref in ((1.0, (1, 1, 2, 1)), (2.0, (1, 1, 5, 1))):
        with Package.open(path) as package:
            assert package.values("Claims")[0] == [value]
            assert [(cell.text, cell.ref) for cell in package.formulas("Claims")] == [("J(B1)", ref)]
            write(package, path, {"Claims": edit})


@pytest.mark.parametrize(
    "cell", ['<c r="A1"><w/><f>1</f></c>', '<c r="A1"><c r="A1"/></c>', '<c r="A1" t="e"><f a:é="1">1</f></c>']
)
def test_a_form_that_nobody_writes(tmp_path: Path, cell: str) -> None:
    path = zipped(tmp_path / "a.xlsx", a_book(f'<row r="1" xmlns:a="a">{cell}</row>'))
    data = path.read_bytes()
    with Package.open(path) as package, pytest.raises(DamagedWorkbook, match="in a form that no spreadsheet program"):
        write(package, path, {"Claims": SheetEdit(cells={(1, 1): 1})})
    assert path.read_bytes() == data


def test_a_cell_that_cannot_be_read(tmp_path: Path) -> None:
    for cell in ('<c r="A1" t="n"><v>abc</v></c>', '<c r="A1" t="s"><v>9</v></c>', '<c r="A1" s="4"><v>1e300</v></c>'):
        with pytest.raises(DamagedWorkbook, match=r"^v\.xlsx, sheet 'Claims': has a cell that cannot be read"):
            values_of(tmp_path, f'<row r="1">{cell}</row>')


def test_far_off_cells(tmp_path: Path) -> None:
    """A lone cell in the last corner would make a reader reserve 17 thousand million cells."""
    near = '<row r="1"><c r="A1"><v>1</v></c></row>'
    for far in (
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="1048576">' + "<c><v>1</v></c>" * 100 + "</row>",
        '<row r="1048576"><c r="T1048576"><v>1</v></c></row>',
    ):
        with pytest.raises(HostileWorkbook, match=r"reaches to \w+1048576"):
            values_of(tmp_path, near + far)
    with pytest.raises(DamagedWorkbook, match="beyond the sheet's edge"):
        values_of(tmp_path, near + '<row r="2"><c r="XFE2"><v>1</v></c></row>')
    with pytest.raises(DamagedWorkbook, match="beyond the sheet's edge"):
        values_of(tmp_path, near + '<row r="9999999"><c r="A9999999"><v>1</v></c></row>')
    # a style alone holds no place, and a wide or a deep sheet is honest
    assert values_of(tmp_path, near + '<row r="1048576"><c r="XFD1048576" s="1"/></row>') == [[1.0]]
    assert len(values_of(tmp_path, near + '<row r="9"><c r="XFD9"><v>1</v></c></row>')[8]) == 16_384
    assert len(values_of(tmp_path, near + '<row r="1048576"><c r="C1048576"><v>1</v></c></row>')) == 1_048_576


# -- writing -----------------------------------------------------------------------------------------------------------


def test_only_what_changes_changes(claims: Path, tmp_path: Path) -> None:
    edit = SheetEdit([Block(2, 4, [["J3370"]] * 28)], {(1, 6): "S9502"})
    with Package.open(claims) as package:
        write(
            package,
            tmp_path / "out.xlsx",
            {"Orders": edit, "Chart": SheetEdit(), 'It\'s <hidden> & "quoted"': SheetEdit()},
        )
    before, after = raw(claims), raw(tmp_path / "out.xlsx")
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {SHEET}
    assert {name for name in before if before[name][1] != after[name][1]} == set()
    book = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)
    assert [book["Orders"].cell(row, 4).value for row in range(1, 31)] == ["Code", *["J3370"] * 28, None]
    assert book["Orders"]["F1"].value == "S9502"
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Orders"]["D9"].value == "=JCODE(B9)"


def test_nothing_to_change_copies(claims: Path, tmp_path: Path) -> None:
    with Package.open(claims) as package:
        write(package, tmp_path / "out.xlsx", {"Orders": SheetEdit()})
    assert (tmp_path / "out.xlsx").read_bytes() == claims.read_bytes()


class Pipe(io.RawIOBase):
    """A stream that cannot seek: zipfile then writes sizes behind the data."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(data)


def archives(parts: Parts) -> dict[str, bytes]:
    """The same package in the ways that programs write zip archives."""
    found = {}
    for name in ("deflated", "stored", "descriptors", "zip64", "described"):
        file: Any = Pipe() if name == "descriptors" else io.BytesIO()
        method = zipfile.ZIP_STORED if name == "stored" else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(file, "w", method) as archive:
            for part, data in parts.items():
                info = zipfile.ZipInfo(part, (2025, 7, 1, 12, 30, 2))
                info.compress_type = method
                if name == "described":
                    info.comment, info.extra = b"a part", struct.pack("<2H4s", 0xCAFE, 4, b"java")
                    info.external_attr, archive.comment = 0o640 << 16, b"made by hand"
                with archive.open(info, "w", force_zip64=name == "zip64") as member:
                    member.write(data)
        found[name] = file.data if name == "descriptors" else file.getvalue()
    data = found["deflated"]
    at = data.rindex(b"PK\5\6")
    _, _, _, count, _, length, offset, _ = struct.unpack("<4s4H2IH", data[at:])
    end64 = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, offset)
    end64 += struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)
    found["zip64 end"] = (
        data[:at] + end64 + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    )
    central = data.index(b"PK\1\2")
    entry = bytearray(data[central : central + 46 + len("[Content_Types].xml")])
    packed, size = struct.unpack_from("<2I", entry, 20)
    struct.pack_into("<2I", entry, 20, 2**32 - 1, 2**32 - 1)
    struct.pack_into("<H", entry, 30, 28)
    struct.pack_into("<I", entry, 42, 2**32 - 1)
    entry += struct.pack("<2H3Q", 1, 24, size, packed, 0)
    found["zip64 entry"] = (
        data[:central] + entry + data[central + len(entry) - 28 : at]
        + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, length + 28, offset, 0)
    )  # fmt: skip
    found["padding"] = data + b"\0" * 20
    return found


ARCHIVES = archives(a_book('<row r="1"><c r="A1" t="str"><f>J(B1)</f><v>old</v></c></row>', other=b"<a>" * 500))


@pytest.mark.parametrize("name", ARCHIVES)
def test_ways_to_write_an_archive(tmp_path: Path, name: str) -> None:
    source, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    source.write_bytes(ARCHIVES[name])
    for edit in (SheetEdit(cells={(1, 1): "new"}), SheetEdit(cells={(1, 1): "newer", (9, 9): 1})):
        with Package.open(source) as package:
            assert package.values("Claims")[0][0] in ("old", "new")
            write(package, out, {"Claims": edit})
        before, after = raw(source), raw(out)
        assert list(before) == list(after)
        assert {part for part in before if before[part][0] != after[part][0]} == {SHEET}
        header, said = after[SHEET]
        assert struct.unpack_from("<H", header, 6)[0] == said[-1]
        assert not said[-1] & 8, "the sizes stand in front now"
        flags = {part: after[part][1][:-1] for part in after}
        assert flags == {part: before[part][1][:-1] for part in before}
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(out) as new:
            assert old.comment == new.comment
            java = struct.pack("<2H4s", 0xCAFE, 4, b"java")
            assert all((java in info.extra) is (name == "described") for info in new.infolist())
        found = python_calamine.CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
        assert found[0][0] == edit.cells[1, 1]
        source = out.rename(tmp_path / "again.xlsx")


def test_in_place(claims: Path) -> None:
    claims.chmod(0o640)
    with Package.open(claims) as package:
        write(package, claims, {"Orders": SheetEdit(cells={(2, 4): "J3370"})})
        with pytest.raises(ChangedWorkbook, match="was changed since it was read"):
            write(package, claims, {"Orders": SheetEdit(cells={(2, 4): "J3373"})})
    assert stat.S_IMODE(claims.stat().st_mode) == 0o640
    assert Package.open(claims).values("Orders")[1][3] == "J3370"
    assert os.listdir(claims.parent) == ["claims.xlsx"]


def test_a_link_stays_a_link(claims: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "link.xlsx"
    link.symlink_to(claims)
    with Package.open(link) as package:
        write(package, link, {"Orders": SheetEdit(cells={(2, 4): "J3370"})})
    assert link.is_symlink()
    assert not claims.is_symlink()
    assert Package.open(claims).values("Orders")[1][3] == "J3370"
    assert os.listdir(folder) == ["link.xlsx"]


def test_a_new_file_takes_the_mode_of_its_source(claims: Path, tmp_path: Path) -> None:
    claims.chmod(0o604)
    with Package.open(claims) as package:
        write(package, tmp_path / "new.xlsx", {})
    assert stat.S_IMODE((tmp_path / "new.xlsx").stat().st_mode) == 0o604


def test_a_file_that_changed_or_went(claims: Path, tmp_path: Path) -> None:
    with Package.open(claims) as package:
        data = claims.read_bytes()
        claims.write_bytes(data + b" ")
        with pytest.raises(ChangedWorkbook, match="run it again"):
            write(package, tmp_path / "out.xlsx", {})
        claims.unlink()
        with pytest.raises(ChangedWorkbook, match="is gone"):
            write(package, tmp_path / "out.xlsx", {})
    assert os.listdir(tmp_path) == []


NAN = SheetEdit([Block(2, 4, [["J3370"]] * 27 + [[float("nan")]])])


@pytest.mark.parametrize(
    ("edits", "error"),
    [
        ({"Orders": NAN}, UnwritableValue),
        ({"Orders": SheetEdit(cells={(1, 1): 1}), "Chart": SheetEdit(cells={(1, 1): 1})}, UnwritableCell),
        ({"Orders": SheetEdit(cells={(1, 1): 1}), "ORDERS": SheetEdit(cells={(1, 1): 2})}, UnwritableCell),
        ({"None": SheetEdit()}, NoSuchSheet),
        ({"Orders": SheetEdit(array_refs={(2, 2): (2, 2, 3, 3)})}, UnwritableCell),
    ],
)
def test_a_failure_leaves_everything_as_it_was(
    claims: Path, edits: dict[str, SheetEdit], error: type[WorkbookError]
) -> None:
    data, before = claims.read_bytes(), claims.stat()
    with Package.open(claims) as package, pytest.raises(error, match=r"^claims\.xlsx"):
        write(package, claims, edits)
    assert (claims.read_bytes(), claims.stat().st_mtime_ns) == (data, before.st_mtime_ns)
    assert os.listdir(claims.parent) == ["claims.xlsx"]


@pytest.mark.skipif(os.name == "nt", reason="limits a file's size as POSIX does")
def test_a_full_disk_leaves_everything_as_it_was(claims: Path) -> None:
    import resource

    data = claims.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Package.open(claims) as package:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))
        try:
            with pytest.raises(UnwritableWorkbook, match=r"cannot be written \(.*\); nothing was changed"):
                write(package, claims, {"Orders": SheetEdit(cells={(1, 1): 1})})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert claims.read_bytes() == data
    assert os.listdir(claims.parent) == ["claims.xlsx"]


def test_places_that_cannot_be_written_to(claims: Path, tmp_path: Path) -> None:
    with Package.open(claims) as package:
        with pytest.raises(UnwritableWorkbook, match="is a folder"):
            write(package, tmp_path, {})
        with pytest.raises(UnwritableWorkbook, match="folder cannot be written to"):
            write(package, tmp_path / "none" / "out.xlsx", {})


def test_a_signed_workbook_is_not_changed(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", {**a_book(), "_xmlsignatures/sig1.xml": b"<Signature/>"})
    with Package.open(path) as package, pytest.raises(SignedWorkbook, match="break the signature"):
        write(package, path, {"Claims": SheetEdit(cells={(1, 1): 1})})


@pytest.mark.parametrize(
    ("lock", "content", "says"),
    [
        ("~$claims.xlsx", b"\x08Jane Doe" + b" " * 46, "is open in Excel by Jane Doe; close it there"),
        ("~$claims.xlsx", b"", r"is open in Excel; .*delete ~\$claims\.xlsx"),
        (
            ".~lock.claims.xlsx#",
            b",Jane Doe,host,01.07.2025 12:00,file:///home/jane;",
            "is open in LibreOffice by Jane Doe;",
        ),
    ],
)
def test_a_workbook_that_is_open(claims: Path, lock: str, content: bytes, says: str) -> None:
    check_not_locked(claims)
    link = claims.with_name("link.xlsx")
    link.symlink_to(claims)
    claims.with_name(lock).write_bytes(content)
    for path in (claims, str(claims), link):
        with pytest.raises(LockedWorkbook, match=says):
            check_not_locked(path)


@pytest.mark.parametrize(
    ("more", "comes"),
    [
        ("", "</sheets><calcPr fullCalcOnLoad=1/></workbook>"),
        ('<calcPr calcId="191029"/>', "<calcPr calcId=191029 fullCalcOnLoad=1/></workbook>"),
        ('<calcPr fullCalcOnLoad="0" calcId="1"/><extLst/>', "<calcPr fullCalcOnLoad=1 calcId=1/><extLst/></workbook>"),
        ('<calcPr fullCalcOnLoad="1"/>', "<calcPr fullCalcOnLoad=1/></workbook>"),
        ("<calcPr calcId='1'></calcPr>", "<calcPr calcId=1 fullCalcOnLoad=1/></workbook>"),
        ("<!-- <calcPr/> -->", "</sheets><calcPr fullCalcOnLoad=1/></workbook>"),
        ("<definedNames><definedName name='a'>1</definedName></definedNames><oleSize ref='A1'/>",
         "</definedNames><calcPr fullCalcOnLoad=1/><oleSize"),
        ("<externalReferences><externalReference r:id='rId9'/></externalReferences>",
         "</externalReferences><calcPr fullCalcOnLoad=1/></workbook>"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_full_calculation(tmp_path: Path, more: str, comes: str, encoding: str) -> None:
    parts = a_book(more=more)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].decode().encode(encoding)
    source, out = zipped(tmp_path / "a.xlsx", parts), tmp_path / "b.xlsx"
    with Package.open(source) as package:
        write(package, out, {}, full_calc_on_load=True)
    before, after = raw(source), raw(out)
    kept = encoding == "utf-8" and 'fullCalcOnLoad="1"' in more
    assert {part for part in before if before[part] != after[part]} == (set() if kept else {"xl/workbook.xml"})
    assert comes in unzipped(out)["xl/workbook.xml"].decode().replace('"', "")
    assert "externalReferences" in more or openpyxl.load_workbook(out).calculation.fullCalcOnLoad
    assert Package.open(out).sheets == Package.open(source).sheets


# -- there and back ------------------------------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=20) | st.from_regex(r"\A(_x[0-9A-F]{3,4}_?| |\n|a){1,6}\Z")
ANY_VALUE = st.one_of(
    ANY_TEXT,
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"]).map(ExcelError),
    st.none(),
)


@given(st.lists(st.lists(ANY_VALUE, min_size=1, max_size=6), min_size=1, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_reads_back(tmp_path: Path, rows: list[list[CellValue]]) -> None:
    source, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    if not source.exists():
        openpyxl.Workbook().save(source)
    with Package.open(source) as package:
        write(package, out, {"Sheet": SheetEdit([Block(1, 1, [["here"]]), Block(2, 2, rows)])})
    with Package.open(out) as package:
        ours = package.values("Sheet")
    cells = openpyxl.load_workbook(out, data_only=True)["Sheet"]
    for row, values in enumerate(rows, 2):
        for col, value in enumerate(values, 2):
            mine = ours[row - 1][col - 1]
            theirs = cells.cell(row, col).value
            assert mine == ("" if value is None else value)
            assert isinstance(mine, ExcelError) == isinstance(value, ExcelError)
            assert isinstance(mine, bool) == isinstance(value, bool)
            if isinstance(theirs, str):  # openpyxl leaves _xHHHH_ as it stands in the file
                theirs = re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), theirs)
            assert theirs == (None if value in (None, "") else value)


@given(st.dates(dt.date(1904, 1, 2), dt.date(9999, 12, 31)), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_dates_read_back(tmp_path: Path, day: dt.date, date1904: bool) -> None:
    source = zipped(
        tmp_path / "a.xlsx", a_book('<row r="1"><c r="A1" s="1"/><c r="B1" s="2"/></row>', date1904=date1904)
    )
    moment = dt.datetime.combine(day, dt.time(13, 45))
    with Package.open(source) as package:
        write(package, tmp_path / "b.xlsx", {"Claims": SheetEdit(cells={(1, 1): day, (1, 2): moment})})
    with Package.open(tmp_path / "b.xlsx") as package:
        assert package.date1904 is date1904
        assert package.values("Claims") == [[day, moment]]


# -- many cells ------------------------------------------------------------------------------------------------------------


def test_a_large_grid_is_written(tmp_path: Path) -> None:
    """60,000 cells, a third of them over cells that are there."""
    codes = [f"S95{at:02d}" for at in range(50)]
    grid = [[codes[at % 50], f"ref {at % 3000}", at, at * 1.25, "every 8 hours"] * 3 for at in range(4_000)]
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter}{row}"><v>{row}</v></c>' for letter in "ABCDEFGHIJKLMNO")
        + "</row>"
        for row in range(1, 1_301)
    )
    with Package.open(zipped(tmp_path / "a.xlsx", a_book(rows))) as package:
        write(package, tmp_path / "b.xlsx", {"Claims": SheetEdit([Block(1, 1, grid)])})
    with Package.open(tmp_path / "b.xlsx") as package:
        assert package.values("Claims") == grid
