"""The billing workbook as fill computes it: totals, checks, flag; as LibreOffice works it out."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from tests import billing, libreoffice
from tests.reference.editions import quarter, with_imported
from xl_infusion import CODES, XL_INFUSION_VERSION
from xl_infusion.claim import GRID, TABLES
from xl_infusion.claim.checks import ERROR, WARNING
from xl_infusion.errors import ExcelError
from xl_infusion.functions import FUNCTIONS
from xl_infusion.functions.claim_checks import COUNTED, HEADER, OFFERED
from xl_infusion.reference import current, using
from xl_infusion.reference.imported import NDC
from xl_infusion.reference.verified import not_verified
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.examples import ROWS
from xl_infusion.template.sheets import checks, claim, explain, functions, inputs, start
from xl_infusion.template.sheets import codes as codes_sheet
from xl_infusion.template.style import FLAG
from xl_infusion.workbook.fill import fill

pytestmark = pytest.mark.slow

_FLAG = FLAG.replace("$", "")
_TABLES = {table.name: table for table in TABLES}


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    return billing.computed(tmp_path_factory.mktemp("fill") / "billing.xlsx")


def _rows(sheet: Worksheet, top: int, width: int, left: int = 1) -> list[list[object]]:
    rows = [list(row[left - 1 : left - 1 + width]) for row in sheet.iter_rows(min_row=top, values_only=True)]
    return [row for row in rows if any(cell not in (None, "") for cell in row)]


def _start(book: openpyxl.Workbook) -> dict[object, tuple[object, object]]:
    """The checks of Start: name -> figure and status."""
    rows = book["Start"].iter_rows(min_row=start.CHECK_ROW + 1, max_row=start.CHECK_ROW + start.CHECKS)
    return {row[1].value: (row[4].value, row[5].value) for row in rows}


def _as_cells(rows: list[list[object]]) -> list[list[object]]:
    """The rows of a function as openpyxl reads them back from cells."""
    return [
        [dt.datetime.combine(cell, dt.time()) if isinstance(cell, dt.date) else cell for cell in row] for row in rows
    ]


def _shown(sheet: Worksheet, top: int, width: int, left: int = 1) -> list[list[object]]:
    return [[cell if cell is not None else "" for cell in row] for row in _rows(sheet, top, width, left)]


def _kinds(book: openpyxl.Workbook) -> list[object]:
    """The kinds of findings that Checks has."""
    return [row[1] for row in _rows(book["Checks"], checks.FIRST, len(HEADER), checks.LEFT)]


def test_the_computed_workbook_shows_the_claim_its_totals_and_the_intended_error(computed: openpyxl.Workbook) -> None:
    grid = billing.grid()
    sheet = computed["Claim"]
    assert _shown(sheet, claim.ANCHOR, len(GRID)) == _as_cells(grid)
    first, at = computed["Start"], {name: GRID.index(name) for name in GRID}
    assert first[_FLAG].value == "STOP"
    assert {name: one for name, one in _start(computed).items() if one[1] != "OK"} == {
        "Errors that Checks finds": (1, "CHECK")
    }
    assert first["D8"].value == len(ROWS["Orders"]) and first["F8"].value == len(grid) - 1
    assert first["H8"].value == sum(row[at["Units"]] for row in grid[1:] if row[at["Code"]].startswith("S"))
    assert first["J8"].value == pytest.approx(sum(row[at["Charge"]] for row in grid[1:]), abs=0.001)
    assert first["G3"].value == XL_INFUSION_VERSION()
    kinds = [sheet[f"{claim.LINES}{row}"].value for row in range(claim.PER_DIEM, claim.ALL + 1)]
    assert kinds[3] == 0 and sum(kinds[:4]) == kinds[4] == len(grid) - 1


def test_the_totals_by_payer_are_those_of_the_claims(computed: openpyxl.Workbook) -> None:
    sums = _by_payer(computed["Claim"])
    expected: dict[object, float] = {}
    for row in billing.grid()[1:]:
        expected[row[1]] = expected.get(row[1], 0) + row[GRID.index("Charge")]
    assert sums.pop("all others") == 0
    assert sums == pytest.approx(expected) and set(sums) == {row["Payer"] for row in ROWS["Payers"]}


def _by_payer(sheet: Worksheet) -> dict[object, float]:
    return {
        sheet[f"{name}{row}"].value: sheet[f"{money}{row}"].value
        for name, _, money, _ in claim.BY_PAYER
        for row in range(claim.HEAD + 1, claim.ALL + 1)
        if sheet[f"{name}{row}"].value
    }


def test_checks_and_explain_show_what_their_functions_give(computed: openpyxl.Workbook, tmp_path: Path) -> None:
    given = billing.findings()
    assert _shown(computed["Checks"], checks.ANCHOR, len(given[0]), checks.LEFT) == _as_cells(given)
    assert computed["Checks"][f"B{checks.COUNTS}"].value == 1
    assert computed["Checks"][f"D{checks.COUNTS}"].value == 0
    assert _shown(computed["Explain"], explain.ANCHOR, 4) == billing.steps(explain.EXAMPLE)
    assert computed["Explain"]["C4"].value == 3
    other = billing.computed(tmp_path / "b.xlsx", Explain_B4="RX-118")
    assert _shown(other["Explain"], explain.ANCHOR, 4) == billing.steps("RX-118")
    charge = sum(row[GRID.index("Charge")] for row in billing.grid() if row[GRID.index("Order")] == "RX-118")
    assert other["Explain"]["D4"].value == pytest.approx(charge)
    none = billing.typed_into(tmp_path / "b.xlsx", Explain_B4="RX-1")
    assert none["Explain"][f"A{explain.ANCHOR}"].value == "#N/A"


# -- the flag ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    return billing.clean(tmp_path_factory.mktemp("clean") / "billing.xlsx")


def test_with_the_accreditation_mended_the_flag_is_ok_on_every_sheet(clean: openpyxl.Workbook) -> None:
    assert clean["Start"][_FLAG].value == "OK" and _kinds(clean) == []
    assert {status for _, status in _start(clean).values()} == {"OK"}
    flag = [cell.value for sheet in ("Claim", "Checks") for row in clean[sheet]["A4:T4"] for cell in row]
    assert flag.count("OK") == 2
    assert clean["Checks"][f"I{checks.COUNTS}"].value == "Nothing was found."


def test_an_order_without_a_drug_that_is_billed_in_anothers_line_is_not_missed(tmp_path: Path) -> None:
    typed = {"A": "RX-119", "B": "PT-1004", "C": "Example Union Trust", "D": "TPN", "G": "daily",
             "H": dt.date(2025, 10, 1), "I": dt.date(2025, 10, 31), "K": "1 L"}  # fmt: skip
    row = inputs.FIRST + len(ROWS["Orders"])
    book = billing.clean(tmp_path / "b.xlsx", **{f"Orders_{column}{row}": value for column, value in typed.items()})
    orders = [book["Claim"][f"{claim.column('Order')}{at}"].value for at in range(claim.FIRST, claim.FIRST + 90)]
    assert "RX-108" in orders and "RX-119" not in orders
    assert [book["Lists"][f"{column}{len(ROWS['Orders']) + 2}"].value for column in "BH"] == [0, 1]
    assert _start(book)["Orders without a claim line"] == (0, "OK")


def _row(table: str, **of: object) -> int:
    """The row of the sheet on which the row of the examples stands that has these cells."""
    return inputs.FIRST + next(
        i for i, row in enumerate(ROWS[table]) if all(row.get(column) == value for column, value in of.items())
    )


def _column(table: str, name: str) -> str:
    """The letter of a column on the sheet of its table."""
    return letters(1 + next(i for i, column in enumerate(_TABLES[table].columns) if column.name == name))


_RATE = _row("Rates", Code="J2185")
_AFTER = current().edition.verified_through + dt.timedelta(1)
#: An order that goes on after the verified day, and claims that are filed after it.
_STALE: dict[str, object] = {
    f"Orders_I{_row('Orders', Order='RX-115')}": _AFTER,
    f"Provider_B{_row('Provider', Item='Filing date')}": _AFTER + dt.timedelta(14),
}


def _cells(table: str, row: int, **typed: object) -> dict[str, object]:
    """Cells typed into a row of a sheet, by the names of their columns (``Second_share`` for Second share)."""
    names = [column.name for column in _TABLES[table].columns]
    return {f"{table}_{letters(names.index(name.replace('_', ' ')) + 1)}{row}": value for name, value in typed.items()}


def _added(table: str, **typed: object) -> dict[str, object]:
    """A row typed below the examples."""
    return _cells(table, inputs.FIRST + len(ROWS[table]), **typed)


_BENEFIT = (
    _cells("Payers", _row("Payers", Payer="Medicare"), Home_infusion_benefit="yes")
    | _cells("Orders", _row("Orders", Order="RX-116"), Drug="milrinone", Dose="40 mg", Interval="continuous")
    | _added("Rates", Code="G0088", Rate=50)
    | _cells("Visits", _row("Visits", Patient="PT-1011", Minutes=60), Minutes=50)
)
_NO_VISITS = {
    cell: value
    for row in (_row("Visits", Patient="PT-1011", Minutes=60), _row("Visits", Patient="PT-1011"))
    for cell, value in _cells("Visits", row, Patient="PT-1013", Nurse="agency").items()
}


def _own(
    drug: str, code: str, amount: float, first: dt.date = _AFTER, source: str | None = "a notice"
) -> dict[str, object]:
    """A row of Own codes below the example, in mg."""
    return _added("Own codes", Drug=drug, Code=code, Amount=amount, Unit="mg", From=first, Source=source)


#: What is typed, the kinds of findings that it gives, and the flag: every kind there is.
WRONG: list[tuple[dict[str, object], set[str], str]] = [
    ({"Orders_E5": "meropenum"}, {"unknown drug"}, "STOP"),
    (_cells("Orders", 5, Prescriber=1234567890), {"wrong NPI"}, "STOP"),
    (_cells("Orders", 5, Prescriber=None), {"no prescriber"}, "LOOK AT 1 WARNING"),
    ({"Orders_G5": 5}, {"interval without a code"}, "STOP"),
    ({"Orders_G5": "once", "Orders_I5": None, "Orders_J5": None}, {"single dose by day"}, "LOOK AT 1 WARNING"),
    ({"Orders_F5": "1 mEq"}, {"unit mismatch"}, "STOP"),
    ({"Orders_C5": "Exemple Commercial"}, {"unknown payer"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-105"), Authorization=None), {"authorization missing"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-116"), Second_payer=None), {"not covered"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-115"), NDC=None), {"unlisted drug without NDC"}, "STOP"),
    ({f"Rates_B{_RATE}": "J0000"}, {"rate missing"}, "STOP"),
    ({f"Rates_D{_RATE}": "eighty cents"}, {"not a number"}, "STOP"),
    ({f"Payers_E{_row('Payers', Payer='Example Commercial')}": 50}, {"out of range"}, "STOP"),
    ({f"Provider_B{_row('Provider', Item='NPI')}": 1999999985}, {"wrong NPI"}, "STOP"),
    ({f"Provider_B{_row('Provider', Item='Filing date')}": dt.date(2026, 8, 1)}, {"past the filing limit"}, "STOP"),
    ({"Orders_F5": "100 g"}, {"dose unusual"}, "LOOK AT 1 WARNING"),
    (_cells("Orders", _row("Orders", Order="RX-112"), Dose="1 g"), {"dose of several days"}, "LOOK AT 1 WARNING"),
    (_cells("Orders", _row("Orders", Order="RX-105"), Dispensed=140), {"dispensed unlike the days"}, "LOOK AT 1 WARNING"),
    (_cells("Orders", _row("Orders", Order="RX-113"), Start=dt.date(2024, 12, 1)), {"dates unlikely"}, "LOOK AT 1 WARNING"),
    (_cells("Orders", _row("Orders", Order="RX-109"), Volume=None) | _added("Rates", Code="S9373", Rate=50), {"volume not stated"}, "LOOK AT 1 WARNING"),
    (_cells("Orders", _row("Orders", Order="RX-109"), Volume="1.5 L"), {"volume unlike the doses"}, "LOOK AT 1 WARNING"),
    (_cells("Orders", _row("Orders", Order="RX-109"), Drug="normal saline", Dose="2000 mL"), {"no such bag"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-109"), Drug="NS flush", Dose="10 mL", Volume=None), {"supply as drug"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-109"), Drug="normal saline 1000 cc", Dose="20 mL", Volume="0.02 L"),
     {"flush as therapy", "rate missing"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-109"), Drug="Cathflo", Dose="2 mg", Volume=None),
     {"many kits", "rate missing"}, "STOP"),
    (_cells("Payers", _row("Payers", Payer="Example Health Plan"), Waste="JW and JZ")
     | _cells("Orders", _row("Orders", Order="RX-105"), Vials="10 g"), {"waste of a bulk package"}, "LOOK AT 1 WARNING"),
    (_cells("Visits", _row("Visits", Patient="PT-1013"), Minutes=4), {"visit length unlikely"}, "LOOK AT 1 WARNING"),
    (_cells("Orders", 7, NDC=None) | {"Orders_F5": "100 g"}, {"product not known", "dose unusual"}, "LOOK AT 2 WARNINGS"),
    (_STALE, {"after the verified day"}, "LOOK AT 1 WARNING"),
    (_cells("Provider", inputs.HEAD, Item="Nothing"), {"column missing or twice"}, "STOP"),
    ({"Orders_F5": ExcelError("#REF!")}, {"error value"}, "STOP"),
    (_cells("Payers", _row("Payers", Payer="Example Work Fund"), Rank_by="luck"), {"cannot be read"}, "STOP"),
    (_cells("Payers", _row("Payers", Payer="Medicare"), Denial_modifier="QQ"), {"not found"}, "STOP"),
    ({"Orders_E6": "J3373"}, {"code not in force"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-104"), Drug="meropenem"), {"same drug twice"}, "LOOK AT 1 WARNING"),
    (_cells("Provider", _row("Provider", Item="NPI"), Item=None, Value=None), {"no NPI"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-110"), NDC=None), {"Medicaid drug without NDC"}, "LOOK AT 1 WARNING"),
    (_added("Rates", Code="J2185", Rate=0.9), {"two rates on one day"}, "STOP"),
    (_added("Payer codes", Payer="Example Union Trust", Drug_or_therapy="cefazolin", Code="J0690"),
     {"two codes on one day"}, "STOP"),
    (_cells("Payers", _row("Payers", Payer="Medicare"), Covers="yes"),
     {"S code billed to Medicare", "visit billed to Medicare"}, "STOP"),
    (_NO_VISITS, {"no visit for the denial"}, "STOP"),
    (_BENEFIT, {"benefit not known"}, "STOP"),
    (_cells("Provider", inputs.FIRST + 2, To=dt.date(2025, 11, 6)), {"accreditation missing"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-113"), End=dt.date(2025, 12, 31)), {"filed before the service"}, "STOP"),
    (_added("Payer codes", Payer="Example Health Plan", Drug_or_therapy="ceftriaxone", Code="S9494"),
     {"codes exclude each other"}, "STOP"),
    (_cells("Visits", _row("Visits", Patient="PT-1013"), Nurse="agency")
     | _added("Visits", Patient="PT-1013", Date=dt.date(2025, 11, 17), Minutes=60), {"99602 without 99601"}, "STOP"),
    (_added("Visits", Patient="PT-1004", Date=dt.date(2025, 10, 1), Minutes=150), {"same visit twice"},
     "LOOK AT 1 WARNING"),
    (_added("Visits", Patient="PT-9999", Date=dt.date(2025, 10, 1), Minutes=60, Payer="Example Union Trust"),
     {"visit without an order"}, "LOOK AT 1 WARNING"),
    (_added("Visits", Patient="PT-9999", Date=dt.date(2025, 10, 1), Minutes=60), {"no payer"}, "STOP"),
    (_added("Visits", Patient="PT-1004", Date=dt.date(2025, 11, 1), Minutes=60), {"visit outside the therapy"},
     "LOOK AT 1 WARNING"),
    (_cells("Orders", _row("Orders", Order="RX-104"), Order="RX-103", Drug="meropenem"), {"order billed twice"}, "STOP"),
    (_cells("Orders", _row("Orders", Order="RX-108"), Volume="1 L")
     | _added("Orders", Order="RX-200", Patient="PT-1004", Payer="Example Union Trust", Drug="lipids NOS", Dose="50 g",
              Interval="daily", Therapy="TPN", Volume="1000 mL",
              Start=dt.date(2025, 10, 1), End=dt.date(2025, 10, 31), Prescriber=1234567893), {"same volume twice"},
     "LOOK AT 1 WARNING"),
    (_cells("Visits", _row("Visits", Patient="PT-1013"), Minutes=330), {"too many hours"}, "LOOK AT 1 WARNING"),
    (_cells("Orders", _row("Orders", Order="RX-107"), Interval="q5h"), {"rank by rate pays more"},
     "LOOK AT 1 WARNING"),
    (_cells("Own codes", inputs.FIRST, Code="J2185"), {"own code of another drug"}, "STOP"),
    (_own("vancomycin", "J3370", 500), {"own code not in force"}, "STOP"),
    (_own("vancomycin", "J3373", 500), {"own code counts otherwise"}, "LOOK AT 1 WARNING"),
    (_own("vancomycin", "J9998", 500, dt.date(2025, 12, 31)), {"own code in place of another"}, "LOOK AT 1 WARNING"),
    (_own("vancomycin", "J3373", 10), {"own code not needed"}, "LOOK AT 1 WARNING"),
    (_own("vancomycin", "J9998", 10, source=None), {"own code without source"}, "LOOK AT 1 WARNING"),
    (_own("vancomicin", "J9998", 10), {"own name like another"}, "LOOK AT 1 WARNING"),
    (_cells("Orders", _row("Orders", Order="RX-107"), NDC="99999-0001-01"), {"NDC of another drug"}, "STOP"),
]  # fmt: skip


#: The edition of these has a crosswalk as well.
_CROSSED = {"NDC of another drug"}
_CROSSWALK = (NDC, quarter(2025, 10), [
    {"ndc": "99999000101", "code": "J2185", "package_size": 1, "package_quantity": 1, "units": 10},
])  # fmt: skip


@pytest.mark.parametrize(("typed", "kinds", "flag"), WRONG, ids=["+".join(sorted(kinds)) for _, kinds, _ in WRONG])
def test_one_wrong_thing_gives_its_finding(typed: dict[str, object], kinds: set[str], flag: str) -> None:
    with using(with_imported(_CROSSWALK) if kinds & _CROSSED else current()):
        _, *found = billing.findings(**(billing.MENDED | typed))
    assert {row[1] for row in found} == kinds
    errors, warnings = (sum(row[0] == severity for row in found) for severity in (ERROR, WARNING))
    assert flag == ("STOP" if errors else f"LOOK AT {warnings} WARNING{'S' if warnings > 1 else ''}")


#: Three of them go the whole way: a line that cannot be billed, one warning, two warnings.
THROUGH_THE_WORKBOOK = [
    one for one in WRONG if one[1] in ({"unknown drug"}, {"dose unusual"}, {"product not known", "dose unusual"})
]


@pytest.mark.parametrize(
    ("typed", "kinds", "flag"), THROUGH_THE_WORKBOOK, ids=lambda one: one if isinstance(one, str) else ""
)
def test_its_finding_turns_the_flag(tmp_path: Path, typed: dict[str, object], kinds: set[str], flag: str) -> None:
    book = billing.clean(tmp_path / "b.xlsx", **typed)
    assert set(_kinds(book)) == kinds
    assert book["Start"][_FLAG].value == flag


@pytest.mark.parametrize("shown", [None, "in order", 0, ExcelError("#N/A")], ids=str)
@pytest.mark.parametrize("sheet", ["Checks", "Claim"])
def test_a_formula_that_is_gone_or_fails_never_looks_fine(tmp_path: Path, sheet: str, shown: object) -> None:
    anchor = {"Checks": f"{letters(checks.LEFT)}{checks.ANCHOR}", "Claim": f"A{claim.ANCHOR}"}[sheet]
    book = billing.clean(tmp_path / "b.xlsx", **{f"{sheet}_{anchor}": shown})
    assert book["Start"][_FLAG].value == "STOP"
    name = {"Checks": "Errors that Checks finds", "Claim": "Claim lines counted"}[sheet]
    assert _start(book)[name][1] == "CHECK"
    if sheet == "Checks" and isinstance(shown, ExcelError):
        assert "could not be worked out" in book["Checks"][f"I{checks.COUNTS}"].value


_CUT = "Lines and findings that are cut off"


@pytest.mark.office
def test_a_claim_that_is_stored_with_a_fixed_size_raises_the_flag(tmp_path: Path, office: libreoffice.Office) -> None:
    """As a grid shows that lost the mark of its spilling: with as many lines as it had before the last order."""
    billing.clean(tmp_path / "b.xlsx")
    fill(tmp_path / "b.xlsx", tmp_path / "values.xlsx", values=True)
    book = openpyxl.load_workbook(tmp_path / "values.xlsx")
    for cell in book["Claim"][claim.ANCHOR + len(billing.grid()) - 1]:
        cell.value = None
    book.save(tmp_path / "cut.xlsx")
    flags = {}
    found = {name: libreoffice.values_in(office, tmp_path / name) for name in ("values.xlsx", "cut.xlsx")}
    for name in found:
        sheet = found[name]["Start"]
        rows = sheet[start.CHECK_ROW : start.CHECK_ROW + start.CHECKS]
        flags[name] = sheet[7][1], {row[1]: row[4] for row in rows if row[5] != "OK"}
    assert flags == {"values.xlsx": ("OK", {}), "cut.xlsx": ("STOP", {_CUT: 1})}, "nothing else sees it"


def test_findings_that_a_fixed_size_cuts_off_raise_the_flag(tmp_path: Path) -> None:
    """The checks as they were stored while nothing was wrong show their headings alone, whatever is wrong by now."""
    heading, *found = billing.findings()
    assert len(found) == 1
    fixed = {f"Checks_{letters(checks.LEFT + at)}{checks.ANCHOR}": cell for at, cell in enumerate(heading)}
    book = billing.computed(tmp_path / "b.xlsx", **fixed)
    assert _start(book)[_CUT] == (1, "CHECK") and _start(book)["Errors that Checks finds"] == (0, "OK")
    assert book["Start"][_FLAG].value == "STOP"


def test_beside_each_finding_stands_the_row_of_its_sheet(tmp_path: Path) -> None:
    wrong = {"Orders_D6": "vancomicin", "Payers_C6": 7, "Rates_C7": "x"}
    book = billing.computed(tmp_path / "b.xlsx", **wrong)
    rows = _rows(book["Checks"], checks.FIRST, len(HEADER) + 1)
    found = [(str(row[0]), str(row[1 + HEADER.index("Sheet")]), row[1 + HEADER.index("Row")]) for row in rows]
    assert {"Orders!A6", "Payers!A6", "Rates!A7"} <= {at for at, _, _ in found}
    for at, sheet, row in found:
        assert at == f"{sheet}!A{inputs.HEAD - 1 + int(str(row))}"
    below = [book["Checks"][f"A{row}"].value for row in range(checks.FIRST + len(rows), checks.FIRST + checks.LINKED)]
    assert {value or "" for value in below} == {""}


def test_a_column_that_is_gone_moves_the_grid_and_not_its_totals(tmp_path: Path, clean: openpyxl.Workbook) -> None:
    typed = {f"{table}_{_column(table, 'Modifiers')}{inputs.HEAD}": "Of our own" for table in ("Orders", "Visits")}
    book = billing.clean(tmp_path / "b.xlsx", **typed)
    assert book["Claim"][f"{claim.column('Modifier 4')}{claim.ANCHOR}"].value == "Units"
    assert book["Start"][_FLAG].value == "OK"
    for row in range(claim.PER_DIEM, claim.ALL + 1):
        for column in (claim.LINES, claim.UNITS, claim.CHARGES):
            assert book["Claim"][f"{column}{row}"].value == clean["Claim"][f"{column}{row}"].value


def test_own_codes_are_on_the_claim_in_its_totals_and_explained(tmp_path: Path, clean: openpyxl.Workbook) -> None:
    """A code under a letter that no drug of the reference has, for an order of after the reference."""
    added = (
        _cells("Own codes", inputs.FIRST, Code="Q5999")
        | _added("Orders", Order="RX-200", Patient="PT-1020", Payer="Example Commercial", Drug="examplocillin", Dose="1 g",
                 Interval="q8h", Start=_AFTER, Days=2, Prescriber=1234567893)
        | _added("Rates", Code="Q5999", Rate=2)
        | _cells("Provider", _row("Provider", Item="Filing date"), Value=_AFTER + dt.timedelta(14))
    )  # fmt: skip
    book = billing.clean(tmp_path / "b.xlsx", **added, Explain_B4="RX-200")
    lines = [row for row in _rows(book["Claim"], claim.FIRST, len(GRID)) if row[0] == "PT-1020"]
    at = {name: GRID.index(name) for name in GRID}
    assert [(row[at["Code"]], row[at["Units"]], row[at["Charge"]]) for row in lines] == [
        ("S9502", 2, 300),
        ("Q5999", 600, 1200),
    ]
    assert (
        lines[1][-1]
        == "1 g = 100 units of 10 mg x 3 doses x 2 days; Q5999 by Own codes table row 2; Rates table row 34"
    )
    assert {name: one for name, one in _start(book).items() if one[1] != "OK"} == {
        "Warnings that Checks finds": (1, "LOOK"), "Stale lines": (1, "LOOK"),
    }  # fmt: skip
    for column, more in ((claim.LINES, 1), (claim.CHARGES, 1200)):
        place = f"{column}{claim.DRUGS}"
        assert book["Claim"][place].value == pytest.approx(clean["Claim"][place].value + more)
    steps = _rows(book["Explain"], explain.FIRST, 4)
    assert any(str(step[3]).startswith("Own codes table row 2: invented") for step in steps)


def test_totals_follow_when_a_filled_workbook_is_filled_again(tmp_path: Path) -> None:
    before = billing.clean(tmp_path / "b.xlsx")
    after = billing.typed_into(tmp_path / "b.xlsx", Orders_J5=3)
    assert after["Claim"][f"{claim.UNITS}{claim.PER_DIEM}"].value == (
        before["Claim"][f"{claim.UNITS}{claim.PER_DIEM}"].value + 2
    )
    added = _by_payer(after["Claim"])["Example Commercial"] - _by_payer(before["Claim"])["Example Commercial"]
    assert added == pytest.approx(after["Start"]["J8"].value - before["Start"]["J8"].value) and added > 200


def test_the_code_reference_is_spilled_and_nothing_stands_in_error(computed: openpyxl.Workbook) -> None:
    codes = CODES()
    assert len(_rows(computed["Codes"], 5, len(codes[0]))) == len(codes)
    errors = [f"{s.title}!{c.coordinate}" for s in computed for row in s.iter_rows() for c in row if c.data_type == "e"]
    assert errors == []


def test_a_text_on_codes_finds_what_every_drug_is_billed_with(tmp_path: Path) -> None:
    found = billing.computed(tmp_path / "b.xlsx", Codes_C3="Keytruda")["Codes"]
    shown = [row[:2] for row in _rows(found, codes_sheet.ANCHOR + 1, 13)]
    assert shown == [["listed drug", "C9027"], ["listed drug", "J9271"]] and found["D3"].value == XL_INFUSION_VERSION()
    none = billing.typed_into(tmp_path / "b.xlsx", Codes_C3="no such drug")["Codes"]
    assert none[f"A{codes_sheet.ANCHOR}"].value == "#N/A" and none["D3"].value.startswith("Nothing has that text")


def test_a_drug_that_nobody_knows_has_its_row_of_own_codes_beside_its_finding(tmp_path: Path) -> None:
    found = billing.computed(tmp_path / "b.xlsx", Orders_E5="examplomab")["Checks"]
    at = checks.LEFT + len(HEADER) + 2 * len(COUNTED)
    shown = [row[:3] for row in _rows(found, checks.ANCHOR, len(OFFERED), at)]
    assert shown == [["Own codes: Drug", "Own codes: Product", "Own codes: Code"], ["examplomab", None, None]]


def test_spilled_cells_have_the_look_of_their_column(computed: openpyxl.Workbook) -> None:
    sheet = computed["Claim"]
    last = sheet.max_row
    assert (
        sheet[f"D{last}"].number_format == "mm/dd/yyyy"
        and sheet[f"{claim.column('Charge')}{last}"].number_format == "#,##0.00"
    )


def test_functions_whose_answer_has_a_sheet_of_its_own_say_what_stands_there(computed: openpyxl.Workbook) -> None:
    shown = {cell.value for cell in computed["Functions"][functions.RESULT]}
    lines, steps = len(billing.grid()) - 1, len(billing.steps(explain.EXAMPLE)) - 1
    assert {f"Claim: {lines} lines", "Checks: errors 1, warnings 0", f"Explain: {steps} steps"} <= shown


def test_units_of_a_payer_that_takes_fractions_are_seen(tmp_path: Path) -> None:
    fractional = f"{_column('Payers', 'Fractional units')}{_row('Payers', Payer='Example Commercial')}"
    typed = {f"Payers_{fractional}": "yes", "Orders_F5": "955 mg"}
    sheet, units = billing.clean(tmp_path / "b.xlsx", **typed)["Claim"], claim.column("Units")
    assert sheet[f"{units}{claim.FIRST + 1}"].value == pytest.approx(28.65)
    # a look that is conditional: LibreOffice draws it, and no reader of cells tells it
    looks = {str(area.sqref): area.rules[0] for area in sheet.conditional_formatting}
    look = looks[f"{units}{claim.FIRST}:{units}{claim.LAST}"]
    assert look.dxf.numFmt.formatCode == "#,##0.000#" and f"MOD({units}{claim.FIRST},1)<>0" in look.formula[0]


def test_examples_that_spill_have_room(computed: openpyxl.Workbook, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(billing.built(tmp_path / "b.xlsx"))
    shown = {
        formula.value.text: cell
        for formula in book["Functions"][functions.RESULT]
        if isinstance(formula.value, ArrayFormula)
        for cell in [computed["Functions"][formula.coordinate]]
    }
    rank, visit = shown['=PERDIEM_RANK({"q12h";"q8h";"q24h"})'], shown["=VISIT_UNITS(210)"]
    assert [rank.offset(row, 0).value for row in range(3)] == [2, 1, 3]
    assert [visit.offset(0, column).value for column in range(2)] == [1, 1]


def test_a_line_that_cannot_be_billed_makes_the_total_an_error_and_raises_the_flag(tmp_path: Path) -> None:
    book = billing.computed(tmp_path / "b.xlsx", Orders_E5="meropenum")
    assert book["Start"][_FLAG].value == "STOP" and book["Start"]["J8"].value == "#N/A"
    found = _start(book)
    assert found["Lines that cannot be billed"] == (1, "CHECK")
    assert found["Total less the sum of its kinds"] == ("#N/A", "CHECK")
    assert book["Claim"][f"{claim.LINES}{claim.NO_CODE}"].value == 1
    assert _by_payer(book["Claim"])["Example Commercial"] == "#N/A"
    assert isinstance(_by_payer(book["Claim"])["Medicare"], (int, float))


@pytest.mark.office
@pytest.mark.parametrize(
    "typed", [{"Orders_E5": "meropenum"}, {**billing.MENDED, "Orders_F5": "100 g"}], ids=["error", "warning"]
)
def test_libreoffice_works_out_the_same_totals_checks_and_lists(
    tmp_path: Path, office: libreoffice.Office, typed: dict[str, object]
) -> None:
    shown = billing.computed(tmp_path / "b.xlsx", **typed)
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    ours, native = re.compile("|".join(rf"\b{name}\(" for name in FUNCTIONS)), []
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            value = shown[sheet.title][cell.coordinate].value
            if isinstance(cell.value, ArrayFormula) or (cell.data_type == "f" and ours.search(cell.value)):
                cell.value = value
            elif cell.data_type == "f":
                native.append((sheet.title, cell.row, cell.column, value))
    ends = {"PayerNames": len(ROWS["Payers"]), "OrderNumbers": len(ROWS["Orders"])}
    for name in ends:  # the lists end before the blank rows
        book["Lists"].append([f"=ROWS({book.defined_names[name].attr_text})"])
    book.save(tmp_path / "values.xlsx")
    found = libreoffice.values_in(office, tmp_path / "values.xlsx")
    assert [row[0] for row in found["Lists"][-2:]] == list(ends.values())
    differ = [
        (sheet, row, column, value, there)
        for sheet, row, column, value in native
        if (there := found[sheet][row - 1][column - 1]) != ("" if value is None else value)
        and not (isinstance(value, float) and there == pytest.approx(value, abs=1e-6))
    ]
    assert len(native) > 1000 and differ == []


def test_a_code_without_a_rate_raises_the_flag(tmp_path: Path) -> None:
    book = billing.computed(tmp_path / "b.xlsx", **{f"Rates_B{_RATE}": "J0000"})
    assert _start(book)["Lines that cannot be billed"] == (2, "CHECK")
    charges = [book["Claim"][f"{claim.CHARGES}{row}"].value for row in (claim.DRUGS, claim.ALL)]
    assert charges == ["#N/A", "#N/A"]


def test_a_stale_day_is_a_warning_in_both_places(tmp_path: Path) -> None:
    book = billing.clean(tmp_path / "b.xlsx", **_STALE)
    assert {name: status for name, (_, status) in _start(book).items() if status != "OK"} == {
        "Warnings that Checks finds": "LOOK", "Stale lines": "LOOK"
    }  # fmt: skip
    (row,) = (row for row in range(1, 60) if book["Start"][f"B{row}"].value == "Stale lines")
    assert book["Start"][f"G{row}"].value == (
        f"C{not_verified(_AFTER, _AFTER)[1:]}. "
        "Run xl-infusion codes update on CMS's .zip or folder as downloaded: Checks says from where."
    )


def test_a_table_that_lacks_a_column_raises_the_flag(tmp_path: Path) -> None:
    book = billing.computed(tmp_path / "b.xlsx", Orders_E4="Nothing")
    assert book["Claim"][f"A{claim.ANCHOR}"].value == "#VALUE!"
    assert book["Start"][_FLAG].value == "STOP" and book["Start"]["J8"].value == "#VALUE!"
    assert "column missing or twice" in _kinds(book)


def test_an_empty_workbook_says_so(tmp_path: Path, computed: openpyxl.Workbook) -> None:
    book = billing.computed(tmp_path / "b.xlsx", examples=False)
    speaks = [
        ["examples" in str(cell.value) for row in one[sheet].iter_rows() for cell in row]
        for one in (book, computed)
        for sheet in ("Start", "Provider")
    ]
    assert [any(said) for said in speaks] == [False, False, True, True]
    assert book["Start"][_FLAG].value == "EMPTY" and _kinds(book) == []
    assert book["Start"]["J8"].value == "no rates" and book["Start"]["F8"].value == 0
    heading = [name for name in _rows(book["Claim"], claim.ANCHOR, len(GRID))[0] if name]
    assert heading == list(GRID)  # every column of its own width and format, with rates or without
    assert len(_rows(book["Claim"], claim.ANCHOR, len(GRID))) == 1
    assert "B4" in book["Explain"][f"A{explain.ANCHOR}"].value
    errors = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "e"]
    assert errors == []


def test_orders_without_rates_are_counted_and_in_order(tmp_path: Path) -> None:
    typed: dict[str, object] = {
        "A5": "RX-1", "B5": "PT-1", "E5": "meropenem", "F5": "1 g", "G5": "q8h", "H5": dt.date(2025, 7, 1), "J5": 1,
        "N5": 1234567893, "R5": "0409-1391-22",
    }  # fmt: skip
    cells = {f"Orders_{cell}": value for cell, value in typed.items()}
    book = billing.computed(tmp_path / "b.xlsx", examples=False, **cells)
    assert book["Start"][_FLAG].value == "OK" and book["Start"]["F8"].value == 2
    assert book["Start"]["J8"].value == "no rates"
    lines = _rows(book["Claim"], claim.ANCHOR, len(GRID))
    assert [row[GRID.index("Charge")] for row in lines] == ["Charge", None, None] and lines[1][-1].endswith("1 day")
    assert book["Claim"][f"{claim.UNITS}{claim.PER_DIEM}"].value == 1


# -- filled again ---------------------------------------------------------------------------------------------


def test_a_second_fill_changes_nothing(tmp_path: Path) -> None:
    billing.new(tmp_path / "new.xlsx")
    before = (tmp_path / "new.xlsx").read_bytes()
    assert fill(tmp_path / "new.xlsx").changed == 0
    assert (tmp_path / "new.xlsx").read_bytes() == before
