"""The tables written by hand for the drugs that CMS lists: the names that no text of CMS gives, and the therapies."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict

from xl_infusion.reference import current
from xl_infusion.reference.cms.hcpcs import HcpcsRecord
from xl_infusion.reference.listing.made import made
from xl_infusion.reference.listing.tables import ByHand
from xl_infusion.reference.names import as_code, fold
from xl_infusion.reference.tables import bundled, read_tables


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(bundled(name).splitlines()))


NAMES, CLASSES = rows("names_by_hand.csv"), rows("drug_classes.csv")


def test_every_name_has_a_code_and_says_what_it_is() -> None:
    assert list(NAMES[0]) == ["name", "code", "product", "source"]
    for row in NAMES:
        assert as_code(row["code"]) == row["code"] and row["name"] == row["name"].strip() != ""
        assert row["source"].removesuffix(", usual") in {"brand", "generic", "short form"}, row


def test_no_name_stands_twice_under_one_code_and_names_are_sorted() -> None:
    keys = [(fold(row["name"]), row["code"]) for row in NAMES]
    assert keys == sorted(set(keys))


def test_no_name_contradicts_a_curated_one() -> None:
    """A name that drugs.csv or aliases.csv has stands there alone."""
    curated = {fold(row.drug) for row in current().drugs}
    curated |= {fold(alias.alias) for _, alias in read_tables().aliases if alias.kind == "drug"}
    assert not [row["name"] for row in NAMES if fold(row["name"]) in curated]


def test_no_name_is_a_hcpcs_code_or_a_supply() -> None:
    supplies = {fold(alias.alias) for _, alias in read_tables().aliases if alias.kind == "supply"}
    assert not [row["name"] for row in NAMES if as_code(row["name"]) or fold(row["name"]) in supplies]


def test_every_drug_has_one_known_therapy_or_several_of_which_the_order_names_one() -> None:
    therapies = current().therapies
    assert list(CLASSES[0]) == ["drug", "therapy", "basis", "others"]
    for row in CLASSES:
        others = row["others"].split()
        assert bool(row["therapy"]) == (not others) and len(others) != 1, row
        assert {*others, *filter(None, [row["therapy"]])} <= therapies.keys() and len(set(others)) == len(others), row
        assert row["drug"] and row["basis"], row


def test_no_drug_has_two_therapies() -> None:
    drugs = [fold(row["drug"]) for row in CLASSES]
    assert drugs == sorted(set(drugs))
    assert not {fold(row.drug) for row in current().drugs} & set(drugs)  # drugs.csv says it of its own


def test_an_ambiguous_name_names_several_drugs_or_products() -> None:
    codes = defaultdict(set)
    for row in NAMES:
        codes[fold(row["name"])].add(row["code"])
    assert codes[fold("Gammagard")] == {"J1566", "J1569"}
    assert codes[fold("methylprednisolone")] == {"J1010", "J2919"}
    assert [row["name"] for row in NAMES if row["source"].endswith("usual")] == ["Gammagard"]
    assert codes[fold("HyQvia")] == set()  # its code's own text has it


def listed(*texts: str) -> list[HcpcsRecord]:
    """Records of codes J9901, J9902, ... with these texts, as a release has them."""
    day = dt.date(2020, 1, 1)
    return [
        HcpcsRecord(f"J{9900 + at}", False, text, "", "D", "A", day, None, day, {}, at)
        for at, text in enumerate(texts, start=1)
    ]


def test_of_several_codes_whose_texts_have_a_brand_the_name_by_hand_chooses() -> None:
    """Retacrit stands in the texts of Q5105 (ESRD) and Q5106; at home it is the second."""
    records = listed("Injection, madeup (brandname) (for esrd on dialysis), 100 units",
                     "Injection, madeup (brandname) (for non-esrd use), 1000 units")  # fmt: skip
    both, one = (
        made([], [], records, by_hand=rows).names for rows in ([], [ByHand("Brandname", "J9902", "", "brand")])
    )
    assert [(row.name, row.product) for row in both] == [("Brandname", ""), ("Brandname", "ESRD dialysis")]
    assert [(row.name, row.product, row.basis) for row in one] == [("Brandname", "", "text")]


def test_of_a_name_of_several_codes_the_usual_one_is_marked() -> None:
    records = listed("Injection, madeup, powder, 500 mg", "Injection, another (brandname), 500 mg")
    rows = [ByHand("Both", "J9901", "", "brand"), ByHand("Both", "J9902", "", "brand, usual"),
            ByHand("Brandname", "J9901", "", "brand, usual")]  # fmt: skip
    names = made([], [], records, by_hand=rows).names
    assert [(row.name, row.drug, row.basis) for row in names if row.name != "madeup"] == [
        ("Both", "another", "hand, usual"), ("Both", "madeup", "hand"), ("Brandname", "another", "text"),
    ]  # fmt: skip


def test_a_brand_in_a_codes_text_is_that_codes_and_no_others() -> None:
    """The text wins: a name by hand under another code is not taken."""
    records = listed("Injection, madeup (brandname), 100 units", "Injection, another, 1 mg")
    names = made([], [], records, by_hand=[ByHand("Brandname", "J9902", "", "brand")]).names
    assert [(row.name, row.drug) for row in names] == [("Brandname", "madeup")]


def test_every_listed_drug_that_is_given_names_its_therapy_or_several() -> None:
    """What is infused, injected or given by tube; nothing else is proposed by name."""
    reference = current()
    reference.read_listed()
    given = [row for row in reference.every_drug if getattr(row, "infused", True)]
    assert len(given) > len(reference.drugs) + 1000
    for row in given:
        assert row.therapy or len(row.usual_therapies) > 1, row.name
        assert {*row.usual_therapies, *filter(None, [row.therapy])} <= reference.therapies.keys(), row.name
        assert row.therapy_basis, row.name
