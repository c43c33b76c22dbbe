"""Orders in plain numbers, and the published facts that the plain model needs, read off by hand.

HCPCS Level II (CMS): which code bills a drug on a day, what one unit of it counts, which per diem an order has. What is
not here is a `NotKnown`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import Any

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
#: (term, payer or "", of: a therapy or a code, or "") -> its value; of Drugs at (percentage, basis).
Changes = dict[tuple[str, str, str], Any]

DAY = dt.timedelta(1)
ONE, NONE = Fraction(1), Fraction(0)


class NotKnown(Exception):
    """The tables have something that this script does not know."""


# -- what is published -------------------------------------------------------------------------------------------

INFECTION, TPN, HYDRATION = "anti-infective", "TPN", "hydration"
#: Drug and who made it -> its codes: code, what one unit counts, first and last day (None: before or after the tables).
_JULY = dt.date(2025, 7, 1)
CODES: dict[tuple[str, str], list[tuple[str, str, dt.date | None, dt.date | None]]] = {
    ("ampicillin", ""): [("J0290", "500 mg", None, None)],
    ("cefazolin", "Baxter"): [("J0689", "500 mg", None, None)],
    ("cefepime", "Baxter"): [("J0701", "500 mg", None, None)],
    ("ceftriaxone", ""): [("J0696", "250 mg", None, None)],
    ("daptomycin", "43598-413-11"): [("J0878", "1 mg", None, None)],
    ("dobutamine", ""): [("J1250", "250 mg", None, None)],
    ("ertapenem", ""): [("J1335", "500 mg", None, None)],
    ("fluorouracil", ""): [("J9190", "500 mg", None, None)],
    ("Gamunex-C", ""): [("J1561", "500 mg", None, None)],
    ("hydromorphone", ""): [("J1171", "0.1 mg", None, None)],
    ("lipids NOS", ""): [("B4185", "10 g", None, None)],
    ("meropenem", "0409-1391-22"): [("J2185", "100 mg", None, None)],
    ("meropenem", ""): [("J2185", "100 mg", None, None)],
    ("methylprednisolone sodium succinate", ""): [("J2919", "5 mg", None, None)],
    ("micafungin", "Par"): [("J2247", "1 mg", None, None)],
    ("milrinone", ""): [("J2260", "5 mg", None, None)],
    ("normal saline 1000 cc", ""): [("J7030", "1000 mL", None, None)],
    ("penicillin G potassium", ""): [("J2540", "600000 units", None, None)],
    ("piperacillin-tazobactam", ""): [("J2543", "1.125 g", None, None)],
    ("Privigen", ""): [("J1459", "500 mg", None, None)],
    ("vancomycin", "0409-6533-21"): [("J3370", "500 mg", None, _JULY - DAY), ("J3373", "10 mg", _JULY, None)],
    ("vancomycin", ""): [("J3370", "500 mg", None, _JULY - DAY), ("J3373", "10 mg", _JULY, None)],
}
#: Drug -> therapy, where it is no anti-infective; therapy -> its per diem code, where volume or interval do not matter.
THERAPY = {
    "lipids NOS": TPN, "normal saline 1000 cc": HYDRATION, "milrinone": "inotrope", "dobutamine": "inotrope",
    "Gamunex-C": "immunotherapy", "Privigen": "immunotherapy", "methylprednisolone sodium succinate": "corticosteroid",
    "hydromorphone": "pain management", "fluorouracil": "chemotherapy",
}  # fmt: skip
_INFECTIONS = {"ampicillin", "cefazolin", "cefepime", "ceftriaxone", "daptomycin", "ertapenem", "meropenem",
               "micafungin", "penicillin G potassium", "piperacillin-tazobactam", "vancomycin"}  # fmt: skip
_EVERY = {3: "S9497", 4: "S9504", 6: "S9503", 8: "S9502", 12: "S9501", 24: "S9500"}
LITERS = {TPN: ("S9365", "S9366", "S9367", "S9368"), HYDRATION: ("S9374", "S9375", "S9376", "S9377")}
_ONE_CODE = {"inotrope": "S9348", "immunotherapy": "S9338", "corticosteroid": "S9490"}
_CONTINUOUS = {"pain management": "S9326", "chemotherapy": "S9330"}
PER_DIEMS = {*_EVERY.values(), *(code for codes in LITERS.values() for code in codes), *_ONE_CODE.values(),
             *_CONTINUOUS.values(), "S9494"}  # fmt: skip
DRUG_CODES = {code for rows in CODES.values() for code, *_ in rows}
VISIT_CODES = {"99601", "99602"}
_INTERVALS = {"daily": 24, "q24h": 24, "q12h": 12, "q8h": 8, "q6h": 6, "q4h": 4, "continuous": 24,
              "q48h": 48, "q72h": 72, "q96h": 96, "weekly": 168}  # fmt: skip
#: What an amount's unit is, and how many of its kind's smallest.
_UNITS = {"mg": ("mass", 1), "g": ("mass", 1000), "mL": ("volume", 1), "L": ("volume", 1000), "units": ("units", 1)}

#: Columns that are known; of these in `_NO_MONEY` nothing is earned or lost.
_NO_MONEY = {"Prescriber", "Authorization", "NDC unit", "NDC quantity", "Accreditation", "Payment days", "Kind",
             "Extra modifier"}  # fmt: skip
_KNOWN = {
    "Orders": {"Order", "Patient", "Payer", "Second payer", "Drug", "Dose", "Interval", "Start", "End", "Days",
               "Therapy", "Volume", "Product", "NDC"},
    "Visits": {"Patient", "Payer", "Date", "Minutes"},
    "Payers": {"Payer", "Covers", "Second share", "Third share", "Exempt therapies", "Rank by", "Tie by", "Days counted",
               "Unit rounding", "Line span", "Always code", "Coinsurance", "Copay a visit"},
    "Rates": {"Payer", "Code", "Modifier", "Rate", "Basis", "From", "To"},
    "Costs": {"Drug or code", "Cost", "From", "To"},
    "Scenarios": {"Scenario", "Payer", "Therapy", "Volume growth", "Part of orders", "Days counted", "Rank by",
                  "Unit rounding", "Second share", "Third share", "Per diem change", "Per diem amount", "Code", "Rate",
                  "Drugs at", "Drug basis"},
    "Payer codes": set(), "Own codes": set(),
}  # fmt: skip
#: The terms of a scenario in the order of a bridge: volume, then rules, then prices.
TERMS = ("Volume growth", "Part of orders", "Days counted", "Rank by", "Unit rounding", "Second share", "Third share",
         "Per diem change", "Per diem amount", "Rate", "Drugs at")  # fmt: skip
KINDS = ("per diem", "drug", "visit")


def check(tables: Tables) -> None:
    """Errors: `NotKnown` for a column that has a value and that this script does not know."""
    for name, known in _KNOWN.items():
        for row in tables.get(name, ()):
            other = {column for column, cell in row.items() if cell is not None} - known - _NO_MONEY
            if other:
                raise NotKnown(f"{name} has {sorted(other)}")


# -- plain numbers -----------------------------------------------------------------------------------------------


@cache
def number(cell: object) -> Fraction:
    """A cell's number as Excel shows it; a percentage in text too."""
    text = str(cell)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def cents(dollars: Fraction) -> Fraction:
    """Rounded half up to the cent, away from zero."""
    whole = floor(abs(dollars) * 100 + Fraction(1, 2))
    return Fraction(whole if dollars >= 0 else -whole, 100)


