"""`xl-infusion report`: one page with what the functions answer, and nothing of a patient."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import html
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table
from typer.testing import CliRunner, Result

import xl_infusion
from tests import ROOT
from xl_infusion.cli import app
from xl_infusion.errors import ExcelError
from xl_infusion.reference import current
from xl_infusion.template.model_examples import PROPOSED, SCENARIOS
from xl_infusion.workbook.report.contracts import TRIED

pytestmark = pytest.mark.slow

Tables = dict[str, list[list[Any]]]

ORDERS = ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"]
#: A payer whose name is markup, and what matplotlib would set as mathematics.
ODD = "<b>Acme</b> & $x^2$ \\1"
SECTIONS = ["basis", "expected", "scenarios", "bridge", "terms", "forecast", "paid"]


def tables() -> Tables:
    """36 orders in four months, two payers, scenarios, costs and payments of which two are wrong."""
    orders: list[list[Any]] = [ORDERS]
    remittance: list[list[Any]] = [["Order", "Patient", "Code", "Modifiers", "From", "To", "Units", "Paid"]]
    for i in range(36):
        start = dt.datetime(2025, 5 + i // 9, 1 + 3 * (i % 9))
        patient, payer = f"PT-{i // 2:03}-HIDDEN", ODD if i % 4 < 2 else "Valley"
        drug, dose, interval = ("ceftriaxone", "2 g", "daily") if i % 2 == 0 else ("ertapenem", "1 g", "q24h")
        orders.append([f"RX-{i}", patient, payer, drug, dose, interval, start, 7])
    for order in (1, 3):
        number, patient, *_ = orders[order]
        start = orders[order][6]
        remittance.append([number, patient, "S9500", "", start, start + dt.timedelta(5), 6, 600])
    return {
        "Orders": orders,
        "Payers": [["Payer", "Second share", "Third share"], [ODD, 0.5, 0.25], ["Valley", 0.5, 0.25]],
        "Rates": [["Code", "Rate", "Basis"], ["S9500", 100, "fee"], ["J0696", 0.65, "fee"], ["J1335", 12, "fee"],
                  *([code, rate, "usual charge"] for code, rate in (("S9500", 150), ("J0696", 1.5), ("J1335", 25)))],
        "Costs": [["Drug or code", "Cost"], ["ceftriaxone", 0.4], ["ertapenem", 9.25]],
        "Scenarios": [["Scenario", "Payer", "Second share", "Per diem change"],
                      ["Same", "", "", ""], ["Half", ODD, 0.25, ""], ["Half", "", "", -0.031], ["More", "", "", 0.1]],
        "Remittance": remittance,
    }  # fmt: skip


def book(path: Path, of: Tables, keep: int | None = None) -> Path:
    """A workbook with those Excel tables, each on a sheet; ``keep``: only so many orders."""
    out = openpyxl.Workbook()
    out.remove(out.active)
    for name, rows in of.items():
        sheet = out.create_sheet(name)
        shown = rows[: keep + 1] if keep is not None and name == "Orders" else rows
        for row in shown:
            sheet.append(row)
        sheet.add_table(Table(displayName=name, ref=f"A1:{get_column_letter(len(rows[0]))}{len(shown)}"))
    out.save(path)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments)], env={"COLUMNS": "400", "NO_COLOR": "1"})


class Page:
    """A report as a reader finds things in it."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_text("utf-8")
        self.tree = html.fromstring(self.text)

    def section(self, key: str) -> Any:
        [found] = self.tree.xpath(f"//section[@id='{key}']")
        return found

    def said(self, key: str) -> str:
        return " ".join(" ".join(self.section(key).itertext()).split())

    def table(self, key: str, caption: str) -> list[list[str]]:
        """The rows under a caption, headings first."""
        [found] = [one for one in self.section(key).xpath(".//div[h3]/table") if one.getparent()[0].text == caption]
        return [
            [cell.text_content().strip() for cell in row.xpath("./th|./td")]
            for row in found.xpath(".//tr[not(contains(concat(' ', @class, ' '), ' under '))]")
        ]


