"""The sheets that people type into: Orders, Visits, Payers and Rates, each an Excel table.

Their columns, and the note on every heading, are the claim's own (`xl_infusion.claim.TABLES`). Lists to choose
from come from the code reference; where an alias is as good, a list warns and does not stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.columns import Column, Table
from xl_infusion.claim.orders import MOST_DAYS
from xl_infusion.reference import CodeRow, Reference
from xl_infusion.rules.visit import MOST_MINUTES
from xl_infusion.workbook._grid import letters
from xl_infusion.workbook.examples import Row
from xl_infusion.workbook.sheets import claim
from xl_infusion.workbook.style import (
    BODY,
    BRAND,
    BRAND_MID,
    DATE,
    HEADER,
    RATE,
    SHARE,
    TYPED,
    Look,
    head,
    heading,
    page,
    put,
    widths,
)

#: The row of a table's headings, its first row, and the last row that validations and checks reach.
HEAD, FIRST, LAST = 4, 5, 2000
#: Orders whose claim lines are counted for the check on Start.
COUNTED = 1000
#: Blank rows that invite typing: below the examples, and of an empty table.
SPARE, BLANK = 3, 12
LISTS = "Lists"

_TEXT, _DAY = TYPED.but(indent=1), TYPED.but(across="center", format=DATE)
_NUMBER = TYPED.but(across="right", format="0")
_DOLLARS, _SHARE = TYPED.but(across="right", format=RATE), TYPED.but(across="center", format=SHARE)

#: Column -> its width and its look; a column that stands in several tables looks the same in each.
_LOOKS: dict[str, tuple[float, Look]] = {
    "Order": (11, _TEXT), "Patient": (12, _TEXT), "Payer": (22, _TEXT), "Therapy": (16, _TEXT),
    "Drug": (25, _TEXT), "Dose": (13, _TEXT), "Interval": (13, _TEXT), "Start": (13, _DAY), "End": (13, _DAY),
    "Days": (9, _NUMBER.but(across="center")), "Volume": (11, _TEXT),
    "Place": (9, _TEXT.but(across="center", indent=0)),
    "Date": (13, _DAY), "Minutes": (12, _NUMBER.but(across="center")),
    "Second share": (16, _SHARE), "Third share": (16, _SHARE),
    "Code": (11, _TEXT), "Rate": (13, _DOLLARS), "From": (13, _DAY), "To": (13, _DAY),
}  # fmt: skip
_HINTS = {
    "Orders": "One row an order. Type in the cream cells; the note on each heading says what it takes. "
              "The dark headings are needed; give End or Days.",
    "Visits": "One row a nurse's visit: 99601 for up to two hours, 99602 for each further hour.",
    "Payers": "One row a payer: what it pays of the full per diem for concurrent therapies. Blank: 50% and 25%.",
    "Rates": "US dollars per unit, dated; both days count. Close a row with To and add the new rate below it. "
             "A payer's own rate goes before the rate of every payer.",
}  # fmt: skip
INTERVALS = ("q3h", "q4h", "q6h", "q8h", "q12h", "q24h", "daily", "BID", "TID", "QID", "q48h", "weekly", "continuous")


def _list(name: str, error: str) -> Callable[[str], DataValidation]:
    """A list to choose from that warns of another text and lets it stand."""

    def make(at: str) -> DataValidation:
        return DataValidation(type="list", formula1=name, allow_blank=True, showErrorMessage=True,
                              errorStyle="warning", errorTitle="Not in the list", error=error)  # fmt: skip

    return make


def _stop(kind: str, error: str, **terms: str) -> Callable[[str], DataValidation]:
    """A validation that refuses; ``{at}`` in a term is the first cell it is for."""

    def make(at: str) -> DataValidation:
        written = {name: term.format(at=at, left=_left(at)) for name, term in terms.items()}
        return DataValidation(type=kind, allow_blank=True, showErrorMessage=True, errorStyle="stop",
                              errorTitle="Please check", error=error, **written)  # fmt: skip

    return make


def _left(at: str) -> str:
    """The cell to the left of ``at``: End's Start, To's From."""
    letter = at.rstrip("0123456789")
    return f"${chr(ord(letter) - 1)}{at[len(letter) :]}"


_A_DAY = _stop("date", "Type a day from 2000 on, as 7/1/2025.", operator="greaterThanOrEqual", formula1="36526")
_A_LATER_DAY = _stop(
    "date", "Type a day, as 7/1/2025, that is not before the first day.", operator="greaterThanOrEqual",
    formula1="MAX(36526,{left})",
)  # fmt: skip
_A_SHARE = _stop("decimal", "A share is from 0% to 100%.", operator="between", formula1="0", formula2="1")

#: (table or "", column) -> its validation.
_CHECKS: dict[tuple[str, str], Callable[[str], DataValidation]] = {
    ("Orders", "Payer"): _list("PayerNames", "This payer is not on the sheet Payers: its lines will show #N/A "
                               "until it is. Keep it?"),
    ("Visits", "Payer"): _list("PayerNames", "This payer is not on the sheet Payers. Keep it?"),
    ("Rates", "Payer"): _list("PayerNames", "This payer is not on the sheet Payers. Keep it?"),
    ("", "Therapy"): _list("TherapyNames", "No therapy of that name in the list. Usual short forms are known too; "
                           "one that is not known shows an error on Claim. Keep it?"),
    ("", "Drug"): _list("DrugNames", "No drug of that name in the list. Brands, short forms and HCPCS codes are "
                        "known too; one that is not known shows an error on Claim. Keep it?"),
    ("", "Interval"): _list("IntervalNames", "Not one of the usual intervals. Type the hours between doses, 8 or "
                            "q8h: never a time of day. Keep it?"),
    ("", "Place"): _list("PlaceNames", "Not 12 home, 49 infusion suite or 11 office. Keep it?"),
    ("", "Code"): _list("CodeNames", "This code is not in the reference (sheet Codes): no line will use the rate. "
                        "Keep it?"),
    ("", "Dose"): _stop("custom", "Type one dose with its unit: 1 g, 500 mg, 40 mEq. A bare number is mg and more "
                        "than 0.", formula1="OR(ISTEXT({at}),{at}>0)"),
    ("", "Volume"): _stop("custom", "Type the fluid a day with its unit: 1.5 L or 1500 mL.",
                          formula1="OR(ISTEXT({at}),{at}>0)"),
    ("", "Start"): _A_DAY,
    ("", "Date"): _A_DAY,
    ("", "From"): _A_DAY,
    ("", "End"): _A_LATER_DAY,
    ("", "To"): _A_LATER_DAY,
    ("", "Days"): _stop("whole", f"Days of therapy: a whole number from 1 to {MOST_DAYS}.", operator="between",
                        formula1="1", formula2=str(MOST_DAYS)),
    ("", "Minutes"): _stop("decimal", f"Minutes of the visit: 1 to {MOST_MINUTES}. 210 is three and a half hours; "
                           "never a time of day.", operator="between", formula1="1", formula2=str(MOST_MINUTES)),
    ("", "Second share"): _A_SHARE,
    ("", "Third share"): _A_SHARE,
    ("", "Rate"): _stop("decimal", "US dollars per unit: 0 or more.", operator="greaterThanOrEqual", formula1="0"),
}  # fmt: skip
#: What a cell says when it is chosen, where typing goes wrong most.
_PROMPTS = {
    "Dose": "One dose with its unit: 1 g, 500 mg, 2.5 million units. A bare number is mg.",
    "Interval": "Hours between doses: 8, q8h, BID, daily, q48h, continuous.",
    "Minutes": "Minutes: 210 for three and a half hours.",
    "Second share": "Share of the full rate: 50%. Blank: 50%.",
    "Third share": "Share of the full rate: 25%. Blank: 25%.",
}


def add_inputs(sheet: Worksheet, table: Table, rows: Sequence[Row]) -> None:
    """Lays out the sheet of one table with ``rows`` in it, and blank rows to type into."""
    columns = table.columns
    count = len(rows) + SPARE if rows else BLANK
    end = FIRST + count - 1
    last = letters(len(columns))
    widths(sheet, *(_LOOKS[column.name][0] for column in columns))
    heading(sheet, table.name, _HINTS[table.name], last)
    sheet.row_dimensions[HEAD].height = 22
    for number, column in enumerate(columns, start=1):
        letter = letters(number)
        look = _LOOKS[column.name][1]
        needed = column.needed or column.name in table.one_of
        title = put(sheet, f"{letter}{HEAD}", column.name, head(look, BRAND if needed else BRAND_MID, 11))
        title.comment = _note(column, column.name in table.one_of)
        for row in range(FIRST, end + 1):
            value = rows[row - FIRST].get(column.name) if row - FIRST < len(rows) else None
            put(sheet, f"{letter}{row}", value, look)
        _validate(sheet, table.name, column, letter)
    excel = ExcelTable(displayName=table.name, name=table.name, ref=f"A{HEAD}:{last}{end}")
    excel.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(excel)
    sheet.freeze_panes = f"{'C' if table.name == 'Orders' else 'A'}{FIRST}"
    page(sheet, repeat=f"{HEAD}:{HEAD}", landscape=len(columns) > 5)


def _note(column: Column, one_of: bool) -> Comment:
    parts = [column.doc]
    if column.needed:
        parts.append("Needed.")
    elif one_of:
        parts.append("One of End and Days is needed.")
    parts.append("Also found under: " + ", ".join(column.synonyms) + ".")
    note = Comment("\n".join(parts), "xl_infusion")
    note.width, note.height = 300, 130
    return note


def _validate(sheet: Worksheet, table: str, column: Column, letter: str) -> None:
    make = _CHECKS.get((table, column.name)) or _CHECKS.get(("", column.name))
    if make is None:
        return
    check = make(f"{letter}{FIRST}")
    if prompt := _PROMPTS.get(column.name):
        check.promptTitle, check.prompt, check.showInputMessage = column.name, prompt, True
    check.add(f"{letter}{FIRST}:{letter}{LAST}")
    sheet.add_data_validation(check)


def add_lists(book: Workbook, sheet: Worksheet, reference: Reference) -> None:
    """Lays out the hidden sheet: what cells may choose from, and the count of every order's claim lines."""
    billed: list[CodeRow] = [*reference.per_diem, *reference.drugs, *reference.visits]
    lists: dict[str, Sequence[str | int]] = {
        "DrugNames": _sorted(row.name for row in reference.drugs),
        "TherapyNames": _sorted(row.name for row in reference.therapies.values()),
        "IntervalNames": INTERVALS,
        "PlaceNames": (12, 49, 11),
        "CodeNames": sorted({row.code for row in billed}),
    }
    for number, (name, items) in enumerate(lists.items(), start=1):
        letter = letters(number)
        put(sheet, f"{letter}1", name, HEADER)
        for row, item in enumerate(items, start=2):
            put(sheet, f"{letter}{row}", item, BODY)
        book.defined_names[name] = DefinedName(name, attr_text=f"{LISTS}!${letter}$2:${letter}${len(items) + 1}")
    book.defined_names["PayerNames"] = DefinedName("PayerNames", attr_text=_PAYER_NAMES)
    put(sheet, f"{_NUMBER_OF}1", "Order in row", HEADER)
    put(sheet, f"{_FOUND}1", "Its claim lines", HEADER)
    for number in range(1, COUNTED + 1):
        put(sheet, f"{_NUMBER_OF}{number + 1}", number, BODY)
        put(sheet, f"{_FOUND}{number + 1}", _lines_of(f"${_NUMBER_OF}{number + 1}"), BODY)
    widths(sheet, 42, 40, 14, 12, 12, 4, 14, 14)
    sheet.sheet_state = "hidden"


#: The payers without the blank rows below them: with a blank in its list Excel would let any text pass.
_PAYER_NAMES = "INDEX(Payers[Payer],1):INDEX(Payers[Payer],MAX(1,COUNTA(Payers[Payer])))"


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=str.casefold)


_NUMBER_OF, _FOUND = "G", "H"
#: How many orders have a line on the claim.
ORDERS_FOUND = f'COUNTIF({LISTS}!${_FOUND}$2:${_FOUND}${COUNTED + 1},">0")'


def _lines_of(number: str) -> str:
    """The claim lines of the table's order in the row that the cell ``number`` says, "" where none is typed.

    Without rates the grid has no Rate and Charge, and Order stands where Rate stood.
    """
    order = f"INDEX(Orders[Order],{number})"
    without, usual = (f"COUNTIFS({claim.below(name)},{order})" for name in ("Rate", "Order"))
    count = f'IF({claim.cell("Rate", claim.ANCHOR)}="Order",{without},{usual})'
    return f'=IF({number}>ROWS(Orders[Order]),"",IF({order}="","",{count}))'
