"""Orders, visits and contract terms, read out of the rows of their tables.

A cell that cannot be read becomes a failure of its row (or of the one thing it decides): the row stays, and
its lines say what is wrong. Rows are mappings from a column's name to a cell: None for blank, else text, a
number, a boolean, a date or an `ExcelError`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from xl_infusion.errors import BillingError, CellError, ExcelError, OutOfRange, WrongInput
from xl_infusion.reference import DrugName, Reference, Therapy
from xl_infusion.rules import day as day_rule
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import interval as interval_rule
from xl_infusion.rules import visit as visit_rule
from xl_infusion.rules.number import exact, plain, whole

#: An order of more days is a typing error in one of its dates.
MOST_DAYS = 3660

#: A row of a table: column name -> cell, and the row's number in its table for messages.
Row = Mapping[str, object]
V = TypeVar("V")
#: The drug, the therapy and its method that an order names.
_Named = tuple[DrugName | str | None, Therapy | None, str]
SortKey = tuple[tuple[int, object], ...]


@dataclass(slots=True, eq=False)
class Order:
    """One order. ``problem`` keeps the whole row from being billed; the rest fail where they are needed."""

    number: object
    key: SortKey
    patient: str
    payer: str
    therapy: Therapy | None
    method: str
    drug_text: str
    drug: DrugName | str | None
    dose: dose_rule.Dose | BillingError | None
    interval: interval_rule.Interval | None
    first: int
    last: int
    volume_l: Decimal | BillingError | None
    place: str
    problem: BillingError | None
    content: tuple[str, ...]

    @property
    def dated(self) -> bool:
        """True where the days of the order are known."""
        return self.first > 0


@dataclass(slots=True, eq=False)
class Visit:
    """One nurse's visit; ``day`` is an ordinal, 0 where the date cannot be read."""

    patient: str
    payer: str
    day: int
    minutes: Decimal | BillingError
    place: str
    problem: BillingError | None


def cell(row: Row, column: str) -> object:
    """The cell of a row; an error value in it is raised as the `CellError` it is."""
    value = row.get(column)
    if isinstance(value, ExcelError):
        raise CellError(value, column)
    return value


def text(row: Row, column: str) -> str:
    """A cell as text, spaces tidied; whole numbers without their point (1001.0 is ``1001``)."""
    value = cell(row, column)
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool):
        raise WrongInput(f"{column} is {str(value).upper()}: a text or number is needed")
    if isinstance(value, (int, float, Decimal)):
        return plain(exact(value, column))
    if isinstance(value, dt.date):
        return str(value)[:10]
    raise WrongInput(f"{column} is of type {type(value).__name__}: a text or number is needed")


def sort_key(value: str) -> SortKey:
    """Orders texts as people do: numbers by their size (2 before 10), then texts, numbers inside them too.

    >>> sorted(["PO-10", "10", "PO-2", "2"], key=sort_key)
    ['2', '10', 'PO-2', 'PO-10']
    """
    return tuple(
        (0, int(part)) if part.isascii() and part.isdigit() else (1, part.casefold())
        for part in re.split(r"([0-9]+)", value)
        if part
    )


def fold_name(name: str) -> str:
    """A payer's name as it is compared: without regard to case."""
    return name.casefold()


