"""What stands below the tables that people type in, where no formula reads it.

A program that writes rows under a table, or Excel with its automatic extension switched off, does not make the table
grow: such rows are billed nowhere. On the hidden sheet Lists each table has its count, and Start adds them up.
"""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.column import Table
from xl_infusion.claim.columns import TABLES
from xl_infusion.model import MODEL_TABLES
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.sheets.inputs import HEAD, excel_name
from xl_infusion.template.style import BODY, HEADER, put

#: The last row that is looked at; the validations of a table end above it.
LAST = 10_000
#: How many cells stand below the ends of all tables, and the names of those tables, as formulas of Start have them.
COUNT, NAMES = "SUM(CellsBelowTables)", "TablesWithCellsBelow"
#: The tables' names, and the rows of the sheets in which their headings stand, wherever they were moved to.
TYPED, HEADING_ROWS = "TypedTables", "HeadingRows"


def add_below(book: Workbook, sheet: Worksheet) -> None:
    """Lays out the counts, beside what the sheet has, and names them."""
    first = sheet.max_column + 2
    name, cells, said, head = (letters(first + at) for at in range(4))
    for column, title in ((name, TYPED), (cells, "CellsBelowTables"), (said, NAMES), (head, HEADING_ROWS)):
        sheet.column_dimensions[column].width = 20
        put(sheet, f"{column}1", title, HEADER)
    tables = (*TABLES, *MODEL_TABLES)
    for row, table in enumerate(tables, start=2):
        put(sheet, f"{name}{row}", table.name, BODY)
        put(sheet, f"{cells}{row}", f"={below(table)}", BODY)
        put(sheet, f"{head}{row}", f"=ROW({excel_name(table.name)}[#Headers])", BODY)
        before = f"{said}{row - 1}" if row > 2 else '""'
        # one after the other with commas between them; the last cell has them all
        put(sheet, f"{said}{row}", f'={before}&IF({cells}{row}=0,"",IF({before}="","",", ")&{name}{row})', BODY)
    last = len(tables) + 1
    columns = {"CellsBelowTables": cells, TYPED: name, HEADING_ROWS: head}
    named = {title: f"${column}$2:${column}${last}" for title, column in columns.items()}
    for title, where in {**named, NAMES: f"${said}${last}"}.items():
        book.defined_names[title] = DefinedName(title, attr_text=f"{sheet.title}!{where}")


def below(table: Table) -> str:
    """How many cells stand below the last row of a table, within its columns.

    What the table holds is taken from what its columns hold; where a user added columns to it, the rows below its
    last are counted one by one, which takes longer.
    """
    name = excel_name(table.name)
    cells = f"'{table.name}'!$A${HEAD}:${letters(len(table.columns))}${LAST}"
    # with its headings: LibreOffice takes a table's name alone with them, Excel without
    whole = f"{name}[#All]"
    rows = f"(ROW({cells})-MIN(ROW({cells}))>=ROWS({whole}))"
    counted = f"IF(COLUMNS({whole})>COLUMNS({cells}),SUMPRODUCT({rows}*(1-ISBLANK({cells}))),"
    return f"IF(ROWS({whole})>=ROWS({cells}),0,{counted}COUNTA({cells})-COUNTA({whole})))"
