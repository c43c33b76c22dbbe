"""A user's .xlsx or .xlsm as a package of parts: opened behind guards, read, and written with everything
untouched that was not asked for.

>>> import tempfile, openpyxl
>>> from pathlib import Path
>>> folder = tempfile.TemporaryDirectory()
>>> path = Path(folder.name) / "orders.xlsx"
>>> book = openpyxl.Workbook()
>>> book.active.title = "Orders"
>>> book.active.append(["meropenem", 1000, '=JUNITS(A1, B1, "mg")'])
>>> book.save(path)
>>> with Package.open(path) as package:
...     [formula] = package.formulas("Orders")
...     write(package, path, {"Orders": SheetEdit(cells={(formula.row, formula.col): 10})})
>>> Package.open(path).values("Orders")
[['meropenem', 1000.0, 10.0]]
>>> folder.cleanup()
"""

from __future__ import annotations

import contextlib
import itertools
import os
import posixpath
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from xl_infusion.spreadsheet import disk
from xl_infusion.spreadsheet.xlsx import cells, empty_texts, formulas, marks
from xl_infusion.spreadsheet.xlsx.archive import Archive, Member, Packed, deflated
from xl_infusion.spreadsheet.xlsx.errors import (
    SAVE_ANEW,
    ChangedWorkbook,
    DamagedWorkbook,
    EncryptedWorkbook,
    HostileWorkbook,
    LockedWorkbook,
    NoSuchSheet,
    NotAWorkbook,
    NotPlain,
    SignedWorkbook,
    UnreadableWorkbook,
    UnwritableCell,
    UnwritableValue,
    UnwritableWorkbook,
    WorkbookError,
)
from xl_infusion.spreadsheet.xlsx.formulas import FormulaCell
from xl_infusion.spreadsheet.xlsx.full_calculation import full_calculation, no_calculation
from xl_infusion.spreadsheet.xlsx.guards import check_not_locked, load
from xl_infusion.spreadsheet.xlsx.parts import FILLED, TYPED, Parts, Sheet, Table
from xl_infusion.spreadsheet.xlsx.patch import Block, CellValue, SheetEdit, patched
from xl_infusion.spreadsheet.xlsx.plain import Rows, no_doctype, plain, rows_of

__all__ = [
    "Block",
    "CellValue",
    "ChangedWorkbook",
    "DamagedWorkbook",
    "EncryptedWorkbook",
    "FormulaCell",
    "HostileWorkbook",
    "LockedWorkbook",
    "NoSuchSheet",
    "NotAWorkbook",
    "Package",
    "Sheet",
    "SheetEdit",
    "SignedWorkbook",
    "Table",
    "UnreadableWorkbook",
    "UnwritableCell",
    "UnwritableValue",
    "UnwritableWorkbook",
    "WorkbookError",
    "check_not_locked",
    "copy",
    "write",
    "write_parts",
]

_TYPES = "[Content_Types].xml"
_XML = (".xml", ".rels", ".vml")

T = TypeVar("T")


