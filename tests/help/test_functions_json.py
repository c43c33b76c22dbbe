"""The Office.js metadata: by Microsoft's rules, and what xlwings makes of the same functions."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests import ROOT
from tests.help.custom_functions import broken
from xl_infusion.functions import FUNCTIONS
from xl_infusion.help import vba_names
from xl_infusion.help.functions_json import functions_json, metadata
from xl_infusion.help.pages import BASE

SHIPPED = ROOT / "workbook" / "functions.json"

#: A sample in the shape of Microsoft's page, with every part that a function may have.
SAMPLE: dict[str, Any] = {
    "allowCustomDataForDataTypeAny": True,
    "allowErrorForDataTypeAny": True,
    "functions": [
        {
            "id": "SUMOF",
            "name": "SUMOF",
            "description": "Adds two numbers",
            "helpUrl": "http://www.contoso.com/help",
            "result": {"type": "number", "dimensionality": "scalar"},
            "parameters": [
                {"name": "first", "description": "first number", "type": "number", "dimensionality": "scalar"},
                {"name": "second", "type": "number", "optional": True},
                {"name": "rest", "type": "any", "dimensionality": "matrix", "repeating": True},
            ],
        },
        {"id": "GET.DAY_2", "name": "GÊT.DAY_2", "result": {}, "parameters": []},
        {"id": "COUNTER", "name": "COUNTER", "result": {}, "parameters": [], "options": {"stream": True}},
    ],
}


@pytest.mark.parametrize("base", [BASE, "https://example.org/help/"])
def test_it_keeps_every_rule(base: str) -> None:
    assert broken(metadata(base)) == []


def test_the_rules_take_what_microsoft_takes() -> None:
    assert broken(SAMPLE) == []


def _set(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = to

    return change


def _without(*path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        del data[path[-1]]

    return change


FIRST, DAY, COUNTER = ("functions", 0), ("functions", 1), ("functions", 2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_set("functions", to=[]), "functions is no list of functions"),
        (_set("function", to=[]), "metadata has the unknown property function"),
        (_set("allowErrorForDataTypeAny", to="yes"), "allowErrorForDataTypeAny is no boolean"),
        (_set(*DAY, "id", to="sumof"), "SUMOF: id stands twice"),
        (_set(*DAY, "name", to="sumof"), "SUMOF: name stands twice"),
        (_set(*FIRST, "id", to="SUM-OF"), "SUM-OF: id 'SUM-OF' is not letters, digits, periods and underscores, a letter first"),
        (_without(*FIRST, "id"), "None: id None is not letters, digits, periods and underscores, a letter first"),
        (_set(*FIRST, "name", to="2SUM"), "SUMOF: name '2SUM' is not letters, digits, periods and underscores, a letter first"),
        (_set(*FIRST, "name", to="AB"), "SUMOF: name has 2 characters, not 3 to 128"),
        (_set(*FIRST, "name", to="A" * 129), "SUMOF: name has 129 characters, not 3 to 128"),
        (_set(*FIRST, "name", to="NDC11"), "SUMOF: name NDC11 is the address of a cell"),
        (_set(*FIRST, "name", to="R1C1"), "SUMOF: name R1C1 is the address of a cell"),
        (_set(*FIRST, "name", to="Sum"), "SUMOF: name Sum is a function of Excel's own"),
        (_set(*FIRST, "description", to=" "), "SUMOF: description is no text"),
        (_set(*FIRST, "helpUrl", to="see the manual"), "SUMOF: helpUrl is no address of a page"),
        (_without(*FIRST, "result"), "SUMOF: no result"),
        (_set(*FIRST, "result", "type", to="date"), "SUMOF: result: type is not one of any, boolean, number, string"),
        (_set(*FIRST, "result", "dimensionality", to="row"), "SUMOF: result: dimensionality is neither scalar nor matrix"),
        (_without(*FIRST, "parameters"), "SUMOF: no list of parameters"),
        (_set(*FIRST, "parameters", 0, "name", to=""), "SUMOF: parameter  has no name"),
        (_set(*FIRST, "parameters", 1, "name", to="First"), "SUMOF: two parameters of one name"),
        (_set(*FIRST, "parameters", 0, "default", to=1), "SUMOF: parameter first has the unknown property default"),
        (_set(*FIRST, "parameters", 0, "optional", to=1), "SUMOF: parameter first: optional is no boolean"),
        (_set(*FIRST, "parameters", 0, "description", to=""), "SUMOF: description is no text"),
        (_set(*FIRST, "parameters", 2, "repeating", to=False), "SUMOF: parameter rest must be given and stands behind one that may be left out"),
        (_set(*FIRST, "parameters", 1, "repeating", to=True), "SUMOF: a parameter that repeats is not the last"),
        (_set(*FIRST, "options", to={"requiresParameterAddresses": True}), "SUMOF: requiresParameterAddresses needs a result that is a matrix"),
        (_set(*FIRST, "options", to={"volatile": 1}), "SUMOF: an option is no boolean"),
        (_set(*FIRST, "options", to={"async": True}), "SUMOF: options has the unknown property async"),
        (_set(*FIRST, "options", to={"requiresStreamAddress": True}), "SUMOF: requiresStreamAddress needs stream"),
        (_set(*COUNTER, "options", "volatile", to=True), "COUNTER: stream and volatile do not go together"),
        (_set(*FIRST, "options", to={"excludeFromAutoComplete": True, "linkedEntityLoadService": True}), "SUMOF: excludeFromAutoComplete and linkedEntityLoadService do not go together"),
    ],
)  # fmt: skip
def test_each_rule_finds_what_breaks_it(change: Callable[[dict[str, Any]], None], says: str) -> None:
    data = copy.deepcopy(SAMPLE)
    change(data)
    assert broken(data) == [says]


def test_the_file_is_the_metadata() -> None:
    assert json.loads(functions_json()) == metadata() == json.loads(SHIPPED.read_text("utf-8"))
    assert [one["id"] for one in metadata()["functions"]] == sorted(FUNCTIONS)
    for function in metadata()["functions"]:
        assert (SHIPPED.parent / function["helpUrl"]).is_file()
        texts = [function["description"], *(parameter["description"] for parameter in function["parameters"])]
        assert all(0 < len(text) <= 255 for text in texts)


def test_errors_and_ranges_reach_the_functions() -> None:
    """Without the flag Excel answers for a function that is given an error; without matrix there are no ranges."""
    data = metadata()
    assert data["allowErrorForDataTypeAny"] is True
    kinds = [part for one in data["functions"] for part in (one["result"], *one["parameters"])]
    assert {(part["type"], part["dimensionality"]) for part in kinds} == {("any", "matrix")}


def test_it_says_what_xlwings_registers(excel: ModuleType) -> None:
    """Compared with xlwings' own record of the published functions, out of which it makes its metadata too."""
    for function in metadata()["functions"]:
        told = getattr(excel, function["id"]).__xlfunc__
        assert (told["name"], told["ret"]["doc"]) == (function["id"], function["description"])
        assert [(one["name"], one["doc"], "optional" in one) for one in told["args"]] == [
            (vba_names.identifier(one["name"]), one["description"], one.get("optional", False))
            for one in function["parameters"]
        ]
        assert not any(one["vararg"] for one in told["args"])


