"""The claim worked out the slow way: one day after the other, with nothing of the package's spans or sweep.

An oracle for the property tests: it knows interval hours, start, order number and the published rules only.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from math import ceil

CODES = {3: "S9497", 4: "S9504", 6: "S9503", 8: "S9502", 12: "S9501", 24: "S9500"}
DAY = dt.timedelta(1)
CHANGE = dt.date(2025, 7, 1)


@dataclass(frozen=True)
class Plain:
    """An order in plain numbers."""

    number: int
    patient: str
    payer: str
    drug: str
    milligrams: int
    hours: int
    first: dt.date
    last: dt.date

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
