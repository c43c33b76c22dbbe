"""The steps of an explanation that are of an order's drug: its code, its dose and doses, waste, rounding, the NDC."""

from __future__ import annotations

from collections.abc import Iterator

from xl_infusion.claim.codes import DrugCode
from xl_infusion.claim.grid import Payer, Work
from xl_infusion.claim.order import Order
from xl_infusion.claim.reasons import WITH_CLAIM
from xl_infusion.claim.step import Step, days_of, source_of
from xl_infusion.claim.terms import Terms
from xl_infusion.claim.words import NOT_OURS
from xl_infusion.errors import BillingError, table_row
from xl_infusion.rules import ndc as ndc_rule
from xl_infusion.rules import waste
from xl_infusion.rules.number import plain


class DrugSteps:
    """The drug of one order at the payer that is billed."""

    def __init__(self, work: Work, payer: Payer, order: Order) -> None:
        self.reference, self.payer, self.terms, self.order = work.reference, payer, payer.terms, order
        self.at = table_row("Orders", order.at)

    def _by(self, terms: Terms, name: str) -> str:
        return terms.by(name, self.reference)

    def steps(self) -> Iterator[Step]:
        """The steps in their order."""
        rx = self.order.rx
        if rx.drug is None:
            return
        if self.terms.drugs_billed != WITH_CLAIM:
            yield Step("Who bills the drug?", self.terms.drugs_billed, self._by(self.terms, "drugs_billed"))
            return
        if rx.supplier in NOT_OURS:
            yield Step("Who bills the drug?", f"the {rx.supplier}, which supplied it", f"{self.at}, Supplied by")
            return
        yield from self._drug_codes()
        yield from self._one_dose()
        yield from self._doses()
        yield from self._waste()
        yield from self._rounded()
        yield from self._ndc()

    def _drug_codes(self) -> Iterator[Step]:
        order = self.order
        for first, last, answer in self.payer.codes.drug(order.rx).cut(order.first, order.last):
            if isinstance(answer, DrugCode):
                unit = f"a unit is {answer.row.unit_text}" if answer.row.amount is not None else "which has no unit"
                yield Step(f"Which drug code, {days_of(first, last)}?", f"{answer.row.code}, {unit}", source_of(answer))

    def _one_dose(self) -> Iterator[Step]:
        """How one dose was worked out, where it is not the amount that was typed."""
        rx, terms, told = self.order.rx, self.terms, set()
        for _, _, answer in self.payer.codes.drug(rx).cut(self.order.first, self.order.last):
            if not isinstance(answer, DrugCode):
                continue
            try:
                worked = self.payer.maker.doses.of(rx, answer.row).worked
            except BillingError:
                continue  # the line says why there is none
            if worked and worked not in told:
                told.add(worked)
                yield Step("How much is one dose?", worked, self._dose_by(terms, worked))

    def _dose_by(self, terms: Terms, worked: str) -> str:
        """The cells and the terms that a dose was worked out with."""
        row = self.order.row
        cells = [name for name in ("Dose", "Weight", "Height", "Concentration", "Vials") if row.get(name) is not None]
        by = [f"{self.at}, {' and '.join(cells)}"]
        for name, said in (("pound", terms.pound), ("surface", terms.surface), ("vial_rounding", "of whole vials")):
            by += [self._by(terms, name)] if said in worked else []
        return "; ".join(by)

    def _doses(self) -> Iterator[Step]:
        rx = self.order.rx
        doses = [] if rx.dispensed is None else [f"{rx.dispensed} dispensed"]
        doses += [f"{rx.unused} delivered and not used, on a line with {waste.NOT_USED}"] if rx.unused else []
        if doses:
            yield Step("How many doses?", ", ".join(doses), f"{self.at}, Dispensed and Unused")

    def _waste(self) -> Iterator[Step]:
        vials, by = self.order.rx.vials, self._by(self.terms, "waste")
        if self.terms.waste and vials is None:
            yield Step("Is waste billed?", "no: Vials is blank", f"{self.at}; {by}")
        elif self.terms.waste:
            yield Step("Is waste billed?", f"JW and JZ, out of vials of {vials}", by)
        elif vials is not None:
            yield Step("Is waste billed?", "no", by)

    def _rounded(self) -> Iterator[Step]:
        terms = self.terms
        if terms.waste and self.order.rx.vials is not None:
            return  # each dose is what its vials come to
        up = "at the third decimal" if terms.fractional else "to the next whole unit"
        by = self._by(terms, "rounding")
        by += f"; {self._by(terms, 'fractional')}" if terms.fractional else ""
        yield Step("How are units rounded?", f"up {up}, for each {terms.rounding}", by)

    def _ndc(self) -> Iterator[Step]:
        rx = self.order.rx
        if rx.ndc:
            ndc = ndc_rule.hyphenated(rx.ndc)
            if rx.ndc_quantity is not None:
                ndc += f", {' '.join((plain(rx.ndc_quantity), rx.ndc_unit)).strip()} for each dose"
            yield Step("Which NDC?", ndc, f"{self.at}, NDC")
