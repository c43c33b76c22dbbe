"""Orders, read out of the rows of their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from xl_infusion.claim import order_cells as cells
from xl_infusion.claim.inputs import Memory, Readings, Row, good, patient_of, payer_of, place_of_service, sort_key
from xl_infusion.claim.modifiers import ON_DRUG, ON_PER_DIEM, typed
from xl_infusion.claim.order import Order, Prescription, gap_of, hours_of
from xl_infusion.claim.ordered_drug import Named, OrderedDrugs, without_drug
from xl_infusion.errors import BillingError, ExcelError, WrongInput
from xl_infusion.reference import DrugName, Reference, Therapy
from xl_infusion.rules.interval import Every
from xl_infusion.rules.ordered_dose import Ordered
from xl_infusion.rules.schedule import Cycle, Months, Schedule

_NOTHING: Named = (None, None, "")
#: The unit and quantity of an order that states none, and the doses dispensed and not used.
_NO_QUANTITY: tuple[str, Decimal | None] = ("", None)
_ALL_DOSES: tuple[int | None, int] = (None, 0)
#: The columns of Orders that make a `Prescription`, in the order of the parameters that read them.
_PRESCRIBED = (
    "Payer", "Second payer", "Therapy", "Drug", "Product", "Dose", "Weight", "Height",
    "Concentration", "Interval", "Volume", "Place", "Supplied by",
    "NDC", "NDC unit", "NDC quantity", "Dispensed", "Unused", "Vials",
    "Modifiers", "Per diem with",
)  # fmt: skip


class OrderReader(Memory):
    """Reads the rows of Orders with one reference."""

    def __init__(self, reference: Reference) -> None:
        super().__init__()
        self.reference = reference
        self._drugs = OrderedDrugs(reference)
        self._columns: list[str] = []
        self._dated: dict[tuple[Prescription, Cycle | Months], Prescription] = {}

    def orders(self, rows: Sequence[tuple[int, Row]]) -> list[Order]:
        """The rows of Orders, all of the same columns."""
        self._columns = [column for column in _PRESCRIBED if rows and column in rows[0][1]]
        return [self._order(at, row) for at, row in rows]

    def _order(self, at: int, row: Row) -> Order:
        get = row.get
        rx = self.read(self._prescription, *map(get, self._columns))
        assert isinstance(rx, Prescription)
        when = (get("Start"), get("End"), get("Days"))
        if rx.interval is not None and rx.interval.single:
            days = self.read(cells.one_dose, *when, rx.interval.lasts)
        else:
            days = self.read(cells.days_of, *when)
        patient = self.read(patient_of, get("Patient"))
        number = get("Order")
        label, inside = self.read(cells.label, number), self.read(cells.inside, get("Per diem with"))
        problems = (*_failures(label, patient, days), *rx.problems, *_failures(inside))
        first, last = (0, 0) if isinstance(days, BillingError) else days
        rx = self._from_day(rx, first) if first else rx
        label, patient, inside = map(_known, (label, patient, inside))
        shown, problem = number if label else "", problems[0] if problems else None
        return Order(at, row, shown, label, sort_key(label), patient, rx, first, last, problem, problems, inside)

    def _from_day(self, rx: Prescription, first: int) -> Prescription:
        """A prescription whose schedule goes by the calendar, from the first day of its order."""
        if not isinstance(rx.interval, Schedule):
            return rx
        interval = rx.interval.from_day(first)
        key = (rx, interval.pattern)
        if key not in self._dated:
            self._dated[key] = replace(rx, interval=interval)
        return self._dated[key]

    def _prescription(self, *given: object) -> Prescription:
        """What the cells of the columns order; never raises: the first that cannot be read is the ``problem``."""
        given_cells = dict(zip(self._columns, given, strict=True))
        (payer, second_payer, therapy, drug, product, dose, weight, height, concentration, interval, volume, place,
         supplier, ndc, ndc_unit, ndc_quantity, dispensed, unused, vials,
         modifiers, inside) = map(given_cells.get, _PRESCRIBED)  # fmt: skip
        row = Readings(self)
        payer_name = row.known("", payer_of, payer)
        second_name = row.known("", payer_of, second_payer, "Second payer")
        place_code = row.known("", self._place, place)
        ndc11 = row.known("", cells.ndc, ndc)
        found, kind, method = row.known(
            _NOTHING, self._drugs.named, therapy, drug, product, ndc11, dose, inside is not None
        )
        amount = None if found is None else self.read(cells.dose, dose, weight, height, concentration)
        every = row.known(None, cells.interval, interval, kind and kind.code_by, found is not None)
        every = _lasting(every, amount)
        supplied_by = row.known("", cells.supplier, supplier)
        unit, quantity = row.known(_NO_QUANTITY, cells.ndc_quantity, ndc_unit, ndc_quantity)
        doses, not_used = row.known(_ALL_DOSES, cells.doses, dispensed, unused)
        problems = row.problems
        if not problems and kind is not None and found is None and (kind.needs_drug or dose is not None):
            problems.append(WrongInput(f"Drug is blank: {without_drug(kind)}"))
        if not problems and isinstance(vials, ExcelError):
            row.known(None, good, vials, "Vials")
        maker, maker_days = self._drugs.maker(found, ndc11)
        return Prescription(
            payer=payer_name,
            second_payer=second_name,
            therapy=kind,
            method=method,
            drug=found,
            maker=maker,
            maker_days=maker_days,
            dose=amount,
            interval=every,
            hours=hours_of(every),
            gap=gap_of(every),
            volume_l=self.read(cells.volume, volume),
            place=place_code,
            supplier=supplied_by,
            ndc=ndc11,
            ndc_unit=unit,
            ndc_quantity=quantity,
            dispensed=doses,
            unused=not_used,
            vials=vials,
            modifiers=self.read(self._modifiers, modifiers),
            problem=row.problem,
            problems=tuple(problems),
            content=tuple(map(repr, given_cells.values())),
            shown_drug=_shown(drug, found, kind),
        )

    def _place(self, value: object) -> str:
        return place_of_service(self.reference, value, "Place")

    def _modifiers(self, value: object) -> tuple[str, ...]:
        return typed(self.reference, value, (ON_PER_DIEM, ON_DRUG))


def _lasting(every: Every | None, dose: object) -> Every | None:
    """How often a dose is given, with the hours that it runs where it says them."""
    over = dose.over if isinstance(dose, Ordered) else None
    return every if every is None or over is None else every.lasting(over)


def _failures(*found: object) -> tuple[BillingError, ...]:
    """What could not be read."""
    return tuple(one for one in found if isinstance(one, BillingError))


def _known(found: str | BillingError) -> str:
    """A text, "" for one that could not be read."""
    return "" if isinstance(found, BillingError) else found


def _shown(value: object, drug: DrugName | str | None, kind: Therapy | None) -> str:
    """The drug as its lines show it: "" for a therapy without one, a Drug cell that names none as it is typed.

    An error value shows nothing.
    """
    if drug is not None:
        return str(drug)
    if kind is not None:
        return ""
    return value if isinstance(value, str) and not isinstance(value, ExcelError) else ""
