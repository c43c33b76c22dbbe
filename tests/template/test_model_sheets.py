"""The sheets for finance, in the billing workbook and over a year: figures, checks, charts, and what turns the flag."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from tests import ROOT, billing, libreoffice
from xl_infusion.claim import TABLES
from xl_infusion.cli import app
from xl_infusion.functions import BRIDGE, CLAIM_CHECKS, EXPECTED_GRID, SCENARIO_GRID, VARIANCE_GRID
from xl_infusion.model import MODEL_TABLES
from xl_infusion.spreadsheet.xlsx.grid import letters
from xl_infusion.template.build import SHEETS
from xl_infusion.template.examples import ROWS
from xl_infusion.template.model_examples import MISTAKES, MODEL_ROWS
from xl_infusion.template.sheets import expected, inputs, lists, model, model_checks, model_grids, start, variance
from xl_infusion.template.sheets.panels import Spilled
from xl_infusion.template.style import FLAG
from xl_infusion.template.year import payments, year
from xl_infusion.workbook.fill import fill

pytestmark = pytest.mark.slow

_FLAG = FLAG.replace("$", "")
_TABLES = {table.name: table for table in (*TABLES, *MODEL_TABLES)}
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
#: The rows of each table of the claim, and those of the model.
_WORK, _CODES = ("Orders", "Visits", "Payers", "Rates"), ("Payer codes", "Own codes")


def table(rows: object, name: str) -> list[list[object]]:
    """A table with its header row."""
    names = [column.name for column in _TABLES[name].columns]
    return [names, *([row.get(column) for column in names] for row in rows[name])]  # type: ignore[index]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, openpyxl.Workbook]:
    path = tmp_path_factory.mktemp("small") / "billing.xlsx"
    return path, billing.clean(path, Model_B5="yes")


@pytest.fixture(scope="module")
def large() -> tuple[Path, openpyxl.Workbook]:
    """The year as it ships: what the package makes, with nothing left to Excel (tests/test_regenerated.py)."""
    path = ROOT / "workbook" / "home_infusion_model.xlsx"
    return path, openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(params=["small", "large"])
def either(request: pytest.FixtureRequest) -> openpyxl.Workbook:
    return request.getfixturevalue(request.param)[1]


def _cells(book: openpyxl.Workbook, name: str, letter: str, top: int, count: int) -> list[object]:
    return [book[name][f"{letter}{row}"].value for row in range(top, top + count)]


def _grid(book: openpyxl.Workbook, grid: Spilled) -> list[dict[str, object]]:
    """The rows of a spilled grid, as far as its first column goes."""
    sheet, rows = book[grid.sheet], []
    row = grid.first
    while sheet[f"{grid.left}{row}"].value not in (None, ""):
        rows.append({name: sheet[f"{grid.letter(name)}{row}"].value for name in grid.columns})
        row += 1
    return rows


def _block(book: openpyxl.Workbook, sheet: str, row: int, count: int, *columns: str) -> list[list[object]]:
    """The rows of a chart's block that show something."""
    found = [[book[sheet][f"{letter}{at}"].value for letter in columns] for at in range(row + 1, row + 1 + count)]
    return [line for line in found if line[0] not in (None, "")]


def _checks(book: openpyxl.Workbook) -> dict[object, tuple[object, object]]:
    sheet, first = book["Model"], model_checks.TOP + 1
    rows = range(first, first + model_checks.CHECKS)
    return {
        sheet[f"{model_checks.LEFT}{row}"].value: (
            sheet[f"{model_checks.FIGURE}{row}"].value, sheet[f"{model_checks.PASSED}{row}"].value,
        )
        for row in rows
    }  # fmt: skip


# -- both workbooks ----------------------------------------------------------------------------------------------


def test_no_cell_is_an_error(either: openpyxl.Workbook) -> None:
    errors = [f"{s.title}!{c.coordinate}" for s in either for row in s.iter_rows() for c in row if c.data_type == "e"]
    assert errors == []


