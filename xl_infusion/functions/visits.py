"""Visit functions: the units of a nurse's visit."""

from __future__ import annotations

from typing import Annotated, Any

from xl_infusion.functions.worksheet import scalar
from xl_infusion.reference import current
from xl_infusion.rules import visit
from xl_infusion.rules.number import whole

CATEGORY = "Visits"


@scalar(CATEGORY, "=VISIT_UNITS(210)", wide=2)
def VISIT_UNITS(
    minutes: Annotated[Any, {"doc": "Length of the visit in minutes, 210 for three and a half hours"}],
    from_minute: Annotated[
        Any, {"doc": "Minute of a further hour from which that hour counts: 31 (left out), 1 for every started hour"}
    ] = None,
) -> Any:
    """Units of a nurse's visit, side by side: 99601 (first two hours) and 99602 (each further hour).

    In: minutes (1 to 1440), the minute from which a further hour counts. Out: two cells, 1 and the further
    hours.
    Errors: #NUM! minutes or from_minute out of range; #VALUE! an Excel time, not a number.
    Authority: IDSA Home Infusion FAQ, 2013; the 31st minute: BCBSM, The Record, May 2013.

    >>> VISIT_UNITS(90), VISIT_UNITS([[211], [240]])
    ([[1, 0]], [[1, 2], [1, 2]])
    """
    start = None if from_minute is None else whole(from_minute, "from_minute", 1, 60)
    return visit.units(current(), visit.minutes(minutes), start)
