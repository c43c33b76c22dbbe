"""A name that may be any of several products: when it answers without one, and what the products are called."""

from __future__ import annotations

from collections.abc import Sequence

from xl_infusion.reference.forms import ROUTES
from xl_infusion.reference.names import DrugName
from xl_infusion.reference.rows import DrugRow

#: In what units fluids and formulas are counted, whatever is in them.
_OF_FLUIDS = ("mL", "kcal", "g protein")


def count_alike(rows: Sequence[DrugRow]) -> bool:
    """True where a dose is as many units of each; of what is counted by volume or energy somebody says what it is.

    A route is never guessed: under the skin a drug has another code and another per diem than in a vein.
    """
    units = {(row.amount, row.unit, row.component, row.unit_rule, row.counts_total) for row in rows}
    routes = {word for row in rows for word in row.product.split() if word in ROUTES}
    return len(units) == 1 and rows[0].unit not in ("", *_OF_FLUIDS) and not routes


def product_of(name: DrugName, row: DrugRow) -> str:
    """What sets a row apart from the others that a name may mean."""
    return row.product or row.drug if row.drug == name.drug else row.name