def test_every_check_is_worked_out_and_holds_and_the_flag_is_ok(either: openpyxl.Workbook) -> None:
    found = _checks(either)
    assert len(found) == model_checks.CHECKS and {passed for _, passed in found.values()} == {True}
    idle = {name for name, (figure, _) in found.items() if figure != 0}
    forecast = either["Model"][model_grids.FORECAST_ON.replace("$", "")].value == "yes"
    assert idle == (set() if forecast else {"Months whose P10, P50, P90 fall"})
    assert either["Start"][_FLAG].value == "OK"


def test_the_sheets_show_what_the_functions_give(either: openpyxl.Workbook) -> None:
    rows = year() if either["Model"]["AK5"].value == "yes" else {**ROWS, **MODEL_ROWS}
    work, codes = [table(rows, name) for name in _WORK], [table(rows, name) for name in _CODES]
    lines = EXPECTED_GRID(*work, table(rows, "Costs"), *codes)
    shown = _grid(either, expected.GRID)
    assert len(shown) == len(lines) - 1
    for name in ("Charge", "Expected", "Adjustment", "Payer pays", "Drug margin"):
        at = lines[0].index(name)
        assert [row[name] for row in shown] == [None if line[at] == "" else line[at] for line in lines[1:]]
    scenarios = SCENARIO_GRID(*work, table(rows, "Scenarios"), *codes)
    assert [list(row.values()) for row in _grid(either, model_grids.SCENARIO_GRID)] == [
        [None if cell == "" else cell for cell in row] for row in scenarios[1:]
    ]
    proposed = either["Model"]["B7"].value
    steps = BRIDGE(*work, table(rows, "Scenarios"), proposed, "Base", *codes)
    assert [row["Total"] for row in _grid(either, model_grids.BRIDGE)] == [step[2] for step in steps[1:]]
    paid = VARIANCE_GRID(*work, table(rows, "Remittance"), *codes)
    at = [paid[0].index(name) for name in ("Variance", "Cause")]
    assert [(row["Variance"], row["Cause"]) for row in _grid(either, variance.GRID)] == [
        tuple(line[i] for i in at) for line in paid[1:]
    ]


def test_the_blocks_of_the_charts_say_what_the_grids_say(either: openpyxl.Workbook) -> None:
    scenarios, proposed = _grid(either, model_grids.SCENARIO_GRID), either["Model"]["B7"].value
    totals = {(row["Scenario"], row["Payer"]): row["Total"] for row in scenarios}
    block = _block(either, "Model", model.BLOCK, model.PAYERS, "A", "B", "C")
    assert [line[0] for line in block] == [payer for name, payer in totals if name == "Base"][1:]
    assert {line[0]: (line[1], line[2]) for line in block} == {
        payer: (pytest.approx(totals["Base", payer]), pytest.approx(totals[proposed, payer])) for payer, *_ in block
    }
    assert either["Model"]["H7"].value == pytest.approx(totals[proposed, "All payers"] - totals["Base", "All payers"])

    steps = _grid(either, model_grids.BRIDGE)
    bridge = _block(either, "Model", model.BLOCK, model.STEPS, "M", "N", "O", "P", "Q", "R", "S")
    floor = either["Model"]["N6"].value
    assert len(bridge) == len(steps) and 0 < floor < min(step["Total"] for step in steps)
    for line, step in zip(bridge, steps, strict=True):
        assert str(step["Step"]).startswith(str(line[0]).split(": $")[0])
        contribution, total, blank, whole, up, down = line[1:]
        assert total == step["Total"] and contribution == pytest.approx(step["Contribution"] or 0)
        assert (up, down) == (pytest.approx(step["Up"]), pytest.approx(step["Down"]))
        assert whole == pytest.approx(step["Whole"] - floor if step["Whole"] else 0)
        assert blank == pytest.approx(step["Blank"] - floor if step["Blank"] else 0)

    terms = _grid(either, model_grids.SENSITIVITY)
    tornado = _block(either, "Model", model.BLOCK, model.TERMS, "U", "W", "Y")
    reach = [max(abs(low), abs(high)) for _, low, high in tornado]
    assert reach == [line[0] for line in _block(either, "Model", model.BLOCK, model.TERMS, "Z")]
    assert reach == sorted(reach, reverse=True) and len(tornado) == len(model.TRIED)
    assert sorted(line[0] for line in tornado) == sorted(row["Term"] for row in terms)
    assert {line[0]: line[1:] for line in tornado} == {
        row["Term"]: [row["Difference 1"], row["Difference 2"]] for row in terms
    }

    causes = Counter[object]()
    for row in _grid(either, variance.GRID):
        causes[row["Cause"]] += row["Variance"]
    shown = _block(either, "Variance", variance.BLOCK, variance.CAUSES, "A", "B")
    assert [line[0] for line in shown] == sorted(
        (cause for cause, amount in causes.items() if round(amount, 2)), key=lambda cause: -abs(causes[cause])
    )
    assert {cause: amount for cause, amount in shown} == {cause: pytest.approx(causes[cause]) for cause, _ in shown}


