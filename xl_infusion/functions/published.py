"""Every worksheet function by its name: made by ``python -m tools.regenerate names``, never edited by hand.

A function is declared in its module alone; here it is imported, so that all are registered, and that an editor and mypy
know what ``from xl_infusion import JUNITS`` is.
"""

from xl_infusion.functions.claim_checks import CLAIM_CHECKS
from xl_infusion.functions.claim_grid import CLAIM_GRID
from xl_infusion.functions.codes import CODE_INFO, CODES, MEDICARE_PAYS, XL_INFUSION_VERSION
from xl_infusion.functions.doses import DOSE_AMOUNT
from xl_infusion.functions.drugs import DOSES_PER_DAY, JCODE, JUNITS
from xl_infusion.functions.expected import CLAIM_SUMMARY, EXPECTED_GRID
from xl_infusion.functions.explain import EXPLAIN
from xl_infusion.functions.forecast import FORECAST_BASIS, FORECAST_GRID
from xl_infusion.functions.ndc import NDC_11, NDC_UNITS
from xl_infusion.functions.per_diem import PERDIEM_CODE, PERDIEM_MODIFIER, PERDIEM_RANK, PERDIEM_RATE
from xl_infusion.functions.scenarios import BREAK_EVEN, BRIDGE, SCENARIO_GRID, SENSITIVITY
from xl_infusion.functions.variance import VARIANCE_GRID
from xl_infusion.functions.visits import VISIT_UNITS

__all__ = [
    "BREAK_EVEN",
    "BRIDGE",
    "CLAIM_CHECKS",
    "CLAIM_GRID",
    "CLAIM_SUMMARY",
    "CODES",
    "CODE_INFO",
    "DOSES_PER_DAY",
    "DOSE_AMOUNT",
    "EXPECTED_GRID",
    "EXPLAIN",
    "FORECAST_BASIS",
    "FORECAST_GRID",
    "JCODE",
    "JUNITS",
    "MEDICARE_PAYS",
    "NDC_11",
    "NDC_UNITS",
    "PERDIEM_CODE",
    "PERDIEM_MODIFIER",
    "PERDIEM_RANK",
    "PERDIEM_RATE",
    "SCENARIO_GRID",
    "SENSITIVITY",
    "VARIANCE_GRID",
    "VISIT_UNITS",
    "XL_INFUSION_VERSION",
]
