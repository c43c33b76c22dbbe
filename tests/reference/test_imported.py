"""The tables of imported files: read when asked for, and every malformed row said with file and line."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.reference.editions import quarter, with_imported
from xl_infusion import CLAIM_GRID, CODE_INFO, JCODE, JUNITS
from xl_infusion.errors import NotFound, NotInForce, ReferenceTableError, WrongInput
from xl_infusion.reference import current, using
from xl_infusion.reference.imported import ASP, HCPCS, NDC

CODE = {
    "code": "J9901",
    "kind": "code",
    "long": "Injection, made-up, 5 mg",
    "short": "Made-up",
    "first_day": "2025-10-01",
}
LIMIT = {"code": "J9901", "dosage": "5 MG", "limit": "1.25"}
PACKAGE = {"ndc": "99999000101", "code": "J9901", "package_size": 1, "package_quantity": 10, "units": 5}
OCTOBER, JULY = quarter(2025, 10), quarter(2025, 7)


def test_the_bundled_edition_holds_nothing_imported() -> None:
    reference = current()
    assert reference.edition.imported == () and reference.listed("J3373") == () and reference.asp_limits("J3373") == ()
    assert reference.file_of(NDC, None) is None


def test_quarters_are_found_by_the_day_the_latest_without_one() -> None:
    cheaper = {**LIMIT, "limit": ""}
    reference = with_imported((ASP, JULY, [LIMIT]), (ASP, OCTOBER, [cheaper]))
    july, october = (reference.file_of(ASP, dt.date(2025, month, 1)) for month in (7, 10))
    assert (july and july.first_day, october and october.first_day) == (JULY[0], OCTOBER[0])
    assert reference.file_of(ASP, None) is october
    assert [(file.first_day, str(row.limit)) for file, row in reference.asp_limits("J9901")] == [
        (JULY[0], "1.25"), (OCTOBER[0], "None")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "row", "says"),
    [
        (HCPCS, {**CODE, "first_day": ""}, "hcpcs-2025-10.csv line 2: first_day is blank"),
        (HCPCS, {**CODE, "long": ""}, "long is blank"),
        (HCPCS, {**CODE, "kind": "thing"}, "kind 'thing' is not one of code, modifier"),
        (HCPCS, {**CODE, "last_day": "2025"}, "last_day '2025' is no date"),
        (ASP, {**LIMIT, "limit": "free"}, "asp-2025-10.csv line 2: limit 'free' is no number"),
        (ASP, {**LIMIT, "code": ""}, "code is blank"),
        (NDC, {**PACKAGE, "units": 0}, "ndc-2025-10.csv line 2: units '0' is no number above 0"),
        (NDC, {**PACKAGE, "ndc": ""}, "ndc is blank"),
    ],
)
def test_malformed_rows_are_said(kind: str, row: dict[str, object], says: str) -> None:
    reference = with_imported((kind, OCTOBER, [row]))
    file = reference.file_of(kind, None)
    assert file is not None
    with pytest.raises(ReferenceTableError, match=says):
        _ = (reference.listed("J9901"), reference.asp_limits("J9901"), reference.ndc_rows("99999000101", file))


def test_a_code_that_only_a_release_knows_is_billed_by_itself() -> None:
    """By its code, with the order's Therapy; by no name, and through no day that no release speaks of."""
    earlier = {
        **CODE,
        "first_day": "1999-01-01",
        "last_day": "2001-12-31",
        "amount": "5",
        "unit": "mg",
        "unit_rule": "exact",
    }
    later = {**CODE, "amount": "5", "unit": "mg", "unit_rule": "per", "long": "Injection, made-up (brand), per 5 mg",
             "cross_references": "J9902"}  # fmt: skip
    gone = {**CODE, "code": "J9903", "amount": "5", "unit": "mg", "unit_rule": "exact"}
    total = {
        **CODE,
        "code": "J9904",
        "amount": "7",
        "unit": "mg",
        "unit_rule": "exact",
        "long": "One 5 mg and other 2 mg",
    }
    reused = {**CODE, "code": "J9905", "first_day": "2000-01-01"}
    reference = with_imported(
        (HCPCS, JULY, [earlier, {**gone, "first_day": "2020-01-01"}, reused, {**total, "code": "J9907", "amount": "9"}]),
        (HCPCS, OCTOBER, [later, total, {**total, "code": "J9907"}, {**CODE, "code": "A9901"}, {**CODE, "code": "J9906", "long": "Made-up, 1 mci"},
                          {**reused, "first_day": "2025-08-01", "long": "Injection, 100 mg"}]),
    )  # fmt: skip
    row = reference.drug_code("J9901", dt.date(2025, 11, 1))
    assert (row.drug, row.unit_text, row.unit_rule, row.successor) == ("made-up", "5 mg", "per", "J9902")
    assert row.source == "CMS HCPCS Level II release: hcpcs-2025-10.csv.zip"
    assert reference.drug_code("J9901", dt.date(2000, 1, 1)).last_day == dt.date(2001, 12, 31)
    with pytest.raises(NotInForce, match="J9901 is not in force on 2010-01-01"):
        reference.drug_code("J9901", dt.date(2010, 1, 1))
    assert reference.drug_code("J9903", dt.date(2025, 9, 30)).last_day == dt.date(2025, 9, 30)  # not listed any more
    with pytest.raises(NotInForce):
        reference.drug_code("J9903", dt.date(2025, 10, 1))
    assert reference.drug_code("J9904").counts_total and not row.counts_total
    assert [one.last_day for one in reference.code_rows("J9905")] == [dt.date(2025, 7, 31), None]
    assert reference.code_rows("J9905")[1].drug == "made-up"  # its text names nothing, its short one does
    assert [str(one.amount) for one in reference.code_rows("J9907")] == ["7"]  # type: ignore[union-attr]
    assert reference.drug_code("J9906").amount is None  # no dose is given in millicuries
    for code in ("A9901", "J9909"):
        with pytest.raises(NotFound, match="is not in the reference"):
            reference.code(code)
    with pytest.raises(WrongInput, match="made-up has no Therapy in the reference: name the order's Therapy"):
        reference.therapy_of("J9901")


