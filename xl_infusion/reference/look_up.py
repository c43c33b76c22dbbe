"""The code reference in use: which code, of what, is in force on which day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from threading import RLock

from xl_infusion.errors import BillingError, NotFound, NoTherapy, NotInForce, quoted
from xl_infusion.reference import indexing
from xl_infusion.reference.editions import chosen
from xl_infusion.reference.forms import without_form
from xl_infusion.reference.imported import Imported
from xl_infusion.reference.indexing import CodeRow
from xl_infusion.reference.names import DrugName, as_code, fold
from xl_infusion.reference.periods import Periods, meets
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
from xl_infusion.reference.several import count_alike, product_of
from xl_infusion.reference.spelling import Names, closest
from xl_infusion.reference.tables import Read, Tables, bundled, read_tables
from xl_infusion.reference.trade_facts import TradeFacts, hit_visits
from xl_infusion.reference.unknown import no_code, no_drug, supply
from xl_infusion.reference.verified import Verified

#: One thread reads the listed drugs, the others wait for it.
_READING = RLock()


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
        self.therapies = {row.therapy: row for row in indexing.unique(tables.therapies, lambda row: row.therapy)}
        self.terms: dict[str, Term] = {row.term: row for row in indexing.unique(tables.terms, lambda row: row.term)}
        self.modifiers: tuple[ModifierRow, ...] = tuple(row for _, row in tables.modifiers)
        self.per_diem: tuple[PerDiemRow, ...] = tuple(row for _, row in tables.per_diem)
        self.drugs: tuple[DrugRow, ...] = tuple(row for _, row in tables.drugs)
        self.visits: tuple[VisitRow, ...] = tuple(row for _, row in tables.visits)
        self.hit: tuple[HitRow, ...] = tuple(row for _, row in tables.hit)
        self._hit_visits = hit_visits(tables.hit)
        self._codes = indexing.codes_of(tables)
        self._drugs = indexing.drugs_of(tables, self.therapies, self._codes)
        self._curated = self._drugs.names
        self._per_diem_of = indexing.per_diem_of(tables, self.therapies, self._codes)
        self._therapy_names, self._therapy_shown = indexing.therapy_names(tables, self.therapies)
        self._places, self._supplies = (indexing.targets(tables.aliases, kind) for kind in ("place", "supply"))
        #: the drugs that CMS lists and drugs.csv has not; None until the first name or code that is not in drugs.csv
        self._listed: tuple[DrugRow, ...] | None = None
        self._clear()

    # -- the drugs that are read when they are first asked for -------------------------------------------------

    def _clear(self) -> None:
        """Forgets what follows from the drugs there are."""
        self._by_drug: dict[str, tuple[DrugRow, ...]] | None = None
        self._proposed: Names | None = None

    def read_listed(self) -> tuple[DrugRow, ...]:
        """The rows of the drugs that CMS lists and drugs.csv has not, among which look-ups then find; read once.

        Errors: `ReferenceTableError`.
        """
        with _READING:
            if self._listed is None:
                from xl_infusion.reference.listed import read_listed

                listed = read_listed(
                    self._read, self.edition.release, self._codes, self._drugs, self.therapies, self._therapy_names
                )
                self._codes = {**listed.codes, **self._codes}
                self._drugs = listed.drugs.under(self._drugs)
                self._clear()
                self._listed = listed.rows
            return self._listed

    def read_all(self) -> None:
        """Reads, and so checks, what else is read when it is first asked for. Errors: `ReferenceTableError`."""
        super().read_all()
        self.read_listed()

    @property
    def every_drug(self) -> tuple[DrugRow, ...]:
        """Every drug row: those of drugs.csv, then those that CMS lists beside them."""
        return (*self.drugs, *self.read_listed())

    def rows_of_drug(self, drug: str) -> tuple[DrugRow, ...]:
        """The rows of a drug, of all its products, on whatever days; none for a name that is no drug's own.

        Of a drug of drugs.csv those alone: what CMS lists beside them is found by its own name and code.
        """
        if self._by_drug is None:
            rows: dict[str, list[DrugRow]] = defaultdict(list)
            for (name, _), periods in self._drugs.by_name.items():
                listed = self._drugs.first_row[name].listed
                rows[name] += (row for row in periods.rows if listed or not row.listed)
            self._by_drug = {name: tuple(found) for name, found in rows.items()}
        return self._by_drug.get(drug, ())

    # -- look-ups ----------------------------------------------------------------------------------------------

    def table(self, name: str) -> str:
        """The text of one of the edition's tables."""
        return self._read(name)

    def named(self, text: str) -> DrugName | None:
        """The drug that ``text`` names, or None.

        >>> current().named("Zosyn"), current().named("meropenum")
        (DrugName(drug='piperacillin-tazobactam', product=''), None)
        >>> current().named("Zosyn IV").drug, current().named("capecitabine IV")
        ('piperacillin-tazobactam', None)
        """
        key = fold(text)
        found = self._drugs.names.get(key)
        if found is None and self._listed is None:
            self.read_listed()
            found = self._drugs.names.get(key)
        return found or self._given_so(text)

    def _given_so(self, text: str) -> DrugName | None:
        """The injected or infused drug that ``text`` names together with how it is given: see `without_form`."""
        bare = without_form(text)
        if not bare or fold(text) in self._therapy_names or fold(text) in self._supplies:
            return None
        found = self._drugs.names.get(fold(bare))
        return found if found and self._drugs.first_row[found.drug].infused else None

    @property
    def names(self) -> Mapping[str, DrugName]:
        """Every folded name of a drug with what it means; of the listed drugs once they are read (`read_listed`)."""
        return self._drugs.names

    def curated(self, text: str) -> DrugName | None:
        """The drug of drugs.csv that ``text`` names, or None: the listed drugs are not asked."""
        return self._curated.get(fold(text))

    def named_therapy(self, text: str) -> TherapyName | None:
        """The therapy that ``text`` names, or None."""
        return self._therapy_names.get(fold(text))

    def near(self, text: str) -> str:
        """The drug whose name ``text`` misspells, "" where it is none's: see `closest`.

        >>> current().near("meropenum"), current().near("penicillin G sodium")
        ('meropenem', '')
        """
        return self._spelled().closest(text)

    def _spelled(self) -> Names:
        """The names that may be proposed."""
        self.read_listed()
        if self._proposed is None:
            self._proposed = Names(self._drugs.shown)
        return self._proposed

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
            raise no_drug(text, self._spelled(), therapy.therapy.name if therapy else "", self.near(text))
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
            found = self._newest(name)
        else:
            _, _, found = next(iter(self.drug_spans(name, day, day)))
        if isinstance(found, NotFound):
            raise found
        return found

    def drug_or_code(self, text: str) -> DrugName | str:
        """What the Drug column names: a drug (by name), or one billing code of it (as text). `NotFound`."""
        code = as_code(text)
        return self.name(text) if code is None or fold(text) in self._drugs.names else code

    def therapy_of(self, drug: DrugName | str) -> Therapy:
        """The therapy that a drug (or the drug of a code) belongs to. `NotFound` for a code of no drug.

        >>> reference = current()
        >>> reference.therapy_of(reference.name("milrinone")).name
        'inotrope'
        """
        row = self.row_of(drug)
        rows = self._drugs.several.get((drug.drug, drug.product)) if isinstance(drug, DrugName) else None
        if len({one.therapy for one in rows or [row]}) > 1 or not row.therapy:
            raise row.problem or self._no_therapy(drug, rows or [row])
        return self.therapies[row.therapy]

    def _no_therapy(self, drug: DrugName | str, rows: Iterable[DrugRow]) -> NoTherapy:
        """Why nobody can say which per diem goes with a drug."""
        rows = list(rows)
        usual = dict.fromkeys(key for row in rows for key in (row.therapy, *row.usual_therapies) if key)
        if usual:
            names = [self.therapies[key].name for key in usual]
            told = f"{', '.join(names[:-1])} and {names[-1]}"
            return NoTherapy(f"{drug} has no one Therapy, {told} are usual: name the order's Therapy")
        where = "Own codes" if rows[0].by else "the reference"
        return NoTherapy(f"{rows[0].drug} has no Therapy in {where}: name the order's Therapy")

    def row_of(self, drug: DrugName | str) -> DrugRow:
        """A row of a drug (or the latest of a code), on whatever days: what does not change from one to the next.

        `NotFound` for a code of no drug.
        """
        if isinstance(drug, DrugName):
            return self._drugs.first_row[drug.drug]
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

    def _newest(self, name: DrugName) -> DrugRow | NotFound:
        """The newest row of a drug."""
        key = (name.drug, name.product)
        periods = self._drugs.by_name.get(key)
        row = periods.newest(self.verified_through) if periods else None
        if row is not None:
            return row
        return self._one_of(name, None, [row for row in self._drugs.several.get(key, ()) if row.last_day is None])

    def has_products(self, drug: str) -> bool:
        """True where makers' products of a drug have codes of their own.

        >>> current().has_products("vancomycin"), current().has_products("ertapenem")
        (True, False)
        """
        return any(row.product for row in self.rows_of_drug(drug))

    def products_meant(self, name: DrugName) -> tuple[DrugRow, ...]:
        """The rows of the products of which a name may mean any, on whatever days; none for a name of one thing.

        >>> [row.code for row in current().products_meant(DrugName("calcium gluconate"))]
        ['J0610', 'J0611']
        """
        return tuple(self._drugs.several.get((name.drug, name.product), ()))

    def drug_spans(
        self, name: DrugName | str, first: dt.date, last: dt.date
    ) -> Iterator[tuple[dt.date, dt.date, DrugRow | NotFound]]:
        """``first``..``last`` cut where the billing row of a drug (or of a code) changes.

        A day without a row gives the error. A code is not followed to its successor, a drug's name is.
        """
        if isinstance(name, str):
            yield from self._code_spans(name, first, last)
            return
        key = (name.drug, name.product)
        periods, several = self._drugs.by_name.get(key), self._drugs.several.get(key)
        spans = periods.spans(first, last) if periods else iter([(first, last, None)])
        for start, end, row in spans:
            if row is not None:
                yield start, end, row
            elif not several:
                yield start, end, self._no_row(name, start, [])
            else:
                yield from self._several_spans(name, several, start, end)

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

    def _several_spans(
        self, name: DrugName, several: list[DrugRow], first: dt.date, last: dt.date
    ) -> Iterator[tuple[dt.date, dt.date, DrugRow | NotFound]]:
        """The days of a name that may be one of several products."""
        day = dt.timedelta(1)
        cuts = {first}
        for row in several:
            cuts |= {row.first_day or first, row.last_day + day if row.last_day is not None else first}
        starts = sorted(cut for cut in cuts if first <= cut <= last)
        for start, end in zip(starts, [*(cut - day for cut in starts[1:]), last], strict=True):
            yield start, end, self._one_of(name, start, [row for row in several if meets(row, start, start)])

    def _one_of(self, name: DrugName, day: dt.date | None, rows: list[DrugRow]) -> DrugRow | NotFound:
        """The row that a name means where it may be any of some; the error that lists them where they do not count
        alike: then nobody can say how many units it is."""
        rows = [row for row in rows if row.infused] or rows
        if len(rows) == 1 or (rows and count_alike(rows)):
            usual = self._drugs.usual.get((name.drug, name.product))
            return min(rows, key=lambda row: (row.code != usual, row.first_day or dt.date.min, row.code))
        return self._no_row(name, day, rows)

    def _no_row(self, name: DrugName, day: dt.date | None, rows: list[DrugRow]) -> NotFound:
        """Why no single row bills this drug on that day."""
        known = self.rows_of_drug(name.drug)
        if not rows and not name.product:
            rows = [row for row in known if row.product and (meets(row, day, day) if day else row.last_day is None)]
        if rows:
            products = ", ".join(f"{product_of(name, row)} {row.code}" for row in rows)
            return NotFound(f"{name} has a code for each product: name one of {products}")
        periods = self._drugs.by_name.get((name.drug, name.product))
        dated = periods.rows if periods else self._drugs.several.get((name.drug, name.product), known)
        return NotInForce(f"{name} has no code {_when(day)}: {'; '.join(period_text(row) for row in dated)}")

    def _periods_of(self, code: str) -> Periods[CodeRow] | None:
        """The periods of a code: of the edition's own tables, else of the releases that it holds."""
        found = self._codes.get(code)
        if found is None and self._listed is None:
            self.read_listed()
            found = self._codes.get(code)
        if found is not None or not self.edition.imported:
            return found
        rows: list[CodeRow] = [*self.release_rows(code)]
        return Periods(rows) if rows else None

    def has_table_row(self, code: str) -> bool:
        """True where a table of the edition has the code: it need not be read out of an imported release."""
        self.read_listed()
        return code in self._codes

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
        >>> current().therapy("infusion")  # of an antibiotic it would be another code's
        Traceback (most recent call last):
        xl_infusion.errors.NotFound: therapy 'infusion' is not in the reference: did you mean infusion, not otherwise \
classified?
        """
        found = self.named_therapy(text)
        if found is None:
            key, names = fold(text), [one.name for one in self.therapies.values()]
            near = closest(text, self._therapy_shown) or next(
                (name for name in names if fold(name.partition(",")[0]) == key), ""
            )
            raise NotFound(
                f"therapy {quoted(text)} is not in the reference: "
                + (f"did you mean {near}?" if near else 'see =CODES("per diem")')
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
