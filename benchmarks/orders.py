"""Orders for the benchmarks: invented patients with one to four concurrent therapies of thirty days each."""

from __future__ import annotations

import datetime as dt
import random

HEADER = ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "End"]
DRUGS = (
    ("meropenem", "1 g", ("q8h",)), ("vancomycin", "1 g", ("q12h", "q24h")), ("ceftriaxone", "2 g", ("q24h",)),
    ("cefepime", "2 g", ("q8h", "q12h")), ("Zosyn", "3.375 g", ("q6h", "q8h")), ("daptomycin", "500 mg", ("q24h",)),
    ("ertapenem", "1 g", ("daily",)), ("ampicillin", "2 g", ("q4h", "q6h")), ("micafungin", "100 mg", ("q24h",)),
)  # fmt: skip


def orders(count: int, patients: int, days: int = 30, seed: int = 1) -> list[list[object]]:
    """``count`` orders of ``patients`` patients under a header row, in one to four concurrent therapies each."""
    random_ = random.Random(seed)
    rows: list[list[object]] = [list(HEADER)]
    start = dt.date(2024, 1, 1)
    number = 0
    while number < count:
        for patient in range(patients):
            for drug, dose, intervals in random_.sample(DRUGS, random_.randint(1, 4)):
                if number == count:
                    return rows
                number += 1
                first = start + dt.timedelta(random_.randint(0, 5))
                rows.append([number, f"PT-{patient:05}", "", drug, dose, random_.choice(intervals), first,
                             first + dt.timedelta(days - 1)])  # fmt: skip
        start += dt.timedelta(days + 6)
    return rows


#: Five contracts that differ as published ones do, and one fee schedule.
PAYERS: list[list[object]] = [
    ["Payer", "Second share", "Third share", "Days counted", "Always code", "Line span", "Extra modifier",
     "Authorization", "Days to file"],
    ["Plan A", None, None, None, None, None, None, "yes", 365],
    ["Plan B", 0.5, 0, "infusion days", None, None, None, None, None],
    ["Plan C", "33%", "33%", None, None, None, None, None, None],
    ["Plan D", None, None, None, "S9494", None, None, None, None],
    ["Plan E", None, None, None, None, "month", "59", None, None],
]  # fmt: skip
RATES: list[list[object]] = [
    ["Payer", "Code", "Rate"],
    *([None, code, rate] for code, rate in (
        ("S9500", 110), ("S9501", 130), ("S9502", 150), ("S9503", 170), ("S9504", 190), ("S9494", 100),
        ("J3370", 2.4), ("J2185", 0.8), ("J0696", 0.65), ("J0692", 1), ("J2543", 2), ("J0878", 0.16), ("J1335", 4),
        ("J0290", 1.9), ("J2248", 0.3),
    )),
    ["Plan A", "S9500", 98],
]  # fmt: skip
PRESCRIBER = "1234567893"
PROVIDER: list[list[object]] = [["Item", "Value"], ["NPI", PRESCRIBER]]
#: Invented NDCs of labelers whose products are billed with the generic code, for drugs that have others.
NDCS = {drug: "63323-9999-01" for drug in ("meropenem", "vancomycin", "cefepime", "micafungin", "daptomycin")}


def under_contracts(rows: list[list[object]]) -> list[list[object]]:
    """The same orders with one of five payers each, and all that a clean claim has."""
    payers = [row[0] for row in PAYERS[1:]]
    found: list[list[object]] = [[*rows[0], "Prescriber", "Authorization", "NDC"]]
    for row in rows[1:]:
        payer = payers[int(str(row[1])[3:]) % len(payers)]
        found.append([*row[:2], payer, *row[3:], PRESCRIBER, f"AU-{row[0]}", NDCS.get(str(row[3]))])
    return found
