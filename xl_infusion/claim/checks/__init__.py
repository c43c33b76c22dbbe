"""Claim checks: everything that would get a claim denied, or its money wrong, before it leaves.

Checks give findings (what, where, what to do) and never stop at the first.
"""

from __future__ import annotations

from xl_infusion.claim.checks import claims as claim_checks
from xl_infusion.claim.checks import orders as order_checks
from xl_infusion.claim.checks import tables as table_checks
from xl_infusion.claim.checks.finding import ERROR, KINDS, WARNING, Finding
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.provider import Provider

__all__ = ["ERROR", "KINDS", "WARNING", "Finding", "findings"]


def findings(work: Work, claims: list[Claim], provider: Provider) -> list[Finding]:
    """What is wrong with the tables and with the claims that they come to: errors first, by sheet and row."""
    found = [
        *claim_checks.checks(work, claims, provider),
        *order_checks.checks(work, claims, provider),
        *table_checks.checks(work, provider),  # last: rates are looked at when a line asks for them
    ]
    found.sort(key=lambda one: (one.severity, one.sheet, one.row, one.first, one.kind, one.what))
    return list(dict.fromkeys(found))
