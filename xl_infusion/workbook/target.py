"""Whether a workbook may be written under a name that somebody chose."""

from __future__ import annotations

from pathlib import Path

from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.xlsx.package import Package, WorkbookError, copy


class WrongTarget(WorkbookError):
    """The result cannot have that name: nothing was written."""

    status = 2


def check_target(package: Package, destination: str | Path) -> None:
    """Refuses a name that is not one for a copy of this workbook; the workbook's own is one whatever it ends in.

    Excel takes no workbook whose ending is not that of its kind, and what follows the ending takes no workbook.
    Errors: `WrongTarget`, `disk.NoFile`.
    """
    destination = Path(destination)
    disk.check_regular(destination)
    place = destination.resolve()
    if place == package.path.resolve():
        return
    if destination.suffix.lower() == package.ending == place.suffix.lower():
        return
    if destination.suffix.lower() == package.ending:
        raise WrongTarget(f"{destination.name}: leads to {place.name}, which is none; nothing was written")
    name = f"{destination.stem}{package.ending}" if destination.suffix else f"{destination.name}{package.ending}"
    what = "has macros" if package.ending in (".xlsm", ".xltm", ".xlam") else "is a workbook without macros"
    raise WrongTarget(
        f"{destination.name}: {package.path.name} {what}, and a copy of it ends in {package.ending}: name it {name}"
    )


def leave_as_it_is(package: Package, destination: Path) -> None:
    """Has a workbook in which nothing changes stand under the name that was chosen: a copy, if it is not its own."""
    if destination.resolve() != package.path.resolve():
        copy(package, destination)
