"""The value of a term at which a scenario earns what it should, exact to the cent, or the two between which it jumps.

What a contract earns is a staircase: rates are whole cents, so that a share or a percentage a little higher earns the
same until some rate of the contract is a cent more. The stairs are found by halving, on a grid finer than any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.errors import BillingError, NotFound, WrongInput
from xl_infusion.model.book import Book, all_payers
from xl_infusion.model.changes import (
    AMOUNT,
    CHANGE,
    DRUGS,
    GROWTH,
    LIMITS,
    PART,
    RATE,
    SHARES,
    Changes,
    Term,
    Value,
    told,
)
from xl_infusion.rules.number import cents, plain

#: How finely the values of a term are looked at.
_STEPS: dict[str, Decimal] = {
    **dict.fromkeys(SHARES, Decimal("1e-7")),
    PART: Decimal("1e-12"),
    GROWTH: Decimal("1e-12"),
    CHANGE: Decimal("1e-8"),
    AMOUNT: Decimal("0.01"),
    RATE: Decimal("1e-6"),
    DRUGS: Decimal("1e-8"),
}
#: Least and most value that is looked at: what a scenario may say, and of an amount less.
_REACH = {**dict.fromkeys(SHARES, (Decimal(0), Decimal(1))), **LIMITS, AMOUNT: (Decimal(-100_000), Decimal(100_000))}


@dataclass(frozen=True, slots=True)
class Point:
    """A value of the term, and what is earned at it."""

    value: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class BreakEven:
    """``at``: the value that earns the target to the cent, None where there is none.

    ``below`` and ``above``: the nearest that earn less and more, None where nothing does.
    """

    target: Decimal
    at: Point | None
    below: Point | None
    above: Point | None


def break_even(book: Book, changes: Changes, term: Term, basis: str, target: Decimal | None) -> BreakEven:
    """The value of a term, all else as ``changes`` have it, at which all payers together earn ``target``.

    ``target``: US dollars, None for what the contracts earn as they are. ``basis``: what the drugs' percentage is of.
    Errors: `WrongInput` for a term that is no number, and the failure of a claim that cannot be priced.
    """
    if term.name not in _STEPS:
        raise WrongInput(f"{term.name} is no number: a break-even is one of {', '.join(_STEPS)}")
    if target is None:
        target = _good(all_payers(book.answers(Changes()).values()).total)
    target = cents(target)

    def earned(value: Decimal) -> Decimal | BillingError:
        at: Value = (value, basis) if term.name == DRUGS else value
        return all_payers(book.answers(changes.having(term, at)).values()).total

    stairs = _Stairs(earned, *_range(term.name, earned))
    return stairs.find(target)


def _range(name: str, earned: Callable[[Decimal], Decimal | BillingError]) -> tuple[Decimal, Decimal, Decimal]:
    """The values that can be priced: an amount off may make no rate negative."""
    (least, most), step = _REACH[name], _STEPS[name]
    if not isinstance(earned(least), BillingError):
        return least, most, step
    middle = Decimal(0)
    _good(earned(middle))
    low, high = int(least / step), 0
    while high - low > 1:
        half = (low + high) // 2
        low, high = (half, high) if isinstance(earned(half * step), BillingError) else (low, half)
    return high * step, most, step


def _good(amount: Decimal | BillingError) -> Decimal:
    if isinstance(amount, BillingError):
        raise amount
    return amount


class _Stairs:
    """What is earned over the values of a term, ever more or ever less of it."""

    def __init__(
        self, earned: Callable[[Decimal], Decimal | BillingError], least: Decimal, most: Decimal, step: Decimal
    ) -> None:
        self._earned, self._step = earned, step
        self._low, self._high = int(least / step), int(most / step)
        self._known: dict[int, Decimal] = {}
        self._sign = 1 if self._at(self._high) >= self._at(self._low) else -1

    def _at(self, k: int) -> Decimal:
        found = self._known.get(k)
        if found is None:
            found = self._known[k] = _good(self._earned(k * self._step))
        return found

    def _first(self, enough: Callable[[Decimal], bool]) -> int | None:
        """The least k from which on what is earned is ``enough``, None where it never is."""
        low, high = self._low, self._high
        if not enough(self._at(high)):
            return None
        while low < high:
            half = (low + high) // 2
            low, high = (low, half) if enough(self._at(half)) else (half + 1, high)
        return low

    def find(self, target: Decimal) -> BreakEven:
        """Where the target is earned, and the stairs beside it."""
        sign = self._sign
        reached = self._first(lambda total: sign * total >= sign * target)
        passed = self._first(lambda total: sign * total > sign * target)
        at = None
        if reached is not None and self._at(reached) == target:
            at = self._point(reached, passed - 1 if passed is not None else self._high)
        before = (self._high if reached is None else reached - 1) if reached != self._low else None
        before_point = self._stair_to(before) if before is not None else None
        after_point = self._stair_from(passed) if passed is not None else None
        below, above = (before_point, after_point) if sign > 0 else (after_point, before_point)
        return BreakEven(target, at, below, above)

    def _stair_to(self, k: int) -> Point:
        total = self._at(k)
        first = self._first(lambda other: self._sign * other >= self._sign * total)
        assert first is not None
        return self._point(first, k)

    def _stair_from(self, k: int) -> Point:
        total = self._at(k)
        after = self._first(lambda other: self._sign * other > self._sign * total)
        return self._point(k, after - 1 if after is not None else self._high)

    def _point(self, first: int, last: int) -> Point:
        """The roundest value of a stair, and what it earns."""
        digit = 1
        best = first
        while digit <= max(abs(first), abs(last), 1) * 10:
            up = -(-first // digit) * digit
            if up > last:
                break
            best, digit = up, digit * 10
        return Point((best * self._step).normalize(), self._at(first))


def told_as(term: Term, found: BreakEven) -> NotFound:
    """Why there is no value that earns the target to the cent."""
    stairs = [
        f"{told(term, point.value)} earns {plain(point.total)}"
        for point in (found.below, found.above)
        if point is not None
    ]
    return NotFound(f"no such value: nothing earns {plain(found.target)} to the cent; {' and '.join(stairs)}")
