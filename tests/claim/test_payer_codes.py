"""Payer codes: the codes that a payer wants in place of the reference's, by drug or therapy, interval and day."""

from __future__ import annotations

from typing import Any

import pytest

from tests.claim.claims import Row, claim, order, short
from xl_infusion.claim import PAYER_CODES

CEFAZOLIN = order(1, "cefazolin", "1 g", 8, "2025-08-01", "2025-08-14", Payer="A")
VANCOMYCIN = order(2, "vancomycin", "1 g", 12, "2025-06-24", "2025-07-07", Payer="A")


def wants(drug_or_therapy: object, code: object, **more: Any) -> Row:
    row = {"Payer": "A", "Drug or therapy": drug_or_therapy, "Code": code}
    return row | {name.replace("_", " ").strip(): cell for name, cell in more.items()}


def codes(orders: list[Row], *rows: Row, **terms: Any) -> list[tuple[str, str, int]]:
    payers = [{"Payer": "A"} | {name.replace("_", " "): cell for name, cell in terms.items()}]
    return short(claim(orders, payers=payers, codes=rows))


def test_a_drug_in_grams_by_an_unlisted_code() -> None:
    rows = [wants("cefazolin", "J3490", Unit="1 g")]
    lines = claim([CEFAZOLIN], payers=[{"Payer": "A"}], codes=rows)
    assert short(lines) == [("S9502", "08/01-08/14", 14), ("J3490", "08/01-08/14", 42)]
    assert lines[1]["Why"] == "1 g = 1 unit of 1 g x 3 doses x 14 days; J3490 by Payer codes table row 2"
    assert codes([{**CEFAZOLIN, "Dose": "1250 mg"}], *rows)[1] == ("J3490", "08/01-08/14", 84)
    other = claim([{**CEFAZOLIN, "Payer": "B"}], codes=rows)
    assert short(other)[1] == ("J0690", "08/01-08/14", 84)  # the row is for A alone


@pytest.mark.parametrize("named", ["cefazolin", "Ancef", "J0690", "CEFAZOLIN"])
def test_a_drug_is_named_as_in_orders_also_by_its_code(named: str) -> None:
    assert codes([CEFAZOLIN], wants(named, "J3490", Unit="500 mg"))[1] == ("J3490", "08/01-08/14", 84)
    assert codes([{**CEFAZOLIN, "Drug": "J0690"}], wants(named, "J3490", Unit="500 mg"))[1][0] == "J3490"
    assert codes([VANCOMYCIN], wants(named, "J3490", Unit="500 mg"))[1][0] == "J3370"


def test_a_code_of_the_reference_keeps_its_own_unit_and_may_be_given_another() -> None:
    meropenem = order(1, "meropenem", "1 g", 8, "2025-08-01", "2025-08-01", Payer="A")
    assert codes([meropenem], wants("meropenem", "J2184"))[1] == ("J2184", "08/01-08/01", 30)
    assert codes([meropenem], wants("meropenem", "j2184", Unit="1000 mg"))[1] == ("J2184", "08/01-08/01", 3)
    assert codes([meropenem], wants("meropenem", "X1234", Unit="0.5 g"))[1] == ("X1234", "08/01-08/01", 6)
    wrong = claim([meropenem], codes=[wants("meropenem", "X1234", Unit="10 mL")])
    assert wrong[1]["Units"] == "#VALUE!"  # a dose of 1 g counts no milliliters


def test_the_most_specific_row_says() -> None:
    rows = [
        wants("anti-infective", "S9494"),
        wants("anti-infective", "S9500", Interval="q12h"),
        wants("vancomycin", "S9503"),
        wants("vancomycin", "S9504", Interval=12),
    ]
    one = [VANCOMYCIN]
    for count, code in [(4, "S9504"), (3, "S9503"), (2, "S9500"), (1, "S9494"), (0, "S9501")]:
        for chosen in (rows[:count], rows[:count][::-1]):
            assert codes(one, *chosen)[0] == (code, "06/24-07/07", 14)
            assert codes(one, *chosen, Always_code="S9497")[0][0] == (code if count else "S9497")
    assert codes([CEFAZOLIN], *rows)[0][0] == "S9494"  # every 8 hours, and no vancomycin
    assert (
        codes([order(1, "milrinone", "40 mg", "continuous", "2025-08-01", "2025-08-01", Payer="A")], *rows)[0][0]
        == "S9348"
    )
    assert codes([{**VANCOMYCIN, "Interval": "daily"}], wants("vancomycin", "S9494", Interval="continuous"))[0][0] == (
        "S9500"
    )


