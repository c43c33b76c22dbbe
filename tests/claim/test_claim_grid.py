"""The claim grid, case by case: what a biller would look up by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.functions.test_any_cell import cells
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, EXPLAIN, ExcelError

COLUMNS = [
    "Order",
    "Patient",
    "Payer",
    "Therapy",
    "Drug",
    "Dose",
    "Interval",
    "Start",
    "End",
    "Days",
    "Volume",
    "Place",
]
DAY = dt.date.fromisoformat


def order(
    number: object, drug: object, dose: object, interval: object, start: object, end: object = None, **more: object
) -> dict[str, Any]:
    return {
        "Order": number,
        "Patient": "P1",
        "Drug": drug,
        "Dose": dose,
        "Interval": interval,
        "Start": start,
        "End": end,
        **more,
    }


def table(rows: list[dict[str, Any]], columns: list[str] = COLUMNS) -> list[list[Any]]:
    return [columns, *([row.get(column) for column in columns] for row in rows)]


def grid(
    orders: list[dict[str, Any]], visits: Any = None, payers: Any = None, rates: Any = None
) -> list[dict[str, Any]]:
    result = CLAIM_GRID(table(orders), visits, payers, rates)
    assert not isinstance(result, ExcelError), result.message
    header, *rows = result
    return [dict(zip(header, row, strict=True)) for row in rows]


def short(lines: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(str(x["From"]), str(x["To"]), x["Code"], x["Modifier 1"], x["Units"]) for x in lines]


def test_three_therapies_that_start_and_stop_apart() -> None:
    lines = grid(
        [
            order(1, "ceftriaxone", "2 g", "q24h", "2024-03-01", "2024-03-14"),
            order(2, "vancomycin", "1 g", "q12h", "2024-03-04", "2024-03-10"),
            order(3, "ampicillin", "2 g", "q4h", "2024-03-08", "2024-03-20"),
        ]
    )
    assert short(lines) == [
        ("2024-03-01", "2024-03-03", "S9500", "", 3),
        ("2024-03-01", "2024-03-14", "J0696", "", 112),
        ("2024-03-04", "2024-03-07", "S9501", "", 4),
        ("2024-03-04", "2024-03-10", "J3370", "", 28),
        ("2024-03-04", "2024-03-07", "S9500", "SH", 4),
        ("2024-03-08", "2024-03-20", "S9504", "", 13),
        ("2024-03-08", "2024-03-20", "J0290", "", 312),
        ("2024-03-08", "2024-03-10", "S9501", "SH", 3),
        ("2024-03-08", "2024-03-10", "S9500", "SJ", 3),
        ("2024-03-11", "2024-03-14", "S9500", "SH", 4),
    ]
    assert lines[5]["Why"] == "every 4 hours, first of 1 to 3 therapies; 13 days"
    assert lines[1]["Why"] == "2 g = 8 units of 250 mg x 1 dose x 14 days"
    assert lines[8]["Why"] == "every 24 hours, third of 3 therapies; 3 days"


def test_vancomycin_across_the_change_of_its_code() -> None:
    lines = grid([order(1, "vanco", "1 g", "q12h", "2025-06-24", "2025-07-07")])
    assert short(lines) == [
        ("2025-06-24", "2025-07-07", "S9501", "", 14),
        ("2025-06-24", "2025-06-30", "J3370", "", 28),
        ("2025-07-01", "2025-07-07", "J3373", "", 1400),
    ]


def test_a_fourth_therapy_is_sj_as_well_and_goes_on_with_the_third_rank() -> None:
    lines = grid(
        [
            order(1, "ampicillin", "2 g", 4, "2024-03-01", "2024-03-05"),
            order(2, "meropenem", "1 g", 8, "2024-03-01", "2024-03-02"),
            order(3, "vancomycin", "1 g", 12, "2024-03-01", "2024-03-05"),
            order(4, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-05"),
        ]
    )
    assert [x[:5] for x in short(lines) if x[2] == "S9500"] == [("2024-03-01", "2024-03-05", "S9500", "SJ", 5)]


def test_ties_go_by_start_then_by_order_number_and_not_by_its_text() -> None:
    same = {"drug": "ertapenem", "dose": "1 g", "interval": "daily", "end": "2024-03-02"}
    lines = grid(
        [
            order("10", start="2024-03-01", **same),
            order("9", start="2024-03-01", **same),
            order("2", start="2024-03-02", **same),
        ]
    )
    assert [(x["Order"], x["Modifier 1"]) for x in lines if x["Code"] == "S9500"] == [
        ("9", ""),
        ("10", "SH"),
        ("2", "SJ"),
    ]


def test_tpn_and_lipids_are_one_therapy_with_the_day_s_volume() -> None:
    lines = grid(
        [
            order(1, None, None, None, "2024-03-01", "2024-03-07", Therapy="TPN", Volume="1.8 L"),
            order(2, "lipids NOS", "50 g", "daily", "2024-03-01", "2024-03-07"),
        ]
    )
    assert short(lines) == [("2024-03-01", "2024-03-07", "S9366", "", 7), ("2024-03-01", "2024-03-07", "B4185", "", 35)]
    assert lines[0]["Why"] == "TPN, 1.8 L a day, the only therapy; 7 days"


@pytest.mark.parametrize(
    ("volume", "code"),
    [(None, "S9373"), ("1 L", "S9374"), (1.5, "S9375"), (2000, "S9375"), ("2001 mL", "S9376"), ("3.5 L", "S9377")],
)
def test_hydration_by_volume(volume: object, code: str) -> None:
    assert (
        short(grid([order(1, None, None, None, "2024-03-01", "2024-03-02", Therapy="hydration", Volume=volume)]))[0][2]
        == code
    )


def test_visits_come_last_and_each_by_itself() -> None:
    visits = [
        ["Patient", "Date", "Minutes"],
        ["P1", "2024-03-02", 210],
        ["P1", "2024-03-01", 90],
        ["", "", ""],
        ["P1", "2024-03-03", 211],
    ]
    lines = grid([order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-05")], visits)
    assert short(lines)[2:] == [
        ("2024-03-01", "2024-03-01", "99601", "", 1),
        ("2024-03-02", "2024-03-02", "99601", "", 1),
        ("2024-03-02", "2024-03-02", "99602", "", 1),
        ("2024-03-03", "2024-03-03", "99601", "", 1),
        ("2024-03-03", "2024-03-03", "99602", "", 2),
    ]


def test_money_the_payers_own_rate_first_and_a_span_breaks_where_it_changes() -> None:
    rates = [
        ["Payer", "Code", "Rate", "From", "To"],
        ["", "S9501", 100, None, None],
        ["Acme", "S9501", 200.01, "2024-03-01", "2024-03-03"],
        ["acme", "s9501", "210", "2024-03-04", None],
        ["", "J3370", 2.345, None, None],
    ]
    payers = [["Payer", "Second share", "Third share"], ["ACME", 0.5, "0%"], ["Other", None, None]]
    lines = grid([order(1, "vancomycin", "1 g", 12, "2024-03-01", "2024-03-05", Payer="Acme")], None, payers, rates)
    assert [(str(x["From"]), x["Code"], x["Units"], x["Rate"], x["Charge"]) for x in lines] == [
        ("2024-03-01", "S9501", 3, 200.01, 600.03),
        ("2024-03-01", "J3370", 20, 2.345, 46.9),
        ("2024-03-04", "S9501", 2, 210, 420),
    ]
    assert {x["Payer"] for x in lines} == {"ACME"}


def test_shares_of_the_payers_table_reduce_the_rate_and_not_the_drug() -> None:
    rates = [["Code", "Rate"], ["S9502", 100], ["S9501", 90], ["S9500", 80], ["J2185", 1], ["J3370", 2], ["J1335", 3]]
    payers = [["Payer", "Second share", "Third share"], ["Thirds", "33.33%", 0]]
    lines = grid(
        [
            order(1, "meropenem", "1 g", 8, "2024-03-01", "2024-03-01", Payer="Thirds"),
            order(2, "vancomycin", "1 g", 12, "2024-03-01", "2024-03-01", Payer="Thirds"),
            order(3, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-01", Payer="Thirds"),
        ],
        None, payers, rates,
    )  # fmt: skip
    assert [(x["Code"], x["Modifier 1"], x["Rate"], x["Charge"]) for x in lines] == [
        ("S9502", "", 100, 100), ("J2185", "", 1, 30), ("S9501", "SH", 30, 30), ("J3370", "", 2, 8),
        ("S9500", "SJ", 0, 0), ("J1335", "", 3, 6),
    ]  # fmt: skip


def test_a_code_without_a_rate_is_an_error_and_never_0() -> None:
    lines = grid(
        [order(1, "vancomycin", "1 g", 12, "2024-03-01", "2024-03-01")], None, None, [["Code", "Rate"], ["S9501", 9]]
    )
    assert (lines[1]["Rate"], lines[1]["Charge"]) == ("#N/A", "#N/A")
    assert "no rate for J3370 of any payer in force on that day: add a row to Rates" in lines[1]["Why"]


def test_without_rates_there_are_no_money_columns() -> None:
    assert "Rate" not in grid([order(1, "vancomycin", "1 g", 12, "2024-03-01", "2024-03-01")])[0]


def test_a_payer_that_the_table_lacks_is_an_error_on_its_lines() -> None:
    payers = [["Payer"], ["Acme"]]
    lines = grid([order(1, "vancomycin", "1 g", 12, "2024-03-01", "2024-03-01", Payer="Acne"),
                  order(2, "vancomycin", "1 g", 12, "2024-03-01", "2024-03-01")],
                 [["Patient", "Date", "Minutes", "Payer"], ["P1", "2024-03-01", 60, "Acne"]], payers)  # fmt: skip
    assert [(x["Payer"], x["Code"], x["Units"]) for x in lines] == [
        ("", "S9501", 1), ("", "J3370", 4), ("Acne", "#N/A", "#N/A"), ("Acne", "#N/A", "#N/A"),
    ]  # fmt: skip
    assert "payer 'Acne' is not in the Payers table" in lines[2]["Why"]


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"Drug": "meropenum"}, "#N/A", "did you mean meropenem?"),
        ({"Drug": "J9999"}, "#N/A", "code J9999 is not in the reference"),
        ({"Drug": "S9502"}, "#N/A", "is no drug code"),
        ({"Drug": None}, "#VALUE!", "both blank"),
        ({"Drug": None, "Dose": None, "Therapy": "anti-infective"}, "#VALUE!", "Drug is blank"),
        ({"Therapy": "antibotic"}, "#N/A", "therapy 'antibotic'"),
        ({"Interval": 8 / 24}, "#VALUE!", "is an Excel time"),
        ({"Interval": "prn"}, "#VALUE!", "type a row for each day on which it was used"),
        ({"Interval": "biweekly"}, "#VALUE!", "may be twice a week or every 2 weeks"),
        ({"Interval": "stat"}, "#VALUE!", "no fixed number of hours"),
        ({"Interval": None}, "#VALUE!", "interval is blank"),
        ({"Interval": 0}, "#NUM!", "not a number of hours"),
        ({"Start": "soon"}, "#VALUE!", "Start 'soon' is not a date"),
        ({"Start": None}, "#VALUE!", "Start is blank"),
        ({"End": None}, "#VALUE!", "End is blank"),
        ({"End": "2024-02-28"}, "#NUM!", "End 2024-02-28 is before Start"),
        ({"End": "2034-12-31"}, "#NUM!", "more than ten years"),
        ({"Days": 5}, "#VALUE!", "Days 5 and End 2024-03-02 differ"),
        ({"Days": 0}, "#NUM!", "Days 0 is not a whole number"),
        ({"Patient": None}, "#VALUE!", "Patient is blank"),
        ({"Patient": True}, "#VALUE!", "Patient is TRUE"),
        ({"Place": "moon"}, "#VALUE!", "Place 'moon'"),
        ({"Drug": "#REF!"}, "#REF!", "Drug is #REF!"),
        ({"Start": "#N/A"}, "#N/A", "Start is #N/A"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_billed_is_one_line_that_says_why(change: dict[str, Any], code: str, says: str) -> None:
    good = order(2, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-02", Patient="P2")
    lines = grid([{**order(1, "meropenem", "1 g", 8, "2024-03-01", "2024-03-02"), **change}, good],
                 rates=[["Code", "Rate"], ["S9500", 1], ["J1335", 1]])  # fmt: skip
    wrong = [x for x in lines if x["Order"] == 1]
    assert [(x["Code"], x["Units"], x["Charge"]) for x in wrong] == [(code, code, code)]
    assert says in wrong[0]["Why"]
    assert [x["Units"] for x in lines if x["Order"] == 2] == [2, 4]


def test_a_single_dose_is_one_dose_on_start() -> None:
    lines = grid([order(1, "ertapenem", "1 g", "once", "2024-03-01", None),
                  order(2, "infliximab", "500 mg", "single dose", "2024-03-05", "2024-03-05", Patient="P2")])  # fmt: skip
    assert [(x["Code"], x["Units"], str(x["From"]), str(x["To"])) for x in lines] == [
        ("S9500", 1, "2024-03-01", "2024-03-01"), ("J1335", 2, "2024-03-01", "2024-03-01"),
        ("S9359", 1, "2024-03-05", "2024-03-05"), ("J1745", 50, "2024-03-05", "2024-03-05"),
    ]  # fmt: skip


def test_a_payers_code_at_the_interval_once_bills_a_single_dose_and_leaves_nothing_to_ask() -> None:
    table = [["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "End", "Prescriber"],
             [1, "P1", "A", "ertapenem", "1 g", "once", "2024-03-01", None, 1234567893]]  # fmt: skip
    payers = [["Payer"], ["A"]]
    codes = [["Payer", "Drug or therapy", "Interval", "Code"], ["A", "anti-infective", "single dose", "S9494"]]
    lines = CLAIM_GRID(table, None, payers, None, codes)
    assert "S9494" in lines[1] and "S9500" not in lines[1]
    kinds = [row[1] for row in CLAIM_CHECKS(table, None, payers, None, None, codes)[1:]]
    asked = [row[1] for row in CLAIM_CHECKS(table, None, payers)[1:]]
    assert "single dose by day" in asked and "single dose by day" not in kinds
    steps = EXPLAIN(1, table, None, payers, None, codes)
    assert any("single dose: 1 dose on Start" in map(str, row) for row in steps)


def test_a_monthly_order_stands_on_its_day_of_each_month() -> None:
    """The drug by its dose each month; a per diem where the therapy has a code of its own, else the error of ever."""
    lines = grid([order(1, "ertapenem", "1 g", "monthly", "2024-01-31", "2024-03-31"),
                  order(2, "infliximab", "500 mg", "monthly", "2024-01-31", "2024-03-31", Patient="P2")])  # fmt: skip
    days = [dt.date(2024, 1, 31), dt.date(2024, 2, 29), dt.date(2024, 3, 31)]
    assert [(x["From"], x["Code"], x["Units"]) for x in lines] == [
        *((day, code, units) for day in days for code, units in (("#N/A", "#N/A"), ("J1335", 2))),
        *((day, code, units) for day in days for code, units in (("S9359", 1), ("J1745", 50))),
    ]
    assert "name the Therapy" in lines[0]["Why"]


def test_saline_is_billed_by_the_bag_of_its_dose() -> None:
    lines = grid([order(number, "normal saline", dose, "daily", "2024-03-01", "2024-03-02", Patient=f"P{number}",
                        Therapy="hydration") for number, dose in enumerate(("1000 mL", "0.5 L", "250 mL", "100 mL"))])  # fmt: skip
    drugs = [(x["Code"], x["Units"]) for x in lines if not str(x["Code"]).startswith("S")]
    assert drugs == [("J7030", 2), ("J7040", 2), ("J7050", 2), ("#N/A", "#N/A")]
    assert "1000 mL (J7030), 500 mL (J7040) or 250 mL (J7050)" in lines[-1]["Why"]


def test_what_can_be_billed_of_a_row_is() -> None:
    lines = grid([order(1, "heparin", "500 mg", "q12h", "2024-03-01", "2024-03-02")])
    assert [(x["Code"], x["Units"]) for x in lines] == [("S9372", 2), ("J1644", "#VALUE!")]
    assert lines[1]["Why"] == "dose '500 mg' is in mg and the code counts units: give the dose in units"
    lines = grid([order(1, "daptomycin", "500 mg", "q48h", "2024-03-01", "2024-03-14")])
    assert [(x["Code"], x["Units"]) for x in lines] == [("#N/A", "#N/A"), ("J0878", 3500)]
    assert "no per diem code for every 48 hours" in lines[0]["Why"]
    assert lines[1]["Why"] == "500 mg = 500 units of 1 mg x 7 doses in 14 days (every 48 hours)"


def test_an_order_that_cannot_be_billed_takes_its_rank_all_the_same() -> None:
    lines = grid(
        [
            order(1, "meropenum", "1 g", 8, "2024-03-01", "2024-03-02"),
            order(2, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-02"),
        ]
    )
    assert [(x["Code"], x["Modifier 1"]) for x in lines] == [("#N/A", ""), ("S9500", "SH"), ("J1335", "")]


def test_a_code_not_yet_in_force_breaks_the_span_with_an_error() -> None:
    lines = grid([order(1, "rifampin", "600 mg", 24, "2025-03-30", "2025-04-02")])
    assert short(lines) == [
        ("2025-03-30", "2025-04-02", "S9500", "", 4),
        ("2025-03-30", "2025-03-31", "#N/A", "", "#N/A"),
        ("2025-04-01", "2025-04-02", "J2804", "", 1200),
    ]


def test_an_ended_code_is_not_followed_and_names_its_successor() -> None:
    lines = grid([order(1, "J3370", "1 g", 12, "2025-06-30", "2025-07-01")])
    assert [(x["Code"], x["Units"]) for x in lines][1:] == [("J3370", 4), ("#N/A", "#N/A")]
    assert "then J3373" in lines[2]["Why"]


def test_after_the_verified_day_the_lines_answer_and_say_stale() -> None:
    lines = grid([order(1, "vancomycin", "1 g", 12, "2026-01-02", "2026-01-02")])
    assert [x["Code"] for x in lines] == ["S9501", "J3373"]
    assert all(x["Why"].endswith("; STALE") for x in lines)


def test_beyond_72_hours_only_the_days_of_infusion_count() -> None:
    lines = grid(
        [order(1, "vedolizumab IV", "300 mg", "every 2 weeks", "2024-03-01", "2024-03-20", Therapy="infusion NOC")]
    )
    assert short(lines) == [
        ("2024-03-01", "2024-03-01", "S9379", "", 1),
        ("2024-03-01", "2024-03-01", "J3380", "", 300),
        ("2024-03-15", "2024-03-15", "S9379", "", 1),
        ("2024-03-15", "2024-03-15", "J3380", "", 300),
    ]


def test_the_infusion_suite_adds_ss_and_other_places_do_not() -> None:
    places = ["suite", 49, 11, None, "home"]
    lines = grid(
        [
            order(i, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-01", Place=p, Patient=f"P{i}")
            for i, p in enumerate(places)
        ]
    )
    assert [(x["Place"], x["Modifier 1"]) for x in lines if x["Code"] == "S9500"] == [
        ("49", "SS"), ("49", "SS"), ("11", ""), ("12", ""), ("12", ""),
    ]  # fmt: skip


def test_a_visit_of_a_patient_with_two_payers_must_name_its_own() -> None:
    orders = [
        order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-03", Payer="A"),
        order(2, "meropenem", "1 g", 8, "2024-03-03", "2024-03-05", Payer="B"),
    ]
    head = ["Patient", "Date", "Minutes", "Payer"]
    visits = [
        head,
        ["P1", "2024-03-01", 60, ""],
        ["P1", "2024-03-03", 60, ""],
        ["P1", "2024-03-05", 60, "b"],
        ["P7", "2024-03-05", "x", ""],
        ["P7", "then", 60, ""],
    ]
    lines = [x for x in grid(orders, visits) if x["Order"] == ""]
    assert [(x["Patient"], x["Payer"], x["Code"]) for x in lines] == [
        ("P1", "", "#N/A"), ("P1", "A", "99601"), ("P1", "B", "99601"), ("P7", "", "#VALUE!"), ("P7", "", "#VALUE!"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ([["Order", "Patient"], [1, 2]], "Orders lacks the column Drug, Dose, Interval, Start, End or Days"),
        ([["Order", "Patient", "Meds", "Dose", "Interval", "Start", "Days"]], "lacks the column Drug: its first row has Meds"),
        ([["Order", "Patient", *("x" * i for i in range(1, 99))]], "its first row has x, xx, xxx, xxxx, xxxxx, xxxxxx, xxxxxxx, xxxxxxxx, xxxxx..."),
        ([["Order", "Patient", "Drug", "Dose", "Dose", "Interval", "Start", "Days"], [1, 2]], "Dose twice"),
        ([["Order", "Patient", "Drug", "Dose", "Freq", "Frequency", "Start", "Days"], [1, 2]], "two columns for Interval"),
        ([["Order", "#REF!"]], "a heading of Orders is #REF!"),
        ("text", "Orders is a single cell"),
        ("#NAME?", "Orders is #NAME?"),
    ],
)  # fmt: skip
def test_a_table_that_is_none_is_an_error_of_the_whole_grid(argument: Any, says: str) -> None:
    result = CLAIM_GRID(argument)
    assert isinstance(result, ExcelError) and says in result.message


def test_columns_are_found_by_name_in_any_order_and_by_synonym() -> None:
    result = CLAIM_GRID([["freq", " START DATE", "medication", "DOSE", "Days", "patient_ID", "Rx", None],
                         ["bid", 45000, "vanco", "1 g", 2, 77.0, 5.0, "x"], [None] * 8])  # fmt: skip
    assert [row[:1] + row[6:10] + row[10:11] for row in result[1:]] == [
        ["77", "S9501", "", "", 2, 5.0],
        ["77", "J3370", "", "", 8, 5.0],
    ]


def test_an_empty_table_is_a_header_alone() -> None:
    assert len(CLAIM_GRID(table([]))) == 1 and len(CLAIM_GRID(None)) == 1 and len(CLAIM_GRID([[None]])) == 1


def test_two_rates_on_one_day_are_an_error_that_names_the_rows() -> None:
    rates = [
        ["Code", "Rate", "From", "To"],
        ["S9500", 1, None, None],
        ["S9500", 2, "2024-03-02", None],
        ["J1335", "free", None, None],
    ]
    lines = grid([order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-03")], rates=rates)
    assert [(str(x["From"]), x["Code"], x["Charge"]) for x in lines] == [
        ("2024-03-01", "S9500", 1), ("2024-03-01", "J1335", "#VALUE!"), ("2024-03-02", "S9500", "#VALUE!"),
    ]  # fmt: skip
    assert "Rates table rows 2 and 3" in lines[2]["Why"] and "Rates table row 4: Rate 'free'" in lines[1]["Why"]


@pytest.mark.parametrize(
    ("share", "fine"),
    [(0, True), ("25 %", True), (1, True), (50, False), (-0.1, False), ("half", False), ("#N/A", False)],
)
def test_a_share_is_from_0_to_1(share: object, fine: bool) -> None:
    lines = grid(
        [order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-03", Payer="A")],
        payers=[["Payer", "Second share"], ["A", share]],
    )
    assert isinstance(lines[0]["Code"], ExcelError) is not fine


def test_an_error_in_the_place_of_an_order_number_fails_its_row_alone() -> None:
    drug = ("ertapenem", "1 g", 24, "2025-09-01", "2025-09-02")
    wrong, *right = grid([order(ExcelError("#DIV/0!"), *drug), order(2, *drug, Patient="P2")])
    assert (wrong["Code"], wrong["Units"], wrong["Why"]) == ("#DIV/0!", "#DIV/0!", "Order is #DIV/0!")
    assert [line["Code"] for line in right] == ["S9500", "J1335"]


def test_any_cells_give_lines_and_no_row_is_dropped() -> None:
    columns = [cells(1200, seed) for seed in range(len(COLUMNS))]
    rows = [list(row) for row in zip(*columns, strict=True)]
    for i, row in enumerate(rows):
        row[0] = i + 1
    for at in range(0, 1200, 400):
        header, *lines = CLAIM_GRID([COLUMNS, *rows[at : at + 400]])
        found = {line[header.index("Order")] for line in lines}
        assert found == set(range(at + 1, at + 401))
        for line in lines:
            units = line[header.index("Units")]
            assert isinstance(units, (ExcelError, int)) and units != 0


def test_one_catheter_care_a_day_beside_the_therapies_and_after_them() -> None:
    lines = grid(
        [
            order(1, "heparin lock flush", "50 units", "BID", "2024-03-01", "2024-03-02", Payer="A"),
            order(2, None, None, None, "2024-03-01", "2024-03-02", Therapy="catheter care", Payer="A"),
            order(3, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-02", Payer="A"),
        ],
        payers=[["Payer", "Catheter care"], ["A", "beside therapies"]],
    )
    assert [(x["Code"], x["Modifier 1"], x["Units"]) for x in lines] == [
        ("S9500", "", 2), ("J1335", "", 4), ("S5497", "", 2), ("J1642", "", 20),
    ]  # fmt: skip
    assert lines[2]["Why"] == "catheter care, beside the ranked therapies; 2 days"


def test_codes_that_count_kits_have_one_for_each_dose() -> None:
    lines = grid([order(1, "alteplase", "2 mg", "daily", "2024-03-01", "2024-03-02")])
    assert [(x["Code"], x["Units"]) for x in lines] == [("S5517", 2), ("J2997", 4)]
    assert "one kit for each of 1 dose x 2 days" in lines[0]["Why"]
    for therapy in ("professional pharmacy services", "PICC insertion"):
        wrong = grid([order(1, None, None, None, "2024-03-01", "2024-03-02", Therapy=therapy)])
        assert wrong[0]["Units"] == "#VALUE!" and "the order does not say how many" in wrong[0]["Why"]


def test_a_per_diem_before_its_code_began() -> None:
    lines = grid([order(1, "ertapenem", "1 g", 24, "2001-12-30", "2002-01-02")])
    assert [(str(x["From"]), x["Code"]) for x in lines if x["Code"] != "#N/A"] == [("2002-01-01", "S9500")]
    assert {x["Units"] for x in lines if x["Code"] == "#N/A"} == {"#N/A"}


def test_days_between_two_doses_have_no_drug_line_and_the_parts_add_up() -> None:
    rates = [
        ["Code", "Rate", "From", "To"],
        ["J0878", 1, None, "2024-03-01"],
        ["J0878", 2, "2024-03-02", "2024-03-02"],
        ["J0878", 3, "2024-03-03", None],
    ]
    lines = [
        x
        for x in grid([order(1, "daptomycin", "500 mg", "q48h", "2024-03-01", "2024-03-05")], rates=rates)
        if x["Code"] == "J0878"
    ]
    assert [(str(x["From"]), x["Units"], x["Charge"]) for x in lines] == [
        ("2024-03-01", 500, 500),
        ("2024-03-03", 1000, 3000),
    ]
    assert lines[1]["Why"].startswith("500 mg = 500 units of 1 mg x 2 doses in 3 days (every 48 hours)")


def test_a_line_of_more_units_than_a_claim_can_carry_is_an_error() -> None:
    lines = grid([order(1, "factor VIII recombinant NOS", "90,000,000 IU", "q4h", "2024-03-01", "2024-03-05")])
    assert lines[1]["Units"] == "#NUM!" and "do not fit a claim line" in lines[1]["Why"]


def test_a_bad_volume_is_an_error_of_the_per_diem_alone() -> None:
    orders = [order(1, "normal saline 1000 cc", "1 L", "daily", "2024-03-01", "2024-03-02", Volume="a lot"),
              order(2, "potassium chloride", "20 mEq", "daily", "2024-03-01", "2024-03-02", Volume="1 L")]  # fmt: skip
    assert [(x["Code"], x["Units"]) for x in grid(orders)] == [("#VALUE!", "#VALUE!"), ("J7030", 2), ("J3480", 20)]


def test_eleven_therapies_at_once_are_counted() -> None:
    lines = grid([order(i, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-01") for i in range(1, 12)])
    assert [x["Why"] for x in lines if x["Code"] == "S9500"][10] == "every 24 hours, number 11 of 11 therapies; 1 day"


def test_the_payers_table_must_be_clear() -> None:
    one = order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-01", Payer="A")
    for payers, says in [
        (
            [["Payer", "Second share"], ["A", 0.5], ["a ", 0.4]],
            "payer 'a' stands twice in Payers (again in table row 3)",
        ),
        ([["Payer", "Second share"], [None, 0.5], ["B", 0.4]], "payer 'A' is not in the Payers table"),
    ]:
        lines = grid([one], payers=payers)
        assert lines[0]["Code"] in ("#VALUE!", "#N/A") and says in lines[0]["Why"]
    lines = grid([{**one, "Payer": None}], payers=[["Payer", "Second share"], [None, 0.5]])
    assert "Payers table row 2: Payer is blank" in lines[0]["Why"]


def test_rates_that_cannot_be_read_never_price_a_line() -> None:
    one = order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-01")
    for rate, error, says in [
        (["S9500", -1, None, None], "#NUM!", "Rate -1 is negative"),
        (["S9500", 1, "2024-04-01", "2024-02-01"], "#NUM!", "To is before From"),
        (["S9500", None, None, None], "#VALUE!", "Rates table row 2: Rate is blank"),
        (["S9500", "#DIV/0!", None, None], "#DIV/0!", "Rate is #DIV/0!"),
        (["#REF!", 5, None, None], "#REF!", "Rates table row 2: Code is #REF!"),
        ([None, 5, None, None], "#VALUE!", "Rates table row 2: Code is blank"),
        (["S9500", 1, "soon", None], "#VALUE!", "From 'soon' is not a date"),
    ]:
        lines = grid([one], rates=[["Code", "Rate", "From", "To"], rate])
        assert lines[0]["Charge"] == error and says in lines[0]["Why"], rate
    payer = [["Payer", "Code", "Rate"], ["A", "S9500", 5], ["", "S9500", 4]]
    assert grid([{**one, "Payer": "B"}], rates=payer)[0]["Charge"] == 4


def test_two_rows_with_one_amount_on_one_day_are_one_rate() -> None:
    rates = [["Code", "Rate", "From", "To"], ["S9500", 1, None, "2024-03-02"], ["S9500", 1, "2024-03-02", None]]
    lines = grid([order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-04")], rates=rates)
    assert [(x["Units"], x["Charge"]) for x in lines if x["Code"] == "S9500"] == [(4, 4)]


def test_a_dose_that_cannot_be_read_is_an_error_of_its_drug_line() -> None:
    rates = [["Code", "Rate"], ["S9500", 1], ["J1335", 1]]
    lines = grid([order(1, "ertapenem", "plenty", 24, "2024-03-01", "2024-03-01")], rates=rates)
    assert [(x["Code"], x["Units"], x["Charge"]) for x in lines] == [("S9500", 1, 1), ("J1335", "#VALUE!", "#VALUE!")]


def test_a_rate_whose_payer_or_code_cannot_be_read_is_never_passed_over_for_the_common_one() -> None:
    one = order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-01", Payer="A")
    for row in (["#REF!", "S9500", 200], ["A", "#REF!", 200], ["A", None, 200]):
        lines = grid([one], rates=[["Payer", "Code", "Rate"], ["", "S9500", 100], row])
        assert isinstance(lines[0]["Charge"], ExcelError), row
    same = [["Code", "Rate"], ["S9500", "1.0"], ["S9500", 1]]
    assert grid([one], rates=same)[0]["Charge"] == 1


def test_a_drug_whose_one_product_answers_to_its_name() -> None:
    lines = grid([order(1, "amphotericin B liposome", "300 mg", 24, "2025-05-01", "2025-05-02")])
    assert [(line["Code"], line["Units"]) for line in lines] == [("S9500", 2), ("J0289", 60)]
    # the older product answers to the name until the drug has a code of its own
    lines = grid([order(1, "nafcillin", "2 g", 4, "2024-12-31", "2025-01-01")])
    assert [(str(line["From"]), line["Code"], line["Units"]) for line in lines[1:]] == [
        ("2024-12-31", "S0032", 6), ("2025-01-01", "J2290", 600),
    ]  # fmt: skip
