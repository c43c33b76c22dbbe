"""The help pages: complete, as checked in, and every example on them true in Python and in a workbook."""

from __future__ import annotations

import datetime as dt
import doctest
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import openpyxl
import pytest

from tests import ROOT
from xl_infusion import functions as published
from xl_infusion.functions import FUNCTIONS, WorksheetFunction
from xl_infusion.functions.worksheet import scalar
from xl_infusion.help import pages, vba_names
from xl_infusion.help.formulas import Shown, cell_text, examples_of, formula_of
from xl_infusion.workbook.fill import fill

DOCS = ROOT / "docs" / "functions"

#: The most characters of a text in the function wizard, and the most arguments that it describes ([MS-XLSB] 2.4.712
#: and 2.5.3: 1 to 60 descriptions of 1 to 255 characters); the same for what a function gives (MacroOptions).
TEXT, DESCRIBED = 255, 60

#: What a function need not say, and why.
EXEMPT = {
    ("XL_INFUSION_VERSION", "errors"): "takes nothing; it fails only where no function has codes to answer from",
    ("XL_INFUSION_VERSION", "authority"): "tells what is installed, no rule",
    ("XL_INFUSION_VERSION", "takes"): "takes nothing",
    ("DOSES_PER_DAY", "authority"): "arithmetic: 24 hours by the hours between doses",
}

EVERY = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


def lacking(function: WorksheetFunction) -> list[str]:
    """What the help of a function lacks, and which of its texts do not fit where they are shown."""
    doc = function.doc
    lacks = [
        name
        for name in ("summary", "takes", "gives", "errors", "authority", "examples")
        if not getattr(doc, name) and (function.name, name) not in EXEMPT
    ]
    if doc.examples and not examples_of(function):
        lacks.append("an example that a cell can hold")
    if not re.search(rf"\b{function.name}\(", function.example):
        lacks.append("the function in the example of the sheet Functions")
    texts = {"summary": doc.summary, "category": function.category} | {p.name: p.doc for p in function.parameters}
    lacks += [f"{name}: 1 to {TEXT} characters, not {len(text)}" for name, text in texts.items() if len(text) > TEXT]
    lacks += [f"{name}: a text" for name, text in texts.items() if not text.strip() and name != "summary"]
    if len(function.parameters) > DESCRIBED:
        lacks.append(f"at most {DESCRIBED} arguments")
    return lacks


@EVERY
def test_every_function_has_all_its_texts(function: WorksheetFunction) -> None:
    assert lacking(function) == []


def test_what_is_exempt_lacks_it_indeed() -> None:
    assert {key: getattr(FUNCTIONS[key[0]].doc, key[1]) for key in EXEMPT} == dict.fromkeys(EXEMPT, "")


def made(rule: Callable[..., Any], example: str = "=MADE(1)", category: str = "Drugs") -> WorksheetFunction:
    return WorksheetFunction("MADE", rule, category, False, example)


def test_a_function_without_its_texts_is_found() -> None:
    def bare(cell: Annotated[Any, {"doc": ""}]) -> Any: ...

    assert lacking(made(bare, "=OTHER(1)", "")) == [
        "summary", "takes", "gives", "errors", "authority", "examples",
        "the function in the example of the sheet Functions", "category: a text", "cell: a text",
    ]  # fmt: skip

    def wordy(cell: Annotated[Any, {"doc": "x" * 256}]) -> Any: ...

    wordy.__doc__ = f"{'x' * 256}\n\nIn: a. Out: b. Errors: c. Authority: d.\n\n>>> len('MADE(cell)')\n10"
    assert lacking(made(wordy)) == [
        "an example that a cell can hold",
        "summary: 1 to 255 characters, not 256",
        "cell: 1 to 255 characters, not 256",
    ]


# --- as checked in


def test_every_function_has_its_page() -> None:
    """What stands on them: tests/test_regenerated.py."""
    assert {path.stem for path in DOCS.glob("*.md")} == {"README", *FUNCTIONS}


