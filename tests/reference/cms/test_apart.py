"""Workbooks of CMS are read in a process of their own: what native code makes of a hostile one ends there."""

from __future__ import annotations

import io
import pickle
import struct
import sys
from pathlib import Path

import openpyxl
import pytest

from tests.spreadsheet.xlsx.test_package import a_book, links, zipped
from xl_infusion.reference.cms import apart, files
from xl_infusion.reference.cms.findings import CmsFileError

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_END = 0xFFFFFFFE


def old_workbook(further: int = _END, count: int = 0) -> bytes:
    """The 512 bytes that an .xls begins with, and nothing of what they promise."""
    head = _OLE + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 0, 0, 4096, _END, 0, further, count) + struct.pack("<I", 0) + b"\xff" * 432
    return head[:512].ljust(512, b"\0")


HOSTILE = {
    "a head alone": old_workbook(),
    "a chain that leads to itself": old_workbook() + struct.pack("<I", 0) * 128 + struct.pack("<I", 1) * 128,
    "zeros": _OLE.ljust(512, b"\0"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_an_old_workbook_that_aborts_its_reader_is_refused(kind: str) -> None:
    with pytest.raises(CmsFileError, match=r"^a\.xls: the workbook cannot be read \(.+\): download it from CMS again"):
        files.pages("a.xls", HOSTILE[kind])


def test_one_that_never_ends_is_ended() -> None:
    endless = old_workbook(0, 1) + struct.pack("<I", 0) * 128
    with pytest.raises(apart.Unreadable, match=r"it takes more than 0.05 seconds"):
        apart.sheets(endless, 0.05)  # on an idle machine its memory ends after two


def test_a_number_of_texts_that_is_not_true(tmp_path: Path) -> None:
    parts = a_book(sharedStrings=b'<sst uniqueCount="9000000000000"><si><t>a</t></si></sst>')
    kinds = (("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml"))
    path = zipped(tmp_path / "a.xlsx", {**parts, "xl/_rels/workbook.xml.rels": links(*kinds)})
    with pytest.raises(CmsFileError, match="the workbook cannot be read"):
        files.pages("a.xlsx", path.read_bytes())


def test_what_the_process_answers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", 1])
    book.create_sheet("Two")["B2"] = "b"
    book.save(tmp_path / "a.xlsx")
    data = (tmp_path / "a.xlsx").read_bytes()
    expected = [("Sheet", [["a", 1.0]]), ("Two", [["", ""], ["", "b"]])]
    assert apart.sheets(data) == expected
    for asked, answered in ((data, expected), (b"no workbook", "Cannot detect file format")):
        said = io.BytesIO()
        apart.answer(io.BytesIO(asked), said, -1)  # no limit: this process goes on
        assert pickle.loads(said.getvalue()) == answered


def test_without_limits_of_the_system_it_reads_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    said = io.BytesIO()
    apart.answer(io.BytesIO(b""), said)
    assert isinstance(pickle.loads(said.getvalue()), str)
