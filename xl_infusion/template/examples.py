"""The example rows that the workbook ships with: invented patients, payers, numbers and round rates.

They show the worked example of the IDSA Home Infusion FAQ (2013) in its day, and the same orders across 30 June
2025 when the code of vancomycin ends; three therapies that start and stop apart, TPN, hydration, an infusion
suite, a rate that changes mid-year; payers whose contracts differ, a patient of Medicare and then of a second
payer, a drug that an outside pharmacy bills, vials with a rest, doses that were not used; visits of an hour to
three and a half, and one past midnight. NDCs are of CMS's NDC-HCPCS crosswalk (October 2025), chosen for their
makers.

One thing is wrong in them on purpose, and the checks find it: see `INTENDED`.
"""

from __future__ import annotations

import datetime as dt

Row = dict[str, str | int | float | dt.date | dt.time]

#: The prescribers (their check digits are right, the numbers are nobody's in particular), and the provider.
_NPI, _OTHER, _THIRD, _OURS = 1234567893, 1987654328, 1444444446, 1999999984
_COMMERCIAL, _HEALTH, _UNION, _STATE = (
    "Example Commercial", "Example Health Plan", "Example Union Trust", "Example State Plan"
)  # fmt: skip
_WORK, _MEDICARE = "Example Work Fund", "Medicare"


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _order(order: str, patient: str, payer: str, drug: str, dose: str, interval: str, start: str, end: str | int,
           prescriber: int = _NPI, more: Row | None = None) -> Row:  # fmt: skip
    """An order; ``end`` is its last day, or the number of its days."""
    last: Row = {"Days": end} if isinstance(end, int) else {"End": _day(end)}
    return {"Order": order, "Patient": patient, "Payer": payer, "Drug": drug, "Dose": dose, "Interval": interval,
            "Start": _day(start), **last, "Prescriber": prescriber, **(more or {})}  # fmt: skip


def _ndc(number: str, vials: int) -> Row:
    """The product that was given: its NDC, and how many of its vials a dose takes."""
    return {"NDC": number, "NDC unit": "UN", "NDC quantity": vials}


_MEROPENEM, _VANCOMYCIN = _ndc("0409-1391-22", 1), _ndc("0409-6533-21", 1)