class OrderReader:
    """Reads the rows of Orders, Visits with one reference; the names of a workbook repeat, so it remembers them."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._drugs: dict[str, tuple[DrugName | str, Therapy] | BillingError] = {}

    def order(self, row: Row) -> Order:
        """One row of Orders."""
        problem: BillingError | None = None

        def attempt(read: Callable[[], V], otherwise: V) -> V:
            nonlocal problem
            try:
                return read()
            except BillingError as error:
                problem = problem or error
                return otherwise

        patient = attempt(lambda: _needed(text(row, "Patient"), "Patient"), "")
        number = attempt(lambda: text(row, "Order"), "")
        payer = attempt(lambda: text(row, "Payer"), "")
        first, last = attempt(lambda: _days(row), (0, 0))
        place = attempt(lambda: self.place(row), "")
        drug_text = attempt(lambda: text(row, "Drug"), "")
        nothing: _Named = (None, None, "")
        drug, therapy, method = attempt(lambda: self._therapy(text(row, "Therapy"), drug_text), nothing)
        interval = attempt(lambda: _interval(row, therapy, drug is not None), None)
        if (
            therapy is not None
            and drug is None
            and problem is None
            and (therapy.needs_drug or row.get("Dose") is not None)
        ):
            problem = WrongInput(f"Drug is blank: {therapy.name} is billed with its drug; name it")
        return Order(
            number=row.get("Order") if number else "",
            key=sort_key(number),
            patient=patient,
            payer=payer,
            therapy=therapy,
            method=method,
            drug_text=drug_text,
            drug=drug,
            dose=_read(lambda: None if drug is None else dose_rule.parse(cell(row, "Dose"))),
            interval=interval,
            first=first,
            last=last,
            volume_l=_read(lambda: None if cell(row, "Volume") is None else dose_rule.liters(cell(row, "Volume"))),
            place=place,
            problem=problem,
            content=(number, drug_text, *(str(row.get(column)) for column in ("Dose", "Therapy", "Volume", "Place"))),
        )

    def _therapy(self, named: str, drug_text: str) -> _Named:
        """The drug and the therapy of an order: the therapy that it names, else its drug's own."""
        drug: DrugName | str | None = None
        therapy: Therapy | None = None
        method = ""
        if named:
            found = self.reference.therapy(named)
            therapy, method = found.therapy, found.method
        if drug_text:
            known = self._drugs.get(drug_text)
            if known is None:
                known = self._drugs[drug_text] = _read(lambda: self._drug(drug_text))
            if isinstance(known, BillingError):
                raise known
            drug = known[0]
            therapy = therapy or known[1]
        if therapy is None:
            raise WrongInput("Drug and Therapy are both blank: name the drug, or the therapy where no drug is billed")
        return drug, therapy, method

    def _drug(self, drug_text: str) -> tuple[DrugName | str, Therapy]:
        drug = self.reference.drug_or_code(drug_text)
        return drug, self.reference.therapy_of(drug)

    def visit(self, row: Row) -> Visit:
        """One row of Visits."""
        problem: BillingError | None = None
        values: dict[str, str] = {"Patient": "", "Payer": "", "Place": ""}
        day = 0
        try:
            values["Patient"] = _needed(text(row, "Patient"), "Patient")
            values["Payer"] = text(row, "Payer")
            values["Place"] = self.place(row)
            day = day_rule.parse(cell(row, "Date"), "Date").toordinal()
        except BillingError as error:
            problem = error
        return Visit(
            patient=values["Patient"],
            payer=values["Payer"],
            day=day,
            minutes=_read(lambda: visit_rule.minutes(cell(row, "Minutes"))),
            place=values["Place"],
            problem=problem,
        )

    def place(self, row: Row) -> str:
        """The place of service, two digits: a blank one is the default, a word is looked up."""
        place = text(row, "Place")
        if not place:
            return self.reference.term("place")
        code = self.reference.place(place) or place
        if not re.fullmatch(r"[0-9]{1,2}", code, re.ASCII):
            raise WrongInput(
                f"Place {place!r} is not a place of service: write 12 home, 49 infusion suite or 11 office"
            )
        return code.zfill(2)


def _needed(value: str, column: str) -> str:
    if not value:
        raise WrongInput(f"{column} is blank: every row needs one")
    return value


def _read(read: Callable[[], V]) -> V | BillingError:
    try:
        return read()
    except BillingError as error:
        return error


def _interval(row: Row, therapy: Therapy | None, has_drug: bool) -> interval_rule.Interval | None:
    """The interval; blank only where neither the per diem code nor a count of doses needs it."""
    value = cell(row, "Interval")
    if value is None and therapy is not None and not has_drug and therapy.code_by != "interval":
        return None
    return interval_rule.parse(value)


def _days(row: Row) -> tuple[int, int]:
    """First and last day of an order as ordinals, out of Start and End or Days."""
    first = day_rule.parse(cell(row, "Start"), "Start")
    end, days = cell(row, "End"), cell(row, "Days")
    if end is None and days is None:
        raise WrongInput("End is blank: type the last day, or the number of Days")
    count = whole(days, "Days", 1, MOST_DAYS) if days is not None else None
    if end is None:
        assert count is not None
        return first.toordinal(), first.toordinal() + count - 1
    last = day_rule.parse(end, "End")
    span = (last - first).days + 1
    if span < 1:
        raise OutOfRange(f"End {last} is before Start {first}")
    if span > MOST_DAYS:
        raise OutOfRange(f"Start {first} to End {last} is more than ten years: check the dates")
    if count is not None and count != span:
        raise WrongInput(f"Days {count} and End {last} differ: from {first} that is {span} days; give one of them")
    return first.toordinal(), last.toordinal()
