"""The explanation of an order: what one reads to an auditor, step by step, each with what decided it."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from tests.claim.test_checks import CLEAN, Book, add, all_wrong, order, put, tables
from tests.functions.test_any_cell import cells
from xl_infusion import CLAIM_GRID, EXPLAIN, ExcelError

HEADER = ["Step", "Question", "Answer", "Decided by"]
NHIA = "default: NHIA definition of the per diem, public pages 2024-2026"
IDSA = "default: IDSA Home Infusion FAQ, 2013"
RELEASE = "CMS HCPCS Level II release, October 2025"


def steps(number: object, *given: Any) -> list[tuple[str, str, str]]:
    found = EXPLAIN(number, *given)
    assert not isinstance(found, ExcelError), found.message
    header, *rows = found
    assert header == HEADER and [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert all(isinstance(cell, str) and cell for row in rows for cell in row[1:])  # every step says what decided it
    return [tuple(row[1:]) for row in rows]


def of_book(number: object, book: Book) -> list[tuple[str, str, str]]:
    orders, visits, payers, rates, _, payer_codes, own_codes, holds = tables(book)
    return steps(number, orders, visits, payers, rates, payer_codes, own_codes, holds)


def changed(*wrong: Any) -> Book:
    book = copy.deepcopy(CLEAN)
    for change in wrong:
        change(book)
    return book


def answer(found: list[tuple[str, str, str]], question: str) -> tuple[str, str]:
    """The one answer to a question, and what decided it."""
    ((_, says, by),) = [step for step in found if step[0].startswith(question)]
    return says, by


def asked(found: list[tuple[str, str, str]]) -> list[str]:
    return [question.partition(",")[0] for question, _, _ in found]


def grid_of(*rows: dict[str, Any]) -> list[list[Any]]:
    header = list(dict.fromkeys(column for row in rows for column in row))
    return [header, *([row.get(column) for column in header] for row in rows)]


IDSA_2013 = [
    ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
    [1, "P1", "meropenem", "1 g", "q8h", "2013-05-01", 1],
    [2, "P1", "vanco", "1 g", "q12h", "2013-05-01", 1],
]


def test_the_worked_example_from_first_to_last() -> None:
    rates = [["Code", "Rate"], ["S9502", 150], ["S9501", 130], ["J2185", 0.8], ["J3370", 2.5]]
    found = steps(2, IDSA_2013, None, None, rates)
    dated = "2013-05-01"
    cms = f"{RELEASE}; in force from 2002-01-01"
    assert found[:11] == [
        ("What is ordered?", "vancomycin, 1 g, every 12 hours, 2013-05-01 through 2013-05-01", "Orders table row 3"),
        ("Which drug is that?", "vanco is vancomycin", "Orders table row 3; the reference's names"),
        ("Whose product is it?", "billed as vancomycin: neither its product nor its NDC is given", "Orders table row 3, Drug"),
        ("Who is billed?", "a payer without a name", "Orders table row 3, Payer; no row of Payers: the default terms"),
        ("Which therapy is it?", "anti-infective", "code reference, vancomycin: antibacterial"),
        ("How often?", "every 12 hours: 2 doses in 24 hours", "Orders table row 3, Interval"),
        ("Which days have a per diem?", "every day", NHIA),
        (f"Which per diem code, {dated}?", "S9501, anti-infective, once every 12 hours", f"code reference, S9501: {cms}"),
        (f"Which rank, {dated}?", "2 of: 1 meropenem every 8 hours (order 1); 2 vancomycin every 12 hours (order 2)",
         f"{IDSA}: the more frequent first"),
        ("Which modifier?", "SH, second concurrently administered infusion therapy",
         "code reference: HCPCS Level II modifiers, CMS release of October 2025"),
        ("Which share of the rate?", "50 %", IDSA),
    ]  # fmt: skip
    code, by = answer(found, "Which drug code")
    assert code == "J3370, a unit is 500 mg" and by.endswith("in force from 1986-01-01 through 2025-06-30")
    assert answer(found, "How are units rounded?")[0] == "up to the next whole unit, for each dose"
    assert found[-4:] == [
        ("Which rate of S9501-SH?", "$130 for each day", "Rates table row 3, of any payer"),
        ("Which rate of J3370?", "$2.5 for each unit", "Rates table row 5, of any payer"),
        ("Line 3, 2013-05-01", "S9501-SH x 1 = $65.00",
         "every 12 hours, second of 2 therapies; 1 day; 130 x 50 %; Rates table row 3"),
        ("Line 4, 2013-05-01", "J3370 x 4 = $10.00", "1 g = 2 units of 500 mg x 2 doses x 1 day; Rates table row 5"),
    ]  # fmt: skip
    assert asked(steps(2, IDSA_2013))[-2:] == ["Line 3", "Line 4"]  # without rates there is no step of money
    assert steps(2, IDSA_2013)[-1][1] == "J3370 x 4"


def test_three_concurrent_therapies_and_why_a_line_ends() -> None:
    orders = grid_of(
        order(1, "P1", "A", "ceftriaxone", "2 g", 24, "2024-03-01", "2024-03-14"),
        order(2, "P1", "A", "cefazolin", "1 g", 8, "2024-03-04", "2024-03-10"),
        order(3, "P1", "A", "ampicillin", "2 g", 4, "2024-03-08", "2024-03-20"),
    )
    found = steps(1, orders, None, [["Payer", "Third share", "Extra modifier"], ["A", 0.3, "59"]])
    ranks = [(question, says) for question, says, _ in found if question.startswith("Which rank")]
    assert ranks == [
        ("Which rank, 2024-03-01 to 2024-03-03?", "1, the only therapy"),
        ("Which rank, 2024-03-04 to 2024-03-07?",
         "2 of: 1 cefazolin every 8 hours (order 2); 2 ceftriaxone every 24 hours (order 1)"),
        ("Which rank, 2024-03-08 to 2024-03-10?",
         "3 of: 1 ampicillin every 4 hours (order 3); 2 cefazolin every 8 hours (order 2); 3 ceftriaxone every 24 hours "
         "(order 1)"),
        ("Which rank, 2024-03-11 to 2024-03-14?",
         "2 of: 1 ampicillin every 4 hours (order 3); 2 ceftriaxone every 24 hours (order 1)"),
    ]  # fmt: skip
    shares = [(says, by) for question, says, by in found if question == "Which share of the rate?"]
    assert shares == [("50 %", IDSA), ("30 %", "Payers table row 2, Third share")]
    assert answer(found, "Another beside it?") == ("59", "Payers table row 2, Extra modifier")
    assert len([1 for question, _, _ in found if question.startswith("Which per diem code")]) == 1
    breaks = [step for step in found if step[0].startswith("Why")]
    assert breaks == [
        ("Why a new line on 2024-03-04?", "order 2 (cefazolin) starts on 2024-03-04", "Orders table row 3"),
        ("Why a new line on 2024-03-08?", "order 3 (ampicillin) starts on 2024-03-08", "Orders table row 4"),
        ("Why a new line on 2024-03-11?", "order 2 (cefazolin) ends on 2024-03-10", "Orders table row 3"),
    ]


def test_lines_end_where_code_rate_waste_or_span_do() -> None:
    vanco = grid_of(order(1, "P1", "A", "vancomycin", "1 g", 12, "2025-06-25", "2025-07-10", Product="Mylan"))
    rates = [["Code", "Rate", "From", "To"], ["S9501", 130, None, "2025-06-30"], ["S9501", 140, "2025-07-01", None],
             ["J3371", 1, None, None], ["J3374", 1, None, None]]  # fmt: skip
    found = steps(1, vanco, None, None, rates)
    assert [step for step in found if step[0].startswith("Why")] == [
        ("Why a new line on 2025-07-01?", "the rate changes", "the days of its row in Rates, above"),
        ("Why a new line on 2025-07-01?", "J3371 bills the days through 2025-06-30", "the days of its row, above"),
    ]
    assert [by for question, _, by in found if question == "Which rate of S9501?"] == [
        "Rates table row 2, of any payer, through 2025-06-30",
        "Rates table row 3, of any payer, from 2025-07-01",
    ]
    assert answer(found, "Whose product is it?") == ("billed as vancomycin (Mylan)", "Orders table row 2, Product")
    weeks = steps(1, vanco, None, [["Payer", "Line span"], ["A", "week"]])
    assert ("Why a new line on 2025-07-02?", "a line is for one week", "Payers table row 2, Line span") in weeks
    assert len([1 for question, _, _ in weeks if question == "Why a new line on 2025-07-09?"]) == 0  # told once
    waste = grid_of(order(1, "P1", "A", "meropenem", "1 g", 8, "2022-12-28", "2023-01-03", Vials="1 g"))
    found = steps(1, waste, None, [["Payer", "Waste"], ["A", "JW and JZ"]])
    assert answer(found, "Why a new line") == ("JZ begins", "code reference, modifiers")
    assert answer(found, "Is waste billed?") == ("JW and JZ, out of vials of 1 g", "Payers table row 2, Waste")
    assert "How are units rounded?" not in asked(found)  # each dose is what its vials come to
    unknown = grid_of(order(1, "P1", "A", "meropenem", "1 g", 8, "2023-12-28", "2024-01-03"))
    found = steps(1, unknown, None, [["Payer", "Waste"], ["A", "JW and JZ"]])
    assert answer(found, "Is waste billed?") == ("no: Vials is blank", "Orders table row 2; Payers table row 2, Waste")
    assert "How are units rounded?" in asked(found)
    found = steps(1, waste)
    assert "How are units rounded?" in asked(found)
    assert answer(found, "Is waste billed?")[0] == "no" and answer(found, "Is waste billed?")[1].startswith(
        "default: JW"
    )


def test_what_earns_nothing_is_shown_as_nothing() -> None:
    one = grid_of(order(1, "P1", "A", "ceftriaxone", "2 g", 24, "2025-07-01", "2025-07-03"))
    found = steps(1, one, None, None, [["Code", "Rate"], ["S9500", 0], ["J0696", 1]])
    assert answer(found, "Line 1")[0] == "S9500 x 3 = $0.00" and answer(found, "Line 2")[0].endswith("= $24.00")


def test_days_on_which_a_code_is_not_in_force() -> None:
    early = grid_of(order(1, "P1", "A", "J3370", "1 g", 12, "2001-12-30", "2002-01-02"))
    found = steps(1, early)
    assert "Which per diem code, 2002-01-01 to 2002-01-02?" in [step[0] for step in found]
    lines = [(question, says) for question, says, _ in found if question.startswith("Line")]
    assert lines[0] == ("Line 1, 2001-12-30 to 2001-12-31", "#N/A x #N/A")
    assert not [1 for step in found if step[0].startswith("Why")]  # the line that fails says it itself
    late = grid_of(order(1, "P1", "A", "J3370", "1 g", 12, "2025-06-30", "2025-07-01"))
    codes = [step[0] for step in steps(1, late) if step[0].startswith("Which drug code")]
    assert codes == ["Which drug code, 2025-06-30?"]


def test_a_payer_with_its_own_codes_a_month_a_line_and_ranked_by_rate() -> None:
    found = of_book(4, CLEAN)
    assert answer(found, "Who is billed?") == ("Island", "Orders table row 5, Payer; Payers table row 3")
    assert answer(found, "Which per diem code, 2025-08-20 to 2025-09-05?") == (
        "S9494, anti-infective, interval not stated", "Payers table row 3, Always code; in force from 2002-01-01",
    )  # fmt: skip
    assert [step[1:] for step in found if step[0].startswith("Which rank")] == [
        ("2 of: 1 TPN (order 5, $220.00); 2 cefazolin every 8 hours (order 4, $100.00)", "Payers table row 3, Rank by"),
        ("1, the only therapy", "Payers table row 3, Rank by"),
    ]
    assert answer(found, "Which drug code") == (
        "J3490, a unit is 1 g",
        "Payer codes table row 2; in force from 1986-01-01",
    )
    assert answer(found, "Which NDC?") == ("00143-9924-90", "Orders table row 5, NDC")
    assert answer(found, "Which rate of J3490?") == ("$3 for each unit", "Rates table row 18, of this payer")
    assert [step for step in found if step[0].startswith("Why")] == [
        ("Why a new line on 2025-09-01?", "order 5 (TPN) ends on 2025-08-31 and order 6 (TPN) ends on 2025-08-31",
         "Orders table row 6; Orders table row 7"),
        ("Why a new line on 2025-09-01?", "a line is for one month", "Payers table row 3, Line span"),
    ]  # fmt: skip


def test_a_better_rate_missing_where_rates_rank() -> None:
    orders = grid_of(
        order(1, "P1", "A", "cefazolin", "1 g", 8, "2024-03-01", "2024-03-02"),
        order(2, "P1", "A", "ceftriaxone", "2 g", 5, "2024-03-01", "2024-03-02"),
        order(3, "P1", "A", "ertapenem", "1 g", 24, "2024-03-01", "2024-03-02"),
    )
    terms = [["Payer", "Rank by"], ["A", "rate"]]
    found = steps(1, orders, None, terms, [["Code", "Rate"], ["S9500", 100]])
    says, by = answer(found, "Which rank")
    assert says == (
        "3 of: 1 ertapenem every 24 hours (order 3, $100.00); 2 ceftriaxone every 5 hours (order 2, no rate); "
        "3 cefazolin every 8 hours (order 1, no rate)"
    )
    assert by == "Payers table row 2, Rank by"
    missing, by = answer(found, "Which rate of S9502-SJ")
    assert missing.startswith("none: no rate for S9502") and by == "Rates"
    assert "(order 3)" in answer(steps(1, orders, None, terms), "Which rank")[0]  # without rates there is none to show


def test_medicare_first_and_an_outside_pharmacy() -> None:
    found = of_book(8, CLEAN)
    assert found[1:5] == [
        ("Who is billed first?", "Medicare, covers home infusion: deny first", "Orders table row 9, Payer; Payers table row 4, Covers"),
        ("What is billed to Medicare?", "99601-SD-GY of 2025-09-01 (Visits table row 4)",
         "default: HCPCS Level II modifiers (CMS): GY is an item or service that Medicare excludes by statute; "
         "Payers table row 4, Home infusion benefit"),
        ("Who is billed then?", "Works", "Orders table row 9, Second payer; Payers table row 5"),
        ("What does that claim wait for?", "denial by Medicare", "Payers table row 4, Covers"),
    ]  # fmt: skip
    assert answer(found, "Who bills the drug?") == (
        "the outside pharmacy, which supplied it", "Orders table row 9, Supplied by",
    )  # fmt: skip
    assert "Which drug code" not in asked(found) and "Whose product is it?" not in asked(found)
    assert "G0088 of 2025-08-01 (Visits table row 7)" in answer(of_book(11, CLEAN), "What is billed to Medicare?")[0]
    nobody = of_book(8, changed(lambda book: book["Visits"].clear(), put("Payers", 4, Home_infusion_benefit=None)))
    assert answer(nobody, "What is billed to Medicare?")[0] == "nothing: there is no visit to bill"
    covered = of_book(8, changed(put("Payers", 4, Covers="no")))
    assert answer(covered, "Does the first payer cover it?")[0] == "Medicare, covers home infusion: no"
    assert answer(covered, "Who is billed then?")[0] == "Works"
    assert "What does that claim wait for?" not in asked(covered)
    alone = of_book(8, changed(put("Orders", 9, Second_payer=None)))
    assert asked(alone) == ["What is ordered?", "Can it be billed?", "Who is billed first?", "Line 1"]
    no_row = steps(1, grid_of(order(1, "P1", "M", "meropenem", "1 g", 8, "2025-09-01", "2025-09-03",
                                    **{"Second payer": "X"})), None, [["Payer", "Covers"], ["M", "no"]])  # fmt: skip
    assert answer(no_row, "Can it be billed?")[0].startswith("no: payer 'X' is not in the Payers table")
    assert answer(no_row, "Who is billed then?") == (
        "X",
        "Orders table row 2, Second payer; no row of Payers: the default terms",
    )


def test_infusion_days_alone() -> None:
    every_other = grid_of(
        order(1, "P1", "A", "milrinone", "40 mg", 48, "2024-03-01", "2024-03-05", Therapy="inotrope"),
        order(2, "P1", "A", "cefazolin", "1 g", 8, "2024-03-01", "2024-03-05"),
    )
    found = steps(1, every_other, None, [["Payer", "Days counted"], ["A", "infusion days"]])
    assert answer(found, "Which therapy is it?") == ("inotrope", "Orders table row 2, Therapy")
    assert answer(found, "Which days have a per diem?") == ("infusion days", "Payers table row 2, Days counted")
    assert answer(found, "Which per diem code")[0].startswith("S9348")
    assert [(q, a) for q, a, _ in found if q.startswith("Line")] == [
        ("Line 3, 2024-03-01", "S9348-SH x 1"),
        ("Line 4, 2024-03-01", "J2260 x 8"),
        ("Line 5, 2024-03-03", "S9348-SH x 1"),
        ("Line 6, 2024-03-03", "J2260 x 8"),
        ("Line 7, 2024-03-05", "S9348-SH x 1"),
        ("Line 8, 2024-03-05", "J2260 x 8"),
    ]
    assert answer(found, "Why a new line on") == (
        "the days between do not count", "Orders table row 2, Interval; Payers table row 2, Days counted",
    )  # fmt: skip
    # the other order changes its rank on the days of those infusions
    other = steps(2, grid_of(
        order(1, "P1", "A", "ceftriaxone", "2 g", 24, "2024-03-01", "2024-03-05"),
        order(2, "P1", "A", "milrinone", "40 mg", 48, "2024-03-01", "2024-03-05"),
        order(3, "P1", "A", "cefazolin", "1 g", 8, "2024-03-02", "2024-03-05"),
    ), None, [["Payer", "Longest interval"], ["A", 24]])  # fmt: skip
    assert answer(other, "Which days have a per diem?") == (
        "infusion days alone, beyond every 24 hours", "Payers table row 2, Longest interval",
    )  # fmt: skip
    rarer = steps(2, grid_of(
        order(1, "P1", "A", "ertapenem", "1 g", 48, "2024-03-01", "2024-03-05", Therapy="inotrope"),
        order(2, "P1", "A", "milrinone", "40 mg", 48, "2024-03-01", "2024-03-05"),
        order(3, "P1", "A", "ceftriaxone", "2 g", 24, "2024-03-01", "2024-03-05"),
    ), None, [["Payer", "Days counted", "Rank by"], ["A", "infusion days", "start"]])  # fmt: skip
    assert answer(rarer, "Which rank")[0].startswith("3 of: ")


def test_a_rank_that_changes_with_the_days_of_another_therapy() -> None:
    orders = grid_of(
        order(1, "P1", "A", "milrinone", "40 mg", 48, "2024-03-01", "2024-03-05"),
        order(2, "P1", "A", "ceftriaxone", "2 g", 24, "2024-03-02", "2024-03-04"),
    )
    found = steps(2, orders, None, [["Payer", "Days counted", "Rank by"], ["A", "infusion days", "start"]])
    assert answer(found, "Why a new line on 2024-03-03?") == (
        "other therapies have a per diem on these days", "Payers table row 2, Days counted",
    )  # fmt: skip


def test_tpn_shared_by_two_orders() -> None:
    shared = "one for the orders 5 (Orders table row 6) and 6 (Orders table row 7), 2.5 L a day together"
    assert answer(of_book(5, CLEAN), "Whose per diem, 2025-08-20 to 2025-08-31?")[0] == shared
    follows = of_book(6, CLEAN)
    assert answer(follows, "What is its per diem?") == (
        "that of order 5: orders of TPN share one", "Orders table row 6; code reference, therapies",
    )  # fmt: skip
    assert not [1 for question in asked(follows) if question.startswith("Line")]
    # the therapy that ranks before it on the same days is another one
    beside = grid_of(
        order(1, "P1", "A", "meropenem", "1 g", 8, "2024-03-01", "2024-03-05"),
        *(
            order(bag, "P1", "A", None, None, None, "2024-03-01", "2024-03-05", Therapy="TPN", Volume="1 L")
            for bag in (2, 3)
        ),
    )
    assert answer(steps(3, beside), "What is its per diem?")[0] == "that of order 2: orders of TPN share one"
    # nor is one that comes after it one of those of its days
    bags = [
        order(bag, "P1", "A", None, None, None, f"2024-03-0{day}", f"2024-03-0{day + 1}", Therapy="TPN", Volume="1 L")
        for bag, day in ((1, 1), (2, 5))
    ]
    assert not [question for question in asked(steps(1, grid_of(*bags))) if question.startswith("Whose per diem")]
    unstated = of_book(5, changed(put("Orders", 6, Volume=None), put("Orders", 7, Volume=None)))
    assert (
        answer(unstated, "Whose per diem")[0] == "one for the orders 5 (Orders table row 6) and 6 (Orders table row 7)"
    )
    longer = of_book(5, changed(put("Orders", 7, End="2025-08-25")))
    assert answer(longer, "Why a new line on 2025-08-26?") == ("order 6 (TPN) ends on 2025-08-25", "Orders table row 7")
    assert [says for question, says, _ in longer if question.startswith("Which per diem code")] == [
        "S9367, TPN, more than 2 and up to 3 liters a day", "S9366, TPN, more than 1 and up to 2 liters a day",
    ]  # fmt: skip
    exempt = steps(2, grid_of(order(1, "P1", "A", "cefazolin", "1 g", 8, "2024-03-01", "2024-03-02"),
                              order(2, "P1", "A", None, None, None, "2024-03-01", "2024-03-02", Therapy="TPN")),
                   None, [["Payer", "Exempt therapies"], ["A", "TPN"]])  # fmt: skip
    assert answer(exempt, "Which share of the rate?") == ("all: TPN is exempt", "Payers table row 2, Exempt therapies")


def test_what_takes_no_rank_and_what_has_no_per_diem() -> None:
    care = grid_of(
        order(1, "P1", "A", None, None, None, "2024-03-01", "2024-03-02", Therapy="catheter care simple"),
        order(2, "P1", "A", "cefazolin", "1 g", 8, "2024-03-02", "2024-03-02"),
    )
    found = steps(1, care)
    assert answer(found, "Which days have a per diem")[0] == "days without a therapy"
    assert answer(found, "Which rank")[0] == "it takes none: it stands beside the ranked therapies"
    visits_only = grid_of(order(1, "P1", "A", "ceftriaxone", "2 g", 24, "2024-03-01", "2024-03-02"))
    assert answer(steps(1, visits_only), "Which rank")[0] == "1, the only therapy"
    never = grid_of(order(1, "P1", "A", "milrinone", "40 mg", 48, "2024-03-01", "2024-03-05"),
                    order(2, "P1", "A", "ceftriaxone", "2 g", 5, "2024-03-01", "2024-03-05"))  # fmt: skip
    found = steps(2, never)
    assert "Which per diem code" not in asked(found)
    assert answer(found, "How often?")[0] == "every 5 hours: 24 doses in 120 hours"
    assert [says for _, says, _ in found[-2:]] == ["#N/A x #N/A", "J0696 x 192"]


def test_dispensed_unused_ndc_and_a_percent_of_the_charge() -> None:
    book = changed(
        put("Orders", 2, Dispensed=18, Unused=2, NDC_quantity=2),
        put("Rates", 9, Rate="80%", Basis="% of charge", Lesser_of_charge="yes", From="2025-01-01"),
        add("Rates", Code="J3373", Rate=0.1, Basis="usual charge"),
    )
    found = of_book(1, book)
    assert answer(found, "How many doses?") == (
        "18 dispensed, 2 delivered and not used, on a line with SV", "Orders table row 2, Dispensed and Unused",
    )  # fmt: skip
    assert answer(found, "Which NDC?") == ("00409-6510-01, 2 UN for each dose", "Orders table row 2, NDC")
    assert answer(found, "Whose product is it?") == (
        "billed as vancomycin", "Orders table row 2, NDC 00409651001: labeler 00409; labelers of the reference",
    )  # fmt: skip
    assert answer(found, "Which rate of J3373?") == (
        "$0.08 for each unit, 80 % of the usual charge 0.1 of Rates table row 20; the usual charge, $0.1 for each unit, where that is less",
        "Rates table row 9, of any payer, from 2025-01-01",
    )  # fmt: skip
    lines = [(question, says) for question, says, _ in found if question.startswith("Line")]
    assert lines[-1] == ("Line 5, 2025-08-10", "J3373-SV x 200 = $16.00")
    unused = of_book(1, changed(put("Orders", 2, Unused=1, NDC_unit=None)))
    assert answer(unused, "How many doses?")[0] == "1 delivered and not used, on a line with SV"
    assert answer(unused, "Which NDC?")[0] == "00409-6510-01, 1 for each dose"
    assert answer(of_book(2, CLEAN), "Which rate of S9500-SH-59?") == (
        "$60 for each day; it is for SH, and no share is taken of it",
        "Rates table row 19, of this payer, with SH, through 2025-12-31",
    )
    assert "Which share of the rate?" not in asked(of_book(2, CLEAN))
    assert answer(of_book(9, CLEAN), "How are units rounded?") == (
        "up at the third decimal, for each dose",
        "default: Medicare Claims Processing Manual ch. 17 s. 10, as First Coast and CMS RAC topic 0074 quote it: each "
        "dose; Payers table row 6, Fractional units",
    )
    by_line = changed(add("Rates", Payer="Blue", Code="S9501", Rate=1000, Per="line"))
    assert answer(of_book(3, by_line), "Which rate of S9501?") == (
        "$1000 for each line",
        "Rates table row 20, of this payer",
    )


def test_the_infusion_suite() -> None:
    book = changed(put("Orders", 11, Place="suite"))
    says, by = answer(of_book(10, book), "Where?")
    assert says == "49, the infusion suite: SS on the per diem" and by.startswith(
        "Orders table row 11, Place; default: "
    )
    says, by = answer(of_book(10, changed(put("Payers", 7, Place=11, Suite_places="11, 49"))), "Where?")
    assert (says, by) == (
        "11, the infusion suite: SS on the per diem",
        "Payers table row 7, Place; Payers table row 7, Suite places",
    )


def test_an_order_that_cannot_be_billed_is_told_with_all_that_is_wrong() -> None:
    found = of_book(10, changed(put("Orders", 11, Drug="ceftriaxom", Start="soon", Place="house")))
    problems = [says for question, says, _ in found if question == "Can it be billed?"]
    assert len(problems) == 3 and all(says.startswith("no: ") for says in problems)
    assert found[-1][:2] == ("Line 1, without days", "#VALUE! x #VALUE! = #VALUE!")
    assert asked(found) == ["What is ordered?", *["Can it be billed?"] * 3, "Who is billed?", "Line 1"]
    bad = of_book(10, changed(put("Orders", 11, Drug=None, Dose=None, Interval=None, Start=None)))
    assert bad[0][1] == "nothing that can be read"
    dose = of_book(10, changed(put("Orders", 11, Dose="much")))
    assert dose[0][1] == "ceftriaxone, every 24 hours, 2025-08-01 through 2025-08-05"
    assert dose[-1][:2] == ("Line 2, 2025-08-01 to 2025-08-05", "J0696 x #VALUE! = #VALUE!")
    assert "Which rate of J0696" not in " ".join(asked(dose))


def test_two_orders_of_one_number_are_both_told() -> None:
    found = of_book(1, changed(put("Orders", 11, Order=1.0)))
    which = [step for step in found if step[0] == "Which order?"]
    assert which == [
        ("Which order?", "1 is in Orders table rows 2 and 11: this is table row 2", "Orders table row 2"),
        ("Which order?", "1 is in Orders table rows 2 and 11: this is table row 11", "Orders table row 11"),
    ]
    assert [says.partition(",")[0] for question, says, _ in found if question == "What is ordered?"] == [
        "vancomycin", "ceftriaxone",
    ]  # fmt: skip


@pytest.mark.parametrize("book", [CLEAN, all_wrong()], ids=["clean", "wrong"])
def test_every_line_of_the_grid_is_in_the_explanation_of_its_order(book: Book) -> None:
    orders, visits, payers, rates, _, payer_codes, own_codes, holds = tables(book)
    header, *rows = CLAIM_GRID(orders, visits, payers, rates, payer_codes, own_codes, holds)
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    for row in book["Orders"]:
        found = of_book(row["Order"], book)
        told = [(question, says, by) for question, says, by in found if question.startswith("Line ")]
        mine = [line for line in lines if line["Order"] == row["Order"]]
        assert len(told) == len(mine)
        for (question, says, by), line in zip(told, mine, strict=True):
            assert question.startswith(f"Line {line['Line']}, {line['From'] or 'without'}")
            assert says.startswith(str(line["Code"])) and by == line["Why"]


def test_what_is_no_order() -> None:
    for number, error, says in (
        (99, "#N/A", "order '99' is not in Orders"), (None, "#VALUE!", "order is blank"), ("", "#VALUE!", "order is blank"),
        ([[1, 2]], "#VALUE!", "several cells"), ([], "#VALUE!", "several cells"), ("#REF!", "#REF!", "order is #REF!"),
        (True, "#VALUE!", "TRUE"), (float("nan"), "#NUM!", "order"),
    ):  # fmt: skip
        found = EXPLAIN(number, IDSA_2013)
        assert isinstance(found, ExcelError) and found == error and says in found.message, number
    assert EXPLAIN([[1.0]], IDSA_2013) == EXPLAIN(" 1 ", IDSA_2013) == EXPLAIN(1, IDSA_2013)
    assert EXPLAIN(1, "#NAME?") == "#NAME?" and EXPLAIN(1, [["Order"], [1]]) == "#VALUE!"
    assert EXPLAIN(1, None) == "#N/A"


def test_whatever_stands_in_the_cells_every_order_is_explained() -> None:
    chooser = random.Random(12)
    pool = cells(8_000, 6)
    for _ in range(60):
        given = tables(all_wrong() if chooser.random() < 0.5 else CLEAN)
        for _ in range(chooser.randint(1, 8)):
            row = chooser.choice(chooser.choice(given[:-1])[1:])
            row[chooser.randrange(len(row))] = chooser.choice(pool)
        orders, visits, payers, rates, _, payer_codes, own_codes, holds = given
        for row in orders[1:]:
            if row[0] in (4, 5, 8, 9, 10, "RX-7"):
                assert steps(row[0], orders, visits, payers, rates, payer_codes, own_codes, holds)


@pytest.mark.parametrize("drug", ["J2185", "meropenem"])
def test_a_drug_whose_code_is_another_in_own_codes_has_its_therapy(drug: str) -> None:
    """An order that names the code is billed by that code, and the reference still says what it treats."""
    own = grid_of({"Drug": "meropenem", "Code": "J9999", "Amount": 10, "Unit": "mg"})
    order = {
        "Order": 1,
        "Patient": "P1",
        "Drug": drug,
        "Dose": "1 g",
        "Interval": "q8h",
        "Start": "2025-07-01",
        "Days": 3,
    }
    found = steps(1, grid_of(order), None, None, None, None, own)
    assert answer(found, "Which therapy is it?") == ("anti-infective", "code reference, meropenem: antibacterial")
    code, unit = ("J2185", "100 mg") if drug == "J2185" else ("J9999", "10 mg")
    says, by = answer(found, "Which drug code, 2025-07-01 to 2025-07-03?")
    assert says == f"{code}, a unit is {unit}"
    assert by.startswith("code reference, J2185" if drug == "J2185" else "Own codes table row 2")
    assert found[-1][1] == ("J2185 x 90" if drug == "J2185" else "J9999 x 900")


def test_a_payers_code_for_a_code_that_own_codes_replace() -> None:
    own = grid_of({"Drug": "ertapenem", "Code": "J9999", "Amount": 10, "Unit": "mg"})
    wanted = grid_of({"Payer": "A", "Drug or therapy": "J1335", "Code": "J9998", "Unit": "5 mg"})
    order = {"Order": 1, "Patient": "P1", "Payer": "A", "Drug": "J1335", "Dose": "1 g", "Interval": "q24h"}
    found = steps(1, grid_of({**order, "Start": "2025-07-01", "Days": 3}), None, None, None, wanted, own)
    assert answer(found, "Which drug code")[0] == "J9998, a unit is 5 mg" and found[-1][1] == "J9998 x 600"
