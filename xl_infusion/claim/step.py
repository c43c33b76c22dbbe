"""A step of an explanation, and the words in which it says an order, a code, a rate and days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from xl_infusion.claim.codes import DrugCode, PerDiem
from xl_infusion.claim.columns import RATES
from xl_infusion.claim.lines import PER_DIEM, Line
from xl_infusion.claim.order import Order
from xl_infusion.claim.price import Price
from xl_infusion.claim.ranking import Stretch
from xl_infusion.claim.rates import RateRow
from xl_infusion.claim.spans import LAST, day_of
from xl_infusion.errors import BillingError, brief
from xl_infusion.reference import PerDiemRow
from xl_infusion.reference.own_codes import OwnRow
from xl_infusion.rules.interval import Every
from xl_infusion.rules.number import dollars, plain
from xl_infusion.rules.schedule import Schedule

_PER_UNIT = RATES["Per"].choices[0]
#: A price that is a quotient has no last decimal: it is shown so far.
_SHOWN = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was asked, what it came to, and the row of a table or the source that decided it."""

    question: str
    answer: str
    decided_by: str


def contents_of(order: Order) -> str:
    """What is ordered: the drug or therapy, dose, interval and days, as far as they can be read."""
    rx = order.rx
    what = [name_of(order)]
    what += [str(one) for one in (rx.dose, rx.interval) if one is not None and not isinstance(one, BillingError)]
    if order.dated:
        what.append(f"{day_of(order.first)} through {day_of(order.last)}")
    return ", ".join(filter(None, what))


def how_often(interval: Every) -> str:
    """``every 36 hours: 2 doses in 72 hours``; a schedule says its days."""
    if isinstance(interval, Schedule):
        return str(interval)
    doses = interval.doses_per_day
    many = "" if doses.numerator == 1 else "s"
    count = f"{doses.numerator} dose{many} in {24 * doses.denominator} hours"
    return f"{interval}: {'1 dose on Start' if interval.single else count}"


def coded_days(stretch: Stretch) -> Iterator[tuple[int, int, PerDiem]]:
    """The days of a stretch that have a per diem code, with it."""
    if not isinstance(stretch.code, BillingError):
        for first, last, answer in stretch.code.cut(stretch.first, stretch.last):
            if isinstance(answer, PerDiem):
                yield first, last, answer


def runs(one: Order | Stretch, day: int) -> bool:
    """True where a day is one of an order's or a stretch's."""
    return one.first <= day <= one.last


def amount_of(line: Line, price: Price) -> str:
    """``$110 for each day``: a price that is a quotient has no last decimal."""
    unit = ("day" if line.kind == PER_DIEM else "unit") if price.per == _PER_UNIT else price.per
    amount = price.amount if price.quotient is None else price.amount.quantize(_SHOWN)
    return f"${plain(amount)} for each {unit}"


def narrowed_by(row: RateRow) -> Iterator[str]:
    """The modifier and the days that alone a row of Rates is for."""
    if row.modifier:
        yield f"with {row.modifier}"
    if row.first > 1:
        yield f"from {day_of(row.first)}"
    if row.last < LAST:
        yield f"through {day_of(row.last)}"


def meaning_of(row: PerDiemRow) -> str:
    """``S9501, anti-infective, once every 12 hours``."""
    return f"{row.code}, {row.meaning}"


def source_of(answer: PerDiem | DrugCode) -> str:
    """The row that decided a code, with its days and its source."""
    row = answer.row
    days = f"in force from {row.first_day or 'before the sources'}" + (
        f" through {row.last_day}" if row.last_day else ""
    )
    if not answer.by:
        return f"code reference, {row.code}: {row.source}; {days}"
    of = f": {row.source}" if isinstance(row, OwnRow) and row.by in answer.by and row.source else ""
    return f"{answer.by}{of}; {days}"


def name_of(order: Order) -> str:
    """What an order is of: its drug, or its therapy."""
    rx = order.rx
    return brief(rx.shown_drug) or (rx.therapy.name if rx.therapy is not None else "")


def code_of(line: Line) -> str:
    """``S9501-SH``; a code that cannot be told is its Excel error."""
    code = line.code if isinstance(line.code, str) else line.code.excel
    return "-".join((code, *line.modifiers))


def line_text(line: Line, money: bool) -> str:
    """``S9501-SH x 5 = $325.00``; what cannot be told is its Excel error."""
    assert line.units is not None  # units that cannot be told are the error
    units = line.units.excel if isinstance(line.units, BillingError) else plain(Decimal(line.units))
    charge = line.charge.excel if isinstance(line.charge, BillingError) else dollars(line.charge or Decimal(0))
    return f"{code_of(line)} x {units}" + (f" = {charge}" if money else "")


def days_of(first: int, last: int) -> str:
    """``2025-07-01 to 2025-07-14``."""
    if not first:
        return "without days"
    return f"{day_of(first)}" if first == last else f"{day_of(first)} to {day_of(last)}"
