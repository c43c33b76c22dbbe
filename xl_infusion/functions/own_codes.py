"""The reference that a function answers from: the one in use, with a workbook's Own codes over it."""

from __future__ import annotations

from xl_infusion.claim.columns import OWN_CODES
from xl_infusion.functions.kept import Keeper
from xl_infusion.functions.ranges import records
from xl_infusion.reference import Reference, current


def reference_with(own_codes: object) -> Reference:
    """The reference in use with the rows of ``own_codes`` over it, the same object for the same cells.

    Without rows it is the reference in use itself. Errors: `WrongInput` when the table lacks a column or has it
    twice, `CellError` for a range that is an error value. A row that cannot be read is no error here: it is in the
    reference, and fails what it is meant for.
    """
    base = current()
    if own_codes is None:
        return base
    return _LATEST.got(base, [own_codes], lambda: _over(base, own_codes))


def _over(base: Reference, own_codes: object) -> Reference:
    from xl_infusion.claim.own_codes import read
    from xl_infusion.reference.own_codes import overlaid

    rows = records(own_codes, OWN_CODES)
    return overlaid(base, read(base, rows)) if rows else base


#: A single-cell function is called thousands of times with one table; a workbook has one, and few are open at once.
_LATEST: Keeper[Reference] = Keeper(most=4)
