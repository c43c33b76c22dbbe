"""Which code bills a drug or a day of therapy at a payer: the reference, and over it what the payer wants.

The most specific says: a row of Payer codes for the drug, then one for its therapy (of those the one for the
interval first), then the payer's Always code, then the reference; and on days on which the reference has no code for
an interval, the payer's code for other intervals.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Generic, TypeVar

from xl_infusion.claim.inputs import Row, fold_name, good, period, text
from xl_infusion.claim.order import Prescription
from xl_infusion.claim.spans import LAST, Span, Spans
from xl_infusion.claim.terms import Terms
from xl_infusion.errors import (
    BillingError,
    NoPerDiemCode,
    NotFound,
    NotInForce,
    TwoCodes,
    WrongInput,
    kept,
    quoted,
    table_row,
)
from xl_infusion.reference import CodeRow, DrugName, DrugRow, PerDiemRow, Reference
from xl_infusion.reference.names import as_code
from xl_infusion.reference.periods import Periods, ordinals
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import interval as interval_rule
from xl_infusion.rules import per_diem

R = TypeVar("R", PerDiemRow, DrugRow)
A = TypeVar("A")


@dataclass(frozen=True, slots=True, eq=False)
class _Code(Generic[R]):
    """A code. ``by``: what decided it where it is not the reference alone.

    Two rows that follow each other and want the same are one answer: no line is cut between them.
    """

    row: R
    by: str = ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Code):
            return NotImplemented
        return self.row is other.row and bool(self.by) == bool(other.by)

    def __hash__(self) -> int:
        return hash(self.row.code)


class PerDiem(_Code[PerDiemRow]):
    """The per diem code of a therapy."""


class DrugCode(_Code[DrugRow]):
    """The code that bills a drug.

    Two rows of Own codes that follow each other and say the same are one answer too.
    """

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DrugCode):
            return NotImplemented
        mine, its = self.row, other.row
        if mine.by and its.by:
            return _said(mine) == _said(its)
        return super().__eq__(other)

    __hash__ = _Code.__hash__


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row of Payer codes: for a drug (by name) or a therapy (its key), at an interval or any, on its days."""

    number: int
    drug: str
    therapy: str
    interval: interval_rule.Every | None
    code: str
    unit: dose_rule.Dose | None
    first: int
    last: int
    problem: BillingError | None = field(compare=False)

    @property
    def by(self) -> str:
        """The row, for a reason."""
        return table_row("Payer codes", self.number)

    def is_for(self, drug: str, therapy: str, interval: interval_rule.Every | None) -> bool:
        """True where it is for an order of that drug (or therapy) at that interval; "" is none."""
        if self.interval is not None and self.interval != interval:
            return False
        return (bool(drug) and self.drug == drug) or (bool(therapy) and self.therapy == therapy)


