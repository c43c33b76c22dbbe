"""The code reference in use: which code, of what, is in force on which day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TypeVar

from xl_infusion.errors import (
    BillingError,
    NotFound,
    NotInForce,
    ReferenceTableError,
    WrongInput,
    quoted,
)
from xl_infusion.reference.editions import chosen
from xl_infusion.reference.imported import Imported
from xl_infusion.reference.names import as_code, closest, fold, spellings
from xl_infusion.reference.periods import Dated, Periods, meets
from xl_infusion.reference.rows import (
    DrugRow,
    Edition,
    HitRow,
    ModifierRow,
    PerDiemRow,
    Term,
    Therapy,
    TherapyName,
    VisitRow,
)
from xl_infusion.reference.tables import Place, Read, Tables, bundled, read_tables
from xl_infusion.reference.trade_facts import TradeFacts, hit_visits
from xl_infusion.reference.unknown import no_code, no_drug, supply
from xl_infusion.reference.verified import Verified

#: Any row of the reference that a code names.
CodeRow = PerDiemRow | DrugRow | VisitRow | HitRow | ModifierRow
R = TypeVar("R", bound=Dated)
R0 = TypeVar("R0")


@dataclass(frozen=True, slots=True)
class DrugName:
    """A drug that a name was found to mean, with its product where the name says one."""

    drug: str
    product: str = ""

    def __str__(self) -> str:
        return f"{self.drug} ({self.product})" if self.product else self.drug


class Reference(TradeFacts, Imported):
    """The tables of one edition, checked against each other, with the look-ups that the rules need.

    Every look-up takes a day; None means the newest row in force in the edition.
    """

    #: Why no drug can be billed: a row of a workbook's Own codes that may be for any.
    unread: BillingError | None = None

    def __init__(self, tables: Tables, read: Read = bundled) -> None:
        self._read = read
        self.edition: Edition = tables.edition
        self.verified = Verified(tables.verified)
        self.verified_through = self.verified.through
        self.therapies = {row.therapy: row for row in _unique(tables.therapies, lambda row: row.therapy)}
        self.terms: dict[str, Term] = {row.term: row for row in _unique(tables.terms, lambda row: row.term)}
        self.modifiers: tuple[ModifierRow, ...] = tuple(row for _, row in tables.modifiers)
        self.per_diem: tuple[PerDiemRow, ...] = tuple(row for _, row in tables.per_diem)
        self.drugs: tuple[DrugRow, ...] = tuple(row for _, row in tables.drugs)
        self.visits: tuple[VisitRow, ...] = tuple(row for _, row in tables.visits)
        self.hit: tuple[HitRow, ...] = tuple(row for _, row in tables.hit)
        self._hit_visits = hit_visits(tables.hit)
        self._codes = self._index_codes(tables)
        self._first_row: dict[str, DrugRow] = {}
        self._by_name, self._sole = self._index_drugs(tables)
        self._with_products = {drug for drug, product in self._by_name if product}
        self._per_diem_of = self._index_per_diem(tables)
        self._names, self._shown = self._index_names(tables)
        self._therapy_names, self._therapy_shown = self._index_therapies(tables)
        self._places, self._supplies = (
            {fold(row.alias): row.target for _, row in tables.aliases if row.kind == kind}
            for kind in ("place", "supply")
        )

    # -- building and checking ---------------------------------------------------------------------------------

    @staticmethod
    def _index_codes(tables: Tables) -> dict[str, Periods[CodeRow]]:
        rows: dict[str, list[CodeRow]] = defaultdict(list)
        places: dict[str, Place] = {}
        for table in (tables.per_diem, tables.drugs, tables.visits, tables.hit, tables.modifiers):
            for place, row in table:
                rows[row.code].append(row)
                places[row.code] = place
        return {code: _periods(found, places[code]) for code, found in rows.items()}

    def _index_drugs(self, tables: Tables) -> tuple[dict[tuple[str, str], Periods[DrugRow]], dict[str, list[DrugRow]]]:
        rows: dict[tuple[str, str], list[DrugRow]] = defaultdict(list)
        sole: dict[str, list[DrugRow]] = defaultdict(list)
        places: dict[tuple[str, str], Place] = {}
        for place, row in tables.drugs:
            if row.therapy not in self.therapies:
                raise place.fail(f"therapy {row.therapy!r} is not in therapies.csv")
            if row.successor and row.successor not in self._codes:
                raise place.fail(f"successor {row.successor} of {row.code} is not in the reference")
            key = (row.drug, row.product)
            rows[key].append(row)
            places[key] = place
            if row.answers_to == "sole":
                sole[row.drug].append(row)
            first = self._first_row.setdefault(row.drug, row)
            if first.therapy != row.therapy:
                raise place.fail(f"{row.drug} is {row.therapy} here and {first.therapy} at {first.code}: name one")
        return {key: _periods(found, places[key]) for key, found in rows.items()}, dict(sole)

    def _index_per_diem(self, tables: Tables) -> dict[str, list[Periods[PerDiemRow]]]:
        found: dict[str, dict[str, list[PerDiemRow]]] = defaultdict(lambda: defaultdict(list))
        for place, row in tables.per_diem:
            if row.therapy not in self.therapies:
                raise place.fail(f"therapy {row.therapy!r} is not in therapies.csv")
            if row.successor and row.successor not in self._codes:
                raise place.fail(f"successor {row.successor} of {row.code} is not in the reference")
            found[row.therapy][row.code].append(row)
        for key in self.therapies.keys() - found.keys():
            raise ReferenceTableError(f"therapies.csv: no row of per_diem.csv belongs to therapy {key!r}")
        return {key: [Periods(rows) for rows in codes.values()] for key, codes in found.items()}

    def _index_names(self, tables: Tables) -> tuple[dict[str, DrugName], dict[str, str]]:
        names: dict[str, DrugName] = {}
        shown: dict[str, str] = {}

        def add(text: str, target: DrugName, place: Place) -> None:
            key = fold(text)
            if names.setdefault(key, target) != target:
                raise place.fail(f"{text!r} means both {names[key]} and {target}: leave the ambiguous name out")
            shown.setdefault(text, str(target))

        for place, row in tables.drugs:
            add(row.drug, DrugName(row.drug), place)
        for place, row in tables.drugs:
            for product in spellings(row.product):
                add(f"{row.drug} {product}", DrugName(row.drug, row.product), place)
        for place, alias in tables.aliases:
            if alias.kind == "drug":
                if (alias.target, alias.product) not in self._by_name and (
                    alias.product or fold(alias.target) not in names
                ):
                    raise place.fail(f"{alias.alias!r} stands for {alias.target!r}, which drugs.csv does not have")
                add(alias.alias, DrugName(alias.target, alias.product), place)
        return names, shown

    def _index_therapies(self, tables: Tables) -> tuple[dict[str, TherapyName], dict[str, str]]:
        names: dict[str, TherapyName] = {}
        shown: dict[str, str] = {}

        def add(text: str, target: TherapyName, place: Place) -> None:
            key = fold(text)
            if names.setdefault(key, target) != target:
                raise place.fail(f"{text!r} means two therapies: leave the ambiguous name out")
            shown.setdefault(text, target.therapy.name)

        for place, therapy in tables.therapies:
            add(therapy.name, TherapyName(therapy), place)
            add(therapy.therapy, TherapyName(therapy), place)
        for place, row in tables.per_diem:
            if row.method:
                therapy = self.therapies[row.therapy]
                for name in (therapy.therapy, therapy.name):
                    add(f"{name} {row.method}", TherapyName(therapy, row.method), place)
                    add(f"{row.method} {name}", TherapyName(therapy, row.method), place)
        for place, alias in tables.aliases:
            if alias.kind == "therapy":
                if alias.target not in self.therapies:
                    raise place.fail(f"{alias.alias!r} stands for {alias.target!r}, which therapies.csv does not have")
                add(alias.alias, TherapyName(self.therapies[alias.target]), place)
        return names, shown

    # -- look-ups ----------------------------------------------------------------------------------------------

    def table(self, name: str) -> str:
        """The text of one of the edition's tables."""
        return self._read(name)

    def named(self, text: str) -> DrugName | None:
        """The drug that ``text`` names, or None.

        >>> current().named("Zosyn"), current().named("meropenum")
        (DrugName(drug='piperacillin-tazobactam', product=''), None)
        """
        return self._names.get(fold(text))

    def named_therapy(self, text: str) -> TherapyName | None:
        """The therapy that ``text`` names, or None."""
        return self._therapy_names.get(fold(text))

    def near(self, text: str) -> str:
        """The drug whose name ``text`` misspells, "" where it is none's: see `closest`.

        >>> current().near("meropenum"), current().near("methylprednisolone acetate")
        ('meropenem', '')
        """
        return closest(text, self._shown)

    def name(self, text: str) -> DrugName:
        """The drug that ``text`` names (its own name, a product, an alias). `UnknownDrug` says what it may mean.

        >>> current().name("Zosyn").drug
        'piperacillin-tazobactam'
        >>> current().name("meropenum")
        Traceback (most recent call last):
        xl_infusion.errors.UnknownDrug: drug 'meropenum' is not in the reference: did you mean meropenem?
        """
        found = self.named(text)
        if found is None:
            if what := self._supplies.get(fold(text)):
                raise supply(text, what)
            therapy = self.named_therapy(text)
            raise no_drug(text, self._shown, therapy.therapy.name if therapy else "", self.near(text))
        return found

    def drug(self, text: str, day: dt.date | None = None) -> DrugRow:
        """The row that bills the drug (or HCPCS drug code) ``text`` on ``day``.

        Errors: `NotFound` (no such drug; several products and none named), `NotInForce` (not on that day).

        >>> import datetime as dt
        >>> current().drug("vancomycin", dt.date(2025, 6, 30)).code, current().drug("vanco").code
        ('J3370', 'J3373')
        """
        name = self.drug_or_code(text)
        if isinstance(name, str):
            return self.drug_code(name, day)
        if day is None:
            rows = self._newest(name)
        else:
            rows = [row for _, _, row in self.drug_spans(name, day, day) if isinstance(row, DrugRow)]
        if len(rows) == 1:
            return rows[0]
        raise self._no_row(name, day, rows)

    def drug_or_code(self, text: str) -> DrugName | str:
        """What the Drug column names: a drug (by name), or one billing code of it (as text). `NotFound`."""
        code = as_code(text)
        return self.name(text) if code is None or fold(text) in self._names else code

    def therapy_of(self, drug: DrugName | str) -> Therapy:
        """The therapy that a drug (or the drug of a code) belongs to. `NotFound` for a code of no drug.

        >>> reference = current()
        >>> reference.therapy_of(reference.name("milrinone")).name
        'inotrope'
        """
        row = self.row_of(drug)
        if not row.therapy:  # of a workbook's Own codes, or of an imported release, which names none
            where = "Own codes" if row.by else "the reference"
            raise row.problem or WrongInput(f"{row.drug} has no Therapy in {where}: name the order's Therapy")
        return self.therapies[row.therapy]

    def row_of(self, drug: DrugName | str) -> DrugRow:
        """A row of a drug (or the latest of a code), on whatever days: what does not change from one to the next.

        `NotFound` for a code of no drug.
        """
        if isinstance(drug, DrugName):
            return self._first_row[drug.drug]
        row = self.code_rows(drug)[-1]
        if not isinstance(row, DrugRow):
            raise NotFound(f"{drug} is no drug code: {row.meaning}")
        return row

    def drug_code(self, code: str, day: dt.date | None = None) -> DrugRow:
        """The row of a drug's code on ``day``. Errors: `NotFound`, `NotInForce`."""
        row = self.code(code, day)
        if not isinstance(row, DrugRow):
            raise NotFound(f"{code} is no drug code: {row.meaning}")
        return row

    def _newest(self, name: DrugName) -> list[DrugRow]:
        periods = self._by_name.get((name.drug, name.product))
        row = periods.newest(self.verified_through) if periods else None
        if row is not None:
            return [row]
        if name.product:
            return []
        return [row for row in self._sole.get(name.drug, ()) if row.last_day is None]

    def has_products(self, drug: str) -> bool:
        """True where makers' products of a drug have codes of their own.

        >>> current().has_products("vancomycin"), current().has_products("ertapenem")
        (True, False)
        """
        return drug in self._with_products

    def drug_spans(
        self, name: DrugName | str, first: dt.date, last: dt.date
    ) -> Iterator[tuple[dt.date, dt.date, DrugRow | NotFound]]:
        """``first``..``last`` cut where the billing row of a drug (or of a code) changes.

        A day without a row gives the error. A code is not followed to its successor, a drug's name is.
        """
        if isinstance(name, str):
            yield from self._code_spans(name, first, last)
            return
        periods = self._by_name.get((name.drug, name.product))
        sole = self._sole.get(name.drug) if not name.product else None
        spans = periods.spans(first, last) if periods else iter([(first, last, None)])
        for start, end, row in spans:
            if row is not None:
                yield start, end, row
            elif not sole:
                yield start, end, self._no_row(name, start, [])
            else:
                yield from self._sole_spans(name, sole, start, end)

    def _code_spans(
        self, code: str, first: dt.date, last: dt.date
    ) -> Iterator[tuple[dt.date, dt.date, DrugRow | NotFound]]:
        periods = self._periods_of(code)
        if periods is None:
            yield first, last, no_code(code)
            return
        for start, end, row in periods.spans(first, last):
            if isinstance(row, DrugRow):
                yield start, end, row
            elif row is None:
                yield start, end, _not_in_force(periods, start)
            else:
                yield start, end, NotFound(f"{code} is no drug code: {row.meaning}")

    def _sole_spans(
        self, name: DrugName, sole: list[DrugRow], first: dt.date, last: dt.date
    ) -> Iterator[tuple[dt.date, dt.date, DrugRow | NotFound]]:
        """The days on which exactly one product of an otherwise unbranded drug has a code."""
        day = dt.timedelta(1)
        cuts = {first}
        for row in sole:
            cuts |= {row.first_day or first, row.last_day + day if row.last_day is not None else first}
        starts = sorted(cut for cut in cuts if first <= cut <= last)
        for start, end in zip(starts, [*(cut - day for cut in starts[1:]), last], strict=True):
            rows = [row for row in sole if meets(row, start, start)]
            yield start, end, rows[0] if len(rows) == 1 else self._no_row(name, start, rows)

    def _no_row(self, name: DrugName, day: dt.date | None, rows: list[DrugRow]) -> NotFound:
        """Why no single row bills this drug on that day."""
        if not rows and not name.product:
            rows = [
                row
                for row in self.drugs
                if row.drug == name.drug and row.product and (meets(row, day, day) if day else row.last_day is None)
            ]
        if rows:
            products = ", ".join(f"{row.product} {row.code}" for row in rows)
            return NotFound(f"{name.drug} has a code for each product: name one of {products}")
        periods = self._by_name.get((name.drug, name.product))
        known = periods.rows if periods else tuple(row for row in self.drugs if row.drug == name.drug)
        return NotInForce(f"{name} has no code {_when(day)}: {'; '.join(period_text(row) for row in known)}")

    def _periods_of(self, code: str) -> Periods[CodeRow] | None:
        """The periods of a code: of the edition's own tables, else of the releases that it holds."""
        found = self._codes.get(code)
        if found is not None or not self.edition.imported:
            return found
        rows: list[CodeRow] = [*self.release_rows(code)]
        return Periods(rows) if rows else None

    def code(self, code: str, day: dt.date | None = None) -> CodeRow:
        """The row of a code of any kind on ``day``. Errors: `NotFound`, `NotInForce` (with the successor).

        >>> current().code("S9502").meaning
        'anti-infective, once every 8 hours'
        >>> import datetime as dt
        >>> current().code("J2516", dt.date(2025, 1, 1))
        Traceback (most recent call last):
        xl_infusion.errors.NotInForce: J2516 is not in force on 2025-01-01: J2516 from 2026-01-01
        """
        periods = self._periods_of(code)
        if periods is None:
            raise no_code(code)
        row = periods.on(day) if day else periods.newest(self.verified_through)
        if row is None:
            raise _not_in_force(periods, day)
        return row

    def code_rows(self, code: str) -> tuple[CodeRow, ...]:
        """Every row of a code, the oldest first; `NotFound` where there is none."""
        periods = self._periods_of(code)
        if periods is None:
            raise no_code(code)
        return periods.rows

    def therapy(self, text: str) -> TherapyName:
        """The therapy that ``text`` names, with a method where it says one (``pain continuous``). `NotFound`.

        >>> current().therapy("TPN").therapy.code_by, current().therapy("enteral pump").method
        ('volume', 'pump')
        """
        found = self.named_therapy(text)
        if found is None:
            near = closest(text, self._therapy_shown)
            raise NotFound(
                f"therapy {quoted(text)} is not in the reference: "
                + (f"did you mean {near}?" if near else 'see =CODES("therapy")')
            )
        return found

    def per_diem_rows(self, therapy: str) -> list[Periods[PerDiemRow]]:
        """The per diem codes of a therapy, each with its periods."""
        return self._per_diem_of[therapy]

    def place(self, text: str) -> str | None:
        """The place of service that a word names (``suite`` is 49), or None."""
        return self._places.get(fold(text))

    def term(self, term: str) -> str:
        """The default of a contract term. KeyError for a term that the edition lacks.

        >>> current().term("second_share")
        '0.5'
        """
        return self.terms[term].value

    def shares(self) -> tuple[Decimal, ...]:
        """The default shares of the first, second and further concurrent therapies."""
        return tuple(Decimal(self.term(f"{rank}_share")) for rank in ("first", "second", "third"))


