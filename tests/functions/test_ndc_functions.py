"""NDC functions, and the code of a product by its NDC: with a crosswalk, without one, and with one of another quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xl_infusion
from tests.functions.test_any_cell import cells
from tests.reference.editions import quarter, with_imported
from xl_infusion import JCODE, JUNITS, NDC_11, NDC_UNITS, ExcelError
from xl_infusion.functions import FUNCTIONS
from xl_infusion.reference import Reference, products, using
from xl_infusion.reference.imported import HCPCS, NDC
from xl_infusion.spreadsheet.cell_error import EXCEL_ERRORS


def row(ndc: str, code: str, units: object = 100, size: object = 1, **more: object) -> dict[str, object]:
    """A row of a crosswalk of made-up products."""
    return {"ndc": ndc.replace("-", ""), "code": code, "drug": "Made-up", "labeler": "Maker", "dosage": "x",
            "package_size": size, "package_quantity": 10, "units": units, **more}  # fmt: skip


GENERIC, MYLAN, LATER, VISIT = "99999-0001-01", "99999-0001-02", "99999-0001-03", "99999-0001-04"
MEROPENEM, SEVERAL, UNKNOWN, TWO, OLD = (f"99999-0002-0{n}" for n in range(1, 6))
VIAL, LIQUID, APART, ALIKE = (f"99999-0003-0{n}" for n in range(1, 5))

OCTOBER = (NDC, quarter(2025, 10), [
    row(GENERIC, "J3373"), row(MYLAN, "J3374"), row(VISIT, "99601"),
    row(MEROPENEM, "J2185"), row(SEVERAL, "J2185"), row(SEVERAL, "J2184"), row(UNKNOWN, "Q9999"),
    row(TWO, "J0885", 2), row(TWO, "Q4081", 20),
    row(VIAL, "J2185", 10), row(LIQUID, "J1580", "0.5", 2), row(APART, "J0881", 25, "0.42"), row(APART, "J0882", 5, "0.42"),
    row(ALIKE, "J0881", 25, "0.42"), row(ALIKE, "J0882", 25, "0.42"),
])  # fmt: skip
APRIL = (NDC, quarter(2025, 4), [row(GENERIC, "J3370", 2), row(OLD, "J3371", 2), row(VIAL, "J2185", 5)])
NOVEMBER, MAY = "2025-11-15", "2025-05-15"


@pytest.fixture(scope="module")
def edition() -> Reference:
    return with_imported(OCTOBER, APRIL)


@pytest.fixture
def crossed(edition: Reference) -> Iterator[Reference]:
    with using(edition):
        yield edition


def says(result: Any, error: str) -> str:
    """The message of a result that is that error."""
    assert isinstance(result, ExcelError) and result == error, result
    return result.message


# -- the digits ----------------------------------------------------------------------------------------------------


def test_the_digits_of_a_claim_line() -> None:
    assert NDC_11([["0002-7266-25", 50242004062], ["N460575411201", "99999-0001-01"]]) == [
        ["00002-7266-25", "50242-0040-62"],
        ["60575-4112-01", "99999-0001-01"],
    ]
    assert "may be" in says(NDC_11("0002726625"), "#VALUE!")
    assert "blank" in says(NDC_11(None), "#VALUE!") and "lost its leading zeros" in says(NDC_11(2726625), "#VALUE!")


def test_the_name_without_an_underscore_is_a_cell_and_so_no_worksheet_function() -> None:
    assert xl_infusion.NDC11 is NDC_11 and "NDC11" not in FUNCTIONS


# -- quantities ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("crossed")
def test_the_quantity_of_units() -> None:
    assert NDC_UNITS(VIAL, [[10], [30], [5]], NOVEMBER) == [[1], [3], [0.5]]
    assert NDC_UNITS(LIQUID, [[1, 0.25]]) == [[4, 1]]  # 2 mL have half a unit
    assert NDC_UNITS(VIAL, 10) == 1 and NDC_UNITS(VIAL, 10, MAY) == 2  # a quarter has its own; no date is the latest
    assert NDC_UNITS(ALIKE, 25) == 0.42  # under two codes that count alike
    # three decimals, rounded half up: 0.42 / 25 = 0.0168, 0.42 x 7 / 25 = 0.1176
    assert NDC_UNITS(ALIKE, [[1, 7]]) == [[0.017, 0.118]]


@pytest.mark.usefixtures("crossed")
def test_what_has_no_quantity() -> None:
    text = says(NDC_UNITS(APART, 25), "#N/A")
    assert "J0881 and J0882" in text and "0.42 by J0881 and 2.1 by J0882" in text
    assert says(NDC_UNITS(VIAL, 10, "2025-08-01"), "#N/A") == (
        "no imported crosswalk governs 2025-08-01: those of April 2025 and October 2025 are imported"
    )
    text = says(NDC_UNITS("99999-0009-09", 1), "#N/A")
    assert text.startswith(
        "NDC 99999-0009-09 is not in the crosswalk of October 2025: it lists what Medicare Part B pays"
    )
    for units in (0, -1):
        assert "not more than 0" in says(NDC_UNITS(VIAL, units), "#NUM!")
    assert "less than the 0.001" in says(NDC_UNITS(VIAL, 0.004), "#NUM!") and NDC_UNITS(VIAL, 0.005) == 0.001
    assert "more than 8 digits" in says(NDC_UNITS(VIAL, 10**9), "#NUM!")
    assert "is blank" in says(NDC_UNITS(VIAL, None), "#VALUE!") and "NDC is blank" in says(
        NDC_UNITS(None, 1), "#VALUE!"
    )


def test_without_a_crosswalk_every_answer_says_so_with_the_remedy() -> None:
    for result in (NDC_UNITS(VIAL, 10), NDC_UNITS(VIAL, 10, NOVEMBER), JCODE("vanco", NOVEMBER, GENERIC),
                   JCODE(None, None, GENERIC), JUNITS("meropenem", "1 g", None, VIAL)):  # fmt: skip
        text = says(result, "#N/A")
        assert "no crosswalk is imported: bring in CMS's ASP NDC-HCPCS crosswalk file" in text
        assert "xl-infusion codes update" in text
    assert "or leave the NDC out" in says(JCODE("vanco", None, GENERIC), "#N/A")


@pytest.mark.slow
@given(
    vials=st.integers(1, 10_000),
    item=st.decimals("0.01", 5000, places=2),
    size=st.decimals("0.001", 5000, places=3),
)
def test_units_of_whole_items_are_whole_items(vials: int, item: Decimal, size: Decimal) -> None:
    made = with_imported((NDC, quarter(2025, 10), [row(VIAL, "J2185", item, size)]))
    with using(made):
        assert NDC_UNITS(VIAL, item * vials) == float(size * vials)


@pytest.mark.slow
@given(milligrams=st.integers(1, 20), vials=st.integers(1, 50))
def test_the_quantity_of_the_units_of_a_dose_out_of_whole_vials_is_the_vials(milligrams: int, vials: int) -> None:
    """A vial of so many hundred mg of meropenem: units of that dose, and the vials that they are."""
    made = with_imported((NDC, quarter(2025, 10), [row(VIAL, "J2185", milligrams)]))
    with using(made):
        units = JUNITS("meropenem", f"{milligrams * vials * 100} mg", NOVEMBER, VIAL)
        assert NDC_UNITS(VIAL, units, NOVEMBER) == vials


# -- the code of a product -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("crossed")
@pytest.mark.parametrize(
    ("drug", "date", "ndc", "code"),
    [
        ("vancomycin", NOVEMBER, GENERIC, "J3373"),
        ("vancomycin", NOVEMBER, MYLAN, "J3374"),
        (None, NOVEMBER, MYLAN, "J3374"),
        ("", NOVEMBER, GENERIC, "J3373"),
        (0, NOVEMBER, GENERIC, "J3373"),  # what some hosts give for a blank cell
        ("vancomycin Mylan", NOVEMBER, MYLAN, "J3374"),
        ("J3374", NOVEMBER, MYLAN, "J3374"),
        ("vancomycin", MAY, GENERIC, "J3370"),  # by the crosswalk of that quarter
        ("vancomycin", MAY, MYLAN, "J3371"),  # the product out of another quarter, the code of the day
        ("vancomycin", "2022-12-31", MYLAN, "J3370"),  # before the maker's own code began
        ("vancomycin", "2025-07-01", OLD, "J3374"),  # and after the code that the crosswalk has
        (None, None, OLD, "J3374"),
        (None, None, MYLAN, "J3374"),
        ("epoetin alfa", NOVEMBER, TWO, "J0885"),
        ("J0885", NOVEMBER, TWO, "J0885"),
        ("J2184", NOVEMBER, SEVERAL, "J2184"),
        ("meropenem B. Braun", NOVEMBER, SEVERAL, "J2184"),
        ("meropenem", "2024-06-30", MEROPENEM, "J2185"),  # before WG Critical Care's: which makers had one is known
        ("vancomycin", NOVEMBER, None, "J3373"),
        ("vancomycin", NOVEMBER, 0, "J3373"),
    ],
)
def test_the_code_of_a_product(drug: object, date: object, ndc: object, code: str) -> None:
    assert JCODE(drug, date, ndc) == code


NOT_ONE = [
    ("meropenem", NOVEMBER, GENERIC, "#VALUE!", "J3373 in the crosswalk of October 2025: it is vancomycin, not meropenem"),
    ("J2185", NOVEMBER, GENERIC, "#VALUE!", "it is vancomycin, not meropenem"),
    ("vancomycin Xellia", NOVEMBER, MYLAN, "#VALUE!", "it is vancomycin (Mylan) (J3374), not vancomycin (Xellia)"),
    ("J3370", NOVEMBER, GENERIC, "#VALUE!", "J3370 is named, and NDC 99999-0001-01 is under J3373"),
    ("J3375", NOVEMBER, MYLAN, "#VALUE!", "J3375 is named, and NDC 99999-0001-02 is under J3374"),
    (None, NOVEMBER, UNKNOWN, "#N/A", "under Q9999 in the crosswalk of October 2025, which the reference does not have as a drug"),
    (None, NOVEMBER, VISIT, "#N/A", "under 99601 in the crosswalk of October 2025, which the reference does not have as a drug"),
    ("vancomycin", NOVEMBER, ALIKE, "#N/A", "J0881 and J0882 in the crosswalk of October 2025, which the reference does not have as codes"),
    (None, NOVEMBER, TWO, "#N/A", "under J0885 and Q4081 in the crosswalk of October 2025: name the drug, or the code"),
    (None, NOVEMBER, SEVERAL, "#N/A", "under J2185 and J2184"),
    ("meropenem", NOVEMBER, SEVERAL, "#N/A", "name the product, one of meropenem and meropenem (B. Braun)"),
    ("vancomycin", NOVEMBER, "99999-0009-09", "#N/A", "is in no imported crosswalk (April 2025 and October 2025): it lists what"),
    ("vancomycin", NOVEMBER, "9999900", "#VALUE!", "has 7 digits"),
    ("vancomycin", NOVEMBER, False, "#VALUE!", "NDC is FALSE"),
    ("vankomycin", NOVEMBER, GENERIC, "#N/A", "did you mean vancomycin"),
    ("Q9999", NOVEMBER, GENERIC, "#N/A", "code Q9999 is not in the reference"),
    ("S9500", NOVEMBER, GENERIC, "#N/A", "S9500 is no drug code"),
    ("vancomycin", "1980-01-01", MYLAN, "#N/A", "vancomycin has no code in force on 1980-01-01"),
    ("vancomycin", "1980-01-01", GENERIC, "#N/A", "vancomycin has no code in force on 1980-01-01"),
    ("linezolid", "2024-01-01", GENERIC, "#VALUE!", "not linezolid"),
]  # fmt: skip


@pytest.mark.usefixtures("crossed")
@pytest.mark.parametrize(("drug", "date", "ndc", "error", "part"), NOT_ONE)
def test_what_has_no_one_code(drug: object, date: object, ndc: object, error: str, part: str) -> None:
    for result in (JCODE(drug, date, ndc), JUNITS(drug, "1 g", date, ndc)):
        assert part in says(result, error)


@pytest.mark.usefixtures("crossed")
def test_units_are_those_of_the_code_by_ndc() -> None:
    assert JUNITS("vancomycin", "1 g", [[NOVEMBER], [MAY]], MYLAN) == [[100], [2]]
    assert JUNITS(None, "1 g", NOVEMBER, MEROPENEM) == 10


def test_the_crosswalk_of_the_day_s_own_quarter_must_agree() -> None:
    """A reference that was not brought up to date, or a crosswalk that is ahead of it: both codes are named."""
    july = (NDC, quarter(2025, 7), [row(GENERIC, "J3370", 2)])
    with using(with_imported(july)):
        text = says(JCODE("vancomycin", "2025-07-01", GENERIC), "#VALUE!")
        assert (
            "bills vancomycin with J3373 on 2025-07-01" in text
            and "is under J3370 in the crosswalk of July 2025" in text
        )
        # of another quarter it tells the product alone
        assert JCODE("vancomycin", "2025-06-30", GENERIC) == "J3370"
        assert JCODE("vancomycin", "2025-10-01", GENERIC) == "J3373"


def test_a_generic_ndc_of_an_older_crosswalk_may_be_a_maker_s_since() -> None:
    with using(with_imported(OCTOBER, APRIL)):
        # Hikma's own code begins on 2026-01-01, and neither crosswalk knows it
        for date in ("2026-01-01", None):
            text = says(JCODE("vancomycin", date, GENERIC), "#N/A")
            assert "Hikma J3376 from 2026-01-01" in text and "import the crosswalk of" in text
        assert JCODE("vancomycin", "2026-01-01", MYLAN) == "J3374"  # whose product it is was known
        # a maker's code that ended before the crosswalk
        with using(with_imported((NDC, quarter(2025, 10), [row(GENERIC, "J0612")]))):
            assert "WG Critical Care J0611" in says(JCODE("calcium gluconate", "2023-02-01", GENERIC), "#N/A")
    first = (NDC, quarter(2026, 1), [row(GENERIC, "J3373"), row(LATER, "J3376")])
    with using(with_imported(OCTOBER, first)):
        assert JCODE("vancomycin", [["2026-01-01"], [None]], GENERIC) == [["J3373"], ["J3373"]]
        assert JCODE("vancomycin", [["2026-01-01"], ["2025-12-31"], ["2025-06-01"]], LATER) == [
            ["J3376"],
            ["J3373"],
            ["J3370"],
        ]


def test_a_product_whose_code_ended_is_not_billed_with_the_generic_one() -> None:
    with using(with_imported((NDC, quarter(2024, 1), [row(GENERIC, "J1850")]))):
        assert JCODE("kanamycin", "2024-03-31", GENERIC) == "J1850"
        for date in ("2024-04-01", None):
            assert "through 2024-03-31" in says(JCODE("kanamycin", date, GENERIC), "#N/A")
    with using(with_imported((NDC, quarter(2023, 1), [row(GENERIC, "J0610")]))):  # another maker's goes on as J0612
        assert JCODE("calcium gluconate", "2023-03-31", GENERIC) == "J0610"
        found = says(JCODE("calcium gluconate Fresenius Kabi", "2023-04-01", GENERIC), "#N/A")
        assert "through 2023-03-31" in found


def test_a_code_that_an_imported_release_alone_lists() -> None:
    """It bills itself; of which drug of the reference it is, its text tells, or the crosswalk's name, or nobody."""
    listed = [
        {"code": code, "kind": "code", "long": f"Injection, {drug}, 1 mg", "first_day": "2020-01-01", "amount": 1, "unit": "mg"}
        for code, drug in {"J9901": "madeupmab", "J9902": "vancomycin hcl", "J9903": "other", "J9904": "another"}.items()
    ]  # fmt: skip
    alone, salt, named, two, mixed = (f"99999-0005-0{n}" for n in range(1, 6))
    made = (NDC, quarter(2025, 10), [
        row(alone, "J9901"), row(salt, "J9902"), row(named, "J9903", drug="Vanco"),
        row(two, "J9903"), row(two, "J9904"), row(mixed, "J9901"), row(mixed, "J2185"),
    ])  # fmt: skip
    with using(with_imported(made, (HCPCS, quarter(2025, 10), listed))):
        assert JCODE(None, NOVEMBER, [[alone], [salt], [named]]) == [["J9901"], ["J9902"], ["J9903"]]
        assert JCODE("vancomycin", NOVEMBER, [[salt], [named]]) == [["J9902"], ["J9903"]]
        assert JCODE("J9904", NOVEMBER, two) == "J9904" and JUNITS("J9901", "5 mg", NOVEMBER, mixed) == 5
        assert "from 2020-01-01" in says(JCODE(None, "2019-12-31", alone), "#N/A")
        for drug, ndc, error, part in (
            (None, two, "#N/A", "under J9903 and J9904 in the crosswalk of October 2025: name the drug, or the code"),
            (None, mixed, "#N/A", "under J9901 and J2185"),
            (
                "vancomycin",
                alone,
                "#N/A",
                "under J9901 in the crosswalk of October 2025, which is no code of vancomycin",
            ),
            ("vancomycin", mixed, "#N/A", "which is no code of vancomycin in the reference: name the code in place"),
            ("vancomycin Mylan", salt, "#N/A", "which is no code of vancomycin"),
            ("meropenem", salt, "#VALUE!", "it is vancomycin, not meropenem"),
            ("meropenem", named, "#VALUE!", "it is vancomycin, not meropenem"),
            ("J9903", alone, "#N/A", "which is no code of other"),
        ):
            assert part in says(JCODE(drug, NOVEMBER, ndc), error)
        assert JCODE("meropenem", NOVEMBER, mixed) == "J2185"


