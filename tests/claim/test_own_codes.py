"""Own codes in a claim: lines, reasons, what fails and what goes before them; and what the checks say of a row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.claim.claims import Row, claim, order, short, table
from xl_infusion import CLAIM_CHECKS, CLAIM_GRID, EXPLAIN, ExcelError
from xl_infusion.claim import OWN_CODES
from xl_infusion.claim.own_codes import read
from xl_infusion.reference import current

SOURCE = "CMS HCPCS release, January 2026"
NEW = order(1, "examplocillin", "1 g", 8, "2026-01-05", "2026-01-06")
VANCOMYCIN = order(2, "vancomycin", "1 g", 12, "2025-12-30", "2026-01-03")
#: A code that the reference does not have, in force when its own is not verified any more.
LATER = {"Drug": "vanco", "Code": "J9999", "Amount": 500, "Unit": "mg", "From": "2026-01-01", "Source": SOURCE}


def own(drug: object, code: object, amount: object = 10, unit: object = "mg", **more: Any) -> Row:
    row = {"Drug": drug, "Code": code, "Amount": amount, "Unit": unit}
    return row | {"Source": SOURCE} | {name.strip("_"): cell for name, cell in more.items()}


def drug_lines(orders: list[Row], *rows: Row, **tables: Any) -> list[Row]:
    return [line for line in claim(orders, own_codes=rows, **tables) if not str(line["Code"]).startswith("S9")]


# -- the lines -----------------------------------------------------------------------------------------------------


def test_a_new_drug_is_billed_with_its_row() -> None:
    lines = claim([NEW], own_codes=[own("Examplocillin", "j9999", Therapy="antibiotic")])
    assert short(lines) == [("S9502", "01/05-01/06", 2), ("J9999", "01/05-01/06", 600)]
    assert [line["Drug"] for line in lines] == ["Examplocillin"] * 2
    assert lines[1]["Why"] == "1 g = 100 units of 10 mg x 3 doses x 2 days; J9999 by Own codes table row 2"
    (unknown,) = claim([NEW])
    assert unknown["Why"].startswith("drug 'examplocillin' is not in the reference")
    assert unknown["Drug"] == "examplocillin"  # as it is typed


def test_the_therapy_of_a_new_drug_is_its_orders_where_no_row_names_it() -> None:
    (line,) = claim([NEW], own_codes=[own("examplocillin", "J9999")])
    assert (line["Code"], line["Why"]) == (
        "#VALUE!",
        "examplocillin has no Therapy in Own codes: name the order's Therapy",
    )
    named = claim([{**NEW, "Therapy": "anti-infective"}], own_codes=[own("examplocillin", "J9999")])
    assert short(named)[0] == ("S9502", "01/05-01/06", 2)
    # one of its rows names it for all of them
    rows = [
        own("examplocillin", "J9999", To="2026-01-05"),
        own("examplocillin", "J9998", From="2026-01-06", Therapy="pain"),
    ]
    assert [line["Code"] for line in claim([NEW], own_codes=rows)] == ["S9327", "J9999", "J9998"]


def test_a_row_goes_over_the_reference_on_its_days() -> None:
    lines = drug_lines([VANCOMYCIN], LATER)
    assert short(lines) == [("J3373", "12/30-12/31", 400), ("J9999", "01/01-01/03", 12)]
    assert short(drug_lines([VANCOMYCIN], {**LATER, "To": "2026-01-01"})) == [
        ("J3373", "12/30-12/31", 400), ("J9999", "01/01-01/01", 4), ("J3373", "01/02-01/03", 400),
    ]  # fmt: skip
    # another unit of the same code
    lines = drug_lines([VANCOMYCIN], {**LATER, "Code": "J3373"})
    assert short(lines) == [("J3373", "12/30-12/31", 400), ("J3373", "01/01-01/03", 12)]


def test_rows_that_follow_each_other_and_say_the_same_are_one_line() -> None:
    renewed = [{**LATER, "To": "2026-01-01"}, {**LATER, "From": "2026-01-02", "Amount": 500.0}]
    assert short(drug_lines([VANCOMYCIN], *renewed))[1:] == [("J9999", "01/01-01/03", 12)]
    changed = [{**LATER, "To": "2026-01-01"}, {**LATER, "From": "2026-01-02", "Amount": 250}]
    assert short(drug_lines([VANCOMYCIN], *changed))[1:] == [("J9999", "01/01-01/01", 4), ("J9999", "01/02-01/03", 16)]
    # a row that says what the reference says: the line is cut where it begins, for it says so
    the_same = {**LATER, "Code": "J3373", "Amount": 10}
    assert short(drug_lines([VANCOMYCIN], the_same)) == [("J3373", "12/30-12/31", 400), ("J3373", "01/01-01/03", 600)]
    # one with its source and one without are not stale alike
    sources = [{**LATER, "To": "2026-01-01"}, {**LATER, "From": "2026-01-02", "Source": None}]
    assert [" STALE" in line["Why"] for line in drug_lines([VANCOMYCIN], *sources)] == [False, False, True]


def test_a_payers_code_goes_before_and_an_own_row_says_its_unit() -> None:
    payers = [{"Payer": "A"}]
    wants = {"Payer": "A", "Drug or therapy": "vancomycin", "Code": "J9998", "From": "2026-01-01"}
    orders = [{**VANCOMYCIN, "Payer": "A"}]
    (_, line) = drug_lines(orders, LATER, payers=payers, codes=[{**wants, "Unit": "1 g"}])
    assert (line["Code"], line["Units"]) == ("J9998", 6) and "J9998 by Payer codes table row 2;" in line["Why"]
    assert "STALE" in line["Why"]  # a payer's word says nothing of the days after the reference
    (_, line) = drug_lines(orders, {**LATER, "Code": "J9998"}, payers=payers, codes=[wants])
    assert (line["Code"], line["Units"]) == ("J9998", 12)
    assert line["Why"].endswith("; J9998 by Payer codes table row 2, its unit by Own codes table row 2")
    # a row that cannot be read is said, and not that the payer's has no unit
    failed = drug_lines(orders, {**LATER, "Code": "J9998", "Unit": None}, payers=payers, codes=[wants])
    assert [line["Code"] for line in failed] == ["J3373", "#VALUE!"]
    assert failed[1]["Why"].startswith("Own codes table row 2: Amount 500 has no Unit")
    unclassified = drug_lines(orders, own("vanco", "J9998", None, None), payers=payers, codes=[wants])
    assert unclassified[0]["Why"].startswith("Payer codes table row 2: J9998 has no unit of its own")
    # a code that nobody has but the payer, for a drug that only a row has
    wants = {**wants, "Drug or therapy": "examplocillin", "Unit": "1 g"}
    lines = drug_lines(
        [{**NEW, "Payer": "A"}], own("examplocillin", "J9999", Therapy="pain"), payers=payers, codes=[wants]
    )
    assert short(lines) == [("J9998", "01/05-01/06", 6)]


def test_before_a_products_own_row_began_the_generic_code_bills_it() -> None:
    orders = [{**VANCOMYCIN, "Product": "Acme"}]
    assert short(drug_lines(orders, {**LATER, "Product": "Acme"})) == [
        ("J3373", "12/30-12/31", 400), ("J9999", "01/01-01/03", 12),
    ]  # fmt: skip
    failed = drug_lines(orders, {**LATER, "Product": "Acme"}, own("vancomycin", "J9998", None, To="2025-12-30"))
    assert [(str(line["From"]), line["Code"]) for line in failed] == [
        ("2025-12-30", "#VALUE!"), ("2025-12-31", "J3373"), ("2026-01-01", "J9999"),
    ]  # fmt: skip
    assert "Own codes table row 3" in failed[0]["Why"]


def test_days_without_a_code_say_so() -> None:
    early = {**NEW, "Start": "2025-12-31"}
    failed, *_ = drug_lines([early], own("examplocillin", "J9999", From="2026-01-01", Therapy="pain"))
    assert failed["Why"] == "examplocillin has no code in force on 2025-12-31: J9999 from 2026-01-01"


# -- stale ---------------------------------------------------------------------------------------------------------


def is_stale(*rows: Row, **more: Any) -> list[bool]:
    lines = claim([{**NEW, **more}], payers=[{"Payer": "A", "Waste": "JW and JZ"}], own_codes=rows)
    return ["STALE" in line["Why"] for line in lines]


def test_a_drug_line_is_not_stale_where_a_row_states_it_with_its_source() -> None:
    row = own("examplocillin", "J9999", Therapy="anti-infective")
    assert is_stale(row) == [True, False]  # the per diem's code is the reference's
    assert is_stale({**row, "Source": None}) == [True, True]
    assert is_stale(row, Payer="A", Vials="750 mg") == [True, False, True]  # JW is the reference's
    assert is_stale(row, Payer="A", Vials="1 g") == [True, True]  # and so is JZ
    assert is_stale(row, Drug="vancomycin") == [True, True]
    orders = table([{**NEW, "Prescriber": "1234567893"}])
    _, *found = CLAIM_CHECKS(orders, None, None, None, None, None, table([row]))
    assert [(one[1], one[4]) for one in found] == [("after the verified day", 1)]  # of the per diem
    supplied = table([{**NEW, "Prescriber": "1234567893", "Therapy": "TPN", "Volume": "1 L"}])
    assert CLAIM_CHECKS(supplied, None, None, None, None, None, table([row]))[1:] == found[:1]


# -- rows that cannot be used --------------------------------------------------------------------------------------

GOOD = own("vancomycin", "J9999", From="2025-01-01", To="2026-12-31", Therapy=None, Product=None)
#: Column -> a cell that cannot be read, the error, what the message says.
WRONG: list[tuple[str, object, str, str]] = [
    ("Product", "#REF!", "#REF!", "Product is #REF!"),
    ("Product", "--", "#VALUE!", "Product '--' is no name"),
    ("Code", None, "#VALUE!", "Code '' is no HCPCS code: type one as J1234"),
    ("Code", "J99", "#VALUE!", "Code 'J99' is no HCPCS code"),
    ("Code", "#N/A", "#N/A", "Code is #N/A"),
    ("Code", "S9500", "#VALUE!", "Code S9500 is no drug code: anti-infective, once every 24 hours"),
    ("Code", 99601, "#VALUE!", "Code 99601 is no drug code"),
    ("Amount", None, "#VALUE!", "Amount is blank, and Unit is 'mg': give both, 10 and mg, or neither"),
    ("Amount", 0, "#NUM!", "Amount 0 is not more than 0"),
    ("Amount", -5, "#NUM!", "Amount -5 is not more than 0"),
    ("Amount", "10 mg", "#VALUE!", "Amount '10 mg' is not a number"),
    ("Amount", True, "#VALUE!", "Amount is TRUE"),
    ("Unit", None, "#VALUE!", "Amount 10 has no Unit: it is one of mg, g, mcg, units, IU, mEq, mL, kcal, g protein"),
    (
        "Unit",
        "10 mg",
        "#VALUE!",
        "Unit '10 mg' is not one of mg, g, mcg, units, IU, mEq, mL, kcal, g protein; the number goes into Amount",
    ),
    ("Unit", "tablets", "#VALUE!", "Unit 'tablets' is not one of"),
    ("Unit", "mg/kg", "#VALUE!", "Unit 'mg/kg' is not one of"),
    ("Unit", "g/1 g", "#VALUE!", "Unit 'g/1 g' is not one of"),
    ("Unit", "IV", "#VALUE!", "Unit 'IV' is not one of"),
    ("From", "soon", "#VALUE!", "From 'soon' is not a date"),
    ("To", "2024-12-31", "#NUM!", "To is before From"),
    ("Therapy", "unheard of", "#N/A", "therapy 'unheard of' is not in the reference"),
    (
        "Therapy",
        "pain",
        "#VALUE!",
        "Therapy 'pain': vancomycin is anti-infective in the reference: leave Therapy blank",
    ),
    ("Source", "#NAME?", "#NAME?", "Source is #NAME?"),
]


@pytest.mark.parametrize(("column", "cell", "error", "says"), WRONG)
def test_a_row_that_cannot_be_read_fails_its_drug_and_never_falls_back(
    column: str, cell: object, error: str, says: str
) -> None:
    orders = [
        {**VANCOMYCIN, "Start": "2025-08-01", "End": "2025-08-02"},
        order(3, "meropenem", "1 g", 8, "2025-08-01", "2025-08-01"),
    ]
    if column == "To":
        orders[0] |= {"Start": "2024-12-31", "End": "2025-01-01"}
    assert short(drug_lines(orders, GOOD))[0][0] != error
    lines = drug_lines(orders, own("cefazolin", "J9998"), GOOD | {column: cell})
    failed = [line for line in lines if line["Order"] == 2]
    assert {line["Code"] for line in failed} == {line["Units"] for line in failed} == {error}
    assert all(line["Why"].startswith(f"Own codes table row 3: {says}") for line in failed)
    assert [line["Code"] for line in lines if line["Order"] == 3] == ["J2185"]
    # the checks tell it once, where it stands
    _, *found = CLAIM_CHECKS(table([one | {"Prescriber": "1234567893"} for one in orders]), None, None, None, None, None,
                                  table([GOOD | {column: cell}]))  # fmt: skip
    told = [one for one in found if one[0] == "error"]
    assert [(one[2], one[3]) for one in told] == [("Own codes", 2)] and says in told[0][7]


@pytest.mark.parametrize(
    ("cell", "error", "says"),
    [
        (None, "#VALUE!", "Drug '' is no name: name the drug that the code bills"),
        ("500", "#VALUE!", "Drug '500' is no name"),
        ("#REF!", "#REF!", "Drug is #REF!"),
        ("TPN", "#VALUE!", "Drug 'TPN' is a therapy: name the drug that the code bills"),
        ("J9998", "#N/A", "Drug 'J9998' is a code, and not that of a drug of the reference: name the drug"),
        ("S9500", "#N/A", "Drug 'S9500' is a code, and not that of a drug"),
    ],
)
def test_a_row_whose_drug_cannot_be_read_may_be_for_any(cell: object, error: str, says: str) -> None:
    meropenem = order(3, "meropenem", "1 g", 8, "2025-08-01", "2025-08-01", Payer="A")
    wants = {"Payer": "A", "Drug or therapy": "meropenem", "Code": "J3490", "Unit": "1 g"}
    for codes in ([], [wants]):
        lines = claim([VANCOMYCIN, meropenem], payers=[{"Payer": "A"}], codes=codes, own_codes=[GOOD | {"Drug": cell}])
        drugs = [line for line in lines if not str(line["Code"]).startswith("S9")]
        assert len(lines) == 4 and [line["Code"] for line in drugs] == [error] * 2
        assert all(line["Why"].startswith(f"Own codes table row 2: {says}") for line in drugs)


def test_two_rows_of_one_day() -> None:
    lines = drug_lines([VANCOMYCIN], LATER, own("vancomycin", "J9998", From="2026-01-03"))
    assert [(str(line["From"]), line["Code"]) for line in lines] == [
        ("2025-12-30", "J3373"), ("2026-01-01", "J9999"), ("2026-01-03", "#VALUE!"),
    ]  # fmt: skip
    assert lines[-1]["Why"] == "Own codes table rows 2 and 3 are for one drug or code on one day: close one of them"


def problems(*rows: Row) -> list[str]:
    return [str(one.problem or "") for one in read(current(), list(enumerate(rows, start=2)))]


def test_names_are_read_as_the_reference_has_them() -> None:
    def named(**cells: object) -> tuple[str, str | None, str]:
        (one,) = read(current(), [(2, {"Code": "J9999", **cells})])
        return one.drug, one.product, str(one.problem or "")

    assert named(Drug="Vanco") == named(Drug="J3370") == ("vancomycin", "", "")
    assert named(Drug="J3374") == named(Drug="vancomycin", Product="mylan") == ("vancomycin", "Mylan", "")
    assert (
        named(Drug="Hizentra") == named(Drug="Hizentra", Product="hizentra") == ("immune globulin SC", "Hizentra", "")
    )
    assert named(Drug="vancomycin", Product="Acme") == ("vancomycin", "Acme", "")
    assert named(Drug="vancomycin", Product="HCl") == ("vancomycin", "", "")  # a salt is no maker
    assert named(Drug="Hizentra", Product="Acme")[1:] == (
        None, "Own codes table row 2: Product 'Acme' is not Hizentra, which Drug says: leave Product blank",
    )  # fmt: skip
    assert named(Drug="immune globulin", Product="SC")[1:] == (
        None, "Own codes table row 2: Product 'SC': immune globulin SC is immune globulin SC: name that in Drug",
    )  # fmt: skip
    assert named(Drug="vancomycin", Therapy="antibiotic")[2] == ""  # its own, and said again


def test_units_are_read_as_the_reference_has_them() -> None:
    def unit(amount: object, unit: object) -> tuple[Decimal | None, str, str]:
        (one,) = read(current(), [(2, own("ertapenem", "J9999", amount, unit))])
        assert one.problem is None
        return one.amount, one.unit, one.component

    assert unit(0.1 + 0.2, "Grams") == (Decimal("0.3"), "g", "") and unit("1,000", "mcg.") == (Decimal(1000), "mcg", "")
    assert unit(2.5, "million units") == (Decimal(2500000), "units", "") and str(unit(2.5, "MU")[0]) == "2500000"
    assert unit(1, "L") == (Decimal(1000), "mL", "") and unit(5, "iu") == (Decimal(5), "IU", "")
    assert unit(1, "mg TMP") == (Decimal(1), "mg", "trimethoprim")
    assert unit(None, None) == (None, "", "")


def test_new_names_that_mean_two_things_fail_with_all_their_rows() -> None:
    both = problems(own("exa", "J9999", Product="mycin"), own("exa mycin", "J9998"), own("cefazolin", "J9997"))
    assert both == [
        f"Own codes table row {row}: exa mycin means exa (mycin) and exa mycin: name them otherwise" for row in (2, 3)
    ] + [""]
    (one,) = problems(own("linez", "J9999", Product="olid"))
    assert "Product 'olid': linez olid is linezolid: name that in Drug" in one
    twice = problems(own("vancomycin", "J9999", Product="Acme / Mylan"))
    assert "vancomycin Mylan means vancomycin (Acme / Mylan) and vancomycin (Mylan)" in twice[0]
    # two spellings of one name are one
    alike = read(
        current(), [(2, own("Exa-Mycin", "J9999", Product="ACME")), (3, own("exa mycin", "J9998", Product="Acme"))]
    )
    assert {(one.drug, one.product, one.problem) for one in alike} == {("Exa-Mycin", "ACME", None)}


def test_two_therapies_of_a_new_drug_are_a_problem_of_all_its_rows() -> None:
    rows = [
        own("exa", "J9999", Therapy="pain", To="2025-12-31"),
        own("exa", "J9998", From="2026-01-01", Therapy="TPN"),
        own("exo", "J9997"),
    ]
    assert problems(*rows) == [
        "Own codes table row 2: exa has two therapies, TPN and pain management: keep one",
        "Own codes table row 3: exa has two therapies, TPN and pain management: keep one",
        "",
    ]
    # a problem that a row has already stays
    assert "To is before From" in problems(rows[0] | {"From": "2026-01-01"}, rows[1])[0]
    nobodys = problems(own(None, "J9999", Therapy="pain"), own("", "J9998", Therapy="TPN"))
    assert all("is no name" in one for one in nobodys)


@pytest.mark.parametrize("column", OWN_CODES.columns, ids=lambda column: column.name)
def test_synonyms(column: Any) -> None:
    row = own("examplocillin", "J9999", Product="Acme", From="2026-01-01", To="2026-12-31", Therapy="pain")
    for name in column.synonyms:
        renamed = {name if known == column.name else known: cell for known, cell in row.items()}
        lines = claim([{**NEW, "Drug": "examplocillin Acme"}], own_codes=[list(renamed), list(renamed.values())])
        assert short(lines)[1] == ("J9999", "01/05-01/06", 600), name


def test_a_table_that_lacks_a_column_is_an_error_of_the_whole_grid() -> None:
    found = CLAIM_GRID(table([NEW]), None, None, None, None, [["Drug"], ["exa"]])
    assert isinstance(found, ExcelError) and "Own codes lacks the column Code" in found.message


# -- the explanation -----------------------------------------------------------------------------------------------


def steps(one: Row, *rows: Row, **tables: Any) -> dict[str, tuple[str, str]]:
    found = EXPLAIN(one["Order"], table([one]), None, tables.get("payers"), None, tables.get("codes"), table(rows))
    assert not isinstance(found, ExcelError), found.message
    return {question: (answer, by) for _, question, answer, by in found[1:]}


def test_the_explanation_names_the_row_and_its_source() -> None:
    found = steps(NEW, own("examplocillin", "J9999", From="2026-01-01", Therapy="anti-infective"))
    assert found["Which therapy is it?"] == ("anti-infective", "Own codes table row 2, Therapy")
    assert found["Which drug code, 2026-01-05 to 2026-01-06?"] == (
        "J9999, a unit is 10 mg", f"Own codes table row 2: {SOURCE}; in force from 2026-01-01",
    )  # fmt: skip
    blank = steps(NEW, own("examplocillin", "J9999", Source=None, Therapy="anti-infective"))
    assert (
        blank["Which drug code, 2026-01-05 to 2026-01-06?"][1]
        == "Own codes table row 2; in force from before the sources"
    )
    # of a drug that the reference knows the therapy is the reference's, also where every day is an own row's
    known = steps(VANCOMYCIN, own("vancomycin", "J9999"))
    assert known["Which therapy is it?"] == ("anti-infective", "code reference, vancomycin: antibacterial")
    none = steps(NEW, own("examplocillin", "J9999", None, None, Therapy="anti-infective"))
    assert none["Which drug code, 2026-01-05 to 2026-01-06?"][0] == "J9999, which has no unit"
    wants = table([{"Payer": "A", "Drug or therapy": "vanco", "Code": "J9999"}])
    payers = steps({**VANCOMYCIN, "Payer": "A"}, LATER, payers=table([{"Payer": "A"}]), codes=wants)
    assert payers["Which drug code, 2026-01-01 to 2026-01-03?"][1] == (
        f"Payer codes table row 2, its unit by Own codes table row 2: {SOURCE}; in force from 2026-01-01"
    )


def test_a_new_line_for_a_new_unit_of_the_same_code_says_so() -> None:
    found = steps(VANCOMYCIN, {**LATER, "Code": "J3373"})
    assert found["Why a new line on 2026-01-01?"] == (
        "another row says what a unit of J3373 is",
        "the days of the rows, above",
    )


# -- contradictions ------------------------------------------------------------------------------------------------


def says(*rows: Row, orders: tuple[Row, ...] = ()) -> list[tuple[str, str]]:
    """The findings of the rows: kind, and what is wrong."""
    typed = table([one | {"Prescriber": "1234567893"} for one in orders]) if orders else None
    _, *found = CLAIM_CHECKS(typed, None, None, None, None, None, table(rows))
    return [(one[1], one[7].partition(": ")[2]) for one in found if one[2] == "Own codes"]


def test_a_row_that_says_what_the_reference_says_is_not_needed() -> None:
    assert says(own("vancomycin", "J3373", From="2025-07-01")) == [
        ("own code not needed", "the reference has J3373 for vancomycin, 10 mg, on all of these days")
    ]
    assert [kind for kind, _ in says(own("vancomycin", "J3373", "0.01", "g", From="2025-07-01"))] == [
        "own code not needed"
    ]
    assert [kind for kind, _ in says(own("vanco", "J3374", From="2025-07-01", Product="Mylan"))] == [
        "own code not needed"
    ]
    # a maker's product by the generic code is what the reference does not say
    assert says(own("vancomycin", "J3373", From="2025-07-01", Product="Acme")) == []
    # nor that it billed a drug without a code of its own by that one
    assert says(own("nafcillin", "J2290", 20, From="2025-01-01")) == [
        ("own code not needed", "the reference has J2290 for nafcillin, 20 mg, on all of these days")
    ]


def test_a_row_that_counts_otherwise() -> None:
    counts = "own code counts otherwise"
    assert says(own("vancomycin", "J3373", 500, From="2025-07-01", To="2025-07-01")) == [
        (counts, "a unit of J3373 is 500 mg here and 10 mg in the reference on 2025-07-01: the row's own is used")
    ]
    assert says(own("vancomycin", "J3373", None, None, From="2025-07-01")) == [
        (counts, "a unit of J3373 is not said here and 10 mg in the reference from 2025-07-01: the row's own is used")
    ]
    assert [kind for kind, _ in says(own("vancomycin", "J3373", 10, "units", From="2025-07-01"))] == [counts]
    assert [kind for kind, _ in says(own("sulfamethoxazole-trimethoprim", "J2865", 1, "mg", From="2025-07-01"))] == [
        counts
    ]
    assert [
        kind for kind, _ in says(own("sulfamethoxazole-trimethoprim", "J2865", 1, "mg TMP", From="2025-07-01"))
    ] == ["own code not needed"]


def test_a_row_whose_code_is_not_in_force() -> None:
    both = says(own("vancomycin", "J3373", 10, From="2025-06-01", To="2025-07-31"))
    assert both == [
        (
            "own code not in force",
            "J3373 is not in force from 2025-06-01 through 2025-06-30: the reference has J3373 from 2025-07-01",
        )
    ]
    # a row since ever counts from the first day of the orders, or from the last that is verified
    assert [kind for kind, _ in says(own("vancomycin", "J3373"))] == ["own code not needed"]
    (early,) = says(own("vancomycin", "J3373"), orders=({**VANCOMYCIN, "Start": "2025-06-29"},))
    assert early[0] == "own code not in force" and "from 2025-06-29 through 2025-06-30" in early[1]
    ended = says(own("vancomycin", "J3370", 500))
    assert ended[0][0] == "own code not in force" and "then J3373" in ended[0][1] and len(ended) == 1
    past = says(own("vancomycin", "J3373", To="2025-06-30"))
    assert [kind for kind, _ in past] == ["own code not in force"]
    # in two ways wrong, and told of both
    two = says(own("vancomycin", "J3370", 1, From="2025-06-01"))
    assert [kind for kind, _ in two] == ["own code not in force", "own code counts otherwise"]


def test_a_row_whose_code_is_anothers() -> None:
    other = "own code of another drug"
    assert says(own("vancomycin", "J2185", 100)) == [(other, "J2185 is meropenem in the reference")]
    assert says(own("vancomycin", "J3374", From="2025-07-01")) == [
        (other, "J3374 is vancomycin (Mylan) in the reference")
    ]
    assert says(own("examplocillin", "J2185", 100, Therapy="pain")) == [(other, "J2185 is meropenem in the reference")]
    assert says(own("meropenem", "J3490", Source=SOURCE, From="2026-01-01")) == []  # it is any drug's
    assert says(own("examplocillin", "J3490", None, None, Therapy="pain")) == []


def test_a_row_in_place_of_a_code_that_the_reference_has() -> None:
    place = "own code in place of another"
    assert says(own("vancomycin", "J9999", From="2025-06-01")) == [
        (place, "vancomycin is J3370 in the reference from 2025-06-01 through 2025-06-30: J9999 is used"),
        (place, "vancomycin is J3373 in the reference from 2025-07-01 through 2025-12-31: J9999 is used"),
    ]
    assert says(own("meropenem", "J3490", From="2025-12-31"))[0][0] == place
    assert says(own("vanco", "J9999", From="2025-12-31", Product="Mylan")) == [
        (place, "vancomycin (Mylan) is J3374 in the reference on 2025-12-31: J9999 is used")
    ]
    # after the day through which it is verified the reference has nothing to say
    assert says(own("vancomycin", "J9999", From="2026-01-01")) == []
    # nor has it where it bills the drug with a code of any drug: a code of its own is what the row is for
    assert says(own("unclassified drugs", "J9999", From="2025-06-01")) == []
    assert says(own("vancomycin", "J9999", From="2025-09-01", Product="Acme")) == []


def test_a_name_that_is_nearly_one_of_the_reference() -> None:
    like = "own name like another"
    ((kind, what),) = says(own("vancomicin", "J9999"))
    assert kind == like and what.startswith("the reference has no drug 'vancomicin': is it vancomycin?")
    assert says(own("vancomicin", "J9999", Therapy="anti-infective")) == says(own("zyxumab", "J9999")) == []
    assert says(own("vancomycin", "J9999", Product="Xelia", From="2026-01-01")) == [
        (like, "vancomycin has no product 'Xelia' in the reference: is it Xellia?")
    ]
    assert says(own("vancomycin", "J9999", Product="Acme", From="2026-01-01")) == []
    assert says(own("vancomycin", "J9999", Product="Xellia", From="2026-01-01")) == []
    assert says(own("meropenem", "J9999", Product="Xelia", From="2026-01-01")) == []  # Xellia makes another drug


def test_everything_that_is_wrong_with_a_row_is_told() -> None:
    kinds = {kind for kind, _ in says(own("vancomicin", "J2185", Source=None))}
    assert kinds == {"own code without source", "own name like another", "own code of another drug"}
