"""Every rule of the gate finds what it is there for, and nothing in a good workbook."""

from __future__ import annotations

import pytest

from tests.gate.book import Book
from tests.gate.damages import DAMAGES, OTHERS, Damage
from tests.gate.files import Files
from tests.gate.gate import RULES, findings
from tests.gate.rule import Rule

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def good(files: Files) -> Book:
    return files.book("new")


def test_a_good_workbook_keeps_every_rule(good: Book) -> None:
    assert findings(good) == []


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: f"{damage.rule}-{damage.part}-{damage.new[:30]}")
def test_a_damage_is_found_by_its_rule(good: Book, damage: Damage) -> None:
    assert list(RULES[damage.rule].findings(damage.done_to(good)))


@pytest.mark.parametrize("name", OTHERS)
def test_another_damage_is_found_by_its_rule(good: Book, name: str) -> None:
    rule, damaged = OTHERS[name]
    assert list(RULES[rule].findings(damaged(good)))


def test_every_rule_has_a_damage() -> None:
    assert {damage.rule for damage in DAMAGES} | {rule for rule, _ in OTHERS.values()} == set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_it_guards_and_who_says_so(rule: Rule) -> None:
    assert rule.guards.endswith(".") and "\n" not in rule.guards and len(rule.source) > 10
