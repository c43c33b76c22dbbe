"""Opening: the right member of a download, texts in every encoding, and nothing hostile."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.reference.cms.made import (
    CROSSED,
    PRICED,
    RELEASE,
    crosswalk,
    csv_bytes,
    lines,
    prices,
    rows,
    sheets,
    write,
    zipped,
)
from xl_infusion.reference.cms import files
from xl_infusion.reference.cms.findings import CmsFileError
from xl_infusion.reference.cms.release import HcpcsRelease, read

NAME = "HCPC2025_OCT_ANWEB"


def text(codes: int = len(RELEASE)) -> bytes:
    return "".join(f"{line}\r\n" for line in lines(RELEASE[:codes])).encode("latin-1")


def workbook(tmp_path: Path, table: list[list[str]]) -> bytes:
    return write(tmp_path / "made.xlsx", table).read_bytes()


def refused(path: Path, why: str) -> None:
    with pytest.raises(CmsFileError, match=why) as error:
        read(path)
    assert str(error.value).startswith(path.name)


def test_a_download_holds_the_release_and_papers_beside_it(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "october-2025-alpha-numeric-hcpcs-file.zip",
        {
            f"{NAME}.xlsx": workbook(tmp_path, rows(RELEASE, 7)),
            f"{NAME}.txt": text(),
            "HCPC2025_OCT_Trans_Alpha.xlsx": workbook(tmp_path, [["HCPCS/MOD", "TYPE OF CHANGE"], ["J0001", "ADD"]]),
            "HCPC2025_OCT_Corrections.xlsx": workbook(tmp_path, rows(RELEASE[:3])),
            "proc_notes_OCT2025.txt": b"Note 1: made\r\n",
            "readme.txt": "in another encoding".encode("utf-16"),
            "__MACOSX/._HCPC2025_OCT_ANWEB.txt": text(3),
            "report.prn": text(2),
            "folder/": b"",
        },
    )
    release = read(path)
    assert isinstance(release, HcpcsRelease) and release.member == f"{NAME}.xlsx" and release.whole
    assert len(release.sha256) == 64 and len(release.records) == len(RELEASE)
    assert [str(finding) for finding in release.findings] == [
        f"the file: {path.name}: readme.txt: it was re-saved as UTF-16, or is no text at all: download it from CMS again"
    ]


@pytest.mark.parametrize("ending", [".txt", ".csv"])
def test_a_download_with_a_text_alone(ending: str, tmp_path: Path) -> None:
    content = text() if ending == ".txt" else csv_bytes(rows(RELEASE))
    release = read(zipped(tmp_path / "download.zip", {f"{NAME}{ending}": content}))
    assert release.member == f"{NAME}{ending}" and str(release.quarter) == "October 2025" and not release.findings


def test_a_download_of_the_crosswalk_holds_others_like_it(tmp_path: Path) -> None:
    members = {
        f"section 508 version of October 2025 {name} NDC-HCPCS Crosswalk.csv": csv_bytes(crosswalk(*CROSSED))
        for name in ("ASP", "AWP", "OPPS", "PrEP")
    }
    release = read(zipped(tmp_path / "crosswalk.zip", members))
    assert "ASP" in release.member and not release.findings


def test_a_download_that_holds_several_is_not_chosen_from(tmp_path: Path) -> None:
    two = {"HCPC2024_JAN_ANWEB_v3.txt": text(), "HCPC2024_JAN_ANWEB_v4.txt": text()}
    refused(zipped(tmp_path / "two.zip", two), "it holds several: HCPC2024_JAN_ANWEB_v3.txt, HCPC2024_JAN_ANWEB_v4.txt")
    mixed = {"limits.csv": csv_bytes(prices(*PRICED)), "crossed.csv": csv_bytes(crosswalk(*CROSSED))}
    refused(zipped(tmp_path / "mixed.zip", mixed), "it holds an ASP NDC-HCPCS crosswalk and an ASP pricing file")
    refused(sheets(tmp_path / f"{NAME}.xlsx", {"a": rows(RELEASE), "b": rows(RELEASE)}), "it holds several")


def test_a_download_that_holds_none(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "none.zip", {"report.prn": b"x"}), "no .xlsx, .xls, .csv, .txt file is in it")
    refused(zipped(tmp_path / "other.zip", {"other.txt": b"x"}), "is no HCPCS release, ASP pricing file or")
    refused(zipped(tmp_path / "cut.zip", {f"{NAME}.xlsx": b"PK\x03\x04"}), f"cut.zip: {NAME}.xlsx: the archive cannot")


def test_bombs_are_refused_before_they_are_inflated(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "bomb.zip", {"codes.txt": b" " * 20_000_000}), "20,000,000 bytes are packed into")
    inner = zipped(tmp_path / "inner.xlsx", {"xl/worksheets/sheet1.xml": b" " * 20_000_000})
    refused(inner, "20,000,000 bytes are packed into")
    refused(zipped(tmp_path / "many.zip", {f"{i}.txt": b"" for i in range(1001)}), "1,001 members of 0 bytes")


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_TOTAL", 10_000)
    refused(
        zipped(tmp_path / "large.zip", {"codes.txt": random.Random(1).randbytes(9_000), "more.txt": b"x" * 1_001}),
        "2 members of 10,001 bytes",
    )
    refused(write(tmp_path / "large.txt", text() * 2), "more than 100 MB")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "whole.zip", {f"{NAME}.txt": text()}).read_bytes()
    refused(write(tmp_path / "cut.zip", whole[: len(whole) // 2]), "the archive cannot be read")
    at = whole.index(b".txt") + 40
    refused(
        write(tmp_path / "bit.zip", whole[:at] + bytes([whole[at] ^ 0xFF] * 8) + whole[at + 8 :]),
        f"{NAME}.txt in it is damaged|the archive cannot be read",
    )
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("codes.txt", text())
    changed = stored.getvalue().replace(b"Made last", b"Made best", 1)
    refused(write(tmp_path / "crc.zip", changed), "codes.txt in it is damaged")
    lie = whole.replace(len(text()).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    refused(write(tmp_path / "lie.zip", lie), "damaged")


def test_a_sheet_whose_cells_stand_far_apart_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "HCPC"
    book.active.cell(1_048_576, 16_384, "far")
    book.save(tmp_path / "far.xlsx")
    refused(tmp_path / "far.xlsx", "a sheet of 1,048,576 rows and 16,384 columns")
    wide = [[*row, *[None] * 654, "far"] for row in rows(RELEASE)]  # to column AAA, and few rows
    assert read(write(tmp_path / f"{NAME}.xlsx", wide)).whole


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    refused(tmp_path / "missing.txt", "No such file or directory: give the path of the downloaded file")
    refused(tmp_path, "is a folder, a device or a pipe")
    refused(write(tmp_path / "empty.txt", b""), "the file is empty")
    refused(write(tmp_path / "old.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600), "the workbook cannot be read")
    refused(write(tmp_path / "page.csv", b"\n<!DOCTYPE html><html>"), "it is a web page")
    refused(write(tmp_path / "wide.txt", text().decode().encode("utf-16")), "re-saved as UTF-16")
    refused(write(tmp_path / "wide.csv", csv_bytes(rows(RELEASE), "utf-16-le")), "re-saved as UTF-16")
    refused(write(tmp_path / "mark.txt", b"\xef\xbb\xbf\xe9" + text()), "marked as UTF-8 and is not")
    refused(write(tmp_path / "quote.csv", '"HCPC","a" b\n'), r"quote.csv line 1: the quotes do not match")
    refused(write(tmp_path / "host.txt", text().decode().encode("cp500")), "is no HCPCS release")


def test_a_byte_order_mark_is_told(tmp_path: Path) -> None:
    release = read(write(tmp_path / f"{NAME}.csv", b"\xef\xbb\xbf" + csv_bytes(rows(RELEASE))))
    assert "UTF-8 with a byte order mark" in str(release.findings[0]) and len(release.records) == len(RELEASE)


def test_rows_keep_their_numbers_behind_a_cell_of_two_lines(tmp_path: Path) -> None:
    table = prices(*PRICED, ("J00O9", "x", "1 MG", "1", "20", ""))
    assert read(write(tmp_path / "limits.csv", table)).left_out[0].row == 15  # a note of two lines stands above


def test_reading_needs_no_third_package_but_for_workbooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "python_calamine", None)
    assert read(write(tmp_path / f"{NAME}.csv", rows(RELEASE))).whole
    with pytest.raises(ImportError):
        read(write(tmp_path / f"{NAME}.xlsx", rows(RELEASE)))
