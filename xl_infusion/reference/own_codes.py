"""A workbook's own codes over the code reference: codes that it does not have yet, or has otherwise.

On the days of an own row it is the row of its drug (and product), and of its code, in place of the edition's; on all
other days the edition holds, whose rows are cut into the days that are left. A drug that the edition does not know
becomes a drug. The edition itself is never changed.

>>> import datetime as dt
>>> from xl_infusion.reference import current
>>> day = dt.date(2026, 1, 1)
>>> reference = overlaid(current(), [OwnCode(2, "vancomycin", "", "J9999", Decimal(5), "mg", first=day.toordinal())])
>>> reference.drug("vanco", day).code, reference.drug("vanco", day).by, current().drug("vanco", day).code
('J9999', 'Own codes table row 2', 'J3373')
>>> reference.drug("vanco", dt.date(2025, 12, 31)).code
'J3373'

A row that cannot be read is there too, with what is wrong with it: whatever it may be meant for fails on its days.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from xl_infusion.errors import BillingError, NotFound, TwoCodes, table_row
from xl_infusion.reference.indexing import CodeRow
from xl_infusion.reference.look_up import Reference
from xl_infusion.reference.names import DrugName, fold, spellings
from xl_infusion.reference.periods import LAST, Periods, ordinals
from xl_infusion.reference.rows import DrugRow, ImportedFile

if TYPE_CHECKING:
    from xl_infusion.reference.check_tables import Accreditor, BulkPackage, Flush, HitDrugRow, UsualDose
    from xl_infusion.reference.dme import Dme

#: What an own row is the row of: a drug and product, or a code.
_Key = tuple[str, str] | str


@dataclass(frozen=True, slots=True, eq=False)
class OwnCode:
    """A row of a workbook's Own codes as it was read; ``number`` is that of the row in its table.

    One unit of ``code`` is ``amount`` ``unit`` of the drug (of its ``component``, where one counts alone); None: an
    unclassified code, which has no unit of its own. ``first`` and ``last`` are ordinals, both inclusive. ``therapy`` is
    the key of the therapy of a drug that the edition does not know, ``therapy_by`` the row that says it.

    ``problem``: why it cannot be used. What cannot be read may be anything: ``drug`` "" any drug, ``product`` None any
    product of the drug, ``code`` "" any code of it.
    """

    number: int
    drug: str
    product: str | None
    code: str
    amount: Decimal | None = None
    unit: str = ""
    component: str = ""
    therapy: str = ""
    therapy_by: str = ""
    source: str = ""
    first: int = 1
    last: int = LAST
    problem: BillingError | None = None

    @property
    def by(self) -> str:
        """The row, for a reason."""
        return table_row("Own codes", self.number)


@dataclass(frozen=True, slots=True, eq=False)
class OwnRow(DrugRow):
    """An own row, or some of its days, as a row of the reference. ``fault``: why nothing is billed on them."""

    own: OwnCode
    fault: BillingError | None

    @property
    def by(self) -> str:
        """The row of Own codes that says it."""
        return self.own.by

    @property
    def problem(self) -> BillingError | None:
        """Why nothing can be billed by it on these days."""
        return self.fault


def overlaid(base: Reference, own: Sequence[OwnCode]) -> Reference:
    """The reference ``base`` with the rows of a workbook over it; ``base`` itself where there are none."""
    return OwnReference(base, own) if own else base


def own_problems(reference: Reference) -> list[tuple[int, BillingError]]:
    """What is wrong with the own rows that are over a reference, each with the number of the (first) row."""
    if not isinstance(reference, OwnReference):
        return []
    unread = [(own.number, own.problem) for own in reference.own if own.problem is not None]
    return [*unread, *((numbers[0], error) for numbers, error in reference.conflicts.items())]


class OwnReference(Reference):
    """A reference with own rows over it. ``base``: without them; ``own``: those rows, in their order.

    ``conflicts``: the numbers of own rows that are for one thing on one day, with the error that says so.
    """

    def __init__(self, base: Reference, own: Sequence[OwnCode]) -> None:
        base.read_listed()
        self.__dict__.update(base.__dict__)  # what no own row touches is the base's
        self.base = base
        self.own = tuple(own)
        days = _Days(base, own)
        self.conflicts = days.conflicts
        self._lay_rows_over(days)
        self._name([key for key in days.keys if not isinstance(key, str)])
        #: a row whose drug cannot be read may be for any drug: then none can be billed
        self._unread = next((days.row(one, ("", ""), 1, LAST, one.problem) for one in own if not one.drug), None)
        self.unread = self._unread.problem if self._unread is not None else None

    def _lay_rows_over(self, days: _Days) -> None:
        """The rows of what there are own rows of; those of everything else stay the base's."""
        base = self.base
        self._codes, self._drugs, self._curated = dict(base._codes), base._drugs.copy(), dict(base._curated)
        self._clear()
        for key in days.keys:
            if isinstance(key, str):
                self._codes[key] = Periods(days.rows(key, base._codes.get(key)))
            else:
                self._drugs.by_name[key] = Periods(days.rows(key, base._drugs.by_name.get(key)))
        others = [row for row in base.drugs if (row.drug, row.product) not in days.keys]
        own = [row for key in days.keys if not isinstance(key, str) for row in self._drugs.by_name[key].rows]
        self.drugs = (*others, *own)

    def _name(self, touched: Sequence[tuple[str, str]]) -> None:
        """The names of drugs and products that own rows are of, and which of their rows those names mean."""
        for drug, product in touched:
            self._drugs.first_row.setdefault(drug, self._drugs.by_name[drug, product].rows[0])
            self._add_names(drug, product)
        for drug in {drug for drug, _ in touched}:
            if rows := [row for row in self.rows_of_drug(drug) if row.product and row.answers_to == "sole"]:
                self._drugs.several[drug, ""] = rows

    def _add_names(self, drug: str, product: str) -> None:
        for text, product_of in ((drug, ""), *((f"{drug} {name}", product) for name in spellings(product))):
            target = DrugName(drug, product_of)
            self._curated.setdefault(fold(text), self._drugs.names.setdefault(fold(text), target))
            self._drugs.shown.setdefault(text, str(target))

    # -- look-ups: what cannot be billed is never answered -----------------------------------------------------

    def drug(self, text: str, day: dt.date | None = None) -> DrugRow:
        """As of any reference. Errors: also the problem of an own row that is meant, or may be."""
        return self._billable(super().drug(text, day))

    def code(self, code: str, day: dt.date | None = None) -> CodeRow:
        """As of any reference. Errors: also the problem of an own row that is meant, or may be."""
        row = super().code(code, day)
        return self._billable(row) if isinstance(row, DrugRow) else row

    def _billable(self, row: DrugRow) -> DrugRow:
        problem = (self._unread or row).problem
        if problem is not None:
            raise problem.with_traceback(None)  # it is raised for every cell that asks
        return row

    def drug_spans(
        self, name: DrugName | str, first: dt.date, last: dt.date
    ) -> Iterator[tuple[dt.date, dt.date, DrugRow | NotFound]]:
        """As of any reference; on the days of an own row that cannot be used a row with a ``problem``."""
        if self._unread is not None:
            yield first, last, self._unread
        else:
            yield from super().drug_spans(name, first, last)

    # -- what is read when it is first asked for is read by the base, once -------------------------------------

    def product_of(self, drug: str, labeler: str) -> str | None:
        """As the base has it."""
        return self.base.product_of(drug, labeler)

    def usual_dose(self, drug: str) -> UsualDose | None:
        """As the base has it."""
        return self.base.usual_dose(drug)

    def flush(self, drug: str) -> Flush | None:
        """As the base has it: an own code may have another unit, or none."""
        return self.base.flush(drug)

    def bulk_package(self, drug: str) -> BulkPackage | None:
        """As the base has it: an own code may have another unit, or none."""
        return self.base.bulk_package(drug)

    def check_limit(self, limit: str) -> Decimal:
        """As the base has it."""
        return self.base.check_limit(limit)

    @property
    def dme(self) -> Dme:
        """As the base has it."""
        return self.base.dme

    def hit_drug(self, drug: DrugRow | str, day: dt.date) -> HitDrugRow | None:
        """As the base has it."""
        return self.base.hit_drug(drug, day)

    def accreditor(self, text: str) -> str | None:
        """As the base has it."""
        return self.base.accreditor(text)

    @property
    def accreditors(self) -> tuple[Accreditor, ...]:
        """As the base has them."""
        return self.base.accreditors

    def read_all(self) -> None:
        """As of the base."""
        self.base.read_all()

    def _table(self, file: ImportedFile) -> Any:
        return self.base._table(file)


