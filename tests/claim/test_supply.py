"""What was supplied: by whom, whose product, how many doses, what was left over, and how its units are rounded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claim.claims import Row, claim, modifiers, order, short
from xl_infusion import ExcelError
from xl_infusion.claim import ORDERS

WASTE = [{"Payer": "A", "Waste": "JW and JZ"}]


def meropenem(dose: str = "750 mg", start: str = "2025-08-01", end: str = "2025-08-01", **more: Any) -> Row:
    return order(1, "meropenem", dose, 8, start, end, Payer="A", **more)


def vancomycin(start: str = "2025-06-28", end: str = "2025-07-03", **more: Any) -> Row:
    return order(1, "vancomycin", "1 g", 12, start, end, Payer="A", **more)


def drugs(one: Row, **terms: Any) -> list[tuple[str, str, int]]:
    payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}]
    return [found for found in short(claim([one], payers=payers)) if not found[0].startswith("S")]


# -- by whom -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("supplier", "ours"),
    [(None, True), ("In-house pharmacy", True), ("premixed", True), ("outside pharmacy", False),
     ("Prescriber's office", False), ("prescribers office", False)],
)  # fmt: skip
def test_a_drug_that_somebody_else_bills_has_no_line_and_its_per_diem_says_so(supplier: object, ours: bool) -> None:
    lines = claim([vancomycin(Supplied_by=supplier)])
    assert short(lines[:1]) == [("S9501", "06/28-07/03", 6)]
    assert [line["Code"] for line in lines[1:]] == (["J3370", "J3373"] if ours else [])
    assert ("supplied the drug and bills it" in lines[0]["Why"]) is not ours


# -- whose product -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "codes"),
    [
        ({}, ["J3370", "J3373"]),
        ({"Product": "Mylan"}, ["J3371", "J3374"]),
        ({"Product": "xellia"}, ["J3372", "J3375"]),
        ({"Drug": "vancomycin Mylan"}, ["J3371", "J3374"]),
        ({"Drug": "vancomycin (Mylan)", "Product": "Mylan"}, ["J3371", "J3374"]),
        ({"NDC": "72078-0010-10"}, ["J3371", "J3374"]),
        ({"NDC": "0409-6510-01"}, ["J3370", "J3373"]),  # a labeler of the generic code
        ({"NDC": "99999-0001-01"}, ["J3370", "J3373"]),  # a labeler that the reference does not know
        ({"NDC": "70594-0001-01"}, ["J3370", "J3373"]),  # one with products under two codes
        ({"Product": "Xellia", "NDC": "72078-0010-10"}, ["J3372", "J3375"]),  # what is named goes before the NDC
        ({"Drug": "J3370"}, ["J3370", "#N/A"]),  # a code typed itself is not followed to its successor
        ({"Drug": "J3373", "NDC": "72078-0010-10"}, ["#N/A", "J3373"]),
    ],
)
def test_the_code_of_a_product_by_its_name_or_its_ndcs_labeler(named: Row, codes: list[str]) -> None:
    lines = claim([vancomycin() | named])
    assert [line["Code"] for line in lines if line["Code"] != "S9501"] == codes


def test_a_product_that_the_drug_does_not_have() -> None:
    for named, says in [
        ({"Product": "Mylon"}, "Product: drug 'vancomycin Mylon' is not in the reference: did you mean vancomycin"),
        ({"Drug": "vancomycin Mylan", "Product": "Xellia"}, "Product 'Xellia' is no product of"),
        ({"Product": "#N/A"}, "Product is #N/A"),
    ]:
        lines = claim([vancomycin() | named])
        assert len(lines) == 1 and lines[0]["Code"] == "#N/A" and says in lines[0]["Why"], named


def test_before_a_makers_code_began_the_generic_one_bills_its_product() -> None:
    hospira = order(1, "daptomycin", "500 mg", 24, "2022-12-30", "2023-01-02", Payer="A")
    for named in ({"NDC": "0409-0120-01"}, {"Product": "Hospira"}):
        assert drugs(hospira | named) == [("J0878", "12/30-12/31", 1000), ("J0877", "01/01-01/02", 1000)]
    cuvitru = order(1, "Cuvitru", "10 g", "weekly", "2017-12-31", "2018-01-07", Payer="A")
    assert [found[0] for found in drugs(cuvitru)] == ["#N/A", "J1555"]  # there is no generic code


# -- NDC ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ndc", "shown"),
    [("1234-5678-90", "01234-5678-90"), ("12345-678-90", "12345-0678-90"), ("12345-6789-0", "12345-6789-00"),
     ("12345678900", "12345-6789-00"), (12345678900, "12345-6789-00"), ("N412345678900", "12345-6789-00")],
)  # fmt: skip
def test_the_ndc_of_a_line_in_eleven_digits_with_unit_and_quantity(ndc: object, shown: str) -> None:
    lines = claim([vancomycin(NDC=ndc, NDC_unit="vials", NDC_quantity=2, Unused=1)])
    assert [(line["Code"], line["NDC"], line["NDC unit"], line["NDC quantity"]) for line in lines] == [
        ("S9501", "", "", ""),
        ("J3370", shown, "UN", 12),
        ("J3373", shown, "UN", 10),
        ("J3373", shown, "UN", 2),  # the dose that was not used
    ]


def test_ndc_columns_are_there_where_orders_have_one() -> None:
    assert "NDC" not in claim([vancomycin()])[0]
    lines = claim([vancomycin(NDC=None, NDC_unit="ML")])
    assert (lines[1]["NDC"], lines[1]["NDC unit"], lines[1]["NDC quantity"]) == ("", "", "")
    lines = claim([vancomycin(NDC="1234-5678-90")])
    assert (lines[1]["NDC"], lines[1]["NDC unit"], lines[1]["NDC quantity"]) == ("01234-5678-90", "", "")


def test_the_vials_of_what_was_discarded_are_counted_once() -> None:
    lines = claim([meropenem(Vials="1 g", NDC="1234-5678-90", NDC_unit="UN", NDC_quantity=1)], payers=WASTE)
    assert [(modifiers(line), line["NDC quantity"]) for line in lines[1:]] == [("", 3), ("JW", "")]


# -- dispensed and not used --------------------------------------------------------------------------------------


def test_doses_dispensed_in_place_of_the_computed_number_also_across_a_change_of_code() -> None:
    # 2 doses a day: 6 through 30 June at 2 units of 500 mg, then 100 units of 10 mg each
    assert drugs(vancomycin()) == [("J3370", "06/28-06/30", 12), ("J3373", "07/01-07/03", 600)]
    assert drugs(vancomycin(Dispensed=12)) == drugs(vancomycin())
    assert drugs(vancomycin(Dispensed=14)) == [("J3370", "06/28-06/30", 12), ("J3373", "07/01-07/03", 800)]
    assert drugs(vancomycin(Dispensed=8)) == [("J3370", "06/28-06/30", 12), ("J3373", "07/01-07/03", 200)]
    assert drugs(vancomycin(Dispensed=5)) == [("J3370", "06/28-06/30", 10)]
    lines = claim([vancomycin(Dispensed=14)])
    assert lines[1]["Why"] == "1 g = 2 units of 500 mg x 6 doses dispensed in 3 days"
    assert lines[0]["Why"].endswith("; 6 days")


def test_no_dose_dispensed_is_said() -> None:
    lines = claim([vancomycin(Dispensed=0)])
    assert short(lines) == [("S9501", "06/28-07/03", 6)]
    assert lines[0]["Why"].endswith("6 days; no dose was dispensed")
    assert "no dose was dispensed" not in claim([vancomycin(Dispensed=0, Supplied_by="outside pharmacy")])[0]["Why"]
    # neither where its code is not decided, or its dose not read
    several = order(1, "immune globulin", "30 g", "weekly", "2025-06-28", "2025-07-03", Therapy="immunotherapy")
    assert [line["Code"] for line in claim([several])] == ["S9338", "#N/A"]
    assert [line["Code"] for line in claim([several | {"Dispensed": 0}])] == ["S9338"]
    assert len(claim([vancomycin(Dispensed=0, Dose="plenty")])) == 1


def test_delivered_and_not_used_is_a_line_of_its_own_with_sv_on_the_last_day() -> None:
    assert drugs(vancomycin(Dispensed=14, Unused=3)) == [
        ("J3370", "06/28-06/30", 12), ("J3373", "07/01-07/03", 500), ("J3373-SV", "07/03-07/03", 300),
    ]  # fmt: skip
    assert drugs(vancomycin(Unused=2)) == [
        ("J3370", "06/28-06/30", 12), ("J3373", "07/01-07/03", 400), ("J3373-SV", "07/03-07/03", 200),
    ]  # fmt: skip
    assert drugs(vancomycin(Unused=12)) == [("J3373-SV", "07/03-07/03", 1200)]
    assert drugs(vancomycin(Unused=0)) == drugs(vancomycin())
    lines = claim([vancomycin(Unused=2)])
    assert lines[-1]["Why"] == "1 g = 100 units of 10 mg x 2 doses delivered and not used"
    assert lines[1]["Why"] == "1 g = 2 units of 500 mg x 6 doses used in 3 days"


def test_more_unused_than_there_are() -> None:
    lines = claim([vancomycin(Unused=13)])
    assert [line["Units"] for line in lines] == [6, "#NUM!", "#NUM!", "#NUM!"]
    assert lines[1]["Why"] == "Unused 13 is more than the 12 doses of the order"
    text = claim([vancomycin(Dispensed=5, Unused=6)])[0]["Why"]
    assert text == "Unused 6 is more than Dispensed 5: it counts doses of those dispensed"


def test_sv_is_not_put_before_it_began() -> None:
    old = order(1, "ceftriaxone", "1 g", 24, "2002-12-30", "2002-12-31", Unused=1)
    lines = claim([old])
    assert [line["Units"] for line in lines] == [2, 4, "#N/A"] and "SV" in lines[2]["Why"]
    new = claim([{**old, "Start": "2002-12-31", "End": "2003-01-01"}])
    assert short(new)[2] == ("J0696-SV", "01/01-01/01", 4)


# -- single-dose vials -------------------------------------------------------------------------------------------


def test_vials_with_the_least_waste_and_jw_beyond_what_the_rounded_line_covers() -> None:
    # 750 mg: 8 units of 100 mg; two vials of 500 mg hold 10 units
    lines = claim([meropenem(Vials="500 mg, 1 g")], payers=WASTE)
    assert short(lines)[1:] == [("J2185", "08/01-08/01", 24), ("J2185-JW", "08/01-08/01", 6)]
    assert lines[1]["Why"] == "750 mg = 8 units of 100 mg x 3 doses x 1 day; each dose out of 2 x 500 mg"
    assert lines[2]["Why"].startswith("2 units of 100 mg discarded of each dose out of 2 x 500 mg x 3 doses x 1 day")
    # 950 mg: 10 units cover the 50 mg that are left
    assert drugs(meropenem("950 mg", Vials="1 g"), Waste="JW and JZ") == [("J2185-JZ", "08/01-08/01", 30)]
    assert drugs(meropenem("1 g", Vials="1 g, 500 mg"), Waste="JW and JZ") == [("J2185-JZ", "08/01-08/01", 30)]


def test_waste_is_worked_out_where_the_payer_wants_it_and_the_vials_are_known() -> None:
    plain = [("J2185", "08/01-08/01", 24)]
    assert drugs(meropenem(Vials="500 mg")) == drugs(meropenem(), Waste="JW and JZ") == plain
    assert drugs(meropenem(Vials="500 mg"), Waste="none") == plain
    assert drugs(meropenem(Vials="rubbish")) == plain  # nobody asks


def test_jw_and_jz_only_on_the_days_when_they_exist() -> None:
    jz = [("J2185", "12/30-12/31", 60), ("J2185-JZ", "01/01-01/02", 60)]
    assert drugs(meropenem("1 g", "2022-12-30", "2023-01-02", Vials="1 g"), Waste="JW and JZ") == jz
    ceftriaxone = order(1, "ceftriaxone", "1.5 g", 24, "2002-12-31", "2003-01-01", Payer="A", Vials="2 g")
    assert drugs(ceftriaxone, Waste="JW and JZ") == [
        ("J0696", "12/31-01/01", 12), ("J0696-JW", "01/01-01/01", 2),
    ]  # fmt: skip
    # JZ began in 2023: where something is discarded nothing changes on that day
    some = meropenem("750 mg", "2022-12-30", "2023-01-02", Vials="1 g")
    assert drugs(some, Waste="JW and JZ") == [("J2185", "12/30-01/02", 96), ("J2185-JW", "12/30-01/02", 24)]
    unread = claim([{**some, "Vials": "rubbish"}], payers=WASTE)
    assert [line["Units"] for line in unread] == [4, "#VALUE!"]


def test_waste_of_doses_dispensed_and_not_used() -> None:
    found = drugs(meropenem(Vials="500 mg", Dispensed=5, Unused=1), Waste="JW and JZ")
    assert found == [("J2185", "08/01-08/01", 32), ("J2185-JW", "08/01-08/01", 8), ("J2185-SV", "08/01-08/01", 8)]


def test_waste_across_a_change_of_code_and_each_dose_in_whole_units() -> None:
    # 1100 mg: 3 x 500 mg = 1500 mg. 500 mg a unit: 3 given, 0 discarded; 10 mg a unit: 110 and 40
    one = order(1, "vancomycin", "1100 mg", 12, "2025-06-30", "2025-07-01", Payer="A", Vials="500 mg")
    for terms in ({}, {"Unit rounding": "line", "Fractional units": "yes"}):
        assert drugs(one, Waste="JW and JZ", **terms) == [
            ("J3370-JZ", "06/30-06/30", 6), ("J3373", "07/01-07/01", 220), ("J3373-JW", "07/01-07/01", 80),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("vials", "error", "says"),
    [
        ("rubbish", "#VALUE!", "vial sizes 'rubbish'"),
        (True, "#VALUE!", "vial size is TRUE"),
        ("10 mL", "#VALUE!", "vial sizes '10 mL'"),
        ("600 mg/50 mL", "#VALUE!", "have a slash"),
        ("0 mg", "#NUM!", "is not more than 0"),
    ],
)
def test_vials_that_cannot_be_read_are_an_error_of_the_drug_line(vials: object, error: str, says: str) -> None:
    lines = claim([meropenem(Vials=vials)], payers=WASTE)
    assert (lines[0]["Code"], lines[1]["Units"]) == ("S9502", error) and says in lines[1]["Why"]
    assert len(lines) == 2


def test_a_dose_that_cannot_be_read_stays_an_error_with_vials() -> None:
    lines = claim([meropenem("plenty", Vials="1 g")], payers=WASTE)
    assert lines[1]["Units"] == "#VALUE!" and "plenty" in lines[1]["Why"]
    unlisted = claim([{**meropenem(Vials="1 g"), "Drug": "J3490"}], payers=WASTE)
    assert unlisted[1]["Units"] == "#N/A" and "has no unit of its own" in unlisted[1]["Why"]


# -- rounding ----------------------------------------------------------------------------------------------------

#: 625 mg twice a day for 3 days: 62.5 units of 10 mg a dose.
HALVES = order(1, "vancomycin", "625 mg", 12, "2025-08-01", "2025-08-03", Payer="A")


@pytest.mark.parametrize(
    ("rounding", "fractional", "span", "units"),
    [
        (None, None, "whole", [378]),  # 6 x 63
        ("dose", None, "whole", [378]),
        ("day", None, "whole", [375]),  # 3 x 125
        ("line", None, "whole", [375]),
        ("dose", "yes", "whole", [375]),
        ("day", "yes", "day", [125, 125, 125]),
    ],
)
def test_units_are_rounded_for_each_dose_day_or_line(
    rounding: object, fractional: object, span: str, units: list[float]
) -> None:
    found = drugs(HALVES, Unit_rounding=rounding, Fractional_units=fractional, Line_span=span)
    assert [count for *_, count in found] == units


def test_a_third_of_a_unit() -> None:
    # 550 mg a dose, 500 mg a unit: 1.1 units
    one = order(1, "cefazolin", "550 mg", 8, "2025-08-01", "2025-08-02", Payer="A")
    for rounding, whole, parts in [("dose", 12, 6.6), ("day", 8, 6.6), ("line", 7, 6.6)]:
        assert drugs(one, Unit_rounding=rounding)[0][2] == whole
        assert drugs(one, Unit_rounding=rounding, Fractional_units="yes")[0][2] == parts
    # out of single-dose vials no dose is a fraction, whatever it is rounded for
    for rounding in ("dose", "day", "line"):
        assert drugs({**one, "Vials": "1 g"}, Unit_rounding=rounding, Fractional_units="yes")[0][2] == 12
    thirds = order(1, "ceftriaxone", "1000.1 mg", 8, "2025-08-01", "2025-08-01", Payer="A")
    # 4.0004 units a dose: up at the third decimal 4.001, of the day 12.0012 12.002
    assert drugs(thirds, Fractional_units="yes")[0][2] == 12.003
    assert drugs(thirds, Fractional_units="yes", Unit_rounding="day")[0][2] == 12.002
    lines = claim([thirds], payers=[{"Payer": "A", "Fractional units": "yes", "Unit rounding": "day"}])
    assert lines[1]["Why"] == (
        "1000.1 mg x 3 doses x 1 day = 12.002 units of 250 mg, rounded up at the third decimal for each day"
    )
    bare = claim([{**one, "Dose": 550}], payers=[{"Payer": "A", "Unit rounding": "line"}])
    assert bare[1]["Why"].startswith(
        "550 (read as mg) x 3 doses x 2 days = 7 units of 500 mg, rounded up for each line"
    )


def test_rounding_by_day_where_days_differ_and_what_was_not_used() -> None:
    # 1.1 units every 18 hours: 2, 1, 1 and 2 doses on four days, 3 + 2 + 2 + 3 units
    one = order(1, "milrinone", "5.5 mg", 18, "2025-08-01", "2025-08-04", Payer="A")
    assert drugs(one, Unit_rounding="day")[0][2] == 10
    assert drugs(one, Unit_rounding="line")[0][2] == 7
    unused = drugs({**HALVES, "Unused": 1}, Unit_rounding="day")
    assert unused == [("J3373", "08/01-08/03", 313), ("J3373-SV", "08/03-08/03", 63)]  # 125 + 125 + 63


def test_a_dose_beyond_what_a_line_can_carry() -> None:
    big = order(1, "factor VIII recombinant NOS", "90,000,000 IU", 4, "2025-08-01", "2025-08-05", Payer="A")
    for terms in ({}, {"Unit_rounding": "line"}, {"Fractional_units": "yes"}):
        assert drugs(big, **terms)[0][2] == "#NUM!"


# -- cells -------------------------------------------------------------------------------------------------------

WRONG: list[tuple[str, object, str, str]] = [
    ("Second payer", True, "#VALUE!", "Second payer is TRUE"),
    ("Second payer", "#REF!", "#REF!", "Second payer is #REF!"),
    ("Supplied by", "mail", "#VALUE!", "Supplied by 'mail' is not one of in-house pharmacy, pre-mixed, outside"),
    ("NDC", "12-34", "#VALUE!", "NDC '12-34' is not in 4-4-2, 5-3-2, 5-4-1 or 5-4-2 digits"),
    ("NDC", 1234567890, "#VALUE!", "NDC"),
    ("NDC", "#N/A", "#N/A", "NDC is #N/A"),
    ("NDC unit", "box", "#VALUE!", "NDC unit 'box' is not one of UN (unit), ML (milliliter), GR (gram), F2"),
    ("NDC quantity", 0, "#NUM!", "NDC quantity 0 is not more than 0"),
    ("NDC quantity", "two", "#VALUE!", "NDC quantity 'two' is not a number"),
    ("Dispensed", 1.5, "#NUM!", "Dispensed 1.5 is not a whole number from 0 to 87840"),
    ("Dispensed", "all", "#VALUE!", "Dispensed 'all' is not a number"),
    ("Unused", -1, "#NUM!", "Unused -1 is not a whole number from 0"),
    ("Vials", "#REF!", "#REF!", "Vials is #REF!"),
    ("Product", "nobody", "#N/A", "Product: drug 'vancomycin nobody' is not in the reference"),
]


@pytest.mark.parametrize(("column", "cell", "error", "says"), WRONG)
def test_a_cell_that_cannot_be_read_is_an_error_of_the_whole_order(
    column: str, cell: object, error: str, says: str
) -> None:
    for name in (column, *ORDERS[column].synonyms):
        lines = claim([vancomycin() | {name: cell}])
        assert len(lines) == 1 and says in lines[0]["Why"]
        assert (lines[0]["Code"], lines[0]["Units"], lines[0]["Order"]) == (error, error, 1)


def test_doses_after_a_new_rate_are_counted_from_the_first_day_of_the_order() -> None:
    rates = [{"Code": "S5035", "Rate": 50, "To": "2025-09-05"}, {"Code": "S5035", "Rate": 60, "From": "2025-09-06"}]
    service = order(1, None, None, 48, "2025-09-01", "2025-09-10", Therapy="pump service")
    # on 1, 3, 5 September, and on 7 and 9
    assert short(claim([service], rates=rates)) == [("S5035", "09/01-09/05", 3), ("S5035", "09/06-09/10", 2)]


def test_a_rate_per_day_of_what_is_done_every_other_day_is_of_all_days() -> None:
    service = order(1, None, None, 48, "2025-09-01", "2025-09-10", Therapy="pump service")
    (line,) = claim([service], rates=[{"Code": "S5035", "Rate": 5, "Per": "day"}])
    assert (line["Units"], line["Charge"]) == (5, 50)


def _weekly(**more: Any) -> list[tuple[str, str, Any]]:
    """The drug lines of three weekly infusions."""
    return short(claim([order(1, "Privigen", "40 g", "weekly", "2025-06-02", "2025-06-20", **more)]))[1::2]


def test_doses_that_were_dispensed_or_not_used_are_of_the_days_of_infusion() -> None:
    days = ("06/02-06/02", "06/09-06/09", "06/16-06/16")
    assert _weekly() == [("J1459", day, 80) for day in days]
    assert _weekly(Dispensed=2)[:2] == [("J1459", day, 80) for day in days[:2]]
    # what goes beyond the interval is of the last day of infusion, and what was not used the last of it
    assert [units for _, _, units in _weekly(Dispensed=4)] == [80, 80, 160]
    found = short(claim([order(1, "Privigen", "40 g", "weekly", "2025-06-02", "2025-06-20", Unused=1)]))
    assert found[1:] == [
        ("J1459", days[0], 80), ("S9338", days[1], 1), ("J1459", days[1], 80), ("S9338", days[2], 1),
        ("J1459-SV", days[2], 80),
    ]  # fmt: skip


def test_what_fails_on_all_days_of_infusion_is_one_line() -> None:
    found = claim([order(1, "Privigen", "40 furlongs", "weekly", "2025-06-02", "2025-06-20")])
    assert [(line["From"].day, line["To"].day) for line in found if isinstance(line["Units"], ExcelError)] == [(2, 16)]


def test_a_code_that_no_dose_is_given_under_has_no_line() -> None:
    # every four weeks from 2 June: none between 1 July, on which another code begins, and the last day
    found = short(
        claim([order(1, "vancomycin", "1 g", "every 4 weeks", "2025-06-02", "2025-07-05", Therapy="infusion NOC")])
    )
    assert found == [
        ("S9379", "06/02-06/02", 1), ("J3370", "06/02-06/02", 2), ("S9379", "06/30-06/30", 1), ("J3370", "06/30-06/30", 2),
    ]  # fmt: skip


def test_a_drug_stands_where_its_therapy_ranks_on_the_day_of_its_dose() -> None:
    # its third dose is of the day on which a more frequent therapy begins, and on which its rate changes
    orders = [
        order(1, "ketorolac", "30 mg", 48, "2025-09-01", "2025-09-05", Payer="A"),
        order(2, "ertapenem", "1 g", 24, "2025-09-05", "2025-09-06", Payer="A"),
    ]
    rates = [{"Code": "J1885", "Rate": 1, "To": "2025-09-04"}, {"Code": "J1885", "Rate": 2, "From": "2025-09-05"}]
    lines = claim(orders, payers=[{"Payer": "A", "Days counted": "infusion days"}], rates=rates)
    assert short(lines) == [
        ("S9327", "09/01-09/01", 1), ("J1885", "09/01-09/01", 2), ("S9327", "09/03-09/03", 1),
        ("J1885", "09/03-09/03", 2),
        ("S9500", "09/05-09/06", 2), ("J1335", "09/05-09/06", 4), ("S9327-SH", "09/05-09/05", 1), ("J1885", "09/05-09/05", 2),
    ]  # fmt: skip