def test_the_forecasts_block_ends_on_its_last_month(large: tuple[Path, openpyxl.Workbook]) -> None:
    book = large[1]
    months = _grid(book, model_grids.FORECAST_GRID)[1:]
    assert len(months) == 12 and len(_grid(book, model_grids.BASIS)) > 8
    block = _block(book, "Model", model.FORECAST_BLOCK, model.MONTHS, "AJ", "AK", "AL", "AM")
    wanted = [
        [row["Month"], row["Revenue P10"], pytest.approx(row["Revenue P90"] - row["Revenue P10"]), row["Revenue P50"]]
        for row in months
    ]
    assert block == wanted, "no month twice"
    axis = _block(book, "Lists", 1, model.MONTHS, *lists.AXIS)
    assert axis == wanted + [wanted[-1]] * (model.MONTHS - len(months)), "where the axis of the chart ends"


def _references(path: Path) -> Iterator[tuple[str, str, str]]:
    """(chart, what it is, cells) of everything that a chart reads."""
    with zipfile.ZipFile(path) as package:
        for part in package.namelist():
            if re.fullmatch(r"xl/charts/chart\d+\.xml", part):
                root = ElementTree.fromstring(package.read(part))
                assert not list(root.iter(f"{_CHART}numCache")) + list(root.iter(f"{_CHART}strCache"))
                for kind in ("tx", "cat", "val"):
                    for found in root.iter(f"{_CHART}{kind}"):
                        for cells in found.iter(f"{_CHART}f"):
                            yield part, kind, str(cells.text)


def test_charts_read_cells_that_have_something_in_them(
    small: tuple[Path, openpyxl.Workbook], large: tuple[Path, openpyxl.Workbook]
) -> None:
    for path, book in (small, large):
        found = list(_references(path))
        assert len({chart for chart, _, _ in found}) == 5
        assert Counter(kind for _, kind, _ in found) == {"tx": 12, "cat": 12, "val": 12}
        for _, kind, cells in found:
            name, area = cells.replace("$", "").replace("'", "").split("!")
            left, top, right, bottom = range_boundaries(area)
            assert left == right and name in ("Model", "Variance", "Lists")
            values = [book[name].cell(row, left).value for row in range(top, bottom + 1)]
            switched_off = book is small[1] and name == "Lists" and kind != "tx"
            assert (values[0] in (None, "")) is switched_off, cells
            if kind == "val" and not switched_off:
                assert isinstance(values[0], (int, float)), cells


def test_labels_of_a_chart_have_their_own_number_format(small: tuple[Path, openpyxl.Workbook]) -> None:
    """Without it LibreOffice (and the schema) take that of the cells: a zero stands at every column."""
    with zipfile.ZipFile(small[0]) as package:
        parts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")]
    formats = [found for part in parts for found in re.findall(r"<numFmt [^>]*>", part)]
    assert len(formats) >= 7 and all("sourceLinked=" in one for one in formats)


def test_a_second_fill_of_the_model_changes_nothing(small: tuple[Path, openpyxl.Workbook], tmp_path: Path) -> None:
    assert fill(shutil.copyfile(small[0], tmp_path / "again.xlsx")).changed == 0


def test_a_workbook_is_empty_or_has_a_year(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["new", str(tmp_path / "b.xlsx"), "--model", "--empty"])
    assert done.exit_code == 2 and not list(tmp_path.iterdir())


# -- what is typed ----------------------------------------------------------------------------------------------