def test_the_nearest_crosswalk_tells(crossed: Reference) -> None:
    def told(ndc: str, day: dt.date | None) -> str:
        found = products.nearest(crossed, ndc.replace("-", ""), day)
        assert found is not None
        return found.file.quarter

    assert told(GENERIC, None) == told(GENERIC, dt.date(2030, 1, 1)) == "October 2025"
    assert told(GENERIC, dt.date(2025, 6, 30)) == told(GENERIC, dt.date(2010, 1, 1)) == "April 2025"
    assert told(GENERIC, dt.date(2025, 8, 10)) == "April 2025" and told(GENERIC, dt.date(2025, 8, 30)) == "October 2025"
    assert told(MYLAN, dt.date(2025, 5, 1)) == "October 2025"  # the nearest that has it


def test_the_last_day_of_a_quarter_is_that_quarter_s_though_the_next_begins_the_day_after() -> None:
    january = (NDC, quarter(2026, 1), [row(GENERIC, "J3374")])
    with using(with_imported(OCTOBER, january)):
        assert JCODE("vancomycin", "2025-12-31", GENERIC) == "J3373"
        assert JCODE("vancomycin", "2026-01-01", GENERIC) == "J3374"


def test_a_code_that_was_another_product_s_before_is_that_of_its_latest_row() -> None:
    """J2275 was of morphine without preservatives, and in its last half year of its sterile solution alone."""
    with using(with_imported((NDC, quarter(2014, 10), [row(TWO, "J2275", 2)]))):
        assert JCODE("morphine preservative-free sterile solution", "2014-11-15", TWO) == "J2275"


# -- whatever stands in a cell -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("crossed")
def test_whatever_stands_in_the_cells() -> None:
    first, second, third = (cells(20_000, seed) for seed in (21, 22, 23))
    ndcs = [GENERIC, MYLAN, TWO, VIAL, LIQUID, *first]
    for ndc, one, date in zip(ndcs, [1, 2, 3, 4, 0.001, *second], [None] * 5 + third, strict=False):
        for result, right in (
            (NDC_11(ndc), lambda r: isinstance(r, str) and len(r) == 13),
            (NDC_UNITS(ndc, one, date), lambda r: isinstance(r, (int, float)) and r > 0),
            (JCODE(one, date, ndc), lambda r: isinstance(r, str) and len(r) == 5),
        ):
            assert result in EXCEL_ERRORS if isinstance(result, ExcelError) else right(result), (ndc, one, date, result)
