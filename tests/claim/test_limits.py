"""Prices out of CMS's payment limits: of the quarter of the date of service, and never one that the file does not have."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.claim.claims import Row, claim, order, table
from tests.reference.editions import quarter, with_imported
from xl_infusion import CLAIM_CHECKS, EXPLAIN, ExcelError
from xl_infusion.claim.limits import Limit, Limits
from xl_infusion.reference import Reference, current, using
from xl_infusion.reference.imported import ASP

OF_REFERENCE, OF_ASP = "% of reference price", "% of ASP"
IMPORT = "xl-infusion codes update"


def limit(code: str, amount: object, notes: str = "", dosage: str = "", **more: object) -> dict[str, object]:
    return {"code": code, "limit": amount, "notes": notes, "dosage": dosage, **more}


def edition(*quarters: tuple[int, int, dict[str, object]]) -> Reference:
    """An edition with a made-up pricing file for each (year, month, code -> limit)."""
    files = [(ASP, quarter(y, m), [limit(code, of) for code, of in limits.items()]) for y, m, limits in quarters]
    return with_imported(*files)


def noted(*rows: dict[str, object]) -> Reference:
    """An edition with the pricing file of October 2025 of these rows."""
    return with_imported((ASP, quarter(2025, 10), rows))


def ertapenem(start: str = "2025-10-01", end: str = "2025-10-05", **more: Any) -> Row:
    """Two units of J1335 a day."""
    return order(1, "ertapenem", "1 g", 24, start, end, Prescriber="1234567893", **more)


def rate(amount: object, basis: str = "", code: str = "J1335", **more: Any) -> Row:
    return {"Code": code, "Rate": amount, "Basis": basis or None, **more}


def lines(one: Row, *rates: Row, **tables: Any) -> list[tuple[str, Any, Any, str]]:
    """First day, rate, charge and why of the drug lines."""
    found = claim([one], rates=rates, **tables)
    return [
        (f"{line['From']:%m/%d}", line["Rate"], line["Charge"], line["Why"]) for line in found if line["Code"][0] != "S"
    ]


def findings(one: Row, *rates: Row) -> list[tuple[Any, ...]]:
    """Sheet, row, days and what is wrong, of rates that are missing."""
    found = CLAIM_CHECKS(table([one]), None, None, table([*rates, rate(1, code="S9500")]))
    assert not isinstance(found, ExcelError)
    return [(row[2], row[3], str(row[5]), str(row[6]), row[7]) for row in found[1:] if row[1] == "rate missing"]


TWO = edition((2025, 10, {"J1335": "20.5"}), (2026, 1, {"J1335": "22"}))


# -- of the limit itself -------------------------------------------------------------------------------------------


def test_a_reference_price_that_no_row_has_is_the_payment_limit_of_the_quarter() -> None:
    with using(TWO):
        one, other = lines(ertapenem("2025-12-30", "2026-01-02"), rate("110%", OF_REFERENCE))
    assert one[:3] == ("12/30", 22.55, 90.2) and other[:3] == ("01/01", 24.2, 96.8)
    assert "; Rates table row 2: 110 % of the ASP payment limit 20.5, October 2025" in one[3]
    assert "; Rates table row 2: 110 % of the ASP payment limit 22, January 2026" in other[3]


def test_a_row_of_rates_goes_before_the_limit_on_its_days() -> None:
    own = rate(30, "reference price", From="2025-10-02", To="2025-10-03")
    with using(TWO):
        for payer in (None, "A"):
            found = lines(
                ertapenem(Payer="A"), own | {"Payer": payer}, rate("100%", OF_REFERENCE), payers=[{"Payer": "A"}]
            )
            assert [(day, price) for day, price, *_ in found] == [("10/01", 20.5), ("10/02", 30), ("10/04", 20.5)]
        # one that cannot be read is not passed over
        found = lines(ertapenem(), rate("much", "reference price"), rate("100%", OF_REFERENCE))
        assert found[0][1] == "#VALUE!" and "Rates table row 2: Rate 'much' is not a number" in found[0][3]
        twice = [rate(1, "reference price"), rate(2, "reference price"), rate("100%", OF_REFERENCE)]
        assert "Rates table rows 2 and 3 are in force" in lines(ertapenem(), *twice)[0][3]


def test_a_quarter_with_the_same_limit_cuts_no_line() -> None:
    same = edition(
        (2025, 7, {"J1335": "20"}), (2025, 10, {"J1335": "20"}), (2026, 1, {"J1335": "20"}), (2026, 4, {"J1335": 21})
    )
    with using(same):
        one, other = lines(ertapenem("2025-09-01", "2026-04-01"), rate("100%", OF_REFERENCE))
        (before,) = lines(ertapenem("2025-06-30", "2025-06-30"), rate("100%", OF_REFERENCE))
    assert one[1] == 20 and "payment limit 20, July 2025 to January 2026" in one[3] and other[:2] == ("04/01", 21)
    assert before[1] == "#N/A" and "file of April 2025 is not imported" in before[3]


def test_the_limit_is_per_unit_with_the_lesser_of_charge_and_of_any_modifier() -> None:
    with using(TWO):
        capped = rate("100%", OF_REFERENCE, **{"Lesser of charge": "yes", "Per": "line"})
        (found,) = lines(ertapenem(), capped, rate(3, "usual charge"))
        assert found[1:3] == (3, 30) and "the usual charge is less: 3 per unit" in found[3]
        (found,) = lines(ertapenem(), capped, rate(100, "usual charge"))
        assert found[1:3] == (20.5, 205) and "per line" not in found[3]
        unused = lines(ertapenem(Unused=1), rate("100%", OF_REFERENCE))
        assert [charge for _, _, charge, _ in unused] == [164, 41]


# -- of the ASP ----------------------------------------------------------------------------------------------------


def test_106_percent_of_asp_is_the_limit() -> None:
    with using(TWO):
        (found,) = lines(ertapenem(), rate("106%", OF_ASP))
        assert found[1:3] == (20.5, 205)
        assert "; Rates table row 2: 106 % of the ASP, the payment limit 20.5 / 1.06, October 2025" in found[3]
        (found,) = lines(ertapenem(), rate("100%", OF_ASP))
        assert found[1] == pytest.approx(20.5 / 1.06) and found[2] == 193.4  # 193.396...
        # a reference price of Rates is no ASP
        assert lines(ertapenem(), rate(30, "reference price"), rate("106%", OF_ASP))[0][1] == 20.5
        wrong = lines(ertapenem(), rate(106, OF_ASP))
        assert wrong[0][1] == "#NUM!" and "Rate 106 is 10600 %" in wrong[0][3]


@given(
    amount=st.decimals("0.001", 9999, places=3),
    percent=st.decimals("0.5", 3, places=3),
    days=st.integers(1, 90),
)
def test_asp_is_exact_to_the_cent(amount: Decimal, percent: Decimal, days: int) -> None:
    end = str(dt.date(2025, 10, 1) + dt.timedelta(days - 1))
    exact = Fraction(amount) * Fraction(percent) * 100 / 106 * 2 * days
    cents = int(exact * 100 + Fraction(1, 2))
    with using(edition((2025, 10, {"J1335": amount}))):
        ((_, _, charge, _),) = lines(ertapenem(end=end), rate(f"{percent * 100}%", OF_ASP))
        assert charge == cents / 100
        whole = (amount * 2 * days).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for share, basis in (("106%", OF_ASP), ("100%", OF_REFERENCE)):
            assert lines(ertapenem(end=end), rate(share, basis))[0][2] == float(whole)


def test_half_a_cent_that_only_a_quotient_has_is_rounded_up() -> None:
    # 0.1 x 1 / 1.06 a unit, of 106 units in all 10.00; 0.00005 x 106 units / 1.06 = half a cent
    with using(edition((2025, 10, {"J0696": "0.00005"}))):
        ceftriaxone = order(1, "ceftriaxone", "500 mg", 12, "2025-10-01", "2025-11-22")  # 53 days x 2 units
        ((_, _, charge, _),) = lines(ceftriaxone, rate("100%", OF_ASP, "J0696"))
    assert charge == 0.01


@pytest.mark.parametrize(
    "notes",
    ["", "Inflation-adjusted coinsurance", "Added October 2025", "Updated January 2026", "added july 2024 - inflation-adjusted coinsurance"],
)  # fmt: skip
def test_notes_of_coinsurance_and_of_when_a_row_came_do_not_matter(notes: str) -> None:
    with using(noted(limit("J1335", "20.5", notes))):
        assert lines(ertapenem(), rate("106%", OF_ASP))[0][1] == 20.5


@pytest.mark.parametrize(
    ("notes", "more", "why"),
    [
        ("8% of reference add-on applied", {}, "(8% of reference add-on applied)"),
        ("Added October 2025 - 8% of reference add-on applied", {}, "(8% of reference add-on applied)"),
        ("AMP-based payment limit", {}, "(AMP-based payment limit)"),
        ('"lesser of" methodology applied', {}, '("lesser of" methodology applied)'),
        ("a note that nobody has seen", {}, "(a note that nobody has seen)"),
        ("", {"vaccine_limit": "20.5"}, "(it is the limit of a vaccine)"),
        ("Added October 2025", {"blood_limit": "20.5"}, "(it is the limit of a blood product)"),
    ],
)
def test_a_limit_that_is_not_106_percent_of_asp_has_no_asp(notes: str, more: dict[str, object], why: str) -> None:
    with using(noted(limit("J1335", "20.5", notes, **more))):
        (found,) = lines(ertapenem(), rate("106%", OF_ASP))
        assert found[1:3] == ("#N/A", "#N/A")
        assert found[3].endswith(
            f"; Rates table row 2 asks for the ASP of J1335, and its payment limit of October 2025 is not 106 % of it {why}: "
            "write % of reference price, which is of the limit itself, or of a reference price row of its own"
        )
        assert lines(ertapenem(), rate("100%", OF_REFERENCE))[0][1] == 20.5
        # told for the order and its days, for another quarter may have it
        assert findings(ertapenem(), rate("106%", OF_ASP))[0][:4] == ("Orders", 2, "2025-10-01", "2025-10-05")


# -- what is not there ---------------------------------------------------------------------------------------------


def test_a_quarter_that_is_not_imported_is_named_with_those_that_are() -> None:
    gap = edition((2025, 4, {"J1335": "19"}), (2025, 10, {"J1335": "20.5"}))
    with using(gap):
        one = ertapenem("2025-06-30", "2025-10-01")
        for basis in (OF_REFERENCE, OF_ASP):
            row = rate("106%", basis)
            found = lines(one, row)
            assert [(day, str(price).startswith("#")) for day, price, *_ in found] == [
                ("06/30", False),
                ("07/01", True),
                ("10/01", False),
            ]
            assert (
                "pricing file of July 2025 is not imported (imported: April 2025, October 2025): bring it in"
                in found[1][3]
            )
            assert f"of J1335{',' if basis == OF_ASP else ':'}" in found[1][3] and IMPORT in found[1][3]
            (told,) = findings(one, row)
            assert told[:4] == ("Orders", 2, "2025-07-01", "2025-09-30") and "July 2025" in told[4]


def test_every_missing_quarter_is_told_by_itself() -> None:
    with using(TWO):
        found = lines(ertapenem("2025-03-30", "2025-07-02"), rate("100%", OF_REFERENCE))
        assert [day for day, *_ in found] == ["03/30", "04/01", "07/01"]
        for (*_, why), missing in zip(found, ["January 2025", "April 2025", "July 2025"], strict=True):
            assert f"file of {missing} is not imported (imported: October 2025, January 2026)" in why
        (before,) = lines(ertapenem("2004-12-31", "2004-12-31"), rate("100%", OF_REFERENCE))
        assert "there are no ASP payment limits before January 2005: add a row reference price" in before[3]
        (later,) = lines(ertapenem("2040-05-30", "2040-12-31"), rate("100%", OF_REFERENCE))
        assert "or later is not imported (imported: October 2025, January 2026)" in later[3]


def test_a_code_that_the_file_does_not_have_or_gives_no_limit() -> None:
    made = with_imported(
        (ASP, quarter(2025, 10), [limit("J1335", "")]), (ASP, quarter(2026, 1), [limit("J2185", "1")])
    )  # fmt: skip
    with using(made):
        one, other = lines(ertapenem("2025-12-31", "2026-01-01"), rate("100%", OF_REFERENCE))
        assert "file of October 2025 has no payment limit for J1335: add a row reference price" in one[3]
        assert "file of January 2026 does not have J1335: add a row reference price" in other[3]
        assert (
            "does not have J1335: price it by another row"
            in lines(ertapenem("2026-01-01", "2026-01-01"), rate("1%", OF_ASP))[0][3]
        )


def test_without_an_imported_file_the_row_of_rates_says_so_once() -> None:
    many = ertapenem("2025-06-30", "2026-01-02")
    (found,) = lines(many, rate("106%", OF_REFERENCE))
    assert (
        "asks for the reference price of J1335, and no row has it on that day: add it, or bring in CMS's ASP pricing"
        in found[3]
    )
    assert "(none is imported)" in found[3] and IMPORT in found[3]
    (found,) = lines(many, rate("106%", OF_ASP))
    assert (
        "asks for the ASP of J1335, and there is none here: bring in CMS's ASP pricing file" in found[3]
        and IMPORT in found[3]
    )
    for basis in (OF_REFERENCE, OF_ASP):
        (told,) = findings(many, rate("106%", basis))
        assert told[:4] == ("Rates", 2, "", "")


def test_what_is_missing_on_some_days_is_told_for_the_orders_of_those_days() -> None:
    """A reference price of one quarter is no finding for claims of it, though the row asks for it on every day."""
    of_october = rate(20, "reference price", From="2025-10-01")
    assert findings(ertapenem(), of_october, rate("100%", OF_REFERENCE)) == []
    (told,) = findings(ertapenem("2025-09-30", "2025-10-01"), of_october, rate("100%", OF_REFERENCE))
    assert told[:4] == ("Orders", 2, "2025-09-30", "2025-09-30")


# -- the unit ------------------------------------------------------------------------------------------------------


def test_a_payer_s_own_unit_is_not_priced_by_a_limit_for_cms_s_unit() -> None:
    def found(unit: str | None) -> tuple[str, Any, Any, str]:
        codes = [{"Payer": "A", "Drug or therapy": "ertapenem", "Code": "J1335", "Unit": unit}]
        (one,) = lines(ertapenem(Payer="A"), rate("100%", OF_REFERENCE), payers=[{"Payer": "A"}], codes=codes)
        return one

    with using(noted(limit("J1335", "20.5", dosage="500 MG"))):
        assert found(None)[1:3] == found("0.5 g")[1:3] == (20.5, 205)
        assert found("1 g")[1:3] == ("#VALUE!", "#VALUE!")
        assert (
            "the ASP payment limit of J1335 is for 500 MG, and a unit of it is 1 g by Payer codes table row 2"
            in found("1 g")[3]
        )
        assert "is for 500 MG, and a unit of it is 1 mEq" in found("1 mEq")[3]
    for dosage in ("1 EA", "30 mCi"):  # nothing to compare
        with using(noted(limit("J1335", "20.5", dosage=dosage))):
            assert found("1 g")[1:3] == (20.5, 102.5)
    with using(noted(limit("J2865", "0.05", dosage="5 MG-1 MG"))):  # a unit is both, and counted by one
        one = order(1, "sulfamethoxazole-trimethoprim", "160 mg TMP", 12, "2025-10-01", "2025-10-01")
        assert lines(one, rate("100%", OF_REFERENCE, "J2865"))[0][1] == 0.05
    with using(noted(limit("J1335", "20.5", dosage="1 GM"))):  # the reference against the file
        assert "a unit of it is 500 mg: price it" in lines(ertapenem(), rate("100%", OF_REFERENCE))[0][3]


# -- day by day ----------------------------------------------------------------------------------------------------


@given(
    limits=st.lists(st.one_of(st.none(), st.decimals("0.001", 500, places=3)), min_size=8, max_size=8),
    first=st.integers(0, 700),
    days=st.integers(1, 120),
    percent=st.sampled_from([100, 85, 110, 106]),
    basis=st.sampled_from([OF_REFERENCE, OF_ASP]),
)
def test_a_price_by_quarter_is_that_of_every_single_day(
    limits: list[Decimal | None], first: int, days: int, percent: int, basis: str
) -> None:
    """The lines of an order are the days of it, each priced by the quarter that it lies in."""
    quarters = [(2024 + i // 4, 1 + 3 * (i % 4)) for i in range(8)]
    files = [
        (ASP, quarter(*one), [limit("J1335", "" if of is None else of)])
        for one, of in zip(quarters, limits, strict=True)
    ]
    begin = dt.date(2024, 1, 1) + dt.timedelta(first)
    end = min(begin + dt.timedelta(days - 1), dt.date(2025, 12, 31))
    with using(with_imported(*files)):
        grid = claim([ertapenem(str(begin), str(end))], rates=[rate(f"{percent}%", basis)])
    priced = {}
    for line in grid:
        if line["Code"] != "S9500":
            for day in range((line["To"] - line["From"]).days + 1):
                assert line["From"] + dt.timedelta(day) not in priced
                priced[line["From"] + dt.timedelta(day)] = line["Rate"]
            if line["Rate"] != "#N/A":
                exact = Fraction(str(line["Rate"])) * line["Units"]
                assert abs(line["Charge"] - exact) <= Fraction(6, 1000)
    assert sorted(priced) == [begin + dt.timedelta(day) for day in range((end - begin).days + 1)]
    for day, price in priced.items():
        of = limits[(day.year - 2024) * 4 + (day.month - 1) // 3]
        share = Decimal(percent) / (106 if basis == OF_ASP else 100)
        assert price == "#N/A" if of is None else price == pytest.approx(float(of * share), rel=1e-12)
    # and no line ends without a reason
    drugs = [line for line in grid if line["Code"] != "S9500"]
    assert all(one["Rate"] != other["Rate"] or one["Rate"] == "#N/A" for one, other in pairwise(drugs))


def test_limits_of_the_bundled_edition_are_none() -> None:
    limits = Limits(current())
    assert not limits.imported and limits.of("J1335").values == [""]


def test_a_later_file_of_the_same_days_goes_first() -> None:
    twice = with_imported(
        (ASP, (dt.date(2025, 10, 1), dt.date(2025, 12, 31)), [limit("J1335", "20")]),
        (ASP, (dt.date(2025, 11, 1), dt.date(2025, 12, 31)), [limit("J1335", "21")]),
    )
    found = [
        value
        for _, _, value in Limits(twice)
        .of("J1335")
        .cut(dt.date(2025, 10, 1).toordinal(), dt.date(2025, 12, 31).toordinal())
    ]
    assert [one.amount for one in found if isinstance(one, Limit)] == [20, 21]


# -- explained -----------------------------------------------------------------------------------------------------


def test_the_explanation_names_limit_and_quarter() -> None:
    def steps(basis: str) -> list[list[Any]]:
        orders, rates = (
            table([ertapenem("2025-12-30", "2026-01-02")]),
            table([rate("100%", basis), rate(1, code="S9500")]),
        )
        return EXPLAIN(1, orders, None, None, rates)[1:]

    with using(TWO):
        found = [step for step in steps(OF_REFERENCE) if "Which rate of J1335" in step[1]]
        assert [step[2] for step in found] == [
            "$20.5 for each unit, 100 % of the ASP payment limit 20.5, October 2025",
            "$22 for each unit, 100 % of the ASP payment limit 22, January 2026",
        ]
        assert {step[3] for step in found} == {"Rates table row 2, of any payer"}
        (broken,) = [step for step in steps(OF_REFERENCE) if step[1] == "Why a new line on 2026-01-01?"]
        assert broken[2:] == ["the rate changes", "the quarter of the payment limit, above"]
        found = [step for step in steps(OF_ASP) if "Which rate of J1335" in step[1]]
        assert found[0][2] == "$19.339623 for each unit, 100 % of the ASP, the payment limit 20.5 / 1.06, October 2025"
