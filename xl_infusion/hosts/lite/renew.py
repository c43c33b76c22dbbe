"""Bringing what `xl-infusion lite` wrote up to date: ``main.py`` in a folder and in the workbooks that carry it.

The orders stay, and so does everything of a user's own: what stands below the line that ends our part of ``main.py``,
and further requirements.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from xl_infusion.hosts.lite.single_file import END, REQUIREMENTS, SingleFile, imported_in, single_file
from xl_infusion.hosts.lite.workbook import MAIN, REQUIRED, check_size
from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.xlsx.package import Package, WorkbookError, check_not_locked, write_parts

#: What the functions' main.py begins with, whichever version wrote it.
_OURS = '"""Home infusion billing in xlwings Lite'
_PART = re.compile(r"xl/webextensions/webextension[0-9]*\.xml", re.IGNORECASE)
_PROPERTY = re.compile(
    r'(<(?:[\w.-]+:)?property\s+name="(main\.py|requirements\.txt)"\s+value=")([^"]*)("\s*/?>)', re.ASCII
)


class NotRenewable(WorkbookError):
    """There is no main.py of ours, or none that says where the user's own part begins: nothing was changed."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What was looked at, file -> whether it was old, and what a new ``main.py`` has in it."""

    files: dict[Path, bool]
    file: SingleFile


def renew_lite(
    folder: str | Path, include: Collection[str] = (), book: str | Path | None = None, *, workbooks: bool = True
) -> Renewed:
    """Writes our part of ``main.py`` anew in ``folder`` and in its workbooks, or in place of these in ``book`` alone.

    ``include``: tables of the edition that go in, beside those that were in before; ``workbooks``: False for the
    folder's two files alone. All is made before anything is written.

    Errors: `NotRenewable`, `ReferenceTableError` (the codes), `WorkbookError` and its kinds, OSError.
    """
    folder = Path(folder)
    text = _main_of(folder)
    books = _books(folder, book) if workbooks else {}
    if not text and not books:
        raise NotRenewable(
            f"{folder}: has no {MAIN} of xl-infusion lite, and no workbook that carries one; write them with "
            "xl-infusion lite FOLDER"
        )
    file = single_file({*include, *imported_in(text), *_imported_in(books)})
    new = _folder_anew(file, folder, text) if text else {}
    changed = {path: _held_anew(file, held, path) for path, held in books.items()}
    for path in changed:
        check_not_locked(path)
    was_old: dict[Path, bool] = {}
    for path, wanted in new.items():
        was_old[path] = not path.exists() or path.read_text("utf-8") != wanted
        if was_old[path]:
            disk.write(path, wanted.encode())
    for path, held in changed.items():
        was_old[path] = held != books[path]
        if was_old[path]:
            _put(path, held)
    return Renewed(was_old, file)


def _main_of(folder: Path) -> str:
    """The main.py of ours in a folder, "" where there is none. Errors: `NotRenewable` for one of somebody else's."""
    text = _text(folder / MAIN)
    if text and not text.startswith(_OURS):
        raise NotRenewable(f"{folder / MAIN}: was not written by xl-infusion lite; nothing was changed")
    return text


def _folder_anew(file: SingleFile, folder: Path, text: str) -> dict[Path, str]:
    """The two files of a folder as they are to be; ``text``: its main.py as it is."""
    main, required = folder / MAIN, folder / REQUIRED
    return {main: _main(file, text, str(main)), required: _requirements(_text(required))}


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _books(folder: Path, book: str | Path | None) -> dict[Path, dict[str, str]]:
    """The workbooks that carry a main.py of ours: the files in them, by their names."""
    if book is not None:
        held = _carried(Path(book))
        if MAIN not in held:
            raise NotRenewable(f"{book}: carries no {MAIN} of xl-infusion lite; nothing was changed")
        return {Path(book): held}
    found = {}
    for path in sorted(folder.glob("[!.~]*.xls[xm]")):
        if MAIN in (held := _carried(path)):
            found[path] = held
    return found


def _imported_in(books: Mapping[Path, Mapping[str, str]]) -> set[str]:
    """The tables of an edition that the main.py of any of the workbooks has."""
    return {kind for held in books.values() for kind in imported_in(held[MAIN])}


def _carried(path: Path) -> dict[str, str]:
    """What a workbook carries of ours for xlwings Lite; nothing where its main.py is another's."""
    with Package.open(path) as package:
        for name in package.names():
            if _PART.fullmatch(name):
                text = package.read(name).decode("utf-8-sig")
                held = {one[2]: str(json.loads(html.unescape(one[3]))) for one in _PROPERTY.finditer(text)}
                if held.get(MAIN, "").startswith(_OURS):
                    return held
    return {}


def _put(path: Path, held: dict[str, str]) -> None:
    """Puts files into a workbook that carries them already; all else of it stays."""
    with Package.open(path) as package:
        parts = {}
        for name in package.names():
            if _PART.fullmatch(name):
                before = package.read(name).decode("utf-8-sig")
                after = _PROPERTY.sub(lambda one: f"{one[1]}{html.escape(json.dumps(held[one[2]]))}{one[4]}", before)
                if after != before:
                    parts[name] = after.encode()
        write_parts(package, path, parts)


def _held_anew(file: SingleFile, held: dict[str, str], path: Path) -> dict[str, str]:
    new = {**held, MAIN: _main(file, held[MAIN], f"{path.name}, its {MAIN}")}
    if REQUIRED in held:
        new[REQUIRED] = _requirements(held[REQUIRED])
    check_size(new)
    return new


def _main(file: SingleFile, before: str, place: str) -> str:
    """The new main.py, with what a user added to the one before."""
    _, mark, own = before.replace("\r\n", "\n").partition(END)
    if not mark:
        raise NotRenewable(
            f"{place}: has no line {END.strip()!r}, so that what you added to it cannot be told from ours: put that "
            "line above your own functions; nothing was changed"
        )
    return file.text + own


def _requirements(before: str) -> str:
    """The requirements, with the lines that a user added."""
    own = [line for line in before.splitlines() if line.strip() and not re.match(r"xlwings\s*([=<>~!#;\[]|$)", line)]
    return REQUIREMENTS + "".join(f"{line}\n" for line in own)