class _Days:
    """The days of own rows: what each of them is the row of, and what holds where several are."""

    def __init__(self, base: Reference, own: Sequence[OwnCode]) -> None:
        self.base = base
        self.conflicts: dict[tuple[int, ...], BillingError] = {}
        self._products: dict[str, set[str]] = defaultdict(set)
        for drug, product in (*base._drugs.by_name, *((one.drug, one.product or "") for one in own)):
            self._products[drug].add(product)
        self._of_code: dict[str, list[OwnCode]] = defaultdict(list)
        for one in own:
            self._of_code[one.code].append(one)
        #: what there is an own row of, with these rows
        self.keys: dict[_Key, list[OwnCode]] = defaultdict(list)
        self._keys_of = {one: list(dict.fromkeys(self._of(one))) for one in own if one.drug}
        for one, keys in self._keys_of.items():
            for key in keys:
                self.keys[key].append(one)
        self._made: dict[tuple[object, ...], DrugRow] = {}

    def _of(self, one: OwnCode) -> Iterator[_Key]:
        """What a row is the row of; one that cannot be read is the row of all that it may mean."""
        names = [(one.drug, product) for product in self._products[one.drug] if one.product in (None, product)]
        yield from names
        if one.code:
            codes = [one.code]
        else:
            rows = [periods for name in names if (periods := self.base._drugs.by_name.get(name)) is not None]
            codes = [row.code for periods in rows for row in periods.rows]
        yield from (code for code in codes if self._is_one_drugs(code))

    def _is_one_drugs(self, code: str) -> bool:
        """False for an unclassified code: it bills many drugs, and typed itself it stays what it is."""
        if periods := self.base._codes.get(code):
            return any(isinstance(row, DrugRow) and row.amount is not None for row in periods.rows)
        rows = self._of_code[code]
        return len({one.drug for one in rows}) == 1 or any(one.amount is not None or one.problem for one in rows)

    def rows(self, key: _Key, base: Periods[Any] | None) -> list[Any]:
        """The rows of a drug and product, or of a code: the own ones, and of the base's the days that are left."""
        own = self._pieces(key)
        code_from = {first: one.code for first, _, one, _ in own}
        found: list[Any] = [self.row(one, key, first, last, fault) for first, last, one, fault in own]
        for row in base.rows if base is not None else ():
            since, until = ordinals(row)
            for first, last in _left(since, until, [(first, last) for first, last, *_ in own]):
                found.append(row if (first, last) == (since, until) else self._cut(row, first, last, code_from))
        return found

    def _cut(self, row: DrugRow, first: int, last: int, code_from: dict[int, str]) -> DrugRow:
        """Some of the days of a row of the base; its successor is the own row that begins after them."""
        made = self._made.get((row, first, last))
        if made is None:
            successor = row.successor
            if last < ordinals(row)[1]:
                code = code_from[last + 1]
                successor = "" if code == row.code else code
            made = replace(row, **_period(first, last), successor=successor)
            self._made[row, first, last] = made
        return made

    def _pieces(self, key: _Key) -> list[tuple[int, int, OwnCode, BillingError | None]]:
        """The days on which an own row is that of the key: the row, and why nothing is billed on them."""
        rows = self.keys[key]
        cuts = sorted({day for one in self._rivals(rows) for day in (one.first, one.last + 1)})
        found: list[tuple[int, int, OwnCode, BillingError | None]] = []
        for start, after in pairwise(cuts):
            there = _in_force(rows, start)
            if not there:
                continue
            fault = self._fault(_in_force(self._rivals(there), start))
            piece = (start, after - 1, there[0], fault)
            if found and found[-1][1] + 1 == start and found[-1][2:] == piece[2:]:
                piece = (found.pop()[0], *piece[1:])  # it goes on: what ended or began is no rival of it here
            found.append(piece)
        return found

    def _rivals(self, rows: Iterable[OwnCode]) -> set[OwnCode]:
        """The rows that are for one drug or code with any of these, themselves among them."""
        return {other for one in rows for key in self._keys_of[one] for other in self.keys[key]}

    def _fault(self, rows: Iterable[OwnCode]) -> BillingError | None:
        """Why nothing is billed where these rows are in force together: one cannot be read, or there are several."""
        found = sorted(rows, key=lambda one: one.number)
        for one in found:
            if one.problem is not None:
                return one.problem
        if len(found) == 1:
            return None
        numbers = tuple(one.number for one in found)
        if numbers not in self.conflicts:
            what = f"{table_row('Own codes', *numbers)} are for one drug or code on one day: close one of them"
            self.conflicts[numbers] = TwoCodes(what)
        return self.conflicts[numbers]

    def row(self, one: OwnCode, key: _Key, first: int, last: int, fault: BillingError | None) -> DrugRow:
        """An own row as a row of the reference on some of its days."""
        drug, product = (one.drug, one.product or "") if isinstance(key, str) else key
        made = self._made.get((one, drug, product, first, last))
        if made is None:
            known = self.base._drugs.first_row.get(drug)
            total = [row.dose_basis for row in self.base.rows_of_drug(drug) if row.counts_total]
            of_code = self.base._codes.get(one.code)
            made = self._made[one, drug, product, first, last] = OwnRow(
                drug=drug,
                product=product,
                answers_to=self._answers_to(drug, product),
                code=one.code,
                amount=one.amount,
                unit=one.unit,
                component=one.component,
                unit_rule="exact",
                dose_basis=total[0] if total and not one.component else "",
                therapy=known.therapy if known else one.therapy,
                therapy_basis=known.therapy_basis if known else one.therapy_by,
                successor="",
                successor_basis="",
                medicare=getattr(of_code.rows[-1], "medicare", "") if of_code else "",
                note="",
                source=one.source,
                dates_basis=one.by,
                own=one,
                fault=fault,
                **_period(first, last),
            )
        return made

    def _answers_to(self, drug: str, product: str) -> str:
        """Whether a row bills its drug where no product is named: as the base has it, else only if none other does."""
        if not product:
            return "name"
        if known := self.base._drugs.by_name.get((drug, product)):
            return known.rows[0].answers_to
        drugs = self.base._drugs
        if drug in drugs.first_row and ((drug, "") in drugs.by_name or (drug, "") not in drugs.several):
            return "product"
        return "sole"


def _in_force(rows: Iterable[OwnCode], day: int) -> list[OwnCode]:
    return [one for one in rows if one.first <= day <= one.last]


def _period(first: int, last: int) -> dict[str, Any]:
    return {
        "first_day": None if first == 1 else dt.date.fromordinal(first),
        "last_day": None if last == LAST else dt.date.fromordinal(last),
    }


def _left(first: int, last: int, taken: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """``first``..``last`` without the days that are taken, which stand in their order.

    >>> list(_left(1, 10, [(3, 4), (8, 20)]))
    [(1, 2), (5, 7)]
    """
    for start, end in taken:
        if first < start <= last:
            yield first, start - 1
        first = max(first, min(end, last) + 1) if start <= last else first
    if first <= last:
        yield first, last
