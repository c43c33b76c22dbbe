"""The assignment problem, held against every way there is to sit down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_infusion.model.munkres import assigned


def ways(gains: list[dict[int, int]], seats: list[int]) -> Iterator[list[int | None]]:
    """Every way in which the persons may sit."""
    if not gains:
        yield []
        return
    first, *others = gains
    for place in (None, *first):
        left = [count - (at == place) for at, count in enumerate(seats)]
        if min(left, default=0) >= 0:
            yield from ([place, *rest] for rest in ways(others, left))


def total(gains: list[dict[int, int]], places: list[int | None]) -> int:
    return sum(gain[place] for gain, place in zip(gains, places, strict=True) if place is not None)


@st.composite
def halls(draw: st.DrawFn) -> tuple[list[dict[int, int]], list[int]]:
    seats = draw(st.lists(st.integers(1, 2), min_size=1, max_size=4))
    offers = st.dictionaries(st.integers(0, len(seats) - 1), st.integers(1, 9))
    return draw(st.lists(offers, max_size=6)), seats


@given(halls())
def test_no_other_way_gains_more(hall: tuple[list[dict[int, int]], list[int]]) -> None:
    gains, seats = hall
    found = assigned(gains, seats)
    assert all(place is None or place in gains[person] for person, place in enumerate(found))
    assert all(found.count(place) <= count for place, count in enumerate(seats))
    assert total(gains, found) == max(total(gains, way) for way in ways(gains, seats))


@pytest.mark.parametrize(
    ("gains", "seats", "places"),
    [
        ([], [1], []),
        ([{}], [1], [None]),
        ([{0: 5}, {0: 5}], [1], [0, None]),  # the earlier keeps it
        ([{0: 5}, {0: 6}], [1], [None, 0]),  # one rises, and stands
        ([{0: 5, 1: 5}, {0: 5, 1: 5}], [1, 1], [0, 1]),
        ([{0: 9, 1: 8}, {0: 9, 2: 8}, {0: 9}], [1, 1, 1], [1, 2, 0]),  # two move on, one after the other
        ([{0: 2, 1: 2}, {1: 2}, {0: 7, 1: 6}], [1, 1], [None, 1, 0]),  # a place to which two ways lead
        ([{1: 7, 2: 5}, {0: 2, 1: 6}, {1: 5, 2: 4}], [1, 1, 1], [1, 0, 2]),  # one that was looked at ends no search
        ([{1: 2}, {0: 4, 1: 6}], [1, 1], [None, 1]),  # who came first stands: another place would gain less
        ([{0: 9, 1: 1}, {0: 3}], [1, 1], [0, None]),  # to move on would cost more than the other one gains
    ],
)
def test_who_sits_where(gains: list[dict[int, int]], seats: list[int], places: list[int | None]) -> None:
    assert assigned(gains, seats) == places
