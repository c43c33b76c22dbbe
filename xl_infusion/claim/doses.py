"""The dose of an order as a payer is billed for it: worked out with the patient's measures, rounded to vials."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from xl_infusion.claim.order import Prescription
from xl_infusion.claim.terms import Terms
from xl_infusion.errors import BillingError, kept
from xl_infusion.reference import DrugRow
from xl_infusion.rules import dosing, vial_rounding, waste
from xl_infusion.rules.dose import Dose, amount_in
from xl_infusion.rules.measures import decimal
from xl_infusion.rules.number import plain


class Doses:
    """The doses that are billed to one payer."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.formulas = dosing.Formulas(terms.pound, terms.surface)
        self._of: dict[tuple[Prescription, DrugRow], Dose | BillingError] = {}

    def of(self, rx: Prescription, row: DrugRow) -> Dose:
        """One dose, of 24 hours of a continuous infusion, as ``row`` bills it. Raises why there is none."""
        if isinstance(rx.dose, Dose) and self.terms.vial_rounding is None:
            return rx.dose
        found = self._of.get((rx, row))
        if found is None:
            try:
                found = self._rounded(rx, row)
            except BillingError as error:
                found = kept(error)
            self._of[rx, row] = found
        if isinstance(found, BillingError):
            raise found.anew()
        return found

    def ordered(self, rx: Prescription, unit: str) -> Dose:
        """The dose in the dimension of a unit, before vials round it. Raises why there is none."""
        assert rx.dose is not None and rx.interval is not None
        if isinstance(rx.dose, BillingError):
            raise rx.dose.anew()
        if isinstance(rx.dose, Dose):
            return rx.dose
        # a code without a unit says so itself
        return dosing.dose_of(rx.dose, unit or rx.dose.parts[0].measure.unit, rx.interval, self.formulas)

    def _rounded(self, rx: Prescription, row: DrugRow) -> Dose:
        dose, rounding = self.ordered(rx, row.unit), self.terms.vial_rounding
        if rounding is None or rx.vials is None or row.amount is None or dose.component or dose.parts:
            return dose
        one = amount_in(dose, row.unit)
        whole = vial_rounding.rounded(one, waste.sizes(rx.vials, row), rounding)
        if whole == one:
            return dose
        return Dose(whole, row.unit, worked=f"{dose.said}, {_changed(one, whole, row, rounding)}")


def _changed(one: Decimal, whole: Decimal, row: DrugRow, rounding: vial_rounding.VialRounding) -> str:
    """``rounded to 400 mg of whole vials (down within 10 %: 4.8 % less)``."""
    change = abs(Fraction(whole) / Fraction(one) - 1) * 100
    by = f"{decimal(change, 1)} % {'less' if whole < one else 'more'}"
    return f"rounded to {plain(whole)} {row.unit} of whole vials ({rounding}: {by})"
