"""The worksheet functions: shapes, broadcasting, blanks, errors, and what their signatures say."""

from __future__ import annotations

import datetime as dt
import gc
import pickle
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

import xl_infusion
from xl_infusion import (
    CLAIM_CHECKS,
    CLAIM_GRID,
    CODE_INFO,
    CODES,
    DOSES_PER_DAY,
    EXPLAIN,
    JCODE,
    JUNITS,
    MEDICARE_PAYS,
    PERDIEM_CODE,
    PERDIEM_MODIFIER,
    PERDIEM_RANK,
    PERDIEM_RATE,
    VISIT_UNITS,
    XL_INFUSION_VERSION,
    ExcelError,
)
from xl_infusion.claim import TABLES
from xl_infusion.claim.column import Table
from xl_infusion.errors import WrongInput
from xl_infusion.functions import FUNCTIONS
from xl_infusion.functions.cells import normal, shown, text
from xl_infusion.functions.ranges import records
from xl_infusion.model import MODEL_TABLES
from xl_infusion.reference import current, load, using

#: The codes that ship, in place of the frozen ones.
SHIPPED = load()


def test_a_cell_gives_a_cell_and_a_range_gives_its_shape() -> None:
    assert PERDIEM_CODE(8) == "S9502"
    assert PERDIEM_CODE([[8]]) == [["S9502"]]
    assert PERDIEM_CODE([8, 12]) == ["S9502", "S9501"]
    assert PERDIEM_CODE(((8, 12), (24, 6))) == [["S9502", "S9501"], ["S9500", "S9503"]]
    assert PERDIEM_CODE([[8], 12]) == [["S9502"], ["S9501"]]


def test_rows_and_columns_go_with_each_other_as_in_excel() -> None:
    assert JUNITS([["meropenem"], ["vancomycin"]], [["1 g", "500 mg"]], "2024-01-01") == [[10, 5], [2, 1]]
    found = JUNITS([["meropenem"], ["vancomycin"]], [["1 g"], ["1 g"], ["1 g"]], "2024-01-01")
    assert found == [[10], [2], ["#N/A"]] and "different sizes" in found[2][0].message
    assert PERDIEM_RATE([[1], [2], [3]], [[100], [200], ["x"]]) == [[100], [100], ["#VALUE!"]]
    assert PERDIEM_CODE([[8, 12], [24]]) == [["S9502", "S9501"], ["S9500", "#VALUE!"]]


def test_keywords_and_defaults() -> None:
    assert PERDIEM_CODE(interval=8, therapy="anti-infective") == "S9502"
    assert PERDIEM_RATE(base=100, rank=2) == 50
    with pytest.raises(TypeError):
        PERDIEM_CODE()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((8,), "S9502"), (("QID",), "S9503"), ((5,), "#N/A"), (("q48h",), "#N/A"), ((8, "2001-12-31"), "#N/A"), ((8, 45839), "S9502"),
     (("continuous",), "S9500"), (("continuous", None, "pain"), "S9326"), (("q6h", 0, "pain"), "S9327"), ((None, None, "pain"), "S9325"),
     (("q12h", None, "heparin therapy"), "S9372"), ((None, None, "inotropic"), "S9348"), ((None, None, "TPN", "3.1 L"), "S9368"),
     ((None, None, "hydration"), "S9373"), ((8, None, "unheard of"), "#N/A"), ((8, None, 7), "#N/A"), ((None,), "#VALUE!"), ((8, "soon"), "#VALUE!"), ((8, None, True), "#VALUE!")],
)  # fmt: skip
def test_perdiem_code(arguments: tuple[Any, ...], code: str) -> None:
    assert PERDIEM_CODE(*arguments) == code


def test_ranks() -> None:
    assert PERDIEM_RANK([["q12h", 8, "q12h"], ["", "prn", "#REF!"]]) == [[2, 1, 3], ["#VALUE!", "#VALUE!", "#REF!"]]
    assert PERDIEM_RANK([24, 4]) == [2, 1] and PERDIEM_RANK("q8h") == 1 and PERDIEM_RANK([[0.5]]) == [["#VALUE!"]]


