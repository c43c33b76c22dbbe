"""The example rows of the sheets for finance: what drugs cost, what might be negotiated, and what was paid.

Invented, over the orders of `examples`; every line of 2025 is paid but one. What is wrong in the payments, and what
Variance says of it, stands in `MISTAKES`.
"""

from __future__ import annotations

import datetime as dt

from xl_infusion.template.examples import Row

_COMMERCIAL, _HEALTH, _UNION, _STATE = (
    "Example Commercial",
    "Example Health Plan",
    "Example Union Trust",
    "Example State Plan",
)
# fmt: on
_WORK, _MEDICARE = "Example Work Fund", "Medicare"
_day = dt.date.fromisoformat

COSTS: tuple[Row, ...] = (
    {"Drug or code": "meropenem", "Cost": 0.55},
    {"Drug or code": "ertapenem", "Cost": 9.4},
    {"Drug or code": "J3373", "Cost": 0.036, "From": _day("2025-07-01")},
)

#: The scenario that Model holds against the base.
PROPOSED = "Proposed"
SCENARIOS: tuple[Row, ...] = (
    {"Scenario": "Current"},
    {"Scenario": PROPOSED, "Per diem change": 0.03, "Third share": 0},
    {"Scenario": PROPOSED, "Payer": _COMMERCIAL, "Second share": 0.4},
)


def _paid(claim: str, payer: str, patient: str, order: str, code: str, modifiers: str, first: str, last: str,
          units: int, charge: float, paid: float, reasons: str) -> Row:  # fmt: skip
    row: Row = {"Claim": claim, "Order": order, "Patient": patient, "Payer": payer, "Code": code,
                "Modifiers": modifiers, "From": _day(first), "To": _day(last or first), "Units": units,
                "Charge": charge, "Allowed": paid, "Paid": paid, "Adjustments": reasons}  # fmt: skip
    return {name: value for name, value in row.items() if value != ""}


