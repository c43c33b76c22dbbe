"""What a CSV file may bring into a workbook: which table its rows go to, and what the cells of each column are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xl_infusion.claim.column import Column, Table
from xl_infusion.claim.columns import ORDERS, VISITS
from xl_infusion.claim.inputs import fold_name
from xl_infusion.model.columns import REMITTANCE, REMITTANCE_EXPORT
from xl_infusion.model.remittance import adjustments, remits
from xl_infusion.spreadsheet.xlsx.values import CellValue

#: A row of a file: column -> cell.
Cells = dict[str, CellValue]
#: A number as a dose has it: 1, 0.5, 1,250.
_NUMBER = re.compile(r"[0-9][0-9,]*(\.[0-9]+)?|\.[0-9]+")
#: The rows that go into a table, and how many cells of which column have no place there.
Fitted = tuple[list[Cells], dict[str, int]]


def _fitted(rows: Sequence[Cells], columns: Iterable[str], read: Iterable[str]) -> Fitted:
    """The rows in the table's columns, each cell in its own."""
    has = set(columns)
    left: Counter[str] = Counter({name: 0 for name in read if name not in has})
    for row in rows:
        left.update(row.keys() - has)
    return [_within(row, has) for row in rows], dict(left)


def _within(row: Cells, has: set[str]) -> Cells:
    """The cells of a row that have a column; the very row where all have."""
    return row if row.keys() <= has else {name: cell for name, cell in row.items() if name in has}


