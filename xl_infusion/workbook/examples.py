"""The example rows that the workbook ships with: invented references, invented payers, invented round rates.

They show the worked example of the IDSA Home Infusion FAQ (2013) in its day, the same orders across 30 June
2025 when the code of vancomycin ends, three therapies that start and stop apart, TPN, hydration, a rate that
changes mid-year, an infusion suite, and visits of one and a half to three and a half hours.
"""

from __future__ import annotations

import datetime as dt

Row = dict[str, str | int | float | dt.date]


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _order(order: str, patient: str, payer: str, drug: str, dose: str, interval: str, start: str, end: str | int,
           **more: str | int) -> Row:  # fmt: skip
    """An order; ``end`` is its last day, or the number of its days."""
    last: Row = {"Days": end} if isinstance(end, int) else {"End": _day(end)}
    return {"Order": order, "Patient": patient, "Payer": payer, "Drug": drug, "Dose": dose, "Interval": interval,
            "Start": _day(start), **last, **more}  # fmt: skip


ORDERS: tuple[Row, ...] = (
    _order("RX-101", "PT-1001", "Example Commercial", "meropenem", "1 g", "q8h", "2013-05-01", 1),
    _order("RX-102", "PT-1001", "Example Commercial", "vancomycin", "1 g", "q12h", "2013-05-01", 1),
    _order("RX-103", "PT-1002", "Example Commercial", "meropenem", "1 g", "q8h", "2025-06-24", "2025-07-07"),
    _order("RX-104", "PT-1002", "Example Commercial", "vancomycin", "1 g", "q12h", "2025-06-24", "2025-07-07"),
    _order("RX-105", "PT-1003", "Example Health Plan", "ceftriaxone", "2 g", "daily", "2025-09-01", "2025-09-14"),
    _order("RX-106", "PT-1003", "Example Health Plan", "vancomycin", "1,250 mg", "q12h", "2025-09-03", "2025-09-10"),
    _order("RX-107", "PT-1003", "Example Health Plan", "ampicillin", "2 g", "q4h", "2025-09-05", "2025-09-12"),
    _order("RX-108", "PT-1004", "Example Union Trust", "lipids NOS", "50 g", "daily", "2025-10-01", "2025-10-31",
           Therapy="TPN", Volume="1.8 L"),
    _order("RX-109", "PT-1005", "Example Commercial", "normal saline 1000 cc", "2 L", "daily", "2025-08-11", 5,
           Volume="2 L"),
    _order("RX-110", "PT-1006", "Example State Plan", "milrinone", "40 mg", "continuous", "2025-06-16", "2025-07-15"),
    _order("RX-111", "PT-1007", "Example Union Trust", "hydromorphone", "24 mg", "continuous", "2025-11-03",
           "2025-11-16"),
    _order("RX-112", "PT-1008", "Example Health Plan", "Cubicin", "500 mg", "q24h", "2025-12-01", "2025-12-05",
           Place=49),
)  # fmt: skip

VISITS: tuple[Row, ...] = tuple(
    {"Patient": patient, "Date": _day(date), "Minutes": minutes}
    for patient, date, minutes in (
        ("PT-1003", "2025-09-01", 210),
        ("PT-1003", "2025-09-05", 90),
        ("PT-1004", "2025-10-01", 150),
        ("PT-1006", "2025-06-16", 120),
        ("PT-1007", "2025-11-03", 95),
    )
)

PAYERS: tuple[Row, ...] = (
    {"Payer": "Example Commercial", "Second share": 0.5, "Third share": 0.25},
    {"Payer": "Example Health Plan", "Second share": 0.5, "Third share": 0},
    {"Payer": "Example Union Trust", "Second share": 0.5, "Third share": 0.5},
    {"Payer": "Example State Plan"},
)


def _rate(code: str, rate: float, *, payer: str = "", first: str = "", last: str = "") -> Row:
    row: Row = {"Payer": payer} if payer else {}
    row |= {"Code": code, "Rate": rate}
    if first:
        row["From"] = _day(first)
    if last:
        row["To"] = _day(last)
    return row


RATES: tuple[Row, ...] = (
    _rate("S9500", 110),
    _rate("S9501", 130),
    _rate("S9502", 150),
    _rate("S9504", 190),
    _rate("S9366", 245),
    _rate("S9375", 80),
    _rate("S9326", 95),
    _rate("S9348", 160, last="2025-06-30"),
    _rate("S9348", 172, first="2025-07-01"),
    _rate("J2185", 0.8),
    _rate("J3370", 2.4, last="2025-06-30"),
    _rate("J3373", 0.055, first="2025-07-01"),
    _rate("J0696", 0.65),
    _rate("J0290", 1.9),
    _rate("J0878", 0.16),
    _rate("B4185", 8.75),
    _rate("J7030", 2.5),
    _rate("J2260", 1.75),
    _rate("J1171", 0.12),
    _rate("99601", 150),
    _rate("99602", 75),
    _rate("S9500", 98, payer="Example Health Plan"),
    _rate("99601", 165, payer="Example Union Trust", first="2025-01-01"),
)

ROWS: dict[str, tuple[Row, ...]] = {"Orders": ORDERS, "Visits": VISITS, "Payers": PAYERS, "Rates": RATES}
