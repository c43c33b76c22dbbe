"""What a payer's contract says: the terms of its row in Payers.

Every term has a documented default (the reference's terms); nothing of a payer stands in code. A blank cell is
the default; a cell that cannot be read fails every line of that payer, for none of them can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from xl_infusion.claim.columns import PAYERS
from xl_infusion.claim.inputs import Row, choice, fold_name, good, place_of_service, text
from xl_infusion.errors import (
    BillingError,
    NotANumber,
    NotFound,
    OutOfRange,
    UnknownPayer,
    WrongInput,
    brief,
    quoted,
    table_row,
)
from xl_infusion.reference import PerDiemRow, Reference
from xl_infusion.reference.names import as_code, fold
from xl_infusion.rules.number import cents, exact, plain, whole


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The terms of one payer; ``row`` is that of Payers, 0 where the defaults hold.

    ``shares``: of the first, the second, and every further concurrent therapy. ``stated``: the fields that the
    row itself says, the others are defaults. ``problem`` is the first of its ``problems``.
    """

    name: str
    row: int
    kind: str
    covers: str
    denial_modifier: str
    shares: tuple[Decimal, ...]
    exempt: frozenset[str]
    rank_by: str
    days_counted: str
    longest_interval: int
    other_intervals: str
    always: dict[str, str]
    extra_modifier: str
    rounding: str
    fractional: bool
    waste: bool
    further_hour_from: int
    second_visit: str
    hours_a_day: Decimal | None
    hours_a_week: Decimal | None
    span: str
    place: str
    suites: frozenset[str]
    accreditation: tuple[str, ...]
    authorization: bool
    days_to_file: int | None
    hit_benefit: bool
    deductible_left: Decimal
    coinsurance: Decimal
    copay_a_visit: Decimal
    payment_days: int
    problem: BillingError | None = None
    problems: tuple[BillingError, ...] = ()
    stated: frozenset[str] = field(default_factory=frozenset)


