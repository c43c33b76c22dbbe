"""Structured references: what ``Orders[[#Headers],[Drug]:[Dose]]`` names, in rows and columns of a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from xl_infusion.spreadsheet.xlsx.grid import Ref

#: Every item of a reference in brackets; together with ``#Data`` the absent one.
_PARTS = {"#all", "#data", "#headers", "#totals", "#this row"}


class TableLike(Protocol):
    """What is asked of a table of the workbook; ``ref`` has its header and totals rows too."""

    @property
    def name(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def ref(self) -> Ref: ...
    @property
    def header_rows(self) -> int: ...
    @property
    def totals_rows(self) -> int: ...
    @property
    def columns(self) -> tuple[str, ...]: ...


class NoSuchReference(ValueError):
    """The table has no such part or column: Excel shows ``#REF!``."""


@dataclass(frozen=True, slots=True)
class Structured:
    """``ref`` of a table part; ``this_row``: of it only the row that the formula stands in."""

    ref: Ref
    this_row: bool = False


def resolve(table: TableLike, inside: str) -> Structured:
    """The part of ``table`` that the text between its outer brackets names (``""``: its data).

    Errors: `NoSuchReference` for an unknown column or part, or one that the table does not have.

    >>> from types import SimpleNamespace
    >>> orders = SimpleNamespace(name="Orders", sheet="S", ref=(4, 2, 9, 4), header_rows=1, totals_rows=1,
    ...     columns=("Drug", "Dose [mg]", "Due #"))
    >>> resolve(orders, "").ref, resolve(orders, "[#Headers],[drug]:[Dose '[mg']]").ref
    ((5, 2, 8, 4), (4, 2, 4, 3))
    >>> resolve(orders, "@[Due '#]")
    Structured(ref=(5, 4, 8, 4), this_row=True)
    """
    parts, columns = _items(inside)
    rows = _rows(table, parts or {"#data"})
    if rows is None:
        raise NoSuchReference(inside)
    _, left, _, right = table.ref
    known = {name.casefold(): at for at, name in enumerate(table.columns, left)}
    try:
        places = [known[name.casefold()] for name in columns] or [left, right]
    except KeyError as missing:
        raise NoSuchReference(inside) from missing
    return Structured((rows[0], min(places), rows[1], max(places)), "#this row" in parts)


def _rows(table: TableLike, parts: set[str]) -> tuple[int, int] | None:
    """The first and last row of some parts of a table; None where they are no rows side by side, or it has none."""
    top, _, bottom, _ = table.ref
    first, last = top + table.header_rows, bottom - table.totals_rows
    spans = {
        "#all": (top, bottom),
        "#headers": (top, first - 1),
        "#data": (first, last),
        "#totals": (last + 1, bottom),
        "#this row": (first, last),
    }
    if parts == {"#headers", "#totals"} or ("#this row" in parts and len(parts) > 1):
        return None
    begins, ends = zip(*(spans[part] for part in parts), strict=True)
    if any(begin > end for begin, end in zip(begins, ends, strict=True)):
        return None
    return min(begins), max(ends)


def escaped(column: str) -> str:
    """A column's name as a reference spells it: brackets, ``#`` and ``'`` with a ``'`` before them.

    >>> escaped("Dose [mg] #1")
    "Dose '[mg'] '#1"
    """
    return "".join("'" + letter if letter in "[]#'" else letter for letter in column)


def _items(inside: str) -> tuple[set[str], list[str]]:
    """The parts (``#Data``, folded) and the one or two columns that the text names."""
    text = inside.strip()
    if text.startswith("@"):
        parts, columns = {"#this row"}, _columns(text[1:].strip())
    elif text.startswith("["):
        parts, columns = set(), []
        for piece in _split(text, ","):
            name = piece.strip()
            plain = name[1:-1].strip().casefold() if name.startswith("[") and name.endswith("]") else ""
            if plain in _PARTS:
                parts.add(plain)
            elif columns:
                raise NoSuchReference(inside)
            else:
                columns = _columns(name)
    elif text.casefold() in _PARTS:
        parts, columns = {text.casefold()}, []
    else:
        parts, columns = set(), _columns(text)
    return parts, columns


def _columns(text: str) -> list[str]:
    """``[A]:[C]``, ``[A]``, ``A`` or nothing."""
    if not text:
        return []
    if not text.startswith("["):
        return [_plain(text)]
    ends = [end.strip() for end in _split(text, ":")]
    if len(ends) > 2 or not all(end.startswith("[") and end.endswith("]") for end in ends):
        raise NoSuchReference(text)
    return [_plain(end[1:-1]) for end in ends]


def _split(text: str, separator: str) -> list[str]:
    """The pieces between the separators that stand outside brackets."""
    pieces, depth, at, start = [], 0, 0, 0
    while at < len(text):
        letter = text[at]
        if letter == "'":
            at += 1
        elif letter in "[]":
            depth += 1 if letter == "[" else -1
        elif letter == separator and depth == 0:
            pieces.append(text[start:at])
            start = at + 1
        at += 1
    return [*pieces, text[start:]]


def _plain(name: str) -> str:
    """A column's name without the ``'`` that escapes a letter."""
    letters, at = [], 0
    while at < len(name):
        if name[at] == "'" and at + 1 < len(name):
            at += 1
        letters.append(name[at])
        at += 1
    return "".join(letters)
