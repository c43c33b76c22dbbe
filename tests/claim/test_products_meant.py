"""A name that may be several products, in an order: billed where all count alike, told, and settled by an NDC."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.reference.editions import quarter, with_imported
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, JCODE
from xl_infusion.reference import using
from xl_infusion.reference.imported import NDC

POWDER = "00944-2656-03"
ORDERS = ["Order", "Patient", "Payer", "Prescriber", "Drug", "Dose", "Interval", "Start", "Days", "NDC"]


def orders(ndc: str) -> list[list[object]]:
    """An order of 40 g of Gammagard, mostly the liquid (J1569), or a powder (J1566), 500 mg a unit either way."""
    return [[*ORDERS], ["1", "P1", "X", "1234567893", "Gammagard", "40 g", "q4w", dt.date(2025, 10, 6), 1, ndc]]


@pytest.mark.parametrize(("ndc", "code", "told"), [("", "J1569", True), (POWDER, "J1566", False)])
def test_an_ndc_says_which_of_them_it_is_and_without_one_a_finding_does(ndc: str, code: str, told: bool) -> None:
    listed = {"ndc": POWDER.replace("-", ""), "code": "J1566", "drug": "Immune globulin, powder", "package_size": 1,
              "package_quantity": 1, "units": 10}  # fmt: skip
    with using(with_imported((NDC, quarter(2025, 10), [listed]))):
        grid, checks = CLAIM_GRID(orders(ndc)), CLAIM_CHECKS(orders(ndc))
    lines = {line[6]: line[grid[0].index("Units")] for line in grid[1:]}
    assert lines == {"S9338": 1, code: 80}
    assert any(row[1] == "product not known" for row in checks) == told


def test_the_product_column_names_one_of_them() -> None:
    typed = orders("")
    typed[0].append("Product")
    with using(with_imported()):
        for product, code in (("Gammagard liquid", "J1569"), ("immune globulin powder", "J1566")):
            typed[1][10:] = [product]
            assert [line[6] for line in CLAIM_GRID(typed)[1:]] == ["S9338", code]
        typed[1][10:] = ["Octagam"]
        assert "Product" in str(CLAIM_GRID(typed)[1])


def test_the_ndc_of_a_route_chooses_its_code_in_cell_and_claim() -> None:
    listed = {"ndc": "57894005427", "code": "J3358", "drug": "Stelara", "package_size": 26, "package_quantity": 1,
              "units": 130}  # fmt: skip
    typed = [[*ORDERS, "Therapy"], ["1", "P1", "X", "1234567893", "ustekinumab injection", "390 mg", "once",
                                    dt.date(2025, 10, 6), 1, "57894-0054-27", "infusion, not otherwise classified"]]  # fmt: skip
    with using(with_imported((NDC, quarter(2025, 10), [listed]))):
        assert [line[6] for line in CLAIM_GRID(typed)[1:]] == ["S9379", "J3358"]
        assert JCODE("ustekinumab injection", "2025-10-06", "57894-0054-27") == "J3358"
        typed[1][9] = ""
        assert "SC J3357, IV J3358" in str(CLAIM_GRID(typed)[2][-1])


def test_a_name_of_makers_products_is_told_with_the_one_that_is_billed() -> None:
    typed = [ORDERS, ["1", "P1", "X", "1234567893", "oritavancin", "1200 mg", "once", dt.date(2025, 10, 6), 1, ""]]
    with using(with_imported()):
        told = [row[7] for row in CLAIM_CHECKS(typed) if row[1] == "product not known"]
        assert told == [
            "oritavancin is billed with J2407, that of oritavancin (Orbactiv): neither its product nor its NDC is given"
        ]
        typed[1][7] = dt.date(2018, 1, 8)  # Kimyrsa has a code since October 2021
        assert not [row for row in CLAIM_CHECKS(typed) if row[1] == "product not known"]


@pytest.mark.parametrize(
    ("drug", "dose", "interval", "vials", "last"),
    [
        ("Clinimix", "60 g protein", "q24h", None, ("B4193", 7)),
        ("parenteral nutrition premix", "101 g protein", "q24h", None, ("B4199", 7)),
        ("Clinimix 52 to 73 g protein", "60 g protein", "q48h", None, ("B4193", 4)),
        ("B4193", "60 g protein", "q24h", "60 g protein", ("B4193", 7)),
        ("B4193", "80 g protein", "q24h", None, "B4197 is of 74 to 100 g protein"),
        ("B4193", "30 g protein", "q12h", None, "B4193 is of a day: type the dose of 24 hours"),
        ("Clinimix", "5 g protein", "q24h", None, "name one of 52 to 73 g protein B4193"),
        ("Clinimix", "1 L", "q24h", None, "name one of 52 to 73 g protein B4193"),
        ("Clinimix", None, "q24h", None, "name one of 52 to 73 g protein B4193"),
    ],
)  # fmt: skip
def test_the_protein_of_a_day_chooses_the_code_of_a_nutrition_solution(
    drug: str, dose: object, interval: str, vials: object, last: object
) -> None:
    """HMSA's example of a month of TPN bills one unit a day, by the grams of protein."""
    header = [*ORDERS, "Vials"]
    typed = [header, ["1", "P1", "X", "1234567893", drug, dose, interval, dt.date(2025, 10, 6), 7, "", vials]]
    payers = [["Payer", "Waste"], ["X", "JW and JZ"]]
    with using(with_imported()):
        head, *_, line = CLAIM_GRID(typed, payers=payers)
    said = (line[6], line[head.index("Units")]) if isinstance(last, tuple) else line[-1]
    assert said == last if isinstance(last, tuple) else str(last) in str(said)