class PayerCodes:
    """The Payer codes table."""

    def __init__(self, reference: Reference, rows: Sequence[tuple[int, Row]]) -> None:
        self.reference = reference
        self._of: dict[str, list[Wanted]] = defaultdict(list)
        for number, row in rows:
            payer, wanted = self._read(number, row)
            self._of[payer].append(wanted)

    @property
    def named(self) -> list[tuple[str, Wanted]]:
        """Every row with the payer that it names."""
        return [(payer, wanted) for payer, rows in self._of.items() for wanted in rows]

    @property
    def all(self) -> list[Wanted]:
        """Every row."""
        return [wanted for _, wanted in self.named]

    def of(self, payer: str) -> list[Wanted]:
        """The rows of a payer; one whose payer cannot be read may be anybody's."""
        return [*self._of.get(fold_name(payer), ()), *self._of.get("", ())]

    def _read(self, number: int, row: Row) -> tuple[str, Wanted]:
        payer = drug = therapy = code = ""
        interval: interval_rule.Every | None = None
        unit: dose_rule.Dose | None = None
        first, last, problem = period(row)
        try:
            payer = text(good(row.get("Payer"), "Payer"), "Payer")
            if not payer:
                raise WrongInput("Payer is blank: name the payer that wants the code")
            code = text(good(row.get("Code"), "Code"), "Code").upper()
            if as_code(code) is None:
                raise WrongInput(f"Code {quoted(code)} is no HCPCS code: type one as S9494 or J3490")
            drug, therapy = self._target(text(good(row.get("Drug or therapy"), "Drug or therapy"), "Drug or therapy"))
            if row.get("Interval") is not None:
                interval = interval_rule.parse(good(row.get("Interval"), "Interval"))
            if row.get("Unit") is not None:
                unit = _unit(good(row.get("Unit"), "Unit"))
            self._check(code, therapy, unit)
        except BillingError as error:
            problem = problem or kept(error)
        if problem is not None:
            problem = problem.at(table_row("Payer codes", number))
        return fold_name(payer), Wanted(number, drug, therapy, interval, code, unit, first, last, problem)

    def _target(self, name: str) -> tuple[str, str]:
        """The drug or the therapy that a cell names: a therapy's name goes before that of a drug."""
        if not name:
            raise WrongInput("Drug or therapy is blank: name what the code is for")
        therapy = self.reference.named_therapy(name)
        if therapy is not None:
            return "", therapy.therapy.therapy
        try:
            return self.drug_name(self.reference.drug_or_code(name)), ""
        except NotFound as error:
            raise error.at("Drug or therapy") from None

    def drug_name(self, drug: DrugName | str) -> str:
        """The drug's own name, also of a code of it."""
        return drug.drug if isinstance(drug, DrugName) else self.reference.row_of(drug).drug

    def name_of(self, drug: DrugName | str) -> str:
        """The drug's own name; a code that is no drug's is its own, and its line says what is wrong."""
        try:
            return self.drug_name(drug)
        except NotFound:
            return str(drug)

    def _check(self, code: str, therapy: str, unit: dose_rule.Dose | None) -> None:
        row = self.row(code)
        if therapy and not isinstance(row, PerDiemRow):
            raise WrongInput(f"{code} is no per diem code, and a therapy bills one: name the drug that it is for")
        if isinstance(row, PerDiemRow) and unit is not None:
            raise WrongInput(f"{code} is a per diem code and counts days: leave Unit blank")
        if not isinstance(row, PerDiemRow) and unit is None and (row is None or _has_no_unit(row)):
            raise WrongInput(f"{code} has no unit of its own: say in Unit what one counts, 1 g")

    def rows(self, code: str) -> Sequence[CodeRow]:
        """The rows of a code; none for one that the reference lacks: a payer may have codes of its own."""
        try:
            return self.reference.code_rows(code)
        except NotFound:
            return ()

    def row(self, code: str) -> PerDiemRow | DrugRow | None:
        """The latest row of a code, None for one that the reference lacks."""
        for row in self.rows(code)[-1:]:
            if not isinstance(row, PerDiemRow | DrugRow):
                raise WrongInput(f"{code} is neither a per diem code nor a drug's")
            return row
        return None

    def is_per_diem(self, wanted: Wanted) -> bool:
        """True where the row wants a per diem code."""
        return isinstance(self.row(wanted.code), PerDiemRow)


