"""Home infusion billing in Excel: per diem S codes, drug J codes and units, visits, and the claim they make.

The worksheet functions are importable under their worksheet names:

>>> from xl_infusion import JUNITS, PERDIEM_CODE
>>> PERDIEM_CODE("q8h"), JUNITS("meropenem", "1 g")
('S9502', 10)
"""

from xl_infusion.errors import ExcelError as ExcelError
from xl_infusion.functions.ndc import NDC11 as NDC11
from xl_infusion.functions.published import *  # noqa: F403 - its __all__ is a list of names
from xl_infusion.version import __version__ as __version__