class _Cells:
    """Reads the cells of a row of Payers; every method raises a `BillingError` that names the column."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    def choice(self, value: object, column: str) -> str:
        return choice(PAYERS[column], value)

    def yes(self, value: object, column: str) -> bool:
        return self.choice(value, column) == "yes"

    def waste(self, value: object, column: str) -> bool:
        return self.choice(value, column) != PAYERS[column].choices[0]

    def share(self, value: object, column: str) -> Decimal:
        return share(value, column)

    def names(self, value: object, column: str) -> list[str]:
        """A list of names; ``none`` is an empty one."""
        written = text(value, column).replace(";", ",")
        return [name.strip() for name in written.split(",") if name.strip() and fold(name) != "none"]

    def therapies(self, value: object, column: str) -> frozenset[str]:
        try:
            return frozenset(self.reference.therapy(name).therapy.therapy for name in self.names(value, column))
        except NotFound as error:
            raise error.at(column) from None

    def hours(self, value: object, column: str) -> Decimal | None:
        if not self.given(value):
            return None
        hours = exact(value, column)
        if not 0 < hours <= 168:
            raise OutOfRange(f"{column} {plain(hours)} is not a number of hours from 0 to 168")
        return hours

    def interval(self, value: object, column: str) -> int:
        return whole(value, column, 24, 8784)  # more often than daily, every day has a dose

    def minute(self, value: object, column: str) -> int:
        return whole(value, column, 1, 60)

    def days(self, value: object, column: str) -> int | None:
        return whole(value, column, 1, 3660) if self.given(value) else None

    def dollars(self, value: object, column: str) -> Decimal:
        if not self.given(value):
            return Decimal(0)
        amount = exact(value, column)
        if amount < 0:
            raise OutOfRange(f"{column} {plain(amount)} is negative: write US dollars, or leave it blank")
        return cents(amount)

    def lag(self, value: object, column: str) -> int:
        return whole(value, column, 0, 3660)

    @staticmethod
    def given(value: object) -> bool:
        return not (isinstance(value, str) and fold(value) == "none")

    def by_interval(self, value: object, column: str) -> str:
        """One per diem code of a therapy whose codes name the interval, or ``none`` as a blank."""
        found = self.always(value, column)
        if len(found) > 1 or any(self.reference.therapies[therapy].code_by != "interval" for therapy in found):
            raise WrongInput(
                f"{column} {quoted(text(value, column))} is not one anti-infective per diem code: write S9494"
            )
        return next(iter(found.values()), "")

    def always(self, value: object, column: str) -> dict[str, str]:
        """Therapy -> the per diem code that stands for all of it."""
        found: dict[str, str] = {}
        for name in self.names(value, column):
            try:
                row = self.reference.code_rows(as_code(name) or name)[-1]
            except NotFound as error:
                raise error.at(column) from None
            if not isinstance(row, PerDiemRow):
                raise WrongInput(f"{column} {brief(name)} is no per diem code: write one as S9494")
            if row.therapy in found:
                raise WrongInput(
                    f"{column} names two codes of {row.therapy}, {found[row.therapy]} and {brief(name)}: keep one"
                )
            found[row.therapy] = row.code
        return found

    def modifier(self, value: object, column: str) -> str:
        written = text(value, column).upper()
        if fold(written) == "none":
            return ""
        if written not in {row.modifier for row in self.reference.modifiers}:
            raise NotFound(f'{column} {quoted(written)} is no modifier of the reference: see =CODES("modifier")')
        return written

    def place(self, value: object, column: str) -> str:
        return place_of_service(self.reference, value, column)

    def places(self, value: object, column: str) -> frozenset[str]:
        written = text(value, column).replace(",", " ").replace(";", " ")
        return frozenset(place_of_service(self.reference, name, column) for name in written.split() if self.given(name))

    def accreditors(self, value: object, column: str) -> tuple[str, ...]:
        found = []
        for name in self.names(value, column):
            body = self.reference.accreditor(name)
            if body is None:
                raise NotFound(
                    f"{column} {quoted(name)} is no accreditation body that the reference knows: ACHC, CHAP, ..."
                )
            found.append(body)
        return tuple(found)


def share(value: object, column: str) -> Decimal:
    """A share out of a cell: 0.5 or 50%. Errors: `WrongInput`, `OutOfRange`.

    >>> share("50%", "Second share"), share(0.25, "Third share")
    (Decimal('0.5'), Decimal('0.25'))
    """
    try:
        found = percent(value, column)
    except NotANumber:
        raise NotANumber(f"{column} {quoted(text(value, column))} is not a share: write 0.5 or 50%") from None
    if not 0 <= found <= 1:
        raise OutOfRange(f"{column} {plain(found)} is not from 0 to 1: write 0.5 or 50%")
    return found


def percent(value: object, column: str) -> Decimal:
    """A number out of a cell, ``106%`` as 1.06."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return exact(value.strip()[:-1], column) / 100
    return exact(value, column)


