"""What `xl-infusion lite` writes: ``main.py``, ``requirements.txt``, and a workbook that carries both for xlwings Lite.

Lite keeps its files in a workbook as settings of its add-in, in ``xl/webextensions``: JSON texts in XML attributes.
That form is not documented; it was read off workbooks that Lite saved. Whether Excel and Lite take a workbook that was
made here is **not verified in Excel**; the two files can always be pasted into Lite's editor.
"""

from __future__ import annotations

import html
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from xl_infusion.hosts.lite.single_file import REQUIREMENTS, SingleFile, single_file
from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.xlsx.marks import at_end
from xl_infusion.spreadsheet.xlsx.package import (
    Package,
    SheetEdit,
    WorkbookError,
    check_not_locked,
    write,
    write_parts,
)
from xl_infusion.workbook.convert import convert
from xl_infusion.workbook.new import new_workbook

MAIN, REQUIRED, WORKBOOK = "main.py", "requirements.txt", "home_infusion_billing_lite.xlsx"
#: What a fresh workbook says of itself on its Start sheet, and where.
REMARK = (
    "For xlwings Lite, the add-in from Excel's store. Not verified in Excel: where the cells show #NAME?, "
    "paste main.py and requirements.txt into Lite's editor and choose Restart."
)
_REMARK_AT = (41, 2)
#: An add-in's settings in a workbook are limited to 2 MB.
MOST = 2_000_000

_FOLDER = "xl/webextensions"
_OFFICE = "http://schemas.microsoft.com/office"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: xlwings Lite in the store, and the versions that the settings' form was read off.
_STORE_ID, _PYODIDE, _ADDIN = "wa200008175", "0.27.5", "1.0.0.0-35"


class TooLarge(WorkbookError):
    """The files are more than a workbook's settings may hold."""


class CarriesAddIn(WorkbookError):
    """The workbook carries an add-in's settings already, which stay as they are."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the folder's files, and what ``main.py`` has in it; ``marked``: arrays that spill again."""

    main: Path
    requirements: Path
    workbook: Path | None
    file: SingleFile
    marked: tuple[str, ...]


def write_lite(
    folder: str | Path,
    include: Collection[str] = (),
    source: str | Path | None = None,
    *,
    workbook: bool = True,
    replace: bool = False,
) -> Written:
    """Writes `MAIN`, `REQUIRED` and, with ``workbook``, a workbook that carries them into ``folder``.

    ``include``: tables of the edition that are left out otherwise (`IMPORTED`). ``source``: a workbook of the user's,
    of which a copy is made; else it is a fresh billing workbook. ``replace``: files of these names that say something
    else are replaced. Nothing is written unless all of it can be made. Errors: `disk.Exists`, `ReferenceTableError`
    (the codes), `WorkbookError` and its kinds, OSError.
    """
    folder = Path(folder)
    file = single_file(include)
    files = {MAIN: file.text, REQUIRED: REQUIREMENTS}
    target = folder / (_named(source) if source else WORKBOOK)
    files = {name: text for name, text in files.items() if not _is_so(folder / name, text)}
    names = (*files, target.name) if workbook else tuple(files)
    disk.check_free([folder / name for name in names], force=replace, otherwise="choose another folder, or --renew")
    if workbook:
        check_not_locked(target)
    if workbook and source is not None:
        _check_free(source)
    folder.mkdir(parents=True, exist_ok=True)
    marked: tuple[str, ...] = ()
    with disk.workspace(folder) as place:
        if workbook:
            marked = _make(place / target.name, source)
            embed(place / target.name, {MAIN: file.text, REQUIRED: REQUIREMENTS})
        for one, text in files.items():
            (place / one).write_text(text, encoding="utf-8", newline="\n")
        for one in names:
            disk.put(place / one, folder / one)
    return Written(folder / MAIN, folder / REQUIRED, target if workbook else None, file, marked)


def _named(source: str | Path) -> str:
    """The name of the copy of a workbook."""
    return f"{Path(source).stem}_lite{Path(source).suffix}"


def _make(path: Path, source: str | Path | None) -> tuple[str, ...]:
    """Makes a workbook as Lite spells its formulas, a fresh one or a copy; out: the arrays that spill again."""
    if source is not None:
        return convert(source, "office-js", path).marked
    remarked(path, REMARK)
    convert(path, "office-js")
    return ()


