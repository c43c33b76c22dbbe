"""The claim worked out the slow way: one day after the other, with nothing of the package's spans or sweep.

An oracle for the property tests: it knows interval hours, start, order number, the published rules, and the terms
of a contract in plain numbers, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

CODES = {3: "S9497", 4: "S9504", 6: "S9503", 8: "S9502", 12: "S9501", 24: "S9500"}
DAY = dt.timedelta(1)
CHANGE = dt.date(2025, 7, 1)


#: A schedule as it is written -> hours by which it ranks, the longest gap in hours, and whether a day has a dose: by the
#: days since the first one, and by its weekday (Monday 0).
SCHEDULES: dict[str, tuple[int, int, Callable[[int, int], bool]]] = {
    "MWF": (56, 72, lambda since, weekday: weekday in (0, 2, 4)),
    "Tue and Fri": (84, 96, lambda since, weekday: weekday in (1, 4)),
    "TIW": (56, 72, lambda since, weekday: since % 7 in (0, 2, 4)),
    "BIW": (84, 96, lambda since, weekday: since % 7 in (0, 3)),
    "5 days on 2 off": (24, 72, lambda since, weekday: since % 7 < 5),
    "days 1, 8 of 21": (252, 336, lambda since, weekday: since % 21 in (0, 7)),
}


@dataclass(frozen=True)
class Plain:
    """An order in plain numbers; ``written``: its schedule, where it is no interval."""

    number: int
    patient: str
    payer: str
    drug: str
    milligrams: int
    hours: int
    first: dt.date
    last: dt.date
    written: str = ""

    @property
    def gap(self) -> int:
        return SCHEDULES[self.written][1] if self.written else self.hours

    def days(self) -> list[dt.date]:
        return [self.first + i * DAY for i in range((self.last - self.first).days + 1)]

    def row(self) -> list[object]:
        return [
            self.number,
            self.patient,
            self.payer,
            self.drug,
            f"{self.milligrams} mg",
            self.hours,
            self.first,
            self.last,
        ]


HEADER = ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "End"]


def unit(drug: str, day: dt.date) -> tuple[str, int]:
    """Code and mg a unit."""
    if drug == "vancomycin":
        return ("J3370", 500) if day < CHANGE else ("J3373", 10)
    return {"meropenem": ("J2185", 100), "ceftriaxone": ("J0696", 250), "ertapenem": ("J1335", 500)}[drug]


def per_diems(orders: list[Plain]) -> Counter[tuple[str, str, dt.date, str, str]]:
    """(patient, payer, day, code, modifier) of every per diem day."""
    out: Counter[tuple[str, str, dt.date, str, str]] = Counter()
    groups = {(order.patient, order.payer) for order in orders}
    for patient, payer in groups:
        mine = [order for order in orders if (order.patient, order.payer) == (patient, payer)]
        for day in sorted({day for order in mine for day in order.days()}):
            running = [order for order in mine if order.first <= day <= order.last]
            running.sort(key=lambda order: (order.hours, order.first, order.number))
            for rank, order in enumerate(running, start=1):
                modifier = "" if rank == 1 else "SH" if rank == 2 else "SJ"
                out[patient, payer, day, CODES[order.hours], modifier] += 1
    return out


def drug_units(orders: list[Plain]) -> Counter[tuple[str, str, int, str]]:
    """Units of (patient, payer, order, code)."""
    out: Counter[tuple[str, str, int, str]] = Counter()
    for order in orders:
        for day in order.days():
            code, amount = unit(order.drug, day)
            out[order.patient, order.payer, order.number, code] += ceil(order.milligrams / amount) * (24 // order.hours)
    return out


# -- under a contract --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contract:
    """A payer's terms in plain numbers; ``rates``: cents a day or unit, ``own``: cents of a code at SH or SJ."""

    second: Fraction = Fraction(1, 2)
    third: Fraction = Fraction(1, 4)
    rank_by: str = "frequency"
    infusion_days: bool = False
    longest: int = 72
    always: str = ""
    other: str = ""
    beside: str = ""
    rounding: str = "dose"
    span: str = "whole"
    rates: tuple[tuple[str, int], ...] = ()
    own: tuple[tuple[str, str, int], ...] = ()

    def row(self, payer: str) -> dict[str, object]:
        """The row of Payers that says the same."""
        return {
            "Payer": payer,
            "Second share": float(self.second),
            "Third share": float(self.third),
            "Rank by": self.rank_by,
            "Days counted": "infusion days" if self.infusion_days else None,
            "Longest interval": self.longest,
            "Always code": self.always,
            "Other intervals": self.other,
            "Extra modifier": self.beside,
            "Unit rounding": self.rounding,
            "Line span": self.span,
        }

    def rate_rows(self, payer: str) -> list[dict[str, object]]:
        """The rows of Rates that say the same."""
        return [
            *({"Payer": payer, "Code": code, "Rate": cents / 100} for code, cents in self.rates),
            *({"Payer": payer, "Code": code, "Modifier": modifier, "Rate": cents / 100}
              for code, modifier, cents in self.own),
        ]  # fmt: skip


