"""Medicare and the pump: what goes to the DME contractor, with which modifiers, and what the checks say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.claim.claims import ORDER, Row, claim, modifiers, order, table, visit
from xl_infusion import CLAIM_CHECKS, EXPECTED_GRID, EXPLAIN

PAYERS: list[Row] = [
    {"Payer": "M", "Kind": "Medicare", "Covers": "deny first", "Home infusion benefit": "yes", "DME payer": "dme"},
    {"Payer": "DME", "Kind": "Medicare"},
    {"Payer": "B"},
]


def milrinone(dose: str = "40 mg", start: str = "2025-07-01", end: str = "2025-07-14", **more: Any) -> Row:
    return order(1, "milrinone", dose, "continuous", start, end, Payer="M", **({"Second_payer": "B"} | more))


def globulin(drug: str, start: str, end: str, every: object = "weekly", **more: Any) -> Row:
    return order(1, drug, "10 g", every, start, end, Payer="M", Second_payer="B", **more)


def lines(
    *orders: Row,
    visits: Sequence[Row] = (),
    payers: Sequence[Row] = PAYERS,
    rates: Sequence[Row] = (),
) -> list[tuple[Any, ...]]:
    """Payer, code, modifiers, units, what it waits for."""
    found = claim(orders, visits, payers, rates)
    return [(x["Payer"], x["Code"], modifiers(x), x["Units"], x.get("Waits for", "")) for x in found]


def to_dme(*orders: Row, **more: Any) -> list[tuple[Any, ...]]:
    return [(code, mods, units) for payer, code, mods, units, _ in lines(*orders, **more) if payer.upper() == "DME"]


# -- who is billed -------------------------------------------------------------------------------------------------


def test_the_drug_goes_to_the_dme_payer_and_the_rest_where_it_went() -> None:
    assert lines(milrinone(), visits=[visit("2025-07-01", 120)]) == [
        ("M", "G0088", "", 8, ""), ("B", "S9348", "", 14, "denial by M"), ("DME", "J2260", "", 112, ""),
    ]  # fmt: skip
    blank = [{**PAYERS[0], "DME payer": None}, *PAYERS[1:]]
    assert lines(milrinone(), payers=blank)[1:] == [("B", "J2260", "", 112, "denial by M")]


def test_a_drug_that_no_row_has_stays_with_its_per_diem() -> None:
    one = order(1, "ceftriaxone", "1 g", 24, "2025-07-01", "2025-07-02", Payer="M", Second_payer="B")
    assert [found[:2] for found in lines(one)] == [("B", "S9500"), ("B", "J0696")]
    assert to_dme(milrinone(Supplied_by="outside pharmacy")) == []
    tpn = order(
        1, None, None, None, "2025-07-01", "2025-07-02", Therapy="TPN", Volume="1 L", Payer="M", Second_payer="B"
    )
    assert to_dme(tpn) == []


def test_only_the_days_of_the_row_go_there() -> None:
    found = claim([milrinone(start="2018-12-30", end="2019-01-02")], payers=PAYERS)
    assert [(x["Payer"], x["Code"], str(x["From"]), x["Units"]) for x in found] == [
        ("B", "S9348", "2018-12-30", 4), ("B", "J2260", "2018-12-30", 16), ("DME", "J2260", "2019-01-01", 16),
    ]  # fmt: skip
    code = order(1, "hydromorphone", "10 mg", "continuous", "2024-09-30", "2024-10-01", Payer="M", Second_payer="B")
    assert [found[0] for found in to_dme(code)] in ([], ["J1170", "J1171"])


def test_days_without_a_code_stay_with_the_per_diem() -> None:
    code = order(
        1, "J1170", "10 mg", "continuous", "2024-09-30", "2024-10-01", Payer="M", Second_payer="B", Therapy="pain"
    )
    assert [(payer, str(code)) for payer, code, *_ in lines(code) if code[0] != "S"] == [
        ("B", "#N/A"),
        ("DME", "J1170"),
    ]


def test_two_payers_may_name_one_contractor() -> None:
    payers = [*PAYERS, {"Payer": "N", "Covers": "yes", "DME payer": "DME"}]
    one = order(1, "milrinone", "40 mg", "continuous", "2025-07-01", "2025-07-01", Payer="N")
    assert [found[:2] for found in lines(one, payers=payers)] == [("DME", "J2260"), ("N", "S9348")]


def test_nobody_who_covers_the_per_diem_is_no_matter_of_the_drug() -> None:
    found = lines(milrinone(Second_payer=None))
    assert [(payer, str(code)) for payer, code, *_ in found] == [("DME", "J2260"), ("M", "#N/A")]


def test_a_row_that_is_wrong_bills_nothing() -> None:
    assert [found[0] for found in lines(milrinone(Start="soon"))] == ["B"]
    assert [str(found[1]) for found in lines(milrinone(Per_diem_with="9"))] == ["#VALUE!"]


def test_one_payer_for_both_has_one_claim() -> None:
    payers = [{**PAYERS[0]}, {"Payer": "DME"}]
    found = lines(milrinone(Second_payer="DME"), payers=payers)
    assert found == [("DME", "S9348", "", 14, "denial by M"), ("DME", "J2260", "", 112, "denial by M")]


@pytest.mark.parametrize(
    ("payers", "says"),
    [
        ([{**PAYERS[0], "DME payer": "Nobody"}, *PAYERS[1:]], "DME payer 'Nobody' is not in the Payers table"),
        ([{**PAYERS[0], "DME payer": "m"}, *PAYERS[1:]], "DME payer 'm' is the payer itself"),
        ([PAYERS[0], {**PAYERS[1], "Covers": "no"}, PAYERS[2]], "DME payer 'dme' does not cover what it is billed"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_billed_fails_the_payer(payers: list[Row], says: str) -> None:
    found = claim([milrinone(Second_payer=None)], [visit("2025-07-01", 60)], payers)
    assert {str(x["Code"])[0] for x in found} == {"#"} and all(says in x["Why"] for x in found)


def test_a_row_of_the_dme_payer_that_cannot_be_read_fails_its_drug_lines_alone() -> None:
    payers = [PAYERS[0], {"Payer": "DME", "Third share": 7}, PAYERS[2]]
    found = claim([milrinone()], payers=payers)
    assert [(x["Payer"], str(x["Code"])) for x in found] == [("B", "S9348"), ("DME", "#NUM!")]
    assert "Third share 7 is not from 0 to 1" in found[1]["Why"]


# -- modifiers and waste -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drug", "start", "cell", "found"),
    [
        ("Hizentra", "2025-07-01", "KX", [("J1559", "JB-KX", 100)]),
        ("Hizentra", "2025-07-01", "KX JB", [("J1559", "JB-KX", 100)]),
        ("immune globulin Gammagard liquid", "2025-07-01", "JB KX", [("J1569", "JB-KX", 20)]),
        ("immune globulin Gammagard liquid", "2025-07-01", None, [("J1569", "", 20), ("Q2052", "", 1)]),
        ("immune globulin Gammagard liquid", "2023-12-31", None, []),  # in a vein: from 2024
        ("immune globulin Gammagard liquid", "2023-12-31", "JB", [("J1569", "JB", 20)]),
        ("Privigen", "2025-07-01", None, [("J1459", "", 20), ("Q2052", "", 1)]),
        ("Privigen", "2025-07-01", "QQ", [("J1459", "", "#N/A"), ("Q2052", "", 1)]),
        ("immune globulin Asceniv", "2025-07-01", "KX", [("J1554", "KX", 20), ("Q2052", "", 1)]),
    ],
)  # fmt: skip
def test_immune_globulin_by_its_route(drug: str, start: str, cell: object, found: list[Any]) -> None:
    one = globulin(drug, start, start, Modifiers=cell)
    assert [(code, mods, units if isinstance(units, int) else str(units)) for code, mods, units in to_dme(one)] == found


def test_each_day_of_home_immune_globulin_has_its_lines() -> None:
    found = [x for x in claim([globulin("Privigen", "2023-12-31", "2024-01-02", 24)], payers=PAYERS)]
    assert [(x["Payer"], x["Code"], str(x["From"]), str(x["To"]), x["Units"]) for x in found] == [
        ("B", "S9338", "2023-12-31", "2024-01-02", 3), ("B", "J1459", "2023-12-31", "2023-12-31", 20),
        ("DME", "J1459", "2024-01-01", "2024-01-01", 20), ("DME", "Q2052", "2024-01-01", "2024-01-01", 1),
        ("DME", "J1459", "2024-01-02", "2024-01-02", 20), ("DME", "Q2052", "2024-01-02", "2024-01-02", 1),
    ]  # fmt: skip
    assert found[3]["Why"] == "services and supplies of a day on which immune globulin IV (Privigen) is given"
    # every other day: only the days with a dose
    assert [code for code, *_ in to_dme(globulin("Privigen", "2025-07-01", "2025-07-04", 48))] == ["J1459", "Q2052"] * 2


def test_a_day_with_several_vials_has_one_q2052() -> None:
    big = globulin("Privigen", "2025-07-01", "2025-07-01", "once")
    small = {**big, "Order": 2, "Dose": "5 g", "Per diem with": 1}
    assert to_dme(small, big) == to_dme(big, small) == [("J1459", "", 20), ("Q2052", "", 1), ("J1459", "", 10)]


@pytest.mark.parametrize(
    ("start", "waste", "found"),
    [
        ("2023-06-01", None, [("J2260", "", 7)]), ("2024-02-01", None, [("J2260", "JZ", 7)]),
        ("2025-02-01", None, [("J2260", "", 7), ("J2260", "JW", 1)]), ("2025-02-01", "none", [("J2260", "", 7)]),
        ("2025-02-01", "JW and JZ", [("J2260", "", 7), ("J2260", "JW", 1)]),
    ],
)  # fmt: skip
def test_waste_of_a_pump_drug_from_its_days(start: str, waste: object, found: list[Any]) -> None:
    one = order(1, "milrinone", "33 mg", "once", start, None, Payer="M", Second_payer="B", Vials="20 mg")
    assert to_dme(one, payers=[PAYERS[0], {**PAYERS[1], "Waste": waste}, PAYERS[2]]) == found


def test_waste_of_what_a_nurse_gives_and_lines_that_are_cut_where_a_rule_begins() -> None:
    assert to_dme(globulin("Privigen", "2025-07-01", "2025-07-01", Vials="10 g"))[0] == ("J1459", "JZ", 20)
    one = milrinone("40 mg", "2023-12-31", "2024-01-01", Vials="20 mg")
    assert to_dme(one) == [("J2260", "", 8), ("J2260", "JZ", 8)]
    not_cut = milrinone("40 mg", "2024-12-31", "2025-01-01", Vials="20 mg")
    assert to_dme(not_cut) == [("J2260", "JZ", 16)]


def test_a_drug_that_medicare_excludes_is_billed_for_its_denial_and_behind_it() -> None:
    rates: list[Row] = [{"Code": code, "Rate": 1} for code in ("S9348", "J2260")]
    found = lines(milrinone(Modifiers="GY"), rates=rates)
    assert found == [
        ("B", "S9348", "", 14, "denial by M"), ("B", "J2260", "", 112, "denial by DME"), ("DME", "J2260", "GY", 112, ""),
    ]  # fmt: skip
    header, *rows = EXPECTED_GRID(
        table([milrinone(Modifiers="GY")], ORDER), None, table(PAYERS), table(rates)
    )  # fmt: skip
    assert [row[header.index("Expected")] for row in rows] == [14, 112, 0]


# -- the checks ----------------------------------------------------------------------------------------------------


def findings(*orders: Row, payers: list[Row] = PAYERS) -> list[tuple[str, str, str, str]]:
    _, *found = CLAIM_CHECKS(table(orders, ORDER), None, table(payers))
    told = [(row[1], str(row[5]), str(row[6]), row[7]) for row in found]
    return [one for one in told if "attest" in one[0] or "beside what" in one[0] or "together" in one[0]]


def test_a_pump_line_without_an_attestation_from_2023_on() -> None:
    says = "J2260 has none of KX, GA, GZ, GY, and Medicare's DME contractor rejects it without one"
    assert findings(milrinone()) == [("attestation missing", "2025-07-01", "2025-07-14", says)]
    assert findings(milrinone(start="2022-12-30", end="2022-12-31")) == []
    assert [kind for kind, *_ in findings(milrinone(start="2022-12-30", end="2023-01-01"))] == ["attestation missing"]
    for cell in ("KX", "GA", "GZ", "GY", "QQ"):
        assert findings(milrinone(Modifiers=cell)) == []
    assert [kind for kind, *_ in findings(milrinone(Modifiers="KX GA"))] == ["modifiers not together"]
    direct = milrinone() | {"Payer": "DME", "Second payer": None}
    assert [kind for kind, *_ in findings(direct)] == ["attestation missing"]
    assert findings(order(1, "milrinone", "1 L", "continuous", "2025-07-01", "2025-07-01", Payer="DME")) == []


def test_days_before_the_drug_is_paid_want_nothing() -> None:
    direct = milrinone(start="2018-12-01", end="2018-12-02") | {"Payer": "DME", "Second payer": None}
    assert findings(direct) == []


def test_pump_insulin_says_its_supply_too() -> None:
    one = order(1, "insulin via DME pump", "50 units", 24, "2025-07-01", "2025-07-01", Payer="M", Second_payer="B")
    assert len(findings(one)) == 2 and findings(one | {"Modifiers": "KX JL"}) == []
    assert [says[:25] for *_, says in findings(one | {"Modifiers": "KX"})] == ["J1817 has none of JK, JL,"]


def test_a_per_diem_on_a_day_of_q2052() -> None:
    found = findings(globulin("Privigen", "2025-07-01", "2025-07-14"))
    assert found[:1] == [
        ("per diem beside what Medicare pays", "2025-07-01", "2025-07-01",
         "S9338 is billed to B for a day on which Medicare pays services and supplies"),
    ]  # fmt: skip
    apart = globulin("Privigen", "2025-07-01", "2025-07-01", Per_diem_with="none")
    other = order(2, "ceftriaxone", "1 g", 5, "2025-07-01", "2025-07-01", Payer="B")
    assert findings(apart, other) == []


# -- the explanation -------------------------------------------------------------------------------------------------


def explained(one: Row, payers: list[Row] = PAYERS) -> list[str]:
    return [" | ".join(map(str, row[1:])) for row in EXPLAIN(1, table([one], ORDER), None, table(payers))]


def test_the_explanation_says_who_is_billed_for_the_drug_and_shows_those_lines() -> None:
    told = explained(milrinone(Modifiers="KX"))
    (who,) = [one for one in told if one.startswith("Who is billed for the drug, 2025-07-01 to 2025-07-14?")]
    assert "DME: J2260 is of the category pump | Payers table row 2, DME payer; code reference, medicare_dme" in who
    assert [one for one in told if "J2260-KX x 112" in one] and len(
        [one for one in told if "Which drug code" in one]
    ) == 1
    assert [one for one in told if "criteria met, papers held: on J2260-KX" in one]
    assert [one for one in told if "Payers table row 2, DME payer: Medicare's DME contractors want it" in one]
    (denied,) = [one for one in explained(milrinone(Modifiers="GY")) if one.startswith("Who is billed for the drug")]
    assert "GY asks for its denial, and the drug is billed behind it too" in denied


def test_the_explanation_of_lines_a_day() -> None:
    told = explained(globulin("Privigen", "2025-07-01", "2025-07-02", 24))
    again = "Why a new line on 2025-07-02? | each day of an infusion has a line of its own | code reference"
    assert len([one for one in told if one.startswith(again)]) == 1
    assert not [one for one in told if "a line is for one whole" in one]
    partly = explained(milrinone(start="2018-12-30", end="2019-01-02"))
    assert len([one for one in partly if one.startswith("Which drug code")]) == 2
    by_month = explained(milrinone("40 mg", "2025-06-20"), [PAYERS[0], {**PAYERS[1], "Line span": "month"}, PAYERS[2]])
    assert [one for one in by_month if "Why a new line on 2025-07-01? | a line is for one month" in one]
