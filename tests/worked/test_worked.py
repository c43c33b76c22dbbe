"""Every worked example of docs/worked_examples, with margin 0; and what a page with a mistake is told."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests import ROOT
from tests.worked import index
from tests.worked.__main__ import main
from tests.worked.outcomes import OUTCOMES, check, claim_lines
from tests.worked.page import PageError, read
from xl_infusion.reference import current
from xl_infusion.reference.tables import bundled

PAGES = index.paths()
GOOD = """# Two therapies

The second earns half its rate.

Authority: [IDSA Home Infusion FAQ (2013)](http://www.idsociety.org/Home_Infusion_FAQs/), published

## Orders

| Drug | Dose | Interval | Start | Days |
|---|---|---:|---|---:|
| meropenem | 1 g | 8 | 5/1/2013 | 1 |
| vancomycin | 1 g | q12h | 5/1/2013 | 1 |

## Lines

| Code | Modifiers | Units |
|---|---|---:|
| S9502 | | 1 |
| J2185 | | 30 |
| S9501 | SH | 1 |
| J3370 | | 4 |
"""


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_a_page_says_comes_out(path: Path) -> None:
    assert list(check(read(path))) == []


def test_pages_answer_from_the_codes_that_ship() -> None:
    """A page that a biller sends may name any drug: what the command says of it holds in the tests too."""
    assert len(current().drugs) == len(list(csv.reader(bundled("drugs.csv").splitlines()))) - 1


def test_every_kind_of_outcome_is_worked_and_no_name_stands_twice() -> None:
    assert {heading for path in PAGES for heading in read(path).tables} >= set(OUTCOMES)
    assert len({path.stem for path in PAGES}) == len(PAGES)
    assert {path.parent.name for path in PAGES} == set(index.TOPICS)


def test_units_and_money_of_a_claim_are_numbers_or_errors() -> None:
    """A page has no types: 30 as a text would read like 30."""
    for path in PAGES:
        tables = read(path).tables
        if "Lines" in tables:
            for line in claim_lines({heading: table.rows for heading, table in tables.items()}):
                cells = [line[name] for name in ("Line", "Units", "Rate", "Charge") if name in line]
                assert all(isinstance(cell, (int, float)) or str(cell).startswith("#") or cell == "" for cell in cells)


def test_every_rule_of_a_payer_is_worked_or_named_as_not_modelled() -> None:
    """docs/payer_rules.md: each row leads to worked examples, or says why the rule is not modelled."""
    docs = ROOT / "docs"
    lines = (docs / "payer_rules.md").read_text("utf-8").splitlines()
    header, *rules = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:2] == "| "]
    assert header == ["payer", "rule", "how it is modelled, or why not", "worked examples"]
    named = []
    for payer, rule, how, examples in rules:
        found = re.findall(r"\[([\w-]+)\]\((\S+)\)", examples)
        for name, link in found:
            assert docs / link in PAGES and Path(link).stem == name, (payer, rule, link)
        assert payer and rule and (found or how.startswith("Not modelled: ")), (payer, rule)
        named += [name for name, _ in found]
    of_payers = {path.stem for path in PAGES if "Payers" in read(path).tables and read(path).kind != "decided"}
    assert of_payers <= set(named)


def test_what_was_decided_stands_where_its_example_is_named() -> None:
    pages = [(ROOT / "docs" / name).read_text("utf-8") for name in ("rules.md", "contracts.md")]
    linked = {link for page in pages for link in re.findall(r"\[example\]\(worked_examples/(\S+?)\)", page)}
    decided = {path.relative_to(index.FOLDER).as_posix() for path in PAGES if read(path).kind == "decided"}
    assert decided and decided <= linked


# -- a page with a mistake ------------------------------------------------------------------------------------------
def written(folder: Path, text: str) -> Path:
    path = folder / "mine.md"
    path.write_text(text, "utf-8")
    return path


def test_a_page_that_is_right_is_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(written(tmp_path, GOOD))]) == 0
    assert capsys.readouterr().out == "mine.md: comes out as it says\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("| J3370 | | 4 |", "| J3370 | | 5 |", "line 21: Units is 5, but 4 comes out"),
        ("| S9501 | SH |", "| S9501 | |", "line 20: Modifiers is blank, but SH comes out"),
        ("| J3370 | | 4 |\n", "", "line 14: Lines has 3 rows, but 4 come out"),
        ("## Lines", "## Findings\n\n| Finding |\n|---|\n| too late |\n\n## Lines", "line 18: too late is not found"),
    ],
)
def test_a_difference_names_page_and_line_and_what_comes_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    assert main([str(written(tmp_path, GOOD.replace(old, new)))]) == 1
    out = capsys.readouterr().out
    assert f"mine.md, {said}\n" in out
    assert "What comes out:" in out and "| J3370 |  | 4 |" in out


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("# Two therapies", "Two therapies", 1, "the first line is a title: write # and"),
        ("The second earns half its rate.", "", 2, "no sentence: say below the title"),
        ("Authority: ", "By ", 6, "no authority: write a line as Authority: [name](address), published"),
        (
            ", published",
            ", perhaps",
            5,
            "write the authority as Authority: [name](address), published (or: derived, decided)",
        ),
        (", published", ", published\n\nAnd more.", 7, "text behind the authority: begin a table with ##"),
        ("## Lines", "## Orders", 14, "Orders stands twice: put all rows into one table"),
        ("## Lines\n\n|", "## Lines\n|", 14, "no table below Lines: write a blank line, then |"),
        ("|---|---|---:|\n", "", 17, "write |---| below the columns of Lines, one for each of the 3"),
        ("|---|---|---:|\n", "|---|---|\n", 17, "write |---| below the columns of Lines"),
        ("| J3370 | | 4 |", "| J3370 | 4 |", 21, "2 cells, but 3 columns: leave a cell blank between two |"),
        ("| J3370 | | 4 |", "\n| J3370 | | 4 |", 22, "only rows of the table stand here"),
        ("| J3370 | | 4 |", "and so on", 21, "only rows of the table stand here"),
        (GOOD[GOOD.index("| S9502") :], "", 14, "Lines has no rows: write one, or take the heading out"),
        ("## Lines", "## Claims", 1, "nothing comes out: add a table with a heading of these: Lines, Findings"),
        ("## Orders", "## Order", 14, "Lines comes out of Orders: add a table ## Orders"),
        (
            "## Lines",
            "## Doses\n\n| Dose |\n|---|\n| 1 g |\n\n## Lines",
            14,
            "nothing here reads Doses: a table that is",
        ),
        ("| Drug |", "| Medicine |", 9, "Orders has no column Medicine: it is one of Order,"),
        ("| Modifiers |", "| Modifier |", 16, "Lines has no column Modifier: it is one of Patient, Payer, Line"),
        (
            "| Drug | Dose |",
            "| Drug | Volume |",
            7,
            "Lines cannot be worked out of Orders: Orders lacks the column Dose",
        ),
        (
            GOOD[GOOD.index("## Orders") :],
            "## Doses\n\n| Dose |\n|---|\n| 1 g |\n\n## Units\n\n| Units |\n|---|\n| 1 |\n",
            9,
            "Doses lacks the column Billing unit: add it",
        ),
        (
            GOOD[GOOD.index("## Orders") :],
            "## Doses\n\n| Dose | Billing unit |\n|---|---|\n| 1 gr | 10 mg |\n\n## Units\n\n| Units |\n|---|\n| 1 |\n",
            7,
            "Units cannot be worked out of Doses: ",
        ),
    ],
)
def test_a_mistake_in_a_page_names_page_line_and_remedy(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    assert old in GOOD
    page = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(PageError) as error:
        list(check(read(page)))
    assert str(error.value).startswith(f"mine.md, line {line}: {said}")
    assert main([str(page)]) == 1


def test_an_empty_file_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(PageError, match=r"mine\.md, line 1: the first line is a title"):
        read(written(tmp_path, ""))


def test_a_page_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    page = tmp_path / "mine.md"
    page.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert main([str(page)]) == 0


def test_what_is_no_text_and_what_is_not_there_are_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.md").write_bytes(b"PK\x03\x04\xff\xfe")
    assert main([str(tmp_path / "mine.md"), str(tmp_path / "gone.md")]) == 1
    assert capsys.readouterr().out == (
        "mine.md, line 1: this is no plain text: save it as text, UTF-8\ngone.md: No such file or directory\n"
    )
