"""The hidden sheet Lists: what cells may choose from, and the count of every order's claim lines.

What a list offers comes from the code reference, from the words that a column takes, or from a table of the
workbook itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.columns import TABLES, Column
from xl_infusion.reference import CodeRow, Reference
from xl_infusion.workbook._grid import letters
from xl_infusion.workbook.sheets import claim
from xl_infusion.workbook.style import BODY, HEADER, put, widths

LISTS = "Lists"
#: Orders whose claim lines are counted for the check on Start.
COUNTED = 1000
INTERVALS = ("q3h", "q4h", "q6h", "q8h", "q12h", "q24h", "daily", "BID", "TID", "QID", "q48h", "weekly", "continuous")
#: Units of an NDC's quantity (NUBC).
NDC_UNITS = ("UN", "ML", "GR", "F2")

_NUMBER_OF, _FOUND, _FIRST_LIST = "A", "B", 4
#: How many orders have a line on the claim.
ORDERS_FOUND = f'COUNTIF({LISTS}!${_FOUND}$2:${_FOUND}${COUNTED + 1},">0")'


def typed(column: str) -> str:
    """What stands in a column of a table, without the blank rows below: with a blank in its list Excel would let
    any text pass."""
    return f"INDEX({column},1):INDEX({column},MAX(1,COUNTA({column})))"


#: Lists of what is typed in the workbook.
TYPED = {"PayerNames": typed("Payers[Payer]"), "OrderNumbers": typed("Orders[Order]")}


def choices_name(column: Column) -> str:
    """The name of the list of the words that a column takes: ``Words_line_span``; the same words, the same list."""
    first = next(one for table in TABLES for one in table.columns if one.choices == column.choices)
    return "Words_" + first.name.lower().replace(" ", "_")


def lists(reference: Reference) -> dict[str, Sequence[str | int]]:
    """Name -> what the list offers."""
    billed: list[CodeRow] = [*reference.per_diem, *reference.drugs, *reference.visits, *reference.hit]
    drugs = _sorted(row.name for row in reference.drugs)
    therapies = _sorted(row.name for row in reference.therapies.values())
    found: dict[str, Sequence[str | int]] = {
        "DrugNames": drugs,
        "TherapyNames": therapies,
        "DrugOrTherapyNames": [*therapies, *(name for name in drugs if name not in therapies)],
        "ProductNames": _sorted(row.product for row in reference.drugs if row.product),
        "IntervalNames": INTERVALS,
        "PlaceNames": (12, 49, 11),
        "CodeNames": sorted({row.code for row in billed}),
        "PerDiemNames": sorted({row.code for row in reference.per_diem}),
        "ModifierNames": [_word(row.modifier) for row in reference.modifiers],
        "DenialNames": [row.modifier for row in reference.modifiers if row.goes_on == "any"],
        "AccreditorNames": list(dict.fromkeys(row.accreditor for row in reference.accreditors)),
        "NdcUnits": NDC_UNITS,
    }
    for table in TABLES:
        for column in table.columns:
            if column.choices:
                found[choices_name(column)] = [_word(word) for word in column.choices]
    return found


def _word(word: str) -> str | int:
    """A word as Excel takes it when it is typed: 59 and 99602 are numbers."""
    return int(word) if word.isdigit() else word


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=str.casefold)


def add_lists(book: Workbook, sheet: Worksheet, reference: Reference) -> None:
    """Lays out the hidden sheet and names its lists."""
    offered = lists(reference)
    widths(sheet, 14, 14, 4, *(24 for _ in offered))
    for number, (name, items) in enumerate(offered.items(), start=_FIRST_LIST):
        letter = letters(number)
        put(sheet, f"{letter}1", name, HEADER)
        for row, item in enumerate(items, start=2):
            put(sheet, f"{letter}{row}", item, BODY)
        book.defined_names[name] = DefinedName(name, attr_text=f"{LISTS}!${letter}$2:${letter}${len(items) + 1}")
    for name, cells in {**TYPED, **claim.names()}.items():
        book.defined_names[name] = DefinedName(name, attr_text=cells)
    put(sheet, f"{_NUMBER_OF}1", "Order in row", HEADER)
    put(sheet, f"{_FOUND}1", "Its claim lines", HEADER)
    for number in range(1, COUNTED + 1):
        put(sheet, f"{_NUMBER_OF}{number + 1}", number, BODY)
        put(sheet, f"{_FOUND}{number + 1}", _lines_of(f"${_NUMBER_OF}{number + 1}"), BODY)
    sheet.sheet_state = "hidden"


def _lines_of(number: str) -> str:
    """The claim lines of the table's order in the row that the cell ``number`` says, "" where none is typed."""
    order = f"INDEX(Orders[Order],{number})"
    return f'=IF({number}>ROWS(Orders[Order]),"",IF({order}="","",COUNTIFS({claim.below("Order")},{order})))'
