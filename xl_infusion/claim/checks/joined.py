"""Findings that repeat one cause, told once: with the rows of all of them, and the days from the first to the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from xl_infusion.claim.checks.check import Finding
from xl_infusion.claim.columns import ORDERS, VISITS

#: So many runs of rows stand in one text; what is beyond is told in a further finding, so that no row is lost.
MOST_RUNS = 40

#: What a row of a sheet is called.
_NOUNS = {ORDERS.name: "order", VISITS.name: "visit"}


def joined(found: Iterable[Finding]) -> list[Finding]:
    """The findings by their places, those of one kind and cause in several rows as one.

    Its row is the first of them, its days the widest, its order blank where there are several.

    >>> blank = [Finding("no prescriber", "Orders", row, row, 7, 9, "Prescriber is blank") for row in (5, 6, 7, 9)]
    >>> (one,) = joined(blank)
    >>> one.row, one.order, one.count, one.what
    (5, '', 4, '4 orders: Prescriber is blank (table rows 5-7, 9)')
    """
    causes: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for one in sorted(found, key=lambda one: one.place):
        causes[one.kind, one.cause or one.what].append(one)
    out: list[Finding] = []
    for (_, cause), same in causes.items():
        if len({(one.sheet, one.row) for one in same}) == 1:
            out += same  # of one row: each has days of its own
        else:
            out += [part.told(cause) for part in _parts(same)]
    return sorted(out, key=lambda one: one.place)


@dataclass(slots=True)
class _Part:
    """Findings of one cause with where they stand: (sheet, first and last of rows without a gap)."""

    found: list[Finding] = field(default_factory=list)
    runs: list[tuple[str, int, int]] = field(default_factory=list)

    def told(self, cause: str) -> Finding:
        """All of them as one finding."""
        counts: dict[str, int] = defaultdict(int)
        for sheet, first, last in self.runs:
            counts[sheet] += last - first + 1
        head = " and ".join(_count(sheet, count) for sheet, count in counts.items())
        where = "; ".join(self._rows_of(sheet, count, len(counts) > 1) for sheet, count in counts.items())
        several_orders = len({repr(one.order) for one in self.found}) > 1
        return replace(
            self.found[0],
            order="" if several_orders else self.found[0].order,
            first=min((one.first for one in self.found if one.first), default=0),
            last=max(one.last for one in self.found),
            what=f"{head}: {cause} ({where})",
            cause=cause,
            count=sum(counts.values()),
        )

    def _rows_of(self, sheet: str, count: int, with_sheet: bool) -> str:
        """``Orders table rows 5-7, 9``."""
        runs = [(first, last) for name, first, last in self.runs if name == sheet]
        rows = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
        return f"{sheet + ' ' if with_sheet else ''}table row{'s' if count > 1 else ''} {', '.join(rows)}"


def _parts(same: Iterable[Finding]) -> Iterator[_Part]:
    """Findings by their places, so many runs of rows together as one text takes."""
    part = _Part()
    for one in same:
        sheet, first, last = part.runs[-1] if part.runs else ("", 0, 0)
        if one.sheet == sheet and one.row <= last + 1:
            part.runs[-1] = (sheet, first, one.row)
        else:
            if len(part.runs) == MOST_RUNS:
                yield part
                part = _Part()
            part.runs.append((one.sheet, one.row, one.row))
        part.found.append(one)
    yield part


def _count(sheet: str, count: int) -> str:
    """``3 orders``, ``1 row of Rates``."""
    noun = _NOUNS.get(sheet, "row")
    return f"{count:,} {noun}{'s' if count > 1 else ''}" + ("" if sheet in _NOUNS else f" of {sheet}")
