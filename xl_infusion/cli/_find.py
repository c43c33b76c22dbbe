"""What ``xl-infusion codes find`` looks for, and how it shows what it found."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.markup import escape

from xl_infusion.cli._out import out, table
from xl_infusion.errors import BillingError, NotFound, WrongInput
from xl_infusion.functions import CODES, XL_INFUSION_VERSION
from xl_infusion.functions.codes import codes_of, said
from xl_infusion.reference import CodeRow, DrugRow, Reference, current
from xl_infusion.reference import products as crosswalks
from xl_infusion.reference.imported import NDC
from xl_infusion.reference.periods import meets
from xl_infusion.rules import ndc as ndc_rule

#: The columns that are shown, and those of them in a wide terminal alone.
_SHOWN = ("Code", "Kind", "Meaning", "Therapy", "First day", "Last day", "Successor")
_WIDE_ONLY, _WIDE = ("Kind", "Therapy"), 100
#: Of so many drugs and products the history is told.
_FEW = 8


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that were found; ``told``: what a crosswalk says of the NDC that was looked for; ``day``: the one asked
    for."""

    rows: Sequence[CodeRow]
    told: str = ""
    day: dt.date | None = None


def find(query: str, kind: str, day: dt.date | None) -> Found:
    """The codes that a text is in, of a kind and on a day, where they are named.

    Errors: `NotFound` where there are none; `WrongInput` for no kind of codes.
    """
    reference = current()
    if not codes_of(kind, ""):
        raise WrongInput(CODES(kind).message)
    ndc = _ndc(query)
    found = _under(reference, ndc) if ndc else Found(codes_of(kind, query))
    rows = [row for row in found.rows if day is None or meets(row, day, day)]
    if not rows:
        on = f" on {day}" if day and found.rows else ""
        raise NotFound(f"no code of the reference matches {query!r}{on}{_near(reference, query)}")
    return Found(rows, found.told, day)


def _ndc(query: str) -> str:
    """The eleven digits of an NDC; "" for any other text."""
    try:
        return ndc_rule.parse(query)
    except BillingError:
        return ""


def _under(reference: Reference, ndc: str) -> Found:
    """The codes that the latest imported crosswalk has for an NDC. Errors: `NotFound`."""
    if not reference.quarters(NDC):
        raise NotFound(f"NDC {crosswalks.hyphenated(ndc)} cannot be looked up: {crosswalks.NONE_IMPORTED}")
    told = crosswalks.nearest(reference, ndc)
    if told is None:
        raise NotFound(f"NDC {crosswalks.hyphenated(ndc)} is in no imported crosswalk")
    rows = [row for code in dict.fromkeys(told.codes) for row in _rows_of(reference, code)]
    what = crosswalks.joined(f"{row.drug}, {row.labeler}" for row in told.rows)
    return Found(rows, f"{told.text}: {what}")


def _rows_of(reference: Reference, code: str) -> Iterable[CodeRow]:
    try:
        return reference.code_rows(code)
    except NotFound:
        return ()


def _near(reference: Reference, query: str) -> str:
    """The name that a text is near to, where it is near to one."""
    near = reference.near(query)
    return f": did you mean {near}?" if near else ""


# -- how it is shown -------------------------------------------------------------------------------------------


def print_found(found: Found) -> None:
    """A table of the codes, home infusion's own first, and of a few drugs what has billed them."""
    if found.told:
        out.print(escape(found.told), soft_wrap=True)
    own = [row for row in found.rows if not _is_listed(row)]
    _print_table(own, [row for row in found.rows if _is_listed(row)])
    if found.day is None:  # who asks for a day wants what is in force on it
        _print_history([row for row in found.rows if isinstance(row, DrugRow)])
    count = f"{len(found.rows):,} code{'' if len(found.rows) == 1 else 's'}"
    out.print(f"{count}; {XL_INFUSION_VERSION()}", soft_wrap=True)


def _print_table(*sections: Sequence[CodeRow]) -> None:
    names = _SHOWN if out.width >= _WIDE else [name for name in _SHOWN if name not in _WIDE_ONLY]
    shown = table(names, wraps=("Meaning", "Therapy"))
    for rows in sections:
        for cells in map(said, rows):
            shown.add_row(*(escape(str(cells[name])) for name in names))
        shown.add_section()
    out.print(shown)


def _is_listed(row: CodeRow) -> bool:
    return isinstance(row, DrugRow) and row.listed


def _print_history(found: Sequence[DrugRow]) -> None:
    """What has billed a few drugs and products, the oldest code first, and which releases list that."""
    reference = current()
    names = list(dict.fromkeys(row.name for row in found))
    if not names or len(names) > _FEW:
        return
    listed: dict[str, list[str]] = defaultdict(list)
    for name in names:
        rows = _history(reference, [row for row in found if row.name == name])
        out.print(f"[bold]{escape(name)}[/]: {escape(', '.join(_billed(row, name) for row in rows))}")
        for row in rows:
            listed[_listed_by(reference, row)].append(row.code)
    for by, codes in listed.items():
        out.print(f"[dim]{escape(crosswalks.joined(codes))}: {escape(by)}[/]")


def _history(reference: Reference, found: Sequence[DrugRow]) -> list[DrugRow]:
    """The rows of a drug and product with those that they came from or went over to, the oldest first."""
    drug, product = found[0].drug, found[0].product
    own = [row for row in reference.rows_of_drug(drug) if row.product == product] or found
    codes, after = {row.code for row in own}, {row.successor for row in own}
    rows = [row for row in reference.every_drug if row.successor in codes or row.code in after]
    return sorted({*own, *rows}, key=lambda row: (row.first_day or dt.date.min, row.code))


def _billed(row: DrugRow, name: str) -> str:
    """``S0080 (300 mg) from 2000-01-01 through 2025-12-31``."""
    unit = row.unit_text if row.amount is not None else row.note or "no unit of its own"
    other = "" if row.name == name else f"{row.name}, "
    since = f" from {row.first_day}" if row.first_day else ""
    until = f" through {row.last_day}" if row.last_day else ""
    return f"{row.code} ({other}{unit}){since}{until}"


def _listed_by(reference: Reference, row: DrugRow) -> str:
    """The imported releases that list a code, else what the source of its row says of releases."""
    quarters = [file.quarter for file, _ in reversed(reference.listed(row.code))]
    return f"releases of {crosswalks.joined(quarters)}" if quarters else row.source.partition(";")[0]
