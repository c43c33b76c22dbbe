"""Orders, visits and contract terms, read out of the rows of their tables.

A cell that cannot be read becomes a failure of its row (or of the one thing it decides): the row stays, and
its lines say what is wrong. Rows are mappings from a column's name to a cell: None for blank, else text, a
number, a boolean, a date or an `ExcelError`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
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
#: The drug's text, the drug, the therapy and its method that an order names.
_Named = tuple[str, DrugName | str | None, Therapy | None, str]
SortKey = tuple[tuple[int, object], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Prescription:
    """What an order says beside whose it is and when: the same for many rows of a workbook."""

    payer: str
    therapy: Therapy | None
    method: str
    drug_text: str
    drug: DrugName | str | None
    dose: dose_rule.Dose | BillingError | None
    interval: interval_rule.Interval | None
    volume_l: Decimal | BillingError | None
    place: str
    problem: BillingError | None
    content: tuple[str, ...]


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


def good(value: object, what: str) -> object:
    """A cell that is no error; an error value is raised as the `CellError` it is."""
    if isinstance(value, ExcelError):
        raise CellError(value, what)
    return value


def cell(row: Row, column: str) -> object:
    """The cell of a row, as `good`."""
    return good(row.get(column), column)


def text(value: object, what: str) -> str:
    """A cell as text, spaces tidied; whole numbers without their point (1001.0 is ``1001``).

    Errors: `CellError` for an error value, `WrongInput` for what is neither text nor number nor date.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(str(good(value, what)).split())
    if type(value) is int:
        return str(value)
    if isinstance(value, bool):
        raise WrongInput(f"{what} is {str(value).upper()}: a text or number is needed")
    if isinstance(value, (int, float, Decimal)):
        return plain(exact(value, what))
    if isinstance(value, dt.date):
        return str(value)[:10]
    raise WrongInput(f"{what} is of type {type(value).__name__}: a text or number is needed")


