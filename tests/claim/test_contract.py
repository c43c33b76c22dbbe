"""What a payer's row of Payers does to a claim, term by term: its effect, its default, its cells that cannot be read."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.claim.claims import Row, claim, modifiers, order, short, table, visit
from tests.reference.editions import as_csv, reading
from xl_infusion import EXPLAIN
from xl_infusion.claim import PAYERS
from xl_infusion.claim.column import Column, Limits
from xl_infusion.claim.contract import Payers
from xl_infusion.claim.terms import TERMS
from xl_infusion.reference import current, load, using
from xl_infusion.reference.tables import bundled

#: Meropenem every 8 hours, vancomycin every 12, ertapenem daily; another patient has ceftriaxone every other day.
ORDERS = [
    order(1, "meropenem", "1 g", "q8h", "2024-07-25", "2024-08-03", Payer="A"),
    order(2, "vancomycin", "1250 mg", "q12h", "2024-07-27", "2024-08-03", Payer="A"),
    order(3, "ertapenem", "1 g", "daily", "2024-07-29", "2024-08-03", Payer="A"),
    order(4, "ceftriaxone", "2 g", "q48h", "2024-08-01", "2024-08-03", Payer="A", Patient="P2"),
]
RATES: list[Row] = [
    {"Code": code, "Rate": rate}
    for code, rate in [("S9502", 150), ("S9501", 130), ("S9500", 110), ("S9494", 100), ("J2185", 0.5), ("J3370", 2),
                       ("J1335", 15), ("J0696", 1)]
]  # fmt: skip


def money(lines: list[Row]) -> list[tuple[str, str, Any, Any]]:
    return [(*found, line["Charge"]) for found, line in zip(short(lines), lines, strict=True)]


def grid(**terms: Any) -> list[tuple[str, str, Any, Any]]:
    """The orders under a contract: code and modifiers, days, units, charge of each line."""
    payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}]
    return money(claim(ORDERS, payers=payers, rates=RATES))


# -- the same orders under five contracts, each grid worked out by hand -------------------------------------------

DRUGS = {
    # 10 days x 3 doses x 10 units of 100 mg; 8 days x 2 doses x 3 units of 500 mg; 6 days x 2 units of 500 mg
    "J2185": ("J2185", "07/25-08/03", 300, 150),
    "J3370": ("J3370", "07/27-08/03", 48, 96),
    "J1335": ("J1335", "07/29-08/03", 12, 180),
    # q48h from 1 August: doses on the 1st and the 3rd, 8 units of 250 mg each
    "J0696": ("J0696", "08/01-08/03", 16, 16),
}
NO_CODE = ("#N/A", "08/01-08/03", "#N/A", "#N/A")


def test_five_contracts_1_default() -> None:
    assert grid() == [
        ("S9502", "07/25-08/03", 10, 1500),
        DRUGS["J2185"],
        ("S9501-SH", "07/27-08/03", 8, 520),  # 8 x 65
        DRUGS["J3370"],
        ("S9500-SJ", "07/29-08/03", 6, 165),  # 6 x 27.50
        DRUGS["J1335"],
        NO_CODE,  # every 48 hours has no code, and every day of it counts
        DRUGS["J0696"],
    ]


def test_five_contracts_2_half_then_nothing_and_infusion_days_alone() -> None:
    found = grid(Second_share=0.5, Third_share=0, Days_counted="infusion days")
    assert found == [
        ("S9502", "07/25-08/03", 10, 1500),
        DRUGS["J2185"],
        ("S9501-SH", "07/27-08/03", 8, 520),
        DRUGS["J3370"],
        ("S9500-SJ", "07/29-08/03", 6, 0),  # the third earns nothing, and its line says so
        DRUGS["J1335"],
        ("#N/A", "08/01-08/01", "#N/A", "#N/A"),
        ("J0696", "08/01-08/01", 8, 8),  # on the day on which it is given, and on which its therapy counts
        ("#N/A", "08/03-08/03", "#N/A", "#N/A"),  # no dose on 2 August
        ("J0696", "08/03-08/03", 8, 8),
    ]


def test_five_contracts_3_thirds() -> None:
    found = grid(Second_share=1 / 3, Third_share=1 / 3)
    assert found == [
        ("S9502", "07/25-08/03", 10, 1500),
        DRUGS["J2185"],
        ("S9501-SH", "07/27-08/03", 8, 346.64),  # 130 / 3 = 43.33
        DRUGS["J3370"],
        ("S9500-SJ", "07/29-08/03", 6, 220.02),  # 110 / 3 = 36.67
        DRUGS["J1335"],
        NO_CODE,
        DRUGS["J0696"],
    ]


def test_five_contracts_4_s9494_for_all() -> None:
    assert grid(Always_code="S9494") == [
        ("S9494", "07/25-08/03", 10, 1000),
        DRUGS["J2185"],
        ("S9494-SH", "07/27-08/03", 8, 400),
        DRUGS["J3370"],
        ("S9494-SJ", "07/29-08/03", 6, 150),
        DRUGS["J1335"],
        ("S9494", "08/01-08/03", 3, 300),  # every 48 hours is any interval
        DRUGS["J0696"],
    ]


def test_five_contracts_5_month_spans_with_59() -> None:
    assert grid(Line_span="month", Extra_modifier=59) == [
        ("S9502", "07/25-07/31", 7, 1050),
        ("J2185", "07/25-07/31", 210, 105),
        ("S9501-SH-59", "07/27-07/31", 5, 325),
        ("J3370", "07/27-07/31", 30, 60),
        ("S9500-SJ-59", "07/29-07/31", 3, 82.5),
        ("J1335", "07/29-07/31", 6, 90),
        ("S9502", "08/01-08/03", 3, 450),
        ("J2185", "08/01-08/03", 90, 45),
        ("S9501-SH-59", "08/01-08/03", 3, 195),
        ("J3370", "08/01-08/03", 18, 36),
        ("S9500-SJ-59", "08/01-08/03", 3, 82.5),
        ("J1335", "08/01-08/03", 6, 90),
        NO_CODE,
        DRUGS["J0696"],
    ]


# -- defaults and cells ------------------------------------------------------------------------------------------

#: Column -> cells that say the default.
DEFAULTS: dict[str, list[object]] = {
    "Kind": ["commercial", " Commercial "],
    "Covers": ["yes", True],
    "Denial modifier": ["GY", "gy"],
    "Second share": [0.5, "50%", "50 %", "0.50"],
    "Third share": [0.25, "25%"],
    "Exempt therapies": ["none", "None"],
    "Rank by": ["frequency", "FREQUENCY"],
    "Days counted": ["every day", "Every Day"],
    "Longest interval": [72, "72", 72.0],
    "Other intervals": ["none"],
    "Always code": ["none"],
    "Extra modifier": ["none"],
    "Unit rounding": ["dose"],
    "Fractional units": ["no", False],
    "Waste": ["none"],
    "Further hour from": [31, "31"],
    "Second visit": [99601, "99601"],
    "Hours a day": ["none"],
    "Hours a week": ["none"],
    "Line span": ["whole"],
    "Place": [12, "12", "home"],
    "Suite places": [49, "49"],
    "Accreditation": ["none"],
    "Authorization": ["no", False],
    "Days to file": ["none"],
    "Home infusion benefit": ["no", False],
    "Deductible left": ["none", 0],
    "Coinsurance": ["0%", 0],
    "Copay a visit": ["none"],
    "Payment days": [30, "30"],
}
#: Column -> a cell that cannot be read, the Excel error, what the message says.
WRONG: list[tuple[str, object, str, str]] = [
    ("Kind", "HMO", "#VALUE!", "Kind 'HMO' is not one of commercial, Medicare, Medicaid, workers' compensation"),
    ("Covers", "maybe", "#VALUE!", "Covers 'maybe' is not one of yes, deny first, no"),
    ("Denial modifier", "GYX", "#N/A", "Denial modifier 'GYX' is no modifier of the reference"),
    ("Second share", "half", "#VALUE!", "Second share 'half' is not a share: write 0.5 or 50%"),
    ("Second share", 50, "#NUM!", "Second share 50 is not from 0 to 1: write 0.5 or 50%"),
    ("Second share", True, "#VALUE!", "Second share is TRUE"),
    ("Third share", "125%", "#NUM!", "Third share 1.25 is not from 0 to 1"),
    ("Exempt therapies", "TPN, tpm", "#N/A", "Exempt therapies: therapy 'tpm' is not in the reference: see =CODES"),
    ("Rank by", "size", "#VALUE!", "Rank by 'size' is not one of frequency, rate, start"),
    ("Days counted", "some", "#VALUE!", "Days counted 'some' is not one of every day, infusion days"),
    ("Longest interval", 12, "#NUM!", "Longest interval 12 is not a whole number from 24 to 8784"),
    ("Longest interval", "3 days", "#VALUE!", "Longest interval '3 days' is not a number"),
    ("Other intervals", "S9999", "#N/A", "Other intervals: code S9999 is not in the reference"),
    ("Other intervals", "S9348", "#VALUE!", "Other intervals 'S9348' is not one anti-infective per diem code"),
    ("Other intervals", "S9494, S9348", "#VALUE!", "Other intervals 'S9494, S9348' is not one anti-infective"),
    ("Always code", "J0690", "#VALUE!", "Always code J0690 is no per diem code: write one as S9494"),
    ("Always code", "S9494; S9500", "#VALUE!", "Always code names two codes of anti-infective, S9494 and S9500"),
    ("Extra modifier", "5", "#N/A", "Extra modifier '5' is no modifier of the reference"),
    ("Unit rounding", "up", "#VALUE!", "Unit rounding 'up' is not one of dose, day, line"),
    ("Fractional units", "some", "#VALUE!", "Fractional units 'some' is not one of yes, no"),
    ("Waste", "JX", "#VALUE!", "Waste 'JX' is not one of none, JW and JZ"),
    ("Further hour from", 61, "#NUM!", "Further hour from 61 is not a whole number from 1 to 60"),
    ("Second visit", "99600", "#VALUE!", "Second visit '99600' is not one of 99601, 99602"),
    ("Hours a day", 0, "#NUM!", "Hours a day 0 is not a number of hours from 0 to 168"),
    ("Hours a week", 169, "#NUM!", "Hours a week 169 is not a number of hours from 0 to 168"),
    ("Line span", "year", "#VALUE!", "Line span 'year' is not one of whole, month, week, day"),
    ("Place", "moon", "#VALUE!", "Place 'moon' is not a place of service: write 12 home"),
    ("Suite places", "49, moon", "#VALUE!", "Suite places 'moon' is not a place of service"),
    ("Accreditation", "ISO", "#N/A", "Accreditation 'ISO' is no accreditation body that the reference knows: ACHC"),
    ("Authorization", "often", "#VALUE!", "Authorization 'often' is not one of yes, no"),
    ("Days to file", 0, "#NUM!", "Days to file 0 is not a whole number from 1 to 3660"),
    ("Home infusion benefit", "G0068", "#VALUE!", "Home infusion benefit 'G0068' is not one of yes, no"),
    ("Deductible left", -5, "#NUM!", "Deductible left -5 is negative: write US dollars, or leave it blank"),
    ("Coinsurance", 20, "#NUM!", "Coinsurance 20 is not from 0 to 1: write 0.5 or 50%"),
    ("Copay a visit", "some", "#VALUE!", "Copay a visit 'some' is not a number"),
    ("DME payer", True, "#VALUE!", "DME payer is TRUE: a text or number is needed"),
    ("Modifier order", "QQ", "#N/A", "Modifier order 'QQ' is no modifier of the reference"),
    ("Payment days", 4000, "#NUM!", "Payment days 4000 is not a whole number from 0 to 3660"),
]


def _wrong(column: Column) -> Iterator[tuple[str, object, str, str]]:
    """A cell that what a column declares refuses: a word that is none of its choices, a number beyond its limits."""
    if column.choices:
        says = f"{column.name} 'no such word' is not one of {', '.join(column.choices)}"
        yield column.name, "no such word", "#VALUE!", says
    elif isinstance(column.checked, Limits) and column.checked.most is not None:
        yield column.name, column.checked.most + 1, "#NUM!", f"{column.name} {column.checked.most + 1} is not "


#: What the terms declare, and beside it what stands here.
CELLS = [
    (term.name, cell)
    for term in TERMS.values()
    if term.column.name
    for cell in (term.default.value, *DEFAULTS.get(term.name, []), None)
]
EVERY_WRONG = [*WRONG, *(row for column in PAYERS.columns[1:] for row in _wrong(column))]


def test_every_way_to_read_a_term_has_a_cell_that_cannot_be_read_here() -> None:
    shown = {column for column, *_ in EVERY_WRONG}
    known = {term.read for term in TERMS.values() if term.name in shown}
    lacking = [term.name for term in TERMS.values() if term.read not in known]
    assert not lacking, f"add a cell to WRONG that none of these can be: {', '.join(lacking)}"
    assert {*DEFAULTS, *shown} <= {column.name for column in PAYERS.columns[1:]}


@pytest.mark.parametrize(("column", "cell"), CELLS)
def test_a_default_said_is_a_default_left_blank(column: str, cell: object) -> None:
    reference = current()
    said = Payers(reference, [(2, {"Payer": "A", column: cell})]).terms("a")
    default = Payers(reference, []).terms("A")
    for name in said.__slots__:
        if name not in ("name", "row", "stated"):
            assert getattr(said, name) == getattr(default, name), name
    assert said.problem is None and (cell is None or len(said.stated) == 1)


@pytest.mark.parametrize("column", [column.name for column in PAYERS.columns[1:]])
def test_a_blank_cell_of_the_sheet_is_the_default(column: str) -> None:
    assert claim(ORDERS, payers=[{"Payer": "A", column: ""}], rates=RATES)[0]["Code"] == "S9502"
    assert [line["Why"] for line in claim(ORDERS, payers=[{"Payer": "A", column: None}])] == [
        line["Why"] for line in claim(ORDERS, payers=[{"Payer": "A"}])
    ]


@pytest.mark.parametrize(("column", "cell", "error", "says"), EVERY_WRONG)
def test_a_cell_that_cannot_be_read_fails_every_line_of_its_payer(
    column: str, cell: object, error: str, says: str
) -> None:
    orders = [*ORDERS, order(9, "ertapenem", "1 g", 24, "2024-07-25", "2024-07-25", Payer="B")]
    visits = [visit("2024-07-25", 60, Payer="A"), visit("2024-07-25", 60, Payer="B")]
    lines = claim(orders, visits, payers=[{"Payer": "B"}, {"Payer": "A", column: cell}], rates=RATES)
    mine = [line for line in lines if line["Payer"] == "A"]
    assert len(mine) == 5  # four orders, a visit
    for line in mine:
        assert [line[name] for name in ("Code", "Units", "Rate", "Charge")] == [error] * 4
        assert f"Payers table row 3: {says}" in line["Why"]
    others = [line for line in lines if line["Payer"] == "B"]
    assert [line["Code"] for line in others] == ["S9500", "J1335", "99601"]


@pytest.mark.parametrize("column", PAYERS.columns, ids=lambda column: column.name)
def test_synonyms_and_error_values(column: Any) -> None:
    for name in (column.name, *column.synonyms):
        row = {"Payer": "A", name.upper(): "#REF!"} if column.name != "Payer" else {name: "#REF!"}
        lines = claim(ORDERS if column.name != "Payer" else [{**ORDERS[0], "Payer": None}], payers=table([row]))
        assert {line["Code"] for line in lines} == {"#REF!"}
        assert f"Payers table row 2: {column.name} is #REF!" in lines[0]["Why"]


def test_the_names_of_payers_are_compared_without_case_and_shown_as_their_table_has_them() -> None:
    lines = claim([{**ORDERS[0], "Payer": "acme  HEALTH"}], payers=[{"Payer": "Acme Health", "Third share": 0}])
    assert {line["Payer"] for line in lines} == {"Acme Health"} and lines[0]["Code"] == "S9502"


# -- shares, exempt therapies, rank ------------------------------------------------------------------------------


def test_exempt_therapies_keep_rank_and_modifier_and_earn_the_full_rate() -> None:
    orders = [
        order(1, "meropenem", "1 g", 8, "2024-03-01", "2024-03-02"),
        order(2, None, None, 24, "2024-03-01", "2024-03-02", Therapy="TPN", Volume="1.8 L"),
        order(3, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-02"),
    ]
    rates = [{"Code": code, "Rate": 100} for code in ("S9502", "S9366", "S9500", "J2185", "J1335")]
    for exempt, tpn in [("TPN, enteral", 200), ("parenteral nutrition; catheter care", 200), (None, 100)]:
        lines = claim([{**one, "Payer": "A"} for one in orders],
                      payers=[{"Payer": "A", "Exempt therapies": exempt}], rates=rates)  # fmt: skip
        assert [(line["Code"], modifiers(line), line["Charge"]) for line in lines if line["Code"][0] == "S"] == [
            ("S9502", "", 200), ("S9366", "SH", tpn), ("S9500", "SJ", 50),
        ]  # fmt: skip
        assert ("A pays it in full" in lines[2]["Why"]) is (exempt is not None)


RANKED = [
    order(1, "vancomycin", "1 g", 12, "2024-03-03", "2024-03-06", Payer="A"),
    order(2, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-06", Payer="A"),
]


def per_diems(lines: list[Row]) -> list[tuple[str, str, int]]:
    return [found for found in short(lines) if found[0].startswith("S")]


def test_rank_by_frequency_start_and_rate() -> None:
    rates = [{"Code": code, "Rate": rate} for code, rate in [("S9501", 100), ("J3370", 1), ("J1335", 1)]]
    dearer = {"Code": "S9500", "Rate": 120, "From": "2024-03-05"}
    cheaper = {"Code": "S9500", "Rate": 90, "To": "2024-03-04"}

    def ranked(by: str | None) -> list[tuple[str, str, int]]:
        payers = [{"Payer": "A", "Rank by": by}]
        return per_diems(claim(RANKED, payers=payers, rates=[*rates, dearer, cheaper]))

    assert ranked(None) == ranked("frequency") == [
        ("S9500", "03/01-03/02", 2), ("S9501", "03/03-03/06", 4), ("S9500-SH", "03/03-03/04", 2),
        ("S9500-SH", "03/05-03/06", 2),
    ]  # fmt: skip
    assert ranked("start") == [
        ("S9500", "03/01-03/04", 4), ("S9501-SH", "03/03-03/06", 4), ("S9500", "03/05-03/06", 2),
    ]  # fmt: skip
    assert ranked("rate") == [  # S9501 is the dearer through 4 March, S9500 from the 5th
        ("S9500", "03/01-03/02", 2), ("S9501", "03/03-03/04", 2), ("S9500-SH", "03/03-03/04", 2),
        ("S9500", "03/05-03/06", 2), ("S9501-SH", "03/05-03/06", 2),
    ]  # fmt: skip


def test_rank_by_rate_where_a_rate_is_missing_or_there_are_none() -> None:
    payers = [{"Payer": "A", "Rank by": "rate"}]
    lines = claim(RANKED, payers=payers, rates=[{"Code": "S9500", "Rate": 1}])
    assert per_diems(lines)[0] == ("S9500", "03/01-03/06", 6)  # one without a rate comes last
    assert [modifiers(line) for line in lines if line["Code"] == "S9501"] == ["SH"]
    lines = claim(RANKED, payers=payers)
    assert [modifiers(line) for line in lines if line["Code"] == "S9501"] == [""]
    assert lines[2]["Why"].endswith("4 days; ranked by frequency, for there are no rates to rank by")
    wrong = [*RANKED, order(3, "meropenem", "1 g", 5, "2024-03-01", "2024-03-06", Payer="A")]
    assert per_diems(claim(wrong, payers=payers, rates=[{"Code": "S9500", "Rate": 1}]))[0] == (
        "S9500", "03/01-03/06", 6,
    )  # fmt: skip


def test_the_drug_line_does_not_know_of_ranks() -> None:
    for by in ("frequency", "rate", "start"):
        payers = [{"Payer": "A", "Rank by": by, "Second share": 0, "Extra modifier": 59}]
        rates = [{"Code": code, "Rate": 3} for code in ("S9500", "S9501", "J3370", "J1335")]
        drugs = [line for line in claim(RANKED, payers=payers, rates=rates) if line["Code"].startswith("J")]
        assert {(line["Code"], modifiers(line), line["Units"], line["Charge"]) for line in drugs} == {
            ("J3370", "", 16, 48), ("J1335", "", 12, 36),
        }  # fmt: skip


# -- days --------------------------------------------------------------------------------------------------------


def days_of(interval: object, visits: list[Row] = [], **terms: Any) -> list[tuple[str, str, int]]:  # noqa: B006
    orders = [order(1, "milrinone", "40 mg", interval, "2024-03-01", "2024-03-14", Payer="A")]
    payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}]
    return per_diems(claim(orders, visits, payers=payers))


def test_every_day_counts_up_to_the_longest_interval() -> None:
    assert days_of("q48h") == days_of("q72h") == [("S9348", "03/01-03/14", 14)]
    weekly = [("S9348", "03/01-03/01", 1), ("S9348", "03/08-03/08", 1)]
    assert days_of("weekly") == weekly
    assert days_of("weekly", Longest_interval=168) == [("S9348", "03/01-03/14", 14)]
    assert days_of("q48h", Longest_interval=24)[:2] == [("S9348", "03/01-03/01", 1), ("S9348", "03/03-03/03", 1)]
    assert days_of("q8h", Longest_interval=24) == [("S9348", "03/01-03/14", 14)]


def test_infusion_days_and_visit_days() -> None:
    days = [1, 3, 5, 7, 9, 11, 13]
    assert days_of("q48h", Days_counted="infusion days") == [("S9348", f"03/{d:02}-03/{d:02}", 1) for d in days]
    assert days_of("daily", Days_counted="infusion days") == [("S9348", "03/01-03/14", 14)]
    visits = [visit("2024-03-04", 60), visit("2024-03-03", 60), visit("2024-03-20", 60),
              visit("2024-03-12", 60, Nurse="agency"), visit("soon", 60)]  # fmt: skip
    found = days_of("q48h", visits, Days_counted="infusion or visit days")
    assert found == [
        ("S9348", "03/01-03/01", 1),
        ("S9348", "03/03-03/05", 3),  # a visit on the 4th joins the doses of the 3rd and the 5th
        *(("S9348", f"03/{d:02}-03/{d:02}", 1) for d in (7, 9, 11, 13)),
    ]
    around = [visit("2024-02-29", 60), visit("2024-03-14", 60), visit("2024-03-15", 60)]  # the order ends on the 14th
    assert days_of("q48h", around, Days_counted="infusion or visit days") == [
        *(("S9348", f"03/{d:02}-03/{d:02}", 1) for d in days[:-1]), ("S9348", "03/13-03/14", 2)
    ]  # fmt: skip
    assert days_of("q48h", visits, Days_counted="infusion days") == days_of("q48h", Days_counted="infusion days")
    assert days_of("q48h", Days_counted="infusion or visit days") == days_of("q48h", Days_counted="infusion days")


# -- codes -------------------------------------------------------------------------------------------------------


def test_a_code_for_other_intervals_and_the_codes_that_there_are_stay() -> None:
    five = order(1, "meropenem", "1 g", 5, "2024-03-01", "2024-03-02", Payer="A")
    eight = order(2, "vancomycin", "1 g", 8, "2024-03-01", "2024-03-02", Payer="A")
    hydration = order(3, None, None, 5, "2024-03-01", "2024-03-02", Payer="A", Therapy="hydration", Volume="9 L")
    for code in ("S9494", "S9500", "s9494"):
        lines = claim([five, eight, hydration], payers=[{"Payer": "A", "Other intervals": code}])
        assert [line["Code"] for line in lines if not str(line["Code"]).startswith("J")] == [
            code.upper(), "S9377", "S9502",
        ]  # fmt: skip
        assert lines[0]["Why"].endswith(f"2 days; {code.upper()} by Payers table row 2, Other intervals")
    lines = claim([five], payers=[{"Payer": "A"}])
    assert lines[0]["Code"] == "#N/A" and "no per diem code for every 5 hours" in lines[0]["Why"]


def test_a_code_for_other_intervals_is_used_on_the_days_on_which_the_interval_has_none() -> None:
    """Every 6 hours has a code of its own from July 2024 through June 2025 alone, in this edition."""
    rows = list(csv.DictReader(io.StringIO(bundled("per_diem.csv"))))
    (six,) = (row for row in rows if row["code"] == "S9503")
    six |= {"first_day": "2024-07-01", "last_day": "2025-06-30"}
    one = order(1, "ampicillin", "1 g", 6, "2024-06-29", "2024-07-02", Payer="A")
    with using(load(reading({"per_diem.csv": as_csv(rows)}))):
        both_sides = [one, {**one, "Order": 2, "Patient": "P2", "Start": "2025-06-30", "End": "2025-07-03"}]
        lines = claim(both_sides, payers=[{"Payer": "A", "Other intervals": "S9494"}])
        assert [per_diem for per_diem in short(lines) if per_diem[0][0] != "J"] == [
            ("S9494", "06/29-06/30", 2), ("S9503", "07/01-07/02", 2), ("S9503", "06/30-06/30", 1), ("S9494", "07/01-07/03", 3),
        ]  # fmt: skip
        assert lines[0]["Why"].endswith("2 days; S9494 by Payers table row 2, Other intervals")
        lines = claim(both_sides, payers=[{"Payer": "A"}])
        assert [line["Code"] for line in lines if "every 6" in line["Why"] or line["Code"] == "#N/A"] == [
            "#N/A", "S9503", "S9503", "#N/A",
        ]  # fmt: skip
        # a payer's code of those days goes before it, and the days on which that ended are an error as ever
        codes = [
            {"Payer": "A", "Drug or therapy": "anti-infective", "Interval": 6, "Code": "S9500", "To": "2024-06-29"}
        ]
        lines = claim([one], payers=[{"Payer": "A", "Other intervals": "S9494"}], codes=codes)
        assert [line["Code"] for line in lines if line["Code"][0] == "S"] == ["S9500", "S9494", "S9503"]


def test_always_code_is_for_its_therapy_alone() -> None:
    orders = [
        order(1, "meropenem", "1 g", 8, "2024-03-01", "2024-03-02", Payer="A"),
        order(2, None, None, None, "2024-03-01", "2024-03-02", Payer="A", Therapy="TPN", Volume="1.8 L"),
        order(3, "milrinone", "40 mg", "continuous", "2024-03-01", "2024-03-02", Payer="A"),
    ]
    lines = claim(orders, payers=[{"Payer": "A", "Always code": "S9494, S9364"}])
    assert sorted(line["Code"] for line in lines if line["Code"].startswith("S")) == ["S9348", "S9364", "S9494"]
    assert "S9494 by Payers table row 2, Always code" in lines[0]["Why"]
    early = claim([{**orders[0], "Start": "2001-12-31", "End": "2002-01-01"}],
                  payers=[{"Payer": "A", "Always code": "S9494"}])  # fmt: skip
    assert [(str(line["From"]), line["Code"]) for line in early if "J2185" not in line["Why"]] == [
        ("2001-12-31", "#N/A"), ("2002-01-01", "S9494"),
    ]  # fmt: skip


def test_extra_modifier_goes_beside_sh_and_sj_alone_and_ss_behind_them() -> None:
    orders = [{**one, "Place": 49} for one in ORDERS[:3]]
    lines = claim(orders, payers=[{"Payer": "A", "Extra modifier": "59"}])
    assert {modifiers(line) for line in lines if line["Code"].startswith("S")} == {"SS", "SH-59-SS", "SJ-59-SS"}
    assert {modifiers(line) for line in lines if line["Code"].startswith("J")} == {""}


# -- places ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "place", "shown", "ss"),
    [
        ({}, None, "12", ""),
        ({}, 49, "49", "SS"),
        ({}, 11, "11", ""),
        ({"Place": 11}, None, "11", ""),
        ({"Place": 49}, None, "49", "SS"),
        ({"Place": 49}, "home", "12", ""),
        ({"Suite places": "11, 49"}, 11, "11", "SS"),
        ({"Suite places": "11; 49"}, 49, "49", "SS"),
        ({"Suite places": "none"}, 49, "49", ""),
        ({"Suite places": 11}, 49, "49", ""),
    ],
)
def test_place_of_service_and_the_infusion_suite(terms: Row, place: object, shown: str, ss: str) -> None:
    orders = [order(1, "ertapenem", "1 g", 24, "2024-03-01", "2024-03-02", Payer="A", Place=place)]
    lines = claim(orders, [visit("2024-03-01", 60, Place=place)], payers=[{"Payer": "A"} | terms])
    assert {line["Place"] for line in lines} == {shown}
    assert [modifiers(line) for line in lines] == [ss, "", ""]
    assert ("in the infusion suite" in lines[0]["Why"]) is bool(ss)


# -- spans -------------------------------------------------------------------------------------------------------


def test_spans_of_a_line() -> None:
    orders = [order(1, "ertapenem", "1 g", 24, "2024-01-30", "2024-03-02", Payer="A")]

    def spans(span: str) -> list[tuple[str, int]]:
        lines = claim(orders, payers=[{"Payer": "A", "Line span": span}])
        assert sum(line["Units"] for line in lines if line["Code"] == "J1335") == 66
        return [found[1:] for found in short(lines) if found[0] == "S9500"]

    assert spans("whole") == [("01/30-03/02", 33)]
    assert spans("month") == [("01/30-01/31", 2), ("02/01-02/29", 29), ("03/01-03/02", 2)]
    assert [units for _, units in spans("week")] == [7, 7, 7, 7, 5] and spans("week")[0] == ("01/30-02/05", 7)
    assert len(spans("day")) == 33 and set(units for _, units in spans("day")) == {1}


def test_lines_that_begin_within_a_therapy_stand_by_its_rank() -> None:
    orders = [
        order(1, "vancomycin", "1 g", 12, "2025-07-30", "2025-08-02", Payer="A"),
        order(2, "meropenem", "1 g", 8, "2025-07-30", "2025-08-02", Payer="A"),
    ]
    codes = [line["Code"] for line in claim(orders, payers=[{"Payer": "A", "Line span": "month"}])]
    assert codes == ["S9502", "J2185", "S9501", "J3373"] * 2


def test_a_month_at_the_end_of_the_calendar() -> None:
    orders = [order(1, "ertapenem", "1 g", 24, "9999-12-30", "9999-12-31", Payer="A")]
    assert short(claim(orders, payers=[{"Payer": "A", "Line span": "month"}]))[0] == ("S9500", "12/30-12/31", 2)
    by_days = {**orders[0], "End": None, "Days": 2}
    assert short(claim([by_days]))[0] == ("S9500", "12/30-12/31", 2)
    beyond = {**orders[0], "End": None, "Days": 3}
    assert claim([beyond])[0]["Why"] == "Days 3 from 9999-12-30 go beyond the calendar: check the dates"


# -- what the row says of its defaults ---------------------------------------------------------------------------


def test_terms_say_what_is_stated_and_what_is_a_default() -> None:
    payers = Payers(current(), [(2, {"Payer": "A", "Second share": Decimal("0.3"), "Days to file": 90})])
    assert payers.terms("A").stated == {"second", "days_to_file"} and payers.terms("A").days_to_file == 90
    assert payers.terms("A").shares == (1, Decimal("0.3"), Decimal("0.25"))
    assert payers.terms("").problem is None and payers.terms("B").problem is not None
    assert [terms.name for terms in payers.all] == ["A"]
    assert payers.terms("A").accreditation == () and payers.terms("A").hours_a_day is None


def test_terms_of_the_checks() -> None:
    cells = {"Accreditation": "ACHC; Joint Commission, CHAP", "Hours a day": 4, "Hours a week": "12.5",
             "Authorization": "yes", "Kind": "workers compensation"}  # fmt: skip
    terms = Payers(current(), [(2, {"Payer": "A"} | cells)]).terms("A")
    assert (len(terms.accreditation), terms.hours_a_day, terms.hours_a_week) == (3, 4, Decimal("12.5"))
    assert terms.authorization is True and terms.kind == "workers' compensation"


def test_a_payer_may_pay_every_hour_of_a_day_and_of_a_week() -> None:
    terms = Payers(current(), [(2, {"Payer": "A", "Hours a day": 24, "Hours a week": 168})]).terms("A")
    assert terms.problem is None and (terms.hours_a_day, terms.hours_a_week) == (24, 168)


@pytest.mark.parametrize(
    "kind",
    [
        "workers comp",
        "Workers' Comp",
        "worker's comp",
        "WORKERS COMPENSATION",
        "worker's compensation",
        "work comp",
        "WC",
    ],
)
def test_workers_compensation_as_it_is_written(kind: str) -> None:
    terms = Payers(current(), [(2, {"Payer": "A", "Kind": kind})]).terms("A")
    assert terms.problem is None and terms.kind == "workers' compensation"


def test_a_day_as_a_payers_name_is_text() -> None:
    day = dt.date(2024, 3, 1)
    lines = claim([{**ORDERS[0], "Payer": day}], payers=[{"Payer": day, "Always code": "S9494"}])
    assert (lines[0]["Payer"], lines[0]["Code"]) == ("2024-03-01", "S9494")


# -- what stands beside the ranked therapies, and who bills drugs --------------------------------------------------


def test_a_therapy_that_takes_no_rank_stands_in_full_beside_the_others() -> None:
    ranked = grid()
    found = grid(Unranked_therapies="anti-infective")
    assert not [line for line in found if line[0].startswith("S") and line[0].endswith(("SH", "SJ"))]
    assert [line for line in found if line[0][0] == "J"] == [line for line in ranked if line[0][0] == "J"]
    orders = [order(1, "total parenteral nutrition", None, None, "2025-08-01", "2025-08-03", Payer="A", Volume="1.5 L"),
              order(2, "ertapenem", "1 g", 24, "2025-08-01", "2025-08-03", Payer="A")]  # fmt: skip
    codes = [line["Code"] for line in claim(orders, payers=[{"Payer": "A", "Unranked therapies": "TPN"}])]
    assert codes == ["S9500", "J1335", "S9366"]  # shared by the bags of a day, and unranked all the same


def test_drugs_that_the_pharmacy_benefit_pays_have_no_line() -> None:
    one = [order(1, "ceftriaxone", "2 g", "daily", "2025-08-01", "2025-08-07", Payer="A")]
    for billed, says in (
        ("pharmacy benefit", "the pharmacy benefit pays the drug"),
        ("no", "A pays no drug beside it"),
    ):
        payers = [{"Payer": "A", "Drugs billed": billed}]
        (line,) = claim(one, payers=payers)
        assert (line["Code"], line["Units"]) == ("S9500", 7) and line["Why"].endswith(says)
        steps = EXPLAIN(1, table(one), None, table(payers))
        assert ["Who bills the drug?", billed, "Payers table row 2, Drugs billed"] in [step[-3:] for step in steps]
    tpn = [order(1, "total parenteral nutrition", None, None, "2025-08-01", "2025-08-03", Payer="A", Volume="1.5 L")]
    (line,) = claim(tpn, payers=[{"Payer": "A", "Drugs billed": "no"}])
    assert "pays no drug" not in line["Why"]  # it has none
