"""Orders, visits and a contract to dated claim lines: ranking, spans, pricing, the reason of every line."""

from xl_infusion.claim.checks import Finding, findings
from xl_infusion.claim.columns import (
    GRID,
    IF_COLUMN,
    MONEY,
    ORDERS,
    PAYER_CODES,
    PAYERS,
    PROVIDER,
    RATES,
    TABLES,
    VISITS,
)
from xl_infusion.claim.explain import Step, explain
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.lines import Line
from xl_infusion.claim.orders import Order
from xl_infusion.claim.provider import Provider

__all__ = [
    "GRID",
    "IF_COLUMN",
    "MONEY",
    "ORDERS",
    "PAYERS",
    "PAYER_CODES",
    "PROVIDER",
    "RATES",
    "TABLES",
    "VISITS",
    "Claim",
    "Finding",
    "Line",
    "Order",
    "Provider",
    "Step",
    "Work",
    "explain",
    "findings",
]
