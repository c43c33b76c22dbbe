"""Paid against expected over whole tables: nothing dropped, sums to the cent, whatever the order of the rows."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.billing import tables
from tests.model.remittances import PAYERS, Case, Row, case, judged, rates, spoil
from xl_infusion.errors import ExcelError
from xl_infusion.functions import CLAIM_CHECKS, CLAIM_SUMMARY, EXPECTED_GRID, VARIANCE_GRID
from xl_infusion.model.causes import CAUSES

DAY = dt.timedelta(1)


def exact(amount: Any) -> Decimal:
    return Decimal(repr(amount))


def rows_of(grid: Any) -> list[Row]:
    assert isinstance(grid, list), grid.message
    return [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]


def total(rows: list[Row], name: str) -> Decimal:
    return sum((exact(row[name]) for row in rows), Decimal(0))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_mistakes_in_200_lines_are_named_right_and_no_right_payment_is_accused(seed: int) -> None:
    random_ = random.Random(seed)
    found = case(random_, 110)
    spoil(found, random_, 200, strangers=10)
    assert len(found.wrong) == 200 and len(set(found.kinds.values())) >= 10
    named, every, accused = judged(found, found.variance(random_))
    assert accused == []
    assert sum(named.values()) >= 0.95 * sum(every.values())
    for kind, count in every.items():
        assert named[kind] >= count - 1, kind


def test_right_payments_are_all_as_expected() -> None:
    random_ = random.Random(99)
    found = case(random_, 60)
    rows = found.variance(random_)
    assert len(rows) == len(found.lines)
    assert {row["Cause"] for row in rows} == {"paid as expected"}
    assert {row["Match"].split(":")[0] for row in rows} <= {"sure", "likely"}


# -- random tables ---------------------------------------------------------------------------------------------

_CODES = ("S9500", "S9501", "S9502", "S9494", "J2185", "J0696", "J3370", "J3373", "99601", "99602", "J9999", "XX")


@st.composite
def remittances(draw: st.DrawFn) -> list[list[object]]:
    """Rows of any kind: of the orders below or of nobody, on any day, some that cannot be read."""
    start = dt.date(2025, 6, 25)
    rows: list[list[object]] = [["Claim", "Order", "Patient", "Payer", "Code", "Modifiers", "From", "To", "Units",
                                 "Allowed", "Paid", "Patient share", "Adjustments"]]  # fmt: skip
    for number in range(draw(st.integers(0, 14))):
        first = start + draw(st.integers(-9, 20)) * DAY
        paid = draw(st.integers(-60000, 150000)) / 100
        rows.append([
            number, draw(st.sampled_from([None, None, "1", "2", "3", "9"])), draw(st.sampled_from(["P1", "P2", "P9"])),
            draw(st.sampled_from([None, "Plan A", "Plan C", "Blue"])), draw(st.sampled_from(_CODES)),
            draw(st.sampled_from([None, "SH", "SJ", "SH 59"])), first, first + draw(st.integers(0, 16)) * DAY,
            draw(st.sampled_from([None, 0, 1, 3, 10, 30])), draw(st.sampled_from([None, paid, 100])), paid,
            draw(st.sampled_from([None, 0, 20])), draw(st.sampled_from([None, "CO-45", "PR-1", "CO-16, N706"])),
        ])  # fmt: skip
        if draw(st.integers(0, 7)) == 0:
            rows.append(list(rows[-1]))
        if draw(st.integers(0, 7)) == 0:
            rows.append([*rows[-1][:10], -paid, *rows[-1][11:]])
        if draw(st.integers(0, 11)) == 0:
            rows[-1][6] = draw(st.sampled_from(["soon", None]))
    return rows


ORDERS: list[list[object]] = [
    ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"],
    [1, "P1", "Plan A", "meropenem", "1 g", "q8h", dt.date(2025, 6, 25), 14],
    [2, "P1", "Plan A", "vancomycin", "1 g", "q12h", dt.date(2025, 6, 26), 10],
    [3, "P2", "Plan C", "ceftriaxone", "2 g", "daily", dt.date(2025, 6, 28), 12],
    [4, "P2", "Plan C", "ceftriaxone", "2 g", "daily", dt.date(2025, 7, 1), 5],
]
VISITS: list[list[object]] = [["Patient", "Date", "Minutes"], ["P1", dt.date(2025, 6, 25), 150],
                              ["P2", dt.date(2025, 6, 28), 60], ["P2", dt.date(2025, 7, 1), 60]]  # fmt: skip


def compared(remittance: list[list[object]], orders: list[list[object]] = ORDERS) -> list[Row]:
    return rows_of(VARIANCE_GRID(orders, VISITS, PAYERS, rates(), remittance))


@given(remittances())
def test_expected_and_paid_add_up_to_the_two_tables(remittance: list[list[object]]) -> None:
    rows = compared(remittance)
    expected = rows_of(EXPECTED_GRID(ORDERS, VISITS, PAYERS, rates()))
    assert total(rows, "Expected") == total(expected, "Payer pays")
    assert total(rows, "Paid") == sum((exact(row[10]) for row in remittance[1:]), Decimal(0))
    named = Counter(int(at) for row in rows for at in str(row["Remittance row"]).split(", ") if at)
    assert set(named) == set(range(2, len(remittance) + 1))  # every row is somewhere
    for row in rows:
        assert (
            row["Cause"] in CAUSES and row["Why"] and row["Match"].split(":")[0] in ("sure", "likely", "guess", "none")
        )
        if not isinstance(row["Variance"], ExcelError):
            assert exact(row["Variance"]) == exact(row["Paid"]) - exact(row["Expected"])
        else:
            assert row["Cause"] == "row cannot be read"


def _without_rows(rows: list[Row]) -> list[list[object]]:
    """A grid without the numbers of the remittance rows, which follow their places."""
    out = []
    for row in rows:
        numbers = sorted((at for at in str(row["Remittance row"]).split(", ") if at), key=len, reverse=True)
        why = row["Why"]
        for number in numbers:
            why = why.replace(f"row {', '.join(numbers)}", "row").replace(number, "#")
        claims = sorted(str(row["Claim"]).split(", "))
        said = sorted(str(row["Adjustments"]).split("; "))
        out.append([*list(row.values())[:14], claims, said])
    return out


@given(remittances(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(remittance: list[list[object]], shuffler: random.Random) -> None:
    shuffled, orders = remittance[1:], ORDERS[1:]
    shuffler.shuffle(shuffled)
    shuffler.shuffle(orders)
    again = compared([remittance[0], *shuffled], [ORDERS[0], *orders])
    assert _without_rows(compared(remittance)) == _without_rows(again)


@pytest.mark.slow
def test_the_order_of_the_rows_changes_nothing_among_many_mistakes() -> None:
    random_ = random.Random(5)
    found = case(random_, 60)
    spoil(found, random_, 150, strangers=6)
    first = found.variance(random_)
    assert _without_rows(first) == _without_rows(found.variance(random.Random(6)))


# -- what stands around it -------------------------------------------------------------------------------------


def test_sums_by_payer_and_cause() -> None:
    random_ = random.Random(7)
    found = case(random_, 30)
    spoil(found, random_, 40)
    grid = VARIANCE_GRID(found.orders, found.visits, PAYERS, rates(), found.table(random_))
    rows = rows_of(grid)
    header, (_, whole, *_), *groups = CLAIM_SUMMARY(grid, "Payer", "Cause", "Variance")
    assert header[:2] == ["Payer", "Total"] and set(header[2:]) == {row["Cause"] for row in rows}
    assert exact(whole) == total(rows, "Variance")
    for payer, _, *amounts in groups:
        for cause, amount in zip(header[2:], amounts, strict=True):
            some = [row for row in rows if (row["Payer"], row["Cause"]) == (payer, cause)]
            assert exact(amount) == total(some, "Variance")
    summed = rows_of(CLAIM_SUMMARY(grid, "Cause"))[0]
    assert exact(summed["Expected"]) + exact(summed["Variance"]) == exact(summed["Paid"])


def test_the_examples_paid_as_the_claim_has_them_are_as_expected() -> None:
    found = tables()
    given = [found[name] for name in ("Orders", "Visits", "Payers", "Rates")]
    codes = [found["Payer codes"], found["Own codes"]]
    lines = rows_of(EXPECTED_GRID(*given, None, *codes))
    remittance: list[list[object]] = [
        ["Patient", "Payer", "Code", "Modifier 1", "Modifier 2", "From", "To", "Units", "Paid"]
    ]
    for line in lines:
        remittance.append([line[name] for name in ("Patient", "Payer", "Code", "Modifier 1", "Modifier 2", "From", "To",
                                                   "Units", "Payer pays" if "Payer pays" in line else "Expected")])  # fmt: skip
    rows = rows_of(VARIANCE_GRID(*given, remittance, *codes))
    assert {row["Cause"] for row in rows} == {"paid as expected"} and len(rows) == len(lines)


def test_what_is_asked_of_the_rates_is_no_finding_of_the_checks() -> None:
    """Two rates of another payer in force on one day are looked at, and are not that claim's."""
    own = [*rates(), ["Plan Z", "S9502", 1, None, None, None], ["Plan Z", "S9502", 2, None, None, None]]
    before = CLAIM_CHECKS(ORDERS, VISITS, PAYERS, own)
    VARIANCE_GRID(
        ORDERS, VISITS, PAYERS, own, [["Patient", "Code", "From", "Units", "Paid"], ["P1", "S9502", "2025-06-25", 1, 1]]
    )
    assert CLAIM_CHECKS(ORDERS, VISITS, PAYERS, own) == before


def test_without_remittance_every_line_is_missing_and_without_rates_nothing_is_known() -> None:
    assert {row["Cause"] for row in rows_of(VARIANCE_GRID(ORDERS, VISITS, PAYERS, rates(), None))} == {"line missing"}
    assert VARIANCE_GRID(ORDERS, VISITS, PAYERS, None, None) == "#N/A"


def test_time_grows_with_the_lines() -> None:
    """Eight times the lines, in one run: linear is 8 times the work, quadratic 64."""

    def seconds(found: Case, random_: random.Random) -> float:
        remittance = found.table(random_)
        EXPECTED_GRID(found.orders, found.visits, PAYERS, rates())  # the claims themselves are another's time
        start = time.process_time()
        VARIANCE_GRID(found.orders, found.visits, PAYERS, rates(), remittance)
        return time.process_time() - start

    random_ = random.Random(3)
    small, large = case(random_, 20), case(random_, 160)
    for found in (small, large):
        spoil(found, random_, len(found.lines) // 10, strangers=3)
    least, most = (min(seconds(found, random_) for _ in range(3)) for found in (small, large))
    assert most < 30 * max(least, 0.005)
