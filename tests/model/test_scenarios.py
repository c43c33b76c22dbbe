"""Scenarios against the same contracts with their tables edited by hand: what a scenario earns is what those would.

The oracle edits Payers and Rates as a contract manager would, lets EXPECTED_GRID work the lines out anew, and adds them
up with fractions; nothing of the model's pricing is in it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from tests.claim.claims import Row, table
from tests.model.random_tables import DRUGS, PAYERS, PER_DIEM, Tables, tables
from xl_infusion import BREAK_EVEN, BRIDGE, EXPECTED_GRID, SCENARIO_GRID, SENSITIVITY
from xl_infusion.errors import ExcelError
from xl_infusion.model.changes import TERMS

SEEDS = st.integers(0, 10**6)


def rows(grid: Any) -> list[Row]:
    assert not isinstance(grid, ExcelError), grid.message
    header, *rest = grid
    return [dict(zip(header, row, strict=True)) for row in rest]


def expected(given_: Tables, factor: Callable[[Row], Fraction] = lambda line: Fraction(1)) -> dict[str, Fraction]:
    """Payer -> dollars: per diem, drugs and visits each rounded to the cent, as the scenarios' columns are."""
    out: dict[str, dict[str, Fraction]] = {}
    for line in rows(EXPECTED_GRID(*given_.arguments)):
        kinds = out.setdefault(line["Payer"], dict.fromkeys(["per diem", "drug", "visit"], Fraction(0)))
        kinds[line["Kind"]] += Fraction(str(line["Expected"])) * factor(line)
    return {payer: sum((half_up(amount) for amount in kinds.values()), Fraction(0)) for payer, kinds in out.items()}