def test_rates_with_other_shares() -> None:
    thirds = [[1, 1 / 3, 1 / 3]]
    assert PERDIEM_RATE([[1], [2], [9]], 100, thirds) == [[100], [33.33], [33.33]]
    assert PERDIEM_RATE(2, 100, [[1, None]]) == "#VALUE!" and PERDIEM_RATE(2, 100, [1, "#NUM!"]) == "#NUM!"
    assert (
        PERDIEM_RATE(2, 100, [1, 50]) == "#NUM!" and PERDIEM_RATE(2, -1) == "#NUM!" and PERDIEM_RATE(2, "") == "#VALUE!"
    )
    assert PERDIEM_RATE(1.5, 100) == "#NUM!" and PERDIEM_RATE(True, 100) == "#VALUE!"


def test_dates_choose_the_code() -> None:
    assert JCODE("vancomycin", [["2025-06-30"], [dt.date(2025, 7, 1)], [45839], [None]]) == [
        ["J3370"],
        ["J3373"],
        ["J3373"],
        ["J3373"],
    ]
    assert JUNITS("vancomycin", "1 g", [["2013-05-01"], ["2025-07-01"]]) == [[2], [100]]
    assert JUNITS("J3370", "1 g") == "#N/A" and "J3373" in JUNITS("J3370", "1 g").message
    assert JUNITS("vancomycin", 0.1 + 0.2, "2025-07-01") == 1


def test_code_info() -> None:
    assert CODE_INFO("s9502", "Kind") == "per diem" and CODE_INFO("J1580", None) == "gentamicin, up to 80 mg"
    assert (
        CODE_INFO("J2185", "Amount") == 100
        and CODE_INFO("J0295", "amount") == 1.5
        and CODE_INFO("J3490") == "unclassified drugs"
    )
    assert CODE_INFO("SH", "meaning") and CODE_INFO("99601", "unit") == "120 minutes" and CODE_INFO("SH", "Unit") == ""
    assert CODE_INFO("S9365", "unit") == "day" and CODE_INFO("J2865", "unit") == "mg trimethoprim"
    assert CODE_INFO("J3370", "first day", "2025-07-01") == "#N/A" and CODE_INFO("J3370", "colour") == "#N/A"
    assert (
        CODE_INFO("J3370", "first day") == dt.date(1986, 1, 1)
        and CODE_INFO("Q0000") == "#N/A"
        and CODE_INFO(None) == "#VALUE!"
    )
    assert CODE_INFO("J2184", "Product") == "B. Braun" and CODE_INFO("J2185", "Therapy") == "anti-infective"
    assert CODE_INFO(["J2185", "S9502"], "Drug") == ["meropenem", ""]


def test_medicare_pays() -> None:
    assert MEDICARE_PAYS([["S9502"], [99601.0], ["99602"], ["J2185"], ["SH"], ["J9998"]]) == [
        [False],
        [False],
        [False],
        [True],
        ["#N/A"],
        ["#N/A"],
    ]


def test_codes() -> None:
    everything, reference = CODES(), current()
    of_the_benefit = len(CODES("HIT visit")) - 1
    kinds = [reference.per_diem, reference.visits, reference.modifiers, reference.drugs]
    assert len(everything) == 1 + of_the_benefit + sum(map(len, kinds)) and len({len(row) for row in everything}) == 1
    assert len(CODES([["Drugs"]])) == 1 + len(reference.drugs)
    assert len(CODES([["visit"]])) == 1 + len(reference.visits) and of_the_benefit > 5
    assert CODES("gadget") == "#N/A" and CODES("#REF!") == "#REF!" and CODES([[None]])[0][0] == "Kind"


def test_codes_of_listed_drugs_are_there_for_their_kind_and_for_what_is_looked_for() -> None:
    own = {row[1] for row in CODES("drug")[1:]}
    listed = [row for row in CODES("listed drug")[1:]]
    assert {row[0] for row in listed} == {"listed drug"} and not own & {row[1] for row in listed}
    assert len(listed) == len(current().read_listed())
    inhaled = [row[1] for row in listed].index("J7638")
    assert inhaled >= len(listed) - 2  # what nobody infuses comes last
    assert (
        CODES("listed drugs") == CODES([["Listed Drug"]])
        and CODES("", "") == CODES(None, [[None]]) == CODES(0, 0) == CODES()
    )


