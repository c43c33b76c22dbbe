"""Rates: which row prices a line, what it pays for, and what a row that cannot be used does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.claim.claims import Row, claim, modifiers, order, short, table, visit
from xl_infusion import CLAIM_GRID, ExcelError
from xl_infusion.claim import RATES
from xl_infusion.claim.price import Price

ERTAPENEM = order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-05", Payer="A")
#: One therapy beside it that comes second: ertapenem daily after meropenem every 8 hours.
MEROPENEM = order(2, "meropenem", "1 g", 8, "2024-03-01", "2024-03-05", Payer="A")


def rate(code: str, amount: object, **more: Any) -> Row:
    return {"Code": code, "Rate": amount} | {name.replace("_", " "): cell for name, cell in more.items()}


def priced(code: str, *rates: Row, orders: list[Row] | None = None, **terms: Any) -> list[tuple[Any, Any]]:
    """Rate and charge of the lines of a code."""
    payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}, {"Payer": "B"}]
    lines = claim([ERTAPENEM] if orders is None else orders, payers=payers, rates=rates)
    return [(line["Rate"], line["Charge"]) for line in lines if line["Code"] == code]


# -- which row ---------------------------------------------------------------------------------------------------


def test_the_most_specific_row_prices_the_line_and_its_reason_names_it() -> None:
    rows = [
        rate("S9500", 40),
        rate("S9500", 30, Modifier="SH"),
        rate("S9500", 20, Payer="a"),
        rate("s9500", 10, Payer="A", Modifier="sh"),
    ]
    for count, first, second in [(1, 40, 20), (2, 40, 30), (3, 20, 10), (4, 20, 10)]:
        for chosen in (rows[:count], rows[:count][::-1]):
            assert priced("S9500", *chosen) == [(first, first * 5)]
            assert priced("S9500", *chosen, orders=[ERTAPENEM, MEROPENEM]) == [(second, second * 5)], count
    lines = claim([ERTAPENEM, MEROPENEM], payers=[{"Payer": "A"}], rates=rows)
    assert lines[2]["Why"].endswith("; 5 days; Rates table row 5")
    lines = claim([ERTAPENEM], payers=[{"Payer": "A"}], rates=rows)
    assert lines[0]["Why"] == "every 24 hours, the only therapy; 5 days; Rates table row 4"


def test_a_rate_for_sh_or_sj_is_taken_without_a_share_and_one_for_59_with_it() -> None:
    both = [ERTAPENEM, MEROPENEM]
    third = order(3, "vancomycin", "1 g", 12, "2024-03-01", "2024-03-05", Payer="A")
    assert priced("S9500", rate("S9500", 100), orders=both) == [(50, 250)]
    assert priced("S9500", rate("S9500", 100, Modifier="SH"), orders=both) == [(100, 500)]
    assert priced("S9500", rate("S9500", 100, Modifier="SJ"), orders=both) == [("#N/A", "#N/A")]
    assert priced("S9500", rate("S9500", 100, Modifier="SJ"), orders=[*both, third]) == [(100, 500)]
    assert priced("S9500", rate("S9500", 100, Modifier=59), orders=both, Extra_modifier=59) == [(50, 250)]
    assert priced("S9500", rate("S9500", 100, Modifier="SS"), orders=[{**ERTAPENEM, "Place": 49}]) == [(100, 500)]
    text = claim(both, payers=[{"Payer": "A"}], rates=[rate("S9500", 100)])[2]["Why"]
    assert text.endswith("; 100 x 50 %; Rates table row 2")


def test_rates_of_modifiers_of_drugs_and_visits() -> None:
    rows = [rate("99601", 150), rate("99601", 170, Modifier="SD"), rate("S9500", 1), rate("J1335", 1)]
    visits = [visit("2024-03-01", 60), visit("2024-03-02", 60, Special_training="yes")]
    lines = claim([ERTAPENEM], visits, payers=[{"Payer": "A"}], rates=rows)
    assert [(modifiers(line), line["Charge"]) for line in lines[2:]] == [("", 150), ("SD", 170)]


def test_dated_rates_cut_the_line_and_a_gap_is_an_error() -> None:
    rows = [rate("S9500", 10, To="2024-03-02"), rate("S9500", 12, From="2024-03-04"), rate("J1335", 1)]
    lines = claim([ERTAPENEM], rates=rows)
    assert [(*found, line["Charge"]) for found, line in zip(short(lines), lines, strict=True)] == [
        ("S9500", "03/01-03/02", 2, 20),
        ("J1335", "03/01-03/05", 10, 10),
        ("S9500", "03/03-03/03", 1, "#N/A"),
        ("S9500", "03/04-03/05", 2, 24),
    ]
    assert lines[2]["Why"].endswith("; no rate for S9500 of A or any payer in force on that day: add a row to Rates")
    assert isinstance(lines[2]["Rate"], ExcelError) and lines[2]["Code"] == "S9500"
    common = [rate("S9500", 10), rate("S9500", 12, Payer="A", From="2024-03-04"), rate("J1335", 1)]
    assert priced("S9500", *common) == [(10, 30), (12, 24)]  # the common one where the payer's own is not in force


def test_the_order_of_from_and_to_of_two_rows_is_of_no_account() -> None:
    rows = [rate("S9500", 12, From="2024-03-03"), rate("S9500", 10, To="2024-03-02")]
    assert priced("S9500", *rows) == [(10, 20), (12, 36)]


def test_rows_in_conflict_are_an_error_on_the_days_that_they_share() -> None:
    rows = [rate("S9500", 10, To="2024-03-03"), rate("S9500", 12, From="2024-03-03")]
    assert priced("S9500", *rows) == [(10, 20), ("#VALUE!", "#VALUE!"), (12, 24)]
    text = claim([ERTAPENEM], rates=rows)[2]["Why"]
    assert "Rates table rows 2 and 3 are in force on one day with two rates: close one of them" in text
    assert priced("S9500", rate("S9500", 10), rate("S9500", 10)) == [(10, 50)]
    assert priced("S9500", rate("S9500", 10), rate("S9500", 10, Per="line"))[0][1] == "#VALUE!"
    own = [rate("S9500", 10), rate("S9500", 12), rate("S9500", 14, Payer="A")]
    assert priced("S9500", *own) == [(14, 70)]  # a conflict below the row that says


# -- what it pays for --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("per", "charge"), [(None, 20), ("unit", 20), ("day", 10), ("dose", 10), ("Line", 2), ("dose ", 10)]
)
def test_per_unit_day_dose_line_of_a_drug(per: str | None, charge: int) -> None:
    # 5 days of 1 dose of 2 units
    assert priced("J1335", rate("J1335", 2, Per=per)) == [(2, charge)]
    text = claim([ERTAPENEM], rates=[rate("J1335", 2, Per=per)])[1]["Why"]
    assert text.endswith("; Rates table row 2" + (f", per {per.strip().lower()}" if per and per != "unit" else ""))


def test_a_day_of_a_drug_is_one_with_a_dose() -> None:
    every_other = order(1, "daptomycin", "500 mg", "q48h", "2024-03-01", "2024-03-05", Payer="A")
    per_day, per_dose = rate("J0878", 9, Per="day"), rate("J0878", 9, Per="dose")
    for span, lines in [("whole", 1), ("week", 1), ("day", 3)]:
        found = priced("J0878", per_day, orders=[every_other], Line_span=span)
        assert len(found) == lines and sum(charge for _, charge in found) == 27
        assert found == priced("J0878", per_dose, orders=[every_other], Line_span=span)
    two = [{**ERTAPENEM, "Dispensed": 2}]
    assert priced("J1335", rate("J1335", 9, Per="day"), orders=two) == [(9, 18)]
    assert priced("J1335", rate("J1335", 9, Per="dose"), orders=[{**ERTAPENEM, "Interval": "q12h"}]) == [(9, 90)]


def test_a_per_diem_has_days_and_no_doses() -> None:
    assert priced("S9500", rate("S9500", 9, Per="day")) == [(9, 45)]
    assert priced("S9500", rate("S9500", 9, Per="line")) == [(9, 9)]
    assert priced("S9500", rate("S9500", 9, Per="dose")) == [("#VALUE!", "#VALUE!")]
    text = claim([ERTAPENEM], rates=[rate("S9500", 9, Per="dose")])[0]["Why"]
    assert text.endswith("; the rate is per dose, and the line counts no doses: add one per unit for it")


def test_what_was_discarded_or_not_used_is_no_dose_and_no_day_more() -> None:
    wasted = [order(1, "daptomycin", "450 mg", 24, "2024-03-01", "2024-03-02", Payer="A", Vials="500 mg", Unused=1)]
    rows = [rate("J0878", 7, Per="dose"), rate("J0878", 1, Modifier="JW"), rate("J0878", 2, Modifier="SV")]
    # one dose given of two, 50 units discarded of it, the other not used
    found = priced("J0878", *rows, orders=wasted, Waste="JW and JZ")
    assert found == [(7, 7), (1, 50), (2, 900)]
    for per in ("dose", "day"):
        found = priced("J0878", rate("J0878", 7, Per=per), orders=wasted, Waste="JW and JZ")
        assert [charge for _, charge in found][1:] == ["#VALUE!", "#VALUE!"]
    # a rate per line pays the line of what was given; each of the others has one of its own, or none
    per_line = rate("J0878", 7, Per="line")
    assert priced("J0878", per_line, orders=wasted) == [(7, 7), ("#N/A", "#N/A")]
    assert priced("J0878", per_line, orders=wasted, Waste="JW and JZ") == [(7, 7), *[("#N/A", "#N/A")] * 2]
    own = [per_line, rate("J0878", 3, Modifier="JW", Per="line"), rate("J0878", 1, Modifier="SV")]
    assert priced("J0878", *own, orders=wasted, Waste="JW and JZ") == [(7, 7), (3, 3), (1, 450)]
    text = claim(wasted, payers=[{"Payer": "A", "Waste": "JW and JZ"}], rates=[per_line])[2]["Why"]
    assert text.endswith(
        "; the rate is per line and pays what was given: add a row for the modifier of this line"
    )  # fmt: skip
    # so it is with what a percentage is taken of, and with the usual charge that is paid where it is less
    of_charge = [rate("J0878", 80, Basis="usual charge", Per="line"), rate("J0878", "50%", Basis="% of charge")]
    assert priced("J0878", *of_charge, orders=wasted, Waste="JW and JZ") == [(40, 40), *[("#N/A", "#N/A")] * 2]
    lesser = [of_charge[0], rate("J0878", 9, Lesser_of_charge="yes")]
    assert priced("J0878", *lesser, orders=wasted, Waste="JW and JZ") == [(80, 80), *[("#N/A", "#N/A")] * 2]
    lesser += [rate("J0878", 2, Basis="usual charge", Per="line", Modifier=modifier) for modifier in ("JW", "SV")]
    assert priced("J0878", *lesser, orders=wasted, Waste="JW and JZ") == [(80, 80), (2, 2), (2, 2)]


def test_two_rows_that_say_the_same_are_one_answer_also_where_one_is_for_what_was_discarded() -> None:
    wasted = [order(1, "daptomycin", "450 mg", 24, "2024-03-01", "2024-03-04", Payer="A", Vials="500 mg")]
    rows = [rate("J0878", 2, From="2024-03-03"), rate("J0878", 2, Modifier="JW", To="2024-03-02")]
    both = [*rows, rate("J0878", 2, To="2024-03-02")]
    assert priced("J0878", *both, orders=wasted, Waste="JW and JZ") == [(2, 3600), (2, 400)]


def test_a_rate_per_day_is_paid_once_a_day_however_many_visits_there_are() -> None:
    visits = [visit("2024-03-01", 210), visit("2024-03-01", 150), visit("2024-03-02", 60)]
    others = [rate("S9500", 1), rate("J1335", 1)]

    def charges(*rates: Row, **terms: Any) -> list[tuple[str, Any]]:
        payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}]
        found = claim([ERTAPENEM], visits, payers, [*others, *rates])
        return [(line["Code"], line["Charge"]) for line in found if line["Order"] == ""]

    per_day = [rate("99601", 150, Per="day"), rate("99602", 70, Per="day")]
    assert charges(*per_day, Further_hour_from=1) == [
        ("99601", 150), ("99602", 70), ("99601", 0), ("99602", 0), ("99601", 150),
    ]  # fmt: skip
    # the second visit is 99602 alone, and the first has no further hour
    assert charges(*per_day, Second_visit="99602", Further_hour_from=60) == [
        ("99601", 150), ("99602", 70), ("99602", 0), ("99601", 150),
    ]  # fmt: skip
    for per, second in (("unit", 150), ("line", 150)):
        assert charges(rate("99601", 150, Per=per), per_day[1])[2] == ("99601", second)
    payers = [{"Payer": "A"}]
    why = [line["Why"] for line in claim([ERTAPENEM], visits, payers, [*others, *per_day]) if line["Order"] == ""]
    assert why[0].endswith("; Rates table row 4, per day") and why[2].endswith(
        "row 4, per day, which is paid once a day"
    )


def test_a_line_is_not_cut_where_a_rate_changes_of_which_the_same_share_is_paid() -> None:
    both = [ERTAPENEM, MEROPENEM]
    rows = [rate("S9500", 100, To="2024-03-02"), rate("S9500", 120, From="2024-03-03")]
    assert priced("S9500", *rows, orders=both) == [(50, 100), (60, 180)]
    assert priced("S9500", *rows, orders=both, Second_share=0) == [(0, 0)]
    lesser = [rate("S9500", amount, Lesser_of_charge="yes") for amount in (100,)]
    usual = [rate("S9500", 90, Basis="usual charge", To="2024-03-02"),
             rate("S9500", 95, Basis="usual charge", From="2024-03-03")]  # fmt: skip
    assert priced("S9500", *lesser, *usual, orders=both, Second_share=0) == [(0, 0)]
    # a usual charge that is never less, and a rate where it always is, decide nothing
    assert priced("S9500", *lesser, *usual, orders=both) == [(50, 250)]
    assert priced("S9500", *lesser, *usual) == [(90, 180), (95, 285)]
    low = rate("S9500", 40, Basis="usual charge")
    dated = [row | {"Lesser of charge": "yes"} for row in rows]
    assert priced("S9500", *dated, low) == priced("S9500", *dated, low, orders=both) == [(40, 200)]
    # by how much less than a cent it is, or of what else it is, the number of units decides
    near = rate("S9500", 49.995, Basis="usual charge")
    assert priced("S9500", *dated, near, orders=both) == [(49.995, 99.99), (49.995, 149.99)]
    by_line = rate("S9500", 90, Basis="usual charge", Per="line")
    assert priced("S9500", *dated, by_line, orders=both) == [(90, 90), (90, 90)]
    one = rate("S9500", 100, Lesser_of_charge="yes")
    lines = [rate("S9500", amount, Basis="usual charge", Per="line", **days)
             for amount, days in ((90, {"To": "2024-03-02"}), (80, {"From": "2024-03-03"}))]  # fmt: skip
    assert priced("S9500", one, *lines, orders=both) == [(90, 90), (80, 80)]
    a_day = rate("J1335", 9, Per="day", Lesser_of_charge="yes")
    units = [rate("J1335", amount, Basis="usual charge", **days)
             for amount, days in ((10, {"To": "2024-03-02"}), (11, {"From": "2024-03-03"}))]  # fmt: skip
    assert priced("J1335", a_day, *units) == [(9, 18), (9, 27)]  # of 2 units a day
    cents = [rate("S9500", 100.01, To="2024-03-02"), rate("S9500", 100.02, From="2024-03-03")]
    assert priced("S9500", *cents, orders=both) == [(50.01, 250.05)]  # half of each is 50.01
    # a day without a rate, and a rate of the rank itself, are other answers
    gap = [rate("S9500", 100, To="2024-03-02"), rate("S9500", 100, From="2024-03-04")]
    assert priced("S9500", *gap, orders=both, Second_share=0) == [(0, 0), ("#N/A", "#N/A"), (0, 0)]
    own = [*rows, rate("S9500", 7, Modifier="SH", From="2024-03-05")]
    assert priced("S9500", *own, orders=both, Second_share=0) == [(0, 0), (7, 7)]


# -- percent and lesser of ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", ["85%", "85 %", 0.85, "0.85"])
def test_a_percentage_of_the_usual_charge_and_of_a_reference_price(share: object) -> None:
    charge = rate("J1335", 40, Basis="usual charge")
    assert priced("J1335", charge, rate("J1335", share, Basis="% of charge")) == [(34, 340)]
    assert priced("J1335", rate("J1335", 20, Basis="reference price", Per="dose"),
                  rate("J1335", share, Basis="% of reference price")) == [(17, 85)]  # fmt: skip
    text = claim([ERTAPENEM], rates=[charge, rate("J1335", share, Basis="% of charge")])[1]["Why"]
    assert text.endswith("; Rates table row 3: 85 % of the usual charge 40 of Rates table row 2")


def test_more_than_the_reference_price() -> None:
    asp = rate("J1335", 20, Basis="reference price")
    assert priced("J1335", asp, rate("J1335", "106%", Basis="% of reference price")) == [(21.2, 212)]
    wrong = priced("J1335", asp, rate("J1335", 106, Basis="% of reference price"))
    assert wrong == [("#NUM!", "#NUM!")]
    assert "Rate 106 is 10600 %: write 85% or 0.85" in claim(
        [ERTAPENEM], rates=[asp, rate("J1335", 106, Basis="% of reference price")]
    )[1]["Why"]  # fmt: skip


def test_a_reference_price_alone_pays_nothing_and_the_payers_own_goes_first() -> None:
    asp, own = rate("J1335", 20, Basis="reference price"), rate("J1335", 30, Basis="reference price", Payer="A")
    assert priced("J1335", asp) == [("#N/A", "#N/A")]
    percent = rate("J1335", "100%", Basis="% of reference price")
    assert priced("J1335", asp, own, percent) == [(30, 300)]
    quarters = [rate("J1335", 20, Basis="reference price", To="2024-03-02"),
                rate("J1335", 22, Basis="reference price", From="2024-03-03")]  # fmt: skip
    assert priced("J1335", *quarters, percent) == [(20, 80), (22, 132)]


def test_a_percentage_without_what_it_is_of() -> None:
    for basis, what in [("% of charge", "usual charge"), ("% of reference price", "reference price")]:
        row = rate("J1335", "85%", Basis=basis)
        assert priced("J1335", row) == [("#N/A", "#N/A")]
        text = claim([ERTAPENEM], rates=[row])[1]["Why"]
        assert f"Rates table row 2 asks for the {what} of J1335, and no row has it on that day: add it" in text
        bad = rate("J1335", "much", Basis=what)
        assert "Rates table row 3: Rate 'much' is not a number" in claim([ERTAPENEM], rates=[row, bad])[1]["Why"]
        twice = [row, rate("J1335", 1, Basis=what), rate("J1335", 2, Basis=what)]
        assert "Rates table rows 3 and 4 are in force" in claim([ERTAPENEM], rates=twice)[1]["Why"]


def test_the_lesser_of_charge_and_contract() -> None:
    contract = rate("S9500", 100, Lesser_of_charge="yes")
    for charge, full, second in [(120, (100, 500), (50, 250)), (60, (60, 300), (50, 250)), (40, (40, 200), (40, 200))]:
        rows = [contract, rate("S9500", charge, Basis="usual charge")]
        assert priced("S9500", *rows) == [full]
        # the usual charge of a second therapy is the whole one
        assert priced("S9500", *rows, orders=[ERTAPENEM, MEROPENEM]) == [second]
    text = claim([ERTAPENEM], rates=[contract, rate("S9500", 60, Basis="usual charge")])[0]["Why"]
    assert text.endswith("; Rates table row 2; the usual charge is less: 60 per unit")
    assert priced("S9500", rate("S9500", 100, Lesser_of_charge="no"), rate("S9500", 9, Basis="usual charge")) == [
        (100, 500)
    ]
    assert priced("S9500", contract) == [("#N/A", "#N/A")]
    assert priced("S9500", contract, rate("S9500", -1, Basis="usual charge")) == [("#NUM!", "#NUM!")]
    per_line = [contract, rate("S9500", 60, Basis="usual charge", Per="line")]
    assert priced("S9500", *per_line) == [(60, 60)]


def test_charges_are_rounded_half_up_to_the_cent_once() -> None:
    assert priced("S9500", rate("S9500", 100.01), orders=[ERTAPENEM, MEROPENEM]) == [(50.01, 250.05)]
    assert priced("J1335", rate("J1335", 0.0155)) == [(0.0155, 0.16)]
    assert priced("J1335", rate("J1335", 0)) == [(0, 0)]  # a rate of 0 is said, and not unknown


# -- cells -------------------------------------------------------------------------------------------------------

#: Column -> a cell that cannot be read, the error, what the message says.
WRONG: list[tuple[str, object, str, str]] = [
    ("Payer", "#REF!", "#REF!", "Payer is #REF!"),
    ("Payer", True, "#VALUE!", "Payer is TRUE"),
    ("Code", None, "#VALUE!", "Code is blank: name the code that the rate is for"),
    ("Code", "#N/A", "#N/A", "Code is #N/A"),
    ("Code", "S9500-SH", "#VALUE!", "Code 'S9500-SH' is more than a code: write S9500, and SH in Modifier"),
    ("Code", "S9500 SH 59", "#VALUE!", "Code 'S9500 SH 59' is more than a code: write S9500, and SH 59 in Modifier"),
    ("Modifier", "SH, 59", "#VALUE!", "Modifier 'SH, 59' is not one modifier"),
    ("Modifier", "second", "#VALUE!", "Modifier 'SECOND' is not one modifier"),
    ("Rate", None, "#VALUE!", "Rate is blank"),
    ("Rate", "$5", "#VALUE!", "Rate '$5' is not a number"),
    ("Rate", "85%", "#VALUE!", "Rate '85%' is not a number"),
    ("Rate", -5, "#NUM!", "Rate -5 is negative"),
    ("Basis", "cost", "#VALUE!", "Basis 'cost' is not one of fee, % of charge, % of reference price"),
    ("Per", "vial", "#VALUE!", "Per 'vial' is not one of unit, day, dose, line"),
    ("Lesser of charge", "perhaps", "#VALUE!", "Lesser of charge 'perhaps' is not one of yes, no"),
    ("From", "soon", "#VALUE!", "From 'soon' is not a date"),
    ("To", -1, "#NUM!", "To -1 is no day"),
    ("To", "2020-01-01", "#NUM!", "To is before From"),
]


@pytest.mark.parametrize(("column", "cell", "error", "says"), WRONG)
def test_a_row_that_cannot_be_read_is_an_error_of_the_lines_it_may_price(
    column: str, cell: object, error: str, says: str
) -> None:
    row = rate("S9500", 100, Payer="A", From="2024-01-01") | {column: cell}
    if cell == "2020-01-01":
        row["From"] = "2024-12-31"
    common = rate("S9500", 90)
    for rows in ([row], [row, common], [row, rate("J1335", 3)]):
        lines = claim([ERTAPENEM], payers=[{"Payer": "A"}], rates=[rate("Z9999", 1), *rows])
        assert (lines[0]["Rate"], lines[0]["Charge"]) == (error, error)
        assert (lines[0]["Code"], lines[0]["Units"]) == ("S9500", 5)
        assert f"Rates table row 3: {says}" in lines[0]["Why"]
    # another payer is priced by its own row all the same, unless the row may be of any code
    other = [{**ERTAPENEM, "Payer": "B"}]
    lines = claim(other, rates=[row, rate("S9500", 90, Payer="B")])
    any_code = column == "Code" and (cell is None or cell == "#N/A")
    assert lines[0]["Charge"] == (error if any_code else 450)


def test_a_row_that_cannot_be_read_beside_one_that_can() -> None:
    rows = [rate("S9500", 10), rate("S9500", "ten")]
    for chosen in (rows, rows[::-1]):
        text = claim([ERTAPENEM], rates=chosen)[0]["Why"]
        assert "Rate 'ten' is not a number" in text and "two rates" not in text


@pytest.mark.parametrize("column", RATES.columns, ids=lambda column: column.name)
def test_synonyms(column: Any) -> None:
    row = rate("S9500", "50%", Payer="A", Modifier="SH", Basis="% of charge", Per="unit", Lesser_of_charge="yes",
               From="2024-01-01", To="2024-12-31")  # fmt: skip
    charge = rate("S9500", 100, Basis="usual charge")
    header = list(row)
    for name in column.synonyms:
        renamed = [name if known == column.name else known for known in header]
        rows = [renamed, list(row.values()), [charge.get(known) for known in header]]
        lines = claim([ERTAPENEM, MEROPENEM], payers=[{"Payer": "A"}], rates=rows)
        assert lines[2]["Charge"] == 250, name


def test_a_table_without_rows_keeps_the_money_columns_blank_and_none_at_all_has_none() -> None:
    for none in ([], [[None, ""]], [[None]]):
        lines = claim([ERTAPENEM], rates=none)
        assert "Rate" not in lines[0] and "Charge" not in lines[0] and lines[0]["Units"] == 5
    whole = claim([ERTAPENEM], rates=[rate("S9500", 1), rate("J1335", 1)])
    for rates in ([["Code", "Rate"]], ["Code", "Rate"], [["Code", "Rate"], [None, ""]], [["Code", "Rate"], [None] * 3]):
        lines = claim([ERTAPENEM, {**MEROPENEM, "Dose": "much"}], rates=rates)
        assert list(lines[0]) == list(whole[0])
        assert {(line["Rate"], line["Charge"]) for line in lines} == {("", "")}
        assert [line["Units"] for line in lines if line["Order"] == ERTAPENEM["Order"]] == [5, 10]


def test_a_table_of_rates_without_the_columns_that_it_needs_is_an_error() -> None:
    found = CLAIM_GRID(table([ERTAPENEM]), None, None, [["Rate"], [None]])
    assert found == "#VALUE!" and found.message == "Rates lacks the column Code: its first row has Rate"


def test_equally_frequent_therapies_go_by_rate_or_where_the_payer_says_so_by_start() -> None:
    """Two of 24 hours: the one that began first earns less."""
    orders = [
        order(1, "ceftriaxone", "2 g", 24, "2025-09-01", "2025-09-05", Payer="A"),
        order(2, "milrinone", "40 mg", "continuous", "2025-09-01", "2025-09-05", Payer="A"),
    ]
    rates = [{"Code": "S9500", "Rate": 100}, {"Code": "S9348", "Rate": 160}]

    def first(**terms: str) -> object:
        found = claim(orders, payers=[{"Payer": "A", "Rank by": "frequency", **terms}], rates=rates)
        return next(line["Code"] for line in found if str(line["Code"])[0] == "S" and not line["Modifier 1"])

    assert first() == first(**{"Tie by": "rate"}) == "S9348" and first(**{"Tie by": "start"}) == "S9500"


def test_what_a_price_was_asked_for_sets_it_apart_from_no_other() -> None:
    """Two rows that say the same are one rate, whichever of their lines was worked out first."""
    one, other = (Price(Decimal(9), "unit", False, None, f"Rates table row {row}") for row in (2, 3))
    assert one.of(10, 5, None)[1] == 90 and one == other
    assert one.shared(Decimal("0.5")).of(10, 5, None)[1] == 45 and one == other != Price(
        Decimal(8), "unit", False, None, ""
    )