ORDERS: tuple[Row, ...] = (
    _order("RX-101", "PT-1001", _COMMERCIAL, "meropenem", "1 g", "q8h", "2013-05-01", 1, more=_MEROPENEM),
    _order("RX-102", "PT-1001", _COMMERCIAL, "vancomycin", "1 g", "q12h", "2013-05-01", 1, more=_VANCOMYCIN),
    _order("RX-103", "PT-1002", _COMMERCIAL, "meropenem", "1 g", "q8h", "2025-06-24", "2025-07-07", more=_MEROPENEM),
    _order("RX-104", "PT-1002", _COMMERCIAL, "vancomycin", "1 g", "q12h", "2025-06-24", "2025-07-07",
           more=_VANCOMYCIN),
    _order("RX-105", "PT-1003", _HEALTH, "ceftriaxone", "2 g", "daily", "2025-09-01", "2025-09-14", _OTHER,
           {"Authorization": "HP-20417"}),
    _order("RX-106", "PT-1003", _HEALTH, "vancomycin", "1,250 mg", "q12h", "2025-09-03", "2025-09-10", _OTHER,
           {"Authorization": "HP-20418", **_ndc("68462-478-84", 1)}),
    _order("RX-107", "PT-1003", _HEALTH, "ampicillin", "2 g", "q4h", "2025-09-05", "2025-09-12", _OTHER,
           {"Authorization": "HP-20431"}),
    _order("RX-108", "PT-1004", _UNION, "lipids NOS", "50 g", "daily", "2025-10-01", "2025-10-31",
           more={"Therapy": "TPN", "Volume": "1.8 L"}),
    _order("RX-109", "PT-1005", _COMMERCIAL, "normal saline 1000 cc", "2 L", "daily", "2025-08-11", 5,
           more={"Volume": "2 L"}),
    _order("RX-110", "PT-1006", _STATE, "milrinone", "40 mg", "continuous", "2025-06-16", "2025-07-15", _THIRD,
           {"Authorization": "SP-7001", "NDC": "0143-9709-10", "NDC unit": "ML", "NDC quantity": 40}),
    _order("RX-111", "PT-1006", _STATE, "Rocephin", "1 g", "daily", "2025-06-26", "2025-07-05", _THIRD,
           {"Place": 49, "Authorization": "SP-7014", **_ndc("0409-7332-01", 1)}),
    _order("RX-112", "PT-1007", _UNION, "hydromorphone", "24 mg", "continuous", "2025-11-03", "2025-11-16"),
    _order("RX-113", "PT-1008", _HEALTH, "daptomycin", "500 mg", "q48h", "2025-12-01", "2025-12-05", _OTHER,
           {"Place": 49, "Authorization": "HP-20655", **_ndc("43598-413-11", 1)}),
    _order("RX-114", "PT-1009", _STATE, "ertapenem", "1 g", "daily", "2025-10-27", "2025-11-07", _THIRD,
           {"Authorization": "SP-7102", **_ndc("0409-3510-22", 1), "Dispensed": 12, "Unused": 3}),
    _order("RX-115", "PT-1010", _UNION, "cefazolin", "2 g", "q8h", "2025-09-15", "2025-09-28",
           more=_ndc("0143-9924-90", 2)),
    _order("RX-116", "PT-1011", _MEDICARE, "ertapenem", "1 g", "daily", "2025-11-10", "2025-11-21",
           more={"Second payer": _COMMERCIAL}),
    _order("RX-117", "PT-1012", _COMMERCIAL, "Zosyn", "3.375 g", "q6h", "2025-10-06", 7, _OTHER,
           {"Supplied by": "outside pharmacy"}),
    _order("RX-118", "PT-1013", _WORK, "daptomycin", "650 mg", "q24h", "2025-11-17", "2025-11-30",
           more={"Vials": "350 mg, 500 mg", **_ndc("43598-476-11", 2)}),
)  # fmt: skip


def _visit(patient: str, date: str, minutes: int = 0, more: Row | None = None) -> Row:
    return {"Patient": patient, "Date": _day(date), **({"Minutes": minutes} if minutes else {}), **(more or {})}


#: Stays and pauses: none of the examples has one.
HOLDS: tuple[Row, ...] = ()

VISITS: tuple[Row, ...] = (
    _visit("PT-1003", "2025-09-01", 210),
    _visit("PT-1003", "2025-09-05", 90),
    _visit("PT-1004", "2025-10-01", 150),
    _visit("PT-1006", "2025-06-16", 120),
    _visit("PT-1006", "2025-07-01", 60, {"Nurse": "agency"}),
    _visit("PT-1007", "2025-11-03", 95, {"Special training": "yes"}),
    _visit("PT-1011", "2025-11-10", more={"Start time": dt.time(21, 30), "End time": dt.time(0, 15)}),
    _visit("PT-1011", "2025-11-17", 60),
    _visit("PT-1013", "2025-11-17", 75),
)

PAYERS: tuple[Row, ...] = (
    {"Payer": _COMMERCIAL, "Second share": 0.5, "Third share": 0.25},
    {"Payer": _HEALTH, "Second share": 0.5, "Third share": 0, "Days counted": "infusion or visit days",
     "Other intervals": "S9500",
     "Authorization": "yes"},
    {"Payer": _UNION, "Second share": 0.5, "Third share": 0.5, "Always code": "S9494"},
    {"Payer": _STATE, "Kind": "Medicaid", "Extra modifier": 59, "Line span": "month", "Accreditation": "ACHC, CHAP",
     "Authorization": "yes", "Days to file": 365},
    {"Payer": _WORK, "Kind": "workers' compensation", "Exempt therapies": "TPN", "Rank by": "rate",
     "Waste": "JW and JZ", "Second visit": 99602, "Hours a day": 4, "Hours a week": 12},
    {"Payer": _MEDICARE, "Kind": "Medicare", "Covers": "deny first", "Denial modifier": "GY"},
)  # fmt: skip

