"""The six payers of the year, what they pay, what the drugs cost, and what might be negotiated."""

from __future__ import annotations

import datetime as dt

from xl_infusion.template.examples import Row

#: Payer -> the part of the patients that it has.
PARTS = {
    "North PPO": 0.27, "Valley HMO": 0.2, "Union Trust": 0.14, "State Employees": 0.15, "Senior Advantage": 0.16,
    "Work Fund": 0.08,
}  # fmt: skip
NORTH, VALLEY, UNION, STATE, SENIOR, WORK = PARTS

PAYERS: tuple[Row, ...] = (
    {"Payer": NORTH, "Second share": 0.5, "Third share": 0.25, "Coinsurance": 0.2, "Payment days": 30},
    {"Payer": VALLEY, "Second share": 0.5, "Third share": 0, "Days counted": "infusion or visit days",
     "Authorization": "yes", "Payment days": 21},
    {"Payer": UNION, "Second share": 0.5, "Third share": 0.5, "Always code": "S9494", "Coinsurance": 0.1,
     "Payment days": 35},
    {"Payer": STATE, "Second share": 0.5, "Third share": 0.25, "Extra modifier": 59, "Line span": "month",
     "Accreditation": "ACHC, CHAP", "Payment days": 45},
    {"Payer": SENIOR, "Second share": 0.4, "Third share": 0.2, "Rank by": "rate", "Line span": "month",
     "Copay a visit": 20, "Payment days": 28},
    {"Payer": WORK, "Kind": "workers' compensation", "Second share": 0.75, "Third share": 0.5, "Rank by": "rate",
     "Exempt therapies": "TPN", "Payment days": 60},
)  # fmt: skip

#: Per diem and visit codes -> the rate that holds where a payer has none of its own, and the usual charge.
_DAYS: dict[str, tuple[float, float]] = {
    "S9494": (120, 190), "S9500": (108, 175), "S9501": (128, 205), "S9502": (146, 235), "S9503": (168, 270),
    "S9504": (188, 300), "S9365": (210, 330), "S9366": (245, 380), "S9367": (282, 435), "S9374": (64, 105),
    "S9375": (80, 130), "S9348": (165, 260), "S9338": (150, 240), "S9490": (104, 170), "S9326": (95, 155),
    "S9330": (160, 255), "99601": (150, 225), "99602": (72, 110),
}  # fmt: skip
#: Drug codes -> the rate of a unit, and the usual charge. Vancomycin's code changes in the middle of the year.
_UNITS: dict[str, tuple[float, float]] = {
    "J0696": (0.65, 1.6), "J0689": (0.9, 2.1), "J0878": (0.16, 0.38), "J1335": (12.5, 27), "J0701": (1.45, 3.3),
    "J2543": (1.7, 3.9), "J2185": (0.8, 1.9), "J0290": (1.9, 4.2), "J2540": (0.75, 1.7), "J2247": (0.62, 1.4),
    "B4185": (8.75, 15), "J7030": (2.5, 6), "J2260": (1.75, 4), "J1250": (6.2, 13), "J1459": (46, 78),
    "J1561": (45, 76), "J2919": (0.3, 0.75), "J1171": (0.12, 0.3), "J9190": (2.6, 6.5),
}  # fmt: skip
_CHANGED, _BEFORE = dt.date(2025, 7, 1), dt.date(2025, 6, 30)
_VANCOMYCIN: tuple[Row, ...] = (
    {"Code": "J3370", "Rate": 2.4, "To": _BEFORE}, {"Code": "J3373", "Rate": 0.052, "From": _CHANGED},
    {"Code": "J3370", "Rate": 5.5, "Basis": "usual charge", "To": _BEFORE},
    {"Code": "J3373", "Rate": 0.12, "Basis": "usual charge", "From": _CHANGED},
)  # fmt: skip
#: (payer, code) -> its own rate.
_OWN: dict[tuple[str, str], float] = {
    (NORTH, "S9500"): 116, (NORTH, "S9501"): 136, (NORTH, "S9502"): 158, (NORTH, "S9338"): 165, (NORTH, "99601"): 160,
    (VALLEY, "S9500"): 94, (VALLEY, "S9501"): 112, (VALLEY, "S9502"): 128, (VALLEY, "S9366"): 218,
    (VALLEY, "S9348"): 148, (VALLEY, "J0878"): 0.13, (UNION, "S9494"): 134, (UNION, "99601"): 165,
    (STATE, "S9500"): 101, (STATE, "S9501"): 119, (STATE, "S9502"): 137, (STATE, "J1335"): 11.2,
    (SENIOR, "S9500"): 98, (SENIOR, "S9501"): 116, (SENIOR, "S9502"): 131, (SENIOR, "J1459"): 43.5,
    (SENIOR, "J1561"): 43, (WORK, "S9500"): 142, (WORK, "S9501"): 166, (WORK, "S9502"): 190, (WORK, "99601"): 180,
}  # fmt: skip
#: Union Trust pays these drugs by a part of the usual charge.
_OF_CHARGE = {"J0696": 0.42, "J0878": 0.45, "J1335": 0.48, "J2185": 0.44}