def _none(rows: Sequence[tuple[int, Cells]]) -> list[int]:
    """No line: the checks tell what is wrong with a row."""
    return []


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one kind. ``table``: the workbook's; ``columns``: what a file may have beside, with all its synonyms.

    ``days``, ``numbers``, ``times``: columns of such cells, every other is text: a claim 0012 keeps its zeros.
    ``sums``: amounts of money, ``totals``: other numbers, and ``distinct``: what is counted, to hold against the file.
    ``again``: rows that the table has already are put into it once more, and told; else they are told and left out.
    ``such_as``: headings that a file has. ``unplaced``: lines that cannot be used, and who says why.
    """

    what: str
    such_as: str
    table: Table
    columns: Table
    days: frozenset[str]
    numbers: frozenset[str]
    times: frozenset[str] = frozenset()
    sums: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    again: bool = False
    fitted: Callable[[Sequence[Cells], Iterable[str], Iterable[str]], Fitted] = _fitted
    unplaced: Callable[[Sequence[tuple[int, Cells]]], list[int]] = _none
    says: str = "Checks"

    def typed(self, column: str) -> str:
        """What the cells of a column are, in a word."""
        for word, names in (("day", self.days), ("number", self.numbers), ("time of day", self.times)):
            if column in names:
                return word
        return "text"


_FURTHER = ("Modifiers", "Modifier 2", "Modifier 3", "Modifier 4")
_REASON = ("Adjustment group", "Adjustment amount")


def _joined(rows: Sequence[Cells], columns: Iterable[str], read: Iterable[str]) -> Fitted:
    """As `_fitted`; what Remittance keeps in one column is joined: modifiers, a reason with its group and amount."""
    has = set(columns)
    left: Counter[str] = Counter({name: 0 for name in read if name not in has})
    fitted = []
    joined: set[str] = set()
    for cells in rows:
        row = _within(cells, has)
        if row is not cells:
            taken = _join(row, cells, has)
            joined |= taken
            left.update(cells.keys() - has - taken)
        fitted.append(row)
    return fitted, {name: count for name, count in left.items() if count or name not in joined}


def _join(row: Cells, cells: Cells, has: set[str]) -> set[str]:
    """Joins in ``row`` what of ``cells`` the table keeps in one column; out: the columns that were joined."""
    loose = cells.keys() - has
    joined: set[str] = set()
    if "Modifiers" in has and not loose.isdisjoint(_FURTHER):
        row["Modifiers"] = " ".join(str(cells[name]) for name in _FURTHER if name in cells)
        joined.update(_FURTHER)
    if "Adjustments" in row and not loose.isdisjoint(_REASON) and (reason := _reason(cells)):
        row["Adjustments"] = reason
        joined.update(_REASON)
    return joined


def _reason(cells: Cells) -> str:
    """The reason of a row with its group and its amount, if it reads as these do where they stand apart."""
    said, group, amount = (cells.get(name) for name in ("Adjustments", *_REASON))
    alone = adjustments(str(said), str(group or "").upper())
    if len(alone) != 1:
        return ""
    [meant] = alone
    reason = f"{group}-{said}" if group and not adjustments(str(said))[0].group else str(said)
    if amount is not None:
        if meant.amount is not None or not isinstance(amount, Decimal):
            return ""
        meant = replace(meant, amount=amount)
        reason += f" {amount:.2f}"
    return reason if adjustments(reason) == (meant,) else ""


_DOSE, _UNIT = "Dose", "Dose unit"
#: Orders as an export has them: a dose may stand in two columns.
_ORDERS_EXPORT = Table(
    ORDERS.name,
    (
        *ORDERS.columns,
        Column(_UNIT, False, ("Dose units", "Dose UOM", "Dosage unit", "Unit of measure", "UOM", "Unit"),
               "The unit of the number in Dose, where it stands apart."),
    ),
    ORDERS.one_of,
)  # fmt: skip


def _with_units(rows: Sequence[Cells], columns: Iterable[str], read: Iterable[str]) -> Fitted:
    """As `_fitted`; a dose that is a number gets its unit, without which it would be read as milligrams."""
    left = 0
    dosed = []
    for cells in rows:
        row = cells
        unit, dose = str(cells.get(_UNIT, "")).strip(), str(cells.get(_DOSE, "")).strip()
        if unit and _NUMBER.fullmatch(dose):
            row = {**cells, _DOSE: f"{dose} {unit}"}
        elif unit and fold_name(_own_unit(dose)) != fold_name(unit):
            left += 1
        dosed.append(row)
    fitted, others = _fitted(dosed, columns, read)
    others.pop(_UNIT, None)  # one that stands with its dose is not left out
    return fitted, others | ({_UNIT: left} if left else {})


def _own_unit(dose: str) -> str:
    """The unit that a dose has itself: what stands behind its number."""
    number = _NUMBER.match(dose)
    return dose[number.end() :].strip() if number else dose


def _unmatched(rows: Sequence[tuple[int, Cells]]) -> list[int]:
    """The lines of a remittance that cannot be matched."""
    # one by one: a row that was read takes more memory than its cells
    return [one.at for row in rows for one in remits([row]) if one.problem is not None]


REMIT_ROWS = Kind(
    what="remittance",
    such_as="Patient, Code, From, Units, Paid",
    table=REMITTANCE,
    columns=REMITTANCE_EXPORT,
    days=frozenset({"From", "To"}),
    numbers=frozenset({"Units", "Charge", "Allowed", "Paid", "Patient share", "Adjustment amount"}),
    sums=("Charge", "Allowed", "Paid"),
    again=True,
    fitted=_joined,
    unplaced=_unmatched,
    says="Variance",
)
ORDER_ROWS = Kind(
    what="list of orders",
    such_as="Order, Patient, Drug, Dose, Interval, Start",
    table=ORDERS,
    columns=_ORDERS_EXPORT,
    days=frozenset({"Start", "End"}),
    numbers=frozenset({"Days", "Dispensed", "Unused", "NDC quantity"}),
    totals=("Days", "Dispensed"),
    distinct=("Order", "Patient"),
    fitted=_with_units,
)
VISIT_ROWS = Kind(
    what="list of visits",
    such_as="Patient, Date, Minutes",
    table=VISITS,
    columns=VISITS,
    days=frozenset({"Date"}),
    numbers=frozenset({"Minutes"}),
    times=frozenset({"Start time", "End time"}),
    totals=("Minutes",),
    distinct=("Patient",),
)
