"""Each cause by a payment that shows it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.model.payments import ALONE, JUNE, NEW, OLD, ORDER, RATES_, THREE, Row, compared, line, paid, target_of
from xl_infusion.model.causes import CAUSES, cause_of, live_parts
from xl_infusion.model.variance import payer_names

#: A dose of two units and a half of the old code, each of which is rounded up.
HALVES: list[list[object]] = [ORDER, [1, "P1", "A", "vancomycin", "1250 mg", "q12h", "2025-09-01", 10]]


@pytest.mark.parametrize(
    ("orders", "of", "rows", "cause", "why"),
    [
        (THREE, ("S9502", ""), [paid("S9502", 10, 1450)], "paid as expected", "paid 1450 for 10 units, expected 1450"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1450.01)], "paid as expected", "Nothing."),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1449.98)], "rate not in Rates", "fee schedule"),
        (THREE, ("S9502", ""), [], "line missing", "expected 1450"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 725)], "first therapy paid as a later one", "what therapy 2 earns"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 362.5, Modifiers="SJ")], "first therapy paid as a later one", "therapy 3"),
        (THREE, ("S9501", "SH"), [paid("S9501", 10, 325, Modifiers="SH")], "second therapy paid as third", "second"),
        (THREE, ("S9501", "SH"), [paid("S9501", 10, 1300, Modifiers="SH")], "later therapy at the full rate", "modifier was sent"),
        (THREE, ("S9501", "SH"), [paid("S9501", 10, 1300)], "later therapy at the full rate", "the row has no SH or SJ"),
        (THREE, ("S9501", "SH"), [paid("S9501", 10, 520, Modifiers="SH")], "later therapy at the wrong share", "40 % of"),
        (THREE, ("S9501", "SH"), [paid("S9501", 10, 559, Modifiers="SH")], "later therapy at the wrong share", "43 % of"),
        (THREE, ("S9501", "SH"), [paid("S9501", 10, 585, Modifiers="SH")], "later therapy at the wrong share", "45 % of"),
        *((THREE, ("S9501", "SH"), [paid("S9501", 10, amount, Modifiers="SH")], "later therapy at the wrong share", share)
          for amount, share in ((13, "1 % of"), (1287, "99 % of"), (429, "33 % of"), (433.3, "33.33"), (871, "67 % of"), (866.7, "66.67"), (65, "5 % of"), (1235, "95 % of"))),
        (THREE, ("S9500", "SJ"), [paid("S9500", 10, 550, Modifiers="SJ")], "third therapy paid as second", "ranking"),
        (THREE, ("S9500", "SJ"), [paid("S9500", 9, 495, To="2025-09-09")], "third therapy paid as second", "ranking"),
        (THREE, ("S9502", ""), [paid("S9502", 9, 1305, To="2025-09-09")], "days counted short", "9 units"),
        (THREE, ("S9502", ""), [paid("S9502", 11, 1595, To="2025-09-11")], "days counted long", "11 units"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1305)], "days counted short", "that of 9 days"),
        *((THREE, ("S9502", ""), [paid("S9502", None, 145 * days)], f"days counted {how}", f"that of {days} days")
          for days, how in ((7, "short"), (8, "short"), (9, "short"), (11, "long"), (12, "long"), (13, "long"), (28, "long"), (30, "long"))),
        (THREE, ("S9502", ""), [paid("S9502", None, 145 * 14)], "rate not in Rates", "paid 2030"),
        (THREE, ("S9502", ""), [paid("S9502", 4, 1000, To="2025-09-04"), paid("S9502", 6, 449.98, From="2025-09-05")], "paid as expected", "rows 2 and 3"),
        (THREE, ("S9502", ""), [paid("S9502", 4, 1000, To="2025-09-04"), paid("S9502", 6, 449.97, From="2025-09-05")], "rate not in Rates", "rows 2 and 3"),
        (THREE, ("S9502", ""), [paid("S9502", 4, 800, To="2025-09-04"), paid("S9502", 6, 900, From="2025-09-05")], "rate not in Rates", "rows 2 and 3"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 0, Adjustments="CO-16"), paid("S9502", 9, 1305)], "days counted short", "9 units"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1500), paid("S9502", 10, -0.5)], "not explained", "Look at the remittance"),
        (THREE, ("S9501", "SH"), [paid("S9501", 10, 845, Modifiers="SH")], "later therapy at the wrong share", "65 % of"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1500)], "common rate, not the payer's", "Rates table row 2"),
        (ALONE, ("S9500", ""), [paid("S9500", 10, 1200)], "rate of other days", "Rates table row 5"),
        (ALONE, ("S9500", ""), [paid("S9500", 10, 990)], "rate of another payer", "Rates table row 6"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1200, Charge=1200)], "lesser-of charge applied", "the charge is 1200"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1780)], "paid as billed", "the charge is 1780"),
        (THREE, ("S9502", ""), [paid("S9494", 10, 1111)], "paid under another code", "the row has S9494"),
        (ALONE, ("S9500", ""), [paid("S9502", 10, 1450)], "paid under another code", "what S9502 earns"),
        (THREE, ("J0692", ""), [paid("J0692", 72, 72)], "units short", "72 units"),
        (THREE, ("J0692", ""), [paid("J0692", 88, 88)], "units over", "88 units"),
        (THREE, ("J0692", ""), [paid("J0692", 88, 66.6)], "not explained", "Look at the remittance"),
        (THREE, ("J0696", ""), [paid("J0696", 80, 60)], "drug at another percent", "75 % in place of 80 % of charge"),
        (THREE, ("J0696", ""), [paid("J0696", 80, 60.17)], "rate not in Rates", "fee schedule"),
        (THREE, ("J0696", ""), [paid("J0696", 80, 0.001)], "rate not in Rates", "fee schedule"),
        (NEW, ("J3373", ""), [paid("J3373", 40, 2.2)], "units of the old code", "J3370 counts 40 of 500 mg"),
        (HALVES, ("J3373", ""), [paid("J3373", 60, 3.3)], "units of the old code", "J3370 counts 60 of 500 mg"),
        (NEW, ("J3373", ""), [paid("J3370", 40, 100)], "units of the old code", "J3370 counts 40 of 500 mg"),
        (NEW, ("J3373", ""), [paid("J3373", 2000, 2.2)], "units of the old code", "J3370 counts 40 of 500 mg"),
        (OLD, ("J3370", ""), [paid("J3370", 2000, 5000, **JUNE)], "units of the new code", "J3373 counts 2000 of 10 mg"),
        (OLD, ("J3370", ""), [paid("J3370", 2000, 1234.5, **JUNE)], "units of the new code", "J3373 counts 2000 of 10 mg"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 0, Adjustments="CO-29, N706")], "denied", "reason 29 (filed too late), N706"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 0)], "denied", "without a reason code"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1450), paid("S9502", 10, 1450, Claim=2)], "paid twice", "rows 2 and 3"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1450), paid("S9502", 10, -1450)], "taken back", "corrected claim"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1400), paid("S9502", 0, -1450)], "taken back", "corrected claim"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1450), paid("S9502", 10, -1450), paid("S9502", 9, 1305)], "days counted short", "9 units"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1450, Allowed=1450), paid("S9502", -10, -1450),
                                paid("S9502", 9, 1000, Allowed=1305)], "days counted short", "(allowed 1305)"),
        (THREE, ("S9502", ""), [paid("S9502", 10, -1450)], "taken back", "corrected claim"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1160, Patient_share=290)], "patient share", "290 was left to the patient, 0"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 0, Adjustments="PR-1 1450.00")], "patient share", "1450 was left"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1160, Adjustments="PR-2")], "patient share", "without its amount"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1421, Allowed=1450)], "allowed and not paid", "(allowed 1450)"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1000, Allowed=1305)], "days counted short", "(allowed 1305)"),
        (NEW, ("J3373", ""), [paid("J3373", 2000, 55.55)], "rate not in Rates", "fee schedule"),
        (THREE, ("S9501", "SH"), [paid("S9501", 10, 611.11, Modifiers="SH")], "rate not in Rates", "fee schedule"),
        (THREE, ("S9502", ""), [paid("S9502", 10, 1000), paid("S9502", 0, 450)], "paid as expected", "paid 1450 for 10"),
        (THREE, ("S9502", ""), [paid("S9502", 10, "some")], "row cannot be read", "Paid 'some' is not a number"),
        (THREE, ("S9502", ""), [paid("S9502", 10, None)], "row cannot be read", "Paid is blank"),
        (THREE, ("S9502", ""), [paid("S9502", "ten", 1450)], "paid as expected", "paid 1450, expected 1450 for 10"),
    ],
)  # fmt: skip
def test_a_payment_shows_its_cause(
    orders: list[list[object]], of: tuple[str, str], rows: list[Row], cause: str, why: str
) -> None:
    found = line(compared(rows, orders), *of)
    assert (found["Cause"], why in found["Why"]) == (cause, True), found
    assert CAUSES[cause][1] in found["Why"]


COINSURED: list[list[object]] = [["Payer", "Coinsurance", "Deductible left"], ["A", "20%", None], ["D", None, 100]]


@pytest.mark.parametrize(
    ("rows", "cause", "why"),
    [
        ([paid("S9500", 10, 880)], "paid as expected", "expected 880"),
        ([paid("S9500", 10, 1100)], "patient share", "none was taken, 220 expected"),
        ([paid("S9500", 9, 792)], "days counted short", "792"),
        ([paid("S9500", 9, 792, Patient_share=198)], "days counted short", "allowed 990"),
        ([paid("S9500", 10, 770, Patient_share=330)], "patient share", "330 was left to the patient, 220 expected"),
    ],
)
def test_what_the_patient_owes_is_reckoned_with(rows: list[Row], cause: str, why: str) -> None:
    found = line(compared(rows, ALONE, payers=COINSURED), "S9500")
    assert (found["Cause"], why in found["Why"]) == (cause, True), found["Why"]


def test_a_deductible_is_taken_off_what_another_mistake_would_have_paid() -> None:
    orders = [ORDER, [1, "P1", "D", "ceftriaxone", "2 g", "daily", "2025-09-01", 10]]
    assert line(compared([paid("S9500", 9, 890)], orders, payers=COINSURED), "S9500")["Cause"] == "days counted short"


def test_an_exempt_therapy_earns_its_full_rate_at_every_rank() -> None:
    orders = [ORDER, *([*row[:2], "Full", *row[3:]] for row in THREE[1:])]
    found = line(compared([paid("S9501", 9, 1170, Modifiers="SH")], orders), "S9501", "SH")
    assert (found["Expected"], found["Cause"]) == (1300, "days counted short")


def test_a_rate_a_day_tells_nothing_of_units() -> None:
    rates = [*RATES_, ["A", "J0692", 9, None, None, None, "day"], ["B", "J0692", 50, None, None, None, "dose"]]
    found = line(compared([paid("J0692", 40, 123)], rates=rates), "J0692")
    assert found["Cause"] == "not explained"


def test_a_per_diem_by_the_day_tells_its_days_and_a_drug_its_units_whole_or_not() -> None:
    rates = [row for row in RATES_ if row[1] != "S9500"] + [[None, "S9500", 110, None, None, None, "day"]]
    found = line(compared([paid("S9500", 9, 990)], ALONE, rates=rates), "S9500")
    assert (found["Cause"], "9 units" in found["Why"]) == ("days counted short", True)
    found = line(compared([paid("J0692", 72.5, 72.5)]), "J0692")
    assert (found["Cause"], "72.5 units" in found["Why"]) == ("units short", True)


@pytest.mark.parametrize(("units", "as_before"), [(48, False), (49, True), (55, True), (61, True), (62, False)])
def test_units_of_the_old_code_are_those_of_each_dose_or_of_all_together_give_or_take_one(
    units: int, as_before: bool
) -> None:
    """50 of 500 mg in all, and 60 where each of 20 doses of 1,250 mg is rounded up."""
    found = line(compared([paid("J3373", units, 3.33)], HALVES), "J3373")
    assert (found["Cause"] == "units of the old code") == as_before


def test_of_what_is_worth_nothing_no_percentage_is_told() -> None:
    rates = [row for row in RATES_ if row[1] != "J0696"]
    rates += [
        [None, "J0696", "0%", "% of charge", None, None, None],
        [None, "J0696", 1, "usual charge", None, None, None],
    ]
    found = line(compared([paid("J0696", 80, 60)], rates=rates), "J0696")
    assert (found["Expected"], found["Cause"]) == (0, "rate not in Rates")


def test_a_rate_that_the_line_cannot_be_counted_by_explains_nothing() -> None:
    rates = [*RATES_, ["B", "S9502", 50, None, None, None, "dose"]]
    assert line(compared([paid("S9502", 10, 1234.5)], rates=rates), "S9502")["Cause"] == "rate not in Rates"


def test_units_of_an_old_code_in_mL_are_not_compared_with_mg() -> None:
    orders = [ORDER, [1, "P1", "A", "calcium gluconate", "1 g", "daily", "2025-09-01", 10]]
    rates = [*RATES_, [None, "J0612", 0.5, None, None, None, None], [None, "S9379", 80, None, None, None, None]]
    rows = compared([], orders, rates=rates)
    (drug,) = [row for row in rows if row["Code"] == "J0612"]
    (found,) = [row for row in compared([paid("J0612", drug["Units expected"] - 1, drug["Expected"] - 0.5)], orders,
                                        rates=rates) if row["Code"] == "J0612"]  # fmt: skip
    assert found["Cause"] == "units short"


def test_two_rows_of_which_one_cannot_be_read_are_one_line() -> None:
    found = line(compared([paid("S9502", 10, 1450), paid("S9502", 10, "?")]), "S9502")
    assert (found["Cause"], found["Paid"], found["Remittance row"]) == ("row cannot be read", "#VALUE!", "2, 3")


def test_a_line_that_cannot_be_priced_has_its_payment_and_the_error() -> None:
    orders = [*THREE[:3], [3, "P1", "A", "ceftriaxon", "2 g", "daily", "2025-09-01", 10]]
    rows = compared([paid("S9500", 10, 275, Order=3), paid("J0696", 80, 52, Order=3, Modifiers="ZZ"),
                     paid("99601", 1, 5, Order=3)], orders)  # fmt: skip
    (found,) = [row for row in rows if row["Order"] == 3 and row["Cause"] == "no expected amount"]
    assert found["Expected"] == found["Variance"] == "#N/A" and found["Paid"] == 275 and "ceftriaxon" in found["Why"]
    assert found["Match"].startswith("likely: order, patient")
    assert [row["Paid"] for row in rows if row["Cause"] == "line not ours"] == [5, 52]


def test_a_rate_that_is_missing_leaves_the_payment_where_it_belongs() -> None:
    found = line(compared([paid("J0696", 80, 52)], rates=RATES_[:10]), "J0696")
    assert (found["Cause"], found["Paid"], found["Expected"]) == ("no expected amount", 52, "#N/A")


def test_a_code_of_a_payer_that_the_reference_does_not_know_is_matched() -> None:
    codes = [["Payer", "Drug or therapy", "Code", "Unit"], ["A", "ceftriaxone", "J0777", "1 g"]]
    rates = [*RATES_, ["A", "J0777", 5, None, None, None, None]]
    rows = compared([paid("J0777", 18, 90)], ALONE, rates=rates, codes=codes)
    assert line(rows, "J0777")["Cause"] == "units short"
    rows = compared([paid("J0696", 80, 64)], ALONE, rates=rates, codes=codes)  # the drug's own code in its place
    assert (line(rows, "J0777")["Cause"], line(rows, "J0777")["Paid"]) == ("paid under another code", 64)


def test_a_denial_claim_expects_nothing_and_its_second_payer_waits() -> None:
    orders = [[*ORDER, "Second payer"], [1, "P1", "M", "ertapenem", "1 g", "daily", "2025-09-01", 10, "A"]]
    payers = [["Payer", "Covers", "Kind"], ["M", "deny first", "Medicare"], ["A", None, None]]
    visits = [["Patient", "Date", "Minutes"], ["P1", "2025-09-01", 60]]
    rates = [*RATES_, [None, "J1335", 12, None, None, None, None]]
    rows = compared([], orders, visits=visits, payers=payers, rates=rates)
    (denied,) = [row for row in rows if row["Payer"] == "M"]
    assert (denied["Cause"], "nothing was expected" in denied["Why"]) == ("paid as expected", True)
    assert "it waits for a denial by M" in line(rows, "S9500")["Why"]
    more = {"From": "2025-09-01", "To": "2025-09-01", "Payer": "M", "Modifiers": "GY"}
    (denied,) = [row for row in compared([paid("99601", 2, 7, **more)], orders, visits=visits, payers=payers, rates=rates)
                 if row["Payer"] == "M"]  # fmt: skip
    assert (denied["Cause"], denied["Variance"]) == ("not explained", 7)


def test_units_that_are_not_known_are_not_compared() -> None:
    """A line whose units cannot be told is not worked out over again."""
    target, prices = target_of([paid("S9502", 10, 1305)])
    target.units = None
    assert cause_of(target, prices).cause == "not explained"


def test_a_payment_of_cents_is_no_takeback_of_another() -> None:
    """Paid, taken back and paid again: one payment is left."""
    target, _ = target_of([paid("S9502", 10, amount) for amount in (0.5, -0.5, 0.5)])
    assert [part.paid for part in live_parts(target.parts)] == [Decimal("0.5")]


def test_payers_are_named_once() -> None:
    assert payer_names(["beta", "Beta", "", "Alpha"]) == ["Alpha", "Beta"]