def round_half_up(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def half_up(amount: Fraction) -> Fraction:
    return Fraction((amount * 200 + 1) // 2, 100)


def scenario(given_: Tables, *changed: Row) -> dict[str, Fraction]:
    found = rows(SCENARIO_GRID(*given_.arguments, table([{"Scenario": "X"} | row for row in changed])))
    return {row["Payer"]: Fraction(str(row["Total"])) for row in found if row["Scenario"] == "X"}


def agrees(
    given_: Tables, edited: Tables, *changed: Row, factor: Callable[[Row], Fraction] = lambda line: Fraction(1)
) -> None:
    by_payer = expected(edited, factor)
    assert scenario(given_, *changed) == {"All payers": sum(by_payer.values()), **by_payer}


def with_term(given_: Tables, column: str, value: object, payer: str | None) -> Tables:
    out = copy.deepcopy(given_)
    for row in out.payers:
        if payer in (None, row["Payer"]):
            row[column] = value
    return out


# -- each term ---------------------------------------------------------------------------------------------------

PAYER = st.sampled_from([None, *PAYERS])
OF_PAYERS = st.one_of(
    st.tuples(st.just("Second share"), st.sampled_from([0, 0.1, 0.333, 0.5, 1])),
    st.tuples(st.just("Third share"), st.sampled_from([0, 0.25, 0.75, 1])),
    st.tuples(st.just("Days counted"), st.sampled_from(["every day", "infusion days", "infusion or visit days"])),
    st.tuples(st.just("Rank by"), st.sampled_from(["frequency", "rate", "start"])),
    st.tuples(st.just("Unit rounding"), st.sampled_from(["dose", "day", "line"])),
)


@given(SEEDS, OF_PAYERS, PAYER)
def test_a_changed_term_of_payers_is_that_term_in_payers(
    seed: int, term: tuple[str, object], payer: str | None
) -> None:
    given_ = tables(seed)
    column, value = term
    agrees(given_, with_term(given_, column, value, payer), {"Payer": payer, column: value})


def with_rates(given_: Tables, change: Callable[[Row], object], payer: str | None) -> Tables:
    """Every per diem fee changed; for one payer by rows of its own, for the rows of every payer serve the others too."""
    out = copy.deepcopy(given_)
    own = []
    for row in out.rates:
        if row["Code"] not in PER_DIEM or row["Basis"] != "fee":
            continue
        if payer in (None, row.get("Payer")):
            row["Rate"] = change(row)
        elif row.get("Payer") is None and payer is not None:
            own.append(row | {"Payer": payer, "Rate": change(row)})
    if payer is not None:
        # its own rows from July on stand beside the copies of the common ones, which end before them
        for row in own:
            if any(
                one["Code"] == row["Code"] and one.get("Payer") == payer and not one.get("Modifier")
                for one in out.rates
            ):
                row["To"] = "2025-06-30"
        out.rates += own
    return out


@given(SEEDS, st.sampled_from(["-12.5%", "3%", 0.0333, -1, 1.5]), st.sampled_from([0, 5, 0.01]), PAYER)
def test_per_diems_up_or_down_are_their_rates_changed_to_the_cent(
    seed: int, percent: str | float, amount: float, payer: str | None
) -> None:
    given_ = tables(seed)
    share = Decimal(percent[:-1]) / 100 if isinstance(percent, str) else Decimal(str(percent))

    def change(row: Row) -> str:
        rate = Decimal(str(row["Rate"]))
        decimals = max(2, -int(rate.normalize().as_tuple().exponent))  # a rate in fractions of a cent stays one
        return str(round_half_up(rate * (1 + share) + Decimal(str(amount)), decimals))

    changed = {"Payer": payer, "Per diem change": percent, "Per diem amount": amount}
    agrees(given_, with_rates(given_, change, payer), changed)


@given(SEEDS, st.sampled_from([*PER_DIEM, "J2185", "J3373", "99601"]), st.sampled_from([0, 88.25, 240]), PAYER)
def test_the_rate_of_a_code_is_the_only_row_of_that_code_but_for_those_of_ranks(
    seed: int, code: str, rate: float, payer: str | None
) -> None:
    given_ = tables(seed)
    edited = copy.deepcopy(given_)
    others = [name for name in (*PAYERS, "Medicare") if payer not in (None, name)]
    rows_of_code = [
        row for row in edited.rates if row["Code"] == code and row["Basis"] == "fee" and not row.get("Modifier")
    ]
    edited.rates = [row for row in edited.rates if row not in rows_of_code]
    for other in others:  # those of every payer, as rows of the payers that keep them
        own = [row for row in rows_of_code if row["Payer"] == other]
        common = [row | {"Payer": other} for row in rows_of_code if row["Payer"] is None]
        edited.rates += [*own, *(row | ({"To": "2025-06-30"} if own else {}) for row in common)]
    edited.rates.append({"Payer": payer, "Code": code, "Rate": rate, "Basis": "fee"})
    agrees(given_, edited, {"Payer": payer, "Code": code, "Rate": rate})


@given(SEEDS, PAYER)
def test_the_rate_of_a_rank_is_a_row_with_its_modifier(seed: int, payer: str | None) -> None:
    given_ = tables(seed)
    edited = copy.deepcopy(given_)
    edited.rates = [row for row in edited.rates if not (row.get("Modifier") and payer in (None, row["Payer"]))]
    for name in (*PAYERS, "Medicare"):  # a row of every payer would come after a payer's own row without a modifier
        if payer in (None, name):
            edited.rates.append({"Payer": name, "Code": "S9500", "Modifier": "SH", "Rate": 33.1, "Basis": "fee"})
    agrees(given_, edited, {"Payer": payer, "Code": "S9500-SH", "Rate": 33.1})


@given(SEEDS, st.sampled_from(["85%", 0.4, "120%"]), PAYER)
def test_drugs_at_a_percentage_of_the_charge_are_rows_of_that_basis(
    seed: int, share: object, payer: str | None
) -> None:
    given_ = tables(seed)
    edited = copy.deepcopy(given_)
    codes = {code for codes in DRUGS.values() for code in codes}
    if payer is None:
        edited.rates = [row for row in edited.rates if row["Code"] not in codes or row["Basis"] != "fee"]
    else:
        edited.rates = [
            row for row in edited.rates if row["Code"] not in codes or row["Payer"] != payer or row["Basis"] != "fee"
        ]
    edited.rates += [{"Payer": payer, "Code": code, "Rate": share, "Basis": "% of charge"} for code in sorted(codes)]
    agrees(given_, edited, {"Payer": payer, "Drugs at": share, "Drug basis": "% of charge"})


@given(SEEDS, st.sampled_from(["10%", -0.5, 2, -1]), st.sampled_from([None, "TPN", "antiinfective"]), PAYER)
def test_growth_multiplies_the_lines_of_its_therapy_and_without_one_all_of_them(
    seed: int, growth: object, therapy: str | None, payer: str | None
) -> None:
    given_ = tables(seed)
    by = 1 + (Fraction(1, 10) if growth == "10%" else Fraction(str(growth)))

    def factor(line: Row) -> Fraction:
        whose = payer in (None, line["Payer"])
        of = therapy is None or line["Therapy"] == {"TPN": "TPN", "antiinfective": "anti-infective"}[therapy]
        return by if whose and of else Fraction(1)

    changed = {
        "Payer": payer,
        "Volume growth": growth,
        "Therapy": "anti-infective" if therapy == "antiinfective" else therapy,
    }
    agrees(given_, given_, changed, factor=factor)


@given(SEEDS)
def test_a_part_of_the_orders_moves_the_others_in_proportion(seed: int) -> None:
    given_ = tables(seed)
    billed = [row["Second payer"] or row["Payer"] for row in given_.orders]
    now = {name: Fraction(billed.count(name), len(billed)) for name in set(billed)}
    name = sorted(now)[0]
    if len(now) == 1:
        return
    part = Fraction(2, 5)

    def factor(line: Row) -> Fraction:
        return part / now[name] if line["Payer"] == name else (1 - part) / (1 - now[name])

    agrees(given_, given_, {"Payer": name.lower(), "Part of orders": 0.4}, factor=factor)


# -- identities --------------------------------------------------------------------------------------------------

SCENARIOS: list[Row] = [
    {"Scenario": "One", "Second share": 0.4, "Per diem change": "-3%", "Volume growth": "5%"},
    {
        "Scenario": "One",
        "Payer": "A",
        "Third share": 0.1,
        "Days counted": "infusion days",
        "Code": "S9502",
        "Rate": 140,
    },
    {"Scenario": "Two", "Per diem amount": 2.5, "Rank by": "rate", "Unit rounding": "line"},
    {"Scenario": "Two", "Drugs at": "70%", "Drug basis": "% of charge"},
    {"Scenario": "Same"},
]


@given(SEEDS, st.sampled_from(["Base", "One", "Two", "Same"]), st.sampled_from([None, "One", "Two"]))
def test_the_parts_of_a_bridge_add_up_to_the_difference(seed: int, to: str, start: str | None) -> None:
    given_ = tables(seed)
    totals = {
        row["Scenario"]: Fraction(str(row["Total"]))
        for row in rows(SCENARIO_GRID(*given_.arguments, table(SCENARIOS)))
        if row["Payer"] == "All payers"
    }
    first, *steps, last = rows(BRIDGE(*given_.arguments, table(SCENARIOS), to, start))
    assert (first["Step"], last["Step"]) == (start or "Base", to)
    assert Fraction(str(first["Total"])) == totals[start or "Base"] and Fraction(str(last["Total"])) == totals[to]
    parts = [Fraction(str(step["Contribution"])) for step in steps]
    assert sum(parts, Fraction(0)) == totals[to] - totals[start or "Base"]
    at = totals[start or "Base"]
    for step, part in zip(steps, parts, strict=True):
        low, high = min(at, at + part), max(at, at + part)
        at += part
        assert (Fraction(str(step["Total"])), Fraction(str(step["Blank"]))) == (at, low)
        assert Fraction(str(step["Up"])) + Fraction(str(step["Down"])) == high - low and step["Whole"] == 0
        assert (step["Up"] == 0) or part > 0


@given(SEEDS)
def test_no_change_is_the_base_and_the_base_is_the_expected_payment(seed: int) -> None:
    given_ = tables(seed)
    found = rows(SCENARIO_GRID(*given_.arguments, table(SCENARIOS)))
    base, same = (
        [row | {"Scenario": "", "Why": ""} for row in found if row["Scenario"] == name] for name in ("Base", "Same")
    )
    assert base == same and base[0]["Difference"] == 0
    by_payer = expected(given_)
    assert {row["Payer"]: Fraction(str(row["Total"])) for row in base[1:]} == by_payer
    for row in found:
        assert Fraction(str(row["Total"])) == sum(Fraction(str(row[name])) for name in ("Per diem", "Drugs", "Visits"))
    for name in ("Claims", "Days", "Per diem", "Drugs", "Visits", "Total", "Difference"):
        for one in ("Base", "One", "Two"):
            whole, *each = [Fraction(str(row[name])) for row in found if row["Scenario"] == one]
            assert abs(whole - sum(each)) < Fraction(1, 10**6)  # claims are shown as floats


@given(SEEDS, st.sampled_from(["Second share", "Per diem change", "Rate S9500", "Volume growth", "Drugs at % of charge"]),
       st.sampled_from(["One", "Two", None]))  # fmt: skip
@times(0.4)
def test_a_break_even_earns_the_target_or_stands_on_two_neighbouring_stairs(
    seed: int, term: str, name: str | None
) -> None:
    given_ = tables(seed)
    found = BREAK_EVEN(*given_.arguments, table(SCENARIOS), name, term)
    exact, below, above = rows(found)
    heading = found[0][1]
    changed = [row for row in SCENARIOS if row["Scenario"] == name]

    def earned(value: float) -> Fraction:
        column, _, of = term.partition(" S") if term.startswith("Rate") else (term, "", "")
        row: Row = {column.removesuffix(" % of charge"): value}
        if of:
            row |= {"Code": f"S{of}"}
        if term.startswith("Drugs"):
            row |= {"Drug basis": "% of charge"}
        kept = [{key: cell for key, cell in one.items() if of or key not in row} for one in changed]
        return scenario(given_, *[one | {"Scenario": "X"} for one in kept if len(one) > 1], row)["All payers"]

    for point in (exact, below, above):
        if isinstance(point[heading], ExcelError):
            assert point["Total"] == "#N/A" and point["Why"]
            continue
        assert earned(point[heading]) == Fraction(str(point["Total"]))
        assert Fraction(str(point["Total"])) - Fraction(str(point["Target"])) == Fraction(str(point["Difference"]))
    assert isinstance(exact[heading], ExcelError) or exact["Difference"] == 0
    assert isinstance(below[heading], ExcelError) or below["Difference"] < 0
    assert isinstance(above[heading], ExcelError) or above["Difference"] > 0


@given(SEEDS)
@times(0.5)
def test_sensitivity_is_a_scenario_a_value(seed: int) -> None:
    given_ = tables(seed)
    values = [0, 0.2, 0.55, 1]
    found = rows(SENSITIVITY(*given_.arguments, "Second share", [values], "B"))
    for row, value in zip(found, values, strict=True):
        assert row["Second share"] == value
        assert Fraction(str(row["Total"])) == scenario(given_, {"Payer": "B", "Second share": value})["All payers"]
    wide = SENSITIVITY(*given_.arguments, [["Second share"], ["Per diem change"]], [values[:2], [0.1, None]], "B")
    assert wide[0] == ["Term", "Value 1", "Difference 1", "Value 2", "Difference 2"]
    assert wide[1] == ["Second share", 0, found[0]["Difference"], 0.2, found[1]["Difference"]]
    assert wide[2][3:] == ["", ""]


def test_what_did_not_change_is_not_ranked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from xl_infusion.model import book as of_model

    ranked: list[str] = []

    class Counted(of_model.Ranker):
        def rank(self, *args: Any, **kwargs: Any) -> Any:
            ranked.append(self.terms.name)
            return super().rank(*args, **kwargs)

    given_ = with_term(tables(3), "Rank by", "frequency", None)
    arguments = given_.arguments
    monkeypatch.setattr(of_model, "Ranker", Counted)
    SENSITIVITY(*arguments, "Second share", [[i / 50 for i in range(50)]])
    SENSITIVITY(*arguments, "Per diem change", [[i / 50 for i in range(50)]])
    patients = [{row["Patient"] for row in given_.orders if row["Payer"] == payer} for payer in ("A", "B")]
    # a rate decides between equally frequent therapies: those claims alone
    assert len(ranked) < 50 * sum(map(len, patients))
    ranked.clear()
    arguments = with_term(given_, "Tie by", "start", None).arguments
    SENSITIVITY(*arguments, "Second share", [[i / 50 for i in range(50)]])
    SENSITIVITY(*arguments, "Per diem change", [[i / 50 for i in range(50)]])
    assert not ranked
    SCENARIO_GRID(*arguments, table([{"Scenario": "X", "Payer": "B", "Rank by": "start", "Second share": 0.1}]))
    SCENARIO_GRID(*arguments, table([{"Scenario": "Y", "Payer": "B", "Rank by": "start", "Second share": 0.2}]))
    assert set(ranked) == {"B"} and len(ranked) == len({row["Patient"] for row in given_.orders if row["Payer"] == "B"})


def test_every_term_of_a_scenario_has_a_column() -> None:
    from xl_infusion.model.columns import SCENARIOS as COLUMNS

    beside = {"Scenario", "Payer", "Therapy", "Code", "Drug basis"}
    assert {column.name for column in COLUMNS.columns} == {*TERMS, *beside}
