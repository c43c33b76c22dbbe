"""Expected payment line by line: charge, allowed, adjustment, what the patient owes, what the drug cost."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.claim.claims import ORDER, RATE, Row, order, table, visit
from tests.model.random_tables import tables
from xl_infusion import CLAIM_GRID, EXPECTED_GRID, SCENARIO_GRID, VARIANCE_GRID
from xl_infusion.errors import ExcelError
from xl_infusion.model.columns import AMOUNTS, COSTS, EXPECTED

ONE = [order(1, "ceftriaxone", "2 g", 24, "2025-09-01", "2025-09-10", Payer="A")]
FEES: list[Row] = [
    {"Code": "S9500", "Rate": 100}, {"Code": "J0696", "Rate": 0.65}, {"Code": "99601", "Rate": 150},
    {"Code": "99602", "Rate": 75},
]  # fmt: skip


def expected(
    orders: list[Row], visits: Any = None, payers: Any = None, rates: Any = None, costs: Any = None
) -> list[Row]:
    given_ = [
        table(orders, ORDER), visits and table(visits), payers and table(payers),
        table(FEES if rates is None else rates, RATE), costs and table(costs),
    ]  # fmt: skip
    found = EXPECTED_GRID(*given_)
    assert not isinstance(found, ExcelError), found.message
    header, *rows = found
    return [dict(zip(header, row, strict=True)) for row in rows]


def money(rows: list[Row], name: str) -> list[Any]:
    return [row[name] for row in rows]


# -- charge and allowed ------------------------------------------------------------------------------------------


def test_the_columns_are_those_that_the_tables_call_for() -> None:
    plain = list(expected(ONE)[0])
    assert plain == [
        name
        for name in EXPECTED
        if name not in ("Modifier 3", "Modifier 4", "Patient share", "Payer pays", "Drug cost", "Drug margin")
    ]
    full = expected(
        [one | {"Modifiers": "JB"} for one in ONE],
        None,
        [{"Payer": "A", "Extra modifier": 59, "Coinsurance": 0}],
        None,
        [{"Drug or code": "J0696", "Cost": 1}],
    )
    assert list(full[0]) == list(EXPECTED)
    assert {*AMOUNTS} - {"Paid", "Variance"} <= {*EXPECTED}


def test_the_usual_charge_is_that_of_the_first_day_and_what_it_is_of() -> None:
    rates = [*FEES, {"Code": "S9500", "Rate": 180, "Basis": "usual charge", "To": "2025-09-05"},
             {"Code": "S9500", "Rate": 300, "Basis": "usual charge", "From": "2025-09-06"},
             {"Code": "J0696", "Rate": 20, "Basis": "usual charge", "Per": "dose"},
             {"Code": "99601", "Rate": 333, "Basis": "usual charge", "Per": "line"}]  # fmt: skip
    found = expected(ONE, [visit("2025-09-01", 210, Payer="A")], None, rates)
    assert money(found, "Code") == ["S9500", "J0696", "99601", "99602"]
    assert money(found, "Charge") == [1800, 200, 333, 75]
    assert money(found, "Allowed") == money(found, "Expected") == [1000, 52, 150, 75]
    assert money(found, "Adjustment") == [800, 148, 183, 0]
    assert money(found, "Kind") == ["per diem", "drug", "visit", "visit"]
    assert money(found, "Therapy") == ["anti-infective", "anti-infective", "", ""]
    assert found[0]["Why"].endswith("; charge by Rates table row 6") and "charge by" not in found[3]["Why"]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"Code": "S9500", "Rate": "many", "Basis": "usual charge"}, "#VALUE!"),
        ({"Code": "S9500", "Rate": 180, "Basis": "usual charge", "Per": "dose"}, "#VALUE!"),
        ({"Code": "S9500", "Rate": -1, "Basis": "usual charge"}, "#NUM!"),
    ],
)
def test_a_usual_charge_that_cannot_be_used_is_the_error_of_the_charge(row: Row, error: str) -> None:
    first, drug = expected(ONE, rates=[*FEES, row])
    assert (first["Charge"], first["Adjustment"], first["Allowed"], drug["Charge"]) == (error, error, 1000, 52)


def test_two_usual_charges_on_one_day_are_an_error_that_names_them() -> None:
    both = [{"Code": "S9500", "Rate": rate, "Basis": "usual charge"} for rate in (180, 190)]
    first, _ = expected(ONE, rates=[*FEES, *both])
    assert first["Charge"] == "#VALUE!" and "Rates table rows 6 and 7" in first["Charge"].message


def test_a_line_that_cannot_be_billed_is_its_error_in_every_amount() -> None:
    orders = [*ONE, order(2, "meropenum", "1 g", 8, "2025-09-01", "2025-09-02", Payer="A"),
              order(3, "ceftriaxone", "2 apples", 24, "2025-10-01", "2025-10-02", Payer="A"),
              order(4, "ertapenem", "1 g", 24, "2025-11-01", "2025-11-02", Payer="A")]  # fmt: skip
    usual = {"Code": "J0696", "Rate": 2, "Basis": "usual charge"}
    rows = {
        (row["Order"], row["Kind"]): row
        for row in expected(orders, rates=[*FEES, usual], costs=[{"Drug or code": "J1335", "Cost": 9}])
    }
    assert all(rows[2, "per diem"][name] == "#N/A" for name in ("Code", "Charge", "Allowed", "Expected", "Adjustment"))
    assert rows[3, "drug"]["Charge"] == rows[3, "drug"]["Units"] == "#VALUE!"
    unpriced = rows[4, "drug"]
    assert (unpriced["Charge"], unpriced["Expected"], unpriced["Drug cost"], unpriced["Drug margin"]) == (
        "#N/A",
        "#N/A",
        36,
        "#N/A",
    )


def test_a_claim_that_is_sent_to_be_denied_is_allowed_nothing() -> None:
    orders = [order(1, "ertapenem", "1 g", 24, "2025-11-10", "2025-11-12", Payer="Medicare", Second_payer="A")]
    payers = [{"Payer": "Medicare", "Covers": "deny first", "Coinsurance": "20%"}, {"Payer": "A"}]
    rates = [*FEES, {"Code": "J1335", "Rate": 10}]
    denied, *paid = expected(orders, [visit("2025-11-10", 60, Payer="Medicare")], payers, rates)
    assert (denied["Payer"], denied["Charge"], denied["Expected"], denied["Adjustment"]) == ("Medicare", 150, 0, 150)
    assert (denied["Patient share"], denied["Payer pays"]) == (0, 0) and "denied, to bill the second payer" in denied[
        "Why"
    ]
    assert [row["Payer"] for row in paid] == ["A"] * 3 and paid[-1]["Expected"] == 150


BENEFIT = [{"Payer": "Medicare", "Covers": "deny first", "Home infusion benefit": "yes", "Coinsurance": "20%",
            "Deductible left": 25}, {"Payer": "A"}]  # fmt: skip


def test_a_visit_that_medicares_benefit_pays_is_not_denied_though_it_stands_on_that_claim() -> None:
    orders = [order(1, "milrinone", "40 mg", "q48h", "2025-11-10", "2025-11-12", Payer="Medicare", Second_payer="A")]
    visits = [visit("2025-11-10", 60), visit("2025-11-11", 60), visit("2025-11-12", 50)]
    rates = [*FEES, {"Code": "G0088", "Rate": 50}, {"Code": "S9348", "Rate": 1}, {"Code": "J2260", "Rate": 1}]
    paid, denied, wrong, *second = expected(orders, visits, BENEFIT, rates)
    assert (paid["Code"], paid["Charge"], paid["Expected"], paid["Adjustment"]) == ("G0088", 200, 200, 0)
    assert (paid["Patient share"], paid["Payer pays"]) == (60, 140)  # 25, and 20 % of 175
    a_day = {"Code": "G0088", "Rate": 300, "Basis": "usual charge", "Per": "day"}
    assert expected(orders, visits, BENEFIT, [*rates, a_day])[0]["Charge"] == 300
    assert "denied" not in paid["Why"]
    assert (denied["Code"], denied["Charge"], denied["Expected"]) == ("99601", 150, 0)
    assert (denied["Patient share"], denied["Payer pays"]) == (0, 0)
    assert denied["Why"].endswith("denied, to bill the second payer")
    assert wrong["Expected"] == wrong["Patient share"] == "#N/A" and "denied" not in wrong["Why"]
    assert [row["Payer"] for row in second] == ["A"] * 3


def test_scenarios_and_variance_know_what_the_benefit_pays() -> None:
    orders = [order(1, "milrinone", "40 mg", "q48h", "2025-11-10", "2025-11-11", Payer="Medicare", Second_payer="A")]
    visits = [visit("2025-11-10", 60), visit("2025-11-11", 60)]
    payers = [{"Payer": "Medicare", "Covers": "deny first", "Home infusion benefit": "yes"}, {"Payer": "A"}]
    rates = [*FEES, {"Code": "G0088", "Rate": 50}, {"Code": "S9348", "Rate": 1}, {"Code": "J2260", "Rate": 1}]
    given_ = [table(orders, ORDER), table(visits), table(payers), table(rates, RATE)]
    header, *found = SCENARIO_GRID(*given_, table([{"Scenario": "X", "Code": "G0088", "Rate": 60}]))
    medicare = [dict(zip(header, row, strict=True)) for row in found if row[header.index("Payer")] == "Medicare"]
    assert [(row["Scenario"], row["Visits"], row["Total"]) for row in medicare] == [("Base", 200, 200), ("X", 240, 240)]
    remits = [{"Patient": "P1", "Payer": "Medicare", "Code": "G0088", "From": "2025-11-10", "Units": 4, "Paid": 200},
              {"Patient": "P1", "Payer": "Medicare", "Code": "99601", "From": "2025-11-11", "Units": 1, "Paid": 0}]  # fmt: skip
    header, *found = VARIANCE_GRID(*given_, table(remits))
    *_, paid, denied = (dict(zip(header, row, strict=True)) for row in found)
    assert (paid["Code"], paid["Expected"], paid["Paid"], paid["Variance"]) == ("G0088", 200, 200, 0)
    assert paid["Cause"] == denied["Cause"] == "paid as expected" and denied["Variance"] == 0


def test_a_line_that_is_denied_keeps_no_share_waiting() -> None:
    orders = [order(1, "milrinone", "40 mg", "q48h", "2025-11-10", "2025-11-12", Payer="Medicare", Second_payer="A")]
    rates = [{"Code": "G0088", "Rate": 50}, {"Code": "S9348", "Rate": 1}, {"Code": "J2260", "Rate": 1}]
    visits = [visit("2025-11-11", "long"), visit("2025-11-12", 60)]
    wrong, paid, *_ = expected(orders, visits, BENEFIT, rates)  # 99601 has no rate, and its minutes are none
    assert (wrong["Expected"], wrong["Patient share"]) == ("#VALUE!", 0)
    assert wrong["Why"].endswith("denied, to bill the second payer")
    assert (paid["Expected"], paid["Patient share"]) == (200, 60)


def test_without_rates_nothing_is_expected() -> None:
    found = EXPECTED_GRID(table(ONE, ORDER))
    assert found == "#N/A" and "needs Rates" in found.message


@given(st.integers(0, 10**6))
def test_expected_and_adjustment_are_the_charge_and_the_lines_are_those_of_the_claim(seed: int) -> None:
    given_ = tables(seed)
    header, *lines = EXPECTED_GRID(*given_.arguments)
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    head, *grid = CLAIM_GRID(*given_.arguments)
    claim = [dict(zip(head, line, strict=True)) for line in grid]
    for row, line in zip(rows, claim, strict=True):
        for name in ("Patient", "Payer", "Line", "From", "To", "Code", "Units", "Order"):
            assert row[name] == line[name]
        assert exact(row["Expected"]) + exact(row["Adjustment"]) == exact(row["Charge"])
        assert row["Expected"] == (0 if row["Payer"] == "Medicare" else line["Charge"])


def exact(amount: Any) -> Fraction:
    return Fraction(str(amount))


# -- what the patient owes ---------------------------------------------------------------------------------------


def test_deductible_first_then_copay_or_coinsurance() -> None:
    payers = [{"Payer": "A", "Deductible left": 1010.5, "Coinsurance": "20%", "Copay a visit": 35}]
    visits = [visit("2025-09-01", 210, Payer="A"), visit("2025-09-04", 60, Payer="A")]
    found = expected(ONE, visits, payers)
    # day 1: S9500 1000, J0696 52, 99601 150, 99602 75; day 4: 99601 150
    assert money(found, "Patient share") == [1000, 18.8, 35, 0, 35]
    assert money(found, "Payer pays") == [0, 33.2, 115, 75, 115]
    assert "patient: deductible 1000, coinsurance 20 % of 0" in found[0]["Why"]
    assert "patient: deductible 10.5, coinsurance 20 % of 41.5" in found[1]["Why"] and "copay 35" in found[2]["Why"]
    assert "patient" not in found[3]["Why"]


def test_a_copay_of_0_is_a_share_of_0_in_place_of_coinsurance() -> None:
    for copay, share, why in [(0, 0, "copay 0"), ("0", 0, "copay 0"), ("none", 30, "coinsurance"), (None, 30, "coins")]:
        found = expected(ONE, [visit("2025-09-01", 60)], [{"Payer": "A", "Coinsurance": "20%", "Copay a visit": copay}])
        assert money(found, "Patient share") == [200, 10.4, share] and f"patient: {why}" in found[2]["Why"]
    # and where nothing else is owed
    found = expected(ONE, [visit("2025-09-01", 210)], [{"Payer": "A", "Copay a visit": 0}])
    assert money(found, "Patient share") == [0] * 4 and money(found, "Payer pays") == [1000, 52, 150, 75]
    assert ["copay 0" in row["Why"] for row in found] == [False, False, True, True]


def test_a_copay_beyond_the_first_line_is_of_the_next_line_of_the_day_and_never_more_than_is_allowed() -> None:
    payers = [{"Payer": "A", "Copay a visit": 200}]
    found = expected(ONE, [visit("2025-09-01", 210, Payer="A"), visit("2025-09-04", 60, Payer="A")], payers)
    assert money(found, "Patient share") == [0, 0, 150, 50, 150]


def test_each_patient_has_a_deductible_and_a_payer_without_one_owes_nothing() -> None:
    orders = [*ONE, ONE[0] | {"Order": 2, "Patient": "P2"}, ONE[0] | {"Order": 3, "Patient": "P3", "Payer": "B"}]
    payers = [{"Payer": "A", "Deductible left": 200}, {"Payer": "B"}]
    found = expected(orders, None, payers)
    assert money(found, "Patient share") == [200, 0, 200, 0, 0, 0]


def test_behind_a_line_that_cannot_be_priced_the_rest_of_the_deductible_is_not_known() -> None:
    orders = [order(1, "ertapenem", "1 g", 24, "2025-09-01", "2025-09-02", Payer="A"),
              order(2, "ceftriaxone", "2 g", 24, "2025-09-05", "2025-09-06", Payer="A")]  # fmt: skip
    payers = [{"Payer": "A", "Deductible left": 500}]
    found = expected(orders, None, payers)
    assert money(found, "Code") == ["S9500", "J1335", "S9500", "J0696"]
    assert money(found, "Patient share") == [200, "#N/A", "#N/A", "#N/A"] == [200, *money(found, "Payer pays")[1:]]
    assert "waits for a line before" in found[2]["Why"] and money(found, "Expected") == [200, "#N/A", 200, 10.4]
    spent = expected(orders, None, [{"Payer": "A", "Deductible left": 150, "Coinsurance": 0.1}])
    assert money(spent, "Patient share") == [155, "#N/A", 20, 1.04]


def test_of_a_line_on_which_the_patient_owes_nothing_no_share_is_told() -> None:
    visits = [{"Patient": "P1", "Payer": "A", "Date": "2025-09-02", "Minutes": 60}]
    found = expected([{**ONE[0], "Patient": "P1"}], visits, [{"Payer": "A", "Copay a visit": 35}])
    assert money(found, "Patient share") == [0, 0, 35]
    assert ["patient: " in why for why in money(found, "Why")] == [False, False, True]


# -- what drugs cost ---------------------------------------------------------------------------------------------


def cost(costs: list[Row], orders: list[Row] = ONE) -> list[Row]:
    return [row for row in expected(orders, costs=costs) if row["Kind"] == "drug"]


def test_a_cost_by_code_goes_before_one_by_drug_and_the_margin_is_what_is_left() -> None:
    drug, code = {"Drug or code": "Rocephin", "Cost": 0.1}, {"Drug or code": "J0696", "Cost": 0.2}
    per_diem, line = expected(ONE, costs=[drug])
    assert (line["Drug cost"], line["Drug margin"]) == (8, 44) and "bought by Costs table row 2" in line["Why"]
    assert (per_diem["Drug cost"], per_diem["Drug margin"]) == ("", "")
    assert cost([drug, code])[0]["Drug cost"] == 16
    assert cost([{"Drug or code": "vancomycin", "Cost": 1}])[0]["Drug cost"] == ""


@pytest.mark.parametrize(("per", "total"), [("unit", 80), ("dose", 10), ("day", 10), ("line", 1)])
def test_a_cost_is_per_unit_dose_day_or_line(per: str, total: int) -> None:
    assert cost([{"Drug or code": "J0696", "Cost": 1, "Per": per}])[0]["Drug cost"] == total


def test_a_cost_is_that_of_the_first_day_of_the_line() -> None:
    rows = [
        {"Drug or code": "J0696", "Cost": 1, "To": "2025-09-01"},
        {"Drug or code": "J0696", "Cost": 5, "From": dt.date(2025, 9, 2)},
    ]
    assert cost(rows)[0]["Drug cost"] == 80
    again = [*rows, {"Drug or code": "J0696", "Cost": 1, "To": "2025-09-01"}]
    assert cost(again)[0]["Drug cost"] == 80  # twice the same is one cost


@pytest.mark.parametrize(
    ("row", "error", "says"),
    [
        ({"Drug or code": None, "Cost": 1}, "#VALUE!", "Costs table row 2: Drug or code is blank"),
        ({"Drug or code": "ceftriaxon e f", "Cost": 1}, "#N/A", "Costs table row 2: drug"),
        ({"Drug or code": "J0696", "Cost": -1}, "#NUM!", "Costs table row 2: Cost -1 is negative"),
        ({"Drug or code": "J0696", "Cost": "x"}, "#VALUE!", "Costs table row 2: Cost 'x' is not a number"),
        ({"Drug or code": "J0696", "Cost": 1, "From": "soon"}, "#VALUE!", "Costs table row 2: From"),
        ({"Drug or code": "J0696", "Cost": 1, "To": "2025-08-31"}, "#N/A", "no cost of J0696 is in force"),
        ({"Drug or code": "J0696", "Cost": "#REF!"}, "#REF!", "Costs table row 2: Cost is #REF!"),
    ],
)  # fmt: skip
def test_a_cost_that_cannot_be_read_is_an_error_beside_its_line(row: Row, error: str, says: str) -> None:
    (line,) = cost([row])
    assert (line["Drug cost"], line["Drug margin"], line["Expected"]) == (error, error, 52)
    assert says in line["Why"]
    two = [row, {"Drug or code": None, "Cost": 1}]
    assert cost(two)[0]["Drug cost"] in ("#VALUE!", error)


def test_two_costs_on_one_day_and_a_line_without_units_or_doses() -> None:
    twice = [{"Drug or code": "J0696", "Cost": 1}, {"Drug or code": "J0696", "Cost": 2}]
    assert cost(twice)[0]["Drug cost"] == "#VALUE!" and "Costs table rows 2 and 3" in cost(twice)[0]["Why"]
    bad = [ONE[0] | {"Dose": "2 apples"}]
    assert cost([{"Drug or code": "J0696", "Cost": 1}], bad)[0]["Drug cost"] == "#VALUE!"
    unused = [ONE[0] | {"Unused": 2}]
    found = cost([{"Drug or code": "J0696", "Cost": 1, "Per": "dose"}], unused)
    assert [row["Drug cost"] for row in found] == [8, "#VALUE!"] and "counts no doses" in found[1]["Why"]
    ended = [ONE[0] | {"Drug": "J9999"}]
    assert [row["Drug cost"] for row in expected(ended, costs=[{"Drug or code": "J0696", "Cost": 1}])][-1] in (
        "",
        "#N/A",
    )


def test_a_drug_line_whose_code_is_an_error_has_that_error_as_its_cost() -> None:
    early = [order(1, "vancomycin", "1 g", 12, "2026-08-01", "2026-08-02", Payer="A") | {"Drug": "J3370"}]
    rows = [row for row in expected(early, costs=[{"Drug or code": "vancomycin", "Cost": 1}]) if row["Kind"] == "drug"]
    assert rows[0]["Code"] == rows[0]["Drug cost"] == "#N/A"


def test_the_costs_table_says_what_it_lacks() -> None:
    found = EXPECTED_GRID(table(ONE, ORDER), None, None, table(FEES), [["Drug"], ["J0696"]])
    assert found == "#VALUE!" and "Costs lacks the column Cost" in found.message
    assert COSTS["Per"].choices[0] == "unit"
