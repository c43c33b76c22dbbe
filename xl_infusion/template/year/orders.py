"""The orders and visits of the year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from xl_infusion.template.examples import Row
from xl_infusion.template.year.contracts import PARTS, VALLEY
from xl_infusion.template.year.dice import Dice

#: Dose and interval of a drug, more in a row: therapy, volume.
Course = tuple[str, str, str]
#: The first and the last day on which an order starts, and the last of the year's days: none is cut off before it ends.
FIRST, STARTS, LAST = dt.date(2024, 12, 1), dt.date(2025, 11, 30), dt.date(2025, 12, 31)
PATIENTS, ACUTE = 300, 228
#: Check digits are right, the numbers are nobody's in particular.
_PRESCRIBERS = (1234567893, 1987654328, 1444444446, 1888888884, 1777777776)

#: Anti-infective courses: the drug that leads -> its weight, and drugs that may go beside it.
COURSES: dict[Course, tuple[float, tuple[Course, ...]]] = {
    ("vancomycin", "1.25 g", "q12h"): (18, (("cefepime", "2 g", "q12h"), ("meropenem", "1 g", "q8h"))),
    ("ceftriaxone", "2 g", "daily"): (18, (("ampicillin", "2 g", "q4h"), ("daptomycin", "500 mg", "daily"))),
    ("cefazolin", "2 g", "q8h"): (13, (("ertapenem", "1 g", "daily"),)),
    ("daptomycin", "500 mg", "q24h"): (11, (("ertapenem", "1 g", "daily"), ("cefepime", "2 g", "q12h"))),
    ("ertapenem", "1 g", "daily"): (10, (("daptomycin", "650 mg", "daily"), ("micafungin", "100 mg", "daily"))),
    ("cefepime", "2 g", "q8h"): (8, (("vancomycin", "1 g", "q12h"),)),
    ("piperacillin-tazobactam", "3.375 g", "q6h"): (7, (("vancomycin", "1 g", "q12h"),)),
    ("meropenem", "1 g", "q8h"): (7, (("vancomycin", "1 g", "q12h"), ("micafungin", "100 mg", "daily"))),
    ("penicillin G potassium", "24 million units", "continuous"): (4, (("ceftriaxone", "2 g", "q12h"),)),
    ("micafungin", "100 mg", "daily"): (4, (("meropenem", "1 g", "q8h"),)),
}  # fmt: skip
#: Drug -> how the order names what was given, where makers have codes of their own.
_GIVEN: dict[str, Row] = {
    "vancomycin": {"NDC": "0409-6533-21", "NDC unit": "UN", "NDC quantity": 1},
    "meropenem": {"NDC": "0409-1391-22", "NDC unit": "UN", "NDC quantity": 1},
    "daptomycin": {"NDC": "43598-413-11", "NDC unit": "UN", "NDC quantity": 1},
    "cefazolin": {"Product": "Baxter"}, "cefepime": {"Product": "Baxter"}, "micafungin": {"Product": "Par"},
}  # fmt: skip
_THIRD: Course = ("micafungin", "100 mg", "daily")
_LENGTHS, _BY = (14, 21, 28, 35, 42), (30, 15, 25, 10, 20)

#: What comes back all year: (drug, dose, interval), days of an order, days from start to start, more columns, how many
#: of the patients.
_AGAIN: tuple[tuple[Course, int, int, Row, int], ...] = (
    (("lipids NOS", "50 g", "daily"), 28, 28, {"Therapy": "TPN", "Volume": "1.8 L"}, 22),
    (("lipids NOS", "60 g", "daily"), 28, 28, {"Therapy": "TPN", "Volume": "2.4 L"}, 4),
    (("milrinone", "40 mg", "continuous"), 28, 28, {}, 8),
    (("dobutamine", "500 mg", "continuous"), 28, 28, {}, 4),
    (("Privigen", "40 g", "daily"), 2, 28, {}, 9),
    (("Gamunex-C", "35 g", "daily"), 1, 28, {}, 8),
    (("normal saline 1000 cc", "1 L", "daily"), 14, 56, {"Volume": "1 L"}, 7),
    (("methylprednisolone sodium succinate", "1 g", "daily"), 3, 84, {}, 4),
    (("hydromorphone", "24 mg", "continuous"), 28, 28, {}, 3),
    (("fluorouracil", "2.1 g", "continuous"), 2, 14, {}, 3),
)
assert sum(one[-1] for one in _AGAIN) == PATIENTS - ACUTE


@dataclass
class Year:
    """The orders and visits while they are made."""

    dice: Dice
    orders: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)

    def order(self, patient: Row, course: Course, first: dt.date, days: int, more: Row | None = None) -> dt.date:
        """Adds an order; gives its last day, which is never after the year."""
        last = min(first + dt.timedelta(days - 1), LAST)
        drug, dose, interval = course
        self.orders.append({"Order": "", **patient, "Drug": drug, "Dose": dose, "Interval": interval, "Start": first,
                            "End": last, **_GIVEN.get(drug, {}), **(more or {})})  # fmt: skip
        return last

    def visit(self, patient: Row, day: dt.date, minutes: int) -> None:
        """Adds a visit, one a day of a patient."""
        row: Row = {"Patient": patient["Patient"], "Date": day, "Minutes": minutes}
        if not any(one["Patient"] == row["Patient"] and one["Date"] == day for one in self.visits[-60:]):
            self.visits.append(row)

    def acute(self, patient: Row) -> None:
        """One to three courses of anti-infectives, with days between them."""
        day = FIRST + dt.timedelta(self.dice.whole(0, 330))
        for _ in range(self.dice.one((1, 2, 3, 4), (22, 30, 30, 18))):
            if day > STARTS:
                day = FIRST + dt.timedelta(self.dice.whole(0, 40))
                if any(row["Patient"] == patient["Patient"] and row["Start"] <= day + dt.timedelta(60)  # type: ignore[operator]
                       for row in self.orders[-12:]):  # fmt: skip
                    return
            day = self.course(patient, day) + dt.timedelta(self.dice.whole(12, 75))

    def course(self, patient: Row, first: dt.date) -> dt.date:
        """A course: its drug, at times a second and a third, visits; gives its last day."""
        dice = self.dice
        lead = dice.one(list(COURSES), [weight for weight, _ in COURSES.values()])
        days = dice.one(_LENGTHS, _BY)
        last = self.order(patient, lead, first, days)
        if dice.yes(0.12):
            beside = dice.one(COURSES[lead][1])
            start = min(first + dt.timedelta(dice.whole(0, 4)), STARTS)
            last = max(last, self.order(patient, beside, start, max(7, days - dice.one((0, 0, 7, 14)))))
            if dice.yes(0.18) and _THIRD not in (lead, beside):
                self.order(patient, _THIRD, min(start + dt.timedelta(2), STARTS), 10)
        self.visit(patient, first, dice.one((90, 120, 150), (30, 50, 20)))
        for week in range(7, (last - first).days, 7):
            self.visit(patient, first + dt.timedelta(week), dice.one((45, 60, 75, 90), (20, 50, 20, 10)))
        return last

    def again(self, patient: Row, kind: tuple[Course, int, int, Row, int]) -> None:
        """Orders that follow each other from a day of the first weeks to the end of the year, or to an earlier end."""
        course, days, apart, more, _ = kind
        day = FIRST + dt.timedelta(self.dice.whole(0, 27) if self.dice.yes(0.6) else self.dice.whole(28, 180))
        until = STARTS if self.dice.yes(0.75) else day + dt.timedelta(self.dice.whole(84, 240))
        while day <= min(until, STARTS):
            self.order(patient, course, day, days, more)
            self.visit(patient, day, self.dice.one((60, 90, 120), (50, 30, 20)))
            day += dt.timedelta(apart)


def orders_and_visits() -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The Orders and Visits tables, by their days."""
    made = Year(Dice(2025))
    kinds: Iterator[tuple[Course, int, int, Row, int]] = (kind for kind in _AGAIN for _ in range(kind[-1]))
    for number in range(1, PATIENTS + 1):
        payer = made.dice.one(list(PARTS), list(PARTS.values()))
        patient: Row = {"Patient": f"YR-{number:04}", "Payer": payer, "Prescriber": made.dice.one(_PRESCRIBERS)}
        if payer == VALLEY:
            patient["Authorization"] = f"VH-{30000 + 7 * number}"
        if number <= ACUTE:
            made.acute(patient)
        else:
            made.again(patient, next(kinds))
    orders = sorted(made.orders, key=lambda row: (row["Start"], row["Patient"]))
    for number, row in enumerate(orders, start=1):
        row["Order"] = f"Y25-{number:04}"
    visits = sorted(made.visits, key=lambda row: (row["Date"], row["Patient"]))
    return tuple(orders), tuple(visits)