@pytest.mark.parametrize(
    ("kind", "find", "codes"),
    [
        ("", "Zosyn", ["J2543"]), ("", "J0897", ["J0897"]), ("drug", "prolia", ["J0897"]), ("listed drug", "Zosyn", None),
        ("", 99601, ["99601"]), ("visit", "infusion nursing visit", ["99601"]), ("", "8 hours anti-infective", ["S9502"]),
        ("drug", "Gammagard", ["J1569", "J1566"]),  # home infusion's own first
        ("per diem", "Keytruda", None), ("", "---", None), ("drug", "no such text", None),
    ],
)  # fmt: skip
def test_codes_that_have_a_text(kind: str, find: object, codes: list[str] | None) -> None:
    found = CODES(kind, find)
    if codes is None:
        assert found == "#N/A" and found.message.startswith(f"find {find!r} is in no code's texts or names")
    else:
        assert [row[1] for row in found[1:]] == codes and found[0] == CODES()[0]


def test_what_is_looked_for_that_cannot_be_read() -> None:
    assert CODES("", "#REF!") == "#REF!" and CODES("", True) == "#VALUE!" and CODES("gadget", "Zosyn") == "#N/A"
    assert "listed drug" in CODES("gadget", "Zosyn").message


def test_the_kind_and_the_note_of_a_code() -> None:
    assert [CODE_INFO(code, "Kind") for code in ("J2185", "J0897", "S9502", "SH")] == [
        "drug", "listed drug", "per diem", "modifier",
    ]  # fmt: skip
    assert CODE_INFO("B4189", "note") == "a unit is a day's bag" and CODE_INFO("S9502", "Note") == ""
    assert "Note" not in CODES()[0] and CODE_INFO("J2185", "Notes").message.endswith("Medicare, Source, Note")


@pytest.mark.parametrize("first", ["J", "Q", "S", "B", "C", "P", "A"])
def test_every_listed_code_answers_by_itself(first: str) -> None:
    """Typed in place of a drug each code is billed by itself on each of its days, and says what it is."""
    with using(SHIPPED) as reference:
        rows = [row for row in reference.read_listed() if row.code.startswith(first)]
        assert rows
        for row in rows:
            days = [day for day in (row.first_day, row.last_day) if day is not None]
            assert [JCODE(row.code, day) for day in days] == [row.code] * len(days)
            assert CODE_INFO(row.code, "Source", days[0]) and CODE_INFO(row.code, "Meaning", days[0])
            dose = f"{row.amount} {row.unit} {row.component}".strip()
            if row.ranges:
                least = row.ranges[0].least + (row.ranges[0].most is None)
                assert JUNITS(row.code, f"{least} g protein", days[0]) == 1
                continue
            units = JUNITS(row.code, dose if row.amount is not None else "1 mg", days[0])
            if row.amount is None:
                assert units == "#N/A" and "the payer says what a unit is" in units.message
            else:
                assert units == 1, (row.code, dose, getattr(units, "message", ""))


ORDERS = [
    ["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days", "Prescriber"],
    [1, "P1", "ceftriaxone", "2 g", "q24h", "2025-08-01", 5, "1234567893"],
    [2, "P1", "ertapenum", "1 g", "q24h", "2025-08-01", 5, "1234567893"],
]


