"""What runs when, and where it stands among the others: a day is asked for in a few steps, whatever runs on it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any, Protocol, TypeVar


class Runs(Protocol):
    """Something that runs from a first through a last day (ordinals)."""

    first: int
    last: int


class Item(Runs, Protocol):
    """What stands in an order as well; ``place``: its number in the order of all keys."""

    key: Any
    place: int


R = TypeVar("R", bound=Runs)
T = TypeVar("T", bound=Item)
_KEY, _FIRST, _PLACE = attrgetter("key"), attrgetter("first"), attrgetter("place")


def turns(items: Iterable[R]) -> Iterator[tuple[int, list[R], list[R]]]:
    """The days on which something changes: (day, what ended the day before, what begins)."""
    gone: dict[int, list[R]] = defaultdict(list)
    come: dict[int, list[R]] = defaultdict(list)
    for item in items:
        gone[item.last + 1].append(item)
        come[item.first].append(item)
    for day in sorted({*gone, *come}):
        yield day, gone.get(day, []), come.get(day, [])


def placed(items: Iterable[T]) -> list[T]:
    """All that can ever run, in order and each with its place: by key, then what begins first, then as given.

    The running stand in a list by their places: `enter`, `leave` and `stands` take it.
    """
    found = sorted(items, key=_FIRST)
    found.sort(key=_KEY)
    for place, item in enumerate(found):
        item.place = place
    return found


def stands(running: list[T], item: T) -> int:
    """How many run before one that runs."""
    return bisect_left(running, item.place, key=_PLACE)


def enter(running: list[T], item: T) -> None:
    """One more runs."""
    insort(running, item, key=_PLACE)


def leave(running: list[T], item: T) -> None:
    """One runs no more."""
    del running[bisect_left(running, item.place, key=_PLACE)]


class Extremes:
    """The least and the most of what was counted since a day.

    >>> counts = Extremes()
    >>> for day, count in enumerate([3, 1, 4, 2]):
    ...     counts.add(day, count)
    >>> [(counts.least(day), counts.most(day)) for day in range(4)]
    [(1, 4), (1, 4), (2, 4), (2, 2)]
    """

    def __init__(self) -> None:
        # (day, count), only those that no later count is below, or above
        self._least: list[tuple[int, int]] = []
        self._most: list[tuple[int, int]] = []

    def add(self, day: int, count: int) -> None:
        least, most = self._least, self._most
        while least and least[-1][1] >= count:
            least.pop()
        least.append((day, count))
        while most and most[-1][1] <= count:
            most.pop()
        most.append((day, count))

    def least(self, day: int) -> int:
        return self._least[bisect_left(self._least, (day,))][1]

    def most(self, day: int) -> int:
        return self._most[bisect_left(self._most, (day,))][1]


class Standing:
    """How many stand before a place on any day.

    >>> standing = Standing([(1, 9, 2), (3, 5, 0), (6, 6, 1)])
    >>> [standing.before(2, day) for day in (2, 3, 6, 7)]
    [0, 1, 1, 0]
    """

    def __init__(self, items: Iterable[tuple[int, int, int]]) -> None:
        """``items``: (first day, last day, place) of each."""
        begun, ended = [], []
        for first, last, place in items:
            begun.append((first, place))
            ended.append((last + 1, place))
        self._begun, self._ended = _Until(begun), _Until(ended)

    def before(self, place: int, day: int) -> int:
        """How many that run on ``day`` have a place below ``place``."""
        return self._begun.count(day, place) - self._ended.count(day, place)


class _Until:
    """How many of some (day, place) are up to a day and below a place: a Fenwick tree of sorted places."""

    def __init__(self, points: list[tuple[int, int]]) -> None:
        points.sort()
        self._days = [day for day, _ in points]
        self._nodes: list[list[int]] = [[] for _ in range(len(points) + 1)]
        for at, (_, place) in enumerate(points, start=1):
            while at <= len(points):
                self._nodes[at].append(place)
                at += at & -at
        for node in self._nodes:
            node.sort()

    def count(self, day: int, place: int) -> int:
        at, found = bisect_right(self._days, day), 0
        while at:
            found += bisect_left(self._nodes[at], place)
            at &= at - 1
        return found
