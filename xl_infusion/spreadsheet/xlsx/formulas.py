"""The formulas of a worksheet part, each with its own text, shared ones written out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from xl_infusion.spreadsheet.xlsx.errors import SAVE_ANEW, DamagedWorkbook, NotPlain
from xl_infusion.spreadsheet.xlsx.grid import MAX_COL, MAX_ROW, Ref, cell_name, letters, number, parse_ref
from xl_infusion.spreadsheet.xlsx.plain import Rows, attributes, patterns, position

Kind = Literal["normal", "array", "shared", "dataTable"]

_KINDS: dict[bytes, Kind] = {b"array": "array", b"shared": "shared", b"dataTable": "dataTable"}
#: what `_group` says of a formula without attributes, which most are
_ALONE: tuple[Kind, None, None] = ("normal", None, None)
_LESS_THAN = ord("<")
_CM = re.compile(rb'\scm="([0-9]+)"')
#: A character that XML writes by its name or number.
ENTITY = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}

#: What a formula is made of, as far as moving it is concerned: texts, quoted sheet names and [...] stay; then
#: a cell (1-4), whole columns (5-8), whole rows (9-12).
_TOKEN = re.compile(
    r"""
    "(?:[^"]|"")*" | '(?:[^']|'')*' | \[(?:[^\[\]]|\[(?:[^\[\]]|'[\[\]])*\])*\]
    | (?<![\w.$\\?]) (\$?)([A-Za-z]{1,3}) (\$?)([1-9][0-9]{0,6}) (?![\w.(!\[\\?])
    | (?<![\w.$\\?]) (\$?)([A-Za-z]{1,3}) : (\$?)([A-Za-z]{1,3}) (?![\w.(!\[\\?$])
    | (?<![\w.$\\?]) (\$?)([1-9][0-9]{0,6}) : (\$?)([1-9][0-9]{0,6}) (?![\w.(!\[\\?])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A cell that calculates.

    ``text`` is the formula as the file has it, without ``=``; ``ref`` the range of an array, a data table or
    the cell's shared group; ``dynamic`` whether an array may spill; ``has_value`` whether a result is stored
    with it; ``asks`` whether the cell says that it is to be calculated (``ca``).
    """

    row: int
    col: int
    text: str
    kind: Kind
    ref: Ref | None
    dynamic: bool
    shared_index: int | None
    has_value: bool
    asks: bool = False


def formulas(rows: Rows, dynamic_cms: frozenset[int], place: str) -> list[FormulaCell]:
    """The formula cells of a plain worksheet part, in its order.

    ``dynamic_cms``: the numbers that mark a dynamic array in ``cm``. Errors: `NotPlain`, `DamagedWorkbook`.
    """
    data, start, end = rows.data, rows.start, rows.end
    known = patterns(rows.prefix)
    opening = b"<" + rows.prefix + b"c"
    found: list[FormulaCell] = []
    masters: dict[int | None, FormulaCell] = {}
    children: list[int] = []
    for match in known.formula.finditer(data, start, end):
        at = match.start()
        cell = known.cell_tag.fullmatch(data, data.rfind(opening, start, at), at)
        if match[1] is None or cell is None:
            raise NotPlain
        formula = _formula(match, cell, dynamic_cms)
        if formula is None:
            continue
        if formula.kind == "shared" and formula.text:
            masters.setdefault(formula.shared_index, formula)
        elif formula.kind == "shared":
            children.append(len(found))
        found.append(formula)
    moving: dict[int | None, SharedFormula] = {}
    for child in children:
        found[child] = _written_out(found[child], masters, moving, place)
    return found


def _formula(match: re.Match[bytes], cell: re.Match[bytes], dynamic_cms: frozenset[int]) -> FormulaCell | None:
    """A formula (groups of `Patterns.formula`) in its cell's start tag. None where Excel only marks a cell.

    That is ``<f ca="1"/>``, which it leaves in the cells that a volatile array spills into.
    """
    attrs, raw, value = match.groups()
    row, col = position(cell)
    said = attributes(attrs) if attrs else {}
    kind, ref, index = _group(said) if said else _ALONE
    text = _text(raw) if raw else ""
    if not text and kind in ("normal", "array"):
        return None
    extra = cell[3]
    stored = value is not None and (match.string[match.end(3)] != _LESS_THAN or b' t="str"' in extra)
    asks = said.get(b"ca") in (b"1", b"true")
    return FormulaCell(row, col, text, kind, ref, _is_dynamic(extra, dynamic_cms), index, stored, asks)


def _is_dynamic(attrs: bytes, dynamic_cms: frozenset[int]) -> bool:
    marked = _CM.search(attrs) if b" cm=" in attrs else None
    return marked is not None and int(marked[1]) in dynamic_cms


def _written_out(
    cell: FormulaCell,
    masters: dict[int | None, FormulaCell],
    moving: dict[int | None, SharedFormula],
    place: str,
) -> FormulaCell:
    master = masters.get(cell.shared_index)
    if master is None:
        name = cell_name(cell.row, cell.col)
        raise DamagedWorkbook(f"{place}: {name} shares a formula that is not on the sheet; {SAVE_ANEW}")
    shared = moving.get(cell.shared_index)
    if shared is None:
        shared = moving[cell.shared_index] = SharedFormula(master.text, master.row, master.col)
    return replace(cell, text=shared.at(cell.row, cell.col), ref=master.ref)


def _index(text: bytes) -> int | None:
    return int(text) if text.isdigit() else None


def _group(attrs: dict[bytes, bytes]) -> tuple[Kind, Ref | None, int | None]:
    """What a formula's attributes say of the cells it has in common with."""
    kind = _KINDS.get(attrs.get(b"t", b""), "normal")
    ref = parse_ref(attrs[b"ref"].decode()) if kind != "normal" and b"ref" in attrs else None
    return kind, ref, _index(attrs.get(b"si", b"")) if kind == "shared" else None


def _text(raw: bytes) -> str:
    text = raw.decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return ENTITY.sub(character, text) if "&" in text else text


def character(found: re.Match[str]) -> str:
    """The character that an `ENTITY` stands for."""
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else found[0]


class SharedFormula:
    """A formula that many cells share: its relative references move with the cell.

    >>> SharedFormula('SUM($A$2:A2)&"A2"', 2, 3).at(9, 4)
    'SUM($A$2:B9)&"A2"'
    """

    def __init__(self, text: str, row: int, col: int) -> None:
        self.row, self.col = row, col
        #: literal text, or (absolute, number, whether it is a column) for a part of a reference
        self.pieces: list[str | tuple[bool, int, bool]] = []
        at = 0
        for token in _TOKEN.finditer(text):
            parts = _moving(token)
            if parts:
                self.pieces += [text[at : token.start()], *parts]
                at = token.end()
        self.pieces.append(text[at:])
        self._columns = lru_cache(maxsize=64)(self._with_columns)

    def at(self, row: int, col: int) -> str:
        """The text in another cell. A reference past one edge of the sheet goes on at the other."""
        template, rows = self._columns(col - self.col)
        moved = row - self.row
        return template % tuple([(number - 1 + moved) % MAX_ROW + 1 for number in rows])

    def _with_columns(self, moved: int) -> tuple[str, list[int]]:
        template, rows = [], []
        for piece in self.pieces:
            if isinstance(piece, str):
                template.append(piece.replace("%", "%%"))
                continue
            absolute, value, is_column = piece
            if is_column:
                there = value if absolute else (value - 1 + moved) % MAX_COL + 1
                template.append("$" * absolute + letters(there))
            elif absolute:
                template.append(f"${value}")
            else:
                template.append("%d")
                rows.append(value)
        return "".join(template), rows


def _moving(token: re.Match[str]) -> list[str | tuple[bool, int, bool]]:
    """The parts of a reference; nothing for a text, a name in brackets or what lies outside a sheet."""
    if token[2]:
        col, row = number(token[2].upper()), int(token[4])
        inside = col <= MAX_COL and row <= MAX_ROW
        return [(bool(token[1]), col, True), (bool(token[3]), row, False)] if inside else []
    if token[6]:
        first, last = number(token[6].upper()), number(token[8].upper())
        inside = max(first, last) <= MAX_COL
        return [(bool(token[5]), first, True), ":", (bool(token[7]), last, True)] if inside else []
    if token[10]:
        return [(bool(token[9]), int(token[10]), False), ":", (bool(token[11]), int(token[12]), False)]
    return []
