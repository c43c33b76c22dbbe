"""Opening a file of CMS: a workbook, a text, or the .zip as it is downloaded, within limits.

What comes out are pages: a sheet with its rows, or a text with its lines. The directory of a zip (a workbook
is one) is read first, since inflating a bomb costs the memory of the machine: at most `MAX_MEMBERS` members,
`MAX_TOTAL` bytes in all, `MAX_RATIO` times what they take in the file. Then every member is inflated once up to
the size that the directory gave, so that a directory that lies, or a cut archive, is refused as well.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xl_infusion.reference.cms import apart
from xl_infusion.reference.cms.findings import CmsFileError, NoCmsFile, NoneOfCms
from xl_infusion.reference.csv_rows import WrongQuotes, csv_rows
from xl_infusion.spreadsheet.xlsx.limits import MAX_MEMBERS, MAX_TOTAL, is_bomb

#: A sheet is inflated to the rectangle of its outermost cells; October 2025's crosswalk has 2.1 million.
MAX_CELLS = 10_000_000

AGAIN = "download it from CMS again"
#: The kinds of file in a .zip, the one that is read best first.
EXTENSIONS = (".xlsx", ".xls", ".csv", ".txt")

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_RECORD = re.compile(r"(?:   [A-Z0-9]{2}|[A-Z0-9]{5})[0-9]{5}[3478]")
#: A cell in column AAA or behind it, or in row 10,000 or below; without one a sheet has at most 7 million cells.
_FAR = re.compile(rb"""\br=["'](?:[A-Za-z]{3}[0-9]|[A-Za-z]{1,2}[0-9]{5})""")
_CELL = re.compile(rb"""\br=["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_LOST = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet or a text. ``file`` names it in errors; ``lines`` are those of a fixed-width text, else None.

    ``rows`` are the cells of a sheet or .csv, ``numbers`` the number of each row in the file (a quoted cell may
    span lines). ``whole_lines`` is False when the last line of such a text has no end. ``notes`` are what should be
    known of the way it was read.
    """

    file: str
    sheet: str
    rows: Sequence[Sequence[object]]
    numbers: Sequence[int]
    lines: Sequence[str] | None = None
    whole_lines: bool = True
    notes: tuple[str, ...] = ()


def text(cell: object) -> str:
    """The cell as the file's own text: 20250930.0 of a sheet is ``20250930``, a date too.

    >>> text(20250930.0), text(134.194), text(dt.date(2025, 9, 30)), text("  A1 "), text(None), text(True)
    ('20250930', '134.194', '20250930', '  A1 ', '', 'True')
    """
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    if isinstance(cell, dt.date):
        return f"{cell:%Y%m%d}"
    return str(cell)


def load(path: Path) -> bytes:
    """The bytes of the file. Errors: `NoCmsFile`; `CmsFileError` when it is empty or too large."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for, a device never ends
            raise NoCmsFile(
                f"{path.name or path}: is a folder, a device or a pipe: give the path of the downloaded file"
            )
        if status.st_size > MAX_TOTAL:
            raise CmsFileError(f"{path.name}: more than 100 MB, no file of CMS's is so large: {AGAIN}")
        data = path.read_bytes()
    except OSError as error:
        raise NoCmsFile(f"{path.name}: {error.strerror}: give the path of the downloaded file") from None
    if not data:
        raise CmsFileError(f"{path.name}: the file is empty: {AGAIN}")
    return data


def members(file: str, data: bytes) -> list[tuple[str, bytes]]:
    """The files that may be read: those of a .zip as downloaded with their names, or the one file itself ('').

    Errors: `CmsFileError` for a zip that is damaged, encrypted, over a limit, or holds none.
    """
    if not data.startswith(_ZIP):
        return [("", data)]
    with _archive(file, data) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        if any(name.startswith("xl/") for name in names):
            return [("", data)]
        wanted = [name for name in names if name.lower().endswith(EXTENSIONS) and not name.startswith("__MACOSX")]
        if not wanted:
            raise NoneOfCms(f"{file}: no {', '.join(EXTENSIONS)} file is in it: give CMS's .zip as downloaded")
        return [(name, archive.read(name)) for name in sorted(wanted)]


def _archive(file: str, data: bytes) -> zipfile.ZipFile:
    """The archive, found to be within the limits and whole."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
        size, packed = sum(info.file_size for info in infos), max(1, sum(info.compress_size for info in infos))
        if len(infos) > MAX_MEMBERS or size > MAX_TOTAL:
            raise CmsFileError(f"{file}: {len(infos):,} members of {size:,} bytes: do not open it; {AGAIN}")
        if is_bomb(size, packed):
            raise CmsFileError(f"{file}: {size:,} bytes are packed into {packed:,}: do not open it; {AGAIN}")
        if (damaged := archive.testzip()) is not None:
            raise CmsFileError(f"{file}: {damaged} in it is damaged: {AGAIN}")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise CmsFileError(f"{file}: the archive cannot be read ({error}): {AGAIN}") from None
    return archive


def pages(file: str, data: bytes) -> list[Page]:
    """The sheets of a workbook, or the one page of a text. Errors: `CmsFileError`."""
    if data.startswith((_ZIP, _OLE)):
        return _sheets(file, data)
    decoded, notes = _decode(file, data)
    if _LOST in decoded:
        notes = (*notes, "characters were lost when somebody re-saved it: they show as \N{REPLACEMENT CHARACTER}")
    decoded = decoded.rstrip("\x1a").replace("\r\n", "\n").replace("\r", "\n")  # \x1a ends a text of DOS
    lines = decoded.split("\n")
    if any(_RECORD.match(line) for line in lines[:100]):
        whole = not lines[-1]
        return [Page(file, "", (), (), lines[:-1] if whole else lines, whole, notes)]
    return [_csv(file, decoded, notes)]


def _sheets(file: str, data: bytes) -> list[Page]:
    if data.startswith(_ZIP):
        with _archive(file, data) as archive:
            for name in archive.namelist():
                if name.endswith(".xml"):
                    _not_too_wide(file, archive.read(name))
    try:
        return [Page(file, name, rows, range(1, len(rows) + 1)) for name, rows in apart.sheets(data)]
    except apart.Unreadable as error:
        raise CmsFileError(f"{file}: the workbook cannot be read ({error}): {AGAIN}") from None


def _not_too_wide(file: str, part: bytes) -> None:
    """Refuses a sheet of which two cells stand so far apart that the rectangle between them fills the memory."""
    if b"sheetData" not in part or not _FAR.search(part):
        return
    cells = set(_CELL.findall(part))
    height, width = max(int(row) for _, row in cells), max(_column(letters) for letters, _ in cells)
    if height * width > MAX_CELLS:
        raise CmsFileError(f"{file}: a sheet of {height:,} rows and {width:,} columns: do not open it; {AGAIN}")


def _column(letters: bytes) -> int:
    """The number of a column: A is 1, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _decode(file: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of bytes: UTF-8 where they are valid UTF-8, else Windows' Latin-1, in which CMS publishes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4096]:
        raise CmsFileError(f"{file}: it was re-saved as UTF-16, or is no text at all: {AGAIN}")
    if re.match(rb"\s*<(?:!doctype|html)", data, re.IGNORECASE):
        raise CmsFileError(f"{file}: it is a web page, not the file: {AGAIN}, through the browser")
    if data.startswith(b"\xef\xbb\xbf"):
        try:
            return data.decode("utf-8-sig"), ("it was re-saved as UTF-8 with a byte order mark: it is read as that",)
        except UnicodeDecodeError:
            raise CmsFileError(f"{file}: it is marked as UTF-8 and is not: {AGAIN}") from None
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), ()
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), ()


def _csv(file: str, decoded: str, notes: tuple[str, ...]) -> Page:
    try:
        read = list(csv_rows(decoded))
    except WrongQuotes as error:
        raise CmsFileError(f"{file} line {error.line}: the quotes do not match ({error}): {AGAIN}") from None
    rows, numbers = [cells for _, cells in read], [line for line, _ in read]
    return Page(file, "", rows, numbers, notes=notes)
