"""Seeded chance that is the same on every machine and in every version of Python: of `random` only ``random()``."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Chance from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def whole(self, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``, both inclusive."""
        return least + int(self._random() * (most - least + 1))

    def yes(self, chance: float) -> bool:
        """True with that chance."""
        return self._random() < chance

    def one(self, of: Sequence[T], weights: Sequence[float] = ()) -> T:
        """One of several, by their weights where they have some."""
        parts = weights or [1.0] * len(of)
        at = self._random() * sum(parts)
        for item, part in zip(of, parts, strict=True):
            at -= part
            if at < 0:
                return item
        return of[-1]

    def some(self, of: Sequence[T], count: int) -> list[T]:
        """Some of several, each once, in the order in which they were drawn."""
        left = list(of)
        return [left.pop(self.whole(0, len(left) - 1)) for _ in range(count)]
