"""A cause that repeats is one finding: with all its rows, none of them lost, and counted."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.claim.test_checks import CLEAN, NPI, Book, checks, order, put, tables
from xl_infusion import CLAIM_CHECKS
from xl_infusion.claim.checks import Finding, joined
from xl_infusion.claim.checks.joined import MOST_RUNS


def week() -> Book:
    """Twenty-five orders of a new user, each of a patient of its own, with nothing wrong in them."""
    book = copy.deepcopy(CLEAN)
    book["Orders"] = [
        order(f"RX-{at}", f"P{at}", "Home", "ceftriaxone", "2 g", 24, f"2025-08-{at:02}", f"2025-08-{at + 3:02}")
        for at in range(1, 26)
    ]
    book["Visits"] = []
    return book


def test_twenty_five_blank_prescribers_are_one_warning() -> None:
    book = week()
    for row in range(2, 27):
        put("Orders", row, Prescriber=None)(book)
    (found,) = checks(tables(book))
    assert found == {
        "Severity": "warning", "Finding": "no prescriber", "Sheet": "Orders", "Row": 2, "Order": "",
        "From": dt.date(2025, 8, 1), "To": dt.date(2025, 8, 28),
        "What is wrong": "25 orders: Prescriber is blank (table rows 2-26)",
        "What to do": "Type the prescriber's NPI before a claim is written: an order is billed without it.", "Count": 25,
    }  # fmt: skip
    put("Orders", 4, Prescriber=NPI)(book)
    put("Orders", 9, Prescriber="1234567890")(book)
    found, warning = checks(tables(book))
    assert (found["Finding"], found["Row"], found["Order"], found["Count"]) == ("wrong NPI", 9, "RX-8", 1)
    assert (
        warning["What is wrong"] == "23 orders: Prescriber is blank (table rows 2-3, 5-8, 10-26)"
        and warning["Count"] == 23
    )


def test_one_alone_is_told_as_it_was() -> None:
    book = week()
    put("Orders", 4, Prescriber=None)(book)
    (found,) = checks(tables(book))
    assert (found["What is wrong"], found["Order"], found["Count"]) == ("Prescriber is blank", "RX-3", 1)


def test_a_stale_reference_is_one_finding_of_orders_and_visits() -> None:
    book = week()
    for row in range(2, 27):
        put("Orders", row, Start=f"2026-01-{row - 1:02}", End=f"2026-02-{row - 1:02}")(book)
    book["Visits"] = [{"Patient": "P3", "Date": "2026-01-20", "Minutes": 60}]
    (found,) = checks(tables(book))
    assert (found["Finding"], found["Sheet"], found["Row"], found["Count"]) == (
        "after the verified day",
        "Orders",
        2,
        26,
    )
    assert (found["From"], found["To"]) == (dt.date(2026, 1, 1), dt.date(2026, 2, 25))
    assert found["What is wrong"] == (
        "25 orders and 1 visit: codes are not verified since 2026-01-01: CMS's release of January 2026 is missing; lines of "
        "those days say STALE (Orders table rows 2-26; Visits table row 2)"
    )


def test_days_and_amounts_of_one_row_keep_no_finding_apart() -> None:
    book = week()
    put("Provider", 6, Value="2025-08-10")(book)
    put("Payers", 7, Accreditation="CHAP", Days_to_file=1)(book)
    found = {one["Finding"]: one for one in checks(tables(book))}
    assert set(found) == {"accreditation missing", "filed before the service", "past the filing limit"}
    for kind, says in (
        ("accreditation missing", "5 orders: Home asks for CHAP, and none is in force on all of these days (table rows 2-6)"),
        ("filed before the service", "18 orders: the claims are filed on 2025-08-10, before the service ends (table rows 9-26)"),
        ("past the filing limit",
         "5 orders: the claims are filed on 2025-08-10, and Home gives 1 days from the service (table rows 2-6)"),
    ):  # fmt: skip
        assert found[kind]["What is wrong"] == says


def test_two_things_of_one_row_stay_two() -> None:
    one = Finding("accreditation missing", "Orders", 3, 1, 5, 6, "on day 5", "none in force")
    other = Finding("accreditation missing", "Orders", 3, 1, 8, 9, "on day 8", "none in force")
    assert joined([other, one]) == [one, other]


def test_rows_of_a_table_without_a_noun_are_rows_of_it() -> None:
    rates = [Finding("not found", "Rates", row, "", 0, 0, "no such code") for row in (9, 4)]
    visit = Finding("not found", "Visits", 7, "", 3, 3, "no such code")
    (one,) = joined([*rates, visit])
    assert one.what == "1 visit and 2 rows of Rates: no such code (Visits table row 7; Rates table rows 4, 9)"
    assert (one.sheet, one.row, one.first, one.last, one.count) == ("Visits", 7, 3, 3, 3)


_FINDINGS = st.lists(
    st.builds(
        Finding,
        kind=st.sampled_from(["no prescriber", "wrong NPI"]),
        sheet=st.sampled_from(["Orders", "Visits"]),
        row=st.integers(2, 400),
        order=st.sampled_from(["", 1, 1.5, "RX-1"]),
        first=st.sampled_from([0, 5, 6]),
        last=st.sampled_from([0, 7, 9]),
        what=st.sampled_from(["one", "two"]),
        cause=st.sampled_from(["", "three"]),
    ),
    max_size=300,
)


@given(_FINDINGS)
def test_no_row_is_lost_and_none_is_told_twice(found: list[Finding]) -> None:
    told: Counter[tuple[str, str, str, int]] = Counter()
    out = joined(found)
    for one in out:
        cause = one.cause or one.what
        rows = {(one.sheet, one.row)}
        if one.count > 1:
            where = one.what[one.what.rindex("(") + 1 : -1]
            rows = set()
            for part in where.split("; "):
                sheet, _, numbers = part.rpartition("table row")
                runs = re.findall(r"([0-9]+)(?:-([0-9]+))?", numbers)
                assert len(runs) <= MOST_RUNS
                rows |= {(sheet.strip() or one.sheet, row) for a, z in runs for row in range(int(a), int(z or a) + 1)}
        assert len(rows) == one.count and min(row for sheet, row in rows if sheet == one.sheet) == one.row
        told.update((one.kind, cause, sheet, row) for sheet, row in rows)
    assert set(told) == {(one.kind, one.cause or one.what, one.sheet, one.row) for one in found}
    apart = Counter((one.kind, one.cause or one.what) for one in out if one.count == 1)
    assert all(count == 1 or apart[key[:2]] > 1 for key, count in told.items())
    assert [one.place[:3] for one in out] == sorted(one.place[:3] for one in out)


def test_scattered_rows_are_told_in_several_findings_and_all_of_them() -> None:
    found = [Finding("no prescriber", "Orders", row, row, 5, 5, "Prescriber is blank") for row in range(2, 203, 2)]
    out = joined(found)
    assert [one.count for one in out] == [MOST_RUNS, MOST_RUNS, 101 - 2 * MOST_RUNS]
    assert [one.row for one in out] == [2, 2 + 2 * MOST_RUNS, 2 + 4 * MOST_RUNS]


def test_drugs_whose_maker_is_not_known_are_one_finding_and_one_alone_names_its_code() -> None:
    header = ["Order", "Patient", "Prescriber", "Drug", "Dose", "Interval", "Start", "Days"]
    rows = [
        [at, f"P{at}", "1234567893", drug, "1 g", 12, "2025-08-01", 7]
        for at, drug in enumerate(("cefepime", "vancomycin", "ertapenem", "meropenem"))
    ]
    (one,) = CLAIM_CHECKS([header, *rows])[1:]
    neither = "its generic code: neither its product nor its NDC is given"
    assert (one[1], one[7], one[9]) == (
        "product not known", f"3 orders: the drug is billed with {neither} (table rows 2-3, 5)", 3,
    )  # fmt: skip
    (alone,) = CLAIM_CHECKS([header, *rows[:1]])[1:]
    assert alone[7] == f"cefepime is billed with {neither.replace('code', 'code J0692', 1)}"
