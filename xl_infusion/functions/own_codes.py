"""The reference that a function answers from: the one in use, with a workbook's Own codes over it.

A single-cell function is called thousands of times with the same table: the latest references are kept, and found
again by what stands in the cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from xl_infusion.claim.columns import OWN_CODES
from xl_infusion.functions.ranges import is_range, records
from xl_infusion.reference import Reference, current
from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS

OwnCodes = Annotated[
    Any,
    {"doc": "Own codes with their header row, over the code reference: Drug, Product, Code, Amount, Unit, From, To, "
            "Therapy, Source"},
]  # fmt: skip

#: How many references are kept; a workbook has one table of Own codes, and few are open at once.
_MOST = 4


def reference_with(own_codes: object) -> Reference:
    """The reference in use with the rows of ``own_codes`` over it, the same object for the same cells.

    Without rows it is the reference in use itself. Errors: `WrongInput` when the table lacks a column or has it
    twice, `CellError` for a range that is an error value. A row that cannot be read is no error here: it is in the
    reference, and fails what it is meant for.
    """
    base = current()
    if own_codes is None:
        return base
    if not is_range(own_codes):  # blank, or an error: FALSE and 0 are equal and yet not one cell, nothing is kept
        return _Known.of(base, own_codes).reference
    for known in _kept:
        if known.base is base and known.same(own_codes):
            if known is not _kept[0]:
                _kept[:] = [known, *(other for other in _kept if other is not known)]
            return known.reference
    made = _Known.of(base, own_codes)
    _kept[:] = [made, *_kept[: _MOST - 1]]
    return made.reference


def forget() -> None:
    """Lets go of the references that are kept."""
    _kept.clear()


@dataclass(frozen=True, slots=True)
class _Known:
    """The cells of a table, and what they come to over a reference.

    ``unsure``: where cells stand that are equal to others and yet not the same (row, column, and which one it is):
    TRUE and 1, and errors, which may have different reasons.
    """

    base: Reference
    cells: object
    unsure: list[tuple[int, int, tuple[type, object]]]
    reference: Reference

    @classmethod
    def of(cls, base: Reference, own_codes: object) -> _Known:
        from xl_infusion.claim.own_codes import read
        from xl_infusion.reference.own_codes import overlaid

        rows = records(own_codes, OWN_CODES)
        reference = overlaid(base, read(base, rows)) if rows else base
        cells = _copy(own_codes)
        unsure = [
            (at, column, _identity(cell))
            for at, row in enumerate(cells if isinstance(cells, list) else ())
            for column, cell in enumerate(row if isinstance(row, list) else ())
            if _is_unsure(cell)
        ]
        return cls(base, cells, unsure, reference)

    def same(self, own_codes: Any) -> bool:
        """True for the very cells that these are."""
        if self.cells != own_codes and self.cells != _copy(own_codes):
            return False
        return all(_identity(own_codes[at][column]) == which for at, column, which in self.unsure)


_kept: list[_Known] = []


def _copy(own_codes: object) -> object:
    """A range as it is now, in lists: whoever gave it may change it afterwards."""
    return list(map(_row, own_codes)) if isinstance(own_codes, (list, tuple)) else own_codes


def _row(row: object) -> object:
    return list(row) if isinstance(row, (list, tuple)) else row


def _is_unsure(cell: object) -> bool:
    return cell in EXCEL_ERRORS if isinstance(cell, str) else cell in (0, 1)


def _identity(cell: object) -> tuple[type, object]:
    return type(cell), getattr(cell, "message", None)
