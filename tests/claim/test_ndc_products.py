"""Whose product an order's NDC is, where a crosswalk was imported: it decides before the labeler, and checks the drug."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claim.claims import Row, claim, order, short, table
from tests.reference.editions import quarter, with_imported
from xl_infusion import CLAIM_CHECKS, EXPLAIN, ExcelError
from xl_infusion.reference import Reference, using
from xl_infusion.reference.imported import NDC

#: By the labelers of the reference 72078 is Mylan's, 0409 is billed with the generic code, 99999 is unknown.
MYLAN, GENERIC, NOBODY = "72078-0010-10", "0409-6510-01", "99999-0001-01"


def crossed(*quarters: tuple[int, int, dict[str, Any]]) -> Reference:
    """An edition with a crosswalk for each (year, month, NDC -> its code, or codes and the name that the file has)."""
    files = []
    for year, month, codes in quarters:
        rows = [
            {"ndc": _digits(ndc), "code": code, "drug": drug or "Made-up", "labeler": "Maker", "package_size": 1,
             "package_quantity": 1, "units": 10}
            for ndc, told in codes.items()
            for code, _, drug in (one.partition(" ") for one in told.split(", "))
        ]  # fmt: skip
        files.append((NDC, quarter(year, month), rows))
    return with_imported(*files)


def _digits(ndc: str) -> str:
    labeler, product, package = ndc.split("-")
    return f"{labeler:0>5}{product:0>4}{package:0>2}"


def vancomycin(ndc: str | None, start: str = "2025-10-01", end: str = "2025-10-03", **more: Any) -> Row:
    return order(1, "vancomycin", "1 g", 12, start, end, NDC=ndc, Prescriber="1234567893", **more)


def drugs(one: Row) -> list[str]:
    return [code for code, *_ in short(claim([one])) if not code.startswith("S")]


def findings(one: Row) -> list[tuple[str, str, str, str]]:
    """Kind, days and what is wrong, of the findings but the stale one."""
    found = CLAIM_CHECKS(table([one]))
    assert not isinstance(found, ExcelError)
    return [
        (row[1], str(row[5]), str(row[6]), row[7]) for row in found[1:] if row[1] != "after the verified day"
    ]  # fmt: skip


def test_the_exact_ndc_decides_before_its_labeler() -> None:
    with using(crossed((2025, 10, {MYLAN: "J3373", GENERIC: "J3374", NOBODY: "J3375"}))):
        assert drugs(vancomycin(MYLAN)) == ["J3373"]
        assert drugs(vancomycin(GENERIC)) == ["J3374"]
        assert drugs(vancomycin(NOBODY)) == ["J3375"]
        assert drugs(vancomycin("72078-0010-11")) == ["J3374"]  # the crosswalk has it not: its labeler
        assert drugs(vancomycin(MYLAN, Product="Xellia")) == ["J3375"]  # what is named goes before the NDC
        assert drugs(vancomycin(NOBODY, "2025-06-29", "2025-07-02")) == ["J3372", "J3375"]  # the product, of every day
        assert drugs(vancomycin(NOBODY, "2022-12-31", "2023-01-01")) == ["J3370", "J3372"]
        assert drugs(vancomycin(NOBODY) | {"Drug": "vancomycin Mylan"}) == ["J3374"]
        assert drugs(vancomycin(NOBODY) | {"Drug": "J3373"}) == ["J3373"]
        for ndc in (MYLAN, GENERIC, NOBODY):
            assert findings(vancomycin(ndc)) == []
    assert drugs(vancomycin(MYLAN)) == ["J3374"]


def test_the_latest_crosswalk_that_has_the_ndc_tells() -> None:
    with using(crossed((2025, 10, {MYLAN: "J3375"}), (2025, 7, {MYLAN: "J3374", NOBODY: "J3374"}))):
        assert drugs(vancomycin(MYLAN, "2025-07-01", "2025-07-02")) == ["J3375"]
        assert drugs(vancomycin(NOBODY)) == ["J3374"]


def test_an_ndc_of_another_drug_is_an_error() -> None:
    codes = {MYLAN: "J2185", GENERIC: "Q9999 Merrem", NOBODY: "Q9999, J2185", "99999-0001-02": "Q9999 Vanco, J2185"}
    with using(crossed((2025, 10, codes))):
        for ndc, told in ((MYLAN, "J2185"), (GENERIC, "Q9999")):
            (found,) = findings(vancomycin(ndc))
            assert found[:3] == ("NDC of another drug", "2025-10-01", "2025-10-03")
            assert (
                f"is under {told} in the crosswalk of October 2025: that is meropenem, and the order is of vanc"
                in found[3]
            )
            assert drugs(vancomycin(ndc)) == ["J3373"]  # the line stands as it is ordered
            assert findings(vancomycin(ndc) | {"Drug": "J3373"}) == [found]
        # under codes of which one is not known nobody can say; nor is it wrong where one of them is the drug
        for ndc in (NOBODY, "99999-0001-02"):
            assert "NDC of another drug" not in {kind for kind, *_ in findings(vancomycin(ndc))}
        # a drug that somebody else bills, and a code that may be any drug's
        assert findings(vancomycin(MYLAN, **{"Supplied by": "outside pharmacy"})) == []
        unlisted = order(1, "J3490", "1 g", 12, "2025-10-01", "2025-10-01", NDC=MYLAN, Prescriber="1234567893")
        assert [kind for kind, *_ in findings(unlisted)] == ["not found"]  # it has no unit of its own


def test_what_the_crosswalk_leaves_open_is_told() -> None:
    edition = crossed((2025, 10, {MYLAN: "J3373, J3374", GENERIC: "J3373", NOBODY: "Q9999", "99999-0001-02": "Q9999"}))
    with using(edition):
        (found,) = findings(vancomycin(MYLAN))
        assert found[0] == "product not known" and "J3373: NDC 72078-0010-10 is under J3373 and J3374" in found[3]
        assert found[3].endswith("of several of its products")
        (found,) = findings(vancomycin(NOBODY))
        assert (
            found[0] == "product not known"
            and "October 2025, which is no code of vancomycin in the reference" in found[3]
        )
        # on every day, of a drug without products of a code of their own as well
        heparin = order(1, "heparin", "5000 units", 12, "2015-10-01", "2015-10-03", NDC=NOBODY, Prescriber="1234567893")
        (found,) = findings(heparin)
        assert found[:3] == ("product not known", "2015-10-01", "2015-10-03")
        # Hikma's own code began after the crosswalk that has the NDC under the generic one
        (found,) = findings(vancomycin(GENERIC, "2025-12-30", "2026-01-02"))
        assert found[:3] == ("product not known", "2026-01-01", "2026-01-02")
        assert found[3].endswith("in the crosswalk of October 2025, before makers had codes of their own")
        assert findings(vancomycin(GENERIC, "2025-12-30", "2025-12-31")) == []


@pytest.mark.parametrize(
    ("ndc", "product", "by"),
    [
        (NOBODY, "billed as vancomycin (Xellia)", "NDC: NDC 99999-0001-01 is under J3375 in the crosswalk of October 2025"),
        (MYLAN, "billed as vancomycin (Mylan)", "labeler 72078; labelers of the reference"),
    ],
)  # fmt: skip
def test_the_explanation_says_who_told(ndc: str, product: str, by: str) -> None:
    with using(crossed((2025, 10, {NOBODY: "J3375"}))):
        (step,) = [step for step in EXPLAIN(1, table([vancomycin(ndc)])) if step[1] == "Whose product is it?"]
    assert step[2] == product and by in step[3]


def test_the_explanation_of_an_ndc_under_a_code_that_the_reference_lacks() -> None:
    heparin = order(1, "heparin", "5000 units", 12, "2025-10-01", "2025-10-03", NDC=NOBODY)
    with using(crossed((2025, 10, {NOBODY: "Q9999"}))):
        (step,) = [step for step in EXPLAIN(1, table([heparin])) if step[1] == "Whose product is it?"]
    assert step[2].startswith("billed as heparin: NDC 99999-0001-01 is under Q9999")
