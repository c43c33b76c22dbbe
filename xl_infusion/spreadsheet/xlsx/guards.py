"""What a file is before anything in it is trusted, and whether somebody has it open."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from xl_infusion.spreadsheet.xlsx.errors import (
    DamagedWorkbook,
    EncryptedWorkbook,
    HostileWorkbook,
    LockedWorkbook,
    NotAWorkbook,
    UnreadableWorkbook,
)
from xl_infusion.spreadsheet.xlsx.limits import MAX_TOTAL

_ZIP = b"PK\3\4"
_OLE2 = bytes.fromhex("D0CF11E0A1B11AE1")
_AS_XLSX = "in Excel, save it as .xlsx"
_MAGICS = (
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a rich text document"),
    (b"\x1f\x8b", "a gzip archive: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"Rar!", "a RAR archive: unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
    *((bytes((9, kind)), f"an old Excel workbook (.xls): {_AS_XLSX}") for kind in (0, 2, 4, 8)),
)


def load(path: Path) -> tuple[bytes, os.stat_result]:
    """The bytes of a file that begins as a workbook does, and what the disk said of it.

    Errors: `UnreadableWorkbook`, `NotAWorkbook`, `EncryptedWorkbook`, `DamagedWorkbook`, `HostileWorkbook`.
    """
    name = path.name
    data, status = read_regular(path, MAX_TOTAL, "a workbook")
    if len(data) > MAX_TOTAL:
        raise HostileWorkbook(f"{name}: is larger than {MAX_TOTAL >> 20} MB; split the workbook")
    if data.startswith(_ZIP):
        return data, status
    if data.startswith(_OLE2):
        raise _compound(data, name)
    if data.startswith(b"PK"):
        raise DamagedWorkbook(f"{name}: is a zip archive that is empty or in pieces; fetch the file again")
    raise NotAWorkbook(f"{name}: is {_kind(data)}; a workbook to fill is an .xlsx or .xlsm file")


def read_regular(path: Path, most: int, what: str) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, ``most`` of them and one more that tells that there are more, and what the disk says of it.

    ``what`` is wanted. A pipe is not waited for, and a device, which never ends, is not read.
    Errors: `UnreadableWorkbook`.
    """
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise UnreadableWorkbook(f"{path}: is a folder; name {what} in it")
        if not stat.S_ISREG(kind):
            raise UnreadableWorkbook(f"{path}: is no file but a device or a pipe; name {what}")
        with path.open("rb") as file:
            return file.read(most + 1), os.fstat(file.fileno())
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise UnreadableWorkbook(f"{path}: there is no such file; check the path") from error
    except PermissionError as error:
        raise UnreadableWorkbook(f"{path}: may not be read; ask its owner for access") from error
    except OSError as error:
        raise UnreadableWorkbook(f"{path}: cannot be read ({error.strerror}); check the path") from error


def _compound(data: bytes, name: str) -> EncryptedWorkbook | NotAWorkbook:
    """An OLE2 container: a package with a password, or a file of an older Office."""
    if _stream("EncryptedPackage") in data:
        return EncryptedWorkbook(
            f"{name}: is protected by a password; open it in Excel, remove the password "
            f"(File, Info, Protect Workbook) and save it"
        )
    if _stream("Workbook") in data or _stream("Book") in data:
        return NotAWorkbook(f"{name}: is an old Excel workbook (.xls); {_AS_XLSX}")
    return NotAWorkbook(
        f"{name}: is a file of an older Office program, not an .xlsx workbook; in Excel, save it as .xlsx"
    )


def _stream(name: str) -> bytes:
    return f"{name}\0".encode("utf-16-le")


def _kind(data: bytes) -> str:
    """What a file that is no zip archive seems to be."""
    if not data.strip(b"\0"):
        return "empty" if not data else "nothing but zero bytes (a download that never finished)"
    for magic, what in _MAGICS:
        if data.startswith(magic):
            return what
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    return _kind_of_text(data[:4096].decode(encoding, "replace").removeprefix("\xef\xbb\xbf").lstrip("\ufeff \t\r\n"))


def _kind_of_text(head: str) -> str:
    lower = head.lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in lower:
        return f"an Excel 2003 XML file: {_AS_XLSX}"
    if lower.startswith(("<!doctype html", "<html", "<table", "<head", "<body", "<meta", "<style")):
        return f"a web page (HTML) under another name: {_AS_XLSX}"
    if lower.startswith("<"):
        return "an XML file"
    if "\0" in head:
        return "no zip archive"
    first = head.partition("\n")[0]
    if any(mark in first for mark in ",;\t|"):
        return "a text table (CSV): open it in Excel and save it as .xlsx"
    return "a text file"


def check_not_locked(path: str | Path) -> None:
    """Refuses a workbook that somebody has open: call it before writing.

    Excel keeps ``~$name.xlsx`` beside an open ``name.xlsx``, LibreOffice ``.~lock.name.xlsx#``. Errors:
    `LockedWorkbook`, which says who has it open where the lock file does.
    """
    # a link may have been opened under its own name or under its target's
    for target in {Path(path).absolute(), Path(os.path.realpath(path))}:
        for lock, program in ((f"~${target.name}", "Excel"), (f".~lock.{target.name}#", "LibreOffice")):
            file = target.with_name(lock)
            if os.path.lexists(file):
                raise LockedWorkbook(
                    f"{target.name}: is open in {program}{_owner(file, program)}; close it there "
                    f"(if nobody has it open, delete {lock} beside it)"
                )


def _owner(file: Path, program: str) -> str:
    try:
        data = file.read_bytes()[:1000]
    except OSError:
        return ""
    if program == "Excel":
        # the length of the name, then the name; the same in UTF-16 further on
        name = data[1 : 1 + data[0]].decode("latin-1") if data else ""
    else:
        name = data.decode("utf-8", "replace").partition(",")[2].partition(",")[0]
    name = name.strip(" \0")
    return f" by {name}" if name.isprintable() and name else ""
