"""Home infusion billing in Excel: per diem S codes, drug J codes and units, visits, and the claim they make.

The worksheet functions are importable under their worksheet names:

>>> from xl_infusion import JUNITS, PERDIEM_CODE
>>> PERDIEM_CODE("q8h"), JUNITS("meropenem", "1 g")
('S9502', 10)
"""

from xl_infusion.errors import ExcelError
from xl_infusion.functions import (
    CLAIM_CHECKS,
    CLAIM_GRID,
    CODE_INFO,
    CODES,
    DOSES_PER_DAY,
    EXPLAIN,
    JCODE,
    JUNITS,
    MEDICARE_PAYS,
    NDC_11,
    NDC_UNITS,
    PERDIEM_CODE,
    PERDIEM_MODIFIER,
    PERDIEM_RANK,
    PERDIEM_RATE,
    VISIT_UNITS,
    XL_INFUSION_VERSION,
)
from xl_infusion.functions.ndc import NDC11 as NDC11
from xl_infusion.version import __version__

__all__ = [
    "CLAIM_CHECKS",
    "CLAIM_GRID",
    "CODES",
    "CODE_INFO",
    "DOSES_PER_DAY",
    "EXPLAIN",
    "JCODE",
    "JUNITS",
    "MEDICARE_PAYS",
    "NDC_11",
    "NDC_UNITS",
    "PERDIEM_CODE",
    "PERDIEM_MODIFIER",
    "PERDIEM_RANK",
    "PERDIEM_RATE",
    "VISIT_UNITS",
    "XL_INFUSION_VERSION",
    "ExcelError",
    "__version__",
]
