"""How a workbook can name our functions: what the spreadsheet engine is told of the add-in that has them."""

from __future__ import annotations

from xl_infusion.functions import FUNCTIONS
from xl_infusion.spreadsheet.formula.addin_names import AddIn

#: The namespace that is ours in every workbook.
NAMESPACE = "XL_INFUSION"
#: Files that have our functions: the add-in, and the workbook with the functions in it.
ADDIN, WORKBOOK = "xl_infusion.xlam", "home_infusion_billing.xlsm"
#: Names of ours that are words of many trades.
_COMMON = frozenset({"CODES", "EXPLAIN"})

OURS = AddIn(frozenset(FUNCTIONS), NAMESPACE, frozenset({ADDIN, WORKBOOK}), _COMMON)