def test_make_writes_the_links_of_an_address_and_removes_what_is_no_function(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "functions"
    folder.mkdir(parents=True)
    (tmp_path / "workbook").mkdir()
    script = shutil.copy(DOCS / "make.py", folder)
    (folder / "ENDED.md").write_text("a function that there is no more")
    for _ in range(2):
        done = subprocess.run([sys.executable, script, "https://example.org/help"], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        written = {path.name: path.read_text("utf-8") for path in (*folder.glob("*"), *tmp_path.glob("workbook/*"))}
    for name in ("home_infusion_billing.intellisense.xml", "functions.json"):
        assert written[name].count("https://example.org/help/") == len(FUNCTIONS)
        assert written[name].replace("https://example.org/help/", pages.BASE) == (ROOT / "workbook" / name).read_text(
            "utf-8"
        )
    assert set(written) == {*pages.pages(), "make.py", "home_infusion_billing.intellisense.xml", "functions.json"}


# --- what the pages say


@EVERY
def test_page_says_all_that_the_function_says(function: WorksheetFunction) -> None:
    page = pages.page(function)
    plain = _plain(page)
    doc = function.doc
    for text in (doc.summary, doc.takes, doc.gives, doc.authority):
        assert text[1:] in plain, text
    for words in doc.errors.split("; "):
        assert words in plain
    assert page.startswith(f"# {function.name}\n") and f"`={function.usage}`" in page
    for parameter in function.parameters:
        name = f"[{parameter.name}]" if parameter.optional else parameter.name
        assert f"| {name} | {parameter.doc} |" in plain
        if vba_names.identifier(parameter.name) != parameter.name:
            assert f"`{parameter.name}` is `{vba_names.identifier(parameter.name)}`" in page
    same = [other.name for other in FUNCTIONS.values() if other.category == function.category]
    assert all(f"[{name}]({name}.md)" in page for name in same if name != function.name)
    assert f"]({function.name}.md)" not in page


def _plain(page: str) -> str:
    """A page without its markup."""
    text = re.sub(r"\[(\w+)\]\(\1\.md\)", r"\1", page)
    return re.sub(r"\\([\\`*<\[\]|])", r"\1", text).replace("`", "")


def test_index_has_every_function_under_its_category() -> None:
    found: dict[str, list[str]] = {}
    for line in pages.index().splitlines():
        if line.startswith("## "):
            found[line.removeprefix("## ")] = []
        elif match := re.match(r"\| \[`(\w+)\(.*`\]\((\w+)\.md\) \| (.+) \|$", line):
            assert match[1] == match[2] and _plain(match[3]) == FUNCTIONS[match[1]].summary
            list(found.values())[-1].append(match[1])
    wanted: dict[str, list[str]] = {}
    for function in FUNCTIONS.values():
        wanted.setdefault(function.category, []).append(function.name)
    assert found == wanted


def test_every_link_leads_somewhere() -> None:
    links = [(path, link) for path in DOCS.glob("*.md") for link in re.findall(r"\]\(([^)]+)\)", path.read_text())]
    assert len(links) > 3 * len(FUNCTIONS)
    assert [(path.name, link) for path, link in links if not (path.parent / link).is_file()] == []
    assert all((ROOT / "workbook" / pages.address(name)).is_file() for name in FUNCTIONS)


def test_a_new_function_has_its_page_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published.worksheet, "FUNCTIONS", {})

    @scalar("Therapies | all", "=HALF(3)")
    def HALF(date: Annotated[Any, {"doc": "A number, [1] or *more* | less"}]) -> Any:
        """Half of a number.

        What JUNITS is not.

        In: a number. Out: its half.
        Errors: #VALUE! no number.

        >>> HALF(3), HALF([[1, 2]]), HALF(date=5), HALF([1, None]), HALF(3 + 0)
        (1.5, [[0.5, 1]], 2.5, [0.5, '#VALUE!'], 1.5)
        """
        return date / 2 if date != 2 else 1

    function = published.worksheet.FUNCTIONS["HALF"]
    written = pages.pages([function, FUNCTIONS["JUNITS"]])
    assert set(written) == {"README.md", "HALF.md", "JUNITS.md"}
    page = written["HALF.md"]
    assert "\nWhat [JUNITS](JUNITS.md) is not.\n" in page
    assert "| `date` | A number, \\[1\\] or \\*more\\* \\| less |" in page
    assert "| `=HALF(3)` | `1.5` |\n| `=HALF({1,2})` | `{0.5,1}` |\n| `=HALF(5)` | `2.5` |\n\n" in page
    assert "## Authority" not in page and "in its function wizard `date` is `date_`" in page
    assert "## Related\n\n[All functions](README.md)\n" in page
    assert "\nWhat JUNITS is not.\n" in pages.page(function, [function])


# --- the examples are true


@EVERY
def test_examples_in_python_are_true(function: WorksheetFunction) -> None:
    page = (DOCS / f"{function.name}.md").read_text("utf-8")
    found = doctest.DocTestParser().get_doctest(page, {}, function.name, None, 0)
    assert len(found.examples) == 1 + len(function.doc.examples) > 1
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(found, out=told.append)
    assert result.failed == 0, "".join(told)


def formulas() -> list[tuple[str, str, list[list[str]]]]:
    """Every formula with a result on the pages: page, formula, and the rows of cells that the page shows."""
    found = []
    for path in sorted(DOCS.glob("*.md")):
        page = path.read_text("utf-8")
        for formula, result in re.findall(r"^\| `(=.+?)` \| `(.+?)` \|", page, re.MULTILINE):
            rows = result[1:-1].split(";") if result.startswith("{") else [result]
            cells = [row.split(",") if result.startswith("{") else [row] for row in rows]
            found.append((path.stem, formula, [[cell.strip('"') for cell in row] for row in cells]))
        for formula, table in re.findall(r"```text\n(=.+)\n```\n\nspills .*:\n\n((?:\|.*\n)+)", page):
            head, _, *body = table.splitlines()
            rows = [line[2:-2].replace("\\|", "\0").split(" | ") for line in (head, *body)]
            found.append((path.stem, formula, [[_plain(cell).strip() for cell in row] for row in rows]))
    return found


def test_every_function_has_a_formula_with_its_result() -> None:
    wanted = {(name, shown.formula) for name, one in FUNCTIONS.items() for shown in examples_of(one)}
    assert {(page, formula) for page, formula, _ in formulas()} == wanted
    assert {name for name, _ in wanted} == set(FUNCTIONS)


def test_formulas_give_in_a_workbook_what_the_pages_say(tmp_path: Path) -> None:
    """Typed into cells and computed by fill, and read back by openpyxl."""
    book = openpyxl.Workbook()
    shown = formulas()
    for number, (_, formula, _) in enumerate(shown):
        book.create_sheet(f"F{number}")["A1"] = formula
    book.save(tmp_path / "formulas.xlsx")
    done = fill(tmp_path / "formulas.xlsx")
    assert not done.unresolved and done.calls == len(shown)
    values = openpyxl.load_workbook(tmp_path / "formulas.xlsx", data_only=True)
    for number, (page, formula, rows) in enumerate(shown):
        cells = [
            [_read(values[f"F{number}"].cell(i, j).value, text) for j, text in enumerate(row, start=1)]
            for i, row in enumerate(rows, start=1)
        ]
        assert cells == rows, f"{page}: {formula}"


def _read(value: Any, as_shown: str) -> str:
    """A cell's value in the words of the page; a day is a number in a cell that nobody formatted."""
    if isinstance(value, (int, float)) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", as_shown):
        value = dt.date(1899, 12, 30) + dt.timedelta(value)
    return "" if value is None else cell_text(value).strip('"')


# --- formulas out of Python


def test_what_no_cell_can_hold_is_no_formula() -> None:
    for argument in ([1, None], [[1], [2, 3]], [[1, [2]]]):
        with pytest.raises(ValueError):
            formula_of(FUNCTIONS["PERDIEM_RANK"], [argument])
    assert formula_of(FUNCTIONS["JCODE"], ['say "vanco"', None, None, None]) == '=JCODE("say ""vanco""")'
    assert formula_of(FUNCTIONS["PERDIEM_RATE"], [True, 0.5, None]) == "=PERDIEM_RATE(TRUE,0.5)"


def test_a_result_is_told_as_excel_writes_it() -> None:
    from xl_infusion import ExcelError

    bad = ExcelError("#N/A", "no such code")
    mixed = Shown("=X()", (("a", True, bad), (dt.date(2025, 7, 1), 0.5, bad)))
    assert mixed.result == '{"a",TRUE,#N/A;2025-07-01,0.5,#N/A}' and mixed.reasons == ("no such code",)
    assert Shown("=X()", ((ExcelError("#NUM!"),),)).reasons == () and Shown("=X()", (("a",),)).result == "a"
