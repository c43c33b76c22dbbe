"""The sheets that people type into, Orders, Visits, Payers, ..., Provider, each an Excel table.

Their columns are declared where they are read (`xl_infusion.claim.TABLES`, `xl_infusion.model.MODEL_TABLES`): the note
on every heading, the width, the look, and what a cell is checked for (`validation`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from openpyxl.comments import Comment
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.column import Column, Table
from xl_infusion.claim.column import Look as ColumnLook
from xl_infusion.claim.term import default
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

#: How a column's cells look.
_LOOKS: dict[ColumnLook, Look] = {
    "text": TYPED.but(indent=1),
    "as typed": TYPED.but(indent=1, format=AS_TYPED),
    "word": TYPED.but(across="center"),
    "number": TYPED.but(across="center", format="0"),
    "fine number": TYPED.but(across="center", format="0.###"),
    "day": TYPED.but(across="center", format=DATE),
    "time": TYPED.but(across="center", format=TIME),
    "share": TYPED.but(across="center", format=SHARE),
    "rate": TYPED.but(across="right", format=RATE),
    "cents": TYPED.but(across="right", format=MONEY),
}


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
    sizes = [column.width for column in columns]
    widths(sheet, *sizes)
    seen = max(1, sum(sum(sizes[:number]) <= SEEN for number in range(1, len(sizes) + 1)))
    keys, breaks = table.keys, ends(table)
    if breaks:  # what stands over two pages is cut on paper
        seen = min(seen, column_index_from_string(breaks[0]))
    heading(sheet, table.name, table.hint, letters(seen), beside=letters(keys + 1) if keys else "")
    _bands(sheet, table)
    sheet.row_dimensions[HEAD].height = 34  # the name above, the button of the filter below it: it would hide its end
    blank: list[Row] = [{}] * (count - len(rows))
    for number, column in enumerate(columns, start=1):
        _column(sheet, letters(number), table, column, [*rows, *blank], reference)
    excel = ExcelTable(displayName=excel_name(table.name), name=excel_name(table.name), ref=f"A{HEAD}:{last}{end}")
    excel.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(excel)
    sheet.freeze_panes = f"{letters(keys + 1)}{FIRST}"
    if remark:
        _remark(sheet, len(columns) + 1, remark)
    if sum(sizes) < fits(100):
        page(sheet, repeat=f"{HEAD}:{HEAD}", landscape=len(columns) > 5)
    else:
        first = f"A:{letters(keys)}" if keys else ""
        page(sheet, repeat=f"{HEAD}:{HEAD}", columns=first, scale=SCALE, ends=breaks)
    sheet.page_setup.pageOrder = "overThenDown"  # the pages of a row follow each other


def _column(
    sheet: Worksheet, letter: str, table: Table, column: Column, rows: Sequence[Row], reference: Reference
) -> None:
    """A column of the table: its heading with what it says, what is typed in it, what typing is checked for."""
    look = _LOOKS[column.look]
    needed = column.needed or column.name in table.one_of
    title = put(sheet, f"{letter}{HEAD}", column.name, head(look, BRAND if needed else BRAND_MID, 11).but(down="top"))
    title.comment = _note(table, column, reference)
    for number, row in enumerate(rows, start=FIRST):
        put(sheet, f"{letter}{number}", row.get(column.name), _own(look, column, row))
    if check := validation(column, f"{letter}{FIRST}"):
        check.add(f"{letter}{FIRST}:{letter}{LAST}")
        sheet.add_data_validation(check)


def _remark(sheet: Worksheet, gap: int, remark: str) -> None:
    """What stands beside the table, after a column that keeps them apart."""
    beside = letters(gap + 1)
    sheet.column_dimensions[letters(gap)].width = 3
    sheet.column_dimensions[beside].width = 46
    put(sheet, f"{beside}{FIRST}", remark, BODY.but(ink=WARN, ground=WARN_SOFT, wrap=True, indent=1),
        f"{beside}{FIRST + 4}")  # fmt: skip


def ends(table: Table) -> list[str]:
    """The columns after which a page ends: where a subject ends, and the next one would not fit on that page."""
    sizes = [column.width for column in table.columns]
    keys = table.keys
    begins = [at for at, column in enumerate(table.columns) if column.subject]
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
    if not any(column.subject for column in table.columns):
        return
    for number, column in enumerate(table.columns, start=1):
        look = BODY.but(size=9, bold=True, ink=BRAND, ground=BRAND_SOFT, indent=1)
        if column.subject:
            look = look.but(lines="left", rule=WHITE, weight="thick")
        put(sheet, f"{letters(number)}{BAND}", column.subject or None, look)
    sheet.row_dimensions[BAND].height = 16


def _note(table: Table, column: Column, reference: Reference) -> Comment:
    """What the heading says: the column's own words, its default with its source, its other names."""
    parts = [column.doc]
    if column.needed:
        parts.append("Needed.")
    elif column.name in table.one_of:
        parts.append(f"One of {' and '.join(table.one_of)} is needed.")
    if column.term:
        term = default(reference, column.term)
        parts.append(f"Default: {term.value} ({term.source}).")
    if column.synonyms:
        parts.append("Also found under: " + ", ".join(column.synonyms) + ".")
    text = "\n".join(parts)
    note = Comment(text, "xl_infusion")
    note.width, note.height = 320, 40 + 16 * sum(1 + len(part) // 48 for part in parts)
    return note