class Package:
    """An opened workbook. Its bytes are read once and held; nothing in it is believed before it was checked.

    ``path``, ``ending`` (that of a file of its kind), ``date1904`` (whether days count from 1904), ``as_displayed``
    (whether numbers are rounded as they show), ``sheets`` in the workbook's order, ``tables`` by their casefolded
    names, ``defined_names`` by scope (a sheet's name, or None) and casefolded name, ``links`` to other files as
    formulas number them (``[1]``), ``dynamic_cms``, the marks of an array that spills (none when the workbook has
    none), ``stale``, whether it does not say that the results stored in it are current, and ``ours``, whether a mark
    of ours says which are.
    """

    def __init__(self, path: Path, data: bytes, status: os.stat_result) -> None:
        self.path = path
        self.status = status
        self._archive: Archive | None = Archive(data, path.name)
        for member in self._archive.members.values():
            if member.name.lower().endswith(_XML):
                no_doctype(self._archive.pieces(member, 4096), path.name, member.name)
        self._contents = contents = Parts(self._archive).contents()
        self.ending = contents.ending
        self.date1904 = contents.date1904
        self.as_displayed = contents.as_displayed
        self.sheets = contents.sheets
        self.tables = contents.tables
        self.defined_names = contents.defined_names
        self.links = contents.links
        self.stale = contents.stale
        self.ours = contents.ours
        self.dynamic_cms = contents.dynamic_cms
        #: the rows of the sheets that were read, by part
        self._rows: dict[str, Rows] = {}
        self._formulas: dict[str, list[FormulaCell]] = {}
        self._shared: dict[str, Packed] | None = None  # styles and texts, for a reader of values
        self._empty: frozenset[int] | None = None  # of the shared texts, those without letters

    @classmethod
    def open(cls, path: str | Path) -> Package:
        """The workbook in a file. It is not kept open; ``with`` gives its memory back.

        Errors: `UnreadableWorkbook`, `NotAWorkbook`, `EncryptedWorkbook`, `DamagedWorkbook`,
        `HostileWorkbook`.
        """
        path = Path(path)
        return cls(path, *load(path))

    def close(self) -> None:
        """Gives the memory back; what was read before stays."""
        self._archive = self._shared = None
        self._rows.clear()
        self._formulas.clear()

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- parts -----------------------------------------------------------------------------------------------

    @property
    def archive(self) -> Archive:
        """The bytes as they stand in the file. Errors: `UnreadableWorkbook` after `close`."""
        if self._archive is None:
            raise UnreadableWorkbook(f"{self.path.name}: was closed; open it again")
        return self._archive

    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the zip directory."""
        return tuple(self.archive.members)

    def read(self, part: str) -> bytes:
        """The bytes of a part. Errors: `DamagedWorkbook` (none of that name, or damaged)."""
        return self.archive.read(self._member(part))

    def _member(self, part: str) -> Member:
        member = self.archive.find(part)
        if member is None:
            raise DamagedWorkbook(f"{self.path.name}: has no part {part}; open it in Excel and save it anew")
        return member

    @property
    def formula_parts(self) -> tuple[str, ...]:
        """The parts in which formulas stand: the workbook itself (defined names), sheets with cells, tables."""
        grids = [sheet.part for sheet in self.sheets if sheet.name in self._contents.grids]
        return self._contents.book, *grids, *self._contents.table_parts

    def table_part(self, table: Table) -> str:
        """The part in which a table stands."""
        return dict(zip(self.tables, self._contents.table_parts, strict=True))[table.name.casefold()]

    def with_parts(self, parts: Mapping[str, bytes]) -> Package:
        """The same workbook with whole parts replaced, in memory: the file stays as it is, and can be written to."""
        packed = {name: deflated([data]) for name, data in parts.items()}
        return Package(self.path, b"".join(self.archive.rewritten(packed)), self.status)

    # -- sheets ----------------------------------------------------------------------------------------------

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name; as in Excel, letters' case does not matter. Errors: `NoSuchSheet`."""
        for sheet in self.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        has = ", ".join(sheet.name for sheet in self.sheets)
        raise NoSuchSheet(f"{self.path.name}: has no sheet {name!r}; it has {has}")

    def formulas(self, sheet_name: str) -> list[FormulaCell]:
        """The formula cells of a sheet, from left to right and down; none on a chart sheet.

        A shared formula is written out for each of its cells. Errors: `NoSuchSheet`,
        `DamagedWorkbook`.
        """
        sheet = self.sheet(sheet_name)
        if sheet.name not in self._contents.grids:
            return []
        if sheet.part not in self._formulas:
            dynamic = frozenset(self._contents.dynamic_cms)
            found = self._scanned(sheet, lambda rows, place: formulas.formulas(rows, dynamic, place))
            self._formulas[sheet.part] = found
        return list(self._formulas[sheet.part])

    def values(self, sheet_name: str) -> list[list[object]]:
        """The values of a sheet, where ``[0][0]`` is A1; rows are equally long, a blank is ``""``.

        Numbers come as float, dates by their format as date, datetime, time or timedelta, errors as
        `ExcelError`. Errors: `NoSuchSheet`, `DamagedWorkbook`, `HostileWorkbook` (a used range beyond
        reason).
        """
        sheet = self.sheet(sheet_name)
        if sheet.name not in self._contents.grids:
            return []
        if self._shared is None:
            self._shared = {kind: self._for_reader(part) for kind, part in self._contents.shared.items()}
        return self._scanned(sheet, partial(cells.values, shared=self._shared, date1904=self.date1904))

    def empty_texts(self, sheet_name: str) -> list[tuple[int, int]]:
        """The rows and columns of cells that hold a text without letters, and no formula. Errors: those of `values`."""
        sheet = self.sheet(sheet_name)
        if sheet.name not in self._contents.grids:
            return []
        if self._empty is None:
            part = self._contents.shared.get("sharedStrings")
            self._empty = Parts(self.archive).empty_shared(part) if part else frozenset()
        shared = self._empty
        return self._scanned(sheet, lambda rows, _: list(empty_texts.empty_texts(rows, shared)))

    def rows(self, sheet_name: str) -> Rows:
        """The rows of a sheet with cells as they are written, in their plain form."""
        return self._scanned(self.sheet(sheet_name), lambda rows, _: rows)

    def behind_rows(self, sheet_name: str) -> bytes:
        """What a sheet with cells says behind its rows, such as which cells are merged."""
        return self._scanned(self.sheet(sheet_name), lambda rows, _: rows.data[rows.end :])

    def _for_reader(self, part: str) -> Packed:
        """A part that another reader may have, inflated within its limits once."""
        member = self._member(part)
        cells.check_texts(self.archive.pieces(member), member.size, f"{self.path.name}, {part}")
        return self.archive.packed(member)

    def _scanned(self, sheet: Sheet, scan: Callable[[Rows, str], T]) -> T:
        """What ``scan`` finds in a sheet's rows, in their plain form if the part has another."""
        place = self._place(sheet)
        try:
            if sheet.part not in self._rows:
                self._rows[sheet.part] = rows_of(self.archive.read(self._member(sheet.part)))
            return scan(self._rows[sheet.part], place)
        except NotPlain:
            pass
        except UnicodeDecodeError as error:
            where = f"byte {error.object[error.start]:02X}"
            raise DamagedWorkbook(f"{place}: has {where} in a formula, which is no character; {SAVE_ANEW}") from None
        try:
            rows = self._rows[sheet.part] = rows_of(self._plain(sheet))
            return scan(rows, place)
        except NotPlain as error:
            raise self._strange(sheet) from error

    def _plain(self, sheet: Sheet) -> bytes:
        return plain(self.archive.pieces(self._member(sheet.part)), self._place(sheet))

    def _place(self, sheet: Sheet) -> str:
        return f"{self.path.name}, sheet {sheet.name!r}"

    def _strange(self, sheet: Sheet) -> DamagedWorkbook:
        return DamagedWorkbook(
            f"{self._place(sheet)}: is written in a form that no spreadsheet program writes; {SAVE_ANEW}"
        )

    # -- writing ---------------------------------------------------------------------------------------------

    def check_unchanged(self) -> None:
        """Errors: `ChangedWorkbook` when the file is not the one that was opened."""
        name = self.path.name
        try:
            now = self.path.stat()
        except OSError as error:
            raise ChangedWorkbook(f"{name}: is gone since it was read; look where it was moved") from error
        if (now.st_size, now.st_mtime_ns) != (self.status.st_size, self.status.st_mtime_ns):
            raise ChangedWorkbook(f"{name}: was changed since it was read; run it again on the new file")

    @property
    def signed(self) -> bool:
        """Whether the workbook carries a digital signature, which any change would break."""
        return self._contents.signed

    def check_unsigned(self) -> None:
        """Errors: `SignedWorkbook`."""
        if self._contents.signed:
            raise SignedWorkbook(
                f"{self.path.name}: is digitally signed, and filling it would break the signature; "
                f"in Excel, remove the signature (File, Info, View Signatures) and save it"
            )

    def spill_mark(self) -> tuple[tuple[int, ...], dict[str, bytes]]:
        """The values of ``cm`` of an array that spills, and the parts to write so that the workbook knows it.

        Errors: `DamagedWorkbook`.
        """
        if self.dynamic_cms:
            return self.dynamic_cms, {}
        book, names = self._contents.book, {name.casefold() for name in self.names()}
        part = self._contents.metadata
        if part is None:
            part = self._free_part("metadata", names)
        old = self.read(part) if part.casefold() in names else None
        folder, name = posixpath.split(book)
        links = posixpath.join(folder, "_rels", f"{name}.rels")
        data, cm = marks.metadata(old, f"{self.path.name}, {part}", self._contents.namespace)
        known = self._contents.metadata is not None
        written = marks.linked(self.read(links), self.read(_TYPES), part, book, known)
        parts = dict(zip((links, _TYPES), written, strict=True))
        return (cm,), {part: data, **{name: new for name, new in parts.items() if new != self.read(name)}}

    def _free_part(self, kind: str, names: Container[str]) -> str:
        """A name for a new part beside the main one: ``kind.xml``, ``kind1.xml``, ... that none of ``names`` is."""
        folder = posixpath.dirname(self._contents.book)
        numbered = (posixpath.join(folder, f"{kind}{at or ''}.xml") for at in itertools.count())
        return next(name for name in numbered if name.casefold() not in names)

    def packed(
        self, edits: Mapping[str, SheetEdit], full_calc_on_load: bool = False, current: bool = False
    ) -> dict[str, Packed]:
        """The parts that change, as they go into the archive. Errors: as `write`."""
        self.check_unsigned()
        cms, parts = self.spill_mark() if any(edit.array_refs for edit in edits.values()) else ((), {})
        changed = {self._stored(name): deflated([data]) for name, data in parts.items()}
        for name, edit in edits.items():
            sheet = self.sheet(name)
            if not edit:
                continue
            if sheet.name not in self._contents.grids:
                raise UnwritableCell(f"{self._place(sheet)}: has no cells to write to")
            member = self._member(sheet.part)
            if member.name in changed:
                raise UnwritableCell(f"{self._place(sheet)}: has two edits; give one")
            changed[member.name] = self._patched(sheet, edit, cms, deflated, None)
        if full_calc_on_load or (current and self.ours):
            changed |= self._calculating(full_calc_on_load, FILLED if current else "")
        return changed

    def _calculating(self, on_load: bool, number: str) -> dict[str, Packed]:
        """The main part, if it changes where it says whether the workbook is calculated when it is opened."""
        member = self._member(self._contents.book)
        before, name = self.archive.read(member), self.path.name
        after = full_calculation(before, name, number) if on_load else no_calculation(before, name)
        return {} if after == before else {member.name: deflated([after])}

    def replaced(self, parts: Mapping[str, bytes]) -> dict[str, Packed]:
        """Whole parts, as they go into the archive. Errors: `SignedWorkbook`."""
        self.check_unsigned()
        return {self._stored(name): deflated([data]) for name, data in parts.items()}

    def outdated(self) -> dict[str, bytes]:
        """The part that changes where cells are typed into the workbook: formulas that read them are not current.

        Nothing where the workbook calls its results stale as it is.
        """
        if self.stale:
            return {}
        book = self._contents.book
        return {book: full_calculation(self.read(book), self.path.name, TYPED)}

    def patched(self, name: str, edit: SheetEdit, cms: Sequence[int], data: bytes | None = None) -> bytes:
        """The part of a sheet with an edit done, or that part as it is in ``data``. Errors: as `write`."""
        return self._patched(self.sheet(name), edit, cms, b"".join, data)

    def _patched(
        self,
        sheet: Sheet,
        edit: SheetEdit,
        cms: Sequence[int],
        whole: Callable[[Iterable[bytes]], T],
        data: bytes | None,
    ) -> T:
        """What ``whole`` makes of a sheet's pieces with an edit done; ``cms``: see `spill_mark`."""
        place = self._place(sheet)

        def done(pieces: Iterable[bytes]) -> T:
            return whole(patched(pieces, edit, date1904=self.date1904, dynamic_cms=cms, place=place))

        try:
            return done(self.archive.pieces(self._member(sheet.part)) if data is None else [data])
        except NotPlain:
            pass
        try:
            return done([self._plain(sheet) if data is None else plain([data], place)])
        except NotPlain as error:
            raise self._strange(sheet) from error

    def _stored(self, part: str) -> str:
        """The name of a part as the archive spells it; that of a new one as it is."""
        member = self.archive.find(part)
        return part if member is None else member.name


