"""Reference prices out of CMS: the ASP payment limit of a code in the quarter of the date of service.

The published limit is, for most codes, 106 % of the average sales price (ASP): Social Security Act s. 1847A(b),
42 CFR 414.904. The notes of the file mark those for which it is not, and what they do not say is not undone here.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal

from xl_infusion.claim.spans import LAST, Spans
from xl_infusion.reference import Reference
from xl_infusion.reference.imported import ASP, AspLimit
from xl_infusion.reference.rows import ImportedFile, quarter_name

#: What a payment limit is of the ASP.
OF_ASP = Decimal("1.06")
#: Medicare pays by ASP since this day: Social Security Act s. 1847A(a).
_FIRST = dt.date(2005, 1, 1)
#: Quarters behind the day through which the edition is verified that are told apart.
_AHEAD = 12
#: Notes that leave a limit at 106 % of ASP: of the coinsurance, and of when a row was added or changed.
_PLAIN_NOTE = re.compile(r"inflation-adjusted coinsurance|(added|updated) [a-z]+ [0-9]{4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limit:
    """US dollars that CMS's file has for a unit of a code, a unit being ``dosage``, in a quarter.

    ``not_asp``: why it is not 106 % of ASP, in the file's words; "" where it is.
    """

    amount: Decimal
    dosage: str
    not_asp: str
    quarter: str


class Limits:
    """The imported payment limits of codes, with their days."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.imported = bool(reference.quarters(ASP))
        self._known: dict[str, Spans[Limit | str]] = {}
        self._governs = self._timeline() if self.imported else Spans[ImportedFile | str]([1], [""])

    def of(self, code: str) -> Spans[Limit | str]:
        """The limit of a code on every day, or why there is none, as a sentence that ends where one may also do
        something else: ``...: bring it in with xl-infusion codes update, or``."""
        found = self._known.get(code)
        if found is None:
            found = self._known[code] = self._of(code)
        return found

    def _timeline(self) -> Spans[ImportedFile | str]:
        """The file that governs each day; where none is imported, why."""
        files = self.reference.quarters(ASP)
        has = ", ".join(file.quarter for file in reversed(files))
        remedy = f"is not imported (imported: {has}): bring it in with xl-infusion codes update, or "
        missing: list[tuple[int, int, ImportedFile | str]] = [
            (1, _FIRST.toordinal() - 1, f"there are no ASP payment limits before {quarter_name(_FIRST)}: ")
        ]
        day = _FIRST
        for _ in range((self.reference.edition.verified_through.year - day.year + 1) * 4 + _AHEAD):
            after = dt.date(day.year + (day.month == 10), (day.month + 3) % 12, 1)
            why = f"CMS's ASP pricing file of {quarter_name(day)} {remedy}"
            missing.append((day.toordinal(), after.toordinal() - 1, why))
            day = after
        why = f"CMS's ASP pricing file of {quarter_name(day)} or later {remedy}"
        missing.append((day.toordinal(), LAST, why))
        layers: list[list[tuple[int, int, ImportedFile | str]]] = [
            [(file.first_day.toordinal(), file.last_day.toordinal(), file)] for file in files
        ]
        return Spans[ImportedFile | str].layered([*layers, missing])

    def _of(self, code: str) -> Spans[Limit | str]:
        rows = dict(self.reference.asp_limits(code))
        starts: list[int] = []
        values: list[Limit | str | None] = []
        for first, _, file in self._governs.whole:
            assert file is not None
            value = file if isinstance(file, str) else _limit(code, file, rows.get(file))
            last = values[-1] if values else None
            if isinstance(last, Limit) and isinstance(value, Limit) and replace(value, quarter=last.quarter) == last:
                since = last.quarter.partition(" to ")[0]
                values[-1] = replace(last, quarter=f"{since} to {value.quarter}")
                continue
            starts.append(first)
            values.append(value)
        return Spans(starts, values)


def _limit(code: str, file: ImportedFile, row: AspLimit | None) -> Limit | str:
    """What one file says of a code."""
    if row is None:
        return f"CMS's ASP pricing file of {file.quarter} does not have {code}: "
    if row.limit is None:
        return f"CMS's ASP pricing file of {file.quarter} has no payment limit for {code}: "
    return Limit(row.limit, row.dosage, _not_asp(row), file.quarter)


def _not_asp(row: AspLimit) -> str:
    """Why a limit is not 106 % of ASP: what the file notes beside it, a vaccine's or a blood product's limit."""
    if row.vaccine_limit is not None:
        return "it is the limit of a vaccine"
    if row.blood_limit is not None:
        return "it is the limit of a blood product"
    notes = (note.strip() for note in row.notes.split(" - "))
    return " - ".join(note for note in notes if note and not _PLAIN_NOTE.fullmatch(note))
