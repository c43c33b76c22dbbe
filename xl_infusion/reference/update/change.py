"""What a release of CMS changes in the reference, one thing a change: the lines of a report."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

#: The kinds of changes, in the order of a report.
UNIT_CHANGED = "unit changed"
ENDED = "ended"
ADDED = "added"
DAYS = "redated"
REWORDED = "reworded"
UNDECIDED = "to decide"
NOT_LISTED = "not listed"
NEW_DRUG = "new drug code"
KINDS = (UNIT_CHANGED, ENDED, ADDED, DAYS, REWORDED, UNDECIDED, NOT_LISTED, NEW_DRUG)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of a code, what it is (``vancomycin (Mylan)``), from which day, and what is or has to be done.

    ``before`` and ``after`` are units or wordings where there are two; ``successor`` a code, or ''. A change of the
    kinds `UNDECIDED`, `NOT_LISTED`, `NEW_DRUG` and `REWORDED` is told and changes no row.
    """

    kind: str
    code: str
    what: str
    day: dt.date | None
    before: str
    after: str
    successor: str
    note: str

    @property
    def text(self) -> str:
        """The change in a line, its kind and code left out.

        >>> Change(ENDED, "J3370", "vancomycin", dt.date(2025, 6, 30), "500 mg", "10 mg", "J3373", "").text
        'vancomycin: last day 2025-06-30, then J3373; a unit was 500 mg and is 10 mg'
        """
        told = []
        if self.kind == ENDED:
            after = f"then {self.successor}" if self.successor else "no successor is known"
            told.append(f"last day {self.day}, {after}")
        elif self.day:
            told.append(f"from {self.day}")
        if self.before and self.after:
            both = "was {!r}, is now {!r}" if self.kind == REWORDED else "a unit was {} and is {}"
            told += [both.format(self.before, self.after)] if self.before != self.after else []
        elif self.after:
            told.append(f"a unit is {self.after}")
        told += [self.note] if self.note else []
        return f"{self.what}: {'; '.join(told)}"


def change(
    kind: str, code: str, what: str, *, day: dt.date | None = None, before: str = "", after: str = "",
    successor: str = "", note: str = "",
) -> Change:  # fmt: skip
    """A `Change` of which little is given."""
    return Change(kind, code, what, day, before, after, successor, note)