@pytest.mark.parametrize(
    ("code", "text", "unit"),
    [
        ("B4187", "Omegaven, 10 grams lipids", "10 g"),
        ("B4157", "Enteral formula, nutritionally complete, made-up, 100 calories = 1 unit", "100 kcal"),
        ("A4216", "Sterile water, saline and/or dextrose, diluent/flush, 10 ml", "10 mL"),
        ("P9047", "Infusion, albumin (human), 25%, 50 ml", "50 mL"),
        ("C9399", "Unclassified drugs or biologicals", ""),
        ("S0145", "Injection, pegylated interferon alfa-2a, 180 mcg per ml", ""),
    ],
)
def test_a_drug_s_code_of_any_letter_is_billed_by_itself(code: str, text: str, unit: str) -> None:
    """B4187 never was: of imported codes only J and Q were answered."""
    listed = {**CODE, "code": code, "long": text, "first_day": "2001-01-01"}
    base = with_imported((HCPCS, OCTOBER, [listed]))
    (row,) = base.release_rows(code)
    assert (row.unit_text if row.amount is not None else "") == unit


@pytest.mark.parametrize(
    ("code", "text"),
    [("A9990", "Walker, made-up"), ("E0781", "Ambulatory infusion pump"),
     ("Q3014", "Telehealth originating site facility fee"), ("S9500", "Home infusion therapy, made-up, per diem"),
     ("C9600", "Percutaneous placement of a stent"), ("G0068", "Professional services for the administration of a drug")],
)  # fmt: skip
def test_what_is_no_drug_does_not_become_one(code: str, text: str) -> None:
    assert with_imported((HCPCS, OCTOBER, [{**CODE, "code": code, "long": text}])).release_rows(code) == []


def test_worksheet_functions_answer_for_it() -> None:
    listed = {**CODE, "amount": "5", "unit": "mg", "unit_rule": "exact"}
    orders = [["Order", "Patient", "Therapy", "Drug", "Dose", "Interval", "Start", "Days"],
              [1, "P1", "chemotherapy", "J9901", "12 mg", "q24h", "2025-10-01", 2],
              [2, "P2", "", "J9901", "12 mg", "q24h", "2025-10-01", 2]]  # fmt: skip
    with using(with_imported((HCPCS, OCTOBER, [listed]))):
        assert (JCODE("J9901"), JUNITS("J9901", "12 mg"), CODE_INFO("J9901", "Therapy")) == ("J9901", 3, "")
        assert CODE_INFO("J9901") == "made-up, 5 mg"
        grid = CLAIM_GRID(orders)
        assert [(line[6], line[9]) for line in grid[1:3]] == [("S9331", 2), ("J9901", 6)]
        assert grid[3][6] == "#VALUE!" and "name the order's Therapy" in grid[3][-1]
        assert JUNITS("made-up", "12 mg") == "#N/A"
