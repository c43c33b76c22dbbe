"""What a message asks for leads to a line: each remedy is followed here, to the end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claim.claims import ORDER, claim, order, table
from xl_infusion import CLAIM_CHECKS, EXPLAIN, ExcelError
from xl_infusion.reference import current

DAYS = ("2025-03-01", "2025-03-07")


def lines(**cells: Any) -> list[dict[str, Any]]:
    """The lines of one order with those cells."""
    return claim([order(1, None, None, None, *DAYS) | cells])


@pytest.mark.parametrize(
    ("drug", "more", "code"),
    [
        ("TPN", {"Volume": "2400 mL"}, "S9367"), ("total parenteral nutrition", {"Volume": "1 L"}, "S9365"), ("TPN", {}, "S9364"),
        ("hydration", {"Volume": "2 L"}, "S9375"), ("IV fluids", {"Volume": "2 L"}, "S9375"), ("Enteral", {}, "S9340"),
        ("enteral pump", {}, "S9342"), ("catheter care", {}, "S5497"),
        ("gravity enteral nutrition", {}, "S9341"), ("enteral nutrition bolus", {}, "S9343"),
    ],
)  # fmt: skip
def test_a_drug_that_names_a_therapy_without_a_drug_line_is_that_therapy(
    drug: str, more: dict[str, Any], code: str
) -> None:
    found = lines(Drug=drug, **more)
    assert [line["Code"] for line in found] == [code]
    assert found == lines(Therapy=drug, **more) == lines(Therapy=drug, Drug=drug, **more)


@pytest.mark.parametrize(
    ("drug", "therapy"), [("TPN", "TPN"), ("catheter care", "catheter care"), ("hydration", "hydration")]
)
def test_a_therapy_that_stands_in_the_drug_column_is_explained(drug: str, therapy: str) -> None:
    steps = EXPLAIN(1, table([order(1, drug, None, None, *DAYS, Volume="1 L")], ORDER))
    assert isinstance(steps, list)
    assert ["Which therapy is it?", therapy, "Orders table row 2, Drug"] in [step[1:4] for step in steps]


def test_the_advice_of_a_dose_without_a_drug_leads_to_the_line_of_the_therapy() -> None:
    """Blank Drug and a Dose; then Drug TPN, as the export has it; then what both messages ask for."""
    right = lines(Therapy="TPN", Volume="2400 mL")
    advice = "TPN is billed without a dose; leave Dose blank, and type the fluid of a day into Volume, 2400 mL or 2.4 L"
    for cells in ({"Therapy": "TPN"}, {"Drug": "TPN"}, {"Therapy": "TPN", "Drug": "TPN"}):
        (line,) = lines(Dose="2400 mL", **cells)
        assert line["Code"] == "#VALUE!" and advice in line["Why"]
        assert lines(Volume="2400 mL", **cells) == right
    (line,) = lines(Therapy="enteral", Dose="1 L")
    assert "enteral nutrition is billed without a dose; leave Dose blank, or name the drug" in line["Why"]


@pytest.mark.parametrize(
    ("cells", "says", "then"),
    [
        ({"Drug": "TPN", "Therapy": "hydration"}, "Drug names a therapy, TPN, and Therapy another, hydration", {"Therapy": None}),
        ({"Drug": "enteral pump", "Therapy": "enteral bolus"}, "Drug says pump and Therapy bolus", {"Drug": None}),
        ({"Drug": "antibiotics"}, "it names a therapy, anti-infective; name the drug",
         {"Drug": "cefazolin", "Dose": "1 g", "Interval": "q8h"}),
        ({"Therapy": "antibiotics", "Dose": "1 g", "Interval": "q8h"}, "anti-infective is billed with its drug; name it",
         {"Drug": "cefazolin"}),
        ({"Drug": "NS", "Dose": "2000 mL", "Interval": "q24h", "Volume": "2 L"}, "2000 mL a day as 1000 mL q12h",
         {"Dose": "1000 mL", "Interval": "q12h"}),
    ],
)  # fmt: skip
def test_cells_that_disagree_name_what_to_do_and_that_does_it(
    cells: dict[str, Any], says: str, then: dict[str, Any]
) -> None:
    (line,) = lines(**cells)
    assert isinstance(line["Code"], ExcelError) and says in line["Why"]
    assert not any(isinstance(line["Code"], ExcelError) for line in lines(**cells | then))


def test_two_bags_a_day_are_billed_as_two() -> None:
    found = lines(Drug="NS", Dose="1000 mL", Interval="q12h", Volume="2 L")
    assert [(line["Code"], line["Units"]) for line in found] == [("S9375", 7), ("J7030", 14)]
    refused = [["Order", "Patient", "Drug", "Dose", "Interval", "Start", "End"],
               [1, "P1", "NS", "2000 mL", "q24h", *DAYS]]  # fmt: skip
    kinds = {(row[1], row[8]) for row in CLAIM_CHECKS(refused)[1:] if row[0] == "error"}
    assert kinds == {("no such bag", "Type the dose of one bag, and the hours from one bag to the next as Interval.")}


@pytest.mark.parametrize("drug", ["infliximab-dyyb", "Q5103"])
def test_a_drug_that_is_not_in_the_reference_is_billed_by_the_row_that_its_message_asks_for(drug: str) -> None:
    given = order(1, drug, "500 mg", "once", "2025-03-01", None)
    (line,) = claim([given])
    assert "add a row of Own codes (Drug, Code, Amount, Unit and Therapy; docs/own_codes.md)" in line["Why"]
    own = {"Drug": "infliximab-dyyb", "Code": "Q5103", "Amount": 10, "Unit": "mg", "Therapy": "anti-TNF"}
    found = claim([given], own_codes=[own])
    assert [(line["Code"], line["Units"]) for line in found] == [("S9359", 1), ("Q5103", 50)]


@pytest.mark.parametrize(
    ("typed", "hint"), [("infliximab-dyyb", True), ("penicillin G sodium", True), ("xyzzy", False), ("ketamine", False)]
)
def test_a_suffix_is_spoken_of_where_the_name_is_nearly_one_of_the_reference(typed: str, hint: bool) -> None:
    with pytest.raises(Exception, match="is not in the reference: find its name") as error:
        current().name(typed)
    assert str(error.value).endswith("; a suffix, salt or product has its own code") == hint
