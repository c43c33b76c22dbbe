"""Fluids that the dose tells the code of: those billed by the bag, and a day's nutrition by its protein.

HCPCS has no code of normal saline as such but one for each of its bags (J7030 1000 cc, J7040 500 mL, J7050 250 cc), and
so of 5% dextrose (J7070, J7060); of a nutrition solution one for so many grams of protein a day. The volume of the bag,
or the protein, is what billers type as the dose. Source: CMS HCPCS Level II.

>>> from xl_infusion.reference import current
>>> bag(current(), "NS", "0.5 L"), bag(current(), "meropenem", "1 g")
('NS 500 mL', 'meropenem')
>>> bag(current(), "Clinimix", "60 g protein")
'parenteral nutrition premix 52 to 73 g protein'
"""

from __future__ import annotations

from decimal import Decimal

from xl_infusion.errors import BillingError, NoSuchBag, quoted
from xl_infusion.reference import Reference, unknown
from xl_infusion.reference.names import as_code
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules.number import plain


def bag(reference: Reference, drug: str, dose: object = None) -> str:
    """The name of a drug, with the volume of its bag, or the day's range, where only that tells which code bills it.

    Errors: `NoSuchBag` for such a fluid whose ``dose`` is none of its bags; it names them all. `SupplyAlone` for so
    little of it that it flushes a line.

    >>> from xl_infusion.reference import current
    >>> try:
    ...     bag(current(), "NS", "2000 mL")
    ... except NoSuchBag as error:
    ...     print(str(error).partition(", and ")[2])
    more bags a day by the interval, 2000 mL a day as 1000 mL q12h
    """
    if reference.curated(drug) is not None or as_code(drug) is not None:
        return drug
    bags = _bags(reference, drug)
    if not bags:
        return _of_day(reference, drug, dose)
    try:
        volume = dose_rule.amount_in(dose_rule.parse(dose), "mL")
    except BillingError:
        volume = None
    if volume in bags:
        return _named(drug, volume)
    flush = reference.flush(reference.name(_named(drug, max(bags))).drug)
    if volume is not None and flush is not None and volume <= flush.up_to:
        raise unknown.supply(f"{drug} {plain(volume)} mL", "mostly a flush")
    *most, last = [f"{plain(size)} mL ({code})" for size, code in sorted(bags.items(), reverse=True)]
    largest = plain(max(bags))
    raise NoSuchBag(
        f"drug {quoted(drug)} is a bag: type the dose of one, {', '.join(most)} or {last}, and more bags a day by the "
        f"interval, {plain(2 * max(bags))} mL a day as {largest} mL q12h"
    )


def _of_day(reference: Reference, drug: str, dose: object) -> str:
    """The name of a drug whose codes are for so much a day, with the range that has the ``dose``."""
    name = reference.named(drug)
    rows = [row for row in reference.products_meant(name) if row.ranges] if name is not None else []
    if not rows:
        return drug
    try:
        amount = dose_rule.amount_in(dose_rule.parse(dose), rows[0].ranges[0].unit)
    except BillingError:
        return drug  # the products are listed
    return next((f"{row.drug} {row.product}" for row in rows if row.ranges[0].holds(amount)), drug)


def _named(drug: str, volume: Decimal) -> str:
    return f"{drug} {plain(volume)} mL"


def _bags(reference: Reference, drug: str) -> dict[Decimal, str]:
    """The volumes (mL) of the bags of a fluid, each with its newest code."""
    sizes = {row.amount for row in reference.drugs if row.unit == "mL" and row.amount is not None}
    return {size: reference.drug(_named(drug, size)).code for size in sizes if reference.curated(_named(drug, size))}
