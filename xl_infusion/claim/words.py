"""The words that columns of the tables take, the one that a blank cell stands for first."""

from __future__ import annotations

#: Who supplied a drug; what the provider does not bill stands in `NOT_OURS`.
SUPPLIERS = ("in-house pharmacy", "pre-mixed", "outside pharmacy", "prescriber's office")
NOT_OURS = SUPPLIERS[2:]
#: Whose nurse made a visit; an agency bills its own.
NURSES = ("own", "agency")
KINDS = ("commercial", "Medicare", "Medicaid", "workers' compensation")
#: Word of a column -> what people write for it.
ALSO_WRITTEN = {
    "workers' compensation": ("workers' comp", "worker's compensation", "worker's comp", "work comp", "WC"),
}
#: What Per diem with of an order says that has no per diem at all.
NO_PER_DIEM = "none"
COVERS = ("yes", "deny first", "no")
RANK_BY = ("frequency", "rate", "start")
#: What puts one of two equally frequent therapies before the other.
TIE_BY = ("rate", "start")
#: Why a therapy pauses; a patient who died has no day after it.
HOLD_REASONS = ("hospital", "held", "clinic", "traveling", "deceased")
HOSPITAL, HELD, _, _, DECEASED = HOLD_REASONS
#: When the care of a line is paid.
CATHETER_CARE = ("days without a therapy", "beside therapies", "during a hold", "never")
#: Where drugs are billed: beside the per diem, or by the pharmacy benefit, which is another claim.
DRUGS_BILLED = ("with the claim", "pharmacy benefit", "no")
DAYS_COUNTED = ("every day", "infusion days", "infusion or visit days")
DAY_COUNTS = ("24 hours", "calendar days", "over 24 and under 48 hours is one")
ROUNDING = ("dose", "day", "line")
WASTE = ("none", "JW and JZ")
SECOND_VISIT = ("99601", "99602")
SPANS = ("whole", "month", "week", "day")
YES_NO = ("yes", "no")
BASES = ("fee", "% of charge", "% of reference price", "% of ASP", "usual charge", "reference price")
PER = ("unit", "day", "dose", "line")
#: What a unit of a drug's code may be in.
UNITS = ("mg", "g", "mcg", "units", "IU", "mEq", "mL", "kcal", "g protein")
ITEMS = ("Name", "NPI", "Accreditation", "Filing date")