def write(
    package: Package,
    destination: str | Path,
    edits: Mapping[str, SheetEdit],
    *,
    full_calc_on_load: bool = False,
    current: bool = False,
    parts: Mapping[str, bytes] | None = None,
) -> None:
    """Stores ``package`` with ``edits`` (by sheet) at ``destination``, which may be the file it was opened
    from.

    Every part that is not edited keeps its compressed bytes. The destination is replaced at once when all is
    written, or stays as it was, and keeps what `disk.put` can keep of it.
    ``full_calc_on_load`` asks the spreadsheet program to calculate everything anew when it opens the file;
    ``current``: the results that are stored are current none the less, and `Package.stale` is not set by it; a mark
    of ours (`Package.ours`) goes when nothing is asked. ``parts``: others that are replaced whole.

    Errors: `ChangedWorkbook`, `SignedWorkbook`, `UnwritableWorkbook`, `LockedWorkbook` (Windows: open in
    Excel), `NoSuchSheet`, `UnwritableCell`, `UnwritableValue`, `DamagedWorkbook`.
    """

    def packed() -> dict[str, Packed]:
        return package.packed(edits, full_calc_on_load, current) | package.replaced(parts or {})

    _store(package, destination, packed)


def write_parts(package: Package, destination: str | Path, parts: Mapping[str, bytes]) -> None:
    """Stores ``package`` at ``destination`` with whole parts replaced, and new ones behind those that it has.

    Everything else is as with `write`, its errors too.
    """
    _store(package, destination, lambda: package.replaced(parts))


