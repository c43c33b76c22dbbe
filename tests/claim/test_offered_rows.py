"""The row of Own codes that Checks offers for a drug or a code that the reference lacks, and what it then bills."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claim.claims import Row, claim, order, table
from xl_infusion import CLAIM_CHECKS, EXPLAIN
from xl_infusion.functions.claim_checks import COUNTED, HEADER, OFFERED

DAYS = ("2025-08-01", "2025-08-01")
BEFORE = len(HEADER) + 2 * len(COUNTED)


def typed(drug: object, **more: Any) -> Row:
    return order(1, drug, "500 mg", "daily", *DAYS, Prescriber="1234567893", **more)


def offers(orders: list[Row], own: list[Row] | None = None) -> tuple[list[str], list[list[object]]]:
    """The headings beside the counts, and what stands under them for each finding."""
    header, *rows = CLAIM_CHECKS(table(orders), own_codes=table(own) if own else None)
    return header[BEFORE:], [row[BEFORE:] for row in rows]


@pytest.mark.parametrize(
    ("given", "cells"),
    [
        (typed("examplocillin"), {"Drug": "examplocillin"}),
        (typed(" examplocillin ", Therapy="abx"), {"Drug": "examplocillin", "Therapy": "anti-infective"}),
        (typed("j9998"), {"Code": "J9998"}), (typed("J9998", Therapy="anti-TNF"), {"Code": "J9998", "Therapy": "anti-TNF"}),
        (typed("J9998", Therapy="no such therapy"), {}),  # that is what fails the order
        (typed("meropenum"), {}),  # meropenem is meant
        (typed("TNF " * 40), {}),  # no name is so long
        (typed("J9999X"), {}), (typed("J 3370"), {}), (typed("J337O"), {}),  # a code is meant
        (typed("NS flush"), {}), (typed("S9502"), {}), (typed("J3370"), {}), (typed(None), {}), (typed(5), {}),
        (typed("vancomycin", Product="Mylon"), {}),  # the drug is there
    ],
)  # fmt: skip
def test_the_row_has_what_the_order_says(given: Row, cells: dict[str, str]) -> None:
    header, rows = offers([given, typed("ceftriaxone") | {"Order": 2}])
    assert header == (list(OFFERED) if cells else [])
    if cells:
        row = [cells.get(name.removeprefix("Own codes: "), "") for name in OFFERED]
        assert [found for found in rows if any(found)] == [row]


def test_several_orders_of_one_drug_have_one_row_and_a_finding_without_one_has_blank_cells() -> None:
    orders = [typed("examplocillin") | {"Order": number} for number in (1, 2)]
    header, rows = offers([*orders, typed("ceftriaxone", Payer="nobody") | {"Order": 3}])
    assert header == list(OFFERED) and {len(row) for row in rows} == {len(OFFERED)}
    assert sum(any(row) for row in rows) == 1


def test_the_row_is_pasted_and_filled_in_and_bills() -> None:
    """Blank is never a value: until Code, Amount and Unit are typed the row fails, and says what it wants."""
    given = typed("examplocillin", Therapy="anti-infective")
    (row,) = offers([given])[1]
    pasted = dict(zip([name.removeprefix("Own codes: ") for name in OFFERED], row, strict=True))
    line = claim([given], own_codes=[pasted])[-1]
    assert line["Code"] == "#VALUE!" and "Own codes table row 2: Code" in line["Why"]
    mended = pasted | {"Code": "J9998", "Amount": 10, "Unit": "mg"}
    found = claim([given], own_codes=[mended])
    assert [(line["Code"], line["Units"]) for line in found] == [("S9500", 1), ("J9998", 50)]
    assert offers([given], [mended])[0] == []


def test_a_code_that_is_not_there_names_both_ways() -> None:
    (line,) = claim([typed("J9998")])
    assert line["Code"] == "#N/A"
    assert "xl-infusion codes update" in line["Why"] and "add a row of Own codes (Drug, Code, " in line["Why"]
    (line,) = claim([typed("examplocillin")])
    assert "xl-infusion codes update" in line["Why"] and '=CODES("drug","a part of it")' in line["Why"]


# -- a drug of several therapies -----------------------------------------------------------------------------------


def test_the_therapy_of_the_order_decides_where_several_are_usual() -> None:
    steroid = order(1, "methylprednisolone acetate", "40 mg", "once", "2025-08-01", None, Prescriber="1234567893")
    (line,) = claim([steroid])
    says = "has no one Therapy, corticosteroid and injection, not otherwise classified are usual"
    assert line["Code"] == "#VALUE!" and says in line["Why"] and "name the order's Therapy" in line["Why"]
    found = [row[:2] + row[7:9] for row in CLAIM_CHECKS(table([steroid]))[1:]]
    assert found == [["error", "therapy not named", line["Why"],
                      "Type the order's Therapy, one that the message names: the per diem goes by it."]]  # fmt: skip
    for named, code in (("corticosteroid", "S9490"), ("injection-noc", "S9542")):
        lines = claim([steroid | {"Therapy": named}])
        assert [(line["Code"], line["Units"]) for line in lines] == [(code, 1), ("J1010", 40)]
        assert "therapy not named" not in [row[1] for row in CLAIM_CHECKS(table([steroid | {"Therapy": named}]))[1:]]
        steps = EXPLAIN(1, table([steroid | {"Therapy": named}]))
        assert any(step[1] == "Which therapy is it?" and step[3] == "Orders table row 2, Therapy" for step in steps)