class Codes:
    """The codes of one payer. What many orders of a workbook ask alike is worked out once."""

    def __init__(self, reference: Reference, terms: Terms, wanted: PayerCodes) -> None:
        self.reference = reference
        self.terms = terms
        self._wanted = wanted
        self._rows = wanted.of(terms.name)
        self._unread = next((row.problem for row in self._rows if row.problem is not None), None)
        self._per_diems: dict[object, Spans[PerDiem | BillingError] | BillingError] = {}
        self._drugs: dict[Prescription, Spans[DrugCode | BillingError]] = {}
        self._units: dict[tuple[DrugRow, str, dose_rule.Dose], DrugRow] = {}

    # -- per diem ----------------------------------------------------------------------------------------------

    def per_diem(self, rx: Prescription, volume_l: Decimal | None) -> Spans[PerDiem | BillingError] | BillingError:
        """The per diem code of a therapy with its days (None where it has none), or why it never has one."""
        key = (rx, volume_l)
        found = self._per_diems.get(key)
        if found is None:
            try:
                found = self._per_diem(rx, volume_l)
            except BillingError as error:
                found = kept(error)
            self._per_diems[key] = found
        return found

    def _per_diem(self, rx: Prescription, volume_l: Decimal | None) -> Spans[PerDiem | BillingError]:
        assert rx.therapy is not None
        if self._unread is not None:
            raise self._unread
        layers = self._wanted_layers(rx, lambda row: self._dated(row.code, row.by, row.first, row.last), per_diem=True)
        always = self.terms.always.get(rx.therapy.therapy)
        if always:
            layers.append(self._dated(always, f"{table_row('Payers', self.terms.row)}, Always code", 1, LAST))
        else:
            layers += self._by_reference(rx, volume_l, bool(layers))
        return Spans[PerDiem | BillingError].layered(layers, _one)

    def _by_reference(
        self, rx: Prescription, volume_l: Decimal | None, wanted: bool
    ) -> Iterator[list[Span[PerDiem | BillingError]]]:
        """The reference's code, and on days without one for the interval the payer's code for other intervals.

        Errors: `NoPerDiemCode` where there is neither, nor a row of Payer codes (``wanted``).
        """
        assert rx.therapy is not None
        other = self.terms.other_intervals if rx.therapy.code_by == "interval" else ""
        try:
            periods = self._periods(rx, volume_l)
            yield [(*ordinals(row), PerDiem(row)) for row in periods.rows]
        except NoPerDiemCode:
            if not other and not wanted:
                raise
        if other:
            yield self._dated(other, f"{table_row('Payers', self.terms.row)}, Other intervals", 1, LAST)

    def _periods(self, rx: Prescription, volume_l: Decimal | None) -> Periods[PerDiemRow]:
        assert rx.therapy is not None
        return per_diem.periods(
            self.reference, rx.therapy.therapy, interval=rx.interval, volume_l=volume_l, method=rx.method
        )

    def _dated(self, code: str, by: str, first: int, last: int) -> list[Span[PerDiem | BillingError]]:
        """A per diem code on the days of ``first``..``last`` on which it is in force."""
        rows = [row for row in self.reference.code_rows(code) if isinstance(row, PerDiemRow)]
        return [(*_common(row, first, last), PerDiem(row, by)) for row in rows]

    def no_per_diem(self, rx: Prescription, volume_l: Decimal | None, day: int) -> BillingError:
        """Why a therapy has no code on a day."""
        try:
            periods = self._periods(rx, volume_l)
        except BillingError as error:
            return kept(error)
        return per_diem.not_in_force(periods, dt.date.fromordinal(day))

    # -- drugs -------------------------------------------------------------------------------------------------

    def drug(self, rx: Prescription) -> Spans[DrugCode | BillingError]:
        """The code of a drug with its days, None on days without one."""
        found = self._drugs.get(rx)
        if found is None:
            found = self._drugs[rx] = self._drug(rx)
        return found

    def _drug(self, rx: Prescription) -> Spans[DrugCode | BillingError]:
        assert rx.drug is not None
        unread = self._unread or self.reference.unread
        if unread is not None:
            return Spans([1], [unread])
        layers = self._wanted_layers(rx, lambda row: self._own(row, rx), per_diem=False)
        return Spans[DrugCode | BillingError].layered([*layers, self._of_drug(rx.drug)], _one)

    def _of_drug(self, drug: DrugName | str) -> list[Span[DrugCode | BillingError]]:
        """The codes of a drug in the reference; before a maker's code began, the generic one billed its product."""
        spans = self._known(drug)
        if not isinstance(drug, DrugName) or not drug.product or not spans:
            return spans
        began, *_ = spans[0]
        generic = self._known(DrugName(drug.drug, ""))
        return [*spans, *((first, min(last, began - 1), answer) for first, last, answer in generic if first < began)]

    def _known(self, drug: DrugName | str) -> list[Span[DrugCode | BillingError]]:
        """The codes of a drug in the reference, the oldest first."""
        return [
            (start.toordinal(), end.toordinal(), row.problem or DrugCode(row, row.by))
            for start, end, row in self.reference.drug_spans(drug, dt.date.min, dt.date.max)
            if isinstance(row, DrugRow)
        ]

    def _own(self, wanted: Wanted, rx: Prescription) -> list[Span[DrugCode | BillingError]]:
        """A payer's own code of a drug, with the unit that its row says or the reference has, while it is in force.

        A code that the reference lacks is one of the payer's: it is in force as its row says.
        """
        assert rx.drug is not None
        rows = [row for row in self._wanted.rows(wanted.code) if isinstance(row, DrugRow)]
        if not rows:
            return [(wanted.first, wanted.last, self._as_wanted(self.reference.row_of(rx.drug), wanted))]
        return [(*_common(row, wanted.first, wanted.last), row.problem or self._as_wanted(row, wanted)) for row in rows]

    def _as_wanted(self, row: DrugRow, wanted: Wanted) -> DrugCode:
        by = f"{wanted.by}, its unit by {row.by}" if row.by and wanted.unit is None else wanted.by
        return DrugCode(self._in_units(row, wanted), by)

    def _in_units(self, row: DrugRow, wanted: Wanted) -> DrugRow:
        """A row in the units that a payer wants, the same one for every row of Payer codes that wants it so."""
        unit = wanted.unit
        if unit is None:
            return row
        found = self._units.get((row, wanted.code, unit))
        if found is None:
            found = self._units[row, wanted.code, unit] = replace(
                row, code=wanted.code, amount=unit.amount, unit=unit.unit, component=unit.component,
                unit_rule="exact", dose_basis="",
            )  # fmt: skip
        return found

    def no_drug(self, rx: Prescription, day: int) -> BillingError:
        """Why a drug has no code on a day."""
        assert rx.drug is not None
        date = dt.date.fromordinal(day)
        spans = self.reference.drug_spans(rx.drug, date, date)
        return next(found for *_, found in spans if isinstance(found, BillingError))

    def _wanted_layers(
        self, rx: Prescription, spans_of: Callable[[Wanted], list[Span[A]]], *, per_diem: bool
    ) -> list[list[Span[A | BillingError]]]:
        """What the rows of Payer codes come to that are for an order, and where their codes ended, that."""
        layers: list[list[Span[A | BillingError]]] = []
        for rows in self._matching(rx, per_diem):
            layers.append([span for row in rows for span in spans_of(row)])
            layers.append([(row.first, row.last, _ended(row)) for row in rows])
        return layers

    def _matching(self, rx: Prescription, per_diem: bool) -> list[list[Wanted]]:
        """The rows of Payer codes that are for an order, by how much they say: the most specific first."""
        if not self._rows:
            return []
        drug = "" if rx.drug is None else self._wanted.name_of(rx.drug)
        therapy = "" if rx.therapy is None else rx.therapy.therapy
        layers: list[list[Wanted]] = [[], [], [], []]
        for row in self._rows:
            if self._wanted.is_per_diem(row) is per_diem and row.is_for(drug, therapy, rx.interval):
                layers[(0 if row.drug else 2) + (row.interval is None)].append(row)
        return layers


