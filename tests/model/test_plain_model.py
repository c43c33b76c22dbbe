"""Every figure of the Model sheet against a plain recomputation from the raw tables, to the cent.

On the year of the second workbook, and on random small tables with random scenarios over them.
"""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from tests.claim.claims import Row, table
from tests.model import plain_answers as plain
from tests.model.plain_answers import Answers
from tests.model.plain_model import lines
from tests.model.plain_orders import Changes, NotKnown, Tables
from tests.model.random_tables import DRUGS, PAYERS, PER_DIEM, START, VISIT, tables
from xl_infusion import BREAK_EVEN, BRIDGE, EXPECTED_GRID, SCENARIO_GRID, SENSITIVITY, VARIANCE_GRID
from xl_infusion.errors import ExcelError
from xl_infusion.template.year import year

pytestmark = pytest.mark.slow

SEEDS = st.integers(0, 10**6)
SUMS = ("Charge", "Allowed", "Expected", "Adjustment", "Patient share", "Payer pays", "Drug cost", "Drug margin")


def rows(grid: Any) -> list[Row]:
    assert not isinstance(grid, ExcelError), grid.message
    header, *rest = grid
    return [dict(zip(header, row, strict=True)) for row in rest]


def ranges(of: Tables) -> Any:
    """The tables of a claim as a worksheet function takes them."""
    needed = {"Orders": ("Order",), "Visits": ("Patient", "Date", "Minutes"), "Payers": ("Payer",), "Rates": ("Code",)}
    return [table(list(map(dict, of[name])), columns) for name, columns in needed.items()]


def cell(value: Any) -> Fraction:
    """Exactly what a cell says; nothing for a blank."""
    return Fraction(0) if value in ("", None) else Fraction(str(value))


# -- comparisons -------------------------------------------------------------------------------------------------


def same_scenarios(of: Answers, found: Any, plainly: Mapping[str, Changes]) -> int:
    """A scenario grid against the plain answers; how many rows were compared."""
    base = of.of({})
    seen: dict[str, set[str]] = {}
    for row in rows(found):
        seen.setdefault(row["Scenario"], set()).add(row["Payer"])
    assert list(seen) == list(plainly)
    for name, changes in plainly.items():
        answers = of.of(changes)
        assert seen[name] == set(answers)
        for row in rows(found):
            if row["Scenario"] != name:
                continue
            claims, days, money = answers[row["Payer"]]
            was = base[row["Payer"]][2][3]
            assert [cell(row[column]) for column in ("Per diem", "Drugs", "Visits", "Total")] == list(money), row
            assert (row["Claims"], row["Days"]) == (pytest.approx(float(claims)), pytest.approx(float(days))), row
            assert cell(row["Difference"]) == money[3] - was, row
            if was:
                assert row["Difference %"] == pytest.approx(float((money[3] - was) / was), abs=1e-15), row
            else:
                assert row["Difference %"] == "", row
    return len(rows(found))


def same_bridge(of: Answers, found: Any, before: Changes, after: Changes) -> int:
    """A bridge against the plain one; how many steps it has."""
    first, *steps, last = rows(found)
    plainly = of.bridge(before, after)
    assert [(cell(row["Contribution"]), cell(row["Total"])) for row in steps] == [step[1:] for step in plainly]
    for row, (term, *_) in zip(steps, plainly, strict=True):
        assert row["Step"].startswith(term)
    assert cell(first["Total"]) == of.total(before) and cell(last["Total"]) == of.total(after)
    assert sum(step[1] for step in plainly) == cell(last["Total"]) - cell(first["Total"])
    return len(steps)


def same_sensitivity(of: Answers, term: str, payer: str, values: list[Any], of_what: str = "", basis: str = "") -> None:
    """A table of values against the plain totals."""
    asked = " ".join(filter(None, [term, of_what or basis]))
    base = of.total({})
    found = rows(SENSITIVITY(*ranges(of.tables), asked, [values], payer or None))
    for row, value in zip(found, values, strict=True):
        money = of.of({(term, payer, of_what): plain.value(term, value, basis or None)})[plain.ALL][2]
        assert [cell(row[column]) for column in ("Per diem", "Drugs", "Visits", "Total")] == list(money), row
        assert cell(row["Difference"]) == money[3] - base, row


