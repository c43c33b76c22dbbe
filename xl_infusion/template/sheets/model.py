"""The sheet Model: scenarios, the bridge between two of them, one term at a time, break-even, forecast, sums.

Panels side by side, so that each grid may spill down as far as it likes: in each the inputs on top, then the chart, the
block of native formulas that the chart reads, and the spilled grid (the forecast's block stands below its grid). The
checks stand in `model_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.functions.arguments import FIRST_TABLES, LAST_TABLES
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.sheets import charts, model_checks
from xl_infusion.template.sheets.charts import Block
from xl_infusion.template.sheets.claim import SCALE
from xl_infusion.template.sheets.lists import AXIS
from xl_infusion.template.sheets.model_grids import (
    ALL_PAYERS,
    BASE,
    BASIS,
    BREAK_EVEN,
    BRIDGE,
    CURRENT,
    FORECAST_GRID,
    FORECAST_ON,
    FORECAST_READY,
    FORECAST_STATUS,
    PROPOSED,
    PROPOSED_LABEL,
    READY,
    SCENARIO_GRID,
    SENSITIVITY,
    SHEET,
    STATUS,
    SUMMARY,
    SWITCH,
    here,
)
from xl_infusion.template.sheets.panels import (
    CALCULATED,
    CENTS,
    Spilled,
    block,
    choose,
    field,
    limits,
    section,
    total_rows,
    typed,
)
from xl_infusion.template.style import (
    BAD,
    BODY,
    BRAND,
    BRAND_PALE,
    BRAND_SOFT,
    COUNT,
    DOLLARS,
    HEADER,
    LINE,
    LINK,
    MONEY,
    NOTE,
    SHARE,
    TYPED,
    WHITE,
    Look,
    column_look,
    heading,
    link,
    page,
    put,
    when,
)

#: The rows of a panel: its title, its chart and how high that is, the headings of the block that the chart reads.
TITLE, CHART, CHART_ROWS, BLOCK = 4, 13, 18, 33
#: The same of the forecast's block, which is longer, and the title of the sums, which have no chart.
FORECAST_BLOCK, FORECAST_ROWS, SUMS = 86, 29, 39
#: How many rows of its grid each chart can show: payers (the last of them all others), steps (the last but one of
#: them all others), terms, months.
PAYERS, STEPS, TERMS, MONTHS = 8, 9, 6, 24

#: On paper, in 8 points: each panel a page, and its grid from the next on. Why, however long, is for the screen.
AREAS = ("A1:J41", "A44:J1048576", "M4:S42", "M44:S80", "U4:AA42", "U44:AA60", "AC4:AH31", "AJ4:AY42", "AJ44:AY82",
         "BB39:BK1048576", "BM44:BY1048576")  # fmt: skip

#: What is tried of each term, low and high; the terms are those of Scenarios.
TRIED: tuple[tuple[str, float, float], ...] = (
    ("Per diem change", -0.05, 0.05), ("Second share", 0.4, 0.6), ("Third share", 0, 0.5),
    ("Per diem amount", -5, 5), ("Rate S9500", 95, 120), ("Volume growth", -0.03, 0.03),
)  # fmt: skip
#: What the forecast's chart shows: what its columns begin with.
MEASURES = ("Revenue", "Cash", "Patient-days")

_MONTH = "mmm yyyy"
#: A term's value: a share, or dollars.
_TERM = "#,##0.00##"
_SIGNED = "+$#,##0.00;-$#,##0.00;$0.00"
#: Forecast dollars: whole ones, for a band has no cents.
_WHOLE = BODY.but(across="right", format=COUNT)
_LABEL, _WHY = BODY.but(indent=1), NOTE.but(indent=1)
_COUNT, _SHARE = BODY.but(across="right", format=COUNT), BODY.but(across="right", format="0.00%")
_VALUE = BODY.but(across="right", format="#,##0.00########")
_GAP = {"lines": "left right", "rule": WHITE, "weight": "thick"}

#: Where the panels begin.
_GO_TO = {
    "Go to: the bridge": "M4", "one term at a time": "U4", "break-even": "AC4", "the checks": "AC20", "forecast": "AJ4",
    "sums": "BB39", "its basis": "BM44",
}  # fmt: skip

#: Grid -> the width and the look of its columns, where they are not those of money.
_LOOKS: tuple[tuple[Spilled, Mapping[str, tuple[float, Look]]], ...] = (
    (SCENARIO_GRID, {"Scenario": (27, _LABEL), "Payer": (22, BODY), "Claims": (13, _COUNT), "Days": (13, _COUNT),
                     "Difference %": (12, _SHARE), "Why": (90, _WHY)}),
    (BRIDGE, {"Step": (46, _LABEL)}),
    (SENSITIVITY, {"Term": (27, _LABEL), "Value 1": (12, BODY.but(across="right", format=_TERM)),
                   "Value 2": (12, BODY.but(across="right", format=_TERM))}),
    (BREAK_EVEN, {"Break-even": (40, _LABEL), "Value": (20, _VALUE), "Why": (62, _WHY)}),
    (FORECAST_GRID, {"Month": (14.5, BODY.but(indent=1, format=_MONTH)), "Starts": (11.5, _COUNT),
                     **{f"Patient-days {name}": (10.5, _COUNT) for name in ("P10", "P50", "P90")},
                     **{f"{what} {name}": (10.5, _WHOLE) for what in ("Revenue", "Cash")
                        for name in ("known", "P10", "P50", "P90", "mean")},
                     "Rests on": (7, _COUNT), "Why": (60, _WHY)}),
    (SUMMARY, {"By": (27, _LABEL), "Lines": (20, CENTS)}),
    (BASIS, {"By": (12, _LABEL), "Group": (22, BODY), "Orders": (9, _COUNT), "Why": (64, _WHY),
             **{name: (11, CENTS if "mean" in name else _COUNT) for name in BASIS.columns[3:10]},
             **{name: (12.5, CENTS) for name in BASIS.columns[10:13]}}),
)  # fmt: skip


def _looks(grid: Spilled) -> dict[str, Look]:
    return {name: look for one, looks in _LOOKS if one is grid for name, (_, look) in looks.items()}


def add_model(sheet: Worksheet, lists: Worksheet, *, proposed: str, forecast: bool) -> None:
    """Lays out Model. ``proposed``: the scenario that is held against the base; ``forecast``: whether one is made.

    ``lists``: the hidden sheet, where the chart of the forecast has its axis.
    """
    for grid, looks in _LOOKS:
        for name in grid.columns:
            width, look = looks.get(name, (15, CENTS))
            sheet.column_dimensions[grid.letter(name)].width = width
            column_look(sheet, column_index_from_string(grid.letter(name)), look)
        sheet.column_dimensions[letters(column_index_from_string(grid.right) + 1)].width = 3
    for letter, width in (("Z", 13), ("AA", 8), ("AB", 3)):
        sheet.column_dimensions[letter].width = width
    heading(
        sheet,
        "Model",
        "What the same orders would bring under other terms. Type in the cream cells, and the scenarios on the sheet "
        "Scenarios; all else is computed. An amount that cannot be worked out is an error, and Why says the reason (on "
        "the screen; paper ends before it).",
        "J",
    )
    for at, (name, target) in zip(("A", "B", "D", "F", "H", "I", "J"), _GO_TO.items(), strict=True):
        link(sheet, f"{at}3", name, f"Model!{target}", LINK.but(indent=1 if at == "A" else 0))
    _scenarios(sheet, proposed)
    _bridge(sheet)
    _terms(sheet)
    _break_even(sheet, proposed)
    _forecast(sheet, lists, forecast)
    _sums(sheet)
    _basis(sheet)
    model_checks.add_checks(sheet)
    for row in (TITLE, BLOCK - 1, SCENARIO_GRID.anchor - 1):
        sheet.row_dimensions[row].height = 22
    sheet.row_dimensions[SUMS].height = 16.5
    sheet.row_dimensions[SCENARIO_GRID.anchor].height = 28  # headings of two lines
    sheet.freeze_panes = "A4"
    head_row = SCENARIO_GRID.anchor
    page(sheet, repeat=f"{head_row}:{head_row}", scale=SCALE)
    sheet.print_area = ",".join(AREAS)


def _frame(
    sheet: Worksheet, grid: Spilled, right: str, title: str, found: str, *, top: int = TITLE, block_at: int = BLOCK
) -> None:
    """The titles of a panel: its own in the row ``top``, that of the block (0: it has none), that of the grid."""
    section(sheet, top, grid.left, right, title, "inputs")
    if block_at:
        section(sheet, block_at - 1, grid.left, right, "What the chart shows", "calculation")
    section(sheet, grid.anchor - 1, grid.left, right, found, "output")


def _scenarios(sheet: Worksheet, proposed: str) -> None:
    _frame(sheet, SCENARIO_GRID, "K", "Scenarios", "Every scenario, by payer")
    field(sheet, ("A5", "B5"), "Work the model out", "yes", typed(), "YesNo",
          "no: nothing of the model is worked out, and typing orders is quicker.")  # fmt: skip
    field(sheet, ("A6", "B6"), "Current", BASE, typed(), "ScenarioChoices", "Base: the contracts as they are.")
    field(
        sheet, ("A7", "B7"), PROPOSED_LABEL, proposed, typed(), "ScenarioChoices", "A scenario of the sheet Scenarios."
    )
    ready = f'=AND({SWITCH}="yes",COUNTA(Orders[Order])>0,COUNTA(Rates[Rate])>0)'
    field(sheet, ("A8", "B8"), "Worked out", ready, CALCULATED.but(across="center"))
    off = SWITCH.replace("$", "")
    said = (
        f'=IF({READY},"ready",IF({SWITCH}<>"yes","Switched off: choose yes in Model {off}",'
        'IF(COUNTA(Orders[Order])=0,"Nothing to work out: no orders yet","Nothing to work out: no rates yet")))'
    )
    field(sheet, ("A9", "B9"), "Status", said, CALCULATED.but(indent=1))
    name, payer, total = (here(SCENARIO_GRID.below(one)) for one in ("Scenario", "Payer", "Total"))
    top, every = SCENARIO_GRID.at, f'"{ALL_PAYERS}"'

    def of(scenario: str, whose: str) -> str:
        return f"SUMIFS({total},{name},{scenario},{payer},{whose})"

    known = f"COUNTIFS({name},{CURRENT})*COUNTIFS({name},{PROPOSED})=0"
    for left, right, title, formula, shown in (
        ("D", "E", "Current", of(CURRENT, every), DOLLARS),
        ("F", "G", "Proposed", of(PROPOSED, every), DOLLARS),
        ("H", "I", "Difference", "F7-D7", _SIGNED),
    ):
        put(sheet, f"{left}6", title, NOTE.but(ground=BRAND_SOFT, across="center", **_GAP), f"{right}6")
        value = f'=IF({READY},IF(ISERROR({top}),{top},IF({known},NA(),{formula})),"")'
        look = BODY.but(size=16, bold=True, ink=BRAND, ground=BRAND_PALE, across="center", format=shown, **_GAP)
        put(sheet, f"{left}7", value, look, f"{right}8")
    sheet.conditional_formatting.add("D7:I8", when("ISERROR(D7)", ink=BAD, bold=True))
    slot, slots, count = "ROWS(A${f}:A{r})", "ROWS(A${f}:A${l})", f"(COUNTIFS({name},INDEX({name},1))-1)"
    which = f'IF(AND({slot}={slots},{count}>{slots}),"all others",INDEX({payer},{slot}+1))'

    def amount(letter: str, scenario: str) -> str:
        rest = f"{of(scenario, every)}-SUM({letter}${BLOCK}:{letter}{{b}})"
        return f'=IF($A{{r}}="","",IF($A{{r}}="all others",{rest},{of(scenario, "$A{r}")}))'

    block(sheet, BLOCK, PAYERS, {
        "A": ("Payer", f'=IF(OR(NOT({READY}),{slot}>{count}),"",{which})', _LABEL),
        "B": ("Current", amount("B", CURRENT), CENTS),
        "C": ("Proposed", amount("C", PROPOSED), CENTS),
        "D": ("Difference", '=IF($A{r}="","",C{r}-B{r})', CENTS),
    })  # fmt: skip
    chart = charts.current_and_proposed(Block(sheet, BLOCK, PAYERS), "A", ("B", "C"))
    charts.place(sheet, chart, f"A{CHART}", "I", CHART_ROWS * 15)
    SCENARIO_GRID.lay(
        sheet,
        f"=IF(NOT({READY}),{STATUS},SCENARIO_GRID({FIRST_TABLES},Scenarios[#All],{LAST_TABLES}))",
        _looks(SCENARIO_GRID),
        [total_rows(SCENARIO_GRID, "Payer", ALL_PAYERS)],
    )


def _bridge(sheet: Worksheet) -> None:
    _frame(sheet, BRIDGE, "S", "Bridge: from current to proposed", "What each changed term contributes")
    field(sheet, ("M5", "N5"), "Room below the lowest column (of the span)", 0.5, typed("0%"),
          check=limits("decimal", 0, 100, "A share of the span: 0% or more."))  # fmt: skip
    total = here(BRIDGE.below("Total"))
    span = f"(MAX({total})-MIN({total}))"
    step = f"POWER(10,INT(LOG10({span})))"
    base = f"=IF(ISERROR(SUM({total})),0,IF({span}=0,0,MAX(0,ROUNDDOWN((MIN({total})-N5*{span})/{step},0)*{step})))"
    field(sheet, ("M6", "N6"), "The columns begin at", base, CALCULATED.but(across="center", format="$#,##0"))
    field(sheet, ("M7", "N7"), "From", f"={CURRENT}", CALCULATED.but(across="center"))
    field(sheet, ("M8", "N8"), "To", f"={PROPOSED}", CALCULATED.but(across="center"))
    steps = here(BRIDGE.below("Step"))
    slot, slots, count = "ROWS(M${f}:M{r})", "ROWS(M${f}:M${l})", f"COUNT({total})"
    # with more steps than there is room for, the last but one stands for all before it that are not shown
    rest = f"AND({count}>{slots},{slot}={slots}-1)"
    at = f"IF({count}>{slots},IF({slot}={slots},{count},IF({rest},{count}-1,{slot})),{slot})"
    text = f"INDEX({steps},{at})"
    # the term and its first value: what else the step says stands in the grid
    short = f'LEFT({text},MIN(FIND(";",{text}&";"),FIND(" (",{text}&" ("))-1)'
    ends = f"OR({slot}=1,{slot}=MIN({count},{slots}))"
    amount = f'IF({ends},": "&TEXT(INDEX({total},{at}),"$#,##0"),"")'

    def shown(formula: str) -> str:
        return f'=IF($M{{r}}="","",{formula})'

    block(sheet, BLOCK, STEPS, {
        "M": ("Step", f'=IF(OR(NOT({READY}),{slot}>{count}),"",IF({rest},"other terms",{short}&{amount}))', _LABEL),
        "N": ("Contribution", shown(f"IF({ends},0,ROUND(O{{r}}-O{{b}},2))"), CENTS),
        "O": ("Total", shown(f"INDEX({total},{at})"), CENTS),
        "P": ("Blank", shown(f"IF({ends},0,MIN(O{{r}},O{{b}})-$N$6)"), CENTS),
        "Q": ("Whole", shown(f"IF({ends},O{{r}}-$N$6,0)"), CENTS),
        "R": ("Up", shown("MAX(N{r},0)"), CENTS),
        "S": ("Down", shown("MAX(-N{r},0)"), CENTS),
    })  # fmt: skip
    chart = charts.waterfall(Block(sheet, BLOCK, STEPS), "M", ("P", "Q", "R", "S"))
    charts.place(sheet, chart, f"M{CHART}", "S", CHART_ROWS * 15)
    BRIDGE.lay(
        sheet,
        f"=IF(NOT({READY}),{STATUS},BRIDGE({FIRST_TABLES},Scenarios[#All],{PROPOSED},{CURRENT},{LAST_TABLES}))",
        _looks(BRIDGE),
        [(f"${BRIDGE.letter('Whole')}{BRIDGE.first}>0", {"bold": True, "ink": BRAND, "ground": BRAND_PALE})],
    )


def _terms(sheet: Worksheet) -> None:
    _frame(sheet, SENSITIVITY, "AA", "One term at a time", "What each value changes")
    for letter, title, across in (("U", "Term", "left"), ("V", "Low", "right"), ("W", "High", "right")):
        put(sheet, f"{letter}5", title, HEADER.but(across=across, wrap=False, indent=int(across == "left")))
    for row, (term, low, high) in enumerate(TRIED, start=6):
        shown = MONEY if term in ("Per diem amount", "Rate S9500") else SHARE
        put(sheet, f"U{row}", term, TYPED.but(size=10.5, indent=1))
        for letter, value in (("V", low), ("W", high)):
            put(sheet, f"{letter}{row}", value, typed(shown, "right"))
    choose(sheet, f"U6:U{5 + TERMS}", "TermNames")
    terms, lows, first, highs, second = (here(SENSITIVITY.below(name)) for name in SENSITIVITY.columns)
    slot = "ROWS(U${f}:U{r})"
    reaches, places = (f"${at}${SENSITIVITY.first}:${at}${SENSITIVITY.anchor + TERMS}" for at in ("Z", "AA"))
    place = f"MATCH({slot},{places},0)"

    def sorted_(cells: str) -> str:
        return f'=IF($U{{r}}="","",INDEX({cells},{place}))'

    block(sheet, BLOCK, TERMS, {
        "U": ("Term", f'=IF(OR(NOT({READY}),{slot}>COUNTA({terms})),"",INDEX({terms},{place}))', _LABEL),
        "V": ("Low", sorted_(lows), BODY.but(across="right", format=_TERM)),
        "W": ("With low", sorted_(first), CENTS),
        "X": ("High", sorted_(highs), BODY.but(across="right", format=_TERM)),
        "Y": ("With high", sorted_(second), CENTS),
        "Z": ("Reach", sorted_(reaches), CENTS),
    })  # fmt: skip
    # beside the grid: how far the term of that row goes, and its place by that
    swing = f"MAX(ABS(INDEX({first},{slot})),ABS(INDEX({second},{slot})))"
    block(sheet, SENSITIVITY.anchor, TERMS, {
        "Z": ("Reach", f'=IF(OR(NOT({READY}),{slot}>COUNTA({terms})),"",IFERROR({swing},0))', CENTS),
        "AA": ("Place", '=IF(Z{r}="","",RANK(Z{r},Z${f}:Z${l})+COUNTIF(Z${t}:Z{b},Z{r}))', _COUNT),
    })  # fmt: skip
    chart = charts.tornado(Block(sheet, BLOCK, TERMS), "U", ("W", "Y"))
    charts.place(sheet, chart, f"U{CHART}", "AA", CHART_ROWS * 15)
    SENSITIVITY.lay(
        sheet,
        f"=IF(NOT({READY}),{STATUS},SENSITIVITY({FIRST_TABLES},U6:U{5 + TERMS},V6:W{5 + TERMS},,{LAST_TABLES}))",
        _looks(SENSITIVITY),
    )


def _break_even(sheet: Worksheet, proposed: str) -> None:
    _frame(sheet, BREAK_EVEN, "AH", "Break-even: at which value a scenario earns the target",
           "The value, to the cent", block_at=0)  # fmt: skip
    for row, (name, value, look, choices, note) in enumerate((
        ("Scenario", proposed, typed(), "ScenarioChoices", "All its other changes are kept."),
        ("Term", "Volume growth", typed(), "TermNames", "A term that is a number."),
        ("Target, US $", None, typed(DOLLARS), "", "What all payers together should bring. Blank: what Base brings."),
        ("Payer", None, typed(), "PayerNames", "The payer whose term it is. Blank: every payer."),
    ), start=5):  # fmt: skip
        check = None if choices else limits("decimal", 0, 1e12, "US dollars, or blank for what Base brings.")
        field(sheet, (f"AC{row}", f"AD{row}"), name, value, look, choices, note, check)
    BREAK_EVEN.lay(
        sheet,
        f"=IF(NOT({READY}),{STATUS},BREAK_EVEN({FIRST_TABLES},Scenarios[#All],AD5,AD6,AD7,AD8,{LAST_TABLES}))",
        _looks(BREAK_EVEN),
    )
    text = ("#N/A as the exact value: rates are whole cents, so no value may earn the target to the cent. The rows "
            "below it say between which two values it lies.")  # fmt: skip
    put(sheet, "AC10", text, NOTE.but(wrap=True, down="top", indent=1), "AF11")


def _forecast(sheet: Worksheet, lists: Worksheet, on: bool) -> None:
    _frame(sheet, FORECAST_GRID, "AZ", "Forecast: the months to come, if they go as these did", "Month by month",
           block_at=FORECAST_BLOCK)  # fmt: skip
    field(sheet, ("AJ5", "AK5"), "Forecast", "yes" if on else "no", typed(), "YesNo",
          "It rests on 30 orders or more, and 3 whole months of starts: with fewer it says #N/A.")  # fmt: skip
    for row, (name, value, least, most) in enumerate(
        (("Months", 12, 1, 36), ("Runs", 500, 100, 5000), ("Seed", 1, 1, 2**31 - 1)), start=6
    ):
        field(sheet, (f"AJ{row}", f"AK{row}"), name, value, typed(COUNT if row < 8 else "0"),
              check=limits("whole", least, most, f"A whole number from {least} to {most}."))  # fmt: skip
    field(sheet, ("AJ9", "AK9"), "The chart shows", MEASURES[0], typed(), "MeasureNames")
    field(sheet, ("AJ10", "AK10"), "Worked out", f'=AND({READY},{FORECAST_ON}="yes")', CALCULATED.but(across="center"))
    off = f'"Switched off: choose yes in Model {FORECAST_ON.replace("$", "")}"'
    said = f'=IF({FORECAST_READY},"ready",IF({READY},{off},{STATUS}))'
    field(sheet, ("AJ11", "AK11"), "Status", said, CALCULATED.but(indent=1))
    grid = FORECAST_GRID
    head = f"${grid.left}${grid.anchor}:${grid.right}${grid.anchor}"
    months = here(grid.below("Month"))
    area = f"${grid.left}${grid.first}:${grid.right}${grid.last}"
    slot = "ROWS(AJ${f}:AJ{r})"  # the first row of the grid is the total

    def of(name: str) -> str:
        return f'INDEX({area},{slot}+1,MATCH($AK$9&" {name}",{head},0))'

    def shown(formula: str) -> str:
        return f'=IF($AJ{{r}}="","",{formula})'

    block(sheet, FORECAST_BLOCK, MONTHS, {
        "AJ": ("Month", f'=IF({slot}>COUNT({months}),"",INDEX({months},{slot}+1))', BODY.but(indent=1, format=_MONTH)),
        "AK": ("P10", shown(of("P10")), _WHOLE),
        "AL": ("P90 less P10", shown(f"{of('P90')}-AK{{r}}"), _WHOLE),
        "AM": ("P50", shown(of("P50")), _WHOLE),
    })  # fmt: skip
    _axis(lists, "AJ", "AK", "AL", "AM")
    chart = charts.forecast(Block(lists, 1, MONTHS), *AXIS)
    charts.place(sheet, chart, f"AJ{CHART}", "AV", FORECAST_ROWS * 15)
    grid.lay(
        sheet,
        _if_forecast(f"FORECAST_GRID({FIRST_TABLES},AK6,AK7,AK8,{LAST_TABLES})"),
        _looks(grid),
        [total_rows(grid, "Month", "Total")],
    )


def _axis(lists: Worksheet, *block_: str) -> None:
    """The forecast's block again, out of sight, with its last month to the end: an axis of days would begin in 1900."""
    for letter, of in zip(AXIS, block_, strict=True):
        look = BODY.but(format=_MONTH) if of == block_[0] else BODY
        put(lists, f"{letter}1", f"={SHEET}!{of}{FORECAST_BLOCK}", HEADER)
        for row in range(2, MONTHS + 2):
            here, month = (f"{SHEET}!${at}{FORECAST_BLOCK + row - 1}" for at in (of, block_[0]))
            before = f'IF(ROWS({letter}$2:{letter}{row})=1,"",{letter}{row - 1})'
            put(lists, f"{letter}{row}", f'=IF({month}="",{before},{here})', look)


