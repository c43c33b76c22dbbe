"""A VBA project written from source into the parts of a workbook: by pyOpenVBA, and then without what is no source.

A project as Excel saves it also keeps compiled code, which Excel drops where another version wrote it. Here there is
none: `_VBA_PROJECT` says so as [MS-OVBA] 2.3.4.1 asks of a writer, and Excel compiles the source.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from pyopenvba import ExcelFile, PyOpenVBAError, VBAModuleKind
from pyopenvba.cfb import CFB

from xl_infusion.spreadsheet import disk

PROJECT = "xl/vbaProject.bin"
CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
#: What the main part of a file is, by the file's ending.
MAIN = {
    ".xlsm": b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ".xlam": b"application/vnd.ms-excel.addin.macroEnabled.main+xml",
}
#: What the library and Python's own reader of archives raise for a file that is damaged, or encrypted.
_DAMAGED = (PyOpenVBAError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
#: ``_VBA_PROJECT`` of a project that has no compiled code.
_NOT_COMPILED = b"\xcc\x61\xff\xff\x00\x00\x00"


def with_vba(parts: Mapping[str, bytes], modules: Mapping[str, str], on_open: str, ending: str) -> dict[str, bytes]:
    """The parts of a workbook (.xlsx) with a VBA project, as a file with this ``ending`` (.xlsm, .xlam) has them.

    In: the parts by name; the text of each module by its name, with its ``Attribute VB_Name`` line, and the code of
    ThisWorkbook. Out: all parts, those that are not concerned as they were; every sheet and the workbook have the
    code name of their module. Errors: ValueError for a text that the project's code page, 1252, does not have.
    """
    texts = {name: _lines(text) for name, text in {**modules, "ThisWorkbook": on_open}.items()}
    for name, text in texts.items():
        try:
            text.encode("cp1252")
        except UnicodeEncodeError as error:
            raise ValueError(f"the VBA module {name} has {text[error.start]!r}, which VBA cannot have") from None
    with disk.workspace() as folder:
        path = folder / "book.xlsm"
        path.write_bytes(packed(_as(parts, ".xlsm")))
        with ExcelFile(path) as book:
            project = book.add_vba_project()
            # taken out and put back, so that the library's own template leaves no compiled code
            documents = [(module.name, module.attribute_header) for module in project.modules]
            for name, _ in documents:
                project.delete_module(name)
            for name, header in documents:
                code = texts["ThisWorkbook"] if name == "ThisWorkbook" else ""
                project.add_module(name, header + code, kind=VBAModuleKind.other)
            for name in modules:
                project.add_module(name, texts[name], kind=VBAModuleKind.standard)
            book.save(full_rebuild=True)
        with zipfile.ZipFile(path) as saved:
            made = {name: saved.read(name) for name in saved.namelist()}
    compound = CFB.from_bytes(made[PROJECT])
    compound.write_stream_in_storage("VBA", "_VBA_PROJECT", _NOT_COMPILED)
    return _as({**made, PROJECT: compound.to_bytes()}, ending)


def modules_in(data: bytes, name: str) -> dict[str, str]:
    """The text of every VBA module of a workbook or an add-in, with line ends as in Python; none without macros.

    In: the file's bytes and its name, which says its kind. Errors: ValueError where it is none.
    """
    if PurePath(name).suffix.lower() == ".xlsx":
        return {}
    with _opened(data, name) as (book, _):
        return {module: text.replace("\r\n", "\n") for module, text in book.vba_modules().items()}


def renewed(data: bytes, name: str, modules: Mapping[str, str]) -> bytes:
    """A workbook or add-in with these VBA modules in place of those of the same names; all else stays as it is.

    Errors: ValueError where it is none, has no macros, or its project is protected by a password.
    """
    with _opened(data, name) as (book, path):
        for module, text in modules.items():
            if module in book.module_names():
                book.set_module(module, _lines(text))
            else:
                book.vba_project().add_module(module, _lines(text), kind=VBAModuleKind.standard)
        book.save()
        return path.read_bytes()


@contextlib.contextmanager
def _opened(data: bytes, name: str) -> Iterator[tuple[ExcelFile, Path]]:
    """A file opened by the library, as a copy of its own; what the library says of it as a ValueError."""
    with disk.workspace() as folder:
        path = folder / f"book{PurePath(name).suffix.lower()}"
        path.write_bytes(data)
        try:
            with ExcelFile(path) as book:
                yield book, path
        except _DAMAGED as error:
            said = str(error).replace(path.name, PurePath(name).name)
            raise ValueError(said if PurePath(name).name in said else f"{PurePath(name).name}: {said}") from None


def _lines(text: str) -> str:
    """The text with VBA's line ends."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _as(parts: Mapping[str, bytes], ending: str) -> dict[str, bytes]:
    types = parts[CONTENT_TYPES]
    for main in (_WORKBOOK, *MAIN.values()):
        types = types.replace(main, MAIN[ending])
    return {**parts, CONTENT_TYPES: types}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a package that is the same every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, data in parts.items():
            member = zipfile.ZipInfo(name)  # of 1 January 1980, from no system in particular
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            target.writestr(member, data)
    return out.getvalue()
