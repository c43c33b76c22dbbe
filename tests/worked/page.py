"""A worked example as a page: a title, a sentence, its authority, and small tables of what is given and what comes out.

    # Three therapies on one day

    The second earns half its rate, the third a quarter.

    Authority: [IDSA Home Infusion FAQ (2013)](http://www.idsociety.org/Home_Infusion_FAQs/), published

    ## Orders

    | Drug | Dose | Interval | Start | Days |
    |---|---|---|---|---|
    | meropenem | 1 g | 8 | 2013-05-01 | 1 |

Which headings there are, and what comes out of what, stands in `outcomes`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

AUTHORITY = re.compile(r"Authority: (?:\[(?P<linked>.+)\]\((?P<url>\S+)\)|(?P<source>.+)), (?P<kind>[a-z]+)")
#: What an authority can be: the source says these very figures, or they follow from what it says, or none says it and
#: docs/rules.md has what was decided.
KINDS = ("published", "derived", "decided")
RULER = re.compile(r":?-+:?")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
QUOTIENT = re.compile(r"=(\d+)/([1-9]\d*)")

Row = dict[str, str]


class PageError(ValueError):
    """What is wrong with a page: which page, which line, what to do."""

    def __init__(self, page: str, line: int, what: str) -> None:
        super().__init__(f"{page}, line {line}: {what}")


@dataclass(frozen=True)
class Table:
    """One table: the line of its heading in the page, its columns, and its rows as they are written."""

    heading: str
    line: int
    columns: tuple[str, ...]
    rows: list[Row]

    def line_of(self, row: int) -> int:
        """The line of a row (from 0) in the page: heading, blank, columns, ruler, rows."""
        return self.line + 4 + row


@dataclass
class Page:
    """A page that was read. ``name`` is the file's without its ending, as docs/payer_rules.md has it."""

    path: Path
    title: str = ""
    sentence: str = ""
    source: str = ""
    url: str = ""
    kind: str = ""
    tables: dict[str, Table] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.stem

    def error(self, line: int, what: str) -> PageError:
        """An error that names this page."""
        return PageError(self.path.name, line, what)


def value(cell: str) -> object:
    """What a cell of the workbook holds after somebody typed this: a number, or the text as it is.

    A quotient stands for itself (=1/3), and an apostrophe in front makes a text of a number, both as in Excel.

    >>> value("30"), value("27.5"), value("=1/4"), value("1 g"), value("'0059"), value("")
    (30, 27.5, 0.25, '1 g', '0059', None)
    """
    if NUMBER.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    if found := QUOTIENT.fullmatch(cell):
        return int(found[1]) / int(found[2])
    return cell.removeprefix("'") or None


def cells(line: str) -> list[str]:
    """The cells of a line of a table.

    >>> cells("| meropenem | 1 g ||")
    ['meropenem', '1 g', '']
    """
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def read(path: Path) -> Page:
    """Reads a page. Errors: `PageError` for the first thing that is wrong, with its line and what to do; OSError."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()  # Windows' editor puts a mark in front
    except UnicodeDecodeError:
        raise PageError(path.name, 1, "this is no plain text: save it as text, UTF-8") from None
    page = Page(path)
    first = next((at for at, line in enumerate(lines) if line.startswith("## ")), len(lines))
    _read_head(page, lines[:first])
    at = first
    while at < len(lines):
        at = _read_table(page, lines, at)
    return page


def _read_head(page: Page, lines: list[str]) -> None:
    """The title, the sentence and the authority."""
    if not lines or not lines[0].startswith("# ") or not lines[0][2:].strip():
        raise page.error(1, "the first line is a title: write # and what the example shows")
    page.title = lines[0][2:].strip()
    at = next((at for at, line in enumerate(lines) if line.startswith("Authority:")), None)
    if at is None:
        raise page.error(len(lines), "no authority: write a line as Authority: [name](address), published")
    found = AUTHORITY.fullmatch(lines[at].strip())
    if found is None or found["kind"] not in KINDS:
        raise page.error(at + 1, "write the authority as Authority: [name](address), published (or: derived, decided)")
    page.source, page.url, page.kind = found["linked"] or found["source"], found["url"] or "", found["kind"]
    page.sentence = " ".join(line.strip() for line in lines[1:at] if line.strip())
    if not page.sentence:
        raise page.error(2, "no sentence: say below the title, in a sentence, what the example shows")
    for after, line in enumerate(lines[at + 1 :], start=at + 2):
        if line.strip():
            raise page.error(after, "text behind the authority: begin a table with ## and its heading")


def _read_table(page: Page, lines: list[str], at: int) -> int:
    """One heading with its table; gives the place of the next heading."""
    heading, line = lines[at][3:].strip(), at + 1
    if heading in page.tables:
        raise page.error(line, f"{heading} stands twice: put all rows into one table")
    if at + 3 >= len(lines) or lines[at + 1].strip() or not lines[at + 2].startswith("|"):
        raise page.error(line, f"no table below {heading}: write a blank line, then | and the names of its columns")
    columns = tuple(cells(lines[at + 2]))
    if not all(RULER.fullmatch(cell) for cell in cells(lines[at + 3])) or len(cells(lines[at + 3])) != len(columns):
        raise page.error(at + 4, f"write |---| below the columns of {heading}, one for each of the {len(columns)}")
    rows: list[Row] = []
    at += 4
    while at < len(lines) and not lines[at].startswith("## "):
        if lines[at].strip():
            rows.append(_row(page, lines, at, columns, blank_before=not lines[at - 1].strip()))
        at += 1
    if not rows:
        raise page.error(line, f"{heading} has no rows: write one, or take the heading out")
    page.tables[heading] = Table(heading, line, columns, rows)
    return at


def _row(page: Page, lines: list[str], at: int, columns: tuple[str, ...], blank_before: bool) -> Row:
    """One row of a table."""
    if not lines[at].startswith("|") or blank_before:
        raise page.error(at + 1, "only rows of the table stand here, each from | to |, without a blank line between")
    found = cells(lines[at])
    if len(found) != len(columns):
        raise page.error(at + 1, f"{len(found)} cells, but {len(columns)} columns: leave a cell blank between two |")
    return dict(zip(columns, found, strict=True))
