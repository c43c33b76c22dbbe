"""The functions as UNO knows them: one interface with a method for each, derived from the signatures.

Types decide what Calc lets pass. ``any`` takes a cell, a range, an array or nothing; but a range with an error in it
never reaches the function then: the whole result is Err:504. So the tables that a function must have (orders) are
cell ranges, which are read cell by cell; no array can stand for them, and nothing that may be left out can have that
type. A function that spills gives rows of cells. One of single cells gives ``any``: Calc takes what can only be rows
for an array everywhere, and compares no text in it (IF, MATCH and VLOOKUP come out wrong). The last parameter is the
document, which Calc fills in by itself and shows nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xl_infusion.claim import TABLES
from xl_infusion.functions import FUNCTIONS, Parameter, WorksheetFunction
from xl_infusion.model import MODEL_TABLES

#: The module, the interface in it, and the service whose name Calc puts before a function's in an .ods file.
MODULE = ("org", "xlinfusion")
INTERFACE = "XFunctions"
SERVICE = "org.xlinfusion.Functions"

#: Types as the type library names them.
ANY, ROWS = "any", "[][]any"
RANGE, DOCUMENT = "com.sun.star.table.XCellRange", "com.sun.star.beans.XPropertySet"

#: The parameter that gets the document.
CALLER = "xDocument"


def identifier(name: str) -> str:
    """The name of a parameter as UNOIDL takes it: no underscore behind a small letter.

    >>> identifier("payer_codes")
    'payerCodes'
    """
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the interface: its name, the type of its result, its parameters as (name, type)."""

    name: str
    returns: str
    parameters: tuple[tuple[str, str], ...]


def methods(functions: Iterable[WorksheetFunction] = FUNCTIONS.values()) -> tuple[Method, ...]:
    """A method for each function, in their order.

    >>> next(method for method in methods() if method.name == "EXPLAIN").parameters[:3]
    (('order', 'any'), ('orders', 'com.sun.star.table.XCellRange'), ('visits', 'any'))
    """
    return tuple(
        Method(
            function.name,
            ROWS if gives_rows(function) else ANY,
            (
                *((identifier(parameter.name), _kind(parameter)) for parameter in function.parameters),
                (CALLER, DOCUMENT),
            ),
        )
        for function in functions
    )


def gives_rows(function: WorksheetFunction) -> bool:
    """True for a function that always gives rows of cells: one that spills, and asks for something to spill."""
    return function.spills and bool(function.parameters)


def _kind(parameter: Parameter) -> str:
    return RANGE if not parameter.optional and parameter.name in _TABLES else ANY


_TABLES = frozenset(table.name.lower().replace(" ", "_") for table in (*TABLES, *MODEL_TABLES))
