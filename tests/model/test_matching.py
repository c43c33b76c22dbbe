"""Each way of matching, and what pays no line or cannot be read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.model.payments import ALONE, ORDER, PAID, PAYERS, RATES_, THREE, Row, compared, line, paid, target_of
from xl_infusion.errors import ExcelError, NotANumber, OutOfRange, WrongInput
from xl_infusion.functions import VARIANCE_GRID
from xl_infusion.model.pairing import LIKELY, Likeness, divided, likeness, parts_of
from xl_infusion.model.remittance import dollars, remits

# -- how a match is made ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "match"),
    [
        (paid("S9502", 10, 1450, Order=1), "sure: order, patient, code, modifiers, days, units"),
        (paid("S9502", 10, 1450, Order=1, Patient=None), "sure: order, code, modifiers, days, units"),
        (paid("S9502", 10, 1450, Order=1, Patient="P7"),
         "sure: order, code, modifiers, days, units; the patient reference is another"),
        (paid("S9502", 10, 1450, Order=77),
         "likely: patient, code, modifiers, days, units; the order number is not one of the patient's"),
        (paid("S9502", 10, 1450, Payer="a"), "sure: patient, payer, code, modifiers, days, units"),
        (paid("S9502", 10, 1450, Payer="Acme"),
         "likely: patient, code, modifiers, days, units; the payer's name is another"),
        (paid("S9502", 9, 1450), "sure: patient, code, modifiers, days; units 9 in place of 10"),
        (paid("S9502", 10, 1450, Modifiers="SH"), "likely: patient, code, days, units; modifier SH in place of none"),
        (paid("S9502", 10, 1450, From="2025-09-03", To="2025-09-12"), "likely: patient, code, modifiers, units; days off"),
        (paid("S9502", 10, 1450, From="2025-09-12", To="2025-09-14"),
         "likely: patient, code, modifiers, units; days off by 2"),
        (paid("S9502", 9, 1450, From="2025-09-02"),
         "likely: patient, code, modifiers; days within the line's, units 9 in place of 10"),
        (paid("S9502", 9, 1450, To="2025-09-09"),
         "likely: patient, code, modifiers; days within the line's, units 9 in place of 10"),
        (paid("S9502", 11, 1450, To="2025-09-11"),
         "likely: patient, code, modifiers; days beyond the line's, units 11 in place of 10"),
        (paid("S9494", 10, 1450, From="2025-08-31"), "guess: patient, modifiers, units; code S9494 in place of S9502, "
                                                     "days beyond the line's"),
        (paid("S9494", 10, 1450, Order=1), "likely: order, patient, modifiers, days, units; code S9494 in place of S9502"),
    ],
)  # fmt: skip
def test_a_match_says_how_sure_and_why(row: Row, match: str) -> None:
    found = line(compared([row]), "S9502")
    assert found["Match"] == match


def test_lines_that_cannot_be_told_apart_are_likely_only() -> None:
    orders = [*ALONE, [2, *ALONE[1][1:]], [3, "P2", *ALONE[1][2:]]]
    rows = compared([paid("J0696", 80, 64)], orders)
    (found,) = [row for row in rows if row["Paid"]]
    assert found["Match"] == "likely: patient, code, modifiers, days, units; another line is the same"


def test_an_order_binds_a_row_to_its_lines_and_a_payer_to_its_claim() -> None:
    orders = [*ALONE, [2, "P1", "B", "ceftriaxone", "2 g", "daily", "2025-09-01", 10]]
    rows = compared([paid("J0696", 80, 64, Order=2), paid("S9500", 10, 990, Payer="B")], orders)
    assert {(row["Payer"], row["Code"]) for row in rows if row["Paid"]} == {("B", "J0696"), ("B", "S9500")}


def test_an_order_number_says_more_than_all_else_together() -> None:
    target, _ = target_of([])
    target.order = "1"
    (numbered, other) = remits([
        (2, paid("S9494", 9, 7, Order=1, Patient="P9", From="2025-08-01", To="2025-08-02", Modifiers="SH")),
        (3, paid("S9502", 10, 1450, Payer="A")),
    ])  # fmt: skip
    assert likeness(numbered, target, True, False, False).score > likeness(other, target, False, True, False).score


def test_a_row_that_pays_what_a_line_expects_is_more_like_it() -> None:
    target, _ = target_of([])
    exact, other = remits([(2, paid("S9502", 10, 1450)), (3, paid("S9502", 10, 1449))])
    scores = [likeness(remit, target, True, False, False).score for remit in (exact, other)]
    assert scores[0] > scores[1]
    target.amount = None  # what a line without a price expects is like nothing
    assert len({likeness(remit, target, True, False, False).score for remit in (exact, other)} | {scores[1]}) == 1


@pytest.mark.parametrize(
    ("last", "days"),
    [
        # of a line of ten days: its own; within it or over it, by ever more days; days of it and others
        ("10", [("01", "10"), ("02", "10"), ("02", "09"), ("03", "09"), ("04", "08"), ("05", "07")]),
        ("10", [("01", "10"), ("01", "11"), ("01", "12"), ("01", "13"), ("01", "15"), ("01", "19")]),
        ("10", [("05", "07"), ("02", "11"), ("03", "12"), ("04", "13")]),
        # of one day: its own; over it; the days after it
        ("01", [("01", "01"), ("01", "02"), ("01", "03"), ("02", "02"), ("03", "03"), ("04", "04"), ("05", "05")]),
    ],
)
def test_a_row_is_the_more_like_a_line_the_fewer_days_are_off(last: str, days: list[tuple[str, str]]) -> None:
    target, _ = target_of([])
    target.last = target.first + int(last) - 1
    rows = [paid("S9502", None, 1, From=f"2025-09-{first}", To=f"2025-09-{to}") for first, to in days]
    scores = [likeness(remit, target, False, False, False).score for remit in remits(list(enumerate(rows, start=2)))]
    assert scores == sorted(set(scores), reverse=True)


def test_what_is_far_off_is_as_unlike_as_what_is_farther() -> None:
    target, _ = target_of([])
    days = [("2025-09-11", "2025-09-12"), ("2025-09-25", "2025-09-25"), ("2025-10-25", "2025-10-31")]
    rows = [paid("S9502", None, 1, From=first, To=to) for first, to in days]
    scores = [likeness(remit, target, False, False, False).score for remit in remits(list(enumerate(rows, start=2)))]
    other = remits([(2, paid("S9494", None, 1, Modifiers="SH", From="2025-10-25", To="2025-10-31"))])[0]
    assert len(set(scores)) == 1 and likeness(other, target, False, False, False).score < scores[0]


def test_units_tell_lines_apart_before_money_does() -> None:
    orders = [*ALONE, [2, "P1", "A", "ceftriaxone", "3 g", "daily", "2025-09-01", 10]]
    rows = [row for row in compared([paid("J0696", 120, 64)], orders) if row["Code"] == "J0696"]
    assert {row["Expected"]: row["Paid"] for row in rows} == {64: 0, 96: 64}


def test_money_alone_tells_lines_apart_where_a_row_has_no_units() -> None:
    orders = [*ALONE, [2, "P1", "A", "ceftriaxone", "1 g", "daily", "2025-09-01", 10]]
    found = [row for row in compared([paid("J0696", None, 32)], orders) if row["Code"] == "J0696"]
    assert [(row["Order"], row["Paid"]) for row in found] == [(1, 0), (2, 32)]


def test_two_rows_pay_one_of_two_lines_with_one_order_number() -> None:
    orders = [*ALONE, ALONE[1]]
    rows = [row for row in compared([paid("J0696", 80, 32, Order=1)] * 2, orders) if row["Code"] == "J0696"]
    assert [(row["Paid"], row["Cause"]) for row in rows] == [(64, "paid as expected"), (0, "line missing")]


def test_a_row_whose_line_is_taken_and_that_has_no_other_is_a_second_payment() -> None:
    rows = compared([paid("S9500", 10, 275, Order=3, Claim="1"), paid("S9500", 10, 275, Order=3, Claim="2")])
    assert line(rows, "S9500", "SJ")["Cause"] == "paid twice"


def test_an_order_number_of_two_patients_goes_by_the_patient() -> None:
    orders = [*ALONE, [1, "P2", *ALONE[1][2:]]]
    rows = compared(
        [paid("J0696", 80, 64, Order=1, Patient="P2"), paid("J0696", 80, 64, Order=1, Patient=None)], orders
    )
    assert [row["Patient"] for row in rows if row["Code"] == "J0696" and row["Variance"] == 0] == ["P1", "P2"]


def test_a_patient_who_is_ours_goes_before_an_order_number_of_another() -> None:
    orders = [*ALONE, [2, "P2", *ALONE[1][2:]]]
    (found,) = [row for row in compared([paid("J0696", 80, 64, Order=2)], orders) if row["Paid"]]
    assert found["Patient"] == "P1" and "order number is not one of the patient's" in found["Match"]


@pytest.mark.parametrize("gap_", [0, 1])
def test_rows_that_fill_a_line_pay_it_together(gap_: int) -> None:
    rows = compared(
        [
            paid("S9502", 4, 580, To="2025-09-04"),
            paid("S9502", 5 + (1 - gap_), 725 + 145 * (1 - gap_), From=f"2025-09-0{5 + gap_}"),
        ]
    )
    found = line(rows, "S9502")
    assert found["Remittance row"] == "2, 3"
    assert (found["Cause"], found["Units paid"]) == (("days counted short", 9) if gap_ else ("paid as expected", 10))


VISITS: list[list[object]] = [["Patient", "Date", "Minutes"], ["P1", "2025-09-01", 60], ["P1", "2025-09-02", 60],
                              ["P1", "2025-09-03", 60]]  # fmt: skip


@pytest.mark.parametrize(
    ("units", "amount", "first", "last", "variances"),
    [
        (3, 450, "2025-09-01", "2025-09-03", [0, 0, 0]),
        (1, 450, "2025-09-01", "2025-09-05", [0, 0, 0]),
        (3, 400.01, "2025-09-01", "2025-09-30", [-16.66, -16.67, -16.66]),
        (None, 150, "2025-09-01", "2025-09-03", [-100, -100, -100]),
        (9, 150, "2025-09-01", "2025-09-07", [0, -150, -150]),
    ],
)
def test_one_row_may_pay_several_lines(units: Any, amount: Any, first: str, last: str, variances: list[Any]) -> None:
    row = paid("99601", units, amount, From=first, To=last, Allowed=amount, Charge=amount, Patient_share=0)
    rows = [row for row in compared([row], ALONE, visits=VISITS) if row["Code"] == "99601"]
    assert [row["Variance"] for row in rows] == variances
    assert sum(Decimal(repr(row["Paid"])) for row in rows) == Decimal(repr(amount))
    if variances[1] != -150:
        assert all("one row for 3 lines" in row["Match"] for row in rows)


@pytest.mark.parametrize("days", [("01", "05", "08"), ("01", "01"), ("01", "08", "08")])
def test_one_row_pays_the_visits_between_its_days_also_two_of_one_day(days: tuple[str, ...]) -> None:
    visits = [["Patient", "Date", "Minutes"], *(["P1", f"2025-09-{day}", 60] for day in days)]
    row = paid("99601", len(days), 150 * len(days), From="2025-09-01", To="2025-09-08")
    found = [row for row in compared([row], visits=visits) if row["Code"] == "99601"]
    assert [(row["Cause"], row["Paid"]) for row in found] == [("paid as expected", 150)] * len(days)


def test_a_row_of_the_day_after_a_paid_line_is_no_second_payment_of_it() -> None:
    rows = compared([paid("S9500", 10, 1100), paid("S9500", 1, 110, From="2025-09-11", To="2025-09-11")], ALONE)
    assert [(row["Cause"], row["Paid"]) for row in rows if row["Code"] == "S9500"] == [
        ("paid as expected", 1100), ("line not ours", 110),
    ]  # fmt: skip


def test_one_row_over_lines_that_cannot_all_be_priced_is_divided_by_days() -> None:
    rates = [row for row in RATES_ if row[1] != "99601"] + [[None, "99601", 150, None, None, "2025-09-02", None]]
    row = paid("99601", 3, 450, From="2025-09-01", To="2025-09-03")
    rows = [row for row in compared([row], ALONE, visits=VISITS, rates=rates) if row["Code"] == "99601"]
    assert [row["Paid"] for row in rows] == [150, 150, 150] and rows[2]["Variance"] == "#N/A"
    rows = [row for row in compared([row | {"Paid": "?"}], ALONE, visits=VISITS, rates=rates) if row["Code"] == "99601"]
    assert [row["Paid"] for row in rows] == ["#VALUE!"] * 3


def test_units_that_a_line_lacks_are_divided_by_days() -> None:
    target, _ = target_of([])
    other, _ = target_of([])
    target.units = other.amount = None
    (remit,) = remits([(2, paid("S9502", 5, 10))])
    parts = parts_of(remit, [target, other], [Likeness(1, LIKELY, "code")] * 2)
    assert [(part.units, part.paid) for part in parts] == [(3, Decimal("5.00")), (2, Decimal("5.00"))]
    other.last = other.first + 1  # ten days and two
    (remit,) = remits([(2, paid("S9502", 12, 60))])
    parts = parts_of(remit, [target, other], [Likeness(1, LIKELY, "code")] * 2)
    assert [(part.units, part.paid) for part in parts] == [(10, 50), (2, 10)]
    assert divided(Decimal(3), [Decimal(0), Decimal(0)], Decimal(1)) == [2, 1]


def test_what_was_paid_wrong_taken_back_and_corrected_is_one_line() -> None:
    rows = compared([
        paid("S9501", 10, 325, Modifiers="SJ", Claim="C1"), paid("S9501", -10, -325, Modifiers="SJ", Claim="C2"),
        paid("S9501", 10, 650, Modifiers="SH", Claim="C3"), paid("S9501", 10, 325, Modifiers="SJ", Claim="C2"),
        paid("S9501", -10, -325, Modifiers="SJ", Claim="C1"),
    ])  # fmt: skip
    found = line(rows, "S9501", "SH")
    assert (found["Cause"], found["Remittance row"], found["Units paid"]) == ("paid as expected", "2, 3, 4, 5, 6", 10)
    assert sum(row["Paid"] for row in rows) == 650


def test_a_denial_of_what_was_paid_after_all_takes_no_line_that_is_paid_in_two_rows() -> None:
    """Two lines alike: one denied and then paid, the other paid in two rows."""
    orders = [*ALONE, [2, *ALONE[1][1:]]]
    found = compared([paid("J0696", 80, 64), paid("J0696", 80, 0, Adjustments="CO-16"),
                      paid("J0696", 32, 25.6, To="2025-09-04"), paid("J0696", 48, 38.4, From="2025-09-05")], orders)  # fmt: skip
    assert [row["Cause"] for row in found if row["Code"] == "J0696"] == ["paid as expected"] * 2
    found = compared([paid("J0696", 80, 64), paid("J0696", 80, 0, Adjustments="CO-16")], orders)
    assert [row["Cause"] for row in found if row["Code"] == "J0696"] == ["paid as expected", "denied"]


def test_a_denial_of_what_was_paid_after_all_takes_no_other_line() -> None:
    rows = compared([paid("S9502", 10, 1305), paid("S9502", 10, 0, Adjustments="CO-16"),
                     paid("S9501", 10, 0, Adjustments="CO-97")])  # fmt: skip
    assert (line(rows, "S9502")["Remittance row"], line(rows, "S9501", "SH")["Cause"]) == ("2, 3", "denied")


def test_a_takeback_without_its_payment_finds_its_line_by_what_is_near() -> None:
    found = line(compared([paid("S9494", 10, -100, From="2025-09-12", To="2025-09-13")]), "S9502")
    assert (found["Cause"], found["Variance"]) == ("taken back", -1550)


@pytest.mark.parametrize("units", [9, 10])
def test_two_rows_change_partners_where_that_makes_both_more_alike(units: int) -> None:
    """S9500 may be the third's with its modifier lost, or the first's under another code: S9500-SH decides."""
    rows = compared([paid("S9500", 10, 1100), paid("S9500", units, 55 * units, Modifiers="SH"),
                     paid("S9501", 10, 650, Modifiers="SH")])  # fmt: skip
    assert line(rows, "S9500", "SJ")["Cause"] == "third therapy paid as second"
    assert line(rows, "S9502")["Cause"] == "paid under another code"


def test_one_row_pays_lines_that_follow_one_another_whatever_their_modifiers() -> None:
    """The second therapy is alone from the fifth day on: two lines, and the payer pays ten days in one row."""
    orders = [ORDER, [1, "P1", "A", "meropenem", "1 g", "q8h", "2025-09-01", 4], THREE[2]]
    rows = [row for row in compared([paid("S9501", 10, 1040)], orders) if row["Code"] == "S9501"]
    assert [(row["Modifiers"], row["Paid"], row["Cause"]) for row in rows] == [
        ("SH", 260, "paid as expected"),
        ("", 780, "paid as expected"),
    ]


def test_a_row_makes_room_for_one_that_has_no_other_line() -> None:
    daily = [
        [n, "P1", "A", drug, "1 g", "daily", "2025-09-01", 10]
        for n, drug in ((2, "ceftriaxone"), (3, "ertapenem"), (4, "cefepime"))
    ]
    second = paid("S9500", 10, 550, Modifiers="SH")
    first = paid("S9500", 10, 1100)
    rows = compared([second, second | {"Claim": "again"}, first, first | {"Claim": "again"}], [*THREE[:2], *daily])
    found = [row for row in rows if str(row["Code"]).startswith("S")]
    assert [(row["Code"], row["Modifiers"], row["Cause"]) for row in found] == [
        ("S9502", "", "paid under another code"),
        ("S9500", "SH", "paid as expected"),
        ("S9500", "SJ", "third therapy paid as second"),
        ("S9500", "SJ", "later therapy at the full rate"),
    ]


def test_a_second_payment_of_a_line_goes_to_a_line_much_like_it_that_has_none() -> None:
    def causes(days: int) -> list[str]:
        """Of a line of ten days and one of so many, where the ten are paid twice."""
        orders = [*ALONE, [2, "P1", "A", "ceftriaxone", "2 g", "daily", "2025-09-01", days]]
        rows = compared([paid("J0696", 80, 64), paid("J0696", 80, 64)], orders)
        return [str(row["Cause"]) for row in rows if row["Code"] == "J0696"]

    assert causes(9) == causes(7) == ["paid as expected", "units over"]
    assert sorted(causes(6)) == sorted(causes(3)) == ["line missing", "paid twice"]


@pytest.mark.parametrize(
    ("order", "near", "far"), [(None, "2025-09-17", "2025-09-18"), (1, "2025-10-11", "2025-10-12")]
)
def test_a_date_may_be_off_by_a_week_and_with_the_order_s_number_by_a_month(
    order: int | None, near: str, far: str
) -> None:
    """The line ends on 10 September."""
    paid_on = {day: compared([paid("S9502", 10, 1450, Order=order, From=day, To=day)])[0] for day in (near, far)}
    assert {day: (row["Code"], row["Paid"]) for day, row in paid_on.items()} == {
        near: ("S9502", 1450),
        far: ("S9502", 0),
    }


def test_two_rows_alike_are_of_two_lines_alike_also_where_no_rate_says_what_they_come_to() -> None:
    orders = [*ALONE, [2, "P1", "A", "ceftriaxone", "2 g", "daily", "2025-09-01", 9]]
    rates = [row for row in RATES_ if row[1] != "J0696"]
    found = compared([paid("J0696", 80, 64), paid("J0696", 80, 64)], orders, rates=rates)
    assert [(row["Paid"], row["Expected"]) for row in found if row["Code"] == "J0696"] == [(64, "#N/A")] * 2


# -- what pays no line, and what cannot be read -----------------------------------------------------------------


def test_a_row_that_no_line_expects_stands_by_itself() -> None:
    rows = compared([paid("J1885", 3, 9.5), paid("S9502", 10, 7, Patient="P8", Payer="Z", Order="X"),
                     paid("S9502", 10, 1, From="2024-01-01", To="2024-01-02"), paid("J1885", 1, "?"),
                     paid("J1885", 1, -4)])  # fmt: skip
    strangers = [row for row in rows if row["Remittance row"]]
    assert [(row["Patient"], row["Paid"], row["Cause"]) for row in strangers] == [
        ("P1", 1, "line not ours"), ("P1", "#VALUE!", "row cannot be read"), ("P1", -4, "line not ours"),
        ("P1", 9.5, "line not ours"), ("P8", 7, "line not ours"),
    ]  # fmt: skip
    assert [row["Expected"] for row in strangers] == [0] * 5
    assert [row["Variance"] for row in strangers] == [1, "#VALUE!", -4, 9.5, 7]
    assert "no expected line is of this order or patient" in strangers[4]["Why"]
    assert strangers[3]["Why"].startswith("Remittance table row 2: J1885: no expected line")
    assert "no expected line of the patient has such a code on these days" in strangers[0]["Why"]
    assert {row["Match"] for row in strangers} == {"none: no expected line"}


@pytest.mark.parametrize(
    ("spoilt", "error", "why"),
    [
        ({"From": "soon"}, "#VALUE!", "From 'soon' is not a date"),
        ({"From": None}, "#VALUE!", "From is blank"),
        ({"To": "2025-08-01"}, "#NUM!", "To is before From"),
        ({"Code": None}, "#VALUE!", "Code is blank"),
        ({"Code": ExcelError("#REF!")}, "#REF!", "Code is #REF!"),
        ({"Patient": ExcelError("#N/A")}, "#N/A", "Patient is #N/A"),
        ({"Patient": None}, "#VALUE!", "Order and Patient are both blank"),
        ({"Patient": True}, "#VALUE!", "Patient is TRUE"),
    ],
)
def test_a_row_that_cannot_be_placed_keeps_its_amount_and_makes_the_variance_an_error(
    spoilt: Row, error: str, why: str
) -> None:
    rows = compared([paid("S9502", 10, 1450) | spoilt, paid("S9501", 10, 650, Modifiers="SH")])
    found = rows[-1]
    assert (found["Cause"], found["Paid"], found["Variance"]) == ("row cannot be read", 1450, error)
    assert found["Why"].startswith("Remittance table row 2: ") and why in found["Why"]
    assert found["Why"].count("table row 2") == 1
    missing = rows[0]
    assert missing["Cause"] == "line missing"
    assert ("row 2 cannot be read and may be it" in missing["Why"]) == (found["Patient"] == "P1")


def test_an_unreadable_row_of_an_order_is_named_beside_its_missing_lines() -> None:
    rows = compared([paid("S9502", 10, 1450, Order=1, Patient=None, From="?")])
    assert "Remittance table row 2 cannot be read" in rows[0]["Why"] and rows[0]["Code"] == "S9502"
    assert "cannot be read" not in line(rows, "S9501", "SH")["Why"]


def test_remittance_with_the_headings_of_an_835_is_read() -> None:
    table = [
        ["Payer Claim Control Number", "Patient Control Number", "Procedure Code", "Modifier 1", "Modifier 2",
         "Service Date From", "Service Date To", "Paid Service Units", "Charge Amount", "Allowed Amount",
         "Line Item Provider Payment Amount", "Group Code", "Reason Code", "CAS Amount", "Payer Name"],
        ["X1", "P1", "HC:S9501", "SH", None, "9/1/2025", "9/10/2025", 10, "$1,500.00", "650.00", "$520.00", "PR", "2",
         "130.00", "A"],
        ["X2", "P1", "S9502", None, None, "9/1/2025", "9/10/2025", 10, None, None, "(12.50)", "CO", "45, N674", "1.00", "A"],
    ]  # fmt: skip
    grid = VARIANCE_GRID(THREE, None, PAYERS, RATES_, table)
    rows = [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]
    found = line(rows, "S9501", "SH")
    assert (found["Paid"], found["Cause"], found["Claim"]) == (520, "patient share", "X1")
    assert "130 was left to the patient" in found["Why"]
    assert line(rows, "S9502")["Paid"] == -12.5


@pytest.mark.parametrize(
    ("written", "amount"),
    [("(5)", -5), ("( 5.00 )", -5), ("5-", -5), ("-$5", -5), ("$5", 5), ("()", None), ("-", None), ("+5-", None), ("(5", None), ("$", None), ("(", None)],
)  # fmt: skip
def test_money_as_it_is_written(written: str, amount: int | None) -> None:
    if amount is None:
        with pytest.raises(NotANumber):
            dollars(written, "Paid")
    else:
        assert dollars(written, "Paid") == amount


def test_a_row_of_no_line_comes_before_what_was_paid_as_expected_also_where_it_pays_nothing() -> None:
    rows = [paid("S9500", 10, 1100), paid("J0696", 80, 64), paid("99601", 1, 0)]
    table = [PAID, *([row.get(name) for name in PAID] for row in rows)]
    grid = VARIANCE_GRID(ALONE, None, PAYERS, RATES_, table)
    found = [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]
    assert [(row["Cause"], row["Variance"]) for row in found] == [
        ("line not ours", 0), ("paid as expected", 0), ("paid as expected", 0),
    ]  # fmt: skip


def test_a_remittance_without_last_days_is_of_single_days() -> None:
    columns = [name for name in PAID if name != "To"]
    visit = paid("99601", 1, 150, From="2025-09-02")
    grid = VARIANCE_GRID(None, VISITS, PAYERS, RATES_, [columns, [visit.get(name) for name in columns]])
    found = [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]
    assert sorted((row["From"].day, row["Paid"]) for row in found) == [(1, 0), (2, 150), (3, 0)]


def test_a_drug_code_that_nobody_knows_pays_the_drug_line_that_has_no_code() -> None:
    orders = [ORDER, [1, "P1", "A", "J3370", "1 g", "q12h", "2025-09-01", 10]]  # which had ended
    per_diem, drug = compared([paid("J9999", 40, 100)], orders)
    assert (per_diem["Paid"], drug["Paid"]) == (0, 100)
    assert drug["Match"] == "likely: patient, modifiers, days; code J9999 in place of one that cannot be told"


def test_cells_of_remittance_say_what_is_wrong() -> None:
    (remit,) = remits(
        [(4, {"Patient": "P1", "Code": "s9500", "From": 45901, "Units": "x", "Charge": True, "Paid": "1-2"})]
    )
    assert isinstance(remit.units, WrongInput) and str(remit.units).startswith("Remittance table row 4: Units 'x'")
    assert isinstance(remit.paid, WrongInput) and isinstance(remit.charge, WrongInput) and remit.amount == 0
    assert (remit.code, dt.date.fromordinal(remit.last)) == ("S9500", dt.date(2025, 9, 1))
    (remit,) = remits([(4, {"Order": 7, "Code": "Z", "From": 45901, "To": 45900, "Units": 1, "Paid": 1})])
    assert isinstance(remit.problem, OutOfRange) and remit.code == "Z"
    (remit,) = remits([(5, {"Order": 7, "Code": "HC", "From": 45901, "Units": 1, "Paid": 1, "Adjustment amount": 3,
                            "Adjustments": "PR-1, PR-2"})])  # fmt: skip
    assert remit.problem is None and remit.share is None and len(remit.adjustments) == 2


def test_a_typed_patient_share_goes_before_what_reason_codes_add_up_to() -> None:
    row = {"Order": 7, "Code": "S9500", "From": 45901, "Units": 1, "Paid": 80, "Adjustments": "PR-1 30.00, PR-2 5.00"}
    (added_up,) = remits([(2, row)])
    (typed,) = remits([(2, row | {"Patient share": 20})])
    assert (added_up.share, typed.share) == (35, 20)
