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
