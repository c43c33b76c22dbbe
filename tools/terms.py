"""Writes the defaults of contracts, the reference's terms.csv, of what `xl_infusion.claim.terms` declares.

The table stays one of the reference: an edition of codes keeps the defaults that it was made with.
"""

from __future__ import annotations

from tools.pins import ROOT
from xl_infusion.claim.terms import TERMS
from xl_infusion.reference import tables
from xl_infusion.reference.rows import Term

TABLE = ROOT / "xl_infusion" / "reference" / "tables" / "terms.csv"


def text() -> str:
    """The table as it would be made now, by name.

    >>> text().splitlines()[0]
    'term,value,unit,meaning,source'
    """
    return tables.as_text(Term, sorted((one.default for one in TERMS.values()), key=lambda row: row.term))


def make() -> None:
    """Writes the table."""
    TABLE.write_text(text(), "utf-8", newline="\n")