def rates() -> tuple[Row, ...]:
    """The Rates table."""
    listed = {**_DAYS, **_UNITS}
    fees: list[Row] = [{"Code": code, "Rate": rate} for code, (rate, _) in listed.items()]
    own: list[Row] = [{"Payer": payer, "Code": code, "Rate": rate} for (payer, code), rate in _OWN.items()]
    own += [{"Payer": UNION, "Code": code, "Rate": part, "Basis": "% of charge"} for code, part in _OF_CHARGE.items()]
    charges: list[Row] = [{"Code": code, "Rate": usual, "Basis": "usual charge"} for code, (_, usual) in listed.items()]
    return (*fees, *_VANCOMYCIN[:2], *own, *charges, *_VANCOMYCIN[2:])


def costs() -> tuple[Row, ...]:
    """The Costs table: drugs by name; vancomycin by its codes, since its unit changes."""
    names = {
        "ceftriaxone": 0.45, "cefazolin": 0.62, "daptomycin": 0.11, "ertapenem": 9.4, "cefepime": 1.02,
        "piperacillin-tazobactam": 1.2, "meropenem": 0.55, "ampicillin": 1.35, "penicillin G potassium": 0.5,
        "micafungin": 0.42, "lipids NOS": 6.4, "normal saline 1000 cc": 1.6, "milrinone": 1.2, "dobutamine": 4.4,
        "Privigen": 38.5, "Gamunex-C": 37.8, "methylprednisolone sodium succinate": 0.21, "hydromorphone": 0.08,
        "fluorouracil": 1.8,
    }  # fmt: skip
    rows: list[Row] = [{"Drug or code": name, "Cost": cost} for name, cost in names.items()]
    changed: tuple[Row, ...] = (
        {"Drug or code": "J3370", "Cost": 1.7, "To": _BEFORE},
        {"Drug or code": "J3373", "Cost": 0.036, "From": _CHANGED},
    )
    return (*rows, *changed)


#: Twenty rows, twelve scenarios: an offer on the table, answers to it, single terms, and what else may come.
SCENARIOS: tuple[Row, ...] = (
    {"Scenario": "As it is"},
    {"Scenario": "Offer", "Payer": NORTH, "Per diem change": -0.03, "Second share": 0.4},
    {"Scenario": "Offer", "Payer": NORTH, "Therapy": "anti-infective", "Volume growth": 0.06},
    {"Scenario": "Offer", "Payer": VALLEY, "Per diem change": 0.02},
    {"Scenario": "Offer", "Payer": SENIOR, "Third share": 0, "Drugs at": 0.4, "Drug basis": "% of charge"},
    {"Scenario": "Answer", "Payer": NORTH, "Per diem change": -0.01, "Second share": 0.5},
    {"Scenario": "Answer", "Payer": NORTH, "Therapy": "anti-infective", "Volume growth": 0.06},
    {"Scenario": "Answer", "Payer": VALLEY, "Per diem change": 0.04, "Days counted": "every day"},
    {"Scenario": "Answer", "Payer": SENIOR, "Third share": 0.2, "Second share": 0.5},
    {"Scenario": "Second half, third none", "Second share": 0.5, "Third share": 0},
    {"Scenario": "All therapies in full", "Second share": 1, "Third share": 1},
    {"Scenario": "Per diem +3 %", "Per diem change": 0.03},
    {"Scenario": "Per diem +$5", "Per diem amount": 5},
    {"Scenario": "Ranked by rate", "Rank by": "rate"},
    {"Scenario": "Drugs at 42 % of charge", "Drugs at": 0.42, "Drug basis": "% of charge"},
    {"Scenario": "S9500 at 112", "Code": "S9500", "Rate": 112},
    {"Scenario": "Growth", "Therapy": "TPN", "Volume growth": 0.1},
    {"Scenario": "Growth", "Therapy": "immunotherapy", "Volume growth": 0.15},
    {"Scenario": "Other mix", "Payer": NORTH, "Part of orders": 0.22},
    {"Scenario": "Other mix", "Payer": SENIOR, "Part of orders": 0.24},
)
