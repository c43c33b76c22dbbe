"""Modifiers that are typed: on which lines, from which day on, in which place, and what is said where one cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from tests.claim.claims import ORDER, Row, claim, modifiers, order, table, visit
from tests.frozen_reference import FROZEN
from xl_infusion import CLAIM_CHECKS, EXPLAIN
from xl_infusion.claim.modifiers import ON_DRUG, ON_ITEM, ON_PER_DIEM, ON_VISIT, Marker, filled, noted, typed
from xl_infusion.errors import BillingError, NotFound, NotInForce, WrongInput
from xl_infusion.reference import load
from xl_infusion.reference.tables import bundled

WASTE: list[Row] = [{"Payer": "A", "Waste": "JW and JZ"}]


def globulin(cell: object, start: str = "2025-08-01", **more: Any) -> Row:
    return order(1, "immune globulin Gammagard liquid", "30 g", "every 4 weeks", start, start, Modifiers=cell, **more)


def ceftriaxone(cell: object, start: str = "2025-08-01", end: str = "2025-08-01", **more: Any) -> Row:
    return order(1, "ceftriaxone", "700 mg", 24, start, end, Modifiers=cell, **more)


def lines(*orders: Row, visits: list[Row] = [], payers: list[Row] = [], rates: list[Row] = []) -> list[tuple[Any, ...]]:  # noqa: B006
    """Code, modifiers, units."""
    return [(x["Code"], modifiers(x), x["Units"]) for x in claim(orders, visits, payers, rates)]


# -- where they stand --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "per_diem", "drug"),
    [
        (None, "", ""), ("jb, KX", "", "JB-KX"), ("KX;JB", "", "JB-KX"), ("KX\nJB JB", "", "JB-KX"), ("JZ", "", "JZ"),
        ("KX JZ JB", "", "JB-JZ-KX"), (59, "59", "59"), ("76", "", "76"), ("SS", "SS", ""), ("SS 59", "59-SS", "59"),
        ("U1", "U1", "U1"), ("GA", "", "GA"), ("RD", "", "RD"), ("KD JA", "", "JA-KD"),
    ],
)  # fmt: skip
def test_each_goes_on_the_lines_that_its_row_names_in_its_place(cell: object, per_diem: str, drug: str) -> None:
    found = lines(globulin(cell))
    assert [(code, mods) for code, mods, _ in found] == [("S9338", per_diem), ("J1569", drug)]


def test_they_stand_beside_those_of_the_rank_the_suite_and_the_waste() -> None:
    orders = [
        ceftriaxone("SS", Place=49),
        order(2, "ertapenem", "1 g", 24, "2025-08-01", "2025-08-01", Modifiers="U1 SS"),
    ]
    payers: list[Row] = [{"Payer": None, "Extra modifier": "59"}]
    assert [x for x in lines(*orders) if x[0] == "S9500"] == [("S9500", "SS", 1), ("S9500", "SH-SS-U1", 1)]
    payers = [{"Payer": "A", "Extra modifier": "59"}]
    orders = [one | {"Payer": "A"} for one in orders]
    assert [x for x in lines(*orders, payers=payers) if x[0] == "S9500"][1] == ("S9500", "SH-59-SS-U1", 1)
    of_drug = [x for x in lines(ceftriaxone("JB KX JZ", Vials="500 mg", Payer="A"), payers=WASTE) if x[0] == "J0696"]
    assert of_drug == [("J0696", "JB-JZ-KX", 3), ("J0696", "JB-JW-KX", 1)]
    of_drug = [x for x in lines(ceftriaxone("KX", Vials="750 mg", Payer="A"), payers=WASTE) if x[0] == "J0696"]
    assert of_drug == [("J0696", "JZ-KX", 3)]
    not_used = ceftriaxone("JZ JB", end="2025-08-02", Unused=1)
    assert [x for x in lines(not_used) if x[0] == "J0696"] == [("J0696", "JB-JZ", 3), ("J0696", "SV-JB", 3)]


def test_a_payer_may_want_another_order() -> None:
    payers: list[Row] = [{"Payer": "A", "Modifier order": "KX, U1 none"}]
    assert lines(globulin("JB U1 KX", Payer="A"), payers=payers)[1] == ("J1569", "KX-U1-JB", 60)
    found = claim([globulin("JB", Payer="A")], payers=[{"Payer": "A", "Modifier order": "QQ"}])
    assert "Modifier order 'QQ' is no modifier of the reference" in found[0]["Why"]


def test_visits_take_theirs_and_the_suite_by_the_payers_term() -> None:
    orders = [order(1, "ceftriaxone", "1 g", 24, "2025-08-01", "2025-08-01", Payer=payer) for payer in ("A",)]
    at = visit("2025-08-01", 200, Place=49, Modifiers="U2, TE", Special_training="yes")

    def of_visit(**terms: Any) -> list[tuple[Any, ...]]:
        payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}]
        return [x for x in lines(*orders, visits=[at], payers=payers) if str(x[0]).startswith("99")]

    assert of_visit() == [("99601", "SD-TE-U2", 1), ("99602", "SD-TE-U2", 1)]
    assert of_visit(Suite_modifier_on_visits="yes") == [("99601", "SD-TE-SS-U2", 1), ("99602", "SD-TE-SS-U2", 1)]
    at["Place"] = 12
    assert of_visit(Suite_modifier_on_visits="yes") == [("99601", "SD-TE-U2", 1), ("99602", "SD-TE-U2", 1)]


def test_those_of_a_visit_of_medicares_own_benefit_stand_on_its_g_code_and_beside_gy() -> None:
    payers: list[Row] = [
        {"Payer": "M", "Covers": "deny first", "Home infusion benefit": "yes"}, {"Payer": "B"},
    ]  # fmt: skip
    one = order(1, "milrinone", "40 mg", "continuous", "2025-08-01", "2025-08-02", Payer="M", Second_payer="B")
    found = claim([one], [visit("2025-08-01", 60, Modifiers="TD"), visit("2025-08-03", 60, Modifiers="TD")], payers)
    of_visits = [(x["Payer"], x["Code"], modifiers(x)) for x in found if x["Order"] == ""]
    assert of_visits[:2] == [("M", "G0088", "TD"), ("M", "99601", "TD-GY")]
    found = claim([one], [visit("2025-08-01", 60, Modifiers="JG")], payers)
    assert next(x["Code"] for x in found if x["Order"] == "") == "#VALUE!"


@pytest.mark.parametrize(
    ("cell", "shown"), [("JB KX KD TB", "JB-KX-KD-TB"), ("JB KX KD TB CR", "JB-KX-KD-99")],
)  # fmt: skip
def test_four_places_and_of_five_all_are_said(cell: str, shown: str) -> None:
    found = claim([globulin(cell)])[1]
    assert modifiers(found) == shown
    assert found["Why"].endswith(
        "modifiers JB KX KD TB CR: 99 in the fourth place, all of them in the note of the line"
    ) is ("CR" in cell)


def test_without_the_column_the_grid_is_as_it_was() -> None:
    one = {name: cell for name, cell in ceftriaxone(None).items() if name != "Modifiers"}
    assert "Modifier 3" not in claim([one])[0] and "Modifier 4" not in claim([one])[0]
    assert {"Modifier 3", "Modifier 4"} <= set(claim([ceftriaxone(None)])[0])
    assert {"Modifier 3", "Modifier 4"} <= set(claim([one], [visit("2025-08-01", 60, Modifiers=None)])[0])


# -- what cannot be ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "error", "says"),
    [
        ("JBKX", WrongInput, "Modifiers 'JBKX' is not a modifier, two letters or digits: write JB KX"),
        ("QQ", NotFound, "Modifiers 'QQ' is no modifier of the reference"),
        ("TD", WrongInput, "Modifiers 'TD' goes on a nursing visit, and not on a per diem or drug line"),
        ("RR", WrongInput, "Modifiers 'RR' goes on an item, and not on a per diem or drug line"),
        ("SH", WrongInput, "Modifiers 'SH' is put by the rank of the therapy: leave it out"),
        ("JW", WrongInput, "Modifiers 'JW' is put by the column Vials"),
        (True, WrongInput, "Modifiers is TRUE"),
    ],
)  # fmt: skip
def test_a_cell_that_names_none(cell: object, error: type[BillingError], says: str) -> None:
    with pytest.raises(error) as raised:
        typed(FROZEN, cell, (ON_PER_DIEM, ON_DRUG))
    assert says in str(raised.value)
    found = claim([ceftriaxone(cell)])
    assert [x["Code"] for x in found] == ["S9500", "J0696"]  # the per diem stands, the drug line says it
    assert str(found[1]["Units"]).startswith("#") and says in found[1]["Why"] and found[0]["Units"] == 1
    found = claim([ceftriaxone(cell, Supplied_by="outside pharmacy")])
    assert [x["Code"] for x in found] == ["S9500"] and says in found[0]["Why"]
    tpn = order(1, None, None, None, "2025-08-01", "2025-08-02", Therapy="TPN", Volume="1 L", Modifiers=cell)
    assert says in claim([tpn])[0]["Why"]


def test_a_visit_with_one_that_is_none_of_a_visit() -> None:
    found = claim([ceftriaxone(None)], [visit("2025-08-01", 60, Modifiers="JB")])
    assert found[-1]["Code"] == "#VALUE!"
    assert found[-1]["Why"] == "visit: Modifiers 'JB' goes on a drug or item, and not on a nursing visit line"


def test_the_lines_are_cut_where_one_begins_or_ends() -> None:
    found = claim([ceftriaxone("JZ", "2022-12-30", "2023-01-02")])
    assert [(x["Code"], modifiers(x), x["Units"]) for x in found] == [
        ("S9500", "", 4), ("J0696", "", "#N/A"), ("J0696", "JZ", 6),
    ]  # fmt: skip
    assert found[1]["Why"] == "Modifiers JZ from 2023-01-01: not in force on 2022-12-30, leave it out"
    found = claim([ceftriaxone("JG", "2024-12-31", "2025-01-01")], rates=[{"Code": "J0696", "Rate": 1}])
    assert [(modifiers(x), x["Units"], x["Charge"]) for x in found[1:]] == [("JG", 3, 3), ("", "#N/A", "#N/A")]
    assert "JG from 2018-01-01 through 2024-12-31: not in force on 2025-01-01" in found[2]["Why"]
    found = claim([order(1, None, None, None, "2004-09-30", "2004-10-01", Therapy="TPN", Volume="1 L", Modifiers="SS")])
    assert [(modifiers(x), str(x["Units"])) for x in found] == [("", "#N/A"), ("SS", "1")]


def test_one_for_some_codes_alone() -> None:
    assert lines(order(1, "insulin via DME pump", "50 units", 24, "2025-08-01", "2025-08-01", Modifiers="JK"))[1][:2] == (
        "J1817", "JK"
    )  # fmt: skip
    found = claim([ceftriaxone("JK")])[1]
    assert found["Units"] == "#VALUE!" and found["Why"] == "Modifiers JK is for J1811 J1813 J1817, and not for J0696"
    with pytest.raises(NotInForce):
        Marker(FROZEN).of_day(("JK",), ON_DRUG, "J1817", (), 738_000)


# -- rates, the explanation, the checks ----------------------------------------------------------------------------


def test_a_rate_for_one_is_that_of_the_lines_that_have_it() -> None:
    rates: list[Row] = [
        {"Code": "S9338", "Rate": 50},
        {"Code": "J1569", "Rate": 40},
        {"Code": "J1569", "Modifier": "JB", "Rate": 45},
    ]
    charges = [[x["Charge"] for x in claim([globulin(cell)], rates=rates)] for cell in (None, "KX", "JB KX")]
    assert charges == [[50, 2400], [50, 2400], [50, 2700]]


def steps(one: Row) -> list[tuple[str, str, str]]:
    header, *found = EXPLAIN(1, table([one], ORDER))
    assert header
    return [tuple(map(str, row[1:])) for row in found]  # type: ignore[misc]


def test_the_explanation_says_what_each_is_and_which_lines_have_it() -> None:
    told = [f"{question} {answer} {by}" for question, answer, by in steps(globulin("JB SS"))]
    (subcutaneous,) = [one for one in told if "JB, " in one]
    assert "Which modifier is typed? JB, given subcutaneously: on J1569-JB" in subcutaneous
    assert "Orders table row 2, Modifiers; code reference: HCPCS Level II" in subcutaneous
    (none,) = [one for one in map(" ".join, steps(order(
        1, None, None, None, "2025-08-01", "2025-08-02", Therapy="TPN", Volume="1 L", Modifiers="JB"))) if "JB, " in one]  # fmt: skip
    assert "given subcutaneously: on no line" in none
    assert not [one for one in map(" ".join, steps(globulin("QQ"))) if "is typed?" in one]


def findings(orders: list[Row], visits: list[Row] = [], payers: list[Row] = []) -> list[tuple[str, str]]:  # noqa: B006
    _, *found = CLAIM_CHECKS(table(orders, ORDER), table(visits) if visits else None, table(payers) if payers else None)
    named = [(row[1], row[7]) for row in found]
    return [one for one in named if "modifier" in one[0]]


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (globulin("JB KX"), []),
        (globulin("KX GA"), [("modifiers not together", "J1569 has KX and GA")]),
        (globulin("JA JB"), [("modifiers not together", "J1569 has JA and JB")]),
        (ceftriaxone("JB", Supplied_by="outside pharmacy"), [("modifier on no line", "Modifiers JB goes on drug or item lines, and none is there")]),
        (globulin("JB KX KD TB CR"), [("more than four modifiers", "J1569 has 5 modifiers: JB KX KD TB CR; the fourth is 99")]),
        (globulin("JB", "soon"), []),
        (ceftriaxone("QQ"), []),
        (ceftriaxone("JZ", Vials="500 mg", Payer="A"),
         [("modifiers not together", "J0696 has JZ, and a line beside it bills what was discarded")]),
        (ceftriaxone("JZ", Vials="750 mg", Payer="A"), []),
    ],
)  # fmt: skip
def test_what_the_checks_find(one: Row, found: list[tuple[str, str]]) -> None:
    assert findings([one], payers=WASTE if one.get("Payer") else []) == found


def test_a_visit_that_an_agency_bills_has_no_line_to_miss_one_on() -> None:
    assert findings([ceftriaxone(None)], [visit("2025-08-01", 60, Modifiers="TD", Nurse="agency")]) == []
    assert findings([ceftriaxone(None)], [visit("2025-08-01", 60, Modifiers="TD TE")]) == [
        ("modifiers not together", "99601 has TD and TE")
    ]


# -- the table ---------------------------------------------------------------------------------------------------


def test_an_edition_that_was_made_before_modifiers_had_places_has_those_that_ship_with_its_own_days() -> None:
    older = "modifier,goes_on,meaning,first_day,last_day,note,source\nJB,drug,given subcutaneously,2007-01-01,2030-12-31,,x\n"
    reference = load(lambda name: older if name == "modifiers.csv" else bundled(name))
    assert str(reference.code("JB").last_day) == "2030-12-31" and reference.code("KX").last_day is None
    assert typed(reference, "JB KX", (ON_DRUG,)) == ("JB", "KX")


def test_a_payers_own_modifier_stands_behind_what_has_a_place() -> None:
    marker = Marker(FROZEN)
    assert marker.together(("ZZ",), ("KX", "JB"), ON_DRUG) == ("JB", "KX", "ZZ")
    assert marker.together(("RR",), ("JB", "KX", "KH"), ON_ITEM) == ("RR", "KH", "KX", "JB")


@times(1)
@given(st.data())
def test_no_modifier_is_lost_or_comes_twice(data: st.DataObject) -> None:
    line = data.draw(st.sampled_from([ON_PER_DIEM, ON_DRUG, ON_VISIT, ON_ITEM]))
    there = [row.modifier for row in FROZEN.modifiers if line in row.places and not row.codes]
    own = tuple(data.draw(st.lists(st.sampled_from(there), unique=True, max_size=3)))
    given_ = tuple(data.draw(st.lists(st.sampled_from(there), unique=True, max_size=5)))
    first = data.draw(st.integers(720_000, 740_000))
    last = first + data.draw(st.integers(0, 4_000))
    pieces = [*Marker(FROZEN).marked(given_, line, "J1569", own, first, last)]
    assert [first, *(end + 1 for _, end, *_ in pieces)] == [*(start for start, *_ in pieces), last + 1]
    for start, end, found, wrong in pieces:
        rows = [FROZEN.code_rows(one)[0] for one in given_]
        out = [row for row in rows for day in (start, end) if not (
            (row.first_day is None or row.first_day.toordinal() <= day)
            and (row.last_day is None or day <= row.last_day.toordinal()))]  # fmt: skip
        assert (wrong is not None) == bool(out)
        assert sorted(found) == sorted({*own} if wrong else {*own, *given_})
        assert [one for one in found if one in own] == [*own]
        assert len(filled(found)) == 4 and (len(found) > 4) == bool(noted(found))
