"""A line is STALE by its own code's day: home infusion's codes may be verified further than another that a payer wants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from tests.claim.claims import claim, order, table, visit
from tests.frozen_reference import FROZEN, frozen
from xl_infusion import CLAIM_CHECKS, XL_INFUSION_VERSION, ExcelError
from xl_infusion.reference import load, using
from xl_infusion.reference.tables import VERIFIED

#: The S and J codes are verified a quarter further than the rest, the nurse's visits through the year.
TABLE = (
    "first_code,last_code,through,basis,source\n"
    "J0013,J9999,2026-03-31,its lines,CMS\n"
    "S5000,S9999,2026-03-31,its lines,CMS\n"
    "99601,99602,2026-12-31,CPT,AMA\n"
    ",,2025-12-31,its quarter,CMS\n"
)
WANTS = [{"Payer": "A", "Drug or therapy": "cefazolin", "Code": "T1999", "Unit": "1 g"}]


@pytest.fixture(autouse=True)
def two_days() -> Iterator[None]:
    with using(load(lambda name: TABLE if name == VERIFIED else frozen(name))):
        yield


def stale(day: str) -> dict[str, bool]:
    """Whether each code of the claim is STALE on a day."""
    orders = [
        order(1, "vancomycin", "1 g", 12, day, day, Payer="A"), order(2, "cefazolin", "1 g", 8, day, day, Payer="A")
    ]  # fmt: skip
    lines = claim(orders, [visit(day, 180, Payer="A")], [{"Payer": "A"}], codes=WANTS)
    return {line["Code"]: line["Why"].endswith("; STALE") for line in lines}


@pytest.mark.parametrize(
    ("day", "after"),
    [
        ("2025-12-31", set()), ("2026-01-01", {"T1999"}), ("2026-03-31", {"T1999"}),
        ("2026-04-01", {"T1999", "S9501", "S9502", "J3373"}),
        ("2027-01-01", {"T1999", "S9501", "S9502", "J3373", "99601", "99602"}),
    ],
)  # fmt: skip
def test_a_line_is_stale_after_the_day_of_its_own_code(day: str, after: set[str]) -> None:
    found = stale(day)
    assert set(found) == {"S9501", "S9502", "J3373", "T1999", "99601", "99602"}
    assert {code for code, is_stale in found.items() if is_stale} == after


def test_one_finding_says_since_when_and_names_the_releases_that_are_missing() -> None:
    orders = [
        order(1, "vancomycin", "1 g", 12, "2026-03-30", "2026-04-02", Payer="B", Prescriber="1234567893"),
        order(2, "cefazolin", "1 g", 8, "2025-12-30", "2026-02-02", Payer="A", Prescriber="1234567893"),
    ]
    found = CLAIM_CHECKS(table(orders), None, table([{"Payer": "A"}, {"Payer": "B"}]), None, None, table(WANTS))
    assert not isinstance(found, ExcelError), found.message
    header, *rows = found
    told = [one for row in rows if (one := dict(zip(header, row, strict=True)))["Finding"] == "after the verified day"]
    assert [(one["From"], one["To"], one["Count"]) for one in told] == [(dt.date(2026, 1, 1), dt.date(2026, 4, 2), 2)]
    assert told[0]["What is wrong"].startswith(
        "2 orders: codes are not verified since 2026-01-01: CMS's releases of January 2026 and April 2026 are missing"
    )
    assert "xl-infusion codes update on the .zip or the folder" in told[0]["What to do"]


def test_the_version_tells_the_day_of_the_edition() -> None:
    assert XL_INFUSION_VERSION().endswith(f"verified through {FROZEN.edition.verified_through}")
