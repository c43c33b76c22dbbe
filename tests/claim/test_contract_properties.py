"""Properties of the claim grid over random contracts and orders, against the slow day-by-day claim."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chance import times
from tests.claim.claims import Row, claim, modifiers
from tests.claim.day_by_day import (
    CODES,
    DAY,
    SCHEDULES,
    Contract,
    Plain,
    contract_days,
    contract_units,
    counted,
    doses,
    least_opened,
    unit,
)
from tests.functions.test_any_cell import cells
from xl_infusion import CLAIM_GRID, ExcelError
from xl_infusion.claim import ORDERS, PAYER_CODES, PAYERS, RATES, VISITS

START = dt.date(2025, 6, 20)
PER_DIEM = [*CODES.values(), "S9494"]
DRUG = ["J2185", "J0696", "J1335", "J3370", "J3373"]


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    share = st.sampled_from([Fraction(n, 4) for n in range(5)] + [Fraction(3, 10), Fraction(1, 8)])
    own = draw(st.lists(st.tuples(st.sampled_from(PER_DIEM), st.sampled_from(["SH", "SJ"])), max_size=3, unique=True))
    return Contract(
        second=draw(share),
        third=draw(share),
        rank_by=draw(st.sampled_from(["frequency", "rate", "start"])),
        infusion_days=draw(st.booleans()),
        longest=draw(st.sampled_from([24, 48, 72, 168])),
        always=draw(st.sampled_from(["", "", "S9494"])),
        other=draw(st.sampled_from(["", "S9494", "S9500"])),
        beside=draw(st.sampled_from(["", "59"])),
        rounding=draw(st.sampled_from(["dose", "day"])),
        span=draw(st.sampled_from(["whole", "month", "week", "day"])),
        rates=tuple((code, draw(st.integers(1, 30_000))) for code in PER_DIEM + DRUG),
        own=tuple((code, modifier, draw(st.integers(1, 30_000))) for code, modifier in own),
    )


@st.composite
def orders_of_one(draw: st.DrawFn) -> list[Plain]:
    out = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        first = START + draw(st.integers(0, 14)) * DAY
        every = draw(st.sampled_from([3, 4, 5, 6, 8, 12, 18, 24, 36, 48, 72, 96, *SCHEDULES]))
        hours, written = (every, "") if isinstance(every, int) else (SCHEDULES[every][0], every)
        out.append(
            Plain(number, "P1", "A", draw(st.sampled_from(["meropenem", "vancomycin", "ceftriaxone", "ertapenem"])),
                  draw(st.integers(1, 4000)), hours, first, first + draw(st.integers(0, 20)) * DAY, written)
        )  # fmt: skip
    return out


def row(order: Plain) -> Row:
    return {"Order": order.number, "Patient": order.patient, "Payer": order.payer, "Drug": order.drug,
            "Dose": f"{order.milligrams} mg", "Interval": order.written or order.hours, "Start": order.first, "End": order.last}  # fmt: skip


def lines(orders: list[Plain], terms: Contract, **more: Any) -> list[Row]:
    return claim([row(order) for order in orders], (), [terms.row("A") | more], terms.rate_rows("A"))


def days(line: Row) -> list[dt.date]:
    return [line["From"] + i * DAY for i in range((line["To"] - line["From"]).days + 1)]


def cents(line: Row, column: str = "Charge") -> int:
    return 0 if isinstance(line[column], ExcelError) else round(line[column] * 100)


def is_drug(line: Row) -> bool:
    return line["Code"] in DRUG


# -- against the day-by-day claim --------------------------------------------------------------------------------


@given(orders_of_one(), contracts())
@times(3)
def test_per_diem_lines_sum_to_the_days_one_by_one(orders: list[Plain], terms: Contract) -> None:
    found = []
    for line in lines(orders, terms):
        if not is_drug(line):
            code = "#N/A" if isinstance(line["Code"], ExcelError) else line["Code"]
            for day in days(line):
                found.append((line["Order"], day, code, modifiers(line), cents(line, "Rate")))
            if code != "#N/A":
                assert line["Units"] == len(days(line))
                assert cents(line) == cents(line, "Rate") * len(days(line))
    expected = contract_days(orders, terms)
    assert sorted(found) == sorted(expected)
    total = sum(cents(line) for line in lines(orders, terms) if not is_drug(line))
    assert total == sum(cents for *_, cents in expected)


@given(orders_of_one(), contracts())
@times(3)
def test_a_drug_is_billed_on_the_days_that_its_per_diem_counts(orders: list[Plain], terms: Contract) -> None:
    found = [(line["Order"], day) for line in lines(orders, terms) if is_drug(line) for day in days(line)]
    assert len(found) == len(set(found))
    assert set(found) <= {(one.number, day) for one in orders for day in counted(one, terms)}
    assert set(found) >= {(one.number, day) for one in orders for day in one.days() if doses(one, day)}


@given(orders_of_one(), contracts())
@times(3)
def test_drug_lines_sum_to_the_days_one_by_one(orders: list[Plain], terms: Contract) -> None:
    found: Counter[tuple[int, str]] = Counter()
    total = 0
    for line in lines(orders, terms):
        if is_drug(line):
            found[line["Order"], line["Code"]] += line["Units"]
            total += cents(line)
    expected = {(one.number, code): units for one in orders for code, units in contract_units(one, terms).items()}
    assert found == expected
    assert total == sum(units * dict(terms.rates)[code] for (_, code), units in expected.items())


# -- what a contract may and may not change ----------------------------------------------------------------------


@given(orders_of_one(), contracts(), st.data())
def test_a_drug_line_is_not_touched_by_rank(orders: list[Plain], terms: Contract, data: st.DataObject) -> None:
    def drugs(given: list[Plain], by: Contract) -> list[tuple[Any, ...]]:
        names = ("Order", "From", "To", "Code", "Units", "Rate", "Charge", "Why")
        return sorted(tuple(line[name] for name in names) for line in lines(given, by) if is_drug(line))

    other = replace(
        terms,
        second=data.draw(st.sampled_from([Fraction(0), Fraction(1)])),
        rank_by=data.draw(st.sampled_from(["frequency", "rate", "start"])),
        own=(),
    )
    together = drugs(orders, terms)
    assert together == drugs(orders, other)
    assert together == sorted(line for one in orders for line in drugs([one], terms))


@given(orders_of_one(), contracts(), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_a_smaller_share_never_raises_a_line(
    orders: list[Plain], terms: Contract, second: int, third: int, less: int
) -> None:
    high = replace(terms, second=Fraction(second, 100), third=Fraction(third, 100))
    low = replace(
        high, second=Fraction(second, 100) * Fraction(less, 100), third=Fraction(third, 100) * Fraction(less, 100)
    )
    full = replace(terms, second=Fraction(1), third=Fraction(1))
    for more, fewer in [(lines(orders, full), lines(orders, high)), (lines(orders, high), lines(orders, low))]:
        assert len(more) == len(fewer)
        for one, other in zip(more, fewer, strict=True):
            assert [one[name] for name in ("Order", "From", "To", "Code", "Units")] == [
                other[name] for name in ("Order", "From", "To", "Code", "Units")
            ]
            assert cents(other) <= cents(one)
            if is_drug(one):
                assert cents(other) == cents(one)


@pytest.mark.slow
@given(orders_of_one(), contracts())
def test_cutting_lines_changes_no_total(orders: list[Plain], terms: Contract) -> None:
    def totals(span: str) -> tuple[Counter[Any], int]:
        units: Counter[Any] = Counter()
        charge = 0
        for line in lines(orders, replace(terms, span=span)):
            charge += cents(line)
            if not isinstance(line["Code"], ExcelError):
                units[line["Order"], line["Code"], modifiers(line)] += line["Units"]
        return units, charge

    whole = totals("whole")
    for span in ("month", "week", "day"):
        assert totals(span) == whole


@given(orders_of_one(), contracts(), st.sampled_from(["week", "month", "day"]))
def test_a_span_has_no_more_days_than_it_says(orders: list[Plain], terms: Contract, span: str) -> None:
    for line in lines(orders, replace(terms, span=span)):
        count = len(days(line))
        if isinstance(line["Code"], ExcelError):
            continue
        assert count <= {"week": 7, "month": 31, "day": 1}[span]
        assert span != "month" or line["From"].month == line["To"].month


# -- units -------------------------------------------------------------------------------------------------------


@given(orders_of_one(), contracts(), st.sampled_from(["dose", "day", "line"]), st.booleans())
def test_units_cover_what_was_given_and_no_unit_more_than_rounding_needs(
    orders: list[Plain], terms: Contract, rounding: str, fractional: bool
) -> None:
    terms = replace(terms, rounding=rounding)
    for line in lines(orders, terms, **{"Fractional units": "yes" if fractional else None}):
        if not is_drug(line):
            continue
        order = orders[line["Order"] - 1]
        _, amount = unit(order.drug, line["From"])
        given = [day for day in order.days() if line["From"] <= day <= line["To"] for _ in range(doses(order, day))]
        milligrams = Fraction(order.milligrams) * len(given)
        units = Fraction(str(line["Units"]))
        assert units * amount >= milligrams
        rounded = {"dose": len(given), "day": len(set(given)), "line": 1}[rounding]
        step = Fraction(1, 1000) if fractional else Fraction(1)
        assert units * amount < milligrams + rounded * step * amount
        assert fractional or isinstance(line["Units"], int)


@given(
    st.integers(1, 3000),
    st.lists(st.sampled_from([50, 100, 125, 250, 400, 440, 500, 750, 1000, 1030]), min_size=1, max_size=4, unique=True),
    st.sampled_from(["meropenem", "vancomycin", "ertapenem", "ceftriaxone"]),
    st.sampled_from([8, 24, 48]),
    st.sampled_from(["whole", "day", "week"]),
)
@times(3)
def test_administered_and_discarded_units_never_exceed_what_the_vials_hold(
    milligrams: int, sizes: list[int], drug: str, hours: int, span: str
) -> None:
    order = Plain(1, "P1", "A", drug, milligrams, hours, START, START + 20 * DAY)
    orders = [row(order) | {"Vials": ", ".join(f"{size} mg" for size in sizes)}]
    found = claim(orders, (), [{"Payer": "A", "Waste": "JW and JZ", "Line span": span}])
    units: Counter[tuple[str, str]] = Counter()
    for line in found:
        if is_drug(line):
            units[line["Code"], modifiers(line)] += line["Units"]
    opened = least_opened(milligrams, sizes)
    for code, amount in {unit(drug, day) for day in order.days()}:
        on_code = [day for day in order.days() if unit(drug, day)[0] == code]
        count = sum(1 for day in on_code for hour in range(24) if (24 * (day - order.first).days + hour) % hours == 0)
        administered = units[code, ""] + units[code, "JZ"]
        discarded = units[code, "JW"]
        assert administered == count * ceil(Fraction(milligrams, amount))
        held = Fraction(opened, amount) * count
        if discarded:
            assert administered + discarded <= held and not units[code, "JZ"]
        else:  # the last unit covers the end of the dose and what is left of its vial
            assert administered < held + count and administered >= held - count
            assert units[code, "JZ"] == administered


# -- rows --------------------------------------------------------------------------------------------------------

_ROWS = re.compile(r"\b(rows?) [0-9]+( and ([a-zA-Z ]+ row )?[0-9]+)*")


def without_rows(grid: list[Row]) -> list[Row]:
    """The grid without the numbers of rows in its reasons."""
    return [line | {"Why": _ROWS.sub("row", line["Why"])} for line in grid]


def shuffled(rows: list[Row], shuffler: random.Random) -> list[Row]:
    out = list(rows)
    shuffler.shuffle(out)
    return out


TABLES: dict[str, list[Row]] = {
    "visits": [
        {"Patient": patient, "Date": START + day * DAY, "Minutes": minutes, "Start time": None, "End time": None,
         "Payer": None, "Special training": special, "Nurse": nurse}
        for patient, day, minutes, special, nurse in [
            ("P1", 0, 60, None, None), ("P1", 0, 150, "yes", None), ("P1", 0, 150, None, None), ("P1", 0, "x", None, None),
            ("P1", 0, 0, None, None), ("P2", 3, 90, None, "agency"), ("P2", 3, 240, None, None), ("P3", 5, 45, None, None),
            ("P3", 50, 45, None, None), (None, 5, 45, None, None), ("P9", 5, 45, None, "hers"),
        ]
    ],
    "payers": [
        {"Payer": "A", "Covers": None, "Line span": "week", "Rank by": "rate", "Second visit": "99602"},
        {"Payer": "B", "Covers": "deny first", "Line span": None, "Rank by": None, "Second visit": None},
        {"Payer": "C", "Covers": "no", "Line span": "month", "Rank by": "start", "Second visit": None},
        {"Payer": "E", "Covers": "perhaps"},
    ],
    "codes": [
        {"Payer": "A", "Drug or therapy": "anti-infective", "Code": "S9494", "Interval": None, "Unit": None},
        {"Payer": "a", "Drug or therapy": "vancomycin", "Code": "J3490", "Interval": None, "Unit": "1 g"},
        {"Payer": "A", "Drug or therapy": "vancomycin", "Code": "S9500", "Interval": 12, "Unit": None},
        {"Payer": "A", "Drug or therapy": "meropenem", "Code": "S9501", "Interval": None, "Unit": None},
        {"Payer": "A", "Drug or therapy": "meropenem", "Code": "S9502", "Interval": None, "Unit": None},
    ],
}  # fmt: skip


@pytest.mark.slow
@given(orders_of_one(), contracts(), st.randoms(use_true_random=False), st.booleans())
def test_the_place_of_a_row_in_its_table_changes_nothing(
    orders: list[Plain], terms: Contract, shuffler: random.Random, with_payers: bool
) -> None:
    rows = []
    for i, order in enumerate(orders):
        one = row(order) | {"Patient": f"P{shuffler.randint(1, 3)}", "Payer": shuffler.choice("AaBCE"),
                            "Second payer": shuffler.choice([None, "A", "a", "C"]), "Unused": None}  # fmt: skip
        rows += [one, one | {"Unused": 1}] if i == 0 else [one]  # two rows with one Order
    rates = [*terms.rate_rows("A"), *terms.rate_rows(""), {"Code": "99601", "Rate": 5}, {"Code": "99601", "Rate": 6}]
    payers = TABLES["payers"] if with_payers else []
    once = claim(rows, TABLES["visits"], payers, rates, TABLES["codes"])
    again = claim(*(shuffled(given, shuffler) for given in (rows, TABLES["visits"], payers, rates, TABLES["codes"])))
    assert without_rows(once) == without_rows(again)


# -- arbitrary cells ---------------------------------------------------------------------------------------------

GOOD: dict[str, list[object]] = {
    "Covers": ["yes", "deny first", "no"],
    "Rank by": ["frequency", "rate", "start"],
    "Days counted": ["every day", "infusion days", "infusion or visit days"],
    "Always code": ["S9494", "S9366"],
    "Other intervals": ["S9494"],
    "Unit rounding": ["day", "line"],
    "Fractional units": ["yes"],
    "Waste": ["JW and JZ"],
    "Line span": ["month", "week", "day"],
    "Second visit": ["99602"],
    "Home infusion benefit": ["yes"],
    "Payer": ["A", "B", "C", None],
    "Second payer": ["A", "B", "C"],
    "Patient": ["P1", "P2"],
    "Start": [45800, "2025-06-30", "9999-12-31"],
    "End": ["2025-07-05", 45850, "9999-12-31"],
    "Days": [1, 5, 3660],
    "Date": ["2025-07-01", 45840],
    "Drug": ["vancomycin", "meropenem", "J3490", "Hizentra", "milrinone", "TPN"],
    "Drug or therapy": ["vancomycin", "anti-infective"],
    "Code": ["S9494", "J3490", "J2185", "99601", "S9500"],
    "Dose": ["1 g", "750 mg", 500],
    "Unit": ["1 g", "100 mg"],
    "Interval": [8, 12, "q48h", "continuous", 5],
    "Rate": [5, "0.35", "85%"],
    "Basis": ["% of charge", "usual charge", "reference price", "% of reference price"],
    "Per": ["day", "dose", "line"],
    "Lesser of charge": ["yes"],
    "Modifier": ["SH", "JW"],
    "Vials": ["500 mg, 1 g", "100 mg"],
    "Dispensed": [0, 3, 40],
    "Unused": [1, 2],
    "Supplied by": ["outside pharmacy"],
    "NDC": ["0409-6510-01"],
    "Minutes": [60, 150],
    "Start time": ["8:00", 0.9],
    "End time": ["9:30", 0.2],
}


def rows_of(columns: list[str], count: int, seed: int, odd: float) -> list[list[Any]]:
    """Rows of cells, most of them good: where every cell is odd nothing gets past the first."""
    chooser = random.Random(seed)
    strange = cells(count * len(columns), seed)
    out = []
    for i in range(count):
        out.append([
            strange[i * len(columns) + j] if chooser.random() < odd or (column not in GOOD and chooser.random() < 0.1)
            else chooser.choice(GOOD.get(column, [None])) if chooser.random() < 0.8 else None
            for j, column in enumerate(columns)
        ])  # fmt: skip
    return out


@pytest.mark.parametrize("odd", [0.0, 0.02, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(12))
def test_whatever_stands_in_the_tables_no_order_is_dropped_and_nothing_is_0(seed: int, odd: float) -> None:
    tables = {}
    for at, (of, count) in enumerate([(ORDERS, 150), (VISITS, 30), (PAYERS, 3), (RATES, 8), (PAYER_CODES, 3)]):
        names = [column.name for column in of.columns]
        rows = rows_of(names, count, seed * 10 + at, odd)
        for i, one in enumerate(rows):
            if of is ORDERS:
                one[0] = i + 1
            if of is PAYERS and odd < 1:
                one[0] = "ABC"[i]
        tables[of.name] = [names, *rows]
    grid = CLAIM_GRID(*(tables[of.name] for of in (ORDERS, VISITS, PAYERS, RATES, PAYER_CODES)))
    assert isinstance(grid, list)
    header, *found = grid
    at = {name: header.index(name) for name in ("Order", "Units", "Code", "Charge", "Why", "From", "To")}
    assert {line[at["Order"]] for line in found} - {""} == set(range(1, 151))
    for line in found:
        units = line[at["Units"]]
        assert isinstance(units, ExcelError) or (isinstance(units, (int, float)) and units > 0), line
        assert isinstance(line[at["Charge"]], (ExcelError, int, float)), line
        assert line[at["Why"]] and line[at["Code"]], line
        assert line[at["From"]] == "" or line[at["From"]] <= line[at["To"]], line
