"""What drugs are bought for: the Costs table, dated, by code or by drug."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.inputs import Row, choice, good, period, text
from xl_infusion.claim.lines import BESIDE, Line
from xl_infusion.claim.order import Order
from xl_infusion.claim.price import Quantity
from xl_infusion.errors import BillingError, NotFound, OutOfRange, WrongInput, kept, table_row
from xl_infusion.model.columns import COSTS
from xl_infusion.reference import DrugName, Reference
from xl_infusion.reference.names import as_code
from xl_infusion.rules.number import cents, exact, plain

_UNIT = COSTS["Per"].choices[0]


@dataclass(frozen=True, slots=True)
class _CostRow:
    number: int
    cost: Decimal
    per: str
    first: int
    last: int


class Costs:
    """The Costs table. ``given`` is False without rows: then no line has a cost."""

    def __init__(self, reference: Reference, rows: Sequence[tuple[int, Row]]) -> None:
        self.reference = reference
        self.given = bool(rows)
        #: a row whose drug cannot be read may be that of any line: then none has a cost
        self._unreadable: BillingError | None = None
        self._rows: dict[str, list[_CostRow | BillingError]] = defaultdict(list)
        for number, row in rows:
            self._add(number, row)

    def _add(self, number: int, row: Row) -> None:
        where = table_row("Costs", number)
        try:
            name = self._name(row.get("Drug or code"))
        except BillingError as error:
            self._unreadable = self._unreadable or error.at(where)
            return
        first, last, problem = period(row)
        try:
            if problem is not None:
                raise problem
            per = choice(COSTS["Per"], row.get("Per")) or _UNIT
            cost = exact(good(row.get("Cost"), "Cost"), "Cost")
            if cost < 0:
                raise OutOfRange(f"Cost {plain(cost)} is negative")
            self._rows[name].append(_CostRow(number, cost, per, first, last))
        except BillingError as error:
            self._rows[name].append(error.at(where))

    def _name(self, cell: object) -> str:
        written = text(good(cell, "Drug or code"), "Drug or code")
        if not written:
            raise WrongInput("Drug or code is blank: name what the cost is of")
        found = as_code(written) or self.reference.drug_or_code(written)
        return found if isinstance(found, str) else found.drug

    def of(self, line: Line) -> tuple[Decimal | BillingError | None, str]:
        """What the drug of a drug line was bought for, US dollars, and by which row; None where no row names it.

        The row is that in force on the line's first day; what was discarded or not used was bought too.
        """
        source = line.source
        assert isinstance(source, Order)  # a visit has no drug line
        if not self.given:
            return None, ""
        if self._unreadable is not None:
            return self._unreadable, ""
        if isinstance(line.code, BillingError):
            return line.code, ""
        drug = source.rx.drug.drug if isinstance(source.rx.drug, DrugName) else ""
        rows = self._rows.get(line.code) or (self._rows.get(drug) if line.kind != BESIDE else None)
        if not rows:
            return None, ""
        try:
            row = self._row(rows, line)
            assert line.units is not None
            if isinstance(line.units, BillingError):
                raise line.units
            # each line is bought, also one of what was discarded or not used
            count = Quantity(line.units, line.days, line.doses).of(row.per, beside=True)
        except BillingError as error:
            return kept(error), ""
        return cents(row.cost * count), table_row("Costs", row.number)

    @staticmethod
    def _row(rows: list[_CostRow | BillingError], line: Line) -> _CostRow:
        for row in rows:
            if isinstance(row, BillingError):
                raise row
        found = [row for row in rows if isinstance(row, _CostRow) and row.first <= line.first <= row.last]
        if not found:
            raise NotFound(f"no cost of {line.code} is in force on the line's first day: add a row to Costs")
        if len({(row.cost, row.per) for row in found}) > 1:
            where = table_row("Costs", *(row.number for row in found))
            raise WrongInput(f"{where} are in force on one day with two costs: close one of them")
        return found[0]
