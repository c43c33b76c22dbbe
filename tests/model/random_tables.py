"""Random tables of a small provider: orders of a few patients, visits, contracts with odd terms, rates for all of them."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from tests.claim.claims import Row, table

DAY = dt.timedelta(1)
START = dt.date(2025, 6, 10)
PAYERS = ("A", "B", "C")
PER_DIEM = ("S9500", "S9501", "S9502", "S9503", "S9504", "S9366", "S9367", "S9368", "S9348")
#: Drug of Orders -> its codes in those months.
DRUGS = {
    "meropenem": ("J2185",), "vancomycin": ("J3370", "J3373"), "ceftriaxone": ("J0696",), "ertapenem": ("J1335",),
    "milrinone": ("J2260",),
}  # fmt: skip
VISIT = ("99601", "99602")


@dataclass
class Tables:
    """Rows of the tables; ``arguments`` are what a worksheet function takes."""

    orders: list[Row]
    visits: list[Row]
    payers: list[Row]
    rates: list[Row]

    @property
    def arguments(self) -> list[list[list[Any]]]:
        return [
            table(self.orders, ["Order", "Patient", "Payer", "Drug", "Dose", "Interval", "Start", "Days"]),
            table(self.visits, ["Patient", "Payer", "Date", "Minutes"]),
            table(self.payers, ["Payer"]),
            table(self.rates, ["Code", "Rate"]),
        ]


def tables(seed: int, orders: int = 12) -> Tables:
    """The tables of a seed."""
    draw = random.Random(seed)
    found: list[Row] = []
    for number in range(1, orders + 1):
        drug = draw.choice([*DRUGS, "TPN"])
        start = START + draw.randrange(40) * DAY
        row: Row = {"Order": number, "Patient": f"P{draw.randint(1, 5)}", "Start": start, "Days": draw.randint(1, 25)}
        row["Payer"] = {"P1": "A", "P2": "B", "P3": "C", "P4": "A", "P5": "Medicare"}[row["Patient"]]
        row["Second payer"] = "A" if row["Payer"] == "Medicare" else None
        if drug == "TPN":
            row |= {"Therapy": "TPN", "Interval": 24, "Volume": "1.5 L"}
        elif drug == "milrinone":
            row |= {"Drug": drug, "Dose": "20 mg", "Interval": "continuous"}
        else:
            row |= {"Drug": drug, "Dose": f"{draw.randint(100, 2000)} mg", "Interval": draw.choice([4, 6, 8, 12, 24])}
        found.append(row)
    visits = [
        {"Patient": order["Patient"], "Payer": order["Payer"], "Date": order["Start"], "Minutes": draw.choice([60, 150, 200])}
        for order in found
        if draw.random() < 0.5
    ]  # fmt: skip
    payers: list[Row] = [
        {
            "Payer": name, "Second share": draw.choice([0, 0.5, 1]), "Third share": draw.choice([0, 0.25, 0.5]),
            "Days counted": draw.choice(["every day", "infusion or visit days"]),
            "Rank by": draw.choice(["frequency", "rate", "start"]),
            "Unit rounding": draw.choice(["dose", "day", "line"]), "Line span": draw.choice(["whole", "month", "week"]),
        }
        for name in PAYERS
    ]  # fmt: skip
    payers.append({"Payer": "Medicare", "Kind": "Medicare", "Covers": "deny first"})
    return Tables(found, visits, payers, rates(draw))


def rates(draw: random.Random) -> list[Row]:
    """A fee and a usual charge for every code; some payers have their own, one of them for a rank, one from July on."""
    out: list[Row] = []
    for code in (*PER_DIEM, *(code for codes in DRUGS.values() for code in codes), *VISIT):
        fee = draw.randint(5000, 30000) if code[0] != "J" else draw.randint(1, 900)
        out.append({"Payer": None, "Code": code, "Rate": fee / 100, "Basis": "fee"})
        out.append({"Payer": None, "Code": code, "Rate": fee / 50, "Basis": "usual charge"})
        if draw.random() < 0.4:
            out.append({"Payer": draw.choice(PAYERS), "Code": code, "Rate": fee / 80, "Basis": "fee", "From": dt.date(2025, 7, 1)})  # fmt: skip
    out.append(
        {"Payer": "B", "Code": "S9500", "Modifier": "SH", "Rate": draw.randint(4000, 9000) / 100, "Basis": "fee"}
    )
    return out