PAYER_CODES: tuple[Row, ...] = (
    {"Payer": _UNION, "Drug or therapy": "cefazolin", "Code": "J3490", "Unit": "1 g", "From": _day("2025-01-01")},
)


#: A drug and a code that do not exist: the row changes nothing of the examples, and shows how one is filled in.
OWN_CODES: tuple[Row, ...] = (
    {"Drug": "examplocillin", "Code": "J0000", "Amount": 10, "Unit": "mg", "From": _day("2026-01-01"),
     "Therapy": "anti-infective", "Source": "invented: the release or notice of the code stands here"},
)  # fmt: skip


def _rate(code: str, rate: float, *, payer: str = "", first: str = "", last: str = "", more: Row | None = None) -> Row:
    row: Row = {"Payer": payer} if payer else {}
    row |= {"Code": code, "Rate": rate, **(more or {})}
    if first:
        row["From"] = _day(first)
    if last:
        row["To"] = _day(last)
    return row


RATES: tuple[Row, ...] = (
    _rate("S9494", 120),
    _rate("S9500", 110),
    _rate("S9501", 130),
    _rate("S9502", 150),
    _rate("S9503", 170),
    _rate("S9504", 190),
    _rate("S9366", 245),
    _rate("S9375", 80),
    _rate("S9326", 95),
    _rate("S9348", 160, last="2025-06-30"),
    _rate("S9348", 172, first="2025-07-01"),
    _rate("J2185", 0.8),
    _rate("J3370", 2.4, last="2025-06-30"),
    _rate("J3373", 0.055, first="2025-07-01"),
    _rate("J3374", 0.06, first="2025-07-01"),
    _rate("J0696", 0.65),
    _rate("J0290", 1.9),
    _rate("J0878", 0.16),
    _rate("J1335", 12.5),
    _rate("B4185", 8.75),
    _rate("J7030", 2.5),
    _rate("J2260", 1.75),
    _rate("J1171", 0.12),
    _rate("99601", 150),
    _rate("99602", 75),
    _rate("S9500", 98, payer=_HEALTH),
    _rate("99601", 165, payer=_UNION, first="2025-01-01"),
    _rate("99601", 185, payer=_UNION, first="2025-01-01", more={"Modifier": "SD"}),
    _rate("J3490", 1.1, payer=_UNION, first="2025-01-01"),
    _rate("S9500", 60, payer=_STATE, more={"Modifier": "SH"}),
    _rate("J0878", 0.85, payer=_WORK, more={"Basis": "% of charge"}),
    _rate("J0878", 0.3, more={"Basis": "usual charge"}),
)

PROVIDER: tuple[Row, ...] = (
    {"Item": "Name", "Value": "Example Home Infusion Pharmacy"},
    {"Item": "NPI", "Value": _OURS},
    {"Item": "Accreditation", "Value": "ACHC", "From": _day("2012-11-01"), "To": _day("2025-10-31")},
    {"Item": "Accreditation", "Value": "URAC", "From": _day("2022-05-01")},
    {"Item": "Filing date", "Value": _day("2025-12-15")},
)

#: Table -> its rows.
ROWS: dict[str, tuple[Row, ...]] = {
    "Orders": ORDERS, "Visits": VISITS, "Holds": HOLDS, "Payers": PAYERS, "Payer codes": PAYER_CODES,
    "Own codes": OWN_CODES,
    "Rates": RATES, "Provider": PROVIDER,
}  # fmt: skip

#: What is wrong in the examples, for the reader who sees the flag for the first time.
INTENDED = (
    "One thing is wrong in the examples on purpose: the accreditation ACHC on Provider ended on 10/31/2025, in the "
    "middle of order RX-114, whose payer asks for it. Clear that day, and the flag turns to OK."
)