def same_expected(of: Tables) -> int:
    """Every expected line, and the sums by payer; how many lines."""
    grid = rows(EXPECTED_GRID(*ranges(of), table(list(map(dict, of["Costs"])), ("Drug or code", "Cost"))))
    ours = Counter(
        (line.claim.patient, line.claim.payer, line.kind, line.therapy, line.code,
         "GY" if line.claim.denial else line.modifier, line.first, line.last, line.units, line.charge, line.allowed)
        for line in lines(of, {})
    )  # fmt: skip
    theirs = Counter(
        (row["Patient"], row["Payer"], row["Kind"], row["Therapy"], row["Code"], row["Modifier 1"], row["From"],
         row["To"], row["Units"], cell(row["Charge"]), cell(row["Expected"]))
        for row in grid
    )  # fmt: skip
    assert theirs == ours
    sums = plain.expected(of)
    for payer in sums:
        mine = [row for row in grid if payer in (row["Payer"], plain.ALL)]
        for name in SUMS:
            assert sum((cell(row.get(name)) for row in mine), Fraction(0)) == _shown(grid, name, sums[payer]), payer
    return len(grid)


def _shown(grid: list[Row], name: str, sums: Mapping[str, Fraction]) -> Fraction:
    """What a column that is not there says is nothing."""
    return sums[name] if name in grid[0] else Fraction(0)


# -- the year ----------------------------------------------------------------------------------------------------


@cache
def the_year() -> Tables:
    return year()


@cache
def of_the_year() -> Answers:
    return Answers(the_year())


def scenario_table(of: Tables) -> Any:
    return table(list(map(dict, of["Scenarios"])), ("Scenario",))


def test_every_scenario_of_the_year_by_payer() -> None:
    of = the_year()
    plainly = plain.scenarios(of)
    assert len(plainly) >= 10 and len({row["Payer"] for row in of["Orders"]}) == 6
    found = SCENARIO_GRID(*ranges(of), scenario_table(of))
    assert same_scenarios(of_the_year(), found, plainly) == 7 * len(plainly)


def test_the_bridges_of_the_year() -> None:
    of, plainly = the_year(), plain.scenarios(the_year())
    args = (*ranges(of), scenario_table(of))
    assert same_bridge(of_the_year(), BRIDGE(*args, "Offer"), {}, plainly["Offer"]) == 5
    assert same_bridge(of_the_year(), BRIDGE(*args, "Answer", "Offer"), plainly["Offer"], plainly["Answer"]) >= 3


def test_sensitivity_over_the_year() -> None:
    of = of_the_year()
    same_sensitivity(of, "Second share", "", ["0%", "37.5%", "100%"])
    same_sensitivity(of, "Per diem change", "Senior Advantage", ["-7%", "4.4%"])
    same_sensitivity(of, "Drugs at", "", ["38%"], basis="% of charge")


def test_the_expected_lines_of_the_year() -> None:
    assert same_expected(the_year()) > 6000


def test_a_break_even_of_the_year_earns_what_base_does() -> None:
    of, plainly = the_year(), plain.scenarios(the_year())
    found = rows(BREAK_EVEN(*ranges(of), scenario_table(of), "Offer", "Per diem change", None, "North PPO"))
    base = of_the_year().total({})
    seen = 0
    for row in found:
        if isinstance(row["Per diem change"], ExcelError):
            continue
        at = {**plainly["Offer"], ("Per diem change", "North PPO", ""): Fraction(str(row["Per diem change"]))}
        earns = of_the_year().total(at)
        assert earns == cell(row["Total"]) and cell(row["Target"]) == base
        assert (earns > base) - (earns < base) == {"exact": 0, "just below": -1, "just above": 1}[row["Break-even"]]
        seen += 1
    assert seen >= 2


def test_what_is_compared_in_variance_is_what_was_paid_and_what_is_expected() -> None:
    of = the_year()
    paid = [dict(row) for row in of["Remittance"]]
    grid = rows(VARIANCE_GRID(*ranges(of), table(paid)))
    lines_, expected = [row for row in grid if row["Patient"] != "Total"], plain.expected(of)
    for payer in expected:
        of_payer = [row for row in lines_ if payer in (row["Payer"], plain.ALL)]
        came = [Fraction(str(row["Paid"])) for row in paid if payer in (row["Payer"], plain.ALL)]
        assert sum(cell(row["Paid"]) for row in of_payer) == sum(came)
        assert sum(cell(row["Expected"]) for row in of_payer) == expected[payer]["Payer pays"]


