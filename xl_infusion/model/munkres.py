"""The assignment problem: who gets which place, so that all together gain the most by it.

J. Munkres, Algorithms for the Assignment and Transportation Problems, Journal of the Society for Industrial and
Applied Mathematics 5 (1957), 32-38: every place has a price at which nobody would rather sit elsewhere; one by one
each sits down, and others move on where that costs least. How it is found whom that costs least: R. Jonker and
A. Volgenant, A Shortest Augmenting Path Algorithm, Computing 38 (1987), 325-340.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

#: What somebody gains by each of the places that are open to that person: whole numbers above 0.
Gains = Mapping[int, int]


def assigned(gains: Sequence[Gains], seats: Sequence[int]) -> list[int | None]:
    """For everyone the place, or None, so that the sum of what they gain is as large as can be.

    ``gains``: of each person, by place; ``seats``: how many each place has, 1 or more. Who has no place gains 0.
    Where it comes to the same, who stands first in the list keeps the place.

    >>> assigned([{0: 9, 1: 8}, {0: 8, 1: 3}], [1, 1])
    [1, 0]
    >>> assigned([{0: 9}, {0: 8}, {0: 7}], [2])
    [0, 0, None]
    """
    table = _Seating(gains, seats)
    for person in range(len(gains)):
        table.sit(person)
    return table.place_of


class _Seating:
    """Who sits where so far: as well as can be for those who came."""

    def __init__(self, gains: Sequence[Gains], seats: Sequence[int]) -> None:
        self._gains = gains
        self._seats = seats
        self.place_of: list[int | None] = [None] * len(gains)
        self._sitting: list[list[int]] = [[] for _ in seats]
        #: 0 while a seat is free
        self._price = [0] * len(seats)
        #: a person's gain less the price of the place: nobody has more of another place
        self._profit = [0] * len(gains)

    def sit(self, newcomer: int) -> None:
        """One more sits down, or nobody does, and who must move on for it does: all together lose least."""
        spare = (gain - self._price[place] for place, gain in self._gains[newcomer].items())
        self._profit[newcomer] = max(0, max(spare, default=0))
        way = _Way(newcomer)
        way.may_stand(newcomer, self._profit[newcomer])
        self._look(newcomer, 0, way)
        while way.nearest:
            cost, full, place = heappop(way.nearest)
            if cost >= way.least:
                break
            if place in way.cost_of_place:
                continue
            if not full:
                way.ends_at(place, cost)
                break
            way.cost_of_place[place] = cost
            for person in self._sitting[place]:
                way.cost_of_person[person] = cost
                way.may_stand(person, cost + self._profit[person])
                self._look(person, cost, way)
        self._reprice(way)
        self._move(way)

    def _look(self, person: int, cost: int, way: _Way) -> None:
        """The places to which this person could move on, and what that loses."""
        spare = cost + self._profit[person]
        for place, gain in self._gains[person].items():
            loss = spare + self._price[place] - gain
            if loss < way.least and loss < way.seen.get(place, way.least):
                way.seen[place], way.taker[place] = loss, person
                full = len(self._sitting[place]) == self._seats[place]
                heappush(way.nearest, (loss, full, place))

    def _reprice(self, way: _Way) -> None:
        for person, cost in way.cost_of_person.items():
            self._profit[person] -= way.least - cost
        for place, cost in way.cost_of_place.items():
            self._price[place] += way.least - cost

    def _move(self, way: _Way) -> None:
        """Along the way from its end: each takes the seat that the one before has left."""
        place = way.end
        if way.stands is not None:
            place = self._rise(way.stands)
        while place is not None:
            person = way.taker[place]
            left = self._rise(person)
            self.place_of[person] = place
            self._sitting[place].append(person)
            place = left

    def _rise(self, person: int) -> int | None:
        """The place that somebody leaves, if that one had any."""
        place, self.place_of[person] = self.place_of[person], None
        if place is not None:
            self._sitting[place].remove(person)
        return place


class _Way:
    """From a newcomer over those who move on to a free seat, or to somebody who stands: what is known of it so far."""

    def __init__(self, newcomer: int) -> None:
        self.cost_of_person = {newcomer: 0}
        self.cost_of_place: dict[int, int] = {}
        #: places that were seen: what it costs to get there, and who would take a seat
        self.seen: dict[int, int] = {}
        self.taker: dict[int, int] = {}
        #: by cost, those with a free seat first: (cost, no seat is free, place)
        self.nearest: list[tuple[int, bool, int]] = []
        self.least = 0
        self.stands: int | None = None
        self.end: int | None = None

    def may_stand(self, person: int, cost: int) -> None:
        if self.stands is None or cost < self.least:
            self.least, self.stands = cost, person

    def ends_at(self, place: int, cost: int) -> None:
        self.least, self.stands, self.end = cost, None, place
