"""A name that may be several products, in an order: billed where all count alike, told, and settled by an NDC."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.reference.editions import quarter, with_imported
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID
from xl_infusion.reference import using
from xl_infusion.reference.imported import NDC

LIQUID = "00944-2700-02"
ORDERS = ["Order", "Patient", "Payer", "Prescriber", "Drug", "Dose", "Interval", "Start", "Days", "NDC"]


def orders(ndc: str) -> list[list[object]]:
    """An order of 40 g of Gammagard, which is a liquid (J1569) or a powder (J1566), 500 mg a unit either way."""
    return [ORDERS, ["1", "P1", "X", "1234567893", "Gammagard", "40 g", "q4w", dt.date(2025, 10, 6), 1, ndc]]


@pytest.mark.parametrize(("ndc", "code", "told"), [("", "J1566", True), (LIQUID, "J1569", False)])
def test_an_ndc_says_which_of_them_it_is_and_without_one_a_finding_does(ndc: str, code: str, told: bool) -> None:
    listed = {"ndc": LIQUID.replace("-", ""), "code": "J1569", "drug": "Gammagard liquid", "package_size": 1,
              "package_quantity": 1, "units": 10}  # fmt: skip
    with using(with_imported((NDC, quarter(2025, 10), [listed]))):
        grid, checks = CLAIM_GRID(orders(ndc)), CLAIM_CHECKS(orders(ndc))
    lines = {line[6]: line[grid[0].index("Units")] for line in grid[1:]}
    assert lines == {"S9338": 1, code: 80}
    assert any(row[1] == "product not known" for row in checks) == told
