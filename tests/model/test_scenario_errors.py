"""What a scenario cannot do, said where it stands; a failure is never a total."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claim.claims import ORDER, RATE, Row, order, table, visit
from xl_infusion import BREAK_EVEN, BRIDGE, SCENARIO_GRID, SENSITIVITY
from xl_infusion.errors import ExcelError

ORDERS = [
    order(1, "ceftriaxone", "2 g", 24, "2025-09-01", "2025-09-10", Payer="Acme"),
    order(2, "vancomycin", "1 g", 12, "2025-09-01", "2025-09-10", Payer="Acme"),
    order(3, "ertapenem", "1 g", 24, "2025-09-01", "2025-09-10", Payer="Best", Patient="P2"),
]
RATES: list[Row] = [{"Code": code, "Rate": rate} for code, rate in
                    [("S9500", 100), ("S9501", 130), ("J0696", 1), ("J3373", 0.05), ("J1335", 12)]]  # fmt: skip
PAYERS = [{"Payer": "Acme"}, {"Payer": "Best"}, {"Payer": "Idle"}]


def arguments(orders: list[Row] = ORDERS, rates: list[Row] = RATES) -> list[Any]:
    return [table(orders, ORDER), None, table(PAYERS), table(rates, RATE)]


def rows(grid: Any) -> list[Row]:
    assert not isinstance(grid, ExcelError), grid.message
    header, *rest = grid
    return [dict(zip(header, row, strict=True)) for row in rest]


def of(*scenarios: Row, given: list[Any] | None = None) -> dict[str, Row]:
    """The rows of scenario X, by payer."""
    found = rows(SCENARIO_GRID(*(given or arguments()), table([{"Scenario": "X"} | row for row in scenarios])))
    assert given or next(row["Total"] for row in found if row["Scenario"] == "Base") == 3220
    return {row["Payer"]: row for row in found if row["Scenario"] == "X"}


@pytest.mark.parametrize(
    ("row", "error", "says"),
    [
        ({"Payer": "Amce", "Second share": 0}, "#N/A", "payer 'Amce' has neither orders nor a row of Payers"),
        ({"Second share": "half"}, "#VALUE!", "Second share 'half' is not a share: write 0.5 or 50%"),
        ({"Third share": 2}, "#NUM!", "Third share 2 is not from 0 to 1"),
        ({"Days counted": "some"}, "#VALUE!", "Days counted 'some' is not one of every day"),
        ({"Per diem change": 30}, "#NUM!", "Per diem change 30 is not from -1 to 9"),
        ({"Volume growth": -2}, "#NUM!", "Volume growth -2 is not from -1 to 99"),
        ({"Volume growth": 1, "Therapy": "tpm"}, "#N/A", "therapy 'tpm' is not in the reference"),
        ({"Therapy": "TPN", "Second share": 1}, "#VALUE!", "there is no Volume growth: it goes with that alone"),
        ({"Code": "S9500"}, "#VALUE!", "Code and Rate go together"),
        ({"Rate": 5}, "#VALUE!", "Code and Rate go together"),
        ({"Code": "S95", "Rate": 5}, "#N/A", "Code 'S95' is no code: write S9500, or S9500-SH"),
        ({"Code": "S9000", "Rate": 5}, "#N/A", "S9000"),
        ({"Code": "S9500-JW", "Rate": 5}, "#VALUE!", "a rate of a rank is written S9500-SH or S9500-SJ"),
        ({"Code": "S9500", "Rate": -5}, "#NUM!", "Rate -5 is not from 0 to 1000000"),
        ({"Drug basis": "% of ASP", "Second share": 1}, "#VALUE!", "give Drugs at too"),
        ({"Drugs at": "106%", "Drug basis": "% of WAC"}, "#VALUE!", "Drug basis '% of WAC' is not one of % of ASP"),
        ({"Drugs at": 106}, "#NUM!", "Drugs at 106 is not from 0 to 10"),
        ({"Part of orders": 0.5}, "#VALUE!", "Part of orders is a payer's: name the payer"),
        ({"Second share": ExcelError("#REF!")}, "#REF!", "Second share is #REF!"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_the_error_of_its_scenario(row: Row, error: str, says: str) -> None:
    found = of({"Per diem change": "1%"}, row)
    assert set(found) == {"All payers", "Acme", "Best"}
    for one in found.values():
        assert [one[name] for name in ("Claims", "Days", "Per diem", "Total", "Difference", "Difference %")] == [
            error
        ] * 6
        assert "Scenarios table row 3: " in one["Why"] and says in one["Why"]


def test_two_values_of_one_term_are_an_error_and_one_value_twice_is_none() -> None:
    twice = of({"Second share": 0.4}, {"Second share": "40%"})
    assert twice["All payers"]["Total"] == 3120
    found = of({"Payer": "Acme", "Second share": 0.4}, {"Payer": "acme", "Second share": 0.3})
    assert (
        "Scenarios table row 3: Second share 30 % (acme) here, and Second share 40 % (acme) in table row 2"
        in found["Acme"]["Why"]
    )
    other = of({"Second share": 0.4}, {"Payer": "Acme", "Second share": 0.3})
    assert other["Acme"]["Why"] == "Second share 40 %; Second share 30 % (Acme)" and other["Acme"]["Total"] == 1780


def test_a_scenario_without_a_name_and_one_that_is_called_base() -> None:
    found = rows(
        SCENARIO_GRID(
            *arguments(), table([{"Scenario": None, "Second share": 1}, {"Scenario": "base", "Second share": 1}])
        )
    )
    assert "Scenarios table row 2: Scenario is blank" in found[-1]["Why"] and found[-1]["Total"] == "#VALUE!"
    assert (
        found[0]["Total"] == "#VALUE!" and "Scenarios table row 3: Base is the contracts as they are" in found[0]["Why"]
    )
    quiet = rows(SCENARIO_GRID(*arguments(), table([{"Scenario": "Base", "Second share": None}])))
    assert len(quiet) == 3 and quiet[0]["Total"] == 3220


def test_parts_of_orders_that_cannot_be() -> None:
    both = [{"Payer": "Acme", "Part of orders": 0.7}, {"Payer": "Best", "Part of orders": 0.7}]
    assert "add up to more than 100 %: 140 %" in of(*both)["Acme"]["Why"]
    short = [both[0], {"Payer": "Best", "Part of orders": 0.2}]
    assert "add up to 90 %, and no payer is left for the rest" in of(*short)["All payers"]["Why"]
    none = of({"Payer": "Idle", "Part of orders": 0.1})
    assert none["Best"]["Total"] == "#N/A" and "'idle' has no orders now" in none["Best"]["Why"]
    assert of({"Payer": "Idle", "Part of orders": 0})["All payers"]["Total"] == 3220
    whole = of({"Payer": "Acme", "Part of orders": 0.5}, {"Payer": "Best", "Part of orders": 0.5})
    assert (whole["Acme"]["Claims"], whole["Best"]["Claims"]) == (0.75, 1.5)
    rest = of({"Payer": "Acme", "Part of orders": 1})
    assert (rest["Best"]["Total"], rest["Best"]["Why"]) == (0, "its part of the orders that are left")


def test_a_claim_that_cannot_be_priced_is_the_error_of_its_payer_and_of_all_and_of_no_other_payer() -> None:
    unknown = arguments(
        [*ORDERS, order(9, "meropenum", "1 g", 8, "2025-09-01", "2025-09-02", Payer="Best", Patient="P2")]
    )
    found = of({"Volume growth": 0.1}, given=unknown)
    assert found["Best"]["Total"] == found["All payers"]["Total"] == found["Best"]["Days"] == "#N/A"
    assert "meropenum" in found["All payers"]["Why"] and found["Acme"]["Total"] == 2178
    unpriced = arguments(rates=RATES[:-1])
    found = of({"Second share": 0.5}, given=unpriced)
    assert (found["Best"]["Drugs"], found["Best"]["Per diem"], found["Best"]["Days"]) == ("#N/A", 1000, 10)
    assert "no rate for J1335" in found["All payers"]["Why"]
    steps = rows(BRIDGE(*unpriced, table([{"Scenario": "X", "Second share": 0}]), "X"))
    assert {step["Total"] for step in steps} == {"#N/A"} and steps[1]["Contribution"] == "#N/A"
    end = BREAK_EVEN(*unpriced, table([{"Scenario": "X", "Second share": 0}]), "X", "Second share")
    assert end == "#N/A" and "no rate for J1335" in end.message


def test_an_amount_that_makes_a_rate_negative_is_no_rate() -> None:
    found = of({"Per diem amount": -120})
    assert found["Acme"]["Per diem"] == found["Best"]["Total"] == "#NUM!"
    assert "Per diem amount -120 makes -20 of the rate 100: a rate is not negative" in found["Acme"]["Why"]
    exact, below, above = rows(BREAK_EVEN(*arguments(), None, "Base", "Per diem amount", 700))
    assert exact["Per diem amount"] == "#N/A" and below["Total"] == "#N/A" and below["Why"] == "nothing earns less"
    assert above["Per diem amount"] == -100 and above["Total"] == 720


def test_payers_without_a_name_and_without_money() -> None:
    orders = [row | {"Payer": None} for row in ORDERS[:1]]
    found = rows(SCENARIO_GRID(table(orders, ORDER), None, None, table([row | {"Rate": 0} for row in RATES], RATE)))
    assert [(row["Payer"], row["Total"], row["Difference"], row["Difference %"]) for row in found] == [
        ("All payers", 0, 0, ""), ("(no payer)", 0, 0, "")]  # fmt: skip
    without = SCENARIO_GRID(table(orders, ORDER), None, None, None)
    assert without == "#N/A" and "needs Rates" in without.message


@pytest.mark.parametrize(
    ("term", "values", "says"),
    [
        ("Half share", [[1]], "'Half share' is no term of a scenario: write one of Volume growth"),
        ("Rate", [[1]], "Rate is the rate of a code: write Rate S9500"),
        ("Rate Q1", [[1]], "Code 'Q1' is no code"),
        ("Second share of all", [[1]], "is no term of a scenario"),
        ("Drugs at % of WAC", [[1]], "Drug basis '% of WAC' is not one of"),
        ([["Second share"], ["Third share"]], [[1]], "2 rows of terms and 1 of values"),
        ([["Second share", "Third share"]], [[1]], "1 rows of terms and 1 of values"),
        (ExcelError("#N/A"), [[1]], "Term is #N/A"),
        ("Second share", ExcelError("#DIV/0!"), "values is #DIV/0!"),
    ],
)  # fmt: skip
def test_a_term_that_is_none(term: Any, values: Any, says: str) -> None:
    found = SENSITIVITY(*arguments(), term, values)
    assert isinstance(found, ExcelError) and says in found.message


def test_values_that_a_term_cannot_have_stand_as_errors_among_the_others() -> None:
    found = rows(SENSITIVITY(*arguments(), "Second share", [[0.5, 7], [None, "x"]], "Acme"))
    assert [row["Second share"] for row in found] == [0.5, "#NUM!", "#VALUE!"]
    assert [row["Total"] for row in found] == [3220, "#NUM!", "#VALUE!"]
    words = rows(SENSITIVITY(*arguments(), "Rank by", [["start", "rate"]]))
    assert [row["Rank by"] for row in words] == ["start", "rate"]
    wide = SENSITIVITY(*arguments(), [["Second share"], ["nothing"]], [[0.5, 9], [1, 2]])
    assert wide[1] == ["Second share", 0.5, 0, "#NUM!", "#NUM!"]
    assert wide[2] == ["nothing", "#N/A", "#N/A", "#N/A", "#N/A"]
    room = SENSITIVITY(*arguments(), [["Second share"], [None], [None]], [[0.5, 9], [None, None], [None, 1]])
    assert [row[0] for row in room] == ["Term", "Second share", ""] and room[2][1] == "#N/A"
    short = SENSITIVITY(*arguments(), [["Second share"], ["Third share"]], [[0.5, 0.5], [0.25, None]])
    assert short[2] == ["Third share", 0.25, 0, "", ""], "fewer values than the other term has"
    grown = rows(SENSITIVITY(*arguments(), "Volume growth anti-infective", [["10%"]]))
    assert grown[0]["Total"] == 3542
    drugs = rows(SENSITIVITY(*arguments(), "Drugs at % of ASP", [[1]]))
    assert drugs[0]["Drugs"] == "#N/A" and "ASP of" in drugs[0]["Drugs"].message
    unknown = SENSITIVITY(*arguments(), "Second share", [[1]], "Amce")
    assert unknown == "#N/A" and "payer 'Amce' has neither" in unknown.message


def test_what_is_sent_to_be_denied_earns_nothing_and_a_visit_alone_is_a_claim_without_a_therapy() -> None:
    denied = order(1, "ertapenem", "1 g", 24, "2025-11-10", "2025-11-12", Payer="Medicare", Second_payer="Acme")
    payers = [{"Payer": "Medicare", "Covers": "deny first"}, {"Payer": "Acme"}]
    rates = [*RATES, {"Code": "99601", "Rate": 150}]
    visits = [visit("2025-11-10", 60, Payer="Medicare"), visit("2025-11-10", 60, Patient="P2", Payer="Acme")]
    found = rows(SCENARIO_GRID(table([denied], ORDER), table(visits), table(payers), table(rates, RATE)))
    earned = {row["Payer"]: (row["Total"], row["Visits"]) for row in found if row["Scenario"] == "Base"}
    assert earned == {"All payers": (672, 300), "Acme": (672, 300), "Medicare": (0, 0)}


def test_a_break_even_that_is_none() -> None:
    proposed = table([{"Scenario": "Proposed", "Second share": 0.25}])
    words = BREAK_EVEN(*arguments(), proposed, "Proposed", "Rank by")
    assert words == "#VALUE!" and "Rank by is no number: a break-even is one of Second share" in words.message
    unknown = BREAK_EVEN(*arguments(), proposed, "Other", "Second share")
    assert unknown == "#N/A" and "scenario 'Other' is not in Scenarios: it has Base, Proposed" in unknown.message
    broken = BREAK_EVEN(*arguments(), table([{"Scenario": "P", "Second share": 9}]), "P", "Third share")
    assert broken == "#NUM!" and "Scenarios table row 2" in broken.message
    never = rows(BREAK_EVEN(*arguments(), proposed, "Proposed", "Third share"))  # nobody has three therapies
    assert never[0]["Third share"] == "#N/A" and "no such value: nothing earns 3220 to the cent" in never[0]["Why"]
    assert (never[1]["Third share"], never[1]["Total"]) == (0, 2970) and never[2]["Why"] == "nothing earns more"
    unpriced = BREAK_EVEN(*arguments(), None, None, "Drugs at % of charge")
    assert unpriced == "#N/A" and "asks for the usual charge of J0696, and no row has it" in unpriced.message
    error = BREAK_EVEN(*arguments(), None, ExcelError("#N/A"), "Second share")
    assert error == "#N/A" and "Scenario is #N/A" in error.message


@pytest.mark.parametrize(
    ("rate", "share"),
    [
        (20_000.04, 0.1),  # a tenth is 2,000.004: the last share before a cent more
        (20_000.05, 0.0999996),  # a tenth is 2,000.005, a cent more
    ],
)
def test_a_break_even_is_the_roundest_share_that_earns_the_same(rate: float, share: float) -> None:
    orders = [order(1, "ceftriaxone", "2 g", 24, "2025-09-01", "2025-09-02", Payer="Acme"),
              order(2, "vancomycin", "1 g", 12, "2025-09-01", "2025-09-02", Payer="Acme")]  # fmt: skip
    rates: list[Row] = [{"Code": code, "Rate": amount} for code, amount in
                        [("S9500", rate), ("S9501", 30_000), ("J0696", 1), ("J3373", 1)]]  # fmt: skip
    asked = [*arguments(orders, rates), None, None, "Second share"]
    exact, *_ = rows(BREAK_EVEN(*asked, 64_416))
    _, below, above = rows(BREAK_EVEN(*asked, 64_415.99))  # of two days: no cent more or less
    assert (exact["Second share"], above["Second share"]) == (share, share)
    assert (exact["Total"], below["Total"], above["Total"]) == (64_416, 64_415.98, 64_416)


def test_the_ends_of_a_bridge_are_whole_bars() -> None:
    scenarios = table([{"Scenario": "X", "Second share": 0.25}])
    first, step, last = rows(BRIDGE(*arguments(), scenarios, "X"))
    for end, total in ((first, 3220), (last, 2970)):
        assert [end[name] for name in ("Contribution", "Total", "Blank", "Whole", "Up", "Down")] == [
            "",
            total,
            0,
            total,
            0,
            0,
        ]
    assert [step[name] for name in ("Contribution", "Total", "Blank", "Whole", "Up", "Down")] == [
        -250,
        2970,
        2970,
        0,
        0,
        250,
    ]


def test_the_bridge_names_what_goes_back_to_the_contract_and_many_changes_by_their_term() -> None:
    many = [{"Scenario": "X", "Payer": payer, "Volume growth": share, "Therapy": therapy}
            for payer, share, therapy in [("Acme", 0.1, "TPN"), ("Acme", 0.2, "hydration"), ("Best", 0.3, "TPN")]]  # fmt: skip
    scenarios = table([*many, {"Scenario": "Y", "Second share": 0.5}])
    assert [row["Step"] for row in rows(BRIDGE(*arguments(), scenarios, "X"))] == ["Base", "Volume growth", "X"]
    drugs = table([{"Scenario": "Z", "Drugs at": 1.06, "Drug basis": "% of charge"}])
    priced = arguments(rates=[*RATES, *({"Code": row["Code"], "Rate": 9, "Basis": "usual charge"} for row in RATES)])
    assert [row["Step"] for row in rows(BRIDGE(*priced, drugs, "Z"))] == ["Base", "Drugs at 106 % of charge", "Z"]
    assert [row["Step"] for row in rows(BRIDGE(*arguments(), scenarios, "Base", "Y"))] == [
        "Y",
        "Second share as it is",
        "Base",
    ]
