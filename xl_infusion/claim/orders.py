"""Orders, read out of the rows of their table: what is ordered, for whom, on which days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from xl_infusion.claim.columns import MOST_DAYS, ORDERS
from xl_infusion.claim.inputs import (
    Memory,
    Readings,
    Row,
    SortKey,
    choice,
    good,
    patient_of,
    payer_of,
    place_of_service,
    sort_key,
    text,
    whole_of,
    with_problem,
)
from xl_infusion.claim.spans import LAST
from xl_infusion.errors import (
    BillingError,
    ExcelError,
    NoPerDiemCode,
    OutOfRange,
    UnknownDrug,
    WrongInput,
    kept,
    quoted,
)
from xl_infusion.reference import DrugName, DrugRow, Reference, Therapy, TherapyName, products
from xl_infusion.reference.periods import ordinals
from xl_infusion.rules import day as day_rule
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import fluid
from xl_infusion.rules import interval as interval_rule
from xl_infusion.rules import ndc as ndc_rule

_LENGTH, _DISPENSED, _UNUSED = (ORDERS[name] for name in ("Days", "Dispensed", "Unused"))
#: What is not known of a drug's maker, and the days (ordinals) on which it matters.
_Unknown = tuple[str, tuple[tuple[int, int], ...]]
_SURE: _Unknown = ("", ())
#: The drug, the therapy and its method that an order names.
_Named = tuple[DrugName | str | None, Therapy | None, str]
_NOTHING: _Named = (None, None, "")
#: The unit and quantity of an order that states none, and the doses dispensed and not used.
_NO_QUANTITY: tuple[str, Decimal | None] = ("", None)
_ALL_DOSES: tuple[int | None, int] = (None, 0)
#: The columns of Orders that make a `Prescription`, in the order of the parameters that read them.
_PRESCRIBED = (
    "Payer", "Second payer", "Therapy", "Drug", "Product", "Dose", "Interval", "Volume", "Place", "Supplied by",
    "NDC", "NDC unit", "NDC quantity", "Dispensed", "Unused", "Vials",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Prescription:
    """What an order says beside whose it is and when: the same for many rows of a workbook.

    ``place``: "" where the order names none. ``dispensed``: the doses dispensed, None for the number that
    interval and days come to; ``unused`` of them came back in no form. ``vials``: the cell itself, for its sizes
    are read in the unit of the code that bills. ``maker``: what is not known of the drug's product, "" where nothing
    is, for the checks; ``maker_days``: the days (ordinals) on which that matters.
    ``problem`` is the first of its ``problems``.
    """

    payer: str
    second_payer: str
    therapy: Therapy | None
    method: str
    drug: DrugName | str | None
    maker: str
    maker_days: tuple[tuple[int, int], ...]
    dose: dose_rule.Dose | BillingError | None
    interval: interval_rule.Interval | None
    #: Hours between doses, 24 where there is no interval; whole numbers compare faster.
    hours: int | Fraction
    volume_l: Decimal | BillingError | None
    place: str
    supplier: str
    ndc: str
    ndc_unit: str
    ndc_quantity: Decimal | None
    dispensed: int | None
    unused: int
    vials: object
    problem: BillingError | None
    problems: tuple[BillingError, ...]
    content: tuple[str, ...]
    #: The drug as its lines show it.
    shown_drug: str


@dataclass(slots=True, eq=False)
class Order:
    """One order. ``problem`` keeps the whole row from being billed; the rest fail where they are needed.

    ``problems``: all that its row has of that kind, for the checks.

    ``first`` and ``last`` are ordinals, 0 where the days cannot be read. ``row``: the cells, and ``at`` the
    row's number in its table.
    """

    at: int
    row: Row
    number: object
    label: str
    key: SortKey
    patient: str
    rx: Prescription
    first: int
    last: int
    problem: BillingError | None
    problems: tuple[BillingError, ...]

    @property
    def dated(self) -> bool:
        """True where the days of the order are known."""
        return self.first > 0

    def fails(self, problem: BillingError) -> None:
        """The order cannot be billed for that, beside what is wrong with it already."""
        self.problem, self.problems = self.problem or problem, with_problem(self.problems, problem)

    def __lt__(self, other: Order) -> bool:
        """What two rows that are equal in all that ranks them differ in: so that their place never matters."""
        mine, others = (
            (one.label, one.rx.content, one.last, repr(one.number), str(one.problem or "")) for one in (self, other)
        )
        return mine < others


class OrderReader(Memory):
    """Reads the rows of Orders with one reference."""

    def __init__(self, reference: Reference) -> None:
        super().__init__()
        self.reference = reference
        self._columns: list[str] = []

    def orders(self, rows: Sequence[tuple[int, Row]]) -> list[Order]:
        """The rows of Orders, all of the same columns."""
        self._columns = [column for column in _PRESCRIBED if rows and column in rows[0][1]]
        return [self._order(at, row) for at, row in rows]

    def _order(self, at: int, row: Row) -> Order:
        get = row.get
        rx = self.read(self._prescription, *map(get, self._columns))
        assert isinstance(rx, Prescription)
        single = rx.interval is not None and rx.interval.single
        days = self.read(_one_day if single else _days, get("Start"), get("End"), get("Days"))
        patient = self.read(patient_of, get("Patient"))
        number = get("Order")
        label: str | BillingError
        try:
            label = text(good(number, "Order"), "Order")
        except BillingError as error:
            label = kept(error)
        problems = rx.problems
        first = last = 0
        if isinstance(days, BillingError):
            problems = (days, *problems)
        else:
            first, last = days
        if isinstance(patient, BillingError):
            problems, patient = (patient, *problems), ""
        if isinstance(label, BillingError):
            problems, label = (label, *problems), ""
        problem = problems[0] if problems else None
        return Order(
            at, row, number if label else "", label, sort_key(label), patient, rx, first, last, problem, problems
        )

    def _prescription(self, *given: object) -> Prescription:
        """What the cells of the columns order; never raises: the first that cannot be read is the ``problem``."""
        cells = dict(zip(self._columns, given, strict=True))
        (payer, second_payer, therapy, drug, product, dose, interval, volume, place, supplier, ndc, ndc_unit,
         ndc_quantity, dispensed, unused, vials) = map(cells.get, _PRESCRIBED)  # fmt: skip
        row = Readings(self)
        payer_name = row.known("", payer_of, payer)
        second_name = row.known("", payer_of, second_payer, "Second payer")
        place_code = row.known("", self._place, place)
        ndc11 = row.known("", _ndc, ndc)
        found, kind, method = row.known(_NOTHING, self._named, therapy, drug, product, ndc11, dose)
        every = row.known(None, _interval, interval, kind and kind.code_by, found is not None)
        supplied_by = row.known("", _supplier, supplier)
        unit, quantity = row.known(_NO_QUANTITY, _ndc_quantity, ndc_unit, ndc_quantity)
        doses, not_used = row.known(_ALL_DOSES, _doses, dispensed, unused)
        problems = row.problems
        if not problems and kind is not None and found is None and (kind.needs_drug or dose is not None):
            problems.append(WrongInput(f"Drug is blank: {_without_drug(kind)}"))
        if not problems and isinstance(vials, ExcelError):
            row.known(None, good, vials, "Vials")
        maker, maker_days = self._maker(found, ndc11)
        return Prescription(
            payer=payer_name,
            second_payer=second_name,
            therapy=kind,
            method=method,
            drug=found,
            maker=maker,
            maker_days=maker_days,
            dose=None if found is None else self.read(_dose, dose),
            interval=every,
            hours=_hours(every),
            volume_l=self.read(_volume, volume),
            place=place_code,
            supplier=supplied_by,
            ndc=ndc11,
            ndc_unit=unit,
            ndc_quantity=quantity,
            dispensed=doses,
            unused=not_used,
            vials=vials,
            problem=row.problem,
            problems=tuple(problems),
            content=tuple(map(repr, cells.values())),
            shown_drug=_shown(drug, found, kind),
        )

    def _named(self, named: object, drug_cell: object, product_cell: object, ndc: str, dose: object) -> _Named:
        """The drug and the therapy of an order: the therapy that it names, else its drug's own.

        The drug's product, where makers have codes of their own, is the one named, or that of the NDC; of a fluid that
        is billed by the bag, the bag is the one of the dose. A Drug that names a therapy without a drug line (TPN) is
        that therapy.
        """
        therapy_text = text(good(named, "Therapy"), "Therapy")
        drug_text = text(good(drug_cell, "Drug"), "Drug")
        product = text(good(product_cell, "Product"), "Product")
        drug: DrugName | str | None = None
        therapy: Therapy | None = None
        method = ""
        if therapy_text:
            found = self.reference.therapy(therapy_text)
            therapy, method = found.therapy, found.method
        named_by_drug = self._therapy_as_drug(drug_text)
        if named_by_drug is not None:
            drug_text, therapy, method = "", *_agreed(named_by_drug, therapy, method, dose)
        if drug_text:
            drug = self.reference.drug_or_code(fluid.bag(self.reference, drug_text, dose))
            if isinstance(drug, DrugName):
                drug = self._product(drug, product, ndc)
            therapy = therapy or self.reference.therapy_of(drug)
        if therapy is None:
            raise WrongInput("Drug and Therapy are both blank: name the drug, or the therapy where no drug is billed")
        return drug, therapy, method

    def _therapy_as_drug(self, text: str) -> TherapyName | None:
        """The therapy without a drug line that stands in the Drug column, as pharmacy systems export TPN."""
        found = None if self.reference.curated(text) else self.reference.named_therapy(text)
        return None if found is None or found.therapy.needs_drug else found

    def _product(self, drug: DrugName, product: str, ndc: str) -> DrugName:
        """The drug with its product: by name, else by its NDC."""
        meant = self.reference.products_meant(drug)
        if product and (chosen := self._chosen(drug, product, meant)):
            return chosen
        if product:
            try:
                found = self.reference.name(f"{drug.drug} {product}")
            except UnknownDrug as error:
                raise error.at("Product") from None
            if found.drug != drug.drug or drug.product not in ("", found.product):
                raise UnknownDrug(f"Product {quoted(product)} is no product of {drug}: leave it blank, or mend it")
            return found
        if ndc and (meant or not drug.product):
            told = products.nearest(self.reference, ndc)
            if told is not None and (found_one := products.one_of(self.reference, told, meant)):
                return found_one
            if told is None:
                return DrugName(drug.drug, self.reference.product_of(drug.drug, ndc_rule.labeler(ndc)) or "")
            found_products = products.products_of(self.reference, told, drug.drug)
            return DrugName(drug.drug, found_products[0] if len(found_products) == 1 else "")
        return drug

    def _chosen(self, drug: DrugName, product: str, meant: Iterable[DrugRow]) -> DrugName | None:
        """The one of the products that a name may mean which Product names; None where it names none of them."""
        named = {self.reference.named(text) for text in (product, f"{drug.drug} {product}")}
        found = named & {DrugName(row.drug, row.product) for row in meant}
        return found.pop() if len(found) == 1 else None

    def _maker(self, drug: DrugName | str | None, ndc: str) -> _Unknown:
        """What is not known of whose product a drug is, with the days on which makers have codes of their own."""
        if not isinstance(drug, DrugName):
            return _SURE
        meant = self.reference.products_meant(drug)
        if drug.product and not meant:
            return _SURE
        told = products.nearest(self.reference, ndc) if ndc else None
        if told is not None:
            return self._told(drug.drug, told)
        if not meant and not self.reference.has_products(drug.drug):
            return _SURE
        days = _periods(meant) if meant else self._days_of_products(drug.drug)
        if not ndc:
            return "neither its product nor its NDC is given", days
        if self.reference.product_of(drug.drug, ndc_rule.labeler(ndc)) is not None:
            return _SURE
        unknown = f"the reference does not know labeler {ndc_rule.labeler(ndc)} of its NDC"
        return unknown, days

    def _told(self, drug: str, told: products.Told) -> _Unknown:
        """What an imported crosswalk that has the NDC leaves open."""
        found = products.products_of(self.reference, told, drug)
        if len(found) > 1:
            return f"{told.text}, of several of its products", self._days_of_products(drug)
        if found:
            since = products.begun_since(self.reference, told, drug)
            return (f"{told.text}, before makers had codes of their own", _periods(since)) if since else _SURE
        if products.other_drug(self.reference, told, drug):
            return _SURE  # the NDC is wrong, and a check says so
        return f"{told.text}, which is no code of {drug} in the reference", ((1, LAST),)

    def _days_of_products(self, drug: str) -> tuple[tuple[int, int], ...]:
        """The days of the codes that makers of a drug have for their products."""
        return _periods(row for row in self.reference.rows_of_drug(drug) if row.product)

    def _place(self, value: object) -> str:
        return place_of_service(self.reference, value, "Place")


def _periods(rows: Iterable[DrugRow]) -> tuple[tuple[int, int], ...]:
    """The days of some rows, as ordinals."""
    return tuple(map(ordinals, rows))


def _hours(interval: interval_rule.Interval | None) -> int | Fraction:
    if interval is None:
        return 24
    return interval.hours.numerator if interval.hours.denominator == 1 else interval.hours


def _supplier(value: object) -> str:
    return choice(ORDERS["Supplied by"], value)


def _ndc(value: object) -> str:
    return "" if value is None else ndc_rule.parse(good(value, "NDC"))


def _ndc_quantity(unit: object, quantity: object) -> tuple[str, Decimal | None]:
    return (
        "" if unit is None else ndc_rule.unit(good(unit, "NDC unit")),
        None if quantity is None else ndc_rule.quantity(good(quantity, "NDC quantity")),
    )


def _doses(dispensed: object, unused: object) -> tuple[int | None, int]:
    """The doses dispensed, and those of them that were not used."""
    doses = None if dispensed is None else whole_of(_DISPENSED, dispensed)
    not_used = 0 if unused is None else whole_of(_UNUSED, unused)
    if doses is not None and not_used > doses:
        raise OutOfRange(f"Unused {not_used} is more than Dispensed {doses}: it counts doses of those dispensed")
    return doses, not_used


def _dose(value: object) -> dose_rule.Dose:
    return dose_rule.parse(good(value, "Dose"))


def _volume(value: object) -> Decimal | None:
    return None if value is None else dose_rule.liters(good(value, "Volume"))


def _interval(value: object, code_by: str | None, has_drug: bool) -> interval_rule.Interval | None:
    """The interval; blank only where neither the per diem code nor a count of doses needs it."""
    if value is None and code_by not in (None, "interval") and not has_drug:
        return None
    every = interval_rule.parse(good(value, "Interval"))
    if every.monthly and code_by in (None, "interval"):
        raise NoPerDiemCode(
            "no per diem code for monthly: name the Therapy where it has a code of its own, and type each dose as an "
            "order, Interval once"
        )
    return interval_rule.counted(value)


def _agreed(named: TherapyName, therapy: Therapy | None, method: str, dose: object) -> tuple[Therapy, str]:
    """The therapy and the method of an order whose Drug names a therapy. Errors: `WrongInput` where cells disagree."""
    kind = named.therapy
    if therapy is not None and therapy != kind:
        raise WrongInput(
            f"Drug names a therapy, {kind.name}, and Therapy another, {therapy.name}: leave one of them blank"
        )
    if named.method and method and named.method != method:
        raise WrongInput(f"Drug says {named.method} and Therapy {method}: leave one of them blank")
    if dose is not None:
        raise WrongInput(f"Drug names a therapy: {_without_drug(kind)}")
    return kind, named.method or method


def _without_drug(kind: Therapy) -> str:
    """What to do about a Dose that has no drug."""
    if kind.needs_drug:
        return f"{kind.name} is billed with its drug; name it"
    volume = ", and type the fluid of a day into Volume, 2400 mL or 2.4 L" if kind.code_by == "volume" else ""
    return f"{kind.name} is billed without a dose; leave Dose blank{volume}, or name the drug that the dose is of"


def _shown(value: object, drug: DrugName | str | None, kind: Therapy | None) -> str:
    """The drug as its lines show it: "" for a therapy without one, a Drug cell that names none as it is typed.

    An error value shows nothing.
    """
    if drug is not None:
        return str(drug)
    if kind is not None:
        return ""
    return value if isinstance(value, str) and not isinstance(value, ExcelError) else ""


def _days(start: object, end: object, days: object) -> tuple[int, int] | BillingError:
    """First and last day of an order as ordinals, out of Start and End or Days."""
    try:
        first = day_rule.parse(good(start, "Start"), "Start")
        if good(end, "End") is None and good(days, "Days") is None:
            raise WrongInput("End is blank: type the last day, or the number of Days")
        count = None if days is None else whole_of(_LENGTH, days)
        last = _after(first, count or 0) if end is None else _ended(first, day_rule.parse(end, "End"), count)
        return first.toordinal(), last
    except BillingError as error:
        return kept(error)


def _after(first: dt.date, count: int) -> int:
    """The last (an ordinal) of so many days. Errors: `OutOfRange` for one beyond the calendar."""
    last = first.toordinal() + count - 1
    if last > LAST:
        raise OutOfRange(f"Days {count} from {first} go beyond the calendar: check the dates")
    return last


def _ended(first: dt.date, last: dt.date, count: int | None) -> int:
    """``last`` as an ordinal. Errors: `OutOfRange` where it cannot be meant, `WrongInput` where Days says otherwise."""
    span = (last - first).days + 1
    if span < 1:
        raise OutOfRange(f"End {last} is before Start {first}")
    if span > MOST_DAYS:
        raise OutOfRange(f"Start {first} to End {last} is more than ten years: check the dates")
    if count not in (None, span):
        raise WrongInput(f"Days {count} and End {last} differ: from {first} that is {span} days; give one of them")
    return last.toordinal()


def _one_day(start: object, end: object, days: object) -> tuple[int, int] | BillingError:
    """The day of a single dose: Start, which End and Days need not repeat."""
    found = _days(start, end, 1 if end is None and days is None else days)
    if isinstance(found, BillingError) or found[0] == found[1]:
        return found
    return WrongInput(
        f"Interval is a single dose, and the order has {found[1] - found[0] + 1} days: leave End and Days blank, or "
        "type the hours between doses"
    )
