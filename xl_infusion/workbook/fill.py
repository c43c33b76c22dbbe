"""Filling a workbook in place: every cell that calls our functions is computed, without a spreadsheet program.

The values go into the same file; every other part of the package stays byte for byte. Native formulas that
depend on what changed are brought up to date by an embedded engine; one that it cannot work out loses its
cached value and is named, and Excel recalculates it when it opens the file: nothing stale stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from xl_infusion.claim import GRID
from xl_infusion.errors import ExcelError
from xl_infusion.functions import FUNCTIONS
from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.calculation.calculate import Calculation, Spill, Unresolved, calculate, edits
from xl_infusion.spreadsheet.formula.addin_names import Spellings, spellings_of
from xl_infusion.spreadsheet.formula.spilling import unmarked
from xl_infusion.spreadsheet.formula.totals import Totals
from xl_infusion.spreadsheet.ironcalc.functions import GOOGLE
from xl_infusion.spreadsheet.undisturbed import undisturbed
from xl_infusion.spreadsheet.xlsx.grid import place
from xl_infusion.spreadsheet.xlsx.headings import plain_headings
from xl_infusion.spreadsheet.xlsx.package import (
    Package,
    SheetEdit,
    UnwritableWorkbook,
    WorkbookError,
    check_not_locked,
    write,
)
from xl_infusion.workbook.growth import Grown, Outside, grow, read_by
from xl_infusion.workbook.ours import OURS
from xl_infusion.workbook.target import check_target, leave_as_it_is
from xl_infusion.workbook.wrong_tables import given_wrong

Progress = Callable[[int, int], None]
#: A cell in which an error stands: its sheet, row and column.
Wrong = tuple[str, int, int, ExcelError]
#: sheet, row, column
Cell = tuple[str, int, int]


class BlockedSpill(WorkbookError):
    """A grid would overwrite cells that are not its own: nothing was written."""

    status = 6


class OldDateSystem(WorkbookError):
    """The workbook counts its days from 1904: numbers that are dates would be read four years early."""


class RoundedAsDisplayed(WorkbookError):
    """Excel calculates the workbook with numbers as they show ("precision as displayed"), which is not done here."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A claim grid of the workbook as it was computed: where it stands and its rows, the header first."""

    sheet: str
    cell: tuple[int, int]
    rows: list[list[object]]

    @property
    def failed(self) -> list[list[object]]:
        """The lines that cannot be billed: those that hold an error."""
        return [row for row in self.rows[1:] if any(isinstance(cell, ExcelError) for cell in row)]

    @property
    def priced(self) -> bool:
        """Whether the lines have charges: the column is there, and blank on every line while no rates are typed."""
        at = self.rows[0].index("Charge") if "Charge" in self.rows[0] else None
        return at is not None and any(row[at] not in ("", None) for row in self.rows[1:])

    @property
    def stale(self) -> int:
        """How many lines go beyond the day that the code reference is verified through."""
        return sum("STALE" in str(row[-1]) for row in self.rows[1:])


