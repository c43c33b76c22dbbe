"""docs/first_claim.md followed word for word: its tables typed, its commands run, its figures looked for.

What is done is read out of the page, in its order: a block of ``sh`` is run; a table behind "Type into **Sheet**" is
typed; a table behind "**Sheet** has" stands on that sheet; "Type `x` into `Sheet!A1`", "Clear ... (`Sheet!A1`) and fill again" and
"`Sheet!A1` says `x`" are one cell.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from typer.testing import CliRunner

from tests import ROOT
from tests.worked.page import cells, value
from xl_infusion.cli import app
from xl_infusion.rules import day

PAGE = ROOT / "docs" / "first_claim.md"
BOOK = "first.xlsx"
#: The sheets that the page speaks of; Codes alone would take longer than all of them.
SEEN = {"Start", "Orders", "Visits", "Payers", "Rates", "Claim", "Checks", "Explain"}
#: A table with what is said before it, a block of commands, and what is said of single cells.
STEP = re.compile(
    r"```sh\n(?P<commands>.+?)\n```"
    r"|[Tt]ype\s+into\s+\*\*(?P<typed>[^*]+)\*\*[^|]*?:\n\n(?P<rows>(?:\|[^\n]*\n)+)"
    r"|\*\*(?P<shown>[^*]+)\*\*\s+has[^|.]*?:\n\n(?P<lines>(?:\|[^\n]*\n)+)"
    r"|Type\s+`(?P<text>[^`]+)`\s+into\s+`(?P<into>\w+![A-Z]+\d+)`(?P<filled>\s+and\s+fill)?"
    r"|Clear[^`]*`(?P<cleared>\w+![A-Z]+\d+)`\)\s+and\s+fill\s+again"
    r"|`(?P<at>\w+![A-Z]+\d+)`,?\s+says\s+`(?P<says>[^`]+)`"
    r"|it\s+says\s+`(?P<again>[^`]+)`",
    re.DOTALL,
)


def rows(table: str) -> list[dict[str, str]]:
    header, _, *lines = map(cells, table.splitlines())
    return [dict(zip(header, line, strict=True)) for line in lines]


def typed(text: str) -> object:
    """What a spreadsheet program makes of a text that is typed into a cell."""
    if re.fullmatch(r"\d+/\d+/\d{4}", text):
        return dt.datetime.combine(day.parse(text), dt.time())
    return float(text[:-1]) / 100 if text.endswith("%") else value(text)


def place(at: str) -> tuple[str, int, int]:
    """Sheet, row and column of `Sheet!A1`, from 1."""
    sheet, _, cell = at.partition("!")
    letters, row = coordinate_from_string(cell)
    return sheet, row, column_index_from_string(letters)


class Desk:
    """The folder that a biller works in; what was typed is saved before the next command."""

    def __init__(self) -> None:
        self._typed: dict[tuple[str, int, int], object] = {}
        self._sheets: dict[str, list[tuple[object, ...]]] = {}

    def run(self, command: str) -> None:
        self._save()
        program, *arguments = command.split()
        assert program == "xl-infusion"
        found = CliRunner().invoke(app, arguments)
        assert found.exit_code == 0, found.output
        self._sheets = {}

    def fill(self) -> None:
        self.run(f"xl-infusion fill {BOOK}")

    def type(self, at: tuple[str, int, int], what: object) -> None:
        self._typed[at] = what

    def type_table(self, name: str, table: list[dict[str, str]]) -> None:
        heading, columns = self._headings(name, table[0])
        assert heading == 4, "the page says: from row 5 on"
        for number, row in enumerate(table, start=5):
            for column, text in row.items():
                self.type((name, number, columns[column]), typed(text))

    def look(self, name: str, table: list[dict[str, str]]) -> None:
        """The sheet has the rows below its headings, and no further one."""
        heading, columns = self._headings(name, table[0])
        found = [
            {column: shown(row[columns[column] - 1]) for column in table[0]} for row in self._sheet(name)[heading:]
        ]
        assert found[: len(table)] == table
        assert all(set(row.values()) == {""} for row in found[len(table) :])

    def cell(self, at: str) -> str:
        sheet, row, column = place(at)
        return shown(self._sheet(sheet)[row - 1][column - 1])

    def text(self, name: str) -> str:
        return " ".join(shown(cell) for row in self._sheet(name) for cell in row)

    def _save(self) -> None:
        """As a spreadsheet program that works nothing out: the results of before are gone."""
        if self._typed:
            book = openpyxl.load_workbook(BOOK)
            for (sheet, row, column), what in self._typed.items():
                book[sheet].cell(row, column).value = what
            book.save(BOOK)
            self._typed = {}

    def _sheet(self, name: str) -> list[tuple[object, ...]]:
        if not self._sheets:
            book = openpyxl.load_workbook(BOOK, read_only=True, data_only=True)
            self._sheets = {
                sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book if sheet.title in SEEN
            }
            book.close()
        return self._sheets[name]

    def _headings(self, name: str, wanted: dict[str, str]) -> tuple[int, dict[str, int]]:
        """The row of the sheet that has these headings, and the column of each."""
        for number, row in enumerate(self._sheet(name), start=1):
            if set(wanted) <= {cell for cell in row if isinstance(cell, str)}:
                return number, {heading: row.index(heading) + 1 for heading in wanted}
        raise AssertionError(f"{name} has no row with the headings {', '.join(wanted)}")


def shown(cell: object) -> str:
    """A cell as the page has it."""
    return "" if cell is None else str(cell)


def follow(desk: Desk) -> Iterator[str]:
    """Does what the page says and looks at what it shows; the kind of each step."""
    last = ""
    for step in STEP.finditer(PAGE.read_text("utf-8")):
        if step["commands"]:
            desk.run(step["commands"])
        elif step["typed"]:
            desk.type_table(step["typed"], rows(step["rows"]))
        elif step["shown"]:
            desk.look(step["shown"], rows(step["lines"]))
        elif step["into"]:
            desk.type(place(step["into"]), typed(step["text"]))
            if step["filled"]:
                desk.fill()
        elif step["cleared"]:
            desk.type(place(step["cleared"]), None)
            desk.fill()
        else:
            last = step["at"] or last
            assert desk.cell(last) == (step["says"] or step["again"]), step[0]
        yield str(step.lastgroup)


@pytest.mark.slow
def test_every_step_of_the_page_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    desk = Desk()
    text = PAGE.read_text("utf-8")
    steps = Counter(follow(desk))
    assert steps["commands"] == text.count("```sh")
    assert steps["rows"] + steps["lines"] == text.count("|---|\n")
    assert steps["says"] + steps["again"] == len(re.findall(r"says\s+`", text))
    assert steps["cleared"] == 1 and steps["into"] + steps["filled"] == 2
    assert desk.cell("Explain!C4") == "2" and "130" in desk.text("Explain")