def shown(value: object) -> str:
    """An amount as the page has it, without its sign for what went up."""
    return f"{value}" if isinstance(value, ExcelError) else f"{'-' if value < 0 else ''}${abs(value):,.2f}"  # type: ignore[operator]


def plain(cell: str) -> str:
    """A cell without the sign for what went up, with a plain minus."""
    return cell.replace("\u2212", "-").removeprefix("+")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Page]:
    """The workbook, and its report."""
    path = book(tmp_path_factory.mktemp("report") / "orders.xlsx", tables())
    before = path.read_bytes()
    done = run(path)
    assert done.exit_code == 0, done.output
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir() if one.suffix != ".xlsx"] == ["orders.html"]
    return path, Page(path.with_suffix(".html"))


def called(name: str, of: Tables, *arguments: object) -> list[list[Any]]:
    """What a function gives for the tables."""
    first = [of.get(table) for table in ("Orders", "Visits", "Payers", "Rates")]
    found = getattr(xl_infusion, name)(*first, *arguments)
    assert isinstance(found, list), found.message
    return found


def columns(grid: list[list[Any]], *names: str) -> list[list[Any]]:
    return [[row[grid[0].index(name)] for name in names] for row in grid[1:]]


def same(rows: list[list[str]], figures: list[list[Any]]) -> None:
    """The rows of a page (headings first) are these: text, then amounts."""
    assert sorted([row[0], *map(plain, row[1:])] for row in rows[1:]) == sorted(
        [str(row[0]), *(shown(value) for value in row[1:])] for row in figures
    )
    assert len(figures) > 1


def test_every_section_is_there_with_its_finding(report: tuple[Path, Page]) -> None:
    _, page = report
    assert [one.get("id") for one in page.tree.xpath("//section")] == SECTIONS
    assert [one.get("href") for one in page.tree.xpath("//nav/a")] == [f"#{key}" for key in SECTIONS]
    assert not page.tree.xpath("//*[@class='problem' or @class='missing']")
    for key, says in {
        "basis": "Orders 36 Patients 18 Visits 0 Days of service May 1, 2025 to Aug 31, 2025 Claim lines 88",
        "expected": "The contracts come to",
        "scenarios": "Half brings",
        "bridge": "The largest step is Second share 25 %",
        "terms": "moves most",
        "forecast": "It rests on 36 orders.",
        "paid": "lines were not paid as expected",
    }.items():
        assert says in page.said(key), (key, page.said(key)[:400])
    through = current().edition.verified_through
    assert f"verified through {through:%b} {through.day}, {through.year}" in page.said("basis")
    charts = {key: len(page.section(key).xpath(".//*[local-name()='svg']")) for key in SECTIONS}
    assert charts == {"basis": 0, "expected": 3, "scenarios": 2, "bridge": 1, "terms": 1, "forecast": 2, "paid": 2}


