"""A folder with files of CMS: unpacked, or downloaded into one place."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from tests.reference.cms.made import PRICED, RELEASE, lines, prices, rows, write
from xl_infusion.reference.cms import folder as cms_folder
from xl_infusion.reference.cms.findings import CmsFileError
from xl_infusion.reference.cms.folder import read_folder
from xl_infusion.reference.cms.quarters import quarter_on
from xl_infusion.reference.cms.release import HcpcsRelease, PriceRelease

NAME = "HCPC2025_OCT_ANWEB"


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """What a .zip of CMS's holds: the release as a text and as a workbook, a layout, notes, a picture."""
    (tmp_path / "notes").mkdir()
    write(tmp_path / f"{NAME}.txt", lines(RELEASE))
    write(tmp_path / f"{NAME}.xlsx", rows(RELEASE))
    (tmp_path / "HCPC2025_recordlayout.txt").write_text("Field 1-5 the code\n")
    (tmp_path / "notes" / "disclaimers.csv").write_text("all,of,it\n")
    (tmp_path / "notes" / "picture.png").write_bytes(b"\x89PNG")
    return tmp_path


def test_an_unpacked_zip_is_one_release_and_the_rest_is_told(unpacked: Path) -> None:
    (release,), left_out = read_folder(unpacked)
    assert isinstance(release, HcpcsRelease) and release.file == f"{NAME}.xlsx"
    assert release.quarter == quarter_on(dt.date(2025, 10, 1)) and len(release.records) == len(RELEASE)
    assert left_out == [
        "HCPC2025_recordlayout.txt is none of CMS's code files: left out",
        f"{Path('notes') / 'disclaimers.csv'} is none of CMS's code files: left out",
        f"{NAME}.txt is of the kind and quarter of {NAME}.xlsx, which is taken: left out",
    ]


def test_a_folder_of_downloads_has_a_release_of_each_kind_and_quarter(unpacked: Path) -> None:
    with zipfile.ZipFile(unpacked / "hcpcs.zip", "w") as archive:
        archive.write(unpacked / f"{NAME}.xlsx", f"{NAME}.xlsx")
    with zipfile.ZipFile(unpacked / "other.zip", "w") as archive:
        archive.writestr("letter.pdf", b"none of CMS's")
    write(unpacked / "October 2025 ASP Pricing.csv", prices(*PRICED))
    write(unpacked / "October 2025 NOC Pricing.csv", prices(*PRICED[:3]))
    found, left_out = read_folder(unpacked)
    assert {type(one): one.file for one in found} == {
        HcpcsRelease: f"{NAME}.xlsx", PriceRelease: "October 2025 ASP Pricing.csv"
    }  # fmt: skip
    assert sum("which is taken" in text for text in left_out) == 3
    assert "other.zip is none of CMS's code files: left out" in left_out


def test_a_part_among_whole_files_is_left_out_and_told_unless_parts_are_taken(unpacked: Path) -> None:
    """A part of a later release lies beside whole ones; a part alone is what somebody gave."""
    part = [one for one in RELEASE if one.code[0] != "J"]
    write(unpacked / "HCPC2026_JAN_ANWEB_part.txt", lines(part))
    write(unpacked / "HCPC2025_OCT_ANWEB_part.txt", lines(part))
    found, left_out = read_folder(unpacked)
    assert [one.file for one in found] == [f"{NAME}.xlsx"]
    assert left_out[-2:] == [
        f"HCPC2025_OCT_ANWEB_part.txt is of the kind and quarter of {NAME}.xlsx, which is taken: left out",
        "HCPC2026_JAN_ANWEB_part.txt is not whole: left out; --part takes it for what its rows say",
    ]
    found, _ = read_folder(unpacked, part=True)
    assert [one.file for one in found] == [f"{NAME}.xlsx", "HCPC2026_JAN_ANWEB_part.txt"]
    for whole in (f"{NAME}.txt", f"{NAME}.xlsx"):
        (unpacked / whole).unlink()
    assert [one.whole for one in read_folder(unpacked)[0]] == [False, False]


def test_a_folder_without_a_file_of_cms_or_with_a_damaged_one_is_refused(
    unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CmsFileError, match=r"notes: no file in it is CMS's: give the .zip, or the folder"):
        read_folder(unpacked / "notes")
    (unpacked / "hcpcs.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(CmsFileError, match="hcpcs.zip: the archive cannot be read"):
        read_folder(unpacked)
    monkeypatch.setattr(cms_folder, "MOST", 2)
    with pytest.raises(CmsFileError, match="5 files: name the folder"):
        read_folder(unpacked)