def test_the_days_of_a_row() -> None:
    row = wants("vancomycin", "J3490", Unit="1 g", From="2025-06-26", To="2025-07-02")
    assert [found for found in codes([VANCOMYCIN], row) if found[0][0] == "J"] == [
        ("J3370", "06/24-06/25", 8), ("J3490", "06/26-07/02", 14), ("J3373", "07/03-07/07", 1000),
    ]  # fmt: skip
    late = wants("anti-infective", "S9494", From="2025-07-01")
    assert [found for found in codes([VANCOMYCIN], late) if found[0][0] == "S"] == [
        ("S9501", "06/24-06/30", 7), ("S9494", "07/01-07/07", 7),
    ]  # fmt: skip
    five = {**VANCOMYCIN, "Interval": 5}  # no code of the reference on the days outside of the row
    found = claim([five], payers=[{"Payer": "A"}], codes=[late])
    assert [(str(line["From"]), line["Code"]) for line in found if line["Code"] not in ("J3370", "J3373")] == [
        ("2025-06-24", "#N/A"), ("2025-07-01", "S9494"),
    ]  # fmt: skip
    assert "no per diem code for every 5 hours" in found[0]["Why"]


def test_a_code_that_is_not_in_force_is_an_error_and_never_passed_over() -> None:
    lines = claim([VANCOMYCIN], payers=[{"Payer": "A"}], codes=[wants("vancomycin", "J3370")])
    drugs = [line for line in lines if line["Code"] != "S9501"]
    assert [(str(line["From"]), line["Code"], line["Units"]) for line in drugs] == [
        ("2025-06-24", "J3370", 28), ("2025-07-01", "#N/A", "#N/A"),
    ]  # fmt: skip
    assert (
        "Payer codes table row 2 wants J3370, which is not in force on that day: mend its code or its days"
        in (drugs[1]["Why"])
    )
    closed = codes([VANCOMYCIN], wants("vancomycin", "J3370", To="2025-06-30"))
    assert [code for code, *_ in closed if code[0] == "J"] == ["J3370", "J3373"]
    early = claim([{**VANCOMYCIN, "Start": "2001-12-31", "End": "2002-01-01"}], codes=[wants("vancomycin", "S9494")])
    assert "Payer codes table row 2 wants S9494" in early[0]["Why"]


def test_two_rows_for_one_thing_on_one_day_are_an_error_on_the_days_that_they_share() -> None:
    rows = [
        wants("vancomycin", "J3490", Unit="1 g", To="2025-06-30"),
        wants("vancomycin", "J3490", Unit="500 mg", From="2025-06-28"),
    ]
    lines = [line for line in claim([VANCOMYCIN], payers=[{"Payer": "A"}], codes=rows) if line["Code"] != "S9501"]
    assert [(str(line["From"]), line["Code"], line["Units"]) for line in lines] == [
        ("2025-06-24", "J3490", 8), ("2025-06-28", "#VALUE!", "#VALUE!"), ("2025-07-01", "J3490", 28),
    ]  # fmt: skip
    assert (
        lines[1]["Why"]
        == "Payer codes table row 2 and Payer codes table row 3 want two codes on one day: close one of them"
    )
    same = [wants("vancomycin", "S9494", To="2025-06-30"), wants("vancomycin", "S9494", From="2025-06-28")]
    assert codes([VANCOMYCIN], *same)[0] == ("S9494", "06/24-07/07", 14)
    renewed = [
        wants("vancomycin", "J3490", Unit="1 g", To="2025-06-30"),
        wants("vancomycin", "J3490", Unit="1 g", From="2025-07-01"),
    ]
    assert codes([VANCOMYCIN], *renewed)[1] == ("J3490", "06/24-07/07", 28)
    two = [wants("anti-infective", "S9494"), wants("anti-infective", "S9500")]
    assert "want two codes on one day" in claim([VANCOMYCIN], codes=two)[0]["Why"]
    ended = [wants("vancomycin", "J3370"), wants("vancomycin", "J3370", From="2025-07-01")]
    assert "row 2 wants J3370, which is not in force" in claim([VANCOMYCIN], codes=ended)[2]["Why"]


