"""The pages on contracts and checks say what the columns and the findings say."""

from __future__ import annotations

import pytest

from tests import ROOT
from tools import columns, tables
from xl_infusion.claim.checks import CHECKS
from xl_infusion.claim.columns import ORDERS, OWN_CODES, PAYER_CODES, PAYERS, RATES
from xl_infusion.claim.term import default
from xl_infusion.reference import current
from xl_infusion.reference.tables import TABLES

DOCS = ROOT / "docs"


@pytest.mark.parametrize("page", dict.fromkeys(page for page, _ in tables.TABLES))
def test_tables_in_pages_are_as_they_would_be_made_now(page: str) -> None:
    assert (ROOT / page).read_text("utf-8") == tables.made(page), "run: python -m tools.regenerate pages"


def test_a_page_without_the_marks_of_its_table_says_which() -> None:
    for text in ("# A page\n", "<!-- rates: written -->\n", "<!-- end of rates -->\n"):
        with pytest.raises(ValueError, match="'<!-- rates: ... -->' and '<!-- end of rates -->'"):
            tables.between(text, "rates", "| a |")


def test_a_table_of_the_reference_without_a_row_in_its_page_is_named() -> None:
    with pytest.raises(ValueError, match=r"docs/reference\.md has no row for visits\.csv: say what it is"):
        columns.counted("| table | rows |\n|---|---|\n| `terms.csv` | 9 | x |\n", ["terms.csv", "visits.csv"])


def rows(page: str) -> list[list[str]]:
    """The rows of every table of a page."""
    lines = (DOCS / page).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


def test_every_term_stands_with_its_default_and_source() -> None:
    defaults = [(column, default(current(), column.term)) for column in PAYERS.columns[1:]]
    assert [[column.name, column.doc, row.value, row.source] for column, row in defaults] == [
        row for row in rows("contracts.md") if len(row) == 4 and row[0] != "column"
    ]


def test_every_column_of_payer_codes_rates_and_supply_stands_as_its_note_has_it() -> None:
    found = [row for row in rows("contracts.md") if len(row) == 2]
    for column in (
        *PAYER_CODES.columns,
        *RATES.columns,
        *ORDERS.columns[ORDERS.columns.index(ORDERS["Second payer"]) :],
    ):
        assert [column.name, column.doc] in found


def test_every_column_of_own_codes_stands_and_every_finding_of_theirs() -> None:
    found = rows("own_codes.md")
    assert [row for row in found if len(row) == 2][1:] == [[column.name, column.doc] for column in OWN_CODES.columns]
    of_own_codes = [[check.kind, check.severity] for check in CHECKS.values() if check.family.endswith(".own_codes")]
    assert [row[:2] for row in found if len(row) == 3][1:] == of_own_codes


def test_every_table_of_the_reference_stands_with_what_it_says() -> None:
    assert {row[0].strip("`") for row in rows("reference.md") if len(row) == 5 and row[0] != "table"} == set(TABLES)
