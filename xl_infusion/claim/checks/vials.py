"""Vials that are no single-dose containers: a pharmacy bulk package, a multiple-dose vial.

What is left of them is not discarded for one patient, and the modifiers of waste are not for them. Source: Medicare
Claims Processing Manual ch. 17 s. 40; CMS, JW and JZ policy (2023).
"""

from __future__ import annotations

from decimal import Decimal

from xl_infusion.claim.codes import DrugCode
from xl_infusion.claim.grid import Work
from xl_infusion.claim.order import Prescription
from xl_infusion.claim.terms import Terms
from xl_infusion.errors import BillingError
from xl_infusion.reference import DrugRow
from xl_infusion.reference.check_tables import BulkPackage
from xl_infusion.rules import waste
from xl_infusion.rules.dose import Dose, amount_in
from xl_infusion.rules.number import plain


def of_many_doses(work: Work, terms: Terms, rx: Prescription, drug: str) -> str:
    """Which container for many doses a prescription is billed out of as if it were of one dose, or ""."""
    bulk = work.reference.bulk_package(drug)
    if bulk is None or not (terms.waste or terms.fractional):
        return ""
    for _, _, answer in work.payer(terms.name).codes.drug(rx).whole:
        if isinstance(answer, DrugCode) and (said := _said(bulk, work, terms, rx, answer.row)):
            return said
    return ""


def _said(bulk: BulkPackage, work: Work, terms: Terms, rx: Prescription, row: DrugRow) -> str:
    if row.amount is None:
        return ""
    try:
        dose = waste.measured(amount_in(work.payer(terms.name).maker.doses.of(rx, row), row.unit))
        opened = waste.vials(dose, waste.sizes(rx.vials, row))
        discarded = waste.billed(dose, row.amount, sum(opened, Decimal(0))).discarded
        size = amount_in(Dose(opened[0], row.unit), bulk.unit)
    except BillingError:
        return ""  # the line says so, or Vials is blank
    if size < bulk.least:
        return ""
    what = f"{rx.shown_drug} of {Decimal(plain(size)):,f} {bulk.unit} is a {bulk.package}"
    if not terms.waste:
        return f"{what}, and each dose is rounded up as one out of a single-dose vial"
    if discarded:
        return f"{what}, and {discarded} units of {row.code} of each dose are billed as discarded (JW)"
    return f"{what}, and the line says with JZ that nothing of a single-dose container was discarded"
