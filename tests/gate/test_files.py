"""Every file that the package writes keeps the rules of the package, the schemas, and its values in every reader."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.gate import readers, schema
from tests.gate.book import Book
from tests.gate.damages import DAMAGES
from tests.gate.files import MAKERS, ODD, Files
from tests.gate.gate import findings

pytestmark = pytest.mark.slow


@pytest.fixture(params=MAKERS, scope="module")
def name(request: pytest.FixtureRequest) -> str:
    """The name of one file after the other: all tests of one before the next is written."""
    return str(request.param)


#: What another program wrote, and fill leaves as it is: openpyxl spells print titles rows first, and drops the
#: descriptions of charts.
OF_OTHERS = {"saved by openpyxl": {"print_titles_name_columns_first", "drawn_objects_are_described"}}


def test_rules(files: Files, name: str) -> None:
    """The gate's own rules: tests/gate/*_rules.py."""
    assert [one for one in findings(files.book(name)) if one.rule not in OF_OTHERS.get(name, ())] == []


def test_schemas(files: Files, name: str, tmp_path: Path) -> None:
    said = schema.errors(schema.thinned(files.book(name), tmp_path / files.path(name).name))
    assert [str(error) for error in said if not any(one.covers(error) for one in schema.ALLOWED)] == []


def test_every_formula_has_its_value(files: Files, name: str) -> None:
    """Nothing is left to Excel: fill leaves a formula of a new workbook without a value where it cannot work it out."""
    book = files.book(name)
    assert [f"{one.name}!{cell.ref}" for one in book.sheets for cell in one.formulas if cell.value is None] == []


#: Readers open no .xlam; its two texts are read in tests/hosts/excel/test_excel_files.py.
NOT_READ = "add-in"


def test_every_reader_gives_the_values(files: Files, name: str) -> None:
    said = readers.said(files.book(name))
    shown = {place: value for place, value in said.items() if not _error(value)}
    assert len(shown) > 1000 or name == NOT_READ
    for reader, read in _readers(name):
        wanted = shown if reader in readers.WITHOUT_ERRORS else said
        assert readers.differences(wanted, read(files.path(name))) == [], reader


def _readers(name: str) -> list[tuple[str, Callable[[Path], readers.Values]]]:
    """The year by its values alone: what pandas makes of calamine's, and openpyxl of all else, smaller files show."""
    if name == NOT_READ:
        return []
    if name == "the year":
        return [("openpyxl", partial(readers.by_openpyxl, as_a_stream=True)), ("calamine", readers.by_calamine)]
    return list(readers.READERS.items())


def _error(value: object) -> bool:
    return isinstance(value, str) and value.startswith("#") and value.rstrip("!?").isupper()


# -- that these tests can fail ---------------------------------------------------------------------------------


def test_odd_texts_come_out_of_the_claim_as_they_were_typed(files: Files) -> None:
    """The texts that the file of orders has for the writer's sake are in the computed grid."""
    claim = {
        value for (sheet, _, col), value in readers.said(files.book("typed")).items() if (sheet, col) == ("Claim", 1)
    }
    assert claim >= {" ".join(text.split()) for text in ODD}


@pytest.fixture(scope="module")
def thin(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return schema.thinned(files.book("new"), tmp_path_factory.mktemp("thin") / "thin.xlsx")


def test_what_is_allowed_is_said(thin: Path) -> None:
    """No entry of the list has outlived its reason."""
    said = schema.errors(thin)
    assert [one for one in schema.ALLOWED if not any(one.covers(error) for error in said)] == []


@pytest.mark.parametrize("rule", ["sheet_is_in_order", "styles_are_in_order", "workbook_is_in_order"])
def test_the_validator_finds_damages_too(thin: Path, rule: str, tmp_path: Path) -> None:
    damaged = next(damage for damage in DAMAGES if damage.rule == rule).done_to(Book(thin.read_bytes()))
    with zipfile.ZipFile(tmp_path / "damaged.xlsx", "w") as archive:
        for part, data in damaged.parts.items():
            archive.writestr(part, data)
    assert len(schema.errors(tmp_path / "damaged.xlsx")) > len(schema.errors(thin))


def test_a_reader_that_gives_another_value_is_seen() -> None:
    one: readers.Values = {("Claim", 1, 1): 1.0, ("Claim", 2, 1): "x", ("Claim", 3, 1): True}
    assert readers.differences(one, one) == []
    other: readers.Values = {("Claim", 1, 1): 1.01, ("Claim", 2, 1): "x ", ("Claim", 3, 1): 1.0, ("Claim", 4, 1): 0.0}
    assert [found.partition(":")[0] for found in readers.differences(one, other)] == [
        f"Claim!A{row}" for row in range(1, 5)
    ]
