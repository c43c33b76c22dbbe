"""Own codes in the functions: single cells and grids, and the references that are kept between their calls."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from tests.functions.test_any_cell import cells
from tests.reference.editions import quarter, with_imported
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, EXPLAIN, JCODE, JUNITS, ExcelError
from xl_infusion.claim import own_codes as reading
from xl_infusion.errors import CellError, WrongInput
from xl_infusion.functions import kept
from xl_infusion.functions.own_codes import reference_with
from xl_infusion.functions.tables import Tables
from xl_infusion.reference import current, using
from xl_infusion.reference.imported import NDC

HEADER = ["Drug", "Product", "Code", "Amount", "Unit", "From", "To", "Therapy", "Source"]
BLANK: list[Any] = [None] * 9


def row(
    drug: object = "examplocillin",
    code: object = "J9999",
    amount: object = 10,
    unit: object = "mg",
    first: object = "2026-01-01",
) -> list[Any]:
    return [drug, None, code, amount, unit, first, None, "anti-infective", "CMS HCPCS release, January 2026"]


TABLE = [HEADER, row(), row("vancomycin", "J9998", 500), BLANK]


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    kept.forget()


# -- single cells --------------------------------------------------------------------------------------------------


def test_codes_and_units_by_the_table() -> None:
    assert JCODE("examplocillin", "2026-01-05", None, TABLE) == "J9999"
    assert JUNITS("Examplocillin", "1 g", "2026-01-05", None, TABLE) == JUNITS("J9999", "1 g", own_codes=TABLE) == 100
    assert JCODE("vanco", [["2025-12-31"], ["2026-01-01"]], own_codes=TABLE) == [["J3373"], ["J9998"]]
    assert JUNITS([["vanco"], ["meropenem"]], "1 g", "2026-01-01", None, TABLE) == [[2], [10]]
    assert JCODE("examplocillin", "2025-12-31", own_codes=TABLE) == "#N/A"
    assert JCODE("examplocillin") == "#N/A" and JCODE("vanco", "2026-01-01") == "J3373"


@pytest.mark.parametrize("nothing", [None, 0, "", [], [HEADER], [HEADER, BLANK, BLANK], [[None]], HEADER])
def test_no_rows_change_nothing(nothing: Any) -> None:
    assert reference_with(nothing) is current()
    assert JCODE("vanco", "2026-01-01", None, nothing) == "J3373"
    assert JUNITS("meropenem", "1 g", None, None, nothing) == 10


def test_a_row_that_cannot_be_read_is_the_error_of_its_cells() -> None:
    wrong = [HEADER, row("vancomycin", "J9998", None)]
    failed = JCODE("vanco", "2026-01-05", None, wrong)
    assert isinstance(failed, ExcelError) and failed == "#VALUE!"
    assert (
        failed.message == "Own codes table row 2: Amount is blank, and Unit is 'mg': give both, 10 and mg, or neither"
    )
    assert JUNITS("J9998", "1 g", "2026-01-05", None, wrong).message == failed.message
    assert JUNITS("meropenem", "1 g", "2026-01-05", None, wrong) == 10
    anybodys = [HEADER, row("#REF!")]
    assert JUNITS("meropenem", "1 g", None, None, anybodys) == "#REF!" == JCODE("J2185", own_codes=anybodys)


def test_a_table_that_is_none() -> None:
    with pytest.raises(WrongInput, match="Own codes lacks the column Code"):
        reference_with([["Drug"], ["vanco"]])
    with pytest.raises(CellError):
        reference_with("#NAME?")
    assert JCODE("vanco", own_codes=[["Drug"], ["vanco"]]) == "#VALUE!"
    assert "Own codes is a single cell" in JUNITS("vanco", "1 g", own_codes="a text").message


def test_a_row_goes_over_the_crosswalk_too() -> None:
    item = {
        "ndc": "00409651001",
        "code": "J3373",
        "drug": "made",
        "package_size": 1,
        "package_quantity": 1,
        "units": 50,
    }
    with using(with_imported((NDC, quarter(2025, 7), [item]))):
        own = [HEADER, row("vancomycin", "J9998", 500, first="2025-07-01")]
        assert JCODE("vanco", "2025-08-01", "0409-6510-01") == "J3373"
        assert (
            JCODE("vanco", "2025-08-01", "0409-6510-01", own)
            == JCODE(None, "2025-08-01", "0409-6510-01", own)
            == "J9998"
        )
        assert JUNITS("vanco", "1 g", "2025-08-01", "0409-6510-01", own) == 2
        wrong = [HEADER, row("vancomycin", "J9998", None, first="2025-07-01")]
        assert JCODE("vanco", "2025-08-01", "0409-6510-01", wrong) == "#VALUE!"


# -- the grids -----------------------------------------------------------------------------------------------------

ORDERS = [
    ["Order", "Patient", "Prescriber", "Drug", "Dose", "Interval", "Start", "Days"],
    [1, "P1", "1234567893", "examplocillin", "1 g", 8, "2026-01-05", 2],
]


def test_the_grids_take_the_table_last() -> None:
    grid = CLAIM_GRID(ORDERS, own_codes=TABLE)
    assert grid == CLAIM_GRID(ORDERS, None, None, None, None, TABLE) and [line[6] for line in grid[1:]] == [
        "S9502",
        "J9999",
    ]
    assert [one[1] for one in CLAIM_CHECKS(ORDERS, own_codes=TABLE)[1:]] == ["after the verified day"]
    assert CLAIM_CHECKS(ORDERS, None, None, None, None, None, TABLE) == CLAIM_CHECKS(ORDERS, own_codes=TABLE)
    steps = EXPLAIN(1, ORDERS, own_codes=TABLE)
    assert steps == EXPLAIN(1, ORDERS, None, None, None, None, TABLE) and "Own codes table row 2" in str(steps)
    assert [one[1] for one in CLAIM_CHECKS(ORDERS)[1:]] == ["unknown drug"]


def test_claims_are_kept_for_the_same_table() -> None:
    def work(own: object) -> object:
        with Tables(ORDERS, own_codes=own).claims() as claims:
            return claims.work

    first = work(TABLE)
    assert work(copy.deepcopy(TABLE)) is first
    changed = work([*TABLE[:2], BLANK])
    assert changed is not first
    assert work(None) is not changed
    assert work([HEADER]) is work(None)


# -- what is kept --------------------------------------------------------------------------------------------------


def test_a_table_is_read_once_for_thousands_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    read = reading.read

    def counted(*given: Any) -> Any:
        calls.append(given)
        return read(*given)

    monkeypatch.setattr(reading, "read", counted)
    assert {JUNITS("examplocillin", "1 g", "2026-01-05", None, copy.deepcopy(TABLE)) for _ in range(1000)} == {100}
    assert len(calls) == 1


def test_the_same_cells_are_the_same_reference_and_no_others() -> None:
    first = reference_with(TABLE)
    assert reference_with(copy.deepcopy(TABLE)) is reference_with([tuple(line) for line in TABLE]) is first
    assert reference_with(tuple(TABLE)) is first
    for changed in (
        row("vancomycin", "J9997", 500),
        row("vancomycin", "J9998", 501),
        row("vancomycin", "J9998", 500, "g"),
    ):
        assert reference_with([HEADER, row(), changed, BLANK]) is not first
    assert reference_with(TABLE) is first


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (True, 1), (Decimal(1), 1), (0, False)])
def test_cells_that_python_calls_equal_are_not_the_same(one: object, other: object) -> None:
    first = reference_with([HEADER, row(amount=one)])
    assert reference_with([HEADER, row(amount=other)]) is not first
    assert reference_with([HEADER, row(amount=one)]) is first


def test_the_reason_of_an_error_cell_is_its_own() -> None:
    tables = [
        [HEADER, row("vanco", amount=error)]
        for error in (ExcelError("#N/A", "this"), ExcelError("#N/A", "that"), "#N/A")
    ]
    says = [JCODE("vanco", "2026-01-05", None, table).message for table in tables]
    assert [text.partition("Amount is ")[2] for text in says] == ["#N/A (this)", "#N/A (that)", "#N/A"]


def test_a_table_changed_afterwards_is_read_again() -> None:
    table = copy.deepcopy(TABLE)
    assert JUNITS("examplocillin", "1 g", None, None, table) == 100
    table[1][3] = 20
    assert JUNITS("examplocillin", "1 g", None, None, table) == 50


def test_another_edition_in_use_is_another_reference() -> None:
    first = reference_with(TABLE)
    with using(with_imported()) as other:
        second = reference_with(TABLE)
        assert second is not first and second.edition is other.edition
    assert reference_with(TABLE) is first


def test_the_latest_tables_are_kept_and_no_more() -> None:
    tables = [[HEADER, row(amount=amount)] for amount in range(2, 8)]
    first = [reference_with(table) for table in tables[:4]]
    assert [reference_with(table) for table in tables[:4]] == first
    reference_with(tables[0])  # asked for again: the second one is the one longest ago
    reference_with(tables[4])
    assert reference_with(tables[0]) is first[0]
    assert reference_with(tables[1]) is not first[1]


@pytest.mark.slow
def test_whatever_stands_in_a_table() -> None:
    pool = cells(6000, 17)
    for at in range(0, len(pool), 30):
        table = [HEADER, *([pool[at + 10 * line + n] for n in range(9)] for line in range(3))]
        for drug in ("vancomycin", "examplocillin", "J2185"):
            code, units = JCODE(drug, None, None, table), JUNITS(drug, "1 g", None, None, table)
            assert isinstance(code, ExcelError) or (isinstance(code, str) and len(code) == 5)
            assert isinstance(units, ExcelError) or (isinstance(units, int) and units >= 1)