def _unit(value: object) -> dose_rule.Dose:
    """What one unit of a code counts."""
    try:
        unit = dose_rule.parse(value)
    except BillingError as error:
        raise error.at("Unit") from None
    if not unit.unit or unit.parts:
        raise WrongInput(f"Unit {unit} has no unit of measure, or two: write 1 g")
    return unit


def _one(found: Sequence[PerDiem | DrugCode | BillingError], day: int) -> Any:
    """The code of rows that are for the same thing on the same day: one, or an error that names them."""
    if len({answer.row for answer in found if not isinstance(answer, BillingError)}) <= 1:
        return found[0]
    rows = " and ".join(answer.by for answer in found if not isinstance(answer, BillingError))
    return TwoCodes(f"{rows} want two codes on one day: close one of them")


def _said(row: DrugRow) -> tuple[object, ...]:
    """What a row of Own codes says of its drug's code, and whether it says from where."""
    return row.code, row.amount, row.unit, row.component, row.dose_basis, bool(row.source)


def _has_no_unit(row: DrugRow) -> bool:
    """True for an unclassified code; a row of Own codes that cannot be read says so itself."""
    return row.amount is None and row.problem is None


def _ended(wanted: Wanted) -> BillingError:
    """What holds on the days of a row on which its code is not in force."""
    return NotInForce(f"{wanted.by} wants {wanted.code}, which is not in force on that day: mend its code or its days")


def _common(row: PerDiemRow | DrugRow, first: int, last: int) -> tuple[int, int]:
    """First and last (ordinals) of the days from ``first`` through ``last`` on which a row is in force."""
    begins, ends = ordinals(row)
    return max(first, begins), min(last, ends)