def sort_key(value: str) -> SortKey:
    """Orders texts as people do: numbers by their size (2 before 10), then texts, numbers inside them too.

    >>> sorted(["PO-10", "10", "PO-2", "2"], key=sort_key)
    ['2', '10', 'PO-2', 'PO-10']
    """
    if value.isascii() and value.isdigit() and len(value) < 19:
        return ((0, int(value)),)
    return tuple(
        (0, int(part)) if part.isascii() and part.isdigit() and len(part) < 19 else (1, part.casefold())
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
        self._read_already: dict[object, object] = {}

    def _read(self, read: Callable[..., V], *cells: object) -> V | BillingError:
        """What ``read`` makes of some cells, or why it cannot; the cells of a workbook repeat, so it is kept."""
        key = (read.__name__, *cells, *map(type, cells))  # 1, 1.0 and TRUE are equal and yet not one cell
        try:
            return self._read_already[key]  # type: ignore[return-value]
        except (KeyError, TypeError):
            pass
        found: V | BillingError
        try:
            found = read(*cells)
        except BillingError as error:
            found = error
        with suppress(TypeError):  # a cell that has no hash is no cell of a workbook: nothing to keep
            self._read_already[key] = found
        return found

    def order(self, row: Row) -> Order:
        """One row of Orders."""
        get = row.get
        number = get("Order")
        rx = self._read(
            self._prescription,
            *(get(column) for column in ("Payer", "Therapy", "Drug", "Dose", "Interval", "Volume", "Place")),
        )
        assert isinstance(rx, Prescription)
        problem = rx.problem
        first, last = 0, 0
        patient = label = ""
        days = _days(get("Start"), get("End"), get("Days"))
        if isinstance(days, BillingError):
            problem = days
        else:
            first, last = days
        try:
            label = text(number, "Order")
            patient = _patient(get("Patient"))
        except BillingError as error:
            problem = error
        return Order(
            number if label else "", sort_key(label), patient, rx.payer, rx.therapy, rx.method, rx.drug_text, rx.drug,
            rx.dose, rx.interval, first, last, rx.volume_l, rx.place, problem, (label, *rx.content),
        )  # fmt: skip

    def _prescription(
        self,
        payer: object,
        therapy: object,
        drug: object,
        dose: object,
        interval: object,
        volume: object,
        place: object,
    ) -> Prescription:
        """What these cells order; never raises: the first cell that cannot be read is the ``problem``."""
        problems: list[BillingError] = []

        def known(found: V | BillingError, otherwise: V) -> V:
            if isinstance(found, BillingError):
                problems.append(found)
                return otherwise
            return found

        nothing: _Named = ("", None, None, "")
        payer_name = known(self._read(_payer, payer), "")
        place_code = known(self._read(self.place, place), "")
        drug_text, found, kind, method = known(self._read(self._named, therapy, drug), nothing)
        every = known(self._read(_interval, interval, kind and kind.code_by, found is not None), None)
        if kind is not None and found is None and not problems and (kind.needs_drug or dose is not None):
            problems.append(WrongInput(f"Drug is blank: {kind.name} is billed with its drug; name it"))
        return Prescription(
            payer=payer_name,
            therapy=kind,
            method=method,
            drug_text=drug_text or _shown(drug),
            drug=found,
            dose=None if found is None else self._read(_dose, dose),
            interval=every,
            volume_l=self._read(_volume, volume),
            place=place_code,
            problem=problems[0] if problems else None,
            content=tuple(str(cell) for cell in (drug, dose, therapy, volume, place)),
        )

    def _named(self, named: object, drug_cell: object) -> _Named:
        """The drug and the therapy of an order: the therapy that it names, else its drug's own."""
        therapy_text, drug_text = text(named, "Therapy"), text(drug_cell, "Drug")
        drug: DrugName | str | None = None
        therapy: Therapy | None = None
        method = ""
        if therapy_text:
            found = self.reference.therapy(therapy_text)
            therapy, method = found.therapy, found.method
        if drug_text:
            drug = self.reference.drug_or_code(drug_text)
            therapy = therapy or self.reference.therapy_of(drug)
        if therapy is None:
            raise WrongInput("Drug and Therapy are both blank: name the drug, or the therapy where no drug is billed")
        return drug_text, drug, therapy, method

    def visit(self, row: Row) -> Visit:
        """One row of Visits."""
        problem: BillingError | None = None
        patient, payer, place, day = "", "", "", 0
        try:
            patient = _patient(row.get("Patient"))
            payer = _payer(row.get("Payer"))
            place = self.place(row.get("Place"))
            day = day_rule.parse(cell(row, "Date"), "Date").toordinal()
        except BillingError as error:
            problem = error
        return Visit(patient, payer, day, self._read(_minutes, row.get("Minutes")), place, problem)

    def place(self, value: object) -> str:
        """The place of service, two digits: a blank one is the default, a word is looked up."""
        place = text(value, "Place")
        if not place:
            return self.reference.term("place")
        code = self.reference.place(place) or place
        if not re.fullmatch(r"[0-9]{1,2}", code, re.ASCII):
            raise WrongInput(
                f"Place {place!r} is not a place of service: write 12 home, 49 infusion suite or 11 office"
            )
        return code.zfill(2)


def _patient(value: object) -> str:
    patient = text(value, "Patient")
    if not patient:
        raise WrongInput("Patient is blank: every row needs one")
    return patient


def _payer(value: object) -> str:
    return text(value, "Payer")


def _dose(value: object) -> dose_rule.Dose:
    return dose_rule.parse(good(value, "Dose"))


def _volume(value: object) -> Decimal | None:
    return None if value is None else dose_rule.liters(good(value, "Volume"))


def _minutes(value: object) -> Decimal:
    return visit_rule.minutes(good(value, "Minutes"))


def _interval(value: object, code_by: str | None, has_drug: bool) -> interval_rule.Interval | None:
    """The interval; blank only where neither the per diem code nor a count of doses needs it."""
    if value is None and code_by not in (None, "interval") and not has_drug:
        return None
    return interval_rule.parse(good(value, "Interval"))


def _shown(value: object) -> str:
    """A Drug cell that names no drug, as its line shows it; an error value shows nothing."""
    return value if isinstance(value, str) and not isinstance(value, ExcelError) else ""


def _days(start: object, end: object, days: object) -> tuple[int, int] | BillingError:
    """First and last day of an order as ordinals, out of Start and End or Days."""
    try:
        first = day_rule.parse(good(start, "Start"), "Start")
        if good(end, "End") is None and good(days, "Days") is None:
            raise WrongInput("End is blank: type the last day, or the number of Days")
        count = whole(days, "Days", 1, MOST_DAYS) if days is not None else 0
        if end is None:
            return first.toordinal(), first.toordinal() + count - 1
        last = day_rule.parse(end, "End")
        span = (last - first).days + 1
        if span < 1:
            raise OutOfRange(f"End {last} is before Start {first}")
        if span > MOST_DAYS:
            raise OutOfRange(f"Start {first} to End {last} is more than ten years: check the dates")
        if days is not None and count != span:
            raise WrongInput(f"Days {count} and End {last} differ: from {first} that is {span} days; give one of them")
        return first.toordinal(), last.toordinal()
    except BillingError as error:
        return error
