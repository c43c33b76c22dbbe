"""The checks of the model: identities that hold whatever the tables say, each a row with its figure and TRUE or FALSE.

Start counts those that are FALSE, and its flag stops.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.template.sheets import expected, variance
from xl_infusion.template.sheets.model_grids import (
    ALL_PAYERS,
    BASE,
    BRIDGE,
    CURRENT,
    FORECAST_GRID,
    FORECAST_READY,
    PROPOSED,
    READY,
    SCENARIO_GRID,
    SHEET,
    here,
)
from xl_infusion.template.sheets.panels import CALCULATED, section
from xl_infusion.template.style import BAD, BAD_SOFT, BODY, GOOD, GOOD_SOFT, HEADER, MONEY, NOTE, put, when

#: The columns: what is checked, the difference (or count) that has to be nothing, TRUE or FALSE.
LEFT, FIGURE, PASSED, RIGHT = "AC", "AD", "AE", "AH"


def _scenario(name: str) -> str:
    return here(SCENARIO_GRID.below(name))


def _total(scenario: str, payer: str = f'"{ALL_PAYERS}"') -> str:
    return f"SUMIFS({_scenario('Total')},{_scenario('Scenario')},{scenario},{_scenario('Payer')},{payer})"


def _checks() -> tuple[tuple[str, str, str, str], ...]:
    """What is checked, the figure that has to be nothing, when it holds without being worked out, what it means."""
    charge, brought, off = (f"SUM({expected.below(name)})" for name in ("Charge", "Expected", "Adjustment"))
    patients, payers = (f"SUM({expected.below(name)})" for name in ("Patient share", "Payer pays"))
    steps, paid, due = here(BRIDGE.below("Contribution")), variance.GRID.below("Paid"), variance.GRID.below("Expected")
    sums, differs = f"SUMIFS({_scenario('Total')},{_scenario('Payer')}", f"SUM({variance.GRID.below('Variance')})"
    base = _total(f'"{BASE}"')
    none, no_pay = f"NOT({READY})", f"NOT({variance.READY})"
    low, middle, high = (here(FORECAST_GRID.below(f"Revenue {name}")) for name in ("P10", "P50", "P90"))
    beyond = [here(grid.cell(grid.columns[0], grid.last + 1)) for grid in (SCENARIO_GRID, expected.GRID, variance.GRID)]
    return (
        ("Base total less the sum of Expected", f"{base}-{brought}", none,
         "The scenarios start from the very lines of Expected."),
        ("Expected + Adjustment less Charge", f"{brought}+{off}-{charge}", none, "Line by line nothing is lost."),
        ("Patient share + Payer pays less Expected", f"{patients}+{payers}-{brought}", none,
         "What is expected is owed by the one or the other."),
        ("Payers of every scenario less its total", f'{sums},"<>{ALL_PAYERS}")-{sums},"{ALL_PAYERS}")', none,
         "The rows of the payers add up to the row of all payers."),
        ("Bridge less the difference of its scenarios", f"SUM({steps})-({_total(PROPOSED)}-{_total(CURRENT)})", none,
         "What the terms contribute adds up to the difference."),
        ("Matched + unmatched less what payers owe", f"SUM({due})-{payers}", no_pay,
         "Every expected line is on Variance, once."),
        ("Matched + unmatched less what was paid", f"SUM({paid})-SUM(Remittance[Paid])", no_pay,
         "Every payment is on Variance, once."),
        ("Variance less paid and expected", f"{differs}-(SUM({paid})-SUM({due}))", no_pay,
         "The variances are the difference of the two."),
        ("Months whose P10, P50, P90 fall", f"SUMPRODUCT(({low}>{middle})+({middle}>{high}))",
         f"NOT({FORECAST_READY})", "The band of the forecast is one."),
        ("Rows beyond what is counted", f"COUNTA({','.join(beyond)})", none,
         "The sums reach to the end of every grid."),
    )  # fmt: skip


#: How many checks there are.
CHECKS = len(_checks())
#: The row of their headings.
TOP = 21
_PASSED = f"{SHEET}!${PASSED}${TOP + 1}:${PASSED}${TOP + CHECKS}"
#: How many do not hold, as another sheet counts them: whatever is not TRUE.
CHECKS_FAILED = f"ROWS({_PASSED})-COUNTIF({_PASSED},TRUE)"


def add_checks(sheet: Worksheet) -> None:
    """Lays out the checks, a row each."""
    section(sheet, TOP - 1, LEFT, RIGHT, "Checks: each has to come to nothing")
    for letter, title, across in ((LEFT, "Check", "left"), (FIGURE, "Comes to", "right"), (PASSED, "Holds", "center"),
                                  ("AF", "Because", "left"), ("AG", None, "left"), (RIGHT, None, "left")):  # fmt: skip
        put(sheet, f"{letter}{TOP}", title, HEADER.but(across=across, wrap=False, indent=int(across == "left")))
    for row, (name, figure, idle, why) in enumerate(_checks(), start=TOP + 1):
        line = {"lines": "bottom"}
        put(sheet, f"{LEFT}{row}", name, BODY.but(indent=1, **line))
        put(sheet, f"{FIGURE}{row}", f'=IF({idle},"not worked out",ROUND({figure},2))',
            CALCULATED.but(across="right", format=MONEY))  # fmt: skip
        held = f"IF(ISERROR({FIGURE}{row}),FALSE,IF(ISNUMBER({FIGURE}{row}),{FIGURE}{row}=0,TRUE))"
        put(sheet, f"{PASSED}{row}", f"={held}", BODY.but(bold=True, across="center", **line))
        put(sheet, f"AF{row}", why, NOTE.but(indent=1, **line), f"{RIGHT}{row}")
    area = f"{PASSED}{TOP + 1}:{PASSED}{TOP + CHECKS}"
    sheet.conditional_formatting.add(area, when(f"{PASSED}{TOP + 1}=TRUE", ink=GOOD, ground=GOOD_SOFT, bold=True))
    sheet.conditional_formatting.add(area, when(f"{PASSED}{TOP + 1}=FALSE", ink=BAD, ground=BAD_SOFT, bold=True))