def test_every_figure_is_what_the_function_gives(report: tuple[Path, Page]) -> None:
    _, page = report
    of = tables()
    expected = called("EXPECTED_GRID", of, of["Costs"])
    amounts = ("Charge", "Expected", "Adjustment", "Drug cost", "Drug margin")
    for by in ("Payer", "Therapy"):
        rows = [[row[0], *row[2:]] for row in page.table("expected", f"By {by.lower()}")]
        same(rows, columns(xl_infusion.CLAIM_SUMMARY(expected, by), by, *amounts))
    months = columns(xl_infusion.CLAIM_SUMMARY(expected, "Month"), "Month", *amounts)
    names = {"2025-05": "May 2025", "2025-06": "Jun 2025", "2025-07": "Jul 2025", "2025-08": "Aug 2025"}
    same([[row[0], *row[2:]] for row in page.table("expected", "By month")],
         [[names.get(row[0], row[0]), *row[1:]] for row in months])  # fmt: skip
    grid = called("SCENARIO_GRID", of, of["Scenarios"])
    totals = {(row[0], row[1]): row for row in columns(grid, "Scenario", "Payer", "Total", "Difference")}
    whole = page.table("scenarios", "Every scenario, all payers together")
    same([[row[0], row[6], row[7]] for row in whole],
         [[name, *row[2:]] for (name, payer), row in totals.items() if payer == "All payers"])  # fmt: skip
    same([row[:4] for row in page.table("scenarios", "Half, by payer")],
         [[payer, totals["Base", payer][2], *row[2:]] for (name, payer), row in totals.items() if name == "Half"])  # fmt: skip
    steps = called("BRIDGE", of, of["Scenarios"], "Half")
    found = page.table("bridge", "Step by step")
    assert [[row[0], plain(row[1]), row[2]] for row in found[1:]] == [
        [row[0], "" if row[1] == "" else shown(row[1]), shown(row[2])] for row in steps[1:]
    ]
    terms = called("SENSITIVITY", of, [[one[0]] for one in TRIED], [[*one[1:]] for one in TRIED])
    same([[row[0], row[2], row[4]] for row in page.table("terms", "Each term with both values")],
         columns(terms, "Term", "Difference 1", "Difference 2"))  # fmt: skip
    ahead = called("FORECAST_GRID", of)
    for what, at in (("Revenue", 5), ("Cash", 1)):
        rows = page.table("forecast", f"{what}, month by month")
        names_ = [f"{what} {name}" for name in ("known", "P10", "P50", "P90")]
        assert [row[at:] for row in rows[1:]] == [[*map(shown, row)] for row in columns(ahead, *names_)]
        assert len(rows) == 14 and [row[0] for row in rows[1:3]] == ["Total", "Sep 2025"]
    variance = called("VARIANCE_GRID", of, of["Remittance"])
    for by, caption in (("Cause", "By likely cause"), ("Payer", "By payer")):
        rows = [[row[0], *row[2:]] for row in page.table("paid", caption)]
        same(rows, columns(xl_infusion.CLAIM_SUMMARY(variance, by), by, "Expected", "Paid", "Variance"))
    assert "days counted short" in page.said("paid")


def test_no_patient_and_no_order_is_named_and_text_stays_text(report: tuple[Path, Page]) -> None:
    _, page = report
    assert "HIDDEN" not in page.text and "RX-" not in page.text
    assert "<b>Acme" not in page.text and not page.tree.xpath("//b[.='Acme']")
    labels = page.tree.xpath("//*[local-name()='svg']//*[local-name()='text']/text()")
    assert labels.count(ODD) >= 3


def test_the_page_needs_nothing_beside_itself(report: tuple[Path, Page]) -> None:
    _, page = report
    text = page.text.replace("http://www.w3.org/", "")
    assert not re.search(r"https?:|url\((?!#)|@import|<script|<link|<img|<image|<iframe", text)
    assert not page.tree.xpath("//@*[starts-with(name(), 'on')]") and "default-src 'none'" in text
    assert len(text) < 400_000
    names = page.tree.xpath("//@id")
    assert set(SECTIONS) <= set(names)
    # a name that is on the page twice is that of the same shape
    shapes: dict[str, set[bytes]] = {}
    for one in page.tree.xpath("//*[@id]"):
        shapes.setdefault(one.get("id"), set()).add(html.tostring(one, with_tail=False))
    assert all(len(found) == 1 for found in shapes.values())


def test_the_same_workbook_gives_the_same_bytes(report: tuple[Path, Page], tmp_path: Path) -> None:
    path, page = report
    code = f"from xl_infusion.cli import main; import sys; sys.argv[1:] = {['report', str(path), '-q', '-o', str(tmp_path / 'again.html')]!r}; main()"
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "MPLBACKEND": "pdf"}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == done.stderr == "", done.stderr
    assert (tmp_path / "again.html").read_text("utf-8") == page.text


def test_another_scenario_can_be_shown(report: tuple[Path, Page], tmp_path: Path) -> None:
    path, _ = report
    to = tmp_path / "more.html"
    assert run(path, "--scenario", "more", "-o", to).exit_code == 0
    assert "More brings $2,200.00 more" in Page(to).said("scenarios") and "Bridge to More" in Page(to).said("bridge")
    again = run(path, "--scenario", "Same", "-o", to)
    assert again.exit_code == 3 and "is there already" in again.output and "--force" in again.output
    assert run(path, "--scenario", "Same", "-o", to, "--force").exit_code == 0
    assert "Same changes nothing" in Page(to).said("bridge")
    wrong = run(path, "--scenario", "Hlaf", "-o", tmp_path / "none.html")
    assert wrong.exit_code == 2 and "scenario 'Hlaf' is not in Scenarios: it has Base, Same, Half, More" in wrong.output
    assert [one.name for one in tmp_path.iterdir()] == ["more.html"]


