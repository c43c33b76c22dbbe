"""The row of Own codes that would bill a drug or a code which the reference does not have, as far as an order says."""

from __future__ import annotations

from xl_infusion.claim.checks.check import Cells
from xl_infusion.claim.inputs import Row
from xl_infusion.errors import MOST_QUOTED, BillingError, UnknownCode, UnknownDrug
from xl_infusion.reference import Reference
from xl_infusion.reference.names import as_code, like_code

#: The columns of Own codes that an order can fill; what a unit counts, the days and the source nobody else can say.
DRUG, CODE, THERAPY = "Drug", "Code", "Therapy"


def offered(reference: Reference, row: Row, error: BillingError) -> Cells:
    """The row of Own codes for the order in ``row`` that fails for ``error``; no cells where a row is no remedy.

    It is none for a name that is nearly another one, or nearly a code: that one is meant.
    """
    if type(error) not in (UnknownDrug, UnknownCode):
        return ()  # the others have a remedy of their own: a bag, a supply, a day
    typed = row.get("Drug")
    name = typed.strip() if isinstance(typed, str) else ""
    if not name or len(name) > MOST_QUOTED:
        return ()
    found = _named(reference, name)
    therapy = row.get("Therapy")
    known = reference.named_therapy(therapy) if isinstance(therapy, str) else None
    return (*found, (THERAPY, known.therapy.name)) if found and known else found


def _named(reference: Reference, name: str) -> Cells:
    """The drug or the code that a new row is of; none where the reference has it, or something nearly of that name."""
    if code := as_code(name):
        return () if reference.has_table_row(code) else ((CODE, code),)
    if like_code(name) or reference.named(name) or reference.named_therapy(name) or reference.near(name):
        return ()  # it is the product that is not known, or a slip of the pen
    return ((DRUG, name),)