@dataclass(frozen=True, slots=True)
class Other:
    """A call of a function that has the name of ours in another add-in: where it stands, the name, that file."""

    where: str
    function: str
    file: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What a fill did: the cells it changed, the calls it made, the claim grids, what it left to Excel.

    ``errors``: cells where a formula gives an error; ``no_claim``: cells where a whole claim grid failed or could
    not be computed, and why; ``missing``: the calls among those left to Excel, whose results are missing;
    ``others``: calls that were not made, since another add-in has the function; ``marked``: arrays that spill again;
    ``headings``: tables that no longer say how many rows of headings they have;
    ``frozen``: formulas that only Google Sheets has and whose stored value was read as it is;
    ``backup``: the copy of the workbook as it was, where one was asked for and something changed;
    ``grown``: tables that took in rows which stood right below them; ``outside``: rows below a table that it could not
    take in, billed nowhere; ``totals``: rows of totals in tables that our functions read, which here are no rows.
    """

    path: Path
    changed: int
    calls: int
    grids: list[Grid]
    unresolved: list[Unresolved]
    errors: list[Wrong]
    no_claim: list[Wrong]
    no_grid: list[Wrong]
    missing: list[Unresolved]
    others: list[Other]
    marked: list[str]
    headings: list[str]
    frozen: list[Cell]
    backup: Path | None = None
    grown: list[Grown] = field(default_factory=list)
    outside: list[Outside] = field(default_factory=list)
    totals: list[Totals] = field(default_factory=list)


@undisturbed()
def fill(
    source: str | Path,
    output: str | Path | None = None,
    progress: Progress | None = None,
    *,
    values: bool = False,
    backup: bool = False,
) -> Filled:
    """Computes ``source`` in place, or into ``output``; a second run changes nothing.

    ``values``: ``output`` gets values in place of the formulas that call our functions, for a reader that does
    not know them (LibreOffice works out a spilled formula anew when it opens a file), or before it leaves the
    house. Native formulas stay. ``backup``: ``source`` as it was stays beside it under another name.

    Errors: `WorkbookError` and its kinds (no such file, no workbook, encrypted, open elsewhere, a grid that
    would overwrite other cells, ...), each naming what, where and the remedy; the file is then as it was.
    """
    source = Path(source)
    destination = Path(output) if output is not None else source
    if values and destination.resolve() == source.resolve():
        raise ValueError("a copy with values alone goes into another file: the formulas would be lost")
    with Package.open(source) as opened:
        check_dates(opened)
        check_target(opened, destination)
        check_not_locked(destination)
        read = read_by(opened, OURS)
        growth = grow(opened, read)
        package, headings = plain_headings(growth.package, read.tables)
        failed: dict[str, set[str]] = {"CLAIM_GRID": set()}
        found = calculate(package, _noting(failed), progress, addin=OURS, new=growth.areas)
        _check_spills(found)
        others = _others(package, found)
        changes = edits(package, found)
        marked = _marked(package, found, changes)
        if values:
            gone = _values_only(package, changes, found)
            marked = [cell for cell in marked if cell not in gone]
        kept = None
        if changes or growth.grown or headings or _settles(package, found):
            kept = _kept(source) if backup else None
            _write(package, destination, changes, found, kept)
        else:
            leave_as_it_is(package, destination)
    errors = _errors(found)
    return Filled(
        path=destination,
        changed=sum(map(_cells_of, changes.values())),
        calls=found.called,
        grids=_grids(found),
        unresolved=found.unresolved,
        errors=errors,
        no_claim=_no_claim(found, errors, failed.pop("CLAIM_GRID")),
        no_grid=_no_grid(found, errors, failed),
        missing=_missing(found),
        others=others,
        marked=[place(*cell) for cell in marked],
        headings=headings,
        frozen=_frozen(package, found),
        backup=kept,
        grown=growth.grown,
        outside=growth.outside,
        totals=found.totals,
    )


def _check_spills(found: Calculation) -> None:
    """Errors: `BlockedSpill` where a grid has no room."""
    if found.blocked:
        first = found.blocked[0]
        raise BlockedSpill(
            f"{place(first.sheet, first.row, first.col)} cannot spill: {first.reason}; "
            "clear the cells in its way, or move the formula"
        )


def _settles(package: Package, found: Calculation) -> bool:
    """Whether a mark of ours, which says what of the stored results is current, is to say something else."""
    return package.ours and (package.stale or not found.unresolved)


def _write(
    package: Package, destination: Path, changes: dict[str, SheetEdit], found: Calculation, kept: Path | None
) -> None:
    """Writes the workbook; ``kept``: the copy of it, which goes again where that fails."""
    current = package.ours or not package.stale
    try:
        write(package, destination, changes, full_calc_on_load=bool(found.unresolved), current=current)
    except BaseException:
        if kept:
            kept.unlink()
        raise


def _cells_of(edit: SheetEdit) -> int:
    """How many cells a change of a sheet is."""
    return len(edit.cells) + sum(len(block.rows) * len(block.rows[0]) for block in edit.blocks)


def _kept(source: Path) -> Path:
    """The copy of a workbook that is to be changed. Errors: `UnwritableWorkbook`."""
    try:
        return disk.backup(source)
    except OSError as error:
        raise UnwritableWorkbook(
            f"{source}: no copy of it can be kept ({error.strerror}); nothing was changed"
        ) from error


def check_dates(package: Package) -> None:
    """Errors: `OldDateSystem`, `RoundedAsDisplayed`."""
    if package.date1904:
        raise OldDateSystem(
            f"{package.path.name} counts its days from 1904: in Excel take the tick from File > Options > Advanced > "
            "Use 1904 date system, check its dates, and save it"
        )
    if package.as_displayed:
        raise RoundedAsDisplayed(
            f"{package.path.name} rounds its numbers as they show: in Excel take the tick from File > Options > "
            "Advanced > Set precision as displayed, round with ROUND where that is meant, and save it"
        )


def _noting(failed: dict[str, set[str]]) -> dict[str, Callable[..., object]]:
    """Our functions by their names; a grid that fails as a whole puts its reason to those of its name."""
    return {
        name: _noted(name, function.call, failed) if function.spills else function.call
        for name, function in FUNCTIONS.items()
    }


def _noted(name: str, grid: Callable[..., object], failed: dict[str, set[str]]) -> Callable[..., object]:
    """A grid, with a note of why a whole one failed: a claim grid for any reason, another for a table that is none."""

    def call(*arguments: object) -> object:
        result = grid(*arguments)
        if isinstance(result, ExcelError) and (name == "CLAIM_GRID" or given_wrong(grid, arguments)):
            failed.setdefault(name, set()).add(result.message)
        return result

    return call


def _others(package: Package, found: Calculation) -> list[Other]:
    """The calls of functions with the names of ours that other files have."""
    spellings = Spellings(OURS, links=package.links)
    texts = [(f"the defined name {name}", text) for (_, name), text in package.defined_names.items()]
    texts += [
        (place(sheet.name, cell.row, cell.col), cell.text)
        for sheet in package.sheets
        for cell in found.before.formulas(sheet.name)
    ]
    return [Other(where, *one) for where, text in texts for one in spellings.others(text)]


def _frozen(package: Package, found: Calculation) -> list[Cell]:
    """The formulas that only Google Sheets has, but for those that are left to Excel."""
    left = {(left.sheet, left.row, left.col) for left in found.unresolved}
    cells = [
        (sheet.name, cell.row, cell.col)
        for sheet in package.sheets
        for cell in found.before.formulas(sheet.name)
        if GOOGLE in cell.text
    ]
    return [cell for cell in cells if cell not in left]


def _marked(package: Package, found: Calculation, changes: dict[str, SheetEdit]) -> list[Cell]:
    """The arrays whose mark that they spill is lost; they get it back."""
    cells = []
    for sheet, refs in unmarked(package, OURS, found.before.formulas).items():
        edit = changes.setdefault(sheet, SheetEdit())
        edit.array_refs = refs | edit.array_refs
        cells += [(sheet, *cell) for cell in refs]
    return cells


def _values_only(package: Package, changes: dict[str, SheetEdit], found: Calculation) -> set[Cell]:
    """Takes the formulas that call our functions out of every sheet; one without a result leaves #N/A.

    Out: the cells in which they stood.
    """
    spellings = spellings_of(package, OURS)
    gone: set[Cell] = set()
    for sheet in package.sheets:
        cells = {(cell.row, cell.col) for cell in package.formulas(sheet.name) if spellings.calls(cell.text)}
        if cells:
            edit = changes.setdefault(sheet.name, SheetEdit())
            edit.values_only |= cells
            for cell in cells & edit.array_refs.keys():
                del edit.array_refs[cell]
        gone |= {(sheet.name, *cell) for cell in cells}
    for left in _missing(found):
        changes[left.sheet].cells[left.row, left.col] = ExcelError("#N/A")
    return gone


def _grids(found: Calculation) -> list[Grid]:
    return [
        Grid(spill.sheet, (spill.row, spill.col), spill.rows)
        for spill in found.spills
        if spill.rows[0][:9] == list(GRID[:9])
    ]


def _errors(found: Calculation) -> list[Wrong]:
    """The cells where a formula gives an error: those of our functions first, then those that depend on one."""
    cells = [
        (sheet, row, col, value)
        for sheet, cells in found.values.items()
        for (row, col), value in sorted(cells.items())
        if isinstance(value, ExcelError)
    ]
    # an array that gave an error alone: what it had filled before is gone
    alone = [(one.sheet, one.row, one.col, one.rows[0][0]) for one in found.spills if not _large(one)]
    cells += [(sheet, row, col, value) for sheet, row, col, value in alone if isinstance(value, ExcelError)]
    ours = set().union(*found.callers.values())
    return sorted(cells, key=lambda error: error[:3] not in ours)


def _large(spill: Spill) -> bool:
    return len(spill.rows) * len(spill.rows[0]) > 1


def _missing(found: Calculation) -> list[Unresolved]:
    """The calls of ours among the formulas that are left to Excel."""
    ours = set().union(*found.callers.values())
    return [left for left in found.unresolved if (left.sheet, left.row, left.col) in ours]


def _no_claim(found: Calculation, errors: list[Wrong], failed: set[str]) -> list[Wrong]:
    """The cells that have no claim, and why: the grid failed in itself, or in the middle of a formula, or is left."""
    grids = found.callers.get("CLAIM_GRID", set())
    known = [error for error in errors if error[3].message in failed]
    other = failed - {error[3].message for error in known}
    shown = {(one.sheet, one.row, one.col) for one in found.spills if _large(one)} | {error[:3] for error in known}
    left = _left(found, grids)
    hidden = sorted(grids - shown - left.keys()) if other else []
    known += [(*at, ExcelError("#VALUE!", min(other))) for at in hidden]
    return known + [(*at, ExcelError("#N/A", why)) for at, why in left.items()]


def _left(found: Calculation, cells: set[Cell]) -> dict[Cell, str]:
    """Those of the cells that are left to Excel, each with why."""
    whys = {(left.sheet, left.row, left.col): left.cause or f"the formula {left.reason}" for left in found.unresolved}
    return {cell: why for cell, why in whys.items() if cell in cells}


def _no_grid(found: Calculation, errors: list[Wrong], failed: dict[str, set[str]]) -> list[Wrong]:
    """The cells whose grids failed as a whole, for what stands in the place of a table."""
    return [
        error
        for error in errors
        if any(error[:3] in found.callers[name] and any(why in error[3].message for why in reasons)
               for name, reasons in failed.items())
    ]  # fmt: skip
