"""Unit amounts out of descriptors: read where they follow CMS's habits, and otherwise not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_infusion.reference.cms.descriptor import UnitAmount, dosage, unit_of


@pytest.mark.parametrize(
    ("descriptor", "read"),
    [
        ("Injection, madepenem, 100 mg", "100 mg"),
        ("Injection madepenem,10 mg", "10 mg"),
        ("Injection, madepenem, 10mg", "10 mg"),
        ("Injection, madepenem, .5 mg", "0.5 mg"),
        ("Injection, madepenem, per 1.125 g", "per 1.125 g"),
        ("Injection, madepenem, per gm", "per 1 g"),
        ("Injection, madepenem, up to 1 gram", "up to 1 g"),
        ("Injection, madecillin, up to 600,000 units", "up to 600000 units"),
        ("Injection, madeferon, alfa-9a, 3 million units", "3000000 units"),
        ("Injection, madefactor, per 1 usp unit (up to 999 usp units)", "per 1 units"),
        ("Madefactor ix (antihemophilic factor (porcine)), per i.u.", "per 1 IU"),
        ("Injection, madefactor complex, per factor viii i.u.", "per 1 IU"),
        ("Injection, madefactor, 1 i.u. vwf:rco", "1 IU vwf:rco"),
        ("Injection, made chloride, per 2 meq", "per 2 mEq"),
        ("Infusion, made saline, 1000 cc", "1000 mL"),
        ("5% madrose/water (500 ml = 1 unit)", "500 mL"),
        ("Made solution, 500 ml = 1 unit", "500 mL"),
        ("Injection, made imaging, per ml, containing nominal 2 x 10^13 vector genomes", "per 1 mL"),
        ("Made contrast, 300-349 mg/ml iodine, per ml", "per 1 mL"),
        ("Made patch, per 10 square centimeters", "per 10 sq cm"),
        ("Made tracer f18, diagnostic, up to 8.1 millicuries", "up to 8.1 mCi"),
        ("Injection, made iron (brandone), 0.1 mg of iron", "0.1 mg iron"),
        ("Injection, fosmade, 50 mg made equivalent", "50 mg made equivalent"),
        ("Injection, made, 0.9 mg, provided in 1.1 mg vial", "0.9 mg"),
        ("Injection, made, 300 micrograms (1500 i.u.)", "300 mcg"),
        ("Injection, made in 0.9% sodium chloride (maker), 1 mg", "1 mg"),
        ("Made acid for topical administration, 20%, single unit dosage form (354 mg)", "354 mg"),
        ("Injection, one and two, 50 mg/12.5 mg", "62.5 mg (50 + 12.5)"),
        ("Injection, one/two, 1 gram/0.125 grams (1.125 grams)", "1.125 g (1 + 0.125)"),
        ("Injection, one and two, 10mg/10mg (20mg)", "20 mg (10 + 10)"),
        ("Injection, one 4 mg, lastin 4 mg and two 2 mg", "10 mg (4 + 4 + 2)"),
        ("Injection, liposomal, 1 mg one and 2.27 mg two", "3.27 mg (1 + 2.27)"),
        ("Injection, one/two, 500 mg (150/350)", "500 mg (150 + 350)"),
        ("Injection, one 1 g and two 500 mg", "1500 mg (1000 + 500)"),
        ("Injection, one, 1 mg and madonidase-fihj", "1 mg"),
    ],
)
def test_read(descriptor: str, read: str) -> None:
    assert str(unit_of(descriptor)) == read


@pytest.mark.parametrize(
    ("descriptor", "reason"),
    [
        ("Unclassified drugs", "it states no amount"),
        ("Injection, made, per 1 million plaque forming units", "it states no amount"),
        ("Injection, made, 1 billion vector genomes", "it states no amount"),
        ("Injection, made, 10,000 kiu", "it states no amount"),
        ("Injection, made, less than or equal to 7 days of therapy", "it states no amount"),
        ("Made factor (12 mg)", "it states no amount"),
        ("Made, oral, less than or equal to 3 mg made", "it names a range of amounts"),
        ("Made, oral, greater than 3 mg, but less than or equal to 6 mg", "it names a range of amounts"),
        ("Made globulin, over 10 cc", "it names a range of amounts"),
        ("Made syringe, 1 cc or less", "it names a range of amounts"),
        ("Made nutrition, 10 to 51 grams of protein - premix", "it names a range of amounts"),
        ("Injection, made, 10 mg/ml", "it states a strength or a rate, not an amount"),
        ("Injection, made, 180 mcg per ml", "it states a strength or a rate, not an amount"),
        ("Injection, made, 25% in 50 ml", "it states a strength or a rate, not an amount"),
        ("Made pen; 1.5 ml size", "it states a strength or a rate, not an amount"),
        ("Injection, made, per therapeutic dose", "it counts by the dose, not by an amount"),
        ("Injection, made, per single use vial", "it counts by the vial, not by an amount"),
        ("One 70 mg/two 70 mg, per patch", "it counts by the patch, not by an amount"),
        ("One and two 0.15mg, 0.013mg per 24 hours; yearly ring, each", "it counts by the piece, not by an amount"),
        ("Made formula, 100 calories = 1 unit", "its unit is not one of an amount"),
        ("Made formula (100 calories = 1 unit)", "its unit is not one of an amount"),
        ("Instillation, one 1.35 mg and two 100 units", "it states amounts that cannot be added"),
        ("Injection, made, 1 cc, 200 mg", "it states amounts that cannot be added"),
        ("One, up to 2.5 mg and two, up to 0.5 mg", "each of its amounts has a rule of its own"),
        ("One, up to 2.5 mg and two, 0.5 mg", "each of its amounts has a rule of its own"),
        ("Injection, made, 10 mg, 20 mg", "it states several amounts, and not which is the unit's"),
        ("Injection, one/two, 500 mg (150/300)", "the components in (150/300) are not 500 in all"),
        ("Injection, one/two, 10 mg/10 mg (30 mg)", "its components are 20 mg in all, and (30 mg) says otherwise"),
        ("Injection, made, 10 mg (20 mg)", "it states two amounts, the other in (20 mg)"),
    ],
)
def test_not_read(descriptor: str, reason: str) -> None:
    found = unit_of(descriptor)
    assert (found.amount, found.unit, found.rule, found.reason) == (None, "", "", reason)
    assert str(found) == f"not read: {reason}"


def test_products_and_what_they_are_not_equivalent_to() -> None:
    found = unit_of(
        "Injection, made (maker one), unrefrigerated, not therapeutically equivalent to j0878 or j0873, 1 mg"
    )
    assert (str(found), found.products, found.not_equivalent_to) == ("1 mg", ("maker one",), ("J0878", "J0873"))
    found = unit_of("Injection, made (b maker) not thereapeutically equivalent to brandone, 500 mg (for non-esrd use)")
    assert (str(found), found.products, found.not_equivalent_to) == ("500 mg", ("b maker",), ("brandone",))
    assert unit_of("Injection, made (human), (brandtwo), 10 mg").products == ("brandtwo",)
    assert unit_of("Injection, one/two, 1 gram/0.125 grams (1.125 grams)").products == ()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("10 MG", "10 mg"), ("UP TO 1000 CC", "up to 1000 mL"), ("1 million\N{NO-BREAK SPACE}PFU", "not read: it states no amount"),
        ("75mg (50mg one/25mg two)", "75 mg"), ("3 MG & 3 MG", "6 mg (3 + 3)"), ("5MG-1MG", "6 mg (5 + 1)"),
        ("PER VIAL", "not read: it counts by the vial, not by an amount"), ("2 MEQ", "2 mEq"), ("1.5 GM", "1.5 g"),
    ],
)  # fmt: skip
def test_dosages(text: str, read: str) -> None:
    assert str(dosage(text)) == read


def test_what_is_not_read_is_the_same_as_nothing() -> None:
    assert not unit_of("").same_amount(unit_of(""))
    assert not unit_of("x, 1 mg").same_amount(unit_of("")) and not unit_of("").same_amount(unit_of("x, 1 mg"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 gm", "1000 mg"), ("1 mg", "1000 mcg"), ("1 millicurie", "1000 microcuries"), ("100 units", "100 i.u."),
        ("100 ml", "100 cc"), ("2 square centimeters", "2 sq cm"),
    ],
)  # fmt: skip
def test_the_same_in_two_units_is_the_same(one: str, other: str) -> None:
    found, its = unit_of(f"x, per {one}"), unit_of(f"x, per {other}")
    assert found.same_amount(its) and its.same_amount(found)
    twice = unit_of(f"x, per {other.replace(other.split()[0], str(2 * int(other.split()[0])))}")
    assert not found.same_amount(twice)


def test_a_text_longer_than_any_descriptor_is_not_gone_through() -> None:
    longest = "x" * (4096 - len(", 10 mg")) + ", 10 mg"
    assert str(unit_of(longest)) == "10 mg"
    assert unit_of("x" + longest).reason == "it is longer than any descriptor"


@given(
    st.decimals("0.001", 999_999, places=3), st.sampled_from(["mg", "mcg", "g", "units", "iu", "meq", "ml", "grams", "milligrams"]),
    st.sampled_from(["", "per ", "up to "]), st.sampled_from(["made", "made (maker)", "made, not therapeutically equivalent to j0001"]),
)  # fmt: skip
def test_what_is_written_is_read_back(amount: Decimal, unit: str, rule: str, drug: str) -> None:
    found = unit_of(f"Injection, {drug}, {rule}{amount:,} {unit}")
    assert found.amount == amount and found.rule == (rule.strip() or "exact") and not found.reason


PIECES = [*"0123456789 .,/()-%=x", "mg", "per ", "up to ", " and ", "1 unit", "iu"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_every_text_is_answered(text: str) -> None:
    for found in (unit_of(text), dosage(text)):
        assert isinstance(found, UnitAmount) and (found.amount is None) == bool(found.reason)
        assert str(found)
