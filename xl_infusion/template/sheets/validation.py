"""What a typed cell is checked for, as its column declares it: words and names to choose from, limits, ways to write.

A column that takes certain words refuses another; where a name may be written in other ways (brands, short
forms, several with commas) its list warns and lets it stand; where far more is known than a list can show (drugs)
the list says nothing. What the text of a cell means is the claim's
affair: these checks are only for what goes wrong in typing.
"""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation

from xl_infusion.claim.column import Column, Limits, Listed, Written
from xl_infusion.spreadsheet.xlsx.grid import letters, number
from xl_infusion.template.sheets.lists import choices_name

_AN_NPI = "AND(ISNUMBER({at}),{at}>=1000000000,{at}<3000000000)"
#: How a cell is written -> the kind of validation and its terms; ``{left}`` is the cell left of it.
_WRITTEN: dict[str, tuple[str, dict[str, str]]] = {
    "amount": ("custom", {"formula1": "OR(ISTEXT({at}),{at}>0)"}),
    "text": ("custom", {"formula1": "ISTEXT({at})"}),
    "day": ("date", {"operator": "greaterThanOrEqual", "formula1": "36526"}),
    "later day": ("date", {"operator": "greaterThanOrEqual", "formula1": "MAX(36526,{left})"}),
    "time": ("time", {"operator": "between", "formula1": "0", "formula2": "0.999988425925926"}),
    "npi": ("custom", {"formula1": _AN_NPI}),
    "item": (
        "custom",
        {
            "formula1": f'IF({{left}}="NPI",{_AN_NPI},'
            'IF({left}="Filing date",AND(ISNUMBER({at}),{at}>36525),TRUE))'
        },
    ),
}


def validation(column: Column, at: str) -> DataValidation | None:
    """The check of a column whose first cell is ``at``; None for one that takes any text."""
    declared = column.checked
    if declared is None and column.choices:
        declared = Listed(f"It is one of: {', '.join(column.choices)}.", firm=True)
    if declared is None:
        return None
    check = _list(declared, column) if isinstance(declared, Listed) else _stop(declared, at)
    if column.prompt:
        check.promptTitle, check.prompt, check.showInputMessage = column.name, column.prompt, True
    return check


def _list(declared: Listed, column: Column) -> DataValidation:
    """A list to choose from: one that takes another text, warns of it and lets it stand, or refuses it."""
    check = DataValidation(type="list", formula1=declared.names or choices_name(column), allow_blank=True)
    if not declared.open:
        check.showErrorMessage, check.errorStyle = True, "stop" if declared.firm else "warning"
        check.errorTitle, check.error = "Not in the list", declared.says
    return check


def _stop(declared: Limits | Written, at: str) -> DataValidation:
    """A validation that refuses."""
    kind, terms = _WRITTEN[declared.kind] if isinstance(declared, Written) else _limits(declared)
    letter = at.rstrip("0123456789")
    left = f"${letters(max(1, number(letter) - 1))}{at[len(letter) :]}"
    written = {name: term.format(at=at, left=left) for name, term in terms.items()}
    return DataValidation(type=kind, allow_blank=True, showErrorMessage=True, errorStyle="stop",
                          errorTitle="Please check", error=declared.says, **written)  # fmt: skip


def _limits(declared: Limits) -> tuple[str, dict[str, str]]:
    """The kind of a validation of numbers, and its terms."""
    kind = "textLength" if declared.kind == "letters" else declared.kind
    if declared.none:
        return "custom", {"formula1": f'OR({{at}}="none",AND(ISNUMBER({{at}}),{_within(declared)}))'}
    if declared.over is not None:
        return kind, {"operator": "greaterThan", "formula1": str(declared.over)}
    if declared.most is None:
        return kind, {"operator": "greaterThanOrEqual", "formula1": str(declared.least)}
    return kind, {"operator": "between", "formula1": str(declared.least), "formula2": str(declared.most)}


def _within(declared: Limits) -> str:
    """The limits in a formula; those of a whole number are open, one beyond."""
    if declared.kind == "whole":
        assert declared.least is not None and declared.most is not None
        return f"{{at}}>{declared.least - 1},{{at}}<{declared.most + 1}"
    least = f"{{at}}>{declared.over}" if declared.over is not None else f"{{at}}>={declared.least}"
    return least if declared.most is None else f"{least},{{at}}<={declared.most}"
