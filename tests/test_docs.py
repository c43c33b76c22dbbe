"""The pages on contracts and checks say what the columns and the findings say."""

from __future__ import annotations

from pathlib import Path

from xl_infusion.claim.checks import KINDS
from xl_infusion.claim.columns import ORDERS, PAYER_CODES, PAYERS, RATES
from xl_infusion.reference import current

DOCS = Path(__file__).parent.parent / "docs"


def rows(page: str) -> list[list[str]]:
    """The rows of every table of a page."""
    lines = (DOCS / page).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


def test_every_term_stands_with_its_default_and_source() -> None:
    terms = current().terms
    assert [
        [column.name, column.doc, terms[column.term].value, terms[column.term].source] for column in PAYERS.columns[1:]
    ] == [row for row in rows("contracts.md") if len(row) == 4 and row[0] != "column"]


def test_every_column_of_payer_codes_rates_and_supply_stands_as_its_note_has_it() -> None:
    found = [row for row in rows("contracts.md") if len(row) == 2]
    for column in (
        *PAYER_CODES.columns,
        *RATES.columns,
        *ORDERS.columns[ORDERS.columns.index(ORDERS["Second payer"]) :],
    ):
        assert [column.name, column.doc] in found


def test_every_finding_stands_with_what_to_do() -> None:
    assert [[kind, *says] for kind, says in KINDS.items()] == rows("checks.md")[1:]
