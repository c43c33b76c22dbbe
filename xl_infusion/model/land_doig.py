"""Who gets which line where several may share one as long as no two of them share a day.

A. H. Land and A. G. Doig, An Automatic Method of Solving Discrete Programming Problems, Econometrica 28 (1960),
497-520 (branch and bound): what would be best if they could share days is the assignment problem (`munkres`). Where
two then do share a day at one line, two trials are made of it: in the one a row keeps that line for itself, in the
other it is kept from it. The trial that promises most is looked at first, and none that promises no more than what was
found already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush

from xl_infusion.model.munkres import Gains, assigned

#: First and last day as numbers.
Days = tuple[int, int]
#: Of each row the line that it gets.
Lines = list[int | None]

#: Trials of rows that want the same lines. What was found until then is taken: never less than the best pair first.
MOST_TRIALS = 500


def placed(gains: Sequence[Gains], days: Sequence[Days]) -> Lines:
    """For each row the line that it gets, or None, so that the sum of the gains is as large as can be.

    ``gains``: of each row, by line; ``days``: of each row. A line takes any number of rows of which no two share a day.
    Where it comes to the same, the earlier row keeps the line.

    >>> placed([{7: 90, 8: 50}, {7: 90, 8: 50}], [(1, 7), (8, 14)])
    [7, 7]
    >>> placed([{7: 90, 8: 50}, {7: 90, 8: 50}], [(1, 7), (7, 14)])
    [7, 8]
    """
    best = _best_pair_first(gains, days, [None] * len(gains))
    most = _sum(gains, best)
    trials: list[tuple[int, int, _Trial]] = []
    new = [_Trial(gains, days)]
    made = 0
    while True:
        for trial in new:
            made += 1
            if trial.most > most:
                found = _best_pair_first(gains, days, trial.lines)
                if _sum(gains, found) > most:
                    best, most = found, _sum(gains, found)
                heappush(trials, (-trial.most, made, trial))
        if not trials or made > MOST_TRIALS:
            return best
        promised, _, trial = heappop(trials)
        if -promised <= most:
            return best
        new = trial.branches()


class _Trial:
    """The best that there is if rows at one line may share a day, with as few of those as can be told before.

    ``most``: what it promises, for nobody can have more; ``lines``: how.
    """

    def __init__(self, gains: Sequence[Gains], days: Sequence[Days]) -> None:
        self._gains = gains
        self._days = days
        wanted: dict[int, list[int]] = defaultdict(list)
        for row, offers in enumerate(gains):
            for line in offers:
                wanted[line].append(row)
        stretches = [(line, rows) for line in sorted(wanted) for rows in _stretches(wanted[line], days)]
        by_stretch: list[dict[int, int]] = [{} for _ in gains]
        for stretch, (line, rows) in enumerate(stretches):
            for row in rows:
                by_stretch[row][stretch] = gains[row][line]
        found = assigned(by_stretch, [_most_apart(rows, days) for _, rows in stretches])
        self.lines: Lines = [None if stretch is None else stretches[stretch][0] for stretch in found]
        self.most = _sum(gains, self.lines)

    def branches(self) -> list[_Trial]:
        """Two trials: the row that stands in the way of most others keeps its line, and is kept from it."""
        row, line = self._most_in_the_way()
        kept = [{line: self._gains[row][line]} if one == row else self._without(one, line, beside=row)
                for one in range(len(self._gains))]  # fmt: skip
        kept_from = list(self._gains)
        kept_from[row] = self._without(row, line, beside=row)
        return [_Trial(kept, self._days), _Trial(kept_from, self._days)]

    def _without(self, row: int, line: int, beside: int) -> Gains:
        """What a row may still have where another one sits at a line: not that line on the same day."""
        offers = self._gains[row]
        if line not in offers or not _share_a_day(self._days[row], self._days[beside]):
            return offers
        return {one: gain for one, gain in offers.items() if one != line}

    def _most_in_the_way(self) -> tuple[int, int]:
        at_line: dict[int, list[int]] = defaultdict(list)
        for row, line in enumerate(self.lines):
            if line is not None:
                at_line[line].append(row)
        counts = {
            (row, line): sum(_share_a_day(self._days[row], self._days[other]) for other in rows)
            for line, rows in at_line.items()
            for row in rows
        }
        return max(counts, key=lambda at: counts[at])


def _stretches(rows: Iterable[int], days: Sequence[Days]) -> Iterator[list[int]]:
    """Rows in the order of their days, cut where no row reaches over: only those of one stretch can share a day."""
    stretch: list[int] = []
    until = 0
    for row in sorted(rows, key=lambda row: (days[row], row)):
        first, last = days[row]
        if stretch and first > until:
            yield stretch
            stretch = []
        stretch.append(row)
        until = max(until, last)
    yield stretch


def _most_apart(rows: Iterable[int], days: Sequence[Days]) -> int:
    """How many of these rows at most share no day: the one that ends first, then the next that begins after it."""
    count = until = 0
    for first, last in sorted((days[row] for row in rows), key=lambda span: span[1]):
        if first > until:
            count, until = count + 1, last
    return count


def _best_pair_first(gains: Sequence[Gains], days: Sequence[Days], wished: Lines) -> Lines:
    """Those wishes that go together, of two the one with more gain; then what else there is, the most first."""
    pairs = [(line != wished[row], -gain, row, line) for row, offers in enumerate(gains)
             for line, gain in offers.items()]  # fmt: skip
    found: Lines = [None] * len(gains)
    at_line: dict[int, list[Days]] = defaultdict(list)
    for _, _, row, line in sorted(pairs):
        if found[row] is None and not any(_share_a_day(days[row], other) for other in at_line[line]):
            found[row] = line
            at_line[line].append(days[row])
    return found


def _share_a_day(one: Days, other: Days) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _sum(gains: Sequence[Gains], lines: Lines) -> int:
    return sum(gains[row][line] for row, line in enumerate(lines) if line is not None)
