"""The functions as Office.js knows them: the metadata of custom functions (``functions.json``), with help links.

It is what xlwings Server and xlwings Lite make of the same functions: every argument and every result is rows of
cells (``any``, ``matrix``), an error value in a cell arrives as such, and the calling cell's address goes along.
https://learn.microsoft.com/office/dev/add-ins/excel/custom-functions-json
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.help.pages import BASE, address


def metadata(
    base: str = BASE, functions: Iterable[WorksheetFunction] = FUNCTIONS.values(), ending: str = ".md"
) -> dict[str, Any]:
    """The metadata of all functions, by name; ``base``: the address of the help pages, ``ending``: of their names.

    >>> [one["id"] for one in metadata()["functions"]][:3]
    ['BREAK_EVEN', 'BRIDGE', 'CLAIM_CHECKS']
    """
    return {
        "allowCustomDataForDataTypeAny": True,
        "allowErrorForDataTypeAny": True,
        "functions": [
            _function(one, address(one.name, base, ending))
            for one in sorted(functions, key=lambda function: function.name)
        ],
    }


def functions_json(base: str = BASE, functions: Iterable[WorksheetFunction] = FUNCTIONS.values()) -> str:
    """The metadata as the text of a file."""
    return json.dumps(metadata(base, functions), indent=2, ensure_ascii=False) + "\n"


def _function(function: WorksheetFunction, help_url: str) -> dict[str, Any]:
    parameters = []
    for parameter in function.parameters:
        told = {"description": parameter.doc, "name": parameter.name, "dimensionality": "matrix", "type": "any"}
        parameters.append(told | ({"optional": True} if parameter.optional else {}))
    return {
        "description": function.summary,
        "helpUrl": help_url,
        "id": function.name,
        "name": function.name,
        "options": {"requiresAddress": True, "requiresParameterAddresses": True},
        "result": {"dimensionality": "matrix", "type": "any"},
        "parameters": parameters,
    }
