"""The files for Excel on Windows: the billing workbook with its functions in it (.xlsm), and the add-in that gives
every workbook the functions (.xlam). Made on any machine, the same bytes every time.

Their VBA: xlwings' own module, the wrappers that xlwings generates for our functions, hardened, and the function
wizard's texts. Where Python is stands in xlwings' configuration on each machine, never in the file.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

from openpyxl import Workbook

from xl_infusion.hosts.excel import vba_help
from xl_infusion.hosts.excel.generate import UDF_MODULE, called, generated, xlwings_module
from xl_infusion.hosts.excel.vba_project import CONTENT_TYPES, modules_in, packed, renewed, with_vba
from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.xlsx.guards import read_regular
from xl_infusion.spreadsheet.xlsx.limits import MAX_TOTAL
from xl_infusion.spreadsheet.xlsx.package import check_not_locked
from xl_infusion.template.saved import saved
from xl_infusion.workbook.new import new_workbook
from xl_infusion.workbook.ours import ADDIN, WORKBOOK

#: The folder of the help pages, beside the files.
HELP = "xl_infusion_help"

#: xlwings' sheet of settings for one file. Without this one it looks for Python code beside the workbook, and fails
#: where that is a folder of OneDrive or SharePoint that it cannot find on the disk.
SETTINGS_SHEET = "xlwings.conf"
SETTINGS = ("ADD_WORKBOOK_TO_PYTHONPATH", "False")

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SETTINGS_PART = "xl/worksheets/settings.xml"
_SETTINGS_XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    + "".join(
        f'<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>'
        for cell, text in zip(("A1", "B1"), SETTINGS, strict=True)
    )
    + "</row></sheetData></worksheet>"
)


def build_workbook(path: str | Path, *, examples: bool = True) -> None:
    """Writes the billing workbook with its functions to ``path`` (.xlsm), computed.

    ``examples``: with the example orders, or with empty tables. Errors: OSError when it cannot be written, and
    `hosts.generate.CannotGenerate`.
    """
    modules = vba_modules(WORKBOOK)
    with disk.workspace() as folder:
        plain = folder / "plain.xlsx"
        new_workbook(plain, examples=examples)
        parts = _parts(plain.read_bytes())
    parts = with_vba(_with_settings(parts), modules, vba_help.ON_OPEN, ".xlsm")
    disk.write(path, packed(parts))


def build_addin(path: str | Path) -> None:
    """Writes the add-in to ``path`` (.xlam). Errors: as `build_workbook`."""
    disk.write(path, addin())


def help_files(folder: Path) -> dict[Path, str]:
    """What stands beside the two files, with its text: the functions' help while one types, and the pages it leads to.

    The links are places as seen from the folder, so that they work wherever it is taken to.
    """
    from xl_infusion.hosts.excel.intellisense import beside, intellisense
    from xl_infusion.hosts.server.help_site import HTML, site

    tips = intellisense(HELP, ending=HTML)
    return {
        **{beside(folder / name): tips for name in (WORKBOOK, ADDIN)},
        **{folder / HELP / name: text for name, text in site().items()},
    }


def addin() -> bytes:
    """The add-in's bytes. Errors: `hosts.generate.CannotGenerate`."""
    book = Workbook()
    sheet = book.active
    sheet.title = SETTINGS_SHEET
    sheet.append(SETTINGS)
    properties = book.properties
    properties.title = "xl_infusion"
    properties.description = "Home infusion billing: per diem S codes, drug J codes and units, visits, the claim grid."
    properties.creator = properties.lastModifiedBy = "xl_infusion"
    properties.created = dt.datetime(2025, 1, 1)
    parts = _parts(saved(book).getvalue())
    core = "docProps/core.xml"  # openpyxl writes today as the day of the last change
    parts[core] = re.sub(rb"<dcterms:modified.*?</dcterms:modified>", b"", parts[core])
    return packed(with_vba(parts, vba_modules(ADDIN), vba_help.ON_OPEN, ".xlam"))


def renew(path: str | Path) -> bool:
    """Puts the VBA of this version of the package into a workbook or add-in that has ours; all else stays as it is.

    Out: whether anything was old. Errors: `package.UnreadableWorkbook`, ValueError where it has no such VBA,
    `package.LockedWorkbook` where it is open in another program, OSError, `hosts.generate.CannotGenerate`.
    """
    path = Path(path)
    data, _ = read_regular(path, MAX_TOTAL, "a workbook")
    has, wanted = modules_in(data, path.name), vba_modules(path.name)
    calls = called(has.get("xlwings_udfs", ""))
    if UDF_MODULE not in calls:
        raise ValueError(f"{path.name} has no functions of ours in it: it takes them from the add-in")
    if others := sorted(calls - {UDF_MODULE}):
        raise ValueError(
            f"{path.name}: its VBA module xlwings_udfs has functions of {', '.join(others[:3])} too, which would go: "
            "import both anew with xlwings, or take ours from the add-in (xl-infusion install); nothing was changed"
        )
    old = {name: text for name, text in wanted.items() if has.get(name) != text}
    if old:
        check_not_locked(path)
        disk.write(path, renewed(data, path.name, old))
    return bool(old)


def vba_modules(name: str) -> dict[str, str]:
    """The VBA modules of a file with this name, by their names, beside ThisWorkbook and the sheets'.

    Errors: `hosts.generate.CannotGenerate`.
    """
    vba = generated(ADDIN if Path(name).suffix.lower() == ".xlam" else WORKBOOK)
    return {
        "xlwings": xlwings_module(),
        "xlwings_udfs": vba.wrappers,
        "xl_infusion_help": vba_help.module(vba.options),
    }


def _parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_settings(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The workbook with xlwings' settings in a sheet that nobody sees, behind all others."""
    book, links = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    number = parts[book].count(b"<sheet ") + 1
    sheet = (
        f'<sheet xmlns:r="{_RELATIONS}" name="{SETTINGS_SHEET}" sheetId="{number}" state="veryHidden" '
        'r:id="rIdSettings"/></sheets>'
    )
    link = f'<Relationship Id="rIdSettings" Type="{_RELATIONS}/worksheet" Target="/{_SETTINGS_PART}"/></Relationships>'
    kind = f'<Override PartName="/{_SETTINGS_PART}" ContentType="{_SHEET_TYPE}"/></Types>'
    return {
        **parts,
        book: parts[book].replace(b"</sheets>", sheet.encode()),
        links: parts[links].replace(b"</Relationships>", link.encode()),
        CONTENT_TYPES: parts[CONTENT_TYPES].replace(b"</Types>", kind.encode()),
        _SETTINGS_PART: _SETTINGS_XML.encode(),
    }
