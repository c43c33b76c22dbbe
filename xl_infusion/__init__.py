"""Home infusion billing in Excel: per diem S codes, drug J codes and units, visits, and the claim they make.

The worksheet functions are importable under their worksheet names:

>>> from xl_infusion import JUNITS, PERDIEM_CODE
>>> PERDIEM_CODE("q8h"), JUNITS("meropenem", "1 g")
('S9502', 10)
"""

from xl_infusion.errors import ExcelError
from xl_infusion.functions import (
    BREAK_EVEN,
    BRIDGE,
    CLAIM_CHECKS,
    CLAIM_GRID,
    CLAIM_SUMMARY,
    CODE_INFO,
    CODES,
    DOSES_PER_DAY,
    EXPECTED_GRID,
    EXPLAIN,
    FORECAST_BASIS,
    FORECAST_GRID,
    JCODE,
    JUNITS,
    MEDICARE_PAYS,
    NDC_11,
    NDC_UNITS,
    PERDIEM_CODE,
    PERDIEM_MODIFIER,
    PERDIEM_RANK,
    PERDIEM_RATE,
    SCENARIO_GRID,
    SENSITIVITY,
    VARIANCE_GRID,
    VISIT_UNITS,
    XL_INFUSION_VERSION,
)
from xl_infusion.functions.ndc import NDC11 as NDC11
from xl_infusion.version import __version__

__all__ = [
    "BREAK_EVEN",
    "BRIDGE",
    "CLAIM_CHECKS",
    "CLAIM_GRID",
    "CLAIM_SUMMARY",
    "CODES",
    "CODE_INFO",
    "DOSES_PER_DAY",
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
    "ExcelError",
    "__version__",
]
