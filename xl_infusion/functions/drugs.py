"""Drug functions: the HCPCS code of a drug and the units of a dose."""

from __future__ import annotations

from typing import Annotated, Any

from xl_infusion.functions.arguments import DRUGS, Date, Drug, Interval, Ndc, OwnCodes, blank, day
from xl_infusion.functions.cells import text
from xl_infusion.functions.own_codes import reference_with
from xl_infusion.functions.worksheet import scalar
from xl_infusion.reference import DrugRow, Reference, products
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import drug_units, fluid
from xl_infusion.rules import interval as interval_rule
from xl_infusion.rules import ndc as ndc_rule


@scalar(DRUGS, '=JCODE("vancomycin",DATE(2025,6,30))', blocks=("own_codes",))
def JCODE(drug: Drug, date: Date = None, ndc: Ndc = None, own_codes: OwnCodes = None) -> Any:
    """HCPCS code that bills a drug on a date; with an NDC, the code of that product.

    In: a drug's name, brand, short form or code (blank where an NDC is given: the drug is the NDC's); a date of
    service; an NDC, whose drug and maker CMS's imported ASP NDC-HCPCS crosswalk tells; a workbook's Own codes, which
    go over the reference. Out: the code as text.
    Errors: #N/A a drug that the reference lacks (the message says what it may have meant), a code not in
    force on that date (with its successor), a drug whose products have codes of their own, an NDC and no crosswalk
    imported or none that has it; #VALUE! no text, an NDC of another drug, a code that is not the crosswalk's; a row
    of Own codes that is for the drug or its code and cannot be read.
    Authority: HCPCS Level II (CMS); CMS's ASP NDC-HCPCS crosswalk for the NDC.

    >>> JCODE("vanco", "2025-06-30"), JCODE("vanco", "2025-07-01")
    ('J3370', 'J3373')
    >>> JCODE("meropenum").message
    "drug 'meropenum' is not in the reference: did you mean meropenem?"
    """
    return _row(reference_with(own_codes), drug, date, ndc).code


@scalar(DRUGS, '=JUNITS("meropenem","1 g")', blocks=("own_codes",))
def JUNITS(
    drug: Drug,
    dose: Annotated[Any, {"doc": "One dose with its unit: 1 g, 500 mg, 2.5 million units; a bare number is mg"}],
    date: Date = None,
    ndc: Ndc = None,
    own_codes: OwnCodes = None,
) -> Any:
    """Billing units of one dose of a drug: the dose divided by the code's amount, rounded up to whole units.

    In: a drug's name or HCPCS code, one dose, a date of service; an NDC and Own codes as in JCODE. Out: whole units of
    the code in force.
    Errors: #N/A and #VALUE! as JCODE; #N/A an unclassified code without a unit; #VALUE! a dose in a unit of another
    dimension (mg for units) or not a dose; #NUM! a dose of 0, negative or beyond any patient's.
    Authority: HCPCS Level II (CMS) for the amounts; Medicare Claims Processing Manual ch. 17 s. 10 for rounding.

    >>> JUNITS("meropenem", "1 g"), JUNITS("J3370", "1 g", "2013-05-01"), JUNITS("vancomycin", 1000, "2025-07-01")
    (10, 2, 100)
    >>> JUNITS("heparin", "500 mg").message
    "dose '500 mg' is in mg and the code counts units: give the dose in units"
    """
    row = _row(reference_with(own_codes), drug, date, ndc, dose)
    return drug_units.of_dose(row, dose_rule.parse(dose)).units


def _row(reference: Reference, drug: object, date: object, ndc: object, dose: object = None) -> DrugRow:
    """The row that bills a drug, or the product that an NDC names, on a date; of a fluid, the bag of the dose."""
    if blank(ndc):
        return reference.drug(fluid.bag(reference, text(drug, "drug"), dose), day(date))
    named = "" if blank(drug) else text(drug, "drug")
    return products.row_of(reference, named, ndc_rule.parse(ndc), day(date))


@scalar(DRUGS, '=DOSES_PER_DAY("q8h")')
def DOSES_PER_DAY(interval: Interval) -> Any:
    """Doses in 24 hours for a dosing interval.

    In: hours between doses, or q8h, BID, every 8 hours, continuous (one infusion a day), once (a single dose); or days,
    MWF, 5 days on 2 off. Out: doses a day, not always whole (0.5 for every 48 hours), of days their average.
    Errors: #VALUE! not an interval (an Excel time, as needed); #NUM! hours out of range; #N/A monthly.

    >>> DOSES_PER_DAY("q8h"), DOSES_PER_DAY(["BID", "q48h"])
    (3, [2, 0.5])
    >>> round(7 * DOSES_PER_DAY("MWF"), 9)
    3.0
    """
    doses = interval_rule.counted(interval).doses_per_day
    return int(doses) if doses.denominator == 1 else float(doses)