def test_claim_checks_spills_one_row_a_finding() -> None:
    header, *found = CLAIM_CHECKS(ORDERS)
    names = ["Severity", "Finding", "Sheet", "Row", "Order", "From", "To", "What is wrong", "What to do", "Count"]
    assert header == [*names, "Claim lines", len(CLAIM_GRID(ORDERS)) - 1, "Findings", 1]
    assert [row[len(names) :] for row in found] == [[""] * 4]
    assert [row[: len(names)] for row in found] == [
        ["error", "unknown drug", "Orders", 3, 2, dt.date(2025, 8, 1), dt.date(2025, 8, 5),
         "drug 'ertapenum' is not in the reference: did you mean ertapenem?",
         "Mend the drug's name, or give the drug a row of Own codes.", 1]
    ]  # fmt: skip
    assert CLAIM_CHECKS(None) == CLAIM_CHECKS([]) == CLAIM_CHECKS(0) == [[*names, "Claim lines", 0, "Findings", 0]]
    assert CLAIM_CHECKS(ORDERS[:2]) == [[*names, "Claim lines", 2, "Findings", 0]]
    assert CLAIM_CHECKS(ORDERS[:2], provider=[["Item", "Value"], ["NPI", 1]])[1][:4] == [
        "error",
        "wrong NPI",
        "Provider",
        2,
    ]
    # what is not a table is a finding; a blank day and order stay blank
    assert CLAIM_CHECKS(ORDERS[:2], "visits")[1][:7] == ["error", "column missing or twice", "Visits", 1, "", "", ""]
    # the findings follow the tables, also where the claims are kept
    mended = [*ORDERS[:2], [2, "P1", "ertapenem", *ORDERS[2][3:]]]
    assert len(CLAIM_CHECKS(ORDERS)) == 2
    assert CLAIM_CHECKS(mended) == [[*names, "Claim lines", len(CLAIM_GRID(mended)) - 1, "Findings", 0]]


def test_explain_spills_one_row_a_step() -> None:
    header, *steps = EXPLAIN(1, ORDERS)
    assert header == ["Step", "Question", "Answer", "Decided by"]
    assert [step[0] for step in steps] == list(range(1, len(steps) + 1))
    assert steps[0] == [
        1,
        "What is ordered?",
        "ceftriaxone, 2 g, every 24 hours, 2025-08-01 through 2025-08-05",
        "Orders table row 2",
    ]
    assert steps[-1][1:3] == ["Line 2, 2025-08-01 to 2025-08-05", "J0696 x 40"]
    assert EXPLAIN("1", ORDERS) == EXPLAIN([[1.0]], ORDERS) == EXPLAIN(order=1, orders=ORDERS) == [header, *steps]
    assert EXPLAIN(7, ORDERS) == "#N/A" and "order '7' is not in Orders" in EXPLAIN(7, ORDERS).message
    assert (
        EXPLAIN(None, ORDERS) == "#VALUE!"
        and EXPLAIN([1, 2], ORDERS) == "#VALUE!"
        and EXPLAIN(1, [["Order"]]) == "#VALUE!"
    )


def test_version() -> None:
    assert xl_infusion.__version__ in XL_INFUSION_VERSION()


def test_every_function_is_described_by_its_signature() -> None:
    assert set(FUNCTIONS) == {name for name in vars(xl_infusion) if name.isupper()} - {"NDC11"}
    for function in FUNCTIONS.values():
        assert 10 < len(function.summary) <= 255 and function.example.startswith("=")
        for parameter in function.parameters:
            assert 5 < len(parameter.doc) <= 255
    assert FUNCTIONS["JUNITS"].usage == "JUNITS(drug, dose, [date], [ndc], [own_codes])"
    assert FUNCTIONS["PERDIEM_RATE"].usage == "PERDIEM_RATE(rank, base, [shares])"
    assert FUNCTIONS["XL_INFUSION_VERSION"].usage == "XL_INFUSION_VERSION()"


def test_an_error_survives_pickling_and_shows_itself() -> None:
    error = ExcelError("#N/A", "why")
    assert pickle.loads(pickle.dumps(error)).message == "why"
    assert repr(error) == "ExcelError('#N/A', 'why')" and repr(ExcelError("#N/A")) == "ExcelError('#N/A')"
    assert CLAIM_GRID(ExcelError("#REF!", "gone")).message == "Orders is #REF! (gone)"


