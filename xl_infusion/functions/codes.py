"""Reference functions: what the code reference says of a code, and the reference itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from xl_infusion.errors import CellError, ExcelError, NotFound, quoted
from xl_infusion.functions.arguments import Code, Date, day
from xl_infusion.functions.cells import shown, text
from xl_infusion.functions.ranges import rows_of
from xl_infusion.functions.worksheet import scalar, table
from xl_infusion.reference import CodeRow, DrugRow, HitRow, ModifierRow, PerDiemRow, VisitRow, current
from xl_infusion.reference.names import as_code, fold
from xl_infusion.version import __version__

CATEGORY = "Reference"

_KINDS: dict[type[Any], str] = {
    PerDiemRow: "per diem", DrugRow: "drug", ModifierRow: "modifier", VisitRow: "visit", HitRow: "HIT visit"
}  # fmt: skip
#: CMS coverage codes: payable under conditions, or not.
_PAYS = {"C": True, "D": True, "I": False, "M": False, "S": False}
_MEDICARE = {
    "C": "contractor's judgement", "D": "special coverage instructions", "I": "not payable by Medicare",
    "M": "not covered by Medicare", "S": "not covered by statute",
}  # fmt: skip


def _meaning(row: CodeRow) -> str:
    if not isinstance(row, DrugRow):
        return row.meaning
    if row.amount is None:
        return row.name
    rule = f"{row.unit_rule} " if row.unit_rule != "exact" else ""
    return f"{row.name}, {rule}{row.unit_text}"


#: Field of CODE_INFO, and column of CODES, in their order: what a row of any kind says there.
_FIELDS: dict[str, Callable[[CodeRow], object]] = {
    "Kind": lambda row: _KINDS[type(row)],
    "Code": lambda row: row.code,
    "Meaning": _meaning,
    "Therapy": lambda row: _therapy(row),
    "Drug": lambda row: row.drug if isinstance(row, DrugRow) else None,
    "Product": lambda row: row.product if isinstance(row, DrugRow) else None,
    "Amount": lambda row: row.amount if isinstance(row, DrugRow) else None,
    "Unit": lambda row: unit_text(row),
    "First day": lambda row: row.first_day,
    "Last day": lambda row: row.last_day,
    "Successor": lambda row: getattr(row, "successor", None),
    "Medicare": lambda row: _MEDICARE.get(getattr(row, "medicare", "")),
    "Source": lambda row: row.source,
}


def _therapy(row: CodeRow) -> str | None:
    """The name of a row's therapy; a code that only an imported release knows belongs to none."""
    return current().therapies[row.therapy].name if isinstance(row, (PerDiemRow, DrugRow)) and row.therapy else None


def unit_text(row: CodeRow) -> str | None:
    """What a unit of a code counts, None for a modifier."""
    if isinstance(row, DrugRow):
        return f"{row.unit} {row.component}".strip()
    if isinstance(row, PerDiemRow):
        return row.per
    return f"{row.covers_minutes} minutes" if isinstance(row, (VisitRow, HitRow)) else None


def _row(code: object, date: object) -> CodeRow:
    """The row of a code on a date; with none given, the newest row of the code, ended or not."""
    key = text(code, "code").strip()
    key = as_code(key) or key.upper()
    on = day(date)
    return current().code(key, on) if on else current().code_rows(key)[-1]


