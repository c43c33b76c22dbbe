"""Rows at lines that several may share, held against every way there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_infusion.model import land_doig
from xl_infusion.model.land_doig import placed

Case = tuple[list[dict[int, int]], list[tuple[int, int]]]


def apart(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[1] < other[0] or other[1] < one[0]


def together(lines: list[int | None], days: list[tuple[int, int]]) -> bool:
    """True where no two rows share a day at one line."""
    return all(
        one is None or one != other or apart(days[at], days[to])
        for (at, one), (to, other) in combinations(enumerate(lines), 2)
    )


def ways(gains: list[dict[int, int]]) -> Iterator[list[int | None]]:
    if not gains:
        yield []
        return
    for rest in ways(gains[1:]):
        yield from ([line, *rest] for line in (None, *gains[0]))


def total(gains: list[dict[int, int]], lines: list[int | None]) -> int:
    return sum(gain[line] for gain, line in zip(gains, lines, strict=True) if line is not None)


def most(gains: list[dict[int, int]], days: list[tuple[int, int]]) -> int:
    return max(total(gains, way) for way in ways(gains) if together(way, days))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    gains = draw(st.lists(st.dictionaries(st.integers(0, 2), st.integers(1, 9)), max_size=5))
    days = [(first := draw(st.integers(1, 9)), first + draw(st.integers(0, 5))) for _ in gains]
    return gains, days


@given(cases())
def test_no_other_way_has_more_in_common(case: Case) -> None:
    gains, days = case
    found = placed(gains, days)
    assert together(found, days)
    assert total(gains, found) == most(gains, days)


#: One row reaches over two others, at the line that all of them have most in common with; one is of later days, and one
#: finds no line.
OVER = ([{0: 9}, {0: 8, 1: 2}, {0: 8, 1: 3}, {0: 5}, {0: 1}], [(3, 9), (1, 4), (8, 12), (20, 21), (1, 4)])


@pytest.mark.parametrize(
    ("gains", "days", "lines"),
    [
        ([{0: 9}, {0: 9}], [(1, 1), (1, 1)], [0, None]),  # two rows of one day: the earlier has the line
        ([{0: 9}, {0: 9}], [(1, 1), (2, 2)], [0, 0]),
        ([{0: 9, 1: 4}, {0: 8, 1: 7}], [(1, 5), (5, 9)], [0, 1]),
        (*OVER, [None, 0, 0, 0, None]),
        # with the middle row at the first line, the best for it, the others would gain less
        ([{0: 6, 1: 1}, {0: 5, 1: 9}, {0: 4, 1: 9}], [(4, 5), (5, 9), (6, 6)], [0, 1, 0]),
    ],
)
def test_rows_share_a_line_and_never_a_day(
    gains: list[dict[int, int]], days: list[tuple[int, int]], lines: list[int | None]
) -> None:
    assert placed(gains, days) == lines


@given(cases())
def test_where_trials_end_early_it_is_never_less_than_the_best_pair_first(case: Case) -> None:
    gains, days = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(land_doig, "MOST_TRIALS", 0)
        found = placed(gains, days)
    assert together(found, days)
    greedy: list[int | None] = [None] * len(gains)
    for _gain, row, line in sorted((-gain, row, line) for row, of in enumerate(gains) for line, gain in of.items()):
        if greedy[row] is None and together([*greedy[:row], line, *greedy[row + 1 :]], days):
            greedy[row] = line
    assert total(gains, found) >= total(gains, greedy)
