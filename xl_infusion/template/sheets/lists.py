"""The hidden sheet Lists: what cells may choose from, and whether every order is on the claim.

What a list offers comes from the code reference, from the words that a column takes, or from a table of the
workbook itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from xl_infusion.claim.column import Column
from xl_infusion.claim.columns import TABLES
from xl_infusion.model import MODEL_TABLES
from xl_infusion.model.changes import SHARES
from xl_infusion.reference import CodeRow, Reference
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.sheets import claim, expected
from xl_infusion.template.sheets.model_grids import BASE
from xl_infusion.template.style import BODY, HEADER, put, widths

LISTS = "Lists"
#: Orders that are looked for on the claim, for the check on Start.
COUNTED = 2000
INTERVALS = ("q3h", "q4h", "q6h", "q8h", "q12h", "q24h", "daily", "BID", "TID", "QID", "q48h", "MWF", "TIW", "BIW",
             "5 days on 2 off", "weekly", "every 2 weeks", "every 4 weeks", "monthly", "continuous",
             "once")  # fmt: skip
#: Units of an NDC's quantity (NUBC).
NDC_UNITS = ("UN", "ML", "GR", "F2")

_NUMBER_OF, _FOUND, _BILLED, _WITHIN, _FIRST_LIST = "A", "B", "C", "H", 9
#: The columns that the chart of the forecast reads; the sheet Model fills them.
AXIS = ("D", "E", "F", "G")
#: How many orders have a line on the claim, or are billed in that of another.
ORDERS_FOUND = "+".join(f'COUNTIF({LISTS}!${at}$2:${at}${COUNTED + 1},">0")' for at in (_FOUND, _WITHIN))


def typed(column: str) -> str:
    """What stands in a column of a table, without the blank rows below: with a blank in its list Excel would let
    any text pass."""
    return f"INDEX({column},1):INDEX({column},MAX(1,COUNTA({column})))"


#: Lists of what is typed in the workbook.
TYPED = {
    "PayerNames": typed("Payers[Payer]"), "OrderNumbers": typed("Orders[Order]"),
}  # fmt: skip
#: Terms of a scenario that are a number, as formulas name them.
TERMS = ("Per diem change", "Per diem amount", *SHARES, "Drugs at % of charge", "Drugs at % of ASP", "Volume growth",
         "Rate S9500")  # fmt: skip
#: What Expected may be grouped by, and what a cross table of it adds up.
GROUPS = ("Payer", "Therapy", "Kind", "Month", "Drug", "Code", "Patient", "Order")
AMOUNTS = ("Expected", "Charge", "Adjustment", "Patient share", "Payer pays", "Drug cost", "Drug margin")
#: What the chart of the forecast may show.
MEASURES = ("Revenue", "Cash", "Patient-days")
#: Scenarios that may be chosen, beside Base.
SCENARIOS = 60
#: The tables that people type in, those of the claim first.
_TABLES = (*TABLES, *MODEL_TABLES)


def choices_name(column: Column) -> str:
    """The name of the list of the words that a column takes: ``Words_line_span``; the same words, the same list."""
    first = next(one for table in _TABLES for one in table.columns if one.choices == column.choices)
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
        # what stands in place of the attestation that Medicare's criteria are met
        "DenialNames": [row.modifier for row in reference.modifiers if "KX" in row.not_with],
        "AccreditorNames": list(dict.fromkeys(row.accreditor for row in reference.accreditors)),
        "NdcUnits": NDC_UNITS,
        "YesNo": ("yes", "no"),
        "TermNames": TERMS,
        "GroupNames": GROUPS,
        "AmountNames": AMOUNTS,
        "MeasureNames": MEASURES,
    }
    return found | _choices()


def _choices() -> dict[str, Sequence[str | int]]:
    """The lists of the words that columns take."""
    chosen = [column for table in _TABLES for column in table.columns if column.choices]
    return {choices_name(column): [_word(word) for word in column.choices] for column in chosen}


def _word(word: str) -> str | int:
    """A word as Excel takes it when it is typed: 59 and 99602 are numbers."""
    return int(word) if word.isdigit() else word


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(set(names), key=str.casefold)


def add_lists(book: Workbook, sheet: Worksheet, reference: Reference) -> None:
    """Lays out the hidden sheet and names its lists."""
    offered = lists(reference)
    widths(sheet, 14, 14, 14, *(14 for _ in AXIS), 14, *(24 for _ in offered))
    for number, (name, items) in enumerate(offered.items(), start=_FIRST_LIST):
        letter = letters(number)
        put(sheet, f"{letter}1", name, HEADER)
        for row, item in enumerate(items, start=2):
            put(sheet, f"{letter}{row}", item, BODY)
        book.defined_names[name] = DefinedName(name, attr_text=f"{LISTS}!${letter}$2:${letter}${len(items) + 1}")
    for name, cells in {**TYPED, **claim.names(), **expected.names()}.items():
        book.defined_names[name] = DefinedName(name, attr_text=cells)
    put(sheet, f"{_NUMBER_OF}1", "Order in row", HEADER)
    put(sheet, f"{_FOUND}1", "On the claim", HEADER)
    put(sheet, f"{_BILLED}1", "Billed", HEADER)
    put(sheet, f"{_WITHIN}1", "Within another", HEADER)
    for number in range(1, COUNTED + 1):
        put(sheet, f"{_NUMBER_OF}{number + 1}", number, BODY)
        put(sheet, f"{_FOUND}{number + 1}", _lines_of(f"${_NUMBER_OF}{number + 1}"), BODY)
        billed = f'=IF(${_FOUND}{number + 1}=1,{_therapy_of(f"${_NUMBER_OF}{number + 1}")},"")'
        put(sheet, f"{_BILLED}{number + 1}", billed, BODY)
        put(sheet, f"{_WITHIN}{number + 1}", _within(number + 1), BODY)
    _scenarios(book, sheet, _FIRST_LIST + len(offered))
    sheet.sheet_state = "hidden"


def _scenarios(book: Workbook, sheet: Worksheet, column: int) -> None:
    """The scenarios by their names, each once, Base before them; rows of one name are one scenario."""
    number, name = letters(column), letters(column + 1)
    widths_at = sheet.column_dimensions
    widths_at[number].width, widths_at[name].width = 14, 24
    put(sheet, f"{number}1", "Scenario in row", HEADER)
    put(sheet, f"{name}1", "ScenarioChoices", HEADER)
    put(sheet, f"{name}2", BASE, BODY)
    typed_ = "Scenarios[Scenario]"
    for row in range(2, SCENARIOS + 2):
        at = f"ROWS({number}$2:{number}{row})"
        here = f"INDEX({typed_},{at})"
        first = f'IF({here}="","",IF(MATCH({here},{typed_},0)={at},MAX({number}$1:{number}{row - 1})+1,""))'
        put(sheet, f"{number}{row}", f'=IF({at}>ROWS({typed_}),"",{first})', BODY)
        found = f"MATCH({at},${number}$2:${number}${SCENARIOS + 1},0)"
        put(sheet, f"{name}{row + 1}", f'=IFERROR(INDEX({typed_},{found}),"")', BODY)
    cells = f"{LISTS}!${name}$2:${name}${SCENARIOS + 2}"
    count = f"MAX({LISTS}!${number}$2:${number}${SCENARIOS + 1})+1"
    meaning = f"INDEX({cells},1):INDEX({cells},{count})"
    book.defined_names["ScenarioChoices"] = DefinedName("ScenarioChoices", attr_text=meaning)


def _lines_of(number: str) -> str:
    """1 where the table's order in the row that the cell ``number`` says has a claim line, else 0; "" where none is
    typed."""
    order = f"INDEX(Orders[Order],{number})"
    found = f"IF(ISNUMBER(MATCH({order},{claim.below('Order')},0)),1,0)"
    return f'=IF({number}>ROWS(Orders[Order]),"",IF({order}="","",{found}))'


def _therapy_of(number: str) -> str:
    """The patient and the therapy of the table's order in the row that the cell ``number`` says."""
    return f'INDEX(Orders[Patient],{number})&"|"&INDEX(Orders[Therapy],{number})'


def _within(row: int) -> str:
    """1 where an order without a claim line has no Drug, and another one of its patient's therapy has a line: what
    they give adds up, and is billed once."""
    number, found = f"${_NUMBER_OF}{row}", f"${_FOUND}{row}"
    billed = f"MATCH({_therapy_of(number)},${_BILLED}$2:${_BILLED}${COUNTED + 1},0)"
    return f'=IF({found}<>0,"",IF(INDEX(Orders[Drug],{number})<>"",0,IF(ISNUMBER({billed}),1,0)))'