#: Field of `Terms` -> its column in Payers and how the cell is read.
_READ: dict[str, tuple[str, Callable[[_Cells, object, str], Any]]] = {
    "kind": ("Kind", _Cells.choice),
    "covers": ("Covers", _Cells.choice),
    "denial_modifier": ("Denial modifier", _Cells.modifier),
    "second": ("Second share", _Cells.share),
    "third": ("Third share", _Cells.share),
    "exempt": ("Exempt therapies", _Cells.therapies),
    "rank_by": ("Rank by", _Cells.choice),
    "days_counted": ("Days counted", _Cells.choice),
    "longest_interval": ("Longest interval", _Cells.interval),
    "other_intervals": ("Other intervals", _Cells.by_interval),
    "always": ("Always code", _Cells.always),
    "extra_modifier": ("Extra modifier", _Cells.modifier),
    "rounding": ("Unit rounding", _Cells.choice),
    "fractional": ("Fractional units", _Cells.yes),
    "waste": ("Waste", _Cells.waste),
    "further_hour_from": ("Further hour from", _Cells.minute),
    "second_visit": ("Second visit", _Cells.choice),
    "hours_a_day": ("Hours a day", _Cells.hours),
    "hours_a_week": ("Hours a week", _Cells.hours),
    "span": ("Line span", _Cells.choice),
    "place": ("Place", _Cells.place),
    "suites": ("Suite places", _Cells.places),
    "accreditation": ("Accreditation", _Cells.accreditors),
    "authorization": ("Authorization", _Cells.yes),
    "days_to_file": ("Days to file", _Cells.days),
    "hit_benefit": ("Home infusion benefit", _Cells.yes),
    "deductible_left": ("Deductible left", _Cells.dollars),
    "coinsurance": ("Coinsurance", _Cells.share),
    "copay_a_visit": ("Copay a visit", _Cells.dollars),
    "payment_days": ("Payment days", _Cells.lag),
}


#: Field of `Terms` (``second`` and ``third`` for those of ``shares``) -> its column in Payers.
FIELDS = {name: column for name, (column, _) in _READ.items()}


class Payers:
    """The Payers table: terms by a payer's name. No table (or one without rows): default terms for all."""

    def __init__(self, reference: Reference, rows: Sequence[tuple[int, Row]]) -> None:
        self._cells = _Cells(reference)
        self._first_share = reference.shares()[0]
        self._defaults = {
            name: read(self._cells, reference.term(PAYERS[column].term), column)
            for name, (column, read) in _READ.items()
        }
        self._terms: dict[str, Terms] = {}
        self._absent: dict[str, Terms] = {}
        self._given = bool(rows)
        for number, row in rows:
            terms = self._read(number, row)
            key = fold_name(terms.name)
            if key in self._terms:
                problem = WrongInput(
                    f"payer {quoted(terms.name)} stands twice in Payers (again in table row {number}): keep one row"
                )
                terms = self._made(terms.name, number, {}, problem)
            self._terms[key] = terms

    @property
    def all(self) -> list[Terms]:
        """The terms of every row."""
        return list(self._terms.values())

    def _read(self, number: int, row: Row) -> Terms:
        name, where = "", table_row("Payers", number)
        stated: dict[str, Any] = {}
        problems: list[BillingError] = []
        try:
            name = text(good(row.get("Payer"), "Payer"), "Payer")
            if not name:
                raise WrongInput("Payer is blank")
        except BillingError as error:
            problems.append(error.at(where))
        for term, (column, read) in _READ.items():
            try:
                if (cell := row.get(column)) is not None:
                    stated[term] = read(self._cells, good(cell, column), column)
            except BillingError as error:
                problems.append(error.at(where))
        return self._made(name, number, {} if problems else stated, *problems)

    def _made(self, name: str, row: int, stated: dict[str, Any], *problems: BillingError) -> Terms:
        values = self._defaults | stated
        shares = (self._first_share, values.pop("second"), values.pop("third"))
        problem = problems[0] if problems else None
        return Terms(
            name=name, row=row, shares=shares, problem=problem, problems=problems, stated=frozenset(stated), **values
        )

    def terms(self, payer: str) -> Terms:
        """The terms of ``payer``: the defaults for a blank name, an error for one that the table lacks.

        A payer without a row has the spelling that is asked for: no other row's.
        """
        found = self._terms.get(fold_name(payer)) or self._absent.get(payer)
        if found is None:
            problems = []
            if payer and self._given:
                what = f"payer {quoted(payer)} is not in the Payers table: add a row for it, or mend the name"
                problems = [UnknownPayer(what)]
            found = self._absent[payer] = self._made(payer, 0, {}, *problems)
        return found


assert {name for name, _ in _READ.items()} - {"second", "third"} <= {field.name for field in fields(Terms)}
