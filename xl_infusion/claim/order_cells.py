"""What the cells of an order mean: its days, dose, interval, doses, NDC."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from math import ceil

from xl_infusion.claim.columns import MOST_DAYS, ORDERS
from xl_infusion.claim.inputs import choice, good, text, whole_of
from xl_infusion.claim.spans import LAST
from xl_infusion.claim.words import NO_PER_DIEM
from xl_infusion.errors import BillingError, OutOfRange, WrongInput, kept
from xl_infusion.rules import day as day_rule
from xl_infusion.rules import dose as dose_rule
from xl_infusion.rules import interval as interval_rule
from xl_infusion.rules import measures, ordered_dose
from xl_infusion.rules import ndc as ndc_rule

_LENGTH, _DISPENSED, _UNUSED = (ORDERS[name] for name in ("Days", "Dispensed", "Unused"))


def label(value: object) -> str:
    """The order's number as text, "" for none."""
    return text(good(value, "Order"), "Order")


def inside(value: object) -> str:
    """What Per diem with says: the number of another order, `NO_PER_DIEM`, or "" for the order's own."""
    named = text(good(value, "Per diem with"), "Per diem with")
    return NO_PER_DIEM if named.casefold() == NO_PER_DIEM else named


def supplier(value: object) -> str:
    return choice(ORDERS["Supplied by"], value)


def ndc(value: object) -> str:
    return "" if value is None else ndc_rule.parse(good(value, "NDC"))


def ndc_quantity(unit: object, quantity: object) -> tuple[str, Decimal | None]:
    return (
        "" if unit is None else ndc_rule.unit(good(unit, "NDC unit")),
        None if quantity is None else ndc_rule.quantity(good(quantity, "NDC quantity")),
    )


def doses(dispensed: object, unused: object) -> tuple[int | None, int]:
    """The doses dispensed, and those of them that were not used."""
    doses = None if dispensed is None else whole_of(_DISPENSED, dispensed)
    not_used = 0 if unused is None else whole_of(_UNUSED, unused)
    if doses is not None and not_used > doses:
        raise OutOfRange(f"Unused {not_used} is more than Dispensed {doses}: it counts doses of those dispensed")
    return doses, not_used


def dose(value: object, weight: object, height: object, concentration: object) -> dose_rule.Dose | ordered_dose.Ordered:
    """The dose, with what it is worked out with where it is no amount alone."""
    patient = ordered_dose.Patient(
        None if weight is None else measures.weight(good(weight, "Weight")),
        None if height is None else measures.height(good(height, "Height")),
        None if concentration is None else measures.concentration(good(concentration, "Concentration")),
    )
    return ordered_dose.parse(good(value, "Dose"), patient)


def volume(value: object) -> Decimal | None:
    return None if value is None else dose_rule.liters(good(value, "Volume"))


def interval(value: object, code_by: str | None, has_drug: bool) -> interval_rule.Every | None:
    """The interval; blank only where neither the per diem code nor a count of doses needs it."""
    if value is None and code_by not in (None, "interval") and not has_drug:
        return None
    return interval_rule.parse(good(value, "Interval"))


def days_of(start: object, end: object, days: object) -> tuple[int, int] | BillingError:
    """First and last day of an order as ordinals, out of Start and End or Days."""
    try:
        first = day_rule.parse(good(start, "Start"), "Start")
        if good(end, "End") is None and good(days, "Days") is None:
            raise WrongInput("End is blank: type the last day, or the number of Days")
        count = None if days is None else whole_of(_LENGTH, days)
        last = _after(first, count or 0) if end is None else _ended(first, day_rule.parse(end, "End"), count)
        return first.toordinal(), last
    except BillingError as error:
        return kept(error)


def _after(first: dt.date, count: int) -> int:
    """The last (an ordinal) of so many days. Errors: `OutOfRange` for one beyond the calendar."""
    last = first.toordinal() + count - 1
    if last > LAST:
        raise OutOfRange(f"Days {count} from {first} go beyond the calendar: check the dates")
    return last


def _ended(first: dt.date, last: dt.date, count: int | None) -> int:
    """``last`` as an ordinal. Errors: `OutOfRange` where it cannot be meant, `WrongInput` where Days says otherwise."""
    span = (last - first).days + 1
    if span < 1:
        raise OutOfRange(f"End {last} is before Start {first}")
    if span > MOST_DAYS:
        raise OutOfRange(f"Start {first} to End {last} is more than ten years: check the dates")
    if count not in (None, span):
        raise WrongInput(f"Days {count} and End {last} differ: from {first} that is {span} days; give one of them")
    return last.toordinal()


def one_dose(start: object, end: object, days: object, lasts: Fraction) -> tuple[int, int] | BillingError:
    """The days of a single dose: Start, which End and Days need not repeat, or as many days as it runs."""
    begun = max(ceil(lasts / 24), 1)
    found = days_of(start, end, begun if end is None and days is None else days)
    if isinstance(found, BillingError) or found[1] - found[0] <= (begun if lasts else 0):
        return found
    return WrongInput(
        f"Interval is a single dose, and the order has {found[1] - found[0] + 1} days: leave End and Days blank, or "
        "type the hours between doses"
    )
