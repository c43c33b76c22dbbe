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
from xl_infusion.reference import CodeRow, DrugRow, HitRow, ModifierRow, PerDiemRow, Reference, VisitRow, current
from xl_infusion.reference.names import as_code, fold
from xl_infusion.version import __version__

CATEGORY = "Reference"

_KINDS: dict[type[Any], str] = {
    PerDiemRow: "per diem", DrugRow: "drug", ModifierRow: "modifier", VisitRow: "visit", HitRow: "HIT visit"
}  # fmt: skip
#: A drug's code that CMS lists beside those that home infusion mostly bills.
LISTED = "listed drug"
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
    "Kind": lambda row: kind_of(row),
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
#: Fields of CODE_INFO that are no column of CODES, whose columns stay those that workbooks have.
_MORE: dict[str, Callable[[CodeRow], object]] = {"Note": lambda row: getattr(row, "note", None)}
#: The columns that a text is looked for in.
_SEARCHED = ("Kind", "Code", "Meaning", "Therapy", "Drug", "Product")


def kind_of(row: CodeRow) -> str:
    """The kind of a code: per diem, drug, listed drug, modifier, visit, HIT visit."""
    if isinstance(row, DrugRow):
        return LISTED if row.listed else _KINDS[DrugRow]
    return _KINDS[type(row)]


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
                "Medicare, Source or Note"},
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
    fields = _FIELDS | _MORE
    for name, read in fields.items():
        if fold(name) == fold(wanted):
            return read(row)
    raise NotFound(f"field {quoted(wanted)} is not one of {', '.join(fields)}")


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
    kind: Annotated[
        Any, {"doc": "per diem, drug, listed drug, modifier, visit or HIT visit; left out: all but listed drugs"}
    ] = None,
    find: Annotated[
        Any, {"doc": "Only codes with this in their code, meaning, therapy or a name of their drug; listed drugs too"}
    ] = None,
) -> Any:
    """The code reference as a sheet, spilled: every code with its unit, therapy, days, successor and source.

    In: a kind of code; a text to find: a code, a drug's name or brand or a part of it, a therapy, any words. Out: a
    header row and one row a code and period. The codes that CMS lists beside those home infusion mostly bills are
    there for the kind "listed drug", and wherever a text is looked for; they come last.
    Errors: #N/A no such kind, or no code with that text.
    Authority: each row names its source.

    >>> CODES("visit")[1][:3]
    ['visit', '99601', 'home infusion nursing visit, its first 120 minutes']
    >>> [row[:3] for row in CODES("drug", "Prolia")[1:]]
    [['listed drug', 'J0897', 'denosumab, 1 mg']]
    """
    wanted, sought = _asked(kind, "kind"), _asked(find, "find")
    rows = codes_of(wanted, sought)
    if not rows:
        if sought and codes_of(wanted, ""):
            raise NotFound(f"find {quoted(sought)} is in no code's texts or names: find less of it, or another name")
        raise NotFound(f"kind {quoted(wanted)} is not one of {', '.join((*_KINDS.values(), LISTED))}")
    return [list(_FIELDS), *(list(said(row).values()) for row in rows)]


def said(row: CodeRow) -> dict[str, Any]:
    """What the reference says of a row: column of `CODES` -> cell."""
    return {name: shown(read(row)) for name, read in _FIELDS.items()}


def _asked(value: object, what: str) -> str:
    """A cell as it was typed; "" where it is blank or left out."""
    cells = [cell for row in rows_of(value) for cell in row][:1]
    cell = None if cells == [0] and cells[0] is not False else next(iter(cells), None)  # 0: a blank cell of some hosts
    if isinstance(cell, ExcelError):
        raise CellError(cell, what)
    return "" if cell is None else text(cell, what).strip()


def codes_of(kind: str, find: str) -> list[CodeRow]:
    """The rows of a kind of code ("": all) that have a text ("": all but those of listed drugs); none for no kind."""
    wanted = fold(kind).removesuffix("s")
    rows = [row for row in _rows(wanted, with_listed=find != "") if wanted in ("", fold(kind_of(row)), _any_of(row))]
    return _having(rows, find) if find else rows


def _any_of(row: CodeRow) -> str:
    """What a row is beside its kind: a listed drug is a drug."""
    return fold(_KINDS[DrugRow]) if isinstance(row, DrugRow) else ""


def _rows(kind: str, with_listed: bool) -> Iterator[CodeRow]:
    """Home infusion's own rows; then, where they are meant, those of the other drugs, what is given at home first."""
    reference = current()
    for rows in _own(reference):
        yield from rows
    if with_listed or kind == fold(LISTED):
        from xl_infusion.reference.search import released

        others: list[DrugRow] = [*reference.read_listed(), *released(reference)]
        yield from sorted(others, key=lambda row: not row.infused)


def _own(reference: Reference) -> tuple[tuple[CodeRow, ...], ...]:
    return (reference.per_diem, reference.visits, reference.hit, reference.modifiers, reference.drugs)


def _having(rows: list[CodeRow], find: str) -> list[CodeRow]:
    """The rows that have a text as a whole, or each of its words, in what they say, or a name with it."""
    from xl_infusion.reference.search import called

    whole = fold(find)
    if not whole:
        return []
    named = called(current(), find)
    words = [word for word in map(fold, find.split()) if word]
    return [row for row in rows if row in named or _says(row, whole, words)]


def _says(row: CodeRow, whole: str, words: list[str]) -> bool:
    texts = [fold(str(_FIELDS[name](row) or "")) for name in _SEARCHED]
    if any(whole in said for said in texts):
        return True
    return len(words) > 1 and all(any(word in said for said in texts) for word in words)


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
