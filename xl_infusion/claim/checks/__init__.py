"""Claim checks: everything that would get a claim denied, or its money wrong, before it leaves.

Checks give findings (what, where, what to do) and never stop at the first.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from xl_infusion.claim.checks import claims as claim_checks
from xl_infusion.claim.checks import orders as order_checks
from xl_infusion.claim.checks import own_codes as own_code_checks
from xl_infusion.claim.checks import tables as table_checks
from xl_infusion.claim.checks import twice as twice_checks
from xl_infusion.claim.checks import visits as visit_checks
from xl_infusion.claim.checks import volumes as volume_checks
from xl_infusion.claim.checks.finding import ERROR, KINDS, UNKNOWN_WITHOUT, WARNING, Finding
from xl_infusion.claim.checks.joined import joined
from xl_infusion.claim.grid import Claim, Work
from xl_infusion.claim.provider import Provider

__all__ = ["ERROR", "KINDS", "WARNING", "Finding", "findings", "joined"]


def findings(work: Work, claims: list[Claim], provider: Provider, unread: Collection[str] = ()) -> list[Finding]:
    """What is wrong with the tables and with the claims that they come to: errors first, by table, row and day.

    One a row, however often a cause repeats: `joined` makes one of those.
    ``unread``: tables (by name) that cannot be read and are left out; what they would decide is not told.
    """
    unknown = set(chain.from_iterable(UNKNOWN_WITHOUT[name] for name in unread))
    found = [
        *claim_checks.checks(work, claims, provider),
        *order_checks.checks(work, claims),
        *twice_checks.checks(work, claims),
        *visit_checks.checks(work, claims),
        *volume_checks.checks(claims),
        *own_code_checks.checks(work),
        *table_checks.checks(work, provider),  # last: rates are looked at when a line asks for them
    ]
    return sorted({one for one in found if one.kind not in unknown}, key=lambda one: one.place)
