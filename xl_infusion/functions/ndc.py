"""NDC functions: the digits of a claim line, and the quantity that goes with billing units."""

from __future__ import annotations

from typing import Annotated, Any

from xl_infusion.errors import NotFound
from xl_infusion.functions.arguments import DRUGS, day
from xl_infusion.functions.worksheet import scalar
from xl_infusion.reference import current, products
from xl_infusion.rules import ndc as ndc_rule
from xl_infusion.rules.number import exact, plain

Ndc = Annotated[Any, {"doc": "National Drug Code as the package shows it, with its hyphens: 0409-6510-01"}]


@scalar(DRUGS, '=NDC_11("0409-6510-01")')
def NDC_11(ndc: Ndc) -> Any:
    """The 11 digits of a National Drug Code with hyphens 5-4-2, as a claim line has them.

    In: an NDC as a package or a claim shows it: 4-4-2, 5-3-2, 5-4-1 or 5-4-2 with hyphens, or 11 digits. Out: text.
    Errors: #VALUE! ten digits without hyphens (they may be three NDCs), a number that may have lost its leading
    zeros, or no NDC.
    Authority: NUBC for the format; Keystone First, NDC examples, for the leading zeros.

    >>> NDC_11("0409-6510-01"), NDC_11("NDC 50242-040-62"), NDC_11(50242004062)
    ('00409-6510-01', '50242-0040-62', '50242-0040-62')
    """
    return ndc_rule.hyphenated(ndc_rule.parse(ndc))


@scalar(DRUGS, '=IFERROR(NDC_UNITS("0409-6510-01",100),"import CMS\'s crosswalk")')
def NDC_UNITS(
    ndc: Ndc,
    units: Annotated[Any, {"doc": "Billing (HCPCS) units of the product: 100"}],
    date: Annotated[Any, {"doc": "Date of service, for the crosswalk of its quarter; left out: the latest one"}] = None,
) -> Any:
    """NDC quantity that goes with billing units: mL of a liquid, 1 for each vial of powder.

    In: an NDC, HCPCS units, a date of service. Out: units / units in one item x the size of the item, by CMS's ASP
    NDC-HCPCS crosswalk that was imported for the quarter; exact where three decimals hold it, else rounded half up to
    three, for a claim line has room for no more (NUCC).
    Errors: #N/A no crosswalk imported, none for that date, the NDC not in it, or under codes that count differently;
    #NUM! units not more than 0, or a quantity of 0.000; #VALUE! no NDC or no number.
    Authority: CMS, ASP NDC-HCPCS crosswalk, for units and sizes; NUCC in X12 RFI 2151 for the digits.

    >>> NDC_UNITS("0409-6510-01", 100).message  # doctest: +ELLIPSIS
    "NDC 00409-6510-01 cannot be looked up: no crosswalk is imported: bring in CMS's ASP NDC-HCPCS crosswalk file ..."
    """
    told = products.governing(current(), ndc_rule.parse(ndc), day(date))
    count = exact(units, "units")
    found = {row.code: ndc_rule.of_units(count, row.units, row.package_size) for row in told.rows}
    if len(set(found.values())) > 1:
        each = products.joined(f"{plain(quantity)} by {code}" for code, quantity in found.items())
        raise NotFound(f"{told.text}, which count differently ({each}): nobody can tell which of them the units are of")
    return found[told.codes[0]]


#: The same in Python under the name that it would have in a cell, were NDC11 not itself a cell: column NDC, row 11.
NDC11 = NDC_11
