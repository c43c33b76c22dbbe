"""Microsoft's published rules for the metadata of custom functions, as checks.

From "Manually create JSON metadata for custom functions" and "Naming guidelines for custom functions in Excel"
(learn.microsoft.com/office/dev/add-ins/excel/custom-functions-json and -naming), and what Microsoft's own generator
refuses (npm custom-functions-metadata, its Specification.md). The first page allows letters, digits and periods in an
id; the second and the generator allow the underscore too, and so does Excel, which runs xlwings' ids with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from openpyxl.utils import FORMULAE

_TYPES, _SHAPES = {"boolean", "number", "string", "any"}, {"scalar", "matrix"}
_KEYS = {
    "": {"$schema", "allowCustomDataForDataTypeAny", "allowErrorForDataTypeAny", "functions", "enums"},
    "function": {"description", "helpUrl", "id", "name", "options", "parameters", "result"},
    "parameter": {
        "description", "dimensionality", "name", "type", "cellValueType", "customEnumId", "optional", "repeating"
    },
    "result": {"dimensionality", "type"},
    "options": {
        "cancelable", "capturesCallingObject", "excludeFromAutoComplete", "linkedEntityLoadService", "requiresAddress",
        "requiresParameterAddresses", "requiresStreamAddress", "requiresStreamParameterAddresses", "stream", "volatile",
    },
}  # fmt: skip
#: The last cell, A1 and R1C1: no name of a function may be a cell's.
_COLUMNS, _ROWS = 16384, 1048576


def broken(metadata: dict[str, Any]) -> list[str]:
    """The rules that the metadata breaks, and where; none for metadata that Excel takes."""
    return list(_broken(metadata))


def _broken(metadata: dict[str, Any]) -> Iterator[str]:
    yield from _unknown("metadata", "", metadata)
    for name in ("allowCustomDataForDataTypeAny", "allowErrorForDataTypeAny"):
        if not isinstance(metadata.get(name, False), bool):
            yield f"{name} is no boolean"
    functions = metadata.get("functions")
    if not isinstance(functions, list) or not functions:
        yield "functions is no list of functions"
        return
    for key in ("id", "name"):
        seen: set[str] = set()
        for function in functions:
            value = str(function.get(key)).upper()
            if value in seen:
                yield f"{value}: {key} stands twice"
            seen.add(value)
    for function in functions:
        for problem in _function(function):
            yield f"{function.get('id')}: {problem}"


def _function(function: dict[str, Any]) -> Iterator[str]:
    yield from _unknown("function", "function", function)
    yield from _name("id", function.get("id"), r"[A-Za-z][A-Za-z0-9._]*")
    yield from _name("name", function.get("name"), r"[^\W\d_][\w.]*")
    yield from _texts(function, "description", "helpUrl")
    if "helpUrl" in function and not re.fullmatch(r"(https?://[^\s/]+/)?[^\s:]+", str(function["helpUrl"])):
        yield "helpUrl is no address of a page"
    result = function.get("result")
    if not isinstance(result, dict):
        yield "no result"
        result = {}
    yield from _unknown("result", "result", result)
    yield from _kind("result", result)
    options = function.get("options", {})
    yield from _unknown("options", "options", options)
    if not all(isinstance(value, bool) for value in options.values()):
        yield "an option is no boolean"
    for other in ("cancelable", "requiresAddress", "volatile"):
        if options.get("stream") and options.get(other):
            yield f"stream and {other} do not go together"
    for needed in ("requiresStreamAddress", "requiresStreamParameterAddresses"):
        if options.get(needed) and not options.get("stream"):
            yield f"{needed} needs stream"
    if options.get("excludeFromAutoComplete") and options.get("linkedEntityLoadService"):
        yield "excludeFromAutoComplete and linkedEntityLoadService do not go together"
    if options.get("requiresParameterAddresses") and result.get("dimensionality") != "matrix":
        yield "requiresParameterAddresses needs a result that is a matrix"
    if not isinstance(function.get("parameters"), list):
        yield "no list of parameters"
        return
    yield from _parameters(function["parameters"])


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[str]:
    names = [str(parameter.get("name")).upper() for parameter in parameters]
    if len(set(names)) < len(names):
        yield "two parameters of one name"
    optional = False
    for parameter in parameters:
        what = f"parameter {parameter.get('name')}"
        yield from _unknown(what, "parameter", parameter)
        if not isinstance(parameter.get("name"), str) or not parameter["name"]:
            yield f"{what} has no name"
        yield from _texts(parameter, "description")
        yield from _kind(what, parameter)
        for key in ("optional", "repeating"):
            if not isinstance(parameter.get(key, False), bool):
                yield f"{what}: {key} is no boolean"
        may_be_left_out = bool(parameter.get("optional") or parameter.get("repeating"))
        if optional and not may_be_left_out:
            yield f"{what} must be given and stands behind one that may be left out"
        optional = may_be_left_out
    if any(parameter.get("repeating") for parameter in parameters[:-1]):
        yield "a parameter that repeats is not the last"


def _unknown(what: str, kind: str, found: dict[str, Any]) -> Iterator[str]:
    for key in sorted(found.keys() - _KEYS[kind]):
        yield f"{what} has the unknown property {key}"


def _texts(found: dict[str, Any], *keys: str) -> Iterator[str]:
    for key in keys:
        if key in found and (not isinstance(found[key], str) or not found[key].strip()):
            yield f"{key} is no text"


def _kind(what: str, found: dict[str, Any]) -> Iterator[str]:
    if found.get("type", "any") not in _TYPES:
        yield f"{what}: type is not one of {', '.join(sorted(_TYPES))}"
    if found.get("dimensionality", "scalar") not in _SHAPES:
        yield f"{what}: dimensionality is neither scalar nor matrix"


def _name(key: str, value: object, pattern: str) -> Iterator[str]:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        yield f"{key} {value!r} is not letters, digits, periods and underscores, a letter first"
        return
    if not 3 <= len(value) <= 128:
        yield f"{key} has {len(value)} characters, not 3 to 128"
    if _is_cell(value.upper()):
        yield f"{key} {value} is the address of a cell"
    if value.upper() in FORMULAE:
        yield f"{key} {value} is a function of Excel's own"


def _is_cell(name: str) -> bool:
    if found := re.fullmatch(r"([A-Z]{1,3})([0-9]+)", name):
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        return column <= _COLUMNS and 1 <= int(found[2]) <= _ROWS
    found = re.fullmatch(r"R([0-9]+)C([0-9]+)", name)
    return found is not None and 1 <= int(found[1]) <= _ROWS and 1 <= int(found[2]) <= _COLUMNS