# fmt: off
REMITTANCE: tuple[Row, ...] = (
    _paid("EC-0602", _COMMERCIAL, "PT-1002", "RX-103", "S9502", "", "2025-06-24", "2025-07-07", 14, 2100, 2100, ""),
    _paid("EC-0602", _COMMERCIAL, "PT-1002", "RX-103", "J2185", "", "2025-06-24", "2025-07-07", 420, 336, 336, ""),
    _paid("EC-0602", _COMMERCIAL, "PT-1002", "RX-104", "S9501", "SH", "2025-06-24", "2025-07-07", 14, 910, 455, ""),
    _paid("EC-0602", _COMMERCIAL, "PT-1002", "RX-104", "J3370", "", "2025-06-24", "2025-06-30", 28, 67.2, 67.2, ""),
    _paid("EC-0702", _COMMERCIAL, "PT-1002", "RX-104", "J3373", "", "2025-07-01", "2025-07-07", 1400, 77, 77, ""),
    _paid("EC-0805", _COMMERCIAL, "PT-1005", "RX-109", "S9375", "", "2025-08-11", "2025-08-15", 5, 400, 400, ""),
    _paid("EC-0805", _COMMERCIAL, "PT-1005", "RX-109", "J7030", "", "2025-08-11", "2025-08-15", 10, 25, 25, ""),
    _paid("EC-1111", _COMMERCIAL, "PT-1011", "RX-116", "S9500", "", "2025-11-10", "2025-11-21", 12, 1320, 1320, ""),
    _paid("EC-1111", _COMMERCIAL, "PT-1011", "RX-116", "J1335", "", "2025-11-10", "2025-11-21", 24, 300, 300, ""),
    _paid("EC-1111", _COMMERCIAL, "PT-1011", "", "99601", "", "2025-11-10", "", 1, 150, 150, ""),
    _paid("EC-1111", _COMMERCIAL, "PT-1011", "", "99602", "", "2025-11-10", "", 1, 75, 75, ""),
    _paid("EC-1111", _COMMERCIAL, "PT-1011", "", "99601", "", "2025-11-17", "", 1, 150, 150, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-105", "S9500", "", "2025-09-01", "2025-09-02", 2, 196, 196, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-105", "J0696", "", "2025-09-01", "2025-09-14", 112, 72.8, 72.8, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "", "99601", "", "2025-09-01", "", 1, 150, 150, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "", "99602", "", "2025-09-01", "", 1, 75, 75, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-106", "S9501", "", "2025-09-03", "2025-09-04", 2, 260, 260, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-106", "J3374", "", "2025-09-03", "2025-09-10", 40, 120, 2.4, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-105", "S9500", "SH", "2025-09-03", "2025-09-04", 2, 98, 98, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-107", "S9504", "", "2025-09-05", "2025-09-12", 8, 1520, 1520, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-107", "J0290", "", "2025-09-05", "2025-09-12", 192, 364.8, 364.8, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-106", "S9501", "SH", "2025-09-05", "2025-09-10", 6, 390, 390, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-105", "S9500", "SJ", "2025-09-05", "2025-09-10", 6, 0, 0, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "", "99601", "", "2025-09-05", "", 1, 150, 150, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-105", "S9500", "SH", "2025-09-11", "2025-09-12", 2, 98, 98, ""),
    _paid("EH-0903", _HEALTH, "PT-1003", "RX-105", "S9500", "", "2025-09-13", "2025-09-14", 2, 196, 196, ""),
    _paid("EH-1208", _HEALTH, "PT-1008", "RX-113", "S9500", "SS", "2025-12-01", "", 1, 98, 98, ""),
    _paid("EH-1208", _HEALTH, "PT-1008", "RX-113", "J0878", "", "2025-12-01", "2025-12-05", 1500, 450, 240, "CO-45"),
    _paid("EH-1208", _HEALTH, "PT-1008", "RX-113", "S9500", "SS", "2025-12-03", "", 1, 98, 98, ""),
    _paid("EH-1208", _HEALTH, "PT-1008", "RX-113", "S9500", "SS", "2025-12-05", "", 1, 98, 98, ""),
    _paid("ES-0606", _STATE, "PT-1006", "RX-110", "S9348", "", "2025-06-16", "2025-06-30", 15, 2400, 2400, ""),
    _paid("ES-0606", _STATE, "PT-1006", "RX-110", "J2260", "", "2025-06-16", "2025-06-30", 120, 210, 210, ""),
    _paid("ES-0606", _STATE, "PT-1006", "", "99601", "", "2025-06-16", "", 1, 150, 150, ""),
    _paid("ES-0606", _STATE, "PT-1006", "RX-111", "S9500", "SH 59 SS", "2025-06-26", "2025-06-30", 5, 300, 300, ""),
    _paid("ES-0606", _STATE, "PT-1006", "RX-111", "J0696", "", "2025-06-26", "2025-06-30", 20, 13, 13, ""),
    _paid("ES-0706", _STATE, "PT-1006", "RX-110", "S9348", "", "2025-07-01", "2025-07-15", 15, 2580, 2580, ""),
    _paid("ES-0706", _STATE, "PT-1006", "RX-110", "J2260", "", "2025-07-01", "2025-07-15", 120, 210, 210, ""),
    _paid("ES-0706", _STATE, "PT-1006", "RX-111", "S9500", "SH 59 SS", "2025-07-01", "2025-07-05", 5, 300, 300, ""),
    _paid("ES-0706", _STATE, "PT-1006", "RX-111", "J0696", "", "2025-07-01", "2025-07-05", 20, 13, 13, ""),
    _paid("ES-1009", _STATE, "PT-1009", "RX-114", "S9500", "", "2025-10-27", "2025-10-31", 5, 550, 550, ""),
    _paid("ES-1009", _STATE, "PT-1009", "RX-114", "J1335", "", "2025-10-27", "2025-10-31", 10, 125, 125, ""),
    _paid("ES-1109", _STATE, "PT-1009", "RX-114", "S9500", "", "2025-11-01", "2025-11-07", 7, 770, 770, ""),
    _paid("ES-1109", _STATE, "PT-1009", "RX-114", "J1335", "", "2025-11-01", "2025-11-07", 8, 100, 100, ""),
    _paid("ES-1109", _STATE, "PT-1009", "RX-114", "J1335", "SV", "2025-11-07", "", 6, 75, 75, ""),
    _paid("EU-1004", _UNION, "PT-1004", "RX-108", "S9366", "", "2025-10-01", "2025-10-31", 30, 7595, 7350, ""),
    _paid("EU-1004", _UNION, "PT-1004", "RX-108", "B4185", "", "2025-10-01", "2025-10-31", 155, 1356.25, 1356.25, ""),
    _paid("EU-1004", _UNION, "PT-1004", "", "99601", "", "2025-10-01", "", 1, 165, 165, ""),
    _paid("EU-1107", _UNION, "PT-1007", "RX-112", "S9326", "", "2025-11-03", "2025-11-16", 14, 1330, 1330, ""),
    _paid("EU-1107", _UNION, "PT-1007", "RX-112", "J1171", "", "2025-11-03", "2025-11-16", 3360, 403.2, 403.2, ""),
    _paid("EU-1107", _UNION, "PT-1007", "", "99601", "SD", "2025-11-03", "", 1, 185, 185, ""),
    _paid("EU-0910", _UNION, "PT-1010", "RX-115", "S9494", "", "2025-09-15", "2025-09-28", 14, 1680, 1680, ""),
    _paid("EU-0910", _UNION, "PT-1010", "RX-115", "J3490", "", "2025-09-15", "2025-09-28", 84, 92.4, 92.4, ""),
    _paid("EW-1113", _WORK, "PT-1013", "RX-118", "S9500", "", "2025-11-17", "2025-11-30", 14, 1540, 1540, ""),
    _paid("EW-1113", _WORK, "PT-1013", "RX-118", "J0878", "", "2025-11-17", "2025-11-30", 9100, 2730, 2320.5, "CO-45"),
    _paid("EW-1113", _WORK, "PT-1013", "RX-118", "J0878", "JW", "2025-11-17", "2025-11-30", 700, 210, 178.5, "CO-45"),
    _paid("EW-1113", _WORK, "PT-1013", "", "99601", "", "2025-11-17", "", 1, 150, 150, ""),
    _paid("MC-1111", _MEDICARE, "PT-1011", "", "99601", "GY", "2025-11-10", "", 1, 150, 0, "PR-96"),
    _paid("MC-1111", _MEDICARE, "PT-1011", "", "99602", "GY", "2025-11-10", "", 1, 75, 0, "PR-96"),
    _paid("MC-1111", _MEDICARE, "PT-1011", "", "99601", "GY", "2025-11-17", "", 1, 150, 0, "PR-96"),
)
# fmt: on

#: (order, code) of a payment that is wrong, or is missing -> the likely cause.
MISTAKES: dict[tuple[str, str], str] = {
    ("RX-104", "S9501"): "second therapy paid as third",
    ("RX-106", "J3374"): "units of the old code",
    ("RX-108", "S9366"): "days counted short",
    ("RX-117", "S9503"): "line missing",
}

#: Table -> its rows.
MODEL_ROWS: dict[str, tuple[Row, ...]] = {"Costs": COSTS, "Scenarios": SCENARIOS, "Remittance": REMITTANCE}
