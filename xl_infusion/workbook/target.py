"""Whether a workbook may be written under a name that somebody chose."""

from __future__ import annotations

import stat
from pathlib import Path

from xl_infusion.workbook.package import Package, WorkbookError


class WrongTarget(WorkbookError):
    """The result cannot have that name: nothing was written."""


def check_target(package: Package, destination: str | Path) -> None:
    """Refuses a name that is not one for a copy of this workbook; the workbook's own is one whatever it ends in.

    Excel takes no workbook whose ending is not that of its kind, and what follows the ending takes no workbook.
    Errors: `WrongTarget`.
    """
    destination = Path(destination)
    check_regular(destination)
    if destination.resolve() == package.path.resolve() or destination.suffix.lower() == package.ending:
        return
    name = f"{destination.stem}{package.ending}" if destination.suffix else f"{destination.name}{package.ending}"
    what = "has macros" if package.ending in (".xlsm", ".xltm", ".xlam") else "is a workbook without macros"
    raise WrongTarget(
        f"{destination.name}: {package.path.name} {what}, and a copy of it ends in {package.ending}: name it {name}"
    )


def check_regular(path: Path) -> None:
    """Refuses what is there and is no file: a folder, a device, a pipe. Errors: `WrongTarget`."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # whoever writes says why not, if not
    if not stat.S_ISREG(mode):
        what = "a folder: name the file to write in it" if stat.S_ISDIR(mode) else "no file but a device or a pipe"
        raise WrongTarget(f"{path}: is {what}; nothing was written")
