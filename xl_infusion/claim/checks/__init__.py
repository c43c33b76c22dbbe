"""Claim checks: everything that would get a claim denied, or its money wrong, before it leaves.

Checks give findings (what, where, what to do) and never stop at the first. Each is declared above the function that
finds, in the module of its family; `CHECKS` is all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from xl_infusion.claim.checks import families as families  # which declare the checks
from xl_infusion.claim.checks.check import CHECKS, ERROR, WARNING, Check, Checked, Finding
from xl_infusion.claim.checks.joined import joined
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.provider import Provider
from xl_infusion.errors import BillingError

__all__ = ["CHECKS", "ERROR", "WARNING", "Check", "Finding", "findings", "joined"]


def findings(
    work: Work, claims: list[Claim], provider: Provider, unread: Mapping[str, BillingError] | None = None
) -> list[Finding]:
    """What is wrong with the tables and with the claims that they come to: errors first, by table, row and day.

    One a row, however often a cause repeats: `joined` makes one of those.
    ``unread``: tables (by name) that cannot be read and are left out, and why; what they would decide is not told.
    """
    checked = Checked(work, claims, provider, unread or {})
    found = chain.from_iterable(check.findings(checked) for check in CHECKS.values())
    return sorted(set(found), key=lambda one: one.place)