# -- random tables -----------------------------------------------------------------------------------------------

#: Drugs that may come at any interval, and hydration: drug -> dose, code.
OTHERS = {
    "methylprednisolone sodium succinate": ("125 mg", "J2919"), "Privigen": ("30 g", "J1459"),
    "dobutamine": ("600 mg", "J1250"), "normal saline 1000 cc": ("1.5 L", "J7030"),
}  # fmt: skip
CODES = (*PER_DIEM, "S9374", "S9375", "S9376", "S9377", "S9365", "S9338", "S9490", "S9494",
         *(code for _, code in OTHERS.values()))  # fmt: skip
DRUG_CODES = (*(code for codes in DRUGS.values() for code in codes), *(code for _, code in OTHERS.values()))


def odd(seed: int) -> dict[str, list[Row]]:
    """Random tables with longer intervals, merged therapies, more terms, percentages of the charge, and costs."""
    draw = random.Random(seed)
    base = copy.deepcopy(tables(seed))
    for number in range(20, 20 + draw.randint(0, 6)):
        like = draw.choice(base.orders)
        drug = draw.choice(list(OTHERS))
        row: Row = {
            "Order": number, "Patient": like["Patient"], "Payer": like["Payer"], "Second payer": like["Second payer"],
            "Drug": drug, "Dose": OTHERS[drug][0], "Interval": draw.choice(["daily", 24, "q48h", 72, "q96h", "weekly"]),
            "Start": START + dt.timedelta(draw.randrange(40)), "Days": draw.randint(1, 25),
        }  # fmt: skip
        if drug == "normal saline 1000 cc":
            row |= {"Volume": draw.choice(["1 L", "1.5 L", "750 mL"]), "Interval": "daily"}
        if drug == "dobutamine":
            row |= {"Interval": "continuous"}
        base.orders.append(row)
    for payer in base.payers[:3]:
        payer |= {
            "Exempt therapies": draw.choice([None, "TPN", "anti-infective, hydration"]),
            "Always code": draw.choice([None, None, "S9494"]), "Extra modifier": draw.choice([None, "59"]),
            "Coinsurance": draw.choice([None, 0.2, "12.5%"]), "Copay a visit": draw.choice([None, 25, 0]),
            "Days counted": draw.choice(["every day", "infusion days", "infusion or visit days"]),
            "Line span": draw.choice([None, "whole", "month", "week", "day"]),
        }  # fmt: skip
    for patient in {order["Patient"] for order in base.orders}:
        payer = next(order["Payer"] for order in base.orders if order["Patient"] == patient)
        base.visits.append({"Patient": patient, "Payer": payer, "Date": START + dt.timedelta(draw.randrange(60)),
                            "Minutes": draw.choice([45, 151, 330])})  # fmt: skip
    priced = {row["Code"] for row in base.rates}
    for code in (code for code in CODES if code not in priced):
        fee = draw.randint(5000, 30000) if code[0] == "S" else draw.randint(10, 900)
        base.rates += [{"Code": code, "Rate": fee / 100}, {"Code": code, "Rate": fee / 40, "Basis": "usual charge"}]
    for code in draw.sample(DRUG_CODES, 2):
        base.rates.append({"Payer": "C", "Code": code, "Rate": draw.choice(["37.5%", 0.41]), "Basis": "% of charge",
                           "To": "2025-06-30"})  # fmt: skip
    for code in draw.sample(PER_DIEM, 2):
        base.rates.append({"Code": code, "Modifier": "SJ", "Rate": draw.randint(1000, 5000) / 100})
    costs = [{"Drug or code": "meropenem", "Cost": 0.6123}, {"Drug or code": "J3370", "Cost": 2.345},
             {"Drug or code": "Privigen", "Cost": 38.5, "To": "2025-06-30"},
             {"Drug or code": "Privigen", "Cost": 39.25, "From": "2025-07-01"}]  # fmt: skip
    mix = sorted({order["Second payer"] or order["Payer"] for order in base.orders})
    return {"Orders": base.orders, "Visits": base.visits, "Payers": base.payers, "Rates": base.rates, "Costs": costs,
            "Scenarios": changed(draw, mix)}  # fmt: skip


