"""Ranges: any argument as rows of cells, a table with its header as records, scalars broadcast as Excel does."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import zip_longest
from operator import is_
from typing import TypeVar

from xl_infusion.claim.column import Table
from xl_infusion.errors import BillingError, CellError, ExcelError, ReferenceTableError, WrongInput, brief
from xl_infusion.functions.cells import normal, shown
from xl_infusion.reference.names import fold

Rows = list[list[object]]

K = TypeVar("K")

#: Kinds of cells that are as they should be already.
_NORMAL = frozenset({type(None), int, bool, dt.date, dt.datetime})


def is_range(value: object) -> bool:
    """True for a range of cells: a list or tuple (of rows, or one row)."""
    return isinstance(value, (list, tuple))


def rows_of(value: object) -> Rows:
    """Any argument as rows of normal cells; a flat list is one row, a single cell one row of one.

    Rows of unequal length are filled up with blanks.

    >>> rows_of([["a", ""], ["b"]])
    [['a', None], ['b', None]]
    """
    if not is_range(value):
        return [[normal(value)]]
    items: Sequence[object] = value  # type: ignore[assignment]
    if not any(is_range(item) for item in items):
        return [[normal(item) for item in items]]
    rows = [[normal(cell) for cell in item] if is_range(item) else [normal(item)] for item in items]  # type: ignore[attr-defined]
    width = max(len(row) for row in rows)
    for row in rows:
        row.extend([None] * (width - len(row)))
    return rows


def is_cell(value: object) -> bool:
    """True for a single cell, and for a range of one: some hosts hand a single cell over so.

    >>> is_cell("a"), is_cell([["a"]]), is_cell([["a", "b"]])
    (True, True, False)
    """
    return not is_range(value) or (len(rows := rows_of(value[:2])) == 1 and len(rows[0]) == 1)  # type: ignore[index]


def records(value: object, table: Table) -> list[tuple[int, dict[str, object]]]:
    """A range with its header row as (row number in the range, column name -> cell); blank rows passed over.

    Nothing given (None, a blank cell) is no rows. Errors: `WrongInput` when a column that must be there is
    missing or stands twice, `CellError` for a range that is an error value.

    >>> from xl_infusion.claim import VISITS
    >>> records([["visit date ", "PATIENT", "Minutes"], [45839, "P1", 90], ["", "", ""]], VISITS)
    [(2, {'Patient': 'P1', 'Minutes': 90, 'Date': 45839})]
    """
    if is_cell(value):
        _check_nothing_given(value, table)
        return []
    header, columns = _columns(value)  # type: ignore[arg-type]
    if not any(columns) and all(cell is None for cell in header):
        return []
    places = _places(header, table)
    names = [name for name, _ in places]
    found = [dict(zip(names, cells, strict=True)) for cells in zip(*(columns[at] for _, at in places), strict=True)]
    return _without_blank_rows(found, columns)


def _check_nothing_given(value: object, table: Table) -> None:
    """A single cell is no table: it is blank, or the 0 that a reference to a blank cell is. Errors: as `records`."""
    cell = rows_of(value)[0][0]
    if cell is None or (cell == 0 and not isinstance(cell, bool)):
        return
    if isinstance(cell, ExcelError):
        raise CellError(cell, table.name)
    raise WrongInput(f"{table.name} is a single cell: give the whole table with its header row")


def _without_blank_rows(
    found: list[dict[str, object]], columns: Sequence[Sequence[object]]
) -> list[tuple[int, dict[str, object]]]:
    """The rows below the heading, each with its number in the range."""
    if not all(None in column for column in columns):
        return list(enumerate(found, start=2))  # a column without a blank cell: no row is wholly blank
    blank = (None,) * len(columns)
    rows = zip(found, zip(*columns, strict=True), strict=True)
    return [(number, row) for number, (row, cells) in enumerate(rows, start=2) if cells != blank]


def headings(value: object, table: Table) -> frozenset[str]:
    """The columns of the table that a range has, with rows below its heading or without. Errors: as `records`.

    >>> from xl_infusion.claim import VISITS
    >>> sorted(headings([["DOS", "patient", "Minutes"]], VISITS)), sorted(headings(None, VISITS))
    (['Date', 'Minutes', 'Patient'], [])
    """
    if is_cell(value):
        return frozenset()
    header, *_ = rows_of(value[:1] if is_range(value[0]) else value) if value else [[]]  # type: ignore[index]
    if all(cell is None for cell in header):
        return frozenset()
    return frozenset(name for name, _ in _places(header, table))


def _columns(value: Sequence[object]) -> tuple[Sequence[object], list[Sequence[object]]]:
    """The normal cells of a range, as `rows_of`: its first row, and under it column by column.

    Most columns of a table hold one kind of cell, and few different texts: they are looked at as a whole.
    """
    if not value or not all(map(is_range, value)):
        first, *rest = rows_of(value)
        return first, list(zip(*rest, strict=True)) or [()] * len(first)
    ranges: Sequence[Sequence[object]] = value  # type: ignore[assignment]
    header = [normal(cell) for cell in ranges[0]]
    columns = list(zip_longest(*ranges[1:]))
    width = max(len(header), len(columns))
    header += [None] * (width - len(header))
    columns += [(None,) * (len(ranges) - 1)] * (width - len(columns))
    return header, [_normal_column(column) for column in columns]


def _normal_column(column: Sequence[object]) -> Sequence[object]:
    """Every cell of a column as `normal` has it."""
    kinds = set(map(type, column))
    if float in kinds and all(map(math.isfinite, _of_kind(float, column))):
        kinds.remove(float)
    if kinds <= _NORMAL:
        return column
    if kinds <= _NORMAL | {str}:
        return _normal_texts(column)
    return [normal(cell) for cell in column]


def _normal_texts(column: Sequence[object]) -> Sequence[object]:
    """A column of which only the texts may be anything else than they seem."""
    texts = {cell: normal(cell) for cell in set(_of_kind(str, column))}
    if all(map(is_, texts, texts.values())):
        return column
    return [texts[cell] if type(cell) is str else cell for cell in column]


def _of_kind(kind: type[K], column: Sequence[object]) -> Iterator[K]:
    return (cell for cell in column if type(cell) is kind)


def _places(header: Sequence[object], table: Table) -> list[tuple[str, int]]:
    """Where each column of the table stands in the header: by its name, else by a synonym."""
    at = _headings(header, table)
    places = _by_name(at, table)
    places |= _by_synonym(at, table, places)
    if missing := _missing(table, places):
        raise WrongInput(f"{table.name} lacks the column {', '.join(missing)}: {_first_row(header, table, places)}")
    return list(places.items())


def _headings(header: Sequence[object], table: Table) -> dict[str, list[int]]:
    """Where each heading stands, as headings are compared. Errors: `CellError` for one that is an error value."""
    at: dict[str, list[int]] = {}
    for i, cell in enumerate(header):
        if isinstance(cell, ExcelError):
            raise CellError(cell, f"a heading of {table.name}")
        if cell is not None:
            at.setdefault(fold(str(cell)), []).append(i)
    return at


def _by_name(at: Mapping[str, Sequence[int]], table: Table) -> dict[str, int]:
    """Where the columns stand that have their own names. Errors: `WrongInput` for one that stands twice."""
    places: dict[str, int] = {}
    for column in table.columns:
        found = at.get(fold(column.name), ())
        if len(found) > 1:
            raise WrongInput(f"{table.name} has the column {column.name} twice: keep one")
        if found:
            places[column.name] = found[0]
    return places


def _by_synonym(at: Mapping[str, Sequence[int]], table: Table, named: Collection[str]) -> dict[str, int]:
    """Where the other columns stand, by what they are called elsewhere; a heading that names a column is no synonym.

    Errors: `WrongInput` where two headings may be one column.
    """
    taken = set(map(fold, named))
    places: dict[str, int] = {}
    for column in table.columns:
        if column.name in named:
            continue
        synonyms = (name for name in map(fold, column.synonyms) if name not in taken)
        found = [i for name in synonyms for i in at.get(name, ())]
        if len(found) > 1:
            raise WrongInput(f"{table.name} has two columns for {column.name}: name one of them {column.name}")
        if found:
            places[column.name] = found[0]
    return places


def _missing(table: Table, places: Collection[str]) -> list[str]:
    """The columns that a table lacks and must have."""
    missing = [column.name for column in table.columns if column.needed and column.name not in places]
    if table.one_of and not any(name in places for name in table.one_of):
        missing.append(" or ".join(table.one_of))
    return missing


def _first_row(header: Sequence[object], table: Table, places: dict[str, int]) -> str:
    """What the first row of a range is where it is not the headings that it should be; never a cell of a typed row."""
    texts = [cell for cell in header if cell is not None]
    if places and all(isinstance(cell, str) for cell in texts):
        used = {header[at] for at in places.values()}
        others = [text for text in texts if text not in used]  # one of them may be meant
        return f"its first row has {brief(', '.join(map(str, others or texts)))}"
    if not texts:
        return "its first row has no heading at all"
    name = table.name.title().replace(" ", "")
    return f"its first row is not its headings: give it with them, a table as {name}[#All]"


def broadcast(rule: Callable[..., object], arguments: Sequence[object], wide: int) -> object:
    """``rule`` over cells and ranges as Excel does it: one cell in, one out; ranges give a range.

    A single row or column goes with every row or column of the others; where an argument has no cell, the
    result is #N/A. ``wide``: cells that one result takes, side by side. An error in an argument comes out
    as that error, a failure of the rule as its error.
    """
    if not any(is_range(argument) for argument in arguments):
        cells = _cells(rule, [normal(argument) for argument in arguments], wide)
        return cells[0] if wide == 1 else [cells]
    ranges = [rows_of(argument) for argument in arguments]
    height = max(map(len, ranges))
    width = max(len(rows[0]) if rows else 0 for rows in ranges)
    out = []
    for i in range(height):
        line: list[object] = []
        for j in range(width):
            line.extend(_cells(rule, [_at(rows, i, j) for rows in ranges], wide))
        out.append(line)
    return out[0] if out and all(map(_is_one_row, arguments)) else out


def _is_one_row(value: object) -> bool:
    """True for a single cell, and for a flat list of cells."""
    return not is_range(value) or not any(map(is_range, value))  # type: ignore[call-overload]


def _at(rows: Rows, i: int, j: int) -> object:
    i, j = (0 if len(rows) == 1 else i), (0 if rows and len(rows[0]) == 1 else j)
    if i < len(rows) and j < len(rows[i]):
        return rows[i][j]
    return ExcelError("#N/A", "the ranges have different sizes: no cell stands here")


def _cells(rule: Callable[..., object], cells: Sequence[object], wide: int) -> list[object]:
    for cell in cells:
        if isinstance(cell, ExcelError):
            return [cell] * wide
    try:
        result = rule(*cells)
    except (BillingError, ReferenceTableError) as error:
        return [ExcelError.of(error)] * wide
    return [shown(result)] if wide == 1 else [shown(item) for item in result]  # type: ignore[attr-defined]