def _typed(name: str, row: int, **values: object) -> dict[str, object]:
    """Cells typed into the row of a sheet that comes ``row`` rows under its last example."""
    names = [column.name for column in _TABLES[name].columns]
    at = inputs.FIRST + len({**ROWS, **MODEL_ROWS}[name]) + row
    return {f"{name}_{letters(names.index(key.replace('_', ' ')) + 1)}{at}": value for key, value in values.items()}


def _order(row: int, payer: str) -> dict[str, object]:
    return _typed("Orders", row, Order=f"RX-9{row}", Patient=f"PT-9{row}", Payer=payer, Drug="ertapenem", Dose="1 g",
                  Interval="daily", Start=dt.date(2025, 11, 3), Days=10 + row, Prescriber=1234567893)  # fmt: skip


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, openpyxl.Workbook]:
    """The billing workbook, filled, then three payers more and a scenario of many terms typed in, and filled again."""
    path = tmp_path_factory.mktemp("grown") / "grown.xlsx"
    billing.clean(path, Model_B5="yes")
    typed: dict[str, object] = {"Model_B7": "Many"}
    for row, payer in enumerate(("New One", "New Two", "New Three")):
        typed |= _typed("Payers", row, Payer=payer) | _order(row, payer)
    many = {
        "Volume_growth": 0.1, "Days_counted": "infusion days", "Rank_by": "rate", "Unit_rounding": "line",
        "Second_share": 0.4, "Third_share": 0.1, "Per_diem_change": 0.02, "Per_diem_amount": 1, "Code": "S9500",
        "Rate": 105,
    }  # fmt: skip
    typed |= _typed("Scenarios", 0, Scenario="Many", **many)
    return path, billing.typed_into(path, **typed)


def test_a_chart_follows_payers_and_steps_that_are_more_than_it_has_room_for(
    grown: tuple[Path, openpyxl.Workbook],
) -> None:
    book = grown[1]
    totals = {(row["Scenario"], row["Payer"]): row["Total"] for row in _grid(book, model_grids.SCENARIO_GRID)}
    block = _block(book, "Model", model.BLOCK, model.PAYERS, "A", "B", "C")
    assert len(block) == model.PAYERS and block[-1][0] == "all others"
    for at, name in ((1, "Base"), (2, "Many")):
        assert sum(line[at] for line in block) == pytest.approx(totals[name, "All payers"])
    steps = _grid(book, model_grids.BRIDGE)
    assert len(steps) > model.STEPS
    bridge = _block(book, "Model", model.BLOCK, model.STEPS, "M", "N", "O")
    assert len(bridge) == model.STEPS and bridge[-2][0] == "other terms"
    assert bridge[-1][0] == f"Many: ${totals['Many', 'All payers']:,.0f}"
    assert sum(line[1] for line in bridge) == pytest.approx(totals["Many", "All payers"] - totals["Base", "All payers"])
    assert {passed for _, passed in _checks(book).values()} == {True} and book["Start"][_FLAG].value == "OK"


@pytest.mark.office
def test_libreoffice_draws_the_charts_from_the_grown_cells(
    grown: tuple[Path, openpyxl.Workbook], tmp_path: Path, office: libreoffice.Office
) -> None:
    fill(grown[0], tmp_path / "values.xlsx", values=True)
    charts = {title: (rows, data) for title, rows, data in office.run(_CHARTS, str(tmp_path / "values.xlsx"))}
    assert len(charts) == 5
    rows, data = charts["Current against proposed, by payer"]
    block = _block(grown[1], "Model", model.BLOCK, model.PAYERS, "A", "B", "C")
    assert rows == [line[0] for line in block]
    assert data == [pytest.approx(line[1:]) for line in block]
    rows, data = charts["From current to proposed: what each term contributes"]
    assert rows[-2:] == ["other terms", grown[1]["Model"][f"M{model.BLOCK + model.STEPS}"].value]
    assert [line[2] > 0 or line[3] > 0 or line[1] > 0 for line in data].count(True) >= 4


#: The title of every chart of a document, the names of its rows, and their numbers.
_CHARTS = """
document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(arguments[0]), "_blank", 0, properties(Hidden=True))
result = []
for sheet in document.Sheets:
    for chart in (sheet.Charts.getByIndex(i) for i in range(sheet.Charts.Count)):
        data = chart.EmbeddedObject.getData()
        rows = [[None if value != value else value for value in row] for row in data.getData()]
        result.append((chart.EmbeddedObject.Title.String, list(data.getRowDescriptions()), rows))
document.close(True)
"""