def copy(package: Package, destination: str | Path) -> None:
    """Stores ``package`` at ``destination`` as it is, byte for byte. Errors: as with `write`."""
    _store(package, destination, dict)


def _store(package: Package, destination: str | Path, packed: Callable[[], dict[str, Packed]]) -> None:
    package.check_unchanged()
    target = Path(os.path.realpath(destination))
    if target.is_dir():
        raise UnwritableWorkbook(f"{destination}: is a folder; name the file to write in it")
    effective = os.access in os.supports_effective_ids
    if target.exists() and not os.access(target, os.W_OK, effective_ids=effective):
        raise UnwritableWorkbook(f"{target.name}: is read-only; allow changes to it, or use another name")
    with _writing(target), disk.workspace(target.parent) as folder:
        made = folder / target.name
        with made.open("wb") as file:
            file.writelines(package.archive.rewritten(packed()))
        package.check_unchanged()
        disk.put(made, target, like=package.status)


@contextlib.contextmanager
def _writing(target: Path) -> Iterator[None]:
    """What the disk says against writing a workbook, in words. Errors: `LockedWorkbook`, `UnwritableWorkbook`."""
    try:
        yield
    except PermissionError as error:
        if os.name == "nt":
            raise LockedWorkbook(f"{target.name}: is open in another program; close it there") from error
        raise UnwritableWorkbook(f"{target}: its folder cannot be written to ({error.strerror})") from error
    except FileNotFoundError as error:
        raise UnwritableWorkbook(f"{target}: its folder cannot be written to ({error.strerror})") from error
    except OSError as error:
        raise UnwritableWorkbook(f"{target}: cannot be written ({error.strerror}); nothing was changed") from error