#: Publishes every function to Office.js through xlwings, and prints the metadata that xlwings makes of them.
_XLWINGS = """
import inspect, json, os, sys, types
from typing import Annotated
os.environ["XLWINGS_ON_SERVER"] = "true"
try:
    import xlwings, xlwings.server
except Exception as error:
    if type(error).__name__ != "LicenseError":
        raise
    sys.exit(json.dumps(str(error)))
from xl_infusion.functions import FUNCTIONS
from xl_infusion.help.pages import address
module = types.ModuleType("published")
for function in FUNCTIONS.values():
    def call(*cells): ...
    defaults = inspect.signature(function.call).parameters.values()
    made = [
        inspect.Parameter(told.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=given.default,
                          annotation=Annotated[list, {"ndim": 2, "err_to_str": True, "doc": told.doc}])
        for told, given in zip(function.parameters, defaults, strict=True)
    ]
    call.__name__, call.__doc__ = function.name, function.summary
    call.__annotations__ = {one.name: one.annotation for one in made}
    call.__signature__ = inspect.Signature(made)
    setattr(module, function.name, xlwings.func(help_url=address(function.name))(call))
print(json.dumps(xlwings.server.custom_functions_meta(module)))
"""


def test_xlwings_makes_the_same_metadata_where_it_is_licensed() -> None:
    """xlwings' own generator asks for a licence key: without one its refusal is all that it says."""
    done = subprocess.run([sys.executable, "-c", _XLWINGS], capture_output=True, text=True)
    if done.returncode:
        assert "licen" in done.stderr.lower() and "Traceback" not in done.stderr, done.stderr
        assert not os.environ.get("XLWINGS_LICENSE_KEY"), done.stderr
    else:
        assert json.loads(done.stdout) == metadata()