@cache
def amount(text: str) -> tuple[str, Fraction]:
    """What an amount is of, and how much: ``2 g`` is 2000 mg of mass."""
    found = re.fullmatch(r"([0-9.]+) (million )?(\w+)", text)
    if not found or found[3] not in _UNITS:
        raise NotKnown(f"amount {text!r}")
    kind, factor = _UNITS[found[3]]
    return kind, Fraction(found[1]) * factor * (1_000_000 if found[2] else 1)


def day(cell: dt.date | str) -> dt.date:
    return dt.date.fromisoformat(cell) if isinstance(cell, str) else cell


# -- orders ------------------------------------------------------------------------------------------------------


@dataclass
class Order:
    """An order in plain numbers; ``payer`` is the one whose contract pays it."""

    number: Any
    patient: str
    payer: str
    drug: str
    maker: str
    dose: str
    hours: int
    continuous: bool
    first: dt.date
    last: dt.date
    therapy: str
    liters: Fraction

    def days(self) -> Iterator[dt.date]:
        for at in range((self.last - self.first).days + 1):
            yield self.first + at * DAY

    def doses(self, on: dt.date) -> int:
        """The doses that fall on a day: the first one at its first hour, then one every so many hours."""
        begins = 24 * (on - self.first).days
        return len(range(-(-begins // self.hours) * self.hours, begins + 24, self.hours))

    def code(self, on: dt.date) -> tuple[str, str]:
        """The drug's code on a day, and what one unit of it counts."""
        for code, unit, first, last in CODES[self.drug, self.maker]:
            if (first is None or first <= on) and (last is None or on <= last):
                return code, unit
        raise NotKnown(f"{self.drug} has no code on {on}")


def read_order(row: Row) -> Order:
    """An order of the table."""
    interval = row["Interval"]
    hours = interval if isinstance(interval, int) else _INTERVALS.get(interval)
    drug = row.get("Drug") or ""
    if hours is None:
        raise NotKnown(f"interval {interval!r}")
    first = day(row["Start"])
    last = day(row["End"]) if row.get("End") is not None else first + (row["Days"] - 1) * DAY
    therapy = row.get("Therapy") or (INFECTION if drug in _INFECTIONS else THERAPY.get(drug))
    if therapy is None or (drug and (drug, _maker(row)) not in CODES):
        raise NotKnown(f"drug {drug!r} of {_maker(row)!r}")
    liters = NONE
    if row.get("Volume") is not None:
        kind, milliliters = amount(row["Volume"])
        if kind != "volume":
            raise NotKnown(f"volume {row['Volume']!r}")
        liters = milliliters / 1000
    return Order(row["Order"], row["Patient"], row["Payer"], drug, _maker(row), row.get("Dose") or "", hours,
                 interval == "continuous", first, last, therapy, liters)  # fmt: skip


def _maker(row: Row) -> str:
    return row.get("Product") or row.get("NDC") or ""


def per_diem_code(orders: Sequence[Order]) -> str:
    """The per diem code of the orders of one day that share it: one, or those of TPN or hydration."""
    lead = orders[0]
    if lead.therapy == INFECTION and lead.hours in _EVERY:
        return _EVERY[24 if lead.continuous else lead.hours]
    if lead.therapy in LITERS:
        liters = sum((order.liters for order in orders), NONE)
        if not all(order.liters for order in orders):
            raise NotKnown(f"order {lead.number} without its volume")
        return LITERS[lead.therapy][min(ceil(liters), 4) - 1]
    if lead.continuous and lead.therapy in _CONTINUOUS:
        return _CONTINUOUS[lead.therapy]
    if lead.therapy in _ONE_CODE:
        return _ONE_CODE[lead.therapy]
    raise NotKnown(f"the per diem of {lead.therapy} every {lead.hours} hours")
