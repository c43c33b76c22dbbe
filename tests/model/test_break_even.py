"""Stairs that only rise or only fall: what a break-even finds on them is what looking at every value finds."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate

from hypothesis import example, given
from hypothesis import strategies as st

from xl_infusion.model.break_even import Point, _Stairs

#: By how much each value earns more than the one before.
RISES = st.lists(st.integers(0, 2), min_size=1, max_size=60)


def roundest(values: list[int]) -> int:
    """Of whole numbers in a row the first multiple of the highest power of ten that has one among them."""
    digit = 1
    while any(value % (10 * digit) == 0 for value in values) and digit < 10**4:
        digit *= 10
    return next(value for value in values if value % digit == 0)


@example(rises=[0] * 6, first=5, sign=1, target=0)  # of 5 to 10 it is 10
@given(rises=RISES, first=st.integers(-40, 40), sign=st.sampled_from([1, -1]), target=st.integers(-3, 70))
def test_a_break_even_is_found_as_by_looking_at_every_value(
    rises: list[int], first: int, sign: int, target: int
) -> None:
    totals = {first + at: Decimal(sign * total) for at, total in enumerate(accumulate(rises))}

    def earned(value: Decimal) -> Decimal:
        return totals[int(value * 100)]

    def point(total: Decimal | None) -> Point | None:
        if total is None:
            return None
        value = roundest([k for k, of in totals.items() if of == total])
        return Point((value * Decimal("0.01")).normalize(), total)

    wanted = Decimal(sign * target)
    step = Decimal("0.01")
    found = _Stairs(earned, min(totals) * step, max(totals) * step, step).find(wanted)
    assert found.target == wanted
    assert found.at == point(wanted if wanted in totals.values() else None)
    assert found.below == point(max((total for total in totals.values() if total < wanted), default=None))
    assert found.above == point(min((total for total in totals.values() if total > wanted), default=None))