def _unique(table: list[tuple[Place, R0]], key: Callable[[R0], str]) -> Iterator[R0]:
    seen: set[str] = set()
    for place, row in table:
        if key(row) in seen:
            raise place.fail(f"{key(row)!r} stands twice")
        seen.add(key(row))
        yield row


def _periods(rows: list[R], place: Place) -> Periods[R]:
    try:
        return Periods(rows)
    except ValueError as error:
        raise place.fail(str(error)) from None


def _not_in_force(periods: Periods[CodeRow], day: dt.date | None) -> NotInForce:
    text = "; ".join(period_text(row) for row in periods.rows)
    return NotInForce(f"{periods.rows[0].code} is not {_when(day)}: {text}")


def _when(day: dt.date | None) -> str:
    return f"in force on {day}" if day else "in force in this edition"


def period_text(row: CodeRow) -> str:
    """A code with its days: ``J3370 from 1986-01-01 through 2025-06-30, then J3373``."""
    since = f" from {row.first_day}" if row.first_day else ""
    until = f" through {row.last_day}" if row.last_day else ""
    successor = getattr(row, "successor", "")
    return f"{row.code}{since}{until}" + (f", then {successor}" if successor else "")


def load(read: Read = bundled) -> Reference:
    """An edition, read and checked. Errors: `ReferenceTableError` with the file, the line and the remedy."""
    return Reference(read_tables(read), read)


_in_use: list[Reference] = []


@cache
def _chosen() -> Reference:
    return load(chosen())


def current() -> Reference:
    """The edition in use: the one that was chosen, else the one that ships with the package; read once."""
    return _in_use[-1] if _in_use else _chosen()


@contextmanager
def using(reference: Reference) -> Iterator[Reference]:
    """Another edition in use for a while: every function answers from it.

    >>> with using(load()) as other:
    ...     current() is other
    True
    """
    _in_use.append(reference)
    try:
        yield reference
    finally:
        _in_use.pop()