def _if_forecast(call: str) -> str:
    return f"=IF(NOT({FORECAST_READY}),{FORECAST_STATUS},{call})"


def _basis(sheet: Worksheet) -> None:
    section(sheet, BASIS.anchor - 1, BASIS.left, BASIS.right, "What the forecast rests on", "output")
    BASIS.lay(sheet, _if_forecast(f"FORECAST_BASIS({FIRST_TABLES},{LAST_TABLES})"), _looks(BASIS))


def _sums(sheet: Worksheet) -> None:
    _frame(sheet, SUMMARY, SUMMARY.right, "Expected, added up", "By group, or two of them crosswise",
           top=SUMS, block_at=0)  # fmt: skip
    for row, (name, value, choices, note) in enumerate((
        ("By", "Payer", "GroupNames", "A heading of Expected, or Month: that of the days of service."),
        ("Across", "Kind", "GroupNames", "A second one, for a cross table. Blank: every amount of the first."),
        ("Amount", "Expected", "AmountNames", "What a cross table adds up."),
    ), start=SUMS + 1):  # fmt: skip
        field(sheet, (f"BB{row}", f"BC{row}"), name, value, typed(), choices, note)
    grid = f"EXPECTED_GRID({FIRST_TABLES},Costs[#All],{LAST_TABLES})"
    # the second column counts lines, but not in a cross table
    lines, total = f'${SUMMARY.letter("Lines")}${SUMMARY.anchor}="Lines"', f'${SUMMARY.left}{SUMMARY.first}="Total"'
    area = f"{SUMMARY.letter('Lines')}{SUMMARY.first}:{SUMMARY.letter('Lines')}{SUMMARY.last}"
    _, look = total_rows(SUMMARY, "By", "Total")
    sheet.conditional_formatting.add(area, when(f"AND({lines},{total})", number=COUNT, **look))  # type: ignore[arg-type]
    sheet.conditional_formatting.add(
        area, when(f'AND({lines},${SUMMARY.left}{SUMMARY.first}<>"")', number=COUNT, bottom=LINE)
    )
    SUMMARY.lay(
        sheet,
        f"=IF(NOT({READY}),{STATUS},CLAIM_SUMMARY({grid},{','.join(f'BC{SUMS + at}' for at in (1, 2, 3))}))",
        _looks(SUMMARY),
        [total_rows(SUMMARY, "By", "Total")],
    )
