"""Orders, visits and a contract to dated claim lines: ranking, spans, pricing, the reason of every line.

The tables and their columns are at hand at once; what works the claims out (`claim.grid.Work`, `claim.checks`,
`claim.explain`) is imported where it is used, so that a single-cell function does not wait for it.
"""

from xl_infusion.claim.columns import (
    GRID,
    HOLDS,
    IF_COLUMN,
    MONEY,
    ORDERS,
    OWN_CODES,
    PAYER_CODES,
    PAYERS,
    PROVIDER,
    RATES,
    TABLES,
    VISITS,
    is_called,
)

__all__ = [
    "GRID",
    "HOLDS",
    "IF_COLUMN",
    "MONEY",
    "ORDERS",
    "OWN_CODES",
    "PAYERS",
    "PAYER_CODES",
    "PROVIDER",
    "RATES",
    "TABLES",
    "VISITS",
    "is_called",
]
