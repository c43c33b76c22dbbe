"""The add-in where Excel opens it by itself, and whether a file of its name there is one that ``install`` put there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Protocol

from xl_infusion.hosts.excel.generate import only_ours
from xl_infusion.setup import office
from xl_infusion.setup.machine import Machine
from xl_infusion.workbook.ours import ADDIN

#: The modules that the add-in is made of, of every version; Excel gives it one for itself and for each sheet.
_MODULES = re.compile(r"xlwings|xlwings_udfs|xl_infusion_help|ThisWorkbook|Sheet[0-9]+")


class Files(Protocol):
    """What the files for Excel are, as this version of the package makes them."""

    def modules_in(self, data: bytes, name: str) -> Mapping[str, str]:
        """The VBA modules of a file. Errors: ValueError where it is no workbook."""

    def made(self, name: str) -> Mapping[str, str]:
        """The VBA modules of a new file with this name."""


def addin_file(machine: Machine) -> str:
    """Where the add-in is to be."""
    return str(PureWindowsPath(office.start_folder(machine), ADDIN))


def stranger(machine: Machine, files: Files, path: str) -> str:
    """Why a file is not the add-in as some version of this package made it, in words; "" where it is.

    Errors: OSError where it cannot be read.
    """
    try:
        modules = files.modules_in(machine.read(path) or b"", path)
    except ValueError:
        modules = {}
    if not only_ours(modules.get("xlwings_udfs", "")):
        return "is no add-in of xl_infusion"
    added = [name for name in modules if not _MODULES.fullmatch(name)]
    return f"has VBA that somebody added to it ({', '.join(added[:3])})" if added else ""
