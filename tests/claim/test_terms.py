"""Every term of a contract is declared once, and everything that is made of the declaration is there."""

from __future__ import annotations

import ast
from copy import copy
from dataclasses import fields, replace
from decimal import Decimal

import pytest

from tests import ROOT
from tools import terms as table_of_defaults
from xl_infusion.claim.column import Limits
from xl_infusion.claim.columns import PAYERS
from xl_infusion.claim.contract import Payers
from xl_infusion.claim.readers import CHECKED_SHARE
from xl_infusion.claim.term import default
from xl_infusion.claim.terms import COLUMNS, IN_SCENARIO, TERMS, Terms
from xl_infusion.errors import OutOfRange
from xl_infusion.model.changes import TERMS as CHANGES
from xl_infusion.model.columns import SCENARIOS
from xl_infusion.reference import current
from xl_infusion.reference.tables import bundled

PACKAGE = ROOT / "xl_infusion"


def test_the_table_of_defaults_is_as_it_would_be_made_now() -> None:
    assert bundled("terms.csv") == table_of_defaults.text(), "run: python -m tools.regenerate"


def test_every_field_of_the_terms_is_declared() -> None:
    """All but whose they are and what is wrong with them."""
    beside = {"name", "row", "problem", "problems", "stated", "dme"}
    assert {one.name for one in fields(Terms)} - beside == set(TERMS)
    assert PAYERS.columns[1:] == COLUMNS


def attributes() -> set[str]:
    """Every name that the package reads off something, outside the declarations."""
    trees = (ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py") if path.name != "terms.py")
    return {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@pytest.mark.slow
def test_every_term_decides_something() -> None:
    by_shares = {"second", "third"}
    idle = [name for name in set(TERMS) - by_shares - attributes()]
    assert not idle, f"declared in claim/terms.py and read nowhere: {', '.join(idle)}"


@pytest.mark.parametrize("name", TERMS)
def test_a_term_says_what_it_is(name: str) -> None:
    """Where one of these is blank, a page, a note or a message has a hole."""
    declared = TERMS[name]
    said = {"meaning": declared.default.meaning, "source": declared.default.source, "unit": declared.default.unit}
    if declared.column.name:
        said["doc"] = declared.column.doc
    assert [what for what, text in said.items() if not text] == [], f"claim/terms.py, {name}"


def test_no_two_terms_have_one_name_or_one_heading() -> None:
    headings = [name.casefold() for column in PAYERS.columns for name in (column.name, *column.synonyms)]
    assert sorted(headings) == sorted(set(headings))
    names = [one.default.term for one in TERMS.values()]
    assert sorted(names) == sorted(set(names))


def limited() -> list[str]:
    return [name for name, one in TERMS.items() if isinstance(one.column.checked, Limits)]


@pytest.mark.parametrize("name", limited())
def test_the_sheet_refuses_what_the_claim_refuses(name: str) -> None:
    """Typing is checked for the limits that the reader has, no wider and no narrower."""
    term = TERMS[name]
    checked = term.column.checked
    assert isinstance(checked, Limits)
    inside = [limit for limit in (checked.least, checked.most) if limit is not None]
    beyond = [checked.over] if checked.over is not None else []
    beyond += [] if checked.least is None else [checked.least - 1]
    beyond += [] if checked.most is None else [checked.most + 1]
    for cell in [*inside, *(["none"] if checked.none else [])]:
        term.read(current(), cell, term.name)
    for cell in beyond:
        with pytest.raises(OutOfRange):
            term.read(current(), cell, term.name)


# -- in a scenario -----------------------------------------------------------------------------------------------


def test_a_term_of_a_scenario_is_a_word_or_a_share() -> None:
    """What a scenario tells of its changes (`told`) knows no other values."""
    for name, (declared, _) in IN_SCENARIO.items():
        column = declared.column
        assert column.choices or column.checked is CHECKED_SHARE, f"claim/terms.py, {name}: neither a word nor a share"


def test_a_term_of_a_scenario_has_its_column_and_its_step() -> None:
    headings = [declared.name for declared, _ in IN_SCENARIO.values()]
    assert [name for name in CHANGES if name in headings] == headings
    columns = [column.name for column in SCENARIOS.columns if column.name in headings]
    assert columns == headings
    for name in headings:
        here, there = SCENARIOS[name], PAYERS[name]
        assert (here.choices, here.checked, here.look, here.width) == (
            there.choices, there.checked, there.look, there.width,
        )  # fmt: skip
    steps = [of.step for _, of in IN_SCENARIO.values()]
    assert steps == sorted(set(steps)), "two terms of a scenario have one step"


# -- defaults ----------------------------------------------------------------------------------------------------


def test_a_default_that_the_table_lacks_says_what_makes_it() -> None:
    reference = copy(current())
    reference.terms = {name: row for name, row in current().terms.items() if name != "waste"}
    with pytest.raises(KeyError, match=r"terms\.csv has no row waste: python -m tools\.regenerate"):
        default(reference, "waste")
    with pytest.raises(KeyError, match="no row waste"):
        Payers(reference, [])


def test_the_shares_of_all_ranks() -> None:
    terms = Payers(current(), []).terms("")
    assert terms.shares == (1, Decimal("0.5"), Decimal("0.25"))
    assert replace(terms, second=Decimal("0.3")).shares == (1, Decimal("0.3"), Decimal("0.25"))


def test_what_says_a_term_is_its_row_or_the_source_of_its_default() -> None:
    said = Payers(current(), [(7, {"Payer": "A", "Waste": "JW and JZ"})]).terms("A")
    assert said.by("waste", current()) == "Payers table row 7, Waste"
    assert said.by("second", current()) == "default: IDSA Home Infusion FAQ, 2013"