def doses(order: Plain, day: dt.date) -> int:
    """The doses of an order that fall on a day: the first one at its first hour, then one every so many hours."""
    if order.written:
        return int(SCHEDULES[order.written][2]((day - order.first).days, day.weekday()))
    begins = 24 * (day - order.first).days
    return sum(1 for hour in range(begins, begins + 24) if hour % order.hours == 0)


def counted(order: Plain, terms: Contract) -> list[dt.date]:
    """The days of an order that have a per diem."""
    every = order.gap <= 24 or (order.gap <= terms.longest and not terms.infusion_days)
    return [day for day in order.days() if every or doses(order, day)]


def code_of(order: Plain, terms: Contract) -> str:
    return terms.always or CODES.get(order.hours) or terms.other or "#N/A"


def half_up(cents: Fraction) -> int:
    return floor(cents + Fraction(1, 2))


def contract_days(orders: list[Plain], terms: Contract) -> list[tuple[int, dt.date, str, str, int]]:
    """(order, day, code, modifiers, cents) of every per diem day of one patient."""
    out = []
    rates = dict(terms.rates)
    for day in sorted({day for order in orders for day in counted(order, terms)}):
        running = [order for order in orders if day in counted(order, terms)]

        def key(order: Plain) -> tuple[object, ...]:
            if terms.rank_by == "start":
                return order.first, order.hours, order.number
            often = order.hours, order.first, order.number
            if terms.rank_by == "rate":
                rate = rates.get(code_of(order, terms))
                return (rate is None, -(rate or 0), *often)
            return often

        running.sort(key=key)
        for rank, order in enumerate(running):
            code = code_of(order, terms)
            if code == "#N/A":
                out.append((order.number, day, code, "", 0))
                continue
            ranked = ("", "SH", "SJ")[min(rank, 2)]
            share = (Fraction(1), terms.second, terms.third)[min(rank, 2)]
            own = [cents for known, modifier, cents in terms.own if (known, modifier) == (code, ranked)]
            cents = own[0] if own else half_up(rates[code] * share)
            modifiers = "-".join(filter(None, [ranked, terms.beside if ranked else ""]))
            out.append((order.number, day, code, modifiers, cents))
    return out


def contract_units(order: Plain, terms: Contract) -> Counter[str]:
    """Units of each code of an order, rounded up for each dose or each day."""
    out: Counter[str] = Counter()
    for day in order.days():
        code, amount = unit(order.drug, day)
        count = doses(order, day)
        if terms.rounding == "dose":
            out[code] += count * ceil(Fraction(order.milligrams, amount))
        else:
            out[code] += ceil(Fraction(count * order.milligrams, amount))
    return Counter({code: units for code, units in out.items() if units})


def least_opened(milligrams: int, sizes: list[int]) -> int:
    """The least that vials of these sizes hold in all, if they hold the dose."""
    holds = [True] + [False] * (milligrams + max(sizes))
    for amount in range(1, len(holds)):
        holds[amount] = any(amount >= size and holds[amount - size] for size in sizes)
    return next(amount for amount in range(milligrams, len(holds)) if holds[amount])