def changed(draw: random.Random, mix: list[str]) -> list[Row]:
    """Rows of two or three scenarios, each with a few terms, of payers and of every payer; ``mix``: those with orders."""
    names = draw.sample(["First", "Second", "Third"], draw.randint(2, 3))
    found: dict[tuple[Any, ...], Row] = {(name,): {"Scenario": name} for name in names}
    cells: dict[str, list[Any]] = {
        "Volume growth": [0.1, "-7.5%", "33%"], "Days counted": ["every day", "infusion days", "infusion or visit days"],
        "Rank by": ["frequency", "rate", "start"], "Unit rounding": ["dose", "day", "line"],
        "Second share": [0, 0.333, "50%", 1], "Third share": [0, "12.5%", 0.75],
        "Per diem change": ["3%", -0.0333, "-12%"], "Per diem amount": [5, -2.5, 0.01],
        "Rate": [88.25, 0, 131.333], "Drugs at": ["42%", 0.9], "Part of orders": [0.2, 0.3],
    }  # fmt: skip
    for name in names:
        for _ in range(draw.randint(1, 5)):
            term = draw.choice(list(cells))
            payer = draw.choice([None, *PAYERS])
            if term == "Part of orders":
                if len(mix) < 2:
                    continue  # a part of all orders that is not all of them needs another payer with orders
                payer = mix[0]
            row = {"Scenario": name, "Payer": payer, term: draw.choice(cells[term])}
            if term == "Volume growth":
                row["Therapy"] = draw.choice([None, "TPN", "anti-infective", "immunotherapy"])
            elif term == "Rate":
                row["Code"] = draw.choice([*PER_DIEM, "S9500-SH", "S9501-SJ", *DRUG_CODES, *VISIT])
            elif term == "Drugs at":
                row["Drug basis"] = "% of charge"
            found[name, payer, term, row.get("Therapy"), row.get("Code")] = row
    return list(found.values())


@given(SEEDS)
@times(0.5)
def test_random_scenarios_and_their_bridges(seed: int) -> None:
    of = odd(seed)
    plainly = plain.scenarios(of)
    args = (*ranges(of), scenario_table(of))
    plain_answers = Answers(of)
    assert same_scenarios(plain_answers, SCENARIO_GRID(*args), plainly)
    _, before, after, *_ = plainly
    same_bridge(plain_answers, BRIDGE(*args, after, before), plainly[before], plainly[after])


@given(SEEDS)
@times(0.5)
def test_random_expected_lines(seed: int) -> None:
    assert same_expected(odd(seed))


TERM = st.sampled_from([
    ("Second share", "", "", [0, "25%", 0.4444]), ("Third share", "", "", [1, 0.1]), ("Rank by", "", "", ["rate", "start"]),
    ("Unit rounding", "", "", ["day", "line"]), ("Days counted", "", "", ["every day", "infusion days"]),
    ("Per diem change", "", "", ["-10%", 0.0123]), ("Per diem amount", "", "", [-3, 0.005]),
    ("Rate", "S9500", "", [90, 120.5]), ("Rate", "S9500-SH", "", [44.44]), ("Volume growth", "TPN", "", ["10%"]),
    ("Drugs at", "", "% of charge", ["50%", 0.333]),
])  # fmt: skip


@given(SEEDS, TERM, st.sampled_from(["", *PAYERS]))
@times(0.5)
def test_random_sensitivity(seed: int, term: tuple[str, str, str, list[Any]], payer: str) -> None:
    name, of_what, basis, values = term
    same_sensitivity(Answers(odd(seed)), name, payer, values, of_what, basis)


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("Orders", "Vials", "500 mg"), ("Orders", "Drug", "colistimethate"), ("Orders", "Interval", "q5h"),
        ("Payers", "Waste", "JW and JZ"), ("Payers", "Covers", "no"), ("Rates", "Per", "day"),
        ("Rates", "Basis", "% of ASP"), ("Rates", "Modifier", "JW"), ("Costs", "Per", "dose"), ("Visits", "Nurse", "agency"),
        ("Own codes", "Drug", "new"),
    ],
)  # fmt: skip
def test_the_plain_script_fails_on_what_it_does_not_know(name: str, column: str, value: str) -> None:
    of = {**the_year(), "Own codes": ({},)}
    with pytest.raises(NotKnown):
        plain.expected({**of, name: tuple({**row, column: value} for row in of[name])})