def _is_so(path: Path, text: str) -> bool:
    """Whether a file is there and says this already: it need not be written."""
    return path.is_file() and path.read_bytes() == text.encode()


def remarked(path: Path, remark: str) -> None:
    """Writes a fresh billing workbook that says something of itself on its Start sheet."""
    new_workbook(path)
    with Package.open(path) as package:
        write(package, path, {"Start": SheetEdit(cells={_REMARK_AT: remark})})


def _check_free(path: str | Path) -> None:
    with Package.open(path) as package:
        if any(name.casefold().startswith(_FOLDER) for name in package.names()):
            raise CarriesAddIn(
                f"{package.path.name}: carries an add-in's settings already: open it in Excel, and paste {MAIN} and "
                f"{REQUIRED} into the editor of xlwings Lite (--no-workbook writes the two alone)"
            )


def embed(path: Path, files: Mapping[str, str]) -> None:
    """Puts files of xlwings Lite into a workbook; all else of it stays. Errors: `TooLarge`, `CarriesAddIn`."""
    parts = _parts(files)
    _check_free(path)
    with Package.open(path) as package:
        types = package.read("[Content_Types].xml")
        links = package.read("_rels/.rels")
        parts["[Content_Types].xml"] = at_end(types, "Types", _TYPES)
        parts["_rels/.rels"] = at_end(links, "Relationships", _LINK)
        write_parts(package, path, parts)


def check_size(settings: Mapping[str, object]) -> None:
    """Errors: `TooLarge` for more than a workbook can carry."""
    if (size := sum(len(json.dumps(value)) for value in settings.values())) > MOST:
        raise TooLarge(
            f"{MAIN} is too large for a workbook to carry ({size / 1e6:.1f} MB, at most {MOST / 1e6:.0f}): leave out "
            "tables that need not go in (--with), or write it without a workbook (--no-workbook)"
        )


def _parts(files: Mapping[str, str]) -> dict[str, bytes]:
    settings: dict[str, object] = {
        **files, "pyodideVersion": _PYODIDE, "addinVersion": _ADDIN, "xlwingsWorkbookId": str(uuid.uuid4()),
        "xlwingsSettingsWorkbook": {"startupBehavior": "taskpane"},
    }  # fmt: skip
    values = {name: json.dumps(value) for name, value in settings.items()}
    check_size(settings)
    properties = "".join(f'<we:property name="{name}" value="{html.escape(value)}"/>' for name, value in values.items())
    store = 'version="1.0.0.0" store="{}" storeType="OMEX"'
    extension = (
        f'{_XML}<we:webextension xmlns:we="{_OFFICE}/webextensions/webextension/2010/11" '
        f'id="{{{str(uuid.uuid4()).upper()}}}"><we:reference id="{_STORE_ID}" {store.format("en-US")}/>'
        f'<we:alternateReferences><we:reference id="{_STORE_ID}" {store.format(_STORE_ID.upper())}/>'
        f"</we:alternateReferences><we:properties>{properties}</we:properties><we:bindings/>"
        f'<we:snapshot xmlns:r="{_RELATIONSHIPS}"/></we:webextension>'
    )
    panes = (
        f'{_XML}<wetp:taskpanes xmlns:wetp="{_OFFICE}/webextensions/taskpanes/2010/11">'
        '<wetp:taskpane dockstate="right" visibility="1" width="438" row="1">'
        f'<wetp:webextensionref xmlns:r="{_RELATIONSHIPS}" r:id="rId1"/></wetp:taskpane></wetp:taskpanes>'
    )
    links = (
        f'{_XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/2011/relationships/webextension" Target="webextension1.xml"/>'
        "</Relationships>"
    )
    return {
        f"{_FOLDER}/webextension1.xml": extension.encode(), f"{_FOLDER}/taskpanes.xml": panes.encode(),
        f"{_FOLDER}/_rels/taskpanes.xml.rels": links.encode(),
    }  # fmt: skip


_TYPES = (
    f'<Override PartName="/{_FOLDER}/taskpanes.xml" ContentType="application/vnd.ms-office.webextensiontaskpanes+xml"/>'
    f'<Override PartName="/{_FOLDER}/webextension1.xml" ContentType="application/vnd.ms-office.webextension+xml"/>'
)
_LINK = (
    f'<Relationship Id="rIdXwLite" Type="{_OFFICE}/2011/relationships/webextensiontaskpanes" '
    f'Target="{_FOLDER}/taskpanes.xml"/>'
)
