"""Through which day each code is verified: a fact of a range of codes, for a release may be at hand in part.

A range holds codes of one form, from its first through its last: a modifier or a CPT code is none of HCPCS. The one row
without codes is of every other code. An edition that was made before the table has one day for all, its own.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise

from xl_infusion.errors import ReferenceTableError
from xl_infusion.reference.rows import VerifiedRange, quarter_name
from xl_infusion.reference.tables import VERIFIED, Place, as_text

#: Where CMS has its releases, and how one gets into the codes in use.
WHERE = "https://www.cms.gov/medicare/coding-billing/healthcare-common-procedure-system/quarterly-update"
REMEDY = (
    f"Download CMS's latest HCPCS release from {WHERE} (it lists what ended in between), and run "
    "xl-infusion codes update on the .zip or the folder as it was downloaded"
)
#: What `not_verified` begins with.
NOT_VERIFIED = "codes are not verified since"
#: More quarters than these are told by the first and the last.
_NAMED = 4


def missing(since: dt.date, to: dt.date) -> list[str]:
    """The quarters that begin or go on from ``since`` through ``to``, by their first months, the earliest first.

    >>> missing(dt.date(2026, 4, 1), dt.date(2026, 7, 1))
    ['April 2026', 'July 2026']
    """
    first, last = (day.year * 4 + (day.month - 1) // 3 for day in (since, to))
    return [quarter_name(dt.date(number // 4, number % 4 * 3 + 1, 1)) for number in range(first, last + 1)]


def not_verified(since: dt.date, to: dt.date) -> str:
    """Since when codes are not verified, and which releases of CMS say what they are through ``to``.

    >>> print(not_verified(dt.date(2026, 4, 1), dt.date(2026, 8, 9)))
    codes are not verified since 2026-04-01: CMS's releases of April 2026 and July 2026 are missing
    """
    *before, latest = missing(since, to)
    if not before:
        what = f"release of {latest} is"
    elif len(before) >= _NAMED:
        what = f"releases of {before[0]} to {latest} are"
    else:
        what = f"releases of {', '.join(before)} and {latest} are"
    return f"{NOT_VERIFIED} {since}: CMS's {what} missing"


def _key(code: str) -> tuple[bool, int, str]:
    """Codes by their form, so that no range of HCPCS codes holds a modifier or a CPT code."""
    return code.isdigit(), len(code), code


def is_cpt(code: str) -> bool:
    """Whether a code or modifier is of the CPT, which no HCPCS release lists.

    >>> [is_cpt(code) for code in ("99601", "59", "S9500", "SH")]
    [True, True, False, False]
    """
    return code.isdigit()


class Verified:
    """The rows of verified.csv, asked by code. Errors: `ReferenceTableError` where ranges overlap, or none is the rest.

    >>> from xl_infusion.reference import current
    >>> verified = current().verified
    >>> verified.through("S9500") >= verified.through("Q4100")  # home infusion's ranges, and a skin substitute's
    True
    """

    def __init__(self, table: Iterable[tuple[Place, VerifiedRange]]) -> None:
        table = sorted(table, key=lambda pair: _key(pair[1].first_code))
        _apart(table)
        rows = [row for _, row in table]
        self.ranges = tuple(row for row in rows if row.first_code)
        rest = [row for row in rows if not row.first_code]
        if len(rest) != 1:
            raise ReferenceTableError(f"{VERIFIED}: {len(rest)} rows have no codes: one is for every other code")
        self.rest = rest[0]
        self.earliest = min(row.through for row in rows)
        self._starts = [_key(row.first_code) for row in self.ranges]
        self._ends = [_key(row.last_code) for row in self.ranges]

    def row(self, code: str) -> VerifiedRange:
        """The row that a code is of: one bisect."""
        key = _key(code)
        at = bisect_right(self._starts, key) - 1
        return self.ranges[at] if at >= 0 and key <= self._ends[at] else self.rest

    def through(self, code: str) -> dt.date:
        """The day through which a code (or modifier) is verified."""
        return self.row(code).through

    def after(self, day: dt.date, basis: str, source: str) -> list[VerifiedRange]:
        """The rows once a whole HCPCS release is taken in that governs through ``day``.

        It holds no CPT, whose rows stay, and it takes back nothing that is verified further.
        """
        kept = [row for row in self.ranges if is_cpt(row.first_code) or row.through > day]
        return [*kept, VerifiedRange("", "", max(day, self.rest.through), basis, source)]


def _apart(table: Iterable[tuple[Place, VerifiedRange]]) -> None:
    """Refuses a range that begins within another; the ranges are in their order."""
    for (_, before), (place, row) in pairwise(table):
        if row.first_code and _key(before.last_code) >= _key(row.first_code):
            raise place.fail(f"{row.first_code} is in the range of {before.first_code} already")


def one_range(edition: str) -> str:
    """The table of an edition that has none, out of its description (edition.json): one day for all codes.

    Errors: KeyError, TypeError and ValueError where the description is none.
    """
    record = json.loads(edition)
    through = dt.date.fromisoformat(record["verified_through"])
    return as_text(VerifiedRange, [VerifiedRange("", "", through, record["verified_basis"], record["release"])])
