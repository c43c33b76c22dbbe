"""The sheets that people type into, Orders, Visits, Payers, ..., Provider, each an Excel table.

Their columns, and the note on every heading, are the claim's own (`xl_infusion.claim.TABLES`); what a cell is
checked for is in `validation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from openpyxl.comments import Comment
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.columns import Column, Table
from xl_infusion.reference import Reference
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.examples import Row
from xl_infusion.template.sheets.validation import validation
from xl_infusion.template.style import (
    AS_TYPED,
    BODY,
    BRAND,
    BRAND_MID,
    BRAND_SOFT,
    DATE,
    MONEY,
    RATE,
    SHARE,
    TIME,
    TYPED,
    WARN,
    WARN_SOFT,
    WHITE,
    Look,
    fits,
    head,
    heading,
    page,
    put,
    widths,
)

#: The row of a table's headings, its first row, and the last row that validations and checks reach.
HEAD, FIRST, LAST = 4, 5, 2000
#: Blank rows that invite typing: below the examples, and of an empty table.
SPARE, BLANK = 3, 12
#: The row over the headings that names subjects, where a table has many columns.
BAND = HEAD - 1
#: Characters of a sheet that are seen at once, about: its title and hint go no further.
SEEN = 170
#: On paper a table that is wider than a page stands in 8 points, its pages ending with a subject.
SCALE = 73

_TEXT, _DAY = TYPED.but(indent=1), TYPED.but(across="center", format=DATE)
_CENTER, _TIME = TYPED.but(across="center"), TYPED.but(across="center", format=TIME)
_NUMBER = TYPED.but(across="center", format="0")
_DOLLARS, _SHARE = TYPED.but(across="right", format=RATE), TYPED.but(across="center", format=SHARE)
_CENTS = TYPED.but(across="right", format=MONEY)
_NAME = _TEXT.but(format=AS_TYPED)

#: Column -> its width and its look; a column that stands in several tables looks the same in each.
_LOOKS: dict[str, tuple[float, Look]] = {
    "Order": (11, _TEXT), "Patient": (12, _TEXT), "Payer": (22, _TEXT), "Therapy": (16, _TEXT),
    "Drug": (25, _TEXT), "Dose": (17, _TEXT), "Interval": (13, _TEXT), "Start": (13, _DAY), "End": (13, _DAY),
    "Days": (9, _NUMBER), "Volume": (11, _TEXT), "Place": (9, _CENTER),
    "Second payer": (22, _TEXT), "Prescriber": (14, _NUMBER), "Authorization": (15, _NAME),
    "Supplied by": (18, _TEXT), "Product": (15.5, _TEXT), "NDC": (15.5, _NAME), "NDC unit": (10.5, _CENTER),
    "NDC quantity": (14, TYPED.but(across="center", format="0.###")), "Dispensed": (11.5, _NUMBER),
    "Unused": (9.5, _NUMBER), "Vials": (17, _TEXT),
    "Date": (13, _DAY), "Minutes": (12, _NUMBER), "Start time": (13, _TIME), "End time": (13, _TIME),
    "Nurse": (11, _TEXT), "Special training": (17, _CENTER),
    "Kind": (22, _TEXT), "Covers": (12, _TEXT), "Denial modifier": (17, _CENTER),
    "Second share": (14, _SHARE), "Third share": (13, _SHARE), "Exempt therapies": (18, _TEXT),
    "Rank by": (12, _TEXT), "Days counted": (21, _TEXT), "Longest interval": (17, _NUMBER),
    "Other intervals": (16, _CENTER), "Always code": (13, _CENTER), "Extra modifier": (16, _CENTER),
    "Unit rounding": (15, _CENTER), "Fractional units": (17, _CENTER), "Waste": (12, _CENTER),
    "Further hour from": (18, _NUMBER), "Second visit": (13, _NUMBER), "Hours a day": (13, _CENTER),
    "Hours a week": (14, _CENTER), "Line span": (11, _CENTER), "Suite places": (14, _CENTER),
    "Accreditation": (17, _TEXT), "Days to file": (13, _CENTER), "Home infusion benefit": (23, _CENTER),
    "Deductible left": (16, _DOLLARS), "Coinsurance": (13, _SHARE), "Copay a visit": (14, _DOLLARS),
    "Payment days": (14, _CENTER),
    "Drug or therapy": (26, _TEXT), "Unit": (11, _TEXT),
    "Amount": (11, TYPED.but(across="center")), "Source": (54, _TEXT),
    "Code": (11, _TEXT), "Modifier": (11, _CENTER), "Rate": (13, _DOLLARS), "Basis": (22, _TEXT),
    "Per": (9, _CENTER), "Lesser of charge": (17, _CENTER), "From": (13, _DAY), "To": (13, _DAY),
    "Item": (18, _TEXT), "Value": (36, _TEXT),
    "Drug or code": (26, _TEXT), "Cost": (13, _DOLLARS),
    "Scenario": (26, _TEXT), "Volume growth": (15, _SHARE), "Part of orders": (14, _SHARE),
    "Per diem change": (16, _SHARE), "Per diem amount": (16, _DOLLARS), "Drugs at": (11, _SHARE),
    "Drug basis": (20, _TEXT), "Claim": (13.5, _NAME), "Modifiers": (12, _NAME), "Units": (10, _NUMBER),
    "Charge": (12, _CENTS), "Allowed": (12, _CENTS), "Paid": (12, _CENTS), "Patient share": (14, _CENTS),
    "Adjustments": (15, _NAME),
}  # fmt: skip
_HINTS = {
    "Orders": "One row an order. Type in the cream cells; the note on each heading says what it takes. "
              "The dark headings are needed (give End or Days); every other column may stay blank, or go.",
    "Visits": "One row a nurse's visit: 99601 for up to two hours, 99602 for each further hour. Give Minutes, or Start "
              "time and End time.",
    "Payers": "One row a payer: its contract. A blank cell is the default, which the note on its heading names with "
              "its source; nothing else about a payer is known to the functions.",
    "Payer codes": "Where a payer wants another code than HCPCS has: for a drug or a therapy, at one interval or all, "
                   "on its days. A row for a drug goes before one for its therapy.",
    "Own codes": "Codes that the reference (sheet Codes) does not have yet, or has otherwise: on its days a row goes "
                 "over it. Say in Source where the code is from; Checks tells what the reference has otherwise.",
    "Rates": "US dollars per unit, dated; both days count. Close a row with To and add the new rate below it. "
             "A payer's own rate goes before the rate of every payer, one for a modifier before one for any.",
    "Provider": "Who bills, one row an item: NPI, each accreditation with its days, the day of filing. Checks "
                "compares them with what the payers ask for.",
    "Costs": "What the drugs are bought for, US dollars, dated; both days count. Expected then shows the cost and the "
             "margin of every drug line that has a row here. Without rows nothing is missing.",
    "Scenarios": "What another contract would say: one row a scenario and payer (or all), only what changes. A blank "
                 "cell stays as it is now. Rows of one name are one scenario; Model prices the same orders under each.",
    "Remittance": "What the payers paid, one row a line as it came (835, EOB): typed, or pasted below the headings. "
                  "Order or Patient must be there. Variance compares it with what was expected.",
}  # fmt: skip
#: Table -> the subjects of its columns, each from a column on to the next subject.
_BANDS = {
    "Orders": {"Order": "The order", "Therapy": "What is given", "Start": "When", "Volume": "How and where",
               "Second payer": "Who pays second, who prescribed", "Supplied by": "The product",
               "Dispensed": "Doses and vials"},
    "Payers": {"Payer": "The payer", "Second share": "Concurrent therapies", "Days counted": "Per diem days and codes",
               "Unit rounding": "Drugs", "Further hour from": "Visits", "Line span": "Lines and places",
               "Accreditation": "Before it is filed", "Home infusion benefit": "Medicare",
               "Deductible left": "What patients owe, when it pays"},
    "Scenarios": {"Scenario": "The scenario", "Therapy": "How much is ordered, and whose",
                  "Days counted": "How it is counted", "Second share": "Concurrent therapies",
                  "Per diem change": "Per diem", "Code": "One code", "Drugs at": "Drugs"},
    "Remittance": {"Claim": "Which line", "Code": "What was paid", "Charge": "US dollars",
                   "Adjustments": "Why not more"},
}  # fmt: skip
#: Columns that stay in view when a wide table is scrolled.
_KEYS = {"Orders": 2, "Payers": 1, "Scenarios": 2}


def excel_name(table: str) -> str:
    """The name of the Excel table on a sheet: Payer codes has PayerCodes."""
    return table.title().replace(" ", "")


def add_inputs(
    sheet: Worksheet, table: Table, rows: Sequence[Row], reference: Reference, remark: str = ""
) -> None:  # fmt: skip
    """Lays out the sheet of one table with ``rows`` in it, and blank rows to type into.

    ``remark``: what stands beside the table, about its examples.
    """
    columns = table.columns
    count = len(rows) + SPARE if rows else BLANK
    end = FIRST + count - 1
    last = letters(len(columns))
    sizes = [_LOOKS[column.name][0] for column in columns]
    widths(sheet, *sizes)
    seen = max(1, sum(sum(sizes[:number]) <= SEEN for number in range(1, len(sizes) + 1)))
    keys, breaks = _KEYS.get(table.name, 0), ends(table)
    if breaks:  # what stands over two pages is cut on paper
        seen = min(seen, column_index_from_string(breaks[0]))
    heading(sheet, table.name, _HINTS[table.name], letters(seen), beside=letters(keys + 1) if keys else "")
    _bands(sheet, table)
    sheet.row_dimensions[HEAD].height = 34  # the name above, the button of the filter below it: it would hide its end
    for number, column in enumerate(columns, start=1):
        letter = letters(number)
        look = _LOOKS[column.name][1]
        needed = column.needed or column.name in table.one_of
        title = put(
            sheet, f"{letter}{HEAD}", column.name, head(look, BRAND if needed else BRAND_MID, 11).but(down="top")
        )
        title.comment = _note(table, column, reference)
        for row in range(FIRST, end + 1):
            typed = rows[row - FIRST] if row - FIRST < len(rows) else {}
            put(sheet, f"{letter}{row}", typed.get(column.name), _own(look, column, typed))
        if check := validation(table.name, column, f"{letter}{FIRST}"):
            check.add(f"{letter}{FIRST}:{letter}{LAST}")
            sheet.add_data_validation(check)
    excel = ExcelTable(displayName=excel_name(table.name), name=excel_name(table.name), ref=f"A{HEAD}:{last}{end}")
    excel.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(excel)
    sheet.freeze_panes = f"{letters(keys + 1)}{FIRST}"
    if remark:
        beside = letters(len(columns) + 2)
        sheet.column_dimensions[letters(len(columns) + 1)].width = 3
        sheet.column_dimensions[beside].width = 46
        put(sheet, f"{beside}{FIRST}", remark, BODY.but(ink=WARN, ground=WARN_SOFT, wrap=True, indent=1),
            f"{beside}{FIRST + 4}")  # fmt: skip
    if sum(sizes) < fits(100):
        page(sheet, repeat=f"{HEAD}:{HEAD}", landscape=len(columns) > 5)
    else:
        first = f"A:{letters(keys)}" if keys else ""
        page(sheet, repeat=f"{HEAD}:{HEAD}", columns=first, scale=SCALE, ends=breaks)
    sheet.page_setup.pageOrder = "overThenDown"  # the pages of a row follow each other


def ends(table: Table) -> list[str]:
    """The columns after which a page ends: where a subject ends, and the next one would not fit on that page."""
    sizes = [_LOOKS[column.name][0] for column in table.columns]
    keys = _KEYS.get(table.name, 0)
    begins = [at for at, column in enumerate(table.columns) if column.name in _BANDS.get(table.name, ())]
    found: list[str] = []
    page_from = 0
    for at, next_one in pairwise([*begins, len(sizes)]):
        kept = sum(sizes[:keys]) if page_from else 0
        if kept + sum(sizes[page_from:next_one]) > fits(SCALE):
            found.append(letters(at))
            page_from = at
    return found


def _own(look: Look, column: Column, row: Row) -> Look:
    """The look of a cell: a rate that is a share shows as one, as does a day among texts."""
    if column.name == "Rate" and str(row.get("Basis", "")).startswith("%"):
        return look.but(format=SHARE)
    if column.name == "Value":
        return look.but(format={"Filing date": DATE, "NPI": "0"}.get(str(row.get("Item")), "General"))
    return look


def _bands(sheet: Worksheet, table: Table) -> None:
    """The subjects over the headings."""
    bands = _BANDS.get(table.name, {})
    subject = False
    for number, column in enumerate(table.columns, start=1) if bands else ():
        subject = column.name in bands
        look = BODY.but(size=9, bold=True, ink=BRAND, ground=BRAND_SOFT, indent=1)
        if subject:
            look = look.but(lines="left", rule=WHITE, weight="thick")
        put(sheet, f"{letters(number)}{BAND}", bands.get(column.name), look)
    if bands:
        sheet.row_dimensions[BAND].height = 16


def _note(table: Table, column: Column, reference: Reference) -> Comment:
    """What the heading says: the column's own words, its default with its source, its other names."""
    parts = [column.doc]
    if column.needed:
        parts.append("Needed.")
    elif column.name in table.one_of:
        parts.append(f"One of {' and '.join(table.one_of)} is needed.")
    if column.term:
        term = reference.terms[column.term]
        parts.append(f"Default: {term.value} ({term.source}).")
    if column.synonyms:
        parts.append("Also found under: " + ", ".join(column.synonyms) + ".")
    text = "\n".join(parts)
    note = Comment(text, "xl_infusion")
    note.width, note.height = 320, 40 + 16 * sum(1 + len(part) // 48 for part in parts)
    return note
