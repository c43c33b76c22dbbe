"""Files of the add-in's name: ours as another version made it, and those of somebody else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from xl_infusion.hosts.excel import files
from xl_infusion.hosts.excel.vba_project import PROJECT


def made_with(module: str, old: str, new: str) -> bytes:
    """The add-in with another text in one of its modules."""
    now = files.vba_modules(files.ADDIN)
    assert old in now[module]
    return _of({**now, module: now[module].replace(old, new)})


def _of(modules: dict[str, str]) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "vba_modules", lambda name: modules)
        return files.addin()


def _added_to() -> bytes:
    now = files.vba_modules(files.ADDIN)
    return _of({**now, "MyMacros": 'Attribute VB_Name = "MyMacros"\nSub Mine()\nEnd Sub\n'})


def _not_vba() -> bytes:
    """A package whose VBA project is none."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files.addin())) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"x" * 600 if name == PROJECT else old.read(name))
    return made.getvalue()


def _torn() -> bytes:
    """An add-in whose VBA project cannot be inflated."""
    data = files.addin()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        at = package.getinfo(PROJECT).header_offset + 30 + len(PROJECT)
    return data[:at] + b"\xff" * 40 + data[at + 40 :]


#: What stands there -> what is said of it, and its bytes.
FOREIGN: dict[str, Callable[[], tuple[str, bytes]]] = {
    "no workbook": lambda: ("is no add-in of xl_infusion", b"somebody's"),
    "an empty file": lambda: ("is no add-in of xl_infusion", b""),
    "a VBA project that is none": lambda: ("is no add-in of xl_infusion", _not_vba()),
    "a damaged one": lambda: ("is no add-in of xl_infusion", _torn()),
    "functions of somebody's Python": lambda: (
        "is no add-in of xl_infusion", made_with("xlwings_udfs", '"xl_infusion.hosts.excel"', '"mine"')
    ),
    "his and ours": lambda: (
        "is no add-in of xl_infusion",
        made_with("xlwings_udfs", '"xl_infusion.hosts.excel", "JUNITS"', '"mine", "JUNITS"'),
    ),
    "ours with his macros": lambda: ("has VBA that somebody added to it (MyMacros)", _added_to()),
}  # fmt: skip
