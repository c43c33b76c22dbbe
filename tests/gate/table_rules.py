"""Rules of tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from openpyxl.utils import get_column_letter

from tests.gate.book import MAIN, Book, Sheet, Table, area
from tests.gate.cell_rules import sheets
from tests.gate.rule import rule, twice, words
from tests.gate.workbook_rules import in_order, legal_name

TABLE = "ECMA-376-1 18.5.1.2"
ORDER = words("autoFilter sortState tableColumns tableStyleInfo extLst")


def tables(book: Book) -> Iterable[tuple[str, tuple[Sheet, Table]]]:
    return [(f"table {table.name}", (sheet, table)) for sheet in book.sheets for table in sheet.tables]


@rule(f"{TABLE}, id and displayName are unique in the workbook: Excel repairs the file")
def tables_are_distinct(book: Book) -> Iterator[str]:
    """No two tables have one number or one name, and none has that of a defined name."""
    yield from twice(table.root.get("id") for table in book.tables)
    yield from twice([*(table.name.lower() for table in book.tables), *_names(book)])


def _names(book: Book) -> set[str]:
    return {str(one.get("name")).lower() for one in book.names}


@rule(f"{TABLE}, displayName: as a defined name's", tables)
def table_names_are_legal(given: tuple[Sheet, Table]) -> Iterator[str]:
    """A table's name is one that Excel allows."""
    if not legal_name(given[1].name):
        yield given[1].name


@rule(f"{TABLE}, CT_Table is a sequence", tables)
def table_is_in_order(given: tuple[Sheet, Table]) -> Iterator[str]:
    """The elements of a table come in the schema's order."""
    yield from in_order(given[1].root, ORDER)


@rule("ECMA-376-1 18.5.1.3, id and name are unique in the table; at most 255 characters", tables)
def columns_are_distinct(given: tuple[Sheet, Table]) -> Iterator[str]:
    """No two columns of a table have one number or one name; none is blank or too long."""
    _, table = given
    yield from twice(one.get("id") for one in table.root.iter(f"{MAIN}tableColumn"))
    yield from twice(name.lower() for name in table.columns)
    yield from (name for name in table.columns if not 0 < len(name) <= 255)


@rule(f"{TABLE}, ref; 18.5.1.4, count", tables)
def columns_fill_the_table(given: tuple[Sheet, Table]) -> Iterator[str]:
    """A table is as wide as its columns, and has a row under its heading."""
    _, table = given
    width = table.area.right - table.area.left + 1
    counts = [int(str(one.get("count"))) for one in table.root.iter(f"{MAIN}tableColumns")]
    if counts != [len(table.columns)] or width != len(table.columns):
        yield f"{width} wide, {counts} said, {len(table.columns)} there"
    if table.area.bottom <= table.area.top:
        yield "no row"


@rule("Excel repairs a table whose heading is no text, or another than its column's name", tables)
def headings_name_the_columns(given: tuple[Sheet, Table]) -> Iterator[str]:
    """The cell over a column has its name as a text that is no formula."""
    sheet, table = given
    for at, name in enumerate(table.columns):
        cell = sheet.by_ref.get(f"{get_column_letter(table.area.left + at)}{table.area.top}")
        text = None if cell is None or cell.formula is not None else _text(sheet, cell)
        if text is None or text.replace("\n", "_x000a_").lower() != name.replace("\n", "_x000a_").lower():
            yield f"{name!r}, its heading {text!r}"


def _text(sheet: Sheet, cell: object) -> str | None:
    shared = sheet.book.linked(sheet.book.main, "sharedStrings")
    if cell.kind == "s" and cell.value is not None and shared:  # type: ignore[attr-defined]
        return "".join(sheet.book.tree(shared[0])[int(cell.value.text or 0)].itertext(f"{MAIN}t"))  # type: ignore[attr-defined]
    return cell.text  # type: ignore[attr-defined]


@rule(
    f"{TABLE}, headerRowCount is 1 where it is left out; ONLYOFFICE takes the headings for a row where it says 1",
    tables,
)
def headings_go_without_saying(given: tuple[Sheet, Table]) -> Iterator[str]:
    """A table has headings, and does not say so."""
    if given[1].root.get("headerRowCount") is not None:
        yield str(given[1].root.get("headerRowCount"))


@rule("ECMA-376-1 18.3.2.1, ref: the table without a row of totals", tables)
def filter_covers_the_table(given: tuple[Sheet, Table]) -> Iterator[str]:
    """The filter of a table covers it."""
    _, table = given
    totals = int(table.root.get("totalsRowCount") or 0)
    for one in table.root.iter(f"{MAIN}autoFilter"):
        if area(str(one.get("ref"))) != table.area._replace(bottom=table.area.bottom - totals):
            yield str(one.get("ref"))


@rule("Excel: no merged cells and no spill within a table, and no two tables over one cell", sheets)
def tables_are_alone(sheet: Sheet) -> Iterator[str]:
    """A table shares no cell with a merge, an array formula, or another table."""
    for at, table in enumerate(sheet.tables):
        others = [*sheet.merges, *(one.area for one in sheet.arrays), *(one.area for one in sheet.tables[:at])]
        yield from (f"{table.name}: {one}" for one in others if one.meets(table.area))


@rule("ECMA-376-1 18.3.1.95: Excel repairs a sheet whose list of tables is another than its links", sheets)
def tables_are_listed(sheet: Sheet) -> Iterator[str]:
    """A sheet lists the tables that it leads to."""
    if len(list(sheet.all("tablePart"))) != len(sheet.linked("table")):
        yield f"{len(sheet.linked('table'))} tables"
