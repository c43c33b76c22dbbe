"""ASP pricing files and NDC-HCPCS crosswalks: columns by name, and no row that contradicts itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference.cms.made import CROSSED, EFFECTIVE, PRICED, crosswalk, prices, sheets, write
from xl_infusion.reference.cms.findings import CmsFileError
from xl_infusion.reference.cms.quarters import Quarter, quarter_of
from xl_infusion.reference.cms.release import CrosswalkRelease, PriceRelease, read

OCTOBER = Quarter(dt.date(2025, 10, 1), dt.date(2025, 12, 31))


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_prices(ending: str, tmp_path: Path) -> None:
    release = read(write(tmp_path / f"limits{ending}", prices(*PRICED)))
    assert isinstance(release, PriceRelease) and release.whole and release.quarter == OCTOBER
    assert [record.limit for record in release.records] == [
        Decimal("134.194"),
        Decimal("1.234"),
        Decimal("0.125"),
        None,
    ]
    first, second, *_ = release.records
    assert (first.code, first.short, first.dosage, first.row) == ("90001", "Made vaccine", "1 ML", 10)
    assert first.coinsurance_percent == 20 and first.vaccine_limit is None and second.notes == "Made note"
    assert [str(finding).partition(" (")[2] for finding in release.findings] == [
        "Q0001): no payment limit: it says 'N/A'"
    ]
    assert str(release) == (f"limits{ending}: ASP pricing, October 2025: 4 codes, 3 with a payment limit, 1 note")


def test_numbers_of_a_sheet_are_exact(tmp_path: Path) -> None:
    table: list[list[object]] = [list(row) for row in prices(*PRICED)]
    table[9][3], table[10][3] = 134.194, 1.1 + 0.134
    release = read(write(tmp_path / "limits.xlsx", table))
    assert [record.limit for record in release.records[:2]] == [Decimal("134.194"), Decimal("1.234")]  # type: ignore[union-attr]


def test_prices_of_older_years_lack_columns_and_the_quarter(tmp_path: Path) -> None:
    table = [row[:4] + row[5:8] for row in prices(*PRICED) if EFFECTIVE not in row]
    release = read(write(tmp_path / "January 2019 ASP Pricing File.csv", table))
    assert isinstance(release, PriceRelease) and release.quarter is not None
    assert str(release.quarter) == "January 2019" and release.records[0].coinsurance_percent is None
    with pytest.raises(CmsFileError, match=r"limits\.csv: neither it nor its name says which quarter"):
        read(write(tmp_path / "limits.csv", table))
    assert read(tmp_path / "limits.csv", OCTOBER).quarter == OCTOBER


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (("J00O1", "x", "1 MG", "1", "20", ""), "HCPCS Code 'J00O1' is no code"),
        (("J0009", "x", "1 MG", "1", "twenty", ""), "Co-insurance Percentage 'twenty' is no number"),
        (("J0009", "x", "1 MG", "20", "134.2", ""), "Co-insurance Percentage 134.2 is more than 20"),
        (("J0001", "x", "1 MG", "1", "20", ""), "J0001 has 2 rows"),
    ],
)
def test_a_damaged_price_is_left_out(row: tuple[str, ...], what: str, tmp_path: Path) -> None:
    release = read(write(tmp_path / "limits.csv", prices(*PRICED, row)))
    assert what in str(release.left_out[0]) and row[0] not in {record.code for record in release.records}


def test_prices_in_the_wrong_column(tmp_path: Path) -> None:
    with pytest.raises(CmsFileError, match="have no payment limit: columns are swapped"):
        read(write(tmp_path / "limits.csv", prices(*((c, s, limit, d, p, n) for c, s, d, limit, p, n in PRICED))))
    with pytest.raises(CmsFileError, match="the column Payment Limit is missing"):
        read(write(tmp_path / "limits.csv", [row[:3] + row[4:] for row in prices(*PRICED)]))


def many(row: tuple[str, ...], times: int, at: int) -> list[list[str]]:
    """Rows like one, each with a code or number of its own."""
    return [[*row[:at], f"{row[at][:-3]}{i:03}", *row[at + 1 :]] for i in range(100, 100 + times)]


def test_dosages_and_names_that_are_swapped(tmp_path: Path) -> None:
    price = ("J0001", "Injection, made-up", "100 MG", "1.234", "20.000", "")
    product = ("J0001", "Injection, made-up", "Maker", "99999-0001-000", "Made-up", "100 MG", "1", "10", "5", "50")
    good = [prices(*many(price, 60, 0)), crosswalk(*many(product, 60, 3))]
    swapped = [prices(*([row[0], row[2], row[1], *row[3:]] for row in many(price, 60, 0))),
               crosswalk(*([*row[:4], row[5], row[4], *row[6:]] for row in many(product, 60, 3)))]  # fmt: skip
    for number, rows in enumerate(good):
        assert len(read(write(tmp_path / f"good{number}.csv", rows)).records) == 60
    for number, rows in enumerate(swapped):
        with pytest.raises(CmsFileError, match=r"the dosage of 60 of 60 rows has no amount: columns are swapped"):
            read(write(tmp_path / f"swapped{number}.csv", rows))
    named = ("J1001", "Injection, made-up", "EACH", "1.234", "20.000", "")
    halves = [*many(price, 60, 0), *many(named, 60, 0)]
    assert len(read(write(tmp_path / "halves.csv", prices(*halves))).records) == 120
    assert len(read(write(tmp_path / "few.csv", prices(*PRICED[1:], named))).records) == 4  # too few to mean anything
    assert len(read(write(tmp_path / "one.csv", prices(named))).records) == 1
    with pytest.raises(CmsFileError, match="the dosage of 60 of 119 rows has no amount"):
        read(write(tmp_path / "more.csv", prices(*halves[1:])))


def test_of_fifty_rows_one_may_be_damaged(tmp_path: Path) -> None:
    made = many(("J0001", "Injection, made-up", "100 MG", "1.234", "20.000", ""), 800, 0)
    damaged = [[*row[:4], "25", *row[5:]] for row in made]  # more than a coinsurance can be
    release = read(write(tmp_path / "few.csv", prices(*damaged[:16], *made[16:])))
    assert (len(release.records), sum(finding.left_out for finding in release.findings)) == (784, 16)
    with pytest.raises(CmsFileError, match="17 of 800 rows are damaged"):
        read(write(tmp_path / "more.csv", prices(*damaged[:17], *made[17:])))


def test_rows_damaged_each_in_its_own_way_have_no_usual_one(tmp_path: Path) -> None:
    rows = [(f"X{i}", "Injection, made-up", "100 MG", "1.234", "20.000", "") for i in range(11)]
    with pytest.raises(
        CmsFileError,
        match=r"11 of 11 rows are damaged \(the first is row [^,]+: HCPCS Code 'X0' is no code; left out\)",
    ):
        read(write(tmp_path / "each.csv", prices(*rows)))
    with pytest.raises(CmsFileError, match=r"left out, 2 of them \"HCPCS Code 'X0' is no code\"\): it is not used"):
        read(write(tmp_path / "two.csv", prices(*rows, rows[0])))


def test_units_and_items_of_a_package_that_are_swapped(tmp_path: Path) -> None:
    """Their product is the same either way: parts of items tell it."""
    product = ("J0001", "Injection, made-up", "Maker", "99999-0001-000", "Made-up", "100 MG", "1", "0.5", "10", "5")
    rows = crosswalk(
        *many(product, 11, 3), *many((*product[:3], "99999-0002-000", *product[4:7], "10", "5", "50"), 900, 3)
    )
    with pytest.raises(CmsFileError, match="PKG QTY is no whole number in 11 rows: columns are swapped"):
        read(write(tmp_path / "walk.csv", rows))
    one = read(write(tmp_path / "one.csv", crosswalk(*CROSSED, product)))
    assert [finding.what for finding in one.left_out] == ["PKG QTY 0.5 is no whole number of items"]


def test_a_file_without_rows(tmp_path: Path) -> None:
    with pytest.raises(CmsFileError, match="no record stands below the column headings"):
        read(write(tmp_path / "limits.csv", prices()))


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("code", ["_2025_CODE", "2026 CODE", "HCPCS Code", "HCPCS Level II Code defer to made office"])
def test_a_crosswalk(code: str, ending: str, tmp_path: Path) -> None:
    release = read(write(tmp_path / f"crossed{ending}", crosswalk(*CROSSED, code=code)))
    assert isinstance(release, CrosswalkRelease) and release.whole and not release.findings
    assert release.quarter == OCTOBER and release.rows == 3
    first, second, third = release.records
    assert (first.code, first.ndc, first.product) == ("J0001", "99999000101", "99999-0001-01")
    assert (first.units, first.package_quantity, first.units_per_package) == (5, 10, 50)
    assert first.exact_units_per_package == 50 and second.exact_units_per_package == Decimal("0.75")
    assert (second.ndc, second.drug, second.package_size) == ("99999000201", "Made-up", 20)
    assert (third.ndc, third.product, third.labeler, third.dosage) == ("", "PS-12", "Maker Two", "1 SQ CM")
    assert str(release) == (f"crossed{ending}: ASP NDC-HCPCS crosswalk, October 2025: 3 rows of 2 codes and 2 NDCs")


def row(
    size: object, quantity: object, units: object, package: object, code: str = "J0003", ndc: str = "99999-0009-01"
) -> tuple[str, ...]:
    return (code, "x", "Maker", ndc, "Made", "10 MG", str(size), str(quantity), str(units), str(package))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (row(1, 10, 10, 10), "it contradicts itself: BILLUNITS 10 x PKG QTY 10 is 100, and BILLUNITSPKG says 10"),
        (row(1, 1, "0.25", 1), "it contradicts itself: BILLUNITS 0.25 x PKG QTY 1 is 0.25, and BILLUNITSPKG says 1"),
        (row(1, 0, 10, 10), "PKG QTY '0' is no number above 0"),
        (row("", 1, 10, 10), "PKG SIZE '' is no number above 0"),
        (row(1, 1, -1, -1), "BILLUNITS '-1' is no number above 0"),
        (row(1, 1, 1, "NaN"), "BILLUNITSPKG 'NaN' is no number above 0"),
        (row(1, 1, 1, 1, code="2025"), "'2025' is no code"),
        (row(1, 1, 1, 1, ndc=""), "NDC2 is blank"),
        (row(1, 10, 5, 50, "J0001", "99999-0001-01"), "J0001 99999-0001-01 has 2 rows"),
    ],
)
def test_a_row_that_contradicts_itself_is_told_and_not_used(data: tuple[str, ...], what: str, tmp_path: Path) -> None:
    release = read(write(tmp_path / "crossed.csv", crosswalk(*CROSSED, data)))
    assert what in str(release.left_out[-1]) and release.left_out[-1].row == 13
    assert len(release.records) == 3 - ("2 rows" in what) and release.rows == 4


@given(units=st.decimals("0.01", 1000, places=2), quantity=st.integers(1, 100), off=st.decimals(-3, 3, places=2))
def test_units_are_used_exactly_where_the_package_is_their_rounded_sum(
    tmp_path_factory: pytest.TempPathFactory, units: Decimal, quantity: int, off: Decimal
) -> None:
    package = units * quantity + off
    if package <= 0:
        return
    path = write(
        tmp_path_factory.mktemp("units") / "crossed.csv", crosswalk(*CROSSED, row(1, quantity, units, f"{package:f}"))
    )
    used = "J0003" in {record.code for record in read(path).records}
    assert used == (abs(off) <= Decimal("0.5"))


def test_many_rows_that_contradict_themselves_are_refused(tmp_path: Path) -> None:
    wrong = [row(1, 10, 10, 10, ndc=f"99999-{i:04}-01") for i in range(12)]
    with pytest.raises(CmsFileError, match=r"crossed\.csv: 12 of 15 rows are damaged \(the first is row 13"):
        read(write(tmp_path / "crossed.csv", crosswalk(*CROSSED, *wrong)))


def test_rows_cut_short_and_blank_rows_are_told(tmp_path: Path) -> None:
    table = crosswalk(*CROSSED)
    table[10:10] = [[""] * 250, [""] * 250]
    table[12] = table[12][:9]
    table[13] = [*table[13], "", "600"]
    release = read(write(tmp_path / "crossed.csv", table))
    assert [str(finding) for finding in release.findings] == [
        "the file: no Q codes: it is not a whole file, or was cut off", "row 11: 2 blank rows within the table",
        "row 13: the row is cut short: 9 of 250 cells; left out",
        "row 14: the row has 252 cells, and 250 columns have a heading; left out",
    ]  # fmt: skip
    assert not release.whole and len(release.records) == 1


@pytest.mark.parametrize("heading", ["NDC2", "HCPCS dosage ", "PKG SIZE", "PKG QTY", "BILLUNITS", "BILLUNITSPKG"])
def test_a_crosswalk_without_a_needed_column(heading: str, tmp_path: Path) -> None:
    table = crosswalk(*CROSSED)
    at = table[8].index(heading)
    with pytest.raises(CmsFileError, match=f"row 9: the column {heading.strip()} is missing"):
        read(write(tmp_path / "crossed.csv", [line[:at] + line[at + 1 :] for line in table]))


def test_a_crosswalk_beside_the_one_of_the_payment_limits_says_so(tmp_path: Path) -> None:
    table = crosswalk(*CROSSED)
    table[0][0] = table[0][0].replace("ASP", "AWP")
    assert str(read(write(tmp_path / "crossed.csv", table)).findings[0]).startswith(
        "the file: it calls itself 'October 2025 AWP NDC"
    )


def test_a_name_of_another_quarter(tmp_path: Path) -> None:
    release = read(write(tmp_path / "july-2025-crosswalk.csv", crosswalk(*CROSSED)))
    assert release.quarter == OCTOBER
    assert [str(finding) for finding in release.findings] == [
        "the file: its name says July 2025, and it says October 2025 of itself, which holds"
    ]


@pytest.mark.parametrize("cut", [lambda rows: rows[:7], lambda rows: [row[:2] for row in rows]])
def test_a_sheet_with_none_of_the_headings(cut: Callable[[list[list[str]]], list[list[str]]], tmp_path: Path) -> None:
    path = sheets(tmp_path / "x.xlsx", {"Notes": [["nothing"]], "Cut": cut(crosswalk(*CROSSED)), "Empty": []})
    with pytest.raises(CmsFileError, match="no HCPCS release, ASP pricing file or ASP NDC-HCPCS crosswalk"):
        read(path)


@pytest.mark.parametrize(
    ("text", "quarter"),
    [
        ("Effective Jan. 1, 2024 through March 31, 2024", "January 2024"),
        ("Effective October 1, 2025 to October 99, 2025", "None"),
        ("Effective October 1, 2025 through October 1, 2025", "None"),
        ("HCPC2024_JAN_ANWEB_v4.xlsx", "January 2024"),
        ("HCPC17_CONTR_ANWEB.txt", "None"),
        ("july-2026-asp-pricing-file.zip", "July 2026"),
        ("HCPC2021_June_ANWEB", "April 2021"),
        ("codes", "None"),
        ("90371", "None"),
    ],
)
def test_quarters(text: str, quarter: str) -> None:
    assert str(quarter_of(text)) == quarter
