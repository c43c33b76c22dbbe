"""Medicare's own home infusion therapy benefit: visits by G codes, for the drugs that the sources name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from xl_infusion.claim.codes import DrugCode
from xl_infusion.claim.lines import VISIT, Line, LineMaker
from xl_infusion.claim.modifiers import ON_VISIT, noted
from xl_infusion.claim.order import Order
from xl_infusion.claim.spans import LAST
from xl_infusion.claim.visits import Visit
from xl_infusion.errors import BillingError, NotKnown, kept
from xl_infusion.reference import HitRow
from xl_infusion.rules.number import plain


class Benefit:
    """Medicare's own home infusion therapy benefit, where the payer's row says that the provider bills it.

    It pays on the day of an infusion only (42 CFR 486.505; Medicare Benefit Policy Manual ch. 15 s. 320.8.2), one
    payment a day and category; an initial visit comes again only after a discharge and a gap (s. 320.8.3). Sources: the
    reference's hit_benefit and hit_drugs. What they do not say (several categories on one day, parts of 15 minutes) is
    not guessed.
    """

    def __init__(self, maker: LineMaker, orders: Sequence[Order]) -> None:
        self.maker = maker
        # an order that cannot be billed (it lacks a second payer) is infused all the same
        self.orders = [order for order in orders if order.dated] if maker.terms.hit_benefit else []
        self._latest: dict[int, int] = {}

    def categories(self, day: int) -> set[int]:
        """The categories of the drugs that are given on a day."""
        found = {self._category(order, day) for order in self.orders if _is_given(order, day)}
        return {category for category in found if category is not None}

    def runs(self, day: int) -> bool:
        """True where an order of a drug of the benefit runs on a day, whether a dose falls on it or not."""
        return any(self._category(order, day) is not None for order in self.orders)

    def _category(self, order: Order, day: int) -> int | None:
        """The category of an order's drug on a day, None for a drug that is not of the benefit."""
        if order.rx.drug is None or not order.first <= day <= order.last:
            return None
        answer = self.maker.codes.drug(order.rx).on(day)
        if not isinstance(answer, DrugCode):
            return None
        return self.maker.reference.hit_category(answer.row, dt.date.fromordinal(day))

    def lines(self, visit: Visit, categories: set[int], again: bool) -> Iterator[Line]:
        """The line of one visit; ``again``: it is not the first of its day."""
        maker, day = self.maker, visit.day
        place = visit.place or maker.terms.place
        try:
            if visit.failure is not None:
                raise visit.failure
            assert not isinstance(visit.minutes, BillingError)
            if again:
                raise NotKnown(
                    "Medicare's benefit pays one visit a day and category: no source says how to bill another"
                )
            if len(categories) > 1:
                shown = " and ".join(map(str, sorted(categories)))
                raise NotKnown(
                    f"drugs of the benefit's categories {shown} are given on that day: no source says which is billed"
                )
            (category,) = categories
            row = self._row(category, day)
            units, rest = divmod(visit.minutes, row.covers_minutes)
            marks = maker.marker.of_day(visit.modifiers, ON_VISIT, row.code, (), day)
            if rest:
                raise NotKnown(
                    f"{plain(visit.minutes)} minutes are no whole number of {row.covers_minutes} minutes: no source at "
                    f"hand says how {row.code} rounds"
                )
        except BillingError as error:
            yield failed(maker, visit, place, kept(error))
            return
        self._latest[category] = day
        which = "" if row.visit == "any" else f"{row.visit} "
        why = (
            f"{which}visit of {plain(visit.minutes)} minutes, {row.covers_minutes} minutes a unit; Medicare's home "
            f"infusion benefit, category {category}; one payment a day"
        )
        price = maker.prices(row.code, marks).on(day) if maker.rates.given else None
        rate, charge, note = maker.priced(price, int(units), 1)
        why += note + maker.stale(row.code, day) + noted(marks)
        yield Line(visit, VISIT, day, day, place, row.code, marks, int(units), rate, charge, None,
                   why, (day, 0, (), VISIT, visit.order), days=1)  # fmt: skip

    def _row(self, category: int, day: int) -> HitRow:
        date = dt.date.fromordinal(day)
        first = self.maker.reference.hit_code(category, True, date)
        latest = self._latest.get(category)
        gap = first.gap_days if first is not None else None
        initial = latest is None or (gap is not None and day - latest > gap and self._discharged(latest, day))
        row = first if initial else self.maker.reference.hit_code(category, False, date)
        if row is None:
            raise NotKnown(f"Medicare's home infusion benefit has no code for category {category} on {date}")
        return row

    def _discharged(self, after: int, before: int) -> bool:
        """True where a day between two days has no order of a drug of the benefit: its course had ended."""
        return not all(map(self.runs, range(after + 1, before)))


def _is_given(order: Order, day: int) -> bool:
    """True where a dose falls on a day of an order that no hold pauses; a continuous infusion is given every day."""
    interval = order.rx.interval
    return interval is not None and order.given_on(day) and interval.doses(day - order.first, 1) > 0


def failed(maker: LineMaker, visit: Visit, place: str, error: BillingError, denied: bool = False) -> Line:
    """The line of a visit that cannot be billed."""
    none = error if maker.rates.given else None
    return Line(visit, VISIT, visit.day, visit.day, place, error, (), error, none, none, None, f"visit: {error}",
                (visit.day or LAST, 0, (), VISIT, visit.order), denied=denied)  # fmt: skip