def test_an_order_that_cannot_be_priced_shows_in_the_totals_and_stops(tmp_path: Path) -> None:
    book = billing.clean(tmp_path / "b.xlsx", Orders_E5="meropenum", Model_B5="yes")
    assert book["Model"]["D7"].value == "#N/A" and book["Expected"]["A4"].value == "#N/A"
    rows = {(row["Scenario"], row["Payer"]): row for row in _grid(book, model_grids.SCENARIO_GRID)}
    assert rows["Proposed", "All payers"]["Total"] == "#N/A" and "meropenum" in str(rows["Base", "All payers"]["Why"])
    assert isinstance(rows["Proposed", "Medicare"]["Total"], (int, float))
    found = _checks(book)
    assert found["Base total less the sum of Expected"] == ("#N/A", False)
    assert book["Start"][_FLAG].value == "STOP"
    status = book["Start"][f"F{start.CHECK_ROW + start.CHECKS}"].value
    assert status == "CHECK"


@pytest.mark.parametrize(
    ("typed", "check"),
    [
        ({f"Model_{model_grids.SCENARIO_GRID.at}": "gone"}, "Base total less the sum of Expected"),
        ({f"Expected_{expected.GRID.at}": "gone"}, "Base total less the sum of Expected"),
        ({f"Model_{model_grids.BRIDGE.at}": "gone"}, "Bridge less the difference of its scenarios"),
        ({f"Variance_{variance.GRID.at}": "gone"}, "Matched + unmatched less what payers owe"),
    ],
)
def test_a_grid_that_is_gone_fails_its_check(tmp_path: Path, typed: dict[str, object], check: str) -> None:
    book = billing.clean(tmp_path / "b.xlsx", **({"Model_B5": "yes"} | typed))
    assert _checks(book)[check][1] is False and book["Start"][_FLAG].value == "STOP"


def test_a_model_that_is_switched_off_says_so_and_claims_nothing(tmp_path: Path) -> None:
    book = billing.clean(tmp_path / "b.xlsx", Model_B5="no")
    said = "Switched off: choose yes in Model B5"
    for grid in (expected.GRID, variance.GRID, *_MODEL):
        assert book[grid.sheet][grid.at].value == said, grid.at
    assert {figure for figure, _ in _checks(book).values()} == {"not worked out"}
    assert book["Model"]["D7"].value in (None, "") and book["Start"][_FLAG].value == "OK"
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "e"]


_MODEL = (
    model_grids.SCENARIO_GRID, model_grids.BRIDGE, model_grids.SENSITIVITY, model_grids.BREAK_EVEN,
    model_grids.FORECAST_GRID, model_grids.BASIS, model_grids.SUMMARY,
)  # fmt: skip


def test_too_few_orders_for_a_forecast_are_an_error_and_never_a_figure(tmp_path: Path) -> None:
    book = billing.clean(tmp_path / "b.xlsx", Model_B5="yes", Model_AK5="yes")
    assert book["Model"][model_grids.FORECAST_GRID.at].value == "#N/A"
    assert _block(book, "Model", model.FORECAST_BLOCK, model.MONTHS, "AJ") == []


def test_an_empty_workbook_has_nothing_to_work_out(tmp_path: Path) -> None:
    book = billing.computed(tmp_path / "b.xlsx", examples=False, Model_B5="yes")
    assert book["Model"]["B9"].value == "Nothing to work out: no orders yet"
    assert book["Variance"]["B6"].value == "Nothing to work out: no orders yet"
    assert {passed for _, passed in _checks(book).values()} == {True}


def test_scenarios_are_offered_once_each_after_the_base(small: tuple[Path, openpyxl.Workbook]) -> None:
    meaning = openpyxl.load_workbook(small[0]).defined_names["ScenarioChoices"].attr_text
    letter = re.search(r"Lists!\$([A-Z]+)\$2", meaning)
    assert letter is not None
    assert [name for name in _cells(small[1], "Lists", letter[1], 2, 8) if name] == ["Base", "Current", "Proposed"]