@scalar(CATEGORY, '=CODE_INFO("J3370","Last day")')
def CODE_INFO(
    code: Code,
    field: Annotated[
        Any,
        {"doc": "Meaning (left out), Kind, Therapy, Drug, Product, Amount, Unit, First day, Last day, Successor, "
                "Medicare or Source"},
    ] = None,
    date: Date = None,
) -> Any:  # fmt: skip
    """What the code reference says of a code: its meaning, or another field.

    In: a code, the name of a field, a date. Out: text, a number (Amount) or a date (First day, Last day);
    "" where the field is blank for that code. With no date the newest row of the code, ended or not.
    Errors: #N/A a code or field that the reference lacks, or a code not in force on that date.
    Authority: HCPCS Level II (CMS), in our own words; see the field Source.

    >>> CODE_INFO("J2185"), CODE_INFO("J3370", "Last day"), CODE_INFO("J3370", "successor")
    ('meropenem, 100 mg', datetime.date(2025, 6, 30), 'J3373')
    """
    row = _row(code, date)
    wanted = "Meaning" if field is None else text(field, "field")
    for name, read in _FIELDS.items():
        if fold(name) == fold(wanted):
            return read(row)
    raise NotFound(f"field {quoted(wanted)} is not one of {', '.join(_FIELDS)}")


@scalar(CATEGORY, '=MEDICARE_PAYS("S9502")')
def MEDICARE_PAYS(code: Code) -> Any:
    """Whether Medicare has a way to pay a code: FALSE for the S per diem codes, 99601 and 99602.

    In: a code. Out: FALSE where CMS lists the code as not payable, TRUE where it can be payable, subject to
    special instructions or the contractor's judgement (CODE_INFO's field Medicare says which).
    Errors: #N/A a code that the reference lacks, or one for which no source says.
    Authority: coverage codes of the CMS HCPCS Level II release; IDSA Home Infusion FAQ, 2013.

    >>> MEDICARE_PAYS("S9502"), MEDICARE_PAYS("J2185"), MEDICARE_PAYS(99601)
    (False, True, False)
    """
    row = _row(code, None)
    pays = _PAYS.get(getattr(row, "medicare", ""))
    if pays is None:
        raise NotFound(f"no source says whether Medicare pays {row.code}: look it up in the current CMS release")
    return pays


@table(CATEGORY, '=ROWS(CODES("per diem"))')
def CODES(
    kind: Annotated[Any, {"doc": "per diem, drug, modifier, visit or HIT visit; left out: all"}] = None,
) -> Any:
    """The code reference as a sheet, spilled: every code with its unit, therapy, days, successor and source.

    In: a kind of code. Out: a header row and one row a code and period.
    Errors: #N/A no such kind.
    Authority: each row names its source.

    >>> CODES("visit")[1][:3]
    ['visit', '99601', 'home infusion nursing visit, its first 120 minutes']
    """
    cells = [cell for row in rows_of(kind) for cell in row][:1]
    cell = None if cells == [0] and cells[0] is not False else next(iter(cells), None)  # 0: a blank cell of some hosts
    if isinstance(cell, ExcelError):
        raise CellError(cell, "kind")
    rows = list(_rows(None if cell is None else fold(text(cell, "kind")).removesuffix("s")))
    if not rows:
        raise NotFound(f"kind {quoted(cell)} is not one of {', '.join(_KINDS.values())}")
    return [list(_FIELDS), *([shown(read(row)) for read in _FIELDS.values()] for row in rows)]


def _rows(kind: str | None) -> Iterator[CodeRow]:
    reference = current()
    tables: tuple[tuple[CodeRow, ...], ...] = (
        reference.per_diem, reference.visits, reference.hit, reference.modifiers, reference.drugs
    )  # fmt: skip
    for rows in tables:
        if kind is None or fold(_KINDS[type(rows[0])]) == kind:
            yield from rows


@table(CATEGORY, "=XL_INFUSION_VERSION()")
def XL_INFUSION_VERSION() -> Any:
    """Version of the functions, and the edition of the code reference with the day it is verified through.

    Out: one line of text. The day is that of the codes home infusion bills; a date of service after it still answers,
    and the claim marks it STALE.

    >>> XL_INFUSION_VERSION().split(";")[1]
    ' codes 20..., verified through 20...'
    """
    edition = current().edition
    through: dt.date = edition.verified_through
    return f"xl_infusion {__version__}; codes {edition.edition}, verified through {through}"