def test_a_payers_own_code_for_a_drug_that_is_named_by_product() -> None:
    igg = order(1, "Hizentra", "10 g", "weekly", "2025-08-01", "2025-08-08", Payer="A")
    assert codes([igg], wants("immune globulin SC", "J3590", Unit="5 g"))[1::2] == [
        ("J3590", "08/01-08/01", 2), ("J3590", "08/08-08/08", 2),
    ]  # fmt: skip


#: Column -> a cell that cannot be read, the error, what the message says.
WRONG: list[tuple[str, object, str, str]] = [
    ("Payer", None, "#VALUE!", "Payer is blank: name the payer that wants the code"),
    ("Payer", "#REF!", "#REF!", "Payer is #REF!"),
    ("Drug or therapy", "cefazolim", "#N/A", "Drug or therapy: drug 'cefazolim' is not in the reference: did you mean"),
    ("Drug or therapy", "S9500", "#N/A", "Drug or therapy: S9500 is"),
    ("Drug or therapy", None, "#VALUE!", "Drug or therapy is blank: name what the code is for"),
    ("Interval", "sometimes", "#VALUE!", "interval 'sometimes' is not understood"),
    ("Interval", -8, "#NUM!", "interval -8 is not a number of hours"),
    ("Code", "S94", "#VALUE!", "Code 'S94' is no HCPCS code: type one as S9494 or J3490"),
    ("Code", None, "#VALUE!", "Code '' is no HCPCS code"),
    ("Code", "99601", "#VALUE!", "99601 is neither a per diem code nor a drug's"),
    ("Unit", "one", "#VALUE!", "Unit: dose 'one' is not understood"),
    ("Unit", 5, "#VALUE!", "Unit 5 has no unit of measure, or two: write 1 g"),
    ("Unit", None, "#VALUE!", "J3490 has no unit of its own: say in Unit what one counts, 1 g"),
    ("From", "soon", "#VALUE!", "From 'soon' is not a date"),
    ("To", "2025-13-01", "#VALUE!", "To '2025-13-01' is not a date"),
]


@pytest.mark.parametrize(("column", "cell", "error", "says"), WRONG)
def test_a_row_that_cannot_be_read_fails_every_line_of_its_payer(
    column: str, cell: object, error: str, says: str
) -> None:
    rows = [wants("milrinone", "J2260"), wants("cefazolin", "J3490", Unit="1 g") | {column: cell}]
    lines = claim([CEFAZOLIN, VANCOMYCIN], payers=[{"Payer": "A"}, {"Payer": "B"}], codes=rows)
    assert {line["Code"] for line in lines} == {line["Units"] for line in lines} == {error}
    assert {line["Order"] for line in lines} == {1, 2}
    assert all(f"Payer codes table row 3: {says}" in line["Why"] for line in lines)
    other = claim([{**CEFAZOLIN, "Payer": "B"}], payers=[{"Payer": "A"}, {"Payer": "B"}], codes=rows)
    assert (other[0]["Code"] == error) is (column == "Payer")  # a row without its payer may be anybody's


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (wants("TPN", "J3490", Unit="1 g"), "J3490 is no per diem code, and a therapy bills one"),
        (wants("anti-infective", "X1234"), "X1234 is no per diem code"),
        (wants("cefazolin", "X1234"), "X1234 has no unit of its own"),
        (wants("cefazolin", "S9494", Unit="1 g"), "S9494 is a per diem code and counts days: leave Unit blank"),
        (wants("cefazolin", "J3490", Unit="3 g/0.375 g"), "Unit"),
        (wants("cefazolin", "J3490", Unit="1 g", From="2025-08-02", To="2025-08-01"), "To is before From"),
    ],
)
def test_a_row_that_does_not_go_together(row: Row, says: str) -> None:
    lines = claim([CEFAZOLIN], codes=[row])
    assert all(f"Payer codes table row 2: {says}" in line["Why"] for line in lines) and len(lines) == 2


@pytest.mark.parametrize("column", PAYER_CODES.columns, ids=lambda column: column.name)
def test_synonyms(column: Any) -> None:
    row = wants("cefazolin", "J3490", Unit="1 g", Interval=8, From="2025-01-01", To="2025-12-31")
    for name in column.synonyms:
        renamed = {name if known == column.name else known: cell for known, cell in row.items()}
        lines = claim([CEFAZOLIN], payers=[{"Payer": "A"}], codes=[list(renamed), list(renamed.values())])
        assert short(lines)[1] == ("J3490", "08/01-08/14", 42), name
