"""Orders, visits and a contract to dated claim lines: ranking, spans, pricing, the reason of every line."""

from xl_infusion.claim.columns import GRID, MONEY, ORDERS, PAYERS, RATES, TABLES, VISITS
from xl_infusion.claim.grid import Claim, claims
from xl_infusion.claim.lines import Line

__all__ = ["GRID", "MONEY", "ORDERS", "PAYERS", "RATES", "TABLES", "VISITS", "Claim", "Line", "claims"]