def test_the_scenario_that_is_chosen_on_model_is_shown(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", tables())

    def choose(name: str) -> Page:
        workbook = openpyxl.load_workbook(path)
        if "Model" not in workbook.sheetnames:
            workbook.create_sheet("Model")
        workbook["Model"]["A9"], workbook["Model"]["B9"] = "Proposed", name
        workbook.save(path)
        assert run(path, "--force").exit_code == 0
        return Page(path.with_suffix(".html"))

    assert "Bridge to More" in choose(" more").said("bridge")
    assert "Bridge to Half" in choose("Base").said("bridge"), "the first that changes the contracts"
    assert run(path, "--force", "-s", "same").exit_code == 0
    assert "Bridge to Same" in Page(path.with_suffix(".html")).said("bridge")
    wrong = choose("Mor")
    says = "scenario 'Mor' is not in Scenarios: it has Base, Same, Half, More; choose one on Model"
    assert says in wrong.said("scenarios") and "#N/A" in wrong.said("bridge")


def test_the_sheet_model_of_a_new_workbook_says_which(tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(Path(xl_infusion.__file__).parents[1] / "workbook" / "home_infusion_billing.xlsx")
    assert (workbook["Model"]["B7"].value, "Bridge to Current") == (PROPOSED, f"Bridge to {SCENARIOS[0]['Scenario']}")
    workbook["Model"]["B7"] = "Current"
    workbook.save(tmp_path / "a.xlsx")
    assert run(tmp_path / "a.xlsx").exit_code == 0
    assert "Bridge to Current" in Page(tmp_path / "a.html").said("bridge")


def test_each_error_is_shown_with_its_reason_and_in_every_total(tmp_path: Path) -> None:
    of = tables()
    of["Orders"][3][3] = "ceftriaxonne"
    of["Scenarios"].append(["Odd", "", 7, ""])
    path = book(tmp_path / "wrong.xlsx", of)
    done = run(path, "-s", "Half")
    assert done.exit_code == 0 and "1 claim line cannot be priced" in done.output
    page = Page(tmp_path / "wrong.html")
    why = "drug 'ceftriaxonne' is not in the reference: did you mean ceftriaxone?"
    assert page.table("basis", "Lines that cannot be priced")[1:] == [["#N/A", "1", why]]
    for key in ("expected", "scenarios", "bridge", "terms", "forecast", "paid"):
        assert why in page.said(key), key
    tiles = page.tree.xpath("//*[contains(@class, 'tile ')]")
    assert [one.xpath("./b")[0].text for one in tiles].count("#N/A") == 3 and why in tiles[0].text_content()
    by_payer = {row[0]: row for row in page.table("expected", "By payer")[1:]}
    assert by_payer["Total"][3] == by_payer["Valley"][3] == "#N/A1" and by_payer[ODD][3].startswith("$")
    labels = page.section("expected").xpath(".//*[local-name()='text']/text()")
    assert labels.count("#N/A") == 3, "in the charts by month, by payer and by therapy"
    odd = next(row for row in page.table("scenarios", "Every scenario, all payers together") if row[0] == "Odd")
    assert set(odd[1:]) == {"#NUM!"} and "Second share 7 is not from 0 to 1" in page.said("scenarios")
    assert "HIDDEN" not in page.text


def test_a_section_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    few = tables()
    del few["Remittance"]
    few["Scenarios"] = [few["Scenarios"][0], ["", "", "", ""]]
    book(tmp_path / "few.xlsx", few, keep=8)
    done = run(tmp_path / "few.xlsx")
    assert done.exit_code == 0, done.output
    page = Page(tmp_path / "few.html")
    assert "Not here: the table Scenarios has no rows yet." in page.said("scenarios")
    assert "Not here: the table Scenarios has no rows yet." in page.said("bridge")
    assert "#N/A a forecast rests on 30 orders or more" in page.said("forecast")
    assert "Not here: the workbook has no table Remittance." in page.said("paid")
    assert "moves most" in page.said("terms") and "$" in page.said("expected")
    assert "Forecast: #N/A a forecast rests on" in done.output and "the workbook has no table Remittance" in done.output
    asked = run(tmp_path / "few.xlsx", "-s", "Half", "--force")
    assert asked.exit_code == 2 and "scenario 'Half': the table Scenarios has no rows yet" in asked.output
    book(tmp_path / "bare.xlsx", {"Orders": tables()["Orders"]})
    assert run(tmp_path / "bare.xlsx").exit_code == 0
    bare = Page(tmp_path / "bare.html")
    assert all("needs Rates" in bare.said(key) for key in ("basis", "expected", "terms", "forecast"))
    book(tmp_path / "empty.xlsx", {**tables(), "Orders": [ORDERS, [None] * 8]})
    assert run(tmp_path / "empty.xlsx").exit_code == 0
    assert "Not here: the table Orders has no rows yet." in Page(tmp_path / "empty.html").said("expected")


def test_formulas_in_a_table_are_worked_out_first(report: tuple[Path, Page], tmp_path: Path) -> None:
    _, page = report
    of = tables()
    for row in of["Rates"][1:]:
        row[1] = f"={row[1]}/1"
    path = book(tmp_path / "orders.xlsx", of)
    before = path.read_bytes()
    assert run(path).exit_code == 0 and path.read_bytes() == before
    assert (tmp_path / "orders.html").read_text("utf-8") == page.text


def test_failures(tmp_path: Path, report: tuple[Path, Page]) -> None:
    path, _ = report
    (tmp_path / "text.xlsx").write_text("a,b\n")
    openpyxl.Workbook().save(tmp_path / "blank.xlsx")
    for arguments, status, says in [
        ([tmp_path / "none.xlsx"], 3, "none.xlsx"),
        ([tmp_path / "text.xlsx"], 4, "CSV"),
        ([tmp_path / "blank.xlsx"], 4, "has no table Orders"),
        ([path, "-o", tmp_path / "a.pdf"], 2, "for a PDF print the page in a browser"),
        ([path, "-o", tmp_path / "a.txt"], 2, "ends in .html"),
        ([path, "-o", tmp_path / "no" / "a.html"], 3, "a.html"),
        ([], 2, "Missing argument"),
    ]:
        failure = run(*arguments)
        assert failure.exit_code == status and says in failure.output, (arguments, failure.output)
    assert not [one for one in tmp_path.iterdir() if one.suffix != ".xlsx"]


def test_a_library_that_is_missing_is_named_with_what_to_do(report: tuple[Path, Page], tmp_path: Path) -> None:
    path, _ = report
    # a Python that finds all that this one does, but for the library
    code = """
import sys
from importlib.machinery import PathFinder
class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] == "matplotlib" else PathFinder.find_spec(name, path, target)
sys.meta_path[:] = [Without if one is PathFinder else one for one in sys.meta_path if "editable" not in repr(one)] + [
    one for one in sys.meta_path if "editable" in repr(one)]
from xl_infusion.cli import main
main()
"""
    arguments = [sys.executable, "-c", code, "report", str(path), "-o", str(tmp_path / "a.html")]
    done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 9, done.stderr
    said = " ".join(done.stderr.split())
    assert "a report needs matplotlib, not installed here" in said and "jinja2" not in said
    assert f'{sys.executable} -m pip install "matplotlib>=3.9,<4"' in said
    assert not list(tmp_path.iterdir())


def test_the_libraries_are_imported_only_for_a_report_and_as_the_extra_has_them() -> None:
    code = "import sys, xl_infusion.cli; print([name for name in ('jinja2', 'matplotlib') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    import tomllib

    from xl_infusion.workbook.report.write import LIBRARIES

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = extras["optional-dependencies"]
    assert wanted["report"] == list(LIBRARIES.values()) and set(wanted["report"]) <= set(wanted["test"])