def test_cells_of_other_libraries() -> None:
    class Scalar:
        def __init__(self, value: object) -> None:
            self.value = value

        def item(self) -> object:
            return self.value

    class Text(str): ...

    class Never(dt.date):
        def __eq__(self, other: object) -> bool:
            return False

        __hash__ = None  # type: ignore[assignment]

    assert normal(Scalar(8)) == 8 and PERDIEM_CODE(Scalar(8.0)) == "S9502" and PERDIEM_CODE(Text("q8h")) == "S9502"
    assert normal(Never(2025, 1, 1)) == "#NUM!" and normal(Decimal("8")) == 8 and DOSES_PER_DAY(Decimal(8)) == 3
    loop = Scalar(None)
    loop.value = loop
    assert normal(loop) is loop
    assert text(7, "x") == "7" and shown(None) == "" and shown(Decimal("1.5")) == 1.5


def test_visit_units_stand_side_by_side() -> None:
    assert VISIT_UNITS(210) == [[1, 1]] and VISIT_UNITS([[60], [0]]) == [[1, 0], ["#NUM!", "#NUM!"]]
    assert VISIT_UNITS(210, 1) == [[1, 2]] and VISIT_UNITS([60, 240], 31) == [1, 0, 1, 2]


def test_modifiers() -> None:
    assert PERDIEM_MODIFIER([1, 2, 3, 99, 100, 0, None]) == ["", "SH", "SJ", "SJ", "#NUM!", "#NUM!", "#VALUE!"]


def test_the_core_imports_the_standard_library_alone() -> None:
    code = (
        "import sys; import xl_infusion; xl_infusion.CODES(); "
        "outside = {name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names) - {'xl_infusion', '__main__'}; "
        "print(sorted(name for name in outside if getattr(sys.modules[name], '__file__', None) "
        "and not name.startswith(('_', 'sitecustomize', 'usercustomize'))))"
    )
    found = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"


def test_the_collector_stays_as_it_was() -> None:
    gc.disable()
    try:
        assert CLAIM_GRID(None) and not gc.isenabled()
    finally:
        gc.enable()
    assert CLAIM_GRID(None) and gc.isenabled()
    assert CLAIM_CHECKS(None) and gc.isenabled() and EXPLAIN(1, None) == "#N/A" and gc.isenabled()


def test_a_blank_range_is_no_table() -> None:
    """Nothing is given, in whatever number of cells; rows without headings may be a table whose headings are gone."""
    orders = [["Order", "Patient", "Drug", "Dose", "Interval", "Start", "Days"],
              [1, "P1", "meropenem", "1 g", "q8h", "2013-05-01", 1]]  # fmt: skip
    for blank in ("", [[""]], [[None, "  "]], []):
        assert CLAIM_GRID(orders, blank, blank, blank) == CLAIM_GRID(orders), blank
    lost = CLAIM_GRID(orders, [["", ""], ["", ""]])
    assert lost == "#VALUE!" and "no heading at all" in lost.message


def typed(table: Table) -> list[list[object]]:
    """The rows of a table without its headings, as ``Orders`` hands them over in place of ``Orders[#All]``."""
    values = {"Patient": "Doe, Jane", "Order": "RX-1", "Date": dt.date(2025, 7, 1), "Start": dt.date(2025, 7, 1)}
    return [[values.get(column.name, 7 if at % 2 else "Doe, Jane") for at, column in enumerate(table.columns)]] * 2


@pytest.mark.parametrize("table", [*TABLES, *MODEL_TABLES], ids=lambda table: table.name)
def test_a_table_without_its_headings_says_how_to_give_them_and_shows_no_cell(table: Table) -> None:
    with pytest.raises(WrongInput) as error:
        records(typed(table), table)
    name = table.name.title().replace(" ", "")
    assert str(error.value).endswith(f": its first row is not its headings: give it with them, a table as {name}[#All]")
    assert "Doe" not in str(error.value) and "2025" not in str(error.value)


def test_a_claim_of_a_table_without_its_headings() -> None:
    row = ["RX-1", "Doe, Jane", "Acme", "meropenem", "1 g", "q8h", 45839, 45852]
    found = CLAIM_GRID([row, row])
    assert found == "#VALUE!" and "Orders[#All]" in found.message and "Doe" not in found.message
    # a patient who is named as a heading is: still no cell of the row
    found = CLAIM_GRID([["Dose", "Drug", 45839], row[:3]])
    assert found == "#VALUE!" and "45839" not in found.message and "Orders[#All]" in found.message