def test_columns_of_a_block_have_one_formula(small: tuple[Path, openpyxl.Workbook]) -> None:
    sheet = openpyxl.load_workbook(small[0])["Model"]
    for letter, count in (("A", model.PAYERS), ("B", model.PAYERS), ("M", model.STEPS), ("P", model.STEPS),
                          ("U", model.TERMS), ("AA", model.TERMS), ("AK", model.MONTHS)):  # fmt: skip
        top = model.FORECAST_BLOCK if letter == "AK" else model.BLOCK
        rows = range(top + 1, top + 1 + count)
        assert len({_as_first(sheet, letter, row) for row in rows}) == 1, letter


def _as_first(sheet: Worksheet, letter: str, row: int) -> str:
    """A formula with the rows that move with it written as distances."""
    text = re.sub('"[^"]*"', '""', str(sheet[f"{letter}{row}"].value))
    return re.sub(r"(?<![$A-Z0-9])(\$?[A-Z]{1,3})(\d+)\b", lambda m: f"{m[1]}[{int(m[2]) - row}]", text)


# -- the rows ---------------------------------------------------------------------------------------------------


def test_the_examples_payments_are_wrong_where_they_say(small: tuple[Path, openpyxl.Workbook]) -> None:
    rows = _grid(small[1], variance.GRID)
    wrong = {(row["Order"], row["Code"]): row["Cause"] for row in rows if row["Cause"] != "paid as expected"}
    old = {key: cause for key, cause in wrong.items() if key[0] in ("RX-101", "RX-102")}
    assert {cause for cause in old.values()} == {"line missing"}  # the orders of 2013 are not on Remittance
    assert {key: cause for key, cause in wrong.items() if key not in old} == MISTAKES


def test_the_year_is_what_it_says_it_is() -> None:
    rows = year()
    orders = rows["Orders"]
    assert len({row["Patient"] for row in orders}) == 300 and 1200 <= len(orders) <= 1600
    assert {row["Payer"] for row in orders} == {row["Payer"] for row in rows["Payers"]} and len(rows["Payers"]) == 6
    starts = [row["Start"] for row in orders]
    assert (min(starts), max(starts)) == (dt.date(2024, 12, 1), dt.date(2025, 11, 30))
    assert max(row["End"] for row in orders) <= dt.date(2025, 12, 31)
    assert 18 <= len(rows["Scenarios"]) <= 22 and len({row["Scenario"] for row in rows["Scenarios"]}) == 12
    concurrent = {
        one["Patient"] for one, other in _neighbors(orders)
        if one["Drug"] != other["Drug"] and one["Start"] <= other["End"] and other["Start"] <= one["End"]
    }  # fmt: skip
    assert 0.2 <= len(concurrent) / 300 <= 0.25
    assert CLAIM_CHECKS(*(table(rows, name) for name in (*_WORK, "Provider", *_CODES)))[1:] == []


def _neighbors(orders: object) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    by_patient: dict[object, list[dict[str, object]]] = {}
    for row in orders:  # type: ignore[attr-defined]
        by_patient.setdefault(row["Patient"], []).append(row)
    for own in by_patient.values():
        yield from ((one, other) for i, one in enumerate(own) for other in own[i + 1 :])


def test_what_was_put_into_the_payments_of_the_year_is_found_and_nothing_else(
    large: tuple[Path, openpyxl.Workbook],
) -> None:
    put = Counter(one.mistake for one in payments.paid(year()) if one.mistake)
    assert put == payments.COUNTS
    wrong = Counter(row["Cause"] for row in _grid(large[1], variance.GRID) if row["Cause"] != "paid as expected")
    assert sum(wrong.values()) == sum(put.values())  # each mistake a line, a line paid twice too
    for cause in ("days counted short", "line missing", "line not ours", "paid twice"):
        assert wrong[cause] >= put[cause], cause


def test_the_sheets_for_finance_have_their_own_tabs() -> None:
    colors = {name: SHEETS[name] for name in ("Costs", "Expected", "Scenarios", "Model", "Remittance", "Variance")}
    assert len(set(colors.values())) == 2 and set(colors.values()).isdisjoint(
        color for name, color in SHEETS.items() if name not in colors
    )
    order = list(SHEETS)
    assert order.index("Explain") < order.index("Costs") and order.index("Variance") < order.index("Codes")
