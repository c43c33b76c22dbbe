"""Where the grids and the inputs of the sheet Model stand, for itself, its checks and the sheets beside it."""

from __future__ import annotations

from xl_infusion.model.columns import FORECAST, FORECAST_BASIS
from xl_infusion.template.sheets.panels import Spilled

SHEET = "Model"
#: The inputs of the first panel: the switch of the whole model, and the two scenarios that are held together.
SWITCH, CURRENT, PROPOSED = "$B$5", "$B$6", "$B$7"
#: What stands beside the second of them: a report finds it by that.
PROPOSED_LABEL = "Proposed"
#: Worked out of them: whether there is something to work out, and in words why not.
READY, STATUS = "$B$8", "$B$9"
BASE, ALL_PAYERS = "Base", "All payers"

_SCENARIO = ("Scenario", "Payer", "Claims", "Days", "Per diem", "Drugs", "Visits", "Total", "Difference",
             "Difference %", "Why")  # fmt: skip
_BRIDGE = ("Step", "Contribution", "Total", "Blank", "Whole", "Up", "Down")
_TERMS = ("Term", "Value 1", "Difference 1", "Value 2", "Difference 2")
_EVEN = ("Break-even", "Value", "Total", "Target", "Difference", "Why")
_SUMS = ("By", "Lines", "Charge", "Allowed", "Expected", "Adjustment", "Patient share", "Payer pays", "Drug cost",
         "Drug margin")  # fmt: skip

# the headings of all grids that may go on to a second page stand in one row, which paper repeats
SCENARIO_GRID = Spilled(SHEET, 45, "A", _SCENARIO, 3000)
BRIDGE = Spilled(SHEET, 45, "M", _BRIDGE, 80)
SENSITIVITY = Spilled(SHEET, 45, "U", _TERMS, 60)
BREAK_EVEN = Spilled(SHEET, 14, "AC", _EVEN, 17)
FORECAST_GRID = Spilled(SHEET, 45, "AJ", FORECAST, 82)  # the total and 36 months, the most there are
SUMMARY = Spilled(SHEET, 45, "BB", _SUMS, 3000)
BASIS = Spilled(SHEET, 45, "BM", FORECAST_BASIS, 200)
#: Whether a forecast is made: yes or no; worked out of it: whether there is one, and in words why not.
FORECAST_ON, FORECAST_READY, FORECAST_STATUS = "$AK$5", "$AK$10", "$AK$11"


def here(cells: str) -> str:
    """Cells of Model as a formula on it names them."""
    return cells.replace(f"{SHEET}!", "")


def there(cell: str) -> str:
    """A cell of Model as another sheet names it."""
    return f"{SHEET}!{cell}"
